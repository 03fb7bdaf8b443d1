"""What a server prints of its pool: how many requests of the asker's own length go in, and what SGLang's share leaves of the free memory."""

import pytest

from tests.talking import answer_to, opening

_LINE = "GPU KV cache size: 72,480 tokens, Maximum concurrency for 32,768 tokens per request: 2.21x"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (f"granite-3.3-8b-instruct bf16 on a 5090, vLLM log: {_LINE}. Does that mean it serves only two people? My chats are 1.5k tokens.", ("No, not only 2", "72,480 ÷ 1,500 = 48")),
        (f"vLLM says {_LINE}. Only 2 users? A typical prompt here is about 2000 tokens and 500 out. Qwen3-8B on a 4090.", ("No, not only 2, but 28 at once", "÷ 2,500 a request")),
        (f"vllm 日志 {_LINE}，意思是只能两个人用吗？我们平均每次对话 2k token。", ("不是只能 2 个", "72,480 ÷ 2,048 = 35 条")),
        (f"vllm日志：{_LINE}。Qwen3-14B，L40S。是不是最多2个人？平时一次问答大概3000 token", ("不是只能 2 个，而是同时 24 个",)),
        ("vLLM log, Qwen3-8B on a 3090: KV cache 34,000 tokens, Maximum concurrency for 16,384 tokens per request: 2.08x. So two users at most? Each question is about 800 tokens.", ("No, not only 2, but 42 at once", "÷ 800 a request")),
    ],
)  # fmt: skip
def test_what_goes_in_is_of_the_length_that_is_asked(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    first = answer.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert "4,096" not in first
    assert "--max-num-seqs" in first
    assert "OOM" in first or "out of memory" in first


def test_the_maximum_length_of_the_line_is_none_of_ones_own() -> None:
    first = opening(
        "vLLM, --max-model-len 8192: GPU KV cache size: 60,000 tokens; Maximum concurrency for 8,192 tokens per request: 7.32x. What does that mean? Qwen3-8B AWQ, RTX 4090"
    )
    assert "At 4,096 tokens each about 60,000 ÷ 4,096 = 14" in first


_WEIGHTS = "Load weight begin. avail mem=47.1 GB\nLoad weight end. avail mem=9.9 GB\nKV Cache is allocated. dtype: torch.bfloat16, #tokens: 15500, K size: 1.42 GB, V size: 1.42 GB"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (f"sglang, internlm2-chat-20b bf16 on A6000, --mem-fraction-static 0.85. Log:\n{_WEIGHTS}\n9.9 GB were free, so why only 2.84 GB of cache?", ("(1 − 0.85) × 47.1 = 7.07 GiB", "9.9 − 7.07 = 2.83 GiB", "what your log says (15,500)")),
        (f"sglang 起 internlm2-chat-20b bf16，A6000。日志：\n{_WEIGHTS}\n加载完还剩9.9G，缓存怎么才2.84G？", ("× 47.1 = 7.06 GiB", "与日志的 15,500 相符")),
        ("Qwen2.5-14B bf16 on an A100 40G with sglang --mem-fraction-static 0.88: after the weights are loaded 11.5 GB are free, but the KV cache gets only about 7. Why?", ("(1 − 0.88) × 39.7 = 4.76 GiB", "11.5 − 4.76 = 6.74 GiB")),
    ],
)  # fmt: skip
def test_what_sglang_keeps_back_comes_off_what_is_free(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    first = answer.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert "--mem-fraction-static 0.9" in answer
    assert "fp8_e4m3" in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("sglang Qwen2.5-14B bf16 A100 40G mem-fraction-static 0.88 log says max_total_num_tokens=20000, why so few?", "39.7 GiB that are free × 0.88 = 34.9 GiB"),
        ("lmdeploy cache_max_entry_count 0.8, Qwen2.5-7B on a 4090: log says 250,000 tokens of KV cache, why so few?", "(23.7 GiB that are free − 14.2 GiB of weights) × 0.8"),
        ("Qwen2.5-14B bf16 A100 40G vLLM, log says GPU KV cache size: 20,000 tokens, why so few?", "40.0 GiB × 0.92 = 36.8 GiB"),
    ],
)  # fmt: skip
def test_each_program_takes_its_share_of_its_own(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "vLLM log, Qwen3-8B on a 3090: KV cache 34,000 tokens, Maximum concurrency for 16,384 tokens per request: 2.08x. So only two users? Each prompt of mine is about 16,000 tokens.",
        "vllm 日志，Qwen3-8B，3090：KV cache 34,000 tokens，Maximum concurrency for 16,384 tokens per request: 2.08x。是不是只能两个人用？每次约 16000 token",
    ],
)
def test_of_requests_of_the_full_length_the_line_is_right(question: str) -> None:
    first = opening(question)
    assert "not only" not in first
    assert "不是只能" not in first


