"""Questions that people ask, as facts: cases, verdicts, terms, and what an answer always holds."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from formulas.errors import BadInput
from kb import derive, estimate, solve
from kb.cards import GIB, cards_meant
from kb.cases import parse_given, spread
from kb.commands.estimate import estimate as command
from kb.names import gpu_row
from kb.turning import sensitivity


@pytest.fixture(scope="module")
def two_a100() -> dict[str, Any]:
    return estimate(params="70B", method="qlora", gpu="A100", n_gpus=2).json()


def case(found: dict[str, Any], **facts: Any) -> dict[str, Any]:
    matching = [one for one in found["cases"] if all(one["facts"][name] == value for name, value in facts.items())]
    assert len(matching) == 1, facts
    return matching[0]


# ── can I QLoRA a 70B model on 2×A100? ─────────────────────────────────────────────────────────────────────────────


def test_open_questions_are_answered_case_by_case(two_a100: dict[str, Any]) -> None:
    assert two_a100["verdict"] == "conditional"
    # two cards, a copy or sharded, of 4 bits; full sharding does not divide 8-bit weights
    assert len(two_a100["cases"]) == 6
    assert [one["default"] for one in two_a100["cases"]] == [True] + [False] * 5
    assert two_a100["memory"] == two_a100["cases"][0]["memory"]


def test_a_copy_needs_the_large_card_and_sharding_does_not(two_a100: dict[str, Any]) -> None:
    assert case(two_a100, gpu="A100 SXM4 80 GB", zero_stage=0, bits=4)["verdict"] == "yes"
    assert case(two_a100, gpu="A100 SXM4 40 GB", zero_stage=0, bits=4)["verdict"] != "yes"
    assert case(two_a100, gpu="A100 SXM4 40 GB", zero_stage=3, bits=4)["verdict"] == "yes"
    assert case(two_a100, gpu="A100 SXM4 40 GB", zero_stage=0, bits=8)["verdict"] == "no"


def test_sharding_divides_the_weights_and_a_copy_does_not(two_a100: dict[str, Any]) -> None:
    def weights(**facts: Any) -> float:
        return next(t["gib"] for t in case(two_a100, bits=4, **facts)["terms"] if t["name"] == "weights")

    whole = weights(gpu="A100 SXM4 80 GB", zero_stage=0)
    assert whole == pytest.approx(33.8, abs=0.1)  # NF4 with double quantisation; embedding, head and norms in 16 bit
    assert weights(gpu="A100 SXM4 80 GB", zero_stage=3) == pytest.approx(whole / 2)


def test_only_a_script_of_its_own_makes_what_is_not_quantised_float32() -> None:
    """PEFT's documentation has scripts prepare the base; the trainers of the table leave it in 16 bit, or convert it back."""

    def weights(**facts: Any) -> float:
        terms = estimate(model="Qwen3-8B", method="qlora", weight_format="nf4-dq", seq_len=1024, **facts).json()[
            "terms"
        ]
        return next(float(one["gib"]) for one in terms if one["name"] == "weights")

    kept = weights()
    vocabulary = 2 * 151936 * 4096 * 2 / 2**30  # embedding and head, two bytes more
    for program in ("llama-factory", "trl", "axolotl", "unsloth", "ms-swift"):
        assert weights(engine=program) == pytest.approx(kept), program
    assert weights(engine="transformers") == pytest.approx(kept + vocabulary, rel=0.001)
    assert weights(kbit_prep=True) == weights(engine="transformers")
    assert weights(engine="transformers", kbit_prep=False) == weights(zero_stage=3, n_gpus=2) * 2 == kept


def test_the_published_table_is_told_beside(two_a100: dict[str, Any]) -> None:
    told = {(row["bits"], row["says_gb"]) for row in two_a100["tables"] if row["table"] == "finetune"}
    assert told == {(4, 48), (8, 80)}


def test_what_was_assumed_is_said(two_a100: dict[str, Any]) -> None:
    facts = two_a100["facts"]
    assert facts["params"]["origin"] == facts["n_gpus"]["origin"] == "asked"
    assert facts["model"] == {"value": "meta-llama/Llama-2-70b-chat-hf", "origin": "assumed"}
    assert facts["seq_len"]["origin"] == facts["gpu"]["origin"] == "assumed"


# ── what every answer holds ────────────────────────────────────────────────────────────────────────────────────────

SITUATIONS: list[dict[str, Any]] = [
    {"params": "7B"},
    {"params": "7B", "method": "full", "gpu": "A100 80GB"},
    {"params": "13B", "method": "lora", "gpu": "4090"},
    {"params": "70B", "method": "qlora", "gpu": "3090", "n_gpus": 4, "zero_stage": 3},
    {"model": "Mixtral-8x7B", "bits": 4, "gpu": "4090", "n_gpus": 2},
    {"model": "Llama-3.1-8B", "seq_len": 131072, "gpu_memory_gb": 24},
    {"model": "gemma-3-27b-it", "gpu": "H100"},
    {"model": "Qwen2.5-7B", "method": "full", "optimizer": "adamw-8bit", "precision": "pure-bf16"},
    {"params": ["7B", "13B"], "bits": [4, 16], "gpu": ["4090", "3090"]},
]


