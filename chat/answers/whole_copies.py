"""That no number of cards is enough where a part of a training stands whole on each, and how many are where all of it is divided."""

from typing import Any

from chat.phrases import gib, in_words

# what stands whole on each card, by the stage
_KEEPS = (
    ("With plain data parallel (DDP)", "a whole copy", "普通数据并行(DDP)", "完整的一份"),
    ("With ZeRO-1", "whole weights and gradients", "ZeRO-1", "完整的权重和梯度"),
    ("With ZeRO-2", "the whole weights", "ZeRO-2", "完整的权重"),
)
_BY_ITSELF = ("what every card holds by itself ", "每张卡自身")


def whole_on_each(why: str, case: dict[str, Any], zh: bool) -> str:
    """The fewest cards that hold it divided, and why no number does as it is."""
    stage, keeps, stage_zh, keeps_zh = _KEEPS[case["undivided"]]
    takes = why.partition(_BY_ITSELF[zh])[2]
    least, *more = case["lighter"]
    count, each = in_words("n_gpus", least["value"], "zh" if zh else "en"), gib(least["gib"])
    if zh:
        wide = "".join(f";{one['value']} 张时每张 {gib(one['gib'])}{'' if one['margin'] else ',没有余量'}" for one in more)  # fmt: skip
        return (
            f"**{count},{least['zh']}**(每张 {each}{wide})。**{stage_zh}时再多的卡也不够:每张卡都放{keeps_zh},{takes}**"
        )
    wide = "".join(f"; with {one['value']} it is {gib(one['gib'])}{'' if one['margin'] else ' without a margin'}" for one in more)  # fmt: skip
    return f"**{count}, {least['says']}** ({each} each{wide}). **{stage} no number of cards is enough: each holds {keeps}, which {takes}**"
