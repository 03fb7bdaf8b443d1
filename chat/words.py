"""What the page says by itself, in English and Chinese; answers bring their own words."""

from typing import Any

LANGUAGES = ("en", "zh")

TITLE = "VRAM KB"

# shown before the first question and around the conversation; the browser picks the language (gr.I18n)
PAGE: dict[str, dict[str, str]] = {
    "en": {
        "hero": "# How much GPU memory does this LLM need?\n"
        "Ask about running, fine-tuning or training a model: does it fit on your cards, and why. "
        "Every number is computed by a cited formula or read from a sourced table.",
        "tagline": "GPU memory for LLMs, with reasons",
        "ask": "Your question",
        "placeholder": "Ask in English or 中文",
        "try": "Try one of these",
        "new": "New conversation",
        "conversation": "Conversation",
        "hint": "Enter sends · Shift+Enter starts a new line",
        "example_1": "Can I QLoRA a 70B model on 2×A100?",
        "example_2": "What is the longest context Llama-3.1-8B can serve on one 24 GB card?",
        "example_3": "Full fine-tuning of a 7B model: how many 80 GB cards with ZeRO-3?",
        "example_4": "Why does training take 16 bytes per parameter?",
        "example_5": "How much memory does the KV cache take per token?",
        "example_6": "24G 显存能用 LoRA 微调 13B 吗？",
    },
    "zh": {
        "hero": "# 这个大模型要用多少显存？\n"
        "推理、微调、训练都可以问：您的显卡装不装得下，为什么。每个数字都由带出处的公式算出，或取自注明来源的表。",
        "tagline": "大模型显存估算，有理有据",
        "ask": "您的问题",
        "placeholder": "用中文或 English 提问",
        "try": "试试这些问题",
        "new": "新对话",
        "conversation": "对话",
        "hint": "回车发送 · Shift+回车换行",
        "example_1": "两张A100能用QLoRA微调70B模型吗？",
        "example_2": "一张 24 GB 显卡跑 Llama-3.1-8B，上下文最长能到多少？",
        "example_3": "全参微调 7B 模型，ZeRO-3 需要几张 80 GB 显卡？",
        "example_4": "为什么训练时每个参数要占 16 字节？",
        "example_5": "KV 缓存每个 token 占多少显存？",
        "example_6": "Does a 13B LoRA fit on a 24 GB card?",
    },
}
EXAMPLES = tuple(name for name in PAGE["en"] if name.startswith("example_"))

# around one answer; the answer's language picks
ANSWER: dict[str, dict[str, str]] = {
    "en": {
        "yes": "Fits",
        "no": "Does not fit",
        "borderline": "Borderline",
        "conditional": "It depends",
        "per_card": "per card",
        "in_total": "in total",
        "interval": "likely",
        "of": "of",
        "capacity": "card",
        "breakdown": "Memory of one card",
        "numbers": "All numbers",
        "unknown_capacity": "no card given",
        "derivation": "Derivation",
        "sources": "Sources",
        "download": "Download",
        "failed": "Something went wrong while answering; the details are in the server's log. Please ask again.",
        "stopped": "Stopped.",
        "cut": "… ({count:,} characters in all)",
        "empty": "(empty)",
        "total": "total",
        "over": "over",
    },
    "zh": {
        "yes": "放得下",
        "no": "放不下",
        "borderline": "勉强",
        "conditional": "视情况而定",
        "per_card": "每张卡",
        "in_total": "合计",
        "interval": "区间",
        "of": "/",
        "capacity": "显存",
        "breakdown": "单卡显存构成",
        "numbers": "全部数字",
        "unknown_capacity": "未给出显卡",
        "derivation": "推导过程",
        "sources": "来源",
        "download": "下载",
        "failed": "回答时出错，详情见服务器日志。请再问一次。",
        "stopped": "已停止。",
        "cut": "……（共 {count:,} 个字符）",
        "empty": "（空）",
        "total": "合计",
        "over": "超出",
    },
}

