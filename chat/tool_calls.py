"""What each tool of the agent does: a short text for the model, and the whole result in the shape of the contract."""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from formulas.errors import BadInput, near

# what the remarks can be about, for a model that has to choose; the embedded one names its own intents and cues as well
SUBJECTS = (
    "oom_diagnosis", "why_more", "zero_offload", "method_diff", "adam_state", "kv_cache", "moe", "quant_gguf", "rl_memory",
    "units", "how_many_gpus", "max_batch_ctx", "fits", "how_much", "table_lookup", "evaluation", "loading", "long_context",
)  # fmt: skip

# of a result, what a model reads; the page has it all
MOST_ROWS_TOLD = 60
MOST_TOLD = 12_000


# subjects that a name follows
_WITH_A_NAME = ("choose_card", "serve_by", "lever", "divides")


def _returned(result: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the model reads (the result without its long parts) and what the page renders."""
    return as_text(told(result, (*DERIVED, "sources"))), result


def told(result: dict[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """A result without what is empty, what is left out and what is more than a model reads."""
    kept = {key: value for key, value in result.items() if value not in (None, [], {}, "") and key not in without}
    if "terms" in kept and "cases" in kept:  # how each term comes about is told once, of the usual case
        kept["cases"] = [{**case, "terms": [_bare(term) for term in case.get("terms", ())]} for case in kept["cases"]]
    rows = kept.get("rows", ())
    if len(rows) > MOST_ROWS_TOLD:
        kept |= {
            "rows": rows[:MOST_ROWS_TOLD],
            "more": f"the first {MOST_ROWS_TOLD} of {len(rows)} rows; narrow the query",
        }
    return kept


def _bare(term: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in term.items() if key not in ("says", "zh")}


def as_text(told: dict[str, Any]) -> str:
    """JSON, cut where a model would lose the thread."""
    text = json.dumps(_rounded(told), ensure_ascii=False, default=float)
    return text if len(text) <= MOST_TOLD else text[:MOST_TOLD] + "… (cut; the whole result is longer)"


def _rounded(told: Any) -> Any:
    """Five digits are more than a sentence holds, and fewer tokens; so are words in one language."""
    if isinstance(told, float):
        return float(f"{told:.5g}")
    if isinstance(told, dict):
        return {key: _rounded(value) for key, value in told.items() if key != "zh" or "says" not in told}
    return [_rounded(value) for value in told] if isinstance(told, (list, tuple)) else told


# how a result follows, which `derive_quantity` tells in words
DERIVED = ("derivation_latex", "derivation_steps")


def estimate_memory(**facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.estimator import estimate

    return _returned({"kind": "estimate", **estimate(host=_ram(facts), **facts).json()})


def solve_for(quantity: str, own_length: int = 0, **facts: Any) -> tuple[str, dict[str, Any]]:
    from kb.none_enough import json_of
    from kb.solver import solve

    return _returned({"kind": "solve", **json_of(solve(quantity, **facts), own_length)})


def compare_setups(setups: str | list[str], **shared: Any) -> tuple[str, dict[str, Any]]:
    from chat.plans.setup_texts import parsed
    from kb.comparison import compare

    each, stated = parsed([setups] if isinstance(setups, str) else setups)
    return _returned({"kind": "comparison", **compare(each, stated, _ram(shared), **shared).json()})


def _ram(facts: dict[str, Any]) -> Any:
    """How fast the machine's own memory is, as far as it was told; taken out of the facts."""
    from chat.pace.kinds import OF_RAM
    from kb.rates import HostMemory

    return HostMemory.of(*(facts.pop(name, None) for name in OF_RAM))


def recommend_cards(
    only: str | None = None,
    without_card: bool = False,
    named_format: str | None = None,
    least_b: float | None = None,
    most_b: float | None = None,
    among: Sequence[str] = (),
    **facts: Any,
) -> tuple[str, dict[str, Any]]:
    from kb.machine import machines_run
    from kb.recommender import recommend

    trains = facts.get("task") == "train" or "algo" in facts or facts.get("method", "inference") != "inference"
    cards = {"gpu", "gpu_memory_gb"} & set(facts)
    found = (
        recommend(**facts).json()
        if trains or (not cards and "host_memory_gb" not in facts and not without_card)
        else machines_run(
            only, without_card, named_format, (least_b, most_b), [among] if isinstance(among, str) else among, **facts
        )
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


def remarks(about: str | list[str], **facts: Any) -> tuple[str, dict[str, Any]]:
    """What can be said of a subject. BadInput for a subject that is none, and for a part that is no term with its GB."""
    from chat.working import remarks as made

    subjects = [about] if isinstance(about, str) else about
    _check_subjects(subjects)
    told: dict[str, Any] = {name: several for name in _LISTS if (several := _several(facts.pop(name, None)))}
    told |= {name: number for name in _NUMBERS if (number := facts.pop(name, None))}
    told["claims_gb"] = [float(claim) for claim in told.get("claims_gb", ())]
    tried = [float(size) for size in told.pop("oom_gib", ())]
    if tried:
        told["tried_gib"] = tried[0]
    if len(tried) == 2:  # one amount alone tells no fragmentation
        told["oom_gib"] = tried
    for part in told.get("parts", ()):
        if not re.fullmatch(r"[a-z_]+ \d+(?:\.\d+)?", str(part)):
            raise BadInput(f"a part is a term with its GB, such as `weights 14`, not {str(part)[:30]!r}")
    return _returned({"kind": "remarks", **made(subjects, told, facts)})


# what an asker tells beside facts: several of each, one of each
_LISTS = (
    "claims_gb", "oom_gib", "gpus", "others_cards", "settings", "served_models", "former_models", "programs", "observed_gb", "ranges", "sizes",
    "parts", "claims_kb", "log", "bare_gb", "claims_gib", "monitor_gib",
)  # fmt: skip
_NUMBERS = ("short_gb", "kv_heads", "added_vocabulary")


def _several(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told] if told else []


def _check_subjects(subjects: list[str]) -> None:
    if any(str(one).partition(":")[0] in _WITH_A_NAME for one in subjects):  # `choose_card:L40S`
        return
    known = _known_subjects()
    if not known & set(subjects):
        unknown = str(subjects[0])
        raise BadInput(f"no subject `{unknown[:60]}`{near(unknown, known)}; some are {', '.join(SUBJECTS[:8])}")


@cache
def _known_subjects() -> frozenset[str]:
    """Those of a model, and the intents and cues that the embedded one names as well."""
    from chat.reads.concepts.meanings import MEANT
    from chat.reads.cues import CUES
    from chat.reads.further_asks import FURTHER
    from chat.reads.intents import INTENTS
    from chat.reads.quantities import SHARE
    from chat.reads.requests.people import PEOPLE_COUNTED
    from chat.reads.seen.symptoms import SYMPTOMS

    of_the_grammar = (*(intent for intent, *_ in INTENTS), *(cue for cue, _ in (*CUES, *SYMPTOMS)), *FURTHER, *MEANT)
    return frozenset({"unclear", PEOPLE_COUNTED, SHARE, *SUBJECTS, *of_the_grammar})


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


def training_time(**given: Any) -> tuple[str, dict[str, Any]]:
    from chat.pace.tools import training

    return _returned({"kind": "pace", **training(**given)})


def generation_speed(**given: Any) -> tuple[str, dict[str, Any]]:
    from chat.pace.tools import speed

    return _returned({"kind": "pace", **speed(**given)})


def encoder_memory(names: str | list[str], **given: Any) -> tuple[str, dict[str, Any]]:
    from chat.pace.encoders import encoder_lines
    from chat.pace.tools import told_lines

    return _returned(
        {"kind": "pace", **told_lines(encoder_lines([names] if isinstance(names, str) else names, **given))}
    )
