"""`derive`: how a quantity follows from the facts given; what they leave open is taken from the recipe and says so."""

import re
from dataclasses import dataclass
from typing import Any

from formulas.derivation import Derivation, Fact
from formulas.derivation import derive as derive_quantity
from formulas.errors import BadInput, near
from formulas.library import library
from formulas.notation import amount, with_unit
from formulas.quantity import Quantity, byte, quantities
from formulas.render import (
    derivation_document,
    derivation_json,
    derivation_latex,
    derivation_markdown,
    derivation_text,
    steps_json,
    works_json,
)
from formulas.solve import Solution, solve_for
from formulas.vocabulary import host_memory
from kb.knobs import BY_NAME
from kb.knobs import amount as number_of


@dataclass(frozen=True)
class Derived:
    """A derivation and what was assumed for it."""

    derivation: Derivation
    warnings: tuple[str, ...] = ()
    model: Fact | None = None

    @property
    def value(self) -> Any:
        """In the units of `formulas.quantity` (bytes, seconds, FLOP), or None while something is unknown."""
        return self.derivation.value

    @property
    def shown(self) -> Derivation:
        """The part that decides the value, or all of it while something is unknown."""
        return self.derivation.relevant() if self.derivation.value is not None else self.derivation

    def text(self, language: str = "en") -> str:
        return derivation_text(self.shown, language)

    def markdown(self, language: str = "en") -> str:
        return derivation_markdown(self.shown, language)

    def latex(self) -> str:
        """A whole article."""
        return derivation_document(self.shown)

    def solved_for(self, quantity: str, value: Any) -> Solution:
        """The `quantity` at which the target takes `value` (bytes for memory)."""
        return solve_for(self.derivation, known_quantity(quantity), value)

    def json(self) -> dict[str, Any]:
        """One object of the contract, with the steps beside it."""
        derivation = self.shown
        answers = []
        if derivation.value is not None:
            shown, unit = amount(derivation.value, derivation.target)
            answers.append(
                {"quantity": derivation.target.name, "scope": "total", "value": float(derivation.value),
                 "unit": str(derivation.target.unit), "shown": f"{shown} {unit}".strip()}
            )  # fmt: skip
        facts = {
            step.quantity.name: {"value": step.fact.value, "origin": str(step.fact.origin),
                                 "shown": with_unit(step.fact.value, step.quantity)}
            for step in derivation.steps
            if step.fact is not None
        }  # fmt: skip
        return {
            "verdict": None,
            "memory": None,
            "model": {"value": self.model.value, "origin": str(self.model.origin)} if self.model else None,
            "facts": facts,
            "answers": answers,
            "needs": [quantity.name for quantity in derivation.unknown],
            "sources": works_json(derivation.sources),
            "warnings": [*self.warnings, *derivation.warnings],
            "derivation_latex": derivation_latex(derivation),
            "derivation_steps": steps_json(derivation),
            "derivation": derivation_json(derivation),
        }


def known_quantity(name: str) -> Quantity:
    """The quantity of that name; BadInput names what is near."""
    library()  # its chapters declare the quantities
    known = quantities()
    if name not in known:
        raise BadInput(f"no quantity `{name[:60]}`{near(name, known)}; `kb formulas` lists them")
    return known[name]


def derive(quantity: str, rule: str | None = None, free: str | None = None, **given: Any) -> Derived:
    """How a quantity follows from facts given by knob (`params="70B"`) or by quantity (`n_train_tokens=2e12`).

    rule    the name of a rule of thumb or rival account to use
    free    a quantity that will be solved for: it counts as given

    Memory is that of one card, the one that holds most where they differ.
    Facts given alone are used where they suffice; otherwise the recipe and, for a mere size, the model that stands for
    it, fill in as `assumed`. BadInput for unknown names and for a rule that no part of the derivation uses.
    """
    target = known_quantity(quantity)
    given = {name: value for name, value in given.items() if value is not None}
    knobs = {name: value for name, value in given.items() if name in BY_NAME or name not in quantities()}
    direct = {name: Fact(number_of(value, name), "asked") for name, value in given.items() if name not in knobs}
    using = {}
    if rule is not None:
        using[library().named(rule).target.name] = rule
    from kb.facts import asked_facts, one_case, situation

    case = one_case(knobs)
    alone = asked_facts(case) | direct
    if free is not None:
        alone.setdefault(known_quantity(free).name, Fact(1, "solved for"))
    derivation = derive_quantity(target, alone, using)
    if derivation.value is None and "model" not in case.facts and "config" not in case.facts and not using:
        derivation = _by_a_rule(target, alone) or derivation
    model = case.facts.get("model")
    warnings: tuple[str, ...] = ()
    if derivation.value is None and (case.facts or not direct):
        whole = situation(case, allow_no_model=True)
        parts = [place.facts for place in whole.places] if target.unit is byte and target is not host_memory else [{}]
        fuller = [derive_quantity(target, {**whole.facts, **part, **direct}, using) for part in parts]
        # of cards that hold different parts, the one with most
        derivation, warnings = max(fuller, key=lambda one: one.value or 0), whole.warnings
        model = whole.knobs.get("model")
    if using and not any(formula.name == rule for formula in derivation.formulas()):
        raise BadInput(f"{rule} gives {library().named(str(rule)).target.name}, which {quantity} does not rest on")
    return Derived(derivation, warnings, model)


def _by_a_rule(target: Quantity, facts: dict[str, Fact]) -> Derivation | None:
    """The one rule that the facts alone suffice for, if there is exactly one."""
    found = []
    for formula in library().of(target):
        if formula.rule:
            tried = derive_quantity(target, facts, {target.name: formula.name})
            if tried.value is not None:
                found.append(tried)
    return found[0] if len(found) == 1 else None


def read_value(text: str, quantity: Quantity) -> float:
    """`"24GiB"` for a quantity of memory, `"12 days"` for one of time, a plain number in the quantity's own unit."""
    from kb.units import measures, scale

    found = re.fullmatch(r"\s*([0-9][0-9.,eE+-]*?)\s*([A-Za-z/]*)\s*", text)
    if not found:
        raise BadInput(f"a value is a number, with a unit if need be (24GiB), not {text[:40]!r}")
    number, unit = found.groups()
    if not unit:
        return float(number_of(number, "value"))
    if not measures(quantity, unit):
        raise BadInput(f"{unit} does not measure {quantity.name}, whose unit is {quantity.unit}")
    return float(number_of(number, "value")) * scale(quantity, unit)
