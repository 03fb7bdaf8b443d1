"""Bits that a GGUF file takes beyond its name: K-quants store rows in blocks of 256 numbers, and rows that are no multiple of
that are stored in another type (llama.cpp, src/llama-quant.cpp: Q2_K and Q3_K in IQ4_NL, Q4_K in Q5_0, Q5_K in Q5_1, Q6_K in
Q8_0)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from formulas.derivation import Fact
from formulas.vocabulary import n_params
from kb.architecture import Architecture
from kb.worked import filled

BLOCK = 256
# what a number takes more: of the format's own type, and in the down projection, which formats with S, M and L store in others
# (M takes the next type in half of the layers, by use_more_bits)
_Q2, _Q3, _Q4, _Q5, _Q6 = Fraction(15, 8), Fraction(17, 16), Fraction(1), Fraction(1, 2), Fraction(31, 16)
_MORE: dict[str, tuple[Fraction, Fraction]] = {
    "Q2_K": (_Q2, _Q3),
    "Q3_K_S": (_Q3, _Q3),
    "Q3_K_M": (_Q3, (_Q3 + _Q4) / 2),
    "Q3_K_L": (_Q3, _Q5),
    "Q4_K_S": (_Q4, (_Q5 + 7 * _Q4) / 8),
    "Q4_K_M": (_Q4, (_Q4 + _Q6) / 2),
    "Q5_K_S": (_Q5, _Q5),
    "Q5_K_M": (_Q5, (_Q5 + _Q6) / 2),
    "Q6_K": (_Q6, _Q6),
}


def more_bits(name: str, model: Architecture) -> Fraction:
    """Bits a parameter beyond the table's, which were taken of a file whose rows all divide; 0 where these do too."""
    own, down = _MORE.get(name.removeprefix("gguf:"), (Fraction(0), Fraction(0)))
    width, inner, of_expert, experts = (
        _whole(model.facts, one) for one in ("hidden_size", "intermediate_size", "moe_intermediate_size", "n_experts")
    )
    whole = filled(n_params, dict(model.facts)).value if own and width else None
    if not whole:
        return Fraction(0)
    sparse = sum(layer.mlp == "experts" for layer in model.layers)
    dense = sum(layer.mlp in ("gated", "plain") for layer in model.layers)
    projections = ((inner, width * inner * dense), (of_expert, width * of_expert * experts * sparse))
    odd = sum(size for rows, size in projections if rows % BLOCK)
    rest = whole - sum(size for _, size in projections)
    return Fraction(down * odd + (own * rest if width % BLOCK else 0)) / Fraction(whole)


def _whole(facts: Mapping[str, Fact], name: str) -> int:
    given: Any = facts[name].value if name in facts else 0
    return int(given or 0)
