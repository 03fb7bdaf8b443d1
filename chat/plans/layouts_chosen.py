"""Layouts between which a question chooses: "TP=8 or TP=4 PP=2" names two, each of which divides the cards for itself."""

from collections.abc import Sequence

from chat.plans.over_machines import over_machines
from chat.plans.setups import sides
from chat.plans.understood import Facts, is_serving, understood
from chat.reads.reading import Reading
from kb.likely import Stated

WAYS = ("tp", "pp", "dp")


def layouts_of(reading: Reading) -> list[Facts]:
    """The layouts that are set against each other, in the order of the text; none where one is told, or other things differ."""
    if not any(len(reading.facts.get(name, ())) > 1 for name in WAYS) and len(set(WAYS) & set(reading.facts)) < 2:
        return []
    found = sides(reading)
    each = [over_all_cards(dict(one), reading) for one in found.each] if found else []
    return each if len(each) > 1 and all(set(one) <= set(WAYS) for one in each) else []


def over_all_cards(layout: Facts, reading: Reading) -> Facts:
    """A pipeline of fewer stages than there are cards has tensor parallel inside of each stage: "PP2" of 16 is TP8 × PP2."""
    cards, stages = reading.fact("n_gpus"), int(layout.get("pp", 1))
    split = set(layout) == {"pp"} and is_serving(reading) and cards and int(cards) > stages and int(cards) % stages == 0
    return {"tp": int(cards) // stages, **layout} if split and cards else layout


def within_machines(reading: Reading, layouts: list[Facts]) -> Facts:
    """Of these the one that keeps what meets at every layer inside a machine, where several machines are told; else the first."""
    nodes = int((reading.extras.get("nodes") or (1,))[0])
    cards = reading.fact("n_gpus")
    each = int(cards) // nodes if cards and nodes > 1 and int(cards) % nodes == 0 else 0
    inside = [one for one in layouts if each and int(one.get("tp", 1)) <= each]
    return max(inside, key=lambda one: int(one.get("tp", 1)), default=layouts[0])


def as_laid_out(reading: Reading, layout: Facts) -> Facts:
    """The facts of the question with that one of its layouts."""
    return {**{name: one for name, one in understood(reading).items() if name not in WAYS}, **layout}


def laid_over_all(
    reading: Reading, each: Sequence[Facts], stated: Sequence[Stated | None]
) -> list[tuple[Facts, Stated | None]]:
    """The sides as the cards divide them; ways that are named without degrees over machines become the layouts that there are."""
    if wide := over_machines(reading):
        return [(one, None) for one in wide]
    return [(over_all_cards(side, reading), one) for side, one in zip(each, stated, strict=True)]
