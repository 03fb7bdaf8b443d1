"""SymPy's LaTeX printer, taught what a quantity is; apart because it is slow to import."""

from typing import Any

from sympy import Expr
from sympy.printing.latex import LatexPrinter

from formulas.notation import ordered_terms
from formulas.quantity import Quantity


class Latex(LatexPrinter):
    """SymPy's printer, with the symbols of quantities, or a mark in the place of each for its value."""

    def __init__(self, marked: bool = False) -> None:
        super().__init__({"mul_symbol": "dot" if marked else None, "fold_short_frac": False})
        self.marked = marked
        self.quantities: list[Quantity] = []

    def _as_ordered_terms(self, expr: Expr, order: Any = None) -> list[Expr]:
        return list(ordered_terms(expr))

    def _print_Quantity(self, quantity: Quantity) -> str:
        if not self.marked:
            return quantity.latex
        self.quantities.append(quantity)
        return f"\0{len(self.quantities) - 1}\0"

    def _print_Total(self, expr: Expr) -> str:
        axis = str(expr.args[1]).replace("_", " ")
        inner = self._print(expr.args[0])
        return rf"\sum_{{\text{{{axis}}}}} " + (rf"\left({inner}\right)" if expr.args[0].is_Add else inner)

    def _print_Largest(self, expr: Expr) -> str:
        axis = str(expr.args[1]).replace("_", " ")
        return rf"\max_{{\text{{{axis}}}}} \left({self._print(expr.args[0])}\right)"

    def _print_Pow(self, expr: Expr) -> str:
        if self.marked and isinstance(expr.base, Quantity) and expr.exp.is_Integer and expr.exp > 0:
            return rf"\left({self._print(expr.base)}\right)^{{{expr.exp}}}"
        return str(super()._print_Pow(expr))
