"""How parallelism divides: a long step over sequence ranks, heads over tensor ranks, and which degrees the heads allow."""

from collections.abc import Callable
from typing import Any

from chat.figures.long_words import layer_inputs
from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.phrases import HOLDS
from formulas.quantity import SILENT, Words
from kb.cards import rig_name
from kb.outcome import Outcome

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
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    even = [str(one) for one in _TRIED if shares_heads(figures, one)]
    uneven = [str(one) for one in _TRIED if not shares_heads(figures, one)]
    if not even or not uneven:
        return SILENT
    return Words(
        f" Where it exchanges heads (Ulysses, DeepSpeed, xtuner) the degree must divide the {heads} heads, and divide the {kv} of keys and values or be a multiple of them, so {listed(even, 'or')} of up to {_TRIED[-1]}, not {listed(uneven, 'or')}, and the {figures.n} cards as well; ring attention (context parallel) only the latter.",
        f"按头交换的实现(Ulysses、DeepSpeed、xtuner)要求并行度整除 {heads} 个注意力头,并能整除 {kv} 个 KV 头或是其倍数:{_TRIED[-1]} 以内可用 {'、'.join(even)},不能用 {'、'.join(uneven)};还要整除 {figures.n} 张卡。ring attention(上下文并行)只要求整除卡数。",
    )


def listed(words: list[str], joined: str) -> str:
    return f"{', '.join(words[:-1])} {joined} {words[-1]}" if len(words) > 1 else words[0]


# the cards of one machine
_MACHINE = 8


def shares_heads(figures: Figures, n: int) -> bool:
    """Whether so many cards share the heads: each has whole ones; keys and values are divided or, where they are fewer, repeated."""
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    return heads % n == 0 and (kv % n == 0 or n % kv == 0)


def _even(figures: Figures) -> list[int]:
    return [n for n in range(1, _MACHINE + 1) if shares_heads(figures, n)]


def _even_ranks(figures: Figures) -> Words:
    """The numbers of cards, up to one machine's, that a model's heads divide over."""
    even = [str(n) for n in _even(figures)]
    return Words(listed(even, "or"), "、".join(even))


def room_for_tokens(there: Outcome) -> Words:
    """Of cards that a server has: how many tokens its cache holds there; of other programs how long a sequence."""
    found = {one["quantity"]: one for one in there.answers_json() if one.get("scope") == "pool"}
    tokens = int(found["kv_tokens"]["whole"]) if "kv_tokens" in found else 0
    if tokens:
        return Words(f", cache for {tokens:,} tokens in all", f",缓存共可容纳 {tokens:,} 个 token")
    longest = there.largest("seq_len") if there.verdict == "yes" else None
    longest = min(longest, there.declared or longest) if longest else None
    return Words(f", up to {longest:,} tokens", f",最长 {longest:,} 个 token") if longest else SILENT


def _as_pipeline(figures: Figures) -> Words:
    """Whether the same cards hold it as a pipeline."""
    base, stages = figures.base, int(figures.need("pp"))
    flag = f"--pipeline-parallel-size {stages}"
    if base.capacity is None or base.verdict is None:
        return Words(
            f"As a pipeline they run: {flag}, whole layers on each card.", f"用流水线并行可以:{flag},每张卡放若干整层。"
        )
    (en, zh), need, room = HOLDS[str(base.leaning)], gib_words(base.best), gib_words(base.capacity)
    more = room_for_tokens(base)
    return Words(
        f"As a pipeline, {flag} with whole layers on each card, it {en}: {need} of {room} on the fullest{more.en}.",
        f"改用流水线并行({flag},每张卡放若干整层){zh}:最满的卡 {need},可用 {room}{more.zh}。",
    )


def _largest(figures: Figures, n: int) -> dict[str, Any]:
    """As many of the cards that are named one by one, the largest of them."""
    rig = sorted(figures.base.case.rig, key=lambda card: -card.capacity)[:n]
    if len(figures.base.case.rig) < 2:
        return {}
    alike = len({card.name for card in rig}) == 1
    return {"gpu": rig[0].name if alike else rig_name(tuple(rig)), "gpu_memory_gb": None}


