"""Which numbers of cards tensor parallel may have: of any model, and of the one that is named."""

import pytest

from tests.talking import answer_to, answers


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("must the tensor parallel size be a power of 2?", "**Tensor parallel need be no power of two: it must divide the query heads"),
        ("vLLM的张量并行数只能是偶数吗", "**张量并行不必是 2 的幂：卡数要能整除查询头数"),
        ("Qwen2.5-72B bf16 on L40S with vllm: does TP have to be a power of two?", "it must divide the 64 query heads (8 of keys and values): within a machine 1, 2, 4 or 8 cards"),
        ("用vllm部署Qwen2.5-32B要几张L20，TP一定要是2的幂吗", "但要能整除 40 个查询头（8 个 KV 头）：单机内可用 1、2、4、8 张卡"),
    ],
)  # fmt: skip
def test_the_degrees_of_tensor_parallel_are_told(question: str, opens: str) -> None:
    answers(question, opens, "没有读懂")


def test_cards_over_which_the_heads_do_not_divide_are_still_answered_first() -> None:
    text = answer_to("Qwen2.5-14B with tp=3 on three 3090s, or must it be a power of 2?")
    assert text.startswith("**Not as tensor parallel, whatever the memory")


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("DeepSeek-R1 fp8 with vLLM: KV bytes per token per GPU are the same at TP8 and TP16. Shouldn't tensor parallel split the cache by heads?", "**MLA has no heads of keys and values that tensor parallel could divide", "an fp8 cache (34.31 KiB a token)"),
        ("Kimi-K2 tp8 跟 tp16，KV cache 每卡为什么一样大，没切？", "**MLA 没有可按头切分的 KV", "变小的只有权重"),
        ("Qwen2.5-72B tp8 换 tp16，每张卡每个 token 的 KV 还是 40KB，TP不是会切开吗", "**模型只有 8 个 KV 头", "2 个张量并行 8 的副本"),
        ("DeepSeek-V3 FP8 TP8 和 TP16 每张卡差多少显存？", "**DeepSeek-V3：张量并行 16 每张卡需要约", "张量并行切不了这种缓存"),
    ],
)  # fmt: skip
def test_a_vector_for_all_heads_is_not_divided_however_many_ranks(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert says in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("phi-4 bf16 on 3x A4000 16GB: 'attention heads (40) must be divisible by tensor parallel size (3)'. Would a 4th card fix it?", "not over 3, nor with one more over 4."),
        ("Qwen2.5-72B-AWQ三张4090 vllm tp=3报错attention heads must be divisible by tensor parallel size，加一张行吗", "3 张不行。"),
    ],
)  # fmt: skip
def test_heads_that_do_not_divide_tell_of_one_card_more(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("gemma-3-27b-it bf16 on 3x 3090 in vLLM, tensor_parallel_size=3 refuses to start. 72GB should be enough for 55GB?", "**Not as tensor parallel, whatever the memory"),
        ("Qwen2.5-14B bf16 on 3x 3090 with vLLM tensor_parallel_size=3, 72GB should be enough?", "**Not as tensor parallel, whatever the memory"),
        ("3张3090用vLLM跑gemma-3-27b bf16，tp=3起不来，72G放55G应该够吧？", "**不能用张量并行，与显存大小无关"),
    ],
)  # fmt: skip
def test_ranks_that_are_refused_open_though_it_is_the_memory_that_is_asked(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert ("(51.1 GiB), 17.0 GiB a card on average" in text or "平均每卡 17.0 GiB" in text) is ("gemma" in question)


def test_memory_that_is_concluded_to_be_enough_still_opens_elsewhere() -> None:
    text = answer_to("Qwen2.5-14B bf16 on 2x 3090 with vLLM tensor_parallel_size=2, 48GB should be enough?")
    assert "Not as tensor parallel" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x 4090 + a 3060 12GB with vLLM tensor-parallel-size 3, can I use that as 60GB for 70B AWQ?", "**No, tensor parallel 3 does not divide its heads, and as a pipeline"),
        ("70B awq on 3x 4090 with vllm --tensor-parallel-size 3, possible?", "**Not as tensor parallel, whatever the memory: 64 heads"),
        ("3张4090 vllm tp=3 能跑70B awq吗", "**不能用张量并行，与显存大小无关：64 个头"),
        ("4090加两张3060 12G，vllm tp=3能当48G用跑32b awq吗", "**注意力头不能按张量并行 3 均分，但每段层数相同的流水线放得下"),
        ("One 4090 and two 3060 12GB, tensor_parallel_size 3 in vLLM: do I get 48GB for Qwen2.5-14B AWQ, does it fit?", "**Tensor parallel 3 does not divide its heads, and as a pipeline of as many layers each it fits"),
    ],
)  # fmt: skip
def test_ranks_over_which_a_size_does_not_divide_are_no_refusal(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens), told[:300]


def test_ranks_that_divide_a_size_are_kept() -> None:
    assert "pipeline" not in answer_to("70B awq on 2x 4090 with vllm tp=2, possible?").split("\n\n")[0]
