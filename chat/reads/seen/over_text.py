"""A model that reads pictures and takes more in training than one of text of its size: `the VL 7B takes 20 GB more than the text
7B, and its ViT is only 0.6B?`. The size of the tower is that of a part and no second model; what the pictures add is asked."""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading
from chat.reads.scan import Scan
from chat.reads.seen.pictures_failed import reads_pictures

OVER_TEXT = "over_text"
_TOWER = r"(?:(?<![a-z])(?:vit|siglip)(?![a-z])|\b(?:vision|visual|image) (?:tower|encoder|backbone|transformer|part|module)\b|\bprojector\b|(?:视觉|图像)(?:塔|编码器?|部分|模块|侧|主干)|投影层)"
_SIZE = r"(?<![\d.a-z-])(?P<{}>\d+(?:\.\d+)?)\s?(?:b|m|亿)(?![a-z0-9])"
# "the ViT is only 0.6B", "vit不是才0.6B", "a 0.6B vision tower"
_OF_TOWER = rf"{_TOWER}[^,.;?!:\d]{{0,20}}{_SIZE.format('n')}|{_SIZE.format('m')}(?:\s?(?:params?|parameters?|参数)?的?)?\s?{_TOWER}"
# what it is set against, where that is not named
_OF_TEXT = (
    r"\btext[- ]only\b|\b(?:plain|pure)[- ]text\b|\btext(?:[- ]based)? (?:\d+(?:\.\d+)?b|models?|llms?|version|one|sibling|counterpart|variant)\b|\b(?:the|a|its) (?:plain |pure )?language model\b"
    r"|纯(?:文本|语言|文字)|文本(?:模型|版|大?模型|那个)|语言模型版|(?:文本|语言)的?\s?\d+(?:\.\d+)?b|不带(?:视觉|图)"
)
# "训练多15G显存": by so much it is more, and no card
_MORE = r"(?:多|高|大)(?:用|占|吃|出|了|要|花|费|出来)*(?:快|近|约|将近|差不多|大概|足足)?\s?$|\b(?:some|about|around|by|nearly|almost|roughly)\s$"
_BY_NAME = re.compile(r"[-_.]vl", re.ASCII)
# what of the two is compared is told beside it
_COMPARED = frozenset({"comparison", "method_diff", "fits", "how_much", "why_more", "unclear"})


def leave_tower_sizes(scan: Scan) -> None:
    """Beside a model the size of its tower is no model."""
    sizes, places = scan.facts.get("params", []), scan.spans.get("params", [])
    if not sizes or len(sizes) != len(places) or ("model" not in scan.facts and len(sizes) < 2):
        return
    towers = [
        scan.normal.original(*one.span(group)) for one in scan.find(_OF_TOWER) for group in ("n", "m") if one[group]
    ]
    kept = [
        (size, place)
        for size, place in zip(sizes, places, strict=True)
        if not any(start <= place[0] < end or place[0] <= start < place[1] for start, end in towers)
    ]
    for store, values in ((scan.facts, [size for size, _ in kept]), (scan.spans, [place for _, place in kept])):
        store.pop("params")
        if values:
            store["params"] = values


def over_text(reading: Reading) -> Reading:
    """The reading with the cue and the model first that reads pictures, where such a one takes more than one of text."""
    models = [str(one) for one in reading.facts.get("model", ())]
    seeing = [one for one in models if reads_pictures(one)]
    named = any(_BY_NAME.search(one.lower()) for one in seeing)  # as one that reads pictures
    if len(seeing) != 1 or len(models) > 2 or not _asked(reading, named and len(models) > 1):
        return reading
    order = sorted(range(len(models)), key=lambda place: models[place] != seeing[0])
    places = reading.spans.get("model", ())
    spans = {**reading.spans, "model": tuple(places[one] for one in order)} if len(places) == len(models) else reading.spans  # fmt: skip
    facts = {**reading.facts, "model": tuple(models[one] for one in order)}
    claims = list(reading.claims)
    for size, (start, end) in zip(facts.get("gpu_memory_gb", ()), reading.spans.get("gpu_memory_gb", ()), strict=False):
        if "gpu" not in facts and compiled(_MORE).search(reading.lowered[:start]):
            facts = {name: value for name, value in facts.items() if name != "gpu_memory_gb"}
            claims.append(Claim(float(size), "gb", (start, end)))
    facts = {name: value for name, value in facts.items() if name != "params"}
    intents = ("why_more", *(one for one in reading.intents if one not in _COMPARED))
    cues = (*dict.fromkeys((*reading.cues, OVER_TEXT, "images")),)
    return replace(reading, facts=facts, spans=spans, claims=tuple(claims), cues=cues, intents=intents)


def _asked(reading: Reading, beside: bool) -> bool:
    """Is it asked why the training takes more, with a model of text beside it (`beside`), or words for one?"""
    trains = "train" in reading.facts.get("task", ()) or set(reading.facts.get("method", ())) - {"inference"}
    if not trains or "why_more" not in reading.intents or "oom_diagnosis" in reading.intents[:1]:
        return False
    return beside or compiled(rf"{_OF_TEXT}|{_OF_TOWER}").search(reading.lowered) is not None
