"""The verdict on each of several claims, in the order that they were numbered."""

import re
from collections.abc import Callable, Sequence

from chat.answers.remarks_told import Spoken
from chat.plans.plan import plan
from chat.reads.reading import Reading

_ENOUGH = {"en": 260, "zh": 110}  # characters of a verdict, after which no further sentence is told
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\d\s])|(?<=[。！？])")
_BOLD = re.compile(r"\A(?:- )?(\*\*.+?\*\*)\s*", re.DOTALL)


def claims_told(
    claims: Sequence[Reading], results: list[Spoken], answered: Callable[[Reading, list[Spoken]], str]
) -> str:
    """What each is answered with first; one that is not read is said to be so."""
    told = []
    for number, claim in enumerate(claims, 1):
        count = len(plan(claim))
        own, results = results[:count], results[count:]
        said = _first(answered(claim, own), claim, {name for name, *_ in own}) if own else ""
        unread = "这一条没有读懂,请单独问。" if claim.language == "zh" else "This one was not understood; ask it alone."
        told.append(f"{number}. {said or unread}")
    return "\n\n".join(told)


def _first(text: str, claim: Reading, tools: set[str]) -> str:
    """The paragraph that judges, as far as it is the judgement: beside an estimate the remark on what was claimed."""
    parts = text.split("\n\n")
    bold, listed = (next((one for one in parts if one.startswith(mark)), "") for mark in ("**", "- "))
    part = (listed.split("\n- ")[0] if "estimate_memory" in tools else "") or bold or listed
    found = _BOLD.match(part)
    head, rest = (found[1], part[found.end() :]) if found else ("", part.removeprefix("- "))
    gap = "" if claim.language == "zh" else " "
    for sentence in _SENTENCE.split(rest.split("\n")[0]):
        if head and len(head) + len(sentence) > _ENOUGH[claim.language] * (1 if found else 2):
            break
        head = f"{head}{' ' if head.endswith('**') else gap}{sentence}" if head else sentence
    return head.strip()
