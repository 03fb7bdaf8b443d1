"""How many parameters train beside a frozen model, as a trainer prints it: a count, or a share of the whole."""

import re

from chat.reads import lexicon
from chat.reads.scan import Scan
from kb.names import model_rows

TRAINED = "log_trained"  # one of the figures that a program prints

# `trainable params: 41,943,040 || all params: … || trainable%: 0.29`, `21M trainable`, `可训练参数 21M`
_COUNT = r"(?P<n>\d{1,3}(?:,\d{3}){2,}|\d{6,10}|\d+(?:\.\d+)?\s?(?P<s>m|百万|万|亿))\s?[+多]?(?![a-z0-9]|\.\d)"
_OF_THEM = r"(?:(?<![a-z])trainable[ _](?:param\w*|weights)|可训练(?:的)?(?:参数(?:量)?)?)"
_COUNTED = (
    rf"{_OF_THEM}\s?(?:is|are|says?|prints?|shows?|reports?|gives?|=|:|为|是|有|只有|打印|显示|输出|大概|大约|约|共|about|around|roughly|only|~|\s)*{_COUNT}",
    r"(?:(?<![a-z])adapters?|适配器)[^.;,?\d]{0,12}(?P<n>\d+(?:\.\d+)?\s?(?P<s>m|百万|万))(?=\s?(?:个)?(?:param\w*|参数))",
    rf"{_COUNT}\s?(?:个)?\s?(?:(?:param\w* )?(?:are )?trainable|可训练)",
    # "LoRA trains only 8M", "LoRA 只训练 8M 参数"
    rf"(?<![a-z])(?:(?:lora|adapters?)\b|适配器)[^.;?]{{0,24}}?(?:\b(?:trains?|training)(?: only| just| about)*|(?:只|才|就)\s?训练?了?)\s?{_COUNT}(?=\s?(?:个)?(?:param\w*|参数|[,.;?]|$))",
)
_PERCENT = r"(?<![\d.])(?P<p>\d{1,2}(?:\.\d+)?)\s?%"
_SHARED = (
    rf"(?:\btrainable\s?%?|可训练(?:的)?(?:参数(?:量)?)?|只训练?了?|\btrain(?:s|ing)? (?:only|just))[^.;,?。\d]{{0,24}}{_PERCENT}",
    r"\btrainable\s?%\s?[:=]?\s?(?P<p>\d{1,2}(?:\.\d+)?)(?![\d%])",
    rf"{_PERCENT}\s?(?:of (?:the |its |all )?(?:param\w*|weights|model)|的?参数)?\s?(?:is|are|being|在)?\s?(?:trainable|trained|可训练|参与训练|训练)",
)
# the whole model, which is printed between the two
_ALL = r"\ball params?\s?[:=]\s?(?P<all>\d[\d,]*)"
_SCALES = {"m": 1e6, "百万": 1e6, "万": 1e4, "亿": 1e8}
# told as the least: `800M+`, `8亿多` behind the count, `over 800M` before it
_LEAST_BEHIND, _LEAST_BEFORE = r"\s?(?:\+|多|以上)", r"(?:\bover|\bmore than|>|超过|至少)\s?$"
_TOLD_AS_LEAST = "log_adapters_over"
# of a whole model a larger share is no adapter's
_MOST = 20.0


def read_trainable(scan: Scan) -> None:
    """A count beats the share that is printed beside it."""
    for found in (one for pattern in _COUNTED for one in scan.find(pattern)):
        if scan.free(*found.span()):
            _note_a_least(scan, scan.text, *found.span("n"))
            size = float(re.sub(r"[^\d.]", "", found["n"])) * _SCALES.get(found["s"] or "", 1.0)
            scan.add(TRAINED, size, *found.span(), extra=True)
            for whole_model in scan.find(_ALL):
                _size_printed(scan, whole_model, size)
                scan.take(*whole_model.span())
    for found in (one for pattern in _SHARED for one in scan.find(pattern)):
        if not scan.free(*found.span()) or float(found["p"]) > _MOST:
            continue
        whole = _whole(scan)
        if TRAINED in scan.extras:
            scan.take(*found.span())
        elif whole:
            scan.add(TRAINED, whole * float(found["p"]) / 100, *found.span(), extra=True)


def _note_a_least(scan: Scan, text: str, start: int, end: int) -> None:
    """Note where the count in this place of a text is told as the least."""
    behind, before = lexicon.compiled(_LEAST_BEHIND).match(text, end), lexicon.compiled(_LEAST_BEFORE)
    if behind or before.search(text, max(0, start - 16), start):
        scan.note(_TOLD_AS_LEAST, 1.0)


def _size_printed(scan: Scan, found: re.Match[str], trained: float) -> None:
    """Of a model that is not named: peft prints all parameters, those of the adapters among them."""
    base = float(found["all"].replace(",", "")) - trained
    if (
        not {"model", "params", "config"} & set(scan.facts)
        and 0 < trained <= base * _MOST / 100
        and scan.free(*found.span("all"))
    ):
        scan.add("params", base, *found.span("all"))


