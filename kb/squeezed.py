"""With how few cards it goes at all: the changes that shrink what each card holds, to be counted one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from formulas.quantity import Words
from kb.attention import lacks_bf16
from kb.cards import GIB, shares_memory
from kb.cases import Case
from kb.counts import alone
from kb.hosting import MACHINE, whole_machines
from kb.interval import FITS
from kb.outcome import Outcome, outcome
from kb.recipe import ADAPTERS, CHECKPOINT_BITS, format_for, representatives
from kb.stated import ASKED, ASSUMED
from kb.stored import AS_PUBLISHED, stored_bits


@dataclass(frozen=True)
class Squeeze:
    """Facts to change (None takes one away), and what that is called."""

    facts: dict[str, Any]
    says: Words


_RECOMPUTED = Squeeze({"gradient_checkpointing": "on"}, Words("gradient checkpointing on", "开启激活重计算"))
_FUSED = Squeeze({"loss": "fused"}, Words("a fused loss (Liger)", "融合损失(Liger)"))
_PURE = Squeeze({"precision": "pure-bf16"}, Words("all states in bf16 (pure bf16)", "状态全用 bf16(纯 bf16)"))
_EIGHT = Squeeze(
    {"precision": "pure-bf16", "optimizer": "adamw-8bit"}, Words("pure bf16 and 8-bit AdamW", "纯 bf16 加 8 位 AdamW")
)
_HOSTED = Squeeze(
    {"offload": "params", "zero_stage": 3},
    Words("parameters and optimizer in host memory", "参数和优化器放在内存"),
)
_ADAPTERS = Squeeze({"method": "lora", "precision": None}, Words("LoRA on a frozen base", "LoRA(冻结基座)"))
_EXPERTS = Squeeze(
    {"ep": MACHINE, "zero_stage": 3},
    Words(
        f"experts kept apart, {MACHINE} ranks (EP {MACHINE} with ZeRO-3)", f"专家并行 {MACHINE}(EP {MACHINE} 加 ZeRO-3)"
    ),
)
_OF_ATTENTION = Squeeze(
    {**_ADAPTERS.facts, **_EXPERTS.facts, "lora_targets": "q k v o"},
    Words("LoRA on attention alone, experts kept apart as well", "只对注意力做 LoRA(同样用 EP)"),
)
_QUANTISED = Squeeze(
    {"method": "qlora", "bits": 4, "weight_format": None, "precision": None}, Words("4-bit QLoRA", "4 位 QLoRA")
)


def squeezes(where: Outcome) -> list[Squeeze]:
    """Those that change something of this training, whose stated settings stay as they are; of what is served none."""
    knobs = where.situation.knobs
    if where.situation.knob("task") != "train":
        return []

    def is_open(*names: str) -> bool:
        return all(name not in knobs or knobs[name].origin == ASSUMED for name in names)

    # what a program leaves off by default is a switch away
    checkpointed = knobs["gradient_checkpointing"].origin != ASKED and knobs["gradient_checkpointing"].value == "off"
    recomputed = [_RECOMPUTED] if checkpointed else []
    fused = [_FUSED] if is_open("loss") and where.situation.knob("loss") == "full-logits" else []
    if where.situation.knob("method") in ADAPTERS:
        plain = where.situation.knob("method") == "lora" and is_open("bits")
        return [*recomputed, *fused, *([_QUANTISED] if plain else [])]
    by_adamw = is_open("precision", "optimizer") and where.situation.knob("optimizer") == "adamw"
    by_bytes = [_PURE, _EIGHT] if by_adamw and not lacks_bf16(where.case.card) else []
    mixture = _has_experts(where)
    # whatever precision is named for all weights, for adapters leave them as they are
    adapters = [_OF_ATTENTION if mixture else _ADAPTERS, _QUANTISED]
    experts = [_EXPERTS] if mixture and is_open("ep", "offload") else []
    shared = shares_memory(where.case.card)
    hosted = [_HOSTED] if is_open("offload") and not shared else []
    return [*recomputed, *experts, *fused, *by_bytes, *hosted, *adapters]


def _has_experts(where: Outcome) -> bool:
    """Whether it is a mixture whose experts the cards of a machine divide."""
    told = where.situation.facts.get("n_experts")
    return told is not None and int(told.value) > 0 and int(told.value) % MACHINE == 0


def in_other_formats(
    where: Outcome,
    case: Case,
    enough: Callable[[Case], tuple[int, Outcome] | None],
    beside: Sequence[Outcome] = (),
) -> list[dict[str, Any]]:
    """What is served in each other usual number of bits: its weights [GiB] and as many cards as one takes.

    enough      the count with a margin, and the case there; None if no number of cards near is enough
    beside      the others that stand side by side with it, whose bits are told
    """
    knob, told = where.situation.knob, [stored_bits(one) for one in (where, *beside)]
    if knob("task") == "train" or knob("weight_format") in AS_PUBLISHED:
        return []
    found = []
    for bits in CHECKPOINT_BITS:
        name = format_for("inference", bits, str(knob("engine") or ""))
        if name is None or any(abs(bits - stored) < 1 for stored in told):
            continue
        there = case.with_facts(weight_format=name, bits=None)
        if held := enough(there):
            count, at = held
            weights = outcome(alone(there)).terms.get("weights", 0.0)
            found.append(
                {"facts": {"weight_format": name}, "bits": bits, "value": count, "machines": whole_machines(count), "gib": at.best / GIB,
                 "weights_gib": weights / GIB, "weights_gb": weights / 1e9}
            )  # fmt: skip
    return found


def leaner(where: Outcome) -> dict[str, Any]:
    """The largest model that the same cards train whole with the fewest bytes of states; nothing where that is none that is larger."""
    if where.situation.knob("method") in ADAPTERS or _EIGHT not in squeezes(where):
        return {}
    for params, model in reversed(representatives()):
        if model == where.situation.knob("model"):
            break
        there = outcome(where.case.with_facts(**{**_EIGHT.facts, "model": model}))
        if there.leaning in FITS:
            told = {"params": params, "gib": there.best / GIB, "leaning": there.leaning}
            return {"leaner": {**told, "says": _EIGHT.says.en, "zh": _EIGHT.says.zh}}
    return {}
