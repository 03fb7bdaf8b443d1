"""Lines on a training's time, operations, tokens and price: the figure first, then the arithmetic, then what changes it."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from chat.pace.beside import beside, epochs_words, measured, power_lines
from chat.pace.on_cards import by_adapters, states_lines
from chat.pace.run import Asked
from chat.pace.utilisation import consistent, published, told_run, utilisation
from chat.pace.words import (
    Line,
    amount,
    between,
    cards,
    duration,
    in_days_too,
    line,
    money,
    money_each,
    operations,
    scaled,
    share,
    shares_words,
    tokens,
)
from chat.works import CHINCHILLA, PALM
from formulas.notation import size_words
from formulas.quantity import Words
from kb.hosting import MACHINE
from kb.recipe import ADAPTERS, tokens_for_each, usual_mfu
from kb.runs import like
from kb.timing import FROZEN, RECOMPUTED, SINGLE, Training, in_single, optimal_size

# what a figure is given for where no tokens are said, and where samples are told without their length
_EXAMPLE_TOKENS = 1e8
_EXAMPLE_LENGTH = 500
_LONG_ALONE = 30 * 24.0  # hours beyond which nobody trains on one card
_REFERENCE = ("A100 SXM4 80 GB", "H100 SXM5 80 GB")


def lines(asked: Asked) -> list[Line]:
    """The answer, kind after kind; empty where not even a figure for each token can be said."""
    found: list[Line] = []
    first = ""
    for kind, say in _SAYS:
        if kind == "time" and first in ("cards", "tokens", "size") and asked.said("hours"):
            continue  # the time is what was given
        if kind in asked.kinds and (said := say(asked)):
            found += [one for one in said if one not in found]
            first = first or kind
        if kind == "tokens" and first == kind and not asked.training.tokens and asked.training.params:
            asked = replace(asked, training=asked.training.with_tokens(tokens_for_each() * asked.training.params))
    if not found or ("cost" in asked.kinds and first != "time"):
        said = _time(asked)
        found += [one for one in said if one not in found]
        first = first or ("time" if said else "")
    if found and first in ("time", "cards", "size"):
        found = [*by_adapters(asked), *found]
        size = _middle_size(asked) if first == "size" else asked.training.params
        at = 1 if "states" in asked.kinds else len(found)  # asked for beside the time
        found[at:at] = states_lines(replace(asked, training=replace(asked.training, params=size)))
    return found + [one for one in beside(asked, first) if one not in found] if found else []


def _middle_size(asked: Asked) -> float | None:
    """The compute-optimal size at the usual share of the peak rate."""
    t, hours = asked.training, asked.said("gpu_hours") or (asked.said("hours") or 0) * (asked.training.n_gpus or 1)
    if asked.said("total_flop") or not t.peak or not hours:
        return None
    return optimal_size(hours * 3600 * t.peak * (usual_mfu() if t.assumed_share else t.share[0]), _each(asked))


def _each(asked: Asked) -> float:
    """Tokens for each parameter: as told, else the compute-optimal number."""
    return asked.said("tokens_per_param") or tokens_for_each()


# ── the figure that is asked for ───────────────────────────────────────────────────────────────────────────────────


def active(whole: float, computes: float) -> list[Line]:
    """That a mixture of experts computes with few of its parameters, and holds them all."""
    if computes >= 0.99 * whole:
        return []
    return [line(f"A mixture of experts computes with its active parameters, {size_words(computes)} of {size_words(whole)}; memory must hold them all.",
                 f"混合专家模型按激活参数计算:{size_words(whole)} 中的 {size_words(computes)};显存要放下全部参数。")]  # fmt: skip


def _tokens(asked: Asked) -> list[Line]:
    t, run, hours = asked.training, asked.run, asked.said("hours")
    if hours and t.params and t.peak and not asked.said("gpu_hours"):
        low, high = t.tokens_within(hours)
        on, took = cards(t.n_gpus or 1, t.card or ""), duration(hours, hours)
        optimal = tokens_for_each() * t.params
        return [
            line(f"**About {tokens(low)}–{tokens(high)} tokens** in {took.en} on {on.en}, at {shares_words(*t.share)} of the peak rate.",
                 f"**{took.zh}内约 {tokens(low)}–{tokens(high)} token**({on.zh},利用率 {shares_words(*t.share)})。"),
            line(f"Tokens = time × cards × {t.peak / 1e12:g} TFLOP/s × share ÷ (6 × {asked.computes}). Compute-optimal for this size would be {tokens(optimal)}.",
                 f"token 数 = 时间 × 卡数 × {t.peak / 1e12:g} TFLOP/s × 利用率 ÷ (6 × {asked.computes})。这个规模的计算最优值是 {tokens(optimal)}。", CHINCHILLA),
        ]  # fmt: skip
    if not t.params:
        return []
    optimal, each = tokens_for_each() * t.params, tokens_for_each()
    found = [
        line(f"**Compute-optimal are about {each:g} tokens for each parameter: {tokens(optimal)} for {asked.computes}**; models meant to be used are trained on far more.",
             f"**计算最优约为每参数 {each:g} 个 token:{asked.computes} 即 {tokens(optimal)}**;实际发布的模型通常训练得多得多。", CHINCHILLA)
    ]  # fmt: skip
    seen = run or like(t.params)
    if seen.tokens:
        said = line(f"**{seen.model} was trained on {tokens(seen.tokens)} tokens**, {seen.tokens / seen.active:,.0f} for each parameter.",
                    f"**{seen.model} 训练了 {tokens(seen.tokens)} token**,每参数 {seen.tokens / seen.active:,.0f} 个。", (seen.title, seen.url))  # fmt: skip
        found = [said, *found] if run else [*found, said]
    return found


def _size(asked: Asked) -> list[Line]:
    """The compute-optimal size for a budget of operations or of GPU-hours."""
    t, flops, hours = asked.training, asked.said("total_flop"), asked.said("gpu_hours")
    if not hours and asked.said("hours"):
        hours = (asked.said("hours") or 0) * (t.n_gpus or 1)
    if not flops and not (hours and t.peak):
        return []
    if flops:
        low = high = flops
    else:
        low, high = ((hours or 0) * 3600 * t.peak * one for one in t.share)
    each = _each(asked)
    least, most = optimal_size(low, each), optimal_size(high, each)
    middle = _middle_size(asked)
    at = (
        f"; {size_words(middle)} on {tokens(each * middle)} at {share(usual_mfu())} of the peak rate"
        if middle and t.assumed_share
        else ""
    )
    at_zh = (
        f";利用率 {share(usual_mfu())} 时 {size_words(middle)}、{tokens(each * middle)}"
        if middle and t.assumed_share
        else ""
    )
    budget = operations(low) if low == high else f"{operations(low)}–{operations(high)}"
    return [
        line(f"**About {size_words(least)}{'' if least == most else '–' + size_words(most)} parameters on {tokens(each * least)}{'' if least == most else '–' + tokens(each * most)} tokens** would be compute-optimal{at}.",
             f"**计算最优约为 {size_words(least)}{'' if least == most else '–' + size_words(most)} 参数、{tokens(each * least)}{'' if least == most else '–' + tokens(each * most)} token**{at_zh}。", CHINCHILLA),
        line(f"Budget {budget} FLOP = 6 × N × {each:g}N, so N = √(budget ÷ {6 * each:g}).",
             f"预算 {budget} FLOP = 6 × N × {each:g}N,因此 N = √(预算 ÷ {6 * each:g})。"),
    ]  # fmt: skip


def _cards(asked: Asked) -> list[Line]:
    t, hours = asked.training, asked.said("hours")
    if not (hours and t.params and t.tokens and t.peak):
        return []
    least, most = t.cards_within(hours)
    took = duration(hours, hours)
    need = Words(
        f"{least:,}–{most:,}" if least != most else f"{least:,}",
        f"{least:,}–{most:,}" if least != most else f"{least:,}",
    )
    return [
        line(f"**About {need.en} × {t.card}** to finish in {took.en}, at {shares_words(*t.share)} of the peak rate.",
             f"**{took.zh}内完成约需 {need.zh} 张 {t.card}**(利用率 {shares_words(*t.share)})。"),
        _arithmetic(asked, f" ÷ ({t.peak / 1e12:g} TFLOP/s × {shares_words(*t.share)} × {took.en})", f" ÷ ({t.peak / 1e12:g} TFLOP/s × {shares_words(*t.share)} × {took.zh})"),
    ]  # fmt: skip


def _steps(asked: Asked) -> list[Line]:
    samples, batch = asked.said("samples"), asked.said("step_samples")
    if not (samples and batch) or not asked.steps:
        return []
    times, times_zh = epochs_words(asked)
    return [line(f"**{ceil(asked.steps):,} optimizer steps**: {amount(samples)} samples{times} ÷ {batch:g} samples of a step (batch × accumulation × cards).",
                 f"**{ceil(asked.steps):,} 个优化器步**:{amount(samples)} 条{times_zh} ÷ 每步 {batch:g} 条(批大小 × 累积 × 卡数)。")]  # fmt: skip


def _operations(asked: Asked) -> list[Line]:
    if asked.run and (not asked.said("tokens_told")):
        return published(asked)
    t = asked.training
    if not t.params:
        return []
    if asked.method in ADAPTERS and t.tokens:
        plain, again = operations(t.flop(FROZEN)), operations(t.flop())
        return [line(f"**About {plain} FLOP, and {again} with full recomputation**: 4 × {asked.computes} parameters × {tokens(t.tokens)} tokens, not 6: the frozen base has no gradient of its own weights (2 forwards, 2 backwards for the inputs); recomputation adds a forward pass, 2.",
                     f"**约 {plain} FLOP,开完全重计算则为 {again}**:4 × {asked.computes} 参数 × {tokens(t.tokens)} token,而不是 6:冻结的基座不求自身权重的梯度(前向 2,反向求输入梯度 2);重计算再加一遍前向,2。")]  # fmt: skip
    if not t.tokens:
        return [line(f"**{amount(6 * t.params / 1e9)} GFLOP for each token**: 6 × {asked.computes} parameters, 2 forwards and 4 backwards. Times the tokens trained on it is the total.",
                     f"**每个 token {amount(6 * t.params / 1e9)} GFLOP**:6 × {asked.computes} 参数(前向 2、反向 4)。乘以训练的 token 数就是总运算量。")]  # fmt: skip
    recomputed = operations(t.flop(RECOMPUTED))
    told = consistent(asked)  # its sum holds the operations
    return told or [line(f"**About {operations(t.flop())} FLOP**: 6 × {asked.computes} parameters × {tokens(t.tokens)} tokens; with full recomputation the cards compute 8 instead of 6, {recomputed}.",
                         f"**约 {operations(t.flop())} FLOP**:6 × {asked.computes} 参数 × {tokens(t.tokens)} token;完全重计算时显卡实际计算 8 而不是 6 倍,即 {recomputed}。")]  # fmt: skip


def _time(asked: Asked) -> list[Line]:
    if found := measured(asked):
        return found
    t = asked.training
    if not t.params:
        return []
    if asked.run and asked.run.hours and not t.card and not asked.said("tokens_told"):
        return published(asked)
    if asked.run and asked.run.hours and asked.run.tokens and not t.card and _alike(t.tokens, asked.run.tokens):
        return [*published(asked), *_on_reference(asked)]  # as it was, and as the operations have it
    if not t.tokens:
        return _for_each_token(asked)
    if not t.peak:
        return _on_reference(asked)
    usual = Training.of(t.params, t.tokens, t.card, t.n_gpus, None if t.assumed_share else t.share[0])
    low, high = t.hours()
    middle = usual.flop() / (usual.peak * usual_mfu()) / 3600 / (t.n_gpus or 1)
    took, on = in_days_too(low, high, 3 if low == high else 2), cards(t.n_gpus or 1, t.card or "")
    hours = between(*t.card_hours(), 3 if low == high else 2)
    at = shares_words(*t.share)
    typical = duration(middle, middle)
    note = f" ({typical.en} at {share(usual_mfu())})" if t.assumed_share else ""
    note_zh = f",利用率 {share(usual_mfu())} 时 {typical.zh}" if t.assumed_share else ""
    told, told_zh = (" (assumed)", "(假设)") if t.assumed_share else ("", "")
    if t.n_gpus or high <= _LONG_ALONE:
        en = f"**About {took.en} on {on.en}**{note}, {hours} GPU-hours, at {at} of the peak rate{told}."
        zh = f"**约 {took.zh}**({on.zh}){note_zh},{hours} GPU 小时,利用率 {at}{told_zh}。"
    else:
        days = between(*scaled(t.card_hours(), 1 / 24), 3 if low == high else 2)
        en = f"**About {hours} GPU-hours on {t.card}**, {days} GPU-days, {took.en} on one card{note}, at {at} of the peak rate{told}; divide by your cards."
        zh = f"**约 {hours} GPU 小时({t.card})**,即 {days} GPU 天,单卡 {took.zh}{note_zh},利用率 {at}{told_zh};再除以卡数。"
    price = asked.said("price_per_hour")
    if price:
        least, most = t.card_hours()
        at_middle = middle * (t.n_gpus or 1) * price
        unit = asked.currency
        cost = money(least * price, most * price, unit)
        more = f", {money(at_middle, at_middle, unit)} at {share(usual_mfu())}" if t.assumed_share else ""
        more_zh = f",利用率 {share(usual_mfu())} 时 {money(at_middle, at_middle, unit)}" if t.assumed_share else ""
        en += f" **At {money_each(price, unit)} for a GPU-hour: about {cost}{more}.**"
        zh += f" **每卡时 {money_each(price, unit)}:共约 {cost}{more_zh}。**"
    elif "cost" in asked.kinds and not asked.said("price_per_kwh"):
        en += " Prices are not in the tables: say what a card costs you for an hour."
        zh += "表里没有价格:请说出每张卡每小时多少钱。"
    if in_single(t.card):
        en += f" It computes in fp32, for its 16-bit rate is a {SINGLE}th of that."
        zh += f"这张卡按 fp32 计算,因为它的 16 位速率只有 fp32 的 1/{SINGLE}。"
    beside = told_run(asked)  # its sum is the same
    return [*beside, *_within(asked), line(en, zh, PALM if t.assumed_share else ("", ""))] if beside else [*_within(asked), line(en, zh, PALM if t.assumed_share else ("", "")),
            _arithmetic(asked, f" ÷ ({f'{t.n_gpus:,} × ' if t.n_gpus else ''}{t.peak / 1e12:g} TFLOP/s × {at})", f" ÷ ({f'{t.n_gpus:,} × ' if t.n_gpus else ''}{t.peak / 1e12:g} TFLOP/s × {at})")]  # fmt: skip


_ALIKE = 0.1


def _alike(told: float | None, known: float) -> bool:
    """Are the tokens that are told those of the run that was published?"""
    return told is not None and abs(told / known - 1) < _ALIKE


def _within(asked: Asked) -> list[Line]:
    """Whether it is done within the time that there is."""
    t, there_are = asked.training, asked.said("hours")
    low, high = t.hours() if t.tokens else (0.0, 0.0)
    counted = t.n_gpus or high <= _LONG_ALONE  # a card without a number is one, unless nobody would train on one
    if not there_are or not t.tokens or not counted or asked.said("price_per_kwh"):
        return []
    verdict = (
        ("Yes", "能")
        if high <= there_are
        else ("No", "不能")
        if low > there_are
        else ("Only at a high utilisation", "利用率高才行")
    )
    room, took = duration(there_are, there_are), duration(low, high)
    least, most = t.cards_within(there_are)
    enough = f"{least:,}" if least == most else f"{least:,}–{most:,}"
    full, full_zh = _machines(t.n_gpus, most)
    need, need_zh = (
        ("", "")
        if high <= there_are
        else (
            f"; {enough} such cards would do it in time{full}. These alone would have to reach {share(low * t.share[1] / there_are)} of the peak rate",
            f";按时完成需 {enough} 张{full_zh}。只用这些卡则利用率要达到 {share(low * t.share[1] / there_are)}",
        )
    )
    return [
        line(
            f"**{verdict[0]}: it takes about {took.en}, and there are {room.en}**{need}.",
            f"**{verdict[1]}:约需 {took.zh},而只有 {room.zh}**{need_zh}。",
        )
    ]


def _machines(each: int | None, cards: int) -> tuple[str, str]:
    """So many whole machines, where the asker has one; nothing where one does."""
    if each != MACHINE or cards <= MACHINE:
        return "", ""
    whole = -(-cards // MACHINE)
    return (
        f" ({whole} machines of {MACHINE}: {whole * MACHINE} cards)",
        f"(每台 {MACHINE} 卡即 {whole} 台、{whole * MACHINE} 张)",
    )


def _arithmetic(asked: Asked, over: str, over_zh: str) -> Line:
    t = asked.training
    flop = operations(t.flop())
    return line(f"6 × {asked.computes} parameters × {tokens(t.tokens or 0)} tokens = {flop} FLOP{over}.",
                f"6 × {asked.computes} 参数 × {tokens(t.tokens or 0)} token = {flop} FLOP{over_zh}。")  # fmt: skip


def _for_each_token(asked: Asked) -> list[Line]:
    """How fast the cards train where no tokens are said."""
    t = asked.training
    if not t.peak:
        rest = _on_reference(replace(asked, training=t.with_tokens(_EXAMPLE_TOKENS), kinds=()))
        found = [line(f"**It is {amount(6 * (t.params or 0) / 1e9)} GFLOP for each token** (6 × {asked.computes} parameters).",
                      f"**每个 token {amount(6 * (t.params or 0) / 1e9)} GFLOP**(6 × {asked.computes} 参数)。")]  # fmt: skip
        return rest + found if t.card else found + rest
    low, high = t.rate()
    on, took = cards(t.n_gpus or 1, t.card or ""), duration(*t.with_tokens(_EXAMPLE_TOKENS).hours())
    return [*_at_a_length(asked),
            line(f"**About {between(low, high)} tokens/s on {on.en}, so {took.en} for each {tokens(_EXAMPLE_TOKENS)} tokens**, at {shares_words(*t.share)} of the peak rate: how long it takes follows from your tokens (samples × length × epochs).",
                 f"**{on.zh} 约 {between(low, high)} token/秒,每 {tokens(_EXAMPLE_TOKENS)} token 约 {took.zh}**(利用率 {shares_words(*t.share)}):总时间取决于训练的 token 数(样本数 × 长度 × 轮数)。", PALM),
            line(f"Rate = cards × {t.peak / 1e12:g} TFLOP/s × share ÷ (6 × {asked.computes} parameters).",
                 f"速度 = 卡数 × {t.peak / 1e12:g} TFLOP/s × 利用率 ÷ (6 × {asked.computes} 参数)。")]  # fmt: skip


def _at_a_length(asked: Asked) -> list[Line]:
    """Of samples whose length is not told: the time at a round one, for both length and epochs only multiply it."""
    samples = asked.said("samples")
    if not samples:
        return []
    read = samples * _EXAMPLE_LENGTH * (asked.said("epochs") or 1)
    took, (times, times_zh) = duration(*asked.training.with_tokens(read).hours()), epochs_words(asked)
    return [line(f"**About {took.en} if a sample has {_EXAMPLE_LENGTH} tokens on average**: {amount(samples)} samples{times or ' once'} are then {tokens(read)} tokens; twice the length or the epochs take twice as long.",
                 f"**平均每条 {_EXAMPLE_LENGTH} token 时约 {took.zh}**:{amount(samples)} 条{times_zh or ',1 轮'}共 {tokens(read)} token;长度或轮数翻倍,时间也翻倍。")]  # fmt: skip


def _on_reference(asked: Asked) -> list[Line]:
    """GPU-hours on cards that everybody knows, where none is named."""
    t = asked.training
    each = {
        card: Training.of(t.params, t.tokens, card, 1, None if t.assumed_share else t.share[0]) for card in _REFERENCE
    }
    said = {card: between(*one.card_hours()) for card, one in each.items()}
    at = shares_words(*next(iter(each.values())).share)
    flop, many = operations(t.flop()), tokens(t.tokens or 0)
    told_en = "; ".join(f"{hours} GPU-hours on {card}" for card, hours in said.items())
    told_zh = ";".join(f"{card} {hours} GPU 小时" for card, hours in said.items())
    unknown = (
        [line(f"**No 16-bit matrix rate of {t.card} is known here, so no time on it can be said**: a rate that you have seen, in tokens/s or seconds a step, gives it. Of others, for comparison:",
              f"**{t.card} 的 16 位矩阵算力这里没有可靠数据,算不出它的时间**:给出实测的速度(token/秒或每步秒数)就能算。其他卡作对照:")]
        if t.card and not t.peak else []
    )  # fmt: skip
    return [*unknown, line(f"**{many} tokens: {told_en}**, at {at} of the peak rate; divide by the number of cards.",
                 f"**{many} token:{told_zh}**(利用率 {at});再除以卡数即为时间。", PALM),
            line(f"6 × {asked.computes} parameters × {many} tokens = {flop} FLOP.", f"6 × {asked.computes} 参数 × {many} token = {flop} FLOP。")]  # fmt: skip


_SAYS: tuple[tuple[str, Callable[[Asked], list[Line]]], ...] = (
    ("size", _size), ("tokens", _tokens), ("mfu", utilisation), ("power", power_lines), ("cards", _cards), ("steps", _steps), ("flops", _operations),
    ("time", _time),
)  # fmt: skip
