"""A training and a served model on one card at the same time: what each needs of it, for the remark that adds them up."""

from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.cases import parse_given, spread
from kb.outcome import Outcome, outcome

_GIB = 2**30
_AT_ONCE = r"同时|一起(?:跑|放|开)|一边[^,;。，]{0,24}一边|\bat the same time\b|\bsimultaneously\b|\bat once\b|\bside by side\b|\bwhile (?:also )?(?:serving|running|training|tuning)\b|\balongside\b"


def both_at_once(reading: Reading, calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Lines of the remarks' log, in GiB; nothing where there are not both, or they have not one card between them."""
    given = [args for name, args in calls if name == "estimate_memory"]
    if len(given) != 2 or not compiled(_AT_ONCE).search(reading.lowered):
        return []
    try:
        worked = [outcome(spread(parse_given(args))[0]) for args in given]
    except BadInput:
        return []
    by_task: dict[str, Outcome] = {str(one.situation.knob("task")): one for one in worked}
    cards = [one.case.card for one in worked]
    if set(by_task) != {"train", "inference"} or None in cards or cards[0] != cards[1]:
        return []
    if any(one.n_gpus != 1 or one.capacity is None for one in worked):
        return []
    trained, served = by_task["train"], by_task["inference"]
    amounts = {
        "train": trained.best,
        "serve": served.best,
        "high": trained.bounds[1] + served.bounds[1],
        "train_high": trained.bounds[1],
        "room": max(one.capacity or 0.0 for one in worked),  # a server's is its share of it
    }
    return [f"at_once_{name} {amount / _GIB:.6g}" for name, amount in amounts.items()]
