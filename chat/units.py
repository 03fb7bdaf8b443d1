"""Amounts of memory in other units: which of them are the same bytes, and in which order they stand."""

import re
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from chat.card_memory_words import by_thousand_words, card_words, mib_by_thousand
from chat.reads.cards.card_units import ECC_LEAVES, free_of_line, leaves_ecc
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.names import gpu_row, gpu_rows
from kb.overheads import CONTEXT_GIB
from kb.pools import share_by_default
from kb.units import bytes_in

UNITS = {
    "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB", "g": "GB",
}  # fmt: skip
_MOST = 6
_BINARY = {"KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
UNITS_SAY = "1 GiB = 2^30 bytes, 1 GB = 10^9 bytes"
# two amounts that are the same, each rounded to a tenth
_SAME = 0.006
# of a card's memory, what a program sees of it and prints as GB
_SEEN = 0.94
_COMPARED = 3  # amounts from which an order is told


def converted(amounts: Sequence[str], gpu: Any = None, memory_gb: float | None = None) -> dict[str, Any]:
    """Each amount in decimal and binary units; with cards, what their drivers report, what a program sees of them, and what is left."""
    lines = list({line["said"]: line for line in map(_line, list(amounts)[:_MOST])}.values())
    same = _same(lines)
    lines = [line if not same or line["said"] != same[0]["binary"] else _line(same[0]["exact"]) for line in lines]
    result: dict[str, Any] = {
        "conversions": lines,
        "same": same,
        "order": _order(lines),
        "ratio": f"{2**30 / 1e9:.4g}",
        "apart": f"{2**30 / 1e9 - 1:.1%}",
        "units": UNITS_SAY,
    }
    if gpu or memory_gb:
        cards = _cards(gpu, memory_gb)
        result["cards"] = [_with_seen(card, lines, alone=len(cards) == 1) for card in cards]
        result["context_gib"] = list(CONTEXT_GIB)
        for line in lines:
            if line["unit"] == "GB" and any(_SEEN <= line["number"] / card["gib"] < 1 for card in result["cards"]):
                line["as_gib"] = f"{line['number'] * 2**10:,.0f} MiB"
            line["left"] = [
                _left(line, card) for card in result["cards"] if _LEAST_OF <= line["gib"] / card["room"] < _MOST_OF
            ]
    return result


# from this share of a card to that an amount is one that should fit in it
_LEAST_OF, _MOST_OF = 0.5, 1.3
# by so much what a driver reports may differ from the table's figure, of another board or with error correction on or off
_REPORTED = 0.07
_KEEPS, _KEEPS_MOST = 1e-4, 0.01  # of a card, what the driver keeps of it


def _with_seen(card: dict[str, Any], lines: Sequence[dict[str, Any]], alone: bool) -> dict[str, Any]:
    """A card with what the driver and a program are told to show of it; the room is the least of them."""
    told = {"room": card["gib"]}
    for line in lines if alone else ():
        share = line["number"] / (2**10 if line["unit"] in ("MiB", "MB") else 1) / card["gib"]
        if line["unit"] in ("MiB", "MB") and abs(share - 1) < _REPORTED:
            size = line["number"] * 2**20
            told |= {
                "mib": f"{line['number']:,.0f} MiB", "gib": size / 2**30, "gb_decimal": f"{size / 1e9:.2f} GB", "driver": True,
                "room": min(told["room"], size / 2**30),
            }  # fmt: skip
        # what error correction leaves is the driver's figure, told in GiB, and nothing that a program sees of it
        if line["unit"] == "GiB" and leaves_ecc(line["number"] / card["sold_gib"]):
            told["room"] = min(told["room"], line["gib"])
    reports = min(told.get("gib", card["gib"]), told["room"])
    for line in lines:
        if alone and line["unit"] == "GiB" and _SEEN <= line["number"] / reports < 1 - 1e-3:
            told |= {
                "seen": line["in_gib"],
                "seen_said": line["said"],
                "room": line["gib"],
                "kept_back": f"{reports - line['gib']:.2f} GiB",
            }
    return {**card, **told, **_kept(card, reports)}


def _kept(card: dict[str, Any], reports: float) -> dict[str, Any]:
    """What lies between the memory that a card is sold with and the one that its driver reports, and what keeps it."""
    sold, share = card["sold_gib"], reports / card["sold_gib"]
    ecc = not card["sideband"] and leaves_ecc(share)
    if not ecc and not 1 - _KEEPS_MOST <= share < 1 - _KEEPS:
        return {}
    return {"kept": {
        "ecc": ecc, "sold": f"{sold:g} GiB", "size": f"{(sold - reports) * 2**10:,.0f} MiB", "share": "1/16", "left": "15/16",
        "leaves": f"{ECC_LEAVES * sold:.4g} GiB",
    }}  # fmt: skip


def _left(line: dict[str, Any], card: dict[str, Any]) -> dict[str, Any]:
    """What an amount leaves of a card, and what the context of CUDA leaves of that."""
    left = card["room"] - line["gib"]
    after = [f"{max(0.0, left - one):.1f} GiB" for one in reversed(CONTEXT_GIB)]
    share = share_by_default("vllm") or 1.0
    served = share * card["room"] - line["gib"]
    return {
        "gib": left, "naive": float(card["marketed"].split(" ")[0]) - line["number"], "share": f"{share:g}", "served": f"{served:.1f} GiB" if served > 0 else "",
        "card": f"{card['room']:.2f} GiB", "left": f"{abs(left):.2f} GiB ({abs(left) * 2**30 / 1e9:.2f} GB)", "after": after,
        "fits": left >= 0, "roomy": left > CONTEXT_GIB[1], "tight": left < 2 * CONTEXT_GIB[1],
    }  # fmt: skip


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
        "in_gib": f"{size / 2**30:,.2f} GiB", "shown": shown, "reported_by": _reported_by(float(found[1])) if unit == "MiB" else [],
    }  # fmt: skip


