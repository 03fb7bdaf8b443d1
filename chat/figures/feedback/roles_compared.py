"""Of ways to learn from feedback side by side which models each keeps in memory, and what those take."""

from collections.abc import Callable

from chat.figures.feedback.roles_words import PAIRED
from chat.figures.named import GB, Figures, Missing
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.programs import ROLLS

_ALONE = ("orpo", "simpo", "sft")  # which need no reference
_ORDER = (*ROLLS, *PAIRED, *_ALONE)


def _gb(size: float) -> str:
    return f"{figure(size / GB, 3)} GB"


def _of_one(figures: Figures, algo: str) -> Words:
    trained, frozen = TRAINED * figures.params, WEIGHT * figures.params
    own, ref, name = _gb(trained), _gb(frozen), algo.upper()
    if algo == "ppo":
        all_ = _gb(2 * trained + 2 * frozen)
        return Words(
            f"{name} keeps four: actor and critic train, {own} each ({TRAINED} B a parameter), reference and reward model are frozen, {ref} each ({WEIGHT} B): {all_}",
            f"{name} 四个:actor 和 critic 要训练,各 {own}(每参数 {TRAINED} 字节),reference 和 reward 冻结,各 {ref}({WEIGHT} 字节):共 {all_}",
        )
    both = _gb(trained + frozen)
    if algo == "grpo":
        return Words(
            f"{name} keeps two: the policy {own}, the reference {ref} (none with a KL weight of 0, TRL's default), no critic: {both} (a reward model in place of rules: {ref} more)",
            f"{name} 两个:策略 {own},reference {ref}(KL 系数为 0 时没有,TRL 默认如此),没有 critic:共 {both}(不按规则而用奖励模型则再加 {ref})",
        )
    if algo in PAIRED:
        return Words(
            f"{name} keeps two: the policy {own}, the reference {ref} (none where its log-probabilities are computed beforehand): {both}",
            f"{name} 两个:策略 {own},reference {ref}(log 概率预先算好就不用):共 {both}",
        )
    return Words(f"{name} keeps the policy alone, {own}", f"{name} 一个:策略 {own}")


def _of_each(figures: Figures) -> Words:
    """One clause for each, the one with the most models first."""
    told = list(figures.log.get("objective", ()))
    if figures.knob("method") != "full" or len(told) < 2 or not set(told) <= {*_ORDER}:
        raise Missing("objectives")
    each = [_of_one(figures, one) for one in _ORDER if one in told]
    n = figures.n
    shared = (
        Words(f" (each divided over {n} cards only where it is sharded)", f"(切分后各除以 {n} 张卡)")
        if n > 1
        else SILENT
    )
    copy = SILENT
    if set(told) <= {*ROLLS}:
        copy = Words(
            f" Both generate as they train: an engine of their own has one more 16-bit copy, {_gb(WEIGHT * figures.params)}, and a KV cache.",
            f"两者训练时都要生成:推理引擎另有一份 16 位权重 {_gb(WEIGHT * figures.params)} 和 KV 缓存。",
        )
    listed, listed_zh = "; ".join(one.en for one in each), ";".join(one.zh for one in each)
    return Words(
        f"**{listed}{shared.en}.** Activations and logits come on top.{copy.en}",
        f"**{listed_zh}{shared.zh}。** 激活和 logits 另算。{copy.zh}",
    )


ROLES_COMPARED: dict[str, Callable[[Figures], Words]] = {"roles_of_each": _of_each}
