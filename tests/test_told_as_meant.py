"""What is told in passing, of a former run or of another thing, and is none of the case: each beside what is."""

from typing import Any

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        # a count that is taken back at once; slots of a board; prices
        ("does 70B Q4 run on 2, sorry, 4 RTX 3090s?", {"n_gpus": (4,)}),
        ("the board has three x8 slots, Qwen3-14B fp8 on a 4090", {"batch_size": None}),
        ("H100一小时20块，4090才2块，一张卡跑14B int4选哪个", {"n_gpus": (1,)}),
        # one more card with its memory; a laptop's card; a memory before an unknown card
        ("with a second 16 gig 4080, could I run 32B Q4?", {"n_gpus": (2,)}),
        ("laptop with a 4080, Qwen3-14B Q4?", {"gpu": ("RTX 4080 Laptop GPU",)}),
        ("笔记本里的4070，跑8B Q4", {"gpu": ("RTX 4070 Laptop GPU",)}),
        ("8g显存的RX 6600，8B Q4", {"gpu_memory_gb": (8,), "gpu": None}),
        # lengths and batches
        ("how many concurrent 8k sessions of an 8B in fp8 on an L40S?", {"seq_len": (8192,)}),
        ("axolotl 训 14B，qlora，bs=2，8192，A6000", {"seq_len": (8192,), "batch_size": (2,)}),
        ("7B full, FSDP on 8 A100, one sequence per GPU", {"batch_size": (1,)}),
        ("14B 全参，8张H100，每卡一条数据", {"batch_size": (1,)}),
        ("Megatron 13B tp4 pp2 8张A100，微批次数量16", {"n_microbatches": (16,)}),
        # what is over
        ("16k老是爆，退到8k还是爆，8B qlora 4090", {"seq_len": (8192,)}),
        ("Started with DDP, it blew up, so I switched to ZeRO-3 last night. 13B full on 4 A100", {"zero_stage": (3,)}),
        ("64 concurrent requests on an H100, 32B fp8. Our pilot with 8 requests was fine.", {"batch_size": (64,)}),
        ("Three years ago I ran a 7B in GPTQ on a 2080 Ti. Which model runs on it today?", {"params": None, "weight_format": None}),
        ("去年我跑过Qwen-7B的GPTQ，现在12G的3060跑什么模型合适", {"model": None, "weight_format": None}),
        # formats of other things
        ("are the optimizer states in fp32 for a 13B full fine-tune?", {"weight_format": None}),
        ("KV不量化保持f16，Qwen3-32B Q5_K_M，5090", {"kv_format": ("fp16",), "weight_format": ("gguf:Q5_K_M",), "bits": None}),
        ("KV从f16改成q8_0，14B Q4_K_M，24G", {"kv_format": ("fp16", "q8_0"), "weight_format": ("gguf:Q4_K_M",)}),
        ("KV缓存不量化，8B Q8_0", {"weight_format": ("gguf:Q8_0",), "bits": None}),
        # layouts and roles
        ("全部放显存，不往内存里放，70B Q3_K_M 两张4090", {"offload": ("none",)}),
        ("Qwen3-0.6B speculating for Qwen3-14B on a 4090", {"draft_model": ("Qwen/Qwen3-0.6B",), "model": ("Qwen/Qwen3-14B",)}),
        ("batch还能加多少？7B，lora r=16，只挂q_proj和k_proj，长度1024，3090", {"method": ("lora",), "lora_rank": (16,)}),
        ("8B full ft in torchtitan on 8 H100s", {"engine": ("torchtitan",)}),
        ("llama.cpp开了fa，Qwen3-32B Q4_K_M，32k", {"attention": ("flash",)}),
        # what others do and the asker would do as well; what a word was taken for
        ("My boss does full fine-tuning of an 8B on an H200. I have 2x L40S: can I do the same with ZeRO-3, or only LoRA?", {"method": ("full", "lora"), "gpu": ("L40S",)}),
        ("同学在H100上全参微调8B，我只有两张L40，也能这么做吗，还是只能QLoRA", {"method": ("full", "qlora"), "gpu": ("L40",)}),
        ("8B full 2张H100，够吗", {"method": ("full",), "n_gpus": (2,)}),
        ("3 prompts at once, 14B fp8 on an L40S, 8k each", {"batch_size": (3,)}),
        # and what looks alike
        ("Qwen3-8B 不量化，4090", {"bits": (16,)}),
        ("the weights are in fp32, 7B", {"weight_format": ("fp32",)}),
        ("4张3090挂4个lora，8B", {"method": ("inference",)}),
        ("My colleague does LoRA of a 7B on a T4. I have an A10: does full fine-tuning fit?", {"method": ("full",), "gpu": ("A10",)}),
        ("I ran a 7B on a 3060 last year, now how much does 14B Q4 need?", {"params": (14e9,)}),
    ],
)  # fmt: skip
def test_each_is_read_as_it_is_meant(text: str, facts: dict[str, Any]) -> None:
    found = read(text).facts
    assert {name: found.get(name) for name in facts} == facts


def test_others_have_as_many_where_they_share_the_count() -> None:
    assert read("a friend serves 32B AWQ on 2x A5000. Would that work on my two 3090s?").others["n_gpus"] == (2,)


def test_a_chip_of_a_phone_asks_for_no_rate() -> None:
    assert "decoding_rate" not in read("天玑9300能跑多大的模型").intents