def _reported_by(mib: float) -> list[str]:
    """The cards whose driver reports just so many MiB, by the table; each with the memory that it is sold with."""
    return [
        f"{name} ({row['memory_marketed_gb']:g} GB)"
        for name, row in gpu_rows().items()
        if row["memory_driver_mib"] == mib
    ]


def _same(lines: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Amounts that are the same bytes: one decimal, the other binary, even if it is not written so."""
    found: list[dict[str, str]] = []
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


def _as_rounded(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Are two amounts one, but for the digits that were not told of each?"""
    off = 0.0
    for line in (one, other):
        digits = len(line["said"].split()[0].partition(".")[2])
        off += 0.5 * 10**-digits * float(line["bytes"]) / float(line["number"])
    return abs(float(one["bytes"]) - float(other["bytes"])) <= off


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
            "driver": gpu_row(card.name).get("memory_driver_mib") is not None, "sold_gib": float(card.marketed_gb),
            "sideband": str(gpu_row(card.name).get("memory_type") or "").startswith("HBM"),  # ECC has bits of its own there
        }
        for card in cards[:3]
    ]  # fmt: skip


def unit_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """What decides first: the same bytes told twice, what files leave of a card, the card; then every amount in other units."""
    zh = reading.language == "zh"
    if (free := free_of_line(reading.text)) and result["conversions"]:
        left = " = ".join(result["conversions"][0]["shown"])
        used, whole = (f"{one:,}" for one in free)
        return [
            f"**还剩 {whole} − {used} MiB = {left}。**" if zh
            else f"**Left are {whole} − {used} MiB = {left}.**"
        ], []  # fmt: skip
    cards = result.get("cards") or []
    lead = [_same_words(pair, zh) for pair in result["same"]]
    units = {line["unit"] for line in result["conversions"]}
    if units == {"GB", "GiB"} and all(line["number"] == 1 for line in result["conversions"]):  # of no amount the units
        lead.append(_units_themselves(result["ratio"], result["apart"], zh))
    elif (
        len(units) == 2
        and len(result["conversions"]) == 2
        and _as_rounded(*result["conversions"])
        and not lead
        and not any(_of_a_card(one, cards) for one in result["conversions"])
    ):
        each = [line["said"] for line in result["conversions"]]
        lead.append(
            f"**两个都对:{each[0]} 和 {each[1]} 是同一大小。**"
            if zh
            else f"**Both are right: {each[0]} and {each[1]} are one size.**"
        )
    if result["order"] and not cards and not lead:
        lead.append(f"**统一成 GiB:{result['order']}。**" if zh else f"**In one unit: {result['order']}.**")
    told = {said for pair in result["same"] for said in (pair["decimal"], pair["exact"])}
    told |= {card["mib"].replace(",", "") for card in cards} | {card["marketed"] for card in cards}
    told |= {card["seen_said"] for card in cards if "seen" in card}
    if compiled(_OF_FILES).search(reading.lowered):
        amounts = [one for one in result["conversions"] if one.get("left") and one["unit"] in ("GB", "GiB")]
        own = {card.get("seen_said") for card in cards} | {one["said"] for one in amounts if _of_a_card(one, cards)}
        # what is told of the card is none of the files, unless it is all that is told
        of_files = [one for one in amounts if one["said"] not in own]
        of_files = of_files or [one for one in amounts if "as_gib" not in one and _beside_files(one, reading)]
        once = {round(one["gib"], 1): one for one in reversed(of_files)}.values()  # the same bytes told twice are one
        lead += [_left_words(one, result["context_gib"], zh) for one in reversed(once)]
        told |= {one["said"] for one in of_files}
        options = [one for one in result["conversions"] if one["said"] not in told]
        judged = _options_words(next(iter(once))["left"][0], options, zh) if len(once) == 1 else ""
        if judged:
            lead[-1] += judged
            told |= {one["said"] for one in options}
    elif "fits" in reading.intents:  # so much of a card: whether it goes in comes first
        amounts = [one for one in result["conversions"] if one.get("left") and one["said"] not in told]
        once = {round(one["gib"], 1): one for one in reversed(amounts)}.values()
        lead += [_into_card(one, result["context_gib"], zh) for one in once]
        told |= {one["said"] for one in amounts}
    lead += [card_words(card, result["context_gib"], result["ratio"], zh) for card in cards]
    lines = [_amount_words(one, cards, zh) for one in result["conversions"] if one["said"] not in told]
    rest = ["\n".join(lines)] if lines else []
    return (lead, rest) if lead else (rest, [])


