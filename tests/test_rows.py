"""A measurement's row as facts: blanks, programs that are not known, what a row states beside its columns."""

from typing import Any

import pytest

from formulas.errors import BadInput
from formulas.layouts import standing_gradients
from formulas.programs import dequantised
from formulas.vocabulary import checkpoints, gradients, kv_cache, logits_at_backward, optimizer, optimizer_temporaries
from kb.cases import Case
from kb.checked import Checked, check, facts_of
from kb.outcome import outcome
from kb.programs import serves, written

ROW: dict[str, Any] = {
    "id": "one", "source": "unseen", "kind": "train", "model": "meta-llama/Llama-2-7b-hf", "method": "full",
    "weight_format": "bf16", "optimizer": "adamw", "precision": "pure-bf16", "batch_size": "1", "grad_accum": "1",
    "seq_len": "2048", "gradient_checkpointing": "1", "attention": "flash", "loss": "full-logits", "zero_stage": "0",
    "offload": "none", "tp": "1", "pp": "1", "cp": "1", "ep": "1", "layer_split": "0", "n_gpus": "1",
    "gpu": "A100 SXM4 80 GB", "engine": "transformers", "engine_version": "4.46.0", "meter": "nvml", "scope": "per_gpu",
    "gib_low": 10.0, "gib_high": 10.0, "gib": 10.0, "strict": "1", "extra": None,
}  # fmt: skip
SERVED = ROW | {
    "kind": "inference", "method": "inference", "optimizer": None, "precision": None, "gradient_checkpointing": None,
    "zero_stage": None, "output_len": "128", "loss": "last-logits", "kv_format": "bf16",
}  # fmt: skip
LORA = ROW | {
    "method": "lora",
    "precision": "adapter-fp32",
    "lora_rank": "16",
    "lora_targets": "all-linear",
    "adapter_dtype": "fp32",
}
PARAMS = 6738415616


def predicted(row: dict[str, Any], **columns: Any) -> Checked:
    return check(row | columns)


def values(row: dict[str, Any], **columns: Any) -> dict[Any, Any]:
    return outcome(Case(facts_of(row | columns), None, ())).values


def test_a_version_of_another_program_is_no_version_of_transformers() -> None:
    """Version 0.5 of a server is not transformers 0.5, which would hold logits, tables and caches that it does not."""
    for engine in ("gpt-fast", "tgi", "litgpt", "exllamav2", "llama-factory"):
        assert facts_of(SERVED | {"engine": engine, "engine_version": "0.5.1"}).get("engine_version") is None
    assert facts_of(SERVED | {"engine": "ms-swift", "engine_version": "2024-03"})["engine_version"] == "2024-03"
    assert (
        facts_of(SERVED | {"engine": "llama-factory", "engine_version": "0.8, transformers 4.41.2"})["engine_version"]
        == "4.41.2"
    )


def test_a_program_that_no_row_measures_is_twice_as_wide() -> None:
    known, unknown = predicted(SERVED), predicted(SERVED, engine="gpt-fast")
    assert unknown.high - unknown.predicted > 1.9 * (known.high - known.predicted)
    assert written("lit-gpt") == "litgpt"
    assert written("Megatron-LM") == "megatron"
    assert written("something new") == "something-new"


def test_servers_fill_their_share_of_the_card_as_the_driver_sees_it() -> None:
    for engine in ("vllm", "sglang", "tgi", "lmdeploy", "tensorrt-llm"):
        assert serves(engine)
        assert 60 < predicted(SERVED, engine=engine).predicted < 80
        assert predicted(SERVED, engine=engine, meter="allocated").predicted < 20


def test_cards_that_are_not_counted_are_the_ranks_or_those_named() -> None:
    rows = {"zero_stage": "3", "dp": "8", "precision": "amp-bf16"}
    assert predicted(ROW, n_gpus=None, **rows).predicted == predicted(ROW, n_gpus="8", **rows).predicted
    assert facts_of(SERVED | {"n_gpus": None, "gpu": "RTX 4090+RTX 3090"})["n_gpus"] == 2


def test_old_versions_did_otherwise_where_the_row_does_not_say() -> None:
    old = {"engine_version": "4.35.0", "loss": None, "attention": None}
    assert {"loss": "full-logits", "attention": "eager"}.items() <= facts_of(SERVED | old).items()
    today = facts_of(SERVED | old | {"engine_version": "4.48.0"})
    assert not {"loss", "attention"} & set(today)


def test_a_training_run_has_no_cache() -> None:
    with pytest.raises(BadInput, match="no cache"):
        predicted(ROW, meter="kv")


def test_an_optimizer_that_is_a_methods_own_makes_no_lists() -> None:
    """GaLore, APOLLO and BAdam step matrix by matrix, whatever the column of the optimizer says."""
    for method in ("galore", "apollo", "badam"):
        assert values(ROW, method=method)[optimizer_temporaries] == 0
    assert values(ROW)[optimizer_temporaries] == 2 * PARAMS


