"""How many cards one takes: the least that hold a case with all of its interval, in a layout that programs have."""

from collections.abc import Callable, Iterator
from math import ceil
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB
from kb.cases import LAYOUTS, Case
from kb.hosting import MACHINE, whole_machines
from kb.outcome import Outcome, outcome
from kb.pools import tokens_held
from kb.worked import STATES

# cards that one machine is sold with
SOLD = (1, 2, 4, MACHINE)
# steps of one more machine until the high end of the interval fits, too; of many machines as many again
_MORE_MACHINES = 6


def usable(least: int, at: Callable[[int], Outcome]) -> tuple[int, Outcome] | None:
    """The first count from `least` on with room for the whole interval, and the case there; None if none is near.

    at      the case on so many cards; BadInput where it cannot be laid out
    """
    for count in _bought(least):
        try:
            there = at(count)
        except BadInput:
            continue
        if there.verdict_of_cards == "yes" and _is_usual(there, count):
            return count, there
    return None


def around(count: int) -> list[int]:
    """Of a count that no machine is sold with the next smaller and the next larger that one is; none of another."""
    fewer, more = [one for one in SOLD if one < count], [one for one in SOLD if one > count]
    return [max(fewer), min(more)] if count not in SOLD and fewer and more else []


def as_sold(count: int, at: Callable[[int], Outcome]) -> list[dict[str, Any]]:
    """Of a count that no machine is sold with, the next smaller and the next larger that one is, and what a card holds there."""
    found = []
    for cards in around(count):
        try:
            there = at(cards)
        except BadInput:
            continue
        found.append({"n_gpus": cards, "gib": there.best / GIB, "verdict": there.verdict_of_cards})
    return found


def likely_with(count: int, least: int, at: Callable[[int], Outcome]) -> dict[str, Any] | None:
    """Of so many whole machines one less, where by the middle of the estimate that is enough; None where it is not."""
    fewer = count - MACHINE
    if count % MACHINE or fewer < max(least, MACHINE):
        return None
    try:
        there = at(fewer)
    except BadInput:
        return None
    if there.leaning != "likely":
        return None
    return {"n_gpus": fewer, "machines": whole_machines(fewer), "gib": there.best / GIB}


def _bought(least: int) -> Iterator[int]:
    """Cards of one machine one by one, then whole machines, and for what trains one and a half."""
    yield from range(least, MACHINE + 1)
    if least <= MACHINE * 3 // 2:
        yield MACHINE * 3 // 2
    machines = max(-(-least // MACHINE), 2 if least <= MACHINE else 1)
    yield from (MACHINE * (machines + more) for more in range(max(_MORE_MACHINES, machines)))


def _is_usual(there: Outcome, count: int) -> bool:
    """Whether servers run it so: in one machine every card has a part of each layer, unless a layout was asked for."""
    knob = there.situation.knob
    if count > MACHINE and count % MACHINE and knob("task") != "train":  # servers divide heads, not by a half machine
        return False
    if knob("task") == "train" or knob("layer_split") or set(LAYOUTS) & set(there.case.facts):
        return True
    return count >= MACHINE or int(knob("pp") or 1) == 1


def alone(case: Case) -> Case:
    """The case on one card, which holds all of it."""
    return case.with_facts(n_gpus=1, **{name: 1 for name in ("tp", "pp", "cp", "ep") if name in case.facts})


def floor(where: Outcome, whole_on_one: Outcome, least: int, laid_out: bool) -> dict[str, Any]:
    """Cards that what must be divided fills by itself: of a training of all weights its states, of what is served its weights.

    whole_on_one  the same on one card, which holds all of it
    least     the fewest that hold the whole need: a floor that is no lower says nothing
    laid_out  the question says how the cards divide what is served, so that its count needs no reason
    """
    room = where.capacity
    if not room:
        return {}
    if where.situation.knob("task") != "train":
        whole = 0.0 if laid_out else whole_on_one.terms.get("weights", 0.0)
        names = ("by_weights", "weights_gib")
    else:
        # at the peak the models beside the one that trains are counted, too; gradients may have gone by then
        parts = [[*whole_on_one.fullest.at_any_phase(name), whole_on_one.terms.get(name, 0.0)] for name in STATES]
        whole = sum(max(one) for one in parts) if whole_on_one.states_json() else 0.0
        names = ("by_states", "states_gib")
    count, heads = ceil(whole / room), where.situation.facts.get("n_heads")
    if not 1 < count < least:
        return {}
    told: dict[str, Any] = {
        **dict(zip(names, (count, whole / GIB), strict=True)),
        "heads": int(heads.value) if heads else 0,
    }
    if "by_states" in told and count <= MACHINE < least:  # one machine looks enough by the states alone
        there = outcome(where.case.with_facts(n_gpus=MACHINE))
        told["one_machine"] = {"gib": there.best / GIB, "states_gib": whole / MACHINE / GIB}
    if "by_weights" in told:
        told |= _by_sum(whole_on_one, room, least)
    return told


def _by_sum(whole_on_one: Outcome, room: float, least: int) -> dict[str, Any]:
    """Fewer cards than the least, which the sum of weights and cache fits and the heads are not divided by; empty where none."""
    divided = sum(whole_on_one.terms.get(name, 0.0) for name in ("weights", "kv_cache"))
    own, heads = whole_on_one.best - divided, whole_on_one.situation.facts.get("n_heads")
    count = ceil(divided / (room - own)) if own < room else 0
    if not heads or not 1 < count < least or int(heads.value) % count == 0:
        return {}
    return {"by_sum": {"n_gpus": count, "gib": divided / GIB}}


# of a pool with room for fewer sequences what twice the cards have is told
_FEW_AT_ONCE = 4


def pooled(there: Outcome) -> dict[str, Any]:
    """The tokens for which the pool of all cards has pages; with twice the cards, where one machine has them and few
    sequences go in without."""
    tokens, length, count = held_tokens(there), int(there.situation.knob("seq_len") or 0), 2 * there.n_gpus
    twice = tokens and tokens < _FEW_AT_ONCE * length and count <= MACHINE
    more = {"n_gpus": count, "tokens": held_tokens(outcome(there.case.with_facts(n_gpus=count)))} if twice else None
    return {"in_practice_tokens": tokens, "with_twice": more, "further": None if tokens else _further(there)}


def _further(there: Outcome) -> dict[str, Any] | None:
    """How many more sequences as long the rest of each card holds, where no server has taken it for its pool."""
    cache, room = there.terms.get("kv_cache", 0.0), (there.capacity or 0.0) - there.best
    if there.situation.knob("task") != "inference" or cache <= 0 or room <= 0:
        return None
    each = cache / int(there.situation.knob("batch_size") or 1)
    return {"left_gib": room / GIB, "each_gib": each / GIB, "sequences": int(room // each)}


def held_tokens(there: Outcome) -> int:
    """The tokens for which a server's pool has pages on all its cards together."""
    return tokens_held(there.situation.facts | there.fullest.place.facts)
