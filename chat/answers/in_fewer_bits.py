"""A full training that does not fit as it is, and does with states in fewer bits."""

from chat.answers.case_tables import Result
from chat.phrases import gib

_NARROWER = frozenset({"precision", "optimizer"})


def fits_narrower(result: Result, place: int, language: str) -> str:
    """Of a full training that does not fit, that its states in fewer bits do; nothing elsewhere."""
    found = [change for one in result["mended"] if one["setup"] == place for change in one["changes"]]
    less = next((one for one in found if one["facts"] and set(one["facts"]) <= _NARROWER), None)
    full = result["setups"][place]["facts"].get("method") == "full"
    if less is None or not full or less.get("leaning") or less["gib"] > (less["capacity_gib"] or 0):
        return ""
    need = gib(less["gib"])
    return f",{less['zh']}则放得下:{need}" if language == "zh" else f", with {less['says']} {need}, which fits"
