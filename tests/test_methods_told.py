"""Which methods a question is of: a rank is that of adapters, freezing is also what somebody does, and a full run is named in passing."""

import pytest

from chat.plans.setups import sides
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "said",
    [
        "Qwen2.5-14B LoRA 秩 32 改成 256，跟全参比还差多少显存？",
        "If I raise my LoRA rank on Llama-3.1-8B from 32 to 256, how far is that still from what full fine-tuning would take?",
        "Mistral-7B LoRA rank 32 -> 256 on all-linear, will that reach full fine-tuning?",
    ],
)
def test_both_ranks_are_those_of_the_adapters(said: str) -> None:
    found = sides(read(said))
    assert found is not None
    assert [(one["method"], one.get("lora_rank")) for one in found.each] == [
        ("lora", 32),
        ("lora", 256),
        ("full", None),
    ]


def test_whether_a_high_rank_comes_near_full_tuning_is_told() -> None:
    assert "far from full fine-tuning" in answer_to("Qwen3-4B LoRA rank 8 to 64, will it reach full fine-tuning?")
    assert "远不到全量微调的量级" in answer_to("Qwen3-4B 的 LoRA 秩从 8 提到 64，会不会到全参的量级")


@pytest.mark.parametrize(
    ("said", "methods"),
    [
        ("LoRA on Llama-3.1-8B shows 90 GiB and full 120 GiB, did I freeze wrong?", ("lora", "full")),
        ("Qwen2.5-7B LoRA 占 60G，全参 90G，是我冻结错了吗", ("lora", "full")),
        ("没有冻结成功吧？7B lora 占了 80G", ("lora",)),
        ("My LoRA run of Qwen3-4B uses nearly the same as full, is something not frozen?", ("lora", "full")),
        ("with Qwen3-8B LoRA my card is full, what now?", ("lora",)),
        ("Freeze tuning the last 4 layers of Qwen2.5-14B on a 4090 vs LoRA, which one takes less?", ("freeze", "lora")),
    ],
)  # fmt: skip
def test_freezing_and_full_are_methods_only_where_they_are_meant(said: str, methods: tuple[str, ...]) -> None:
    assert read(said).facts["method"] == methods


def test_what_each_of_two_methods_was_seen_to_take_is_compared() -> None:
    found = sides(
        read("seq 8192, H200: the full run of Llama-3.1-8B peaks at 118 GiB, LoRA at 97 GiB. Is peft broken?")
    )
    assert found is not None
    told = {one["method"]: stated.gb for one, stated in zip(found.each, found.stated, strict=True) if stated}
    assert told == {"full": 118, "lora": 97}


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("command-r-v01 on 2x A6000 at 64k: would the 08-2024 release be better?", "CohereLabs/c4ai-command-r-08-2024"),
        ("Mistral-7B v0.1 16k on a 3090; does the v0.3 version need less KV?", "mistralai/Mistral-7B-Instruct-v0.3"),
        ("Llama-3-8B 换 3.1 版本，32k 显存一样吗", "meta-llama/Llama-3.1-8B-Instruct"),
    ],
)
def test_a_version_alone_is_of_the_family_that_is_named(said: str, other: str) -> None:
    assert read(said).facts["model"][1:] == (other,)


@pytest.mark.parametrize(
    "said", ["Qwen2.5-7B on vLLM 0.11, the old version, two A100", "Qwen3-30B-A3B 换成 2507 版显存会变吗"]
)
def test_a_version_that_the_table_lacks_is_no_model(said: str) -> None:
    assert len(read(said).facts["model"]) == 1


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("Qwen3-4B full fine-tuning, I never set a dtype when loading: what does it take at 2k?", ("fp32",)),
        ("全参训 Llama-3.2-3B，from_pretrained 忘了写 torch_dtype，A100 40G 够吗", ("fp32",)),
        ("Qwen2.5-7B 全参，torch_dtype=bfloat16，A100 80G 够吗", ("bf16",)),
        ("Qwen2.5-7B in vLLM, no dtype passed, on a 4090?", ()),
    ],
)  # fmt: skip
def test_weights_that_are_trained_with_no_type_told_are_fp32(said: str, stored: tuple[str, ...]) -> None:
    assert read(said).facts.get("weight_format", ()) == stored


