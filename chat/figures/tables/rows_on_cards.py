"""Which rows of LLaMA-Factory's table several cards hold: each a whole copy, on one card, or divided over all of them."""

from typing import Any

from chat.figures.named import Figures, Missing
from formulas.quantity import SILENT, Words
from kb.database import rows

_ANY_SIZE = 1.35  # a size that is further than this from every column has none
_FULL = 0.96  # of the cards: what a cell fills so far leaves nothing for longer sequences
_WHOLE_IN_BITS, _IN_PARTS = 8, 4  # bitsandbytes' base of so many bits is not sharded, that of so many is


def rows_on_cards(figures: Figures) -> Words:
    """The rows of the column of the size at hand that one card holds, that all do together, and that they do not."""
    count, size, cells = figures.n, _card(figures), _column(figures.need("params_said") / 1e9)
    whole = count * size
    bounds = ((0.0, size), (size, whole), (whole, float("inf")))
    each, divided, more = (
        [one for one in cells if low < float(one["memory_gb"]) <= high] for low, high in bounds
    )  # each cell is in one of them
    all_ = f"{count} × {size:g} = {whole:g} GB"
    english = [
        f"one card of {size:g} GB holds a whole copy with {_said(each, size, zh=False)}{_in_parts(each, size, count).en}"
        if each
        else "",
        f"only divided over all cards (ZeRO-3, FSDP: {all_}) fits {_said(divided, whole, count, zh=False)}{_by_layers(divided).en}"
        if divided
        else "",
        f"the {count} together ({all_}) do not hold {_said(more, zh=False)} without offloading" if more else "",
    ]
    chinese = [
        f"单卡 {size:g} GB 就放得下一整份的是 {_said(each, size, zh=True)}{_in_parts(each, size, count).zh}"
        if each
        else "",
        f"切分到各卡(ZeRO-3、FSDP,共 {all_})才放得下的是 {_said(divided, whole, count, zh=True)}{_by_layers(divided).zh}"
        if divided
        else "",
        f"{count} 张合起来({all_})也放不下、除非 offload 的是 {_said(more, zh=True)}" if more else "",
    ]
    label, of_which = cells[0]["model_size"], _of_which(figures)
    return Words(
        f"{of_which.en}**By the table's {label} column {'; '.join(filter(None, english))}.** Longer sequences and larger batches add activations and logits on every card.",
        f"{of_which.zh}**按表里 {label} 这一列:{';'.join(filter(None, chinese))}。** 序列更长、批更大时,每张卡还要加激活和 logits。",
    )


def _of_which(figures: Figures) -> Words:
    """Whether a cell is of each card or of all, where that is asked."""
    if "each_or_total" not in figures.about:
        return SILENT
    return Words(
        "**Neither per card nor a sum: a cell is one whole copy.** Each card takes that where each holds one (DDP); divided over the cards (FSDP, ZeRO-3) it is all of them together. ",
        "**既不是每卡的份额,也不是各卡之和:表里的数是一份完整副本。** 每张卡各放一份(DDP)时每卡都要这么多;切分到各卡(FSDP、ZeRO-3)时才是几张卡合计。",
    )


def _in_parts(cells: list[dict[str, Any]], size: float, count: int) -> Words:
    """Of four bits that just fill one card: that a copy on each adds nothing up, and what its share is where it is divided."""
    fills = max((float(one["memory_gb"]) for one in cells if one["bits"] == _IN_PARTS), default=0.0)
    if fills < _FULL * size:
        return SILENT
    share = f"{fills:g} ÷ {count} = {fills / count:g} GB"
    return Words(
        f" (data parallel keeps a copy on every card; divided by FSDP + QLoRA it is {share} a card)",
        f"(数据并行每卡一份,不叠加;用 FSDP + QLoRA 切开是每卡 {share})",
    )


def _by_layers(cells: list[dict[str, Any]]) -> Words:
    """A base in 8 bits is divided by whole layers alone."""
    if not any(one["bits"] == _WHOLE_IN_BITS for one in cells):
        return SILENT
    return Words(
        " (bitsandbytes' 8-bit base is not sharded: by whole layers, device_map)",
        "(bitsandbytes 的 8 位基座不能切分参数,只能按层放到各卡,device_map)",
    )


def _card(figures: Figures) -> float:
    """The memory of one card in GB, as it is told or as the card is sold."""
    told, card = figures.given.get("gpu_memory_gb"), figures.base.case.card
    size = told or (card.marketed_gb if card else None)
    if not size or figures.n < 2:
        raise Missing("cards")
    return float(size)


def _column(billions: float) -> list[dict[str, Any]]:
    """The cells of the nearest column as the table had it last, the largest first."""
    labels = [str(one["model_size"]) for one in rows("SELECT DISTINCT model_size FROM finetune_revisions ORDER BY 1")]
    sizes = {label: float(label[:-1]) for label in labels if label[:-1].replace(".", "").isdigit()}
    label = min(sizes, key=lambda one: max(sizes[one] / billions, billions / sizes[one]))
    if not 1 / _ANY_SIZE < sizes[label] / billions < _ANY_SIZE:
        raise Missing("column")
    return rows(
        "SELECT method, bits, model_size, memory_gb FROM finetune_revisions WHERE model_size = ? AND memory_gb IS NOT NULL "
        "AND revision = (SELECT max(revision) FROM finetune_revisions WHERE model_size = ?) ORDER BY memory_gb DESC, method",
        [label, label],
    )


def _said(cells: list[dict[str, Any]], room: float = 0.0, cards: int = 1, *, zh: bool) -> str:
    """Methods with one figure share it: `Freeze/GaLore/LoRA (16-bit) 64 GB`; where it fills the room that is said, and of
    several cards each one's part."""
    alike: dict[tuple[float, int], list[str]] = {}
    for one in cells:
        alike.setdefault((float(one["memory_gb"]), int(one["bits"] or 32)), []).append(str(one["method"]))
    told = []
    for (memory, bits), methods in alike.items():
        width = (
            ("混合精度" if bits > 16 else f"{bits} 位") if zh else ("mixed precision" if bits > 16 else f"{bits}-bit")
        )
        names = "/".join(methods)
        full = (",贴边" if zh else ", just full") if room and memory >= _FULL * room else ""
        each = (f",每卡 {memory / cards:g} GB" if zh else f", {memory / cards:g} GB a card") if cards > 1 else ""
        gb = f"{memory:g} GB{each}{full}"
        told.append(f"{names}({width}){gb}" if zh else f"{names} ({width}) {gb}")
    return "、".join(told) if zh else ", ".join(told)
