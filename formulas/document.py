"""The formulas of the source document, as it states them, and where it errs."""

from sympy import Rational

from formulas.formula import Formula
from formulas.quantity import byte
from formulas.sources import DOCUMENT
from formulas.vocabulary import bytes_per_weight, n_params, weights, bits_per_weight

weights_from_parameters = Formula(
    weights,
    n_params * bytes_per_weight,
    says="Every parameter is stored once, in the bytes of its data type.",
    zh="每个参数按其数据类型占用的字节数存储一次。",
    source=DOCUMENT.at("模型占用"),
    example=({n_params: 7 * 10**9, bytes_per_weight: 4}, 28 * 10**9),
)

bytes_from_bits = Formula(
    bytes_per_weight,
    bits_per_weight / 8,
    says="A byte has 8 bits.",
    zh="一个字节有 8 位。",
    source=DOCUMENT.at("模型占用: 参数精度"),
    example=({bits_per_weight: 32}, 4),
    coefficients_in=byte,
)
