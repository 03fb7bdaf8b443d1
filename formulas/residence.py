"""Where a model lives beside the card: the choices, quantities and works of `host.py` and `loading.py`.

A part of the glossary (`vocabulary.py` has the terms, `programs.py` what programs hold, among it `offloaded`).
"""

from formulas.anatomy import KIND
from formulas.formula import Source
from formulas.quantity import Choice, Quantity, Words, byte, one

# ── what stays in host memory ──────────────────────────────────────────────────────────────────────────────────────
hosted_layers = Quantity(
    "hosted_layers", one, r"L_{\mathrm{ram}}", "layers that host memory holds", "留在内存的层数",
    whole=True, zero=True, axis=KIND,
)  # fmt: skip
hosted_experts = Quantity(
    "hosted_experts", one, r"L_{E,\mathrm{ram}}", "layers on the card whose experts host memory holds",
    "层在卡上而专家留在内存的层数", whole=True, zero=True, axis=KIND,
)  # fmt: skip
embedding_hosted = Quantity(
    "embedding_hosted", one, r"e_{\mathrm{ram}}", "1 where host memory holds the embedding", "词嵌入是否在内存(1 为是)",
    whole=True, zero=True,
)  # fmt: skip
head_hosted = Quantity(
    "head_hosted", one, r"v_{\mathrm{ram}}", "1 where host memory holds the head", "输出头是否在内存(1 为是)",
    whole=True, zero=True,
)  # fmt: skip
block_bytes = Quantity(
    "block_bytes", byte, r"\beta_{\mathrm{lin}}", "bytes of a number in a layer's matrices", "层内矩阵每个数的字节数"
)
outer_bytes = Quantity(
    "outer_bytes",
    byte,
    r"\beta_{\mathrm{out}}",
    "bytes of a number outside the layers' matrices",
    "其余参数每个数的字节数",
)
host_embeddings = Quantity(
    "host_embeddings", byte, r"W_{e,\mathrm{ram}}", "embedding and head that host memory holds", "留在内存的词嵌入与输出头",
    zero=True,
)  # fmt: skip
host_weights = Quantity(
    "host_weights", byte, r"W_{\mathrm{ram}}", "weights that host memory holds", "留在内存的权重", zero=True
)
embedding_twice = Quantity(
    "embedding_twice", byte, r"W_{e,2}", "an embedding held by the host and, as the head, by the card",
    "内存一份、卡上作输出头一份的词嵌入", zero=True,
)  # fmt: skip
host_cache = Quantity(
    "host_cache", byte, r"M_{\mathrm{kv},\mathrm{ram}}", "cache that host memory holds", "留在内存的缓存", zero=True
)
offload_budget = Quantity(
    "offload_budget", byte, r"C_{\mathrm{ram}}", "weights of each card that may live in host memory",
    "每张卡可放到内存的权重上限", zero=True,
)  # fmt: skip
largest_matrix = Quantity(
    "largest_matrix", one, r"\theta_{\max}", "numbers of the largest tensor of a layer", "一层中最大张量的参数数",
    zero=True, axis=KIND,
)  # fmt: skip

