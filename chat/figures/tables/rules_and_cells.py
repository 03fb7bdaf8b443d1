"""LLaMA-Factory's rule for any size beside the cells of the sizes that are told: where the two differ, and which to plan by."""

from dataclasses import dataclass

from chat.figures.named import Figures, Missing
from formulas.quantity import Words
from kb.database import rows
from kb.name_parts import size_value
from kb.published import FINETUNE_METHODS

ROUNDED = 0.005  # by less a rule and a cell say the same
_NEAR = 0.06  # of a column's size
_WEIGHTS_ALONE = Words("the {}-bit weights alone", "只是 {} 位的权重")
_BESIDE_BASE = {
    16: Words("the adapters' states and activations at short lengths", "适配器的状态和短序列的激活"),
    None: Words("scales, the 16-bit embedding, adapters and activations", "量化常数、16 位的 embedding、适配器和激活"),
}
_STATES_OF_RULE = {
    True: Words("weights 2, fp32 gradients 4, fp32 copy 4, moments 8", "权重 2、fp32 梯度 4、fp32 主权重 4、动量 8"),
    False: Words("weights 2, gradients 2, moments 2 + 2", "权重 2、梯度 2、动量 2 + 2"),
}


@dataclass(frozen=True)
class Pair:
    """A cell, and what the rule of its row makes of its size."""

    name: str
    size: float  # in 1e9 parameters
    bits: int | None
    cell: float
    rule: str

    @property
    def each(self) -> float:
        times, _, over = self.rule.partition("/")
        return float(times.rstrip("x") or 1) / float(over or 1)

    @property
    def by_rule(self) -> float:
        return self.each * self.size

    @property
    def of_each(self) -> str:
        return f"{self.cell / self.size:.3g}"

    @property
    def shown(self) -> str:
        return f"{self.size:g}B × {self.each:g} B = {self.by_rule:g} GB"

    @property
    def differ(self) -> bool:
        return abs(self.by_rule / self.cell - 1) >= ROUNDED


def method_of(figures: Figures) -> str:
    """The row's name; full tuning where none is told, what `18x` is of."""
    return FINETUNE_METHODS.get(str(figures.knob("method")), "")


def pairs_near(figures: Figures, size: float) -> list[Pair]:
    """Every cell of the method with its rule, the sizes nearest to this one first."""
    method = method_of(figures)
    found = rows(
        "SELECT bits, model_size, params_b, memory_gb FROM finetune WHERE method = ? AND (method = 'Full' OR bits = ?) "
        "ORDER BY abs(params_b * 1e9 / ? - 1)",
        [method, 16 if method == "LoRA" else int(figures.knob("bits") or 4), size],
    )
    rules = rows(
        "SELECT bits, max_by(rule, revision) AS rule FROM finetune_revisions WHERE rule IS NOT NULL AND method = ? GROUP BY bits",
        [method],
    )
    of_bits = {int(one["bits"] or 32): str(one["rule"]) for one in rules}
    return [
        Pair(str(one["model_size"]), float(one["params_b"]), one["bits"], float(one["memory_gb"]), rule)
        for one in found
        if (rule := of_bits.get(int(one["bits"] or 32)))
    ]


def what_is_in(figures: Figures, pair: Pair) -> tuple[Words, Words]:
    """What a rule of the table counts, and what it leaves out."""
    if method_of(figures) == "Full":
        return _STATES_OF_RULE[pair.bits in (None, 32)], Words("activations and buffers", "激活和缓冲")
    what = Words(_WEIGHTS_ALONE.en.format(pair.bits), _WEIGHTS_ALONE.zh.format(pair.bits))
    return what, _BESIDE_BASE[16 if method_of(figures) == "LoRA" else None]


def of_each_size(figures: Figures) -> list[Pair]:
    """Where several sizes are told, of each the cell of one row: that with a cell which is stated, else the first."""
    sizes = [size for one in figures.told.get("sizes", ()) if (size := size_value(str(one).lower()))]
    near = [[one for one in pairs_near(figures, size) if abs(one.size * 1e9 / size - 1) < _NEAR] for size in sizes]
    stated = {float(one) for name in ("claims_gb", "bare_gb", "observed_gb") for one in figures.told.get(name, ())}
    rule = next((one.rule for each in near for one in each if {one.cell, one.by_rule} & stated), "")
    found = [next((one for one in each if one.rule == rule), None) for each in near]
    pairs = [one for one in found if one is not None]
    return pairs if len(pairs) > 1 and any(one.differ for one in pairs) else []


def told_of_each(figures: Figures, pairs: list[Pair]) -> Words:
    """The rule and the cell of each size, and that the larger is what to plan by."""
    what, _ = what_is_in(figures, pairs[0])
    rule, each = pairs[0].rule, pairs[0].each
    lines = [
        Words(
            f"{one.name}: {one.shown} by the rule, {one.cell:g} GB in its cell ({one.of_each} B each)",
            f"{one.name}:公式 {one.shown},格子 {one.cell:g} GB(每参数 {one.of_each} 字节)",
        )
        for one in pairs
    ]
    return Words(
        f"**Neither to the gigabyte, both are rough: {rule} is {each:g} B for each parameter ({what.en}), the cells are rounded by hand. {'; '.join(one.en for one in lines)}.** Take the larger of the two for each size, and add room for activations: long samples are in neither.",
        f"**都是粗估,不必信到个位:{rule} 即每参数 {each:g} 字节({what.zh}),格子是手工取整的。{';'.join(one.zh for one in lines)}。** 每个大小取两者中较大的,再给激活留余量:长序列哪个都没算。",
    )


def differing(pair: Pair | None) -> Pair:
    """The pair that is told; Missing where there is none, or both say the same."""
    if pair is None or not pair.differ:
        raise Missing("difference")
    return pair
