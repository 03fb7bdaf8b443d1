"""Servers: vLLM's pool, its profile run and pages; llama.cpp's compute buffer; what collectives hold at inference."""

from typing import Any

import pytest

from formulas.programs import compute_buffer
from formulas.quantity import quantities
from kb.beside import beside, quoted
from kb.cards import GIB
from kb.cases import parse_given, spread
from kb.checked import check
from kb.estimator import estimate
from kb.outcome import Outcome, outcome
from kb.serving import first_generation
from kb.validate import own_rows

MIB = 2**20
LLAMA = {"model": "meta-llama/Llama-3.1-8B-Instruct", "method": "inference", "engine": "vllm"}


def worked(**given: Any) -> Outcome:
    return outcome(spread(parse_given(given))[0])


def amount(there: Outcome, name: str) -> float:
    return float(there.values[quantities()[name]])


def served(**given: Any) -> dict[str, float]:
    """A server's pool, as the contract has it."""
    found = estimate(**given).json(derivation=False)["answers"]
    return {one["quantity"]: one["value"] for one in found if one["scope"] == "pool"}


def row(name: str) -> dict[str, Any]:
    return next(one for one in own_rows() if one["id"] == name)


# ── vLLM ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("tokens", "gib"), [(20000, 17.06), (29000, 17.98)])
def test_weights_and_profile_of_whole_prompts(tokens: int, gib: float) -> None:
    """What vLLM printed as its peak for Llama-3.1-8B, prompts read whole: three residuals and three MLP widths a token."""
    there = worked(**LLAMA, seq_len=tokens, max_num_batched_tokens=tokens)
    assert amount(there, "profile_forward") == tokens * 2 * (3 * 4096 + 3 * 14336)
    assert (amount(there, "weights") + amount(there, "profile_run")) / GIB == pytest.approx(gib, rel=0.005)


def test_the_sampler_sees_the_whole_vocabulary_on_every_rank() -> None:
    """32 bytes for each of 256 sequences and 152,064 tokens, and the hidden states: 1.26 GiB as printed, on two cards."""
    facts = {**LLAMA, "model": "Qwen/Qwen2.5-32B-Instruct", "seq_len": 10000, "max_num_batched_tokens": 10000}
    two = worked(**facts, n_gpus=2, tp=2)
    assert amount(two, "profile_sampler") == 256 * 152064 * 32 + 10000 * 5120 * 2
    assert amount(two, "profile_run") / GIB == pytest.approx(1.26, abs=0.005)
    assert amount(worked(**facts), "profile_sampler") == amount(two, "profile_sampler")


def test_the_pool_is_a_share_of_the_card_and_pages_are_what_it_leaves() -> None:
    found = served(**LLAMA, gpu="L40S", seq_len=32768, gpu_memory_utilization=0.9)
    there = worked(**LLAMA, gpu="L40S", seq_len=32768, gpu_memory_utilization=0.9)
    assert found["pool"] == pytest.approx(0.9 * 46068 / 1024)
    left = found["pool"] * GIB - sum(amount(there, name) for name in ("weights", "profile_run", "runtime"))
    assert found["kv_tokens"] == left // (16 * 131072) * 16
    assert found["concurrent_sequences"] == pytest.approx(left / (32768 * 131072))


def test_a_cache_is_of_whole_pages() -> None:
    assert worked(**LLAMA, seq_len=1000).part("kv") == 1008 * 131072
    assert worked(**LLAMA, seq_len=1000, block_size=32).part("kv") == 1024 * 131072


def test_it_starts_where_one_sequence_of_full_length_has_pages() -> None:
    short, long = (estimate(**LLAMA, gpu="RTX 4090", seq_len=length) for length in (8192, 131072))
    assert short.verdict == "yes"
    assert long.verdict == "no"
    assert served(**LLAMA, gpu="RTX 4090", seq_len=8192)["concurrent_sequences"] > 1
    assert served(**LLAMA, gpu="RTX 4090", seq_len=131072)["concurrent_sequences"] < 1


