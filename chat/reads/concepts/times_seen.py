"""That something was seen to take so many times as much: "needs more than double … Expected?", "为什么是两倍多". What is asked ("is it
twice?") was not seen."""

from chat.reads.lexicon import compiled

_SEEN = r"\bwhy\b|\bhow come\b|\bnormal\b|\bexpected\b\s*(?:\?|$)|\b(?:is|isn'?t) (?:this|that|it) (?:right|expected|a bug|ok(?:ay)?)\b|为(?:什么|啥|何)|正常|怎么(?:会|就|是)|合理(?:吗|么)"
# "is that normal?" asks of what was seen, "would twice be normal?" of what was not
_ASKED = r"\b(?:would|should|will|could) (?:\w+ ){0,6}?(?:be |take |need |use )?(?:twice|double|\d+(?:\.\d+)?\s?(?:x|times))\b"
_TIMES = (
    r"\b(?P<two>twice|doubl(?:e[sd]?|ing))\b|\b(?P<three>tripl(?:e[sd]?|ing))\b|(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s?(?:x|times) (?:the|as|more|higher|larger|bigger|memory|v?ram|of|what|that)\b"
    r"|(?<![\d.])(?P<zh>\d+(?:\.\d+)?|[两二三四])\s?倍|(?P<more>翻了?(?:[1一]?倍|1番|一番)|多(?:了|出|占)?(?:将近|快)?\s?[1一]倍)"
)
_WORDED = {"两": 2.0, "二": 2.0, "三": 3.0, "四": 4.0}


def times_seen(text: str) -> float | None:
    """So many times as much as was seen; None where it is only asked. `text` is normalised."""
    found = compiled(_TIMES).search(text)
    if not found or not compiled(_SEEN).search(text) or compiled(_ASKED).search(text):
        return None
    if found["three"]:
        return 3.0
    told = found["n"] or found["zh"]
    return _WORDED.get(told) or float(told) if told else 2.0
