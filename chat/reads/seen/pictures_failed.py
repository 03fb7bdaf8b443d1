"""A model of text that ran beside one that reads pictures and failed: `Qwen2.5-7B trains on text, with Qwen2.5-VL-7B one large
picture overflows the card`. The pictures are what is new, so the one that reads them is the case."""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.names import model_row
from kb.total import SEES

# what further names are called by
_SEES_BY_NAME = re.compile(r"llava|vision|[-_.]vl|mllama", re.ASCII)
# what tells of its failure, behind its name and before that of the other
_FAILED = r"\booms?\b|\boom'?e?d\b|out of memory|\bcrash|\bdie[sd]?\b|\bfail|\bblow|\boverflow|\brun(?:s|ning)? out|爆|炸|崩|溢出|显存不[足够]|放不下"
# one of them is chosen, and none has failed
_CHOSEN = r"\bwhich (?:one|of|model)\b|\bshould (?:i|we)\b|哪个|哪一个|选"
# what of the two is compared is nothing to tell of the one that is left
_OF_TWO = frozenset({"comparison", "method_diff", "fits", "why_more"})


def pictures_failed(reading: Reading) -> Reading:
    """The reading with the model alone that reads pictures, where one of two does, pictures are told of and it failed."""
    models = [str(one) for one in reading.facts.get("model", ())]
    if len(models) != 2 or "images" not in reading.cues or "oom_diagnosis" not in reading.intents:
        return reading
    if "might_fail" in reading.cues or compiled(_CHOSEN).search(reading.lowered):
        return reading
    seeing = [one for one in models if reads_pictures(one)]
    if len(seeing) != 1 or not _failed(reading, models.index(seeing[0])):
        return reading
    left = (one for one in reading.intents if one not in _OF_TWO and one != "oom_diagnosis")
    return replace(reading, facts={**reading.facts, "model": tuple(seeing)}, intents=("oom_diagnosis", *left))


def reads_pictures(model: str) -> bool:
    row = model_row(model)
    said = f"{row['name']} {row['model_type']}".lower()
    return bool(row["vision_params"] or SEES.search(str(row["model_type"])) or _SEES_BY_NAME.search(said))


def _failed(reading: Reading, place: int) -> bool:
    """Is the failure told of this one of the two, and not of the other?"""
    spans = reading.spans.get("model", ())
    if len(spans) != len(reading.facts["model"]):
        return False
    start = spans[place][0]
    behind = [one for one, _ in spans if one > start]
    return compiled(_FAILED).search(reading.lowered, start, min([*behind, len(reading.lowered)])) is not None
