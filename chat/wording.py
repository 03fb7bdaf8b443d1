"""An estimate in words: verdict first, then tables, what is published, what would make it fit, what was assumed.

Every number is taken from a result, so that the guard lets it through; nothing is computed here.
"""

import re
from typing import Any

from chat.case_tables import (
    CAPACITY,
    LEAST_GIB,
    Result,
    cards_table,
    cases_of,
    cases_table,
    decoding,
    held_words,
    longest_of,
    ordered,
    terms_table,
)
from chat.host_words import host_figures, host_short, into_host_words
from chat.phrases import VERDICTS, case_words, gib, in_words, label, pick, value
from chat.reading import Reading
from chat.verdict_words import MORE, by_cases, gap
from chat.warned import warnings
from formulas.chinese import full_width
from kb.programs import is_default
from kb.stated import ASKED

# facts that an answer need not list among its assumptions: the verdict or the table says them
_SAID_ELSEWHERE = {"gpu", "n_gpus", "zero_stage", "bits", "task", "meter", "grad_accum", "dp", "kbit_prep", "autocast"}
# what a run that has failed may have taken otherwise
_DECIDE = ("batch_size", "seq_len", "gradient_checkpointing", "loss")
# what the contract's sensitivity is of: one sequence, and 1,024 tokens
_MORE = {
    "batch_size": ("one more sequence costs {}", "每多一条序列 {}"),
    "seq_len": ("1,024 more tokens {}", "每多 1,024 个 token {}"),
}
_MOST_SAID = 6  # cases in a headline; the table has them all


def headline(result: Result, language: str) -> str:
    """The verdict, or the figure where no card was named."""
    zh = language == "zh"
    subject, memory, cases = _subject(result, language), result.get("memory"), cases_of(result)
    if memory is None:
        return ""
    if result.get("verdict") is None:
        return _figure_alone(subject, memory, cases, language)
    if len(cases) > 1:
        verdicts = by_cases(cases, language, result)
        told = f"**{subject}:{verdicts}。**" if zh else f"**{subject}: {verdicts}.**"
        return told + host_short(result.get("host"), language) + into_host_words(result.get("into_host"), language)
    if result.get("at_once"):
        many, held = result["facts"]["batch_size"]["value"], f"{result['at_once']:.1f}"
        if zh:
            return f"**{subject}:{many} 条满长序列不能同时放下,能同时放 {held} 条,其余排队**;{_against(memory, result.get('capacity_gib'), language)}"
        return f"**{subject}: not {many} sequences of this length at once, but {held}; the others wait** — all of them: {_against(memory, result.get('capacity_gib'), language)}"
    into_host = result.get("into_host")
    one = "no" if into_host else cases[0]["verdict"] if cases else result["verdict"]
    doubted = one == "yes" and bool(result.get("doubted"))
    verdict = pick(MORE if doubted else VERDICTS[one], language)
    against = (_as_assumed(result, language) if doubted else "") + _against(
        memory, result.get("capacity_gib"), language, bool(result.get("cards"))
    )
    against += host_short(result.get("host"), language) + into_host_words(into_host, language)
    return f"**{subject}:{verdict}**,{against}" if zh else f"**{subject}: {verdict}** — {against}"


def body(result: Result, language: str, brief: bool = False) -> list[str]:
    """What follows the headline; in brief, the terms alone."""
    cases = cases_of(result)
    parts = [] if brief else on_layouts(result, language)
    if len(cases) > 1:
        parts.append(cases_table(cases, language))
    elif not brief:
        parts.append(cards_table(result.get("cards") or [], language))
    parts += [terms_table(result, cases, language), _moment(result, language)]
    if not brief:
        parts += _limits(result, cases, language)
        parts += _beyond(result, language)
        parts += _held(result, cases, language)
        parts += _pool(result, language)
        parts += decoding(result, language)
        parts += host_figures(result, language)
        parts += _changes(result, language)
        parts += _published(result, language)
    parts += warnings(result, language)
    return [part for part in parts if part]


