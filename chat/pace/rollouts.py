"""Lines on a step of reinforcement learning: its answers are generated, then trained on, one after the other."""

from chat.pace.run import Asked
from chat.pace.words import Line, amount, cards, duration, line, operations, shares_words, tokens
from chat.works import PALM
from formulas.notation import size_words


def step_lines(asked: Asked) -> list[Line]:
    """How long a step takes; empty where answers, their length or the rate of generating is not told."""
    t, count, length, rate = asked.training, asked.said("rollouts"), asked.said("seq_len"), asked.said("rate")
    if not (count and length and rate and t.params and t.peak):
        return []
    made = count * length
    generating = made / rate
    step = t.with_tokens(made)
    training = [3600 * hours for hours in step.hours()]
    took = duration((generating + training[0]) / 3600, (generating + training[1]) / 3600)
    trains = duration(training[0] / 3600, training[1] / 3600)
    makes = duration(generating / 3600, generating / 3600)
    on, at = cards(t.n_gpus or 1, t.card or ""), shares_words(*t.share)
    return [
        line(f"**About {took.en} a step: {makes.en} of generating, {tokens(made)} tokens ÷ {amount(rate)} tokens/s, and {trains.en} of training** on {on.en} at {at} of the peak rate.",
             f"**每步约 {took.zh}:生成 {makes.zh}({tokens(made)} token ÷ {amount(rate)} token/秒),训练 {trains.zh}**({on.zh},利用率 {at})。", PALM),
        line(f"{count:,.0f} answers × {length:,.0f} = {tokens(made)} tokens; 6 × {size_words(t.params)} parameters × {tokens(made)} = {operations(step.flop())} FLOP. Log-probabilities under the old policy and a reference model are a forward pass each, 2 of those 6; prompts, rewards and handing the weights to the generator come on top. The longest answer of a batch decides when generating ends.",
             f"{count:,.0f} 条回答 × {length:,.0f} = {tokens(made)} token;6 × {size_words(t.params)} 参数 × {tokens(made)} = {operations(step.flop())} FLOP。旧策略和参考模型的 log 概率各是一次前向,为这 6 份中的 2 份;提示、奖励和把权重同步给生成端另算。一批中最长的回答决定生成何时结束。"),
    ]  # fmt: skip


def untold() -> Line:
    """What the time of such a run follows from, where the answers of a step or the rate of generating are not told."""
    return line("A step of such a run generates its answers before it trains on them, and that is mostly the longer part, so the rate above bounds only the update: tokens = steps × prompts of a step × answers to each × (prompt + answer). Time two or three steps, or tell the answers of a step, their length and the tokens/s of generating.",
                "这种训练每一步先生成回答再训练,生成通常占大头,上面的速度只是更新这一半的上限:token 数 = 步数 × 每步提示数 × 每个提示的回答数 ×(提示 + 回答长度)。先跑两三步计时,或给出每步回答数、回答长度和生成速度(token/秒)。")  # fmt: skip
