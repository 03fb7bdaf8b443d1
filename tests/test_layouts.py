"""Many cards: what each holds, which is the fullest, and which layouts cannot be."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulas.anatomy import mixer_matrices, saved_layer
from formulas.errors import BadInput
from formulas.vocabulary import saved_activations
from kb import derive, estimate
from kb.cards import GIB, rigs_meant
from kb.cases import Case
from kb.checked import facts_of
from kb.outcome import Outcome, outcome
from kb.validate import own_rows

LLAMA = {"model": "Llama-3.1-8B", "method": "full", "precision": "pure-bf16", "meter": "allocated"}
MIXTRAL = {**LLAMA, "model": "Mixtral-8x7B"}
SERVED = {"model": "Llama-3.1-8B", "method": "inference", "meter": "allocated"}


def worked(**facts: Any) -> Outcome:
    return estimate(**facts).outcomes[0]


def best(**facts: Any) -> float:
    return worked(**facts).best / GIB


LAYOUTS: list[dict[str, Any]] = [
    {"n_gpus": 1},
    {"n_gpus": 4, "zero_stage": 0},
    {"n_gpus": 4, "zero_stage": 3},
    {"n_gpus": 16, "zero_stage": 3, "shard_size": 4},
    {"n_gpus": 4, "pp": 4, "grad_accum": 8},
    {"n_gpus": 6, "pp": 6, "n_microbatches": 12},
    {"n_gpus": 4, "pp": 4, "virtual_stages": 2, "n_microbatches": 8},
    {"n_gpus": 4, "pp": 4, "schedule": "gpipe", "n_microbatches": 8},
    {"n_gpus": 8, "tp": 2, "pp": 2, "zero_stage": 1},
    {"n_gpus": 8, "tp": 4, "sequence_parallel": True, "zero_stage": 0},
    {"n_gpus": 4, "cp": 4},
    {"n_gpus": 16, "tp": 2, "pp": 2, "cp": 2, "zero_stage": 3},
    {"n_gpus": 2, "layer_split": True},
    {"gpu": "4090 + 3090", "layer_split": True},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_the_cards_add_up_and_the_fullest_decides(layout: dict[str, Any]) -> None:
    found = worked(**LLAMA, **layout)
    assert sum(card.place.count for card in found.cards) == found.n_gpus
    assert found.total == pytest.approx(sum(card.best * card.place.count for card in found.cards))
    assert found.total <= found.n_gpus * max(card.best for card in found.cards) * (1 + 1e-9)
    for card in found.cards:
        assert sum(card.terms.values()) == pytest.approx(card.best)
        assert card.fullness <= found.fullest.fullness
    if found.cards[0].place.of > 1:
        assert sum(c.place.layers * c.place.count for c in found.cards) == 32 * found.n_gpus / found.cards[0].place.of


@pytest.mark.parametrize("layout", [one for one in LAYOUTS if one.get("zero_stage") in (None, 0)], ids=str)
def test_stages_and_ranks_hold_every_weight_once(layout: dict[str, Any]) -> None:
    """Beside the norms, which tensor-parallel ranks copy: 2·32 + 1 norms of 4096, a thousandth of a percent each."""
    found = worked(**LLAMA, **layout)
    copies = found.n_gpus // int(found.fullest.place.of * (layout.get("tp") or 1))
    held = sum(card.terms["weights"] * card.place.count for card in found.cards) / copies
    assert held == pytest.approx(worked(**LLAMA).terms["weights"], rel=2e-4)


# ── full sharding ──────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=10, deadline=None)
@given(few=st.integers(2, 40), more=st.integers(1, 40), seq=st.sampled_from([512, 4096]))
def test_more_cards_never_need_more_each_under_full_sharding(few: int, more: int, seq: int) -> None:
    assert best(**LLAMA, zero_stage=3, seq_len=seq, n_gpus=few + more) <= best(
        **LLAMA, zero_stage=3, seq_len=seq, n_gpus=few
    ) * (1 + 1e-12)


def test_hybrid_sharding_stands_between_a_copy_and_full_sharding() -> None:
    at = {size: best(**LLAMA, zero_stage=3, n_gpus=16, shard_size=size) for size in (1, 2, 4, 8, 16)}
    assert list(at.values()) == sorted(at.values(), reverse=True)
    assert at[16] == best(**LLAMA, zero_stage=3, n_gpus=16)
    # states are divided within the group alone: as many cards as the group, and the same need
    assert at[8] == pytest.approx(best(**LLAMA, zero_stage=3, n_gpus=8))


# ── pipelines ──────────────────────────────────────────────────────────────────────────────────────────────────────


def in_stages(pp: int, **facts: Any) -> list[dict[str, float]]:
    found = worked(**LLAMA, gradient_checkpointing="off", n_gpus=pp, pp=pp, **facts)
    return [card.terms for card in found.cards for _ in range(card.place.count)]


def kept(pp: int, **facts: Any) -> list[float]:
    """Activations that each stage keeps for its micro-batches."""
    found = worked(**LLAMA, gradient_checkpointing="off", n_gpus=pp, pp=pp, seq_len=2048, **facts)
    return [float(card.values[saved_activations]) for card in found.cards]


def test_weights_of_the_fullest_stage_fall_with_more_stages() -> None:
    weights = [max(stage["weights"] for stage in in_stages(pp)) for pp in (1, 2, 4, 8, 16, 32)]
    assert weights == sorted(weights, reverse=True)


def test_stages_that_do_not_divide_have_one_layer_more() -> None:
    layers = [card.place.layers for card in worked(**LLAMA, n_gpus=5, pp=5).cards]
    assert layers == [7, 7, 6, 6, 6]
    served = [card.place for card in worked(**SERVED, n_gpus=5, pp=5).cards for _ in range(card.place.count)]
    assert max(place.layers for place in served) == 7
    assert served[-1].layers == 6  # which has the head


def test_one_forward_one_backward_keeps_as_many_as_there_are_stages_to_the_end() -> None:
    assert [size / kept(4, n_microbatches=8)[-1] for size in kept(4, n_microbatches=8)] == pytest.approx([4, 3, 2, 1])
    # fewer micro-batches than stages: no more than there are
    assert [size / kept(4, n_microbatches=2)[-1] for size in kept(4, n_microbatches=2)][:2] == pytest.approx([2, 2])


def test_interleaving_keeps_more_by_the_published_factor() -> None:
    plain, chunked = kept(4, n_microbatches=16), kept(4, n_microbatches=16, virtual_stages=2)
    assert chunked[0] == pytest.approx(plain[0] * (1 + 3 / (4 * 2)))
    assert all(more >= few for more, few in zip(chunked, plain, strict=True))


def test_gpipe_keeps_every_micro_batch() -> None:
    last = kept(4, n_microbatches=4)[-1]
    assert kept(4, n_microbatches=8, schedule="gpipe")[0] == pytest.approx(8 * last)


def test_embedding_and_head_are_on_the_ends() -> None:
    """Llama-3.1-8B: 128,256 rows of 4096 in 16 bits at either end."""
    first, second, third, last = in_stages(4)
    assert first["weights"] - second["weights"] == pytest.approx(2 * 128256 * 4096)
    assert last["weights"] - third["weights"] == pytest.approx(2 * (128256 * 4096 + 4096))
    assert [("logits" in stage) for stage in (first, second, third)] == [False] * 3


def test_logits_are_made_on_the_last_stage_only() -> None:
    found = worked(**LLAMA, n_gpus=4, pp=4, seq_len=8192, n_microbatches=4)
    assert found.fullest.place.stages == (3,)
    assert "logits" in found.terms


# ── tensor, sequence, context parallelism ──────────────────────────────────────────────────────────────────────────


def layer_bytes(**facts: Any) -> float:
    """What one layer keeps for one token, on one rank."""
    values = worked(**LLAMA, gradient_checkpointing="off", zero_stage=0, **facts).values
    return float(values[saved_layer])


def test_tensor_parallelism_leaves_the_residual_stream_whole() -> None:
    """Llama's layer keeps 16h + 4q + 4κ + 8f + 4a + 8 bytes a token; only heads and columns are divided."""
    h, q, kv, f, a = 4096, 4096, 1024, 14336, 32
    assert layer_bytes(n_gpus=1) == 16 * h + 4 * q + 4 * kv + 8 * f + 4 * a + 8
    inside = (4 * q + 4 * kv + 8 * f + 4 * a) / 4
    assert layer_bytes(n_gpus=4, tp=4) == pytest.approx(16 * h + 8 + inside)
    assert layer_bytes(n_gpus=4, tp=4, sequence_parallel=True) == pytest.approx((16 * h + 8) / 4 + inside)


