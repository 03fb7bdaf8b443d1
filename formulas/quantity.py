"""Quantities that know their unit, LaTeX and meaning; choices, which select among formulas; axes, along which both vary.

Four plain symbols are the units. Amounts of memory are bytes everywhere inside; GiB and GB exist only where a person
reads. `sympy.physics.units` would do the same at 0.1 s more for every import.
"""

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Function, Integer, Max, Min, S, Symbol

from formulas.chinese import full_width

byte = Symbol("byte", positive=True)
second = Symbol("second", positive=True)
flop = Symbol("FLOP", positive=True)
one = S.One


@dataclass(frozen=True)
class Words:
    """The same words in English and Chinese."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zh", full_width(self.zh))

    def in_(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


# where nothing is said, in either language
SILENT = Words("", "")


# the modules of the glossary in reading order; quantities of any other print last
GLOSSARY = (
    "vocabulary",
    "anatomy",
    "recurrence",
    "scans",
    "layouts",
    "residence",
    "serving",
    "tuning",
    "programs",
    "allocator",
    "time",
    "speed",
)

_declared: dict[str, "Quantity"] = {}


class Quantity(Symbol):
    """A SymPy symbol with a unit, a LaTeX form, a meaning, and a rank: quantities print in the order of the glossary.

    Positive unless `zero=True` says that zero is possible (SymPy would otherwise drop the branch where it is zero).
    Never declared integer: `solve(Eq(10, 3*b), b)` would then find nothing; `whole=True` rounds at the end instead.
    With `axis`, the quantity has one value for each member of that axis: `q.at("sliding")` is its instance.
    """

    unit: Expr
    latex: str
    says: Words
    whole: bool
    zero: bool
    axis: str | None
    shown_in: str | None
    rank: tuple[int, int, str]
    base: "Quantity"
    member: str | None
    # one object a name: its identity is as good a key as what SymPy works out, and cheaper in every look-up of a derivation
    __hash__ = object.__hash__

    def __new__(
        cls,
        name: str,
        unit: Expr,
        latex: str,
        says: str,
        zh: str,
        *,
        whole: bool = False,
        zero: bool = False,
        axis: str | None = None,
        shown_in: str | None = None,
    ) -> "Quantity":
        if name in _declared:
            raise ValueError(f"the quantity {name} is declared twice; two symbols of one name would compare equal")
        self = cls._made(name, zero)
        self.unit, self.latex, self.says = unit, latex, Words(says, zh)
        self.whole, self.zero, self.axis, self.shown_in = whole, zero, axis, shown_in
        # by the declaring module, as which module is imported first differs from program to program
        module = sys._getframe(1).f_globals["__name__"].removeprefix("formulas.")
        shelf = GLOSSARY.index(module) if module in GLOSSARY else len(GLOSSARY)
        self.rank = (shelf, len(_declared), "")
        self.base, self.member = self, None
        _declared[name] = self
        return self

    @classmethod
    def _made(cls, name: str, zero: bool) -> "Quantity":
        assumption = {"nonnegative": True} if zero else {"positive": True}
        made: Quantity = Symbol.__xnew__(cls, name, **assumption)
        return made

    def at(self, member: str) -> "Quantity":
        """This quantity for one member of its axis; the quantity itself if it does not vary."""
        if self.axis is None or self.member is not None:
            return self
        instances = self._instances
        if member not in instances:
            made = self._made(f"{self.name}[{member}]", self.zero)
            made.unit, made.says, made.whole = self.unit, self.says, self.whole
            made.latex = f"{{{self.latex}}}^{{\\text{{{member}}}}}"
            made.zero, made.axis, made.shown_in = self.zero, self.axis, self.shown_in
            made.rank = (*self.rank[:2], member)
            made.base, made.member = self, member
            instances[member] = made
        return instances[member]

    @cached_property
    def _instances(self) -> dict[str, "Quantity"]:
        return {}

    def sort_key(self, order: Any = None) -> Any:
        """Rank in the glossary, so that products print in textbook order."""
        shelf, place, member = self.rank
        return self.class_key(), (1, (f"{shelf:02d}{place:06d}{member}",)), S.One.sort_key(), S.One

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _recall, (self.base.name, self.member)

    def __getnewargs_ex__(self) -> Any:
        raise TypeError("a quantity is recalled by name, not remade")


def _recall(name: str, member: str | None) -> Quantity:
    quantity = _declared[name]
    return quantity if member is None else quantity.at(member)


def quantities() -> dict[str, Quantity]:
    """Every declared quantity by name."""
    return dict(_declared)


@dataclass(frozen=True)
class Choice:
    """A question with a few answers, such as `attention: grouped | latent`; formulas are selected by it."""

    name: str
    options: tuple[str, ...]
    says: Words
    axis: str | None = None

    def at(self, member: str) -> str:
        return f"{self.name}[{member}]" if self.axis else self.name


class Total(Function):
    """`Total(expr, axis)`: the sum of `expr` over the members of an axis; `expr` itself where the axis has one member."""

    @classmethod
    def eval(cls, *args: Expr) -> None:
        return None


class Largest(Function):
    """`Largest(expr, axis)`: the greatest `expr` among the members of an axis; `expr` itself where there is one."""

    @classmethod
    def eval(cls, *args: Expr) -> None:
        return None


def largest(expr: Expr, axis: str) -> Expr:
    """The greatest value of `expr` among the members of `axis`, kept symbolic until the members are known."""
    greatest: Expr = Largest(expr, Symbol(axis))
    return greatest


def total(expr: Expr, axis: str) -> Expr:
    """The sum of `expr` over the members of `axis`, kept symbolic until the members are known."""
    summed: Expr = Total(expr, Symbol(axis))
    return summed


def greatest(*terms: Any) -> Expr:
    """The greatest of the terms, kept as written: SymPy would compare every pair at import, and drop what it can order."""
    kept: Expr = Max(*terms, evaluate=False)
    return kept


def least(*terms: Any) -> Expr:
    """The least of the terms, kept as written, as `greatest` is."""
    kept: Expr = Min(*terms, evaluate=False)
    return kept


def whole_number(value: Any) -> bool:
    """Whether a value is an integer, SymPy's or Python's."""
    return isinstance(value, (int, Integer)) or (isinstance(value, float) and value.is_integer())
