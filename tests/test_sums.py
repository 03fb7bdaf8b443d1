"""How a term comes about: the product beside it gives the term, whatever the model, method, format and layout."""

import re

import pytest

from kb.estimator import estimate

CASES = (
    {"model": "Llama-3.1-8B", "method": "full", "gpu": "L40S", "n_gpus": 4, "zero_stage": 2, "seq_len": 4096},
    {"model": "Llama-3.1-8B", "method": "full", "gpu": "L40S", "n_gpus": 4, "zero_stage": 3, "seq_len": 4096},
    {"model": "Qwen2.5-7B", "method": "qlora", "bits": 4, "gpu": "RTX 3090", "seq_len": 1024},
    {"model": "Qwen2.5-72B-Instruct", "method": "inference", "engine": "vllm", "n_gpus": 4, "tp": 4, "batch_size": 8},
    {"model": "Mixtral-8x7B-Instruct-v0.1", "method": "inference", "seq_len": 8192},
    {"model": "gemma-2-9b-it", "method": "inference", "engine": "llama.cpp", "bits": 4},
)
UNITS = {"GB": 1e9, "GiB": 2.0**30, "KiB": 1024.0, "B": 1.0, "bits": 1 / 8}


def worked(says: str) -> float:
    """The bytes of a product as printed, computed again from its factors."""
    total = 0.0
    parts = says.split(" = ")
    # of a cache what a token takes has a product of its own before it
    product = next((part for part in parts if "a token" in part), parts[0])
    _, _, cards = says.partition("÷ ")
    for summand in product.split(" + "):
        value = 1.0
        for factor in re.sub(r"\(.*?\)", "", summand).split(" × "):
            number, size = re.match(r"([\d.,]+)([BM]?)", factor.strip()).groups()  # type: ignore[union-attr]
            unit = next((one for one in UNITS if re.search(rf"\d {one}\b", factor)), "")
            value *= (
                float(number.rstrip(",").replace(",", "")) * {"B": 1e9, "M": 1e6}.get(size, 1.0) * UNITS.get(unit, 1.0)
            )
        total += value
    return total / (float(cards.split()[0]) if cards else 1.0)


@pytest.mark.parametrize("given", CASES, ids=lambda given: "-".join(map(str, given.values())))
def test_a_product_gives_its_term(given: dict[str, object]) -> None:
    terms = {one["name"]: one for one in estimate(**given).json()["terms"]}
    told = {name for name in ("weights", "gradients", "optimizer", "kv_cache") if terms.get(name, {}).get("says")}
    assert "weights" in told
    for name in told:
        if "sequence" in terms[name]["says"] and "a token" not in terms[name]["says"]:
            continue  # windows: no product of tokens
        assert worked(terms[name]["says"]) == pytest.approx(terms[name]["gib"] * 2**30, rel=0.02), terms[name]


@pytest.mark.parametrize(
    ("given", "product"),
    [
        ({"model": "Qwen2.5-72B-Instruct", "n_gpus": 4, "tp": 4}, "2 × 80 layers × 8 KV heads × 128 × 2 B = 320 KiB a token"),
        ({"model": "Qwen3-32B", "kv_format": "fp8"}, "2 × 64 layers × 8 KV heads × 128 × 1 B = 128 KiB a token"),
        ({"model": "falcon-40b", "bits": 8, "engine": "transformers"}, "2 × 60 layers × 128 heads (KV heads repeated) × 64 × 2 B = 1,920 KiB a token"),
        ({"model": "DeepSeek-V3", "n_gpus": 16, "tp": 16}, "61 layers × (512 + 64) × 2 B = 68.62 KiB a token"),
        ({"model": "Qwen3-Next-80B-A3B-Instruct"}, "2 × 12 layers × 2 KV heads × 256 × 2 B = 24 KiB a token"),
    ],
)  # fmt: skip
def test_what_a_token_keeps_is_a_product_of_the_whole_model(given: dict[str, object], product: str) -> None:
    terms = estimate(**{"method": "inference", "engine": "vllm", **given}).json()["terms"]
    cache = next(one for one in terms if one["name"] == "kv_cache")
    assert cache["says"].startswith(f"{product} × ")
    head, each = product.split(" = ")
    factors = [float(one) for one in re.findall(r"[\d.]+", head.replace("(512 + 64)", "576"))]
    value = 1.0
    for factor in factors:
        value *= factor
    assert value / 1024 == pytest.approx(float(each.split()[0].replace(",", "")), rel=1e-3)


