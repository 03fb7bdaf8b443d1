"""What a request for memory that failed may be: a matrix of the model, known by its shape, or the logits of so many tokens."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chat.figures.named import GIB, Figures, Missing, both_words, missing
from formulas.quantity import Words
from kb.bytes_each import PURE, TRAINED


@dataclass(frozen=True)
class Matrix:
    """What it is, how many numbers it has, and the product they are."""

    says: Words
    numbers: float
    shown: str


def matrices(figures: Figures) -> Iterator[Matrix]:
    """The embedding (as large as the output head) and, where there is one, the matrix of a feed-forward layer."""
    vocabulary, width = figures.fact("vocab_size"), figures.fact("hidden_size")
    yield Matrix(
        Words("the embedding or the output head", "embedding 或输出头"),
        vocabulary * width,
        f"{vocabulary:,.0f} × {width:,.0f}",
    )
    if inner := float(figures.row()["intermediate_size"] or 0):
        yield Matrix(
            Words("one matrix of a feed-forward layer", "一个前馈矩阵"), width * inner, f"{width:,.0f} × {inner:,.0f}"
        )


# bytes of a number of weights, gradients and states
WIDTHS = {2: Words("in 16 bit", "16 位"), 4: Words("in fp32", "fp32")}


def in_training(figures: Figures) -> Words:
    """Why training asks for so much at once, and what fills the card."""
    if figures.knob("method") != "full":
        return Words(
            " The frozen base is loaded matrix by matrix (and from 4 bit turned wide again in computing), so it is the same at every length and batch, and only the request that no longer fitted.",
            "冻结的基座按矩阵逐个加载(4 位基座计算时也逐个还原),所以它与长度、批大小无关,只是最后放不下的那一次申请。",
        )
    params, states, pure = figures["params"], figures["states"], both_words(PURE * figures.params)
    return Words(
        f" Gradients, optimizer states and copies of the weights are made matrix by matrix, so it is the same at every length and batch, and only the request that no longer fitted. What fills the card are the states: {params} × {TRAINED} B = {states} in mixed precision with Adam, × {PURE} B = {pure} in pure bf16; only sharding, 8-bit states, offload or adapters lower them.",
        f"梯度、优化器状态和权重副本都按矩阵逐个分配,所以它与长度、批大小无关,只是最后放不下的那一次申请。占满显存的是模型状态:混合精度 Adam 是 {params} × {TRAINED} 字节 = {states},纯 bf16 是 × {PURE} 字节 = {pure};只有切分、8 位优化器、offload 或适配器能降低它。",
    )


_SAME = 0.002
_HUNDREDTH = 0.0051 * GIB  # a message of more than a GiB is rounded to a hundredth


def tried_matrix(figures: Figures) -> tuple[Matrix, int]:
    """The matrix that an allocation which failed has the shape of, and its bytes a number; Missing where it is none."""
    tried = float(figures.told["tried_gib"]) * GIB
    off = _HUNDREDTH if tried >= GIB else _SAME * tried
    found = ((one, each) for one in matrices(figures) for each in WIDTHS if abs(tried - each * one.numbers) < off)
    if pair := next(found, None):
        return pair
    raise Missing("matrix")


# a number of tokens that is no multiple of so many may be any tensor's
_ROUND = 64
_USUAL = 1024  # lengths are multiples of it, where a matrix of the model is as large too


def vocabulary(figures: Figures) -> float:
    """The vocabulary that was told with a message or in a product, else the model's, of which all else is counted."""
    of_it = (
        bool({"oom_gib", "tried_gib"} & set(figures.told))
        or "logits_tokens" in figures.log
        or "meaning:logits_derived" in figures.about
    )
    told = figures.logged_all("vocabulary") if of_it else []
    return told[0] if told else figures.fact("vocab_size")


def _is_matrix(figures: Figures) -> bool:
    try:
        tried_matrix(figures)
    except (Missing, KeyError):
        return False
    return True


def tried_tokens(figures: Figures) -> float:
    """The tokens of which an allocation that failed is the fp32 logits; Missing where they are no whole number.

    A message is rounded to a hundredth of its unit: of the numbers that it may be, the roundest. No step of fewer tokens
    fails for its logits.
    """
    told = float(figures.told["tried_gib"])
    half = 0.005 if told >= 1 and abs(told - round(told, 2)) < 1e-9 else 0.005 / 1024  # below a GiB it is told in MiB
    each = 4 * vocabulary(figures) / GIB
    low, high = math.ceil((told - half) / each), math.floor((told + half) / each)
    if high < low or not 256 <= low <= high <= 1 << 17:
        return missing("tokens")
    for known in (figures.tokens, float(figures.knob("seq_len") or 1)):  # of the step that was told, or several
        if round(low / known) and low <= round(low / known) * known <= high:
            return round(low / known) * known
    step = next(2**power for power in range(20, -1, -1) if high // 2**power * 2**power >= low)
    if step < _ROUND or (step < _USUAL and _is_matrix(figures)):
        return missing("tokens")
    return float(high // step * step)


def _tried_matrix_is(figures: Figures) -> Words:
    matrix, each = tried_matrix(figures)
    return Words(
        f"{matrix.says.en} {WIDTHS[each].en}: {matrix.shown} × {each} B",
        f"{WIDTHS[each].zh}的{matrix.says.zh}:{matrix.shown} × {each} 字节",
    )


MATRIX_WORDS: dict[str, Callable[[Figures], Words]] = {
    "tried_matrix_is": _tried_matrix_is,
    "in_training_matrix": in_training,
}
