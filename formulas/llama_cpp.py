"""llama.cpp: weights, the cache of the whole context and one compute buffer are set aside before the first token.

The compute buffer is as large as the graph of one micro-batch is wide at its widest: tensors take turns in it, and each
gives its place back when the last operator has read it. Everything but the mask is float32.
"""

from formulas.anatomy import (
    KIND,
    attention_kernel,
    delta_key_width,
    delta_value_width,
    experts_per_token,
    fp32_bytes,
    half_bytes,
    intermediate_size,
    kv_lora_rank,
    kv_width,
    mixer,
    mlp,
    n_heads,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    ssm_inner_size,
    v_head_dim,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import heads_here
from formulas.programs import compute_buffer, engine_peak, latent_cache, micro_batch, reading
from formulas.quantity import greatest, largest
from formulas.serving import (
    GGML_ALLOCATOR,
    IK_LATENT,
    LLAMA_CPP_GRAPH,
    graph_mask,
    graph_of_head,
    graph_of_mixer,
    graph_of_mlp,
    head_parts,
    latent_prompt,
)
from formulas.sources import LLAMA_CPP
from formulas.vocabulary import adapter, context_len, hidden_size, kv_cache, state, task, weights

h, f, k, u, s, V = hidden_size, intermediate_size, experts_per_token, micro_batch, context_len, vocab_size
q, kv, a, c = q_width, kv_width, n_heads, kv_lora_rank
_KEY = qk_nope_head_dim + qk_rope_head_dim
_WIDTH = qk_nope_head_dim + v_head_dim
_LATENT = ("compressed", "transposed")
_FUSED, _SCORED = ("flash", "sdpa"), ("eager", "math")
_RESERVE = LLAMA_CPP.at("llama_context: graph_reserve")

a_buffer_as_wide_as_its_graph = Formula(
    compute_buffer,
    greatest(graph_of_head, largest(graph_of_mixer, KIND), largest(graph_of_mlp, KIND)),
    says="A graph of one micro-batch over the whole context is laid out once; its widest point is the buffer.",
    zh="按一个微批次、整个上下文排布一次计算图;最宽处即为缓冲区。",
    source=GGML_ALLOCATOR.at("ggml_gallocr_reserve: max_size"),
    example=({graph_of_head: 327942144, graph_of_mixer: 2 * 10**8, graph_of_mlp: 10**8}, 327942144),
)
graph_at_the_head = Formula(
    graph_of_head,
    heads_here * u * fp32_bytes * (V + 2 * h),
    says="Logits of the micro-batch, the residual stream and its norm (2h), on the card that has the head.",
    zh="持有输出头的卡上:微批次的 logits、残差流与其归一化(2h)。",
    source=_RESERVE,
    example=({heads_here: 1, u: 512, fp32_bytes: 4, V: 151936, h: 4096}, 327942144),
)
mask_of_fused_attention = Formula(
    graph_mask,
    u * s * half_bytes,
    says="Fused attention reads a 16-bit mask.",
    zh="融合注意力使用 16 位掩码。",
    source=LLAMA_CPP_GRAPH.at("build_attn_inp_kv: self_kq_mask_cnv"),
    when={attention_kernel: _FUSED},
    example=({u: 512, s: 32768, half_bytes: 2}, 33554432),
)
mask_of_scores = Formula(
    graph_mask,
    u * s * fp32_bytes,
    says="Without fused attention the mask is float32.",
    zh="无融合注意力时掩码为 float32。",
    source=LLAMA_CPP_GRAPH.at("build_attn_inp_kv: self_kq_mask"),
    when={attention_kernel: _SCORED},
    example=({u: 512, s: 16384, fp32_bytes: 4}, 33554432),
)
graph_in_fused_attention = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (2 * h + 2 * q + 2 * kv),
    says="The mask; residual and norm (2h); queries and attention's output; keys and values on their way to the cache.",
    zh="掩码;残差与归一化(2h);查询与注意力输出;写入缓存途中的键与值。",
    source=LLAMA_CPP_GRAPH.at("build_attn_mha: ggml_flash_attn_ext"),
    when={mixer: "grouped", attention_kernel: _FUSED},
    example=({graph_mask: 33554432, u: 512, fp32_bytes: 4, h: 4096, q: 8192, kv: 512}, 33554432 + 512 * 4 * 25600),
)
graph_in_scored_attention = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (a * s + 2 * q + 2 * h),
    says="The mask; the scores of every head over the whole context, whose softmax takes their place; queries and output; "
    "residual and norm (2h).",
    zh="掩码;每个头对整个上下文的分数(softmax 原地进行);查询与输出;残差与归一化(2h)。",
    source=LLAMA_CPP_GRAPH.at("build_attn_mha: ggml_soft_max_ext"),
    when={mixer: "grouped", attention_kernel: _SCORED},
    example=({graph_mask: 2**25, u: 512, fp32_bytes: 4, a: 32, s: 16384, q: 4096, h: 2048}, 1080 * 2**20),
)
graph_of_heads_unpacked_for_a_prompt = Formula(
    graph_of_mixer,
    graph_mask
    + u * fp32_bytes * (2 * h + 2 * a * _KEY)
    + a * s * (_WIDTH * (fp32_bytes + half_bytes) + (_KEY + v_head_dim) * half_bytes * (head_parts - 1)) / head_parts,
    says="A prompt unpacks keys and values of its heads for the whole context from the cache: of one part of them in float32 "
    "and in 16 bits, of the parts before (n − 1) what attention reads; queries stand twice, in parts and put together.",
    zh="处理提示时从缓存为整个上下文展开各头的键与值:当前部分有 float32 与 16 位各一份,此前各部分(n − 1)保留注意力所读;"
    "查询有分开与拼接两份。",
    source=IK_LATENT.at("build_deepseek2_layer_attention: kv_f32, v, k_nope; n_max_head by -amb"),
    when={mixer: "latent", latent_prompt: "unpacked", latent_cache: _LATENT, attention_kernel: _FUSED},
    example=(
        {
            graph_mask: 2**28, a: 128, s: 32768, qk_nope_head_dim: 128, v_head_dim: 128, fp32_bytes: 4, half_bytes: 2,
            u: 4096, h: 7168, qk_rope_head_dim: 64, head_parts: 8,
        },
        (256 + 224 + 768 + 768 + 2240) * 2**20,
    ),
)  # fmt: skip
graph_in_the_latent_space = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (2 * h + a * (2 * c + qk_rope_head_dim + _KEY)),
    says="Queries are taken into the space of the compressed vector and attention's output comes out of it, for every head.",
    zh="每个头的查询映射到压缩向量空间,注意力输出也在该空间。",
    source=IK_LATENT.at("build_deepseek2_layer_attention: q_nope2, kqv_compressed"),
    when={mixer: "latent", latent_prompt: "in-latent-space", latent_cache: _LATENT, attention_kernel: _FUSED},
    example=(
        {
            graph_mask: 2**25, u: 1024, fp32_bytes: 4, h: 7168, a: 128, c: 512, qk_rope_head_dim: 64,
            qk_nope_head_dim: 128,
        },
        2**25 + 1024 * 4 * (14336 + 128 * 1280),
    ),
)  # fmt: skip
graph_of_latent_scores = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (a * s / head_parts + 2 * h + a * (2 * c + qk_rope_head_dim)) + s * c * half_bytes,
    says="The scores of the heads of one part over the whole context; queries and output in the space of the compressed vector; the "
    "cache once more, transposed.",
    zh="一部分头对整个上下文的分数;压缩空间中的查询与输出;另有一份转置的缓存。",
    source=IK_LATENT.at("build_deepseek2_layer_attention: kq, kqv_compressed, kv_cache_trans"),
    when={mixer: "latent", latent_cache: _LATENT, attention_kernel: _SCORED},
    example=(
        {
            graph_mask: 2**24, u: 512, fp32_bytes: 4, a: 128, s: 8192, h: 7168, c: 512, qk_rope_head_dim: 64,
            half_bytes: 2, head_parts: 1,
        },
        (16 + 2048 + 28 + 272 + 8) * 2**20,
    ),
)  # fmt: skip
graph_of_heads_in_the_cache = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (2 * h + a * (3 * _KEY + qk_nope_head_dim + v_head_dim)),
    says="Where all heads are cached: queries in parts and put together, keys put together (3), keys and values before that.",
    zh="缓存全部头时:查询的分开与拼接两份、拼接后的键(3 份),以及此前的键与值。",
    source=IK_LATENT.at("build_deepseek2_layer_attention: q_states, k_states, kv"),
    when={mixer: "latent", latent_cache: "expanded", attention_kernel: _FUSED},
    example=(
        {
            graph_mask: 2**24, u: 512, fp32_bytes: 4, h: 7168, a: 128, qk_nope_head_dim: 128, qk_rope_head_dim: 64,
            v_head_dim: 128,
        },
        2**24 + 512 * 4 * (14336 + 128 * 832),
    ),
)  # fmt: skip
graph_of_scores_of_cached_heads = Formula(
    graph_of_mixer,
    graph_mask + u * fp32_bytes * (a * s + 2 * h + a * (_KEY + v_head_dim)),
    says="Where all heads are cached and attention is not fused: their scores over the whole context, queries and output.",
    zh="缓存全部头且注意力未融合时:对整个上下文的分数、查询与输出。",
    source=IK_LATENT.at("llm_build_kqv: kq, kqv"),
    when={mixer: "latent", latent_cache: "expanded", attention_kernel: _SCORED},
    example=(
        {
            graph_mask: 2**20, u: 32, fp32_bytes: 4, a: 128, s: 512, h: 7168, qk_nope_head_dim: 128,
            qk_rope_head_dim: 64, v_head_dim: 128,
        },
        2**20 + 32 * 4 * (65536 + 14336 + 40960),
    ),
)  # fmt: skip
graph_in_a_scan = Formula(
    graph_of_mixer,
    u * fp32_bytes * (2 * h + 3 * ssm_inner_size),
    says="Residual and norm (2h); the input projection is twice as wide as the state's channels, the scan's output once (3).",
    zh="残差与归一化(2h);输入投影为状态通道的两倍宽,扫描输出一份(共 3)。",
    source=LLAMA_CPP_GRAPH.at("build_mamba_layer, as models/mamba.cpp has it"),
    when={mixer: ("mamba", "mamba2")},
    example=({u: 512, fp32_bytes: 4, h: 2560, ssm_inner_size: 5120}, 512 * 4 * 20480),
)
graph_in_linear_attention = Formula(
    graph_of_mixer,
    u * fp32_bytes * (2 * h + 2 * delta_key_width + 3 * delta_value_width),
    says="Residual and norm (2h); queries and keys (2); values, their gate and the output (3).",
    zh="残差与归一化(2h);查询与键(2);值、门与输出(3)。",
    source=LLAMA_CPP_GRAPH.at("build_delta_net, as models/qwen3next.cpp has it"),
    when={mixer: "delta"},
    example=({u: 512, fp32_bytes: 4, h: 2048, delta_key_width: 2048, delta_value_width: 4096}, 512 * 4 * 20480),
)
graph_in_kimi_delta = Formula(
    graph_of_mixer,
    u * fp32_bytes * (2 * h + 5 * delta_value_width),
    says="Residual and norm (2h); queries, keys and values (3), their gate and the output (5 in all).",
    zh="残差与归一化(2h);查询、键、值(3)、门控与输出(共 5)。",
    source=LLAMA_CPP_GRAPH.at("build_delta_net, as models/kimi-linear.cpp has it"),
    when={mixer: "kda"},
    example=({u: 512, fp32_bytes: 4, h: 2304, delta_value_width: 4096}, 512 * 4 * 25088),
)
graph_in_a_short_convolution = Formula(
    graph_of_mixer,
    u * fp32_bytes * 7 * h,
    says="Residual and norm (2), the input projection (3), the convolution's result and its gated product (7 in all).",
    zh="残差与归一化(2)、输入投影(3)、卷积结果与门控乘积(共 7)。",
    source=LLAMA_CPP_GRAPH.at("build_shortconv_block, as models/lfm2.cpp has it"),
    when={mixer: "conv"},
    example=({u: 512, fp32_bytes: 4, h: 2048}, 512 * 4 * 7 * 2048),
)
graph_without_mixing = Formula(
    graph_of_mixer,
    0 * half_bytes,
    says="A layer that mixes no tokens.",
    zh="不混合 token 的层。",
    source=LLAMA_CPP_GRAPH.at("build_ffn"),
    when={mixer: "none"},
    example=({}, 0),
)
graph_in_a_gated_mlp = Formula(
    graph_of_mlp,
    graph_mask + u * fp32_bytes * (2 * h + 2 * f),
    says="The mask stays for the layers to come; residual and norm (2h); gate and up (2f), whose product takes their place.",
    zh="掩码留给后续各层;残差与归一化(2h);gate 与 up(2f,乘积原地进行)。",
    source=LLAMA_CPP_GRAPH.at("build_ffn: LLM_FFN_PAR"),
    when={mlp: "gated"},
    example=({graph_mask: 2**25, u: 512, fp32_bytes: 4, h: 4096, f: 14336}, 2**25 + 512 * 4 * 36864),
)
graph_in_a_plain_mlp = Formula(
    graph_of_mlp,
    graph_mask + u * fp32_bytes * (2 * h + f),
    says="The mask stays for the layers to come; residual and norm (2h); one wide tensor, activated in place.",
    zh="掩码留给后续各层;残差与归一化(2h);一个宽张量(原地激活)。",
    source=LLAMA_CPP_GRAPH.at("build_ffn: LLM_FFN_SEQ"),
    when={mlp: "plain"},
    example=({graph_mask: 2**25, u: 512, fp32_bytes: 4, h: 4608, f: 18432}, 2**25 + 512 * 4 * 27648),
)
graph_in_experts = Formula(
    graph_of_mlp,
    graph_mask + u * fp32_bytes * (2 * h + 2 * k * h),
    says="The mask stays for the layers to come; residual and norm (2h); the output of every chosen expert, before and after "
    "its weight (2).",
    zh="掩码留给后续各层;残差与归一化(2h);每个被选专家加权前后的输出(2 份)。",
    source=LLAMA_CPP_GRAPH.at("build_moe_ffn: experts, ggml_mul by weights"),
    when={mlp: "experts"},
    example=({graph_mask: 2**24, u: 512, fp32_bytes: 4, h: 4096, k: 8}, 160 * 2**20),
)
graph_without_an_mlp = Formula(
    graph_of_mlp,
    0 * half_bytes,
    says="A layer without an MLP.",
    zh="没有前馈层。",
    source=LLAMA_CPP_GRAPH.at("build_ffn"),
    when={mlp: "none"},
    example=({}, 0),
)
a_server_sets_aside_at_its_start = Formula(
    engine_peak,
    weights + adapter + kv_cache + state + compute_buffer,
    says="Weights, the cache of the whole context and one compute buffer are allocated before the first token.",
    zh="权重、整个上下文的缓存与一个计算缓冲区在首个 token 之前即已分配。",
    source=LLAMA_CPP.at("llama_context: kv_cache, graph_reserve"),
    when={task: "inference", reading: "reserved-at-start"},
    example=({weights: 5 * 10**9, adapter: 0, kv_cache: 10**9, state: 0, compute_buffer: 3 * 10**8}, 63 * 10**8),
)
