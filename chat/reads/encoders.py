"""Names of models that embed, rank or translate, and the longest input that is told beside them."""

from chat.reads.scan import Scan
from kb.encoders import named, of_size, pattern

_LONGEST = r"(?:\bmax(?:imum|_seq_length|_length)?(?: (?:seq\w*|length|len|tokens))*|\b(?:seq )?len(?:gth)?|长度)\s?[:=]?\s?(?P<n>\d{3,5})(?![\d.a-z])"
# one that only its size names, as a RAG's second and third model often are
_KIND = r"embedd(?:ing|er)s?|re-?rankers?|向量|嵌入|重排(?:序)?"
_BY_SIZE = (
    rf"(?P<kind>{_KIND})(?:\s?(?:模型|models?))?[ -]?(?P<n>\d{{1,2}}(?:\.\d)?)b(?![a-z0-9])"
    rf"|(?<![\d.])(?P<m>0\.6)b\s?(?:的|-)?\s?(?P<named>{_KIND})(?:\s?(?:模型|models?))?(?!\s?(?:层|矩阵|表|参数|layer|matri|table|weight))"
)


def read_encoders(scan: Scan) -> None:
    """State them; their digits are nobody else's."""
    for found in scan.find(pattern()):
        one = named(found["name"])
        if one and scan.free(*found.span()):
            scan.add("encoder", _called(found["name"], one.model), *found.span(), extra=True)
    for found in scan.find(_BY_SIZE):
        kind, size = found["kind"] or found["named"], found["n"] or found["m"]
        usual = of_size("reranker" if kind.startswith(("re", "重排")) else "embedding", float(size))
        if usual and scan.free(*found.span()):
            scan.add("encoder", usual, *found.span(), extra=True)
    if "encoder" in scan.extras:
        for found in scan.find(_LONGEST):
            if scan.free(*found.span()):
                scan.add("seq_len", int(found["n"]), *found.span())


def _called(typed: str, model: str) -> str:
    """The name as it was typed, so that models of one shape keep theirs."""
    return typed if any(letter.isdigit() for letter in typed) or model.lower() != typed else model
