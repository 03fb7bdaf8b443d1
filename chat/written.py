"""The numbers written in a text, read as a person reads them: with unit, kind and the precision that was printed.

Markdown, LaTeX and typography are taken off first, so that `4**8** GB`, `$48\\,\\mathrm{GB}$`, `48 GB` and 四十八 GB are
all the same 48 GB. Digits that belong to a name (A100, Llama-2-70B, ZeRO-3, 4-bit) are no numbers.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MEMORY = {
    "b": 1, "byte": 1, "bytes": 1, "字节": 1, "kb": 1e3, "kib": 2**10, "mb": 1e6, "mib": 2**20, "gb": 1e9, "gib": 2**30,
    "tb": 1e12, "tib": 2**40, "kilobyte": 1e3, "megabyte": 1e6, "gigabyte": 1e9, "terabyte": 1e12, "kibibyte": 2**10,
    "mebibyte": 2**20, "gibibyte": 2**30, "tebibyte": 2**40, "g": 1e9, "gig": 1e9, "兆字节": 1e6, "吉字节": 1e9,
    "g字节": 1e9, "太字节": 1e12,
}  # fmt: skip
_MEMORY |= {f"{unit}s": size for unit, size in _MEMORY.items() if unit.isascii() and len(unit) > 1 and unit[-1] != "s"}
# G is said of both
_LOOSE = {"g": 2**30, "gig": 2**30, "gigs": 2**30, "兆字节": 2**20, "吉字节": 2**30, "g字节": 2**30, "太字节": 2**40}
_TIME = {
    "ms": 1e-3, "s": 1, "sec": 1, "second": 1, "seconds": 1, "秒": 1, "min": 60, "minute": 60, "minutes": 60, "分钟": 60,
    "h": 3600, "hour": 3600, "hours": 3600, "小时": 3600, "day": 86400, "days": 86400, "天": 86400, "week": 604800,
    "weeks": 604800, "周": 604800, "gpu-hours": 3600, "gpu hours": 3600, "gpu 小时": 3600, "gpu小时": 3600, "卡时": 3600,
}  # fmt: skip
_SCALE = {
    "k": 1e3, "m": 1e6, "t": 1e12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "万": 1e4,
    "亿": 1e8, "十亿": 1e9, "万亿": 1e12,
}  # fmt: skip
_SHARE = ("%", "percent", "per cent")
_NOUNS = (
    ("tokens", r"tokens?\b|个?\s*(?:token|词元)"),
    ("cards", r"(?:gpu|card)s?\b(?!-?\s*hour)|[张块]|[x×]\s*[#¤]|#(?!#*[- ]?hour)"),
    ("params", r"param(?:eter)?s?\b|个?参数"),
)
_NOUN = "|".join(f"(?P<{kind}>{words})" for kind, words in _NOUNS)


def _any(words: object) -> str:
    return "|".join(re.escape(word) for word in sorted(map(str, words), key=len, reverse=True))  # type: ignore[call-overload]


_AMOUNT_UNITS = _any([*(unit for unit in _MEMORY if unit != "b"), *_SHARE])
_NUMBER = re.compile(
    r"(?<![a-z0-9_.])(?P<digits>\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s*[×x·*]\s*10\s*\^\s*\(?(?P<power>[+-]?\d+)\)?|e(?P<exponent>[+-]?\d+))?"
    rf"(?P<gap>[\s-]*(?:[多余来+]\s*)?(?:个\s*)?)(?:(?P<unit>{_any([*_MEMORY, *_TIME, *_SCALE, *_SHARE])})(?![a-z0-9])(?P<rate>\s*/\s*s|ps\b)?)?"
    rf"(?:[\s-]*(?:{_NOUN}))?",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\s*(?P<range>[–—~-]|to|至|到)?(?P<sum>[+=/]|or|and|或|和)?\s*(?:about|≈|约)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """A number with the kind of thing that it counts.

    kind        memory (bytes), rate (bytes a second), time (seconds), share, tokens, cards, params, or count: anything
    label       what it is said of, where that is known: a term of memory, the capacity of a card
    half_digit  half of the last digit that was printed
    """

    value: float
    kind: str
    label: str = ""
    half_digit: float = 0.0


@dataclass(frozen=True)
class Written:
    """A number as it stands in a text, with every reading that a person may give it."""

    text: str
    readings: tuple[Figure, ...]

    @property
    def is_memory(self) -> bool:
        return any(reading.kind == "memory" for reading in self.readings)


@lru_cache(maxsize=4096)  # results of tools repeat their sentences
def figures_in(text: str, label: str = "") -> tuple[Figure, ...]:
    """Every reading of every number in a text."""
    return tuple(reading for written in numbers(plain(text), label) for reading in written.readings)


@lru_cache(maxsize=256)  # a sentence is read as a whole and clause by clause
def numbers(plain_text: str, label: str = "") -> tuple[Written, ...]:
    """The numbers of a text that `plain` has made; `44–49 GiB` and `2 + 3 = 5 GiB` lend their unit to the left."""
    masked = _without_names(plain_text)
    found = list(_NUMBER.finditer(masked))
    read: list[Written] = []
    lent: tuple[Figure, ...] = ()
    for place in reversed(range(len(found))):
        match = found[place]
        readings = _readings(match, label)
        joined = None
        if lent and match["unit"] is None and not any(match[kind] for kind, _ in _NOUNS):
            joined = _JOINS.fullmatch(masked[match.end("digits") : found[place + 1].start()])
        if joined and (joined["range"] or joined["sum"]):
            borrowed = tuple(_in_unit_of(unit, readings[0]) for unit in lent)
            readings = borrowed if joined["range"] else readings + borrowed
        elif match["unit"] is not None:
            lent = tuple(Figure(_unit_size(match, reading), reading.kind) for reading in readings)
        else:
            lent = ()
        read.append(Written(match.group(0).strip(" -"), readings))
    return tuple(read[::-1])


def _unit_size(match: "re.Match[str]", reading: Figure) -> float:
    raw, _ = _value(match)
    return reading.value / raw if raw else 1.0


def _in_unit_of(unit: Figure, bare: Figure) -> Figure:
    return Figure(bare.value * unit.value, unit.kind, bare.label, bare.half_digit * unit.value)


def _value(match: "re.Match[str]") -> tuple[float, float]:
    digits = match["digits"].replace(",", "").replace(" ", "")
    value, half = float(digits), half_digit(digits)
    power = match["power"] or match["exponent"]
    if power:
        # past what a float holds it equals nothing that a tool says
        scale = 10.0 ** int(power) if abs(int(power)) < 300 else float("inf")
        value, half = value * scale, half * scale
    return value, half


def half_digit(digits: str) -> float:
    """Half a unit of the last digit that is meant: `4.13` ± 0.005, `44` ± 0.5, `14600` ± 50, `40` ± 0.5."""
    whole, point, decimals = digits.partition(".")
    if point:
        return 0.5 * 10.0 ** -len(decimals)
    meant = max(2, len(whole.rstrip("0")))
    return 0.5 * 10.0 ** min(max(0, len(whole) - meant), 300)


def _readings(match: "re.Match[str]", label: str) -> tuple[Figure, ...]:
    value, half = _value(match)
    unit = " ".join((match["unit"] or "").lower().split())
    noun = next((kind for kind, _ in _NOUNS if match[kind]), "")

    def made(size: float, kind: str) -> Figure:
        return Figure(value * size, kind, label, half * size)

    if unit == "b" and (noun or not match["gap"]):  # 70B, 70 B parameters; but 4 B
        return (made(1e9, noun or "params"),)
    if unit in _MEMORY:
        kind = "rate" if match["rate"] else "memory"
        return tuple(made(size, kind) for size in {_MEMORY[unit]: 0, _LOOSE.get(unit, _MEMORY[unit]): 0})
    if unit in _TIME:
        return (made(_TIME[unit], "time"),)
    if unit in _SHARE:
        return (made(0.01, "share"),)
    if unit == "k":  # lengths count in powers of two
        return made(1e3, noun or "count"), made(1024, noun or "count")
    return (made(_SCALE.get(unit, 1.0), noun or "count"),)


# ---- names -------------------------------------------------------------------------------------------------------

_CARD_NAME = re.compile(r"(?:nvidia |rtx ?)?[abhlvt]\d{1,3}s?", re.IGNORECASE)
_TOKEN = r"(?<![a-z0-9])[a-z][a-z0-9]*(?:[-_.+]+[a-z0-9]+)*"
# an amount at the end of a name (A100-80GB, about-48 GB) is an amount all the same
_AMOUNT = re.compile(rf"(?P<digits>\d+(?:\.\d+)?)(?:[\s-]*(?:个\s*)?(?:{_AMOUNT_UNITS})(?![a-z0-9]))", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NO_NUMBERS = (
    r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b",
    rf"\b(?:{_MONTHS})[a-z]*\.? (?:\d{{1,2}},? )?(?:19|20)\d\d\b",
    r"\b(?:19|20)\d\d ?年(?:\d{1,2} ?月)?(?:\d{1,2} ?日)?",
    r"(?:§+|\b(?:sections?|tables?|figures?|fig\.|eqs?\.|equations?|steps?|options?|cases?|phases?|stages?|notes?)) ?\d+(?:\.\d+)*\b(?!\.\d)(?![ -]?[kmgt]i?b\b)",
    r"(?:第|方案|步骤|情况|阶段|表|图) ?\d+(?:\.\d+)* ?[步种个节章阶]?",
    r"\b\d+(?:st|nd|rd|th)\b",
    # the widths of number formats are their names
    r"(?<![\d.])(?:2|3|4|5|6|8|16|32|64)(?:[ -]?bits?\b| ?位)",
)
_NAME = re.compile("|".join(f"(?:{name})" for name in (*_NO_NUMBERS, f"(?P<token>{_TOKEN})")), re.IGNORECASE)


def _without_names(text: str) -> str:
    """The text with every name and date made unreadable, at its old length; a card's name leaves a # for "2 × A100"."""
    return _NAME.sub(_masked, text)


