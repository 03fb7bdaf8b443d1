"""What of a policy's update the micro-batch decides: its logits, with one answer and with all to a prompt at once."""

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words


def micro_batch(figures: Figures) -> Words:
    """What of the update are logits, which the micro-batch decides."""
    copy, peak = figures["logits_copy"], figures["update_logits"]
    whole = _of_all_answers(figures)
    return Words(
        f" Of the update {peak} are logits ({figures['tokens']} tokens × {figures['vocab']} × 4 B = {copy} a copy, several at once){whole.en}, so keep its micro-batch at 1 or 2, or use a fused loss (Liger).",
        f"更新里 {peak} 是 logits({figures['tokens']} token × 词表 {figures['vocab']} × 4 字节 = 一份 {copy},同时几份){whole.zh},所以 micro-batch 保持 1 到 2,或用融合损失(Liger)。",
    )


def _of_all_answers(figures: Figures) -> Words:
    """What a copy is with all answers to a prompt in one micro-batch."""
    try:
        count = int(logged(figures, "generations"))
    except Missing:
        return SILENT
    if int(figures.knob("batch_size") or 1) > 1 or count < 2:
        return SILENT
    copy = gib_words(count * figures.need("logits_copy"))
    return Words(
        f"; with all {count} answers in one micro-batch a copy is {copy}",
        f";{count} 条回答放进同一个 micro-batch,一份就是 {copy}",
    )
