"""A model that is told by its shapes, and a vocabulary that was extended: neither is taken for tokens of a sequence."""

import json

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from chat.schemas import CONFIG, facts_schema
from chat.tools import IN_BRIEF, call
from formulas.errors import BadInput
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("24 layers, hidden 2048, vocab 50k, 16 heads, seq 4096: memory to train it?", (24, 2048, 16, 16, 50000)),
        ("n_layers=24 d_model=2048 n_heads=16 vocab_size=50000, seq 4096, full finetune", (24, 2048, 16, 16, 50000)),
        ("自己搭的模型:24层,隐藏维度2048,16个头,词表5万,长度4096,全参训练", (24, 2048, 16, 16, 50000)),
        (
            "KV cache of a decoder with 40 layers, hidden size 5120, 40 heads, 8 kv heads at 4096 tokens",
            (40, 5120, 40, 8, 32000),
        ),
    ],
)
def test_shapes_that_are_told_are_a_model(text: str, shapes: tuple[int, ...]) -> None:
    reading = read(text)
    config = json.loads(str(reading.fact("config")))
    names = ("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "vocab_size")
    assert tuple(config[name] for name in names) == shapes
    assert reading.facts["seq_len"] == (4096,)
    assert not reading.not_understood


@pytest.mark.parametrize(
    "text",
    ["Llama-3-8B has 32 layers and hidden 4096, 32 heads; fp16 inference?", "32 layers on the card, 16 on the CPU"],
)
def test_shapes_of_a_named_model_and_layers_alone_are_none(text: str) -> None:
    assert "config" not in read(text).facts


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("I added 20k tokens to the vocabulary of Llama-2-7B, full finetuning", 20000),
        ("vocabulary of Llama-2-7B extended by 20,000 tokens, LoRA", 20000),
        ("给Llama-2-7B扩充了2万个中文token的词表,LoRA训练", 20000),
        ("Llama-2-7B 词表扩充了 20000 个,全参", 20000),
    ],
)
def test_tokens_that_were_added_to_a_vocabulary_are_no_sequence(text: str, added: int) -> None:
    reading = read(text)
    assert reading.extras["added_vocabulary"] == (added,)
    assert "seq_len" not in reading.facts


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("How much more do logits take with a vocab of 150k vs 32k.", (32000.0, 150000.0)),
        ("128,256 vocab vs 32,000, what does it cost in logits?", (32000.0, 128256.0)),
        ("152k vocab instead of 32k? what changes", (32000.0, 152000.0)),
        ("词表3.2万换成15.2万,logits 显存多多少", (32000.0, 152000.0)),
        ("extend vocab from 32000 to 32100", None),
    ],
)
def test_vocabularies_that_are_set_against_each_other_are_no_lengths(text: str, sizes: object) -> None:
    reading = read(text)
    assert reading.extras.get("vocabularies") == sizes
    assert "seq_len" not in reading.facts


def test_sequences_of_tokens_are_no_vocabulary() -> None:
    reading = read("LoRA on Qwen2.5-7B with sequences of 20k tokens, and adding more tokens per batch?")
    assert "added_vocabulary" not in reading.extras
    assert reading.facts["seq_len"] == (20000,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 12 · 24 · 2048² and two of 50,000 × 2048
        ("My model: 24 layers, hidden 2048, vocab 50k, 16 heads, seq 4096. Memory to full finetune it?", ("**Your model, full fine-tuning", "1.44B parameters")),
        ("自己搭的模型:24层,隐藏维度2048,16个头,词表5万,全参训练要多少显存", ("**您的模型", "1.44B 参数")),
        # 2 × 20,000 × 4096 = 164M, × 16 B = 2.62 GB
        ("I added 20k tokens to the vocabulary of Llama-2-7B: memory of full finetuning?", ("164M parameters", "2.62 GB")),
        ("给Llama-2-7B扩充了2万个中文token的词表,LoRA训练显存多多少", ("参数增加 164M", "modules_to_save", "426M 参数")),
    ],
)  # fmt: skip
def test_shapes_and_a_longer_vocabulary_are_told_in_figures(question: str, says: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    assert not answer.notices
    for one in says:
        assert one in answer.text, answer.text


def test_a_config_is_taken_as_text_and_never_as_a_file() -> None:
    assert CONFIG in facts_schema()["properties"]
    assert all(CONFIG not in tool.args for tool in IN_BRIEF)
    with pytest.raises(BadInput, match="object in braces"):
        call("estimate_memory", {CONFIG: "/etc/passwd", "method": "inference"})


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("A decoder of 48 layers, 8 KV heads, head dim 128: KV cache per token in bf16?", "= 192 KiB per token"),
        ("num_layers=36 num_kv_heads=4 head_dim=128, how big is the cache of 32k tokens in fp8?", "= 36 KiB per token"),
        ("28 层,4 个 KV 头,每头维度 128,64k 上下文 4 个并发的 KV 缓存要多少显存?", "= 每 token 57,344 B = 56 KiB"),
        ("某模型40层、8个KV头、head dim 96,每个token的缓存多大?", "2 字节 = 每 token 122,880 B"),
    ],
)
def test_a_cache_follows_from_its_own_shapes(text: str, opens: str) -> None:
    answer = answer_to(text)
    assert opens in answer.split("\n")[0]
    assert not {"parameters", "参数"} & set(answer.split())  # nothing else follows


