"""A run of several processes that dies as it loads, on a machine whose RAM is told and is less than what they read into it."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.bytes_each import WEIGHT
from kb.names import names

_DIES = r"\b(?:dies?|died|dying|crash\w*|fails?|failed|failing|aborts?|aborted|freez\w*)\b|崩|挂(?!起)|卡死|失败|死机|退出|中断"
_ON_THE_CARD = r"\bcuda\b|\bv(?:ideo )?ram\b|\bgpu (?:memory|oom)\b|\bo\.?o\.?m\w*|\bout of memory\b|显存"
_GB = 1e9


def killed_as_it_loads(reading: Reading) -> Reading:
    """It is the machine's memory that ran out, where nothing says that it was a card's."""
    told = {"host_memory_gb", "n_gpus"} <= set(reading.facts) and "fails_loading" in reading.cues
    if not told or "host_killed" in reading.cues or reading.facts.get("task") != ("train",):
        return reading
    if not compiled(_DIES).search(reading.lowered) or compiled(_ON_THE_CARD).search(reading.lowered):
        return reading
    size, processes = _size(reading), max(int(one) for one in reading.facts["n_gpus"])
    if processes < 2 or processes * WEIGHT * size <= float(reading.facts["host_memory_gb"][0]) * _GB:
        return reading
    left = tuple(one for one in reading.intents if one not in ("why_more", "unclear", "oom_diagnosis"))
    cues = tuple(one for one in reading.cues if one not in ("claim_checked", "mistake_sought"))
    return replace(reading, intents=("oom_diagnosis", "why_more", *left), cues=(*cues, "host_killed"))


def _size(reading: Reading) -> float:
    """The parameters of the model that is named, or the size; 0 without one."""
    for model in reading.facts.get("model", ()):
        return float(names().find_model(str(model))["unique_params"] or 0)
    return float(next(iter(reading.facts.get("params", ())), 0))
