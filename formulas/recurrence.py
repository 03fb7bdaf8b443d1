"""Quantities of layers that mix tokens by a recurrence or a short convolution, and of gates beside a mixer."""

from formulas.anatomy import KIND
from formulas.quantity import Choice, Quantity, Words, byte, one

input_projections = Quantity(
    "input_projections",
    one,
    r"n_{\mathrm{proj}}",
    "projections that read a recurrent layer's input",
    "循环层读取输入的投影数",
    whole=True,
)
delta_inputs = Choice(
    "delta_inputs",
    ("fused", "beside", "after"),
    Words(
        "the gate of a delta rule's output comes out of one projection with queries, keys and values, out of its own "
        "before the scan, or after it",
        "delta 规则输出门控:与查询、键、值同一投影,扫描前单独投影,或扫描后投影",
    ),
)
held_gate = Quantity(
    "held_gate",
    one,
    r"n_{g}",
    "numbers of a token that a delta rule's layer holds of its input projections during the scan",
    "delta 规则扫描期间层内持有的输入投影个数(每 token)",
    zero=True,
)
gated_norm = Quantity(
    "gated_norm",
    byte,
    r"A_{n,g}",
    "kept by the gated norm behind a delta rule",
    "delta 规则之后的门控归一化保存",
    zero=True,
    axis=KIND,
)
saved_output_gate = Quantity(
    "saved_output_gate",
    byte,
    r"A_{o,g}",
    "kept by the gate on attention's output",
    "注意力输出门控保存",
    zero=True,
    axis=KIND,
)
conv_biased = Quantity(
    "conv_biased",
    one,
    r"\iota_K",
    "1 where a short convolution and its projections have biases",
    "短卷积及其投影是否有偏置",
    whole=True,
    zero=True,
)