def test_a_log_that_is_near_what_is_counted_is_not_said_to_be_it() -> None:
    log = "vLLM log: GPU KV cache size: {} tokens, Qwen2.5-7B on a 4090. How does that come about?"
    assert "104,000, near to that" in answer_to(log.format("104,000"))
    assert "120,000, as counted" in answer_to(log.format("120,000"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Command-R 35B bf16 on one A100 80G: vLLM reports room for only ~4k tokens of KV. It's a 128k model, what eats it?", ("**The weights take most of it, 89 %", "1.25 MiB a token", "8 KV heads: 160 KiB a token")),
        ("Why does vLLM log GPU KV cache size: 21,000 tokens for Qwen2.5-32B on an A100 80GB when the model supports 131072?", ("**The weights take most of it, 83 %", "4-bit weights (")),
        ("单张A100 80G vllm跑Qwen2.5-32B bf16，日志里KV cache只够2万token，不是说支持128k吗，显存被什么占了", ("**主要被权重占了", "日志是 20,000", "4 位权重（")),
    ],
)  # fmt: skip
def test_a_small_pool_is_what_the_weights_leave(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []


def test_a_pool_that_is_large_is_not_said_to_be_eaten() -> None:
    assert "take most of it" not in answer_to(
        "Why does vLLM log GPU KV cache size: 250,000 tokens for Qwen3-8B on an A100 80GB?"
    )


@pytest.mark.parametrize(
    ("question", "says", "never"),
    [
        ("vLLM Qwen2.5-32B on 2x A100 40GB tp 2, the log says GPU KV cache size: 20,000 tokens. Why is it so few? What takes the memory?", "4 such cards (", "two such cards"),
        ("Qwen2.5-32B AWQ在4090上，vllm日志GPU KV cache size: 4,000 tokens，为什么这么少，显存被什么占了", "2 张同样的卡（", "4 位权重（"),
    ],
)  # fmt: skip
def test_what_makes_room_is_more_than_there_is(question: str, says: str, never: str) -> None:
    answer = answer_to(question)
    assert says in answer
    assert never not in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-8B on A100 40G, vLLM says 'Maximum concurrency for 40,960 tokens per request: 3.40x'. So only 3 users?", ("139,264 tokens (19.1 GiB at 144 KiB a token", "at 4,096 tokens each about 34", "a higher --gpu-memory-utilization")),
        ("Qwen3-8B A100 40G, vLLM 日志 Maximum concurrency for 40,960 tokens per request: 3.40x，是不是只能3个人用？", ("139,264 个 token（19.1 GiB，每 token 144 KiB", "每个 4,096 token 时约 34 个", "调高 --gpu-memory-utilization")),
    ],
)  # fmt: skip
def test_a_printed_pool_is_told_in_bytes_and_in_shorter_requests(question: str, says: tuple[str, ...]) -> None:
    told = opening(question)
    assert [one for one in says if one not in told] == []


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("vLLM on an RTX 3090 24GB with Llama-3.1-8B-Instruct fails at startup with not enough KV cache, weights are only 16GB. Why?", "against 24.0 GiB, of which the server takes 22.1 GiB and has 5.82 GiB left for the cache"),
        ("3090 24G用vllm起Qwen2.5-VL-7B，权重才16G，启动就炸显存/报KV cache不够", "而显存共 24.0 GiB，其中服务器占 22.1 GiB，放下权重、测量运行和运行时后只剩 5.15 GiB 给缓存"),
    ],
)  # fmt: skip
def test_a_whole_length_is_held_against_what_the_share_leaves(question: str, left: str) -> None:
    assert left in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "一张4090 vLLM Qwen3-8B 放得下几个8k请求",
        "gpt-oss-120b 单张H100 80G vLLM，能同时放下几条32k请求？",
        "单卡4090跑Qwen3-8B，能处理多少个8k的会话",
    ],
)
def test_how_many_requests_go_in_opens_with_their_number(question: str) -> None:
    assert opening(question).startswith("**同时约 ")


def test_whether_the_model_goes_in_stays_the_verdict() -> None:
    assert opening("Qwen3-8B 4090 能放下吗").startswith("**可以")


def test_a_printed_pool_that_holds_the_whole_length_is_not_blamed_on_it() -> None:
    asked = "Qwen3-8B on a 4090, vllm runs out of memory. GPU KV cache size: {} tokens. Why?"
    assert opening(asked.format("34,000")).startswith("**The likeliest cause: no length is told")
    assert "no length is told" not in opening(asked.format("48,169"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Phi-3-mini on a T4 16GB, vLLM says max concurrency for 4096 tokens is 3.5x. How do I get more?", ("**More of it", "6.83x", "(GQA)")),
        ("Llama-3.1-8B on an L4 with vLLM: max concurrency for 32k is only 1.2x. What raises it?", ("**More of it", "78,644 tokens (2.4x)", "3.61x")),
        ("vLLM 说 Llama-3.1-8B 在 L4 上 32768 长度最大并发只有 1.2x,怎样才能更多?", ("**要更多", "78,644 个 token（2.4x）", "3.61x")),
    ],
)  # fmt: skip
def test_how_to_have_more_at_once_is_told_before_what_the_line_is(question: str, says: tuple[str, ...]) -> None:
    """Of a T4: 14,336 tokens, and (7.12 − 2.12) GiB / 384 KiB more in 4 bits, ÷ 4,096; it has no kernels for an fp8 cache."""
    first = opening(question)
    assert all(one in first for one in says), first
    assert ("fp8" in first) == ("T4" not in question)


@pytest.mark.parametrize(
    "question",
    [
        "Is Llama-3.1-8B bf16 × 1.2 = 19.3 GB right?",
        "按 1.2 倍算 Llama-3.1-8B bf16 是 19.3 GB,对吗?",
        "Maximum concurrency for 8192 tokens per request: 2.1x with Qwen2.5-14B on a 40GB A100. What does that mean?",
        "Qwen2.5-7B,4090,vLLM,4096 token 并发 20 够吗?",
    ],
)
def test_a_rule_or_a_number_of_requests_is_no_wish_for_more(question: str) -> None:
    assert not opening(question).startswith(("**More of it", "**要更多"))
