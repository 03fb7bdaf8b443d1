"""With how many cards a training goes where no number is enough as it is: what every card holds by itself is made less."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.cards import GIB
from kb.cases import LAYOUTS, Case
from kb.counts import around, usable
from kb.outcome import Outcome, outcome
from kb.room import positions_of
from kb.solver import Solution
from kb.squeezed import Squeeze

_FUSED = Squeeze({"loss": "fused"}, Words("a fused loss (Liger)", "融合损失(Liger)"))
_HOSTED = Squeeze(
    {"loss": "fused", "activation_offload": True},
    Words("a fused loss and checkpoints in host memory", "融合损失加检查点放内存"),
)
# stages that leave a part whole on every card, and what divides all of it
_WHOLE = ("0", "1", "2")
_DIVIDED = Squeeze({}, Words("all of it divided (ZeRO-3/FSDP)", "全部切分(ZeRO-3/FSDP)"))
# ranks that share the tokens of one sample
_DEGREES = (2, 4, 8)


def json_of(solution: Solution, own_length: int = 0) -> dict[str, Any]:
    """The solution as one object; a case for which no number of cards is enough has `lighter`, ways by which some is.

    `own_length`: the positions that the model is said to declare, where its row may tell another version's.
    """
    told = solution.json()
    if own_length and solution.quantity == "seq_len":
        for answer, case in zip(solution.answers, told["cases"] or [told], strict=True):
            if answer.at is not None and case["solved"]:
                case["solved"] |= positions_of(answer.at, own_length)
    if solution.quantity != "n_gpus":
        return told
    for answer, case in zip(solution.answers, told["cases"] or [told], strict=True):
        if answer.value is None:
            case |= {"quantity": "n_gpus", "undivided": None, "lighter": [*_lighter(answer.case)]}
            if divided := _divided(answer.case):
                case |= {"undivided": int(answer.case.facts["zero_stage"]), "lighter": divided}
    return told


def _divided(case: Case) -> list[dict[str, Any]]:
    """Of a stage that was named and leaves a part whole, the fewest cards without it, and the machines around them that
    hold it; nothing where no number does."""
    if str(case.facts.get("zero_stage")) not in _WHOLE or outcome(case).situation.knob("task") != "train":
        return []
    if not (found := usable(1, partial(_on, case, {}))):
        return []
    count, there = found
    ways = [_told(_DIVIDED.says, {"zero_stage": 3}, count, there)]
    for other in around(count):
        if (beside := _on(case, {}, other)).best <= (beside.capacity or 0.0):
            ways.append(_told(_DIVIDED.says, {"zero_stage": 3}, other, beside) | {"margin": other > count})
    return ways


def _lighter(case: Case) -> Iterator[dict[str, Any]]:
    """The change of settings that takes the fewest cards, and the sequence over the cards, each with the fewest cards that hold it."""
    if outcome(case).situation.knob("task") != "train" or set(LAYOUTS) & (
        set(case.facts) - case.assumed - {"zero_stage"}
    ):
        return
    held = [(change, usable(1, partial(_on, case, change.facts))) for change in (_FUSED, _HOSTED)]
    enough = [(change, *found) for change, found in held if found]
    if enough:
        change, count, there = min(enough, key=lambda one: one[1])
        yield _told(change.says, change.facts, count, there)
    for degree in _DEGREES:
        facts = {"cp": degree, **_FUSED.facts}
        try:
            there = _on(case, facts, degree)
        except BadInput:
            continue
        if there.verdict_of_cards == "yes":
            yield _told(Words("sequence parallelism with a fused loss", "序列并行加融合损失"), facts, degree, there)
            break


def _on(case: Case, facts: dict[str, Any], count: int) -> Outcome:
    """The case with these facts on so many cards; a single one has nothing to share."""
    return outcome(case.with_facts(**facts, n_gpus=count, zero_stage=3 if count > 1 else 0))


def _told(says: Words, facts: dict[str, Any], count: int, there: Outcome) -> dict[str, Any]:
    return {"facts": facts, "says": says.en, "zh": says.zh, "value": count, "gib": there.best / GIB}
