"""The logits that an evaluation gathers of its rows, and the hook that keeps indices in their place."""

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, both_words
from formulas.quantity import SILENT, Words

_ARGMAX = 8  # bytes of an index


def _row_logits(figures: Figures) -> float:
    """The fp32 logits of one row of an evaluation."""
    return float(figures.knob("seq_len")) * figures.fact("vocab_size") * 4


def has_rows(figures: Figures) -> bool:
    try:
        return logged(figures, "rows") > 0
    except Missing:
        return False


_CLIMBS = 0.12  # of what a step leaves behind, by which a climb may be told off


def _kept_of_a_step(figures: Figures) -> Words:
    """What each step of an evaluation leaves behind, where its batch is told, and whether that is the climb that is seen."""
    try:
        count = logged(figures, "eval_batch")
    except Missing:
        return SILENT
    if count < 2:
        return SILENT
    size = count * _row_logits(figures)
    shown = f"{count:g} × {figures['seq']} × {figures['vocab']}"
    seen = [float(one) for one in figures.told.get("observed_gb", ())]
    climb = next((one for one in seen for unit in (GB, GIB) if abs(one * unit / size - 1) <= _CLIMBS), None)
    as_seen = (
        Words(f", the {climb:g} GB by which you see it climb", f",正是您看到的每步 {climb:g} GB") if climb else SILENT
    )
    return Words(
        f" and {shown} × 4 B = {both_words(size)} more with every step{as_seen.en}",
        f",每步再加 {shown} × 4 字节 = {both_words(size)}{as_seen.zh}",
    )


def all_rows(figures: Figures) -> Words:
    """What an evaluation gathers: the logits of all of its rows."""
    seq, vocab = figures["seq"], figures["vocab"]
    if not has_rows(figures):
        each, step = both_words(_row_logits(figures)), _kept_of_a_step(figures)
        return Words(
            f"with compute_metrics the Trainer keeps the logits of all rows of the evaluation set until the end, {each} for each row in fp32{step.en}, so it grows with the set",
            f"有 compute_metrics 时,Trainer 会把验证集所有样本的 logits 留到最后,fp32 每条 {each}{step.zh},随验证集增长",
        )
    count = f"{logged(figures, 'rows'):,.0f}"
    size = logged(figures, "rows") * _row_logits(figures)
    whole, beside, least = both_words(size), _beside_training(figures, size), _of_one_at_a_time(figures)
    return Words(
        f"with compute_metrics the Trainer keeps the logits of all {count} rows until the end, {count} × {seq} × {vocab} × 4 B = {whole} in fp32, half of it in 16 bit{beside.en}{least.en}",
        f"有 compute_metrics 时,Trainer 会把全部 {count} 条的 logits 留到最后,{count} × {seq} × {vocab} × 4 字节 = {whole}(按 fp32,16 位减半){beside.zh}{least.zh}",
    )


def _beside_training(figures: Figures, size: float) -> Words:
    """The logits on top of what the training was seen to take, where that is told."""
    seen = [float(one) for one in figures.told.get("observed_gb", ())]
    room = figures.base.capacity
    if len(seen) != 1 or not room or seen[0] * GB >= room:
        return SILENT
    both = f"{seen[0]:g} + {size / GB:.1f} = {seen[0] + size / GB:.1f} GB"
    return Words(
        f", with the {seen[0]:g} GB of training {both}, and for a moment the {size / GB:.1f} GB twice, for each batch is joined to those before by a copy",
        f",加上训练的 {seen[0]:g} GB 是 {both},而且每批都靠复制拼接,一瞬间这 {size / GB:.1f} GB 有两份",
    )


def _of_one_at_a_time(figures: Figures) -> Words:
    """That a smaller batch mends nothing, where it is told to be small."""
    try:
        small = logged(figures, "eval_batch") <= 1
    except Missing:
        small = False
    if not small:
        return SILENT
    return Words(
        "; a smaller batch does not help, for it grows with the rows", ";再减小评估批大小没有用,它随样本数增长"
    )


def smaller_logits(figures: Figures) -> Words:
    """The hook by which an evaluation keeps indices in place of logits, and what those take."""
    vocab = figures["vocab"]
    return Words(
        f"preprocess_logits_for_metrics that returns their argmax ({_ARGMAX} B a token instead of {vocab} × 4)",
        f"用 preprocess_logits_for_metrics 当场取 argmax(每 token {_ARGMAX} 字节,而不是 {vocab} × 4)",
    )
