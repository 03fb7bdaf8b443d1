"""Sums as they are written: words beside factors, brackets, thousands, exponents, and what is no sum to judge."""

import pytest

from chat.reads.grammar import read
from chat.working import checked_arithmetic
from tests.talking import answer_to

GB = "gpu_memory_gb"


@pytest.mark.parametrize(
    ("said", "left", "right"),
    [
        ("KV of Llama-3-8B: 2*32 layers*8 kv heads*128 dim*2 bytes*8192 tokens*6 users = 6.4GB?", "2*32*8*128*2 bytes*8192*6", "6.4gb"),
        ("Qwen2.5-14B 的缓存 2×48层×8个KV头×128×2字节×4096，算出来0.8G", "2x48x8x128x2字节x4096", "0.8g"),
        ("a node (8 x 96GB = 768) for it", "8x96gb", "768 gb"),
        ("14B×16字节=224G 对吗", "14bx16字节", "224g"),
        ("8.0e9*16/4 = 32 GB per rank", "8.0e9*16/4", "32 gb"),
        ("(32B * 1 byte + 5B * 2) = 42 GB", "(32b*1 byte+5b*2)", "42 gb"),
        ("I got 70e9*2/1024^3 = 130 GB", "70e9*2/1024^3", "130 gb"),
    ],
)  # fmt: skip
def test_a_sum_is_read_whole(said: str, left: str, right: str) -> None:
    (found,) = read(said).equations
    assert (found.left, found.right) == (left, right)
    assert checked_arithmetic(found.text, {})["holds"]


@pytest.mark.parametrize(
    "said",
    ["effective batch 64 = 2 per device x 8 gpus x 4 accum, 8B full zero2", "the blog's params x 2 x 1.2 = 19.7 GB for Qwen3-8B"],
)  # fmt: skip
def test_what_is_no_sum_of_memory_is_not_judged(said: str) -> None:
    assert not read(said).equations


def test_of_two_b_in_a_product_one_counts_bytes() -> None:
    assert checked_arithmetic("8B×16B = 128GB", {})["holds"]


def test_tokens_and_sequences_that_a_sum_names_are_facts() -> None:
    facts = read("Mistral-7B KV: 2*32 layers*8*128*2 bytes*16384 tokens*3 users, right?").facts
    assert (facts["seq_len"], facts["batch_size"]) == ((16384,), (3,))


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        ("Llama-3.1-8B bf16 KV: 2*32 layers*8*128*2 bytes*65536*5 for 5 users at 64k each, right?", "**Right: 40.0 GiB"),
        ("Qwen2.5-14B 并发 8，每人 16k，2×48层×8头×128×2字节×16384×8 对吗", "**对：合计 24.0 GiB"),
    ],
)  # fmt: skip
def test_a_right_product_with_words_is_called_right(said: str, starts: str) -> None:
    assert answer_to(said).startswith(starts)


@pytest.mark.parametrize(
    ("said", "cards", "memory"),
    [
        ("两张MI50 32G 跑 Qwen3-14B Q8", 2, (32,)), ("two 3080 20GB for Qwen3-14B Q8", 2, (20,)),
        ("2x3090 48G, 70B Q4?", 2, None), ("two 2080 Ti 22G for a 32B AWQ", 2, (22,)),
    ],
)  # fmt: skip
def test_the_size_beside_a_card_sold_in_several_is_its_own(
    said: str, cards: int, memory: tuple[int, ...] | None
) -> None:
    facts = read(said).facts
    assert facts["n_gpus"] == (cards,)
    assert facts.get(GB) == memory


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("Qwen3-8B has a native context of 40k, I want 100k on an A100 80G", 102400),
        ("Qwen2.5-7B 原生上下文长度只有 32k，我要跑 100k，一张 A100 40G 能行吗？", 102400),
    ],
)  # fmt: skip
def test_the_length_of_the_model_is_not_the_one_asked_for(said: str, length: int) -> None:
    assert read(said).facts["seq_len"] in ((length,), (100_000,))


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("can I crank ctx all the way up to 262,144 for Qwen3-30B-A3B Q4_K_M on a 5090?", (262144,)),
        ("Llama-3.1-8B with the full 131072 window on a 3090, int8?", (131072,)),
        ("4090 跑 Qwen3-14B AWQ，上下文想一口气开到 131072 行不行", (131072,)),
        ("8192 context window, 64000 samples, Qwen3-8B LoRA", (8192,)),
    ],
)
def test_a_length_is_read_through_the_words_around_it(said: str, length: tuple[int, ...]) -> None:
    assert read(said).facts["seq_len"] == length


