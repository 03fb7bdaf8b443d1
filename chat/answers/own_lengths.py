"""What the model itself sets to a length: the positions that it declares, and those that scaled positions reach."""

from typing import Any

from chat.phrases import gib


def beyond_words(solved: dict[str, Any], zh: bool) -> str:
    """Where the card holds more than the model's own length, or that is not known; empty where neither is so."""
    declared, yarn = solved.get("positions"), solved.get("yarn")
    if declared and solved["value"] > declared:
        return (
            f";但模型声明的位置只有 {declared:,} 个" if zh else f"; but the model declares only {declared:,} positions"
        )
    if declared and yarn and solved["value"] > yarn["native"]:
        native = f"{yarn['native']:,}"
        if zh:
            return f";原生长度是 {native},更长要开 YaRN(rope_scaling)"
        return f"; its native length is {native}, beyond which it takes YaRN (rope_scaling)"
    if declared == 0 and solved.get("named"):
        if zh:
            return ";这只看显存:模型自身的上限(config.json 的 max_position_embeddings)表里没有"
        return (
            "; by memory alone: the model's own limit (max_position_embeddings in its config.json) is not in the table"
        )
    return ""


def whole_words(solved: dict[str, Any], zh: bool) -> str:
    """What all that the model declares takes, with its cache and what a window keeps of it; empty where that is not known."""
    whole = solved.get("whole")
    if not whole:
        return ""
    need, cache, room = gib(whole["gib"]), gib(whole["kv_cache_gib"]), gib(solved["capacity_gib"])
    kept = ""
    if window := whole["window_tokens"]:
        kept = (
            f"({'各' if whole['all_windowed'] else '带滑动窗口的'}层只保留最近 {window:,} 个)" if zh
            else f" ({'each layer keeps' if whole['all_windowed'] else 'layers with a sliding window keep'} the last {window:,} alone)"
        )  # fmt: skip
    many = whole["at_once"]  # in the pool of a server; elsewhere none is set aside
    if zh:
        together = f",缓存池同时约放 {many} 条这么长的" if many > 1 else ""
        return f";这个全长共需 {need} / {room},其中 KV 缓存 {cache}{kept}{together}"
    together = f", and the pool holds about {many} such requests at once" if many > 1 else ""
    return f"; all of it takes {need} of {room}, {cache} of that KV cache{kept}{together}"


def all_of_it_words(solved: dict[str, Any], zh: bool) -> str:
    """What all that the model declares would take, where the card holds less; empty where it holds it or that is not known."""
    whole, declared = solved.get("whole"), solved.get("positions")
    scaled = solved.get("yarn") and not solved.get("said")  # what it declares is no end, then
    if not whole or not declared or solved["value"] >= declared or scaled:
        return ""
    need, cache, every = gib(whole["gib"]), gib(whole["kv_cache_gib"]), _in_every_layer(whole, zh)
    if zh:
        return f";模型声明的全长 {declared:,} token 光 KV 缓存就要 {cache}{every},共 {need},放不下"
    return f"; all {declared:,} tokens that the model declares would take {cache} of KV cache alone{every}, {need} in all, and do not fit"


# so much more than windows keep is told
_FAR_MORE = 1.9


def _in_every_layer(whole: dict[str, Any], zh: bool) -> str:
    """What a program would keep that knows no window; empty where no layer has one that matters."""
    window, every = whole["window_tokens"], whole["unwindowed_gib"]
    if not window or every < _FAR_MORE * whole["kv_cache_gib"]:
        return ""
    if zh:
        return f"(有窗口的层只保留最近 {window:,} 个;若每层都存全部则是 {gib(every)})"
    return f" (layers with a window keep the last {window:,} alone; every token in every layer would be {gib(every)})"


def cache_of_all_words(case: dict[str, Any], zh: bool) -> str:
    """Where as it is not one token fits, what the cache of all that the model declares takes; empty where that is not known."""
    whole, declared = case.get("whole"), case.get("positions")
    if not whole or not declared:
        return ""
    cache = gib(whole["kv_cache_gib"])
    if zh:
        return f"模型声明的全长 {declared:,} token 光 KV 缓存就要 {cache}"
    return f"All {declared:,} tokens that the model declares would take {cache} of KV cache alone"


def scaled_words(solved: dict[str, Any], zh: bool) -> str:
    """How a length beyond the native one is reached, without the full stop."""
    yarn = solved.get("yarn")
    if not yarn:
        return (
            "更长要靠 RoPE 缩放(如 YaRN),模型本身不保证质量" if zh
            else "Beyond its own length it takes scaled positions (RoPE scaling such as YaRN), for which the model was not made"
        )  # fmt: skip
    native, most = f"{yarn['native']:,}", f"{yarn['scaled']:,}"
    if zh:
        return f"原生长度是 {native};到 {most} 要开 YaRN({yarn['factor']} 倍,rope_scaling),vLLM 里是静态的,短文本质量也略受影响,用不到就别开"
    return f"Its native length is {native}; up to {most} takes YaRN (rope_scaling, factor {yarn['factor']}), which servers such as vLLM apply to short texts as well, at some cost: leave it off where it is not needed"
