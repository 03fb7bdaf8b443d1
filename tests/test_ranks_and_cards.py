"""Adapters of several ranks, DoRA beside LoRA, and what several cards share: told in words beside the figures."""

import pytest

from chat.plans.setups import sides
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("qwen2.5-7b lora rank从8改到64,显存会多多少?再换成DoRA呢", [("lora", 8), ("lora", 64), ("dora", 64)]),
        ("Going from r=16 to r=128 on an 8B LoRA, will memory go up 8x too? And is DoRA heavier than LoRA?", [("lora", 16), ("lora", 128), ("dora", 128)]),
        ("How much more memory does LoRA rank 256 take than rank 8 on a 7B?", [(None, 256), (None, 8)]),
        ("13B LoRA 秩从16提到128要多多少显存", [(None, 16), (None, 128)]),
    ],
)  # fmt: skip
def test_ranks_are_set_side_by_side_and_the_last_one_by_the_other_method(question: str, each: list[object]) -> None:
    found = sides(read(question))
    assert found is not None
    assert [(side.get("method"), side["lora_rank"]) for side in found.each] == each


def test_two_ranks_of_which_it_is_asked_whether_they_fit_are_cases() -> None:
    assert sides(read("LoRA r=8 or r=64 on one 4090, does an 8B fit?")) is None


@pytest.mark.parametrize(
    ("question", "base"),
    [
        ("How much more memory does LoRA rank 256 take than rank 8 on Llama-3.1-8B?", "**Only the adapters, with their gradients and optimizer states, grow with the rank, in proportion: 2.62M parameters × rank, 21M × 16 B = 0.31 GiB at 8, 671M × 16 B = 10.0 GiB at 256; the frozen base (15.0 GiB)"),
        ("Llama-3.1-8B LoRA 秩从16提到128要多多少显存", "**随秩成倍增长的只有适配器（连同梯度和优化器状态），与秩成正比：2.62M × 秩个参数，秩 16 时 41.9M × 16 B = 0.62 GiB、秩 128 时 336M × 16 B = 5.00 GiB；冻结的基座（15.0 GiB）"),
    ],
)  # fmt: skip
def test_only_adapters_grow_with_their_rank(question: str, base: str) -> None:
    assert base in answer_to(question)
    assert "DoRA" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B LoRA: r=16 takes 20 GB, r=256 takes 30 GB. I thought the rank hardly matters?", "**From 30 GB to 20 GB is what theory says: rank 16 takes"),
        ("Qwen2.5-14B lora，rank 8占32G，rank 512占54G，怎么差这么多", "**随秩成倍增长的只有适配器（连同梯度和优化器状态），与秩成正比"),
        ("Qwen2.5-7B LoRA r=8 uses 18 GB and r=128 uses 24 GB, why does rank change memory so much?", "**Only the adapters, with their gradients"),
    ],
)  # fmt: skip
def test_what_each_rank_was_seen_to_take_is_compared(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens)
    assert "fewer target modules" in said or "少挂几类模块" in said


def test_ranks_that_were_not_seen_each_are_not_compared_by_that() -> None:
    assert sides(read("Llama-3.1-8B LoRA r=8 or r=64, it takes 20 GB, how much for a batch of 4?")) is None


@pytest.mark.parametrize(
    "question", ["Is DoRA heavier than LoRA on Qwen2.5-7B?", "Qwen2.5-7B 用 DoRA 比 LoRA 多占多少显存"]
)
def test_dora_takes_more_in_activations_and_time(question: str) -> None:
    said = answer_to(question)
    assert "DoRA takes more than LoRA, in activations and time" in said or "DoRA 比 LoRA 占得多,多在激活和时间".replace(",", "，") in said  # fmt: skip
    assert "2.10 GiB" in said  # the norm of the down projection's merged weight: 4 f² + 12 h f


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        ("2x 4080 16GB, Qwen2.5-14B. Full, LoRA or QLoRA? Does having two cards let me skip quantization?", "**2 cards do not add up by themselves:** the figures are sharded"),
        ("两张3090微调Qwen2.5-14B,LoRA还是QLoRA?两张卡显存能加起来用吗", "**2 张卡的显存不会自动相加：** LoRA 按切分"),
    ],
)  # fmt: skip
def test_what_is_divided_and_what_a_copy_takes_is_said(question: str, apart: str) -> None:
    said = answer_to(question)
    assert apart in said
    assert "LoRA 3" in said.partition(apart)[2].partition("\n")[0]  # 35.3 and 36.6 GiB of a copy