@pytest.mark.parametrize(
    ("said", "batch"),
    [
        ("每步 1M token 的 batch，seq 8192，DP 8，micro batch 1，梯度累积多少步？70B", 1e6),
        ("batch of 512k tokens per step at 2048 length, 8 GPUs, micro batch 4, 7B: grad accum?", 512e3),
        ("4M tokens per optimizer step, 13B pretraining, 128 A100, seq 4096", 4e6),
    ],
)
def test_tokens_of_a_step_are_a_batch(said: str, batch: float) -> None:
    extras = read(said).extras
    assert extras["batch_tokens"] == (batch,)
    assert "train_tokens" not in extras


def test_a_size_in_a_sum_is_no_tag_of_the_name_before_it() -> None:
    reading = read("QLoRA Mistral-7B：7.2B×0.5字节=3.6G，加载完却显示4.5G，正常吗")
    assert not reading.unknown_models
    assert reading.equations[0].left == "7.2bx0.5字节"


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "for Qwen2.5-32B 16 heads x 128 gives 216 KB per token, right?",
            "**216 KB is not right; the cache of one token",
        ),
        ("Qwen2.5-32B的KV缓存，16个头×128算出来216KB，对吗", "**216 KB 不对，一个 token 的缓存是 256 KiB"),
        ("Qwen2.5-32B KV: 64 layers x 8 heads x 128 gives 256 KB per token, right?", "**256 KB is right"),
        ("Llama-3-8B KV: 2*32*8*128*2 gives 128 KB per token, right?", "**Right: 128 KiB per token"),
        (
            "32 layers x 4096 = 128 KB per token for Llama-2-7B?",
            "**128 KB is not right; the cache of one token takes 512 KiB",
        ),
    ],
)
def test_what_goes_into_an_amount_is_no_equation(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Llama-3.1-8B: 32 layers * 8 kv heads * 128 * 2 * 2 comes out at 32 GiB for 131072 tokens, llama.cpp takes 16. Where is the rest?",
            "comes to 16.0 GiB, not 32 GiB",
        ),
        ("Llama-3.1-8B,32层*8头*128*2*2算出来是32GiB(131072 token),llama.cpp 只占 16GiB,怎么回事", "是 16.0 GiB，不是 32 GiB"),
    ],
)  # fmt: skip
def test_factors_that_give_gigabytes_are_judged_over_the_length(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Mistral Nemo 12B: head_dim = 5120/32 = 160, so 200 KiB KV per token and 25 GiB at 128k. vLLM reserves about 20 GiB. Where is my mistake?",
            ("**25 GiB and 200 KB are not right", "it takes 5120 ÷ 32 = 160 for the size of a head", "sets to 128"),
        ),
        (
            "For Qwen3-4B I take head_dim = 2560/32 = 80 and get 90 KiB of KV per token, but it is more. What's wrong?",
            ("**90 KB is not right", "it takes 2560 ÷ 32 = 80 for the size of a head", "sets to 128"),
        ),
        (
            "Mistral-Nemo 的 head_dim 我按 5120/32=160 算,每token 200KiB,实际只有160KiB,哪里错了",
            ("**160 KB 是对的", "把每头维度当成了 5120 ÷ 32 = 160", "head_dim 为 128"),
        ),
        ("Llama-3-8B: head_dim = 4096/32 = 128, KV 128 KiB per token. correct?", ("**128 KB is right",)),
    ],
)
def test_the_size_of_a_head_is_its_configurations(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    for one in says:
        assert one in opening
