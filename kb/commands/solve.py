"""`kb solve`: the largest length, batch, rank or model, or the fewest cards, that fit."""

import json
from typing import Any

import click

from kb.commands.facts import fact_options, facts_given

NOTHING_FITS = 1


@click.command()
@click.argument("quantity")
@fact_options
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def solve(quantity: str, language: str, as_json: bool, **options: Any) -> int:
    """The largest seq_len, batch_size, lora_rank, params or gpu_layers, or the fewest n_gpus or n_cpu_moe, that fit."""
    from kb.front import Front, front
    from kb.solver import Solution
    from kb.solver import solve as work_out

    facts, several = facts_given(options), [one.strip() for one in quantity.split(",")]
    found: Solution | Front = front(several, **facts) if len(several) > 1 else work_out(quantity, **facts)
    if as_json:
        click.echo(json.dumps(found.json(), ensure_ascii=False, default=float))
    else:
        for line in found.lines(language):
            click.echo(line)
    return 0 if found.found else NOTHING_FITS
