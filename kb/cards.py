"""What a card really offers: the driver's figure where it is known, the marketed one where it is not."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeGuard

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.names import gpu_row, names
from kb.recipe import usual_memory

GB = 1e9
GIB = 2**30
MIB = 2**20
DRIVER = "what the driver reports"
MAC = "Apple silicon"  # the architecture of the table: a Mac whose chip is not told


@dataclass(frozen=True)
class Card:
    """A card, or only its memory ("a 24 GB card").

    capacity    bytes that a program can have at most
    origin      where the capacity is from
    """

    name: str
    capacity: int
    marketed_gb: float
    origin: str
    source_key: str = ""

    @property
    def called(self) -> Words:
        """Its name; of a card that is only a size, in both languages."""
        return Words(self.name, re.sub(r"^an? (\S+) GB card$", r"\1 GB 显卡", self.name))

    @property
    def capacity_gib(self) -> float:
        return self.capacity / GIB


@cache
def card(name: str, memory_gb: float | None = None) -> Card:
    """The card of exactly that name in the table, with `memory_gb` where it is sold in several sizes.

    KeyError if there is none, or if it is sold in several sizes and none is given.
    """
    row = gpu_row(name)
    if not row:
        raise KeyError(name)
    if row["memory_driver_mib"] is not None:
        capacity, origin = round(row["memory_driver_mib"] * MIB), DRIVER
    elif row["memory_marketed_gb"] is not None:
        capacity, origin = round(row["memory_marketed_gb"] * GIB), "marketed; the driver's figure is not known"
    elif memory_gb is not None:
        return Card(f"{name} {memory_gb:g} GB", round(memory_gb * GIB), memory_gb, "the size asked for", row["source"])
    else:
        raise KeyError(name)
    return Card(name, capacity, row["memory_marketed_gb"] or capacity / GIB, origin, row["source"])


def sizes_of(name: str) -> list[float]:
    """The memory sizes [GB] in which a card is sold, largest first; empty where it has one, or where several are named."""
    options = gpu_row(name).get("memory_options")
    return sorted({float(size) for size in re.findall(r"\d+(?:\.\d+)?", options or "")}, reverse=True)


def _doubled(one: Card, memory_gb: float) -> bool:
    """Whether a board is meant whose memory chips were replaced by ones of twice the size: RTX 4090 48 GB."""
    return abs(memory_gb / one.marketed_gb - 2) < 0.02


_SIZED = re.compile(r".*\s(?P<gb>\d{2,3}) ?GB", re.IGNORECASE)
_LIMITED = re.compile(r"(?P<card>.+?) limited to (?P<gb>\d+(?:\.\d+)?) GB")


def limited_name(called: str, memory_gb: float) -> str:
    """What a card is called of which a run may take only so much."""
    return f"{called} limited to {memory_gb:g} GB"


def _limited(one: Card, memory_gb: float) -> Card:
    """The card, of which a run may take only so much; a limit beyond its memory is none."""
    capacity = round(memory_gb * GIB)
    if capacity >= one.capacity:
        return one
    return Card(limited_name(one.name, memory_gb), capacity, memory_gb, "the limit asked for", one.source_key)


def cards_meant(text: str, memory_gb: float | None = None) -> list[Card]:
    """The cards that a text can mean, `A100 limited to 16 GB` too, one for each amount of memory; BadInput names what is near."""
    limit = _LIMITED.fullmatch(text.strip())
    if limit is None:
        return _cards_named(text, memory_gb)
    by_capacity: dict[int, Card] = {}
    for one in _cards_named(limit["card"], memory_gb):
        within = _limited(one, float(limit["gb"]))
        by_capacity.setdefault(within.capacity, within)
    return list(by_capacity.values())


def _cards_named(text: str, memory_gb: float | None) -> list[Card]:
    """The cards that a name can mean, one for each amount of memory; BadInput names what is near.

    Cards of one name and memory differ in form (SXM, PCIe), not in what fits, and count as one. Those whose figure the
    driver is known to report come first, then the larger. Of a name with one usual size the others are meant only with theirs.
    """
    by_memory: dict[int, Card] = {}
    found = names().find_gpus(text, memory_gb)
    if memory_gb is None and (told := _SIZED.fullmatch(text.strip())):
        called = float(told["gb"])
        own = [one for name in found if not sizes_of(name) for one in [card(name)]]
        if len(own) == len(found) and any(_doubled(one, called) for one in own):
            memory_gb = called
        elif found and all(called in sizes_of(name) for name in found):
            memory_gb = called  # "Apple M4 Max 64 GB": of the sizes in which it is sold the one that is named
    for name in found:
        sizes: list[float] | list[None] = sizes_of(name) or [None]
        if memory_gb is not None and sizes != [None]:
            sizes = [memory_gb]
        for size in sizes:
            meant = card(name, size)
            if memory_gb is not None and sizes == [None] and _doubled(meant, memory_gb):
                meant = Card(
                    f"{name} {memory_gb:g} GB",
                    round(memory_gb * GIB),
                    memory_gb,
                    "the size asked for",
                    meant.source_key,
                )
            known = by_memory.get(round(meant.marketed_gb))
            if known is None or (meant.origin == DRIVER and known.origin != DRIVER):
                by_memory[round(meant.marketed_gb)] = meant
    if memory_gb is not None and round(memory_gb) in by_memory:
        return [by_memory[round(memory_gb)]]  # a size that is told leaves none of the others of that name
    if memory_gb is None and len(by_memory) > 1:
        chips = [one for one in names().cards if one.name in found]
        usual = usual_memory(names().card_label(chips)) if chips else None
        by_memory = {size: one for size, one in by_memory.items() if usual in (None, size)}
    return sorted(by_memory.values(), key=lambda one: (one.origin != DRIVER, -one.marketed_gb))


def plain_card(memory_gb: float) -> Card:
    """A card of which only the memory is known; read as GiB, as such sizes are meant."""
    size = f"{memory_gb:g}"
    article = "an" if size.startswith("8") or size in ("11", "18") else "a"
    return Card(f"{article} {size} GB card", round(memory_gb * GIB), memory_gb, "asked")


MOST_TOGETHER = 64
_TOGETHER = re.compile(r"\s*,\s*|(?<!max)\s*\+\s*", re.IGNORECASE)
_COUNTED = re.compile(r"(\d{1,3}|\d{4,}(?= ×))\s*[x×*]\s*(?=[^\s\d]|\d{4}|\d{1,3}\s?g)(.+)", re.IGNORECASE)
_MEMORY = re.compile(r"(?:an?\s+)?(\d+(?:\.\d+)?)\s*(?:gb|gib|g)(?:\s*card)?", re.IGNORECASE)


def _counted(text: str) -> list[tuple[int, str]]:
    """What a text names together, each with its count; one name where it is one card's."""
    parts = [part for part in _TOGETHER.split(text.strip()) if part]
    one_kind = len(parts) < 2 and " × " not in text  # a count by itself is read as it is written here
    if not parts or one_kind or any(text.strip() == known.name for known in names().cards):
        return [(1, text)]
    found = [(part, _COUNTED.fullmatch(part)) for part in parts]
    return [(int(counted[1]), counted[2]) if counted else (1, part) for part, counted in found]


