"""What would make it fit: changes tried one by one on the same case, those that fit kept, the cheapest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.cards import GIB, plain_card
from kb.cases import LAYOUTS
from kb.outcome import Outcome, outcome
from kb.recipe import ADAPTERS
from kb.solver import layers_that_fit

MOST = 5
# marketed memories of the cards that people buy or rent
CARD_SIZES = (12, 16, 24, 32, 40, 48, 80, 96, 141)


@dataclass(frozen=True)
class Change:
    """Facts to change, in words, with what the change costs."""

    facts: dict[str, Any]
    says: Words
    cost: Words


def _candidates(where: Outcome) -> Iterator[Change]:
    """In order of what they cost; each only where it changes something."""
    knob = where.situation.knob
    training = knob("task") == "train"
    method, cards = str(knob("method")), where.n_gpus
    slower = Words("about a third more computing", "计算量约增加三分之一")
    if training and knob("loss") == "full-logits":
        yield Change(
            {"loss": "fused"}, Words("fused loss (no full logits)", "融合损失(不存完整 logits)"), Words("", "")
        )
    if training and knob("gradient_checkpointing") == "off":
        yield Change({"gradient_checkpointing": "on"}, Words("gradient checkpointing", "激活重计算"), slower)
    if (knob("batch_size") or 1) > 1:
        yield Change(
            {"batch_size": 1}, Words("batch 1 with gradient accumulation", "批大小 1 加梯度累积"),
            Words("less throughput", "吞吐降低"),
        )  # fmt: skip
    if training and cards > 1 and knob("zero_stage") != 3:
        yield Change(
            {"zero_stage": 3}, Words(f"shard over the {cards} cards (ZeRO-3/FSDP)", f"切分到 {cards} 张卡(ZeRO-3/FSDP)"),
            Words("traffic between the cards", "卡间通信"),
        )  # fmt: skip
    if training and method not in ADAPTERS:
        lost = Words("adapters instead of all weights", "只训练适配器")
        yield Change({"method": "lora", "precision": None}, Words("LoRA", "LoRA"), lost)
    if method in ("full", "lora"):
        yield Change(
            {"method": "qlora", "bits": 4, "weight_format": None, "precision": None}, Words("QLoRA, 4-bit", "4 位 QLoRA"),
            Words("a quantised base, slower steps", "基座量化,步速较慢"),
        )  # fmt: skip
    if method in ("full", "lora"):
        yield Change(
            {"method": "qlora", "bits": 8, "weight_format": None, "precision": None}, Words("QLoRA, 8-bit", "8 位 QLoRA"),
            Words("a quantised base, slower steps", "基座量化,步速较慢"),
        )  # fmt: skip
    bits = _stored_bits(where)
    if method in ("inference", "qlora"):
        for fewer in (8, 4):
            if fewer < bits - 1:
                yield Change(
                    {"bits": fewer, "weight_format": None}, Words(f"{fewer}-bit weights", f"{fewer} 位权重"),
                    Words("some quality", "质量略降"),
                )  # fmt: skip
    if not training:
        yield from _hosted(where)
    size = next((one for one in CARD_SIZES if one * GIB > max(where.bounds[1], where.capacity or 0)), None)
    if size is not None and cards > 1:
        yield Change(
            {"gpu": None, "gpu_memory_gb": size},
            Words(f"cards of {size} GB", f"换 {size} GB 的卡"),
            Words("other cards", "换卡"),
        )
    for more in (2, 4, 8, 16, 32, 64):
        if more > cards:
            layout: dict[str, Any] = dict.fromkeys((*LAYOUTS, "dp")) | ({"zero_stage": 3} if training else {})
            said = Words(f"{more} such cards, sharded", f"{more} 张同样的卡,切分")
            yield Change({"n_gpus": more, **layout}, said, Words("more cards", "更多显卡"))


def _hosted(where: Outcome) -> Iterator[Change]:
    """Experts, then whole layers, in host memory: solved, so that as much as fits stays on the card."""
    knob = where.situation.knob
    if knob("engine") in ("vllm", "sglang") or any(knob(name) is not None for name in ("gpu_layers", "n_cpu_moe")):
        return
    model = where.situation.model
    slow = Words("slower: that part is computed or read from host memory", "变慢:这部分在内存中计算或读取")
    if model is not None and model.experts and knob("offload") in (None, "none"):
        yield Change({"offload": "experts"}, Words("experts in host memory", "专家放在内存"), slow)
    try:
        layers = layers_that_fit(where.case)
    except BadInput:  # no offer where the layout admits no such split
        return
    if layers and model is not None and layers <= len(model.layers):
        said = Words(f"{layers} layers on the card, the rest in host memory", f"{layers} 层放在卡上,其余放在内存")
        yield Change({"gpu_layers": layers}, said, slow)


def _stored_bits(where: Outcome) -> float:
    return next((float(v) for quantity, v in where.values.items() if quantity.name == "bits_per_weight"), 16.0)


def changes(where: Outcome) -> list[dict[str, Any]]:
    """At most `MOST` single changes that make the case fit; of more cards only the fewest."""
    found: list[dict[str, Any]] = []
    cards_told = False
    for change in _candidates(where):
        if "n_gpus" in change.facts and cards_told:
            continue
        facts = {name: value for name, value in {**where.case.facts, **change.facts}.items() if value is not None}
        try:
            card = plain_card(change.facts["gpu_memory_gb"]) if "gpu_memory_gb" in change.facts else where.case.card
            # other cards, or another number of them, are alike
            together = () if {"gpu_memory_gb", "n_gpus"} & set(change.facts) else where.case.together
            tried = outcome(replace(where.case, facts=facts, card=card, together=together))
        except BadInput:  # a change that this configuration does not admit is no offer
            continue
        if tried.verdict == "yes":
            cards_told |= "n_gpus" in change.facts
            found.append(
                {"facts": change.facts, "says": change.says.en, "zh": change.says.zh, "gib": tried.best / GIB,
                 "cost": change.cost.en, "cost_zh": change.cost.zh}
            )  # fmt: skip
    return found[:MOST]
