"""What an asker's account of a training leaves out, and whether the card holds it with that: one that is all in 16 bit as such."""

from collections.abc import Callable, Mapping

from chat.figures.named import Figures, gib_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import GRADIENT, PURE, WEIGHT

# bytes of a parameter
_EACH = {"weights": WEIGHT, "gradients": GRADIENT, "optimizer": PURE - WEIGHT - GRADIENT}


def _held_in_pure(figures: Figures, each: Mapping[str, float]) -> Words | None:
    """By both steps of AdamW, and beside mixed precision; None where the account is another's or the case is such a run."""
    room = figures.base.capacity
    if any(each.get(term) != size for term, size in _EACH.items()) or figures.pure or room is None or figures.n > 1:
        return None
    if figures.knob("method") != "full":
        return None
    fused, listed = figures.need("peak_pure_fused"), figures.need("peak_pure")
    there = f"{gib_words(fused)} with a fused step (adamw_torch_fused), {gib_words(listed)} with AdamW's usual step over lists, which holds one more copy of the gradients"
    there_zh = f"融合更新(adamw_torch_fused)共 {gib_words(fused)},默认的 foreach 更新多一份梯度,共 {gib_words(listed)}"
    if listed <= room:
        tight = figures.at(precision="pure-bf16").verdict != "yes"
        head, head_zh = ("And that fits, tightly", "而且勉强放得下") if tight else ("And that fits", "而且放得下")
    elif fused <= room:
        head, head_zh = "That fits only with a fused step", "只有用融合更新才放得下"
    else:
        head, head_zh = "But that does not fit", "但放不下"
    mixed = gib_words(figures.base.best)
    return Words(
        f" {head} ({gib_words(room)}): {there}, at batch {figures['batch']} and {figures['seq']} tokens; in mixed precision it is {mixed}.",
        f"{head_zh}({gib_words(room)}):{there_zh}(批大小 {figures['batch']}、{figures['seq']} token);混合精度则是 {mixed}。",
    )  # fmt: skip


def beyond_the_account(figures: Figures, each: Mapping[str, float], activations: Callable[[], Words]) -> Words:
    """Of an account of a training what it leaves out, and whether the card holds it with that."""
    if figures.base.capacity is None or figures.knob("task") != "train" or "activations" in each:
        return SILENT
    if (pure := _held_in_pure(figures, each)) is not None:
        return pure
    need, room = figures.base.best, gib_words(figures.base.capacity)
    if need <= figures.base.capacity:
        return SILENT
    here = activations()
    if (
        figures.n > 1
        and not figures.knob("zero_stage")
        and (shared := figures.at(zero_stage=3)).best <= figures.base.capacity
    ):
        return Words(
            f" A copy on each card does not fit, {gib_words(need)} of {room}; sharded over them (ZeRO-3/FSDP) it does, {gib_words(shared.best)} per card with activations, logits ({here.en}), buffers and the runtime.",
            f"每卡一份放不下({gib_words(need)},可用 {room});切分到各卡(ZeRO-3/FSDP)就放得下,连同激活与 logits({here.zh})、缓冲和运行时每卡共 {gib_words(shared.best)}。",
        )  # fmt: skip
    return Words(
        f" But it does not fit: {gib_words(need)} per card of {room} with what is left out, activations and logits ({here.en}), buffers and the runtime.",
        f"但放不下:漏了激活与 logits({here.zh})以及缓冲和运行时,每卡共 {gib_words(need)},可用 {room}。",
    )
