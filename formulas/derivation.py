"""`derive(target, facts)`: from the quantity asked for, backwards through formulas, down to facts.

The result is a graph of reasons. Each quantity stands in it once; what is unknown is a leaf, not an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Expr, Max, sympify

from formulas.compiled import Bound, Rows, compiled
from formulas.errors import BadInput
from formulas.formula import Formula, Source
from formulas.library import Library, library
from formulas.numeric import Number, truth_of
from formulas.quantity import Quantity, Words


@dataclass(frozen=True)
class Fact:
    """A value and where it is from: a source, or one of `asked`, `assumed`, `measured here`, `computed`."""

    value: Any
    origin: str | Source


class Ambiguous(BadInput):
    """Two formulas of one quantity apply at once: their conditions overlap."""


class Circular(BadInput):
    """A quantity was needed to find itself."""


@dataclass(frozen=True)
class Step:
    """One quantity of a derivation: by a formula, bound to other steps, from a fact, or unknown."""

    quantity: Quantity
    formula: Formula | None = None
    bound: Bound | None = None
    fact: Fact | None = None

    @property
    def expr(self) -> Expr | None:
        """The formula in terms of other steps."""
        return self.bound.expr if self.bound is not None else None

    @property
    def symbols(self) -> frozenset[Any]:
        """What stands in the formula once it is bound; an input that cancels is none of it."""
        return self.bound.symbols if self.bound is not None else frozenset()

    @property
    def inputs(self) -> frozenset[Quantity]:
        """The other steps that it is computed from."""
        return self.bound.inputs if self.bound is not None else frozenset()


def derive(
    target: Quantity,
    facts: Mapping[str, Fact],
    using: Mapping[str, str] | None = None,
    shelf: Library | None = None,
) -> "Derivation":
    """How `target` follows from the facts.

    facts   by name of quantity (`n_layers`, or `n_layers[sliding]` for one member of an axis), of choice
            (`attention`), or of axis (`layer_kind`, its value the tuple of its members)
    using   {target: name of a formula} to take a rule of thumb instead of the exact account
    shelf   the formulas to draw on; all of them by default

    Raises Ambiguous when two formulas apply, Circular when a quantity needs itself, BadInput for an unknown rule.
    """
    builder = _Builder(facts, using or {}, shelf or library())
    found = builder.resolve(target.base, target.member)
    return Derivation(found, tuple(builder.steps.values()), dict(facts), tuple(builder.undecided))


class _Builder:
    def __init__(self, facts: Mapping[str, Fact], using: Mapping[str, str], shelf: Library) -> None:
        self.facts, self.using, self.shelf = facts, using, shelf
        self.steps: dict[Quantity, Step] = {}
        self.resolved: dict[tuple[Quantity, str | None], Quantity] = {}
        self.undecided: dict[str, None] = {}
        self.path: dict[Quantity, None] = {}  # what is being resolved, outermost first

    def choice(self, name: str) -> Any:
        """What a choice says, None if nothing: facts are read one by one, as a graph depends on what is looked at."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def members(self, axis: str) -> tuple[str, ...]:
        fact = self.facts.get(axis)
        return tuple(fact.value) if fact else ()

    def resolve(self, base: Quantity, member: str | None) -> Quantity:
        """The quantity that stands for `base` at `member`: its instance, or itself where nothing sets them apart."""
        if (base, member) in self.resolved:
            return self.resolved[base, member]
        if base in self.path:
            path = list(self.path)
            names = " -> ".join(quantity.name for quantity in (*path[path.index(base) :], base))
            raise Circular(f"{base.name} is needed to find itself: {names}")
        found = self._from_fact(base, member) or self._from_formula(base, member)
        self.resolved[base, member] = found
        return found

    def _from_fact(self, base: Quantity, member: str | None) -> Quantity | None:
        instance = base.at(member) if member is not None else base
        for quantity in (instance, base):
            fact = self.facts.get(quantity.name)
            if fact is not None:
                self.steps[quantity] = Step(quantity, fact=fact)
                return quantity
        return None

    def _from_formula(self, base: Quantity, member: str | None) -> Quantity:
        formula, decided_here = self._pick(base, member)
        if formula is None:
            found = base.at(member) if member is not None and decided_here else base
            self.steps.setdefault(found, Step(found))
            return found
        self.path[base] = None
        bound = self._bind(formula, member)
        del self.path[base]
        found = base
        if member is not None and (decided_here or any(q.member == member for q in bound.inputs)):
            found = base.at(member)
        if found not in self.steps:
            self.steps[found] = Step(found, formula, bound)
        return found

    def _pick(self, base: Quantity, member: str | None) -> tuple[Formula | None, bool]:
        """The one formula that applies, and whether a choice of this member alone decided it."""
        wanted = self.using.get(base.name)
        candidates = self.shelf.of(base)
        if wanted is not None:
            for formula in candidates:
                if formula.name == wanted:
                    return formula, False
            known = ", ".join(formula.name for formula in candidates)
            raise BadInput(f"no formula {wanted!r} gives {base.name}; there is {known or 'none'}")
        verdicts = [(formula, formula.holds(self.choice, member)) for formula in candidates if not formula.rule]
        here = member is not None and any(
            self.choice(choice.at(member)) is not None
            for formula, _ in verdicts
            for choice in formula.when
            if choice.axis
        )
        applying = [formula for formula, verdict in verdicts if verdict is True]
        if len(applying) > 1:
            names = " and ".join(formula.name for formula in applying)
            raise Ambiguous(f"{base.name} follows from two formulas at once: {names}")
        if applying:
            return applying[0], here
        for formula, verdict in verdicts:
            if verdict is None:
                for choice in formula.when:
                    if self.choice(choice.name) is None:
                        self.undecided[choice.name] = None
        return None, here

    def _bind(self, formula: Formula, member: str | None) -> Bound:
        """The formula's inputs found in this graph, those declared first before the others."""
        shape = compiled(formula)
        scalars = [(q.base, q.member if q.member is not None else member if q.axis else None) for q in shape.scalars]
        if not shape.spreads:
            return Bound(shape, tuple(self.resolve(*key) for key in scalars), ())
        rows = [
            [[(q, at) for q in spread.along] for at in self.members(spread.axis) or (member,)]
            for spread in shape.spreads
        ]
        wanted = {*scalars, *(key for each in rows for row in each for key in row)}
        found = {
            (q, at): self.resolve(q, at)
            for q, at in sorted(wanted, key=lambda key: (key[0].at(key[1]) if key[1] is not None else key[0]).rank)
        }
        bound: list[Rows] = [tuple(tuple(found[key] for key in row) for row in each) for each in rows]
        return Bound(shape, tuple(found[key] for key in scalars), tuple(bound))


