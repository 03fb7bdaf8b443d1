"""Memory of a plain script that rose as it answered: how little of it the cache is, and what else rises."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    "question",
    [
        "Mistral 7B in transformers: 14.5 GB loaded, 21 GB after a 6k prompt, and it stays there. Is that the KV cache?",
        "Running Qwen2.5-14B with transformers. 29 GB at first, 43 GB after a 10k token input and never goes down. KV cache?",
    ],
)
def test_a_rise_that_no_cache_explains(question: str) -> None:
    told = opening(question)
    assert told.startswith("**No, hardly the KV cache: for ")
    assert "sdpa" in told
    assert "reserved" in told


@pytest.mark.parametrize(
    "question",
    [
        "glm-4-9b用transformers推理，输入8k字左右显存从18G涨到30多G，结束也不降，是KV cache吗",
        "Qwen2.5-7B 用 transformers 跑，加载后15G，喂一段12k的文本变成26G，是KV缓存占的吗",
    ],
)
def test_a_rise_that_no_cache_explains_in_chinese(question: str) -> None:
    told = opening(question)
    assert told.startswith("**基本不是 KV 缓存")
    assert "个 token 才攒得出来" in told
    assert "flash_attention_2" in told


def test_a_cache_that_is_the_rise_is_said_to_be_it() -> None:
    told = opening("Llama-2-7B fp16 in transformers goes from 13.5 GB to 27 GB with a 28k prompt, is that KV cache?")
    assert told.startswith("**Yes, most of the 13.5 GB is the KV cache: 512 KiB a token")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-7B in transformers takes 16 GB after loading and rises to 24 GB with 128k tokens of context. Is it a leak?", "**No leak; most of the 8 GB is the KV cache: 56 KiB a token"),
        ("Qwen2.5-7B in transformers: 15 GB at first, 22 GB after a 6k prompt, never falls. A leak?", "**No leak, and hardly the KV cache: for 6,000 tokens"),
        ("Why did memory rise from 16 GB to 22 GB while Qwen2.5-7B answered a prompt of 6000 tokens in transformers?", "**Hardly the KV cache: for 6,000 tokens"),
        ("Qwen2.5-7B 用 transformers，显存从 16G 涨到 22G，上下文 100k，是泄漏吗", "**不是泄漏，涨的 6 GB 大部分是 KV 缓存"),
        ("Qwen2.5-7B 用 transformers，显存从 16G 涨到 22G，上下文 100k，正常吗", "**正常。涨的 6 GB 大部分是 KV 缓存"),
    ],
)  # fmt: skip
def test_a_rise_is_answered_as_it_is_asked_about(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "vLLM with Qwen2.5-7B: 15 GB of weights, 21 GB after a 6k prompt. KV cache?",
        "LoRA Qwen2.5-7B: 15 GB after loading, 24 GB in the first step at 6k tokens, is that the KV cache?",
        "Qwen2.5-7B Q4_K_M in llama.cpp: 5 GB loaded, 9 GB with a 32k context. Is that the KV cache?",
    ],
)
def test_neither_servers_nor_trainings_nor_files(question: str) -> None:
    assert "hardly the KV cache" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B in a HF chat loop, up to 8k: memory climbs with every turn and stays there. Leak?", "limit max_new_tokens, load the weights in 8 or 4 bits ("),
        ("Baichuan2-7B-Chat 加载完15G，聊几轮涨到20多G最后炸显存，是泄漏吗", "限制 max_new_tokens、把权重按 8 位或 4 位加载（"),
    ],
)  # fmt: skip
def test_peaks_of_a_chat_are_lowered_by_shorter_answers_and_fewer_bits_too(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "less"),
    [
        ("Llama-2-13B 4bit in transformers loads at 8GB, answering 4 prompts of 4k tokens together takes 21GB. Is it a leak?", "**No leak; most of the 13 GB is the KV cache: 800 KiB a token, 13.4 GB (12.5 GiB) for 16,384 tokens.", "heads share keys and values (GQA)"),
        ("Llama-2-7B in nf4 with transformers: 4 GB loaded, generating 6 prompts up to 4k tokens it is at 17 GB. Leak?", "**No leak; most of the 13 GB is the KV cache", "It stays 16 bit however few bits the weights have. Less of it take fewer prompts at once"),
        ("transformers里Llama-2-13B 4bit加载8G，一次生成4条4k的prompt涨到21G，是泄漏吗", "**不是泄漏，涨的 13 GB 大部分是 KV 缓存：每 token 800 KiB", "减少一起生成的条数"),
    ],
)  # fmt: skip
def test_prompts_that_are_answered_together_are_a_batch(question: str, opens: str, less: str) -> None:
    told = opening(question)
    assert told.startswith(opens), told[:300]
    assert less in told


@pytest.mark.parametrize(
    ("question", "batch"),
    [
        ("Qwen2.5-7B 4个prompt每个4k一起推理要多少显存", (4,)),
        ("How much for Qwen2.5-7B, processing 8 prompts in one batch at 4k?", (8,)),
        ("Qwen2.5-7B on a server processing 16 prompts a minute at 4k, how much memory?", ()),
        ("How long does it take to generate 20 prompts of 4k on Qwen2.5-7B with a 4090?", ()),
        ("Qwen2.5-7B: memory after answering 5 prompts of 6k tokens one after another?", ()),
        ("GRPO Qwen2.5-7B 一次生成8条回答要多少显存", ()),
    ],
)
def test_only_prompts_at_one_moment_are_a_batch(question: str, batch: tuple[int, ...]) -> None:
    assert read(question).facts.get("batch_size", ()) == batch
