"""`how many tokens fit in 10 GB of KV cache`: an amount that is the cache's own is no card's memory, and what it holds is asked."""

import re

from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

_AMOUNT = r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s?gi?b?(?![a-z])"
_KV = r"(?:\bkv(?:[- ]?cache)?\b|\bcache\b|缓存)"
_BUDGETS = (
    rf"{_AMOUNT}(?: (?:of )?(?:memory|v?ram))?(?: (?:is|are|that is|stays?|left|free|spare|available|remaining|set aside|reserved)){{0,2}} (?:of|for|as) (?:the |my |a )?(?:\w+ )?{_KV}(?! (?:on top|besides?|plus|and \d))",
    rf"{_KV}[^,.;?!\d]{{0,24}}\b(?:fits?|go(?:es)?|hold|gets?|has|is given|budget(?: of)?|pool of|limited to|capped at)\b(?: in(?:to)?)? (?:about |only |just )?{_AMOUNT}",
    rf"{_AMOUNT}\s?(?:的)?(?:显存)?(?:能|可以|都|全)?(?:留|给|用来放|用来存|用于|用|放|存|做|当)*(?:到|在|给)?\s?(?:的)?{_KV}",
    rf"{_KV}(?:池|空间|预算)?(?:给|分到?|留|有|占|只有|限制?在?|剩)+(?:了|下)?\s?{_AMOUNT}",
)
# what a load leaves of a card is the cache's, too: a load is told of, or what is left is asked to hold tokens
_ALONE = r"(?! (?:system |host |cpu |of )*(?<!v)ram\b)(?!的?(?:内存|硬盘))"
_STANDS_LEFT = r"(?: of)?(?: (?:memory|v?ram))?(?: (?:is|are|was|still|stays?))* (?:left(?: ?over)?|leftover|free|remain\w*|spare|to spare|available|over)\b"
_LEFT = (
    rf"{_AMOUNT}{_ALONE}{_STANDS_LEFT}",
    rf"\b(?:left[ -]?over|remaining|spare) (?:memory |v?ram )?(?:of |is )?(?:only |about |~)*{_AMOUNT}{_ALONE}",
    rf"(?:剩余?|余)(?:下|余)?(?:的)?(?:显存)?(?:还|只|有|约|大概|大约|是)*\s?{_AMOUNT}{_ALONE}",
)
_LOADED = (
    r"\b(?:after|once|besides?|with) [^,.;?!]{0,40}\b(?:load(?:s|ed|ing)?|weights?|model is (?:in|up)|(?:is|are) in)\b|\b(?:model|weights?|awq|gptq|gguf|fp16|bf16|[48][- ]?bit|\d+b) (?:is |are |has been )?(?:already )?loaded\b"
    r"|(?:加载|载入|装|放|部署|跑)(?:完|好|起来|进去|上去?|了)?[^,;?!]{0,24}(?:剩|余)|(?:模型|权重|\d ?b)[^,;?!]{0,12}(?:加载|载入|装|放|部署)(?:完|好|了|进去)|权重(?:之后|以后|占完|外)"
)
_TO_HOLD = (
    r"\b(?:tokens?|context|ctx|sequences?)\b[^.;?!]{0,24}\b(?:fits?|go(?:es)?|put)\b(?: (?:in(?:to)?|on))? (?:the |my |a |those |these )?(?:\d+(?:\.\d+)? ?gi?b? )?(?:left[ -]?over|remaining|spare)\b"
    r"|(?:剩余|剩下)(?:的)?\s?(?:显存)?\s?\d+(?:\.\d+)?\s?gi?b?\s?(?:的)?(?:显存)?(?:还|能|可以|够)*(?:再)?(?:放|存|装|容纳|开)"
    r"|剩(?:余|下|了)?(?:的)?\s?\d+(?:\.\d+)?\s?gi?b?[^?!;]{0,6}(?:能|可以|够|还)(?:再)?(?:放|存|装|容纳|开)(?:得下|下)?(?:多少|几)"
)
# of a card that others hold, nothing is loaded yet
_OF_OTHERS = r"\b(?:desktop|windows|someone|colleague|another|other)\b|别人|其他|桌面|同事|另一?个"
_ASKED = (
    r"\bhow many (?:\w+ ){0,3}(?:tokens?|sequences?|requests?|users?|sessions?|chats?|contexts?)\b|\bhow (?:long|large|much)\b[^?]{0,24}\b(?:context|ctx|sequence|prompt)\b|\bwhat (?:context|length)\b|\bmax\w* (?:context|tokens|length)\b"
    r"|多少(?:个|条)?\s?(?:token|上下文|context|\d{0,3}k?的?(?:请求|序列|并发|用户))|几条|多少条|多长|几个\s?token|多少(?:并发|路)"
)


def read_cache_budget(scan: Scan) -> None:
    """State `log_cache_gib` where it is asked how many tokens or sequences so large a cache holds."""
    if not {"model", "params", "config"} & set(scan.facts) or not any(scan.find(_ASKED)):
        return
    found = next((hit for pattern in _BUDGETS for hit in scan.find(pattern)), None)
    if found is None and (found := _left_of_load(scan)):
        scan.note("log_beside_weights", 1.0)
    if found is None:
        return
    place = scan.normal.original(*found.span("n"))
    scan.add("log_cache_gib", float(found["n"]), *found.span("n"), extra=True, take=False)
    own = [not place[0] <= start < place[1] for start, _ in scan.spans.get("gpu_memory_gb", ())]
    if own and not all(own) and len(own) == len(scan.facts["gpu_memory_gb"]):
        keep(scan, "gpu_memory_gb", own)
    scan.claims = [claim for claim in scan.claims if not place[0] <= claim.span[0] < place[1]]


def _left_of_load(scan: Scan) -> re.Match[str] | None:
    """What is left of a card beside the weights, where that is what tokens are to go in."""
    if any(scan.find(_OF_OTHERS)) or not (any(scan.find(_LOADED)) or any(scan.find(_TO_HOLD))):
        return None
    return next((hit for pattern in _LEFT for hit in scan.find(pattern)), None)
