"""Methods and optimizers end to end, by hand on Llama-2-7B: 32 layers, h = 4096, f = 11008, V = 32000."""

from typing import Any

import pytest

from formulas.anatomy import trained_params
from formulas.errors import BadInput
from formulas.tuning import rotation_block
from kb import estimate
from kb.outcome import Outcome

PARAMS = 6738415616
LAYER = 4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096  # attention, MLP, two norms: 202,383,360
TABLES = 2 * 32000 * 4096  # embedding and head
OTHERS = PARAMS - 32 * (LAYER - 2 * 4096)  # what is no matrix of a block
TOKEN_LAYER = 16 * 4096 + 8 * 4096 + 8 * 11008 + 4 * 32 + 8  # kept per token by one layer, all in 16 bits, flash


def one(**given: Any) -> Outcome:
    """The usual reading of a training of Llama-2-7B, metered in live tensors."""
    return estimate(**{"model": "Llama-2-7B", "meter": "tensors", "task": "train", **given}).outcomes[0]


def value(outcome: Outcome, name: str) -> float:
    """One quantity of an outcome."""
    return float(next(size for quantity, size in outcome.values.items() if quantity.name == name))


# ── optimizers: bytes of states, parameters in bfloat16 ────────────────────────────────────────────────────────────
# Llama-2's matrices: attention 4 of 4096 × 4096, MLP 3 of 4096 × 11008
ROWS_AND_COLUMNS = 32 * (4 * 8192 + 3 * (4096 + 11008)) + 2 * (32000 + 4096) + 65 * 4096
STATES = {
    "adamw": PARAMS * 4,
    "paged-adamw": PARAMS * 8,
    "adamw-8bit": PARAMS * (2 + 2 * 4 / 256),
    "paged-adamw-8bit": PARAMS * (2 + 2 * 4 / 256),
    "adamw-4bit": PARAMS * (1 + 2 * 4 / 128),
    "adafactor": ROWS_AND_COLUMNS * 4,
    "sgd": 0,
    "sgd-momentum": PARAMS * 2,
    "lion": PARAMS * 2,
    "muon": 2 * (PARAMS - OTHERS) + 4 * OTHERS,
    # rank 128: projectors by short sides (7 × 4096), moments twice by long sides (4 × 4096 + 3 × 11008)
    "galore-adamw": 2 * (32 * 128 * (7 * 4096 + 2 * (4 * 4096 + 3 * 11008)) + 2 * OTHERS),
    "galore-adamw-8bit": 2 * 32 * 128 * 7 * 4096 + (65 / 64) * (32 * 256 * (4 * 4096 + 3 * 11008) + 2 * OTHERS),
}


@pytest.mark.parametrize("optimizer", STATES)
def test_states_of_an_optimizer(optimizer: str) -> None:
    outcome = one(method="full", precision="pure-bf16", optimizer=optimizer)
    assert value(outcome, "optimizer") == pytest.approx(STATES[optimizer], rel=1e-9)


def test_optimizers_of_few_bits_update_the_parameters_themselves() -> None:
    assert value(one(method="full", optimizer="adamw-8bit"), "optimizer") == pytest.approx(STATES["adamw-8bit"])
    asked = one(method="full", optimizer="adamw-8bit", precision="bf16-params-fp32-states")
    assert value(asked, "optimizer") == pytest.approx(STATES["adamw-8bit"] + 4 * PARAMS)


def test_states_that_page_are_said_to() -> None:
    said = one(method="full", optimizer="paged-adamw-8bit").derivation.relevant().steps
    assert any("host" in words.en for step in said if step.formula for words in step.formula.assumes)


def test_adafactor_of_adapters_keeps_rows_and_columns_of_thin_matrices() -> None:
    outcome = one(method="lora", lora_rank=16, optimizer="adafactor")
    assert value(outcome, "optimizer") == 4 * 32 * (4 * 8192 + 3 * 15104 + 2 * 16 * 7)


# ── methods that train a part at a time ────────────────────────────────────────────────────────────────────────────
def test_freeze_trains_the_last_two_layers() -> None:
    outcome = one(method="freeze", precision="pure-bf16", gradient_checkpointing="off")
    assert value(outcome, "trained_params") == 2 * LAYER
    assert value(outcome, "gradients") == 2 * 2 * LAYER
    assert value(outcome, "optimizer") == 4 * 2 * LAYER
    assert value(outcome, "saved_activations") == 2048 * 2 * TOKEN_LAYER


def test_freeze_counts_the_kinds_of_its_layers() -> None:
    outcome = one(model="DeepSeek-V2-Lite", method="freeze", precision="pure-bf16", n_trainable_layers=27)
    whole = one(model="DeepSeek-V2-Lite", method="full", precision="pure-bf16")
    dense = value(outcome, "n_trained_of[dense]"), value(outcome, "n_trained_of[moe]")
    assert dense == (1, 26)
    tables = 2 * 102400 * 2048
    assert value(outcome, "trained_params") == value(whole, "trained_params") - tables - 2048


