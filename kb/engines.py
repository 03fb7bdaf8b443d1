"""What a program and its version do, as choices of the formulas: which copies it holds, what it shards, where things live.

Every rule here is a fact of a program that its source shows; none looks at a model, a measurement or where it is from.
"""

import re
from typing import Any

from formulas.derivation import Fact
from kb.architecture import Architecture
from kb.methods import REFERENCED, optimizer_kind
from kb.recipe import ADAPTERS
from kb.stated import ASSUMED, Value

# rotary tables of released chat models cover at most this many positions in the versions that kept tables; base models
# of the same weights declare more, for extrapolation that a served model does not configure
_TABLE_POSITIONS = 32768
# families whose heads gave 16-bit logits to the loss until transformers 4.46 moved the conversion into the loss
_PLAIN_HEADS = {
    "gpt2",
    "gpt_bigcode",
    "gpt_neo",
    "gpt_neox",
    "gptj",
    "bloom",
    "opt",
    "mpt",
    "falcon",
    "qwen",
    "codegen",
}
MICRO_BATCH = 512  # tokens that llama.cpp computes at once, unless -ub says otherwise
# programs that set memory aside at their start, and what of it a figure shows
_AT_START = {"llama.cpp": "reserved-at-start", "vllm": "paged", "": "in-steps"}
PAIRS = {"dpo", "simpo", "orpo", "rm"}


# forks and kin of llama.cpp whose cache keeps every token of a layer with a window unless they are told otherwise
_WHOLE_CACHE = ("ik_llama.cpp", "koboldcpp", "exllama")
# llama.cpp's builds have no release of two numbers
_WINDOWS = (0, 0)


def before(version: Any, release: tuple[int, int], month: str) -> bool:
    """Whether a stated version is older than a release, given as its number and its month; a bare year is its end.

    A version that nobody states is taken as today's.
    """
    text = str(version or "")
    dated = re.search(r"(20\d\d)(?:-(\d\d))?", text)
    if dated:
        return f"{dated[1]}-{dated[2] or '12'}" < month
    numbered = re.search(r"(\d+)\.(\d+)", text)
    return numbered is not None and (int(numbered[1]), int(numbered[2])) < release


def deepspeed(value: Value) -> bool:
    """Whether 16-bit parameters stand beside float32 states: DeepSpeed's, ColossalAI's and Megatron's layout."""
    return value("precision") == "bf16-params-fp32-states" or value("engine") in ("deepspeed", "megatron")


def shards_masters(value: Value) -> bool:
    """Whether full sharding keeps float32 shards and computes in 16 bits (FSDP's mixed precision), not by autocast."""
    return int(value("zero_stage", 0)) == 3 and str(value("precision", "")).startswith("amp") and not deepspeed(value)


# formats whose other tensors PEFT's preparation for k-bit training leaves as they are
_UNPREPARED = ("gptq", "hqq", "aqlm")


# bitsandbytes' 4 bits, packed into another type
_PACKED = ("nf4", "fp4")


def kbit_casts(value: Value) -> bool:
    """Whether what is not quantised is made float32: by PEFT's preparation, which leaves GPTQ, HQQ and AQLM as they are.

    Scripts of transformers and PEFT call it, as PEFT's documentation has it (developer_guides/quantization.md). The trainers
    that most people run do not, or undo it (table recipes, upcast_frozen), nor did the measured runs: where no program is
    named, it is not counted. A base that full sharding divides is not prepared: a unit is of one type, that of
    `bnb_4bit_quant_storage` (PEFT, docs/source/accelerate/fsdp.md).
    """
    stated = value("kbit_prep")
    if stated is not None:
        return bool(stated)
    if (
        int(value("zero_stage", 0)) == 3
        and int(value("n_gpus", 1)) > 1
        and str(value("weight_format", "")).startswith(_PACKED)
    ):
        return False
    by_script = value("engine") == "transformers" and value("precision") == "adapter-fp32"
    return by_script and not str(value("weight_format", "")).startswith(_UNPREPARED)


def single_gradients(value: Value) -> bool:
    """Whether gradients are summed up in float32 beside 16-bit parameters, as Megatron does with bfloat16."""
    return bool(value("engine") == "megatron" and value("precision") == "bf16-params-fp32-states")


def _cache_kind(engine: str, program: str, version: Any, model: Architecture | None) -> str:
    """Whether layers with a window keep no more than it: llama.cpp does since May 2025, of models that mix both kinds; vLLM sets
    aside for a step's tokens as well."""
    if program == "vllm":
        return "window-and-batch"
    if engine != "llama.cpp" or program == "mlx":
        return "windowed"
    windows = {layer.window for layer in model.layers} if model else set()
    # it reads no window of a model in which every layer has one
    mixed = len(windows) > 1
    return (
        "whole" if not mixed or program in _WHOLE_CACHE or before(version, _WINDOWS, "2025-05") else "window-and-step"
    )


