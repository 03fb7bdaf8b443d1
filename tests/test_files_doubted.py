"""A file that is larger than its nominal bits: doubted, beside another file, repeated without its unit."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def answer(question: str) -> str:
    return Assistant().ask(question).text


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
    told = answer(question)
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
