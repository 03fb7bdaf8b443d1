"""How fast a model answers and trains: worked by hand from the tables' bandwidths, rates and published runs."""

from typing import Any

import pytest

from formulas.errors import BadInput
from formulas.residence import host_embeddings, host_weights
from formulas.vocabulary import kv_cache, weights
from kb.database import rows
from kb.rates import EXPERTS_IN_HOST, GENERATION, PROMPTS, Decoding, HostMemory, decoding, shares
from kb.runs import like, published_run
from kb.timing import Training, kilowatt_hours, offload_step, optimal_size, steps_of

DESKTOP = HostMemory.of(None, None, None, None)
R1: dict[str, Any] = {"model": "deepseek-ai/DeepSeek-R1", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 4090"}


def served(host: HostMemory = DESKTOP, **facts: Any) -> Decoding:
    return decoding(facts, host)


def bandwidth(card: str) -> float:
    return float(rows("SELECT bandwidth_gb_s AS gb FROM gpus WHERE name = ?", [card])[0]["gb"]) * 1e9


def test_channels_times_transfers_times_eight_bytes() -> None:
    assert HostMemory.of(4800, 12, 5, None) == HostMemory(12 * 4.8e9 * 8, 12 * 4.8e9 * 8, True)
    assert (DESKTOP.low, DESKTOP.high, DESKTOP.said) == (2 * 3.2e9 * 8, 2 * 5.6e9 * 8, False)
    assert HostMemory.of(None, None, None, 300) == HostMemory(300e9, 300e9, True)


def test_what_does_not_fit_the_card_is_read_from_host_memory() -> None:
    one = served(model="Llama-3.3-70B", weight_format="gguf:Q4_K_M", gpu="RTX 4090")
    held = one.there.cards[0]
    room = held.capacity - (held.best - float(held.values[weights]))  # type: ignore[operator]
    away = float(held.values[weights]) - room
    assert one.spilled
    assert one.host_bytes == pytest.approx(away)
    on_card = room + float(held.values[kv_cache])
    assert one.bound == pytest.approx(1 / (on_card / bandwidth("GeForce RTX 4090") + away / DESKTOP.high))


def test_experts_in_host_memory_are_read_as_far_as_they_are_chosen() -> None:
    one = served(**R1, offload="experts")
    row = rows(
        "SELECT active_params AS a, n_experts AS e, experts_per_token AS k FROM models WHERE name = ?", [R1["model"]]
    )[0]
    active, chosen = float(row["a"]) / float(one.there.n_params or 0), row["k"] / row["e"]
    values = one.there.values
    away = float(values[host_weights]) - float(values[host_embeddings])
    whole = float(values[weights]) + away
    rest = whole * (1 - (1 - active) / (1 - chosen))
    experts = active * whole - rest
    assert one.host_bytes == pytest.approx(experts * away / (away + max(0.0, whole - away - rest)))
    assert one.host_shares == shares(EXPERTS_IN_HOST)


def test_a_batch_of_a_mixture_reads_more_of_its_experts() -> None:
    facts = {"model": "Qwen/Qwen3-30B-A3B", "weight_format": "gguf:Q4_K_M", "gpu": "H100"}
    single, many = served(**facts), served(**facts, batch_size=16)
    missed = (1 - 8 / 128) ** 15
    assert many.share == pytest.approx(1 - (1 - single.single_share) * missed)
    assert single.share == pytest.approx(single.single_share)


def test_many_sequences_are_bound_by_arithmetic_at_last() -> None:
    one = served(model="Llama-3.1-8B", weight_format="bf16", gpu="H100 SXM5 80 GB", batch_size=256, seq_len=128)
    most = 989e12 * shares(PROMPTS)[1] / (2 * 8_030_261_248)
    assert one.arithmetic == pytest.approx(most)
    assert one.rate[1] <= most
    low, high = shares(GENERATION)
    alone = served(model="Llama-3.1-8B", weight_format="bf16", gpu="H100 SXM5 80 GB")
    assert alone.rate == pytest.approx((low * alone.bound, high * alone.bound))


def test_a_prompt_takes_two_operations_a_parameter_and_its_attention() -> None:
    one = served(model="Llama-3.1-8B", weight_format="bf16", gpu="A100 SXM4 80 GB", seq_len=8192)
    flop = 2 * 8_030_261_248 * 8192 + 2 * 32 * 4096 * 8192**2
    low, high = shares(PROMPTS)
    assert one.prompt(8192) == pytest.approx((flop / 312e12 / high, flop / 312e12 / low))


def test_without_a_card_all_is_read_from_host_memory() -> None:
    host = HostMemory.of(3200, 2, 4, None)
    one = served(host, model="Llama-3.1-8B", weight_format="gguf:Q4_K_M")
    assert one.without_card
    assert one.bound == pytest.approx(51.2e9 / one.host_bytes)


def test_a_card_whose_bandwidth_is_not_known_gives_no_speed() -> None:
    assert not served(model="Llama-3.1-8B", bits=4, gpu_memory_gb=24).known


def test_a_training_takes_its_operations_over_the_rate_reached() -> None:
    run = Training.of(7e9, 1e12, "A800 SXM4 80 GB", 64, 0.45)
    hours = 6 * 7e9 * 1e12 / (64 * 312e12 * 0.45) / 3600
    assert run.hours() == pytest.approx((hours, hours))
    assert run.cards_within(hours * 2) == (32, 32)
    assert run.tokens_within(hours) == pytest.approx((1e12, 1e12))
    assert run.reached(run.rate()[0]) == pytest.approx(0.45)


def test_budgets_steps_and_power() -> None:
    assert optimal_size(6 * 20 * 1e10**2) == pytest.approx(1e10)
    assert steps_of(52_000 * 3, 64) == pytest.approx(2437.5)
    assert kilowatt_hours(4, 450, 10) == pytest.approx(18)


def test_offload_sends_four_bytes_a_parameter_and_adam_passes_28() -> None:
    step = offload_step(8e9, 2, 31.5e9, (50e9, 100e9))
    assert step.link_seconds == pytest.approx(4 * 8e9 / 2 / 31.5e9)
    assert step.adam_seconds == pytest.approx((28 * 8e9 / 100e9, 28 * 8e9 / 50e9))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("glm-130b", "GLM-130B"), ("meta-llama/Meta-Llama-3-8B-Instruct", "Llama-3-8B"), ("rwkv-14b", "RWKV-4-14B"),
        ("deepseek-ai/DeepSeek-R1", "DeepSeek-V3"), ("llama 65b", "LLaMA-65B"), ("Qwen/Qwen2.5-7B-Instruct", "Qwen2.5-7B"),
    ],
)  # fmt: skip
def test_a_published_run_is_found_by_any_spelling(name: str, model: str) -> None:
    found = published_run(name)
    assert found is not None
    assert found.model == model