def test_key_value_heads_are_copied_where_ranks_are_more() -> None:
    def attention(tp: int) -> float:
        return float(worked(**SERVED, n_gpus=tp, tp=tp).values[mixer_matrices])

    assert attention(8) == 4096 * (512 + 2 * 128 + 512)  # 4 of 32 heads, 1 of 8 key-value heads
    assert attention(16) == 4096 * (256 + 2 * 128 + 256)  # 2 heads, and still one of keys and values


def test_context_parallelism_divides_the_tokens() -> None:
    long = {**LLAMA, "gradient_checkpointing": "off", "seq_len": 8192}
    shared = worked(**long, n_gpus=4, cp=4)
    assert shared.values[saved_activations] == pytest.approx(float(worked(**long).values[saved_activations]) / 4)
    assert shared.terms["weights"] == worked(**LLAMA).terms["weights"]
    # a block of keys and one of values come from the neighbour: 2 · 2048 tokens · 1024 · 2 bytes
    assert derive("exchanged", **long, n_gpus=4, cp=4).value == 2 * 2048 * 1024 * 2
    served = worked(**SERVED, seq_len=8192, n_gpus=4, cp=4)
    assert served.part("kv") == pytest.approx(worked(**SERVED, seq_len=8192).part("kv") / 4)


