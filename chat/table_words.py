"""What the tables and the source document say, in words."""

from typing import Any

from chat.case_tables import markdown
from chat.reading import Reading

_COLUMNS = {
    "revision": "版本", "method": "方法", "bits": "位数", "precision": "精度", "model_size": "模型", "memory_gb": "显存(GB)",
}  # fmt: skip


def query_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    columns, rows = result["columns"], result["rows"]
    zh = reading.language == "zh"
    if not rows:
        return ["表里没有符合条件的行。" if zh else "No row of the table matches."], []
    cells = [
        ["–" if one is None else f"{one:g}" if isinstance(one, float) else str(one) for one in row] for row in rows[:30]
    ]
    head = "LLaMA-Factory 的表(作者的估计,单位 GB):" if zh else "LLaMA-Factory's table (its authors' estimates, in GB):"
    if "memory_gb" not in columns:
        head = "查询结果:" if zh else "The tables say:"
    heads = [_COLUMNS.get(column, column) if zh else column for column in columns]
    return [head, markdown(heads, cells)], []


def claims_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The document's sentence once, then each of its figures with what recomputing it gives."""
    zh = reading.language == "zh"
    if {"sixteen_bytes", "twenty_times"} <= set(reading.cues):
        return [], _claims_in_brief(result["claims"], zh)
    sentences: dict[str, list[dict[str, Any]]] = {}
    for claim in result["claims"]:
        sentences.setdefault(_told_plainly(claim["sentence"]) if zh else claim["says"], []).append(claim)
    if not sentences:
        return ["文档没有这方面的数字。" if zh else "The document states no figure about that."], []
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
    return [], parts


def _claims_in_brief(claims: list[dict[str, Any]], zh: bool) -> list[str]:
    """Each figure of the document with its verdict, a line each; the heading apart, so that it is told once."""
    lines = [
        f"- {_told_plainly(claim['stated'])}:{claim['verdict_zh']}({claim['because_zh']})" if zh
        else f"- {_told_plainly(claim['stated'])}: {claim['verdict']} ({claim['because']})"
        for claim in claims
    ]  # fmt: skip
    return ["文档里的数字:" if zh else "The document's figures:", "\n".join(dict.fromkeys(lines))]


_TEX = {r"\times": "×", r"\theta": "θ", r"\approx": "≈", "$": "", r"\ ": " "}


def _told_plainly(text: str) -> str:
    """The document's words with its LaTeX as plain signs."""
    for sign, plain in _TEX.items():
        text = text.replace(sign, plain)
    return text.strip()
