"""What a need is the sum of, where a model's parameters are, what each setting would save: asked of no run that failed."""

import re

import pytest

from chat.figures.named import Figures
from chat.figures.settings.what_saves import SAVING_WORDS
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opening", "example"),
    [
        ("what is the formula for inference memory", "**Running a model takes weights + KV cache", True),
        ("how do I calculate how much VRAM I need for training?", "**Training takes weights + gradients", True),
        ("how do you estimate the memory of serving Qwen2.5-14B?", "**Running a model takes weights", False),
        ("推理显存怎么算", "**推理显存 = 权重 + KV 缓存", True),
        ("LoRA 微调显存怎么估算", "**训练显存 = 权重 + 梯度", True),
        ("训练 Llama-2-7B 显存的计算公式", "**训练显存 = 权重 + 梯度", False),
        ("explain how activation memory is computed", "**Activations are what the forward pass keeps", True),
        ("激活值显存怎么估算", "**激活是前向为反向保留的中间结果", True),
    ],
)
def test_a_sum_is_told_where_it_is_asked(question: str, opening: str, example: bool) -> None:
    told = answer_to(question)
    assert told.replace("：", ":").startswith(opening)
    assert ("as an example" in told or "为例" in told) == example
    assert re.search(r"\d GiB", told), "the sum is shown in figures"


@pytest.mark.parametrize("question", ["显存占用由哪几部分组成", "what makes up the memory of a model?"])
def test_where_the_use_is_open_both_sums_are_told(question: str) -> None:
    told = answer_to(question)
    assert ("Running a model takes" in told and "Training takes" in told) or (
        "推理显存 =" in told and "训练显存 =" in told
    )


@pytest.mark.parametrize(
    "question",
    [
        "how is the memory of the KV cache calculated",
        "KV 缓存的显存怎么算",
        "优化器状态显存怎么算",
        "what does a KV cache take?",
    ],
)
def test_a_part_of_a_need_is_not_the_whole(question: str) -> None:
    told = answer_to(question)
    assert "Running a model takes" not in told
    assert "训练显存 =" not in told
    assert "推理显存 =" not in told


def test_the_verdict_stands_before_the_sum_where_a_card_is_named() -> None:
    told = answer_to("deepseek-v3 推理显存怎么算，8卡H20够不够")
    assert told.startswith("**DeepSeek-V3")
    assert "推理显存 =" in told


@pytest.mark.parametrize(
    ("question", "parts"),
    [  # 32 × (2 × 4096² + 2 × 4096 × 1024 + 3 × 4096 × 14336) = 6.98B, 2 × 128,256 × 4096 = 1.05B
        ("How are the 8.03B parameters of Llama-3-8B made up?", ("8,030,261,248", "6.98B", "attention 41.9M + MLP 176M", "1.05B")),
        ("Llama-3-8B的参数量怎么算出来的", ("8,030,261,248", "6.98B", "41.9M", "1.05B")),
        ("how do you calculate the parameter count of Mixtral-8x7B", ("46,702,792,704", "experts 1.41B")),
        ("Where do the parameters of Qwen2.5-7B sit, embedding vs layers?", ("6.53B", "152,064 × 3,584")),
    ],
)  # fmt: skip
def test_where_parameters_are(question: str, parts: tuple[str, ...]) -> None:
    told = answer_to(question)
    for part in parts:
        assert part in told.split("\n")[0]


@pytest.mark.parametrize("question", ["explain Llama-3-8B", "推导 Llama-2-7B"])
def test_an_estimate_that_nothing_stands_before_is_told(question: str) -> None:
    told = answer_to(question)
    assert "GiB" in told.split("\n")[0]
    assert "Which model" not in told


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("how can I reduce memory when finetuning 13B with LoRA", "**What saves most is QLoRA: 27.4 GiB → 9.86 GiB"),
        ("ways to reduce vram for inference with Qwen2.5-7B", "**What saves most is 4-bit weights"),
        ("怎么压缩 Qwen2.5-72B 推理的显存占用", "**省得最多的是 4 位权重"),
        ("怎么降低 7B 全参训练的显存", "**按代价从小到大,从 102.0 GiB 起:8 位 AdamW"),
        (
            "How can I lower the memory of fully fine-tuning a 7B?",
            "**In the order of their price, from 102.0 GiB: 8-bit AdamW",
        ),
        (
            "Which setting saves the most memory in full fine-tuning of a 7B?",
            "**What saves most without host memory is QLoRA",
        ),
        ("Full fine-tuning a 7B with 256 GB of RAM, how can I reduce VRAM?", "**What saves most is parameter offload"),
    ],
)
def test_what_each_setting_saves(question: str, lead: str) -> None:
    assert answer_to(question).replace("：", ":").replace("，", ",").startswith(lead)


def test_a_setting_saves_what_the_estimate_says() -> None:
    run = {"params": "13B", "method": "lora"}
    told = SAVING_WORDS["what_saves"](Figures(run)).en
    rows = {cells[1].strip(): cells[2].strip() for line in told.split("\n") if len(cells := line.split("|")) > 3}
    for setting, facts in {
        "as it is": {},
        "QLoRA": {"method": "qlora", "bits": 4},
        "1,024 tokens": {"seq_len": 1024},
    }.items():
        assert rows[setting].split()[0] == f"{Figures({**run, **facts}).base.best / 2**30:.3g}"
    assert "optimizer offload" not in rows, "adapters have next to no states"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what does gpu_memory_utilization do in vllm?", "lower gpu_memory_utilization"),
        ("what is gpu_memory_utilization", "lower gpu_memory_utilization"),
        ("vLLM takes 22GB for a 7B, how do I limit it", "lower gpu_memory_utilization"),
        ("sglang mem-fraction-static 是什么意思", "调低 mem_fraction_static"),
    ],
)
def test_what_a_share_is(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    ["vllm gpu_memory_utilization应该设多少 7B 24G", "what gpu_memory_utilization for a 7B on a 24GB card in vLLM?"],
)
def test_the_least_share_for_one_sequence(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "0.65" in first  # 15.1 GiB of 24: 0.63, in twentieths
    assert "0.92" in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("全公司500人用，Qwen2.5-72B，需要几张A100 80G", "500 人全部同时在生成"),
        ("Qwen2.5-32B AWQ on one A100 80GB for 40 developers", "All 40 are counted as generating at the same moment"),
        ("Qwen2.5-32B AWQ on one A100 80GB for 40 concurrent developers", ""),
        ("Qwen2.5-72B 500人同时用，需要几张A100 80G", ""),
    ],
)
def test_so_many_people_are_not_so_many_at_once(question: str, said: str) -> None:
    told = answer_to(question)
    assert (said in told) if said else ("人全部同时在生成" not in told and "are counted as generating" not in told)
    assert not told.startswith(("All ", "这里按")), "what was asked comes first"
