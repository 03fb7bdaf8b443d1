"""How a training is split over cards of which nobody says how many, and machines that are asked for: their cards are no count."""

from dataclasses import replace

from chat.reads.cards.card_counts import MACHINES_ASKED
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# over cards of which nobody says how many
_OVER_CARDS = (
    r"\b(?:split|divid|distribut|shard|spread|partition)\w*\b[^.;?\d]{0,24}\b(?:over|across|among|between|onto?)\b[^.;?]{0,24}(?:\b(?:gpus|cards)\b|\b[ahlv]\d{2,3}s\b|\d0\d0s\b)"
    r"|(?:怎么|如何|怎样|咋)(?:切|拆|分(?!别|批|析))|(?:切|拆|分)(?:分)?(?:到|给|成)[^,;?\d]{0,6}(?:几|多少)\s?[张块卡]"
)
_ASKED_BESIDE = frozenset({"how_much", "fits", "multi_gpu_split", "unclear", "zero_offload"})


def _without_count(reading: Reading, each: int) -> Reading:
    """Without the cards of one machine, where it is asked how many machines; numbers of machines that are tried stay."""
    at = reading.facts["n_gpus"].index(each)
    left = {
        name: (*kept[:at], *kept[at + 1 :])
        for name, kept in (("facts", reading.facts["n_gpus"]), ("spans", reading.spans.get("n_gpus", ())))
    }
    facts = {name: values for name, values in {**reading.facts, "n_gpus": left["facts"]}.items() if values}
    return replace(reading, facts=facts, spans={**reading.spans, "n_gpus": left["spans"]})


def over_open_cards(reading: Reading, text: str) -> Reading:
    """How a training is to be split over cards that are not counted: how many, and what each of them holds. Of machines of so
    many cards the count is theirs, where it is asked how many machines."""
    found = compiled(MACHINES_ASKED).search(text)
    each = int(found["b"] or found["c"] or found["d"]) if found else 0
    counts = reading.facts.get("n_gpus", ())
    if each in counts and (len(counts) > 1 or reading.facts.get("task") == ("train",)):
        reading = _without_count(reading, each)
    tried = reading.extras.get("nodes", ())
    if each and "n_gpus" not in reading.facts and len(tried) == 1 and tried[0] > 1:
        # "would 8 nodes do?": the number that is tried
        reading = replace(reading, facts={**reading.facts, "n_gpus": (int(tried[0]) * each,)})
    one = len(reading.facts.get("gpu", ())) < 2 and len(reading.facts.get("gpu_memory_gb", ())) < 2
    card = bool({"gpu", "gpu_memory_gb"} & set(reading.facts)) and "n_gpus" not in reading.facts
    trains = reading.facts.get("task") == ("train",) and set(reading.intents[:1]) <= _ASKED_BESIDE
    if not (one and card and trains) or not compiled(_OVER_CARDS).search(text):
        return reading
    others = (name for name in reading.intents if name not in ("how_many_gpus", "unclear"))
    return replace(reading, intents=("how_many_gpus", *others), asks=(*dict.fromkeys((*reading.asks, "n_gpus")),))
