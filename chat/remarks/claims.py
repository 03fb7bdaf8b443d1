"""Remarks that name what a figure of the asker's is, or work out what an explanation is asked for."""

from chat.figures.formats.estimated_weights import reckoned
from chat.figures.layouts.zero_claims import stages_told
from chat.figures.named import GIB, how_far
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, SUSPECT, Asked, Remark
from chat.works import (
    ACCELERATE,
    DEEPSPEED,
    EIGHT_BIT,
    FACTORY,
    FALCON_180B,
    GPTQ,
    GQA,
    HF_DOWNLOAD,
    IEC,
    INTERNVL,
    K2_THINKING,
    LIGER,
    LLAMA3_HERD,
    LORA,
    MIXED,
    NVIDIA,
    OLLAMA_TAGS,
    PEFT_EXPERTS,
    QLORA,
    QUANTS,
    QWEN_VL_UTILS,
    SCALING_LAWS,
    TORCH,
    TRANSFORMER_MATH,
    VL,
    VLLM,
    VLLM_WINDOWS,
    ZERO,
)
from kb.knobs import PLAIN_TYPES

_ROUNDED = 0.1  # of a card: GB for GiB, and figures that are rounded
_BEYOND = 1.2  # of a card: what is claimed of it beyond that is no rounding
_EXPLAINS = ("check_arithmetic", "why_more", "explain_derive", "kv_cache", "units", "how_much", "table_lookup")


def _stated(c: Asked) -> list[float]:
    """The different amounts that are stated, of a sequence or a token."""
    told = c.figures.told
    return list(dict.fromkeys([*told.get("claims_gb", ()), *told.get("claims_kb", ())]))


# how near the need that is counted is to what was seen, so that it explains it
_NEAR = 0.15


def _explained(c: Asked, claim: str) -> bool:
    """Was this amount seen of a training whose need, as it is counted, is just about that? Then it is no part of it."""
    if not c.training:
        return False
    stated = c.figures.amount(claim)
    seen = [float(one) for one in c.figures.told.get("observed_gb", ())]
    was_seen = any(how_far(one, stated) < _NEAR for one in seen)
    return was_seen and abs(stated / c.figures.base.best - 1) < _NEAR


def _of_a_part(c: Asked) -> bool:
    """Is the amount said to be each card's, of states that are divided over several? Then it is no whole model's."""
    return c.any("each_card") and c.n > 1 and c.said("zero_stage") and c.zero > 0


def _of_a_cache(c: Asked) -> bool:
    asked = c.any("kv", "kv_cache") and c.any("claim_checked", "check_arithmetic", "measured")
    told = c.any("kv_cache") and bool(c.figures.told.get("claims_kb"))  # what a token takes by others' or one's own sum
    told = told or bool(c.figures.logged_all("all_heads_gb"))
    return c.modelled and not c.training and (asked or told) and bool(_stated(c))


def _column_explained(c: Asked) -> bool:
    """Is it asked where a column of the table for any size comes from, or why a cell is another?"""
    return c.any("x_rule") and c.said("params") and c.adapters and c.any("why_more", "explain_derive")


def _in_int4(c: Asked) -> bool:
    """Is a model served in INT4, and no size of its file told?"""
    told = c.figures.logged_all("file_gb") or c.figures.told.get("claims_gb")
    named = c.given("weight_format", "int4") or "int4_named" in c.figures.log
    return c.serving and not c.failed and named and not told


def _on_disk(c: Asked) -> bool:
    """Is it asked what one model takes on a disk?"""
    return (
        c.any("disk_asked", "download_time")
        and c.modelled
        and not c.training
        and not c.failed
        and not c.any("comparison")
    )


def _in_fewer_bits(c: Asked) -> bool:
    """Is the 16-bit size of a model stated that is to be stored in fewer bits?"""
    fewer = str(c.k("weight_format")) not in PLAIN_TYPES
    return c.serving and fewer and not c.any("kv_cache", "any_model") and c.over("claim_16", 1) and c.over("w_whole", 1)


def _several_counts(c: Asked) -> bool:
    """Are figures set against each other that nobody saw a run take? What was seen is explained by its cause."""
    against = c.any("who_is_right", "claim_checked")
    explained = c.any("check_arithmetic", "explain_derive", "how_much") and not c.figures.told.get("observed_gb")
    return (
        c.modelled
        and (against or explained)
        and not c.any("kv", "kv_cache", "table_lookup", "llama_factory")
        and not c.failed
    )


def _states_of_each(c: Asked) -> bool:
    """Is it asked what of the optimizer each of several cards keeps under the stage that is told?"""
    by_adam = c.k("optimizer") == "adamw" and c.method == "full" and not c.figures.pure and not c.said("offload")
    told = c.training and c.modelled and c.n > 1 and c.said("zero_stage") and c.zero > 0 and not c.failed
    return (
        told
        and by_adam
        and c.any("adam_state")
        and not c.any("fits", "comparison", "check_arithmetic", "claim_checked")
    )


def _printed(c: Asked) -> bool:
    """Did a trainer print how many parameters train?"""
    return "trained" in c.figures.log


def _by_subtraction(c: Asked) -> bool:
    """Is what is left for the cache the card less the weights, as far as both are told, and not what a server printed?"""
    parts = dict(str(one).split(" ")[:2] for one in c.figures.told.get("parts", ()))
    card = c.figures.base.case.card
    if card is None or not {"weights", "kv_cache"} <= set(parts):
        return True
    whole = card.capacity / GIB
    return abs(whole - float(parts["weights"]) - float(parts["kv_cache"])) <= _ROUNDED * whole


def _queues(c: Asked) -> bool:
    """Is it asked why a server with a pool does not run out, by itself or beside a training that learns from its answers?"""
    return c.modelled and not c.failed and c.any("ran_though") and (c.preallocates or c.k("algo") in ("grpo", "ppo"))