def test_what_was_seen_before_the_first_update_is_weights_and_gradients() -> None:
    said = "Full fine-tuning Llama-3.2-3B on an L40S with AdamW, no dtype passed to from_pretrained: after backward 26 GB, optimizer.step() runs out of memory. Why?"
    assert "are 25.7 GB (23.9 GiB): so 26 GB is right" in answer_to(said)


def test_all_linear_asks_for_no_proportion() -> None:
    assert not any(
        cue.startswith("lever_times")
        for cue in read("Qwen3-8B LoRA all-linear，rank 从 8 提到 64，显存会多多少？").cues
    )


@pytest.mark.parametrize(
    ("question", "bits"),
    [
        ("memory table for Qwen3-8B please: full (bf16), LoRA (16 bit), QLoRA (4 bit), 2k tokens", None),
        ("Llama-3.1-8B 全参、LoRA(16位)、QLoRA(4bit) 各要多少显存", None),
        ("Llama-3.1-8B LoRA (16bit) against QLoRA (8bit), memory?", (16, 8)),
    ],
)
def test_bits_in_brackets_are_those_of_the_method_before_them(question: str, bits: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("bits") == bits


@pytest.mark.parametrize(
    "question",
    [
        "GRPOTrainer on Qwen2.5-3B with LoRA r=16, vLLM colocated on one 3090: which settings keep it from OOM?",
        "SFTTrainer, Llama-3.1-8B + LoRA r=64, single A10, fits? I serve it with vLLM afterwards",
    ],
)
def test_the_adapter_of_a_trainer_trains_whatever_serves_it(question: str) -> None:
    found = read(question)
    assert found.facts["method"] == ("lora",)
    assert found.facts["lora_rank"][0] in (16, 64)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("P-Tuning v2 vs LoRA on ChatGLM3-6B: which needs less VRAM?", "**About the same with the same settings: both keep the whole base frozen"),
        ("Does prompt tuning save VRAM compared to LoRA on an 8B?", "**About the same"),
        ("qwen2.5-7b 用 prefix tuning 还是 lora 更省显存", "**设置相同时差不多\uff1a两者都冻结整个基座"),
        ("chatglm3-6b 微调，ptuning 和 LoRA 显存差多少", "**设置相同时差不多"),
        ("IA3 or LoRA for Llama-3.1-8B, which uses less memory?", "**About the same"),
    ],
)  # fmt: skip
def test_ways_on_a_frozen_base_are_held_against_adapters(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:200]
    assert "QLoRA" in said.split("\n\n")[0]


def test_prefixes_are_counted_and_run_without_checkpointing() -> None:
    first = answer_to("chatglm3-6b 微调，P-Tuning v2 和 LoRA 哪个更省显存").split("\n\n")[0]
    assert "1.84M × 16 B = 29 MB" in first  # 128 × 28 layers × 2 × 256
    assert "不能开梯度检查点" in first
    assert "不能开梯度检查点" not in answer_to("7B prompt tuning 和 LoRA 哪个省显存")


@pytest.mark.parametrize(
    "question",
    [
        "用 P-Tuning v2 微调 chatglm3-6b 要多少显存",
        "Does prefix tuning of a 7B fit on 12GB?",
        "chatglm3-6b ptuning、lora、全参 哪个显存最少",
    ],
)
def test_alone_or_beside_full_training_they_are_counted_as_adapters(question: str) -> None:
    said = answer_to(question)
    assert "so the base decides" in said or "起决定作用的是基座" in said
