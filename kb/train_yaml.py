"""A training file as facts: the keys of LLaMA-Factory's and of Axolotl's train.yaml in the words of the knobs.

Keys: LLaMA-Factory, src/llamafactory/hparams; Axolotl, docs/config-reference. What is not read and could matter is told.
"""

import json
import re
from pathlib import Path
from typing import Any

from formulas.errors import BadInput
from kb.knobs import knob

SUFFIXES = (".yaml", ".yml")
# a key whose value is a knob's value as it stands
_SAME = {
    "model_name_or_path": "model", "base_model": "model", "per_device_train_batch_size": "batch_size",
    "micro_batch_size": "batch_size", "gradient_accumulation_steps": "grad_accum", "cutoff_len": "seq_len",
    "sequence_len": "seq_len", "lora_rank": "lora_rank", "lora_r": "lora_rank", "quantization_bit": "bits",
    "double_quantization": "double_quant", "freeze_trainable_layers": "n_trainable_layers", "max_seq_length": "seq_len",
    "gradient_checkpointing": "gradient_checkpointing",
}  # fmt: skip
_WORDS: dict[str, tuple[str, dict[Any, Any]]] = {
    "finetuning_type": ("method", {"full": "full", "freeze": "freeze", "lora": "lora", "oft": "oft"}),
    "adapter": ("method", {"lora": "lora", "qlora": "qlora"}),
    "stage": ("algo", {"dpo": "dpo", "kto": "kto", "rm": "rm", "ppo": "ppo"}),
    "flash_attn": ("attention", {"fa2": "flash", "fa3": "flash", "sdpa": "sdpa", "disabled": "eager"}),
    "flash_attention": ("attention", {True: "flash"}),
    "sdp_attention": ("attention", {True: "sdpa"}),
    "eager_attention": ("attention", {True: "eager"}),
    "disable_gradient_checkpointing": ("gradient_checkpointing", {True: "off"}),
    "enable_liger_kernel": ("loss", {True: "fused"}),
    "liger_fused_linear_cross_entropy": ("loss", {True: "fused"}),
    "pure_bf16": ("precision", {True: "pure-bf16"}),
    "load_in_4bit": ("bits", {True: 4}),
    "load_in_8bit": ("bits", {True: 8}),
    "use_galore": ("method", {True: "galore"}), "use_apollo": ("method", {True: "apollo"}),
    "use_badam": ("method", {True: "badam"}), "use_dora": ("method", {True: "dora"}),
    "use_rslora": ("method", {True: "rslora"}),
    "lora_target_linear": ("lora_targets", {True: "all-linear"}),
}  # fmt: skip
_OPTIMIZERS = {"adamw_torch": "adamw", "adamw_torch_fused": "adamw", "adamw_hf": "adamw", "adamw_8bit": "adamw-8bit",
               "adamw_bnb_8bit": "adamw-8bit", "paged_adamw_32bit": "paged-adamw", "paged_adamw_8bit": "paged-adamw-8bit",
               "adafactor": "adafactor", "sgd": "sgd", "lion_32bit": "lion", "muon": "muon"}  # fmt: skip
# keys that change no byte, by a part of their name
_HARMLESS = (
    "dataset", "template", "output", "logging", "save_", "saves_", "plot", "overwrite", "report", "learning", "lr_", "warmup", "epoch",
    "seed", "workers", "do_", "resume", "trust_remote", "weight_decay", "alpha", "ddp_timeout", "val_", "wandb", "hub",
    "tokenizer", "early_stopping", "max_grad_norm", "beta", "eps", "strict", "prepared", "chat_", "special", "train_on",
    "max_steps", "type", "timeout", "group_by_length", "tf32", "run_name", "max_samples", "pref_",
)  # fmt: skip


