"""What a program printed of a model that is partly in host memory: the sum behind it, what of it is where, and what brings it back."""

import pytest

from chat.reads.seen.spilled import percent_on_cpu
from tests.talking import answer_to, embedded, opening

_SEEN = "ollama ps shows qwen2.5:32b SIZE 26 GB, 12%/88% CPU/GPU on my 7900 XTX 24GB. The download is 19.9 GB (Q4_K_M), num_ctx 16384. Why does it not fit?"  # fmt: skip


def _opening(text: str) -> str:
    said = opening(text)
    return said.replace("（", " (").replace("）", ")")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("26 gb, 12%/88% cpu/gpu", 12),
        ("ollama ps 22 gb 70%/30% gpu/cpu", 30),
        ("size 19 gb with 40% on the cpu", 40),
        ("it says 25 % is in cpu", 25),
        ("只有 70% 在 gpu 上", 30),
        ("有 15% 跑在 cpu", 15),
        ("100% gpu", None),
        ("how do i get to 100% gpu?", None),
        ("100%/0% cpu/gpu", None),
        ("60% cpu usage while generating", None),
        ("only 40% gpu memory used", None),
    ],
)
def test_what_lies_in_host_memory_is_read(text: str, percent: float | None) -> None:
    assert percent_on_cpu(text) == percent


@pytest.mark.parametrize(
    "text",
    [
        _SEEN,
        "qwen2.5:32b Q4_K_M with num_ctx 16384, RX 7900 XTX: ollama puts 12% on the CPU and says 26 GB, but the file is 19.9 GB. How do I get to 100% GPU?",
        "ollama ps 显示 qwen2.5:32b 26 GB,12%/88% CPU/GPU,7900 XTX 24G,num_ctx 16384,文件 19.9 GB(Q4_K_M)。为什么放不下?",
    ],
)
def test_what_was_seen_is_a_sum_that_is_more_than_the_card(text: str) -> None:
    said = _opening(text)
    assert "16,384" in said
    assert "256 KiB = 4.00 GiB" in said  # 64 layers × 8 × 128 × 2 × 2 B
    assert "19.9 GB (18.5 GiB)" in said
    assert "26.0 GB (24.2 GiB)" in said
    assert "3.12 GB" in said  # 12 % of 26
    assert "23.9 GB (22.2 GiB)" in said  # 26 less half of 4.29 GB


@pytest.mark.parametrize(
    "text",
    [
        "ollama ps: qwen3:32b Q4_K_M 23 GB 5%/95% CPU/GPU on a 3090, num_ctx 8192. Why not all on the GPU?",
        "3090 跑 qwen3:32b Q4_K_M,num_ctx 8192,ollama ps 显示 23 GB 5%/95% CPU/GPU,为什么不是 100% GPU",
    ],
)
def test_less_than_the_card_was_room_that_was_not_free(text: str) -> None:
    said = _opening(text)
    assert "23.0 GB (21.4 GiB)" in said
    assert "3.65 GiB" in said  # 24.0 less 95 % of 21.4
    assert "放不下的" not in said
    assert "does not fit" not in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "qwen2.5:14b Q4_K_M (9.0GB file), num_ctx 32768: ollama ps shows 18 GB, 35%/65% CPU/GPU on a 12GB 3060. Why?",
            ("num_ctx 8,192 (10.5 GiB)", "num_ctx 16,384 with a q8_0 cache"),
        ),
        (
            "ollama ps 显示 mistral-small:24b 22 GB,27%/73% CPU/GPU,4080 16G,num_ctx 32768,文件 14 GB。为什么放不下?",
            ("num_ctx 4,096 (14.7 GiB)", "num_ctx 8,192 加 q8_0 缓存"),
        ),
    ],
)
def test_a_rest_that_shrinks_with_the_length_leaves_a_length(question: str, says: tuple[str, ...]) -> None:
    """By what was seen beside the cache no length would be short enough, though by the formulas there is one."""
    said = _opening(question)
    assert [one for one in says if one not in said] == []
    assert "not enough" not in said
    assert "还不够" not in said


def test_a_verdict_beside_it_does_not_say_that_it_fits() -> None:
    verdict = answer_to(_SEEN).split("\n\n")[1]
    assert "by the formulas about 23.2 GiB of 24.0 GiB" in verdict
    assert "fits" not in verdict


