"""A failure that a value is to avoid, and that did not happen: `what gpu_memory_utilization won't OOM?`, `设多少不炸`."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.serving.shares import SHARE_LOW

_TO_AVOID = (
    r"\b(?:what|which|how (?:high|low|large|much|big))\b[^.;?!]{0,64}?\b(?:won'?t|will not|doesn'?t|does not|wouldn'?t|would not|without|avoids?|not|never)\s(?:(?:an|any|to|me|it|cause|get|hit|run) )*(?:oom\w*|crash\w*|running out|out of memory)(?: of memory)?"
    r"|\bhow (?:high|far|large|big)\b[^.;?!]{0,64}?\bbefore (?:it |this |that |i |we )?(?:oom\w*|crash\w*|runs? out)(?: of memory)?"
    r"|(?:设|开|调|给|填|写)(?:置|成|到|为)*(?:多少|多大|多高|几)[^,.;?!]{0,8}?不(?:会|至于|再|容易)*(?:爆|炸|崩|oom|溢出)"
)
_FAILED = (
    r"\booms?\b|\boom'?e?d\b|\booming\b|out of memory|\b(?:ran|runs?) out\b|\bcrash|\bfail|爆|炸|崩|溢出|不足|报错"
)


def failure_to_avoid(reading: Reading) -> Reading:
    """Asked which share to set without a failure, where nothing else tells of one: no cause is looked for."""
    if "share_asked" not in reading.cues or "oom_diagnosis" not in reading.intents:
        return reading
    if SHARE_LOW in reading.extras:  # what failed is each of the two, and the one between them is asked for
        return _without_failure(reading)
    text = reading.lowered
    rest = compiled(_TO_AVOID).sub(" ", text)
    if rest == text or compiled(_FAILED).search(rest):
        return reading
    return _without_failure(reading)


def _without_failure(reading: Reading) -> Reading:
    left = tuple(one for one in reading.intents if one != "oom_diagnosis")
    return replace(reading, intents=left or ("unclear",))
