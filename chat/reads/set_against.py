"""A change that is asked about for what it does: `how much does batch 1 save?` after batch 2 sets the one against the other."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.recipe import recipe

Facts = dict[str, tuple[Any, ...]]
# the extra that names the fact, and the cue of what a setting does, whatever the case
SET_AGAINST, _LEVER = "set_against", "lever"
# settings that one run has one of, and others may have otherwise
_SETTINGS = (
    "batch_size", "seq_len", "lora_rank", "optimizer", "gradient_checkpointing", "loss", "zero_stage", "n_gpus", "kv_format",
    "weight_format", "bits", "method", "attention", "offload", "model", "gpu", "algo",
)  # fmt: skip
# what a run has where nothing is said of it
_USUAL: dict[str, Any] = {
    "kv_format": "fp16", "batch_size": 1, "optimizer": "adamw", "gradient_checkpointing": "on", "lora_rank": recipe("lora")["lora_rank"],
}  # fmt: skip
_OF_TASKS = frozenset({"task", "method"})
# of what it does, and not only how much it then takes
_DOES = (
    r"\bhow much (?:less|more|smaller|larger|lower|higher)\b|\b(?:sav(?:e|es|ing|ings)|differ\w*|difference)\b|\b(?:does|would|will|do|did) (?:it|that|this|anything) (?:change|matter|help|go (?:up|down)|shrink|grow|differ|drop)\b|\bwhat(?:'s| is| would be)? (?:changes?|differs?|different)\b|\bwhat (?:does|would|will|do) (?:[\w.-]+ ){1,4}(?:change|save|bring|buy|gain|cost|add)\b"
    r"|(?:能|会|可以)?(?:节?省|降|少|多|差|减)(?:下|出|了|掉|占|用)*(?:多少|几个?g)|(?:差别|区别|变化|影响)(?:大|多|明显|有)|(?:有(?:没有)?|会)(?:什么|啥)?(?:区别|变化|影响|差别)"
)


def set_against(reading: Reading, previous: Reading, new: Facts, text: str) -> Facts:
    """The one setting that is changed, as it was and as it is to be; nothing where more is changed or nothing compared."""
    if not compiled(_DOES).search(text):
        return {}
    changed = {
        name: values
        for name, values in new.items()
        if name in _SETTINGS and values != previous.facts.get(name) and not (name in _OF_TASKS and len(new) > 2)
    }
    if len(changed) != 1 or set(new) - set(changed) - _OF_TASKS:
        return {}
    ((name, values),) = changed.items()
    usual = {**_USUAL, **({"zero_stage": 0} if int(previous.facts.get("n_gpus", (1,))[0]) > 1 else {})}
    before = previous.facts.get(name) or ((usual[name],) if name in usual else ())
    if len(values) != 1 or len(before) != 1 or before == values or reading.asks == (name,):
        return {}
    return {name: (before[0], values[0])}


def compared(reading: Reading, both: Mapping[str, tuple[Any, ...]], asks: tuple[str, ...]) -> Reading:
    """The reading with the two against each other; of a quantity that is asked for it is found for each."""
    cues = tuple(cue for cue in reading.cues if not cue.startswith(_LEVER))
    counted = {"batch_size", "seq_len"} & set(asks)
    others = [
        one for one in reading.intents if one not in ("unclear", "out_of_scope", "method_diff", "fits", "how_much")
    ]
    intents = tuple(others) if counted else tuple(dict.fromkeys(("method_diff", *others)))
    return replace(
        reading,
        facts={**reading.facts, **both},
        intents=intents or ("max_batch_ctx",),
        cues=cues,
        extras={**reading.extras, SET_AGAINST: tuple(both)},
    )


def in_force(reading: Reading) -> Facts:
    """The facts that hold from here on: of what is set against what was before, the new one."""
    against = reading.extras.get(SET_AGAINST, ())
    return {name: values[-1:] if name in against else values for name, values in reading.facts.items()}
