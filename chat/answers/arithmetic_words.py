"""The asker's arithmetic in words: first whether it is right, then what its factors should be."""

from collections.abc import Sequence
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
    if result.get("each_layer"):
        what = f"每层{what}" if zh else f"{what} in a layer"
    if is_right(result):
        if "example" in result:
            return ["**您的公式是对的。**" if zh else "**Your formula is right.**"], []
        slip = _of_whole(result["whole"], zh) if "whole" in result else []
        if "windowed" in result:
            return [*slip, _of_windows(result["windowed"], zh)], []
        return [f"**对:{what} {result['right']}。**" if zh else f"**Right: {result['right']} {what}.**", *slip], []
    lines = [_opens(result, what, zh), *_listed(result["wrong_zh" if zh else "wrong"], zh)]
    return [*lines, sides] if sides else lines, []


def _of_whole(told: dict[str, Any], zh: bool) -> list[str]:
    """What right factors come to over all tokens, where the asker got something else."""
    tokens, comes = f"{told['tokens']:,.0f}", f"{told['gib']:.1f} GiB"
    if zh:
        return [f"**您的式子乘以 {tokens} token 是 {comes},不是 {told['stated']}。**"]
    return [f"**Your product over {tokens} tokens comes to {comes}, not {told['stated']}.**"]


def holds_alone(result: dict[str, Any]) -> bool:
    """Does it hold as written, and is it no product for a cache?"""
    return "right" not in result and bool(result.get("holds"))


def held_together(those: Sequence[dict[str, Any]], language: str) -> str:
    """Several sums that hold, in one sentence; in which unit where that is not the one that is written."""
    zh = language == "zh"
    binary = [one for one in those if one["unit"] and one["unit"] not in one["stated"]]
    if len(those) < 2 or binary:
        return "\n\n".join(_sides(one, zh) for one in those)
    said = ("、" if zh else ", ").join(f"“{one['written']}”" for one in those)
    return f"{said}:算术本身都没错。" if zh else f"{said}: the arithmetic itself is right."


def _of_windows(told: dict[str, Any], zh: bool) -> str:
    """The product is right of a token, and too much of a sequence that is longer than the windows."""
    layers, short, whole = told["layers"], told["short"], told["layers"] - told["short"]
    kept, tokens = f"{told['kept']:,.0f}", f"{told['tokens']:,.0f}"
    if "window" in told:
        return _of_stepped_windows(told, zh)
    if zh:
        full = f"只有 {whole} 层保留全部 {tokens} 个 token," if whole else ""
        return (
            f"**这个式子把 {layers} 层都按全长算,所以得到 {told['in_full']};实际是 {told['cache']}:{full}其余 {short} 层是滑动窗口,各只存最近"
            f" {kept} 个 token。** 模型本来就这样设计,没有出错,上下文也没有被截断。"
        )
    full = f"only {whole} of them do, and" if whole else "but"
    return (
        f"**The product counts all {layers} layers at full length, {told['in_full']}; it is {told['cache']}: {full} {short} have a "
        f"sliding window and keep the last {kept} of {tokens} tokens.** The model is built so: nothing is broken or cut off."
    )


def _of_stepped_windows(told: dict[str, Any], zh: bool) -> str:
    """The same where the program keeps a step's tokens beside a window: each kind of layer as its log prints it."""
    layers, short, whole = told["layers"], told["short"], told["layers"] - told["short"]
    kept, tokens, window = (f"{told[name]:,.0f}" for name in ("kept", "tokens", "window"))
    if zh:
        full = f"只有 {whole} 层保留全部 {tokens} 个 token,其余 {short} 层" if whole else f"{short} 层都"
        sums = ",".join(f"{one} 层 × {cells} token = {size}" for one, cells, size in told["kinds"])
        return (
            f"**这个式子把 {layers} 层都按全长算,所以得到 {told['in_full']};llama.cpp 里实际是 {told['cache']}:{full}是 {window} 的滑动窗口,"
            f"各存 {kept} 个 token(窗口加一步处理的 token)。** {sums}。模型本来就这样设计,没有出错,上下文也没有被截断。"
        )
    full = f"only {whole} of them do, and" if whole else "but"
    sums = " and ".join(f"{one} layers × {cells} tokens = {size}" for one, cells, size in told["kinds"])
    return (
        f"**The product counts all {layers} layers at full length, {told['in_full']}; in llama.cpp it is {told['cache']}: {full} {short} have "
        f"a sliding window of {window} and keep {kept} tokens, the window and those of one step.** {sums}. The model is built so: nothing is "
        "missing, broken or cut off."
    )


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
    if "stated" not in result or result.get("unlike"):
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
