"""A change that is told to have made no difference: it is no cause, and what it was changed to is the case."""

from itertools import pairwise

from chat.reads.contrasts import BECOMES
from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

UNFELT = "log_unfelt_"
_NAMES = ("lora_rank", "batch_size", "seq_len")
_BETWEEN = rf"[\"'\s=:,]*(?:再|又|然后|最后|and |then |and then )?(?:\w{{0,12}}\s?)?{BECOMES}[\"'\s=:]*(?:r|rank|bs|batch|only|just|仅|只有)?[\s=]*"
_NO_DIFFERENCE = (
    r"(?:一点|完全|根本|毫|丝毫)?(?:用处?|效果|作用|变化|区别|差别)?(?:都|也)?(?:(?<!有)没有?|无|(?<!会)(?<!变)不)(?:什么|啥|任何|一点)?(?:用|效果|作用|变化|区别|差别|管用|起作用)|一点用(?:都|也)?没|(?:还是|依然|依旧|仍然|仍|照样|照旧|也)(?:是)?(?:一样|老样子|爆|oom|炸|报错|不行|失败|挂)"
    r"|(?<!is there )\bno (?:difference|change|effect|help|improvement|use|luck)\b|\b(?:did|does|do|made|makes|has|had)(?:n't| not) (?:\w+ )?(?:help\w*|chang\w*|matter\w*|difference|effect|do|work\w*)\b|\bstill (?:ooms?|fails?|crash\w*|dies|the same|same|blows|runs out)|\b(?:exact(?:ly)? )?(?:the )?same (?:error|oom|crash|result|message|allocation|amount)\b|\bnothing (?:changed|changes|happens?)\b|\buseless\b|\bwithout (?:any )?(?:effect|success)\b|\bto no avail\b"
)
_REACH = 48  # characters behind the change, up to the end of the sentence


def settle_unfelt(scan: Scan) -> None:
    """Keep what a setting was changed to, with the value before as `log_unfelt_lora_rank`."""
    text = scan.lowered
    for name in _NAMES:
        values, places = scan.facts.get(name, []), scan.spans.get(name, [])
        steps = [*pairwise(places)]  # "from 16 to 4, then to 1"
        if not steps or len(values) != len(places) or any(first[1] > then[0] for first, then in steps):
            continue
        end = places[-1][1]
        behind = compiled(r"[.;?!。;?!](?=\s|$|[^\x00-\x7f])").split(text[end : end + _REACH])[0]
        between = all(compiled(_BETWEEN).fullmatch(text[first[1] : then[0]]) for first, then in steps)
        if between and compiled(_NO_DIFFERENCE).search(behind):
            before = keep(scan, name, [False] * len(steps) + [True])
            scan.extras[UNFELT + name] = [float(str(before[0]))]
