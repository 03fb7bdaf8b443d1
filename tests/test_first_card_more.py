"""The first card holds more than the others; adapters by their rank; what peft prints names a size; lengths beside a batch; cards without flash attention."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("GPU 0 uses 1.3GB more than the other three with vllm tp 4, Qwen2.5-72B AWQ on 4 3090. Normal?", "no part of the model"),
        ("DDP on 4 cards: the first card has 2 GB more than the rest, why? Qwen2.5-7B LoRA, A6000", "no part of the model"),
        ("I get 1.3 GiB less free on gpu0 than on the other 3 (vllm tp4). Normal?", "no part of the model"),
        ("vllm tp4部署Qwen2.5-72B AWQ,4张3090,0号卡比其他三张多占1.3G,正常吗", "不属于模型"),
        ("sglang tp2,第一张卡比另外一张高2G,是不是泄漏", "不属于模型"),
        ("My 4090 uses 2 GB more than the other card, a 3090, with Qwen3-8B on each. Why?", None),
        ("Does batch 8 take more than batch 4 on the first GPU? Qwen3-8B LoRA, 4090", None),
    ],
)  # fmt: skip
def test_what_only_the_first_card_holds_is_told(question: str, says: str | None) -> None:
    answer = answer_to(question)
    if says:
        assert says in answer.split("\n")[0], answer
    else:
        assert "no part of the model" not in answer


def test_a_difference_is_no_size_of_a_card() -> None:
    assert "gpu_memory_gb" not in read("DDP on 4 A6000: the first card has 2 GB more than the rest. 7B LoRA").facts


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("rank 128, alpha 256 on all-linear, Llama-3.1-8B on an L40S at 4096. Fits?", {"method": ("lora",), "lora_rank": (128,)}),
        ("rank 64,all-linear,embed_tokens和lm_head放进modules_to_save,Llama-3.1-8B,L40S,4096,放得下吗", {"method": ("lora",), "modules_to_save": ("embed_tokens,lm_head",)}),
        ("r=32 on a 4-bit Qwen3-14B, 24 GB card", {"method": ("qlora",)}),
        ("trainable params: 40,370,176 || all params: 7,655,986,688 || trainable%: 0.53; bs 4, seq 2048 on a 3090. Why oom?", {"method": ("lora",), "params": (7_615_616_512,)}),
        ("trainable params: 41,943,040 || all params: 8,072,204,288,bs 4,长度2048,单张3090,为什么OOM", {"method": ("lora",), "params": (8_030_261_248,)}),
        ("Qwen3-8B, trainable params: 43,646,976 || all params: 8,234,382,336, OOM on a 3090 with bs 8 at 2048", {"params": ()}),
        ("Llama-2-7B LoRA at 8192 bs 1 on a 32 GB V100?", {"seq_len": (8192,), "batch_size": (1,)}),
        ("Llama-2-7B LoRA 4096 bs 2,V100 32G能跑吗", {"seq_len": (4096,), "batch_size": (2,)}),
        ("batch 8 @2048 or batch 2 @8192, which needs more for full tuning of Llama-3.2-1B on an A6000?", {"seq_len": (2048, 8192), "batch_size": (8, 2)}),
        ("no flash attn on my V100 32G: Llama-2-7B LoRA, bs 1 at 8192?", {"attention": ("sdpa",)}),
        ("V100 32G用不了flash attn,Llama-2-7B LoRA,bs 1,8192能跑吗", {"attention": ("sdpa",)}),
        ("A6000 without flash attention: Llama-2-7B LoRA at 4096, bs 1?", {"attention": ("eager",)}),
        ("V100 32G without flash attn, llama.cpp, Llama-2-13B Q4_K_M at 4096?", {"attention": ("eager",)}),
    ],
)  # fmt: skip
def test_what_is_told_in_short_is_read(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("bs 1, seq 32768, zero3 with cpu offload on 2 H100, Qwen2.5-14B full. Activation memory alone?", "**Activations: "),
        ("一张A100 80G上起4个Qwen3-4B bf16实例,每个gpu_memory_utilization=0.22,8k,可以吗", "**可以：4 × "),
    ],
)  # fmt: skip
def test_a_part_alone_and_several_servers_are_asked_about(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("8-GPU DDP fine-tune: nvidia-smi shows all 8 python processes on GPU 0, which uses 3.4GB more than the others. Why?", "3.4 GB ÷ 7 further ranks = 486 MB each"),
        ("torchrun with 4 GPUs: rank processes all appear on GPU 0, which has 1.4 GB more than the others. Why?", "1.4 GB ÷ 3 further ranks = 467 MB each"),
        ("8卡DDP训练，nvidia-smi 里 GPU 0 上有8个python进程，比别的卡多占3.4GB，为什么", "3.4 GB ÷ 另外 7 个 rank = 每个 486 MB"),
        ("4卡DDP，所有进程都在0号卡上，比别的卡多1.5G，是优化器吗", "1.5 GB ÷ 另外 3 个 rank = 每个 500 MB"),
    ],
)  # fmt: skip
def test_what_further_ranks_hold_on_the_first_card_is_a_context_each(question: str, says: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**Every rank has opened the first card", "**每个 rank 都打开了第一张卡"))
    assert says in first


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B DDP on 4 GPUs: all 4 processes show up on GPU 0 and it uses 48 GB more. Why?",  # copies, no contexts
        "DDP on 4 cards: the first card has 2 GB more than the rest, why? Qwen2.5-7B LoRA, A6000",
    ],
)
def test_more_than_contexts_or_one_process_a_card_is_told_otherwise(question: str) -> None:
    assert "further ranks" not in answer_to(question)


def test_a_count_before_a_run_is_one_of_cards() -> None:
    assert read("8-GPU DDP fine-tune of Qwen3-8B, does it fit?").facts["n_gpus"] == (8,)
    assert read("4-card LoRA run of Qwen3-8B on 4090s").facts["n_gpus"] == (4,)
