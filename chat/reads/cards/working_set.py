"""What Metal lets the GPU of a Mac have, as llama.cpp and MLX print it: `recommendedMaxWorkingSetSize = 77309.41 MB`."""

from chat.reads.scan import Scan

WORKING_SET = "log_working_set_mb"
_PRINTED = r"\brecommended_?max_?working_?set_?size\b\s?(?:[=:]|is|says|shows|of)?\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>mi?b|gi?b)\b"
_MB = 1000


def read_working_set(scan: Scan) -> None:
    """State it in MB, as it is printed; the same amount said again in GB or GiB is no claim of a need."""
    found = next(scan.find(_PRINTED), None)
    if found is None or not scan.free(*found.span("n")):
        return
    size = float(found["n"].replace(",", "")) * (_MB if found["unit"].startswith("g") else 1)
    scan.add(WORKING_SET, size, *found.span(), extra=True)


def drop_its_amounts(scan: Scan) -> None:
    """Leave out the amounts that are the printed one, rounded, in GB or in GiB."""
    for size in map(float, scan.extras.get(WORKING_SET, ())):
        same = (size / _MB, size * 1e6 / 2**30)
        scan.claims = [one for one in scan.claims if all(abs(one.number - each) >= 1 for each in same)]
