"""The tools of the agent. Each calls the same functions as the command line and returns a short text for the model
and the whole result, in the shape of the contract, for the page.
"""

import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from chat.schemas import Schema, checked, facts_schema, in_brief, schema
from formulas.errors import BadInput, near

_log = logging.getLogger(__name__)

# what the remarks can be about, for a model that has to choose; the embedded one names its own intents and cues as well
SUBJECTS = (
    "oom_diagnosis", "why_more", "zero_offload", "method_diff", "adam_state", "kv_cache", "moe", "quant_gguf", "rl_memory",
    "units", "how_many_gpus", "max_batch_ctx", "fits", "how_much", "table_lookup", "evaluation", "loading", "long_context",
)  # fmt: skip

# of a result, what a model reads; the page has it all
MOST_ROWS_TOLD = 60
MOST_TOLD = 12_000


def _returned(result: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the model reads (the result without its long parts) and what the page renders."""
    return as_text(told(result, (*DERIVED, "sources"))), result


def told(result: dict[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """A result without what is empty, what is left out and what is more than a model reads."""
    kept = {key: value for key, value in result.items() if value not in (None, [], {}, "") and key not in without}
    rows = kept.get("rows", ())
    if len(rows) > MOST_ROWS_TOLD:
        kept |= {
            "rows": rows[:MOST_ROWS_TOLD],
            "more": f"the first {MOST_ROWS_TOLD} of {len(rows)} rows; narrow the query",
        }
    return kept


def as_text(told: dict[str, Any]) -> str:
    """JSON, cut where a model would lose the thread."""
    text = json.dumps(_rounded(told), ensure_ascii=False, default=float)
    return text if len(text) <= MOST_TOLD else text[:MOST_TOLD] + "… (cut; the whole result is longer)"


def _rounded(told: Any) -> Any:
    """Five digits are more than a sentence holds, and fewer tokens."""
    if isinstance(told, float):
        return float(f"{told:.5g}")
    if isinstance(told, dict):
        return {key: _rounded(value) for key, value in told.items()}
    return [_rounded(value) for value in told] if isinstance(told, (list, tuple)) else told


# how a result follows, which `derive_quantity` tells in words
DERIVED = ("derivation_latex", "derivation_steps")


def estimate_memory(**facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.estimator import estimate

    return _returned({"kind": "estimate", **estimate(**facts).json()})


def solve_for(quantity: str, **facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.solver import solve

    return _returned({"kind": "solve", **solve(quantity, **facts).json()})


def compare_setups(setups: str | list[str], **shared: Any) -> tuple[str, dict[str, Any]]:
    from chat.setups import parsed
    from kb.comparison import compare

    each, stated = parsed([setups] if isinstance(setups, str) else setups)
    return _returned({"kind": "comparison", **compare(each, stated, **shared).json()})


def recommend_cards(only: str | None = None, **facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.machine import machines_run
    from kb.recommender import recommend

    trains = facts.get("task") == "train" or "algo" in facts or facts.get("method", "inference") != "inference"
    cards = {"gpu", "gpu_memory_gb"} & set(facts)
    found = (
        recommend(**facts).json()
        if trains or (not cards and "host_memory_gb" not in facts)
        else machines_run(only, **facts)
    )
    return _returned({"kind": "recommend", **found})


def derive_quantity(quantity: str, rule: str | None = None, **facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.deriving import derive

    return _returned({"kind": "derive", **derive(quantity, rule=rule, **facts).json()})


def query_tables(sql: str) -> tuple[str, dict[str, Any]]:
    result = _sandbox().run(sql)
    table = {"columns": list(result.columns), "rows": [list(row) for row in result.rows], "sql": sql}
    return _returned({"kind": "query", **table})


@cache
def _sandbox() -> Any:
    """One worker for all questions, kept warm."""
    from kb.sandbox import Sandbox

    return Sandbox()


def check_document(topic: str) -> tuple[str, dict[str, Any]]:
    from kb.topics import claims_about

    return _returned({"kind": "claims", **claims_about(topic)})


def remarks(
    about: str | list[str],
    claims_gb: Any = None,
    gpus: Any = None,
    oom_gib: Any = None,
    observed_gb: Any = None,
    ranges: Any = None,
    sizes: Any = None,
    short_gb: float | None = None,
    programs: Any = None,
    parts: Any = None,
    claims_kb: Any = None,
    log: Any = None,
    bare_gb: Any = None,
    **facts: Any,
) -> tuple[str, dict[str, Any]]:
    from chat.cues import CUES
    from chat.intents import INTENTS
    from chat.symptoms import SYMPTOMS
    from chat.working import remarks as made

    subjects = [about] if isinstance(about, str) else about
    known = {"unclear", *SUBJECTS, *(intent for intent, *_ in INTENTS), *(cue for cue, _ in (*CUES, *SYMPTOMS))}
    if not known & set(subjects):
        unknown = str(subjects[0])
        raise BadInput(f"no subject `{unknown[:60]}`{near(unknown, known)}; some are {', '.join(SUBJECTS[:8])}")
    claims = claims_gb if isinstance(claims_gb, list) else [claims_gb] if claims_gb else []
    told: dict[str, Any] = {
        "claims_gb": [float(claim) for claim in claims],
    }
    tried = oom_gib if isinstance(oom_gib, list) else [oom_gib] if oom_gib else []
    if tried:
        told["tried_gib"] = float(tried[0])
    if len(tried) == 2:  # one amount alone tells no fragmentation
        told["oom_gib"] = [float(size) for size in tried]
    for name, several in (
        ("gpus", gpus),
        ("programs", programs),
        ("observed_gb", observed_gb),
        ("ranges", ranges),
        ("sizes", sizes),
        ("parts", parts),
        ("claims_kb", claims_kb),
        ("log", log),
        ("bare_gb", bare_gb),
    ):
        if several:
            told[name] = several if isinstance(several, list) else [several]
    if short_gb:
        told["short_gb"] = short_gb
    return _returned({"kind": "remarks", **made(subjects, told, facts)})


def check_arithmetic(arithmetic: str, **facts: Any) -> tuple[str, dict[str, Any]]:
    from chat.working import checked_arithmetic

    return _returned({"kind": "arithmetic", **checked_arithmetic(arithmetic, facts)})


def convert(
    amounts: str | list[str], gpu: str | list[str] | None = None, gpu_memory_gb: float | None = None
) -> tuple[str, dict[str, Any]]:
    from chat.units import converted

    return _returned(
        {"kind": "units", **converted([amounts] if isinstance(amounts, str) else amounts, gpu, gpu_memory_gb)}
    )


def training_time(
    train_tokens: float,
    gpu: str,
    n_gpus: int,
    utilisation: float | None = None,
    price_per_hour: float | None = None,
    **model: Any,
) -> tuple[str, dict[str, Any]]:
    from chat.working import training_time as worked_out

    return _returned({"kind": "time", **worked_out(train_tokens, gpu, n_gpus, utilisation, price_per_hour, **model)})


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


_TEXTS: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _number(most: float, **more: Any) -> Schema:
    return {"type": "number", "exclusiveMinimum": 0, "maximum": most, **more}


_GB = _number(1e6)

_ABOUT: dict[str, tuple[Callable[..., tuple[str, dict[str, Any]]], Schema, str]] = {
    "estimate_memory": (
        estimate_memory,
        facts_schema(),
        (
            "GPU memory per card of a language model for the facts given: verdict against the card, low/best/high in GiB, "
            "terms, cases where the question is open, published tables, what would make it fit. Give only what was said."
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
        ),
        "The largest seq_len, batch_size, lora_rank, params or gpu_layers, or the fewest n_gpus or n_cpu_moe, that fit on the card given.",
    ),
    "compare": (
        compare_setups,
        _briefly(
            ("setups",),
            setups={
                **_TEXTS,
                "description": "2 to 6, each the facts that set it apart: `method=lora; bits=16`, `engine=torchtune`; with "
                "`stated_gb=24` what the asker saw of it",
            },
        ),
        (
            "Methods, programs, formats, models or layouts side by side: how much less one needs, which terms differ and why, "
            "what each costs, which to take. Facts that all share stand beside `setups`."
        ),
    ),
    "recommend": (
        recommend_cards,
        _briefly(
            (),
            _OF_ONE_LAYOUT,
            only={"type": "string", "enum": ["moe", "dense"], "description": "of usual models, these alone"},
        ),
        (
            "With a model: which cards and how many hold it, by method. With cards or host memory and no model: which usual "
            "models they run, or with task train can tune. With both: how the cards run it, or which layouts fit. Ranked."
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
            rule={"type": "string", "description": "a rule of thumb instead of the exact formula"},
        ),
        "How a quantity follows, formula by formula, with values and sources.",
    ),
    "query_tables": (
        query_tables,
        schema(sql={"type": "string", "description": "one SELECT in DuckDB's dialect"}),
        (
            "One SQL SELECT over the tables: finetune(method, bits, precision, model_size, params_b, memory_gb: "
            "LLaMA-Factory's estimates), inference, dtypes, models, gpus, rules, recipes, measurements, claims, sources."
        ),
    ),
    "remarks": (
        remarks,
        _briefly(
            ("about",),
            about={**_TEXTS, "description": "subjects: " + ", ".join(SUBJECTS)},
            claims_gb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "what the asker measured or read, in GB",
            },
            gpus={**_TEXTS, "description": "unequal cards that share one model"},
            observed_gb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "of claims_gb, what the asker saw a run take",
            },
            ranges={**_TEXTS, "description": "ranges of GB that were read of a method: lora 50-80"},
            sizes={**_TEXTS, "description": "sizes that were named, where several were: 7B"},
            short_gb=_number(1e6, description="by how much it is told to have failed, in GB"),
            programs={**_TEXTS, "description": "the programs that were named"},
            claims_kb={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "the same in KB, of a token",
            },
            bare_gb={
                "anyOf": [_GB, {"type": "array", "items": _GB}],
                "description": "figures without a unit that may be GB",
            },
            parts={**_TEXTS, "description": "the asker's own account in GB, part by part: weights 14"},
            log={**_TEXTS, "description": "other figures of a pasted message, such as total 23.6 or others 9.9 [GiB]"},
            oom_gib={
                "anyOf": [_GB, {"type": "array", "items": {"type": "number"}}],
                "description": "of an out-of-memory message: GiB tried, and GiB reserved but unused",
            },
        ),
        "What an expert adds for the same facts as estimate_memory: causes, limits and remedies with figures, sourced.",
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
        ),
        "Evaluates the asker's arithmetic; with a model, says which factor of a KV-cache product is wrong.",
    ),
    "convert": (
        convert,
        _partly(
            ("amounts",),
            amounts={**_TEXTS, "description": "amounts with units, such as 49140 MiB"},
            gpu={**_TEXTS, "description": "a card, or several"},
            gpu_memory_gb={"type": "number", "description": "its marketed memory"},
        ),
        "Amounts of memory in decimal and binary units, and what a card's driver reports.",
    ),
    "training_time": (
        training_time,
        _partly(
            ("train_tokens", "gpu", "n_gpus"),
            train_tokens=_number(1e18, description="tokens trained on"),
            gpu={"type": "string", "description": "the card"},
            n_gpus={"type": "integer", "description": "how many cards"},
            utilisation=_number(1, description="share of the peak rate reached"),
            price_per_hour=_number(1e6, description="of a card"),
            model={"type": "string", "description": "the model's name"},
            params={"type": "string", "description": "or its size: 7B"},
        ),
        "Days, GPU-hours and cost of a training: 6 × parameters × tokens over the cards' rate.",
    ),
    "check_document": (
        check_document,
        schema(topic={"type": "string", "description": "a topic, or a figure such as 26.077"}),
        (
            "What the source document states about a topic (26.077, 16θ, 20x, 1.2x, LLaMA training time, Karpathy, "
            "activations, fragmentation …), each claim recomputed with its derivation and verdict."
        ),
    ),
}


def call(name: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a tool returns: the text for a model and the whole result. BadInput says what is wrong with the call."""
    if name not in _ABOUT:
        raise BadInput(f"no tool `{name[:60]}`{near(name, _ABOUT)}; there are {', '.join(_ABOUT)}")
    function, takes, _ = _ABOUT[name]
    return function(**checked(takes, given))


def refusal(name: str, error: Exception) -> str:
    """What whoever called a tool is told of its failure. Of a defect, only that it is one; the log has the rest."""
    if isinstance(error, BadInput):
        return " ".join(str(error).split())
    _log.error("the tool %s failed", name, exc_info=error)
    return f"{name} failed by a defect of its own; nothing was worked out"


def _tool(name: str, brief: bool = False) -> BaseTool:
    _, takes, about = _ABOUT[name]
    takes = in_brief(takes) if brief and name != "estimate_memory" else takes

    def called(**given: Any) -> tuple[str, dict[str, Any]]:
        return call(name, given)

    made: BaseTool = StructuredTool.from_function(
        called, name=name, description=about, args_schema=takes, response_format="content_and_artifact"
    )
    return made


TOOLS: tuple[BaseTool, ...] = tuple(_tool(name) for name in _ABOUT)
# as a language model reads them, with every request: a small one has little room and less attention
IN_BRIEF: tuple[BaseTool, ...] = tuple(_tool(name, brief=True) for name in _ABOUT)
