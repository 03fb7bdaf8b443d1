"""Activations of a GPT block by the formula that people quote, `s·b·h·(34 + 5·a·s/h)`: with the asker's own numbers where they
are told, else with the model's, and over tensor-parallel ranks.

Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, eq. 1 to 4.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chat.figures.named import GB, Figures, both_words, gib_words, how_far, most_of
from formulas.notation import figure
from formulas.quantity import SILENT, Words

# bytes of each of s·b·h numbers that tensor parallelism leaves whole: inputs of norms and dropouts' masks
_WHOLE, LINEAR, _SQUARE = 10.0, 34.0, 5.0


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
            return (LINEAR * kept + square) / ranks
        return _WHOLE * kept + ((LINEAR - _WHOLE) * kept + square) / ranks


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


# by so much what is worked out of a formula may be rounded: "over 200 GB" for 195
_ROUNDED = 0.08
_SMALLEST = 0.3  # of the whole, that is still meant as the whole


def worked_out(figures: Figures) -> float:
    """The amount [GB] that the asker worked out by the formula, where it comes out so; 0 where none does."""
    return _near(figures, scores=True) or _near(figures, scores=False)


def _near(figures: Figures, scores: bool) -> float:
    """The amount that was told near to the whole of it, or to that without the scores."""
    of = _block(figures)
    whole = of.n_layers * of.layer(scores=scores)
    said = (float(one) for one in figures.told.get("claims_gb", ()) if one)
    return next((one for one in said if how_far(one, whole) <= _ROUNDED), 0.0)


# the same in a sentence, before whether an amount comes out
_TERMS_SHORTLY = Words(
    "**34·s·b·h is what the linear layers, norms, GELU and dropout masks of a layer keep, 5·a·s²·b its attention scores: softmax, the mask of its dropout and what that leaves.** ",
    "**34·s·b·h 是每层的线性层、归一化、GELU 和 dropout 掩码要存的中间结果,5·a·s²·b 是注意力分数:softmax、它的 dropout 掩码和 dropout 之后的结果。** ",
)


def _said(figures: Figures) -> Words:
    """Whether the asker worked the formula out rightly, and whether a card holds as much; nothing where no such figure is told."""
    near, ranks = worked_out(figures), _ranks(figures)
    if not near:
        return _otherwise(figures)
    terms = _TERMS_SHORTLY if "terms_asked" in figures.about else SILENT
    eager = (
        Words("eager attention", "不用 FlashAttention")
        if _near(figures, scores=True)
        else Words("FlashAttention", "用 FlashAttention")
    )
    alone = figures.n == 1 and not ranks.en
    split = SILENT if ranks.en or alone else Words(" Tensor with sequence parallel over t leaves 1/t of it on a card.", "张量并行 t 加序列并行后每卡是它的 1/t。")  # fmt: skip
    return Words(
        f"{terms.en}**{near:g} GB is worked out rightly, of one micro-batch through all layers with every activation kept ({eager.en}, no recomputation); a GPU holds as much only where it holds the whole model by itself.**{split.en}{ranks.en}\n\n",
        f"{terms.zh}**{near:g} GB 算得没错:它是一个微批次走完全部层、保存全部激活({eager.zh}、不开重计算)的总量;只有一张卡放整个模型时才是每卡的量。**{split.zh}{ranks.zh}\n\n",
    )


# what 34 and 5 are made of
_TERMS = Words(
    " 34 = 11 in attention (the shared input of Q, K and V 2, Q and K 4, V 2, the output projection's input 2, a dropout mask 1) + 19 in the feed-forward part (its input 2, before and after GELU 8 + 8, a dropout mask 1) + 4 (the inputs of two LayerNorms). 5 = the softmax output 2, its dropout mask 1 and the result of that dropout 2, each of a·s² numbers.",
    " 34 = 注意力 11(Q、K、V 共用的输入 2,Q 和 K 4,V 2,输出投影的输入 2,dropout 掩码 1)+ 前馈 19(输入 2,GELU 前后 8 + 8,dropout 掩码 1)+ 两个 LayerNorm 的输入 4。5 = softmax 输出 2 + 它的 dropout 掩码 1 + dropout 之后的结果 2,各有 a·s² 个数。",
)


def _otherwise(figures: Figures) -> Words:
    """That the asker's own symbols give another amount than the one told; nothing where the amount may be of a run."""
    of, own = _block(figures), _own(figures)
    said = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    if len(said) != 1 or not {"h", "l", "s"} <= set(own):
        return SILENT
    whole = of.n_layers * of.layer()
    square = of.n_layers * (of.layer() - of.layer(scores=False))
    on_a_card = [
        of.n_layers * of.layer(ranks=of.t, sequence=sequence, scores=scores)
        for sequence in (False, True)
        for scores in (False, True)
    ]
    if said[0] * GB < whole * _SMALLEST or min(how_far(said[0], one) for one in on_a_card) <= _ROUNDED:
        return SILENT  # of a layer, or of a card
    parts = Words(
        f"{both_words(whole - square)} of 34·s·b·h·L and {both_words(square)} of 5·a·s²·b·L",
        f"34·s·b·h·L {both_words(whole - square)} 加 5·a·s²·b·L {both_words(square)}",
    )
    return Words(
        f"**With these numbers the formula gives {both_words(whole)}, not {said[0]:g} GB: {parts.en}.**\n\n",
        f"**按这些数,公式得 {both_words(whole)},不是 {said[0]:g} GB:{parts.zh}。**\n\n",
    )


