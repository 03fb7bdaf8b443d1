"""What a critic of its own takes beside the policy: PPO and GRPO model by model, and the difference between them."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words
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
    with_, without = (one * trained + frozen + (judge if reward else 0) for one in (2, 1))
    size, cards = figures["params"], figures.n
    each, each_zh = _each(cards, trained)
    kept, kept_zh = (
        (f"the reward model stays, {_gb(judge)} for {size_words(reward)}, unless a rule scores the answers", f"奖励模型({size_words(reward)})仍在,{_gb(judge)};改用规则打分则没有")
        if reward
        else ("a rule scores the answers; a reward model of this size adds as much as the reference", "按规则打分;同样大小的奖励模型再加一份与 reference 相同的显存")
    )  # fmt: skip
    judged = f" + reward {_gb(judge)}" if reward else ""
    parts = f"actor {_gb(trained)} + critic {_gb(trained)} + reference {_gb(frozen)}{judged} = {both_words(with_)}"
    left = f"actor {_gb(trained)} + reference {_gb(frozen)}{judged} = {both_words(without)}"
    return Words(
        f"**Dropping the critic saves {size} × {TRAINED} B = {both_words(trained)}{each}: its weights, gradients and Adam's states.** PPO: {parts}{_shared(cards, with_)[0]}. GRPO: {left}{_shared(cards, without)[0]} ({kept}; no reference with a KL weight of 0). Both come before activations, logits and rollouts, for which an engine on the same cards has one more 16-bit copy, {_gb(frozen)} (of each replica, less with tensor parallel), and its KV cache: what the critic leaves free goes there, or into a larger batch.",
        f"**去掉 critic 省下 {size} × {TRAINED} B = {both_words(trained)}{each_zh}:即它的权重、梯度和 Adam 状态。** PPO\uff1a{parts}{_shared(cards, with_)[1]}。GRPO\uff1a{left}{_shared(cards, without)[1]}({kept_zh};KL 系数为 0 时 reference 也没有)。激活、logits 和 rollout 另算:同卡的推理引擎另有一份 16 位权重 {_gb(frozen)}(每个副本一份,张量并行则更少)和 KV 缓存,省下的显存正好给它们,或加大批。",
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


CRITIC_WORDS: dict[str, Callable[[Figures], Words]] = {"critic_dropped": _critic_dropped}
