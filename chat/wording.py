"""An answer in words, from the results of the tools: verdict first, then per-card figures, assumptions, tables, changes.

Every number is taken from a result, so that the guard lets it through; nothing is computed here.
"""

from collections.abc import Iterable
from typing import Any

from chat.phrases import VERDICTS, case_words, gib, label, pick, value
from chat.reading import Reading

Result = dict[str, Any]
_DIMENSIONS = ("model", "params", "method", "gpu", "gpu_memory_gb", "n_gpus", "zero_stage", "bits", "weight_format")
# facts that an answer need not list among its assumptions: the verdict or the table says them
_SAID_ELSEWHERE = {"gpu", "n_gpus", "zero_stage", "bits", "task", "meter", "grad_accum", "dp"}


def estimate_words(result: Result, language: str) -> str:
    """The answer to "does it fit" and "how much"."""
    parts = [_headline(result, language)]
    parts += _on_layouts(result, language)
    parts.append(_table(result, language))
    parts += _limits(result, language)
    parts += _published(result, language)
    parts += _changes(result, language)
    parts += _assumed(result, language)
    parts += warnings(result, language)
    return "\n\n".join(part for part in parts if part)


def _cases(result: Result) -> list[Result]:
    return list(result.get("cases") or [])


def _headline(result: Result, language: str) -> str:
    zh = language == "zh"
    subject = _subject(result, language)
    memory = result.get("memory")
    if result.get("verdict") is None:
        if memory is None:
            return ""
        span = f"{gib(memory['low_gib'])} – {gib(memory['high_gib'])}"
        per = "每张卡约" if zh else "about"
        tail = f"(90% 区间 {span})" if zh else f" per card (90 % interval {span})"
        return (
            f"**{subject}:{per} {gib(memory['best_gib'])}{tail}**"
            if zh
            else (f"**{subject}: {per} {gib(memory['best_gib'])}{tail}.**")
        )
    cases = _cases(result)
    if len(cases) > 1:
        return f"**{subject}:{_by_cases(cases, language)}**" if zh else f"**{subject}: {_by_cases(cases, language)}.**"
    assert memory is not None
    verdict = pick(VERDICTS[result["verdict"]], language)
    against = _against(memory, result.get("capacity_gib"), language)
    return f"**{subject}:{verdict}**,{against}" if zh else f"**{subject}: {verdict}** — {against}"


def _subject(result: Result, language: str) -> str:
    facts = result.get("facts") or {}
    differing = {name for case in _cases(result) for name in case["facts"]}
    named = [name for name in ("model", "params") if name in facts and name not in differing]
    asked = [name for name in named if facts[name]["origin"] == "asked"] or named[:1]
    words = [value(name, facts[name]["value"], language) for name in asked[:1]]
    if "method" in facts and "method" not in differing:
        words.append(value("method", facts["method"]["value"], language))
    count, card = facts.get("n_gpus"), facts.get("gpu")
    if count and int(count["value"]) > 1 and "n_gpus" not in differing:
        words.append(f"{count['value']} 张卡" if language == "zh" else f"{count['value']} cards")
    if card and "gpu" not in differing:
        words.append(str(card["value"]))
    return (",".join if language == "zh" else ", ".join)(words)


def _against(memory: Result, capacity: float | None, language: str) -> str:
    need, room = gib(memory["best_gib"]), gib(capacity)
    span = f"{gib(memory['low_gib'])} – {gib(memory['high_gib'])}"
    if language == "zh":
        return f"每张卡约需 {need}(90% 区间 {span}),卡上可用 {room}。"
    return f"about {need} per card (90 % interval {span}), and the card has {room}."


def _by_cases(cases: list[Result], language: str) -> str:
    """The verdicts as a person would say them: by the first thing that sets them apart, then the next."""
    verdicts = {case["verdict"] for case in cases}
    if len(verdicts) == 1:
        everywhere = "每种情形都" if language == "zh" else "in every case it "
        verdict = verdicts.pop()
        if verdict == "borderline":
            return "每种情形都在临界" if language == "zh" else "borderline in every case"
        return everywhere + pick(VERDICTS[verdict], language)
    name = next(name for name in _ordered(cases[0]["facts"]) if len({str(case["facts"][name]) for case in cases}) > 1)
    groups: dict[str, list[Result]] = {}
    for case in cases:
        groups.setdefault(value(name, case["facts"][name], language), []).append(case)
    said = []
    for words, group in groups.items():
        inner = {case["verdict"] for case in group}
        if len(inner) == 1:
            said.append(f"{words}{':' if language == 'zh' else ' '}{pick(VERDICTS[inner.pop()], language)}")
        else:
            rest = [{**case, "facts": {k: v for k, v in case["facts"].items() if k != name}} for case in group]
            said.append(_only_if(words, rest, language))
    return (";" if language == "zh" else "; ").join(said)