@pytest.mark.parametrize("model", ["falcon-mamba-7b", "NVIDIA-Nemotron-Nano-9B-v2", "DeepSeek-V3", "gemma-3-27b-it"])
def test_any_kind_of_layer_may_be_divided(model: str) -> None:
    """Scans, hybrids, latent attention, windows: over ranks, stages and a shared sequence at once."""
    whole = worked(model=model, method="full", meter="allocated")
    parts = worked(model=model, method="full", meter="allocated", n_gpus=8, tp=2, pp=2, cp=2)
    copies = 2  # of the context-parallel ranks
    held = sum(card.terms["weights"] * card.place.count for card in parts.cards) / copies
    assert whole.terms["weights"] * (1 - 1e-9) <= held < whole.terms["weights"] * 1.1
    assert parts.total / 8 <= parts.best <= whole.best


# ── experts ────────────────────────────────────────────────────────────────────────────────────────────────────────

EXPERTS = 32 * 8 * 3 * 4096 * 14336  # of Mixtral-8x7B


@pytest.mark.parametrize("ep", [1, 2, 4, 8])
def test_expert_parallelism_divides_experts_only(ep: int) -> None:
    held = worked(**MIXTRAL, n_gpus=8, zero_stage=0, ep=ep).terms["weights"]
    assert held == pytest.approx(2 * (46702792704 - EXPERTS + EXPERTS / ep))


def test_full_sharding_divides_experts_no_further() -> None:
    """Eight ranks divide all parameters by eight, whoever holds which experts."""
    plain, split = (worked(**MIXTRAL, n_gpus=8, zero_stage=3, ep=ep) for ep in (1, 8))
    assert split.terms["optimizer"] == pytest.approx(plain.terms["optimizer"])


def test_served_experts_are_whole_on_their_rank() -> None:
    found = worked(model="Mixtral-8x7B", method="inference", n_gpus=8, tp=8, ep=8)
    facts = found.fullest.place.facts
    assert "moe_intermediate_size" not in facts
    assert facts["n_heads"].value == 4


# ── cards that differ ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_large_card_takes_more_layers() -> None:
    found = worked(params="32B", bits=4, gpu="24GB + 12GB")
    big, small = found.cards
    assert (big.place.layers, small.place.layers) == (44, 20)
    assert big.capacity == 2 * (small.capacity or 0)
    listed = found.cards_json()
    assert [one["card"] for one in listed] == ["a 24 GB card", "a 12 GB card"]
    assert sum(one["fullest"] for one in listed) == 1
    assert found.total == pytest.approx(sum(card.best for card in found.cards))


def test_shares_may_be_stated() -> None:
    found = worked(params="32B", bits=4, gpu="4090", n_gpus=2, tensor_split="3,1")
    assert [card.place.layers for card in found.cards] == [49, 15]
    assert found.fullest.place.stages == (0,)


def test_one_card_that_is_too_small_is_enough_to_say_no() -> None:
    found = worked(params="32B", bits=4, gpu="48GB + 8GB", tensor_split="1,1")
    assert [found.verdict_of(card) for card in found.cards] == ["yes", "no"]
    assert found.verdict == "no"
    assert found.fullest.place.stages == (1,)


