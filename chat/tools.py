"""The tools of the agent. Each calls the same functions as the command line and returns a short text for the model
and the whole result, in the shape of the contract, for the page.
"""

import logging
from collections.abc import Callable
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from chat.pace.kinds import BRIEFLY, OF_A_SPEED, OF_A_TRAINING, OF_RAM
from chat.schemas import CONFIG, TEXTS, Schema, checked, facts_schema, in_brief, number, schema
from chat.tool_calls import (
    SUBJECTS,
    check_arithmetic,
    check_document,
    compare_setups,
    convert,
    derive_quantity,
    encoder_memory,
    estimate_memory,
    generation_speed,
    query_tables,
    recommend_cards,
    remarks,
    solve_for,
    training_time,
)
from formulas.errors import BadInput, near

_log = logging.getLogger(__name__)


def _partly(needed: tuple[str, ...], **own: Schema) -> Schema:
    """A tool that takes these arguments, of which only some are needed."""
    return {**schema(**own), "required": list(needed)}


# what a recommendation finds out by itself
_OF_ONE_LAYOUT = (
    "gpu_layers",
    "n_cpu_moe",
    "cpu_offload_gb",
    "tensor_split",
    "virtual_stages",
    "schedule",
    "n_microbatches",
)


def _briefly(needed: tuple[str, ...], without: tuple[str, ...] = (), **own: Schema) -> Schema:
    """A tool that takes these arguments and the facts of `estimate_memory`, which are not explained again: a list is taken
    where one is there."""
    whole = {name: fact for name, fact in facts_schema()["properties"].items() if name not in without}
    facts = {name: {"type": (fact["anyOf"][0] if "anyOf" in fact else fact)["type"]} for name, fact in whole.items()}
    return {**schema(**{**facts, **own}), "required": list(needed)}


_GB = number(1e6)
_RAM = {name: number(1e6, description=says) for name, says in OF_RAM.items()}

