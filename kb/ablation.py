"""What each term buys: the measured runs predicted again, each time without one of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.validate import PEAKS, Checked, by_source_first, check, own_rows

LEFT_OUT = "left out"
# what is left out, in words, and the facts that leave it out
TERMS: dict[str, dict[str, Any]] = {
    "a temporary of all gradients in steps over lists (foreach), or of float32 gradients": {"optimizer_step": "fused"},
    "logits that the caller still holds": {"outputs_kept": "nothing"},
    "losses in 16 bits": {"loss_precision": "single"},
    "losses that write over the logits": {"loss_kernel": "copying"},
    "a second layer under sharded adapters": {"adapters_sharded": "no"},
    "offloading": {"offloaded": "none"},
    "the reference model": {"reference_model": "no"},
    "embedding and head that train as copies": {"copied_matrices": 0},
    "gathered layers": {"gathered": 0},
    "the old cache beside the new": {"cache_growth": "in-place"},
    "rotary tables of each layer": {"position_tables": "shared"},
    "a matrix unpacked to 16 bits": {"dequantising": "in-kernel"},
    "reading a figure of no meter as that of generating": {"reading": "peak"},
    "context (constant)": {"context": 0},
    "communication (constant)": {"communication": 0},
    "workspace (constant)": {"workspace": 0},
    "slack_share (constant)": {"slack_share": 0},
    "logit_slack_share (constant)": {"logit_slack_share": 0},
}


def peaks(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strict rows of programs' peaks."""
    return [row for row in rows if str(row.get("strict", "1")) not in ("0", "False") and row["meter"] in PEAKS]


def ablation() -> dict[str, dict[str, dict[str, float]]]:
    """Summaries of inference and training by what is left out, `nothing` first."""
    rows = peaks(own_rows())
    found = {"nothing": _summaries(rows, {})}
    for words, facts in TERMS.items():
        found[words] = _summaries(rows, {name: Fact(value, LEFT_OUT) for name, value in facts.items()})
    return found


def _summaries(rows: Iterable[dict[str, Any]], changed: Mapping[str, Fact]) -> dict[str, dict[str, float]]:
    kinds: dict[str, list[Checked]] = {"inference": [], "train": []}
    for row in rows:
        try:
            kinds[row["kind"]].append(check(row, changed))
        except BadInput:
            continue
    return {kind: by_source_first(checked) for kind, checked in kinds.items()}