def test_published_runs_imply_a_utilisation_that_can_be() -> None:
    """Cards times hours times the peak rate is more than the operations, and not a hundred times more."""
    told = [
        row["model"] for row in rows("SELECT model FROM training_runs WHERE tokens_b IS NOT NULL AND gpu IS NOT NULL")
    ]
    assert len(told) > 20
    for name in told:
        run = published_run(name)
        assert run is not None
        if run.hours:
            t = Training.of(run.active, run.tokens, run.gpu, run.n_gpus, None)
            assert 0.05 < t.flop() / (run.hours * 3600 * t.peak) < 0.7, name


def test_a_size_is_compared_with_the_most_trained_of_its_like() -> None:
    seen = like(7e9)
    assert 4e9 < seen.params < 12e9
    assert (seen.tokens or 0) > 10e12
    assert published_run("no-such-model") is None


def test_active_parameters_that_nobody_publishes_are_not_guessed() -> None:
    config = '{"model_type":"mixtral","hidden_size":1024,"num_hidden_layers":4,"num_attention_heads":8,"num_key_value_heads":8,"intermediate_size":2048,"vocab_size":32000,"num_local_experts":8,"num_experts_per_tok":2}'
    with pytest.raises(BadInput, match="active parameters"):
        _ = served(config=config, gpu="RTX 4090").share
