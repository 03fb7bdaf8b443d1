"""What holds a model all of whose parameters train, where its active ones were counted: how many cards, and what adapters take."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.named import GIB, Figures, both_words, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_LEFT_OPEN = dict.fromkeys(("zero_stage", "offload", "precision", "weight_format", "bits", "bpw", "optimizer"))
_ATTENTION = "q k v o"  # as adapters of a mixture usually go: experts that are one tensor take none
_FEW = 4  # bits of the base of the usual QLoRA


def _over_cards(figures: Figures) -> Words:
    """The fewest such cards that are sure to hold it sharded, with the states on each of them; nothing where no number is offered."""
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


def _of_adapters(figures: Figures) -> Words:
    """What the same model takes on one card with adapters, on its base in 16 bit and in 4."""
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


def _on_one(figures: Figures, **method: object) -> Outcome | None:
    with suppress(BadInput, LookupError):
        return figures.at(**{**_LEFT_OPEN, "n_gpus": 1, "lora_targets": _ATTENTION, **method})
    return None


def _held_by(figures: Figures) -> Words:
    """Both, where a card is told."""
    if figures.base.capacity is None:
        return SILENT
    cards, adapters = _over_cards(figures), _of_adapters(figures)
    return Words(f"{cards.en}{adapters.en}", f"{cards.zh}{adapters.zh}")


ALL_TRAINED: dict[str, Callable[[Figures], Words]] = {"held_by": _held_by}
