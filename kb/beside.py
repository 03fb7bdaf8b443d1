"""Measurements that are not strict, and parts of what a program holds: checked beside the strict rows, in no average.

Their configuration says less than a prediction needs (which card of several, which flags), or the figure is a part. Where
nothing can be said honestly, the row has a reason instead of an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from formulas.errors import BadInput
from formulas.numeric import Number
from formulas.programs import compute_buffer
from formulas.quantity import Quantity
from formulas.serving import kv_pool, profile_run
from formulas.vocabulary import (
    adapter,
    batch_size,
    gradients,
    kv_cache,
    optimizer,
    runtime,
    tokens_allocated,
    weights,
)
from kb.cards import GIB, Card
from kb.cases import Case
from kb.checked import Checked, card_of, check, compared, extras, facts_of
from kb.database import rows
from kb.interval import interval
from kb.outcome import Outcome, outcome
from kb.worked import derived

# kinds of peft's adapters that hold the tensors of a method here, under another name
_SAME_TENSORS = {"adalora": "lora", "oft": "oft"}
# what the note of a row that is not strict lists as missing, and a prediction cannot do without
_NEEDED = {
    "seq_len": "no sequence length is published",
    "batch_size": "no batch size is published",
    "gradient_checkpointing": "it is not said whether activations are recomputed",
}
_COPIES = 4  # of a parameter that AdamW trains: itself, its gradient, two moments
_USUAL_LIMIT = 512  # MiB, -amb as the guides of ik_llama.cpp have it
_CACHE = ("kv-available", "kv-tokens")


@dataclass(frozen=True)
class Beside:
    """A row, what its figure is, and its check or the reason for none."""

    source: str
    what: str
    checked: Checked | None = None
    why: str = ""


def beside(row: dict[str, Any]) -> Beside:
    """The check of a row that is not strict, or the reason why there is none."""
    what, source = _what(row), str(row["source"])
    try:
        return Beside(source, what, _checked(row))
    except BadInput as error:
        return Beside(source, what, why=str(error))


def _part(row: dict[str, Any]) -> str:
    """The name of a component, or an empty string for a peak."""
    if row["meter"] != "component":
        return ""
    named = extras(row).get("metric", "component")
    return "profile" if named.startswith("PyTorch activation peak") else named


def _what(row: dict[str, Any]) -> str:
    """What a figure is, in few words; what a row leaves open is part of it."""
    part = _part(row)
    if part == "compute-buffer":
        several = ", one of several cards" if str(row.get("n_gpus") or 1) not in ("1", "1.0") else ""
        return part + several + (", -amb not said" if _in_parts(row) else "")
    assumed = ", length by default" if row.get("seq_len") is None and _default_length(row) else ""
    return part or f"{str(row['method']).partition(':')[0]}, {row['meter']}{assumed}"


def _checked(row: dict[str, Any]) -> Checked:
    missing = str(row.get("note") or "").split("|")[0]
    if "repeats" in missing:
        raise BadInput("it repeats another row")
    if "architecture fields" in missing:
        raise BadInput("the table has no fields for this architecture")
    if row["meter"] == "component":
        return _part_checked(row)
    return check(_complete(row, missing) | {"strict": "1"})


# ── peaks: a row made complete by its program's own defaults ───────────────────────────────────────────────────────


@cache
def _lengths() -> dict[str, str]:
    return {one["tool"]: one["value"] for one in rows("SELECT tool, value FROM recipes WHERE setting = 'max_length'")}


def _default_length(row: dict[str, Any]) -> str | None:
    """The length that a program takes where none is given; None where it is not known."""
    return _lengths().get(str(row.get("engine")))


def _complete(row: dict[str, Any], missing: str) -> dict[str, Any]:
    """The row with what its program and its note say beside the columns; BadInput where too little is said."""
    filled = dict(row)
    kind, _, name = str(row["method"]).partition(":")
    if kind == "other-peft":
        if name not in _SAME_TENSORS:
            raise BadInput("no formula for this kind of adapter")
        filled["method"] = _SAME_TENSORS[name]
    for column, why in _NEEDED.items():
        if column in missing and row.get(column) is None:
            filled[column] = _default_length(row) if column == "seq_len" else None
            if filled[column] is None:
                raise BadInput(why)
    note = str(row.get("note") or "")
    rank = re.search(r"galore_rank=(\d+)", note)
    if rank and row.get("lora_rank") is None:
        filled["lora_rank"] = rank[1]
    if kind == "galore" and "+quantize" in note:
        filled["optimizer"] = "galore-adamw-8bit"
    return filled


# ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_Part = Callable[[dict[Quantity, Number]], float]
# what a component is made of, and the quantities that must be worked out for it
_PARTS: dict[str, tuple[tuple[Quantity, ...], _Part]] = {
    "compute-buffer": ((compute_buffer,), lambda v: float(v[compute_buffer])),
    "profile": ((profile_run,), lambda v: float(v[profile_run])),
    "non-torch memory": ((runtime,), lambda v: float(v[runtime])),
    "weights+activation-peak": ((weights, profile_run), lambda v: float(v[weights] + v[profile_run])),
    "kv-available": ((kv_pool,), lambda v: float(v[kv_pool])),
    "kv-tokens": ((kv_pool,), lambda v: float(v[kv_pool])),
    "static": (
        (weights, adapter, gradients, optimizer),
        lambda v: float(v[weights] + v[adapter] + v[gradients] + v[optimizer]),
    ),
}
_NO_PART = {
    "mean-reserved": "a mean over steps is no peak",
    "max-incl-validation": "lengths of validation are not published",
    "k-only": "the tokens that it is of are another row's figure",
}


def _part_checked(row: dict[str, Any]) -> Checked:
    named = _part(row)
    if named not in _PARTS:
        raise BadInput(_NO_PART.get(named, "the part has no formula"))
    if row.get("engine") == "sglang":
        raise BadInput("SGLang's share of the card is not published")
    if row["gib_low"] is None and named != "kv-tokens":
        raise BadInput("no figure is published")
    kind, _, name = str(row["method"]).partition(":")
    if kind == "other-peft" and name not in _SAME_TENSORS:
        if named == "static":
            return _by_trained(row)
        raise BadInput("no formula for this kind of adapter")
    method = _SAME_TENSORS.get(name, row["method"])
    said, total = quoted(row) if row.get("engine") == "vllm" else ({}, None)
    card = Card("the card of the log", total, total / GIB, "the log") if total else card_of(row)
    if named in _CACHE and card is None:
        raise BadInput("no card is published")
    facts = facts_of(row | {"method": method}) | said
    quantities, of = _PARTS[named]
    amounts: list[dict[Quantity, Number]] = []
    for guess in _guesses(row):
        there = outcome(Case(facts | guess, card, ()))
        amounts += [_amounts(there, place, quantities) for place in range(len(there.cards))]
    if named == "kv-tokens":
        row = row | _as_bytes(row, amounts[0])
    # which of several cards it is, and -amb, are not said: the nearest of their figures
    size = min((of(values) for values in amounts), key=lambda one: abs(one / GIB - row["gib_low"]))
    low, high = interval(size, 0.0, there.situation, without=str(row["source"]))
    return compared(row, size / GIB, low / GIB, high / GIB, 0.0)


def _by_trained(row: dict[str, Any]) -> Checked:
    """What adapters of any kind hold between steps: the base, and of what trains weight, gradient and two moments."""
    trained = extras(row).get("trainable")
    if trained is None:
        raise BadInput("how much trains is not published")
    there = outcome(Case(facts_of(row | {"method": "lora"}), card_of(row), ()))
    one = 2 if str(row.get("precision") or "").startswith("pure") else 4
    size = float(there.values[weights]) + _COPIES * one * int(trained)
    low, high = interval(size, 0.0, there.situation, without=str(row["source"]))
    return compared(row, size / GIB, low / GIB, high / GIB, 0.0)


def _guesses(row: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What a row may mean: heads of latent attention at once or in parts, as the program's guide has it."""
    stated = extras(row).get("amb")
    if stated:
        return ({"attn_max_batch": int(stated)},)
    return ({}, {"attn_max_batch": _USUAL_LIMIT}) if _in_parts(row) else ({},)


