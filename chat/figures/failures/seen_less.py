"""What a training may hold less than is counted, where less of it was seen: logits that are kept once, kernels that are fused."""

from chat.figures.named import GIB, Figures, gib_words
from chat.figures.sums.score_sums import LINEAR
from formulas.quantity import Words

# how much of a part must fall away that it is worth a word
_WORTH = 0.9
_AGREES = 0.15


def seen_less(figures: Figures, seen: float) -> Words:
    """Words behind a sum of which only so many GB were seen."""
    base, en, zh = figures.base, [], []
    left, copy, logits = base.best, figures.need("logits_copy"), base.held("logits")
    if copy < _WORTH * logits:
        left -= logits - copy
        en.append(f"the logits kept once, {gib_words(copy)}")
        zh.append(f"logits 只留一份 {gib_words(copy)}")
    block, kept = (
        LINEAR * figures.tokens * figures.fact("hidden_size") * figures.fact("n_layers"),
        base.held("activations"),
    )
    block_of_gpt = base.situation.facts.get("mlp")  # none where layers differ
    plain = (
        block_of_gpt is not None and block_of_gpt.value == "plain" and figures.knob("gradient_checkpointing") != "on"
    )
    if plain and block < _WORTH * kept:
        left -= kept - block
        en.append(f"fused kernels (34·s·b·h bytes a layer, {gib_words(block)} of activations)")
        zh.append(f"算子融合(每层 34·s·b·h 字节,激活 {gib_words(block)})")
    slack = base.terms.get("slack", 0.0)
    left -= slack * (base.best - left) / (base.best - slack)
    if not en or left < (1 - _AGREES) * seen * GIB:
        return Words(
            f"; the {seen:g} GB that you see are less: fewer copies of the logits, or samples shorter than counted",
            f";您看到的 {seen:g} GB 比这少:logits 的份数更少,或样本比这里算的短",
        )
    short = left > (1 + _AGREES) * seen * GIB
    return Words(
        f"; the {seen:g} GB that you see are less: with {', and '.join(en)}, it is {gib_words(left)} in all{', and less with samples shorter than counted' if short else ''}",
        f";您看到的 {seen:g} GB 比这少:{'、'.join(zh)}时,总共 {gib_words(left)}{',样本比这里算的短则更少' if short else ''}",
    )
