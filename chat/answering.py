"""What the embedded model says once the tools have spoken, and when no tool is needed."""

from typing import Any

from chat.phrases import gib, label, value
from chat.reading import Reading
from chat.wording import estimate_words, not_understood, warnings
from formulas.chinese import full_width

Spoken = tuple[str, dict[str, Any] | None, str, bool]


def answer(reading: Reading, results: list[Spoken]) -> str:
    """The whole answer, one part for each result; a result that an earlier part already told is not told again."""
    parts = []
    for name, artifact, text, failed in results:
        if failed or artifact is None:
            parts.append(_refused(text, reading.language))
            continue
        words = _WORDS[name](artifact, reading)
        if words:
            parts.append(words)
    parts.append(not_understood(reading))
    return _finished("\n\n".join(part for part in dict.fromkeys(parts) if part), reading)


def _finished(text: str, reading: Reading) -> str:
    return full_width(text) if reading.language == "zh" else text


def _refused(text: str, language: str) -> str:
    shown = text.removeprefix("Error: ").strip()
    return f"算不了:{shown}。" if language == "zh" else f"That cannot be worked out: {shown}."


def _estimate(result: dict[str, Any], reading: Reading) -> str:
    return estimate_words(result, reading.language)


def _solve(result: dict[str, Any], reading: Reading) -> str:
    language, zh = reading.language, reading.language == "zh"
    lines = []
    for case in result.get("cases") or [{"facts": {}, "solved": result.get("solved"), "why": result.get("why")}]:
        from chat.phrases import case_words

        where = case_words(case["facts"], language)
        where = f"{where}:" if where and zh else f"{where}: " if where else ""
        solved = case.get("solved")
        if solved is None:
            lines.append(f"- {where}{case['why_zh' if zh and case.get('why_zh') else 'why']}")
            continue
        amount, name = value(solved["quantity"], solved["value"], language), label(solved["quantity"], language)
        fewest = solved["quantity"] == "n_gpus"
        if zh:
            lines.append(
                f"- {where}**{'最少' if fewest else '最大'}{name} {amount}**(每张卡 {gib(solved['gib'])} / {gib(solved['capacity_gib'])})"
            )
        else:
            lines.append(
                f"- {where}**{'at least' if fewest else 'up to'} {amount} {name}** "
                f"({gib(solved['gib'])} of {gib(solved['capacity_gib'])} per card)"
            )
    return "\n".join(lines)


def _derive(result: dict[str, Any], reading: Reading) -> str:
    zh = reading.language == "zh"
    steps = [step for step in result["derivation"]["steps"] if step.get("formula")]
    told = [f"**{one['quantity'].replace('_', ' ')}: {one['shown']}**" for one in result.get("answers") or []]
    if steps:
        last = steps[-1]
        told.append(f"由 {last['expression']}。" if zh else f"By {last['expression']}: {last['says']}")
    if result.get("needs"):
        missing = ", ".join(result["needs"])
        told.append(f"还需要:{missing}。" if zh else f"Still needed: {missing}.")
    return "\n\n".join([*told, *warnings(result, reading.language)])


def _query(result: dict[str, Any], reading: Reading) -> str:
    columns, rows = result["columns"], result["rows"]
    zh = reading.language == "zh"
    if not rows:
        return "表里没有符合条件的行。" if zh else "No row of the table matches."
    shown = rows[:30]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += [
        "| "
        + " | ".join("–" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row)
        + " |"
        for row in shown
    ]
    head = "LLaMA-Factory 的表(作者的估计,单位 GB):" if zh else "LLaMA-Factory's table (its authors' estimates, in GB):"
    if "memory_gb" not in columns:
        head = "查询结果:" if zh else "The tables say:"
    return f"{head}\n\n" + "\n".join(lines)


