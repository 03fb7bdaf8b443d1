"""A case that is over beside the one that the text is about (`chat.reads.other_cases.former_spans`): what of it is left out.

"之前 8k 一直爆,改成 4k 还是爆": of two values of a setting the one that is told of the former case is none of the present
one. Where the two cases are compared, or what ran is set against what fails, both are meant and both stay.
"""

import re
from collections.abc import Iterable
from typing import Any

from chat.reads import asking
from chat.reads.cues import WHICH_MODELS
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.other_cases.corrected import drop_layout, keep, told_outside
from chat.reads.other_cases.former_spans import STILL, former, not_had
from chat.reads.reading import Reading, Span, blanked, within
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, WELL, WELL_ZH, changed
from kb.names import names

_BOUGHT = r"\b(?:bought|ordered|received|picked up|built|purchased|acquired)\b|\b(?:got|get|own)\s(?:me |myself )?(?:an?|another|the|my|\d)\b|买|入手|淘|收(?:了|到)|到手|下单|组装|配了|攒"
# another card beside the one that is there
_ADDED = r"\b(?:add(?:s|ed|ing)?|additional(?:ly)?|both cards|together|(?:the|a|my) (?:other|second) (?:card|gpu|one))\b|再(?:加|插|添)|加(?:上|一|了)|一起(?:用|插|跑)|两张(?:卡)?都"
_WISHED = r"\b(?:wanted|planned|considered|thought|going|planning) (?:to|of|about)?\b|想|打算|准备|计划"
_PARTED = r"\b(?:swap|replac|sold|sell|trade|instead|retire|scrap)\w*|\b(?:gave|giving|given) (?:\w+ ){0,2}away\b|\b(?:got|get|getting) rid of\b|换|卖|出掉|退役|淘汰|报废"
# both cases are asked about
_COMPARED = r"\b(?:differ\w*|compar\w+|than|versus|vs|sav(?:e|es|ed|ing|ings)|gain\w*|how much (?:more|less|faster|slower)|which (?:one|card|gpu|machine|setup|of)|why (?:so|does|is|did|do)|what changed)\b|差|区别|不同|对比|相比|(?<![占对同环配])比(?!如|例)|省|多(?:占|用|花|出|吃|了|要|少多)|少(?:占|用)多?少|快多少|慢多少|多快|哪[个张块](?!量化|格式|精度)|为什么|为啥|为何|怎么(?:会|反而)"
# what the change brought
_BROUGHT = r"\b(?:dropped|fell|went (?:down|up)|shrank|rose|grew|saved|saves)\b[^.;?!]{0,24}\d\s?(?:gi?b|g|%|x)(?![a-z])|(?:省|降|少|减|涨)(?:了|到|下)?[^,;.?!]{0,6}\d\s?(?:g|%)"
_MIGHT_FAIL = (
    rf"(?:会|能|可能)[^,.;?!]{{0,6}}{BADLY_ZH}|\b(?:will|would|could|might|may|can|should)\b[^.;?!]{{0,32}}\b{BADLY}\b"
)
_FAILS = rf"\b{BADLY}\b|{BADLY_ZH}"
_SLOW = r"太慢|很慢|慢得很|\b(?:too |so |very )?slow\b"
_RAN = rf"\b{WELL}\b|{WELL_ZH}"
# two ways to tell one thing: a size and a model of that size, bits and a format of so many
_EITHER = (("bits", "weight_format"), ("weight_format", "bits"), ("params", "model"), ("model", "params"))
# what a card takes along
_OF_A_CARD = ("n_gpus", "gpu_memory_gb", "tp", "pp")
_OF_A_RIG = frozenset({"gpu", *_OF_A_CARD})
# read by their own rules; of shares too much fails and too little does, which only both tell
_KEPT = frozenset({"task", "algo", "gpu_memory_utilization"})
_SIZED = re.compile(r"(?P<card>[^+]+?) (?P<gb>\d+(?:\.\d+)?) GB", re.ASCII)


