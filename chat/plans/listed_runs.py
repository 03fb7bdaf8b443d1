"""Ways to train that a question lists, each a method with how the cards share it: `LoRA with ZeRO-3, QLoRA with DDP, or FSDP + QLoRA`."""

import re

from chat.plans.stages import Said
from chat.reads.lexicon import compiled

_METHOD = r"(?<![a-z])(?P<{0}>q-?lora|lora|full(?: (?:fine-?tun\w+|ft))?|全参(?:数)?(?:微调)?|全量(?:微调)?)(?![a-z])"
_STAGE = r"(?<![a-z])(?P<{0}>zero[ -]?(?:stage[ -]?)?[0-3]|fsdp2?|ddp)(?![a-z\d])"
_WITH = r"\s?(?:[+&]|with|on|under|via|using|加|配|用|上)?\s?"
_PAIR = rf"{_METHOD.format('m')}{_WITH}{_STAGE.format('s')}|{_STAGE.format('s_')}[\s-]?(?:[+&]|的|with)?\s?{_METHOD.format('m_')}"
_FEWEST = 3  # two are set apart by what they differ in
_DIVIDES_ALL = 3


def runs_listed(text: str) -> list[list[Said]]:
    """One side for each that is listed; none where fewer are listed, or a method stands by itself that is not set beside
    both layouts of another (`QLoRA with DDP, FSDP-QLoRA or plain LoRA`): a value that is said again is no second fact.
    `text` is lowered."""
    pairs = [_pair(found) for found in compiled(_PAIR).finditer(text)]
    distinct = {tuple(one.value for one in side) for side in pairs}
    stages = len(compiled(_STAGE.format("x")).findall(text))
    alone = _alone(text, pairs)
    if len(distinct) != len(pairs) or stages != len(pairs) or len(pairs) + len(alone) < _FEWEST:
        return []
    layouts = {side[0].value for side in pairs if side[1].value == pairs[0][1].value}
    if alone and (len(alone) > 1 or len(layouts) != len(pairs)):
        return []
    return sorted([*pairs, *alone], key=lambda side: side[-1].span)


def _alone(text: str, pairs: list[list[Said]]) -> list[list[Said]]:
    """The methods that are named with no layout, which on several cards are a copy on each."""
    told = [side[1].span for side in pairs]
    return [
        [Said("zero", "zero_stage", 0, found.span("x")), Said("method", "method", _method(found["x"]), found.span("x"))]
        for found in compiled(_METHOD.format("x")).finditer(text)
        if found.span("x") not in told
    ]


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
