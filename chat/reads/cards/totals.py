"""What several cards hold together, told as one amount: neither the memory of a card nor another machine."""

import re
from collections.abc import Iterable

from chat.reads.cards.rigs import owns
from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.requests.limits import memories
from chat.reads.scan import Scan
from formulas.errors import BadInput
from kb.cards import Card, rigs_meant

# "do they become one 48 GB card", "当一张48G的卡用"
POOLED = (
    r"\b(?:becom\w+|mak(?:e|es|ing)|turn\w* into|act(?:s|ing)? (?:as|like)|treat\w* (?:\w+ )?as|used? as|work(?:s|ing)? as|show(?:s|ing)? up as|seen as|merged?|combined?|count\w* as|into|behave\w* (?:as|like)|appear\w* as|effectively)\b[^.;?!]{0,24}\b(?:one|an?|1|single)\b (?:(?:big|large|single|virtual|logical|unified) ){0,2}(?:card |gpu )?(?:of |with )?\d{2,4} ?g"
    r"|(?:当作?|当成|合成|合并成|合并为|变成?|看成|看作|视为|算成?|拼成|等于|相当于|组成|凑成)(?:是)?(?:了)?(?:1|一|单)\s?(?:张|块|个|卡)(?:的|大)?\s?\d{2,4}\s?g"
)
# whether a figure is of one card or of all together: "per GPU or in total", "每张卡还是总共"
_EACH = r"(?:\b(?:per|each|every|one|a single|a)[- ](?:gpu|card)\b|[每单一](?:张|块|个)?(?:显)?(?:卡|gpu))"
_TOTAL = r"(?:\b(?:total|altogether|in all|combined|together|overall|summed|the sum|all (?:the )?(?:gpus|cards))\b|总[共量数的和]?|合计|一共|加起来|所有卡|全部卡|几张卡)"
_OR = r"[^.;?!]{0,12}(?:\bor\b|\bvs\b|还是|或者?)[^.;?!]{0,12}"
EACH_OR_TOTAL = f"{_EACH}{_OR}{_TOTAL}|{_TOTAL}{_OR}{_EACH}"
# whether several cards count for the sum of their memory: "do they add up to 48 GB", "能叠加吗"
_CARDS = r"(?:v?rams?|memor(?:y|ies)|gpus?|cards?|they|them|[a-z]?\d{2,4}(?:s| ti| super)?)"
_DETERMINERS = r"(?:(?:the|their|its|my|both|all|these|those|of|from|two|three|four|several|multiple|different|my|gpu|v?ram|memory|an?|and|\d{1,2} ?x?|\d{4}(?: ti)?|rtx|\d{2} ?gb?) ){0,5}"
_ADDING = (
    rf"(?:add(?:s|ed)? (?:up|together)\b|\b(?:be|get|are|is) (?:\w+ )?(?:pooled|combined|stacked|merged|added together)\b|\b{_CARDS}(?:(?!\b(?:i|we|you)\b)[^.;:?!,]){{0,24}}? (?:pools?|combines?|stacks?|merges?)\b(?! (?:lora|adapters?|models?|weights|with))"
    rf"|\b(?:pool|combin|stack|merg)(?:e|es|ing|s)? {_DETERMINERS}{_CARDS}\b)"
)
_ADDING_ZH = r"(?<!数据)(?<!数据集)(?<!权重)(?<!模型)(?<!适配器)(?<!lora)(?<!梯度)(?:叠加|合并|合在1?一?起|合起来|加起来|加在1?一?起|相加|累加|加成|合成|拼成|凑成)(?!\s?(?:lora|权重|模型|适配器|adapter|数据|梯度|检查点|checkpoint))"
ADDED_ASKED = (
    rf"\b(?:do|does|will|would|can|could|is|are|if|whether)\b[^.;?!]{{0,64}}{_ADDING}|{_ADDING}[^.;?!]{{0,64}}\?"
    rf"|(?:能|可以|可不可以|会|是否|是不是)[^,;?!]{{0,10}}{_ADDING_ZH}|{_ADDING_ZH}[^,;?!]{{0,16}}(?:吗|么|嘛|\?|不(?:能|行|了)?$)"
)
# the same asked of an amount, which has to be that sum: "is that 48 GB", "等于48G吗"
SUM_ASKED = (
    r"(?:\b(?:do|would|will) (?:i|we|you|they) (?:really |then |now |effectively )?(?:have|get|count as)|\bis (?:that|this|it)|\b(?:does|do) (?:that|this|it|they) (?:make|give|mean|equal|become)|\bequals?|\beffectively|=(?=\s?(?:an? |one |about |~|约)?\s?\d{2,4} ?g))[^.;?!]{0,24}?\d{2,4} ?g[^.;?!]{0,32}\?"
    r"|\b(?:do|does|will|would|can|could)\b[^.;?!]{0,60}?\b(?:counts? (?:as|for)|gives? (?:me|you|us)|adds? up to|pools? (?:to|into|as)|(?:acts?|works?|used|treated|behaves?) as|equals?|(?:use|treat)\b[^.;?!]{0,40}? as) (?:an? |one |about |roughly )?\d{2,4} ?g[^.;?!]{0,32}\?"
    r"|(?:等于|相当于|算(?:是)?|就是|是不是|就有|有没有|当成?|变成|用[上到满])[^,;?!]{0,10}?\d{2,4} ?g[^,;?!]{0,8}(?:吗|么|嘛|\?)"
)
_AMOUNT = re.compile(r"\d{2,4}(?= ?g)")
_IN_ALL = r"(?:总共|一共|共有?|合计|总计|加起来|总显存|\b(?:in )?total\b(?: of)?|\baltogether|\bcombined|\btogether)\s?(?:是|有|才|约|about|=|:)?\s?$"
_IN_ALL_BEHIND = r"\s?(?:gib|gb|g)?\s?(?:of )?(?:v?ram |memory |显存)?(?:in (?:total|all)\b|total\b|altogether|combined|together\b|总共|合计|总显存|加起来|的总)"


