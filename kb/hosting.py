"""Where the weights and the cache live, as facts of the formulas: which layers host memory holds, and how loading goes.

`--n-gpu-layers`, `--n-cpu-moe`, `--no-kv-offload`, a device map and `cpu_offload_gb` are a program's own words for it;
formulas/host.py and formulas/loading.py have the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.architecture import Architecture
from kb.cards import GIB
from kb.engines import deepspeed, kbit_casts, shards_masters
from kb.knobs import BITSANDBYTES
from kb.layers import Layer, kinds_of
from kb.recipe import ADAPTERS
from kb.stated import ASSUMED, Value, reader, stated

# facts that say what host memory holds as a model runs, and the program that has a word for it
PLACES = ("gpu_layers", "n_cpu_moe", "offload")
RUNNING = {"gpu_layers": "llama.cpp", "n_cpu_moe": "llama.cpp", "cpu_offload_gb": "vllm"}
OF_INFERENCE = ("experts", "kv")  # answers of `offload`
# programs that compute on the host what it holds; the others bring it to the card
_COMPUTES = ("llama.cpp",)
# cards of one machine, whose processes share its memory
MACHINE = 8
AT_HOME = 4  # cards that one's own machine has at most
# answers of its attn_implementation, which no server has
_KERNELS_OF_TRANSFORMERS = ("eager", "sdpa")


def whole_machines(cards: int) -> int:
    """Usual machines that so many cards fill; 0 where one holds them all or the last would be part empty."""
    return cards // MACHINE if cards > MACHINE and cards % MACHINE == 0 else 0


def implied_engine(given: dict[str, Fact]) -> dict[str, Fact]:
    """The program that a stated place of weights or a GGUF file means, where none is named."""
    if "engine" in given:
        return {}
    if "weight_format" in given and str(given["weight_format"].value).startswith("gguf:"):
        return {"engine": Fact("llama.cpp", ASSUMED)} if given["task"].value == "inference" else {}
    if given["task"].value == "inference" and stated(given, "attention", "flash") in _KERNELS_OF_TRANSFORMERS:
        return {"engine": Fact("transformers", ASSUMED)}
    if "offload" in given and given["offload"].value in OF_INFERENCE:
        return {"engine": Fact("llama.cpp", ASSUMED)}
    return next(({"engine": Fact(engine, ASSUMED)} for name, engine in RUNNING.items() if name in given), {})


def hosting_facts(knobs: dict[str, Fact], model: Architecture | None) -> dict[str, Fact]:
    """What host memory holds, and what loading and saving hold. BadInput where a program has no such thing."""
    value = reader(knobs)
    training = value("method") != "inference"
    _refuse(value, training, bool(model and model.experts))
    facts = _loading(value, training, model)
    if training or model is None:
        return facts
    if "cpu_offload_gb" in knobs:
        budget = int(float(value("cpu_offload_gb")) * GIB)
        origin = knobs["cpu_offload_gb"].origin
        return facts | {"offloaded": Fact("bytes", origin), "offload_budget": Fact(budget, origin)}
    if not _hosts(value):
        return facts
    origin = next((knobs[name].origin for name in PLACES if value(name) not in (None, "none")), ASSUMED)
    return facts | _placed(value, model.layers, origin)


def _hosts(value: Value) -> bool:
    """Whether layers or experts have a place of their own: where one is stated, and always in llama.cpp."""
    if value("method") != "inference" or value("engine") in ("vllm", "sglang"):
        return False
    return value("engine") in _COMPUTES or any(value(name) not in (None, "none") for name in PLACES)


def unmeasured(knobs: dict[str, Fact], model: Architecture | None = None) -> tuple[str, ...]:
    """What no row of the measurements states of a model that runs: that host memory holds a part of it.

    As many layers on the card as there are (`-ngl 99`) put none there.
    """
    value = reader(knobs)
    layers = len(model.layers) if model is not None else 0
    parts = {
        "gpu_layers": value("gpu_layers") is not None and not 0 < layers <= int(value("gpu_layers")),
        "n_cpu_moe": bool(value("n_cpu_moe")),
        "cpu_offload_gb": bool(value("cpu_offload_gb")),
        "offload": value("offload") not in (None, "none", "optimizer"),
    }
    stated = any(parts.values())
    return ("weights or cache in host memory",) if stated and value("method") == "inference" else ()


def _refuse(value: Value, training: bool, experts: bool) -> None:
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
    if (offload == "experts" or value("n_cpu_moe") is not None) and not experts:
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


@dataclass(frozen=True)
class _Split:
    """Layers that cards hold, by number; whether host memory has the embedding and the head; layers without their experts."""

    kept: range
    embedding: bool
    head: bool
    experts_before: int

    def facts(self, kinds: dict[str, tuple[Layer, int]], layers: Sequence[Layer], here: range) -> dict[str, int]:
        """Of the layers `here`, by kind, how many host memory holds, and the experts of how many more."""
        found = {}
        for name, (kind, _) in kinds.items():
            at = f"[{name}]" if len(kinds) > 1 else ""
            own = [index for index in here if layers[index] == kind]
            moved = sum(index in self.kept and index < self.experts_before for index in own)
            found[f"hosted_layers{at}"] = sum(index not in self.kept for index in own)
            found[f"hosted_experts{at}"] = moved if kind.mlp == "experts" else 0
        return found


def _split(value: Value, layers: Sequence[Layer]) -> _Split:
    """llama.cpp gives the cards the output layer first, then layers from the last to the first; the embedding stays in
    host memory. A device map fills the card in the order of the model: embedding, then layers from the first.
    """
    computes = value("engine") in _COMPUTES
    most = most_layers(str(value("engine", "")), layers)
    asked = value("gpu_layers", 0 if value("offload") == "params" else most)
    on_card = min(int(asked), most)
    experts = len(layers) if value("offload") == "experts" else int(value("n_cpu_moe", 0))
    if computes:
        return _Split(range(len(layers) - max(on_card - 1, 0), len(layers)), True, on_card == 0, experts)
    return _Split(range(on_card), on_card == 0, on_card < most, experts)


def _placed(value: Value, layers: Sequence[Layer], origin: Any) -> dict[str, Fact]:
    """What host memory holds of the whole model."""
    split = _split(value, layers)
    computed = "layers-and-cache" if value("offload") == "kv" else "layers"
    facts: dict[str, Any] = {
        "offloaded": computed if value("engine") in _COMPUTES else "blocks",
        "embedding_hosted": int(split.embedding),
        "head_hosted": int(split.head),
        **split.facts(kinds_of(list(layers)), layers, range(len(layers))),
    }
    return {name: Fact(one, origin) for name, one in facts.items()}


def kept_layers(knobs: dict[str, Fact], model: Architecture) -> range:
    """The layers that are on a card, by number: all, unless host memory holds some."""
    value = reader(knobs)
    return _split(value, model.layers).kept if _hosts(value) else range(len(model.layers))


def stage_hosting(knobs: dict[str, Fact], model: Architecture, here: range, ends: tuple[bool, bool]) -> dict[str, int]:
    """What host memory holds of the layers `here`, one stage of several; `ends`: whether it is the first, and the last."""
    value = reader(knobs)
    if not _hosts(value):
        return {}
    split = _split(value, model.layers)
    return {
        "embeddings_here": int(ends[0] and not split.embedding), "heads_here": int(ends[1] and not split.head),
        "embedding_hosted": 0, "head_hosted": 0, **split.facts(model.kinds, model.layers, here),
    }  # fmt: skip


def _loading(value: Value, training: bool, model: Architecture | None) -> dict[str, Fact]:
    full = training and str(value("method")) not in ADAPTERS
    gathers = full and int(value("zero_stage", 0)) == 3
    whole = shards_masters(value) and not deepspeed(value)
    facts = {
        "at_loading": _at_loading(value, training, model),
        "head_kept": _head_kept(value, training, model),
        "at_saving": "gathered" if gathers else "own-part",
        "saved_precision": "single" if whole else "half",
        "processes": min(int(value("n_gpus", 1)), MACHINE),
    }
    return {name: Fact(one, ASSUMED) for name, one in facts.items()}


def _at_loading(value: Value, training: bool, model: Architecture | None) -> str:
    stored = str(value("weight_format", ""))
    if not training and not _by_transformers(value):
        return "as-stored"
    if stored.startswith(BITSANDBYTES):
        return "prepared" if training and kbit_casts(value) else "quantised"
    return "head-twice" if stored.startswith("awq") and _is_tied(model) and not training else "as-stored"


def _head_kept(value: Value, training: bool, model: Architecture | None) -> str:
    """Whether the head that a file stores stays beside the tied embedding: of FP8 files at every length, as Qwen3's own speed
    benchmark has its tied models one head above their BF16 files' way of counting, and the others not.
    """
    kept = not training and _by_transformers(value) and _is_tied(model) and value("weight_format") == "fp8"
    return "yes" if kept else "no"


def _by_transformers(value: Value) -> bool:
    """Whether transformers loads a model that runs: by name, or where no program is named."""
    return str(value("engine", "")) in ("", "transformers", "ms-swift")


def _is_tied(model: Architecture | None) -> bool:
    return model is not None and "tied" in model.facts and model.facts["tied"].value == "yes"


def loads_on_every_process(knobs: dict[str, Fact]) -> bool:
    """Whether several processes train from weights that each may build in host memory: no bitsandbytes, no device map."""
    stored = str(knobs["weight_format"].value) if "weight_format" in knobs else ""
    if knobs["task"].value != "train" or stored.startswith(BITSANDBYTES) or "layer_split" in knobs:
        return False
    return int(knobs["n_gpus"].value) > 1
