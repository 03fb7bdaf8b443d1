"""What was seen in the first step and in the next one: `step 1 uses 50 GB, step 2 72 GB. Adam states?`, `第一步 40G,第二步 62G`.

Why it rises is what is asked, whatever the asker takes for the cause.
"""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_AMOUNT = r"[^.;?!。\d]{{0,40}}(?P<{0}>\d+(?:\.\d+)?)\s?(?:gi?b|g)(?![a-z])"
_FIRST = r"(?:\b(?:step|iteration|iter) ?(?:1|one)\b|\b(?:first|1st) (?:training )?(?:step|iteration|iter)\b|第[1一]个?(?:step|步|iter\w*))"
_NEXT = r"(?:\b(?:step|iteration|iter) ?(?:2|two)\b|\b(?:second|2nd|next) (?:training )?(?:step|iteration|iter|one)\b|\b(?:later|further|other) steps\b|\bfrom (?:then|step 2|there) on\b|\bafter (?:that|it|the first)\b|第[2二]个?(?:step|步|iter\w*)|(?:后面|之后|以后)(?:的?步)?)"
_STEPS = rf"{_FIRST}{_AMOUNT.format('first')}[^?!。]{{0,24}}?{_NEXT}{_AMOUNT.format('next')}"
# by less than this it rises with the samples of each step
_RISES = 1.1
_NO_MEMORY = r"\b(?:disk|download\w*|storage|dataset)\b|磁盘|硬盘|下载|数据集"
_OTHERWISE = frozenset({"adam_state", "unclear", "how_much", "fits", "explain_derive"})


def rise_by_step(reading: Reading) -> Reading:
    """The intent is why more, where two amounts of two steps are told, the second is more and none of them ran out."""
    steps = compiled(_STEPS).search(reading.lowered)
    if reading.facts.get("task") != ("train",) or steps is None:
        return reading
    if float(steps["next"]) < _RISES * float(steps["first"]) or compiled(_NO_MEMORY).search(reading.lowered):
        return reading
    if "oom_diagnosis" in reading.intents or reading.intent not in _OTHERWISE:
        return reading
    left = tuple(one for one in reading.intents if one not in ("adam_state", "unclear", "why_more"))
    cues = dict.fromkeys([*reading.cues, "first_step"])
    return replace(reading, intents=("why_more", *left), cues=tuple(cues))
