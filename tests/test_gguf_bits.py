"""Bits of GGUF files: the type of every matrix as llama.cpp chooses it at commit 007dbbf3, and the whole as its table prints."""

from collections import Counter
from fractions import Fraction

import pytest

from formulas.derivation import Fact
from kb.architecture import Architecture, architecture
from kb.database import rows
from kb.gguf_bits import file_bits, tensors
from kb.layers import Layer

TYPES = rows(
    "SELECT name, bits_numerator AS n, bits_denominator AS d, source, stored_as FROM dtypes WHERE name LIKE 'g%'"
)
WHOLE_FILES = [
    row for row in TYPES if row["source"] == "llamacpp-quantize" and row["name"] not in ("gguf:F16", "gguf:F32")
]


def _stored(name: str) -> Fraction:
    return Fraction(*next((row["n"], row["d"]) for row in TYPES if row["name"] == f"ggml:{name}"))


def _shapes(inner: int = 512, mlp: str = "gated", tied: str = "yes", layers: int = 8) -> Architecture:
    """A model of 256 wide rows: eight layers of one million parameters in all."""
    sizes = {
        "n_params": 10**7, "hidden_size": 256, "vocab_size": 4096, "intermediate_size": inner, "moe_intermediate_size": inner,
        "n_experts": 4 if mlp == "experts" else 0, "n_layers": layers, "shared_width": 0, "n_heads": 4, "n_kv_heads": 2, "head_dim": 64, "tied": tied, "qkv": "separate",
    }  # fmt: skip
    return Architecture({name: Fact(size, "test") for name, size in sizes.items()}, (), "test", (Layer("grouped", "none", mlp),) * layers)  # fmt: skip


def test_rows_that_no_block_of_256_divides_are_stored_in_more_bits() -> None:
    """Qwen2.5-72B's down projection has rows of 29,568 = 115.5 × 256: in Q6_K they are Q8_0, and all else is as named."""
    more = Fraction(17, 2) - Fraction(105, 16)
    assert file_bits("gguf:Q6_K", _shapes(), _stored) == Fraction(105, 16)
    assert file_bits("gguf:Q6_K", _shapes(32), _stored) == Fraction(105, 16) + 8 * more * 32 * 256 / 10**7
    experts = file_bits("gguf:Q6_K", _shapes(32, "experts"), _stored)
    router = Fraction(32) - Fraction(105, 16)
    assert experts == Fraction(105, 16) + 8 * (more * 4 * 32 * 256 + router * 4 * 256) / 10**7
    assert file_bits("gguf:Q8_0", _shapes(32), _stored) == Fraction(17, 2)


def test_a_head_is_stored_finer_than_its_format_says() -> None:
    """Of 10 million parameters 1,048,576 are the head, in Q6_K where the rest is Q4_0; an untied embedding is as the rest."""
    finer = (Fraction(105, 16) - Fraction(9, 2)) * 4096 * 256 / 10**7
    assert file_bits("gguf:Q4_0", _shapes(), _stored) == Fraction(9, 2) + finer
    assert file_bits("gguf:Q4_0", _shapes(tied="no"), _stored) == Fraction(9, 2) + finer
    lowest, untied = (file_bits("gguf:IQ2_XXS", _shapes(tied=tied), _stored) for tied in ("yes", "no"))
    assert lowest
    assert untied
    assert untied - lowest == (Fraction(21, 8) - Fraction(33, 16)) * 4096 * 256 / 10**7
    assert file_bits("gguf:IQ4_K_R4", _shapes(), _stored) is None  # of ik_llama.cpp, whose choices are its users'


def test_more_bits_are_of_the_first_and_last_eighth_and_of_every_third_layer() -> None:
    """Of eight layers 0 and 7 are those, and 3 and 6 between: half of the values and of the projections down in Q6_K."""
    half = Fraction(1, 2) * (Fraction(105, 16) - Fraction(9, 2)) * 8 * (256 * 128 + 256 * 512) / 10**7
    head = (Fraction(105, 16) - Fraction(9, 2)) * 4096 * 256 / 10**7
    assert file_bits("gguf:Q4_K_M", _shapes(), _stored) == Fraction(9, 2) + head + half


@pytest.mark.parametrize("name", [row["name"] for row in WHOLE_FILES])
def test_a_file_comes_out_at_the_bits_that_its_maker_prints(name: str) -> None:
    """llama.cpp's own table of Llama-3.1-8B: within 0.06 % of every format, which is the header and the float32 norms."""
    published = next(Fraction(row["n"], row["d"]) for row in WHOLE_FILES if row["name"] == name)
    found = file_bits(name, architecture(rows("SELECT * FROM models WHERE name LIKE '%/Llama-3.1-8B%'")[0]), _stored)
    assert found
    assert published * Fraction(9994, 10000) < found <= published


