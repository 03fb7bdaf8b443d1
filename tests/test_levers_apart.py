"""Settings set against each other, and activations that are moved to host memory."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.reads.grammar import read
from tests.talking import answer_to

SET_APART = [
    ("gradient checkpointing or a fused loss: which lowers memory more for a LoRA of Mistral-7B?", "checkpointing+fused_loss"),
    ("Is gradient accumulation the same thing as a larger batch, as far as VRAM goes?", "accumulation+batch"),
    ("flash attention vs gradient checkpointing, what is the difference?", "flash+checkpointing"),
    ("KV 缓存量化和权重量化，哪个更省显存？", "kv_format+weight_format"),
    ("优化器 offload 与 8 位优化器有什么区别", "offload_optimizer+optimizer_8bit"),
    ("混合精度跟量化是一回事吗", "mixed_precision+weight_format"),
    ("activation offloading versus gradient checkpointing on a 3B full fine-tune", "offload_activations+checkpointing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "settings"), SET_APART)
def test_two_settings_are_set_apart(text: str, settings: str) -> None:
    reading = read(text)
    assert f"levers_apart:{settings}" in reading.cues
    assert reading.intents[0] == "method_diff"


@pytest.mark.parametrize(
    "text",
    [
        "LoRA vs QLoRA for a 7B?", "ZeRO-2 和 ZeRO-3 的区别", "Does flash attention reduce the KV cache?",
        "13B LoRA with gradient checkpointing and flash attention, 24 GB, does it fit?", "开了梯度检查点和融合损失还是 OOM",
        "What is gradient checkpointing?",
    ],
)  # fmt: skip
def test_other_questions_are_left_alone(text: str) -> None:
    assert not any(cue.startswith("levers_apart:") for cue in read(text).cues)


def test_each_is_added_to_the_same_case_alone() -> None:
    told = answer_to("gradient checkpointing or a fused loss, which saves more for a LoRA of Qwen2.5-7B?")
    assert told.startswith("**They act on different parts: gradient checkpointing on activations (12.8 GiB → 1.13 GiB)")
    assert "a fused loss (Liger) on logits and loss (3.48 GiB → 0.08 GiB)" in told
    assert told.count("The whole 32.8 GiB → 19.6 GiB (Qwen2.5-7B-Instruct, LoRA") == 1


def test_two_names_are_not_one_thing() -> None:
    told = answer_to("混合精度和量化是一回事吗？")
    assert told.startswith("**不是一回事：作用的部分不同：混合精度作用于激活")


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("torchtune full 8B, enable_activation_offloading=True, does it fit 40GB?", True),
        ("7B LoRA 16k 长度，激活卸载到内存，24G 够吗", True),
        ("7B full fine-tuning with cpu offload on 24 GB", False),
    ],
)
def test_moved_activations_are_no_moved_parameters(text: str, moved: bool) -> None:
    facts = read(text).facts
    assert (facts.get("activation_offload"), facts.get("offload")) == (
        ((True,), None) if moved else (None, ("params",))
    )


def test_settings_are_set_apart_on_the_case_at_hand() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("Qwen2.5-14B QLoRA on a 4090, 2048 tokens", conversation)
    told = assistant.ask("gradient checkpointing vs flash attention, which matters more here?", conversation).text
    assert "(Qwen2.5-14B-Instruct, QLoRA" in told


def test_a_context_that_is_opened_wide_is_asked_of_the_case_at_hand() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("两张 3090 跑 Qwen2.5-72B int4，上下文 8k", conversation)
    told = assistant.ask("要是上下文开满呢", conversation)
    assert "token" in told.text.split("**")[1]
    assert told.result["facts"]["n_gpus"]["value"] == 2


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("flash attention 和 gradient checkpointing 都说省显存，省的是同一块吗？7B 4k 长度开了 fa2 还有必要开检查点吗", "不是一回事：作用在同一部分（激活）上"),
        ("do flash attention and gradient checkpointing save the same memory", "they act on the same part, activations, each in its own way"),
    ],
)  # fmt: skip
def test_whether_they_save_the_same_is_told_of_both(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("bnb_4bit_use_double_quant 到底能省多少显存？Qwen2.5-32B qlora想塞进单张3090，开不开有区别吗", "**省 1.36 GiB", ("0.373 位", "1.95 GB → 0.50 GB", "并不是再减半", "卡上 24.0 GiB：不开")),
        ("Is bnb_4bit_use_double_quant=True worth it? Qwen2.5-14B QLoRA on a 16GB card", "**It saves", ("0.83 GB → 0.21 GB", "Of 16.0 GiB on the card: without it", "worth having")),
        ("QLoRA without double quant vs with, 70B, how big is the difference?", "**It saves 2.97 GiB", ("4.28 GB → 1.09 GB",)),
        ("does nested quantization halve the memory of a 4-bit model? Mistral-7B qlora", "**No, not by 50 %", ("Nothing is halved once more",)),
    ],
)  # fmt: skip
def test_double_quantisation_is_told_by_its_scales(question: str, opens: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens), first
    assert all(one in first for one in says), first


def test_double_quantisation_as_a_setting_is_not_asked_about() -> None:
    assert "lever:double_quant" not in read("Qwen2.5-14B QLoRA with double quantization on a 4090, does it fit?").cues
    assert "lever:double_quant" not in read("Qwen2.5-14B qlora 双重量化，4090跑得动吗").cues


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("flash attention vs gradient checkpointing, what's the difference and can I use both?", "They can be on together: "),
        ("梯度检查点和梯度累积区别在哪，能同时开吗", "可以一起开：总量 "),
        ("Liger和gradient checkpointing有什么区别，可以叠加吗", "可以一起开：总量 "),
    ],
)  # fmt: skip
def test_whether_they_go_together_is_told_with_what_none_of_them_changes(text: str, says: str) -> None:
    first = answer_to(text).split("\n\n")[0]
    assert says in first
    assert ("Neither of them changes weights (" in first) or ("权重（" in first and "都不变" in first)


@pytest.mark.parametrize(
    "text",
    [
        "flash attention vs gradient checkpointing, what is the difference?",
        "8-bit Adam vs optimizer offload: which saves more, and can they be combined?",  # the one steps on the card
    ],
)
def test_what_is_not_asked_or_does_not_go_is_not_put_together(text: str) -> None:
    assert "They can be on together" not in answer_to(text)


@pytest.mark.parametrize(
    ("question", "which", "together"),
    [
        ("Gradient accumulation vs gradient checkpointing: both save memory, what is the difference? Batch 8 OOMs, which one should I use?", "accumulation comes first", "- **Together**: neither 125.2 GiB"),
        ("梯度累积和梯度检查点都说省显存，区别是什么？bs8 OOM，该用哪个", "先用梯度累积", "- **可以叠加**：都不用 125.2 GiB"),
    ],
)  # fmt: skip
def test_which_of_two_is_told_and_what_both_make_together(question: str, which: str, together: str) -> None:
    said = answer_to(question)
    assert which in said.split("\n\n")[0]
    assert together in said


def test_what_rests_on_the_other_is_not_added_up() -> None:
    assert "Together" not in answer_to("gradient checkpointing vs activation offload, what's the difference")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("flash attention vs gradient checkpointing: what's the difference and do I need both?", ("the same result up to rounding, and faster", "computes the rest again", "FlashAttention costs nothing, so leave it on; gradient checkpointing has its price", "long sequences, larger batches")),
        ("gradient checkpointing和flash attention都说省显存，区别在哪，有必要两个都开吗", ("由平方变成线性", "FlashAttention 没有代价，一直开着", "长序列、大批量时两个都开")),
        ("gradient checkpointing or a fused loss, which saves more for a LoRA of Qwen2.5-7B? Is one of them enough?", ("A fused loss (Liger) costs nothing",)),
    ],
)  # fmt: skip
def test_whether_both_are_wanted_goes_by_what_each_costs(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text.split("\n\n")[0] for one in says), text[:1200]


@pytest.mark.parametrize(
    "question",
    ["flash attention 和重计算哪个更省显存", "8位优化器和优化器offload区别在哪，需要都开吗", "flash attention vs gradient checkpointing, what is the difference?"],
)  # fmt: skip
def test_what_is_not_asked_or_cannot_go_together_is_not_weighed(question: str) -> None:
    text = answer_to(question)
    assert "代价，" not in text
    assert "has its price" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Batch size is already 1 and it still OOMs. Gradient accumulation or gradient checkpointing, which one helps?", "**At a batch of 1 accumulation saves nothing more"),
        ("QLoRA on a 4090 OOMs with Qwen2.5-14B at bs 1. Gradient accumulation or gradient checkpointing, which helps?", "**At a batch of 1 accumulation saves nothing more"),
        ("per_device_train_batch_size=1 还是OOM，梯度检查点和梯度累积哪个有用", "**batch 已经是 1 时，梯度累积不再省显存"),
    ],
)  # fmt: skip
def test_accumulation_saves_nothing_at_a_batch_of_one(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens), told[:200]
    assert "1.09 GiB" in told or "1.65 GiB" in told


@pytest.mark.parametrize(
    "question",
    [
        "gradient accumulation vs gradient checkpointing, which saves more memory?",
        "batch 8 放不下，梯度累积和重计算哪个管用",
        "QLoRA on a 4090 OOMs with Qwen2.5-14B at bs 4 with gradient accumulation and gradient checkpointing, why?",
    ],
)
def test_of_a_larger_batch_accumulation_still_saves(question: str) -> None:
    told = answer_to(question)
    assert "saves nothing more" not in told
    assert "不再省显存" not in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Gradient checkpointing and gradient accumulation both claim to save memory, what is the difference, and can a 13B full fine-tune run on 48GB with them?", ("They act on the same part", "neither makes it fit in 48.0 GiB", "208 GB", "LoRA")),
        ("梯度检查点和梯度累积都说省显存,到底区别在哪,13B全参40G开了能不能跑", ("作用在同一部分", "放不进 40.0 GiB", "QLoRA")),
        ("重计算和累积有啥不一样,13B全参80G够吗", ("作用在同一部分", "放不进 80.0 GiB", "208 GB")),
    ],
)  # fmt: skip
def test_whether_it_fits_is_said_beside_the_difference(text: str, says: tuple[str, ...]) -> None:
    opening = answer_to(text).split("\n\n")[0]
    assert [one for one in says if one not in opening] == []


def test_where_the_states_fit_or_only_the_fit_is_asked_nothing_is_added() -> None:
    told = answer_to("What's the difference between gradient checkpointing and a fused loss, and will Llama-3-8B LoRA fit on 24GB with them?")  # fmt: skip
    assert told.startswith("**They act on different parts")
    assert "makes it fit" not in told.split("\n\n")[0]
    told = answer_to("Does 7B full fine-tuning fit on 24GB with gradient checkpointing or gradient accumulation?")
    assert told.startswith("**No. 7B, full fine-tuning")


def test_an_amount_in_the_clause_of_the_model_is_the_cards() -> None:
    assert read("都说很省,7B全参24G开了能不能跑").facts["gpu_memory_gb"] == (24.0,)
    assert "gpu_memory_gb" not in read("文档写7B全参要24G,对吗").facts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("显存不够，梯度累积、梯度检查点、zero到底各省哪一块，先开哪个", ("梯度累积作用于", "作用于激活", "ZeRO-3 作用于优化器状态", "先开哪个看爆在哪")),
        ("Gradient accumulation, gradient checkpointing and ZeRO: which part of the memory does each save, and which should I turn on first? Full fine-tuning of Qwen2.5-7B", ("gradient accumulation on", "gradient checkpointing on activations", "ZeRO-3 on optimizer states", "Which first")),
        ("梯度检查点和ZeRO-2分别省什么?7B全参", ("ZeRO-2 作用于优化器状态",)),
    ],
)  # fmt: skip
def test_what_each_of_several_saves_and_which_comes_first(text: str, says: tuple[str, ...]) -> None:
    opening = answer_to(text).split("\n\n")[0]
    assert [one for one in says if one not in opening] == []


def test_two_settings_by_a_comma_are_no_row() -> None:
    assert not any(
        cue.startswith("levers_apart:")
        for cue in read("LoRA of a 7B, checkpointing, flash attention: which card?").cues
    )
