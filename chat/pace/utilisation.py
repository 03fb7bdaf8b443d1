"""Lines on the share of the cards' peak rate that a training reaches: of a rate that was seen, or of a run that was published."""

from dataclasses import replace

from chat.pace.cards import eight_bit_peak
from chat.pace.generic import usual_causes
from chat.pace.run import Asked
from chat.pace.words import Line, amount, cards, duration, line, operations, share, shares_words, tokens
from chat.works import PALM
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.timing import Training


def utilisation(asked: Asked) -> list[Line]:
    t, run, rate = asked.training, asked.run, asked.throughput
    if (seen := asked.said("tflops_seen")) and t.peak:
        return _of_operations(seen, t)
    if rate and t.params and t.peak:
        reached, low, high = t.reached(rate), *Training.of(None, None, None, None, None).share
        judged = (
            ("below what large runs reach", "低于大规模训练的常见水平") if reached < low
            else ("above what large runs reach: check that the tokens are of all cards together and not padding", "高于常见水平:请确认这是全部卡的 token 数且不含填充") if reached > _MOST_REACHED
            else ("in the usual span", "属于常见水平")
        )  # fmt: skip
        on = cards(t.n_gpus or 1, t.card or "")
        again = [line(f"Full recomputation does 8 operations where 6 are counted: with it the cards do {share(reached * 8 / 6)} of their peak (HFU).",
                      f"完全重计算时实际做 8 次、只计 6 次:此时显卡实际达到峰值的 {share(reached * 8 / 6)}(HFU)。", PALM)] if asked.recomputes and reached * 8 / 6 <= 1 else []  # fmt: skip
        return [
            line(f"**About {share(reached)} of the peak rate (MFU)**, {judged[0]} ({shares_words(low, high)}).",
                 f"**MFU 约 {share(reached)}**,{judged[1]}({shares_words(low, high)})。", PALM),
            *(_over_all(asked) if not asked.rate else
              [line(f"MFU = 6 × {asked.computes} parameters × {amount(rate)} tokens/s = {operations(6 * t.params * rate)} FLOP/s, over {on.en} at {t.peak / 1e12:g} TFLOP/s each (16-bit, dense).",
                    f"MFU = 6 × {asked.computes} 参数 × {amount(rate)} token/秒 = {operations(6 * t.params * rate)} FLOP/s,除以 {on.zh} 的峰值(每张 16 位稠密 {t.peak / 1e12:g} TFLOP/s)。")]),
            *([usual_causes()] if reached < low and not asked.said("gpu_hours") else []),
            *again,
            *_in_fp8(t.card, reached),
        ]  # fmt: skip
    return published(asked) if run and run.hours and run.tokens and "mfu" in asked.kinds else []


def _of_operations(seen: float, t: Training) -> list[Line]:
    """The share that operations of a card are of its peak rate, where they and no tokens were seen."""
    reached, low, high = seen * 1e12 / (t.peak or 1.0), *Training.of(None, None, None, None, None).share
    judged = ("below the usual", "低于常见水平") if reached < low else ("good", "较好") if reached > high else ("usual", "属于常见水平")  # fmt: skip
    return [
        line(f"**About {share(reached)} of the peak rate (MFU)**: {seen:g} ÷ {(t.peak or 0) / 1e12:g} TFLOP/s ({t.card}, 16-bit, dense), {judged[0]}; large runs reach {shares_words(low, high)}.",
             f"**MFU 约 {share(reached)}**:{seen:g} ÷ {(t.peak or 0) / 1e12:g} TFLOP/s({t.card},16 位稠密);{judged[1]}(大规模训练 {shares_words(low, high)})。", PALM),
        line("It is MFU if the program counts 6 operations for each parameter and token; if it counts recomputation as well (8), it is HFU, and MFU is 6/8 of it. Of an FP8 or a sparse peak it would be a smaller share.",
             "程序若按每参数每 token 6 次计就是 MFU;若把重计算也算进去(8 次)则是 HFU,MFU 是它的 6/8。若分母用 FP8 或稀疏峰值,比例会更低。"),
    ]  # fmt: skip