def test_a_width_that_a_published_total_leaves_over_is_no_row_of_a_file() -> None:
    """500 is no multiple of 32, of which llama.cpp could make no file: it is stored as its neighbours are."""
    assert file_bits("gguf:Q6_K", _shapes(500), _stored) == Fraction(105, 16)


def _named(name: str) -> Architecture:
    return architecture(rows("SELECT * FROM models WHERE name = ?", [name])[0])


def _by_role(name: str, model: str) -> dict[str, dict[str, int]]:
    """How many matrices of each role are of which type."""
    counted: dict[str, Counter[str]] = {}
    for tensor in tensors(name, _named(model)):
        counted.setdefault(tensor.role, Counter())[tensor.kind] += 1
    return {role: dict(kinds) for role, kinds in counted.items() if role != "rest"}


MIXTRAL, LLAMA = "mistralai/Mixtral-8x7B-Instruct-v0.1", "meta-llama/Llama-3.1-70B-Instruct"
HALF = {"Q6_K": 16, "Q4_K": 16}  # of 32 layers 4 first, 4 last, and of the 24 between every third


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("IQ2_XXS", {"head": {"Q5_K": 1}, "embedding": {"Q2_K": 1}, "values": {"Q4_K": 32}, "keys": {"Q4_K": 32},
                     "queries": {"IQ2_XXS": 32}, "out": {"Q5_K": 32}, "down": {"Q2_K": 4, "IQ2_XXS": 28}, "up": {"IQ2_XXS": 32}}),
        ("Q4_K_M", {"head": {"Q6_K": 1}, "embedding": {"Q4_K": 1}, "values": {"Q8_0": 32}, "keys": {"Q8_0": 32},
                    "queries": {"Q4_K": 32}, "out": {"Q5_K": 32}, "down": HALF, "up": {"Q4_K": 32}}),
        ("Q3_K_L", {"head": {"Q6_K": 1}, "embedding": {"Q3_K": 1}, "values": {"Q8_0": 32}, "keys": {"Q8_0": 32},
                    "queries": {"Q3_K": 32}, "out": {"Q3_K": 32}, "down": {"Q5_K": 32}, "up": {"Q3_K": 32}}),
        ("Q2_K_S", {"head": {"Q6_K": 1}, "embedding": {"Q2_K": 1}, "values": {"Q8_0": 32}, "keys": {"Q8_0": 32},
                    "queries": {"Q2_K": 32}, "out": {"Q2_K": 32}, "down": {"Q4_K": 4, "Q2_K": 28}, "up": {"Q2_K": 32}}),
        ("IQ3_XXS", {"head": {"Q5_K": 1}, "embedding": {"IQ3_S": 1}, "values": {"Q8_0": 32}, "keys": {"Q8_0": 32},
                     "queries": {"IQ2_S": 32}, "out": {"Q5_K": 32}, "down": {"IQ3_XXS": 32}, "up": {"IQ3_XXS": 32}}),
        ("IQ3_M", {"head": {"Q6_K": 1}, "embedding": {"IQ3_S": 1}, "values": {"Q8_0": 32}, "keys": {"Q8_0": 32},
                   "queries": {"IQ3_S": 32}, "out": {"Q5_K": 32}, "down": {"Q4_K": 16, "IQ3_S": 16}, "up": {"IQ3_S": 32}}),
    ],
)  # fmt: skip
def test_eight_experts_have_rules_of_their_own(name: str, types: dict[str, dict[str, int]]) -> None:
    """Outside of the lowest formats values and keys in 8 bits; the projection back finer in those that llama.cpp lists."""
    assert _by_role(name, MIXTRAL) == types | {"router": {"F32": 32}}


@pytest.mark.parametrize(
    ("name", "values"),
    [("IQ2_XXS", {"Q4_K": 80}), ("Q2_K", {"Q5_K": 80}), ("Q4_K_M", {"Q6_K": 40, "Q5_K": 40}), ("Q3_K_S", {"Q5_K": 80})],
)
def test_values_of_70b_are_finer_but_not_in_the_lowest_formats(name: str, values: dict[str, int]) -> None:
    assert _by_role(name, LLAMA)["values"] == values


def test_only_some_models_of_80_layers_count_as_70b() -> None:
    """Neither Llama-65B, where no values are shared, nor Falcon-180B."""
    assert _by_role("Q3_K_S", "Qwen/Qwen2.5-72B-Instruct")["values"] == {"Q5_K": 80}
    assert _by_role("Q3_K_S", "huggyllama/llama-65b")["values"] == {"Q3_K": 80}
    assert _by_role("Q3_K_S", "tiiuae/falcon-180B-chat")["fused"] == {"Q3_K": 80}


