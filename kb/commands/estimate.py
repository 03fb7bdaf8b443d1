"""`kb estimate`: memory per card, verdict and reasons."""

import json
from pathlib import Path
from typing import Any

import click

from formulas.errors import BadInput
from kb.commands.facts import fact_options, facts_given

DOES_NOT_FIT = 1


@click.command()
@fact_options
@click.option("--train-tokens", metavar="SIZE", help="tokens trained on, such as 1B: hours of the training")
@click.option("--mfu", metavar="X", help="share of the cards' peak rate that the training reaches")
@click.option(
    "--price-per-hour", metavar="X", help="price of one card for an hour, in your currency: cost of the training"
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="memory against sequence length and batch, with the card's line",
)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def estimate(language: str, as_json: bool, picture: Path | None, **options: Any) -> int:
    """How much memory a card needs for these facts, whether the card given has it, and what it goes into.

    A flag given twice asks for both cases. Exit code 1: it does not fit.
    """
    run = {name: options.pop(name) for name in ("train_tokens", "mfu", "price_per_hour")}
    facts = facts_given(options)
    if not facts:
        raise BadInput(
            "no facts; start with --model or --params, such as: kb estimate --params 7B --method qlora --gpu 4090"
        )
    from kb.estimator import estimate as work_out

    found = work_out(**facts, **run)
    if picture is not None:
        from kb.curve import curves_svg

        try:
            picture.write_text(curves_svg(found.outcomes[0], language), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"cannot write {picture}: {error.strerror or error}") from None
    if as_json:
        click.echo(json.dumps(found.json(), ensure_ascii=False, default=float))
    else:
        from kb.commands.screen import show_estimate

        show_estimate(found.json(derivation=False), language)
    return DOES_NOT_FIT if found.verdict == "no" else 0
