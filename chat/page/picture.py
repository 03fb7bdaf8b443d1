"""The breakdown of an answer as a picture: one bar a case, the terms stacked against the card's capacity.

Own SVG with positions in percent, so that it is as wide as the page and its text never shrinks with it. Colours are mid
tones that hold on light and dark; lines and text take the page's colour (currentColor). Numbers are those of the data.
"""

import unicodedata
from html import escape
from itertools import count
from typing import Any

from chat import phrases
from chat.words import case as case_words
from chat.words import say, term

COLOURS = {
    "weights": "#4c78a8",
    "gradients": "#e0a13a",
    "optimizer": "#c5623f",
    "activations": "#4f9d77",
    "logits": "#8ab86a",
    "kv_cache": "#2f9aa8",
    "state": "#5fb7c4",
    "adapter": "#8e6bb0",
    "buffers": "#b279a2",
    "workspace": "#b58b6b",
    "rollout_engine": "#d08c9a",
    "runtime": "#8a8f98",
    "slack": "#b4b8be",
}
_OTHER = "#9a8f7a"
_ids = count(1)
# further cases are folded
MOST_BARS = 6


def gib(value: float) -> str:
    """`44.1`, `6.25`, `0.39`: the figure of an answer's prose, without its unit."""
    return phrases.gib(value).removesuffix(" GiB")


def rows_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases that have something to draw; else the cards of one layout that differ; else the answer itself as one."""
    cases = [c for c in result.get("cases") or [] if isinstance(c, dict) and _drawable(c)]
    if len(cases) > 1:
        return cases
    if cards := [card for card in result.get("cards") or [] if _drawable(card)]:
        return cards
    whole = {**result, "facts": {}}
    return [whole] if _drawable(whole) else cases


def _label(case: dict[str, Any], language: str) -> str:
    """What a row is called: a card of a layout by its place, a case by what sets it apart."""
    return str(case.get("zh" if language == "zh" else "says") or case_words(case.get("facts"), language))


def _drawable(case: dict[str, Any]) -> bool:
    return bool(_terms(case)) or _memory(case).get("best_gib") is not None


def _terms(case: dict[str, Any]) -> list[tuple[str, float]]:
    listed = case.get("terms") or []
    return [(str(t["name"]), float(t["gib"])) for t in listed if t.get("gib") is not None and float(t["gib"]) > 0]


def _memory(case: dict[str, Any]) -> dict[str, Any]:
    return case.get("memory") or {}


def _best(case: dict[str, Any]) -> float:
    best = _memory(case).get("best_gib")
    return float(best) if best is not None else sum(size for _, size in _terms(case))


def _reach(case: dict[str, Any]) -> float:
    """How far right this case reaches."""
    sizes = [_best(case), _memory(case).get("high_gib") or 0.0, case.get("capacity_gib") or 0.0]
    return max(float(size) for size in sizes)


def _sum_words(case: dict[str, Any], language: str) -> str:
    """`44.1 GiB of 79.3` (in Chinese `44.1 / 79.3 GiB`)."""
    capacity = case.get("capacity_gib")
    if capacity is None:
        return f"{gib(_best(case))} GiB"
    if language == "zh":
        return f"{gib(_best(case))} / {gib(float(capacity))} GiB"
    return f"{gib(_best(case))} of {gib(float(capacity))} GiB"


def _interval_words(case: dict[str, Any], language: str) -> str:
    low, high = _memory(case).get("low_gib"), _memory(case).get("high_gib")
    return "" if low is None or high is None else f"{say('interval', language)} {gib(low)}–{gib(high)} GiB"


def _described(case: dict[str, Any], language: str) -> str:
    parts = [f"{term(name, language)} {gib(size)} GiB" for name, size in _terms(case)]
    return "; ".join([_sum_words(case, language), *filter(None, [_interval_words(case, language)]), *parts])


# ── SVG ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def bar_svg(case: dict[str, Any], reach: float, language: str = "en") -> str:
    """One case: terms stacked from the left, the card as an outline, the interval as a whisker under it."""
    number = next(_ids)
    label = _label(case, language) or caption([case], language)
    title = f"{label}: {_sum_words(case, language)}"

    def at(size: float) -> str:
        return f"{100 * min(size, reach) / reach:.3f}%"

    parts = [
        f'<svg class="kb-bar" role="img" width="100%" height="46" aria-labelledby="kb-t{number} kb-d{number}">',
        f'<title id="kb-t{number}">{escape(title)}</title>',
        f'<desc id="kb-d{number}">{escape(_described(case, language))}</desc>',
    ]
    capacity = case.get("capacity_gib")
    if capacity is not None:
        parts.append(f'<rect class="kb-room" x="0" y="4" width="{at(float(capacity))}" height="26" rx="3"/>')
    start = 0.0
    for name, size in _terms(case) or [("", _best(case))]:
        words = f"{term(name, language)} {gib(size)} GiB" if name else _sum_words(case, language)
        parts.append(
            f'<rect class="kb-term" x="{at(start)}" y="6" width="{at(size)}" height="22" '
            f'fill="{COLOURS.get(name, _OTHER)}"><title>{escape(words)}</title></rect>'
        )
        if size / reach >= 0.16:
            middle = at(start + size / 2)
            parts.append(f'<text class="kb-size" x="{middle}" y="21" text-anchor="middle">{gib(size)}</text>')
        start += size
    if capacity is not None:
        edge = at(float(capacity))
        parts.append(f'<line class="kb-edge" x1="{edge}" x2="{edge}" y1="0" y2="34"/>')
    low, high = _memory(case).get("low_gib"), _memory(case).get("high_gib")
    if low is not None and high is not None:
        parts.append(f'<line class="kb-whisker" x1="{at(low)}" x2="{at(high)}" y1="38" y2="38"/>')
        parts += [f'<line class="kb-whisker" x1="{at(x)}" x2="{at(x)}" y1="34" y2="42"/>' for x in (low, high)]
    return "".join([*parts, "</svg>"])


def leans(case: dict[str, Any]) -> str:
    """The verdict of a case, an empty string without one; of what is borderline, the side that the answer's words take."""
    verdict = case.get("verdict")
    told = (verdict == "borderline" and case.get("leaning")) or verdict
    return told if told in _SIGNS else ""


