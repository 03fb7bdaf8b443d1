"""`kb validate`: predictions against measurements, by source and by kind."""

import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON object, with every row")
def validate(file: Path | None, as_json: bool) -> None:
    """How far predictions are from the measurements of FILE.csv, or of the project's own tables."""
    from kb.validate import validate as check

    found = check(file).json()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=float))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(f"{found['evaluated']} of {found['rows']} rows evaluated; averages give each source the same weight")
    console.print(_table({"all": found["overall"]}, "overall"))
    console.print(_table(found["by_source"], "source"))
    console.print(_table(found["by_kind"], "kind"))


def _table(groups: dict[str, dict[str, Any]], head: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(head, overflow="fold")
    for name in ("n", "median", "P90", "within 10 %", "within 25 %", "under by > 10 %", "interval covers"):
        table.add_column(name, justify="right")
    for name, one in groups.items():
        if one["n"]:
            shares = [
                f"{100 * one[key]:.1f} %"
                for key in ("median_abs", "p90_abs", "within_10", "within_25", "under_10", "interval_covers")
            ]
            table.add_row(name, str(one["n"]), *shares)
    return table
