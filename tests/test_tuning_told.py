"""Claims, refusals and failures of fine-tuning: each is judged for what it is before the need is told."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from chat.reads.too_few_bits import TOO_FEW


def said(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize("question", [
    "A video says 1-bit quantization makes Llama-3.1-70B 9 GB, so I can QLoRA it on a 3060 12GB?",
    "Would a 0.8 bit base let me QLoRA Qwen2.5-32B on 8 GB?",
    "有人说 0.8bit 量化后 Qwen2.5-32B 只要 3.3G,8G 显卡能 qlora 吗",
    "1.58bit 的 Llama-3.3-70B 拿 24G 的 4090 做 qlora 行吗",
])  # fmt: skip
def test_a_width_that_nothing_is_trained_in_is_a_claim(question: str) -> None:
    reading, text = read(question), said(question)
    assert TOO_FEW in reading.extras
    assert not {"bits", "bpw"} & set(reading.facts)
    assert text.startswith(("**No trainer stores a base in ", "**没有哪个训练框架能把基座存成 "))
    assert "4.13" in text  # bits of the base that QLoRA does keep


def test_what_runs_in_one_bit_is_run_in_the_smallest_files() -> None:
    assert read("can a 16GB card run Qwen2.5-72B in 1 bit?").facts["weight_format"] == ("gguf:IQ1_S",)
    assert read("Qwen2.5-72B 1.58bit 推理要多少显存").facts["bpw"] == (1.58,)


@pytest.mark.parametrize("question", [
    'A blog insists "Qwen2.5-72B QLoRA takes 41 GB, any A6000 is enough". Mine OOMs at 4096 tokens, micro_bs 4, peft nf4. Who is right?',
    "都说 Llama-3.3-70B 的 qlora 只要 40G,我 A6000 48G 跑 4096 长度 bs 4 就爆了,谁说得对",
])  # fmt: skip
def test_a_need_that_is_only_the_base_is_told_so_first(question: str) -> None:
    reading, text = read(question), said(question)
    assert reading.facts["batch_size"] == (4,)
    assert "hardly more than the stored base" in text[:100] or "差不多只是存储的基座" in text[:40]
    assert "1,024 token" in text.split("\n")[0]


@pytest.mark.parametrize("question", [
    "8x 3090, full fine-tuning of Qwen3-8B: must it be ZeRO-3 (no offload please)?",
    "2张4090全参Qwen2.5-3B,必须zero3吗(不想offload)",
])  # fmt: skip
def test_offloading_that_is_refused_is_no_way_out(question: str) -> None:
    opening = said(question).split("\n\n")[:3]
    assert read(question).facts["offload"] == ("none",)
    assert not any("host memory" in one or "放在内存" in one for one in opening)


@pytest.mark.parametrize(("question", "pictures"), [
    ("How many tokens is a sample with two 1280x720 screenshots when I LoRA Qwen2.5-VL-7B?", 2),
    ("Qwen2.5-VL-7B lora,每条样本4张1280x720截图,一条到底多少token", 4),
    ("用 lora 训 Qwen2.5-VL-7B,3张1280x720的图,一条数据是多少 token?", 3),
])  # fmt: skip
def test_tokens_of_a_sample_are_no_amount_of_data(question: str, pictures: int) -> None:
    text = said(question)
    assert read(question).extras["log_pictures"] == (pictures,)
    assert "36T" not in text
    assert "1,196" in text
    assert f"{1196 * pictures:,}" in text


def test_tokens_to_train_on_are_still_told() -> None:
    assert "36T" in said("How many tokens should I train a 7B on?")
