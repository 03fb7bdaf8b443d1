"""What published tables and measurements say about a case, beside what the formulas say."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from math import log
from typing import Any

from formulas.errors import BadInput
from kb.checked import check
from kb.database import rows
from kb.outcome import Outcome
from kb.stored import stored_bits

# methods of the fine-tuning table, as it spells them
FINETUNE_METHODS = {
    "full": "Full",
    "freeze": "Freeze",
    "lora": "LoRA",
    "galore": "GaLore",
    "badam": "BAdam",
    "qlora": "QLoRA",
}
_NEAR = 0.12
# a measured run is told beside an answer where neither its size nor its tokens are of another order
_LIKE_SIZE, _LIKE_TOKENS = 1.1, 4.0
# from where on another vocabulary is said of it: the logits are then others
_LIKE_VOCABULARY = 1.5


def published(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """The rows of `finetune` or `inference` for the cases' method, bits and nearest size, each once."""
    found: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        for row in _finetune(outcome) if outcome.situation.knob("task") == "train" else _inference(outcome):
            found.setdefault(str(row), row)
    return list(found.values())


def _size(outcome: Outcome) -> float:
    asked = outcome.case.facts.get("params")
    return float(asked or outcome.n_params or 0) / 1e9


def _is_near(params_b: float, outcome: Outcome) -> bool:
    return abs(params_b - _size(outcome)) <= _NEAR * params_b


def _finetune(outcome: Outcome) -> list[dict[str, Any]]:
    method = FINETUNE_METHODS.get(str(outcome.situation.knob("method")))
    bits = outcome.situation.knob("bits")
    if method == "QLoRA" and bits is None:
        bits = 4
    cells = rows("SELECT * FROM finetune WHERE method = ? ORDER BY bits DESC NULLS FIRST", [method or ""])
    found = [cell for cell in cells if bits in (None, cell["bits"]) and _is_near(cell["params_b"], outcome)]
    return [
        {"table": "finetune", "method": row["method"], "bits": row["bits"], "model_size": row["model_size"],
         "says_gb": row["memory_gb"], **_revised(row)}
        for row in found
    ]  # fmt: skip


def _revised(cell: dict[str, Any]) -> dict[str, Any]:
    """What the newest README that is known has in a cell's place, and since when, where that is another figure."""
    newer = rows(
        "SELECT memory_gb, CAST(revision AS VARCHAR) AS since FROM finetune_revisions WHERE method = ? AND bits IS NOT DISTINCT FROM ? AND model_size = ? ORDER BY revision",
        [cell["method"], cell["bits"], cell["model_size"]],
    )
    if not newer or newer[-1]["memory_gb"] == cell["memory_gb"]:
        return {}
    last = newer[-1]["memory_gb"]
    return {"newer_gb": last, "newer_since": next(row["since"] for row in newer if row["memory_gb"] == last)}


def _inference(outcome: Outcome) -> list[dict[str, Any]]:
    cells = rows("SELECT * FROM inference WHERE bits = ?", [round(stored_bits(outcome))])
    found = [cell for cell in cells if _is_near(cell["params_b"], outcome)]
    return [
        {
            "table": "inference",
            "model_size": row["model_size"],
            "dtype": row["dtype"],
            "says_gib": row["memory_gib"],
            "factor": row["memory_gib"] / row["weights_gib"],
        }
        for row in found
    ]


@cache
def _measured(method: str) -> list[dict[str, Any]]:
    return rows(
        """
        SELECT m.*, s.url, d.unique_params, d.vocab_size
        FROM measurements m JOIN models d ON d.name = m.model LEFT JOIN sources s ON s.key = m.source
        WHERE m.method = ? AND m.strict AND m.meter IN ('nvml', 'reserved', 'allocated', 'unknown') AND d.unique_params > 0
        """,
        [method],
    )


