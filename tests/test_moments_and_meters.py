"""When a training fails, what a meter of PyTorch counts, and sums whose parts are told with their bytes."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("CUDA OOM while computing the cross entropy, vocab 256k, 4096 tokens, batch 2, any way around it?", "2 × 4,096 tokens × 256,000 × 4 B = 8.39 GB"),
        ("算 loss 的时候爆显存，词表 12 万，长度 16k，怎么办", "16,384 token × 120,000 × 4 字节 = 7.86 GB"),
        ("OOM at logits.float() in SFT, why?", "tokens of a micro-batch × vocabulary × 4 B"),
    ],
)  # fmt: skip
def test_what_fails_in_the_loss_is_the_logits(question: str, said: str) -> None:
    assert said in opening(question)


def test_an_evaluation_has_causes_of_its_own() -> None:
    assert "compute_metrics" in opening("评估时算 loss 爆显存，训练正常")


@pytest.mark.parametrize(
    "question",
    [
        "torch: memory_reserved or memory_allocated, which one should I look at?",
        "torch 的 reserved 和 allocated 是什么意思，差在哪",
    ],
)
def test_two_meters_of_pytorch_are_told_apart(question: str) -> None:
    opens = opening(question)
    assert "memory_allocated" in opens
    assert "max_memory_allocated" in opens


@pytest.mark.parametrize(
    "question",
    ["Why does memory slowly climb over the steps of a LoRA fine-tuning?", "SFT 的时候为什么显存会随着步数慢慢涨"],
)
def test_memory_that_grows_slowly_is_no_question_of_time(question: str) -> None:
    assert "training_time" not in read(question).intents
    assert "loss.item()" in opening(question)


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("vLLM: The model's max seq len (40960) is larger than the maximum number of tokens that can be stored in KV cache (11232). What now?", "11,232"),
        ("vllm 启动报 max seq len (65536) is larger than the maximum number of tokens that can be stored in KV cache (30016)，怎么改", "30,016"),
    ],
)  # fmt: skip
def test_a_cache_that_is_too_short_sets_the_length(question: str, length: str) -> None:
    opens = opening(question)
    assert "--max-model-len" in opens
    assert length in opens


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("check: 3B params * 4 bytes = 12GB, Adam 8 bytes = 24GB, gradient 12GB, total 48GB in fp32. Correct?", "**Right: 16 B per parameter"),
        ("7B：权重2字节14GB，梯度2字节14GB，优化器12字节84GB，一共112GB，对吗", "**对：每参数 16 字节"),
    ],
)  # fmt: skip
def test_parts_may_name_their_bytes(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens)
    assert "没有读懂" not in answer


def test_recomputation_may_be_called_selective_behind_its_name() -> None:
    text = "Megatron TP8 on 8 H100, 30B, micro batch 1, seq 4096, activation recompute selective: how much per GPU?"
    assert read(text).facts["gradient_checkpointing"] == ("selective",)


def test_what_takes_less_than_the_moments_is_divided_as_they_are() -> None:
    asked = "Qwen2.5-7B full fine-tune on 8 GPUs with ZeRO-2: memory jumps by 8 GB after the first optimizer step, why?"
    first = answer_to(asked).split("\n\n")[0]
    assert "8-bit AdamW (2 B per parameter for both moments, 1.90 GB" in first
    assert "ZeRO or FSDP" not in first


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("LoRA on Llama-3.1-8B trains at 30GB, but eval with compute_metrics OOMs an 80GB A100 after ~90 samples of 1024 tokens", "90 × 1,024 × 128,256 × 4 B = 47.3 GB"),
        ("Llama-3.1-8B lora训练30G没问题，带compute_metrics评估跑到90条样本就OOM，A100 80G，长度1024", "90 × 1,024 × 128,256 × 4 字节 = 47.3 GB"),
    ],
)  # fmt: skip
def test_rows_after_which_an_evaluation_fails_are_those_it_gathered(question: str, rows: str) -> None:
    assert rows in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "LoRA on Llama-3.1-8B OOMs on an A100 80GB after 90 samples of training",
        "eval of Llama-3.1-8B OOMs after 90 steps on an A100 80GB",
    ],
)
def test_rows_of_a_training_and_steps_are_none(question: str) -> None:
    assert "log_rows" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Can I LoRA Llama-3.2-11B-Vision on one L4 24GB? OOM even with the vision tower frozen",
            "its weights stay loaded",
        ),
        ("一张L4 24G LoRA Llama-3.2-11B-Vision，冻结视觉塔还是OOM", "权重和整个基座一样仍要加载"),
    ],
)
def test_a_frozen_tower_is_still_loaded(question: str, says: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert says in first
    assert says not in answer_to("LoRA Llama-3.2-11B-Vision on one L4 24GB, OOM")


@pytest.mark.parametrize(
    ("question", "says", "told"),
    [
        ("qwen3-14b qlora在4090上训完了没事，merge导出的时候反而OOM", "就用训练时的 4 位基座加适配器，9.93 GB", True),
        ("QLoRA of Qwen3-14B trained fine on a 4090, merging the adapter runs out of memory", "with the base in 4 bits as it was trained, 9.93 GB", True),
        ("QLoRA of Llama-3.1-8B trained fine on a 4090, merge_and_unload runs out of memory", "with the base in 4 bits as it was trained", False),
    ],
)  # fmt: skip
def test_where_a_card_holds_no_16_bit_base_it_serves_the_one_of_four(question: str, says: str, told: bool) -> None:
    assert (says in answer_to(question)) is told
