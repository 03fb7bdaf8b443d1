"""What a machine's own memory must hold: what is offloaded as it runs, and loading or saving where they take more."""

from typing import Any

from formulas.derivation import Fact, derive
from formulas.quantity import Quantity
from formulas.residence import host_load, host_save
from formulas.vocabulary import host_memory
from kb.cards import GIB
from kb.facts import Situation
from kb.hosting import PLACES, RUNNING, loads_on_every_process
from kb.recipe import host_reserve
from kb.stated import ASKED

# shares of what a machine has: above the first the system and pinned buffers may lack room beside what runs there, and
# up to the second beyond it the count itself may be too high
FULL, BEYOND = 0.85, 1.05
# DeepSpeed's own estimators multiply what is offloaded by it, for pinned buffers and copies
BUFFERED = 1.5
# GiB of host memory for each card, and for two at least, that machines for training have at most: 2 TB beside 8 cards
RAM_EACH = 256
# the same beside a card that stands in a desktop or laptop: 128 GB beside one or two
RAM_AT_HOME = 64
# GiB that the boards of desktops take at all: four modules of 64 GB
MOST_AT_HOME = 4 * 64
# experts that parallel ranks divide lie in the host's memory all the same, those of every rank
_UNDIVIDED = {"ep": Fact(1, ASKED), "experts_split": Fact("no", ASKED)}


def machines_lack(hosted: float, cards: int, each: float = RAM_EACH) -> bool:
    """Whether that many GiB are more host memory than machines of so many cards have."""
    return hosted > each * max(2, cards)


def host_figures(situation: Situation) -> list[dict[str, Any]]:
    """Answers of the contract with the scope `host`, in GiB; `if` says on what a figure depends.

    What runs there is told where the asker put something there; loading and saving where they take more than that.
    """
    running = _figure(host_memory, situation) if _asked(situation) else None
    found = [running] if running else []
    least = running["value"] if running else 0.0
    wanted = [host_load] if loads_on_every_process(situation.knobs) else []
    if situation.facts["at_saving"].value == "gathered":
        wanted.append(host_save)
    figures = [_figure(quantity, situation) for quantity in wanted]
    return [*found, *(figure for figure in figures if figure and figure["value"] > least)]


def host_need(situation: Situation) -> tuple[float, float] | None:
    """GiB that host memory holds as the model runs, and GiB that the machine is said to have.

    None where the machine's memory is not said, or nothing was put there. A GB of memory modules is 2^30 bytes.
    """
    room = situation.knob("host_memory_gb")
    running = _figure(host_memory, situation) if room is not None and _asked(situation) else None
    return (running["value"], float(room)) if running else None


def host_verdict(situation: Situation) -> str | None:
    """Whether the machine holds that: borderline near what it has, for the system's own part and the buffers that are pinned
    for the copies are in no formula. None where nothing is known of it.
    """
    found = host_need(situation)
    if found is None:
        return None
    need, room = found
    trains = situation.knob("task") == "train"
    most, sure = (BEYOND * room, FULL * room) if trains else (room, room - host_reserve())
    return "no" if need > most else "borderline" if need > sure else "yes"


def is_tight(need: float, room: float, trains: bool) -> bool:
    """Whether buffers, copies while loading and the system may take what a machine has beside so many GiB that it does hold."""
    return need * BUFFERED > room if trains else need > FULL * room


def roomy(need: float) -> float:
    """The memory of a machine that holds so much of a training's states with room for the system and pinned buffers."""
    return need / FULL


def held_there(situation: Situation) -> float:
    """GiB that host memory holds as it runs, whoever put it there; nothing where nothing has a place of its own."""
    if all(situation.knob(name) in (None, "none") for name in PLACES):
        return 0.0
    found = _figure(host_memory, situation)
    return float(found["value"]) if found else 0.0


def _asked(situation: Situation) -> bool:
    knobs = situation.knobs
    named = [knobs[name] for name in (*PLACES, *RUNNING) if name in knobs]
    return any(fact.origin == ASKED and fact.value != "none" for fact in named)


def _figure(quantity: Quantity, situation: Situation) -> dict[str, Any] | None:
    derivation = derive(quantity, {**situation.facts, **_UNDIVIDED} if "ep" in situation.facts else situation.facts)
    value = derivation.value
    if value is None:
        return None
    formula = derivation.by_quantity[quantity].formula
    on = formula.assumes if formula else ()
    return {
        "quantity": quantity.name, "scope": "host", "value": float(value) / GIB, "unit": "GiB",
        "says": quantity.says.en, "zh": quantity.says.zh, "if": "; ".join(words.en for words in on),
        "if_zh": "；".join(words.zh for words in on),
    }  # fmt: skip
