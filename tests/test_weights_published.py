"""Models that were published in MXFP4: the experts in 4.25 bits, the rest in 16, as their card tells the checkpoints' sizes."""

import json
from pathlib import Path

import pytest

from kb import estimate
from tests.talking import answer_to

# gpt-oss model card (arXiv 2508.10925), table of parameter counts: checkpoint size [GiB]
CHECKPOINTS = {"gpt-oss-120b": 60.8, "gpt-oss-20b": 12.8}


def _weights(**facts: object) -> dict[str, object]:
    told = estimate(method="inference", weight_format="mxfp4", **facts).json()
    return next(term for term in told["terms"] if term["name"] == "weights")


@pytest.mark.parametrize(("model", "gib"), CHECKPOINTS.items())
@pytest.mark.parametrize("engine", ["vllm", "transformers"])
def test_only_the_experts_are_in_few_bits(model: str, gib: float, engine: str) -> None:
    weights = _weights(model=model, engine=engine)
    assert weights["gib"] == pytest.approx(gib, abs=0.05)
    assert "× 4.25 bits" in weights["says"]
    assert "× 2 B" in weights["says"]


def test_a_file_of_llama_cpp_has_the_rest_in_fewer() -> None:
    assert _weights(model="gpt-oss-20b", engine="llama.cpp")["gib"] < CHECKPOINTS["gpt-oss-20b"]


def test_a_config_tells_in_what_a_model_was_published(tmp_path: Path) -> None:
    config = {
        "model_type": "gpt_oss", "hidden_size": 2880, "num_hidden_layers": 24, "num_attention_heads": 64,
        "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 2880, "vocab_size": 201088,
        "num_local_experts": 32, "num_experts_per_tok": 4, "sliding_window": 128, "max_position_embeddings": 131072,
        "quantization_config": {"quant_method": "mxfp4"},
    }  # fmt: skip
    told, plain = tmp_path / "told.json", tmp_path / "plain.json"
    told.write_text(json.dumps(config))
    plain.write_text(json.dumps({name: one for name, one in config.items() if name != "quantization_config"}))
    assert _weights(config=str(told), engine="vllm")["gib"] == pytest.approx(CHECKPOINTS["gpt-oss-20b"], abs=0.05)
    assert _weights(config=str(plain), engine="vllm")["gib"] < 12.2


def test_a_model_that_was_published_otherwise_has_its_linears_in_it() -> None:
    assert "1.05B × 2 B" in str(_weights(model="Llama-3.1-8B", engine="vllm")["says"])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2.5-7B sizes in bf16, AWQ and Q4_K_M: why is AWQ not 7.6/2 = 3.8 GB?", "**3.8 GB counts every parameter at 4 bits:**"),
        ("qwen3-14b 的 bf16、gptq int4、q4_k_m 权重多大，gptq 为什么不是 14.8/2=7.4G", "**7.4 GB 是把每个参数都按 4 位算的：**"),
        ("Qwen2.5-7B sizes in bf16, AWQ and Q4_K_M: why is Q4_K_M not 7.6/2 = 3.8 GB?", "Q4_K_M averages"),
    ],
)  # fmt: skip
def test_of_several_formats_the_one_that_is_asked_about_is_explained(question: str, said: str) -> None:
    assert said in answer_to(question)
