"""What two set-ups were seen to differ by, against the difference that is counted: which terms make it, and which stay."""

from collections.abc import Collection, Sequence
from typing import Any

from kb.bytes_each import MOMENTS, MOMENTS_8, PURE_8
from kb.cards import GB, GIB
from kb.likely import NEAR, Stated, explained, states_bytes
from kb.outcome import Outcome
from kb.worked import ALL_STATES

_FREED = ("gradients", "optimizer")  # adapters' gradients are gone by the peak
_OTHERS = ("activations", "logits", "kv_cache")
_SHARE_OFF = 0.08
_EVEN = 0.01  # of a need, by which two may differ and still be as large
_OF_STATES = 0.05  # by which figures of states alone may be off
_ABOUT = 0.5  # of the difference that is counted
# a term that makes so much of the difference, and one that is worth a word and the same in both
_MAKES, _WORTH, _SAME = 0.06, 0.04, 0.12


# of two sizes, lengths or batches neither saves against the other: what grows with them is told
_GROW = {"batch_size", "seq_len", "model", "params", "engine", "gpu", "n_gpus"}


def saved(
    mains: Sequence[Outcome], told: Sequence[Stated | None], differing: Collection[str] = ()
) -> dict[str, Any] | None:
    """What was told to be saved, or what two figures that were told differ by; None where neither was told, or where two
    figures are of other settings."""
    for place, one in enumerate(told):
        if one and one.saved:
            others = [other for other in range(len(mains)) if other != place]
            return _judged(mains, (place, max(others, key=lambda other: mains[other].best)), one)
    exact = [one for one in told if one and not one.at_least]
    binary = bool(exact) and all(one.binary for one in exact)
    unit = GIB if binary else GB  # where the units differ, both are counted in GB
    known = [
        (place, one.gb * (GIB if one.binary else GB) / unit)
        for place, one in enumerate(told)
        if one and not one.at_least
    ]
    if len(known) != 2 or len(mains) != 2 or _GROW & set(differing):
        return None
    (less, least), (more, most) = sorted(known, key=lambda one: one[1])
    needs = sorted(one.best for one in mains)
    if least == most or needs[1] - needs[0] < _EVEN * needs[1]:
        return None  # neither saves against the other, whatever was seen
    found = _judged(
        mains, (less, more), Stated(most - least, saved=True, binary=binary), max(map(_step, (least, most)))
    )
    each = all(explained(mains[place], Stated(gb, binary=binary))["as"] == "estimated" for place, gb in known)
    apart = abs((most - least) * unit / GB - found["all_gb"])
    each = each and apart <= max(_ABOUT * found["all_gb"], 1.0)  # two within their intervals may differ by more
    if mains[less].best > mains[more].best:
        return None
    if not (each or found["as"] == "all"):
        alone = _of_states(mains[less], mains[more], found, (least * unit, most * unit))
        # of two optimizers the states are what differs; what a step makes beside them depends on how it is run
        if alone or found["as"] != "states" or set(differing) != {"optimizer"}:
            return alone
        found["counted_share"] = 1 - least / most
    return {**found, "of_gb": [most, least], "agree": each}


def _of_states(
    small: Outcome, large: Outcome, found: dict[str, Any], told: tuple[float, float]
) -> dict[str, Any] | None:
    """Of two figures that are the states alone, what makes and keeps these, and the share by which they are less."""
    sums = states_bytes(small), states_bytes(large)
    if any(abs(one - size) > _OF_STATES * size for one, size in zip(told, sums, strict=True)):
        return None
    unit = GIB if found["unit"] == "GiB" else GB
    only = {name: [one for one in found[name] if one["name"] in ALL_STATES] for name in ("makes", "stays")}
    return {
        **found, **only, "as": "states", "alone": True, "counted_share": 1 - sums[0] / sums[1],
        "all_gb": (sums[1] - sums[0]) / GB,
        "of_gb": [told[1] / unit, told[0] / unit], "agree": True,
    }  # fmt: skip


def _step(gb: float) -> float:
    """By how much two figures with such a last digit may be off together [GB]; whole numbers are told too roughly."""
    decimals = len(f"{gb:g}".partition(".")[2])
    return 10.0**-decimals if decimals else 0.0


def _judged(mains: Sequence[Outcome], pair: tuple[int, int], stated: Stated, rounded: float = 0.0) -> dict[str, Any]:
    """The difference of a pair as it is counted, and whether it is what was told."""
    less, more = sorted(pair, key=lambda place: mains[place].best)
    small, large = mains[less], mains[more]
    counted = {"all": large.best - small.best, "states": abs(states_bytes(large) - states_bytes(small))}
    share = counted["all"] / large.best
    amounts = (stated.gb * GIB,) if stated.binary else (stated.gb * GB, stated.gb * GIB)
    off = {name: max(NEAR * size, rounded * GB) for name, size in counted.items()}
    near = (name for name, size in counted.items() if any(abs(amount - size) <= off[name] for amount in amounts))
    told = next(near, None) if stated.share is None else "all" if abs(stated.share - share) <= _SHARE_OFF else None
    held = {name: (_held(small, name), _held(large, name)) for name in (*ALL_STATES, *_OTHERS)}
    kept = sum(b - a for name, (a, b) in held.items() if name in ALL_STATES)
    if told is None and stated.share is None and any(abs(amount - kept) <= NEAR * kept for amount in amounts):
        told = "all"  # peaks of two moments differ by less than what is kept, which may be what was seen
    makes = [name for name, (a, b) in held.items() if b - a > _MAKES * counted["all"]]
    stays = [
        name for name, (a, b) in held.items() if max(a, b) > _WORTH * small.best and abs(b - a) <= _SAME * max(a, b)
    ]
    return {
        "told_gb": stated.gb, "unit": stated.unit, "share": stated.share, "as": told, "pair": [less, more], "counted_share": share,
        "times": large.best / small.best, "all_gb": counted["all"] / GB, "states_gb": counted["states"] / GB,
        # both moments of all parameters in fp32, and in 8 bits
        "moments_gb": [each * (small.n_params or 0) / GB for each in (MOMENTS, MOMENTS_8)],
        "pure_gb": PURE_8 * (small.n_params or 0) / GB,  # weights, gradients and 8-bit moments without an fp32 copy
        "makes": [{"name": name, "gib": held[name][1] / GIB, "left": {"name": name, "gib": held[name][0] / GIB}} for name in makes],
        "stays": [{"name": name, "gib": held[name][1] / GIB} for name in stays],
    } | {f"{name}_gib": size / GIB for name, size in counted.items()}  # fmt: skip


def _held(where: Outcome, name: str) -> float:
    """A term at the end of a step, or where it is computed and freed at its most."""
    amounts = where.fullest.at_any_phase(name) or [0.0]
    return amounts[-1] if name in _FREED else max(*amounts, where.terms.get(name, 0.0))
