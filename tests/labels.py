"""What a reader wrote down of a question, what the grammar read of it, and whether the two say the same.

A label may spell a thing in its own way, complete a name, or list what the text leaves open; here both are brought to one
form, and a text is searched for a trace of each value.
"""

import re
from typing import Any

from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.database import rows
from kb.names import names
from tests.phrasing import same_model

Slots = dict[str, list[Any]]
_TRAIN = {"finetune", "pretrain", "train"}
_SAME = {"ctx": "seq", "concurrency": "batch", "max_completion": "output_len", "sp": "cp"}
# labels of one intent by another name: a sum is checked by deriving it; a greeting and a call for help are of no scope of memory
SAME_INTENT = {
    "check_arithmetic": "explain_derive",
    "train_time": "training_time",
    "greeting": "out_of_scope",
    "help": "out_of_scope",
}
# labels that say how a question is put, not what it wants; a claim is judged by its figures, whatever is asked beside it
NO_INTENT = frozenset({"typo_noise", "underspecified", "check_claim"})
# one label for what has two names here: the time of a training and the rate of decoding
PACE = ("training_time", "decoding_rate")


def wanted(slots: dict[str, Any]) -> Slots:
    """The slots of a question, several spellings of one thing brought to one."""
    found: Slots = {}
    for name, value in slots.items():
        values = [one for one in (value if isinstance(value, list) else [value]) if one is not None]
        name = _SAME.get(name, name)
        if not values or any(isinstance(one, dict) for one in values):
            continue  # what a reader left open, or wrote as an object
        if name == "task":
            if values[0] == "units":
                continue
            if values[0] == "both":
                found["task"] = ["inference", "train"]
                continue
            if values[0] not in _TRAIN | {"inference"}:
                found["algo"] = values
            values = ["inference" if values[0] == "inference" else "train"]
        elif name == "method":
            if "gguf" in values or (values == ["full"] and slots.get("task") in ("train", "pretrain")):
                continue  # a format is a slot of its own; without an adapter, training is of everything
            values = [str(one).removesuffix("_pure_bf16") for one in values]
        elif name == "zero":
            # a stage, "3-offload", or FSDP in words: full sharding is stage 3
            stage = re.match(r"\d", str(values[0]))
            values = [int(stage[0]) if stage else 3]
            if "offload" in str(slots[name]).lower():
                found["offload"] = [True]
        elif name == "quant":
            name, values = "bits", [_quant_bits(str(one)) for one in values]
        elif name == "flash_attn":
            name, values = "attention", ["flash"]
        elif name in ("model", "params_b") and re.fullmatch(r"[\d.]+B", str(slots.get("model", ""))):
            name = "params_b"
            values = [float(str(one).rstrip("B")) for one in values]
        elif name == "gpu" and re.fullmatch(r"\d+GB", str(values[0])):
            continue  # the memory, once more
        elif name == "gpu":
            values = [card for one in values for card in re.split(r" [/+] ", str(one))]
        elif name == "tokens":
            values = [float(str(one).rstrip("BT")) * {"B": 1e9, "T": 1e12}.get(str(one)[-1], 1.0) for one in values]
        found[name] = values
    return found


