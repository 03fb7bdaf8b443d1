"""What is said of a change that is asked beside a case: its own verdict, or its own count, in a paragraph."""

import re
from typing import Any

from chat.answers.as_asked import as_asked
from chat.answers.case_tables import cases_of, ordered
from chat.answers.headlines import headline
from chat.answers.host_words import hosted_enough
from chat.answers.limit_words import longest_told
from chat.answers.pool_words import pool_of
from chat.answers.refused import refused
from chat.answers.remarks_told import Spoken
from chat.answers.solved import solved_words
from chat.answers.wording import finished
from chat.phrases import case_words, gib, in_words, value
from chat.plans.variants import Variant
from kb.cards import plain_card
from kb.interval import FITS
from kb.recipe import ADAPTERS

_FORMATS = frozenset({"bits", "weight_format"})
_CLOSE, _SEVERAL = 0.12, 2  # of the card: what leaves less is told with its length
_RANKS = ("tp", "pp", "cp", "ep", "dp")


def variant_words(variant: Variant, spoken: Spoken, served: bool = False, first_card: bool = False) -> str:
    """The verdict of the changed case under the name of what changed; `served`: the case before it has a program already;
    `first_card`: it has no card."""
    name, artifact, text, failed = spoken
    reading = variant.reading
    zh = reading.language == "zh"
    if failed or artifact is None:
        of = _what_changed(variant, {}, reading.language)
        return finished(
            f"**{of}\uff1a**{refused(text, 'zh')}。" if zh else f"**{of}:** {refused(text, 'en')}.", reading
        )
    if name == "solve_for":
        solved = artifact.get("solved") and {**artifact["solved"], "formats": []}  # the case before it has told them
        said = "".join(solved_words({**artifact, "solved": solved}, reading)[0][:1])
        of = _what_changed(variant, {}, reading.language)
        named = said if _says(said, of) else f"{of}\uff1a{said}" if zh else f"{of}: {said}"
        weights = _weights(solved or {}, zh) if _FORMATS & set(variant.changed) else ""
        # in one paragraph, so that it is seen of which it is
        return finished(("" if zh else " ").join([*named.split("\n\n"), *filter(None, [weights])]), reading)
    of = _what_changed(variant, artifact.get("facts") or {}, reading.language)
    shown = {**as_asked(artifact, reading), "whether": False}  # named, it needs no yes or no before it
    server = "" if served or "engine" in reading.facts else _server(artifact.get("facts") or {}, reading.language)
    ways = _ways(shown, reading.language) if {"model", "params"} & set(variant.changed) else ""
    base = _base(shown, zh) if "method" in variant.changed else ""
    told = [
        headline(shown, reading.language, of),
        _until(shown, reading.language),
        base,
        server,
        ways,
        hosted_enough(shown, reading.language),
        _room(shown, reading.language) if first_card else "",
    ]
    return finished(("" if zh else " ").join(filter(None, told)), reading)


def _until(result: dict[str, Any], language: str) -> str:
    """Up to which length, of what is served on a card that it all but fills."""
    served = (result.get("facts") or {}).get("task", {}).get("value") != "train"
    left, room = result.get("headroom_gib") or 0.0, result.get("capacity_gib") or 0.0
    close = result.get("verdict") in ("borderline", "likely") or (
        result.get("verdict") == "yes" and left < _CLOSE * room
    )
    return (
        "".join(longest_told(result, language, alone=True))
        if served and close and len(cases_of(result)) < _SEVERAL
        else ""
    )


def _room(result: dict[str, Any], language: str) -> str:
    """How many such sequences the pool of a server holds on the cards that were only asked about."""
    pool = pool_of(result)
    many = pool["concurrent_sequences"]["whole"] if pool else 0
    if not many or result.get("verdict") not in FITS:
        return ""
    if language == "zh":
        return f"留给缓存的显存够 {many:,} 条这样的序列同时跑。"
    return f"What is left for the cache holds {many:,} such sequence{'s' if many > 1 else ''} at once."


def _says(said: str, of: str) -> bool:
    """Does what is told open with the name: its first words in bold, where QLoRA is no LoRA?"""
    opens = "".join(said.split("**")[:2])
    return re.search(rf"(?<![a-z]){re.escape(of)}", opens, re.IGNORECASE) is not None


