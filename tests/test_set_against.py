"""A change that a later turn asks about is set against what was before; one of several that were named is chosen."""

import pytest

from chat.agent import Assistant
from chat.reads.follow_ups.set_against import SET_AGAINST
from chat.reads.grammar import read
from tests.talking import last


@pytest.mark.parametrize(
    ("questions", "opens", "facts"),
    [
        (("LoRA on Qwen2.5-7B, batch 2, 2k", "how much does batch 1 save?"), "19.6 GiB → 23.7 GiB in all, 4.12 GiB more", {"batch_size": 1}),
        (("Qwen3-14B LoRA 24G卡 长度4k", "降到2k能省多少"), "33.6 GiB → 38.1 GiB，多 4.56 GiB", {"seq_len": 2048}),
        (("Qwen3-8B 全参 4张A100 80G zero2", "换成zero3能省多少"), "比 ZeRO-2（52.6 GiB）少 9.92 GiB", {"zero_stage": 3}),
        (("Llama-3.1-8B bf16 32k on a 4090", "how much less with an fp8 cache?"), "2.00 GiB (50 %) between them", {"kv_format": "fp8"}),
        (("Llama-3.1-70B AWQ on an A100 80GB, 8k, 4 users", "what does 16k change"), "48.4 GiB → 58.4 GiB in all", {"seq_len": 16384}),
        # of a number that is asked for, how it goes with both
        (("Qwen2.5-72B AWQ on 2x A100 80GB, vLLM, fp8 cache, 8k", "so how many users at most, and does it change with 4k each"), "4,096 tokens: **about 162 to 168 sequences at once**", {"seq_len": 4096}),
    ],
)  # fmt: skip
def test_a_change_is_set_against_what_was_before(
    assistant: Assistant, questions: tuple[str, ...], opens: str, facts: dict[str, object]
) -> None:
    told = last(*questions)
    assert opens in told.text.split("\n\n")[0], told.text
    assert {name: told.given[name] for name in facts} == {name: (one,) for name, one in facts.items()}


