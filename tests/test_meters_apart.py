"""What meters show beside each other: a difference is what neither shows, and a server's share is told from what stands beside it."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, answers


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("nvidia-smi显示的比torch的多2G，这2G是啥", {}),
        ("nvidia-smi reports 2.5GB more than memory_allocated while training, why", {}),
        ("nvidia-smi says 21GB, memory_allocated says 14GB, why", {"log_driver": 21.0, "log_tensors": 14.0}),
    ],
)
def test_a_difference_is_shown_by_neither_meter(question: str, shown: dict[str, float]) -> None:
    extras = read(question).extras
    assert {name: extras[name][0] for name in ("log_driver", "log_tensors") if name in extras} == shown
    assert "0.00 GiB" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        ("vllm holds 23.7GB of my 24GB card with a 1.5B model, is that a leak?", "22.1 GiB of the 23.7 GiB are that share of 24.0 GiB, and the other 1.62 GiB", "is that leak"),
        ("vllm with Qwen3-0.6B on an A100 80GB uses 73GB, why?", "the 73.0 GiB are that share of 80.0 GiB", "and the other"),
        ("加了--enforce-eager少占了1.5G，为什么", "--enforce-eager 省的是 CUDA graph 的缓冲", "不是泄漏"),
        ("which MoE runs at a decent speed with 64GB RAM and an 8GB card?", "the largest is gpt-oss-120b MXFP4", "No speed is given"),
        ("2张4090用vLLM跑Qwen2.5-72B-AWQ，每个请求1k输入512输出，并发能到多少", "条 1,536 token 的序列", "没有算速度"),
    ],
)  # fmt: skip
def test_what_a_program_holds_is_told_from_what_stands_beside_it(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("LoRA on Qwen3-8B: memory_allocated 18.1GB, max_memory_allocated 26.4GB, memory_reserved 33.0GB, nvidia-smi 33.6GB. How big a GPU do I need, and who eats the 7GB?", "**Plan with max_memory_allocated, 26.4 GiB, the CUDA context (0.5–1 GiB) and up to 6 % for blocks that cannot be put to use: 26.9–29.0 GiB, a card of 32 GB.**", "6.60 GiB more blocks that are kept"),
        ("Qwen2.5-7B LoRA：max_memory_allocated 20.3G，reserved 27.5G，nvidia-smi 28.2G，到底要多大的卡", "**选卡看 max_memory_allocated 的 20.3 GiB", "留着复用的块 7.20 GiB"),
        ("Mistral-7B LoRA: memory_allocated 15.2 GB, nvidia-smi 22.9 GB, why?", "**Neither is wrong", "22.9 GiB − 15.2 GiB = 7.70 GiB"),
    ],
)  # fmt: skip
def test_what_is_kept_is_told_from_the_peak_and_the_card_by_it(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text
    assert says in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("chatglm3-6b fp16 推理，torch.cuda.memory_allocated() 打印才 11.8GiB，nvidia-smi 里这个进程占了 19G 多，差的七八个G去哪了？没有别的进程，之前跑过几条长文本", ["**11.8 GiB 正好是权重：6.24B × 2 B = 12.5 GB（11.6 GiB）", "不是泄漏，后面会复用，torch.cuda.empty_cache()", "每 token 只有 28 KiB，这么多要 270,000 个 token"]),
        ("Qwen2.5-7B bf16 in transformers: memory_allocated() says 14.2 GiB but nvidia-smi shows 21.5GB. Where is the rest, a leak?", ["**No leak: 14.2 GiB is just the weights", "the next steps use them again", "at 56 KiB a token"]),
        ("Llama-3-8B fp16, torch.cuda.memory_allocated 15.0 GiB, nvidia-smi 15.9 GiB, why?", ["**15 GiB is just the weights", "They come once"]),
    ],
)  # fmt: skip
def test_what_is_allocated_is_named_as_the_weights_however_much_is_kept(question: str, says: list[str]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "LoRA on Qwen2.5-7B: memory_allocated 15.3 GiB, nvidia-smi 23 GiB, what is the difference?",
        "Qwen2.5-7B bf16: memory_allocated 18.9 GiB, nvidia-smi 23 GiB, what is the difference?",
    ],
)
def test_more_than_the_weights_is_not_called_so(question: str) -> None:
    assert "just the weights" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("nvidia-smi says 20120MiB, memory_allocated()/1e9 = 16.2 and memory_reserved()/1e9 = 20.3. Which one is the real usage?", ("memory_allocated's 16.2 GB = 15.09 GiB", "are the tensors of this moment", "19.6 GiB (21.1 GB): tensors 15.1 GiB + blocks that PyTorch's allocator keeps for reuse 3.82 GiB (20.3 − 16.2 = 4.1 GB) + CUDA context and other processes 0.74 GiB", "empty_cache()")),
        # more reserved than the driver shows: what PyTorch's meters are told in is GB
        ("memory_allocated 21.3 GB, memory_reserved 23.0 GB, nvidia-smi 22480MiB: which number tells me what I need?", ("21.3 GB = 19.84 GiB (GB of 10^9 B", "other processes 0.53 GiB")),
        ("max_memory_allocated 14.0 GiB, memory_reserved 17.1 GiB, nvidia-smi 17.7 GiB, which to trust?", ("**What the run needs is max_memory_allocated, 14 GiB,", "17.7 GiB: tensors 14.0 GiB + blocks that PyTorch's allocator keeps for reuse 3.10 GiB + CUDA context and other processes 0.60 GiB")),
        ("allocated 30.1GB reserved 36.4GB nvidia-smi 37.3GB, training 7B LoRA on A100 40G, which number should I watch?", ("tensors 30.1 GiB", "6.30 GiB", "0.90 GiB")),
        ("nvidia-smi 20120MiB，memory_allocated()/1e9 是 16.2，memory_reserved()/1e9 是 20.3，该看哪个", ("**真正需要多少看峰值 max_memory_allocated", "16.2 GB = 15.09 GiB", "留着复用的块 3.82 GiB（20.3 − 16.2 = 4.1 GB）")),
        ("torch 显示 allocated 6.2G，reserved 10.9G，多出来的能要回来吗", ("memory_reserved 是 PyTorch 分配器", "10.9 GiB − 6.20 GiB = 4.70 GiB")),
    ],
)  # fmt: skip
def test_the_parts_of_what_the_driver_shows_are_told_with_the_need(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("nvidia-smi says 18 GB, torch.cuda.memory_allocated() 11 GB. Which one counts for whether it fits?", "Leave a margin beside both for fragments"),
        ("nvidia-smi显示22G，memory_allocated只有14G，判断放不放得下看哪个？", "另留一点余量给碎片"),
    ],
)  # fmt: skip
def test_what_is_needed_is_told_with_a_margin_for_fragments(question: str, says: str) -> None:
    assert says in answer_to(question)
