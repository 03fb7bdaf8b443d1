"""Megatron's distributed optimizer and a divided sequence: what they divide over which cards, and what stays whole."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


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
    assert Assistant().ask(question).text.startswith(opens)


def test_what_is_seen_beside_the_states_is_no_matter_of_the_optimizer() -> None:
    question = "Megatron, Llama-2-13b, 8 A100 80GB, TP2 PP4, no recompute, 4096 tokens: --use-distributed-optimizer, and still 45GB on the first stage. Broken?"
    first = Assistant().ask(question).text.split("\n\n")[0]
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
        ("Is the distributed optimizer of Megatron equivalent to ZeRO-1 or ZeRO-2?", ("**It is ZeRO-1", "7.5 with N = 8")),
    ],
)  # fmt: skip
def test_which_stage_it_is_is_told_first(question: str, says: tuple[str, ...]) -> None:
    first = Assistant().ask(question).text.split("\n\n")[0]
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B, Megatron TP2 on 8 H100, distributed optimizer: how much memory per GPU?",
        "8 张 H100，Megatron 训 Llama-3.1-8B，TP2，分布式优化器，每卡多少显存",
        "Full Qwen2.5-7B with ZeRO-1 on 8 A100 80GB: how much per card?",
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
        ("Llama-3.1-8B, Megatron CP8 on 8 H100, 128k, distributed optimizer, OOM. Should CP not divide memory by 8?", ("weights and gradients stay whole on each card, 8.03B × 6 B = 48.2 GB, so memory does not fall by 8",)),
        ("Qwen2.5-14B 全参，8 张 H100，CP=8，128K 还是 OOM，显存不是应该除以 8 吗", ("权重、梯度和优化器状态它不切，所以显存不会除以 8",)),
        ("LoRA on Llama-3.1-8B at 64k, Ulysses 4 on 4 A100 40GB, OOM: why is memory not divided by 4?", ("of the frozen base each card holds 15.0 GiB",)),
        ("4-way context parallelism on 4 A100 80GB for Qwen2.5-7B full at 64k: is memory 4x less?", ("**No: dividing the sequence", "ZeRO-3 divides those")),
        ("Megatron 上下文并行 CP=4，Llama-3.1-8B，4张H100，64K，分布式优化器，显存会变成四分之一吗", ("**不会：切分序列", "TP 2 × CP 2")),
        ("Does context parallel in Megatron reduce weights memory? Qwen2.5-7B, CP=4 on 4 A100 80G, 64k", ("**No. Context parallel over c divides the tokens",)),
    ],
)  # fmt: skip
def test_a_divided_sequence_leaves_the_states_whole(question: str, says: tuple[str, ...]) -> None:
    first = Assistant().ask(question).text.split("\n\n")[0]
    assert all(one in first for one in says)


def test_the_same_cards_with_more_tensor_ranks_are_told() -> None:
    text = Assistant().ask("Llama-3.1-8B at 128k, Megatron, 8 H100, CP8, distributed optimizer: OOM").text
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


@pytest.mark.parametrize(
    "question",
    [
        "Would 16 H100 80GB be enough for full SFT of Mixtral-8x22B? How many otherwise",
        "Are 8 A100 80GB enough to fully fine-tune Llama-3.1-70B, and if not how many?",
        "Full fine-tuning of Qwen2.5-14B on one A100 80GB, enough? Otherwise how many would it take?",
        "Qwen3-235B-A22B 全参，16张H100够不够？不然要多少",
    ],
)
def test_how_many_otherwise_asks_for_cards(question: str) -> None:
    assert read(question).asks == ("n_gpus",)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B on one 4090, enough for 20 users? If not how many users?",
        "Qwen2.5-7B on 2 A100: does 32k fit? If not how many tokens?",
    ],
)
def test_how_many_of_others_are_no_cards(question: str) -> None:
    assert "n_gpus" not in read(question).asks


def test_what_a_stage_shares_is_shared_by_copies_of_the_ranks() -> None:
    megatron = (
        Assistant()
        .ask("Megatron, Llama-3.1-8B, TP2, 8 H100, distributed optimizer: I see 44GB. Is sharding working?")
        .text
    )
    assert megatron.startswith(
        "**It is in force: divided over 4 cards the states take (6 + 12/4) B × 4.02B = 36.1 GB on each"
    )
    deepspeed = (
        Assistant()
        .ask("Is ZeRO-1 really working? Qwen2.5-32B full, DeepSpeed, TP 4 on 16 A100 80GB, I see 62GB per card")
        .text
    )
    assert "(4 + 12/4) B × 8.19B = 57.3 GB" in deepspeed.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "setting"),
    [
        ("Megatron PP=4 TP=2，8 张 A100 全参 Qwen2.5-14B，不重计算，首级比末级多很多", ("off",)),
        ("8 张 A100 全参 Qwen2.5-14B，没有重计算，要多少显存", ("off",)),
        ("8 张 A100 全参 Qwen2.5-14B，开了重计算，要多少显存", ("on",)),
    ],
)
def test_recomputation_is_denied_by_a_bare_no(question: str, setting: tuple[str, ...]) -> None:
    assert read(question).facts["gradient_checkpointing"] == setting


def test_two_readings_of_stages_are_told_by_their_micro_batches() -> None:
    question = "Llama-3-70B pretrain on 64 H100, TP8 PP8, 1F1B, 8192 tokens, micro batch 2, SP on: pipeline rank 0 sits at 76GB, the last rank shows only 35GB, why?"
    first = Assistant().ask(question).text.split("\n\n")[0]
    assert "(76 − 35) ÷ 7 = 5.86 GB each" in first
    assert "34·s·b·h/TP for a layer gives 10 × 34 × 8,192 × 2 × 8,192 ÷ 8 B = 5.7 GB" in first
    other = Assistant().ask(question.replace("76GB", "45GB")).text.split("\n\n")[0]
    assert "between your two readings" not in other  # too little for so many micro-batches


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("从头预训练 Qwen2.5-0.5B，8 张 4090，30B token，多久，显存够吗", "2,048 × 151,936 × 4 字节 = 1.24 GB"),
        ("Pretrain Qwen3-0.6B from scratch on one RTX 4090 with 10B tokens: how long, does it fit?", "2,048 × 151,936 × 4 B = 1.24 GB for one fp32 copy"),
    ],
)  # fmt: skip
def test_of_a_small_model_the_logits_are_told(question: str, says: str) -> None:
    assert says in Assistant().ask(question).text
    assert (
        "fp32 copy of 2,048 tokens"
        not in Assistant().ask("Pretrain Llama-3.1-8B from scratch on 64 H100 with 1T tokens: how long?").text
    )


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("想自己训一个 TinyLlama 1.1B，8张3090，50B token，多久？显存够不够？", ("train",)),
        ("想训一个1B的小模型，4张4090，20B token，显存够吗", ("train",)),
        ("训好的7B模型，4090能跑吗", None),
    ],
)
def test_to_train_one_is_a_training(question: str, task: tuple[str, ...] | None) -> None:
    assert read(question).facts.get("task") in ((task,) if task else (None, ("inference",)))


@pytest.mark.parametrize(
    "question",
    [
        "Pretraining Qwen2.5-1.5B on 8 A100 80GB with 100B tokens: time and memory?",
        "8张4090预训练Qwen2.5-0.5B，30B token，时间和显存各多少",
    ],
)
def test_time_and_memory_are_both_asked(question: str) -> None:
    assert {"training_time", "how_much"} <= set(read(question).intents)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Pipeline parallel 4 on 8 A100 80GB, TP2, full Qwen2.5-14B: the last stage OOMs but the first is fine. Why?", "**The last stage alone has the head and the logits: 2,048 × 152,064 ÷ TP 2 × 4 B"),
        ("PP4 最后一级爆显存，第一级没事，Qwen2.5-14B，8卡A100 80G TP2，为什么", "**只有末级有输出头和 logits"),
        ("TP=2 PP=4, 8 H100, full Qwen2.5-14B, no recompute: why does the first stage take more than the last stage?", "**The parameters are divided evenly"),
    ],
)  # fmt: skip
def test_the_stage_that_is_fuller_is_the_one_explained(question: str, opens: str) -> None:
    assert Assistant().ask(question).text.startswith(opens)


def test_what_it_saves_is_told_first() -> None:
    text = Assistant().ask("Megatron训13B，TP4 PP2 DP2，分布式优化器开和不开每卡差多少？").text
    assert text.startswith("**每卡能省 9.76 GB：16 张卡 ÷（TP 4 × PP 2）= 数据并行 2")


def test_stages_of_a_server_are_no_training() -> None:
    assert "task" not in read(
        "vLLM Qwen2.5-72B with pp 4 on 4 A100: the last stage has less KV cache, why?"
    ).facts or read("vLLM Qwen2.5-72B with pp 4 on 4 A100: the last stage has less KV cache, why?").facts["task"] != (
        "train",
    )


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Training Qwen2.5-14B with Megatron on 16x A100 40GB, TP=4, DP=4, recompute full, micro-batch 1: OOM at the first step. Isn't 14B/4 only 7 GB of weights?", ("**TP 4 divides the parameters by 4, data parallel 4 divides nothing of it", "3.69B × (2 weights + 4 fp32 gradients + 12 Adam) B = 66.5 GB", "The 7 GB are the 16-bit weights alone", "Recomputation lowers activations alone", "TP 4 × DP 4 3.69B × (6 + 12/4) B = 33.2 GB")),
        ("Megatron 续训 Qwen2.5-14B，16 张 A100 40G，TP4 DP4，开了完全重计算，第一步就 OOM，切成四份不就 7G 吗", ("**TP 4 把参数切成 4 份,数据并行 4 什么都不切", "您说的 7 GB 只是 16 位权重", "--use-distributed-optimizer")),
        ("Llama-3-70B on 32 A100 80GB with Megatron, TP8 PP1 DP4, full recompute. OOM right after optimizer creation; weights are just 140/8=17.5GB per GPU", ("TP 8 × PP 2 × DP 2 4.41B × (6 + 12/2) B = 52.9 GB of states",)),
        ("Megatron，Qwen2.5-32B 预训练，16×A800 80G，TP=4，DP=4，分布式优化器没开，加载完就爆，权重才 16G 一张", ("**TP 4 把参数切成 4 份", "TP 8 × DP 2 状态")),
        ("Llama-3.1-8B resumed in Megatron, 8 A100 40GB, TP2 PP2 DP2: CUDA out of memory before the first step", ("**TP 2 × PP 2 divides the parameters by 4",)),
    ],
)  # fmt: skip
def test_states_that_a_layout_leaves_are_told_where_they_fill_the_card(question: str, says: tuple[str, ...]) -> None:
    first = Assistant().ask(question).text.split("\n\n")[0].replace("，", ",")
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B resumed from a checkpoint in Megatron, 8 H100 80GB, TP4 PP2: OOM at the first step",
        "Resuming full fine-tuning of Qwen2.5-7B with ZeRO-3 on 8 A100 80GB: OOM while loading the checkpoint",
    ],
)
def test_states_that_leave_room_are_no_cause(question: str) -> None:
    assert "divides the parameters by" not in Assistant().ask(question).text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Pipeline parallel 4 with equal layers per stage: rank 0 uses 72GB and the last stage 40GB. Bug?", ("**No fault: the parameters are divided evenly", "4, 3, 2, 1 on the 4 stages", "(72 − 40) ÷ 3 = 10.7 GB each", "full recomputation", "interleaving keeps more")),
        ("Megatron TP2 PP4 1F1B, 32 microbatches, equal layers. The first stage reads 58GB, the middle ones 44GB. Why the imbalance?", ("Your 58 − 44 = 14 GB are 1 to 2 of them more", "(32 here) changes nothing")),
        ("Megatron，PP=8，每级层数一样，第一级占 70G，最后一级只有 35G，为什么不均衡？", ("8 级依次是 8, 7, …, 1", "÷ 7 = 5 GB", "首级少放几层")),
        ("Why do first-stage GPUs in my PP=4 run use 20GB more than the last-stage ones? Megatron, 1F1B, 32 layers.", ("Your 20 GB are 3 of them more: 20 ÷ 3 = 6.67 GB each",)),
        ("PP=4，1F1B，第0级 68G，第1级 60G，第2级 52G，第3级 47G，正常吗？", ("÷ 3 = 7 GB",)),
        ("流水线并行 PP4 训练，第一个 stage 显存比中间的高 15G，层数都是均分的，正常吗", ("**没有问题:参数是均分的",)),
    ],
)  # fmt: skip
def test_stages_of_no_model_are_told_by_their_micro_batches(question: str, says: tuple[str, ...]) -> None:
    first = Assistant().ask(question).text.split("\n\n")[0]
    assert all(one in first.replace("：", ":") or one in first for one in says)


def test_a_stage_between_is_no_last_one() -> None:
    question = "Qwen2.5-14B, Megatron TP2 PP4 on 8 A100 80GB, 1F1B, no recompute, seq 4096, micro batch 1: first stage sits at 52GB and the middle ones at 45GB. Why isn't it balanced?"
    first = Assistant().ask(question).text.split("\n\n")[0]
    assert "the first stage keeps p = 4 micro-batches" in first
    assert "Stages between keep 1 to 2 micro-batches less" in first


@pytest.mark.parametrize(
    "question",
    [
        "Why does the first pipeline stage keep more activations than the last in 1F1B, with 8 stages?",
        "1F1B 流水线里第一级为什么要存更多微批次的激活？",
    ],
)
def test_of_no_readings_the_schedule_is_explained(question: str) -> None:
    assert "stages-differ-of-any" not in [one["key"] for one in Assistant().ask(question).result["remarks"]]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full SFT of Qwen3-235B-A22B: 22B active, so 16x H100 80GB were rented. Enough? If not how many", ("235 GB (218.9 GiB) on each of 16 cards even if all is sharded", "not enough; the states alone fill 44 such cards", "On these 16 cards adapters on attention alone", "8-bit 17.4 GiB a card, fits")),
        ("全参微调 DeepSeek-V3，激活才 37B，16 张 H800 够吗？不够要几张", ("单是状态就要 126 张", "就用这 16 张卡", "16 位每卡 89.2 GiB,放不下", "4 位每卡 25.5 GiB,放得下")),
        ("Mixtral-8x7B full fine-tune: 13B active only, fits one A100 80GB?", ("On one card with adapters on attention alone",)),
    ],
)  # fmt: skip
def test_active_ones_are_held_against_the_cards_that_are_told(question: str, says: tuple[str, ...]) -> None:
    first = Assistant().ask(question).text.split("\n\n")[0].replace("，", ",")
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full SFT of DeepSeek-V3 on 16x H800 80G. Is it enough? If not how many", "**16 are not enough: 192 cards"),
        ("DeepSeek-V3 全参微调，16 张 H800 够吗？不够要几张？", "**16 张不够，要 192 张卡"),
        ("How many H100 80GB for full fine-tuning Qwen3-235B-A22B?", "**64 cards (8 machines of 8)**"),
    ],
)
def test_of_a_mixture_too_those_that_are_there_are_judged(question: str, says: str) -> None:
    assert says in Assistant().ask(question).text
