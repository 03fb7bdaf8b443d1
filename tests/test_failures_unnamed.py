"""A training that runs out, told in a line and of no model: the symptom is answered, and no list of everything."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("oom, 12 GiB reserved by pytorch but unallocated", "**It is memory that PyTorch holds and no tensor uses"),
        ("the error says reserved but unallocated is large, how to fix", "**It is memory that PyTorch holds"),
        ("显存保留但未分配有8g怎么办", "**这是 PyTorch 留着、却没有张量在用的显存"),
        ("reserved but unallocated is 9 GB, Qwen2.5-7B LoRA on a 24GB card, oom", "**It is memory that PyTorch holds"),
        ("works on one gpu, OOM on 4 gpus with ddp", "**More cards give no room by themselves"),
        ("runs fine on a single GPU but out of memory on two gpus", "**More cards give no room by themselves"),
        ("单卡能跑双卡就oom", "**加卡本身不会多出容量"),
        ("only rank 0 runs out of memory in ddp", "**What only the first card has"),
        ("rank0显存爆了其他rank没事", "**只有第一张卡多出来的"),
        ("rank 3 oom others fine", "**Weights and states are the same on every rank"),
        ("训练时rank 5爆显存了 其他rank正常", "**每个 rank 的权重和状态都一样"),
        ("cublas error during training is it oom", "**ALLOC_FAILED of cuBLAS or cuDNN"),
        ("训练时cublas报错 是显存不够吗", "**cuBLAS、cuDNN 的 ALLOC_FAILED"),
        ("is vram rising every step a leak", "**Two numbers after each step"),
        ("training memory creeps up over epochs, leak?", "**Two numbers after each step"),
        ("zero3训练每个epoch显存都上升", "**是不是泄漏，看每步之后的两个数"),
        ("resized the embeddings for new special tokens and lora training ooms", "**New tokens are not what costs"),
        ("lora加了新token训练embedding后oom", "**费显存的不是那几个新 token"),
        ("gradient checkpointing is on and I still get oom, what else", "**With checkpointing on"),
        ("重计算已经打开了训练仍然爆显存 还能怎么办", "**重计算已开"),
        ("grpo oom how do I know which phase runs out, generation or update", "**The traceback tells"),
        ("怎么判断是rollout爆显存还是更新actor时爆", "**看报错堆栈"),
        ("grpo with vllm on the same gpu runs out of memory", "**Two programs stand on the one card"),
        ("grpo vllm同卡 爆显存", "**一张卡上有两个程序"),
    ],
)  # fmt: skip
def test_a_symptom_is_answered_without_a_model(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("chatbot memory goes up every message, leak?", "Two numbers after each step"),
        ("oom with vllm on 2 gpus, how to fix", "More cards give no room"),
        ("CUDA OOM on 8 gpus full fine-tuning", "More cards give no room"),
        ("libcublas.so.12: cannot open shared object file", "ALLOC_FAILED"),
        ("gpu 0 oom, others fine", "What only the first card has"),
        ("lora oom, added more tokens to the prompt", "New tokens are not what costs"),
        ("sft oom what should I try", "With checkpointing on"),
        ("GRPO 7B on 8x H100 with vLLM colocated, does it fit", "Two programs stand on the one card"),
    ],
)
def test_another_report_is_answered_otherwise(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "amount"),
    [
        ("cuda oom at step 300 but not at step 1, lora 8b seq 2048", "**A setting alone would fail at the first", "19.9 GiB"),
        ("qwen2.5-7b qlora 训练到500步突然oom", "**单是设置不对，头几步就会爆", "10.5 GiB"),
        ("every rank loads the model and cpu ram blows up, 70b on 8 gpus", "**Each of the 8 processes reads", "1,104 GB"),
        ("70B 8卡 每个rank都加载模型 内存爆了", "**8 个进程各自把完整一份读进内存", "1,104 GB"),
    ],
)  # fmt: skip
def test_a_model_that_is_named_brings_its_figure(question: str, opens: str, amount: str) -> None:
    told = opening(question)
    assert told.startswith(opens)
    assert amount in told


def test_what_is_in_use_is_not_advised() -> None:
    told = opening("gradient checkpointing is on and I still get oom with qlora, what else")
    assert "then for full fine-tuning" in told or "gradient checkpointing, shorter" not in told
