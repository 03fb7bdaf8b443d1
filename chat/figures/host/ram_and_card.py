"""Asked how much host memory a full training needs that offloads: what lies there, what to plan for, and what stays on the card."""

from collections.abc import Callable

from chat.figures.failures.printed_figure import estimated_in_ram
from chat.figures.host.offload_words import host_sum
from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from chat.words import term
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.cards import kinds_meant
from kb.host_memory import roomy

# GB of memory that machines come with
_SOLD = (16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
# of what a card needs: parts below this share are not told
_PART = 0.03


def _sold(size: float) -> int:
    return next((one for one in _SOLD if one * GB >= size), 0)


def planned(figures: Figures) -> str:
    """GB of host memory that machines come with and that hold what is offloaded: by what lies there, to what DeepSpeed asks for."""
    least, most = _sold(roomy(figures.need("host_takes"))), _sold(estimated_in_ram(figures))
    if not least or not most:
        raise Missing("a machine")
    return f"{least:,}" if least >= most else f"{least:,}–{most:,}"


def _ram_and_card(figures: Figures) -> Words:
    """Host memory first, then the card, then what both spare: the need with nothing offloaded."""
    if "in_machine" in figures.log or figures.knob("zero_stage") not in (2, 3):
        raise Missing("one machine")
    base, n, plan = figures.base, figures.n, planned(figures)
    lies, asked = host_sum(figures), both_words(estimated_in_ram(figures))
    names = [name for name, size in base.terms.items() if size > _PART * base.best and name != "slack"]
    stay, stay_zh = (
        comma.join(f"{term(name, language)} {gib_words(base.terms[name])}" for name in names)
        for language, comma in (("en", ", "), ("zh", "、"))
    )
    room, none = _room(figures), _without(figures)
    return Words(
        f"**RAM: {lies.en}; with pinned buffers and the system plan for {plan} GB (DeepSpeed's own estimator asks for {asked}). On {'each' if n > 1 else 'the'} card stay {stay}: about {gib_words(base.best)}{room.en}.**{none.en}",
        f"**内存:{lies.zh};加上锁页缓冲和系统,按 {plan} GB 准备(DeepSpeed 自己的估算要 {asked})。{'每张' if n > 1 else ''}卡上留下的是{stay_zh}:约 {gib_words(base.best)}{room.zh}。**{none.zh}",
    )


def _one_size(figures: Figures) -> float:
    """The card's memory where one is meant; 0 where none is told, or a card that comes in several sizes."""
    named = "gpu_memory_gb" not in figures.given and len(kinds_meant(str(figures.given.get("gpu")))) > 1
    return 0.0 if named else float(figures.base.capacity or 0.0)


def _room(figures: Figures) -> Words:
    room = _one_size(figures)
    return Words(f" of {gib_words(room)}", f",卡上可用 {gib_words(room)}") if room else SILENT


def _without(figures: Figures) -> Words:
    """What offloading is for: the need of a card without it, and that one card has nobody to share with."""
    there, room = figures.at(offload="none"), _one_size(figures)
    states = f"{figures['params']} × {TRAINED} B = {both_words(TRAINED * figures.params)}"
    fits = SILENT
    if room:
        fits = Words(", which fits", ",放得下") if there.best <= room else Words(", too much", ",放不下")
    alone = figures.n == 1
    shared = (
        Words(": one card has none to divide with, whatever the stage", ":单卡没有可分摊的对象,ZeRO 哪个阶段都不省")
        if alone
        else SILENT
    )
    return Words(
        f" With nothing offloaded the states are {states}{shared.en}; {'each card' if not alone else 'the card'} would need {gib_words(there.best)}{fits.en}. The price of offload is speed: PCIe and Adam on the CPU.",
        f"不 offload 时状态是 {states.replace(' B =', ' 字节 =')}{shared.zh};{'每张' if not alone else ''}卡上要 {gib_words(there.best)}{fits.zh}。offload 的代价是速度:走 PCIe、Adam 在 CPU 上算。",
    )


RAM_AND_CARD: dict[str, Callable[[Figures], Words]] = {"ram_and_card": _ram_and_card}
