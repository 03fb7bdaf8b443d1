"""Lists in short form, what lies on a card by stage, how a training is split over cards, and what else is asked beside."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.plans.setups import sides
from chat.reads.grammar import read
from tests.talking import answer_to

# ── lists in short form, and what lies on a card by stage ────────────────────────────────────────────────────────────

STAGES: list[tuple[str, list[int]]] = [
    ("7B model on 8 gpus, stage 1/2/3, how much per gpu?", [1, 2, 3]),
    ("Mistral 7B full FT on 4 A100 80GB: stages 1, 2, and 3 compared please", [1, 2, 3]),
    ("Full FT of a 3B on 4 GPUs: ddp vs zero-1 vs zero2/3?", [0, 1, 2, 3]),
    ("7B全参8卡,DDP和zero1/2/3对比一下", [0, 1, 2, 3]),
    ("Qwen2.5-7B 全参 4卡 A100 40G,zero stage 2/3 哪个合适", [2, 3]),
]


@pytest.mark.parametrize(("question", "stages"), STAGES)
def test_each_stage_of_a_list_is_a_side(question: str, stages: list[int]) -> None:
    reading = read(question)
    assert sorted(reading.facts["zero_stage"]) == stages
    found = sides(reading)
    assert found is not None
    assert sorted(side["zero_stage"] for side in found.each) == stages


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("Llama-3.1-8B full fine tuning ZeRO-3 on 2/4/8 cards, per card?", (2, 4, 8)),
        ("70B 全参 zero3 8/16/32卡 每卡多少", (8, 16, 32)),
        ("7B LoRA, batch 4, 8 cards", (8,)),
        ("13B QLoRA at 4k, 2 GPUs", (2,)),
    ],
)
def test_each_count_of_a_list_is_read(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize(
    "question",
    [
        "想从零预训练一个1.5B的模型,8张卡,混合精度AdamW,模型状态每卡占多少?DDP和zero1/2/3分别算一下",
        "1.5B from scratch on 8 cards, AdamW mixed precision: model states per card with DDP and zero1/2/3?",
    ],
)
def test_model_states_by_stage_are_no_states_of_an_optimizer(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    for size in ("24 GB", "8.25 GB", "5.625 GB", "3 GB"):
        assert size in first
    assert "Adafactor" not in first


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("SmolLM2-1.7B full SFT with AdamW (bf16 mixed precision, fp32 master) runs on my single 4090?", False),
        ("Llama-3.2-3B full finetune, AdamW with fp32 moments, 48GB A6000 enough?", False),
        ("我用AdamW(fp32主权重)全参微调Qwen2.5-1.5B,24G的4090够吗", False),
        ("How much do AdamW's optimizer states take for a 7B?", True),
        ("混合精度下7B用AdamW,优化器占多少显存", True),
    ],
)
def test_optimizers_are_told_where_they_are_asked_about(question: str, asked: bool) -> None:
    assert ("Adafactor" in answer_to(question).split("\n")[0]) is asked


@pytest.mark.parametrize(
    ("question", "bits"),
    [
        ("Full, LoRA, 8bit LoRA, QLoRA for Qwen2.5-32B on 2x RTX 5090: which is even possible", [None, None, 8, 4]),
        ("单张4090 24G,Qwen2.5-7B:全参、LoRA、8bit LoRA、QLoRA哪些能跑", [None, None, 8, 4]),
        ("Llama-3.1-8B on a 3090: 8-bit LoRA or QLoRA?", [8, 4]),
        ("13B: LoRA or 8-bit QLoRA on a 24 GB card?", [None, 8]),
    ],
)
def test_adapters_on_told_bits_stand_beside_qlora_of_four(question: str, bits: list[int | None]) -> None:
    found = sides(read(question))
    assert found is not None
    assert [side.get("bits") for side in found.each] == bits


def test_what_fits_in_place_of_those_that_were_named_is_no_setting_of_one() -> None:
    text = answer_to("LoRA or 8-bit QLoRA for Qwen2.5-32B on 2x RTX 5090, which fits?")
    assert "QLoRA (8-bit) fits with" not in text
    assert "None of them fits." not in text
    assert "QLoRA, 4-bit" in text


@pytest.mark.parametrize(
    "question",
    [
        "VRAM for full fine-tuning Gemma 3 12B, AdamW, bf16 mixed, seq 4096, micro batch 1? and how would you split that over 80GB cards",
        "Full fine-tuning of Qwen2.5-14B: VRAM needed, and how do I split it across A100 80GB cards?",
        "Qwen2.5-14B全参微调,80G的卡要怎么切分?每张卡放多少",
    ],
)
def test_a_split_over_cards_that_nobody_counted_is_answered_by_their_number_and_what_each_holds(question: str) -> None:
    text = answer_to(question)
    assert "4" in text.split("\n")[0]
    assert "ZeRO-3/FSDP" in text.split("\n")[0]
    assert "÷ 4" in text


def test_a_split_over_cards_that_are_counted_keeps_their_number() -> None:
    assert "n_gpus" not in read("70B full fine-tuning on 8x H100, how should I shard it over the cards?").asks


def test_logits_that_are_freed_by_the_peak_have_their_account() -> None:
    text = answer_to("VRAM for full fine-tuning Gemma 3 12B, seq 4096, batch 1, on an 80GB card?")
    row = next(line for line in text.split("\n") if line.startswith("| logits and loss before"))
    assert "4,096 × 262,208 × 4 B = 4.00 GiB a copy" in row


# ── what a list of ways names, and what else is asked beside ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("freeze、lora、full三种方法微调chatglm3-6b分别要多少显存,我只有一张3090", {"method": ("freeze", "lora", "full")}),
        ("Freeze tuning last 4 layers of a 13B: how much memory compared to LoRA?", {"n_trainable_layers": (4,)}),
        ("LoRA r=64 all linear vs r=16 q,v only on Mistral 7B, memory difference?", {"lora_targets": ("q v", "all-linear")}),
        ("LoRA on all linear layers (q,k,v,o,gate,up,down), Mistral 7B", {"lora_targets": ("q k v o gate up down",)}),
    ],
)  # fmt: skip
def test_what_a_list_of_ways_names_is_read(question: str, facts: dict[str, Any]) -> None:
    reading = read(question)
    assert {name: tuple(sorted(map(str, reading.facts[name]))) for name in facts} == {
        name: tuple(sorted(map(str, values))) for name, values in facts.items()
    }


def test_ranks_with_their_own_targets_are_sides() -> None:
    found = sides(read("LoRA r=64 all linear vs r=16 q,v only on Mistral 7B, memory difference?"))
    assert found is not None
    assert [(side["lora_rank"], side["lora_targets"]) for side in found.each] == [(64, "all-linear"), (16, "q v")]


@pytest.mark.parametrize(
    "question",
    [
        "显存24G,想lora微调32B的模型可以吗?不行的话最大多大",
        "Can 2x A6000 48GB full fine-tune Qwen2.5-7B with FSDP? if not what's the biggest that fits",
    ],
)
def test_the_largest_is_told_where_it_is_asked_beside(question: str) -> None:
    text = answer_to(question)
    assert ("最大 " in text) or ("**Up to " in text)


def test_of_long_samples_what_fits_without_full_logits_is_told() -> None:
    first = answer_to("16GB 4080, want to fine-tune on 32k context documents with qlora, which model size is possible?").split("\n")[0]  # fmt: skip
    assert "fused loss" in first
    assert "QLoRA 4-bit: " in first


def test_host_memory_that_makes_it_fit_is_not_denied() -> None:
    text = answer_to("QLoRA训练llama3-70b 2*4090 fsdp 可行吗,需要多少内存")
    assert "更多内存也没用" not in text
    assert "内存 39.1 GiB" in text


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("SFT 72B全参 要几台8卡A800,zero3,seq 4096", "4 台 8 卡机"),
        ("How many 8-GPU H100 nodes for full SFT of Llama-3-70B with ZeRO-3?", "3 machines of 8"),
    ],
)
def test_machines_of_so_many_cards_are_counted(question: str, first: str) -> None:
    assert "n_gpus" not in read(question).facts
    assert first in answer_to(question).split("\n")[0]


def test_a_machine_that_is_told_keeps_its_cards() -> None:
    assert read("一台8卡A800能全参72B吗").facts["n_gpus"] == (8,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("一张4090能全参训练多大的模型", "纯 bf16 加 8 位 AdamW可到 3B"),
        ("What is the largest model I can fully fine-tune on one A100 80GB?", "with pure bf16 and 8-bit AdamW up to"),
    ],
)
def test_how_far_whole_models_go_with_fewer_bytes_of_states(question: str, says: str) -> None:
    text = answer_to(question)
    assert says.replace(" ", "") in text.split("\n")[0].replace(" ", "")
    assert "4-bit QLoRA" not in text
    assert "4 位 QLoRA" not in text


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        (
            "A30 24G，bf16 lora(r=8)微调glm-4-9b，cutoff_len 1024 2048 4096 分别能不能跑？",
            {"seq_len": (1024, 2048, 4096)},
        ),
        ("cutoff_len: 2048 / 4096 which fits Llama-3-8B LoRA 24GB", {"seq_len": (2048, 4096)}),
        ("max_seq_length 4096, 512 samples, Llama-3-8B lora", {"seq_len": (4096,)}),
        ("--max-model-len 8192 4 GPUs Qwen2.5-7B", {"seq_len": (8192,), "n_gpus": (4,)}),
        ("Qwen3-32B 想撑64路×32k上下文", {"batch_size": (64,), "seq_len": (32768,)}),
        ("Qwen3-32B 64 users x 32k", {"batch_size": (64,), "seq_len": (32768,)}),
        ("Qwen3-32B 32k*64路", {"batch_size": (64,), "seq_len": (32768,)}),
        (
            "Llama-3.1-8B Q4_K_M，--cache-type-k/v 用f16、q8_0、q4_0 各要多大",
            {"kv_format": ("fp16", "q8_0", "q4_0"), "weight_format": ("gguf:Q4_K_M",)},
        ),
    ],
)
def test_rows_behind_settings_and_loads_are_read_whole(question: str, facts: dict[str, tuple[object, ...]]) -> None:
    found = read(question)
    assert {name: found.facts.get(name) for name in facts} == facts
    assert not found.not_understood


@pytest.mark.parametrize(
    "question",
    [
        "I suspect the 256k vocab is the problem, gemma-2-9b LoRA with 2048 tokens on 24GB",
        "词表152k的Qwen2.5-7B全参微调，2048长度",
    ],
)
def test_a_vocabulary_is_no_length(question: str) -> None:
    found = read(question)
    assert found.facts["seq_len"] == (2048,)
    assert not found.not_understood


def test_what_a_model_costs_a_card_is_memory() -> None:
    assert (
        "training_time"
        not in read("How much does the reference model cost me per GPU in DPO of gemma-2-9b on 8xA100?").intents
    )
    assert "training_time" in read("How much does it cost to fine-tune Llama-3-8B on 10M tokens with an A100?").intents


def test_a_servers_message_on_its_cache_asks_for_no_speed() -> None:
    log = "The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache (43456)."
    answer = Assistant().ask(
        f"vllm 0.8 4090 24G 起 Llama-3.1-8B-Instruct 报错：\nValueError: {log}\n利用率调到0.95也不行。真要128k该怎么弄，不要128k又该填多少"
    )
    assert answer.text.startswith("**把 --max-model-len 设到 43,456 以内")
