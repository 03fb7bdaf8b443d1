"""One case worked out: every card of its layout, the fullest one, interval, capacity, verdict, and how far it may grow."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from formulas.derivation import Derivation, Fact
from formulas.graphs import filled
from formulas.numeric import Number
from formulas.quantity import Quantity, Words
from formulas.render import works_json
from formulas.vocabulary import host_memory, n_params, peak
from kb.cards import GIB, Card, rig_name
from kb.case_model import invented, positions, positions_of_size
from kb.cases import Case
from kb.engines import sequences_each
from kb.facts import Situation, situation
from kb.host_memory import BUFFERED, host_figures, host_need, host_verdict, is_tight
from kb.interval import LEVEL, interval, leaning
from kb.interval import warnings as interval_warnings
from kb.pools import most_held, pool_figures, share_within
from kb.stated import ASSUMED, reader
from kb.sums import Of, states, sums
from kb.worked import TERM_ORDER, Terms, Worked, derived, term_of

__all__ = ["TERM_ORDER", "Outcome", "outcome"]
# of a peak, gradients that are worth a word where they are made after it
_OF_THE_PEAK = 0.03
_HIDDEN = {"dp"}
# facts that name a file, which may change
_IN_FILES = frozenset({"config", "training_file"})


@dataclass(frozen=True)
class Outcome:
    """One case, worked out. Amounts are bytes per card, of the fullest where cards differ."""

    case: Case
    situation: Situation
    cards: tuple[Worked, ...]

    @cached_property
    def fullest(self) -> Worked:
        """The card that decides; the first of equally full ones."""
        return max(self.cards, key=lambda card: card.fullness)

    @property
    def derivation(self) -> Derivation:
        return self.fullest.derivation

    @property
    def values(self) -> dict[Quantity, Number]:
        return self.fullest.values

    @property
    def best(self) -> float:
        return self.fullest.best

    @property
    def terms(self) -> Terms:
        """Bytes by term name; they add up to `best`."""
        return self.fullest.terms

    @property
    def phase(self) -> Quantity | None:
        """The phase that needs most; None for a figure that has no phases."""
        return self.fullest.phase

    def part(self, meter: str) -> float:
        """Bytes of the part that a partial meter shows: `weights`, or `kv`."""
        return self.fullest.part(meter)

    def held(self, *names: str) -> float:
        """So many of the terms together."""
        return sum(self.terms.get(name, 0.0) for name in names)

    def part_of_all(self, meter: str) -> float:
        """The same of all cards together."""
        return sum(card.part(meter) * card.place.count for card in self.cards)

    @property
    def exact(self) -> float:
        """The part that is counted, not estimated."""
        return self.fullest.exact

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Low and high at 90 %."""
        return self.bounds_of(self.fullest)

    def bounds_of(self, card: Worked) -> tuple[float, float]:
        """Low and high at 90 % of one card."""
        return self._interval(card, card.best)

    def _interval(self, card: Worked, amount: float) -> tuple[float, float]:
        """Low and high of an amount on a card: what a rollout engine takes is set, and no more uncertain than that."""
        taken = card.terms.get("rollout_engine", 0.0)
        low, high = interval(amount - taken, card.exact - taken, self.situation, least=card.least - taken)
        return low + taken, high + taken

    @property
    def capacity(self) -> float | None:
        """Bytes that the fullest card lets a program have, or None if no card is named."""
        return self.fullest.capacity

    def verdict_of(self, card: Worked) -> str | None:
        """Whether one card holds its part."""
        return None if card.capacity is None else self.verdict_within(card, card.capacity)

    def verdict_within(self, card: Worked, capacity: float) -> str:
        """Whether what a card holds goes into so much."""
        low, high = self._interval(card, card.needed)
        return "yes" if high <= capacity else "no" if low > capacity else "borderline"

    def room_on(self, card: Card) -> float:
        """Bytes that a program can have of one of the cards that are named."""
        held = most_held(self.situation.facts | self.fullest.place.facts, card, share_within(self.situation.knob, card))
        assert held is not None, "the card is named"
        return held

    @cached_property
    def verdict_of_cards(self) -> str | None:
        """That of the card which holds its part least."""
        verdicts = {self.verdict_of(card) for card in self.cards}
        return next((one for one in ("no", "borderline", "yes") if one in verdicts), None)

    @cached_property
    def verdict(self) -> str | None:
        """That of the cards; no where host memory does not hold its own part, and borderline where that is at its edge."""
        host, cards = host_verdict(self.situation), self.verdict_of_cards
        return "no" if host == "no" else host if host == "borderline" and cards == "yes" else cards

    @property
    def leaning(self) -> str | None:
        """The verdict; of what is borderline, the side on which it more likely is."""
        if self.verdict != "borderline" or self.capacity is None or self.verdict_of_cards == "yes":
            return self.verdict
        low, high = self._interval(self.fullest, self.fullest.needed)
        return leaning(low, self.fullest.needed, high, self.capacity)

    @property
    def n_gpus(self) -> int:
        return int(self.situation.knob("n_gpus") or 1)

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.situation.warnings, *self.derivation.warnings, *interval_warnings(self.situation))

    @cached_property
    def n_params(self) -> float | None:
        """Parameters of the whole model."""
        value = filled(n_params, self.situation.facts).value
        return None if value is None else float(value)

    @cached_property
    def total(self) -> float:
        """Bytes of all cards together: cards that hold different layers do not hold the same."""
        return sum(card.best * card.place.count for card in self.cards)

    def peak_at(self, quantity: Quantity, value: Number) -> float:
        """The peak of the fullest card if that one fact were another."""
        return self.fullest.peak_at(quantity, value)

    def largest(self, name: str) -> int | None:
        """The largest whole `seq_len` or `batch_size` whose best estimate still fits every card; None if not even 1 does."""
        limits = [card.largest(name) for card in self.cards]
        least = None if None in limits else min(limit for limit in limits if limit is not None)
        return None if least is None else least // self.each(name) or None

    def each(self, name: str) -> int:
        """How many of the formula's quantity one of the knob is: a batch of preferences counts pairs."""
        return sequences_each(reader(self.situation.knobs)) if name == "batch_size" else 1

    # ── as the contract has it ─────────────────────────────────────────────────────────────────────────────────────

    def memory_json(self, card: Worked | None = None) -> dict[str, Any]:
        card = card or self.fullest
        low, high = self.bounds_of(card)
        return {
            "scope": "per_gpu", "low_gib": low / GIB, "best_gib": card.best / GIB, "high_gib": high / GIB,
            "interval": LEVEL, "meter": self.situation.knob("meter"),
        }  # fmt: skip

    def terms_json(self) -> list[dict[str, Any]]:
        """The terms of the fullest card, with how each comes about where that can be told in a product."""
        how = sums(Of(self.fullest, self.n_params, self.situation.facts))
        if "kv_cache" in how and invented(self.case):
            how["kv_cache"] = Words(f"{how['kv_cache'].en}, shapes assumed", f"{how['kv_cache'].zh}\uff0c结构为假设")
        return [
            {**term, **({"says": how[term["name"]].en, "zh": how[term["name"]].zh} if term["name"] in how else {})}
            for term in _terms_json(self.fullest)
        ]

    def states_json(self) -> dict[str, Any] | None:
        """Of a training of all weights the states of the fullest card, as one product."""
        return states(Of(self.fullest, self.n_params, self.situation.facts))

    def cards_json(self) -> list[dict[str, Any]]:
        """Card by card, where they do not hold the same; else nothing."""
        if len(self.cards) == 1:
            return []
        return [
            {
                "card": card.place.card.name if card.place.card else None,
                "stages": [stage + 1 for stage in card.place.stages], "of": card.place.of, "layers": card.place.layers,
                **self._called(card), "count": card.place.count, "memory": self.memory_json(card), "verdict": self.verdict_of(card),
                "capacity_gib": card.capacity / GIB if card.capacity else None, "terms": _terms_json(card),
                "fullest": card is self.fullest,
            }
            for card in self.cards
        ]  # fmt: skip

    def _called(self, card: Worked) -> dict[str, str]:
        """What an answer calls a card among those of its layout, in both languages."""
        first, last, of = card.place.stages[0] + 1, card.place.stages[-1] + 1, card.place.of
        number = f"{first}" if first == last else f"{first}–{last}"
        split = self.situation.knob("layer_split")
        many = "" if first == last else "s"
        named, layers = card.place.card, card.place.layers
        said = f"{'card' if split else 'stage'}{many} {number} of {of}, {layers} layer{'s' if layers > 1 else ''}"
        zh = f"第 {number} {'张卡' if split else '级'},共 {of} {'张' if split else '级'},{layers} 层"
        words = Words(said + (f" ({named.called.en})" if named else ""), zh + (f"({named.called.zh})" if named else ""))
        return {"says": words.en, "zh": words.zh}

    def case_json(self) -> dict[str, Any]:
        return {
            "facts": self.apart,
            "verdict": self.verdict,
            "leaning": self.leaning,
            "memory": self.memory_json(),
            "total_gib": self.total / GIB,
            "capacity_gib": self.capacity / GIB if self.capacity else None,
            "terms": self.terms_json(),
            "states": self.states_json(),
            "cards": self.cards_json(),
            "limits": self.limits_json(),
            "before": self.before_json(),
            "later": self.later_json(),
            "positions": self.declared if int(self.situation.knob("seq_len") or 0) <= self.declared else 0,
            "host": self.host_json(),
            "host_gib": self.host_gib,
            "default": self.case.default,
        }

    @property
    def host_gib(self) -> float | None:
        """GiB of host memory that is taken as it runs; None where nothing lies there."""
        told = host_figures(self.situation)
        return next((one["value"] for one in told if one["quantity"] == host_memory.name), None)

    @property
    def declared(self) -> int:
        """Positions that the model declares, or reaches where it only stands for a size; 0 where nothing says."""
        model = self.situation.knobs.get("model")
        sized = model is not None and model.origin == ASSUMED
        return (positions_of_size if sized else positions)(self.situation.knobs)

    def before_json(self) -> dict[str, Any] | None:
        """Of a training that is fullest after its backward pass, what it takes before, and what is freed by then."""
        if self.fullest.before is None:
            return None
        (most, kept), freed = self.fullest.before, self.fullest.freed_before
        how = sums(Of(self.fullest, self.n_params, self.situation.facts), freed)
        sizes: dict[str, float] = {}
        for part in freed:
            sizes[term_of(part)] = sizes.get(term_of(part), 0.0) + float(self.fullest.values[part]) / GIB
        terms = [
            {"name": name, "gib": size, **({"says": how[name].en, "zh": how[name].zh} if name in how else {})}
            for name, size in sizes.items()
        ]
        return {"gib": most / GIB, "kept_gib": kept / GIB, "terms": terms}

    def later_json(self) -> dict[str, Any] | None:
        """Of a training that is fullest at its loss, the gradients that are made later, as activations are freed."""
        whole = next((float(value) for quantity, value in self.values.items() if quantity.name == "gradients"), 0.0)
        missing = whole - float(self.terms.get("gradients", 0.0))
        if (
            self.situation.knob("task") == "inference"
            or self.fullest.before is not None
            or missing < _OF_THE_PEAK * self.best
        ):
            return None
        return {"gradients_gib": missing / GIB}

    @property
    def apart(self) -> dict[str, Any]:
        """The facts that set the case apart."""
        return {name: self._shown(name) for name in self.case.differs}

    def _shown(self, name: str) -> Any:
        if name == "gpu" and self.case.rig:
            return rig_name(self.case.rig)
        if name == "zero_stage" and self.situation.knob("layer_split"):
            return None  # layers split over the cards stand beside ZeRO's stages: kb/cases.py
        if name == "engine":  # several programs may be computed as one: each keeps its own name
            return self.case.facts.get(name, self.situation.knob(name))
        return self.situation.knob(name)

    def limits_json(self) -> list[dict[str, Any]]:
        """How long a sequence still fits, where a card is named."""
        return [{"quantity": "seq_len", "value": self.longest}] if self.longest is not None else []

    @cached_property
    def longest(self) -> int | None:
        """The longest sequence that still fits."""
        return self.largest("seq_len")

    @property
    def reach(self) -> int | None:
        """The longest sequence that still fits, of those that the model declares; one asked for beyond is held to nothing."""
        held = self.declared if int(self.situation.knob("seq_len") or 0) <= self.declared else 0
        return self.longest if not held or self.longest is None else min(self.longest, held)

    def host_json(self) -> dict[str, Any] | None:
        """What host memory holds as it runs against what the machine is said to have, where both are known."""
        host = host_need(self.situation)
        if host is None:
            return None
        trains = self.situation.knob("task") == "train"
        return {
            "needed_gib": host[0],
            "capacity_gib": host[1],
            "verdict": host_verdict(self.situation),
            "trains": trains,
            "tight": is_tight(*host, trains),
            "buffer_factor": BUFFERED,
        }

    def facts_json(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            name: {"value": fact.value, "origin": str(fact.origin)}
            for name, fact in self.situation.knobs.items()
            if name not in _HIDDEN and fact.value is not None
        }
        if self.case.rig:
            origin = "assumed" if "gpu" in self.case.assumed else "asked"
            facts["gpu"] = {"value": rig_name(self.case.rig), "origin": origin}
        return facts

    def answers_json(self) -> list[dict[str, Any]]:
        """Figures beside the peak: the number of parameters, a server's pool, and host memory where it matters."""
        served = pool_figures(self.situation.facts | self.fullest.place.facts)
        size = [{"quantity": "n_params", "scope": "total", "value": self.n_params, "unit": "1"}]
        return [*(size if self.n_params is not None else []), *served, *host_figures(self.situation)]

    def sources_json(self) -> list[dict[str, str]]:
        return works_json(self.derivation.relevant().sources)


