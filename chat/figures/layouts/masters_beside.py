"""Adam's moments that are counted for each card, and the fp32 copy of the weights beside them that was seen with them."""

from collections.abc import Callable, Iterable

from chat.figures.named import GB, Figures, Missing
from chat.figures.training.at_work import said_or_real
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import ADAM, MASTER, MOMENTS

_NEAR = 0.05  # a size is told in round numbers


def _masters_beside(figures: Figures) -> Words:
    """Missing where not both amounts, the moments' share of a card and that with the copy, are told."""
    params, cards = said_or_real(figures), figures.n
    told = [float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ()) if one]
    if cards < 2 or not all(_is_told(each * params / cards, told) for each in (MOMENTS, ADAM)):
        raise Missing("both shares")
    of, share = size_words(params), [f"{figure(each * params / cards / GB, 3)} GB" for each in (MOMENTS, ADAM)]
    return Words(
        f"**What is missing is the fp32 copy of the weights, {MASTER} B per parameter, that mixed precision keeps beside Adam's two moments: {ADAM} B × {of} ÷ {cards} = {share[1]}, where the moments alone are {MOMENTS} B × {of} ÷ {cards} = {share[0]}.** The stage divides both alike. Optimizers that update bf16 weights directly keep no such copy; 8-bit states shrink the moments, not the copy.",
        f"**少算的是 fp32 主权重:混合精度在 Adam 的两个动量之外,还为每个参数留 {MASTER} 字节的 fp32 副本:{ADAM} 字节 × {of} ÷ {cards} = {share[1]};只算动量才是 {MOMENTS} 字节 × {of} ÷ {cards} = {share[0]}。** 两者一样按卡数切分。直接更新 bf16 权重的优化器没有这份副本;8 位状态减少的是动量,不是副本。",
    )


def _is_told(share: float, told: Iterable[float]) -> bool:
    return any(abs(one * GB / share - 1) <= _NEAR for one in told)


MASTERS_WORDS: dict[str, Callable[[Figures], Words]] = {"masters_beside": _masters_beside}
