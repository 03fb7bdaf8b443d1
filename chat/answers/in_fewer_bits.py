"""What fewer bits change: a full training that fits with its states in them, and what 16 would take instead."""

from chat.answers.case_tables import Result
from chat.phrases import VERDICTS, gib, leaning, pick

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


def unquantised_words(result: Result, language: str) -> str:
    """Of formats in fewer bits what 16 take, above the most of them that fits."""
    if not (one := result.get("unquantised")):
        return ""
    words, amount = pick(VERDICTS[leaning(one)], language), gib(one["gib"])
    if language == "zh":
        return f"16 位{'每张卡' if one['several'] else ''}要 {amount},{words}。"
    return f" In 16 bits it takes {amount}{' per card' if one['several'] else ''}: {words}."
