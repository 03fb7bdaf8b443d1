"""Working sets of inference: the prompt is read in one pass, then one token at a time; the peak of both."""

from formulas.activations import loss
from formulas.anatomy import (
    KIND,
    RECURRENT,
    cut_into_heads,
    experts_per_token,
    fp32_bytes,
    half_bytes,
    head_dim,
    index_bytes,
    intermediate_size,
    kv_bytes,
    kv_lora_rank,
    kv_width,
    layer_forward,
    masked,
    mixer,
    mixer_forward,
    mlp_forward,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_layers_of,
    prompt_kv,
    q_width,
    qk_rope_head_dim,
    residual_bytes,
    rotary,
    rotation,
    ssm_chunk,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import heads_here, returned_logits
from formulas.quantity import greatest, largest, total
from formulas.sources import ACCOUNTING, DEEPSEEK_V2, modelling
from formulas.vocabulary import (
    adapter,
    batch_size,
    decode_logits,
    decode_working_set,
    hidden_size,
    hidden_states,
    kv_cache,
    kv_shards,
    logits,
    phase_decode,
    phase_end_of_prefill,
    phase_prefill,
    prefill_cache,
    prefill_logits,
    prefill_working_set,
    prompt_tables,
    seq_len,
    state,
    task,
    tensors_peak,
    tokens,
    weights,
)

h, f, q, kv, a, s, T, V = hidden_size, intermediate_size, q_width, kv_width, n_heads, seq_len, tokens, vocab_size
D, N, H, G, c = ssm_inner_size, ssm_state_size, ssm_n_heads, ssm_n_groups, ssm_chunk
E, k, m = n_experts, experts_per_token, moe_intermediate_size
_LOOP = ACCOUNTING.at("a prefill and two decoding steps, counted")

one_layer_works_on = Formula(
    layer_forward,
    greatest(mlp_forward, mixer_forward),
    says="Attention and MLP follow each other; the greater working set decides.",
    zh="注意力与 MLP 先后执行,较大的工作集决定。",
    source=_LOOP,
    example=({mlp_forward: 98816, mixer_forward: 61440}, 98816),
)
working_set_of_prefill = Formula(
    prefill_working_set,
    T * largest(layer_forward, KIND) + T * largest(masked, KIND) * s * half_bytes / (2 * batch_size),
    says="One layer works at a time, on all tokens of the prompt; a boolean mask (half of 2 bytes) serves all layers.",
    zh="每次一层处理提示的全部 token;布尔掩码(2 字节的一半)供所有层使用。",
    source=_LOOP,
    example=({T: 2048, layer_forward: 98816, masked: 0, s: 2048, half_bytes: 2, batch_size: 1}, 202375168),
)
working_set_of_decoding = Formula(
    decode_working_set,
    batch_size * largest(mlp_forward, KIND),
    says="One layer works at a time, on one token of each sequence.",
    zh="每次一层处理每个序列的一个 token。",
    source=_LOOP,
    example=({batch_size: 4, mlp_forward: 98816}, 395264),
)
prompt_of_grouped_attention = Formula(
    prompt_kv,
    2 * kv * s * kv_bytes,
    says="Right after the prompt every layer holds the keys and values (2) of all of it, windows or not.",
    zh="处理完提示后,无论是否有窗口,各层都持有全部键与值(2)。",
    source=ACCOUNTING.at("cache_utils.py"),
    when={mixer: "grouped", cut_into_heads: ("views", "copies")},
    example=({kv: 1024, s: 2048, kv_bytes: 2}, 8388608),
)
prompt_of_repeated_heads = Formula(
    prompt_kv,
    2 * q * s * kv_bytes,
    says="The keys and values (2) of every query head, where they are repeated before they are cached.",
    zh="写入缓存前已按查询头重复时,每个查询头的键与值(2)。",
    source=modelling("falcon", "FalconAttention._split_heads"),
    when={mixer: "grouped", cut_into_heads: "repeated"},
    example=({q: 8192, s: 2048, kv_bytes: 2}, 67108864),
)
prompt_of_latent_attention = Formula(
    prompt_kv,
    (kv_lora_rank + qk_rope_head_dim) * s * kv_bytes,
    says="The compressed vector and one rotary key of every token.",
    zh="每个 token 的压缩向量与一个旋转键。",
    source=DEEPSEEK_V2.at("§2.1.2"),
    when={mixer: "latent"},
    example=({kv_lora_rank: 512, qk_rope_head_dim: 64, s: 2048, kv_bytes: 2}, 2359296),
)
no_prompt_of_a_scan = Formula(
    prompt_kv,
    0 * kv_bytes,
    says="A recurrent layer holds a state only.",
    zh="循环层只有状态。",
    source=modelling("mamba2", "Mamba2Cache"),
    when={mixer: (*RECURRENT, "none")},
    example=({}, 0),
)
cache_of_the_prompt = Formula(
    prefill_cache,
    batch_size * total(n_layers_of * prompt_kv / kv_shards, KIND),
    says="Every layer holds its own, for every sequence.",
    zh="每层、每个序列各自持有。",
    source=_LOOP,
    example=({batch_size: 1, n_layers_of: 32, prompt_kv: 8388608, kv_shards: 1}, 2**28),
)
logits_of_the_whole_prompt = Formula(
    prefill_logits,
    T * V * (fp32_bytes + half_bytes) * heads_here + returned_logits,
    says="Logits of every token of the prompt, in 16 bits and in float32, on the card of the head; a copy may go back to the card "
    "of the inputs.",
    zh="提示中每个 token 的 logits:在输出头所在卡上 16 位与 float32 各一份;可能还有一份副本传回输入所在的卡。",
    source=_LOOP,
    when={loss: ("full-logits", "fused", "chunked")},
    example=({T: 2048, V: 32000, fp32_bytes: 4, half_bytes: 2, heads_here: 1, returned_logits: 0}, 393216000),
)
logits_of_the_last_token = Formula(
    prefill_logits,
    batch_size * V * (fp32_bytes + half_bytes) * heads_here,
    says="Logits of the last token only, in 16 bits and in float32.",
    zh="仅最后一个 token 的 logits:16 位与 float32 各一份。",
    source=_LOOP,
    when={loss: "last-logits"},
    example=({batch_size: 4, V: 32000, fp32_bytes: 4, half_bytes: 2, heads_here: 1}, 768000),
)
logits_of_a_new_token = Formula(
    decode_logits,
    batch_size * V * (fp32_bytes + half_bytes) * heads_here,
    says="Logits of the new token of each sequence, in 16 bits and in float32.",
    zh="每个序列新 token 的 logits:16 位与 float32 各一份。",
    source=_LOOP,
    example=({batch_size: 4, V: 32000, fp32_bytes: 4, half_bytes: 2, heads_here: 1}, 768000),
)
hidden_states_of_the_prompt = Formula(
    hidden_states,
    2 * T * h * half_bytes,
    says="The embedding's output and the last layer's (2).",
    zh="词嵌入输出与最后一层输出(2)。",
    source=_LOOP,
    example=({T: 2048, h: 4096, half_bytes: 2}, 33554432),
)
tables_of_the_prompt = Formula(
    prompt_tables,
    T * index_bytes + 2 * s * largest(head_dim, KIND) * residual_bytes,
    says="The token numbers; one table of cosines and one of sines (2).",
    zh="token 编号;余弦与正弦表各一(2)。",
    source=modelling("llama", "LlamaRotaryEmbedding"),
    when={rotary: ("whole", "concatenated", "by-token"), rotation: ("as-stored", "single-copies")},
    example=({T: 2048, index_bytes: 8, s: 2048, head_dim: 128, residual_bytes: 2}, 1064960),
)
single_tables_of_the_prompt = Formula(
    prompt_tables,
    T * index_bytes + 2 * s * largest(head_dim, KIND) * fp32_bytes,
    says="The token numbers; tables of cosines and sines (2) that stay in float32.",
    zh="token 编号;保持 float32 的余弦与正弦表(2)。",
    source=modelling("ernie4_5", "Ernie4_5RotaryEmbedding"),
    when={rotary: ("whole", "concatenated", "by-token"), rotation: "single"},
    example=({T: 2048, index_bytes: 8, s: 2048, head_dim: 128, fp32_bytes: 4}, 2113536),
)
tokens_without_rotary_tables = Formula(
    prompt_tables,
    T * index_bytes,
    says="The token numbers.",
    zh="token 编号。",
    source=_LOOP,
    when={rotary: "none"},
    example=({T: 2048, index_bytes: 8}, 16384),
)
prompt_is_read = Formula(
    phase_prefill,
    weights + adapter + prefill_cache + state + prefill_working_set + prompt_tables,
    says="Weights, the cache of the prompt so far, and the layer at work.",
    zh="权重、提示缓存与正在计算的一层。",
    source=_LOOP,
    example=(
        {
            weights: 13476831232, adapter: 0, prefill_cache: 2**30, state: 0, prefill_working_set: 202375168,
            prompt_tables: 1064960,
        },
        13476831232 + 2**30 + 202375168 + 1064960,
    ),
)  # fmt: skip
prompt_has_been_read = Formula(
    phase_end_of_prefill,
    weights + adapter + prefill_cache + state + prefill_logits + hidden_states,
    says="Weights, the prompt's cache and logits, and the last hidden states.",
    zh="权重、提示的缓存与 logits,以及最后的隐藏状态。",
    source=_LOOP,
    example=(
        {
            weights: 13476831232, adapter: 0, prefill_cache: 2**30, state: 0, prefill_logits: 393216000,
            hidden_states: 33554432,
        },
        13476831232 + 2**30 + 393216000 + 33554432,
    ),
)  # fmt: skip
token_is_generated = Formula(
    phase_decode,
    weights + adapter + kv_cache + state + decode_working_set + decode_logits,
    says="Weights, the whole cache, and one token of each sequence at work.",
    zh="权重、完整缓存,以及每个序列正在计算的一个 token。",
    source=_LOOP,
    example=(
        {
            weights: 13476831232, adapter: 0, kv_cache: 2**31, state: 0, decode_working_set: 395264,
            decode_logits: 768000,
        },
        13476831232 + 2**31 + 395264 + 768000,
    ),
)  # fmt: skip
peak_of_inference = Formula(
    tensors_peak,
    greatest(phase_prefill, phase_end_of_prefill, phase_decode),
    says="Reading the prompt or generating the last token, whichever holds more.",
    zh="读取提示与生成最后一个 token 中较大者。",
    source=_LOOP,
    when={task: "inference"},
    example=({phase_prefill: 14e9, phase_end_of_prefill: 13e9, phase_decode: 15e9}, 15e9),
)
logits_of_inference = Formula(
    logits,
    greatest(prefill_logits, decode_logits),
    says="The prompt's logits or the new token's.",
    zh="提示或新 token 的 logits。",
    source=_LOOP,
    when={task: "inference"},
    example=({prefill_logits: 393216000, decode_logits: 768000}, 393216000),
)
