"""Fewer bits as a setting whose effect is asked: whether the cache follows the weights, 8 bits in place of 4, and double
quantisation.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.reads.lexicon import compiled

DOUBLED = r"(?<![a-z])(?:double|nested)[ _-]quant\w*|双重?量化|二次量化"
HALF = r"\bhalv(?:es?|ed|ing)\b|\b(?:in|by) half\b|\bhalf (?:of )?(?:the|as much)\b|减半|砍半|一半|腰斩"
# whether the cache follows the weights into fewer bits
_FEWER_BITS = r"(?:\bquanti[sz]\w+|(?<![a-z])(?:i?q[2-8](?:_\w+)?|awq|gptq|nf4|int[48]|fp8)(?![a-z])|(?<![\d.])[48][- ]?(?:bits?|位)|量化)"
_CACHED = r"(?:\bkv\b|\bcache\b|缓存)"
_AS_WELL = r"\b(?:also|too|as well|becom\w+|turns?|automatically|times smaller|follows?)\b"
CACHE_TOO = (
    rf"{_FEWER_BITS}[^.?!;。]{{0,70}}(?:{_AS_WELL}[^.?!;]{{0,30}}{_CACHED}|{_CACHED}[^.?!;]{{0,30}}{_AS_WELL})"
    rf"|{_FEWER_BITS}[^.?!;。]{{0,24}}{_CACHED}[^.?!;。]{{0,12}}(?:也|跟着|是不是|会不会|自动|一起|同样|变成)[^.?!;。]{{0,12}}(?:位|bit|小|少|省|降|半|int|量化|1 ?/)"
)
# double quantisation, asked about in whatever words: what it saves, whether it matters, with it and without
_OF_DOUBLED = r"\b(?:sav\w+|worth|help\w*|matters?|differ\w*|halv\w+|(?:smaller|less|reduc\w+|lower\w*)|gain\w*)\b|\b(?:with|vs\.?|versus|or)\b[^.?!]{0,6}\bwith(?:out)?\b|省|差|区别|影响|(?:少|降|减)(?:占|用|下)?(?:多少|一半|几)|减半|有用|值得|必要|意义"
_EIGHT_BITS = ("int8", "fp8", "gguf:Q8_0", "gptq-int8", "gptq-int8-g128")


def in_eight_bits(facts: Mapping[str, Sequence[Any]]) -> bool:
    """Are the weights told to be in 8 bits, and not in the usual 4?"""
    return any(str(one) in _EIGHT_BITS for one in facts.get("weight_format", ())) or 8 in facts.get("bits", ())


def of_doubled(text: str, facts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """What double quantisation does, where that alone is asked of a base in 4 bits, and what is claimed of it."""
    if "double_quant" not in facts or len(facts.get("weight_format", ())) > 1 or not compiled(DOUBLED).search(text):
        return ()
    if not compiled(_OF_DOUBLED).search(text):
        return ()
    halved = compiled(HALF).search(text)
    return ("lever:double_quant", *(("lever_claim:0.5",) if halved else ()))
