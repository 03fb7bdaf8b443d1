"""`how many tokens fit in 10 GB of KV cache`: an amount that is the cache's own is no card's memory, and what it holds is asked."""

from chat.reads.corrected import keep
from chat.reads.scan import Scan

_AMOUNT = r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s?gi?b?(?![a-z])"
_KV = r"(?:\bkv(?:[- ]?cache)?\b|\bcache\b|缓存)"
_BUDGETS = (
    rf"{_AMOUNT}(?: (?:of )?(?:memory|v?ram))?(?: (?:is|are|that is|stays?|left|free|spare|available|remaining|set aside|reserved)){{0,2}} (?:of|for|as) (?:the |my |a )?(?:\w+ )?{_KV}",
    rf"{_KV}[^,.;?!\d]{{0,24}}\b(?:fits?|go(?:es)?|hold|gets?|has|is given|budget(?: of)?|pool of|limited to|capped at)\b(?: in(?:to)?)? (?:about |only |just )?{_AMOUNT}",
    rf"{_AMOUNT}\s?(?:的)?(?:显存)?(?:能|可以|都|全)?(?:留|给|用来放|用来存|用于|用|放|存|做|当)*(?:到|在|给)?\s?(?:的)?{_KV}",
    rf"{_KV}(?:池|空间|预算)?(?:给|分到?|留|有|占|只有|限制?在?|剩)+(?:了|下)?\s?{_AMOUNT}",
)
_ASKED = (
    r"\bhow many (?:\w+ ){0,3}(?:tokens?|sequences?|requests?|users?|sessions?|chats?|contexts?)\b|\bhow (?:long|large|much)\b[^?]{0,24}\b(?:context|ctx|sequence|prompt)\b|\bwhat (?:context|length)\b|\bmax\w* (?:context|tokens|length)\b"
    r"|多少(?:个|条)?\s?(?:token|\d{0,3}k?的?(?:请求|序列|并发|用户))|几条|多少条|多长|几个\s?token|多少(?:并发|路)"
)


def read_cache_budget(scan: Scan) -> None:
    """State `log_cache_gib` where it is asked how many tokens or sequences so large a cache holds."""
    if not {"model", "params", "config"} & set(scan.facts) or not any(scan.find(_ASKED)):
        return
    found = next((hit for pattern in _BUDGETS for hit in scan.find(pattern)), None)
    if found is None:
        return
    place = scan.normal.original(*found.span("n"))
    scan.add("log_cache_gib", float(found["n"]), *found.span("n"), extra=True, take=False)
    own = [not place[0] <= start < place[1] for start, _ in scan.spans.get("gpu_memory_gb", ())]
    if own and not all(own) and len(own) == len(scan.facts["gpu_memory_gb"]):
        keep(scan, "gpu_memory_gb", own)
    scan.claims = [claim for claim in scan.claims if not place[0] <= claim.span[0] < place[1]]
