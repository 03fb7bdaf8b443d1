"""What a follow-up does to the cards of the machine at hand: one more of another kind, one in another's place, one taken out."""

import re
from collections.abc import Collection
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.programs import reads_files

Facts = dict[str, tuple[Any, ...]]

# a card that is taken out of the machine
TAKEN_AWAY = r"\b(?:without|w/o|drop\w*|remov\w+|sell\w*|minus|except|pull(?:ed|ing)?|(?:tak\w+|leav\w+)(?: [\w-]+){0,4}? (?:out|away|off)|unplug\w*)\b|不用|(?<!要)不要|不算|没有|去掉|拔掉|拔了|卖掉|拿掉|拆掉"


# a card that comes beside those there were
_ADDED = r"\b(?:add(?:s|ed|ing)?|plus|alongside|in addition|also (?:have|had|got|put|buy))\b|再(?:加|插|买|上|来|添|配|装)|加(?:上|装|入)|外加|加(?:个|[1一](?:张|块))"


def beside(new: Facts, previous: Reading, text: str) -> Facts:
    """`再加一张3060 12G` after a 4090: both, each with its memory; of one more of the same there are two."""
    before, card = previous.facts.get("gpu", ()), new.get("gpu", ())
    if (
        len(before) != 1
        or len(card) != 1
        or before == card
        or " + " in str(card[0])
        or not compiled(_ADDED).search(text)
    ):
        return {}
    count = int(previous.facts.get("n_gpus", (1,))[0])
    there = str(before[0])
    if " + " not in there:
        there = f"{count} × {_sized(there, previous.facts)}" if count > 1 else _sized(there, previous.facts)
    counted = compiled(r"(?<![\d.])(?P<n>\d)\s?[x*张块个]").search(text)
    more = int(counted["n"]) if counted else 1
    added = f"{more} × {_sized(str(card[0]), new)}" if more > 1 else _sized(str(card[0]), new)
    return {"gpu": (f"{there} + {added}",), "n_gpus": (max(count, 1) + more,)}


# one of the cards that another takes the place of
_SWAPPED = (
    r"\b(?:swap|replac|exchang|trad|switch|chang)\w* (?:just |only )?(?:one|1)(?: of (?:them|those|these|the \w+))?(?: out)? (?:for|with|by|to|into)\b"
    r"|\b(?:swap|replac|exchang|chang|mak)\w* the (?:first|second|third|fourth|other|last|1st|2nd|3rd) (?:one|card|gpu|\w*\d{3,4})(?: for| with| to| into)?\b"
    r"|第\s?[1-8一二两三四]\s?[张块](?:卡)?(?:换|改|替换)成?|(?:另|最后)(?:外)?(?:一|1)?[张块](?:卡)?(?:换|改|替换)成?"
    r"|(?:其中)(?:一|1)[张块]?(?:卡)?(?:换|改|替换)成?|(?:换|替)(?:掉)?(?:其中)?(?:一|1)[张块](?:卡)?(?:成|为|,)"
)


def swapped(new: Facts, previous: Reading, text: str) -> Facts:
    """`swap one for a 4090` of two 3060: a 3060 and a 4090."""
    before, card = previous.facts.get("gpu", ()), new.get("gpu", ())
    count = int(previous.facts.get("n_gpus", (1,))[0])
    alike = len(before) == 1 == len(card) and before != card and " + " not in f"{before[0]}{card[0]}"
    if not alike or count < 2 or not compiled(_SWAPPED).search(text):
        return {}
    left = _sized(str(before[0]), previous.facts)
    kept = f"{count - 1} × {left}" if count > 2 else left
    return {"gpu": (f"{kept} + {_sized(str(card[0]), new)}",), "n_gpus": (count,)}


def _sized(card: str, facts: Facts) -> str:
    memory = facts.get("gpu_memory_gb", ())
    return f"{card} {memory[0]:g} GB" if len(memory) == 1 and not card.endswith("GB") else card


def left_of(new: Facts, previous: Reading, text: str) -> Facts:
    """`without the 3060`: the cards of the machine that are left; nothing where none of them is taken away."""
    rigs, out = previous.facts.get("gpu", ()), new.get("gpu", ())
    if len(rigs) != 1 or len(out) != 1 or " + " not in str(rigs[0]) or not compiled(TAKEN_AWAY).search(text):
        return {}
    members = str(rigs[0]).split(" + ")
    named = re.compile(rf"(?:\d+ × )?{re.escape(str(out[0]))}(?: \d+ ?GB)?")  # not the 3060 Ti with the 3060
    left = [one for one in members if not named.fullmatch(one)]
    if len(left) == len(members) or not left:
        return {}
    count = sum(int(one.partition(" × ")[0]) if " × " in one else 1 for one in left)
    rest = " + ".join(left)
    return {"gpu": (rest.partition(" × ")[2] if " × " in rest and len(left) == 1 else rest,), "n_gpus": (count,)}


def without_ranks(facts: Facts, engines: Collection[str]) -> Facts:
    """The facts before programs that know no ranks of tensor parallel: what stays is that many cards."""
    if not engines or not all(one == "transformers" or reads_files(one) for one in engines):
        return facts
    ranks = facts.get("tp", ())
    left = {name: values for name, values in facts.items() if name != "tp"}
    return {"n_gpus": ranks, **left} if len(ranks) == 1 else left
