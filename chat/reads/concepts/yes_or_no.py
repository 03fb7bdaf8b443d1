"""Whether something makes memory more, less or leaves it as much, asked to be answered by yes or no; not how, why or by how much."""

_AUXILIARY = r"(?:^|[.,;:!?]\s*|\b(?:so|and|but|then|also)\s)(?:does|do|will|would|can|could|is|are)(?:n't)?\b(?![^?.;]{0,80}\bor\b)"
_MEMORY = r"(?:\bmemory\b|\bv?ram\b|\bgpu usage\b|\bfootprint\b)"
_MORE = r"\b(?:increas\w+|rais(?:e|es|ing)|grow\w*|(?:use|need|take|require|consume|cost|add)s?(?: \w+){0,2}? (?:more|extra|additional)|add(?:s|ing)?(?: to)?)\b"
_LESS = r"\b(?:sav(?:e|es|ing)|reduc\w+|lower(?:s|ing)?|decreas\w+|shrinks?|halves?|cuts?|(?:use|need|take|require)s? less)\b"
# asked in Chinese by a particle or by the verb and its negation
_WHETHER = r"(?:[吗么]|(?:会|能|是)不(?:会|能|是)|是否)"
_HOW_MUCH = r"多少|几(?:倍|g)|为(?:什么|啥|何)|怎么|如何"
_MORE_ZH = r"(?:增加|多占|更占|更吃|占(?:用)?更多|变大|增大|提高|涨)"
_LESS_ZH = r"(?:节?省|减少|降低|减小|变小|减半|少占)"

ASKS_MORE = (
    rf"{_AUXILIARY}[^?.;]{{0,48}}{_MORE}[^?.;]{{0,24}}{_MEMORY}"
    rf"|^(?![\s\S]*(?:{_HOW_MUCH}|还是))(?=[\s\S]*{_WHETHER})(?=[\s\S]*(?:显存|内存))[\s\S]*?{_MORE_ZH}"
)
ASKS_LESS = (
    rf"{_AUXILIARY}[^?.;]{{0,48}}{_LESS}[^?.;]{{0,24}}{_MEMORY}"
    rf"|^(?![\s\S]*(?:{_HOW_MUCH}|还是))(?=[\s\S]*{_WHETHER})(?=[\s\S]*(?:显存|内存))[\s\S]*?{_LESS_ZH}"
)
ASKS_DOUBLE = rf"{_AUXILIARY}[^?.;]{{0,48}}\bdoubl(?:e|es|ing)\b(?! quant)[^?.;]{{0,24}}{_MEMORY}|^(?![\s\S]*(?:{_HOW_MUCH}))(?=[\s\S]*{_WHETHER})(?=[\s\S]*(?:显存|内存))[\s\S]*?翻倍"
ASKS_SAME = rf"{_AUXILIARY}[^?.;]{{0,48}}\b(?:as (?:much|large|big)|the same)\b|(?:一样|同样|差不多)(?:大|多)?[吗么]|(?:一样|差不多)不"
DIRECTIONS: tuple[tuple[str, str], ...] = (
    ("asks_more", ASKS_MORE),
    ("asks_less", ASKS_LESS),
    ("asks_double", ASKS_DOUBLE),
    ("asks_same", ASKS_SAME),
)
DIRECTION_CUES = frozenset(cue for cue, _ in DIRECTIONS)
