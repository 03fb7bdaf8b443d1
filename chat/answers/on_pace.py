"""What an answer makes of the tools on speed, and what it asks for where they were not called."""

from typing import Any

from chat.pace.generic import time_formula
from chat.pace.words import between
from chat.plans.layouts_chosen import layouts_of
from chat.plans.machines import asks_which_file, runs_without_card, wants_models
from chat.plans.pace import PACE, asks_pace, named_run, train_tokens
from chat.plans.understood import has_subject
from chat.reads.reading import Reading
from chat.reads.speed.speed_asked import paced
from kb.rates import GENERATION, shares
from kb.recipe import assumed_number

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


_RATE = (
    "**Tokens/s for one answer are at most the memory bandwidth ÷ the bytes that a token reads**: the weights that compute (billions of parameters × bits ÷ 8, in GB; of a mixture of experts the active ones) and the cache so far; {reached} % of that is reached. Say the model, its format and the card.",
    "**单条回答的速度上限 = 显存带宽 ÷ 每个 token 读取的字节**:参与计算的权重(十亿参数 × 位数 ÷ 8,单位 GB;混合专家取激活参数)加上已有的缓存;实际约达到 {reached} %。请说出模型、格式和显卡。",
)
_LOADING = (
    "**Loading takes the file's size ÷ the rate of the disk**: PCIe 3.0 to 4.0 x4 lets an NVMe drive give at most {disk} GB/s; SATA and network drives are several times slower; a second load comes from RAM if that holds it. Say the model and its format.",
    "**加载时间 = 文件大小 ÷ 磁盘读取速度**:NVMe 走 PCIe 3.0 到 4.0 x4 最多 {disk} GB/s,SATA 盘和网络盘慢数倍;内存装得下时第二次加载来自页缓存。请说出模型和格式。",
)
_ADAPTERS = (
    "LoRA and QLoRA do 4·N·D, or 6·N·D with recomputation.",
    "LoRA、QLoRA 为 4·N·D,开重计算时为 6·N·D。",
)


def pace_of_any(reading: Reading) -> str:
    """How long or how fast, of no model: what it follows from, and what is to be said for it; empty where it is not asked."""
    if not asks_pace(reading) or has_subject(reading):
        return ""
    zh = reading.language == "zh"
    asked = paced(reading)
    if not asked.training:
        low, high = shares(GENERATION)
        third, fourth = (assumed_number("link_gb_s", f"PCIe {one}.0 x16") / 4 for one in (3, 4))
        words = (_LOADING if "loading" in asked.kinds else _RATE)[zh]
        return words.format(reached=f"{100 * low:.0f}–{100 * high:.0f}", disk=between(third, fourth, 3))
    formula = time_formula()[0].words
    wanted = pace_wanted(reading, set())
    method = "" if reading.fact("method") else ("and the method (full, LoRA, QLoRA)", "以及方法(全参、LoRA、QLoRA)")[zh]
    wanted = f"{wanted.rstrip('.。')}{'' if zh else ' '}{method}{('.', '。')[zh]}" if wanted and method else wanted
    return "\n\n".join((f"{formula.zh if zh else formula.en}{'' if zh else ' '}{_ADAPTERS[zh]}", wanted))


def pace_wanted(reading: Reading, called: set[str]) -> str:
    """Asked of speed or time, what it follows from, as far as it was not said."""
    if not set(PACE) & set(reading.intents) or _TOOLS & called - {"training_time"} or "download_time" in reading.cues:
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
        ("the tokens trained on (samples × length × epochs)", "训练的 token 总数(样本数 × 长度 × 轮数)"): train_tokens(reading) is not None,
        ("the cards and how many", "显卡型号和数量"): "gpu" in told,
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
