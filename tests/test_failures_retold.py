"""A failure in the asker's own words: what was wanted, what lies idle in kept blocks, what else fills a card."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 60.0 + 12.0; 15.6 + 6.8
        ("OOM wants 1.5 GiB while 12 GiB is reserved but unallocated and 60 GiB allocated, on H100 80GB. How?", ("**Fragmentation: the message asks for 1.50 GiB while 12.0 GiB", "60.0 GiB + 12.0 GiB = 72.0 GiB of 79.6 GiB", "expandable_segments")),
        ("4090 out of memory: it needs 900 MiB, 5.2 GiB are reserved but unused, 17 GiB already allocated", ("asks for 0.88 GiB while 5.20 GiB", "17.0 GiB + 5.20 GiB = 22.2 GiB")),
        ("3090报显存不足：申请1.2 GiB，已分配15.6 GiB，保留但未分配6.8 GiB，为什么不能用那6.8G？", ("**这是碎片：报错要申请 1.20 GiB", "15.6 GiB + 6.80 GiB = 22.4 GiB，卡上共 24.0 GiB")),
        ("训练 OOM 了，要 3 GiB，40 GiB allocated，9 GiB reserved but unallocated，A6000 还有地方啊", ("**这是碎片：报错要申请 3.00 GiB", "40.0 GiB + 9.00 GiB = 49.0 GiB")),
        # 45.9 - 30.2, of which one unit stands for both; 23 - 14.1; 23 - 15
        ("phi-4 LoRA on A6000: tried to allocate 1.50 GiB (47.5 total, 30.2 allocated, 45.9 GiB reserved). Why OOM?", ("asks for 1.50 GiB while 15.7 GiB", "30.2 GiB + 15.7 GiB = 45.9 GiB")),
        ("Qwen2.5-7B LoRA 3090 OOM: allocated 14.1 GiB, reserved 23.0 GiB, tried to allocate 2 GiB. why", ("asks for 2.00 GiB while 8.90 GiB", "expandable_segments")),
        ("显存还有很多却报错 tried to allocate 1.2GiB，已分配 15G，reserved 23G，3090 训 7B lora", ("**这是碎片：报错要申请 1.20 GiB", "15.0 GiB + 8.00 GiB = 23.0 GiB")),
    ],
)  # fmt: skip
def test_a_message_that_is_retold_is_read_as_the_message(question: str, said: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    assert not answer.notices
    for one in said:
        assert one in answer.text, answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Training needs 24 GiB, and what does 10 GiB reserved but unallocated mean?",
        "Qwen2.5-7B LoRA on a 3090 is out of memory, it needs 26 GiB",
        "显存不足：Qwen2.5-7B LoRA 要 26 GiB，3090 只有 24 GiB",
    ],
)
def test_no_failure_of_an_allocation_is_told_without_a_failure_and_idle_blocks(question: str) -> None:
    assert "oom_tried" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 32 × 8,192² × 2 B; 8.03e9 × 2 B and 131,072 B × 8,192 of 24 GiB
        ("Llama-3.1-8B bf16 with attn_implementation eager on a 4090, 8k prompt: Tried to allocate 4.00 GiB. The cache is small, no?", ("32 heads × 8,192 × 8,192 × 2 B = 4.00 GiB", "beside 15.0 GiB of weights and that cache 8.03 GiB of the card are left")),
        ("4090 上 transformers eager 注意力跑 Llama-3.1-8B bf16，8k 输入报 Tried to allocate 4.00 GiB", ("除去权重 15.0 GiB 和这份缓存，卡上还剩 8.03 GiB",)),
        # 40 × 4096² × 2 B
        ("vicuna-13b-v1.5 in 8 bit on a 3090: multi-turn chat OOMs after a few turns at 4096 tokens, is it a leak?", ("The cache stays in 16 bit, however few the weights have", "heads × length² × 2 B = 1.25 GiB")),
        ("vicuna-13b-v1.5 8bit 加载，3090 上多轮聊到 4096 token 就爆显存", ("权重量化到几位，缓存都还是 16 位", "头数 × 长度² × 2 字节 = 1.25 GiB")),
    ],
)  # fmt: skip
def test_what_stays_wide_and_what_is_left_beside_it_are_told(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in said:
        assert one in text, text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 36.90 - 30.12; 39.39 - 36.90 - 1.31
        ("SFT, samples of very different lengths: Tried to allocate 2.00 GiB (GPU 0; 39.39 GiB total capacity; 30.12 GiB already allocated; 1.31 GiB free; 36.90 GiB reserved in total by PyTorch). Why, with 9 GB unallocated?", ("**Fragmentation: the message asks for 2.00 GiB while 6.78 GiB", "1.31 GiB are free and 1.18 GiB the CUDA context's", "pack, cap the length")),
        ("LoRA微调变长数据报错 CUDA out of memory. Tried to allocate 1.50 GiB (GPU 0; 79.15 GiB total capacity; 64.20 GiB already allocated; 0.90 GiB free; 75.30 GiB reserved in total by PyTorch)，为什么", ("**这是碎片：报错要申请 1.50 GiB", "余下的 0.90 GiB 空闲、2.95 GiB 归 CUDA 上下文", "按长度分桶")),
    ],
)  # fmt: skip
def test_a_message_that_tells_its_cause_needs_no_example(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer
    assert "as an example" not in answer
    assert "为例" not in answer


def test_where_less_lies_idle_than_was_asked_for_it_is_no_fragmentation() -> None:
    answer = (
        Assistant()
        .ask(
            "Full SFT: Tried to allocate 2.00 GiB (GPU 0; 39.39 GiB total capacity; 37.00 GiB already allocated; 1.00 GiB free; 37.50 GiB reserved in total by PyTorch). Why?"
        )
        .text
    )
    assert "**Fragmentation" not in answer


def test_a_pool_that_has_what_is_needed_is_no_refusal() -> None:
    """Told in a message's words, only a need beyond what there is refuses to start."""
    assert (
        "longer_than_pool" not in read("vLLM Llama-3.1-8B needs 5 GB of KV cache and I have 24 GB, does it fit?").cues
    )
    assert "longer_than_pool" in read("vLLM: Llama-3.1-8B needs 16 GiB of KV cache, only 5 GiB are available").cues