def _masked(found: "re.Match[str]") -> str:
    token = found["token"]
    if token is None:
        return "¤" * len(found[0])
    if not any(sign.isdigit() for sign in token):
        return token
    for amount in _AMOUNT.finditer(found.string, found.start()):
        if amount.start() >= found.end():
            break
        if amount.end() >= found.end():
            return " " * (amount.start() - found.start()) + found.string[amount.start() : found.end()]
    return ("#" if _CARD_NAME.fullmatch(token) else "¤") * len(token)


# ---- typography --------------------------------------------------------------------------------------------------

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LATEX = (
    (r"\\(?:text|mathrm|mathbf|mathit|textbf|mathsf|operatorname|boldsymbol|num|mbox)\s*\{([^{}]*)\}", r"\1"),
    (r"\\(?:times|cdot)(?![a-z])", "×"),
    (r"\\(?:approx|sim|simeq)(?![a-z])", "≈"),
    (r"\{,\}", ","),
    (r"\\[,;:! ]|~|\\quad", " "),
    (r"\\%", "%"),
    (r"\\[()\[\]]|\$|\{\}", ""),
    (r"[{}]", ""),
    (r"\*{2,}|__+|~~|`|</?[a-z][^<>]{0,200}>", ""),
    (r"(?<![*\d])\*(\d[\d.,]*)\*|(?<=\d)\*(\d[\d.,]*)\*", r"\1\2"),
    (r"\\(?=[^a-z\s])", ""),
)
_PLAIN = tuple((re.compile(pattern, re.IGNORECASE), to) for pattern, to in _LATEX)