@pytest.mark.parametrize(
    "text",
    [
        # what was seen is the file alone, and nothing was printed of the whole
        "qwen3:14b q4_K_M (9.3 GB), num_ctx 8192 on a 4070 Ti 12GB, ollama shows 10%/90% CPU/GPU. Why?",
        # all of it is on the card
        "qwen2.5:32b Q4_K_M, num_ctx 8192 on a 3090: ollama ps says 22 GB 100% GPU. Why more than the 20 GB file?",
    ],
)
def test_without_a_sum_that_spilled_it_is_not_told(text: str) -> None:
    keys = [one["key"] for one in embedded().ask(text).result.get("remarks", [])]
    assert "spilled-as-seen" not in keys


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-Small-24B Q4_K_M is 14.3GB, my 4080 has 16GB, yet ollama puts part of it on CPU. Why?", ("**The file is not all", "160 KiB a token", "16,384 16.5 GiB", "a q8_0 cache", "IQ4_XS: ")),
        ("llama-3.1-8B Q4_K_M on a 3060 12GB, ollama ps shows 20%/80% CPU/GPU. Why?", ("**The file is not all", "128 KiB a token", "about 54,5")),
        ("ollama跑 Mistral-Small-24B Q4_K_M，4080 16G，文件才14.3GB，为什么还有一部分跑在CPU", ("**文件不是全部", "16,384 时 16.5 GiB", "q8_0 缓存")),
    ],
)  # fmt: skip
def test_a_file_that_is_smaller_than_the_card_is_not_all_of_it(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []


def test_a_context_that_is_told_and_fits_is_not_blamed() -> None:
    first = opening("Qwen2.5-14B Q4_K_M with num_ctx 8192: my 4080 has 16GB, yet ollama puts part of it on CPU. Why?")
    assert first.startswith("**By the formulas all of it would go on the card")


@pytest.mark.parametrize(
    "text",
    [
        "ollama llama3.1:8b with num_ctx 131072 spills to CPU on a 16GB card. Is OLLAMA_KV_CACHE_TYPE=q8_0 enough?",
        "llama.cpp Llama 3.1 8B Q4_K_M at 128k context runs out of memory on a 16GB card. Would -ctk q8_0 -ctv q8_0 fix it?",
        "ollama 跑 llama3.1:8b,num_ctx 131072,16G 显卡有一部分跑到 CPU 上了,OLLAMA_KV_CACHE_TYPE=q8_0 够吗?",
    ],
)
def test_a_narrow_cache_that_is_proposed_against_a_spill_is_judged(text: str) -> None:
    said = _opening(text)
    assert said.startswith(("**Yes", "**有用"))
    assert "13.8 GiB" in said  # 4.28 of weights, 8.50 of cache, 1.06 besides
    assert "21.3 GiB" in said  # with 16.0 of cache


@pytest.mark.parametrize(
    "text",
    [
        "llama-server, Llama 3.1 8B Q4_K_M, 128k context, 12GB card: goes to CPU. Will -ctk q8_0 -ctv q8_0 get it all on the GPU?",
        "ollama 跑 qwen2.5:14b,num_ctx 65536,12G 卡溢出到内存,OLLAMA_KV_CACHE_TYPE=q8_0 能解决吗?",
    ],
)
def test_a_narrow_cache_that_is_not_enough_says_so(text: str) -> None:
    assert _opening(text).startswith(("**It takes less, but it does not fit", "**只是少一些"))


@pytest.mark.parametrize(
    "text",
    [
        "ollama llama3.1:8b with num_ctx 131072 and OLLAMA_KV_CACHE_TYPE=q8_0 still spills to CPU on a 16GB card. Why?",
        "16G 卡,ollama 跑 llama3.1:8b,num_ctx 131072,已经设了 OLLAMA_KV_CACHE_TYPE=q8_0 还是有一部分跑到 CPU 上了,为什么?",
    ],
)
def test_a_narrow_cache_that_is_set_is_no_proposal(text: str) -> None:
    said = _opening(text)
    assert "13.8 GiB" in said
    assert "21.3 GiB" not in said
    assert "q4_0" in said  # what is still narrower


def test_a_cache_type_beside_a_card_that_is_asked_about_is_how_it_runs() -> None:
    said = opening("I run Llama 3.1 8B with OLLAMA_KV_CACHE_TYPE=q8_0 at 64k. Is a 16GB card enough?")
    assert "4.25 GiB" in said
