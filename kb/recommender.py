"""`recommend`: for a model, the cards that hold it; for cards, the models that they hold; for both, the layouts that fit.

Every row is an estimate of its own and fits by the high end of its interval. The smallest comes first: the least memory
over all cards, then the fewest cards.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from math import inf
from typing import Any

from formulas.errors import BadInput
from kb.cards import DRIVER, GIB, Card, card, of_one_memory, sizes_of
from kb.cases import INFERENCE, LAYOUTS, method_of, parse_given, spread
from kb.database import rows
from kb.hosting import MACHINE
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.parallel import of_ranks, of_shared_sequences
from kb.recipe import representatives, usual_models

# cards in one machine, then whole machines
COUNTS = (1, 2, 4, 8, 16, 32, 64)
# how many hold a case is told by the machine's own steps: between these doublings people have one machine and a half, or three
STEPS = tuple(sorted({*COUNTS, 12, 24, 48}))
# what a server runs on: one machine or whole ones, over which it divides heads
SERVERS = tuple(count for count in STEPS if count <= MACHINE or count % MACHINE == 0)
TRAINING = ("qlora", "lora", "full")
# rows of one method, and cards named in a row
MOST_OF_A_WAY, MOST_NAMED = 3, 3
_MOST_FURTHER = 2  # layouts of a kind
_MOST_CHIPS = 4  # of one size, with unified memory
_FITS = {"yes": 0, "borderline": 1, "no": 2}


@dataclass(frozen=True)
class Pick:
    """One row: what sets it apart, and its estimate. `cards` are those of one size that all hold it, `tight` of the size below
    those that only just do."""

    facts: dict[str, Any]
    at: Outcome
    cards: tuple[Card, ...] = ()
    tight: tuple[Card, ...] = ()

    @property
    def capacity(self) -> float:
        return float(self.at.capacity or 0)

    def json(self) -> dict[str, Any]:
        size = self.cards[0].marketed_gb if self.cards else None
        return {
            "facts": self.facts,
            "cards": [one.name for one in self.cards],
            "memory_gb": size,
            "tight": {"cards": [one.name for one in self.tight], "memory_gb": self.tight[0].marketed_gb}
            if self.tight
            else None,
            "verdict": self.at.verdict,
            "leaning": self.at.leaning,
            "memory": self.at.memory_json(),
            "capacity_gib": self.capacity / GIB,
            "headroom_gib": (self.capacity - self.at.best) / GIB,
            "total_gb": size * self.at.n_gpus if size is not None else None,
            "limits": [{"quantity": "seq_len", "value": self.at.reach}] if self.at.reach is not None else [],
        }


@dataclass(frozen=True)
class Recommendation:
    """What fits, best first. `kind` is `cards`, `models` or `layouts`; `why` says why nothing stands there."""

    kind: str
    picks: tuple[Pick, ...]
    why: str = ""
    why_zh: str = ""
    fused: bool = False  # only without full logits does anything fit

    def json(self) -> dict[str, Any]:
        """One object of the contract; `recommended` has the rows."""
        first = self.picks[0].at if self.picks else None
        return {
            "verdict": None,
            "recommends": self.kind,
            "recommended": [pick.json() for pick in self.picks],
            "why": self.why,
            "why_zh": self.why_zh,
            "fused": self.fused,
            "facts": first.facts_json() if first else {},
            "sources": first.sources_json() if first else [],
            "warnings": list(first.warnings) if first else [],
        }


def recommend(every_model: bool = False, **given: Any) -> Recommendation:
    """Cards for a model, models for cards, or layouts for both; facts as `estimate` takes them.

    `recommend(params="13B", method="qlora")`, `recommend(gpu="RTX 4090", n_gpus=2)`.
    every_model     of models, all of the table that fit, not the largest of those that people run

    BadInput when neither a model nor a card is given, or when a fact is wrong.
    """
    facts = parse_given(given)
    about = {"model", "params", "config"} & set(facts)
    cards = {"gpu", "gpu_memory_gb"} & set(facts)
    if not about and not cards:
        raise BadInput("to recommend, name a model (--model, --params) or a card (--gpu), or both")
    if about and cards:
        return _for_both(facts)
    if about:
        found = sorted(_cards(facts), key=lambda pick: (pick.json()["total_gb"], pick.at.n_gpus))
        return Recommendation("cards", tuple(found), *_none(found))
    found = list(_every_model(facts) if every_model else _largest_models(facts))
    if not found and not every_model and method_of(facts) != INFERENCE and "loss" not in facts:
        found = list(_largest_models({**facts, "loss": "fused"}))  # of long samples the logits alone may fill the card
        return Recommendation("models", tuple(found), *_none(found), fused=bool(found))
    return Recommendation("models", tuple(found), *_none(found))


def _for_both(facts: dict[str, Any]) -> Recommendation:
    """Layouts of a model on cards; with a fused loss where without one nothing is sure to fit on the cards alone."""
    first = outcome(spread(facts)[0])
    picks = list(_layouts(facts, first))
    fused = _lacks(picks) and first.situation.knob("loss") == "full-logits" and "loss" not in facts
    if fused:
        picks = list(_layouts({**facts, "loss": "fused"}, first))
    picks.sort(key=lambda pick: (_FITS[str(pick.at.verdict)], "offload" in pick.facts))
    found = tuple(pick for pick in picks if pick.at.verdict != "no")
    return Recommendation("layouts", found, *_none(picks), fused=fused and bool(found))


def _none(found: Sequence[Pick]) -> tuple[str, str]:
    if any(pick.at.verdict != "no" for pick in found):
        return "", ""
    return "nothing fits, by any method or layout tried", "试过的方法和布局都放不下"


# ── what is left open ──────────────────────────────────────────────────────────────────────────────────────────────


def _ways(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Methods, and of inference and QLoRA the bits, where the facts leave them open."""
    given = facts.get("method")
    if given:
        methods = list(given) if isinstance(given, (list, tuple)) else [given]
    elif method_of(facts) != INFERENCE:
        methods = list(TRAINING)
    else:
        methods = [INFERENCE]
    stored = {"bits", "weight_format"} & set(facts)
    for method in methods:
        if method == INFERENCE and not stored:
            yield from ({"method": method, "bits": bits} for bits in (16, 8, 4))
        else:
            yield {"method": method} | ({"bits": 4} if method == "qlora" and not stored else {})


