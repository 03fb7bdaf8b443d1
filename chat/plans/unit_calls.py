"""Amounts of memory in other units, as a call: those that are told, and what a card of that name has."""

import re
from itertools import pairwise

from chat.figures.named import GB, GIB
from chat.plans.pace import Call
from chat.plans.products import cache_products
from chat.plans.understood import has_subject
from chat.reads.cards.card_units import free_of_line, leaves_ecc
from chat.reads.lexicon import compiled
from chat.reads.other_cases.other_matters import SENTENCE_END
from chat.reads.reading import Reading


def unit_calls(reading: Reading) -> list[Call]:
    """The amounts and the cards whose GB and GiB are asked about."""
    # of a model that takes more than thought, units are a part of the answer at most
    of_a_model = has_subject(reading) and (
        reading.intent in ("why_more", "oom_diagnosis")
        or "what_is_it" in reading.cues
        or ({"why_more"} <= set(reading.intents[:2]) and "rest_asked" in reading.cues)
    )
    # a server's message on its cache tells both of its amounts in one, and what it loaded is told beside the files
    compared = "log_took" in reading.extras or (
        "unit_asked" in reading.cues and len(reading.claims) + len(reading.equations) > 1
    )
    logged = "longer_than_pool" in reading.cues or (has_subject(reading) and compared)
    if "units" not in reading.intents or of_a_model or logged or _beside_a_sum(reading):
        return []
    if free := free_of_line(reading.text):
        return [("convert", {"amounts": [f"{one} mib" for one in (free[1] - free[0], *free)]})]
    amounts = _amounts(reading)
    cards = reading.facts.get("gpu", ())
    card = {"gpu": cards[0] if len(cards) == 1 else list(cards)} if cards else {}
    # of a card that is named what a program sees of it is no size of its own
    seen = reading.extras.get("log_total", ()) if cards else ()
    sizes = [size for size in reading.facts.get("gpu_memory_gb", ()) if size not in seen]
    if sizes and "host_words" not in reading.cues and len(cards) < 2:
        card["gpu_memory_gb"] = sizes[0]
    if has_subject(reading) and amounts and _of_several(reading):  # whether they hold it, the case tells
        card = {}
    if not amounts and not card and {"counting_words", "bits_and_bytes"} & set(reading.cues):
        return []
    return [("convert", {"amounts": amounts or ["1 GB", "1 GiB"], **card})]


def _beside_a_sum(reading: Reading) -> bool:
    """Are the amounts what a sum for a cache comes to, and what was seen beside it? The sum is asked about, in any unit."""
    return bool(cache_products(reading)) and not asks_units(reading)


def _of_several(reading: Reading) -> bool:
    """Are several cards told, of which it is asked whether they hold something?"""
    return "fits" in reading.intents and max(map(int, reading.facts.get("n_gpus", (1,)))) > 1


_OFF = 0.01


def told_twice(reading: Reading) -> bool:
    """Are two amounts the same bytes, one in GiB and the other in GB?"""
    gib, gb = ([one.number for one in reading.claims if one.unit.lower() == unit] for unit in ("gib", "gb"))
    return any(abs(one * GIB / (other * GB) - 1) < _OFF for one in gib for other in gb if other)


_OF_UNITS = (
    r"\bgi?b (?:and|vs\.?|or|to|into) gi?b\b|\bmix\w*\b|\bconver\w+|\bunits?\b|\bdecimal\b|\bbinary\b|\b(?:google|calculator) (?:says|shows|gives)"
    r"|换算|单位|(?:gi?b|mi?b)(?:和|与|跟|还是)gi?b|1000|1024|进制"
    r"|\bhow (?:many|much) gi?b (?:is|are)\b[^.?;]{0,12}\d ?gi?b|\d ?gi?b (?:is|are|in|=)[^.?;]{0,12}\bhow (?:many|much) gi?b|\d ?gi?b\s?(?:是|等于|相当于|合)?\s?(?:多少|几)个?\s?gi?b"
)


def asks_units(reading: Reading) -> bool:
    """Are the units themselves asked about, and not only used?"""
    return reading.intent == "units" or compiled(_OF_UNITS).search(reading.lowered) is not None


_UNIT = re.compile(r"(?<![a-z])[kmgt]i?b(?![a-z])|1024|1000", re.IGNORECASE)
_OF_THE_CASE = frozenset({"fits", "which_method", "max_batch_ctx"})


def case_asked(reading: Reading) -> bool:
    """Is the case on its cards asked about, too, beside figures that are judged?"""
    if "confirms" in reading.cues or case_apart(reading):
        return True
    # what is left of a card is asked, or what a program shows of it; several cards hold a model by their layout
    first = reading.intent == "units" and not _of_several(reading)
    return bool((_OF_THE_CASE - ({"fits"} if first else set())) & set(reading.intents))


def case_apart(reading: Reading) -> bool:
    """Is a model on a card asked about in a sentence of its own, without units: `1 GiB is ... GB. Qwen3-8B on a T4?`"""
    named = (reading.spans.get("model", ()), reading.spans.get("gpu", ()))
    own = [*reading.spans.get("gpu_memory_gb", ()), *reading.spans.get("seq_len", ())]  # what the case is told with
    units = [
        one.start()
        for one in _UNIT.finditer(reading.lowered)
        if not any(start <= one.start() <= end + 1 for start, end in own)
    ]
    ends = [0, *(one.end() for one in compiled(SENTENCE_END).finditer(reading.lowered)), len(reading.text)]
    return any(
        reading.text[start:end].rstrip().endswith(("?", "？"))
        and all(any(start <= at[0] < end for at in spans) for spans in named)
        and not any(start <= at < end for at in units)
        for start, end in pairwise(ends)
    )


def _amounts(reading: Reading) -> list[str]:
    """The amounts of memory that are told, what a driver and a program show of them in GiB."""
    shown = {round(one, 2) for name in ("log_driver", "log_total") for one in reading.extras.get(name, ())}
    sizes = [float(one) for one in reading.facts.get("gpu_memory_gb", ())]
    shown |= {claim.number for claim in reading.claims if any(leaves_ecc(claim.number / size) for size in sizes)}
    found = [
        f"{claim.number:g} {'gib' if claim.unit.lower() in ('g', 'gb') and claim.number in shown else claim.unit}"
        for claim in reading.claims
        if claim.unit.lower() in ("gb", "gib", "mb", "mib", "g")
    ]
    total = [f"{one:g} gib" for one in reading.extras.get("log_total", ())]
    return [*found, *(one for one in total if one not in found)]
