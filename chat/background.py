"""Questions of which the whole need of a model is no part of the answer: they ask what one figure is, or how it comes about.

The estimate is made for them all the same, for the panel, the picture and other programs; it is not told.
"""

from collections.abc import Collection

from chat.reading import Reading

# asked what a figure is, or how it comes about
_OF_ONE_FIGURE = frozenset({"kv_cache", "units", "table_lookup", "explain_derive", "adam_state", "check_arithmetic"})
# asked of one part alone, by whatever words
_OF_A_PART = frozenset({"kv_cache", "units", "table_lookup", "adam_state"})
# what the whole need decides
_OF_THE_WHOLE = frozenset({"fits", "max_batch_ctx", "how_many_gpus", "which_method", "oom_diagnosis"})
# what an answer about one figure rests on
OF_ITS_FACTS = frozenset({"model", "params", "seq_len", "kv_format"})


def is_background(reading: Reading, remarks: Collection[str]) -> bool:
    """Is the whole need only the background of what is asked?

    remarks   the keys of those made: one that judges the asker's own account answers by itself
    """
    if "account" in remarks:
        return True
    if "kv-claim" in remarks and "kv_cache" in reading.intents[:2]:
        return True
    if reading.intent not in _OF_ONE_FIGURE:
        return False
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if cards and _OF_THE_WHOLE & set(reading.intents[:3]):
        return False
    return reading.intent in _OF_A_PART or "how_much" not in reading.intents