def test_weights_larger_than_the_pool_leave_no_pages() -> None:
    found = served(**{**LLAMA, "model": "meta-llama/Llama-3.1-70B-Instruct"}, gpu="H100", gpu_memory_gb=80)
    assert found["kv_tokens"] == found["concurrent_sequences"] == 0


def test_a_driver_sees_the_pool() -> None:
    measured = {
        "id": "x", "source": "x", "kind": "inference", "model": LLAMA["model"], "method": "inference", "engine": "vllm",
        "meter": "nvml", "gpu": "L40S", "seq_len": 8192, "batch_size": 1, "gib_low": 1.0, "gib_high": 1.0,
    }  # fmt: skip
    found = check(measured).predicted
    assert found == pytest.approx(0.92 * 46068 / 1024 + (307 + 8) / 1024, abs=0.01)


@pytest.mark.parametrize(
    ("gpu", "gb", "tokens", "sequences"), [("H100", 80, 8192, 1024), ("A100", 80, 2048, 256), ("L40S", None, 2048, 256)]
)
def test_steps_by_card(gpu: str, gb: int | None, tokens: int, sequences: int) -> None:
    there = worked(**LLAMA, gpu=gpu, gpu_memory_gb=gb)
    assert there.situation.knob("max_num_batched_tokens") == tokens
    assert there.situation.knob("max_num_seqs") == sequences


@pytest.mark.parametrize(
    ("version", "first"),
    [("V0", True), ("0.6.6", True), ("0.8.1", False), ("2024-12", True), ("V1", False), (None, False)],
)
def test_generations(version: str | None, first: bool) -> None:
    assert first_generation(version) == first


def test_a_log_quoted_in_a_note_is_read() -> None:
    facts, total = quoted(row("vllm-issues-0024"))
    assert facts == {"gpu_memory_utilization": 0.9, "engine_version": "V0"}
    assert total == round(23.58 * GIB)


# ── what collectives hold ──────────────────────────────────────────────────────────────────────────────────────────


def test_collectives_hold_little_at_inference() -> None:
    """vLLM printed 0.30 and 0.25 GiB outside PyTorch on two cards of PCIe; training's figure was 2.5 GiB."""
    one, pcie = worked(**LLAMA, gpu="L40S"), worked(**LLAMA, gpu="L40S", n_gpus=2, tp=2)
    linked = worked(**LLAMA, gpu="H100", gpu_memory_gb=80, n_gpus=2, tp=2)
    assert amount(pcie, "runtime") - amount(one, "runtime") == 37 * MIB
    assert amount(linked, "runtime") - amount(one, "runtime") == 237 * MIB
    alone, split = (worked(model="Qwen/Qwen3-32B", method="inference", engine="llama.cpp", n_gpus=n) for n in (1, 2))
    assert amount(split, "runtime") == amount(alone, "runtime")


# ── llama.cpp ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "mib", "off"),
    [
        ({"model": "Qwen/Qwen3-30B-A3B", "seq_len": 16384, "attention": "eager"}, 1080.0, 0.001),
        ({"model": "meta-llama/Llama-3.1-8B-Instruct", "seq_len": 1024, "attention": "eager"}, 266.5, 0.001),
        ({"model": "Qwen/Qwen3-32B", "seq_len": 8192, "n_ubatch": 1024}, 633.5, 0.001),
        ({"model": "deepseek-ai/DeepSeek-V2.5", "seq_len": 32768, "mla_attn": "3"}, 6346.0, 0.01),
        ({"model": "deepseek-ai/DeepSeek-V3", "seq_len": 16384, "mla_attn": "3", "n_ubatch": 1024}, 3362.0, 0.01),
        ({"model": "deepseek-ai/DeepSeek-V3", "seq_len": 2048, "mla_attn": "2"}, 503.0, 0.02),
        (
            {"model": "deepseek-ai/DeepSeek-V3", "seq_len": 32768, "mla_attn": "3", "n_ubatch": 4096, "attn_max_batch": 512},
            4104.0, 0.04,
        ),
    ],
)  # fmt: skip
def test_compute_buffers_as_loaders_print_them(facts: dict[str, Any], mib: float, off: float) -> None:
    there = worked(method="inference", engine="llama.cpp", **facts)
    assert float(there.values[compute_buffer]) / MIB == pytest.approx(mib, rel=off)


