"""Keys and values of past tokens, and the constant state of recurrent layers."""

from sympy import ceiling

from formulas.anatomy import (
    KIND,
    RECURRENT,
    cut_into_heads,
    fp32_bytes,
    half_bytes,
    kv_bytes,
    kv_lora_rank,
    kv_width,
    layer_kv,
    layer_state,
    mixer,
    n_heads,
    n_layers_of,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    sliding_window,
    ssm_conv_kernel,
    ssm_inner_size,
    ssm_n_groups,
    ssm_state_size,
    tokens_kept,
    v_head_dim,
    window,
)
from formulas.formula import Formula
from formulas.programs import (
    latent_cache,
    micro_batch,
    offloaded,
    value_bytes,
)
from formulas.quantity import Choice, Words, least, total
from formulas.serving import VLLM_SPECS, max_batched_tokens
from formulas.sources import DEEPSEEK_V2, GQA, IK_LLAMA, LLAMA_CPP_WINDOWS, MAMBA, MAMBA2, MISTRAL, modelling
from formulas.vocabulary import (
    batch_size,
    context_len,
    kv_cache,
    kv_shards,
    output_len,
    page_size,
    seq_len,
    state,
    tokens_allocated,
)

# places of weights in host memory that leave the cache on the card
CACHE_ON_THE_CARD = ("none", "optimizer", "params", "blocks", "bytes")
cache_kind = Choice(
    "cache_kind",
    ("windowed", "window-and-step", "window-and-batch", "whole"),
    Words(
        "whether layers with a window drop what lies behind it, or keep a window and one step's tokens beside",
        "滑动窗口层是否丢弃窗口外的缓存,或保留窗口外加一步的 token",
    ),
)

context_of_a_request = Formula(
    context_len,
    seq_len + output_len,
    says="Prompt and generated tokens are both kept.",
    zh="提示与生成的 token 都要保留。",
    source=GQA.at("§1"),
    example=({seq_len: 4096, output_len: 512}, 4608),
)
pages_of_a_cache = Formula(
    tokens_allocated,
    page_size * ceiling(context_len / page_size),
    says="A cache is allocated in whole pages (of 1 token where the engine has none).",
    zh="缓存按整页分配(无分页时每页 1 个 token)。",
    source=GQA.at("§1"),
    example=({page_size: 16, context_len: 4097}, 4112),
)
whole_context_is_kept = Formula(
    tokens_kept,
    tokens_allocated,
    says="Full attention keeps every token.",
    zh="全注意力保留所有 token。",
    source=GQA.at("§2.2"),
    when={window: "none"},
    example=({tokens_allocated: 4096}, 4096),
)
window_is_kept = Formula(
    tokens_kept,
    least(tokens_allocated, sliding_window),
    says="A sliding window needs no token older than its length.",
    zh="滑动窗口只需保留窗口内的 token。",
    source=MISTRAL.at("§2, rolling buffer cache"),
    when={window: "sliding", cache_kind: "windowed"},
    example=({tokens_allocated: 8192, sliding_window: 4096}, 4096),
)
window_and_step_are_kept = Formula(
    tokens_kept,
    least(tokens_allocated, 256 * ceiling((sliding_window + micro_batch) / 256)),
    says="llama.cpp keeps the window and the tokens of one step, in blocks of 256.",
    zh="llama.cpp 保留窗口与一步的 token,按 256 对齐。",
    source=LLAMA_CPP_WINDOWS.at("llama_kv_cache_iswa: size_swa"),
    when={window: "sliding", cache_kind: "window-and-step"},
    example=({tokens_allocated: 32768, sliding_window: 1024, micro_batch: 500}, 1536),
)
window_and_batch_are_kept = Formula(
    tokens_kept,
    least(
        tokens_allocated,
        page_size * (1 + ceiling((sliding_window - 1 + max_batched_tokens / batch_size) / page_size)),
    ),
    says="vLLM keeps the window and the tokens that a step computes, which the sequences share, in whole pages and one more.",
    zh="vLLM 保留窗口和一步所算的 token(各序列分摊),按整页分配,另加一页。",
    source=VLLM_SPECS.at("SlidingWindowSpec.max_memory_usage_bytes"),
    when={window: "sliding", cache_kind: "window-and-batch"},
    example=(
        {tokens_allocated: 32768, page_size: 16, sliding_window: 1024, max_batched_tokens: 8192, batch_size: 1}, 9232,
    ),
)  # fmt: skip
whole_context_is_kept_despite_the_window = Formula(
    tokens_kept,
    tokens_allocated,
    says="A cache that is not windowed keeps every token of a sliding layer too, as all do right after the prompt.",
    zh="不按窗口裁剪的缓存(以及刚处理完提示时)保留全部 token。",
    source=MISTRAL.at("§2"),
    when={window: "sliding", cache_kind: "whole"},
    example=({tokens_allocated: 8192}, 8192),
)

