"""The other usual formats or methods of what was asked, as a table: what each takes, and what holds it."""

from typing import Any

from chat.answers.case_tables import LEAST_GIB, cases_of, markdown, several_cards
from chat.answers.published import table_applies
from chat.answers.switched_words import formats_beside
from chat.phrases import case_words, gib, in_words, leaning, value, verdict
from chat.words import term
from kb.cases import stays_whole
from kb.interval import FITS

Result = dict[str, Any]
# so many formats are those of files, of which the nearest are told
_MANY_FORMATS = 4
# from so many times the need the number of cards is told why
_FAR = 1.5
# the order in which a way of training is told
_TOLD = ("method", "bits", "weight_format", "precision", "optimizer")

# the largest card of which several stand in one machine
_USUAL_GB = 96


def ladder_words(result: Result, offered: list[dict[str, Any]], language: str) -> list[str]:
    """Those that no change which was offered names already; nothing where a run has failed that should fit: it has its own ways out."""
    if result.get("doubted") and result.get("verdict") not in ("no", "conditional"):
        return []
    told = [_stated(one["facts"]) for one in offered]
    rungs = [one for one in result.get("ladder") or [] if _stated(one["facts"]) not in told]
    rungs = [
        one for one in rungs if one.get("on_card") == rungs[-1].get("on_card")
    ]  # offloaded or not, all of a table alike
    if not rungs or rungs[0].get("weights_gib", 1) < LEAST_GIB:  # in host memory, whatever their format
        return []
    zh, trains = language == "zh", "method" in rungs[0]["facts"]
    if not trains and result.get("verdict") == "yes":
        near = _nearest(rungs, result["memory"]["best_gib"])
        if several_cards(result, []):
            near = [{**one, "counted": _count_words(one, language)} for one in near]
        return [formats_beside(near, result, language)]
    each = several_cards(result, [])
    if trains:
        kept = rungs[-1]["on_card"]  # adapters: nothing is offloaded, whatever the question's own case does
        heads = [("换训练方法,不做 offload" if kept else "其余不变,换训练方法") if zh
                 else ("by other methods, nothing offloaded" if kept else "all else equal, by other methods")]  # fmt: skip
    else:
        heads = ["其余不变,换格式"] if zh else ["all else equal, in other formats"]
    apart = bool((result.get("unequal") or {}).get("by_layers"))  # each card holds another part
    heads.append(
        ("最满的卡" if apart else "每张卡" if each else "合计")
        if zh
        else ("fullest card" if apart else "per card" if each else "in all")
    )
    heads.append(("其中" if zh else "of it ") + str(term("weights", language)))
    judged = any(one["held_by"] or one["verdicts"][0]["verdict"] for one in rungs)
    heads += ["卡" if zh else "card"] if judged else []
    tabled = (
        table_applies(result) and bool(result.get("tables")) and any(one["tables"] for one in rungs)
    )  # where a row is told at all
    heads += [("LLaMA-Factory 的表" if zh else "LLaMA-Factory's table")] if tabled else []
    rows = []
    for one in rungs:
        facts = {name: one["facts"][name] for name in _TOLD if name in one["facts"]}
        rows.append(
            [
                case_words(facts, language),
                gib(one["gib"]),
                gib(one["weights_gib"]),
                *([held_words(one, language)] if judged else []),
                *([_table(one)] if tabled else []),
            ]
        )
    return [
        markdown(heads, rows),
        *(_why_so_many(language, any(map(_on_one, rungs))) if trains and any(map(_many, rungs)) else ()),
    ]


def _count_words(rung: dict[str, Any], language: str) -> str:
    """How many of the cards are enough for a format that they hold together, or what holds one that they do not."""
    zh, fewer = language == "zh", rung.get("enough")
    if fewer:
        count, each = fewer["n_gpus"], gib(fewer["gib"])
        return f"{count} 张就够({each})" if zh else f"{count} would do ({each}{' each' if count > 1 else ''})"
    if rung["held_by"]:
        return f"要 {held_words(rung, language)}" if zh else f"that takes {held_words(rung, language)}"
    return ""


def _nearest(rungs: list[dict[str, Any]], here: float) -> list[dict[str, Any]]:
    """Of the formats beside one that fits: the widest that fits too, the one above it that does not, and the next in fewer bits."""
    if len(rungs) < _MANY_FORMATS:
        return rungs
    wider = [one for one in rungs if one["gib"] > here]
    fit = [one for one in wider if one["verdicts"][0]["leaning"] in FITS]
    return [*[one for one in wider if one not in fit][-1:], *fit[:1], *[one for one in rungs if one["gib"] < here][:1]]


