"""How much further the same cards go with one cheap change, in words."""

from typing import Any

from chat.figures.kept_ways import allowed
from chat.phrases import in_words
from chat.reads.reading import Reading


def further_words(solved: dict[str, Any], reading: Reading) -> str:
    """How far it goes with a larger share, a cache of 8 bits, weights in fewer bits, or a fused loss: by its own clause each.

    A length ends where the model's positions end, those that YaRN scales for it among them; changes that all reach that end
    share a clause.
    """
    sure, declared, zh = solved.get("sure"), solved.get("positions"), reading.language == "zh"
    end = int((solved.get("yarn") or {}).get("scaled") or declared or 0)
    whole = bool(declared and sure and sure["value"] >= declared)
    if whole and (solved["value"] >= end or "cache_left" in reading.cues):  # of all sequences no positions are the end
        return ""
    told: dict[int, list[str]] = {}
    beside: dict[str, str] = {}
    for one in allowed(solved.get("wider") or [], frozenset(reading.cues)):
        if whole and "kv_format" not in one["facts"]:  # beyond what it was made for only what nearly doubles it is told
            continue
        most = min(int(one["value"]), end or int(one["value"]))
        if most > int(solved["value"]) or "gradient_checkpointing" in one["facts"]:  # which takes back what it gives
            told.setdefault(most, []).append(_way(one, zh))
            beside[_way(one, zh)] = _narrow(one, most, end, zh)
    clauses = []
    for most, ways in told.items():
        amount = _amount(solved, most, zh)
        if most == end and len(ways) > 1:
            clauses.append(
                f"{'、'.join(ways)}都可到 {amount},即模型位置的尽头"
                if zh
                else f"with {', '.join(ways[:-1])} or {ways[-1]} all of the model's {amount}"
            )
        else:
            clauses += [
                f"{way}约 {amount}{beside[way]}" if zh else f"{_with(way)} about {amount}{beside[way]}" for way in ways
            ]
    return "".join(f";{one}" if zh else f"; {one}" for one in clauses)


def _narrow(one: dict[str, Any], most: int, end: int, zh: bool) -> str:
    """How far the change goes with a cache of 8 bits as well, where that is further."""
    narrow = one.get("narrow_cache") or {"value": 0, "kv_format": ""}
    both, kind = min(int(narrow["value"]), end or int(narrow["value"])), narrow["kv_format"]
    if both <= most:
        return ""
    return f"(再加 {kind} 缓存约 {both:,})" if zh else f" ({both:,} with the cache in {kind} as well)"


def _with(way: str) -> str:
    return way if way.startswith("without") else f"with {way}"


def _amount(solved: dict[str, Any], most: int, zh: bool) -> str:
    if solved["quantity"] == "seq_len":
        return in_words("seq_len", most, "zh" if zh else "en")
    if zh:
        return f"{most:,} 条"
    return f"{most:,}" if solved["value"] else f"{most:,} sequence{'s' if most > 1 else ''}"


def _way(one: dict[str, Any], zh: bool) -> str:
    """A change by its name."""
    name, given = next(iter(one["facts"].items()))
    if name == "gpu_memory_utilization":
        return f"{name} {given:g}(配 --enforce-eager)" if zh else f"{name} {given:g} (and --enforce-eager)"
    if name == "kv_format":
        return f"8 位缓存({given})" if zh else f"an 8-bit cache ({given})"
    if name == "weight_format":
        return f"{one['bits']} 位权重" if zh else f"{one['bits']}-bit weights"
    if name == "method":
        return "4 位基座(QLoRA)" if zh else "a 4-bit base (QLoRA)"
    if name == "gradient_checkpointing":
        return "不开激活重计算" if zh else "without checkpointing"
    if "says" in one:
        return str(one["zh"] if zh else one["says"])
    return "融合损失(Liger)" if zh else "a fused loss (Liger)"