def test_badam_trains_one_block_in_float32() -> None:
    """2M + 16M/D of the paper: bfloat16 weights, and 16 bytes for each parameter of the block."""
    outcome = one(method="badam")
    assert value(outcome, "weights") == 2 * PARAMS
    assert value(outcome, "optimizer") + value(outcome, "gradients") == 16 * LAYER
    assert value(one(method="badam", n_trainable_layers=2), "optimizer") == 12 * 2 * LAYER


def test_more_layers_than_there_are_is_refused() -> None:
    with pytest.raises(BadInput, match="n_trainable_layers is 40, the model has 32 layers"):
        one(method="freeze", n_trainable_layers=40)


def test_lisa_trains_embedding_head_and_two_layers() -> None:
    outcome = one(method="lisa", precision="pure-bf16")
    assert value(outcome, "trained_params") == TABLES + 2 * LAYER
    assert value(outcome, "optimizer") == 4 * (TABLES + 2 * LAYER)
    assert value(one(method="lisa", n_trainable_layers=4), "trained_params") == TABLES + 4 * LAYER


def test_lisa_passes_gradients_through_frozen_layers() -> None:
    outcome = one(method="lisa", precision="pure-bf16", gradient_checkpointing="off")
    # a frozen layer keeps no inputs of linears (2h, 2h), no product (2f), no normalised values (2 × 2h)
    frozen = TOKEN_LAYER - 8 * 4096 - 2 * 11008
    assert value(outcome, "saved_activations") == 2048 * (30 * frozen + 2 * TOKEN_LAYER)


def test_lomo_has_one_gradient_and_no_state() -> None:
    outcome = one(method="lomo")
    assert value(outcome, "gradients") == 2 * 3 * 4096 * 11008
    assert value(outcome, "optimizer") == 0


def test_galore_and_apollo_keep_all_gradients() -> None:
    galore, apollo = one(method="galore"), one(method="apollo")
    assert value(galore, "gradients") == value(apollo, "gradients") == 2 * PARAMS
    assert value(galore, "optimizer") == pytest.approx(STATES["galore-adamw"])
    assert value(apollo, "optimizer") == 2 * (32 * 256 * 2 * (4 * 4096 + 3 * 11008) + 2 * OTHERS)


def test_galore_reaches_latent_attention_and_experts() -> None:
    for model in ("DeepSeek-V2-Lite", "Mixtral-8x7B"):
        full = one(model=model, method="full", precision="pure-bf16")
        assert value(one(model=model, method="galore"), "optimizer") < value(full, "optimizer")


# ── adapters ───────────────────────────────────────────────────────────────────────────────────────────────────────
LORA = 16 * 32 * (4 * 8192 + 3 * 15104)
OUTPUTS = 32 * (4 * 4096 + 2 * 11008 + 4096)
INPUTS = 32 * (4 * 4096 + 2 * 4096 + 11008)


def test_dora_adds_a_magnitude_for_each_output() -> None:
    assert value(one(method="lora"), "adapter_params") == LORA
    dora = one(method="dora", gradient_checkpointing="off", autocast=False)
    assert value(dora, "adapter_params") == LORA + OUTPUTS
    lora = one(method="lora", gradient_checkpointing="off", autocast=False)
    # the frozen linear's result in 16 bits, the adapter's in 32
    assert value(dora, "saved_activations") - value(lora, "saved_activations") == 2048 * 6 * OUTPUTS


def test_published_counts_of_trainable_parameters() -> None:
    """As PEFT printed them in measured runs: DoRA of rank 8 on Qwen-7B; OFT in 32 blocks and LoRA-FA on Llama-3.2-3B."""
    assert value(one(model="Qwen-7B", method="dora", lora_rank=8), "trained_params") == 19251200
    small = {"model": "Llama-3.2-3B-Instruct", "lora_targets": "q,v"}
    assert value(one(**small, method="lora", optimizer="lora-fa", lora_rank=32), "trained_params") == 3670016
    oft = one(**small, method="oft").derivation
    assert oft.evaluate({rotation_block: 96})[trained_params] == 8171520


def test_lora_fa_keeps_no_inputs() -> None:
    fa, lora = (
        one(method="lora", lora_rank=16, optimizer=optimizer, gradient_checkpointing="off", autocast=False)
        for optimizer in ("lora-fa", "adamw")
    )
    # float32 copies for seven adapters: four of 4096 wide, two more, one of 11008; the outer factors alone have states
    assert value(lora, "saved_activations") - value(fa, "saved_activations") == 2048 * 32 * 4 * (6 * 4096 + 11008)
    assert value(fa, "optimizer") == 16 * OUTPUTS * 8


def test_dora_multiplies_weights_out() -> None:
    dora, lora = one(method="dora"), one(method="lora")
    copies = 4 * (11008**2 + 2 * 4096 * 11008) + 2 * 2 * 4096 * 11008
    assert value(dora, "weight_norm_workspace") == copies
    assert value(dora, "recomputed_layer") > value(lora, "recomputed_layer")


