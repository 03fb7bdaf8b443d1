"""`which 70B+ models`, `30B到70B的模型有哪些`: how large those models are that are asked for, and no size of one."""

from chat.reads.other_cases.corrected import keep
from chat.reads.reading import within
from chat.reads.scan import Scan

_B = r"(?<![\w.])\d+(?:\.\d+)?\s?b(?:illion)?(?![a-z])"
_ASKED = r"\b(?:which|what|any|list|all|some)\b[^.;?!]{0,48}\b(?:models?|llms?|ones)\b|(?:哪|什么|啥)[^,;?!。]{0,16}(?:模型|llm|[bB]\b)|(?:模型|llm)[^,;?!。]{0,12}(?:哪些|什么|啥)"
# models are called by round numbers, of which they are a little off
_OFF = 0.06
_BOUNDS: tuple[tuple[str, tuple[float, ...], str], ...] = (
    ("least_b most_b", (1 - _OFF, 1 + _OFF), rf"(?P<a>{_B})\s?(?:-|~|–|—|to|and|到|至)\s?(?P<b>{_B})"),
    ("least_b", (1 + _OFF,), rf"(?:\b(?:over|above|(?:larger|bigger|more|greater) than|beyond)\s|>\s?|大于\s?|超过\s?)(?P<a>{_B})"),
    ("least_b", (1 - _OFF,), rf"(?:\b(?:at least|from)\s|(?:≥|>=)\s?|(?:不小于|不低于|至少)\s?)(?P<a>{_B})"),
    ("least_b", (1 - _OFF,), rf"(?P<a>{_B})\s?(?:\+|(?:or|and) (?:more|larger|bigger|up|above|over)\b|upwards?\b|(?:参数)?(?:及|或)?(?:以上|往上|起步))"),
    ("most_b", (1 - _OFF,), rf"(?:\b(?:under|below|(?:smaller|less) than)\s|<\s?|(?<!不)小于\s?|低于\s?)(?P<a>{_B})"),
    ("most_b", (1 + _OFF,), rf"(?:\b(?:at most|up to|no (?:more|larger|bigger) than)\s|(?:≤|<=)\s?|(?:不超过|不大于|最多)\s?)(?P<a>{_B})"),
    ("most_b", (1 + _OFF,), rf"(?P<a>{_B})\s?(?:(?:or|and) (?:less|smaller|below|under)\b|(?:参数)?(?:及|或)?(?:以下|以内|之内|往下))"),
)  # fmt: skip


def read_size_bounds(scan: Scan) -> None:
    """Turn sizes that bound what is asked for into `least_b` and `most_b` of billions; they are no size of a model then."""
    if "params" not in scan.facts or "model" in scan.facts or not any(scan.find(_ASKED)):
        return
    sizes = list(zip(scan.facts["params"], scan.spans["params"], strict=True))
    bounds: dict[str, float] = {}
    used: set[float] = set()
    for names, factors, pattern in _BOUNDS:
        for hit in scan.find(pattern):
            places = [scan.normal.original(*hit.span(group)) for group in hit.groupdict()]
            stated = sorted(float(size) for size, place in sizes if within(place, places))
            if len(stated) == len(factors) and not used & set(stated):
                used |= set(stated)
                bounds |= {
                    name: size * factor / 1e9 for name, size, factor in zip(names.split(), stated, factors, strict=True)
                }
    if not bounds:
        return
    keep(scan, "params", [float(value) not in used for value in scan.facts["params"]])
    for name, bound in bounds.items():
        scan.extras[name] = [bound]