def test_a_copy_of_the_logits_stands_beside_their_peak() -> None:
    logits = next(
        one
        for one in estimate(model="Qwen2.5-7B", method="lora", seq_len=4096, batch_size=4).json()["terms"]
        if one["name"] == "logits"
    )
    assert logits["says"].startswith("16,384 × 152,064 × 4 B = 9.28 GiB a copy")
    assert logits["zh"].startswith("16,384 × 152,064 × 4 B = 9.28 GiB 一份")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "8.03B × 16 B = 128 GB"),
        ({"n_gpus": 4, "zero_stage": 3}, "8.03B × 16 B = 128 GB, ÷ 4 cards"),
        # of gradients that are stepped in the backward pass only the largest is ever there
        ({"optimizer_in_backward": True}, "8.03B × 14.1 B = 113 GB"),
    ],
)
def test_states_are_those_that_are_there_at_the_end_of_a_step(facts: dict[str, object], said: str) -> None:
    told = estimate(model="Llama-3.1-8B", method="full", **facts).json()["states"]
    assert told["says"] == said


def test_models_beside_the_trained_one_are_named() -> None:
    weights = next(
        one for one in estimate(params="1.5B", method="full", algo="ppo").json()["terms"] if one["name"] == "weights"
    )
    assert all(one in weights["says"] for one in ("reference", "critic", "reward"))
    assert all(one in weights["zh"] for one in ("参考", "评论家", "奖励"))


def test_an_uneven_share_is_that_of_the_card() -> None:
    part = estimate(
        model="Mixtral-8x7B-Instruct-v0.1", method="inference", engine="llama.cpp", bits=4, gpu_layers=20
    ).json()["terms"][0]
    assert part["says"].startswith("46.7B × ")
    assert ", of which 27.7B on the card" in part["says"]
    assert "其中卡上 27.7B" in part["zh"]


def test_weights_of_which_the_rest_is_in_host_memory_are_divided_by_no_cards() -> None:
    hosted = estimate(model="DeepSeek-R1", method="inference", engine="llama.cpp", bits=4, offload="experts")
    told = next(term for term in hosted.json()["terms"] if term["name"] == "weights")
    assert "÷" not in told.get("zh", "")


DECIDED = (
    ({"model": "Llama-3.1-8B", "method": "full", "gpu": "RTX 4090"}, ["weights", "gradients", "optimizer"]),
    ({"params": "70B", "method": "full", "gpu": "A100 80GB", "n_gpus": 8, "zero_stage": 3}, ["weights", "gradients", "optimizer"]),
    ({"params": "13B", "method": "full", "precision": "pure-bf16", "gpu": "A100 80GB"}, ["weights", "gradients", "optimizer"]),
    ({"params": "70B", "method": "lora", "gpu": "A100 80GB"}, ["weights"]),
    ({"params": "33B", "gpu": "RTX 4090", "weight_format": "fp16"}, ["weights"]),
    ({"params": "70B", "gpu": "RTX 4090", "n_gpus": 4, "tp": 4, "task": "inference"}, ["weights"]),
)  # fmt: skip


@pytest.mark.parametrize(("given", "terms"), DECIDED, ids=lambda one: "-".join(map(str, one)))
def test_what_alone_is_too_much_is_one_product(given: dict[str, object], terms: list[str]) -> None:
    result = estimate(**given).json()
    decides, capacity = result["decides"], result["capacity_gib"]
    assert set(decides["terms"]) <= set(terms)
    product = decides["says"].split(" alone take ")[1]
    printed = float(re.findall(r"\(([\d.]+) GiB\)", product)[-1])
    assert worked(product.replace(f"({printed:.1f} GiB)", "")) / 2**30 == pytest.approx(printed, rel=0.01)
    assert printed > capacity


def test_where_nothing_alone_is_too_much_nothing_decides() -> None:
    assert estimate(model="Llama-3.1-8B", method="lora", gpu="A100 80GB").json()["decides"] is None  # it fits
    cache = estimate(model="Qwen3-32B", gpu="RTX 5090", bits=4, seq_len=65536, task="inference").json()["decides"]
    assert cache["terms"] == ["weights", "kv_cache"]
    assert "KV cache (16.0 GiB)" in cache["says"]


def test_of_layouts_that_nobody_asked_for_the_least_decides() -> None:
    given = {"params": "70B", "method": "full", "gpu": "A100 80GB", "n_gpus": 8}
    decides = estimate(**given).json()["decides"]  # type: ignore[arg-type]
    assert decides["of"] == {"zero_stage": 3}
    assert "÷ 8 cards (128.5 GiB)" in decides["says"]
    assert estimate(**given, zero_stage=[2, 3]).json()["decides"] is None  # type: ignore[arg-type]
