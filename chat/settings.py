"""Settings as people name them: `paged 8-bit AdamW`, `AWQ 4-bit`, `vLLM`; the tables and the command line have short names."""

import re

from kb.programs import PROGRAMS

# none names a term of memory: beside an amount it would be taken for that of the term
_NAMED = {
    "optimizer": {
        "adamw": ("AdamW", "AdamW"), "adamw-8bit": ("8-bit AdamW", "8 位 AdamW"), "adamw-4bit": ("4-bit AdamW", "4 位 AdamW"),
        "paged-adamw": ("paged AdamW", "分页 AdamW"), "paged-adamw-8bit": ("paged 8-bit AdamW", "分页 8 位 AdamW"),
        "adafactor": ("Adafactor", "Adafactor"), "sgd": ("SGD", "SGD"), "sgd-momentum": ("SGD with momentum", "带动量的 SGD"),
        "muon": ("Muon", "Muon"), "lion": ("Lion", "Lion"), "galore-adamw": ("GaLore AdamW", "GaLore AdamW"),
        "galore-adamw-8bit": ("GaLore 8-bit AdamW", "GaLore 8 位 AdamW"), "lora-fa": ("LoRA-FA", "LoRA-FA"),
    },
    "precision": {
        "pure-bf16": ("pure bf16 (states too)", "纯 bf16(状态也是)"), "pure-fp16": ("pure fp16", "纯 fp16"), "fp32": ("fp32", "fp32"),
        "bf16-params-fp32-states": ("bf16 with fp32 masters and states", "bf16 加 fp32 主副本与状态"),
        "fp16-params-fp32-states": ("fp16 with fp32 masters and states", "fp16 加 fp32 主副本与状态"),
        "amp-bf16": ("bf16 autocast on fp32", "fp32 + bf16 autocast"),
        "amp-fp16": ("fp16 autocast on fp32", "fp32 + fp16 autocast"),
        "adapter-fp32": ("adapters in fp32", "适配器 fp32"),
    },
    "loss": {
        "full-logits": ("plain (all logits at once)", "普通(全部 logits 一次算出)"), "fused": ("fused", "融合"), "chunked": ("chunked", "分块"),
        "last-logits": ("last token's logits", "仅末尾 token 的 logits"),
    },
}  # fmt: skip
_FORMATS = {
    "nf4": ("NF4", "NF4"), "nf4-dq": ("NF4 with double quantisation", "NF4 双重量化"), "fp4": ("FP4", "FP4"), "fp4-dq": ("FP4", "FP4"),
    "fp8": ("FP8", "FP8"), "int8": ("INT8", "INT8"), "int4": ("INT4", "INT4"), "mxfp4": ("MXFP4", "MXFP4"), "nvfp4": ("NVFP4", "NVFP4"),
}  # fmt: skip
_QUANTISED = re.compile(r"(gptq|awq|hqq)-u?int(\d)(?:-g\d+)?")
_ENGINES = {
    "transformers": "HF transformers", "vllm": "vLLM", "litgpt": "LitGPT", "deepspeed": "DeepSpeed", "megatron": "Megatron",
    "colossalai": "Colossal-AI",
}  # fmt: skip


def named(name: str, given: str, language: str) -> str | None:
    """A setting's value by the name that people give it; None where its own name is the usual one."""
    zh = language == "zh"
    if name == "engine":
        return PROGRAMS[given].name if given in PROGRAMS else _ENGINES.get(given)
    if name == "weight_format":
        if quantised := _QUANTISED.fullmatch(given):
            kind, bits = quantised[1].upper(), quantised[2]
            return f"{kind} {bits} 位" if zh else f"{kind} {bits}-bit"
        return _FORMATS[given][zh] if given in _FORMATS else None
    found = _NAMED.get(name, {}).get(given)
    return found[zh] if found else None
