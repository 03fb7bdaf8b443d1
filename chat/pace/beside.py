"""Lines beside the time of a training: whose tokens it counts, what samples, method and recomputation do to it, power, and the
time that follows from what was seen."""

from math import ceil

from chat.pace.run import Asked
from chat.pace.words import Line, amount, between, duration, line, money, money_each, scaled, share, tokens
from chat.works import CHINCHILLA, KORTHIKANTI, LORA, PALM
from formulas.quantity import SILENT, Words
from kb.recipe import ADAPTERS, tokens_for_each
from kb.runs import like
from kb.timing import FROZEN, RECOMPUTED, Training, kilowatt_hours


def measured(asked: Asked) -> list[Line]:
    """The time that follows from what was seen of it: seconds a step, or tokens a second."""
    step = asked.said("seconds_per_step")
    if step and asked.steps:
        hours = asked.steps * step / 3600
        took = duration(hours, hours, 3)
        price = _priced(asked, hours)
        return [line(f"**About {took.en}**: {ceil(asked.steps):,} steps × {amount(step)} s.{price.en}",
                     f"**约 {took.zh}**:{ceil(asked.steps):,} 步 × {amount(step)} 秒。{price.zh}")]  # fmt: skip
    if asked.rate and asked.training.tokens:
        hours = asked.training.tokens / asked.rate / 3600
        took = duration(hours, hours, 3)
        price = _priced(asked, hours)
        return [line(f"**About {took.en}**: {tokens(asked.training.tokens)} tokens ÷ {amount(asked.rate)} tokens/s.{price.en}",
                     f"**约 {took.zh}**:{tokens(asked.training.tokens)} token ÷ {amount(asked.rate)} token/秒。{price.zh}")]  # fmt: skip
    return []


def _priced(asked: Asked, hours: float) -> Words:
    """What those hours cost on all cards."""
    price, count = asked.said("price_per_hour"), asked.training.n_gpus or 1
    if not price:
        return SILENT
    cost, each = money(hours * count * price, hours * count * price, asked.currency), money_each(price, asked.currency)
    return Words(f" **About {cost}**: {amount(hours)} h × {count} × {each} for a GPU-hour.",
                 f"**约 {cost}**:{amount(hours)} 小时 × {count} × 每卡时 {each}。")  # fmt: skip


def epochs_words(asked: Asked) -> tuple[str, str]:
    """` × 3 epochs` in both languages; nothing for one."""
    epochs = asked.said("epochs") or 1
    return ("", "") if epochs == 1 else (f" × {epochs:g} epochs", f" × {epochs:g} 轮")


def beside(asked: Asked, first: str) -> list[Line]:
    """What belongs to the figure of that kind."""
    t = asked.training
    found: list[Line] = []
    if first == "time" and t.peak and t.tokens and not measured(asked):
        found += _energy(asked)
    if (
        first in ("time", "cards", "flops")
        and not asked.said("tokens_told")
        and t.tokens
        and not (asked.run and not t.card)
    ):
        found += _whose_tokens(asked)
    if asked.said("samples") and asked.said("seq_len") and t.tokens:
        times, times_zh = epochs_words(asked)
        product = f"{float(asked.told['samples']):,.0f} {{}} × {float(asked.told['seq_len']):,.0f}"
        # a share of the peak is assumed: what the run shows in its first minutes is none
        timed, timed_zh = (
            ("", "")
            if measured(asked)
            else (
                " Time some twenty steps: the steps there are × the seconds of one tell it better than any assumed rate.",
                "先跑二十步左右计时:总步数 × 每步秒数,比任何假设的利用率都准。",
            )
        )
        found.append(line(f"{tokens(t.tokens)} tokens = {product.format('samples')}{times}; padding to the longest sample and evaluation come on top, packing removes the padding.{timed}",
                          f"{tokens(t.tokens)} token = {product.format('条样本')}{times_zh};按最长样本填充和评估会更慢,打包(packing)可去掉填充。{timed_zh}"))  # fmt: skip
    elif (
        (steps := asked.said("steps")) and (batch := asked.said("step_samples")) and asked.said("seq_len") and t.tokens
    ):
        found.append(line(f"{tokens(t.tokens)} tokens = {steps:,.0f} steps × {batch:g} samples of a step (batch × accumulation × cards) × {float(asked.told['seq_len']):,.0f}.",
                          f"{tokens(t.tokens)} token = {steps:,.0f} 步 × 每步 {batch:g} 条(批大小 × 累积 × 卡数)× {float(asked.told['seq_len']):,.0f}。"))  # fmt: skip
    if first == "time" and t.peak and t.tokens and not measured(asked):
        found += _per_token(asked)
    return found


