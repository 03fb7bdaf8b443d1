"""A need that doubled as the batch was raised: which part of it grows with the batch, and of which methods that is so much."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words

_METHODS: tuple[tuple[Words, dict[str, object]], ...] = (
    (Words("QLoRA, 4-bit", "4 位 QLoRA"), {"method": "qlora", "bits": 4}),
    (Words("LoRA", "LoRA"), {"method": "lora", "bits": None}),
    (Words("full fine-tuning", "全参"), {"method": "full", "bits": None}),
)


def _batch_doubled(figures: Figures) -> Words:
    """What share of the first need doubles the whole, and both needs by each method."""
    told = sorted(float(one) for one in figures.log.get("batch", ()))
    if len(told) != 2 or told[1] < 3 * told[0]:
        raise Missing("batches")
    was, now = told
    share = f"{1 / (now / was - 1):.0%}".replace("%", " %")
    shown = [
        (name, " → ".join(gib_words(figures.at(**facts, batch_size=int(batch)).best) for batch in told))
        for name, facts in _METHODS
    ]
    en = "; ".join(f"{name.en} {needs}" for name, needs in shown)
    zh = "、".join(f"{name.zh} {needs}" for name, needs in shown)
    return Words(
        f"**It can be: weights, gradients and optimizer states stay, activations and logits go with the batch; from {was:g} to {now:g} the whole doubles where they were {share} of it at {was:g}.** At {figures['seq']} tokens a sample: {en}. So QLoRA, long samples and a large vocabulary come to double or beyond, full fine-tuning hardly grows, for its states outweigh the rest. Gradient accumulation keeps the micro-batch at {was:g}; checkpointing and a fused loss make what grows smaller. A server's batch is its requests: there the KV cache grows.",
        f"**可以是正常的:权重、梯度、优化器状态不变,激活和 logits 随 batch 成正比;从 {was:g} 加到 {now:g},它们在 {was:g} 时占总量的 {share},总量就翻倍。** 每条 {figures['seq']} token 时:{zh}。所以 QLoRA、长样本、大词表容易接近或超过翻倍;全参几乎不涨,状态占了大头。用梯度累积可以保持 micro-batch 为 {was:g};重计算和融合损失能让随 batch 增长的部分变小。推理服务的 batch 是请求数,那时增长的是 KV 缓存。",
    )


BATCH_DOUBLED: dict[str, Callable[[Figures], Words]] = {"batch_doubled": _batch_doubled}
