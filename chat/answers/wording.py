"""An estimate in words: verdict first, then tables, what is published, what would make it fit, what was assumed.

Every number is taken from a result, so that the guard lets it through; nothing is computed here.
"""

from typing import Any

from chat.answers.case_tables import (
    Result,
    cards_table,
    cases_of,
    cases_table,
    columns,
    of_several_models,
    several_cards,
    terms_table,
)
from chat.answers.change_words import also_fits, beside_change, fewest_cards, what_was_ruled_out
from chat.answers.count_words import on_layouts
from chat.answers.eased_words import eased_words
from chat.answers.host_words import host_figures
from chat.answers.ladder_words import ladder_words
from chat.answers.limit_words import limits
from chat.answers.made_of import serves, tells_each, tells_parts
from chat.answers.pool_words import pool_words
from chat.answers.published import published_words
from chat.answers.switched_words import held_ways_words, longer_words, switched_words, trained_words
from chat.answers.unequal_words import listed, need_after
from chat.answers.verdict_words import gap
from chat.answers.warned import warnings
from chat.phrases import VERDICTS, case_words, gib, in_words, label, leaning, pick, value
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from formulas.chinese import bold_apart, full_width
from formulas.notation import size_words
from kb.change import KEEPS
from kb.changes import MOST
from kb.host_memory import MOST_AT_HOME
from kb.hosting import PLACES
from kb.methods import without_masters
from kb.programs import is_default
from kb.recipe import ADAPTERS

# facts that an answer need not list among its assumptions: the verdict or the table says them
_SAID_ELSEWHERE = {
    "gpu", "n_gpus", "zero_stage", "bits", "task", "meter", "grad_accum", "dp", "kbit_prep", "autocast", "method",
    "adapter_dtype", "block_size", "max_num_batched_tokens", "max_num_seqs",
}  # fmt: skip
# precisions that keep the weights themselves in float32, whatever they compute in
_WHOLE_IN_FP32 = ("amp-bf16", "amp-fp16", "fp32")
# 16-bit weights beside float32 masters, by the type: one layout of one size (chat/settings.py has the words)
_MASTERS = {"bf16": "bf16-params-fp32-states", "fp16": "fp16-params-fp32-states"}
# what a figure turns on most stands first among the assumptions
_FIRST_ASSUMED = ("model", "params", "seq_len", "batch_size", "weight_format", "gradient_checkpointing", "loss", "optimizer",
                  "precision", "lora_rank", "lora_targets")  # fmt: skip
# from so many times the need on another model of the size decides as much as the one that was counted
_WIDE = 1.5


def body(result: Result, language: str, brief: bool = False) -> list[str]:
    """What follows the headline: what would make it fit before what it consists of; in brief, the terms alone."""
    cases = cases_of(result)
    other = [] if wide_shape(result, language) else _other_shape(result, language)
    turns = len(cases) < 2 and bool(other) and result["other_shape"]["verdict"] != result.get("verdict")
    parts = [
        *(other if turns else []),
        *([] if brief else [*eased_words(result, language), *on_layouts(result, language)]),
    ]
    if len(cases) > 1:
        parts += [] if result.get("cards_told") else [cases_table(result, cases, language)]
    elif not brief and not listed(result) and not result.get("hybrid"):  # else told beside the verdict
        parts.append(cards_table(result.get("cards") or [], language))
    if not brief:
        parts += [] if result.get("room_told") else held_ways_words(result, language)
        parts += changes(result, language)
        formats = ladder_words(result, _offered(result), language)
        beside = [
            *formats,
            *switched_words(result, _offered(result), language),
            *longer_words(result, language),
        ]
        # of what fits by a little, and is asked whether it does, the next larger format is told beside the room
        near = (
            result.get("room_told") and result.get("whether") and result.get("eased") and result.get("verdict") == "yes"
        )
        parts += formats if near else [] if result.get("room_told") or result.get("ways_told") else beside
        parts += trained_words(result, language)
    if len(cases) > 1 and of_several_models(result, cases):
        parts.append(_rest_of_each(language, bool(result.get("ram_asked"))))
    else:
        each = tells_each(result)
        told = tells_parts(result) or (each and serves(result))  # beside the verdict
        parts += [
            "" if told else terms_table(result, cases, language, weights_told=each),
            _moment(result, cases, language),
        ]
    if not brief:
        parts += [] if result.get("room_told") else limits(result, cases, language)
        parts += pool_words(result, language) if len(cases) < 2 and not result.get("pool_told") else []
        parts += (
            []
            if result.get("hybrid") and (result.get("host") or result.get("ram_asked"))
            else host_figures(result, language)
        )
        parts += [] if turns else other
        parts += published_words(result, language)
    parts += warnings(result, language)
    return [part for part in parts if part]


