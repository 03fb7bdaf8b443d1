"""How two cards differ, memory aside: their rates with what each decides, number formats, links and power."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chat.figures.named import Figures, Missing
from chat.phrases import value
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant
from kb.kernels import BEFORE_AMPERE, lacks_fp8
from kb.names import gpu_row

# from which on two rates are told to differ
_APART = 1.03
_LINK = "nvlink_or_fabric_gb_s"
_CRAWLS = 1.0  # TFLOP/s of 16 bit: what has no units for it has less
_WITH_FP4 = ("Blackwell", "Blackwell Ultra", "Rubin")


@dataclass(frozen=True)
class _One:
    """One of the cards: the sizes it is sold in [GB], and its row."""

    name: str
    card: Card
    sizes: str
    row: dict[str, Any]

    def rate(self, column: str) -> float:
        return float(self.row.get(column) or 0)

    @property
    def generation(self) -> str:
        return str(self.row.get("architecture") or "").replace("Blackwell 2.0", "Blackwell")


@dataclass(frozen=True)
class _Rate:
    """A column of the table of cards: what it is called, what the faster card does by it, and what takes as long where it is alike."""

    column: str
    unit: str
    name: Words
    faster: Words
    alike: Words


_RATES = {
    "inference": _Rate("bandwidth_gb_s", "GB/s", Words("bandwidth", "带宽"), Words("generates", "生成"),
                       Words("generating is as fast", "生成速度一样")),
    "train": _Rate("fp16_bf16_dense_tflops", "TFLOP/s", Words("16-bit arithmetic", "16 位算力"), Words("trains and reads prompts", "训练和处理提示"),
                   Words("training and long prompts take as long", "训练和处理长提示一样快")),
}  # fmt: skip


def _cards_differ(figures: Figures) -> Words:
    """What differs and what that changes, what is alike, then both cards row by row."""
    pair = _pair(figures)
    uses = {one.partition(":")[2] for one in figures.about if one.startswith("choose_for:")}
    first = "train" if uses == {"train"} else "inference"
    rates = sorted(_RATES.items(), key=lambda one: one[0] != first)
    told = [(rate, _by_rate(rate, pair)) for _, rate in rates]
    differ, alike = [said for _, said in told if said], [rate for rate, said in told if not said]
    linked = _links(pair)
    if not differ:
        differ, linked = ([linked], SILENT) if linked.en else ([], SILENT)
    same = [one for one in (_alike(rate, pair) for rate in alike) if one.en]
    beside = _memory(pair)
    told_first = (
        Words(
            f"they differ in {', and in '.join(one.en for one in differ)}.",
            f"差在{';'.join(one.zh for one in differ)}。",
        )
        if differ
        else Words("nothing that decides speed differs.", "决定速度的指标都没有差别。")
    )
    head = Words(
        " ".join([f"{beside.en}{told_first.en}", *(one.en for one in same)]),
        "".join([f"{beside.zh}{told_first.zh}", *(one.zh for one in same)]),
    )
    rest = [
        one
        for one in (
            *_formats(pair),
            Words(f"{linked.en[:1].upper()}{linked.en[1:]}.", f"{linked.zh}。") if linked.en else SILENT,
        )
        if one.en
    ]
    table = _table(pair)
    return Words(
        " ".join([f"**{head.en}**", *(one.en for one in rest)]) + f"\n\n{table.en}",
        "".join([f"**{head.zh}**", *(one.zh for one in rest)]) + f"\n\n{table.zh}",
    )


def _pair(figures: Figures) -> list[_One]:
    """The two cards, the one that was named first in front."""
    named = list(dict.fromkeys(one.partition(":")[2] for one in figures.about if one.startswith("choose_card:")))
    said = [str(one) for one in figures.told.get("gpus", ())]
    named.sort(key=lambda one: (next((at for at, told in enumerate(said) if one.startswith(told)), len(said)), one))
    found = [cards_meant(one) for one in named]
    if len(found) != 2 or not all(found):
        raise Missing("cards")
    pair = [_of(group) for group in found]
    if not all(one.rate("bandwidth_gb_s") for one in pair):
        raise Missing("bandwidth")
    return pair


def _of(group: list[Card]) -> _One:
    sizes = sorted({float(card.marketed_gb) for card in group})
    row = dict(gpu_row(group[0].name))
    name = value("gpu", group[0].name, "en")
    if row.get("class") == "unified":
        name = name.removesuffix(f" {group[0].marketed_gb:g} GB")
    else:  # its rates are those of one size
        sizes = [float(group[0].marketed_gb)]
    return _One(name, group[0], " / ".join(f"{size:g}" for size in sizes) + " GB", row)


def _memory(pair: list[_One]) -> Words:
    """The memory, which is put aside."""
    sizes = [one.sizes for one in pair]
    if sizes[0] == sizes[1]:
        return Words(f"The memory is the same, {sizes[0]}; ", f"显存相同,都是 {sizes[0]};")
    return Words(f"Besides memory ({sizes[0]} and {sizes[1]}) ", f"除了显存({sizes[0]} 与 {sizes[1]}),")


def _amount(one: _One, rate: _Rate) -> str:
    amount = one.rate(rate.column)
    return f"{amount:,.{0 if amount >= _CRAWLS else 2}f} {rate.unit}"


def _alike(rate: _Rate, pair: list[_One]) -> Words:
    """What takes as long on both, by a rate that is about the same; nothing where one has none."""
    if not all(one.rate(rate.column) for one in pair):
        return SILENT
    shown = _amount(pair[0], rate)
    return Words(
        f"{rate.name.en[0].upper()}{rate.name.en[1:]} is alike, {shown}: {rate.alike.en}.",
        f"{rate.name.zh}相同({shown}),{rate.alike.zh}。",
    )


def _by_rate(rate: _Rate, pair: list[_One]) -> Words | None:
    """How far they are apart by it, and what the faster one does faster; None where they are alike."""
    fast, slow = sorted(pair, key=lambda one: -one.rate(rate.column))
    if not slow.rate(rate.column) or fast.rate(rate.column) < _APART * slow.rate(rate.column):
        return None
    each = [_amount(one, rate).removesuffix(f" {rate.unit}") for one in pair]
    ratio = fast.rate(rate.column) / slow.rate(rate.column)
    times = f"{ratio:.2f}" if ratio < 1.1 else f"{ratio:.1f}"
    return Words(
        f"{rate.name.en}, {each[0]} and {each[1]} {rate.unit} ({fast.name} {rate.faster.en} up to {times} times as fast)",
        f"{rate.name.zh} {each[0]} 与 {each[1]} {rate.unit}({fast.name} {rate.faster.zh}最多快到 {times} 倍)",
    )


def _formats(pair: list[_One]) -> list[Words]:
    """The number formats that only one of them computes in, told by generation."""
    if any(one.row.get("vendor") != "NVIDIA" for one in pair):
        return []
    told = []
    for name, has in (
        ("bf16", [one.generation not in BEFORE_AMPERE for one in pair]),
        ("FP8", [not lacks_fp8(one.card) for one in pair]),
        ("FP4", [one.generation in _WITH_FP4 for one in pair]),
    ):
        if has[0] == has[1]:
            continue
        owner, other = (pair[0], pair[1]) if has[0] else (pair[1], pair[0])
        if name == "bf16":
            told.append(Words(
                f"Only {owner.name} has bf16 and FlashAttention-2: {other.name} ({other.generation}) trains in fp16.",
                f"只有 {owner.name} 有 bf16 和 FlashAttention-2:{other.name}({other.generation})只能用 fp16 训练。",
            ))  # fmt: skip
        else:
            told.append(Words(
                f"Only {owner.name} ({owner.generation}) computes in {name}: on {other.name} ({other.generation}) it saves memory, not time.",
                f"只有 {owner.name}({owner.generation})能用 {name} 计算:在 {other.name}({other.generation})上 {name} 只省显存,不提速。",
            ))  # fmt: skip
    return told


def _links(pair: list[_One]) -> Words:
    """The link between cards, where it differs: of one card alone it decides nothing."""
    each = [one.rate(_LINK) for one in pair]
    if max(each) < _APART * min(each) or not max(each):
        return SILENT
    if not min(each) and any(one.row.get("vendor") != "NVIDIA" for one in pair):
        return SILENT  # which have links of their own that the tables do not tell
    if not min(each):
        owner = pair[each.index(max(each))]
        return Words(
            f"the link between cards: {owner.name} has NVLink of {max(each):,.4g} GB/s, the other only PCIe (it counts with several cards alone)",
            f"卡间互联:{owner.name} 有 {max(each):,.4g} GB/s 的 NVLink,另一张只有 PCIe(只在多卡时有影响)",
        )
    return Words(
        f"the link between cards, NVLink {each[0]:,.4g} and {each[1]:,.4g} GB/s (sharded training and tensor parallel over several; one card alone does not feel it)",
        f"卡间互联 NVLink {each[0]:,.4g} 与 {each[1]:,.4g} GB/s(影响多卡切分训练和张量并行,单卡没有影响)",
    )


def _table(pair: list[_One]) -> Words:
    """Row by row what the tables have of either, and what it decides."""

    def rate(column: str, unit: str) -> list[str]:
        return [
            f"{one.rate(column):,.{0 if one.rate(column) >= _CRAWLS else 2}f} {unit}" if one.rate(column) else "–"
            for one in pair
        ]

    eight = [
        told if told != "–" or lacks_fp8(one.card) else "?"
        for one, told in zip(pair, rate("fp8_dense_tflops", "TFLOP/s"), strict=True)
    ]
    linked = [
        f"{one.rate(_LINK):,.4g} GB/s" if one.rate(_LINK) else "–" if one.row.get("vendor") == "NVIDIA" else "?"
        for one in pair
    ]
    rows = [
        ("memory", "显存", [one.sizes for one in pair], "what fits", "放得下什么"),
        ("bandwidth", "带宽", rate("bandwidth_gb_s", "GB/s"), "generating", "生成速度"),
        ("16-bit arithmetic", "16 位算力", rate("fp16_bf16_dense_tflops", "TFLOP/s"), "training, long prompts", "训练、长提示"),
        ("FP8 arithmetic", "FP8 算力", eight, "FP8 models and training", "FP8 模型与训练"),
        ("generation", "架构", [one.generation or "–" for one in pair], "number formats, kernels", "数值格式、算子"),
        ("link between cards", "卡间互联", linked, "several cards", "多卡"),
        ("PCIe", "PCIe", [str(one.row.get("pcie") or "–").removeprefix("PCIe ") for one in pair], "offload, loading", "offload、加载"),
        ("power", "功耗", rate("tdp_w", "W"), "electricity, cooling", "电费、散热"),
    ]  # fmt: skip
    rows = [row for row in rows if not set(row[2]) <= {"–", "?"}]
    head = " | ".join(one.name for one in pair)
    english = "\n".join(f"| {name} | {' | '.join(each)} | {decides} |" for name, _, each, decides, _ in rows)
    chinese = "\n".join(f"| {name} | {' | '.join(each)} | {decides} |" for _, name, each, _, decides in rows)
    return Words(
        f"| | {head} | decides |\n|---|---|---|---|\n{english}", f"| | {head} | 决定 |\n|---|---|---|---|\n{chinese}"
    )


CARDS_DIFFER: dict[str, Callable[[Figures], Words]] = {"cards_differ": _cards_differ}
