"""What SGLang prints of the memory that a card has before and after it loads: `Load weight end. avail mem=9.9 GB`."""

from chat.reads.scan import Scan

# its `GB` are 2^30 bytes; of several lines the first of each kind counts: what ranks print is alike
_AMOUNT = r"[^\n;?]{0,96}?\bavail(?:able)?[ _](?:gpu[ _])?mem(?:ory)?\s?[=:]\s?(?P<n>\d+(?:\.\d+)?)"
_LINES = (("free_before", "begin"), ("free_after", "end"))
_CLASS = r"\btype\s?=\s?\w+(?=,? dtype)"
# the bytes of keys and of values beside the tokens that they are
_HALVES = r"\b(?P<of>k|v) size\s?[:=]\s?(?P<n>\d+(?:\.\d+)?)\s?gi?b"


def read_loading_lines(scan: Scan) -> None:
    """Note both amounts, and what keys and values were given together."""
    for name, when in _LINES:
        for found in scan.find(rf"\bload weight {when}{_AMOUNT}"):
            scan.note(f"log_{name}", float(found["n"]))
            break
    for found in scan.find(_CLASS):
        scan.take(*found.span())
    halves = {found["of"]: float(found["n"]) for found in scan.find(_HALVES)}
    if len(halves) == 2:
        scan.note("log_cache_printed", round(sum(halves.values()), 2))
