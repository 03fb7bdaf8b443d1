"""What is saved: which part by each method, against full fine-tuning; and whether what the asker saved is what is expected."""

import re
from typing import Any

from chat.answers.contrasted import several_cards
from chat.answers.setup_words import join
from chat.phrases import gib
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.seen.savings import is_added
from chat.words import term
from kb.recipe import ADAPTERS
from kb.worked import STATES

# less by so much is a saving
_LESS = 0.9


def parts_saved(result: dict[str, Any], names: list[str], language: str) -> str:
    """Of each method the parts that it makes smaller, from how much to how much; empty without full fine-tuning beside it."""
    zh, setups = language == "zh", result["setups"]
    whole = next((place for place, one in enumerate(setups) if one["facts"].get("method") == "full"), None)
    if whole is None:
        return ""
    full, lines = _held(setups[whole]), []
    for name, one in zip(names, setups, strict=True):
        held = _held(one)
        less = [part for part in STATES if held.get(part, 0.0) < _LESS * full.get(part, 0.0)]
        if one is setups[whole] or not less:
            continue
        said = [f"{term(part, language)} {gib(full[part])} → {gib(held.get(part, 0.0))}" for part in less]
        kept = [str(term(part, language)) for part in STATES if part not in less]
        stays = (f";{'、'.join(kept)}不变" if zh else f"; not {' and '.join(kept)}") if kept else ""
        lines.append(f"- {name}\uff1a{'、'.join(said)}{stays}" if zh else f"- {name}: {', '.join(said)}{stays}")
    if not lines:
        return ""
    head = (
        "**与全量微调相比,各方法省的部分如下;激活和 logits 都不省(靠重计算和融合损失)。**" if zh
        else "**Against full fine-tuning each saves these parts; activations and logits are saved by none of them (checkpointing and a fused loss do that).**"
    )  # fmt: skip
    return "\n".join([head, "", *lines])


def _held(setup: dict[str, Any]) -> dict[str, float]:
    """The parts as they are held at any moment."""
    held = {one["name"]: float(one["gib"]) for one in setup["elsewhere"]}
    return held | {one["name"]: float(one["gib"]) for one in setup["terms"]}


def saving_judged(result: dict[str, Any], names: list[str], reading: Reading) -> str:
    """Whether what the asker saved is what is expected, which terms make it and which stay."""
    found, language = result.get("saved"), reading.language
    if not found:
        return ""
    zh, (less, more) = language == "zh", (names[place] for place in found["pair"])
    each = ("每张卡" if zh else " per card") if several_cards(result) else ""
    opens = _opens(found, _told(found, zh), reading.lowered, zh)
    states, size, makes, stays = found["as"] == "states", *_amounts(found, _methods(result), language)
    less_of_all, after = f"{found['counted_share']:.0%}", _apart(result, found, zh)
    if zh:
        counted = f"{less}{each}比{more}少{size}{'的模型状态' if states else ''}{',即' + makes if makes else ''}"
        whole = "这些状态合计" if found.get("alone") else "整体"
        kept = f";{stays}不变,所以{whole}少 {less_of_all}" if stays else ""
        return f"**{opens}:{counted}{kept}。**{after}"
    counted = f"{less} takes {size} {'of model states ' if states else ''}less than {more}{each}"
    whole = "all the states together are" if found.get("alone") else "the whole is"
    kept = f"; {stays} stay as they are, so {whole} {less_of_all} less" if stays else ""
    return f"**{opens}: {counted}{', ' + makes if makes else ''}{kept}.**{after}"


def _methods(result: dict[str, Any]) -> list[str | None]:
    """The methods of the pair, the smaller first."""
    shared = result["facts"].get("method", {}).get("value")
    return [result["setups"][place]["facts"].get("method", shared) for place in result["saved"]["pair"]]


def _amounts(found: dict[str, Any], methods: list[str | None], language: str) -> tuple[str, str, str]:
    """The difference, the terms that make it, and those that stay; weights that nothing trains are frozen."""
    zh = language == "zh"
    of = "states" if found["as"] == "states" else "all"
    size = f"{gib(found[f'{of}_gib'])} ({found[f'{of}_gb']:.3g} GB)"
    makes = [f"{term(one['name'], language)} {gib(one['gib'])} → {gib(one['left']['gib'])}" for one in found["makes"]]
    frozen = ("冻结的" if zh else "the frozen ") if methods[0] in ADAPTERS else ""
    stays = [
        f"{frozen if one['name'] == 'weights' else ''}{term(one['name'], language)} {gib(one['gib'])}"
        for one in found["stays"]
    ]
    return size, join(makes, language), join(stays, language)


