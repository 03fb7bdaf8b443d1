"""How many layers go on the card, what one of them takes, and what those take with which a run failed."""

from typing import Any

from chat.phrases import gib, in_words
from kb.flags import flag


def layers_line(where: str, solved: dict[str, Any], language: str) -> str:
    """How many layers go on the card, by the program's own switch: those that are sure, and those that fill it."""
    zh, sure, most = language == "zh", solved["surely"], int(solved["value"])
    head = where + ("\uff1a" if zh else ": ") if where else ""
    told, need, room = flag("llama.cpp", "gpu_layers", sure["value"]), gib(sure["gib"]), gib(solved["capacity_gib"])
    if sure["value"] == solved.get("of_layers"):
        return (
            f"- {head}**全部 {sure['value']} 层都放得下,即 {told}**({need} / {room})"
            if zh
            else f"- {head}**{told}: all {sure['value']} layers fit** ({need} of {room})"
        )
    each, each_zh = _of_a_layer(solved)
    failed, failed_zh = _that_failed(solved)
    if zh:
        more = f";按区间中值到 {most} 层占满这张卡" if most > sure["value"] else ""
        return f"- {head}**稳妥的是 {sure['value']} 层放在卡上,即 {told}**({need} / {room}{each_zh}){more}{failed_zh};其余层在内存里由 CPU 计算,会变慢"
    more = f"; with {most} the middle of the estimate fills the card" if most > sure["value"] else ""
    return f"- {head}**{told}: {in_words('gpu_layers', sure['value'], language)} for sure** ({need} of {room}{each}){more}{failed}; the others are computed from host memory, which is slower"


def _of_a_layer(solved: dict[str, Any]) -> tuple[str, str]:
    """What one layer takes of the card, in both languages; nothing where that is not one number."""
    each = solved.get("each_layer")
    if not each or each["weights_gib"] <= 0:
        return "", ""
    weights, cache, both = (gib(each[name]) for name in ("weights_gib", "kv_cache_gib", "gib"))
    cached, cached_zh = (f" and {cache} of cache", f"、缓存 {cache}") if each["kv_cache_gib"] > 0 else ("", "")
    return (
        f"; each layer takes {both}, {weights} of weights{cached}",
        f";每层 {both}:权重 {weights}{cached_zh}",
    )


def _that_failed(solved: dict[str, Any]) -> tuple[str, str]:
    """What the layers take with which a run failed, where that explains it."""
    tried = solved.get("tried")
    if not tried or tried["verdict"] != "no":
        return "", ""
    return (
        f"; {tried['value']} take {gib(tried['gib'])}, too much",
        f";{tried['value']} 层要 {gib(tried['gib'])},放不下",
    )
