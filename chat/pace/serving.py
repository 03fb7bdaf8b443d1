"""Lines on how fast a model answers: tokens a second, the first token, many users, cards against each other, and why it is
slower than it could be."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt

from chat.pace.batched_bits import batched_lines
from chat.pace.by_layers import at_once
from chat.pace.cards import compared, link_lines
from chat.pace.each_reads import each_reads
from chat.pace.eight_bits import eight_bit_lines, narrow_cache_lines
from chat.pace.lengths import collapse_lines, longer_lines
from chat.pace.loading import loading_lines
from chat.pace.moved import beside_ram, cases_words, held_words, moved_lines, put_whole_lines
from chat.pace.other_memory import other_memory
from chat.pace.over_slot import expected
from chat.pace.prompt import prompt_lines
from chat.pace.requests import request_lines
from chat.pace.served import Served, bound_lines, cards_of, spilled_lines, subject, waits
from chat.pace.slowing import slowing_lines
from chat.pace.words import Line, amount, between, duration, gigabytes, line, scaled, share, shares_words
from chat.phrases import value
from chat.works import GPT_FAST
from formulas.errors import BadInput
from formulas.notation import size_words
from kb.names import gpu_rows
from kb.placed import NOWHERE, TOLD
from kb.programs import serves
from kb.rates import GENERATION, Decoding, decoding, shares

_USUAL_BATCH, _MOST_CARDS = 32, 5  # what a server is shown with beside a single sequence


def lines(asked: Served) -> list[Line]:
    """The answer; BadInput where no card's bandwidth is known."""
    if {"why", "rate"} & set(asked.kinds) and (found := collapse_lines(asked)):
        return found
    for kind, say in _SAYS:
        if kind in asked.kinds and kind not in _OF_A_STEP and (found := say(asked)):
            return found
    if crowded := _crowded(asked):
        return crowded
    return next((found for kind, say in _SAYS if kind in asked.kinds and (found := say(asked))), None) or _rates(asked)


# of a step of all sequences, which those that find no room are no part of
_OF_A_STEP = frozenset({"compare", "rate"})


def _crowded(asked: Served) -> list[Line]:
    """Of each format or card of a server whose cache does not hold all sequences: as many as it holds; empty where all do."""
    apart = [replace(asked, cases=(case,)) for case in asked.cases if serves(case.get("engine"))]
    known = [one for one in apart if one.worked and one.first.batch > 1]
    if not any(one.first.there.verdict == "no" for one in known):
        return []
    beside = [one.first for one in known]
    return [
        told
        for one in known
        for told in (_fewer(one, one.first, beside) if one.first.there.verdict == "no" else _rates(one))[:1]
    ]


# ── generating ─────────────────────────────────────────────────────────────────────────────────────────────────────


_MOST_JUDGED = 2  # cases of which each is held against a rate that is told