def _rest_of_each(language: str, ram_asked: bool) -> str:
    """What is beside weights and cache; and of the machine's memory, where it was asked about, when it is needed."""
    if language == "zh":
        ram = "显卡放得下全部时,内存只在读取文件时用到,与权重一样大就够;不用显卡则见最后一列。" if ram_asked else ""
        return f"其余是激活、缓冲区与运行时;要留余量,缓存随上下文和并发数增加。{ram}"
    ram = (
        " Beside a card that holds all of it, RAM is needed only while the file is read: as much as the weights will do. Without a card it takes what the last column says."
        if ram_asked
        else ""
    )
    return f"The rest is activations, buffers and the runtime; leave headroom, for the cache grows with the context and with each sequence at once.{ram}"


def _moment(result: Result, cases: list[Result], language: str) -> str:
    """At which moment a training is fullest, where its table hides what stood before."""
    before = next((one["before"] for one in columns(result, cases) if one.get("before")), None)
    if not before:
        return ""
    most = "" if len(cases) > 1 else gib(before["gib"])
    if language == "zh":
        return "峰值在反向传播结束、优化器更新时,激活与 logits 已释放" + (
            f";反向传播期间最多 {most}。" if most else "。"
        )
    then = f"; during the backward pass it is at most {most}." if most else "."
    return f"The peak is at the end of the backward pass and the optimizer's step, when activations and logits are freed{then}"


def wide_shape(result: Result, language: str) -> list[str]:
    """That other model, where it takes so much more that one figure for the size would mislead: said with the verdict."""
    other, memory = result.get("other_shape"), result.get("memory")
    if not other or not memory or other["gib"] < _WIDE * memory["best_gib"]:
        return []
    return _other_shape(result, language)


def _other_shape(result: Result, language: str) -> list[str]:
    """Another usual model of the size, where it takes more than the one that was taken: the size alone does not decide."""
    other = result.get("other_shape")
    if not other:
        return []
    taken = value("model", (result["facts"].get("model") or {}).get("value") or "", language)
    name, amount = value("model", other["model"], language), gib(other["gib"])
    (params, vocabulary), (theirs, larger) = (
        (size_words(one["params"]), f"{one['vocab_size']:,.0f}") for one in other["sizes"]
    )
    cases = cases_of(result)
    of = case_words(cases[0]["facts"], language) if len(cases) > 1 else ""
    longest = in_words("seq_len", other["longest"], language) if other["longest"] else ""
    if language == "zh":
        most = f",最长约 {longest}" if longest else ""
        return [
            f"这里按 {taken} 计算(参数 {params},词表大小 {vocabulary});同尺寸的 {name}(参数 {theirs},词表大小 {larger}){of + '时' if of else ''}要 {amount}{most}。"
        ]
    most = f", and holds about {longest}" if longest else ""
    with_ = f" ({of})" if of else ""
    return [
        f"Counted as {taken} ({params} parameters, vocabulary {vocabulary}); {name}, of the same size ({theirs}, vocabulary {larger}), takes {amount}{with_}{most}."
    ]


