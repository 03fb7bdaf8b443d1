"""How fast and for how much: worked by hand from the tables' bandwidths and rates."""

from typing import Any

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from formulas.vocabulary import kv_cache, weights
from kb import estimate
from kb.commands.estimate import estimate as command
from kb.database import rows
from kb.recipe import host_bandwidth

HOUR = 3600


def answers(**facts: Any) -> dict[str, float]:
    return {one["quantity"]: one["value"] for one in estimate(**facts).json(derivation=False)["answers"]}


def bandwidth(card: str) -> float:
    return float(rows("SELECT bandwidth_gb_s AS gb FROM gpus WHERE name = ?", [card])[0]["gb"]) * 1e9


def test_a_token_takes_the_time_of_reading_weights_and_cache() -> None:
    facts: dict[str, Any] = {"model": "Llama-3.3-70B", "bits": 4, "gpu": "A100 SXM4 80 GB"}
    there = estimate(**facts).outcomes[0]
    read = float(there.values[weights] + there.values[kv_cache])
    assert answers(**facts)["decoding_rate"] == pytest.approx(bandwidth("A100 SXM4 80 GB") / read)


def test_of_a_mixture_a_token_reads_the_active_parameters() -> None:
    row = rows("SELECT active_params AS n FROM models WHERE name = 'Qwen/Qwen3-30B-A3B'")[0]
    facts: dict[str, Any] = {"model": "Qwen/Qwen3-30B-A3B", "gpu": "H100", "seq_len": 1}
    there = estimate(**facts).outcomes[0]
    read = float(there.values[weights]) * float(row["n"]) / float(there.n_params or 0) + float(there.values[kv_cache])
    assert answers(**facts)["decoding_rate"] == pytest.approx(bandwidth(str(there.case.facts["gpu"])) / read)


def test_cards_of_a_layer_share_it_and_cards_in_turn_wait() -> None:
    facts: dict[str, Any] = {"model": "Llama-3.3-70B", "bits": 4, "gpu": "RTX 4090", "n_gpus": 2}
    one = bandwidth("GeForce RTX 4090")
    together, in_turn = answers(**facts, tp=2), answers(**facts, layer_split=True)
    held = [
        float(card.values[weights] + card.values[kv_cache])
        for card in estimate(**facts, layer_split=True).outcomes[0].cards
    ]
    assert in_turn["decoding_rate"] == pytest.approx(one / sum(held))
    assert together["decoding_rate"] > 1.8 * in_turn["decoding_rate"]


def test_what_the_host_computes_waits_for_its_own_memory() -> None:
    """llama.cpp's host reads its layers from host memory: slower by far than all on the card, and slower with more of them."""
    facts: dict[str, Any] = {"model": "Llama-3.3-70B", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 4090"}
    rates = [answers(**facts, gpu_layers=layers)["decoding_rate"] for layers in (20, 40)]
    assert rates[0] < rates[1] < 10
    found = answers(**facts, gpu_layers=40)
    assert rates[1] < host_bandwidth() / (found["host_memory"] * 2**30 * 0.95)


def test_of_a_mixture_the_host_reads_the_experts_of_a_token() -> None:
    facts: dict[str, Any] = {
        "model": "Qwen3-30B-A3B",
        "weight_format": "gguf:Q4_K_M",
        "gpu": "RTX 4090",
        "offload": "experts",
    }
    found = answers(**facts)
    whole = host_bandwidth() / (found["host_memory"] * 2**30)
    assert 8 * whole < found["decoding_rate"] < 16 * whole  # 8 of 128 experts, and the rest on the card


def test_no_rate_is_said_where_weights_come_to_the_card_or_no_card_is_named() -> None:
    assert "decoding_rate" not in answers(
        model="Llama-3.3-70B", bits=4, gpu="RTX 4090", gpu_layers=40, engine="transformers"
    )
    assert "decoding_rate" not in answers(model="Llama-3.3-70B", gpu_memory_gb=80)


def test_hours_and_cost_of_a_training() -> None:
    """6 operations for each parameter and token, at half of the A100's 312 TFLOPS, on two cards, at 2 an hour."""
    found = answers(
        model="Llama-3.1-8B", method="lora", gpu="A100 SXM4 80 GB", n_gpus=2, zero_stage=3, train_tokens="1B", mfu=0.5,
        price_per_hour=2,
    )  # fmt: skip
    hours = 6 * 8_030_261_248 * 1e9 / (2 * 312e12 * 0.5) / HOUR
    assert found["training_time"] == pytest.approx(hours)
    assert found["card_time"] == pytest.approx(2 * hours)
    assert found["cost"] == pytest.approx(4 * hours)


def test_no_price_no_cost() -> None:
    found = answers(model="Llama-3.1-8B", method="lora", gpu="A100 SXM4 80 GB", train_tokens="1B")
    assert "card_time" in found
    assert "cost" not in found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"price_per_hour": 2}, "tokens trained on"),
        ({"train_tokens": "1B", "mfu": 1.5}, "at most 1"),
        ({"train_tokens": "many"}, "train_tokens is a number"),
        ({"train_tokens": "1B", "method": "inference"}, "for training"),
        ({"train_tokens": "1B", "gpu": None}, "give --gpu"),
    ],
)
def test_what_cannot_be_said_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        estimate(**{"model": "Llama-3.1-8B", "method": "lora", "gpu": "H100", **given})


@pytest.mark.parametrize(("language", "said"), [("en", "GPU-hours: cards times time"), ("zh", "GPU 时")])
def test_the_command_says_them(language: str, said: str) -> None:
    flags = ["--params", "8B", "--method", "lora", "--gpu", "H100", "--train-tokens", "1B", "--price-per-hour", "3"]
    done = CliRunner().invoke(command, [*flags, "--language", language], standalone_mode=False)
    assert said in done.output
    assert "MFU" in done.output
