"""`kb audit`: every claim of the source document, recomputed."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kb.audit import Computed, Verdict

WIDTH = 100
FORMATS = ("table", "markdown", "json")


@click.command()
@click.option("--format", "style", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print.")
@click.option("--language", type=click.Choice(("en", "zh")), default="en", show_default=True, help="Words to use.")
def audit(style: str, language: str) -> None:
    """Recompute every number that the source document claims, and say which hold."""
    from kb import audit as auditor

    verdicts = auditor.audit()
    if style == "json":
        click.echo(json.dumps(_plain_data(verdicts), ensure_ascii=False, indent=2))
    elif style == "markdown":
        click.echo(markdown(verdicts, language))
    else:
        show(verdicts, language)


def summary(verdicts: "list[Verdict]", language: str) -> str:
    """One line of counts."""
    from kb.audit import VERDICTS, counts

    parts = [f"{VERDICTS[name].in_(language)} {count}" for name, count in counts(verdicts).items() if count]
    return f"{len(verdicts)} {'条论断' if language == 'zh' else 'claims'}: " + " · ".join(parts)


def _plain_data(verdicts: "list[Verdict]") -> dict[str, object]:
    from kb.audit import VERDICTS, counts

    tally = {VERDICTS[name].en: count for name, count in counts(verdicts).items()}
    return {"summary": tally, "claims": [verdict.json() for verdict in verdicts]}


def _groups(verdicts: "list[Verdict]") -> "Iterator[tuple[str, list[Verdict]]]":
    from kb.audit import VERDICTS

    for name in VERDICTS:
        found = [verdict for verdict in verdicts if verdict.verdict == name]
        if found:
            yield name, found


# ── on a terminal ──────────────────────────────────────────────────────────────────────────────────────────────────

LABEL = 18


def show(verdicts: "list[Verdict]", language: str) -> None:
    """What is wrong in full, what holds in a line each, rows of a copied table as rows."""
    from rich.console import Console, Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from kb.audit import HOLDS, VERDICTS

    terminal = Console()
    console = Console(width=min(WIDTH, terminal.width) if terminal.is_terminal else WIDTH, highlight=False)
    parts: list[Group | Padding | Text | Table] = []
    for name, group in _groups(verdicts):
        parts.append(Text(f"{VERDICTS[name].in_(language)} ({len(group)})", style="bold reverse"))
        for _, found in groupby(group, key=lambda verdict: verdict.claim.sentence):
            same = list(found)
            copied = name == HOLDS and same[0].claim.kind == "table"
            for line in _heading(same[0], language):
                parts.append(Padding(Text(line), (0, 0, 0, 2)))
            grid = Table.grid(padding=(0, 2))
            grid.add_column(width=LABEL)
            grid.add_column(ratio=1, overflow="fold")
            for label, lines in _row(same, language) if copied else _entries(same, language, name != HOLDS):
                if len(label) > LABEL - 4:
                    label, lines = "", [label, *lines]
                grid.add_row(Text(f"    {label}", style="bold"), Text("\n".join(lines)))
            parts += [grid, Text("")]
    parts.append(Text(summary(verdicts, language), style="bold"))
    with console.capture() as printed:
        console.print(Group(*parts))
    click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def _heading(verdict: "Verdict", language: str) -> list[str]:
    """The sentence, in English with the document's own words below."""
    own = " ".join(verdict.claim.sentence.removeprefix("- ").split())
    return [own] if language == "zh" or verdict.claim.kind == "table" else [verdict.claim.says_en, own]


def _row(cells: "list[Verdict]", language: str) -> Iterator[tuple[str, list[str]]]:
    """A line of a copied table: where it is from, and what formulas give beside it, cell by cell."""
    source = f" ({cells[0].primary['title']})" if cells[0].primary else ""
    beside: dict[str, list[str]] = {}
    for verdict in cells:
        for one in verdict.also:
            beside.setdefault(one.formula.name, []).append(one.shown().removesuffix(" GB"))
    lines = [f"{name}: {' · '.join(values)} GB" for name, values in beside.items()]
    yield "", [cells[0].because.in_(language) + source, *lines]


def units_in(text: str, language: str) -> str:
    """The text with the words among its units in the reader's language."""
    from kb.units import CHINESE

    if language == "en":
        return text
    return re.sub(r"(?<=\d )[a-z]+\b", lambda found: CHINESE.get(found[0], found[0]), text)


def _entries(same: "list[Verdict]", language: str, wide: bool) -> Iterator[tuple[str, list[str]]]:
    told: str | None = None
    for verdict in same:
        claim = verdict.claim
        says = claim.primary_says_zh if language == "zh" else claim.primary_says
        lines = [units_in(f"→ {verdict.recomputed}: {verdict.because.in_(language)}", language)] if wide else []
        lines += [verdict.how] if verdict.how else [] if wide else [units_in(verdict.because.in_(language), language)]
        lines += [_beside(one, verdict, language) for one in verdict.also]
        lines += [words.in_(language) for words in verdict.assumes]
        source = verdict.primary["title"] if verdict.primary else None
        said = f"{source}: {says}" if wide and source and says else says or source
        # neighbours of one sentence often have one source: it speaks once
        if said and said != told:
            lines.append(said)
        told = said
        yield units_in(claim.stated, language), lines


def _beside(one: "Computed", verdict: "Verdict", language: str) -> str:
    """A further computation, with the facts in which it differs from the claim's own."""
    from formulas.notation import figure, short

    own = json.loads(verdict.claim.facts or "{}")
    apart = [f"{n} = {v if isinstance(v, str) else figure(v)}" for n, v in one.given.items() if own.get(n) != v]
    where = f" ({', '.join(apart)})" if apart else ""
    solved = "" if one.quantity is one.formula.target else f"{short(one.quantity)} = "
    return f"{one.formula.name}: {solved}{one.shown()}{where}"


# ── Markdown ───────────────────────────────────────────────────────────────────────────────────────────────────────


def markdown(verdicts: "list[Verdict]", language: str) -> str:
    """A section for each verdict, a row for each claim, the document's words beside the English."""
    from kb.audit import VERDICTS

    zh = language == "zh"
    head = "| 论断 | 原文 | 重新计算 | 依据 |" if zh else "| claim | the document says | recomputed | why |"
    parts = [f"**{summary(verdicts, language)}**"]
    for name, group in _groups(verdicts):
        rows = [f"## {VERDICTS[name].in_(language)} ({len(group)})", "", head, "|---|---|---|---|"]
        for verdict in group:
            rows.append("| " + " | ".join(map(_cell, _columns(verdict, language))) + " |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _columns(verdict: "Verdict", language: str) -> list[str]:
    claim = verdict.claim
    why = [verdict.because.in_(language), verdict.how, *(_beside(one, verdict, language) for one in verdict.also)]
    why += [words.in_(language) for words in verdict.assumes]
    if verdict.primary:
        says = (claim.primary_says_zh if language == "zh" else claim.primary_says) or ""
        why.append(f"[{verdict.primary['title']}]({verdict.primary['url']}) {says}".strip())
    said = claim.quote if language == "zh" else f"{claim.says_en} ({claim.quote})"
    cells = [claim.stated, said, verdict.recomputed, "; ".join(part for part in why if part)]
    return [units_in(cell, language) for cell in cells]


def _cell(text: str) -> str:
    # a pipe would end the cell, a dollar or backslash would begin mathematics
    for letter in "\\|$":
        text = text.replace(letter, "\\" + letter)
    return text
