"""A sum of weights and cache that goes in by one unit and not by the other: which unit counts, and whether it goes in really."""

from collections.abc import Callable, Iterator

from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.phrases import value
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.interval import FITS
from kb.overheads import CONTEXT_GIB
from kb.pools import defaults, share_by_default, share_of
from kb.programs import serves
from kb.stored import USUAL_FILE

_NEAR = 0.05
_SUMMED = 0.02  # of a sum that is told beside its parts: all are rounded
_SMALLER = ({"kv_format": "fp8"}, {"weight_format": "int8"}, {"weight_format": "gptq-int4"})
_FILES_SMALLER = ({"kv_format": "q8_0"}, {"weight_format": USUAL_FILE})


def _unit_to_compare(figures: Figures) -> Words:
    """The asker's sum and the card in GiB; then what the sum leaves out, and what makes it go in where it does not."""
    card, total = figures.base.case.card, _total(figures)
    if card is None or figures.n > 1 or not total:
        raise Missing("card")
    room, base = card.capacity, figures.base
    low, high = (f"{one:g}" for one in CONTEXT_GIB)
    sizes = f"{total:g} GB = {total * GB / GIB:.1f} GiB"
    holds, share = _verdict(figures, total, room), _share(figures, room)
    ways = _ways(figures) if base.leaning not in FITS and _same(figures, total) else SILENT
    return Words(
        f"**Count in GiB: a card sold as {card.marketed_gb:g} GB has {room / GIB:.1f} GiB ({room / GB:.1f} GB), so it is {sizes} against {room / GIB:.1f} GiB{holds.en}.** Weights and cache are not all: the CUDA context takes {low} to {high} GiB, and the activations of a prefill come on top{share.en}.{ways.en}",
        f"**按 GiB 算:标称 {card.marketed_gb:g} GB 的卡有 {room / GIB:.1f} GiB(即 {room / GB:.1f} GB),所以是 {sizes} 对 {room / GIB:.1f} GiB{holds.zh}。** 权重加缓存不是全部:还有 CUDA 上下文 {low}–{high} GiB 和 prefill 的激活{share.zh}。{ways.zh}",
    )


def _same(figures: Figures, total: float) -> bool:
    """Is the asker's sum that of the case, and not of a length or a format that was not told?"""
    held = sum(figures.base.part_of_all(part) for part in ("weights", "kv"))
    return abs(held / (total * GB) - 1) < _NEAR


def _verdict(figures: Figures, total: float, room: float) -> Words:
    """Whether it goes in with all else; of a sum that is not the case's what it leaves."""
    base, left = figures.base, room - total * GB
    if not _same(figures, total):
        if left <= 0:
            return Words(": too much already", ",已经超出")
        return Words(f", which leaves {gib_words(left)} for all else", f",还剩 {gib_words(left)} 给其余部分")
    amounts = gib_words(base.best), gib_words(base.capacity or room)
    if base.leaning in FITS:
        return Words(f", and with all else it goes in, {amounts[0]} of {amounts[1]}", f",算上其余部分也放得下,共 {amounts[0]},可用 {amounts[1]}")  # fmt: skip
    return Words(f"; but with all else it does not go in, {amounts[0]} of {amounts[1]}", f";但算上其余部分实际放不下,共 {amounts[0]},可用 {amounts[1]}")  # fmt: skip


def _total(figures: Figures) -> float:
    """The sum that is told, in GB: the total of an account, or the figure that is what the others come to."""
    parts = dict(str(one).split(" ") for one in figures.told.get("parts", ()))
    if "total" in parts:
        return float(parts["total"])
    claims = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    return max(claims) if len(claims) > 2 and abs(sum(claims) / 2 / max(claims) - 1) < _SUMMED else 0.0


def _share(figures: Figures, room: float) -> Words:
    """What a server may have of the card by default, where one is told or taken whose share is one of the card."""
    engine = figures.given.get("engine") or figures.knob("engine")
    rule, share = share_of(engine), share_by_default(engine)
    if not serves(engine) or rule.rule != "share-of-card" or not share or "gpu_memory_utilization" in figures.given:
        return SILENT
    older = defaults(rule.tool).get((rule.setting, "first engine"))
    once, once_zh = (f" ({older} in older versions)", f"(旧版 {older})") if older else ("", "")
    less = f"{float(older) * room / GIB:.1f} GiB" if older else ""
    then, then_zh = (f" ({less})", f"(旧版 {less})") if older else ("", "")
    part = f"{share * room / GIB:.1f} GiB"
    return Words(
        f"; and {rule.tool} by default takes {share:g} of the card{once}, {part}{then}",
        f";{rule.tool} 默认又只用显卡的 {share:g}{once_zh},即 {part}{then_zh}",
    )


def _smaller(figures: Figures) -> Iterator[tuple[str, str]]:
    """The same with a cache or weights in fewer bits, where that goes in, and the longest context as it is."""
    files = str(figures.knob("weight_format")).startswith("gguf")
    for change in _FILES_SMALLER if files else _SMALLER:
        try:
            there = figures.at(**change)
        except BadInput:
            continue
        if there.leaning in FITS:
            ((knob, said),) = change.items()
            en, zh = (value(knob, said, language) for language in ("en", "zh"))
            cache = knob == "kv_format"
            yield (f"a cache in {en} ({gib_words(there.best)} in all)" if cache else f"weights in {en} ({gib_words(there.best)})",
                   f"KV 缓存用 {zh}(共 {gib_words(there.best)})" if cache else f"权重用 {zh}({gib_words(there.best)})")  # fmt: skip
    if longest := figures.base.largest("seq_len"):
        yield f"at most about {figure(longest)} tokens", f"上下文最多约 {figure(longest)} token"


def _ways(figures: Figures) -> Words:
    found = list(_smaller(figures))
    if not found:
        return SILENT
    en, zh = ", ".join(one for one, _ in found[:-1]), "、".join(one for _, one in found[:-1])
    last_en, last_zh = found[-1]
    return Words(
        f" What makes it go in: {en + ', or ' if en else ''}{last_en}.",
        f"放得下的办法:{zh + ',或' if zh else ''}{last_zh}。",
    )


UNIT_TO_COMPARE: dict[str, Callable[[Figures], Words]] = {"unit_to_compare": _unit_to_compare}
