"""Every paper and document that a formula cites, once; a formula adds the place with `.at(...)`."""

from formulas.formula import Source

DOCUMENT = Source("document", "Source document on LLM memory (Chinese)", "tests/document.txt")
ZERO = Source(
    "zero", "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", "https://arxiv.org/abs/1910.02054"
)
QLORA = Source("qlora", "QLoRA: Efficient Finetuning of Quantized LLMs", "https://arxiv.org/abs/2305.14314")