grouped_keys_and_values = Formula(
    layer_kv,
    2 * kv_width * tokens_kept * kv_bytes,
    says="A key and a value (2) of every key-value head for every token.",
    zh="每个 token 每个键值头一个键和一个值(2)。",
    source=GQA.at("§2.2"),
    when={mixer: "grouped", cut_into_heads: ("views", "copies")},
    example=({kv_width: 1024, tokens_kept: 8192, kv_bytes: 2}, 33554432),
)
repeated_keys_and_values = Formula(
    layer_kv,
    2 * q_width * tokens_kept * kv_bytes,
    says="Heads that are repeated before they are cached: a key and a value (2) of every query head.",
    zh="键值在写入缓存前已按查询头重复:每个查询头各一个键和一个值(2)。",
    source=modelling("falcon", "FalconAttention._split_heads"),
    when={mixer: "grouped", cut_into_heads: "repeated"},
    example=({q_width: 8192, tokens_kept: 2048, kv_bytes: 2}, 67108864),
)
latent_keys_and_values = Formula(
    layer_kv,
    (kv_lora_rank + qk_rope_head_dim) * tokens_kept * kv_bytes,
    says="Only the compressed vector and one rotary key are kept for a token, whatever the number of heads.",
    zh="每个 token 只保留压缩向量与一个旋转键,与头数无关。",
    source=DEEPSEEK_V2.at("§2.1.2, Table 1"),
    when={mixer: "latent", latent_cache: "compressed"},
    example=({kv_lora_rank: 512, qk_rope_head_dim: 64, tokens_kept: 1, kv_bytes: 2}, 1152),
)
latent_and_its_transpose = Formula(
    layer_kv,
    (kv_lora_rank + qk_rope_head_dim) * tokens_kept * kv_bytes + kv_lora_rank * tokens_kept * value_bytes,
    says="The compressed vector, one rotary key, and the compressed vector once more, transposed, in place of values.",
    zh="压缩向量与旋转键,另存一份转置的压缩向量充当值。",
    source=IK_LLAMA.at("-mla 1"),
    when={mixer: "latent", latent_cache: "transposed"},
    example=({kv_lora_rank: 512, qk_rope_head_dim: 64, tokens_kept: 1, kv_bytes: 2, value_bytes: 2}, 2176),
)
latent_heads_are_expanded = Formula(
    layer_kv,
    n_heads * tokens_kept * ((qk_nope_head_dim + qk_rope_head_dim) * kv_bytes + v_head_dim * value_bytes),
    says="Without a latent cache every head's key and value are kept.",
    zh="不使用压缩缓存时,保留每个头的键与值。",
    source=IK_LLAMA.at("-mla 0"),
    when={mixer: "latent", latent_cache: "expanded"},
    example=(
        {
            n_heads: 128, tokens_kept: 1, qk_nope_head_dim: 128, qk_rope_head_dim: 64, kv_bytes: 2, v_head_dim: 128,
            value_bytes: 2,
        },
        81920,
    ),
)  # fmt: skip
no_keys_and_values = Formula(
    layer_kv,
    0 * kv_bytes,
    says="A recurrent layer keeps no keys and values.",
    zh="循环层不保留键值。",
    source=MAMBA.at("§3.4"),
    when={mixer: (*RECURRENT, "none")},
    example=({}, 0),
)
keys_and_values_of_all_layers = Formula(
    kv_cache,
    batch_size * total(n_layers_of * layer_kv / kv_shards, KIND),
    says="Every layer keeps its own, for every sequence.",
    zh="每层、每个序列各自保留。",
    source=GQA.at("§2.2"),
    when={offloaded: CACHE_ON_THE_CARD},
    example=({batch_size: 1, n_layers_of: 32, layer_kv: 33554432, kv_shards: 1}, 2**30),
)

state_of_mamba = Formula(
    layer_state,
    ssm_inner_size * (ssm_state_size * fp32_bytes + ssm_conv_kernel * half_bytes),
    says="N state numbers of each channel in float32, and the last K inputs of the convolution in 16 bit.",
    zh="每个通道 N 个 float32 状态,以及卷积最近 K 个 16 位输入。",
    source=MAMBA.at("§3.3"),
    when={mixer: "mamba"},
    example=({ssm_inner_size: 1536, ssm_state_size: 16, fp32_bytes: 4, ssm_conv_kernel: 4, half_bytes: 2}, 110592),
)
state_of_mamba_2 = Formula(
    layer_state,
    ssm_inner_size * ssm_state_size * fp32_bytes
    + (ssm_inner_size + 2 * ssm_n_groups * ssm_state_size) * ssm_conv_kernel * half_bytes,
    says="N state numbers of each channel in float32; the convolution runs over channels, B and C (2GN).",
    zh="每通道 N 个 float32 状态;卷积覆盖通道与 B、C(2GN)。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2"},
    example=(
        {
            ssm_inner_size: 5120, ssm_state_size: 128, fp32_bytes: 4, ssm_n_groups: 1,
            ssm_conv_kernel: 4, half_bytes: 2,
        },
        2664448,
    ),
)  # fmt: skip
no_state = Formula(
    layer_state,
    0 * kv_bytes,
    says="Attention keeps keys and values, not a state.",
    zh="注意力层没有常量状态。",
    source=GQA.at("§2.2"),
    when={mixer: ("grouped", "latent", "none")},
    example=({}, 0),
)
state_of_all_layers = Formula(
    state,
    batch_size * total(n_layers_of * layer_state, KIND),
    says="Every recurrent layer keeps its own, for every sequence, whatever the length.",
    zh="每个循环层、每个序列各一份,与长度无关。",
    source=modelling("mamba2", "Mamba2Cache"),
    when={offloaded: CACHE_ON_THE_CARD},
    example=({batch_size: 1, n_layers_of: 64, layer_state: 2664448}, 170524672),
)
