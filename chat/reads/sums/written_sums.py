"""Sums as people write them: `2*36 layers*8*128*2 bytes`, `8B×16字节=128G`, `(8 x 141GB = 1128)`.

A sum is parsed from its first number on: terms are numbers with their unit and what they are of, or a sum in brackets, so
that brackets are always in pairs and a word behind a factor does not end the sum.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?(?:e\d{1,2}(?!\d))?)"
# behind a number: what it counts by
_UNIT = r"(?:kib|mib|gib|tib|kb|mb|gb|tb|bytes?|字节|bits?|[kmbgtθ]|万|亿|位)(?![a-wyz0-9]|x(?!\s?\d))"
_EACH = r"(?:\s?(?:/|per |每)\s?(?:param(?:eter)?s?|weights?|number|value|element|token|参数|个?数)(?![a-z]))"
# and what it is of, in a word or three: `8 kv heads`, `64层`, `4 users`, `2 (K and V)`
_OF = (
    r"(?:[a-z]+[ -]){0,2}[a-z]+(?:\s?\([a-z ,&+/_-]{1,16}\))?|个?[\u4e00-\u9fff]{1,6}(?:头|层|维)?|个?kv\s?头|个?tokens?"
    r"|\([a-z ,&+/_-]{1,16}\)|\([a-z]{0,2}[\u4e00-\u9fff+/、a-z]{1,8}\)"
)
_OPERATOR = r"(?:\*\*|\^|[*/÷+-]|x(?![a-z]))"
_NUMBER = re.compile(NUMBER, re.ASCII)
_UNIT_OF = re.compile(rf"\s?(?P<unit>{_UNIT}){_EACH}?", re.ASCII)
# only where the sum goes on behind it, or comes to something
_NOUN = re.compile(rf"\s?(?:{_OF})(?=\s?(?:{_OPERATOR}\s?[\d(]|=|≈|\)))", re.ASCII)
_OPERATION = re.compile(rf"\s?(?P<op>{_OPERATOR})\s?(?=[\d(])", re.ASCII)
# no verb of a sentence is what a factor is of
_VERBS = re.compile(
    r"\b(?:and|or|is|are|was|needs?|takes?|uses?|with|on|so|but|then|to|that|fits?|gives?|gets?|vs|at|in|for)\b|[是要有用占为得约到和或]"
)
_MOST_TERMS = 10
_START = re.compile(rf"(?<![\d.a-z])(?<!\d,(?=\d{{3}}(?!\d)))(?<![a-z]-)\({{0,3}}(?={NUMBER})", re.ASCII)


@dataclass(frozen=True)
class WrittenSum:
    """The left side of a sum: where it stands, its text without what the numbers are of, and the signs between its terms.

    plain       nothing was left out of the text
    counts      what stands behind its whole numbers: `4 users` as (4, "users", where)
    """

    start: int
    end: int
    left: str
    signs: tuple[str, ...]
    plain: bool
    counts: tuple[tuple[int, str, tuple[int, int]], ...]

    def said(self, text: str) -> str:
        """The sum as it is shown."""
        return text[self.start : self.end] if self.plain else self.left


def written_sums(text: str) -> Iterator[WrittenSum]:
    """Every sum of two terms or more, from left to right; none within another."""
    at = 0
    while found := _START.search(text, at):
        best = next((one for start in range(found.start(), found.end() + 1) if (one := _sum_at(text, start))), None)
        number = _NUMBER.match(text, found.end())
        at = best.end if best else (number.end() if number else found.end() + 1)
        if best:
            yield best


def _sum_at(text: str, start: int) -> WrittenSum | None:
    parts: list[str] = []
    end = _expression(text, start, parts, 0)
    if end is None:
        return None
    signs = tuple(parts[1::2] if len(parts) > 1 else re.findall(_OPERATOR, parts[0]))  # of a sum in brackets its own
    if not signs:
        return None
    left = "".join(parts)
    return WrittenSum(
        start, end, left, signs, left.replace(" ", "") == text[start:end].replace(" ", ""), _counts(text, start, end)
    )


_COUNT = re.compile(
    r"(?<![\d.a-wyz])(?<!\d,(?=\d{3}(?!\d)))(?P<n>\d{1,7})(?P<k>k)?\s?(?P<of>[a-z]+(?: [a-z]+)?|个?[\u4e00-\u9fff]+|个?tokens?)",
    re.ASCII,
)


def _counts(text: str, start: int, end: int) -> tuple[tuple[int, str, tuple[int, int]], ...]:
    noun = _NOUN.match(text, end)  # of the last factor, before what the sum comes to
    behind = noun.end() if noun else min(len(text), end + _LAST)
    return tuple(
        (int(one["n"]) * (1024 if one["k"] else 1), one["of"].strip(), one.span("n"))
        for one in _COUNT.finditer(text, start, behind)
        if one.start() < end
    )


_LAST = 12


_DEEPEST = 3


def _expression(text: str, at: int, parts: list[str], depth: int) -> int | None:
    """The end of the longest sum that begins here; its pieces are appended."""
    end = _term(text, at, parts, depth)
    for _ in range(_MOST_TERMS):
        if end is None or not (sign := _OPERATION.match(text, end)):
            break
        more = [sign["op"]]
        after = _term(text, sign.end(), more, depth)
        if after is None:
            break
        parts += more
        end = after
    return end


def _term(text: str, at: int, parts: list[str], depth: int) -> int | None:
    if text[at : at + 1] == "(":
        inner: list[str] = []
        end = _expression(text, at + 1, inner, depth + 1) if depth < _DEEPEST else None
        close = re.compile(r"\s?\)").match(text, end) if end is not None else None
        if close is None:
            return None
        parts.append(f"({''.join(inner)})")
        return _past_noun(text, close.end())
    number = _NUMBER.match(text, at)
    if number is None:
        return None
    end, written = number.end(), number[0]
    if unit := _UNIT_OF.match(text, end):
        gap = " " if text[end] == " " else ""
        written, end = f"{written}{gap}{unit['unit']}", unit.end()
    elif re.match(r"[a-wyz\d.]|x(?!\s?[\d(])", text[end : end + 3]) and not _NOUN.match(text, end):
        return None
    parts.append(written)
    return _past_noun(text, end)


def _past_noun(text: str, end: int) -> int:
    """Where the words end that say what a number is of; where there are none, the number's end."""
    noun = _NOUN.match(text, end)
    return noun.end() if noun and ("(" in noun[0] or not _VERBS.search(noun[0])) else end


