"""Whether the cards that are named have the same memory, and what else sets them apart."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, default_of, gib_words
from chat.phrases import value
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant, kinds_meant
from kb.names import gpu_row
from kb.overheads import CONTEXT_GIB
from kb.recommender import usual_cards

_RATES = (
    ("bandwidth_gb_s", "GB/s", Words("bandwidth", "带宽"), Words("generating", "决定生成")),
    ("fp16_bf16_dense_tflops", "TFLOP/s", Words("16-bit arithmetic", "16 位算力"), Words("training, prompts", "决定训练与长提示")),
)  # fmt: skip
_APART = 1.03  # from which on two amounts are told to differ
_AND = Words(" and ", " 与 ")


def _name(card: Card) -> str:
    """The card's name without its size, which is told beside it."""
    return value("gpu", card.name, "en").removesuffix(f" {card.marketed_gb:g} GB")


def _card_memories(figures: Figures) -> Words:
    """The memory of each of two cards, of one that is sold in several sizes all of them; then their rates."""
    named = [str(one) for one in dict.fromkeys(figures.told.get("gpus", ()))]
    groups = [cards_meant(one) for one in named]
    if len(groups) != 2 or not all(groups) or any(gpu_row(one[0].name).get("class") == "unified" for one in groups):
        raise Missing("cards")
    sizes = [sorted({float(card.marketed_gb) for card in group}) for group in groups]
    names = [_name(group[0]) for group in groups]
    told = [" / ".join(f"{size:g}" for size in each) + " GB" for each in sizes]
    rates = _rates(groups)
    if sizes[0] == sizes[1]:
        fits = _usable(groups, names)
        return Words(
            f"**The same: {names[0]} and {names[1]} have {told[0]} each.** {fits.en}{rates.en}",
            f"**一样:{names[0]} 和 {names[1]} 都是 {told[0]}。** {fits.zh}{rates.zh}",
        )
    more = f"{abs(sizes[0][-1] - sizes[1][-1]):g} GB"
    largest = names[0] if sizes[0][-1] > sizes[1][-1] else names[1]
    by = Words(f", {more} more on the {largest}", f",{largest} 多 {more}") if sizes[0][-1] != sizes[1][-1] else SILENT
    return Words(
        f"**Not the same: {names[0]} {told[0]}, {names[1]} {told[1]}{by.en}.**{rates.en}",
        f"**不一样:{names[0]} 是 {told[0]},{names[1]} 是 {told[1]}{by.zh}。**{rates.zh}",
    )


def _usable(groups: list[list[Card]], names: list[str]) -> Words:
    """What of one size drivers leave, where that differs, as with ECC in the memory itself."""
    room = [group[0].capacity for group in groups]
    if max(room) < _APART * min(room):
        return Words("What fits on the one fits on the other.", "一张放得下的,另一张也放得下。")
    each = [f"{name} {gib_words(size)}" for name, size in zip(names, room, strict=True)]
    return Words(
        f"Of that programs can use {', '.join(each)} (error correction in the memory takes the rest).",
        f"其中程序可用的是 {'、'.join(each)}(其余被显存纠错 ECC 占用)。",
    )


def _between(least: float, most: float) -> str:
    """Two amounts, one where they are written alike."""
    low = gib_words(least)
    return low if low == gib_words(most) else f"{low.removesuffix(' GiB')}–{gib_words(most)}"


def _usable_of_size(figures: Figures) -> Words:
    """Of a size that is told: what the drivers of the cards that are sold with it report, less a context, and a server's share."""
    size = float(figures.given.get("gpu_memory_gb") or 0)
    rooms = [one.capacity for one in usual_cards() if one.marketed_gb == size]
    if "gpu" in figures.given:  # of one that is named its own
        named = kinds_meant(str(figures.given["gpu"]))
        rooms = [one.capacity for one in named if one.marketed_gb == size] or rooms
    if not rooms:
        return SILENT
    least, most = min(rooms), max(rooms)
    share = default_of("vLLM", "gpu_memory_utilization", "inference")
    low, high = least - CONTEXT_GIB[1] * GIB, most - CONTEXT_GIB[0] * GIB
    whole, served = _between(least, most), _between(share * least, share * most)
    return Words(
        f"**Of {size:g} GB about {low / GIB:.1f}–{high / GIB:.1f} GiB: the drivers report {whole}, less a context; vLLM at its default of {share:g} takes {served}.** ",
        f"**标 {size:g} GB 的卡能用约 {low / GIB:.1f}–{high / GIB:.1f} GiB:驱动报的是 {whole},再减去上下文;vLLM 默认 {share:g},占 {served}。** ",
    )


def _rates(groups: list[list[Card]]) -> Words:
    """Bandwidth and arithmetic beside each other, where the tables have them."""
    rows = [gpu_row(group[0].name) for group in groups]
    english, chinese = [], []
    for column, unit, says, of in _RATES:
        each = [float(row.get(column) or 0) for row in rows]
        if all(each) and max(each) > _APART * min(each):
            pair = [f"{one:,.0f}" for one in each]
            english.append(f"{says.en} {_AND.en.join(pair)} {unit} ({of.en})")
            chinese.append(f"{says.zh} {_AND.zh.join(pair)} {unit}({of.zh})")
    if not english:
        return (
            SILENT
            if not all(row.get(_RATES[0][0]) for row in rows)
            else Words(" They are alike in speed, too.", "速度也差不多。")
        )
    return Words(f" Their speed: {', '.join(english)}.", f"速度:{'、'.join(chinese)}。")


CARD_MEMORIES: dict[str, Callable[[Figures], Words]] = {
    "card_memories": _card_memories,
    "usable_of_size": _usable_of_size,
}
