"""Whether one of two set-ups takes half of the other, where that is asked: of all that each needs, or of an optimizer's states."""

from chat.answers.case_tables import Result
from chat.phrases import pick
from chat.reads.lexicon import compiled

_HALVES = r"\bhal(?:f|ve[sd]?|ving)\b|\b50 ?%|减半|一半|对半"
# of optimizers beside each other, what each keeps by itself
OWN_STATES = r"\b(?:optimi[sz]er|adam\w*)(?:'s)? (?:states?|memory|v?ram|moments?|bytes)\b|\bbytes (?:per|a|each|for each|of each) param\w*|每(?:个)?参数[^,;?。]{0,8}(?:字节|bytes?)|优化器(?:自身)?(?:的)?(?:状态|显存|内存)"
# what counts as half
_HALF = (0.45, 0.55)
_HALF_OR_NOT = (("Yes, about half. ", "对,约一半。"), ("No, not half. ", "不到一半。"), ("More than half. ", "不止一半。"))  # fmt: skip
_OF_STATES = ("Yes, of the optimizer's own states, but not of the whole. ", "优化器自身的状态确实减半,总量没有。")


def halved(result: Result, text: str, language: str) -> str:
    """The yes or no; nothing where it is not asked, or of more than two."""
    if len(result["setups"]) != 2 or not compiled(_HALVES).search(text):
        return ""
    low, high = _HALF
    own = [one.get("own_states") for one in result["setups"]]
    if all(own) and compiled(OWN_STATES).search(text):
        less, more = sorted(one["gib"] for one in own)
        if more and low <= 1 - less / more <= high:
            return pick(_OF_STATES, language)
    place = 0 if low <= result["less_share"] <= high else 1 if result["less_share"] < low else 2
    return pick(_HALF_OR_NOT[place], language)
