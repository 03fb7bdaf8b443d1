"""`kb query` and `kb tables`: the tables by SQL, and what stands in them."""

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import product, zip_longest
from typing import Any

import click

from formulas.errors import BadInput, near

FORMATS = ("table", "csv", "json", "markdown")
NUMERIC = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)")
NARROWEST = 8
UNIT = re.compile(r"\[(.+?)\] ?(.*)", re.DOTALL)

format_option = click.option(
    "--format", "style", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print the rows."
)


@click.command()
@click.argument("sql")
@format_option
def query(sql: str, style: str) -> None:
    """Run one SELECT on the tables and print its rows. `-` reads the SQL from standard input.

    \b
    kb query "SELECT * FROM finetune WHERE method='QLoRA'"
    kb query "SELECT name, memory_driver_mib FROM gpus WHERE name LIKE '%A100%'" --format csv
    """
    from kb.sandbox import LONGEST_SQL, Sandbox

    if sql == "-":
        sql = sys.stdin.buffer.read(4 * LONGEST_SQL + 4).decode("utf-8", "surrogateescape")
    with Sandbox() as sandbox:
        result = sandbox.run(sql)
    show(style, result.columns, result.types, result.rows)
    if result.truncated:
        click.echo(f"kb: only the first {len(result.rows):,} rows; ask for fewer with WHERE or LIMIT", err=True)
    if result.hint:
        click.echo(f"kb: {result.hint}", err=True)


@click.command()
@click.argument("name", required=False)
@format_option
def tables(name: str | None, style: str) -> None:
    """List the tables with what each holds; with NAME, its columns with their units and meanings."""
    from kb import database

    if name is None:
        described = database.rows(
            "SELECT table_name AS name, comment FROM duckdb_tables() UNION ALL"
            " SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        )
        comments = {row["name"]: row["comment"] for row in described}
        counted = [
            [table, database.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"], comments[table]]
            for table in database.table_names()
        ]
        show(style, ["table", "rows", "holds"], ["VARCHAR", "BIGINT", "VARCHAR"], counted)
        return
    known = {table.lower(): table for table in database.table_names()}
    if name.lower() not in known:
        raise BadInput(f"no table `{name}`{near(name, known) or '; there are ' + ', '.join(known.values())}")
    found = database.rows(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [known[name.lower()]],
    )
    listed = [[row["column_name"], _type(row["data_type"]), *_unit(row["comment"])] for row in found]
    show(style, ["column", "type", "unit", "meaning"], ["VARCHAR"] * 4, listed)


def show(style: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in one of `FORMATS` on standard output."""
    names = list(_distinct(columns))
    match style:
        case "json":
            click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, indent=1))
        case "csv":
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[_exact(value) for value in row] for row in rows])
            click.echo(out.getvalue(), nl=False)
        case "markdown":
            click.echo(_markdown(names, types, rows))
        case _:
            _table(names, types, rows)


def _unit(comment: str | None) -> tuple[str, str]:
    """A column's comment as (unit, meaning)."""
    found = UNIT.fullmatch(comment or "")
    return (found[1], found[2]) if found else ("", comment or "")


def _type(name: str) -> str:
    return "VARCHAR" if name.startswith("ENUM") else name


def _distinct(columns: Sequence[str]) -> Iterator[str]:
    """The names, a repeated one numbered, so that an object in JSON loses none."""
    seen: dict[str, int] = {}
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def _exact(value: Any) -> str:
    """A value for a program to read: nothing rounded, NULL as nothing."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _neat(value: Any) -> str:
    """A value for a person to read: ten digits, NULL as a dash."""
    match value:
        case None:
            return "–"
        case float() if not value.is_integer():
            return f"{value:.10g}"
    # A control character in a cell must not reach the terminal.
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in _exact(value))


def _markdown(names: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"

    rule = ["---:" if NUMERIC.fullmatch(kind) else "---" for kind in types]
    return "\n".join([line(names), line(rule), *(line([_neat(value) for value in row]) for row in rows)])


def _table(names: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table as wide as the terminal; unfolded where there is none. Too many columns become one block a row."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    asked = shutil.get_terminal_size((0, 0)).columns
    width = asked if asked > 0 else 1_000_000
    console = Console(width=width, highlight=False, soft_wrap=False)
    cells = [[_neat(value) for value in row] for row in rows]

    def widths(headers: Sequence[str]) -> list[int]:
        columns = zip(headers, *cells, strict=True)
        return [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in columns]

    # A narrow terminal first breaks headers at their underscores, then narrows the gaps, then folds cells.
    broken = [re.sub(r"_(?=.)", "_\n", name) for name in names]
    for headers, gap in product((names, broken), (2, 1)):
        if sum(widths(headers)) + gap * (len(names) - 1) <= width:
            break
    if sum(min(NARROWEST, wide) for wide in widths(headers)) + gap * (len(names) - 1) > width:
        _blocks(console, names, cells)
        return
    # The box puts one blank between columns by itself.
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, gap - 1, 0, 0), header_style="bold")
    for name, kind in zip(headers, types, strict=True):
        table.add_column(Text(name), justify="right" if NUMERIC.fullmatch(kind) else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _blocks(console: Any, names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.text import Text

    indent = max(map(len, names)) + 2
    for number, row in enumerate(cells, 1):
        click.secho(f"row {number}", bold=True)
        for name, cell in zip(names, row, strict=True):
            folded = Text(cell, overflow="fold").wrap(console, max(console.width - indent, NARROWEST))
            for line, head in zip_longest(folded, [name], fillvalue=""):
                click.echo(f"{head:<{indent}}{line}".rstrip())
