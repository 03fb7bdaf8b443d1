"""How many parameters adapters of a mixture train, by how its experts are stored, and why they are so many."""

from collections.abc import Callable
from dataclasses import dataclass

from chat.figures.named import Figures, Missing, both_words
from formulas.anatomy import adapter_params
from formulas.derivation import Derivation, Fact, derive
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import Words
from kb.bytes_each import TRAINED
from kb.fused_experts import ALL_LINEAR

_WAYS = ("separate", "joined", "named")  # as the formulas name them
_NEAR = 0.02  # of a count as people write it
_ROUNDED = 0.08  # of one that is told in a digit or two: "800M", "13M"
_AT_LEAST = 0.15  # by so much a count may be over the one that is told as "800M+"
_OF_WAYS = {
    "separate": Words("where experts are linears of their own (transformers 4)", "专家是独立线性层时(transformers 4)"),
    "joined": Words(
        "where experts are one tensor (transformers 5, peft from 0.20 on)",
        "专家存成一个张量时(transformers 5、peft 0.20 起)",
    ),
    "named": Words(
        "where the experts' tensor is named in target_parameters, at the rank itself",
        "用 target_parameters 按原秩指定专家张量时",
    ),
}


@dataclass(frozen=True)
class Adapted:
    """The adapters of a mixture: the whole count by each way, the part outside of the experts, and what the experts' is made of."""

    counts: dict[str, float]
    rest: float
    attention_alone: bool
    layers: int
    experts: int
    hidden: int
    width: int
    rank: int

    def product(self, way: str) -> tuple[str, float]:
        """The experts' part as a product."""
        h, m, r = self.hidden, self.width, self.rank
        head = f"{self.layers} layers × {self.experts} experts"
        if way == "separate":
            return f"{head} × 3 × {r} × ({h:,} + {m:,})", self.layers * self.experts * 3 * r * (h + m)
        twice = 2 if way == "joined" else 1
        joined = f"({h:,} + {2 * m:,})"
        shown = f"{f'2 × {joined}' if twice == 2 else joined[1:-1]} + {m:,} + {h:,}"
        return f"{head} × {r} × ({shown})", self.layers * self.experts * r * (twice * (h + 2 * m) + m + h)

    def fits(self, said: float, at_least: bool) -> str | None:
        """The way whose count is the one that is told; `rest` where the experts have none."""
        counted = [*self.counts.items(), ("rest", self.rest)]
        near = [way for way, count in counted if _rounds_to(count, said)]
        over = [way for way, count in counted if at_least and said <= count <= (1 + _AT_LEAST) * said]
        return next(iter([*near, *over]), None)


def _rounds_to(count: float, said: float) -> bool:
    """Is the count what is told, in as many digits as it is told in?"""
    off = abs(said / count - 1)
    digits = next(n for n in range(1, 18) if float(f"{said:.{n - 1}e}") == said)
    return off <= _NEAR or (off <= _ROUNDED and float(f"{count:.{digits - 1}e}") == said)


def _way(figures: Figures, way: str) -> Derivation:
    where = figures.base if "targets_told" in figures.log else figures.at(lora_targets=ALL_LINEAR)
    facts = where.situation.facts
    return derive(adapter_params, {**facts, "experts_adapted": Fact(way, "asked")})


def adapted(figures: Figures) -> Adapted:
    """Missing where adapters of all linears leave the experts out, or there are none."""
    try:
        found = {way: _way(figures, way) for way in _WAYS}
    except BadInput as error:
        raise Missing("adapters") from error
    values = {quantity.name: float(value) for quantity, value in found["joined"].values.items() if _number(value)}
    of_experts = values.get("expert_adapter_params", 0.0)
    if not of_experts or not values.get("experts_held"):
        raise Missing("experts")
    whole = {way: float(one.value or 0) for way, one in found.items()}
    layers = sum(
        values[f"n_layers_of{name[len('expert_adapters') :]}"]
        for name, value in values.items()
        if name.startswith("expert_adapters") and value
    )
    rest = whole["joined"] - of_experts
    attention = figures.at(lora_targets="q k v o")
    alone = next((float(v) for q, v in attention.values.items() if q.name == "adapter_params"), 0.0)
    sizes = (int(values[name]) for name in ("experts_held", "hidden_size", "moe_intermediate_size", "lora_rank"))
    return Adapted(whole, rest, abs(alone / rest - 1) < _NEAR, int(layers), *sizes)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def told_count(figures: Figures) -> tuple[float, bool] | None:
    """The count that is told, and whether it is told as the least."""
    said = next((one for name in ("adapters_said", "trained") for one in figures.logged_all(name)), None)
    return (said, "adapters_over" in figures.log) if said else None


