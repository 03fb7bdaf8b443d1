"""The question that was asked is the one that is answered: speed of formats, memory that stays, another matter altogether."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.reads.grammar import read


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant()


# ── a comparison of methods by speed ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "LoRA vs QLoRA 8bit vs 4bit on 13B, is 4bit faster?",
        "Is QLoRA slower than LoRA on a 7B, and how much memory do I save?",
        "Will going from 8-bit to 4-bit QLoRA speed up training of Mistral-7B?",
        "8bit和4bit的QLoRA训13B哪个快,显存差多少",
        "7B用LoRA还是QLoRA快?",
        "QLoRA训练会更慢吗,Qwen2.5-14B",
    ],
)
def test_fewer_bits_are_compared_by_speed_and_not_by_the_operations_of_a_pretraining(
    question: str, assistant: Assistant
) -> None:
    text = assistant.ask(question).text
    assert ("Fewer bits are not faster" in text) or ("位数少并不更快" in text)
    assert "FLOP" not in text


def test_what_sets_methods_apart_is_told_beside_their_speed() -> None:
    asked = read("LoRA vs QLoRA 8bit vs QLoRA 4bit on Llama-2-13B - what differs? And is 4bit faster?")
    assert [name for name, _ in plan(asked)][:2] == ["compare", "training_time"]


def test_adapters_against_full_fine_tuning_keep_their_own_answer(assistant: Assistant) -> None:
    assert "about a third less" in assistant.ask("Is LoRA faster than full fine-tuning of a 7B?").text


# ── memory that a meter goes on showing ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("nvidia-smi still shows 21 GB after I del the model and call torch.cuda.empty_cache(), is it a leak?", "Most likely no leak"),
        ("I deleted the model and ran gc.collect() but VRAM doesn't go down in my notebook", "memory_allocated"),
        ("Qwen2.5-7B in transformers: after generation finished GPU memory stays at 21 GB. Leak?", "56 KiB"),
        ("del了past_key_values之后nvidia-smi还是21G,是不是泄漏", "多半不是泄漏"),
        ("transformers加载Llama-3.1-8B,回答完显存不降,清空缓存还是22G", "128 KiB"),
        ("训练跑完了,nvidia-smi显存没释放,删了trainer也不降", "memory_reserved"),
    ],
)  # fmt: skip
def test_memory_that_stays_is_explained_by_the_allocator(question: str, says: str, assistant: Assistant) -> None:
    first = assistant.ask(question).text.partition("\n")[0]
    assert says in first, first


def test_a_server_that_holds_its_pool_is_no_matter_of_the_allocator(assistant: Assistant) -> None:
    text = assistant.ask("vLLM with a 7B on a 4090 still shows 22 GB in nvidia-smi after requests finished, why?").text
    assert "freed blocks" not in text


# ── another matter ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "question",
    [
        "4090和5090玩黑神话2K帧数差多少,值得换吗",
        "4090剪4K视频够用吗",
        "5070Ti和4080 Super打赛博朋克开光追哪个强",
        "Can my RTX 3060 12GB play Elden Ring at 144Hz?",
        "Is 16GB RAM and a 4060 enough for Premiere?",
        "Which is better for Blender, 4080 or 3090?",
        "Is a 4090 good for Stable Diffusion image generation speed?",
    ],
)
def test_another_use_of_a_card_is_out_of_scope(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert not answer.tool_calls
    assert answer.text.startswith(("That is outside", "Models that draw", "这超出了", "画图"))


@pytest.mark.parametrize(
    "question",
    [
        "I have a gaming laptop with an RTX 4060 8GB, which LLM can I run?",
        "打游戏的4070,想顺便跑个大模型,12G能跑多大",
        "Can I play with a 13B on a 3060 12GB?",
        "24G显卡写论文用的本地大模型选哪个",
    ],
)
def test_a_card_that_is_also_used_otherwise_is_none(question: str) -> None:
    assert read(question).intent != "out_of_scope"
