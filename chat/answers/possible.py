"""Asked whether a training can be done, at all or as it is told, or whether somebody who does it tells the truth: in which way."""

from typing import Any

from chat.answers.case_tables import Result, cases_of, several_cards
from chat.phrases import VERDICTS, case_words, gib, leaning, pick
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.change import KEEPS, Price, settings_of
from kb.stated import ASSUMED

OPENS = ("**It can be done", "**做得到")
_ALONE = {True: ("Not on the cards alone: ", "只靠显卡不行:"), False: ("Not on the card alone: ", "只靠显卡不行:")}
_SMALL_HOSTS = frozenset({"portable", "notebook"})
_LESS = Price.LESS.told
# prices after which it is still the run that was asked about, and no other optimizer or precision
_SAME_RUN = tuple(price.told for price in (Price.NOTHING, Price.SPEED, Price.HOST_MEMORY))
_DIVIDED = frozenset({"zero_stage"})
# settings that decide what a training takes
_HOW = ("optimizer", "precision", "offload", "gradient_checkpointing", "loss")

# what is concluded from a sum or a reason is judged as it was concluded, with the set-up that was named
_CONCLUDED = r"\d\s?[a-z]{0,3}\s?=\s?\d|\bso,? (?:that )?(?:we|i|you|it|they|he|she|the|an?)\b|\b(?:hence|therefore)\b|所以|因此|那么?就"


def possible_ways(result: Result, reading: Reading) -> list[dict[str, Any]]:
    """Of a training that does not fit as it stands the nearest way on the card, the one by host memory, and a shorter length
    where nobody said one: asked whether it can be done, these are its conditions."""
    facts = result.get("facts") or {}
    if not _turns_on_how(result, reading) or facts.get("task", {}).get("value") != "train":
        return []
    prices = KEEPS if _conjectured(reading) else _SAME_RUN
    ways = [
        one for one in [*(result.get("changes") or []), *(result.get("likely") or [])] if _keeps(one, facts, prices)
    ]
    # last what needs another learning rate, and is tuned anew: it is the least like the run that was asked about
    ways.sort(key=lambda one: ("seq_len" in one["facts"], "adafactor" in one["facts"].values()))
    hosted = [one for one in ways if "offload" in one["facts"]]
    if _SMALL_HOSTS & set(reading.cues) and not _conjectured(reading):  # whose own memory is little
        ways, hosted = [one for one in ways if one not in hosted], []
    on_card = [one for one in ways if one not in hosted]
    kept = [one for one in on_card if "seq_len" not in one["facts"]]
    divided = [one for one in kept if _DIVIDED & set(one["facts"])]
    shorter = [one for one in on_card if one not in kept]
    if not (kept or shorter or _conjectured(reading)):
        return []  # by host memory alone it is another run, told behind the verdict
    # every stage that holds it: of ZeRO-2 alone "only" would be false where ZeRO-3 does, too
    first = divided if divided and kept[0] in divided else kept[:1]
    batches = [
        one for one in kept if settings_of(one["facts"]) == {"batch_size"} and one not in first
    ]  # the same step in parts
    return [*first, *batches[:1], *hosted[:1], *([] if hosted or batches else shorter[-1:])]


def _turns_on_how(result: Result, reading: Reading) -> bool:
    """Is it asked whether it can be done, of what does not fit for sure in any case as it stands?"""
    if "fp8_training" in reading.cues or compiled(_CONCLUDED).search(reading.lowered):
        return False
    if _conjectured(reading):
        said_how = any(name in reading.facts for name in _HOW)  # then it is that which is true or not
        return result.get("verdict") == "no" and not said_how
    told = result.get("doubted") or result.get("judged") or result.get("host") or result.get("into_host")
    leans = {leaning(one) for one in cases_of(result) or [result]}
    return bool(result.get("whether")) and not told and leans <= {"no", "unlikely", "borderline"}


def _conjectured(reading: Reading) -> bool:
    """Does somebody do it, or hold it to be impossible?"""
    return "existence" in reading.cues


def possible_words(ways: list[dict[str, Any]], result: Result, reading: Reading) -> str:
    """That it can be done, and how."""
    if not ways:
        return ""
    zh, each = reading.language == "zh", several_cards(result, cases_of(result))
    if not _conjectured(reading):
        borderline = "borderline" in (result.get("leaning"), result.get("verdict"))
        sure = borderline and not ways[0].get("leaning")  # as it stands it may fit
        return _only_so(ways, _mended(result, reading.language), each, zh, sure, as_told(result, zh))
    said = [_way(one, each, zh) for one in ways]
    if zh:
        return f"{OPENS[1]}:{said[0]}。**" + (f" 或者:{said[1]}。" if len(said) > 1 else "")
    return f"{OPENS[0]}: with {said[0]}.**" + (f" Or with {said[1]}." if len(said) > 1 else "")


