"""Lines on weights of few bits when many sequences run at once: from where on a step is bound by arithmetic, which they do not spare."""

from chat.pace.served import Served
from chat.pace.words import Line, amount, line
from chat.phrases import value
from chat.works import MARLIN
from kb.names import gpu_row

# kept in few bits and multiplied in 16
_WEIGHTS_ALONE = ("awq", "gptq", "nf4", "fp4", "int4", "int8", "nvfp4", "mxfp4")
_OF_16_BIT = 2.0  # bytes a weight
_OPERATIONS = 2  # of a weight for a token


def batched_lines(asked: Served) -> list[Line]:
    """Why throughput falls with such weights; empty where none are told, or the card's rates are not known."""
    stored = next((str(one.get("weight_format")) for one in asked.cases if _alone(one.get("weight_format"))), "")
    cards = [card.place.card for one in asked.worked[:1] for card in one.there.cards if card.place.card]
    row = gpu_row(cards[0].name) if cards else {}
    rate, bandwidth = (float(row.get(name) or 0) for name in ("fp16_bf16_dense_tflops", "bandwidth_gb_s"))
    if not stored or not rate or not bandwidth:
        return []
    few, many = (_where_both_take_as_long(size, rate, bandwidth) for size in (_bytes(asked, stored), _OF_16_BIT))
    name, name_zh = (value("weight_format", stored, language) for language in ("en", "zh"))
    return [
        line(f"**Yes, with many sequences at once that is usual: {name} keeps the weights in few bits and computes in 16, so each step unpacks them first. With few sequences a step is bound by reading the weights and few bits win; on this card ({rate:,.0f} TFLOP/s over {bandwidth:,.0f} GB/s) the gain shrinks from about {amount(few, 2)} sequences on, where arithmetic is the bound, and from about {amount(many, 2)} on 16 bit is as fast, and faster by the unpacking.**",
             f"**并发高时这是正常的:{name_zh} 只是把权重存成低位、按 16 位计算,每一步都要先解包。并发少时瓶颈在读权重,低位更快;这张卡({rate:,.0f} TFLOP/s 对 {bandwidth:,.0f} GB/s)约 {amount(few, 2)} 条起瓶颈变成算力,优势缩小;约 {amount(many, 2)} 条起 16 位一样快,还省了解包。**", MARLIN),
        line("What helps: the Marlin kernels (awq_marlin, gptq_marlin: vLLM takes them from Ampere on unless --quantization awq or gptq is told), or weights that are computed in 8 bits as well: FP8 on Ada and Hopper, INT8 (W8A8) on Ampere. What few bits do bring under load is room: more cache, so more sequences at once.",
             "能改善的:用 Marlin 内核(awq_marlin、gptq_marlin,Ampere 起 vLLM 默认选用,别手动写 --quantization awq/gptq),或连计算也用 8 位的格式:Ada、Hopper 用 FP8,Ampere 用 INT8(W8A8)。低位权重在高并发下真正带来的是空间:缓存更大,能同时跑更多条。"),
    ]  # fmt: skip


def _alone(stored: object) -> bool:
    return str(stored).split("-")[0] in _WEIGHTS_ALONE


def _bytes(asked: Served, stored: str) -> float:
    """Of a weight in this format, scales and what stays in 16 bit included."""
    one = next(
        place
        for place, case in zip(asked.worked, asked.cases, strict=False)
        if str(case.get("weight_format")) == stored
    )
    return one.weight_bytes / float(one.there.n_params or 1)


def _where_both_take_as_long(size: float, tflops: float, gb_s: float) -> float:
    """Sequences of a step for which the products take as long as reading the weights: size x FLOP/s ÷ (2 x bytes/s)."""
    return size * tflops * 1e12 / (_OPERATIONS * gb_s * 1e9)
