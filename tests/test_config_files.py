"""Architectures and settings from the files that people have: a GGUF header, a training file."""

import struct
from pathlib import Path
from typing import Any

import pytest

from formulas.errors import BadInput
from kb import estimate
from kb.architecture import from_config
from kb.case_model import read_config

LLAMA = {
    "general.architecture": "llama", "llama.block_count": 32, "llama.embedding_length": 4096, "llama.context_length": 8192,
    "llama.feed_forward_length": 14336, "llama.attention.head_count": 32, "llama.attention.head_count_kv": 8,
    "llama.rope.dimension_count": 128, "tokenizer.ggml.tokens": ["a"] * 128256,
}  # fmt: skip
TRAIN = """
model_name_or_path: meta-llama/Llama-3.1-8B-Instruct
stage: sft
do_train: true
finetuning_type: lora
quantization_bit: 4
lora_rank: 8
lora_target: all
cutoff_len: 1024
per_device_train_batch_size: 2
gradient_accumulation_steps: 8
bf16: true
learning_rate: 1.0e-4
image_max_pixels: 262144
deepspeed: examples/deepspeed/ds_z2_config.json
"""


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value, list):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_string, value))
    return struct.pack("<II", 4, value)


def gguf_bytes(metadata: dict[str, Any], tensors: tuple[str, ...] = (), version: int = 3) -> bytes:
    """A file of a header only: metadata, and tensors of one number each."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    body = b"".join(_string(key) + _value(value) for key, value in metadata.items())
    return head + body + b"".join(_string(name) + struct.pack("<IQIQ", 1, 1, 0, 0) for name in tensors)


def written(folder: Path, content: bytes | str, name: str) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(("tensors", "tied"), [(("output.weight",), "no"), (("token_embd.weight",), "yes")])
def test_a_gguf_header_gives_the_architecture(tmp_path: Path, tensors: tuple[str, ...], tied: str) -> None:
    facts = from_config(read_config(written(tmp_path, gguf_bytes(LLAMA, tensors), "model.gguf"))).facts
    shapes = {
        name: facts[name].value for name in ("n_layers", "hidden_size", "n_kv_heads", "intermediate_size", "vocab_size")
    }
    assert shapes == {
        "n_layers": 32, "hidden_size": 4096, "n_kv_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
    }  # fmt: skip
    assert facts["tied"].value == tied


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no GGUF"),
        (b"PK\x03\x04", "no GGUF"),
        (gguf_bytes(LLAMA, version=1), "version 1"),
        (gguf_bytes(LLAMA)[:300], "cut off or broken"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 2**60), "cut off or broken"),
        (gguf_bytes({"general.name": "x"}), "general.architecture"),
        (gguf_bytes({"general.architecture": "llama"}), "num_hidden_layers"),
    ],
)
def test_a_file_that_is_no_gguf_is_told_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told) as found:
        from_config(read_config(written(tmp_path, content, "model.gguf")))
    assert "\n" not in str(found.value)


def test_a_training_file_sets_knobs_and_says_where_they_come_from(tmp_path: Path) -> None:
    found = estimate(config=written(tmp_path, TRAIN, "train.yaml"), n_gpus=2).json()
    facts = {name: (fact["value"], fact["origin"]) for name, fact in found["facts"].items()}
    assert facts["method"] == ("qlora", "train.yaml")
    assert facts["seq_len"] == (1024, "train.yaml")
    assert facts["lora_rank"] == (8, "train.yaml")
    assert facts["zero_stage"] == (2, "train.yaml")
    assert facts["n_gpus"][1] == "asked"
    assert any("image_max_pixels" in warning for warning in found["warnings"])
    assert not any("learning_rate" in warning for warning in found["warnings"])


def test_what_is_given_beside_a_training_file_beats_it(tmp_path: Path) -> None:
    found = estimate(config=written(tmp_path, TRAIN, "train.yaml"), n_gpus=2, seq_len=4096).json()
    assert (found["facts"]["seq_len"]["value"], found["facts"]["seq_len"]["origin"]) == (4096, "asked")


def test_a_training_file_is_the_same_as_its_knobs(tmp_path: Path) -> None:
    axolotl = "base_model: Qwen/Qwen2.5-7B\nadapter: lora\nlora_r: 32\nlora_target_linear: true\nsequence_len: 2048\nmicro_batch_size: 1\n"
    read = estimate(config=written(tmp_path, axolotl, "axolotl.yml")).json()
    said = estimate(model="Qwen/Qwen2.5-7B", method="lora", lora_rank=32, seq_len=2048, batch_size=1).json()
    assert read["memory"] == said["memory"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: [", "no YAML"),
        ("- 1", "no keys"),
        ("cutoff_len: 5", "names no model"),
        ("base_model: x\nadapter: loha", "loha"),
        ("base_model: x\noptimizer: quantum", "quantum"),
        ("base_model: x\ndeepspeed: fast.json", "fast.json"),
    ],
)
def test_a_broken_training_file_is_told_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(BadInput, match=told) as found:
        estimate(config=written(tmp_path, content, "train.yaml"))
    assert "\n" not in str(found.value)
