"""Numbers that are written as words, in English and Chinese: where they stand, and their digits."""

import re

_EN_UNITS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_EN_ONES = "two|three|four|five|six|seven|eight|nine|one"
_EN_ALL = {**_EN_UNITS, "one": 1, "a": 1}
_EN_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_EN_NUMBER = re.compile(
    rf"\b(?:(?:half an?|an?|one|a couple(?: of)?|{_EN_ONES}) dozen|(?:(?:a|one|two|three|four|five|six|seven|eight|nine) hundred(?:(?: and)? (?:(?:{_EN_TENS})(?:[- ](?:{_EN_ONES}))?|{'|'.join(_EN_UNITS)}))?)|(?:{_EN_TENS})[- ](?:{_EN_ONES})|(?:{'|'.join(_EN_UNITS)})"
    r"|one(?=(?:,| or| and) (?:two|2)\b(?:,| or| and) )|(?:one|a)(?=[- ](?:gpus?\b|cards?\b|billion|trillion|node\b|[dh]gx\b|[ahlv]\d{2,3}\b|rtx|[345]0[6-9]0)))\b(?![-']?s\b)",
    re.ASCII,
)
ZH_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "双": 2,
    "单": 1,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
# 两三 and 三五 are a few, and no 23 or 35
_ZH_NUMBER = re.compile(
    r"((?!(?:两三|三四|三五|四五|五六|六七|七八|八九)(?![十百]))(?<![两三四五六七八])[零一二两三四五六七八九十百]{1,5}|双|单(?!位|元|个|次|卡的?(?:显存|内存|占|需|要多少|用多少)))(?=\s*(?:张|块|卡|片|枚|台|机|节点|阶段|亿|百亿|千亿|万|位|比特|bit|b\b|路|层|人|轮|个?\s?epoch|[来几多]?\s?[个位名号]?\s?(?:人|同事|同学|用户|员工|学生|并发|slot|槽)|[多来几]\s?个?\s?g(?![a-z])|个多?\s?g(?![a-z])"
    r"|[ahlvp]\d{2,4}s?\b|t4\b|mi\d{2,3}\b|rtx|[2-5]0[5-9]0))",
    re.ASCII,
)

# cards by the ten thousand: "1万张", "两万张卡"
_TEN_THOUSANDS = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?|[一二两三四五六七八九十]{1,2})\s?万(?=\s?(?:张|块|片|多?卡))", re.ASCII
)

# by the thousand, where it is plain of what: "六千 token", "两千多字", "上下文一万二", "三万五千条", "一百万 token",
# "跑满十万"; 六千五 is 6500
_ZH_ONE = "[一二两三四五六七八九]"
_ZH_TENS = f"(?:{_ZH_ONE}?十{_ZH_ONE}?|{_ZH_ONE})"
_ZH_LARGE = rf"(?<![\d.零一二两三四五六七八九十百千万])((?:{_ZH_ONE}?百(?:零?{_ZH_TENS})?|{_ZH_TENS})万(?:零?{_ZH_ONE}千?(?:{_ZH_ONE}百?)?)|{_ZH_ONE}千(?:零?{_ZH_ONE}百?(?:{_ZH_ONE}十?)?)?)(?![十百千万亿])"
_ZH_THOUSANDS = re.compile(
    rf"{_ZH_LARGE}(?=\s?[多来几]?\s?个?\s?(?:tok|字|词元|上下文|长度|长|ctx|context|条|样本|步|次|人|用户|请求|张|卡))"
    rf"|(?:长度|上下文|ctx|context)[是为到约开给设按取有都大概]{{0,4}}{_ZH_LARGE}(?![a-z])"
    rf"|[跑拉用撑开]满{_ZH_LARGE}(?![a-z块元])"
)
# a name that is spelled digit by digit: 四零九零
_ZH_SPELLED = re.compile(r"[零〇一二三四五六七八九]{4}(?![十百千万亿])")
_ZH_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
# money by the hour as it is spoken: 两块二一小时 is 2.2, 一小时1块98 is 1.98, 2块多一小时 about 2.5
_OF_AN_HOUR = r"(?:/|每|一|1)\s?个?\s?(?:小时|h(?![a-z])|卡?时)"
_ZH_MONEY = re.compile(
    rf"(?P<whole>(?<![\d.])\d{{1,2}}|{_ZH_ONE})\s?块(?:钱)?\s?(?P<rest>\d{{1,2}}(?![\d.])|[一二三四五六七八九]|多|出头)(?:钱|毛|左右|的样子)*"
    rf"(?:(?=\s?{_OF_AN_HOUR})|(?<=小时.块..)|(?<=小时.块.)|(?<=小时.块.钱))"
)
# a few of something, where patterns look for it: English words are digits in a regular text, and Chinese ones before most nouns not
ZH_COUNT = "[两二三四五六七八九十]"
_ROUGH_TENS = re.compile("[一二两三四五六七八]([二三四五六七八九][十百])")  # 二三十: up to thirty


