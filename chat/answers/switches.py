"""Switches of llama.cpp and vLLM in the words of a program that is computed as one of them.

https://github.com/ollama/ollama/blob/main/docs/faq.mdx, https://lmstudio.ai/docs/app/advanced/per-chat,
https://lmdeploy.readthedocs.io/en/latest/api/cli.html
"""

import re

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_QUANTISED_CACHE = re.compile(r"-fa on --cache-type-k (?P<kind>\w+) --cache-type-v (?P=kind)")
# "num_ctx, -c" of a remark that names both programs' switches
_TWICE = re.compile(r"\b(num_ctx|num_gpu|OLLAMA_NUM_PARALLEL)(?:[,、] ?\1\b| ?[(（]\1\b[)）])")
# the quantised cache, and what stands for a switch with an amount or without
_CALLED: dict[str, tuple[str, dict[str, str]]] = {
    "ollama": (
        "OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE={kind}",
        {"-ngl": "num_gpu", "-c": "num_ctx", "-np": "OLLAMA_NUM_PARALLEL", "--cpu-moe": "llama.cpp --cpu-moe", "--n-cpu-moe": "llama.cpp --n-cpu-moe"},
    ),
    "lm studio": (
        "Flash Attention, K/V Cache Quantization {kind}",
        {"-ngl": "GPU Offload", "-c": "Context Length", "-np": "Max Concurrent Predictions", "--cpu-moe": "llama.cpp --cpu-moe", "--n-cpu-moe": "llama.cpp --n-cpu-moe"},
    ),
    "lmdeploy": (
        "",
        {"--max-model-len": "--session-len", "--max-num-seqs": "--max-batch-size", "--kv-cache-dtype fp8": "--quant-policy 8"},
    ),
}  # fmt: skip


def in_own_switches(text: str, reading: Reading) -> str:
    """The text with the switches of the one program that the question names."""
    named = {str(tool) for tool in reading.extras.get("tools", ())} & set(_CALLED)
    if len(named) != 1 or {"llama.cpp", "vllm"} & {str(tool) for tool in reading.extras.get("tools", ())}:
        return text
    cache, others = _CALLED[named.pop()]
    if cache:
        text = _QUANTISED_CACHE.sub(lambda found: cache.format(kind=found["kind"]), text)
    for theirs, own in others.items():
        text = re.sub(rf"(?<![\w.-]){re.escape(theirs)}(?![\w-])", own, text)
    return _TWICE.sub(r"\1", text)


# a training from scratch is none of the ways to tune, though it takes what full fine-tuning takes
_TUNES = r"\btun(?:e|es|ed|ing)\b|finetun\w*|\bsft\b|微调|精调|调优"
_FROM_SCRATCH = {"full fine-tuning": "pre-training", "Full fine-tuning": "Pre-training", "全量微调": "预训练"}


def as_trained(text: str, reading: Reading) -> str:
    """The text with a training from scratch called so, where no tuning is asked about as well."""
    if "from_scratch" not in reading.cues or compiled(_TUNES).search(reading.lowered):
        return text
    for tuning, training in _FROM_SCRATCH.items():
        text = text.replace(tuning, training)
    return text
