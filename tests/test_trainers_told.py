"""What people tell of a training beside what they ask: others' figures, a rise, a setting of a file, a failed allocation."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says", "never"),
    [
        # a figure of others that is of a base in 4 bits
        ("A thread on reddit says LoRA of Qwen2.5-14B needs only 12 GB, true?", ("does not even hold the weights", "over a base in 4 bits (QLoRA) it is"), "Is it on?"),
        ("有视频说 Qwen3-8B 的 LoRA 9G 就够，真的假的？", ("基座用 4 位（QLoRA）", "这类说法指的就是它"), "它真的开着吗"),
        ("is it true that LoRA on Llama-3.1-8B takes 20 GB?", ("Plausible",), "over a base in 4 bits"),
        # what a rule comes to was not seen on any card
        ("one H100 80GB, full fine-tune of an 8B? at 16 bytes per param = 128GB it can't go, yet torchtune claims it does on a 24GB GPU", ("16 B per parameter",), "of your 128 GB"),
        # a setting in a file is no question of that setting
        ("base_model: mistralai/Mistral-7B-v0.1\nload_in_8bit: true\nadapter: lora\nlora_r: 16\nsequence_len: 4096\nmicro_batch_size: 2\noptimizer: adamw_bnb_8bit\n\ndoes it fit a 3090, and if not what should I change?", ("RTX 3090",), "only the adapters have optimizer states"),
        ("does 8-bit Adam help for LoRA on an 8B?", ("8 bits are of optimizer states, and beside a frozen base only the adapters have any",), "~~~"),
        # pictures that alone are longer than the limit
        ("LoRA on Qwen2.5-VL-7B with 5 pictures of 1400x1400 a sample and max_length 8192, fits 48 GB?", ("more than the length of 8,192 that is set",), "~~~"),
        ("ms-swift LoRA 微调 Qwen2.5-VL-7B，每条 2 张 1024x1024 的图，max_length 8192，48G 够吗", ("2 张共 2,738 个",), "已超过设定的长度"),
    ],
)  # fmt: skip
def test_what_is_told_beside_is_judged(question: str, says: tuple[str, ...], never: str) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer[:700]
    assert never not in answer


@pytest.mark.parametrize(
    ("question", "of_dora"),
    [
        ("does DoRA need more than LoRA? Qwen3-8B, it rose from 21 to 29 GB", 29),
        ("DoRA比LoRA更吃显存吗？Qwen3-8B 从21G涨到29G", 29),
        ("I turned from DoRA to LoRA on Qwen3-8B and it fell from 29 to 21 GB, why?", 29),
    ],
)
def test_a_change_is_told_of_what_was_turned_to(question: str, of_dora: int) -> None:
    called = [one for one in Assistant().ask(question).tool_calls if one["name"] == "compare"]
    sides = called[0]["args"]["setups"]
    assert f"method=dora; stated_gb={of_dora}" in sides, sides


@pytest.mark.parametrize(
    ("question", "failed"),
    [
        ("LoRA of a 7B went from 14GB to OOM when I turned packing on", True),
        ("7B LoRA at 8k on 24 GB: is it likely to OOM?", False),
    ],
)
def test_what_went_to_a_failure_has_failed(question: str, failed: bool) -> None:
    assert ("might_fail" not in read(question).cues) is failed


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("FSDP QLoRA of Llama-3-70B on two 24GB cards dies with CUDA OOM while loading, is it cpu_ram_efficient_loading?", "**Until FSDP divides it, each process loads the whole 4-bit base"),
        ("四张4090用FSDP+QLoRA训练70B，加载模型时就OOM", "**FSDP 切分之前，每个进程都会把整个 4 位基座"),
        ("FSDP full fine-tune of a 13B on 4 A100 40GB: OOM in from_pretrained", "**Until it is sharded, whoever loads the model holds all of it"),
        ("FSDP LoRA of a 70B on 8 A100 80GB: rank 0 goes OOM while loading, the others are at 2 GB", "**Until it is sharded, whoever loads the model holds all of it"),
    ],
)  # fmt: skip
def test_what_is_sharded_is_whole_while_it_loads(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_run_that_has_stepped_did_load() -> None:
    answer = answer_to("QLoRA of a 70B with FSDP on 4 cards of 24 GB, OOM at step 40")
    assert "every card holds all" not in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("verl GRPO of Qwen2.5-7B on 8 A100 80GB, response length 4096, OOM in update_actor, tried to allocate 9.28 GiB", "the micro-batch was 4, not 1"),
        ("verl 训练 Qwen2.5-7B GRPO，8 张 A100 80G，回答长度 4096，update_actor 时 OOM，tried to allocate 4.64 GiB", "micro-batch 是 2"),
    ],
)  # fmt: skip
def test_an_allocation_of_an_update_tells_the_micro_batch(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("FSDP QLoRA or just DDP on 2x4090 for a 14B, which is better?", "**Take a copy per card"),
        ("FSDP or just DDP for a 7B LoRA on 2x3090?", "**Yes: a copy per card is enough"),
        ("zero2 and zero3 take nearly the same memory, LoRA of a 13B on 4 GPUs, why?", "**They should differ: ZeRO-2 → ZeRO-3"),
        ("全参7B，8卡，zero1和zero2显存差不多，为什么？", "**本应有差别：ZeRO-1 → ZeRO-2"),
        ("70B full fine-tuning with ZeRO-3 offload to NVMe on one 4090 with 128GB RAM?", "**On the cards it fits with everything offloaded"),
        ("70B全参卸载到硬盘，2张4090，内存256G，可以吗", "**全部 offload 后显卡上放得下"),
        ("adapter 合并 72B 需要多少内存？", "**合并要按 16 位加载基座"),
        ("LoRA on all layers vs only q and v for a 13B, vram difference?", "**13B, LoRA: hardly any difference"),
    ],
)  # fmt: skip
def test_choices_of_tuners_are_answered(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]
    assert "another matter" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA of Qwen3-14B on a 16GB laptop card, 15.7/16 GB used, 55 s/it, super slow, why?", "**The card is full, and Windows' driver goes on in system RAM"),
        ("3090 上 LoRA 训 7B，显存 23.8/24G，慢得离谱，windows", "**显存已满，Windows 驱动不报错"),
        ("LoRA of a 13B takes 20 s per step on 2 RTX 3090 at batch 1, length 2048", "**About 11 % of the peak rate (MFU)**, below"),
        ("does pure bf16 full fine-tuning hurt quality? 7B", "**Pure bf16 can hurt, by rounding"),
        ("use_cache=True 会不会占训练显存", "**训练时几乎没有影响"),
        ("Megatron recompute granularity selective vs full for a 13B at 4096 tokens: how much does each save?", "**Selective recomputation computes only the core of attention again"),
        ("选择性重计算和完全重计算差多少，7B，8k", "**selective 只重算注意力的核心"),
    ],
)  # fmt: skip
def test_matters_of_runs_are_answered_first(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]


@pytest.mark.parametrize(
    "question",
    [
        "LoRA of a 7B on Linux, 23.8/24 GB used, slow steps",
        "7B LoRA trains at 12/24 GB, slow",
        "does LoRA lose quality against full fine-tuning? 7B",
    ],
)
def test_what_is_alike_is_its_own_question(question: str) -> None:
    answer = answer_to(question)
    assert "driver goes on in system RAM" not in answer
    assert "added perplexity" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how much extra memory does EMA of the weights need for a 1.3B?", "**An average of the weights is one more copy of them and nothing else: 1.3"),
        ("full fine-tune of gemma-2-2b with frozen embedding and lm_head, what does freezing the embedding save?", "**A frozen embedding saves its gradient and Adam's states"),
        ("no GPU, only CPU with 64GB RAM: can I LoRA a 1.5B?", "**On a CPU alone the same tensors stand in RAM"),
        ("per_device_train_batch_size 4, gradient accumulation 4 on 2 GPUs: what is the effective batch?", "**Micro-batch 4 × 4 accumulation steps × 2 cards = 32.**"),
        ("每卡bs 2，累积8，2张卡，有效batch多少", "**micro-batch 2 × 累积 8 步 × 2 张卡 = 32。**"),
        ("QLoRA DPO of a 32B on one H100, batch 1, does precompute_ref_log_probs reduce vram?", "**Hardly in memory, but in time"),
        ("全参 DPO 8B，预先计算参考 log 概率能省显存吗", "**省，省的是参考模型的权重"),
        ("fsdp2 vs fsdp1, any memory advantage?", "**A little: both divide weights"),
        ("FSDP2相比FSDP1省显存吗，8B全参8卡", "**略有优势：两者切分的内容相同"),
        ("context parallel or sequence parallel, what saves memory at 128k for an 8B on 8 H100?", "**For long samples context parallelism"),
        ("full 7B, save_total_limit=3 with optimizer states: how much disk?", "**The weights of a checkpoint are"),
    ],
)  # fmt: skip
def test_further_matters_of_runs(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]


def test_autocast_over_fp32_is_one_precision() -> None:
    facts = read("full fine-tune of a 7B, model in fp32 and bf16=True, OOM on 80GB").facts
    assert facts.get("precision") == ("amp-bf16",)
    assert "weight_format" not in facts


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how many A100 40GB for LoRA of Llama-3.1-8B at 32k tokens?", ("No number of cards", "a fused loss", "sequence parallelism with a fused loss, **2 cards**")),
        ("32k 长度 LoRA 微调 Qwen2.5-14B 要几张 A100 40G", ("再多的卡也不够", "序列并行加融合损失，**4 张卡**")),
    ],
)  # fmt: skip
def test_where_no_number_is_enough_other_settings_are(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer[:500]


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("DPO 和 KTO 哪个省显存，8B LoRA，24G", {"gpu_memory_gb": (24.0,)}),
        ("Qwen3-8B LoRA 要多少显存？24G 可以吗", {"gpu_memory_gb": (24.0,)}),
        ("vram for a 14B qlora? 16gb ok?", {"gpu_memory_gb": (16.0,)}),
        ("llama2 7b 冻结前 20 层，只训后 12 层，显存多少", {"n_trainable_layers": (12,)}),
        ("llama-factory webui 量化等级选 4，14B 显存 11G 左右对吗", {"bits": (4,), "gpu_memory_gb": None}),
        ("lora 所有层和只加 q,v 差多少，14B", {"lora_targets": ("q v", "all-linear")}),
    ],
)
def test_what_is_told_shortly_is_read(question: str, facts: dict[str, tuple[object, ...] | None]) -> None:
    assert {name: read(question).facts.get(name) for name in facts} == facts


def test_a_rise_after_a_step_is_no_claim_about_stages() -> None:
    answer = (
        Assistant()
        .ask("full fine-tune of an 8B by FSDP on 2 H100: 70GB at step 0, 78GB after step 1 and on. Normal?")
        .text
    )
    assert answer.startswith("**No bug and no leak")
    assert "are the model states of mixed-precision Adam" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("grpo lora 14b on single 4090 unsloth", "**Not with a base in 16 bit; it fits with QLoRA, 4-bit** (17.4 GiB; Unsloth's default"),
        ("Unsloth LoRA Llama-3.1-8B on 16 GB, does it fit?", "**Not with a base in 16 bit; it fits with QLoRA, 4-bit**"),
        ("unsloth lora 14b 4090 能训吗", "**16 位基座不行，4 位 QLoRA 就放得下**（11.5 GiB，Unsloth 默认就是 load_in_4bit）"),
        ("unsloth 16bit LoRA 14b 4090 放得下吗", "**不行。14B · LoRA · 16 位"),
        ("LoRA 14B on a 4090 with trl, fits?", "**14B, LoRA, RTX 4090: does not fit"),
    ],
)  # fmt: skip
def test_a_trainer_that_loads_in_four_bits_is_judged_by_that(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Same Llama 3.1 8B full finetune on 4x A100 40G: torchtune FSDP bf16 sits around 18GB per GPU, DeepSpeed ZeRO-3 bf16 around 35GB. Why twice?", ("**It is the type of the states", "16 B × 8.03B ÷ 4 = 32.1 GB", "8 B, 16.1 GB", "your 18 and 35 GB are these", "converge worse")),
        ("为什么同样 4 张 A100 40G 全参 Llama-3.1-8B，FSDP 每卡 18G，DeepSpeed ZeRO-3 要 35G？", ("**差在状态的精度", "每卡 32.1 GB", "您看到的 18 和 35 GB", "收敛可能变差")),
        ("DeepSpeed ZeRO-3 比 FSDP 多一倍显存，Qwen2.5-7B 全参 8 张 A100，正常吗", ("**差在状态的精度", "7.62 GB（7.09 GiB）")),
        ("Why does ZeRO-3 need 35 GB and FSDP only 18 GB for Llama-3.1-8B full finetuning on 4 A100 40GB?", ("**It is the type of the states", "your 18 and 35 GB")),
        # the other way round it is no type of the states
        ("FSDP takes 40GB per card and ZeRO-3 20GB for Llama-3.1-8B full finetuning on 8 A100 80GB, why?", ("**Not by the states", "the 20 GB more under FSDP", "auto_wrap_policy")),
        ("Llama-3.1-8B 全参，8 张 A100 80G，FSDP 每卡 40G，ZeRO-3 只要 20G，为什么", ("**不是状态的差别", "多出的 20 GB")),
    ],
)  # fmt: skip
def test_two_ways_to_shard_that_differ_are_explained_and_not_denied(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "FSDP vs ZeRO-3 for Qwen2.5-7B on 8 A100 80GB: any memory difference?",
        "QLoRA 70B: FSDP 每卡 40G，DeepSpeed ZeRO-3 放得下吗，2 张 A100 80G",
    ],
)
def test_two_ways_to_shard_that_are_only_compared_are_not(question: str) -> None:
    assert "type of the states" not in answer_to(question)
    assert "差在状态的精度" not in answer_to(question)
