"""What people who tune models ask besides whether it fits: why it runs out later, what packing does, what else could be."""

import pytest

from chat.agent import Assistant
from chat.plans.variants import varied
from chat.reads.grammar import read
from tests.talking import narrow_opening


@pytest.mark.parametrize(
    ("question", "feared"),
    [
        ("QLoRA of gemma-2-9b dies with OOM at step 240 on a 3090. Why would it OOM that late?", False),
        ("Why could it run out of memory only after 500 steps? LoRA Qwen3-8B, 24GB, 4096", False),
        ("LoRA of Qwen3-8B at 8k on a 4090: would it OOM?", True),
        ("Could I get an OOM with gemma-2-9b QLoRA on 16GB?", True),
    ],
)
def test_a_failure_whose_reason_is_asked_has_happened(question: str, feared: bool) -> None:
    assert ("might_fail" in read(question).cues) is feared


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does sequence packing cost memory or increase it? gemma-2-9b lora, max_length 4096", "**Packing does not raise"),
        ("Qwen3-4B LoRA in axolotl: will sample_packing increase vram at sequence_len 16384?", "**Packing does not raise"),
        ("Qwen2.5-3B LoRA 长度4096,打包会不会更占显存?", "**packing 不抬高"),
        ("Llama-3.2-3B QLoRA 开 packing 会增加显存吗?cutoff_len 8192", "**packing 不抬高"),
        ("does a larger batch size increase memory? gemma-2-9b lora at 2048", "**Yes:"),
    ],
)  # fmt: skip
def test_packing_makes_every_step_the_largest(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "compared"),
    [
        ("KTO full of mistral-7b-sft on 8x A100 80GB with zero3, how much per card?", False),
        ("qwen2.5-14b-sft-v2 做 ORPO 全参,8张A100 80G zero3,每卡多少?", False),
        ("SFT vs KTO of mistral-7b full on 8x A100 80GB zero3, how much more?", True),
    ],
)
def test_an_ending_of_a_name_is_no_training_to_compare_with(
    question: str, compared: bool, assistant: Assistant
) -> None:
    assert ("SFT" in narrow_opening(question)) is compared


@pytest.mark.parametrize(
    ("question", "changed"),
    [
        ("Qwen3-8B LoRA 16k with liger on an A6000: fits? And without liger?", {"loss": ("full-logits",)}),
        ("gemma-2-9b QLoRA 8k, fused loss, 4090. Does it fit and what if I turn off liger?", {"loss": ("full-logits",)}),
        ("Mistral-7B 全参 8位优化器 80G 够吗?不用8位优化器呢?", {"optimizer": ("adamw",)}),
        ("Qwen3-8B LoRA 8k 开了 liger,A6000 放得下吗?关掉 liger 呢?", {"loss": ("full-logits",)}),
    ],
)  # fmt: skip
def test_the_case_without_a_setting_is_asked_as_well(question: str, changed: dict[str, object]) -> None:
    found = varied(read(question))
    assert found is not None
    assert [one.changed for one in found.each] == [changed]


