"""Training that is ruled out: `no training`, `我不微调`. Who says so asks of a model that runs, and the words are no wish."""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.normal import Normal

_DO = r"(?:(?:any|actual|actually|really|doing|do|be|being|even|ever|a|the|to) ){0,3}"
_TUNED = r"(?:(?:pre-?)?train(?:ing)?|fine[ -]?tun(?:e|ing)|finetun(?:e|ing)|tuning|sft)"
# where it ends: what goes on names a part that stays as it is, or something else of training
_ENDS = (
    r"(?=\s?(?:$|[.,;:!?)\]、])|\s(?:(?:or|and) (?:pre-?)?(?:train|fine|tun)\w*|just|only|anything|at all|here|for now|needed|involved|required|planned"
    r"|it|them|models?|myself|whatsoever|on (?:it|this|them)|intended|yet|plans?)\b)"
)
_RULED_OUT = (
    rf"\b(?:no|not|without(?: any)?|never|neither|(?:won'?t|will not) be|(?:don'?t|do not|won'?t|will not|not going to|never) (?:want to |need to |plan to |intend to |plan on |care (?:about|for) )?"
    rf"|(?:no|not any) (?:plans?|intention|need|interest|desire) (?:to|of|in|for|on)|not (?:planning|interested|looking|intending) (?:to|on|in)) ?{_DO}{_TUNED}{_ENDS}"
    r"|(?<![能可要会用需该想])不(?:做|需要|需|打算|准备|想|用|搞|考虑|涉及|会|要|去|进行)?(?:做|去|搞)?(?:任何)?(?:的)?(?:训练|微调|精调|训|finetune|fine-?tun\w+)(?:了|它|的)?(?=\s?(?:$|[,.;:!?)\]、]|只|就|和|或|也|光|纯))"
    r"|(?<![有])(?:没有|没|无)(?:任何)?(?:训练|微调)(?:的)?(?:需求|打算|计划|需要|要求)|(?:没有?|不)(?:打算|计划|准备)(?:去|做|要|来|搞)?(?:任何)?(?:训练|微调)"
)

# before it, words that ask why it is not done, leave it open, or cannot do without it
_STILL_MEANT = (
    r"\bor $|\b(?:why|how come)(?: (?:is|are|was|do|does|did|can|could|should|would|it|this|that|i|we|you|they|just)){0,3} $|(?:为什么|为啥|为何|干嘛|干吗)[^,.;?!]{0,4}$"
    r"|\b(?P<denied>can'?t|cannot|can not|impossible|unable)\b[^,;?!]{0,48}$"
)


def _blanked(found: "re.Match[str]") -> str:
    before = compiled(_STILL_MEANT).search(found.string, 0, found.start())
    if before and (not before["denied"] or found[0].startswith("without")):
        return found[0]
    return re.sub(r"[^\s]", " ", found[0])


# "not loading in 8bit any more, bf16 since the L40S arrived", "不再用8bit了": bits that are over, where 16 are told
_NO_MORE_BITS = (
    r"\b(?:not|no longer|stopped|never) (?:loading|load|running|using|use|quanti[sz]ing|training)\b[^,.;?!]{0,16}\b[48][- ]?bits?\b[^,.;?!]{0,12}|\b(?:don'?t|do not) (?:load|use|run) [^,.;?!]{0,16}\b[48][- ]?bits?\b(?: any ?more)?"
    r"|(?:不再|没再|别再)(?:用|开|走|以)?[^,.;?!]{0,4}[48] ?(?:bits?|位)[^,.;?!]{0,6}"
)
_IN_16 = r"\b(?:bf16|fp16|16[- ]?bits?)\b|16 ?位"


def as_wished(normal: Normal) -> Normal:
    """The text without the words that rule training out, or bits that are over, every place as it was."""
    text = compiled(_RULED_OUT).sub(_blanked, normal.text)
    if compiled(_IN_16).search(text):
        text = compiled(_NO_MORE_BITS).sub(lambda found: re.sub(r"[^\s]", " ", found[0]), text)
    return replace(normal, text=text) if text != normal.text else normal