def program_facts(
    value: Value, regime: str, positions: int, model: Architecture | None, program: str = ""
) -> dict[str, Fact]:
    """The choices that the program decides; `value(name, default)` gives a knob. `program` is as the asker named it."""
    method, engine, version = str(value("method")), str(value("engine", "")), value("engine_version")
    training = method != "inference"
    # who runs a model names its program or means a server; who trains one names it or means transformers
    hugging = engine in (("", "transformers", "ms-swift") if training else ("transformers", "ms-swift"))
    stage = int(value("zero_stage", 0))
    algo = str(value("algo", ""))
    plain = training and _plain_loss(value, regime, model.family if model else "")
    found: dict[str, Any] = {
        "loss_kernel": "in-place" if value("ce") or _head_in_chunks(value) else "copying",
        "loss_precision": "half" if plain else "single",
        "outputs_kept": _outputs_kept(value, regime, hugging, plain) if training else "nothing",
        "cache_growth": "copied" if hugging and not training and _copies_the_cache(value) else "in-place",
        "position_tables": "per-layer"
        if not training and hugging and before(version, (4, 45), "2024-09")
        else "shared",
        "max_positions": min(positions, _TABLE_POSITIONS),
        "dequantising": "matrix" if _unpacks(value, training, hugging, bool(model and model.experts)) else "in-kernel",
        "reading": value("reading", "peak" if training else _AT_START.get(engine, "peak")),
        "micro_batch": int(value("n_ubatch", MICRO_BATCH)),
        "latent_cache": _latent_cache(value("mla_attn"), engine),
        "offloaded": value("offload", "none"),
        "reference_model": "yes" if training and algo in REFERENCED and _holds_reference(value) else "no",
        "teacher": "none",
        "split_by_layer": "yes" if value("layer_split") else "no",
        "adapters_sharded": "yes" if stage == 3 and method in ADAPTERS and not deepspeed(value) else "no",
        # one process that holds layers on several cards copies between them, without collective communication
        "cards_at_work": "several" if int(value("n_gpus", 1)) > 1 and not value("layer_split") else "one",
        "optimizer_step": _step(value),
        "copied_matrices": _copied_matrices(value),
        "experts_adapted": "joined",  # as the newest peft and transformers have it: kb/fused_experts.py tells of the others
        "cache_kind": _cache_kind(engine, program, version, model),
    }
    found["adapter_path"] = "fused" if training and _fused_adapters(value, model) else "autograd"
    if training and engine == "unsloth":
        found["loss_chunk"] = _LEAST_CHUNK
    if not training and not hugging:  # servers cache each key head once, whatever modelling code repeats
        found["cut_into_heads"] = "views"
    if training and _head_in_chunks(value):
        found["loss"] = "full-logits"
    return {name: Fact(one, ASSUMED) for name, one in found.items()}


