"""What a term of a training takes at the moment of the step that has the most of it, where that is not the one that decides."""

from typing import Any

from kb.cards import GIB
from kb.outcome import Outcome
from kb.sums import Of, sums

# what lives through a part of the step alone
_PASSING = ("activations", "logits")
_MORE = 1.05


def most_json(where: Outcome) -> list[dict[str, Any]]:
    """Each such term with its GiB and how they come about; those that are as large at the peak are left out."""
    found = []
    for name in _PASSING if where.situation.knob("task") == "train" else ():
        parts = where.fullest.parts_at_most(name)
        most = sum(float(where.fullest.values[part]) for part in parts)
        if most <= _MORE * where.fullest.terms.get(name, 0.0):
            continue
        how = sums(Of(where.fullest, where.n_params, where.situation.facts), parts).get(name)
        found.append({"name": name, "gib": most / GIB, **({"says": how.en, "zh": how.zh} if how else {})})
    return found
