"""An asker's own sum of parameters in words: which of its numbers is not what it is taken for, and what it comes to with the right one."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import EXAMPLE_PARAMS, GB, Figures, Missing, both_words, gib_words, value_of
from chat.figures.sums.both_right import STATES, WEIGHTS
from chat.figures.sums.identified import product, sums
from formulas.notation import size_words
from formulas.quantity import SILENT, Words

_BITS = {4: 4, 8: 8, 16: 16, 32: 32}
_TRAINED = (
    16  # bytes of a parameter that trains in mixed precision, or as an adapter in fp32 with gradients and moments
)
_MOMENTS = 8  # of these Adam's two, in fp32
_ROUNDED = 0.1  # as people round a size
_PAIR = 4  # bytes of a 16-bit weight and its gradient


def _bits_as_bytes(figures: Figures) -> Words:
    """`7 × 16 = 112 GB` of fp16 weights: 16 are bits, and a byte has 8."""
    each = logged(figures, "sum_each")
    in_bytes = "sum_in_bytes" in figures.log  # too many of them, perhaps, but no bits
    if each not in _BITS or logged(figures, "sum_over") != 1 or in_bytes or _is_in_bytes(figures, each):
        raise Missing("bits")
    params = figures.need("params_said")
    if any(abs(one * GB / (each / 8 * params) - 1) <= _ROUNDED for one in figures.logged_all("sum")):
        raise Missing("slip")  # "8B × 4 bits = 4 GB": the eight is in it
    shown, right, wrong = size_words(params), both_words(each / 8 * params), f"{each * params / GB:g} GB"
    training = Words(
        f" {wrong} is another thing: full training with Adam in mixed precision keeps {_TRAINED} bytes of each parameter (2 + 2 + 4 + 4 + 4), the same product by chance.",
        f"{wrong} 是另一回事:用 Adam 混合精度全量训练时每参数存 {_TRAINED} 字节(2 + 2 + 4 + 4 + 4),数字碰巧相同。",
    ) if each == _TRAINED else SILENT  # fmt: skip
    fewer = [bits for bits in sorted({*figures.logged_all("bits_named")}) if bits != each]
    others = Words(
        "".join(f" In {bits:g} bits it is {size_words(params)} × {bits:g} ÷ 8 = {both_words(bits / 8 * params)}, and not {bits * params / GB:g} GB." for bits in fewer),
        "".join(f"{bits:g} 位则是 {size_words(params)} × {bits:g} ÷ 8 = {both_words(bits / 8 * params)},不是 {bits * params / GB:g} GB。" for bits in fewer),
    )  # fmt: skip
    return Words(
        f"**{each:g} is the number of bits, not of bytes: a byte has 8, so the weights are {shown} × {each:g} ÷ 8 = {right}, not {wrong}.**{others.en}{training.en} Scales of quantised weights, the KV cache and the runtime come on top.",
        f"**{each:g} 是位(bit)数,不是字节数:8 位是一个字节,权重是 {shown} × {each:g} ÷ 8 = {right},不是 {wrong}。**{others.zh}{training.zh}量化的缩放系数、KV 缓存和运行时另算。",
    )


def _is_in_bytes(figures: Figures, each: float) -> bool:
    """Are 4 bytes of fp32 meant, or as many numbers of each? No bits are told."""
    told = {"quantised", "named_16_bit"} & figures.about or each in figures.logged_all("bits_named")
    return "four_by_four" in figures.about or (each == _PAIR and not told)


def _adapters_train(figures: Figures) -> Words:
    """`537M × 2 bytes` of adapters that train: gradients and moments are theirs as well."""
    part, each = logged(figures, "part_params"), logged(figures, "part_each")
    count = value_of(figures.base, "adapter_params")
    if each >= _TRAINED or abs(part / count - 1) > 0.1:
        raise Missing("adapters")
    states, weights = _TRAINED * count, figures.base.terms.get("weights", 0.0)
    said, base = f"{part * each / GB:.2f} GB", both_words(weights)
    room = figures.base.capacity
    before = weights + (_TRAINED - _MOMENTS) * count
    there, there_zh = (", so that is where it runs out", ",所以在那一步 OOM") if room and before <= room else ("", "")
    over = Words(f", of {gib_words(room)} on the card", f",卡上 {gib_words(room)}") if room else SILENT
    return Words(
        f"**What is missing is the training of the adapters: {size_words(count)} × {_TRAINED} B = {both_words(states)}, not {said}: weights 4, gradients 4 and Adam's two moments 8 of each, in fp32. The moments are made at the first optimizer step{there}.** With the stored base, {base}, that is {both_words(states + weights)} before activations and logits{over.en}. A rank of a quarter takes a quarter of it, 8-bit Adam (paged_adamw_8bit) keeps 2 B of moments instead of 8.",
        f"**漏算的是适配器的训练:{size_words(count)} × {_TRAINED} 字节 = {both_words(states)},不是 {said}:每参数权重 4、梯度 4、Adam 两个动量 8 字节(fp32)。动量在第一次优化器更新时才分配{there_zh}。** 加上存储的基座 {base},激活和 logits 之前就是 {both_words(states + weights)}{over.zh}。秩减到四分之一,这部分也减到四分之一;8 位 Adam(paged_adamw_8bit)的动量从 8 字节降到 2 字节。",
    )


def _terms(figures: Figures) -> Words:
    """`3θ + 3θ + 3θ = 12θ`: which side is meant, and what each term is."""
    term, many, total = (logged(figures, f"theta_{name}") for name in ("term", "terms", "sum"))
    right = total / many
    if term * many != total and term in (2, 4) and total == term * (many + 1):
        return _term_missing(term, int(many), total)
    if term * many == total or right not in (2, 4):
        raise Missing("a slip")
    parts = {
        (4, 3): Words("the fp32 copy of the weights and Adam's two fp32 moments", "fp32 主权重、Adam 的一阶动量和二阶动量"),
        (4, 2): Words("Adam's two fp32 moments", "Adam 的两个 fp32 动量"),
        (2, 2): Words("16-bit weights and gradients", "16 位权重和梯度"),
    }.get((int(right), int(many)))  # fmt: skip
    each = Words(f": {parts.en}, {right:g} B each", f",即{parts.zh},各 {right:g} 字节") if parts else SILENT
    shown, said = " + ".join([f"{right:g}θ"] * int(many)), " + ".join([f"{term:g}θ"] * int(many))
    params = figures.params if figures.names_model else EXAMPLE_PARAMS
    whole = Words(
        f" The total stands: 2 + 2 + {total:g} = {total + 4:g} B per parameter, for {size_words(params)} parameters {(total + 4) * params / GB:g} GB, without activations and logits. With gradients kept in fp32 the sum is 18 or 20.",
        f"总数不变:2 + 2 + {total:g} = 每参数 {total + 4:g} 字节,{size_words(params)} 参数就是 {(total + 4) * params / GB:g} GB,不含激活和 logits。梯度若也存 fp32,则是 18 或 20。",
    ) if total == 12 else SILENT  # fmt: skip
    return Words(
        f"**A slip of the pen: {said} is {term * many:g}θ, and no number takes {term:g} bytes here; it should read {shown} = {total:g}θ{each.en}.**{whole.en}",
        f"**是笔误:{said} = {term * many:g}θ,这里也没有 {term:g} 字节的数;应为 {shown} = {total:g}θ{each.zh}。**{whole.zh}",
    )


def _term_missing(term: float, many: int, total: float) -> Words:
    """`4θ + 4θ = 12θ`: the terms are right, and one is left out."""
    said, full = (" + ".join([f"{term:g}θ"] * count) for count in (many, many + 1))
    what = (
        Words(
            "the fp32 copy of the weights, beside Adam's two fp32 moments",
            "fp32 主权重,另外两项是 Adam 的两个 fp32 动量",
        )
        if (term, many) == (4, 2)
        else Words("as large as the others", "与其他项一样大")
    )
    return Words(
        f"**One term is left out: {said} is {term * many:g}θ; {total:g}θ is {full}.** The missing one is {what.en}.",
        f"**是少了一项:{said} = {term * many:g}θ,{total:g}θ 是 {full}。** 少的是{what.zh}。",
    )


def _parties(figures: Figures) -> Words:
    """Each figure that somebody gives, with what it counts: amounts by the bytes of a parameter that they are, and what is left out."""
    known = {**WEIGHTS, **STATES}
    found = {one.claim: one for one in sorted(sums(figures, *STATES), key=lambda each: -each.off)}
    told = [(f"{one.claim:g} GB", one.each, one.real) for one in found.values()]
    if not told or "pair_each" not in figures.log:
        raise Missing("parties")
    lines = [
        Words(
            f"{claim} is {product(figures, each, real).en}, {known[each].en}",
            f"{claim} = {product(figures, each, real).zh},是{known[each].zh}",
        )
        for claim, each, real in told
    ]
    pair = SILENT
    if _PAIR in figures.logged_all("pair_each"):
        pair = Words(
            f" {_PAIR} B are the 16-bit weights 2 and gradients 2 alone: they leave out the optimizer, 4 B more in pure bf16 (two bf16 moments) and 12 B in mixed precision (the fp32 copy 4 + two fp32 moments 8). That is no activation.",
            f"{_PAIR} 字节只是 16 位权重 2 加梯度 2,漏了优化器:纯 bf16 再加 4 字节(两个 bf16 动量),混合精度再加 12 字节(fp32 主权重 4 + 两个 fp32 动量 8);这部分不是激活。",
        )
    several = len(lines) > 1
    opens = Words(
        "Both amounts are right, each for its own training: " if several else "The amount is right: ",
        "两个数都对,只是训练方式不同:" if several else "这个数是对的:",
    )
    return Words(
        f"**{opens.en}{'; '.join(one.en for one in lines)}.**{pair.en} Activations and logits come on top of either.",
        f"**{opens.zh}{';'.join(one.zh for one in lines)}。**{pair.zh}激活和 logits 都另算。",
    )


SAID_SUMS: dict[str, Callable[[Figures], Words]] = {
    "bits_as_bytes": _bits_as_bytes, "adapters_train": _adapters_train, "theta_slip": _terms, "parties": _parties,
}  # fmt: skip
