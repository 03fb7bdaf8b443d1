"""What fits with little to spare is called tight, with what leaves more room; layers and switches by the program's names."""

import re

import pytest

from chat.agent import Assistant
from kb import estimate
from kb.solver import solve


@pytest.mark.parametrize(
    ("question", "said", "switch"),
    [
        ("qwen3-32b-awq + 32k max-model-len on a single 5090 (32G), vllm, one user. enough?", "fits, but it is tight", "--kv-cache-dtype fp8"),
        ("vllm部署Qwen2.5-72B-Instruct-AWQ，20个并发，平均每个6k上下文，两张A6000行吗", "放得下，但很紧", "--kv-cache-dtype fp8"),
        ("3060 12g ollama 跑qwen2.5 14b q4 上下文开8k 显存够不够啊", "放得下，但很紧", "--cache-type-k q8_0"),
    ],
)  # fmt: skip
def test_what_nearly_fills_the_card_is_tight_with_what_leaves_room(question: str, said: str, switch: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text.splitlines()[0]
    assert switch in answer.text
    assert not answer.notices


@pytest.mark.parametrize("question", ["Qwen3-8B AWQ on a 4090, vllm, 8k, enough?", "4090 跑 Qwen2.5-7B q4_k_m 4k 够吗"])
def test_what_leaves_room_is_not_tight(question: str) -> None:
    assert not re.search("tight|很紧", Assistant().ask(question).text)


def test_a_training_has_no_server_to_be_told_otherwise() -> None:
    assert estimate(params="7B", method="lora", gpu="RTX 4090").json(derivation=False)["eased"] is None


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("gemma3 27b q4_k_m 4060Ti 16G: how many layers go on the gpu?", 0),
        ("Mixtral 8x7B Instruct Q5_K_M with a 24GB 7900 XTX and 32GB RAM - what -ngl do I use for 8k context? Full offload crashes", 1),
        ("gemma3 27b q4_k_m 在4060Ti 16G上能全部放显存吗？放不下的话-ngl大概设多少", 2),
    ],
)  # fmt: skip
def test_layers_are_told_as_the_switch_that_sets_them(question: str, place: int) -> None:
    paragraphs = Assistant().ask(question).text.split("\n\n")
    assert re.search(r"-ngl \d+", paragraphs[place]), paragraphs[:3]


def test_layers_that_are_sure_are_fewer_than_those_that_fill_the_card() -> None:
    facts = {
        "model": "gemma-3-27b-it",
        "weight_format": "gguf:Q4_K_M",
        "engine": "llama.cpp",
        "gpu": "RTX 4060 Ti",
        "gpu_memory_gb": 16,
    }
    solved = solve("gpu_layers", **facts).json()["solved"]
    assert solved["surely"]["value"] <= solved["value"]
    assert solved["surely"]["gib"] <= solved["capacity_gib"]
