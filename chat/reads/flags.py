"""Flags, environment variables and keys of files, as people paste them: `--max-model-len 8192`, `lora_r: 16`,
`OLLAMA_NUM_PARALLEL=4`, `"stage": 3`.

A key says by itself what its value is, so it is read before any prose; a value of a key that is not known here is left
to the prose, but only where a keyword stands right before it.
"""

import re
from functools import cache

from chat.reads.caches.cache_sides import read_sides
from chat.reads.caches.cache_types import read_cache_types, read_other_than
from chat.reads.cards.named_cards import card_numbers
from chat.reads.contrasts import BECOMES
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.seen.symptoms import ALL_ON_ONE
from chat.reads.training.host_flags import read_host_flags

# whose value is a whole number; the words of a key are told apart by - or _
_COUNTS: dict[str, str] = {
    "seq_len": "max_model_len max_seq_len max_seq_length model_max_length cutoff_len sequence_len seq_length context_length "
    "ctx_size n_ctx num_ctx session_len max_total_tokens max_total ollama_context_length max_sequence_length max_length max_seqlen",
    "batch_size": "per_device_train_batch_size micro_batch_size train_micro_batch_size_per_gpu per_gpu_train_batch_size "
    "ppo_micro_batch_size_per_gpu micro_batch_size_per_gpu micro_train_batch_size max_num_seqs max_running_requests max_batch_size ollama_num_parallel",
    "grad_accum": "gradient_accumulation_steps accumulative_counts gradient_accumulation grad_accum_steps",
    "lora_rank": "lora_rank lora_r lora_dim",
    "tp": "tensor_parallel_size vllm_tensor_parallel_size tensor_model_parallel_size tp_size num_shard",
    "pp": "pipeline_parallel_size pipeline_model_parallel_size pp_size",
    "cp": "context_parallel_size sequence_parallel_size cp_size",
    "ep": "expert_parallel_size expert_model_parallel_size ep_size",
    "dp": "data_parallel_size dp_size",
    "output_len": "max_new_tokens max_completion_length max_response_length n_predict",
    "n_gpus": "nproc_per_node num_gpus num_processes n_gpus_per_node gpus_per_node",
    "gpu_layers": "n_gpu_layers gpu_layers num_gpu",
    "n_cpu_moe": "n_cpu_moe",
    "n_ubatch": "n_ubatch ubatch_size ubatch",
    "max_num_batched_tokens": "max_num_batched_tokens max_batch_prefill_tokens chunked_prefill_size",
    "bits": "quantization_bit",
    "n_trainable_layers": "freeze_trainable_layers",
}  # fmt: skip
_EXTRA_COUNTS: dict[str, str] = {
    "global_batch": "global_batch_size train_batch_size",
    "mini_batch": "ppo_mini_batch_size mini_batch_size",
    "log_prob_batch": "log_prob_micro_batch_size_per_gpu log_prob_micro_batch_size",
    "log_eval_batch": "per_device_eval_batch_size per_gpu_eval_batch_size",
    "max_prompt": "max_prompt_length max_input_length max_input_tokens max_input",
    "num_generations": "num_generations num_return_sequences n_samples_per_prompt",
    "epochs": "num_train_epochs num_epochs max_epochs",
    "steps": "max_steps train_iters",
    "nodes": "nnodes num_nodes num_machines",
    "lora_alpha": "lora_alpha",
    "log_adapters": "max_loras max_loras_per_batch",
    "log_adapter_rank": "max_lora_rank",
}  # fmt: skip
_SHARES = {
    "gpu_memory_utilization": "gpu_memory_utilization vllm_gpu_memory_utilization mem_fraction_static cache_max_entry_count "
    "kv_cache_free_gpu_mem_fraction free_gpu_memory_fraction cuda_memory_fraction",
    "cpu_offload_gb": "cpu_offload_gb",
}
# whose value is a word: what each word means
_WORDS: dict[str, tuple[str, dict[str, object]]] = {
    **dict.fromkeys(("finetuning_type", "train_type", "tuner_type", "sft_type", "finetune_type"), ("method", {
        "full": "full", "lora": "lora", "qlora": "qlora", "freeze": "freeze"})),
    "adapter": ("method", {"lora": "lora", "qlora": "qlora"}),
    **dict.fromkeys(("use_peft", "use_lora"), ("method", {"true": "lora", "": "lora"})),
    **dict.fromkeys(("lora_target", "lora_target_modules", "target_modules"), ("lora_targets", {
        "all": "all-linear", "all-linear": "all-linear"})),
    "lora_target_linear": ("lora_targets", {"true": "all-linear"}),
    "load_in_4bit": ("bits", {"true": 4, "": 4}),
    "load_in_8bit": ("bits", {"true": 8, "": 8}),
    "bnb_4bit_quant_type": ("weight_format", {"nf4": "nf4", "fp4": "fp4"}),
    **dict.fromkeys(("bnb_4bit_use_double_quant", "double_quantization"), ("double_quant", {"true": True, "false": False})),
    **dict.fromkeys(("kv_cache_dtype", "cache_type_k", "ctk", "ollama_kv_cache_type"), ("kv_format", {
        "fp8": "fp8", "fp8_e4m3": "fp8", "fp8_e5m2": "fp8", "q8_0": "q8_0", "q4_0": "q4_0", "q5_1": "q5_1", "q5_0": "q5_0",
        "q4_1": "q4_1", "iq4_nl": "iq4_nl", "f16": "fp16", "bf16": "bf16", "int8": "int8", "int4": "int4", "nvfp4": "nvfp4"})),
    **dict.fromkeys(("cache_type_v", "ctv"), ("", {})),  # as the keys are stored, nearly always
    **dict.fromkeys(("optimizer_in_bwd", "optimizer_in_backward"), ("optimizer_in_backward", {"": True, "true": True, "false": False})),
    "quant_policy": ("kv_format", {"8": "int8", "4": "int4"}),
    **dict.fromkeys(("gradient_checkpointing", "activation_checkpointing", "fsdp_activation_checkpointing"), (
        "gradient_checkpointing", {"true": "on", "false": "off"})),
    "recompute_activations": ("gradient_checkpointing", {"": "selective", "true": "selective"}),
    "recompute_granularity": ("gradient_checkpointing", {"full": "on", "selective": "selective"}),
    **dict.fromkeys(("flash_attention", "flash_attn", "use_flash_attn", "ollama_flash_attention"), ("attention", {
        "1": "flash", "true": "flash", "fa2": "flash", "fa3": "flash", "": "flash", "on": "flash", "off": "eager"})),
    "use_distributed_optimizer": ("zero_stage", {"": 1, "true": 1}),
    "sequence_parallel": ("sequence_parallel", {"": True, "true": True}),
    "fsdp_sharding_strategy": ("zero_stage", {"full_shard": 3, "hybrid_shard": 3, "shard_grad_op": 2, "no_shard": 0}),
    "fsdp_offload_params": ("offload", {"true": "params", "false": "none"}),
    "adv_estimator": ("algo", {"grpo": "grpo", "gae": "ppo"}),
    "rlhf_type": ("algo", {"dpo": "dpo", "kto": "kto", "rm": "rm", "ppo": "ppo", "simpo": "simpo", "orpo": "orpo"}),
    **dict.fromkeys(("enable_liger_kernel", "use_liger_kernel", "use_liger"), ("loss", {"true": "fused"})),
    # what it computes in is no storage of weights
    "bnb_4bit_compute_dtype": ("", {}),
}  # fmt: skip
# settings that change no byte, or none that is told apart here
_OTHERS = """
port host seed master_port master_addr node_rank logging_steps save_steps eval_steps warmup_steps warmup_ratio val_size
weight_decay beta pref_beta dpo_beta kl_coef kl_loss_coef simpo_gamma cpo_alpha beta1 beta2 adam_beta1 adam_beta2 top_p top_k temperature lora_dropout dropout swap_space num_workers
threads timeout max_grad_norm save_total_limit ddp_timeout preprocessing_num_workers dataloader_num_workers log_interval
eval_interval save_interval omp_num_threads num_thread dist_init_addr ddp_bucket_cap_mb max_position_embeddings
max_cpu_loras cuda_device_max_connections clip_grad min_lr lr_warmup_iters vocab_size bind_port batch_size_tokens local_rank
"""
# read where a training's buffers are counted; no name is so long by chance, so that a value may follow without a sign
_BUFFERS = """
reduce_bucket_size allgather_bucket_size stage3_prefetch_bucket_size stage3_max_live_parameters stage3_max_reuse_distance stage3_param_persistence_threshold
"""
# one letter or few, and so only after a dash
_SHORT = {
    "c": "seq_len",
    "ngl": "gpu_layers",
    "np": "batch_size",
    "ncmoe": "n_cpu_moe",
    "ub": "n_ubatch",
    "tp": "tp",
    "pp": "pp",
    "ep": "ep",
    "dp": "dp",
}
_SHORT_OTHERS = "b t p"

