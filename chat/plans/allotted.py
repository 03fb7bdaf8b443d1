"""What is allotted of a stated amount: a part of a card to stay under, a slot's part of a shared context."""

from math import floor
from typing import Any

from chat.reads.cards.free_memory import CARD_FREE, CARD_TAKEN, ONE_CARD
from chat.reads.cards.slices import SLICES
from chat.reads.flags import SLOTS_SHARE
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.requests.limits import memories
from kb.cards import Card, cards_meant, limited_name, plain_card
from kb.pools import share_by_default, share_of
from kb.programs import serves

Facts = dict[str, Any]


def of_each_slot(reading: Reading, facts: Facts) -> None:
    """The length that each slot of a server has, where the one that is set is of all."""
    length, slots = facts.get("seq_len"), facts.get("batch_size")
    if SLOTS_SHARE in reading.extras and isinstance(length, int) and isinstance(slots, int) and slots > 1:
        facts["seq_len"] = length // slots


def within_limit(reading: Reading, facts: Facts) -> None:
    """An amount to stay under limits the card; what serves takes a share of a card, and the amount is the share to set."""
    limit = reading.extras.get("log_target")
    if not limit or serves(facts.get("engine")):
        return
    if isinstance(facts.get("gpu"), str) and " + " not in facts["gpu"]:
        facts["gpu"] = limited_name(facts["gpu"], float(limit[0]))
    elif isinstance(facts.get("gpu_memory_gb"), (int, float)):
        facts["gpu_memory_gb"] = limit[0]


# between a card's name and its memory, in either order
_ADJACENT = r"[\s(,-]{0,2}(?:的|with|w/|of)?\s?(?:only|just|an?|只有|仅有?)?\s?(?:的)?\s?"
# behind an amount of a card's that is in use, or still to be had: neither is the size of the card
_BEHIND = r"\s?(?:gib|gb|g)?\s?(?:(?:of )?(?:it|vram|memory)\b|显存|的)?\s?(?:(?:is|are|already|currently|still|now)\s|已经?|正|还)*\s?"
_IN_USE = rf"{_BEHIND}(?:(?:in use|taken|occupied|used(?! (?:for|to|as|in|with)\b))\b|被?占|被[^,;，。]{{0,8}}占|用(?:着|掉|了))"
_STILL_FREE = rf"{_BEHIND}(?:(?:free|available|left|spare|remaining)\b|可用|空闲|空着|没用)"
_MOST_CARDS = 8  # of a machine, of which one is told apart
_HUNDREDTHS = 100  # in which shares of a card are set
_DOUBLED = 2  # boards whose chips were replaced by ones of twice the size
_SEEN, _ROUNDED = 0.9, 1.05  # of what is sold: what a driver leaves, and what people round


def size_not_sold(reading: Reading) -> tuple[str, float, list[float]] | None:
    """A card that is named with a memory in which it is not sold: its name, that memory and those that it has [GB]."""
    found = _amount_beside(reading)
    return None if found is None or _is_behind(_IN_USE, reading) or _is_behind(_STILL_FREE, reading) else found


def _amount_beside(reading: Reading) -> tuple[str, float, list[float]] | None:
    cards, sizes = (reading.facts.get(name, ()) for name in ("gpu", "gpu_memory_gb"))
    if len(cards) != 1 or len(sizes) != 1 or str(cards[0]).startswith("Apple") or " + " in str(cards[0]):
        return None
    told, sold = float(sizes[0]), sorted(memories(cards))
    if sold and SLICES in reading.extras:
        return str(cards[0]), told, sold
    if not sold or any(_SEEN * one <= told <= _ROUNDED * one or told == _DOUBLED * one for one in sold):
        return None
    places = sorted(reading.spans[name][0] for name in ("gpu", "gpu_memory_gb") if reading.spans.get(name))
    between = reading.lowered[places[0][1] : places[-1][0]] if len(places) == 2 else "?"
    return (str(cards[0]), told, sold) if compiled(_ADJACENT).fullmatch(between) else None


def _is_behind(pattern: str, reading: Reading) -> bool:
    """Does this stand behind the memory that is told?"""
    return any(compiled(pattern).match(reading.lowered, end) for _, end in reading.spans.get("gpu_memory_gb", ()))


def beside_others(reading: Reading, facts: Facts) -> tuple[Card, float] | None:
    """The card of which others hold a part, and the GB of it that are free; None where none do, or it is open how much."""
    free, taken = reading.extras.get(CARD_FREE), reading.extras.get(CARD_TAKEN)
    name, size = facts.get("gpu"), facts.get("gpu_memory_gb")
    told = size if isinstance(size, (int, float)) else None
    if not (free or taken) or " + " in str(name) or not (isinstance(name, str) or (name is None and told)):
        return None
    meant = cards_meant(name, told) if name else [plain_card(float(told or 0))]
    rooms = [(one, float(free[0]) if free else one.marketed_gb - float((taken or (0,))[0])) for one in meant]
    left = [(one, room) for one, room in rooms if 0 < room < one.marketed_gb]  # of a name that size in which it can be
    return left[0] if len(left) == 1 else None


def share_of_the_rest(reading: Reading, facts: Facts) -> None:
    """What takes a share of the whole card may take so much as others leave of it; any other program has the rest."""
    found = beside_others(reading, facts)
    if found is None:
        return
    card, room = found
    engine = facts.get("engine")
    if serves(engine) and share_of(str(engine)).rule == "share-of-card":
        share = floor(_HUNDREDTHS * room / card.marketed_gb) / _HUNDREDTHS
        if share < (share_by_default(str(engine)) or 1.0):  # else what it takes by default is there
            facts.setdefault("gpu_memory_utilization", share)
        return
    if "gpu" not in facts:
        facts["gpu_memory_gb"] = room
        return
    facts["gpu"] = limited_name(card.name, room)
    count = facts.get("n_gpus")
    if ONE_CARD in reading.extras and isinstance(count, int) and 1 < count <= _MOST_CARDS:
        facts["gpu"] = " + ".join([card.name] * (count - 1) + [facts["gpu"]])
    facts.pop("gpu_memory_gb", None)


def as_told(reading: Reading, facts: Facts) -> None:
    """Of a card with less memory than any of its name has, so much is counted as is told: a slice, another card, or what
    is free of it; of one that is partly in use the rest, where its name is of one size."""
    found = _amount_beside(reading)
    if not found or not isinstance(facts.get("gpu"), str) or found[1] >= found[2][-1]:
        return
    name, told, _ = found
    if _is_behind(_IN_USE, reading):
        meant = cards_meant(name)
        facts["gpu"] = limited_name(name, meant[0].marketed_gb - told) if len(meant) == 1 else name
    else:
        facts["gpu"] = limited_name(name, told)
    facts.pop("gpu_memory_gb", None)
