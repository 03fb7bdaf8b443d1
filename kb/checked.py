"""One measurement against its prediction: a row's configuration as facts, one figure, one signed error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.cards import GIB, Card, card
from kb.cases import Case
from kb.engines import before
from kb.facts import Situation
from kb.hosting import RUNNING
from kb.interval import PART_SHARES, interval
from kb.knobs import BY_NAME, amount
from kb.outcome import Outcome, outcome
from kb.programs import serves, written

# columns of a measurement that are knobs under the same name
_SAME = (
    "method", "weight_format", "kv_format", "optimizer", "precision", "batch_size", "grad_accum", "seq_len",
    "output_len", "attention", "loss", "lora_rank", "lora_targets", "adapter_dtype", "zero_stage", "offload", "tp",
    "n_gpus",
)  # fmt: skip
# what else a measurement may state, by the knob that it is
_STATED = {
    "opt_in_bwd": "optimizer_in_backward", "act_offload": "activation_offload", "kv_len": "cache_len",
    "trainable": "trainable_params",
}  # fmt: skip
# ranks that say nothing where they are 1
_RANKS = ("pp", "cp", "ep")
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
        if row.get("gib") is None:
            raise BadInput("no figure is published")
        row = {**row, "gib_low": row["gib"], "gib_high": row["gib"]}
    if row["meter"] == "kv" and row["kind"] == "train":
        raise BadInput("training keeps no cache of keys and values")
    facts = facts_of(row)
    there = outcome(Case(facts, card_of(row), ()), changed)
    over = there.total / there.best if row.get("scope") == "total" else 1.0
    if row["meter"] in ("weights", "kv"):
        size = (there.part_of_all(row["meter"]) if row.get("scope") == "total" else there.part(row["meter"])) / GIB
        share = PART_SHARES[row["meter"]]
        return compared(row, size, size * (1 - share), size * (1 + share), size)
    # by the other sources' errors, where this source is one of the measurements behind the spread
    best, low, high = _on_its_card(there, str(row.get("source") or ""))
    found = compared(row, best * over / GIB, low * over / GIB, high * over / GIB, there.exact * over / GIB)
    return replace(found, situation=there.situation)


def _on_its_card(there: Outcome, source: str) -> tuple[float, float, float]:
    """Best, low and high of a run that took place, without the errors of one source.

    It was on its card: before an allocation fails the allocator gives free blocks back, and the driver moves paged states
    to host memory, so these end where the card does.
    """
    low, high = interval(there.best, there.exact, there.situation, without=source, least=there.fullest.least)
    if there.capacity is None or there.best <= there.capacity:
        return there.best, low, high
    movable = there.terms.get("slack", 0.0)
    if str(there.situation.knob("optimizer")).startswith("paged"):
        movable += there.terms.get("optimizer", 0.0)
    best = max(there.best - movable, there.capacity)
    return best, min(low, best), high


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
    ranks = {name: BY_NAME[name].parse(row.get(name) or 1) for name in _RANKS}
    facts |= {name: count for name, count in ranks.items() if count != 1}
    if "n_gpus" not in facts:
        facts["n_gpus"] = _cards(row)
    if row.get("config"):
        facts["config"] = row["config"]
    elif row.get("model"):
        facts["model"] = row["model"]
    else:
        raise BadInput("neither a model nor a config is given")
    more = extras(row)
    checkpointing = row.get("gradient_checkpointing")
    if checkpointing is not None:
        on = _yes(checkpointing)
        # a compiler decides by itself what is worth keeping; that is nearer to all recomputed than to any policy of operators
        policy = "on" if more.get("compile") == "1" else more.get("ac", "on")
        facts["gradient_checkpointing"] = policy if on else "off"
    if _yes(row.get("layer_split")):
        facts["layer_split"] = True
    for name in ("autocast", "kbit_prep"):
        if name in more:
            facts[name] = _yes(more[name])
    if "optimizer_impl" in more:
        facts["optimizer_impl"] = more["optimizer_impl"]
    facts |= {knob: BY_NAME[knob].parse(more[name]) for name, knob in _STATED.items() if more.get(name, "0") != "0"}
    if amount(more.get("lora_dropout") or 0, "lora_dropout") > 0:
        facts["lora_dropout"] = True
    if "algo" in more:
        facts["algo"] = more["algo"]
    facts |= {name: BY_NAME[name].parse(more[name]) for name in RUNNING if name in more}
    if row.get("bpw") is not None:
        facts["bits_per_weight"] = row["bpw"]
    facts |= _of_the_program(row, more)
    engine = written(row.get("engine"))
    if engine:
        facts["engine"] = "ik_llama.cpp" if engine == "llama.cpp" and _of_the_fork(row) else engine
    if engine == "llama.cpp":
        facts.setdefault("mmproj", False)  # logs and benchmarks of text; one that reads pictures says so
    facts |= _by_default(row, facts)
    named = card_of(row)
    if named is not None:
        facts["gpu"] = named.name
    if row["kind"] == "train" and engine in _PADS_TO_THE_LONGEST and more.get("packing") != "1":
        facts["lengths"] = "varying"
    return facts


def _yes(cell: Any) -> bool:
    """Whether a cell says yes, as tables have it."""
    return str(cell).strip().lower() in ("1", "1.0", "true", "yes", "on")


def _cards(row: dict[str, Any]) -> int:
    """The cards of a row that does not count them: its ranks, or the cards that it names."""
    ranks = 1
    for name in ("dp", "tp", "pp", "cp"):
        ranks *= BY_NAME[name].parse(row.get(name) or 1)
    return max(ranks, len(str(row.get("gpu") or "").split("+")))


# transformers gave Llama and its like SDPA as the default in 4.36, and the last token's logits alone in 4.45
_SDPA, _LAST_LOGITS = ((4, 36), "2023-12"), ((4, 45), "2024-09")


def _by_default(row: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """What a stated old version of transformers did where the row does not say."""
    version = facts.get("engine_version")
    if facts.get("engine") != "transformers" or not version:
        return {}
    found = {}
    if "attention" not in facts and before(version, *_SDPA):
        found["attention"] = "eager"
    if "loss" not in facts and row["kind"] == "inference" and before(version, *_LAST_LOGITS):
        found["loss"] = "full-logits"
    return found


_OWN_VERSIONS = ("transformers", "vllm", "llama.cpp", "megatron", "deepspeed")


def _version(row: dict[str, Any]) -> str | None:
    """The version by which rules go: transformers' own, or the server's. Of another program only the date tells which
    transformers it ran on, unless the text names that too.
    """
    text = str(row.get("engine_version") or "")
    named = re.search(r"transformers\W*(\d+\.\d+\S*)", text)
    dated = re.search(r"20\d\d(-\d\d)?", text)
    if named:
        return named[1]
    if written(row.get("engine")) in _OWN_VERSIONS:
        return text or None
    return dated[0] if dated else None


def _of_the_fork(row: dict[str, Any]) -> bool:
    """Whether a run of llama.cpp is one of its fork ik_llama.cpp, which keeps caches in its own way."""
    return "ik_llama" in f"{row.get('source')} {row.get('locator')} {row.get('engine_version')}"


def _of_the_program(row: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    """Facts that only measurements state: versions, flags, types of values, and what a figure can be."""
    facts: dict[str, Any] = {
        "engine_version": _version(row),
        "ce": more.get("ce"),
        "v_format": more.get("v_type"),
        "sdpa_backend": more.get("sdpa_backend"),
        "block_dropout": 0 if more.get("dropout") == "0.0" else None,
    }
    facts["kbit_prep"] = _yes(more.get("kbit_prep"))
    if row.get("engine") == "llama.cpp":
        facts["n_ubatch"] = more.get("n_ubatch")
        facts["mla_attn"] = more.get("mla_attn", "0")
    if row["kind"] == "inference" and row["meter"] == "nvml" and serves(written(row.get("engine"))) and card_of(row):
        facts["reading"] = "pool"  # the driver sees what the server took, whatever the model needs
    if row["kind"] == "inference" and row["meter"] == "unknown":
        # no meter is named: what is held while it generates, by the framework's own counter
        facts |= {"reading": "generating", "meter": "allocated"}
    return {name: value for name, value in facts.items() if value is not None}