CLAIMS = (
    # ── what a figure is that the asker states ─────────────────────────────────────────────────────────────────────
    Remark("pool-queues", 1, lambda c: _queues(c) and not c.any("check_arithmetic"),
        "{pool_queues}", "{pool_queues}", VLLM, FIRST),
    Remark("also-pool-queues", 1, lambda c: _queues(c) and c.any("check_arithmetic"),
        "{pool_queues}", "{pool_queues}", VLLM),
    Remark("tokens-are-no-size", 1, lambda c: c.serving and c.modelled and c.any("tokens_for_size"),
        "**The tokens that a model was trained on say nothing of its memory: that follows from its parameters (their number is on its page, or num_parameters()).** What follows is for {params_said} parameters, if those were meant.",
        "**训练用了多少 token 和显存无关:显存取决于参数量(模型主页上有,或用 num_parameters() 看)。** 以下按 {params_said} 参数计算,如果您指的是参数量。", SCALING_LAWS, FIRST),
    Remark("too-few-bits", 1, lambda c: c.modelled and "few_bits" in c.figures.log,
        "{too_few_bits}", "{too_few_bits}", QLORA, FIRST),
    Remark("base-claimed", 2, lambda c: c.training and c.modelled and c.adapters and c.any("claim_checked", "who_is_right", "check_arithmetic", "oom_diagnosis") and not c.over("claim_16", 1) and not c.figures.told.get("parts") and not c.figures.told.get("tried_gib"),
        "{base_claimed}", "{base_claimed}", QLORA, FIRST),
    Remark("weights-claimed", 1, lambda c: c.serving and "weights_claimed" in c.figures.log and not (reckoned(c.figures) and c.reads_gguf and not c.over("capacity", 1)),
        "{weights_claimed}", "{weights_claimed}", GPTQ),
    Remark("width-claimed", 0, lambda c: c.serving and "width_told" in c.figures.log,
        "{width_claimed}", "{width_claimed}", QUANTS, FIRST),
    Remark("width-stated", 0, lambda c: c.serving and c.modelled and not c.failed and "width_stated" in c.figures.log,
        "{width_stated}", "{width_stated}", TORCH, FIRST),
    Remark("also-ollama-in-four-bits", 3, lambda c: c.serving and "width_told" in c.figures.log and "ollama" in c.figures.told.get("programs", ()),
        "Ollama's tags without a type in their name are 4-bit files (Q4_0 once, Q4_K_M now); 16-bit ones are tagged fp16.",
        "Ollama 的标签不写类型时就是 4 位文件(早期 Q4_0,现在 Q4_K_M),16 位的要写 fp16。", OLLAMA_TAGS),
    Remark("room-claimed", 1, lambda c: c.serving and not c.failed and "left_gb" in c.figures.log and _by_subtraction(c),
        "{room_claimed}", "{room_claimed}", VLLM),
    Remark("account", 1, lambda c: c.modelled and not c.any("meaning:pool_larger") and bool(c.figures.told.get("parts")) and c.any(*_EXPLAINS, "oom_diagnosis", "fits", "adam_state"),
        "{account}", "{account}", ZERO),
    Remark("counted-otherwise", 2, lambda c: c.modelled and not c.failed and c.any("mistake_sought") and not c.any("kv", "kv_cache", "one_point_two", "name_multiplied", "table_lookup", "stages"),
        "{counted_otherwise}", "{counted_otherwise}", ZERO),
    Remark("estimator-counts", 1, lambda c: c.training and c.modelled and not c.adapters and c.any("estimator") and c.method == "full",
        "{estimator_counts}", "{estimator_counts}", DEEPSPEED),
    Remark("accelerate-counts", 1, lambda c: c.modelled and c.any("accelerate_estimates") and (c.serving or c.method == "full"),
        "{accelerate_counts}", "{accelerate_counts}", ACCELERATE, CAUSE),
    Remark("figure-identified", 0, lambda c: c.modelled and (c.any("what_is_it") or (c.training and c.all("claim_checked", "checkpointing"))) and not c.any("kv", "saved_held", "saved_whence"),
        "{printed_is}", "{printed_is}", TORCH, CAUSE),
    Remark("own-line", 0, lambda c: c.modelled and not c.failed and any(name.startswith("line_") for name in c.figures.log) and not {"line_at", "line_most"} & set(c.figures.log),
        "{own_line}", "{own_line}", TORCH, CAUSE),
    Remark("weights-as-stored", 1, lambda c: c.serving and c.modelled and not c.failed and (c.any("why_more", "rest_asked") or (c.any("file_size") and not c.any("fits"))) and not c.any("kv", "one_point_two", "units", "unquantised", "active_alone", "active_experts", "like_a_size"),
        "{stored_sum}", "{stored_sum}", QLORA),
    Remark("unit-to-compare", 0, lambda c: c.serving and not c.failed and c.any("unit_asked") and c.over("capacity", 1),
        "{unit_to_compare}", "{unit_to_compare}", IEC, FIRST),
    Remark("loaded-in-binary", 2, lambda c: c.serving and not c.failed and "took" in c.figures.log,
        "{loaded_took}", "{loaded_took}", VLLM, FIRST),
    Remark("claims-of-one-need", 3, lambda c: c.modelled and (c.any(*_EXPLAINS, "lost_bytes", "part_on_cpu", "who_is_right") or "du" in c.figures.log) and not c.any("kv") and "states_saved" not in c.figures.log,  # of which one fell to the other
        "{several_claims}", "{several_claims}", TORCH),
    Remark("claims-of-different-needs", 5, _several_counts,
        "{each_right}", "{each_right}", MIXED),
    Remark("claim-of-copies", 5, lambda c: c.modelled and c.over("copies_claimed", 1),
        "**{copies_claimed} are {copies} × {copy_claimed}, the 16-bit weights of {copies} models and nothing else.** What trains needs gradients and Adam's states beside its weights, 16 B per parameter in all in place of 2: {states_said} for each model that trains; and activations, logits and caches come on top.",
        "**{copies_claimed} 是 {copies} × {copy_claimed},只是 {copies} 个模型的 16 位权重。**要训练的模型还有梯度和 Adam 状态,每参数共 16 字节而不是 2 字节:每个要训练的模型 {states_said};激活、logits 和缓存再另算。", ZERO),
    Remark("range-of-16-bit", 3, lambda c: c.serving and not c.any("kv_cache"),
        "{range_of_16_bit}", "{range_of_16_bit}", TORCH),
    Remark("quantised-in-vain", 1, lambda c: _in_fewer_bits(c) and c.any("whether_quantised"),
        "**Most likely it is not quantised: {claim_16} is the 16-bit size, {params_said} × 2 B = {w16_said}; in this format the weights take {w_whole}.** See model.get_memory_footprint() and model.is_quantized; the quantization config has to reach from_pretrained (or the file be a quantised one), and a model that is moved to the card before it is quantised peaks at the 16-bit size and keeps those blocks (torch.cuda.max_memory_allocated tells).",
        "**多半没有量化成功:{claim_16} 是 16 位的大小,{params_said} × 2 字节 = {w16_said};按这个格式,权重共 {w_whole}。** 看 model.get_memory_footprint() 和 model.is_quantized;量化配置要传给 from_pretrained(或直接用量化好的权重);先把 16 位整个放到卡上再量化,峰值就是 16 位的大小,那些块会一直留着(看 torch.cuda.max_memory_allocated)。", TORCH, FIRST),
    Remark("claim-is-no-format-of-this", 4, lambda c: _in_fewer_bits(c) and c.any("claim_checked"),
        "**Not in this format: {claim_16} is the 16-bit size**, {params_said} × 2 B = {w16_said}; as they are stored here the weights take {w_whole}.",
        "**按这个格式不是:{claim_16} 是 16 位的大小**,{params_said} × 2 字节 = {w16_said};按这里的格式,权重共 {w_whole}。", TORCH),
    Remark("claim-of-16-bit-elsewhere", 6, lambda c: _in_fewer_bits(c) and not c.any("claim_checked"),
        "{claim_16} is the 16-bit size, {params_said} × 2 B = {w16_said}; as they are stored here the weights take {w_whole}.",
        "{claim_16} 是 16 位的大小:{params_said} × 2 字节 = {w16_said};按这里的格式,权重共 {w_whole}。", TORCH),
    Remark("chain-of-sums", 0, lambda c: c.serving and not c.failed and "chain_cache" in c.figures.log, "{chain}", "{chain}", GQA, FIRST),
    Remark("saving-claimed", 0, lambda c: c.training and c.modelled and not c.failed and "less_claimed" in c.figures.log, "{saving_claimed}", "{saving_claimed}", LIGER, FIRST),
    Remark("cells-compared", 1, lambda c: c.any("table_lookup") and c.any("cells_ratio:0.5", "cells_ratio:0.25") and not c.failed,
        "{cells_compared}", "{cells_compared}", FACTORY),
    Remark("rows-on-cards", 1, lambda c: c.any("table_lookup") and c.any("table_rows", "what_fits", "which_models", "rows_chosen", "each_or_total") and c.n > 1 and (c.said("gpu") or c.said("gpu_memory_gb")),
        "{rows_on_cards}", "{rows_on_cards}", FACTORY, FIRST),
    Remark("cells-with-room", 3, lambda c: c.training and c.modelled and c.any("table_lookup") and c.any("fits") and c.any("several_formats") and c.over("capacity_whole", 1) and not c.failed,
        "By the same table the most that leaves room on such a card, at short lengths: {cells_with_room}.",
        "按同一张表,这样的卡上还留有余量的(短序列)最大是:{cells_with_room}。", FACTORY),
    Remark("rule-and-cell", 1, lambda c: c.modelled and c.training and c.any("x_rule", "eighteen_bytes", "half_byte") and (c.any("table_lookup", "llama_factory") or _column_explained(c)) and not c.any("fits"),
        "{rule_and_cell}{cell_by_parts}", "{rule_and_cell}{cell_by_parts}", FACTORY),
    Remark("cells-explained", 2, lambda c: c.modelled and c.any("table_lookup") and not (c.figures.told.get("observed_gb") and c.any("why_more")) and c.any("explain_derive", "why_more", "check_arithmetic", "name_multiplied", "half_byte"),
        "{table_each}", "{table_each}", FACTORY),
    Remark("cell-and-run", 0, lambda c: c.training and c.said("model") and not c.failed and c.any("table_lookup", "llama_factory") and bool(c.figures.told.get("observed_gb")) and not c.any("both_published", "checkpoint_size"),
        "{cell_and_run}", "{cell_and_run}", FACTORY, FIRST),
    Remark("cell-and-cards", 0, lambda c: c.training and c.modelled and not c.failed and c.any("table_lookup", "llama_factory"),
        "{cell_and_cards}", "{cell_and_cards}", FACTORY, FIRST),
    Remark("both-published", 0, lambda c: c.training and c.modelled and not c.failed and c.adapters and c.said("method") and c.any("both_published"),
        "{both_published}", "{both_published}", FACTORY, FIRST),
    Remark("row-of-the-table", 2, lambda c: c.training and c.said("model") and c.any("table_lookup", "llama_factory") and c.any("row_holds") and (c.any("table_lookup") or bool(c.figures.told.get("claims_gb"))) and not c.any("explain_derive", "why_more"),
        "{row_verdict}", "{row_verdict}", FACTORY),
    Remark("shapes-told", 3, lambda c: c.said("config"),
        "{shapes_said}", "{shapes_said}", GQA),
    Remark("vocabulary-extended", 3, lambda c: c.modelled and bool(c.figures.told.get("added_vocabulary")),
        "{vocabulary_extended}", "{vocabulary_extended}", ZERO),
    Remark("states-by-stage", 2, lambda c: c.training and c.modelled and c.method == "full" and (c.any("states_only") or _states_of_each(c)),
        "{states_by_stage}", "{states_by_stage}", ZERO),
    Remark("stages-seen", 1, lambda c: c.training and c.modelled and not c.adapters and len(stages_told(c.figures)) > 1,
        "{stages_judged}", "{stages_judged}", ZERO, ELSEWHERE),
    Remark("stages-claimed", 3, lambda c: c.training and c.modelled and not c.adapters and not c.any("first_step", "optimizer_step", "growing") and c.any("stages", "zero_offload") and c.any("claim_checked", "check_arithmetic", "explain_derive", "why_more"),
        "{stages_judged}", "{stages_judged}", ZERO),
    Remark("cache-told-in-full", 0, lambda c: c.serving and c.modelled and not c.failed and c.any("kv", "kv_cache") and c.said("seq_len") and not c.said("kv_format") and not c.any("check_arithmetic", "claim_checked", "measured", "swa_full", "window_saves") and c.over("told_in_full", 1) and not (c.reads_gguf and c.over("fell_to_windows", 1)),
        "{told_in_full_judged}", "{told_in_full_judged}", VLLM_WINDOWS, FIRST),
    Remark("cache-kept-whole-beside", 14, lambda c: c.serving and c.modelled and (c.said("gpu") or c.said("gpu_memory_gb")) and not c.failed and c.any("kv", "kv_cache", "max_batch_ctx") and c.said("seq_len") and not c.said("kv_format") and not c.any("check_arithmetic", "claim_checked", "measured", "swa_full", "window_saves", "windows_summed", "kv_of_several") and not c.over("told_in_full", 1) and c.over("kv_unwindowed", 1) and c.figures.amount("kv_unwindowed") > 1.9 * c.figures.amount("kv_all"),
        "Of the cache: {layers_with_a_window}. A program that kept every token in every layer would take {tokens} × {kv_token_unwindowed} = {kv_unwindowed} for it, {whole_unwindowed} in all.",
        "缓存:{layers_with_a_window}。若程序每一层都存全部 token,缓存就要 {tokens} × {kv_token_unwindowed} = {kv_unwindowed},一共 {whole_unwindowed}。", VLLM_WINDOWS),
    Remark("kv-claims", 4, lambda c: _of_a_cache(c) and len(_stated(c)) > 1,
        "{kv_verdict}", "{kv_verdict}", GQA),
    Remark("kv-claim", 4, lambda c: _of_a_cache(c) and len(_stated(c)) == 1,
        "{kv_verdict}", "{kv_verdict}", GQA),
    Remark("memory-claimed", 0, lambda c: c.modelled and c.n == 1 and c.any("memory_claimed") and not c.failed and not c.any("shared_gpu", "unified_memory") and any(float(one) * 1e9 > _BEYOND * c.figures.amount("capacity") for one in c.figures.told.get("claims_gb", ()) if one),
        "**No: no driver, setting or program makes a card hold more than its own memory, here {capacity}; what is counted beyond it is system RAM, read over PCIe and many times slower.**",
        "**不成立:驱动、设置或软件都不能让一张卡装下超过自身显存的东西,这里是 {capacity};多算出来的部分是系统内存,走 PCIe,慢很多倍。**", NVIDIA, FIRST),
    Remark("machines-had", 0, lambda c: c.serving and c.modelled and not c.failed,
        "{machines_had}", "{machines_had}", FALCON_180B, FIRST),
    Remark("claim-total", 14, lambda c: c.modelled and (c.any("claim_checked") or (c.training and c.any("fits_elsewhere"))) and not c.any("kv", "kv_cache", "table_lookup", "units", "checkpointing") and not c.failed and not c.quoted and not c.over("claim_states", 1) and not c.over("claim_16", 1) and not (c.over("claim_table", 1) and not c.any("supposed_of_any")) and not c.over("claim_32", 1),
        "{total_verdict}", "{total_verdict}", FACTORY),
    Remark("claim-and-seen", 4, lambda c: c.serving and not c.failed and c.any("who_is_right", "why_more", "claim_checked") and c.over("claim_16", 1),
        "{claim_and_seen}", "{claim_and_seen}", TORCH),
    Remark("claim-as-weights-and-room", 13, lambda c: c.serving and c.modelled and not c.failed and c.any("how_many_gpus", "explain_derive", "why_more", "claim_checked", "fits_elsewhere") and not c.any("kv", "kv_cache", "units", "one_point_two") and "observed_gb" not in c.figures.told, "{weights_and_room}", "{weights_and_room}", TORCH),
    Remark("claim-as-16-bit", 13, lambda c: c.any(*_EXPLAINS) and not (c.training and (c.method == "qlora" or (c.any("table_lookup") and c.failed))) and c.over("claim_16", 1) and not _explained(c, "claim_16"),
        "{is_2}: the weights alone in 16 bit, 2 B per parameter.{training_keeps}{weights_in_gib}",
        "{is_2}:只是 16 位(每参数 2 字节)权重的大小。{training_keeps}{weights_in_gib}", TORCH),
    Remark("claim-as-states", 13, lambda c: not c.serving and c.any(*_EXPLAINS) and c.over("claim_states", 1),
        "{is_16}: weights, gradients and Adam's states in training, 16 B per parameter in fp32 (4 + 4 + 8) as in mixed precision (2 + 2 + 12).{beside_states}",
        "{is_16}:训练时的权重、梯度与 Adam 状态,每参数 16 字节;fp32(4 + 4 + 8)与混合精度(2 + 2 + 12)都是如此。{beside_states}", ZERO),
    Remark("claim-as-cache", 11, lambda c: c.serving and c.any("kv", "kv_cache") and c.over("claim_kv", 1),
        "{claim_kv} of keys and values for {seq} tokens is right: {kv_token} per token, {kv_sequence}.",
        "{seq} token 的 KV 缓存为 {claim_kv} 是对的:每 token {kv_token},共 {kv_sequence}。", GQA),
    Remark("claim-without-optimizer", 8, lambda c: c.training and c.modelled and c.method == "full" and c.any(*_EXPLAINS, "oom_diagnosis", "fits", "adam_state") and c.over("read_32", 1),
        "**Too little: {read_32} is 4 B for each of {params_said} parameters: one copy of the weights in fp32, or weights and gradients in 16 bit (2 + 2).** With the gradients and Adam's moments it is 8 B in 16 bit throughout (pure bf16), {states8_said}; in mixed precision, with an fp32 copy and fp32 moments, 16 B, {states_said}, or 18 B with fp32 gradients, {states18_said}; activations come on top of all.",
        "**偏小:{read_32} 是 {params_said} 参数每个 4 字节:只够一份 fp32 权重,或 16 位的权重加梯度(2 + 2)。** 加上梯度和 Adam 动量:全用 16 位(纯 bf16)每参数 8 字节,{states8_said};混合精度(fp32 主权重与 fp32 动量)16 字节,{states_said};梯度也用 fp32 则 18 字节,{states18_said};激活都另算。", ZERO, SUSPECT),
    Remark("claim-as-fp32-base", 8, lambda c: c.training and c.modelled and c.adapters and c.any(*_EXPLAINS, "oom_diagnosis") and c.over("seen_32", 1) and not c.over("claim_16", 1) and not c.any("several_ranks"),
        "{seen_32} is what the base weights take in fp32: {params_said} × 4 B = {w32_said}. They were loaded, or are kept, in fp32: mixed precision (bf16-mixed, bf16=True, fp16=True) computes in 16 bit by autocast and leaves the parameters as they are. Load them in 16 bit (torch_dtype=bfloat16, --precision bf16-true), {w16_said} and {copy_lora} in all, or quantised (load_in_8bit, load_in_4bit, --quantize bnb.nf4): 8 bit {copy_qlora8}, 4 bit {copy_qlora} in all.",
        "{seen_32} 正是基座权重按 fp32 存放的大小:{params_said} × 4 字节 = {w32_said}。说明权重是按 fp32 加载或保留的:混合精度(bf16-mixed、bf16=True、fp16=True)只是用 autocast 以 16 位计算,参数本身不变。请按 16 位加载(torch_dtype=bfloat16、--precision bf16-true):权重 {w16_said},总共 {copy_lora};或量化加载(load_in_8bit、load_in_4bit、--quantize bnb.nf4):8 位总共 {copy_qlora8},4 位 {copy_qlora}。", LORA, SUSPECT),
    Remark("claim-as-fp32-weights", 8, lambda c: c.training and c.modelled and c.method == "full" and c.any(*_EXPLAINS, "oom_diagnosis") and c.over("seen_32", 1),
        "{seen_32} is 4 B for each of {params_said} parameters, {w32_said}: the weights in fp32, for bf16=True or fp16=True computes in 16 bit by autocast and leaves the parameters as they are (once a backward pass has run it could be 16-bit weights and gradients). The first step adds gradients and Adam's two moments in fp32, 4 + 4 + 4 B: {states_said} of states in all, 16 B per parameter, before activations and logits. Loaded in bf16 (pure) it is half, {states8_said}; 8-bit Adam, or LoRA ({copy_lora}), takes less.",
        "{seen_32} 是 {params_said} 参数每个 4 字节,{w32_said}:即 fp32 权重,因为 bf16=True 或 fp16=True 只是用 autocast 以 16 位计算,参数本身不变(若已做过反向传播,也可能是 16 位权重加梯度)。第一步再加上 fp32 的梯度与 Adam 两个动量,4 + 4 + 4 字节:状态共 {states_said},每参数 16 字节,激活与 logits 另算。按纯 bf16 加载则减半,{states8_said};8 位 Adam 或 LoRA({copy_lora})更省。", MIXED, SUSPECT),
    Remark("ranges-of-methods", 7, lambda c: c.training and c.modelled and bool(c.figures.told.get("ranges")),
        "Of what you read, at batch {batch}, {seq} tokens and with checkpointing: {ranges}.",
        "您看到的说法,按批大小 {batch}、{seq} token、开启重计算来看:{ranges}。", FACTORY),
    Remark("claim-as-share-of-states", 4, lambda c: c.training and c.modelled and c.method == "full" and c.zero in (1, 2, 3) and c.n > 1 and c.over(f"claim_zero{c.zero}", 1) and not c.any("estimator"),
        "{share_of_states}", "{share_of_states}", ZERO),
    Remark("claim-as-pure-bf16", 13, lambda c: c.training and c.modelled and c.method == "full" and c.any(*_EXPLAINS) and c.over("claim_pure", 1) and not _of_a_part(c),
        "{claim_pure} is full fine-tuning in pure bf16, 8 B per parameter (weights, gradients and two moments at 2 B each): {states8_said}. Mixed precision takes 16 B, {states_said}; activations are in neither.",
        "{claim_pure} 是纯 bf16 全量微调的状态,每参数 8 字节(权重、梯度、两个动量各 2 字节):{states8_said}。混合精度是 16 字节,{states_said};两者都不含激活。", ZERO),
    Remark("claim-as-adam", 12, lambda c: c.training and c.modelled and c.method == "full" and c.any(*_EXPLAINS) and c.over("claim_adam", 1) and not _of_a_part(c),
        "{claim_adam} is 12 B per parameter, {adam12_said}: 16-bit weights 2 + gradients 2 + Adam's two fp32 moments 8, without an fp32 copy of the weights (so the QLoRA paper counts full fine-tuning of 65B as more than 780 GB); or Adam's part alone, the copy 4 + the moments 8. With all of them mixed precision takes 16 B, {states_said}. Both are right, each for its own training.",
        "{claim_adam} 是每参数 12 字节,{adam12_said}:16 位权重 2 + 梯度 2 + Adam 两个 fp32 动量 8,不含 fp32 主权重(QLoRA 论文说 65B 全量微调超过 780 GB 就是这样算的);或者只是 Adam 的部分,即主权重 4 + 动量 8。全部算上,混合精度是 16 字节,{states_said}。两种口径都对,只是训练方式不同。", QLORA),
    Remark("table-over-cards", 2, lambda c: c.training and c.modelled and not c.failed and c.zero == 3 and c.n > 1 and c.over("claim_table", 1) and c.over("capacity", 1),
        "{cell_over_cards}", "{cell_over_cards}", FACTORY),
    Remark("claim-of-the-table", 13, lambda c: c.training and c.modelled and c.any(*_EXPLAINS, "oom_diagnosis", "fits") and c.over("claim_table", 1),
        "{claim_table} is the table's figure for one whole copy at short lengths, its authors' estimate. Several cards hold it together only if the weights are divided over them (FSDP, for 4-bit weights FSDP-QLoRA); a copy on one card takes {copy} here.",
        "{claim_table} 是表里一份完整副本、较短序列的数字,是作者的估计。只有把权重切分到各卡(FSDP;4 位权重用 FSDP-QLoRA),几张卡才能合起来装下它;单卡一份副本在这里要 {copy}。", FACTORY),
    Remark("less-than-the-states", 7, lambda c: c.training and c.modelled and c.any(*_EXPLAINS) and not c.said("offload") and not c.said("lora_rank") and c.over("claim_less", 1),
        "Yes, {claim_less} on each of {cards} cards is too little for full fine-tuning: weights, gradients and Adam are {params_said} × 16 B = {states_said}, which even fully sharded leave {states_share} on a card, before activations. So the optimizer or the parameters are offloaded to host memory (look into the DeepSpeed or FSDP configuration), or most parameters are frozen: print how many are trainable. In pure bf16 the states are half, {states8_said}. A reading before the first optimizer step misses Adam.",
        "对,{cards} 张卡每张只有 {claim_less},对全量微调来说太小:权重、梯度与 Adam 为 {params_said} × 16 字节 = {states_said},完全切分后每张卡也有 {states_share},还没算激活。所以要么优化器或参数被 offload 到了内存(查 DeepSpeed 或 FSDP 配置),要么大部分参数被冻结:打印可训练参数量看看。纯 bf16 的状态减半,为 {states8_said}。第一次优化器更新之前的读数不含 Adam。", ZERO),
    Remark("four-copies", 6, lambda c: c.any("four_by_four") and not c.serving,
        "Right for full fine-tuning with Adam: the first 4 is the 4 bytes of an fp32 number, and the second counts the four copies of every parameter: weight, gradient and Adam's two moments. 4 × 4 = 16 B per parameter; mixed precision comes to 16 as well, differently divided: 2 weight + 2 gradient + 4 fp32 copy + 4 + 4 moments. Activations are not in it.",
        "用 Adam 全量微调时是对的:第一个 4 是 fp32 的 4 字节,第二个 4 是每个参数的四份:权重、梯度和 Adam 的两个动量。4 × 4 = 每参数 16 字节;混合精度也是 16,只是拆法不同:权重 2 + 梯度 2 + fp32 主权重 4 + 两个动量 4 + 4。激活不在其中。", ZERO),
    Remark("claim-without-groups", 7, lambda c: c.serving and c.any("kv", "kv_cache") and c.over("claim_multi_head", 1),
        "No: {claim_multi_head} of keys and values is what {heads} heads would take, each with its own (multi-head attention): {kv_multi_head_all}. This model has {kv_heads} KV heads that the query heads share (grouped-query attention), so {tokens} tokens take {kv_all} in all, {kv_token} each. With {w16} of 16-bit weights that is {serve_users} (cards of 80 GB: {serve_users_cards} or more).",
        "不对:{claim_multi_head} 是 {heads} 个头各有自己的 K 和 V(MHA)时的大小:{kv_multi_head_all}。这个模型只有 {kv_heads} 个 KV 头,由查询头共用(GQA),所以 {tokens} token 合计 {kv_all},每 token {kv_token}。加上 16 位权重 {w16} 共 {serve_users}(80 GB 的卡至少 {serve_users_cards} 张)。", GQA),
    Remark("cache-without-groups", 12, lambda c: c.serving and c.any("multi_head") and not c.figures.logged_all("all_heads_gb") and not c.any("kinds_of_attention") and not c.all("heads_save", "kv_cache") and c.figures.amount("heads_times") > 1,
        "With a key and a value of its own for each of the {heads} query heads (multi-head attention) the cache would take {heads_times} times as much: {kv_multi_head_token} per token, {kv_multi_head_all} for {tokens} tokens.",
        "若 {heads} 个查询头各有自己的 K 和 V(MHA),缓存是 {heads_times} 倍:每 token {kv_multi_head_token},{tokens} token 共 {kv_multi_head_all}。", GQA),
    # ── keys and values ────────────────────────────────────────────────────────────────────────────────────────────
    Remark("cache-is-divided", 12, lambda c: c.serving and c.n > 1 and c.any("kv") and c.over("kv_all", 1e9) and not c.over("kv_doubled", 1) and not c.said("cp"),
        "The cache is divided like the weights, not kept twice: {kv_all} for {tokens} tokens ({kv_token} each) over all {cards} cards. What each card has of its own is the runtime and the buffers of its computation.",
        "KV 缓存和权重一样被切分,不会每张卡各存一份:{tokens} token 共 {kv_all}(每 token {kv_token}),分到 {cards} 张卡。每张卡各自都有的是运行时和计算缓冲。", GQA),
    # ── states and adapters ────────────────────────────────────────────────────────────────────────────────────────
    Remark("adam-in-figures", 19, lambda c: c.modelled and c.any("adam_state") and (not c.any("fits") or c.any("named_16_bit")) and not c.adapters and not c.all("saving_asked", "several_optimizers") and not _states_of_each(c),
        "**{moments_here}The states of {params_said} parameters: AdamW, two fp32 moments, {adam8_said}; 8-bit AdamW {adam2_said}; one fp32 moment (Lion, SGD with momentum; Muon of its matrices, with AdamW's two of embedding, head and vectors) {w32_said}; Adafactor without momentum next to none, a row and a column for each matrix; SGD without momentum none.** Mixed precision adds an fp32 copy of the weights, {w32_said}, that is often counted with the optimizer: {adam12_said} with AdamW. Moments in bf16 take half.",
        "**{moments_here}{params_said} 参数的优化器状态:AdamW 两个 fp32 动量 {adam8_said};8 位 AdamW {adam2_said};只有一个 fp32 动量的(Lion、带动量的 SGD;Muon 的矩阵也只有一个,词嵌入、输出头和向量仍用 AdamW 的两个){w32_said};不带动量的 Adafactor 几乎为零(每个矩阵只存一行一列);不带动量的 SGD 为零。** 混合精度另有 fp32 主权重 {w32_said},常算在优化器里:AdamW 就是 {adam12_said}。动量用 bf16 则减半。", EIGHT_BIT),
    Remark("rank-has-effect", 5, lambda c: c.training and c.modelled and c.adapters and c.any("rank_denied"),
        "**Only at low ranks: an adapter beside a d × k matrix has r × (d + k) parameters, so its weights, gradients and Adam states grow in proportion to the rank.** Here, at rank {rank_here}, they are {adapter_states} of {peak}; at 128 or 256 on all linear layers it is gigabytes; on q and v alone it stays small for longer. Activations hardly depend on the rank.",
        "**只在秩很小时成立:d × k 矩阵旁的适配器有 r × (d + k) 个参数,它的权重、梯度和 Adam 状态与秩成正比。** 这里秩 {rank_here} 时是 {adapter_states},总共 {peak};加在所有线性层上、秩到 128 或 256 时就是好几 GB;只加在 q、v 上则小得多。激活几乎与秩无关。", LORA),
    Remark("printed-adapters", 4, lambda c: _printed(c) and not c.failed and ((c.any("in_bytes_asked") and not c.any("why_more", "rest_asked") and (not c.modelled or c.adapters or c.any("any_model"))) or (not c.modelled and c.any("why_more", "check_arithmetic", "adam_state"))),
        "{printed_adapters}", "{printed_adapters}", LORA),
    Remark("adapters-claimed", 0, lambda c: c.modelled and c.adapters and "adapters_said" in c.figures.log, "{adapters_claimed}", "{adapters_claimed}", LORA, FIRST),
    Remark("adapters-of-a-mixture", 0, lambda c: c.modelled and c.adapters and c.experts and (_printed(c) or c.any("adapters_many")) and "adapters_said" not in c.figures.log, "{adapters_of_mixture}", "{adapters_of_mixture}", PEFT_EXPERTS, FIRST),
    Remark("adapters-as-share", 11, lambda c: c.modelled and c.adapters and c.any("adapters_share") and not c.failed,
        "{adapters_share}", "{adapters_share}", LORA),
    Remark("adapters-in-figures", 12, lambda c: c.modelled and c.adapters and not c.failed and (c.any("explain_derive", "adam_state", "check_arithmetic") or (_printed(c) and not c.any("why_more"))),
        "An adapter of rank r beside a matrix of d inputs and k outputs has r × (d + k) parameters: {adapter_params} in all here. With gradients and Adam at 16 B each they take {adapter_states}; the frozen base of {w_here} and activations are what counts.",
        "秩 r 的适配器在 d 输入、k 输出的矩阵旁有 r × (d + k) 个参数,这里合计 {adapter_params}。连同梯度与 Adam 每参数 16 字节,共 {adapter_states};真正占显存的是冻结的基座权重 {w_here} 和激活。", LORA),
    Remark("eighteen-of-the-table", 8, lambda c: c.modelled and c.any("eighteen_bytes") and c.said("params"),
        "18x is 18 B per parameter (16-bit weights 2, fp32 gradients 4, fp32 copy 4, moments 8): {params_said} × 18 B = {states18_said}. The table's own cells are rounded by hand, at 17 to 20 B per parameter, and so are not exactly that.",
        "18x 就是每参数 18 字节(16 位权重 2、fp32 梯度 4、fp32 主权重 4、动量 8):{params_said} × 18 字节 = {states18_said}。表里的数是手工取整的,相当于每参数 17 到 20 字节,所以不完全等于它。", FACTORY),
    # ── a message ──────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("tried-as-logits", 4, lambda c: c.modelled and c.training and not c.over("log_prob_rows", 2) and (not c.over("states_over", 1) or c.logits_as_tried) and not c.any("images") and c.over("tried", 1) and (not c.over("tried_parameters", 1) or c.logits_of_the_step) and c.over("tried_tokens", 1),
        "**The {tried} that could not be allocated are the logits of {tried_tokens} tokens in fp32 (vocabulary {vocab} × 4 B){of_a_step}.**{beside_models}{but_fits} Several such copies exist at once{copies_are}, {logits_of_tried} at the worst moment, and neither ZeRO nor checkpointing{nor_four_bits} makes them smaller. A fused or chunked loss (Liger) makes none{fused_less_to}; else limit the length, or take a smaller micro-batch{tried_of_one}.{longest_single}{few_states}",
        "**没能分配的 {tried} 正好是 {tried_tokens} 个 token 的 fp32 logits(词表 {vocab} × 4 字节){of_a_step}。**{beside_models}{but_fits}这样的副本同时有好几份{copies_are},最高 {logits_of_tried},ZeRO、重计算{nor_four_bits}都不减少它。融合或分块损失(Liger)不产生它{fused_less_to};否则限制长度或减小 micro-batch{tried_of_one}。{longest_single}{few_states}", LIGER, CAUSE),
    Remark("tried-as-sampled-logits", 4, lambda c: not c.given("engine", "transformers") and not c.any("images") and c.serving and not c.reads_gguf and c.over("tried", 1) and c.over("tried_tokens", 1),
        "**The {tried} that could not be allocated are fp32 logits of {tried_tokens} tokens (vocabulary {vocab} × 4 B), asked for while serving: they stand outside of the pool of the cache.** A prefill whose prompt log-probabilities are wanted, or a large step, makes them. Give the pool a smaller share, allow fewer tokens or sequences a step, and ask for no prompt logprobs.",
        "**没能分配的 {tried} 正好是 {tried_tokens} 个 token 的 fp32 logits(词表 {vocab} × 4 字节),是推理时在缓存池之外申请的。** 要返回 prompt logprobs 的 prefill,或一步里 token 太多,就会产生它。减小缓存池的份额、每步的 token 数或序列数,不要返回 prompt logprobs。", LIGER, CAUSE),
    # ── time, images ───────────────────────────────────────────────────────────────────────────────────────────────
    Remark("computing-per-token", 12, lambda c: c.modelled and c.any("training_time") and not c.any("epoch_known"),
        "Training computes 6 FLOP per parameter and token, {flop_token} per token here; times the tokens trained on it is the total, and total ÷ (cards × peak rate × time) is the utilisation.",
        "训练每参数每 token 要 6 FLOP,这里每 token {flop_token};乘以训练的 token 数就是总计算量,总计算量 ÷(卡数 × 峰值 × 时间)就是利用率。", SCALING_LAWS),
    Remark("pictures-of-one-size", 9, lambda c: c.serving and c.any("images") and c.over("picture_fixed", 1) and "pictures" not in c.figures.log,
        "{pictures_of_one_size}", "{pictures_of_one_size}", VL),
    Remark("several-of-one-size", 1, lambda c: c.serving and c.over("picture_fixed", 1) and "pictures" in c.figures.log,
        "{pictures_of_one_size}", "{pictures_of_one_size}", VL, FIRST),
    Remark("pictures-raise", 0, lambda c: c.serving and not c.by_server and (c.any("why_more") or c.failed) and not (c.failed and c.over("capacity", 1)) and c.any("images") and c.over("picture_tokens", 1) and not c.any("kv_cache", "video_told"),
        "**Pictures are tokens and, before that, patches: one of {picture_width} × {picture_height} is about {picture_tokens} tokens, its pixels ÷ ({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}, whose cache is only {pictures_kv}. What rises is the vision tower, whose activations grow with all their patches, and with the square of their number where no flash attention is used.**{tower_scores} Cap the pixels: max_pixels = {picture_capped} × {picture_side} × {picture_side} leaves at most {picture_capped} tokens of each; send fewer or smaller pictures at once; use flash attention in the tower (attn_implementation=\"flash_attention_2\").",
        "**图片先是图块、再是 token:一张 {picture_width} × {picture_height} 的图约 {picture_tokens} 个 token,即像素数 ÷({picture_side} × {picture_side}){how_many_pictures}{beyond_positions},KV 缓存只占 {pictures_kv},不是主因;涨的主要是视觉塔,它的激活随全部图块增长,没有 flash attention 时随图块数的平方增长。**{tower_scores}请限制像素:max_pixels = {picture_capped} × {picture_side} × {picture_side} 时每张最多 {picture_capped} 个 token;一次少放几张或缩小图片;视觉塔用 flash attention(attn_implementation=\"flash_attention_2\")。", VL, FIRST),
    Remark("pictures-counted", 5, lambda c: c.serving and not (c.failed and c.pixels_help) and c.over("picture_tokens", 1),
        "**A picture of {picture_width} × {picture_height} is about {picture_tokens} tokens, its pixels ÷ ({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}**: {pictures_kv} of cache, and with the weights {peak_pictures}{of_each_card}.{pictures_held} The vision tower's own activations come on top.{tower_flash} max_pixels bounds it: {picture_capped} × {picture_side} × {picture_side} leaves at most {picture_capped} tokens of each.",
        "**一张 {picture_width} × {picture_height} 的图约 {picture_tokens} 个 token,即像素数 ÷({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}**:占 {pictures_kv} 的 KV 缓存,连同权重{of_each_card}约 {peak_pictures}。{pictures_held}视觉塔自己的激活另算。{tower_flash}用 max_pixels 限制:{picture_capped} × {picture_side} × {picture_side} 时每张最多 {picture_capped} 个 token。", VL),
    Remark("pictures-in-training", 3, lambda c: c.training and c.modelled and not c.failed and c.over("picture_tokens", 1),
        "{picture_fits}**A picture of {picture_width} × {picture_height} becomes about {picture_tokens} tokens, its pixels ÷ ({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}, and each token has logits over the vocabulary of {vocab} and activations like one of text: {peak_pictures} with them{of_case}**, the vision tower's own activations on top. With max_pixels = {picture_capped} × {picture_side} × {picture_side} a picture is at most {picture_capped} tokens: {peak_capped}. {picture_cures}.",
        "{picture_fits}**一张 {picture_width} × {picture_height} 的图变成约 {picture_tokens} 个 token,即像素数 ÷({picture_side} × {picture_side}){how_many_pictures}{beyond_positions};每个 token 都和文本一样有词表 {vocab} 的 logits 和激活,带图共 {peak_pictures}{of_case}**,视觉塔自己的激活另算。设 max_pixels = {picture_capped} × {picture_side} × {picture_side},每张最多 {picture_capped} 个 token:{peak_capped}。{picture_cures}。", VL),
    Remark("more-than-its-text", 0, lambda c: c.training and c.modelled and not c.failed and c.any("over_text") and c.over("picture_square", 1) and not c.over("picture_tokens", 1),
        "{over_text}", "{over_text}", VL, FIRST),
    Remark("video-eased", 1, lambda c: c.serving and c.any("video_told") and (c.failed or c.any("what_helps")) and "width" not in c.figures.log and (c.fits or not c.over("capacity", 1)),
        "{video_eased}", "{video_eased}", QWEN_VL_UTILS, CAUSE),
    Remark("experts-alone", 3, lambda c: _in_int4(c) and c.any("how_many_gpus") and c.given("weight_format", "int4"), "{experts_alone}", "{experts_alone}", K2_THINKING, FIRST),
    Remark("also-experts-alone", 9, lambda c: _in_int4(c) and not (c.any("how_many_gpus") and c.given("weight_format", "int4")), "{experts_alone}", "{experts_alone}", K2_THINKING),
    Remark("tower-itself", 1, lambda c: c.modelled and not c.training and not c.failed and c.any("tower_asked"),
        "{tower_itself}", "{tower_itself}", VL, FIRST),
    Remark("weights-on-disk", 0, _on_disk,
        "{weights_on_disk}", "{weights_on_disk}", HF_DOWNLOAD, FIRST),
    Remark("tower-saves-little", 0, lambda c: c.training and c.modelled and not c.failed and c.any("tower_little"),
        "{tower_little}", "{tower_little}", ZERO, FIRST),
    Remark("tower-frozen", 2, lambda c: c.modelled and not c.failed and c.any("tower_frozen") and (not c.adapters or c.any("saving_asked", "which_part", "tower_as_a_way")),
        "{tower_words}", "{tower_words}", ZERO),
    Remark("tiles-trained-fail", 1, lambda c: c.training and c.failed and not c.fits and c.modelled and c.over("tiles", 1),
        "{tiles_trained}", "{tiles_trained}", INTERNVL, CAUSE),
    Remark("tiles-in-training", 6, lambda c: c.training and c.modelled and c.over("tiles", 1) and (c.failed or (c.any("fits", "how_many_gpus", "which_gpu", "which_method") and not c.over("tiles_then", 1))),
        "{tiles_trained}", "{tiles_trained}", INTERNVL),
    Remark("tiles-trained", 1, lambda c: c.training and not c.failed and c.modelled and c.over("tiles", 1) and (c.over("tiles_then", 1) or not c.any("fits", "how_many_gpus", "which_gpu", "which_method")),
        "{tiles_trained}", "{tiles_trained}", INTERNVL, FIRST),
    Remark("tiles-served", 1, lambda c: not c.training and c.over("tiles", 1),
        "{tiles_served}", "{tiles_served}", INTERNVL, FIRST),
    Remark("pictures-of-one-size-trained", 7, lambda c: c.training and c.modelled and c.any("images") and c.over("picture_fixed", 1),
        "**A picture is always {picture_fixed} tokens for this model, whatever its size{fixed_in_all}**, so no cap on pixels lowers them: what counts is how many pictures a sample has, and how many samples a step. Each of those tokens has activations and logits (vocabulary {vocab} × 4 B a copy, several at once) like one of text, and the vision tower's own activations come on top.",
        "**这个模型的每张图固定是 {picture_fixed} 个 token,与分辨率无关{fixed_in_all}**,所以限制像素不会减少它:要看每个样本放几张图、每步放几个样本。这些 token 都和文本一样有激活和 logits(词表 {vocab} × 4 字节一份,同时几份),视觉塔自己的激活另算。", VL),
    Remark("images-attended", 28, lambda c: c.training and c.modelled and c.any("images", "fits", "how_much") and c.over("picture_attended", 1),
        "Its pictures are no tokens of the sequence: cross-attention layers read them, up to {attended_tiles} tiles × {attended_of_a_tile} = {attended_at_most} tokens each, so length and logits are those of the text alone. What a picture adds is the vision tower's activations and its keys and values in those layers; fewer or smaller pictures a sample, and checkpointing in the tower too, lower it.",
        "它的图片不占序列里的 token,由交叉注意力层读取(每张最多 {attended_tiles} 块 × {attended_of_a_tile} = {attended_at_most} 个 token),所以长度和 logits 只按文本算。图片多占的是视觉塔的激活和这些层里图片的 K、V;每个样本少放或缩小图片,视觉塔也开重计算,就能降低。", LLAMA3_HERD),
    Remark("images-attended-served", 11, lambda c: c.serving and not c.failed and c.fits and c.n == 1 and c.any("images", "fits", "how_much") and not c.reads_gguf and c.over("picture_attended", 1),
        "Its pictures are no tokens of the sequence: cross-attention layers read them, up to {attended_tiles} tiles × {attended_of_a_tile} = {attended_at_most} tokens each, so the context counted here is that of the text. What a picture adds is the vision tower's activations and its keys and values in those layers, which are not counted: {left_for_tower}. Where it is tight, send one picture at a time and keep the context short.",
        "它的图片不占序列里的 token,由交叉注意力层读取(每张最多 {attended_tiles} 块 × {attended_of_a_tile} = {attended_at_most} 个 token),这里的上下文只算文本。图片多占的是视觉塔的激活和这些层里图片的 K、V,没有计入:{left_for_tower}。显存紧张时一次只放一张图、上下文不要长。", LLAMA3_HERD),
    Remark("cross-layers-keep-no-text", 13, lambda c: c.serving and c.modelled and not c.failed and c.any("kv_cache", "kv") and not c.any("images") and c.over("picture_attended", 1),
        "Its cross-attention layers are not counted: they keep keys and values of a picture's tokens alone, once for each request that has one, and none of the text's.",
        "交叉注意力层没有计入:它们只存图片 token 的 K、V,有图片的请求各一份,不存文本的。", LLAMA3_HERD),
    Remark("images-leave-room", 11, lambda c: c.serving and not c.over("picture_attended", 1) and not c.failed and c.fits and c.n == 1 and c.any("images") and not c.reads_gguf and not c.over("picture_fixed", 1) and not c.over("picture_tokens", 1),
        "Images and frames of a video become tokens, several hundred to many thousands each by their pixels; counted here are {seq} tokens in the language model. The vision tower computes on all their patches beside that, which is not counted: {left_for_tower}. A server measures the largest input that it admits as it starts, so cap pixels and frames (max_pixels, --limit-mm-per-prompt, --mm-processor-kwargs) and --max-model-len to what is needed.",
        "图片和视频帧会按像素变成几百到上万个 token,这里按语言模型中的 {seq} 个 token 计算。视觉塔还要对它们的全部 patch 做计算,这部分没有计入:{left_for_tower}。服务启动时会按允许的最大输入做测量,所以请把像素和帧数(max_pixels、--limit-mm-per-prompt、--mm-processor-kwargs)以及 --max-model-len 限制到实际需要。", VL),
    Remark("images-served", 12, lambda c: c.serving and not c.over("picture_attended", 1) and c.any("images") and not c.over("picture_fixed", 1) and not c.over("picture_tokens", 1),
        "Images become tokens, several hundred to many thousands each by their pixels{images_each}, and the image tower's own activations come on top: both grow with the resolution, so cap the pixels (max_pixels) and use flash attention.{images_measured} What is counted here are {seq} tokens in the language model.",
        "图片会按像素变成几百到上万个 token{images_each},视觉编码器自身的激活另算:两者都随分辨率增长,请限制像素(max_pixels)并用 flash attention。{images_measured}这里按语言模型中的 {seq} 个 token 计算。", VL),
    Remark("rate-of-bytes", 0, lambda c: c.serving and "rate_gb" in c.figures.log and (c.said("weight_format") or c.said("bits")) and not c.failed,
        "{rate_of_bytes}", "{rate_of_bytes}", TRANSFORMER_MATH, FIRST),
)  # fmt: skip
