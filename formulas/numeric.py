"""The value of an expression for given numbers, exact where the numbers are.

A walk over the tree costs microseconds; substituting into the expanded whole costs 0.7 s, compiling each formula
some milliseconds at every cold start.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

import sympy
from sympy import Expr

Number = int | float | Fraction


def value_of(expr: Expr, values: Mapping[Any, Number]) -> Number:
    """The number that `expr` is when each symbol has its value from `values`; KeyError names a missing symbol."""
    found = _value(expr, values)
    return int(found) if isinstance(found, Fraction) and found.denominator == 1 else found


def _value(expr: Any, values: Mapping[Any, Number]) -> Number:
    if expr.is_Symbol:
        return values[expr]
    if expr.is_Integer:
        return int(expr)
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if expr.is_Add:
        total: Number = 0
        for term in expr.args:
            total += _value(term, values)
        return total
    if expr.is_Mul:
        product: Number = 1
        for factor in expr.args:
            product *= _value(factor, values)
        return product
    if expr.is_Pow:
        return power(_value(expr.base, values), _value(expr.exp, values))
    if expr.is_Number:
        return float(expr)
    return _special(expr, values)


def power(base: Number, exponent: Number) -> Number:
    """`base` to `exponent`; a whole number to a negative one is a fraction, not a float."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent < 0:
        return Fraction(1, base**-exponent)
    return base**exponent


def _special(expr: Any, values: Mapping[Any, Number]) -> Number:
    if isinstance(expr, sympy.Max):
        return max(_value(term, values) for term in expr.args)
    if isinstance(expr, sympy.Min):
        return min(_value(term, values) for term in expr.args)
    if isinstance(expr, sympy.ceiling):
        return ceil(_value(expr.args[0], values))
    if isinstance(expr, sympy.floor):
        return floor(_value(expr.args[0], values))
    if isinstance(expr, sympy.Piecewise):
        for branch, condition in expr.args:
            if truth_of(condition, values):
                return _value(branch, values)
    raise TypeError(f"no numeric value is known for {type(expr).__name__}: {expr}")


_COMPARE = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}


def truth_of(condition: Any, values: Mapping[Any, Number]) -> bool:
    """Whether a relation (or True) holds for the values."""
    if condition in (True, sympy.true):
        return True
    if condition in (False, sympy.false):
        return False
    return bool(_COMPARE[condition.rel_op](_value(condition.lhs, values), _value(condition.rhs, values)))
