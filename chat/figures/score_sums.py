"""Activations of a GPT block by the formula that people quote, `s·b·h·(34 + 5·a·s/h)`: with the asker's own numbers where they
are told, else with the model's, and over tensor-parallel ranks.

Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, eq. 1 to 4.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chat.figures.named import Figures, both_words, gib_words, most_of
from formulas.notation import figure
from formulas.quantity import SILENT, Words

# bytes of each of s·b·h numbers that tensor parallelism leaves whole: inputs of norms and dropouts' masks
_WHOLE, _LINEAR, _SQUARE = 10.0, 34.0, 5.0


@dataclass(frozen=True)
class Block:
    """The symbols of the formula: tokens, sequences, width, heads, layers, tensor-parallel ranks."""

    s: float
    b: float
    h: float
    a: float
    n_layers: float
    t: float

    def layer(self, scores: bool = True, ranks: float = 1.0, sequence: bool = False) -> float:
        """Bytes of a layer; over `ranks`, of which sequence parallelism divides what is left whole too."""
        kept = self.s * self.b * self.h
        square = _SQUARE * self.a * self.s**2 * self.b * scores
        if ranks == 1 or sequence:
            return (_LINEAR * kept + square) / ranks
        return _WHOLE * kept + ((_LINEAR - _WHOLE) * kept + square) / ranks


def _own(figures: Figures) -> dict[str, float]:
    """The numbers of the question for the formula's symbols."""
    return {name: float(value) for name, value in (one.split(" ") for one in figures.log.get("symbol", ()))}


def _block(figures: Figures) -> Block:
    own = _own(figures)
    length = own.get("s") or float(figures.knob("seq_len"))
    batch = own.get("b") or figures.tokens / float(figures.knob("seq_len"))
    width, heads, layers = (
        own.get(name) or figures.fact(fact)
        for name, fact in (("h", "hidden_size"), ("a", "n_heads"), ("l", "n_layers"))
    )
    return Block(length, batch, width, heads, layers, own.get("t") or float(figures.given.get("tp") or 1))


def _formula(figures: Figures) -> Words:
    """The formula with its numbers, and what is left of it with FlashAttention and with recomputation."""
    of = _block(figures)
    linear, square = of.layer(scores=False), of.layer() - of.layer(scores=False)
    layers, (s, b, h, a) = figure(of.n_layers), map(figure, (of.s, of.b, of.h, of.a))
    one, own = both_words(of.layer()), _own(figures)
    whole, none = both_words(of.n_layers * of.layer()), both_words(of.n_layers * linear)
    each_flash = both_words(linear)
    inputs = both_words(of.n_layers * 2 * of.s * of.b * of.h)
    summed = Words(f"together {one}; × {layers} layers that is {whole}", f"每层共 {one};× {layers} 层共 {whole}")
    if "h" in own and "l" not in own:  # of one layer alone
        none, inputs = both_words(linear), f"{both_words(2 * of.s * of.b * of.h)} × L"
        summed = Words(f"together {one} in each layer", f"每层共 {one}")
    return Words(
        f"**It is bytes of activations per layer of a GPT block, in 16 bit (Korthikanti et al., Megatron-LM, arXiv 2205.05198, eq. 1): 34·s·b·h = {both_words(linear)} and 5·a·s²·b = {both_words(square)} with s = {s}, b = {b}, h = {h}, a = {a}; {summed.en}.**{_ranks(of).en} 34 = 11 in attention (the shared input of Q, K and V 2, Q and K 4, V 2, the output projection's input 2, a dropout mask 1) + 19 in the feed-forward part (its input 2, before and after GELU 8 + 8, a dropout mask 1) + 4 (the inputs of two LayerNorms). 5 = the softmax output 2, its dropout mask 1 and the result of that dropout 2, each of a·s² numbers. **FlashAttention (or selective recomputation) never stores the second term: {none} are left. Full recomputation keeps only the layers' inputs, 2·s·b·h·L = {inputs}, and one layer at a time, {one}, with FlashAttention {each_flash}, for about a third more computing.** Tensor with sequence parallelism divides both terms by its degree; a pipeline's first stage holds its part of the layers for as many micro-batches as there are stages, so no less. It knows neither gated feed-forward parts, grouped heads nor logits.",
        f"**它是 GPT 结构每层激活的字节数(16 位,出自 Korthikanti 等,Megatron-LM,arXiv 2205.05198,式 1):s = {s}、b = {b}、h = {h}、a = {a} 时,34·s·b·h = {both_words(linear)},5·a·s²·b = {both_words(square)};{summed.zh}。**{_ranks(of).zh} 34 = 注意力 11(Q、K、V 共用的输入 2,Q 和 K 4,V 2,输出投影的输入 2,dropout 掩码 1)+ 前馈 19(输入 2,GELU 前后 8 + 8,dropout 掩码 1)+ 两个 LayerNorm 的输入 4。5 = softmax 输出 2 + 它的 dropout 掩码 1 + dropout 之后的结果 2,各有 a·s² 个数。**FlashAttention(或选择性重计算)不存第二项:剩 {none}。全部重计算只留各层输入 2·s·b·h·L = {inputs},外加正在重算的一层 {one},用 FlashAttention 则是 {each_flash};计算量约多三分之一。** 张量并行加序列并行把这两项除以其并行度;流水线的首段只有一部分层,但同时存的微批数等于段数,所以不会更少。它不含门控前馈、分组头和 logits。",
    )


