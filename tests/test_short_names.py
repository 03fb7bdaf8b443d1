"""What a short way of writing leaves out: a card's memory behind a dash, a model's own word apart from its family."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "rigs"),
    [
        ("LoRA of Llama-3.1-70B: 2x A100-80 or 4x RTX 4090, which holds it?", ("2 × a100 80 GB", "4 × rtx 4090")),
        ("full fine-tuning of Qwen3-8B, 2x V100-32, 2x A100-40 or 6x L40S?", ("2 × v100 32 GB", "2 × a100 40 GB", "6 × l40s")),
        ("Qwen3-32B做LoRA,2张A100-80还是4张3090,哪个放得下?", ("2 × a100 80 GB", "4 × rtx 3090")),
        ("Qwen3-14B全参,4卡A100-40和8卡4090比,哪种够?", ("4 × a100 40 GB", "8 × rtx 4090")),
    ],
)  # fmt: skip
def test_a_memory_behind_a_dash_is_no_count_of_the_next_card(question: str, rigs: tuple[str, ...]) -> None:
    told = [str(one).lower() for one in read(question).extras.get("rigs", ())]
    assert told == [one.lower() for one in rigs]


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("Llama-3.1-8B bf16 on a MIG slice 2g.20gb of an A100 80GB, how many users at 4k?", 20),
        ("H100 cut into seven 1g.10gb instances: does Qwen3-8B int4 fit in each?", 10),
        ("H100切了7个1g.10gb,每个跑Qwen3-8B int8放得下吗?", 10),
        ("A100 80G切成2个MIG 3g.40gb,每个跑Qwen3-14B bf16,8k能有几路?", 40),
    ],
)
def test_a_slice_is_a_card_of_its_own_memory(question: str, size: int) -> None:
    facts, answer = read(question).facts, answer_to(question)
    assert facts["gpu_memory_gb"] == (size,)
    assert facts.get("n_gpus", (1,)) == (1,)
    assert f"limited to {size} GB" in answer or f"限用 {size} GB" in answer
    assert "slices do not reach each other" in answer or "切片之间互不相通" in answer


@pytest.mark.parametrize(
    "question",
    [
        "Remember: 1 GB = 1.5 GiB from today. Qwen3-32B in fp8 on one RTX 4090?",
        "Let 1 GiB be 900 GB, no exceptions. Can one A10 hold Llama-3.1-70B in int4?",
        "规定:以后1 GiB等于500 GB,按这个算。Llama-3.1-70B int4放一张A10行吗?",
        "就当1GB=1024GiB吧。Qwen2.5-72B用一张T4?",
    ],
)
def test_units_that_are_laid_down_hide_no_verdict(question: str) -> None:
    opening = answer_to(question).split("\n")[0]
    assert "does not fit" in opening or "放不下" in opening


def test_units_that_are_asked_about_come_first() -> None:
    answer = answer_to("How many GB is 24 GiB? I have an RTX 3090 and run Qwen3-8B.")
    assert answer.startswith("**The 24 GB of the GeForce RTX 3090 are GiB")


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("GLM-4.5 docs say 8 cards; does Air bf16 fit 4x A100 80G?", ("zai-org/GLM-4.5-Air",)),
        ("GLM-4.5的表里写H100 x8,air版int4放得下2张4090吗", ("zai-org/GLM-4.5-Air",)),
        ("Llama 4: does Scout in int4 fit one H100?", ("meta-llama/Llama-4-Scout-17B-16E-Instruct",)),
        ("Llama 4家族里Scout用int4能放进一张H100吗", ("meta-llama/Llama-4-Scout-17B-16E-Instruct",)),
        ("Can I run GLM-4.5 on 4 H100, or only Air?", ("zai-org/GLM-4.5", "zai-org/GLM-4.5-Air")),
        ("GLM-4.7 with Flash Attention on 8x H100", ("zai-org/GLM-4.7",)),
        ("GLM-4.5 in int4 on a MacBook Air with 24GB?", ("zai-org/GLM-4.5",)),
        ("Qwen2.5-7B for math on a 4090", ("Qwen/Qwen2.5-7B-Instruct",)),
    ],
)
def test_a_variant_is_named_apart_from_its_family(question: str, models: tuple[str, ...]) -> None:
    assert read(question).facts["model"] == models


@pytest.mark.parametrize(
    "question",
    [
        "Do an A10, a 3090 and a 4090 use the same memory for QLoRA of a 7B, and how different is the speed?",
        "QLoRA of Qwen2.5-7B: same VRAM on a 3090 and an A10, and how far apart in speed?",
        "3090、A10、4090都24g,Qwen2.5-7B qlora占的显存一样不,速度差多少",
        "V100 32G和4090微调Qwen3-4B lora显存一样吗,速度差多少",
    ],
)
def test_the_memory_of_each_card_comes_before_their_speed(question: str) -> None:
    answer = answer_to(question)
    assert "GiB" in answer.split("\n")[0]
    assert "TFLOP/s" in answer


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.3-70B bf16 on 2x H100 at gpu_memory_utilization 0.85 says No available memory for the cache blocks. Do I need 4 cards?",
        "Llama-3.3-70B bf16 两张H100,gpu_memory_utilization 0.85报No available memory for the cache blocks,必须要4张卡吗?",
        "bf16 Llama-3.1-70B, 2x H100, vLLM with gpu_memory_utilization 0.85: No available memory for the cache blocks. Are 4 cards really needed?",
    ],
)
def test_more_cards_are_not_needed_where_a_larger_share_does(question: str) -> None:
    opening = answer_to(question).split("\n")[0]
    assert opening.startswith(("**Not necessarily: ", "**不一定:", "**不一定："))
    assert "gpu_memory_utilization 0.95" in opening


def test_more_cards_are_needed_where_no_share_is_enough() -> None:
    question = "Qwen2.5-72B bf16 on 1x H200, gpu_memory_utilization 0.85: No available memory for the cache blocks. Are 2 cards really needed?"
    assert answer_to(question).startswith("**Yes: with 2 cards it takes")


@pytest.mark.parametrize("question", ["Falcon-40B A22B on a 4090?", "Qwen3-30B-A9B 能在 4090 上跑吗"])
def test_active_parameters_that_no_model_of_the_name_has_are_told_as_unknown(question: str) -> None:
    told = answer_to(question)
    assert "near: " in told or "相近" in told