def _subject(result: Result, language: str) -> str:
    facts = result.get("facts") or {}
    differing = {name for case in cases_of(result) for name in case["facts"]}
    named = [name for name in ("model", "params") if name in facts and name not in differing]
    # the model that stands for a size is not what several sizes have in common
    asked = [name for name in named if facts[name]["origin"] == "asked"] or ([] if "params" in differing else named[:1])
    words = [value(name, facts[name]["value"], language) for name in asked[:1]]
    if "method" in differing and facts.get("task", {}).get("value") == "train":
        words.append("微调" if language == "zh" else "fine-tuning")
    for name in ("method", "bpw" if "bpw" in facts else "bits", "weight_format"):
        if name == "weight_format" and "bits" in differing:
            continue
        if name in facts and name not in differing and (name == "method" or facts[name]["origin"] == "asked"):
            words.append(value(name, facts[name]["value"], language))
    words = list(dict.fromkeys(words))
    if "bits" in facts and len(words) > 3:
        words = words[:3]
    count, card = facts.get("n_gpus"), facts.get("gpu")
    if count and int(count["value"]) > 1 and "n_gpus" not in differing:
        words.append(in_words("n_gpus", count["value"], language))
    if card and "gpu" not in differing:
        words.append(value("gpu", card["value"], language))
    return (" · " if language == "zh" else ", ").join(words)


def _figure_alone(subject: str, memory: Result, cases: list[Result], language: str) -> str:
    zh = language == "zh"
    if len(cases) > 1:
        names = [name for name in ordered(cases[0]["facts"]) if name not in CAPACITY]
        if names:
            said = [
                _at(
                    case_words({name: case["facts"][name] for name in names}, language),
                    gib(case["memory"]["best_gib"]),
                    zh,
                )
                for case in cases[:_MOST_SAID]
            ]
            joined = (";" if zh else "; ").join(said) + (("等" if zh else " …") if len(cases) > _MOST_SAID else "")
            opens = f"{subject},每张卡" if subject else "每张卡"
            if not zh:
                opens = f"{subject}, per card" if subject else "Per card"
            return f"**{opens}:{joined}。**" if zh else f"**{opens}: {joined}.**"
    span = f"{gib(memory['low_gib'])} – {gib(memory['high_gib'])}"
    if zh:
        return f"**{subject}:每张卡约 {gib(memory['best_gib'])}**(90% 区间 {span})。"
    return f"**{subject}: about {gib(memory['best_gib'])} per card** (90 % interval {span})."


def _at(words: str, amount: str, zh: bool) -> str:
    return f"{words}{gap(words)}约 {amount}" if zh else f"{words} {amount}"


def _as_assumed(result: Result, language: str) -> str:
    """What the figure of a run that has failed rests on and nobody said: there the cause is to be looked for."""
    facts = result.get("facts") or {}
    held = [
        in_words(name, facts[name]["value"], language)
        if name in ("batch_size", "seq_len")
        else f"{label(name, language)} {value(name, facts[name]['value'], language)}"
        for name in _DECIDE
        if name in facts and facts[name]["origin"] != ASKED
    ]
    if not held:
        return "按所说的设置," if language == "zh" else "as told, "
    return f"按假设的{'、'.join(held)}计算," if language == "zh" else f"counted with {', '.join(held)} (assumed): "


def _against(memory: Result, capacity: float | None, language: str, differ: bool = False) -> str:
    need, room = gib(memory["best_gib"]), gib(capacity)
    span = f"{gib(memory['low_gib'])} – {gib(memory['high_gib'])}"
    if language == "zh":
        whose = "最满的卡" if differ else "每张卡"
        return f"{whose}约需 {need}(90% 区间 {span}),卡上可用 {room}。"
    needed = f"the fullest card needs about {need}" if differ else f"about {need} per card"
    return f"{needed} (90 % interval {span}), and {'it' if differ else 'the card'} has {room}."


# ── paragraphs ─────────────────────────────────────────────────────────────────────────────────────────────────────


def on_layouts(result: Result, language: str) -> list[str]:
    """Cards do not add up by themselves: said whenever a training names several and nothing of itself divides the weights."""
    facts = result.get("facts") or {}
    counts = {case["facts"].get("n_gpus") for case in cases_of(result)} - {None} or {
        facts.get("n_gpus", {}).get("value", 1)
    }
    divided = any(int(facts.get(name, {}).get("value") or 1) > 1 for name in ("tp", "pp"))
    if facts.get("task", {}).get("value") != "train" or max(map(int, counts)) < 2 or divided:
        return []
    n, by, by_zh = max(map(int, counts)), "ZeRO-3 or FSDP", "ZeRO-3/FSDP"
    if {case["facts"].get("method") or facts["method"]["value"] for case in cases_of(result) or [{"facts": {}}]} == {
        "qlora"
    }:
        by, by_zh = "FSDP", "FSDP"
    if language == "zh":
        return [
            (
                f"{n} 张卡的显存不会自动相加:数据并行(DDP)每张卡都保留完整的一份;ZeRO-2 切分梯度与优化器状态,但每张卡保留完整权重;"
                f"只有 {by_zh} 才把权重切分到 {n} 张卡。"
            )
        ]
    return [
        (
            f"{n} cards do not add up by themselves: with DDP each holds a whole copy; ZeRO-2 divides gradients and optimizer states, "
            f"but the weights stay whole on each; only {by} divides them over all {n}."
        )
    ]