def _whose_tokens(asked: Asked) -> list[Line]:
    t, run = asked.training, asked.run
    if run and run.tokens == t.tokens:
        if t.card and run.hours and run.gpu:
            done = Training.of(run.active, run.tokens, run.gpu, run.n_gpus, None)
            reached = done.flop() / (run.hours * 3600 * done.peak) if done.peak else 0
            length = f"{amount(run.days, 2)} days on {run.n_gpus:,} cards, at most " if run.days and run.n_gpus else ""
            length_zh = f"{run.n_gpus:,} 张卡 {amount(run.days, 2)} 天,至多 " if run.days and run.n_gpus else ""
            least, least_zh = ("", "") if run.card_hours else ("at least ", "至少 ")
            tail = f", so {least}{share(reached)} of the peak rate" if reached else ""
            tail_zh = f",即利用率{least_zh} {share(reached)}" if reached else ""
            return [line(f"The tokens are those that {run.model} was trained on, {tokens(run.tokens or 0)}; published: {length}{amount(run.hours)} GPU-hours ({run.gpu}){tail}.",
                         f"token 数取 {run.model} 公布的 {tokens(run.tokens or 0)};公布的耗时:{length_zh}{amount(run.hours)} GPU 小时({run.gpu}){tail_zh}。", (run.title, run.url))]  # fmt: skip
        return [line(f"The tokens are those that {run.model} was trained on, {tokens(run.tokens or 0)}; say yours for its time.",
                     f"token 数取 {run.model} 公布的 {tokens(run.tokens or 0)};给出您的 token 数即可另算。", (run.title, run.url))]  # fmt: skip
    near = like(t.params or 1)
    assert near.tokens
    return [line(f"No number of tokens was said: the compute-optimal one for this size is taken, {tokens_for_each():g} for each parameter (Chinchilla). Time grows in proportion: {near.model} was trained on {tokens(near.tokens)}.",
                 f"没有说训练多少 token,这里取这个规模的计算最优值,每参数 {tokens_for_each():g} 个(Chinchilla)。时间与 token 数成正比:{near.model} 训练了 {tokens(near.tokens)}。", CHINCHILLA)]  # fmt: skip


def power_lines(asked: Asked) -> list[Line]:
    """The power that cards take in the hours that are told, and its price."""
    hours = asked.said("hours")
    if not hours or asked.training.tokens or not asked.said("price_per_kwh"):
        return []
    return _power(asked, hours, hours, True)


def _energy(asked: Asked) -> list[Line]:
    if not (asked.said("price_per_kwh") or asked.said("watts")):
        return []
    return _power(asked, *asked.training.hours(), bool(asked.said("price_per_kwh")))


def _power(asked: Asked, least: float, most: float, leads: bool) -> list[Line]:
    t, price = asked.training, asked.said("price_per_kwh")
    watts = asked.said("watts") or t.watts
    if not watts:
        return []
    low, high = (kilowatt_hours(t.n_gpus or 1, watts, hours) for hours in (least, most))
    cost = (
        f", about {money(low * price, high * price, asked.currency)} at {money_each(price, asked.currency)} for a kWh"
        if price
        else ""
    )
    cost_zh = (
        f",每度 {money_each(price, asked.currency)},约 {money(low * price, high * price, asked.currency)}"
        if price
        else ""
    )
    bold = "**" if leads else ""
    whose = "" if asked.said("watts") else ", its board power"
    whose_zh = "" if asked.said("watts") else "(整卡功耗)"
    return [line(f"{bold}Power: {between(low, high)} kWh{cost}{bold}: {t.n_gpus or 1} × {watts:g} W{whose}, the cards alone; the machine takes more.",
                 f"{bold}耗电 {between(low, high)} 度{cost_zh}{bold}:{t.n_gpus or 1} × {watts:g} W{whose_zh},只算显卡,整机更多。")]  # fmt: skip


def _per_token(asked: Asked) -> list[Line]:
    """What the method and recomputation do to the operations of a token."""
    t = asked.training
    if asked.method in ADAPTERS:
        if asked.recomputes:
            most = t.hours()[1]
            low, high = duration(*t.hours()), duration(*scaled(t.hours(), t.flop(FROZEN) / t.flop()), beside=most)
            return [line(f"Adapters with checkpointing also take 6 operations (2 forwards, 2 recomputed, 2 backwards; frozen weights need no gradient); without checkpointing 4: {high.en} instead of {low.en}." + (" Unpacking the quantised base comes on top." if asked.method == "qlora" else ""),
                         f"适配器微调加重计算时每参数同样是 6 次运算(前向 2、重算 2、反向 2,冻结权重不算梯度);不开重计算为 4 次:{high.zh},而不是 {low.zh}。" + ("量化基座的解包另需时间。" if asked.method == "qlora" else ""), LORA)]  # fmt: skip
        return [
            line(
                "Adapters without checkpointing take 4 operations instead of 6: a third less than this.",
                "适配器微调不开重计算时每参数 4 次运算而不是 6 次:比上面少三分之一。",
                LORA,
            )
        ]
    if not t.assumed_share and asked.recomputes:
        took = duration(*scaled(t.hours(), t.flop(RECOMPUTED) / t.flop()), 3)
        return [line(f"MFU does not count recomputation. If {share(t.share[0])} is what the cards reach with it (HFU), full checkpointing makes it 8/6: {took.en}.",
                     f"MFU 不计重计算。若 {share(t.share[0])} 是含重计算的硬件利用率(HFU),完全重计算要乘 8/6:{took.zh}。", PALM)]  # fmt: skip
    if asked.recomputes and t.assumed_share:
        most = t.hours()[1]  # both in one unit
        plain, more = duration(*t.hours()), duration(*scaled(t.hours(), t.flop(RECOMPUTED) / t.flop()), beside=most)
        return [line(f"Full gradient checkpointing takes 8 operations for each parameter and token instead of 6, a third more: {more.en} instead of {plain.en}.",
                     f"全部重计算(梯度检查点)每参数每 token 要 8 次运算而不是 6 次,多三分之一:{more.zh},而不是 {plain.zh}。", KORTHIKANTI)]  # fmt: skip
    return []
