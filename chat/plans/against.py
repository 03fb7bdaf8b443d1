"""The call for a change that is set against what was before: `how much does batch 1 save?` after batch 2."""

from chat.plans.understood import Facts, understood
from chat.reads.reading import Reading
from chat.reads.set_against import SET_AGAINST


def set_against(reading: Reading) -> Facts:
    """What the tool that compares takes: a set-up for each value, and the facts that both share; nothing where none is."""
    against = reading.extras.get(SET_AGAINST, ())
    name = str(against[0]) if len(against) == 1 else ""
    if len(reading.facts.get(name, ())) != 2 or "method_diff" not in reading.intents:
        return {}
    shared = {other: given for other, given in understood(reading).items() if other != name}
    return {"setups": [f"{name}={value}" for value in reading.facts[name]], **shared}