def _offered(result: Result) -> list[dict[str, Any]]:
    """What would make it fit; a change that is one of the cases was told already."""
    compared = {(name, str(given)) for case in cases_of(result) for name, given in case["facts"].items()}
    held = not result.get("doubted") and any((result.get("hybrid") or {}).get("runs") or ())
    placed = {*PLACES, "tensor_split"} if held else set()
    elsewhere = not result.get("doubted") and (result.get("hybrid") or {}).get("smaller")  # told with the verdict
    return [
        change for change in result.get("changes") or []
        if not (set(change["facts"]) <= placed or (elsewhere and set(change["facts"]) & {*PLACES})) and not {(name, str(given)) for name, given in change["facts"].items() if given is not None} <= compared
    ]  # fmt: skip


def _mended(result: Result, language: str) -> tuple[str, bool]:
    """The case that changes mend, in words where there are others, and whether it is one card alone."""
    short: dict[str, Any] = result.get("mended") or {}
    told = {name: len({str(case["facts"][name]) for case in cases_of(result)}) > 1 for name in short}
    whose = case_words({name: one for name, one in short.items() if told[name]}, language)
    return whose, not several_cards(result, [{"facts": short}] if "n_gpus" in short else [])


def first_way(result: Result) -> dict[str, Any] | None:
    """The cheapest change that is sure and keeps what was asked for."""
    kept = (one for one in _offered(result) if one["price"] in KEEPS and not one.get("leaning"))
    return next(kept, None)


ALL_COUNT = (
    "No: all parameters have to be held, not the active ones only. ",
    "不行:要放下的是全部参数,不只是激活的那些。",
)
NOT_ALONE = ("Not on the card alone", "只放在卡上不行")
# that host memory is no way out for the asker
_CARDS_ONLY = r"\b(?:fully|entirely|completely|all|only|purely) (?:in|on|inside) (?:the |my )?(?:v?ram|gpus?|cards?)\b|\bno (?:cpu )?offload|全部?都?[放在塞装进][在到进]?显存|纯(?:gpu|显卡|显存)|(?:只|光|仅)用(?:显卡|gpu|显存)|不(?:用|要|想用?)(?:内存|offload|卸载)"


def with_experts_moved(result: Result, reading: Reading) -> tuple[str, str] | None:
    """The plain answer where no card holds a mixture and the way that is told next puts its experts into host memory."""
    first = first_way(result)
    if "model" in (result.get("mended") or {}):
        return None  # of one of several models
    if not first or not set(first["facts"]) & {"n_cpu_moe", "offload"} or not first["host_gib"]:
        return None
    if compiled(_CARDS_ONLY).search(reading.lowered) or "claim_checked" in reading.cues:  # of the card it was claimed
        return None
    if first["host_gib"] > MOST_AT_HOME and "host_memory_gb" not in result["facts"]:
        return None  # who has more tells it
    if first["facts"].get("offload", "experts") != "experts":
        return None
    ram = gib(first["host_gib"])
    return f"{NOT_ALONE[0]}; with experts in host memory ({ram}) yes. ", f"{NOT_ALONE[1]},专家放进内存({ram})可以。"


def way_out(result: Result, language: str, by: dict[str, Any] | None = None) -> str:
    """Of what does not fit for sure: the cheapest change that keeps model, length, requests, method and cards; or `by` a setting,
    before the verdict on what was asked."""
    first = by or first_way(result)
    if (
        not first
        or first == result.get("into_host")
        or _in_cause(first, result, language)
        or any(case["verdict"] == "yes" for case in cases_of(result))
    ):
        return ""  # or the verdict has told it
    zh, (whose, alone) = language == "zh", _mended(result, language)
    amount, cost, sure = _amount(first, result, alone, language), first["cost_zh" if zh else "cost"], _likely(result)
    parts = beside_change(first, language, _unequal(result))
    if zh:
        told = amount + (f",{cost}" if cost else "") + parts
        head = f"{whose + '：' if whose else ''}{by.get('not_as', ('', '照现在的设置不行'))[1] + ',' if by else ''}{first['zh']}{gap(first['zh'])}"
        return f"**{head}就{'稳妥' if sure else ''}放得下**({told})。"
    told = amount + (f"; {cost}" if cost else "") + parts
    fits = "is sure to fit" if sure else "fits"
    it = f"{by.get('not_as', ('not as it stands', ''))[0]}; it" if by else "it"
    head = f"{whose}: {it}" if whose else f"{it[0].upper()}{it[1:]}"
    return f"**{head} {fits} with {first['says']}** ({told})."