_VALUE = r"[\"']?\s?(?:[:=,]\s?)?[\"'\[]{0,2}"
# "max_model_len from 8192 to 16384", "max_num_seqs 调到 64"
_SET_TO = r"(?:\s?(?:\b(?:(?:is |was )?(?:set |raised |lowered |increased |reduced )?(?:to|at)|from|of|is|was)\s|(?:从|由|我?(?:设|调|改|降|提|开|填)(?:置|了)?(?:的是|的|为|成|到|高到|低到|大到|小到)|设|为|是)\s?))"
_NUMBER = r"(?P<n>\d{1,9}(?:\.\d+)?(?:k|e\d{1,2})?)(?!\w|\.\w)"  # a full stop may follow
_TRUTH = {"1": "true", "yes": "true", "on": "true", "0": "false", "no": "false", "off": "false"}


@cache
def _meanings() -> dict[str, tuple[str, bool]]:
    """Every key whose value is a number, and its fact; whether it is an extra. None is meant by an empty name."""
    known = {
        key: (fact, extra)
        for table, extra in ((_COUNTS, False), (_SHARES, False), (_EXTRA_COUNTS, True))
        for fact, keys in table.items()
        for key in keys.split()
    }
    return known | dict.fromkeys((*_OTHERS.split(), *_BUFFERS.split()), ("", False))


