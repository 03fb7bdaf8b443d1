"""The first word of an answer that says a thing is not so: false where the claim says it is, true where the claim denies it."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures
from formulas.quantity import SILENT, Words
from kb.methods import models_held


def _denies(figures: Figures) -> Words:
    """Of an explanation whose statement is that something is not so."""
    if "supposed" not in figures.about:
        return SILENT
    return Words("True: ", "对:") if "supposed_not" in figures.about else Words("False: ", "不对:")


def _models_said(figures: Figures) -> Words:
    """Whether PPO holds as many models as somebody says."""
    held = models_held("ppo")
    said, count = int(logged(figures, "models_said")), held.trained + held.frozen
    if said == count:
        return Words(f"**Yes, {count}: {_ROLES.en}.**", f"**对,{count} 个:{_ROLES.zh}。**")
    return Words(f"**Not {said} but {count}: {_ROLES.en}.**", f"**不是 {said} 个,是 {count} 个:{_ROLES.zh}。**")


_ROLES = Words(
    "actor and critic train, reference and reward are frozen; a reward that is computed needs no model, and a value head on the actor no critic of its own",
    "actor 和 critic 要训练,reference 和 reward 冻结;用规则算奖励就不需要 reward 模型,在 actor 上加价值头就不需要单独的 critic",
)
VERDICT_FIRST: dict[str, Callable[[Figures], Words]] = {
    "denies": _denies,
    "models_said": _models_said,
}