def _rates(asked: Served) -> list[Line]:
    if not asked.worked:
        raise BadInput("the bandwidth of that card is not known, so no speed can be said")
    one = asked.first
    place = asked.places[0]
    if len(asked.places) == 1 and place.how == NOWHERE:
        return moved_lines(place, asked.host, asked.cases[0])
    lengths = {int(case.facts["seq_len"].value) for case in asked.worked}
    apart = ("seq_len",) if len(lengths) > 1 else ()
    said = cases_words(asked.places, *apart)
    length = int(one.facts["seq_len"].value)
    context, context_zh = (
        (f"{length:,} tokens of context", f"上下文 {length:,} token")
        if not apart
        else ("context as told", "上下文如上")
    )
    if any(map(waits, asked.worked)):
        context, context_zh = f"{context}; the exchange between the cards not counted", f"{context_zh};未计卡间通信"
    if one.batch > 1:
        each = scaled(one.rate, 1 / one.batch)
        tail = f" for {one.batch} sequences together, {between(*each)} for each ({context})"
        tail_zh = f"({one.batch} 条序列合计,每条 {between(*each)};{context_zh})"
    else:
        tail, tail_zh = f" (one sequence, {context})", f"(单条序列,{context_zh})"
    found = beside_ram(asked.places)
    held = held_words(asked.places)
    found += [line(f"**{said.en}**{tail}.{held.en}", f"**{said.zh}**{tail_zh}。{held.zh}", GPT_FAST)]
    narrow = narrow_cache_lines(one) if len(asked.worked) == 1 and one.batch == 1 else []
    found = [*eight_bit_lines(asked.worked), *found, *narrow]
    if len(asked.places) == 1 and place.how != TOLD:
        found = moved_lines(place, asked.host, asked.cases[0])
    whole = put_whole_lines(place, asked.said("rate")) if "put_whole" in asked.kinds and len(asked.places) == 1 else []
    found = [*whole, *found]
    if asked.said("rate") and one.batch == 1 and not whole:
        machines = {str(cards_of(case)) for case in asked.worked}  # it was seen on the one that is there
        seen = asked.worked[: 1 if asked.said("more_cards") or len(machines) > 1 else _MOST_JUDGED]
        judged = [_judged(asked.said("rate") or 0.0, case) for case in seen]
        found[(at := 0 if len(asked.worked) == 1 else 1) : at] = judged
    bounds = asked.worked[:2] if one.batch == 1 and not apart else [one]
    found += [told for case in bounds for told in bound_lines(case, bounds)]
    if apart:
        found.insert(1, _against_length(asked.worked))
    elif reads := each_reads(asked):
        found = [*reads, *found] if "why" in asked.kinds else [found[0], *reads, *found[1:]]
    if asked.said("other_ddr") or asked.said("other_mt_s"):
        found[0] = other_memory(asked)
    found += spilled_lines(next((case for case in asked.worked if case.host_bytes), one), len(asked.worked) > 1)
    mixed = next((case for case in asked.worked if case.single_share < 1 and case.there.n_params), None)
    if mixed and mixed.there.n_params:
        found.append(line(f"A token reads the active parameters, {size_words(mixed.there.n_params * mixed.single_share)} of {size_words(mixed.there.n_params)}, and all of them must be in memory" + (f"; {mixed.batch} sequences choose different experts and read {share(mixed.share)} of the weights." if mixed.batch > 1 else "."),
                          f"每个 token 只读取激活参数:{size_words(mixed.there.n_params)} 中的 {size_words(mixed.there.n_params * mixed.single_share)},但全部都要放进内存或显存" + (f";{mixed.batch} 条序列选择的专家不同,共读取权重的 {share(mixed.share)}。" if mixed.batch > 1 else "。")))  # fmt: skip
    if requests := asked.said("requests"):
        found.insert(0, _of_requests(asked, requests))
    found += longer_lines(one) if one.batch == 1 and not apart else []
    if one.batch == 1 and not one.host_bytes and len(asked.worked) < 3:
        found += [*_in_turn(asked, one), *_together(asked)]
    at = 0 if asked.said("more_cards") and not asked.worked[0].host_bytes else 1  # else what leaves RAM is the gain
    return [*found[:at], *at_once(asked), *found[at:]]


# what one card reaches of its bound, and what several do whose exchange is not in it
_USUAL = {False: ("in the usual span", "属于正常范围"), True: ("what the bandwidth allows, before what the exchange between the cards costs", "在带宽允许的范围内(未计卡间通信)")}  # fmt: skip


def _judged(rate: float, one: Decoding) -> Line:
    """A rate that is wanted or was seen, against what the case reaches."""
    low, high = one.rate
    told = (
        ("within reach", "可以达到") if rate <= low
        else _USUAL[waits(one)] if rate <= high
        else ("above what programs reach, below the bound", "高于程序通常能达到的,但未超上限") if rate <= one.bound
        else ("out of reach", "达不到")
    )  # fmt: skip
    part = share(rate / one.bound)
    return line(f"**{rate:g} tokens/s with {subject(one, 'en')}: {told[0]}**, {part} of its bound of {amount(one.bound)}.",
                f"**{subject(one, 'zh')} 的 {rate:g} token/秒:{told[1]}**,为上限 {amount(one.bound)} 的 {part}。")  # fmt: skip


