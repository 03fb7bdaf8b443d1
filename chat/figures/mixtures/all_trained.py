"""What holds a model all of whose parameters train, where its active ones were counted: how many cards, and what adapters take."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil

from chat.figures.named import GIB, Figures, both_words, gib_words
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_LEFT_OPEN = dict.fromkeys(("zero_stage", "offload", "precision", "weight_format", "bits", "bpw", "optimizer"))
_ATTENTION = "q k v o"  # as adapters of a mixture usually go: experts that are one tensor take none
_BASES = (None, 8, 4)  # bits of a base, of which the first is as it was published
_SEVERAL = 2
_FEW = 4  # bits of the base of the usual QLoRA


def _over_cards(figures: Figures) -> Words:
    """Those that are told, where they are sure to hold it sharded, else the fewest such cards that are, with the states on each."""
    if "how_many_gpus" in figures.about:  # the count that is asked for is told by itself
        return SILENT
    here = _sharded(figures)
    if here is not None and here.verdict == "yes":
        need = gib_words(here.best)
        return Words(
            f" Sharded over these {figures.n} cards (ZeRO-3 or FSDP) it fits, {need} on each in all.",
            f"用 ZeRO-3/FSDP 切分到这 {figures.n} 张卡就放得下,每卡合计 {need}。",
        )
    found = next(
        (one for one in figures.changes if one["price"] == "cards" and int(one["facts"].get("n_gpus") or 1) > 1), None
    )
    if found is None:
        return SILENT
    count, whole = int(found["facts"]["n_gpus"]), gib_words(found["gib"] * GIB)
    each = both_words(figures.need("states") / count)
    return Words(
        f" Over {count} such cards (ZeRO-3 or FSDP) {each} of them lie on each, {whole} in all.",
        f"用 ZeRO-3/FSDP 切分到 {count} 张同样的卡,每卡分到 {each},合计 {whole}。",
    )


def _sharded(figures: Figures) -> Outcome | None:
    """Over the cards that are told; None of one, and where they are divided otherwise."""
    with suppress(BadInput):
        return figures.at(zero_stage=3) if figures.n >= _SEVERAL else None
    return None


def _of_adapters(figures: Figures) -> Words:
    """What the same model takes with adapters, on its base in 16 bit and in fewer: on one card, or laid out over those that are told."""
    if figures.n > 1:
        return _laid_out(figures)
    found = [
        ("LoRA", _on_one(figures, method="lora")),
        (f"QLoRA {_FEW}-bit", _on_one(figures, method="qlora", bits=_FEW)),
    ]
    told = [f"{name} {gib_words(there.best)}" for name, there in found if there]
    if not told:
        return SILENT
    return Words(
        f" On one card with adapters on attention alone: {', '.join(told)}.",
        f"单卡、适配器只加在注意力层:{'、'.join(told)}。".replace("4-bit", "4 位"),
    )


def _laid_out(figures: Figures) -> Words:
    """A part of the layers on each card, which any format allows: what a card takes and whether that goes in."""
    base = {"lora_targets": _ATTENTION, "layer_split": True, **_LEFT_OPEN}
    en, zh = [], []
    for bits in _BASES:
        how = {"method": "lora"} if bits is None else {"method": "qlora", "bits": bits}
        try:
            there = figures.at(**{**base, **how})
        except (BadInput, LookupError):
            continue
        fits = VERDICTS[there.leaning or str(there.verdict)]
        en.append(f"{bits or 16}-bit {gib_words(there.best)} a card, {fits[0]}")
        zh.append(f"{bits or 16} 位每卡 {gib_words(there.best)},{fits[1]}")
    if not en:
        return SILENT
    return Words(
        f" On these {figures.n} cards adapters on attention alone, a part of the layers on each (PP, device_map), base in {'; '.join(en)}.",
        f"就用这 {figures.n} 张卡、适配器只加在注意力层、各层分到各卡(PP、device_map),基座 {';'.join(zh)}。",
    )


def _on_one(figures: Figures, **method: object) -> Outcome | None:
    with suppress(BadInput, LookupError):
        return figures.at(**{**_LEFT_OPEN, "n_gpus": 1, "lora_targets": _ATTENTION, **method})
    return None


def _held_by(figures: Figures) -> Words:
    """Both, where a card is told."""
    if figures.base.capacity is None:
        return SILENT
    each = (_over_cards(figures), _lighter(figures), _of_adapters(figures))
    return Words("".join(one.en for one in each), "".join(one.zh for one in each))


def _lighter(figures: Figures) -> Words:
    """What all parameters that train take of each of several cards with their optimizer in host memory, and of twice the cards."""
    if "how_many_gpus" in figures.about or figures.n < _SEVERAL or figures.knob("offload") not in (None, "none"):
        return SILENT
    en, zh = [], []
    for how, said in (
        ({"offload": "optimizer"}, Words("with the optimizer in host memory", "优化器放在内存时")),
        ({"n_gpus": 2 * figures.n}, Words(f"over {2 * figures.n} such cards", f"用 {2 * figures.n} 张同样的卡时")),
    ):
        with suppress(BadInput):
            need = gib_words(figures.at(zero_stage=3, **how).best)
            en.append(f"{need} {said.en}")
            zh.append(f"{said.zh}每卡 {need}")
    if not en:
        return SILENT
    return Words(f" Sharded, a card takes {', '.join(en)}.", f"切分后,{'、'.join(zh)}。")


def _on_each(figures: Figures) -> Words:
    """The states over the cards that are told against what one has, and the count that the states alone take."""
    room = figures.base.capacity
    if room is None or figures.n < _SEVERAL:
        return SILENT
    states = figures.need("states")
    each = states / figures.n
    least = ceil(states / room)
    told = Words(
        f", {both_words(each)} on each of {figures.n} cards even if all is sharded",
        f",就算全部切分到 {figures.n} 张卡,每卡也有 {both_words(each)}",
    )
    if each <= room:
        return told
    return Words(
        f"{told.en}, and a card has {gib_words(room)}: not enough; the states alone fill {least} such cards",
        f"{told.zh},而卡只有 {gib_words(room)}:不够;单是状态就要 {least} 张同样的卡",
    )


def _not_the_active(figures: Figures) -> Words:
    """How the verdict opens: which of the two is counted where that is asked, else that what was supposed is not so."""
    if "active_or_all" in figures.about:
        shown = figures["params"]
        return Words(f"Count all {shown}: ", f"按全部 {shown} 算:")
    return Words("Not so: ", "前提不对:")


ALL_TRAINED: dict[str, Callable[[Figures], Words]] = {
    "held_by": _held_by,
    "states_on_each": _on_each,
    "not_the_active": _not_the_active,
}