@pytest.mark.parametrize("facts", SITUATIONS, ids=str)
def test_an_answer_is_consistent(facts: dict[str, Any]) -> None:
    found = estimate(**facts).json()
    for one in [found, *found["cases"]]:
        memory = one["memory"]
        assert memory["low_gib"] <= memory["best_gib"] <= memory["high_gib"]
        assert sum(term["gib"] for term in one["terms"]) == pytest.approx(memory["best_gib"], rel=1e-9)
        assert all(term["gib"] > 0 for term in one["terms"])
        counted = sum(t["gib"] for t in one["terms"] if t["name"] in ("weights", "optimizer", "adapter", "kv_cache"))
        assert memory["low_gib"] >= counted * (1 - 1e-9)
        capacity = one["capacity_gib"]
        if capacity is not None and one["verdict"] != "conditional":
            expected = (
                "yes" if memory["high_gib"] <= capacity else "no" if memory["low_gib"] > capacity else "borderline"
            )
            assert one["verdict"] == expected
    assert found["sources"]
    assert "aligned" in found["derivation_latex"]
    json.dumps(found, default=float)


def test_tables_and_exact_weights_agree_for_known_models() -> None:
    """Exact answers, 16 bit, context 4096, batch 1: weights and KV cache in GiB."""
    exact = {
        "Llama-2-7B": (12.55, 2.0), "Llama-3-8B": (14.96, 0.5), "Llama-2-70B": (128.48, 1.25),
        "Mixtral-8x7B": (86.99, 0.5), "Qwen2.5-7B": (14.19, 0.2188), "DeepSeek-V3": (1249.88, 0.2681),
    }  # fmt: skip
    for model, (weights, kv) in exact.items():
        terms = {term["name"]: term["gib"] for term in estimate(model=model, seq_len=4096).json()["terms"]}
        assert terms["weights"] == pytest.approx(weights, abs=0.005), model
        assert terms["kv_cache"] == pytest.approx(kv, abs=0.0001), model


# ── more of a thing never needs less ───────────────────────────────────────────────────────────────────────────────


def need(**facts: Any) -> float:
    return estimate(**facts).outcomes[0].best / 2**30


@settings(max_examples=15, deadline=None)
@given(
    method=st.sampled_from(["inference", "lora", "qlora", "full"]),
    seq_len=st.integers(64, 8192),
    batch_size=st.integers(1, 8),
)
def test_memory_grows_with_length_and_batch(method: str, seq_len: int, batch_size: int) -> None:
    base = {"params": "7B", "method": method, "seq_len": seq_len, "batch_size": batch_size, "bits": 4}
    if method in ("lora", "full"):
        base.pop("bits")
    here = need(**base)
    assert need(**{**base, "seq_len": seq_len * 2}) >= here
    assert need(**{**base, "batch_size": batch_size + 1}) >= here


@pytest.mark.parametrize("method", ["full", "lora", "qlora"])
def test_more_cards_never_need_more_per_card_when_sharded(method: str) -> None:
    needs = [need(params="7B", method=method, n_gpus=cards, zero_stage=3) for cards in (2, 4, 8, 16)]
    assert needs == sorted(needs, reverse=True)


def test_data_parallel_keeps_a_copy_on_every_card() -> None:
    one = need(params="7B", method="qlora", bits=4)
    for stage in (0, 1, 2):
        assert need(params="7B", method="qlora", bits=4, n_gpus=8, zero_stage=stage) >= 0.9 * one


# ── solve ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("quantity", ["seq_len", "batch_size"])
def test_the_largest_that_fits_fits_and_one_more_does_not(quantity: str) -> None:
    facts = {"model": "Llama-3.1-8B", "method": "qlora", "bits": 4, "gpu": "4090"}
    found = solve(quantity, **facts).json()["solved"]
    room = found["capacity_gib"]
    assert need(**facts, **{quantity: found["value"]}) <= room < need(**facts, **{quantity: found["value"] + 1})


def test_the_fewest_cards_fit_and_one_fewer_does_not() -> None:
    facts = {"params": "13B", "method": "full", "gpu": "A100 80GB", "zero_stage": 3}
    found = solve("n_gpus", **facts).json()["solved"]
    assert need(**facts, n_gpus=found["value"]) <= found["capacity_gib"]
    assert need(**facts, n_gpus=found["value"] - 1) > found["capacity_gib"]


