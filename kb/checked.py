"""One measurement against its prediction: a row's configuration as facts, one figure, one signed error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.cards import GIB, Card, card
from kb.cases import Case
from kb.facts import Situation
from kb.hosting import RUNNING
from kb.interval import PART_SHARES, interval
from kb.knobs import BY_NAME
from kb.outcome import outcome

# columns of a measurement that are knobs under the same name
_SAME = (
    "method", "weight_format", "kv_format", "optimizer", "precision", "batch_size", "grad_accum", "seq_len",
    "output_len", "attention", "loss", "lora_rank", "lora_targets", "adapter_dtype", "zero_stage", "offload", "tp",
    "pp", "cp", "ep", "n_gpus",
)  # fmt: skip
_METERS = {
    "tensors": "tensors",
    "allocated": "allocated",
    "reserved": "reserved",
    "nvml": "device",
    "unknown": "device",
}
# programs that run a data set as it is, each batch as long as its longest sample, unless told to pack: a published run
# of theirs has a longest length, while a question names the one to plan for
_PADS_TO_THE_LONGEST = ("ms-swift", "llama-factory", "axolotl", "unsloth")
# meters of a whole peak of a program
PEAKS = ("allocated", "reserved", "nvml", "unknown")
_NOT_PEAKS = {"component", "limit"}


@dataclass(frozen=True)
class Checked:
    """One row: the prediction, its interval and the published bounds, in GiB; `error` is 0 inside those bounds."""

    row: dict[str, Any]
    predicted: float
    low: float
    high: float
    exact: float
    error: float
    situation: Situation | None = None  # None for a counted part, which has no spread

    @property
    def kind(self) -> str:
        """Inference or method, meter, layout: what explains the spread of errors."""
        what = "inference" if self.row["kind"] == "inference" else str(self.row["method"])
        return f"{what}, {self.row['meter']}"

    @property
    def covered(self) -> bool:
        return bool(self.low <= self.row["gib_high"] and self.high >= self.row["gib_low"])


def is_strict(row: dict[str, Any]) -> bool:
    """Whether a row says all that a prediction needs."""
    return str(row.get("strict", "1")) not in ("0", "False")


def check(row: dict[str, Any], changed: Mapping[str, Fact] | None = None) -> Checked:
    """The prediction for one row; `changed` facts of the formulas stand for its own. BadInput says why there is none."""
    if not is_strict(row):
        raise BadInput(f"not strict: {row.get('note') or 'incomplete'}")
    if row["meter"] in _NOT_PEAKS:
        raise BadInput(f"the meter {row['meter']} is no peak")
    if row["gib_low"] is None or row["gib_high"] is None:
        raise BadInput("no figure is published")
    facts = facts_of(row)
    there = outcome(Case(facts, card_of(row), ()), changed)
    over = there.total / there.best if row.get("scope") == "total" else 1.0
    if row["meter"] in ("weights", "kv"):
        size = (there.part_of_all(row["meter"]) if row.get("scope") == "total" else there.part(row["meter"])) / GIB
        share = PART_SHARES[row["meter"]]
        return compared(row, size, size * (1 - share), size * (1 + share), size)
    # by the other sources' errors, where this source is one of the measurements behind the spread
    low, high = interval(there.best, there.exact, there.situation, without=str(row.get("source") or ""))
    found = compared(row, there.best * over / GIB, low * over / GIB, high * over / GIB, there.exact * over / GIB)
    return replace(found, situation=there.situation)


def compared(row: dict[str, Any], predicted: float, low: float, high: float, exact: float) -> Checked:
    """A figure in GiB beside the published one."""
    bound = min(max(predicted, row["gib_low"]), row["gib_high"])
    return Checked(row, predicted, low, high, exact, predicted / bound - 1 if bound > 0 else 0.0)


def card_of(row: dict[str, Any]) -> Card | None:
    """The card of a row, where it names one kind that the table has."""
    name = row.get("gpu")
    if not name or "+" in str(name):
        return None
    try:
        return card(str(name))
    except (KeyError, IndexError):
        return None


def extras(row: dict[str, Any]) -> dict[str, str]:
    """The `key=value;…` of the column `extra`."""
    pairs = (pair.partition("=") for pair in str(row.get("extra") or "").split(";") if "=" in pair)
    return {key.strip(): value.strip() for key, _, value in pairs}


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """A measurement's configuration as facts. BadInput names a value that no knob has."""
    facts: dict[str, Any] = {"task": row["kind"], "meter": _METERS.get(row["meter"], "device")}
    for name in _SAME:
        if row.get(name) is not None:
            facts[name] = BY_NAME[name].parse(row[name])
    if row.get("config"):
        facts["config"] = row["config"]
    elif row.get("model"):
        facts["model"] = row["model"]
    else:
        raise BadInput("neither a model nor a config is given")
    more = extras(row)
    checkpointing = row.get("gradient_checkpointing")
    if checkpointing is not None:
        on = str(checkpointing) in ("1", "True")
        # a compiler decides by itself what is worth keeping; that is nearer to all recomputed than to any policy of operators
        policy = "on" if more.get("compile") == "1" else more.get("ac", "on")
        facts["gradient_checkpointing"] = policy if on else "off"
    if str(row.get("layer_split")) in ("1", "True"):
        facts["layer_split"] = True
    for name in ("autocast", "kbit_prep"):
        if name in more:
            facts[name] = more[name] == "1"
    if "optimizer_impl" in more:
        facts["optimizer_impl"] = more["optimizer_impl"]
    if float(more.get("lora_dropout", 0)) > 0:
        facts["lora_dropout"] = True
    if "algo" in more:
        facts["algo"] = more["algo"]
    facts |= {name: BY_NAME[name].parse(more[name]) for name in RUNNING if name in more}
    if row.get("bpw") is not None:
        facts["bits_per_weight"] = row["bpw"]
    facts |= _of_the_program(row, more)
    engine = str(row.get("engine") or "")
    if engine in BY_NAME["engine"].options:
        facts["engine"] = engine
    if row["kind"] == "train" and engine in _PADS_TO_THE_LONGEST and more.get("packing") != "1":
        facts["lengths"] = "varying"
    return facts


def _of_the_program(row: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    """Facts that only measurements state: versions, flags, types of values, and what a figure can be."""
    facts: dict[str, Any] = {
        "engine_version": row.get("engine_version"),
        "ce": more.get("ce"),
        "v_format": more.get("v_type"),
        "sdpa_backend": more.get("sdpa_backend"),
        "block_dropout": 0 if more.get("dropout") == "0.0" else None,
    }
    facts["kbit_prep"] = more.get("kbit_prep") == "1"
    if row.get("engine") == "llama.cpp":
        facts["n_ubatch"] = more.get("n_ubatch")
        facts["mla_attn"] = more.get("mla_attn", "0")
    if row["kind"] == "inference" and row["meter"] == "nvml" and row.get("engine") == "vllm" and card_of(row):
        facts["reading"] = "pool"  # the driver sees what the server took, whatever the model needs
    if row["kind"] == "inference" and row["meter"] == "unknown":
        # no meter is named: what is held while it generates, by the framework's own counter
        facts |= {"reading": "generating", "meter": "allocated"}
    return {name: value for name, value in facts.items() if value is not None}
