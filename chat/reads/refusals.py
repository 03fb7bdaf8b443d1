"""Words around a setting that say it is not used, only an option, or only asked about."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_REFUSED = re.compile(
    r"(?<!why )(?<!if )(?<!or )\b(?:not|no|without|w/o|(?:don't|do not|can't|cannot|not) (?:want|use)|not (?:using|doing|going)|never)\s(?:the |a |any |that |this |use |using |to use )?$"
    r"|(?:(?<!要)不要|(?<!用)不用|不想用?|(?<!有)(?<![a-z])没有?(?:再)?(?:开启?|用|上|加|装|启用|打开)?|未用|不是|不做|(?<!加)不加|(?<!开)不开|(?<!带)不带|不走|不靠|别用?|而非|并非)\s?$",
    re.ASCII,
)
# "or do I need to offload?": an option that is asked about is not what is done
_WONDERS = re.compile(
    r"\b(?:should i|do i (?:need|have to)|(?:is it |it )?worth|bother)\b[^.;?]{0,24}$|(?:要不要|有必要|有没有必要|需不需要|值不值得?)[^,;?]{0,8}$"
)
_OPTION = re.compile(
    r"\b(?:do|would|will|should|must) (?:i|we) (?:also |really |still )?(?:need|have|use|require|add|turn)\b[^.;?!]{0,28}$|(?:要不要|用不用|需不需要|是否(?:需要|要)|需要|还是得|必须)(?:再|上|开|用|做|加)*\s?[^,.;?!]{0,6}$",
    re.ASCII,
)


# the same, said behind it: "unsloth is not an option", "AWQ not used"
_REFUSED_AFTER = re.compile(
    r"\s?(?:(?:is|was|are) )?(?:not|n't|isn't|wasn't|never) (?:really )?(?:an option|used|needed|necessary|required|possible|available|allowed|supported|wanted|enabled|installed|in use)\b"
    r"|\s?(?:也|都|还|就|并|暂时|目前|现在)*(?:没有?|未)(?:配置?|设置?|启用|打开|开启?|装|加|写)(?!\s?(?:吗|么|会|的话|时|前|之前|够))|\s?(?:is |was |are |stays |kept )?(?:turned |switched )?off\b(?=\s?[,.;?!)]|$)"
    r"|\s?(?:is |are )?(?:off the table|out of the question|ruled out)\b|\s?(?:不可用|不考虑|不在考虑|没法用|没装|装不上)"
    r"|\s?(?:fine-?tuning |training )?(?:is|was) (?:clearly |obviously |of course |surely |definitely )(?:out|hopeless|impossible|not possible|no option)\b(?! ?\?)"
    r"|(?:微调|训练)?(?:肯定|显然|当然|绝对|铁定)(?:是)?(?:没戏|不可能|不行|没指望|不用想|别想|不现实|免谈|跑不动|放不下)(?!了?[吗么吧?])",
    re.ASCII,
)
# "not X any more, what changes?": what was used before is what the change is measured against
_NO_LONGER = re.compile(r"\s?(?:any ?more|any longer)\b|了(?=\s?[,.;])", re.ASCII)
_CHANGES = r"\bwhat (?:changes|would change|will change|(?:does|do|would|will) (?:it|that|this) (?:change|save|bring|gain))|\bhow (?:much|many)\b[^.;?!]{0,24}\b(?:save\w*|less|more|fewer)\b|(?:省|变|差|少|多)(?:化|了|出|占|用)*(?:多少|什么)|有什么变化"
# "which of these can be offloaded?", "哪些可以 offload": what may be is asked, and nothing is
_WHICH_MAY = re.compile(
    r"\b(?:which|what)\b[^.?!]{0,40}\b(?:can|could|may|might|should|to)(?: i| we| be)?\s$|(?:哪些|哪个|哪一个|什么)[^.?!]{0,8}(?:可以|能|该|适合|应该)(?:被)?\s?$"
)


# "how much RAM do I need with experts on CPU?", "... for ZeRO-Offload?": so it is to be run
_SO_IT_RUNS = r"\b(?:with|for) (?:(?:the|a|my|cpu|full|deepspeed|zero[ -]?[123]?|stage [23])[ -]?)*$"


def refused(scan: Scan, start: int, end: int | None = None) -> bool:
    """Is what stands here named as what is not used ("full, not LoRA", "AWQ not used")?"""
    if end is not None and _REFUSED_AFTER.match(scan.text, end):
        return True
    if end is not None and _NO_LONGER.match(scan.text, end) and compiled(_CHANGES).search(scan.text):
        return False
    return _REFUSED.search(scan.text, max(0, start - 24), start) is not None


def is_option(scan: Scan, found: re.Match[str]) -> bool:
    """Is offloading only an option here, or is it asked of what it may be?"""
    before = scan.text[: found.start()]
    if compiled(_SO_IT_RUNS).search(before[-40:]):
        return False
    return _OPTION.search(before[-40:]) is not None or _WHICH_MAY.search(before[-60:]) is not None


def wonders(scan: Scan, found: re.Match[str]) -> bool:
    """Is it asked whether a setting is worth its while? As it stands there is none."""
    return _WONDERS.search(scan.text[: found.start()][-40:]) is not None
