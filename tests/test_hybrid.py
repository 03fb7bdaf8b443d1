"""Models partly on a card and partly in RAM: which set-up to take, where its parts are, the switch, and what RAM slows."""

import re

import pytest

from chat.agent import Assistant
from kb.comparison import compare
from kb.rates import HostMemory

FORMATS = ({"weight_format": "gguf:Q4_K_M"}, {"weight_format": "gguf:Q8_0"})
MACHINE = {"model": "Qwen3-30B-A3B", "gpu": "RTX 4060 Ti", "gpu_memory_gb": 16, "host_memory_gb": 32}


def test_a_comparison_places_what_the_card_does_not_hold() -> None:
    """Card and RAM hold the whole together, the card is full and no more is in RAM than must be."""
    found = compare(FORMATS, **MACHINE).json()
    assert found["verdict"] == "conditional"
    for one in found["setups"]:
        runs = one["runs"]
        assert one["verdict"] == "no"  # of the card alone
        assert runs["switches"] == f"--n-cpu-moe {runs['n_cpu_moe']}"
        assert 0 < runs["n_cpu_moe"] < runs["layers"] == 48
        assert runs["card_gib"] <= runs["capacity_gib"]
        assert runs["card_gib"] + runs["host_gib"] == pytest.approx(one["total_gib"], rel=0.03)
    few, many = (one["runs"] for one in found["setups"])
    assert few["host_reads_gb"] < many["host_reads_gb"]
    assert found["recommended"] == 0
    assert found["speed_ratio"] > 1.5


def test_faster_ram_speeds_up_what_is_in_it() -> None:
    slow, fast = (
        compare(FORMATS, (), HostMemory.of(gb_s=rate), **MACHINE).json()["setups"][1]["runs"] for rate in (50, 100)
    )
    assert slow["rate"][1] < fast["rate"][1] < 2 * slow["rate"][1]
    assert fast["host_bandwidth"] == [100e9, 100e9]


def test_layers_of_a_dense_model_are_counted_as_llama_cpp_counts_them() -> None:
    """`-ngl N` is the output layer and N - 1 others."""
    runs = compare(FORMATS, model="Qwen3-32B", gpu="RTX 3060", host_memory_gb=64).json()["setups"][0]["runs"]
    layers = int(runs["switches"].removeprefix("-ngl "))
    assert runs["hosted_layers"] == runs["layers"] - (layers - 1)


@pytest.mark.parametrize(
    "facts",
    [
        {
            "model": "Qwen3-30B-A3B",
            "gpu": "RTX 5090",
            "host_memory_gb": 64,
            "seq_len": 2048,
            "weight_format": "gguf:Q4_K_M",
        },
        {"model": "Qwen3-30B-A3B", "gpu": "Apple M4 Max", "gpu_memory_gb": 36, "host_memory_gb": 36},
        {"model": "Qwen3-30B-A3B", "gpu": "RTX 4060 Ti", "gpu_memory_gb": 16},
    ],
)
def test_what_the_card_holds_or_shares_is_compared_as_before(facts: dict[str, object]) -> None:
    sides = [{"kv_format": "q8_0"}, {"kv_format": "fp16"}] if "weight_format" in facts else FORMATS
    found = compare(sides, **facts).json()
    assert not found["hybrid"]
    assert all(one["runs"] is None for one in found["setups"])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("RTX 4060 Ti 16GB, 32GB RAM. Qwen3-30B-A3B as Q4_K_M or as Q8_0, and how do I split it?", r"\*\*Take Q4_K_M with `--n-cpu-moe \d+`: .* on the card, .* in the 32 GB of RAM"),
        ("Qwen3-30B-A3B Q8_0 vs Q4_K_M with a 4060ti 16g and 32g ddr5", r"\*\*Take Q4_K_M with `--n-cpu-moe \d+`"),
        ("4060Ti 16G 加 32G 内存，Qwen3-30B-A3B 用 Q4_K_M 还是 Q8_0，怎么分配？", r"\*\*选 Q4_K_M，加 `--n-cpu-moe \d+`"),
        ("一张3060 12G、内存64G，Qwen3-32B 选 Q4_K_M 还是 Q8_0", r"\*\*选 Q4_K_M，加 `-ngl \d+`"),
        ("Is GLM-4.5-Air in Q4 feasible on a 3090 with 64GB of RAM, or Q3? 32k context", r"\*\*Yes, both run with a part in RAM\. Take Q4_K_M with"),
        ("2x3090 and 64GB RAM, Qwen3-235B-A22B: Q2_K or Q3_K_M?", r"\*\*Take Q2_K with `--n-cpu-moe \d+ --tensor-split \d+,\d+`.*the only one that fits\. Q3_K_M does not fit"),
        ("3090 with 16 GB of RAM: Qwen3-235B-A22B Q4_K_M or Llama-3.3-70B Q8_0?", r"\*\*None of them fits, not even with a part in RAM"),
        ("3090, 32GB RAM: Qwen3-32B Q4_K_M vs Q5_K_M at 16k context?", r"\*\*Take Q4_K_M: wholly on the card"),
    ],
)  # fmt: skip
def test_card_and_ram_together_decide_what_to_take(text: str, first: str) -> None:
    answer = Assistant().ask(text).text
    assert re.match(first, answer), answer[:300]
    assert "withheld" not in answer


def test_models_that_cost_the_same_are_chosen_by_speed() -> None:
    answer = Assistant().ask("8G显存+32G内存，Qwen3-30B-A3B Q4_K_M 和 Qwen3-14B Q4_K_M 哪个好？").text
    assert answer.startswith("**选 Qwen3-30B-A3B"), answer[:200]
