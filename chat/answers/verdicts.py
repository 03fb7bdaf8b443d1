"""Whether the opening of an answer says the opposite of what the tools found; and what is left of a verdict where a run failed.

Only plain words count: a sentence with a condition, or with a yes and a no, is left alone, and so is a bare yes or no to a
question that asks whether memory runs short.
"""

import re
from collections.abc import Collection
from typing import Any

from chat.reads.reading import Claim, Reading

_FITS = re.compile(
    r"\b(?:it|that|this|which) (?:fits|will fit|does fit)\b|(?<!不)(?:能|可以|足以)?放得下|(?<!不)够用", re.IGNORECASE
)
_FITS_NOT = re.compile(
    r"\b(?:does not|doesn'?t|do not|don'?t|will not|won'?t|cannot|can'?t|could not|couldn'?t) (?:\w+ )?fit\b|放不下|装不下|不够用",
    re.IGNORECASE,
)
_YES = re.compile(r"^\W*(?:yes\b|yep\b|(?:能|可以|够|行)(?=\W|$))", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no\b|nope\b|(?:不能|不可以|不够|不行)(?=\W|$))", re.IGNORECASE)
_WHETHER = re.compile(
    r"(?:^|[.!?,;:]\s*|\band )(?:can|could|will|would|does|do|is|are|may)\b.*\?|\b(?:ok|okay|enough|possible|doable|feasible|realistic|fine(?![- ]?tun)|plenty|waste of time|dreaming|wasting my time)\b.*\?"
    r"|吗|够不|能不能|行不行|可不可以|可以不|能.{1,20}不[?？。]?$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|only|when|with|once|provided|except|should)\b|如果|若|只要|除非|只有|当|换成|用.{1,12}的话",
    re.IGNORECASE,
)
# a shortage, and not the question whether there is one (够不够, 能不能)
_NOT_ABLE = r"(?<!够)不够|(?<!能)不能"
# what a card is said to do with a model
_DOES = r"fits?|run|train|hold|host|serve|load|handle|work|be|do|fine-?tune|tune|get"
_SHORTAGE = re.compile(
    r"\booms?\b|out of memory|\btoo\b|not (?:be )?enough|\b(?:can't|cannot|won't|doesn't|isn't)\b|\b(?:will|would|could|might|is)\b[^.?!,]{0,40}\b(?:a|the) (?:problem|issue|bottleneck)\b(?=[^.?!,]{0,20}\?)|爆|炸|溢出|(?:会不会|是不是|会|是)(?:成为?)?(?:个)?瓶颈|"
    rf"{_NOT_ABLE}|(?<!得下)放不下|(?<!行)不行",
    re.IGNORECASE,
)


def has_failed(reading: Reading) -> bool:
    """Whether a run is told to have failed: then no headline says that it fits."""
    told = "oom_diagnosis" in reading.intents or bool({"fell_back", "short_by"} & set(reading.cues))
    return told and "might_fail" not in reading.cues


def of_a_failed_run(result: dict[str, Any]) -> dict[str, Any]:
    """The estimate of a run that has failed: what is borderline is not said to be likely to fit."""

    def doubted(case: dict[str, Any]) -> dict[str, Any]:
        return {**case, "leaning": None} if case.get("leaning") == "likely" else case

    return {**doubted(result), "cases": [doubted(case) for case in result.get("cases") or []]}


def asks_at_all(question: str) -> bool:
    """Is a yes or no asked for, whichever means that it fits?"""
    return bool(_WHETHER.search(question))


def asks_whether(question: str) -> bool:
    """Whether a bare yes or no would answer it, and mean that it fits."""
    return bool(_WHETHER.search(question)) and not _SHORTAGE.search(question)


# what somebody is said to do with a card, which its memory decides
_ABLE = re.compile(
    r"\b(?:can|could|able|enough|fits?|possible|runs?|do(?:es)? it)\b|能|够|可以|放得下|跑得|训得|就行|没(?:有)?(?:问题|毛病|压力)",
    re.IGNORECASE,
)


def denies(text: str) -> bool:
    """Is it said that something does not fit? Then "yes" means that it does not."""
    return _FITS_NOT.search(text) is not None or _UNABLE.search(text) is not None


# a conclusion that a machine is not enough, and the wish to hear that it is right: "so it doesn't fit, correct?", "不够 对吧"
_CONCLUDED = re.compile(
    r"\b(?:correct|right|true|yes|no)\s?\?|\b(?:am i|is (?:that|this|it)) (?:right|correct|true|wrong)\b|\bagree\?|(?:对|是)(?:不对|不是|不|吗|么|吧)[\s?。!]*$|没(?:有)?错吧",
    re.IGNORECASE,
)
_NO_GOOD = re.compile(
    r"(?<!行)(?<!可)不行(?!不行)|(?:跑|训|做|放|装|用|微调|训练)不[了下动起]|(?<!能)不能(?:跑|训|微调|用|放)",
    re.IGNORECASE,
)


def concludes_not(text: str) -> bool:
    """Is it concluded that something does not fit, and asked whether that is right?"""
    found = _CONCLUDED.search(text)
    before = text[: found.start()] if found else ""
    return bool(before) and (denies(before) or _NO_GOOD.search(before) is not None) and not _SAID_OF_RUN.search(before)


# what is seen of a run is no conclusion
_SAID_OF_RUN = re.compile(r"\booms?\b|out of memory|\bcrash|爆|报错", re.IGNORECASE)
_UNABLE = re.compile(
    rf"\b(?:can'?t|cannot|can not|couldn'?t)\s(?:\w+ ){{0,2}}?(?:{_DOES})\b|\bimpossible\b|\b(?:isn'?t|aren'?t|is not|are not|not be|not) enough\b"
    rf"|不可能|跑不了|训不了|{_NOT_ABLE}",
    re.IGNORECASE,
)


def claims_of_need(reading: Reading) -> list[Claim]:
    """The figures that the asker states, but for what the cards have together."""
    sizes = reading.facts.get("gpu_memory_gb", ())
    pooled = {count * size for count in reading.facts.get("n_gpus", ()) for size in sizes}
    return [claim for claim in reading.claims if claim.number not in pooled]


def claims_ability(reading: Reading) -> bool:
    """Whether it is a claim that a card holds something, without a figure: its verdict is the answer."""
    figures = claims_of_need(reading) or reading.equations
    return "claim_checked" in reading.cues and not figures and able(reading)


def able(reading: Reading) -> bool:
    """Whether something is said or asked of what a card can do."""
    return _ABLE.search(reading.lowered) is not None


def contradicts(sentence: str, verdicts: Collection[str], question: str) -> bool:
    """Whether a sentence says yes where every verdict is no, or no where every one is yes."""
    told = set(verdicts)
    if told not in ({"yes"}, {"no"}) or _CONDITION.search(sentence):
        return False
    plain = not _SHORTAGE.search(question)
    says_yes = bool(_FITS.search(sentence) or (plain and _YES.search(sentence)))
    says_no = bool(_FITS_NOT.search(sentence) or (plain and _NO.search(sentence)))
    return says_yes != says_no and told == ({"no"} if says_yes else {"yes"})