_ABOUT: dict[str, tuple[Callable[..., tuple[str, dict[str, Any]]], Schema, str]] = {
    "estimate_memory": (
        estimate_memory,
        facts_schema(**{name: {**takes, "optional": True} for name, takes in _RAM.items()}),
        (
            "GPU memory per card of a language model for the facts given: verdict, low/best/high in GiB, "
            "terms, open cases, published tables, what would make it fit. Give only what was said."
        ),
    ),
    "solve_for": (
        solve_for,
        _briefly(
            ("quantity",),
            quantity={
                "type": "string",
                "enum": ["seq_len", "batch_size", "params", "n_gpus", "lora_rank", "gpu_layers", "n_cpu_moe"],
                "description": "what is solved for",
            },
            own_length=number(
                1e8, description="tokens that the model is said to declare, beside the longest that fits"
            ),
        ),
        "The largest seq_len, batch_size, lora_rank, params or gpu_layers, or the fewest n_gpus or n_cpu_moe, that fit.",
    ),
    "compare": (
        compare_setups,
        _briefly(
            ("setups",),
            (),
            setups={
                **TEXTS,
                "description": "2 to 6, each the facts that set it apart: `method=lora; bits=16`; with "
                "`stated_gb=24` what was seen",
            },
            **_RAM,
        ),
        (
            "Methods, programs, formats, models or layouts side by side: how much less one needs, which terms differ, "
            "what each costs. Shared facts beside `setups`."
        ),
    ),
    "recommend": (
        recommend_cards,
        _briefly(
            (),
            _OF_ONE_LAYOUT,
            least_b=number(1e4, description="least B of usual models"),
            most_b=number(1e4, description="most B"),
            only={"type": "string", "enum": ["moe", "dense"], "description": "these alone"},
            without_card={
                "type": "boolean",
                "description": "what it takes with no card",
            },
            among={**TEXTS, "description": "models to choose from"},
            named_format={
                "type": "string",
                "description": "the format asked about",
            },
        ),
        (
            "With a model: which cards and how many hold it, by method. With cards or host memory and no model: which usual "
            "models they run, or (task train) tune. With both: how the cards run it."
        ),
    ),
    "derive_quantity": (
        derive_quantity,
        _briefly(
            ("quantity",),
            quantity={
                "type": "string",
                "description": "such as peak, weights, kv_cache, optimizer, activations, logits",
            },
            rule={"type": "string", "description": "a rule of thumb, not the exact formula"},
        ),
        "How a quantity follows, formula by formula, with values and sources.",
    ),
    "query_tables": (
        query_tables,
        schema(sql={"type": "string", "description": "a SELECT in DuckDB's SQL"}),
        (
            "One SQL SELECT over the tables: finetune(method, bits, precision, model_size, params_b, memory_gb: "
            "LLaMA-Factory's estimates), inference, dtypes, models, gpus, rules, recipes, measurements, claims, sources."
        ),
    ),
    "remarks": (
        remarks,
        _briefly(
            ("about",),
            about={**TEXTS, "description": "subjects: " + ", ".join(SUBJECTS)},
            claims_gb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "measured or read by the asker, GB",
            },
            gpus={**TEXTS, "description": "unequal cards that share one model"},
            settings={
                **TEXTS,
                "description": "settings compared: vllm, max_model_len",
            },
            served_models={**TEXTS, "description": "models served on one card"},
            former_models={**TEXTS, "description": "models that were run before this one"},
            others_cards={**TEXTS, "description": "cards that others name: 2 × H100 80 GB"},
            observed_gb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "of claims_gb, what a run took",
            },
            ranges={**TEXTS, "description": "ranges of GB that were read of a method: lora 50-80"},
            sizes={**TEXTS, "description": "sizes that were named, where several were: 7B"},
            short_gb=number(1e6, description="by how much it failed, GB"),
            programs={**TEXTS, "description": "programs named"},
            claims_kb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "the same in KB, of a token",
            },
            claims_gib={
                "anyOf": [_GB, {"type": "array", "items": _GB}],
                "description": "of claims_gb those in GiB",
            },
            monitor_gib={
                "anyOf": [_GB, {"type": "array", "items": _GB}],
                "description": "nvidia-smi shows, GiB",
            },
            added_vocabulary=number(1e7, description="tokens added to the vocabulary"),
            kv_heads=number(1024, description="KV heads that are imagined"),
            bare_gb={
                "anyOf": [_GB, {"type": "array", "items": _GB}],
                "description": "figures without a unit that may be GB",
            },
            parts={**TEXTS, "description": "the asker's own account in GB, part by part: weights 14"},
            log={**TEXTS, "description": "further figures of a message: total 23.6 [GiB]"},
            oom_gib={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "of an OOM message: GiB tried, and GiB reserved but unused",
            },
        ),
        "What an expert adds to estimate_memory: causes, limits and remedies with figures, sourced.",
    ),
    "check_arithmetic": (
        check_arithmetic,
        _partly(
            ("arithmetic",),
            arithmetic={"type": "string", "description": "as written, such as 2*3584*28*8 = 1.53 MB"},
            model={"type": "string", "description": "the model's name"},
            params={"type": "string", "description": "or its size"},
            seq_len={"type": "integer", "description": "tokens"},
            batch_size={"type": "integer", "description": "sequences"},
            each_layer={"type": "boolean", "description": "the product is of one layer"},
            engine={"type": "string", "description": "the program"},
        ),
        "The asker's arithmetic; with a model, which factor of a KV-cache product is wrong.",
    ),
    "convert": (
        convert,
        _partly(
            ("amounts",),
            amounts={**TEXTS, "description": "amounts with units, such as 49140 MiB"},
            gpu={**TEXTS, "description": "a card, or several"},
            gpu_memory_gb={"type": "number", "description": "its marketed memory"},
        ),
        "Amounts of memory in decimal and binary units, and what a card's driver reports.",
    ),
    "training_time": (
        training_time,
        {**schema(**OF_A_TRAINING), "required": []},
        (
            "Time, FLOP (6ND), GPU-hours, cost of a training; MFU; cards or tokens for a deadline; "
            "what published models took; what a setting does to it."
        ),
    ),
    "generation_speed": (
        generation_speed,
        _briefly(
            (),
            _OF_ONE_LAYOUT[3:],
            **OF_A_SPEED,
        ),
        (
            "Tokens a second by bandwidth, also with layers or experts in host memory, time to first "
            "token, throughput, cards by speed, why it is slow, PCIe, NVLink."
        ),
    ),
    "encoder_memory": (
        encoder_memory,
        _briefly(
            ("names",),
            _OF_ONE_LAYOUT[3:],
            names={**TEXTS, "description": "such as bge-m3, flan-t5-xxl"},
            about={**TEXTS, "description": "inference or training, in the order asked"},
            taken_gb=number(1e4, description="GB that it, or the language model beside it, was seen to take"),
        ),
        (
            "Encoders, embedders, rerankers, encoder-decoders (BERT, bge, T5): weights, a batch, "
            "training; with `model` or `params`, whether all fit on one card."
        ),
    ),
    "check_document": (
        check_document,
        schema(topic={"type": "string", "description": "a topic, or a figure such as 26.077"}),
        (
            "What the source document states of a topic (16θ, 20x, 1.2x, LLaMA training time, Karpathy, "
            "activations, fragmentation …), each recomputed, with its verdict."
        ),
    ),
}


