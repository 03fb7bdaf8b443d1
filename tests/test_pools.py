"""What serving programs take of a card: each by its own rule, with the arithmetic by hand."""

import pytest

from formulas.quantity import Quantity
from formulas.serving import kv_pool
from formulas.vocabulary import adapter, kv_cache, runtime, weights, workspace
from kb.cards import GIB
from kb.estimator import estimate
from kb.outcome import Outcome
from kb.pools import share_by_default, share_of
from kb.recommender import smallest_that_hold
from kb.worked import derived

LENGTH = 8192
FACTS = {"model": "Qwen/Qwen2.5-7B-Instruct", "seq_len": LENGTH}
CARD = "RTX 3090"
CAPACITY = 24 * GIB


def served(engine: str, **facts: object) -> Outcome:
    return estimate(**{**FACTS, "gpu": CARD, "engine": engine, **facts}).outcomes[0]


def amount(there: Outcome, quantity: Quantity) -> float:
    return float(derived(quantity, there.situation.facts | there.fullest.place.facts).values[quantity])


def test_a_share_of_the_rest_is_of_what_the_weights_leave() -> None:
    there = served("lmdeploy")
    left = CAPACITY - amount(there, runtime) - amount(there, weights)
    assert amount(there, kv_pool) == pytest.approx(0.8 * left)
    assert amount(served("lmdeploy", gpu_memory_utilization=0.4), kv_pool) == pytest.approx(0.4 * left)
    assert amount(served("tensorrt-llm"), kv_pool) == pytest.approx(0.9 * left)


def test_sglang_leaves_what_its_card_and_ranks_make_it_leave() -> None:
    there = served("sglang")
    aside = (512 + 1.5 * 2048 + 2 * 24 + 128) * 2**20
    usable = (1 - aside / CAPACITY) * (CAPACITY - amount(there, runtime))
    assert amount(there, kv_pool) == pytest.approx(usable - amount(there, weights) - amount(there, adapter))


def test_large_cards_leave_ten_gib_at_the_least_and_more_where_the_sum_is_more() -> None:
    there = served("sglang", gpu="H100 SXM5 80 GB")
    aside = (512 + 1.5 * 8192 + 2 * 256 + 128) * 2**20
    assert aside > 10 * GIB
    assert amount(there, kv_pool) < (1 - aside / (81559 * 2**20)) * 81559 * 2**20 - amount(there, weights)


def test_a_case_fits_just_as_long_as_the_cache_that_was_set_aside_holds_it() -> None:
    for engine in ("vllm", "tgi", "sglang", "lmdeploy", "tensorrt-llm"):
        there = served(engine, gpu="A100 SXM4 40 GB")
        longest = there.largest("seq_len")
        assert longest
        tokens = next(one["value"] for one in there.answers_json() if one["quantity"] == "kv_tokens")
        # the matrix library's workspace is part of the need, and no part of what the rules count
        beside = amount(there, workspace) / (amount(there, kv_cache) / LENGTH)
        assert longest + beside == pytest.approx(tokens, abs=64), engine


def test_what_a_step_works_with_must_find_room_beside_the_cache() -> None:
    there = served("tensorrt-llm")
    assert there.capacity == CAPACITY  # weights, 0.9 of the rest and the activations would be more than the card


def test_a_share_is_no_share_of_the_card_where_it_is_one_of_the_rest() -> None:
    there = served("lmdeploy", gpu_memory_utilization=0.2)
    assert there.capacity is not None
    assert there.capacity < CAPACITY
    assert there.verdict == "yes"  # weights fill most of the card; a fifth of the rest holds 8,192 tokens
    assert smallest_that_hold(served("lmdeploy", gpu_memory_utilization=0.2))


def test_programs_without_a_rule_of_their_own_take_what_vllm_takes() -> None:
    assert share_of("xinference") == share_of("vllm")
    assert share_by_default("sglang") is None
    assert share_by_default("tgi") == 0.9
