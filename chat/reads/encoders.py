"""Names of models that embed, rank or translate, and the longest input that is told beside them."""

from chat.reads.scan import Scan
from kb.encoders import named, pattern

_LONGEST = r"(?:\bmax(?:imum|_seq_length|_length)?(?: (?:seq\w*|length|len|tokens))*|\b(?:seq )?len(?:gth)?|长度)\s?[:=]?\s?(?P<n>\d{3,5})(?![\d.a-z])"


def read_encoders(scan: Scan) -> None:
    """State them; their digits are nobody else's."""
    for found in scan.find(pattern()):
        one = named(found["name"])
        if one and scan.free(*found.span()):
            scan.add("encoder", _called(found["name"], one.model), *found.span(), extra=True)
    if "encoder" in scan.extras:
        for found in scan.find(_LONGEST):
            if scan.free(*found.span()):
                scan.add("seq_len", int(found["n"]), *found.span())


def _called(typed: str, model: str) -> str:
    """The name as it was typed, so that models of one shape keep theirs."""
    return typed if any(letter.isdigit() for letter in typed) or model.lower() != typed else model