def _in_parts(row: dict[str, Any]) -> bool:
    """Whether a limit on latent attention's memory may decide, and is not said."""
    return _part(row) == "compute-buffer" and extras(row).get("mla_attn", "0") != "0" and "amb" not in extras(row)


def _amounts(there: Outcome, place: int, quantities: tuple[Quantity, ...]) -> dict[Quantity, Number]:
    """What is worked out for a card: its peak, and the quantities that it does not turn on."""
    worked = there.cards[place]
    facts = there.situation.facts | worked.place.facts
    found = dict(worked.values)
    for quantity in quantities:
        if quantity not in found:
            found |= derived(quantity, facts).values
    return found


def quoted(row: dict[str, Any]) -> tuple[dict[str, Any], int | None]:
    """What vLLM's own log, quoted in a row, says of the run: facts, and the bytes of the card as CUDA counts them."""
    text = f"{row.get('note') or ''} | {row.get('published') or ''}"
    facts: dict[str, Any] = {}
    share = re.search(r"(?:utili[sz]ation|\butil|GiB x)[ =]*(0\.\d+)", text)
    if share:
        facts["gpu_memory_utilization"] = float(share[1])
    # only the first engine counts blocks, and prints the figures of its profile run
    if re.search(r"\bV0\b|GPU blocks|total_gpu_memory", text) or _part(row) in ("profile", "non-torch memory"):
        facts["engine_version"] = "V0"
    total = re.search(r"total_gpu_memory[ =]*([\d.]+) ?GiB", text)
    return facts, round(float(total[1]) * GIB) if total else None


def _as_bytes(row: dict[str, Any], values: dict[Quantity, Number]) -> dict[str, float]:
    """Published tokens of a cache as GiB of it, so that both figures are compared in one unit."""
    text = str(row.get("published") or "").replace(",", "")
    blocks, plain = re.search(r"(\d+) GPU blocks of (\d+) tokens", text), re.search(r"(\d+) tokens", text)
    if not blocks and not plain:
        raise BadInput("the figure is no number of tokens")
    tokens = int(blocks[1]) * int(blocks[2]) if blocks else int(plain[1]) if plain else 0
    gib = tokens * float(values[kv_cache] / values[tokens_allocated] / values[batch_size]) / GIB
    return {"gib_low": gib, "gib_high": gib, "gib": gib}
