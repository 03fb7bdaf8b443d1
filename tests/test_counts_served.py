"""How many cards what is served to many takes: with a cache of 8 bits, and how many of them fewer cards hold at once."""

import pytest

from chat.plans.clauses import longest_apart
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.3-70B FP8 for 100 concurrent users at 8k tokens each. How many H100 80GB?", ("With a KV cache of 8 bits (fp8) 4 cards (52.7 GiB each, with a margin)", "4 cards hold 82 of the 100 at once and the others wait")),
        ("How many L40S 48GB for Qwen2.5-72B FP8 with 40 concurrent users at 16k?", ("With a KV cache of 8 bits (fp8) still 8 cards", "4 cards hold 17 of the 40 at once and the others wait, with one of 8 bits 35")),
        ("用 L40S(48G) 部署 Llama-3.3-70B FP8，50个并发、每路8k上下文，vLLM 要几张？", ("KV 缓存用 8 位（fp8）时 4 张卡（每张 33.9 GiB，有余量）", "4 张卡同时放 50 条中的 37 条，其余排队")),
        ("Llama-3.1-70B 8k context 64 users, how many A100 80GB cards with vLLM?", ("16-bit: **8 cards**", "With a KV cache of 8 bits (fp8) 4 cards (54.4 GiB each, with a margin).")),
    ],
)  # fmt: skip
def test_a_count_for_many_users_tells_that_of_a_smaller_cache(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert [one for one in says if one not in answer] == []


@pytest.mark.parametrize(
    "question",
    [
        "How many H100 80GB for Llama-3.3-70B FP8?",
        "用 H100 部署 Llama-3.3-70B，KV 用 fp8，80 并发 8k，要几张？",
        "How many A100 80GB to fully fine-tune Llama-3.1-8B, batch 32, 4096 tokens?",
    ],
)
def test_a_small_or_settled_cache_has_no_such_line(question: str) -> None:
    answer = answer_to(question)
    assert "With a KV cache of 8 bits" not in answer
    assert "KV 缓存用 8 位" not in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("GLM-4.5-Air 要几张魔改4090 48G？想跑FP8，3张144G行不行，BF16呢", ("**够：FP8 每张卡要 36.7 GiB，可用 44.2 GiB；bf16 放不下（71.5 GiB）。**", "bf16：**8 张卡**", "至少 6 张")),
        ("671B 的 DeepSeek 4bit 量化 8 张 L40S 48G 能放下吗，放不下要几张", ("**8 张不够，要 16 张卡", "8 张卡 · L40S：放不下")),
        ("Qwen3-32B bf16 两张 A30 24G 够吗，要几张", ("**2 张不够，最少要 4 张卡**（每张 17.0 GiB / 22.1 GiB",)),
        ("How many 48GB cards for Llama-3.3-70B bf16? Would 3 of them, 144 GB, do?", ("**3 hold it without a margin: 4 cards**",)),
        ("How much VRAM to serve Mistral-Small-3.1-24B in vLLM for 20 concurrent users at 16k? bf16, or would FP8 get it down to a single 80GB card?", ("Of such cards it takes: bf16 2 cards (51.4 GiB each); FP8 2 cards (41.0 GiB each).",)),
        ("Can I run DeepSeek-R1 671B FP8 on 2x RTX 4090, fully in VRAM?", ("- 8 cards of 96 GB, such as H20 96 GB, sharded: 84.1 GiB per card", "As a Q4_K_M file they are 404 GB (376.6 GiB)")),
        ("DeepSeek-V3 671B FP8 单张4090 24G 全放显存跑得动吗？", ("**不行", "8 张 96 GB 的卡（例如 H20 96 GB），切分：每卡 84.1 GiB", "Q4_K_M 文件是 404 GB")),
    ],
)  # fmt: skip
def test_the_cards_that_do_are_told(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert [one for one in says if one not in answer] == []


@pytest.mark.parametrize(
    ("question", "memories"),
    [
        ("2张 40G 还是一张 80G 跑 Qwen3-32B 好？A100", {80.0, 40.0}),
        ("一张 A100 80G 还是 2张 40G 跑 Qwen3-32B", {80.0, 40.0}),
    ],
)
def test_cards_of_two_sizes_stay_two(question: str, memories: set[float]) -> None:
    assert {float(one) for one in read(question).facts["gpu_memory_gb"]} == memories


def test_few_cards_that_do_not_fit_have_no_machine_of_eight() -> None:
    answer = answer_to("Llama-3.3-70B bf16 on 2x A100 40GB?")
    assert "8 cards of" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-32B AWQ 4bit is 16 GB of weights, so a 24GB 4090 has 8 GB for KV?", "**Not enough for the weights: 16 GB leaves out scales"),
        ("Qwen3-32B AWQ 4bit 权重 16G，4090 24G 那 KV 有 8G？", "**权重算少了：16 GB 没算量化尺度"),
        ("Our Qwen2.5-7B AWQ in vLLM shows weights 14.2 GB, KV cache 5 GB on a 24GB 3090, why?", "**The weights are not AWQ 4-bit"),
    ],
)  # fmt: skip
def test_a_bare_product_of_bits_is_no_other_checkpoint(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many 3090s for Mistral Large 123B in 4 bit with 32k?", "With 3 cards only a file in fewer bits most likely fits: Q3_K_M in llama.cpp"),
        ("Mistral Large 123B 4bit 32k 上下文，要几张 3090", "3 张卡时只有更低位数的文件多半放得下：llama.cpp 按层切分的 Q3_K_M"),
    ],
)  # fmt: skip
def test_one_card_fewer_is_told_with_the_file_that_does(question: str, said: str) -> None:
    assert said in answer_to(question), answer_to(question)[:900]


