"""Ways to train that a question lists, each a method with how the cards share it: `LoRA with ZeRO-3, QLoRA with DDP, or FSDP + QLoRA`."""

import re

from chat.plans.stages import Said
from chat.reads.lexicon import compiled

_METHOD = r"(?<![a-z])(?P<{0}>q-?lora|lora|full(?: (?:fine-?tun\w+|ft))?|全参(?:数)?(?:微调)?|全量(?:微调)?)(?![a-z])"
_STAGE = r"(?<![a-z])(?P<{0}>zero[ -]?(?:stage[ -]?)?[0-3]|fsdp2?|ddp)(?![a-z\d])"
_WITH = r"\s?(?:[+&]|with|on|under|via|using|加|配|用|上)?\s?"
_PAIR = rf"{_METHOD.format('m')}{_WITH}{_STAGE.format('s')}|{_STAGE.format('s_')}\s?(?:[+&]|的|with)?\s?{_METHOD.format('m_')}"
_FEWEST = 3  # two are set apart by what they differ in
_DIVIDES_ALL = 3


def runs_listed(text: str) -> list[list[Said]]:
    """One side for each that is listed; none where a way stands by itself, or fewer are listed: a value that is said
    again is no second fact. `text` is lowered."""
    pairs = [_pair(found) for found in compiled(_PAIR).finditer(text)]
    distinct = {tuple(one.value for one in side) for side in pairs}
    named = [len(compiled(pattern.format("x")).findall(text)) for pattern in (_METHOD, _STAGE)]
    if len(distinct) < _FEWEST or len(distinct) != len(pairs) or named != [len(pairs)] * 2:
        return []
    return pairs


def _pair(found: re.Match[str]) -> list[Said]:
    method, stage = ("m", "s") if found["m"] else ("m_", "s_")
    return [
        Said("zero", "zero_stage", _stage(found[stage]), found.span(stage)),
        Said("method", "method", _method(found[method]), found.span(method)),
    ]


def _method(named: str) -> str:
    return named.replace("-", "") if "lora" in named else "full"


def _stage(named: str) -> int:
    return int(named[-1]) if named.startswith("zero") else 0 if named == "ddp" else _DIVIDES_ALL
