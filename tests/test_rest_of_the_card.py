"""A full context, what a context adds, memories of cards that are added without units, and a flag that holds of any model."""

import pytest

from chat.reads.grammar import read
from kb.names import model_row
from tests.talking import answer_to


@pytest.mark.parametrize(
    "text",
    [
        "Llama-3.1-8B Q8_0 on a 16GB card: full context?",
        "can I use the full context of Qwen3-8B on a 4090?",
        "Qwen3-14B int4 在 24G 上能开满上下文吗",
    ],
)
def test_a_full_context_asks_for_the_longest_or_is_as_long_as_the_model_declares(text: str) -> None:
    reading = read(text)
    declared = [(model_row(str(one)) or {})["max_position_embeddings"] for one in reading.facts["model"]]
    assert reading.asks == ("seq_len",) or list(reading.facts["seq_len"]) == declared


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much memory does a 64k context add to Llama-3.1-8B in bf16?", "8.00 GiB"),
        ("16k 上下文会给 Qwen2.5-7B 增加多少显存", "0.88 GiB"),
    ],
)
def test_what_a_context_adds_is_its_cache(question: str, said: str) -> None:
    opens = answer_to(question).split("\n\n")[0]
    assert opens.startswith("**KV")
    assert said in opens


@pytest.mark.parametrize(
    ("text", "cards", "count"),
    [
        ("I have 28GB total across 16+12, can it run a 32B Q4_K_M?", "16GB + 12GB", 2),
        ("my box is 24 + 12 GB, 32B Q5_K_M?", "24GB + 12GB", 2),
        ("显卡 24+16G，跑 70B Q4 行吗", "24GB + 16GB", 2),
    ],
)
def test_memories_that_are_added_are_cards(text: str, cards: str, count: int) -> None:
    facts = read(text).facts
    assert (facts["gpu"], facts["n_gpus"]) == ((cards,), (count,))
    assert "gpu_memory_gb" not in facts


@pytest.mark.parametrize("text", ["weights 14 + kv 2 = 16GB on one card, right?", "7B LoRA on a 24GB card, batch 8+8"])
def test_other_sums_are_no_cards(text: str) -> None:
    assert "+" not in str(read(text).facts.get("gpu", ""))


@pytest.mark.parametrize(
    "question", ["How much does --enforce-eager save on Qwen2.5-7B?", "Qwen2.5-7B 开 enforce_eager 省多少显存"]
)
def test_a_flag_of_the_server_is_no_training(question: str) -> None:
    opens = answer_to(question).split("\n\n")[0]
    assert "CUDA graph" in opens
    assert "LoRA" not in opens


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-32B-AWQ on one 4090, gpu_memory_utilization 0.96, weights load (18.2 GiB), then OOM at 'Capturing CUDA graph shapes'", "**CUDA graphs are captured after"),
        ("Qwen3-8B on a 4090 with gpu_memory_utilization=0.97: out of memory while capturing CUDA graphs", "**CUDA graphs are captured after"),
        ("Qwen2.5-7B 4090 gpu_memory_utilization 0.98，捕获 CUDA graph 时 OOM", "**CUDA graph 是在权重和缓存占完份额之后"),
    ],
)  # fmt: skip
def test_a_share_is_of_a_server_though_none_is_named(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "torch.compile with CUDA graphs, training 7B LoRA on a 4090: OOM while capturing graphs",
        "llama.cpp 32B Q4 4090 CUDA graphs OOM",
        "gpu_memory_utilization 0.97, Qwen3-32B-AWQ, one 4090, does it fit at 8k?",
    ],
)
def test_graphs_of_others_stand_beside_no_share(question: str) -> None:
    assert "captured after" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen3-8B on a 4090, vLLM at 0.97, out of memory while capturing CUDA graphs, a shorter max-model-len changes nothing", "A shorter length (--max-model-len) frees nothing"),
        ("Qwen2.5-7B 4090 vllm gpu_memory_utilization 0.98，捕获 CUDA graph 时 OOM，调小max-model-len没用", "缩短长度（--max-model-len）没有用"),
    ],
)  # fmt: skip
def test_a_shorter_length_is_no_room_for_graphs(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_a_server_loads_no_fp32_by_oversight() -> None:
    said = answer_to("Qwen3-8B one 4090 gpu_memory_utilization 0.9, 8192: OOM")
    assert "from_pretrained" not in said
