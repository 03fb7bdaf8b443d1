"""Experts that are one tensor, adapters on them, and figures that say of how many cards they are."""

import pytest

from chat.answers.warned import warnings
from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to, opening

MIXTURE = {"model": "Mixtral-8x7B-v0.1", "gpu": "A100 80GB"}


@pytest.mark.parametrize(
    ("given", "adapters", "quantised"),
    [
        ({"method": "qlora", "bits": 4}, True, True),
        ({"method": "qlora", "bits": 8, "lora_targets": "q k v o"}, False, True),
        ({"method": "lora"}, True, False),
        ({"method": "lora", "lora_targets": "q v"}, False, False),
        ({"method": "full"}, False, False),
        ({"method": "inference", "bits": 4}, False, False),
    ],
)
def test_the_assumptions_on_experts_are_said_where_they_count(
    given: dict[str, object], adapters: bool, quantised: bool
) -> None:
    found = estimate(**MIXTURE, **given).json()
    told = " ".join(found["warnings"])
    assert ("adapters of experts are counted" in told) == adapters
    assert ("bitsandbytes quantises linears alone" in told) == quantised
    chinese = " ".join(warnings(found, "zh"))
    assert ("target_parameters" in chinese) == adapters
    assert ("bitsandbytes 只量化线性层" in chinese) == quantised


def test_a_dense_model_has_no_such_assumptions() -> None:
    told = " ".join(estimate(params="8B", method="qlora", bits=4).json()["warnings"])
    assert "experts" not in told


def test_adapters_on_attention_alone_are_offered_where_experts_have_them() -> None:
    found = estimate(model="Mixtral-8x7B-v0.1", method="qlora", bits=4, gpu="RTX 5090", lora_rank=128).json()
    assert any(one["facts"].get("lora_targets") == "q k v o" for one in found["changes"])
    dense = estimate(params="34B", method="qlora", bits=4, gpu="RTX 3090", lora_rank=128).json()
    assert not any("lora_targets" in one["facts"] for one in dense["changes"])


def test_a_measured_figure_of_several_cards_says_which_it_is() -> None:
    for cards in (2, 4):
        for method in ("full", "lora", "qlora"):
            for row in estimate(params="14B", method=method, n_gpus=cards, zero_stage=2).json()["measurements"]:
                if "cards" in row["described"]:
                    assert row["described"].endswith(("per card", "over all of them"))
                    assert row["described_zh"].endswith(("每卡", "各卡合计"))
                assert " (" not in row["described"]


def test_weights_of_several_cards_are_told_of_all_of_them() -> None:
    """In one sentence with the cache of all cards the weights are of all cards."""
    text = answer_to("Why does Qwen2.5-32B AWQ take more than its file on 4 L4 cards with vLLM?")
    whole = estimate(model="Qwen2.5-32B-Instruct", weight_format="awq-int4-g128", n_gpus=4, gpu="L4").json()
    weights = next(one["gib"] for one in whole["terms"] if one["name"] == "weights") * 4
    assert f"{weights:.1f} GiB" in text


@pytest.mark.parametrize(
    ("model", "method", "note"),
    [
        ("Qwen3-30B-A3B", "lora", "as peft makes them from 0.20"),
        ("gpt-oss-20b", "lora", "leave out the experts here"),
    ],
)
def test_what_all_linear_adapts_goes_by_the_family(model: str, method: str, note: str) -> None:
    assert note in " ".join(estimate(model=model, method=method).json()["warnings"])


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("LoRA r=16, all-linear, Qwen3-30B-A3B: 846M trainable parameters. Why so many?", "**846M is right where experts are linears of their own (transformers 4)"),
        ("Qwen3-30B-A3B with LoRA rank 16 trains over 800M parameters, is that normal?", "**800M+ is right where experts are linears of their own"),
        ("peft prints trainable params: 996,507,648 for Qwen3-30B-A3B, LoRA r=16, all linear. Can that be right?", "**997M is right where experts are one tensor (transformers 5"),
        ("Mixtral-8x7B, LoRA r=16: trainable params 13.6M, are the experts left out?", "**13.6M are the adapters of attention alone: the experts have none.**"),
        ("LoRA rank 16 on all linear layers of Qwen3-30B-A3B, I count 500M trainable parameters. Right?", "**500M is none of the counts of rank 16: every expert has adapters of its own"),
        ("Why does LoRA on Mixtral-8x7B train so many parameters with all-linear?", "**Every expert has adapters of its own, 32 layers × 8 experts × 3 × 16 × (4,096 + 14,336) = 226M"),
        ("Qwen3-30B-A3B 用 LoRA r=16 加所有线性层，可训练参数 8亿多，怎么这么多？", "**专家是独立线性层时（transformers 4）800M+ 是对的"),
        ("Mixtral-8x7B 做 LoRA，r=16，可训练参数只有 1360万，专家是不是没训练到？", "**13.6M 只是注意力部分的适配器，专家一个都没有。**"),
    ],
)  # fmt: skip
def test_a_count_of_adapters_is_right_by_any_way_that_experts_are_stored(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "not right" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("LoRA rank 16 on Qwen2.5-7B takes 22 GB, is that normal? trainable params 40M", "**Yes, that is normal. 22 GB"),
        ("Qwen2.5-7B LoRA显存占了22G，怎么这么高，可训练参数40M", "**22 GB 是正常的"),
        # what is more than so much is the model, and not the count
        ("LoRA r=16 trains 700M parameters of Qwen3-30B-A3B, a model of over 30B. Is that normal?", "**700M is none of the counts"),
    ],
)  # fmt: skip
def test_memory_that_is_wondered_at_is_no_count(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B, LoRA r=16 on all linear layers: 41.9M trainable parameters, why so many?",
        "Llama-3.1-8B 全线性层 LoRA r=16，可训练参数 4194万，为什么这么多？",
        "Qwen3-30B-A3B in bf16: why so many gigabytes?",
        "Why is Qwen3-30B-A3B so large although 3B parameters are active?",
    ],
)
def test_what_is_no_count_of_a_mixture_is_told_of_no_experts(question: str) -> None:
    assert "adapters of its own" not in answer_to(question)
    assert "自己的适配器" not in answer_to(question)


