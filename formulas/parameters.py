"""How many parameters a model has, block by block. Memory wants each stored number once: a tied head counts once."""

from formulas.anatomy import (
    KIND,
    RECURRENT,
    dsa_dim,
    dsa_heads,
    embedding_params,
    expert_biased,
    expert_matrices,
    extra_params,
    final_norms,
    gated_attention,
    head_biased,
    head_dim,
    intermediate_size,
    kv_lora_rank,
    kv_width,
    latent_query,
    learned_positions,
    linear_params,
    mixer,
    mixer_matrices,
    mixer_vectors,
    mlp,
    mlp_biased,
    mlp_matrices,
    mlp_vectors,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_input_norms,
    n_kv_heads,
    n_layers_of,
    n_output_norms,
    norm_vectors,
    out_biased,
    q_lora_rank,
    q_width,
    qk_nope_head_dim,
    qk_norm,
    qk_norm_params,
    qk_rope_head_dim,
    qkv_biased,
    routed_params,
    router_biased,
    shared_gated,
    shared_width,
    sinks,
    tied,
    unquantised_params,
    v_head_dim,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import embeddings_here, experts_held, heads_here
from formulas.quantity import greatest, total
from formulas.sources import (
    ATTENTION,
    DEEPSEEK_V2,
    GLU,
    GQA,
    MIXTRAL,
    RMSNORM,
    TYING,
    modelling,
)
from formulas.vocabulary import hidden_size, n_layers, n_params

h, a, f, V = hidden_size, n_heads, intermediate_size, vocab_size

layers_of_a_uniform_model = Formula(
    n_layers_of,
    n_layers,
    says="Where all layers are of one kind, all of them are of that kind.",
    zh="若所有层同类,则该类层数即总层数。",
    source=ATTENTION.at("§3.1"),
    example=({n_layers: 32}, 32),
)
width_of_queries = Formula(
    q_width,
    a * head_dim,
    says="Each query head has the head width.",
    zh="每个查询头占一个头维度。",
    source=ATTENTION.at("§3.2.2"),
    example=({n_heads: 32, head_dim: 128}, 4096),
)
width_of_keys = Formula(
    kv_width,
    n_kv_heads * head_dim,
    says="Query heads share key-value heads in groups; only the latter are projected to.",
    zh="查询头分组共享键值头;投影只产生键值头。",
    source=GQA.at("§2.2"),
    example=({n_kv_heads: 8, head_dim: 128}, 1024),
)

matrices_of_grouped_attention = Formula(
    mixer_matrices,
    h * q_width + 2 * h * kv_width + q_width * h + gated_attention * h * q_width,
    says="Projections to the queries, to keys and values (2), back from the queries' width, and to an output gate.",
    zh="查询投影、键与值投影(2)、输出投影,以及可能的输出门控投影。",
    source=GQA.at("§2.2"),
    when={mixer: "grouped"},
    example=({h: 4096, q_width: 4096, kv_width: 1024, gated_attention: 0}, 41943040),
)
_LATENT = (
    h * (kv_lora_rank + qk_rope_head_dim) + kv_lora_rank * a * (qk_nope_head_dim + v_head_dim) + a * v_head_dim * h
)
_INDEXER = q_lora_rank * dsa_heads * dsa_dim + h * dsa_dim + h * dsa_heads
matrices_of_latent_attention = Formula(
    mixer_matrices,
    h * a * (qk_nope_head_dim + qk_rope_head_dim) + _LATENT,
    says="Queries directly; keys and values through a shared low rank plus one rotary key; the output projection.",
    zh="查询直接投影;键值经共享低秩与一个旋转键;再加输出投影。",
    source=DEEPSEEK_V2.at("§2.1, Appendix C"),
    when={mixer: "latent", latent_query: "direct"},
    example=(
        {h: 2048, a: 16, kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128},
        2048 * 16 * 192 + 2048 * 576 + 512 * 16 * 256 + 16 * 128 * 2048,
    ),
)
matrices_of_latent_attention_with_compressed_queries = Formula(
    mixer_matrices,
    h * q_lora_rank + q_lora_rank * a * (qk_nope_head_dim + qk_rope_head_dim) + _LATENT + _INDEXER,
    says="As latent attention, with the queries through a low rank too, and an indexer's queries, key and weights if any.",
    zh="同上,查询也经过低秩压缩;若有稀疏索引器则加其查询、键与权重。",
    source=DEEPSEEK_V2.at("§2.1, Appendix C"),
    when={mixer: "latent", latent_query: "compressed"},
    example=(
        {
            h: 7168, a: 128, q_lora_rank: 1536, kv_lora_rank: 512,
            qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128, dsa_heads: 0, dsa_dim: 0,
        },
        187105280,
    ),
)  # fmt: skip
matrices_of_no_mixer = Formula(
    mixer_matrices,
    0 * h,
    says="A layer without attention or scan has no matrices of one.",
    zh="没有混合层就没有其参数。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)

small_weights_of_attention = Formula(
    mixer_vectors,
    qkv_biased * (q_width * (1 + gated_attention) + 2 * kv_width) + out_biased * h + sinks * a,
    says="Biases of the projections where there are any; one sink for each head.",
    zh="投影偏置(若有)与每头一个注意力汇。",
    source=modelling("qwen2", "Qwen2Attention"),
    when={mixer: "grouped"},
    example=({qkv_biased: 1, q_width: 3584, gated_attention: 0, kv_width: 512, out_biased: 0, h: 3584, sinks: 0, a: 28}, 4608),
)  # fmt: skip
norms_of_latent_attention = Formula(
    mixer_vectors,
    kv_lora_rank,
    says="The compressed keys and values are normalised.",
    zh="压缩后的键值有归一化。",
    source=DEEPSEEK_V2.at("Appendix C"),
    when={mixer: "latent", latent_query: "direct"},
    example=({kv_lora_rank: 512}, 512),
)
norms_of_latent_attention_with_compressed_queries = Formula(
    mixer_vectors,
    kv_lora_rank + q_lora_rank + 2 * dsa_dim,
    says="Both compressed vectors are normalised, and an indexer's key with weight and bias (2).",
    zh="两个压缩向量都有归一化;索引器的键归一化含权重与偏置(2)。",
    source=DEEPSEEK_V2.at("Appendix C"),
    when={mixer: "latent", latent_query: "compressed"},
    example=({kv_lora_rank: 512, q_lora_rank: 1536, dsa_dim: 0}, 2048),
)
small_weights_of_no_mixer = Formula(
    mixer_vectors,
    0 * h,
    says="A layer without attention or scan has no small weights of one.",
    zh="没有混合层就没有其小参数。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)

no_norm_of_queries_and_keys = Formula(
    qk_norm_params,
    0 * h,
    says="Queries and keys are not normalised.",
    zh="查询与键不归一化。",
    source=modelling("llama", "LlamaAttention"),
    when={qk_norm: "none"},
    example=({}, 0),
)
norm_of_each_head = Formula(
    qk_norm_params,
    2 * head_dim,
    says="One norm for all query heads, one for all key heads (2).",
    zh="所有查询头共用一个归一化,所有键头共用一个(2)。",
    source=modelling("qwen3", "Qwen3Attention"),
    when={qk_norm: "per-head", mixer: "grouped"},
    example=({head_dim: 128}, 256),
)
norm_of_full_queries_and_keys = Formula(
    qk_norm_params,
    q_width + kv_width,
    says="Queries and keys are normalised over their full width.",
    zh="查询与键在总宽度上归一化。",
    source=modelling("olmo2", "Olmo2Attention"),
    when={qk_norm: "full", mixer: "grouped"},
    example=({q_width: 4096, kv_width: 4096}, 8192),
)
no_queries_and_keys_to_normalise = Formula(
    qk_norm_params,
    0 * h,
    says="Such a layer has no queries and keys of its own to normalise.",
    zh="这类层没有可归一化的查询与键。",
    source=modelling("qwen3_next", "Qwen3NextDecoderLayer"),
    when={qk_norm: ("per-head", "full"), mixer: ("latent", *RECURRENT, "none")},
    example=({}, 0),
)

matrices_of_a_gated_mlp = Formula(
    mlp_matrices,
    3 * h * f,
    says="Gate, up and down projections (3).",
    zh="门控、上、下三个投影(3)。",
    source=GLU.at("§2"),
    when={mlp: "gated"},
    example=({h: 4096, f: 11008}, 135266304),
)
matrices_of_a_plain_mlp = Formula(
    mlp_matrices,
    2 * h * f,
    says="Up and down projections (2).",
    zh="上、下两个投影(2)。",
    source=ATTENTION.at("§3.3"),
    when={mlp: "plain"},
    example=({h: 1600, f: 6400}, 20480000),
)
matrices_of_experts = Formula(
    mlp_matrices,
    expert_matrices + 3 * h * shared_width,
    says="All experts, used or not, and the shared experts as one gated MLP (3).",
    zh="全部专家(无论是否激活)以及作为一个门控 MLP 的共享专家(3)。",
    source=MIXTRAL.at("§2.1"),
    when={mlp: "experts"},
    example=({expert_matrices: 1409286144, h: 4096, shared_width: 0}, 1409286144),
)
no_mlp = Formula(
    mlp_matrices,
    0 * h,
    says="The layer has no MLP.",
    zh="该层没有 MLP。",
    source=modelling("mamba2", "Mamba2Block"),
    when={mlp: "none"},
    example=({}, 0),
)
matrices_of_routed_experts = Formula(
    expert_matrices,
    3 * experts_held * h * moe_intermediate_size,
    says="Each expert is a gated MLP (3).",
    zh="每个专家是一个门控 MLP(3)。",
    source=MIXTRAL.at("§2.1"),
    when={mlp: "experts"},
    example=({experts_held: 8, h: 4096, moe_intermediate_size: 14336}, 1409286144),
)
no_routed_experts = Formula(
    expert_matrices,
    0 * h,
    says="The layer has no experts.",
    zh="该层没有专家。",
    source=MIXTRAL.at("§2.1"),
    when={mlp: ("gated", "plain", "none")},
    example=({}, 0),
)
biases_of_a_gated_mlp = Formula(
    mlp_vectors,
    mlp_biased * (2 * f + h),
    says="Biases of gate and up (2) and of down.",
    zh="门控与上投影(2)以及下投影的偏置。",
    source=GLU.at("§2"),
    when={mlp: "gated"},
    example=({mlp_biased: 1, f: 11008, h: 4096}, 26112),
)
biases_of_a_plain_mlp = Formula(
    mlp_vectors,
    mlp_biased * (f + h),
    says="Biases of up and down.",
    zh="上、下投影的偏置。",
    source=ATTENTION.at("§3.3"),
    when={mlp: "plain"},
    example=({mlp_biased: 1, f: 6400, h: 1600}, 8000),
)
router_and_biases_of_experts = Formula(
    mlp_vectors,
    n_experts * (h + router_biased + expert_biased * (2 * moe_intermediate_size + h)) + shared_gated * h,
    says="The router, its bias, the experts' biases (2m + h each), and the gate of the shared experts.",
    zh="路由器及其偏置、专家偏置(各 2m+h)与共享专家门控。",
    source=MIXTRAL.at("§2.1"),
    when={mlp: "experts"},
    example=(
        {n_experts: 8, h: 4096, router_biased: 0, expert_biased: 0, moe_intermediate_size: 14336, shared_gated: 0},
        32768,
    ),
)
small_weights_of_no_mlp = Formula(
    mlp_vectors,
    0 * h,
    says="The layer has no MLP.",
    zh="该层没有 MLP。",
    source=modelling("mamba2", "Mamba2Block"),
    when={mlp: "none"},
    example=({}, 0),
)

embedding_that_is_the_head = Formula(
    embedding_params,
    greatest(embeddings_here, heads_here) * V * h,
    says="Embedding and head are one matrix, stored once on a card.",
    zh="词嵌入与输出头共享,只存一份。",
    source=TYING.at("§3"),
    when={tied: "yes"},
    example=({embeddings_here: 1, heads_here: 1, V: 128256, h: 3072}, 394002432),
)
embedding_and_head = Formula(
    embedding_params,
    (embeddings_here + heads_here) * V * h,
    says="The embedding and the head, where the card holds them.",
    zh="该卡所持有的词嵌入与输出头。",
    source=TYING.at("§3"),
    when={tied: "no"},
    example=({embeddings_here: 1, heads_here: 1, V: 32000, h: 4096}, 262144000),
)
parameters_of_the_linears = Formula(
    linear_params,
    total(n_layers_of * (mixer_matrices + mlp_matrices), KIND),
    says="The matrices in the blocks: what quantisation stores in few bits.",
    zh="各块中的矩阵:量化所压缩的部分。",
    source=ATTENTION.at("§3"),
    example=({n_layers_of: 32, mixer_matrices: 67108864, mlp_matrices: 135266304}, 6476005376),
)
parameters_of_routed_experts = Formula(
    routed_params,
    total(n_layers_of * expert_matrices, KIND),
    says="The routed experts of all layers.",
    zh="所有层的路由专家。",
    source=MIXTRAL.at("§2.1"),
    example=({n_layers_of: 32, expert_matrices: 1409286144}, 45097156608),
)
parameters_outside_the_linears = Formula(
    unquantised_params,
    embedding_params
    + total(
        n_layers_of
        * (mixer_vectors + qk_norm_params + mlp_vectors + (n_input_norms + n_output_norms) * norm_vectors * h),
        KIND,
    )
    + heads_here * (final_norms * norm_vectors * h + head_biased * V)
    + embeddings_here * (learned_positions * h + extra_params),
    says="Embedding and head, norms, biases, routers, learned positions, and what stands outside the blocks.",
    zh="词嵌入与输出头、归一化、偏置、路由器、可学习位置及块外参数。",
    source=RMSNORM.at("§4"),
    example=(
        {
            embedding_params: 262144000, n_layers_of: 32, mixer_vectors: 0, qk_norm_params: 0, mlp_vectors: 0,
            embeddings_here: 1, heads_here: 1,
            n_input_norms: 2, n_output_norms: 0, norm_vectors: 1, h: 4096, final_norms: 1, head_biased: 0, V: 32000,
            learned_positions: 0, extra_params: 0,
        },
        262410240,
    ),
)  # fmt: skip
parameters_of_a_model = Formula(
    n_params,
    linear_params + unquantised_params,
    says="Every number that is stored, once.",
    zh="每个存储的参数计一次。",
    source=ATTENTION.at("§3"),
    example=({linear_params: 6476005376, unquantised_params: 262410240}, 6738415616),
)
