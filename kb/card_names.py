"""Names of cards as people write them: looked up, or told what is near.

A card's name is cut into the number that identifies it (`4090`, `a100`), variants that make it another card (`ti`, `ada`) and
words that may be left out (`geforce`, `pcie`, `80 GB`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formulas.errors import BadInput

# Words of a card's name that people leave out, and that never tell two cards of different memory or speed class apart.
_OPTIONAL = """
nvidia geforce rtx gtx tesla quadro amd radeon rx instinct apple intel google huawei ascend aws generation gpu
sxm sxm2 sxm3 sxm4 sxm5 pcie blackwell data center arc jetson per oam hbm2 hbm2e hbm3 agx ryzen ai strix halo dgx
spark trillium ironwood r200 super_chip gb hygon dcu moore threads mtt cambricon kunlunxin metax
"""
_BRANDS = frozenset({"rtx", "gtx", "rx", "radeon", "instinct", "tesla", "ascend", "apple", "arc"})
CARD_OPTIONAL = frozenset(_OPTIONAL.split())
# Spelled together or apart, they make it another card.
CARD_VARIANTS = (
    "ti", "super", "d", "laptop", "mobile", "ada", "gre", "xt", "xtx", "nvl", "sxm", "sxm2", "sxm4", "sxm5", "pcie",
    "pro", "max", "ultra", "blackwell", "server", "maxq", "sff", "generation", "edition",
)  # fmt: skip
# ... and one that may not be left out: the card of the bare number is another
ANOTHER_CARD = frozenset({"ti", "super", "xt", "xtx", "gre"})
_CARD_MEMORY = re.compile(r"(?<![a-z\d.])(\d+(?:\.\d+)?)\s*(?:gib|gb|g)\b")
_GLUED_CARD = re.compile(
    r"(?:(rtx|gtx|rx)?(\d{3,4})|([abhlv]\d{2,3}|[mt]\d{1,2}))(ti|super|d|s|xtx|xt|sxm\d?|pcie|pro|max|ultra)?"
)
_TI_SUPER = re.compile(r"(?<=\d)tis(?![a-z])")  # "4070TiS"


@dataclass(frozen=True)
class Card:
    """One accelerator: the tokens that must be said, all of its tokens, and its marketed memory."""

    name: str
    needed: frozenset[str]
    every: frozenset[str]
    memory_gb: float | None


def card_tokens(name: str) -> tuple[frozenset[str], float | None]:
    """The words of a card's name, and the memory stated in it."""
    lowered = _TI_SUPER.sub("ti super", name.lower().replace("max-q", "maxq").replace("'s", ""))
    memory = _CARD_MEMORY.search(lowered)
    lowered = _CARD_MEMORY.sub(" ", lowered)
    found: set[str] = set()
    for token in re.findall(r"[a-z0-9.+]+", lowered):
        glued = _GLUED_CARD.fullmatch(token)
        if glued and glued[4] and not (glued[3] and glued[4] == "s"):
            found.update(part for part in (glued[1], glued[2] or glued[3], glued[4]) if part)
        elif glued and glued[1]:
            found.update((glued[1], glued[2]))
        else:
            found.add(token)
    return frozenset(found), float(memory[1]) if memory else None


def _series(token: str) -> tuple[str, int] | None:
    """The letters that a card's number begins with, and how many digits it has; None of a word without a number."""
    found = re.match(r"([a-z]*)(\d+)", token)
    return (found[1], len(found[2])) if found else None


# of what a card is sold with, the least that a driver or a program reports
_REPORTED = 0.9


def _reported_of(card: Card, memory_gb: float) -> bool:
    """Is so much what a program shows of this card's memory: `60.97 GiB total capacity` of 64 GB?"""
    return bool(card.memory_gb) and _REPORTED * (card.memory_gb or 0) <= memory_gb <= (card.memory_gb or 0)


_SIZE_BEHIND = re.compile(r"(?: limited to)? [\d.]+ GB$", re.IGNORECASE)


def without_size(called: str) -> str:
    """`Apple M4 Max 36 GB` without the size that is told behind the name."""
    return _SIZE_BEHIND.sub("", called)


