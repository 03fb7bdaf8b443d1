"""What programs add, by their versions; and the few constants, each with what it was fitted on."""

from typing import Any

import pytest

from kb.cases import Case
from kb.database import rows
from kb.engines import before
from kb.outcome import Outcome, outcome
from kb.validate import check, own_rows

QWEN2 = {"model": "Qwen/Qwen2-7B-Instruct", "method": "inference", "weight_format": "bf16", "loss": "full-logits"}
LLAMA = {"model": "meta-llama/Llama-2-7b-hf", "seq_len": 2048, "batch_size": 1}


def worked(**facts: Any) -> Outcome:
    return outcome(Case(facts, None, ()))


@pytest.mark.parametrize(
    ("version", "older"),
    [
        ("4.38.2", True), ("4.46.0", False), ("transformers-5.13", False), ("2023-07", True), ("2023", True),
        ("2024-03", True), ("2024", False), (None, False), ("", False), ("nightly", False),
    ],
)  # fmt: skip
def test_versions_and_dates(version: str | None, older: bool) -> None:
    assert before(version, (4, 42), "2024-06") is older


def test_old_programs_keep_tables_and_two_caches() -> None:
    old = worked(**QWEN2, seq_len=1, output_len=2048, engine="transformers", engine_version="4.38.2", meter="allocated")
    new = worked(**QWEN2, seq_len=1, output_len=2048, engine="transformers", engine_version="4.46.0", meter="allocated")
    tables = 2 * 28 * 32768 * 128 * 2
    assert old.best - new.best == pytest.approx(tables + new.part("kv"))


def test_adamw_steps_over_lists_unless_told() -> None:
    """Llama-3-8B in 16 bits: 10 bytes a parameter by lists, 8 fused (driver's figures: 74.8 and 60.1 GiB)."""
    facts = {**LLAMA, "model": "meta-llama/Meta-Llama-3-8B-Instruct", "method": "full", "precision": "pure-bf16"}
    n_params = 8030261248
    by_lists = worked(**facts, meter="tensors", gradient_checkpointing="on")
    assert by_lists.best == pytest.approx(10 * n_params, rel=1e-3)
    assert worked(**facts, meter="tensors", gradient_checkpointing="on", optimizer_impl="fused").best < by_lists.best


def test_full_sharding_of_float32_masters_computes_in_sixteen_bits() -> None:
    facts = {"model": "mistralai/Mistral-7B-v0.1", "method": "full", "precision": "amp-bf16", "zero_stage": 3}
    there = worked(**facts, n_gpus=4, seq_len=4096, batch_size=4, meter="allocated")
    assert there.terms["weights"] == pytest.approx(4 * 7241732096 / 4)
    assert there.situation.facts["regime"].value == "half"


def test_offloaded_states_are_not_on_the_card() -> None:
    facts = {**LLAMA, "method": "full", "precision": "bf16-params-fp32-states", "zero_stage": 2, "n_gpus": 4}
    kept, offloaded = worked(**facts), worked(**facts, offload="optimizer")
    assert "optimizer" in kept.terms
    assert "optimizer" not in offloaded.terms


def test_preference_pairs_and_references_count() -> None:
    facts = {**LLAMA, "method": "full", "precision": "pure-bf16"}
    one, pair, compared = worked(**facts), worked(**facts, algo="simpo"), worked(**facts, algo="dpo")
    assert one.situation.facts["batch_size"].value * 2 == pair.situation.facts["batch_size"].value
    assert compared.terms["weights"] == pytest.approx(2 * one.terms["weights"])


def test_cards_that_hold_layers_do_not_each_hold_the_logits() -> None:
    facts = {**QWEN2, "model": "Qwen/Qwen2-72B", "seq_len": 6144, "output_len": 2048, "layer_split": True, "n_gpus": 2}
    there = worked(**facts, meter="allocated")
    assert there.terms["weights"] == pytest.approx(there.total / 2, rel=0.1)
    assert there.total < 2 * there.best


def test_a_cache_is_divided_down_to_one_head() -> None:
    facts = {"model": "meta-llama/Meta-Llama-3-8B-Instruct", "method": "inference", "seq_len": 8192}
    whole = worked(**facts).part("kv")
    assert worked(**facts, tp=8, n_gpus=8).part("kv") == pytest.approx(whole / 8)
    assert worked(**facts, tp=16, n_gpus=16).part("kv") == pytest.approx(whole / 8)


def test_latent_caches_of_llama_cpp() -> None:
    """DeepSeek-V3, 512 tokens in 16 bits: 2440 MiB expanded, 34.31 MiB compressed (loader's own lines)."""
    facts = {"model": "deepseek-ai/DeepSeek-V3", "method": "inference", "engine": "llama.cpp", "kv_format": "fp16"}
    assert worked(**facts, seq_len=512, mla_attn="0").part("kv") == pytest.approx(2440 * 2**20)
    assert worked(**facts, seq_len=512, mla_attn="2").part("kv") == pytest.approx(34.3125 * 2**20)
    # K (f16): 1098 MiB, V (f16): 976 MiB at 16384 tokens
    assert worked(**facts, seq_len=16384, mla_attn="1").part("kv") == pytest.approx(2074 * 2**20)


def test_constants_are_few_and_say_where_they_are_from() -> None:
    found = rows("SELECT * FROM overheads")
    assert {row["name"] for row in found} == {
        "context", "communication", "workspace", "slack_share", "logit_slack_share", "spare_share",
    }  # fmt: skip
    for row in found:
        assert row["fitted_on"]
        assert row["grade"] == "measured" or row["n_rows"] is None


@pytest.mark.slow
def test_constants_are_near_what_pairs_of_one_run_give() -> None:
    """Driver minus allocated of the same run on one card: the constants explain it within 6 % of the figure, median."""
    pairs: dict[str, dict[str, Any]] = {}
    for row in own_rows():
        if row["source"] == "fms-accel" and row["strict"] and int(row["n_gpus"]) == 1:
            pairs.setdefault(row["locator"].rsplit(",", 1)[0], {})[row["meter"]] = row
    off = []
    for pair in pairs.values():
        if {"nvml", "allocated"} <= pair.keys() and pair["nvml"]["gib"] < 75:  # a full card gives its blocks back
            added = check(pair["nvml"]).predicted - check(pair["allocated"]).predicted
            off.append(abs(pair["allocated"]["gib"] + added - pair["nvml"]["gib"]) / pair["nvml"]["gib"])
    assert len(off) == 75
    assert sorted(off)[len(off) // 2] < 0.06


@pytest.mark.parametrize(("n_ubatch", "mib"), [(512, 312.75), (2048, 1251.0), (4096, 2502.0)])
def test_compute_buffer_of_llama_cpp(n_ubatch: int, mib: float) -> None:
    """Qwen3-235B-A22B with fused attention: the loader's own lines. Latent attention's graphs are not reached."""
    there = worked(
        model="Qwen/Qwen3-235B-A22B", method="inference", engine="llama.cpp", seq_len=32768, n_ubatch=n_ubatch
    )
    assert there.terms["buffers"] == pytest.approx(mib * 2**20, rel=1e-3)


def test_a_cache_of_all_heads_is_shown_as_its_product() -> None:
    there = worked(model="deepseek-ai/DeepSeek-V3", method="inference", engine="llama.cpp", seq_len=512, mla_attn="0")
    cache = next(one for one in there.terms_json() if one["name"] == "kv_cache")
    assert cache["says"].startswith("61 layers × 128 heads × (192 + 128) × 2 B = ")
