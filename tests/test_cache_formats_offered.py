"""A cache of 8 bits is offered only where the program has kernels for it on the card; layers that keep none count for none."""

from typing import Any

import pytest

from formulas.derivation import derive
from formulas.errors import BadInput
from formulas.vocabulary import n_params
from kb.architecture import from_config
from kb.config import row_of
from kb.solver import solve
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("Qwen2.5-7B AWQ on a T4 with vLLM at 32k, does it fit?", False),
        ("V100 32G vLLM 跑 Qwen2.5-14B GPTQ 4bit 32k 够吗", False),
        ("Qwen2.5-7B AWQ on an RTX 3090 with vLLM at 32k, does it fit?", True),
        ("Qwen2.5-7B Q4_K_M on a T4 with llama.cpp at 32k, does it fit?", True),
        ("Qwen2.5-7B AWQ on a T4 with LMDeploy at 32k, does it fit?", True),
    ],
)
def test_a_narrow_cache_is_offered_where_there_are_kernels(question: str, offered: bool) -> None:
    text = answer_to(question)
    assert any(one in text for one in ("(fp8)", "（fp8）", "(q8_0)", "(int8)")) is offered, text


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("Qwen2.5-14B AWQ on a T4 with vLLM, 10 users at 8k each: enough?", False),
        ("两张T4用vLLM跑Qwen2.5-32B AWQ,10个人各8k,够吗", False),
        ("Qwen2.5-14B AWQ on a T4 in SGLang, 20 users with 8k: how large is the KV cache?", False),
        ("T4 上 vLLM 跑 Qwen2.5-14B-AWQ,20 人各 8k,KV cache 多大,怎么省", False),
        ("Qwen2.5-32B AWQ with vLLM: 4x T4 or 2x RTX 2080 Ti 22GB, 16 users at 16k each?", False),
        ("Qwen2.5-14B AWQ on an RTX 3090 with vLLM, 20 users at 8k each: enough?", True),
        ("Qwen2.5-14B AWQ on an RTX 3090 in SGLang, 20 users with 8k: how large is the KV cache?", True),
        ("Qwen2.5-32B AWQ with vLLM: 2x 4090 or 2x RTX 3090, 64 users at 16k each?", True),
    ],
)
def test_nor_is_it_among_the_ways_to_hold_more_at_once(question: str, offered: bool) -> None:
    text = answer_to(question).lower()
    assert any(one in text for one in ("(fp8)", "\uff08fp8\uff09", "cache in fp8", "fp8 缓存")) is offered, text


def test_without_such_a_cache_what_else_saves_is_told() -> None:
    text = answer_to(
        "KV cache of Qwen2.5-14B on a T4 in vLLM, 20 users at 8k: how large, and how do I save memory on it?"
    )
    assert "Fewer sequences at once take less in proportion; half the context takes half" in text


def test_layers_of_a_config_that_attend_to_pictures_keep_no_cache_and_have_all_their_weights() -> None:
    text_config = {
        "model_type": "mllama_text_model", "num_hidden_layers": 10, "hidden_size": 1024, "num_attention_heads": 8,
        "num_key_value_heads": 2, "intermediate_size": 4096, "vocab_size": 1000, "tie_word_embeddings": False,
    }  # fmt: skip
    crossing = {**text_config, "cross_attention_layers": [3, 8]}
    row, _ = row_of(crossing)
    assert [at for at, kind in enumerate(row["layer_types"]) if kind == "mlp"] == [3, 8]
    counts = [derive(n_params, from_config(config).facts).value for config in (crossing, text_config)]
    assert counts[0] == counts[1]  # they have queries, keys, values and an output of the same shapes


@pytest.mark.parametrize("lacking", ["num_hidden_layers", "num_attention_heads", "hidden_size"])
def test_such_a_config_that_lacks_a_number_names_it(lacking: str) -> None:
    config = {
        "model_type": "mllama_text_model", "num_hidden_layers": 10, "hidden_size": 1024, "num_attention_heads": 8,
        "num_key_value_heads": 2, "intermediate_size": 4096, "vocab_size": 1000, "cross_attention_layers": [3, 8],
    }  # fmt: skip
    with pytest.raises(BadInput, match=lacking):
        from_config({name: value for name, value in config.items() if name != lacking})


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("RTX A6000 48GB, Qwen2.5-32B for 4 users at 32k each. AWQ or FP8?", "cache in 8 bits (fp8): 35.5 GiB"),
        ("A6000 48G 跑 Qwen2.5-32B,4 个用户各 32k,AWQ 还是 FP8?", "缓存用 8 位（fp8）：35.5 GiB"),
        ("L40S, Qwen2.5-14B, 16 users at 16k: FP8 or int4?", "cache in 8 bits (fp8): 34.5 GiB"),
    ],
)
def test_weights_in_fp8_beside_it_bar_no_cache_in_fp8(question: str, says: str) -> None:
    """Of the first 18.0 GiB of weights, half of 32.0 of cache, 1.48 besides."""
    assert says in answer_to(question).split("\n\n")[0]


def test_a_cache_that_another_side_has_is_not_offered() -> None:
    said = answer_to("Qwen2.5-32B AWQ, A6000 48GB, 4 users at 32k each: fp8 KV cache or fp16 KV cache?").split("\n\n")[
        0
    ]
    assert "with cache in 8 bits" not in said


def test_fewer_bits_and_a_narrow_cache_are_told_together() -> None:
    """What neither reaches alone is told of the fewest bits with such a cache as well, by the solver's own figure."""
    facts: dict[str, Any] = {"model": "mistralai/Mistral-Nemo-Instruct-2407", "gpu": "RTX 4090", "engine": "vllm"}
    ways = solve("seq_len", **facts, weight_format="fp8").json()["solved"]["wider"]
    both = ways[-1]["narrow_cache"]
    assert ways[-1]["bits"] == 4
    assert both["kv_format"] == "fp8"
    alone = solve("seq_len", **facts, **ways[-1]["facts"], kv_format="fp8").json()["solved"]
    assert both["value"] == alone["value"]
