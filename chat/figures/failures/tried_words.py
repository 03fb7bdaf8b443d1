"""What an allocation that failed is: the logits of a step, of a batch that is padded to its longest sample, or a layer's scores."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import scores_of_tried
from chat.figures.named import GIB, Figures, Missing
from formulas.quantity import SILENT, Words
from kb.kernels import BEFORE_AMPERE
from kb.names import gpu_row

# of the logits of a whole step, the least part that a message is taken to be the logits of a padded batch for
_LEAST_OF_A_STEP = 0.3
_SAME = 0.01  # a message is rounded


def _of_a_step(figures: Figures) -> Words:
    """Which step so many tokens are of: just the one that was told, or a longer one."""
    tried, step = figures.need("tried_tokens"), figures.tokens
    told = {"seq_len", "batch_size"} <= set(figures.given)
    if told and tried == step:
        pairs = step / (float(figures.knob("seq_len")) * float(figures.knob("batch_size")))
        product = f"{'2 × ' if pairs == 2 else ''}{figures['batch']} × {figures['seq']}"  # both answers of a pair
        return Words(f", just the step that was told: {product}", f",正好就是所说的一步:{product}")
    if "seq_len" in figures.given and tried == float(figures.knob("seq_len")):
        return Words(", just one sample of the length that was told", ",正好是一条所说长度的样本")
    if told and step < tried:
        return Words(
            f", or of twice as many in 16 bit: a long sample or a large batch, where a step of what was told has {figures['tokens']}",
            f",16 位则是两倍的 token:样本特别长,或批次太大,而所说的一步只有 {figures['tokens']} 个",
        )
    if told and tried < step and (padded := padded_to(figures, tried)).en:
        return Words(f"{padded.en}, fewer than the limit allows", f"{padded.zh},没到上限")
    return Words(
        ", or of twice as many in 16 bit: a long sample or a large batch",
        ",16 位则是两倍的 token:样本特别长,或批次太大",
    )


def _scores_product(figures: Figures) -> Words:
    """The scores of one layer as the product that an allocation which failed is."""
    (each, tokens), batch = scores_of_tried(figures), round(figures.tokens / float(figures.knob("seq_len") or 1))
    every = (f"{batch} sequences × ", f"{batch} 条序列 × ") if batch > 1 else ("", "")
    heads, length, whole = figures["heads"], f"{tokens:,.0f}", figures["tried_scores"]
    softmax = (" (the softmax in fp32)", "(softmax 按 fp32)") if each == 4 else ("", "")
    return Words(
        f"{every[0]}{heads} heads × {length} × {length} × {each} B{softmax[0]} = {whole}",
        f"{every[1]}{heads} 头 × {length} × {length} × {each} 字节{softmax[1]} = {whole}",
    )


def _never_written(figures: Figures) -> Words:
    """The kernels of this card that write out no scores."""
    card = figures.base.case.card
    older = card is not None and gpu_row(card.name).get("architecture") in BEFORE_AMPERE
    ways = Words("FlashAttention-2 or SDPA", "FlashAttention-2 或 SDPA")
    if older:
        ways = Words(
            "FlashAttention-2 needs a newer card (Ampere on), but PyTorch's SDPA",
            "FlashAttention-2 要更新的卡(Ampere 起),但 PyTorch 的 SDPA",
        )
    return Words(
        f'{ways.en} (attn_implementation="sdpa") never writes them out',
        f'{ways.zh}(attn_implementation="sdpa")不会把它写出来',
    )


def _tried_of_padded(figures: Figures) -> Words:
    """What was asked for at once as the logits of fewer tokens than a step may have: a batch is padded to its longest sample."""
    try:
        tried, copy = figures.need("tried"), figures.need("logits_copy")
    except (Missing, KeyError):
        return SILENT
    if not _LEAST_OF_A_STEP * copy < tried < 0.99 * copy:
        return SILENT
    tokens = figures.tokens * tried / copy
    padded = padded_to(figures, tokens)
    return Words(
        f" The {figures['tried']} that were asked for at once would be those of about {tokens:,.0f} tokens{padded.en}: a batch is padded to its longest sample, which need not reach the limit.",
        f"一次申请的 {figures['tried']} 相当于约 {tokens:,.0f} 个 token 的 fp32 logits{padded.zh}:一批只补齐到其中最长的样本,不一定到上限。",
    )


def padded_to(figures: Figures, tokens: float) -> Words:
    """How long each of a batch is, of so many tokens in all; nothing of a single one."""
    batch = int(figures.knob("batch_size") or 1)
    one = f"{tokens / batch:,.0f}"
    return Words(f" ({batch} samples of about {one})", f"({batch} 条、每条约 {one})") if batch > 1 else SILENT


def _tried_of_log_probs(figures: Figures) -> Words:
    """That an allocation which failed is just those logits."""
    try:
        tried, copy = figures.need("tried"), figures.need("log_prob_logits")
    except Missing:
        return SILENT
    for width, times in ((16, 1), (32, 2)):
        if abs(tried / (times * copy) - 1) < _SAME:
            return Words(
                f", just the {figures['tried']} that could not be allocated" + (", in fp32" if width == 32 else ""),
                f",正好就是没能分配的 {figures['tried']}" + ("(fp32)" if width == 32 else ""),
            )
    return SILENT


def _tried_of_update(figures: Figures) -> Words:
    """Of how many whole samples an allocation which failed in an update is the logits."""
    try:
        each = figures.need("tried_tokens") / float(figures.knob("seq_len") or 1)
    except Missing:
        return SILENT
    if each < 2 or each != int(each):
        return SILENT
    return Words(
        f"; the {figures['tried']} that could not be allocated are one such copy of {each:.0f} × {figures['seq']} tokens: the micro-batch was {each:.0f}, not 1",
        f";没能分配的 {figures['tried']} 正好是 {each:.0f} × {figures['seq']} 个 token 的一份:micro-batch 是 {each:.0f},不是 1",
    )


def _copies_are(figures: Figures) -> Words:
    """What the copies of a step are; an evaluation has no gradient."""
    if "evaluation" in figures.about:
        return SILENT
    return Words(
        " (the cast to fp32, the softmax, its gradient, and softcapping where a model has it)",
        "(转 fp32、softmax、它的梯度,有 softcapping 的模型还要一份)",
    )


def _nor_four_bits(figures: Figures) -> Words:
    """That logits are of the same size beside a quantised base."""
    if figures.knob("method") != "qlora":
        return SILENT
    return Words(" nor a quantised base", "和量化基座")


def _tried_of_one(figures: Figures) -> Words:
    """What one copy is of a single sequence, where several were in the step."""
    batch = int(figures.knob("batch_size") or 1)
    if batch < 2 or figures.need("tried_tokens") != figures.tokens:
        return SILENT
    each = f"{figures.need('tried') / batch / GIB:.2f} GiB"
    return Words(f" (one sequence: {each} a copy)", f"(1 条时每份 {each})")


TRIED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "of_a_step": _of_a_step,
    "tried_of_log_probs": _tried_of_log_probs,
    "tried_of_update": _tried_of_update,
    "scores_product": _scores_product,
    "never_written": _never_written,
    "tried_of_padded": _tried_of_padded,
    "copies_are": _copies_are,
    "nor_four_bits": _nor_four_bits,
    "tried_of_one": _tried_of_one,
}