# phases in which what the forward pass kept is gone
_AFTERWARDS = ("phase_end_of_backward", "phase_optimizer_step")


def _moment(result: Result, language: str) -> str:
    """At which moment a training is fullest, where its table hides what stood before."""
    if result.get("phase") not in _AFTERWARDS:
        return ""
    if language == "zh":
        return "峰值出现在反向传播结束之后:此时激活与 logits 已经释放,它们在此之前的峰值更低。"
    return "The peak comes after the backward pass: activations and logits are freed by then, and the peak with them is lower."


def _limits(result: Result, cases: list[Result], language: str) -> list[str]:
    """Where the verdict of a single case flips, the longest sequence that still fits; and what a little more of each costs."""
    if len(cases) > 1:
        return []
    zh, longest = language == "zh", longest_of(result)
    said = [] if not longest else [
        f"其余不变时,最长约 {value('seq_len', longest, language)} token。" if zh
        else f"All else equal, up to about {value('seq_len', longest, language)} tokens fit."
    ]  # fmt: skip
    more = [
        _MORE[one["quantity"]][zh].format(gib(one["gib"])) for one in result.get("sensitivity") or []
        if one["quantity"] in _MORE and one["gib"] >= LEAST_GIB
    ]  # fmt: skip
    if more:
        told = ("、" if zh else "; ").join(more)
        said.append(f"{told}。" if zh else f"{told[0].upper()}{told[1:]}.")
    return ["".join(said) if zh else " ".join(said)] if said else []


def _held(result: Result, cases: list[Result], language: str) -> list[str]:
    """What card, or how many, a single need takes; several say so in their table."""
    held = result.get("held_by")
    if not held or len(cases) > 1 or result.get("capacity_gib"):
        return []
    words = held_words(held, language)
    shared = held["n_gpus"] > 1
    if language == "zh":
        return [f"放得下的最小配置:{words}" + (",切分到各卡。" if shared else "。")]
    return [f"The least that holds it: {words}" + (", sharded over them." if shared else ".")]


def _beyond(result: Result, language: str) -> list[str]:
    """Where memory would hold a longer sequence than the model declares."""
    found = [one["value"] for one in result.get("answers") or [] if one["quantity"] == "positions"]
    return [
        f"模型声明的位置只有 {declared:,} 个:更长的序列显存放得下,但要靠 RoPE 外推等办法,模型本身不支持。" if language == "zh"
        else f"The model declares {declared:,} positions: a longer sequence fits the memory, not the model, unless its positions are scaled."
        for declared in found
    ]  # fmt: skip


def _pool(result: Result, language: str) -> list[str]:
    """What a server takes of the card, and how much of the cache that leaves: tokens, and whole sequences at once."""
    found = {one["quantity"]: one["value"] for one in result.get("answers") or [] if one.get("scope") == "pool"}
    if not found:
        return []
    taken, tokens, at_once = gib(found["pool"]), f"{found['kv_tokens']:,.0f}", found["concurrent_sequences"]
    if language == "zh":
        then = f"即同时 {at_once:.1f} 条满长序列,其余排队" if at_once >= 1 else "不够一条满长序列,无法启动"
        return [f"服务启动时占用这张卡的 {taken};扣除权重与测量运行后,缓存页可容纳 {tokens} 个 token,{then}。"]
    then = (
        f"or {at_once:.1f} sequences of this length at once; others wait"
        if at_once >= 1
        else ("too few for one sequence of this length: it does not start")
    )
    return [
        f"The server takes {taken} of the card at its start; weights and its profile run leave pages for {tokens} tokens, {then}."
    ]


