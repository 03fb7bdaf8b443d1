"""Predicted against measured as an SVG: both axes logarithmic, a colour for each source, the bands of 10 and 25 %."""

from collections.abc import Iterable
from html import escape
from math import ceil, floor, log10

from kb.validate import Checked, grouped

_SIZE, _LEFT, _LEGEND = 560, 56, 190
_COLOURS = (
    "#4c78a8", "#e0a13a", "#c5623f", "#4f9d77", "#8ab86a", "#2f9aa8", "#8e6bb0", "#b279a2", "#b58b6b", "#8a8f98",
    "#d37295", "#59a14f", "#9c755f", "#6b6ecf", "#393b79",
)  # fmt: skip


def scatter(checked: Iterable[Checked]) -> str:
    """One point a row: measured to the right, predicted upwards, in GiB."""
    points = [one for one in checked if one.predicted > 0 and one.row["gib"]]
    values = [value for one in points for value in (one.predicted, float(one.row["gib"]))]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))

    def place(value: float) -> float:
        return _SIZE * (log10(value) - low) / (high - low)

    def line(factor: float, dashes: str) -> str:
        shift = _SIZE * log10(factor) / (high - low)
        ends = f'x1="{max(0, -shift):.1f}" y1="{min(_SIZE, _SIZE - shift):.1f}"'
        return (
            f'<line {ends} x2="{min(_SIZE, _SIZE - shift):.1f}" y2="{max(0, -shift):.1f}" '
            f'stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="{dashes}"/>'
        )

    drawn = [line(1, "none"), *(line(factor, "4 4") for factor in (0.75, 0.9, 1.1, 1.25))]
    for power in range(low, high + 1):
        at = place(10.0**power)
        drawn.append(f'<text x="{at:.1f}" y="{_SIZE + 18}" text-anchor="middle">{10.0**power:g}</text>')
        drawn.append(f'<text x="-8" y="{_SIZE - at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for index, (source, group) in enumerate(grouped(points, lambda one: one.row["source"])):
        colour = _COLOURS[index % len(_COLOURS)]
        dots = "".join(
            f'<circle cx="{place(float(one.row["gib"])):.1f}" cy="{_SIZE - place(one.predicted):.1f}" r="2.5"/>'
            for one in group
        )
        drawn.append(f'<g fill="{colour}" fill-opacity="0.55"><title>{escape(source)}</title>{dots}</g>')
        row = 14 + 18 * index
        drawn.append(f'<circle cx="{_SIZE + 18}" cy="{row - 4}" r="5" fill="{colour}"/>')
        drawn.append(f'<text x="{_SIZE + 30}" y="{row}">{escape(source)} ({len(group)})</text>')
    width, height = _SIZE + _LEFT + _LEGEND, _SIZE + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" '
        'fill="currentColor"><title>Predicted against measured memory, GiB</title>'
        f'<g transform="translate({_LEFT} 12)"><rect width="{_SIZE}" height="{_SIZE}" fill="none" stroke="currentColor"/>'
        f"{''.join(drawn)}"
        f'<text x="{_SIZE / 2}" y="{_SIZE + 38}" text-anchor="middle">measured, GiB</text>'
        f'<text transform="translate(-40 {_SIZE / 2}) rotate(-90)" text-anchor="middle">predicted, GiB</text>'
        "</g></svg>\n"
    )