@cache
def _numbers() -> str:
    keys = "|".join(key.replace("_", "[-_]") for key in sorted(_meanings(), key=len, reverse=True))
    short = "|".join(sorted((*_SHORT, *_SHORT_OTHERS.split()), key=len, reverse=True))
    long = rf"(?:(?<![a-z0-9_-])|(?<=--))(?P<key>{keys})(?![a-z0-9_-])"
    return rf"(?:{long}(?:{_SET_TO}?)|(?<![^\s\"'\[,(\u4e00-\u9fff])-{{1,2}}(?P<short>{short})(?=[\s=\"',])){_VALUE}{_NUMBER}"


@cache
def _worded() -> str:
    keys = "|".join(key.replace("_", "[-_]") for key in sorted(_WORDS, key=len, reverse=True))
    return (
        rf"(?:(?<![a-z0-9_-])|(?<=--)|(?<=-))(?P<key>{keys})(?![a-z0-9_-])"
        rf"(?:{_VALUE}(?:torch\.)?(?P<word>[a-z0-9_]+(?:-linear)?)(?![a-z0-9_]))?"
    )


# a setting's value is a number, and the setting none of those above
_UNKNOWN = (
    r"(?:(?<=\s)--|(?<=\")|(?<=')|^--)[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+[\"']?\s?[:=,]?\s?[\"']?(?P<n>\d+(?:\.\d+)?)"
)
_DEVICES = r"\bcuda_visible_devices\s?=\s?[\"']?(?P<n>\d(?:,\d)*)"
_OFFLOADED = r"(?:offload_(?P<what>param|optimizer)(?:_device|\.device)?[\"']?\s?[:=]\s?)(?:\{{1,2}\s?[\"']?device[\"']?\s?:\s?)?[\"']?(?P<where>cpu|nvme|none)\b"


