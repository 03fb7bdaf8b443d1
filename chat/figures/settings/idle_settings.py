"""Settings that people ask about and that change no memory: the learning rate, epochs, the size of the data set."""

from formulas.quantity import SILENT, Words

# settings of which no tensor on the card depends
_NOTHING: dict[str, Words] = {
    "learning_rate": Words("the learning rate", "学习率"),
    "epochs": Words("the number of epochs or steps", "训练轮数或步数"),
    "dataset": Words("the size of the data set", "数据量"),
    "weight_decay": Words("weight decay", "权重衰减"),
    "clipping": Words("gradient clipping", "梯度裁剪"),
    "alpha": Words("LoRA's alpha, which only scales what the adapters add", "LoRA 的 alpha(只缩放适配器的输出)"),
    "seed": Words("the seed", "随机种子"),
    "neftune": Words("NEFTune, which only adds noise to the embeddings", "NEFTune(只给词嵌入加噪声)"),
    "warmup": Words("warm-up or the schedule", "预热和学习率调度"),
    "sampling": Words("temperature, top-k or top-p", "温度、top-k、top-p"),
}
_OF_DATA = Words(
    " Samples wait in host memory or on disk; a step holds one micro-batch, so the longest sample counts, not how many there are.",
    "样本放在内存或硬盘上,一步只装一个 micro-batch:有影响的是最长的样本,不是样本条数。",
)
_OF_OUTPUT = Words(
    " How much is generated does count (max_new_tokens, max_tokens): each token adds its keys and values to the cache.",
    "生成多长则有影响(max_new_tokens、max_tokens):每生成一个 token,KV 缓存就多一份键和值。",
)


def of_nothing(names: list[str]) -> Words:
    said = Words(" or ".join(_NOTHING[name].en for name in names), "、".join(_NOTHING[name].zh for name in names))
    more = _OF_DATA if "dataset" in names else _OF_OUTPUT if "sampling" in names else SILENT
    return Words(
        f"**No: no tensor on the card depends on {said.en}.** Weights, gradients, optimizer states, activations and caches stay "
        f"as they are; what changes them is the model, the precision, the method, the batch and the length.{more.en}",
        f"**不影响:卡上没有一个张量取决于{said.zh}。** 权重、梯度、优化器状态、激活和缓存都不变;决定它们的是模型、精度、训练方法、批大小和长度。{more.zh}",
    )
