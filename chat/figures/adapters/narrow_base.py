"""What a base in four bits saves of a training with adapters: of a small model the base is a small part of what that takes."""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words
from chat.words import term
from formulas.quantity import Words
from kb.outcome import Outcome

# of what LoRA takes, the part that QLoRA saves at most where the base is called small
_LITTLE = 1 / 3
# so many of the parts that are alike are named
_MOST = 3


def _both(figures: Figures) -> tuple[Outcome, Outcome]:
    plain = {"bits": None, "weight_format": None}
    return figures.at(**{**plain, "method": "lora"}), figures.at(**{**plain, "method": "qlora", "bits": 4})


def base_is_small(figures: Figures) -> bool:
    """Does a quantised base save little here, by the formulas?"""
    wide, narrow = _both(figures)
    return wide.best - narrow.best < _LITTLE * wide.best


def _narrow_base(figures: Figures) -> Words:
    """The base in both, what that saves of the whole, and what is the same with either."""
    wide, narrow = _both(figures)
    parts = sorted(((size, name) for name, size in narrow.terms.items() if name != "weights"), reverse=True)[:_MOST]
    rest = gib_words(narrow.best - narrow.terms["weights"])
    alike = ", ".join(f"{term(name, 'en')} {gib_words(size)}" for size, name in parts)
    alike_zh = "、".join(f"{term(name, 'zh')} {gib_words(size)}" for size, name in parts)
    base = [gib_words(one.terms["weights"]) for one in (wide, narrow)]
    saved, whole = gib_words(wide.best - narrow.best), gib_words(wide.best)
    return Words(
        f"{base[0]} in 16 bit, {base[1]} in 4, so QLoRA saves {saved} of the {whole} that LoRA takes; the other {rest} are the same with either ({alike})",
        f"16 位 {base[0]},4 位 {base[1]},所以 LoRA 共 {whole},QLoRA 只少 {saved};其余 {rest} 两者相同({alike_zh})",
    )


NARROW_BASE: dict[str, Callable[[Figures], Words]] = {"narrow_base": _narrow_base}
