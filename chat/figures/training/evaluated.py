"""What an evaluation takes: a step of it beside the weights, and the logits that are kept for metrics until its end."""

from collections.abc import Callable

from chat.figures.named import Figures, both_words, gib_words
from chat.figures.training.eval_rows import all_rows, has_rows, smaller_logits
from chat.figures.training.moments import eval_batch_told, eval_setting, standing
from formulas.quantity import SILENT, Words

# bytes of a logit as the model gives it, and of the copy that the loss is computed from
_GIVEN, _FOR_THE_LOSS = 2, 4

# what the logits come on top of
_HELD = {
    False: Words("the weights", "权重"),
    True: Words("the weights and the optimizer's states, which stay,", "权重和一直留着的优化器状态"),
}


def _step(figures: Figures, count: float) -> float:
    """The logits of a step of so many sequences."""
    tokens = count * float(figures.knob("seq_len"))
    return (_GIVEN + _FOR_THE_LOSS) * tokens * figures.fact("vocab_size")


def _of_a_step(figures: Figures) -> Words:
    """A step of it: its own batch, its logits, and the whole with what stays on the card, against the card."""
    count, held = figures.need("eval_batch"), standing(figures)
    size, whole, setting = _step(figures, count), _step(figures, count) + held, eval_setting(figures)
    blameless = count == 1 and eval_batch_told(figures) and whole <= (figures.base.capacity or whole)
    if blameless and _keeps(figures):
        setting = Words(f"{setting.en}, and not the cause:", f"{setting.zh},不是原因:")
    each = f"{count:,.0f} × {figures['seq']} tokens × {figures['vocab']}"
    shown = f"{each} × ({_GIVEN} + {_FOR_THE_LOSS}) B = {both_words(size)}"
    shown_zh = shown.replace("tokens", "token").replace(" B =", " 字节 =")
    comma, comma_zh = ("", "") if blameless and _keeps(figures) else (",", ",")
    if "method_open" in figures.about:  # of no method it is known what stays beside them
        return Words(
            f"its batch is a setting of its own, {setting.en}{comma} {shown} of logits, in 16 bit and as an fp32 copy for the loss, beside the weights and states of training, which stay",
            f"评估批大小是单独的设置,{setting.zh}{comma_zh}{shown_zh} 的 logits(16 位一份,算 loss 再转 fp32 一份),叠加在一直留着的训练权重和状态之上",
        )
    room = figures.base.capacity
    of = Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT
    less = gib_words(_step(figures, 1) + held)
    beside = _HELD[held > figures.base.terms.get("weights", 0.0)]  # in an evaluation within a training
    one = Words(f", with 1 sequence {less}", f",设为 1 条则共 {less}") if count > 1 else SILENT
    return Words(
        f"its batch is a setting of its own, {setting.en}{comma} {shown} of logits, in 16 bit and as an fp32 copy for the loss; with {beside.en} {gib_words(whole)}{of.en}{one.en}",
        f"评估批大小是单独的设置,{setting.zh}{comma_zh}{shown_zh} 的 logits(16 位一份,算 loss 再转 fp32 一份),连同{beside.zh}共 {gib_words(whole)}{of.zh}{one.zh}",
    )


def _keeps(figures: Figures) -> bool:
    """Is it what is kept for metrics that fills the card, and no single step?"""
    return bool(figures.about & {"growing", "midway", "metrics_told"}) or has_rows(figures) or eval_batch_told(figures)


def _reason(figures: Figures) -> Words:
    step, kept = _of_a_step(figures), all_rows(figures)
    first, then = (kept, step) if _keeps(figures) else (step, kept)
    return Words(f"{first.en}; {then.en}", f"{first.zh};{then.zh}")


def _mends(figures: Figures) -> Words:
    """The remedies, the one that the reason asks for first; what is set already is none."""
    smaller = smaller_logits(figures)
    one = [Words("per_device_eval_batch_size 1", "per_device_eval_batch_size 设为 1")]
    one = one if figures.need("eval_batch") > 1 else []
    kept = [
        smaller,
        Words(
            "eval_accumulation_steps (moves them to host memory every few steps, which must then hold them)",
            "eval_accumulation_steps(每几步移到内存,内存要放得下)",
        ),
    ]
    if _keeps(figures):
        one = [
            Words(f"{way.en} (of one step alone; what is kept stays as large)", f"{way.zh}(只减一步的,留下的照样多)")
            for way in one
        ]
    told = [*kept, *one] if _keeps(figures) else [*one, *kept]
    return Words(", ".join(way.en for way in told), ",".join(way.zh for way in told))


EVALUATED: dict[str, Callable[[Figures], Words]] = {
    "eval_reason": _reason,
    "eval_mends": _mends,
    "all_rows": all_rows,
    "smaller_logits": smaller_logits,
    "eval_setting": eval_setting,
}
