"""Asked why and how: what is the most, how a count comes about, whether a thing grows, who is right; the answer opens with it."""

import pytest

from chat.reads.grammar import read
from chat.reads.quantities import ADAPTERS, ASKED, SHARE
from tests.talking import answer_to


def opens(question: str) -> str:
    return (
        answer_to(question).split("\n\n")[0].replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ",")
    )


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 24,576 × 128,256 × 4 B = 11.7 GiB a copy
        ("which dominates for a 1B at 24k tokens full fine-tuning: weights or activations?", "of full fine-tuning"),
        ("fully tuning Llama-2-13B, what dominates memory?", "is optimizer states"),
        ("LoRA 微调 Qwen2.5-7B 2k,权重和激活谁占大头", "LoRA 里最大的是权重"),
        # 16 × 16,384 tokens × 128 KiB = 32 GiB beside 15 GiB of weights, from 122,532 tokens on
        ("Llama-3-8B for 16 users at 16k each: is it weights or KV cache that takes more?", "is KV cache"),
        ("what dominates memory when one trains?", "It depends on what is done"),
    ],
)  # fmt: skip
def test_the_largest_part_comes_first(question: str, says: str) -> None:
    assert says in opens(question)


def test_what_dominates_time_is_no_part_of_memory() -> None:
    assert "parts" not in read("what dominates the decoding time of Llama-3-8B, compute or bandwidth?").cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how do the 4.2M trainable params of r=8 on q,v come out for Llama-2-7B?", "32 × 8 × 16,384 = 4,194,304"),
        ("推导 Llama-2-13B LoRA r=64 全部线性层的可训练参数量", "= 250,347,520"),
    ],
)
def test_how_adapters_are_counted(question: str, says: str) -> None:
    assert says in opens(question)


def test_what_share_of_the_parameters_adapters_train() -> None:
    found = read("what percentage of Qwen2.5-7B's parameters does LoRA r=16 train?")
    assert ADAPTERS in found.extras[ASKED]
    assert SHARE in found.extras
    assert "0.5273" in answer_to("Qwen2.5-7B LoRA r=16 全部线性层,参数占百分之几")
    assert SHARE not in read("what share of 24GB does the LoRA adapter take, r=16, Llama-3-8B?").extras


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("will Mistral-7B-v0.1's KV cache keep growing past 4k?", "up to 4096 tokens and no further"),
        ("Gemma-3-27B 的 KV cache 超过窗口后还会增长吗", "62 层中的 10 层"),
        ("does the cache of Llama-3-8B ever stop growing?", "grows with every token, by 128 KiB"),
    ],
)
def test_whether_a_cache_goes_on_growing(question: str, says: str) -> None:
    assert says in opens(question)


@pytest.mark.parametrize(
    "question",
    [
        "why doesn't FSDP divide activations?",
        "ZeRO-3 会切分激活吗?",
        "explain why activations are the same under ZeRO-2",
    ],
)
def test_activations_are_not_divided_by_stages(question: str) -> None:
    assert opens(question).startswith(("**ZeRO and FSDP do not divide", "**ZeRO 和 FSDP 不切分"))


def test_weights_that_others_tell_and_what_was_seen_are_both_right() -> None:
    # 7.24B × 2 B = 14.5 GB; with a cache of 0.5 GiB, the context and activations 15.0 GiB
    found = opens("some article: Mistral 7B fp16 is 14.5GB. my nvidia-smi shows 15.6GB. is the article wrong?")
    assert found.startswith("**Both are right")
    assert "15.6 GB that you see" in found
    assert "0 KiB" not in answer_to("Mistral 7B should be 14 GB in fp16, why is it 15.6 GB?")


@pytest.mark.parametrize(
    "question",
    [
        "L=40, h=5120, V=32000, FFN 13824: how many parameters?",
        "40层 隐藏维度5120 词表32000 SwiGLU 的 FFN 中间维度13824,参数量多少",
    ],
)
def test_parameters_of_shapes_in_letters_or_words(question: str) -> None:
    assert "13,015,864,320" in answer_to(question)


def test_a_layers_activations_by_its_own_width() -> None:
    # 34 × 2048 × 8192 = 0.57 GB, 5 × 64 × 2048² = 1.34 GB
    found = opens("activations of one layer, hidden 8192, 64 heads, seq 2048, batch 1, by sbh(34+5as/h)?")
    assert "together 1.91 GB (1.78 GiB) in each layer" in found


def test_lengths_apart_are_told_in_times() -> None:
    assert "1.94 times" in opens("Llama-3.1-8B from 4k to 128k context, how many times more memory?")