def test_no_number_of_copies_is_enough() -> None:
    found = solve("n_gpus", params="70B", method="full", gpu="4090", zero_stage=0).json()
    assert found["solved"] is None
    assert "no number of cards" in found["why"]


# ── derive ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_alone_are_used_where_they_suffice() -> None:
    found = derive("weights", params="7B", bits=32)
    assert found.value == 28 * 10**9
    assert "26.08 GiB" in found.text()


def test_a_rule_is_taken_by_name() -> None:
    assert derive("peak", params="7B", rule="sixteen_bytes_per_parameter").value == 112 * 10**9
    assert derive("peak", params="7B", rule="twenty_bytes_per_parameter").value == 140 * 10**9


def test_any_input_can_be_solved_for() -> None:
    found = derive("weights", params="7B", bits=4)
    assert found.solved_for("n_params", 24 * 2**30).value == 48 * 2**30


# ── bad input: one line, exit code 2 ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"model": "Llama-9-7B"}, "near"),
        ({"params": "7B", "gpu": "RTX 4900"}, "near"),
        ({"params": "5000B"}, "near"),
        ({"params": "7B", "bits": 7}, "no weight format has 7 bits"),
        ({"params": "7B", "method": "qlorra"}, "near: qlora"),
        ({"params": "7B", "seq_len": 0}, "at least 1"),
        ({"params": "7B", "seq_len": -5}, "not -5"),
        ({"params": "many"}, "is a number such as"),
        ({"params": "7B", "n_gpus": 4, "tp": 3, "method": "full"}, "does not divide 4 cards"),
        ({"seq": 100, "seq_len": 200, "params": "7B"}, "given twice"),
        ({"paramz": "7B"}, "near: params"),
        ({}, "no model"),
        ({"params": "7B", "task": "inference", "method": "lora"}, "contradict"),
        ({"config": "/no/such/file.json"}, "cannot read"),
        ({"config": "{not json"}, "no JSON"),
    ],
)
def test_bad_facts_are_refused_in_one_line(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        estimate(**facts)
    assert "\n" not in str(caught.value)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), standalone_mode=False)


def test_the_command_says_whether_it_fits_by_its_exit_code() -> None:
    assert run("--params", "7B", "--gpu", "4090").return_value == 0
    assert run("--params", "70B", "--gpu", "4090").return_value == 1
    assert run("--params", "70B").return_value == 0


def test_the_command_gives_one_object() -> None:
    found = json.loads(run("--params", "7B", "--method", "lora", "--gpu", "4090", "--json").output)
    assert {"verdict", "memory", "total_gib", "capacity_gib", "terms", "facts", "needs", "sources"} <= set(found)


def test_flags_given_twice_are_cases() -> None:
    found = json.loads(run("--params", "7B", "--params", "13B", "--json").output)
    assert [one["facts"]["params"] for one in found["cases"]] == [7e9, 13e9]


def test_what_is_offloaded_stands_in_host_memory() -> None:
    """12 B of states and 2 B of gradients for each parameter, and 2 B of weights when they go too."""
    for offload, per_parameter in (("optimizer", 14), ("params", 16)):
        answers = estimate(params="7B", method="full", n_gpus=2, zero_stage=3, offload=offload).json()["answers"]
        host = next(one for one in answers if one["quantity"] == "host_memory")
        assert host["scope"] == "host"
        assert host["value"] == pytest.approx(6738415616 * per_parameter / 2**30)


def test_what_is_mended_is_the_case_nearest_to_fitting() -> None:
    nowhere = estimate(params="70B", method=["full", "lora", "qlora"], gpu="RTX 4090").json()
    assert nowhere["verdict"] == "no"
    assert nowhere["mended"] == {"method": "qlora"}
    assert nowhere["changes"]


def test_shared_sequences_leave_open_whether_states_are_sharded() -> None:
    asked = {"params": "7B", "method": "full", "n_gpus": 8}
    assert {case.facts["zero_stage"] for case in spread(parse_given({**asked, "cp": 4}))} == {0, 2, 3}
    assert len(spread(parse_given({**asked, "tp": 4}))) == 1


def test_a_batch_of_preferences_counts_pairs() -> None:
    """The largest batch is one that fits, and one more does not; a further pair costs two sequences."""
    facts = {"model": "Qwen2.5-7B", "method": "lora", "algo": "dpo", "gpu": "A100 80GB"}
    first = estimate(**facts).outcomes[0]
    most = first.largest("batch_size")
    assert most is not None
    there, beyond = (estimate(**facts, batch_size=size).outcomes[0] for size in (most, most + 1))
    assert there.best <= first.capacity < beyond.best
    costs = next(one["gib"] for one in sensitivity(first) if one["quantity"] == "batch_size")
    second = estimate(**facts, batch_size=2).outcomes[0]
    assert costs == pytest.approx((second.best - first.best) / GIB, rel=1e-6)


