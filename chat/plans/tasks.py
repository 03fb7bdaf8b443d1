"""A question about training and about serving: two, each with its own facts."""

import re
from dataclasses import replace

from chat.reads.grammar import read
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.task_words import TASK_INFERENCE, TASK_TRAIN
from kb.recipe import format_for

# facts that a training has and a served model has not
_OF_TRAINING = {
    "method", "algo", "optimizer", "precision", "zero_stage", "gradient_checkpointing", "grad_accum", "lora_rank",
    "lora_targets", "modules_to_save", "loss", "ref_model", "rollouts_by", "teacher_model", "teacher_format", "teacher_split",
}  # fmt: skip


# a clause is of one task: where the next begins
_ENDS = (
    r"[,，;；。？！?!、\n]+|(?<!\d)\.(?!\d)|\.(?=\s|$)|\b(?:and|but|plus|while|then|also|occasionally|sometimes)\b"
    r"|另外|偶尔|有时候?|顺便|还(?=想|要|打算|准备|会)|以及|同时"
)
_STOPS = r"[。？！?!\n]|\.(?=\s|$)"
_TRAINED = rf"{TASK_TRAIN}|(?<![a-z])q?lora(?![a-z])|\bfull ft\b"
_SERVED = (
    rf"{TASK_INFERENCE}|\bdaily\b|(?<![-_\w])chat(?:ting|bots?)?\b(?![-_\d])|\bassistant\b|日常|写代码|聊天|平时用"
)
_CARDS = ("gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb")
_LONGEST = 600
_OF_SEVERAL_MODELS = frozenset({"algo", "teacher_model", "draft_model", "ref_model"})


def _clauses(text: str) -> list[tuple[int, int]]:
    ends = [end.end() for end in compiled(_ENDS).finditer(text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _task_of(clause: str) -> str:
    """What a clause wants with a model; nothing where it is silent, `both` where it wants both."""
    trained, served = (compiled(words).search(clause) is not None for words in (_TRAINED, _SERVED))
    return "both" if trained and served else "train" if trained else "inference" if served else ""


def _clause_by_clause(reading: Reading) -> list[Reading]:
    """One model is run, another is tuned: each task with the clauses that are its own, and those that are of neither."""
    text = reading.lowered
    named = sorted({span for name in ("model", "params") for span in reading.spans.get(name, ())})
    if (
        len(named) < 2
        or len(text) > _LONGEST
        or len(text) != len(reading.text)
        or _OF_SEVERAL_MODELS & set(reading.facts)
    ):
        return []
    own: dict[str, list[tuple[int, int]]] = {"train": [], "inference": []}
    last = ""
    for start, end in _clauses(text):
        models = [span for span in named if start <= span[0] < end]
        task = _task_of(text[start:end]) or (last if models else "")
        if task == "both":
            return []
        if models and not task:
            return []
        if models:
            own[task].append((start, end))
        last = "" if compiled(_STOPS).search(text[start:end]) else task
    if not own["train"] or not own["inference"]:
        return []
    found = []
    for task, other in (("inference", "train"), ("train", "inference")):
        kept = reading.text
        for start, end in own[other]:
            kept = kept[:start] + re.sub(r"\S", " ", kept[start:end]) + kept[end:]
        alone = read(kept)
        facts = {**{name: reading.facts[name] for name in _CARDS if name in reading.facts}, **alone.facts}
        rigs = {"rigs": reading.extras["rigs"]} if "rigs" in reading.extras else {}
        if not {"model", "params"} & set(facts) or (alone.facts.get("task") == ("train",)) != (task == "train"):
            return []
        found.append((own[task][0], replace(alone, facts=facts, extras={**rigs, **alone.extras})))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _in_one_list(serving: Reading) -> Reading:
    """Formats that are named beside bare numbers of bits, as the formats of so many bits."""
    formats, bits = serving.facts.get("weight_format", ()), serving.facts.get("bits", ())
    if not formats or not bits:
        return serving
    named = dict.fromkeys((*formats, *(format_for("inference", int(one), "") for one in bits)))
    facts = {name: given for name, given in serving.facts.items() if name != "bits"}
    return replace(serving, facts={**facts, "weight_format": tuple(named)})


def by_task(reading: Reading) -> list[Reading]:
    """A question about training and about serving is two: the facts of the one are none of the other's."""
    if apart := _clause_by_clause(reading):
        return apart
    tasks = reading.facts.get("task", ())
    if len(tasks) < 2:
        return [reading]
    trained = replace(reading, facts={**reading.facts, "task": ("train",)})
    served = {name: given for name, given in reading.facts.items() if name not in _OF_TRAINING}
    if "bits" in trained.facts and set(reading.facts.get("method", ())) <= {"qlora"}:
        served.pop("bits")
    serving = replace(reading, facts={**served, "task": ("inference",), "method": ("inference",)})
    methods = set(reading.facts.get("method", ()))
    several = sum(len(reading.facts.get(name, ())) for name in ("weight_format", "bits")) > 1
    if several:
        serving = _in_one_list(serving)
    # formats are of what is run: these methods tune a model in 16 bits, and each of several in its own
    if methods and ("qlora" not in methods or (several and len(methods) > 1)):
        own = {name: given for name, given in trained.facts.items() if name not in ("weight_format", "bits")}
        trained = replace(trained, facts=own)
    told, tuned = reading.spans.get("task", ()), reading.spans.get("method", ())
    return [serving, trained] if methods and tuned and told and told[-1] < tuned[0] else [trained, serving]