def _split(method: str, count: int, facts: dict[str, Any]) -> dict[str, Any]:
    """So many cards, and what divides the model over them; at inference the estimate's own layout does."""
    sharded = count > 1 and method != INFERENCE and not set(LAYOUTS) & set(facts)
    return {"n_gpus": count} | ({"zero_stage": 3} if sharded else {})


def _worked(facts: dict[str, Any]) -> Iterator[Outcome]:
    """Every reading of these facts; none where the configuration contradicts itself, such as heads that do not divide."""
    try:
        yield from [outcome(case) for case in spread(facts)]
    except BadInput:
        return


# ── cards for a model ──────────────────────────────────────────────────────────────────────────────────────────────


def steps(where: Outcome) -> tuple[int, ...]:
    """The numbers of cards that are tried for a case."""
    return STEPS if where.situation.knob("task") == "train" else SERVERS


@cache
def usual_cards() -> tuple[Card, ...]:
    """Cards whose memory the driver is known to report, the smallest first; of one size those that most sources measured on
    first, which are those that people have, then the fastest."""
    found = rows(
        "SELECT name FROM gpus WHERE memory_driver_mib IS NOT NULL AND class IN ('consumer', 'workstation', 'datacenter') "
        "ORDER BY memory_marketed_gb, (SELECT count(DISTINCT source) FROM measurements WHERE gpu = gpus.name) DESC, "
        "bandwidth_gb_s DESC NULLS LAST, name"
    )
    return tuple(one for one in (card(row["name"]) for row in found) if one.origin == DRIVER)


def cards_of_size(memory_gb: float, unified: bool = False) -> list[str]:
    """Names of what is sold with so much memory, one for each bandwidth, the slowest first: of usual cards those that most
    people have, of unified memory the latest of Apple's chips."""
    rates: dict[str, float] = {
        row["name"]: row["bandwidth_gb_s"]
        for row in rows(
            "SELECT name, bandwidth_gb_s FROM gpus WHERE bandwidth_gb_s > 0 ORDER BY release_date DESC, name DESC"
        )
    }
    if unified:
        named = [one for one in rates if gpu_row(one)["vendor"] == "Apple" and memory_gb in sizes_of(one)]
    else:
        named = [one.name for one in usual_cards() if one.marketed_gb == memory_gb and one.name in rates]
    by_rate: dict[float, str] = {}
    for one in named:
        by_rate.setdefault(rates[one], one)
    chosen = sorted(list(by_rate.items())[: (_MOST_CHIPS if unified else MOST_OF_A_WAY)])
    return [f"{name} {memory_gb:g} GB" if unified else name for _, name in chosen]


