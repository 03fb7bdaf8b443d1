"""What a machine runs: for each set of cards, and the machine's own memory, the largest of the usual models, or how it
runs those that are asked about.

On the cards whole; with a mixture's experts in host memory; with whole layers there; on the host alone. A row fits by
the high end of its interval, and has what it leaves: the longest sequence, and the most tokens a second.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from formulas.errors import BadInput
from kb.candidates import Candidate, bits_named, candidates, engine_of, of_size, stored_tried
from kb.cards import GIB, rig_name, shares_memory
from kb.cases import INFERENCE, Case, parse_given, spread
from kb.held_models import Held, all_there, called
from kb.host_split import beside_cards, worked
from kb.machine_files import files_of, held_in_none, wanted_in_fewer
from kb.names import gpu_row
from kb.outcome import Outcome
from kb.recipe import FILE_BITS, host_bandwidth_says, host_reserve, usable_rate
from kb.recommender import SERVERS, STEPS
from kb.short_of import short_of
from kb.stored import BELOW_USUAL, FILES, USUAL_BITS, USUAL_FILE

_STORED = ("bits", "weight_format")
# host memory that is not said is as much as it takes
ANY_ROOM = 1e6
# of models of one kind that host memory helps to run, where no others are asked for
MOST_OF_A_KIND = 4
# so many cards are looked for: in one machine any number, of more machines whole ones
COUNTS = (*range(1, 9), *(step for step in STEPS if step > 8))
# a plus joins cards, but for the one in "Ryzen AI Max+ 395"
_COUNTED = re.compile(r"(\d{1,3})\s*[x×*]\s*((?:[^+]|(?<=max)\+)+)", re.IGNORECASE)


def _count(case: Case) -> int:
    """How many cards a machine has."""
    return int(case.facts.get("n_gpus") or 1)


@dataclass(frozen=True)
class Machine:
    """The cards of one reading, what they run, and the next larger model that they do not hold whole.

    enough      the fewest such cards that hold whole, in the usual bits, the model that was asked about; enough_bits: these
    fewer       what was asked about in the most bits that host memory alone does hold, where it does not as asked
    formats     of several formats that were named each, on these cards
    in_others   where host memory alone holds it and how much there is was not told, the same in other bits
    wants       a mixture that is too large for host memory too: in which bits it wants how much of that
    instead     the largest of the usual mixtures that the machine runs then
    named       the format that was asked about first, where it is open which one the cards hold
    all_there   in the most bits the mixture with all of its experts in host memory, where as asked only a part of them goes there
    usual       the file of the usual bits, where the cards hold what was asked about in fewer alone: as `named`
    kv_format   how the cache is stored, where several ways are tried
    files       of the model that was asked about, in which file it is open, their sizes; of several the largest in few bits
    beyond_any  of several such models those that the cards hold in none of the files, in the smallest
    """

    case: Case
    held: tuple[Held, ...]
    next_up: Outcome | None
    enough: int | None = None
    fewer: Held | None = None
    formats: tuple[dict[str, Any], ...] = ()
    wants: tuple[Held, ...] = ()
    instead: Held | None = None
    named: dict[str, Any] | None = None
    usual: dict[str, Any] | None = None
    kv_format: str | None = None
    all_there: Held | None = None
    enough_bits: int | None = None
    files: tuple[dict[str, Any], ...] = ()
    beyond_any: tuple[Outcome, ...] = ()
    in_others: tuple[Held, ...] = ()

    def _usable(self, capacity: float) -> float:
        """What a program takes of it at most: a server its share, a GPU its part of unified memory."""
        some = next((one.at for one in self.held), self.next_up)
        return capacity * float((some.situation.knob("gpu_memory_utilization") if some else None) or 1)

    def _eased(self) -> float | None:
        """What the next larger takes with its cache in 8 bits, where the cards hold it so."""
        up = self.next_up
        if up is None or up.situation.knob("engine") != FILES or "kv_format" in self.case.facts:
            return None
        at = worked(up.case.with_facts(kv_format="q8_0"))
        return at.total / GIB if at is not None and at.verdict_of_cards == "yes" else None

    def json(self, asked: bool = False) -> dict[str, Any]:
        """One object of the contract."""
        rig, capacity = self.case.rig, _room(self.case)
        return {
            "gpu": rig_name(rig) if rig else None, "n_gpus": _count(self.case) if rig else 0,
            "host_memory_gb": self.case.facts.get("host_memory_gb"), "memory_gib": capacity / GIB,
            "usable_gib": self._usable(capacity) / GIB, "shared": _is_unified(self.case),
            "share_let": self._usable(capacity) / capacity if _is_unified(self.case) else None,
            "bandwidth_gb_s": (fast := gpu_row(rig[0].name).get("bandwidth_gb_s") if len(rig) == 1 else None),
            "bandwidth_says": f"{fast:g} GB/s" if fast else None,
            "power_w": sum(float(gpu_row(card.name).get("tdp_w") or 0) for card in rig) * (_count(self.case) if len(rig) == 1 else 1),
            "enough": self.enough, "enough_bits": self.enough_bits, "architecture": str(gpu_row(rig[0].name).get("architecture") or "") if rig else "",
            "held": [one.json(asked) for one in self.held], "next": called(self.next_up) if self.next_up else None,
            "fewer": self.fewer.json() if self.fewer else None, "formats": list(self.formats),
            "wants": [one.json() for one in self.wants], "instead": self.instead.json() if self.instead else None,
            "named": self.named, "usual": self.usual, "laid": _laid(self.case), "files": list(self.files), "beyond_any": [called(one) for one in self.beyond_any], "kv_format": self.kv_format,
            "in_others": [one.json(asked) for one in self.in_others],
            "all_there": self.all_there.json(asked) if self.all_there else None,
            "next_eased_gib": self._eased() if asked and rig else None,
            "short": short_of(self.next_up) if asked and rig and self.next_up and not self.held else None,
        }  # fmt: skip


def machines_run(
    only: str | None = None,
    without_card: bool = False,
    named_format: str | None = None,
    sizes_b: tuple[float | None, float | None] = (None, None),
    among: Sequence[str] = (),
    **given: Any,
) -> dict[str, Any]:
    """One object of the contract; `machines` has for each reading of the cards what they run, the least memory first.

    `gpu` may name several cards with a count for each: `["2 × RTX 3090", "1 × RTX 4090"]`.
    only    `moe` or `dense`: no others are tried
    without_card    how much of the machine's own memory a model takes is asked, whatever there is
    named_format    the format that was asked about, where any that the cards hold would do: how they take it
    sizes_b    the least and the most billions of parameters of the usual models that are tried; then each that fits is a row
    among    models, as the members of a family, that are tried instead of the usual ones; each that fits is a row
    BadInput where neither cards nor host memory is given, a fact is wrong, or no usual model has such a size.
    """
    facts = {"method": INFERENCE, **parse_given(given)}
    tried = candidates({**facts, "model": list(among)} if among else facts)
    asked = bool({"model", "params"} & set(facts))
    if not {"gpu", "gpu_memory_gb", "host_memory_gb"} & set(facts) and not (without_card and asked):
        raise BadInput("to say what a machine runs, name its cards (--gpu) or its memory (--host-memory-gb)")
    if only:
        tried = tuple(one for one in tried if one.experts == (only == "moe"))
    tried = of_size(tried, *sizes_b)
    every = asked or bool(among) or sizes_b != (None, None)
    plain = {name: value for name, value in facts.items() if name not in ("model", "params", *_STORED)}
    stored = {name: facts[name] for name in _STORED if name in facts}
    found: list[Machine] = []
    engines = set()
    for rig in _rigs(plain):
        engine = engine_of({**rig, **stored})
        engines.add(engine)
        cases = spread({**rig, "engine": engine} if engine else rig)
        for case in cases:
            one = _machine(case, tried, stored, engine, asked, every)
            told = _as_named(case, tried, named_format, engine) if named_format and asked else None
            kept = str(case.facts["kv_format"]) if isinstance(facts.get("kv_format"), (list, tuple)) else None
            usual = (
                _as_named(case, tried, USUAL_FILE, engine) if asked and not told and _in_few_bits(one, engine) else None
            )
            found.append(replace(one, named=told, usual=usual, kv_format=kept))
    found.sort(key=lambda one: _room(one.case))
    first = next((one.at for machine in found for one in machine.held), None)
    return {
        "verdict": None, "recommends": "runs", "machines": [one.json(asked) for one in found], "asked_for": asked,
        "engine_assumed": FILES in engines and "engine" not in facts, "host_reserve_gb": host_reserve(),
        "host_bandwidth_says": host_bandwidth_says(), "usable_rate": usable_rate(),
        "facts": first.facts_json() if first else {}, "sources": first.sources_json() if first else [],
        "warnings": list(first.warnings) if first else [],
    }  # fmt: skip


def _in_few_bits(one: Machine, engine: str) -> bool:
    """Do the cards hold it whole, of llama.cpp's files, and in fewer than the usual bits alone?"""
    whole = [held.bits for held in one.held if held.way == "cards"]
    return engine == FILES and bool(whole) and max(whole) < USUAL_BITS


