"""Layouts over many cards that a training is tried with beside plain sharding: a group that shares each sequence, then
tensor ranks within a machine, with stages and shared sequences over machines."""

from collections.abc import Iterator
from typing import Any

from kb.hosting import MACHINE
from kb.outcome import Outcome

_DEGREES = (2, 4, 8)


def of_shared_sequences(count: int) -> Iterator[dict[str, Any]]:
    """ZeRO-3 or FSDP with each sequence over a group of cards (Ulysses, ring attention), the smallest group first."""
    yield from ({"zero_stage": 3, "cp": degree} for degree in _DEGREES if count % degree == 0)


def of_ranks(count: int, where: Outcome) -> Iterator[dict[str, Any]]:
    """Tensor ranks of one machine with the optimizer divided over the copies (ZeRO-1), then more stages and groups; those
    that talk least first. Nothing where the model's heads do not divide."""
    cards, told = min(count, MACHINE), where.situation.facts.get("n_kv_heads")
    heads = int(told.value) if told else 0
    ranks = [degree for degree in reversed(_DEGREES) if degree <= cards and count % degree == 0]
    tensor = next((degree for degree in ranks if heads and heads % degree == 0), None)
    if tensor is None:
        return
    others = (1, *_DEGREES)
    found = [(pp, cp) for pp in others for cp in others if count % (tensor * pp * cp) == 0]
    for pp, cp in sorted(found, key=lambda pair: (pair[0] * pair[1], pair[0])):
        yield {
            "tp": tensor,
            "zero_stage": 1,
            **({"pp": pp} if pp > 1 else {}),
            **({"cp": cp} if cp > 1 else {}),
        }