def _against_length(cases: list[Decoding]) -> Line:
    """What the longest context leaves of the speed of the shortest."""
    ordered = sorted(cases, key=lambda case: int(case.facts["seq_len"].value))
    left = ordered[-1].rate[0] / ordered[0].rate[0]
    short, long = (int(case.facts["seq_len"].value) for case in (ordered[0], ordered[-1]))
    fits = (
        ", because the cache no longer leaves room for all weights on the card"
        if ordered[-1].host_bytes
        else ", because every token reads the cache as well"
    )
    fits_zh = ",因为缓存挤占了卡上的权重" if ordered[-1].host_bytes else ",因为每个 token 还要读取缓存"
    return line(f"**From {short:,} to {long:,} tokens {share(left)} of the speed is left**{fits}.",
                f"**从 {short:,} 到 {long:,} token,速度只剩 {share(left)}**{fits_zh}。")  # fmt: skip


def _in_turn(asked: Served, one: Decoding) -> list[Line]:
    """Several cards of which it is not said how they share the model: by layers they take turns."""
    facts = asked.cases[0]
    if (
        int(facts.get("n_gpus") or 1) < 2
        or len(one.there.cards) > 1
        or {"tp", "pp", "engine", "layer_split"} & set(facts)
    ):
        return []
    turns = decoding({**facts, "layer_split": True}, asked.host)
    return [line(f"That is tensor parallel (vLLM, ExLlama). Split by layers (llama.cpp, Ollama, device_map) the cards take turns: about {between(*turns.rate)} tokens/s, no faster than one card that held it all.",
                 f"这是张量并行(vLLM、ExLlama)。按层切分(llama.cpp、Ollama、device_map)时各卡轮流工作:约 {between(*turns.rate)} token/秒,不比一张放得下的卡快。")]  # fmt: skip


def _together(asked: Served) -> list[Line]:
    facts = {**asked.cases[0], "batch_size": _USUAL_BATCH}
    try:
        many = decoding(facts, asked.host)
    except BadInput:
        return []
    if many.spilled or many.there.verdict == "no" or not many.known:
        return []
    return [line(f"{_USUAL_BATCH} sequences at once share the reading of the weights: together about {between(*many.rate)} tokens/s, {between(*scaled(many.rate, 1 / _USUAL_BATCH))} for each.",
                 f"{_USUAL_BATCH} 条序列同时生成可共用权重读取:合计约 {between(*many.rate)} token/秒,每条 {between(*scaled(many.rate, 1 / _USUAL_BATCH))}。")]  # fmt: skip


def _of_requests(asked: Served, requests: float) -> Line:
    """How long many prompts take, in a batch if one is told, else one after the other."""
    one = asked.first
    out = asked.said("output_len") or 512.0
    assumed_out = "" if asked.said("output_len") else " assumed"
    assumed_zh = "" if asked.said("output_len") else "(假设)"
    slow, fast = (requests * out / rate / 3600 for rate in one.rate)
    prompt = one.prompt(int(one.facts["seq_len"].value))
    if prompt:
        slow += requests * prompt[1] / one.batch / 3600
        fast += requests * prompt[0] / one.batch / 3600
    took = duration(fast, slow)
    how = (
        f"{one.batch} at a time"
        if one.batch > 1
        else "one after the other; a server that batches them is many times faster"
    )
    how_zh = f"每次 {one.batch} 条" if one.batch > 1 else "逐条处理;用批处理的服务会快很多倍"
    return line(f"**{amount(requests)} prompts of {out:g} generated tokens{assumed_out}: about {took.en}**, {how}.",
                f"**{amount(requests)} 条,每条生成 {out:g} token{assumed_zh}:约 {took.zh}**,{how_zh}。")  # fmt: skip


