"""The calls of a question that asks for a case, for changes of it and for what a setting does, each by what it says itself."""

from dataclasses import dataclass, replace

from chat.plans.beside import beside
from chat.plans.claims_apart import claims_of
from chat.plans.pace import PACE, pace_calls
from chat.plans.plan import Call, plan
from chat.plans.remarked import remark_calls
from chat.plans.variants import Variant, varied
from chat.reads.reading import Reading
from chat.reads.requests.own_lengths import OWN_LENGTH

# what answers for a change of a case
_COUNTS = "solve_for"
_ANSWERS = ("estimate_memory", _COUNTS)
_SERVER = "vllm"
# of other counts and lengths the same server is meant; another card, format or a run with RAM is a case of its own
_SAME_SERVER = {"n_gpus", "seq_len", "batch_size"}


@dataclass(frozen=True)
class Apart:
    """The calls of a case, that of each change of it, and those of what is asked beside; `first`: before the case; `label`:
    what the case is called beside others; `told`: its changes alone are asked about."""

    base: Reading
    calls: list[Call]
    each: list[tuple[Variant, Call]]
    asides: tuple[tuple[Reading, list[Call]], ...] = ()
    first: bool = False
    label: str = ""
    told: bool = False

    @property
    def every_call(self) -> list[Call]:
        further = [call for _, calls in self.asides for call in calls]
        return [*self.calls, *(call for _, call in self.each), *further]


def calls_of(reading: Reading) -> list[Call]:
    """The calls that answer a question, those of the changes that it asks for behind those of its case."""
    if claims := claims_of(reading):
        return [call for one in claims for call in plan(one)]
    apart = apart_of(reading)
    return apart.every_call if apart else plan(reading)


def apart_of(reading: Reading) -> Apart | None:
    """The question in its parts; None where it is one, or a part of it has no call of its own."""
    found = beside(reading)
    if found is None:
        return _changed(reading)
    case = _changed(found.case) or Apart(found.case, plan(found.case), [])
    asides = tuple((one, _of_its_own(one)) for one in found.each)
    if not case.calls or not all(calls for _, calls in asides):
        return _changed(reading)
    return replace(case, asides=asides, first=found.first)


def _of_its_own(aside: Reading) -> list[Call]:
    """What answers for a question about a setting: the remarks on it, or what it does to the speed."""
    return pace_calls(aside) if aside.intent in PACE else remark_calls(aside, [])


def _changed(reading: Reading) -> Apart | None:
    """A case with its changes; None where there are none, or one of them has no call of its own."""
    found = varied(reading)
    own = {"seq_len": tuple(reading.extras.get(OWN_LENGTH, ()))}
    if found and any(dict(one.changed) == own for one in found.each):
        return None  # how much of that length there is room for is asked, and no case of it
    calls = plan(found.base) if found else []
    if found is None or "estimate_memory" not in {name for name, _ in calls}:
        return None
    each = [(one, call) for one in found.each for call in _answering(_of_the_server(one, calls))]
    base = found.base
    if any(name == _COUNTS and args.get("engine") == _SERVER for _, (name, args) in each) and _counted_plainly(calls):
        base = replace(base, facts={**base.facts, "engine": (_SERVER,)})  # counts side by side are of one program
        calls = plan(base)
    told = [(one, call) for one, call in each if not any(_counted_by(call, other) for other in calls)]
    answered = len({id(one) for one, _ in told}) == len(found.each) and len(told) == len(each)
    return Apart(base, calls, told, label=found.label, told=found.told) if answered else None


def _counted_by(call: Call, other: Call) -> bool:
    """Does the other call answer for this one, alone or among several values?"""
    (name, args), (of, facts) = call, other
    each = {key: value if isinstance(value, list) else [value] for key, value in facts.items()}
    return name == of and set(args) == set(each) and all(value in each[key] for key, value in args.items())


def _counted_plainly(calls: list[Call]) -> bool:
    """Are cards counted for what no program is told to serve?"""
    counts = [args for name, args in calls if name == _COUNTS]
    return bool(counts) and all(args.get("task") != "train" and "engine" not in args for args in counts)


def _of_the_server(one: Variant, calls: list[Call]) -> Variant:
    """The change as it runs in the server that the case was counted in, be it on one card or for one user."""
    served = any(name == "estimate_memory" and args.get("engine") == _SERVER for name, args in calls)
    own = next((args for name, args in plan(one.reading) if name == "estimate_memory"), {})
    if not served or not own or own.get("task") == "train" or "engine" in own or not set(one.changed) <= _SAME_SERVER:
        return one
    return replace(one, reading=replace(one.reading, facts={**one.reading.facts, "engine": (_SERVER,)}))


def _answering(one: Variant) -> list[Call]:
    """What answers for a change: its verdict, or what is asked of it; both where that is asked of each."""
    found = sorted(
        (call for call in plan(one.reading) if call[0] in _ANSWERS), key=lambda call: call[0] if one.counted else ""
    )
    return found[: 2 if one.counted else 1]