@pytest.mark.parametrize(
    "text",
    [
        "40 layers, 8 kv heads, head dim 128: does a 32k cache fit on a 24GB card beside the weights?",
        "What are head dim 128 and 8 kv heads in Llama-3-8B with its 32 layers good for in the cache?",
        "40层、8个KV头、head dim 128 的模型,24G 的卡放得下吗,缓存算上?",
    ],
)
def test_shapes_of_a_cache_are_no_whole_model(text: str) -> None:
    assert "config" not in read(text).facts


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("Qwen3-8B: what is the cache per token in fp16, and what would int8 give?", ("fp16", "int8")),
        ("KV per token for Mistral-7B at bf16 or fp8?", ("bf16", "fp8")),
        ("Qwen3-8B 每 token 的 KV 缓存,fp16 是多少,int8 呢?", ("fp16", "int8")),
        ("Yi-34B 每个token缓存在bf16下多大,改成fp8呢?", ("bf16", "fp8")),
        ("Qwen3-8B AWQ int4: how big is the KV cache per token?", ()),
        ("Qwen3-8B in fp8: KV cache per token?", ()),
        ("Qwen3-8B 的 GPTQ int4 版,每个 token 的 KV 缓存多大?", ()),
    ],
)
def test_what_a_token_is_cached_in_is_no_format_of_weights(text: str, formats: tuple[str, ...]) -> None:
    reading = read(text)
    assert reading.facts.get("kv_format", ()) == formats
    assert not formats or "weight_format" not in reading.facts


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 34 and 5·a·s²: 0.57 + 2.68 GB; 2·s·b·h of a layer
        ("sbh(34+5as/h) for 32 layers, h=4096, a=32, s=4096, b=1 comes to 104 GB for a 7B. What is missing?", ("× 32 layers that is 104 GB", "2·s·b·h·L = 1.07 GB", "with FlashAttention 0.57 GB")),
        ("论文公式 每层激活=sbh(34+5as/h)，32层，h=4096，a=32，s=4096，b=1，7B要104G激活，哪里错了", ("× 32 层共 104 GB", "2·s·b·h·L = 1.07 GB", "用 FlashAttention 则是 0.57 GB")),
    ],
)  # fmt: skip
def test_layers_in_words_stand_beside_the_letters_of_a_formula(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    for one in says:
        assert one in answer
    for unread in ("ot understood", "没有读懂", "ZeRO 论文按每层"):
        assert unread not in answer


@pytest.mark.parametrize(
    ("text", "family", "vocabulary"),
    [
        (
            "A 2.6B GPT with 40 layers, hidden 2304, 24 heads from scratch at 2048 tokens, memory per GPU?",
            "gpt2",
            50257,
        ),
        ("从头训练 350M 的 GPT 模型：24层，隐藏维度1024，16个头，每卡要多少显存", "gpt2", 50257),
        ("We pretrain a 3B decoder: 32 layers, hidden size 2560, 32 heads, 4096 tokens. Memory?", "llama", 32000),
        ("预训练一个 3B 的模型，32层，隐藏维度2560，32个头，词表6万，要多少显存", "llama", 60000),
    ],
)
def test_shapes_beside_a_size_that_they_make_are_the_model(text: str, family: str, vocabulary: int) -> None:
    reading = read(text)
    config = json.loads(str(reading.fact("config")))
    assert (config["model_type"], config["vocab_size"]) == (family, vocabulary)
    assert "params" not in reading.facts


@pytest.mark.parametrize(
    "text",
    [
        "A 7B with 32 layers, hidden 4096, 32 heads: KV cache at 8k?",  # which stands for that size anyway
        "13B model, 32 layers, hidden 4096, 32 heads, how much memory?",  # shapes of another size
        "GPT-OSS-20B, 24 layers, hidden 2880, 64 heads, VRAM?",
    ],
)
def test_shapes_that_stand_for_a_size_or_do_not_make_it_are_none(text: str) -> None:
    assert "config" not in read(text).facts


def test_the_block_of_a_gpt_is_told_as_such() -> None:
    # 12 · 24 · 2048² and 50,257 · 2048, in 16 B
    said = answer_to("1.3B GPT pretraining: 24 layers, hidden 2048, 16 heads, seq 2048, micro batch 8, DDP")
    assert "1.31B × 16 B = 21 GB" in said
    assert "24 × 16,384 × 2,048 × 2 B" in said
    assert "The block is GPT-2's where nothing else was told: an MLP of 8192 without a gate" in said
