"""What the page says by itself, in English and Chinese; answers bring their own words."""

from collections.abc import Mapping
from typing import Any

from chat.phrases import label, pick, value

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
        "likely": "Most likely fits",
        "borderline": "Borderline",
        "unlikely": "Most likely does not fit",
        "conditional": "It depends",
        "per_card": "per card",
        "interval": "likely",
        "capacity": "card",
        "breakdown": "Memory of one card",
        "whole": "Memory in all",
        "numbers": "All numbers",
        "further": "{count} more cases",
        "curves": "Against length and batch size",
        "derivation": "Derivation",
        "sources": "Sources",
        "facts": "What was taken as given",
        "steps": "Steps",
        "thinking": "Working it out",
        "download": "Download",
        "failed": "Something went wrong while answering; the details are in the server's log. Please ask again.",
        "stopped": "Stopped.",
        "cut": "… ({count:,} characters in all)",
        "empty": "(empty)",
        "total": "total",
        "in_force": "Facts in force",
        "said_by": "you said",
        "assumed_by": "assumed",
        "told_by": "Quoted of others, not counted on: {facts}",
        "taken_back": "as usual",
        "changed": "Changed",
        "more": "More settings",
        "fewer": "Fewer settings",
        "several": "{count} assumed",
        "link": "Link",
        "copied": "Link copied",
        "no_pdf": "A PDF takes two more packages: uv sync --extra pdf",
        "bad_fact": "{label}: {why}",
        "bad_link": "This link cannot be read in full: {why}",
    },
    "zh": {
        "yes": "放得下",
        "no": "放不下",
        "likely": "多半放得下",
        "borderline": "临界",
        "unlikely": "多半放不下",
        "conditional": "视情况而定",
        "per_card": "每张卡",
        "interval": "区间",
        "capacity": "显存",
        "breakdown": "单卡显存构成",
        "whole": "显存构成",
        "numbers": "全部数字",
        "further": "另外 {count} 种情形",
        "curves": "随长度和批大小的变化",
        "derivation": "推导过程",
        "sources": "来源",
        "facts": "采用的条件",
        "steps": "计算步骤",
        "thinking": "正在计算",
        "download": "下载",
        "failed": "回答时出错，详情见服务器日志。请再问一次。",
        "stopped": "已停止。",
        "cut": "……（共 {count:,} 个字符）",
        "empty": "（空）",
        "total": "合计",
        "in_force": "当前条件",
        "said_by": "您给出",
        "assumed_by": "假设",
        "told_by": "引自他人，未采用：{facts}",
        "taken_back": "按惯例",
        "changed": "改为",
        "more": "更多设置",
        "fewer": "收起设置",
        "several": "另有 {count} 项假设",
        "link": "链接",
        "copied": "链接已复制",
        "no_pdf": "导出 PDF 还需要两个包：uv sync --extra pdf",
        "bad_fact": "{label}：{why}",
        "bad_link": "链接无法完整读取：{why}",
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
    "rollout_engine": ("rollout engine", "rollout 引擎"),
    "runtime": ("runtime", "运行时"),
    "slack": ("allocator slack", "分配器余量"),
}

# facts whose bare value would not say what it counts; {} is the value
_COUNTED: dict[str, tuple[str, str]] = {
    "n_gpus": ("{} cards", "{} 张卡"),
    "seq_len": ("{} tokens", "{} token"),
    "output_len": ("{} generated", "生成 {} token"),
    "batch_size": ("batch {}", "批大小 {}"),
    "grad_accum": ("accumulation {}", "累积 {} 步"),
    "lora_rank": ("rank {}", "秩 {}"),
    "draft_model": ("draft model {}", "草稿模型 {}"),
    "teacher_model": ("teacher {}", "教师 {}"),
    "tp": ("TP {}", "TP {}"),
    "pp": ("PP {}", "PP {}"),
    "cp": ("CP {}", "CP {}"),
    "ep": ("EP {}", "EP {}"),
}
# facts whose value speaks for itself
_PLAIN = {
    "gpu", "model", "params", "method", "precision", "weight_format", "optimizer", "engine", "bits", "zero_stage",
    "gpu_memory_gb", "algo",
}  # fmt: skip
_ORIGINS: dict[str, tuple[str, str]] = {
    "asked": ("you said", "您给出"),
    "assumed": ("assumed", "假设"),
    "computed": ("computed", "算出"),
    "measured here": ("measured here", "本机实测"),
    "model": ("the model's config", "模型配置"),
    "given": ("given", "给定"),
}
_TOOLS: dict[str, tuple[str, str]] = {
    "estimate_memory": ("Estimate the memory", "估算显存"),
    "recommend": ("Look for what fits", "查找放得下的组合"),
    "compare": ("Set them side by side", "并列比较"),
    "solve_for": ("Solve for what fits", "反解放得下的值"),
    "derive_quantity": ("Derive it from the formulas", "由公式推导"),
    "query_tables": ("Query the tables", "查询数据表"),
    "check_document": ("Check the document's claims", "核对文档的说法"),
    "remarks": ("Look for what else matters", "查找相关说明"),
    "check_arithmetic": ("Check the arithmetic", "验算"),
    "convert": ("Convert the units", "换算单位"),
    "training_time": ("Work out the time", "估算训练时间"),
}


def say(key: str, language: str) -> str:
    """A word around an answer."""
    return ANSWER["zh" if language == "zh" else "en"][key]


def term(name: str, language: str) -> str:
    """A term of the breakdown in words; one that is not listed keeps its name."""
    return pick(TERMS[name], language) if name in TERMS else name.replace("_", " ")


def tool(name: str, language: str) -> str:
    """A tool's card title; a tool that is not listed keeps its name."""
    return pick(_TOOLS[name], language) if name in _TOOLS else name.replace("_", " ").capitalize()


def fact_value(given: Any) -> Any:
    """The value of a fact, bare or with its origin."""
    return given["value"] if isinstance(given, dict) and "value" in given else given


def shown(name: str, given: Any, language: str) -> str:
    """A fact's value as a person says it, whatever it holds."""
    bare = fact_value(given)
    try:
        return str(value(name, bare, language))
    except (TypeError, ValueError, KeyError):
        return str(bare)


def fact(name: str, given: Any, language: str) -> str:
    """A fact in a few words that need no column head: `4-bit`, `a copy per card`, `2,048 tokens`."""
    words = shown(name, given, language)
    if name in _COUNTED:
        said = pick(_COUNTED[name], language).format(words)
        return said.removesuffix("s") if name == "n_gpus" and words == "1" and language != "zh" else said
    return words if name in _PLAIN else f"{label(name, language)} {words}"


def origin(given: Any, language: str) -> str:
    """Where a fact is from: what was said, what was assumed, or a source's own title."""
    said = str(given.get("origin") or "") if isinstance(given, dict) else ""
    return pick(_ORIGINS[said], language) if said in _ORIGINS else said


def changes(set_by_hand: Mapping[str, tuple[Any, ...]], language: str) -> str:
    """Facts that were set by hand, in one line; one that was taken back is named alone."""
    sep = " / "
    words = []
    for name, values in set_by_hand.items():
        words.append(
            sep.join(fact(name, one, language) for one in values)
            or f"{label(name, language)}: {say('taken_back', language)}"
        )
    return " · ".join(words)


def case(facts: Any, language: str) -> str:
    """What sets a case apart, in one line."""
    if not isinstance(facts, dict):
        return ""
    return " · ".join(fact(name, given, language) for name, given in facts.items() if fact_value(given) is not None)
