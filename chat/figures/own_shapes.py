"""What is said of a model that is told by its shapes, and of a vocabulary that was extended."""

import json

from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED

# bytes of a parameter that trains with Adam: as it is held, its gradient, copy and moments (ZeRO, §3.1)


def shapes_said(figures: Figures) -> Words:
    """How many parameters the shapes have, and what was taken for those that were not told."""
    if "config" not in figures.given or figures.logged_all("cache_alone"):
        raise Missing("shapes")
    of = figures.fact
    heads, dim, wide = of("n_heads"), of("head_dim"), of("intermediate_size")
    layers, hidden, vocabulary = (figure(of(name)) for name in ("n_layers", "hidden_size", "vocab_size"))
    if figures.logged_all("pasted"):
        groups = figure(of("n_kv_heads"))
        return Words(
            f"**The config makes {size_words(figures.params)} parameters: {layers} layers, hidden size {hidden}, {figure(heads)} heads of {figure(dim)}, {groups} KV heads, an MLP of {figure(wide)}, vocabulary {vocabulary}.**",
            f"**按这份 config 共 {size_words(figures.params)} 参数:{layers} 层、隐藏维度 {hidden}、{figure(heads)} 个头 × {figure(dim)}、{groups} 个 KV 头、MLP 宽 {figure(wide)}、词表 {vocabulary}。**",
        )
    if json.loads(str(figures.given["config"])).get("model_type") == "gpt2":
        block = Words(
            f"The block is GPT-2's where nothing else was told: an MLP of {figure(wide)} without a gate, biases, an output head that is the embedding's.",
            f"没有另外说明之处按 GPT-2 的结构:MLP 宽 {figure(wide)}、无门控、有偏置,输出头与 embedding 共享。",
        )
    else:
        block = Words(
            f"The block is Llama's where nothing else was told: a gated MLP of {figure(wide)}, an output head of its own.",
            f"没有另外说明之处按 Llama 的结构:门控 MLP 宽 {figure(wide)},输出头不与 embedding 共享。",
        )
    return Words(
        f"**These shapes make {size_words(figures.params)} parameters: {layers} layers, hidden size {hidden}, {figure(heads)} heads of {figure(dim)}, vocabulary {vocabulary}.** {block.en}",
        f"**按这些维度共 {size_words(figures.params)} 参数:{layers} 层、隐藏维度 {hidden}、{figure(heads)} 个头 × {figure(dim)}、词表 {vocabulary}。** {block.zh}",
    )


def vocabulary_extended(figures: Figures) -> Words:
    """What tokens that were added to a vocabulary take: parameters, states, logits."""
    added = float(figures.told.get("added_vocabulary") or 0)
    if not added:
        raise Missing("added vocabulary")
    hidden, vocabulary = figures.fact("hidden_size"), figures.fact("vocab_size")
    matrices = 1 if figures.plain.situation.facts["tied"].value == "yes" else 2
    more, whole = matrices * added * hidden, matrices * (vocabulary + added) * hidden
    logits = figures.tokens * added * 4
    old, new = figure(vocabulary), figure(vocabulary + added)
    en = (
        f"**{figure(added)} more tokens add {size_words(more)} parameters ({figure(added)} × {figure(hidden)} in the embedding"
        + (", as many in the head" if matrices == 2 else ", which the head shares")
        + f"): {both_words(2 * more)} of weights in 16 bit"
    )
    zh = (
        f"**词表多 {figure(added)} 个 token,参数增加 {size_words(more)}({figure(added)} × {figure(hidden)} 的 embedding"
        + (",输出头同样多" if matrices == 2 else ",输出头与之共享")
        + f"):16 位权重多 {both_words(2 * more)}"
    )
    if figures.knob("task") != "train":
        return Words(
            f"{en}.** The vocabulary goes from {old} to {new}; the KV cache does not depend on it.",
            f"{zh}。** 词表由 {old} 变为 {new};KV 缓存与词表无关。",
        )
    grown = Words(
        f" Logits grow with the vocabulary, {old} to {new}: {gib_words(logits)} more for each fp32 copy of {figure(figures.tokens)} tokens.",
        f"logits 随词表由 {old} 增到 {new}:{figure(figures.tokens)} token 的每份 fp32 多 {gib_words(logits)}。",
    )
    wholly = Words(
        f"beside adapters new rows learn only if embedding and head train: whole (modules_to_save) that is {size_words(whole)} parameters, {both_words(TRAINED * whole)} with copies, gradients and Adam; the new rows alone (trainable_token_indices) take next to nothing",
        f"用适配器时,新的行要训练 embedding 和输出头才学得到:整个训练(modules_to_save)共 {size_words(whole)} 参数,连同副本、梯度与 Adam 多 {both_words(TRAINED * whole)};只训练新的行(trainable_token_indices)则几乎不占",
    )
    if figures.knob("method") != "full":
        return Words(f"{en}; {wholly.en}.**{grown.en}", f"{zh};{wholly.zh}。** {grown.zh}")
    besides = (
        Words(f" {wholly.en[0].upper()}{wholly.en[1:]}.", f"{wholly.zh}。")
        if "modules_to_save" in figures.given
        else SILENT
    )
    return Words(
        f"{en}, {both_words(TRAINED * more)} with gradients and Adam ({TRAINED} B each).**{grown.en}{besides.en}",
        f"{zh},连同梯度与 Adam(每参数 {TRAINED} 字节)多 {both_words(TRAINED * more)}。** {grown.zh}{besides.zh}",
    )