def test_rslora_is_lora() -> None:
    assert one(method="rslora").best == one(method="lora").best


def test_oft_turns_inputs_in_blocks_of_32() -> None:
    assert value(one(method="oft"), "adapter_params") == INPUTS * 31 / 2


def test_a_head_that_trains_beside_adapters_is_a_copy() -> None:
    targets = "q,k,v,o,gate,up,down"
    assert value(one(method="lora", lora_targets=f"{targets},lm_head"), "adapter_params") == LORA + 32000 * 4096


# ── recomputation ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_selective_checkpointing_recomputes_attention() -> None:
    eager = {"method": "full", "precision": "pure-bf16", "attention": "eager"}
    off, selective = (one(**eager, gradient_checkpointing=how) for how in ("off", "selective"))
    saved = value(off, "saved_activations") - value(selective, "saved_activations")
    assert saved == 2048 * 32 * 6 * 32 * 2048


def test_programs_call_different_things_selective() -> None:
    given = {"method": "full", "precision": "pure-bf16", "gradient_checkpointing": "selective"}
    alternate = value(one(**given, engine="torchtune"), "saved_activations")
    assert alternate == 2048 * 32 * (TOKEN_LAYER + 2 * 4096) / 2
    operators = value(one(**given, engine="torchtitan"), "saved_activations")
    assert operators == 2048 * 32 * (4 * 4096 + 6 * 4096 + 2 * 11008 + 4 * 32)


# ── preferences and rewards ────────────────────────────────────────────────────────────────────────────────────────
def test_pairs_double_the_micro_batch() -> None:
    for algo in ("dpo", "simpo", "orpo", "rm"):
        assert value(one(method="lora", algo=algo, batch_size=2), "batch_size") == 4


def test_a_reference_is_a_copy_unless_adapters_leave_the_base() -> None:
    assert value(one(method="full", algo="dpo"), "other_models") == 2 * PARAMS
    assert value(one(method="lora", algo="dpo"), "other_models") == 0


def test_a_reward_model_has_one_score_for_each_token() -> None:
    assert value(one(method="full", algo="rm", seq_len=1024), "logits_at_backward") == pytest.approx(2 * 1024 * 3 * 4)


def test_ppo_holds_four_models() -> None:
    outcome = one(method="full", algo="ppo", precision="pure-bf16")
    scoring = PARAMS - 32000 * 4096 + 4096
    checkpoints = 2048 * (2 * 4096 * 32 + 8 * 4096 + 4)
    assert value(outcome, "other_models") == 2 * PARAMS + scoring * (2 + 2 + 2 + 4) + checkpoints


def test_answers_are_generated_between_steps() -> None:
    outcome = one(method="full", algo="grpo", precision="pure-bf16")
    cache = 2 * 32 * 4096 * 2048 * 2
    assert value(outcome, "phase_rollout") == 6 * PARAMS + cache + 32000 * 6


# ── order, and what nothing measures ───────────────────────────────────────────────────────────────────────────────
def test_less_training_takes_less() -> None:
    full = one(method="full", precision="pure-bf16").best
    for method in ("freeze", "lora", "qlora", "badam", "lisa", "galore", "apollo", "lomo", "oft", "dora"):
        assert one(method=method, **({} if method != "lisa" else {"precision": "pure-bf16"})).best < full, method
    assert one(method="freeze").best < one(method="freeze", n_trainable_layers=8).best < one(method="full").best
    assert one(method="lomo").best < one(method="galore").best
    assert one(method="lora").best < one(method="dora").best


@pytest.mark.parametrize(
    "given",
    [
        {"method": "freeze"}, {"method": "dora"}, {"method": "rslora"}, {"method": "oft"}, {"method": "galore"},
        {"method": "apollo"}, {"method": "badam"}, {"method": "lisa"}, {"method": "lomo"},
        {"optimizer": "adafactor"}, {"optimizer": "lion"}, {"optimizer": "muon"}, {"optimizer": "adamw-4bit"},
        {"optimizer": "paged-adamw"}, {"optimizer": "sgd"}, {"algo": "ppo"}, {"algo": "grpo"}, {"algo": "rm"},
        {"engine": "unsloth"},
    ],
    ids=str,
)  # fmt: skip
def test_what_nothing_measures_is_said(given: dict[str, Any]) -> None:
    found = one(**{"method": "full", "meter": "device", **given}).warnings
    assert any("not checked against measurements" in warning for warning in found)


def test_what_is_measured_has_no_such_warning() -> None:
    for method in ("full", "lora", "qlora"):
        assert not one(method=method, meter="device").warnings


def test_a_stated_dropout_stays() -> None:
    """GPT-2 drops out by its config; nothing that is assumed overrides it."""
    assert one(model="gpt2", method="full").situation.facts["block_dropout"].value == 1