def between_words(result: Result, language: str) -> list[str]:
    """The usual format, where those that were asked about leave it out and none of them keeps quality and fits."""
    one = result.get("between")
    if not one or result.get("doubted"):
        return []
    zh, fits = language == "zh", leaning(one) in FITS
    words, laid = verdict(one, language), {"zero_stage": 3} if "zero_stage" in one["facts"] else {}
    each = (" per card" if one["several"] else "") if not zh else ("每张卡 " if one["several"] else "")
    how = f", {case_words(laid, language)}" if laid and not zh else f",{case_words(laid, language)}" if laid else ""
    longest = in_words("seq_len", one["longest"], language) if one["longest"] and fits else ""
    few = fits and any(leaning(case) in FITS for case in cases_of(result))
    file = str(one["format"])
    file = value("weight_format", file, language) if file.startswith("gguf:") else ""
    how = (f"({file})" if zh else f" ({file})") * bool(file) + how
    how += (",融合损失" if zh else ", with a fused loss") if one["fused"] else ""
    if zh:
        until, rest = f",最长约 {longest}" if longest else "", ";位数更少的质量损失明显更大,没有必要" if few else ""
        return [f"**常用的是 4 位{how}:{each}{gib(one['gib'])},{words}{until}**{rest}。"]
    until, rest = (
        f", up to about {longest}" if longest else "",
        "; fewer bits lose clearly more quality and are not needed" if few else "",
    )
    return [f"**The usual choice is 4 bits{how}: {gib(one['gib'])}{each}, {words}{until}**{rest}."]


def _many(rung: dict[str, Any]) -> bool:
    """Whether the cards that hold it have far more memory than it takes in all."""
    held = rung["held_by"]
    return bool(held) and held["n_gpus"] > 1 and held["n_gpus"] * held["memory_gb"] > _FAR * rung["gib"]


def _on_one(rung: dict[str, Any]) -> bool:
    """Is it a base that sharding leaves whole, on one card that is larger than what people have several of?"""
    held = rung.get("held_by") or {}
    return stays_whole(rung["facts"]) and held.get("n_gpus") == 1 and float(held.get("memory_gb") or 0) > _USUAL_GB


def _why_so_many(language: str, whole: bool) -> list[str]:
    """Why several cards are more than the sum, and why a base of whole numbers is not on them."""
    if language == "zh":
        rest = "bitsandbytes 的 8 位基座不能切分,要一张卡放下。" if whole else ""
        return [f"多张卡按切分(ZeRO-3/FSDP)并留余量:每张卡另有自己的激活、缓冲和运行时,所以比“合计 ÷ 单卡”多。{rest}"]
    rest = " The 8-bit base of bitsandbytes is not sharded: one card must hold it." if whole else ""
    return [
        f"Several cards are sharded (ZeRO-3/FSDP), with a margin: each adds its own activations, buffers and runtime, so they are more than what it takes in all ÷ a card.{rest}"
    ]


def _stated(facts: dict[str, Any]) -> set[tuple[str, str]]:
    return {(name, str(given)) for name, given in facts.items() if given is not None}


def _table(rung: dict[str, Any]) -> str:
    """What the published table has for the nearest size: `48 GB (70B)`; two rows of a method are mixed and 16 bit."""
    if rung["facts"].get("optimizer") not in (None, "adamw"):
        return "–"  # the table's cells are of plain AdamW
    rows = rung["tables"]
    pure = [one for one in rows if one["bits"] is not None] if rung["facts"].get("precision") else rows[:1]
    return f"{pure[0]['says_gb']:g} GB ({pure[0]['model_size']})" if pure else "–"


def held_words(rung: dict[str, Any], language: str) -> str:
    """What holds it: these cards or not, so many of them, or the smallest usual card."""
    held, verdicts, zh = rung["held_by"], rung["verdicts"], language == "zh"
    if len(verdicts) > 1:
        told = (f"{value('gpu', one['gpu'], language)} {verdict(one, language)}" for one in verdicts)
        return (",".join if zh else ", ".join)(told)
    if held:
        size, count = value("gpu_memory_gb", held["memory_gb"], language), held["n_gpus"]
        if held.get("shared"):
            return f"{size} 的机器" if zh else f"a machine of {size}"
        many = (
            (f"{count} 张 " if zh else f"{in_words('n_gpus', count, language)} of ")
            if count > 1
            else ""
            if zh
            else "a card of "
        )
        return f"{many}{size} 的卡" if zh else f"{many}{size}"
    return verdict(verdicts[0], language)
