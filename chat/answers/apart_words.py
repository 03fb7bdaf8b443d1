"""A question in its parts, in words: the case, behind its verdict each change of it, and what a setting does."""

import re
from collections.abc import Callable

from chat.answers.count_words import FEWER_CARDS, OTHER_FORMATS
from chat.answers.opened import without_yes
from chat.answers.remarks_told import Spoken
from chat.answers.variant_words import called, variant_words
from chat.answers.verdict_words import gap
from chat.phrases import value
from chat.plans.apart import Apart
from chat.reads.reading import Reading

_WAY = re.compile(
    r"\*\*(?:[^*:]{1,40}: it|It) (?:surely )?(?:most likely )?(?:fits|is sure to fit) with |\*\*[^*]{1,80}就(?:稳妥|多半)?放得下\*\*"
)
_FORMATS = frozenset({"bits", "weight_format"})
_HEAD = re.compile(r"\A(?:(What would make )it(?= )|(怎样才))")
# how it opens what one of several cards would do
_BY_ONE = ("One card alone", "只用一张", "一张也放得下")
_NEED = re.compile(r"(?<![\d.])[\d,]+\.\d+ GiB")


def told_apart(apart: Apart, results: list[Spoken], answered: Callable[[Reading, list[Spoken]], str]) -> str:
    """The answer to the case with those of the other parts behind its verdict, or before it what was asked first.

    results     those of the case, then of each change, then of what is asked beside, as `Apart.every_call` has their calls
    answered    the words of one reading and its results
    """
    case, rest = results[: len(apart.calls)], results[len(apart.calls) :]
    changes, further = rest[: len(apart.each)], rest[len(apart.each) :]
    parts = answered(apart.base, case).split("\n\n")
    if apart.label and parts[0].startswith("**"):
        parts[0] = f"**{called(apart.label, apart.base.language)}{without_yes(parts[:1])[0][2:]}"
    parts[:1] = [_of_its_format(parts[0], apart)]
    if any(one.changed == {"n_gpus": (1,)} for one, _ in apart.each):
        parts = [part for part in parts if not part.startswith(_BY_ONE)]  # it has a verdict of its own
    told = _changes_told(apart, changes)
    asides = _asides_told(apart, further, "\n\n".join([*parts, *told]), answered)
    at = _behind_the_verdict(parts)
    a_way = at > 1 and (_WAY.match(parts[at - 1]) or parts[at - 1].startswith((*FEWER_CARDS, *OTHER_FORMATS)))
    way = _NEED.search(parts[at - 1]) if a_way else None
    if way and any(way[0] in one for one in told):  # one that is asked about is told by its own verdict
        del parts[at - 1]
        at -= 1
    if any({"model", "params"} & set(one.changed) for one, _ in apart.each):
        parts[at:] = [_of_the_first(part, case) for part in parts[at:]]
    if apart.told:
        return "\n\n".join([*told, *asides, *parts])
    if apart.first:
        return "\n\n".join([*asides, *parts[:at], *told, *parts[at:]])
    return "\n\n".join([*parts[:at], *told, *asides, *parts[at:]])


def _of_its_format(first: str, apart: Apart) -> str:
    """The verdict of the case under the format that was named for it, where another is asked of behind it."""
    named, language = apart.base.facts.get("weight_format", ()), apart.base.language
    if len(named) != 1 or not any(_FORMATS & set(one.changed) for one, _ in apart.each) or not first.startswith("**"):
        return first
    name = value("weight_format", named[0], language)
    if name.lower() in first.lower():
        return first
    return f"**{called(name, language)}{first[2].lower()}{first[3:]}"


def _of_the_first(part: str, case: list[Spoken]) -> str:
    """What would make the case fit, by its model's name: it stands behind what was said of another."""
    facts = next((one["facts"] for _, one, _, _ in case if one and "model" in (one.get("facts") or {})), None)
    if facts is None:
        return part
    name = value("model", facts["model"]["value"], "en")
    return _HEAD.sub(lambda found: f"{found[1] or ''}{name}" if found[1] else f"{name}{gap(name)}{found[2]}", part)


def _behind_the_verdict(parts: list[str]) -> int:
    """The place of the first part behind the verdict and the way out of it, which is the case's."""
    bold = next((place for place, part in enumerate(parts) if not part.startswith("**")), len(parts))
    at = next((place + 1 for place in range(1, bold) if _WAY.match(parts[place])), min(bold, 2) or 1)
    return at + (at < len(parts) and parts[at].startswith((*FEWER_CARDS, *OTHER_FORMATS)))


def _changes_told(apart: Apart, results: list[Spoken]) -> list[str]:
    """Each change by its own verdict."""
    served = any("engine" in args for _, args in apart.calls)
    bare = not any({"gpu", "gpu_memory_gb"} & set(args) for _, args in apart.calls)
    each = zip(apart.each, results, strict=False)
    told = [variant_words(one, spoken, served, bare) for (one, _), spoken in each]
    return [one for one in told if one]


def _asides_told(
    apart: Apart, results: list[Spoken], whole: str, answered: Callable[[Reading, list[Spoken]], str]
) -> list[str]:
    """What is said first of each question beside the case; nothing that the case has told."""
    told = []
    for aside, calls in apart.asides:
        own, results = results[: len(calls)], results[len(calls) :]
        said = next((part for part in answered(aside, own).split("\n\n") if part.startswith("**")), "")
        told += [said] if said and said not in whole else []
    return told