def test_heads_in_parts_need_a_smaller_buffer() -> None:
    facts = {
        "model": "deepseek-ai/DeepSeek-V3",
        "method": "inference",
        "engine": "llama.cpp",
        "seq_len": 65536,
        "mla_attn": "3",
    }
    sizes = [
        float(worked(**facts, **more).values[compute_buffer])
        for more in ({}, {"attn_max_batch": 4096}, {"attn_max_batch": 512})
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.55 * sizes[0]


def test_cards_without_the_head_have_a_smaller_buffer() -> None:
    there = worked(model="Qwen/Qwen3-32B", method="inference", engine="llama.cpp", n_gpus=2, seq_len=8192)
    first, last = (float(card.values[compute_buffer]) for card in there.cards)
    assert first < last


# ── rows beside the strict ones ────────────────────────────────────────────────────────────────────────────────────


def test_pages_are_compared_as_bytes() -> None:
    """1952 blocks of 16 tokens of Llama-3.1-8B are 3.81 GiB, which the same log prints."""
    found = beside(row("vllm-issues-0025")).checked
    assert found is not None
    assert found.row["gib"] == pytest.approx(3.8125)
    assert abs(found.error) < 0.03


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("peft-metamath-0249", "lengths of validation"),
        ("peft-metamath-0251", "no formula for this kind of adapter"),
        ("vllm-issues-0009", "no card is published"),
        ("torchao-train-0021", "no batch size"),
        ("torchao-train-0007", "repeats another row"),
        ("fms-accel-0529", "no sequence length"),
    ],
)
def test_what_cannot_be_checked_has_a_reason(name: str, why: str) -> None:
    found = beside(row(name))
    assert found.checked is None
    assert why in found.why


def test_rows_of_a_program_with_a_default_length_are_checked_at_it() -> None:
    found = beside(row("ms-swift-0098"))
    assert found.what == "galore, reserved, length by default"
    assert found.checked is not None
    assert found.checked.situation is not None
    assert found.checked.situation.knob("lora_rank") == 128


def test_adapters_of_any_kind_hold_four_copies_of_what_trains() -> None:
    """5.98 GiB of weights in 16 bits and four float32 copies of 280,000 numbers; 6.32 GiB held, the last logits among them."""
    found = beside(row("peft-metamath-0252")).checked
    assert found is not None
    assert found.predicted == pytest.approx((3212749824 * 2 + 4 * 4 * 280000) / GIB)
    assert -0.06 < found.error < 0


def test_llama_cpp_keeps_a_window_and_a_step_of_layers_that_have_one() -> None:
    """Gemma-3-27B: 10 of 62 layers keep all 32,768 tokens; 52 keep 1,024 and a micro-batch of 512, of 16 heads × 128 × 2 × 2 B."""
    of_a_layer_and_token = 2 * 16 * 128 * 2
    facts = {"model": "google/gemma-3-27b-it", "weight_format": "gguf:Q4_0", "seq_len": 32768}
    there = estimate(**facts, engine="llama.cpp").outcomes[0]
    assert there.fullest.terms["kv_cache"] == of_a_layer_and_token * (10 * 32768 + 52 * 1536)
    fork = estimate(**facts, engine="ik_llama.cpp").outcomes[0]
    assert fork.fullest.terms["kv_cache"] == of_a_layer_and_token * 62 * 32768


def test_llama_cpp_reads_no_window_of_a_model_that_has_it_in_every_layer() -> None:
    facts = {"model": "mistralai/Mistral-7B-v0.1", "weight_format": "gguf:Q4_0", "seq_len": 16384}
    there = estimate(**facts, engine="llama.cpp").outcomes[0]
    assert there.fullest.terms["kv_cache"] == 32 * 2 * 8 * 128 * 2 * 16384