@pytest.mark.parametrize(
    "question",
    [
        "how many 4090s for Llama 3.3 70B in 4 bit at 8k?",  # a single one is another matter
        "how many 3090s for Mistral Large 123B in 8 bit?",
        "how many A100 40GB for Qwen3-235B in 4 bit?",
        "how many 3090s for Mistral Large 123B Q4_K_M in llama.cpp?",
    ],
)
def test_it_is_told_of_few_bits_on_cards_of_ones_own(question: str) -> None:
    assert "only a file in fewer bits" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("Qwen3-32B bf16 in vLLM on one H20 96G: what is the maximum context, and how many concurrent requests at 40k?", "sequences of 40,960 tokens at once"),
        ("Qwen2.5-14B on an A100 80G with vLLM: max context length, and how many users at 8k each", "sequences of 8,192 tokens at once"),
        ("单张H20 96G vllm跑Qwen3-32B bf16，上下文最多能开多少，40k能带几个并发", "条 40,960 token 的序列"),
        ("A100 80G 用vllm部署 Qwen2.5-14B，最长能开到多少上下文，8k的话几路并发", "条 8,192 token 的序列"),
    ],
)  # fmt: skip
def test_the_longest_is_told_before_how_many_go_of_a_length(question: str, many: str) -> None:
    first, second = answer_to(question).split("\n\n")[:2]
    assert first.startswith("**40,960" if "Qwen3" in question else "**32,768")
    assert many in second


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B bf16 on H20 96G with 40k context: how many concurrent users at most?",
        "Qwen3-32B bf16 单卡H20 96G，40k上下文最多能带几个并发",
        "Is 40k context possible for Qwen3-32B on H20 96G and how many concurrent requests?",
    ],
)
def test_a_length_of_the_requests_is_no_second_question(question: str) -> None:
    assert longest_apart(read(question)) is False


@pytest.mark.parametrize(
    ("question", "explained"),
    [
        ("How many 24 GB cards do I need for Llama 3.1 8B? They say 18 GB.", True),
        ("Is Qwen2.5-7B in 8 bit with vLLM at 128k context 17 GB, as I was told? Why more?", False),
        ("有人说Qwen2.5-7B的8位版本128k上下文要17GB，对吗，为什么比权重多", False),
    ],
)
def test_a_margin_over_16_bit_is_none_of_weights_in_fewer(question: str, explained: bool) -> None:
    answer = answer_to(question)
    assert ("is the weights in 16 bit" in answer or "是 16 位权重" in answer) is explained


def test_that_all_experts_lie_on_the_cards_is_said_once() -> None:
    answer = answer_to("How many A100 80GB does DeepSeek-V3 need? Only 37B are active, I get out of memory on 4")
    assert "All 671B parameters must be on the card" in answer
    assert "All 671B parameters must lie on the cards" not in answer
