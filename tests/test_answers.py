"""How answers are put: verdict first, cases as a person says them, remarks with their conditions, follow-ups."""

import re
import string

import pytest

from chat.agent import Assistant
from chat.answers.case_tables import cases_of
from chat.answers.headlines import headline
from chat.events import Conversation
from chat.figures.named import Figures, Missing
from chat.phrases import in_words, value
from chat.remarks.remark import made
from chat.remarks.table import REMARKS
from tests.causes import WHERE_CAUSES_FIRE


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


# ── remarks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("remark", REMARKS, ids=[remark.key for remark in REMARKS])
def test_a_remark_says_the_same_in_both_languages_and_cites_its_source(remark: object) -> None:
    assert isinstance(remark, type(REMARKS[0]))
    assert fields(remark.en) == fields(remark.zh)
    assert remark.source[0]
    assert remark.source[1].startswith("https://")
    assert not re.search(r"[\u4e00-\u9fff]", remark.en)


def test_no_two_remarks_share_a_key() -> None:
    assert len({remark.key for remark in REMARKS}) == len(REMARKS)


SEVEN, LLAMA3, QWEN = {"params": "7B"}, {"model": "Llama-3.1-8B"}, {"model": "Qwen2.5-7B"}
# key: (subjects, facts, what the asker told)
FIRES: dict[str, tuple[list[str], dict[str, object], dict[str, object]]] = {
    "zero-on-one-card": (["fits"], {**SEVEN, "method": "full", "zero_stage": 2, "gpu_memory_gb": 24}, {}),
    "zero2-keeps-frozen-weights": (["fits"], {**SEVEN, "method": "qlora", "bits": 4, "zero_stage": 2, "n_gpus": 4}, {}),
    "zero3-of-a-quantised-base": (["fits"], {**SEVEN, "method": "qlora", "bits": 4, "zero_stage": 3, "n_gpus": 4}, {}),
    "zero3-loads-whole": (["oom_diagnosis"], {**SEVEN, "method": "lora", "zero_stage": 3, "n_gpus": 8}, {}),
    "stages": (["method_diff", "stages"], {"task": "train", "zero_stage": 2}, {}),
    "stages-in-figures": (["method_diff"], {**SEVEN, "method": "full", "zero_stage": 3, "n_gpus": 8}, {}),
    "stages-compute-the-same": (["method_diff", "stages"], {"task": "train", "zero_stage": 3}, {}),
    "host-memory": (["zero_offload"], {**SEVEN, "method": "full", "offload": "params", "zero_stage": 3, "host_memory_gb": 94}, {}),
    "host-memory-plain": (["zero_offload"], {**SEVEN, "method": "full", "offload": "optimizer", "zero_stage": 2}, {}),
    "same-memory": (["why_more", "same_memory", "lora"], {**SEVEN, "method": "full", "zero_stage": 3}, {}),
    "sharding-not-felt": (["why_more", "same_memory"], {"task": "train", "zero_stage": 3}, {}),
    "adam-keeps": (["adam_state"], {"task": "train"}, {}),
    "sixteen-eighteen-twenty": (["explain_derive", "sixteen_bytes", "twenty_times"], {"task": "train"}, {}),
    "states-of-any-size": (["fits"], {"task": "train", "method": "full", "n_gpus": 4, "gpu_memory_gb": 40}, {}),
    "pure-bf16-in-figures": (["fits"], {**SEVEN, "method": "full", "gpu_memory_gb": 80}, {}),
    "frozen-base-alone": (["how_many_gpus", "lora"], {"params": "70B", "method": "lora", "gpu_memory_gb": 80}, {}),
    "where-activations-decide": (["method_diff", "adapters_take_more"], {**SEVEN, "method": "lora"}, {}),
    "cache-over-cards": (["explain_derive", "cache_over_cards"], {**LLAMA3, "method": "inference", "n_gpus": 2}, {}),
    "latent-cache-over-cards": (["explain_derive", "cache_over_cards"], {"model": "DeepSeek-V3", "method": "inference", "tp": 8, "n_gpus": 8}, {}),
    "or-tuned": (["fits"], {"params": "70B", "bits": 4, "gpu_memory_gb": 48}, {}),
    "all-versions": (["fits", "all_versions"], {**QWEN, "method": "inference"}, {}),
    "common-size": (["largest_model"], {"task": "train", "method": "qlora", "gpu_memory_gb": 12}, {}),
    "first-step": (["oom_diagnosis"], {**SEVEN, "method": "full"}, {}),
    "states-floor": (["fits"], {**SEVEN, "method": "full"}, {}),
    "states-shared": (["fits"], {**SEVEN, "method": "full", "n_gpus": 4}, {}),
    "small-model-fp32": (["oom_diagnosis"], {**SEVEN, "method": "full", "engine": "litgpt"}, {}),
    "no-bf16": (["fits"], {**SEVEN, "method": "lora", "gpu": "V100", "gpu_memory_gb": 32}, {}),
    "logits": (["logits"], {**QWEN, "method": "lora", "seq_len": 8192}, {}),
    "vocabulary": (["oom_diagnosis"], {**QWEN, "method": "lora", "seq_len": 2048}, {}),
    "checkpoints": (["max_batch_ctx"], {**QWEN, "method": "lora", "seq_len": 32768}, {}),
    "layers-take-turns": (["method_diff", "device_map"], {**SEVEN, "method": "lora", "n_gpus": 2, "gpu": "RTX 3090", "layer_split": True, "zero_stage": 0}, {}),
    "eager": (["oom_diagnosis"], {**SEVEN, "method": "lora", "seq_len": 8192}, {}),
    "lora-saves-states": (["why_more", "long_context", "lora"], {**SEVEN, "method": "lora", "seq_len": 8192}, {}),
    "long-context-remedy": (["why_more", "long_context"], {**SEVEN, "method": "lora", "seq_len": 8192}, {}),
    "eight-bits-between": (["which_method"], {"params": "14B", "method": "lora", "gpu_memory_gb": 24}, {}),
    "qlora-for-more": (["fits"], {"model": "Qwen-7B", "method": "lora", "n_gpus": 2, "gpu": "RTX 4090"}, {}),
    "qlora-by-program": (["which_method"], {"model": "Qwen3-8B", "method": "lora", "gpu_memory_gb": 16}, {}),
    "moments-or-masters": (["several_optimizers"], {**SEVEN, "method": "full", "optimizer": "adamw"}, {}),
    "smaller-methods": (["check_arithmetic"], {**SEVEN, "method": "full", "gpu_memory_gb": 24}, {}),
    "checkpointing-effect": (["method_diff", "checkpointing"], {**SEVEN, "method": "full", "seq_len": 4096}, {}),
    "flash-effect": (["method_diff", "flash"], {**SEVEN, "method": "lora", "seq_len": 4096}, {}),
    "accumulation": (["unclear", "accumulation"], {**SEVEN, "method": "full"}, {}),
    "beyond-weights": (["why_more"], {**SEVEN, "method": "lora"}, {}),
    "claim-as-length": (["why_more"], {**SEVEN, "method": "lora"}, {"claims_gb": [35], "observed_gb": [35]}),
    "takes-its-share": (["why_more"], {**LLAMA3, "method": "inference", "engine": "lmdeploy", "gpu": "L40S"}, {"programs": ["lmdeploy"]}),
    "beside-the-share": (["oom_diagnosis"], {"params": "34B", "method": "inference", "engine": "vllm", "n_gpus": 4, "tp": 4, "gpu": "L40S"}, {}),
    "graph-on-every-card": (["fell_back"], {**LLAMA3, "weight_format": "gguf:Q6_K", "method": "inference", "seq_len": 65536, "n_gpus": 2, "gpu_memory_gb": 12, "layer_split": True}, {}),
    "image-tower": (["oom_diagnosis", "images"], {**QWEN, "method": "inference", "gpu_memory_gb": 24, "engine": "llama.cpp"}, {}),
    "pictures-beside-the-text": (["oom_diagnosis", "images"], {**QWEN, "method": "inference", "gpu_memory_gb": 24}, {}),
    "served-total": (["kv_cache", "claim_checked"], {**LLAMA3, "method": "inference", "seq_len": 32768, "batch_size": 10}, {}),
    "batch-by-default": (["oom_diagnosis"], {"model": "Qwen2.5-1.5B", "method": "lora", "engine": "trl", "algo": "dpo", "gpu_memory_gb": 40}, {}),
    "a-copy-on-each": (["why_more"], {**SEVEN, "method": "qlora", "bits": 4, "zero_stage": 0, "n_gpus": 2}, {}),
    "four-bits-not-divided": (["oom_diagnosis"], {"params": "34B", "method": "qlora", "bits": 4, "zero_stage": 3, "n_gpus": 4, "gpu_memory_gb": 16}, {}),
    "is-checkpointing-on": (["why_more"], {**QWEN, "method": "lora", "seq_len": 4096}, {}),
    "tried-as-parameters": (["oom_diagnosis"], {"model": "Llama-3.1-8B", "method": "full", "zero_stage": 1, "n_gpus": 4, "gpu_memory_gb": 80}, {"tried_gib": 29.92}),
    "claim-as-zero2-states": (["oom_diagnosis"], {"params": "14B", "method": "full", "zero_stage": 2, "n_gpus": 8, "gpu_memory_gb": 80}, {"claims_gb": [55.4]}),
    "small-shortfall": (["oom_diagnosis"], {**SEVEN, "method": "lora", "batch_size": 8, "gpu_memory_gb": 24}, {"short_gb": 0.25}),
    "gradients-whole-first": (["oom_diagnosis"], {**SEVEN, "method": "full", "zero_stage": 2, "n_gpus": 8, "gpu_memory_gb": 48}, {}),
    "estimators-count-states": (["oom_diagnosis"], {**SEVEN, "method": "full", "zero_stage": 2, "offload": "optimizer", "n_gpus": 2, "gpu_memory_gb": 24}, {}),
    "loss-not-fused": (["oom_diagnosis"], {**LLAMA3, "method": "qlora", "engine": "unsloth", "seq_len": 40960, "gpu_memory_gb": 80}, {}),
    "offload-needs-ram": (["oom_diagnosis"], {"params": "14B", "method": "full", "zero_stage": 3, "offload": "params", "n_gpus": 4, "gpu_memory_gb": 80}, {}),
    "evaluation-by-default": (["oom_diagnosis", "evaluation"], {**QWEN, "method": "lora"}, {}),
    "rollout-wakes-beside-states": (["oom_diagnosis", "rollout_again"], {**QWEN, "algo": "grpo", "method": "full", "gpu_memory_utilization": 0.6, "n_gpus": 4, "gpu": "A100", "gpu_memory_gb": 80}, {}),
    "common-size-instead": (["fits"], {"params": "72B", "task": "train", "gpu": "RTX 4090", "n_gpus": 1}, {}),
    "prepared-for-k-bits": (["fits"], {"model": "gemma-2-27b-it", "method": "qlora", "bits": 4, "gpu": "RTX 3090", "seq_len": 4096, "engine": "transformers"}, {}),
    "pictures-in-training": (["why_more", "images"], {"model": "Qwen2-VL-7B", "method": "lora"}, {"log": ["width 4000", "height 3000", "pictures 1"]}),
    "rollout-engine": (["fits"], {**QWEN, "algo": "grpo", "method": "full", "rollouts_by": "asleep", "n_gpus": 4, "gpu": "A100", "gpu_memory_gb": 80}, {}),
    "script-that-prepares": (["fits"], {"model": "gemma-2-9b-it", "method": "qlora", "bits": 4, "gpu_memory_gb": 12, "seq_len": 512}, {}),
    "rollout-shares-the-card": (["oom_diagnosis"], {**QWEN, "algo": "grpo", "gpu_memory_utilization": 0.7, "n_gpus": 4, "gpu": "A100", "gpu_memory_gb": 80}, {}),
    "claim-without-optimizer": (["check_arithmetic"], {"params": "32B", "method": "full"}, {"claims_gb": [130]}),
    "claim-as-fp32-base": (["why_more"], {"model": "Llama-3.1-8B", "method": "lora"}, {"claims_gb": [32.5], "observed_gb": [32.5]}),
    "claim-as-fp32-weights": (["why_more"], {"params": "3B", "method": "full"}, {"claims_gb": [12.9], "observed_gb": [12.9]}),
    "ranges-of-methods": (["how_much"], {**SEVEN, "method": "lora"}, {"ranges": ["lora 28-40"]}),
    "claim-as-pure-bf16": (["check_arithmetic"], {**SEVEN, "method": "full"}, {"claims_gb": [54]}),
    "claim-as-adam": (["check_arithmetic"], {**SEVEN, "method": "full"}, {"claims_gb": [84]}),
    "claim-of-the-table": (["why_more"], {"params": "13B", "method": "qlora", "bits": 4}, {"claims_gb": [12]}),
    "less-than-the-states": (["why_more"], {"params": "13B", "method": "full", "n_gpus": 4}, {"claims_gb": [11], "observed_gb": [11]}),
    "four-copies": (["explain_derive", "four_by_four"], {**SEVEN, "method": "full"}, {}),
    "claim-without-groups": (["kv"], {"model": "Llama-3.1-8B", "method": "inference", "seq_len": 16384, "batch_size": 4}, {"claims_gb": [32]}),
    "ways-to-fit": (["how_to"], {**SEVEN, "method": "full", "gpu_memory_gb": 80}, {}),
    "loading": (["oom_diagnosis"], {**SEVEN, "method": "lora", "gpu_memory_gb": 80}, {}),
    "fragmentation": (["oom_diagnosis", "fragmentation"], {**SEVEN, "method": "lora"}, {}),
    "images": (["oom_diagnosis", "images"], {**SEVEN, "method": "lora"}, {}),
    "ppo-on-one-base": (["rl_memory"], {**SEVEN, "algo": "ppo", "method": "lora"}, {}),
    "ppo-roles": (["rl_memory"], {**SEVEN, "algo": "ppo"}, {}),
    "ppo-cards": (["rl_memory"], {"params": "70B", "algo": "ppo"}, {}),
    "preference-roles": (["rl_memory"], {**SEVEN, "algo": "dpo"}, {}),
    "kto-roles": (["rl_memory"], {**SEVEN, "algo": "kto"}, {}),
    "no-reference": (["rl_memory"], {**SEVEN, "algo": "orpo"}, {}),
    "rl-roles": (["rl_memory"], {**SEVEN, "algo": "grpo"}, {}),
    "rl-few-actors": (["rl_memory", "few_actors"], {**SEVEN, "algo": "grpo", "zero_stage": 2, "n_gpus": 2}, {}),
    "rl-generation": (["rl_memory"], {**SEVEN, "algo": "grpo", "method": "lora", "zero_stage": 3, "n_gpus": 8}, {}),
    "half-a-byte": (["explain_derive"], {"params": "70B", "method": "qlora", "bits": 4}, {}),
    "table-and-measurement": (["table_lookup", "measured"], {"params": "70B", "method": "qlora", "bits": 4}, {"claims_gb": [48, 61.4]}),
    "pure-bf16-halves": (["table_lookup", "pure_bf16"], {"task": "train"}, {}),
    "rules-of-the-table": (["x_rule"], {"params": "34B", "method": "full"}, {}),
    "bare-low-bits": (["table_lookup"], {"params": "70B", "method": "qlora", "bits": 2}, {}),
    "one-point-two": (["explain_derive", "one_point_two"], {**LLAMA3, "method": "inference"}, {}),
    "scores-formula": (["explain_derive", "score_formula"], {**SEVEN, "method": "full"}, {}),
    "frozen-layers-keep": (["why_more", "lora", "frozen_keep"], {**SEVEN, "method": "lora"}, {}),
    "cache-of-a-mixture": (["kv_cache", "moe"], {"model": "Qwen3-30B-A3B", "method": "inference"}, {}),
    "counting-words": (["units", "counting_words"], {}, {}),
    "bits-and-bytes": (["units", "bits_and_bytes"], {}, {}),
    "k-of-tokens": (["units", "k_of_tokens"], {"seq_len": 131072}, {}),
    "k-of-cached-tokens": (["units", "kv", "k_of_tokens"], {**LLAMA3, "method": "inference", "seq_len": 131072}, {}),
    "ram-in-two-units": (["units", "host_words"], {"gpu_memory_gb": 16}, {}),
    "name-is-no-product": (["name_multiplied"], {"model": "Mixtral-8x7B", "method": "inference"}, {}),
    "claims-of-one-need": (["units"], {**SEVEN, "method": "inference"}, {"claims_gb": [14, 13]}),
    "kv-in-one-line": (["kv_cache"], {**LLAMA3, "method": "inference"}, {}),
    "account": (["check_arithmetic"], {**SEVEN, "method": "full"}, {"parts": ["weights 14", "gradients 14"]}),
    "kv-claim": (["kv_cache", "claim_checked"], {**LLAMA3, "method": "inference"}, {"claims_kb": [128]}),
    "claim-total": (["how_much", "claim_checked"], {"params": "65B", "method": "qlora", "bits": 4}, {"claims_gb": [48]}),
    "kv-stays-16-bit": (["kv_cache"], {**LLAMA3, "method": "inference", "weight_format": "int4"}, {}),
    "claim-as-16-bit": (["explain_derive"], {**SEVEN, "method": "inference"}, {"claims_gb": [14]}),
    "claim-as-states": (["check_arithmetic"], {**SEVEN, "method": "full"}, {"claims_gb": [112]}),
    "claim-as-cache": (["kv"], {"model": "Llama-3-70B", "method": "inference", "seq_len": 32768}, {"claims_gb": [32, 10.4]}),
    "micro-batch-decides": (["oom_diagnosis", "accumulation"], {"task": "train"}, {}),
    "length-or-batch": (["why_more", "length_and_batch"], {"task": "train"}, {}),
    "linear-in-length": (["oom_diagnosis", "square_of_length"], {**SEVEN, "method": "lora"}, {}),
    "why-activations-are-kept": (["why_more", "why_recompute"], {"task": "train"}, {}),
    "experts-on-demand": (["moe", "experts_on_demand"], {}, {}),
    "adapters-take-more": (["method_diff", "adapters_take_more"], {**SEVEN, "method": "lora"}, {}),
    "experts-are-stored": (["moe", "active_alone"], {}, {}),
    "zero3-divides-states": (["claim_checked", "zero3_divides_all", "stages"], {"task": "train", "zero_stage": 3}, {}),
    "fp8-training": (["method_diff", "fp8_training"], {"task": "train"}, {}),
    "kv-general": (["kv_cache", "explain_derive"], {**LLAMA3, "method": "inference", "seq_len": 8192}, {}),
    "kv-with-other-heads": (["kv"], {**LLAMA3, "method": "inference", "seq_len": 8192}, {"kv_heads": 32}),
    "cells-explained": (["table_lookup", "explain_derive"], {"model": "Mixtral-8x7B", "method": "full"}, {}),
    "rank-has-effect": (["claim_checked", "rank_denied"], {**SEVEN, "method": "lora"}, {}),
    "stages-claimed": (["claim_checked", "stages"], {**SEVEN, "method": "full", "n_gpus": 8}, {"claims_gb": [112, 14]}),
    "row-of-the-table": (["table_lookup", "row_holds"], {"model": "Qwen2.5-32B", "method": "lora"}, {}),
    "shapes-told": (["how_much"], {"config": '{"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16, "vocab_size": 50000, "intermediate_size": 5632}', "method": "full"}, {}),
    "vocabulary-extended": (["how_much"], {**SEVEN, "method": "full"}, {"added_vocabulary": 20000}),
    "states-by-stage": (["states_only"], {**SEVEN, "method": "full", "n_gpus": 8}, {}),
    "kinds-of-attention": (["kv_cache", "kinds_of_attention"], {}, {}),
    "kv-claims": (["kv", "claim_checked"], {"model": "Llama-3-70B", "method": "inference", "seq_len": 32768}, {"claims_gb": [80, 10.4]}),
    "cache-without-groups": (["multi_head"], {**LLAMA3, "method": "inference", "seq_len": 8192}, {}),
    "cache-is-divided": (["kv"], {**LLAMA3, "method": "inference", "seq_len": 131072, "n_gpus": 2}, {}),
    "cache-of-any-model": (["kv_cache"], {}, {}),
    "adam-in-figures": (["adam_state"], {**SEVEN, "method": "full"}, {}),
    "adapters-in-figures": (["explain_derive"], {**SEVEN, "method": "lora", "lora_targets": "q v"}, {}),
    "eighteen-of-the-table": (["eighteen_bytes"], {**SEVEN}, {}),
    "tried-as-logits": (["oom_diagnosis"], {**LLAMA3, "method": "qlora", "bits": 4}, {"tried_gib": 3.91}),
    "computing-per-token": (["training_time"], {**SEVEN, "method": "full"}, {}),
    "images-served": (["images"], {**QWEN, "method": "inference"}, {}),
    "oom-fragmented": (["oom_diagnosis"], {**SEVEN, "method": "lora"}, {"oom_gib": [1.16, 4.31]}),
    "oom-short": (["oom_diagnosis"], {**SEVEN, "method": "lora"}, {"oom_gib": [2.0, 0.37]}),
    "active-alone": (["moe"], {"model": "Mixtral-8x7B", "method": "inference"}, {"claims_gb": [26.0]}),
    "quantised-cache": (["how_much"], {**LLAMA3, "method": "inference", "kv_format": "q8_0"}, {}),
    "price-of-a-server": (["cost"], {**SEVEN, "method": "inference"}, {}),
    "price": (["cost"], {**SEVEN, "method": "lora"}, {}),
    "fsdp-and-zero": (["fsdp_and_zero"], {**SEVEN, "method": "full", "n_gpus": 4, "zero_stage": 3}, {}),
    "flash-or-eager": (["flash_compared"], {**SEVEN, "method": "lora", "attention": "flash"}, {}),
    "no-kl-no-reference": (["rl_memory", "no_kl"], {**SEVEN, "algo": "grpo"}, {}),
    "reference-is-the-base": (["rl_memory", "second_model"], {**SEVEN, "method": "lora", "algo": "dpo"}, {}),
    "adapters-are-no-reference": (["rl_memory"], {**SEVEN, "method": "lora", "algo": "dpo"}, {}),
    "pairs-with-adapters": (["rl_memory"], {**SEVEN, "method": "lora", "algo": "dpo"}, {}),
    "draft": (["speculative"], {**LLAMA3, "method": "inference"}, {}),
    "teacher-beside": (["how_much"], {**LLAMA3, "method": "full", "teacher_model": "Llama-3.1-70B", "n_gpus": 4}, {}),
    "draft-counted": (["speculative"], {**LLAMA3, "method": "inference", "draft_model": "Llama-3.2-1B"}, {}),
    "draft-looked-up": (["speculative"], {**LLAMA3, "method": "inference", "draft_model": "ngram"}, {}),
    "weights-and-one-sequence": (["how_much"], {**LLAMA3, "method": "inference", "seq_len": 131072}, {}),
    "cards-for-one-sequence": (["how_many_gpus"], {**LLAMA3, "method": "inference", "seq_len": 131072, "gpu": "H100", "gpu_memory_gb": 80}, {}),
    "kv-per-token-quietly": (["fits"], {**LLAMA3, "method": "inference", "gpu_memory_gb": 16}, {}),
    "at-once": (["served_users"], {**LLAMA3, "method": "inference", "engine": "vllm"}, {}),
    "pool": (["served_users"], {**LLAMA3, "method": "inference", "engine": "vllm"}, {}),
    "static-fraction": (["oom_diagnosis", "mem_fraction"], {"engine": "sglang"}, {}),
    "heads-do-not-divide": (["heads_do_not_divide"], {**LLAMA3, "method": "inference", "n_gpus": 3, "pp": 3}, {}),
    "replicas-or-ranks": (["replicas"], {**LLAMA3, "method": "inference", "n_gpus": 2, "tp": 2, "engine": "vllm", "gpu": "RTX 3090"}, {}),
    "mla-on-every-rank": (["kv_cache"], {"model": "DeepSeek-V3", "method": "inference", "n_gpus": 8, "tp": 8}, {}),
    "kv-replicated": (["fits"], {**LLAMA3, "method": "inference", "n_gpus": 16, "tp": 16}, {}),
    "parallel-requests": (["two_lengths"], {**LLAMA3, "engine": "llama.cpp", "weight_format": "gguf:Q4_K_M", "method": "inference"}, {}),
    "parallel-requests-quietly": (["two_lengths", "quant_gguf"], {**LLAMA3, "weight_format": "gptq-int4", "method": "inference"}, {}),
    "heads-decide": (["several_shapes"], {**LLAMA3, "method": "inference"}, {}),
    "cards-share-a-model": (["multi_gpu_split"], {"params": "34B", "method": "inference", "n_gpus": 2}, {}),
    "weights-are-not-all": (["check_arithmetic"], {**SEVEN, "method": "inference"}, {}),
    "claim-as-precision": (["check_arithmetic"], {**SEVEN, "method": "inference"}, {"claims_gb": [28]}),
    "served-adapters": (["fits"], {**LLAMA3, "method": "inference", "engine": "vllm"}, {"log": ["adapters 4", "adapter_rank 32"]}),
    "active-is-no-size": (["active_alone", "fits"], {"model": "Mixtral-8x7B-v0.1", "method": "inference"}, {}),
    "all-experts": (["moe"], {"model": "Mixtral-8x7B-v0.1", "method": "inference"}, {}),
    "no-fp8-native": (["how_many_gpus"], {"model": "DeepSeek-R1", "method": "inference", "gpu": "A100", "gpu_memory_gb": 80}, {}),
    "no-fp8": (["fits"], {**LLAMA3, "method": "inference", "weight_format": "fp8", "gpu": "A40"}, {}),
    "distilled": (["fits"], {"model": "DeepSeek-R1-Distill-Qwen-32B", "method": "inference"}, {}),
    "experts-on-the-host": (["moe"], {"model": "Mixtral-8x7B", "method": "inference", "weight_format": "gguf:Q4_K_M", "offload": "experts"}, {}),
    "host-experts": (["ktransformers"], {"model": "DeepSeek-R1", "method": "inference", "weight_format": "gguf:Q4_K_M"}, {}),
    "quantised-on-load": (["why_more", "loading"], {"params": "6B", "weight_format": "int4", "method": "inference"}, {}),
    "dtype-on-load": (["oom_diagnosis"], {"params": "30B", "method": "inference", "n_gpus": 3, "layer_split": True}, {}),
    "unified-between": (["unified_memory"], {**LLAMA3, "method": "inference", "bits": 8, "gpu_memory_gb": 12, "gpu_memory_utilization": 0.75}, {}),
    "slots-times-context": (["fell_back", "parallel_requests"], {"model": "Qwen2.5-14B-Instruct", "method": "inference", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp", "seq_len": 8192, "batch_size": 4, "gpu": "RTX 4080"}, {}),
    "unified-tight": (["unified_memory"], {"model": "Qwen3-14B", "method": "inference", "weight_format": "gguf:Q4_K_M", "seq_len": 16384, "gpu_memory_gb": 16, "gpu_memory_utilization": 0.667}, {}),
    "unified-close": (["unified_memory"], {"model": "Qwen3-14B", "method": "inference", "weight_format": "gguf:Q4_K_M", "seq_len": 8192, "gpu": "Apple M4", "gpu_memory_gb": 16}, {}),
    "unified": (["unified_memory"], {**LLAMA3, "method": "inference", "gpu_memory_gb": 16}, {}),
    "units": (["units"], {"gpu": "RTX 4090"}, {}),
    "unequal-cards": (["mixed_cards"], {"params": "32B", "bits": 4, "gpu": "RTX 3090"}, {"gpus": ["RTX 3090", "RTX 4070"]}),
    "host-load": (["loading"], {"params": "70B", "method": "full", "zero_stage": 3, "n_gpus": 8, "host_memory_gb": 512}, {}),
    "reserved": (["why_more"], {**SEVEN, "method": "inference"}, {"observed_gb": [20]}),
    "rejected": (["injection"], {**SEVEN, "method": "full"}, {}),
    **WHERE_CAUSES_FIRE,
}  # fmt: skip


def test_every_remark_has_a_situation_below() -> None:
    assert set(FIRES) == {remark.key for remark in REMARKS}


@pytest.mark.parametrize("key", FIRES)
def test_a_remark_is_made_where_it_holds_and_not_elsewhere(key: str) -> None:
    about, facts, told = FIRES[key]
    found = [remark["key"] for remark in made(about, Figures(facts, told), most=99)]
    assert key in found
    elsewhere = [remark["key"] for remark in made(["greeting"], Figures({**SEVEN, "method": "inference"}), most=99)]
    assert key not in elsewhere


def test_a_figure_that_does_not_exist_is_missing_not_zero() -> None:
    figures = Figures({"params": "7B", "method": "inference"})
    with pytest.raises(Missing):
        _ = figures["claim"]
    assert figures.amount("claim") == 0.0
    assert figures["kv_token_bytes"] == "524,288 B"  # 2 · 32 layers · 32 heads · 128 · 2 bytes


# ── wording ────────────────────────────────────────────────────────────────────────────────────────────────────────


def case(verdict: str, **facts: object) -> dict[str, object]:
    memory = {"best_gib": 10.0, "low_gib": 9.0, "high_gib": 12.0}
    return {"facts": facts, "verdict": verdict, "memory": memory, "capacity_gib": 24.0, "terms": []}


def estimate(*cases: dict[str, object], **more: object) -> dict[str, object]:
    facts = {"params": {"value": 7e9, "origin": "asked"}, "method": {"value": "qlora", "origin": "asked"}}
    facts |= {name: {"value": given, "origin": "asked"} for name, given in more.items()}
    verdicts = {str(one["verdict"]) for one in cases}
    verdict = verdicts.pop() if len(verdicts) == 1 else "conditional"
    return {"verdict": verdict, "memory": cases[0]["memory"], "facts": facts, "cases": list(cases)}


def test_verdicts_are_told_by_what_they_turn_on() -> None:
    result = estimate(
        case("yes", gpu="A100 80 GB", zero_stage=0), case("yes", gpu="A100 80 GB", zero_stage=3),
        case("no", gpu="A100 40 GB", zero_stage=0), case("yes", gpu="A100 40 GB", zero_stage=3),
        n_gpus=2,
    )  # fmt: skip
    english = headline(result, "en")
    assert english == (
        "**7B, QLoRA, 2 cards: fits on A100 80 GB (10.0 GiB); on A100 40 GB only sharded (ZeRO-3/FSDP), 10.0 GiB; "
        "each card has 24.0 GiB.**"
    )
    assert "A100 80 GB 放得下(10.0 GiB);A100 40 GB 只有切分(ZeRO-3/FSDP)才放得下(10.0 GiB)" in headline(result, "zh")


def test_verdicts_that_agree_are_told_once() -> None:
    result = estimate(case("no", bits=4), case("no", bits=8))
    assert (
        headline(result, "en")
        == "**7B, QLoRA: does not fit with 4-bit or 8-bit: even the least takes 10.0 GiB; the card has 24.0 GiB.**"
    )
    assert headline(result, "zh") == "**7B · QLoRA\uff1a4 位、8 位都放不下,最省的也要 10.0 GiB;卡上可用 24.0 GiB。**"


def test_on_one_card_sharding_is_no_case() -> None:
    result = estimate(
        case("no", n_gpus=1, zero_stage=0), case("no", n_gpus=1, zero_stage=3),
        case("no", n_gpus=2, zero_stage=0), case("yes", n_gpus=2, zero_stage=3),
    )  # fmt: skip
    assert len(cases_of(result)) == 3
    assert "does not fit on 1 card (10.0 GiB); on 2 cards only sharded" in headline(result, "en")


@pytest.mark.parametrize(
    ("name", "given", "en", "zh"),
    [
        ("n_gpus", 1, "1 card", "1 张卡"), ("n_gpus", 2, "2 cards", "2 张卡"), ("seq_len", 20480, "20,480 tokens", "20,480 token"),
        ("batch_size", 8, "batch 8", "批大小 8"), ("bits", 4, "4-bit", "4 位"), ("weight_format", "gguf:Q4_K_M", "Q4_K_M", "Q4_K_M"),
        ("gpu", "a 24 GB card", "a 24 GB card", "24 GB 显卡"), ("method", "full", "full fine-tuning", "全量微调"),
    ],
)  # fmt: skip
def test_facts_are_said_with_their_nouns(name: str, given: object, en: str, zh: str) -> None:
    assert in_words(name, given, "en") == en
    assert in_words(name, given, "zh") == zh
    assert value(name, given, "en")


# ── follow-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────

# (first question, follow-up, facts that the first call must hold, facts that it must not)
FOLLOW_UPS: list[tuple[str, str, dict[str, object], tuple[str, ...]]] = [
    ("Can I QLoRA a 70B model on 2×A100 80GB?", "and with 8k context?", {"seq_len": 8192, "method": "qlora", "n_gpus": 2}, ()),
    ("Can I QLoRA a 70B model on 2×A100 80GB?", "what if I shard it?", {"zero_stage": 3, "params": 70 * 10**9}, ()),
    ("Can I LoRA a 7B on a 4090?", "and a 13B?", {"params": 13 * 10**9, "method": "lora", "gpu": "RTX 4090"}, ()),
    ("4090能LoRA微调7B吗", "那13B呢?", {"params": 13 * 10**9, "method": "lora"}, ()),
    ("4090能LoRA微调13B吗", "换成QLoRA呢", {"method": "qlora", "params": 13 * 10**9}, ()),
    ("4090能QLoRA微调13B吗", "两张卡呢", {"n_gpus": 2, "method": "qlora"}, ()),
    ("How much VRAM for Llama-3.1-8B inference?", "on a 3060 12GB?", {"gpu": "RTX 3060", "method": "inference"}, ()),
    ("8张A800 80G用LoRA微调14B", "用ZeRO-3", {"zero_stage": 3, "method": "lora"}, ()),
    ("8张A800 80G全参微调14B", "加上offload", {"offload": "params", "n_gpus": 8, "method": "full"}, ()),
    ("Max context for Qwen2.5-14B int4 on a 4090?", "and with fp8 kv cache?", {"quantity": "seq_len", "kv_format": "fp8", "weight_format": "int4"}, ()),
    ("KV cache of Llama-3-8B at 8k", "in fp8?", {"kv_format": "fp8", "seq_len": 8192}, ("weight_format",)),
    ("How many H100 80GB for a full fine-tune of Llama-2-70B?", "and with LoRA?", {"quantity": "n_gpus", "method": "lora"}, ()),
    ("部署qwen2.5-72b int4要几张4090", "换成A100 80G呢", {"quantity": "n_gpus", "gpu": "A100", "weight_format": "int4"}, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then", "holds", "lacks"), FOLLOW_UPS, ids=[f"{f[0][:30]} {f[1]}" for f in FOLLOW_UPS]
)
def test_a_follow_up_changes_what_it_says_and_keeps_the_rest(
    first: str, then: str, holds: dict[str, object], lacks: tuple[str, ...]
) -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask(first, conversation)
    answer = assistant.ask(then, conversation)
    assert not answer.notices
    args = answer.json()["tool_calls"][0]["args"]
    assert {name: args.get(name) for name in holds} == holds
    assert not set(lacks) & set(args)


def test_a_bare_why_asks_about_the_answer_before() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("Full fine-tune Mistral 7B on 4 A100 40GB", conversation)
    answer = assistant.ask("why so much?", conversation)
    assert "16 B" in answer.text


def test_two_conversations_know_nothing_of_each_other() -> None:
    assistant, one, other = Assistant(), Conversation(), Conversation()
    assistant.ask("Can I LoRA a 7B on a 4090?", one)
    assistant.ask("KV cache of Llama-3-8B at 8k", other)
    assert assistant.ask("and 13B?", one).json()["facts"]["method"]["value"] == "lora"


# ── what decides beside the card ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("24 GB card, fine-tune a 14B at 4800 tokens: LoRA, QLoRA or freeze, which one?", "Take 4-bit QLoRA: the others do not fit, and it most likely does", ""),
        ("24G 显存微调 14B，长度 4800，LoRA、QLoRA、freeze 选哪个", "选 4 位 QLoRA：其余都放不下，它多半放得下", ""),
        ("Full fine-tune 7B with ZeRO-3 offload on one A100 40GB with 64 GB RAM?", "Host memory is what falls short", ""),
        ("Llama-3.3-70B Q4_K_M on a 3090 with 64 GB of system RAM, possible?", "not on the card alone, but with host memory it fits", "No."),
        ("192G 内存加一张 3090，能跑 Qwen3-235B-A22B Q4_K_M 吗", "只放显卡放不下，用上主机内存可以", "不行"),
        ("64G 内存加一张 3090，专家放内存跑 Qwen3-235B-A22B Q4_K_M，行吗", "主机内存不够", "用上主机内存就可以"),
        ("7B 全量微调 ZeRO-3 offload，单卡 A100 40G，内存 512G，够吗", "放得下", "内存不够"),
        ("能用 LLaMA-Factory 在两张 4090 上对 Qwen2.5-14B 做 LoRA DPO 吗，长度 4096", "放不下", "LLaMA-Factory 的表（"),
        ("Does gpt-oss-20b run on a 16GB Mac?", "with the limit raised", "in host memory:"),
        ("16GB 的 Mac 能跑 gpt-oss-20b 吗", "调高上限才行", "换 24 GB 的卡"),
    ],
)  # fmt: skip
def test_what_decides_beside_the_card_is_told(question: str, said: str, unsaid: str) -> None:
    text = Assistant().ask(question).text
    assert said in text
    assert not unsaid or unsaid not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_single_card_of_the_fewest_shares_nothing(language: str) -> None:
    words = {"en": "How many A100 80GB for QLoRA 4-bit of 70B?", "zh": "70B 4bit QLoRA 要几张 A100 80G？"}
    answer = Assistant().ask(words[language])
    solved = answer.json()["solved"]
    assert solved["value"] == 1
    assert "ZeRO-3" not in answer.text.splitlines()[0]


@pytest.mark.parametrize("question", [
    "RTX 9090 Ti 64G 能跑 Llama-7 200B 吗", "vram for qlora on LLama-5-900B-Ultra on a rtx 9090? 1 gpu",
    "QLoRA 7B(llama2), r=8 vs r=256 on all linear layers -> VRAM difference in GB pls",
    "单卡A100 80G全参训Qwen2.5-7B，zero2 OOM，换zero3还是OOM，长度1024", "V3 FP8 over two H20-96G nodes: tp16 vs tp8 x pp2?",
    "AMD 7900 XT, 20 gigs, LM Studio. Nemo 12b at Q6_K, slider at 32768. Windows sits on ~1.3GB. Everything on the GPU?",
])  # fmt: skip
def test_what_the_embedded_model_says_stands_in_results(question: str) -> None:
    assert not Assistant().ask(question).notices