TERMS: dict[str, tuple[str, str]] = {
    "weights": ("weights", "权重"),
    "gradients": ("gradients", "梯度"),
    "optimizer": ("optimizer states", "优化器状态"),
    "activations": ("activations", "激活"),
    "logits": ("logits and loss", "logits 与损失"),
    "kv_cache": ("KV cache", "KV 缓存"),
    "state": ("recurrent state", "循环状态"),
    "adapter": ("adapter", "适配器"),
    "buffers": ("buffers", "缓冲区"),
    "workspace": ("workspace", "工作区"),
    "runtime": ("runtime", "运行时"),
    "slack": ("allocator slack", "分配器余量"),
}

# how a fact that tells two cases apart is said in a few words; {} is its value
_CASE: dict[str, tuple[str, str]] = {
    "gpu": ("{}", "{}"),
    "model": ("{}", "{}"),
    "params": ("{}", "{}"),
    "method": ("{}", "{}"),
    "precision": ("{}", "{}"),
    "weight_format": ("{}", "{}"),
    "optimizer": ("{}", "{}"),
    "engine": ("{}", "{}"),
    "bits": ("{}-bit", "{} 位"),
    "n_gpus": ("{} cards", "{} 张卡"),
    "seq_len": ("{} tokens", "{} token"),
    "batch_size": ("batch {}", "批大小 {}"),
    "gpu_memory_gb": ("{} GB", "{} GB"),
    "lora_rank": ("rank {}", "秩 {}"),
    "tp": ("TP {}", "TP {}"),
    "pp": ("PP {}", "PP {}"),
}
_ZERO = {
    0: ("a copy per card", "每卡一份"),
    1: ("ZeRO-1", "ZeRO-1"),
    2: ("ZeRO-2", "ZeRO-2"),
    3: ("sharded (ZeRO-3/FSDP)", "切分(ZeRO-3/FSDP)"),
}
_TOOLS: dict[str, tuple[str, str]] = {
    "estimate": ("Estimate memory", "估算显存"),
    "estimate_memory": ("Estimate memory", "估算显存"),
    "solve": ("Solve for what fits", "反解能放下的值"),
    "derive": ("Derive the formula", "推导公式"),
    "query": ("Query the tables", "查询数据表"),
    "explain": ("Look it up", "查找解释"),
    "measurements": ("Nearest measurements", "最接近的实测"),
    "audit": ("Check the document's claim", "核对文档的说法"),
    "lookup": ("Look it up", "查找"),
}


def say(key: str, language: str) -> str:
    """A word around an answer."""
    return ANSWER["zh" if language == "zh" else "en"][key]


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[1] if language == "zh" else pair[0]


def term(name: str, language: str) -> str:
    """A term of the breakdown in words; one that is not listed keeps its name."""
    return _pick(TERMS[name], language) if name in TERMS else name.replace("_", " ")


def tool(name: str, language: str) -> str:
    """A tool's card title; a tool that is not listed keeps its name."""
    return _pick(_TOOLS[name], language) if name in _TOOLS else name.replace("_", " ").capitalize()


def fact_value(fact: Any) -> Any:
    """The value of a fact, bare or with its origin."""
    return fact["value"] if isinstance(fact, dict) and "value" in fact else fact


def fact(name: str, fact: Any, language: str) -> str:
    """A fact in a few words: `4-bit`, `a copy per card`, `切分`."""
    value = fact_value(fact)
    if name == "zero_stage" and value in _ZERO:
        return _pick(_ZERO[value], language)
    if isinstance(value, bool):
        value = _pick(("yes", "no") if language != "zh" else ("是", "否"), "en" if value else "zh")
    if name in ("params", "n_params") and isinstance(value, (int, float)):
        value = f"{value / 1e9:.3g}B"
    if isinstance(value, int) and abs(value) >= 10**4:
        value = f"{value:,}"
    shape = _pick(_CASE[name], language) if name in _CASE else name.replace("_", " ") + " {}"
    return shape.format(value)


def case(facts: Any, language: str) -> str:
    """What sets a case apart, in one line."""
    if not isinstance(facts, dict):
        return ""
    return " · ".join(fact(name, value, language) for name, value in facts.items() if fact_value(value) is not None)
