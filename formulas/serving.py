"""What servers set aside: the quantities of `vllm.py`, `llama_cpp.py` and `speculative.py`, and the works that only these chapters cite.

A part of the glossary (`vocabulary.py` has the terms, `programs.py` what programs hold).
"""

from formulas.anatomy import KIND
from formulas.formula import Source
from formulas.quantity import Choice, Quantity, Words, byte, one

# ── vLLM: a pool, a run that measures, pages ───────────────────────────────────────────────────────────────────────
memory_utilisation = Quantity(
    "memory_utilisation", one, r"u", "share of the card that the server takes", "服务占用显卡的比例"
)
pool_rule = Choice(
    "pool_rule",
    ("share-of-card", "share-of-free", "share-of-rest"),
    Words(
        "what the server's share is a share of: the card; what is free before the weights come, for weights and cache; "
        "what the weights leave, for the cache alone",
        "服务的比例是谁的比例:整张卡;加载权重前的空闲显存(权重加缓存);权重之后剩余的显存(仅缓存)",
    ),
)
chunked_prefill = Quantity(
    "chunked_prefill",
    one,
    r"T_{\mathrm{chunk}}",
    "tokens of one chunk of a prompt",
    "一次预填充分块的 token 数",
    whole=True,
)
graph_sequences = Quantity(
    "graph_sequences", one, r"n_{\mathrm{graph}}", "most sequences of a captured CUDA graph", "CUDA graph 捕获的最大序列数",
    whole=True,
)  # fmt: skip
least_aside = Quantity(
    "least_aside", byte, r"M_{\mathrm{aside,0}}", "least that a server leaves beside its pool", "服务在池外至少留出的显存",
    zero=True,
)  # fmt: skip
work_aside = Quantity(
    "work_aside",
    byte,
    r"M_{\mathrm{aside,x}}",
    "what a server counts for activations and graphs",
    "服务为激活与 CUDA graph 估计的显存",
)
set_aside = Quantity(
    "set_aside",
    byte,
    r"M_{\mathrm{aside}}",
    "what a server leaves for activations and graphs",
    "服务为激活与 CUDA graph 留出的显存",
)
pool = Quantity("pool", byte, r"M_{\mathrm{pool}}", "memory that the server takes of a card", "服务从显卡取得的显存")
max_batched_tokens = Quantity(
    "max_batched_tokens", one, r"T_{\max}", "most tokens of one forward pass", "一次前向的最大 token 数", whole=True
)
max_sequences = Quantity(
    "max_sequences", one, r"n_{\max}", "most sequences of one forward pass", "一次前向的最大序列数", whole=True
)
served_mixer = Quantity(
    "served_mixer", byte, r"x_{\mathrm{mix}}", "what a mixer holds for a token", "混合层每个 token 的占用",
    zero=True, axis=KIND,
)  # fmt: skip
served_mlp = Quantity(
    "served_mlp", byte, r"x_{\mathrm{mlp}}", "what an MLP holds for a token", "前馈层每个 token 的占用",
    zero=True, axis=KIND,
)  # fmt: skip
profile_forward = Quantity(
    "profile_forward", byte, r"M_{\mathrm{prof},x}", "layers' tensors in the run that measures", "测量运行中各层的张量",
    zero=True,
)  # fmt: skip
profile_sampler = Quantity(
    "profile_sampler", byte, r"M_{\mathrm{prof},V}", "sampler's tensors in the run that measures", "测量运行中采样器的张量",
    zero=True,
)  # fmt: skip
profile_run = Quantity(
    "profile_run", byte, r"M_{\mathrm{prof}}", "activations of the run that measures", "测量运行的激活峰值", zero=True
)
step_run = Quantity(
    "step_run",
    byte,
    r"M_{\mathrm{read}}",
    "layers' tensors in one step of a prompt",
    "读取提示一步时各层的张量",
    zero=True,
)
kv_pool = Quantity(
    "kv_pool", byte, r"M_{\mathrm{pages}}", "what the pool leaves for pages of the cache", "池中留给缓存页的显存",
    zero=True,
)  # fmt: skip
n_pages = Quantity("n_pages", one, r"n_{\mathrm{page}}", "pages of the cache", "缓存页数", whole=True, zero=True)
kv_tokens = Quantity(
    "kv_tokens", one, r"n_{\mathrm{kv}}", "tokens that the cache has pages for", "缓存可容纳的 token 数",
    whole=True, zero=True,
)  # fmt: skip
concurrent_sequences = Quantity(
    "concurrent_sequences", one, r"n_{\mathrm{seq}}", "sequences of full length that the pages hold at once",
    "可同时容纳的满长序列数", zero=True,
)  # fmt: skip