def badge(case: dict[str, Any], language: str) -> str:
    """The verdict as a word with a sign; colour only repeats it."""
    told = leans(case)
    if not told:
        return ""
    return f'<span class="kb-verdict kb-{told}"><i aria-hidden="true">{_SIGNS[told]}</i>{say(told, language)}</span>'


_SIGNS = {"yes": "✓", "likely": "≈", "borderline": "≈", "unlikely": "≈", "no": "✕", "conditional": "◐"}


def headline_html(result: dict[str, Any], language: str = "en") -> str:
    """The verdict's badge with the figure it speaks of; empty when nothing was asked that fits or not."""
    mark = badge(result, language)
    if not mark:
        return ""
    rows = rows_of(result)
    figures = ""
    if len(rows) == 1 and _drawable(rows[0]):
        words = [_sum_words(rows[0], language), say("per_card", language), _interval_words(rows[0], language)]
        figures = f'<span class="kb-figures">{escape(" · ".join(filter(None, words)))}</span>'
    return f'<div class="kb-headline">{mark}{figures}</div>'


def picture_html(result: dict[str, Any], language: str = "en") -> str:
    """All cases under each other on one scale, the legend, and the numbers as a folded table; empty without numbers."""
    rows = rows_of(result)
    if not rows:
        return ""
    reach = max(_reach(case) for case in rows) * 1.01 or 1.0
    figures = []
    for case in rows:
        label = escape(_label(case, language))
        mark = badge(case, language) if len(rows) > 1 else ""
        figures.append(
            f'<div class="kb-row"><div class="kb-label"><span class="kb-name">{label}</span>'
            f'<span class="kb-sum">{escape(_sum_words(case, language))}{mark}</span></div>'
            f"{bar_svg(case, reach, language)}</div>"
        )
    drawn = "".join(figures[:MOST_BARS])
    if further := figures[MOST_BARS:]:
        words = say("further", language).format(count=len(further))
        drawn += f'<details class="kb-further"><summary>{words}</summary>{"".join(further)}</details>'
    used = _order(rows)
    sizes = dict(_terms(rows[0])) if len(rows) == 1 else {}
    legend = "".join(
        f'<li><i style="background:{COLOURS.get(name, _OTHER)}" aria-hidden="true"></i>{escape(term(name, language))}'
        + (f" <b>{gib(sizes[name])}</b>" if name in sizes else "")
        + "</li>"
        for name in used
    )
    legend = f'<ul class="kb-legend">{legend}</ul>' if used else ""
    table = _table_html(rows, used, language) if used and len(rows) > 1 else ""
    heading = f"{caption(rows, language)} (GiB)"
    return (
        f'<figure class="kb-picture" lang="{"zh-CN" if language == "zh" else "en"}"><figcaption>{heading}</figcaption>'
        f"{drawn}{legend}{table}</figure>"
    )


