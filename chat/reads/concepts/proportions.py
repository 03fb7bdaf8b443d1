"""Is it asked whether memory goes in proportion to an amount? "Does twice the batch double VRAM?", "显存和长度成正比吗"."""

from chat.reads.lexicon import compiled

# how many times as much; of `_EVENLY` it is asked for any number of times, told by doubling
# "2x 4090" is a count of cards
_NO_CARD = r"(?! ?(?:gpus?\b|cards?\b|rtx|nvidia|\d|[a-z]{1,2}\d{1,3}\b))"
_FACTORS: tuple[tuple[float, str], ...] = (
    (0.5, r"\bhalv\w+|\bhalf\b(?![ -]precision)|\b0\.5x\b|减半|砍半|一半|折半"),
    (2.0, rf"\bdoubl\w+|\btwice\b|\btwofold\b|\b2x\b{_NO_CARD}|\btwo times\b|翻(?:了|个|上)?一?倍|翻番|加倍|(?:两|二|2)\s?倍|成倍|倍增"),
    (3.0, rf"\btripl\w+|\bthree times\b|\b3x\b{_NO_CARD}|[三3]\s?倍"),
    (4.0, rf"\bquadrupl\w+|\bfour times\b|\b4x\b{_NO_CARD}|[四4]\s?倍"),
)  # fmt: skip
_EVENLY = r"\bproportional\w*|\bin proportion\b|(?<!all-)(?<!all )(?<!all_)\blinear\w*(?! (?:layers?|modules?|attention|projections?))|正比|成比例|线性(?!层|注意力|模块)|等比"
_MEMORY = r"(?:\bv?ram\b|\bmemory\b|\bfootprint\b|\bcache\b|\bkv\b|显存|内存|占用|缓存)"
# the amounts that a run is scaled by, each the lever of its name
_AMOUNTS: tuple[tuple[str, str], ...] = (
    ("batch", r"\bbatch(?:[ _-]?size)?\b|批(?:次|量)?大小|\bbs\b"),
    ("users", r"\b(?:concurren\w+|users|requests|clients)\b|并发(?:数|量)?|用户数?|请求数?"),
    ("rank", r"\b(?:lora[ _-])?rank\b(?!s)|\blora[ _-]?r\b|(?<![a-z])秩"),
    ("length", r"\b(?:seq(?:uence)?|context|cutoff|prompt)(?:[ _-]?(?:len\w*|window|size))?\b|\bmax[ _-]?len\w*|上下文|序列|长度"),
    ("cards", r"\b(?:gpus|cards)\b|卡数|显卡数|卡的数量|[张块]数|(?:显卡|卡)(?:翻|加|增)"),
)  # fmt: skip
_ASKS = r"\?|吗|么|嘛|是不是|是否|会不会|不(?:$|[,;。])|^(?:does|do|will|would|is|are|if|when)\b|\b(?:does|do|will|would) (?:the |my )?(?:gpu |kv )?(?:v?ram|memory|cache|usage)\b"
# of what has been seen the cause is asked, and no rule
_OF_A_CAUSE = r"\bwhy\b|\bhow come\b|\bnormal\b|\bexpected\?|为什么|为啥|为何|怎么回事|正常"
_EITHER = r"\b(?:same as|equivalent|rather than|or|vs|versus|than)\b|还是|一样|相同|等价"
_NEAR = 28  # characters between memory and what is asked of it
_TERMS: tuple[tuple[str, str], ...] = (("kv_cache", r"\bkv\b|\bcache\b|缓存"),)


# "8x", "16 times", "8 倍": any other number of times
_ANY_TIMES = rf"\b(?P<n>\d{{1,3}})\s?(?:x\b{_NO_CARD}|times\b)|(?<![\d.])(?P<m>\d{{1,3}})\s?倍"


def _times_told(text: str) -> list[tuple[tuple[int, int], float]]:
    """Each number of times that is told, with its place, in order."""
    told = [(found.span(), times) for times, one in _FACTORS for found in compiled(one).finditer(text)]
    taken = [span for span, _ in told]
    for found in compiled(_ANY_TIMES).finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            told.append((found.span(), float(found["n"] or found["m"])))
    return sorted(told)


def in_proportion(text: str) -> tuple[str, ...]:
    """The subjects of a question whether memory goes with an amount: the lever, how many times, the part of memory asked about."""
    if not compiled(_ASKS).search(text) or compiled(_OF_A_CAUSE).search(text):
        return ()
    told = _times_told(text)
    evenly = compiled(_EVENLY).search(text)
    of_memory = [one for one, _ in told if _beside_memory(text, one)]
    amount = _amount(text)
    if not amount or _against_each_other(text):
        return ()
    if evenly and _beside_memory(text, evenly.span()):
        times = 2.0
    elif of_memory and (len(told) > 1 or compiled(_FROM_TO).search(text) or compiled(_TO_ONE).search(text)):
        times = next((one for span, one in told if span not in of_memory), told[0][1])
    else:
        return ()
    part = next((name for name, one in _TERMS if compiled(one).search(text)), "")
    return (f"lever:{amount}", f"lever_times:{times:g}", *([f"lever_on:{part}"] if part else []))


# an amount that is changed from one value to another
_FROM_TO = (
    r"\bfrom\b(?: [a-z]+){0,2} \d[^.?!]{0,8}\bto\b(?: [a-z]+){0,2} \d|从\s?(?:[a-z]+\s?)?\d[^。?!]{0,6}[到变成至]\s?\d"
)


# "batch 8 exactly 8x of batch 1"
_TO_ONE = r"\b(?:batch(?:[ _-]?size)?|bs)\s?(?:of |= ?)?\d{1,3}\b[^?]{0,40}\b(?:batch(?:[ _-]?size)?|bs)\s?(?:of |= ?)?1\b|(?:batch|bs|批大小)\s?(?:为|是|=)?\s?\d{1,3}[^?]{0,24}(?:batch|bs|批大小)\s?(?:为|是|=)?\s?1(?!\d)"
# "cuts memory 3x": what a method saves, and no amount that is scaled
_SAVED = r"(?:\b(?:cut|sav|reduc|lower|shr[iau]nk|less|off)\w*|省|降|减)[^,.;?!]{0,24}$"


def _beside_memory(text: str, span: tuple[int, int]) -> bool:
    """Is it said of memory, and not of the amount or of what is saved?"""
    if compiled(_SAVED).search(text[: span[0]]):
        return False
    around = text[max(0, span[0] - _NEAR) : span[1] + _NEAR]
    return compiled(_MEMORY).search(around) is not None


def _against_each_other(text: str) -> bool:
    """Are two amounts set against each other, and not one against memory?"""
    named = [name for name, one in _AMOUNTS if compiled(one).search(text)]
    return len(named) > 1 and compiled(_EITHER).search(text) is not None


def _amount(text: str) -> str:
    """The one amount that is named; of several the first that is no length of something else."""
    return next((name for name, one in _AMOUNTS if compiled(one).search(text)), "")
