"""What trainers of whole models, their messages and their users' sums tell: a method, a cause, a part of the whole."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.answers.verdict_words import by_cases
from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to

READ: list[tuple[str, dict[str, Any]]] = [
    ("nanoGPT run of gpt2-medium, batch_size=24, block 1024, one 4090", {"task": ("train",)}),
    ("用 nanochat 从头训 1.5B,8 张 H100", {"task": ("train",)}),
    ("全参 13B,zero3,只 offload 优化器,不 offload 参数,4 张 A6000", {"offload": ("optimizer",)}),
    ("13B full with ZeRO-3, no offload, 8x A100", {"offload": ("none",)}),
    ("70B full, no full recompute, Megatron TP8 PP4, 32 H100", {"gradient_checkpointing": ("off",)}),
    ("72B 全参,Megatron TP8 PP4,不开全部重计算", {"gradient_checkpointing": ("off",)}),
    ("Qwen2.5-14B full on 8 cards of 24 GB, FSDP", {"n_gpus": (8,), "gpu_memory_gb": (24,)}),
]


@pytest.mark.parametrize(("text", "facts"), READ)
def test_what_trainers_say_is_read(text: str, facts: dict[str, Any]) -> None:
    found = read(text)
    assert {name: found.facts.get(name) for name in facts} == facts


def test_trainers_of_whole_models_know_no_adapters() -> None:
    calls = calls_of(read("nanoGPT, gpt2-xl, batch_size=4, block 1024 on a 24GB card: OOM"))
    facts = next(args for name, args in calls if name == "estimate_memory")
    assert facts["method"] == "full"
    assert facts["gradient_checkpointing"] == "off"


@pytest.mark.parametrize("text", [
    "nanoGPT: gpt2 with batch_size=40 and block 1024 OOMs on a 24GB card, why?",
    "nanoGPT 训 gpt2,batch_size=40,block 1024,24G 卡爆显存,为什么?",
    # states that cards divide which are yet to be counted
    "How many A100 80GB for full SFT of Qwen2.5-14B at 64k tokens with ZeRO-3 and checkpointing? It OOMs at batch 1",
    "ZeRO-3 全参训 Qwen2.5-14B,长度 64k,开了重计算,要多少张 A100 80G?batch 1 也 OOM",
])  # fmt: skip
def test_the_states_are_no_cause_where_activations_are(text: str) -> None:
    answer = answer_to(text)
    assert "the states are too much" not in answer
    assert "状态本身就超过" not in answer


@pytest.mark.parametrize(
    "text",
    [
        "Full tuning of Llama-3.1-8B, the checkpoints are 32*8192*4096*2=2.1GB and the states 8*16=128GB: OK on 8 cards of 24GB with FSDP?",
        "Llama-3.1-8B 全参,8 张 24G 卡 FSDP:检查点 32*8192*4096*2=2.1G,状态 8*16=128G,放得下吗?",
    ],
)
def test_a_product_that_is_called_something_else_is_no_cache(text: str) -> None:
    answer = answer_to(text)
    assert not any(one in answer for one in ("hidden size (", "隐藏维度(", "16-bit weights of 8 models", "KV heads ×"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("DeepSpeed ZeRO-3 with CPU offload of a 20B, 4x A6000, 200GB of RAM: it dies with return code = -9, driver?", "Host RAM is what runs out"),
        ("20B 全参 zero3 offload,4 张 A6000,内存 200G,日志只有 return code = -9,是驱动的问题吗", "耗尽的是主机内存"),
    ],
)  # fmt: skip
def test_a_killed_process_is_told_by_any_spelling(text: str, cause: str) -> None:
    assert cause in answer_to(text).split("\n\n")[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Kimi-K2 keeps 512+64 numbers a token in each layer, about 70 KB/token in bf16. With plain MHA, about 2 MB?", "right for multi-head attention"),
        ("Qwen2.5-7B 每 token 缓存 56KB,没有 GQA(MHA)的话就是 392KB,对吗?", "按 MHA 算"),
    ],
)  # fmt: skip
def test_what_is_supposed_of_multi_head_attention_is_judged_so(text: str, says: str) -> None:
    answer = answer_to(text)
    assert says in answer
    assert "published in FP8" not in answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "What MFU did Llama-3.1-405B reach in its 30.84M H100 hours? I get 17 %",
            "Of the card's FP8 rate, 1,979 TFLOP/s",
        ),
        ("DeepSeek-V3 用 266.4 万 H800 卡时训 14.8T token,MFU 是多少?我算出来 17%", "若按 FP8 稠密峰值"),
    ],
)
def test_a_share_of_the_peak_is_told_of_both_peaks(text: str, says: str) -> None:
    answer = Assistant().ask(text)
    assert says in answer.text
    assert not read(text).not_understood


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "8x A100 80G trained a 7B on 10B tokens in 6 days, what MFU is that?",
            "**About 32 % of the peak rate (MFU)**",
        ),
        ("64张H800训了一个13B,500B token用了32天,MFU是多少?", "**MFU 约 22 %**"),
        (
            "our 3B run took 9,800 H100 hours for 300B tokens, what utilisation is that",
            "**About 15 % of the peak rate (MFU)**",
        ),
    ],
)
def test_a_share_follows_from_all_tokens_and_the_time_they_took(text: str, says: str) -> None:
    assert answer_to(text).startswith(says)


@pytest.mark.parametrize(
    ("text", "opens", "says"),
    [
        ("在8张H100上全参训练13B,100B token,MFU 40%,10天内能完成吗?", "**不能:约需 29 天", "按时完成需 23 张(每台 8 卡即 3 台、24 张)"),
        ("8x A100 80G, 7B from scratch, 200B tokens at 50% utilisation: done in 30 days?", "**No: it takes about 78 days", "21 such cards would do it in time (3 machines of 8: 24 cards)"),
        ("4x A100 80G, 7B from scratch, 20B tokens at 50% MFU: done in 10 days?", "**No: it takes about 16 days", "7 such cards would do it in time."),
    ],
)  # fmt: skip
def test_cards_for_a_deadline_are_whole_machines_too(text: str, opens: str, says: str) -> None:
    told = answer_to(text).translate(str.maketrans("：；，（）？", ":;,()?"))
    assert told.startswith(opens)
    assert says in told


@pytest.mark.parametrize(("text", "told"), [
    ("QLoRA of Llama-3.1-8B on a 4090 at 8k: does it fit with TRL, Unsloth or plain transformers?", ("TRL or Unsloth", "HF transformers")),
    ("Llama-3.1-8B QLoRA 8k长度,4090上用trl、unsloth或transformers能跑吗", ("TRL、Unsloth", "HF transformers")),
])  # fmt: skip
def test_programs_computed_as_one_keep_their_own_names(text: str, told: tuple[str, str]) -> None:
    first = answer_to(text).split("\n\n")[0]
    assert all(one in first for one in told), first


def test_cases_that_are_no_whole_grid_are_told_by_all_that_differs() -> None:
    """Where no two cases differ in one fact alone, the verdict still has words."""
    sides = [("yes", "qlora", 1, 4096, 20), ("borderline", "qlora", 2, 8192, 24), ("yes", "lora", 4, 2048, 20)]
    memory = {"low_gib": 20.0, "best_gib": 21.0, "high_gib": 22.0}
    cases = [
        {"facts": {"method": method, "batch_size": batch, "seq_len": length}, "verdict": verdict, "leaning": verdict,
         "memory": {**memory, "best_gib": float(gib)}, "capacity_gib": 24.0, "total_gib": float(gib)}
        for verdict, method, batch, length, gib in sides
    ]  # fmt: skip
    told = by_cases(cases, "en", {"cases": cases, "capacity_gib": 24.0})
    assert all(one in told for one in ("batch 2", "8,192 tokens")), told
    told = by_cases(cases, "zh", {"cases": cases, "capacity_gib": 24.0})
    assert all(one in told for one in ("批大小 2", "8,192 token")), told
