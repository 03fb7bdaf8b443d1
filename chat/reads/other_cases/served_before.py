"""A model that a server runs fine, told beside a training of it that fails: the training is the case, in formats of its own."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.reading import Span, within
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, WELL, WELL_ZH

_SERVER = r"(?<![a-z])(?:vllm|sglang|lmdeploy|tgi|tensorrt-llm|ollama|llama\.?cpp|lm studio|exllama\w*)(?![a-z])"
_TRAINED = r"\bpeft\b|\bsft\b|\bqlora|\btrl\b|\baxolotl|\bunsloth|llama-?factory|ms-?swift|\b(?:fine-?|re)?tun(?:e|es|ed|ing)\b|\bfinetun\w*|\btrain(?:s|ed|ing|er)?\b|微调|训练|全参|训(?=[^,;?]{0,8}(?:爆|oom|崩))"
_RUNS = rf"\b(?:{WELL}|serves?|served|handles?)\b|{WELL_ZH}|跑得|跑着|部署(?:好|着|成功)"
_FAILS = rf"\b(?:{BADLY}|runs? out|ran out|overflows?)\b|{BADLY_ZH}|显存不足|不够"
# adapters that are served are no training
_SERVED_TOO = r"\badapters?\b|enable[-_]lora|max[-_]loras?|\bserv(?:e|es|ing)\b|适配器|部署|推理"
_PARTS = r"[;,\n]|\.(?=\s)|\b(?:but|while|yet|whereas|however)\b|但|却|而(?!且)|可(?!以)"
_OF_SERVING = (
    "engine", "weight_format", "bits", "seq_len", "batch_size", "kv_format", "gpu_memory_utilization", "tp", "pp",
)  # fmt: skip


def leave_what_is_served(scan: Scan) -> None:
    """Leave out how it is served, where that goes well and a training fails."""
    place = _served(scan.text)
    if place is None:
        return
    span = scan.normal.original(*place)
    for name in _OF_SERVING:
        told = scan.spans.get(name, [])
        own = [not within(one, [span]) for one in told]
        if len(told) == len(scan.facts.get(name, [])) and not all(own):
            if any(own):
                keep(scan, name, own)
            else:
                del scan.facts[name], scan.spans[name]


def _served(text: str) -> Span | None:
    """The clauses that tell of the server, where those behind them, or before them, tell of a training that fails."""
    if not compiled(_SERVER).search(text) or not compiled(_TRAINED).search(text):
        return None
    for part in compiled(_PARTS).finditer(text):
        for served, trained in (
            ((0, part.start()), (part.end(), len(text))),
            ((part.end(), len(text)), (0, part.start())),
        ):
            if _runs(text[slice(*served)]) and _fails(text[slice(*trained)]):
                return served
    return None


def _runs(told: str) -> bool:
    return bool(
        compiled(_SERVER).search(told)
        and compiled(_RUNS).search(told)
        and not compiled(_FAILS).search(told)
        and not compiled(_TRAINED).search(told)
    )


def _fails(told: str) -> bool:
    return bool(
        compiled(_TRAINED).search(told)
        and compiled(_FAILS).search(told)
        and not compiled(_SERVER).search(told)
        and not compiled(_SERVED_TOO).search(told)
    )
