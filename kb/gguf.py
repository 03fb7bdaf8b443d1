"""The header of a GGUF file as fields of a config.json: the architecture is in its metadata, no weight is read.

Layout: ggml's specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Little-endian files of version 2 or 3.
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

from formulas.errors import BadInput

_MAGIC = b"GGUF"
# value types of the metadata: 0–7 and 10–12 are numbers, 8 is a string, 9 an array
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
# lengths beyond these are no header but a broken file
_MOST_ENTRIES, _MOST_BYTES = 10**6, 10**8
# metadata behind the architecture's name: the field of config.json that says the same
_FIELDS = {
    "block_count": "num_hidden_layers", "embedding_length": "hidden_size", "feed_forward_length": "intermediate_size",
    "context_length": "max_position_embeddings", "attention.head_count": "num_attention_heads", "vocab_size": "vocab_size",
    "attention.head_count_kv": "num_key_value_heads", "attention.key_length": "head_dim", "expert_count": "num_experts",
    "expert_used_count": "num_experts_per_tok", "expert_feed_forward_length": "moe_intermediate_size",
    "expert_shared_count": "num_shared_experts", "leading_dense_block_count": "first_k_dense_replace",
    "attention.sliding_window": "sliding_window", "attention.q_lora_rank": "q_lora_rank", "ssm.inner_size": "mamba_intermediate_size",
    "attention.kv_lora_rank": "kv_lora_rank", "ssm.conv_kernel": "conv_kernel", "ssm.state_size": "state_size",
    "ssm.time_step_rank": "time_step_rank", "expert_shared_feed_forward_length": "shared_expert_intermediate_size",
    "rope.dimension_count": "rotary_width", "attention.value_length": "value_width",
}  # fmt: skip
# llama.cpp's name of an architecture where transformers has another
_FAMILIES = {
    "phi2": "phi", "gemma3": "gemma3_text", "qwen2moe": "qwen2_moe", "qwen3moe": "qwen3_moe", "gptneox": "gpt_neox",
    "command-r": "cohere", "cohere2": "cohere2", "deepseek2": "deepseek_v2", "gpt-oss": "gpt_oss", "starcoder": "gpt_bigcode",
    "glm4moe": "glm4_moe", "phimoe": "phimoe", "falcon-mamba": "falcon_mamba", "ernie4_5-moe": "ernie4_5_moe",
    "granitehybrid": "granitemoehybrid", "hunyuan-dense": "hunyuan_v1_dense", "hunyuan-moe": "hunyuan_v1_moe",
    "seed_oss": "seed_oss", "qwen3next": "qwen3_next", "minimax-m2": "minimax_m2", "exaone4": "exaone4",
}  # fmt: skip


def config_of(path: Path) -> dict[str, Any]:
    """The header's metadata by the names of a config.json. BadInput, in one line, for a file that is none or is broken."""
    try:
        with path.open("rb") as file:
            found, tensors = _header(file)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None
    except (struct.error, UnicodeDecodeError, EOFError, OverflowError):
        raise BadInput(f"{path} is cut off or broken: its GGUF header cannot be read") from None
    name = found.get("general.architecture")
    if not isinstance(name, str):
        raise BadInput(f"{path} names no general.architecture")
    config = {field: found[f"{name}.{key}"] for key, field in _FIELDS.items() if f"{name}.{key}" in found}
    config["model_type"] = _FAMILIES.get(name, name)
    config.setdefault("vocab_size", found.get("tokenizer.ggml.tokens"))
    config["tie_word_embeddings"] = "output.weight" not in tensors
    return _latent({key: value for key, value in config.items() if value is not None})


def _latent(config: dict[str, Any]) -> dict[str, Any]:
    """Widths of latent attention, which GGUF gives as a head's whole key and its turned part."""
    turned, value = config.pop("rotary_width", None), config.pop("value_width", None)
    if config.get("kv_lora_rank") and turned and config.get("head_dim"):
        config |= {"qk_rope_head_dim": turned, "qk_nope_head_dim": config.pop("head_dim") - turned, "v_head_dim": value}
    elif turned and config.get("head_dim") and turned < config["head_dim"]:
        config["partial_rotary_factor"] = turned / config["head_dim"]
    return config


def _header(file: BinaryIO) -> tuple[dict[str, Any], set[str]]:
    if file.read(4) != _MAGIC:
        raise BadInput("the file is no GGUF file: it does not begin with GGUF")
    (version,) = _read(file, "I")
    if version not in (2, 3):
        raise BadInput(f"GGUF version {version} is not read; versions 2 and 3 are")
    tensors, entries = _read(file, "QQ")
    if max(tensors, entries) > _MOST_ENTRIES:
        raise EOFError
    found = {_text(file): _value(file, _read(file, "I")[0]) for _ in range(entries)}
    return found, {_tensor(file) for _ in range(tensors)}


def _read(file: BinaryIO, shape: str) -> tuple[Any, ...]:
    return struct.unpack("<" + shape, file.read(struct.calcsize("<" + shape)))


def _text(file: BinaryIO) -> str:
    (length,) = _read(file, "Q")
    if length > _MOST_BYTES:
        raise EOFError
    return file.read(length).decode("utf-8")


def _value(file: BinaryIO, kind: int) -> Any:
    """A number or a string; of an array of numbers its greatest, of an array of strings how many there are."""
    if kind in _NUMBERS:
        return _read(file, _NUMBERS[kind])[0]
    if kind == _STRING:
        return _text(file)
    if kind != _ARRAY:
        raise EOFError
    inner, length = _read(file, "IQ")
    if length > _MOST_ENTRIES * 10:
        raise EOFError
    values = [_value(file, inner) for _ in range(length)]
    return max(values, default=0) if inner in _NUMBERS else length


def _tensor(file: BinaryIO) -> str:
    name = _text(file)
    (dimensions,) = _read(file, "I")
    if dimensions > 8:
        raise EOFError
    _read(file, "Q" * dimensions + "IQ")
    return name