def of_mixture(figures: Figures) -> Words:
    """Whether a count that is told is one of the ways, and of what it is made."""
    try:
        one, told = adapted(figures), told_count(figures)
    except Missing:
        return _without_experts(figures)
    way = one.fits(*told) if told else None
    shown = size_words(told[0]) + ("+" if told[1] else "") if told else ""
    lead = _left_out(one, shown) if way == "rest" else _lead(one, way, shown)
    others, counted = _others(one, way), one.counts["joined"]
    least, most = (both_words(TRAINED * one.counts[name]) for name in ("separate", "joined"))
    rest = both_words(TRAINED * one.rest)
    what = _rest(one)
    return Words(
        f"{lead.en} {others.en} With gradient and Adam each is {TRAINED} B: {least} or {most}, against {rest} of {what.en}; {size_words(counted)} are counted here. Fewer: adapters on attention alone, or a smaller rank on the experts.",
        f"{lead.zh}{others.zh}连同梯度和 Adam 每个 {TRAINED} 字节:{least} 或 {most},而{what.zh}只要 {rest};这里按 {size_words(counted)} 计。要少:只加在注意力上,或减小专家的秩。",
    )


def _without_experts(figures: Figures) -> Words:
    """Of a mixture whose experts are one tensor, which all linears leave out: what trains, and what would if it were named."""
    facts = figures.at(lora_targets=ALL_LINEAR).situation.facts
    try:
        bare = derive(adapter_params, facts)
        named = derive(
            adapter_params, {**facts, "experts_adapted": Fact("named", "asked"), "on_experts": Fact(1, "asked")}
        )
    except BadInput as error:
        raise Missing("adapters") from error
    count, whole = float(bare.value or 0), float(named.value or 0)
    if not count or whole <= count or "targets_told" in figures.log:
        raise Missing("experts")
    rank, told = int(figures.knob("lora_rank") or 0), told_count(figures)
    is_it = told is not None and _rounds_to(count, told[0])
    said, said_zh = (
        (f"{size_words(told[0])} are", f"{size_words(told[0])} 就是") if is_it and told else ("it is", "训练的是")
    )
    own, all_ = both_words(TRAINED * count), both_words(TRAINED * whole)
    return Words(
        f"**The experts are left out: they are stored as one tensor, in which all-linear finds no linears; {said} the adapters of attention, {size_words(count)} at rank {rank}.** With gradients and Adam at {TRAINED} B each they take {own}. Where target_parameters names the experts' tensors (or the program does, as Unsloth), it is {size_words(whole)} at that rank, {all_}; all parameters of the base stay loaded either way.",
        f"**专家没有训练:它们存成一个张量,all-linear 在里面找不到线性层;{said_zh}注意力的适配器,秩 {rank} 时 {size_words(count)}。** 连同梯度和 Adam 每个 {TRAINED} 字节,共 {own}。用 target_parameters 指定专家张量(或由程序处理,如 Unsloth)后,同样的秩是 {size_words(whole)},{all_};无论哪种,基座的全部参数都要加载。",
    )


def _rest(one: Adapted) -> Words:
    if one.attention_alone:
        return Words("attention alone", "注意力部分")
    return Words("all that is no expert", "专家以外的部分")


def _lead(one: Adapted, way: str | None, shown: str) -> Words:
    """The sum of the way that is told, or of separate linears, behind the verdict on the count."""
    sums, count = one.product(way or "separate")
    product, product_zh = f"{sums} = {size_words(count)}", f"{_chinese(sums)} = {size_words(count)}"
    whole, rest, what = size_words(one.counts[way or "separate"]), size_words(one.rest), _rest(one)
    because = Words(
        f"every expert has adapters of its own, {product}; {what.en} has {rest}.**",
        f"每个专家都有自己的适配器,{product_zh};{what.zh}是 {rest}。**",
    )
    if way:
        there = _OF_WAYS[way]
        all_en, all_zh = ("", "") if shown == whole else (f", {whole} in all", f",共 {whole}")
        return Words(
            f"**{shown} is right {there.en}{all_en}: {because.en}",
            f"**{there.zh}{shown} 是对的{all_zh}:{because.zh}",
        )
    if shown:
        return Words(
            f"**{shown} is none of the counts of rank {one.rank}: {because.en}",
            f"**秩 {one.rank} 时没有哪种存法是 {shown}:{because.zh}",
        )
    return Words(f"**{because.en[0].upper()}{because.en[1:]}", f"**{because.zh}")


def _left_out(one: Adapted, shown: str) -> Words:
    what = _rest(one)
    return Words(
        f"**{shown} are the adapters of {what.en}: the experts have none.** all-linear leaves out experts that are one tensor (transformers 5) in peft before 0.20.",
        f"**{shown} 只是{what.zh}的适配器,专家一个都没有。** 专家存成一个张量时(transformers 5),peft 0.20 之前的 all-linear 不会作用于专家。",
    )


def _chinese(sums: str) -> str:
    return sums.replace(" layers", " 层").replace(" experts", " 个专家")


def _others(one: Adapted, way: str | None) -> Words:
    """The whole by the other ways; what leaves the experts out."""
    found = [name for name in _WAYS if name != way]
    told = [(size_words(one.counts[name]), _OF_WAYS[name]) for name in found]
    if way != "rest":
        left = Words(
            "where all-linear leaves them out (transformers 5, peft before 0.20)",
            "all-linear 不作用于专家时(transformers 5、peft 0.20 之前)",
        )
        told.append((size_words(one.rest), left))
    return Words(
        "In all it is " + "; ".join(f"{count} {where.en}" for count, where in told) + ".",
        "合计:" + ";".join(f"{where.zh}是 {count}" for count, where in told) + "。",
    )


EXPERT_ADAPTERS: dict[str, Callable[[Figures], Words]] = {"adapters_of_mixture": of_mixture}
