"""One setting after which memory went from so much to so much: the run without it is the other side."""

from chat.plans.axes import Side
from chat.plans.stages import Said
from chat.plans.told import memory_claims
from chat.reads.reading import Reading
from chat.reads.seen.savings import from_to

# of each kind what a run has without it
_WITHOUT = {
    "gradient_checkpointing": ("checkpointing", {"on": "off"}),
    "attention": ("attention", {"flash": "eager"}),
    "loss": ("loss", {"fused": "full-logits"}),
    "optimizer": ("optimizer", {"adamw-8bit": "adamw", "paged-adamw-8bit": "adamw", "adafactor": "adamw", "lion": "adamw"}),
}  # fmt: skip
# adapters leave so much less of full fine-tuning; a quantised base of adapters on a whole one does not
_FAR = 3.0
_BEFORE = {True: "full", False: "lora"}


def tells_turn(reading: Reading) -> bool:
    """Is it told from which amount to which memory fell?"""
    found = from_to(reading.lowered, sorted(memory_claims(reading), key=lambda one: one.span))
    return found is not None and found[1].number < found[0].number


def turned(reading: Reading, said: list[Said]) -> list[Side]:
    """The side before the change and the one after it; empty where no two amounts are told, or several things are named."""
    text = reading.lowered
    amounts = from_to(text, sorted(memory_claims(reading), key=lambda one: one.span))
    if not amounts or amounts[1].number >= amounts[0].number:
        return []
    for fact, (kind, plain) in _WITHOUT.items():
        own = [one for one in said if one.kind == kind]
        if len(own) > 1:
            return []
        values = [one.value for one in own] or list(reading.facts.get(fact, ()))
        if len(values) == 1 and values[0] in plain:
            place = own[0].span if own else (0, 0)
            return [
                [Said(kind, fact, plain[values[0]], place)],
                [Said(kind, fact, values[0], place)],
            ]
    methods = [one for one in said if one.kind == "method"]
    if len(methods) != 1 or methods[0].value not in ("lora", "qlora"):
        return []
    far = amounts[0].number > _FAR * amounts[1].number
    before = _BEFORE[far]
    if before == methods[0].value:
        return []
    return [[Said("method", "method", before, methods[0].span)], methods]
