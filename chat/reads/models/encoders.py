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

# one that nothing but what it does names, beside a language model on the same card; matrices of a model are none
UNNAMED = "encoder_unnamed"
_DOES = r"(?<![a-z_])(?:embedd(?:ing|er)s?|re-?rankers?|bge)(?![a-z_-])|向量|嵌入|重排(?:序)?"
_NO_MATRIX = r"(?!\s?(?:层|矩阵|表|参数|维|库|数据|检索|layer|matri|table|weight|dim|size|grad))"
_JOINS = r"(?:\b(?:and|plus|with|alongside|beside|next to)\b|\+|&|和|跟|与|加|带|、)"
_BESIDE = (
    rf"(?P<first>{_DOES})(?:\s?(?:模型|models?|服务|servers?))?{_NO_MATRIX}\s?{_JOINS}"
    rf"|{_JOINS}\s?(?:an?|the|my|one|1|some|small|个|1个|一个)?\s?(?P<last>{_DOES})(?:\s?(?:模型|models?|服务|servers?))?{_NO_MATRIX}"
)
_AT_ONCE = r"\bat the same time\b|\bat once\b|\btogether\b|\bboth\b|\bsimultaneously\b|\b(?:alongside|beside|next to|plus)\b|\+|\b(?:one|a single|the same|my|a) (?:\w+ )?(?:gpu|card|\d{4}|[ahl]\d{2,3})\b|同时|一起|共存|都|一张|单卡|怎么分(?:配)?|\bhow (?:do|should) i (?:split|divide)\b"
_OF_A_MODEL = r"\blm_?head\b|\btied?\b|\bvocab\w*|\blayers?\b|词表|\btrain\w*|\bfine-?tun\w*|\bq?lora\b|微调|训练"


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
    if "encoder" not in scan.extras:
        _unnamed(scan)
    if "encoder" in scan.extras:
        for found in scan.find(_LONGEST):
            if scan.free(*found.span()):
                scan.add("seq_len", int(found["n"]), *found.span())


def _called(typed: str, model: str) -> str:
    """The name as it was typed, so that models of one shape keep theirs."""
    return typed if any(letter.isdigit() for letter in typed) or model.lower() != typed else model


def _unnamed(scan: Scan) -> None:
    """State which usual one is counted for a model of which only what it does is told, beside a language model."""
    if not any(scan.find(_AT_ONCE)) or any(scan.find(_OF_A_MODEL)):
        return
    for found in scan.find(_BESIDE):
        does = found["first"] or found["last"]
        scan.note(UNNAMED, "bge-reranker-v2-m3" if does.startswith(("re", "重排")) else "bge-m3")
