"""What a card really offers: the driver's figure where it is known, the marketed one where it is not."""

from dataclasses import dataclass
from functools import cache

from kb.database import rows
from kb.names import names

GIB = 2**30
MIB = 2**20


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
    def capacity_gib(self) -> float:
        return self.capacity / GIB


@cache
def card(name: str) -> Card:
    """The card of exactly that name in the table; KeyError if there is none or it has no memory figure."""
    found = rows("SELECT * FROM gpus WHERE name = ?", [name])
    row = found[0]
    if row["memory_driver_mib"] is not None:
        capacity, origin = round(row["memory_driver_mib"] * MIB), "what the driver reports"
    elif row["memory_marketed_gb"] is not None:
        capacity, origin = round(row["memory_marketed_gb"] * GIB), "marketed; the driver's figure is not known"
    else:
        raise KeyError(name)
    return Card(name, capacity, row["memory_marketed_gb"] or capacity / GIB, origin, row["source"])


def cards_meant(text: str, memory_gb: float | None = None) -> list[Card]:
    """The cards that a name can mean, one for each amount of memory, largest first; BadInput names what is near.

    Cards of one name and memory differ in form (SXM, PCIe), not in what fits, and count as one.
    """
    by_memory: dict[float, Card] = {}
    for name in names().find_gpus(text, memory_gb):
        try:
            meant = card(name)
        except KeyError:
            continue
        by_memory.setdefault(round(meant.marketed_gb), meant)
    return [by_memory[size] for size in sorted(by_memory, reverse=True)]


def plain_card(memory_gb: float) -> Card:
    """A card of which only the memory is known; read as GiB, as such sizes are meant."""
    size = f"{memory_gb:g}"
    return Card(f"a {size} GB card", round(memory_gb * GIB), memory_gb, "asked")
