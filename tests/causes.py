"""For each remark on a failure, a situation in which it holds: what is asked about, the facts, what the asker told."""

SEVEN, LLAMA3, QWEN = {"params": "7B"}, {"model": "Llama-3.1-8B"}, {"model": "Qwen2.5-7B"}
SERVED = {"method": "inference"}
_OOM = "oom_diagnosis"
_PIXELS = {"model": "Qwen2-VL-7B", "method": "lora", "gpu_memory_gb": 80}

WHERE_CAUSES_FIRE: dict[str, tuple[list[str], dict[str, object], dict[str, object]]] = {
    # what a message tells
    "index-out-of-range": ([_OOM, "device_assert"], {**QWEN, "method": "lora"}, {}),
    "illegal-access": ([_OOM, "illegal_access"], {}, {}),
    "collective-timeout": ([_OOM, "nccl_timeout"], {}, {}),
    "communication-fault": ([_OOM, "nccl_error"], {}, {}),
    "loss-is-no-number": ([_OOM, "nan_loss"], {}, {}),
    "error-of-the-program": ([_OOM, "python_error"], {}, {}),
    "host-killed-saving": ([_OOM, "host_killed", "saving"], {"params": "72B", "method": "full", "zero_stage": 3}, {}),
    "less-free-than-the-share": ([_OOM, "less_than_share"], {}, {"log": ["free 14.33", "total 23.52", "wanted 21.17", "others 9.19"]}),
    "free-but-refused": ([_OOM], {}, {"oom_gib": [1.95], "log": ["free 18.9", "total 23.69"]}),
    "resuming-holds-states-twice": ([_OOM, "resuming"], {"params": "8B", "method": "full", "zero_stage": 2, "n_gpus": 8}, {}),
    "ddp-needs-no-more": ([_OOM, "ran_otherwise"], {"params": "13B", "method": "qlora", "bits": 4, "n_gpus": 2, "zero_stage": 0, "gpu_memory_gb": 24}, {}),
    "desktop-on-the-card": ([_OOM, "other_process"], {**LLAMA3, "method": "qlora", "bits": 4, "gpu_memory_gb": 24}, {"observed_gb": [22]}),
    "whole-until-sharded": ([_OOM, "loading"], {"params": "70B", "method": "full", "zero_stage": 3, "n_gpus": 8}, {}),
    "map-counts-weights": ([_OOM, "device_map"], {"params": "13B", "method": "lora", "n_gpus": 2, "layer_split": True, "gpu_memory_gb": 24}, {}),
    "quantising-reads-16-bit": ([_OOM, "quantising"], {"params": "70B", "bits": 4, "gpu_memory_gb": 80, **SERVED}, {}),
    "port-taken": ([_OOM, "port_taken"], {}, {}),
    "build-of-another-card": ([_OOM, "no_kernel"], {}, {}),
    "shared-segment": ([_OOM, "shared_segment"], {}, {}),
    "disk-full": ([_OOM, "disk_full"], {**QWEN, "method": "full"}, {}),
    "host-killed-merging": ([_OOM, "host_killed", "merging"], {"params": "70B", "method": "lora", "host_memory_gb": 128}, {}),
    "host-killed-merging-anyhow": ([_OOM, "merging"], {"params": "70B", "method": "lora", "gpu_memory_gb": 48}, {}),
    "host-short-of-offload": ([_OOM], {"params": "13B", "method": "full", "zero_stage": 3, "offload": "params", "n_gpus": 4, "gpu_memory_gb": 24, "host_memory_gb": 128}, {}),
    "host-killed-offloading": ([_OOM, "host_killed"], {"params": "13B", "method": "full", "zero_stage": 3, "offload": "params", "n_gpus": 4}, {}),
    "host-killed-loading": ([_OOM, "host_killed"], {"params": "70B", "n_gpus": 4, **SERVED}, {}),
    "host-killed-alone": ([_OOM, "host_killed"], {"params": "13B", **SERVED}, {}),
    "host-killed-unknown": ([_OOM, "host_killed"], {}, {}),
    # 40.7 GiB of Q4_K_M and 1.25 GiB of cache
    "ollama-sees-no-card": ([_OOM, "ollama_ram"], {"model": "Qwen2.5-72B", "weight_format": "gguf:Q4_K_M", "engine": "ollama", "n_gpus": 2, "gpu_memory_gb": 24, **SERVED}, {"log": ["needs 44.9", "available 30.1"]}),
    "ollama-lacks-ram": ([_OOM, "ollama_ram"], {"model": "Qwen2.5-32B", "weight_format": "gguf:Q4_K_M", "engine": "ollama", "gpu_memory_gb": 8, **SERVED}, {"log": ["needs 13.2", "available 9.6"]}),
    "spilled-by-windows": ([_OOM, "shared_gpu"], {**SEVEN, "method": "lora", "gpu_memory_gb": 16}, {}),
    "ranks-on-one-card": ([_OOM, "all_on_first"], {"params": "32B", **SERVED}, {}),
    "ranks-on-one-card-logged": ([_OOM], {"params": "70B", "method": "qlora", "n_gpus": 8}, {"log": ["others 29.4", "processes 3"]}),
    "others-on-the-card": ([_OOM], {**LLAMA3, "method": "qlora", "gpu": "RTX 4090"}, {"log": ["total 23.6", "others 9.9", "processes 1"]}),
    "others-on-a-card": ([_OOM], {}, {"log": ["total 23.6", "others 9.9", "processes 1"]}),
    "oom-fragmented": ([_OOM], {**SEVEN, "method": "lora"}, {"oom_gib": [1.16, 4.31]}),
    # 14,336 × 4,096 × 4 B = 224 MiB
    "tried-as-fp32-matrix": ([_OOM], {"model": "mistralai/Mistral-7B-v0.1", "gpu": "RTX 3090", **SERVED}, {"tried_gib": 224 / 1024}),
    # 32 heads × 4,096 × 4,096 × 2 B = 1 GiB
    "tried-as-scores": ([_OOM], {"model": "Llama-2-7b-hf", "method": "lora", "seq_len": 4096, "gpu_memory_gb": 40}, {"tried_gib": 1.0}),
    # 65,536 × 32,000 × 4 B = 7.81 GiB
    "tried-as-gathered-logits": ([_OOM, "evaluation"], {"model": "Mistral-7B-v0.1", "method": "lora", "gpu_memory_gb": 40}, {"tried_gib": 7.81}),
    # 1,024 × 152,064 × 4 B = 594 MiB
    "tried-as-sampled-logits": ([_OOM], {**QWEN, **SERVED}, {"tried_gib": 594 / 1024}),
    "longer-than-pool": ([_OOM, "longer_than_pool"], {**LLAMA3, "engine": "vllm", "seq_len": 131072, "gpu": "A10G", **SERVED}, {"log": ["tokens 38624"]}),
    "another-process-beside-a-server": ([_OOM, "other_process"], {"params": "70B", "engine": "vllm", "tp": 4, **SERVED}, {"observed_gb": [21]}),
    "no-cache-blocks": ([_OOM, "no_blocks"], {"model": "Qwen2.5-32B", "bits": 4, "engine": "vllm", "gpu": "RTX 3090", **SERVED}, {}),
    "prefill-warmup": ([_OOM, "prefill_warmup"], {"model": "Qwen2.5-32B", "bits": 4, "engine": "tgi", "gpu": "RTX 3090", "seq_len": 12000, **SERVED}, {"log": ["prefill 8192"]}),
    # 32,768 × 256 KiB = 8 GiB
    "buffer-is-cache": ([_OOM], {"model": "Qwen2.5-32B", "weight_format": "gguf:Q4_K_M", "seq_len": 32768, "gpu": "RTX 3090", **SERVED}, {"log": ["buffer 8"]}),
    "buffer-is-weights": ([_OOM], {"model": "Qwen2.5-32B", "weight_format": "gguf:Q5_K_M", "seq_len": 32768, "gpu": "RTX 4090", **SERVED}, {"log": ["buffer 21"]}),
    # 24 GiB ÷ 192 KiB = 131,072 tokens
    "buffer-of-a-longer-cache": ([_OOM, "kv"], {"model": "Qwen2.5-14B", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 3090", **SERVED}, {"log": ["buffer 24"]}),
    "library-without-workspace": ([_OOM, "cublas"], {**SEVEN, "weight_format": "fp16", "gpu_memory_gb": 12, **SERVED}, {}),
    # served
    "fp8-becomes-16-bit": ([_OOM], {"model": "Llama-3.1-405B", "weight_format": "fp8", "engine": "tensorrt-llm", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 8, "tp": 8, **SERVED}, {}),
    "loaded-in-fp32": ([_OOM], {"model": "Mistral-7B-v0.1", "engine": "transformers", "gpu": "RTX 3090", **SERVED}, {}),
    "profile-of-a-whole-prompt": ([_OOM, "profile_run"], {"params": "72B", "engine": "vllm", "tp": 8, "n_gpus": 8, "seq_len": 32768, "gpu": "RTX 4090", **SERVED}, {}),
    "graphs-beside-the-share": ([_OOM, "graph_capture"], {"params": "34B", "bits": 4, "engine": "vllm", "gpu": "RTX A6000", **SERVED}, {}),
    "beside-a-high-share": ([_OOM, "after_start"], {"params": "14B", "engine": "vllm", "tp": 2, "n_gpus": 2, "gpu": "RTX 3090", "gpu_memory_utilization": 0.97, **SERVED}, {}),
    "chat-that-grows": ([_OOM, "growing", "chat_turns"], {**SEVEN, "bits": 8, "gpu_memory_gb": 12, **SERVED}, {}),
    "beams-are-sequences": ([_OOM], {"params": "13B", "weight_format": "fp16", "gpu": "A100", "gpu_memory_gb": 40, **SERVED}, {"log": ["beams 8"]}),
    "draft-comes-on-top": ([_OOM, "speculative"], {"params": "70B", "draft_model": "Llama-3.2-1B", "gpu": "H100", "gpu_memory_gb": 80, "n_gpus": 2, "tp": 2, "engine": "vllm", **SERVED}, {}),
    "engine-build": ([_OOM, "building"], {"params": "70B", "engine": "tensorrt-llm", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 2, "tp": 2, **SERVED}, {}),
    "beside-the-share-of-one": ([_OOM], {**LLAMA3, "engine": "vllm", "gpu": "L40S", **SERVED}, {}),
    "pool-beside-the-rest": ([_OOM], {**LLAMA3, "engine": "sglang", "gpu": "L40S", **SERVED}, {}),
    "whole-length": ([_OOM], {**LLAMA3, "weight_format": "gguf:Q8_0", "gpu_memory_gb": 16, **SERVED}, {}),
    # moments and settings of a training
    "saving-gathers": ([_OOM, "saving"], {"params": "8B", "method": "full", "zero_stage": 3, "n_gpus": 8, "gpu_memory_gb": 40}, {"observed_gb": [31]}),
    "states-at-the-first-step": ([_OOM, "first_step"], {**SEVEN, "method": "full", "gpu": "A100", "gpu_memory_gb": 80}, {}),
    "kept-graph": ([_OOM, "growing", "kept_graph"], {**LLAMA3, "method": "lora"}, {}),
    "completions-that-grow": ([_OOM, "growing"], {**QWEN, "method": "full", "algo": "grpo"}, {}),
    "training-that-grows": ([_OOM, "growing"], {**QWEN, "method": "lora"}, {}),
    "pictures-decide": ([_OOM, "images"], _PIXELS, {}),
    "packing-fills": ([_OOM, "packing"], {**SEVEN, "method": "qlora", "bits": 4, "seq_len": 8192, "gpu_memory_gb": 24}, {}),
    "accumulation-is-no-help": ([_OOM, "accumulation"], {**LLAMA3, "method": "lora", "batch_size": 16, "gpu_memory_gb": 40}, {}),
    "pairs-are-two": ([_OOM, "tuned_before"], {**LLAMA3, "method": "lora", "algo": "dpo"}, {}),
    "whole-embeddings-train": ([_OOM, "embedding_trained"], {**LLAMA3, "method": "lora", "gpu_memory_gb": 24}, {}),
    "eager-on-an-older-card": ([_OOM], {"params": "13B", "method": "lora", "seq_len": 4096, "gpu": "V100", "gpu_memory_gb": 32}, {}),
    "eager-without-flash": ([_OOM, "flash_lacking"], {"params": "13B", "method": "lora", "seq_len": 4096, "gpu_memory_gb": 32}, {}),
    "older-card-compared": ([_OOM], {**QWEN, "method": "lora", "gpu": "V100 32 GB"}, {"gpus": ["V100 32 GB", "A100 40 GB"]}),
    "logits-decide": ([_OOM], {**QWEN, "method": "lora", "batch_size": 1, "seq_len": 32768, "gpu_memory_gb": 80}, {}),
    "longest-sample": ([_OOM, "midway"], {**LLAMA3, "method": "lora", "gpu_memory_gb": 24}, {}),
    "longest-within-the-limit": ([_OOM, "midway"], {**LLAMA3, "method": "lora", "seq_len": 2048, "gpu_memory_gb": 80}, {}),
    # how many cards share; the sum itself
    "a-copy-of-all-states": ([_OOM], {"params": "1B", "method": "full", "n_gpus": 4, "gpu_memory_gb": 16}, {}),
    "a-copy-does-not-fit": ([_OOM], {"params": "70B", "method": "qlora", "bits": 4, "n_gpus": 4, "gpu_memory_gb": 40}, {}),
    "does-not-fit-even-sharded": ([_OOM], {"params": "70B", "method": "full", "n_gpus": 8, "gpu_memory_gb": 40}, {}),
    "active-is-not-held": ([_OOM, "moe", "active_experts"], {"model": "Mixtral-8x7B", "bits": 4, "gpu": "RTX 3090", **SERVED}, {}),
    "weights-do-not-fit": ([_OOM], {"params": "14B", "weight_format": "fp16", "gpu": "RTX 4090", **SERVED}, {}),
    "context-does-not-fit": ([_OOM], {"params": "13B", "bits": 8, "gpu": "T4", **SERVED}, {}),
    "does-not-fit": ([_OOM], {**SEVEN, "method": "full", "gpu_memory_gb": 24}, {}),
    "on-the-edge": ([_OOM], {**SEVEN, "method": "lora", "gpu_memory_gb": 16}, {}),
    "something-untold": ([_OOM], {**SEVEN, "method": "lora", "gpu_memory_gb": 24}, {}),
    # more than any setting that was not told takes
    "fits-on-paper": ([_OOM], {"params": "1B", "method": "qlora", "bits": 4, "batch_size": 1, "seq_len": 128, "gradient_checkpointing": "on", "attention": "flash", "gpu": "H200"}, {}),
}  # fmt: skip
