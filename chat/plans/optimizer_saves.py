"""An optimizer of which it is asked or said what it saves, beside the usual one."""

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.seen.savings import from_to

USUAL = "adamw"
_ASKED = r"\bhow (?:much|many)\b[^.?;]{0,48}\bsav(?:es?|ed|ing)\b|\bsav(?:es?|ing)\b[^.?;]{0,24}\bhow (?:much|many)\b|\bwhat (?:does|would|do)\b[^.?;]{0,24}\bsave\b|(?:能|可以|会)?(?:省|节省|少占?)多少|省(?:几|多少)(?:个)?g"
# those that keep less than the usual one in float32; of 8 bits a remark tells it
_OF_LESS = ("lion", "muon", "sgd", "adafactor")
_HALF = r"\b(?:sav|cut|reduc|tak|need|us)\w*\b[^?;.!]{0,40}\b(?:half|50 ?%)|\bhal(?:f|ve[sd]?|ving) (?:of |the |its |my )*(?:optimi[sz]er|memory|v?ram|states?)|(?:省|减|少)[^,;?!]{0,8}(?:一?半|50 ?%)|减半"


def saving_asked(reading: Reading, text: str) -> bool:
    """Is it asked what something saves, or told of an optimizer? `text` is normalised."""
    return compiled(_ASKED).search(text) is not None or _said_to_take_half(reading, text) or _turned_down(reading)


def _said_to_take_half(reading: Reading, text: str) -> bool:
    named, methods = reading.facts.get("optimizer", ()), reading.facts.get("method", ())
    return len(named) == 1 and named[0] in _OF_LESS and len(methods) < 2 and compiled(_HALF).search(text) is not None


def _turned_down(reading: Reading) -> bool:
    """`switched to 8-bit Adam, it only dropped from 14.1 to 13.9`: an optimizer that was turned to, and less that was seen."""
    if len(reading.facts.get("optimizer", ())) != 1 or "oom_diagnosis" in reading.intents[:1]:
        return False
    found = from_to(reading.lowered, sorted(memory_claims(reading), key=lambda one: one.span))
    return found is not None and found[0].number > found[1].number
