"""A config.json in a question is the model: whole, in a fence, within a sentence, or some of its lines."""

import json

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "_name_or_path": "ours", "bos_token_id": 1, "hidden_size": 3072, "intermediate_size": 8192,
    "model_type": "llama", "num_attention_heads": 24, "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16", "transformers_version": "4.51.0", "vocab_size": 96000,
}  # fmt: skip
WHOLE = json.dumps(CONFIG, indent=2)
LINES = '"hidden_size": 3072,\n"num_hidden_layers": 28,\n"num_attention_heads": 24,\n"num_key_value_heads": 8,\n"vocab_size": 96000,'


@pytest.mark.parametrize(
    "question",
    [
        f"Will this serve 16 users at 8k in fp8 on one A100 40GB?\n```json\n{WHOLE}\n```",
        f"{WHOLE}\nwill it serve 16 users at 8k in fp8 on one A100 40GB?",
        f"config.json: {json.dumps(CONFIG)} 一张 A100 40G fp8 8k 上下文 16 并发够吗",
        f"LlamaConfig {WHOLE} 8k, 16 users, fp8, A100 40GB enough?",
    ],
)
def test_it_is_the_model(question: str) -> None:
    told = read(question)
    config = json.loads(told.facts["config"][0])
    assert {name: config[name] for name in ("hidden_size", "num_key_value_heads", "vocab_size")} == {
        "hidden_size": 3072,
        "num_key_value_heads": 8,
        "vocab_size": 96000,
    }
    assert (told.facts["seq_len"], told.facts["batch_size"]) == ((8192,), (16,))
    assert not ({"model", "params"} & set(told.facts))
    assert not told.not_understood
    answer = Assistant().ask(question)
    assert answer.result["verdict"] == "yes"
    assert "8 KV heads × 128" in answer.text or "8 个 KV 头 × 128" in answer.text


def test_its_lines_do_as_well() -> None:
    told = answer_to(f"{LINES}\nHow much KV cache is that for a token?")
    assert "2 (keys and values) × 28 layers × 8 KV heads × 128" in told
    assert "a gated MLP of 8192" in told  # which its lines leave out


def test_what_it_says_whole_is_not_taken_as_usual() -> None:
    told = answer_to(f"{WHOLE}\nHow much VRAM in bf16?")
    assert "The config makes 3.41B parameters" in told
    assert "where nothing else was told" not in told


def test_one_longer_than_a_question_is_read_to_its_end() -> None:
    long = {**CONFIG, "id2label": {str(number): f"LABEL_{number}" for number in range(400)}}
    told = read(f"{json.dumps(long, indent=2)}\nQLoRA of it on a 3090?")
    assert (told.facts["method"], told.facts["gpu"]) == (("qlora",), ("RTX 3090",))
    assert "config" in told.facts


def test_the_language_model_of_a_larger_one_is_taken() -> None:
    told = read(
        json.dumps({"model_type": "ours", "llm_config": CONFIG, "vision_config": {"hidden_size": 1024}})
        + " vram in bf16?"
    )
    assert json.loads(told.facts["config"][0])["text_config"]["hidden_size"] == 3072


@pytest.mark.parametrize(
    "question",
    [
        'My ds_config {"zero_optimization": {"stage": 3}, "bf16": {"enabled": true}} with Qwen2.5-7B full on 2x A100, fits?',
        "A model of hidden_size 4096 and 32 layers, 32 heads: how many parameters?",
    ],
)
def test_other_objects_are_none(question: str) -> None:
    assert "log_pasted" not in read(question).extras


def test_what_is_missing_is_named() -> None:
    told = answer_to('{"hidden_size": 4096, "num_hidden_layers": 32} how much VRAM?')
    assert "config.json has no vocab_size" in told


def test_a_follow_up_keeps_it() -> None:
    first = read(f"{json.dumps(CONFIG)} in bf16 on a 4090, does it fit?")
    assert read("and in int4?", first).facts["config"] == first.facts["config"]


_TABLE = """| dtype | Largest Layer | Total Size | Training using Adam |
|-------|------|------|------|
| float32 | 416.02 MB | 24.88 GB | 99.53 GB |
| float16 | 208.01 MB | 12.44 GB | 49.77 GB |
| int8 | 104.0 MB | 6.22 GB | N/A |
"""


def test_a_tool_s_table_of_types_tells_no_formats() -> None:
    told = read(
        f"accelerate estimate-memory prints\n{_TABLE}\nMistral-7B full fine-tuning in fp16 on an A100 80GB OOMs?"
    )
    assert told.facts["weight_format"] == ("fp16",)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("accelerate estimate-memory: 49.77 GB training with Adam for Mistral-7B in float16. Full fine-tuning on an A100 80GB OOMs, why?", "is 4 × the weights in one type: 7.24B × 2 B × 4"),
        ("accelerate 估算 Mistral-7B 用 Adam 训练 fp16 只要 49.77GB,A100 80G 全参微调却爆显存", "就是同一类型权重的 4 倍：7.24B × 2 字节 × 4"),
        ("The Hugging Face memory calculator says 13.5 GB for Llama-2-7b in fp16, is that all it takes to serve it with vLLM?", "“Total Size” is the weights alone, 6.74B × 2 B"),
        ("Does accelerate estimate-memory give the whole need for Llama-3-8B in int4 inference? It says Total Size 3.7 GB", "“Total Size” is the weights alone, 8.03B × 0.5 B"),
    ],
)  # fmt: skip
def test_what_accelerate_counts_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "text",
    [
        '"hidden_size": "abc", "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 50257',
        '"hidden_size": 4096, "num_hidden_layers": 012, "num_attention_heads": 12, "vocab_size": 50257',
        '"hidden_size": 4096, "d": 1, "e": 2, "num_hidden_layers": ' + "1" * 5000,
        '{"hidden_size": 4096, "num_hidden_layers": ' + "1" * 5000 + "}",
        '{"hidden_size": 4096, "num_hidden_layers": "x", "num_attention_heads": 12}',
        '"hidden_size"' + '{"a":' * 2000,
        '{"hidden_size":1,"num_hidden_layers":2,"a":' + '[{"b":' * 200 + "1" + "}]" * 200 + "}",
    ],
)
def test_what_no_config_says_is_none(text: str) -> None:
    assert "config" not in read(f"{text} how much VRAM does it need?").facts


def test_gpt2s_names_are_read_from_its_lines() -> None:
    lines = '"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257'
    assert "124M" in answer_to(f"{lines}\nHow much VRAM in bf16?")
