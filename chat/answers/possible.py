"""Asked whether a training can be done at all, or whether somebody who does it tells the truth: in which way it can."""

from typing import Any

from chat.answers.case_tables import Result, cases_of, several_cards
from chat.phrases import VERDICTS, gib, pick
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.change import KEEPS

OPENS = ("**It can be done", "**做得到")
# settings that decide what a training takes
_HOW = ("optimizer", "precision", "offload", "gradient_checkpointing", "loss")

# what is concluded from a sum or a reason is judged as it was concluded, with the set-up that was named
_CONCLUDED = r"\d\s?[a-z]{0,3}\s?=\s?\d|\bso,? (?:that )?(?:we|i|you|it|they|he|she|the|an?)\b|\b(?:hence|therefore)\b|所以|因此|那么?就"


def possible_ways(result: Result, reading: Reading) -> list[dict[str, Any]]:
    """The nearest way on the card, and the one by host memory, of what does not fit as it stands, where it is asked for one."""
    trains = (result.get("facts") or {}).get("task", {}).get("value") == "train"
    said_how = any(name in reading.facts for name in _HOW)  # then it is that which is true or not
    concluded = compiled(_CONCLUDED).search(reading.text.lower()) is not None
    if "existence" not in reading.cues or result.get("verdict") != "no" or not trains or said_how or concluded:
        return []
    ways = [one for one in [*(result.get("changes") or []), *(result.get("likely") or [])] if _keeps(one)]
    # last what needs another learning rate, and is tuned anew: it is the least like the run that was asked about
    ways.sort(key=lambda one: "adafactor" in one["facts"].values())
    on_card = [one for one in ways if "offload" not in one["facts"]]
    hosted = [one for one in ways if "offload" in one["facts"]]
    return [*on_card[:1], *hosted[:1]]


def possible_words(ways: list[dict[str, Any]], result: Result, reading: Reading) -> str:
    """That it can be done, and how."""
    if not ways:
        return ""
    zh, each = reading.language == "zh", several_cards(result, cases_of(result))
    said = [_way(one, each, zh) for one in ways]
    if zh:
        return f"{OPENS[1]}:{said[0]}。**" + (f" 或者:{said[1]}。" if len(said) > 1 else "")
    return f"{OPENS[0]}: with {said[0]}.**" + (f" Or with {said[1]}." if len(said) > 1 else "")


def without(ways: list[dict[str, Any]], result: Result) -> Result:
    """The result without the ways that were told, and with a verdict that needs no yes or no before it."""
    if not ways:
        return result
    left = {name: [one for one in result.get(name) or [] if one not in ways] for name in ("changes", "likely")}
    return {**result, **left, "whether": False}


def as_it_stands(language: str) -> str:
    """What the verdict beside the ways is of."""
    return "按常用的设置" if language == "zh" else "With the usual settings"


def _keeps(change: dict[str, Any]) -> bool:
    """Is it still the method, on the same cards, and as long?"""
    facts = change["facts"]
    kept = change["price"] in KEEPS and not {"method", "n_gpus", "seq_len"} & set(facts)
    return kept and change.get("leaning") in (None, "likely")


def _way(change: dict[str, Any], each: bool, zh: bool) -> str:
    need, room = gib(change["gib"]), gib(change["capacity_gib"])
    leaning = pick(VERDICTS[change["leaning"]], "zh" if zh else "en") if change.get("leaning") else ""
    cost = change["cost_zh" if zh else "cost"]
    if zh:
        tail = "".join(f",{one}" for one in (leaning, cost) if one)
        return f"{change['zh']},{'每卡 ' if each else ''}{need},可用 {room}{tail}"
    tail = "".join(f"; {one}" for one in (leaning, cost) if one)
    return f"{change['says']} ({need}{' per card' if each else ''} of {room}{tail})"
