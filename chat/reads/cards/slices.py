"""Slices of a card by their names, `3g.40gb`, or by their number: each is a card of its own, with so much memory."""

from chat.reads.lexicon import compiled
from chat.reads.number_words import number
from chat.reads.requests.limits import memories
from chat.reads.scan import Scan

# "2x 3g.40gb", "两个MIG 3g.40gb", "1g.10gb+me": the memory, and the count, which is of slices that share nothing
_PROFILE = r"(?:(?<![\d.a-z])\d{1,2}\s?(?:x|\*|个|块|份|片)?\s?(?:mig\s?)?(?:instances?\s|slices?\s)?(?:of\s)?)?(?<![\d.a-z])(?P<name>[1-7]g\.(?P<gb>\d{1,3})gb)(?:\+me|\.me)?(?![a-z0-9])"
SLICES = "mig_slices"
# "split with MIG into 7", "切成7份": the parts of a card that are told by their number alone
_MIG = r"(?<![a-z])mig(?![a-z])|\bmulti-instance\b"
_PARTS = (
    r"\b(?:split|slic\w+|partition\w*|divid\w+|cut|carv\w+)\b[^.;?!]{0,40}?\binto (?P<a>[2-7])\b(?!\s?(?:g|gb)\b)(?:\s(?:equal\s)?(?:mig\s)?(?:slices|instances|parts|pieces|partitions))?"
    r"|(?<![\d.a-z-])(?P<b>[2-7]) (?:equal )?(?:mig )?(?:slices|instances|partitions)\b"
    r"|(?:切|分|划)(?:分)?(?:成|出|为)?\s?(?P<c>[2-7两二三四五六七])\s?(?:个|份|块|片|等份)(?:mig)?(?:实例|切片)?"
)
_EIGHTHS = {2: 4, 3: 2, 4: 2, 5: 1, 6: 1, 7: 1}  # of the memory, each of so many equal slices has
_SMALL = frozenset({24.0, 96.0})  # of an A30 or RTX PRO 6000, that are cut into four at most


def _of_parts(scan: Scan) -> None:
    """The memory of each of so many equal slices of the one card that is named; of none where its size is not told."""
    parts = next(iter(scan.find(_PARTS)), None) if compiled(_MIG).search(scan.text) else None
    cards = scan.facts.get("gpu", [])
    if parts is None or len(cards) != 1 or " + " in str(cards[0]):
        return
    count = number(parts["a"] or parts["b"] or parts["c"])
    sizes = {float(one) for one in scan.facts.get("gpu_memory_gb", ())} or memories(cards)
    if len(sizes) != 1 or (sizes & _SMALL and count not in (2, 4)):
        return
    whole = sizes.pop()
    each = whole / count if whole in _SMALL else float(round(whole * _EIGHTHS[count] / 8))
    if scan.facts.pop("gpu_memory_gb", None):
        scan.facts["gpu"] = [f"{cards[0]} {whole:g}GB"]
    scan.spans.pop("gpu_memory_gb", None)
    scan.take(*parts.span())
    scan.add("gpu_memory_gb", each, *parts.span())
    scan.add(SLICES, f"{each:g}gb", *parts.span(), extra=True)


def read_slices(scan: Scan) -> None:
    """State the memory of each slice in place of the whole card's; how many there are is no count of cards, for a slice
    reaches none of the others."""
    found = list(scan.find(_PROFILE))
    if not found:
        _of_parts(scan)
        return
    whole, cards = scan.facts.pop("gpu_memory_gb", []), scan.facts.get("gpu", [])
    scan.spans.pop("gpu_memory_gb", None)
    if len(whole) == len(cards) == 1:  # which of the sizes it is sold in is cut
        scan.facts["gpu"] = [f"{cards[0]} {whole[0]:g}GB"]
    for one in found:
        scan.take(*one.span())
        scan.add("gpu_memory_gb", float(one["gb"]), *one.span("gb"))
        scan.add(SLICES, one["name"], *one.span(), extra=True)


def without_slices(scan: Scan) -> None:
    """Use up the names of slices before counts and amounts are read, so that `3g` is no amount and `2x` no count of cards."""
    for one in scan.find(_PROFILE):
        scan.take(*one.span())


def settle_slices(scan: Scan) -> None:
    """No model is divided over slices: ranks that are told of them, and a count of them, are of no case."""
    if SLICES in scan.extras:
        for name in ("tp", "pp", "n_gpus"):
            scan.facts.pop(name, None)
            scan.spans.pop(name, None)
