"""What opens an answer once a figure of the one before is taken up: the part that is asked about and how it comes about."""

from chat.answers.found import Found
from chat.answers.parts_told import parts_told
from chat.answers.remarks_told import Told, first_in_bold
from chat.reads.follow_ups.taken_up import TAKEN_UP
from chat.reads.parts import PART, PARTS
from chat.remarks.sums import SUM_KEYS

# remarks that say how a part comes about
_OF_PARTS: dict[str, tuple[str, ...]] = {
    "weights": ("half-a-byte",),
    "logits": ("logits",),
    "kv_cache": ("kv-in-one-line", "kv-general"),
}


def taken_up_first(found: Found, leads: list[str], remarks: Told) -> tuple[list[str], Told] | None:
    """The part, its remarks, then the verdict; None where no figure was taken up."""
    reading = found.reading
    if TAKEN_UP not in reading.cues:
        return None
    part = next((cue.removeprefix(PART) for cue in reading.cues if cue.startswith(PART)), "")
    if PARTS in reading.cues:
        shown = [one for of in found.of("estimate_memory") for one in parts_told(of, reading)]
        return [*shown, *(one for one in leads if one not in shown)], []
    if not part:
        told = [text for key, text in remarks if key in SUM_KEYS]
        return [*told, *(one for one in leads if one not in told)], [one for one in remarks if one[1] not in told]
    ranked = [text for wanted in _OF_PARTS.get(part, ()) for key, text in remarks if key == wanted]
    shown = [one for of in found.of("estimate_memory") for one in parts_told(of, reading)]
    others = [one for one in leads if one not in (*shown, *found.derived)]
    if part == "kv_cache" and ranked:  # the product itself is one of them
        return [*ranked, *others], []
    meant = [text for key, text in remarks if key.startswith("meaning")]
    return [*shown, *map(first_in_bold, ranked), *meant, *others], []
