"""Many cards: groups that divide the states, stages and heads that run out, layouts to choose between, time and network."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to

READ: list[tuple[str, dict[str, Any]]] = [
    ("RTX 4070 12G 和 3090 24G 装在同一台主机里,FSDP 微调 7B,LoRA 和全参分别行吗", {"gpu": ("RTX 4070 12 GB + RTX 3090 24 GB",), "n_gpus": (2,)}),
    ("An A6000 and a 3090 in the same box: FSDP LoRA or full on a 7B, respectively?", {"gpu": ("RTX A6000 + RTX 3090",), "n_gpus": (2,)}),
    ("FSDP HYBRID_SHARD on 4x8 H100, full 32B", {"n_gpus": (32,), "shard_size": (8,), "zero_stage": (3,)}),
    ("用 MiCS 在 32 张 A100 上全参训练 14B,每组 4 卡", {"n_gpus": (32,), "shard_size": (4,)}),
    ("HSDP over 2 machines of 4 A100 each, full 8B", {"n_gpus": (8,), "shard_size": (4,)}),
    ("2 4-gpu nodes with L40S, full 7B", {"n_gpus": (8,)}),
    ("3 nodes with 4 L40S each, vLLM 70B", {"n_gpus": (12,)}),
    ("7B SFT, ulysses sp=4, 8 cards", {"cp": (4,)}),
    ("7B 长文本,Ulysses 序列并行 sp=2", {"cp": (2,)}),
    ("PP=4 TP=2, 8 H100, full 14B, global batch 32, micro batch 2", {"n_microbatches": (16,), "batch_size": (2,)}),
    ("流水线并行 4,8 张卡,tp 2,全局bs 32,micro bs 1,全参 14B", {"n_microbatches": (32,), "batch_size": (1,)}),
    ("pp 4 tp 2, full 14B on 8 cards: stage 0 takes more than stage 3", {"zero_stage": None}),
    ("TP2 PP4 全参 14B:stage 0 比 stage 3 多", {"zero_stage": None}),
    ("Megatron with the distributed optimizer, full 7B, 8 H100", {"zero_stage": (1,)}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "facts"), READ)
def test_what_many_cards_are_told_is_read(question: str, facts: dict[str, Any]) -> None:
    found = read(question).facts
    assert {name: found.get(name) for name in facts} == facts


OPENS: list[tuple[str, str]] = [
    # groups that divide the states
    ("2 nodes of 8 A100 80GB, full Qwen2.5-14B. After moving from FULL_SHARD to HYBRID_SHARD memory rose from 27GB to 41GB. Normal?", "Yes, that is expected: hybrid sharding divides the states over the 8 cards"),
    ("4 台 8 卡 H100,全参 Qwen2.5-32B,从 FULL_SHARD 换成 HYBRID_SHARD 每卡多了 45G,为什么", "混合切分只在组内的 8 张卡之间切分状态"),
    ("full Qwen2.5-14B on 2x8 H100 with zero_hpz_partition_size=8: why does each card take more?", "ZeRO++ hpZ keeps a second copy"),
    # stages of a pipeline
    ("Megatron VPP=2 with PP=8: activations went up, is that normal and what for?", "with p = 8 and v = 2 1.438 times"),
    ("Megatron PP=4 开了虚拟流水线级 2,重计算一直关着,显存涨了三成多,正常吗", "1.375 倍"),
    ("TP=2 PP=4, 8 H100, full Qwen2.5-14B, Megatron, global batch 64, no recompute: why does the first stage take more than the last stage?", "keeps min(4, 64) = 4 micro-batches"),
    ("Megatron PP=4 TP=2,8 张 H100 全参 Qwen2.5-14B,全局bs 64,首级比末级多很多,为什么", "首级要同时保留 min"),
    # heads and experts that run out
    ("vLLM, Qwen2.5-72B: tp=16 has the same KV cache per gpu as tp=8. Is it a bug?", "No bug: the model has 8 heads of keys and values"),
    ("Qwen3-32B 用 vLLM 从 tp=8 改成 tp=16,每卡每 token 的 KV 缓存没变,是 bug 吗", "不是 bug:模型只有 8 个 KV 头"),
    ("Megatron Qwen3-30B-A3B full on 8 H100, EP=8, distributed optimizer: OOM, why?", "an expert has 1 copy"),
    # layouts to choose between
    ("2 machines with 4 L40S each, 10GbE. Llama-3.3-70B FP8 in vLLM: TP=8 or TP=4 PP=2?", "Take tensor parallel 4 (pipeline 2)"),
    ("4 台机器各 2 张 4090,Qwen2.5-72B AWQ,tp=8 还是 tp=2 pp=4?", "选 张量并行 2(流水线并行 4)"),
    # unequal cards under two programs
    ("3090 24GB + 4060 Ti 16GB: Qwen3-32B Q5_K_M at 16k in llama.cpp, works? Is vLLM TP=2 with AWQ faster?", "40 GB count, split by layers"),
    # what others say of their cards
    ("I tune on 2x A100 80GB; a friend says LoRA on Qwen2.5-32B in bf16 runs on his 2x RTX 4090 with FSDP. True?", "No: RTX 4090"),
    ("我用 8 张 A100 80G,同事说他的 8 张 4090 也能全参微调 Qwen2.5-14B(ZeRO-3),真的吗", "RTX 4090"),
    # sums
    ('What is "6 + 12/d" bytes per parameter in Megatron, and for 20B with TP=4, DP=8?', "5B parameters on a card × (6 + 12/8 = 7.5) B = 37.5 GB"),
    ("ZeRO-2 的每参数 2+14/N 字节怎么来的?8B 在 4 张卡上是多少", "= 每卡 44.0 GB"),
    ("ZeRO-3 full Qwen2.5-7B: 4 GPUs take 55GB each, 8 GPUs 40GB each. Why not half?", "(8 × 40 − 4 × 55) ÷ 4 = 25 GB"),
    ("FSDP 全参 Llama-3.1-8B,8 卡每卡 45G,16 卡每卡 37G,剩下的是什么?为什么没减半", "(16 × 37 − 8 × 45) ÷ 8 = 29 GB"),
    ("torchrun with 8 processes loading Qwen2.5-32B, the box has 256GB RAM and the job is OOM-killed", "8 × 65.5 GB (61.0 GiB) = 524 GB"),
    ("8 个进程各自 from_pretrained 加载 Qwen2.5-32B,内存 256G 被 kill 了", "8 × 65.5 GB"),
    ("Full fine-tuning of Qwen2.5-7B: each checkpoint folder is over 100 GB and fills my disk. Can I keep only the weights?", "To keep less: save_only_model=True"),
    ("全参训 Qwen2.5-7B,每个 checkpoint 文件夹 100 多 G,硬盘不够了,能只保存模型吗", "save_only_model=True 只存权重"),
    ("Ulysses sequence parallel 8 on 8 cards for Qwen2.5-7B full: error that 28 heads are not divisible. Which degree?", "1, 2 or 4; 8 does not go"),
    ("Qwen2.5-7B 全参长文本,8 卡,Ulysses sp=4 会不会浪费一半的卡", "设 4 不浪费:2 组"),
    ("Full fine-tuning of Llama-3.1-8B at 64k on 16 H100: Ulysses degree 16, do the heads divide?", "32 heads and the 16 cards, and divide the 8 heads of keys and values or be a multiple of them: 1, 2, 4, 8 or 16"),
    # limits
    ("Full fine-tuning 14B on 8x RTX 4090: ZeRO-3 is too much, would TP=8 or PP=8 fit?", "No way of dividing helps"),
    ("8 张 A100 40G 全参 32B,zero3 放不下,换张量并行 8 或流水线 8 能行吗", "换切法没有用"),
    ("ZeRO-2, full Llama-3.1-8B on 4 A100: 16 bytes * 8 / 4 = 32GB per card, yet it takes more. Where is the rest going?", "is ZeRO-3: ZeRO-2 divides gradients and optimizer states, not the weights"),
    ("LoRA on Qwen2.5-7B: with ZeRO-2 on 4 cards each still takes 19GB, the same as on one. Doesn't ZeRO shard?", "That is as it must be: ZeRO-2 divides gradients and optimizer states alone"),
    ("Qwen2.5-7B LoRA 用 zero2 从 1 卡加到 4 卡,每张卡显存一点没降,正常吗", "ZeRO-2 只切分梯度和优化器状态"),
    ("How many nodes (8x80GB H100) for full fine-tuning of Qwen2.5-72B? My boss says 2 nodes, I got 4.", "2 machines (16 cards)"),
    ("要几台8卡H100全参微调Qwen2.5-72B?有人说1台,我算3台", "1 台(8 张卡)放不下"),
    ("8x RTX 4090, 256GB RAM, 4TB NVMe: full fine-tune Llama-3.1-70B with ZeRO-Infinity?", "4 TB hold that"),
    ("Qwen3-14B with vLLM TP=6 on 6 RTX 3090: attention heads must be divisible by 6. What about 5?", "divide over 1, 2, 4 or 8 cards, not over 6"),
    # time
    ("领导要 16 张 A100 从头预训练 3B,500B token,说两周搞定,靠谱吗?要多少卡", "不能:约需"),
    ("With 16 H100 for exactly 3 weeks, what is the biggest model at 20 tokens per parameter that I can pretrain?", "at 40 % of the peak rate"),
    ("8×A100 和 8×H100 预训练 3B、100B token 差多少天?划算吗", "少用"),
    ("Qwen3-8B 全参 5 万条 1k token 2 个 epoch 8 张 A100 多久?导师问 LoRA 会不会快好几倍", "最多快到 1.5 倍"),
    ("zero3 on 2 8-gpu nodes, 10GbE, full Qwen2.5-7B: 38 s/step against 3 s/step on one. What can I do?", "The network is what you wait for, not memory"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "said"), OPENS)
def test_the_answer_opens_with_what_was_asked(question: str, said: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    plain = opening.translate(str.maketrans("（）：，；", "():,;")).replace(" ", "")
    assert said.replace(" ", "") in plain, opening


def test_stages_that_are_told_apart_are_one_layout() -> None:
    found = read("Megatron TP=4, sequence parallel on, full Qwen2.5-32B, 16 H100, and PP=4: how much per card?")
    result = Assistant().ask(found.text).result
    assert result["facts"]["tp"]["value"] == 4
    assert result["facts"]["pp"]["value"] == 4


def test_a_question_on_time_tells_the_states_of_each_card() -> None:
    answer = answer_to("3B on 200B tokens with 32 H100: how many days, and do I need FSDP or is DDP enough?")
    assert "3B × 16 B = 48 GB of states; plain DDP holds them" in answer


def test_another_number_of_ranks_is_judged_and_the_fewest_cards_are_told() -> None:
    answer = answer_to("Qwen3-14B on 6 RTX 3090 with vLLM, TP=6: 40 heads are not divisible. Then 5?")
    assert "5 does not go either: it does not divide the 8 heads of keys and values" in answer
    assert "Not all are needed: 2 cards hold it" in answer
    assert "Not understood" not in answer


def test_a_size_and_a_card_of_that_size_are_one_set_up() -> None:
    answer = Assistant().ask(
        "They say two 24GB cards do QLoRA of a 70B with FSDP. My two RTX 4090 run out. Which settings?"
    )
    assert len(answer.result.get("setups") or []) < 2


def test_what_nvlink_would_change_is_told() -> None:
    answer = answer_to("8 张 4090 没有 NVLink,zero3 全参 Qwen2.5-7B 行吗")
    assert "只影响速度" in answer


def test_traffic_of_a_stage_that_gathers_nothing_is_of_an_optimizer_step() -> None:
    text = (
        Assistant()
        .ask(
            "2 nodes of 8x A100 80GB over 25 Gbit ethernet, full fine-tuning of a 7B with ZeRO-2: 30 s per step. Why so slow, is it the network?"
        )
        .text
    )
    assert "for every optimizer step at 25 Gbit/s" in text, text
    assert "or ZeRO-1/2" not in text, text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sbh(34 + 5as/h) with s=1024, b=4, h=8192, a=64, L=48: how much in all, and over 4 tensor-parallel ranks (TP=4)?", ("× 48 layers", "10 + 24/4")),
        ("用 34sbh+5as²b 算 s=1024、b=4、h=8192、a=64、L=48 的激活,TP=4 时是多少?", ("× 48 层", "10 + 24/4")),
    ],
)  # fmt: skip
def test_the_formula_for_activations_takes_the_numbers_told(text: str, says: tuple[str, str]) -> None:
    answer = answer_to(text)
    each = 34 * 1024 * 4 * 8192 + 5 * 64 * 1024**2 * 4
    assert f"{48 * each / 1e9:.3g} GB" in answer
    assert all(one in answer for one in says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("How much more does FSDP communicate than DDP, and why?", "a reduce-scatter and an all-gather"),
        ("ZeRO-2 和 ZeRO-3 的通信量分别是数据并行的几倍?怎么来的?", "reduce-scatter 加 all-gather"),
    ],
)
def test_what_stages_send_is_explained(text: str, says: str) -> None:
    assert says in answer_to(text)


@pytest.mark.parametrize(
    ("question", "says", "told"),
    [
        ("With ZeRO-3 on 512 GPUs memory per card of a 13B should go to zero, no?", "only weights, gradients and optimizer states go to zero", True),
        ("ZeRO-3 用 2048 张卡训 70B,每张卡显存不就趋近于 0 吗", "趋近于 0 的只有权重", True),
        ("My loss goes to zero when training 7B with ZeRO-3 on 128 A100, does memory matter?", "states go to zero", False),
    ],
)  # fmt: skip
def test_very_many_cards_leave_what_no_stage_divides(question: str, says: str, told: bool) -> None:
    text = answer_to(question)
    assert (says in text.split("\n\n")[0]) is told, text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("phi-4 full SFT, ZeRO-3 on one 8x A100 80G node: 42GB per GPU. Added a second identical node: 27GB, I expected 21. What doesn't scale?", "29.3 GB on each of 8 cards and 14.7 GB on each of 16"),
        ("Llama-3.1-8B full fine-tune FSDP on 4 A100 80GB uses 48GB per card, on 8 it uses 33GB. Why not half?", "32.1 GB on each of 4 cards and 16.1 GB on each of 8"),
        ("From 4 to 8 H100s my ZeRO-3 full fine-tune of Llama-3.1-8B went from 45 GB to 30 GB per card. Why not 22.5?", "32.1 GB on each of 4 cards and 16.1 GB on each of 8"),
        ("从8张卡加到16张,zero3全参Qwen2.5-32B,每卡从78G只降到45G,正常吗", "**正常，只有状态按卡数切分"),
        ("Qwen2.5-14B全参zero3,8卡A100每卡45G,又加了一台同样的机器,每卡还有31G,为什么没减半", "8 张卡每张 29.5 GB，16 张卡每张 14.8 GB"),
    ],
)  # fmt: skip
def test_cards_that_were_added_take_off_the_states_alone(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Full SFT of phi-4 with ZeRO-3 on 8x A100 takes 42 GB per GPU, is a second node of any use?",
        "I moved from 4 to 8 H100s for ZeRO-3 full fine-tuning of Llama-3.1-8B and use 30 GB per card, I expected 45 GB.",
    ],
)
def test_one_amount_is_no_reading_at_two_counts(question: str) -> None:
    assert "however many there are" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("8x 4090 with 512GB RAM: can ZeRO-3 offload full fine-tune 72B? what if I add NVMe?", ("ZeRO-Infinity puts the optimizer (872 GB", "possible but hardly practical", "4.80 GiB of it weights")),
        ("Full fine-tune of Llama-3.1-70B on 4x 4090 with 256GB RAM using ZeRO-3 offload, would adding an NVMe drive make it work?", ("ZeRO-Infinity puts the optimizer (847 GB",)),
        ("8张4090加512G内存，zero3 offload能全参72B吗？再加nvme行不行", ("ZeRO-Infinity 可把优化器（872 GB", "能跑但不实用", "其中权重 4.80 GiB")),
    ],
)  # fmt: skip
def test_a_drive_that_is_thought_of_is_told_by_what_it_holds(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B LoRA on a 4090, dataset on NVMe, does it fit?",
        "4090 全参微调 Qwen2.5-0.5B 能行吗，系统装在nvme上",
        "Qwen2.5-72B full fine-tune on 8x A100 80GB, using NVMe for the dataset, ZeRO-3 offload to CPU with 1TB RAM: fits?",
        "8卡A100 80G ZeRO-3 offload 全参72B，数据用nvme存，内存1T够吗",
    ],
)
def test_a_drive_beside_a_training_holds_no_states(question: str) -> None:
    assert "ZeRO-Infinity" not in answer_to(question).split("\n\n")[0]
