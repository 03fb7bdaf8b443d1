"""What holds a case, how many cards one buys, which kernel a card has, and what a model's positions allow."""

import pytest

from formulas.errors import BadInput
from kb import estimate, solve
from kb.cases import MOST_CASES, parse_given, spread
from tests.talking import answer_to


def _ask(question: str) -> str:
    return answer_to(question).replace("\uff08", "(").replace("\uff09", ")").replace("\uff1a", ":")


def test_a_need_without_a_card_names_one_that_holds_it_and_none_smaller() -> None:
    held = estimate(params="14B", bits=4).json()["held_by"]
    assert held["n_gpus"] == 1
    assert estimate(params="14B", bits=4, gpu=held["gpu"]).json()["verdict"] == "yes"
    assert estimate(params="14B", bits=4, gpu_memory_gb=held["memory_gb"] / 2).json()["verdict"] != "yes"


def test_what_no_usual_card_holds_takes_several_over_which_it_is_divided() -> None:
    held = estimate(params="32B", method="full").json()["held_by"]
    assert held["n_gpus"] > 1
    asked = {"params": "32B", "method": "full", "gpu": held["gpu"], "zero_stage": 3}
    assert estimate(**asked, n_gpus=held["n_gpus"]).json()["verdict"] == "yes"
    assert estimate(**asked, n_gpus=held["n_gpus"] // 2).json()["verdict"] != "yes"


def test_a_card_that_is_too_small_is_counted_up() -> None:
    cases = estimate(params=["8B", "32B"], bits=4, gpu="RTX 3060 12GB").json()["cases"]
    assert cases[0]["held_by"] is None  # it fits
    count = cases[1]["held_by"]["n_gpus"]
    assert estimate(params="32B", bits=4, gpu="RTX 3060 12GB", n_gpus=count).json()["verdict"] == "yes"


def test_a_number_of_cards_that_was_said_is_not_replaced() -> None:
    assert estimate(params="70B", gpu="RTX 4090", n_gpus=2).json()["held_by"] is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much memory does LoRA of a 14B model take?", "the least that holds it for sure is a card of 48 GB"),
        ("LoRA 微调 14B 模型要多少显存?", "稳妥放得下的最小配置是 48 GB 的卡"),
    ],
)
def test_the_answer_ends_with_a_card(question: str, said: str) -> None:
    assert said in _ask(question)


def test_as_many_cards_as_one_buys_leave_the_interval_its_room() -> None:
    solved = solve("n_gpus", params="32B", method="full", gpu="A100 80GB").json()["solved"]
    bought = solved["in_practice"]
    assert bought >= solved["value"]
    there = estimate(params="32B", method="full", gpu="A100 80GB", n_gpus=bought, zero_stage=3).json()
    assert there["verdict"] == "yes"
    assert there["memory"]["best_gib"] == pytest.approx(solved["in_practice_gib"])


@pytest.mark.parametrize("gpu", ["V100 SXM2 32GB", "Tesla T4", "GTX 1080 Ti"])
def test_older_cards_have_no_flash_attention_2(gpu: str) -> None:
    found = estimate(params="3B", method="lora", gpu=gpu).json()
    assert found["facts"]["attention"] == {"value": "sdpa", "origin": "assumed"}
    asked = estimate(params="3B", method="lora", gpu=gpu, attention="flash").json()
    assert any("FlashAttention-2 has no kernels" in one for one in asked["warnings"])


def test_newer_cards_and_programs_with_kernels_of_their_own_keep_theirs() -> None:
    assert estimate(params="3B", method="lora", gpu="L40S").json()["facts"]["attention"]["value"] == "flash"
    assert estimate(params="3B", gpu="Tesla T4", engine="llama.cpp").json()["facts"]["attention"]["value"] == "flash"