def leave_former(scan: Scan) -> None:
    """Of two values of a setting leave out the one that only the former case has; of what is compared, what cannot be had."""
    places = not_had(scan.text) if compared(scan.text) else former(scan.text)
    if not places:
        return
    spans = [scan.normal.original(*place) for place in places]
    if _ran_before(scan.text, places):
        _present_first(scan, spans)
        return
    kept = _KEPT | _OF_A_RIG if _keeps_card(scan.text, places) else _KEPT
    others = [scan.normal.original(*one) for one in asking.hearsay(scan.text, asking.parts(scan.text))]
    left = {name: gone for name in [*scan.facts] if name not in kept and (gone := _leave(scan, name, spans, others))}
    for name, other in _EITHER:
        told = [*scan.spans.get(other, []), *(place for _, place in scan.again.get(other, ()))]
        if other in scan.facts and not all(within(place, spans) for place in told):
            left |= _drop_within(scan, name, spans)
    if "gpu" in left:
        settle_card(scan, spans)
    if "n_gpus" in left:
        drop_layout(scan, left["n_gpus"])
    if left or any(scan.find(WHICH_MODELS)):
        drop_asked(scan, spans)
    if not left:
        return
    for one in changed(scan.text):
        if one.fact in left and len(scan.spans[one.fact]) == 1:  # it is told, and sets nothing against anything
            scan.spans[one.fact] = [scan.normal.original(*one.span)]
    of_then = _SLOW if _fails_now(scan.text, places) else rf"{_SLOW}|{_FAILS}"
    went = [one.span() for place in places for one in compiled(of_then).finditer(scan.text, *place)]
    scan.text = blanked(scan.text, went)


def _keeps_card(text: str, places: tuple[Span, ...]) -> bool:
    """Whether a card of before is there still: one that was bought, or gets another beside it, and none is parted with."""
    bought = any(compiled(_BOUGHT).search(text, *one) and not compiled(_WISHED).search(text, *one) for one in places)
    return (bought or bool(compiled(_ADDED).search(text))) and not compiled(_PARTED).search(text)


# what is asked for is open: what the former case had of it is none of the present one
_ASKED = {
    r"\b(?:which|what) (?:quant\w*|bits?|precision|format)\b|几\s?(?:bit|位)|(?:什么|哪种|哪个|怎么)量化|量化到": (
        "weight_format",
        "bits",
    ),
    r"\bhow (?:long|much|many)\b[^.;?!]{0,12}\b(?:context|ctx|tokens?)\b|\b(?:max(?:imum)?|longest|what) (?:context|ctx|length)\b|(?:多长|多大|多少|最长|最大)(?:的)?(?:上下文|ctx|token|长度)|(?:上下文|ctx|长度)[^,;?!]{0,8}(?:多长|多大|多少|最长|最大)|(?:能|可以|最多|顶多|还能)[^,;?!\d]{0,8}(?:多长|最长)(?!时间)|\bhow (?:long|far) (?:can|could) (?:i|we|it|mine)\b(?! take| train)": (
        "seq_len",
    ),
    r"\b(?:how (?:large|big)|max(?:imum)?|largest|biggest|what|which) (?:an? |the )?(?:(?:micro[ -]?)?batch|bsz?)\b|(?:batch(?:[ _-]size)?|(?<![a-z])bsz?)[^,;?!]{0,8}(?:多大|多少|最大)|(?:多大|多少|几)的?\s?(?:batch|bsz?(?![a-z]))": (
        "batch_size",
    ),
    r"\bhow many (?:cards|gpus)\b|(?:几|多少)\s?[张块]": ("n_gpus",),
    WHICH_MODELS: ("model", "params", "weight_format", "bits"),
    r"\b(?:which|what) (?:(?:fine-?tuning|training|tuning) )?(?:method|way|approach|technique)\b|(?:什么|啥|哪种|哪个)(?:微调|训练)?(?:方法|方式|办法)|(?:怎么|如何)(?:微调|训)": (
        "method",
    ),
}


def drop_asked(scan: Scan, spans: list[Span]) -> None:
    """What is asked for is told of another case alone: `I never got past 4k there, how long a context here?`."""
    for asked, names_asked in _ASKED.items():
        for name in names_asked if compiled(asked).search(scan.text) else ():
            _drop_within(scan, name, spans)


