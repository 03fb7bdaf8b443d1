"""The one door from what a person or a table says to the quantities and choices of the formulas.

A case says some facts; the recipe says what is assumed for the rest; the model's architecture gives its shapes. What
comes out is keyed by the names of `formulas`, each fact with its origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput, near
from kb import train_yaml
from kb.architecture import Architecture, broadcasts, whole_model
from kb.attention import assumed_kernel, assumed_type, without_kernel
from kb.cards import Card
from kb.case_model import model_of, positions, within_positions
from kb.cases import Case, method_of, parse_given, spread, stays_whole
from kb.database import rows
from kb.engines import deepspeed, kbit_casts, program_facts, sequences, shards_masters, single_gradients
from kb.exchange import exchange_facts
from kb.exchange import warnings as of_exchange
from kb.fused_experts import of_experts
from kb.gguf_bits import file_bits
from kb.hosting import hosting_facts, implied_engine
from kb.knobs import knob
from kb.layout import laid_out
from kb.methods import checkpointing_of, method_facts, of_companions, rollout_facts, unchecked
from kb.names import model_row
from kb.overheads import overheads
from kb.placement import Place, layout_facts, placed
from kb.programs import computed_as, default_facts, written
from kb.recipe import ADAPTERS, format_for, formats_by_bits, recipe
from kb.serving import serving_facts, serving_knobs
from kb.speculation import draft_facts
from kb.stated import ASKED, ASSUMED, doubly_quantised, origin_of, reader, stated
from kb.targets import trained
from kb.teaching import teacher_facts

_OF_EXPERTS = "mxfp4"  # of models that were published in it, the experts alone
_FULL_PRECISION = {"fp32": 32, "bf16": 16, "fp16": 16}
_SHARDING = {0: "none", 1: "zero-1", 2: "zero-2", 3: "zero-3"}


@dataclass(frozen=True)
class Situation:
    """A case spelled out: every knob with its origin, the formulas' facts, the architecture, and what to warn of.

    facts       of the whole model; those of a place stand for them on its card
    places      what the cards hold
    """

    knobs: dict[str, Fact]
    facts: dict[str, Fact]
    model: Architecture | None
    warnings: tuple[str, ...]
    places: tuple[Place, ...]

    def knob(self, name: str) -> Any:
        """The value of a knob, or None."""
        fact = self.knobs.get(name)
        return fact.value if fact else None


def one_case(given: dict[str, Any]) -> Case:
    """The usual reading of facts that may leave things open."""
    return spread(parse_given(given))[0]


def situation(case: Case, allow_no_model: bool = False) -> Situation:
    """A case with everything that the formulas need.

    BadInput when no model is given (unless allowed), when it is not known, or when facts contradict each other.
    """
    knobs = _knobs(case)
    model, found = model_of(case, knobs, allow_no_model)
    layout = laid_out(knobs, model, case.rig)
    facts = {"block_dropout": Fact(0, ASSUMED)} | whole_model() | dict(model.facts if model else {})
    program = written(case.facts.get("engine"))
    knobs |= serving_knobs(knobs, case.card, program)
    facts |= _running(knobs, model, program) | hosting_facts(knobs, model)
    facts |= serving_facts(knobs, case.card, model, program)
    if model is not None:
        adapted = knobs["method"].value in ADAPTERS
        targets = (
            knobs.get("lora_targets", Fact("all-linear", ASSUMED)) if adapted else Fact(None, knobs["method"].origin)
        )
        facts |= trained(model, targets.value, targets.origin)
    if model is not None and broadcasts(model) and facts["attention_kernel"].value == "sdpa":
        facts["attention_kernel"] = Fact("math", model.facts["n_kv_heads"].origin)
    facts |= overheads(knobs) | layout_facts(knobs, layout) | _lengths(knobs, case.card)
    facts |= rollout_facts(reader(knobs), case.card)
    if "draft_model" in case.facts:
        row = model_row(str(knobs["model"].value)) if "model" in knobs else {}
        facts |= draft_facts(case, row, situation, (layout.tp, layout.pp))
    facts |= teacher_facts(case, situation, int(stated(knobs, "n_gpus", 1) or 1))
    file = knobs.get("training_file")
    unread = train_yaml.facts_of(Path(file.value))[1] if file else ()
    warnings = (
        *(model.warnings if model else ()),
        *found,
        *unread,
        *computed_as(case.facts),
        *unchecked(knobs),
        *of_exchange(reader(knobs)),
        *_of_sharding(reader(knobs)),
        *without_kernel(knobs, case.card),
        *of_experts(reader(knobs), model),
        *of_companions(reader(knobs)),
    )
    return Situation(knobs, facts, model, warnings, placed(layout, model, knobs, case.rig))


# ── knobs: asked, or assumed by the recipe ─────────────────────────────────────────────────────────────────────────


def _knobs(case: Case) -> dict[str, Fact]:
    file = case.facts.get("training_file")
    read = train_yaml.facts_of(Path(file))[0] if file else {}

    def origin(name: str, value: Any) -> str:
        if name in case.assumed:
            return ASSUMED
        return Path(str(file)).name if name in read and knob(name).parse(read[name]) == value else ASKED

    given = {name: Fact(value, origin(name, value)) for name, value in case.facts.items() if value is not None}
    method = method_of(case.facts)
    given.setdefault("method", Fact(method, ASSUMED))
    training = method != "inference"
    if "task" in case.facts and (case.facts["task"] == "train") != training:
        raise BadInput(f"task {case.facts['task']} and method {method} contradict each other")
    given["task"] = Fact("train" if training else "inference", given["method"].origin)
    given |= default_facts(given, method in ADAPTERS, _has_experts(case))
    given |= implied_engine(given)
    given["weight_format"] = doubly_quantised({"weight_format": _format(given, method), **given})
    given |= assumed_kernel(given, case.card) | assumed_type(given, case.card)
    if training and method not in ADAPTERS and _in_fp32(given):
        given.setdefault("precision", given["weight_format"])  # float32 weights are their own masters
    for name, value in recipe(method).items():
        given.setdefault(name, Fact(value, ASSUMED))
    if given["seq_len"].origin == ASSUMED and "model" not in case.differs:  # of several models the length is one
        given["seq_len"] = Fact(within_positions(given["seq_len"].value, given), ASSUMED)
    given.setdefault("n_gpus", Fact(_cards(given), ASSUMED))
    given.setdefault("meter", Fact("device", ASSUMED))
    return given


def _in_fp32(given: dict[str, Fact]) -> bool:
    return str(given["weight_format"].value) == "fp32" and not deepspeed(reader(given))


def _has_experts(case: Case) -> bool:
    name = case.facts.get("model")
    return bool(name and model_row(str(name))["n_experts"])


def _format(given: dict[str, Fact], method: str) -> Fact:
    if "bits" not in given:
        return Fact(recipe(method)["weight_format"], ASSUMED)
    bits, origin = int(given["bits"].value), given["bits"].origin
    found = format_for(method, bits, str(stated(given, "engine") or ""))
    if found is None:
        known = ", ".join(map(str, formats_by_bits()))
        raise BadInput(f"no weight format has {bits} bits; there are formats of {known} bits (or name one: --weights)")
    if bits == 4 and "double_quant" in given and given["double_quant"].origin == ASKED:
        found = "nf4"  # only bitsandbytes' 4 bits have scales to quantise
    return Fact(found, origin)


def _cards(given: dict[str, Fact]) -> int:
    count = 1
    for name in ("tp", "pp", "cp", "dp"):
        if name in given:
            count *= int(given[name].value)
    return count


# ── how it is run, in the formulas' words ──────────────────────────────────────────────────────────────────────────


def _undivided(value: Any) -> bool:
    return stays_whole({"method": value("method"), "weight_format": value("weight_format")})


def _of_sharding(value: Any) -> tuple[str, ...]:
    """What must hold so that full sharding divides a quantised base."""
    stored = str(value("weight_format"))
    if value("method") not in ADAPTERS or int(value("zero_stage", 0)) != 3 or int(value("n_gpus", 1)) < 2:
        return ()
    if _undivided(value):
        return ("full sharding does not divide bitsandbytes' 8-bit weights: each card keeps all of them",)
    if stored.startswith(("nf4", "fp4")):
        said = (
            "4-bit weights are divided only where bnb_4bit_quant_storage is a floating type (QLoRA + FSDP; with ZeRO-3 from "
            "peft 0.13 and bitsandbytes 0.43.3 on); stored as bytes, the default, each card keeps all of them"
        )
        return (said,)
    return ()


def _running(knobs: dict[str, Fact], model: Architecture | None, program: str) -> dict[str, Fact]:
    value, origin = reader(knobs), partial(origin_of, knobs)
    method = value("method")
    regime = _regime(value)
    facts: dict[str, Fact] = {
        "task": knobs["task"],
        "regime": Fact(regime, origin("precision", "method")),
        "meter": knobs["meter"],
        "sharding": Fact(_SHARDING[int(value("zero_stage", 0))], origin("zero_stage")),
        "frozen_weights": Fact("whole" if _undivided(value) else "divided", origin("weight_format")),
        "checkpointing": Fact(
            checkpointing_of(value("gradient_checkpointing"), value("engine")), origin("gradient_checkpointing")
        ),
        "attention_kernel": Fact(value("attention", "flash"), origin("attention")),
        "loss": Fact(value("loss", "last-logits"), origin("loss")),
        "optimizer_kind": Fact(value("optimizer", "adamw"), origin("optimizer")),
        "master_weights_kept": Fact(
            "yes" if value("precision") == "bf16-params-fp32-states" else "no", origin("precision")
        ),
        "output_len": Fact(value("output_len", 0), origin("output_len")),
        "page_size": Fact(1, ASSUMED),
        "loss_chunk": Fact(1024, ASSUMED),
    }
    for name in ("batch_size", "seq_len", "lora_rank", "n_gpus"):
        if name in knobs:
            facts[name] = knobs[name]
    if "batch_size" in facts and sequences(value) != facts["batch_size"].value:
        facts["batch_size"] = Fact(sequences(value), origin("algo"))
    facts |= program_facts(value, regime, positions(knobs), model, program) | exchange_facts(value)
    if regime == "half" and (shards_masters(value) or single_gradients(value)):
        facts["bytes_of_gradient"] = Fact(4, origin("precision"))
    # MLX's groups of 64 divide every row
    shaped = None if program == "mlx" else model
    facts |= _weights(knobs, regime, regime == "half" and shards_masters(value), shaped, program)
    facts |= _cache(value, origin)
    if method in ADAPTERS:
        facts["dropout_kept"] = Fact(int(bool(value("lora_dropout", False))), origin("lora_dropout"))
    return facts | method_facts(knobs, model.layers if model else ())


def _lengths(knobs: dict[str, Fact], card: Card | None) -> dict[str, Fact]:
    """Whether lengths vary in training, and if so, how far a named card lets the allocator keep blocks."""
    lengths = knobs.get("lengths")
    if lengths is None or lengths.value == "constant" or knobs["task"].value == "inference":
        return {"lengths": Fact("constant", lengths.origin if lengths else ASSUMED)}
    named = {"card_named": Fact("yes" if card else "no", knobs["gpu"].origin if "gpu" in knobs else ASSUMED)}
    return {"lengths": lengths} | named | ({"card_memory": Fact(card.capacity, card.origin)} if card else {})


def _regime(value: Any) -> str:
    method, precision = value("method"), str(value("precision", ""))
    if method == "inference":
        return "single" if value("weight_format") == "fp32" else "half"
    if method not in ADAPTERS:
        if shards_masters(value):
            return "half"
        return {"amp-bf16": "mixed", "amp-fp16": "mixed", "fp32": "single"}.get(precision, "half")
    if method == "qlora" and kbit_casts(value):
        return "kbit"
    if precision.startswith("pure") or value("adapter_dtype") in ("bf16", "fp16"):
        return "adapter-half"
    return "adapter-mixed" if value("autocast", True) else "adapter-single"


def _cache(value: Any, origin: Any) -> dict[str, Fact]:
    """Bytes of a cached number. Keys and values of one width share a mean; a latent cache tells them apart."""
    # without a type of its own a cache has that which is computed in; llama.cpp's is 16 bit whatever its file is
    single = _regime(value) == "single" and value("method") == "inference" and value("engine") != "llama.cpp"
    key = Fraction(bits_of(value("kv_format", "fp32" if single else "bf16"))) / 8
    other = Fraction(bits_of(value("v_format"))) / 8 if value("v_format") else key
    mean = key if value("mla_attn") is not None and str(value("mla_attn")) in ("0", "1") else (key + other) / 2
    return {"kv_bytes": Fact(mean, origin("kv_format")), "value_bytes": Fact(other, origin("v_format", "kv_format"))}


def _weights(
    knobs: dict[str, Fact], regime: str, masters: bool, model: Architecture | None, program: str
) -> dict[str, Fact]:
    stored = knobs["weight_format"]
    name = "fp32" if masters or regime in ("mixed", "single") else str(stored.value)
    scope = "nothing" if name in _FULL_PRECISION else "everything" if name.startswith("gguf:") else "linears"
    if name == _OF_EXPERTS and model is not None and model.published == name and program != "llama.cpp":
        scope = "experts"  # files of llama.cpp have the rest in 8 bits, not in 16
    told = knobs.get("bits_per_weight") or (knobs.get("bpw") if scope != "nothing" else None)
    if told is None and program == "exllama" and scope == "everything":
        told = knobs.get("bits")  # its files are made to an average that is asked for, not of K-quants
    mixed = file_bits(name, model, bits_of) if model is not None and scope == "everything" and told is None else None
    bits = told or Fact(mixed or bits_of(name), stored.origin)
    return {
        "quantised": Fact(scope, stored.origin),
        "towers": _towers(knobs, name, model),
        "kbit_preparation": Fact("on" if regime == "kbit" else "off", stored.origin),
        "bits_per_weight": bits,
    }


def _towers(knobs: dict[str, Fact], stored: str, model: Architecture | None) -> Fact:
    """Where a file has what reads pictures: llama.cpp and what is built on it load it beside the language model."""
    if not stored.startswith("gguf:") or model is None or not model.facts["tower_params"].value:
        return Fact("within", ASSUMED)
    loaded = knobs.get("mmproj", Fact(True, ASSUMED))
    return Fact("beside" if loaded.value else "left", loaded.origin)


@cache
def bits_of(dtype: str) -> Fraction:
    """Bits of one number, scales included. BadInput for a format without fixed bits."""
    known = {row["name"]: row for row in rows("SELECT name, bits_numerator, bits_denominator, stored_as FROM dtypes")}
    row = known.get(dtype) or known.get(f"ggml:{dtype.upper()}")
    if row is not None and row["bits_numerator"] is None:
        raise BadInput(f"{dtype} has no fixed bits: {row['stored_as']}")
    if row is None:
        raise BadInput(f"no bits per weight are known for {dtype!r}{near(dtype, known)}")
    return Fraction(int(row["bits_numerator"]), int(row["bits_denominator"]))


def asked_facts(case: Case) -> dict[str, Fact]:
    """The facts that a case itself gives, in the formulas' words; nothing assumed, no model."""
    facts: dict[str, Fact] = {}
    given = {name: value for name, value in case.facts.items() if name not in case.assumed}
    if "params" in given:
        facts["n_params"] = Fact(given["params"], ASKED)
    if "bpw" in given:
        facts["bits_per_weight"] = Fact(given["bpw"], ASKED)
    elif "weight_format" in given:
        facts["bits_per_weight"] = Fact(bits_of(str(given["weight_format"])), ASKED)
    elif "bits" in given:
        facts["bits_per_weight"] = Fact(given["bits"], ASKED)
    for name in _direct(given):
        facts[name] = Fact(given[name], ASKED)
    return facts


def _direct(given: Iterable[str]) -> list[str]:
    return [
        name for name in ("batch_size", "seq_len", "output_len", "lora_rank", "n_gpus", "tp", "pp") if name in given
    ]
