"""What the asker does not want to hear of: `don't suggest the 8B`, `别劝我换 5090`, `I know one card can't hold it`.

Advice that is turned down beforehand, and an outcome that is known, name cards, sizes and counts that are none of the
case, where the text tells another one of the same.
"""

from chat.reads.other_cases.corrected import keep, told_outside
from chat.reads.other_cases.former import settle_card
from chat.reads.scan import Scan

_MARK = r"(?:[^,.;?!:]|\.(?=\d))"
_REST = rf"{_MARK}*"
_ADVICE = (
    rf"(?:(?<![特区分级个])别|(?<!要)不要|(?<!用)不用|不需要|不必|无需|请勿|甭)(?:再|又|总是?|老是?|都|只)?(?:来|跟|向|给|对|和)?(?:我|咱们?)?(?:再)?(?:推荐|建议|安利|劝|提(?!到|示|供|高|升|前)|扯|(?:叫|让|催|喊|说让|说叫)(?:我|咱)){_REST}"
    rf"|\b(?:don'?t|do not|please no|no need to|stop|not (?:looking|asking) for|without|never|instead of)\s(?:just |simply |please |even |you )*(?:suggest\w*|recommend\w*|propos\w+|advis\w+|tell(?:ing)? me (?:to|about)|push\w* me (?:to|towards)|point\w* me (?:to|at)|mention\w*)\b{_REST}"
)
_OUTCOME = r"(?:能(?:跑|训|行|放得?下|装得?下)|没问题|足够|\b(?:works?|fits?|runs?|is fine|is enough)\b|[装放塞]不下|不够|不行|跑不了|跑不动|没戏|会?爆|oom|\b(?:can'?t|cannot|can not|won'?t|doesn'?t|does not|will not|not (?:enough|possible)|too (?:small|big|large)|out of the question|fails?|ooms?)\b)"
_KNOWN = (
    rf"(?<![^,.;?!]){_REST}{_OUTCOME}{_REST}(?:这)?(?:个|点|一点)?我(?:是|都|也|当然)?(?:知道|清楚|明白|懂)(?:的|了)?(?=\s?[,.;!])"
    rf"|我(?:是|都|也|当然)?(?:知道|清楚|明白)(?!吗|怎么|为|是不是){_REST}{_OUTCOME}{_REST}"
    rf"|\bi (?:already |do |fully )?(?:know|realise|realize|get(?= (?:that|it)\b)|understand|(?:am|'m) (?:well )?aware)\s(?:that |it )?{_REST}{_OUTCOME}(?:(?!\bbut\b){_MARK})*"
)
# "did fine with 7B", "7B跑得挺好": of sizes alone, lengths that ran and failed are set against each other
_DID_WELL = rf"\b(?:did|ran|worked|works|handled|handles|was|is) (?:just |really |perfectly )?(?:fine|ok|okay|well|great|smoothly|good) (?:with|for|on) {_REST}|(?<![^,.;?!]){_REST}跑(?:着|得)?(?:挺|很|都|还|蛮)?(?:好|稳|顺|流畅|溜|没问题|没压力){_REST}"
_SET_AGAINST = r"\bwhy\b|\bcompar\w+|\bdiffer\w*|\bvs\b|\boom|\bcrash|\bfail|为什么|为啥|区别|爆|炸|崩|oom|差多少|对比"
_SIZES = ("model", "params")
_NAMES = ("gpu", "n_gpus", "gpu_memory_gb", "model", "params", "weight_format", "bits", "seq_len", "batch_size")
# a size and a model of that size
_EITHER = {"params": "model", "model": "params"}


def leave_unwanted(scan: Scan) -> None:
    """Leave out what only such a clause tells, where the rest of the text tells another value of it."""
    told_aside = [scan.normal.original(*one.span()) for one in (*scan.find(_ADVICE), *scan.find(_KNOWN))]
    ran = [] if any(scan.find(_SET_AGAINST)) else [scan.normal.original(*one.span()) for one in scan.find(_DID_WELL)]
    for name in _NAMES if told_aside or ran else ():
        places = [*told_aside, *(ran if name in _SIZES else ())]
        told = told_outside(scan, name, places)
        if all(told):
            continue
        if any(told):
            scan.extras.setdefault("former", []).extend(keep(scan, name, told))
            if name == "gpu":
                settle_card(scan, places)
        elif _EITHER.get(name) in scan.facts:
            scan.extras.setdefault("former", []).extend(scan.facts.pop(name))
            del scan.spans[name]
