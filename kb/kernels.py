"""Which stored formats a server has kernels for on a generation of cards, whatever their memory holds.

vLLM's own table of supported hardware (https://docs.vllm.ai/en/latest/features/quantization/): AWQ from Turing (compute
capability 7.5) on, GPTQ from Volta (7.0) on, FP8 units from Ada on and FP8 weights alone (Marlin) from Ampere on, Turing only
in the newest versions. FP8 units of others: ROCm's table of precisions
(https://rocm.docs.amd.com/en/latest/reference/precision-support.html) and Intel's data types of XMX
(https://www.intel.com/content/www/us/en/support/articles/000098346.html). MetaX's: a cloud's guide to the C500
(https://ai.gitee.com/docs/compute/domestic-gpu).
"""

from typing import Any

from formulas.quantity import Words
from kb.cards import Card
from kb.names import gpu_row
from kb.programs import written

# generations before Ampere with their compute capability, the oldest first
_CAPABILITY = {"Pascal": "6.x", "Volta": "7.0", "Turing": "7.5"}
BEFORE_AMPERE = tuple(_CAPABILITY)
# generations without FP8 units: those before Ada and Hopper, CDNA 3 and RDNA 4, Intel's first two, and Huawei's before the
# 950; of Apple's chips the table has one generation, of which the newest may have them
NVIDIA_WITHOUT_FP8 = (*BEFORE_AMPERE, "Ampere")
# programs with kernels for FP8 weights alone on Ampere (Marlin), so that a weight stays 1 B there
KEEPS_FP8 = ("vllm",)
# with units for 4-bit floating point (NVFP4, MXFP4); before them servers keep such weights in 4 bits and compute in 16
# (https://github.com/vllm-project/llm-compressor/tree/main/examples/quantization_w4a4_fp4)
NVIDIA_WITH_FP4 = ("Blackwell", "Blackwell 2.0", "Blackwell Ultra", "Rubin")
_WITHOUT_FP8 = (
    *NVIDIA_WITHOUT_FP8, "GCN 5.1", "CDNA 1.0", "CDNA 2.0", "RDNA 2.0", "RDNA 3.0", "RDNA 3.5", "Xe-HPG", "Generation 12.5",
    "Da Vinci", "MXMACA",
)  # fmt: skip
# what programs that have kernels of their own are not held to
_SERVERS = ("", "vllm", "sglang", "transformers")
_NOT_AT_ALL = Words(
    "vLLM does not run on Pascal cards (compute capability 6.x, it needs 7.0): take GGUF files in llama.cpp",
    "vLLM 不支持 Pascal(计算能力 6.x,要求 7.0):用 llama.cpp 跑 GGUF",
)


def lacks_fp8(card: Card | None) -> bool:
    """Whether a card's generation is known to have no FP8 units, so that FP8 is only a way to store weights, if it runs at all."""
    generation = str(gpu_row(card.name).get("architecture") or "") if card else ""
    return generation in _WITHOUT_FP8


def lacks_fp8_cache(card: Card | None, engine: Any) -> bool:
    """Whether servers have no kernels for a cache in fp8 on it: on Turing vLLM's Triton attention refuses it, and its FlashInfer,
    which reads it, is kept to Ampere and later since 0.24 (https://github.com/vllm-project/vllm/issues/47549,
    https://github.com/vllm-project/vllm/pull/45375). SGLang on such cards is taken to be like vLLM."""
    generation = str(gpu_row(card.name).get("architecture") or "") if card else ""
    return generation in BEFORE_AMPERE and written(engine) in ("vllm", "sglang")


def computed_in_half(stored: Any, card: Card | None, engine: Any) -> bool:
    """Is it a format of bf16 on a card of before Ampere, which servers load as fp16?"""
    generation = str(gpu_row(card.name).get("architecture") or "") if card else ""
    return stored == "bf16" and generation in _CAPABILITY and generation != "Pascal" and written(engine) in _SERVERS


def lacking(stored: Any, card: Card | None, engine: Any) -> Words | None:
    """Why a format does not run on a card in the usual servers, and what does instead; None where it does."""
    generation = str(gpu_row(card.name).get("architecture") or "") if card else ""
    kind = str(stored or "").split("-")[0]
    if generation not in _CAPABILITY or kind not in ("awq", "gptq", "fp8") or written(engine) not in _SERVERS:
        return None
    has = _CAPABILITY[generation]
    if generation == "Pascal":
        return _NOT_AT_ALL
    if kind == "awq" and generation == "Volta":
        return Words(
            f"vLLM's AWQ kernels need compute capability 7.5 (Turing), {generation} has {has}: take GPTQ of the same bits, which needs 7.0 and the same memory, or GGUF files in llama.cpp",
            f"vLLM 的 AWQ 内核要求计算能力 7.5(Turing 及以后),{generation} 只有 {has}:换同样位数的 GPTQ(要求 7.0,显存一样),或用 llama.cpp 跑 GGUF",
        )
    if kind == "fp8":
        return Words(
            f"FP8 needs Ada or Hopper, and vLLM's weight-only FP8 kernels (Marlin) Ampere, or Turing in the newest versions; {generation} has compute capability {has}: take INT8, GPTQ or GGUF files",
            f"FP8 要 Ada、Hopper 及以后,vLLM 只量化权重的 FP8 内核(Marlin)也要 Ampere(最新版本才支持 Turing);{generation} 的计算能力是 {has}:用 INT8、GPTQ 或 GGUF",
        )
    return None
