"""Words that look like another thing: each is read for what it says, and what only resembles it is left alone."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize("question", [
    "I can't do without fine-tuning Llama-3.1-8B, does it fit on 24 GB?",
    "Llama-3.1-8B: why not fine-tune it on a 4090?",
    "Not sure whether or not to fine-tune Qwen2.5-7B on a 4090, does it fit?",
    "Qwen2.5-7B 为什么不微调?4090 够吗",
])  # fmt: skip
def test_training_that_is_only_asked_about_is_not_ruled_out(question: str) -> None:
    assert read(question).facts["task"] == ("train",)


def test_training_that_is_ruled_out_is_no_wish() -> None:
    assert read("No training, I just run Qwen2.5-7B on a 4090").facts["task"] == ("inference",)


@pytest.mark.parametrize(("question", "engine"), [
    ("--enable-lora --max-loras 4 --max-lora-rank 16 with Qwen2.5-7B on 24 GB", ("vllm",)),
    ("--enable-lora --max-loras-per-batch 4 --max-lora-rank 16 with Qwen2.5-7B on 24 GB", ()),
    ("--enable-lora --max-lora-rank 16 with Qwen2.5-7B on 24 GB", ()),
])  # fmt: skip
def test_a_flag_of_two_servers_names_neither(question: str, engine: tuple[str, ...]) -> None:
    assert read(question).facts.get("engine", ()) == engine


@pytest.mark.parametrize(("barred", "methods"), [("QLoRA", ("lora", "full")), ("LoRA", ("full",))])
def test_only_the_method_that_is_named_is_put_aside(barred: str, methods: tuple[str, ...]) -> None:
    question = f"I can't use {barred}, so does LoRA or full fine-tuning of Qwen2.5-7B fit on 24 GB?"
    assert read(question).facts["method"] == methods


def test_memory_that_a_server_shows_is_no_number_of_tokens() -> None:
    found = read("vllm server shows 20480 MiB used on Qwen2.5-7B, how much is the kv cache?")
    assert "log_tokens" not in found.extras
    assert "log_tokens" not in read("Qwen2.5-7B 的 vllm 日志显示 20480 MiB,kv 缓存多大").extras
    assert read("the log of vllm says 21k, where is the rest of Qwen2.5-7B's cache").extras["log_tokens"] == (21000,)
    assert read("vllm only reports 48k tokens for the kv cache of Qwen2.5-7B").extras["log_tokens"] == (48000,)


@pytest.mark.parametrize(("said", "stage"), [("tp 4 pp 2 z1", (1,)), ("tp 4 pp 2, stage 0 is largest", ())])
def test_a_zero_stage_beside_a_pipeline_is_no_stage_of_it(said: str, stage: tuple[int, ...]) -> None:
    assert read(f"Megatron Llama-3.1-8B training {said} on 8 A100").facts.get("zero_stage", ()) == stage


@pytest.mark.parametrize(("sum_", "of_the_name"), [
    ("8*7 = 56B params", True),
    ("8x7B/2 = 28 GB", True),
    ("its KV is 2*32*8*128*2 = 131072 bytes", False),
    ("and I have 2x24 = 48 GB", False),
])  # fmt: skip
def test_the_product_of_a_name_is_that_of_its_experts_and_size(sum_: str, of_the_name: bool) -> None:
    assert ("name_multiplied" in read(f"Mixtral-8x7B: {sum_}, right?").cues) == of_the_name


@pytest.mark.parametrize(("question", "grown"), [
    ("Serving Qwen2.5-7B the memory climbs from 12 to 20 GB", True),
    ("Should I upgrade from 24 to 48 GB for Qwen2.5-32B AWQ?", False),
    ("Is an upgrade from 24 GB to 48 GB worth it for Qwen2.5-32B AWQ?", False),
])  # fmt: skip
def test_a_larger_card_is_no_growth(question: str, grown: bool) -> None:
    assert ("log_to" in read(question).extras) == grown


@pytest.mark.parametrize("question", [
    "Llama-3.1-8B full fine-tuning: does memory per card double from 4 to 2 GPUs?",
    "The node has 8, and each needs 30 GB for Qwen2.5-7B, right?",
])  # fmt: skip
def test_what_is_counted_is_no_memory(question: str) -> None:
    assert not {2.0, 4.0, 8.0} & {one.number for one in read(question).claims}


def test_a_reading_keeps_its_unit() -> None:
    found = read("Qwen2.5-32B full: 4 GPUs take 55 GiB each, 8 GPUs 40 GiB each, why not half?")
    assert {one.unit for one in found.claims} == {"gib"}


@pytest.mark.parametrize(("layout", "known"), [
    ("tp 2 pp 4 on 8 A100, global batch 64", True),
    ("tp 2 pp 4, global batch 64", False),
    ("tp 2 pp 4 on 8 A100, micro-batch 1 or 2, global batch 64", False),
])  # fmt: skip
def test_micro_batches_are_counted_only_where_all_that_they_need_is_told(layout: str, known: bool) -> None:
    assert ("n_microbatches" in read(f"Train Llama-3.1-8B with Megatron, {layout}").facts) == known


def test_the_program_that_is_run_serves() -> None:
    found = read(
        "I run SGLang: is its mem-fraction-static the same as vLLM's gpu-memory-utilization for Qwen2.5-7B on an A100?"
    )
    assert found.facts["engine"] == ("sglang",)


@pytest.mark.parametrize(("total", "understood"), [(16, True), (112, False)])
def test_a_number_is_dealt_with_as_what_it_was_asked_of(total: int, understood: bool) -> None:
    answer = answer_to(f"教程里优化器是 3θ+3θ+3θ=12θ,笔误吗?总数 {total} 还对不对?")
    assert "112 GB" in answer  # of memory, and no bytes of a parameter
    assert ("没有读懂" not in answer) == understood
