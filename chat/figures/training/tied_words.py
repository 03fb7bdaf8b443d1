"""Whether embedding and head are one matrix, and what a second one takes or would take."""

from collections.abc import Callable

from chat.figures.named import Figures, both_words
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import TRAINED, WEIGHT


def _tied_or_not(figures: Figures) -> Words:
    """The matrix, its share of the model, and its bytes in 16 bit and in full training."""
    vocabulary, hidden = figures.fact("vocab_size"), figures.fact("hidden_size")
    one, tied = vocabulary * hidden, figures.plain.situation.facts["tied"].value == "yes"
    shown = f"{figure(vocabulary)} × {figure(hidden)} = {size_words(one)}"
    run, trained, share = both_words(WEIGHT * one), both_words(TRAINED * one), f"{100 * one / figures.params:.2g} %"
    if tied:
        return Words(
            f"**Embedding and head are one matrix here, {shown} parameters; tying saves a second one: {run} in 16 bit, {share} of what the model has, and {trained} in full training with Adam ({TRAINED} B each).** Activations, logits and the KV cache are the same either way.",
            f"**这个模型的词嵌入和输出头共享一个矩阵,{shown} 个参数;共享省下第二个:16 位 {run},相当于现有参数的 {share},Adam 全参训练(每参数 {TRAINED} 字节)省 {trained}。** 激活、logits、KV 缓存都不变。",
        )
    return Words(
        f"**Embedding and head are two matrices here, {shown} parameters each; tied, there would be one less: {run} in 16 bit, {share} of the model, and {trained} in full training with Adam ({TRAINED} B each).** It cannot be tied afterwards without training. Activations, logits and the KV cache would be the same.",
        f"**这个模型的词嵌入和输出头是两个矩阵,各 {shown} 个参数;若共享就少一个:16 位 {run},占模型的 {share},Adam 全参训练(每参数 {TRAINED} 字节)少 {trained}。** 训练好之后不能直接改成共享。激活、logits、KV 缓存不变。",
    )


TIED_WORDS: dict[str, Callable[[Figures], Words]] = {"tied_or_not": _tied_or_not}
