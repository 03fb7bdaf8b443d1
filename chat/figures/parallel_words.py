"""How parallelism divides: a long step over sequence ranks, heads over tensor ranks, and which degrees the heads allow."""

from collections.abc import Callable
from typing import Any

from chat.figures.long_words import layer_inputs
from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS
from formulas.quantity import Words
from kb.cards import rig_name

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


# the cards of one machine
_MACHINE = 8
_HOLDS = {**VERDICTS, "borderline": ("is borderline", "临界")}


def _even(figures: Figures) -> list[int]:
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    return [n for n in range(1, _MACHINE + 1) if heads % n == 0 and (kv % n == 0 or n % kv == 0)]


def _even_ranks(figures: Figures) -> Words:
    """The numbers of cards, up to one machine's, that a model's heads divide over."""
    even = [str(n) for n in _even(figures)]
    return Words(_listed(even, "or"), "、".join(even))


def _as_pipeline(figures: Figures) -> Words:
    """Whether the same cards hold it as a pipeline."""
    base, stages = figures.base, int(figures.need("pp"))
    flag = f"--pipeline-parallel-size {stages}"
    if base.capacity is None or base.verdict is None:
        return Words(
            f"As a pipeline they run: {flag}, whole layers on each card.", f"用流水线并行可以:{flag},每张卡放若干整层。"
        )
    (en, zh), need, room = _HOLDS[str(base.leaning)], gib_words(base.best), gib_words(base.capacity)
    return Words(
        f"As a pipeline, {flag} with whole layers on each card, it {en}: {need} of {room} on the fullest.",
        f"改用流水线并行({flag},每张卡放若干整层){zh}:最满的卡 {need},可用 {room}。",
    )


def _largest(figures: Figures, n: int) -> dict[str, Any]:
    """As many of the cards that are named one by one, the largest of them."""
    rig = sorted(figures.base.case.rig, key=lambda card: -card.capacity)[:n]
    if len(figures.base.case.rig) < 2:
        return {}
    alike = len({card.name for card in rig}) == 1
    return {"gpu": rig[0].name if alike else rig_name(tuple(rig)), "gpu_memory_gb": None}


def _fewer_ranks(figures: Figures) -> Words:
    """What the most cards take that the heads do divide over, as it is and, where that does not fit, in 4 bits."""
    n = max((one for one in _even(figures) if one < figures.n), default=1)
    if figures.base.capacity is None or n < 2:
        return Words("", "")
    alone = {"n_gpus": n, "tp": n, "pp": None, **_largest(figures, n)}
    there = figures.at(**alone)
    small = figures.at(**alone, weight_format="gptq-int4", bits=None)
    en, zh = _HOLDS[str(there.leaning)]
    told = Words(
        f" Tensor parallel on {n} of them (--tensor-parallel-size {n}) {en}, {gib_words(there.best)} of {gib_words(there.capacity or 0)} per card",
        f"只用其中 {n} 张做张量并行(--tensor-parallel-size {n}){zh},每卡 {gib_words(there.best)} / {gib_words(there.capacity or 0)}",
    )
    if there.verdict == "yes" or small.best >= there.best:
        return Words(f"{told.en}.", f"{told.zh}。")
    en, zh = _HOLDS[str(small.leaning)]
    return Words(
        f"{told.en}; in 4 bits (AWQ, GPTQ) it {en}, {gib_words(small.best)}.",
        f"{told.zh};换 4 位(AWQ、GPTQ){zh},每卡 {gib_words(small.best)}。",
    )


PARALLEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "by_degree": _by_degree, "heads_allow": _heads_allow, "even_ranks": _even_ranks, "as_pipeline": _as_pipeline, "fewer_ranks": _fewer_ranks,
}  # fmt: skip
