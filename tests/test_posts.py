"""Posts: what people have, tried and ask in one text. What is asked opens the answer; what is told stays evidence."""

from typing import Any

import pytest

from chat.reads import asking
from chat.reads.asked import KINDS, THINGS, WANTS
from chat.reads.grammar import read
from chat.reads.intents import INTENTS
from tests.phrasing import FOLDER

pytestmark = pytest.mark.slow

B = 10**9


def test_a_post_is_answered_for_what_it_asks() -> None:
    lines = [line for line in (FOLDER / "posts.txt").read_text(encoding="utf-8").splitlines() if " | " in line]
    asked = [line.replace("\\n", "\n").split(" | ", 1) for line in lines if not line.startswith("#")]
    assert len(asked) >= 180
    missed = [
        (wishes, read(text).intents, text) for wishes, text in asked if read(text).intent not in wishes.split("/")
    ]
    assert len(missed) <= 0.03 * len(asked), "\n".join(map(str, missed))


# (post, its facts, its extras): what a class of posts says in its own way
SAID: list[tuple[str, dict[str, tuple[Any, ...]], dict[str, tuple[Any, ...]]]] = [
    # what others say is their case
    ("The README says 2x A100 80GB do it; on my 4x A100 40GB it overflows. Qwen2-72B int4.", {"n_gpus": (4,), "gpu_memory_gb": (40,)}, {"told_by_others": ("A100 80 GB", 2)}),
    ("文档说两张H800够,我只有8张4090,能训13B吗", {"n_gpus": (8,), "gpu": ("RTX 4090",)}, {"told_by_others": ("H800", 2)}),
    ("Everyone says that 7B and 13B fit on 24GB, true?", {"params": (7 * B, 13 * B)}, {}),
    # what is not used
    ("full fine-tuning of a 3B, not LoRA, on an A100 80GB: ok?", {"method": ("full",)}, {}),
    ("13B全参微调(不要lora),需要多少显存", {"method": ("full",)}, {}),
    ("8B LoRA in bf16, I'm not doing 4bit. Does it fit in 24GB?", {"method": ("lora",), "weight_format": ("bf16",)}, {}),
    ("zero3 全参 14B 没开offload,8张A100够吗", {"zero_stage": (3,), "offload": ("none",), "n_gpus": (8,)}, {}),
    ("why not lora for the 7B on 16GB?", {"method": ("lora",)}, {}),
    # settings, commands and files
    ("base: 7B\nadapter: lora\nmicro_batch_size: 2\ngradient_accumulation_steps: 8\nsequence_len: 4096\nfits 24GB?", {"batch_size": (2,), "grad_accum": (8,), "seq_len": (4096,)}, {}),
    ("torchrun --nproc_per_node 4 train.py, 7B full, does it fit on A100 40G?", {"n_gpus": (4,)}, {}),
    ("./llama-server -m model.gguf -ngl 99 -c 8192 -fa, 13B Q4_K_M", {"engine": ("llama.cpp",), "gpu_layers": (99,), "seq_len": (8192,), "attention": ("flash",)}, {}),
    ("--tensor-model-parallel-size 4 --pipeline-model-parallel-size 2, 13B, memory?", {"tp": (4,), "pp": (2,)}, {}),
    ("lmdeploy serve api_server --session-len 8192, 20B, 8 个并发", {"seq_len": (8192,), "batch_size": (8,)}, {}),
    ("swift sft of a 7B with lora, zero_optimization: {stage: 3}, memory?", {"engine": ("ms-swift",), "zero_stage": (3,)}, {}),
    ("llama3_8b_qlora_alpaca.py on a 3090, ok?", {"method": ("qlora",)}, {}),
    # lengths without a noun
    ("7B lora, bs 2, 4096, on a 4090: ok?", {"batch_size": (2,), "seq_len": (4096,)}, {}),
    ("batch of 16 x 512 tokens, 1B full, memory?", {"batch_size": (16,), "seq_len": (512,)}, {}),
    ("At 8192 it works with an 8B on 24GB; what is the most it can do?", {"seq_len": (8192,)}, {}),
    # cards and memories
    ("双3090跑32B int4够吗", {"n_gpus": (2,), "gpu": ("RTX 3090",)}, {}),
    ("四零九零一张,跑14B int4", {"gpu": ("RTX 4090",), "n_gpus": (1,)}, {}),
    ("a 3060 (the 12 gig one), 7B int4", {"gpu": ("RTX 3060",), "gpu_memory_gb": (12,)}, {}),
    ("2080ti 魔改 22G,跑14B int4行吗", {"gpu": ("RTX 2080 Ti",), "gpu_memory_gb": (22,)}, {}),
    ("8xA100-80, 70B lora, ok?", {"n_gpus": (8,), "gpu_memory_gb": (80,)}, {}),
    ("12 DGX H100 for a 175B, enough?", {"n_gpus": (96,), "gpu": ("H100",)}, {"nodes": (12,)}),
    ("两机16卡A800,zero3全参72B行吗", {"n_gpus": (16,)}, {"nodes": (2,)}),
    ("两台机器,每台4张A100,训13B行吗", {"n_gpus": (8,)}, {"nodes": (2,)}),
    ("昇腾910B3 64G 八张,13B全参行吗", {"n_gpus": (8,), "gpu_memory_gb": (64,)}, {}),
    ("用了zero3后每张卡显存和单卡一样,7B,4卡", {"n_gpus": (4,)}, {}),
    ("is an RTX 9990 with 64GB enough for a 7B?", {"gpu_memory_gb": (64,)}, {}),
    ("24576MiB / 24576MiB used, 7B fp16", {"gpu_memory_gb": (24,)}, {}),
    # figures of a run are no card's memory, and units of other things are none
    ("V100 took 30GB for a 7B lora, normal?", {"gpu_memory_gb": None, "gpu": ("V100",)}, {}),
    ("7B, ZeRO-3 gives 14 GB per GPU, correct?", {"gpu_memory_gb": None, "params": (7 * B,)}, {}),
    ("70B in 4 bit with 48 GB of bandwidth, fits?", {"gpu_memory_gb": None, "params": (70 * B,), "bits": (4,)}, {}),
    ("QLoRA takes 5046M for a 7B, why not 3.5G?", {"gpu_memory_gb": None, "params": (7 * B,)}, {}),
    # a size that is what a token passes through
    ("Qwen3-235B-A22B: only 22B are active, so 22B worth of memory?", {"model": ("Qwen/Qwen3-235B-A22B",)}, {"active_params": (22.0 * B,)}),
    ("server for 二十个同学, 8B fp16, 4k each", {"batch_size": (20,), "seq_len": (4096,)}, {}),
    ("one EPYC with 512 GB of registered DDR4 and a 3090, 70B Q4_K_M", {"host_memory_gb": (512,), "gpu": ("RTX 3090",)}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("post", "facts", "extras"), SAID, ids=[row[0][:40] for row in SAID])
def test_what_a_post_says_is_read(post: str, facts: dict[str, Any], extras: dict[str, Any]) -> None:
    reading = read(post)
    assert {name: reading.facts.get(name) for name in facts} == facts
    assert {name: reading.extras.get(name) for name in extras} == extras


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("I have two 3090s. Does a 70B fit?", (False, True)),
        ("OOM on a 24GB card, is 48GB enough?", (False, True)),
        ("7B int4, 8k context?", (False, True)),
        ("昨天OOM了,换A100能跑吗", (False, True)),
        ("4张A100输入2万字就满了,为什么", (False, True)),
        ("官方说4卡够,我想问8k能不能跑", (False, True)),
        ("LoRA 8B on a 3090 crashes at step 10.", (False,)),
    ],
)
def test_clauses_that_ask_are_told_from_those_that_tell(text: str, asks: tuple[bool, ...]) -> None:
    assert tuple(part.asks for part in asking.parts(text)) == asks


def test_the_tables_of_questions_name_what_there_is() -> None:
    known = {intent for intent, *_ in INTENTS}
    things = {name for name, _ in THINGS}
    for kind, needed, barred, intent, weight in WANTS:
        assert kind in {"any", *(name for name, _ in KINDS)}
        assert needed | barred <= things
        assert not needed & barred
        assert intent in known
        assert 2 <= weight <= 4
