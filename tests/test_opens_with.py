"""What an answer opens with: what was asked, before the verdict that may stand behind it."""

import pytest

from chat.agent import Assistant


def first(question: str) -> str:
    """The opening of the answer, in narrow punctuation."""
    return Assistant().ask(question).text.split("\n\n")[0].replace("（", "(").replace("）", ")")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Our Qwen2.5-3B LoRA at 4096, batch 4, peaks at 37 GiB by max_memory_allocated. Where does it all go?", ("**The largest first: logits and loss", "weights", "that you see")),
        ("Mistral-7B QLoRA, 2048 tokens, batch 1: nvidia-smi shows 30GB. What are they spent on?", ("**The largest first: weights", "blocks that PyTorch keeps reserved")),
        ("max_memory_allocated is 60 GB for LoRA on Qwen2.5-14B, 2k, batch 1. Where do they go?", ("**The largest first: weights", "longer samples")),
        ("LoRA训Llama-3.1-8B,8k长度,batch 1,max_memory_allocated是29G,这29G都去哪了?", ("**从大到小:权重", "正是您看到的 29 GB")),
        ("QLoRA训14B,1k长度,bs1,max_memory_allocated 显示 12.5G,都是哪些东西占的?", ("从大到小:权重", "12.5 GB")),
    ],
)  # fmt: skip
def test_where_memory_goes_is_told_part_by_part(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question).replace("：", ":").replace("，", ",")
    assert all(part in opening for part in parts), opening


def test_of_allocated_tensors_no_kept_block_is_the_rest() -> None:
    assert "blocks" not in first(
        "max_memory_allocated is 60 GB for LoRA on Qwen2.5-14B, 2k, batch 1. Where do they go?"
    )


@pytest.mark.parametrize(
    "question",
    [
        "vLLM takes 70GB for Qwen2.5-7B on an A100 80GB, where does it go?",
        "LoRA on Qwen2.5-7B at 8k went OOM on a 4090 with 23.5 GB used. Where does the memory go?",
    ],
)
def test_of_a_server_or_a_failed_run_the_cause_comes_first(question: str) -> None:
    assert "largest first" not in first(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("A coworker says LoRA of Qwen3-4B takes just as much VRAM as a full fine-tune since the model is in memory anyway. True?", ("**No: LoRA takes", "full fine-tuning", "× 14 B")),
        ("I was told QLoRA doesn't save any memory on Llama-3.1-8B, as the base must be loaded too. Is that right?", ("**No: QLoRA takes", "in 16 bit")),
        ("Qwen2.5-7B LoRA on 2x A6000: does it need the same memory as full fine-tuning?", ("**No: LoRA takes", "per card")),
        ("朋友说LoRA和全量微调占的显存一样,因为基座都得加载,对不对?14B", ("**不对:LoRA 要", "全参要", "× 14 字节")),
        ("听说LoRA不省显存,因为模型还是要整个放进显卡,是真的吗?Llama-3.2-3B", ("**不对:LoRA 要",)),
        ("QLoRA跟全参显存没区别吧,反正模型都要加载", ("QLoRA 要", "全参要")),
    ],
)  # fmt: skip
def test_that_adapters_take_as_much_as_full_is_denied_with_both_figures(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question).replace("：", ":")
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize("question", ["Is LoRA as good as full fine-tuning for a 13B?", "LoRA和全参训练效果一样吗,14B"])
def test_of_quality_no_memory_is_denied(question: str) -> None:
    assert not first(question).startswith(("**No", "**不"))
