"""The bytes of a parameter that the asker counted with, where a mistake is looked for: what so many are, and what the case takes."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.worked import ALL_STATES

_NEAR = 0.03
_OTHER = 1.3  # by so much the factor must be off to be the mistake
_ARE = {
    0.5: Words("4-bit weights alone", "只是 4 位权重的大小"),
    1.0: Words("8-bit weights alone", "只是 8 位权重的大小"),
    2.0: Words("16-bit weights alone", "只是 16 位权重的大小"),
    4.0: Words("fp32 weights", "是 fp32 权重的大小"),
    8.0: Words("the states of pure bf16 training", "是纯 bf16 训练的全部状态"),
    12.0: Words("weights, gradients and fp32 moments of full training", "是全参训练的权重、梯度与 fp32 动量"),
    16.0: Words("weights, gradients and Adam's states of full training", "是全参训练的权重、梯度与 Adam 状态"),
    18.0: Words("full training with fp32 gradients", "是梯度用 fp32 的全参训练"),
}  # fmt: skip


def counted_otherwise(figures: Figures) -> Words:
    """The factor that was counted with, and that of the case; Missing where the figure is none of the parameters'."""
    params = figures.need("params_said")
    stated = [float(one) * GB / params for one in figures.told.get("claims_gb", ())]
    counted = next((each for one in stated for each in _ARE if abs(one / each - 1) <= _NEAR), None)
    if counted is None:
        raise Missing("factor")
    method, base = str(figures.knob("method")), figures.base
    held = base.held(*ALL_STATES)
    right = held / params
    if max(counted / right, right / counted) < _OTHER or figures.n > 1:
        raise Missing("factor")
    bits = figures.given.get("bits")
    why = _why(method, counted, float(bits) if bits else None)
    shown = f"{right:.2g}"
    return Words(
        f"**The mistake is the bytes per parameter: {figure(counted)} B, {size_words(params)} × {figure(counted)} B = {both_words(counted * params)}, are {_ARE[counted].en}; here it is about {shown} B, {both_words(held)}{why.en}.** Activations, caches and the runtime come on top: {figures['peak']} in all.",
        f"**错在每参数的字节数: {figure(counted)} 字节,即 {both_words(counted * params)},{_ARE[counted].zh};这里约 {shown} 字节,即 {both_words(held)}{why.zh}。** 激活、缓存和运行时另算,共 {figures['peak']}。",
    )


def _why(method: str, counted: float, bits: float | None) -> Words:
    if bits == counted and method == "inference":
        return Words(
            f": {figure(bits)} bits are {figure(bits / 8)} B, divide by 8",
            f":{figure(bits)} 位是 {figure(bits / 8)} 字节,要除以 8",
        )
    if method == "full":
        return Words(
            ": training adds gradients and optimizer states to the weights", ":训练时除权重外还有梯度和优化器状态"
        )
    if method in ("lora", "dora"):
        return Words(
            ": the base is frozen, without gradients and optimizer states, and only the adapters have them",
            ":基座冻结,没有梯度和优化器状态,只有适配器才有",
        )
    if method == "qlora":
        return Words(
            ": the frozen base is stored in 4 bits, and only the adapters have gradients and optimizer states",
            ":冻结的基座存成 4 位,只有适配器有梯度和优化器状态",
        )
    return Words(" in the format that is run", "(按实际运行的格式)")


SLIP_WORDS: dict[str, Callable[[Figures], Words]] = {"counted_otherwise": counted_otherwise}
