"""Several slots of one local server: the context of each is allocated, and where that fills the card it is the cause."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "OLLAMA_NUM_PARALLEL=4, num_ctx 8192, qwen2.5:14b q4 on a 4080 16G: ollama ps says 8%/92% CPU/GPU, why?",
        "ollama 设 OLLAMA_NUM_PARALLEL=4,num_ctx 8192,qwen2.5:14b q4,4080 16G,ollama ps 显示 8%/92% CPU/GPU",
    ],
)
def test_the_slots_are_the_cause_where_they_fill_the_card(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "4 × 8,192" in first
    assert "6.00 GiB" in first
    assert "1.50 GiB" in first
    assert "nvidia-smi" not in first


def test_slots_that_leave_room_are_no_cause() -> None:
    text = answer_to(
        "OLLAMA_NUM_PARALLEL=2, num_ctx 4096, llama3.1:8b q4_k_m on a 4090 24G: ollama ps says 8%/92% CPU/GPU, why?"
    )
    assert "parallel slots are the cause" not in text


def test_what_a_quantised_file_takes_with_its_cache_is_no_fp32() -> None:
    text = answer_to(
        "ollama run phi3:mini, file is 2.3gb. num_ctx 32768 and now ollama ps says 15 GB? my 3060 12g spills to cpu. bug?"
    )
    assert "fp32" not in text


@pytest.mark.parametrize(
    "question", ["双P40(各24G)跑70B Q4_K_M,8k上下文,放得下吗", "雙 P40(各 24G)跑 70B Q4_K_M,8k 上下文,放得下嗎"]
)
def test_cards_are_counted_by_a_word_before_any_name(question: str) -> None:
    assert "2 张卡" in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("text", "length", "samples"),
    [
        ("Gemma-3-27B-it LoRA, ~2.5k token samples", 2500, None),
        ("Phi-4 on 1k-token examples: LoRA or QLoRA?", 1024, None),
        ("around 4k token documents, 7B lora", 4096, None),
        ("full 7B, avg 800-token samples", 800, None),
        ("10k 2k-token chats, 8B lora", 2048, 10_000),
        ("7B lora on 3k instruction pairs", None, 3000),
        ("5k samples of 1.5k tokens, 7B lora", 1500, 5000),
    ],
)
def test_the_tokens_of_a_sample_are_its_length_and_no_count(text: str, length: int | None, samples: int | None) -> None:
    reading = read(text)
    assert reading.facts.get("seq_len", (None,)) == (length,)
    assert reading.extras.get("samples", (None,))[0] == samples
    assert not reading.not_understood


@pytest.mark.parametrize(
    ("text", "share", "mfu"),
    [
        ("Llama-3.1-8B on a 3090, 0.9 utilization", (0.9,), None), ("Qwen3-32B on an H20 with vLLM 0.9 utilization", (0.9,), None), ("显存占比0.8 8B 3090", (0.8,), None),
        ("train 7B on 100B tokens at 0.45 utilization", None, (0.45,)), ("vllm 0.9.1 Llama-3.1-8B", None, None),
    ],
)  # fmt: skip
def test_a_share_of_the_memory_is_none_of_the_peak_rate(text: str, share: object, mfu: object) -> None:
    found = read(text)
    assert (found.facts.get("gpu_memory_utilization"), found.extras.get("mfu")) == (share, mfu)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Mistral Small 24B for a 5 person office, RAG with 16k prompts, one L4", {"seq_len": (16384,), "batch_size": (5,)}),
        ("Llama-3.1-8B for a team of 12, 8k prompts, on one 4090", {"seq_len": (8192,), "batch_size": (12,)}),
        ("Llama-3.1-70B FP8 on 2 H100, how many concurrent 4k/1k requests", {"seq_len": (4096,), "output_len": (1024,)}),
        ("Qwen3-32B fp8 on H100, ISL/OSL 4096/1024", {"seq_len": (4096,), "output_len": (1024,)}),
        ("两台各一张4090的机器跑 Qwen2.5-72B AWQ", {"n_gpus": (2,)}), ("two machines with one 3090 each, Llama-3.3-70B Q4", {"n_gpus": (2,)}),
    ],
)  # fmt: skip
def test_people_requests_and_machines_are_read_as_they_are_said(text: str, facts: dict[str, object]) -> None:
    found = read(text).facts
    assert {name: found.get(name) for name in facts} == facts


def test_so_many_prompts_to_be_answered_are_no_length() -> None:
    assert "seq_len" not in read("process 16k prompts per day with Llama-3.1-8B on a 4090").facts


@pytest.mark.parametrize(
    ("question", "flag", "cache"),
    [
        ("llama-server -c 16384 -np 8 with Qwen3-8B q4, why is every reply cut at 2k?", "-c 131072", "18.0 GiB"),
        ("llama-server -c 8192 -np 2,Qwen3-8B,想每个用户 16k 要怎么设", "-c 32768", "4.50 GiB"),
    ],
)
def test_what_gives_each_slot_its_length_is_told(question: str, flag: str, cache: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert flag in first
    assert cache in first


@pytest.mark.parametrize(
    ("question", "grows"),
    [
        ("num_ctx 2048 uses 5.9 GB, num_ctx 16384 uses 7.8 GB for llama3.1:8b q4 in ollama, is it another file?", "0.25 GiB at 2,048"),
        ("ollama 里 qwen3:8b 上下文从 4k 改到 16k,占用从 6G 涨到 8G,是模型变大了吗", "4,096 token 0.56 GiB"),
    ],
)  # fmt: skip
def test_a_longer_context_grows_the_cache_and_no_model(question: str, grows: str) -> None:
    assert grows in answer_to(question).split("\n")[0]