def test_what_is_updated_in_the_backward_pass_keeps_one_gradient() -> None:
    there = values(ROW, extra="opt_in_bwd=1", engine="torchtune")
    assert there[gradients] == 2 * 3 * 4096 * 11008  # one MLP
    assert there[optimizer] == 4 * PARAMS
    assert there[optimizer_temporaries] == 0
    assert values(ROW, extra="opt_in_bwd=1", grad_accum="8")[standing_gradients] == 0


def test_paged_states_are_seen_by_the_driver_alone() -> None:
    """bitsandbytes takes them from CUDA itself: 2 bytes a parameter and their scales."""
    paged = {"optimizer": "paged-adamw-8bit"}
    assert values(ROW, **paged)[optimizer] == pytest.approx(PARAMS * (2 + 8 / 256))
    assert values(ROW, **paged, meter="reserved")[optimizer] == 0
    assert values(ROW, optimizer="adamw-8bit", meter="reserved")[optimizer] == pytest.approx(PARAMS * (2 + 8 / 256))


def test_inputs_of_layers_go_to_the_host() -> None:
    one = 2048 * 2 * 4096
    assert values(LORA)[checkpoints] == 32 * one
    assert values(LORA, engine="torchtune", extra="act_offload=1")[checkpoints] == 5 * one
    assert values(LORA, engine="unsloth")[checkpoints] == one


def test_a_cache_that_is_set_aside_is_as_long_as_it_says() -> None:
    assert values(SERVED, extra="kv_len=4096")[kv_cache] == 4096 * 32 * 2 * 4096 * 2
    assert values(SERVED, extra="kv_len=1024")[kv_cache] == (2048 + 128) * 32 * 2 * 4096 * 2


def test_a_run_that_took_place_was_on_its_card() -> None:
    """Free blocks end where the card does: before an allocation fails the allocator gives them back."""
    long = {"batch_size": "17", "seq_len": "4096", "engine_version": "4.40.0"}
    wide = predicted(LORA, **long, gpu="H200 SXM 141 GB")
    held = predicted(LORA, **long, meter="allocated")
    assert held.predicted < 80 < wide.predicted
    assert predicted(LORA, **long).predicted == pytest.approx(80, rel=0.01)


def test_litgpt_computes_its_loss_in_the_type_of_the_logits() -> None:
    """Chunks of the head leave the logits and their log-probabilities in 16 bits: 4 bytes for each of 2048·32000."""
    half = {"precision": "pure-bf16", "adapter_dtype": "bf16", "engine": "litgpt", "engine_version": None}
    each = 2048 * 32000
    assert values(LORA, **half, loss="chunked")[logits_at_backward] == 4 * each
    assert values(LORA, **half)[logits_at_backward] == 6 * each
    assert values(LORA, **half | {"engine": "torchtune"})[logits_at_backward] == 12 * each


def test_bitsandbytes_unpacks_a_matrix_for_a_prompt() -> None:
    assert values(SERVED, weight_format="nf4")[dequantised] == 2 * 4096 * 11008
    assert values(SERVED, weight_format="nf4", seq_len="1")[dequantised] == 0


def test_targets_of_other_spellings_are_read() -> None:
    for spelt in ("w1,w2,w3", "gate_proj,down_proj,up_proj"):
        assert predicted(LORA, lora_targets=spelt).predicted == predicted(LORA, lora_targets="gate,up,down").predicted
    assert predicted(LORA, lora_targets="all-linear,embed").predicted > predicted(LORA).predicted


@pytest.mark.parametrize("column", [name for name in ROW if name not in ("id", "source", "gib_low", "gib_high", "gib")])
@pytest.mark.parametrize("cell", [None, "abc", "-1", "1.5", "1e9", "{}", "x" * 400])
def test_no_cell_ends_a_validation(column: str, cell: str | None) -> None:
    """Whatever stands in a cell, a row is predicted or refused in one line."""
    for row in (ROW, LORA, SERVED, ROW | {"dp": "2", "n_gpus": None, "extra": "lora_dropout=abc;kv_len=x;algo=y"}):
        size, refused = 1.0, ""
        try:
            size = check(row | {column: cell}).predicted
        except BadInput as error:
            refused = str(error)
        assert size > 0
        assert "\n" not in refused


def test_numbers_and_switches_are_read_as_tables_write_them() -> None:
    same = {
        "n_gpus": "1.0",
        "tp": "1.0",
        "pp": "1.0",
        "gradient_checkpointing": "True",
        "layer_split": "false",
        "batch_size": "1.0",
    }
    assert predicted(ROW, **same).predicted == predicted(ROW).predicted
    assert predicted(ROW, gib_low=None, gib_high=None).error == predicted(ROW).error