def sums_asked(text: str) -> list[float]:
    """The amounts [GB] of which it is asked whether several cards make them; `text` is normalised."""
    return [float(one) for found in compiled(SUM_ASKED).finditer(text) for one in _AMOUNT.findall(found[0])]


def settle_totals(scan: Scan) -> None:
    """Leave out an amount that is that of all cards together, the one card that it would be, and a count of alternatives."""
    _settle_whole(scan)
    cards = scan.facts.get("gpu", [])
    if len(cards) > 1 and scan.facts.get("n_gpus") == [len(cards)] and owns(scan, len(cards)):
        del scan.facts["n_gpus"], scan.spans["n_gpus"]  # "I have two cards, a 3090 and a 4090: which": one of either
    amounts, places = scan.facts.get("gpu_memory_gb", []), scan.spans.get("gpu_memory_gb", [])
    counts = [int(one) for one in scan.facts.get("n_gpus", ()) if int(one) > 1]
    if not amounts or len(amounts) != len(places) or not counts or ("rigs" in scan.extras and not cards):
        return
    each = memories(scan.facts.get("gpu", ()))
    pooled = any(scan.find(POOLED))
    kept = [
        not _is_total(
            scan, float(amount), place, counts, each | {float(one) for one in amounts if one != amount}, pooled
        )
        for amount, place in zip(amounts, places, strict=True)
    ]
    if all(kept) or not (any(kept) or "gpu" in scan.facts):
        return
    keep(scan, "gpu_memory_gb", kept)
    if pooled and len(scan.facts["n_gpus"]) > 1 and 1 in scan.facts["n_gpus"]:
        at = scan.facts["n_gpus"].index(1)
        del scan.facts["n_gpus"][at], scan.spans["n_gpus"][at]


