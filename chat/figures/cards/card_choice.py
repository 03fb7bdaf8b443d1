"""Which of two cards to take, for what: memory decides what goes in at all, bandwidth how fast is generated, arithmetic the training."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.figures.cards.card_memories import CARD_MEMORIES
from chat.figures.named import GIB, Figures, Missing, gib_words
from chat.phrases import value
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant
from kb.interval import FITS
from kb.kernels import BEFORE_AMPERE
from kb.names import gpu_row
from kb.outcome import Outcome

# of two rates, from which one is told to be the faster
_APART = 1.08
_LARGER = 1.05
_CRAWLS = 1.0  # TFLOP/s of 16 bit: what has no units for it has less
# what is tuned first, by size; each by the two usual methods
_SIZES = ("8B", "14B", "32B", "70B")
_METHODS = (("lora", "LoRA"), ("qlora", "QLoRA"))
# of weights that are served, the widest first
_USUAL_BITS = (16, 8, 4)
# of cards that share every layer, up to four machines
_COUNTS = (2, 4, 8, 16, 32)


@dataclass(frozen=True)
class _One:
    """One of the cards: as it was named, its memory, its rates."""

    said: str
    card: Card
    row: dict[str, Any]

    @property
    def name(self) -> str:
        return value("gpu", self.card.name, "en")

    def rate(self, name: str) -> float:
        return float(self.row.get(name) or 0)


_PAIR = 2
_USES = ("inference", "train")
_BANDWIDTH, _ARITHMETIC = "bandwidth_gb_s", "fp16_bf16_dense_tflops"


def _card_choice(figures: Figures) -> Words:
    """The card that alone holds the model, or the card to take for each use, with what decides, then both in a table."""
    pair = _pair(figures)
    wanted = {one.partition(":")[2] for one in figures.about if one.startswith("choose_for:")}
    uses = wanted or set(_USES)
    larger = max(pair, key=lambda one: one.card.capacity)
    smaller = next(one for one in pair if one is not larger)
    if larger.card.capacity < _LARGER * smaller.card.capacity:
        larger, smaller = pair
        memory = SILENT
    else:
        memory = _memory(larger, smaller)
    told = [_for_a_use(use, pair) for use in _USES if use in uses]
    faster = Words(" ".join(one.en for one in told if one.en), "".join(one.zh for one in told))
    held = _held(figures, pair) if len(wanted) < len(_USES) else SILENT
    if not (held.en or faster.en):
        raise Missing("rates")
    parts = [
        *([held, _of_others(faster)] if held.en else [Words(f"**{faster.en}**", f"**{faster.zh}**"), memory]),
        *(_unrated(one) for one in pair),
        _sizes(figures, larger, smaller) if "train" in uses else SILENT,
        *(_limits(one) for one in pair),
    ]
    table = _table(pair)
    return Words(
        " ".join(one.en for one in parts if one.en) + f"\n\n{table.en}", "".join(one.zh for one in parts) + f"\n\n{table.zh}"
    )  # fmt: skip


def _of_others(faster: Words) -> Words:
    """Which is the faster, of models that both hold."""
    if not faster.en:
        return SILENT
    return Words(f"Of models that both hold: {faster.en[0].lower()}{faster.en[1:]}", f"两者都放得下的模型:{faster.zh}")


def two_cards(about: Iterable[str]) -> list[_One]:
    """The two cards between which it is chosen; none where one has unified memory."""
    names = sorted({one.partition(":")[2] for one in about if one.startswith("choose_card:")})
    if any(" + " in one for one in names):
        return []  # machines that somebody has put together
    found = [(one, cards_meant(one)[0]) for one in names]
    if any(gpu_row(card.name).get("class") == "unified" for _, card in found):
        return []  # machines of one memory come in many sizes, and are compared as machines
    pair = [_One(said, card, dict(gpu_row(card.name))) for said, card in found]
    return pair if len(pair) == _PAIR else []


def _pair(figures: Figures) -> list[_One]:
    if not (pair := two_cards(figures.about)):
        raise Missing("cards")
    return pair


def _held(figures: Figures, pair: list[_One]) -> Words:
    """Of a model that is told, the one card that holds it, or that neither does; nothing where both do.

    Where no format is told, in the most of the usual bits that one of them holds.
    """
    if not figures.names_model or "any_model" in figures.about or figures.n > 1:
        return SILENT
    width, training = figures.given.get("bits"), figures.knob("task") == "train"
    plain = width in (None, 16) and "named_16_bit" not in figures.about  # the first of those that were left open
    stored = {"weight_format", "bpw"} & set(figures.given) or not plain or training
    for bits in (None,) if stored else _USUAL_BITS:
        own = {} if bits is None else {"bits": bits}
        there = [figures.at(gpu=one.said, gpu_memory_gb=None, **own) for one in pair]
        holding = [one for one, at in zip(pair, there, strict=True) if at.leaning in FITS]
        if holding:
            break
    if len(holding) == len(pair):
        return SILENT
    sizes = [(one.name, gib_words(at.best), gib_words(at.capacity or 0)) for one, at in zip(pair, there, strict=True)]
    least = Words(f" in {bits} bit", f"({bits} 位)") if bits else SILENT
    if not holding:
        counted = SILENT if training else _counted(figures, pair, own)
        each = "; ".join(f"{name} {need} / {room}" for name, need, room in sizes)
        return Words(
            f"**Neither holds it by itself{least.en}: {counted.en or each}.**",
            f"**单张都放不下{least.zh}:{counted.zh or each}。**",
        )
    name, need, room = next(one for one in sizes if one[0] == holding[0].name)
    return Words(
        f"**Take {name} ({need} of {room}): the only one that holds it{least.en}.**",
        f"**选 {name}({need} / {room}):只有它放得下{least.zh}。**",
    )


def _counted(figures: Figures, pair: list[_One], own: Mapping[str, Any]) -> Words:
    """How many of each serve it, and what as many of both leave for the cache; nothing where more than machines hold."""
    needed = [next((n for n in _COUNTS if _of(figures, one, n, own).leaning in FITS), 0) for one in pair]
    if not all(needed):
        return SILENT
    there = [_of(figures, one, n, own) for one, n in zip(pair, needed, strict=True)]
    told = [
        (one.name, n, f"{gib_words(at.best)} / {gib_words(at.capacity or 0)}")
        for one, n, at in zip(pair, needed, there, strict=True)
    ]
    alike = [_of(figures, one, max(needed), own) for one in pair]
    left = [gib_words(at.n_gpus * ((at.capacity or 0) - at.best)) for at in alike]
    names = [one.name for one in pair]
    return Words(
        "; ".join(f"{n} × {name} ({each} a card)" for name, n, each in told)
        + f". With {max(needed)} of either, {left[0]} ({names[0]}) and {left[1]} ({names[1]}) are left for more cache, which is how many are served at once",
        ";".join(f"{name} 要 {n} 张(每张 {each})" for name, n, each in told)
        + f"。都用 {max(needed)} 张时,留给更多缓存(并发和长度)的是 {names[0]} {left[0]}、{names[1]} {left[1]}",
    )


def _of(figures: Figures, one: _One, count: int, own: Mapping[str, Any]) -> Outcome:
    """So many of a card, which share every layer as servers do it."""
    return figures.at(gpu=one.said, gpu_memory_gb=None, n_gpus=count, tp=count, **own)


def _for_a_use(use: str, pair: list[_One]) -> Words:
    """The faster of them for this use."""
    by = _BANDWIDTH if use == "inference" else _ARITHMETIC
    unit = "GB/s" if use == "inference" else "TFLOP/s"
    fast, slow = sorted(pair, key=lambda one: -one.rate(by))
    if not slow.rate(by):
        return SILENT
    ratio = fast.rate(by) / slow.rate(by)
    rates = f"{fast.rate(by):,.0f} / {slow.rate(by):,.0f} {unit}"
    if by == _ARITHMETIC and fast.rate(by) < _CRAWLS:
        return Words(
            "For training and long prompts neither computes 16 bit at speed.", "训练和长提示:两者的 16 位算力都很低。"
        )
    if by == _ARITHMETIC and slow.rate(by) < _CRAWLS:
        return Words(
            f"For training and long prompts take {fast.name}: {slow.name} computes 16 bit at a fraction of its fp32 rate.",
            f"训练和长提示选 {fast.name}:{slow.name} 的 16 位算力只有 fp32 的一小部分。",
        )
    of, of_zh = ("generating", "推理生成") if use == "inference" else ("training and long prompts", "训练和长提示")
    if ratio < _APART:
        return Words(f"For {of} they are about alike ({rates}).", f"{of_zh}两者差不多({rates})。")
    return Words(
        f"For {of} take {fast.name}, {ratio:.1f} times as fast ({rates}).",
        f"{of_zh}选 {fast.name},速度是 {ratio:.1f} 倍({rates})。",
    )


def _memory(larger: _One, smaller: _One) -> Words:
    more = gib_words(larger.card.capacity - smaller.card.capacity)
    return Words(
        f"{larger.name} holds {more} more, which comes before speed where {smaller.name} does not hold the model or its cache.",
        f"{larger.name} 多 {more} 显存:{smaller.name} 放不下模型或缓存时,这比速度更要紧。",
    )


def _sizes(figures: Figures, larger: _One, smaller: _One) -> Words:
    """Where no model is named: the sizes that only the larger one tunes, and the largest that both do."""
    if figures.names_model and "any_model" not in figures.about:
        return SILENT
    both, only = [], []
    for size in _SIZES:
        for method, name in _METHODS:
            there, here = (
                Figures({"params": size, "method": method, "gpu": one.said}).base for one in (larger, smaller)
            )
            told = f"{size} {name} ({there.best / GIB:.1f} GiB)"
            if here.leaning in FITS:
                both.append(told)
            elif there.leaning in FITS:
                only.append(told)
    if not only:
        return SILENT
    alike, alike_zh = ", ".join(both[-2:]), "、".join(both[-2:])
    return Words(
        f"Only {larger.name} has room for {', '.join(only)}; both hold {alike} (2,048 tokens, batch 1)."
        if both else f"Only {larger.name} has room for {', '.join(only)} (2,048 tokens, batch 1).",
        f"只有 {larger.name} 放得下 {'、'.join(only)};两者都放得下的有 {alike_zh}(2,048 token、批大小 1)。"
        if both else f"只有 {larger.name} 放得下 {'、'.join(only)}(2,048 token、批大小 1)。",
    )  # fmt: skip


def _unrated(one: _One) -> Words:
    """That its speed cannot be set against the other's."""
    if one.rate(_BANDWIDTH):
        return SILENT
    return Words(
        f"No bandwidth of {one.name} is published reliably, so the speeds are not compared.",
        f"{one.name} 的带宽没有可靠的公开数据,不比速度。",
    )


