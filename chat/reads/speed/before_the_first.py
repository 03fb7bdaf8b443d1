"""The first token as a moment: `16 GB before the first token` says when it was looked at, and asks no time, unless somebody waits."""

from chat.reads.lexicon import compiled

_BEFORE_THE_FIRST = r"\b(?:before|prior to) (?:the |a |any |its )?(?:very )?first[- ]token\b|(?:首|第一)(?:个)?\s?(?:token|字|词)(?:还没|都没|未)?(?:生成|出来?|输出)?(?:之?前|之?时)?"
_WAITED = r"\bhow long\b|\bwait\w*|\btimes?\b|\btook\b|\btakes? (?:\w+ ){0,3}\d* ?(?:s|sec\w*|min\w*)\b|\d ?(?:s|ms|sec\w*|min\w*)\b|\bslow\w*|\bfast\w*|\bdelay\w*|\blatenc\w+|\bttft\b|\bspeed\w*|多久|多长|[等卡]|\d\s?秒|几秒|慢|快|延迟|时间|速度|耗时"


def without_moments(regular: str) -> str:
    """The regular text with blanks where the first token only says when memory was looked at."""
    if compiled(_WAITED).search(regular):
        return regular
    return compiled(_BEFORE_THE_FIRST).sub(lambda found: " " * len(found[0]), regular)
