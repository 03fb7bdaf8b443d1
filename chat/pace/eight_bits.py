"""Fewer bits and speed: FP8 beside INT8, whose bytes are the same, and a cache in fewer bits beside one in 16."""

from collections.abc import Sequence
from dataclasses import replace

from chat.pace.words import Line, amount, gigabytes, line
from chat.phrases import value
from chat.works import CUDA_RATES, VLLM_KV
from kb.cards import cards_meant
from kb.kernels import lacks_fp8
from kb.names import gpu_row
from kb.outcome import outcome
from kb.rates import Decoding


def eight_bit_lines(cases: Sequence[Decoding]) -> list[Line]:
    """Of one NVIDIA card whose speed is told with weights in both."""
    formats = {str(case.there.situation.knob("weight_format")) for case in cases}
    cards = {card.name for case in cases for card in case.there.case.rig}
    if not (formats & {"fp8"} and formats & {"int8", "gptq-int8"}) or len(cards) != 1:
        return []
    name = cards.pop()
    if gpu_row(name).get("vendor") != "NVIDIA":
        return []
    called = value("gpu", name, "en")
    if lacks_fp8(cards_meant(name)[0]):
        return [line(
            f"**Memory and the speed of one sequence are the same; for prompts and many sequences at once INT8 is the faster on {called}, which has units for it and none for FP8**: with activations in 8 bits, too (W8A8), it computes at twice the rate of 16 bit, FP8 weights are unpacked to 16 bit (Marlin). bitsandbytes' LLM.int8() is slower than either.",
            f"**显存和单条序列的速度一样;长提示和多条并发时 {called} 上 INT8 更快:它有 INT8 单元,没有 FP8 单元**。激活也是 8 位的 INT8(W8A8)算力是 16 位的两倍,FP8 权重则要解包成 16 位(Marlin)。bitsandbytes 的 LLM.int8() 比两者都慢。",
            CUDA_RATES,
        )]  # fmt: skip
    return [line(
        f"**Memory and speed are the same: {called} has units for both, at one rate, twice that of 16 bit.** FP8 is the usual choice there: it keeps outliers without calibration, and the servers' kernels are made for it; bitsandbytes' LLM.int8() is slower than 16 bit.",
        f"**显存和速度都一样:{called} 两种单元都有,速率相同,是 16 位的两倍。** 这里一般选 FP8:不用校准也能保留离群值,推理框架的内核也主要针对它;bitsandbytes 的 LLM.int8() 比 16 位慢。",
        CUDA_RATES,
    )]  # fmt: skip


_WIDE = ("bf16", "fp16", "fp32", "None")


def narrow_cache_lines(one: Decoding) -> list[Line]:
    """Of a cache in fewer bits, what it can gain over one in 16: the bytes of a step; the kernel decides whether it does."""
    stored = str(one.there.situation.knob("kv_format"))
    if stored in _WIDE or one.host_bytes or one.cache <= 0:
        return []
    case = one.there.case
    wide = Decoding(outcome(replace(case, facts={**case.facts, "kv_format": "bf16"})), one.host)
    called, gain = value("kv_format", stored, "en"), one.bound / wide.bound
    return [line(
        f"**A cache in {called} is at most {gain:.2f} times as fast as one in 16 bit here**, which reads {gigabytes(wide.cache)} of cache a step and reaches at most {amount(wide.bound)} tokens/s. It is so where the attention kernel reads {called} itself (FlashAttention-3, FlashInfer; in llama.cpp with -fa); where the cache is unpacked first it is slower. What it always brings is room for more tokens.",
        f"**这里 {called} 缓存最多是 16 位缓存的 {gain:.2f} 倍快**:16 位每步要读缓存 {gigabytes(wide.cache)},上限 {amount(wide.bound)} token/秒。前提是注意力内核直接读 {called}(FlashAttention-3、FlashInfer;llama.cpp 要开 -fa);要先解包的反而更慢。一定有的好处是能放更多 token。",
        VLLM_KV,
    )]  # fmt: skip
