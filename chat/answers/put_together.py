"""Set-ups that are to share a card at the same time: what they take in all."""

from chat.answers.case_tables import Result
from chat.answers.setup_words import join
from chat.answers.verdict_words import takes
from chat.phrases import gib, verdict


def together_words(result: Result, names: list[str], language: str) -> str:
    """Whether a card holds all of them, and what each takes of it; empty without a card, or where they are of several."""
    total = result["together"]
    if not total:
        return ""
    zh = language == "zh"
    need, room = gib(total["memory"]["best_gib"]), gib(total["capacity_gib"])
    amounts = [gib(one["memory"]["best_gib"]) for one in result["setups"]]
    each = [f"{name} {takes(name, language)}{amount}" for name, amount in zip(names, amounts, strict=True)]
    if zh:
        return f"**同时放在一张卡上:{verdict(total, 'zh')}(合计 {need},可用 {room})**:{join(each, 'zh')},各有自己的进程;下表是各自单独放的情形。"
    return f"**Together on one card: {verdict(total, 'en')} ({need} of {room})**: {join(each, 'en')}, each with a process of its own; the table is of each alone."
