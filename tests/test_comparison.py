"""Set-ups side by side: what each needs, where they part, what a stated figure is of, and which to take."""

import json
from typing import Any

import pytest

from chat.plans.setup_texts import as_text, parsed
from chat.tools import call
from formulas.errors import BadInput
from kb.comparison import Comparison, compare
from kb.database import rows
from kb.knobs import BY_NAME
from kb.likely import Stated

EIGHT = {"model": "Llama-3.1-8B"}


def reasons(found: Comparison, term: str) -> list[dict[str, Any]]:
    return next(one["reasons"] for one in found.json()["differences"] if one["name"] == term)


def test_a_stated_file_is_all_weights_though_not_all_of_them_are_on_the_card() -> None:
    nemo: dict[str, Any] = {"model": "Mistral-Nemo-Instruct-2407", "engine": "llama.cpp", "seq_len": 131072}
    for gb, said in ((7.5, "weights"), (6.0, "less"), (29.0, "estimated")):
        found = compare(
            [{"weight_format": "gguf:Q4_K_M"}, {"weight_format": "fp16"}], [Stated(gb), None], **nemo
        ).json()
        assert found["setups"][0]["stated_as"]["as"] == said
    assert (
        found["setups"][0]["stated_as"]["off_shown"] == "2%"
    )  # of the tool, so that the guard knows it when it is said
    assert [one["bits"] for one in found["setups"]] == ["4.88 bits/param", "16 bits/param"]


# ── side by side ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_terms_make_the_difference() -> None:
    found = compare([{"method": "full"}, {"method": "lora"}], **EIGHT).json()
    full, lora = ({one["name"]: one["gib"] for one in side["terms"]} for side in found["setups"])
    apart = sum(full.get(name, 0) - lora.get(name, 0) for name in {*full, *lora})
    assert found["difference_gib"] == pytest.approx(apart, rel=1e-6)
    assert found["differences"][0]["name"] == "optimizer"  # 12 B of 8.03e9 parameters
    assert found["differences"][0]["amounts_gib"][0] == pytest.approx(12 * 8.030e9 / 2**30, rel=1e-3)
    assert found["setups"][0]["states"] == "2 + 2 + 12 = 16 B/param"


def test_a_reason_is_the_formula_at_which_the_set_ups_part() -> None:
    found = reasons(compare([{"optimizer": "adamw"}, {"optimizer": "adamw-8bit"}], method="full", **EIGHT), "optimizer")
    assert [one["quantity"] for one in found] == ["model_optimizer"]  # the moments: masters are counted in both
    assert found[0]["formulas"][0] != found[0]["formulas"][1]


def test_a_reason_is_the_fact_that_differs_where_the_formula_is_the_same() -> None:
    pair = [{"model": "Llama-2-7b-hf"}, {"model": "Mistral-7B-Instruct-v0.3"}]  # a head for each of 32, and 8 for all
    (heads,) = reasons(compare(pair, seq_len=16384), "kv_cache")
    assert (heads["quantity"], heads["values"], heads["formulas"]) == ("n_kv_heads", ["32", "8"], [])


def test_what_makes_hardly_a_difference_is_no_reason() -> None:
    found = reasons(compare([{"model": "Mixtral-8x7B"}, {"model": "Llama-2-70b"}], weight_format="bf16"), "weights")
    assert [one["quantity"] for one in found][:1] == ["n_params"]
    assert "mlp_vectors" not in [one["quantity"] for one in found]  # a router is nothing beside 20 billion parameters


def test_a_term_that_is_freed_at_the_peak_is_told_with_what_it_was() -> None:
    full = compare([{"method": "full"}, {"method": "lora"}], **EIGHT).json()["setups"][0]
    at_peak = {one["name"]: one["gib"] for one in full["terms"]}
    before = {one["name"]: one["gib"] for one in full["elsewhere"]}
    assert at_peak.get("logits", 0) < 0.05 < before["logits"]


def test_a_program_runs_by_its_own_defaults() -> None:
    found = compare([{"engine": "torchtune"}, {"engine": "transformers"}], method="full", **EIGHT).json()
    torchtune, huggingface = found["setups"]
    assert torchtune["states"].startswith("2 + 0.131 + 2.03")  # no gradients stand, moments of a byte each
    assert huggingface["states"] == "2 + 2 + 12 = 16 B/param"
    assert found["defaults"][0]["optimizer"] == "paged-adamw-8bit"
    assert found["defaults"][1] == {}
    many = compare(
        [{"engine": "torchtune"}, {"engine": "transformers"}], method="full", n_gpus=4, zero_stage=3, **EIGHT
    )
    assert "optimizer" not in many.json()["defaults"][0]  # that recipe is of one card


