"""An amount told of each of several stages of ZeRO: `ZeRO-1 48 GB, ZeRO-2 37 GB`, `48 GB with ZeRO-1 and 37 GB with ZeRO-2`,
`ZeRO-2/3: 37/24 GB`.

It is what a card holds at that stage, and no card's own memory.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from chat.reads.scan import Scan
from chat.reads.seen.savings import is_saving

_STAGE = r"(?:zero|stage|阶段)[ -_]?(?:stage[ -]?)?(?P<n>[0-3])(?!\d|\.\d|\s?gi?b?(?![a-z]))|(?<![a-z])z(?P<z>[1-3])(?![\da-z]|\.\d)|\b(?P<ddp>ddp)\b|\b(?P<fsdp>fsdp)\b"
_AMOUNT = r"(?<![\d.a-z*x/-])(?P<a>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z0-9])"
_AND = r"\s?(?:[/、,]|和|and)\s?"
_ROW = rf"zero[ -_]?(?P<stages>[0-3](?:{_AND}(?:zero[ -_]?)?[0-3])+)(?![\d.])[^\d.;?!]{{0,24}}(?P<amounts>\d+(?:\.\d+)?(?:\s?gi?b?)?(?:{_AND}\d+(?:\.\d+)?(?:\s?gi?b?)?)+)(?<=g|b)(?![a-z])"
_NEAR = 34  # characters between a stage and its amount
_ENDS = re.compile(r"[?;!]|\.(?!\d)")
# whose stages are numbered too, where ZeRO is not spoken of
_PIPELINE = r"(?<![a-z])pp(?![a-z])|\bpipeline\b|流水线"
_OF_ZERO = r"\bzero\b|\bzero[ _-]?\d|\bdeepspeed\b|\bfsdp\b|\bds\b|(?:distributed|分布式)[ _-]?(?:optimi|优化)|\bhybrid|\bhsdp|\bddp\b|data[ -]parallel|数据并行"


class _Told(NamedTuple):
    start: int
    end: int
    stage: int | None  # None of an amount
    amount: float = 0.0


def of_pipeline(scan: Scan) -> bool:
    """Whether a stage that is only numbered is a pipeline's."""
    return any(scan.find(_PIPELINE)) and not any(scan.find(_OF_ZERO))


def read_stage_figures(scan: Scan) -> None:
    """State the amount of each stage, where two stages or more have one each."""
    if of_pipeline(scan):
        return
    stages = [_Told(*found.span(), _stage(found)) for found in scan.find(_STAGE)]
    amounts = [
        _Told(*found.span("a"), None, float(found["a"]))
        for found in scan.find(_AMOUNT)
        if scan.free(*found.span("a")) and not is_saving(scan.text, *found.span("a"))
    ]
    places = sorted([*stages, *amounts], key=lambda one: one.start)
    near = [
        pair for pair in pairwise(places)
        if pair[1].start - pair[0].end <= _NEAR and not _ENDS.search(scan.text[pair[0].end : pair[1].start])
    ]  # fmt: skip
    behind = [(one, other) for one, other in near if one.stage is not None and other.stage is None]
    before = [(other, one) for one, other in near if one.stage is None and other.stage is not None]
    told = {stage.stage: amount for stage, amount in (before if len(before) > len(behind) else behind)}
    told = _in_a_row(scan) or told
    if len(told) < 2 or len({amount.start for amount in told.values()}) < len(told):
        return
    for number, amount in told.items():
        scan.add(f"stage_{number}", amount.amount, amount.start, amount.end, extra=True)


def _stage(found: re.Match[str]) -> int:
    return 0 if found["ddp"] else 3 if found["fsdp"] else int(found["n"] or found["z"])


def _in_a_row(scan: Scan) -> dict[int | None, _Told]:
    """The stages in a row, and as many amounts in the same order behind them."""
    for found in scan.find(_ROW):
        stages = [int(one) for one in re.findall(r"\d", found["stages"])]
        amounts = list(re.finditer(r"\d+(?:\.\d+)?", found["amounts"]))
        at = found.start("amounts")
        if len(stages) == len(amounts) and scan.free(at, found.end("amounts")):
            return {
                stage: _Told(at + one.start(), at + one.end(), None, float(one[0]))
                for stage, one in zip(stages, amounts, strict=True)
            }
    return {}
