"""What holds a case: the smallest usual card, else how many; of a card that is named and too small, how many of it."""

from dataclasses import replace
from math import inf
from typing import Any

from formulas.errors import BadInput
from formulas.vocabulary import runtime
from kb.card_names import without_size
from kb.cards import GIB, MAC, Card, shares_memory, sizes_of
from kb.cases import INFERENCE, LAYOUTS, spread
from kb.hosting import MACHINE, whole_machines
from kb.outcome import Outcome, outcome
from kb.recommender import smallest_that_hold, steps, usual_cards

# cards of more memory are not what people have at hand: several of this size are named before one of them
USUAL_GB = 80.0
# so many times the memory of one larger card says that what fills each of many cannot be divided: that card is named
_TOO_MANY = 4
# a card that the case fills to more than this leaves nothing for a display, or for a prompt that is a little longer
FILLED = 0.95
# so many cases at most get the answer: each is worked out several times
MOST = 9


def held_by(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any] | None]:
    """For each case what holds it, or None where that is not asked: it fits, cards are counted, or a layout is named."""
    apart = _formats_apart(outcomes)
    open_ones = [one for one in outcomes if _is_open(one, apart)]
    if not open_ones or len(open_ones) > MOST:
        return [None] * len(outcomes)
    return [holds(one) if _is_open(one, apart) else None for one in outcomes]


def fewer_hold(outcomes: tuple[Outcome, ...]) -> list[int | None]:
    """Of formats on the same few cards, of which some do not fit: with how few of these cards each of the others goes as well."""
    if not _formats_apart(outcomes) or all(one.verdict == "yes" for one in outcomes) or len(outcomes) > MOST:
        return [None] * len(outcomes)
    return [_fewer(one) if one.verdict == "yes" else None for one in outcomes]


def _fewer(where: Outcome) -> int | None:
    """The least of the counts below that hold the case for sure; None where none does."""
    if (card := where.case.card) is None:
        return None
    for count in (one for one in steps(where) if one < where.n_gpus):
        hopeless = where.bounds[1] * where.n_gpus > _SHARED_AT_MOST * count * card.capacity
        there = None if hopeless else _over(where, card, count)
        if there is not None and there.verdict == "yes":
            return count
    return None


def _formats_apart(outcomes: tuple[Outcome, ...]) -> bool:
    """Are formats of one model set beside each other, served from a few cards that are named and not laid out?"""
    if len(outcomes) < 2 or any(not one.apart or not set(one.apart) <= _FORMATS for one in outcomes):
        return False
    return all(
        1 < one.n_gpus < MACHINE and one.case.card and not shares_memory(one.case.card) and _is_served(one)
        for one in outcomes
    )


def _is_served(where: Outcome) -> bool:
    laid_out = set(LAYOUTS) & (set(where.case.facts) - where.case.assumed)
    return where.situation.knob("method") == INFERENCE and not laid_out and not where.case.together


# settings that say in which format weights are stored
_FORMATS = frozenset({"bits", "weight_format", "bpw"})
# what a card keeps for itself makes a need on few cards smaller than as many times that on more of them
_SHARED_AT_MOST = 1.25
# ways of which each has a card of its own; a setting of one run is thrown on the same
_WAYS = frozenset({"method", "model", "params", "bits", "weight_format", "algo"})


def held_apart(outcomes: tuple[Outcome, ...], differing: list[str]) -> list[dict[str, Any] | None]:
    """The same of ways that are set side by side with no card named; empty where only a setting sets them apart."""
    if any(one.case.rig for one in outcomes) or not set(differing) <= _WAYS:
        return []
    found = held_by(outcomes)
    return found if all(found) else []


def _is_open(where: Outcome, formats_apart: bool = False) -> bool:
    """Is asked what holds it? `formats_apart`: of several formats each has its number of cards."""
    laid_out = set(LAYOUTS) & (set(where.case.facts) - where.case.assumed)
    # whole machines that are served from: how many more of them
    machines = where.n_gpus % MACHINE == 0 and where.situation.knob("method") == INFERENCE
    more = machines and where.verdict in ("no", "borderline")
    alone = where.n_gpus == 1 and where.verdict in (None, "no", "borderline")
    more = more or (formats_apart and where.verdict in ("no", "borderline"))
    return (alone or more) and not laid_out and not where.case.together


