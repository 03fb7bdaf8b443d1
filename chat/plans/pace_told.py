"""What a question of speed tells twice: models each in a format of its own, RAM before and after it is exchanged."""

from typing import Any

from chat.plans.understood import trains
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading


def models_in_turn(reading: Reading, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """`from Llama-3.1-8B Q8 to Qwen3-14B Q4`: each model in the format behind its name; empty where they do not take turns."""
    models, formats = reading.facts.get("model", ()), reading.facts.get("weight_format", ())
    told = [reading.spans.get(name, ()) for name in ("model", "weight_format")]
    if len(models) < 2 or not len(models) == len(formats) == len(told[0]) == len(told[1]) or "params" in facts:
        return []
    places = sorted([*zip(told[0], models, strict=True)], key=lambda one: one[0])
    stored = sorted([*zip(told[1], formats, strict=True)], key=lambda one: one[0])
    ends = [*(span for span, _ in places[1:]), (len(reading.text), 0)]
    turns = zip(places, stored, ends, strict=True)
    if not all(model[0][1] <= kind[0][0] < end[0] for model, kind, end in turns):
        return []
    return [
        {**facts, "model": model, "weight_format": kind} for (_, model), (_, kind) in zip(places, stored, strict=True)
    ]


def other_memory_told(reading: Reading) -> dict[str, float]:
    """`ddr4-2133 -> 3600`, `DDR4 or DDR5`: the RAM that another is set against."""
    rates, generations = reading.extras.get("host_mt_s", ()), reading.extras.get("host_ddr", ())
    if len(rates) > 1:
        return {"host_mt_s": float(rates[0]), "other_mt_s": float(rates[1])}
    return {"other_ddr": float(generations[1])} if len(generations) > 1 and not rates else {}


# of a server's memory only how fast it is
_SPEED_ALONE = (
    r"^(?![\s\S]*(?:\bfits?\b|\benough\b|\bhow much\b|\bcan (?:i|we|it)\b|够|放得下|跑得动|能跑|能不能|多少显存|多少内存))"
    r"[\s\S]*(?:\bspeed\b|\bhow fast\b|\bt(?:ok(?:en)?s?)?\s?(?:/|per)\s?s|速度|多快|每秒)"
)


def speed_of_server(reading: Reading) -> bool:
    """Is only the speed asked of a machine whose memory hangs on a server's channels?"""
    return "host_channels" in reading.extras and compiled(_SPEED_ALONE).search(reading.lowered) is not None


# where a room for the cache is told, how many sequences it holds is asked, and how fast they are then
_A_BUDGET = r"\bbudget\b|\bcapacity\b|预算|容量"


def told_beside(reading: Reading, solved: dict[str, Any]) -> bool:
    """Is what is solved told beside its speed: of a training the longest of one and how many, of a server the longest?"""
    many = trains(solved) or compiled(_A_BUDGET).search(reading.lowered)
    return solved["quantity"] == "seq_len" or bool(many and solved["quantity"] == "batch_size")