# of small cards that hold what fewer do: so much more memory in all that nobody takes them
_TOO_MANY = 3


def _cards(facts: dict[str, Any]) -> Iterator[Pick]:
    """The smallest cards that hold the model, for each method and count where more cards allow smaller ones."""
    base = {name: value for name, value in facts.items() if name not in ("n_gpus", "method")}
    stated = facts.get("n_gpus")
    counts = COUNTS if stated is None else tuple(stated) if isinstance(stated, (list, tuple)) else (stated,)
    outcome(spread({**base, **next(_ways(facts))})[0])  # a fact that is wrong is said before anything is tried
    for way in _ways(facts):
        smallest, found, least = inf, 0, inf
        for count in counts:
            ways = {**way, **_split(way["method"], count, facts)}
            for there in _worked({**base, **ways}):
                held = smallest_that_hold(there, smallest) if found < MOST_OF_A_WAY else ()
                whole = count * held[0].marketed_gb if held else inf
                if held and (stated is not None or whole < _TOO_MANY * least):
                    smallest, found, least = held[0].marketed_gb, found + 1, min(least, whole)
                    named = {name: there.situation.knob(name) for name in there.case.differs}
                    yield Pick({**named, **ways}, _least(there, held), held, that_only_just_hold(there, held))


def smallest_that_hold(there: Outcome, below: float = inf, above: float = 0.0) -> tuple[Card, ...]:
    """The smallest cards, of less memory than `below` [GB] and more than `above` [bytes], on which the case fits; empty
    if there are none. All are of one size."""
    return next((cards for cards in _in_reach(there, below, above) if _least(there, cards).verdict == "yes"), ())


def that_only_just_hold(there: Outcome, held: Sequence[Card]) -> tuple[Card, ...]:
    """Cards of the size below that of those that hold it which it fills by the middle of the estimate; empty if there are none."""
    last: tuple[Card, ...] = next(iter(_in_reach(there, held[0].marketed_gb)[::-1]), ())
    if not last:
        return ()
    at = _least(there, last)
    return last if at.capacity is not None and at.best <= at.capacity else ()


def _in_reach(there: Outcome, below: float, above: float = 0.0) -> list[tuple[Card, ...]]:
    """Usual cards, those of one size together and the smallest first, which the low end of the interval does not exceed."""
    share = float(there.situation.knob("gpu_memory_utilization") or 1)
    sizes: dict[float, list[Card]] = {}
    for one in usual_cards():
        if one.marketed_gb < below and max(there.bounds[0], above) < one.capacity * share:
            sizes.setdefault(one.marketed_gb, []).append(one)
    return [tuple(cards) for cards in sizes.values()]


def _least(there: Outcome, cards: Sequence[Card]) -> Outcome:
    """The case on the card that has the least; worked out there, because a program may fill its pool with what it has."""
    one = min(cards, key=lambda card: card.capacity)
    return outcome(replace(there.case, card=one, facts={**there.case.facts, "gpu": one.name}))


# ── models for cards, and layouts for both ─────────────────────────────────────────────────────────────────────────


