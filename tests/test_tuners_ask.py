"""What people who tune models ask besides whether it fits: why it runs out later, what packing does, what else could be."""

import pytest

from chat.agent import Assistant
from chat.plans.variants import varied
from chat.reads.grammar import read


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant()


def opening(assistant: Assistant, question: str) -> str:
    return str(assistant.ask(question).text).split("\n\n")[0].replace("：", ":").replace("，", ",")


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
    assert opening(assistant, question).startswith(opens)


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
    assert ("SFT" in opening(assistant, question)) is compared


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
    assert opening(assistant, question).startswith("**The 9.28 GiB that could not be allocated are the logits")


@pytest.mark.parametrize(
    "question",
    ["fsdp_qlora, Qwen2.5-72B, two 4090s: longest context?", "两张4090 FSDP QLoRA Qwen2.5-72B 最长能训多长?"],
)
def test_where_no_length_fits_the_length_in_host_memory_is_told(question: str, assistant: Assistant) -> None:
    text = assistant.ask(question).text
    assert any(said in text for said in ("in host memory (FSDP) about", "放在内存(FSDP)约", "都放在内存（FSDP）约"))