def test_the_case_without_a_fused_loss_has_its_own_verdict(assistant: Assistant) -> None:
    text = assistant.ask("Qwen2.5-14B LoRA 24k, liger kernel, one A100 80GB. Does it fit? And without liger?").text
    assert "**Without a fused loss: " in text


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("is 2x H100 enough for full ft of a 14B at 4k context? or should i rent 8", (2, 8)),
        ("one L40S for LoRA of a 32B at 2048 tokens, or should we just buy two?", (1, 2)),
        ("单张A100 80G 全参 8B 长度2048 够吗?还是得租4张?", (1, 4)),
        ("Is rank 32 fine for a 14B LoRA on one A100 80GB, or should I go with 64?", (1,)),
        ("Is batch 4 ok for LoRA of an 8B on 1 L40S, or should I use 2?", (1,)),
    ],
)
def test_cards_that_could_be_had_instead_are_counted(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


def test_an_allocation_is_what_it_is_before_how_answers_add_up(assistant: Assistant) -> None:
    question = (
        "GRPO in TRL, Qwen2.5-7B LoRA, num_generations 8, max_completion_length 1024, max_prompt_length 1024, A100 80GB. "
        "CUDA out of memory. Tried to allocate 9.28 GiB. What is it?"
    )
    assert narrow_opening(question).startswith("**The 9.28 GiB that could not be allocated are the logits")


@pytest.mark.parametrize(
    "question",
    ["fsdp_qlora, Qwen2.5-72B, two 4090s: longest context?", "两张4090 FSDP QLoRA Qwen2.5-72B 最长能训多长?"],
)
def test_where_no_length_fits_the_length_in_host_memory_is_told(question: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert any(said in text for said in ("in host memory (FSDP) about", "放在内存(FSDP)约", "都放在内存（FSDP）约"))


@pytest.mark.parametrize(
    ("question", "at_work"),
    [
        ("Is zero3 really working? Qwen3-8B full, every one of 4 cards shows 62GB", True),
        ("zero2 with offload on 2 cards, 30GB each: does it actually work?", True),
        ("32B LoRA on 4x V100 with deepspeed zero3, does it work?", False),
        ("Would FSDP full shard with CPU offload of a 14B on 2x 3090, will it work?", False),
    ],
)
def test_whether_it_would_work_is_not_whether_it_is_in_force(question: str, at_work: bool) -> None:
    assert ("at_work" in read(question).cues) is at_work


def test_a_count_behind_zero_is_of_the_cards() -> None:
    facts = read("ZeRO 4张A100 80G 全参 14B 够吗?").facts
    assert facts["n_gpus"] == (4,)
    assert "zero_stage" not in facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B full in torchtune, PagedAdamW8bit and optimizer_in_bwd, 24GB card, seq 2048?", "**Not all of it at once, but it runs"),
        ("Qwen3-8B 全参 纯bf16 paged_adamw_8bit,40G 显存能跑吗?", "**一次放不下,但能跑"),
        ("Qwen3-14B full, pure bf16, paged_adamw_8bit, a 24GB card?", "**Qwen3-14B"),
        ("How much CPU RAM is needed for ZeRO-Offload of a 7B full finetune on 2 GPUs?", "Host memory of what is offloaded: "),
        ("How much host memory do I need for ZeRO-Infinity of a 70B on 8 A100 80GB, full?", "Host memory of what is offloaded: "),
    ],
)  # fmt: skip
def test_what_leaves_the_card_is_counted(question: str, opens: str, assistant: Assistant) -> None:
    assert narrow_opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "gemma-2-9b full, 1500 steps, batch 4, grad accum 4, seq 2048, 8 H100, how long?",
            "1,500 steps × 128 samples",
        ),
        ("Qwen2.5-7B 全参 800步 每卡batch 2 累积 8 长度4096 4张A100 要多久", "800 步 × 每步 64 条"),
        (
            "How long would GRPO of a 3B take, 300 steps, 8 generations, 4x A100?",
            "generates its answers before it trains",
        ),
        ("PPO 训 7B 500步 8张H100 要多少小时", "先生成回答再训练"),
    ],
)
def test_a_run_told_in_steps_has_its_tokens(question: str, says: str, assistant: Assistant) -> None:
    assert says in assistant.ask(question).text


def test_an_evaluation_of_no_known_method_has_the_part_that_is_known(assistant: Assistant) -> None:
    text = assistant.ask("compute_metrics OOM, 1000 eval rows of 2048 tokens, mistral 7b, 80GB. training fine").text
    assert "beside the weights and states of training" in text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("I get 38GB for LoRA of a 7B, bs 1, and the readme says 16GB. what am i doing wrong?", True),
        ("7B LoRA 占用 38G,教程里 16G,哪里设置错了?", True),
        ("I have 24GB and want LoRA of a 7B. what am I getting?", False),
    ],
)
def test_more_than_was_promised_is_asked_why(question: str, why: bool) -> None:
    assert ("why_more" in read(question).intents) is why
