"""A sum of money that hardware is to be bought for: `for $2000`, `1 万元预算`, `花 5000 块买显卡`. No table has prices."""

import re

from chat.reads.lexicon import compiled

_AMOUNT = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?\s?(?:[kw万亿]|[百千]万?)?|[一二两三四五六七八九十]+\s?[万千百亿]+(?:[一二两三四五六七八九]千?)?"
_HOUR = r"(?!\s?(?:/|per|an?|each|every|一|每)\s?(?:gpu[ -]?|card[ -]?|卡)?(?:hours?|hr|h\b|小时|时|month|mo\b|月|天|day|million|1m|tok))"
_MONEY = (
    rf"(?:(?:us)?\$|€|£|¥|￥)\s?(?:{_AMOUNT})(?!\d){_HOUR}"
    rf"|(?<![\d.])(?:{_AMOUNT})\s?(?:\$|€|£|us dollars|dollars|usd|bucks|euros?|eur|pounds|quid|rmb|cny|yuan|元钱?|块钱|美元|美金|人民币|刀)(?![a-z]){_HOUR}"
    rf"|(?<![\d.])(?:{_AMOUNT})\s?万?块(?=\s?(?:钱|以内|以下|左右|预算|的?预算|能|够|买|,|$|可以|行))"
    rf"|(?:(?<!显存)(?<!内存)(?<!token )(?<!token)预算|(?<!memory )(?<!vram )(?<!token )(?<!tokens )(?<!context )(?<!cache )(?<!kv )\bbudget(?: is| of|:)?)\s?(?:是|只?有|大概|大约|约|在|of|around|about|:|=)*\s?(?:(?:us)?\$|€|£|¥)?\s?(?:\d{{3,7}}(?![\d.]|\s?[kw万千百])|(?:{_AMOUNT})(?<=[kw万千百亿]))(?:\s?(?:dollars|usd|euros?|元|块钱?|rmb))?(?!\d|\s?(?:[gm]i?b|g\b|张|块卡|tokens?|显存|steps?|小时|h\b|hours?))"
)
# what it is for: a purchase, or what can be run for it
_FOR = (
    r"\bbudget\w*|\bbuy\w*|\bbuild\w*|\bpurchas\w*|\bspend\w*|\bcan (?:i|we|you) (?:get|run|do|afford)|\benough\b|\bfor under\b|\bunder\b|\bwith\b[^.?]{0,12}$|\bwhat (?:gpu|card|can|model|model|hardware)|\blargest|\bbiggest|\bget\b"
    r"|预算|买|配|装机|组装|花|够|能跑|能不能跑|跑多大|入手|以内|以下"
)


def budget(text: str) -> str:
    """The sum as it was written; empty where none is told, or it is a price by the hour. `text` is the asker's own."""
    lowered = text.lower()
    found = compiled(_MONEY).search(lowered)
    if found is None or not compiled(_FOR).search(lowered):
        return ""
    return re.sub(
        r"^(?:预算|budget(?: is| of|:)?)\s?(?:是|只?有|大概|大约|约|在|around|about|:|=)*\s?",
        "",
        text[slice(*found.span())].strip(),
        flags=re.IGNORECASE,
    )
