"""Layouts between which a question chooses: "TP=8 or TP=4 PP=2" names two, each of which divides the cards for itself."""

from chat.plans.setups import sides
from chat.plans.understood import Facts, understood
from chat.reads.reading import Reading

WAYS = ("tp", "pp", "dp")


def layouts_of(reading: Reading) -> list[Facts]:
    """The layouts that are set against each other, in the order of the text; none where one is told, or other things differ."""
    if not any(len(reading.facts.get(name, ())) > 1 for name in WAYS) and len(set(WAYS) & set(reading.facts)) < 2:
        return []
    found = sides(reading)
    each = [dict(one) for one in found.each] if found else []
    return each if len(each) > 1 and all(set(one) <= set(WAYS) for one in each) else []


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