def plain(text: str) -> str:
    """The text as a reader sees it: no markup, one form for each digit and space, number words as digits."""
    text = html.unescape(text).replace("\uff0c", ", ")  # a full-width comma parts clauses, never digits
    text = re.sub(r"[⁰¹²³⁴-⁹⁻⁺]+", lambda found: "^" + found.group(0).translate(_SUPERSCRIPT), text)
    text = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    text = re.sub(r"\d", lambda found: str(int(found.group(0))), text.replace("−", "-"))
    for pattern, to in _PLAIN:
        text = pattern.sub(to, text)
    text = _CHINESE.sub(_from_chinese, text.translate(_FORMAL))
    return _ENGLISH.sub(_from_english, text)


_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
# formal and traditional forms
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟兩萬億個餘張塊", "一二三四五六七八九十百千两万亿个余张块")
_TENS = {"十": 10, "百": 100, "千": 1000}
_TO_NINETEEN = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
_TIMES_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: value for value, word in enumerate(_TO_NINETEEN.split())}
_WORDS |= {word: 10 * value for value, word in enumerate(_TIMES_TEN.split(), 2)}
_UNIT_WORDS = _any(
    [*(u for u in _MEMORY if len(u) > 1 or u == "g"), *(u for u in _TIME if len(u) > 1), "秒", "天", "周", *_SHARE]
)
_CHINESE = re.compile(
    rf"百分之(?P<share>[零〇一二两三四五六七八九十百点]+)"
    rf"|(?P<number>[零〇一二两三四五六七八九十百千点]+)(?=[万亿]|\s*[多余来]?\s*个?\s*(?:{_UNIT_WORDS})(?![a-z]))"
    r"|(?P<cards>[二两三四五六七八九十百]+)(?=[张块])"
    r"|(?P<bare>[二三四五六七八九]十[一二三四五六七八九]?|十[一二三四五六七八九])",  # 六十七 is a number whatever follows
    re.IGNORECASE,
)
_LARGE = _any([word for word, value in _WORDS.items() if value > 12])
_ENGLISH = re.compile(
    # "and GB10": an `and` alone is no number, nor is a name's beginning a unit
    rf"\b(?!and\b)(?:(?:{_any(_WORDS)}|hundred|thousand|dozen|and|point)[\s-]+)+(?=(?:{_UNIT_WORDS}|million|billion|gpus|cards)(?![a-z\d]))"
    rf"|\b(?:{_LARGE})(?:-(?:{_any(_WORDS)}))?\b",  # sixty-seven is a number whatever follows
    re.IGNORECASE,
)