def as_told(result: Result, zh: bool) -> str:
    """What the one case takes as it stands, beside what it takes with a change; empty of several cases."""
    need = (result.get("memory") or {}).get("best_gib")
    if need is None or len(cases_of(result)) > 1:
        return ""
    return f",现在的设置是 {gib(need)}" if zh else f", as it stands {gib(need)}"


def _only_so(ways: list[dict[str, Any]], of: str, each: bool, zh: bool, sure: bool, now: str) -> str:
    """The conditions on which it fits, or is sure to, the first in bold beside what it takes now; where host memory is the first,
    that the cards alone do not hold it."""
    first, *others = ways
    opens = "" if sure else _most_likely(first, each, zh)
    sure = sure or bool(opens)
    hosted = all("offload" in one["facts"] for one in ways)
    if zh:
        head = f"**{opens}{_ALONE[each][1] if hosted else ''}{'要稳妥,' if sure else ''}只有{of + ',' if of else ''}{first['zh']}才行:{_amounts(first, each, zh, now)}。**"
        return head + "".join(f"或者{one['zh']}:{_amounts(one, each, zh)}。" for one in others)
    only = f"{'for sure ' if sure else ''}only {of + ', with' if of else 'with'} {first['says']}: {_amounts(first, each, zh, now)}"
    head = f"**{_ALONE[each][0]}{only}.**" if hosted else f"**{opens}{only[0].upper()}{only[1:]}.**"
    return head + "".join(f" Or with {one['says']}: {_amounts(one, each, zh)}." for one in others)


def _most_likely(first: dict[str, Any], each: bool, zh: bool) -> str:
    """That one of what was added up most likely does alone: the rest is for the margin of the estimate."""
    alone = next((one for one in first.get("alone") or () if one.get("leaning") == "likely"), None)
    if alone is None:
        return ""
    need = f"{gib(alone['gib'])}"
    return (
        f"{alone['zh']}多半就行({'每卡 ' if each else ''}{need});"
        if zh
        else f"Most likely with {alone['says']} alone ({need}{' per card' if each else ''}). "
    )


def _mended(result: Result, language: str) -> str:
    """Of several cases the one that the ways mend, in words."""
    cases, short = cases_of(result), result.get("mended") or {}
    differing = {name: one for name, one in short.items() if len({str(case["facts"][name]) for case in cases}) > 1}
    return case_words(differing, language) if differing and len(cases) > 1 else ""


def without(ways: list[dict[str, Any]], result: Result) -> Result:
    """The result without the ways that were told, and with a verdict that needs no yes or no before it."""
    if not ways:
        return result
    left = {name: [one for one in result.get(name) or [] if one not in ways] for name in ("changes", "likely")}
    return {**result, **left, "whether": False}


def as_it_stands(reading: Reading) -> str:
    """What the verdict beside the ways is of, where the ways have named the case already: empty for the case itself."""
    if not _conjectured(reading):
        return ""
    return "按常用的设置" if reading.language == "zh" else "With the usual settings"


def _keeps(change: dict[str, Any], facts: dict[str, Any], prices: tuple[str, ...]) -> bool:
    """Is it still the method, on the same cards, and as long as was said?"""
    changed = set(change["facts"])
    open_length = facts.get("seq_len", {}).get("origin") == ASSUMED and change["price"] == _LESS
    kept = change["price"] in prices or (open_length and changed <= {"seq_len", "loss"})
    return kept and not {"method", "n_gpus"} & changed and change.get("leaning") in (None, "likely")


def _way(change: dict[str, Any], each: bool, zh: bool) -> str:
    amounts = _amounts(change, each, zh)
    return f"{change['zh']},{amounts}" if zh else f"{change['says']} ({amounts})"


def _amounts(change: dict[str, Any], each: bool, zh: bool, now: str = "") -> str:
    """What a way takes of what there is, `now` what it takes without it, how likely that is, and its price."""
    need, room = gib(change["gib"]), gib(change["capacity_gib"])
    leans = pick(VERDICTS[change["leaning"]], "zh" if zh else "en") if change.get("leaning") else ""
    cost = change["cost_zh" if zh else "cost"]
    if zh:
        tail = "".join(f",{one}" for one in (leans, cost) if one)
        return f"{'每卡 ' if each else ''}{need},可用 {room}{now}{tail}"
    tail = "".join(f"; {one}" for one in (leans, cost) if one)
    return f"{need}{' per card' if each else ''} of {room}{now}{tail}"
