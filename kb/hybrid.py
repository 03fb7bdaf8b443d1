"""Served models partly on their cards and partly in the machine's own memory: what each place holds, the switches that say so,
what a token reads of either, the speed that allows, and which of several to take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kb.cards import GIB
from kb.database import rows
from kb.flags import flag
from kb.host_memory import held_there
from kb.hosting import PLACES, kept_layers
from kb.machine import ANY_ROOM
from kb.names import gpu_row
from kb.outcome import Outcome
from kb.placed import beside, may_be_hybrid, smaller_beside
from kb.programs import written
from kb.rates import Decoding, HostMemory
from kb.recipe import host_reserve, usable_rate

_SWITCHES = ("gpu_layers", "n_cpu_moe", "offload", "tensor_split")
# what is stored in fewer bits at a price in quality
_STORED = ("weight_format", "kv_format")
# of the fastest one's speed, what one that costs less in quality may have and still be taken
_FAST_ENOUGH = 2 / 3
# of what was told to be in host memory, the part that must be too much there to be worth a word
_WORTH = 0.1


@dataclass(frozen=True)
class Hybrids:
    """Cases side by side, as they were asked for, with host memory beside their cards."""

    asked: tuple[Outcome, ...]
    host: HostMemory

    @cached_property
    def at(self) -> tuple[Outcome | None, ...]:
        """How each runs; nothing where host memory has no part in any of them, or where they differ in the place itself."""
        places = {tuple(str(one.situation.knob(name)) for name in PLACES) for one in self.asked}
        if len(places) != 1 or not any(map(may_be_hybrid, self.asked)):
            return ()
        return tuple(one if one.verdict == "yes" else beside(one) if may_be_hybrid(one) else None for one in self.asked)

    def __bool__(self) -> bool:
        return bool(self.at)

    @cached_property
    def speeds(self) -> dict[int, float]:
        """Of those that run, the middle of the rates that programs reach; without end where no bandwidth is known."""
        steps = {place: Decoding(at, self.host) for place, at in enumerate(self.at) if at is not None}
        whole = [one for one in steps.values() if rate_known(one)]
        if len(whole) == len(steps):
            return {place: sum(one.rate) / 2 for place, one in steps.items()}
        return {place: one.bound if one.known else float("inf") for place, one in steps.items()}

    def take(self, kept: Sequence[int]) -> int | None:
        """Of those that are fast enough, for a part in host memory costs most, the best; of equally good ones the fastest.

        kept    those that may be taken
        """
        speeds = {place: speed for place, speed in self.speeds.items() if place in kept}
        if not speeds:
            return None
        near = [place for place, speed in speeds.items() if speed >= _FAST_ENOUGH * max(speeds.values())]
        return min(near, key=lambda place: (_loss(self.asked[place]), -speeds[place]))

    def json(self, kept: Sequence[int] | None = None) -> dict[str, Any] | None:
        """Each as it runs, which to take, and how many times as fast it is as the fastest of the others.

            runs        None where cards and host memory do not hold it; then wants_gib is what it would want of host memory
            placed      whether a place was told of any part
        smaller     of one that is asked about alone and does not run, as the largest file of fewer bits that does
        fuller      of one that was placed by hand, how its cards take more; None where they are full
        """
        if not self:
            return None
        take = self.take(range(len(self.at)) if kept is None else kept)
        others = [speed for place, speed in self.speeds.items() if place != take]
        timed = all(rate_known(Decoding(at, self.host)) for at in self.at if at)
        ratio = self.speeds[take] / max(others) if take is not None and others and timed else None
        least = min(self.asked, key=lambda one: one.total)
        smaller = None if any(self.at) else smaller_beside(least)
        return {
            "smaller": _stands(smaller, self.host) if smaller else None,
            "runs": [_stands(at, self.host) if at else None for at in self.at],
            "fuller": [self._fuller(one) for one in self.asked],
            "wants_gib": [None if at else _wanted(one, self.host) for one, at in zip(self.asked, self.at, strict=True)],
            "totals_gib": [one.total / GIB for one in self.asked], "capacity_gib": (self.asked[0].capacity or 0.0) / GIB,
            "room_gb": self.asked[0].situation.knob("host_memory_gb"), "reserve_gb": host_reserve(),
            "take": take, "times_as_fast": ratio, "params": [one.n_params or 0.0 for one in self.asked],
            "placed": any(self.asked[0].situation.knob(name) not in (None, "none") for name in PLACES), "losses": [_loss(one) for one in self.asked],
        }  # fmt: skip

    def _fuller(self, one: Outcome) -> dict[str, Any] | None:
        if one.verdict != "yes" or not may_be_hybrid(one) or (found := beside(one)) is None:
            return None
        told, less = (_stands(at, self.host) for at in (one, found))
        return less if less["host_gib"] < (1 - _WORTH) * told["host_gib"] else None


def _stands(at: Outcome, host: HostMemory) -> dict[str, Any]:
    """A case on its cards and in host memory; of one that is wholly on its cards no part is there.

    n_cpu_moe       the first so many layers whose experts host memory holds; experts_moved of them have any, of experts_in, and experts_kept stay on the card
    hosted_layers   whole layers there
    rate            tokens a second that programs reach, low and high, where the cards' bandwidth is known; else by_ram, what
                    host memory alone allows; usable: whether that is faster than one reads; what a token reads in GB
    """
    knob, model = at.situation.knob, at.situation.model
    engine = written(at.case.facts.get("engine")) or knob("engine")
    set_there = {name: knob(name) for name in _SWITCHES if knob(name) not in (None, "none")}
    layers, room = len(model.layers) if model else 0, knob("host_memory_gb")
    moved = layers if knob("offload") == "experts" else int(knob("n_cpu_moe") or 0)
    return {
        "model": knob("model"), "weight_format": knob("weight_format"), "layers": layers, "n_cpu_moe": moved,
        "experts_in": model.with_experts() if model else 0, "experts_moved": model.with_experts(moved) if model else 0,
        "experts_kept": model.with_experts() - model.with_experts(moved) if model else 0,
        "hosted_layers": layers - len(kept_layers(at.situation.knobs, model)) if model else 0,
        "switches": " ".join(told for name, given in set_there.items() if (told := flag(engine, name, given))),
        "card_gib": at.best / GIB, "capacity_gib": at.capacity / GIB if at.capacity else None, "n_gpus": at.n_gpus, "unequal": len(at.cards) > 1,
        "host_gib": held_there(at.situation), "room_gb": room if room and room < ANY_ROOM else None,
        **_speed(Decoding(at, host)),
    }  # fmt: skip


def rate_known(one: Decoding) -> bool:
    """Whether the bandwidth of every card is known, and not only that of host memory."""
    cards = [card.place.card for card in one.there.cards]
    return one.known and all(card and gpu_row(card.name).get("bandwidth_gb_s") for card in cards)


def _speed(one: Decoding) -> dict[str, Any]:
    """What a token reads on the cards and in host memory, and the rate; nothing where a bandwidth is not known."""
    if not one.known:
        return dict.fromkeys(
            ("card_reads_gb", "host_reads_gb", "rate", "by_ram", "usable", "at_most", "host_bandwidth", "host_assumed")
        )
    return {
        "card_reads_gb": (one.weight_bytes + one.cache) / 1e9, "host_reads_gb": one.host_bytes / 1e9, "rate": list(one.rate) if rate_known(one) else None, "by_ram": None if rate_known(one) else list(one.rate),
        "usable": one.rate[1] >= usable_rate(),
        "at_most": one.bound, "host_bandwidth": [one.host.low, one.host.high], "host_assumed": {"en": one.host.assumed.en, "zh": one.host.assumed.zh},
    }  # fmt: skip


def _wanted(there: Outcome, host: HostMemory) -> float | None:
    """GiB of host memory that would be left for it with its cards full; None where no split is possible."""
    if not may_be_hybrid(there):
        return None
    found = beside(replace(there, case=there.case.with_facts(host_memory_gb=ANY_ROOM)))
    return held_there(found.situation) if found else None


def _loss(one: Outcome) -> int:
    """What its formats cost in quality, as the table ranks them."""
    ranks = {(row["setting"], row["value"]): int(row["rank"]) for row in rows("SELECT * FROM prices")}
    return sum(ranks.get((name, str(one.situation.knob(name))), 0) for name in _STORED)