def _over_all(asked: Asked) -> list[Line]:
    """How the share follows from all tokens and all hours, where no rate was seen: pauses and restarts are then in it."""
    t, run, spent = asked.training, asked.run, asked.said("gpu_hours")
    hours = spent or (asked.said("hours") or 0) * (t.n_gpus or 1)
    if not t.tokens or not hours:
        return []
    count = t.n_gpus or (run.n_gpus if run else None)
    length = duration(hours / count, hours / count) if spent and count and count > 1 else None
    days = (f"; on {count:,} cards that is {length.en}", f";{count:,} 张卡即 {length.zh}") if length else ("", "")
    return [
        whole_sum(asked, hours),
        line(f"The peak is the dense one (a figure with 2:4 sparsity is twice it and makes the share half), and hours count in seconds. Evaluation, restarts and idle hours are in it, so while it computed the share was no lower{days[0]}.",
             f"峰值要用稠密值(2:4 稀疏值是它的两倍,会把利用率算低一半),小时要换成秒。评估、重启、空闲也算在内,真正计算时的利用率不会更低{days[1]}。"),
    ]  # fmt: skip


def told_run(asked: Asked) -> list[Line]:
    """Whether a run that is told beside the asker's cards is credible, and what it says of them."""
    t, many, hours = asked.training, asked.said("run_cards"), asked.said("run_hours")
    if not (many and hours and t.params and t.tokens and t.peak):
        return []
    own, same = t.n_gpus or 1, hours * many / (t.n_gpus or 1)
    again = duration(same, same, 3)
    then = Words(f"; at the same share {own:,} would take {again.en}", f";同样的利用率下 {own:,} 张要 {again.zh}")
    return _credible(asked, many, hours, then)


def consistent(asked: Asked) -> list[Line]:
    """Whether the cards and the time that are told of a run agree with its operations; on the card of its publication, or A100."""
    t, spent = asked.training, asked.said("gpu_hours")
    many, hours = (1, spent) if spent else (asked.said("run_cards"), asked.said("run_hours"))
    if not (many and hours and t.params and t.tokens) or "time" in asked.kinds:
        return []
    card = t.card or (asked.run.gpu if asked.run else None) or _REFERENCE
    t = Training.of(t.params, t.tokens, card, t.n_gpus, None)
    return _credible(replace(asked, training=t), many, hours, SILENT) if t.peak else []


_REFERENCE = "A100 SXM4 80 GB"


def _credible(asked: Asked, many: float, hours: float, then: Words) -> list[Line]:
    """The share of the peak rate that so many cards reached in their hours, judged; what follows of it is told where it can be."""
    t = asked.training
    reached, (low, high) = t.flop() / (many * hours * 3600 * t.peak), Training.of(None, None, None, None, None).share
    judged = (
        ("No: more than the cards can compute", "不可信:超过了显卡的峰值") if reached > 1
        else ("Hardly: more than large runs reach", "存疑:高于大规模训练达到的水平") if reached > _MOST_REACHED
        else ("High, yet credible for a well tuned run", "偏高但可信(要优化得好)") if reached > high
        else ("Credible, and rather slow", "可信,而且偏慢") if reached < low
        else ("Credible", "可信")
    )  # fmt: skip
    took = duration(hours, hours, 3)
    run = Words(f"{many:,.0f} × {t.card} in {took.en}", f"{many:,.0f} 张 {t.card} 用 {took.zh}")
    if many == 1:  # hours of cards, on however many
        run = Words(f"{amount(hours)} GPU-hours of {t.card}", f"{amount(hours)} GPU 小时({t.card})")
    verdict = (
        line(f"**{judged[0]}: {run.en} are {share(reached)} of the peak rate (MFU){then.en}.** Large runs reach {shares_words(low, high)}.",
             f"**{judged[1]}:{run.zh},利用率(MFU)约 {share(reached)}{then.zh}。** 大规模训练一般 {shares_words(low, high)}。", PALM)
        if reached <= 1 else
        line(f"**{judged[0]}: {run.en} would be {share(reached)} of their peak rate.**",
             f"**{judged[1]}:{run.zh}相当于峰值的 {share(reached)}。**")
    )  # fmt: skip
    return [verdict, whole_sum(asked, many * hours)]


