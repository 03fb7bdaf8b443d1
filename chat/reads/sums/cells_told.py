"""Figures of a published table that are told without a unit: `30B LoRA is 64 while 2x is 60`, `7B按18x又是126不是120`.

Beside a rule for any size a number that comes near to the rule's for a size that is named is the rule's or the cell's.
"""

from chat.reads.scan import Scan

# `18x`, `x/2`: GB for each 1e9 parameters
_RULE = r"(?<![\d.a-z])(?P<times>18|16|8|2)\s?x(?!\s?\d)|(?<![a-z0-9])x\s?/\s?(?P<over>[248])(?![\d.])"
_OF_A_TABLE = r"\btable|\breadme|\bcells?\b|\bcolumns?\b|llama[ _-]?factory|表|那格|一格"
_NUMBER = r"(?<![\d.a-z_*/])(?<!\d,)\d{1,4}(?:\.\d+)?(?![\d*/]|\.\d|,\d{3}(?!\d)|\s?[a-z%])"
_NUMBER_BEFORE_WORDS = r"(?<![\d.a-z_*/])(?<!\d,)\d{1,4}(?:\.\d+)?(?= (?:while|but|and|where|yet|whereas|not|or|though|although|vs|against|rather)\b)"
_NEAR = 1.4  # times the rule's figure, so far a cell may be off


def read_cells_told(scan: Scan) -> None:
    """Claim the numbers that a rule or a cell of a table comes to for a size that is named."""
    rules = [float(one["times"] or 1) / float(one["over"] or 1) for one in scan.find(_RULE)]
    if not rules or not any(scan.find(_OF_A_TABLE)):
        return
    likely = [rule * float(str(size)) / 1e9 for rule in rules for size in scan.facts.get("params", ())]
    for pattern in (_NUMBER, _NUMBER_BEFORE_WORDS):
        for found in scan.find(pattern):
            number = float(found[0])
            if number and scan.free(*found.span()) and any(max(number / one, one / number) < _NEAR for one in likely):
                scan.claim(found[0], "gb", *found.span())
