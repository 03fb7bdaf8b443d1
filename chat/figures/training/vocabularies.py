"""What a larger vocabulary takes in training: logits by the token, embedding and head by the method."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words
from formulas.notation import size_words
from formulas.quantity import Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.recipe import ADAPTERS

_LOGIT = 4  # bytes of one in fp32


def _vocabularies(figures: Figures) -> Words:
    """Logits of a step and the parameters of embedding and head at each of two sizes."""
    sizes = figures.logged_all("vocabularies")
    if len(sizes) < 2:
        raise Missing("vocabularies")
    hidden, tied = figures.fact("hidden_size"), bool(figures.row().get("tie_word_embeddings"))
    copies = [both_words(figures.tokens * one * _LOGIT) for one in sizes]
    matrices = [(1 if tied else 2) * one * hidden for one in sizes]
    trains = figures.knob("method") not in ADAPTERS
    each = TRAINED if trains else WEIGHT
    held = [both_words(one * each) for one in matrices]
    many = f"{figures.need('logits_peak') / figures.need('logits_copy'):.2g}"
    named, tokens = [f"{one:,.0f}" for one in sizes], figures["tokens"]
    how, how_zh = (
        ("weights, gradients and Adam", "权重、梯度和 Adam") if trains else ("frozen, in 16 bit", "冻结,16 位")
    )
    pair, pair_zh = (
        ("embedding, tied with the head", "词嵌入(与输出头共用)") if tied else ("embedding and head", "词嵌入和输出头")
    )
    return Words(
        f"**Logits first: {tokens} tokens × vocabulary × {_LOGIT} B are {copies[0]} at {named[0]} and {copies[1]} at {named[1]} for one fp32 copy, and about {many} stand at once without a fused loss.** "
        f"Then {pair}: {size_words(matrices[0])} against {size_words(matrices[1])} parameters, {held[0]} against {held[1]} at {each:g} B each ({how}). A fused or chunked loss (Liger) makes no whole logits; a larger vocabulary needs fewer tokens for the same text.",
        f"**首先是 logits:{tokens} token × 词表 × {_LOGIT} 字节,{named[0]} 时一份 fp32 是 {copies[0]},{named[1]} 时是 {copies[1]},不用融合损失时同时约有 {many} 份。** "
        f"其次是{pair_zh}:参数 {size_words(matrices[0])} 对 {size_words(matrices[1])},每参数 {each:g} 字节({how_zh})共 {held[0]} 对 {held[1]}。融合或分块损失(Liger)不生成完整的 logits;词表大,同样的文本 token 更少。",
    )


VOCABULARIES: dict[str, Callable[[Figures], Words]] = {"vocabularies": _vocabularies}
