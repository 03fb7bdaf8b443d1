"""The call for two cases that are set against each other: `how much does batch 1 save?` after batch 2."""

from dataclasses import replace

from chat.plans.setup_texts import as_text
from chat.plans.understood import Facts, understood
from chat.reads.follow_ups.set_against import SET_AGAINST
from chat.reads.reading import Reading
from kb.recipe import recipe


def set_against(reading: Reading) -> Facts:
    """What the tool that compares takes: a set-up for each case, and the facts that both share; nothing where none is."""
    both = reading.extras.get(SET_AGAINST)
    if not both or "method_diff" not in reading.intents:
        return {}
    each = [_alone(replace(reading, facts=dict(facts), intents=("comparison",))) for facts in both]
    apart = [name for name in dict.fromkeys((*each[0], *each[1])) if each[0].get(name) != each[1].get(name)]
    setups = [{name: given for name in apart if (given := _given(name, facts)) is not None} for facts in each]
    shared = {name: given for name, given in each[1].items() if name not in apart}
    return {"setups": [as_text(one, None) for one in setups], **shared} if all(setups) else {}


def _alone(reading: Reading) -> Facts:
    """The facts of one case, of several readings of it the first."""
    facts = understood(reading)
    return {name: value[0] if isinstance(value, list) else value for name, value in facts.items()}


def _given(name: str, facts: Facts) -> object:
    """What a case has of a setting: as it was told, else as is usual."""
    return facts.get(name, recipe(str(facts.get("method", "inference"))).get(name))
