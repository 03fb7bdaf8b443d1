"""Models that embed, rank or translate: no cache where there is none, activations of a batch, training, and a card shared."""

import pytest

from chat.agent import Assistant
from kb.encoders import encoders, named
from tests.talking import answer_to, opening


def _shape(name: str) -> tuple[int, int, int, int]:
    one = encoders()[name]
    return one.n_layers, one.hidden, one.n_heads * one.head_dim, one.ffn


@pytest.mark.parametrize("name", ["flan-t5-small", "flan-t5-base", "flan-t5-large", "flan-t5-xl", "flan-t5-xxl"])
def test_the_parameters_of_a_gated_t5_follow_from_its_shape(name: str) -> None:
    layers, hidden, inner, ffn = _shape(name)
    vocabulary = 32_128
    encoder = 4 * hidden * inner + 3 * hidden * ffn
    counted = layers * (2 * encoder + 4 * hidden * inner) + 2 * vocabulary * hidden
    assert encoders()[name].params == pytest.approx(counted, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "vocabulary", "positions"),
    [
        ("bert-base", 30_522, 512),
        ("bert-large", 30_522, 512),
        ("roberta-large", 50_265, 514),
        ("bge-m3", 250_002, 8_194),
    ],
)
def test_the_parameters_of_an_encoder_follow_from_its_shape(name: str, vocabulary: int, positions: int) -> None:
    layers, hidden, inner, ffn = _shape(name)
    counted = layers * (4 * hidden * inner + 2 * hidden * ffn) + (vocabulary + positions) * hidden + hidden**2
    assert encoders()[name].params == pytest.approx(counted, rel=2e-3)


def test_names_are_found_in_any_spelling_and_not_within_others() -> None:
    for spelling in ("bge-m3", "BGE M3", "bge_m3", "flan t5 xxl"):
        assert named(spelling)
    assert "encoder" not in answer_to("Llama-3-8B in Q4 on an M3 Max, does it fit?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("bge-m3 on a T4, OOM with batch_size 256 and texts of max 8192 tokens, is there a KV cache?", ("activations, not the weights and no KV cache", "550 GB")),
        ("bge-m3 在 T4 上 batch_size=256、最长 8192 爆显存,有 kv cache 吗", ("撑爆的是激活", "没有 KV 缓存")),
        ("full fine-tune flan-t5-xxl on 4x 3090, does adafactor help?", ("44.5 GB per card", "22.3 GB per card")),
        ("flan-t5-xxl 在4张3090上全参微调,用adafactor行吗", ("每卡 44.5 GB", "每卡 22.3 GB")),
        ("BERT-base fine-tune, batch 32, len 512, 8GB card?", ("1.75 GB", "11.2 GB")),
        ("一张4090同时跑 qwen3-14b-awq、qwen3-embedding-8b 和 qwen3-reranker-4b,行吗", ("不行", "33.2 GB")),
        ("SFR-Embedding-Mistral on a 16GB T4: what does its KV cache take?", ("fits, tightly", "makes one pass and need not keep a KV cache", "In 8 bit")),
        ("gte-qwen2-1.5b 做检索向量，8G 显存，KV 缓存要留多少", ("3.09 GB", "不必保留 KV 缓存")),
        ("Qwen2.5-7B AWQ in vllm, bge-m3 and bge-reranker-v2-m3 together on a 4090, enough?", ("Yes", "7.84 GB")),
    ],
)  # fmt: skip
def test_what_an_encoder_takes(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in says)
    assert "KV heads" not in text


