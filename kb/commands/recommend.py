"""`kb recommend`: cards for a model, models for cards, layouts for both."""

import json
from typing import Any

import click

from kb.commands.facts import fact_options, facts_given
from kb.commands.query import show
from kb.commands.screen import verdict_words

NOTHING_FITS = 1
_HEADS = {
    "en": ("GiB per card", "90 % interval", "card has", "free", "longest", "verdict", "cards", "GB in all"),
    "zh": ("每卡 GiB", "90% 区间", "卡上可用", "余量", "最长", "结论", "显卡", "总 GB"),
}


@click.command()
@fact_options
@click.option("--every-model", is_flag=True, help="of models, all that fit, not the largest of each size")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option(
    "--format", "style", type=click.Choice(["table", "csv", "json", "markdown"]), default="table", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
def recommend(every_model: bool, language: str, style: str, as_json: bool, **options: Any) -> int:
    """Which cards and how many for a model, which models and methods for cards, which layouts for both; smallest first.

    \b
    kb recommend --params 13B --method qlora
    kb recommend --gpu "RTX 4090" --gpus 2
    kb recommend --params 13B --task train --gpu "RTX 4090" --gpus 2
    """
    from kb.recommender import recommend as work_out

    found = work_out(every_model, **facts_given(options)).json()
    if as_json or style == "json":
        click.echo(json.dumps(found, ensure_ascii=False, default=float))
    elif not found["recommended"]:
        click.echo(found["why_zh" if language == "zh" else "why"])
    else:
        names = list(dict.fromkeys(name for row in found["recommended"] for name in row["facts"] if name != "gpu"))
        free, cards = _HEADS[language][:6], _HEADS[language][6:]
        heads = [*names, *(cards[1:] if found["recommends"] == "cards" else ()), *free, cards[0]]
        rows = [_row(row, names, found["recommends"], language) for row in found["recommended"]]
        show(style, heads, ["VARCHAR"] * len(heads), rows)
    return 0 if found["recommended"] else NOTHING_FITS


def _row(row: dict[str, Any], names: list[str], kind: str, language: str) -> list[str]:
    memory, limit = row["memory"], row["limits"]
    told = [_shown(name, row["facts"].get(name)) for name in names]
    told += [f"{row['total_gb']:g}"] if kind == "cards" else []
    told += [f"{memory['best_gib']:.1f}", f"{memory['low_gib']:.1f} – {memory['high_gib']:.1f}"]
    told += [f"{row['capacity_gib']:.1f}", f"{row['headroom_gib']:.1f}", f"{limit[0]['value']:,}" if limit else ""]
    return [*told, verdict_words(row, language), ", ".join(row["cards"][:3])]


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{value / 1e9:g}B" if name == "params" else str(value)
