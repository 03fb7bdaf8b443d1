"""What is asked of how things work or compare: stages that take more, layers as a program prints them, families of one size."""

import re

import pytest

from chat.plans.listed_runs import runs_listed
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why does ZeRO-3 need more memory than ZeRO-2 on my 4 cards? 1.5B, full", "**By its states ZeRO-3 never takes more"),
        ("zero3 反而比 zero2 占得多，这是为什么", "**单看模型状态，ZeRO-3 不会更多"),
        ("my log says offloaded 25/41 layers to GPU, what does it mean", "**It is how many of the model's layers"),
        ("llama.cpp 里 offloaded 49/49 layers 什么意思", "**它表示 llama.cpp 把模型的多少层"),
        ("how much concurrency do I get on one A10 with Qwen3-8B AWQ at 2k?", "**About "),
    ],
)  # fmt: skip
def test_it_opens_with_what_was_asked(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["Is ZeRO-3 slower than ZeRO-2?", "ZeRO-2 takes more memory than ZeRO-3, right? 7B on 8 A100"],
)
def test_what_is_no_excess_of_stage_3(question: str) -> None:
    assert "zero3_takes_more" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("Qwen3 vs Llama 3.1 at 8B: whose cache is smaller?", {"Qwen/Qwen3-8B", "meta-llama/Llama-3.1-8B-Instruct"}),
        ("都是14B，Qwen3和Qwen2.5推理显存一样吗", {"Qwen/Qwen3-14B", "Qwen/Qwen2.5-14B-Instruct"}),
        ("Qwen3-32B vs Llama 3.1 8B", {"Qwen/Qwen3-32B", "meta-llama/Llama-3.1-8B-Instruct"}),
    ],
)
def test_a_size_that_is_told_once_is_of_every_family(question: str, models: set[str]) -> None:
    assert set(read(question).facts["model"]) == models


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("FULL_SHARD, HYBRID_SHARD and SHARD_GRAD_OP of FSDP against ZeRO-2 and 3: which is which, per GPU for a 7B over 4 nodes x 8?",
         ("FULL_SHARD is ZeRO-3", "HYBRID_SHARD is ZeRO-3 within a machine", "FULL_SHARD 16/32 B", "SHARD_GRAD_OP 2 + 14/32 B", "HYBRID_SHARD 16/8 B")),
        ("FSDP 的 NO_SHARD、SHARD_GRAD_OP、FULL_SHARD 相当于 ZeRO 几？13B 全参 8 卡每卡各多少", ("FULL_SHARD 就是 ZeRO-3", "SHARD_GRAD_OP 2 + 14/8 字节")),
        ("FSDP SHARD_GRAD_OP instead of FULL_SHARD for full fine-tuning Qwen2.5-14B on 8x A100 80GB: how much more per card?",
         ("**SHARD_GRAD_OP takes 25.8 GB (24.1 GiB) more on each of 8 cards", "gathers the weights twice a micro-batch")),
        ("FSDP 用 SHARD_GRAD_OP 比 FULL_SHARD 每卡多多少？Llama-3.1-8B 全参，4 张 A100", ("**4 张卡时，SHARD_GRAD_OP 每卡比 FULL_SHARD 多 12.0 GB", "一直保留完整权重")),
        ("FULL_SHARD vs SHARD_GRAD_OP vs HYBRID_SHARD, full fine-tuning of Llama-3.1-8B over 2 nodes x 8 GPUs: GB per GPU for each?", ("HYBRID_SHARD, divided by the 8 of a machine, 16/8 B × 8.03B = 16.1 GB", "17.1 GiB, 27.6 GiB, 26.7 GiB")),
        ("4机每机8卡全参Qwen2.5-14B，FSDP的FULL_SHARD、SHARD_GRAD_OP、HYBRID_SHARD每卡分别多少G", ("HYBRID_SHARD 只按单机 8 张切分，16/8 B × 14.8B = 29.5 GB", "机间通信少")),
        ("13B full ft on 8x A100 80GB, ZeRO-1, 2 or 3? I would avoid 3 because of speed. Per GPU please", ("ZeRO-2 2 + 14/8 B", "fits ZeRO-2")),
    ],
)  # fmt: skip
def test_stages_are_told_over_all_machines_and_not_by_their_speed(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []
    assert "tokens/s" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full DPO of Qwen2.5-7B on 4x H100 80GB ZeRO-3, how much more than SFT, and does the reference model count?",
         ("**DPO takes 13.4 GiB more on each card than SFT", "the reference counts, 3.55 GiB", "7.62B × 2 B = 15.2 GB (14.2 GiB)")),
        # 7.24B × 2 B over 8 cards beside 16 B each
        ("Is full DPO of Mistral-7B on 8x A100 40GB with zero3 twice the memory of SFT?", ("**No, 1.07 times: DPO takes 1.69 GiB more", "those of twice the tokens, logits of 2.93 GiB, gone at the update", "13.5 GiB, under DDP")),
        ("DPO全参7B的显存是SFT的两倍吗，因为有ref模型？8卡A100 80G zero3", ("**不是两倍，是 1.07 倍：", "激活和 logits 按两倍的 token 算")),
        # where a copy on every card is too much, it is told as it fits; the logits at their own moment
        ("Full-parameter DPO for Llama-3.1-8B on 8x A100 40GB, what does it need beyond SFT?",
         ("SFT with ZeRO-3 or FSDP at answers of", "8.03B × 16 B = 128 GB (119.7 GiB), 16.1 GB (15.0 GiB) on each of 8 cards", "logits of 11.7 GiB")),
        ("Qwen2.5-7B全参DPO,4张A100 40G,比SFT额外多出哪些显存", ("用 ZeRO-3/FSDP 切分时", "7.62B × 16 B = 122 GB（113.5 GiB），4 张卡每张", "参考模型要算")),
        ("dpo比sft为什么显存大那么多，8B全参", ("logits 共 11.7 GiB", "8.03B × 16 B = 128 GB（119.7 GiB）。参考模型")),
        ("全参DPO比SFT多占多少显存，Qwen2.5-3B单卡A100 80G", ("DPO 比 SFT 多 14.4 GiB", "参考模型要算", "precompute_ref_log_probs")),
    ],
)  # fmt: skip
def test_beside_plain_tuning_the_reference_is_counted(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DPO on an 8B needs more than double the memory of SFT at the same batch size (TRL). Expected?", ("**Expected in kind: DPO adds a frozen reference, 8.03B × 2 B = 16.1 GB", "1.12 times", "2.37 times", "ORPO or SimPO", "LoRA")),
        ("8B 做 DPO 显存是 SFT 的两倍多，batch 一样（TRL），正常吗", ("**性质上是正常的：DPO 多一份冻结的参考模型", "2.37 倍", "ORPO 或 SimPO")),
        ("DPO LoRA on Llama-3.1-8B uses 2.2x the memory of SFT LoRA. Is that normal?", ("**About twice comes of a reference that is loaded by itself", "1.94 times", "ref_model=None")),
        ("Llama-3.1-8B LoRA DPO 显存比 SFT 翻倍，为什么", ("另外加载了参考模型", "1.94 倍", "ref_model=None")),
        ("Why does KTO full finetuning of a 7B take double the memory of SFT?", ("**By the settings assumed here 1.12 times",)),
    ],
)  # fmt: skip
def test_so_many_times_as_were_seen_are_explained_and_not_denied(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []
    assert "No, 1." not in text
    assert "不是，是" not in text


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("why is Q8 so much slower than Q4 on my 4070 for qwen2.5 7b? unpacking should cost time", ("Unpacking the bits is arithmetic", "arithmetic decides"), ("in proportion",)),
        ("为什么 Qwen3-30B-A3B 比 Qwen3-32B 快那么多，都是4bit 4090", ("几乎按比例加快",), ("反量化",)),
        ("Tried to allocate 1.2 GiB. GPU 0 has 47.5 GiB of which 300 MiB is free, 30 GiB allocated by PyTorch, 15 GiB reserved but unallocated. I have 15 GB free?!", ("reserved what PyTorch keeps", "take a smaller batch"), ("Others hold",)),
    ],
)  # fmt: skip
def test_a_why_names_what_decides(question: str, said: tuple[str, ...], unsaid: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == [], text
    assert not [one for one in unsaid if one in text]


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen2.5-14B full fine-tune, DeepSpeed stage 2, 8x A100 40GB, CUDA OOM before training starts. I thought the model is sharded over the cards?",
         "**ZeRO-2 divides gradients and optimizer states over the 8 cards, not the model", "2 + 14/8 = 3.75 B"),
        ("Llama-3.1-8B full finetuning with ZeRO-1 on 4x A100 40GB runs out of memory, why?",
         "**ZeRO-1 divides the optimizer states over the 4 cards", "4 + 12/4 = 7 B"),
        ("4张A100 40G ZeRO-2全参微调Qwen2.5-14B，第一步还没跑就OOM，zero2不是会切分模型吗", "**ZeRO-2 只把梯度和优化器状态切到 4 张卡上，不切模型", "16/4 字节"),
    ],
)  # fmt: skip
def test_a_stage_that_keeps_the_weights_is_told_where_that_is_too_much(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text
    assert says in text


@pytest.mark.parametrize(
    "question",
    [
        "Llama-2-7B full fine-tuning with ZeRO-2 on 8x A100 80GB: OOM at seq 16384 without checkpointing",  # it would go in
        "Llama-2-13B LoRA with ZeRO-2 on 2x RTX 4090: OOM, why?",  # adapters have next to no states
        "Llama-2-13B full fine-tuning with ZeRO-3 on 8x A100 40GB: OOM, why?",
        "Llama-2-13B full fine-tuning with ZeRO-2 on 8x A100 40GB: OOM while loading the checkpoint shards, before the first step",
    ],
)
def test_no_other_run_fails_for_a_stage_that_keeps_the_weights(question: str) -> None:
    assert not re.search(r"\*\*ZeRO-[12] divides", answer_to(question))


@pytest.mark.parametrize(
    "question",
    [
        "LoRA or QLoRA with DDP, FSDP or ZeRO-2 for Qwen2.5-32B on 2x A100 80GB?",  # a way stands by itself
        "2x 3090, Qwen2.5-32B: QLoRA with DDP or FSDP + QLoRA?",
    ],
)
def test_ways_that_stand_by_themselves_are_no_list_of_runs(question: str) -> None:
    assert runs_listed(read(question).lowered) == []


def test_cards_that_are_no_more_leave_the_choice_to_what_fits() -> None:
    asked = "2x RTX 3090 and no more cards: LoRA with ZeRO-3, QLoRA with DDP, or FSDP + QLoRA for Qwen2.5-32B?"
    assert answer_to(asked).startswith("**Take 4-bit QLoRA (sharded")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-1.5B full finetune on 8x 3090: ZeRO-2 uses as much as ZeRO-1, sometimes more. Shouldn't gradients shard?", ("**They are divided, and yet both peak alike", "vocabulary of 151,936", "reduce_bucket_size")),
        ("8卡3090全参微调Qwen2.5-1.5B，zero2显存和zero1一样，甚至更高，梯度不是切了吗", ("**确实切了，但两者峰值一样", "词表 151,936", "reduce_bucket_size")),
        ("DeepSpeed ZeRO-2 shows no memory saving over ZeRO-1 on Llama-3.1-8B, 8x A100 80G full fine-tune, why?", ("**They should differ: ZeRO-1 → ZeRO-2 is 48.4 GiB → 34.5 GiB",)),
        ("8x A100 80G 全参Llama-3.1-8B，zero1换成zero2显存没降，为什么", ("**本应有差别",)),
    ],
)  # fmt: skip
def test_two_stages_that_take_the_same_are_told_apart_by_the_peak(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []
    assert ("reduce_bucket_size" in first) is ("1.5B" in question)  # the gradients of a large model are much more


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO-2 vs ZeRO-1 for Qwen2.5-1.5B on 8x3090, how much does it save?",
        "ZeRO-2 uses as much as 40 GB for Llama-3.1-8B on 8x A100 80G, full fine-tuning. Is that right?",
    ],
)
def test_stages_that_are_only_compared_are_not_said_to_be_alike(question: str) -> None:
    assert "peak alike" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        # 22 - 21.1 and 20 - 11.8
        ("OPT-1.3B, DeepSpeed ZeRO-2: 1x 3090 uses 22GB, 2x 3090 still about 20GB each. Shouldn't it be half?", ("leaves 0.948 GB with 1 and 8.16 GB with 2", "max_memory_allocated", "500M × 2 B = 1 GB each"), ("whatever their number", "You see 22 GB")),
        ("ZeRO-3 Qwen2.5-1.5B 全参，2卡每张20G，4卡每张还是19G，为什么没有减半", ("2 张卡时剩 7.65 GB，4 张卡时剩 12.8 GB", "500M × 2 字节 = 1 GB"), ("÷ 2 = 18 GB",)),
        # 60 - 46 is what the states give back, and the temporaries of the step
        ("7B full fine-tuning under ZeRO-2: 4 GPUs 60 GB each, 8 GPUs 46 GB each. Why not half?", ("About 18.5 GB more are on every card whatever their number",), ("max_memory_allocated",)),
    ],
)  # fmt: skip
def test_what_stands_beside_the_states_is_one_number_only_where_both_readings_give_it(
    question: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    first = answer_to(question).partition("\n\n")[0]
    assert all(one in first for one in said), first
    assert not any(one in answer_to(question) for one in unsaid)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 16 × 7.24 / 4; 38 - 28.97; 31 - 28.97
        ("FSDP FULL_SHARD vs DeepSpeed ZeRO-3: should memory be equal? Mistral 7B on 4 cards, 38GB vs 31GB", ("16 B × 7.24B ÷ 4 = 29.0 GB", "leaves 9.03 GB and 2.03 GB", "keeps 14.5 GB", "auto_wrap_policy")),
        ("FSDP 和 ZeRO-3 显存应该一样吗？Qwen2.5-7B 全参 8 卡", ("16 字节 × 7.62B ÷ 8 = 15.2 GB", "auto_wrap_policy")),
        ("FSDP和zero3哪个省显存", ("按切分的内容两者相同，显存上不分高下",)),
    ],
)  # fmt: skip
def test_two_that_shard_alike_are_told_what_each_card_holds(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).partition("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA on 4 cards, Qwen2.5-1.5B: ZeRO-3 takes more memory per card than ZeRO-2, why?", "(1 − 1/4) = 2.32 GB (2.16 GiB) a card. Parameters that may stay gathered, by default up to 1e9"),
        ("4卡lora微调qwen2.5-1.5b，zero3每张卡的显存居然比zero2还高", "（1 − 1/4）= 2.32 GB（2.16 GiB）。而默认最多保留 1e9 个已聚合的参数"),
        # of a large base much is saved, and of full training all
        ("LoRA on 8 H100, Llama-3.1-70B: ZeRO-3 takes more memory per card than ZeRO-2, why?", ""),
        ("Full fine-tuning Qwen2.5-7B on 8 cards: why does ZeRO-3 take more memory than ZeRO-2?", ""),
    ],
)  # fmt: skip
def test_how_little_a_stage_divides_of_adapters_is_told_in_figures(question: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(("**By its states ZeRO-3", "**单看模型状态"))
    assert says in answer if says else "stay gathered, by default" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("FULL_SHARD vs SHARD_GRAD_OP vs HYBRID_SHARD: which should I take for full fine-tuning of Llama-3-8B on 2 nodes of 8 A100 80GB?",
         "**FULL_SHARD leaves most memory; where the network between the machines is slow take HYBRID_SHARD"),
        ("FSDP的FULL_SHARD、SHARD_GRAD_OP、HYBRID_SHARD什么区别?两机16卡A100 40G全参训Qwen2.5-14B选哪个", "**选 FULL_SHARD：只有它放得下。**"),
        ("FSDP的FULL_SHARD、SHARD_GRAD_OP、HYBRID_SHARD什么区别?两机16卡A100 80G全参训Qwen2.5-14B选哪个", "**最省显存选 FULL_SHARD；机间网络慢就选 HYBRID_SHARD"),
        # where none is to be chosen, only what each takes is told
        ("FULL_SHARD和SHARD_GRAD_OP有什么区别,Qwen2.5-7B全参8张A100 40G", "**8 张卡时"),
    ],
)  # fmt: skip
def test_which_strategy_to_take_is_said_first(question: str, said: str) -> None:
    assert answer_to(question).startswith(said)
