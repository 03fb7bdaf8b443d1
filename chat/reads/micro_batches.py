"""Micro-batches of a pipeline's step, counted from the global batch that is told; steps of accumulation that were changed."""

from chat.reads.contrasts import BECOMES
from chat.reads.corrected import keep
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_BECAME = rf"[\"'\s]*{BECOMES}[\"'\s]*"


def settle_accumulation(scan: Scan) -> None:
    """`1 -> 16` steps: the case at hand is the later one, however many steps there were before."""
    steps, places = scan.facts.get("grad_accum", []), scan.spans.get("grad_accum", [])
    if len(steps) == 2 == len(places) and compiled(_BECAME).fullmatch(scan.lowered[places[0][1] : places[1][0]]):
        keep(scan, "grad_accum", [False, True])


def settle_micro_batches(scan: Scan) -> None:
    """The global batch over the replicas, in micro-batches of so many samples: what the stages of a pipeline share out."""
    whole, stages = scan.extras.get("global_batch", []), scan.facts.get("pp", [])
    told = {name: scan.facts.get(name, [1]) for name in ("tp", "cp", "batch_size")}
    told |= {"pp": stages, "n_gpus": scan.facts.get("n_gpus", []), "global": whole}
    if any(len(values) != 1 for values in told.values()) or "n_microbatches" in scan.facts or int(stages[0]) < 2:
        return
    tp, cp, each, pp, cards, _ = (int(values[0]) for values in told.values())
    ranks = tp * cp * pp
    replicas = cards // ranks
    samples = int(whole[0])
    if replicas and cards % ranks == 0 and samples % (replicas * each) == 0:
        place = next(scan.find(rf"(?<!\d){samples}(?!\d)"), None)
        at = place.span() if place else (0, 0)
        scan.add("n_microbatches", samples // (replicas * each), *at, take=False)
