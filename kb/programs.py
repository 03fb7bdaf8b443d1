"""Programs that people name: the engine as which each is computed, and its own defaults (table `recipes`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from formulas.derivation import Fact
from kb.database import rows
from kb.knobs import BY_NAME, LIKE
from kb.stated import stated


@dataclass(frozen=True)
class Program:
    """`trains` says whether training is what it is for; `tool` names its rows of `recipes`.

    divides_sequences   whether a step over one long sequence may be shared out: over cards, or its checkpoints to the host
    """

    name: str
    trains: bool = False
    tool: str = ""
    divides_sequences: bool = True


PROGRAMS = {
    "llama-factory": Program("LLaMA-Factory", True, "LLaMA-Factory"),
    "trl": Program("TRL", True, "TRL"),
    "axolotl": Program("Axolotl", True, "Axolotl"),
    # no sequence parallelism, and its own checkpointing brings the checkpoints to host memory anyway
    "unsloth": Program("Unsloth", True, "Unsloth", divides_sequences=False),
    "torchtune": Program("torchtune", True, "torchtune"),
    "openrlhf": Program("OpenRLHF", True, "OpenRLHF"),
    "verl": Program("verl", True, "verl"),
    "xtuner": Program("XTuner", True),
    "sglang": Program("SGLang", tool="SGLang"),
    "tgi": Program("TGI", tool="TGI"),
    "tensorrt-llm": Program("TensorRT-LLM", tool="TensorRT-LLM"),
    "lmdeploy": Program("LMDeploy", tool="LMDeploy"),
    "xinference": Program("Xinference"),
    "ik_llama.cpp": Program("ik_llama.cpp"),
    "ollama": Program("Ollama"),
    "lm-studio": Program("LM Studio"),
    "koboldcpp": Program("KoboldCpp"),
    "exllama": Program("ExLlama"),
    "mlx": Program("MLX"),
    "ktransformers": Program("KTransformers"),
}
# settings of the programs, by the fact that they set; values that are spelled otherwise here
_SETS = {
    "lora_rank": "lora_rank", "lora_r": "lora_rank", "r": "lora_rank", "cutoff_len": "seq_len", "max_length": "seq_len",
    "sequence_len": "seq_len", "max_seq_length": "seq_len", "gradient_checkpointing": "gradient_checkpointing",
    "use_gradient_checkpointing": "gradient_checkpointing", "loss_type": "loss", "loss": "loss",
    "double_quantization": "double_quant", "use_bnb_nested_quant": "double_quant",
    "bnb_4bit_use_double_quant": "double_quant", "optimizer": "optimizer", "optimizer_in_bwd": "optimizer_in_backward",
    "dtype": "precision", "enable_activation_checkpointing": "gradient_checkpointing", "lora_modules": "lora_targets",
    "enable_activation_offloading": "activation_offload", "upcast_frozen": "kbit_prep",
    "vllm_gpu_memory_utilization": "gpu_memory_utilization", "gpu_memory_utilization": "gpu_memory_utilization",
    "free_cache_engine": "rollouts_by",
}  # fmt: skip
_SPELLED = {
    ("rollouts_by", "true"): "asleep", ("gradient_checkpointing", "true"): "on", ("gradient_checkpointing", "unsloth"): "on",
    ("gradient_checkpointing", "false"): "off", ("loss", "chunked_nll"): "chunked",
    ("loss", "CEWithChunkedOutputLoss"): "chunked", ("precision", "bf16"): "pure-bf16",
    ("optimizer", "bitsandbytes.optim.PagedAdamW8bit"): "paged-adamw-8bit",
    ("lora_targets", "q,v,o,gate,up,down"): "q v o gate up down",
}  # fmt: skip
# algorithms that generate answers between steps, and what holds where an engine on the same cards does it
ROLLS = ("ppo", "grpo")
SHARED = "rollouts on the same cards"
# how many ranks share the copy of the weights of an engine on the training's cards, by the names of the programs
RANKS = ("vllm_tensor_parallel_size", "tensor_model_parallel_size")
# one group of workers trains and generates
COLOCATES = "verl"
# computes experts on the host, which is what it is for
_HOSTS_EXPERTS = "ktransformers"
_METHODS = {("finetuning_type", "lora"): "lora", ("load_in_4bit", "true"): "qlora"}


# other spellings, and libraries that run the model code of transformers
SPELLINGS = {
    "huggingface": "transformers", "hf": "transformers", "peft": "transformers", "accelerate": "transformers",
    "optimum": "transformers", "bitsandbytes": "transformers", "autogptq": "transformers", "gptqmodel": "transformers",
    "autoawq": "transformers", "hqq": "transformers", "swift": "ms-swift", "lit-gpt": "litgpt", "nemo": "megatron",
    "megatron-lm": "megatron", "megatron-core": "megatron", "megatron-deepspeed": "deepspeed", "llamacpp": "llama.cpp",
    "exllamav2": "exllama", "text-generation-inference": "tgi", "trt-llm": "tensorrt-llm", "trtllm": "tensorrt-llm",
    "colossal-ai": "colossalai", "llamafactory": "llama-factory", "llama-cpp": "llama.cpp",
    "ik-llama.cpp": "ik_llama.cpp", "ik-llama": "ik_llama.cpp",
}  # fmt: skip


def written(engine: Any) -> str:
    """The name of a program as a table may write it; one that is not known keeps its own, in small letters."""
    folded = str(engine or "").strip().lower().replace("_", "-").replace(" ", "-")
    return SPELLINGS.get(folded, folded)


def serves(engine: Any) -> bool:
    """Whether the program takes its share of a card at its start, as vLLM does."""
    called = str(engine or "")
    return LIKE.get(called, called) == "vllm"


def reads_files(engine: Any) -> bool:
    """Whether the program runs llama.cpp's files, and what of them the cards do not hold on the host."""
    called = str(engine or "")
    return LIKE.get(called, called) == "llama.cpp" and called != "exllama"


