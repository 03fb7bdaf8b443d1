"""Whether several models take the same, said plainly before their figures."""

from typing import Any

from chat.answers.case_tables import cases_of
from chat.reads.reading import Reading

# needs within so much of each other are nearly the same
_NEARLY = 0.05


def same_or_not(result: dict[str, Any], reading: Reading) -> str:
    """Yes or no, where it is asked whether the models that are named take the same; else nothing."""
    cases = cases_of(result)
    if "same_memory" not in reading.cues or len({str(case["facts"].get("model")) for case in cases}) < 2:
        return ""
    needs: dict[str, list[float]] = {}
    for case in cases:
        apart = {name: given for name, given in case["facts"].items() if name != "model"}
        needs.setdefault(str(sorted(apart.items(), key=str)), []).append(float(case["memory"]["best_gib"]))
    alike = all(max(each) <= (1 + _NEARLY) * min(each) for each in needs.values())
    if reading.language == "zh":
        return "基本一样。" if alike else "不一样。"
    return "Yes, nearly the same. " if alike else "No, not the same. "
