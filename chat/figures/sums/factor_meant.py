"""What a factor of somebody's product of the parameters is: bytes of a number, or how many numbers a training keeps of each."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, both_words
from formulas.notation import size_words
from formulas.quantity import Words

_ORDER = {1: Words("first", "第一个"), 2: Words("second", "第二个")}
_KEPT = 4  # of a parameter: the weight, its gradient and Adam's two moments
_FULL, _MIXED = 4, 16  # bytes of a number in fp32, and of all numbers of a parameter


def _factor_meant(figures: Figures) -> Words:
    params, place = figures.need("params_said"), int(logged(figures, "factor_asked"))
    factors = [int(one) for name in ("first", "second") for one in figures.logged_all(f"factor_{name}")]
    if len(factors) == 1:
        return _of_bytes(params, factors[0])
    if _KEPT not in factors:
        raise Missing("a training")
    alike = factors[0] == factors[1]
    each = next((one for one in factors if one != _KEPT), _FULL)
    of_bytes = 0 if factors[0] == each else 1  # the bytes of a number come first where both are alike
    names = [
        Words(f"the {_ORDER[at + 1].en} {one}", f"{_ORDER[at + 1].zh} {one}")
        if alike
        else Words(f"the {one}", f"{one} ")
        for at, one in enumerate(factors)
    ]
    in_bits = "fp32" if each == _FULL else "bf16"
    said = {
        of_bytes: Words(f"the {each} bytes of a number in {in_bits}", f"一个 {in_bits} 数的 {each} 字节"),
        1 - of_bytes: Words(
            f"the {_KEPT} numbers that training with Adam keeps of each parameter: the weight, its gradient and two moments",
            f"用 Adam 训练时每个参数要存的 {_KEPT} 个数:权重、梯度和 Adam 的两个动量",
        ),
    }
    order = (1, 0) if place == 2 else (0, 1)
    (first, other) = ((names[at], said[at]) for at in order)
    whole = factors[0] * factors[1]
    rest = Words(
        f"Mixed precision comes to the same {_MIXED} B, otherwise divided: weight 2 + gradient 2 + fp32 copy 4 + moments 4 + 4.",
        f"混合精度同样是 {_MIXED} 字节,只是拆法不同:权重 2 + 梯度 2 + fp32 主权重 4 + 两个动量 4 + 4。",
    ) if whole == _MIXED else Words(
        f"That is training purely in bf16; mixed precision keeps {_MIXED} B: weight 2 + gradient 2 + fp32 copy 4 + moments 4 + 4.",
        f"这是纯 bf16 训练;混合精度是 {_MIXED} 字节:权重 2 + 梯度 2 + fp32 主权重 4 + 两个动量 4 + 4。",
    )  # fmt: skip
    return Words(
        f"**{first[0].en[0].upper()}{first[0].en[1:]} is {first[1].en}; {other[0].en} is {other[1].en}.** "
        f"So {size_words(params)} × {whole} B = {both_words(whole * params)} of full fine-tuning, before activations, logits and the runtime. {rest.en}",
        f"**{first[0].zh.strip()} 是{first[1].zh};{other[0].zh.strip()} 是{other[1].zh}。** "
        f"所以全参微调是 {size_words(params)} × {whole} 字节 = {both_words(whole * params)},激活、logits 和运行时另算。{rest.zh}",
    )


def _of_bytes(params: float, each: int) -> Words:
    """A single factor: the bytes of each weight as it is loaded."""
    others = {4: ("fp32", "16 bit has 2, 8 bit 1 and 4 bit about half", "16 位是 2、8 位是 1、4 位约 0.5"),
              2: ("fp16 or bf16", "fp32 has 4, 8 bit 1 and 4 bit about half", "fp32 是 4、8 位是 1、4 位约 0.5")}[each]  # fmt: skip
    name, en, zh = others
    smaller = both_words(2 * params) if each == _FULL else both_words(params / 2)
    less = (
        Words(f"in 16 bit {smaller}", f"16 位是 {smaller}")
        if each == _FULL
        else Words(f"in 4 bit about {smaller}", f"4 位约 {smaller}")
    )
    return Words(
        f"**The {each} is the bytes of one weight in {name}: {size_words(params)} × {each} B = {both_words(each * params)} ({en}; so {less.en}).** That is the weights alone: cache or training, and the runtime, come on top.",
        f"**{each} 是 {name.replace(' or ', ' 或 ')} 每个权重的字节数:{size_words(params)} × {each} 字节 = {both_words(each * params)}({zh};{less.zh})。** 这只是权重,缓存或训练、运行时另算。",
    )


def _factor_of_cache(figures: Figures) -> Words:
    """Of the two 2 in `2 × 32 × 8 × 128 × 2` the one that is asked about, then the other."""
    width, shown = figures.fact("kv_bytes"), kib(figures.base.terms["kv_cache"] / figures.tokens)
    said = (
        Words("the 2 in front is keys and values, one of each for every layer and KV head", "最前面的 2 是 K 和 V 各一份(每层、每个 KV 头都要存一对)"),
        Words(f"the 2 at the end is the bytes of a number in 16 bit (here {width:g}; 8 bit has 1)", f"最后的 2 是 16 位数的字节数(这里是 {width:g};8 位是 1)"),
    )  # fmt: skip
    first, other = said[::-1] if logged(figures, "cache_factor") == 2 else said
    return Words(
        f"**{first.en[0].upper()}{first.en[1:]}; {other.en}.** The product is {shown} per token.",
        f"**{first.zh};{other.zh}。** 乘起来是每 token {shown}。",
    )


FACTOR_MEANT: dict[str, Callable[[Figures], Words]] = {
    "factor_meant": _factor_meant,
    "factor_of_cache": _factor_of_cache,
}
