"""Peaks of families that the table of counted runs lacks: storages alive at the height of transformers 5.23's own code.

Counted as the table is, on tensors without storage, at one sequence of 1,024 tokens; prompts keep the last token's logits.
"""

from typing import Any

import pytest

from formulas.derivation import derive
from formulas.vocabulary import tensors_peak
from tests.test_scans import run

S = 1024
SMALL: dict[str, Any] = {"vocab_size": 8192, "hidden_size": 1024, "num_attention_heads": 16}
FALCON = SMALL | {
    "model_type": "falcon", "num_hidden_layers": 4, "num_kv_heads": 4, "new_decoder_architecture": True, "bias": False,
    "alibi": False, "parallel_attn": True,
}  # fmt: skip
PROMPT = {"method": "inference", "loss": "last-logits"}
TRAINED: dict[str, Any] = {"method": "full"}
ADAPTED = {"method": "lora", "precision": "adapter"}
CHECKPOINTED = TRAINED | {"gradient_checkpointing": "1"}


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
    ],
)
def test_a_counted_peak_is_met(config: dict[str, Any], how: dict[str, Any], counted: int) -> None:
    assert peak(config, **how) == pytest.approx(counted, rel=0.005)
