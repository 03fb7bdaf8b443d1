"""What is assumed when nobody says otherwise: the rows of `recipes` whose tool is `kb`, the narrower beating the wider."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from kb.database import rows
from kb.knobs import BY_NAME

# methods that train adapters beside a frozen base
ADAPTERS = ("lora", "qlora", "dora", "rslora", "oft")


@cache
def _defaults() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for row in rows("SELECT setting, value, applies_to FROM recipes WHERE tool = 'kb'"):
        table.setdefault(row["applies_to"], {})[row["setting"]] = row["value"]
    return table


@cache
def recipe(method: str) -> Mapping[str, Any]:
    """The defaults for a method, by knob."""
    wider = ["inference"] if method == "inference" else ["train", *(["lora"] if method in ADAPTERS else []), method]
    found: dict[str, Any] = {}
    for applies_to in wider:
        for name, value in _defaults().get(applies_to, {}).items():
            found[name] = BY_NAME[name].parse(value)
    return found


def assumed(setting: str, applies_to: str) -> Any:
    """The value that is assumed for a setting where something applies, such as the GPU's share of unified memory."""
    return BY_NAME[setting].parse(_defaults()[applies_to][setting])


def unified_share(memory_gb: float, vendor: str = "Apple") -> float:
    """The share of a machine's one memory that its GPU is let have, as it comes."""
    smaller = "unified memory up to "
    found = _defaults().get(f"unified memory of {vendor}")
    for applies_to, settings in _defaults().items():
        if vendor == "Apple" and applies_to.startswith(smaller):
            found = settings if memory_gb <= float(applies_to.removeprefix(smaller).split()[0]) else found
    return float((found or _defaults()["unified memory"])["gpu_memory_utilization"])


def assumed_number(setting: str, applies_to: str) -> float:
    """The number that is assumed where something applies, such as the share of its bandwidth that a card reaches."""
    return float(_defaults()[applies_to][setting])


def usual_memory(card: str) -> float | None:
    """The memory [GB] that a card's bare name means where one size is usual; None where people mean either (A100)."""
    found = _defaults().get(f"{card} without a size")
    return float(found["usual_memory"]) if found else None


def modified_memory(card: str) -> float | None:
    """The memory [GB] of a card's boards that are usually sold with larger chips; None where there are none."""
    found = _defaults().get(f"{card} modified")
    return float(found["modified_memory"]) if found else None


def usual_mfu() -> float:
    """The share of its peak rate that a card is taken to reach in training where none is said."""
    return float(_defaults()["training time"]["mfu"])


def usual_tokens(n_params: float) -> float:
    """Tokens that a model is taken to be pre-trained on where none are said: those that are compute-optimal."""
    return tokens_for_each() * n_params


def tokens_for_each() -> float:
    """Tokens for each parameter of a compute-optimal training."""
    return assumed_number("tokens_per_param", "pre-training")


def host_bandwidth() -> float:
    """Bytes a second that host memory is taken to give."""
    return float(_defaults()["a machine"]["host_bandwidth"]) * 1e9


def host_bandwidth_says() -> str:
    """The same in words, with the modules that it is of."""
    row = rows("SELECT value, unit, locator FROM recipes WHERE tool = 'kb' AND setting = 'host_bandwidth'")[0]
    return f"{row['value']} {row['unit']}: {row['locator']}"


def host_reserve() -> float:
    """GB of a machine's own memory that are taken to be the system's."""
    return float(_defaults()["a machine"]["host_reserve"])


def usable_rate() -> float:
    """Tokens a second below which a model is called slow."""
    return float(_defaults()["a machine"]["usable_rate"])


@cache
def usual_models() -> tuple[dict[str, Any], ...]:
    """Models that people run, with parameters, experts and published format, the largest first."""
    found = rows(
        "SELECT m.name AS model, m.unique_params AS params, m.n_experts IS NOT NULL AS experts, m.quantization AS published "
        "FROM usual_models u JOIN models m ON m.name = u.model ORDER BY params DESC"
    )
    return tuple(found)


def format_for(method: str, bits: int, engine: str = "") -> str | None:
    """The weight format that a number of bits means for a method or an engine; None if no format has that many."""
    tuned = "qlora" if method in ADAPTERS else method  # adapters beside a quantised base are one thing by any name
    for applies_to in (f"{tuned} {bits} bit", f"{engine} {bits} bit", f"{bits} bit"):
        if applies_to in _defaults():
            return _defaults()[applies_to]["weight_format"]
    return None


def formats_by_bits() -> list[int]:
    """The numbers of bits that a format is known for."""
    return sorted(int(name.split()[0]) for name in _defaults() if name.endswith(" bit") and name.count(" ") == 1)


# what serves from checkpoints has them in so many bits, the unquantised first; llama.cpp has files of every number
CHECKPOINT_BITS = (16, 8, 4)
FILE_BITS = (8, 6, 5, 4, 3, 2)


@cache
def called_bits(stored: str) -> int:
    """The whole bits that a format is called by: 4 of a weight and its scales; 0 of one that is not known."""
    found = rows("SELECT bits FROM dtypes WHERE name = ?", [stored])
    return int(found[0]["bits"]) if found else 0


@cache
def shapes_of(model: str) -> tuple[str, ...]:
    """The model that stands for a size, and the one of another width of keys and values where the table has one."""
    found = rows("SELECT model, other_shape FROM representatives WHERE model = ?", [model])
    return tuple(name for row in found for name in (row["model"], row["other_shape"]) if name)


@cache
def representatives() -> tuple[tuple[float, str], ...]:
    """(parameters, model) of the models that stand for sizes, smallest first."""
    found = rows("SELECT params_b, model FROM representatives ORDER BY params_b")
    return tuple((row["params_b"] * 1e9, row["model"]) for row in found)
