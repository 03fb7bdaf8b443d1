"""`16 users x 8192 ctx = 131072 tokens`: so many sequences of so many tokens, and what they come to, which is no length."""

import re

from chat.reads.lexicon import compiled
from chat.reads.reading import Equation
from chat.reads.scan import Scan
from kb.knobs import thousand

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"


def _amount(name: str) -> str:
    return rf"(?<![\d.a-wyz])(?<!\d,(?=\d{{3}}(?!\d)))(?P<{name}>{_NUMBER})\s?(?P<{name}_k>k|万)?(?![a-z]?\d)"


_MANY = (
    r"\s?(?:个|路|条|位|名)?\s?(?:(?:concurrent|parallel|simultaneous|active)\s)?"
    r"(?:users?|people|clients?|customers?|requests?|reqs?|sequences?|seqs?|sessions?|streams?|chats?|conversations?|slots?|agents?|workers?|prompts?"
    r"|用户|请求|并发|会话|序列|对话|人|路|条)(?:的)?"
)
_LENGTH = r"\s?(?:(?:tokens?|toks?|ctx|context|seq\w*|上下文|长度|个?token)(?:\s(?:each|length|context|ctx))?|each|per user|每条|每人)?"
_TIMES = r"\s?(?:[*x×]|times|乘以?|,?\s?each (?:of|with)\s?)\s?"
_IS = r"\s?(?:=|≈|->|=>|→|~|,?\s?(?:so|is|are|makes|gives|就是|即|共|合计|一共))\s?(?:about |roughly |~)?"
_SUM = (
    _amount("many") + _MANY + _TIMES + _amount("each") + _LENGTH + _IS + _amount("sum"),
    _amount("each") + _LENGTH + _TIMES + _amount("many") + _MANY + _IS + _amount("sum"),
)
_BEHIND = r"\s?(?:个)?\s?(?:tokens?|toks?|ctx|kv|context|of (?:kv|cache|context)|$|[,;.?!)]|->|→|=)"
_ROUNDED = 0.06  # 16k is 16,384 here and 16,000 there


def _worth(found: re.Match[str], name: str) -> float:
    number, scale = float(found[name].replace(",", "")), found[f"{name}_k"] or ""
    return number * {"k": thousand(number), "万": 10_000.0}.get(scale, 1.0)


def read_token_sums(scan: Scan) -> None:
    """State the sequences and the length of each; the product is used up, and judged where it is not worked out rightly."""
    for found in (one for pattern in _SUM for one in scan.find(pattern)):
        many, each, summed = (_worth(found, name) for name in ("many", "each", "sum"))
        behind = compiled(_BEHIND).match(scan.text, found.end())
        if not scan.free(*found.span()) or not behind or not many * each or not (many.is_integer() and summed > each):
            continue
        scan.add("batch_size", int(many), *found.span("many"))
        scan.add("seq_len", int(each), *found.span("each"))
        if abs(summed / (many * each) - 1) > _ROUNDED:
            left, right = f"{many:g}*{each:g}", f"{summed:g}"
            scan.equations.append(Equation(f"{left} = {right}", left, right, scan.normal.original(*found.span())))
        scan.take(*found.span())