def _ranked(figures: Figures, n: int, **facts: Any) -> tuple[Outcome, Words]:
    """Tensor parallel on so many cards: what it comes to, and that in words."""
    there = figures.at(**{"n_gpus": n, "tp": n, "pp": None, **_largest(figures, n), **facts})
    (en, zh), need, room = HOLDS[str(there.leaning)], gib_words(there.best), gib_words(there.capacity or 0)
    weights, more = gib_words(there.terms.get("weights", 0.0)), room_for_tokens(there)
    return there, Words(
        f"{en}, {need} of {room} per card, {weights} of it weights{more.en}",
        f"{zh},每卡 {need} / {room},其中权重 {weights}{more.zh}",
    )


def _tried(figures: Figures) -> list[Words]:
    """Whether other numbers that are asked about go."""
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    found: list[Words] = []
    for n in map(int, figures.logged_all("tp_tried")):
        if n > 1 and not shares_heads(figures, n):
            which = (
                (f"the {heads} heads", f"{heads} 个头")
                if heads % n
                else (f"the {kv} heads of keys and values", f"{kv} 个 KV 头")
            )
            found.append(
                Words(f"{n} does not go either: it does not divide {which[0]}", f"{n} 也不行:不能整除 {which[1]}")
            )
        elif n > 1:
            _, told = _ranked(figures, n)
            found.append(Words(f"{n} goes: {told.en}", f"{n} 可以:{told.zh}"))
    return found


def _enough(figures: Figures) -> list[Words]:
    """The fewest of the cards that hold it, where not all are needed, and what the others then do."""
    if len(figures.base.case.rig) > 1:
        return []
    few = next(
        (one for one in _even(figures) if one <= figures.n // 2 and _ranked(figures, one)[0].verdict == "yes"), 0
    )
    if not few:
        return []
    there, _ = _ranked(figures, few)
    need, copies = f"{gib_words(there.best)} of {gib_words(there.capacity or 0)}", figures.n // few
    need_zh = need.replace(" of ", " / ")
    cards, cards_zh = ("one card holds", "一张就放得下") if few == 1 else (f"{few} cards hold", f"{few} 张就放得下")
    each, each_zh = ("a card each", "各一张卡") if few == 1 else (f"tensor parallel {few} each", f"每个张量并行 {few}")
    both, both_zh = ("", "")
    if few > 1 and figures.n % few == 0:
        both, both_zh = f"; or tensor parallel {few} × pipeline {copies} as one server", f";或张量并行 {few} × 流水线 {copies} 合成一个服务"  # fmt: skip
    return [Words(f"not all are needed: {cards} it ({need}); {copies} replicas ({each}) use {copies * few} of them for throughput{both}",
                  f"不必用全部:{cards_zh}({need_zh});{copies} 个副本({each_zh})用上 {copies * few} 张提高吞吐{both_zh}")]  # fmt: skip


def _other_ranks(figures: Figures) -> Words:
    """The next fewer and the next more cards that the heads divide over; of the fewer in fewer bits, too."""
    n = max((one for one in _even(figures) if one < figures.n), default=1)
    more = next((one for one in _even(figures) if one > figures.n), 0)
    if figures.base.capacity is None:
        return SILENT
    lines: list[Words] = []
    if n > 1:
        there, told = _ranked(figures, n)
        lines.append(
            Words(
                f"tensor parallel on {n} of them (--tensor-parallel-size {n}): {told.en}",
                f"只用其中 {n} 张做张量并行(--tensor-parallel-size {n}):{told.zh}",
            )
        )
        for bits, name in ((8, "int8"), (4, "gptq-int4")):
            less, told = _ranked(figures, n, weight_format=name, bits=None)
            if "no_quantising" not in figures.about and less.best < 0.9 * there.best and less.verdict == "yes":
                lines.append(
                    Words(f"the same with {bits}-bit weights: {told.en}", f"同样 {n} 张,{bits} 位权重:{told.zh}")
                )
                break
    if more and len(figures.base.case.rig) < 2 and not {"no_more_cards", "fixed_cards"} & figures.about:
        _, told = _ranked(figures, more)
        lines.append(Words(f"{more} such cards, tensor parallel: {told.en}", f"{more} 张同样的卡做张量并行:{told.zh}"))
    lines = [*_tried(figures), *_enough(figures), *lines]
    english, chinese = ([f"- {one.en[0].upper()}{one.en[1:]}." for one in lines], [f"- {one.zh}。" for one in lines])
    return Words("\n\n" + "\n".join(english), "\n\n" + "\n".join(chinese)) if lines else SILENT


PARALLEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "by_degree": _by_degree, "heads_allow": _heads_allow, "even_ranks": _even_ranks, "as_pipeline": _as_pipeline, "other_ranks": _other_ranks,
}  # fmt: skip
