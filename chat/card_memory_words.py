"""The memory of a card in words: as it is sold, as its driver reports it, and what people make of that."""

from collections.abc import Sequence
from typing import Any


def mib_by_thousand(one: dict[str, Any], card: dict[str, Any]) -> bool:
    """Is it the driver's MiB divided by 1,000, cut or rounded to the digits that are told: `24564MiB, so 24.5GB`?"""
    off = 10.0 ** -len(str(one["said"]).split(" ")[0].partition(".")[2])
    return one["unit"] == "GB" and off < 1 and abs(one["number"] - card["gib"] * 1.024) < off


def by_thousand_words(said: str, card: dict[str, Any], zh: bool) -> str:
    """That such a figure is in neither unit, and what the same memory is in each."""
    whole = f"{card['gib']:.2f} GiB = {card['gb_decimal']}"
    if zh:
        return f"- {said} 只是把驱动报告的 MiB 挪了小数点,既不是 GiB 也不是 GB:{card['mib']} = {whole}"
    return f"- {said} only moves the decimal point of the driver's MiB, which is neither unit: {card['mib']} = {whole}"


def card_words(card: dict[str, Any], context: Sequence[float], ratio: str, zh: bool) -> str:
    """A card's memory as it is sold, as its driver reports it and as a program sees it, and with what to plan."""
    room = f"{card['room']:.2f} GiB"
    before, kept = _kept_words(card.get("kept", {}), zh)
    kept = "" if "seen" in card else kept
    low, high = (f"{end:g}" for end in context)
    reports = f"{card['mib']} = {card['gib']:.2f} GiB = {card['gb_decimal']}"
    if zh:
        name = card["card"] if card["driver"] and _article(card) != "the card" else "这张卡"
        seen = (
            f";程序(如 PyTorch 的 total capacity)看到 {card['seen']},差的 {card['kept_back']} 是驱动和固件自留的(nvidia-smi -q 里的 Reserved),不是谁占用了,也没有少"
            if "seen" in card
            else ""
        )
        return (
            f"{before}**{name}{'' if name == '这张卡' else ' '}的 {card['marketed']} 指的是 GiB:{'驱动报告' if card['driver'] else '即'} {reports}(十进制){kept}{seen}。按 {room} 规划,再扣掉 CUDA 上下文 {low}–{high} GiB。**"
            f" 文件大小多按十进制 GB 写,除以 {ratio} 才是 GiB。"
        )
    seen = (
        f"; a program (PyTorch's total capacity) sees {card['seen']}, and the {card['kept_back']} between are kept back by the driver and its firmware (Reserved in nvidia-smi -q): nothing is missing, and nobody uses them"
        if "seen" in card else ""
    )  # fmt: skip
    return (
        f"{before}**The {card['marketed']} of {_article(card)} are GiB: {'the driver reports' if card['driver'] else 'that is'} {reports}, decimal{kept}{seen}. Plan with {room}, less {low} to {high} GiB of CUDA context.**"
        f" Files are mostly told in decimal GB: divide by {ratio} for GiB."
    )


def _kept_words(kept: dict[str, Any], zh: bool) -> tuple[str, str]:
    """Before and within what is told of a card: what keeps the memory between its size as sold and what its driver reports."""
    if not kept:
        return "", ""
    if not kept["ecc"]:
        return "", (
            f";与 {kept['sold']} 差的 {kept['size']} 由驱动和固件保留" if zh
            else f"; the {kept['size']} to {kept['sold']} are kept back by the driver and its firmware"
        )  # fmt: skip
    product = f"{kept['sold']} × {kept['left']} = {kept['leaves']}"
    if zh:
        return (
            f"**显存没有少:ECC 开着时,GDDR 显存要用 {kept['share']} 存校验码,{product}。** nvidia-smi -q -d ECC 可以查看;用 nvidia-smi --ecc-config=DISABLED 关闭并重启后,这 {kept['size']} 就会回来。",
            "",
        )
    return (
        f"**Nothing is missing: with ECC on, GDDR memory keeps {kept['share']} of itself for the check codes, {product}.** nvidia-smi -q -d ECC shows it; nvidia-smi --ecc-config=DISABLED and a reboot give the {kept['size']} back. ",
        "",
    )


def _article(card: dict[str, Any]) -> str:
    return f"the {card['card']}" if not card["card"].startswith(("a ", "an ")) else "the card"
