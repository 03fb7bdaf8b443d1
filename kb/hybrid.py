"""A served model partly on its cards and partly in the machine's own memory: what each holds, the switches that say so, what a
token reads of either, and the speed that allows."""

from typing import Any

from kb.cards import GIB
from kb.flags import flag
from kb.host_memory import host_need
from kb.hosting import kept_layers
from kb.outcome import Outcome
from kb.programs import written
from kb.rates import Decoding, HostMemory
from kb.recipe import host_reserve

_SWITCHES = ("gpu_layers", "n_cpu_moe", "offload", "tensor_split")


def hybrid_json(at: Outcome, host: HostMemory) -> dict[str, Any]:
    """The case as it stands on its cards and in host memory; of one that is wholly on its cards no part is there.

    n_cpu_moe       the first so many layers whose experts host memory holds
    hosted_layers   whole layers there
    rate            tokens a second that programs reach, low and high; what a token reads in GB
    """
    knob, need = at.situation.knob, host_need(at.situation)
    engine = written(at.case.facts.get("engine")) or knob("engine")
    set_there = {name: knob(name) for name in _SWITCHES if knob(name) not in (None, "none")}
    model = at.situation.model
    layers = len(model.layers) if model else 0
    return {
        "layers": layers, "n_cpu_moe": layers if knob("offload") == "experts" else int(knob("n_cpu_moe") or 0),
        "hosted_layers": layers - len(kept_layers(at.situation.knobs, model)) if model else 0,
        "switches": " ".join(told for name, given in set_there.items() if (told := flag(engine, name, given))),
        "card_gib": at.best / GIB, "capacity_gib": at.capacity / GIB if at.capacity else None, "n_gpus": at.n_gpus,
        "host_gib": need[0] if need else 0.0, "room_gb": knob("host_memory_gb"), "reserve_gb": host_reserve(),
        **_speed(Decoding(at, host)),
    }  # fmt: skip


def speed_of(one: Decoding) -> float:
    """The middle of the rates that programs reach; without end where the card's bandwidth is not known."""
    return sum(one.rate) / 2 if one.known else float("inf")


def _speed(one: Decoding) -> dict[str, Any]:
    """What a token reads on the cards and in host memory, and the rate; nothing where a bandwidth is not known."""
    if not one.known:
        return dict.fromkeys(("card_reads_gb", "host_reads_gb", "rate", "at_most", "host_bandwidth", "host_said"))
    return {
        "card_reads_gb": (one.weight_bytes + one.cache) / 1e9, "host_reads_gb": one.host_bytes / 1e9, "rate": list(one.rate),
        "at_most": one.bound, "host_bandwidth": [one.host.low, one.host.high], "host_said": one.host.said,
    }  # fmt: skip
