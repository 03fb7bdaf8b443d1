"""How a served model runs that its cards or its machine do not hold as told: as many layers as fit on the cards, a mixture's
experts in host memory, or a smaller file of llama.cpp."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB, shares_memory
from kb.cases import Case, parse_given, spread
from kb.host_memory import host_need
from kb.host_split import beside_cards
from kb.hosting import PLACES
from kb.machine import ANY_ROOM
from kb.outcome import Outcome, outcome
from kb.rates import Decoding, HostMemory
from kb.recipe import format_for, formats_by_bits, host_reserve
from kb.stated import ASKED
from kb.stored import FEW_BITS, FILES, USUAL_BITS, bits_of_file, stored_bits

# as told; a part in host memory; a smaller file; nowhere
TOLD, BESIDE, SMALLER, NOWHERE = "told", "beside", "smaller", "nowhere"
# a published format that llama.cpp's files keep (GGML_TYPE_MXFP4, https://github.com/ggml-org/llama.cpp/pull/15091)
_IN_FILES_TOO = "mxfp4"
_WHERE = ("gpu_layers", "n_cpu_moe", "offload", "cpu_offload_gb")


@dataclass(frozen=True)
class Placed:
    """A case as it was asked for and as it runs; both are one where it fits as told."""

    asked: Decoding
    at: Decoding
    how: str

    @property
    def host_gib(self) -> float:
        """GiB of the machine's own memory that it takes as it runs."""
        return _in_host(self.at.there)

    @property
    def room_gb(self) -> float | None:
        """GB that the machine is said to have."""
        room = self.asked.there.case.facts.get("host_memory_gb")
        return None if room is None else float(room)

    @property
    def needs_gib(self) -> float:
        """GiB that it takes as asked: on the fullest card, or of host memory where there is no card."""
        there = self.asked.there
        return there.best / GIB if there.case.rig else _in_host(there)

    @property
    def whole_gib(self) -> float:
        """GiB of all of it on the fullest card, wherever a part was told to be."""
        return outcome(opened(self.asked.there.case)).best / GIB


def placed(facts: dict[str, Any], host: HostMemory) -> Placed:
    """How these facts run. BadInput where they cannot be worked out."""
    case = _case(facts)
    asked = Decoding(outcome(case), host)
    if asked.batch > 1 or _holds(asked.there):
        return Placed(asked, asked, TOLD)
    if not computes_on_host(asked.there):
        return Placed(asked, asked, NOWHERE)
    if (found := beside(asked.there)) is not None:
        return Placed(asked, Decoding(found, host), BESIDE)
    if (found := smaller_beside(asked.there)) is not None:
        return Placed(asked, Decoding(found, host), SMALLER)
    return Placed(asked, asked, NOWHERE)


def computes_on_host(there: Outcome) -> bool:
    """Whether such weights can stay in host memory and be computed there: those of llama.cpp's files."""
    knob = there.situation.knob
    in_files = str(knob("weight_format")).startswith("gguf:") or (
        knob("weight_format") == _IN_FILES_TOO and knob("engine") is None
    )
    return not there.case.rig or in_files or knob("engine") == FILES


def may_be_hybrid(there: Outcome) -> bool:
    """Whether host memory has a part as told, or may take one of what the cards do not hold for sure."""
    case, knob = there.case, there.situation.knob
    if knob("task") == "train" or not case.rig or shares_memory(case.rig[0]) or not computes_on_host(there):
        return False
    told = any(knob(name) not in (None, "none") and there.situation.knobs[name].origin == ASKED for name in PLACES)
    return told or (knob("host_memory_gb") is not None and there.verdict != "yes")


def beside(there: Outcome) -> Outcome | None:
    """The case on its cards if they hold it for sure, else with as much there as fits and the rest in host memory, wherever
    it was put; None where the machine does not hold that rest beside its system."""
    as_it_is = {name: there.case.facts.get(name) or there.situation.knob(name) for name in ("weight_format", "engine")}
    return _somewhere(opened(there.case).with_facts(**as_it_is))


def smaller_beside(there: Outcome) -> Outcome | None:
    """The same from the largest file of fewer bits that machine and cards hold together."""
    tried = (_somewhere(opened(there.case).with_facts(weight_format=name)) for name in _smaller(there))
    return next((found for found in tried if found is not None), None)


def smaller_on_cards(there: Outcome) -> Outcome | None:
    """What the cards hold whole, with nothing in host memory: the same, else the largest file of fewer bits; None where none does."""
    case = opened(there.case)
    plain = replace(case, facts={name: one for name, one in case.facts.items() if name not in ("bits", "engine")})
    files = (plain.with_facts(weight_format=name, engine=FILES) for name in _smaller(there))
    tried = map(outcome, chain((case,), files))
    return (
        next((found for found in tried if found.verdict_of_cards == "yes" and _whole(found)), None)
        if case.rig
        else None
    )


def _whole(there: Outcome) -> bool:
    """Whether the cards hold all of it: some programs put the experts in host memory unasked."""
    return not Decoding(there, HostMemory.of()).host_bytes


def opened(case: Case) -> Case:
    """The case with no place told for any part of it."""
    return replace(case, facts={name: one for name, one in case.facts.items() if name not in _WHERE})


def _case(facts: dict[str, Any]) -> Case:
    given = {"method": "inference", **{name: one for name, one in facts.items() if one is not None}}
    return spread(parse_given(given))[0]


def _room(case: Case) -> float:
    """GB of the machine's own memory that a program may take; as much as it likes where that is not said."""
    room = case.facts.get("host_memory_gb")
    return ANY_ROOM if room is None else max(1.0, float(room) - host_reserve())


def _in_host(there: Outcome) -> float:
    """GiB of host memory that it takes; without a card all of it."""
    case = there.case.with_facts(host_memory_gb=_room(there.case), **({} if there.case.rig else {"gpu_layers": 0}))
    at = outcome(case)
    need = host_need(at.situation)
    beside = 0.0 if case.rig else (at.best - at.terms.get("runtime", 0.0)) / GIB  # a card's driver takes nothing there
    return (need[0] if need else 0.0) + beside


def _holds(there: Outcome) -> bool:
    """Whether the cards hold it as it is, and the machine what is put into its memory."""
    return (not there.case.rig or there.verdict_of_cards != "no") and _in_host(there) <= _room(there.case)


def _somewhere(case: Case) -> Outcome | None:
    """The case on its cards if they hold it, else as much there as fits; None where the machine does not hold the rest."""
    try:
        there = outcome(case)
        if not case.rig or shares_memory(case.rig[0]) or there.verdict_of_cards == "yes":
            return there if _holds(there) else None
        experts, held = (
            bool(there.situation.model and there.situation.model.experts),
            case.with_facts(host_memory_gb=_room(case)),
        )
        found = (beside_cards(held, True, full=True) if experts else None) or beside_cards(held, False)
    except BadInput:  # the layout admits no such split
        return None
    return found and outcome(found.case.with_facts(**_told_room(case)))


def _told_room(case: Case) -> dict[str, Any]:
    return {"host_memory_gb": case.facts.get("host_memory_gb", ANY_ROOM)}


def _smaller(asked: Outcome) -> Iterator[str]:
    """Files of fewer bits than the one that was asked for, the most bits first."""
    usual = (format_for("inference", bits, FILES) or "" for bits in formats_by_bits() if bits >= USUAL_BITS)
    files = {name: bits_of_file(name) for name in (*usual, *FEW_BITS)}
    yield from sorted(
        (name for name, bits in files.items() if 0 < bits < stored_bits(asked)), key=lambda one: -files[one]
    )