def test_what_is_reserved_but_not_allocated_is_explained() -> None:
    assert opens('what does "reserved but unallocated" mean?').startswith("**It is memory that PyTorch has reserved")


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("the model is AWQ 4-bit, so why is its KV cache still fp16?", "**The cache is no part of the model's file"),
        ("模型是 Q4_K_M,KV cache 为什么还是 16 位", "**KV 缓存不在模型文件里"),
        ("activation memory of a gated MLP vs a plain GELU one?", "**For each token and layer"),
        ("prefill 和 decode 的显存有什么区别", "**权重两者相同"),
        ("does model.eval() save memory, or only no_grad?", "**It is torch.no_grad()"),
        ("ZeRO-3 的显存为什么反而比 ZeRO-2 更高", "**单看模型状态,ZeRO-3 不会更多"),
        ("does dropout cost activation memory?", "**A dropout keeps a mask"),
        ("Qwen2.5-7B 的 logits 显存为什么比 Llama-2-7B 大", "**token 数 × 词表 × 4 字节"),
        ("what does the ZeRO paper mean by residual states?", "**Model states are what is kept of parameters"),
        ("does sharing embeddings and head save memory?", "**Tied, embedding and output head are one matrix"),
        # 32,000 × 4096 = 131M of 6.74B
        ("how many GB would tied embeddings save for Llama-2-7B?", "**Embedding and head are two matrices here"),
        ("7e9*2/1024^3 = 13.04, GB or GiB?", "**It is GiB"),
        ("13e9*2/1e9=26 单位是 GB 还是 GiB", "**是 GB"),
        ("is training memory at batch 8 exactly 8x of batch 1?", "**No: with 8 times the batch"),
        ("RTX 3090 的 24G 实际能用多少,系统占多少", "**标 24 GB 的卡能用约"),
        ("why did int8 bring my 13B from 26GB to only 15GB and not 13?", "**What is not quantised: embedding"),
    ],
)  # fmt: skip
def test_how_a_thing_works_opens_the_answer(question: str, opening: str) -> None:
    assert answer_to(question).replace("，", ",").startswith(opening)


def test_a_stage_is_of_the_number_that_is_told() -> None:
    # ZeRO, figure 1: 7.5B on 64 cards
    found = answer_to("derive ZeRO-1's 4Ψ+12Ψ/N: 7.5B on 64 GPUs, the paper says 31.4GB")
    assert "7.5B on 64 cards are 31.4 GB" in found
    assert "one copy of the weights in fp32" not in found


def test_the_kinds_of_attention_stand_beside_each_other() -> None:
    found = answer_to("MHA, GQA and MQA: KV cache of Llama-2-70B in each?")
    assert "(MHA) instead of 8 that they share it would take 8 times" in found
    assert "1/8 of that: 40 KiB per token" in found


def test_half_of_a_cache_is_no_half_of_the_whole() -> None:
    assert answer_to('claim: "fp8 kv cache halves total memory". true for Llama-3-8B at 64k?').startswith(
        "**No, not by 50 %"
    )
    assert "of the whole" in answer_to("does an int8 kv cache halve the memory of Llama-3-8B at 128k?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("does context parallel 4 leave each GPU 1/4 of the KV cache and activations?", "**Yes. Context parallel"),
        ("someone says each token takes 1 MB of VRAM, true for Llama-2-13B?", "takes 800 KiB"),
        ("batch 从 8 降到 1,显存没怎么变,为什么", "总量的 3%"),
        ("gradient checkpointing is on for full tuning of Llama-2-7B, 512 tokens, and memory dropped only slightly, why?", "**That is to be expected"),
        ("两张 3090 装 NVLink 后显存是 48G 吗", "**不能,有没有 NVLink"),
        ("how much larger are fp32 logits than bf16 logits for Qwen2.5-7B at 4k?", "4096 tokens × 152,064 × 4 B"),
        # 13B × (2 + 14/8) B and × 16/8 B
        ("ZeRO-2 和 ZeRO-3 的通信量和显存差多少,13B 8 卡", "ZeRO-2 是 48.8 GB(45.4 GiB),ZeRO-3 是 26.0 GB"),
    ],
)  # fmt: skip
def test_what_is_taken_for_granted_is_held_against_figures(question: str, says: str) -> None:
    assert says in opens(question)


def test_a_share_is_of_the_whole_card() -> None:
    assert "not of what is free" in answer_to("what does gpu_memory_utilization=0.9 mean, of free or of total memory?")
