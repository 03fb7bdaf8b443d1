"""Working sets of one layer's forward pass at inference, in bytes per token: inside the MLP, inside attention or a scan."""

from formulas.anatomy import (
    activation,
    attention_kernel,
    expert_gate,
    experts_per_token,
    extra_scores,
    extra_streams,
    fp32_bytes,
    gate_up,
    half_bytes,
    held_projections,
    index_bytes,
    intermediate_size,
    kv_width,
    mask_bytes,
    masked,
    mixer,
    mixer_forward,
    mlp,
    mlp_forward,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_input_norms,
    n_kv_heads,
    q_width,
    qkv,
    repeated_heads,
    rotary,
    rotary_dim,
    rotation,
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
from formulas.quantity import greatest, least
from formulas.sources import ACCOUNTING, GLU, SDPA, XIELU, modelling
from formulas.vocabulary import (
    batch_size,
    hidden_size,
    seq_len,
    tokens,
)

h, f, q, kv, a, s, T, V = hidden_size, intermediate_size, q_width, kv_width, n_heads, seq_len, tokens, vocab_size
D, N, H, G, c = ssm_inner_size, ssm_state_size, ssm_n_heads, ssm_n_groups, ssm_chunk
E, k, m = n_experts, experts_per_token, moe_intermediate_size
_LOOP = ACCOUNTING.at("a prefill and two decoding steps, counted")

# the embedding's output and the layer's input are alive in the callers; residual and normalised input in the layer
_STREAM = 3 + least(1, n_input_norms) + extra_streams
gated_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (3 * f + _STREAM * h),
    says="Gate, up and product (3), beside the embedding, the layer's input, the residual (3) and its norm.",
    zh="门控、上投影与乘积(3),以及词嵌入、层输入、残差(3)与归一化结果。",
    source=GLU.at("§2, as in modeling_llama.py"),
    when={mlp: "gated", gate_up: "separate"},
    example=({half_bytes: 2, f: 11008, n_input_norms: 2, extra_streams: 0, h: 4096}, 6 * 11008 + 8 * 4096),
)
fused_gated_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (4 * f + _STREAM * h),
    says="The fused projection (2), activation and product (4 in all), beside the residual stream's copies.",
    zh="合并投影(2)、激活与乘积(共 4),以及残差流的各份副本。",
    source=modelling("phi3", "Phi3MLP"),
    when={mlp: "gated", gate_up: "fused"},
    example=({half_bytes: 2, f: 17920, n_input_norms: 2, extra_streams: 0, h: 5120}, 8 * 17920 + 8 * 5120),
)
plain_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (2 * f + _STREAM * h),
    says="Pre-activation and activation (2), beside the residual stream's copies.",
    zh="激活前与激活后(2),以及残差流的各份副本。",
    source=modelling("starcoder2", "Starcoder2MLP"),
    when={mlp: "plain", activation: ("fused", "relu")},
    example=({half_bytes: 2, f: 18432, n_input_norms: 2, extra_streams: 0, h: 4608}, 4 * 18432 + 8 * 4608),
)
squared_mlp_works_on = Formula(
    mlp_forward,
    half_bytes * (3 * f + _STREAM * h),
    says="Pre-activation, ReLU and its square (3), beside the residual stream's copies.",
    zh="激活前、ReLU 与其平方(3),以及残差流的各份副本。",
    source=modelling("nemotron", "NemotronMLP"),
    when={mlp: "plain", activation: "relu2"},
    example=({half_bytes: 2, f: 24576, n_input_norms: 2, extra_streams: 0, h: 6144}, 6 * 24576 + 8 * 6144),
)
xielu_works_on = Formula(
    mlp_forward,
    half_bytes * (5 * f + _STREAM * h) + mask_bytes * f,
    says="The input, both branches and the steps of the second (5 at once), and where the input is positive, beside the "
    "residual stream's copies.",
    zh="输入、两个分支及第二分支的中间步骤(同时 5 份)与正负标记,以及残差流的各份副本。",
    source=XIELU.at("§3, as in activations.py, XIELUActivation"),
    when={mlp: "plain", activation: "xielu"},
    example=(
        {half_bytes: 2, f: 21504, n_input_norms: 2, extra_streams: 0, h: 4096, mask_bytes: 1},
        11 * 21504 + 8 * 4096,
    ),
)
written_out_gelu_works_on = Formula(
    mlp_forward,
    half_bytes * (4 * f + _STREAM * h),
    says="Pre-activation, half of it, and the steps of the tanh (4 at once), beside the residual stream's copies.",
    zh="激活前、其一半与 tanh 的中间步骤(同时 4 份),以及残差流的各份副本。",
    source=modelling("gpt2", "GPT2MLP with NewGELUActivation"),
    when={mlp: "plain", activation: "gelu-new"},
    example=({half_bytes: 2, f: 6400, n_input_norms: 2, extra_streams: 0, h: 1600}, 8 * 6400 + 8 * 1600),
)
experts_with_single_weights_work_on = Formula(
    mlp_forward,
    half_bytes * (_STREAM * h + k * greatest(h + 4 * m, 6 * h)) + k * (5 * index_bytes + fp32_bytes) + fp32_bytes * E,
    says="As with 16-bit weights; float32 weights make float32 copies of the experts' outputs (6 halves in all).",
    zh="同 16 位权重;float32 权重使专家输出产生 float32 副本(共 6 个半精度)。",
    source=modelling("deepseek_v2", "DeepseekV2Moe"),
    when={mlp: "experts", routing_weights: "single", expert_gate: ("plain", "clamped")},
    example=(
        {
            half_bytes: 2,
            n_input_norms: 2,
            extra_streams: 0,
            h: 2048,
            k: 6,
            m: 1408,
            index_bytes: 8,
            fp32_bytes: 4,
            E: 64,
        },
        8 * 2048 + 12 * 6 * 2048 + 44 * 6 + 256,
    ),
)
experts_work_on = Formula(
    mlp_forward,
    half_bytes * (_STREAM * h + k * greatest(h + 4 * m, 4 * h)) + k * 5 * index_bytes + half_bytes * E,
    says="Gathered tokens, gate and up (2), activation and product of each chosen expert, or four times its output as "
    "they are weighed and summed (4); five indices of each choice; the router's scores.",
    zh="每个被选专家的收集输入、门控与上投影(2)、激活与乘积,或加权求和时输出的四倍(4);每次选择五个索引;路由分数。",
    source=modelling("qwen3_moe", "Qwen3MoeExperts, grouped matrix products"),
    when={mlp: "experts", routing_weights: "half", expert_gate: ("plain", "clamped")},
    example=(
        {half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 2048, k: 8, m: 768, index_bytes: 8, E: 128},
        8 * 2048 + 8 * 8 * 2048 + 40 * 8 + 256,
    ),
)
every_expert_works_on = Formula(
    mlp_forward,
    half_bytes * ((_STREAM + 1) * h + 2 * E + E * h + 4 * E * m),
    says="The weighed tokens, gate and up (2), activation and product of every expert (4 in all); scores twice (2); attention's "
    "output beside the residual stream's copies.",
    zh="每个专家的加权 token、门控与上投影(2)、激活与乘积(共 4);两份分数(2);注意力输出以及残差流的各份副本。",
    source=modelling("llama4", "Llama4TextMoe, Llama4TextExperts"),
    when={mlp: "experts", expert_gate: "every"},
    example=(
        {half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 5120, E: 16, m: 8192},
        2 * (5 * 5120 + 32 + 16 * 5120 + 64 * 8192),
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
    when={mixer: "grouped", attention_kernel: ("flash", "sdpa"), rotation: "as-stored"},
    example=(
        {half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 4096, q: 4096, kv: 1024},
        2 * (4 * 4096 + 3 * 4096 + 2 * 1024),
    ),
)
attention_turned_in_float32_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + q)
    + fp32_bytes * greatest(3 * q, q + 3 * kv)
    + 2 * fp32_bytes * rotary_dim / batch_size,
    says="As queries are turned in float32 two products and the half that turns (3) are alive, or the turned queries beside "
    "the same of the keys; interleaved cosines and sines (2).",
    zh="以 float32 旋转查询时同时存在两个乘积与被旋转的一半(3),或旋转后的查询与键的同样三份;另有交织的余弦与正弦(2)。",
    source=modelling("ernie4_5", "apply_rotary_pos_emb"),
    when={mixer: "grouped", attention_kernel: ("flash", "sdpa"), rotation: "single"},
    example=(
        {
            half_bytes: 2,
            n_input_norms: 2,
            extra_streams: 0,
            h: 1024,
            q: 2048,
            kv: 256,
            fp32_bytes: 4,
            rotary_dim: 128,
            batch_size: 1,
        },
        2 * (3 * 1024 + 2048) + 12 * 2048 + 1024,
    ),
)
attention_turned_as_float32_copies_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + q) + fp32_bytes * greatest(4 * q + kv, 2 * q + 4 * kv),
    says="float32 copies of queries and keys; two products and the half that turns (3) of the queries, or, when they are "
    "done, of the keys.",
    zh="查询与键的 float32 副本;旋转查询(或其后旋转键)时的两个乘积与被旋转的一半(3)。",
    source=modelling("cohere", "apply_rotary_pos_emb"),
    when={mixer: "grouped", attention_kernel: ("flash", "sdpa"), rotation: "single-copies"},
    example=(
        {half_bytes: 2, n_input_norms: 1, extra_streams: 0, h: 8192, q: 8192, kv: 8192, fp32_bytes: 4},
        2 * 4 * 8192 + 4 * 6 * 8192,
    ),
)
math_attention_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + 2 * q + 2 * kv) + fp32_bytes * (2 * q + 2 * kv) + 2 * fp32_bytes * a * s,
    says="The projections and the turned queries; float32 copies of queries, scaled and not, and of keys and values (2 each); "
    "float32 scores and masked scores (2) of every pair of tokens.",
    zh="投影结果与旋转后的查询;查询缩放前后以及键、值的 float32 副本(各 2);每对 token 的 float32 分数与加掩码的分数(2)。",
    source=SDPA.at("math backend"),
    when={mixer: "grouped", attention_kernel: "math", has_sinks: "no"},
    example=(
        {half_bytes: 2, n_input_norms: 1, extra_streams: 0, h: 4544, q: 4544, kv: 64, fp32_bytes: 4, a: 71, s: 2048},
        2 * (3 * 4544 + 9216) + 8 * 4608 + 8 * 71 * 2048,
    ),
)
_EAGER = modelling("llama", "eager_attention_forward, repeat_kv")
heads_are_repeated = Formula(
    repeated_heads,
    least(1, a / n_kv_heads - 1),
    says="Keys and values are repeated for the query heads where these are more (at least twice as many).",
    zh="查询头多于键值头(至少两倍)时,键值按查询头重复。",
    source=_EAGER,
    example=({a: 32, n_kv_heads: 8}, 1),
)
_REPEATED = 2 * repeated_heads * q
separate_projections_are_held = Formula(
    held_projections,
    q + _REPEATED,
    says="The queries; keys and values are in the cache, and repeated beside it (2).",
    zh="查询;键与值在缓存中,重复后的另存(2)。",
    source=_EAGER,
    when={qkv: "separate"},
    example=({q: 4096, repeated_heads: 1}, 3 * 4096),
)
fused_projections_are_held = Formula(
    held_projections,
    q + 2 * kv + q + _REPEATED,
    says="The fused projection (queries, keys and values), of which queries are turned to a copy; repeated keys and values (2).",
    zh="合并的投影(查询、键、值)与由它旋转得到的查询;重复的键与值(2)。",
    source=modelling("phi3", "Phi3Attention: qkv, query_states"),
    when={qkv: "fused", rotary: ("whole", "concatenated", "by-token")},
    example=({q: 5120, kv: 1280, repeated_heads: 1}, 7680 + 3 * 5120),
)
fused_projections_are_cut = Formula(
    held_projections,
    q + 2 * kv + _REPEATED,
    says="The fused projection (queries, keys and values), of which queries that are not turned are a view; repeated keys and values (2).",
    zh="合并的投影(查询、键、值),未旋转的查询是其视图;重复的键与值(2)。",
    source=modelling("mpt", "MptAttention: mixed_qkv"),
    when={qkv: "fused", rotary: "none"},
    example=({q: 4096, kv: 4096, repeated_heads: 0}, 3 * 4096),
)
eager_attention_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + held_projections)
    + a * s * (2 * fp32_bytes + (1 + extra_scores) * half_bytes)
    + half_bytes * s * (1 + masked),
    says="The projections; masked scores, and what else the modelling code holds of scores and probabilities; scores and "
    "probabilities in float32 (2); a mask, and a second one where some layers have a window.",
    zh="投影结果;加掩码的分数以及代码另存的分数或概率;float32 的分数与概率(2);一个掩码,有窗口层时再加一个。",
    source=modelling("llama", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: "eager", has_sinks: "no"},
    example=(
        {
            half_bytes: 2, n_input_norms: 2, extra_streams: 0, extra_scores: 0, h: 4096, held_projections: 3 * 4096,
            a: 32, s: 2048, fp32_bytes: 4, masked: 0,
        },
        12 * 4096 + 32 * 2048 * 10 + 2 * 2048,
    ),
)  # fmt: skip
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
        {half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 2880, q: 4096, a: 64, s: 2048, masked: 1},
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
    example=({half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 2048, q: 3072}, 2 * (4 * 2048 + 4 * 3072)),
)
latent_eager_attention_works_on = Formula(
    mixer_forward,
    half_bytes * ((_STREAM - 1) * h + 4 * q) + a * s * (half_bytes + 2 * fp32_bytes) + half_bytes * s,
    says="Queries, keys, values (4); masked scores, and scores and probabilities in float32 (2); one mask.",
    zh="查询、键、值(4);加掩码的分数,以及 float32 的分数与概率(2);一个掩码。",
    source=modelling("deepseek_v2", "eager_attention_forward"),
    when={mixer: "latent", attention_kernel: ("eager", "math")},
    example=(
        {half_bytes: 2, n_input_norms: 2, extra_streams: 0, h: 2048, q: 3072, a: 16, s: 2048, fp32_bytes: 4},
        2 * (3 * 2048 + 4 * 3072) + 16 * 2048 * 10 + 2 * 2048,
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
