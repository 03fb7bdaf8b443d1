"""What names a card in a text: the table's own numbers, brands and nicknames, and numbers that no table has."""

import re
from functools import cache

from kb import names as tables
from kb.card_names import CARD_VARIANTS

_BRANDS = (
    r"(?:(?:nvidia|geforce|rtx|gtx|quadro|tesla|radeon|amd|rx|instinct|apple|intel|ascend|huawei|jetson|agx|google|tpu|arc|pro|titan|gaudi|dgx"
    r"|hygon|dcu|moore threads|mtt|cambricon|kunlunxin|metax|昇腾|英伟达|泰坦|苹果|海光|摩尔线程|寒武纪|昆仑芯|沐曦|曦云)[\s-]*)"
)
# ... and how the table has those of them that people write in Chinese
BRANDS_WRITTEN = {
    "昇腾": "ascend ", "泰坦": "titan ", "苹果": "apple ", "英伟达": "", "海光": "hygon ", "摩尔线程": "mtt ", "寒武纪": "cambricon ",
    "昆仑芯": "kunlunxin ", "沐曦": "metax ", "曦云": "",
}  # fmt: skip
# numbers that name one kind of a card by its memory [GB]
BY_NUMBER = {"910b4": 32.0, "mlu370-x8": 48.0}
# what people call a card or a machine, and what the table does
NICKNAMES = {
    r"dgx[\s-]?spark": "gb10", r"strix[\s-]?halo": "amd ryzen ai max+ 395",
    r"昇腾(?!\s?[\da-z])": "ascend 910b",
    r"(?:amd\s)?(?:ryzen\s)?ai\smax\+?\s(?:pro\s)?395": "amd ryzen ai max+ 395",
}  # fmt: skip
_SHORT_KEY = re.compile(r"\d{1,4}|v\d[a-z]?|[a-z]{1,6}", re.ASCII)


@cache
def card_pattern() -> re.Pattern[str]:
    """Every identifying number of the table; plain round numbers (`8000`) count only beside a brand or a variant."""
    keys = {key for key in tables.names().card_keys if any(c.isdigit() for c in key)}
    keys |= BY_NUMBER.keys() | {"910b1", "910b2", "910b3", "k100_ai", "k100-ai", "k100 ai"}
    plain = {key for key in keys if re.fullmatch(r"[1-9]\d[5-9]0|\d{4}d", key) or not _SHORT_KEY.fullmatch(key)}
    branded = keys - plain
    variants = (
        r"(?:[\s-]*(?!ds(?![a-z]))(?:(?<=\d)tis|"
        + "|".join(sorted(CARD_VARIANTS, key=len, reverse=True))
        + r")(?=s?(?![a-z])))"
    )
    free = "|".join(map(re.escape, sorted(plain, key=len, reverse=True)))
    bound = "|".join(map(re.escape, sorted(branded, key=len, reverse=True)))
    marked = "ada|sff|blackwell|xtx?|gre|max\\+?|nx|orin"
    return re.compile(
        rf"(?:(?<![a-z0-9.])|(?<=\dx))(?!(?<=[a-z0-9]-)m\d)(?:{_BRANDS}*(?P<free>{free}){variants}*|{_BRANDS}+(?P<bound>{bound}){variants}*"
        rf"|(?P<marked>{bound})[\s-]*(?:{marked})(?![a-z]){variants}*|(?P<word>titan[\s-]?(?:rtx|v|xp)|{'|'.join(NICKNAMES)}|(?:jetson\s)?(?:agx\s)?(?:orin|xavier)(?:\s(?:nano|nx))?(?:\ssuper)?)"
        rf")(?P<plural>'?s)?(?=x\d|(?<=[a-z])\d{{1,2}}g(?![a-z])|[^a-z0-9]|$)(?!\s*(?:tokens?(?!s?\s?(?:/|per\b))|字|steps|mib|gb))",
        re.ASCII,
    )


UNKNOWN_CARD = (
    r"(?<![a-z0-9])(?P<said>(?:nvidia\s+)?(?:rtx|gtx|geforce|quadro|radeon|rx|tesla|instinct)[\s-]*(?:rtx\s*)?[a-z]{0,2}\d{2,5}[a-z]{0,3}(?![a-z0-9])(?:[\s-]*(?:ti|super|xtx?|gre|max)(?![a-z0-9]))*"
    r"|(?<![a-z0-9]-)(?:apple\s)?m\d{1,2}\s?(?:pro|max|ultra)(?![a-z0-9])|(?:昇腾|ascend|huawei|atlas)\s?\d{3}[a-z]{0,2}\d?(?![a-z0-9])"
    # a number that only a card can have, beside its memory
    r"|(?<![-/.])(?![bcls](?:16|32|64|128|256|512|1024|2048|4096|8192)(?!\d))(?:[abchlmpsvwz]|mi|hl|br|dl|cmp ?)\d{2,4}[a-z]{0,2}(?:-\d{2,3})?(?=\s?\(?\d{1,3}\s?gi?b?(?![a-z0-9/]))|(?:9[1-9]|3[01])0[ac-fh-jlnp-rv-z]\d?(?=\s?(?:\(?\d{1,3}\s?gi?b?(?![a-z0-9/])|gpus?\b|npus?\b|显?卡))"
    r"|(?!(?:bf|fp|tf|int|nf|iq?|q|w)\d)[a-z]{1,4}\d{2,5}[a-z]?(?=\s*(?:gpus?\b|graphics card|显卡|加速卡|卡(?!片|死|住|在|是|用|为)))|[1-9]0[5-9]\d(?:[\s-]?(?:ti|super|xtx?)(?![a-z0-9]))+"
    r"|(?:geforce\s+)?(?:mx\s?[1-5][1-7]0|(?<!len )(?<!size )gt\s?(?:1030|1010|7[1-4]0m?|6[1-4]0m?)|9[1-6]0mx|(?:8|9)[1-9]0m)(?![a-z0-9])"
    r"|(?:nvidia|英伟达)\s?(?!cu\d)[a-z]{1,2}\d{2,4}[a-z]?(?![a-z0-9])|(?:intel\s)?arc\s?(?:pro\s)?[ab]\d{2,3}(?![a-z0-9])"
    r"|(?:寒武纪\s?)?mlu\s?\d{3}[a-z0-9-]{0,4}|(?:摩尔线程\s?(?:mtt\s?)?|mtt\s?)s\d{2,4}|(?:沐曦|燧原|天数智芯|壁仞|海光|昆仑芯?|平头哥)\s?(?:dcu\s?)?[a-z]{0,4}[\s-]?[a-z]?\d{2,4}[a-z]{0,2})"
)
# makers of whom the table has no card, and cards of 2 to 4 GB: none is near
ELSEWHERE = re.compile(r"mlu|mtt|(?!昇|腾)[\u4e00-\u9fff]|(?<![a-z])(?:mx|gt) ?\d|\d{3}mx?$")
