"""Every number in an answer stands in a tool's result of that turn, with its unit and its quantity.

Prose is released sentence by sentence after this check, whichever model spoke. A number is let through when some
figure of the results rounds to it at the precision printed, in the unit printed; where the clause names a term
("weights"), the figure must be that term's, if the results hold one for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MEMORY = {
    "B": 1, "KB": 1e3, "KIB": 2**10, "MB": 1e6, "MIB": 2**20, "GB": 1e9, "GIB": 2**30, "TB": 1e12, "TIB": 2**40,
    "G": 1e9, "字节": 1, "BYTE": 1, "BYTES": 1,
}  # fmt: skip
_TIME = {
    "SECOND": 1, "SECONDS": 1, "秒": 1, "MS": 1e-3, "MINUTE": 60, "MINUTES": 60, "分钟": 60, "H": 3600, "HOUR": 3600,
    "HOURS": 3600, "小时": 3600, "DAY": 86400, "DAYS": 86400, "天": 86400, "GPU-HOURS": 3600, "GPU HOURS": 3600,
}  # fmt: skip
_SCALE = {"K": 1e3, "M": 1e6, "BILLION": 1e9, "MILLION": 1e6, "TRILLION": 1e12, "万": 1e4, "亿": 1e8, "十亿": 1e9}
_UNITS = sorted({*_MEMORY, *_TIME, *_SCALE, "%"}, key=len, reverse=True)
_NUMBER = re.compile(
    r"(?<![\w.])(?P<number>\d{1,3}(?:[,\u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s*(?:[×x·]|\\times)\s*10\s*\^?\s*\{?(?P<power>-?\d+)\}?|e(?P<exponent>[+-]?\d+))?"
    r"(?P<gap>[\s\u00a0-]?)(?:(?P<unit>" + "|".join(map(re.escape, _UNITS)) + r")(?![A-Za-z]))?",
    re.IGNORECASE,
)
_TERM_WORDS = {
    "weights": ("weight", "权重"),
    "gradients": ("gradient", "梯度"),
    "optimizer": ("optimizer", "优化器"),
    "activations": ("activation", "激活"),
    "logits": ("logits",),
    "kv_cache": ("kv cache", "kv 缓存", "kv缓存"),
    "adapter": ("adapter", "适配器"),
    "runtime": ("runtime", "运行时"),
}
# a sum, a change or a comparison may name a term and give another figure
_OTHER_FIGURES = re.compile(r"total|peak|together|capacity|card|up to|合计|总|峰值|容量|卡|最多", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """A number with the kind of thing that it counts (`memory` in bytes, `time` in seconds, `count`, `share`)."""

    value: float
    kind: str
    label: str = ""
    half_digit: float = 0.0


def figures_in(text: str, label: str = "") -> Iterator[Figure]:
    """The numbers written in a text, each read as a person would."""
    for found in _NUMBER.finditer(text):
        digits = found["number"].replace(",", "").replace("\u2009", "").replace("\u202f", "")
        value = float(digits)
        half = 0.5 * 10.0 ** -(len(digits.partition(".")[2]))
        power = found["power"] or found["exponent"]
        if power and abs(int(power)) < 300:
            value, half = value * 10.0 ** int(power), half * 10.0 ** int(power)
        unit = (found["unit"] or "").upper()
        # `4-bit` and `70B` are counts, `4 B` is memory
        if unit == "B" and not found["gap"]:
            yield Figure(value * 1e9, "count", label, half * 1e9)
        elif unit in _MEMORY:
            yield Figure(value * _MEMORY[unit], "memory", label, half * _MEMORY[unit])
        elif unit in _TIME:
            yield Figure(value * _TIME[unit], "time", label, half * _TIME[unit])
        elif unit == "%":
            yield Figure(value / 100, "share", label, half / 100)
        else:
            scale = _SCALE.get(unit, 1.0)
            yield Figure(value * scale, "count", label, half * scale)


_KEY_UNITS = (("_gib", "memory", 2.0**30), ("_gb", "memory", 1e9), ("_mib", "memory", 2.0**20), ("bytes", "memory", 1.0))


def figures_of(result: Any, key: str = "", label: str = "") -> Iterator[Figure]:
    """Every number in a tool's result: typed by its key (`best_gib`), or as written in its texts."""
    if isinstance(result, bool) or result is None:
        return
    if isinstance(result, (int, float)):
        for ending, kind, scale in _KEY_UNITS:
            if key.endswith(ending):
                yield Figure(float(result) * scale, kind, label)
                return
        yield Figure(float(result), "count", label)
    elif isinstance(result, str):
        yield from figures_in(result, label)
        # a name such as `A100 SXM4 80 GB` may be told with its number in another form
        for number in re.findall(r"\d+(?:\.\d+)?", result):
            yield Figure(float(number), "name", label)
    elif isinstance(result, Mapping):
        own = str(result["name"]) if "gib" in result and "name" in result else label
        for name, value in result.items():
            yield from _typed(result, name, value, own)
    elif isinstance(result, Iterable):
        for value in result:
            yield from figures_of(value, key, label)


