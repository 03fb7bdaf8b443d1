"""Models as facts: exact counts, exact caches, and configurations that cannot be."""

import json
from typing import Any

import pytest

from formulas.derivation import Fact, derive
from formulas.errors import BadInput
from formulas.vocabulary import kv_cache, model_weights, n_params
from kb.architecture import architecture, from_config
from kb.config import row_of
from kb.database import rows
from kb.targets import trained

GIB = 2**30
LLAMA_2_7B: dict[str, Any] = {
    "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 32, "tie_word_embeddings": False,
}  # fmt: skip
LLAMA_3_8B = {**LLAMA_2_7B, "vocab_size": 128256, "intermediate_size": 14336, "num_key_value_heads": 8}
LLAMA_2_70B = {
    **LLAMA_2_7B, "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 8,
}  # fmt: skip
MIXTRAL = {
    **LLAMA_2_7B, "model_type": "mixtral", "intermediate_size": 14336, "num_key_value_heads": 8, "num_local_experts": 8,
    "num_experts_per_tok": 2,
}  # fmt: skip
QWEN_2_5_7B = {
    **LLAMA_2_7B, "model_type": "qwen2", "vocab_size": 152064, "hidden_size": 3584, "intermediate_size": 18944,
    "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4,
}  # fmt: skip
DEEPSEEK_V3 = {
    "model_type": "deepseek_v3", "vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128,
    "n_shared_experts": 1, "n_routed_experts": 256, "num_experts_per_tok": 8, "first_k_dense_replace": 3,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
    "tie_word_embeddings": False,
}  # fmt: skip
RUN = {
    "seq_len": 4096, "output_len": 0, "batch_size": 1, "page_size": 1, "kv_bytes": 2, "bytes_per_weight": 2,
    "quantised": "nothing", "cache_kind": "windowed", "latent_cache": "compressed", "value_bytes": 2, "offloaded": "none",
    "sharding": "none",
}  # fmt: skip


def facts_of(config: dict[str, Any]) -> dict[str, Fact]:
    return from_config(config).facts | {name: Fact(value, "given") for name, value in RUN.items()}


@pytest.mark.parametrize(
    ("config", "weights_gib", "cache_gib"),
    [
        (LLAMA_2_7B, 12.55, 2.0),
        (LLAMA_3_8B, 14.96, 0.5),
        (LLAMA_2_70B, 128.48, 1.25),
        (MIXTRAL, 86.99, 0.5),
        (QWEN_2_5_7B, 14.19, 0.2188),
        (DEEPSEEK_V3, 1249.88, 0.2681),
    ],
    ids=["Llama-2-7B", "Llama-3-8B", "Llama-2-70B", "Mixtral-8x7B", "Qwen2.5-7B", "DeepSeek-V3"],
)
def test_weights_and_cache_at_sixteen_bits(config: dict[str, Any], weights_gib: float, cache_gib: float) -> None:
    facts = facts_of(config)
    weights, cache = derive(model_weights, facts).value, derive(kv_cache, facts).value
    assert weights is not None
    assert cache is not None
    assert round(float(weights) / GIB, 2) == weights_gib
    assert round(float(cache) / GIB, 4) == cache_gib


def test_parameters_to_the_last_one() -> None:
    known = {
        "Llama-2-7B": (LLAMA_2_7B, 6738415616),
        "Mixtral": (MIXTRAL, 46702792704),
        "Qwen": (QWEN_2_5_7B, 7615616512),
    }
    assert {name: derive(n_params, from_config(config).facts).value for name, (config, _) in known.items()} == {
        name: count for name, (_, count) in known.items()
    }


def test_nearly_all_comparable_models_of_the_table_match_to_the_last_parameter() -> None:
    comparable = rows("SELECT * FROM models WHERE confidence LIKE 'exact%'")
    missed = {}
    for row in comparable:
        counted = derive(n_params, architecture(row).facts).value
        if counted != row["unique_params"]:
            missed[row["name"]] = counted
    assert len(comparable) >= 364
    assert len(missed) <= 0.05 * len(comparable), missed


def test_every_published_total_of_the_table_is_held_to() -> None:
    missed = {}
    for row in rows(
        "SELECT * FROM models WHERE n_layers IS NOT NULL AND n_heads IS NOT NULL AND hidden_size IS NOT NULL"
    ):
        published = row["unique_params"] or row["total_params"]
        counted = derive(n_params, architecture(row).facts).value
        if published and abs(counted / published - 1) > 0.005:
            missed[row["name"]] = f"{counted:,} of {published:,}"
    assert not missed


