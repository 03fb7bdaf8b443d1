"""`kb validate`: predictions against measurements, by source and by kind."""

import json
from pathlib import Path
from typing import Any

import click

_COLUMNS = {
    "median_abs": "median", "p90_abs": "P90", "within_10": "≤ 10 %", "within_25": "≤ 25 %",
    "under_10": "> 10 % under", "interval_covers": "covered",
}  # fmt: skip


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON object, with every row")
@click.option("--ablate", is_flag=True, help="what each term buys: the project's own rows without one of them")
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="write predicted against measured, SVG"
)
def validate(file: Path | None, as_json: bool, ablate: bool, picture: Path | None) -> None:
    """How far predictions are from the measurements of FILE.csv, or of the project's own tables.

    A row whose source is behind the intervals is judged by the intervals of the other sources.
    """
    if ablate:
        _ablation(as_json)
        return
    from kb.validate import validate as check

    checked = check(file)
    found = checked.json()
    if picture is not None:
        from kb.scatter import scatter

        picture.write_text(scatter(checked.checked), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=float))
        return
    from kb.commands.screen import console

    screen = console()
    screen.print(f"{found['evaluated']} of {found['rows']} rows evaluated; averages give each source the same weight")
    screen.print(_table({"all": found["overall"]}, "overall"))
    screen.print(_table(found["by_source"], "source"))
    screen.print(_table(found["by_kind"], "kind"))
    if found["beside"]:
        screen.print("rows that are not strict, and parts of what a program holds, in none of the averages above")
        screen.print(_table(found["beside"], "source and figure", ("median_abs", "p90_abs", "within_25", "under_10")))
    if found["reasons"]:
        screen.print(_reasons(found["reasons"]))


def _ablation(as_json: bool) -> None:
    from kb.ablation import ablation

    found = ablation()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    from kb.commands.screen import console

    screen = console()
    for kind in ("inference", "train"):
        screen.print(_table({words: one[kind] for words, one in found.items() if kind in one}, f"{kind}, without"))


def _table(groups: dict[str, dict[str, Any]], head: str, columns: tuple[str, ...] = tuple(_COLUMNS)) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(head, overflow="fold")
    for name in ("n", *(_COLUMNS[key] for key in columns)):
        table.add_column(name, justify="right")
    for name, one in groups.items():
        if one["n"]:
            table.add_row(name, str(int(one["n"])), *(f"{100 * one[key]:.1f} %" for key in columns))
    return table


def _reasons(reasons: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("no error for", overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("because", overflow="fold")
    for one in reasons:
        table.add_row(f"{one['source']}: {one['what']}", str(one["rows"]), one["why"])
    return table
