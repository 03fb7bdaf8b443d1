"""Amounts of time, rate, operations and money in words, and a line of an answer in both languages."""

from dataclasses import dataclass
from math import floor, log10

from formulas.quantity import Words


@dataclass(frozen=True)
class Line:
    """A sentence or two of an answer; `title` and `url` of what it rests on, where that is no formula's source.

    `placed`: it tells where a model is and how fast that makes it, which an estimate beside it may have told.
    """

    words: Words
    title: str = ""
    url: str = ""
    placed: bool = False


def line(en: str, zh: str, source: tuple[str, str] = ("", ""), placed: bool = False) -> Line:
    return Line(Words(en, zh), *source, placed)


def rounded(number: float, digits: int = 3) -> float:
    """To so many significant digits."""
    if not number:
        return 0.0
    return round(number, digits - 1 - floor(log10(abs(number))))


def amount(number: float, digits: int = 3) -> str:
    """`4,510,000`, `38.2`, `0.47`."""
    kept = rounded(number, digits)
    return f"{kept:,.0f}" if abs(kept) >= 10 ** (digits - 1) else f"{kept:.{digits}g}"


def between(low: float, high: float, digits: int = 2) -> str:
    """`30–50`; one number where both are the same as printed."""
    first, last = amount(low, digits), amount(high, digits)
    return first if first == last else f"{first}–{last}"


def scaled(pair: tuple[float, float], factor: float) -> tuple[float, float]:
    """A span times a number."""
    return pair[0] * factor, pair[1] * factor


def operations(flop: float) -> str:
    """`3.12e23`."""
    return f"{flop:.3g}".replace("e+", "e")


def tokens(number: float) -> str:
    """`400B`, `45M`, `300k`, to three digits."""
    scale, letter = next(
        ((s, u) for s, u in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")) if rounded(number, 3) >= s), (1.0, "")
    )
    return f"{rounded(number / scale, 3):,g}{letter}"


def share(number: float) -> str:
    return f"{100 * number:.2g} %" if number < 0.1 else f"{100 * number:.0f} %"


def shares_words(low: float, high: float) -> str:
    return share(low) if low == high else f"{100 * low:.0f}–{100 * high:.0f} %"


_DAY = 24.0
_IN_DAYS_ALONE = 72.0  # hours from which on a span is told in days
_UNITS = ((24 * 365 * 5, 24 * 365, "years", "年"), (_IN_DAYS_ALONE, _DAY, "days", "天"), (1.0, 1.0, "hours", "小时"),
          (1 / 60, 1 / 60, "minutes", "分钟"), (0.0, 1 / 3600, "seconds", "秒"))  # fmt: skip


def duration(low: float, high: float, digits: int = 2, beside: float | None = None) -> Words:
    """A span of hours in the unit that suits its longer end, or the longer end of the span that stands `beside` it."""
    suits = high if beside is None else beside
    _, unit, en, zh = next(one for one in _UNITS if suits >= one[0])
    said = between(low / unit, high / unit, digits)
    return Words(f"{said} {en[:-1] if said == '1' else en}", f"{said} {zh}")


def in_days_too(low: float, high: float, digits: int = 2) -> Words:
    """A span; one in hours that is longer than a day has its days beside it."""
    said = duration(low, high, digits)
    if not _DAY <= high < _IN_DAYS_ALONE:
        return said
    days = between(low / _DAY, high / _DAY, 2)
    return Words(f"{said.en} ({days} day{'' if days == '1' else 's'})", f"{said.zh}({days} 天)")


def gigabytes(size: float) -> str:
    """`42.5 GB`, `0.33 GB`."""
    return f"{amount(size / 1e9)} GB" if size >= 1e7 else f"{amount(size / 1e6)} MB" if size >= 1e4 else "0 GB"


def money(low: float, high: float, currency: str = "") -> str:
    """`$13.8–23`, `31–52 元`; no more digits than cents."""
    said = between(low, high, 3) if low != high else f"{low:,.0f}" if low >= 100 else f"{low:.2f}"
    return f"{said} {currency}" if currency == "元" else f"{currency}{said}"


def money_each(price: float, currency: str = "") -> str:
    """`$2.49`, `7 元`."""
    return f"{price:g} {currency}" if currency == "元" else f"{currency}{price:g}"


def cards(count: int, card: str) -> Words:
    """`8 × H100 SXM5 80 GB`."""
    return Words(f"{count} × {card}", f"{count} 张 {card}") if count > 1 else Words(f"one {card}", f"1 张 {card}")
