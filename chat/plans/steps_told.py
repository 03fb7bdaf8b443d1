"""What is told of a training's steps: their samples, the length of those, and whether a rate was seen."""

from chat.reads.reading import Reading
from chat.reads.requests.mean_lengths import MEAN_LENGTH

_SEEN = frozenset({"rate", "rate_each"})


def step_samples(reading: Reading) -> float | None:
    """Samples of an optimizer step over all cards."""
    if whole := reading.extras.get("global_batch"):
        return float(whole[0])
    each = reading.fact("batch_size")
    if not each:
        return None
    return float(each) * float(reading.fact("grad_accum") or 1) * float(reading.fact("n_gpus") or 1)


def mean_length(reading: Reading) -> float | None:
    """Of samples that are told to be shorter on average than the longest of them it is the mean that is read."""
    told = reading.extras.get(MEAN_LENGTH) or reading.facts.get("seq_len") or (None,)
    return None if told[0] is None else float(told[0])


def rate_seen(reading: Reading) -> bool:
    """Is a rate told, or the seconds of a step whose tokens are?"""
    of_a_step = "seconds_per_step" in reading.extras and "steps" not in reading.extras
    return bool(_SEEN & set(reading.extras) or (of_a_step and step_samples(reading) and mean_length(reading)))
