"""The equations of the document, read as written and evaluated side by side.

Text is never handed to `eval` or to SymPy's parser, which both can execute code: a walk over Python's syntax tree knows
numbers, `+ - * / **` and θ, and nothing else.
"""

import ast
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formulas.errors import BadInput
from formulas.notation import figure
from kb.units import bytes_in

_REWRITES = (
    (r"\\times", "*"), (r"\\theta", "θ"), (r"\\approx|≈", "="), (r"\\ ", " "), (r"\$", ""), (r"\^", "**"),
    # 70亿 is 70·10^8, B and 十亿 are 10^9; the words between them say "is"
    (r"表示|也就代表", "="), (r"(\d)θ", r"\1*θ"),
)  # fmt: skip
_COUNTS = {"B": 10**9, "十亿": 10**9, "亿": 10**8}
_UNIT = re.compile(r"^(.*?)\s*([KMGT]i?B|bit|byte|B|十亿|亿)?\s*$")
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One side of an equation: its number, the unit written after it, and what both are worth."""

    text: str
    number: float
    unit: str
    worth: float

    @property
    def written(self) -> str:
        """The side as a person writes it."""
        tidy = re.sub(r"\s*\*\s*", "×", self.text.replace("**", "^")).replace("×θ", "θ")
        return f"{tidy} {self.unit}".strip()

    @property
    def shown(self) -> str:
        theta = "θ" if "θ" in self.text else ""
        return f"{figure(self.number, 5)}{theta} {self.unit}".strip()

    def equals(self, other: "Side") -> bool:
        """Equal as far as the shorter of the two is printed."""
        return abs(self.worth - other.worth) <= max(self._precision(), other._precision())

    def _precision(self) -> float:
        decimals = len(self.text.partition(".")[2])
        per_one = self.worth / self.number if self.number else 0.0
        return per_one * 10.0**-decimals / 2 if decimals else self.worth * 1e-9


def sides(quote: str, swapped: Sequence[Mapping[str, str]] = ()) -> list[Side]:
    """The sides of the equation in `quote`, with units replaced as `swapped` says; BadInput where it is none."""
    text = quote
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text)
    parts = text.split("=")
    if len(parts) < 2:
        raise BadInput(f"no equation stands in {quote[:60]!r}")
    return [_side(part.strip(), swapped) for part in parts]


def _side(text: str, swapped: Sequence[Mapping[str, str]]) -> Side:
    found = _UNIT.match(text)
    assert found is not None
    written, unit = found[1].strip(), found[2] or ""
    for swap in swapped:
        unit = swap.get(unit, unit)
    number = evaluated(written or "1")
    return Side(written, number, unit, number * (_COUNTS.get(unit) or (bytes_in(unit) if unit else 1)))


def evaluated(text: str) -> float:
    """The value of an arithmetic expression in numbers and θ, which counts as 1."""
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ZeroDivisionError, OverflowError) as error:
        raise BadInput(f"not an arithmetic expression: {text[:60]!r}") from error


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name) and node.id == "θ":
        return 1
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _value(node.left), _value(node.right)
        # a power tower is not arithmetic of this document, and would not end
        if isinstance(node.op, ast.Pow) and abs(right) > 64:
            raise BadInput(f"the exponent {right} is out of reach")
        return float(_OPERATORS[type(node.op)](left, right))
    raise BadInput(f"only numbers, + - * / ** and θ are read here, not {ast.unparse(node)[:40]!r}")