# asked whether it is so, and not only why
_ASKS_WHETHER = r"\bnormal\b|\bworking\b|\b(?:not|even|really|actually) (?:active|used|applied|enabled|in effect)\b|\b(?:ignored|inactive)\b|没(?:有)?(?:启用|打开|用上)|\bwrong\b|\bbroken\b|\bbug\b|\bexpected\s*\?|\bright\s*\?|\bcorrect\b|正常|生效|对吗|对不对|没起作用|bug"


def _told(found: dict[str, Any], zh: bool) -> str:
    """What was told to be saved, as it was told."""
    if found["share"] is not None:
        return f"{found['share']:.0%}"
    if "of_gb" in found:
        most, least = (f"{one:g} {found['unit']}" for one in found["of_gb"])
        return f"{most} 降到 {least}" if zh else f"{most} to {least}"
    return f"{found['told_gb']:g} {found['unit']}"


def _came_on_top(found: dict[str, Any], text: str) -> bool:
    """Is the amount told of what the larger adds, and not of what the smaller saves?"""
    if found["share"] is not None or "of_gb" in found:
        return False
    return any(is_added(text, *one.span()) for one in re.finditer(rf"(?<![\d.]){found['told_gb']:g}(?![\d.])", text))


def _opens(found: dict[str, Any], told: str, text: str, zh: bool) -> str:
    """Whether that is what is counted."""
    whether, added = compiled(_ASKS_WHETHER).search(text) is not None, _came_on_top(found, text)
    change = "多了 " if added else "省了 "
    if found["as"] or found.get("agree"):
        if zh:
            return f"{'正常:' if whether else ''}您说的{'从 ' if 'of_gb' in found else change}{told} 与理论相符"
        what = f"from {told}" if "of_gb" in found else f"the {told} that {'came on top' if added else 'you saved'}"
        return (
            f"Yes, that is normal: {what} is what theory says"
            if whether
            else f"{what[0].upper()}{what[1:]} is what theory says"
        )
    if zh:
        return f"您说的{change}{told} 与计算不符(请核对批大小、长度,以及设置是否生效)"
    return f"The {told} that {'came on top' if added else 'you saved'} is not what is counted (check batch and length, and that the setting is in effect)"


def _apart(result: dict[str, Any], found: dict[str, Any], zh: bool) -> str:
    """What the comparison that people have in mind is of; that two figures share settings that are assumed otherwise here."""
    if result["differing"] == ["zero_stage"]:
        return (
            "常说的省 N 倍是与完全不切分相比,激活与 logits 不切分。"
            if zh
            else " The N-fold saving that is spoken of is against no sharding at all, and activations and logits are not divided."
        )
    if _methods(result) == ["lora", "full"]:
        return (
            "剩下的主要是冻结的基座:再省就要量化它(QLoRA,4 位约为四分之一)。"
            if zh
            else " What is left is mostly the frozen base: to go lower it must be quantised (QLoRA, in 4 bits about a quarter of it)."
        )
    if result["differing"] == ["optimizer"] and _methods(result)[0] in ADAPTERS:
        wide = _methods(result)[0] != "qlora"
        base, base_zh = ("the base (QLoRA), ", "基座(QLoRA)、") if wide else ("", "")
        whole, whole_zh = _of_whole_training(result, found)
        return (
            f"优化器只为适配器保存状态:冻结的基座没有动量,所以 8 位或其他优化器只能省这一点;要降的是{base_zh}logits(融合损失)和激活(长度、重计算)。{whole_zh}"
            if zh
            else f" The optimizer keeps states of the adapters alone, the frozen base has none, so no other optimizer saves more than that; what can be lowered is {base}the logits (a fused loss) and the activations (length, checkpointing).{whole}"
        )
    if result["differing"] == ["optimizer"] and _is_eight_bit(result) and not _is_pure(result):
        return _of_moments(found, zh)
    if "of_gb" in found and not found["agree"]:
        return (
            "两个数都高出或低于下表的部分,来自同样的设置(批大小、长度、重计算等)与这里假设的不同。"
            if zh
            else " What both have beside the table comes from settings that they share (batch, length, checkpointing) and that are assumed otherwise here."
        )
    return ""


