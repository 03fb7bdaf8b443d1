"""Amounts of memory in other units: which of them are the same bytes, and in which order they stand."""

import re
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.names import gpu_row
from kb.units import bytes_in

UNITS = {
    "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB", "g": "GB",
}  # fmt: skip
_MOST = 6
_BINARY = {"KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
# two amounts that are the same, each rounded to a tenth
_SAME = 0.006
# of a card's memory, what a program sees of it and prints as GB
_SEEN = 0.94
_COMPARED = 3  # amounts from which an order is told


def converted(amounts: Sequence[str], gpu: Any = None, memory_gb: float | None = None) -> dict[str, Any]:
    """Each amount in decimal and binary units; with cards, what their drivers report."""
    lines = list({line["said"]: line for line in map(_line, list(amounts)[:_MOST])}.values())
    result: dict[str, Any] = {"conversions": lines, "same": _same(lines), "order": _order(lines)}
    if gpu or memory_gb:
        result["cards"] = _cards(gpu, memory_gb)
        for line in lines:
            if line["unit"] == "GB" and any(_SEEN <= line["number"] / card["gib"] < 1 for card in result["cards"]):
                line["as_gib"] = f"{line['number'] * 2**10:,.0f} MiB"
        for line in lines:
            line["left"] = [
                _left(line, card) for card in result["cards"] if _LEAST_OF <= line["bytes"] / card["bytes"] < 1
            ]
    return result


# from this share of a card on an amount is one that should fit in it
_LEAST_OF = 0.5


def _left(line: dict[str, Any], card: dict[str, Any]) -> dict[str, str]:
    """What an amount leaves of a card."""
    left = card["bytes"] - line["bytes"]
    return {"card": f"{card['gib']:.2f} GiB", "left": f"{left / 2**30:.2f} GiB ({left / 1e9:.2f} GB)"}


def _line(amount: str) -> dict[str, Any]:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", amount)
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise BadInput(f"an amount is a number with KB, MB, GB, TB, KiB, MiB, GiB or TiB, not {amount[:30]!r}")
    said, size = f"{found[1]} {unit}", float(found[1]) * bytes_in(unit)
    ways = {"GiB": 2.0**30, "MiB": 2.0**20, "GB": 1e9} if size >= 1e8 else {"MiB": 2.0**20, "KiB": 2.0**10, "MB": 1e6}
    shown = [
        f"{size / scale:,.{3 if size < 10 * scale else 2}f} {name}" for name, scale in ways.items() if name != unit
    ]
    return {
        "said": said, "number": float(found[1]), "unit": unit, "bytes": size, "gib": size / 2**30,
        "in_gib": f"{size / 2**30:,.2f} GiB", "shown": shown,
    }  # fmt: skip


def _same(lines: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Amounts that are the same bytes: one decimal, the other binary, even if it is not written so."""
    found: list[dict[str, str]] = []
    if any(line["unit"].endswith("iB") for line in lines):
        return found  # who tells the two apart does not mix them up
    for decimal, other in permutations(lines, 2):
        if decimal["unit"] not in _BINARY or decimal["unit"].endswith("iB"):
            continue
        binary = _BINARY[decimal["unit"]]
        if other["unit"] == decimal["unit"] and abs(other["number"] * binary / decimal["bytes"] - 1) < _SAME:
            unit = decimal["unit"].replace("B", "iB")
            found.append({
                "decimal": decimal["said"], "binary": other["said"], "unit": unit,
                "exact": f"{decimal['bytes'] / binary:.2f} {unit}",
            })  # fmt: skip
    return found[:1]


def _order(lines: Sequence[dict[str, Any]]) -> str:
    """`22.35 GiB (24 GB) < 23.65 GiB < 23.93 GiB (25.7 GB)`, where there are several."""
    if len(lines) < _COMPARED:
        return ""
    told = []
    for line in sorted(lines, key=lambda one: one["bytes"]):
        told.append(line["in_gib"] if line["unit"] == "GiB" else f"{line['in_gib']} ({line['said']})")
    return " < ".join(told)


def _cards(gpu: Any, memory_gb: float | None) -> list[dict[str, Any]]:
    from kb.cards import cards_meant, plain_card

    named = gpu if isinstance(gpu, list) else [gpu]
    cards = [cards_meant(str(one), memory_gb)[0] for one in named] if gpu else [plain_card(float(memory_gb or 0))]
    return [
        {
            "card": card.name, "marketed": f"{card.marketed_gb:g} GB", "gib": card.capacity / 2**30, "bytes": float(card.capacity),
            "mib": f"{card.capacity / 2**20:,.0f} MiB", "gb_decimal": f"{card.capacity / 1e9:.1f} GB",
            "driver": gpu_row(card.name).get("memory_driver_mib") is not None,
        }
        for card in cards[:3]
    ]  # fmt: skip


def unit_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """What decides first: the same bytes told twice, the cards, the order; then every amount in other units."""
    zh = reading.language == "zh"
    lead = [_same_words(pair, zh) for pair in result["same"]]
    lead += [_card_words(card, zh) for card in result.get("cards") or []]
    if result["order"] and not result.get("cards"):
        lead.append(f"**统一成 GiB:{result['order']}。**" if zh else f"**In one unit: {result['order']}.**")
    cards = result.get("cards") or []
    told = {card["mib"].replace(",", "") for card in cards} | {card["marketed"] for card in cards}
    files = compiled(_OF_FILES).search(reading.text.lower())
    lead += [_left_words(one, zh) for one in result["conversions"] if files and one["unit"] == "GB" and one.get("left")]
    if files:
        told |= {one["said"] for one in result["conversions"] if one.get("left")}
    lines = [_amount_words(one, zh) for one in result["conversions"] if one["said"] not in told]
    return (lead, ["\n".join(lines)]) if lead else (["\n".join(lines)], [])


_OF_FILES = r"\b(?:files?|checkpoint|weights|safetensors|gguf|model (?:of|is|that))\b|文件|权重|模型(?:大小|有|是)"


def _left_words(one: dict[str, Any], zh: bool) -> str:
    """Whether so many bytes of weights fit, and what is left for the rest."""
    left = one["left"][0]
    if zh:
        return f"**{one['said']} 的文件是 {one['in_gib']},在 {left['card']} 里剩 {left['left']}**:CUDA 上下文、桌面、KV 缓存和激活都要用它,所以实际上只够很短的上下文,或者放不下。"
    return f"**{one['said']} of files are {one['in_gib']}; of {left['card']} they leave {left['left']}**, and the CUDA context, a desktop, the KV cache and activations all come out of that: in practice a very short context, or it does not fit."


def _amount_words(one: dict[str, Any], zh: bool) -> str:
    if seen := one.get("as_gib"):
        if zh:
            return f"- {one['said']} 是程序看到的这张卡的显存,程序里的 GB 就是 GiB,即 {seen}"
        return f"- {one['said']} is what a program sees of the card; its GB are GiB, {seen}"
    return f"- {one['said']} = " + " = ".join(one["shown"])


def _same_words(pair: dict[str, str], zh: bool) -> str:
    name = pair["unit"].replace("iB", "B")
    if zh:
        return f"**{pair['decimal']} 和 {pair['binary']} 是同样多的字节:{pair['decimal']}(按十进制)= {pair['exact']}(按二进制),只是程序把后者也写成 {name}。什么都没少。**"
    return f"**{pair['decimal']} and {pair['binary']} are the same bytes: {pair['decimal']}, decimal, = {pair['exact']}, binary, and programs write {name} for both; nothing is lost.**"


def _card_words(card: dict[str, Any], zh: bool) -> str:
    gib = f"{card['gib']:.1f} GiB"
    reports = f"{card['mib']} = {gib} = {card['gb_decimal']}"
    if zh:
        return f"**{card['card']} 标称 {card['marketed']},{'驱动报告' if card['driver'] else '按标称'} {reports}:按 {gib} 规划,再扣掉运行时。**"
    return f"**{card['card']}, marketed as {card['marketed']}: {'the driver reports' if card['driver'] else 'taken as'} {reports}. Plan with {gib}, less the runtime.**"