def _laid(case: Case) -> dict[str, Any] | None:
    """How a model is laid on unequal cards: by proportion, or evenly, as the smallest decides; None of equal ones."""
    sizes = [card.marketed_gb for card in case.together]
    if len(set(sizes)) < 2:
        return None
    return {
        "split": ",".join(f"{one:g}" for one in sizes), "cards": len(sizes), "least_gb": min(sizes),
        "even_gb": len(sizes) * min(sizes),
    }  # fmt: skip


def _rigs(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts once for each set of cards that carries its own count, and once for all others."""
    named = facts.get("gpu")
    each = named if isinstance(named, (list, tuple)) else [named] if named else []
    counted = {text: found for text in each if (found := _COUNTED.fullmatch(str(text)))}
    for found in counted.values():
        yield {**facts, "gpu": found[2].strip(), "n_gpus": int(found[1])}
    others = [text for text in each if text not in counted]
    if others or not counted:
        yield {**facts, **({"gpu": others[0] if len(others) == 1 else others} if others else {})}


def _is_unified(case: Case) -> bool:
    """Whether the machine has one memory: its card is of such a kind, or only a size with the share of it that a GPU has."""
    only_a_size = bool(case.rig) and not gpu_row(case.rig[0].name) and "gpu_memory_utilization" in case.facts
    return only_a_size or (bool(case.rig) and shares_memory(case.rig[0]))


def _room(case: Case) -> float:
    """Bytes of all cards."""
    count = int(case.facts.get("n_gpus") or 1)
    return float(sum(one.capacity for one in (case.rig if len(case.rig) > 1 else case.rig * count)))


def _machine(
    case: Case, tried: tuple[Candidate, ...], stored: dict[str, Any], engine: str, asked: bool, every: bool
) -> Machine:
    room, ways = case.facts.get("host_memory_gb"), stored_tried(stored)
    held: list[Held] = []
    missed: list[Outcome] = []
    for width, given in ways if case.rig else ():
        few = given in BELOW_USUAL and "weight_format" not in stored
        if not (wanted := wanted_in_fewer(tried, held, asked) if few else tried):
            break
        found, too_large = _on_cards(case, wanted, width, given, engine, every)
        held += found
        missed += [too_large] if too_large else []
    # of models the next larger one in the usual bits; of one model the next more bits
    larger = min(missed, key=lambda at: at.total) if missed and asked else missed[0] if missed else None
    usual, given = min(ways, key=lambda way: abs(way[0] - USUAL_BITS))
    # a mixture that cards hold in few bits only runs in more with its experts in host memory
    squeezed = any(one.experts for one in tried) and all(one.bits < usual for one in held)
    if engine == FILES and (room or (asked and squeezed) or (asked and not held)) and not _is_unified(case):
        own = float(room) - host_reserve() if room else ANY_ROOM
        lowered = asked and bool(case.rig) and not held and not given
        both_kinds = len({one.experts for one in tried}) > 1 and not every
        each = len(tried) if asked else 1 if both_kinds else MOST_OF_A_KIND
        there = case.with_facts(host_memory_gb=max(own, 1.0))
        beside = _with_host(there, tried, usual, given, [one for one in held if one.bits >= usual], each)
        for bits in (bits for bits in FILE_BITS if lowered and not beside and bits < usual):
            beside = beside or _with_host(there, tried, bits, None, [])
        held += beside
    in_others: list[Held] = []
    if asked and held and not case.rig and not room and engine == FILES and len(tried) == 1:
        open_room = case.with_facts(host_memory_gb=ANY_ROOM)
        for width, one in ways if len(ways) > 1 else ():
            if width != usual:
                in_others += _with_host(open_room, tried, width, one, [])
    lacks = asked and not held and bool(room) and bool(case.rig) and engine == FILES and not _is_unified(case)
    wants, instead = _beyond(case, tried[0], usual, given) if lacks else ((), None)
    fewer = None
    if asked and not held and not case.rig:
        least, named = min(ways, key=lambda way: way[0])
        larger = _on_the_host(case, tried[0], least, named)
        fewer = _in_fewer_bits(case, tried, float(room)) if room else None
    counted = asked and len(case.rig) == 1 and not _is_unified(case)
    enough = _enough(case, tried[0], usual, given, engine) if counted else None
    formats = ways if counted and len(ways) > 1 and given and len(tried) == 1 else ()
    each_format = tuple(at for bits, one in formats if (at := _in_format(case, tried[0], bits, one, engine)))
    open_file = asked and len(ways) > 1 and not given and engine == FILES and bool(case.rig)
    files = files_of(case, tried, held, _room(case)) if open_file else ()
    parted = next((one for one in held if one.at.situation.knob("n_cpu_moe")), None) if asked else None
    whole_there = all_there(parted) if parted else None
    return Machine(
        case, tuple(held), larger, enough, fewer, each_format, wants, instead,
        enough_bits=usual, files=files, all_there=whole_there, in_others=tuple(in_others),
        beyond_any=held_in_none(case, tried, held, ways) if open_file and held and ways[-1][1] in BELOW_USUAL else (),
    )  # fmt: skip


def _beyond(case: Case, model: Candidate, usual: int, given: Any) -> tuple[tuple[Held, ...], Held | None]:
    """Where host memory is too little: what a mixture wants of it, in the usual and in the fewest bits, and the largest of
    the usual mixtures that this machine does run."""
    if not model.experts:
        return (), None
    room = max(float(case.facts["host_memory_gb"]) - host_reserve(), 1.0)
    widths = [(usual, given)] if given else [(usual, None), (min(FILE_BITS), None)]
    unbound = case.with_facts(host_memory_gb=ANY_ROOM)
    found = [held for bits, one in widths for held in _with_host(unbound, (model,), bits, one, [])]
    smaller = tuple(one for one in candidates({}) if one.experts and one.params < model.params)
    instead = _with_host(case.with_facts(host_memory_gb=room), smaller, USUAL_BITS, None, [])
    return tuple(found), instead[0] if instead else None


def _in_format(case: Case, model: Candidate, bits: int, given: Any, engine: str) -> dict[str, Any] | None:
    """A format that was named, on these cards: what it takes, whether they hold it, and how many do."""
    at = worked(case.with_facts(**model.fact, weight_format=given))
    if at is None:
        return None
    count = at.n_gpus
    shares = {"each_gib": at.total / count / GIB, "usable_gib": (at.capacity or 0.0) / GIB}
    return {
        **called(at),
        **shares,
        "verdict": at.verdict_of_cards,
        "enough": _enough(case, model, bits, given, engine),
    }


def _as_named(case: Case, tried: tuple[Candidate, ...], given: str, engine: str) -> dict[str, Any] | None:
    """A format that was asked about before any other: what it takes of these cards, its weights alone, and how many of its
    layers they hold where they do not hold it whole."""
    if not case.rig or len(tried) != 1:
        return None
    at = worked(case.with_facts(**tried[0].fact, weight_format=given))
    if at is None:
        return None
    split = None
    if engine == FILES and at.verdict_of_cards != "yes" and not _is_unified(case):
        there = case.with_facts(host_memory_gb=ANY_ROOM)
        beside = _with_host(there, tried, bits_named(given), given, [])
        split = next((one for one in beside if one.way == "layers"), None)
    return {
        **called(at),
        "weights_gib": at.part_of_all("weights") / GIB,
        "usable_gib": _room(case) * float(at.situation.knob("gpu_memory_utilization") or 1) / GIB,
        "leaning": at.leaning,
        "gpu_layers": split.at.situation.knob("gpu_layers") if split else None,
        "layers": len(at.situation.model.layers) if at.situation.model else None,
    }


def _in_fewer_bits(case: Case, tried: tuple[Candidate, ...], room: float) -> Held | None:
    """The most bits in which the host holds what was asked about."""
    there = case.with_facts(host_memory_gb=max(room - host_reserve(), 1.0))
    found = (_with_host(there, tried, bits, None, []) for bits in FILE_BITS)
    return next((held[0] for held in found if held), None)


def _on_the_host(case: Case, model: Candidate, bits: int, given: Any) -> Outcome | None:
    """What a model would take of host memory, where that does not hold it."""
    stored = model.stored(bits, given, FILES)
    return worked(case.with_facts(**model.fact, weight_format=stored, gpu_layers=0, host_memory_gb=ANY_ROOM))


def _enough(case: Case, model: Candidate, bits: int, given: Any, engine: str) -> int | None:
    """The fewest such cards that hold a model whole; None where a machine's number of them is not enough."""
    stored = model.stored(bits, given, engine)
    for count in (COUNTS if engine == FILES else SERVERS) if stored else ():
        there = case.with_facts(**model.fact, weight_format=stored, n_gpus=count)
        if not model.may_be_in(_room(there), bits):
            continue
        at = worked(there)
        if at is not None and at.verdict_of_cards == "yes":
            return count
    return None


def _cases(
    case: Case, tried: Sequence[Candidate], bits: int, given: Any, engine: str, room: float
) -> Iterator[tuple[Candidate, Case]]:
    """Those of the models that so much memory may hold."""
    for model in tried:
        stored = model.stored(bits, given, engine)
        if stored and model.may_be_in(room, bits):
            yield model, case.with_facts(**model.fact, weight_format=stored)


def _on_cards(
    case: Case, tried: Sequence[Candidate], bits: int, given: Any, engine: str, every: bool = False
) -> tuple[list[Held], Outcome | None]:
    """The largest dense model and the largest mixture that the cards hold whole, and the next larger one of any.

    every    each of the models, not the largest
    """
    found: dict[object, Held] = {}
    missed = None
    for model, there in _cases(case, tried, bits, given, engine, 2 * _room(case) if len(tried) > 1 else ANY_ROOM * GIB):
        kind = str(model.fact) if every else model.experts
        if kind in found:
            continue
        at = worked(there)
        if at is not None and at.verdict_of_cards == "yes":
            found[kind] = Held("cards", bits, model.experts, at)
        elif at is not None and not found:
            missed = at
        if len(found) == 2 and not every:
            break
    return sorted(found.values(), key=lambda one: -(one.at.n_params or 0)), missed


def _with_host(
    case: Case, tried: tuple[Candidate, ...], bits: int, given: Any, on_cards: list[Held], each: int = 1
) -> list[Held]:
    """The largest mixture with experts in host memory, the largest dense model with layers there; both larger than what the
    cards hold by themselves."""
    room = float(case.facts["host_memory_gb"]) * GIB + _room(case)
    found: dict[bool, list[Held]] = {True: [], False: []}
    for model, there in _cases(case, tried, bits, given, FILES, room):
        most = max((one.at.n_params or 0 for one in on_cards if one.experts == model.experts), default=0)
        if len(found[model.experts]) == each or model.params <= most:
            continue
        at = beside_cards(there, model.experts)
        if at is not None:
            way = "host" if not case.rig else "experts" if model.experts else "layers"
            found[model.experts].append(Held(way, bits, model.experts, at))
    return [*found[True], *found[False]]