def test_what_a_declared_block_leaves_over_lies_outside_of_it() -> None:
    tower = 600_000_000
    row, _ = row_of(QWEN_2_5_7B)
    found = architecture({**row, "name": "a/B", "unique_params": 7615616512 + tower})
    assert found.facts["extra_params"].value == tower
    assert found.facts["intermediate_size"].value == row["intermediate_size"]
    assert "0.60B of the 8.22B parameters of a/B lie outside" in found.warnings[-1]
    assert architecture({**row, "name": "a/B", "unique_params": 7615616512}).warnings == ()
    known = architecture({**row, "name": "a/B", "unique_params": 7615616512 + tower, "vision_params": tower})
    assert known.facts["extra_params"].value == tower
    assert known.warnings == found.warnings


@pytest.mark.parametrize("published", [5_000_000_000, 7_615_616_513, 9_000_000_000])
def test_of_an_unknown_block_the_published_total_holds(published: int) -> None:
    row, _ = row_of({**QWEN_2_5_7B, "model_type": "quven"})
    found = architecture({**row, "name": "a/B", "unique_params": published})
    assert abs(derive(n_params, found.facts).value - published) <= 200_000
    if published != 7_615_616_513:  # no two biases more or less are another block
        assert "as published" in found.warnings[-1]
        assert 0 <= found.facts["extra_params"].value < 3 * 28 * 3584


def test_fields_that_no_total_fits_are_said_to_be_unreliable() -> None:
    row, _ = row_of({**QWEN_2_5_7B, "model_type": "quven"})
    found = architecture({**row, "name": "a/B", "unique_params": 1_000_000_000})
    assert "not reliable" in found.warnings[-1]


def test_a_row_and_a_config_say_the_same() -> None:
    row = rows("SELECT * FROM models WHERE name = 'Qwen/Qwen2.5-7B'")
    if row:
        assert (
            derive(n_params, architecture(row[0]).facts).value == derive(n_params, from_config(QWEN_2_5_7B).facts).value
        )


def test_an_unknown_family_is_said_to_be_unknown_and_still_counted() -> None:
    found = from_config({**LLAMA_2_7B, "model_type": "lhama"})
    assert any("lhama" in warning and "llama" in warning for warning in found.warnings)
    assert derive(n_params, found.facts).value == 6738415616


def test_a_field_that_could_matter_is_a_warning() -> None:
    assert any("memory_slots" in warning for warning in from_config({**LLAMA_2_7B, "memory_slots": 64}).warnings)
    assert from_config({**LLAMA_2_7B, "bos_token_id": 17}).warnings == ()


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"num_hidden_layers": None}, "num_hidden_layers"),
        ({"num_attention_heads": 0}, "num_attention_heads"),
        ({"num_key_value_heads": 5}, "num_key_value_heads"),
        ({"hidden_size": -4096}, "hidden_size"),
        ({"intermediate_size": "wide"}, "intermediate_size"),
        ({"vocab_size": 3.5}, "vocab_size"),
        ({"layer_types": ["full_attention"]}, "layer_types"),
        ({"hidden_size": 4097}, "hidden_size"),
        ({"n_layers": [1], "num_hidden_layers": None}, "n_layers"),
    ],
)
def test_a_broken_config_names_its_key(broken: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=named) as caught:
        from_config({**LLAMA_2_7B, **broken})
    assert "\n" not in str(caught.value)


def test_layer_kinds_of_windows_and_dense_first_layers() -> None:
    gemma = from_config(
        {
            "model_type": "gemma3_text", "vocab_size": 262208, "hidden_size": 2560, "intermediate_size": 10240,
            "num_hidden_layers": 34, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
            "sliding_window": 1024, "sliding_window_pattern": 6,
        }
    )  # fmt: skip
    assert gemma.facts["layer_kind"].value == ("sliding", "global")
    assert [gemma.facts[f"n_layers_of[{kind}]"].value for kind in ("sliding", "global")] == [29, 5]
    deepseek = from_config(DEEPSEEK_V3)
    assert deepseek.facts["layer_kind"].value == ("dense", "moe")
    assert [deepseek.facts[f"n_layers_of[{kind}]"].value for kind in ("dense", "moe")] == [3, 58]


def test_targets_of_adapters() -> None:
    llama = from_config(LLAMA_2_7B)
    assert {name for name, fact in trained(llama, "q,v").items() if fact.value} == {"on_q", "on_v"}
    assert trained(llama, "q_proj, v_proj") == trained(llama, "q,v")
    with pytest.raises(BadInput, match="lora_targets"):
        trained(llama, "quark")


def test_json_of_a_config_is_enough() -> None:
    assert derive(n_params, from_config(json.loads(json.dumps(LLAMA_2_7B))).facts).value == 6738415616