def _of_whole_training(result: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    """Of which the three quarters hold that are said of 8-bit states: the moments of all parameters, where all are trained."""
    wide, narrow = (f"{one:.3g} GB" for one in found["moments_gb"])
    if not _is_eight_bit(result) or not found["moments_gb"][0]:
        return "", ""
    return (
        f" The three quarters that are promised are of those states: where all parameters train (full fine-tuning) they go from {wide} to {narrow}.",
        f"宣传的省四分之三说的是这些状态:全部参数都训练时(全量微调)才是 {wide} 降到 {narrow}。",
    )


def _is_eight_bit(result: dict[str, Any]) -> bool:
    return any("8bit" in str(one["facts"].get("optimizer")) for one in result["setups"])


def _is_pure(result: dict[str, Any]) -> bool:
    """Are both run in 16 bits alone, with moments that are no fp32 and no copy that could be left out?"""
    return str((result["facts"].get("precision") or {}).get("value")).startswith("pure")


def _of_moments(found: dict[str, Any], zh: bool) -> str:
    """What the three quarters are of where all parameters train, and what would make the rest less."""
    wide, narrow, pure = (f"{one:.3g} GB" for one in (*found["moments_gb"], found["pure_gb"]))
    if zh:
        return f"8 位省的四分之三只针对两个动量({wide} 降到 {narrow},每参数 8 → 2 字节),不是全部状态。要再少:不留 fp32 主权重(纯 bf16 加 8 位 AdamW,每参数 6 字节,{pure})、把状态切分到多卡(ZeRO/FSDP),或改用 LoRA。"
    return f" 8 bits save three quarters of the two moments alone ({wide} to {narrow}, 8 → 2 B per parameter), and not of all states. What makes it less yet: no fp32 master copy (pure bf16 with 8-bit AdamW, 6 B per parameter, {pure}), dividing the states over cards (ZeRO, FSDP), or LoRA."


# asked whether what somebody says of two is so
_TRUE = r"真的|真假|对吗|对不对|是吗|是不是|靠谱|正确|\bis (?:it|that|this) (?:really |actually )?(?:true|right|correct|so)\b|\b(?:true|right|correct)\s?\?"
_THAN_EN = r"\b(?P<less>less|fewer|smaller|lighter|lower)\b[^.;?]{0,24}\bthan\b|\b(?P<more>more|larger|bigger|heavier|higher)\b[^.;?]{0,24}\bthan\b"
_THAN_ZH = r"[^,;?!，。]{0,6}?(?:(?P<less>省|少|小|低|轻)|(?P<more>费|多|大|高|重))"
_BI = r"(?<![占对同环配相])比(?!如|例)"
_BY_A_FACTOR = r"倍|一半|\btwice\b|\bdouble\b|\bhalf\b|\btimes\b|\d\s?x\b|\d\s?%|\d\s?g"
_APART = 0.04  # below this share the two are alike


def order_claimed(result: dict[str, Any], names: list[str], reading: Reading) -> str:
    """Whether it is so that one of two takes less than the other, where just that is asked."""
    text, facts = reading.lowered, [one for one in result["differing"] if one in reading.spans]
    if len(names) != 2 or not facts or not compiled(_TRUE).search(text):
        return ""
    values, spans = reading.facts.get(facts[0], ()), reading.spans[facts[0]]
    told = [str(one["facts"].get(facts[0])) for one in result["setups"]]
    places = {told.index(str(value)): span for value, span in zip(values, spans, strict=False) if str(value) in told}
    if len(places) != 2:
        return ""
    (first, before), (second, behind) = sorted(places.items(), key=lambda one: one[1])
    between = text[before[1] : behind[0]]
    found = compiled(_THAN_EN).search(between) or (
        compiled(_THAN_ZH).match(text, behind[1]) if compiled(_BI).search(between) else None
    )
    clause = text[before[0] : behind[1]] + compiled(r"[,;?!，。？；]").split(text[behind[1] : behind[1] + 16])[0]
    if found is None or compiled(_BY_A_FACTOR).search(clause):
        return ""
    amounts = [float(result["setups"][place]["memory"]["best_gib"]) for place in (first, second)]
    zh = reading.language == "zh"
    if abs(amounts[0] - amounts[1]) <= _APART * max(amounts):
        return "**差别很小。**" if zh else "**There is hardly a difference.**"
    if (amounts[0] < amounts[1]) == bool(found["less"]):
        return "**对。**" if zh else "**Yes.**"
    return "**不对,正好相反。**" if zh else "**No, it is the other way round.**"
