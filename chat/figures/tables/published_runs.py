"""What the makers of a model tell of its pre-training: the cards, their hours, the tokens, and how it was laid out on them.

The amounts are those of the table of published runs (kb/runs.py); the layouts are told in DeepSeek-V3, section 3
(https://arxiv.org/abs/2412.19437), and in The Llama 3 Herd of Models, section 3.3 (https://arxiv.org/abs/2407.21783).
"""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from formulas.quantity import Words
from kb.runs import published_run

LAYOUTS = {
    "deepseek-ai/DeepSeek-V3": Words(
        "16-way pipeline parallel, 64-way expert parallel over 8 machines and ZeRO-1 for the rest, no tensor parallel; matrix products in FP8, Adam's moments in bf16, and norms and the up-projections of the latent attention computed again",
        "流水线并行 16 路,专家并行 64 路(跨 8 台机器),其余用 ZeRO-1,不用张量并行;矩阵乘法用 FP8,Adam 动量用 bf16,归一化和 MLA 的上投影重计算",
    ),
    "meta-llama/Llama-3.1-405B": Words(
        "8-way tensor parallel within a machine, 16-way pipeline parallel, context parallel for the long sequences, and FSDP over the rest",
        "机内张量并行 8 路,流水线并行 16 路,长序列用上下文并行,其余用 FSDP 切分",
    ),
}


def laid_out(figures: Figures, maker: str) -> bool:
    """Whether this maker has told how the model that is named was laid out."""
    model = str(figures.given.get("model"))
    return model.startswith(maker) and model in LAYOUTS


def _as_published(figures: Figures) -> Words:
    model = str(figures.given.get("model"))
    run = published_run(model)
    if run is None or not (run.n_gpus and run.hours and run.tokens) or model not in LAYOUTS:
        raise Missing("run")
    days, hours, tokens = run.hours / run.n_gpus / 24, run.hours / 1e6, run.tokens / 1e12
    hours_zh = f"{run.hours / 1e4:,.0f} 万"
    kind, how = str(run.gpu).removesuffix(" 80 GB").removesuffix(" SXM5"), LAYOUTS[model]
    return Words(
        f"**As published: {run.n_gpus:,} {kind} for {hours:.3g} million GPU hours, {days:.0f} days if all of them run, over {tokens:.3g} trillion tokens.** How it fitted: {how.en}. What follows is what the formulas say of using it now.",
        f"**公开的数字:预训练用 {run.n_gpus:,} 张 {kind},共 {hours_zh} GPU 小时(全部一起跑约 {days:.0f} 天),{tokens:.3g} 万亿 token。** 怎么放下的:{how.zh}。下面是按公式,现在自己用它要多少。",
    )


PUBLISHED_RUNS: dict[str, Callable[[Figures], Words]] = {"as_published": _as_published}