def read_flags(scan: Scan) -> None:
    """State what flags, variables and keys say."""
    for found in scan.find(ALL_ON_ONE):
        if found["n"]:
            scan.take(*found.span("n"))
    read_sides(scan)
    read_other_than(scan)
    read_cache_types(scan, _WORDS["kv_cache_dtype"][1])
    for found in scan.find(_DEVICES):
        scan.take(*found.span("n"))
    for found in scan.find(_OFFLOADED):
        _offloaded(scan, found)
    read_host_flags(scan)
    for found in scan.find(_worded()):
        _word(scan, found)
    for found in scan.find(_numbers()):
        _number(scan, found)


# https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md: --ctx-size is of all of its --parallel slots
_OF_ALL_SLOTS = r"(?<!\S)(?:-c|--ctx[-_]size)[\s=](?P<n>\d{3,7}|\d{1,4}k)(?![a-z0-9.])"
_SLOTS = r"(?<!\S)(?:-np|--parallel)[\s=](?P<n>\d{1,4})(?![a-z0-9.])"
SLOTS_SHARE = "slots_share_context"


def read_slots(scan: Scan) -> None:
    """llama-server's slots, among which it divides the context that is set; Ollama's num_ctx is of each."""
    whole, slots = next(scan.find(_OF_ALL_SLOTS), None), next(scan.find(_SLOTS), None)
    if not whole or not slots or int(slots["n"]) < 2:
        return
    length = int(whole["n"].rstrip("k")) * (1024 if whole["n"].endswith("k") else 1)
    others = [int(one) for one in scan.facts.get("seq_len", ()) if int(one) not in (length, length // int(slots["n"]))]
    if len(others) == 1:  # what each is to have
        scan.note("log_slot_wanted", others[0])
    scan.facts["seq_len"], scan.facts["batch_size"] = [length], [int(slots["n"])]
    scan.take(*slots.span("n"))
    scan.note(SLOTS_SHARE, True)


def unknown_values(scan: Scan) -> dict[int, str]:
    """Where numbers stand that belong to a setting that is not known: no noun behind them is theirs."""
    return {found.start("n"): "setting" for found in scan.find(_UNKNOWN) if scan.free(*found.span("n"))}


def _number(scan: Scan, found: re.Match[str]) -> None:
    key = (found["key"] or "").replace("-", "_")
    fact, extra = _meanings()[key] if key else (_SHORT.get(found["short"], ""), False)
    at = found.span("n")
    if not scan.free(*at):
        return
    if not key and fact != "gpu_layers" and not _is_command(scan, found):
        return
    if fact == "tp" and "rollout" in scan.text[max(0, found.start() - 40) : found.start()].rsplit(" ", 1)[-1]:
        fact, extra = "log_rollout_tp", True  # of the part that generates
    text = f"{float(found['n']):.0f}" if "e" in found["n"] else found["n"]  # "5e8"
    if not fact:
        if (
            found["key"] is None
            or re.match(r"--|.*[:=]", found[0][: at[0] - found.start()])
            or _dashed(scan, found)
            or ("_" in found["key"] and found["key"] not in _OTHERS.split())
        ):
            scan.take(*at)
    elif extra:
        scan.add(fact, float(text.rstrip("k")) * (1024 if text.endswith("k") else 1), *at, extra=True)
    else:
        scan.add(fact, text, *at)
        end = found.end("n")
        if becomes := compiled(_BECOMES).match(scan.text, end):
            scan.add(fact, becomes["n"], *becomes.span("n"))
            end = becomes.end()
        of_tokens = fact in ("seq_len", "max_num_batched_tokens")
        cards = card_numbers(scan) if of_tokens else {}
        row = _NEXT_LENGTH if of_tokens else _NEXT_VALUE if fact in _IN_ROWS else "(?!)"
        while more := compiled(row).match(scan.text, end):
            if more.start("n") in cards:
                return
            scan.add(fact, more["n"], *more.span("n"))
            end = more.end()


# "cutoff_len 1024 2048 4096": further lengths in the row that a setting began
_NEXT_LENGTH = r"\s?(?:[、,/;]|\b(?:and|or|vs\.?)\b|和|或|还是|与|\s)\s?(?P<n>\d{3,6}|\d{1,3}k)(?![\w.%])(?!\s?(?:[个张条卡步轮块]|(?:samples?|examples?|gpus?|cards?|steps?|epochs?|users?|requests?|sequences?|layers?|images?|gi?b|mi?b)\b))"


# "quantization_bit 4 和 8", "lora_rank 8 or 64": what is compared of a setting
_IN_ROWS = frozenset({"bits", "batch_size", "lora_rank", "gpu_layers", "tp"})
_NEXT_VALUE = r"\s?(?:/|\b(?:and|or|vs\.?)\b|和|或|还是|与|跟)\s?(?:设成?|用|选)?\s?(?P<n>\d{1,3})(?![\w.%])(?!\s?(?:[个张条卡步轮块千万台]|(?:samples?|examples?|gpus?|cards?|steps?|epochs?|users?|requests?|sequences?|layers?|images?|gi?b|mi?b|x|\*|[abhv]\d)\b))"


# "gradient_accumulation_steps 1 -> 16"
_BECOMES = (
    rf"[\"']?\s?{BECOMES}\s?(?P<n>\d{{1,7}}(?:\.\d+)?k?)(?![\w.]|\s?(?:gpus?|cards?|users?|[张块个人台])(?![a-z]))"
)


def _dashed(scan: Scan, found: re.Match[str]) -> bool:
    return scan.text[max(0, found.start() - 2) : found.start()] == "--"


_SHORTEST = 512  # tokens: what nobody means by a smaller number is a length


def _is_command(scan: Scan, found: re.Match[str]) -> bool:
    """A short flag is one among others, or of a program that is run; a length behind `-c` says by itself what it is."""
    if found["short"] == "c" and float(found["n"].rstrip("k")) * (1024 if found["n"].endswith("k") else 1) >= _SHORTEST:
        return True
    return found[0].lstrip("\"'[, ").startswith("--") or any(
        True
        for _ in compiled(r"\bllama[-.]?[a-z]+\b|\./|\.gguf|(?<=\s)-ngl\b|(?<=\s)--?[a-z][a-z-]+ ").finditer(scan.text)
    )


def _word(scan: Scan, found: re.Match[str]) -> None:
    fact, words = _WORDS[found["key"].replace("-", "_")]
    word = found["word"] or ""
    given = word if word in words else _TRUTH.get(word, word)
    span = (found.start("key"), found.end("word") if found["word"] and given in words else found.end("key"))
    if not scan.free(*span):
        return
    if fact == "attention" and not word and scan.text[max(0, span[0] - 2) : span[0]] != "--":
        return  # no setting but a word: "flash-attn won't build"
    if not fact:
        scan.take(found.start("key"), found.end())
    elif given in words:
        scan.add(fact, words[given], *span)
    elif given == "false":
        scan.take(found.start("key"), found.end())
    elif "" in words and scan.text[max(0, found.start("key") - 2) : found.start("key")] == "--":
        scan.add(fact, words[""], *found.span("key"))  # a switch


def _offloaded(scan: Scan, found: re.Match[str]) -> None:
    """What a DeepSpeed file leaves on the host; parameters take the optimizer with them."""
    if found["where"] != "none":
        what = "params" if found["what"] == "param" else "optimizer"
        if what == "params" or not scan.facts.get("offload"):
            scan.facts["offload"] = []
            scan.add("offload", what, *found.span())
    scan.take(*found.span())
