"""Slices of a card by their names, `3g.40gb`: each is a card of its own, with so much memory."""

from chat.reads.scan import Scan

# "2x 3g.40gb", "两个MIG 3g.40gb", "1g.10gb+me": the memory, and the count, which is of slices that share nothing
_PROFILE = r"(?:(?<![\d.a-z])\d{1,2}\s?(?:x|\*|个|块|份|片)?\s?(?:mig\s?)?(?:instances?\s|slices?\s)?(?:of\s)?)?(?<![\d.a-z])(?P<name>[1-7]g\.(?P<gb>\d{1,3})gb)(?:\+me|\.me)?(?![a-z0-9])"
SLICES = "mig_slices"


def read_slices(scan: Scan) -> None:
    """State the memory of each slice in place of the whole card's; how many there are is no count of cards, for a slice
    reaches none of the others."""
    found = list(scan.find(_PROFILE))
    if not found:
        return
    scan.facts.pop("gpu_memory_gb", None)
    scan.spans.pop("gpu_memory_gb", None)
    for one in found:
        scan.take(*one.span())
        scan.add("gpu_memory_gb", float(one["gb"]), *one.span("gb"))
        scan.add(SLICES, one["name"], *one.span(), extra=True)


def without_slices(scan: Scan) -> None:
    """Use up the names of slices before counts and amounts are read, so that `3g` is no amount and `2x` no count of cards."""
    for one in scan.find(_PROFILE):
        scan.take(*one.span())
