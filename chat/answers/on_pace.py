"""What an answer makes of the tools on speed, and what it asks for where they were not called."""

from typing import Any

from chat.plans.layouts_chosen import layouts_of
from chat.plans.machines import asks_which_file, runs_without_card, wants_models
from chat.plans.pace import PACE, named_run, train_tokens
from chat.plans.understood import has_subject
from chat.reads.reading import Reading
from chat.reads.speed_asked import paced

_TOOLS = {"training_time", "generation_speed", "check_document", "encoder_memory"}

_SEEN = frozenset({"rate", "rate_each", "seconds_per_step"})
_OF_NO_RUN = frozenset(
    {
        "scaling",
        "power",
        "flops",
        "mfu",
        "tokens",
        "size",
        "steps",
        "accumulation",
        "checkpointing",
        "adapters",
        "stages",
        "batch",
        "offload",
        "link",
        "rl_step",
    }
)


def pace_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The figure that was asked for, then how it follows and what changes it."""
    told = [one[reading.language] for one in result["lines"]]
    return [*told[:1], "\n".join(f"- {one}" for one in told[1:])], []


def pace_wanted(reading: Reading, called: set[str]) -> str:
    """Asked of speed or time, what it follows from, as far as it was not said."""
    if not set(PACE) & set(reading.intents) or _TOOLS & called - {"training_time"}:
        return ""
    zh = reading.language == "zh"
    asked = paced(reading)
    if not asked.training:
        if (
            called & _TOOLS
            or runs_without_card(reading)
            or layouts_of(reading)
            or wants_models(reading)
            or asks_which_file(reading)
        ):
            return ""  # of each model or file that a machine runs the table has its own
        if {"gpu", "gpu_memory_gb"} & set(reading.facts):
            return (
                "没有算速度:需要模型和带宽已知的显卡。" if zh
                else "No speed is given: it takes a model and a card whose bandwidth is known."
            )  # fmt: skip
        return (
            "速度取决于显卡的带宽:是哪张卡?" if zh
            else "How fast it generates follows from the card's bandwidth: which card is it?"
        )  # fmt: skip
    told, priced = {**reading.facts, **reading.extras}, "cost" in reading.cues
    wanted = {
        ("the model", "模型"): has_subject(reading),
        ("the tokens trained on, or samples and their length", "训练的 token 总数(或样本数和长度)"): train_tokens(reading) is not None,
        ("the card", "显卡"): "gpu" in told,
        ("what a card costs for an hour", "每张卡每小时的价格"): not priced or "price_per_hour" in told,
    }  # fmt: skip
    missing = [words[zh] for words, known in wanted.items() if not known]
    # with tokens or a card there is a figure, which leads; and what follows from neither is not asked for
    known = (
        train_tokens(reading) is not None
        or "gpu" in told
        or bool(_OF_NO_RUN & set(asked.kinds) or _SEEN & set(reading.extras))
        or bool(named_run(reading))
        or "text_gb" in reading.extras
    )
    if not missing or ("training_time" in called and known):
        return ""
    if zh:
        return "要算训练时间" + ("和费用" if priced else "") + ",还需要:" + "、".join(missing) + "。"
    return f"For the hours{' and the cost' if priced else ''} of the training say: {'; '.join(missing)}."
