"""A name in a question that reads like a model's and stands in no table, where nothing else says which model is meant."""

import re
from functools import cache

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.lexicon import TOOLS
from chat.reads.reading import Reading
from kb.knobs import KNOBS

# a word with a capital or a digit within (PaddleOCR), joined parts (dots.ocr) or a name's capital in a sentence (Voxtral)
_NAME = re.compile(r"(?<![\w./@-])[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*(?![\w@/])")
_WITHIN = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]|[A-Za-z]\d|[a-z][.-][A-Za-z]|\d[.-][A-Za-z]")
_CAPITAL = re.compile(r"[A-Z][a-z]{3,}$")
# what is asked right beside a model's name
_ASKED_OF = re.compile(
    r"^\W{0,3}(?:(?:的|模型|model|in|the)\s?){0,3}(?:显存|部署|微调|推理|训练|本地|要|需|占|能|v?ram\b|gpu\b|memory\b|need|requir|take|use|fit|run|on\b|inference|fine-?tun|train|deploy|locally|\?|$)",
    re.IGNORECASE,
)
_ASKED_BEFORE = re.compile(
    r"(?:\b(?:does|do|can|could|run|running|deploy|deploying|serve|host|finetune|fine-tune|train|load|of|for|with)|[跑署调训行用]|部署一下|请问)\W{0,2}$",
    re.IGNORECASE,
)
_PLAIN_WORDS = re.compile(r"[a-z]{2,}(?:-[a-z]{2,})+")  # "full-size", of English
_UNITS = re.compile(r"(?:[kmgtp]i?)?(?:b|bs|bytes?|bits?)(?:ps)?|[kmgtpe]?flops?")
# formats and counts of ranks, which are written so as well: "Q5", "W4A16", "TP2"
_SHORT = re.compile(r"i?q\d|w\d{1,2}a\d{1,2}|e[2-5]m[1-3]|(?:tp|pp|dp|ep|cp|bs|r)\d{1,3}")
# written so, and no models
_OTHERS = frozenset([
    "pytorch", "tensorflow", "huggingface", "github", "modelscope", "openai", "nvidia", "nvlink", "nvswitch",
    "infiniband", "cuda", "cudnn", "rocm", "wsl", "linux", "windows", "ubuntu", "docker", "kubernetes", "python",
    "colab", "kaggle", "dataloader", "tensorboard", "flashattention", "flash-attn", "flash-attention", "deepspeed",
    "megatron", "fsdp", "fsdp2", "zero-1", "zero-2", "zero-3", "lora", "qlora", "dora", "peft", "trl", "adamw",
    "comfyui", "langchain", "gradio", "gradientcheckpointing", "int4", "int8", "fp8", "fp16", "bf16", "fp32", "nf4",
    "mxfp4", "nvfp4", "kv", "swiglu", "geglu", "gelu", "relu", "silu", "rope", "yarn", "alibi", "rmsnorm",
    "layernorm", "softmax", "sdpa", "xformers", "flashinfer", "pagedattention", "all-gather", "all-reduce",
    "all-to-all", "reduce-scatter", "nccl", "bitsandbytes", "torchao", "gguf", "gptq", "awq", "safetensors",
    "config.json", "moe", "moes", "llm", "llms", "vlm", "vlms", "gpus", "tpu", "fine-tune", "fine-tuning",
    "pre-train", "pre-training", "multi-gpu", "single-gpu", "long-context", "open-source",
])  # fmt: skip


def name_unread(reading: Reading) -> str | None:
    """The name as it was typed; None where no word reads like one, or several do."""
    text = reading.text
    read = [one.span() for one in card_pattern().finditer(text.lower())]
    read += [span for spans in reading.spans.values() for span in spans]  # what is a fact is no name: "Liger kernel"
    found = []
    for one in _NAME.finditer(text):
        word = one[0].lower()
        if (
            word in _OTHERS
            or word in _settings()
            or _SHORT.fullmatch(word)
            or _UNITS.fullmatch(word)
            or _PLAIN_WORDS.fullmatch(one[0])
            or any(start < one.end() and one.start() < end for start, end in read)
        ):
            continue
        begins = not re.search(r"[\w,;]\s$", text[: one.start()])
        written = _WITHIN.search(one[0]) or (_CAPITAL.match(one[0]) and not begins)
        if written and (_ASKED_OF.match(text[one.end() :]) or _ASKED_BEFORE.search(text[: one.start()])):
            found.append(one[0])
    return found[0] if len(set(found)) == 1 else None


@cache
def _settings() -> frozenset[str]:
    """What settings, their values and programs are called."""
    named = {knob.name for knob in KNOBS} | {str(one).lower() for knob in KNOBS for one in knob.options}
    return frozenset(named | set(TOOLS))