def _whole(scan: Scan) -> float | None:
    """The parameters of the one model that is named, or of the one size."""
    models = scan.facts.get("model", [])
    if not models and len(scan.facts.get("params", ())) == 1:
        return float(scan.facts["params"][0])
    if len(models) == 1:
        return float(model_rows().get(models[0], {}).get("unique_params") or 0) or None
    sizes = (
        {float(one["n"]) * lexicon.SIZE_SCALES[one["s"]] for one in scan.find(lexicon.SIZE)} if not models else set()
    )
    return sizes.pop() if len(sizes) == 1 else None


def of_adapters(scan: Scan) -> None:
    """Where a small part of the weights trains, or a rank is told with the count, and no method is named, it is adapters."""
    methods, ranked = scan.facts.get("method", []), "lora_rank" in scan.facts
    _count_of_them(scan)
    merged = any(scan.find(r"\bmerg(?:e|es|ed|ing)\b|合并"))
    if (
        not methods
        and ranked
        and not merged
        and "log_adapters" not in scan.extras
        and scan.facts.get("task") != ["inference"]
    ):
        _add_adapters(scan)  # "rank 128 on all-linear": what has a rank, and no other name
        return
    if TRAINED not in scan.extras or "algo" in scan.facts or (methods and not (ranked and methods == ["full"])):
        return
    whole = _whole(scan)
    if methods:  # what has a rank is adapters; full training is what they are held against
        scan.facts.pop("method")
    if ranked or (whole and scan.extras[TRAINED][0] <= whole * _MOST / 100):
        _add_adapters(scan)


# beside a rank and a model a size that is none: "LoRA rank 8 on all linear layers, I get 20M parameters"
_SAID, _OF_PARAMETERS = "log_adapters_said", r"\bparam\w*|参数"


def _count_of_them(scan: Scan) -> None:
    """A size of a small part of the model that is named is what its adapters train."""
    sizes, models = scan.facts.get("params", []), scan.facts.get("model", [])
    whole = _whole(scan) if len(models) == 1 and "lora_rank" in scan.facts else None
    if not whole or len(sizes) != 1 or sizes[0] > whole * _MOST / 100 or not any(scan.find(_OF_PARAMETERS)):
        return
    size, place = float(scan.facts.pop("params")[0]), scan.spans["params"][0]
    if TRAINED not in scan.extras:  # what is printed is the count, another such size that of another model
        _note_a_least(scan, scan.lowered, *place)
        scan.note(_SAID, size)


def _add_adapters(scan: Scan) -> None:
    low = {4, 8} & set(scan.facts.get("bits", ())) or "nf4" in scan.facts.get("weight_format", ())
    scan.add("method", "qlora" if low else "lora", 0, 0, take=False)


# why adapters train so many parameters, or whether experts have any
_TRAIN = r"(?:trainable|\b(?:lora|adapter)s?\b[^.?!]{0,40}param|可训练|参与训练|(?:lora|适配器)[^?!。]{0,24}参数)"
_EXPERTS_THEN = r"\bexperts?\b[^.?!]{0,24}\b(?:left out|skipped|ignored|missing|included|adapted|trained|frozen|get|have)\b|专家[^?!。]{0,12}(?:没|不|漏|有)[^?!。]{0,8}(?:训|加|适配|lora)"
# what is as well wondered at of memory, where gigabytes are told
_OR_OF_MEMORY = (
    r"\bwhy\b[^.?!]{0,60}\b(?:so|that|this) (?:much|large|big|high)\b|\bwhere\b[^.?!]{0,24}\bcome from\b|\bis (?:that|this|it) (?:normal|expected)\b"
    r"|(?:为什么|怎么|为啥|为何|咋)[^?!。]{0,24}(?:这么|那么|如此|特别)(?:多|大|高)|这么多(?:吗|正常)|哪(?:里|儿)?来的|正常(?:吗|么)"
)
_GB = r"\d\s?gi?b?(?![a-z])"
# whether they reach the experts at all, and why they are few
_EXPERTS_ASKED = (
    r"\b(?:does|do|did|will|would|is|are|can)\b[^.?!]{0,24}\b(?:lora|adapters?)\b[^.?!]{0,40}\b(?:train|cover|includ|adapt|reach|touch|target)\w*[^.?!]{0,12}\bexperts?\b"
    r"|(?<![a-z])(?:lora|适配器)[^?!。]{0,12}(?:会|能|有没有|是否|是不是)[^?!。不]{0,4}(?:训练?|包含|作用|加)(?:到|在|了)?[^?!。]{0,4}专家"
    r"|\bexperts?\b[^.?!]{0,16}\b(?:left out|skipped|not trained|untrained)\b[^.]{0,8}\?"
    r"|\bwhy\b[^.?!]{0,60}\bso few (?:trainable )?param\w*|(?:为什么|怎么|为啥)[^?!。]{0,24}(?:可训练)?参数[^?!。]{0,8}(?:这么|那么)少"
)
ADAPTERS_MANY = (
    rf"{_EXPERTS_ASKED}|^(?=[\s\S]*{_TRAIN})(?:[\s\S]*?(?:\bwhy\b[^.?!]{{0,60}}\b(?:(?:so|that|this) many|(?:many|times) more)\b|{_EXPERTS_THEN})"
    rf"|(?![\s\S]*{_GB})[\s\S]*?(?:{_OR_OF_MEMORY}))"
)
