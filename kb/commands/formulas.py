"""`kb formulas`: every formula by chapter, or one in full, read forwards or solved for an input."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from formulas.errors import BadInput, near

if TYPE_CHECKING:
    from sympy import Expr

    from formulas.formula import Formula
    from formulas.quantity import Quantity

FORMATS = ("text", "latex", "markdown", "json")


@click.command()
@click.argument("name", required=False)
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print.")
@click.option("--solve-for", "wanted", metavar="QUANTITY", help="Rearrange the formula NAME for one of its inputs.")
@click.option("--language", type=click.Choice(("en", "zh")), default="en", show_default=True, help="Words to use.")
def formulas(name: str | None, style: str, wanted: str | None, language: str) -> None:
    """List all formulas by chapter; with NAME, show one in full. NAME may also be a quantity: then its rivals.

    \b
    kb formulas sixteen_bytes_per_parameter
    kb formulas peak
    kb formulas parameters_times_bytes --solve-for n_params --format latex
    """
    if name is None:
        if wanted is not None:
            raise BadInput("--solve-for needs the name of a formula; `kb formulas` lists them")
        click.echo(_everything(style, language))
        return
    chosen = called(name)
    if wanted is None:
        click.echo(_in_full(chosen, style, language))
    elif len(chosen) == 1:
        click.echo(_rearranged(chosen[0], wanted, style))
    else:
        raise BadInput(f"{name} follows from {len(chosen)} formulas; name one: {', '.join(f.name for f in chosen)}")


def called(name: str) -> "tuple[Formula, ...]":
    """The formula of that name, or every formula of the quantity of that name; BadInput says what is near."""
    from formulas.library import library

    shelf = library()
    if name in shelf.by_name:
        return (shelf.by_name[name],)
    targets = {target.name: rivals for target, rivals in shelf.by_target.items()}
    if name in targets:
        return targets[name]
    known = (*shelf.by_name, *targets)
    raise BadInput(f"no formula or quantity `{name[:60]}`{near(name, known)}; `kb formulas` lists all formulas")


def chapters() -> "Iterator[tuple[str, str, list[Formula]]]":
    """(chapter, what it is about, its formulas), in reading order."""
    from formulas.library import CHAPTERS, chapter_of, library

    by_chapter: dict[str, list[Formula]] = {chapter: [] for chapter in CHAPTERS}
    for formula in library().by_name.values():
        by_chapter[chapter_of(formula.name)].append(formula)
    for chapter, found in by_chapter.items():
        about = (import_module(f"formulas.{chapter}").__doc__ or "").strip().splitlines()[0]
        yield chapter, about, found


# ── all ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _everything(style: str, language: str) -> str:
    from formulas.render import formula_article, formula_json, latex_document

    if style == "json":
        every = [{"chapter": chapter} | formula_json(formula) for chapter, _, found in chapters() for formula in found]
        return json.dumps(every, ensure_ascii=False, indent=2)
    if style == "latex":
        parts = []
        for chapter, _, found in chapters():
            parts += [rf"\section*{{{chapter.replace('_', ' ').capitalize()}}}", *map(formula_article, found)]
        return latex_document("Formulas", "\n\n".join(parts))
    return "\n\n".join(_chapter(style, language, *one) for one in chapters())


def _chapter(style: str, language: str, chapter: str, about: str, found: "list[Formula]") -> str:
    from formulas.notation import latex, plain, short

    if style == "markdown":
        head = "| 公式 | | 说明 | 来源 |" if language == "zh" else "| formula | | says | source |"
        rows = [
            f"| `{f.name}` | ${f.target.latex} = {latex(f.expr)}$ | {f.words.in_(language)} | [{f.source}]({f.source.url}) |"
            for f in found
        ]
        return "\n".join([f"## {chapter}", "", about, "", head, "|---|---|---|---|", *rows])
    lines = [f"{chapter}: {about}"]
    for formula in found:
        rival = "" if not formula.rule else " (经验法则)" if language == "zh" else " (rule)"
        lines.append(f"  {formula.name}{rival}")
        lines.append(f"      {short(formula.target)} = {plain(formula.expr)}")
        lines.append(f"      {formula.words.in_(language)}")
    return "\n".join(lines)


# ── one ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_full(chosen: "tuple[Formula, ...]", style: str, language: str) -> str:
    from formulas.render import formula_json, formula_latex, formula_markdown, formula_text

    if style == "json":
        data: list[dict[str, Any]] = [formula_json(formula) for formula in chosen]
        return json.dumps(data[0] if len(data) == 1 else data, ensure_ascii=False, indent=2)
    if style == "latex":
        return "\n".join(formula_latex(formula) for formula in chosen)
    shown = formula_markdown if style == "markdown" else formula_text
    return "\n\n".join(shown(formula, language) for formula in chosen)


def _rearranged(formula: "Formula", wanted: str, style: str) -> str:
    from formulas.notation import latex, plain, short
    from formulas.solve import solved_for

    inputs = {quantity.name: quantity for quantity in formula.inputs}
    if wanted not in inputs:
        raise BadInput(f"{formula.name} has no input `{wanted[:60]}`{near(wanted, inputs)}; it has {', '.join(inputs)}")
    unknown: Quantity = inputs[wanted]
    roots: tuple[Expr, ...] = solved_for(formula, unknown)
    if not roots:
        raise BadInput(
            f"{formula.name} has no closed form for {wanted}; `kb solve {wanted}` finds its value for given facts"
        )
    if style == "json":
        data = {"formula": formula.name, "quantity": wanted, "solutions": [plain(root) for root in roots],
                "latex": [f"{unknown.latex} = {latex(root)}" for root in roots]}  # fmt: skip
        return json.dumps(data, ensure_ascii=False, indent=2)
    if style == "text":
        return "\n".join(f"{short(unknown)} = {plain(root)}" for root in roots)
    opening, closing = (r"\[", r"\]") if style == "latex" else ("$$", "$$")
    return "\n".join(f"{opening}{unknown.latex} = {latex(root)}{closing}" for root in roots)