# ── llama.cpp: one buffer that all of a graph's tensors take turns in ──────────────────────────────────────────────
latent_prompt = Choice(
    "latent_prompt",
    ("in-latent-space", "unpacked"),
    Words(
        "whether a prompt attends in the space of the compressed vector, or keys and values of all heads are unpacked for it",
        "处理提示时在压缩空间做注意力,还是展开全部头的键值",
    ),
)
head_parts = Quantity(
    "head_parts", one, r"n_{\mathrm{amb}}", "parts in which the heads of latent attention are worked on",
    "潜在注意力的头分几部分计算", whole=True,
)  # fmt: skip
graph_mask = Quantity("graph_mask", byte, r"M_{\mathrm{mask}}", "mask of a micro-batch", "微批次的掩码", zero=True)
graph_of_head = Quantity("graph_of_head", byte, r"G_V", "the graph at its head", "计算图在输出头处", zero=True)
graph_of_mixer = Quantity(
    "graph_of_mixer", byte, r"G_{\mathrm{mix}}", "the graph in attention", "计算图在注意力处", zero=True, axis=KIND
)
graph_of_mlp = Quantity(
    "graph_of_mlp", byte, r"G_{\mathrm{mlp}}", "the graph in the MLP", "计算图在前馈层处", zero=True, axis=KIND
)

# ── speculative decoding: what proposes tokens ─────────────────────────────────────────────────────────────────────
speculation = Choice(
    "speculation",
    ("none", "draft-model", "own-layers"),
    Words(
        "what proposes tokens: nothing that takes memory, a draft model, or layers of the model itself",
        "由什么提出候选 token:不占显存的方法、草稿模型、或模型自带的层",
    ),
)
draft_weights = Quantity(
    "draft_weights", byte, r"M_{\mathrm{w},d}", "weights of what drafts", "起草部分的权重", zero=True
)
draft_token = Quantity(
    "draft_token",
    byte,
    r"\mathrm{kv}_d",
    "cache that the draft model keeps for a token",
    "草稿模型每个 token 的缓存",
    zero=True,
)
draft_cache = Quantity("draft_cache", byte, r"M_{\mathrm{kv},d}", "cache of what drafts", "起草部分的缓存", zero=True)
draft_buffer = Quantity(
    "draft_buffer",
    byte,
    r"M_{\mathrm{graph},d}",
    "compute buffer of the draft model",
    "草稿模型的计算缓冲区",
    zero=True,
)
mtp_params = Quantity(
    "mtp_params", one, r"\theta_{\mathrm{mtp}}", "parameters of the layers that predict further tokens",
    "多 token 预测层的参数量", whole=True, zero=True,
)  # fmt: skip
mtp_layers = Quantity(
    "mtp_layers",
    one,
    r"L_{\mathrm{mtp}}",
    "layers that predict further tokens",
    "多 token 预测层数",
    whole=True,
    zero=True,
)

# ── works that only these chapters cite ────────────────────────────────────────────────────────────────────────────
_VLLM = "https://github.com/vllm-project/vllm/blob"
VLLM_WORKER = Source(
    "vllm-worker",
    "vLLM, worker of a card: profiling of memory",
    f"{_VLLM}/35d5cda123ec28581759b6d34cde8052314fb1e6/vllm/v1/worker/gpu_worker.py",
)
VLLM_SPECS = Source(
    "vllm-specs",
    "vLLM, what the cache of a layer takes",
    f"{_VLLM}/001cabc1be16a59a70d720ed61a13b678c060a18/vllm/v1/kv_cache_interface.py",
)
VLLM_PAGES = Source("vllm-pages", "vLLM, pages of the cache", f"{_VLLM}/main/vllm/v1/core/kv_cache_utils.py")
VLLM_SAMPLER = Source(
    "vllm-sampler",
    "vLLM, sampler: top-k and top-p by PyTorch",
    f"{_VLLM}/01fa3fe74b058bb604f236341ab2361c7cf3d25b/vllm/v1/sample/ops/topk_topp_sampler.py",
)
VLLM_MODELS = Source(
    "vllm-models", "vLLM, Llama: decoder layer and MLP", f"{_VLLM}/main/vllm/model_executor/models/llama.py"
)
VLLM_EXPERTS = Source(
    "vllm-experts",
    "vLLM, fused experts",
    f"{_VLLM}/main/vllm/model_executor/layers/fused_moe/fused_moe.py",
)
_IK = "https://github.com/ikawrakow/ik_llama.cpp/blob"
GGML_ALLOCATOR = Source(
    "llama-cpp",
    "ggml, allocator of a graph",
    "https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-alloc.c",
)
LLAMA_CPP_GRAPH = Source(
    "llama-cpp",
    "llama.cpp, graphs of attention and MLP",
    "https://github.com/ggml-org/llama.cpp/blob/master/src/llama-graph.cpp",
)
IK_LATENT = Source(
    "ik-llama",
    "ik_llama.cpp, graph of latent attention",
    f"{_IK}/8337e4cd3861406fc04e0854b1409cd1b027fbc9/src/graphs/build_deepseek2.cpp",
)
SGLANG_ARGS = Source(
    "sglang-args",
    "SGLang, arguments of the server",
    "https://github.com/sgl-project/sglang/blob/037c3982af4a996f41b38cacf59f0be24b8699f8/python/sglang/srt/server_args.py",
)
LMDEPLOY_CONFIG = Source(
    "lmdeploy-config",
    "LMDeploy, configuration of its engines",
    "https://github.com/InternLM/lmdeploy/blob/1263d5cd889b7ad500e85b8eb20401327a4516ab/lmdeploy/messages.py",
)
