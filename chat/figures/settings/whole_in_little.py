"""How all weights of a model are trained on a card that does not hold the usual states: ways that keep less of each parameter,
or keep it elsewhere, each with what it takes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.attention import lacks_bf16
from kb.outcome import Outcome

_PURE: dict[str, Any] = {"precision": "pure-bf16"}
_WAYS: tuple[tuple[dict[str, Any], Words], ...] = (
    ({"method": "lomo"}, Words("LOMO, whose step of plain SGD uses each gradient as it appears and drops it (2 B per parameter and one layer's gradient)", "LOMO(SGD 更新,梯度一出来就用掉,每参数 2 字节加一层的梯度)")),
    ({**_PURE, "optimizer": "adafactor", "optimizer_in_backward": True}, Words("Adafactor on bf16 weights, stepped within the backward pass", "bf16 权重加 Adafactor,在反向传播中更新")),
    ({"method": "galore", "optimizer": "adamw-8bit", "optimizer_in_backward": True}, Words("GaLore layer by layer with 8-bit moments", "逐层 GaLore 加 8 位动量")),
    ({**_PURE, "optimizer": "adamw-8bit", "optimizer_in_backward": True}, Words("8-bit Adam on bf16 weights, stepped within the backward pass (torchtune's optimizer_in_bwd)", "bf16 权重加 8 位 Adam,在反向传播中更新(torchtune 的 optimizer_in_bwd)")),
)  # fmt: skip


def _runs(figures: Figures) -> list[tuple[Outcome, Words]]:
    found = []
    for changes, words in _WAYS:
        with suppress(BadInput, Missing):
            found.append((figures.at(**changes), words))
    return sorted(found, key=lambda one: one[0].best)


def _whole_in_little(figures: Figures) -> Words:
    """Those that the card holds first, then those that it does not; and the optimizer in host memory."""
    room = figures.base.capacity
    if room is None or figures.base.best <= room:
        raise Missing("too little")
    runs = _runs(figures)
    held = [(one, words) for one, words in runs if one.best <= room]
    over = [(one, words) for one, words in runs if one.best > room]
    hosted = figures.at(offload="optimizer")
    if not held and hosted.best > room:
        raise Missing("ways")
    told = [Words(f"{words.en}, {gib_words(one.best)}", f"{words.zh},{gib_words(one.best)}") for one, words in held]
    if hosted.best <= room:
        ram = gib_words((hosted.host_gib or 0.0) * GIB)
        told.append(Words(
            f"Adam's states in host memory, {gib_words(hosted.best)} on the card and {ram} of RAM",
            f"Adam 状态放内存,卡上 {gib_words(hosted.best)},内存 {ram}",
        ))  # fmt: skip
    less = [Words(f"{words.en} {gib_words(one.best)}", f"{words.zh} {gib_words(one.best)}") for one, words in over]
    rest = Words(
        f" Too large for it as well: {'; '.join(one.en for one in less)}." if less else "",
        f"同样放不下的:{';'.join(one.zh for one in less)}。" if less else "",
    )
    return Words(
        f"**Who trains all weights in {gib_words(room)} does not keep 16 B of each: {'; '.join(one.en for one in told)}.**{rest.en} All at batch {figures['batch']} and {figures['seq']} tokens with checkpointing; the price is other optimizers or slower steps, and pure bf16 rounds small updates away.",
        f"**能在 {gib_words(room)} 里训练全部权重,是因为没有为每个参数存 16 字节:{';'.join(one.zh for one in told)}。**{rest.zh}都按批大小 {figures['batch']}、{figures['seq']} token、开重计算;代价是换优化器或步速变慢,纯 bf16 会舍掉小的更新。",
    )


def _stepped_in_backward(figures: Figures) -> Words:
    """The ways between: AdamW with all in bf16, and 8-bit states whose gradients are used and dropped as they come; of one card."""
    if figures.n > 1 or lacks_bf16(figures.base.case.card):
        return SILENT
    size = figures.need("params_said")
    all_bf16 = f"{size_words(size)} × 8 B = {both_words(8 * size)}"
    try:
        least = figures.at(**_PURE, method="full", optimizer="adamw-8bit", optimizer_in_backward=True)
    except (BadInput, Missing):
        return SILENT
    (en, zh) = VERDICTS.get(str(least.leaning), ("", ""))
    of, of_zh = (f" of {gib_words(least.capacity)}, {en}", f",可用 {gib_words(least.capacity)},{zh}") if least.capacity and en else ("", "")  # fmt: skip
    return Words(
        f" AdamW itself in pure bf16 is 8 B, {all_bf16}; 8-bit AdamW there, stepped within the backward pass, which uses and drops each gradient as it comes (torchtune's optimizer_in_bwd), takes {gib_words(least.best)} in all{of}.",
        f"AdamW 自己用纯 bf16 是 8 字节,{all_bf16};纯 bf16 加 8 位 AdamW 并在反向传播中更新(梯度用完即丢,如 torchtune 的 optimizer_in_bwd)共 {gib_words(least.best)}{of_zh}。",
    )


WHOLE_IN_LITTLE: dict[str, Callable[[Figures], Words]] = {
    "whole_in_little": _whole_in_little,
    "stepped_in_backward": _stepped_in_backward,
}
