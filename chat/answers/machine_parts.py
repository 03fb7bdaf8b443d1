"""The parts that answers about machines share: a machine, a model in a format, where it is and what it takes."""

import re
from typing import Any

from chat.phrases import gib, in_words, value

Row = dict[str, Any]


def rig(machine: Row, language: str) -> str:
    """`2 × RTX 3090 and 128 GB of RAM`."""
    zh = language == "zh"
    cards = ""
    if machine["gpu"]:
        count = machine["n_gpus"]
        name = value("gpu", machine["gpu"], language)
        cards = name if count == 1 or "+" in name else f"{count} × {name}"
        if plain := re.fullmatch(r"a (\S+) GB card", machine["gpu"]):
            many = in_words("n_gpus", count, language) if count > 1 else "a card"
            cards = f"{count} 张 {plain[1]} GB 显卡" if zh else f"{many} of {plain[1]} GB"
            if machine["shared"]:
                cards = f"{plain[1]} GB 统一内存" if zh else f"unified memory of {plain[1]} GB"
    ram = machine["host_memory_gb"] if not machine["shared"] else None
    memory = (f"{ram:g} GB 内存" if zh else f"{ram:g} GB of RAM") if ram else ""
    named = (" 加 " if zh else " and ").join(part for part in (cards, memory) if part)
    if not machine.get("kv_format"):
        return named
    cache = value("kv_format", machine["kv_format"], language)
    return f"{named}({cache} 缓存)" if zh else f"{named} ({cache} cache)"


def model_in(held: Row, language: str) -> str:
    """`Qwen3-8B Q4_K_M`."""
    return f"{value('model', held['model'], language)} {value('weight_format', held['weight_format'], language)}"


def how(held: Row, machine: Row, language: str) -> str:
    """Where it is, what it takes, what it leaves and how fast it is."""
    zh = language == "zh"
    said = [place(held, machine, language)]
    if held["longest"]:
        cache = held.get("longest_cache_gib")
        token = held.get("token_bytes")
        many = int(held.get("sequences") or 1)
        of_each, of_each_zh = (f" of each of {many} sequences", f" × {many} 条") if many > 1 else ("", "")
        each, each_zh = (f", {token / 1024:g} KiB a token{of_each}", f",每 token {token / 1024:g} KiB{of_each_zh}") if token else ("", "")  # fmt: skip
        kept = "" if not cache else f"的缓存 {gib(cache)}{each_zh}" if zh else f" with {gib(cache)} of cache{each}"
        said.append(
            f"{'最长' if zh else 'up to'} {in_words('seq_len', held['longest'], language)}{kept}{_cache_as_told(held, language)}{_at_once(held, language)}"
        )
    if held["rate"]:
        said.append(f"每秒最多约 {rate(held['rate'])} token" if zh else f"at most about {rate(held['rate'])} tokens/s")
    return f"({','.join(said)})" if zh else f" ({', '.join(said)})"


def _cache_as_told(held: Row, language: str) -> str:
    """The cache of the length that was told, behind that of the longest."""
    told = held.get("cache_as_told")
    if not told or not held.get("longest_cache_gib"):
        return ""
    tokens, size = in_words("seq_len", told["seq_len"], language), gib(told["gib"])
    return f"、{tokens} 时 {size}" if language == "zh" else f", {size} at {tokens}"


def _at_once(held: Row, language: str) -> str:
    """Where the model's own length ends a sequence and not the memory: how many requests of that length the rest is for."""
    many = held.get("at_once") or 0
    if many <= (held.get("sequences") or 1):
        return ""
    return f"、这么长的同时约 {many} 条" if language == "zh" else f", about {many} such requests at once"


def _on_each(held: Row, language: str) -> str:
    """The weights and all else of one of several cards, which hold as much each."""
    each = held.get("each")
    if not each:
        return ""
    weights, whole = gib(each["weights_gib"]), gib(each["total_gib"])
    return (
        f",每张卡 {whole},其中权重 {weights}"
        if language == "zh"
        else f", {whole} on each card, {weights} of it weights"
    )


def place(held: Row, machine: Row, language: str) -> str:
    """On the cards, or what of it is in RAM and by which switch."""
    zh = language == "zh"
    if held["way"] == "cards":
        return (
            f"{gib(held['total_gib'])} / {gib(machine['usable_gib'])}{_on_each(held, language)}"
            if zh
            else f"{gib(held['total_gib'])} of {gib(machine['usable_gib'])}{_on_each(held, language)}"
        )
    host = gib(held["host_gib"])
    if held["way"] == "host":
        return f"全部在内存,{host}" if zh else f"all in RAM, {host}"
    if held["way"] == "layers":
        return (f"-ngl {held['gpu_layers']}:{held['layers']} 层里这么多在卡上,其余 {host} 在内存" if zh
                else f"-ngl {held['gpu_layers']}: so many of {held['layers']} layers on the card, the other {host} in RAM")  # fmt: skip
    if held["n_cpu_moe"]:
        return (f"--n-cpu-moe {held['n_cpu_moe']}:这么多层的专家在内存,{host}" if zh
                else f"--n-cpu-moe {held['n_cpu_moe']}: the experts of so many layers in RAM, {host}")  # fmt: skip
    return f"--cpu-moe:专家在内存,{host}" if zh else f"--cpu-moe: experts in RAM, {host}"


def rate(rate: float) -> str:
    """Tokens a second, rounded as a ceiling is."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def to_the_system(held: Row, machine: Row, language: str) -> str:
    """On a board of one memory that what the model leaves of it is the system's too; empty of a card, and of a Mac, of whose
    memory only the GPU's part is counted."""
    whole = machine["shared"] and machine["usable_gib"] == machine["memory_gib"]
    if not whole or held["way"] != "cards" or not held["longest"]:
        return ""
    if language == "zh":
        return "这里只有一份内存,剩下的系统和其他程序也要用:上下文别把它用满,嫌紧就用 8 位缓存或小一号的模型"
    return "It is one memory, and what is left of it is for the system and all else, too: no context should fill it; where it is tight, take an 8-bit cache or a smaller model"
