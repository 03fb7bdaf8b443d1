"""A run that is told beside the asker's cards: `16 A100 for 90 days, and how long on my 4?`"""

import re
from functools import cache

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.scan import Scan
from chat.reads.speed.speed_told import DURATION, hours_of

_GAP = r"[^\d,;.?!]{0,16}?"


def _card() -> str:
    """A card's name, with no groups of its own, which would stand twice in a pattern."""
    return re.sub(r"\(\?P<\w+>", "(?:", card_pattern().pattern)


@cache
def _run() -> re.Pattern[str]:
    cards = (
        rf"(?<![\d.a-z])(?P<cards>\d{{1,5}})\s?(?:张|块|片|x|\*)?\s?(?:of )?(?:{_card()})(?:[- ]?\d{{2,3}}\s?gi?b?)?s?"
    )
    return re.compile(rf"{cards}{_GAP}{DURATION}", re.ASCII)


@cache
def _run_behind() -> re.Pattern[str]:
    return re.compile(
        rf"{DURATION}{_GAP}(?:\bon|\bwith|\busing|用)\s?(?:about |only )?(?P<cards>\d{{1,5}})\s?(?:张|块|片|x|\*)?\s?(?:{_card()})",
        re.ASCII,
    )


def read_run_told(scan: Scan) -> None:
    """Keep the cards and the hours of another run than the asker's apart from his own cards."""
    own, others = scan.facts.get("n_gpus", []), scan.extras.get("told_by_others", [])
    if "train_tokens" not in scan.extras or not own:
        return
    for found in (*_run().finditer(scan.text), *_run_behind().finditer(scan.text)):
        cards, hours = int(found["cards"]), hours_of(found)
        left = [one != cards for one in own]
        if not any(left) or (all(left) and cards not in others):
            continue
        scan.facts["n_gpus"] = [one for one, keeps in zip(own, left, strict=True) if keeps]
        if not all(left):
            scan.spans["n_gpus"] = [one for one, keeps in zip(scan.spans["n_gpus"], left, strict=False) if keeps]
        scan.extras["run_cards"], scan.extras["run_hours"] = [cards], [hours]
        scan.extras["hours"] = [one for one in scan.extras.get("hours", []) if one != hours]
        if not scan.extras["hours"]:
            del scan.extras["hours"]
        return
