"""Whether a question of units weighs files: amounts that are told twice, or files beside a card."""

from bisect import bisect_left

from chat.reads.scan import Scan

_GIB_OF_GB = 2**30 / 1e9
_TWICE_OFF = 0.01


def told_twice(scan: Scan) -> bool:
    """Are two amounts the same bytes, in GB and in GiB?"""
    amounts = sorted(claim.number for claim in scan.claims if claim.unit in ("g", "gb", "gib") and claim.number)
    less = [one / _GIB_OF_GB for one in amounts]
    near = (bisect_left(amounts, one / (1 + _TWICE_OFF)) for one in less)
    return any(at < len(amounts) and amounts[at] < one / (1 - _TWICE_OFF) for one, at in zip(less, near, strict=True))


_IN_FILES = r"\d\s?(?:gib|gb|g)(?: (?:\w+ ){0,2}(?:files?|weights?|checkpoint)|的?(?:权重|文件))|(?:\bfiles?|\bweights?|\bcheckpoint|\bsafetensors|\bgguf|权重|文件)(?:[^.?!;,。]|\.(?=\d)){0,24}\d\s?(?:gib|gb|g)(?![a-z])"
_LEFT_OVER = r"\b(?:left|headroom|remain(?:s|ing)?|spare)\b|\bfree\b[^.?!]{0,12}\?|还?剩|余量|剩余|还有多少"
_REASON = r"\bwhy\b|\bhow come\b|为什么|为啥|为何|怎么(?:才|只|就)|咋(?:才|只)"  # what is left is known, and a reason asked for
_HELD = r"\bfits?\b|\bloads?\b|\bhold\b|\benough\b|\bgo(?:es)? in\b|够|放得下|装得下|放不放得下|能加载|加载得"
_OF_SHAPES_ASKED = (
    r"\btokens?\b|\bbatch|\bhow long|\busers?\b|\brequests?\b|\boom\b|out of memory|\btrain|\btun|并发|多长|爆|训|微调"
)
_OTHERWISE_ASKED = (
    r"\btokens?\b|\bbatch|\bhow long|\busers?\b|\brequests?\b|\boom\b|out of memory|\bfit|并发|多长|爆|够|放得下|装得下"
)


def files_beside_a_card(scan: Scan) -> bool:
    """Is it asked what is left of one card beside files whose size is told, and nothing that takes a model's shapes?"""
    if not {"gpu", "gpu_memory_gb"} & set(scan.facts) or any(count > 1 for count in scan.facts.get("n_gpus", ())):
        return False
    in_files = next(scan.find(_IN_FILES), None)
    if in_files and not {"model", "params", "seq_len"} & set(scan.facts) and next(scan.find(_HELD), None):
        return next(scan.find(_OF_SHAPES_ASKED), None) is None
    told = in_files and next(scan.find(_LEFT_OVER), None) and not any(scan.find(_REASON))
    return bool(told) and next(scan.find(_OTHERWISE_ASKED), None) is None