def facts_of(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The knobs that a training file sets, and a sentence for each key that is not read and could matter."""
    given = _parsed(path)
    facts: dict[str, Any] = {}
    unread = [key for key in given if not _take(key, given[key], facts, path)]
    _together(given, facts)
    warnings = [
        f"`{key[:60]}` of {path.name} is not read, and could matter" for key in unread if _could_matter(key, given)
    ]
    return facts, tuple(warnings)


def unfolded(given: dict[str, Any]) -> dict[str, Any]:
    """Facts with those of a training file in place of `config`; what is given beside the file beats it."""
    file = given.get("config")
    if not isinstance(file, str) or not file.strip().endswith(SUFFIXES):
        return given
    stated = {knob(called).name for called, value in given.items() if value is not None}
    model = {"model", "params"} & stated
    read = {name: value for name, value in facts_of(Path(file.strip()))[0].items() if name not in stated - {"config"}}
    kept = {name: value for name, value in read.items() if not (model and name in ("model", "config"))}
    return {
        **kept,
        **{called: value for called, value in given.items() if called != "config"},
        "training_file": file.strip(),
    }


def _parsed(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    except yaml.YAMLError as error:
        raise BadInput(f"{path} is no YAML: {' '.join(str(error).split())[:120]}") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} holds no keys")
    found = {str(key): value for key, value in found.items() if value is not None}
    if not {"model_name_or_path", "base_model"} & found.keys():
        raise BadInput(f"{path} names no model: it needs model_name_or_path (LLaMA-Factory) or base_model (Axolotl)")
    return found


def _take(key: str, value: Any, facts: dict[str, Any], path: Path) -> bool:
    """Whether the key was read; its fact is added."""
    if key in _SAME:
        facts[_SAME[key]] = value
        if key in ("model_name_or_path", "base_model") and Path(str(value)).is_dir():
            facts["config"] = str(facts.pop("model"))
    elif key in _WORDS:
        knob, words = _WORDS[key]
        if value in words:
            facts[knob] = words[value]
        elif isinstance(value, str) and value not in ("sft", "pt", "auto"):
            raise BadInput(f"{key} of {path.name} is {value[:40]!r}; known are {', '.join(map(str, words))}")
    elif key in ("optim", "optimizer"):
        if value not in _OPTIMIZERS:
            raise BadInput(f"{key} of {path.name} is {str(value)[:40]!r}; known are {', '.join(_OPTIMIZERS)}")
        facts["optimizer"] = _OPTIMIZERS[value]
    elif key in ("lora_target", "lora_target_modules"):
        names = value if isinstance(value, list) else str(value).split(",")
        facts["lora_targets"] = "all-linear" if value == "all" else ",".join(str(name).strip() for name in names)
    elif key in ("additional_target", "lora_modules_to_save"):
        names = value if isinstance(value, list) else str(value).split(",")
        whole = [name for name in ("embed_tokens", "lm_head") if name in {str(one).strip() for one in names}]
        facts["modules_to_save"] = ",".join(whole) or "none"
        return len(whole) == len(names)
    elif key == "lora_dropout":
        facts["lora_dropout"] = bool(value)
    elif key == "deepspeed":
        facts |= _deepspeed(value, path)
    else:
        return key in ("bf16", "fp16")
    return True


def _together(given: dict[str, Any], facts: dict[str, Any]) -> None:
    """What only several keys say."""
    if facts.get("method") == "lora" and "bits" in facts:
        facts["method"] = "qlora"
    facts.setdefault("method", "full")
    half = next((name for name in ("bf16", "fp16") if given.get(name) in (True, "auto")), None)
    if half and facts["method"] in ("full", "freeze") and "finetuning_type" in given:
        facts.setdefault("precision", f"amp-{half}")


def _deepspeed(value: Any, path: Path) -> dict[str, Any]:
    """Stage and offload of a DeepSpeed file: as it says where it is there, else as its name says."""
    settings = value
    if isinstance(value, str):
        beside = next((file for file in (path.parent / value, Path(value)) if file.is_file()), None)
        if beside is None:
            stage = re.search(r"z(?:ero)?_?([0-3])", Path(value).name)
            if stage is None:
                raise BadInput(f"deepspeed of {path.name} names {value[:80]!r}, which is not there and names no stage")
            offload = {"offload": "params" if stage[1] == "3" else "optimizer"} if "offload" in value else {}
            return {"zero_stage": int(stage[1]), **offload}
        try:
            settings = json.loads(beside.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise BadInput(f"cannot read {beside}: {error}") from None
    zero = settings.get("zero_optimization", {}) if isinstance(settings, dict) else {}
    offloaded = next((what for key, what in (("offload_param", "params"), ("offload_optimizer", "optimizer"))
                      if isinstance(zero.get(key), dict) and zero[key].get("device") not in (None, "none")), None)  # fmt: skip
    return {"zero_stage": zero.get("stage", 0)} | ({"offload": offloaded} if offloaded else {})


def _could_matter(key: str, given: dict[str, Any]) -> bool:
    return given[key] not in (False, 0, "", [], {}) and not any(part in key for part in _HARMLESS)
