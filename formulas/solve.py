"""Formulas and derivations read backwards: solved for an input, and how strongly each input moves the result."""

from dataclasses import dataclass
from math import floor

import sympy
from sympy import Eq, Expr, Poly, Symbol

from formulas.derivation import Derivation
from formulas.errors import BadInput
from formulas.formula import Formula
from formulas.numeric import Number, truth_of, value_of
from formulas.quantity import Quantity


@dataclass(frozen=True)
class Solution:
    """The input at which the target takes the value asked for; `exact` when by algebra, else by bisection."""

    quantity: Quantity
    value: Number
    exact: bool


def solved_for(formula: Formula, wanted: Quantity) -> tuple[Expr, ...]:
    """The formula rearranged for one of its inputs; empty where algebra gives no closed form."""
    if wanted not in formula.inputs:
        names = ", ".join(quantity.name for quantity in formula.inputs)
        raise BadInput(f"{formula.name} has no input {wanted.name}; it has {names}")
    try:
        return tuple(sympy.solve(Eq(formula.target, formula.expr), wanted))
    except NotImplementedError:
        return ()


def solve_for(derivation: Derivation, wanted: Quantity, goal: Number) -> Solution:
    """The value of `wanted` at which the derivation's target is `goal`.

    Whole quantities are rounded to the side on which the target does not exceed the goal: the longest sequence that
    fits, the fewest cards that do.

    BadInput when the target does not depend on it or never takes that value.
    """
    if wanted not in derivation.by_quantity:
        raise BadInput(f"{derivation.target.name} does not depend on {wanted.name}")
    expr = derivation.in_terms_of(wanted)
    left_over = expr.free_symbols - {wanted}
    if left_over:
        raise BadInput(f"to solve for {wanted.name}, also give {', '.join(sorted(s.name for s in left_over))}")
    root = _by_algebra(expr, wanted, goal)
    exact = root is not None
    if root is None:
        root = _by_bisection(derivation, wanted, goal)
    if wanted.whole:
        root = _whole(derivation, wanted, goal, root)
    return Solution(wanted, root, exact)


def _whole(derivation: Derivation, wanted: Quantity, goal: Number, root: Number) -> int:
    # a root found in floating point can lie a hair beside the whole number that it is
    nearest = round(root)
    down = nearest if abs(nearest - root) <= 1e-9 * max(1, nearest) else floor(root)
    try:
        reached = derivation.evaluate({wanted: down})[derivation.target]
    except ZeroDivisionError:
        return down + 1
    return down if reached <= goal * (1 + 1e-9) else down + 1


def _by_algebra(expr: Expr, wanted: Quantity, goal: Number) -> Number | None:
    if not expr.is_rational_function(wanted):
        return None
    over, under = sympy.fraction(sympy.together(expr))
    polynomial = Poly(over - sympy.sympify(goal) * under, wanted)
    if polynomial.degree() < 1:
        raise BadInput(f"the result does not change with {wanted.name}")
    if polynomial.degree() > 2:
        return None
    real = [root for root in sympy.roots(polynomial, wanted) if root.is_real and root >= 0]
    if not real:
        raise BadInput(f"no {wanted.name} above zero gives that value; the rest alone already exceeds it")
    largest = max(real)
    return int(largest) if largest.is_Integer else float(largest)


def _by_bisection(derivation: Derivation, wanted: Quantity, goal: Number) -> Number:
    def at(x: float) -> float:
        return float(derivation.evaluate({wanted: x})[derivation.target])

    low, high = 0.0 if wanted.zero else 1e-9, 1.0
    rising = at(2.0) >= at(1.0)
    if (at(low) > goal) == rising:
        raise BadInput(f"no {wanted.name} above zero gives that value; the rest alone already exceeds it")
    for _ in range(200):
        if (at(high) >= goal) == rising:
            break
        high *= 2
    else:
        raise BadInput(f"the result never reaches that value, however large {wanted.name} is")
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if (at(middle) > goal) == rising else (middle, high)
        if high - low <= 1e-12 * high:
            break
    return low


def sensitivity(derivation: Derivation) -> dict[Quantity, float]:
    """For each numeric fact, by how many per cent the target moves when the fact moves by one per cent.

    The derivative is taken in the phase and branch that decide at these values.
    """
    values = derivation.values
    slopes: dict[Quantity, float] = {derivation.target: 1.0}
    elastic: dict[Quantity, float] = {}
    for step in reversed(derivation.steps):
        slope = slopes.get(step.quantity, 0.0)
        if slope == 0.0:
            continue
        if step.expr is None:
            if derivation.value:
                elastic[step.quantity] = slope * float(values[step.quantity]) / float(derivation.value)
            continue
        deciding = decided(step.expr, values)
        for symbol in deciding.free_symbols:
            rate = float(value_of(sympy.diff(deciding, symbol), values))
            slopes[symbol] = slopes.get(symbol, 0.0) + slope * rate
    return dict(sorted(elastic.items(), key=lambda item: -abs(item[1])))


def decided(expr: Expr, values: dict[Quantity, Number]) -> Expr:
    """The expression with each Max, Min, Piecewise replaced by the branch that decides, rounding left out."""
    if isinstance(expr, Symbol) or not expr.args:
        return expr
    if isinstance(expr, sympy.Piecewise):
        return next(decided(branch, values) for branch, condition in expr.args if truth_of(condition, values))
    if isinstance(expr, (sympy.Max, sympy.Min)):
        pick = max if isinstance(expr, sympy.Max) else min
        return decided(pick(expr.args, key=lambda term: value_of(term, values)), values)
    if isinstance(expr, (sympy.ceiling, sympy.floor)):
        return decided(expr.args[0], values)
    return expr.func(*(decided(argument, values) for argument in expr.args))