def _ordered(facts: Iterable[str]) -> list[str]:
    return sorted(facts, key=lambda name: _DIMENSIONS.index(name) if name in _DIMENSIONS else len(_DIMENSIONS))


def _only_if(words: str, cases: list[Result], language: str) -> str:
    fitting = [case_words(case["facts"], language) for case in cases if case["verdict"] == "yes"]
    close = [case_words(case["facts"], language) for case in cases if case["verdict"] == "borderline"]
    zh = language == "zh"
    pieces = []
    if fitting:
        pieces.append(("放得下:" if zh else "fits with ") + (" 或 " if zh else " or ").join(fitting))
    if close:
        pieces.append(("临界:" if zh else "borderline with ") + (" 或 " if zh else " or ").join(close))
    if len(fitting) + len(close) < len(cases):
        pieces.append("其余放不下" if zh else "otherwise not")
    return f"{words}{':' if zh else ' '}" + (",".join if zh else ", ".join)(pieces)


def _on_layouts(result: Result, language: str) -> list[str]:
    """The commonest mistake, said wherever several cards meet."""
    facts = result.get("facts") or {}
    count = facts.get("n_gpus")
    if not count or int(count["value"]) < 2 or facts.get("method", {}).get("value") == "inference":
        return []
    n = count["value"]
    if language == "zh":
        return [
            f"{n} 张卡的显存不会自动相加:数据并行(DDP)与 ZeRO-2 每张卡都保留一份完整权重;只有 ZeRO-3/FSDP 才把权重切分到 {n} 张卡。"
        ]
    return [
        (
            f"{n} cards do not add up by themselves: with DDP or ZeRO-2 each holds a whole copy of the weights; only ZeRO-3 "
            f"or FSDP divides them over the {n}."
        )
    ]


def _table(result: Result, language: str) -> str:
    """Case by case where there are several, and what the usual ones consist of."""
    cases = _cases(result)
    tables = [_cases_table(cases, language)] if len(cases) > 1 else []
    return "\n\n".join([*tables, _terms_table(result, language)])


def _cases_table(cases: list[Result], language: str) -> str:
    zh = language == "zh"
    names = _ordered(cases[0]["facts"])
    with_card = any(case["capacity_gib"] for case in cases)
    heads = [label(name, language) for name in names] + (
        ["每卡需要", "90% 区间"] if zh else ["per card", "90 % interval"]
    )
    if with_card:
        heads += ["卡上可用", "结论", "最长"] if zh else ["card has", "verdict", "up to"]
    rows = []
    for case in cases:
        memory = case["memory"]
        row = [value(name, case["facts"][name], language) for name in names]
        row += [gib(memory["best_gib"]), f"{gib(memory['low_gib'])} – {gib(memory['high_gib'])}"]
        if with_card:
            verdict = pick(VERDICTS[case["verdict"]], language) if case["verdict"] else "–"
            row += [gib(case["capacity_gib"]), verdict, _longest(case, language)]
        rows.append(row)
    return _markdown(heads, rows)


def _longest(case: Result, language: str) -> str:
    lengths = [one["value"] for one in case.get("limits") or [] if one["quantity"] == "seq_len"]
    return f"{value('seq_len', lengths[0], language)} tokens" if lengths else "–"


def _terms_table(result: Result, language: str) -> str:
    """The terms of the usual case; beside it those that differ from it in one thing only."""
    cases = _cases(result)
    if len(cases) > 1:
        usual = cases[0]["facts"]
        shown = [case for case in cases if len({k for k in usual if case["facts"][k] != usual[k]} - _SAME_MEMORY) <= 1]
        shown = [case for case in shown if all(case["facts"][k] == usual[k] for k in _SAME_MEMORY & set(usual))][:4]
        differing = [k for k in usual if len({str(case["facts"][k]) for case in shown}) > 1]
        heads = [case_words({k: case["facts"][k] for k in differing}, language) for case in shown]
    else:
        shown, heads = [result], ["显存" if language == "zh" else "memory"]
    names = list(dict.fromkeys(term["name"] for case in shown for term in case.get("terms") or []))
    if not names:
        return ""
    rows = []
    for name in names:
        amounts = [next((t["gib"] for t in case["terms"] if t["name"] == name), 0.0) for case in shown]
        rows.append([term_words(name, language), *(gib(one) if one else "–" for one in amounts)])
    rows.append(
        ["**合计**" if language == "zh" else "**total**", *(f"**{gib(case['memory']['best_gib'])}**" for case in shown)]
    )
    return _markdown(["每张卡" if language == "zh" else "per card", *heads], rows)


