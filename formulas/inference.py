"""Working sets of inference: the prompt is read in one pass, then one token at a time; the peak of both."""

from sympy import Max, Min

from formulas.activations import loss
from formulas.anatomy import (
    KIND,
    activation,
    attention_kernel,
    delta_key_width,
    delta_value_width,
    experts_per_token,
    fp32_bytes,
    gate_up,
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
    mlp,
    mlp_forward,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_input_norms,
    n_layers_of,
    prompt_kv,
    q_width,
    qk_rope_head_dim,
    residual_bytes,
    rotary,
    routing_weights,
    ssm_chunk,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
    vocab_size,
)
from formulas.formula import Formula
from formulas.mixing import has_sinks
from formulas.quantity import largest, total
from formulas.sources import ACCOUNTING, DEEPSEEK_V2, GLU, SDPA, modelling
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

# the embedding's output and the layer's input are alive in the callers; residual and normalised input in the layer
_STREAM = 3 + Min(1, n_input_norms)
gated_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (3 * f + _STREAM * h),
    says="Gate, up and product (3), beside the embedding, the layer's input, the residual (3) and its norm.",
    zh="门控、上投影与乘积(3),以及词嵌入、层输入、残差(3)与归一化结果。",
    source=GLU.at("§2, as in modeling_llama.py"),
    when={mlp: "gated", gate_up: "separate"},
    example=({half_bytes: 2, f: 11008, n_input_norms: 2, h: 4096}, 6 * 11008 + 8 * 4096),
)
fused_gated_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (4 * f + _STREAM * h),
    says="The fused projection (2), activation and product (4 in all), beside the residual stream's copies.",
    zh="合并投影(2)、激活与乘积(共 4),以及残差流的各份副本。",
    source=modelling("phi3", "Phi3MLP"),
    when={mlp: "gated", gate_up: "fused"},
    example=({half_bytes: 2, f: 17920, n_input_norms: 2, h: 5120}, 8 * 17920 + 8 * 5120),
)
plain_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (2 * f + _STREAM * h),
    says="Pre-activation and activation (2), beside the residual stream's copies.",
    zh="激活前与激活后(2),以及残差流的各份副本。",
    source=modelling("starcoder2", "Starcoder2MLP"),
    when={mlp: "plain", activation: ("fused", "relu")},
    example=({half_bytes: 2, f: 18432, n_input_norms: 2, h: 4608}, 4 * 18432 + 8 * 4608),
)
squared_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (3 * f + _STREAM * h),
    says="Pre-activation, ReLU and its square (3), beside the residual stream's copies.",
    zh="激活前、ReLU 与其平方(3),以及残差流的各份副本。",
    source=modelling("nemotron", "NemotronMLP"),
    when={mlp: "plain", activation: "relu2"},
    example=({half_bytes: 2, f: 24576, n_input_norms: 2, h: 6144}, 6 * 24576 + 8 * 6144),
)
written_out_gelu_works_on = Formula(
    mlp_forward,
    half_bytes * (4 * f + _STREAM * h),
    says="Pre-activation, half of it, and the steps of the tanh (4 at once), beside the residual stream's copies.",
    zh="激活前、其一半与 tanh 的中间步骤(同时 4 份),以及残差流的各份副本。",
    source=modelling("gpt2", "GPT2MLP with NewGELUActivation"),
    when={mlp: "plain", activation: "gelu-new"},
    example=({half_bytes: 2, f: 6400, n_input_norms: 2, h: 1600}, 8 * 6400 + 8 * 1600),
)
experts_with_single_weights_work_on = Formula(
    mlp_forward,
    half_bytes * (_STREAM * h + k * Max(h + 4 * m, 6 * h)) + k * (5 * index_bytes + fp32_bytes) + fp32_bytes * E,
    says="As with 16-bit weights; float32 weights make float32 copies of the experts' outputs (6 halves in all).",
    zh="同 16 位权重;float32 权重使专家输出产生 float32 副本(共 6 个半精度)。",
    source=modelling("deepseek_v2", "DeepseekV2Moe"),
    when={mlp: "experts", routing_weights: "single"},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 2048, k: 6, m: 1408, index_bytes: 8, fp32_bytes: 4, E: 64},
        8 * 2048 + 12 * 6 * 2048 + 44 * 6 + 256,
    ),
)
experts_work_on = Formula(
    mlp_forward,
    half_bytes * (_STREAM * h + k * Max(h + 4 * m, 4 * h)) + k * 5 * index_bytes + half_bytes * E,
    says="Gathered tokens, gate and up (2), activation and product of each chosen expert, or four times its output as "
    "they are weighed and summed (4); five indices of each choice; the router's scores.",
    zh="每个被选专家的收集输入、门控与上投影(2)、激活与乘积,或加权求和时输出的四倍(4);每次选择五个索引;路由分数。",
    source=modelling("qwen3_moe", "Qwen3MoeExperts, grouped matrix products"),
    when={mlp: "experts", routing_weights: "half"},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 2048, k: 8, m: 768, index_bytes: 8, E: 128},
        8 * 2048 + 8 * 8 * 2048 + 40 * 8 + 256,
    ),
)
no_mlp_works_on_nothing = Formula(
    mlp_forward,
    0 * half_bytes,
    says="The layer has no MLP.",
    zh="该层没有 MLP。",
    source=modelling("mamba2", "Mamba2Block"),
    when={mlp: "none"},
    example=({}, 0),
)
fused_attention_works_on = Formula(
    mixer_forward,
    half_bytes * (_STREAM * h + 3 * q + 2 * kv),
    says="Queries, their rotation and the output (3), keys and values (2), beside the residual stream's copies.",
    zh="查询、旋转后的查询与输出(3)、键与值(2),以及残差流的各份副本。",
    source=SDPA.at("arguments and output"),
    when={mixer: "grouped", attention_kernel: ("flash", "sdpa")},
    example=({half_bytes: 2, n_input_norms: 2, h: 4096, q: 4096, kv: 1024}, 2 * (4 * 4096 + 3 * 4096 + 2 * 1024)),
)
eager_attention_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + 3 * q) + a * s * (fp32_bytes + 3 * half_bytes) + half_bytes * s * (1 + masked),
    says="Queries, repeated keys and values (3); scores, masked scores and the cast of the float32 probabilities (3); "
    "a mask, and a second one where some layers have a window.",
    zh="查询与重复的键、值(3);分数、加掩码的分数与 float32 概率的副本(3);一个掩码,有窗口层时再加一个。",
    source=modelling("llama", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: ("eager", "math"), has_sinks: "no"},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 4096, q: 4096, a: 32, s: 2048, fp32_bytes: 4, masked: 0},
        12 * 4096 + 32 * 2048 * 10 + 2 * 2048,
    ),
)
eager_attention_with_sinks_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + 3 * q)
    + a * (s + 1) * 2 * half_bytes
    + a * s * half_bytes
    + half_bytes * s * (1 + masked),
    says="Queries, repeated keys and values (3); scores with the sink's and their probabilities (2), scores; the masks.",
    zh="查询与重复的键、值(3);含汇的分数与概率(2)、分数;掩码。",
    source=modelling("gpt_oss", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: ("eager", "math"), has_sinks: "yes"},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 2880, q: 4096, a: 64, s: 2048, masked: 1},
        6 * 2880 + 6 * 4096 + 4 * 64 * 2049 + 2 * 64 * 2048 + 4 * 2048,
    ),
)
latent_attention_works_on = Formula(
    mixer_forward,
    half_bytes * (_STREAM * h + 4 * q),
    says="Queries, keys, values and output (4) of all heads, beside the residual stream's copies.",
    zh="全部头的查询、键、值与输出(4),以及残差流的各份副本。",
    source=modelling("deepseek_v2", "DeepseekV2Attention"),
    when={mixer: "latent", attention_kernel: ("flash", "sdpa")},
    example=({half_bytes: 2, n_input_norms: 2, h: 2048, q: 3072}, 2 * (4 * 2048 + 4 * 3072)),
)
latent_eager_attention_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + 4 * q) + a * s * (fp32_bytes + 3 * half_bytes) + half_bytes * s,
    says="Queries, keys, values (4); scores, masked scores and the cast of the float32 probabilities (3); one mask.",
    zh="查询、键、值(4);分数、加掩码的分数与 float32 概率的副本(3);一个掩码。",
    source=modelling("deepseek_v2", "eager_attention_forward"),
    when={mixer: "latent", attention_kernel: ("eager", "math")},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 2048, q: 3072, a: 16, s: 2048, fp32_bytes: 4},
        2 * (3 * 2048 + 4 * 3072) + 16 * 2048 * 10 + 2 * 2048,
    ),
)
mamba_2_works_on = Formula(
    mixer_forward,
    half_bytes * 4 * h
    + 18 * D * half_bytes / 2
    + (
        16 * H * N
        + 12 * H * c
        + 18 * H
        + 8 * D * N / c
        + 4 * D * N / s
        + 2 * (D + 2 * G * N)
        + 2 * (2 * D + 2 * G * N + H)
    )
    * half_bytes
    / 2,
    says="On the plain PyTorch path: channels (18D), B and C repeated for each head (16HN), decays of a chunk (12Hc) and "
    "of a token (18H), states (8DN/c, 4DN/s), the convolution's and the projection's outputs; bytes for 16-bit weights.",
    zh="普通 PyTorch 路径:通道(18D)、按头重复的 B 与 C(16HN)、块内衰减(12Hc)与每 token 衰减(18H)、状态及卷积与投影输出。",
    source=modelling("mamba2", "Mamba2Mixer.torch_forward"),
    when={mixer: "mamba2"},
    example=(
        {half_bytes: 2, h: 2560, D: 5120, H: 80, N: 128, c: 256, s: 2048, G: 1},
        8 * 2560 + 18 * 5120 + 16 * 10240 + 12 * 20480 + 1440 + 20480 + 1280 + 10752 + 21152,
    ),
)
mamba_works_on = Formula(
    mixer_forward,
    half_bytes * (_STREAM * h + 4 * D),
    says="Gate and channels (2), the convolution's and the scan's results (2), beside the residual stream's copies.",
    zh="门控与通道(2)、卷积与扫描结果(2),以及残差流的各份副本。",
    source=modelling("mamba", "MambaMixer"),
    when={mixer: "mamba"},
    example=({half_bytes: 2, n_input_norms: 1, h: 768, D: 1536}, 2 * (4 * 768 + 6144)),
)
delta_works_on = Formula(
    mixer_forward,
    half_bytes * (_STREAM * h + 4 * delta_key_width + 4 * delta_value_width),
    says="Queries and keys before and after the convolution (4), values likewise, gate and output (4), beside the "
    "residual stream's copies.",
    zh="卷积前后的查询与键(4)、值、门控与输出(4),以及残差流的各份副本。",
    source=modelling("qwen3_next", "Qwen3NextGatedDeltaNet"),
    when={mixer: "delta"},
    example=(
        {half_bytes: 2, n_input_norms: 2, h: 2048, delta_key_width: 2048, delta_value_width: 4096},
        2 * (8192 + 24576),
    ),
)
no_mixer_works_on_nothing = Formula(
    mixer_forward,
    0 * half_bytes,
    says="The layer mixes no tokens.",
    zh="该层不混合 token。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)
one_layer_works_on = Formula(
    layer_forward,
    Max(mlp_forward, mixer_forward),
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
    when={mixer: "grouped"},
    example=({kv: 1024, s: 2048, kv_bytes: 2}, 8388608),
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
    when={mixer: ("mamba", "mamba2", "delta", "none")},
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
    T * V * (fp32_bytes + half_bytes),
    says="Logits of every token of the prompt, in 16 bits and in float32.",
    zh="提示中每个 token 的 logits:16 位与 float32 各一份。",
    source=_LOOP,
    when={loss: ("full-logits", "fused", "chunked")},
    example=({T: 2048, V: 32000, fp32_bytes: 4, half_bytes: 2}, 393216000),
)
logits_of_the_last_token = Formula(
    prefill_logits,
    batch_size * V * (fp32_bytes + half_bytes),
    says="Logits of the last token only, in 16 bits and in float32.",
    zh="仅最后一个 token 的 logits:16 位与 float32 各一份。",
    source=_LOOP,
    when={loss: "last-logits"},
    example=({batch_size: 4, V: 32000, fp32_bytes: 4, half_bytes: 2}, 768000),
)
logits_of_a_new_token = Formula(
    decode_logits,
    batch_size * V * (fp32_bytes + half_bytes),
    says="Logits of the new token of each sequence, in 16 bits and in float32.",
    zh="每个序列新 token 的 logits:16 位与 float32 各一份。",
    source=_LOOP,
    example=({batch_size: 4, V: 32000, fp32_bytes: 4, half_bytes: 2}, 768000),
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
    when={rotary: ("whole", "concatenated")},
    example=({T: 2048, index_bytes: 8, s: 2048, head_dim: 128, residual_bytes: 2}, 1064960),
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
    Max(phase_prefill, phase_end_of_prefill, phase_decode),
    says="Reading the prompt or generating the last token, whichever holds more.",
    zh="读取提示与生成最后一个 token 中较大者。",
    source=_LOOP,
    when={task: "inference"},
    example=({phase_prefill: 14e9, phase_end_of_prefill: 13e9, phase_decode: 15e9}, 15e9),
)
logits_of_inference = Formula(
    logits,
    Max(prefill_logits, decode_logits),
    says="The prompt's logits or the new token's.",
    zh="提示或新 token 的 logits。",
    source=_LOOP,
    when={task: "inference"},
    example=({prefill_logits: 393216000, decode_logits: 768000}, 393216000),
)
