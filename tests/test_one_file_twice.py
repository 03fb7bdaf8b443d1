"""One file whose size is told in GB and in GiB, and which of them is right; the bits of its name and of a log are its own."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Llama-3.1-8B Q4_K_M: the repo lists 4.92 GB, Explorer 4.58, the log 4.89 BPW; 8B at 4 bit should be 4.0. Which is right?", "= 4.58"),
        ("Mistral-7B bf16 safetensors: the HF page lists 14.5 GB, Windows 13.5 GB. What is right?", "= 13.50"),
        ("Qwen2.5-7B Q4_K_M gguf: Hugging Face says 4.68 GB but Explorer shows 4.36 GB. Which number do I plan with?", "≈ 5.59 GiB"),
        ("Llama-3.1-8B Q4_K_M 网页写4.92GB，Windows显示4.58GB，日志写4.89 BPW，按4bit算应该4.0，哪个对", "= 4.58"),
        ("HF says 42.5 GB, Windows says 39.6 GB for the same Q4_K_M of Llama-3.3-70B. Why?", "= 39.58"),
        ("Qwen2.5-14B Q4_K_M HF标9GB，资源管理器8.37GB，显存到底按哪个算", "8,192 token"),
    ],
)  # fmt: skip
def test_two_sizes_of_one_file_are_both_right(question: str, told: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**Both are right, it is one file", "**两个都对，是同一个文件"))
    assert told in first


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B Q4_K_M log says 4.89 BPW, 8B at 4 bit should be 4.0 GB, why is it bigger?",
        "Qwen2.5-14B Q4_K_M 9.0GB, with 8k context 10.7 GB on my 12GB card, which quant should I use?",
        "Qwen2.5-7B Q5_K_M文件5.44GB，实际占了7.2GB，哪个对",
        "Qwen2.5-7B Q4_K_M 4.68GB，Q5_K_M 5.44GB，按哪个选",
        # the card's memory, and room on it
        "Llama-3.1-8B Q8_0 gguf is an 8.54 GB file, my card has 8 GB, which is right for 4k of context?",
        "Llama-3.1-8B Q8_0 gguf 8.54 GB file; on my 8 GB card with 7.95 free, which layers go on the GPU?",
    ],
)
def test_other_pairs_are_no_file_told_twice(question: str) -> None:
    assert "one_file_twice" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens", "told"),
    [
        ("Llama-3.3-70B Q4_K_M: HF says 42.5 GB, Windows says 39.6 GB. So does it fit an A100 40GB?", "**No.", "0.42 GiB less than this card has"),
        ("Qwen2.5-14B Q4_K_M,HF网页写9.0GB,Windows显示8.38GB,12G的3060放得下吗", "**可以。", "是同一个文件：9 GB 按 10^9 字节计"),
    ],
)  # fmt: skip
def test_beside_whether_it_fits_it_is_told_that_both_are_one_file(question: str, opens: str, told: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert told in answer


def test_bits_of_a_name_and_of_a_log_are_no_second_format() -> None:
    facts = read("Llama-3.1-8B Q4_K_M: page 4.92 GB, and the log 4.89 BPW. 8B at 4 bit should be 4.0, why?").facts
    assert "bits" not in facts
    assert facts["bpw"] == (4.89,)
