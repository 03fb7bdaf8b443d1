"""`kb measurements`: the published runs nearest to a configuration."""

import json
from typing import Any

import click

from formulas.errors import BadInput
from kb.commands.facts import fact_options, facts_given


@click.command()
@fact_options
@click.option("--most", type=click.IntRange(1, 100), default=8, show_default=True, help="how many runs")
@click.option("--json", "as_json", is_flag=True, help="a JSON list")
def measurements(most: int, as_json: bool, **options: Any) -> None:
    """The published, measured runs nearest to these facts: the same method, then size, length, batch and cards."""
    facts = facts_given(options)
    if not facts:
        raise BadInput("no facts; start with --model or --params, such as: kb measurements --params 7B --method lora")
    from kb.cards import GIB
    from kb.facts import one_case
    from kb.outcome import outcome
    from kb.published import nearest

    there = outcome(one_case(facts))
    found = nearest(there, most)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    from rich.table import Table

    from kb.commands.screen import console

    screen = console()
    if not found:
        screen.print(
            f"no published run of method {there.situation.knob('method')} is within a factor of two of its size"
        )
        return
    table = Table(box=None, pad_edge=False)
    for name in ("run", "GiB", "meter", "source"):
        table.add_column(name, justify="right" if name == "GiB" else "left", overflow="fold")
    for run in found:
        table.add_row(run["described"], f"{run['gib']:.2f}", run["meter"], f"{run['source']}, {run['id']}")
    screen.print(f"estimate for these facts: {there.best / GIB:.1f} GiB per card ({there.situation.knob('meter')})")
    screen.print(table)