def test_programs_are_compared_at_one_length() -> None:
    found = compare([{"engine": "trl"}, {"engine": "unsloth"}], method="qlora", bits=4, **EIGHT).json()
    assert found["facts"]["seq_len"]["value"] == 2048


def test_unsloth_leaves_what_is_frozen_in_16_bits() -> None:
    beside = {"engine": "transformers"}  # a script that prepares the base as PEFT's documentation has it
    found = compare([{"engine": "unsloth"}, beside], method="qlora", bits=4, double_quant=True, **EIGHT)
    amounts = next(one["amounts_gib"] for one in found.json()["differences"] if one["name"] == "weights")
    # embedding and head of 128,256 × 4096 each: 2 bytes more in float32
    assert amounts[1] - amounts[0] == pytest.approx(2 * 128256 * 4096 * 2 / 2**30, rel=1e-2)


# ── the asker's figures ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("side", "shared", "stated", "found"),
    [
        ({"engine": "torchtune"}, {"method": "full"}, Stated(24), {"as": "paged"}),
        (
            {"engine": "transformers"},
            {"method": "full"},
            Stated(60, at_least=True),
            {"as": "changed", "precision": "pure-bf16"},
        ),
        ({"engine": "litgpt"}, {"method": "lora"}, Stated(34), {"as": "changed", "weight_format": "fp32"}),
        ({"engine": "vllm"}, {}, Stated(22), {"as": "pool", "card_gb": 24}),
        ({"engine": "transformers"}, {}, Stated(6), {"as": "less"}),
        ({"engine": "transformers"}, {}, Stated(17.5), {"as": "estimated"}),
        ({"engine": "transformers"}, {"method": "lora"}, Stated(900), {"as": "more"}),
    ],
)
def test_a_stated_figure_is_of_some_set_up(
    side: dict[str, Any], shared: dict[str, Any], stated: Stated, found: dict[str, Any]
) -> None:
    told = compare([side, {"engine": "sglang" if not shared else "trl"}], [stated], **shared, **EIGHT).json()
    explained = told["setups"][0]["stated_as"]
    assert {**explained, **explained.get("facts", {})} | found == {**explained, **explained.get("facts", {})}
    assert told["setups"][1]["stated_as"] is None


# ── which to take ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_what_fits_the_least_costly_is_taken() -> None:
    methods = [{"method": one} for one in ("full", "lora", "qlora")]
    of_24 = compare(methods, gpu_memory_gb=24, **EIGHT)
    assert [one.verdict for one in of_24.setups] == ["no", "yes", "yes"]
    assert of_24.recommended == 1  # both adapters fit: the base as it is costs less
    assert compare(methods, gpu_memory_gb=16, **EIGHT).recommended == 2
    assert compare(methods, gpu_memory_gb=8, **EIGHT).recommended is None
    assert compare(methods, **EIGHT).recommended is None  # no card, no choice: the order stands beside it
    assert compare(methods, **EIGHT).cheapest_first == [0, 1, 2]


def test_layers_that_take_turns_cost_more_than_copies_and_less_than_shards() -> None:
    ways: list[dict[str, Any]] = [{"zero_stage": 3}, {"layer_split": True}, {"zero_stage": 0}]
    found = compare(ways, n_gpus=2, method="lora", **EIGHT)
    assert found.cheapest_first == [2, 1, 0]
    assert any("work in turn" in price["says"] for price in found.prices[1])


def test_the_same_on_other_cards_differs_by_no_term() -> None:
    found = compare([{"gpu": "RTX 3090", "n_gpus": 2}, {"gpu": "RTX A6000", "n_gpus": 1}], params="70B", bits=4).json()
    assert found["of_cards"]
    assert found["differences"] == []
    assert found["setups"][0]["divided_by"] == {"tp": 2}


def test_the_contract_holds_of_a_comparison() -> None:
    found = call("compare", {"setups": ["method=lora", "method=full"], "params": "7B", "gpu": "4090"})[1]
    assert found["verdict"] == "conditional"
    assert [case["facts"]["method"] for case in found["cases"]] == ["lora", "full"]
    assert [case["default"] for case in found["cases"]] == [True, False]
    assert found["memory"] == found["cases"][0]["memory"]
    json.dumps(found, default=float)


