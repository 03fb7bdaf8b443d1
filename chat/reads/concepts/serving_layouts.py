"""Ways over the cards between which a question on serving chooses: "zero-3 or TP?", "TP还是PP好", "device_map or tensor parallel".

What is read becomes cues, `serve_by:tensor` and so on, and ZeRO-3, which no server runs by, is no fact of the case.
"""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

SERVE_BY = "serve_by:"
# data parallel for attention alone: each rank keeps the cache of its own requests, and the experts stay divided
_OF_ATTENTION = r"[ _-]?(?:att\w*|注意力)"
_BY_REQUESTS = rf"(?:\bdata[ -]parallel|(?<![a-z])dp|数据并行){_OF_ATTENTION}|\battention[ -](?:dp|data[ -]parallel)\w*"
ATTENTION_BY_REQUESTS = "attention_by_requests"
# "DP + EP", "--data-parallel-size 8 --enable-expert-parallel": copies of the attention over experts that are divided
_COPIES, _EXPERTS = r"(?:\bdata[-_ ]parallel\w*|(?<![a-z])dp(?![a-z])|数据并行)", r"(?:\b(?:enable[-_ ])?expert[-_ ]parallel\w*|(?<![a-z])ep(?![a-z])|专家并行)"  # fmt: skip
_TOGETHER = r"(?:(?!\bor\b|\bvs\b|\bversus\b|\bthan\b|还是|对比)[^.;?!]){0,24}?"
_OVER_EXPERTS = rf"{_COPIES}{_TOGETHER}{_EXPERTS}|{_EXPERTS}{_TOGETHER}{_COPIES}"
_WAYS: tuple[tuple[str, str], ...] = (
    ("shards", r"\bzero[ -]?(?:stage[ -]?)?3\b|\bfsdp\d?\b|\bdeepspeed zero\b"),
    ("tensor", r"\btensor[ -]?parallel\w*|(?<![a-z])tp(?![a-z])|张量并行|\bsplit[ -]mode (?:row|tensor)\b|\brow[ -]split"),
    ("stages", r"\bpipeline(?:[ -]?parallel\w*)?|(?<![a-z])pp(?![a-z])|流水线(?:并行)?"),
    ("layers", r"\bdevice[ _-]?map\b|\blayer[ _-]?split|\bsplit[ -](?:mode )?(?:by )?layers?\b|按层(?:切分|拆分|分)"),
    ("copies", rf"(?:\bdata[- ]parallel\w*|(?<![a-z])dp(?![a-z])|数据并行)(?!{_OF_ATTENTION})|\breplicas?\b|副本"),
)  # fmt: skip
_CHOOSES = r"\bor\b|\bvs\b|\bversus\b|\bbetter\b|\bwhich\b|\binstead of\b|\bthan\b|还是|哪个|哪种|选|更好|对比"
_MOST = 3
_DEGREES = ("tp", "pp", "dp")


