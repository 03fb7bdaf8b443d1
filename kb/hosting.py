"""Where the weights and the cache live, as facts of the formulas: which layers host memory holds, and how loading goes.

`--n-gpu-layers`, `--n-cpu-moe`, `--no-kv-offload`, a device map and `cpu_offload_gb` are a program's own words for it;
formulas/host.py and formulas/loading.py have the rules.
"""

from collections.abc import Sequence
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.architecture import Architecture
from kb.engines import deepspeed, shards_masters
from kb.layers import Layer, kinds_of
from kb.recipe import ADAPTERS

ASSUMED = "assumed"
# facts that say what host memory holds as a model runs, and the program that has a word for it
RUNNING = {"gpu_layers": "llama.cpp", "n_cpu_moe": "llama.cpp", "cpu_offload_gb": "vllm"}
OF_INFERENCE = ("experts", "kv")  # answers of `offload`
# programs that compute on the host what it holds; the others bring it to the card
_COMPUTES = ("llama.cpp",)
_GIB = 1 << 30
# cards of one machine, whose processes share its memory
MACHINE = 8
_QUANTISED_AT_LOAD = ("nf4", "fp4", "int8")


def implied_engine(given: dict[str, Fact]) -> dict[str, Fact]:
    """The program that a stated place of weights means, where none is named."""
    if "engine" in given:
        return {}
    if given["offload"].value in OF_INFERENCE if "offload" in given else False:
        return {"engine": Fact("llama.cpp", ASSUMED)}
    return next(({"engine": Fact(engine, ASSUMED)} for name, engine in RUNNING.items() if name in given), {})


def hosting_facts(knobs: dict[str, Fact], model: Architecture | None) -> dict[str, Fact]:
    """What host memory holds, and what loading and saving hold. BadInput where a program has no such thing."""

    def value(name: str, default: Any = None) -> Any:
        return default if name not in knobs or knobs[name].value is None else knobs[name].value

    training = value("method") != "inference"
    _refuse(value, training, bool(model and model.experts))
    facts = _loading(value, training, model)
    if training or model is None:
        return facts
    engine = str(value("engine", ""))
    if "cpu_offload_gb" in knobs:
        budget = int(float(value("cpu_offload_gb")) * _GIB)
        origin = knobs["cpu_offload_gb"].origin
        return facts | {"offloaded": Fact("bytes", origin), "offload_budget": Fact(budget, origin)}
    if engine in ("vllm", "sglang"):
        return facts
    stated = [name for name in ("gpu_layers", "n_cpu_moe", "offload") if value(name) not in (None, "none")]
    if not stated and engine not in _COMPUTES:
        return facts
    return facts | _placed(value, model.layers, engine, knobs[stated[0]].origin if stated else ASSUMED)


def _refuse(value: Any, training: bool, experts: bool) -> None:
    engine, offload = str(value("engine", "")), value("offload")
    if training:
        for name in RUNNING:
            if value(name) is not None:
                raise BadInput(f"{name} is for inference; in training give --offload optimizer or params")
        if offload in OF_INFERENCE:
            raise BadInput(f"offload {offload} is for inference; in training it is optimizer or params")
        return
    if offload == "optimizer":
        raise BadInput("offload optimizer is for training; inference has none (params, experts or kv)")
    if (offload == "experts" or value("n_cpu_moe")) and not experts:
        raise BadInput("this model has no experts to keep in host memory; give --gpu-layers N")
    if offload == "kv" and engine not in _COMPUTES:
        raise BadInput(f"only llama.cpp keeps the whole cache in host memory, not {engine or 'transformers'}")
    if value("cpu_offload_gb") is not None and engine != "vllm":
        raise BadInput(f"cpu_offload_gb is vLLM's, not {engine}'s; give --gpu-layers N")
    if engine in ("vllm", "sglang") and (value("gpu_layers") is not None or value("n_cpu_moe") or offload == "experts"):
        raise BadInput(f"{engine} places no single layers; give --engine vllm --cpu-offload-gb N, or another engine")


def most_layers(engine: str, layers: Sequence[Layer]) -> int:
    """All layers as a program counts them: llama.cpp counts the output layer too."""
    return len(layers) + (engine in _COMPUTES)


def _placed(value: Any, layers: Sequence[Layer], engine: str, origin: Any) -> dict[str, Fact]:
    """Which layers of each kind host memory holds.

    llama.cpp gives the card the output layer first, then layers from the last to the first; the embedding stays in host
    memory. A device map fills the card in the order of the model: embedding, then layers from the first.
    """
    computes = engine in _COMPUTES
    most = most_layers(engine, layers)
    asked = value("gpu_layers", 0 if value("offload") == "params" else most)
    on_card = min(int(asked), most)
    if computes:
        kept = range(len(layers) - max(on_card - 1, 0), len(layers))
        embedding, head = 1, int(on_card == 0)
    else:
        kept = range(on_card)
        embedding, head = int(on_card == 0), int(on_card < most)
    first = len(layers) if value("offload") == "experts" else int(value("n_cpu_moe", 0))
    facts: dict[str, Any] = {
        "offloaded": "layers-and-cache" if value("offload") == "kv" else "layers" if computes else "blocks",
        "embedding_hosted": embedding,
        "head_hosted": head,
    }
    kinds = kinds_of(list(layers))
    for name, (kind, _) in kinds.items():
        at = f"[{name}]" if len(kinds) > 1 else ""
        own = [index for index, layer in enumerate(layers) if layer == kind]
        facts[f"hosted_layers{at}"] = sum(index not in kept for index in own)
        moved = sum(index in kept and index < first for index in own)
        facts[f"hosted_experts{at}"] = moved if kind.mlp == "experts" else 0
    return {name: Fact(one, origin) for name, one in facts.items()}


def _loading(value: Any, training: bool, model: Architecture | None) -> dict[str, Fact]:
    full = training and str(value("method")) not in ADAPTERS
    gathers = full and int(value("zero_stage", 0)) == 3
    whole = shards_masters(value) and not deepspeed(value)
    facts = {
        "at_loading": _at_loading(value, training, model),
        "at_saving": "gathered" if gathers else "own-part",
        "saved_precision": "single" if whole else "half",
        "processes": min(int(value("n_gpus", 1)), MACHINE),
    }
    return {name: Fact(one, ASSUMED) for name, one in facts.items()}


def _at_loading(value: Any, training: bool, model: Architecture | None) -> str:
    stored, engine = str(value("weight_format", "")), str(value("engine", ""))
    if not training and engine not in ("", "transformers", "ms-swift"):
        return "as-stored"
    if stored.startswith(_QUANTISED_AT_LOAD):
        prepared = value("kbit_prep", str(value("precision", "")) == "adapter-fp32")
        return "prepared" if training and prepared else "quantised"
    tied = model is not None and "tied" in model.facts and model.facts["tied"].value == "yes"
    return "head-twice" if stored.startswith("awq") and tied and not training else "as-stored"


def loads_on_every_process(knobs: dict[str, Fact]) -> bool:
    """Whether several processes train from weights that each may build in host memory: no bitsandbytes, no device map."""
    stored = str(knobs["weight_format"].value) if "weight_format" in knobs else ""
    if knobs["task"].value != "train" or stored.startswith(_QUANTISED_AT_LOAD) or "layer_split" in knobs:
        return False
    return int(knobs["n_gpus"].value) > 1
