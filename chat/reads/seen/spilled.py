"""How much of a model a program says that it left in host memory: `12%/88% CPU/GPU`, `30% on the CPU`, `只有 70% 在 GPU`."""

from chat.reads.lexicon import compiled

_PERCENT = r"(?<![\d.]){0}\s?%"
_ON = r"\s?(?:\b(?:of it|of them|is|are|was|were|runs?|running|goes|went|on|in|to|the|my|ends? up)\b|在|跑|放|落|到|是|的|\s)*"
_PAIR = rf"{_PERCENT.format('(?P<a>[0-9]{1,2})')}\s?/\s?{_PERCENT.format('(?P<b>[0-9]{1,2})')}\s?(?:in |on )?(?P<first>cpu|gpu)\s?/\s?(?:cpu|gpu)"
_CPU = rf"{_PERCENT.format('(?P<c>[0-9]{1,2})')}{_ON}(?:cpu|系统内存)(?![a-z])(?! ?(?:usage|load|util|占用|使用|time))"
_GPU = rf"(?:\bonly|只有?)\s?(?:about |大约|约)?{_PERCENT.format('(?P<g>[0-9]{1,2})')}{_ON}(?:gpu|card|显卡|卡)(?![a-z])(?! ?(?:usage|load|util|占用|使用|memory))"
_ALL = 100


def percent_on_cpu(text: str) -> float | None:
    """The percent that lie in host memory; None where none are told, or all or nothing does."""
    found = compiled(f"{_PAIR}|{_CPU}|{_GPU}").search(text)
    if not found:
        return None
    if found["a"]:
        first, second = float(found["a"]), float(found["b"])
        told = first if found["first"] == "cpu" else second
        return told if first + second == _ALL and 0 < told < _ALL else None
    told = float(found["c"]) if found["c"] else _ALL - float(found["g"])
    return told if 0 < told < _ALL else None