@pytest.mark.parametrize(
    ("setups", "shared", "said"),
    [
        (["method=lora"], {}, "2 to 6"),
        (["method=lora", "method"], {}, "a set-up is facts such as"),
        (["method=lora", "metod=full"], {}, "metod"),
        (["method=lora", "method=qlora; stated_gb=much"], {}, "stated_gb"),
        (["method=lora", "method=qlora"], {"seq_len": [1024, 2048]}, "one value"),
    ],
)
def test_a_wrong_comparison_is_refused_in_one_line(setups: list[str], shared: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        call("compare", {"setups": setups, "params": "7B", **shared})
    assert "\n" not in str(refused.value)


def test_a_side_is_told_and_read_back() -> None:
    told = [
        as_text({"method": "lora", "bits": 16}, Stated(21)),
        as_text({"gpu": "RTX 3090"}, Stated(60, at_least=True)),
        as_text({"bits": 8}, Stated(5.5, binary=True)),
    ]
    assert told == ["method=lora; bits=16; stated_gb=21", "gpu=RTX 3090; stated_gb=60+", "bits=8; stated_gib=5.5"]
    assert parsed(told)[1] == [Stated(21), Stated(60, at_least=True), Stated(5.5, binary=True)]


def test_a_reason_that_works_against_the_difference_is_told_too() -> None:
    sides = [{"params": 70e9, "weight_format": "gguf:Q4_K_M"}, {"params": 32e9, "weight_format": "gguf:Q8_0"}]
    found = reasons(compare(sides, task="inference"), "weights")
    assert "n_params" in {one["quantity"] for one in found}
    assert len(found) == 2  # twice the bits of half the parameters


def test_states_are_those_at_the_end_of_a_step_wherever_the_peak_is() -> None:
    found = compare([{"optimizer": "lion"}, {"optimizer": "adamw"}], params=1.5e9, method="full").json()
    assert [side["states"] for side in found["setups"]] == ["2 + 2 + 8 = 12 B/param", "2 + 2 + 12 = 16 B/param"]


# ── like with like ─────────────────────────────────────────────────────────────────────────────────────────────────

FULL: dict[str, Any] = {"params": 7e9, "method": "full"}
_OPTIMIZERS = ("adamw", "adamw-8bit", "lion", "adafactor")


def test_optimizers_are_counted_with_the_same_masters_and_what_they_usually_run_without_is_told_apart() -> None:
    found = compare([{"optimizer": one} for one in _OPTIMIZERS], **FULL).json()
    own = [one["own_states"] for one in found["setups"]]
    assert [one["each"] for one in own] == ["8", "2.03", "4", "0"]
    assert {one["masters"] for one in own} == {"4"}
    assert [one["states"].split(" = ")[1] for one in found["setups"]] == [
        "16 B/param",
        "10 B/param",
        "12 B/param",
        "8 B/param",
    ]
    alone = found["by_themselves"]
    assert alone[0] is alone[2] is None  # AdamW and Lion keep masters by themselves
    masters = 4 * 6738415616 / 2**30
    for at in (1, 3):
        assert found["setups"][at]["memory"]["best_gib"] - alone[at]["gib"] == pytest.approx(masters, rel=0.01)


def test_a_precision_that_is_told_stays_and_cards_that_divide_have_no_product() -> None:
    pure = compare([{"optimizer": "adamw"}, {"optimizer": "adamw-8bit"}], precision="pure-bf16", **FULL).json()
    assert pure["by_themselves"] == []
    assert {one["own_states"]["masters"] for one in pure["setups"]} == {"0"}
    projected = compare([{"optimizer": "adamw"}, {"optimizer": "adamw-8bit"}], params=7e9, method="galore").json()
    assert [one["own_states"]["en"] for one in projected["setups"]] == ["2.09 GB at rank 128", "1.18 GB at rank 128"]
    shared = compare([{"optimizer": "adamw"}, {"optimizer": "adamw-8bit"}], n_gpus=8, zero_stage=3, **FULL).json()
    assert [one["own_states"] for one in shared["setups"]] == [None, None]
    assert compare([{"method": "full"}, {"method": "lora"}], **EIGHT).json()["setups"][0]["own_states"] is None


def test_every_format_has_a_price() -> None:
    """One without would pass for the one that costs nothing."""
    for setting in ("weight_format", "kv_format"):
        priced = {row["value"] for row in rows("SELECT value FROM prices WHERE setting = ?", [setting])}
        assert set(BY_NAME[setting].options) <= priced


def test_of_two_files_the_one_that_keeps_more_quality_comes_first() -> None:
    kinds: list[dict[str, Any]] = [{"weight_format": "gguf:Q4_0"}, {"weight_format": "gguf:Q4_K_M"}]
    assert compare(kinds, method="inference", **EIGHT).cheapest_first == [1, 0]
    bits: list[dict[str, Any]] = [{"weight_format": "int4"}, {"weight_format": "fp8"}]
    assert compare(bits, method="inference", gpu="RTX 4090", **EIGHT).recommended == 1