_MOST_REACHED = 0.6  # of the peak rate, the most that well tuned runs report


def whole_sum(asked: Asked, hours: float) -> Line:
    """The operations of a whole training, over those that its cards could have done in so many hours of a card."""
    t = asked.training
    flop, there = operations(t.flop()), operations(hours * 3600 * t.peak)
    return line(f"6 × {asked.computes} parameters × {tokens(t.tokens or 0)} tokens = {flop} FLOP, over {amount(hours)} GPU-hours × 3,600 s × {t.peak / 1e12:g} TFLOP/s ({t.card}, 16-bit, dense) = {there}.",
                f"6 × {asked.computes} 参数 × {tokens(t.tokens or 0)} token = {flop} FLOP,除以 {amount(hours)} GPU 小时 × 3,600 秒 × {t.peak / 1e12:g} TFLOP/s({t.card},16 位稠密)= {there}。")  # fmt: skip


def published(asked: Asked) -> list[Line]:
    """Operations, GPU-hours and the utilisation that they imply, as published."""
    run = asked.run
    assert run is not None
    source = (run.title, run.url)
    if not run.tokens:
        return [line(f"**{run.model} took {amount(run.hours or 0)} GPU-hours ({run.gpu})**; its authors do not publish the tokens, so its operations cannot be said.",
                     f"**{run.model} 用了 {amount(run.hours or 0)} GPU 小时({run.gpu})**;作者没有公布 token 数,总运算量无法计算。", source)]  # fmt: skip
    t = Training.of(run.active, run.tokens, run.gpu, run.n_gpus, None)
    flop = operations(t.flop())
    in_fp8: list[Line] = []
    en = f"**{run.model}: about {flop} FLOP"
    zh = f"**{run.model}:约 {flop} FLOP"
    if run.hours and t.peak:
        reached = t.flop() / (run.hours * 3600 * t.peak)
        count = f"{run.n_gpus:,} " if run.n_gpus else ""
        days = f", {amount(run.days or run.hours / 24 / run.n_gpus, 2)} days" if run.n_gpus else ""
        days_zh = f"、{amount(run.days or run.hours / 24 / run.n_gpus, 2)} 天" if run.n_gpus else ""
        in_fp8 = _in_fp8(run.gpu, reached) if "mfu" in asked.kinds else []
        en += f", {amount(run.hours)} GPU-hours ({count}{run.gpu}{days}), so about {share(reached)} of the peak rate was reached over all these hours.**"
        zh += f",{amount(run.hours)} GPU 小时({count and count.strip() + ' 张 '}{run.gpu}{days_zh}),即利用率约 {share(reached)}。**"
    else:
        en, zh = en + "**; its authors publish no GPU-hours.", zh + "**;作者没有公布 GPU 小时。"
    return [
        line(en, zh, source),
        line(f"6 × {size_words(run.active)} parameters × {tokens(run.tokens)} tokens" + (f", over GPU-hours × 3,600 s × {t.peak / 1e12:g} TFLOP/s." if t.peak and run.hours else "."),
             f"6 × {size_words(run.active)} 参数 × {tokens(run.tokens)} token" + (f";再除以 GPU 小时 × 3,600 秒 × {t.peak / 1e12:g} TFLOP/s。" if t.peak and run.hours else "。")),
        *in_fp8,
    ]  # fmt: skip


def _in_fp8(card: str | None, reached: float) -> list[Line]:
    """The same share of the FP8 rate, which some state it of."""
    eight, half = eight_bit_peak(card) if card else None, Training.of(None, None, card, None, None).peak
    if not eight or not half:
        return []
    less = share(reached * half / eight)
    return [line(f"Of the card's FP8 rate, {eight / 1e12:,g} TFLOP/s (dense), the same run reaches {less}: neither is wrong, a share only says little without its peak.",
                 f"若按 FP8 稠密峰值 {eight / 1e12:,g} TFLOP/s 计,同一次训练是 {less}:两个数都没错,只是分母不同,报 MFU 要说明用的是哪个峰值。")]  # fmt: skip
