"""What published tables and measurements say beside an estimate, where that is of what was asked."""

from typing import Any

from chat.answers.case_tables import Result
from chat.phrases import gib
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.name_parts import size_value
from kb.names import model_row

# a row of a table is of this model if its size is no further off
_LIKE = 0.05
# from so much on the formulas' own figure for a measured run is said to be off
_OFF = 0.05
# questions of an amount; where a cause, a speed or a way is asked for, other runs and rules only stand in the way
_OF_AMOUNTS = frozenset({"fits", "how_much", "which_method", "unclear", "table_lookup"})
_ABOUT_TABLES = r"llama[ _-]?factory|\btables?\b|\breadme\b|表"
_ABOUT_RULES = r"\brules? of thumb\b|\b20 ?%|1\.2|经验|粗略|大概|估算|\brough"


# what makes the cell true that is of no more than the weights
_OF_GALORE = (
    "GaLore's cell leaves no room for whole gradients beside the weights: it is true of layer-wise updates with 8-bit states only.",
    "GaLore 这一格没有给完整梯度留位置:只有逐层更新并用 8 位状态时才成立。",
)


def asked_published(result: Result, reading: Reading) -> Result:
    """The tables and runs that are told: of the size that was asked about, and where an amount is asked for at all."""
    text = reading.lowered
    plain = reading.intent in _OF_AMOUNTS and not set(reading.facts.get("algo", ())) - {"sft"}
    tables = result.get("tables") or []
    if not compiled(_ABOUT_TABLES).search(text):
        tables = [row for row in tables if row["table"] != "finetune" or (plain and _of_size(row, result))]
    ruled = reading.intent == "how_much" or compiled(_ABOUT_RULES).search(text)
    tables = [row for row in tables if row["table"] != "inference" or (ruled and _of_size(row, result))]
    return {"tables": tables, "measurements": result.get("measurements") if plain else []}


def _of_size(row: dict[str, Any], result: Result) -> bool:
    """Whether a row of a table is of the size of a model that was asked about, and not of another that stands for it."""
    facts = result.get("facts") or {}
    given = [case["facts"] for case in result.get("cases") or []]
    models = {str(one["model"]) for one in given if "model" in one} or {str(facts.get("model", {}).get("value") or "")}
    sizes = [float(one["params"]) for one in given if "params" in one]
    sizes += [float(facts["params"]["value"])] if "params" in facts else []
    sizes += [float(model_row(name)["unique_params"] or 0) for name in models if name]
    size = size_value(str(row["model_size"]).lower())
    if size is None:  # `8x7B`, as its models are called
        return any(str(row["model_size"]).lower() in name.lower() for name in models)
    return any(abs(size - one) <= _LIKE * one for one in sizes)


# programs that lay a model out over many cards, of which a table of single copies says nothing
_OF_MANY_CARDS = frozenset({"megatron", "torchtitan", "colossalai"})


def table_applies(result: Result) -> bool:
    """Whether LLaMA-Factory's table is of the program that is named."""
    engine = ((result.get("facts") or {}).get("engine") or {}).get("value")
    return engine not in _OF_MANY_CARDS


def _newer(row: dict[str, Any], zh: bool) -> str:
    """What a later README has in the place of a cell; nothing where that is the same."""
    if "newer_gb" not in row:
        return ""
    amount, since = f"{row['newer_gb']:g} GB", row["newer_since"]
    return f"({since} 起的 README 改为 {amount})" if zh else f" ({amount} in its README since {since})"


def published_words(result: Result, language: str) -> list[str]:
    zh = language == "zh"
    lines = []
    for row in (result.get("tables") or [])[:4]:
        if row["table"] == "finetune" and table_applies(result):
            bits = f"{row['bits']} 位" if zh and row["bits"] else f"{row['bits']}-bit" if row["bits"] else "AMP"
            lines.append(f"{row['model_size']} {row['method']}\uff08{bits}\uff09{row['says_gb']:g} GB{_newer(row, zh)}" if zh
                         else f"{row['model_size']} {row['method']} ({bits}) {row['says_gb']:g} GB{_newer(row, zh)}")  # fmt: skip
    parts = []
    if lines:
        parts.append(
            "LLaMA-Factory 的表写的是:" + "、".join(lines) + "。那是作者的估计:一份完整副本、较短序列。" if zh
            else "LLaMA-Factory's table says " + "; ".join(lines) + ": its authors' estimates, of one whole copy at short lengths."
        )  # fmt: skip
    if lines and any(row.get("method") == "GaLore" for row in (result.get("tables") or [])[:4]):
        parts.append(_OF_GALORE[zh])
    for row in [row for row in result.get("tables") or [] if row["table"] == "inference"][:1]:
        parts.append(
            f"{row['factor']:.1f} 倍的经验法则:{row['model_size']} {row['dtype']} 为 {row['says_gib']:.1f} GiB,与上下文长度无关。" if zh
            else f"The {row['factor']:.1f}× rule of thumb gives {row['says_gib']:.1f} GiB for {row['model_size']} in {row['dtype']}, however long the context."
        )  # fmt: skip
    for row in result.get("measurements") or []:
        if not row.get("close"):
            continue
        described, ours = row["described_zh" if zh else "described"], gib(row["predicted_gib"])
        if row["vocabulary"]:
            described += f"(词表大小 {row['vocabulary']:,})" if zh else f" (vocabulary {row['vocabulary']:,})"
        off = row["predicted_gib"] / row["gib"]
        side = ("偏高", "too much") if off > 1 + _OFF else ("偏低", "too little") if off < 1 - _OFF else ()
        told = f",对它{side[0]}" if zh and side else f", {side[1]} there" if side else ""
        parts.append(f"最接近的实测:{described},{row['gib']:.1f} GiB\uff08{row['source']}\uff09;同样的公式对这次运行给出 {ours}{told}。" if zh
                     else f"Nearest measured: {described}, {row['gib']:.1f} GiB ({row['source']}); the same formulas give {ours} for that run{told}.")  # fmt: skip
    return [" ".join(parts) if not zh else "".join(parts)] if parts else []