# facts that change what the card has, not what is needed
_SAME_MEMORY = {"gpu", "gpu_memory_gb"}


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def term_words(name: str, language: str) -> str:
    """A term of memory in a few words."""
    from chat.words import term

    return str(term(name, language))


def _limits(result: Result, language: str) -> list[str]:
    """Where the verdict of a single case flips: the longest sequence that still fits."""
    if len(_cases(result)) > 1:
        return []
    longest = _longest(result, language)
    if longest == "–":
        return []
    return [f"其余不变时,最长约 {longest}。" if language == "zh" else f"All else equal, up to about {longest} fit."]


def _published(result: Result, language: str) -> list[str]:
    zh = language == "zh"
    lines = []
    for row in result.get("tables") or []:
        if row["table"] == "finetune":
            bits = f"{row['bits']} 位" if zh and row["bits"] else f"{row['bits']}-bit" if row["bits"] else "AMP"
            lines.append(
                f"LLaMA-Factory 表:{row['model_size']} {row['method']}({bits}){row['says_gb']:g} GB"
                if zh
                else f"LLaMA-Factory's table: {row['model_size']} {row['method']} ({bits}) {row['says_gb']:g} GB"
            )
        elif row["table"] == "inference":
            lines.append(
                f"文档的 1.2 倍规则:{row['model_size']} {row['dtype']} {row['says_gib']:.1f} GiB"
                if zh
                else f"the document's 1.2× rule: {row['model_size']} {row['dtype']} {row['says_gib']:.1f} GiB"
            )
    if not lines and not result.get("measurements"):
        return []
    parts = []
    if lines:
        tail = (
            "。这是作者的估计:一份完整副本、较短序列。"
            if zh
            else " — its authors' estimates, of one whole copy at short lengths."
        )
        head = "已发表的表格怎么说:" if zh else "What the tables say: "
        only_rule = all(row["table"] == "inference" for row in result["tables"])
        parts.append(head + ("; ".join(lines)) + ("." if only_rule and not zh else "。" if only_rule else tail))
    for row in result.get("measurements") or []:
        described = row["described"]
        parts.append(
            f"最接近的实测:{described},{row['gib']:.1f} GiB([{row['source']}])。"
            if zh
            else f"Nearest measured: {described}, {row['gib']:.1f} GiB ({row['source']})."
        )
    return ["\n\n".join(parts)]


def _changes(result: Result, language: str) -> list[str]:
    """What would make it fit, the cheapest first."""
    changes = result.get("changes") or []
    if not changes:
        return []
    zh = language == "zh"
    lines = []
    for change in changes:
        what = change["zh"] if zh else change["says"]
        lines.append(
            f"- {what}: {gib(change['gib'])}" + (f" ({change['cost_zh' if zh else 'cost']})" if change["cost"] else "")
        )
    return [("怎样才放得下(每卡):" if zh else "What would make it fit (per card):") + "\n\n" + "\n".join(lines)]


def _assumed(result: Result, language: str) -> list[str]:
    facts = result.get("facts") or {}
    listed = [
        f"{label(name, language)} {value(name, fact['value'], language)}"
        for name, fact in facts.items()
        if fact["origin"] == "assumed" and name not in _SAID_ELSEWHERE
    ]
    if not listed:
        return []
    return [("假设:" + "、".join(listed) + "。") if language == "zh" else "Assumed: " + ", ".join(listed) + "."]


def warnings(result: Result, language: str) -> list[str]:
    """Warnings of the result, one paragraph."""
    found = result.get("warnings") or []
    return [("注意:" if language == "zh" else "Note: ") + " ".join(found)] if found else []


def not_understood(reading: Reading) -> str:
    """Numbers that the grammar could not place: said, never dropped."""
    if not reading.not_understood:
        return ""
    pieces = ", ".join(f"“{unread.near or unread.text}”" for unread in reading.not_understood[:5])
    return f"没有读懂:{pieces}。" if reading.language == "zh" else f"Not understood: {pieces}."
