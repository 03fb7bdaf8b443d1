"""A length that nobody set, or that as it is not one token has: what a program then takes, what to set, and how far other ways go."""

import pytest

from chat.reads.grammar import read
from kb import solve
from tests.talking import answer_to, embedded, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("llama.cpp n_ctx = 131072, allocating 16384.00 MiB buffer failed, Llama-3.1-8B Q4_K_M is only 4.9 GB, 3060 12GB", "where none is set (-c), llama.cpp takes"),
        ("8B 的 Llama-3.1 Q4_K_M 文件才 4.9 GB，12G 的 3060 上 llama.cpp 报 n_ctx = 131072，allocating 16384.00 MiB 失败", "不设置长度（-c）时，llama.cpp 就按"),
    ],
)  # fmt: skip
def test_amounts_that_a_failure_printed_are_no_question_of_units(question: str, said: str) -> None:
    assert read(question).intent == "oom_diagnosis"
    assert opening(question).startswith(("**The weights fit, the context does not", "**权重放得下，放不下的是上下文"))
    assert said in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-Nemo OOMs on my card: the driver says 24564 MiB and the file is 25.3 GB, is that GB or GiB?",
        "a 7B file is 15.2 GB and torch says 14.2 GiB out of memory, which unit counts?",
    ],
)
def test_units_that_are_asked_about_stay_so_beside_a_failure(question: str) -> None:
    assert "units" in read(question).intents[:2]


def test_a_length_that_a_switch_set_was_set() -> None:
    said = answer_to("llama.cpp -c 131072 with Llama-3.1-8B Q4_K_M on a 12GB 3060: out of memory")
    assert "The weights fit, the context does not" in said
    assert "where none is set" not in said


@pytest.mark.parametrize(
    ("question", "might"),
    [
        ("Mistral-Nemo 12B Q4_K_M in llama.cpp on a 24 GB card without -c: out of memory", False),
        ("without flash attention Qwen3-8B at 32k on a 3090 is out of memory", False),
        ("can I train a 7B on a 4090 without OOM?", True),
        ("Qwen3-14B on a 4080 at 32k without running out of memory?", True),
    ],
)
def test_what_happens_without_a_setting_has_happened(question: str, might: bool) -> None:
    assert ("might_fail" in read(question).cues) is might


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("vllm Qwen3-14B-AWQ keeps going OOM on my 3060 12gb", "8,192 tokens take 12.0 GiB of 11.0 GiB", "the cache is 1.25 GiB"),
        ("3060 12G 用 vllm 跑 Qwen3-14B-AWQ 老是爆显存", "8,192 token 要 12.0 GiB，可用 11.0 GiB", "缓存 1.25 GiB"),
        ("Mistral-Nemo 12B Q4_K_M in llama.cpp on a 24 GB card without -c: out of memory", "Set the length (-c): at 8,192 tokens the cache is 1.25 GiB", "and a short one"),
    ],
)  # fmt: skip
def test_the_length_to_set_is_one_that_starts(question: str, said: str, unsaid: str) -> None:
    answer = embedded().ask(question)
    first = answer.text.split("\n\n")[0]
    assert not answer.notices
    assert said in first, first
    assert unsaid not in first
    if "vllm" in question:  # which has no cache of 4 bits
        assert "An fp8 cache of the full length" in first or "全长的 fp8 缓存" in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Mistral-Nemo 12B on one L4 24GB with vLLM: longest --max-model-len?", ("(87,952 with the cache in fp8 as well)", "All 131,072 tokens that the model declares would take 20.0 GiB")),
        ("一张24G的L4用vLLM跑Mistral-Nemo 12B，max-model-len最大能设多少？", ("（再加 fp8 缓存约 87,952）", "全长 131,072 token 光 KV 缓存就要 20.0 GiB")),
    ],
)  # fmt: skip
def test_where_no_token_fits_as_it_is_further_ways_are_told(question: str, said: tuple[str, ...]) -> None:
    assert all(one in opening(question) for one in said), opening(question)


def test_a_cache_that_was_settled_is_not_narrowed_again() -> None:
    found = solve(
        "seq_len", model="Qwen2.5-32B", engine="vllm", gpu="A6000", kv_format="fp8", method="inference"
    ).json()
    assert found["wider"]
    assert not any("narrow_cache" in one for one in found["wider"])


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Qwen3-30B-A3B vLLM OOM on one 4090, only 3B active so 6GB right?", ("All 30.5B parameters must be on the card", "56.9 GiB of weights as they are stored here, and with all else 58.7 GiB of 22.1 GiB", "set the length as well (--max-model-len)", "40,960 tokens × 96 KiB = 3.75 GiB for one sequence")),
        ("vLLM上跑Llama-4-Scout，2张H100 80G爆显存，激活才17B不是34G吗", ("2 张卡每张 100.4 GiB，连同其余每张共 107.5 GiB，卡上 73.3 GiB", "还要设置长度（--max-model-len）")),
        ("vLLM Llama-3.1-70B bf16 OOMs on 1x H100 80GB at start", ("The weights alone are too much", "131,072 tokens × 320 KiB = 40.0 GiB for one sequence")),
    ],
)  # fmt: skip
def test_beside_weights_that_are_too_much_the_length_is_told(question: str, parts: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    "question",
    [
        "vLLM Llama-3.1-70B bf16 --max-model-len 4096 OOMs on 1x H100 80GB at start",  # it is set
        "Qwen3-235B-A22B OOMs in vLLM on 4x H100 80GB, only 22B active so 44 GB?",  # and little beside so many cards
        "ollama llama3.1:70b out of memory on a 4090",
    ],
)
def test_a_length_that_is_set_or_takes_little_is_not_told(question: str) -> None:
    assert "set the length as well" not in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.2-11B-Vision on a 4090 with vLLM runs OOM at startup, 11B in bf16 should be 22 GB?",
        "vLLM 启动 Llama-3.2-11B-Vision bf16 就爆显存，单卡4090，为什么？",
    ],
)
def test_weights_that_nearly_fill_the_card_and_fit_at_a_short_length_leave_the_whole_one_as_the_cause(
    question: str,
) -> None:
    told = opening(question)
    assert "131,072" in told
    assert "--max-model-len" in told
    assert "--enforce-eager" in told


@pytest.mark.parametrize("question", ["Mistral-Nemo 12B bf16 on a 24 GB 3090 Ti, vLLM dies with OOM while loading"])
def test_weights_that_do_not_fit_at_any_length_are_the_cause_themselves(question: str) -> None:
    assert opening(question).startswith("**The weights alone are too much")


@pytest.mark.parametrize(
    "question",
    ["vllm Llama-3.1-8B 单卡L4，并发一高就OOM", "Llama-3.1-8B in vLLM on an L4 goes out of memory under heavy load"],
)
def test_a_server_that_had_started_was_not_refused_for_its_whole_length(question: str) -> None:
    told = opening(question)
    assert "没有设置上下文长度" not in told
    assert "no length is told" not in told