def _over_divided_experts(scan: Scan) -> None:
    """Of a server that is told: the ranks of attention and those of the experts, which copies of the attention share."""
    by_requests, over_experts = any(scan.find(_BY_REQUESTS)), any(scan.find(_OVER_EXPERTS))
    if not (by_requests or over_experts):
        return
    if scan.facts.get("zero_stage") == [0]:  # which would be copies of the whole model
        del scan.facts["zero_stage"], scan.spans["zero_stage"]
    dp, tp, cards = (scan.facts.get(name, []) for name in ("dp", "tp", "n_gpus"))
    if len(dp) != 1 or "ep" in scan.facts or {"pp", "cp"} & set(scan.facts) or any(scan.find(_CHOOSES)):
        return
    copies, place = int(dp[0]), scan.spans["dp"][0]
    if by_requests and len(tp) == 1 and int(tp[0]) % copies == 0:  # SGLang's tp counts all ranks
        ranks, each = int(tp[0]), int(tp[0]) // copies
    else:
        each = int(tp[0]) if len(tp) == 1 else max(1, int(cards[0]) // copies) if len(cards) == 1 else 1
        ranks = copies * each
    if cards in ([], [ranks]):
        for name, count in (("tp", each), ("ep", ranks), ("n_gpus", ranks)):
            scan.facts[name], scan.spans[name] = [count], [place]


def settle_ranks(scan: Scan) -> None:
    """Experts over all cards and copies of the attention: the ranks of a copy are the cards over the copies, as vLLM and
    SGLang lay it out (https://docs.vllm.ai/en/latest/serving/expert_parallel_deployment.html: EP = TP x DP)."""
    trains = scan.facts.get("task") == ["train"] or ("method" in scan.facts and scan.facts["method"] != ["inference"])
    if not trains:
        _over_divided_experts(scan)
    ranks = scan.facts.get("ep", [])
    if not trains and len(ranks) == 1 and not {"dp", "tp", "pp", "cp", "n_gpus", "nodes"} & set(scan.facts):
        for name, count in (("tp", [1]), ("dp", ranks), ("n_gpus", ranks)):  # no other way to divide is told
            scan.facts[name], scan.spans[name] = list(count), list(scan.spans["ep"])
        return
    told = [scan.facts.get(name, []) for name in ("dp", "ep", "n_gpus")]
    if trains or any(len(one) != 1 for one in told) or {"tp", "pp", "cp"} & set(scan.facts):
        return
    dp, ep, cards = (int(one[0]) for one in told)
    if ep == cards and dp < cards and cards % dp == 0:
        scan.facts["tp"], scan.spans["tp"] = [cards // dp], list(scan.spans["dp"])


# "4 copies of TP2", "两个TP4实例": so many as the cards are copies of so many ranks, and no fact of its own
_COUNTED_COPIES = (
    r"\b(?P<n>\d{1,2}) (?:separate |independent |single[- ](?:gpu|card) )?(?:copies|cop(?=y)|replicas?|instances?)(?![a-z])"
    r"|(?P<m>\d{1,2})\s?(?:个|份)(?=\s?(?:(?:tp\s?\d{1,2}\s?的?|单卡)?\s?(?:副本|实例)|tp\s?\d))"
)


def _take_counted_copies(scan: Scan) -> None:
    for found in scan.find(_COUNTED_COPIES):
        scan.take(*found.span("n" if found["n"] else "m"))


def _each_fills(scan: Scan) -> bool:
    """Does each degree by itself take all the cards: "the difference between TP 4, PP 4 and DP 4" of four?"""
    told = [scan.facts[name] for name in _DEGREES if name in scan.facts]
    return len(told) > 1 and all(one == scan.facts.get("n_gpus") for one in told) and told[0] != [1]


def read_serving_layouts(scan: Scan) -> None:
    """Which ways a question on a model that is served sets against each other."""
    if "tp" in scan.facts:
        _take_counted_copies(scan)
    # a file that is to be split over cards, or a model of which no training is told
    untrained = not {"task", "method", "algo"} & set(scan.facts)
    stored = untrained and {"weight_format", "engine", "bits", "model", "params"} & set(scan.facts)
    serves = scan.facts.get("task") == ["inference"] or stored
    if not serves or "offload" in scan.facts or not (any(scan.find(_CHOOSES)) or _each_fills(scan)):
        return
    if any(len(scan.facts.get(name, ())) > 1 for name in _DEGREES):
        return  # ranks that are told are layouts of their own, each worked out
    named = [name for name, one in _WAYS if compiled(one).search(scan.text)]
    if any(scan.find(_OVER_EXPERTS)):
        named = [name for name in named if name != "copies"]
    if not 2 <= len(named) <= _MOST:
        return
    scan.extras["serve_by"] = list(named)
    if untrained:
        scan.facts.update(task=["inference"], method=["inference"])
    for fact in [
        *(["zero_stage"] if {"shards", "copies"} & set(named) else []),
        *(["layer_split"] if "tensor" in named else []),
    ]:
        scan.facts.pop(fact, None)
        scan.spans.pop(fact, None)


def serving_layout_cues(scan: Scan) -> list[str]:
    """The cues of what was read."""
    chosen = any(scan.find(_OVER_EXPERTS)) and any(scan.find(_CHOOSES))
    by_requests = [ATTENTION_BY_REQUESTS] if chosen or any(scan.find(_BY_REQUESTS)) else []
    ways = scan.extras.get("serve_by", ())
    copies = ["replicas"] if "copies" in ways else []  # "DP" is copies by another name
    return [*(f"{SERVE_BY}{name}" for name in ways), *by_requests, *copies]
