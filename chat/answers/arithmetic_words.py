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
        if "example" in result:
            return ["**您的公式是对的。**" if zh else "**Your formula is right.**"], []
        return [f"**对:{what} {result['right']}。**" if zh else f"**Right: {result['right']} {what}.**"], []
    lines = [_opens(result, what, zh), *_listed(result["wrong_zh" if zh else "wrong"], zh)]
    return [*lines, sides] if sides else lines, []


def _opens(result: dict[str, Any], what: str, zh: bool) -> str:
    """By how much the product is off and what it should be; of one in symbols, for a model as an example."""
    more, times = result["off"] > 1, result["times"]
    by = f" ({' × '.join(times)})" if len(times) > 1 else ""
    if zh:
        off = f"{'大' if more else '小'}了 {result['off_shown']} 倍{by}"
        if "example" in result:
            return f"**您的公式不对**,以 {result['example']} 为例{off}。"
        return f"**不对:{off},正确的是{what} {result['right']}。**"
    off = f"{result['off_shown']} times too {'much' if more else 'little'}{by}"
    if "example" in result:
        return f"**Yours is not right**: for {result['example']} it gives {off}."
    return f"**Not right: {off}; it is {result['right']} {what}.**"


def _listed(wrong: list[str], zh: bool) -> list[str]:
    """What is wrong of the factors: one in a sentence, several each on its own line."""
    if len(wrong) < 2:
        return [("错在因子:" if zh else "What is wrong is a factor: ") + one + ("。" if zh else ".") for one in wrong]
    head = f"错了 {len(wrong)} 处:" if zh else f"{_COUNTS.get(len(wrong), len(wrong))} things are wrong:"
    return [head + "\n\n" + "\n".join(f"- {one}{'。' if zh else '.'}" for one in wrong)]


_COUNTS = {2: "Two", 3: "Three", 4: "Four"}


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
