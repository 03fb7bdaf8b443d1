"""Which set-up a stated figure is of: the one that was told, or the one that is nearest to it and takes that much.

The changes are those that people make without saying so: another precision or optimizer, no recomputation, another base.
Each is tried; of those that come near the one with the fewest changes is told, and among these the most usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from formulas.errors import BadInput
from kb.cards import GB, GIB
from kb.database import rows
from kb.outcome import Outcome, outcome
from kb.programs import serves
from kb.recipe import ADAPTERS
from kb.stored import stored_bits
from kb.worked import STATES

# how near a figure has to be: it is rounded, and a program holds a little more or less than the formulas
NEAR = 0.12
_MORE = 0.1  # "60+" may be as much more
_LEAST_STATES = 0.3  # bytes of a parameter: below it next to nothing trains
_ROUNDED = 0.025
_UNCHANGED = 0.005  # fp16 or bf16: what changes nothing explains no figure
_OF_A_FILE = 0.05  # mixes of quantised types differ by whoever made the file
_OF_STATES = 0.05  # a size is told in round numbers: 7B for 6.74B
_SHARE = "gpu_memory_utilization"
_NARROW = ("int8", "nf4-dq")  # which nobody takes for a base in 16 bit, and changes something else besides
# what plain scripts of transformers and PEFT do, and TRL before 0.26 (table recipes, upcast_frozen): embedding, head and norms in
# float32, all logits at once
_BY_SCRIPT = {"kbit_prep": True, "loss": "full-logits"}


@dataclass(frozen=True)
class Stated:
    """A figure of the asker's [GB, or GiB where it is `binary`], whether it is told as the least ("60+"), and whether it is
    what was saved, the size of nothing: then maybe a share of the whole, and no amount."""

    gb: float
    at_least: bool = False
    saved: bool = False
    share: float | None = None
    binary: bool = False

    @property
    def unit(self) -> str:
        return "GiB" if self.binary else "GB"


def explained(where: Outcome, stated: Stated, beside: Sequence[tuple[Outcome, Stated]] = ()) -> dict[str, Any]:
    """`as` says what the figure is: estimated, paged, weights, states, pool, changed, less or more; with what it rests on.

    beside  what else was stated of runs that differ in what is compared alone: a change is theirs too
    """
    gb = stated.gb
    amounts = _amounts(stated)
    low, high = where.bounds
    off = min((amount / where.best - 1 for amount in amounts), key=abs)
    file = _as_stored(where, amounts)
    if file and file[0] < abs(off):  # 39.8 GB of files are 37.1 GiB, and no 39.5 GiB that a run takes in all
        return {"as": "weights", "gib": file[1] / GIB}
    if any(low <= amount <= high for amount in amounts):
        return {"as": "estimated", "off": off, "off_shown": f"{abs(off):.0%}"}
    least = paged_out(where)
    if least is not None and any(least * (1 - NEAR) <= amount <= high for amount in amounts):
        return {"as": "paged", "gib": least / GIB, "states_gib": where.terms.get("optimizer", 0.0) / GIB}
    weights = where.terms.get("weights", 0.0)
    for stored, off in ((weights, _ROUNDED), (_file(where), _OF_A_FILE)):  # not all of a file need be on the card
        if any(abs(amount - stored) <= off * stored for amount in amounts):
            return {"as": "weights", "gib": stored / GIB}
    held = states_bytes(where)
    if where.situation.knob("task") == "train" and any(abs(amount - held) <= _OF_STATES * held for amount in amounts):
        return {"as": "states", "gib": held / GIB, "per_param": states(where)}
    if pool := _pool(where, gb):
        return pool
    single, pairs = _tried(where)
    more = _MORE if stated.at_least else 0.0
    for tried, near in ((single, NEAR), (single, 2 * NEAR), (pairs, NEAR)):  # the most usual change first
        for changed, there in tried:
            if any(_denied(changed, other, where) for other in beside):
                continue
            if any(-near * there.best <= there.best - amount <= (near + more) * there.best for amount in amounts):
                # what a sentence calls the amount by may be a term's name, as that of the logits: chat/guard.py reads it here
                how = ", ".join(f"{name} {value}" for name, value in changed.items())
                return {
                    "as": "changed",
                    "facts": changed,
                    "how": how,
                    "gib": there.best / GIB,
                    "per_param": states(there),
                }
    if max(amounts) < weights:
        return {"as": "less", "gib": weights / GIB}
    return {"as": "more" if min(amounts) > high else "between"}


def _amounts(stated: Stated) -> tuple[float, ...]:
    """The bytes that a figure may be: tools print GiB as GB."""
    return (stated.gb * GIB,) if stated.binary else (stated.gb * GB, stated.gb * GIB)


def _denied(changed: dict[str, Any], beside: tuple[Outcome, Stated], where: Outcome) -> bool:
    """Would the change make another run take what it was not seen to take, which it takes without it? Of one program only."""
    other, stated = beside
    if other.situation.knob("engine") != where.situation.knob("engine"):
        return False  # each has defaults of its own
    low, high = other.bounds
    if not any(low <= amount <= high for amount in _amounts(stated)):
        return False
    try:
        there = outcome(other.case.with_facts(**changed))
    except BadInput:
        return False
    return all(abs(there.best / amount - 1) > NEAR for amount in _amounts(stated))


def _as_stored(where: Outcome, amounts: tuple[float, ...]) -> tuple[float, float] | None:
    """How far the weights that are served, or their file, are from one of the amounts, and their bytes; None of far ones."""
    file = _file(where)
    offs = [
        (abs(one / stored - 1), stored)
        for stored in (file and where.terms.get("weights", 0.0), file)
        if stored
        for one in amounts
    ]
    near = min(offs, default=(1.0, 0.0))
    return near if near[0] <= _ROUNDED else None


def _file(where: Outcome) -> float:
    """Bytes of all weights that are served, as they are stored; 0 in training, which may keep them otherwise."""
    return 0.0 if where.situation.knob("task") == "train" else (where.n_params or 0.0) * stored_bits(where) / 8


def states(where: Outcome) -> str:
    """What weights, gradients and optimizer take of a parameter, in bytes, at the end of a step: `2 + 2 + 12 = 16 B/param`."""
    if not where.n_params:
        return ""
    each = [amount / where.n_params for amount in _states(where)]
    if sum(each[1:]) < _LEAST_STATES:
        return ""
    return f"{' + '.join(f'{one:.3g}' if one >= 0.005 else '0' for one in each)} = {sum(each):.3g} B/param"


def states_bytes(where: Outcome) -> float:
    return sum(_states(where))


def _states(where: Outcome) -> list[float]:
    return [(where.fullest.at_any_phase(name) or [0.0])[-1] for name in STATES]


def paged_out(where: Outcome) -> float | None:
    """Bytes on the card when paged states have left it, as they do when it is full; None where none are paged. Counters of
    PyTorch leave them out altogether."""
    states = where.terms.get("optimizer")
    paged = str(where.situation.knob("optimizer")).startswith("paged")
    return where.best - states if paged and states is not None else None


def _pool(where: Outcome, gb: float) -> dict[str, Any] | None:
    """A server's share of its card, of the one named or of a usual one."""
    if not serves(where.situation.knob("engine")):
        return None
    shares = {float(where.situation.knob(_SHARE) or 1), *_shares()}
    cards = [where.case.card.marketed_gb] if where.case.card else _sizes()
    for share in sorted(shares, reverse=True):
        for size in cards:
            # "21 GB" may have lost its decimals
            near = abs(share * size - gb) <= _ROUNDED * gb or int(share * size) == gb
            if near and share * size * GB > where.best:
                return {"as": "pool", "share": share, "card_gb": size}
    return None


