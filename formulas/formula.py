"""A formula is a value: what it gives, how, in whose words, from where, and when it holds. It does nothing by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Function, Max, Min, Mul, Piecewise, Pow, Symbol, simplify, sympify
from sympy.core.relational import Relational

from formulas.quantity import Choice, Quantity, Total, Words, one


@dataclass(frozen=True)
class Source:
    """A paper, document or code base; `at` names the place inside it that a reader can open."""

    key: str
    title: str
    url: str
    place: str = ""

    def at(self, place: str) -> "Source":
        return Source(self.key, self.title, self.url, place)

    def __str__(self) -> str:
        return f"{self.title}, {self.place}" if self.place else self.title


@dataclass(frozen=True, eq=False)
class Formula:
    """`target = expr`, with its reason.

    says, zh        why it holds, one sentence each in English and Chinese; what every number in `expr` is
    source          where it stands: title, link and the place inside
    when            choices that select it among its rivals: {choice: answer or answers}
    valid           relations that warn when broken
    assumes         sentences shown with the result
    example         (inputs, result) worked by hand from the source
    rule            a rule of thumb or a rival account: taken only when asked for by name
    coefficients_in the unit that the bare numbers of `expr` carry (the 16 of 16θ is in bytes)
    """

    target: Quantity
    expr: Expr
    says: str
    zh: str
    source: Source
    example: tuple[Mapping[Quantity, Any], Any]
    when: Mapping[Choice, str | tuple[str, ...]] = field(default_factory=dict)
    valid: tuple[Relational, ...] = ()
    assumes: tuple[Words, ...] = ()
    rule: bool = False
    coefficients_in: Expr = one
    name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        # a plain number is an expression too; strict, because text must never reach SymPy's parser
        object.__setattr__(self, "expr", sympify(self.expr, strict=True))
        for choice, wanted in self.when.items():
            for answer in (wanted,) if isinstance(wanted, str) else wanted:
                if answer not in choice.options:
                    raise ValueError(f"{choice.name} has no answer {answer!r}; it has {choice.options}")

    @property
    def inputs(self) -> tuple[Quantity, ...]:
        """The quantities on the right-hand side, in textbook order."""
        found = [symbol for symbol in self.expr.free_symbols if isinstance(symbol, Quantity)]
        return tuple(sorted(found, key=lambda quantity: quantity.rank))

    @property
    def words(self) -> Words:
        return Words(self.says, self.zh)

    def holds(self, said: Callable[[str], Any], member: str | None) -> bool | None:
        """Whether the choices, as `said` answers for each name, select this formula; None when one of them is not decided."""
        verdict: bool | None = True
        for choice, wanted in self.when.items():
            answer = said(choice.at(member)) if member is not None and choice.axis else None
            if answer is None:
                answer = said(choice.name)
            if answer is None:
                verdict = None
            elif answer != wanted and (isinstance(wanted, str) or answer not in wanted):
                return False
        return verdict

    def unit_error(self) -> str | None:
        """None when both sides have one unit, else a sentence that names both."""
        if self.expr == 0:  # nothing, in whatever unit
            return None
        try:
            found = unit_of(self.expr) * self.coefficients_in
        except UnitError as error:
            return str(error)
        if simplify(found / self.target.unit) != 1:
            return f"{self.name or self.target.name}: left is {self.target.unit}, right is {found}"
        return None


class UnitError(ValueError):
    """Terms of different units stand in one sum."""


def unit_of(expr: Expr) -> Expr:
    """The unit of an expression in byte, second and FLOP; UnitError when its terms disagree."""
    if isinstance(expr, Quantity):
        return expr.unit
    if isinstance(expr, Symbol) or expr.is_Number:
        return one
    if isinstance(expr, Mul):
        unit = one
        for factor in expr.args:
            unit *= unit_of(factor)
        return unit
    if isinstance(expr, Pow):
        return unit_of(expr.base) ** expr.exp
    if isinstance(expr, Total):
        return unit_of(expr.args[0])
    if isinstance(expr, Piecewise):
        return _common([branch for branch, _ in expr.args])
    if isinstance(expr, (Add, Max, Min)):
        return _common(list(expr.args))
    if isinstance(expr, Function):
        return unit_of(expr.args[0])
    raise UnitError(f"no unit is known for {expr}")


def _common(terms: list[Expr]) -> Expr:
    # a zero has any unit
    units = {unit_of(term) for term in terms if term != 0}
    if len(units) > 1:
        raise UnitError(f"terms of different units: {sorted(map(str, units))} in {terms}")
    return units.pop() if units else one
