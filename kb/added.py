"""Changes added up until a case fits, and the usual ways of a training with the least aid that they need."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from formulas.quantity import Words
from kb.change import Change, Price, settings_of
from kb.offers import offers, solved
from kb.outcome import Outcome
from kb.recipe import ADAPTERS
from kb.tried import Tried, rank, spare, with_change

# of the need, the room that one change among several leaves at least
_WORTH_ADDING = 0.02


def together(where: Outcome, offered: list[Change]) -> list[Tried]:
    """Changes added up, the cheapest first, until they fit; those without which it fits too are left out again.

    Tried with one of several cards alone and without: of the two sums the cheaper one.
    """
    offered = [one for one in offered if "batch_size" not in one.facts]  # which is solved beside the others
    several = [one for one in offered if one.facts.get("n_gpus") != 1]
    sums = [_until_it_fits(where, several), *([_until_it_fits(where, offered)] if len(several) < len(offered) else [])]
    return min((one for one in sums if one), key=lambda one: one[0][0].price, default=[])


def likely_sum(where: Outcome) -> list[Tried]:
    """What costs no more than speed, added up, where it most likely fits so, a training at least to the card's edge: before what
    gives up more."""
    trains = where.situation.knob("task") == "train" and where.verdict == "no"
    hoped = ("likely", "borderline") if trains else ("likely",)
    cheap = [one for one in sorted(offers(where), key=rank) if one.price <= Price.SPEED]
    for offered in ([one for one in cheap if one.facts.get("n_gpus") != 1], cheap):
        taken, best = _added(where, [], where, offered)
        if len(taken) > 1 and best.leaning in hoped:
            taken, best = _needed(where, taken, best, str(best.leaning))
            return [(_sum(taken), best)]
    return []


def _until_it_fits(where: Outcome, offered: list[Change]) -> list[Tried]:
    """Batch and length are solved with those in force that cost no more."""
    taken: list[Change] = []
    best = where
    for after, upto in ((-1, Price.SPEED), (Price.SPEED, Price.LESS)):
        taken, best = _added(where, taken, best, (one for one in offered if after < one.price <= upto))
        if best.verdict != "yes":
            taken, best = _added(where, taken, best, (one for one in solved(best) if one.price <= upto))
    taken, best = _needed(where, taken, best, "yes")
    return [(_sum(taken), best)] if len(taken) > 1 and best.verdict == "yes" else []


def _needed(where: Outcome, taken: list[Change], best: Outcome, leaning: str) -> tuple[list[Change], Outcome]:
    """Without those that are not needed for it to fit as well; a sum of two or more stays one."""
    for change in taken[::-1]:
        fewer = [one for one in taken if one is not change]
        there = with_change(where, _sum(fewer)) if len(fewer) > 1 else None
        if there is not None and there.leaning == leaning:
            taken, best = fewer, there
    return taken, best


# the usual ways of a training beside that of its states to host memory
_USUAL: tuple[dict[str, Any], ...] = (
    {"optimizer": "adamw-8bit"},
    {"precision": "pure-bf16"},
    {"method": "lora"},
    {"method": "qlora", "bits": 4},
)
# what is little beside them: smaller batches, no full logits, the weights divided
_AIDS = ({"batch_size"}, {"loss"}, {"zero_stage"})


def aided(where: Outcome, offered: list[Change], found: list[Tried]) -> list[Tried]:
    """Each of the usual ways of a training that fits not by itself, but with the least aid."""
    kept = [change for change, _ in found if change.price < Price.METHOD]
    if where.situation.knob("task") != "train" or any(change.price <= Price.SPEED for change in kept):
        tuned = where.situation.knob("method") in ADAPTERS and where.situation.knob("task") == "train"
        wanted = _USUAL[-1:] if tuned else ()
    else:
        wanted = _USUAL
    aids = [one for aid in _AIDS for one in offered if settings_of(one.facts) == aid]
    aids.sort(key=lambda aid: all(aid.facts != one.facts for one, _ in found))  # those that are enough alone come first
    added: list[Tried] = []
    for way in wanted:
        change = next((one for one in offered if way.items() <= one.facts.items()), None)
        there = with_change(where, change) if change is not None else None
        if change is None or there is None or any(way.items() <= one.facts.items() for one, _ in found):
            continue
        batch = next((one for one in solved(there) if settings_of(one.facts) == {"batch_size"}), None)
        own = [batch if batch is not None and "batch_size" in aid.facts else aid for aid in aids]
        for beside in (*([aid] for aid in own), *([one, two] for one, two in combinations(own, 2))):
            both = with_change(where, taken := _sum([*beside, change]))
            if both is not None and both.verdict == "yes":
                added.append((taken, both))
                break
    return added


def _added(
    where: Outcome, taken: list[Change], best: Outcome, offered: Iterable[Change]
) -> tuple[list[Change], Outcome]:
    """What is taken, and of what is offered all that leaves more room, until it fits."""
    for change in offered:
        # of two files the smaller takes the other's place
        kept = [one for one in taken if not set(one.facts) <= set(change.facts)]
        there = with_change(where, _sum([*kept, change]))
        if there is not None and spare(there) - spare(best) > _WORTH_ADDING * where.best:
            taken, best = [*kept, change], there
        if best.verdict == "yes":
            break
    return taken, best


def _sum(several: list[Change]) -> Change:
    facts: dict[str, Any] = {}
    for one in several:
        facts |= one.facts
    priced = [one for one in several if one.price is not Price.NOTHING] or several[:1]
    return Change(
        facts, max((one.price for one in several), default=Price.NOTHING),
        Words(" + ".join(one.says.en for one in several), " + ".join(one.says.zh for one in several)),
        tuple(dict.fromkeys(cost for one in priced for cost in one.costs)),
    )  # fmt: skip