def test_a_length_ends_where_the_model_does() -> None:
    for question, said in (
        ("Does Llama-2-13B in 4 bit fit on an L40S?", "whole declared length of 4,096 tokens fits"),
        ("L40S 放得下 4 位的 Llama-2-13B 吗?", "模型声明的 4,096 token 全长也放得下"),
        ("Does Llama-2-13B in 4 bit fit on an L40S at 8k context?", "declares 4,096 positions"),
        ("L40S 放得下 4 位的 Llama-2-13B 吗? 上下文 8k", "声明的位置只有 4,096 个"),
    ):
        assert said in _ask(question)
    assert "positions" not in _ask("Does Qwen2.5-72B in 4 bit fit on an A6000?")
    # the positions of an old model that only stands for a size are nobody's limit
    assert "4,096 tokens" not in _ask("7B LoRA on an A100 80GB, does it fit?")


def test_where_readings_are_too_many_several_cards_share_what_they_can() -> None:
    given = {
        "params": ["7B", "13B", "32B"], "method": ["full", "lora", "qlora"], "task": "train",
        "n_gpus": [1, 2, 8], "gpu": "RTX 4090",
    }  # fmt: skip
    cases = spread(parse_given(given))
    assert len(cases) <= MOST_CASES
    for case in cases:
        assert case.facts.get("zero_stage", 0) == (3 if case.facts["n_gpus"] > 1 else 0)
        assert ("zero_stage" in case.assumed) == (case.facts["n_gpus"] > 1)
    with pytest.raises(BadInput, match="at most"):
        spread(parse_given({**given, "batch_size": [1, 2]}))


def test_whole_machines_are_told_with_the_cards_that_fill_them() -> None:
    many = estimate(model="deepseek-ai/DeepSeek-V3", gpu="H100", n_gpus=8, engine="vllm").json()["held_by"]
    assert many["machines"] * 8 == many["n_gpus"]
    few = estimate(model="Qwen2.5-7B-Instruct", gpu="RTX 4090", method="full").json()["held_by"]
    assert few["n_gpus"] == 12
    assert "machines" not in few


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("InternLM2-20B lora微调,bf16,cutoff 2048,batch 1,单卡得多大?", "48 GB 的卡很紧(多半放得下)"),
        ("How much memory does full fine-tuning of Qwen3-0.6B take?", "one of 12 GB is tight (borderline)"),
        ("How much VRAM for LoRA on a 13B?", "one of 32 GB is tight (nearly full)"),
    ],
)
def test_the_next_smaller_card_is_told_where_it_may_do(question: str, says: str) -> None:
    assert says in _ask(question).split("\n")[0]


def test_a_smaller_card_that_is_too_small_is_not_told() -> None:
    assert "tight" not in estimate(params="34B", method="lora").json()["held_by"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("v100 32g*4 能不能跑72b int4", "Qwen2.5-72B-Instruct 的 131,072 token 全长也放得下"),
        ("does a 72B in int4 run on 4x V100 32GB", "whole 131,072 tokens of Qwen2.5-72B-Instruct fit"),
        ("A100 80G, vLLM, glm-4-9b-chat: longest context?", "the pool holds about 10 such requests at once"),
        ("L40S 上 vllm 部署 glm-4-9b-chat 上下文最长多少", "缓存池同时约放 4 条这么长的"),
        ("longest context for a 32b int4 on an H100", "**131,072 tokens, all that the model declares"),
        ("h100 跑 32b int4 上下文最长多少", "**131,072 token:模型声明的全长"),
    ],
)
def test_a_size_reaches_as_far_as_the_model_that_stands_for_it(question: str, said: str) -> None:
    assert said in _ask(question)


def test_an_old_model_that_stands_for_a_size_bounds_no_length() -> None:
    for question in ("7b int4 24g 最长上下文", "8b 4090 上下文能开多大"):
        opening = _ask(question).split("\n\n")[0]
        assert "全长" not in opening
        assert "稳妥的上限" in opening


@pytest.mark.parametrize(
    "question", ["7b 24g 20k上下文 几路并发", "how many users at 20k context does a 7b hold on a 24GB card"]
)
def test_how_many_long_sequences_of_a_size_is_told_of_both_shapes(question: str) -> None:
    opening = _ask(question).split("\n\n")[0]
    assert "Qwen2.5-7B-Instruct" in opening
    assert "Llama-2-7b-hf" in opening
    assert "Llama-2" not in _ask("7b 24g 8k上下文 几路并发").split("\n\n")[0]