@dataclass(frozen=True)
class Derivation:
    """How a quantity follows from facts; everything but the graph is a view of it.

    graph   the steps, inputs before results; in it only which steps are facts counts, their values are `given`
    """

    target: Quantity
    graph: tuple[Step, ...]
    given: Mapping[str, Fact] = field(repr=False)
    undecided: tuple[str, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The graph with the values of the facts in it, inputs before results."""
        return tuple(
            step if step.fact is None else Step(step.quantity, fact=self.given[step.quantity.name])
            for step in self.graph
        )

    def evaluate(self, changes: Mapping[Quantity, Number] | None = None) -> dict[Quantity, Number]:
        """The value of every quantity that can be known, in the units of `quantity.py`; `changes` beat the facts."""
        changes = changes or {}
        values: dict[Quantity, Number] = {}
        for step in self.graph:
            quantity = step.quantity
            if quantity in changes:
                values[quantity] = changes[quantity]
            elif step.fact is not None:
                values[quantity] = self.given[quantity.name].value
            elif step.bound is not None:
                try:
                    values[quantity] = step.bound.value(values)
                except KeyError:  # an input is unknown, and so is this
                    continue
        return values

    def value_if(self, quantity: Quantity, value: Number) -> Number:
        """The target's value if that one fact were another; only what depends on it is worked out again."""
        values = {**self.values, quantity: value}
        for step in self._resting_on(quantity):
            assert step.bound is not None
            values[step.quantity] = step.bound.value(values)
        return values[self.target]

    def _resting_on(self, quantity: Quantity) -> tuple[Step, ...]:
        """The steps that a quantity reaches, inputs before results."""
        if quantity not in self._reached:
            reached, steps = {quantity}, []
            for step in self.graph:
                if step.fact is None and not reached.isdisjoint(step.inputs):
                    reached.add(step.quantity)
                    steps.append(step)
            self._reached[quantity] = tuple(steps)
        return self._reached[quantity]

    @cached_property
    def _reached(self) -> dict[Quantity, tuple[Step, ...]]:
        return {}

    @cached_property
    def values(self) -> dict[Quantity, Number]:
        return self.evaluate()

    @property
    def value(self) -> Number | None:
        """The target's value, or None while something is unknown."""
        return self.values.get(self.target)

    @cached_property
    def by_quantity(self) -> dict[Quantity, Step]:
        return {step.quantity: step for step in self.steps}

    @property
    def unknown(self) -> tuple[Quantity, ...]:
        """What to ask next: the quantities that nothing gives, each as high up as nothing below it is known either."""
        if self.value is not None:
            return ()
        left = [symbol for symbol in self.expr.free_symbols if isinstance(symbol, Quantity)]
        return tuple(sorted(left, key=lambda quantity: quantity.rank))

    def _touched(self, free: tuple[Quantity, ...]) -> set[Quantity]:
        """The quantities that rest on some fact, or on one of `free`."""
        touched = set(free)
        for step in self.steps:
            if step.fact is not None or not touched.isdisjoint(step.inputs):
                touched.add(step.quantity)
        return touched

    def in_terms_of(self, *free: Quantity) -> Expr:
        """The target as an expression in `free` and what is unknown, everything else a number.

        A quantity below which nothing is known stays a symbol: the number of parameters is asked for, not its parts.
        """
        touched = self._touched(free)
        values = self.evaluate()
        known: dict[Quantity, Expr] = {}
        for step in self.steps:
            quantity = step.quantity
            if quantity in free:
                known[quantity] = quantity
            elif step.fact is not None:
                known[quantity] = sympify(step.fact.value)
            elif step.expr is None or (quantity not in touched and quantity not in values and quantity != self.target):
                known[quantity] = quantity
            else:
                known[quantity] = step.expr.xreplace(known)
        return known[self.target]

    @property
    def expr(self) -> Expr:
        """The target in terms of what is unknown: `131072*seq_len` already is an answer."""
        return self.in_terms_of()

    def subtree(self, quantity: Quantity) -> "Derivation":
        """The derivation of one of its quantities."""
        needed, keep = [quantity], {quantity}
        while needed:
            fresh = self.by_quantity[needed.pop()].inputs - keep
            keep |= fresh
            needed.extend(fresh)
        steps = tuple(step for step in self.graph if step.quantity in keep)
        return Derivation(quantity, steps, self.given, self.undecided)

    def relevant(self) -> "Derivation":
        """The part that decides the value: of a maximum the greatest only, and nothing of what is zero."""
        keep, needed = {self.target}, [self.target]
        while needed:
            step = self.by_quantity[needed.pop()]
            expr = step.expr
            if expr is None:
                continue
            inputs = set(step.symbols)
            if isinstance(expr, Max) and all(part.is_Symbol and part in self.values for part in expr.args):
                inputs = {max(expr.args, key=lambda part: self.values[part])}
            fresh = {one for one in inputs if self.values.get(one) != 0} - keep
            keep |= fresh
            needed.extend(fresh)
        part = Derivation(self.target, tuple(s for s in self.graph if s.quantity in keep), self.given, self.undecided)
        # what is left out still has its value, or the sums above it would have none
        part.__dict__["values"] = self.values
        return part

    def with_facts(self, facts: Mapping[str, Fact]) -> "Derivation":
        """The same graph with other values; the facts must be of the same names, and the choices the same."""
        return Derivation(self.target, self.graph, dict(facts), self.undecided)

    def formulas(self) -> Iterator[Formula]:
        for step in self.graph:
            if step.formula is not None:
                yield step.formula

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source of a formula or fact, once, in order of use."""
        found: dict[Source, None] = {}
        for step in self.steps:
            if step.formula is not None:
                found[step.formula.source] = None
            elif step.fact is not None and isinstance(step.fact.origin, Source):
                found[step.fact.origin] = None
        return tuple(found)

    @property
    def assumes(self) -> tuple[Words, ...]:
        return tuple(dict.fromkeys(words for formula in self.formulas() for words in formula.assumes))

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each relation that a formula needs and that the values break."""
        broken = []
        for formula in self.formulas():
            for relation in formula.valid:
                if all(symbol in self.values for symbol in relation.free_symbols) and not truth_of(
                    relation, self.values
                ):
                    broken.append(f"{formula.name} holds only where {relation}")
        return tuple(broken)