def nearest(outcome: Outcome, most: int = 1) -> list[dict[str, Any]]:
    """The published runs nearest to a case: the same method, then the nearest size, length and batch."""
    knob = outcome.situation.knob
    size, cards = _size(outcome) * 1e9, float(outcome.n_gpus)
    tokens, batch = float(knob("seq_len") or 1), float(knob("batch_size") or 1)

    def distance(row: dict[str, Any]) -> tuple[float, str]:
        apart = abs(log(row["unique_params"] / size)) + 0.3 * abs(log((row["seq_len"] or 1) / tokens))
        apart += 0.3 * abs(log((row["batch_size"] or 1) / batch)) + 0.2 * abs(log((row["n_gpus"] or 1) / cards))
        return apart, row["id"]

    measured = [row for row in _measured(str(knob("method"))) if 0.5 * size <= row["unique_params"] <= 2 * size]
    found = sorted(measured, key=distance)[:most]
    return [
        {
            "id": row["id"], "described": _described(row), "described_zh": _described(row, chinese=True), "gib": row["gib"], "meter": row["meter"],
            "source": row["source"], "url": row["url"], **_comparison(row, outcome),
        }
        for row in found
    ]  # fmt: skip


def _comparison(row: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Whether a run is close enough to be told beside an answer, and what the formulas give for that very run.

    Close is the same kind of training, a like size in as many bits, at a length and a batch that are no other order: what else differs, the formulas'
    own figure for the run accounts for.
    """
    knob = outcome.situation.knob
    size = float(row["unique_params"]) / 1e9 / _size(outcome)
    lengths = [float(row["seq_len"] or 1) * float(row["batch_size"] or 1), _tokens(knob)]
    stored = _of_format(row["weight_format"])
    algo = re.search(r"\balgo=(\w+)", str(row["extra"] or ""))
    close = (
        (algo[1] if algo else "sft") == (knob("algo") or "sft")
        and max(size, 1 / size) <= _LIKE_SIZE
        and max(lengths) <= _LIKE_TOKENS * min(lengths)
        and (stored is None or abs(stored - round(stored_bits(outcome))) <= 1)
    )
    if not close:
        return {"close": False}
    predicted = _predicted(row["method"], row["id"])
    if predicted is None:
        return {"close": False}
    words = [float(row["vocab_size"] or 1), float(outcome.situation.facts["vocab_size"].value)]
    another = knob("task") == "train" and max(words) > _LIKE_VOCABULARY * min(words)
    return {"close": True, "predicted_gib": predicted, "vocabulary": row["vocab_size"] if another else None}


@cache
def _predicted(method: str, run: str) -> float | None:
    """What the formulas give for a run of the table; None for a figure that is no peak of a run."""
    try:
        return check(next(row for row in _measured(method) if row["id"] == run)).predicted
    except BadInput:
        return None


def _tokens(knob: Callable[[str], Any]) -> float:
    return float(knob("seq_len") or 1) * float(knob("batch_size") or 1)


def _of_format(name: Any) -> int | None:
    """Whole bits of a weight format; None where the table does not have it."""
    found = rows("SELECT bits_per_weight FROM dtypes WHERE name = ?", [str(name)])
    stored = found[0]["bits_per_weight"] if found else None
    return round(float(stored)) if stored else None


_IN_WORDS = {"full": ("full", "全量"), "inference": ("inference", "推理"), "freeze": ("freeze", "冻结"),
             "lora": ("LoRA", "LoRA"), "qlora": ("QLoRA", "QLoRA")}  # fmt: skip


def _described(row: dict[str, Any], chinese: bool = False) -> str:
    batch, tokens, cards = ("批大小 {}", "{} token", "{} 张卡") if chinese else ("batch {}", "{} tokens", "{} cards")
    several = (row["n_gpus"] or 1) > 1
    counted = ("各卡合计", "每卡") if chinese else ("over all of them", "per card")
    parts = [
        str(row["model_as_published"]).split(" (")[0].rsplit("/", 1)[-1],  # less the note on where it is published
        _IN_WORDS.get(row["method"], (row["method"],) * 2)[chinese], row["weight_format"],
        batch.format(row["batch_size"]) if row["batch_size"] else None,
        tokens.format(f"{row['seq_len']:,}") if row["seq_len"] else None,
        cards.format(row["n_gpus"]) if several else None,
        f"ZeRO-{row['zero_stage']}" if row["zero_stage"] else None,
        counted[row["scope"] != "total"] if several else None,
    ]  # fmt: skip
    return ("、" if chinese else ", ").join(str(part) for part in parts if part)