def _zh_value(text: str) -> int:
    """The number; a digit behind a scale without one of its own is of the next scale below: 三万二 is 32,000."""
    total, current, scale = 0, 0, 1
    for character in _ROUGH_TENS.sub(r"\1", text):
        if character == "万":
            total, current, scale = (total + current) * 10000, 0, 10000
        elif character in _ZH_SCALES:
            scale = _ZH_SCALES[character]
            total, current = total + (current or 1) * scale, 0
        elif character in "零〇":
            current, scale = current * 10, 1
        else:
            current = current * 10 + ZH_DIGITS[character]
    short = scale > 10 and 0 < current < 10  # 一百二
    return total + current * (scale // 10 if short else 1)


def number(said: str) -> int:
    """A count as a pattern finds it in a regular text, in digits or in Chinese."""
    return int(said) if said.isdigit() else _zh_value(said)


def _money(found: re.Match[str]) -> str:
    """The price in digits; `多` is the middle of what it may be."""
    whole, rest = found["whole"], found["rest"]
    cents = {"多": "5", "出头": "1"}.get(rest) or (rest if rest.isdigit() else str(ZH_DIGITS[rest]))
    return f"{whole if whole.isdigit() else ZH_DIGITS[whole]}.{cents}块"


def _en_value(found: re.Match[str]) -> int:
    words = found[0].replace("-", " ").split()
    if words[-1] == "dozen":
        return 6 if words[0] == "half" else 12 * (2 if "couple" in words else _EN_ALL.get(words[0], 1))
    if "hundred" in words:
        at = words.index("hundred")
        return 100 * _EN_ALL[words[at - 1]] + sum(_EN_ALL.get(word, 0) for word in words[at + 1 :])
    return sum(_EN_ALL[word] for word in words)


def in_digits(text: str) -> list[tuple[int, int, str, bool]]:
    """Where words of a lowered text stand for a number: start, end, the digits, and whether they are a number and no name."""
    edits: list[tuple[int, int, str, bool]] = []
    edits.extend((found.start(), found.end(), str(_en_value(found)), True) for found in _EN_NUMBER.finditer(text))
    many = list(_TEN_THOUSANDS.finditer(text))
    large = [found.span(found.lastindex or 0) for found in _ZH_THOUSANDS.finditer(text)]
    large = [one for one in large if not any(found.start() <= one[0] < found.end() for found in many)]
    for start, end in large:
        following = text[end : end + 1]
        spaced = " " * (following.isascii() and following.isalnum())
        edits.append((start, end, str(_zh_value(text[start:end])) + spaced, True))
    for found in many:
        times = float(found[1]) if found[1][0].isdigit() else _zh_value(found[1])
        edits.append((*found.span(), str(round(times * 10_000)), True))
    prices = list(_ZH_MONEY.finditer(text))
    edits.extend((*found.span(), " " * text[: found.start()][-1:].isdigit() + _money(found), True) for found in prices)
    spelled = list(_ZH_SPELLED.finditer(text))
    counts = [_ZH_NUMBER.match(text, name.end()) for name in spelled]  # 四零九零一张: a name, and how many
    for found in (*_ZH_NUMBER.finditer(text), *filter(None, counts)):
        taken = (*large, *(one.span() for one in (*many, *prices)))
        if any(start <= found.start(1) < end for start, end in taken):
            continue
        glued = found.start(1) > 0 and (
            text[found.start(1) - 1] in ZH_DIGITS
            or (text[found.start(1) - 1].isascii() and text[found.start(1) - 1].isalnum())
        )
        # A space keeps `24G单卡` from becoming `24g1卡`, and 双3090 from becoming 23090.
        following = text[found.end(1) : found.end(1) + 1]
        value = " " * glued + str(_zh_value(found[1])) + " " * (following.isascii() and following.isalnum())
        edits.append((found.start(1), found.end(1), value, True))
    for found in spelled:
        following = text[found.end() : found.end() + 1]
        name = "".join(str(ZH_DIGITS.get(digit, 0)) for digit in found[0])
        edits.append((*found.span(), name + " " * (following.isascii() and following.isalnum()), False))
    return edits
