"""The numbers of a question that nothing used: an answer says that they were not understood."""

import re

from chat.reads import lexicon
from chat.reads.cues import read_cues
from chat.reads.models.named_models import shapes
from chat.reads.reading import Unread
from chat.reads.scan import Scan

_JOINED = (
    r"(?<![a-z0-9])[a-z]\s?[*/+=]\s?\(?$|(?:\d|\))\s?(?:gi?b|[gbk])?\s?[+*/x≈=]\s?~?\s?\(?$",
    r"\)?\s?[+*/x≈=]\s?~?\s?\(?(?:\d|[a-z](?![a-z]))",
)
# "18 x params", whose 18 is asked about
_TIMES_PARAMS = r"\s?[*x]\s?(?:param|参数)"
# "141 < 160 GB": a need against what there is
_AGAINST = (r"\d\s?(?:gi?b|[gbk])?\s?(?:[<>]=?|[≤≥])\s?$", r"\s?(?:gi?b|[gbk])?\s?(?:[<>]=?|[≤≥])\s?\d")
# "6xxx tokens", of the order of that many, and "2的幂", which is no amount
_MASKED = r"x{2,4}(?![a-z])|\s?的(?:\d?次)?(?:幂|次方|n次方)"
_POWER = r"(?<![a-z])[a-z]\s?(?:\^|\*\*)\s?$"  # "s^2", of a formula in letters
# "whisper v3", "checkpoint-500": which one of several it is
_NUMBERED = r"(?<![a-z0-9])(?:v|eagle[- ]?|(?:check ?point|ckpt|global_?step|epoch)[-_])$"
# of what changes no memory: "max_steps from 1000 to 5000"
_OF_NOTHING = (
    r"(?<![a-z])(?:(?:max|total|train\w*|warmup)[ _-]?steps|epochs?|seed|训练步数|步数|轮数|warmup)[^,;?!。]{0,20}$"
)
_NEAR = 60  # as far before a number as the words reach that say what it is
_OF_SHAPES = r"layers?|heads?|hidden|dim|vocab\w*|experts?|层|头|词表|隐藏|维|专家"


def _of_a_sum(text: str, start: int, end: int) -> bool:
    """Is it joined to another number by a sign: of the asker's arithmetic? Or a part of a name in a program?"""
    before, after = text[max(0, start - 16) : start], text[end : end + 16]
    for behind, ahead in (_JOINED, _AGAINST):
        if lexicon.compiled(behind).search(before) or lexicon.compiled(ahead).match(after):
            return True
    return (
        lexicon.compiled(r"[a-z]_?$").search(before) is not None
        and lexicon.compiled(r"\w*_[a-z_]{3,}(?!\s?[:=])|[a-z]?_[a-z]").match(after) is not None
    )


def _of_shapes(scan: Scan, number: re.Match[str]) -> bool:
    """A shape of the model that is named, as the table has it: `DeepSeek-V3, 61 layers`."""
    near = scan.text[max(0, number.start() - 14) : number.end() + 10]
    models = scan.facts.get("model", ())
    if not models or "," in number[0] or not lexicon.compiled(_OF_SHAPES).search(near):
        return False
    return any(
        float(number[0]) in shapes(str(model)) or _of_two_kinds(scan, number, shapes(str(model))) for model in models
    )


def _of_two_kinds(scan: Scan, number: re.Match[str], own: frozenset[float]) -> bool:
    """Layers of one kind, beside those of the other: `2560 MiB (10 layers) + 624 MiB (52 layers)` of a model of 62."""
    counts = [
        float(one["n"])
        for one in scan.find(
            r"(?<![\d.])(?P<n>\d{1,3})\s?(?:个|sliding |window(?:ed)? |full |global |local )?(?:layers?\b|层)"
        )
    ]
    return float(number[0]) in counts and any(float(number[0]) + other in own for other in counts)