# ── users ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _users(asked: Served) -> list[Line]:
    many = [case for case in asked.worked if case.batch > 1]
    if not many:
        return []
    if many[0] is not asked.first:  # one sequence is asked for as well
        alone = asked.first
        both = replace(asked, cases=tuple(case for case in asked.cases if int(case.get("batch_size") or 1) > 1))
        return [
            line(
                f"**One sequence: about {between(*alone.rate)} tokens/s** ({subject(alone, 'en')}).",
                f"**单条序列:约 {between(*alone.rate)} token/秒**({subject(alone, 'zh')})。",
            ),
            *_users(both),
        ]
    one = many[0]
    if "need" in asked.kinds and asked.said("rate") and "n_gpus" not in asked.cases[0]:
        return _cards_for(asked)
    if one.there.verdict == "no":
        return _fewer(asked, one)
    found, target = _rates(asked), asked.said("rate")
    if target:
        need = target * one.batch
        low, high = one.rate
        verdict = ("yes", "够") if low >= need else ("no", "不够") if high < need else ("borderline", "临界")
        found.insert(0, line(f"**{one.batch} users at {target:g} tokens/s need {amount(need)} tokens/s: {verdict[0]}**, it makes about {between(low, high)}.",
                             f"**{one.batch} 个用户各 {target:g} token/秒共需 {amount(need)} token/秒:{verdict[1]}**,约能达到 {between(low, high)}。"))  # fmt: skip
    return found


def _cards_for(asked: Served) -> list[Line]:
    """How many of the card hold all sequences and make the rate, in tensor parallel."""
    target, facts = asked.said("rate") or 0.0, asked.cases[-1]
    for count in (1, 2, 4, 8):
        try:
            many = decoding({**facts, "n_gpus": count, **({"tp": count} if count > 1 else {})}, asked.host)
        except BadInput:
            continue
        need = target * many.batch
        if many.there.verdict == "no" or many.rate[0] < need:
            continue
        return [
            line(f"**{count} {'card' if count == 1 else 'cards'}**: {subject(many, 'en')} holds {many.batch} sequences and makes about {between(*many.rate)} tokens/s, {between(*scaled(many.rate, 1 / many.batch))} for each; {amount(need)} are needed.",
                 f"**{count} 张**:{subject(many, 'zh')} 放得下 {many.batch} 条序列,合计约 {between(*many.rate)} token/秒,每条 {between(*scaled(many.rate, 1 / many.batch))};需要 {amount(need)}。"),
            *bound_lines(many),
        ]  # fmt: skip
    return []


def _fewer(asked: Served, one: Decoding, beside: Sequence[Decoding] = ()) -> list[Line]:
    """As many sequences as the cache holds, and how fast those are."""
    most = min(card.largest("batch_size") or 0 for card in one.there.cards)
    length = int(one.facts["seq_len"].value)
    if most < 1:
        return []
    few = decoding({**asked.cases[0], "batch_size": most}, asked.host)
    target = asked.said("rate")
    need = f" {one.batch} users at {target:g} tokens/s would need {amount(target * one.batch)}." if target else ""
    need_zh = f"{one.batch} 个用户各 {target:g} token/秒则需要 {amount(target * one.batch)}。" if target else ""
    called, called_zh = (f"{subject(one, name, beside=beside)}: " if len(beside) > 1 else "" for name in ("en", "zh"))
    return [
        line(f"**{called}{'not' if called else 'Not'} all {one.batch} at once: the cache holds about {most} sequences of {length:,} tokens; together they make about {between(*few.rate)} tokens/s, {between(*scaled(few.rate, 1 / most))} for each, and the others wait.**{need}",
             f"**{called_zh}{one.batch} 条不能同时放下:缓存约够 {most} 条 {length:,} token 的序列,合计约 {between(*few.rate)} token/秒,每条 {between(*scaled(few.rate, 1 / most))},其余排队。**{need_zh}"),
        *bound_lines(few),
    ]  # fmt: skip


# ── against what was seen ──────────────────────────────────────────────────────────────────────────────────────────


