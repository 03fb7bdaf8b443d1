"""What is asked of the tokens of a server's cache, as it prints them: what they are, or how to have more."""

from chat.reads.scan import Scan

# what a server calls the tokens of its cache, and what is asked of them: what they mean, or how to have more
_POOL_TERMS = r"max(?:imum)? concurrency|(?:最大|打印的?|显示的?)并发(?:数)?[^,;?\d]{0,8}\d+(?:\.\d+)?\s?(?:x(?![a-z0-9])|倍)|\bmax_total_num_tokens\b|\bgpu kv ?cache size\b"
_POOL_ASKED = r"\bmean(?:s|ing)?\b|\bwhat(?:'s| is| are| does)\b|\bexplain\w*|\b(?:rais|increas|improv)\w+|\bhow (?:do|can|to)\b[^.;?]{0,24}\b(?:get|make|reach|have)\b|\b(?:bigger|larger|higher)\b|\b(?:want|need)\b|(?:什么|啥)(?:意思|含义)|是(?:什么|啥)|怎么(?:看|理解|来)|解释|调[大高]|提[高到升]|(?:怎[么样]|如何|才能)[^,;?]{0,4}更[多高大]|[加增变更扩]大|太[低小少]|(?:才能|怎么|想|要|达)[^,;?]{0,4}到"
# what it means or where it comes from: that comes before how to have more of it
_POOL_EXPLAINED = (
    r"\bmean(?:s|ing)?\b|\bexplain\w*|\bcome from\b|(?:什么|啥)(?:意思|含义)|是(?:什么|啥)|怎么(?:看|理解|来)|解释"
)
# how to have more of it, and nothing of what it is
_POOL_RAISED = r"^(?![\s\S]*(?:\bwhat (?:is|are|does)\b|\bmean\b|\bexplain|什么|理解|解释))[\s\S]*(?:\b(?:rais|increas|improv)\w+|\bhow (?:do|can|to)\b[^.;?]{0,24}\b(?:get|make|reach|have)\b[^.;?]{0,16}\b(?:more|higher|larger|bigger)\b|(?:怎[么样]|如何|才能)[^,;?]{0,6}(?:调[大高]|提[高升]|[加增变更扩][多大高加]))"


def read_pool_asked(scan: Scan) -> None:
    if ("log_tokens" in scan.extras or any(scan.find(_POOL_TERMS))) and any(scan.find(_POOL_ASKED)):
        scan.note("log_pool_asked", 1)
        if any(scan.find(_POOL_EXPLAINED)):
            scan.note("log_pool_explained", 1)
        if any(scan.find(_POOL_RAISED)):
            scan.note("log_pool_raised", 1)
