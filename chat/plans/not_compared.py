"""Set-ups that are named side by side and not compared: of a failure its cause is asked for, of sizes which of them fit; and
what is counted before a comparison."""

from chat.plans.changed import ran_and_failed
from chat.plans.choices import replaces
from chat.plans.setups import Sides
from chat.plans.understood import asks_what_fits, is_serving
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.seen.engines_apart import RUNS_ELSEWHERE


def of_a_failure(reading: Reading, found: Sides) -> bool:
    """Of what has failed the cause is asked for, and not what else differs; unless another is asked about in its place."""
    if "oom_diagnosis" not in reading.intents or "might_fail" in reading.cues:
        return False
    if "loading" not in reading.cues and replaces(reading, found.each):
        return False
    if (
        "saving_asked" in reading.cues
        and "method_diff" in reading.intents
        and len(reading.facts.get("optimizer", ())) > 1
    ):
        return False  # how much the one saves over the other
    if RUNS_ELSEWHERE in reading.extras:
        # unless on cards that are not alike, where two programs lay it out differently
        return len(reading.facts.get("engine", ())) < 2
    differs = {"ran_otherwise", "accumulation"} & set(reading.cues) or ran_and_failed(reading)
    return bool(differs) or not {"comparison", "method_diff", "why_more"} & set(reading.intents)


def which_sizes_fit(reading: Reading, found: Sides) -> bool:
    """Which of several models a card holds, in bits that nobody named: that is asked of each in the usual ones."""
    open_bits = not {"bits", "weight_format", "bpw"} & set(reading.facts)
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    of_sizes = {name for side in found.each for name in side} <= {"model", "params"}
    return bool(cards) and of_sizes and open_bits and is_serving(reading) and asks_what_fits(reading)


_OF_A_RUN = frozenset({"fell_back", "normal_asked"})


def proposed_beside(reading: Reading, found: Sides) -> bool:
    """Is it asked why a run takes what was seen of it, and a format only proposed beside that (`or switch to Q3?`)?"""
    if reading.intent != "why_more" or {"comparison", "method_diff"} & set(reading.intents):
        return False
    in_formats = {name for side in found.each for name in side} <= {"weight_format", "bits"}
    return in_formats and bool(_OF_A_RUN & set(reading.cues)) and bool(reading.claims)


# what a question of how much more one takes shows besides
_OF_A_DIFFERENCE = frozenset({"how_much", "why_more", "rl_memory"})


def asks_count(reading: Reading) -> bool:
    """Whether beside the difference it is asked how many cards each takes."""
    asked = [one for one in reading.intents if one not in _OF_A_DIFFERENCE]
    return "n_gpus" in reading.asks and "how_many_gpus" in asked[:3]


_CHOSEN = r"\bor\b|\bvs\.?(?![a-z])|\bwhich\b|\bbetter\b|还是|哪个|哪种"


def longest_of_each(reading: Reading) -> bool:
    """Whether the longest context is asked of several formats of weights: each one's is the answer, not what sets them apart."""
    several = len(reading.facts.get("weight_format", ())) > 1 or len(reading.facts.get("bits", ())) > 1
    if compiled(_CHOSEN).search(reading.lowered):  # which to take is asked first, and each one's length stands with it
        return False
    return several and "seq_len" in reading.asks[:1] and "seq_len" not in reading.facts