@pytest.mark.parametrize(
    "question", ["LoRA or QLoRA for Llama-3.1-8B on one 4090?", "zero2 or zero3 for a full 8B on 4 A100 80G?"]
)
def test_where_nothing_is_divided_unasked_nothing_is_said_of_it(question: str) -> None:
    assert "do not add up" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("4090 vs 2x 4060 Ti 16GB for Qwen3-32B Q4_K_M with 32k", [1, 2]), ("Mac Studio M2 Ultra 192GB vs 2x 3090 for 70B q8, which fits", [1, 2]),
        ("compare 4x 3090 and 1x A6000 for Qwen2.5-72B Q4_K_M", [4, 1]),
    ],
)  # fmt: skip
def test_a_count_is_of_the_card_that_it_stands_before(question: str, counts: list[int]) -> None:
    found = sides(read(question))
    assert found is not None
    assert [one["n_gpus"] for one in found.each] == counts


def test_cards_by_themselves_are_not_compared_where_one_does_not_hold_the_model() -> None:
    told = answer_to("Mac Studio M2 Ultra 192GB vs 2x 3090 for 70B q8, which fits and which is faster")
    assert "times as fast" not in told
    assert told.startswith("**Take Apple M2 Ultra 192 GB: it alone holds ")


@pytest.mark.parametrize(
    ("question", "layouts"),
    [
        ("pp=2 tp=4 和 tp=8 部署llama3 70B 显存上有区别吗", [{"pp": 2, "tp": 4}, {"tp": 8}]),
        ("TP4 PP2 or TP8 for a 70B on 8 A100, which leaves more for the cache", [{"tp": 4, "pp": 2}, {"tp": 8}]),
        ("Qwen2.5-72B tp4+pp2 vs pp8 vs tp8", [{"tp": 4, "pp": 2}, {"pp": 8}, {"tp": 8}]),
        ("tp 8 vs pp 8 for Llama-3-70B memory per card", [{"tp": 8}, {"pp": 8}]),
    ],
)
def test_ways_that_stand_together_are_one_layout(question: str, layouts: list[dict[str, int]]) -> None:
    found = sides(read(question))
    assert found is not None
    assert [{name: one[name] for name in ("tp", "pp") if name in one} for one in found.each] == layouts


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("LoRA rank 16 or 128 on Llama-3-70B with parameters offloaded to CPU, how much more memory?", "their weights alone stay on the card", "with their gradients"),
        ("秩从 16 加到 128,Falcon-40B 的 LoRA 显存会涨多少,参数 offload 到 CPU", "卡上只留权重", "连同梯度"),
        ("LoRA rank 16 or 128 on Llama-3-8B, how much more memory?", "with their gradients and optimizer states, grow", "alone stay on the card"),
    ],
)  # fmt: skip
def test_ranks_are_set_apart_where_the_base_lies_in_host_memory(question: str, said: str, unsaid: str) -> None:
    text = answer_to(question)
    assert said in text, text
    assert unsaid not in text.split("\n|")[0]


def test_of_what_takes_less_of_a_rank_nothing_is_told_that_is_set_already() -> None:
    told = answer_to("Llama-3.1-8B LoRA rank 16 vs rank 256 with 8-bit AdamW: how much more memory?")
    assert "such as q_proj and v_proj alone), adapters in 16 bit." in told
    told = answer_to("Llama-3.1-8B LoRA 秩 16 和秩 256 显存差多少")
    assert "8 位优化器、16 位的适配器。" in told
