"""What does not go on the card that is named: how many of them hold it, in machines where they are more than one has."""

import re
from typing import Any

from chat.answers.verdict_words import gap
from chat.phrases import case_words
from kb.hosting import MACHINE

Result = dict[str, Any]
_MOST_SAID = 6  # cases in a headline; the table has them all
_WIDTH = "bits"
_FORMATS = frozenset({"bits", "weight_format", "bpw"})


def least_cards(cases: list[Result], language: str, several: bool = False) -> str:
    """Of several models the fewest cards, and in which format; else how many machines the cases take that one does not hold,
    and on several cards how many each format takes."""
    of_each = _by_model(cases)
    if len(of_each) > 1 and all(len(group) > 1 for group in of_each):
        least = [group for group in of_each if all(_lacking(one) for one in group)]
        told = [_least(group, language) for group in least]
    else:
        each = several and by_format(cases)
        told = [_count(one, language) for one in cases if _lacking(one) and (each or one["held_by"].get("machines"))]
        told += [_fewer(one, language) for one in cases if one.get("fewer")]
    if not told or len(told) > _MOST_SAID:
        return ""
    return f"{';'.join(told)}。" if language == "zh" else f" {_begun('; '.join(told))}."


def _begun(told: str) -> str:
    """As a sentence begins, where it begins with a word: "full fine-tuning", and no name such as "gpt-oss-20b"."""
    return told[0].upper() + told[1:] if re.match(r"[a-z]+(?:-[a-z]+)*[ :]", told) else told


def by_format(cases: list[Result]) -> bool:
    """Do the cases differ in the format of the weights alone?"""
    return all(set(one["facts"]) <= _FORMATS for one in cases)


def _by_model(cases: list[Result]) -> list[list[Result]]:
    """The cases of each model, which differ in bits alone; none where something else tells them apart, too."""
    groups: dict[str, list[Result]] = {}
    for case in cases:
        facts = case["facts"]
        if _WIDTH not in facts or not {"model", "params"} & set(facts) or len(facts) > 2:
            return []
        groups.setdefault(str([(name, one) for name, one in facts.items() if name != _WIDTH]), []).append(case)
    return [*groups.values()]


def _lacking(case: Result) -> bool:
    """Does it take more cards, and is their number certain?"""
    held = case.get("held_by") or {}
    return case["verdict"] in ("no", "borderline") and bool(held.get("n_gpus")) and not held.get("likely")


def _least(group: list[Result], language: str) -> str:
    """The fewest cards of one model, and the most."""
    ranked = sorted(group, key=lambda one: int(one["held_by"]["n_gpus"]))
    few, many = ranked[0], ranked[-1]
    name = case_words({key: one for key, one in few["facts"].items() if key != _WIDTH}, language)
    least, most = (
        (case_words({_WIDTH: one["facts"][_WIDTH]}, language), one["held_by"]["n_gpus"]) for one in (few, many)
    )
    boxes = many["held_by"].get("machines")
    if language == "zh":
        wide = f";{most[0]}要 {most[1]} 张" if most[1] > least[1] else ""
        wide += f",即 {boxes} 台 {MACHINE} 卡机" if boxes else ""
        return f"{name}{gap(name)}至少要 {least[1]} 张({least[0]}){wide}"
    wide = f", {most[1]} in {most[0]}" if most[1] > least[1] else ""
    wide += f" ({boxes} machines of {MACHINE})" if boxes else ""
    return f"{name} takes at least {least[1]} such cards ({least[0]}){wide}"


def _fewer(case: Result, language: str) -> str:
    """With how few of the cards a case goes as well."""
    of, count = case_words(case["facts"], language), case["fewer"]
    return (
        f"{of}{gap(of)}{count} 张就够"
        if language == "zh"
        else f"{of}: {count} do{'es' if count == 1 else ''} it as well"
    )


def _count(case: Result, language: str) -> str:
    """Of a case that takes more cards how many; in machines where one machine has fewer."""
    of, held = case_words(case["facts"], language), case["held_by"]
    count, boxes = held["n_gpus"], held.get("machines")
    if language == "zh":
        return f"{of}{gap(of) if of else ''}要 {count} 张{f',即 {boxes} 台 {MACHINE} 卡机' if boxes else ''}"
    return f"{of + ': ' if of else ''}{count} cards{f', {boxes} machines of {MACHINE}' if boxes else ''}"
