"""`kb derive`: how a quantity follows, step by step."""

import json
from pathlib import Path
from typing import Any

import click

from formulas.errors import BadInput
from kb.commands.facts import fact_options, facts_given


@click.command()
@click.argument("quantity")
@fact_options
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="any other quantity of `kb formulas`")
@click.option("--rule", metavar="FORMULA", help="use this rule of thumb or rival account")
@click.option("--solve-for", metavar="QUANTITY", help="read backwards: the input at which the quantity is --value")
@click.option(
    "--value", metavar="X", help="for --solve-for: the value, such as 24GiB, or 1e21 in the quantity's own unit"
)
@click.option("--format", "shape", type=click.Choice(["text", "latex", "markdown", "json"]), default="text")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("-o", "target_file", type=click.Path(path_type=Path, dir_okay=False), help="write to this file")
def derive(
    quantity: str,
    settings: tuple[str, ...],
    rule: str | None,
    solve_for: str | None,
    value: str | None,
    shape: str,
    language: str,
    target_file: Path | None,
    **options: Any,
) -> None:
    """How QUANTITY follows from the facts, formula by formula, with values and sources."""
    from formulas.notation import with_unit
    from kb.deriving import derive as work_out
    from kb.deriving import known_quantity, read_value

    facts: dict[str, Any] = {**facts_given(options), **dict(_setting(one) for one in settings)}
    found = work_out(quantity, rule=rule, free=solve_for, **facts)
    if (solve_for is None) != (value is None):
        raise BadInput(
            "--solve-for and --value go together: kb derive weights --bits 4 --solve-for n_params --value 24GiB"
        )
    if solve_for is not None and value is not None:
        goal = read_value(value, found.derivation.target)
        solved = found.solved_for(solve_for, goal)
        unknown = known_quantity(solve_for)
        text = f"{unknown.name} = {with_unit(solved.value, unknown)} where {quantity} is {with_unit(goal, found.derivation.target)}"
        if shape == "json":
            text = json.dumps({"quantity": unknown.name, "value": float(solved.value), "by_algebra": solved.exact})
    elif shape == "json":
        text = json.dumps(found.json(), ensure_ascii=False, default=float)
    elif shape == "latex":
        text = found.latex()
    else:
        text = found.markdown(language) if shape == "markdown" else found.text(language)
    if target_file is None:
        click.echo(text)
        return
    try:
        target_file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot write {target_file}: {error.strerror}") from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value:
        raise BadInput(f"--set is NAME=VALUE, such as n_train_tokens=2e12, not {text[:60]!r}")
    return name.strip(), value.strip()
