"""`solve`: the largest length, batch, rank or model, or the fewest cards, that fit; each answer verified on both sides."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, lcm
from typing import Any

from formulas.errors import BadInput, near
from kb.cards import GIB
from kb.cases import INFERENCE, LAYOUTS, Case, method_of, parse_given, spread
from kb.counts import alone, as_sold, floor, likely_with, pooled, usable
from kb.counts_served import other_formats, otherwise
from kb.first_way import ways
from kb.host_memory import RAM_EACH, host_verdict, machines_lack
from kb.hosting import most_layers, whole_machines
from kb.knobs import called_name
from kb.layout import of_unequal_size
from kb.least_cards import least_alone
from kb.outcome import Outcome, outcome
from kb.recipe import formats_by_bits, representatives
from kb.rollouts_counted import with_rollouts
from kb.room import in_layers, positions_of, room_of, unfitting
from kb.squeezed import leaner, squeezes
from kb.unsolved import none_fits, none_is_enough
from kb.wider import wider

LARGEST = {"seq_len": 1 << 24, "output_len": 1 << 24, "batch_size": 1 << 20, "lora_rank": 1 << 14, "gpu_layers": 10000}
_FOR_SURE = ("seq_len", "batch_size")
FEWEST = {"n_gpus": 1 << 14, "n_cpu_moe": 10000}
SOLVABLE = (*LARGEST, *FEWEST, "params", "bits")


@dataclass(frozen=True)
class Solved:
    """The answer for one case: the value, or None with the reason. `at` is the outcome there."""

    case: Case
    quantity: str
    value: int | float | None
    at: Outcome | None
    why: str = ""
    why_zh: str = ""
    model: str = ""
    sure: tuple[float, Outcome] | None = None
    beyond: tuple[float, Outcome] | None = None
    wider: list[dict[str, Any]] = field(default_factory=list)
    tried: Any = None

    def json(self) -> dict[str, Any]:
        solved = None
        if self.at is not None and self.at.capacity is not None:
            solved = {"quantity": self.quantity, "value": self.value, "gib": self.at.best / GIB,
                      "capacity_gib": self.at.capacity / GIB, "verdict": self.at.verdict,
                      **({"model": self.model} if self.model else {}), **self._beside()}  # fmt: skip
        facts = {name: self.case.facts[name] for name in self.case.differs if name in self.case.facts}
        return {"facts": facts, "solved": solved, "why": self.why, "why_zh": self.why_zh, **self._instead()}

    def _instead(self) -> dict[str, Any]:
        """Where nothing fits as it is: how far it goes with a usual cheap change."""
        if self.value is not None or self.quantity not in _FOR_SURE:
            return {}
        least = outcome(self.case.with_facts(**{self.quantity: 1}))
        return {"quantity": self.quantity, "wider": self.wider, **unfitting(least, self.quantity)}

    def _beside(self) -> dict[str, Any]:
        """Cards as they come; of a model the length that it leaves room for, and the largest that fits for sure."""
        assert self.at is not None
        if self.quantity == "n_gpus":
            return self._in_practice()
        if self.quantity in _FOR_SURE:
            own = positions_of(self.at) if self.quantity == "seq_len" else {}
            room = room_of(self.at, self.quantity, int(self.value or 0))
            return {**own, "sure": self._surely, "wider": self.wider, "room": room}
        if self.quantity == "lora_rank":
            return {"sure": self._surely, "wider": [], "room": None}
        if self.quantity == "gpu_layers" and self.sure:
            return in_layers(self.case, self.sure[1], range_of(self.case, "gpu_layers")[1], self.tried, self._surely)
        if self.quantity != "params":
            return {}
        beside: dict[str, Any] = {"longest": self.at.largest("seq_len")}
        if self.sure is not None:
            size, at = self.sure
            beside["sure"] = {"params": size, "gib": at.best / GIB, "longest": at.largest("seq_len")}
        if self.beyond is not None:
            size, at = self.beyond
            beside["beyond"] = {"params": size, "gib": at.best / GIB}
        return beside | leaner(self.at)

    @property
    def _surely(self) -> dict[str, Any] | None:
        """The most of which the whole interval fits, and what it takes."""
        return {"value": int(self.sure[0]), "gib": self.sure[1].best / GIB} if self.sure else None

    def _in_practice(self) -> dict[str, Any]:
        """As many cards as one takes, what a card of them holds, and how the least are laid out."""
        assert self.at is not None
        case, knob = self.at.case, self.at.situation.knob
        found = usable(int(self.value or 1), lambda count: outcome(case.with_facts(n_gpus=count)))
        laid_out = bool(set(LAYOUTS) & (set(self.case.facts) - self.case.assumed))  # by the question
        least: dict[str, Any] = {
            "least_pp": 1 if knob("layer_split") or knob("task") == "train" else int(knob("pp") or 1),
            "squeezed": self._squeezed(found[0] if found else None),
            **otherwise(self.at, self.case, found, _enough),
            **floor(self.at, outcome(alone(case)), int(self.value or 0), laid_out),
        }
        if not found:
            return least
        return {
            **least, **pooled(found[1]), "with_rollouts": with_rollouts(self.case, self.at, partial(_enough, sharded=True)), "in_practice": found[0], "in_practice_gib": found[1].best / GIB, "in_practice_left_gib": ((self.at.capacity or 0.0) - found[1].best) / GIB, **({"machines": machines} if (machines := whole_machines(found[0])) else {}),
            "in_practice_terms": found[1].terms_json(), "in_practice_states": found[1].states_json(), "as_sold": as_sold(found[0], lambda count: outcome(case.with_facts(n_gpus=count))), "likely_with": likely_with(found[0], int(self.value or 1), lambda count: outcome(case.with_facts(n_gpus=count))),
        }  # fmt: skip

    def _squeezed(self, taken: int | None) -> list[dict[str, Any]]:
        """As many cards as one takes with less on each, with a margin: counts below `taken`, each lower than the one before."""
        assert self.at
        found: list[dict[str, Any]] = []
        least = most = taken or int(self.value or 0) + 1
        for squeeze in squeezes(self.at):
            sharded = "zero_stage" not in squeeze.facts
            there = _whole(self.case.with_facts(**squeeze.facts), self.quantity, sharded=sharded)
            if there.value is None or there.value > (self.value or 0):
                continue
            enough = usable(int(there.value), partial(_at, there.case, sharded))
            host = enough[1].host_gib if enough else None
            if enough and host and machines_lack(host, enough[0]):  # with as many as a machine of so much memory has
                enough = usable(ceil(host / RAM_EACH), partial(_at, there.case, sharded))
            # another method stands beside those that keep it: only fewer than it takes as it is
            kept = "method" not in squeeze.facts
            if enough is None or enough[0] >= (least if kept else most):
                continue
            count, at = enough
            least, host = count if kept else least, at.host_gib
            found.append(
                {"facts": squeeze.facts, "says": squeeze.says.en, "zh": squeeze.says.zh, "value": count,
                 "gib": at.best / GIB, "verdict": at.verdict, "host_gib": host, "machines": whole_machines(count),
                 "terms": at.terms_json(), "least_gb": least_alone(at) if count == 1 and not host else None}
            )  # fmt: skip
        return found


@dataclass(frozen=True)
class Solution:
    """The answers, case by case; the first is the default reading."""

    quantity: str
    answers: tuple[Solved, ...]

    @property
    def found(self) -> bool:
        return any(answer.value is not None for answer in self.answers)

    def json(self) -> dict[str, Any]:
        """One object of the contract."""
        first = self.answers[0]
        shown = first.at or outcome(first.case)
        return {
            "verdict": None,
            **{name: told for name, told in first.json().items() if name != "facts"},
            "facts": shown.facts_json(),
            "cases": self._cases(),
            "sources": shown.sources_json(),
            "warnings": list(shown.situation.warnings),
        }

    def _cases(self) -> list[dict[str, Any]]:
        """Each of several; of formats that stand side by side the last with the counts of those that do not."""
        if len(self.answers) == 1:
            return []
        told = [answer.json() for answer in self.answers]
        where = [answer.at for answer in self.answers if answer.at is not None]
        if self.quantity == "n_gpus" and len(where) == len(told):
            told[-1]["solved"]["formats"] = other_formats(self.answers[-1].case, where, _enough)
        return told

    def lines(self, language: str) -> list[str]:
        """One line for each case."""
        lines = []
        for answer in self.answers:
            facts = ", ".join(f"{name} {value}" for name, value in answer.json()["facts"].items())
            head = f"{facts}: " if facts else ""
            if answer.at is None:
                lines.append(head + (answer.why_zh if language == "zh" else answer.why))
                continue
            assert answer.at.capacity is not None
            assert answer.value is not None
            size = f"{answer.value:,}" + (f" ({answer.model})" if answer.model else "")
            lines.append(
                f"{head}{self.quantity} {size}  ({answer.at.best / GIB:.1f} / {answer.at.capacity / GIB:.1f} GiB)"
            )
        return lines


def solve(quantity: str, **given: Any) -> Solution:
    """The largest `seq_len`, `batch_size`, `lora_rank`, `params` or `bits`, or the fewest `n_gpus`, that fit on the card
    given. Of several knobs at once, `kb.front.front`.

    BadInput for another quantity, or when no card is given.
    """
    quantity = _solvable(quantity)
    facts = parse_given(given)
    tried = facts.pop(quantity, None)
    if quantity == "n_gpus" and "zero_stage" not in facts and _trains(facts):
        # more cards help only what is divided over them; over further replicas of a layout trainers divide optimizer states
        facts["zero_stage"] = 1 if set(LAYOUTS) & set(facts) else 3
    if not {"gpu", "gpu_memory_gb"} & set(facts):
        raise BadInput("to solve, say on which card: --gpu NAME or --gpu-memory-gb N")
    if quantity == "bits":
        facts.pop("weight_format", None)
        return Solution(quantity, tuple(_most_bits(case) for case in spread({**facts, "bits": formats_by_bits()[0]})))
    if quantity == "params":
        facts.pop("model", None)
        return Solution(quantity, tuple(map(_largest_model, spread(facts))))
    sharded = quantity == "n_gpus" and facts.get("zero_stage") != given.get("zero_stage")
    return Solution(quantity, tuple(replace(_whole(case, quantity, sharded), tried=tried) for case in spread(facts)))


def _solvable(called: str) -> str:
    """The knob of that name or alias; BadInput where it is none that can be solved for."""
    name = called_name(called)
    if name not in SOLVABLE:
        raise BadInput(f"cannot solve for `{called[:40]}`{near(called, SOLVABLE)}; it is one of {', '.join(SOLVABLE)}")
    return name


def _trains(facts: dict[str, Any]) -> bool:
    methods = facts.get("method") or method_of(facts)
    return any(method != INFERENCE for method in (methods if isinstance(methods, (list, tuple)) else [methods]))


def _at(case: Case, sharded: bool, count: int) -> Outcome:
    """The case on so many cards; a single one has nothing to share."""
    there = case.with_facts(n_gpus=count)
    return outcome(there.with_facts(zero_stage=0) if sharded and count == 1 else there)


def _enough(case: Case, sharded: bool = False) -> tuple[int, Outcome] | None:
    """As many cards as one takes, and the case there."""
    there = _whole(case, "n_gpus", sharded)
    return None if there.value is None else usable(int(there.value), partial(_at, there.case, sharded))


def _whole(case: Case, quantity: str, sharded: bool = False) -> Solved:
    """`sharded`: over several cards because they help only so; a single one has nothing to share."""
    tried: dict[int, Outcome] = {}
    step = _ranks(case) if quantity == "n_gpus" else 1

    def at(value: int) -> Outcome:
        return _at(case, sharded, value) if quantity == "n_gpus" else outcome(case.with_facts(**{quantity: value}))

    def fits(value: int) -> bool:
        tried[value] = at(value * step)
        capacity = tried[value].capacity
        assert capacity is not None
        return tried[value].best <= capacity

    if quantity in FEWEST:
        return _fewest(case, quantity, fits, tried, step)
    least, most = range_of(case, quantity)
    found = highest(fits, least, most)
    if found is None:
        need, room = tried[least].best / GIB, (tried[least].capacity or 0) / GIB
        return Solved(
            case, quantity, None, None, *none_fits(quantity, need, room),
            wider=ways(tried[least], quantity, most, highest) if quantity in _FOR_SURE else [],
        )  # fmt: skip
    further = wider(tried[found], quantity, most, highest) if quantity in _FOR_SURE else []
    return Solved(case, quantity, found, tried[found], sure=_sure(case, quantity, found), wider=further)


def _sure(case: Case, quantity: str, most: int) -> tuple[float, Outcome] | None:
    """The most of a length, a batch, a rank or layers on the card of which the whole interval fits, and the outcome there; None if there is none."""
    if quantity not in (*_FOR_SURE, "gpu_layers", "lora_rank"):
        return None
    tried: dict[int, Outcome] = {}

    def fits(value: int) -> bool:
        tried[value] = outcome(case.with_facts(**{quantity: value}))
        return tried[value].verdict_of_cards == "yes"  # fewer layers there are more for host memory, which comes last

    found = highest(fits, max(1, range_of(case, quantity)[0]) if quantity == "gpu_layers" else 1, most)
    return None if found is None or tried[found].verdict == "no" else (found, tried[found])


def range_of(case: Case, quantity: str) -> tuple[int, int]:
    """The least and the most that a quantity can be; of layers, what the model has (cards that share them need one each)."""
    if quantity != "gpu_layers":
        return 1, LARGEST[quantity]
    there = outcome(case.with_facts(**{quantity: LARGEST[quantity]})).situation
    cards = int(there.knob("n_gpus") or 1)
    most = most_layers(str(there.knob("engine") or ""), there.model.layers if there.model else ())
    if of_unequal_size(case.rig):  # the smallest has its share of them
        sizes = [card.capacity for card in case.rig]
        return min(ceil(2 * sum(sizes) / min(sizes)), most), most
    return (0 if cards == 1 else cards + 1), most


def highest(fits: Callable[[int], bool], least: int, most: int) -> int | None:
    """The highest whole number that fits, of something that needs more the higher it is; None if not even the least does."""
    if not fits(least):
        return None
    low = high = least
    while high < most:
        high = min(most, max(1, 2 * high))
        if not fits(high):
            break
        low = high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def layers_that_fit(case: Case) -> int | None:
    """The most layers on the card, the others in host memory, of which all the interval fits; None if there are none.

    BadInput where the configuration admits no such split.
    """

    def sure(value: int) -> bool:
        return outcome(case.with_facts(gpu_layers=value)).verdict_of_cards == "yes"

    return highest(sure, *range_of(case, "gpu_layers"))


def _ranks(case: Case) -> int:
    """Cards come in multiples of the ranks that the layout asks for."""
    tp, pp, cp, ep, group = (int(case.facts.get(name) or 1) for name in ("tp", "pp", "cp", "ep", "shard_size"))
    return lcm(tp * pp * cp, tp * pp * group, pp * ep)


def _fewest(case: Case, quantity: str, fits: Callable[[int], bool], tried: dict[int, Outcome], step: int = 1) -> Solved:
    def enough(value: int) -> bool | None:
        """Whether so many are enough; None where the model cannot be laid out over so many."""
        try:
            return fits(value)
        except BadInput:
            if not tried:
                raise
            return None

    if quantity != "n_gpus" and fits(0):
        return Solved(case, quantity, 0, tried[0])
    high = 1
    while not (found := enough(high)):
        high *= 2
        if found is None or high > FEWEST[quantity]:
            least = tried[max(tried)]
            need, room = least.best / GIB, (least.capacity or 0) / GIB
            return Solved(case, quantity, None, None, *none_is_enough(quantity, need, room))
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return Solved(case, quantity, high * step, tried[high])


def _most_bits(case: Case) -> Solved:
    """The most bits of a weight for which there is a format, and with which it fits."""
    least: Outcome | None = None
    for bits in reversed(formats_by_bits()):
        try:
            there = outcome(case.with_facts(bits=bits))
        except BadInput:  # no format of so many bits for this method
            continue
        assert there.capacity is not None
        if there.best <= there.capacity:
            return Solved(case, "bits", bits, there)
        least = there
    need, room = (least.best / GIB, (least.capacity or 0) / GIB) if least else (0.0, 0.0)
    return Solved(case, "bits", None, None, *none_fits("bits", need, room))


def _largest_model(case: Case) -> Solved:
    """The largest of the models that stand for sizes."""
    best: Solved | None = None
    beyond: tuple[float, Outcome] | None = None
    for params, model in reversed(representatives()):
        there = outcome(case.with_facts(model=model))
        assert there.capacity is not None
        held = host_verdict(there.situation) != "no"  # by the machine's memory
        if best is None and held and there.best <= there.capacity:
            best = Solved(case, "params", params, there, model=model, beyond=beyond)
        elif best is None:
            beyond = (params, there) if held else None
        if best is not None and there.verdict == "yes":
            return best if best.value == params else replace(best, sure=(params, there))
    return best or Solved(case, "params", None, None, "no model of the table fits", "表里没有放得下的模型")
