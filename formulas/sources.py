"""Every paper and document that a formula cites, once; a formula adds the place with `.at(...)`."""

from formulas.formula import Source

DOCUMENT = Source("document", "Source document on LLM memory (Chinese)", "tests/document.txt")
ZERO = Source(
    "zero", "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", "https://arxiv.org/abs/1910.02054"
)
GPT_OSS = Source("gpt-oss-paper", "gpt-oss-120b and gpt-oss-20b model card", "https://arxiv.org/abs/2508.10925")
QLORA = Source("qlora", "QLoRA: Efficient Finetuning of Quantized LLMs", "https://arxiv.org/abs/2305.14314")
MIXED_PRECISION = Source("mixed-precision", "Mixed Precision Training", "https://arxiv.org/abs/1710.03740")
ADAM = Source("adam", "Adam: A Method for Stochastic Optimization", "https://arxiv.org/abs/1412.6980")
SUBLINEAR = Source("sublinear", "Training Deep Nets with Sublinear Memory Cost", "https://arxiv.org/abs/1604.06174")
SCALING_LAWS = Source("scaling-laws", "Scaling Laws for Neural Language Models", "https://arxiv.org/abs/2001.08361")
PALM = Source("palm", "PaLM: Scaling Language Modeling with Pathways", "https://arxiv.org/abs/2204.02311")
LLAMA = Source("llama", "LLaMA: Open and Efficient Foundation Language Models", "https://arxiv.org/abs/2302.13971")
LLAMA2 = Source("llama2", "Llama 2: Open Foundation and Fine-Tuned Chat Models", "https://arxiv.org/abs/2307.09288")
KARPATHY = Source(
    "karpathy-intro", "Karpathy, Intro to Large Language Models (talk)", "https://www.youtube.com/watch?v=zjkBMFhNj_g"
)
TRANSFORMER_MATH = Source(
    "transformer-math", "EleutherAI, Transformer Math 101", "https://blog.eleuther.ai/transformer-math/"
)
IEEE754 = Source(
    "ieee754",
    "IEEE 754-2019, Standard for Floating-Point Arithmetic",
    "https://doi.org/10.1109/IEEESTD.2019.8766229",
)
LLAMA_FACTORY = Source(
    "llama-factory-2025-08-18",
    "LLaMA-Factory, README of 2025-08-18: Hardware Requirement, * estimated",
    "https://github.com/hiyouga/LLaMA-Factory/blob/003a2acb1a2eb374a862c86eff9b967889a26e34/README.md",
)

_TRANSFORMERS = "https://github.com/huggingface/transformers/blob/main/src/transformers"
ACCOUNTING = Source(
    "accounting", "Tensor accounting of transformers 5.23 / peft 0.21 / torch 2.13", f"{_TRANSFORMERS}/models"
)


def modelling(family: str, place: str = "") -> Source:
    """The modelling file of a family of Hugging Face transformers, whose tensors were counted."""
    url = f"{_TRANSFORMERS}/models/{family}/modeling_{family}.py"
    return Source(ACCOUNTING.key, ACCOUNTING.title, url, place or f"modeling_{family}.py")