def test_ppo_on_one_base_says_what_it_leaves_out() -> None:
    facts = {"model": "Qwen2.5-7B", "algo": "ppo"}
    assert any("models of their own" in one for one in estimate(**facts, method="lora").outcomes[0].warnings)
    assert not any("models of their own" in one for one in estimate(**facts, method="full").outcomes[0].warnings)


@pytest.mark.parametrize("model", ["Kimi-K2-Instruct", "Qwen3-235B-A22B", "Llama-3.1-8B"])
def test_a_longer_prompt_costs_its_cache_alone_where_no_program_is_named(model: str) -> None:
    """Servers read prompts in steps (vLLM, max_num_batched_tokens); transformers reads all of it at once, and holds that."""

    def need(length: int, **facts: Any) -> tuple[float, float]:
        found = estimate(model=model, weight_format="fp8", seq_len=length, **facts).json()
        return found["memory"]["best_gib"], sum(one["gib"] for one in found["terms"] if one["name"] == "kv_cache")

    (short, cached), (long, more) = need(16384), need(32768)
    assert long - short == pytest.approx(more - cached)
    (short, cached), (long, more) = need(16384, engine="transformers"), need(32768, engine="transformers")
    assert long - short > 1.2 * (more - cached)


@pytest.mark.parametrize("kernel", ["eager", "sdpa"])
def test_a_kernel_of_transformers_means_transformers(kernel: str) -> None:
    """Its attn_implementation is asked for by name; a card without FlashAttention alone says nothing of the program."""
    facts: dict[str, Any] = {"model": "Llama-3.1-8B", "seq_len": 4096}
    best = estimate(**facts, attention=kernel).json()["memory"]["best_gib"]
    assert best == estimate(**facts, attention=kernel, engine="transformers").json()["memory"]["best_gib"]
    old = estimate(**facts, gpu="V100 SXM2 32 GB").json()["memory"]["best_gib"]
    assert old == pytest.approx(estimate(**facts).json()["memory"]["best_gib"])


def test_a_card_of_one_usual_size_is_one_card_and_the_rarer_is_named_with_its_size() -> None:
    def sizes(text: str, memory_gb: float | None = None) -> list[float]:
        return [one.marketed_gb for one in cards_meant(text, memory_gb)]

    assert [sizes(name) for name in ("H100", "A800", "H20", "RTX 3060", "3080")] == [[80], [80], [96], [12], [10]]
    assert sizes("H100 96GB") == sizes("H100", 96) == [96]
    assert sizes("A800 40GB") == [40]
    assert sizes("RTX 3080", 12) == [12]
    # truly either
    assert [sizes(name) for name in ("A100", "V100")] == [[80, 40], [32, 16]]
    assert sorted(sizes("RTX 4060 Ti")) == [8, 16]


def test_float32_weights_are_their_own_masters() -> None:
    told = {"model": "Qwen2.5-1.5B", "method": "full", "gradient_checkpointing": "on"}
    alone = estimate(**told, weight_format="fp32").outcomes[0]
    terms = {one["name"]: one["gib"] for one in alone.terms_json()}
    # 1.54B x 4 B, and two moments of 4 B each
    assert terms["weights"] == pytest.approx(5.75, abs=0.01)
    assert terms["optimizer"] == pytest.approx(11.5, abs=0.01)
    assert estimate(**told).json()["facts"]["precision"]["value"] == "bf16-params-fp32-states"


def test_a_card_without_bf16_is_taken_to_train_in_fp16() -> None:
    told = {"model": "Qwen2.5-1.5B", "method": "full"}
    for card in ("V100 32GB", "T4", "RTX 2080 Ti"):
        found = estimate(**told, gpu=card).json()
        assert found["facts"]["weight_format"] == {"value": "fp16", "origin": "assumed"}
        ways = [*found["changes"], *found["ladder"]]
        assert not any(one["facts"].get("precision") == "pure-bf16" for one in ways), card
    asked = estimate(**told, gpu="V100 32GB", weight_format="bf16").json()
    assert asked["facts"]["weight_format"]["value"] == "bf16"
    assert estimate(**told, gpu="RTX 3090").json()["facts"]["weight_format"]["value"] == "bf16"


def test_a_card_that_is_limited_keeps_what_it_is():
    (limited,) = cards_meant("A100 80GB limited to 40 GB")
    assert (limited.capacity, gpu_row(limited.name)["architecture"]) == (40 * GIB, "Ampere")
    assert cards_meant(limited.name) == [limited]
    assert cards_meant("A100 limited to 20 GB")[0].capacity == 20 * GIB
    assert len(cards_meant("A100 limited to 20 GB")) == 1  # of either size the limit is one
    assert cards_meant("RTX 4090 limited to 40 GB") == cards_meant("RTX 4090")