def _typed(result: Mapping[str, Any], name: str, value: Any, label: str) -> Iterator[Figure]:
    if name == "gib":
        yield from figures_of(value, "_gib", label)
    elif name == "value" and isinstance(value, (int, float)) and isinstance(result.get("unit"), str):
        yield from figures_in(f"{value!r} {result['unit']}", label)
        yield Figure(float(value), "count", label)
    else:
        yield from figures_of(value, str(name), label)


class Guard:
    """Knows the figures of one turn's results and tells which numbers of a sentence stand in none of them."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.labels: set[str] = set()

    def learn(self, result: Any) -> None:
        """Take in a tool's result, its text or its artifact."""
        fresh = list(figures_of(result))
        self.figures += fresh
        self.labels |= {figure.label for figure in fresh if figure.label}

    def strangers(self, sentence: str) -> list[str]:
        """The numbers in a sentence that no result holds; empty when it may be said."""
        bare = re.sub(r"(?m)^\s*\d+[.)、]\s", "", sentence)  # the 1. of a list is no figure
        found = []
        for clause in re.split(r"(?<!\d)[,;,;。|]|[,;,;。|](?!\d)", bare):
            said = [(match.group(0).strip(), next(figures_in(match.group(0)))) for match in _NUMBER.finditer(clause)]
            found += [text for text, figure in said if not self._stands(figure, "")]
            term = self._term_of(clause)
            amounts = [(text, figure) for text, figure in said if figure.kind == "memory"]
            if term and amounts and not any(self._stands(figure, term) for _, figure in amounts):
                found += [text for text, _ in amounts if text not in found]
        return found

    def _stands(self, said: Figure, term: str) -> bool:
        return any(_agrees(known, said) for known in self.figures if not term or known.label == term)

    def _term_of(self, clause: str) -> str:
        lowered = clause.lower()
        named = [term for term, words in _TERM_WORDS.items() if any(word in lowered for word in words)]
        if len(named) == 1 and named[0] in self.labels and not _OTHER_FIGURES.search(clause):
            return named[0]
        return ""


def _agrees(known: Figure, said: Figure) -> bool:
    if known.kind != said.kind and not (known.kind == "name" and said.kind == "count"):
        return False
    slack = max(said.half_digit, known.half_digit) * 1.0001 + abs(known.value) * 1e-9
    return abs(known.value - said.value) <= slack


class SentenceBuffer:
    """Cuts a stream of text into sentences and lines; what is joined again is what came in."""

    def __init__(self) -> None:
        self.held = ""

    def push(self, piece: str) -> list[str]:
        """Take in a piece; the sentences that are complete now."""
        self.held += piece
        complete = []
        while (end := _end_of_sentence(self.held)) is not None:
            complete.append(self.held[:end])
            self.held = self.held[end:]
        return complete

    def rest(self) -> list[str]:
        """What is left, as the last sentence."""
        left, self.held = self.held, ""
        return [left] if left else []


def _end_of_sentence(text: str) -> int | None:
    found = re.search(r"\n+|[。!?]|[.!?](?=\s)", text)
    # an end is sure only when something follows it: `4.` may become `4.5`
    return found.end() if found and found.end() < len(text) else None
