"""What each term buys: the measured runs predicted again, each time without one of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from formulas.derivation import Fact
from kb.validate import PEAKS, Checked, by_source_first, check, own_rows

LEFT_OUT = "left out"
# what is left out, in words, and the facts that leave it out
TERMS: dict[str, dict[str, Any]] = {
    "logits and their loss": {"logits_at_forward": 0, "logits_at_backward": 0, "logits": 0, "kept_logits": 0},
    "inputs kept by checkpointing": {"checkpoints": 0},
    "the layer that is recomputed": {"recomputed_layer": 0},
    "gradients": {"gradients": 0},
    "what a prefill computes with": {"prefill_working_set": 0},
    "all that tensors do not show": {"workspace": 0, "slack": 0, "runtime": 0},
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
    "a head that the file stores twice": {"at_loading": "as-stored"},
    "a head of an FP8 file that stays beside its embedding": {"head_kept": "no"},
    "reading a figure of no meter as that of generating": {"reading": "peak"},
    "context (constant)": {"context": 0},
    "communication (constant)": {"communication": 0},
    "workspace (constant)": {"workspace": 0},
    "slack_share (constant)": {"slack_share": 0},
    "logit_slack_share (constant)": {"logit_slack_share": 0},
    "spare_share (constant)": {"spare_share": 0},
}


def peaks(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strict rows of programs' peaks."""
    return [row for row in rows if str(row.get("strict", "1")) not in ("0", "False") and row["meter"] in PEAKS]


def ablation() -> dict[str, dict[str, dict[str, float]]]:
    """Summaries of inference and training by what is left out, `nothing` first; what changes no row is not listed."""
    without: dict[str, list[Checked]] = {words: [] for words in ("nothing", *TERMS)}
    # row by row, so that what a row says is worked out once for all terms
    for row in peaks(own_rows()):
        whole = check(row)
        for words, one in without.items():
            one.append(_without(whole, TERMS.get(words, {})))
    found = {words: _summaries(one) for words, one in without.items()}
    nothing = found["nothing"]
    for words in TERMS:
        found[words] = {kind: summary for kind, summary in found[words].items() if summary != nothing[kind]}
    return found


def _without(one: Checked, facts: Mapping[str, Any]) -> Checked:
    """The row predicted again without a term; itself where it has none."""
    had = one.situation.facts if one.situation else {}
    if all(name in had and had[name].value == value for name, value in facts.items()):
        return one
    return check(one.row, {name: Fact(value, LEFT_OUT) for name, value in facts.items()})


def _summaries(checked: Iterable[Checked]) -> dict[str, dict[str, float]]:
    kinds: dict[str, list[Checked]] = {"inference": [], "train": []}
    for one in checked:
        kinds[one.row["kind"]].append(one)
    return {kind: by_source_first(group) for kind, group in kinds.items()}
