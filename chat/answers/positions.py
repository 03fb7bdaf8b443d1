"""A limit of length that is another variant's: nothing is said of it."""

from typing import Any

from chat.reads.reading import Reading
from kb.lengths import length_in_name
from kb.names import model_row


def without_others_limit(result: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """The result without the positions of its row, where the name that was typed says more of them."""
    models = reading.facts.get("model", ())
    one = len(models) == 1
    if one and model_row(str(models[0]))["name"] != models[0]:
        return result  # its length is its own
    typed = [reading.text[start:end] for start, end in reading.spans.get("model", ())] if one else []
    named = max((length_in_name(str(name)) for name in (*reading.extras.get("longer_name", ()), *typed)), default=0)
    if not named:
        return result
    solved = result.get("solved")
    if isinstance(solved, dict) and (solved.get("positions") or 0) < named:
        result = {**result, "solved": {**solved, "positions": 0}}
    return {**result, "positions": 0} if (result.get("positions") or 0) < named else result
