"""SymPy's LaTeX printer, taught what a quantity is; apart because it is slow to import."""

from collections.abc import Mapping
from typing import Any

from sympy import Expr
from sympy.printing.latex import LatexPrinter

from formulas.notation import latex_amount, ordered_terms
from formulas.numeric import Number
from formulas.quantity import Quantity


class Latex(LatexPrinter):
    """SymPy's printer, with the symbols of quantities, or their values in place of them."""

    def __init__(self, values: Mapping[Quantity, Number] | None) -> None:
        super().__init__({"mul_symbol": "dot" if values is not None else None, "fold_short_frac": False})
        self.numbers = values

    def _as_ordered_terms(self, expr: Expr, order: Any = None) -> list[Expr]:
        return list(ordered_terms(expr))

    def _print_Quantity(self, quantity: Quantity) -> str:
        if self.numbers is None or quantity not in self.numbers:
            return quantity.latex
        return latex_amount(self.numbers[quantity], quantity)

    def _print_Total(self, expr: Expr) -> str:
        axis = str(expr.args[1]).replace("_", " ")
        inner = self._print(expr.args[0])
        return rf"\sum_{{\text{{{axis}}}}} " + (rf"\left({inner}\right)" if expr.args[0].is_Add else inner)

    def _print_Largest(self, expr: Expr) -> str:
        axis = str(expr.args[1]).replace("_", " ")
        return rf"\max_{{\text{{{axis}}}}} \left({self._print(expr.args[0])}\right)"

    def _print_Pow(self, expr: Expr) -> str:
        if self.numbers is not None and isinstance(expr.base, Quantity) and expr.exp.is_Integer and expr.exp > 0:
            return rf"\left({self._print(expr.base)}\right)^{{{expr.exp}}}"
        return str(super()._print_Pow(expr))
