"""What a run of the asker's own was seen to take at several batches or lengths, told in a row: `14.9 GiB at batch 1, 21.1 at 2,
33.5 at 4`, `batch 1/2/4 的峰值是 15/21/33 GB`.

Names and units stand once for all. The line goes through the first and the last; where the steps grow, through the last two.
"""

import re
from itertools import pairwise

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.seen.own_points import MOST, Point, a_line, asked_at, bare_at, number, room_told, state_points

_Y = r"(?<![\d.])(?P<y>\d{1,4}(?:\.\d+)?)(?:\s?(?P<u>gib|gb|g)(?![a-z\d/]))?(?![\d.]*\d)"
_NAMED = (
    r"(?:(?:micro[ -]?)?batch(?:[ _-]?sizes?)?|(?<![a-z])bsz?|批(?:大小|次大小|次|量)?)",
    r"(?:(?:max_?)?seq(?:uence)?(?:[ _-]?len(?:gth)?s?)?|(?:max_?)?len(?:gth)?s?|cutoff_len|ctx|context|序列长度|序列|长度|上下文)",
)
_X = (
    r"(?<![\d.])(?P<x>\d{1,3})(?![\da-z]|\.\d|\s?(?:gi?b|g|gpus?|cards?|张|卡)(?![a-z]))",
    r"(?<![\d.])(?P<x>\d{3,6}|\d{1,3}\s?k)(?![\da-z]|\.\d|\s?(?:gi?b|g)(?![a-z]))(?:\s?(?:tokens?|ctx|context|个?token))?",
)
_IS = r"\s?(?:of|is|=|:|为|是)?\s?"
# between a setting and its amount
_LINK = r"[\s,:=(\->]{0,5}(?:(?:\b(?:it|the|peaks?|peaked|peaking|vram|memory|usage|used?|uses|using|takes?|took|needs?|needed|eats?|is|was|gives?|gave|shows?|showed|hits?|sits?|at|to|about|around|roughly|only|just)\b|'s|时|的时候|下|峰值|显存|占用?|用|吃|要|到|了|是|为|约|大概|大约|差不多|只)[\s:=]{0,2}){0,6}"
_BETWEEN = r"(?:[\s,;/)]|\b(?:and|then|but|while|at|with|for|it|is|peaks?)\b|和|而|再|到|然后|则){0,6}"
_APART = r"\s?(?:/|,|\||&|\band\b|,\s?and\b|和|与|->)\s?"
# between a row of settings and the row of their amounts
_ROWS = r"[^\d?!。.;]{0,36}?"
_MATTER = r"\b(?:vllm|sglang|serving|cache|users?|concurren\w+|grpo|ppo|rollouts?|readme|paper)\b|推理服务|部署|并发"
_MOST_TOO = rf"{MOST}|\bhow (?:high|far|much further)\b|\bbiggest\b|\blimits?\b|最大|上限|极限|最多"
_LEAST, _EVEN = 2, 0.12
_LONGEST = 12  # a row of more readings is no row: a text of nothing but numbers would be searched from each of them
_NAMES = ("batch_size", "seq_len")


def read_own_series(scan: Scan) -> None:
    """`log_line_…` of the row, and the setting that is asked about as the case's."""
    if any(scan.find(_MATTER)):
        return
    for of in range(len(_NAMES)):
        found = _row(scan, of)
        if len({one.value for one in found}) < max(_LEAST, len(found)):
            continue
        line, bend = _line(sorted(found, key=lambda one: one.value))
        most = any(scan.find(_MOST_TOO))
        if not a_line(line) or (len(found) == _LEAST and not most):
            continue  # two readings are read one by one, where no row of them is needed
        _state(scan, of, found, line, bend=bend, most=most)
        return


def _row(scan: Scan, of: int) -> list[Point]:
    """The readings in the order that is told; none where no name of the setting or no unit stands with them."""
    found = [made(scan, of) for made in (_settings_first, _amounts_first, _two_rows)]
    return min(found, key=lambda one: (-len(one), one[0].spans[0][0] if one else 0))


def _pattern(of: int, *, amount_first: bool) -> str:
    setting = rf"(?:(?P<name>{_NAMED[of]}){_IS}|(?<![\d.a-z])){_X[of]}"
    if amount_first:
        return rf"{_Y}\s?(?:\b(?:at|with|for|on|when)\b|@|\()\s?(?:an?\s)?{setting}"
    return rf"{setting}{_LINK}{_Y}"