def _settle_whole(scan: Scan) -> None:
    """What cards of different kinds hold together, told as their sum: `4090 24G + 3060 12G: is that 36 GB?`."""
    wholes = wholes_of(scan.facts.get("gpu", ()))
    told = [claim.number for claim in scan.claims if claim.unit in _UNITS and claim.number in wholes]
    told += [one for one in scan.facts.get("gpu_memory_gb", ()) if float(one) in wholes]
    if told:
        scan.extras["whole_gb"] = told[:1]
        scan.claims[:] = [claim for claim in scan.claims if claim.number not in wholes]
    if wholes and len(scan.facts.get("n_gpus", ())) > 1:  # "各一张": as many as are named, and no other count
        counts = {len(rig) for one in scan.facts["gpu"] for rig in _rigs(str(one))}
        kept_counts = [one for one in scan.facts["n_gpus"] if one in counts][:1]
        if kept_counts:
            scan.facts["n_gpus"] = kept_counts
            scan.spans["n_gpus"] = scan.spans.get("n_gpus", [])[:1]
    own = wholes | sizes_of_rig(scan.facts.get("gpu", ()))  # "does the 48G card help?" is one of them again
    kept = [one for one in scan.facts.get("gpu_memory_gb", ()) if float(one) not in own]
    for store in (scan.facts, scan.spans):
        if "gpu_memory_gb" in store and not kept:
            del store["gpu_memory_gb"]
    if kept:
        scan.facts["gpu_memory_gb"] = kept


def wholes_of(cards: Iterable[object]) -> set[float]:
    """GB that cards of several kinds come to, by each reading of their names; nothing where they are of one kind."""
    rigs = [str(card) for card in cards if " + " in str(card)]
    return {sum(card.marketed_gb for card in rig) for one in rigs[:1] for rig in _rigs(one)}


def evens_of(cards: Iterable[object]) -> set[float]:
    """GB that cards of several kinds come to where each holds no more than the smallest, and what that one has."""
    rigs = [rig for one in cards if " + " in str(one) for rig in _rigs(str(one))]
    least = [(min(card.marketed_gb for card in rig), len(rig)) for rig in rigs]
    return {count * size for size, many in least for count in (1, many)}


def sizes_of_rig(cards: Iterable[object]) -> set[float]:
    """GB of each card of a machine with several kinds."""
    return {card.marketed_gb for one in cards if " + " in str(one) for rig in _rigs(str(one)) for card in rig}


def _rigs(told: str) -> list[tuple[Card, ...]]:
    """The machines that a text can mean; none where there are too many cards in it, which the tools refuse with a word."""
    try:
        return rigs_meant(told)
    except BadInput:
        return []


_UNITS = ("g", "gb", "gib")
# between a count of cards and what they come to: "3张144G", "3张(共144G", "3 of them (144 GB"
_BEHIND_COUNT = r"\s?(?:of (?:them|those|these)|(?:such |of the )?(?:cards?|gpus?)|[张块个片]?卡?)?[\s,(:=]*(?:that is|i\.?e\.?|so|就是|即|共|也就是)?\s?"


def _is_total(
    scan: Scan, amount: float, place: tuple[int, int], counts: list[int], each: set[float], pooled: bool
) -> bool:
    if amount in memories(scan.facts.get("gpu", ())):
        return False
    product = any(count * one == amount for count in counts for one in each)
    text = scan.lowered
    named = compiled(_IN_ALL).search(text[max(0, place[0] - 16) : place[0]]) or compiled(_IN_ALL_BEHIND).match(
        text, place[1]
    )
    # "of 48G: would 3, 144G, do": of the memory that is told of each
    of_told = any(count * one == amount for count in counts for one in each & _told(scan)) and _behind_count(
        scan, place
    )
    return product and bool(pooled or named or of_told)


def _told(scan: Scan) -> set[float]:
    return {float(one) for one in scan.facts.get("gpu_memory_gb", ())}


def _behind_count(scan: Scan, place: tuple[int, int]) -> bool:
    """Does the amount stand right behind a count of cards?"""
    ends = [end for _, end in scan.spans.get("n_gpus", ()) if end <= place[0]]
    return any(compiled(_BEHIND_COUNT).fullmatch(scan.lowered[end : place[0]]) for end in ends)
