"""Settings that are set against each other: "checkpointing vs accumulation?", "is mixed precision the same as quantisation?".

What is read becomes subjects of the remarks: `levers_apart:checkpointing+accumulation`, the settings as they were named, and
whether it is asked if they are one thing. Whether a method of training was told, here or before, the plan adds.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from chat.reads.concepts.levers import LEVERS
from chat.reads.lexicon import compiled

APART = "levers_apart:"
METHOD_TOLD, SAME_ASKED, TOGETHER_ASKED = "apart_method_told", "apart_same_asked", "apart_together_asked"
NEED_ASKED, FIRST_ASKED = "apart_need_asked", "apart_first_asked"
# settings that are only asked about beside another one
_ONLY_APART: tuple[tuple[str, str], ...] = (
    (
        "mixed_precision",
        r"\b(?:automatic )?mixed[ -]precision(?: training)?\b|(?<![a-z])amp(?![a-z])|混合精度(?:训练)?",
    ),
    (
        "offload_activations",
        r"\bactivations? offload\w*|\boffload\w* (?:of )?(?:the )?activations?\b|激活(?:值)?(?:的)? ?(?:卸载|offload)|(?:卸载|offload) ?激活",
    ),
    ("accumulation", r"累[积计加](?=(?:都|一起|同时|也|的?区别|有|到底|省|,|$))"),
    # of ZeRO without a stage the one that divides most
    ("zero3", r"\bzero[ -]?(?:stage[ -]?)?3\b|\bfsdp\b|(?<![\w-])zero(?![\w-]|\s?[123]\b|\s?(?:stage|offload|shot))"),
    ("zero2", r"\bzero[ -]?(?:stage[ -]?)?2\b"),
    ("qlora", r"\bqlora\b"),
    ("lora", r"\blora\b(?![ _-]?(?:rank|r\b|alpha|dropout))"),
)
# ways that are trained or laid out by themselves, and are set side by side as whole runs
_WHOLE_WAYS = frozenset({"zero3", "zero2", "qlora", "lora"})
_SETTINGS = tuple(
    (name, pattern) for name, pattern in (*LEVERS, *_ONLY_APART) if not name.startswith("nothing:") and name != "tp"
)
# between the one and the other
_JOINED = (
    r"(?:\W|\b(?:using|use|enabling|turning on|the|a|of|just|with|plain|larger|bigger|smaller|higher|lower)\b)*(?P<by>\bvs?\b|\bversus\b|\band\b|\bor\b|\bfrom\b|\bthe same (?:thing )?as\b|\bas\b|\bto\b|\bthan\b"
    r"|[和与跟及同或、/]|还是|以及|相比|比)(?:\W|\b(?:using|use|enabling|turning on|the|a|an|of|just|with|plain|larger|bigger|smaller|higher|lower)\b|用|开|开启|做|的|用的)*"
)  # fmt: skip
_LISTED = r"\s?,\s?(?:and |or )?"
# what is asked of the two
_CONTRAST = (
    r"\bvs\b|\bversus\b|\bdiff(?:er\w*)?\b|\bthe same (?:thing )?as\b|\bsame thing\b|\bcompar\w+|\bwhich (?:one )?(?:of (?:these|them|the two) )?(?:saves?|helps?|reduces?|cuts?|lowers?|frees?|takes?|costs?|needs?|is (?:better|worth)|has (?:more|the (?:bigger|larger|biggest)))"
    r"|\bwhich (?:matters|weighs|should come|comes|to (?:try|use|turn on)) (?:more|first|most)?|\bsaves? more\b|\bhelps? more\b|\bbetter\b[^.?!]{0,40}\b(?:memory|vram)\b|\b(?:memory|vram)\b[^.?!]{0,40}\bbetter\b"
    r"|\bthe better (?:lever|one|choice|option|remedy)\b|\bsaves? the same\b|\bthe same (?:part|bytes|piece)\b|同[一1](?:块|部分|处|种|样)|重复(?:省|了)?(?:吗|么)"
    r"|\bwhat (?:does |do )?each\b|\beach (?:one |of them )?(?:saves?|acts? on|cuts?|reduces?|lowers?)\b|\bwhich (?:part|piece|share)s?\b[^.?!]{0,24}\b(?:saves?|cuts?|reduces?|act)|\bwhich (?:one )?(?:should i |do i |to )?(?:\w+ ){0,3}first\b"
    r"|各(?:自)?(?:能)?(?:省|降|减|管|作用)|分别(?:能)?(?:省|降|减|管|作用)|先(?:开|用|上|试|做)哪"
    r"|区别|差别|差异|不同|(?:啥|什么|哪里?)不一样|一回事|一样吗|是不是一样|哪个(?:更|比较|最)?(?:省|降|好|有用|有效|管用|划算|占|能)|谁(?:更|比较)?(?:省|有用|有效)|(?:更|比较)省|对比|相比"
)  # fmt: skip
# that they differ is asked by name, and whether it fits only beside it
_DIFFER = r"\bdifferences?\b|\bdiffer\b|区别|差别|差异|(?:什么|啥|哪里|哪)不(?:同|一样)"
_SAME = r"\bsaves? the same\b|\bthe same (?:part|bytes|piece)\b|同[一1](?:块|部分|处|种|样)|\bthe same (?:thing )?as\b|\bsame thing\b|一回事|是不是一样|一样(?:吗|么|的吗)"
# whether the one goes with the other
_TOGETHER = (
    r"\btogether\b|\bat the same time\b|\bsimultaneously\b|\bcombin\w+|\bstack(?:ed|s)?\b|\bboth (?:be )?(?:on|enabled|at once|turned on)\b|\b(?:use|enable|run|turn on|have|need)\b[^.?!]{0,12}\bboth\b"
    r"|(?:一起|同时|一块|一并|都|全)(?:打?开|用|启用|上)|叠加|并用|搭配"
)
# whether the one is wanted beside the other
_NEEDED = (
    r"\b(?:need|necessary|required|worth|point (?:in|of)|redundant|overkill)\b[^.?!;]{0,24}\b(?:both|two|together)\b|\b(?:both|together)\b[^.?!;]{0,24}\b(?:need\w*|necessary|required|worth|redundant|overkill)\b|\bis one (?:of them )?enough\b"
    r"|(?:必要|需要|用得着|必须|值得|非得|有没有必要)[^,;?]{0,8}(?:都|两[个者]|一起|同时|全)|(?:都|两[个者]|一起|同时|全)[^,;?]{0,6}(?:必要|需要|必须|值得|多余)|(?:开|用)?(?:其中)?1?[一1]个(?:就)?够(?:了)?(?:吗|么|不够)"
)
# which of them comes first
_FIRST = r"\bwhich (?:one )?(?:should i |do i |to )?(?:\w+ ){0,3}first\b|\bin (?:what|which) order\b|\bwhere (?:do|should) i (?:start|begin)\b|先(?:开|用|上|试|做)哪|(?:什么|哪种|怎么(?:个)?)顺序|从哪(?:个|里)?(?:开始|下手)"
_MOST = 3
# with both values these are the settings that are set against each other
_OF_THE_PAIR = ("gradient_checkpointing", "attention")


def levers_apart(text: str, intents: Sequence[str], facts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The subject of two or three settings that one sentence sets against each other; none for any other question.

    `text` is normalised. Of methods and layouts alone whole runs are set side by side, and a run that failed or a card
    that is to hold it has another question.
    """
    failed = intents[:1] == ("oom_diagnosis",) and bool({"model", "params", "gpu", "gpu_memory_gb"} & set(facts))
    first = intents[0] if intents else ""
    if first in ("how_many_gpus", "max_batch_ctx", "injection"):
        return ()
    if first == "fits" and compiled(_DIFFER).search(text) is None:
        return ()
    if not compiled(_CONTRAST).search(text) or any(
        len(values) > 1 for name, values in facts.items() if name not in _OF_THE_PAIR
    ):
        return ()
    chain = _chain(text)
    # a batch of 1 is what the one lever makes: which of the two helps is asked of whatever runs out
    if failed and not (set(chain) == {"accumulation", "checkpointing"} and [*facts.get("batch_size", ())] == [1]):
        return ()
    if not 2 <= len(chain) <= _MOST or set(chain) <= _WHOLE_WAYS:
        return ()
    further = ((SAME_ASKED, _SAME), (TOGETHER_ASKED, _TOGETHER), (NEED_ASKED, _NEEDED), (FIRST_ASKED, _FIRST))
    return (APART + "+".join(chain), *(cue for cue, words in further if compiled(words).search(text)))


def _chain(text: str) -> list[str]:
    """The settings that are named one beside the other, by a word that joins them; by a comma only in a row of three."""
    chain: list[str] = []
    by_comma = False
    for (_, end, name), (start, _, other) in pairwise(_named(text)):
        joined = compiled(_JOINED).fullmatch(text, end, start)
        listed = joined is None and compiled(_LISTED).fullmatch(text, end, start) is not None
        if name == other or not (joined or listed):
            continue
        chain += [name] if not chain else []
        by_comma |= listed and chain[-1] == name
        chain += [other] if chain[-1] == name else []
    chain = [*dict.fromkeys(chain)]
    return [] if by_comma and len(chain) < _MOST else chain


def _named(text: str) -> list[tuple[int, int, str]]:
    """The settings in the order of the text, (start, end, name) each; of two at one place the longer name."""
    found = [(one.start(), one.end(), name) for name, pattern in _SETTINGS for one in compiled(pattern).finditer(text)]
    kept: list[tuple[int, int, str]] = []
    for start, end, name in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, name))
    return kept