def _why(asked: Served) -> list[Line]:
    """A rate that was seen against what the case reaches, and then what one more card brings."""
    found = _judged_as_seen(asked)
    if found and asked.said("more_cards") and len(asked.worked) > 1:
        there = asked.worked[1]
        rate, most = between(*there.rate), amount(there.bound)
        whole, whole_zh = ("", "") if there.host_bytes else (", all of it on the cards", ",全部在卡上")
        found.insert(1, line(f"**{subject(there, 'en')}{whole}: about {rate} tokens/s, at most {most}.**",
                             f"**{subject(there, 'zh')}{whole_zh}:约 {rate} token/秒,上限 {most}。**", GPT_FAST))  # fmt: skip
    return found


def _judged_as_seen(asked: Served) -> list[Line]:
    if not (seen := asked.said("rate")) or not asked.worked:
        return []
    lengths = {int(case.facts["seq_len"].value) for case in asked.worked}
    one = (
        asked.first if len(lengths) < 2 else min(asked.worked, key=lambda case: case.rate)
    )  # the longer is the slow one
    low, high = one.rate
    against = f"{subject(one, 'en')} reaches about {between(low, high)} tokens/s, at most {amount(one.bound)}"
    against_zh = f"{subject(one, 'zh')} {'按带宽' if waits(one) else '通常'}约 {between(low, high)} token/秒,上限 {amount(one.bound)}"
    # where nobody says the format, a rate beyond 16 bits may be that of fewer
    stored = one.there.situation.knob("weight_format")
    others = [case for case in asked.worked[1:] if case.there.situation.knob("weight_format") != stored]
    fewer = next((case for case in others if one.bound < seen <= case.bound), None)
    if fewer is not None:
        return [
            line(f"**{seen:g} tokens/s are those of quantised weights: {subject(fewer, 'en')} reaches about {between(*fewer.rate)}, at most {amount(fewer.bound)}; {against}.**",
                 f"**{seen:g} token/秒是量化后的速度:{subject(fewer, 'zh')} 约 {between(*fewer.rate)},上限 {amount(fewer.bound)};{against_zh}。**"),
            *bound_lines(fewer),
        ]  # fmt: skip
    if seen >= low * 0.9:
        verdict = expected(one, seen) or (
            _USUAL[waits(one)]
            if seen <= one.bound
            else (
                "more than reading all weights for each token allows: check what it counts (prompt tokens, several sequences, speculative decoding)",
                "超过逐 token 读取全部权重的上限:请确认统计的是什么(提示 token、多条序列、投机解码)",
            )
        )
        return [
            line(
                f"**{seen:g} tokens/s is {verdict[0]}**: {against}.",
                f"**{seen:g} token/秒{verdict[1]}**:{against_zh}。",
                GPT_FAST,
            ),
            *bound_lines(one),
            *spilled_lines(one),
        ]
    found = [line(f"**{seen:g} tokens/s is slow: {against}**, so {share(seen / one.bound)} of the bound.", f"**{seen:g} token/秒偏慢:{against_zh}**,只有上限的 {share(seen / one.bound)}。", GPT_FAST), *bound_lines(one), *spilled_lines(one)]  # fmt: skip
    if not one.host_bytes and not waits(one):  # whose exchange is the first to suspect, and is told above
        # read at the usual share, the rest of the time is spent on weights in host memory
        spare = 1 / seen - 1 / high
        away = min(one.weight_bytes, spare * one.host.high * shares(GENERATION)[1])
        part = gigabytes(away) if away < one.weight_bytes else "all"
        part_zh = f"有 {gigabytes(away)}" if away < one.weight_bytes else "全部"
        found.append(line(f"The usual cause is weights in host memory: {part} of the {gigabytes(one.weight_bytes)} of weights read there would explain it. See that all layers are on the card (-ngl 99, `ollama ps` 100 % GPU, no shared memory of the Windows driver) and that the context leaves room for them.",
                          f"最常见的原因是一部分在内存里:{gigabytes(one.weight_bytes)} 权重中{part_zh} 从内存读取就会是这个速度。请确认所有层都在卡上(-ngl 99、`ollama ps` 为 100% GPU、Windows 驱动没有用共享显存),且上下文没有挤占它们。"))  # fmt: skip
        found.append(line("Else: a program without fused kernels (plain transformers with bitsandbytes 4-bit is several times slower than AWQ/GPTQ kernels or llama.cpp), prompt time counted in, a throttled card, or a slow link between cards in tensor parallel.",
                          "其次:没有融合算子的程序(transformers 加 bitsandbytes 4 位比 AWQ/GPTQ 算子或 llama.cpp 慢数倍)、把预填充时间算了进去、显卡降频,或张量并行的卡间链路太慢。"))  # fmt: skip
    return found


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _compare(asked: Served) -> list[Line]:
    named = list(dict.fromkeys(str(case["gpu"]) for case in asked.cases if case.get("gpu")))
    found = [] if any(" + " in one for one in named) else compared(named, training=False)
    if not asked.worked or not {"model", "params"} & set(asked.cases[0]):
        return found
    # cards by themselves say nothing of a model that one of them does not hold whole
    whole = all(place.how == TOLD for place in asked.places)
    plain = [Line(one.words, one.title, one.url) for one in found] if whole else []
    first, *rest = _rates(asked)
    return [first, *plain, *rest] if found else [first, *rest]


