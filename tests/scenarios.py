"""Conversations of several turns, as people have them: each question with what it changes in the facts in force."""

from typing import Any

# a question, and the facts that it gives or changes; None is a fact that no longer holds
Step = tuple[str, dict[str, Any]]

# fmt: off
ENGLISH: dict[str, list[Step]] = {
    "sharding comes up late": [
        ("Can I QLoRA a 70B model on 2×A100?", {"params": 70e9, "method": "qlora", "gpu": "A100", "n_gpus": 2}),
        ("and with 8k context?", {"seq_len": 8192}),
        ("what if I shard it?", {"zero_stage": 3}),
        ("and on H100s?", {"gpu": "H100"}),
    ],
    "from all weights to adapters": [
        ("How much memory does full fine-tuning of a 7B model take?", {"params": 7e9, "method": "full"}),
        ("what about 13B?", {"params": 13e9}),
        ("and with LoRA?", {"method": "lora"}),
        ("in 4-bit?", {"method": "qlora", "bits": 4}),
    ],
    "a card at home": [
        ("Does Llama-3.1-8B fit on a 4090?", {"model": "Llama-3.1-8B-Instruct", "method": "inference", "gpu": "RTX 4090", "n_gpus": 1}),
        ("in 4-bit?", {"bits": 4}),
        ("with 32k context?", {"seq_len": 32768}),
        ("and on a 3060 12GB?", {"gpu": "RTX 3060", "gpu_memory_gb": 12}),
    ],
    "batch and length": [
        ("Can I LoRA fine-tune Qwen2.5-7B on a single 24GB card?", {"model": "Qwen2.5-7B-Instruct", "method": "lora", "gpu_memory_gb": 24, "n_gpus": 1}),
        ("with batch size 4?", {"batch_size": 4}),
        ("and 4096 tokens?", {"seq_len": 4096}),
        ("without gradient checkpointing?", {"gradient_checkpointing": "off"}),
    ],
    "ZeRO stages": [
        ("Full fine-tuning of Llama-3.1-8B on 4×A100 80GB with ZeRO-2, does it fit?", {"model": "Llama-3.1-8B-Instruct", "method": "full", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 4, "zero_stage": 2}),
        ("with ZeRO-3 instead?", {"zero_stage": 3}),
        ("and 8 GPUs?", {"n_gpus": 8}),
        ("with 8-bit Adam?", {"optimizer": "adamw-8bit"}),
    ],
    "an engine": [
        ("Serve Qwen2.5-32B with vLLM on 2×4090 at 4-bit AWQ, does it fit?", {"model": "Qwen2.5-32B-Instruct", "method": "inference", "engine": "vllm", "gpu": "RTX 4090", "n_gpus": 2, "weight_format": "awq-int4-g128"}),
        ("with 16k context?", {"seq_len": 16384}),
        ("and an fp8 KV cache?", {"kv_format": "fp8"}),
    ],
    "from running to tuning": [
        ("How much VRAM does it take to run Mistral-7B?", {"model": "Mistral-7B-v0.1", "method": "inference"}),
        ("what if I want to fine-tune it with QLoRA?", {"method": "qlora"}),
        ("use rank 64", {"lora_rank": 64}),
        ("on a 16GB card?", {"gpu_memory_gb": 16, "n_gpus": 1}),
    ],
    "a new subject starts afresh": [
        ("Can I QLoRA a 70B model on 2×A100?", {"params": 70e9, "method": "qlora", "gpu": "A100", "n_gpus": 2}),
        ("How much memory does full fine-tuning of a 7B model take?", {"params": 7e9, "method": "full", "gpu": None, "n_gpus": None}),
        ("with ZeRO-3 on 4 cards?", {"zero_stage": 3, "n_gpus": 4}),
    ],
    "GGUF": [
        ("Can I run Llama-3.3-70B Q4_K_M on 2x3090 with llama.cpp?", {"model": "Llama-3.3-70B-Instruct", "method": "inference", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 3090", "n_gpus": 2, "engine": "llama.cpp"}),
        ("and Q5_K_M?", {"weight_format": "gguf:Q5_K_M"}),
        ("with 3 cards?", {"n_gpus": 3}),
    ],
    "several cards, said shortly": [
        ("Can I QLoRA a 70B model on an RTX 4090?", {"params": 70e9, "method": "qlora", "gpu": "RTX 4090", "n_gpus": 1}),
        ("and 4 of them?", {"n_gpus": 4}),
        ("with FSDP?", {"zero_stage": 3}),
    ],
    "preference training": [
        ("DPO on an 8B model with LoRA, one 80GB A100: enough?", {"params": 8e9, "method": "lora", "algo": "dpo", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 1}),
        ("with sequence length 4096?", {"seq_len": 4096}),
        ("and batch 2?", {"batch_size": 2}),
    ],
}

CHINESE: dict[str, list[Step]] = {
    "从全参到多卡": [
        ("7B模型全参微调要多少显存?", {"params": 7e9, "method": "full"}),
        ("那13B呢?", {"params": 13e9}),
        ("用LoRA呢?", {"method": "lora"}),
        ("4张卡呢?", {"n_gpus": 4}),
    ],
    "切分": [
        ("两张A100能用QLoRA微调70B模型吗？", {"params": 70e9, "method": "qlora", "gpu": "A100", "n_gpus": 2}),
        ("上下文8k呢？", {"seq_len": 8192}),
        ("如果切分呢？", {"zero_stage": 3}),
        ("换成H800呢？", {"gpu": "H800"}),
    ],
    "家里的卡": [
        ("4090能跑Qwen3-14B吗？", {"model": "Qwen3-14B", "method": "inference", "gpu": "RTX 4090"}),
        ("int4呢？", {"weight_format": "int4"}),
        ("上下文32K呢？", {"seq_len": 32768}),
        ("那两张呢？", {"n_gpus": 2}),
    ],
    "批大小与长度": [
        ("24G显存能LoRA微调Qwen2.5-7B吗？", {"model": "Qwen2.5-7B-Instruct", "method": "lora", "gpu_memory_gb": 24}),
        ("batch size改成4呢？", {"batch_size": 4}),
        ("序列长度4096呢？", {"seq_len": 4096}),
        ("关掉梯度检查点呢？", {"gradient_checkpointing": "off"}),
    ],
    "ZeRO": [
        ("8卡A800用ZeRO-2全参微调13B够吗？", {"params": 13e9, "method": "full", "gpu": "A800", "n_gpus": 8, "zero_stage": 2}),
        ("ZeRO-3呢？", {"zero_stage": 3}),
        ("只有4张卡呢？", {"n_gpus": 4}),
        ("再加上优化器卸载到CPU呢？", {"offload": "optimizer"}),
    ],
    "量化文件": [
        ("Llama-3.3-70B的Q4_K_M用llama.cpp要多少显存？", {"model": "Llama-3.3-70B-Instruct", "method": "inference", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp"}),
        ("Q8_0呢？", {"weight_format": "gguf:Q8_0"}),
        ("上下文16k呢？", {"seq_len": 16384}),
    ],
    "部署": [
        ("用vLLM部署Qwen2.5-72B，4张A100 80G够吗？", {"model": "Qwen2.5-72B-Instruct", "method": "inference", "engine": "vllm", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 4}),
        ("量化成int8呢？", {"weight_format": "int8"}),
        ("换成2张卡呢？", {"n_gpus": 2}),
    ],
    "秩与优化器": [
        ("QLoRA微调Llama-3.1-8B要多少显存？", {"model": "Llama-3.1-8B-Instruct", "method": "qlora"}),
        ("rank改成128呢？", {"lora_rank": 128}),
        ("优化器换成paged adamw 8bit呢？", {"optimizer": "paged-adamw-8bit"}),
        ("放在3060 12G上行吗？", {"gpu": "RTX 3060", "gpu_memory_gb": 12}),
    ],
    "从推理到训练": [
        ("推理7B模型需要多少显存？", {"params": 7e9, "method": "inference"}),
        ("如果要全参训练呢？", {"method": "full"}),
        ("batch 8呢？", {"batch_size": 8}),
        ("那换成70B呢？", {"params": 70e9}),
    ],
    "新的问题重新开始": [
        ("两张A100能用QLoRA微调70B模型吗？", {"params": 70e9, "method": "qlora", "gpu": "A100", "n_gpus": 2}),
        ("7B模型全参微调要多少显存?", {"params": 7e9, "method": "full", "gpu": None, "n_gpus": None}),
        ("用bf16纯精度呢？", {"precision": "pure-bf16"}),
    ],
}
# fmt: on
