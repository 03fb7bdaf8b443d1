"""Peaks of live tensors against counted runs of the real code: every run, within 2 %, half of them within 0.1 %."""

import json
import statistics
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from formulas.derivation import Derivation, Fact, derive
from formulas.programs import TERM_OF
from formulas.residence import kept_head
from formulas.vocabulary import n_params, phase_start_of_backward, tensors_peak
from formulas.weights import a_tied_head_is_kept
from kb import estimate
from kb.architecture import from_config
from kb.database import rows
from kb.targets import trained
from kb.worked import filled

PEAKS = rows("SELECT * FROM tensor_peaks ORDER BY id")
# one card, plain transformers: nothing divided, offloaded or done in place
ONE_CARD = {
    "sharding": "none", "offloaded": "none", "cards_at_work": "one", "adapters_sharded": "no", "reference_model": "no", "teacher": "none",
    "loss_kernel": "copying", "outputs_kept": "nothing", "cache_growth": "in-place", "position_tables": "shared",
    "dequantising": "in-kernel", "latent_cache": "compressed", "value_bytes": 2, "copied_matrices": 0,
    "updated": "everything", "adapter_path": "autograd", "adapter_kind": "low-rank", "experts_adapted": "joined", "rollouts": "no", "loss_precision": "single", "head_kept": "no",
}  # fmt: skip
NF4_WITH_DOUBLE_QUANTISATION = Fraction(4) + Fraction(8, 64) + Fraction(32, 64 * 256)


def extra_of(row: dict[str, Any]) -> dict[str, str]:
    """`key=value;key=value` as a dictionary."""
    return dict(part.split("=", 1) for part in str(row["extra"] or "").split(";") if "=" in part)


def regime_of(row: dict[str, Any], extra: dict[str, str]) -> str:
    if row["method"] == "inference":
        return "half"
    if row["method"] == "full":
        return {"pure-bf16": "half", "amp-bf16": "mixed", "fp32": "single"}[row["precision"]]
    if extra.get("kbit_prep") == "1":
        return "kbit"
    if row["precision"] == "pure-bf16":
        return "adapter-half"
    return "adapter-mixed" if extra.get("autocast") == "1" else "adapter-single"


def facts_of(row: dict[str, Any]) -> dict[str, Fact]:
    """The run of a row as facts."""
    extra = extra_of(row)
    regime = regime_of(row, extra)
    model = from_config(json.loads(row["config"]))
    kernel = "math" if extra.get("sdpa_backend") == "math" else "eager" if row["attention"] == "eager" else "sdpa"
    run: dict[str, Any] = {
        "task": "inference" if row["method"] == "inference" else "train",
        "regime": regime,
        "checkpointing": "on" if str(row["gradient_checkpointing"]) in ("1", "True", "on") else "off",
        "attention_kernel": kernel,
        "loss": row["loss"],
        "quantised": "linears" if str(row["weight_format"]).startswith("nf4") else "nothing",
        "bits_per_weight": NF4_WITH_DOUBLE_QUANTISATION,
        "bytes_per_weight": 4 if regime in ("mixed", "single") else 2,
        "kbit_preparation": "on" if regime == "kbit" else "off",
        "cache_kind": "whole",
        "optimizer_kind": "adamw",
        "master_weights_kept": "no",
        "optimizer_step": extra.get("optimizer_impl") or "fused",
        **ONE_CARD,
        "batch_size": row["batch_size"],
        "seq_len": row["seq_len"],
        "output_len": row["output_len"] or 0,
        "page_size": 1,
        "kv_bytes": 2,
        "lora_rank": row["lora_rank"] or 16,
        "dropout_kept": int(float(extra.get("lora_dropout", 0)) > 0),
    }
    if extra.get("dropout") == "0.0":
        run["block_dropout"] = 0
    adapters = regime.startswith("adapter") or regime == "kbit"
    facts = {name: Fact(value, "given") for name, value in run.items()}
    return model.facts | facts | trained(model, (row["lora_targets"] or "all-linear") if adapters else None)


@cache
def predicted() -> dict[str, Derivation]:
    return {row["id"]: derive(tensors_peak, facts_of(row)) for row in PEAKS}


def error_of(row: dict[str, Any]) -> float:
    value = predicted()[row["id"]].value
    assert value is not None, f"{row['id']} is not evaluated: {predicted()[row['id']].unknown}"
    return float(value) / 2**30 / float(row["gib"]) - 1