def models_in(text: str) -> list[str]:
    """The names of cards in a text that may name several together; a size alone is no name."""
    return [called for _, called in _counted(text) if not _MEMORY.fullmatch(called)]


def rigs_meant(text: str, memory_gb: float | None = None) -> list[tuple[Card, ...]]:
    """The cards that a text can mean: "A100" one of two cards, "RTX 4090 + 2x RTX 3090, 24GB" four cards together.

    BadInput names what is near.
    """
    parts = _counted(text)
    if len(parts) == 1 and parts[0][0] == 1:
        size = _MEMORY.fullmatch(text.strip())  # beside others by name one that only its size names
        return [(plain_card(float(size[1])),)] if size else [(card,) for card in cards_meant(text, memory_gb)]
    cards = sum(count for count, _ in parts)
    if not 1 < cards <= MOST_TOGETHER:
        raise BadInput(f"`{text[:60]}` names {cards} cards together; name 2 to {MOST_TOGETHER}")
    sizes = [_MEMORY.fullmatch(called) for _, called in parts]
    meanings = [
        [plain_card(float(size[1]))] if size else cards_meant(called, memory_gb)
        for size, (_, called) in zip(sizes, parts, strict=True)
    ]
    return [
        tuple(card for card, (count, _) in zip(chosen, parts, strict=True) for _ in range(count))
        for chosen in product(*meanings)
    ]


def kinds_meant(text: str) -> list[Card]:
    """Each kind of card once that a text can mean, of "RTX 4090 + 2 × RTX 3090" both; BadInput names what is near."""
    return list({one.name: one for rig in rigs_meant(text) for one in rig}.values())


def rig_name(rig: tuple[Card, ...]) -> str:
    """`RTX 4090 + 2 × RTX 3090`."""
    counts: dict[str, int] = {}
    for one in rig:
        counts[one.name] = counts.get(one.name, 0) + 1
    return " + ".join(name if count == 1 else f"{count} × {name}" for name, count in counts.items())


def is_again(card: str, other: str) -> bool:
    """Does the other name the same card with its memory? "H20" beside "H20 96 GB", no 3080 beside a 3080 Ti or "3080 + 3090"."""
    return (
        len(_counted(other)) == 1
        and other.startswith(f"{card} ")
        and {one.name for one in cards_meant(other)} <= {one.name for one in cards_meant(card)}
    )


def of_one_memory(name: str) -> bool:
    """Whether the memory of a card of this name is the machine's own; of a name that no row has it is not."""
    return "unified" in str(gpu_row(name).get("class", ""))


def is_board(name: str) -> bool:
    """Whether it is a board or a small machine whose system has no share set apart from what its GPU may take."""
    return gpu_row(name).get("class") == "edge/unified"


def shares_memory(one: Card | None) -> TypeGuard[Card]:
    """The same of a card; of none it is not."""
    return one is not None and of_one_memory(one.name)