def _in_cause(change: dict[str, Any], result: Result, language: str) -> bool:
    """Whether what stands before the verdict has told the change, with what it leaves."""
    cause, said = str(result.get("cause") or ""), change.get("zh" if language == "zh" else "says", "")
    return bool(said) and said in cause and gib(change["gib"]) in cause


def _amount(change: dict[str, Any], result: Result, alone: bool, language: str) -> str:
    """What a change leaves to be held: by one card, by each, or by all of unequal ones together."""
    found = _unequal(result)
    amount = gib(need_after(change, found))
    if found and found["by_layers"]:
        return f"合计 {amount}" if language == "zh" else f"{amount} over all cards"
    return amount if alone else f"每卡 {amount}" if language == "zh" else f"{amount} per card"


def _unequal(result: Result) -> Result | None:
    """The unequal cards of the case that is mended, where they are."""
    mended = [case for case in cases_of(result) if case["facts"] == result.get("mended")]
    found: Result | None = (mended[0] if mended else result).get("unequal")
    return found


def _likely(result: Result) -> bool:
    """Whether the single case most likely fits as it is: a change makes it sure."""
    return len(cases_of(result)) < 2 and leaning(result) == "likely"


def changes(result: Result, language: str) -> list[str]:
    """What would make it fit, the cheapest first; what most likely does stands before what gives up more.

    The way out that was told beside the verdict is not told again.
    """
    way = result.get("by_setting") or (first_way(result) if result.get("way_told") else None)
    sure = [
        one
        for one in _offered(result)
        if not (way and one["facts"] == way["facts"]) and not _in_cause(one, result, language)
    ]
    opened = len(sure) < len(_offered(result)) or result.get("can_told")
    first, rest = ([one for one in sure if (one["price"] in KEEPS) is kept] for kept in (True, False))
    likely = result.get("likely") or []
    # what only likely fits costs little quality: before what costs more of it
    place = next((place for place, one in enumerate(first) if one["price"] == "quality"), len(first))
    first[place:place] = [one for one in likely if one["price"] in KEEPS]
    rest[:0] = [one for one in likely if one["price"] not in KEEPS]
    told = max(MOST - len(first), 1)
    offered = [*first, *rest[:told], *(one for one in rest[told:] if "n_gpus" in one["facts"])]
    if not offered:
        return what_was_ruled_out(result, language)
    zh = language == "zh"
    whose, alone = _mended(result, language)
    lines = []
    for change in offered:
        if change.get("fewer"):
            lines.append(fewest_cards(change, language))
            continue
        what, cost = (change["zh"], change["cost_zh"]) if zh else (change["says"], change["cost"])
        more = int(change["facts"].get("n_gpus") or 1) > 1
        amount = _amount(change, result, alone and not more, language)
        each = also_fits(change, language) + beside_change(change, language, _unequal(result))
        if change.get("leaning"):
            each = (",{}" if zh else ", {}").format(pick(VERDICTS[change["leaning"]], language))
        lines.append(f"- {what}\uff1a{amount}" + (f"({cost})" if cost else "") + each if zh
                     else f"- {what}: {amount}" + (f" ({cost})" if cost else "") + each)  # fmt: skip
    surely = ("稳妥", "sure to ") if _likely(result) else ("", "")
    head = f"怎样才{surely[0]}放得下" if zh else f"What would make it {surely[1]}fit"
    hybrid = result.get("hybrid") or {}
    if any(hybrid.get("runs") or ()) and not hybrid["placed"] and len(cases_of(result)) < 2:
        head = "怎样全部放进显存" if zh else "What would hold all of it on the card"
    elif opened:
        head = head if zh else f"{head} instead"
        whose = ";".join(([whose] if whose else []) + ["其他办法"]) if zh else whose
    head += (f"({whose}):" if zh else f" ({whose}):") if whose else ":"
    return [head + "\n\n" + "\n".join(lines), *_mended_too(result, language), *what_was_ruled_out(result, language)]


