"""Which models a machine is tried with: the usual ones, or those that were asked about; and in which formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Any

from formulas.errors import BadInput
from kb.cases import INFERENCE, spread
from kb.names import gpu_row, model_row, names
from kb.programs import reads_files
from kb.recipe import FILE_BITS, called_bits, format_for, usual_models
from kb.standin import stand_in
from kb.stored import BELOW_USUAL, FILES, bits_of_file

# the bits of weights that programs run, what is usual first
_TRIED = (4, 8, 16)
OF_ONES_OWN = ("consumer", "laptop", "workstation", "unified", "edge/unified")
# of the bytes of the weights as reckoned by their bits, what is surely too much to be tried
_SURELY = 0.97
# how far a size may be from the usual model that stands for it
_NEAR = 0.09
# generations for which vLLM has no kernels (it asks for compute capability 7.0)
WITHOUT_SERVERS = ("Pascal", "GCN 5.1")


@dataclass(frozen=True)
class Candidate:
    """A model by the fact that names it (`model` or `params`), its parameters, and the format that it was published in."""

    fact: dict[str, Any]
    params: float
    experts: bool
    published: str

    def may_be_in(self, room: float, bits: int) -> bool:
        """Whether so many bytes may hold it, by the bits of its weights."""
        return _SURELY * self.params * bits / 8 <= room

    def stored(self, bits: int, given: Any, engine: str) -> str | None:
        """As what it is run: in the format that it was published in, where that is of so many bits; None where nobody runs
        it in so many."""
        if given:
            return str(given)
        native = {"mxfp4": 4, "fp8 e4m3": 8}.get(self.published, 16)
        if bits > native:
            return None
        if self.published == "mxfp4":
            return self.published
        if bits == 16:
            return "bf16"
        return "fp8" if native == 8 == bits and engine != FILES else format_for(INFERENCE, bits, engine)


def candidates(facts: dict[str, Any]) -> tuple[Candidate, ...]:
    """The models asked about, or the usual ones, the largest first. BadInput for a name that is not known."""
    asked = [("model", one) for one in _list(facts.get("model"))] or [
        ("params", one) for one in _list(facts.get("params"))
    ]
    if not asked:
        return tuple(
            Candidate({"model": row["model"]}, row["params"], row["experts"], row["published"] or "")
            for row in usual_models()
        )
    found = [_named(name, value) for name, value in asked]
    return tuple(sorted(found, key=lambda one: -one.params))


def of_size(tried: tuple[Candidate, ...], least_b: float | None, most_b: float | None) -> tuple[Candidate, ...]:
    """Those of so many billions of parameters. BadInput where there are none."""
    least, most = (least_b or 0) * 1e9, most_b * 1e9 if most_b else inf
    found = tuple(one for one in tried if least <= one.params <= most)
    if not found:
        sizes = ", ".join(f"{float(f'{one.params / 1e9:.3g}'):g}B" for one in tried)
        raise BadInput(f"none of the usual models has such a size: they have {sizes}")
    return found


def _named(name: str, value: Any) -> Candidate:
    if name == "params":
        usual = _usual(float(value))
        if usual is not None:
            name, value = "model", usual
    model = names().find_model(str(value))["name"] if name == "model" else stand_in(float(value)).name
    row = model_row(model)
    params = float((row["unique_params"] or row["total_params"] or 0) if name == "model" else value)
    return Candidate({name: value}, params, row["n_experts"] is not None, row["quantization"] or "")


def _usual(params: float) -> str | None:
    """Of a size the dense model of about so many parameters that people run today."""
    off = {row["model"]: abs(log(row["params"] / params)) for row in usual_models() if not row["experts"]}
    nearest = min(off, key=lambda model: off[model])
    return nearest if off[nearest] <= _NEAR else None


def _list(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, (list, tuple)) else (value,)


def stored_tried(facts: dict[str, Any]) -> list[tuple[int, Any]]:
    """The bits that are tried, each with the format that was named for it: those of the facts, or those that are usual."""
    if named := _list(facts.get("weight_format")):
        return [(bits_named(str(one)), one) for one in named]
    widths = [int(one) for one in _list(facts.get("bits")) or _TRIED]
    if min(widths) >= min(_TRIED):
        return [(one, None) for one in widths]
    # of a file in few bits it is asked which: llama.cpp's own kinds stand between and below its K files
    first = [] if max(widths) > min(FILE_BITS) else [(min(FILE_BITS), format_for(INFERENCE, min(FILE_BITS), FILES))]
    few = [(int(bits_of_file(name)), name) for name in BELOW_USUAL]
    usual = [(one, None) for one in widths if one >= min(_TRIED)]
    return [*usual, *first, *(one for one in few if one[0] in widths)]


def bits_named(stored: str) -> int:
    """The bits of a number in a format, roughly: how formats are ordered, and what they may fit."""
    called = called_bits(stored) or _TRIED[0]
    return min((*_TRIED, *FILE_BITS), key=lambda width: abs(width - called))


def engine_of(facts: dict[str, Any]) -> str:
    """The program: the one named; else llama.cpp where files on one person's machine are meant, and none of servers."""
    if facts.get("engine"):
        named = str(facts["engine"])
        return FILES if reads_files(named) else named
    if str(facts.get("weight_format", "")).startswith("gguf") or "host_memory_gb" in facts or "gpu" not in facts:
        return FILES
    cases = spread({"gpu": facts["gpu"], "gpu_memory_gb": facts.get("gpu_memory_gb")})
    found = [gpu_row(one.name) for case in cases for one in case.rig]
    if all(row.get("architecture") in WITHOUT_SERVERS for row in found):
        return FILES
    alone = facts.get("batch_size") in (None, 1)
    return FILES if alone and all(row.get("class", "consumer") in OF_ONES_OWN for row in found) else ""
