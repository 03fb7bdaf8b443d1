"""Speculative decoding: of two models that are named, which only drafts for the other; a draft that is told
by its size, `with a 1B draft`; and layers of the model's own that draft."""

import re

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from formulas.errors import BadInput
from kb.names import names
from kb.standin import of_family, stand_in

# what stands before, or behind, the name of the model that only drafts
_DRAFTS = re.compile(
    r"(?:(?:draft(?:ing|er)?|speculative)[ -](?:model)?|assistant[ _-]model)\s*(?:is|of|=|:|named|with|from|,)?\s*(?:an? |the )?$"
    r"|(?<![a-z])(?:draft(?:er)?|speculative|assistant)\s?(?:模型|model)?\s?(?:就|直接)?(?:用的?|为|是|选|=|:|采用)\s*$"
    r"|(?:草稿(?:模型)?|(?:起草|小|辅助)模型)\s*(?:就|直接)?(?:为|是|用|选|=|:|采用)?\s*$|--?(?:draft[-_]model|md|speculative[-_]model)[ =]+\S*$",
    re.IGNORECASE,
)
# what the file of a model that is named may be told to be, between its name and what it is for
_STORED = r"(?:[\s,(@_-]|\b(?:in|at|的)\s)*(?:i?q[2-8](?:_[0-9a-z]+)*|mxfp4|fp8|fp16|bf16|f16|int[48]|awq|gptq|[48][ -]?bits?|[48]\s?位|gguf)(?![a-z0-9])\)?(?:\s?gguf)?"
_AS_A_DRAFT = re.compile(
    rf"(?:{_STORED})?"
    r"\s*(?:as (?:the |a |its |my )?(?:draft(?:er)?|assistant|speculative)\b|drafts?\b|to draft\b|for drafting\b|(?:to )?speculat(?:e|es|ing) (?:for|ahead of)\b"
    r"|draft(?:ing)? model|作为?草稿|做草稿|当草稿|作为?起草|来?起草|(?:来)?做投机|(?:的)?草稿(?!模型)|(?:的)?(?:草稿|起草)模型(?!\s*(?:为|是|用|选|=|:|采用)?\s*[a-z0-9]))",
    re.IGNORECASE,
)


_DRAFTED_FOR = ("给", "为", "帮")  # "给 Qwen3-32B 做投机": the model that another one drafts for


def drafts(before: str, behind: str) -> bool:
    """Whether the model whose name stands between these two is the one that drafts."""
    if _DRAFTS.search(before):
        return True
    return _AS_A_DRAFT.match(behind) is not None and not before.rstrip().endswith(_DRAFTED_FOR)


# "a 1B draft", "用 1.5B 做草稿"
_OF_SIZE = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?b[ -]?(?:的)?(?:小)?(?:模型)?(?:来|去)?(?:做|当|作为?|用作)?\s?(?:(?!for\b|with\b|and\b)\w+ ){0,2}?(?:draft\w*|草稿|起草)|(?:draft(?: model)?|草稿模型)\s?(?:of|is|:|=|用|为|是|with)?\s?(?P<m>\d+(?:\.\d+)?)\s?b(?![a-z])"


def settle_draft(scan: Scan) -> None:
    """A size that is told of the draft is no further model beside the one that it drafts for; where none is told it is no
    case of its own either."""
    sizes, places = scan.facts.get("params", []), scan.spans.get("params", [])
    if "draft_model" in scan.facts:
        for place in scan.spans["draft_model"][:1]:
            _leave_its_format(scan, place)
        return
    if len(sizes) != len(places):
        return
    size = _told(scan) or _joined(scan)
    if size is None or size not in sizes:
        return
    place = places[sizes.index(size)]
    _leave_its_format(scan, place)
    keep(scan, "params", [one != size for one in sizes])
    if not {"model", "params"} & set(scan.facts):
        return
    try:
        name = of_family(map(str, scan.facts.get("model", ())), size) or stand_in(size).name
    except BadInput:
        return
    scan.facts["draft_model"], scan.spans["draft_model"] = [name], [place]


def _told(scan: Scan) -> float | None:
    found = compiled(_OF_SIZE).search(scan.text)
    return float(found["n"] or found["m"]) * 1e9 if found else None


# "speculative decoding: a 32B + a 0.5B"
_SPECULATES = r"\bspeculative\b|\bspec(?:ulative)? dec\w*|\bdraft(?:er|ing)?\b|投机|草稿"
_JOINED = r"(?:\+|\bwith\b|\band\b|&|\bplus\b|[配加和带])[^,;.?!+]{0,16}$"
_MUCH_SMALLER = 4


def _joined(scan: Scan) -> float | None:
    """Where a draft is spoken of: the size that is put beside the model and is a fraction of it."""
    sizes, places = scan.facts.get("params", []), scan.spans.get("params", [])
    if not sizes or not any(scan.find(_SPECULATES)):
        return None
    size = float(min(sizes))
    before = scan.text[: places[sizes.index(min(sizes))][0]]
    rows = [names().by_spelling.get(str(one).lower()) for one in scan.facts.get("model", ())]
    others = [float(one.row["total_params"]) for one in rows if one is not None and one.row.get("total_params")]
    others += [float(one) for one in sizes if one != min(sizes)]
    alone = len(others) == 1 and others[0] >= _MUCH_SMALLER * size
    return size if alone and compiled(_JOINED).search(before) else None


_NEXT = r"\s?(?:的|模型|draft(?:er)?|model|at|in|,|\()*\s?$"


def _leave_its_format(scan: Scan, place: tuple[int, int]) -> None:
    """The format that is told right behind the draft is the draft's: the model that it drafts for has its own."""
    formats, spans = scan.facts.get("weight_format", []), scan.spans.get("weight_format", [])
    if len(formats) != len(spans) or len(formats) < 2:
        return
    its = [place[1] <= start and bool(compiled(_NEXT).fullmatch(scan.text[place[1] : start])) for start, _ in spans]
    if any(its) and not all(its):
        scan.facts["draft_format"], scan.spans["draft_format"] = [formats[its.index(True)]], [spans[its.index(True)]]
        keep(scan, "weight_format", [not one for one in its])


# layers of the model's own that predict further tokens, of which it is asked what they take
_OWN_LAYERS = r"(?<![a-z])mtp(?![a-z])|\bmulti[- ]token[- ]predict\w+|多\s?token\s?预测"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\bloss\b|训练|微调|预训"


def read_own_layers(scan: Scan) -> None:
    """A model that has layers of its own for it drafts with them, unless it is trained."""
    named = [names().by_spelling.get(str(one).lower()) for one in scan.facts.get("model", ())]
    has = len(named) == 1 and named[0] is not None and named[0].row.get("mtp_params")
    if not has or "draft_model" in scan.facts or any(scan.find(_TRAINS)):
        return
    for found in scan.find(_OWN_LAYERS):
        scan.add("draft_model", "mtp", *found.span())
        return