# "参数量乘4、8、12、16", "the parameters times 4, 8, 12 and 16": what several sums of the asker's are
_FACTORS = r"(?:参数(?:量)?\s?(?:的)?(?:乘(?:以)?|x|\*)|\bparam\w* (?:times|by|x|\*))\s?(?:\d{1,2}(?:\s?(?:、|,|/|和|and|or)\s?)*)+"


def _of_factors(scan: Scan, number: re.Match[str]) -> bool:
    """One of a row of factors of the parameters."""
    return any(found.start() < number.start() and number.end() <= found.end() for found in scan.find(_FACTORS))


_LEFT = r"\b(?:other|rest|remain\w*|left(?:over)?)\b[^,;.?!]{0,10}$|(?:其余|剩|另外|多出)[^,;.?!]{0,6}$"
_LEAST_TOLD = 10  # a smaller number is more than that amount


def _told_with_unit(scan: Scan, number: re.Match[str]) -> bool:
    """An amount that was told with its unit before: `the file is 404 GB ... does 404 go in`; what is left of it is another."""
    if "," in number[0] or "e" in number[0] or number[0].count(".") > 1 or float(number[0]) < _LEAST_TOLD:
        return False
    if lexicon.compiled(_LEFT).search(scan.text, max(0, number.start() - 20), number.start()):
        return False
    unit = rf"(?<![\d.]){re.escape(number[0])} ?(?:gi?b?|mi?b)(?![a-z])"
    return lexicon.compiled(unit).search(scan.text, 0, number.start()) is not None


def _in_a_word(text: str, at: int) -> bool:
    """Do Latin letters of one word stand on both sides of this place?"""
    return re.match(r"[a-z0-9_]{2}", text[at - 1 : at + 1]) is not None


def unread_numbers(scan: Scan) -> tuple[Unread, ...]:
    """Every number that nothing used, with the word beside it."""
    left: list[Unread] = list(scan.unread)
    ruled = "one_point_two" in read_cues(scan.text)  # the factor of a rule that is asked about
    summed: set[str] = set()  # "params * 1.2: where does 1.2 come from?": what is asked of a sum's own number
    for number in scan.find(r"\d+(?:[.,]\d+)*(?:e[+-]?\d{1,2}(?![a-z0-9]))?"):
        if _of_a_sum(scan.text, *number.span()) or lexicon.compiled(_TIMES_PARAMS).match(scan.text, number.end()):
            summed.add(number[0])
        if not scan.free(number.start(), number.end()) or scan.normal.is_word(number.start()):
            continue
        if (
            lexicon.compiled(_MASKED).match(scan.text, number.end())
            or _of_shapes(scan, number)
            or (number[0] == "1.2" and ruled)
            or (number[0] == "1" and lexicon.compiled(r" ?个? ?tokens?\b").match(scan.text, number.end()))  # of each
            or _told_with_unit(scan, number)
            or _of_factors(scan, number)
        ):
            continue
        if number[0] in summed or any(
            lexicon.compiled(one).search(scan.text, max(0, number.start() - _NEAR), number.start())
            for one in (_NUMBERED, _OF_NOTHING, _POWER)
        ):
            continue
        if scan.original[slice(*scan.normal.original(*number.span()))] in "²³":
            continue
        before = lexicon.compiled(r"(?:[^\s,.?!;:()]|(?<=\d)\.(?=\d)){0,20}\s?[:=]?\s?$").search(
            scan.text, max(0, number.start() - 24), number.start()
        )
        after = lexicon.compiled(r"\s?(?:[^\s,.?!;:()]|(?<=\d)\.(?=\d)){0,20}").match(scan.text, number.end())
        first, last = number.start() - len(before[0] if before else ""), number.end() + len(after[0] if after else "")
        while first and _in_a_word(scan.text, first):  # a word is quoted whole
            first -= 1
        while last < len(scan.text) and _in_a_word(scan.text, last):
            last += 1
        near = scan.original[slice(*scan.normal.original(first, last))].strip()  # as typed: an answer quotes it
        left.append(Unread(number[0], near, scan.normal.original(number.start(), number.end())))
    return tuple(left)