def _from_chinese(found: "re.Match[str]") -> str:
    value = _chinese(found["share"] or found["number"] or found["cards"] or found["bare"])
    return f"{value:.12g}%" if found["share"] else f"{value:.12g}"


def _chinese(word: str) -> float:
    whole, point, decimals = word.partition("点")
    if len(whole) > 1 and not set(whole) & set(_TENS):
        value = float("".join(str(_DIGITS[sign]) for sign in whole))  # 二四 is read digit by digit
    else:
        value, digit = 0.0, None
        for sign in whole:
            if sign in _TENS:
                value, digit = value + (1 if digit is None else digit) * _TENS[sign], None
            else:
                digit = _DIGITS.get(sign, 0)
        value += digit or 0
    if point:
        value += float("0." + ("".join(str(_DIGITS.get(sign, 0)) for sign in decimals) or "0"))
    return value


def _from_english(found: "re.Match[str]") -> str:
    total, group, decimals = 0.0, 0.0, None
    for word in re.split(r"[\s-]+", found.group(0).lower().strip(" -")):
        if decimals is not None and word in _WORDS:
            decimals += str(_WORDS[word])
        elif word == "point":
            decimals = "0."
        elif word in ("hundred", "dozen"):
            group = (group or 1) * (100 if word == "hundred" else 12)
        elif word == "thousand":
            total, group = total + (group or 1) * 1000, 0.0
        elif word in _WORDS:
            group += _WORDS[word]
    return f"{total + group + float(decimals or 0):.12g} "
