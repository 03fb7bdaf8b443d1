"""What supervised tuning was seen to take, where training on pairs is asked about: `SFT takes 44 GB per card, DPO overflows`."""

from chat.plans.changed import SUPERVISED
from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.engines import PAIRS

# an objective on pairs, by its name
_OF_PAIRS = r"(?<![a-z])(?:dpo|orpo|simpo|kto|cpo)(?![a-z])|偏好(?:优化|训练|对齐)|\bpreference\b"


def tuning_took(reading: Reading) -> float | None:
    """The first amount that is told of supervised tuning: of what was named last before it, or first behind it."""
    if not PAIRS & {str(one) for one in reading.facts.get("algo", ())}:
        return None
    text = reading.lowered
    tuned = {found.start() for found in compiled(SUPERVISED).finditer(text)}
    named = sorted(tuned | {found.start() for found in compiled(_OF_PAIRS).finditer(text)})
    for claim in memory_claims(reading):
        before = [place for place in named if place < claim.span[0]]
        if tuned & set(before[-1:] or named[:1]):
            return claim.number
    return None
