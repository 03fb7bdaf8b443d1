"""Peaks of families that the table of counted runs lacks: storages alive at the height of transformers 5.23's own code.

Counted as the table is, on tensors without storage, at one sequence of 1,024 tokens; prompts keep the last token's logits.
"""

from typing import Any

import pytest

from formulas.derivation import derive
from formulas.errors import BadInput
from formulas.vocabulary import tensors_peak
from kb.architecture import from_config
from tests.test_scans import run

S = 1024
SMALL: dict[str, Any] = {"vocab_size": 8192, "hidden_size": 1024, "num_attention_heads": 16}
FALCON = SMALL | {
    "model_type": "falcon", "num_hidden_layers": 4, "num_kv_heads": 4, "new_decoder_architecture": True, "bias": False,
    "alibi": False, "parallel_attn": True,
}  # fmt: skip
SHAPES = SMALL | {"num_hidden_layers": 2, "num_key_value_heads": 4, "intermediate_size": 2816}
EXPERTS = {"n_routed_experts": 16, "num_experts_per_tok": 4, "moe_intermediate_size": 512, "n_shared_experts": 1}
JAIS_2 = SHAPES | {"model_type": "jais2", "num_key_value_heads": 16, "intermediate_size": 4096}
SOLAR_OPEN = SHAPES | EXPERTS | {"model_type": "solar_open", "head_dim": 64}
# one number for each layer, all the same
HUNYUAN = SHAPES | {
    "model_type": "hunyuan_v1_moe", "head_dim": 64, "num_experts": 8, "moe_topk": 2, "intermediate_size": 1024,
    "moe_intermediate_size": [1024, 1024], "num_shared_expert": [1, 1],
}  # fmt: skip
PROMPT = {"method": "inference", "loss": "last-logits"}
TRAINED: dict[str, Any] = {"method": "full"}
ADAPTED = {"method": "lora", "precision": "adapter"}


def peak(config: dict[str, Any], **how: Any) -> float:
    value = derive(tensors_peak, run(config, S, **how)).value
    assert value is not None
    return float(value)


@pytest.mark.parametrize(
    ("config", "how", "counted"),
    [
        pytest.param(FALCON, PROMPT, 150262016, id="heads repeated before they are cached"),
        pytest.param(FALCON, TRAINED, 554365256, id="repeated heads, trained"),
        pytest.param(FALCON, ADAPTED, 419926360, id="repeated heads, adapted"),
        pytest.param(JAIS_2, PROMPT, 126165248, id="LayerNorm and squared ReLU with biases"),
        pytest.param(JAIS_2, TRAINED, 424239368, id="LayerNorm and squared ReLU, trained"),
        pytest.param(SOLAR_OPEN, PROMPT, 212412928, id="experts in every layer"),
        pytest.param(SOLAR_OPEN, TRAINED, 691210760, id="experts in every layer, trained"),
        pytest.param(HUNYUAN, PROMPT, 195513152, id="shared experts first"),
        pytest.param(HUNYUAN, ADAPTED, 535082824, id="shared experts first, adapted"),
    ],
)
def test_a_counted_peak_is_met(config: dict[str, Any], how: dict[str, Any], counted: int) -> None:
    assert peak(config, **how) == pytest.approx(counted, rel=0.005)


def test_a_width_that_differs_from_layer_to_layer_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="moe_intermediate_size differs from layer to layer"):
        peak(HUNYUAN | {"moe_intermediate_size": [1024, 512]}, **PROMPT)


def test_masks_of_every_head_are_said_to_be_estimated() -> None:
    assert not [told for told in from_config(FALCON).warnings if "ALiBi" in told]
    assert [told for told in from_config(FALCON | {"alibi": True}).warnings if "ALiBi" in told]
