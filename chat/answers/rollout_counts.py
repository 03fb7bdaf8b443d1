"""Beside a count for a training that generates answers: what it leaves out, and the count with an engine on the same cards."""

from typing import Any

from chat.phrases import gib, in_words
from chat.reads.lexicon import compiled
from chat.reads.training.algorithms import NO_ENGINE


def without_engine(solved: dict[str, Any], text: str) -> dict[str, Any]:
    """A count as it is where the trainer generates by itself: `GRPO without vLLM`."""
    return {**solved, "with_rollouts": {}} if compiled(NO_ENGINE).search(text) else solved


def _with_engine(solved: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The count with an engine that stays through the update, and with one that sleeps."""
    both = solved.get("with_rollouts") or {}
    return (both["beside"], both["asleep"]) if len(both) > 1 else None


def enough_by_count(own: int, amount: str, solved: dict[str, Any]) -> tuple[str, str]:
    """So many cards as failed are enough by what is counted: for the update alone, or the run held more."""
    are = "is" if own == 1 else "are"
    engine = _with_engine(solved)
    if engine and own < engine[0]["value"]:
        return (
            f"{own} {are} enough for the update alone, without an engine that generates: {amount}",
            f"只算更新、不含生成用的引擎,{own} 张够:{amount}",
        )
    return (
        f"by count {own} {are} enough, so the run that failed holds more than is counted here: {amount}",
        f"按计算 {own} 张就够,失败的那次比这里所算的多:{amount}",
    )


def rollouts_too(solved: dict[str, Any], failed: int, language: str) -> str:
    """The engine that the count leaves out, and the counts with it; why so many as failed are too few beside it."""
    engine = _with_engine(solved)
    if engine is None:
        return ""
    stays, sleeps = engine
    counts = [in_words("n_gpus", one["value"], language) for one in engine]
    each = [gib(one["gib"]) for one in engine]
    share = f"{stays['share']:g}"
    short = 0 < failed < stays["value"] and failed >= int(solved["in_practice"])
    if language == "zh":
        told = f"{'' if short else ';不含 rollout 引擎'}。**同卡再放 vLLM(自己的一份权重加缓存,默认占每张的 {share})是 {counts[0]}**(每张 {each[0]})"
        if sleeps["value"] < stays["value"]:
            told += f",更新时让它休眠是 {counts[1]}(每张 {each[1]})"
        return told + (f":{failed} 张放不下一直不休眠的引擎" if short else "")
    told = f"{'' if short else '; a rollout engine is not in it'}. **With vLLM on the same cards (a copy of the weights and the cache, by default {share} of each) it is {counts[0]}** ({each[0]} each)"
    if sleeps["value"] < stays["value"]:
        told += f", or {counts[1]} where it sleeps through the update ({each[1]} each)"
    return told + (f": {failed} have no room for one that stays" if short else "")
