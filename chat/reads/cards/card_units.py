"""One card's memory told in several units: as it is sold, as the driver reports it, as a program sees it."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from kb.cards import models_in
from kb.names import gpu_row, names

_OF_THE_DRIVER = 0.03
_GB, _GIB = 1e9, 2.0**30
_IN_DECIMAL = 0.005  # of the same size told in decimal GB
_LEAST_SEEN = 0.94  # the driver keeps some of a card back
# error correction of GDDR memory keeps a sixteenth for its code words
ECC_LEAVES, _ECC_OFF = 15 / 16, 0.004
# somebody looks for what a card is sold with and does not see
_WANTED = (
    r"\bwhy\b|\bhow come\b|\bwhere\b|\bmissing\b|\blost\b|\bshort\b|\bfaulty\b|\bdefect\w*|\bbroken\b|\bwrong\b|\blying\b|\b(?:isn't|aren't) (?:it|that|they)\b|\binstead of\b|\bsupposed\b"
    r"|为什么|为啥|为何|怎么(?:只|才|少|不)|去哪|哪去|哪儿去|少了|缺|不是|明明|坏了?|正常吗"
)


# a driver's line: what is used of what there is, in mebibytes
_LINE = r"(?<![\d.])(?P<used>\d{3,6})\s?mib\s?/\s?(?P<whole>\d{4,6})\s?mib"
_LEFT = r"\bleft\b|\bfree\b|\bremain\w*|剩|空闲|还有"
_SHOWN = r"\b(?:shows?|reports?|sees?|displays?|reads|lists?|only|just)\b|显示|只有|只剩|才|可用"


def leaves_ecc(share: float) -> bool:
    """Is this share of a card's memory what error correction leaves of it?"""
    return abs(share / ECC_LEAVES - 1) < _ECC_OFF


_IN_MIB = r"(?<![\d.,])(\d{1,3},\d{3}|\d{5,6})\s?mi?b\b"


def two_totals(text: str) -> bool:
    """Are two totals of like cards told, of which one is what error correction leaves of the other?"""
    told = sorted({float(one[1].replace(",", "")) for one in compiled(_IN_MIB).finditer(text)})
    return len(told) == 2 and leaves_ecc(told[0] / told[1])


def _reported(gibibytes: float, size: float) -> bool:
    """Is an amount what a driver reports of a card that is sold with so many GB?"""
    return abs(gibibytes / size - 1) < _OF_THE_DRIVER or leaves_ecc(gibibytes / size)


def read_size_in_two_units(scan: Scan) -> None:
    """The size of a card that nobody named, where it is told in GB and, as its driver shows it, in MiB."""
    _whole_of_a_card(scan)
    if {"gpu", "gpu_memory_gb"} & set(scan.facts):
        return
    shown = [claim.number / 1024 for claim in scan.claims if claim.unit in ("mib", "mb", "m")]
    for claim in scan.claims:
        if claim.unit in ("g", "gb") and any(_reported(one, claim.number) for one in shown if claim.number):
            scan.add(
                "gpu_memory_gb", int(claim.number) if claim.number.is_integer() else claim.number, 0, 0, take=False
            )
            return


_ALLOCATED = r"alloc|占用|已用"


def _whole_of_a_card(scan: Scan) -> None:
    """`nvidia-smi shows 24564MiB, pytorch 23.65 GiB`: both are what the card has, and none what a run takes of it."""
    drivers, seen = scan.extras.get("log_driver", []), scan.extras.get("log_tensors", [])
    sizes = _sizes(scan)
    whole = any(_reported(float(one), size) for one in drivers for size in sizes)
    if (
        whole
        and any(_LEAST_SEEN <= float(one) / size < 1 for one in seen for size in sizes)
        and not any(scan.find(_ALLOCATED))
    ):
        scan.extras["log_total"] = scan.extras.pop("log_tensors")


def told_in_several_units(scan: Scan) -> bool:
    """Is one card's memory told at least twice, or told and doubted, of no model that should fit and no allocation that failed?"""
    wanted = next(scan.find(_WANTED), None) is not None
    several = any(count > 1 for count in scan.facts.get("n_gpus", ())) and not wanted
    if several or {"model", "params"} & set(scan.facts) or "oom_tried" in scan.extras:
        return False
    if drivers_line(scan) and not any(scan.find(_LEFT)):
        return False  # "42180MiB / 46068MiB, and it is a small model": what is used of the card is asked about
    sizes = _sizes(scan)
    if (wanted or any(scan.find(_SHOWN))) and _corrected(scan, sizes):
        return True
    mebibytes = [claim.number / 1024 for claim in scan.claims if claim.unit in ("mib", "mb", "m")]
    binary = [claim.number for claim in scan.claims if claim.unit == "gib"]
    seen = [float(one) for one in (*binary, *scan.extras.get("log_total", ()))]
    decimal = [claim.number * _GB / _GIB for claim in scan.claims if claim.unit == "gb"]
    for size in sizes:
        by_driver = any(_reported(one, size) for one in mebibytes) or any(
            abs(one / size - 1) < _IN_DECIMAL for one in decimal
        )
        by_program = any(_LEAST_SEEN <= one / size < 1 or leaves_ecc(one / size) for one in seen)
        sold = wanted or bool(scan.facts.get("gpu_memory_gb")) or any(claim.number == size for claim in scan.claims)
        if (by_driver or by_program) and by_driver + by_program + sold > 1:
            return True
    return False


def _corrected(scan: Scan, sizes: set[float]) -> bool:
    """Is an amount, in whatever unit it is called, what error correction leaves of a card that is told as it is sold?"""
    told = [claim.number for claim in scan.claims if claim.unit in ("g", "gb", "gib")]
    return any(leaves_ecc(one / size) for one in told for size in sizes)


def _sizes(scan: Scan) -> set[float]:
    """What the cards hold that were named, as they are sold."""
    named = [one for text in scan.facts.get("gpu", ()) for one in models_in(str(text))]
    sold = [gpu_row(full)["memory_marketed_gb"] for one in named for full in names().find_gpus(one)]
    return {float(size) for size in (*sold, *scan.facts.get("gpu_memory_gb", ())) if size}


def drivers_line(scan: Scan) -> bool:
    """Is a driver's line told: what is used of a card's whole memory, whatever is asked of it?"""
    return any(scan.find(_LINE))


def free_of_line(text: str) -> tuple[int, int] | None:
    """Used and whole of `24217MiB / 24564MiB`, where it is asked what is left."""
    plain = text.lower()
    found = compiled(_LINE).search(plain)
    return (int(found["used"]), int(found["whole"])) if found and compiled(_LEFT).search(plain) else None