def _open_ways(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """For cards alone every method is open, unless the facts say which."""
    if {"method", "task", "algo"} & set(facts):
        return list(_ways(facts))
    return [*_ways(facts), *_ways({**facts, "task": "train"})]


def _tried() -> list[tuple[float, str]]:
    """The models that people run, the largest first, and what stands for sizes below them."""
    usual = [(float(f"{row['params']:.3g}"), str(row["model"])) for row in usual_models()]
    least = min(params for params, _ in usual)
    return [*usual, *(one for one in reversed(representatives()) if one[0] < least)]


def _largest_models(facts: dict[str, Any]) -> Iterator[Pick]:
    """For each method the largest of the models that people run."""
    for case_facts, way in _by_way(facts):
        found: set[str] = set()
        for params, model in _tried():
            for at in _worked({**case_facts, "model": model}):
                rig = str(at.case.facts.get("gpu") or at.case.card)
                if at.verdict == "yes" and rig not in found:
                    found.add(rig)
                    yield Pick({**_apart(at), **way, "model": model, "params": params}, at, at.case.rig[:1])
            if len(found) >= _rigs(case_facts):
                break


def _every_model(facts: dict[str, Any]) -> Iterator[Pick]:
    """Every model of the table with every method under which it fits, the largest first."""
    models = rows("SELECT name FROM models ORDER BY params_b DESC NULLS LAST, name")
    for case_facts, way in _by_way(facts):
        for row in models:
            for at in _worked({**case_facts, "model": row["name"]}):
                if at.verdict == "yes":
                    yield Pick({**_apart(at), **way, "model": row["name"]}, at, at.case.rig[:1])


def _by_way(facts: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    count = facts.get("n_gpus") or 1
    for way in _open_ways(facts):
        several = isinstance(count, (list, tuple)) or count > 1
        sharded = several and way["method"] != INFERENCE and not set(LAYOUTS) & set(facts)
        yield {**facts, **way, **({"zero_stage": 3} if sharded else {})}, way


def _rigs(facts: dict[str, Any]) -> int:
    """How many readings the cards have: "A100" is two."""
    return len(
        {str(case.facts.get("gpu") or case.card) for case in spread({**facts, "model": representatives()[0][1]})}
    )


def _apart(at: Outcome) -> dict[str, Any]:
    return {name: at.case_json()["facts"][name] for name in at.case.differs}


def _layouts(facts: dict[str, Any], first: Outcome) -> Iterator[Pick]:
    """Methods and layouts on the cards given, the plainest first; further ones where those do not do, or over machines."""
    for way in _ways(facts):
        plain = list(_laid_out(facts, way, _ways_over(way["method"], facts)))
        yield from plain
        count, open_ = facts.get("n_gpus") or 1, not (set(LAYOUTS) | {"offload"}) & set(facts)
        if way["method"] == INFERENCE or not isinstance(count, int) or count < 2 or not open_:
            continue
        lacks = _lacks(plain)
        if count > MACHINE or lacks:
            for further in (of_shared_sequences(count), of_ranks(count, first)):
                held = (pick for pick in _laid_out(facts, way, further) if pick.at.leaning not in ("no", "unlikely"))
                yield from islice(held, _MOST_FURTHER if lacks else 1)


def _laid_out(facts: dict[str, Any], way: dict[str, Any], layouts: Iterable[dict[str, Any]]) -> Iterator[Pick]:
    for layout in layouts:
        for at in _worked({**facts, **way, **layout}):
            yield Pick({**_apart(at), **way, **layout}, at, at.case.rig[:1])


def _lacks(picks: Sequence[Pick]) -> bool:
    """Does nothing fit for sure with what stays on the cards?"""
    return not any(pick.at.verdict == "yes" and "offload" not in pick.facts for pick in picks)


def _ways_over(method: str, facts: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """What may divide a model over the cards, or move it off them; nothing where the facts say it."""
    count = facts.get("n_gpus") or 1
    if isinstance(count, (list, tuple)) or (set(LAYOUTS) | {"offload"}) & set(facts):
        return ({},)
    moved: tuple[dict[str, Any], ...] = ({"offload": "optimizer"}, {"offload": "params"})
    if method == INFERENCE:
        return ({}, {"layer_split": True}) if count > 1 else ({},)
    if count == 1 and of_one_memory(str(facts.get("gpu") or "")):
        return ({},)  # host memory is the same memory
    if count == 1:
        return ({}, moved[0])
    stages = tuple({"zero_stage": stage} for stage in (0, 2, 3))
    return (*stages, *({"zero_stage": 3, **one} for one in moved))


_SIZE_ALONE = re.compile(r"(?P<gb>\d{1,3}) GB")
_OF_A_SIZE = 2  # that are shown of a size beside cards that are named


def with_those_of_a_size(named: list[str]) -> list[str]:
    """The cards named, and for one that is told by its memory alone ("16 GB") some that are sold with it."""
    each = ((one, _SIZE_ALONE.fullmatch(one)) for one in named)
    return [
        card
        for one, size in each
        for card in (cards_of_size(float(size["gb"]))[:_OF_A_SIZE] or [one] if size else [one])
    ]
