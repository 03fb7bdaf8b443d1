"""Figures that several people or programs give for one model, each of them right of something else."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, gib_words, how_far
from chat.figures.sums.identified import Sum, product, sums
from chat.figures.sums.quoted import claim_words
from formulas.chinese import spaced
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED

WEIGHTS: dict[float, Words] = {
    0.5: Words("the weights in 4 bits", "4 位的权重"),
    1: Words("the weights in 8 bits", "8 位的权重"),
    2: Words("the weights alone in 16 bit", "16 位的权重,不含其他"),
    4: Words("the weights alone in fp32", "fp32 的权重,不含其他"),
}
STATES: dict[float, Words] = {
    8: Words(
        "training in pure bf16: weights 2 + gradients 2 + Adam's two moments 2 + 2",
        "纯 bf16 训练:权重 2 + 梯度 2 + Adam 两个动量 2 + 2",
    ),
    12: Words(
        "16-bit weights 2 + gradients 2 + Adam's two fp32 moments 8, without an fp32 copy of the weights (as the QLoRA paper counts), or Adam's part alone, the copy 4 + the moments 8",
        "16 位权重 2 + 梯度 2 + Adam 两个 fp32 动量 8,不含 fp32 主权重(QLoRA 论文的算法),或只是 Adam 的部分,即主权重 4 + 动量 8",
    ),
    16: Words(
        "mixed precision with Adam: 16-bit weights 2 + gradients 2 + an fp32 copy of the weights 4 + two fp32 moments 4 + 4",
        "混合精度加 Adam:16 位权重 2 + 梯度 2 + fp32 主权重 4 + 两个 fp32 动量 4 + 4",
    ),
    18: Words("the same with fp32 gradients: 2 + 4 + 4 + 4 + 4", "同上,梯度用 fp32:2 + 4 + 4 + 4 + 4"),
    20: Words(
        "the same with 16-bit and fp32 gradients: 2 + 2 + 4 + 4 + 4 + 4",
        "同上,16 位与 fp32 梯度都留:2 + 2 + 4 + 4 + 4 + 4",
    ),
}
WITHOUT_OPTIMIZER = Words(
    "the weights alone in fp32, or 16-bit weights 2 + gradients 2 without any optimizer",
    "fp32 的权重,或 16 位权重 2 + 梯度 2,都没有算优化器",
)
# the same bytes where the optimizer's states alone are asked about
OF_ADAM: dict[float, Words] = {
    4: Words("two 16-bit moments, 2 + 2, or one in fp32", "两个 16 位动量 2 + 2,或一个 fp32 动量"),
    8: Words(
        "Adam's two fp32 moments, 4 + 4: two values for each parameter, of 4 B each",
        "Adam 两个 fp32 动量,4 + 4,即每个参数两个数、各 4 字节",
    ),
    12: Words(
        "Adam's two fp32 moments with the fp32 copy of the weights, 4 + 4 + 4, which mixed precision keeps with the optimizer",
        "Adam 两个 fp32 动量加 fp32 主权重,4 + 4 + 4,混合精度时常算在优化器里",
    ),
}
_ROUNDED = 0.035  # the sums lie 11 % apart and more
_BY_HAND = 0.08  # of LLaMA-Factory's table, whose cells are rounded more
_PLAINLY = 0.006  # further off it is only about so much
WHY_A_COPY = Words(
    " The fp32 copy is what Adam updates: a step is far smaller than the weight that it changes, and 16 bit would round it away; for the same reason the moments are kept in fp32.",
    "fp32 主权重是 Adam 真正更新的那一份:每步的改动远小于权重本身,用 16 位会被舍掉;动量用 fp32 也是这个原因。",
)


def each_right(figures: Figures) -> Words:
    """What each of the figures is, and that none is wrong; Missing where they are not of different sums of bytes."""
    training = figures.knob("task") == "train"
    what = {**WEIGHTS, **STATES, 4: WITHOUT_OPTIMIZER} if training else WEIGHTS
    if "adam_state" in figures.about:
        what = {**what, **OF_ADAM}
    found: dict[float, Sum] = {}
    for one in sums(figures, *what, rounded=_BY_HAND if "llama_factory" in figures.about else _ROUNDED):
        if one.each not in found or one.off < found[one.each].off:
            found[one.each] = one
    stated = {float(one) for one in figures.told.get("claims_gb", ()) if one}
    if len(found) < 2 or len(stated - {one.claim for one in found.values()}) > 0:
        raise Missing("different sums")
    told = [(one, what[one.each]) for one in sorted(found.values(), key=lambda one: one.each)]
    sizes = [(product(figures, one.each, one.real), each, one) for one, each in told]
    many = len(told) > 2
    opening = Words(
        f"**{'None of them' if many else 'Neither'} is wrong: they count different things of the same model.**",
        f"**{'都' if many else '两个都'}没算错,只是算的不是同一样东西。**",
    )
    each = Words(
        " ".join(f"{_said(one)} is{_about(one, ' about', '')} {size.en}, {words.en}." for size, words, one in sizes),
        "".join(f"{_said(one)} {_about(one, '≈', '=')} {size.zh},是{spaced(words.zh)}。" for size, words, one in sizes),
    )
    eaches = [one.each for one, _ in told]
    why = WHY_A_COPY if max(eaches) >= TRAINED and any(2 < one < TRAINED for one in eaches) else SILENT
    beyond = (
        Words(" Activations, logits and the runtime are in none of them.", "激活、logits 和运行时都不在其中。")
        if training
        else Words(" The KV cache and the runtime are in none of them.", "KV 缓存和运行时都不在其中。")
    )
    return Words(f"{opening.en} {each.en}{why.en}{beyond.en}", f"{opening.zh}{each.zh}{why.zh}{beyond.zh}")


def _about(one: Sum, about: str, just: str) -> str:
    return about if one.off > _PLAINLY else just


def _said(one: Sum) -> str:
    return f"{one.claim:g} {'GiB' if one.binary else 'GB'}" if one.claim < 1000 else f"{one.claim / 1000:g} TB"


def _range(figures: Figures) -> Words:
    """What somebody gives as a range, where 16-bit weights with all else of a short run fall into it; Missing elsewhere."""
    low, high = logged(figures, "range_low"), logged(figures, "range_high")
    weights = 2 * figures.params
    if not (low * GB <= _USUAL_BESIDE * weights and weights <= high * GIB):
        raise Missing("range of the 16-bit weights")
    shown, sizes = f"{low:g}–{high:g} GB", product(figures, 2, real=True)
    named = product(figures, 2)
    count = SILENT
    if abs(figures.params / figures.need("params_said") - 1) > _PLAINLY:
        count = Words(f", not {named.en.split(' = ')[0]}", f",而不是 {named.zh.split(' = ')[0]}")
    return Words(
        f"**{shown} is right, in 16 bit: {sizes.en} are the weights alone{count.en}**; the KV cache, activations and the runtime come on top{_on_the_card(figures).en}.",
        f"**{shown} 是对的,指 16 位:仅权重就是{sizes.zh.removeprefix(' ')}{count.zh}**;KV 缓存、激活和运行时另算{_on_the_card(figures).zh}。",
    )


def _on_the_card(figures: Figures) -> Words:
    """What 16 bits come to on the cards that are named, at the length that is counted."""
    there = figures.at(weight_format="bf16", bits=None)
    if not there.capacity:
        return SILENT
    need, room, seq = gib_words(there.best), gib_words(there.capacity), int(figures.knob("seq_len"))
    over = there.best > there.capacity
    left = gib_words(abs(there.capacity - there.best))
    return Words(
        f": {need} in all at {seq:,} tokens{' per card' if figures.n > 1 else ''}, {f'{left} more than' if over else f'all but {left} of'} the {room} there are",
        f":{seq:,} token 时{'每张卡' if figures.n > 1 else ''}共 {need},{f'比可用的 {room} 多 {left}' if over else f'可用 {room},只剩 {left}'}",
    )


_USUAL_BESIDE = 1.25  # what is held in all, of the weights, with a short context


def _training_keeps(figures: Figures) -> Words:
    """What training all weights keeps of each parameter, where it is asked why it takes more than they do; silent elsewhere."""
    full = figures.knob("method") == "full" and figures.knob("optimizer") == "adamw" and not figures.pure
    if figures.knob("task") != "train" or not full or "why_more" not in figures.about:
        return SILENT
    whole = gib_words(TRAINED * figures.params)
    return Words(
        f" Full training keeps {TRAINED} B of each: weights 2 + gradients 2 + an fp32 copy 4 + Adam's two moments 4 + 4, {whole}; activations, logits and the runtime come on top.",
        f"全参训练每个参数要留 {TRAINED} 字节:权重 2 + 梯度 2 + fp32 主权重 4 + Adam 两个动量 4 + 4,共 {whole};激活、logits 和运行时另算。",
    )


CLAIM_WORDS = {"range_of_16_bit": _range, "training_keeps": _training_keeps}


def _copies(figures: Figures) -> float:
    """What several times the 16-bit weights of one model were said to come to."""
    each, params = logged(figures, "copy"), (figures.params, figures.need("params_said"))
    if all(how_far(each, 2 * count) > _ROUNDED for count in params):
        raise Missing("copies of the weights")
    return logged(figures, "copies_in_all") * GB


COPIES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "copies_claimed": (_copies, claim_words),
    "copies": (lambda f: logged(f, "copies"), lambda count: f"{count:g}"),
    "copy_claimed": (lambda f: logged(f, "copy") * GB, claim_words),
}
