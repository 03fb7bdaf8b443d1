"""Of formats that fit, one that leaves room: where no length is told, what nearly fills a card holds only a short context."""

from collections.abc import Callable, Sequence

from kb.eased import TIGHT
from kb.outcome import Outcome
from kb.stated import ASSUMED

# of a card's memory: what a set-up leaves room beside, the first for preference
ROOMY = (0.8, 0.9)
FORMATS = {"weight_format", "bits", "bpw"}


def with_room(
    taken: int,
    fitting: Sequence[int],
    mains: Sequence[Outcome],
    differing: Sequence[str],
    cost: Callable[[int], tuple[float, float]],
) -> int:
    """In place of the one that costs least the least costly with room, where the one nearly fills its cards and the length of
    what is served is left open; that one itself where it does not, or where none of the others leaves more."""
    if not set(differing) <= FORMATS or not _nearly_full(mains[taken]) or not _length_is_open(mains[taken]):
        return taken
    for share in ROOMY:
        if roomy := [at for at in fitting if _share(mains[at]) < share]:
            return min(roomy, key=cost)
    return taken


def _share(where: Outcome) -> float:
    return where.best / where.capacity if where.capacity else 1.0


def _nearly_full(where: Outcome) -> bool:
    return where.verdict == "yes" and _share(where) >= TIGHT


def _length_is_open(where: Outcome) -> bool:
    """Whether it is served from a cache whose length nobody told."""
    length = where.situation.knobs.get("seq_len")
    cached = bool(where.terms.get("kv_cache")) and where.situation.knob("task") != "train"
    return cached and (length is None or length.origin == ASSUMED)