_ROUNDED = 0.003  # an amount of a card, as it is told in one unit or the other


def _of_a_card(one: dict[str, Any], cards: Sequence[dict[str, Any]]) -> bool:
    """Is it what a card is sold with, or what its driver reports, in GB or GiB?"""
    sizes = [float(card["marketed"].split(" ")[0]) for card in cards]
    binary = [*sizes, *(card["gib"] for card in cards)]
    if one["said"] in {card["marketed"] for card in cards} or any(mib_by_thousand(one, card) for card in cards):
        return True
    return any(abs(one["gib"] / size - 1) < _ROUNDED for size in binary)


_OF_FILES = r"\b(?:files?|checkpoint|weights|safetensors|gguf|model (?:of|is|that))\b|文件|权重|模型(?:大小|有|是)"


def _beside_files(one: dict[str, Any], reading: Reading) -> bool:
    """Is an amount told in the clause that speaks of files or weights?"""
    number = re.escape(f"{one['number']:g}")
    return (
        compiled(rf"(?:{_OF_FILES})[^,;，。?]{{0,24}}(?<![\d.]){number}(?:\.0+)?(?![\d.])").search(reading.lowered)
        is not None
    )


def _left_words(one: dict[str, Any], context: Sequence[float], zh: bool) -> str:
    """Whether so many bytes of weights fit, and what is left for the rest."""
    left, size = one["left"][0], one["in_gib"] if one["unit"] == "GiB" else f"{one['said']} = {one['in_gib']}"
    low, high = (f"{end:g}" for end in context)
    least, most = left["after"]
    if not left["fits"]:
        if zh:
            return f"**放不下:文件 {size},比可用的 {left['card']} 还多 {left['left']}。**"
        return f"**They do not fit: {size} of files are {left['left']} more than the {left['card']} there are.**"
    if not left["roomy"]:
        if zh:
            return f"**权重能装进去,但只剩 {left['left']}:文件 {size},可用 {left['card']}。** 仅 CUDA 上下文就要 {low}–{high} GiB,几乎没有空间留给 KV 缓存和激活,所以能加载,一跑就容易爆。"
        return f"**The weights go in and leave only {left['left']}: {size} of files, {left['card']} on the card.** The CUDA context alone takes {low} to {high} GiB, so next to nothing is left for the KV cache and activations: they load, and it runs out soon after."
    # no name of a part here: the files are the asker's, not the weights that are counted of a model
    if zh:
        head = "纸面上放得下、实际太紧" if left["tight"] else "放得下"
        advice = "桌面和缓冲也从里面扣,只够很短的上下文:换更小的量化。" if left["tight"] else ""
        served = f"剩 {left['served']}" if left["served"] else "装不下"
        return f"**{head},剩 {left['left']}:可用 {left['card']} − 文件 {size}。** 再扣掉 CUDA 上下文 {low}–{high} GiB,可用于上下文的是 {least} 到 {most}(vLLM 默认只用 {left['share']},这样{served})。{advice}"
    head = "On paper they fit, in practice it is too tight" if left["tight"] else "They fit"
    advice = " A desktop and buffers come off it too, so it serves a very short context only: take a smaller quant." if left["tight"] else ""  # fmt: skip
    served = f"leaves {left['served']}" if left["served"] else "does not load them"
    return f"**{head}, with {left['left']} left: {left['card']} on the card − {size} of files.** Less {low} to {high} GiB of CUDA context, {least} to {most} are for the context (vLLM, at its default share of {left['share']}, {served}).{advice}"