def _chained(scan: Scan, of: int, pattern: str) -> list[Point]:
    """Readings that follow each other with nothing told in between, the longest such run."""
    best: list[re.Match[str]] = []
    run: list[re.Match[str]] = []
    for one in scan.find(pattern):
        joined = run and compiled(rf"^{_BETWEEN}$").match(scan.text[run[-1].end() : one.start()])
        run = [*run, one] if joined else [one]
        best = run if len(run) > len(best) else best
    if not any(one["name"] for one in best) and not (of and any(scan.find(_NAMED[of]))):
        return []
    if not any(one["u"] for one in best) or not all(scan.free(*one.span("x")) for one in best):
        return []
    return [
        Point(number(one["x"]), float(one["y"]), (one.span("x"), (one.start("y"), _amount_end(one)))) for one in best
    ]


def _amount_end(one: re.Match[str]) -> int:
    return one.end("u") if one["u"] else one.end("y")


def _settings_first(scan: Scan, of: int) -> list[Point]:
    return _chained(scan, of, _pattern(of, amount_first=False))


def _amounts_first(scan: Scan, of: int) -> list[Point]:
    return _chained(scan, of, _pattern(of, amount_first=True))


def _two_rows(scan: Scan, of: int) -> list[Point]:
    """`batch 1, 2 and 4 take 15, 21 and 33 GB`, `15/21/33 GB at batch 1/2/4`."""
    x, y, unit = (
        r"(?:\d{3,6}|\d{1,3}k)(?![\d.a-z])" if of else r"\d{1,3}(?![\d.a-z])",
        r"\d{1,4}(?:\.\d+)?(?:\s?(?:gib|gb|g))?",
        r"(?:gib|gb|g)",
    )
    more = f"{{1,{_LONGEST - 1}}}"
    xs = rf"{_NAMED[of]}{_IS}(?P<xs>{x}(?:{_APART}{x}){more})"
    ys = rf"(?P<ys>{y}(?:{_APART}{y}){more})(?<=[gb])(?![a-z\d])|(?P<bare>{y}(?:{_APART}{y}){more})\s?{unit}(?![a-z\d])"
    for pattern in (rf"{xs}{_ROWS}(?<![\d.])(?:{ys})", rf"(?<![\d.])(?:{ys}){_ROWS}{xs}"):
        for row in scan.find(pattern):
            kind = "ys" if row["ys"] else "bare"
            values, amounts = (
                [*compiled(r"\d+(?:\.\d+)?k?").finditer(scan.text, *row.span(one))] for one in ("xs", kind)
            )
            if len(values) > len(amounts) or not scan.free(*row.span("xs")):
                continue
            amounts = amounts[: len(values)]  # behind the unit the card's memory may follow
            end = _behind(scan, amounts[-1].end())
            if end == amounts[-1].end():
                continue
            spans = (row.span("xs"), (row.start(kind), end))
            return [
                Point(number(value[0]), float(amount[0]), spans) for value, amount in zip(values, amounts, strict=True)
            ]
    return []


def _behind(scan: Scan, end: int) -> int:
    unit = compiled(r"\s?(?:gib|gb|g)(?![a-z])").match(scan.text, end)
    return unit.end() if unit else end


def _line(found: list[Point]) -> tuple[list[Point], float]:
    """The two readings that it goes through, and where it begins if that is not at the first."""
    slopes = [(two.gb - one.gb) / (two.value - one.value) for one, two in pairwise(found)]
    steep = slopes[-1]
    if len(found) > _LEAST and steep > 0 and steep == max(slopes) and min(slopes) < steep * (1 - _EVEN):
        return found[-2:], found[-2].value
    return [found[0], found[-1]], 0


def _state(scan: Scan, of: int, found: list[Point], line: list[Point], *, bend: float, most: bool) -> None:
    """The figures under their names; what tells them is used up, and the one setting that is left is asked about."""
    binary = "gib" in scan.text[found[0].spans[1][0] : found[-1].spans[1][1] + 4]
    at = asked_at(scan, of, found) or bare_at(scan, found)
    room = room_told(scan, found)
    state_points(scan, of, line, at, room)
    if not at and not most:
        scan.extras.pop("log_line_most")
    for one in found:
        for span in one.spans:
            scan.take(*span)
    told = {"seen": len(found), "bend": bend, "gib": binary}
    for name, value in told.items():
        if value:
            scan.extras[f"log_line_{name}"] = [float(value)]
    if at is not None:
        scan.add(_NAMES[of], at[0], *at[1])
