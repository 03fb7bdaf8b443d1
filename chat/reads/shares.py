"""Shares of a card beside one that is named: `from 0.9 to 0.95`, `0.9 和 0.5 有什么区别`, `with 0.90 it ran`."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

# a decimal that a unit, a version or a setting of sampling or training claims is no share
_BARE = r"(?<![\d.a-z_*/+-])(?P<v>0?\.\d{1,3}|[3-9]\d\s?%)(?!\d|\.\d|\s?(?:gi?b?|mi?b?|ms|s|b|m|k|x|h|tok\w*|sec\w*|hours?|%|倍|秒|元|小时|亿|万)(?![a-z]))"
_OTHERS = r"(?:dropout|temp(?:erature)?|温度|top[ _-]?[pk]|\blr\b|learning[ _-]?rate|学习率|beta\d?|ratio|decay|penalty|warmup|vllm|sglang|torch|cuda|版本|version)[^,;.?!]{0,8}$"
_LEAST = 0.3


def read_further_shares(scan: Scan) -> None:
    """State the bare shares beside one that is named by its setting."""
    if "gpu_memory_utilization" not in scan.facts:
        return
    for found in scan.find(_BARE):
        told = found["v"].strip()
        share = float(told.rstrip("% ")) / 100 if told.endswith("%") else float(told)
        before = scan.text[max(0, found.start() - 24) : found.start()]
        if share >= _LEAST and scan.free(*found.span("v")) and not compiled(_OTHERS).search(before):
            scan.add("gpu_memory_utilization", share, *found.span("v"))
