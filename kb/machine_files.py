"""In which file a machine holds each model that was asked about, where that is open: which fewer bits are tried, and what
the files take."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kb.candidates import Candidate
from kb.cards import GIB
from kb.cases import Case
from kb.held_models import Held
from kb.host_split import worked
from kb.outcome import Outcome
from kb.recipe import FILE_BITS
from kb.stored import AS_PUBLISHED, BELOW_USUAL, FILES, TWO_BITS, USUAL_BITS, USUAL_FILE, bits_of_file

# of a card's memory: beyond it a screen or another program decides
NEARLY_FULL = 0.92


def _is_tight(one: Held) -> bool:
    """Whether a file in few bits nearly fills the cards, so that the next smaller is the safe one."""
    few = str(one.at.situation.knob("weight_format")) in (USUAL_FILE, *BELOW_USUAL)
    return few and one.at.best > NEARLY_FULL * (one.at.capacity or 0)


# of the memory of all cards the sizes of files that are worth a word beside the usual one
# the least K-quant of three bits, told where it goes in and the usual one nearly fills the cards or is more than they have
_BETWEEN, _ABOVE, _FILLS = "gguf:Q3_K_S", "gguf:Q3_K_M", 0.9
_WORTH_A_WORD = (0.5, 1.35)


def wanted_in_fewer(tried: Sequence[Candidate], held: Sequence[Held], asked: bool) -> Sequence[Candidate]:
    """Of which models a file in still fewer bits is tried: of one the first that the cards hold, and beside one that nearly
    fills them the next; of several that were asked about each by itself."""
    if not held:
        return tried
    if not asked:
        return tried if _is_tight(held[-1]) else ()
    last = [(model, _of_model(model, held)) for model in tried]
    return [model for model, rows in last if not rows or _is_tight(rows[-1])]


def _of_model(model: Candidate, held: Sequence[Held]) -> list[Held]:
    """How the machine holds it."""
    return [one for one in held if model.fact.items() <= one.at.case.facts.items()]


def held_in_none(
    case: Case, tried: Sequence[Candidate], held: Sequence[Held], ways: Sequence[tuple[int, Any]]
) -> tuple[Outcome, ...]:
    """Those of several models that the machine holds in none of the files, each in the smallest."""
    bits, given = min(ways, key=lambda way: bits_of_file(str(way[1])) or way[0])
    lacking = [model for model in tried if not _of_model(model, held)]
    kinds = [model.stored(bits, None if model.published in AS_PUBLISHED else given, FILES) for model in lacking]
    each = [
        worked(case.with_facts(**model.fact, weight_format=kind))
        for model, kind in zip(lacking, kinds, strict=True)
        if kind
    ]
    return tuple(at for at in each if at is not None)


# a file is as large on several cards as on one
_WHOLE: dict[str, Any] = dict.fromkeys(("gpu", "gpu_memory_gb", "n_gpus", "tensor_split", "layer_split", "tp", "pp"))

_SIXTEEN = "gguf:F16"


def files_of(case: Case, tried: Sequence[Candidate], held: Sequence[Held], room: float) -> tuple[dict[str, Any], ...]:
    """The files of the one model that was asked about; of several those of the largest, where it goes in in few bits alone."""
    there = _of_model(tried[0], held)
    squeezed = bool(there) and all(one.bits < USUAL_BITS for one in there)
    return _listed(case, tried[0], room) if len(tried) == 1 or squeezed else ()


def _listed(case: Case, model: Candidate, room: float) -> tuple[dict[str, Any], ...]:
    """The usual files of a model by their size, the largest first: those of about what the cards have."""
    kinds = dict.fromkeys(str(model.stored(bits, None, FILES)) for bits in FILE_BITS)
    if set(kinds) & set(AS_PUBLISHED):
        return ()
    whole = replace(case, card=None, together=())
    each = {
        kind: worked(whole.with_facts(**model.fact, weight_format=kind, **_WHOLE))
        for kind in (*kinds, *BELOW_USUAL, _BETWEEN, TWO_BITS, _SIXTEEN)
    }
    sizes = {kind: at.part_of_all("weights") for kind, at in each.items() if at and kind != _SIXTEEN}
    usual, (least, most) = model.stored(USUAL_BITS, None, FILES), _WORTH_A_WORD
    listed = {kind: size for kind, size in sizes.items() if kind == usual or least * room <= size <= most * room}
    if sizes.get(_ABOVE, 0.0) < _FILLS * room or sizes.get(_BETWEEN, 0.0) > room:
        listed.pop(_BETWEEN, None)
    whole_size = (at := each.get(_SIXTEEN)) and at.part_of_all("weights")
    if listed and whole_size and whole_size > room:  # what a model is published in, where the cards do not hold it
        listed[_SIXTEEN] = whole_size
    return tuple(
        {"weight_format": kind, "weights_gb": size / 1e9, "weights_gib": size / GIB}
        for kind, size in sorted(listed.items(), key=lambda one: -one[1])
    )