def _shares() -> list[float]:
    found = rows("SELECT DISTINCT value FROM recipes WHERE tool = 'vLLM' AND setting = ?", [_SHARE])
    return [float(row["value"]) for row in found]


def _sizes() -> list[float]:
    found = rows(
        "SELECT DISTINCT memory_marketed_gb AS size FROM gpus WHERE memory_marketed_gb IS NOT NULL ORDER BY size"
    )
    return [float(row["size"]) for row in found]


_Tried = list[tuple[dict[str, Any], Outcome]]


def _tried(where: Outcome) -> tuple[_Tried, _Tried]:
    """The case with one usual change, and with two; those that contradict it are left out."""
    knob = where.situation.knob
    stored, computed = (
        [one for one in changes if any(knob(name) != value for name, value in one.items())]
        for changes in _changes(knob)
    )
    pairs = [{**one, **other} for one in stored if one.get("weight_format") not in _NARROW for other in computed]
    # a base that was told to be quantised is the last to be taken for another
    single = [*computed, *stored] if knob("method") == "qlora" else [*stored, *computed]
    return _worked(where, single), _worked(where, pairs)


def _worked(where: Outcome, changes: list[dict[str, Any]]) -> _Tried:
    found: _Tried = []
    for changed in changes:
        try:
            there = outcome(where.case.with_facts(**changed))
        except BadInput:
            continue
        if abs(there.best / where.best - 1) > _UNCHANGED:
            found.append((changed, there))
    return found


def _changes(knob: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of what is stored, and of how a step is computed; the most usual first."""
    method = str(knob("method"))
    if method == "inference":
        return [{"weight_format": stored} for stored in ("fp32", "bf16", "int8")], []
    computed: list[dict[str, Any]] = [
        {"loss": "full-logits"},
        {"gradient_checkpointing": "off" if knob("gradient_checkpointing") == "on" else "on"},
        {"batch_size": _batch_by_default()},
    ]
    if method == "qlora":
        return [{"weight_format": stored} for stored in ("bf16", "int8")], [_BY_SCRIPT, *computed]
    if method in ADAPTERS:
        return [{"weight_format": stored} for stored in ("fp32", "bf16", "int8", "nf4-dq")], computed
    return [
        {"precision": "pure-bf16", "optimizer_impl": "fused"}, {"precision": "pure-bf16"},
        {"precision": "bf16-params-fp32-states"}, {"precision": "fp32"}, {"optimizer": "adamw"}, {"optimizer": "adamw-8bit"},
    ], computed  # fmt: skip


def _batch_by_default() -> int:
    """What a trainer of transformers takes where nobody says."""
    found = rows("SELECT value FROM recipes WHERE tool = 'transformers' AND setting = 'per_device_train_batch_size'")
    return int(found[0]["value"])