@pytest.mark.parametrize(
    ("name", "fused"),
    [("Q4_K_M", HALF), ("Q3_K_L", {"Q5_K": 32}), ("IQ2_XXS", {"Q2_K": 32}), ("Q4_K_S", {"Q5_K": 4, "Q4_K": 28})],
)
def test_one_matrix_of_queries_keys_and_values_is_stored_as_values_are(name: str, fused: dict[str, int]) -> None:
    """Phi-3 has that matrix."""
    found = _by_role(name, "microsoft/Phi-3-mini-4k-instruct")
    assert found["fused"] == fused
    assert not {"values", "keys", "queries"} & found.keys()


@pytest.mark.parametrize(
    ("model", "half"), [("internlm/internlm2-20b", 24), ("baichuan-inc/Baichuan2-7B-Chat", 16)]
)  # fmt: skip
def test_a_matrix_that_the_conversion_divides_is_stored_as_three(model: str, half: int) -> None:
    found = _by_role("Q4_K_M", model)
    assert found["values"] == {"Q6_K": half, "Q4_K": half}
    assert found["keys"] == found["queries"] == {"Q4_K": 2 * half}
    assert "fused" not in found


def test_linear_attention_has_one_matrix_and_is_counted_among_the_values() -> None:
    """Qwen3.5-4B: 24 of its 32 layers; every fourth is of full attention, and half of each kind is finer."""
    found = _by_role("Q4_K_M", "Qwen/Qwen3.5-4B")
    assert found["fused"] == {"Q6_K": 12, "Q4_K": 12}
    assert found["values"] == {"Q6_K": 4, "Q4_K": 4}


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("Q4_K_M", {"fused": {"Q6_K": 30, "Q4_K": 30}, "out": {"Q4_K": 60}, "down": {"Q6_K": 3, "Q5_K": 27, "Q4_K": 30}}),
        ("Q3_K_M", {"fused": {"Q5_K": 2, "Q4_K": 58}, "out": {"Q3_K": 60}, "down": {"Q5_K": 3, "Q4_K": 27, "Q3_K": 30}}),
        ("Q3_K_L", {"fused": {"Q5_K": 60}, "out": {"Q4_K": 60}, "down": {"Q4_K": 60}}),
        ("Q4_K_S", {"fused": {"Q5_K": 4, "Q4_K": 56}, "out": {"Q4_K": 60}, "down": {"Q4_K": 60}}),
        ("IQ2_M", {"fused": {"Q4_K": 60}, "out": {"IQ3_S": 60}, "down": {"IQ3_S": 7, "IQ2_S": 53}}),
    ],
)  # fmt: skip
def test_falcon_has_rules_of_its_own(name: str, types: dict[str, dict[str, int]]) -> None:
    found = _by_role(name, "tiiuae/falcon-40b")
    assert found["head"] == {"Q8_0": 1}
    assert {role: found[role] for role in types} == types


def test_a_head_whose_rows_no_block_divides_is_in_8_bits() -> None:
    """Qwen2.5-0.5B has rows of 896 = 3.5 × 256: Q5_K would give way to Q5_1, the head is Q8_0."""
    for name in ("IQ2_XXS", "IQ3_XXS", "Q4_K_M"):
        assert _by_role(name, "Qwen/Qwen2.5-0.5B-Instruct")["head"] == {"Q8_0": 1}


def test_the_lowest_formats_count_each_projection_down() -> None:
    """DeepSeek-V3, 61 // 8 = 7: those of three dense layers and two each, routed and shared, of the next two; else layers."""
    assert _by_role("IQ2_XXS", "deepseek-ai/DeepSeek-V3")["down"] == {"Q2_K": 7, "IQ2_XXS": 3 + 2 * 58 - 7}
    assert _by_role("Q4_K_S", "deepseek-ai/DeepSeek-V3")["down"] == {"Q5_K": 3 + 2 * 4, "Q4_K": 2 * 54}


def test_files_that_are_known_come_out() -> None:
    """Bits a parameter of Q4_K_M, as logged when such files were made."""
    assert float(file_bits("gguf:Q4_K_M", _named("deepseek-ai/DeepSeek-V3"), _stored) or 0) == pytest.approx(
        4.82, abs=0.005
    )
    assert float(file_bits("gguf:Q4_K_M", _named("Qwen/Qwen3-0.6B"), _stored) or 0) == pytest.approx(5.24, abs=0.005)
