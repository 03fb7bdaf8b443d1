"""Questions of which the whole need of a model is no part of the answer: they ask what one figure is, or how it comes about.

The estimate is made for them all the same, for the panel, the picture and other programs; it is not told.
"""

from collections.abc import Collection

from chat.answers.verdicts import claims_ability
from chat.reads.cues import CUES
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.remarks.concepts import CONCEPT_KEYS
from chat.remarks.sums import SUM_KEYS
from chat.remarks.ways import WAY_KEYS

# asked what a figure is, or how it comes about
_OF_ONE_FIGURE = frozenset({"kv_cache", "units", "table_lookup", "explain_derive", "adam_state", "check_arithmetic"})
# asked of one part alone, by whatever words
_OF_A_PART = frozenset({"kv_cache", "units", "table_lookup", "adam_state"})
# what the whole need decides
_OF_THE_WHOLE = frozenset({"fits", "max_batch_ctx", "how_many_gpus", "which_method", "oom_diagnosis"})
# what an answer about one figure rests on
_OF_ITS_FACTS = frozenset({"model", "params"})
_OF_A_CACHE = frozenset({"seq_len", "kv_format"})
# remarks that answer what is asked by themselves
_ANSWERS = frozenset(
    {
        "account",
        "chain-of-sums",
        "claims-of-one-need",
        "figure-identified",
        "weights-as-stored",
        "logged-pool-in-bytes",
        "claims-of-different-needs",
        "name-is-no-product",
        "counting-words",
        "claim-as-precision",
        "scores-formula",
        "frozen-layers-keep",
        "states-by-stage",
        "quantising",
        "on-disk-alone",
        "bytes-quoted",
        "activations-of-zero",
        "pool-queues",
        "also-pool-queues",
    }
)


# how many requests a server's own log has room for: an estimate of the same would be told against what was measured
_BY_THE_LOG = frozenset({"logged-pool", "logged-pool-holds-some"})

_PER_TOKEN = r"\bper[- ]token\b|\b(?:each|a|one|/) ?token\b|每(?:个|一个)?\s?token"


def is_background(reading: Reading, remarks: Collection[str], tools: Collection[str] = ()) -> bool:
    """Is the whole need only the background of what is asked?

    remarks   the keys of those made: one that judges the asker's own account answers by itself
    tools     those that were called: a cell that was looked up is the answer to "how much"
    """
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    listed = [*reading.facts.get("bits", ()), *reading.facts.get("weight_format", ())]
    if len(listed) > 1 and reading.intent in ("how_much", "fits") and "query_tables" not in tools:
        return False  # formats that are listed are each asked about
    if _BY_THE_LOG & set(remarks):
        return True
    if (SUM_KEYS | WAY_KEYS) & set(remarks):
        return False  # the sum is shown on a whole need
    if "query_tables" in tools and not (cards and _OF_THE_WHOLE & set(reading.intents[:3])):
        return True
    if "tower-frozen" in remarks and not cards and not second(reading, remarks):
        return True
    if "stages-seen" in remarks and not compiled(_NEED_FIRST).search(reading.lowered):
        return True
    if _ANSWERS & set(remarks) or answers_by_concept(reading, remarks):
        return True
    if {"kv-claim", "kv-claims"} & set(remarks) and "kv_cache" in reading.intents[:2]:
        return reading.intent != "how_much" or compiled(_WHOLE_NEED).search(reading.lowered) is None
    if "who_is_right" in reading.cues and any(key.startswith("claim-as-") for key in remarks):
        return True
    if asks_of_a_token(reading):
        return True
    if reading.intent not in _OF_ONE_FIGURE:
        return False
    if any(key.startswith("claim-as-") for key in remarks):
        return True
    if cards and (_OF_THE_WHOLE & set(reading.intents[:3]) or claims_ability(reading)):
        return False
    if reading.intent == "table_lookup":
        return True
    return reading.intent in _OF_A_PART or bool(reading.equations) or "how_much" not in reading.intents


def asks_why(reading: Reading) -> bool:
    """Is the reason asked for, before any verdict on the whole need? Then the reason opens the answer."""
    first = next((one for one in reading.intents if one == "why_more" or one in _OF_THE_WHOLE), "")
    return first == "why_more"


# the need of a model, in a sentence that names no cache
_WHOLE_NEED = (
    r"(?:^|[.?!;\n])(?:(?!\bkv\b|\bcache)[^.?!;])*\bhow much (?:gpu )?(?:v?ram|memory)\b(?:(?!\bkv\b|\bcache)(?:[^.?!;]|\.(?=\d)))*\?"
    r"|(?:^|[.?!;。\n])(?:(?!kv|缓存)[^?!;。])*(?:要|需要|占|得)多少(?:显存|g)(?:(?!kv|缓存)[^?!;。,])*[?？,。]"
)
_OF_A_TOWER = next(pattern for cue, pattern in CUES if cue == "tower_frozen")
_DIFFERENCE = r"\bhow much (?:more|extra|less)\b|\bcosts?\b|多(?:占|用|吃|花)?多少|代价"
# the need, or whether it fits, asked before what a frozen tower saves
_NEED_FIRST = r"多少(?:g|gb)?(?:的)?(?:显存|卡)|几张|够|放得下|\bhow (?:much|many) (?:v?ram|memory|gpu|cards?)|\bfits?\b|\benough\b"


def second(reading: Reading, remarks: Collection[str]) -> str:
    """The remark that answers what is asked beside the need, and so stands right after it; nothing where none does."""
    if "on-disk" in remarks:
        return "on-disk"
    if "tower-frozen" not in remarks:
        return ""
    text = reading.lowered
    named = compiled(_OF_A_TOWER).search(text)
    before = text[: named.start()] if named else text
    asked = "saving_asked" in reading.cues or compiled(_DIFFERENCE).search(text)
    told_first = asked and not compiled(_NEED_FIRST).search(before)
    return "" if told_first else "tower-frozen"


def asks_of_a_token(reading: Reading) -> bool:
    """Is it what a token's cache takes that is asked, of no card?"""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    return not cards and "kv_cache" in reading.intents[:2] and bool(compiled(_PER_TOKEN).search(reading.lowered))


def answers_by_concept(reading: Reading, remarks: Collection[str]) -> bool:
    """Is it asked how a thing works, of no card that a model should fit?"""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts) and {"model", "params"} & set(reading.facts)
    return bool(CONCEPT_KEYS & set(remarks)) and not (cards and _OF_THE_WHOLE & set(reading.intents[:3]))


def facts_told(reading: Reading, remarks: Collection[str]) -> frozenset[str]:
    """Which of the assumed facts an answer about one figure rests on."""
    if {"account", "counting-words", "stages-claimed", "scores-formula"} & set(remarks) or answers_by_concept(
        reading, remarks
    ):
        return frozenset()
    return _OF_ITS_FACTS | (_OF_A_CACHE if "kv-in-one-line" in remarks else frozenset())
