"""A server's log of its start is no account of the asker's; adapters by the size of their files; unequal cards; sizes of a card."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("INFO worker.py:267] model weights take 15.1GiB; the rest of the memory reserved for KV Cache is 4.00GiB. 这是Llama-3.1-8B在4090上,我想要12个并发每个8k,够吗",
         "**不能全部同时：12 个里同时跑 4 个，其余在队列里等", "32,768 个"),
        ("vLLM: Available KV cache memory: 4.00 GiB for Llama-3.1-8B on a 4090. Can 12 users have 8k each?",
         "**Not all at once: 4 of the 12 run, and the others wait", "32,768"),
        ("lora每个400MB,30个一起挂vllm,base是Qwen2.5-7B,A10,显存够不够", "**文件 400 MB 的适配器", "放不下"),
        ("vLLM with 40 LoRA adapters of 300 MB each on Llama-3.1-8B, L4 24GB, does it fit?", "**An adapter whose file has 300 MB", "it does not fit"),
        ("两块不同的卡:4090和3060 12G,llama.cpp能跑Qwen2.5-32B Q5_K_M吗", "**可以", "36"),
    ],
)  # fmt: skip
def test_what_is_asked_opens(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert says in text
    assert "另有原因" not in text


def test_a_card_in_two_sizes_is_told_in_both() -> None:
    text = answer_to("Llama-3.1-405B fp8 or int4 on 8x H20 141GB, and would 8x H20 96GB do?")
    assert "H20 141 GB" in text
    assert "H20 96 GB" in text


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("8个150M的lora适配器一起上vllm,Qwen3-8B,4090", ("Qwen/Qwen3-8B",)),
        ("A6000 和 3090 24G,两张不同的卡选哪张跑Qwen2.5-32B awq", ("Qwen/Qwen2.5-32B-Instruct",)),
    ],
)
def test_what_an_adapter_takes_is_no_model(question: str, model: tuple[str, ...]) -> None:
    found = read(question)
    assert found.facts["model"] == model
    assert "params" not in found.facts
