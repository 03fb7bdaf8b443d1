"""Memory against sequence length and batch, with the line of the card, as one SVG file: a panel for each knob."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from math import floor, log10

from formulas.quantity import Words, quantities
from kb.cards import GIB
from kb.outcome import Outcome
from kb.worked import Worked

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 460, 300, 52, 16, 40, 44
POINTS = 48
KNOBS = ("seq_len", "batch_size")
# how far past what is asked, or past what fits, an axis goes
REACH = 4
COLOURS = ("#4c78a8", "#c5623f", "#4f9d77", "#8e6bb0", "#e0a13a", "#2f9aa8", "#b279a2", "#8a8f98")


At = Callable[[float, float], str]


@dataclass(frozen=True)
class Curve:
    """The peak [GiB] of one card against one knob. `at` is the value asked for, `capacity` in GiB or None."""

    label: str
    points: tuple[tuple[int, float], ...]
    at: tuple[int, float]
    capacity: float | None


def curves(there: Outcome, name: str, language: str = "en") -> list[Curve]:
    """One curve for each card of the layout that holds something else; empty where nothing depends on the knob."""
    quantity = quantities()[name]
    if any(quantity not in card.values for card in there.cards):
        return []
    each = there.each(name)
    now, limit = int(there.fullest.values[quantity]) // each, there.largest(name) or 0
    most = max(REACH * now, min(2 * limit, 64 * REACH * now), POINTS if name == "seq_len" else 8)
    xs = sorted({now, *(max(1, round(most * step / POINTS)) for step in range(POINTS + 1))})
    return [
        Curve(
            _called(there, card, language), tuple((x, card.peak_at(quantity, x * each) / GIB) for x in xs),
            (now, card.best / GIB), card.capacity / GIB if card.capacity else None,
        )
        for card in there.cards
    ]  # fmt: skip


def _called(there: Outcome, card: Worked, language: str) -> str:
    if len(there.cards) > 1:
        place = next(one for one, worked in zip(there.cards_json(), there.cards, strict=True) if worked is card)
        return str(place["zh" if language == "zh" else "says"])
    return card.place.card.called.in_(language) if card.place.card else ""


def curves_svg(there: Outcome, language: str = "en") -> str:
    """The panels beside each other, text in the page's colour."""
    panels = [(name, found) for name in KNOBS if (found := curves(there, name, language))]
    drawn = "".join(
        f'<g transform="translate({place * WIDE} 0)">{_panel(name, found, language)}</g>'
        for place, (name, found) in enumerate(panels)
    )
    width = WIDE * max(1, len(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HIGH}" width="{width}" height="{HIGH}" '
        f'font-family="sans-serif" font-size="11" role="img"><rect width="{width}" height="{HIGH}" fill="#fff"/>{drawn}</svg>\n'
    )


def ticks(most: float) -> list[int]:
    """Round numbers from 0 on, three to six of them up to `most`: 1, 2 or 5 times a power of ten apart."""
    power = 10 ** floor(log10(max(most, 1)))
    steps = [max(1, int(power * times)) for times in (0.1, 0.2, 0.5, 1, 2)]
    step = next(one for one in steps if most / one <= 6)
    return list(range(0, floor(most) + 1, step))


def _panel(name: str, found: list[Curve], language: str) -> str:
    most_x = max(x for one in found for x, _ in one.points)
    most_y = 1.08 * max([*(one.capacity or 0 for one in found), *(one.at[1] for one in found)]) or 1.0
    most_y = max(most_y, min(max(y for one in found for _, y in one.points), 1.6 * most_y))

    def at(x: float, y: float) -> str:
        across = LEFT + (WIDE - LEFT - RIGHT) * x / most_x
        return f"{across:.1f},{HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * y / most_y:.1f}"

    says = quantities()[name].says.in_(language)
    parts = [f'<text x="{LEFT}" y="14" font-weight="bold">{escape(_TITLE.in_(language).format(says))}</text>']
    for x in ticks(most_x):
        right, low = at(x, 0).split(",")
        parts.append(f'<text x="{right}" y="{float(low) + 15:.1f}" text-anchor="middle">{x:,}</text>')
    for y in ticks(most_y):
        left, high = at(0, y).split(",")
        parts.append(f'<text x="{float(left) - 6:.1f}" y="{float(high) + 4:.1f}" text-anchor="end">{y:,}</text>')
        parts.append(f'<path d="M{at(0, y)} L{at(most_x, y)}" stroke="#ddd"/>')
    parts.append(f'<text x="{(LEFT + WIDE) // 2}" y="{HIGH - 10}" text-anchor="middle">{escape(says)}</text>')
    for place, one in enumerate(found):
        parts += _drawn(one, COLOURS[place % len(COLOURS)], place, at, most_x, most_y)
    return "".join(parts)


_TITLE = Words("GiB per card against {}", "每张卡的显存(GiB)随{}变化")


def _drawn(one: Curve, colour: str, place: int, at: At, most_x: float, most_y: float) -> list[str]:
    """A curve, the point asked for, its card's line and name."""
    inside = [(x, y) for x, y in one.points if y <= most_y]
    x, y = at(*one.at).split(",")
    parts = [
        f'<path d="M{" L".join(at(*point) for point in inside)}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{one.at[0]:,}: {one.at[1]:.1f} GiB</title></circle>',
    ]
    if one.label:
        parts.append(f'<text x="{LEFT + 8}" y="{TOP - 8 + 13 * place}" fill="{colour}">{escape(one.label)}</text>')
    if one.capacity:
        parts.append(
            f'<path d="M{at(0, one.capacity)} L{at(most_x, one.capacity)}" stroke="{colour}" stroke-dasharray="6 4"/>'
        )
        right, high = at(most_x, one.capacity).split(",")
        parts.append(
            f'<text x="{right}" y="{float(high) - 4:.1f}" text-anchor="end" fill="{colour}">{one.capacity:.1f} GiB</text>'
        )
    return parts
