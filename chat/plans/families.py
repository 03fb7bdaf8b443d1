"""Choices that are asked for: which member of a family that was named without a size a machine runs, and which card to take."""

import re

from chat.plans.understood import has_subject
from chat.reads.reading import Reading
from kb.names import names
from kb.recipe import usual_models

_WHICH_SIZE = re.compile(
    r"\bwhich\b|\bwhat (?:size|version)s?\b|\b(?:largest|biggest|best)\b|哪|几b|多大的|什么版本|最大", re.IGNORECASE
)
# which of several machines to take, and not only what sets them apart
CHOOSES = re.compile(
    r"\bwhich (?:one|is better|should|would|to (?:get|buy|pick))\b|\bwhich\s*\?|\bis (?:an? |the |my |one |1 ?x? ?)?[^?;]{3,40}\bbetter than\b|\bbetter (?:for|to|at)\b|^(?![\s\S]*(?:differ|\bwhy\b|区别|差别|为什么|为啥))[\s\S]*?(?:\bvs\.?(?!\w)|\bversus\b|对比)|纠结|哪(?:个|张|套|种|边)[^,;?，。]{0,6}(?:合适|好|划算|行|值)|该(?:买|选|上)|选哪",
    re.IGNORECASE,
)
_A_FAMILY = 3
# what is asked of cards is not always what they run
OTHERWISE = frozenset(
    {
        "units",
        "table_lookup",
        "training_time",
        "injection",
        "explain_derive",
        "check_arithmetic",
        "oom_diagnosis",
        "greeting",
        "help",
        "out_of_scope",
    }
)


def _named(reading: Reading) -> list[str]:
    """The models of one name without a size: all its members, or a name that may be several models'."""
    if has_subject(reading):
        places = set(reading.spans.get("model", ()))
        if any(re.search(r"\d\s?b\b", reading.text[slice(*place)].lower()) for place in places):
            return []  # its size is told with it
        return [str(one) for one in reading.facts.get("model", ())] if len(places) == 1 else []
    open_ = [name for name in reading.suggestions if name not in (*reading.unknown_gpus, *reading.unknown_models)]
    return list(reading.suggestions[open_[0]]) if len(open_) == 1 else []


def _distilled(named: list[str]) -> list[str]:
    """The smaller models that were distilled from one of them, as its published names say: `DeepSeek-R1-Distill-Qwen-7B`."""
    heads = tuple(f"{one}-distill-".lower() for one in named)
    every = (str(entry.row["name"]) for entry in names().entries)
    return [one for one in every if one.lower().startswith(heads)]


_LARGEST = re.compile(r"\b(?:largest|biggest|how (?:large|big))\b|多大的|最大", re.IGNORECASE)
# what is made of a family for a purpose of its own
_SPECIAL = re.compile(
    r"vl|math|coder|code|audio|omni|embed|rerank|reward|prm|guard|vision|captioner|qwq|image|distill|base",
    re.IGNORECASE,
)
_OTHER_SIZE = 0.2


def _of_every_size(reading: Reading, named: list[str]) -> list[str]:
    """Where the largest is asked for, the family's members of other sizes too, whatever their generation: the usual first, then the latest."""
    words = [name for name in reading.suggestions if name not in (*reading.unknown_gpus, *reading.unknown_models)]
    if has_subject(reading) or len(words) != 1 or not named or not _LARGEST.search(reading.lowered):
        return []
    usual = {row["model"] for row in usual_models()}
    every = {str(one.row["name"]): one for one in names().entries if one.params}
    whose = {name.partition("/")[0] for name in named}
    sizes = sorted(float(every[name].params) for name in named if name in every)
    members = [
        one
        for name, one in every.items()
        if name.partition("/")[0] in whose
        and (base := name.rpartition("/")[2].lower()).startswith(words[0].lower())
        and not _SPECIAL.search(base)
        and float(one.params) > sizes[len(sizes) // 2]  # the small ones are no answer
    ]
    members.sort(key=lambda one: (str(one.row["name"]) not in usual, -int(one.row["release_year"] or 0)))
    found = []
    for one in members:
        if all(abs(float(one.params) / size - 1) > _OTHER_SIZE for size in sizes):
            sizes.append(float(one.params))
            found.append(str(one.row["name"]))
    return found


def members_asked(reading: Reading) -> list[str]:
    """Of what was named without a size the models, where it is asked which of them the cards or the memory told run; else none."""
    cards = {"gpu", "gpu_memory_gb", "host_memory_gb"} & set(reading.facts)
    stored = {"bits", "weight_format", "params"} & set(reading.facts)
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    other = set(reading.intents[:1]) & OTHERWISE or not _WHICH_SIZE.search(reading.lowered)
    if not cards or stored or trains or other or "full_version" in reading.cues:
        return []
    named = _named(reading)
    found = list(dict.fromkeys([*named, *_distilled(named), *_of_every_size(reading, named)]))
    return found if len(found) >= _A_FAMILY else []


def chooses_card(reading: Reading) -> bool:
    """Asked which of several cards to take to run models, of which none is named: what each runs sets them apart."""
    several = len(reading.facts.get("gpu", ())) > 1 and "inference" in reading.facts.get("task", ())
    return bool(
        several and CHOOSES.search(reading.lowered) and not set(reading.intents[:1]) & {*OTHERWISE, "decoding_rate"}
    )