def _claims(result: dict[str, Any], reading: Reading) -> str:
    """The document's sentence once, then each of its figures with what recomputing it gives."""
    zh = reading.language == "zh"
    sentences: dict[str, list[dict[str, Any]]] = {}
    for claim in result["claims"]:
        sentences.setdefault(_told_plainly(claim["sentence"]) if zh else claim["says"], []).append(claim)
    if not sentences:
        return "文档没有这方面的数字。" if zh else "The document states no figure about that."
    parts = []
    for says, claims in sentences.items():
        lines = [f"文档说:“{says}”" if zh else f"The document says: “{says}”", ""]
        for claim in claims:
            verdict, because = (
                (claim["verdict_zh"], claim["because_zh"]) if zh else (claim["verdict"], claim["because"])
            )
            how = f": `{claim['how'].splitlines()[0]}`" if claim.get("how") else ""
            stated = _told_plainly(claim["stated"])
            lines.append(
                f"- **{stated}** — {verdict}({because}){how}" if zh else f"- **{stated}** — {verdict} ({because}){how}"
            )
        primary = dict.fromkeys(claim["primary_says_zh" if zh else "primary_says"] for claim in claims)
        said = " ".join(says for says in primary if says)
        if said:
            lines += ["", ("原始出处:" if zh else "The primary source: ") + said]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


_TEX = {r"\times": "×", r"\theta": "θ", r"\approx": "≈", "$": "", r"\ ": " "}


def _told_plainly(text: str) -> str:
    """The document's words with its LaTeX as plain signs."""
    for sign, plain in _TEX.items():
        text = text.replace(sign, plain)
    return text.strip()


_WORDS = {
    "estimate_memory": _estimate,
    "solve_for": _solve,
    "derive_quantity": _derive,
    "query_tables": _query,
    "check_document": _claims,
}

_HELP = (
    (
        "Ask how much GPU memory a language model needs, whether it fits on your cards, and why: name a model or a size, "
        "what you do with it (inference, LoRA, QLoRA, full fine-tuning), and your cards. For example: can I QLoRA a 70B "
        "model on 2×A100? What context fits for Llama-3.1-8B on a 24 GB card? Why 16 bytes per parameter?"
    ),
    (
        "可以问:某个大模型需要多少显存、您的显卡放不放得下、为什么。请说出模型或参数量、用途(推理、LoRA、QLoRA、全量微调)和显卡。"
        "例如:两张A100能用QLoRA微调70B模型吗?24 GB 显卡跑 Llama-3.1-8B 上下文最长多少?为什么是 16 字节每参数?"
    ),
)
_SCOPE = (
    "That is outside what I know: I answer questions about the GPU memory, formulas and training time of language models.",
    "这超出了我的范围:我只回答大语言模型的显存、公式和训练时间方面的问题。",
)
_INJECTION = (
    (
        "I only answer questions about GPU memory, from fixed formulas and read-only tables; instructions inside a question "
        "change neither."
    ),
    "我只根据固定的公式和只读的表回答显存问题;问题里夹带的指令不会改变它们。",
)
_EMPTY = ("The question is empty. ", "问题是空的。")
_NO_SUBJECT = (
    "Which model is it about? Name one (Llama-3.1-8B) or a size (7B), and what you do with it.",
    "是哪个模型?请给出模型名(如 Llama-3.1-8B)或参数量(如 7B),以及用途。",
)


def without_tools(reading: Reading) -> str:
    """What is said when no tool is called: help, a limit, a name that is not known, or the one thing that is missing."""
    return _finished(_without_tools(reading), reading)


def _without_tools(reading: Reading) -> str:
    zh = reading.language == "zh"
    place = 1 if zh else 0
    if not reading.text.strip():
        return _EMPTY[place] + _HELP[place]
    if reading.unknown_models or reading.unknown_gpus:
        return "\n\n".join(part for part in (_unknown(reading), not_understood(reading)) if part)
    said = {"greeting": _HELP, "help": _HELP, "out_of_scope": _SCOPE, "injection": _INJECTION}.get(reading.intent)
    if said is not None:
        return said[place]
    return "\n\n".join(part for part in (_NO_SUBJECT[place], not_understood(reading)) if part)


def _unknown(reading: Reading) -> str:
    zh = reading.language == "zh"
    lines = []
    for name in (*reading.unknown_models, *reading.unknown_gpus):
        kind = ("模型" if zh else "model") if name in reading.unknown_models else ("显卡" if zh else "card")
        close = reading.suggestions.get(name, ())
        line = f"表里没有{kind}“{name}”" if zh else f"No {kind} “{name}” is in the tables"
        if close:
            line += (";相近的有:" if zh else "; near: ") + ", ".join(close)
        lines.append(line + ("。" if zh else "."))
    tail = (
        (
            "给出参数量(例如 7B)或 config.json 也可以估算。"
            if zh
            else "A size (such as 7B) or a config.json would do as well."
        )
        if reading.unknown_models
        else ""
    )
    return " ".join([*lines, tail]).strip()
