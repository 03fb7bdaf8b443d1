"""What a card's generation lets be taken for granted: FlashAttention-2 and bf16 where the card has them.

https://github.com/Dao-AILab/flash-attention, README: FlashAttention-2 is for Ampere, Ada and Hopper; PyTorch's memory-efficient
kernel keeps as little of the scores on older ones.
"""

from formulas.derivation import Fact
from kb.cards import Card
from kb.kernels import BEFORE_AMPERE
from kb.knobs import LIKE
from kb.names import gpu_row
from kb.stated import ASSUMED, stated


def assumed_kernel(knobs: dict[str, Fact], card: Card | None) -> dict[str, Fact]:
    """PyTorch's own attention where nobody said which, on a card that FlashAttention-2 does not support."""
    if "attention" in knobs or not _older(knobs, card):
        return {}
    return {"attention": Fact("sdpa", ASSUMED)}


def assumed_type(knobs: dict[str, Fact], card: Card | None) -> dict[str, Fact]:
    """fp16 where nobody said which 16 bits, on a card from before Ampere, which has no bf16 units."""
    stored = knobs["weight_format"]
    if stored.value != "bf16" or stored.origin != ASSUMED or not _older(knobs, card):
        return {}
    return {"weight_format": Fact("fp16", ASSUMED)}


def lacks_bf16(card: Card | None) -> bool:
    """Whether a card is from before Ampere: training there is in fp16 beside float32 masters, not in pure bf16."""
    return card is not None and gpu_row(card.name).get("architecture") in BEFORE_AMPERE


def without_kernel(knobs: dict[str, Fact], card: Card | None) -> tuple[str, ...]:
    """What to warn of where FlashAttention was asked for on such a card."""
    older = _older(knobs, card)
    if stated(knobs, "attention") != "flash" or not older:
        return ()
    return (f"FlashAttention-2 has no kernels for {older} cards: PyTorch's memory-efficient attention takes its place",)


def _older(knobs: dict[str, Fact], card: Card | None) -> str:
    """The generation of a card without those kernels; empty where they exist or the program has kernels of its own."""
    engine = str(stated(knobs, "engine") or "")
    if card is None or LIKE.get(engine, engine) == "llama.cpp":
        return ""
    generation = str(gpu_row(card.name).get("architecture") or "")
    return generation if generation in BEFORE_AMPERE else ""
