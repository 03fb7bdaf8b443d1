"""What a server takes of a card at its start, and what that leaves for keys and values: three rules of as many programs.

A share of the card holds all (vLLM, TGI); a share of what is free holds weights and cache (SGLang); a share of what the
weights leave holds the cache alone (LMDeploy, TensorRT-LLM).
"""

from formulas.formula import Formula
from formulas.programs import engine_peak, reading
from formulas.quantity import Words, byte, greatest
from formulas.serving import (
    LMDEPLOY_CONFIG,
    SGLANG_ARGS,
    VLLM_WORKER,
    chunked_prefill,
    draft_weights,
    graph_sequences,
    kv_pool,
    least_aside,
    memory_utilisation,
    pool,
    pool_rule,
    profile_run,
    set_aside,
    work_aside,
)
from formulas.vocabulary import adapter, card_memory, pp, runtime, task, tp, weights

_MIB = 2**20
_PROFILE = VLLM_WORKER.at("Worker.determine_available_memory")
_SGLANG = SGLANG_ARGS.at("ServerArgs._handle_gpu_memory_settings")
_LMDEPLOY = LMDEPLOY_CONFIG.at("TurbomindEngineConfig.cache_max_entry_count")
_HELD_BESIDE = Words(
    "activations and graphs find room in what the share leaves", "激活与 CUDA graph 放得进比例之外的显存"
)

# ── the share ──────────────────────────────────────────────────────────────────────────────────────────────────────
asked_for_work = Formula(
    work_aside,
    512 * _MIB + 3 * _MIB // 2 * greatest(2048, chunked_prefill) + 2 * _MIB * graph_sequences + 128 * _MIB * tp * pp,
    says="SGLang counts 512 MiB, 1.5 MiB for each token of a chunk, 2 MiB for each sequence of its graphs and 128 MiB for each rank.",
    zh="SGLang 计 512 MiB、每个分块 token 1.5 MiB、每个 graph 序列 2 MiB、每个并行进程 128 MiB。",
    source=_SGLANG,
    coefficients_in=byte,
    example=({chunked_prefill: 2048, graph_sequences: 24, tp: 1, pp: 1}, (512 + 3072 + 48 + 128) * 2**20),
)
left_for_work = Formula(
    set_aside,
    greatest(least_aside, work_aside),
    says="On large cards SGLang leaves 10 GiB at the least.",
    zh="大卡上 SGLang 至少留出 10 GiB。",
    source=_SGLANG,
    example=({least_aside: 10 * 2**30, work_aside: 9 * 2**30}, 10 * 2**30),
)
what_is_not_left = Formula(
    memory_utilisation,
    1 - set_aside / card_memory,
    says="The share is all but what is left for activations and graphs.",
    zh="比例即除去为激活与 CUDA graph 留出的部分。",
    source=_SGLANG,
    when={pool_rule: "share-of-free"},
    example=({set_aside: 2 * 2**30, card_memory: 16 * 2**30}, 0.875),
)

# ── what is taken ──────────────────────────────────────────────────────────────────────────────────────────────────
share_of_the_card = Formula(
    pool,
    memory_utilisation * card_memory,
    says="The server takes this share of the card at its start, whatever the model needs.",
    zh="无论模型需要多少,服务启动时即占用显卡的这一比例。",
    source=VLLM_WORKER.at("Worker.init_device: requested_memory"),
    when={pool_rule: "share-of-card"},
    example=({memory_utilisation: 0.9, card_memory: 24 * 2**30}, 21.6 * 2**30),
)
weights_and_cache = Formula(
    pool,
    weights + draft_weights + adapter + kv_pool + profile_run + runtime,
    says="Weights, the cache that was set aside, what a step works with, and the runtime.",
    zh="权重、预留的缓存、一步计算所用的显存,以及运行时。",
    source=_LMDEPLOY,
    when={pool_rule: ("share-of-free", "share-of-rest")},
    assumes=(_HELD_BESIDE,),
    example=({weights: 15e9, draft_weights: 0, adapter: 0, kv_pool: 6e9, profile_run: 1e9, runtime: 0.5e9}, 22.5e9),
)
the_driver_sees_the_pool = Formula(
    engine_peak,
    pool,
    says="Pages fill what weights and the measured run leave, so the process holds the whole pool.",
    zh="缓存页占满权重与测量运行之外的部分,进程因而持有整个池。",
    source=_PROFILE,
    when={task: "inference", reading: "pool"},
    example=({pool: 21 * 10**9}, 21 * 10**9),
)

# ── what it leaves for keys and values ─────────────────────────────────────────────────────────────────────────────
pages_fill_the_rest = Formula(
    kv_pool,
    greatest(0, pool - weights - draft_weights - adapter - profile_run - runtime),
    says="What weights, the measured run and memory outside PyTorch leave of the pool becomes pages.",
    zh="池中除权重、测量运行与 PyTorch 之外的占用,其余全部成为缓存页。",
    source=_PROFILE,
    when={pool_rule: "share-of-card"},
    example=({pool: 21e9, weights: 16e9, draft_weights: 0, adapter: 0, profile_run: 2e9, runtime: 0.5e9}, 2.5e9),
)
pages_beside_the_weights = Formula(
    kv_pool,
    greatest(0, memory_utilisation * (card_memory - runtime) - weights - draft_weights - adapter),
    says="Weights and cache share what the server takes of the memory that is free before it loads.",
    zh="权重与缓存共用服务从加载前空闲显存中取得的部分。",
    source=SGLANG_ARGS.at("ServerArgs.mem_fraction_static"),
    when={pool_rule: "share-of-free"},
    example=(
        {memory_utilisation: 0.875, card_memory: 25e9, runtime: 1e9, weights: 15e9, draft_weights: 0, adapter: 0}, 6e9,
    ),
)  # fmt: skip
share_of_what_is_left = Formula(
    kv_pool,
    memory_utilisation * greatest(0, card_memory - runtime - weights - draft_weights - adapter),
    says="The cache takes this share of what the weights leave.",
    zh="缓存取权重之后剩余显存的这一比例。",
    source=_LMDEPLOY,
    when={pool_rule: "share-of-rest"},
    example=(
        {memory_utilisation: 0.75, card_memory: 25e9, runtime: 1e9, weights: 16e9, draft_weights: 0, adapter: 0}, 6e9,
    ),
)  # fmt: skip
