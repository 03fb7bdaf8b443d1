"""Expressions and values as a person reads them: plain text for terminals, LaTeX for papers and the page."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy
from sympy import Expr

from formulas.numeric import Number
from formulas.quantity import Quantity, byte, flop, second

_BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
# decimal units, where a source speaks in them
_SHOWN_IN = {"GB": 10**9, "TB": 10**12, "GiB": 2**30, "hours": 3600, "days": 86400}
_TIMES = ((86400 * 3, "days"), (3600, "hours"), (60, "minutes"), (1, "s"))
_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60, "s": 1}
_FLOPS = ((10**18, "EFLOP"), (10**15, "PFLOP"), (10**12, "TFLOP"), (10**9, "GFLOP"), (1, "FLOP"))


def figure(value: Any, digits: int = 4) -> str:
    """A number without noise: whole numbers whole (thousands separated), others to `digits` significant digits."""
    if isinstance(value, Fraction):
        value = int(value) if value.denominator == 1 else float(value)
    if isinstance(value, sympy.Basic):
        value = int(value) if value.is_Integer else float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        if abs(value) >= 10**13:
            return f"{value:.{digits - 1}e}".replace("e+", "e")
        return f"{value:,}" if abs(value) >= 10**4 else str(value)
    if value and abs(value) >= 10**digits:
        return f"{value:.{digits - 1}e}".replace("e+", "e") if abs(value) >= 10**13 else f"{value:,.0f}"
    return f"{value:.{digits}g}"


def amount(value: Number, quantity: Quantity) -> tuple[str, str]:
    """`("12.55", "GiB")`: the value in the unit in which this quantity is read."""
    if quantity.shown_in in _SHOWN_IN:
        return figure(float(value) / _SHOWN_IN[quantity.shown_in]), quantity.shown_in
    if quantity.unit == byte:
        return _scaled(value, _BYTES)
    if quantity.unit == second:
        _, unit = next(((s, u) for s, u in _TIMES if abs(float(value)) >= s), _TIMES[-1])
        return figure(float(value) / _SECONDS[unit]), unit
    if quantity.unit == flop:
        return figure(float(value)), "FLOP"
    if quantity.unit == flop / second:
        text, unit = _scaled(value, _FLOPS)
        return text, unit + "/s"
    if quantity.unit == byte / second:
        return figure(float(value) / 1e9), "GB/s"
    return figure(value), ""


def _scaled(value: Number, scales: tuple[tuple[int, str], ...]) -> tuple[str, str]:
    scale, unit = next(((s, u) for s, u in scales if abs(float(value)) >= s), scales[-1])
    exact = Fraction(value) / scale if not isinstance(value, float) else value / scale
    return figure(exact), unit


def with_unit(value: Number, quantity: Quantity) -> str:
    """`"12.55 GiB"`."""
    text, unit = amount(value, quantity)
    return f"{text} {unit}" if unit else text


_GREEK = {
    "theta": "θ", "beta": "β", "alpha": "α", "phi": "φ", "tau": "τ", "gamma": "γ", "rho": "ρ", "eta": "η", "ell": "ℓ",
    "Theta": "Θ", "Phi": "Φ", "Psi": "Ψ", "mu": "μ", "nu": "ν", "lambda": "λ", "kappa": "κ", "sigma": "σ", "omega": "ω",
    "nabla": "∇", "epsilon": "ε", "delta": "δ", "Delta": "Δ", "pi": "π", "xi": "ξ", "iota": "ι", "chi": "χ", "zeta": "ζ",
}  # fmt: skip


def short(quantity: Quantity) -> str:
    """The quantity's symbol in plain text, from its LaTeX: `M_{\\mathrm{kv}}` → `M_kv`, `\\theta` → `θ`."""
    text = re.sub(r"\\(?:text|mathrm|mathit|operatorname)\b", "", quantity.latex)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _GREEK.get(found[1], found[1]), text)
    return re.sub(r"[{}]", "", text).replace("\\,", " ").replace("\\|", "‖")


