"""What a question of speed tells twice: models each in a format of its own, RAM before and after it is exchanged."""

from typing import Any

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