def test_ranks_that_hold_the_same_are_limited_by_the_smallest_card() -> None:
    found = worked(**SERVED, gpu="RTX 4090 + RTX 3060 12 GB", tp=2)
    assert len(found.cards) == 1
    assert (found.capacity or 0) < 13 * GIB


def test_stages_of_several_cards_are_limited_by_their_own_smallest() -> None:
    found = worked(**SERVED, gpu="2x RTX 4090 + 2x RTX 3060 12 GB", tp=2, pp=2)
    assert [card.place.count for card in found.cards] == [2, 2]
    assert [round((card.capacity or 0) / GIB) for card in found.cards] == [24, 12]


def test_names_of_cards_together() -> None:
    assert [[card.name for card in rig] for rig in rigs_meant("4090+2x3090")] == [
        ["GeForce RTX 4090", "GeForce RTX 3090", "GeForce RTX 3090"]
    ]
    assert len(rigs_meant("A100, 4090")) == 2  # an A100 has 40 or 80 GB
    assert len(rigs_meant("AMD Ryzen AI Max+ 395 (Strix Halo)")[0]) == 1


def test_the_last_of_two_measured_cards_is_the_fuller_one() -> None:
    """Runs of a model spread over two cards whose figures are published card by card: every one, and so here."""
    runs = [row for row in own_rows() if row.get("layer_split") and "per_gpu=" in str(row.get("extra"))]
    assert len(runs) == 11
    for row in runs:
        first, last = map(float, str(row["extra"]).split("per_gpu=")[1].split(";")[0].split("|"))
        found = outcome(Case(facts_of(row), None, ()))
        assert first < last
        assert found.cards[0].best < found.cards[-1].best


# ── what cannot be ─────────────────────────────────────────────────────────────────────────────────────────────────

IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"n_gpus": 8, "tp": 3}, "6 cards would do"),
    ({"n_gpus": 8, "tp": 2, "dp": 2}, "dp 4 would do"),
    ({"n_gpus": 12, "tp": 12}, "tp 8 would do"),
    ({"n_gpus": 64, "pp": 64}, "pp 32 would do"),
    ({"n_gpus": 8, "pp": 8, "virtual_stages": 8}, "more than the model's 32 layers"),
    ({"n_gpus": 4, "virtual_stages": 2}, "give pp 2 or more"),
    ({"n_gpus": 4, "pp": 4, "virtual_stages": 2, "n_microbatches": 6}, "multiple of pp 4: 8, not 6"),
    ({"n_gpus": 8, "ep": 8}, "this model has none"),
    ({"n_gpus": 4, "sequence_parallel": True}, "give tp 2 or more"),
    ({"n_gpus": 8, "zero_stage": 3, "shard_size": 3}, "2 would do"),
    ({"n_gpus": 8, "zero_stage": 2, "shard_size": 4}, "give zero_stage 3"),
    ({"gpu": "4090 + 3090", "n_gpus": 4}, "leave n_gpus out"),
    ({"n_gpus": 2, "tensor_split": "1,2,3"}, "3 shares for 2 cards"),
    ({"n_gpus": 2, "tp": 2, "tensor_split": "1,1"}, "leave tp, pp and cp out"),
    ({"n_gpus": 2, "tensor_split": "a"}, "a list of shares"),
    ({"n_gpus": 2, "tensor_split": "100,1"}, "would get none of the 32 layers"),
    ({"gpu": "4090 + no-such-card"}, "no card `no-such-card`"),
    ({"gpu": "99x4090+3090"}, "name 2 to 64"),
]


@pytest.mark.parametrize(("facts", "says"), IMPOSSIBLE, ids=str)
def test_impossible_layouts_are_refused_with_what_would_do(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as refused:
        estimate(**LLAMA, **facts)
    assert says in str(refused.value)


def test_experts_that_do_not_divide_are_refused() -> None:
    with pytest.raises(BadInput, match="8 experts do not divide over ep 16; ep 8 would do"):
        estimate(**MIXTRAL, n_gpus=16, ep=16)


def test_heads_that_do_not_divide_are_laid_out_otherwise_where_nothing_is_said() -> None:
    """Qwen2.5-7B has 28 heads: eight cards are four ranks of two stages."""
    knobs = worked(model="Qwen2.5-7B", n_gpus=8).situation.knobs
    assert (knobs["tp"].value, knobs["pp"].value) == (4, 2)