_DEFAULT = "'s default"


def is_default(origin: str) -> bool:
    """Whether a fact is a named program's default."""
    return origin.endswith(_DEFAULT)


@cache
def _recipe(tool: str) -> tuple[tuple[str, str, str], ...]:
    found = rows("SELECT setting, value, applies_to FROM recipes WHERE tool = ?", [tool]) if tool else []
    return tuple((row["setting"], row["value"], row["applies_to"]) for row in found)


def rollout_ranks(engine: Any) -> tuple[str, str, int] | None:
    """The named trainer, its setting of the ranks that share one copy of the weights in generating, and the default of it."""
    program = _named(engine)
    rows_of = _recipe(program.tool) if program else ()
    found = next(((name, int(value)) for name, value, where in rows_of if name in RANKS and where == SHARED), None)
    return (program.name, *found) if program and found else None


def _named(engine: Any) -> Program | None:
    return PROGRAMS.get(str(engine))


def trains(engine: Any) -> bool:
    """Whether training is what the program is for."""
    program = _named(engine)
    return bool(program and program.trains)


def divides_sequences(engine: Any) -> bool:
    """Whether the program can divide one sequence; of one that is not known it is taken so."""
    program = _named(engine)
    return program is None or program.divides_sequences


def method_by_default(engine: Any) -> str | None:
    """How the program tunes where nobody says; None where its table does not tell."""
    program = _named(engine)
    settings = _recipe(program.tool) if program else ()
    return next((_METHODS[one, value] for one, value, _ in settings if (one, value) in _METHODS), None)


def default_facts(given: Mapping[str, Fact], adapters: bool, experts: bool = False) -> dict[str, Fact]:
    """The engine as which the named program is computed, and its defaults for what is not said."""
    program = _named(given["engine"].value) if "engine" in given else None
    if program is None:
        return {}
    origin = program.name + _DEFAULT
    method, count = str(given["method"].value), int(stated(given, "n_gpus", 1))
    alone = (f"{method} on one card",) if count == 1 else ()
    shared = (SHARED,) if _shares_cards(given) else ()
    here = {"train", *(("lora",) if adapters else ()), *shared, method, *alone}
    found: dict[str, Fact] = {}
    for setting, value, applies_to in _recipe(program.tool) if given["task"].value == "train" else ():
        name = _SETS.get(setting)
        # how a trainer of supervised tuning computes its loss says nothing of preferences
        other = name == "loss" and "algo" in given and given["algo"].value != "sft"
        if name and name not in given and applies_to in here and not other:
            found[name] = Fact(BY_NAME[name].parse(_SPELLED.get((name, value), value)), origin)
    called = str(given["engine"].value)
    if called == _HOSTS_EXPERTS and experts and given["task"].value != "train" and "offload" not in given:
        found["offload"] = Fact("experts", origin)
    if called in LIKE:
        found["engine"] = Fact(LIKE[called], f"as which {program.name} is computed")
    return found


def _shares_cards(given: Mapping[str, Fact]) -> bool:
    """Whether answers are generated by an engine on the cards that train: where it is said, or the program is made so."""
    if stated(given, "algo", "sft") not in ROLLS:
        return False
    return bool(stated(given, "rollouts_by", "asleep" if stated(given, "engine") == COLOCATES else "none") != "none")


def computed_as(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What is said where a program is computed as another."""
    called = str(given.get("engine") or "")
    program = _named(called)
    if program is None or called not in LIKE:
        return ()
    return (f"{program.name} is computed as {'vLLM' if LIKE[called] == 'vllm' else LIKE[called]}",)
