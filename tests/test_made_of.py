"""What an answer says beside its verdict: the sum that gives the need, and with how many cards a run is asked about."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Does Qwen2.5-32B-Instruct-AWQ with 16k context fit on one RTX 5090 in vLLM?", ("weights 31.2B × ", "KV cache 2 × 64 layers × 8 KV heads × 128 × 2 B = 256 KiB a token × 16,384 (4.00 GiB)")),
        ("VRAM for GLM-4-32B-0414 bf16 with 16k context for 6 users", ("weights 32.6B × 2 B = 65.1 GB", "61 KiB a token × 16,384 × 6 sequences (5.72 GiB)")),
        ("单张3090跑Qwen3-14B-AWQ,8k上下文,vllm,够吗", ("权重 ", "KV 缓存 2 × 40 层 × 8 个 KV 头 × 128 × 2 B = 每 token 160 KiB × 8192(1.25 GiB)")),
        ("两张V100 32G推理Qwen2.5-14B fp16,上下文8k,行不行", ("构成(每张卡)", "每 token 192 KiB × 8192 = 1.50 GiB，÷ 2 张卡")),
    ],
)  # fmt: skip
def test_what_is_served_is_told_as_a_sum_beside_the_verdict(question: str, parts: tuple[str, ...]) -> None:
    text = answer_to(question)
    first = text.split("\n\n")[0].replace("（", "(").replace("）", ")")
    assert all(part in first for part in parts), first
    assert "| weights |" not in text
    assert "| 权重 |" not in text


def test_the_parts_of_the_sum_add_up_to_the_need() -> None:
    first = answer_to("Does Qwen2.5-32B-Instruct-AWQ with 16k context fit on one RTX 5090 in vLLM?").split("\n\n")[0]
    need, parts = re.search(r"about ([\d.]+) GiB of", first), first.partition("That is ")[2]
    amounts = [float(one) for one in re.findall(r"([\d.]+) GiB", parts)]
    assert need is not None
    assert sum(amounts) == pytest.approx(float(need[1]), abs=0.06)


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("3x RTX 3090, Llama-3.3-70B Q5_K_M with 16k context in llama.cpp, does it fit?", "320 KiB a token × 16,384 = 5.00 GiB"),
        ("三张3090用llama.cpp跑Llama-3.3-70B Q4_K_M,上下文16k,放得下吗", "每 token 320 KiB × 16,384 = 5.00 GiB"),
    ],
)  # fmt: skip
def test_of_layers_on_several_cards_the_whole_cache_is_told(question: str, whole: str) -> None:
    assert whole in answer_to(question)


def test_what_decides_a_no_is_not_told_twice() -> None:
    text = answer_to("Qwen3-32B bf16 on one RTX 4090, does it fit?")
    assert "The weights alone take 32.8B × 2 B" in text
    assert "That is weights" not in text


@pytest.mark.parametrize(
    ("question", "states"),
    [
        ("Full fine-tune Qwen3-1.7B on one L40S, seq 2048, batch 1, possible?", "1.72B × 16 B = 27.5 GB"),
        ("Qwen3-1.7B 全参微调要多少显存", "1.72B × 16 B = 27.5 GB"),
        ("How many A100 80GB for full SFT of Qwen2.5-14B with ZeRO-3?", "14.8B × 16 B = 236 GB, ÷ "),
        ("Qwen2.5-14B全参最少几张A6000 48G", "14.8B × 16 B = 236 GB，÷ "),
    ],
)
def test_the_states_of_a_full_training_are_one_product(question: str, states: str) -> None:
    assert states in "\n".join(answer_to(question).split("\n\n")[:3])


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("How many L40S for full SFT of Qwen2.5-7B with zero3? My colleague says 2 because 7B is only 15GB", 2),
        ("how many 3090s for Mixtral 8x7B Q8_0? I was told 3 would do", 3),
        ("Qwen2.5-14B 全参微调,A6000 48G要几张,能不能4张搞定", 4),
        ("Qwen3-32B 全参要几张H100,听说4张就够了", 4),
    ],
)
def test_a_count_that_others_name_is_worked_out_as_well(question: str, count: int) -> None:
    assert read(question).facts["n_gpus"] == (count,)


def test_what_a_program_says_is_no_count_of_cards() -> None:
    assert "n_gpus" not in read("How many A100s for Qwen3-8B full? nvidia-smi says 40 GB used").facts


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("Mistral-Small-24B LoRA bf16 on a single A100 80GB, ok? And would a 48GB card do?", ("A100 80 GB", "48 GB")),
        ("Does Qwen3-32B fp8 fit on an H100 80GB? what about a 48 GB card", ("H100 80 GB", "48 GB")),
        ("DeepSeek-V3 官方FP8,128k上下文,H200要几张?一台8卡H100行不行", ("H200", "H100")),
    ],
)
def test_each_card_that_is_asked_about_is_one(question: str, cards: tuple[str, ...]) -> None:
    assert read(question).facts["gpu"] == cards


def test_two_sizes_of_one_card_stay_its_sizes() -> None:
    assert read("Can I LoRA Qwen3-14B on an A100, would a 40 GB card do?").facts["gpu"] == ("A100",)


@pytest.mark.parametrize(
    "question",
    [
        "memory for a full finetune of Gemma-2-9b, seq 2048 bs 4, on 4 cards with FSDP? what does it cost per card",
        "Full SFT of Qwen3-8B over 8 GPUs with ZeRO-3: what does it cost me on each GPU in memory?",
    ],
)
def test_what_it_costs_each_card_is_memory(question: str) -> None:
    called = {call["name"] for call in Assistant().ask(question).tool_calls}
    assert "estimate_memory" in called
    assert "training_time" not in called


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("My log says the run peaks at 84 GB and nvidia-smi shows 81559MiB for the H100. Does 84 GB fit in that?", "**Yes, but it is tight: 84 GB = 78.23 GiB of 79.65 GiB"),
        ("估算要 24.6 GB,4090 显示 24564MiB,放得下吗", "**放得下，但很紧：24.6 GB = 22.91 GiB，可用 23.99 GiB"),
        ("estimate says 25.9 GB, will it fit my 24 GB 3090 (24576 MiB)?", "**No: 25.9 GB = 24.12 GiB is 0.12 GiB"),
    ],
)  # fmt: skip
def test_whether_so_much_goes_into_a_card_is_answered_first(question: str, opening: str) -> None:
    assert answer_to(question).startswith(opening)


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("How much memory does Phi-4 need for full FT, LoRA and QLoRA, seq 2k batch 1?", ("14.7B × 16 B = 235 GB", "LoRA: weights 14.7B × 2 B = 29.3 GB", "weights 13.6B × 4.13 bits")),
        ("InternLM2.5-7B 全参、lora、qlora 显存各多少,长度1024", ("7.74B × 16 B = 124 GB", "LoRA：权重 7.74B × 2 B = 15.5 GB", "QLoRA：权重 6.98B × 4.13 位")),
        ("DeepSeek-R1-Distill-Llama-70B at fp16 and 4bit, 64k ctx, how much memory?", ("16-bit 70.6B × 2 B = 141 GB", "the KV cache in each 2 × 80 layers × 8 KV heads × 128 × 2 B = 320 KiB a token × 65,536 (20.0 GiB)")),
        ("How much VRAM for Mistral-Small-3.1-24B in bf16, fp8 and Q4, with 32k context for 4 users?", ("bf16 23.6B × 2 B = 47.1 GB", "160 KiB a token × 32,768 × 4 sequences (20.0 GiB)")),
    ],
)  # fmt: skip
def test_of_formats_and_methods_each_is_told_with_its_product(question: str, each: tuple[str, ...]) -> None:
    lead = "\n".join(answer_to(question).split("\n\n")[:2])
    assert all(one in lead for one in each), lead


@pytest.mark.parametrize(
    ("question", "asks", "rules"),
    [
        ("will it fit on my card?", "Which model is it about?", "full fine-tuning with AdamW 16 to 18 GB"),
        ("which gpu should I rent for my model", "Which model is it about?", "QLoRA 0.6 GB and more"),
        ("要买几张卡?", "是哪个模型?", "AdamW 全参微调 16 到 18 GB"),
        ("我想部署一个大模型给公司用,要什么配置", "是哪个模型?", "4 位约 0.6 GB"),
    ],
)
def test_what_names_no_model_is_asked_and_gets_the_rules_for_any(question: str, asks: str, rules: str) -> None:
    text = answer_to(question).replace("\uff1f", "?")
    assert text.startswith(asks)
    assert rules in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("can I finetune on 2 cards with 16GB", "a 13B is the largest with room to spare on one card"),
        ("单卡24G能微调吗", "单卡留有余量的最大是 30B"),
    ],
)
def test_cards_that_are_to_train_what_is_open_get_the_sizes_that_they_train(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


def test_running_out_while_serving_no_model_in_particular_has_its_levers() -> None:
    assert answer_to("推理的时候显存爆了,要换多大的卡").startswith("**不一定要换卡。")
    assert answer_to("inference runs out of memory, do I need a bigger GPU?").startswith(
        "**Not necessarily a larger card."
    )


@pytest.mark.parametrize("question", ["Llama-3.1-8B DPO with lora on 2x L4 24GB", "qwen2.5-7b dpo lora 单卡24G"])
def test_a_method_behind_a_name_is_no_part_of_it(question: str) -> None:
    assert read(question).facts["algo"] == ("dpo",)


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("CodeLlama-34B 用 AWQ 部署,16k上下文,单并发和8并发各要多少显存", ("每 token 192 KiB × 16,384(3.00 GiB)", "× 8 条(24.0 GiB)")),
        ("Qwen3-8B bf16 inference, memory at 8k and at 32k context?", ("144 KiB a token × 8192 (1.12 GiB)", "144 KiB a token × 32,768 (4.50 GiB)")),
    ],
)  # fmt: skip
def test_of_lengths_and_sequences_the_cache_of_each_is_told(question: str, each: tuple[str, ...]) -> None:
    lead = answer_to(question).split("\n\n")[0].replace("（", "(").replace("）", ")")
    assert all(one in lead for one in each), lead


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-32B bf16推理 4张4090够不够,8k,用vllm",
        "Qwen3-8B bf16 单卡4090能不能跑 8k",
        "Ministral-8B on a 4070 12GB at int8 with 8k context, fine?",
    ],
)
def test_a_question_of_both_ways_is_answered_yes_or_no(question: str) -> None:
    assert answer_to(question).startswith(("**可以。", "**Yes. "))


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("our DGX H100 (8x80): can we full finetune Llama-3.3-70B with FSDP", 8),
        ("HGX H200 跑 DeepSeek-V3 fp8", 8),
        ("A100 (4x80GB) for Qwen3-32B lora", 4),
        ("2 DGX H100 for Kimi-K2", 16),
    ],
)
def test_a_machine_by_name_has_its_eight_cards(question: str, count: int) -> None:
    assert read(question).facts["n_gpus"] == (count,)