@pytest.mark.parametrize(
    ("questions", "facts"),
    [
        (("Full fine-tuning of Qwen2.5-7B on 4 A100 80GB", "the second option, with 8k"), {"zero_stage": 2, "seq_len": 8192, "n_gpus": 4}),
        (("Qwen2.5-14B 全参 8张 A100 40G 怎么放", "用第三种，优化器offload到内存"), {"zero_stage": 3, "offload": "optimizer"}),
        (("Llama-3.1-8B on a 3090, Q8 or Q4?", "the second one at 32k"), {"weight_format": "gguf:Q4_K_M", "n_gpus": 1}),
        (("7B 的 LoRA 和 QLoRA 在 3090 上行吗", "后者长度8k呢"), {"method": "qlora", "seq_len": 8192}),
        (("Qwen2.5-14B LoRA rank 8 和 64 差多少", "那就64"), {"lora_rank": 64}),
        (("Qwen3-32B on a 4090 or a 5090?", "the latter, with 32k"), {"gpu": "RTX 5090"}),
        # cards that come or go, a switch, a share, half of it, by what was said before
        (("Gemma-2-27B Q5 on 2x 3060 12GB", "ok add one more", "what if I swap one for a 4090"), {"gpu": "2 × RTX 3060 12 GB + RTX 4090", "n_gpus": 3}),
        (("两张 3090 跑 Qwen3-32B int8", "其中一张换成4090呢"), {"gpu": "RTX 3090 + RTX 4090", "n_gpus": 2}),
        (("Yi-34B full fine-tuning, 8x H100, ZeRO-3, no checkpointing", "ok leave it on. batch 4?"), {"gradient_checkpointing": "on", "batch_size": 4}),
        (("7B LoRA bs8 4k 24G卡 不开重计算", "开了呢", "那再把bs降一半"), {"gradient_checkpointing": "on", "batch_size": 4}),
        (("Qwen2.5-32B AWQ in vLLM on a 3090, 16k", "use 0.95"), {"gpu_memory_utilization": 0.95, "seq_len": 16384}),
        (("QLoRA internlm2-20b on a V100 32GB", "oh wait, 16gb"), {"gpu_memory_gb": 16, "gpu": "V100"}),
        (("Qwen3-32B fp8 一张A100 80G", "为啥A100能放更多"), {"gpu": "A100", "gpu_memory_gb": 80}),
        (("Qwen2.5-3B GRPO 单卡A6000", "那换成lora"), {"algo": "grpo", "method": "lora"}),
        (("Mistral-Small-24B fp8 on an L40S, 20 users, 8k", "halve the users then"), {"batch_size": 10}),
        (("I have 2x 3090 and want to fine-tune Llama-3-8B", "full?"), {"method": "full", "n_gpus": 2}),
        (("DeepSeek-R1-Distill-Llama-70B int4 两张A6000", "第二张卡换成3090行吗"), {"gpu": "RTX A6000 + RTX 3090", "n_gpus": 2}),
        (("Qwen3-32B Q4 on 2x 3090", "make the second one a 3060 12gb"), {"gpu": "RTX 3090 + RTX 3060 12 GB", "n_gpus": 2}),
        (("2080Ti 11G QLoRA chatglm3-6b", "如果换22G魔改版"), {"gpu_memory_gb": 22}),
        # a training that was spoken of is what is asked whether it runs
        (("full, LoRA and QLoRA of Llama-2-7B, how much each?", "do any of those run on a 4080"), {"task": "train", "gpu": "RTX 4080"}),
        (("Qwen3-30B-A3B Q4 on a 3060 12GB, experts in RAM", "and without that offload thing but two 3060s"), {"offload": "none", "n_gpus": 2}),
    ],
)  # fmt: skip
def test_one_of_those_that_were_named(
    assistant: Assistant, questions: tuple[str, ...], facts: dict[str, object]
) -> None:
    given = last(*questions).given
    assert {name: given.get(name, ("",))[0] for name in facts} == facts


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (("Qwen3-32B bf16 单卡 A100 80G", "那能同时多少人用 每人4k", "换成awq呢"), "同时约 52 到 54 条"),
        (("DeepSeek-R1 用昇腾910B 64G 要几张", "量化的那个方案每张卡占多少"), "8 张卡"),
        (("7B LoRA 表里写 16G 我实测 24G 这表不准吧", "模型是qwen2.5-7b bs2 长度2k"), "总共 25.4 GB（23.7 GiB）"),
        (("Llama-3-70B int4 两张3090可以吗", "上下文最大能开到多少", "kv量化成8bit呢"), "53,405 token"),
        (("Llama-3-70B int4 两张3090，kv 量化成 8bit", "为啥每个token要320KB"), "每 token 320 KiB"),
        (("Mixtral 8x7B Q4 on a 3090", "that can't be right, only 13B are active"), "No: all 46.7B parameters must be stored"),
        (("Llama-2-7B full fine-tuning memory?", "give me a table, full / 8bit adam / lora / qlora"), "full fine-tuning 102.0 / 39.4 GiB"),
        (("Qwen3-14B bf16 on 2x 3090, 16k", "what you called runtime, what is that?"), "The runtime is what a process holds"),
        (("LoRA of Qwen3-8B on a 3090", "and the adapter?"), "Adapter: 0.16 GiB of 20.9 GiB"),
        (("4090 能微调多大的模型", "那就 Qwen3-14B qlora"), "Qwen3-14B · QLoRA · 4 位 · RTX 4090：放得下"),
        (("how large a model can I fine-tune on a 16GB 4080 Super?", "ok say Qwen3-8B then, LoRA, 2k"), "Qwen3-8B, LoRA, RTX 4080 SUPER: does not fit"),
        (("LoRA of Qwen3-8B, 2k", "and what would rank 128 add"), "rank 16 needs about 20.9 GiB, 3.49 GiB less"),
        (("Qwen3-235B-A22B 4-bit on 4x H100", "kv per token?", "ok and total for 32 users at 32k"), "not 32 sequences of this length at once, but 26"),
        (("how many A100 80GB for full fine-tuning of Llama-3.1-70B?", "per card?"), "24 cards"),
        (("4张V100 32G 全参 Llama-3-8B", "zero几合适"), "切分（ZeRO-3/FSDP）"),
        (("Qwen2.5-VL-7B LoRA 3090 行吗", "图片1024x1024"), "1,369 个 token"),
        (("Mistral-7B LoRA, 2x 4090, 1k", "what changes with zero2"), "a copy per card 18.1 GiB; ZeRO-2 takes 17.8 GiB"),
        (("DPO of Llama-3.1-8B with LoRA on one A6000", "and full dpo? how many of those cards"), "7 cards"),
        (("7B 全参 8卡A100 80G", "bs怎么设"), "稳妥的上限是批大小"),
        (("LoRA of Qwen3-8B on a 3090", "what eats the most there"), "The largest part: weights"),
        (("LoRA of Qwen3-8B on a 3090", "what did you assume?"), "Assumed: 2,048 tokens, batch 1"),
        (("Qwen3-8B LoRA 单卡3090", "你默认的长度是多少"), "假设：2,048 token"),
        (("Qwen3-8B LoRA 单卡3090", "谢谢 总结一下"), "Qwen3-8B · LoRA · RTX 3090：多半放得下"),
    ],
)  # fmt: skip
def test_what_is_asked_now_comes_first(assistant: Assistant, questions: tuple[str, ...], opens: str) -> None:
    told = last(*questions)
    assert opens in told.text.split("\n\n")[0], told.text


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        # against one that is named, all else of the case at hand
        (("LoRA on Llama-3.2-3B, T4, 8k", "the 1B?", "how does that compare with the 3B?"), "LoRA: Llama-3.2-1B-Instruct needs about"),
        (("13B QLoRA 要多少显存", "比7B多多少"), "QLoRA：13B 需要约"),
        (("7B 全参 8 张 A100，ZeRO-3", "相比ZeRO-2省多少"), "切分（ZeRO-3/FSDP）每张卡需要约"),
        (("Mistral 7B q4 on 8 GB", "vs q8?"), "Mistral-7B-v0.1: Q4_K_M needs about"),
        (("Qwen2.5-72B AWQ 推理", "和7B比，每个token的KV大多少倍"), "是 Qwen2.5-7B-Instruct 的 5.71 倍"),
        # against the case before the last change, whatever was changed
        (("LoRA of Qwen2.5-7B, 4090, batch 2", "and QLoRA?", "what's the difference in GB"), "QLoRA (4-bit) needs about"),
        (("Qwen2.5-7B LoRA 单张4090", "换成QLoRA", "差多少"), "QLoRA（4 位）需要约"),
        (("Qwen3-8B on a 3090 with vLLM, 8k", "32k", "how much more is that than before?"), "From 8,192 tokens to 32,768 tokens"),
        (("Qwen2.5-1.5B LoRA 4090", "批大小8，长度4096", "为什么一下子涨这么多？"), "批大小 8（4,096 token）需要约 65.9 GiB，批大小 1"),
        (("Qwen3-8B on a 3090, 8k", "32k with 4 users", "why did it jump so much?"), "8,192 tokens (batch 1) needs about"),
        (("Qwen2.5-7B LoRA on a 4090", "and QLoRA?", "difference?"), "QLoRA (4-bit) needs about"),
        # of what is named alone
        (("Qwen2.5-7B LoRA 4090", "QLoRA batch 4", "为什么QLoRA省这么多"), "LoRA 需要约 31.9 GiB，QLoRA（4 位）约 22.9 GiB"),
        # and once it was, why
        (("7B 全参 8 张 A100，ZeRO-3", "相比ZeRO-2省多少", "为什么降了这么多"), "ZeRO-2 每张卡需要约"),
    ],
)  # fmt: skip
def test_a_case_is_held_against_another_of_the_conversation(
    questions: tuple[str, ...], opens: str, assistant: Assistant
) -> None:
    told = last(*questions)
    assert opens in told.text.split("\n\n")[0], told.text


def test_the_case_at_hand_stays_what_it_was(assistant: Assistant) -> None:
    given = last("LoRA of Qwen2.5-7B on a 4090", "how does that compare to full fine-tuning?", "and batch 2?").given
    assert (given["method"], given["batch_size"]) == (("lora",), (2,))


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("LoRA of Qwen2.5-7B on a 4090", "why so much?"),  # of the whole, and no change
        ("LoRA of Qwen2.5-7B on a 4090", "why did the loss increase?"),
        ("Qwen2.5-7B LoRA 4090", "13B 和 7B 比哪个快"),
    ],
)
def test_what_is_no_comparison_with_the_case_at_hand(before: str, asked: str) -> None:
    assert SET_AGAINST not in read(asked, read(before)).extras
