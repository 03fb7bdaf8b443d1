"""What LLaMA-Factory's table makes of a size that has no column there: its rule for any size, and the nearest column in proportion."""

from collections.abc import Callable
from typing import Any

from chat.plans.tables import SIZE_BETWEEN

Cell = dict[str, Any]
_NEAR = 2.0  # times a column's size, up to which it tells of another size
_SMALL = 3.0  # 1e9 parameters: less is mostly activations, logits and the runtime
_WEIGHTS_ALONE = ("2x", "x", "x/2", "x/4")  # 2 bytes of each parameter, 1, a half and a quarter
_MOST_METHODS = 4  # of which each is said in a sentence


def sizes_between(found: list[Cell]) -> dict[str, list[tuple[Cell, Cell | None]]]:
    """Of each size without a column the rule of each method that is asked about, and the nearest column's cell; empty where none is."""
    labels = [str(name).removesuffix("_gb") for name in (found[0] if found else ()) if name.endswith(SIZE_BETWEEN)]
    rules = [one for one in found if one["rule"]]
    if not labels or not 0 < len(rules) <= _MOST_METHODS:
        return {}
    cells = [one for one in found if not one["rule"] and "x" not in str(one["model_size"])]
    return {label: [(rule, _nearest(label, rule, cells)) for rule in rules] for label in labels}


def _nearest(label: str, rule: Cell, cells: list[Cell]) -> Cell | None:
    """The cell of the same row whose column is nearest to the size; none where it is far from all."""
    size = float(label.rstrip("B"))
    same = [one for one in cells if (one["method"], one["bits"]) == (rule["method"], rule["bits"])]
    off = [(max(size / own, own / size), one) for one in same if (own := float(str(one["model_size"]).rstrip("B")))]
    best = min(off, key=lambda one: one[0], default=(_NEAR, None))
    return best[1] if best[0] < _NEAR else None


def between_words(
    between: dict[str, list[tuple[Cell, Cell | None]]], zh: bool, method: Callable[[Cell, bool], str]
) -> str:
    """The figure for each size, by the rule and by the column beside it; which of them to plan by."""
    told = [_of_a_size(label, rows, zh, method) for label, rows in between.items()]
    sizes, beside = list(between), any(cell for rows in between.values() for _, cell in rows)
    small = any(float(label.rstrip("B")) < _SMALL for label in between)
    bare = list(dict.fromkeys(str(rule["rule"]) for rows in between.values() for rule, _ in rows if rule["rule"] in _WEIGHTS_ALONE))  # fmt: skip
    if zh:
        advice = (
            "这么小的模型,激活、logits 和运行时占很大一部分,公式里没有这些。"
            if small
            else f"两个不同时按大的规划,再给长序列和大批量的激活留余量。{_bare(bare, zh)}"
            if beside
            else ""
        )
        return f"**LLaMA-Factory 的表没有 {'、'.join(sizes)} 这一列,按任意大小的 xB 列(x 是以 B 计的总参数量)算:{'。'.join(told)}。** {advice}".rstrip()
    larger = (
        f"Where they differ plan by the larger, with room for longer samples and batches.{_bare(bare, zh)}"
        if beside
        else ""
    )
    advice = (
        "Beyond that, with so small a model, much of the need is activations, logits and the runtime, which the rule leaves out."
        if small
        else larger
    )
    return f"**LLaMA-Factory's table has no {' or '.join(sizes)} column; by the one for any size, xB of x billion parameters: {'. '.join(told)}.** {advice}".rstrip()


def _bare(rules: list[str], zh: bool) -> str:
    """That a rule is the weights alone at its bits: the least that it can be."""
    if not rules:
        return ""
    said = "、".join(rules) if zh else " and ".join([*([", ".join(rules[:-1])] if rules[1:] else []), rules[-1]])
    if zh:
        return f"{said} 只是这个位数下的权重本身,适配器、激活和运行时都没算,只能当下限;按比例的那列更接近实际。"
    are = "are" if len(rules) > 1 else "is"
    return f" The rule{'s' if rules[1:] else ''} {said} {are} the weights alone at those bits, with nothing for adapters, activations and the runtime: a lower bound; the column in proportion is nearer."


def _of_a_size(label: str, rows: list[tuple[Cell, Cell | None]], zh: bool, method: Callable[[Cell, bool], str]) -> str:
    key, said = f"{label}_gb", []
    for rule, cell in rows:
        by_rule = f"{method(rule, zh)} {rule['rule']} = {_gb(rule[key])} GB"
        if cell is None:
            said.append(by_rule)
        elif zh:
            said.append(f"{by_rule}({cell['model_size']} 那列写 {cell['memory_gb']:g} GB,按比例 {_gb(cell[key])} GB)")
        else:
            said.append(
                f"{by_rule} (the {cell['model_size']} column's {cell['memory_gb']:g} GB in proportion: {_gb(cell[key])} GB)"
            )
    return f"{label} {'、'.join(said)}" if zh else f"{label} {'; '.join(said)}"


def _gb(size: float) -> str:
    """Without a digit that a rough estimate does not have; a half as it is, which no two round alike."""
    return f"{size:.3g}" if size < 100 else f"{size:.1f}".removesuffix(".0")
