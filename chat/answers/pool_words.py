"""What a server's pool holds, in words."""

from typing import Any

from chat.answers.case_tables import Result, ordered, several_cards
from chat.phrases import gib, in_words


def pool_words(result: Result, language: str) -> list[str]:
    """What a server takes of the card, and how much of the cache that leaves: tokens, and whole sequences at once."""
    found = pool_of(result)
    if not found or not found["kv_tokens"]["whole"]:
        return []
    taken, left = gib(found["pool"]["value"]), gib(found["kv_pool"]["value"])
    tokens, at_once = f"{found['kv_tokens']['whole']:,}", found["concurrent_sequences"]["whole"]
    length = result["facts"]["seq_len"]["value"] + (result["facts"].get("output_len") or {}).get("value", 0)
    each, shared = in_words("seq_len", length, language), several_cards(result, [])
    copies = _copies(result)
    if copies > 1 and at_once:
        if language == "zh":
            return [
                f"每张卡留给缓存 {left}:{copies} 份数据并行各容纳 {tokens} 个 token,每份同时 {at_once:,} 条 {each} 的序列,其余排队(服务启动时占用 {taken},扣除权重与测量运行)。"
            ]
        return [
            f"For the cache {left} per card are left: {tokens} tokens in each of {copies} data-parallel ranks, each with {at_once:,} sequence{'s' if at_once > 1 else ''} of {each} at once; others wait (the server takes {taken} of each card at its start, less the weights and its profile run)."
        ]
    if language == "zh":
        then = f"同时 {at_once:,} 条 {each} 的序列,其余排队" if at_once else f"不够一条 {each} 的序列,无法启动"
        whose = "每张卡" if shared else "这张卡"
        return [
            f"{whose}留给缓存 {left},共可容纳 {tokens} 个 token:{then}(服务启动时占用 {taken},扣除权重与测量运行)。"
        ]
    several = "s" if at_once > 1 else ""
    then = (
        f"{at_once:,} sequence{several} of {each} at once; others wait"
        if at_once
        else f"too few for one sequence of {each}: it does not start"
    )
    whose = "each card" if shared else "the card"
    return [
        f"For the cache {left}{' per card' if shared else ''} are left, {tokens} tokens in all: {then} (the server takes {taken} of {whose} at its start, less the weights and its profile run)."
    ]


def _copies(result: Result) -> int:
    """How many ranks have a pool of their own: the cards over those that share one."""
    count = {name: int((result["facts"].get(name) or {}).get("value") or 1) for name in ("n_gpus", "tp", "pp", "cp")}
    return count["n_gpus"] // (count["tp"] * count["pp"] * count["cp"])


def pool_of(result: Result) -> dict[str, dict[str, Any]]:
    """The figures of a pool by their names; empty where nothing is served from one."""
    return {one["quantity"]: one for one in result.get("answers") or [] if one.get("scope") == "pool"}


def at_once_words(cases: list[Result], language: str) -> str:
    """Of several readings that do not hold all sequences together, how many of them each holds; nothing where none holds any."""
    apart = [name for name in ordered(cases[0]["facts"]) if len({str(case["facts"].get(name)) for case in cases}) > 1]
    held = [
        (" · ".join(in_words(name, case["facts"].get(name), language) for name in apart), case["at_once"])
        for case in cases
        if case.get("at_once")
    ]
    if not held:
        return ""
    if language == "zh":
        return "、".join(f"{name}同时只能放 {count:,} 条" for name, count in held) + ",其余排队。"
    each = ", ".join(f"{count:,} in {name}" for name, count in held)
    return f" But of them {each} at once, while the others wait."
