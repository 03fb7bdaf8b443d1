"""Two questions of which one is about another matter: the other is read without it, and it is named as not answered."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chat.reads.asking import parts
from chat.reads.elsewhere import asks_work, elsewhere, ranks_quality
from chat.reads.reading import Reading

Read = tuple[Reading, str]
_LONGEST = 1500  # characters: what is longer is a log or a paste, which has no questions to tell apart
Given = dict[str, tuple[Any, ...]]
# where one question ends and the next begins, written as it was
SENTENCE_END = r"[?？。；;\n!！]+|[.](?=\s)"
_SENTENCE_ENDS = re.compile(rf"{SENTENCE_END}|(?=另外|顺便)")
# where the next question is joined to one
_JOINS = re.compile(r"[,，](?!\d{3})|\b(?:and|also|plus|btw)\b(?= )|(?=还有|以及)", re.IGNORECASE)
_MODEL, _CARD = ("model", "params", "config"), ("gpu", "gpu_memory_gb")


def without_other_matters(whole: Read, alone: Callable[[str], Read]) -> Read:
    """The reading of what is asked here, where something else is asked beside it; as it was for a question of one matter.

    What is asked of another matter stands in `extras["other_matter"]`; the model and the cards that only it names are of both.
    """
    if len(whole[0].text) > _LONGEST:
        return whole
    if whole[0].intent == "out_of_scope" and ranks_quality(whole[0].text):
        return whole  # which of several models is better, beside a card: what the card holds is told of each
    for places in _of_other_matters(whole[0].text):
        if found := _without(whole, places, alone):
            return found
    return whole


def _without(whole: Read, places: list[tuple[int, int]], alone: Callable[[str], Read]) -> Read | None:
    """The reading without these places; None where nothing is left that can be answered."""
    text = whole[0].text
    rest, normal = alone(_kept(text, places, blank=True))
    if not any(part.asks for part in parts(normal)) or rest.intent in ("out_of_scope", "greeting", "help", "injection"):
        return None
    facts, spans = _with_the_case(rest, alone(_kept(text, places, blank=False))[0], whole[0])
    if not set(_MODEL) & set(facts):
        return None
    said = tuple(text[start:end].strip(" ,，.。?？!！;；\n") for start, end in places)
    extras = {**rest.extras, "other_matter": said}
    return replace(rest, text=text, language=whole[0].language, facts=facts, spans=spans, extras=extras), normal


def _with_the_case(rest: Reading, beside: Reading, whole: Reading) -> tuple[Given, Given]:
    """The facts of the question that is answered: all of them where the other names the model, else the cards at least."""
    if not set(_MODEL) & set(rest.facts) and set(_MODEL) & set(beside.facts):
        taken: tuple[str, ...] = tuple(name for name in whole.facts if name not in rest.facts)
        return ({**{name: whole.facts[name] for name in taken}, **rest.facts},
                {**{name: whole.spans.get(name, ()) for name in taken}, **rest.spans})  # fmt: skip
    if set(_CARD) & set(rest.facts):
        return rest.facts, rest.spans
    taken = tuple(name for name in (*_CARD, "n_gpus") if name in beside.facts and name not in rest.facts)
    return ({**rest.facts, **{name: beside.facts[name] for name in taken}},
            {**rest.spans, **{name: beside.spans.get(name, ()) for name in taken}})  # fmt: skip


def _of_other_matters(text: str) -> list[list[tuple[int, int]]]:
    """The places of the questions that are about another matter: by whole sentences, then by what is joined in one."""
    sentences = _cut(text, 0, len(text), _SENTENCE_ENDS)
    pieces = [piece for place in sentences for piece in _cut(text, *place, _JOINS)]
    found = [[place for place in places if _is_other(text[slice(*place)])] for places in (sentences, pieces)]
    return [places for places, of in zip(found, (sentences, pieces), strict=True) if places and len(places) < len(of)]


def _cut(text: str, start: int, stop: int, ends: re.Pattern[str]) -> list[tuple[int, int]]:
    places = []
    for end in ends.finditer(text, start, stop):
        places.append((start, end.end()))
        start = end.end()
    return [place for place in (*places, (start, stop)) if len(text[slice(*place)].strip()) > 1]


def _is_other(piece: str) -> bool:
    piece = piece.lower()
    return elsewhere(piece, ()) and (asks_work(piece) or any(part.asks for part in parts(piece)))


def _kept(text: str, places: list[tuple[int, int]], blank: bool) -> str:
    """The text with these places blank, or with all others: each character keeps its place."""
    within = {at for start, end in places for at in range(start, end)}
    return "".join(" " if (at in within) == blank and sign != "\n" else sign for at, sign in enumerate(text))
