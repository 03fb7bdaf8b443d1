"""What an asker measured, or takes for left, is set against the estimate, and what explains it is named first."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def _plain(text: str) -> str:
    return text.replace("\uff0c", ",").replace("\uff1a", ":").replace("\uff1b", ";")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("My LoRA run of Mistral-7B (bs 4, seq 1024, checkpointing) peaks at 41GB, I expected about 20. What's eating it?", ("without gradient checkpointing at work: 44.5 GiB (you see 41 GB)", "17.4 GiB", "enable_input_require_grads")),
        ("Training Qwen3-4B with LoRA, seq 2048 bs 1: measured 25 GB. Calculator said 11 GB. Why?", ("without gradient checkpointing at work", "Is it on?")),
        ("QLoRA of Qwen2.5-7B at 4096 tokens, bs 1, checkpointing on, peaks at 19.8 GB on my 4090. You'd say 14. Who is right?", ("prepare_model_for_kbit_training", "18.6 GiB (you see 19.8 GB)")),
        ("Llama-3.1-8B QLoRA，seq 4096，bs2，开了checkpointing，4090还是OOM，降到2048就只要19G，哪里多出来的", ("prepare_model_for_kbit_training", "4,096 token 时 26.5 GiB", "2,048 token 时 18.0 GiB(您看到的是 19 GB)")),
        ("全参微调 Qwen2.5-1.5B，bf16，bs1 2048，实测峰值 14G，按16字节算应该 24G，哪里不对", ("按纯 bf16 训练", "13.3 GiB(您看到的是 14 GB)")),
    ],
)  # fmt: skip
def test_the_setting_that_takes_what_was_seen_comes_first(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    told = _plain(assistant.ask(question).text).replace("\uff08", "(").replace("\uff09", ")")
    first = told.split("\n\n")[0]
    for one in says:
        assert one in first, told


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B LoRA, bs 1, 2048 tokens, takes 20 GB. Where does it go?",
        "At 2048 tokens my Mistral-7B QLoRA uses 8 GB, would 8192 fit a 3090?",
    ],
)
def test_what_the_run_as_told_explains_needs_no_other_setting(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).text
    assert "What you see is near what it takes" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("With grad accumulation 4 my full finetune of Mistral-7B takes 14 GB more than with 1. Why?", ("The 14 GB are the buffer of gradients", "7.24B × 2 B = 14.5 GB")),
        # less than the buffer: as much of it as stands beside activations and logits
        ("Full FT 7B on one A100: accumulation 1 ran at 70 GB, 8 at 76 GB", ("The 6 GB more are gradients", "13.5 GB (12.6 GiB)", "2 steps take as much as")),
        ("Mistral-7B full fine-tune, H100: 61 GB with gradient accumulation 1 and 68 GB with 4. Why?", ("The 7 GB more are gradients", "14.5 GB")),
        ("7B全参微调一张A100，累积步数1时70G，改成8后76G，为什么", ("多出的 6 GB 是梯度", "6.74B × 2 字节")),
        ("单卡H100全参Mistral-7B，梯度累积 1 占 61G，8 占 68G", ("多出的 7 GB 是梯度", "14.5 GB")),
        ("Qwen2.5-3B全参bf16，gradient_accumulation_steps从1改到8，显存多了6G，不是说梯度累积不占显存吗", ("这 6 GB 就是梯度缓冲", "3.09B × 2 字节", "只多这一次")),
    ],
)  # fmt: skip
def test_a_rise_under_accumulation_is_named(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    told = assistant.ask(question).text
    for one in says:
        assert one in told.split("\n\n")[0], told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("FSDP full_shard, Mistral-7B full fine-tune, 8xA100 80G. gradient_accumulation_steps 1 -> 46 GB per GPU, 16 -> 59 GB. I thought accumulation was free?", ("The 13 GB more are the gradients", "14.5 GB", "1.81 GB", "12.7 GB", "sync_each_batch")),
        ("FSDP 4x H100, Llama-3.1-8B full finetune, turning gradient accumulation on (8 steps) costs 12 GB more per card than without. Why?", ("The 12 GB more are the gradients", "÷ 4 cards", "12.0 GB")),
        ("8卡A100 80G FSDP全参微调Mistral-7B，梯度累积1时每卡46G，改成16变成59G，micro batch没变，不是说累积不占显存吗", ("多出的 13 GB 就是梯度", "14.5 GB", "12.7 GB")),
        ("4卡H100 FSDP 全参 Llama-3.1-8B,梯度累积从1改到8,每卡显存多了12G,为什么", ("多出的 12 GB 就是梯度", "÷ 4 张卡")),
    ],
)  # fmt: skip
def test_gradients_are_whole_under_fsdp_while_it_accumulates(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    opening = assistant.ask(question).text.split("\n\n")[0]
    assert [one for one in says if one not in opening] == []


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-7B full fine-tune with FSDP on 4x A100 40GB: gradient_accumulation_steps 16 goes OOM but 1 works fine. Why?", ("Accumulation is not free under FSDP", "15.2 GB", "3.81 GB", "sync_each_batch")),
        ("FSDP全参微调Qwen2.5-14B,8张A100 80G,累积1步能跑,改成4步就爆显存,为什么", ("FSDP 下累积要占显存", "14.8B × 2 字节", "(÷ 8 张卡)", "sync_each_batch")),
        ("With accumulation 1 my FSDP full fine-tune of Mistral-7B on 8x A100 40GB runs, with accumulation 8 it OOMs", ("Accumulation is not free under FSDP", "14.5 GB")),
        ("Full fine-tune of Qwen2.5-1.5B on a 4090: accumulation 1 runs, accumulation 4 OOMs", ("Accumulation does cost memory once", "3.09 GB")),
    ],
)  # fmt: skip
def test_why_it_fails_with_more_steps_of_accumulation(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    opening = (
        assistant.ask(question)
        .text.split("\n\n")[0]
        .replace("\uff0c", ",")
        .replace("\uff08", "(")
        .replace("\uff09", ")")
    )
    assert [one for one in says if one not in opening] == []


def test_where_fewer_steps_failed_or_adapters_train_accumulation_is_no_cause(assistant: Assistant) -> None:
    for question in (
        "FSDP full fine-tune of Llama-3-8B on 8x A100 40GB: batch 8 accumulation 1 OOMs, batch 1 accumulation 8 runs",
        "FSDP LoRA 7B 4卡4090,梯度累积1正常,累积4就OOM",
        "FSDP full fine-tune of Llama-3-8B on 8x A100 40GB with gradient accumulation 8 OOMs",
    ):
        assert "not free under FSDP" not in (told := assistant.ask(question).text)
        assert "FSDP 下累积要占" not in told
    told = assistant.ask("Does gradient accumulation cost memory under FSDP? accum 8 OOMs, 1 works").text
    assert "whole until the last micro-step (no_sync)" in told
    told = assistant.ask("Why does FSDP use more memory with gradient accumulation?").text
    assert told.startswith("**Activations take no more")
    assert "no_sync" in told.split("\n\n")[0]


def test_asked_without_a_reading_fsdp_has_its_own_answer(assistant: Assistant) -> None:
    told = assistant.ask("8卡A100 FSDP全参微调Mistral-7B，梯度累积会增加显存吗").text
    assert told.startswith("**激活不会增加")
    assert "13.5 GiB,而不是 1.69 GiB" in told.replace("\uff0c", ",")
    assert "no_sync" not in assistant.ask("8卡A100 ZeRO-3全参微调Mistral-7B，梯度累积会增加显存吗").text


def test_deepspeed_and_adapters_keep_no_whole_gradients(assistant: Assistant) -> None:
    for question in (
        "DeepSpeed ZeRO-3 8xA100 Mistral-7B full fine-tune: gradient accumulation 1 -> 46 GB, 16 -> 59 GB. Free?",
        "FSDP 8xA100 Mistral-7B LoRA: gradient accumulation 1 -> 20 GB, 16 -> 33 GB",
    ):
        assert "no_sync" not in assistant.ask(question).text


def test_what_was_read_at_each_number_of_steps_is_no_number_of_steps() -> None:
    found = read("FSDP 8B full, gradient_accumulation_steps: 1 -> 46 GB per GPU, 16 -> 59 GB")
    assert found.facts["grad_accum"] == (16,)


@pytest.mark.parametrize(
    "question",
    [
        "LoRA 8B on a 4090: accumulation 1 took 18 GB, 16 took 18 GB",
        "8B LoRA, H100: accumulation 1 took 30 GB, 16 took 36 GB",
        "Full fine-tune of Mistral-7B on H100: accumulation 4 took 70 GB, 8 took 76 GB",  # several before, too
        "7B全参，梯度累积16，80G的卡够吗，还是要140G",
        "Full fine-tuning of a 7B with accumulation 16, 80 GB card, 4 cards",
    ],
)
def test_no_rise_no_whole_gradients_or_several_steps_before_are_no_buffer(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).text
    assert "more are gradients" not in told
    assert "GB 是梯度" not in told


def test_accumulation_without_a_rise_keeps_its_answer(assistant: Assistant) -> None:
    told = assistant.ask("Does gradient accumulation use more memory? Llama-3.1-8B LoRA").text
    assert told.startswith("**No: memory follows the micro-batch")


def test_the_later_count_of_accumulation_is_the_case() -> None:
    assert read("changed gradient_accumulation_steps 1 -> 16, full finetune of an 8B").facts["grad_accum"] == (16,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-3-4b LoRA bs 8 seq 2048 on a 4090 dies with 'Tried to allocate 16.00 GiB'. Lowering r from 32 to 4 made no difference. Memory leak?", ("No, that is no leak. The 16.0 GiB", "It is not that setting: from rank 32 to rank 4")),
        ("Qwen2.5-7B QLoRA 4090 bs2 seq 4096 OOM，Tried to allocate 4.64 GiB，rank 64改成8还是爆", ("没能分配的 4.64 GiB 正好是", "与这项设置无关:秩 64 → 秩 8")),
    ],
)  # fmt: skip
def test_a_change_without_effect_is_no_cause(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    told = _plain(assistant.ask(question).text).replace("\uff08", "(").replace("\uff09", ")")
    for one in says:
        assert one in told, told
    assert "likeliest cause" not in told
    assert "最可能的原因就是这次改动" not in told


def test_a_reading_beside_a_failure_is_no_case() -> None:
    reading = read("QLoRA of Qwen2.5-7B dies at 8192 on a 3090, at 1024 it only needs 11 GB. Bug?")
    assert reading.facts["seq_len"] == (8192,)
    assert (reading.extras["log_seen_length"], reading.extras["log_seen_gb"]) == ((1024.0,), (11.0,))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-32B bf16 on 2x A100 80GB with vLLM: 65GB weights, so 95 GB left for KV; at 256KB/token that's 370k tokens. Right?", ("95 GB is not what the cache gets", "338,928 tokens, not 370,000")),
        ("DeepSeek-V3 FP8 8卡H200 vLLM TP8：671/8=84G，每张卡还剩57G，8张一共456G给KV，按70KB一个token算有650万token，对吗", ("57 GB / 456 GB 并不都能给缓存", "692,320", "各存一份完整的缓存")),
    ],
)  # fmt: skip
def test_what_is_left_of_cards_is_no_size_of_a_cache(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    told = assistant.ask(question).text
    for one in says:
        assert one in _plain(told), told
    assert "multi-head attention" not in told
    assert "MHA" not in told


def test_tokens_that_a_room_holds_are_no_length() -> None:
    reading = read("2x4090, Llama-3.1-70B AWQ: 8GB spare for KV cache, 320KB per token = 25k tokens. ok?")
    assert "seq_len" not in reading.facts
    assert "gpu_memory_gb" not in reading.facts


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Why does an MoE with 3B active need 60GB?", ("30.5B × 2 B = 61.1 GB", "In 4 bits it is 16.8 GB", "--n-cpu-moe")),
        ("混合专家模型激活才17B，怎么权重要200多G", ("要存全部参数", "放在内存")),
    ],
)  # fmt: skip
def test_an_amount_of_some_mixture_is_derived_and_lowered(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    told = assistant.ask(question).text
    for one in says:
        assert one in told, told


def test_a_rollout_engine_that_is_counted_as_a_copy_is_named(assistant: Assistant) -> None:
    told = _plain(
        assistant.ask(
            "verl GRPO of Qwen2.5-14B, full, FSDP full shard over 8x A100 80G, vLLM colocated with gpu_memory_utilization=0.6: I add 14.8*16/8=29.5GB, 3.7GB for the reference and vLLM's copy 29.5GB, 63 GB in all. Why OOM?"
        ).text
    )
    assert "count the rollout engine as one copy of the weights" in told
    assert "48.0 GiB of weights and cache" in told
    assert "fewer copies of the logits" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is gradient checkpointing worth it for QLoRA on Mistral-7B with 1k tokens? The base is only 4GB.", "**Yes: activations go 6.64 GiB → 0.58 GiB; the whole 12.6 GiB → 5.81 GiB.**"),
        ("Qwen3-8B LoRA，bs1 1024，权重16G摆在那，开梯度检查点还有意义吗", "**会:激活 7.61 GiB → 0.60 GiB;总量 26.6 GiB → 18.7 GiB。**"),
    ],
)  # fmt: skip
def test_whether_a_setting_is_of_use_is_asked_of_the_whole(assistant: Assistant, question: str, opens: str) -> None:
    told = _plain(assistant.ask(question).text)
    assert told.startswith(opens), told
    assert "8,192" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("DPO on Qwen2.5-7B with LoRA, bs 2, 2048 tokens, ref_model=AutoModelForCausalLM.from_pretrained(base), OOM on a 4090, why?", ("second copy of the weights, 7.62B × 2 B = 15.2 GB", "pass ref_model=None")),
        ("Qwen2.5-7B LoRA DPO，4090 24G，又单独加载了参考模型，bs1 seq1024 爆显存，为什么", ("单独加载的参考模型是第二份权重", "ref_model=None")),
    ],
)  # fmt: skip
def test_a_reference_that_is_loaded_by_itself_is_a_copy(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    told = assistant.ask(question).text
    for one in says:
        assert one in told.split("\n\n")[0], told
    assert "costs no memory here" not in told
