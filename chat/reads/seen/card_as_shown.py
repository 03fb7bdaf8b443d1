"""What the driver and PyTorch show of one card, beside a file that should go there: "nvidia-smi 15360MiB, torch里14.6, 文件15.2GB,
放得下吗". Both are what the card has, and nothing that a run takes; the lesser of them is the room.
"""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading

# the number may go without a unit: PyTorch counts in GiB
_IN_TORCH = (
    r"(?:\b(?:py)?torch(?:\.cuda)?)(?:\s|里|中|上|内|的|显示|看到|报告?|读到|可用|总共|总量|只有|只|有|是|说|为|says?\b|shows?\b|reports?\b|sees?\b|reads?\b|gives?\b|only\b|total\b|memory\b|a\b|of\b|capacity\b|about\b|[:=~])*"
    r"(?P<n>\d{1,3}\.\d{1,2})(?!\.?\d)\s?(?P<u>gi?b?)?(?![a-z])"
)
_LEAST_SEEN = 0.94  # the driver keeps some of a card back
# what is in use of it is another thing
_IN_USE = r"alloc|reserved|占用|已用|\bused\b|\busing\b|\btakes?\b"


def card_as_shown(reading: Reading) -> Reading:
    """Whether the file goes in is asked of what PyTorch shows of the card."""
    shown = [float(one) for one in reading.extras.get("log_driver", ())]
    found = compiled(_IN_TORCH).search(reading.lowered) if shown else None
    wanted = {"fits", "units"} & set(reading.intents) and {"model", "params"} & set(reading.facts)
    if found is None or not wanted or compiled(_IN_USE).search(reading.lowered):
        return reading
    room, span = float(found["n"]), (found.start("n"), found.end())
    if not _LEAST_SEEN <= room / shown[0] < 1:
        return reading
    told = any(claim.number == room for claim in reading.claims)
    extras = {name: given for name, given in reading.extras.items() if name != "log_tensors"}
    asked = [one for one in reading.intents if one not in ("why_more", "units")]
    return replace(
        reading,
        claims=reading.claims if told else (*reading.claims, Claim(room, "gib", span)),
        extras={**extras, "log_total": (room,)},
        intents=("units", *asked),
        cues=tuple(one for one in reading.cues if one != "smi_differs"),
        not_understood=tuple(one for one in reading.not_understood if one.span[1] <= span[0] or span[1] <= one.span[0]),
    )