def _published(result: Result, language: str) -> list[str]:
    zh = language == "zh"
    lines = []
    for row in (result.get("tables") or [])[:4]:
        if row["table"] == "finetune":
            bits = f"{row['bits']} 位" if zh and row["bits"] else f"{row['bits']}-bit" if row["bits"] else "AMP"
            lines.append(f"{row['model_size']} {row['method']}\uff08{bits}\uff09{row['says_gb']:g} GB" if zh
                         else f"{row['model_size']} {row['method']} ({bits}) {row['says_gb']:g} GB")  # fmt: skip
    parts = []
    if lines:
        parts.append(
            "LLaMA-Factory 的表写的是:" + "、".join(lines) + "。那是作者的估计:一份完整副本、较短序列。" if zh
            else "LLaMA-Factory's table says " + "; ".join(lines) + ": its authors' estimates, of one whole copy at short lengths."
        )  # fmt: skip
    for row in [row for row in result.get("tables") or [] if row["table"] == "inference"][:1]:
        parts.append(
            f"{row['factor']:.1f} 倍的经验法则:{row['model_size']} {row['dtype']} 为 {row['says_gib']:.1f} GiB,与上下文长度无关。" if zh
            else f"The {row['factor']:.1f}× rule of thumb gives {row['says_gib']:.1f} GiB for {row['model_size']} in {row['dtype']}, however long the context."
        )  # fmt: skip
    for row in result.get("measurements") or []:
        described = row["described_zh" if zh else "described"]
        parts.append(f"最接近的实测:{described},{row['gib']:.1f} GiB\uff08{row['source']}\uff09。" if zh
                     else f"Nearest measured: {described}, {row['gib']:.1f} GiB ({row['source']}).")  # fmt: skip
    return [" ".join(parts) if not zh else "".join(parts)] if parts else []


def _changes(result: Result, language: str) -> list[str]:
    """What would make it fit, the cheapest first."""
    # a change that is one of the cases was told already
    compared = {(name, str(given)) for case in cases_of(result) for name, given in case["facts"].items()}
    changes = [
        change for change in result.get("changes") or []
        if not {(name, str(given)) for name, given in change["facts"].items() if given is not None} <= compared
    ]  # fmt: skip
    if not changes:
        return []
    zh = language == "zh"
    short: dict[str, Any] = result.get("mended") or {}
    told = {name: len({str(case["facts"][name]) for case in cases_of(result)}) > 1 for name in short}
    whose = case_words({name: one for name, one in short.items() if told[name]}, language)
    lines = []
    for change in changes:
        what, cost = (change["zh"], change["cost_zh"]) if zh else (change["says"], change["cost"])
        lines.append(f"- {what}\uff1a{gib(change['gib'])}" + (f"({cost})" if cost else "") if zh
                     else f"- {what}: {gib(change['gib'])}" + (f" ({cost})" if cost else ""))  # fmt: skip
    whose += ("" if not whose else ";" if zh else "; ") + ("每卡" if zh else "per card")
    head = f"怎样才放得下({whose}):" if zh else f"What would make it fit ({whose}):"
    return [head + "\n\n" + "\n".join(lines)]


def assumed(result: Result, reading: Reading, taken: dict[str, Any], apart: bool = False) -> list[str]:
    """What the recipe supplied, and what was taken for granted from the way the question is put.

    apart       there are others, so that this one says what it is of: training or inference
    """
    language = reading.language
    facts = result.get("facts") or {}
    differing = {name for case in cases_of(result) for name in case["facts"]}
    listed = [
        f"{label(name, language)} {value(name, fact['value'], language)}"
        for name, fact in facts.items()
        if fact["origin"] == "assumed" and name not in _SAID_ELSEWHERE | differing
    ]
    listed += [
        f"{label(name, language)} {value(name, fact['value'], language)} ({_of_program(fact['origin'], language)})"
        for name, fact in facts.items()
        if is_default(fact["origin"]) and name not in differing
    ]
    listed += [
        f"{label(name, language)} {value(name, given, language)}"
        for name, given in taken.items()
        if name not in reading.facts and not isinstance(given, list) and name in facts and name not in differing
        and facts[name]["origin"] == "asked"
    ]  # fmt: skip
    if not listed:
        return []
    trains = facts.get("task", {}).get("value") == "train"
    if language == "zh":
        of = ("(训练)" if trains else "(推理)") if apart else ""
        return [f"假设{of}:" + "、".join(listed) + "。"]
    of = (" for training" if trains else " for inference") if apart else ""
    return [f"Assumed{of}: " + ", ".join(listed) + "."]


def _of_program(origin: str, language: str) -> str:
    return origin.replace("'s default", " 的默认值") if language == "zh" else origin


def not_understood(reading: Reading) -> str:
    """Numbers that the grammar could not place: said, never dropped."""
    if not reading.not_understood:
        return ""
    # a number that an equation of the question holds was judged there
    judged = {number for equation in reading.equations for number in re.findall(r"\d+(?:\.\d+)?", equation.text)}
    unread = [one for one in reading.not_understood if one.text.strip() not in judged]
    if not unread:
        return ""
    said = list(dict.fromkeys(one.near or one.text for one in unread))
    said = [one for one in said if not any(one != other and one in other for other in said)]
    pieces = ", ".join(f"“{one}”" for one in said[:5])
    return f"没有读懂:{pieces}。" if reading.language == "zh" else f"Not understood: {pieces}."


def finished(text: str, reading: Reading) -> str:
    return full_width(text) if reading.language == "zh" else text
