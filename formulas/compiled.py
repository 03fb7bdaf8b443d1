"""The same expressions as Python functions: each formula is compiled once, and every graph that uses it shares that.

A graph is built for each kind of model and layout; compiling whole graphs, or substituting into their expressions, costs
more than it saves. What `formulas.numeric` walks is what is printed here: the results are the same, and a test holds it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor
from typing import Any

import sympy
from sympy import Add, Expr, Max

from formulas.formula import Formula
from formulas.numeric import Number, power
from formulas.quantity import Largest, Quantity, Total


@dataclass(frozen=True)
class Spread:
    """A `Total` or `Largest` of an expression, and the quantities in it that vary along its axis."""

    node: Expr
    axis: str
    along: tuple[Quantity, ...]


@dataclass(frozen=True)
class Compiled:
    """A formula as a function of its arguments: a quantity for each scalar, then rows of quantities for each spread."""

    expr: Expr
    scalars: tuple[Quantity, ...]
    spreads: tuple[Spread, ...]
    function: Callable[[Mapping[Quantity, Number], Sequence[Any]], Number]


Rows = tuple[tuple[Quantity, ...], ...]


@dataclass(frozen=True, eq=False)
class Bound:
    """A formula whose inputs are quantities of one graph: `scalars` and `rows` stand for what `compiled` names."""

    compiled: Compiled
    scalars: tuple[Quantity, ...]
    rows: tuple[Rows, ...]

    @cached_property
    def arguments(self) -> tuple[Any, ...]:
        return (*self.scalars, *self.rows)

    @cached_property
    def inputs(self) -> frozenset[Quantity]:
        """The quantities of the graph that it is computed from."""
        return frozenset(self.scalars).union(*(row for rows in self.rows for row in rows))

    def value(self, values: Mapping[Quantity, Number]) -> Number:
        """Its number, exact where the inputs are; KeyError names an input that is missing and needed."""
        found = self.compiled.function(values, self.arguments)
        # `type`, because `isinstance` of an abstract number class costs as much as the function
        return found.numerator if type(found) is Fraction and found.denominator == 1 else found

    @cached_property
    def symbols(self) -> frozenset[Any]:
        """The symbols of `expr`."""
        return frozenset(self.expr.free_symbols)

    @cached_property
    def expr(self) -> Expr:
        """The formula's expression in the quantities of the graph."""
        swap: dict[Expr, Expr] = dict(zip(self.compiled.scalars, self.scalars, strict=True))
        for spread, rows in zip(self.compiled.spreads, self.rows, strict=True):
            inner = spread.node.args[0]
            parts = [inner.xreplace({**swap, **dict(zip(spread.along, row, strict=True))}) for row in rows]
            together = Max if isinstance(spread.node, Largest) else Add
            swap[spread.node] = together(*parts) if len(parts) > 1 else parts[0]
        return self.compiled.expr.xreplace({old: new for old, new in swap.items() if old is not new})


@cache
def compiled(formula: Formula) -> Compiled:
    """The function of a formula. TypeError for an operation that `formulas.numeric` does not know either."""
    printer = _Printer(formula.expr)
    names = {**_NAMES, **{f"k{place}": constant for place, constant in enumerate(printer.constants)}}
    function = eval(compile(f"lambda v, a: {printer.code}", f"<{formula.name}>", "eval"), names)
    return Compiled(formula.expr, printer.scalars, printer.spreads, function)


def _over(above: Number, below: Number) -> Number:
    """The quotient, exact where both are."""
    if isinstance(above, int) and isinstance(below, int):
        whole, rest = divmod(above, below)
        return Fraction(above, below) if rest else whole
    return above / below


def _no_branch(target: str) -> Number:
    raise TypeError(f"no branch of {target} applies")


_NAMES = {"over": _over, "power": power, "ceil": ceil, "floor": floor, "no_branch": _no_branch}


