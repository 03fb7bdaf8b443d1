"""How many times what inference takes a training takes: bytes of a parameter's states over those of its 16-bit weight."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing
from chat.figures.sums.identified import product
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT

# bytes of a parameter by the way of training, with 16-bit weights and gradients
_PURE, _PURE_8_BIT = 8, 6
_FP32 = 4  # of its weight alone
_WAYS: tuple[tuple[float, Words], ...] = (
    (TRAINED, Words("AdamW in mixed precision (2 + 2 + 12)", "混合精度 AdamW(2 + 2 + 12)")),
    (_PURE, Words("AdamW in pure bf16 (2 + 2 + 4)", "纯 bf16 的 AdamW(2 + 2 + 4)")),
    (_PURE_8_BIT, Words("8-bit AdamW in pure bf16 (2 + 2 + 2)", "纯 bf16 加 8 位 AdamW(2 + 2 + 2)")),
)


def _times(figures: Figures) -> Words:
    """Yes, only in one way, or no; then each way of training with its multiple, in figures where there is a size."""
    sized = figures.names_model
    ways = [(each / WEIGHT, words, product(figures, each) if sized else SILENT) for each, words in _WAYS]
    verdict = _verdict(figures, ways)
    listed_en = "; ".join(f"{times:g} times with {w.en}" + (f", {size.en}" if sized else "") for times, w, size in ways)
    listed_zh = ";".join(f"{w.zh} {times:g} 倍" + (f",{size.zh}" if sized else "") for times, w, size in ways)
    base = product(figures, WEIGHT) if sized else SILENT
    return Words(
        f"**{verdict.en}Against 16-bit weights of 2 B per parameter{f' ({base.en})' if sized else ''} full training takes {listed_en}.** In fp32 (4 + 4 + 8) it is {TRAINED / _FP32:g} times the weights of {_FP32} B. LoRA takes about what inference does. Activations and logits come on top in training, the KV cache in inference, so both grow with the tokens and no fixed multiple holds for long samples.",
        f"**{verdict.zh}推理时 16 位权重每参数 2 字节{f'({base.zh})' if sized else ''},全参训练是它的:{listed_zh}。** 全用 fp32(4 + 4 + 8)则是 {_FP32} 字节权重的 {TRAINED / _FP32:g} 倍。LoRA 与推理相近。训练另加激活和 logits,推理另加 KV 缓存,都随 token 增长,所以长样本时没有固定倍数。",
    )


def _verdict(figures: Figures, ways: list[tuple[float, Words, Words]]) -> Words:
    try:
        said = logged(figures, "times_said")
    except Missing:
        return SILENT
    usual, *_ = ways
    if said == usual[0]:
        return Words("Yes, with AdamW in mixed precision. ", "对,指混合精度 AdamW。")
    full = Words(" and for fp32 weights", "和全 fp32") if said == TRAINED / _FP32 else SILENT
    for times, words, _ in ways:
        if said == times:
            return Words(
                f"{said:g} times holds for {words.en}{full.en}, not in mixed precision. ",
                f"{said:g} 倍对{words.zh}{full.zh}成立,混合精度不是。",
            )
    return Words(f"Not {said:g} times. ", f"不是 {said:g} 倍。")


TIMES_WORDS: dict[str, Callable[[Figures], Words]] = {"times_inference": _times}
