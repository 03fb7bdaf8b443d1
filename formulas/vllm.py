"""vLLM: a pool of the card, from which weights and a run that measures come off; the rest is pages of the cache.

A tensor-parallel rank is a model of fewer heads and narrower MLPs (placement.py); its sampler sees the whole vocabulary.
"""

from sympy import floor

from formulas.anatomy import (
    KIND,
    RECURRENT,
    experts_per_token,
    fp32_bytes,
    half_bytes,
    index_bytes,
    intermediate_size,
    kv_width,
    mask_bytes,
    mixer,
    mixer_forward,
    mlp,
    moe_intermediate_size,
    n_heads,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    shared_width,
    v_head_dim,
    vocab_size,
)
from formulas.formula import Formula
from formulas.programs import engine_peak, reading
from formulas.quantity import Words, greatest, largest
from formulas.serving import (
    VLLM_EXPERTS,
    VLLM_MODELS,
    VLLM_PAGES,
    VLLM_SAMPLER,
    VLLM_WORKER,
    concurrent_sequences,
    draft_cache,
    kv_pool,
    kv_tokens,
    max_batched_tokens,
    max_sequences,
    n_pages,
    profile_forward,
    profile_run,
    profile_sampler,
    served_mixer,
    served_mlp,
)
from formulas.vocabulary import (
    adapter,
    batch_size,
    hidden_size,
    kv_cache,
    page_size,
    state,
    task,
    tokens_allocated,
    tp,
    weights,
)

h, f, m, k, V = hidden_size, intermediate_size, moe_intermediate_size, experts_per_token, vocab_size
_PROFILE = VLLM_WORKER.at("Worker.determine_available_memory")

# ── the run that measures: as many tokens, and as many sequences, as a step may have ───────────────────────────────
served_gated_mlp = Formula(
    served_mlp,
    half_bytes * (3 * h + 3 * f),
    says="Residual, input and output (3h); gate and up in one tensor (2f) and their product (f), held until the layer ends.",
    zh="残差、输入与输出(3h);gate 与 up 合为一个张量(2f)及其乘积(f),直到该层结束才释放。",
    source=VLLM_MODELS.at("LlamaMLP.forward"),
    when={mlp: "gated"},
    example=({half_bytes: 2, h: 4096, f: 14336}, 110592),
)
served_plain_mlp = Formula(
    served_mlp,
    half_bytes * (3 * h + 2 * f),
    says="Residual, input and output (3h); the MLP's wide tensor before and behind its activation (2f).",
    zh="残差、输入与输出(3h);激活前后的宽张量(2f)。",
    source=VLLM_MODELS.at("LlamaMLP.forward"),
    when={mlp: "plain"},
    example=({half_bytes: 2, h: 4608, f: 18432}, 101376),
)
served_experts = Formula(
    served_mlp,
    half_bytes * (3 * h + k * (greatest(2 * m, h) + m) + 3 * shared_width),
    says="Residual, input and output (3h); for each chosen expert gate and up (2m), whose place its output (h) takes, and "
    "their product (m); the same of the shared experts (3S).",
    zh="残差、输入与输出(3h);每个被选专家的 gate 与 up(2m,其输出 h 复用该空间)及其乘积(m);共享专家同理(3S)。",
    source=VLLM_EXPERTS.at("fused_experts_impl: intermediate_cache13, intermediate_cache2"),
    when={mlp: "experts"},
    example=({half_bytes: 2, h: 4096, k: 8, m: 1536, shared_width: 0}, 2 * (12288 + 8 * 5632)),
)
served_no_mlp = Formula(
    served_mlp,
    0 * half_bytes,
    says="A layer without an MLP.",
    zh="没有前馈层。",
    source=VLLM_MODELS.at("LlamaDecoderLayer.forward"),
    when={mlp: "none"},
    example=({}, 0),
)
served_attention = Formula(
    served_mixer,
    half_bytes * (3 * h + 2 * q_width + 2 * kv_width),
    says="Residual, input and output (3h); q, k and v in one tensor, and attention's output as wide as q.",
    zh="残差、输入与输出(3h);q、k、v 合为一个张量,以及与 q 等宽的注意力输出。",
    source=VLLM_MODELS.at("LlamaAttention.forward"),
    when={mixer: "grouped"},
    example=({half_bytes: 2, h: 4096, q_width: 4096, kv_width: 1024}, 45056),
)
served_latent_attention = Formula(
    served_mixer,
    half_bytes * (3 * h + n_heads * (3 * (qk_nope_head_dim + qk_rope_head_dim) + qk_nope_head_dim + 2 * v_head_dim)),
    says="Residual, input and output (3h); of every head the query, the key put together, the value padded to a key's width "
    "(3), keys and values before that, and the output.",
    zh="残差、输入与输出(3h);每个头的查询、拼好的键、填充到键宽的值(3 份),此前的键与值,以及输出。",
    source=VLLM_MODELS.at("DeepseekV2MLAAttention, as deepseek_v2.py has it"),
    when={mixer: "latent"},
    example=(
        {half_bytes: 2, h: 7168, n_heads: 128, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128},
        2 * (21504 + 128 * (576 + 128 + 256)),
    ),
)
served_scan = Formula(
    served_mixer,
    mixer_forward,
    says="Another recurrent layer's operators, as they are counted in transformers.",
    zh="其他循环层的算子,按 transformers 中的计数。",
    source=VLLM_MODELS.at("MiniMaxText01LinearAttention, as minimax_text_01.py has it"),
    when={mixer: tuple(kind for kind in RECURRENT if kind not in ("mamba", "mamba2", "delta"))},
    example=({mixer_forward: 61440}, 61440),
)
served_no_mixer = Formula(
    served_mixer,
    0 * half_bytes,
    says="A layer that mixes no tokens.",
    zh="不混合 token 的层。",
    source=VLLM_MODELS.at("LlamaDecoderLayer.forward"),
    when={mixer: "none"},
    example=({}, 0),
)
layers_are_measured = Formula(
    profile_forward,
    max_batched_tokens * largest(greatest(served_mlp, served_mixer), KIND),
    says="One layer works at a time, on as many tokens as a step may have.",
    zh="每次一层处理一步所允许的最多 token。",
    source=VLLM_WORKER.at("GPUModelRunner.profile_run: _dummy_run(max_num_tokens)"),
    example=({max_batched_tokens: 20000, served_mlp: 110592, served_mixer: 45056}, 2211840000),
)
sampler_is_measured = Formula(
    profile_sampler,
    max_sequences * V * tp * (half_bytes + 5 * fp32_bytes + index_bytes + 2 * mask_bytes)
    + max_batched_tokens * h * half_bytes,
    says="For each sequence and token of the whole vocabulary: 16-bit logits; in float32 logits, sorted, probabilities, their "
    "sums and what top-p leaves (5); the order; two masks (2). The last hidden states still stand.",
    zh="每个序列、词表中每个 token:16 位 logits;float32 的 logits、排序后、概率、累积和与 top-p 结果(5 份);次序索引;"
    "两个掩码(2)。末层隐藏状态仍在。",
    source=VLLM_SAMPLER.at("apply_top_k_top_p_pytorch"),
    assumes=(
        Words(
            "PyTorch's sampler, which sorts: FlashInfer's, where vLLM finds it, holds less",
            "按会排序的 PyTorch 采样器;若 vLLM 使用 FlashInfer,占用更少",
        ),
    ),
    example=(
        {
            max_sequences: 256, V: 76032, tp: 2, half_bytes: 2, fp32_bytes: 4, index_bytes: 8, mask_bytes: 1,
            max_batched_tokens: 10000, h: 5120,
        },
        256 * 152064 * 32 + 102400000,
    ),
)  # fmt: skip
the_run_that_measures = Formula(
    profile_run,
    greatest(profile_forward, profile_sampler),
    says="Layers first, then the sampler: the greater of the two is set aside for good.",
    zh="先各层、后采样器:取两者中较大者,长期预留。",
    source=_PROFILE,
    example=({profile_forward: 2211840000, profile_sampler: 1050673152}, 2211840000),
)