def _limits(one: _One) -> Words:
    """What a card's generation lacks, and that one of a size its maker does not sell is modified."""
    said, said_zh = [], []
    if one.row.get("architecture") in BEFORE_AMPERE and one.rate(_ARITHMETIC) >= _CRAWLS:
        said.append(f"{one.name} has no bf16 and no FlashAttention-2: take fp16")
        said_zh.append(f"{one.name} 没有 bf16 和 FlashAttention-2,要用 fp16")
    sold = one.row.get("memory_marketed_gb")
    if sold and round(one.card.marketed_gb) != round(float(sold)):
        said.append(f"{one.name} is a modified card, with no warranty of the maker")
        said_zh.append(f"{one.name} 是改装卡,没有厂家保修")
    if not said:
        return SILENT
    return Words(f"{'; '.join(said)}.", f"{';'.join(said_zh)}。")


def _table(pair: list[_One]) -> Words:
    rows = [
        f"| {one.name} | {gib_words(one.card.capacity)} | {_rate(one, _BANDWIDTH, 'GB/s')} | {_rate(one, _ARITHMETIC, 'TFLOP/s')} | {_rate(one, 'tdp_w', 'W')} |"
        for one in pair
    ]
    lines = "\n".join(["|---|---|---|---|---|", *rows])
    return Words(
        f"| card | memory | bandwidth (generating) | 16-bit arithmetic (training, prompts) | power |\n{lines}",
        f"| 显卡 | 显存 | 带宽(决定生成) | 16 位算力(决定训练与长提示) | 功耗 |\n{lines}",
    )


def _rate(one: _One, name: str, unit: str) -> str:
    """The rate with its unit, a dash where the table has none."""
    rate = one.rate(name)
    return f"{rate:,.{0 if rate >= _CRAWLS else 2}f} {unit}" if rate else "–"


CARD_CHOICE: dict[str, Callable[[Figures], Words]] = {"card_choice": _card_choice, **CARD_MEMORIES}
