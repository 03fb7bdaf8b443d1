"""Micro-batches of a pipeline's step, counted from the global batch that is told."""

from chat.reads.scan import Scan


def settle_micro_batches(scan: Scan) -> None:
    """The global batch over the replicas, in micro-batches of so many samples: what the stages of a pipeline share out."""
    whole, stages = scan.extras.get("global_batch", []), scan.facts.get("pp", [])
    if len(whole) != 1 or len(stages) != 1 or "n_microbatches" in scan.facts or int(stages[0]) < 2:
        return
    ranks = int(stages[0])
    for name in ("tp", "cp"):
        ranks *= int(scan.facts.get(name, [1])[0])
    cards, each = int(scan.facts.get("n_gpus", [ranks])[0]), int(scan.facts.get("batch_size", [1])[0])
    replicas = cards // ranks
    samples = int(whole[0])
    if replicas and cards % ranks == 0 and samples % (replicas * each) == 0:
        place = next(scan.find(rf"(?<!\d){samples}(?!\d)"), None)
        at = place.span() if place else (0, 0)
        scan.add("n_microbatches", samples // (replicas * each), *at, take=False)
