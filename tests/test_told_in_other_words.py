"""The same thing told in other words: what a program puts on the CPU, a length behind a size, what is saved of activations."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "Can I run 32B with Ollama offloading to CPU, 4060 8GB + 32GB RAM?",
        "Ollama 跑 32B，卸载一部分到内存，4060 8G 加 32G 内存行吗",
    ],
)
def test_what_a_program_of_files_offloads_is_what_the_card_has_no_room_for(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert "7.16 GiB" in first
    assert "13.5 GiB" in first


def test_a_program_that_puts_a_part_on_the_cpu_has_fallen_back() -> None:
    first = answer_to("ollama puts part of qwen3:32b on the CPU on my 4090, why").split("\n\n")[0]
    assert "20,111 is the most" in first


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("a 7B at 4096 really needs 24GB for LoRA?", {"seq_len": (4096,)}),
        ("sequence parallel 省多少激活 70B tp8 8k", {"params": (70e9,), "seq_len": (8192,)}),
    ],
)
def test_lengths_and_sizes_behind_other_words(question: str, facts: dict[str, object]) -> None:
    found = read(question).facts
    assert {name: found.get(name) for name in facts} == facts


def test_active_parameters_are_still_read() -> None:
    assert read("激活 22B 总共 235B 的模型 int4 要几张 4090").facts["model"] == ("Qwen/Qwen3-235B-A22B",)


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("混元A13B激活13B，lora是不是按13B算显存？8张A100 40G够不够", "tencent/Hunyuan-A13B-Instruct"),
        ("深度求索R1 8张H200 能跑吗", "deepseek-ai/DeepSeek-R1"),
        ("智谱GLM-4-9B 4090 lora", "THUDM/glm-4-9b-chat"),
    ],
)
def test_a_version_may_follow_a_name_in_chinese_letters_at_once(question: str, model: str) -> None:
    assert read(question).facts["model"] == (model,)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("phi-4 14B full SFT on 4x A100 80G: stage 2 dies, stage 3 trains. Is stage 2 broken?", 4),
        ("4x A100 80G, GPU 2 is broken. phi-4 full with ZeRO-3?", 4),
        ("4x A100 80G, 2 are broken. phi-4 full with ZeRO-3?", 2),
    ],
)
def test_the_number_of_a_stage_or_a_card_is_no_count_of_what_is_gone(question: str, count: int) -> None:
    assert read(question).facts["n_gpus"] == (count,)


def test_zero_at_inference_is_data_parallel() -> None:
    first = answer_to("deepspeed zero2 两卡推理13B，每张卡还是占26G，zero不是切分的吗？换zero3行不行").split("\n\n")[0]
    assert "12.1 GiB 对 24.2 GiB" in first


def test_what_a_setting_buys_is_no_purchase() -> None:
    asked = "What does --kv-cache-dtype fp8 buy me for Qwen3-32B bf16, 40k context, one H100 80GB?"
    assert "buying" not in read(asked).cues
    assert "this is 50 % less" in answer_to(asked).split("\n\n")[0]
    assert "buying" in read("should I buy an H100 for Qwen3-32B bf16 at 40k?").cues
