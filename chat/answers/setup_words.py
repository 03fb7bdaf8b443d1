"""What a set-up is called: by its program, its method, its format, in a few words."""

from collections.abc import Iterable
from typing import Any

from chat.phrases import case_words, in_words, label, of_method, pick, value
from chat.reads.reading import Reading

_ALGOS = {"simpo": "SimPO", "reward": "a reward model", "rm": "RM"}
_SWITCHES = {
    ("gradient_checkpointing", "on"): ("checkpointing on", "开启重计算"),
    ("gradient_checkpointing", "off"): ("checkpointing off", "关闭重计算"),
    ("gradient_checkpointing", "selective"): ("selective checkpointing", "选择性重计算"),
    ("optimizer_in_backward", "True"): ("the optimizer step fused into the backward pass", "优化器更新并入反向"),
    ("activation_offload", "True"): ("layers' inputs in host memory", "各层输入放到内存"),
    ("optimizer_impl", "fused"): ("a fused step", "融合的更新步"),
    ("double_quant", "True"): ("double quantisation", "双重量化"),
    ("double_quant", "False"): ("no double quantisation", "不做双重量化"),
    ("layer_split", "True"): ("layers split over the cards", "按层切分到多卡"),
}  # fmt: skip
# a set-up is called by these before all else
_FIRST = ("engine", "method", "algo", "model", "params")
_STAGE = ("zero_stage", "offload")
_WAYS = {"tp": ("tensor parallel {}", "张量并行 {}"), "pp": ("pipeline {}", "流水线并行 {}")}


def join(parts: Iterable[str], language: str, by: str = "") -> str:
    return (by or ("、" if language == "zh" else ", ")).join(parts)


def named(setup: dict[str, Any], result: dict[str, Any], language: str) -> str:
    """A set-up by what sets it apart, and by the layout that was taken for it."""
    facts = setup["facts"]
    words = _facts_in_words(facts, language)
    layout = {name: one for name, one in (setup.get("layout") or {}).items() if name not in result["facts"]}
    if layout.get("bits") and (
        facts.get("method") == "qlora" or result["facts"].get("method", {}).get("value") == "qlora"
    ):
        words = f"{value('bits', layout.pop('bits'), language)} {words}"
    where = case_words(layout, language)
    method = facts.get("method") or result["facts"].get("method", {}).get("value")
    return (
        of_method(f"{words}\uff08{where}\uff09" if language == "zh" else f"{words} ({where})", method)
        if where
        else words
    )


def _facts_in_words(facts: dict[str, Any], language: str) -> str:
    """`LoRA`, `Ollama (Q4_K_M)`, `2 × RTX 3090`: the first fact, and the others behind it."""
    order = sorted(facts, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    said = [_one(name, facts[name], facts, language) for name in order if name not in ("n_gpus", "gpu", *_STAGE)]
    if "zero_stage" in facts:  # `ZeRO-2 offload`
        stage = value("zero_stage", facts["zero_stage"], language)
        said.append(f"{stage} offload" if facts.get("offload", "none") != "none" else stage)
    elif "offload" in facts:
        said.append(value("offload", facts["offload"], language))
    if {"n_gpus", "gpu"} <= set(facts):
        said = [f"{facts['n_gpus']} × {value('gpu', facts['gpu'], language)}", *said]
    else:
        said += [_one(name, facts[name], facts, language) for name in ("n_gpus", "gpu") if name in facts]
    if len(said) < 2:
        return "".join(said)
    rest = join(said[1:], language)
    return f"{said[0]}\uff08{rest}\uff09" if language == "zh" else f"{said[0]} ({rest})"


def changes_in_words(facts: dict[str, Any], language: str, base: bool = False) -> str:
    """Facts in a row, without those that say what is not done; of adapters a format is that of the base."""
    said = {name: _one(name, one, facts, language) for name, one in facts.items() if one is not False}
    if base and "weight_format" in said:
        said["weight_format"] = (
            f"{said['weight_format']} 基座" if language == "zh" else f"a base in {said['weight_format']}"
        )
    return join(said.values(), language)


def _one(name: str, one: Any, facts: dict[str, Any], language: str) -> str:
    if (name, str(one)) in _SWITCHES:
        return pick(_SWITCHES[name, str(one)], language)
    if name in _WAYS:
        return pick(_WAYS[name], language).format(one)
    if name == "loss":
        return f"{value(name, one, language)}损失" if language == "zh" else f"{value(name, one, language)} loss"
    if name == "algo":
        return _ALGOS.get(str(one), str(one).upper())
    if name == "kv_format":
        return f"{one} 缓存" if language == "zh" else f"{one} cache"
    if name == "n_ubatch":
        return f"-ub {one}"
    if name == "attention":
        return f"{one} 注意力" if language == "zh" else f"{one} attention"
    if name in (
        "offload",
        "zero_stage",
        "method",
        "model",
        "params",
        "bits",
        "gpu",
        "gpu_memory_gb",
        "engine",
        "optimizer",
        "precision",
        "weight_format",
    ):
        return value(name, one, language)
    if name in ("n_gpus", "seq_len", "batch_size", "lora_rank", "max_num_batched_tokens", "gpu_layers"):
        return in_words(name, one, language)
    return f"{label(name, language)} {value(name, one, language)}"


def machine_of(result: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Of several machines that are each solved for, which this one is."""
    told = result.get("facts") or {}
    return {name: told[name]["value"] for name in ("n_gpus", "gpu") if "rigs" in reading.extras and name in told}


def least_cards_words(result: dict[str, Any], names: list[str], zh: bool) -> str:
    """Of a smaller and a larger model, which cards each takes and what that decides; nothing where it is not known."""
    cards, small = result.get("least_cards_gb") or [], result["smallest"]
    if not cards or len(names) != len(cards):
        return ""
    large = 1 - small
    least, more = (f"{cards[place]:g} GB" for place in (small, large))
    if cards[small] == cards[large]:
        if zh:
            return f"不过同一档的卡({least})两者都放得下:有这样的卡,用 {names[large]} 也不必另买,只是每个 token 要读的权重多、更慢。"
        return f" Yet the same cards ({least}) hold both: with one of them {names[large]} takes no other card, only more weights to read for each token, so it is slower."
    if zh:
        return f"值不值看卡:{names[small]} 一张 {least} 的卡就够,{names[large]} 要一张 {more} 的卡(或切到几张),每个 token 要读的权重也更多、更慢;质量的差别不由显存决定,为它另买卡之前先用 {names[small]} 试够不够。"
    return f" Whether the larger is worth it turns on the cards: {names[small]} takes one of {least}, {names[large]} one of {more}, or several, and it reads more weights for each token, so it is slower. Memory does not tell what it gains in quality: before buying a card for it, try whether {names[small]} is good enough."