def call(name: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a tool returns: the text for a model and the whole result. BadInput says what is wrong with the call."""
    if name not in _ABOUT:
        raise BadInput(f"no tool `{name[:60]}`{near(name, _ABOUT)}; there are {', '.join(_ABOUT)}")
    function, takes, _ = _ABOUT[name]
    args = checked(takes, given)
    if CONFIG in args:
        args["config"] = args.pop(CONFIG)
    return function(**args)


def refusal(name: str, error: Exception) -> str:
    """What whoever called a tool is told of its failure. Of a defect, only that it is one; the log has the rest."""
    if isinstance(error, BadInput):
        return " ".join(str(error).split())
    _log.error("the tool %s failed", name, exc_info=error)
    return f"{name} failed by a defect of its own; nothing was worked out"


# what a model reads of the tools that take most
_BRIEFLY = {
    **BRIEFLY,
    "recommend": (
        "model", "params", "task", "method", "bits", "weight_format", "gpu", "n_gpus", "gpu_memory_gb", "host_memory_gb",
        "seq_len", "batch_size", "engine", "zero_stage", "offload", "only", "least_b", "most_b",
        "without_card",
    ),
    "derive_quantity": (
        "quantity", "rule", "model", "params", "task", "method", "bits", "seq_len", "batch_size", "n_gpus", "zero_stage",
        "optimizer", "kv_format",
    ),
    "check_arithmetic": ("arithmetic", "model", "params", "seq_len", "batch_size", "engine"),
    "encoder_memory": (
        "names", "about", "model", "params", "bits", "task", "gpu", "n_gpus", "gpu_memory_gb", "seq_len", "batch_size",
    ),
    "remarks": (
        "about", "claims_gb", "observed_gb", "programs", "model", "params", "method", "bits",
        "weight_format", "gpu", "n_gpus", "seq_len", "batch_size", "zero_stage", "offload", "engine",
    ),
}  # fmt: skip


def _tool(name: str, brief: bool = False) -> BaseTool:
    _, takes, about = _ABOUT[name]
    if brief and name == "estimate_memory":  # it explains the facts, to which all others refer
        rare = {
            CONFIG,
            *_RAM,
            "v_format",
            "draft_format",
            "n_ubatch",
            "optimizer_in_backward",
            "activation_offload",
        }  # what one program alone has
        takes = {**takes, "properties": {one: says for one, says in takes["properties"].items() if one not in rare}}
    elif brief:
        takes = in_brief(takes, _BRIEFLY.get(name))

    def called(**given: Any) -> tuple[str, dict[str, Any]]:
        return call(name, given)

    made: BaseTool = StructuredTool.from_function(
        called, name=name, description=about, args_schema=takes, response_format="content_and_artifact"
    )
    return made


TOOLS: tuple[BaseTool, ...] = tuple(_tool(name) for name in _ABOUT)
# as a language model reads them, with every request: a small one has little room and less attention
IN_BRIEF: tuple[BaseTool, ...] = tuple(_tool(name, brief=True) for name in _ABOUT)