@lru_cache(4096)
def ordered_terms(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum in textbook order; what is taken away stands behind what it is taken from.

    Kept, because the order is most of the time that a sum takes to print, and answers print the same formulas again.
    """
    return tuple(sorted(expr.as_ordered_terms(), key=lambda term: bool(term.could_extract_minus_sign())))


def plain(expr: Expr, values: Mapping[Quantity, Number] | None = None) -> str:
    """An expression as one line of text; with `values`, each quantity's number (with its unit) in its place."""
    return _plain(expr, values, 0)


_SUM, _PRODUCT, _POWER = 1, 2, 3


def _plain(expr: Any, values: Mapping[Quantity, Number] | None, within: int) -> str:
    if isinstance(expr, Quantity):
        return short(expr) if values is None or expr not in values else with_unit(values[expr], expr)
    if expr.is_Symbol:
        return str(expr.name)
    if expr.is_Add:
        terms = [_plain(term, values, _SUM) for term in ordered_terms(expr)]
        return _bracket(" + ".join(terms).replace("+ -", "- "), within > _SUM)
    if expr.is_Rational and not expr.is_Integer:
        return _bracket(f"{expr.p}/{expr.q}", within > _PRODUCT)
    if expr.is_Mul:
        return _plain_product(expr, values, within)
    if expr.is_Pow and expr.exp == sympy.Rational(1, 2):
        return f"√{_plain(expr.base, values, _POWER)}"
    if expr.is_Pow:
        return _bracket(f"{_plain(expr.base, values, _POWER)}^{_plain(expr.exp, values, _POWER)}", within >= _POWER)
    if expr.is_Number:
        return figure(expr)
    return _plain_call(expr, values)


def _plain_product(expr: Expr, values: Mapping[Quantity, Number] | None, within: int) -> str:
    if expr.could_extract_minus_sign():
        return _bracket(f"-{_plain(-expr, values, _PRODUCT)}", within > _SUM)
    over, under = sympy.fraction(expr, exact=True)
    top = over.as_ordered_factors() if over.is_Mul else [over]
    text = "·".join(_plain(factor, values, _PRODUCT) for factor in top if factor != 1 or len(top) == 1)
    if under != 1:
        bottom = under.as_ordered_factors() if under.is_Mul else [under]
        below = "·".join(_plain(factor, values, _PRODUCT) for factor in bottom)
        text = f"{text} / {below}" if len(bottom) == 1 else f"{text} / ({below})"
    return _bracket(text, within > _PRODUCT)


def _plain_call(expr: Any, values: Mapping[Quantity, Number] | None) -> str:
    name = type(expr).__name__
    if name == "Total":
        return f"Σ_{expr.args[1].name} ({_plain(expr.args[0], values, 0)})"
    if name == "Largest":
        return f"max_{expr.args[1].name} ({_plain(expr.args[0], values, 0)})"
    if name == "Piecewise":
        branches = [f"{_plain(branch, values, 0)} if {_relation(when, values)}" for branch, when in expr.args[:-1]]
        last, when = expr.args[-1]
        closing = "else" if when == sympy.true else f"if {_relation(when, values)}, else nothing:"
        return f"({', '.join(branches)}, {closing} {_plain(last, values, 0)})"
    arguments = ", ".join(_plain(argument, values, 0) for argument in expr.args)
    return f"{name.lower()}({arguments})"


def _relation(when: Any, values: Mapping[Quantity, Number] | None) -> str:
    if not hasattr(when, "rel_op"):
        return str(when)
    return f"{_plain(when.lhs, values, 0)} {when.rel_op} {_plain(when.rhs, values, 0)}"


def _bracket(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def latex(expr: Expr, values: Mapping[Quantity, Number] | None = None) -> str:
    """An expression in LaTeX that amsmath and KaTeX both render; with `values`, numbers in place of symbols."""
    if values is None:
        return _symbols(expr)
    return "".join(
        piece if isinstance(piece, str) else latex_amount(values[piece], piece) if piece in values else piece.latex
        for piece in _pieces(expr)
    )


@lru_cache(4096)
def _symbols(expr: Expr) -> str:
    from formulas.latex_printer import Latex  # SymPy's printer takes 0.15 s to import, and few commands print LaTeX

    return str(Latex().doprint(expr))


@lru_cache(4096)
def _pieces(expr: Expr) -> tuple[str | Quantity, ...]:
    """The LaTeX of an expression around its quantities; printing is slow, and how it prints does not turn on the values."""
    from formulas.latex_printer import Latex

    printer = Latex(marked=True)
    pieces = str(printer.doprint(expr)).split("\0")
    return tuple(printer.quantities[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces))


def latex_figure(value: Any) -> str:
    """A number in LaTeX: `7 \\times 10^{9}` when short so, thousands set apart otherwise."""
    text = figure(value)
    plain_number = float(value) if not isinstance(value, int) else value
    if isinstance(plain_number, (int, float)) and abs(plain_number) >= 10**6:
        head, power = f"{plain_number:.10e}".split("e")
        head = head.rstrip("0").rstrip(".")
        if len(head) <= 5 or "e" in text:
            head = head if len(head) <= 6 else f"{float(head):.4g}"
            return rf"{head} \times 10^{{{int(power)}}}" if head != "1" else rf"10^{{{int(power)}}}"
    return text.replace(",", r"\,")


@lru_cache(4096, typed=True)  # a derivation has each value in several steps
def latex_amount(value: Number, quantity: Quantity) -> str:
    """A value with its unit in LaTeX."""
    text, unit = amount(value, quantity)
    if not unit:
        return latex_figure(value)
    shown = text.replace(",", r"\,")
    if "e" in shown:
        head, power = shown.split("e")
        shown = rf"{head} \times 10^{{{int(power)}}}"
    return rf"{shown}\,\mathrm{{{unit}}}"


def size_words(params: float) -> str:
    """A number of parameters: `70.6B`, `1.03T`, `125M`."""
    if params >= 1e12:
        return f"{params / 1e12:.3g}T"
    if params >= 1e11:
        return f"{params / 1e9:,.0f}B"
    return f"{params / 1e9:.3g}B" if params >= 1e9 else f"{params / 1e6:.3g}M"
