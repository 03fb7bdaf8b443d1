"""Distillation: the frozen teacher beside the student that trains, worked out as any model that is served."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from formulas.derivation import Fact
from formulas.errors import BadInput
from formulas.vocabulary import model_weights
from kb.cases import Case
from kb.knobs import BY_NAME
from kb.stated import ASKED
from kb.worked import derived

if TYPE_CHECKING:
    from kb.facts import Situation


def teacher_facts(case: Case, situation: Callable[[Case], "Situation"], cards: int) -> dict[str, Fact]:
    """What the teacher takes, by a name or a size; nothing where no student trains."""
    named = case.facts.get("teacher_model")
    if not named or case.facts.get("method", "inference") == "inference":
        return {}
    if case.facts.get("algo") == "ppo":
        raise BadInput("teacher_model and algo ppo: a teacher beside PPO's other models is not counted")
    alone = replace(case, facts=_called(str(named)) | _stored(case), card=None, together=())
    try:
        there = situation(alone)
    except BadInput as error:
        raise BadInput(f"teacher_model: {error}") from None
    origin = f"the teacher {there.knob('model')}, worked out as a model that is served"
    size = derived(model_weights, there.facts | there.places[0].facts).values[model_weights]
    facts = {"teacher": Fact("frozen", origin), "teacher_size": Fact(size, origin)}
    if case.facts.get("teacher_split"):
        facts["teacher_shards"] = Fact(cards, ASKED)
    return facts


def _called(named: str) -> dict[str, object]:
    try:
        return {"method": "inference", "params": BY_NAME["params"].parse(named)}
    except BadInput:
        return {"method": "inference", "model": named}


def _stored(case: Case) -> dict[str, object]:
    return {"weight_format": case.facts.get("teacher_format", "bf16")}
