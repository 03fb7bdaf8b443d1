"""What to warn of where adapters or quantisation meet a mixture of experts, which programs store in two ways.

Experts are separate linears (transformers before version 5, for most families) or one tensor for all of a layer (Llama 4,
gpt-oss, and most families from version 5 on). peft's `all-linear` and bitsandbytes look for linears:
https://github.com/huggingface/peft/pull/2638 (target_parameters),
https://github.com/bitsandbytes-foundation/bitsandbytes/issues/1849 (experts that stay in 16 bits).
"""

from typing import Any

from kb.architecture import Architecture
from kb.knobs import BITSANDBYTES
from kb.recipe import ADAPTERS
from kb.targets import trained

ALL_LINEAR = "all-linear"
# https://github.com/huggingface/peft/pull/3232
_TAKEN = (
    "adapters of experts are counted as peft makes them from 0.20 on with transformers 5: on one tensor, gate and up together "
    "at twice the rank; experts that are linears of their own (transformers 4) have fewer, and before 0.20 all-linear leaves "
    "such a tensor out, unless target_parameters names it or the program does (Unsloth)"
)
_LEFT_OUT = "all-linear is taken to leave out the experts here, which are one tensor: target_parameters names them"


def of_experts(value: Any, model: Architecture | None) -> tuple[str, ...]:
    """The assumptions that such a case rests on."""
    if model is None or not model.experts or value("method") not in ADAPTERS:
        return ()
    found = []
    targets = value("lora_targets")
    if trained(model, targets or ALL_LINEAR)["on_experts"].value:
        found.append(_TAKEN)
    elif targets in (None, ALL_LINEAR):
        found.append(_LEFT_OUT)
    if str(value("weight_format")).startswith(BITSANDBYTES):
        found.append(
            "bitsandbytes quantises linears alone: experts stored as one tensor (Llama 4, gpt-oss, most mixtures from "
            "transformers 5 on) stay in 16 bits unless the program converts them; check what the weights take once loaded"
        )
    return tuple(found)