@pytest.mark.parametrize(
    "question", ["bge-large embedding throughput on a T4?", "bge-large 在 T4 上每秒能处理多少 token?"]
)
def test_how_fast_texts_are_embedded_is_bound_by_arithmetic(question: str) -> None:
    text = answer_to(question)
    assert "2 × 335M" in text
    assert "No speed" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("bge-m3 and Qwen2.5-32B-AWQ in vLLM on one 4090: No available memory for the cache blocks. Why?", "**By their weights all fit"),
        ("bge-large 和 Qwen3-14B-AWQ 放一张 3090，vLLM 报 No available memory for the cache blocks，为什么", "**只看权重都放得下"),
    ],
)  # fmt: skip
def test_a_server_beside_an_encoder_that_finds_nothing_left_is_told_why(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert "--max-model-len" in told


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("dify知识库 qwen2.5-32b加bge-m3,一张L20 48G,能几个人同时用", "**8 位可以，但偏紧：", ("16 位不行", "即同时约")),
        ("RAG with Llama-3.3-70B and bge-m3 on a single H100 80GB, ok?", "**In 8 bit yes, but tightly: ", ("Not in 16 bit", "requests of 4,096 tokens at once")),
        ("qwen2.5-72b和bge-m3放一张4090行吗", "**不行：", ("4 位时仅 Qwen2.5-72B-Instruct 也要",)),
        ("qwen2.5-14b awq + bge-m3 4090能行吗", "**可以：", ("即同时约",)),
    ],
)  # fmt: skip
def test_a_language_model_of_no_told_format_is_tried_in_fewer_bits(
    question: str, opens: str, said: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]
    assert all(one in answer for one in said)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("bge-m3 微调 batch 64 24g 够吗", "**不够"),
        ("fine-tune bge-m3, batch 64, length 512, 24GB card: enough?", "**No: bge-m3"),
        ("finetune bge-large batch 16 length 512 on a 24GB card, does it fit", "**Yes: bge-large"),
        ("bge-m3 微调 batch 32 长度 512 24g 够吗", "**很紧"),
    ],
)
def test_a_batch_that_is_told_is_in_the_verdict_of_a_training(question: str, opens: str) -> None:
    assert Assistant(None, None).ask(question).text.startswith(opens)


def test_without_a_batch_the_states_alone_are_held_against_the_card() -> None:
    answer = Assistant(None, None).ask("bge-m3 微调 24g 够吗").text
    assert "激活另算" in answer.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    ["bge-large with InfoNCE, batch 1024, seq len 128, on one A100 80GB?", "bge-m3 做对比学习，batch 512，长度 256，A100 80G 行吗"],
)  # fmt: skip
def test_what_only_a_training_does_is_one(question: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**No: ", "**不够：")), told[:300]
    assert "GradCache" in told


@pytest.mark.parametrize(
    "question", ["bge-large, batch 512, length 512, on an A100 40GB?", "bge-large 批大小 512 长度 512 A100 40G 够吗"]
)
def test_a_batch_that_is_only_embedded_keeps_nothing_for_a_backward_pass(question: str) -> None:
    told = answer_to(question)
    assert "16 B per parameter" not in told
    assert "每参数 16 字节" not in told


def test_an_embedder_that_shares_a_small_card_is_added_up() -> None:
    assert "bge-m3" in answer_to("16g显存，要跑rag，embedding加7b，怎么分")
    assert "bge-m3" not in answer_to("24g 微调7b，embedding加lm_head 怎么分")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen3-embedding-8b which gpu", "a card of 24 GB, in 8 bit of 12 GB"),
        ("qwen3-embedding-4b 要什么卡", "12 GB 的卡（8 位 6 GB）"),
        ("bge-m3 vram", "a card of 4 GB;"),
    ],
)
def test_an_embedder_is_told_its_card(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-Embedding-8B 用sentence-transformers一加载就30G显存，不是说8B只要16G吗", "**30 GB 是 fp32 的权重：7.57B × 4 字节"),
        ("Why does qwen3-embedding-4b take 16.2 GB of VRAM as soon as it is loaded? It is only 4B.", "GB are its weights in fp32: "),
        ("flan-t5-xl 3B on 24GB: how much do I save per parameter going from AdamW to Lion, 8-bit Adam or Adafactor?", "Lion 4 B, 8-bit AdamW 6 B, Adafactor 8 B"),
        ("bge-m3 训练全部权重用 Lion 和 AdamW 每个参数差多少,8G 卡够吗", "每个参数比 AdamW 省：Lion 4 字节"),
    ],
)  # fmt: skip
def test_what_an_encoder_was_seen_to_take_and_what_optimizers_save(question: str, says: str) -> None:
    assert says in opening(question)


def test_another_amount_is_not_of_fp32() -> None:
    assert "fp32 的权重" not in answer_to("Qwen3-Embedding-8B 一加载就22G显存，不是说8B只要16G吗")
