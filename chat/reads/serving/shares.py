"""Shares of a card beside one that is named: `from 0.9 to 0.95`, `0.9 和 0.5 有什么区别`, `with 0.90 it ran`."""

import re

from chat.reads.lexicon import AND, compiled
from chat.reads.scan import Scan
from chat.reads.seen.share_in_vain import SHARE
from chat.reads.seen.tried import ahead, behind
from kb.programs import COLOCATES

_SHARE = r"(?<![\d.a-z_*/+-])(?P<v>0?\.\d{1,3}|[3-9]\d\s?%)(?!\d|\.\d|\s?(?:gi?b?|mi?b?|ms|s|b|m|k|x|h|tok\w*|sec\w*|hours?|%|倍|秒|元|小时|亿|万)(?![a-z]))"
_JOINS = rf"(?:{AND}|\s?(?:还是|跟|、|，)\s?)"
# where a value is alone in its clause, so that no other setting claims it
_ALONE = r"(?:^|[,;.:(!?]\s?|\b(?:at|with|but|and|while|to|even)\s|[在用到成而但])"
_TO = rf"\b(?:(?:lower|rais|reduc|increas|decreas|drop|went|set|bump|chang|turn)\w*\s(?:it\s)?(?:(?:down|up|back)\s)?to|(?:tried|trying|try)(?: (?:it|with|at))*)\s{_SHARE}"
_TO_ZH = (
    rf"(?:[,;.再又它]|后来)\s?(?:(?:降|提|调|改|升|设|换)(?:低|高)?(?:到|成|为|至)|试(?:了|过)?(?:一?下)?)\s?{_SHARE}"
)
_TRIED = (_ALONE + ahead(_SHARE), behind(_SHARE), _TO, _TO_ZH)
_LEAST = 0.3


def read_further_shares(scan: Scan) -> None:
    """State the bare shares that are joined to one that is named by its setting, or that are told to have been tried."""
    if "gpu_memory_utilization" not in scan.facts:
        return
    tried = {found.start("v") for pattern in _TRIED for found in scan.find(pattern)}
    for found in scan.find(_SHARE):
        told = found["v"].strip()
        share = float(told.rstrip("% ")) / 100 if told.endswith("%") else float(told)
        if (
            share >= _LEAST
            and scan.free(*found.span("v"))
            and (found.start("v") in tried or _joined(scan, *found.span("v")))
        ):
            scan.add("gpu_memory_utilization", share, *found.span("v"))


_BARE = r"(?<![\d.a-z_*/+-])(?P<v>0?\.\d{1,2})(?!\d|\.\d)"
# asked for a better one, the share that a training's engine has now: "gpu_memory_utilization 填多少?现在 0.8"
_NOW = rf"{SHARE}[^.;]{{0,20}}?[?,;(]\s*(?:现在|目前|当前|now|currently|right now)\s?(?:是|设的?|用的?|it is|it's|at|set to|=)?\s?(?P<v>0?\.\d+)"


def settle_share_now(scan: Scan) -> None:
    """State it: the case that fails runs with it. Of a server that is to be set up it is what is left behind."""
    if scan.facts.get("task") != ["train"] or "gpu_memory_utilization" in scan.facts:
        return
    now = list(scan.find(_NOW)) or _run_with(scan)
    for found in now:
        scan.add("gpu_memory_utilization", float(found["v"]), *found.span("v"))


def _run_with(scan: Scan) -> list[re.Match[str]]:
    """The one bare share whose run is told where the setting is asked for: "what gpu_memory_utilization? 0.9 OOMs"."""
    if "algo" not in scan.facts or not any(scan.find(SHARE)):
        return []
    found = {
        one.start("v"): one
        for pattern in (ahead(_BARE), behind(_BARE))
        for one in scan.find(pattern)
        if float(one["v"]) >= _LEAST
    }
    return list(found.values()) if len(found) == 1 else []


def _joined(scan: Scan, start: int, end: int) -> bool:
    """Does only "to", "or", "和" and the like stand between a share and this one?"""
    place = scan.normal.original(start, end)[0]
    between = [scan.lowered[last:place] for _, last in scan.spans.get("gpu_memory_utilization", ())]
    return any(compiled(_JOINS).fullmatch(one.lstrip("%")) for one in between)


# two shares that were tried, and the one between them that is asked for: "0.9 ooms in training, 0.2 has no room for KV, what value?"
_SOME = r"(?<![\d.a-z_*/+-])0?\.\d{1,2}(?!\d|\.\d|\s?(?:gi?b?|b|%|x)(?![a-z]))"
_TOO_LITTLE = (
    r"\bno (?:room|space|memory|cache|kv|available|blocks)\b|\bnot enough\b|\btoo (?:small|little|low)\b|\b(?:won'?t|doesn'?t|cannot|can'?t|does not) start\b|\bfails?\b|\bcache blocks\b"
    r"|没有?(?:kv|缓存|空间|地方|位置|可用)|(?:放|装)不下|不够|太小|起不来|启动(?:不了|失败|报错)|cache blocks"
)
_WHICH_VALUE = (
    rf"\b(?:what|which) (?:vllm[ _])?{SHARE}"
    r"|\b(?:what|which) (?:value|share|number|setting|one)\b|\bwhat (?:should|do|can|would) (?:i|we|it)\b|\bhow (?:high|much)\b|\bwhat (?:works|fits|then|to set)\b|\bsweet spot\b|\b(?:where|what)'?s? in between\b"
    r"|(?:设|填|取|调|给|用|开)(?:成|到|置)?(?:多少|多大|几)|多少(?:才|比较)?(?:合适|行|好|对)|该(?:设|填|取|调)"
)
# numbers below one that are none of the card's
_OF_ANOTHER = r"\b(?:beta|kl|lr|rate|coef\w*|temperature|temp|clip\w*|dropout|decay|top_p|ratio|warmup|epsilon|version|v)\b[^\d,;.]{0,12}$"
_SLEEPS = r"\bsleep\w*\b|\w*_sleep\w*|free_cache_engine|休眠"
_FEW = 0.05
SHARE_HIGH, SHARE_LOW = "log_share_high", "log_share_low"


def settle_between_shares(scan: Scan) -> None:
    """Of an engine beside training two shares that were tried, one too large and one too small, and the one that does is
    asked for: neither is that of the case."""
    if "algo" not in scan.facts or not all(any(scan.find(one)) for one in (SHARE, _WHICH_VALUE, _TOO_LITTLE)):
        return
    if COLOCATES in scan.facts.get("engine", ()) or any(scan.find(_SLEEPS)):
        return  # one that sleeps leaves the update all but nothing to overflow, whatever its share
    tried = [one for one in scan.find(_SOME) if not compiled(_OF_ANOTHER).search(scan.text, 0, one.start())]
    shares = sorted({float(one[0]) for one in tried})
    if len(shares) != 2 or shares[0] < _FEW:
        return
    low, high = shares
    scan.facts.pop("gpu_memory_utilization", None)
    scan.spans.pop("gpu_memory_utilization", None)
    for one in tried:
        scan.take(*one.span())
    scan.extras[SHARE_LOW], scan.extras[SHARE_HIGH] = [low], [high]
