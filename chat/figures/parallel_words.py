"""How sequence parallel divides a long step: what a card has at each degree, and which degrees the heads allow."""

from collections.abc import Callable

from chat.figures.long_words import layer_inputs
from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.quantity import Words

# degrees that people try, whatever the number of cards
_TRIED = range(2, 9)


def _degree(figures: Figures) -> int:
    told = int(figures.knob("cp") or 1)
    if told < 2:
        raise Missing("sequence parallel")
    return told


def _by_degree(figures: Figures) -> Words:
    """A table: for each degree that divides the cards what one card has of a step."""
    told, n, step = _degree(figures), figures.n, figures.tokens * _degree(figures)
    sharded = {} if "zero_stage" in figures.given or n < 2 else {"zero_stage": 3}
    each = layer_inputs(figures) / figures.tokens
    lines = []
    for degree in sorted({told, *(one for one in range(1, n + 1) if n % one == 0)}):
        tokens = step / degree
        plain, fused = (
            gib_words(figures.at(cp=degree, **sharded, loss=loss).best) for loss in ("full-logits", "fused")
        )
        copy = both_words(tokens * figures.fact("vocab_size") * 4)
        lines.append(f"| {degree} | {tokens:,.0f} | {copy} | {gib_words(tokens * each)} | {plain} | {fused} |")
    rows = "\n".join(["|---|---|---|---|---|---|", *lines])
    with_, with_zh = (" with ZeRO-3", "(ZeRO-3)") if sharded else ("", "")
    return Words(
        f"| degree | tokens per card | one fp32 copy of logits | layer inputs | whole per card{with_} | with a fused loss |\n{rows}",
        f"| 序列并行度 | 每卡 token | 一份 fp32 logits | 各层输入 | 每卡合计{with_zh} | 用融合损失 |\n{rows}",
    )


def _heads_allow(figures: Figures) -> Words:
    """Which degrees divide the heads, and which of those that are tried do not."""
    heads = int(figures.fact("n_heads"))
    even = [str(one) for one in _TRIED if heads % one == 0]
    uneven = [str(one) for one in _TRIED if heads % one]
    if not even or not uneven:
        return Words("", "")
    return Words(
        f" Where it exchanges heads (Ulysses, DeepSpeed, xtuner) the degree must divide the {heads} heads, so {_listed(even, 'or')} of up to {_TRIED[-1]}, not {_listed(uneven, 'or')}, and the {figures.n} cards as well; ring attention (context parallel) only the latter.",
        f"按头交换的实现(Ulysses、DeepSpeed、xtuner)要求并行度整除 {heads} 个注意力头:{_TRIED[-1]} 以内可用 {'、'.join(even)},不能用 {'、'.join(uneven)};还要整除 {figures.n} 张卡。ring attention(上下文并行)只要求整除卡数。",
    )


def _listed(words: list[str], joined: str) -> str:
    return f"{', '.join(words[:-1])} {joined} {words[-1]}" if len(words) > 1 else words[0]


PARALLEL_WORDS: dict[str, Callable[[Figures], Words]] = {"by_degree": _by_degree, "heads_allow": _heads_allow}
