"""Why data parallel takes as much of each card as one card alone: what stays whole, and what its buckets add."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said", "also"),
    [
        # 1.54e9 × 4 B is a rise of 6 GB; 3.21e9 × 2 and 4 B
        ("One 3090 shows 18 GB for Qwen2.5-0.5B full fine-tuning, torchrun on two shows 20 GB each. I thought two cards would halve it", "**Data parallel (DDP) keeps a whole copy on every card", "(0.92 GiB) in 16 bit or 1.98 GB (1.84 GiB) in fp32, which is your 2 GB more"),
        ("Full fine-tuning of Llama-3.2-3B with torchrun on 4x A100 80GB: why isn't the memory divided by four?", "**Data parallel (DDP) keeps a whole copy on every card", "12.9 GB (12.0 GiB) in fp32"),
        ("Qwen2.5-1.5B 全参，单卡 A6000 用 30G，torchrun 双卡每张反而 36G，不应该减半吗", "**数据并行（DDP）在每张卡上都保留完整的一份", "正是您看到多出的 6 GB"),
        # the amount that is told twice is none of a card's
        ("QLoRA of Mistral-7B used 11 GB on a single card. torchrun over two 4090s: each one still shows 11 GB, shouldn't it be halved?", "**Data parallel (DDP) keeps a whole copy on every card", "ZeRO-1 and 2 would not help"),
        ("Qwen2.5-7B LoRA，单卡22G，用torchrun上两张A100，每张还是22G，不应该一人一半吗", "就是您看到的 22 GB", "ZeRO-1/2 帮不上"),
        ("四张A100用accelerate全参微调Qwen2.5-3B，以为每卡能省一半，结果没减少，为啥", "**数据并行（DDP）在每张卡上都保留完整的一份", "gradient_as_bucket_view"),
    ],
)  # fmt: skip
def test_why_more_cards_do_not_divide_is_told_first(question: str, said: str, also: str) -> None:
    text = answer_to(question)
    assert said in text.split("\n\n")[0], text
    assert also in text, text


@pytest.mark.parametrize("question", [
    "Qwen2.5-7B LoRA on 2x A6000: does it need the same memory as full fine-tuning?",
    "LoRA of Qwen2.5-7B on 2x 4090: I cut the batch from 4 to 1 and memory didn't go down, why?",
    "FSDP 全参 Llama-3.1-8B，8 卡每卡 45G，16 卡每卡 37G，为什么没减半",
    "Does 4-bit halve the memory of Llama-3.1-8B on two cards in vLLM?",
])  # fmt: skip
def test_what_is_not_asked_of_cards_opens_with_no_copies(question: str) -> None:
    assert not answer_to(question).startswith(("**Data parallel (DDP)", "**数据并行（DDP）"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full fine-tuning Phi-3.5-mini (fp32 weights, AdamW): 1 GPU takes 59 GiB. Same script with torchrun on 2 GPUs (DDP): 73 GiB on each. Why does it go up?", "which is your 14 GiB more"),
        ("单卡全参Qwen2.5-1.5B占25G，torchrun 4卡DDP每卡31G，怎么还多了", "正是您看到多出的 6 GB"),
    ],
)  # fmt: skip
def test_a_rise_with_more_cards_opens_with_what_is_added(question: str, said: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert said in opening
    assert "gradient_as_bucket_view" in opening


@pytest.mark.parametrize(
    "question",
    [
        "The LLaMA-Factory table says 30B LoRA needs 64GB. I have 4x 24GB = 96GB. Why does torchrun OOM with a 34B LoRA?",
        "表里 30B LoRA 写 64GB,我有 4x24G=96G,为什么 torchrun 跑 Yi-1.5-34B LoRA 每张卡都爆?",
    ],
)
def test_cards_that_are_added_up_are_there_and_a_cell_is_no_size_of_this_model(question: str) -> None:
    reading = read(question)
    assert (reading.facts["n_gpus"], reading.facts["gpu_memory_gb"]) == ((4,), (24,))
    told = answer_to(question)
    assert told.startswith(("**The base alone is too much", "**仅基座就超过一张卡"))
    assert "the weights alone in 16 bit" not in told
    assert "每参数 2 字节）权重的大小" not in told


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("Llama-3.1-8B LoRA on one A100 at 22 GB. With 4 GPUs and DDP every card still shows 22 GB, why?", None),
        ("QLoRA微调llama3-8b单卡11G，torchrun两张4090每张还是11G多，不应该一人一半吗", None),
        ("单卡24G的4090跑QLoRA Qwen2.5-14B，两张4090每张24G能一人一半吗", (24,)),  # which it has
        ("魔改2080Ti 22G，QLoRA Qwen2.5-14B，22G够吗", (22,)),
        ("I have one A100 40GB, LoRA of Llama-3.1-8B takes 22 GB, is that right?", (40,)),
    ],
)
def test_what_is_seen_twice_and_no_card_has_is_not_the_cards(question: str, memory: tuple[float, ...] | None) -> None:
    assert read(question).facts.get("gpu_memory_gb") == memory
    assert "11 GB（1 张卡）" not in answer_to(question)


def test_copies_on_more_cards_are_not_said_to_be_divided() -> None:
    told = answer_to("Llama-3.1-8B LoRA: memory on 1 A100 80GB vs 4 A100 80GB with DDP")
    assert "a part is divided over the cards" not in told
