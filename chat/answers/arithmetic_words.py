"""The asker's arithmetic in words: first whether it is right, then what its factors should be."""

from typing import Any

from chat.reads.reading import Reading

Said = tuple[list[str], list[str]]
_SAME = 0.02  # of a figure that is rounded


def is_right(result: dict[str, Any]) -> bool:
    """Is it a product for a cache that comes to what the cache is?"""
    return bool(result.get("right")) and abs(result["off"] - 1) < _SAME


def of_a_cache(result: dict[str, Any]) -> bool:
    """Is it a product that is meant as a cache?"""
    return result.get("of") == "kv_cache"


def arithmetic_words(result: dict[str, Any], reading: Reading) -> Said:
    """The verdict on what was meant, if that is known; else on both sides."""
    zh = reading.language == "zh"
    sides = _sides(result, zh)
    if "right" not in result:
        return [sides] if sides else [], []
    what = ("合计" if zh else "in all") if result["in_all"] else ("每 token" if zh else "per token")
    if is_right(result):
        return [f"**对:{what} {result['right']}。**" if zh else f"**Right: {result['right']} {what}.**"], []
    more = result["off"] > 1
    lines = [
        f"**不对:{'大' if more else '小'}了 {result['off_shown']} 倍,正确的是{what} {result['right']}。**" if zh
        else f"**Not right: {result['off_shown']} times too {'much' if more else 'little'}; it is {result['right']} {what}.**"
    ]  # fmt: skip
    wrong = result.get("wrong_zh" if zh else "wrong") or []
    factors = (";" if zh else "; ").join(wrong) + ("。" if zh else ".")
    if wrong:
        lines.append(("错在因子:" if zh else "What is wrong are the factors: ") + factors)
    return [*lines, sides] if sides else lines, []


def _sides(result: dict[str, Any], zh: bool) -> str:
    """Does the equation hold as written?"""
    if "stated" not in result:
        return ""
    gives, stated, written = result["gives_shown"], result["stated"], result["written"]
    if not result["holds"]:
        return (
            f"**“{written}”:等式左边是 {gives},不等于 {stated}。**" if zh
            else f"**“{written}”: the left side is {gives}, not {stated}.**"
        )  # fmt: skip
    binary = result["unit"] if result["unit"] and result["unit"] not in stated else ""
    if zh:
        unit = f",不过 {stated} 是按 {binary} 算的" if binary else ""
        return f"“{written}”:算术本身没错{unit}。"
    unit = f", though {stated} is counted in {binary}" if binary else ""
    return f"“{written}”: the arithmetic itself is right{unit}."
