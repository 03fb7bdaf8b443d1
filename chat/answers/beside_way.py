"""Beside the first way to make one of several optimizers fit, the way with another optimizer."""

from typing import Any

from chat.answers.unequal_words import need_after
from chat.phrases import VERDICTS, gib, pick


def with_another_optimizer(result: dict[str, Any], place: int, first: dict[str, Any], language: str) -> str:
    """That one which was not asked about fits as well; nothing where that is the first way."""
    own = next((one for one in result["mended"] if one["setup"] == place), None)
    if result["differing"] != ["optimizer"] or own is None or "optimizer" in first["facts"]:
        return ""
    for change in own["changes"]:
        if "optimizer" in change["facts"] and change.get("leaning", "likely") == "likely":
            amount = gib(need_after(change, result["setups"][place]["unequal"]))
            sure = (
                f"{',' if language == 'zh' else ', '}{pick(VERDICTS['likely'], language)}"
                if change.get("leaning")
                else ""
            )
            return (
                f"或{change['zh']}:{amount}{sure}。" if language == "zh" else f" Or {change['says']}: {amount}{sure}."
            )
    return ""
