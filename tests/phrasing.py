"""Phrasings of questions, drawn from templates with slots, and what must be read from each.

The templates and what may stand in a slot are text files under `tests/phrasings`. A slot says the facts that it states,
so every phrasing comes with every fact that it states; the seed fixes what is drawn.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.database import rows
from kb.names import names

FOLDER = Path(__file__).parent / "phrasings"
_SLOT = re.compile(r"\{([^{}|]*)(\|[^{}]*)?\}")
_LATIN = re.compile(r"[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]")


@dataclass(frozen=True)
class Stated:
    """One fact that a phrasing states: `values` is a tuple of several, or one of which `either` holds."""

    name: str
    either: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class Phrasing:
    """A question, the intents of which any may be read first, and the facts that it states."""

    text: str
    template: str
    intents: tuple[str, ...]
    stated: tuple[Stated, ...] = field(default=())


def phrasings(language: str, seed: int, each: int, which: str = "") -> list[Phrasing]:
    """`each` phrasings of every template of a language, all of them different; `which` is "" or "later_"."""
    chance = random.Random(f"{language}-{seed}")
    found: dict[str, Phrasing] = {}
    for line in _lines(f"{which}templates_{language}.txt"):
        intents, template = line.split(" | ", 1)
        for _ in range(each):
            one = _draw(chance, f"{which}slots_{language}", template, tuple(intents.split("/")))
            found.setdefault(one.text, one)
    return list(found.values())


def said() -> list[Phrasing]:
    """Questions and posts written down as a whole, each with every fact that it states."""
    found = []
    for line in _lines("said.txt"):
        intents, rest = line.split(" | ", 1)
        text, _, facts = rest.rpartition("||")
        text = text.strip().replace("\\n", "\n")
        found.append(Phrasing(text, text, tuple(intents.split("/")), tuple(_stated(facts.strip()))))
    return found


def wrong(reading: Reading, phrasing: Phrasing) -> list[str]:
    """What was read wrongly, left out or invented, a line each."""
    lines = []
    for stated in phrasing.stated:
        if not _holds(reading, stated):
            given = reading.extras if stated.name.startswith("+") else reading.facts
            said = "/".join(stated.either) or "+".join(stated.several)
            lines.append(f"{stated.name}: {said} was said, {given.get(stated.name.strip('+~'), 'nothing')} was read")
    said = {stated.name.strip("+~") for stated in phrasing.stated}
    if any(stated.name == "model~" for stated in phrasing.stated):
        said |= {"params"}
    if "cpu_ram_gb" in said:
        said |= {"host_memory_gb"}
    for name, values in reading.facts.items():
        if name not in said and (name, values) not in (("n_gpus", (1,)), ("method", ("inference",))) and name != "task":
            lines.append(f"{name}: {values} was read, nothing was said")
    return lines


def _lines(name: str) -> Iterator[str]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


@cache
def _slots(file: str) -> dict[str, list[tuple[str, str]]]:
    """What may stand in each slot; the second set has its own, and the first one's for the rest."""
    slots = dict(_slots(file.removeprefix("later_"))) if file.startswith("later_") else {}
    for line in _lines(f"{file}.txt"):
        if line.startswith("["):
            here = slots[line.strip("[]")] = []
        else:
            words, _, facts = f"{line} ".rpartition(" = ")
            here.append((words, facts.strip()))
    return slots


def _draw(chance: random.Random, slots: str, template: str, intents: tuple[str, ...]) -> Phrasing:
    stated: list[Stated] = []
    pieces: list[str] = []
    at = 0
    for found in _SLOT.finditer(template):
        words, facts = (found[1], found[2][1:]) if found[2] is not None else chance.choice(_slots(slots)[found[1]])
        stated.extend(_stated(facts))
        pieces += [template[at : found.start()], words]
        at = found.end()
    text = ""
    for piece in filter(None, [*pieces, template[at:]]):
        # Latin words and numbers that a Chinese sentence leaves side by side are written apart
        text += " " * bool(_LATIN.fullmatch(text[-1:]) and _LATIN.fullmatch(piece[0])) + piece
    return Phrasing(_as_people_write(chance, slots[-2:], text), template, intents, tuple(stated))


def _stated(facts: str) -> Iterator[Stated]:
    for fact in filter(None, facts.split(", ")):
        name, value = fact.split("=", 1)
        needed, name = not name.endswith("?"), name.rstrip("?")
        if "+" in value and " + " not in value:  # a rig is one value
            yield Stated(name, several=tuple(value.split("+")), needed=needed)
        else:
            yield Stated(name, tuple(value.split("/")), needed=needed)


def _as_people_write(chance: random.Random, language: str, text: str) -> str:
    if chance.random() < (0.3 if language == "en" else 0.15):
        text = text.lower()
    if chance.random() < 0.3:
        text = text.rstrip("?.!")
    if chance.random() < 0.1:
        text = re.sub(r",(?!\d{3}) ?", " ", text)
    if language == "zh" and chance.random() < 0.4:
        text = text.replace(",", "\uff0c").replace("?", "\uff1f")
    if chance.random() < 0.2:
        text = chance.choice(_slots(f"slots_{language}")["greeting"])[0] + (" " if language == "en" else "") + text
    if chance.random() < 0.1:
        text += " thanks!" if language == "en" else " 谢谢"
    return text


def _holds(reading: Reading, stated: Stated) -> bool:
    if stated.name == "model~":
        return _suggested(reading, stated.either[0])
    given = reading.extras if stated.name.startswith("+") else reading.facts
    values = given.get(stated.name.strip("+"), ())
    if stated.name == "+cpu_ram_gb":  # a fact where the machine may put a part there
        values = values or reading.facts.get("host_memory_gb", ())
    if not values:
        return not stated.needed
    if stated.several:
        return len(values) == len(stated.several) and all(
            any(_same(reading, stated.name, value, said) for value in values) for said in stated.several
        )
    return len(values) == 1 and any(_same(reading, stated.name, values[0], said) for said in stated.either)


def _suggested(reading: Reading, right: str) -> bool:
    """A misspelt name is read rightly or suggested; another model is never taken for it."""
    taken = reading.facts.get("model", ())
    if taken:
        return len(taken) == 1 and same_model(str(taken[0]), right)
    return any(same_model(name, right) for near in reading.suggestions.values() for name in near)


def _same(reading: Reading, name: str, value: Any, said: str) -> bool:
    if name == "model":
        return same_model(str(value), said)
    if name == "gpu":
        return _cards(str(value)) == _cards(said)
    if name == "lora_targets":
        return set(re.split(r"[ ,]+", str(value))) == set(said.split())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) == float(said)
    return str(value) == said


@cache
def _cards(text: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(names().find_gpus(text)))
    except BadInput:
        return (text,)


@cache
def same_model(one: str, other: str) -> bool:
    """Whether two names name models of one shape: a base and its chat version, with a few more words, are one."""
    try:
        found = [str(names().find_model(name)["name"]) for name in (one, other)]
    except BadInput:
        return False
    shape = "SELECT n_layers, hidden_size, coalesce(unique_params, total_params) AS size FROM models WHERE name = ?"
    first, second = (rows(shape, [name])[0] for name in found)
    if (first["n_layers"], first["hidden_size"]) != (second["n_layers"], second["hidden_size"]):
        return False
    return bool(abs(first["size"] - second["size"]) <= 0.01 * first["size"])