def _formula(figures: Figures) -> Words:
    """The formula with its numbers, and what is left of it with FlashAttention and with recomputation."""
    of = _block(figures)
    linear, square = of.layer(scores=False), of.layer() - of.layer(scores=False)
    layers, (s, b, h, a) = figure(of.n_layers), map(figure, (of.s, of.b, of.h, of.a))
    one, own = both_words(of.layer()), _own(figures)
    ranks = SILENT if worked_out(figures) else _ranks(figures)  # told already
    per_card = Words(f"{ranks.en.strip()}\n\n", f"{ranks.zh.strip()}\n\n") if ranks.en else SILENT
    whole, none = both_words(of.n_layers * of.layer()), both_words(of.n_layers * linear)
    each_flash = both_words(linear)
    inputs = both_words(of.n_layers * 2 * of.s * of.b * of.h)
    told = worked_out(figures) and not {"explain_derive", "terms_asked"} & set(
        figures.about
    )  # who works it out knows them
    terms = SILENT if told else _TERMS
    summed = Words(f"together {one}; × {layers} layers that is {whole}", f"每层共 {one};× {layers} 层共 {whole}")
    if "h" in own and "l" not in own:  # of one layer alone
        none, inputs = both_words(linear), f"{both_words(2 * of.s * of.b * of.h)} × L"
        summed = Words(f"together {one} in each layer", f"每层共 {one}")
    return Words(
        f"{per_card.en}**It is bytes of activations per layer of a GPT block, in 16 bit (Korthikanti et al., Megatron-LM, arXiv 2205.05198, eq. 1): 34·s·b·h = {both_words(linear)} and 5·a·s²·b = {both_words(square)} with s = {s}, b = {b}, h = {h}, a = {a}; {summed.en}.**{terms.en} **FlashAttention (or selective recomputation) never stores the second term, the attention scores (a·s² of them in each layer): {none} are left. Full recomputation keeps only the layers' inputs, 2·s·b·h·L = {inputs}, and one layer at a time, {one}, with FlashAttention {each_flash}, for about a third more computing.** Tensor with sequence parallelism divides both terms by its degree; a pipeline's first stage holds its part of the layers for as many micro-batches as there are stages, so no less. It knows neither gated feed-forward parts, grouped heads nor logits.",
        f"{per_card.zh}**它是 GPT 结构每层激活的字节数(16 位,出自 Korthikanti 等,Megatron-LM,arXiv 2205.05198,式 1):s = {s}、b = {b}、h = {h}、a = {a} 时,34·s·b·h = {both_words(linear)},5·a·s²·b = {both_words(square)};{summed.zh}。**{terms.zh} **FlashAttention(或选择性重计算)不存第二项(注意力分数矩阵,每层 a·s² 个数):剩 {none}。全部重计算只留各层输入 2·s·b·h·L = {inputs},外加正在重算的一层 {one},用 FlashAttention 则是 {each_flash};计算量约多三分之一。** 张量并行加序列并行把这两项除以其并行度;流水线的首段只有一部分层,但同时存的微批数等于段数,所以不会更少。它不含门控前馈、分组头和 logits。",
    )


def _ranks(figures: Figures) -> Words:
    """What tensor parallelism makes of it, and sequence parallelism beside it; nothing where no ranks are told."""
    of = _block(figures)
    if of.t <= 1:
        return SILENT
    t, scores = figure(of.t), figures.given.get("attention") != "flash" and not _linear_alone(figures)
    alone, beside, fused = (
        both_words(of.n_layers * of.layer(ranks=of.t, **more))
        for more in ({"scores": scores}, {"sequence": True, "scores": scores}, {"sequence": True, "scores": False})
    )
    inputs = 2 * of.s * of.b * of.h * of.n_layers
    whole, shared = both_words(inputs), both_words(inputs / of.t)
    square = f" + 5·a·s/({t}·h)" if scores else ""
    selective = (f" with selective recomputation (or FlashAttention) {fused} of that are left;", f"再用选择性重计算(或 FlashAttention)剩 {fused};") if scores else ("", "")  # fmt: skip
    return Words(
        f" **Over {t} tensor-parallel ranks a card keeps {alone}, for 10·s·b·h of a layer (norms' inputs and dropout masks) are not divided: s·b·h·(10 + 24/{t}{square}); with sequence parallel too all of it is, {beside};{selective[0]} with full recomputation the layers' inputs alone, 2·s·b·h·L = {whole}, {shared} where sequence parallel divides them, and one layer at a time.**",
        f" **张量并行 {t} 时每卡 {alone}:每层有 10·s·b·h 不切(归一化的输入和 dropout 掩码),即 s·b·h·(10 + 24/{t}{square});再开序列并行就全部切分,{beside};{selective[1]}完全重计算只留各层输入 2·s·b·h·L = {whole},序列并行也切它时 {shared},外加正在重算的一层。**",
    )


def _linear_alone(figures: Figures) -> bool:
    """Did the asker work out the term without scores?"""
    return not _near(figures, scores=True) and _near(figures, scores=False) > 0


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


SCORE_SUMS: dict[str, Callable[[Figures], Words]] = {
    "scores_said": _said,
    "scores_formula": _formula,
    "activations_of_zero": _of_zero,
}
