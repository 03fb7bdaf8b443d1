"""Where optimizers are compared and none fits: what one that is none of them takes (8-bit AdamW, beside Lion and Adafactor)."""

from collections.abc import Sequence
from typing import Any

from kb.changes import changes, likely_changes
from kb.side import Setup


def and_another(offered: list[dict[str, Any]], setups: Sequence[Setup], place: int) -> list[dict[str, Any]]:
    """What is offered to one of them, that behind the first."""
    return [*offered[:1], *_another(setups, place), *offered[1:]]


def _another(setups: Sequence[Setup], place: int) -> list[dict[str, Any]]:
    """Of the others' changes the first that takes an optimizer which is none of those compared; nothing where more sets them apart."""
    compared = {str(one.knob("optimizer")) for one in setups}
    if any(set(one.given) != {"optimizer"} or one.verdict == "yes" for one in setups):
        return []
    for other in [one for at, one in enumerate(setups) if at != place]:
        sure = changes(other.main)
        for change in [*sure, *likely_changes(other.main, sure)]:
            if str(change["facts"].get("optimizer", next(iter(compared)))) not in compared:
                return [change]
    return []