def _ranks(of: Block) -> Words:
    """What tensor parallelism makes of it, and sequence parallelism beside it; nothing where no ranks are told."""
    if of.t <= 1:
        return SILENT
    t = figure(of.t)
    alone, beside, fused = (
        both_words(of.n_layers * of.layer(ranks=of.t, **more))
        for more in ({}, {"sequence": True}, {"sequence": True, "scores": False})
    )
    return Words(
        f" **Tensor parallel over {t} divides all but 10·s·b·h of a layer (norms' inputs and dropout masks): s·b·h·(10 + 24/{t} + 5·a·s/({t}·h)), {alone} in all; with sequence parallel all of it is divided, {beside}, and {fused} of that with FlashAttention.**",
        f"**张量并行 {t}:每层有 10·s·b·h 不切(归一化的输入和 dropout 掩码),即 s·b·h·(10 + 24/{t} + 5·a·s/({t}·h)),共 {alone};再开序列并行就全部切分,共 {beside},加 FlashAttention 剩 {fused}。**",
    )


# what ZeRO's footnote counts for each layer, token and unit of the width (§3.2, arXiv 1910.02054)
_NUMBERS = 12


def _of_zero(figures: Figures) -> Words:
    """ZeRO's own count of activations with its numbers, what recomputation leaves of it, and what programs keep."""
    of = _block(figures)
    s, b, h, layers = map(figure, (of.s, of.b, of.h, of.n_layers))
    each = 2 * of.s * of.b * of.h  # one number of 16 bit for each token and unit of the width
    stored, again = each * of.n_layers, _NUMBERS * each
    whole, inputs, layer = both_words(_NUMBERS * stored), both_words(stored), both_words(again)
    both = both_words(stored + again)
    kept = gib_words(most_of(figures.at(task="train", gradient_checkpointing="off"), "activations"))
    return Words(
        f"**ZeRO counts 12 numbers of 2 B for each layer, token and unit of the width: 12 × hidden {h} × batch {b} × length {s} × {layers} layers × 2 B = {whole}. With recomputation each layer keeps its input alone, 2·h·b·s·L = {inputs}, and one layer at a time is computed again, {layer} by the same count: {both} together; the paper tells about 8 GB for its GPT-2.** It is a rough coefficient: programs of today keep more ({kept} without recomputation by the formulas here), and the logits are not in it.",
        f"**ZeRO 论文按每层、每 token、每个隐藏单元存 12 个 2 字节的数计:12 × 隐藏维度 {h} × 批大小 {b} × 长度 {s} × {layers} 层 × 2 字节 = {whole}。开重计算后每层只存输入,2·h·b·s·L = {inputs},外加正在重算的一层(同样口径 {layer}),共 {both};论文对 GPT-2 写的是约 8 GB。** 12 是粗略系数:如今的程序存得更多(按这里的公式,不开重计算为 {kept}),而且没算 logits。",
    )


SCORE_SUMS: dict[str, Callable[[Figures], Words]] = {"scores_formula": _formula, "activations_of_zero": _of_zero}