def given(reading: Reading) -> Slots:
    """What was read, in the words of the slots."""
    facts, extras = reading.facts, reading.extras
    found: Slots = {}
    for name, slot in (
        ("task", "task"), ("model", "model"), ("method", "method"), ("gpu", "gpu"), ("n_gpus", "gpu_count"),
        ("seq_len", "seq"), ("batch_size", "batch"), ("output_len", "output_len"), ("zero_stage", "zero"),
        ("engine", "engine"), ("lora_rank", "lora_rank"), ("tp", "tp"), ("attention", "attention"), ("algo", "algo"),
        ("gpu_memory_gb", "mem_gb"), ("host_memory_gb", "cpu_ram_gb"), ("grad_accum", "grad_accum"), ("cp", "cp"),
    ):  # fmt: skip
        if facts.get(name):
            found[slot] = list(facts[name])
    if "n_gpus" not in facts and "tp" in facts and len(facts["tp"]) == 1:
        found["gpu_count"] = [facts["tp"][0] * facts.get("pp", (1,))[0]]  # as many as the layout takes
    if "gpu" in found:  # a rig is several cards
        cards = [re.sub(r"^\d+ × ", "", card) for one in found["gpu"] for card in one.split(" + ")]
        found["gpu"] = list(dict.fromkeys(cards))
    if found.get("attention") != ["flash"]:
        found.pop("attention", None)  # only that one is a slot
    if found.get("method") == ["inference"]:
        del found["method"]
    if facts.get("offload") and facts["offload"] != ("none",):
        found["offload"] = [True]
    if facts.get("params"):
        found["params_b"] = [value / 1e9 for value in facts["params"]]
    elif facts.get("model"):
        found["params_b"] = [_billions(str(name)) for name in facts["model"]]
    if facts.get("bits") or facts.get("weight_format"):
        widths = [*facts.get("bits", ()), *(_format_bits(str(one)) for one in facts.get("weight_format", ()))]
        exact = {max(1, round(float(bpw))): bpw for bpw in facts.get("bpw", ())}
        found["bits"] = list(dict.fromkeys(exact.get(width, width) for width in widths))
    for name in ("num_generations", "max_prompt"):
        if name in extras:
            found[name] = list(extras[name])
    if "tools" in extras:
        found["engine"] = [*found.get("engine", []), *extras["tools"]]
    if "train_tokens" in extras:
        found["tokens"] = list(extras["train_tokens"])
    measured = [claim.number for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    if measured:
        found["measured_gb"] = measured  # figures of the asker's, not facts
    if "active_params" in extras:
        found["active_b"] = [extras["active_params"][0] / 1e9]
    _follow_from_names(reading, found)
    return found


def _follow_from_names(reading: Reading, found: Slots) -> None:
    """What a name says beside itself, and the task where no word is of training; a name that the tables lack was read all the same, and is said to be unknown."""
    found.setdefault("task", ["inference"])
    memories = {
        row["gb"]
        for gpu in reading.facts.get("gpu", ())
        for card in _cards(str(gpu))
        for row in rows("SELECT memory_marketed_gb AS gb FROM gpus WHERE name = ?", [card])
    }
    if len(memories) == 1 or len(reading.facts.get("gpu", ())) > 1:
        found.setdefault("mem_gb", list(memories))
    for name in reading.facts.get("model", ()):
        sizes = rows("SELECT active_params, total_params FROM models WHERE name = ?", [str(name)])[0]
        if (sizes["active_params"] or 0) < (sizes["total_params"] or 0):
            found.setdefault("active_b", [(sizes["active_params"] or 0) / 1e9])
    unknown = [*reading.unknown_models, *(said for said in reading.suggestions if "model" not in found)]
    if reading.unknown_gpus:
        found["gpu"] = [*found.get("gpu", []), *reading.unknown_gpus]
    if unknown:
        found["model"] = list(dict.fromkeys([*found.get("model", []), *unknown]))


def agree(name: str, want: list[Any], got: list[Any], text: str) -> bool:
    if name == "model":
        want = [_as_stated(str(one), text) for one in want]
    if want in (["unknown"], ["nonsense"]):
        return all(isinstance(one, str) and one.islower() for one in got)  # as typed: said to be unknown
    few = name in ("engine", "bits", "measured_gb") or len(got) <= len(want)
    family = name == "model" and len(want) == 1 and all(_plain(want[0]) in _plain(one) for one in got)
    return all(any(_same(name, one, other) for other in got) for one in want) and (few or family)


def _as_stated(model: str, text: str) -> str:
    """A label may complete a model's name ("Llama-2-70B-AWQ" for "llama 70b awq"): what the text leaves open is open, and
    a format is a slot of its own."""
    model = re.sub(r"[-_ ](?:awq|gptq|fp8|exl2|gguf|int[48])\b", "", model, flags=re.IGNORECASE)
    pieces = re.split(r"[-_ ]", model)
    bare = _plain(text.replace("/", " "))
    kept = [piece for piece in pieces if _plain(piece) in bare]
    return "-".join(kept) if len(kept) > 1 else model


def _same(name: str, want: Any, got: Any) -> bool:
    if name == "model":
        # "Llama-70B" is of any generation
        parts = re.split(r"(?<=[a-z])[-_ ](?=\d)", str(want).lower())
        open_to = r"-?\d*(?:\.\d+)?-".join(map(re.escape, parts))
        alike = same_model(str(got), str(want)) or _plain(want) in _plain(got) or _plain(got) in _plain(want)
        return alike or re.search(rf"(?:^|/|\b){open_to}\b", str(got).lower()) is not None
    if name == "gpu":
        return bool(_cards(str(want)) & _cards(str(got)))
    if name in ("params_b", "active_b"):
        return max(want, got) <= 1.1 * min(want, got)
    if got is None:
        return False
    if name == "mem_gb":
        return abs(want - got) <= 0.03 * want  # 39.4 GiB is what a card of 40 GB shows
    if name == "seq":
        return max(want, got) <= 1.03 * min(want, got)  # 120K is 120,000 and 122,880
    if isinstance(want, str):
        return _plain(want) in _plain(got) or _plain(got) in _plain(want) or {want, got} == {"ollama", "llama.cpp"}
    return float(want) == float(got)


def _plain(text: Any) -> str:
    return re.sub(r"[^a-z0-9]|instruct|chat|hf|base", "", str(text).rsplit("/", 1)[-1].lower())


def _cards(text: str) -> set[str]:
    try:
        return set(names().find_gpus(text))
    except BadInput:
        return {text}


def _billions(model: str) -> float:
    row = rows("SELECT coalesce(unique_params, total_params) AS size FROM models WHERE name = ?", [model])[0]
    return float(row["size"] or 0) / 1e9


def _format_bits(weight_format: str) -> int:
    return (
        round(float(re.search(r"\d+", weight_format.replace("-g128", ""))[0]))
        if re.search(r"\d", weight_format)
        else 16
    )  # type: ignore[index]


def _quant_bits(quant: str) -> int:
    return int(re.search(r"\d+", quant)[0])  # type: ignore[index]


_BRANDS = frozenset({"rtx", "gtx", "nvidia", "geforce", "apple", "instinct", "meta", "huawei", "tesla"})
_WORDS = {
    "lora": r"lora", "qlora": r"qlora|q-lora", "full": r"full|全参|全量|全部参数", "freeze": "freeze|冻结", "galore": "galore",
    "flash": r"flash|fa2", "train": r"train|tun|训|微调|adam|zero|lora|梯度", "inference": r"infer|推理|部署|run|serv|vllm|跑|load",
}  # fmt: skip


def stated(name: str, value: Any, text: str) -> bool:
    """Whether the text has a trace of this value: its digits, its word, its family."""
    lower = text.lower()
    if name in ("bits",) and re.search(rf"(?<!\d){value}[ -]?bit|int{value}|fp{value}|q{value}_|bf{value}", lower):
        return True
    if name == "offload":
        return "offload" in lower or "卸载" in lower
    if name in ("bits", "active_b"):
        return False
    if isinstance(value, str) and name == "engine":
        return _plain(value) in _plain(lower)
    if isinstance(value, str):
        word = _WORDS.get(value) or next((w for w in re.split(r"[-\s_]", value.lower()) if w not in _BRANDS), value)
        return re.search(word if value in _WORDS else re.escape(word), lower) is not None
    if not isinstance(value, (int, float)):
        return False
    forms = {f"{value:g}", f"{value / 1024:g}k", f"{value / 1000:g}k"}
    return any(re.search(rf"(?<![\d.]){re.escape(form)}(?![\d.]*\d)", lower) for form in forms)