def _terms_json(card: Worked) -> list[dict[str, Any]]:
    return [{"name": name, "gib": size / GIB} for name, size in card.terms.items()]


def outcome(case: Case, changed: Mapping[str, Fact] | None = None) -> Outcome:
    """One case worked out; BadInput when its facts contradict each other or its model is not known.

    changed     facts of the formulas that stand for the case's own, as an ablation leaves a term out
    """
    if _IN_FILES & case.facts.keys():
        return _worked_out(case, situation(case), changed or {})
    found = _remembered(_Same(case))
    return _worked_out(case, found.situation, changed) if changed else found


class _Same:
    """A case as a key: the same facts in the same order, on the same cards."""

    def __init__(self, case: Case) -> None:
        self.case = case
        facts = tuple((name, repr(value) if type(value) is list else value) for name, value in case.facts.items())
        cards = tuple(card.name for card in case.rig)
        self.key = (facts, cards, case.differs, case.assumed, case.default)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.key == other.key and self.case.rig == other.case.rig


# offers, ladders and remarks of one question come back to the same cases, and so do the questions of a conversation and of a day
@lru_cache(maxsize=1024)
def _remembered(same: _Same) -> Outcome:
    return _worked_out(same.case, situation(same.case), {})


def _worked_out(case: Case, where: Situation, changed: Mapping[str, Fact]) -> Outcome:
    cards = []
    for place in where.places:
        facts = where.facts | place.facts | dict(changed)
        cards.append(
            Worked(place, derived(peak, facts), most_held(facts, place.card, share_within(where.knob, place.card)))
        )
    return Outcome(case, where, tuple(cards))