# Unsloth's kernels of adapters stand in the layers of these families, where adapters neither drop out nor have magnitudes
# (unsloth/models/llama.py, FastLlamaModel.patch_peft_model; its Cohere, Falcon-H1 and Qwen3 mixtures have layers of other
# parts than the formula's)
_PATCHED = ("llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "granite")
_IN_THE_MLP = ("gate", "up", "down")
# tokens. Its loss takes chunks that fill at most half of what is free (unsloth_zoo, _get_chunk_multiplier), so in a run that
# just fits next to nothing: the logits of so many are 31 MiB in float32 with a vocabulary of 128,256
_LEAST_CHUNK = 64


def _fused_adapters(value: Value, model: Architecture | None) -> bool:
    """Whether a program's own kernels go back through a layer with adapters."""
    if value("engine") != "unsloth" or value("method") not in ("lora", "qlora", "rslora") or value("lora_dropout"):
        return False
    targets = str(value("lora_targets", "all-linear"))
    all_three = targets == "all-linear" or all(name in targets for name in _IN_THE_MLP)
    return all_three and (model is None or model.family in _PATCHED)


def _head_in_chunks(value: Value) -> bool:
    """litgpt's chunks divide the head and the loss, not what is kept: the loop holds all logits, and each chunk's loss its
    log-probabilities, which its backward pass gives back chunk by chunk. That is two copies, as of a loss in place.
    """
    return bool(value("engine") == "litgpt" and value("loss") == "chunked")


def sequences_each(value: Value) -> int:
    """Sequences of one of a batch: of preferences each is a pair, chosen and rejected."""
    return 2 if str(value("algo", "")) in PAIRS else 1


def sequences(value: Value) -> int:
    """Sequences of a micro-batch: a pair of preferred and rejected answers is two."""
    return int(value("batch_size")) * sequences_each(value)


def autocast(value: Value) -> bool:
    """Whether a training step runs under autocast: the trainers of transformers and ms-swift turn it on for 16-bit models.

    Not for 16-bit adapters on AutoGPTQ's weights, whose kernels work in float16: the trainer's scaler refuses float16
    gradients, so they run under DeepSpeed's own float16, which has no autocast. ms-swift makes such adapters float32.
    Nor under DeepSpeed, as ZeRO-1 and ZeRO-2 are: Accelerate leaves the precision to it.
    """
    stated, engine = value("autocast"), value("engine")
    if stated is not None:
        return bool(stated)
    if deepspeed(value):
        return False
    pure = str(value("precision", "")).startswith("pure")
    gptq = str(value("weight_format", "")).startswith("gptq")
    by_deepspeed = gptq or int(value("zero_stage", 0)) in (1, 2)
    return engine == "ms-swift" or not pure or (engine == "transformers" and not by_deepspeed)


def shifts_labels(value: Value) -> bool:
    """Whether the loss shifts the labels, not the logits (transformers since 4.50): copies of logits are of one size.

    The loss is the model's own, so that it is the same one where DeepSpeed runs the loop; its version says nothing then.
    """
    if value("engine") == "deepspeed":
        return value("engine_version") is None
    return value("engine", "transformers") == "transformers" and not before(value("engine_version"), (4, 50), "2025-03")


def _plain_loss(value: Value, regime: str, family: str) -> bool:
    """Whether the loss works in 16 bits: an old head without a conversion, or litgpt's, and no autocast to convert."""
    half = regime in ("half", "adapter-half", "kbit") and not autocast(value) and not shards_masters(value)
    if value("engine") == "litgpt":
        return half and regime != "kbit"
    if str(value("weight_format", "")).startswith(("nf4", "fp4", "int8")):
        return False  # bitsandbytes' preparation makes the head's output float32
    return half and family in _PLAIN_HEADS and before(value("engine_version"), (4, 46), "2025-01")


def _outputs_kept(value: Value, regime: str, hugging: bool, plain: bool) -> str:
    """Logits that the training loop still holds: models made them float32 themselves before transformers 4.45."""
    version = value("engine_version")
    if _compares(value):
        return "reference"
    if plain and hugging:
        return "half"
    if value("engine") == "colossalai" or (hugging and before(version, (4, 45), "2024-09")):
        return "single"
    uncast = regime in ("half", "adapter-half", "adapter-single") and not shards_masters(value)
    return "half" if uncast and hugging and before(version, (4, 50), "2025-03") else "nothing"


def _copies_the_cache(value: Value) -> bool:
    """Before transformers 4.42 a step's caller held the old tuple of caches; the first token needs no second pass."""
    return before(value("engine_version"), (4, 42), "2024-06") and int(value("output_len", 0)) > 1


def _compares(value: Value) -> bool:
    """Whether a reference model's logits stand beside the model's own (DPO and KTO compute both in one step), or a teacher's."""
    return bool(value("teacher_model")) or (str(value("algo", "")) in ("dpo", "kto") and _has_reference(value))


def _has_reference(value: Value) -> bool:
    """Whether an algorithm that compares with a reference loads one: adapters are turned off instead, and a KL weight of 0
    needs none (TRL, GRPOTrainer: beta 0.0, "the reference model is not loaded").
    """
    return str(value("method")) not in ADAPTERS and value("ref_model") is not False


def _holds_reference(value: Value) -> bool:
    """Whether its weights stand beside the policy's: beside adapters, too, where a reference is said to be loaded (TRL,
    force_use_ref_model), though the base without them would do.
    """
    return value("ref_model") is True or _has_reference(value)


def _unpacks(value: Value, training: bool, hugging: bool, experts: bool) -> bool:
    """AutoGPTQ's exllama kernels, for 4 bits, own a buffer for one unpacked matrix; bitsandbytes unpacks one for a prompt."""
    stored = str(value("weight_format", ""))
    prompt = stored.startswith(("nf4", "fp4")) and int(value("seq_len", 1)) > 1
    return not training and hugging and not experts and (stored.startswith("gptq-int4") or prompt)


def _latent_cache(stated: Any, engine: str) -> str:
    if stated is None:
        return "compressed"
    return {"0": "expanded", "1": "transposed"}.get(str(stated), "compressed")


def _copied_matrices(value: Value) -> int:
    """Embedding and head that train as whole copies beside their frozen selves (peft's modules_to_save)."""
    named = set(re.split(r"[,\s+]+", f"{value('lora_targets', '')} {value('modules_to_save', '')}"))
    return len(named & {"embed", "embed_tokens", "wte"}) + len(named & {"lm_head"})


def _step(value: Value) -> str:
    """How the optimizer steps: PyTorch's AdamW works over lists of tensors unless told to fuse."""
    stated = value("optimizer_impl")
    if stated:
        return str(stated)
    if deepspeed(value):
        # sharded steps copy their part of the gradients to float32; Megatron's gradients are float32 already
        stage = 0 if value("engine") == "megatron" else int(value("zero_stage", 0))
        return "master-groups" if stage == 3 else "master" if stage else "fused"
    kind = optimizer_kind(str(value("method")), str(value("optimizer", "adamw")))
    return "foreach" if kind in ("adamw", "sgd", "sgd-momentum", "lisa") else "fused"