def _into_card(one: dict[str, Any], context: Sequence[float], zh: bool) -> str:
    """Yes or no to whether so much goes into a card, and by how much."""
    left, size = one["left"][0], one["in_gib"] if one["unit"] == "GiB" else f"{one['said']} = {one['in_gib']}"
    if not left["fits"]:
        if zh:
            return f"**放不下:{size},比可用的 {left['card']} 多 {left['left']}。**"
        return f"**No: {size} is {left['left']} more than the {left['card']} there are.**"
    low, high = (f"{end:g}" for end in context)
    tight = left["tight"]
    if zh:
        rest = f"若这个数没有算进 CUDA 上下文,还要扣掉 {low}–{high} GiB。" if tight else ""
        return f"**放得下{',但很紧' if tight else ''}:{size},可用 {left['card']},剩 {left['left']}。**{rest}"
    rest = f" Where the figure does not count the CUDA context, that takes {low} to {high} GiB of it." if tight else ""
    return f"**Yes{', but it is tight' if tight else ''}: {size} of {left['card']}, {left['left']} left.**{rest}"


def _options_words(left: dict[str, Any], options: Sequence[dict[str, Any]], zh: bool) -> str:
    """Of the amounts that the asker takes what is left for: which is right, and in which unit; which mixes the units."""
    told = []
    for one in options:
        in_gb = left["gib"] * 2**30 / 1e9
        right = next(
            (unit for unit, size in (("GB", in_gb), ("GiB", left["gib"])) if abs(one["number"] - size) < _HALF), ""
        )
        if one["unit"] in ("GB", "GiB") and right:
            told.append(f"{one['said']} 是对的(按 {right})" if zh else f"{one['said']} is right, in {right}")
        elif one["unit"] == "GB" and abs(one["number"] - left["naive"]) < _HALF:
            told.append(
                f"{one['said']} 是用卡的 GiB 减文件的 GB,单位混了" if zh
                else f"{one['said']} subtracts GB of files from GiB of the card, which mixes the units"
            )  # fmt: skip
    return (" " if not zh else "") + (";" if zh else "; ").join(told) + ("。" if zh else ".") if told else ""


# a figure that is rounded to whole GB
_HALF = 0.55


def _amount_words(one: dict[str, Any], cards: Sequence[dict[str, Any]], zh: bool) -> str:
    by_thousand = next((card for card in cards if mib_by_thousand(one, card)), None)
    if by_thousand:
        return by_thousand_words(one["said"], by_thousand, zh)
    if seen := one.get("as_gib"):
        if zh:
            return f"- {one['said']} 是程序看到的这张卡的显存,程序里的 GB 就是 GiB,即 {seen}"
        return f"- {one['said']} is what a program sees of the card; its GB are GiB, {seen}"
    amount = f"- {one['said']} = " + " = ".join(one["shown"])
    if not cards and (named := one["reported_by"]):
        return (
            f"{amount},正是驱动报告的 {'、'.join(named)} 的显存"
            if zh
            else f"{amount}: just what the driver reports of {', '.join(named)}"
        )
    return amount


def _units_themselves(ratio: str, apart: str, zh: bool) -> str:
    if zh:
        return (
            f"**1 GiB 是 2^30 字节,1 GB 是 10^9 字节:1 GiB = {ratio} GB,差 {apart}。**"
            f" 文件、硬盘按 GB 写;驱动、CUDA 和 PyTorch 按二进制计,却常写成 GB,显卡标称的 GB 也是 GiB。拿文件和显卡比时,把 GB 除以 {ratio}。"
        )
    return (
        f"**1 GiB is 2^30 bytes and 1 GB is 10^9: 1 GiB = {ratio} GB, {apart} more.**"
        f" Files and disks are told in GB; drivers, CUDA and PyTorch count in binary and often write GB for it, and the GB that a card is sold with are GiB as well. To hold a file against a card, divide its GB by {ratio}."
    )


def _same_words(pair: dict[str, str], zh: bool) -> str:
    name = pair["unit"].replace("iB", "B")
    if zh:
        return f"**什么都没少:{pair['decimal']}(十进制)和 {pair['binary']}(其实是 {pair['exact']},二进制)是同样多的字节,只是程序把两种单位都写成 {name}。**"
    return f"**Nothing is lost: {pair['decimal']} (decimal) and {pair['binary']} ({pair['exact']}, binary) are the same bytes; programs write {name} for both units.**"
