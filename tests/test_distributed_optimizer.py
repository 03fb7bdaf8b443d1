"""Megatron's distributed optimizer and a divided sequence: what they divide over which cards, and what stays whole."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Megatron, Qwen2.5-14B on 8 A100 80GB, TP4 PP2. use_distributed_optimizer makes no difference at all, still 41GB per card. Broken?", "**It is not broken: 8 cards ÷ (TP 4 × PP 2) = data parallel 1"),
        ("Llama-3.1-8B with TP8 on 8 H100 in Megatron: with the distributed optimizer the memory is exactly the same. Why?", "**It is not broken: 8 cards ÷ (TP 8) = data parallel 1"),
        ("Megatron 16 卡 A100，Qwen2.5-32B，TP8 PP2，加了分布式优化器显存一点没少，是不是没生效", "**没有坏：16 张卡 ÷（TP 8 × PP 2）= 数据并行 1"),
        ("Megatron, Qwen2.5-32B on 64 H100, TP8 PP2: the distributed optimizer saves nothing, why?", "**It should be felt: 64 cards ÷ (TP 8 × PP 2) = data parallel 4"),
        ("Will the distributed optimizer help Qwen2.5-14B on 8 A100 80GB with TP4 PP2?", "**No: 8 cards ÷ (TP 4 × PP 2) = data parallel 1"),
        ("Qwen2.5-14B 在 8 张 A100 上 TP4 PP2，再开分布式优化器有没有用", "**没用：8 张卡"),
    ],
)  # fmt: skip
def test_an_optimizer_divided_over_one_rank_is_told_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(("seen", "sure"), [(70, False), (55, True)])  # whole states are 72.3 GB, or 67.3 GiB
def test_only_what_is_less_than_whole_states_in_both_units_shows_that_it_is_in_force(seen: int, sure: bool) -> None:
    first = opening(
        f"Megatron, Llama-3-8B on 8 H100, TP2 DP4, --use-distributed-optimizer: each card still shows {seen} GB. Why no less?"
    )
    assert ("so it is in force" in first) is sure
    assert ("GB that you see would be something else" in first) is not sure


def test_what_is_seen_beside_the_states_is_no_matter_of_the_optimizer() -> None:
    question = "Megatron, Llama-2-13b, 8 A100 80GB, TP2 PP4, no recompute, 4096 tokens: --use-distributed-optimizer, and still 45GB on the first stage. Broken?"
    first = opening(question)
    assert "Of the 45 GB that you see the other 15 GB are activations and logits" in first
    assert "data parallel 2 on 16 cards" in first
    assert "full recomputation" in first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Which stage of ZeRO does Megatron's distributed optimizer correspond to? Mistral-7B, 8 GPUs, pure data parallel", ("**It is ZeRO-1", "(6 + 12/8) = 7.5 B × 7.24B = 54.3 GB", "39.8 GB")),
        ("Qwen2.5-7B on 8 A100 80GB: DeepSpeed ZeRO-1 takes 42GB of states, Megatron's distributed optimizer 57GB. Why is it more?", ("**It is ZeRO-1", "the 15 GB more that you see", "--grad-reduce-in-bf16")),
        ("Megatron 分布式优化器跟 ZeRO-1 是一回事吗，8 卡纯 DP 训 Qwen2.5-7B 怎么比 deepspeed 大", ("**相当于 ZeRO-1", "7.5 字节 × 7.62B = 每卡 57.1 GB", "TP 2 或 PP 2")),
        ("Megatron的distributed optimizer是zero几？", ("**相当于 ZeRO-1", "N = 8 时 7.5")),
        ("8卡A800训Qwen2.5-7B，Megatron开distributed optimizer每卡接近60G，DeepSpeed zero2只要30G，为什么差一倍", ("**它相当于 ZeRO-1，不是 ZeRO-2", "fp32 梯度（4 字节）每卡都是完整的", "2 + 4 + 12/8 = 7.5 字节 × 7.62B = 57.1 GB", "（2 + 14/8）= 3.75 字节，28.6 GB", "正是您看到多出的 30 GB", "用 TP 2 或 PP 2")),
        ("Llama-3.1-8B on 8 H100: distributed optimizer in Megatron takes double of what ZeRO-2 takes. Why?", ("**It is ZeRO-1 and not ZeRO-2, and its gradients are in fp32", "60.2 GB", "30.1 GB", "TP 2 or PP 2")),
        ("Llama-3.1-8B 8卡：Megatron distributed optimizer 比 deepspeed zero3 多好几倍，正常吗", ("**它相当于 ZeRO-1，不是 ZeRO-3", "16/8 = 2 字节，16.1 GB", "3.8 倍")),
        ("Is the distributed optimizer of Megatron equivalent to ZeRO-1 or ZeRO-2?", ("**It is ZeRO-1", "7.5 with N = 8")),
    ],
)  # fmt: skip
def test_which_stage_it_is_is_told_first(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B, Megatron TP2 on 8 H100, distributed optimizer: how much memory per GPU?",
        "8 张 H100，Megatron 训 Llama-3.1-8B，TP2，分布式优化器，每卡多少显存",
        "Full Qwen2.5-7B with ZeRO-1 on 8 A100 80GB: how much per card?",
        "Does Megatron's distributed optimizer double the step time on 8 H100 for Llama-3.1-8B?",
    ],
)
def test_a_need_with_it_is_no_doubt_of_it(question: str) -> None:
    assert not {"distributed_unfelt", "distributed_helps", "distributed_stage"} & set(read(question).cues)


def test_copies_that_share_an_optimizer_are_no_run_without_it() -> None:
    assert read("Mistral-7B on 8 GPUs in Megatron, distributed optimizer, pure data parallel").facts["zero_stage"] == (
        1,
    )
    assert set(read("Mistral-7B on 8 GPUs: distributed optimizer or plain data parallel?").facts["zero_stage"]) == {
        0,
        1,
    }


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B, Megatron CP8 on 8 H100, 128k, distributed optimizer, OOM. Should CP not divide memory by 8?", ("weights and gradients stay whole on each card, 8.03B × 6 B = 48.2 GB, so memory is not divided by 8",)),
        ("Qwen2.5-14B 全参，8 张 H100，CP=8，128K 还是 OOM，显存不是应该除以 8 吗", ("权重、梯度和优化器状态它不切，所以显存不会除以 8",)),
        ("LoRA on Llama-3.1-8B at 64k, Ulysses 4 on 4 A100 40GB, OOM: why is memory not divided by 4?", ("of the frozen base each card holds 15.0 GiB",)),
        ("4-way context parallelism on 4 A100 80GB for Qwen2.5-7B full at 64k: is memory 4x less?", ("**No: dividing the sequence", "ZeRO-3 divides those")),
        ("Megatron 上下文并行 CP=4，Llama-3.1-8B，4张H100，64K，分布式优化器，显存会变成四分之一吗", ("**不会：切分序列", "TP 2 × CP 2")),
        ("Does context parallel in Megatron reduce weights memory? Qwen2.5-7B, CP=4 on 4 A100 80G, 64k", ("**No. Context parallel over c divides the tokens",)),
    ],
)  # fmt: skip
def test_a_divided_sequence_leaves_the_states_whole(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says)


def test_the_same_cards_with_more_tensor_ranks_are_told() -> None:
    text = answer_to("Llama-3.1-8B at 128k, Megatron, 8 H100, CP8, distributed optimizer: OOM")
    assert (
        "On the same cards TP 2 × CP 4 (or PP 2 in place of more TP) divides these too: 4.02B × (6 + 12/4) B = 36.1 GB"
        in text
    )


@pytest.mark.parametrize(
    ("question", "degree"),
    [
        ("Ring attention over 4 cards, Qwen2.5-7B full at 128k on 4 H100", (4,)),
        ("2-way context parallel on 8 H100, Qwen2.5-7B full, 64k", (2,)),
        ("序列并行切到4张卡，Qwen2.5-7B 全参 64K", (4,)),
        ("Ring attention on H100, Qwen2.5-7B full at 128k", None),
    ],
)
def test_a_degree_is_told_by_its_cards(question: str, degree: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("cp") == degree


def test_what_a_stage_shares_is_shared_by_copies_of_the_ranks() -> None:
    megatron = answer_to("Megatron, Llama-3.1-8B, TP2, 8 H100, distributed optimizer: I see 44GB. Is sharding working?")
    assert megatron.startswith(
        "**It is in force: divided over 4 cards the states take (6 + 12/4) B × 4.02B = 36.1 GB on each"
    )
    deepspeed = answer_to(
        "Is ZeRO-1 really working? Qwen2.5-32B full, DeepSpeed, TP 4 on 16 A100 80GB, I see 62GB per card"
    )
    assert "(4 + 12/4) B × 8.19B = 57.3 GB" in deepspeed.split("\n\n")[0]


def test_what_it_saves_is_told_first() -> None:
    text = answer_to("Megatron训13B，TP4 PP2 DP2，分布式优化器开和不开每卡差多少？")
    assert text.startswith("**每卡能省 9.76 GB：16 张卡 ÷（TP 4 × PP 2）= 数据并行 2")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Training Qwen2.5-14B with Megatron on 16x A100 40GB, TP=4, DP=4, recompute full, micro-batch 1: OOM at the first step. Isn't 14B/4 only 7 GB of weights?", ("**TP 4 divides the parameters by 4, data parallel 4 divides nothing of it", "3.69B × (2 weights + 4 fp32 gradients + 12 Adam) B = 66.5 GB", "The 7 GB are the 16-bit weights alone", "Recomputation lowers activations alone", "TP 4 × DP 4 keeps 3.69B × (6 + 12/4) B = 33.2 GB")),
        ("Megatron 续训 Qwen2.5-14B，16 张 A100 40G，TP4 DP4，开了完全重计算，第一步就 OOM，切成四份不就 7G 吗", ("**TP 4 把参数切成 4 份,数据并行 4 什么都不切", "您说的 7 GB 只是 16 位权重", "--use-distributed-optimizer")),
        ("Llama-3-70B on 32 A100 80GB with Megatron, TP8 PP1 DP4, full recompute. OOM right after optimizer creation; weights are just 140/8=17.5GB per GPU", ("TP 8 × PP 2 × DP 2 keeps 4.41B × (6 + 12/2) B = 52.9 GB of states",)),
        ("Megatron，Qwen2.5-32B 预训练，16×A800 80G，TP=4，DP=4，分布式优化器没开，加载完就爆，权重才 16G 一张", ("**TP 4 把参数切成 4 份", "TP 8 × DP 2 状态")),
        ("Llama-3.1-8B resumed in Megatron, 8 A100 40GB, TP2 PP2 DP2: CUDA out of memory before the first step", ("**TP 2 × PP 2 divides the parameters by 4",)),
    ],
)  # fmt: skip
def test_states_that_a_layout_leaves_are_told_where_they_fill_the_card(question: str, says: tuple[str, ...]) -> None:
    first = opening(question).replace("，", ",")
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B resumed from a checkpoint in Megatron, 8 H100 80GB, TP4 PP2: OOM at the first step",
        "Resuming full fine-tuning of Qwen2.5-7B with ZeRO-3 on 8 A100 80GB: OOM while loading the checkpoint",
    ],
)
def test_states_that_leave_room_are_no_cause(question: str) -> None:
    assert "divides the parameters by" not in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Megatron, Qwen2.5-14B full, 16 H100, TP4 CP2: the distributed optimizer makes no difference, why?", "16 cards ÷ (TP 4) = data parallel 2 × CP 2, so the optimizer's 12 B per parameter become 12/4"),
        ("Megatron 32 卡 H100，Llama-3.1-70B 全参，TP8 CP2，32K，分布式优化器，OOM，为什么", "数据并行 2 × CP 2 只切优化器"),
    ],
)  # fmt: skip
def test_parts_of_a_sequence_share_the_optimizer_and_are_no_copies(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Megatron-LM, Qwen2.5-32B full training, TP=8 on one 8x A100 80G node OOMs. Does --use-distributed-optimizer help?", "or PP 2 on them, which divides all of it: 2.05B × (6 + 12) B = 36.9 GB"),
        ("Megatron 8卡A100 80G,Qwen2.5-32B,TP8,开分布式优化器有用吗", "或用 PP 2,全部切分:2.05B ×（6 + 12）字节 = 36.9 GB"),
    ],
)  # fmt: skip
def test_stages_on_more_cards_divide_all_of_it(question: str, said: str) -> None:
    assert said in narrow_opening(question)