def holds(where: Outcome) -> dict[str, Any] | None:
    """The smallest usual card, or so many of the one that is named or of 80 GB, or a larger one; None where none does.

    No card can be added to a machine of one memory: of such it is the next larger one."""
    if shares_memory(where.case.card):
        size = larger_machine(where)
        return {"n_gpus": 1, "gpu": where.case.card.name, "memory_gb": size, "shared": True} if size else None
    if where.case.card is None:
        held = smallest_that_hold(where, below=USUAL_GB + 1, above=where.bounds[1] / FILLED)
        if held:
            return {**_told(1, held[0]), "host_gib": _without_card(where), **_tight(where, held[0])}
    card = where.case.card or next((one for one in usual_cards() if one.marketed_gb == USUAL_GB), None)
    short: int | None = None  # the step below
    likely: int | None = None  # so many most likely do
    for count in (one for one in steps(where) if one > where.n_gpus):
        # weights and states that fill more than all of them need not be worked out
        hopeless = card is None or where.exact > count * card.capacity
        there = None if hopeless or card is None else _over(where, card, count)
        if there is not None and card is not None and there.verdict == "yes":
            if where.case.card is None and (alone := _on_one_larger(where, count * card.marketed_gb)):
                return alone
            told = {**_told(count, card), "host_gib": _without_card(where)}
            return (
                told
                | _between(where, card, short, count)
                | _cheaper(where, count * card.marketed_gb)
                | ({"likely": likely} if likely else {})
            )
        if there is not None and there.leaning == "likely":
            likely = likely or count
        short = count
    return _on_one_larger(where) if where.case.card is None else None  # what cannot be divided


def _on_one_larger(where: Outcome, instead_of: float = inf) -> dict[str, Any] | None:
    """One larger card that holds what a great many would; None where none does, or `instead_of` [GB] is not that much more."""
    larger = smallest_that_hold(where)
    if not larger or instead_of <= _TOO_MANY * larger[0].marketed_gb:
        return None
    return {**_told(1, larger[0]), "host_gib": _without_card(where)}


def _tight(where: Outcome, held: Card) -> dict[str, Any]:
    """How the next smaller usual size stands, where it is not sure to be too small."""
    below = [one for one in usual_cards() if one.marketed_gb < held.marketed_gb]
    if not below:
        return {}
    card = max(below, key=lambda one: one.marketed_gb)  # of one size the first, which most people have
    there = outcome(replace(where.case, card=card, facts={**where.case.facts, "gpu": card.name}))
    if there.leaning not in ("yes", "likely", "borderline"):
        return {}
    return {"tight": {"memory_gb": card.marketed_gb, "leaning": there.leaning}}


def larger_machine(where: Outcome) -> float | None:
    """The least memory [GB] of a machine with one memory on which the case fits for sure; None where none has so much."""
    return None if where.case.card is None else least_machine(where, without_size(str(where.case.facts.get("gpu"))))


def least_machine(where: Outcome, chip: str = MAC) -> float | None:
    """The least memory [GB] in which Macs are sold with which a machine of that chip holds the case for sure."""
    facts = {name: one for name, one in where.case.facts.items() if name not in ("gpu_memory_utilization", "n_gpus")}
    for size in sorted(sizes_of(MAC)):
        if size > where.bounds[1] / GIB:
            there = outcome(spread({**facts, "gpu": chip, "gpu_memory_gb": size})[0])
            if there.verdict == "yes":
                return size
    return None


def _without_card(where: Outcome) -> float | None:
    """GiB of the machine's own memory that a model which is served takes where there is no card."""
    if where.situation.knob("method") != INFERENCE or where.case.card is not None:
        return None
    return sum(size for name, size in where.terms.items() if name not in (runtime.name, "slack")) / GIB


def _between(where: Outcome, card: Card, short: int | None, count: int) -> dict[str, Any]:
    """Of a training, the step below that is too few, and the first count above it that does by memory alone."""
    there = _over(where, card, short) if short and where.situation.knob("method") != INFERENCE else None
    if short is None or there is None:
        return {}
    between = (one for one in range(short + 1, count) if (at := _over(where, card, one)) and at.verdict == "yes")
    told = {"n_gpus": short, "gib": there.best / GIB, "leaning": there.leaning}
    return {"short": told, "fewest": next(between, count)}


def _cheaper(where: Outcome, total: float) -> dict[str, Any]:
    """Of a model that is served on cards that nobody named: one larger card, and two smaller ones, of less memory in all."""
    if where.case.card is not None or where.situation.knob("method") != INFERENCE:
        return {}
    found = []
    for count in (1, 2):
        sizes = {one.marketed_gb: one for one in reversed(usual_cards()) if count * one.marketed_gb < total}
        for size in sorted(sizes):
            least = where.bounds[1] < count * sizes[size].capacity
            there = _over(where, sizes[size], count) if least else None
            if there is not None and there.verdict == "yes" and (count, size) != (1, USUAL_GB):
                found.append(_told(count, sizes[size]))
                break
    return {"or": found} if found else {}


def _told(count: int, card: Card) -> dict[str, Any]:
    machines = whole_machines(count)
    told = {"n_gpus": count, "gpu": card.name, "memory_gb": card.marketed_gb}
    return told | ({"machines": machines} if machines else {})


def _over(where: Outcome, card: Card, count: int) -> Outcome | None:
    """The case divided over so many cards; None where it cannot be laid out so."""
    facts = {**where.case.facts, "gpu": card.name, "n_gpus": count}
    if where.situation.knob("method") != INFERENCE:
        facts["zero_stage"] = 3
    try:
        return outcome(replace(where.case, facts=facts, card=card))
    except BadInput:
        return None
