"""What a command or a sentence leaves to the CPU, and the micro-batch: read by the words of those who run llama.cpp."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def fact(text: str, name: str) -> object:
    values = read(text).facts.get(name, ())
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("72B Q4_K_M with 50 of the 80 layers on a 3090, the others in RAM", 50),
        ("offload 24/40 layers to a 3060, 13B Q5_K_M", 24),
        ("70B Q4_K_M,80层里35层放3090,剩下放内存", 35),
        ("32B Q5_K_M 64层放48层到4080上", 48),
        ("70B Q4_K_M, 80 layers, on a 4090?", ()),
        ("LoRA on the last 8 of 32 layers on a 4090, 8B", ()),
    ],
)
def test_layers_on_a_card_that_is_named(text: str, layers: object) -> None:
    assert fact(text, "gpu_layers") == layers


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("llama-server -m Qwen3-14B-Q4_K_M.gguf -ngl 99 -c 16384 -ub 1024 on a 3080", 1024),
        ("--ubatch-size 2048, llama.cpp, 70B Q4_K_M, 2x 3090, 8k", 2048),
        ("llama.cpp ubatch 512改成4096 显存多多少 Qwen3-14B Q4_K_M 16k", (512, 4096)),
    ],
)
def test_a_micro_batch_of_llama_cpp(text: str, step: object) -> None:
    assert fact(text, "n_ubatch") == step
    assert not read(text).not_understood


def test_a_larger_micro_batch_takes_larger_buffers() -> None:
    said = Assistant().ask("-ub 4096 against -ub 512 in llama.cpp, Qwen3-14B Q4_K_M at 16k: how much more memory?")
    assert "-ub 4096 needs 2.17 GiB more than -ub 512" in said.text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("experts mostly in RAM, Qwen3-235B-A22B Q4_K_M, a 3090 and 256GB of RAM", "experts"),
        ("qwen3-30b-a3b Q4_K_M,4060 8G,专家大部分放内存", "experts"),
        ("--n-cpu-moe 40 -c 8192, Qwen3-235B-A22B Q4_K_M,专家基本都放内存,5090", ()),
    ],
)
def test_most_experts_in_host_memory(text: str, where: object) -> None:
    assert fact(text, "offload") == where