# ── what a server needs to start, and what its pool leaves ─────────────────────────────────────────────────────────
a_pool_must_hold = Formula(
    engine_peak,
    weights + adapter + profile_run + kv_cache + state,
    says="Weights, the run that measures and the pages of the sequences asked for must find room in the pool.",
    zh="池中须容纳权重、测量运行的峰值与所需序列的缓存页。",
    source=_PROFILE,
    when={task: "inference", reading: "paged"},
    example=({weights: 16 * 10**9, adapter: 0, profile_run: 2 * 10**9, kv_cache: 10**9, state: 0}, 19 * 10**9),
)
pages_that_fit = Formula(
    n_pages,
    floor(kv_pool * batch_size * tokens_allocated / (kv_cache + draft_cache + state) / page_size),
    says="Whole pages, each of which takes its share of what the sequences asked for take.",
    zh="按整页计,每页占用与所需序列的缓存成比例。",
    source=VLLM_PAGES.at("get_num_blocks"),
    example=(
        {
            page_size: 16,
            kv_pool: 21 * 2**20,
            batch_size: 1,
            tokens_allocated: 8192,
            kv_cache: 2**30,
            draft_cache: 0,
            state: 0,
        },
        10,
    ),
)
tokens_that_fit = Formula(
    kv_tokens,
    n_pages * page_size,
    says="What vLLM prints as the size of its cache: its pages, in tokens.",
    zh="即 vLLM 打印的缓存大小:以 token 计的缓存页。",
    source=VLLM_PAGES.at("_report_kv_cache_config: num_tokens"),
    example=({n_pages: 1024, page_size: 16}, 16384),
)
sequences_that_fit = Formula(
    concurrent_sequences,
    kv_pool * batch_size / (kv_cache + draft_cache + state),
    says="The pages, divided by those of one sequence of full length: what vLLM prints as its maximum concurrency.",
    zh="缓存页除以一条满长序列所需:即 vLLM 打印的最大并发数。",
    source=VLLM_PAGES.at("get_max_concurrency_for_kv_cache_config"),
    example=({kv_pool: 5 * 2**30, batch_size: 1, kv_cache: 2**30, draft_cache: 0, state: 0}, 5),
)