def caption(rows: list[dict[str, Any]], language: str) -> str:
    """What the figures are of: a card, if they are held against one or are not yet all; else the whole need."""

    def of_a_card(case: dict[str, Any]) -> bool:
        return case.get("capacity_gib") is not None or abs((case.get("total_gib") or _best(case)) - _best(case)) > 0.01

    return say("breakdown" if any(map(of_a_card, rows)) else "whole", language)


def curves_html(facts: dict[str, Any], language: str = "en") -> str:
    """Memory of the first case of an estimate against length and batch, folded; empty where it depends on neither."""
    from kb.curve import curves_svg
    from kb.estimator import estimate

    drawn = curves_svg(estimate(**facts).outcomes[0], language)
    if "<path" not in drawn:
        return ""
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<details class="kb-curves" lang="{lang}"><summary>{say("curves", language)}</summary>'
        f'<div class="kb-scroll">{drawn}</div></details>'
    )


def _order(rows: list[dict[str, Any]]) -> list[str]:
    """The terms in play, each once, in the order in which the cases list them."""
    return list(dict.fromkeys(name for case in rows for name, _ in _terms(case)))


def _table_html(rows: list[dict[str, Any]], used: list[str], language: str) -> str:
    heads = "".join(f'<th scope="col">{escape(_label(c, language))}</th>' for c in rows)
    lines = []
    for name in used:
        cells = "".join(f"<td>{gib(dict(_terms(c))[name]) if name in dict(_terms(c)) else '–'}</td>" for c in rows)
        lines.append(f'<tr><th scope="row">{escape(term(name, language))}</th>{cells}</tr>')
    totals = "".join(f"<td>{gib(_best(c))}</td>" for c in rows)
    lines.append(f'<tr class="kb-total"><th scope="row">{say("total", language)}</th>{totals}</tr>')
    return (
        f'<details class="kb-numbers"><summary>{say("numbers", language)}</summary>'
        f'<div class="kb-scroll"><table><thead><tr><td></td>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
        "</details>"
    )


# ── terminal ───────────────────────────────────────────────────────────────────────────────────────────────────────

_EIGHTHS = " ▏▎▍▌▋▊▉"


def breakdown_text(result: dict[str, Any], language: str = "en", width: int = 40) -> str:
    """The same picture in characters: a line a term for one case, a line a case for several."""
    rows = rows_of(result)
    if not rows:
        return ""
    if len(rows) == 1:
        return _terms_text(rows[0], language, width)
    reach = max(_reach(case) for case in rows) or 1.0
    labels = [_label(case, language) for case in rows]
    wide = max(map(columns, labels))
    lines = []
    for case, label in zip(rows, labels, strict=True):
        verdict = leans(case)
        word = f"  {say(verdict, language)}" if verdict else ""
        bar = _bar(_best(case), reach, width, case.get("capacity_gib"))
        lines.append(f"{padded(label, wide)}  {bar}  {_sum_words(case, language)}{word}")
    return "\n".join(lines)


def _terms_text(case: dict[str, Any], language: str, width: int) -> str:
    reach = _reach(case) or 1.0
    lines = [(term(name, language), size, None) for name, size in _terms(case)]
    capacity = case.get("capacity_gib")
    total = (say("total", language), _best(case), float(capacity) if capacity is not None else None)
    wide = max(columns(words) for words, _, _ in [*lines, total])
    drawn = [
        f"{padded(w, wide)}  {_bar(size, reach, width, edge)}  {gib(size)} GiB" for w, size, edge in [*lines, total]
    ]
    drawn[-1] = drawn[-1].removesuffix(f"{gib(total[1])} GiB") + _sum_words(case, language)
    interval = _interval_words(case, language)
    return "\n".join(drawn) + (f"  ({interval})" if interval else "")


def _bar(size: float, reach: float, width: int, capacity: Any = None) -> str:
    """Block characters to an eighth of a column; `│` where the card ends."""
    eighths = round(8 * width * min(size, reach) / reach)
    bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    cells = list(bar.ljust(width + 1))
    if capacity is not None:
        edge = min(width, round(width * float(capacity) / reach))
        cells[edge] = "│" if cells[edge] == " " else "┃"
    return "".join(cells)


def columns(text: str) -> int:
    """How many columns of a terminal the text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, wide: int) -> str:
    return text + " " * (wide - columns(text))
