"""Quantities and choices of state-space layers computed without fused kernels: chunks, float32 copies, gates, heights."""

from typing import Any

from formulas.anatomy import KIND
from formulas.quantity import Choice, Quantity, Words, byte, one


def _width(name: str, latex: str, says: str, zh: str, **how: Any) -> Quantity:
    return Quantity(name, one, latex, says, zh, whole=True, **how)


def _bytes(name: str, latex: str, says: str, zh: str) -> Quantity:
    return Quantity(name, byte, latex, says, zh, zero=True)


def _kept(name: str, latex: str, says: str, zh: str) -> Quantity:
    return Quantity(name, byte, latex, says, zh, zero=True, axis=KIND)


scan_gate = Choice(
    "scan_gate",
    ("normed", "plain"),
    Words("whether a norm follows the gate of a state-space layer", "状态空间层的门控之后是否有归一化"),
)
projection = Choice(
    "projection",
    ("plain", "scaled"),
    Words("whether a vector scales what a scan's projection gives", "扫描的投影结果是否再乘以缩放向量"),
)
layer_parts = Choice(
    "layer_parts",
    ("whole", "side-by-side"),
    Words("whether a layer is of one kind, or of one part of each kind", "每层为一种类型,还是各类型各有一部分"),
)
n_chunks = _width("n_chunks", r"n_c", "chunks that a scan divides a sequence into", "扫描将序列分成的块数")
chunk_padding = Quantity(
    "chunk_padding",
    one,
    r"\rho_c",
    "tokens that a scan of whole chunks computes, for each token",
    "按整块扫描时每个 token 折合的计算 token 数",
)
scan_trains = _width(
    "scan_trains", r"\iota_t", "1 where the scan's own small weights train", "扫描的小权重是否训练", zero=True
)
scan_copies = _width(
    "scan_copies", r"\iota_{32}", "1 where the scan makes float32 copies", "扫描是否生成 float32 副本", zero=True
)
scan_bytes = _bytes(
    "scan_bytes", r"\beta_s", "bytes of a number that the scan's products read", "扫描乘积读入的每个数的字节数"
)
saved_convolution = _kept(
    "saved_convolution", r"A_{a,c}", "kept by a scan's projection and convolution", "扫描前的投影与卷积保存"
)
saved_steps = _kept("saved_steps", r"A_{a,\Delta}", "kept by a scan's time steps", "扫描的时间步保存")
saved_scan = _kept("saved_scan", r"A_{a,s}", "kept by the scan itself", "扫描本身保存")
saved_gate = _kept("saved_gate", r"A_{a,g}", "kept by a scan's gate and its norm", "扫描的门控与归一化保存")
normed_input = _bytes(
    "normed_input",
    r"B_{a,n}",
    "a scan's normalised input beside the copy that is kept",
    "扫描的归一化输入(所保存副本之外)",
)
gate_backward = _kept(
    "gate_backward", r"B_{a,g}", "working set of a gated norm's backward pass", "门控归一化反向工作集"
)
chunk_backward = _kept("chunk_backward", r"B_{a,c}", "working set inside the chunks backwards", "块内反向工作集")
scan_again = _kept("scan_again", r"B_{a,s}", "working set as a scan is computed once more", "重新计算扫描时的工作集")