PEFT_LORA = Source(
    "accounting",
    ACCOUNTING.title,
    "https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/layer.py",
    "Linear.forward",
)
ATTENTION = Source("attention", "Attention Is All You Need", "https://arxiv.org/abs/1706.03762")
GQA = Source("gqa", "GQA: Training Generalized Multi-Query Transformer Models", "https://arxiv.org/abs/2305.13245")
DEEPSEEK_V2 = Source("deepseek-v2", "DeepSeek-V2 Technical Report", "https://arxiv.org/abs/2405.04434")
XIELU = Source("xielu", "Deriving Activation Functions Using Integration", "https://arxiv.org/abs/2411.13010")
GLU = Source("glu", "GLU Variants Improve Transformer", "https://arxiv.org/abs/2002.05202")
MIXTRAL = Source("mixtral", "Mixtral of Experts", "https://arxiv.org/abs/2401.04088")
MISTRAL = Source("mistral", "Mistral 7B", "https://arxiv.org/abs/2310.06825")
RMSNORM = Source("rmsnorm", "Root Mean Square Layer Normalization", "https://arxiv.org/abs/1910.07467")
MAMBA = Source(
    "mamba", "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", "https://arxiv.org/abs/2312.00752"
)
MAMBA2 = Source("mamba2", "Transformers are SSMs", "https://arxiv.org/abs/2405.21060")
DELTA = Source("gated-delta", "Gated Delta Networks", "https://arxiv.org/abs/2412.06464")
LIGHTNING = Source(
    "minimax-01",
    "MiniMax-01: Scaling Foundation Models with Lightning Attention",
    "https://arxiv.org/abs/2501.08313",
)
TYING = Source("tying", "Using the Output Embedding to Improve Language Models", "https://arxiv.org/abs/1608.05859")
LORA = Source("lora", "LoRA: Low-Rank Adaptation of Large Language Models", "https://arxiv.org/abs/2106.09685")
FLASH = Source("flash", "FlashAttention-2", "https://arxiv.org/abs/2307.08691")
SDPA = Source(
    "sdpa",
    "PyTorch, scaled_dot_product_attention",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html",
)
AUTOCAST = Source(
    "autocast",
    "PyTorch, automatic mixed precision: autocast op reference",
    "https://docs.pytorch.org/docs/stable/amp.html",
)
KORTHIKANTI = Source(
    "korthikanti",
    "Reducing Activation Recomputation in Large Transformer Models",
    "https://arxiv.org/abs/2205.05198",
)
LIGER = Source("liger", "Liger Kernel: Efficient Triton Kernels for LLM Training", "https://arxiv.org/abs/2410.10989")
FSDP = Source(
    "fsdp", "PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel", "https://arxiv.org/abs/2304.11277"
)
CUDA_CACHING = Source(
    "pytorch-cuda", "PyTorch documentation, CUDA semantics", "https://docs.pytorch.org/docs/stable/notes/cuda.html"
)
ADAMW_PYTORCH = Source(
    "adamw-pytorch",
    "PyTorch, torch.optim.AdamW",
    "https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html",
)
PYTORCH_OPTIM = Source("pytorch-optim", "PyTorch, torch.optim", "https://docs.pytorch.org/docs/stable/optim.html")
ADAM_8BIT = Source("adam-8bit", "8-bit Optimizers via Block-wise Quantization", "https://arxiv.org/abs/2110.02861")
ADAM_4BIT = Source("adam-4bit", "Memory Efficient Optimizers with 4-bit States", "https://arxiv.org/abs/2309.01507")
LION = Source("lion", "Symbolic Discovery of Optimization Algorithms", "https://arxiv.org/abs/2302.06675")
MUON = Source(
    "muon", "Jordan et al., Muon: An optimizer for hidden layers", "https://kellerjordan.github.io/posts/muon/"
)
_HF_438 = "https://github.com/huggingface/transformers/blob/v4.38.2/src/transformers"
OLD_CACHE = Source("transformers-4.38", "transformers 4.38.2, caches", f"{_HF_438}/cache_utils.py")
OLD_TABLES = Source("transformers-4.38", "transformers 4.38.2, Qwen2", f"{_HF_438}/models/qwen2/modeling_qwen2.py")
OLD_HEADS = Source(
    "transformers-4.38", "transformers 4.38.2, GPTBigCode", f"{_HF_438}/models/gpt_bigcode/modeling_gpt_bigcode.py"
)
TRAINER = Source("transformers-4.38", "transformers 4.38.2, Trainer", f"{_HF_438}/trainer.py")
AUTOGPTQ = Source(
    "autogptq",
    "AutoGPTQ 0.7.1",
    "https://github.com/AutoGPTQ/AutoGPTQ/blob/v0.7.1/auto_gptq/modeling/_utils.py",
)
ACCELERATE = Source(
    "accelerate-hooks",
    "Hugging Face Accelerate, hooks of a model spread over devices",
    "https://github.com/huggingface/accelerate/blob/v0.30.0/src/accelerate/hooks.py",
)
ADAPTER_SHARDING = Source(
    "peft-fsdp",
    "PEFT, fully sharded data parallel",
    "https://github.com/huggingface/peft/blob/v0.11.1/src/peft/utils/other.py",
)
ZERO_OFFLOAD = Source("zero-offload", "ZeRO-Offload", "https://arxiv.org/abs/2101.06840")
DEEPSPEED_STEP = Source(
    "deepspeed",
    "DeepSpeed, ZeRO stages 1 and 2",
    "https://github.com/deepspeedai/DeepSpeed/blob/v0.14.0/deepspeed/runtime/zero/stage_1_and_2.py",
)
DEEPSPEED_STAGE3 = Source(
    "deepspeed-stage3",
    "DeepSpeed, ZeRO stage 3",
    "https://github.com/deepspeedai/DeepSpeed/blob/edaa7221267243c7be7fb49c5d5f5c4fb97b4641/deepspeed/runtime/zero/stage3.py",
)
LLAMA_CPP = Source(
    "llama-cpp", "llama.cpp, context", "https://github.com/ggml-org/llama.cpp/blob/master/src/llama-context.cpp"
)
IK_LLAMA = Source(
    "ik-llama",
    "ik_llama.cpp, parameters: latent attention",
    "https://github.com/ikawrakow/ik_llama.cpp/blob/main/docs/parameters.md",
)
LLAMA_CPP_WINDOWS = Source(
    "llama-cpp-windows",
    "llama.cpp, cache of layers with a window",
    "https://github.com/ggml-org/llama.cpp/blob/master/src/llama-kv-cache-iswa.cpp",
)
DPO = Source("dpo", "Direct Preference Optimization", "https://arxiv.org/abs/2305.18290")
LORA_FA = Source("lora-fa", "LoRA-FA: Memory-efficient Low-rank Adaptation", "https://arxiv.org/abs/2308.03303")
GALORE = Source(
    "galore",
    "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection",
    "https://arxiv.org/abs/2403.03507",
)
APOLLO = Source("apollo", "APOLLO: SGD-like Memory, AdamW-level Performance", "https://arxiv.org/abs/2412.05270")
BADAM = Source(
    "badam", "BAdam: A Memory Efficient Full Parameter Optimization Method", "https://arxiv.org/abs/2404.02827"
)
LISA = Source(
    "lisa", "LISA: Layerwise Importance Sampling for Memory-Efficient Fine-Tuning", "https://arxiv.org/abs/2403.17919"
)
LOMO = Source(
    "lomo",
    "Full Parameter Fine-tuning for Large Language Models with Limited Resources",
    "https://arxiv.org/abs/2306.09782",
)
POPE = Source("pope2022", "Efficiently Scaling Transformer Inference", "https://arxiv.org/abs/2211.05102")
BNB_FSDP = Source(
    "bitsandbytes-fsdp", "bitsandbytes: FSDP-QLoRA", "https://huggingface.co/docs/bitsandbytes/main/en/fsdp_qlora"
)