# ── loading and saving ─────────────────────────────────────────────────────────────────────────────────────────────
at_loading = Choice(
    "at_loading",
    ("as-stored", "quantised", "prepared", "head-twice"),
    Words(
        "what a card does as weights arrive: keep them, quantise each, make some float32, or hold the head twice",
        "加载时卡上的操作:原样、逐个量化、部分转 float32、或输出头存两份",
    ),
)
head_kept = Choice(
    "head_kept",
    ("no", "yes"),
    Words(
        "whether the head that a quantised file stores stays on the card beside the embedding to which it is tied",
        "量化文件另存的输出头是否与共享的词嵌入同时留在卡上",
    ),
)
kept_head = Quantity(
    "kept_head",
    byte,
    r"W_{v,2}",
    "a head held beside the embedding to which it is tied",
    "与共享词嵌入并存的输出头",
    zero=True,
)
at_saving = Choice(
    "at_saving",
    ("own-part", "gathered"),
    Words("whether one process gathers the whole model to save it", "保存时是否由一个进程聚合整个模型"),
)
saved_precision = Choice(
    "saved_precision", ("half", "single"), Words("the precision in which it is gathered", "聚合保存的精度")
)
phase_load = Quantity("phase_load", byte, r"\Phi_{\mathrm{load}}", "as weights are loaded", "加载权重时", zero=True)
at_work = Quantity("at_work", byte, r"M_{\mathrm{run}}", "held as the program runs", "运行中的占用", zero=True)
held_peak = Quantity(
    "held_peak",
    byte,
    r"M_{\mathrm{held}}",
    "the most that is held, loading or running",
    "加载或运行时的最大占用",
    zero=True,
)
phase_save = Quantity("phase_save", byte, r"\Phi_{\mathrm{save}}", "as weights are saved", "保存权重时", zero=True)
loaded_beside = Quantity(
    "loaded_beside",
    byte,
    r"M_{\mathrm{load}}",
    "what loading holds beside the weights",
    "加载时权重以外的占用",
    zero=True,
)
saved_bytes = Quantity("saved_bytes", byte, r"\beta_{\mathrm{save}}", "bytes of a saved number", "保存的每个数的字节数")
loaded_bytes = Quantity(
    "loaded_bytes", byte, r"\beta_{\mathrm{load}}", "bytes of a loaded number", "载入的每个数的字节数"
)
processes = Quantity(
    "processes",
    one,
    r"N_{\mathrm{proc}}",
    "processes that share a machine's memory",
    "同一台机器上的进程数",
    whole=True,
)
host_load = Quantity(
    "host_load", byte, r"M_{\mathrm{ram},\mathrm{load}}", "host memory of a machine as the model is loaded",
    "加载时一台机器的内存", zero=True,
)  # fmt: skip
host_save = Quantity(
    "host_save", byte, r"M_{\mathrm{ram},\mathrm{save}}", "host memory of the process that saves", "保存进程的内存",
    zero=True,
)  # fmt: skip

# ── works that only these chapters cite ────────────────────────────────────────────────────────────────────────────
_LLAMA_CPP = "https://github.com/ggml-org/llama.cpp/blob/master"
LLAMA_CPP_MODEL = Source("llama-cpp", "llama.cpp, model loading", f"{_LLAMA_CPP}/src/llama-model.cpp")
LLAMA_CPP_CACHE = Source("llama-cpp", "llama.cpp, cache", f"{_LLAMA_CPP}/src/llama-kv-cache.cpp")
LLAMA_CPP_FLAGS = Source("llama-cpp", "llama.cpp, arguments", f"{_LLAMA_CPP}/common/arg.cpp")
LLAMA_CPP_PICTURES = Source("llama-cpp", "llama.cpp, multimodal", f"{_LLAMA_CPP}/docs/multimodal.md")
GGML_SCHEDULER = Source("llama-cpp", "ggml, scheduler of backends", f"{_LLAMA_CPP}/ggml/src/ggml-backend.cpp")
BIG_MODELS = Source(
    "accelerate-hooks",
    "Hugging Face Accelerate, models larger than the card",
    "https://github.com/huggingface/accelerate/blob/v0.30.0/src/accelerate/utils/modeling.py",
)
VLLM_OFFLOAD = Source(
    "vllm-offload",
    "vLLM, offloading of weights by unified addressing",
    "https://docs.vllm.ai/en/stable/api/vllm/config/offload/",
)
BNB_LOADING = Source(
    "transformers-bitsandbytes",
    "transformers, bitsandbytes integration",
    "https://github.com/huggingface/transformers/blob/v4.46.0/src/transformers/integrations/bitsandbytes.py",
)
KBIT_PREPARATION = Source(
    "peft-kbit",
    "PEFT, preparation for k-bit training",
    "https://github.com/huggingface/peft/blob/v0.11.1/src/peft/utils/other.py",
)
AWQ_HEADS = Source(
    "qwen-awq", "Qwen, what the published AWQ files store", "https://github.com/QwenLM/Qwen3/issues/1117"
)
QWEN3_SPEED = Source(
    "qwen3",
    "Qwen3, speed benchmark",
    "https://github.com/QwenLM/Qwen3/blob/main/docs/source/getting_started/speed_benchmark.md",
)
BIG_LOADING = Source(
    "transformers-big-models",
    "transformers, loading large models",
    "https://huggingface.co/docs/transformers/v4.46.0/en/big_models",
)
DEEPSPEED_INIT = Source(
    "deepspeed-zero3", "DeepSpeed, ZeRO-3: zero.Init", "https://deepspeed.readthedocs.io/en/latest/zero3.html"
)
DEEPSPEED_ENGINE = Source(
    "deepspeed",
    "DeepSpeed, engine",
    "https://github.com/deepspeedai/DeepSpeed/blob/v0.14.0/deepspeed/runtime/engine.py",
)
