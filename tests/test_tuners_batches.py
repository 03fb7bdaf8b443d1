"""What people who train ask of batches, steps and what is divided over their cards."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ZeRO-2 on 4 GPUs, how many GB of optimizer states per GPU for a full finetune of 3B?", "**ZeRO-2 leaves 16.5 GB"),
        ("FSDP over 32 H100 of a 70B, AdamW mixed precision: states on each GPU?", "**ZeRO-3 (FSDP) leaves 35.0 GB"),
        ("14B 全参 zero1 8卡,优化器状态每卡多少?", "**ZeRO-1 时 8 张卡每张留 77.0 GB"),
        ("What do Adam's states take of an 8B, how many bytes per parameter?", "**The states of 8B parameters"),
    ],
)  # fmt: skip
def test_states_are_told_of_each_card_under_the_stage_that_is_told(
    question: str, opens: str, assistant: Assistant
) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("effective batch size of 64, QLoRA 8B at 2048 on 2x 3090: micro batch and how many accumulation steps?", "**Micro-batch 2, 16 accumulation steps: 2 × 16 × 2 cards = 64; 16.6 GiB of 24.0 GiB on a card.** Micro-batch 4 "),
        ("train_batch_size 96, 8 gpus, gradient accumulation 3, what is the micro batch per gpu?", "**Micro-batch 4 × 3 accumulation steps × 8 cards = 96.**"),
        ("global batch 256 on 32 GPUs with micro batch 2, how many grad accum steps?", "**Micro-batch 2 × 4 accumulation steps × 32 cards = 256.**"),
        ("总批大小 64,Qwen2.5-7B 全参 4张A100 80G zero3 长度2048,每卡 batch 和累积怎么设?", "**micro-batch "),
    ],
)  # fmt: skip
def test_a_global_batch_is_split(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


def test_what_the_global_batch_leaves_for_a_card_is_the_case() -> None:
    facts = read("Effective batch 128 with grad accum 8 on 4 GPUs, 8B LoRA at 2048, 4x L40S, fits?").facts
    assert facts["batch_size"] == (4,)


def test_a_larger_global_batch_is_accumulated(assistant: Assistant) -> None:
    assert narrow_opening("Does an effective batch size of 128 take more memory? 8B LoRA").startswith("**No")
    assert narrow_opening("Does a batch size of 128 take more memory? 8B LoRA").startswith("**Yes")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how many steps is an epoch of 30k samples at effective batch 32?", "**938 optimizer steps**"),
        ("2万条数据 batch 4 累积 4 训 2 轮一共多少步?", "**2,500 个优化器步**"),
        ("how many epochs should i train?", "**Which value to take"),
    ],
)
def test_steps_of_a_run_need_no_model(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "batch", "length"),
    [
        ("which batch size at 4096 for an 8B lora on a 3090?", None, 4096),
        ("7B QLoRA 4090 长度4096 批大小多少", None, 4096),
        ("batch 2 at 4096, 13B lora on an A6000?", 2, 4096),
        ("batch size at 16, 7B lora on a 4090?", 16, None),
        ("16 batch, 7B lora at 1024 tokens on a 4090?", 16, 1024),
    ],
)
def test_a_length_beside_a_batch_is_no_batch(question: str, batch: int | None, length: int | None) -> None:
    facts = read(question).facts
    assert facts.get("batch_size", (None,))[0] == batch
    assert facts.get("seq_len", (None,))[0] == length
    assert len(facts["params"]) == 1


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("mistral-7b LoRA r16, TRL DPO, batch 2, one H100: is that twice the memory of SFT?", "**No, 1."),
        ("is full finetuning 7 times the memory of LoRA for a 7B?", "**Yes, about: "),
        ("KTO 全参 7B 显存是 SFT 的两倍吗?", "**不是,是 1."),
        ("Does ORPO use half the memory of DPO on a 7B?", "**No, not half."),
    ],
)
def test_how_many_times_as_much_is_judged(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


def test_a_setting_of_a_configuration_is_not_asked_about(assistant: Assistant) -> None:
    config = "adapter: lora\nsequence_len: 2048\nmicro_batch_size: 1\nflash_attention: true\nbase_model: Qwen/Qwen2.5-7B\nWill it run on a 4090?"
    assert narrow_opening(config).startswith("**Qwen2.5-7B")
    assert narrow_opening("Does flash attention 2 run on a 3090? 7B lora").startswith("**Yes: FlashAttention")


@pytest.mark.parametrize(
    "question",
    [
        "How big is the adapter for r=32 all linear on Qwen2.5-14B, and can I merge it on a 24GB card?",
        "Qwen2.5-14B LoRA rank 32 存下来的 adapter 有多大?合并需要多少显存?",
    ],
)
def test_the_file_and_its_merging_are_both_told(question: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert "138M × 4" in text
    assert "29.5 GB" in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("zero3: what memory do stage3_prefetch_bucket_size 2e8 and reduce_bucket_size 1e8 cost?", "**Each counts elements"),
        ("deepspeed 的 reduce_bucket_size 5e8 会占多少显存?", "**这些值数的是元素个数"),
        ("Can I train a LoRA on an AWQ model?", "**GPTQ and AWQ bases can be frozen"),
        ("Qwen2.5-7B 的 GPTQ 版能训 LoRA 吗?", "**GPTQ 和 AWQ 的权重可以冻结"),
        ("how much does use_gradient_checkpointing='unsloth' save against True, Qwen3-8B lora at 8k?", "**use_gradient_checkpointing"),
        ("zero2 full finetune of a 7B on 4x A100 40GB, reduce_bucket_size 5e8: does it fit?", "**Only with shard"),
        ("Qwen2.5-7B-Instruct-AWQ on a 3090, does it fit?", "**Yes"),
    ],
)  # fmt: skip
def test_settings_of_trainers_are_explained(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        ("log says mem_reserved 60.1GB mem_alloc 41.0GB on an 80GB card, which of the two matters?", True),
        ("max_allocated 12.3, device_reserved 20.1: which one counts?", True),
        ("memory_reserved is 37GB, memory_allocated only 20GB, 7B LoRA, A100 40GB, will it OOM?", True),
        ("Tried to allocate 2 GiB ... 70 GiB is allocated by PyTorch, and 5 GiB is reserved by PyTorch but unallocated, why?", False),
    ],
)  # fmt: skip
def test_two_counts_of_one_allocator(question: str, apart: bool) -> None:
    assert ("meters_apart" in read(question).cues) is apart


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("seq 2048, batch size? LoRA 14B L40S", True),
        ("QLoRA 8B on a 4070 12GB at 1024. batch size per gpu?", True),
        ("LoRA 14B on an L40S, batch size 4? fits?", False),
        ("is it the length or the batch size? 7B lora OOM on a 3090", False),
    ],
)
def test_the_name_of_the_batch_alone_is_a_question(question: str, asked: bool) -> None:
    assert ("batch_size" in read(question).asks) is asked


def test_a_kind_of_model_with_its_size_is_that_size() -> None:
    facts = read("pretrain a 500M GPT2-style model on 2x 4090, 5B tokens").facts
    assert "model" not in facts
    assert facts["params"] == (500_000_000,)


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("Training gpt2-medium from scratch on one RTX 3090 at 1024 tokens without checkpointing: what micro batch can I expect?", True),
        ("Full fine-tuning of Qwen2.5-0.5B on a 3090, seq 1024, what micro batch can I count on?", True),
        ("Qwen2.5-0.5B全参在3090上，长度1024，micro batch能开到多大？", True),
        ("Full fine-tuning of Qwen2.5-0.5B on a 3090 with micro batch 4, what takes the memory?", False),
    ],
)  # fmt: skip
def test_a_micro_batch_that_is_asked_for_opens(question: str, largest: bool) -> None:
    assert narrow_opening(question).startswith(("**Up to batch", "**稳妥的上限是批大小")) is largest


@pytest.mark.parametrize(
    ("text", "batch", "length"),
    [
        ("SFT of Llama-3.1-8B, batch 2 x 2048. Same settings in DPO run out", 2, (2048,)),
        ("7B full SFT on 8xA100 80G, micro batch 4x4096, zero2", 4, (4096,)),
        ("qwen2.5-7b lora 3090 bs 2*4096。够吗", 2, (4096,)),
        ("batch 2 x 16.5 GB", 2, ()),
    ],
)
def test_a_batch_times_a_length(text: str, batch: int, length: tuple[int, ...]) -> None:
    found = read(text).facts
    assert (found["batch_size"], found.get("seq_len", ())) == ((batch,), length)


@pytest.mark.parametrize(
    ("question", "opens", "amount"),
    [
        ('Mistral-7B full finetune on 8x A100 40GB, ZeRO-2, 39 GB and OOM, (2 + 14/N) says 27 GB. "overlap_comm": true, "reduce_bucket_size": 5e8, "allgather_bucket_size": 5e8', "**The communication buffers", "9.00 GB"),
        ("Qwen2.5-7B full fine-tuning with ZeRO-2 on 8x A100 40GB, computed 28.6 GB per GPU, I see 33 GB; overlap_comm on, both buckets: reduce_bucket_size 2e8 allgather_bucket_size 2e8. Where does the rest come from?", "**The communication buffers", "3.60 GB"),
        ("Qwen2.5-7B 全参,8 张 A100 40GB,ZeRO-2,开了 overlap_comm,桶没改,算出来每卡 28.6 GB,实际 38 GB,差在哪?", "**漏了通信缓冲", "9.00 GB"),
        ("Mistral-7B 全参 zero2 8卡 A100 40G 爆显存,overlap_comm=true,reduce_bucket_size=3e8,allgather_bucket_size=3e8,哪里漏算了?", "**漏了通信缓冲", "5.40 GB"),
    ],
)  # fmt: skip
def test_buckets_that_overlap_are_what_a_sum_of_states_leaves_out(question: str, opens: str, amount: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert amount in text.split("\n")[0]
    assert "ot understood" not in text
    assert "没有读懂" not in text


@pytest.mark.parametrize(
    "question",
    [
        'Qwen2.5-7B full SFT, 8x A100 40GB, ZeRO-2, OOM. "overlap_comm": false, "reduce_bucket_size": 5e8',
        "Qwen2.5-7B full SFT, 8x A100 40GB, ZeRO-3, OOM. overlap_comm true, reduce_bucket_size 5e8",
        "Mistral-7B full fine-tune on 8x A100 40GB with ZeRO-2 goes OOM, would setting overlap_comm to false help?",
        "Qwen2.5-7B full SFT on 8x H100 80GB, ZeRO-2, OOM with overlap_comm true, why?",
        "7B 全参 ZeRO-2 8 卡 A100 40G,overlap_comm 关了还是 OOM,为什么?",
    ],
)
def test_buckets_that_do_not_overlap_or_leave_room_are_not_named_first(question: str) -> None:
    assert not answer_to(question).startswith(("**The communication buffers", "**漏了通信缓冲"))
