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
    from kb.solver import solve as work_out

    found = work_out(quantity, **facts_given(options))
    if as_json:
        click.echo(json.dumps(found.json(), ensure_ascii=False, default=float))
    else:
        for line in found.lines(language):
            click.echo(line)
    return 0 if any(answer.value is not None for answer in found.answers) else NOTHING_FITS