# what a sum comes to, behind it: a sign, a word, or what somebody says of it
_COMES_TO = re.compile(
    rf"(?:\s?(?:{_OF})(?=[\s,=≈]))??\s?,?\s?(?P<eq>=|≈|~=|[-=]+>|→|等于|(?:is|are|makes|gives?(?: me| us)?|comes (?:out )?(?:to|at)|works out (?:to|at)|就是|才|只是|就|是)(?=[\s\d])(?: only| just| about| roughly)?(?:只有|才|大概|约)?"
    r"|(?:and |which |i |it )?(?:says?|gets?|got|gave(?: me| us)?|came (?:out )?(?:to|at))(?=[\s\d])(?: only| just| about| roughly)?|(?:我|他)?(?:算出来?|算下来|算得|得到|得出|得)(?:是|了|约|大概)*)"
    rf"\s?(?P<right>~?\s*{NUMBER}\s?(?:gib|gb|g|mib|mb|m|kb|kib|tb|tib|b|t|bytes?|θ|字节|亿|万)?(?![a-z0-9]))(?!\s?(?:tok|t/s|tps|samples?/|it/s|steps?\b|users\b|requests\b))"
)


# what follows is told of another thing: "on 2x24GB although the weights are 13GB"
_APART = re.compile(r"\b(?:although|though|but|while|because|since|whereas|where|when|if|yet|as)\b", re.ASCII)


def comes_to(text: str, found: WrittenSum) -> re.Match[str] | None:
    """What a sum is said to come to, right behind it."""
    said = _COMES_TO.match(text, found.end)
    return None if said and _APART.search(text, found.end, said.start("eq")) else said