def compared(text: str) -> bool:
    """Whether it is asked what sets the two cases apart."""
    if compiled(_BROUGHT).search(text):
        return True
    asks = any(compiled(_COMPARED).search(text, *one) for one in asking.asked(text))
    return asks and not compiled(STILL).search(text)


def _ran_before(text: str, places: tuple[Span, ...]) -> bool:
    """Whether the former case ran and the present one does not: each is needed to say why."""
    told = [text[slice(*one)] for one in places]
    ran = any(compiled(_RAN).search(one) and not compiled(_FAILS).search(compiled(_RAN).sub(" ", one)) for one in told)
    return ran and _fails_now(text, places)


def _fails_now(text: str, places: tuple[Span, ...]) -> bool:
    """Whether a failure is told outside of the former case; what might fail is none."""
    might = (one.span() for one in compiled(_MIGHT_FAIL).finditer(text))
    return compiled(_FAILS).search(blanked(text, [*might, *places])) is not None


def _present_first(scan: Scan, spans: list[Span]) -> None:
    """The run that fails is the case; the one that ran stands behind it."""
    for name, values in scan.facts.items():
        places = scan.spans.get(name, [])
        if len(values) > 1 and len(values) == len(places):
            order = sorted(range(len(values)), key=lambda at: within(places[at], spans))
            scan.facts[name] = [values[at] for at in order]
            scan.spans[name] = [places[at] for at in order]


def _leave(scan: Scan, name: str, spans: list[Span], others: list[Span]) -> list[object]:
    """Leave out the values that only the former case has; the machine of `others` is no present one of the asker's."""
    present = told_outside(scan, name, [*spans, *(others if name in _OF_A_RIG else ())])
    gone = keep(scan, name, present) if any(present) and not all(present) else []
    if gone:
        scan.extras.setdefault("former", []).extend(gone)
    return gone


def _drop_within(scan: Scan, name: str, spans: list[Span]) -> dict[str, list[object]]:
    """Leave out a setting of which the former case alone tells; it comes back by its name."""
    again = [place for _, place in scan.again.get(name, ())]
    places = scan.spans.get(name, [])
    if name not in scan.facts or not places or not all(within(place, spans) for place in (*places, *again)):
        return {}
    gone = scan.facts.pop(name)
    scan.extras.setdefault("former", []).extend(gone)
    del scan.spans[name]
    return {name: gone}


def settle_card(scan: Scan, spans: list[Span]) -> None:
    """What a card had that is left out goes with it; the one that stays has its own count and memory."""
    for name in _OF_A_CARD:
        _drop_within(scan, name, spans)
    cards = scan.facts["gpu"]
    rigs = [one for one in scan.extras.pop("rigs", []) if str(one).partition(" × ")[2] in cards]
    if len(cards) > 1:
        scan.extras.update({"rigs": rigs} if len(rigs) > 1 else {})
        return
    sized = _SIZED.fullmatch(str(cards[0]))
    if sized and names().find_gpus(sized["card"]):
        scan.facts["gpu"] = [sized["card"]]
        scan.facts["gpu_memory_gb"], scan.spans["gpu_memory_gb"] = [float(sized["gb"])], scan.spans["gpu"][:1]


def of_the_present(reading: Reading, previous: Reading) -> dict[str, tuple[Any, ...]]:
    """The facts that a follow-up adds to the case before it: not those that it tells of a former one, `that was on a T4`."""
    normal = normalise(reading.text)
    asked = asking.asked(normal.text)
    places = [one for one in former(normal.text) if not any(one[0] < end and start < one[1] for start, end in asked)]
    spans = [normal.original(*place) for place in places]
    then = {
        name
        for name in set(reading.facts) & set(previous.facts) - _KEPT
        if (told := reading.spans.get(name, ())) and _all_inside(told, spans)
    }
    if "gpu" in then:
        then |= {name for name in _OF_A_CARD if _all_inside(reading.spans.get(name, ()), spans)}
    return {name: values for name, values in reading.facts.items() if name not in then}


def _all_inside(places: Iterable[Span], spans: list[Span]) -> bool:
    return all(any(start <= one[0] and one[1] <= end for start, end in spans) for one in places)
