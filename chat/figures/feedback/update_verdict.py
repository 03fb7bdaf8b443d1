"""Whether an update that ran out of memory can go on these cards at all, and with what it does: said before the sum."""

from collections.abc import Callable

from chat.figures.feedback.rollouts import alone, layout_of, of_update
from chat.figures.named import Figures, both_words, gib_words, held_in_ram
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.interval import FITS

_BOLD = Words("**", "**")
# what lowers it by itself, and what only helps beside the ways that the verdict names
_IN_ORDER, _BESIDE = Words("Then, in this order", "其次依次做"), Words("What lowers it further", "还能再降的")
_TIMES_THE_CARDS = (2, 3, 4)
_PLAIN = ("precision", "optimizer", "offload", "weight_format")


def _verdict(figures: Figures) -> Words:
    """That no setting of the batch brings back an update that is more than the card, and what does; where it fits nothing but the
    mark that makes the sum behind it bold."""
    room = figures.need("capacity")
    if not _beyond(figures):
        return _BOLD
    ways = [one for one in (_offloaded(figures), _adapted(figures), _on_more_cards(figures)) if one.en]
    asked = "fits" in figures.about
    no, no_zh = ("No, not as it is", "照现在这样不行") if asked else ("It does not go as it is", "照现在这样放不下")
    takes = gib_words(of_update(figures))
    each, each_zh = (" on each card", "每张卡") if figures.n > 1 else ("", "")
    go = Words(f"; it works with {', or with '.join(one.en for one in ways)}", f";能跑的办法:{';或'.join(one.zh for one in ways)}") if ways else Words("; neither offloading nor LoRA brings it onto these cards", ";即使 offload 或改用 LoRA,这些卡也放不下")  # fmt: skip
    return Words(
        f"**{no}: the update alone takes {takes} of {gib_words(room)}{each}, so neither a micro-batch of 1 nor a smaller share for the rollouts is enough{go.en}.** ",
        f"**{no_zh}:仅更新阶段{each_zh}就要 {takes},可用 {gib_words(room)},micro-batch 设 1、调小 rollout 份额都不够{go.zh}。**",
    )


def _beyond(figures: Figures) -> bool:
    """Is the update of all weights by itself more than the card, with one sequence too?"""
    if figures.knob("method") != "full" or of_update(figures) <= figures.need("capacity"):
        return False
    few = int(figures.knob("batch_size") or 1) == 1
    return few or alone(figures).at(batch_size=1).best > figures.need("capacity")


def _offloaded(figures: Figures) -> Words:
    """Parameters and optimizer in host memory between the phases, with what card and host then hold."""
    if figures.knob("offload") not in (None, "none"):
        return SILENT
    try:
        there = layout_of(figures).at(offload="params", zero_stage=3)
    except BadInput:
        return SILENT
    if there.verdict != "yes":
        return SILENT
    card, ram = gib_words(there.best), gib_words(held_in_ram(there))
    return Words(
        f"parameters and optimizer in host memory (param_offload, optimizer_offload: {card} of each card with the rollouts' share, {ram} of RAM)",
        f"参数和优化器放内存(param_offload、optimizer_offload:连 rollout 份额每卡 {card},内存 {ram})",
    )


def _adapted(figures: Figures) -> Words:
    """LoRA, whose base is its reference too."""
    try:
        there = layout_of(figures).at(**dict.fromkeys(_PLAIN), method="lora")
    except BadInput:
        return SILENT
    if there.verdict != "yes":
        return SILENT
    card, base = gib_words(there.best), both_words(2 * figures.params)
    return Words(f"LoRA ({card} of each card, on a base of {base} in all)", f"LoRA(每卡 {card},基座共 {base})")


def _on_more_cards(figures: Figures) -> Words:
    """The same with nothing moved off, on so many cards that the update has room beside the rollouts' share that was let go."""
    if figures.n < 2:
        return SILENT
    for times in _TIMES_THE_CARDS:
        try:
            there = alone(figures).at(n_gpus=times * figures.n)
        except BadInput:
            return SILENT
        if there.leaning in FITS:
            count, card = times * figures.n, gib_words(there.best)
            return Words(
                f"{count} such cards without either (the update {card} of each, with the engine asleep)",
                f"都不用则 {count} 张同样的卡(引擎休眠时更新每卡 {card})",
            )
    return SILENT


UPDATE_VERDICT: dict[str, Callable[[Figures], Words]] = {
    "update_verdict": _verdict, "update_bold": lambda figures: SILENT if _beyond(figures) else _BOLD,
    "then_lower": lambda figures: _BESIDE if _beyond(figures) else _IN_ORDER,
}  # fmt: skip
