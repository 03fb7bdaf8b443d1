"""A server's refusal in the asker's words: `needs 5 GiB of KV, only 3.72 GiB available`, `需要5G KV，只有3.7G`.

vLLM says so of one card, of a sequence of the maximum length.
"""

from chat.reads.scan import Scan

_KV = r"(?:kv(?:[ _-]?cache)?(?![a-z])|(?:kv\s?)?缓存)"
_NEEDS = r"(?P<n{}>\d{{1,3}}(?:\.\d+)?)\s?gi?b?(?![a-z])"
_HAS = r"(?P<h{}>\d{{1,3}}(?:\.\d+)?)\s?gi?b?(?![a-z])"
_ONLY = r"(?:\b(?:only|just|but|vs\.?|while|against|have|has|available)\b|只有?|仅|可用|剩|才)"
_THEN = rf"[^\d?!;]{{0,32}}?{_ONLY}[^\d?!;]{{0,24}}?"
_WANTS = r"(?:\b(?:needs?|wants?|requires?|needed|asks for)|需要?|要)\s?(?:about |at least |~|约|至少)?\s?"
_LACKING = "|".join(
    (
        rf"{_WANTS}{_NEEDS.format(1)}\s?(?:of |for |的)?\s?(?:the )?{_KV}{_THEN}{_HAS.format(1)}",
        rf"{_KV}\s?(?:cache )?{_WANTS}{_NEEDS.format(2)}{_THEN}{_HAS.format(2)}",
        rf"{_NEEDS.format(3)}\s?(?:of |的)?\s?(?:the )?{_KV}\s?(?:is |are )?(?:needed|required){_THEN}{_HAS.format(3)}",
    )
)
REFUSED = rf"^(?=[\s\S]*\b(?:vllm|sglang)(?![a-z]))[\s\S]*?(?:{_LACKING})"


def read_pool_lacking(scan: Scan) -> None:
    """What a sequence needs and what the pool has [GiB], as a message of the server would say."""
    if "log_needs" in scan.extras or "log_available" in scan.extras:
        return
    for found in scan.find(REFUSED):
        needs, has = (next(name for name in (f"{kind}1", f"{kind}2", f"{kind}3") if found[name]) for kind in "nh")
        if float(found[needs]) > float(found[has]):
            scan.note("log_needs", float(found[needs]))
            scan.note("log_available", float(found[has]))
            scan.take(found.start(needs), found.end(has))
