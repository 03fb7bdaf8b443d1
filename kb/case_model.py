"""The model that a case is about: a row of the table, a config that is given, or a usual model of the size that is told."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb import gguf
from kb.architecture import Architecture, architecture, from_config
from kb.cases import Case
from kb.lengths import by_yarn, length_in_name
from kb.names import model_row
from kb.standin import StandIn, stand_in
from kb.stated import ASSUMED, stated


def model_of(case: Case, knobs: dict[str, Fact], allow_none: bool) -> tuple[Architecture | None, list[str]]:
    """Its architecture, and what to warn of; the name of a model that stands for a size becomes a knob."""
    if "config" in case.facts:
        return from_config(read_config(case.facts["config"])), []
    if "model" in case.facts:
        return _known(str(case.facts["model"])), []
    if "params" in case.facts:
        size = float(case.facts["params"])
        found = stand_in(size, case.facts.get("vocabulary"))
        knobs["model"] = Fact(found.name, ASSUMED)
        return found.architecture, [_with_layers(size, found)] if found.changed else []
    if allow_none:
        return None, []
    raise BadInput("no model: give --model NAME, --params 7B or --config config.json")


def _with_layers(size: float, found: StandIn) -> str:
    if found.vocabulary:
        return (
            f"a size with another vocabulary: {found.name.rsplit('/', 1)[-1]}'s shapes are taken, with {found.layers} layers "
            f"and a vocabulary of {found.vocabulary:,}"
        )
    return (
        f"no usual model has {size / 1e9:g}B parameters: {found.name.rsplit('/', 1)[-1]}'s shapes are taken, with "
        f"{found.layers} layers"
    )


def invented(case: Case) -> bool:
    """Is only a size told, of no usual model: are the layers, heads and experts that are counted a stand-in's, changed?"""
    size = None if {"model", "config"} & set(case.facts) else case.facts.get("params")
    return size is not None and stand_in(float(size), case.facts.get("vocabulary")).changed


def positions(knobs: dict[str, Fact]) -> int:
    """Positions that the model declares; 0 where nothing says."""
    if stated(knobs, "config"):
        return int(read_config(str(knobs["config"].value)).get("max_position_embeddings") or 0)
    if stated(knobs, "model"):
        name = str(knobs["model"].value)
        return int(model_row(name)["max_position_embeddings"] or 0) or length_in_name(name)
    return 0


def within_positions(length: int, knobs: dict[str, Fact]) -> int:
    """A length that is assumed, no longer than what the model declares."""
    declared = positions(knobs)
    return min(length, declared) if declared else length


# positions from which on a model that stands for a size tells how far others of that size reach: older ones declare a few
# thousand, and who names a size alone hardly means those
_OF_TODAY = 32_768


def positions_of_size(knobs: dict[str, Fact]) -> int:
    """Positions that the model which stands for a size reaches, scaled ones among them; 0 where it is an older one."""
    name = str(knobs["model"].value)
    scaled = by_yarn(name)
    reach = scaled["scaled"] if scaled else int(model_row(name)["max_position_embeddings"] or 0)
    return reach if reach >= _OF_TODAY else 0


@cache
def _known(name: str) -> Architecture:
    """The architecture of a model of the table; BadInput where its row lacks what no formula can do without."""
    return architecture(model_row(name))


def read_config(given: str) -> dict[str, Any]:
    """A config.json as text, as a file, or in a folder, or a GGUF file's header. BadInput says what is wrong with it."""
    text = given.strip()
    if not text.startswith("{"):
        path = Path(text)
        if path.suffix == ".gguf":
            return gguf.config_of(path)
        try:
            path = path / "config.json" if path.is_dir() else path
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"cannot read {str(path)[:80]}: {getattr(error, 'strerror', None) or error}") from None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"the config is no JSON: {error.msg} in line {error.lineno}") from None
    if not isinstance(found, dict):
        raise BadInput("the config is no JSON object")
    return found
