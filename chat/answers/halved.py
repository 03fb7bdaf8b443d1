"""Whether one of two set-ups takes half of the other, or so many times as much, where that is asked: of all that each needs, or of
an optimizer's states."""

from chat.answers.case_tables import Result
from chat.answers.which import gibs
from chat.phrases import pick
from chat.reads.concepts.times_seen import times_seen
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_HALVES = r"\bhal(?:f|ve[sd]?|ving)\b|\b50 ?%|减半|一半|对半"
# "twice the memory of", "3x the VRAM", "显存是 … 的两倍吗", "要几倍"
_COUNT = r"(?P<{0}>twice|double|triple|\d+(?:\.\d+)?(?=\s?(?:x|times)\b))(?:\s?(?:x|times))?"
_TIMES = (
    rf"\b{_COUNT.format('before')} (?:as much |the |more |of the )?(?:gpu )?(?:memory|v?ram)\b|\b(?:memory|v?ram)\b[^.;?]{{0,24}}\b{_COUNT.format('behind')}"
    r"|显存[^,;?。]{0,16}?(?P<zh>两|二|三|四|几|多少|\d+(?:\.\d+)?)\s?倍|(?P<zh2>两|二|三|四|几|多少|\d+(?:\.\d+)?)\s?倍的?显存"
)
_WORDED = {
    "twice": 2.0,
    "double": 2.0,
    "triple": 3.0,
    "两": 2.0,
    "二": 2.0,
    "三": 3.0,
    "四": 4.0,
    "几": 0.0,
    "多少": 0.0,
}
_NEAR = 0.12
# of optimizers beside each other, what each keeps by itself
OWN_STATES = r"\b(?:optimi[sz]er|adam\w*)(?:'s)? (?:states?|memory|v?ram|moments?|bytes)\b|\bbytes (?:per|a|each|for each|of each) param\w*|每(?:个)?参数[^,;?。]{0,8}(?:字节|bytes?)|优化器(?:自身)?(?:的)?(?:状态|显存|内存)"
_OF_THE_OPTIMIZER = r"\bhal(?:f|ve[sd]?|ving) (?:of )?(?:the |an? |its )?optimi[sz]er\b|优化器[^,;?。]{0,6}(?:一半|减半)|(?:一半|减半)的?优化器"
# of the cache alone, which has its own answer
_OF_THE_CACHE = rf"(?:(?<![a-z])kv(?![a-z])|cache|缓存)[^,;?。]{{0,24}}?(?:{_HALVES})|(?:{_HALVES})[^,;?。]{{0,12}}?(?:(?<![a-z])kv(?![a-z])|cache|缓存)"
# what counts as half
_HALF = (0.45, 0.55)
_HALF_OR_NOT = (("Yes, about half. ", "对,约一半。"), ("No, not half. ", "不到一半。"), ("More than half. ", "不止一半。"))  # fmt: skip
_OF_STATES = ("Yes, of the optimizer's own states, but not of the whole. ", "优化器自身的状态确实减半,总量没有。")

# as so many times the weights states are told: "4x the model size"
_OF_STATES_TIMES = r"(?<![\d.])[1-9](?:\.\d)?\s?(?:x|times|倍)(?![a-z0-9])"


def times_told(reading: Reading) -> bool:
    """Is something told or asked as so many times something else? Of cards, "2x A100", it is their number."""
    cards = [span for name in ("n_gpus", "gpu") for span in reading.spans.get(name, ())]
    return any(
        not any(start < found.end() and found.start() < end for start, end in cards)
        for found in compiled(_OF_STATES_TIMES).finditer(reading.lowered)
    )


def halved(result: Result, text: str, language: str) -> str:
    """The yes or no; nothing where it is not asked, or of more than two."""
    if len(result["setups"]) != 2 or compiled(_OF_THE_CACHE).search(text):
        return ""
    if not compiled(_HALVES).search(text):
        return _times(result, text, language)
    low, high = _HALF
    own = [one.get("own_states") for one in result["setups"]]
    if all(own) and compiled(rf"{OWN_STATES}|{_OF_THE_OPTIMIZER}").search(text):
        less, more = sorted(one["gib"] for one in own)
        if more and low <= 1 - less / more <= high:
            return pick(_OF_STATES, language)
    place = 0 if low <= result["less_share"] <= high else 1 if result["less_share"] < low else 2
    return pick(_HALF_OR_NOT[place], language)


def _times(result: Result, text: str, language: str) -> str:
    """Whether it is as many times as much as is asked, and how many times it is; nothing where that is not asked."""
    found = compiled(_TIMES).search(text)
    if not found:
        return ""
    said = next(one for one in found.groups() if one)
    asked = _WORDED[said] if said in _WORDED else float(said)
    less, more = sorted(gibs(result))
    factor = result["times_shown"]
    if not asked:
        return pick((f"The larger is {factor} times the smaller. ", f"大的是小的 {factor} 倍。"), language)
    if abs(more / less / asked - 1) <= _NEAR:
        return pick((f"Yes, about: {factor} times. ", f"差不多,{factor} 倍。"), language)
    if times_seen(text):  # what was seen is not denied
        return pick((f"By the settings assumed here {factor} times; where it is more, the settings differ. ", f"按这里假设的设置是 {factor} 倍,更多就是设置不同。"), language)  # fmt: skip
    return pick((f"No, {factor} times. ", f"不是,是 {factor} 倍。"), language)
