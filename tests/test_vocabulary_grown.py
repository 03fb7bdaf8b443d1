"""A vocabulary that is extended: what it grows by, and embedding and head that train whole."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, last


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("给Llama-2-13B扩充词表，从32000扩到55296，全参训练显存多多少", 23296),
        ("Mistral-7B: extended the vocab from 32k to 48k, full fine-tune. How much more memory?", 16000),
        ("resized the tokenizer of Llama-3-8B from 128,256 to 140,000, LoRA", 11744),
        ("Qwen2.5-7B 扩词表，加了 8000 个 token，LoRA 要多少显存", 8000),
        # to so many, with the model's own to grow from
        ("I extended the tokenizer of Llama-3.1-8B to 160k tokens, how much VRAM for a full fine-tune?", 31744),
        ("Qwen2.5-1.5B 词表扩到 200k 后全参微调要多少显存", 48064),
    ],
)
def test_what_is_added_is_the_difference(question: str, added: int) -> None:
    reading = read(question)
    assert reading.extras["added_vocabulary"] == (added,)
    assert "seq_len" not in reading.facts
    assert str(added) in answer_to(question).split("\n")[0].replace(",", "")


def test_two_vocabularies_behind_the_size_are_no_lengths() -> None:
    for question in ("Does vocab size matter for VRAM? 7B, 32k vs 256k", "词表大小对显存影响大吗，7B，32k 和 256k"):
        reading = read(question)
        assert reading.extras["vocabularies"] == (32_000, 256_000)
        assert "seq_len" not in reading.facts
        assert answer_to(question).startswith(("**Logits first: 2,048 tokens × vocabulary", "**首先是 logits"))
    assert "vocabularies" not in read("Does the vocab matter at a context of 32k vs 128k for a 7B?").extras


def test_two_vocabularies_are_no_extension() -> None:
    assert "added_vocabulary" not in read("a vocab of 152k vs 32k: how much more are the logits of a 7B?").extras


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Set modules_to_save=['embed_tokens','lm_head'] in LoRA of Llama-3.1-8B, rank is only 8. Memory jumped by 10 GB?!", "**modules_to_save trains whole copies"),
        ("qwen2.5-14b lora 加了 modules_to_save=embed_tokens,lm_head 以后显存多了一大截", "**modules_to_save 会完整训练"),
    ],
)  # fmt: skip
def test_a_jump_by_whole_matrices_is_told_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "vocabulary", "says"),
    [
        ("I want to pretrain a 1.3B llama-style model, vocab 32k, sequence length 2048, micro batch 8: VRAM?", 32_000, "16,384 × 32,000 × 4 B = 1.95 GiB a copy"),
        ("Pretraining a 350M GPT with a 100k vocabulary, seq 1024, batch 16: how much memory? 24GB enough?", 100_000, "a vocabulary of 100,000"),
        ("How much VRAM for a 7B with a 256k vocabulary, LoRA at 4k tokens?", 256_000, "4,096 × 256,000 × 4 B"),
        ("从零训练一个 3B 模型，词表 64000，4096 长度，batch 4，A100 40G 够吗", 64_000, "取 Llama-3.2-3B-Instruct 的结构，改为 28 层、词表 64,000"),
        ("想从头预训练一个1.3B，词表32k，seq 2048，micro batch 8，3090够吗", 32_000, "16,384 × 32,000 × 4 B = 1.95 GiB 一份"),
    ],
)  # fmt: skip
def test_a_vocabulary_beside_a_size_alone_is_the_models(question: str, vocabulary: int, says: str) -> None:
    assert read(question).facts["vocabulary"] == (vocabulary,)
    text = answer_to(question)
    assert says in text
    assert not text.startswith(("**Tokens × vocabulary", "**token 数 × 词表"))


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B has a vocabulary of 128k: LoRA memory at 4k?",
        "a vocab of 152k vs 32k: how much more are the logits of a 7B?",
        "a model with 24 layers, hidden 2048, vocab 32000, pretraining memory?",
        "extended the context of a 7B to 160k, LoRA memory?",
    ],
)
def test_a_model_with_shapes_of_its_own_has_its_own(question: str) -> None:
    reading = read(question)
    assert "vocabulary" not in reading.facts
    assert "added_vocabulary" not in reading.extras


def test_how_logits_come_about_is_still_told_of_a_vocabulary() -> None:
    text = answer_to("Why does a 256k vocabulary take so much memory in training?")
    assert text.startswith("**Tokens × vocabulary × 4 B in fp32")


def test_another_vocabulary_is_taken_up_of_the_size_before() -> None:
    answer = last(
        "Pretrain a 1.3B from scratch with vocab 32k, batch 8, seq 2048: memory?", "and with a vocabulary of 128k?"
    )
    assert "16,384 × 128,000 × 4 B" in answer.text
    assert "vocabulary" not in last("Pretrain a 1.3B with vocab 32k, batch 8: memory?", "and a 3B?").said