def _need(asked: Served) -> list[Line]:
    """The bandwidth that a wanted rate takes, and cards that have it."""
    target = asked.said("rate")
    if not target:
        return []
    if any(case.get("gpu") for case in asked.cases):
        return [] if "n_gpus" in asked.cases[0] else _cards_for(asked)
    card = _REFERENCE
    one = decoding({**asked.cases[0], "gpu": card}, asked.host)
    low, high = shares(GENERATION)
    reads = (one.weight_bytes + one.cache + one.host_bytes) * target / one.batch
    rows = [row for row in gpu_rows().values() if row["class"] in ("consumer", "workstation", "datacenter") and row["vendor"] == "NVIDIA"
            and (row["bandwidth_gb_s"] or 0) >= reads / sqrt(low * high) / 1e9 and (row["memory_marketed_gb"] or 0) * 2**30 >= one.there.best]  # fmt: skip
    rows.sort(key=lambda row: (row["bandwidth_gb_s"], row["memory_marketed_gb"]))
    names = ", ".join(list(dict.fromkeys(value("gpu", row["name"], "en") for row in rows))[:_MOST_CARDS]) or "–"
    return [
        line(f"**{target:g} tokens/s take about {between(reads / high / 1e9, reads / low / 1e9)} GB/s of memory bandwidth** and {one.there.best / 2**30:.3g} GiB ({subject(one, 'en').rsplit(', ', 1)[0]}).",
             f"**{target:g} token/秒约需 {between(reads / high / 1e9, reads / low / 1e9)} GB/s 显存带宽**和 {one.there.best / 2**30:.3g} GiB 显存({subject(one, 'zh').rsplit('、', 1)[0]})。", GPT_FAST),
        line(f"A token reads {gigabytes(one.weight_bytes + one.cache)}; programs reach {shares_words(low, high)} of a card's bandwidth. One card that has both: {names}.",
             f"每个 token 读取 {gigabytes(one.weight_bytes + one.cache)};程序达到带宽的 {shares_words(low, high)}。单卡两者都够的:{names}。"),
    ]  # fmt: skip


_REFERENCE = "H200 SXM 141 GB"


def _link(asked: Served) -> list[Line]:
    return link_lines(asked.first, asked.told) if asked.worked else []


_SAYS: tuple[tuple[str, Callable[[Served], list[Line]]], ...] = (
    ("slows", slowing_lines), ("loading", loading_lines), ("request_rate", request_lines), ("slower_batch", batched_lines),
    ("prefill", prompt_lines), ("link", _link), ("why", _why), ("users", _users), ("compare", _compare), ("need", _need),
)  # fmt: skip