@pytest.mark.parametrize(
    ("targets", "experts"),
    [
        ("q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj", True),
        ("q k v o gate up down", True),
        ("q k v o", False),
        ("q k v o down", False),
    ],
)
def test_the_names_of_an_experts_matrices_adapt_the_experts(targets: str, experts: bool) -> None:
    found = estimate(model="Qwen3-30B-A3B", method="lora", lora_targets=targets)
    adapter = next((one["gib"] for one in found.json()["terms"] if one["name"] == "adapter"), 0.0)
    assert (adapter > 1) == experts
    assert ("adapters of experts are counted" in " ".join(found.json()["warnings"])) == experts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-30B-A3B LoRA r=16 on q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj: 844M trainable, why so many?", "**844M is right where experts are linears of their own"),
        ("LoRA on q,v of Qwen3-30B-A3B r=16: I get 4.3M trainable parameters, correct?", "**4.3M is not right, 1.6 times too few: it is 6,684,672"),
    ],
)  # fmt: skip
def test_targets_that_are_told_are_counted(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "rank"),
    [
        ("GLM-4.5-Air LoRA rank 8: how many trainable params?", (8,)),
        ("[rank 3]: torch.OutOfMemoryError, LoRA of Llama-3.1-8B on 4x A100", None),
    ],
)
def test_the_rank_of_adapters_before_a_colon_is_no_process(question: str, rank: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("lora_rank") == rank


def test_a_count_that_is_told_as_the_least_is_right_a_little_below() -> None:
    assert opening("Llama-3.1-8B LoRA r=16 on all linear layers, 40M+ trainable params, why so many?").startswith(
        "**40M is right: 41,943,040"
    )


def test_a_size_beside_a_printed_count_is_another_models() -> None:
    reading = read(
        "LoRA r=16 on Qwen3-30B-A3B prints trainable params: 843M. A dense 32B has only 134M, is that normal?"
    )
    assert "params" not in reading.facts
    assert reading.extras["log_trained"] == (843e6,)
    assert "log_adapters_said" not in reading.extras


def test_the_sum_of_a_mixtures_adapters_has_its_experts() -> None:
    for question in (
        "How many trainable parameters has LoRA r=8 on all linears of Qwen3-30B-A3B?",
        "Qwen3-30B-A3B用LoRA r=8，all-linear，有多少可训练参数？",
    ):
        assert "48 × 8 × 17,408 + 491,569,152 = 498,253,824" in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("gpt-oss-20b LoRA trains only 8M, are the experts left out?", "**The experts are left out: they are stored as one tensor"),
        ("Why does LoRA on gpt-oss-120b have so few trainable parameters?", "**The experts are left out"),
        ("gpt-oss-20b LoRA 只训练8M参数，专家是不是没训到", "**专家没有训练：它们存成一个张量"),
        ("gpt-oss-20b的LoRA会训练专家吗", "**专家没有训练"),
        ("Does LoRA on Qwen3-30B-A3B train the experts?", "**Every expert has adapters of its own"),
        # what asks another thing
        ("Mixtral 8x7B LoRA 不训练专家，要多少显存", "**Mixtral-8x7B-Instruct-v0.1 · LoRA：共约"),
        ("gpt-oss-20b LoRA, how much memory?", "**gpt-oss-20b, LoRA"),
        ("train a 100M model with LoRA on 8GB?", "**100M, LoRA"),
    ],
)  # fmt: skip
def test_whether_adapters_reach_the_experts_is_answered_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)