class _Printer:
    """The code of one expression; `v` holds the values, `a` the quantities to look up."""

    def __init__(self, expr: Expr) -> None:
        nodes = sorted(expr.atoms(Total, Largest), key=str)
        if any(node.args[0].has(Total, Largest) for node in nodes):
            raise TypeError(f"a total within a total has no function: {expr}")
        self.spreads = tuple(Spread(node, node.args[1].name, _along(node)) for node in nodes)
        holes = {node: sympy.Dummy() for node in nodes}
        outside = expr.xreplace(holes).free_symbols - set(holes.values())
        inside = {q for spread in self.spreads for q in spread.node.args[0].free_symbols - set(spread.along)}
        self.scalars = tuple(sorted(outside | inside, key=lambda quantity: quantity.rank))
        self.constants: list[Any] = []
        self.where = {quantity: f"v[a[{place}]]" for place, quantity in enumerate(self.scalars)}
        self.code = self._code(expr)

    def _code(self, expr: Any) -> str:
        if expr.is_Symbol:
            return self.where[expr]
        if expr.is_Integer:
            return f"({int(expr)})"
        if expr.is_Rational:
            return self._constant(Fraction(int(expr.p), int(expr.q)))
        if expr.is_Add:
            return self._joined(" + ", expr.args)
        if expr.is_Mul:
            return self._product(expr)
        if expr.is_Pow:
            return f"power({self._code(expr.base)}, {self._code(expr.exp)})"
        if expr.is_Number:
            return self._constant(float(expr))
        return self._special(expr)

    def _joined(self, sign: str, parts: Sequence[Any]) -> str:
        return "(" + sign.join(self._code(part) for part in parts) + ")"

    def _constant(self, value: Any) -> str:
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def _product(self, expr: Any) -> str:
        above, below = [], []
        for factor in expr.args:
            if factor.is_Rational and not factor.is_Integer:
                above.append(sympy.Integer(factor.p))
                below.append(sympy.Integer(factor.q))
            elif factor.is_Pow and factor.exp.is_Integer and factor.exp < 0:
                below.append(factor.base if factor.exp == -1 else factor.base**-factor.exp)
            else:
                above.append(factor)
        numerator = self._joined(" * ", above) if above else "1"
        return f"over({numerator}, {self._joined(' * ', below)})" if below else numerator

    def _special(self, expr: Any) -> str:
        if isinstance(expr, (sympy.Max, sympy.Min)):
            return ("max" if isinstance(expr, sympy.Max) else "min") + self._joined(", ", expr.args)
        if isinstance(expr, (sympy.ceiling, sympy.floor)):
            return ("ceil" if isinstance(expr, sympy.ceiling) else "floor") + f"({self._code(expr.args[0])})"
        if isinstance(expr, (Total, Largest)):
            return self._spread(expr)
        if isinstance(expr, sympy.Piecewise):
            code = f"no_branch({str(expr)!r})"
            for branch, condition in reversed(expr.args):
                code = f"({self._code(branch)} if {self._truth(condition)} else {code})"
            return code
        raise TypeError(f"no numeric value is known for {type(expr).__name__}: {expr}")

    def _truth(self, condition: Any) -> str:
        if condition in (True, sympy.true, False, sympy.false):
            return str(bool(condition))
        return f"{self._code(condition.lhs)} {condition.rel_op} {self._code(condition.rhs)}"

    def _spread(self, node: Expr) -> str:
        place = next(index for index, spread in enumerate(self.spreads) if spread.node == node)
        along, outer = self.spreads[place].along, self.where
        self.where = outer | {quantity: f"v[r[{index}]]" for index, quantity in enumerate(along)}
        inner = self._code(node.args[0])
        self.where = outer
        together = "max" if isinstance(node, Largest) else "sum"
        return f"{together}({inner} for r in a[{len(self.scalars) + place}])"


def _along(node: Expr) -> tuple[Quantity, ...]:
    inner, axis = node.args
    vary = [q for q in inner.free_symbols if isinstance(q, Quantity) and q.axis == axis.name and q.member is None]
    return tuple(sorted(vary, key=lambda quantity: quantity.rank))