_MOST_TOO = 4


def _mended_too(result: Result, language: str) -> list[str]:
    """What would make the other models fit, each in a line."""
    zh, told = language == "zh", []
    for one in result.get("mended_too") or []:
        ways = [
            f"{change['zh'] if zh else change['says']} {gib(change['gib'])}" for change in one["changes"][:_MOST_TOO]
        ]
        if ways:
            name = value("model", one["facts"]["model"], language)
            told.append(f"{name}\uff1a{'、'.join(ways)}。" if zh else f"{name}: {'; '.join(ways)}.")
    return told


def assumed(result: Result, reading: Reading, taken: dict[str, Any], apart: bool = False) -> list[str]:
    """What the recipe supplied, and what was taken for granted from the way the question is put.

    apart       there are others, so that this one says what it is of: training or inference
    """
    language = reading.language
    facts = result.get("facts") or {}
    differing = {name for case in cases_of(result) for name in case["facts"]}
    if (found := listed(result)) and found["by_layers"]:  # told with the cards
        differing |= {"layer_split", "pp"}
    if "n_gpus" in differing:  # of several counts each has a layout of its own
        differing |= {"tp", "pp", "dp", "ep"}
    told = [
        (name, fact["value"], fact["origin"])
        for name, fact in facts.items()
        if name not in _SAID_ELSEWHERE | differing and (fact["origin"] == "assumed" or is_default(fact["origin"]))
    ]
    told += [
        (name, facts[name]["value"], "assumed")
        for name, given in taken.items()
        if name not in reading.facts and not isinstance(given, list) and name in facts and name not in _SAID_ELSEWHERE | differing
        and facts[name]["origin"] == "asked"
    ]  # fmt: skip
    precision, method = (facts.get(name, {}).get("value") for name in ("precision", "method"))
    if precision in _WHOLE_IN_FP32 and method not in ADAPTERS:
        told = [(name, "fp32" if name == "weight_format" else given, origin) for name, given, origin in told]
    if precision == _MASTERS["bf16"] and facts.get("weight_format", {}).get("value") == "fp16":
        told = [(name, _MASTERS["fp16"] if name == "precision" else given, origin) for name, given, origin in told]
    if precision in _MASTERS.values() and without_masters({name: fact["value"] for name, fact in facts.items()}):
        told = [one for one in told if one[0] != "precision"]  # nothing of it is kept beside such an optimizer
    if not told:
        return []
    told.sort(key=lambda one: _FIRST_ASSUMED.index(one[0]) if one[0] in _FIRST_ASSUMED else len(_FIRST_ASSUMED))
    parts = [_assumption(name, given, origin, language) for name, given, origin in told]
    trains = facts.get("task", {}).get("value") == "train"
    if language == "zh":
        of = ("(训练)" if trains else "(推理)") if apart else ""
        return [f"假设{of}:" + "、".join(parts) + "。"]
    of = (" for training" if trains else " for inference") if apart else ""
    return [f"Assumed{of}: " + ", ".join(parts) + "."]


def _assumption(name: str, given: Any, origin: str, language: str) -> str:
    if name == "gradient_checkpointing" and language == "zh" and given in (True, False, "on", "off"):
        return "开启激活重计算" if given in (True, "on") else "不开激活重计算"
    words = (
        in_words(name, given, language)
        if name in ("seq_len", "batch_size", "lora_rank", "lora_targets")
        else f"{label(name, language)} {value(name, given, language)}"
    )
    return f"{words} ({_of_program(origin, language)})" if is_default(origin) else words


def _of_program(origin: str, language: str) -> str:
    return origin.replace("'s default", " 的默认值") if language == "zh" else origin


def finished(text: str, reading: Reading) -> str:
    return bold_apart(full_width(text)) if reading.language == "zh" else text