class CardNames:
    """The names of the cards of a table, each index built when it is first asked for."""

    def __init__(self, gpus: Sequence[Mapping[str, Any]]) -> None:
        self._gpus = gpus

    @cached_property
    def cards(self) -> list[Card]:
        return [self._card(row) for row in self._gpus]

    @cached_property
    def card_keys(self) -> set[str]:
        return {token for card in self.cards for token in card.needed}

    @cached_property
    def families(self) -> dict[str, Mapping[str, Any]]:
        """What the chips of one architecture share that are sold with memories of many sizes: a Mac whose chip is not told."""
        chips: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._gpus:
            if row["class"] == "unified" and row["memory_options"]:
                chips.setdefault(row["architecture"], []).append(row)
        return {
            name: {
                column: value if all(row[column] == value for row in rows) else None
                for column, value in rows[0].items()
            }
            | {"name": name, "memory_options": "/".join(row["memory_options"] for row in rows)}
            for name, rows in chips.items()
        }

    @staticmethod
    def _card(row: Mapping[str, Any]) -> Card:
        name = str(row["name"])
        every, stated = card_tokens(name)
        memory = stated or row.get("memory_marketed_gb") or row.get("memory_gb")
        needed = every - CARD_OPTIONAL
        if any(token.startswith("sxm") for token in every):
            every |= {"sxm"}  # "H100 SXM": few say which socket of that name it is
        return Card(name, needed or every, every, float(memory) if memory else None)

    def match_cards(self, text: str, memory_gb: float | None = None) -> list[Card]:
        """Every card that this text can mean; a memory, said in the text or apart, narrows them if it can."""
        said, stated = card_tokens(text)
        memory_gb = stated if stated is not None else memory_gb
        said = said - {"nvidia", "amd", "apple", "intel", "gpu", "card", "edition", "dcu"}
        if not said:
            return []
        if "ada" in said:  # "A6000 Ada" is how people call the RTX 6000 of the Ada generation
            said = frozenset(token[1:] if re.fullmatch(r"a\d000", token) else token for token in said)
        fitting = [card for card in self.cards if said <= card.every and card.needed <= said]
        if not fitting:  # "RTX PRO 6000" leaves open which; every card that has all the words, and no RX 6600 an XT
            key = {token for token in said if any(c.isdigit() for c in token)}
            fitting = [card for card in self.cards if key and said <= card.every]
            fitting = [card for card in fitting if not card.needed & ANOTHER_CARD - said]
            fitting = [card for card in fitting if len(card.needed) == min(len(c.needed) for c in fitting)]
        if memory_gb is not None:
            near = [card for card in fitting if card.memory_gb and abs(card.memory_gb - memory_gb) <= 0.02 * memory_gb]
            # "H100 94 GB": the one that is sold with so much is meant, though nobody says which form it has
            exact = [card for card in self.cards if said <= card.every and card.memory_gb == memory_gb]
            return near or exact or [card for card in fitting if _reported_of(card, memory_gb)] or fitting
        return fitting

    def find_gpus(self, text: str, memory_gb: float | None = None) -> list[str]:
        """The names of all cards that this text can mean ("A100": 40 and 80 GB); BadInput says what is near. What is only
        called by its architecture and is sold in many sizes ("Apple silicon 36 GB") has that name."""
        family = [name for name in self.families if name.lower() == without_size(text.strip().lower())]
        if family:
            return family
        exact = [card.name for card in self.cards if card.name.lower() == text.strip().lower()]
        found = exact or [card.name for card in self.match_cards(text, memory_gb)]
        if found:
            return found
        close = self.near_gpus(text)
        raise BadInput(f"no card `{text[:60]}` in the table" + (f"; near: {', '.join(close)}" if close else ""))

    def near_gpus(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Names of cards that resemble this one, best first: those of the same number, if there are any."""
        from rapidfuzz import fuzz, process

        said, _ = card_tokens(text)
        numbers = {token for token in said if any(c.isdigit() for c in token)}
        alike = sorted((card for card in self.cards if numbers & card.needed), key=lambda card: len(card.needed))
        if alike:
            return tuple(card.name for card in alike)[:count]
        asked = " ".join(sorted(said - CARD_OPTIONAL)) or text.lower()
        series = {_series(token) for token in numbers}  # an A900 is near an A100, and no K80 near an A800
        brands = said & _BRANDS
        close_to = [
            card
            for card in self.cards
            if (not series or series & {_series(one) for one in card.needed}) and (not brands or brands & card.every)
        ]
        known = {card.name: " ".join(sorted(card.needed)) for card in close_to}
        close = process.extract(asked, known, scorer=fuzz.ratio, limit=count, score_cutoff=55)
        return tuple(hit[2] for hit in close)

    @staticmethod
    def card_label(cards: Sequence[Card]) -> str:
        """The shortest name that still means these cards: `A100`, `RTX 4090`."""
        shortest = min((card.name for card in cards), key=len)
        label = re.sub(r"\s*\d+(?:\.\d+)? GB\b", "", shortest)
        label = re.sub(r"\b(?:GeForce|Tesla|PCIe|SXM\d?)\b", " ", label)
        return " ".join(label.split())
