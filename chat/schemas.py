"""What a tool takes, as a JSON schema small enough for a small model, and the one line that mends a wrong call.

The schemas say little about each fact; the knobs read the values, with the same words as the command line.
"""

from collections.abc import Mapping
from typing import Any

from formulas.errors import BadInput, near
from kb.knobs import BY_NAME, KNOBS, LONGEST_CONFIG, Knob, amount, knob

Schema = dict[str, Any]

# a config.json, by a name that tools may have: LangChain keeps `config` for itself
CONFIG = "config_json"

# facts of which a question may name several at once
SEVERAL = {
    "model", "params", "method", "bits", "bpw", "weight_format", "gpu", "n_gpus", "gpu_memory_gb", "batch_size", "seq_len",
    "zero_stage", "lora_rank", "optimizer", "precision", "offload", "engine", "attention", "kv_format", "tp", "algo",
    "gradient_checkpointing", "loss", "output_len", "lora_targets", "max_num_batched_tokens",
}  # fmt: skip
# a longer list of options is told as a few of them: whoever errs hears what is near
MOST_OPTIONS = 14
# what trainers, servers and so language models call a fact; none is so near to ours that a refusal could name it
_CALLED = {
    **dict.fromkeys(("sequence_length", "context_length", "context_window", "context_size", "max_seq_len", "max_seq_length",
                     "max_length", "max_model_len", "max_context_length", "cutoff_len", "num_ctx", "n_ctx"), "seq_len"),
    **dict.fromkeys(("per_device_train_batch_size", "micro_batch_size", "max_batch_size"), "batch_size"),
    **dict.fromkeys(("num_gpus", "number_of_gpus", "num_cards", "cards"), "n_gpus"),
    **dict.fromkeys(("gpu_name", "gpu_type", "gpu_model", "card"), "gpu"),
    **dict.fromkeys(("vram", "vram_gb", "gpu_vram_gb", "gpu_memory"), "gpu_memory_gb"),
    **dict.fromkeys(("model_size", "size", "parameters", "num_params", "num_parameters"), "params"),
    **dict.fromkeys(("model_name_or_path", "model_id"), "model"),
    **dict.fromkeys(("finetuning_type", "training_method", "fine_tuning_method"), "method"),
    "lora_r": "lora_rank", "num_gpu_layers": "gpu_layers", "n_gpu_layers": "gpu_layers",
    "tensor_parallel_size": "tp", "pipeline_parallel_size": "pp", "kv_cache_dtype": "kv_format",
}  # fmt: skip
# of one argument; more than these make more cases than an answer can hold
MOST_VALUES = 32
_TYPES = {"count": "integer", "number": "number", "switch": "boolean"}


TEXTS: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def number(most: float, **more: Any) -> Schema:
    """A number above 0 and at most so large."""
    return {"type": "number", "exclusiveMinimum": 0, "maximum": most, **more}


