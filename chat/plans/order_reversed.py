"""Whether of two lengths the shorter is said to take more than the longer: the reverse of what is computed."""

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_LEN = r"(?<![\d.a-z])(?P<{}>\d{{1,3}}\s?k|\d{{3,7}})(?![\d.]*\d|\s?[mg]i?b)"
_A, _B = _LEN.format("a"), _LEN.format("b")
_THAN = rf"{_A}[^.;?\d]{{0,40}}\b(?:(?P<more>more|bigger|larger|higher)|(?P<less>less|fewer|smaller|lower))\b[^.;?\d]{{0,24}}\bthan\b[^.;?\d]{{0,24}}{_B}"
_THAN_ZH = rf"{_A}[^,;。?，；？\d]{{0,20}}比[^,;。?，；？\d]{{0,12}}{_B}[^,;。?，；？\d]{{0,16}}?(?:(?P<more>多|大|高)|(?P<less>少|小|低|省))"
# "-c 8192 uses 11 GB but -c 16384 only 9 GB"
_GB = r"(?P<{}>\d{{1,3}}(?:\.\d+)?)\s?gi?b?(?![a-z0-9])"
_SEEN = rf"{_A}(?!\s?(?:mi?b|x\b))[^.;?。？\d]{{0,32}}{_GB.format('x')}[^.?。？\d]{{0,40}}{_B}[^.;?。？\d]{{0,32}}{_GB.format('y')}"
_SAID = r"(?<!\bor )(?<!\bor the )\bother way (?:a)?round\b|\b(?:it'?s|is|exactly|just) (?:the )?(?:reversed?|opposite)\b|\breverse order\b|(?<!还是)(?<!或者)反过来|正好相反|恰好相反|刚好相反|反着"


def _tokens(text: str) -> float:
    return float(text.rstrip("k ")) * (1024 if text.endswith("k") else 1)


def _smaller_takes_more(text: str, pattern: str) -> bool:
    for found in compiled(pattern).finditer(text):
        first, second = _tokens(found["a"]), _tokens(found["b"])
        if (found["more"] and first < second) or (found["less"] and first > second):
            return True
    return False


def order_reversed(reading: Reading) -> list[str]:
    """The line of a log that says so."""
    text = reading.lowered
    if len(reading.facts.get("seq_len", ())) != 2:
        return []
    said = compiled(_SAID).search(text) is not None
    told = any(_smaller_takes_more(text, one) for one in (_THAN, _THAN_ZH))
    amounts = {claim.number for claim in memory_claims(reading)}  # and no card's memory
    seen = any(
        {float(one["x"]), float(one["y"])} <= amounts
        and (_tokens(one["a"]) - _tokens(one["b"])) * (float(one["x"]) - float(one["y"])) < 0
        for one in compiled(_SEEN).finditer(text)
    )
    return ["order_reversed 1"] if said or told or seen else []
