"""Every paper and document that a formula cites, once; a formula adds the place with `.at(...)`."""

from formulas.formula import Source

DOCUMENT = Source("document", "Source document on LLM memory (Chinese)", "tests/document.txt")
ZERO = Source(
    "zero", "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", "https://arxiv.org/abs/1910.02054"
)
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
