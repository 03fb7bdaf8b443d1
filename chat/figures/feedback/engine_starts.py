"""What stands on a card as a rollout engine starts beside a training that has not made a step, and what lets both go in."""

from collections.abc import Callable
from math import floor

from chat.figures.feedback.rollouts import layout_of
from chat.figures.named import Figures, Missing, gib_words, masters_of, value_of
from formulas.quantity import SILENT, Words

_NEARLY = 0.95  # of the card: from here on an engine that measures the free memory finds too little
_STEPS = 20  # in which shares are told
_WITH_CACHE = 1.05  # a share that holds the copy and anything to generate into


def _of_training(figures: Figures) -> float:
    """Weights, a frozen reference's among them, adapters and 32-bit copies on one card."""
    terms = layout_of(figures).base.terms
    return float(terms.get("weights", 0.0)) + float(terms.get("adapter", 0.0)) + masters_of(layout_of(figures).base)


def _at_start(figures: Figures) -> float:
    """All that the card holds as the engine has taken its share."""
    runtime = layout_of(figures).base.terms.get("runtime", 0.0)
    return _of_training(figures) + float(runtime) + figures.need("rollout_takes")


def _crowded(figures: Figures) -> float:
    """The same where it is about all of the card, or more; Missing where the engine finds room."""
    found = _at_start(figures)
    if found < _NEARLY * figures.need("capacity_whole"):
        raise Missing("crowded")
    return found


def _held(figures: Figures) -> Words:
    """The training's part by what it is."""
    base = layout_of(figures).base
    masters, reference = masters_of(layout_of(figures).base), value_of(base, "reference_weights")
    own = gib_words(_of_training(figures) - masters - reference)
    more = [Words(f"weights {own}", f"权重 {own}")]
    if masters:
        more.append(Words(f"their fp32 copy {gib_words(masters)}", f"fp32 主权重 {gib_words(masters)}"))
    if reference:
        more.append(Words(f"the frozen reference {gib_words(reference)}", f"冻结的参考模型 {gib_words(reference)}"))
    return Words(", ".join(one.en for one in more), "、".join(one.zh for one in more))


def _later(figures: Figures) -> Words:
    """What the first update adds, and leaves there as the engine generates again."""
    optimizer = float(layout_of(figures).base.terms.get("optimizer", 0.0))
    moments = optimizer - masters_of(layout_of(figures).base)
    if moments <= 0:
        return SILENT
    room = figures.need("capacity_whole")
    again = _at_start(figures) + moments
    over, over_zh = (f", of {gib_words(room)}", f",卡上 {gib_words(room)}") if again > room else ("", "")
    return Words(
        f" The first update adds Adam's moments, {gib_words(moments)}, which stay: {gib_words(again)} at the next rollout{over}.",
        f"第一次更新还会加上常驻的 Adam 动量 {gib_words(moments)}:下一次 rollout 时共 {gib_words(again)}{over_zh}。",
    )


def _less_share(figures: Figures) -> Words:
    """The largest share that goes beside the states as they are; where it does not hold the engine's copy, that."""
    room = figures.need("capacity_whole")
    beside = layout_of(figures).base
    held = float(beside.terms.get("optimizer", 0.0)) - masters_of(layout_of(figures).base) + _at_start(figures)
    left = room - (held - figures.need("rollout_takes"))
    share = floor(_STEPS * left / room) / _STEPS
    if share * room < _WITH_CACHE * figures.need("rollout_copy"):
        copy = figures["rollout_copy"]
        return Words(
            f"a smaller gpu_memory_utilization, of which the engine's copy alone needs {copy} (not enough by itself)",
            f"调小 gpu_memory_utilization,其中引擎的权重至少要 {copy}(单靠它不够)",
        )
    return Words(
        f"gpu_memory_utilization of at most {share:g}, where nothing is offloaded",
        f"不 offload 时 gpu_memory_utilization 最多 {share:g}",
    )


def _mends(figures: Figures) -> Words:
    """What to turn, the least costly first; offloading by what it leaves on the card."""
    found, there = [], layout_of(figures)
    full = figures.knob("method") == "full"
    if figures.knob("offload") in (None, "none") and full:
        each, reference = (
            gib_words(there.at(offload="params", rollouts_by="asleep").best),
            value_of(there.base, "reference_weights"),
        )
        too, too_zh = (
            (
                f"; the reference's param_offload takes {gib_words(reference)} more off it",
                f";参考模型的 param_offload 再省 {gib_words(reference)}",
            )
            if reference
            else ("", "")
        )
        found.append(
            Words(
                f"parameters and optimizer in host memory while it generates (param_offload, optimizer_offload), {each} per card{too}",
                f"生成时把参数和优化器放到内存(param_offload、optimizer_offload),每卡 {each}{too_zh}",
            )
        )
    found.append(_less_share(figures))
    if full:
        plain = dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))
        each = gib_words(there.at(**plain, method="lora").best)
        found.append(Words(f"LoRA, {each} per card", f"LoRA,每卡 {each}"))
    return Words("; ".join(one.en for one in found), ";".join(one.zh for one in found))


STARTING: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "engine_crowds": (_crowded, gib_words),
    "training_at_start": (_of_training, gib_words),
}
STARTING_WORDS: dict[str, Callable[[Figures], Words]] = {
    "held_at_start": _held, "after_first_update": _later, "room_for_engine": _mends,
}  # fmt: skip
