"""What a critic of its own takes beside the policy: PPO and GRPO model by model, and the difference between them."""

from collections.abc import Callable

from chat.figures.feedback.rollouts import layout_of
from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import TRAINED, WEIGHT


def _critic_dropped(figures: Figures) -> Words:
    """The critic by itself, and both sums of which it is the difference."""
    if figures.knob("method") != "full" or "critic_compared" not in figures.log:
        raise Missing("critic")
    policy, reward = figures.params, sum(figures.logged_all("reward_params")[:1])
    trained, frozen = TRAINED * policy, WEIGHT * policy
    judge = WEIGHT * (reward or policy)
    # the same judge in both sums, so that the critic is their difference
    with_, without = (one * trained + frozen + judge for one in (2, 1))
    size, cards = figures["params"], figures.n
    each, each_zh = _each(cards, trained)
    token = figures["kv_token"]
    by_rule, share = _gb(without - judge), f"{trained / with_:.0%}".replace("%", " %")
    judged = f"reward {f'({size_words(reward)}) ' if reward else ''}{_gb(judge)}"
    parts = f"actor {_gb(trained)} + critic {_gb(trained)} + reference {_gb(frozen)} + {judged} = {both_words(with_)}"
    left = f"actor {_gb(trained)} + reference {_gb(frozen)} + {judged} = {both_words(without)}"
    return Words(
        f"**Dropping the critic saves {size} × {TRAINED} B = {both_words(trained)}{each}, {share} of what stands still: its weights, gradients and Adam's states.** PPO: {parts}{_shared(cards, with_)[0]}. GRPO: {left}{_shared(cards, without)[0]} (a rule in place of the reward model: {by_rule}; no reference with a KL weight of 0). Both come before activations, logits and rollouts, for which an engine on the same cards has one more 16-bit copy, {_gb(frozen)} (of each replica, less with tensor parallel), and its KV cache: what the critic leaves free goes there, or into a larger batch. Without a critic each prompt needs a group of answers: their caches ({token} a token each) and logits are as many as with PPO at least, and more where it had one answer to a prompt.",
        f"**去掉 critic 省下 {size} × {TRAINED} B = {both_words(trained)}{each_zh},是常驻部分的 {share}:即它的权重、梯度和 Adam 状态。** PPO\uff1a{parts}{_shared(cards, with_)[1]}。GRPO\uff1a{left}{_shared(cards, without)[1]}(按规则打分、不用奖励模型则是 {by_rule};KL 系数为 0 时 reference 也没有)。激活、logits 和 rollout 另算:同卡的推理引擎另有一份 16 位权重 {_gb(frozen)}(每个副本一份,张量并行则更少)和 KV 缓存,省下的显存正好给它们,或加大批。没有 critic 就要每个提示采样一组回答:它们的缓存(每条每 token {token})和 logits 不会少,原来每个提示只生成一条的话反而更多。",
    )


def _gb(size: float) -> str:
    return f"{figure(size / GB, 3)} GB"


def _each(cards: int, size: float) -> tuple[str, str]:
    """The part of one card, where it is divided over several."""
    if cards <= 1:
        return "", ""
    part = both_words(size / cards)
    return f", {part} on each of {cards} cards where it is sharded", f",切分到 {cards} 张卡每卡 {part}"


def _shared(cards: int, size: float) -> tuple[str, str]:
    if cards <= 1:
        return "", ""
    return f", {_gb(size / cards)} per card", f",每卡 {_gb(size / cards)}"


_GENERATE = ("grpo", "ppo")


def _rollouts_beside(figures: Figures) -> Words:
    """Of objectives side by side what those that generate take beside the update, which the others do not."""
    told = list(figures.log.get("objective", ()))
    those, others = [one for one in told if one in _GENERATE], [one for one in told if one not in _GENERATE]
    if not those or not others:
        raise Missing("objectives")
    there = layout_of(figures)
    needs = {one: there.at(algo=one) for one in told}
    if any("rollout_engine" in one.terms for one in needs.values()):
        raise Missing("rollouts")  # they are counted
    cheapest = min(those, key=lambda one: needs[one].best)
    most = max(others, key=lambda one: needs[one].best)
    copy, alone, other = figures.need("w16"), needs[cheapest].best, needs[most].best
    each, each_zh = (" per card", "每卡 ") if figures.n > 1 else ("", "")
    with_ = gib_words(alone + copy)
    those_said, others_said = (_listed([one.upper() for one in names]) for names in (those, others))
    turns = alone <= other < alone + copy
    so, so_zh = (", now the larger", ",反而更多") if turns else ("", "")
    generates = "generates" if len(those) == 1 else "generate"
    return Words(
        f"**{those_said.en} also {generates} as the policy trains, {others_said.en} {'does' if len(others) == 1 else 'do'} not, and these figures leave that out.** An engine on the same cards has one more 16-bit copy of the policy, {both_words(copy)}, and a KV cache of {figures['kv_token']} for each token of each answer: with the copy alone {cheapest.upper()} takes {with_}{each}{so}, against {gib_words(other)} of {most.upper()}. Not at the same moment if the engine sleeps during the update.",
        f"**{those_said.zh} 训练时还要生成(rollout),{others_said.zh} 不用,上面的数没有算生成。** 同卡的推理引擎另有一份 16 位权重 {both_words(copy)},每条回答的每个 token 另要 KV 缓存 {figures['kv_token']}:只加上这份权重,{cheapest.upper()} 就是{each_zh or ' '}{with_}{so_zh}({most.upper()} {gib_words(other)})。更新时让引擎休眠(sleep),两者就不同时占。",
    )


def _listed(names: list[str]) -> Words:
    return Words(" and ".join(names), "、".join(names))


CRITIC_WORDS: dict[str, Callable[[Figures], Words]] = {
    "critic_dropped": _critic_dropped,
    "rollouts_beside": _rollouts_beside,
}