def _property(fact: Knob) -> Schema:
    says = fact.says
    single: Schema = {"type": _TYPES.get(fact.kind, "string")}
    if fact.kind == "choice" and len(fact.options) <= MOST_OPTIONS:
        single["enum"] = list(fact.options)
    elif fact.kind == "choice":
        some = fact.options[:: -(-len(fact.options) // 5)]
        says += f", such as {', '.join(some)}"
    if fact.name not in SEVERAL:
        return {**single, "description": says}
    # the options are told once: a value of a list is read as a single one is
    return {"anyOf": [single, {"type": "array", "items": {"type": single["type"]}}], "description": says}


def facts_schema(**first: Schema) -> Schema:
    """A tool that takes these arguments, all needed unless `optional`, and any fact of the knobs.

    Of a config the text is taken: a file of the server is no business of a stranger, and what only measurements record need
    not be offered.
    """
    needed = [name for name, schema in first.items() if not schema.get("optional")]
    own = {name: {key: value for key, value in schema.items() if key != "optional"} for name, schema in first.items()}
    facts = {fact.name: _property(fact) for fact in KNOBS if fact.name != "config" and not fact.advanced}
    facts[CONFIG] = {"type": "string", "description": "a model's config.json as text, where it has no name"}
    return {"type": "object", "properties": {**own, **facts}, "required": needed, "additionalProperties": False}


def schema(**own: Schema) -> Schema:
    """A tool that takes just these arguments, all needed."""
    return {"type": "object", "properties": own, "required": list(own), "additionalProperties": False}


# facts that a small model need not read again in every tool; each takes them all the same
_RARE = {
    "config_json", "bpw", "v_format", "double_quant", "adapter_dtype", "modules_to_save", "n_trainable_layers", "vocabulary", "draft_model", "draft_format", "ref_model",
    "teacher_model", "teacher_format", "teacher_split", "gpu_memory_utilization", "rollouts_by", "n_cpu_moe", "n_ubatch",
    "optimizer_in_backward", "activation_offload", "cpu_offload_gb", "cp", "ep", "dp", "sequence_parallel", "n_microbatches", "virtual_stages", "schedule", "shard_size",
    "layer_split", "tensor_split", "meter", "grad_accum", "output_len", "attention", "loss", "lora_targets",
    "max_num_batched_tokens", "host_mt_s", "host_channels", "host_ddr", "bandwidth_gb_s", "own_length",
}  # fmt: skip


def in_brief(takes: Schema, only: tuple[str, ...] | None = None) -> Schema:
    """A tool's arguments without the rare facts, or these alone; what another tool explains is not explained again, and
    bounds are told to whoever oversteps them.
    """
    kept = {
        name: _brief({key: said for key, said in one.items() if key != "description" or name not in (*BY_NAME, said)})
        for name, one in takes["properties"].items()
        if (name in only if only is not None else name not in _RARE)
    }
    return {**takes, "properties": kept}


def _brief(takes: Schema) -> Schema:
    kept = {key: said for key, said in takes.items() if key not in ("exclusiveMinimum", "maximum")}
    return {**kept, "anyOf": [_brief(one) for one in takes["anyOf"]]} if "anyOf" in takes else kept


def checked(takes: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that say something, under their own names and of their types; BadInput names the first that cannot
    be taken, with what is near or what would be.
    """
    properties: Mapping[str, Schema] = takes["properties"]
    args: dict[str, Any] = {}
    for called, value in given.items():
        # a small model fills in every argument that it sees
        if value is None or (isinstance(value, str) and value.strip().lower() in ("", "null")) or value == []:
            continue
        name = called if called in properties else _own_name(called, properties)
        if name in args:
            raise BadInput(f"{name} is given twice")
        args[name] = _taken(name, properties[name], value)
    for name in takes["required"]:
        if name not in args:
            raise BadInput(f"`{name}` is missing: {_one_of(properties[name])}")
    return args


def _taken(name: str, takes: Schema, value: Any) -> Any:
    """What a value means: a fact as the command line reads it, anything else by its schema; a list where one may be."""
    if isinstance(value, dict):
        raise BadInput(f"{name} is one value, not an object")
    if not isinstance(value, (list, tuple)):
        return _one(name, takes, value)
    if "anyOf" not in takes and not (
        name in SEVERAL and takes.keys() == {"type"}
    ):  # explained elsewhere, where it may be
        raise BadInput(f"{name} is one value, not a list")
    if len(value) > MOST_VALUES:
        raise BadInput(f"{name} has {len(value)} values; at most {MOST_VALUES} are taken")
    if any(isinstance(one, (list, tuple, dict)) or one is None for one in value):
        raise BadInput(f"{name} is a list of plain values")
    return [_one(name, takes, one) for one in value]


def _one(name: str, takes: Schema, value: Any) -> Any:
    if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise BadInput(f"{name} is not text in UTF-8")
    if name == CONFIG and not (str(value).lstrip().startswith("{") and len(str(value)) <= LONGEST_CONFIG):
        raise BadInput(f"{CONFIG} is the text of a config.json: an object in braces")
    if name in BY_NAME:
        return BY_NAME[name].parse(value)
    single = takes["anyOf"][0] if "anyOf" in takes else takes
    if single["type"] == "string":
        if isinstance(value, bool):
            raise BadInput(f"{name} is a text, not {value}")
        value = str(value)
        if "enum" in single and value not in single["enum"] and _fact_named(value) in single["enum"]:
            return _fact_named(value)
        if "enum" in single and value not in single["enum"]:
            raise BadInput(f"{name} cannot be {value[:60]!r}{near(value, single['enum'])}; it is {_one_of(single)}")
        return value
    if single["type"] == "boolean":
        return Knob(name, "switch", name, name).parse(value)
    number = amount(value, name)
    least, most = single["exclusiveMinimum"], single["maximum"]
    if not least < number <= most:
        raise BadInput(f"{name} is above {least} and at most {most:g}, not {number:g}")
    return number


def _fact_named(called: str) -> str:
    """The fact that goes by this name too, or an empty string."""
    try:
        return _CALLED.get(called.lower()) or knob(called).name
    except BadInput:
        return ""


def _own_name(called: str, properties: Mapping[str, Schema]) -> str:
    name = _fact_named(called)
    if name in properties:
        return name
    known = f"; there are {', '.join(properties)}" if len(properties) < 5 else ""
    raise BadInput(f"no argument `{called[:60]}`{near(called, properties) or known}")


def _one_of(takes: Schema) -> str:
    return f"one of {', '.join(takes['enum'])}" if "enum" in takes else str(takes["description"])
