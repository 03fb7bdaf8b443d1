"""A file that is larger than its nominal bits: doubted, beside another file, repeated without its unit."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.3-70B in Q4_K_M: 70.6*4/8 = 35.3 GB but the gguf weighs 42.5 GB. Is that file bloated?", "**No, the file is as large"),
        ("70.6*4/8 = 35.3 GB for Llama-3.3-70B, Q4_K_M is 42.5 GB, is that upload corrupted?", "**No, the file is as large"),
        ("Qwen3-14B按4位算是7.4GB，下载的Q4_K_M文件有9.0GB，这个文件是不是有问题", "**文件没有问题"),
        ("Llama-3.3-70B的Q4_K_M有42.5GB，70.6*4/8=35.3GB，gguf做大了？", "**文件没有问题"),
    ],
)  # fmt: skip
def test_a_doubted_file_is_worked_out(question: str, says: str) -> None:
    told = answer_to(question)
    assert told.startswith(says)
    assert "÷ 8 = " in told.split("**")[1]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        (
            "V3 Q4_K_M is 404 GB and there is a 1.58bit one. Does the Q4_K_M one fit in a 512GB M3 Ultra?",
            "weight_format",
        ),
        ("V3的Q4_K_M要404GB，还有个2.51bit的版本212GB。2.51bit的256G M3 Ultra能跑吗", "bpw"),
    ],
)
def test_of_two_files_the_one_that_is_asked_about_is_counted(question: str, kept: str) -> None:
    facts = read(question).facts
    assert {"weight_format", "bpw"} & set(facts) == {kept}


@pytest.mark.parametrize(
    "question", ["The Q4_K_M of V3 is 404 GB, will 404 go in 512 GB?", "V3的Q4_K_M是404GB，404能放进512GB吗"]
)
def test_an_amount_that_is_repeated_is_understood(question: str) -> None:
    assert read(question).not_understood == ()


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("our fine-tuned 14B in Q5_K_M on a 16GB card, does it fit?", "inference"),
        ("converted our CPT'd Qwen3-14B to Q4_K_M, does 16k go on a 12GB card", "inference"),
        ("自己微调的Qwen3-14B转成Q4_K_M,12G卡16k上下文放得下吗", "inference"),
        ("微调好的14B量化成AWQ后4090能放下吗", "inference"),
        ("We SFT'd Llama-3.1-8B and want to serve it in fp8 on an L4 24GB, how many users at 16k?", "inference"),
        ("训练好的13B模型部署在两张3090上要多少显存", "inference"),
        ("I trained a 1.5B and now inference OOMs at 32k on 8GB, why", "inference"),
        ("我微调完的7B合并后用vllm部署,4090上能开多少并发", "inference"),
        ("after LoRA fine-tuning, can I serve the 7B on a T4?", "inference"),
        ("Can I fine-tune a 14B on a 3090 and then convert it to GGUF?", "train"),
        ("my trained 7B OOMs when I fine-tune it further with LoRA on 24GB, serving was fine", "train"),
        ("DPO after SFT on a 7B, 4x A100, what fits?", "train"),
        ("微调Qwen3-14B要多少显存,之后还要转成Q4_K_M", "train"),
    ],
)
def test_a_file_of_weights_that_were_tuned_is_run(question: str, task: str) -> None:
    assert read(question).fact("task") == task


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("converted my fine-tuned Qwen2.5-14B to Q5_K_M and it's 10.5GB, 5 bits of it should be 9.2GB, did the conversion go wrong? 32k on a 16GB card?", "**No, the file is as large as it should be: 9.2 GB counts 5 bits a weight"),
        ("自己微调的Qwen3-32B转成Q4_K_M是19.8GB,按4bit算该是16G,是不是转坏了?24G卡跑24k行吗", "**文件没有问题：16 GB 是按每权重 4 位算的"),
    ],
)  # fmt: skip
def test_bits_by_the_name_of_a_file_are_no_second_format(question: str, opens: str) -> None:
    assert "bits" not in read(question).facts
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "How much VRAM to fine-tune and then serve a 7B?",
        "微调一个7B再部署要多少显存",
        "我要微调7B然后用vllm部署,显存要多少",
        "训练70B和推理70B各要多少显存",
    ],
)
def test_what_is_to_be_tuned_and_served_is_both(question: str) -> None:
    assert read(question).facts["task"] == ("train", "inference")
