"""What one card holds where a model is too large for it in every format: the largest usual size in 4 bits."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.notation import size_words
from formulas.quantity import Words
from kb.outcome import outcome
from kb.recipe import representatives

# what is of the model that was named, or of how it was to be stored and laid out
_OF_THE_MODEL = frozenset({"model", "params", "config", "vocabulary", "weight_format", "bits", "tp", "pp", "ep", "engine", "mmproj", "n_gpus"})  # fmt: skip
_LEAST_BYTES = 0.5  # of a parameter in 4 bits
_MOST = 0.85  # of the card: the rest is for a longer context, and for a screen


def _size_of_one(figures: Figures) -> Words:
    """The largest of the usual sizes that such a card surely holds in 4 bits; Missing where the model itself goes in so."""
    card, whole = figures.base.capacity, figures.need("w4")
    if not card or whole <= card:
        raise Missing("what is too large")
    facts = {name: value for name, value in figures.given.items() if name not in _OF_THE_MODEL}
    for params, _ in reversed(representatives()):
        if _LEAST_BYTES * params >= card:
            continue
        there = outcome(figures._case({**facts, "params": params, "bits": 4, "n_gpus": 1}))
        if there.verdict == "yes" and there.best <= _MOST * card:
            length = f"{int(there.situation.knob('seq_len')):,}"
            need, size = gib_words(there.best), size_words(params)
            return Words(
                f"What one such card holds with room to spare: models of up to about {size} in 4 bits ({need} of {gib_words(card)} at {length} tokens).",
                f"一张这样的卡留有余量能跑的:4 位的约 {size} 及更小的模型({length} token 时 {need},卡上 {gib_words(card)})。",
            )
    raise Missing("size")


SIZE_OF_ONE: dict[str, Callable[[Figures], Words]] = {"size_of_one": _size_of_one}
