"""Bytes of a parameter that a ZeRO stage keeps whole on every card, and those that the cards divide: one table for all who tell them."""

from formulas.quantity import Words
from kb.bytes_each import ADAM, GRADIENT, TRAINED

# what the cards divide: nothing, the optimizer, the gradients too, all
_DIVIDED = (0, ADAM, GRADIENT + ADAM, TRAINED)
OF_STAGE: dict[int, tuple[float, float]] = {
    stage: (TRAINED - divided, divided) for stage, divided in enumerate(_DIVIDED)
}
# the same in words, of the stages that leave weights whole
DIVIDED = {
    1: Words("the optimizer states", "优化器状态"),
    2: Words("gradients and optimizer states", "梯度和优化器状态"),
}
KEPT_WHOLE = {1: Words("16-bit weights and gradients", "16 位权重和梯度"), 2: Words("16-bit weights", "16 位权重")}


def on_each_card(stage: int, n_gpus: int) -> float:
    """Bytes of a parameter's states on each of `n_gpus` cards."""
    whole, divided = OF_STAGE[stage]
    return whole + divided / n_gpus
