"""What stands next to a case, in a sentence: what the next formats and the usual switches would make of it."""

from math import inf
from typing import Any

from chat.answers.case_tables import several_cards
from chat.phrases import case_words, gib, verdict

Result = dict[str, Any]


def formats_beside(rungs: list[Result], result: Result, language: str) -> str:
    """What the next formats would take on the same cards, where the one that was asked for fits."""
    told = [
        (case_words(one["facts"], language), one["gib"], {**one["verdicts"][0], "counted": one.get("counted", "")})
        for one in rungs
    ]
    return _sentence("in other formats", "换格式", told, result, language)


def switched_words(result: Result, offered: list[Result], language: str) -> list[str]:
    """What each switch makes of it that no change which was offered throws already."""
    thrown = {(name, str(given)) for one in offered for name, given in one["facts"].items()}
    most = (
        result["memory"]["best_gib"] if result.get("verdict") == "no" else inf
    )  # of what does not fit nothing that takes more
    told = [
        (str(one["zh" if language == "zh" else "says"]), one["gib"], one)
        for one in result.get("switched") or []
        if one["gib"] < most and not {(name, str(given)) for name, given in one["facts"].items()} & thrown
    ]
    parts = [_sentence("", "", told, result, language)] if told else []
    if parts and most < inf and (off := _unchecked(result)):
        parts = [f"{parts[0]}{'' if language == 'zh' else ' '}{_off_words(off, language)}"]
    return parts


_FELT = 1.5  # times: what takes so much more without checkpointing is told beside what does not fit with it


def _unchecked(result: Result) -> float:
    """What the case takes without checkpointing, where that is only assumed to be on and much hangs on it; else 0."""
    assumed = (result["facts"].get("gradient_checkpointing") or {}).get("origin") == "assumed"
    off = {"gradient_checkpointing": "off"}
    found = next((float(one["gib"]) for one in result.get("switched") or [] if one["facts"] == off), 0.0)
    return found if assumed and found > _FELT * result["memory"]["best_gib"] else 0.0


def _off_words(off: float, language: str) -> str:
    if language == "zh":
        return f"以上都假设开了激活重计算,不开是 {gib(off)}。"
    return f"All of this has gradient checkpointing on, as assumed: without it {gib(off)}."


def held_ways_words(result: Result, language: str) -> list[str]:
    """How many sequences of the length go in at once by each cheap way, where not all of them do as it is."""
    zh, told = language == "zh", result.get("held_ways") or []
    length = (result["facts"].get("seq_len") or {}).get("value")
    if not told or not length:
        return []
    each = [(f"{one['sequences']:,}", str(one["zh" if zh else "says"])) for one in told]
    if zh:
        held = ";".join(f"{way} {count} 条" for count, way in each)
        return [f"同样的卡上同时能放(每条 {length:,} token):{held};缩短上下文则按比例更多。"]
    held = "; ".join(f"{count} {way}" for count, way in each)
    cards = "cards" if several_cards(result, []) else "card"
    return [f"Sequences of {length:,} tokens at once on the same {cards}: {held}; of shorter ones more in proportion."]


def longer_words(result: Result, language: str) -> list[str]:
    """The cache of a sequence at other lengths, where the formats stand side by side."""
    zh, told = language == "zh", result.get("longer") or []
    if not told:
        return []
    at = [(str(one["zh" if zh else "says"]), gib(one["kv_cache"]["gib"])) for one in told]
    each_zh, each = ("每张卡上", " on each card") if several_cards(result, []) else ("", "")
    if zh:
        return [f"{each_zh}每条序列的 KV 缓存:{';'.join(f'{length} {amount}' for length, amount in at)}。"]
    return [f"KV cache of a sequence{each}: {'; '.join(f'{amount} {length}' for length, amount in at)}."]


def _of_cache(one: Result, language: str) -> str:
    """What of it is the cache, where it is another length, and how many so long a server holds at once."""
    if not one.get("kv_cache"):
        return ""
    cache, count = gib(one["kv_cache"]["gib"]), one["at_once"]
    if language == "zh":
        return f"(缓存 {cache}{f',同时 {count:,} 条' if count else ''})"
    return f" ({cache} of cache{f', {count:,} at once' if count else ''})"


def trained_words(result: Result, language: str) -> list[str]:
    """What fine-tuning it would take, where nothing in the question says that it is run."""
    zh, ways = language == "zh", result.get("as_trained") or []
    if not ways:
        return []
    told = [
        f"{case_words(one['facts'], language)} {gib(one['gib'])}"
        + (f"{'(' if zh else ' ('}{verdict(one, language)})" if one["verdict"] else "")
        for one in ways
    ]
    each = several_cards(result, [])
    if zh:
        return [f"以上按推理计算。若要微调{',切分后每卡' if each else ''}:{';'.join(told)}。"]
    return [f"This counts running it. To fine-tune it{', sharded, per card' if each else ''}: {'; '.join(told)}."]


def _sentence(how: str, how_zh: str, told: list[tuple[str, float, Result]], result: Result, language: str) -> str:
    """`All else equal in other formats: bf16 29.2 GiB, does not fit; ...`, of several cards what each takes."""
    zh, each = language == "zh", several_cards(result, [])
    each_zh, each_en = ("每卡 ", " per card") if each else ("", "")
    clauses = [
        (
            f"{name} {each_zh if zh else ''}{gib(amount)}{'' if zh else each_en}{_of_cache(there, language)}",
            verdict(there, language) if there["verdict"] else "",
            there.get("counted", ""),
        )
        for name, amount, there in told
    ]
    listed = [",".join(filter(None, one)) if zh else ", ".join(filter(None, one)) for one in clauses]
    if zh:
        return f"其余不变{',' + how_zh if how_zh else ''}:{';'.join(listed)}。"
    return f"All else equal{' ' + how if how else ''}: {'; '.join(listed)}."