def _base(result: dict[str, Any], zh: bool) -> str:
    """Of adapters by another method what the frozen base takes, and that one card alone holds it where each holds a copy."""
    facts = result.get("facts") or {}
    if (facts.get("method") or {}).get("value") not in ADAPTERS:
        return ""
    product = _product({one["name"]: one for one in result.get("terms") or []}, zh)
    several = int((facts.get("n_gpus") or {}).get("value") or 1) > 1
    copies = [one for one in result.get("cases") or [] if one["facts"].get("zero_stage") == 0]
    alone = several and any((one.get("leaning") or one["verdict"]) in FITS for one in copies)
    if not product:
        return ""
    if zh:
        return f"冻结的基座 {product}" + (";每张卡都放得下完整副本,所以单卡也能训。" if alone else "。")
    return f"The frozen base: {product}" + (
        "; each card holds a whole copy, so one alone trains it as well." if alone else "."
    )


_MOST_WAYS = 3


def _ways(result: dict[str, Any], language: str) -> str:
    """What would make another model fit that does not: what keeps the cards before all else, in a row."""
    zh = language == "zh"
    if result.get("verdict") != "no" or any((result.get("hybrid") or {}).get("runs") or ()):
        return ""
    found = [one for one in result.get("changes") or [] if not one.get("leaning") and one["price"] != "cards"]
    said = [
        f"{one['zh' if zh else 'says']}({gib(one['gib'])})" if zh else f"{one['says']} ({gib(one['gib'])})"
        for one in found[:_MOST_WAYS]
    ]
    if not said:
        return ""
    return f"放得下的办法:{'、'.join(said)}。" if zh else f"What would make it fit: {'; '.join(said)}."


def called(label: str, language: str) -> str:
    """What a case is called by who asks, before what is said of it."""
    return f"{label}\uff1a" if language == "zh" else f"{label}: "


def _weights(solved: dict[str, Any], zh: bool) -> str:
    """What the weights take in the changed format, over all cards."""
    product = _product({one["name"]: one for one in solved.get("in_practice_terms") or []}, zh)
    return "" if not product else f"权重 {product}。" if zh else f"Weights: {product}."


def _product(terms: dict[str, Any], zh: bool) -> str:
    """Parameters by their bits and what that is, before it is divided."""
    said = str(terms.get("weights", {}).get("zh" if zh else "says", ""))
    product = re.split(r"[,\uff0c]\s?÷", said)[0]
    return product if "=" in product else ""


def _server(facts: dict[str, Any], language: str) -> str:
    """The server that only the changed case asks for, and its share of the card."""
    engine, share = (facts.get(name, {}).get("value") for name in ("engine", "gpu_memory_utilization"))
    if not engine or not share:
        return ""
    name = value("engine", engine, language)
    return f"这里按 {name} 计,它只用显卡的 {share:g}。" if language == "zh" else f"Counted as {name} serves it, in its {share:g} of the card."  # fmt: skip


def _what_changed(variant: Variant, facts: dict[str, Any], language: str) -> str:
    """The facts that are new, in a few words: a card with its memory, cards with how the model is divided over them."""
    zh, new = language == "zh", {name: values[0] for name, values in variant.changed.items() if name != "task"}
    memory = new.get("gpu_memory_gb")
    if memory is not None and "gpu" in new:
        new["gpu"] = f"{new['gpu']} {memory:g} GB"
        del new["gpu_memory_gb"]
    if memory is not None and "gpu" not in new and new.get("n_gpus") == 1:
        del new["n_gpus"], new["gpu_memory_gb"]
        new["gpu"] = plain_card(float(memory)).name
    if "n_gpus" in new and "gpu" in new and (new["n_gpus"] == 1 or " + " in str(new["gpu"])):
        del new["n_gpus"]
    if {"batch_size", "seq_len"} <= set(new):
        new["tokens"] = f"{new.pop('batch_size')} × {in_words('seq_len', new.pop('seq_len'), language)}"
    if ranks := [f"{name.upper()} {new.pop(name)}" for name in _RANKS if isinstance(new.get(name), int)]:
        new["ranks"] = " ".join(ranks)
    if new.get("loss") == "full-logits":  # the guard holds an amount beside "logits" to be theirs
        new["unfused"] = "不用融合损失" if zh else "without a fused loss"
        del new["loss"]
    if "host_memory_gb" in new:
        told = value("host_memory_gb", new.pop("host_memory_gb"), language)
        new["ram"] = f"{told} 内存" if zh else f"{told} of RAM"
    said = case_words({name: new[name] for name in ordered(new)}, language)
    stages = (facts.get("pp") or {}).get("value", 1)
    if "n_gpus" in new and int(stages) > 1:
        said += f"(按层切分,pp {stages})" if zh else f" (divided by layers, pipeline {stages})"
    said = said if zh else said[:1].upper() + said[1:]
    return called(variant.label, language) + said if variant.label else said
