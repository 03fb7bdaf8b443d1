"""The number of requests of full length that a server prints, said again as users: `3.51x: so only 3 users?`; and the pool behind it."""

from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

_DOUBTED = "log_printed_users"
_NEAR = 0.01


def settle_printed_users(scan: Scan) -> None:
    """It is what was printed, and no number that is wanted; that is told elsewhere, or is not told."""
    if not (printed := scan.extras.get("log_concurrency", [])):
        return
    _pool_said_again(scan)
    full, users = {int(printed[0]), round(printed[0])}, scan.facts.get("batch_size", [])
    again = [int(one) in full for one in users]
    if not (any(again) or full & {int(one) for one in scan.extras.get("people", ())}):
        return
    scan.extras[_DOUBTED] = [int(printed[0])]
    scan.extras.pop("people", None)
    wished = scan.extras.get("log_wished", [])
    if not all(again):
        keep(scan, "batch_size", [not one for one in again])
    elif wished and users and "seq_len" in scan.facts:  # so many of that length, and not of the full one
        scan.facts["batch_size"] = [int(scan.extras.pop("log_wished")[0])]
        scan.extras.pop("log_pool_asked", None)
    else:
        scan.facts.pop("batch_size", None)
        scan.spans.pop("batch_size", None)


def _pool_said_again(scan: Scan) -> None:
    """The tokens of the pool beside the line: what the printed number comes to, and no length of a request."""
    pool, lengths = scan.extras.get("log_tokens", []), scan.facts.get("seq_len", [])
    own = [not (pool and abs(length / pool[0] - 1) <= _NEAR) for length in lengths]
    if len(lengths) < 2 or all(own):
        return
    scan.extras["log_tokens"] = [next(length for length, is_own in zip(lengths, own, strict=True) if not is_own)]
    keep(scan, "seq_len", own)
