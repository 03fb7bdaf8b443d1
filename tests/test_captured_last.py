"""A server that fails at its start: CUDA graphs that come last, tokens of a warm-up, and what is taken for free beside the weights."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("sglang Llama-3.3-70B bf16 tp=4 on 4x A100 40G: OOM while capturing cuda graphs, but 141 GB < 160 GB",
         ("graphs are captured last", "32.9 GiB", "so 7.14 GiB must hold", "320 KiB a token", "--cuda-graph-max-bs", "--disable-cuda-graph", "8-bit weights")),
        ("vLLM serving Qwen2.5-72B bf16 with tp 4 on four A100 40GB dies in graph capturing",
         ("graphs are captured last", "--enforce-eager", "--max-num-batched-tokens", "each needs the runtime, the buffers and the graphs of its own")),
        ("sglang 4张A100 40G tp=4 跑 Llama-3.3-70B bf16，capture cuda graph 时爆显存，141<160 啊", ("CUDA graph 是最后才捕获的", "剩下 7.14 GiB", "--disable-cuda-graph", "8 位权重")),
    ],
)  # fmt: skip
def test_graphs_find_what_the_weights_leave(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first
    assert "utilization 0.95)" not in first  # a larger share would take from the graphs


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("sglang Qwen3-8B bf16 on an RTX 4090: out of memory during CUDA graph capture", "the cache gives way"),
        ("vLLM Qwen2.5-32B bf16 on one A100 80GB OOM at graph capture", "the cache gives way"),
        ("sglang Llama-3.3-70B bf16 tp=4 on 4x A100 40G OOM at start", "It is at the edge"),
        ("vLLM 用一张 24G 卡跑 Qwen2.5-72B bf16，capture graph 时 OOM", "仅权重就"),
    ],
)
def test_graphs_with_room_and_weights_without_any_are_told_otherwise(question: str, opens: str) -> None:
    first = opening(question)
    assert opens in first, first
    assert not any(one in first for one in ("captured last", "最后才捕获"))


def test_what_is_set_against_each_other_is_understood() -> None:
    assert "Not understood" not in answer_to("Llama-3.3-70B bf16 tp=4 on 4x A100 40G in sglang OOMs: 141 < 160 GB")
    assert "没有读懂" not in answer_to("sglang 4张A100 40G 跑 Llama-3.3-70B bf16 会OOM，141<160 啊")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("TGI Mistral-7B fp16 on a T4: 'Not enough memory to handle 4096 prefill tokens'. 16 GB card, 14.5 GB of weights, so 1.5 GB are free?",
         ("The 1.5 GB are not free: the driver shows 15.0 GiB", "hardly anything", "--max-batch-prefill-tokens", "worth a try")),
        ("TGI 在 T4 上跑 Mistral-7B fp16 报 Not enough memory to handle 4096 prefill tokens，16G 减 14.5G 权重不是还剩 1.5G 吗",
         ("1.5 GB 并不是空闲的", "--max-batch-prefill-tokens", "可以先试")),
        ("TGI Llama-2-13b fp16 on an A10G: Not enough memory to handle 4096 prefill tokens", ("weights alone are too much", "cannot help, for")),
    ],
)  # fmt: skip
def test_a_warm_up_beside_weights_that_fill_the_card(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("TGI Llama-3.1-8B on an A100 80GB: Not enough memory to handle 4096 prefill tokens", "--cuda-graphs 0"),
        ("TGI 在 A100 80G 上跑 Llama-3.1-8B 报 Not enough memory to handle 4096 prefill tokens", "--cuda-graphs 0"),
        ("vLLM Qwen2.5-7B bf16 on an A100 80GB: No available memory for the cache blocks", "--enforce-eager"),
    ],
)
def test_a_start_is_told_the_settings_of_its_own_server(question: str, says: str) -> None:
    first = opening(question)
    assert says in first
    assert ("--enforce-eager" in first) == (says == "--enforce-eager")


def test_a_pool_leaves_graphs_no_more_at_a_shorter_length() -> None:
    first = opening("sglang Qwen3-8B bf16 on an RTX 4090: out of memory during CUDA graph capture")
    assert "--chunked-prefill-size" in first
    assert "--context-length" not in first


def test_a_warm_up_of_more_tokens_than_have_room() -> None:
    first = opening("TGI Llama-2-13b 8bit on an A10G, Not enough memory to handle 16384 prefill tokens")
    assert "The warm-up prefills 16,384 tokens at once" in first
    assert "By the formulas there is room" not in first
    assert "the whole is about 25.5 GiB" in first  # with those tokens, and not with the length that is assumed


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Command R+ 104B in 4 bit on 2x A6000: 104/2 = 52 GB, so 44 GB is left for the full 128k context in vLLM, right?",
         "**44 GB is not what the cache gets", ("over all 2", "does not go in (--max-model-len", "gpu_memory_utilization gives it more: 0.95")),
        ("Qwen3-32B in 8 bit on one A6000: 32 GB, leaves 16 GB for 32k of context in vLLM, right?",
         "**16 GB is not what the cache gets", ("One sequence of 32,768 goes in",)),
        ("Qwen2.5-72B int4 两张 A6000 用 vLLM：72/2=36GB，所以还剩 60GB 给 128k 上下文，对吗？", "**60 GB 并不都能给缓存", ("2 张卡共", "放得下")),
    ],
)  # fmt: skip
def test_what_a_sum_leaves_is_no_memory_that_others_hold(question: str, opens: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert first.startswith(opens), first
    assert all(one in first for one in says), first
    assert not any(one in answer_to(question) for one in ("Others hold", "被别的程序占着"))


def test_what_others_leave_is_counted_still() -> None:
    told = answer_to("Qwen2.5-14B AWQ in vLLM on an A6000, another job runs there so only 20 GB is free, does it fit?")
    assert "Others hold a part of the card" in told
