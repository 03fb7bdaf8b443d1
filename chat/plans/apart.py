"""The calls of a question that asks for a case and for changes of it, each by what it says itself."""

from dataclasses import dataclass

from chat.plans.plan import Call, plan
from chat.plans.variants import Variant, varied
from chat.reads.reading import Reading

# what answers for a change of a case
_ANSWERS = ("estimate_memory", "solve_for")


@dataclass(frozen=True)
class Apart:
    """The calls of a case, and that of each change of it that is asked beside."""

    base: Reading
    calls: list[Call]
    each: list[tuple[Variant, Call]]


def calls_of(reading: Reading) -> list[Call]:
    """The calls that answer a question, those of the changes that it asks for behind those of its case."""
    apart = apart_of(reading)
    return [*apart.calls, *(call for _, call in apart.each)] if apart else plan(reading)


def apart_of(reading: Reading) -> Apart | None:
    """The question in its parts; None where it is one, or a change of it has no call of its own."""
    found = varied(reading)
    calls = plan(found.base) if found else []
    if found is None or "estimate_memory" not in {name for name, _ in calls}:
        return None
    each = [(one, call) for one in found.each for call in _answering(one)]
    told = [(one, call) for one, call in each if call not in calls]
    answered = len({id(one) for one, _ in told}) == len(found.each) and len(told) == len(each)
    return Apart(found.base, calls, told) if answered else None


def _answering(one: Variant) -> list[Call]:
    """What answers for a change: its verdict, or what is asked of it; both where that is asked of each."""
    found = sorted(
        (call for call in plan(one.reading) if call[0] in _ANSWERS), key=lambda call: call[0] if one.counted else ""
    )
    return found[: 2 if one.counted else 1]
