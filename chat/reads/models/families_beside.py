"""A family by its bare name whose cache is set against that of a model: its member that people run stands for it."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_AGAINST = r"\b(?:than|compared (?:to|with)|vs\.?|versus|against|differ\w*|smaller|larger|bigger|less|more)\b|比|对比|相比|和|跟|与"


def family_beside(reading: Reading) -> Reading:
    """The reading with that member beside the model that is named; of weights and totals the size must be told."""
    models = reading.facts.get("model", ())
    open_ = [one for one in reading.suggestions if one not in (*reading.unknown_models, *reading.unknown_gpus)]
    if len(models) != 1 or "params" in reading.facts or len(open_) != 1 or "kv_cache" not in reading.intents:
        return reading
    said = open_[0]
    at = reading.lowered.find(said)
    places = reading.spans.get("model", ())
    own = any(start <= at < end for start, end in places)  # the name of the model itself, which others bear too
    if at < 0 or own or not reading.suggestions[said] or not compiled(_AGAINST).search(reading.lowered):
        return reading
    member = reading.suggestions[said][0]
    first = bool(places) and at < places[0][0]
    facts = {**reading.facts, "model": (member, *models) if first else (*models, member)}
    left = {name: near for name, near in reading.suggestions.items() if name != said}
    return replace(reading, facts=facts, suggestions=left)
