"""How parallelism divides: a long step over sequence ranks, heads over tensor ranks, and which degrees the heads allow."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import token_words
from chat.figures.named import Figures, Missing, both_words, gib_words, pool_tokens
from chat.figures.serving.engine_words import LENGTHS
from chat.figures.training.long_words import layer_inputs
from chat.phrases import HOLDS
from formulas.quantity import SILENT, Words
from kb.cards import rig_name
from kb.outcome import Outcome
from kb.programs import written

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


def _degrees_failed(figures: Figures) -> Words:
    """Why each degree that was tried does not go, and what does on the same cards."""
    if "divides_memory" in figures.about:  # what it divides was asked, and opens
        return SILENT
    told, n, seen = _degree(figures), figures.n, figures.base.capacity
    sharded = {} if "zero_stage" in figures.given or n < 2 else {"zero_stage": 3}
    tried = sorted({told, *(int(one) for one in figures.logged_all("degree") if n % int(one) == 0)})
    room, stage_zh = gib_words(seen or 0.0), "(ZeRO-3)" if sharded else ""
    start = "With ZeRO-3 a card" if sharded else "A card"
    there = {one: figures.at(cp=one, **sharded) for one in range(1, n + 1) if n % one == 0}
    if seen is None or not set(tried) <= set(there) or not figures.logged_all("degree"):
        return SILENT
    over = [one for one in tried if there[one].verdict != "yes"]
    if not over:
        return SILENT
    lines = [
        Words(
            f"{gib_words(there[one].best)} at degree {one}, {gib_words(there[one].terms.get('logits', 0.0))} of it logits",
            f"并行度 {one} 为 {gib_words(there[one].best)},其中 logits {gib_words(there[one].terms.get('logits', 0.0))}",
        )
        for one in over
    ]
    refused = [_refused(figures, int(one)) for one in dict.fromkeys(figures.logged_all("degree_refused"))]
    goes = _goes(figures, there, sharded, over[-1], tried)
    should = _should(there, [one for one in tried if one not in over])
    return Words(
        f"**{start} needs {'; '.join(one.en for one in lines)}; it has {room}.{''.join(one.en for one in refused)}**{goes.en}{should.en}\n\n",
        f"**每张卡{stage_zh}需要:{';'.join(one.zh for one in lines)};卡上只有 {room}。{''.join(one.zh for one in refused)}**{goes.zh}{should.zh}\n\n",
    )


def _should(there: dict[int, Outcome], tried: list[int]) -> Words:
    """That what was tried and fits by the formulas has something else that is not in force."""
    if not tried:
        return SILENT
    need = gib_words(there[tried[0]].best)
    return Words(
        f" By the formulas degree {tried[0]} fits ({need}): see that the states are sharded and each card's samples are cut.",
        f"按公式并行度 {tried[0]} 放得下({need}):请检查状态是否真的切分、每张卡的样本是否真的切短。",
    )


def _refused(figures: Figures, degree: int) -> Words:
    """Why so many parts are no layout."""
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    nor, nor_zh = "", ""
    if heads % degree:
        nor, nor_zh = f", nor the {heads} heads", f",也不整除 {heads} 个头"
    elif not shares_heads(figures, degree):
        nor, nor_zh = f", nor does it go with the {kv} KV heads", f",与 {kv} 个 KV 头也不相配"
    return Words(
        f" {degree} is no degree here: it does not divide the {figures.n} cards{nor}.",
        f"{degree} 根本不能用:不能整除 {figures.n} 张卡{nor_zh}。",
    )


def _goes(figures: Figures, there: dict[int, Outcome], sharded: dict[str, Any], last: int, tried: list[int]) -> Words:
    """What fits on the same cards: a fused loss at the degree that was tried, and a wider degree."""
    fused = figures.at(cp=last, **sharded, loss="fused")
    found = []
    if figures.knob("loss") != "fused" and fused.verdict == "yes":
        need = gib_words(fused.best)
        found.append(Words(f"degree {last} with a fused loss ({need})", f"并行度 {last} 配融合损失({need})"))
    wider = next((one for one in there if one > last and one not in tried and there[one].verdict == "yes"), 0)
    if wider:
        ring = "" if shares_heads(figures, wider) else ", by ring attention"
        ring_zh = "" if shares_heads(figures, wider) else ",用 ring attention"
        need = gib_words(there[wider].best)
        found.append(Words(f"degree {wider} ({need}{ring})", f"并行度 {wider}({need}{ring_zh})"))
    if not found and tried[-1] > last:
        return SILENT
    if not found:
        return Words(
            " Neither a wider degree nor a fused loss fits on these cards.", "这些卡上加大并行度或用融合损失也放不下。"
        )
    return Words(
        f" On the same cards fits {' or '.join(one.en for one in found)}.",
        f"同样的卡放得下的是:{'、或'.join(one.zh for one in found)}。",
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


def _nor_one_more(figures: Figures) -> Words:
    """That a card more does not help, where the heads do not divide over that many either."""
    more = int(figures.need("pp")) + 1
    return (
        SILENT
        if shares_heads(figures, more)
        else Words(f", nor with one more over {more}", f",加一张到 {more} 张也不行")
    )


def room_for_tokens(there: Outcome) -> Words:
    """Of cards that a server has: how many tokens its cache holds there; of other programs how long a sequence."""
    if tokens := pool_tokens(there):
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
    more, capped = room_for_tokens(base), _capped(figures)
    weights = SILENT
    if base.leaning != "yes":  # what is too much is not the weights alone
        # of unlike cards there is no one of them that holds all
        whole = figures.amount("w_whole") or base.part_of_all("weights")
        held, each = both_words(whole), gib_words(whole / stages)
        weights = Words(f" (the weights are {held}, {each} a card on average)", f"(权重共 {held},平均每卡 {each})")
    return Words(
        f"As a pipeline, {flag} with whole layers on each card, it {en}: {need} of {room} on the fullest{weights.en}{more.en}{capped.en}.",
        f"改用流水线并行({flag},每张卡放若干整层){zh}:最满的卡 {need},可用 {room}{weights.zh}{more.zh}{capped.zh}。",
    )


def _capped(figures: Figures) -> Words:
    """That the length is to be set, where the model declares more than the cache holds and none is told."""
    tokens, declared = pool_tokens(figures.base), figures.base.declared
    if not tokens or figures.base.verdict != "yes" or "seq_len" in figures.given or declared <= tokens:
        return SILENT
    flag = f" ({LENGTHS[told]})" if (told := written(figures.given.get("engine"))) in LENGTHS else ""
    return Words(
        f", fewer than the {declared:,} that the model declares: set a length{flag}",
        f",少于模型声明的 {declared:,}:要设置长度{flag.replace(' (', '(')}",
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
    if more and len(figures.base.case.rig) < 2 and not {"no_more_cards", "fixed_cards"} & figures.about:
        _, told = _ranked(figures, more)
        lines.append(Words(f"{more} such cards, tensor parallel: {told.en}", f"{more} 张同样的卡做张量并行:{told.zh}"))
    lines = [*_tried(figures), *_enough(figures), *lines]
    english, chinese = ([f"- {one.en[0].upper()}{one.en[1:]}." for one in lines], [f"- {one.zh}。" for one in lines])
    return Words("\n\n" + "\n".join(english), "\n\n" + "\n".join(chinese)) if lines else SILENT


def _share_of_cache(figures: Figures) -> Words:
    """Whether tensor parallel leaves each card the part of the cache that is asked about, 1/ways where none is named."""
    ways, base = int(figures.knob("tp") or 1), figures.base
    if "kv_cache" not in base.terms or figures.n < 2 or "cp" in figures.given:  # which divides tokens
        raise Missing("ranks")
    each, whole = base.terms["kv_cache"], base.part_of_all("kv")
    length = f"{int(figures.need('seq')):,}"
    if ways < 2:
        return Words(
            f"**Divided by layers, about: each card keeps the cache of its own layers alone, the fullest {gib_words(each)} of {gib_words(whole)} for {length} tokens.** Nothing of it is copied, whatever the heads or MLA; the cards work in turn.",
            f"**按层切分,大致如此:每张卡只存自己那些层的缓存,{length} token 时最满的一张 {gib_words(each)},完整一份是 {gib_words(whole)}。** 与头数和 MLA 无关,不会复制;各卡轮流计算。",
        )
    asked = next(iter(figures.logged_all("part_asked")), float(ways))
    part, part_zh = _one_in(asked)
    if "kv_lora_rank" in base.situation.facts:
        return Words(
            f"**No: each of {ways} cards keeps the whole cache, {gib_words(each)} for {length} tokens and not {part} of it.** MLA stores one compressed vector for all heads, which no rank can do without. Data-parallel attention (SGLang --enable-dp-attention, vLLM --data-parallel-size with expert parallel) divides the requests over the cards instead.",
            f"**不会:{ways} 张卡每张都存完整的缓存,{length} token 为 {gib_words(each)},不是{part_zh}。** MLA 存的是所有头共用的一个压缩向量,每张卡都要用。数据并行注意力(SGLang --enable-dp-attention,vLLM 的 --data-parallel-size 配合专家并行)改为把请求分到各卡。",
        )
    kv = int(figures.fact("n_kv_heads"))
    if not shares_heads(figures, ways):
        raise Missing("whole heads")
    if len(ranks := sorted(set(figures.logged_all("ranks")))) == 2:
        return _share_of_two(figures, kv, [int(one) for one in ranks], asked)
    kept, copies = max(1, kv // ways), max(1, ways // kv)
    held, whole = kv // kept, whole / copies
    yes = abs(asked - held) < _ALIKE
    sum_, sum_zh = (f"{gib_words(each)} of {gib_words(whole)} for {length} tokens", f"{length} token 时每张 {gib_words(each)},完整一份是 {gib_words(whole)}")  # fmt: skip
    own, own_zh = _one_in(held)
    if kv == 1 and not yes:
        return Words(
            f"**No: each of the {ways} cards keeps the whole cache, not {part}: there is 1 KV head, a head is never divided, and each card has its copy; {sum_}.** Tensor parallel divides the weights and the query heads {ways} ways all the same.",
            f"**不会:{ways} 张卡每张都存完整的缓存,不是{part_zh}:KV 头只有 1 个,一个头不会再切,每张卡各存一份;{sum_zh}。** 权重和查询头仍按 {ways} 份切分。",
        )
    if copies > 1:
        return Words(
            f"**{'Yes' if yes else 'No'}: each card keeps {own} of the cache, {'as' if yes else 'not'} {part}: there are {kv} KV heads, a head is never divided, and each of them stands on {copies} of the {ways} cards; {sum_}.** Tensor parallel divides the weights and the query heads {ways} ways all the same.",
            f"**{'会' if yes else '不会'}:每张卡存缓存的{own_zh},{'就是' if yes else '不是'}{part_zh}:KV 头只有 {kv} 个,一个头不会再切,每个头放在 {ways} 张卡中的 {copies} 张上;{sum_zh}。** 权重和查询头仍按 {ways} 份切分。",
        )
    return Words(
        f"**{'Yes' if yes else 'No'}: each card keeps {own} of the cache{'' if yes else f', not {part}'}: {kv} KV heads ÷ {ways} cards = {kept} each; {sum_}.** The weights are divided likewise; what each card has of its own beside them is the runtime and its activations.",
        f"**{'会' if yes else '不会'}:每张卡存缓存的{own_zh}{'' if yes else f',不是{part_zh}'},即 {kv} 个 KV 头 ÷ {ways} 张卡 = 每张 {kept} 个;{sum_zh}。** 权重同样切分;每张卡另有自己的运行时和激活。",
    )


def _share_of_two(figures: Figures, kv: int, ranks: list[int], asked: float) -> Words:
    """Whether a card keeps so much less of the cache at more ranks than at fewer."""
    kept = [max(1, kv // one) for one in ranks]
    yes, (part, part_zh) = abs(kept[0] / kept[1] - asked) < _ALIKE, _one_in(asked)
    each = [token_words(figures.need("kv_token") * one / kv) for one in kept]
    never = Words(", for a head is never divided", ",一个头不会再切") if ranks[1] > kv else SILENT
    return Words(
        f"**{'Yes' if yes else 'No'}, {'' if yes else 'not '}{part}: of {kv} KV heads each card keeps {kept[0]} at tensor parallel {ranks[0]} and {kept[1]} at {ranks[1]}{never.en}: {each[0]} and {each[1]} a token.** The weights are divided {ranks[1]} ways.",
        f"**{'是' if yes else '不是'}{part_zh}:共 {kv} 个 KV 头,张量并行 {ranks[0]} 时每卡 {kept[0]} 个,{ranks[1]} 时每卡 {kept[1]} 个{never.zh},即每 token {each[0]} 和 {each[1]}。** 权重切成 {ranks[1]} 份。",
    )


_ALIKE = 0.01


def _one_in(parts: float) -> tuple[str, str]:
    """One of so many equal parts, in words."""
    if parts <= 1:
        return "the whole", "完整一份"
    return ("half", "一半") if parts == 2 else (f"1/{parts:g}", f" 1/{parts:g}")


PARALLEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "by_degree": _by_degree, "degrees_failed": _degrees_failed, "heads_allow": _heads_allow, "even_ranks": _even_ranks, "nor_one_more": _nor_one_more, "as_pipeline": _as_pipeline, "other_ranks": _other_ranks,
    "share_of_cache": _share_of_cache,
}  # fmt: skip