def test_there_are_runs() -> None:
    assert len(PEAKS) >= 299


def test_half_of_the_runs_are_within_a_thousandth() -> None:
    assert statistics.median(abs(error_of(row)) for row in PEAKS) <= 0.001


def test_no_run_is_off_by_two_percent() -> None:
    assert {row["id"]: error_of(row) for row in PEAKS if abs(error_of(row)) > 0.02} == {}


@pytest.mark.parametrize("phase", ["backward", "optim", "prefill"])
def test_the_counted_phase_decides(phase: str) -> None:
    """The phase that decides is one of those that the count names so."""
    wanted = {"backward": "backward", "optim": "optimizer", "prefill": "prefill"}[phase]
    named = [row for row in PEAKS if extra_of(row).get("phase") == phase]
    right = 0
    for row in named:
        derivation = predicted()[row["id"]]
        phases = {q.name: v for q, v in derivation.values.items() if q.name.startswith("phase_")}
        right += wanted in max(phases, key=lambda name: phases[name])
    assert right >= 0.9 * len(named)


def test_the_parts_of_a_phase_are_terms_of_an_answer() -> None:
    """Each summand of a phase is a term itself or belongs to exactly one."""
    terms = {"weights", "gradients", "optimizer", "activations", "logits", "kv_cache", "state", "adapter", "buffers"}
    for derivation in predicted().values():
        for step in derivation.steps:
            if step.quantity.name.startswith("phase_") and step.expr is not None:
                for part in step.expr.free_symbols:
                    assert TERM_OF.get(part, part.name) in terms, part.name


def test_llama_keeps_what_the_closed_form_says() -> None:
    """16h + 4q + 4kv + 8f + 4a + 8 bytes per token and layer, in 16 bits with a fused kernel."""
    row = next(r for r in PEAKS if r["model_as_published"] == "llama3-8b" and r["method"] == "full")
    derivation = derive(phase_start_of_backward, facts_of(row))
    kept = next(v for q, v in derivation.values.items() if q.name == "saved_layer")
    assert kept == 16 * 4096 + 4 * 4096 + 4 * 1024 + 8 * 14336 + 4 * 32 + 8


def test_an_average_that_an_exl2_file_is_made_to_is_its_own() -> None:
    """Four bits of ExLlama are four; of llama.cpp they are a file of Q4_K_M."""
    facts = {"model": "Llama-3.1-70B", "method": "inference", "bits": 4}
    own, other = (estimate(**facts, engine=engine).outcomes[0].part("weights") for engine in ("exllama", "llama.cpp"))
    assert 1.2 < other / own < 1.21


def test_an_fp8_file_of_a_tied_model_holds_its_head_too() -> None:
    """Qwen3-0.6B: 151,936 × 1,024 numbers of 16 bits more under transformers, none under vLLM, none of an untied model."""

    def weights(model: str, engine: str) -> float:
        return estimate(model=model, method="inference", weights="fp8", engine=engine).outcomes[0].part("weights")

    assert weights("Qwen3-0.6B", "transformers") - weights("Qwen3-0.6B", "vllm") == 2 * 151936 * 1024
    assert weights("Qwen3-8B", "transformers") == weights("Qwen3-8B", "vllm")


def test_a_head_that_is_kept_is_no_parameter_and_has_its_own_formula() -> None:
    """The count stays the tied model's own, with any program; a derivation names what keeps the head, and its source."""
    asked: dict[str, Any] = {"model": "Qwen3-0.6B", "method": "inference", "weights": "fp8"}
    kept, other = (estimate(**asked, engine=engine).outcomes[0] for engine in ("transformers", "vllm"))
    unnamed = estimate(**asked).outcomes[0]
    assert {filled(n_params, one.situation.facts).value for one in (kept, other, unnamed)} == {596049920}
    assert (kept.values[kept_head], other.values[kept_head]) == (2 * 151936 * 1024, 0)
    assert unnamed.values[kept_head] == kept.values[kept_head]
    step = next(one for one in kept.derivation.steps if one.quantity is kept_head)
    assert step.formula is a_tied_head_is_kept
    bf16 = estimate(model="Qwen3-0.6B", method="inference", engine="transformers").outcomes[0]
    assert bf16.values.get(kept_head, 0) == 0
