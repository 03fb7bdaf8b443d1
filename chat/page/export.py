"""An answer as files to take along: Markdown in the answer's language, LaTeX in English, JSON as the command line gives.

The LaTeX is a plain `article` with amsmath. What a plain engine cannot set (Chinese) is left out of it, so it is made
from the result, which has no language; English prose goes in as well.
"""

import json
import re
from pathlib import Path
from typing import Any

from chat.events import Answer
from chat.page.picture import caption, gib, leans, rows_of
from chat.phrases import label
from chat.words import case as case_words
from chat.words import fact_value, origin, say, shown, term
from formulas.render import latex_document, tex_text


def web_sources(result: dict[str, Any]) -> list[tuple[str, str]]:
    """(title, url) of the sources that lead to a web page, each once; any other address is not a link."""
    found: dict[str, str] = {}
    for source in result.get("sources") or []:
        url = str(source.get("url") or "")
        if re.match(r"https?://[^\s<>\"'`\\]+$", url):
            found.setdefault(url, str(source.get("title") or url))
    return [(title, url) for url, title in found.items()]


def derivation_words(result: dict[str, Any], language: str) -> str:
    """The derivation in Markdown: each step with its reason and source; bare formulas where no reasons are known."""
    steps = result.get("derivation_steps") or []
    parts = []
    for step in steps:
        cited = (
            f"[{_cell(step['title'])}]({step['url']})" if step["url"].startswith("https://") else _cell(step["title"])
        )
        parts.append(f"{step['zh' if language == 'zh' else 'says']} — {cited}\n\n$${step['latex']}$$")
    return "\n\n".join(parts) or _spaced(result.get("derivation_latex") or "")


# ── Markdown ───────────────────────────────────────────────────────────────────────────────────────────────────────


def markdown(answer: Answer) -> str:
    """Question, prose, breakdown, facts, derivation, sources."""
    result, language = answer.result, answer.language
    parts = [f"# {' '.join(answer.question.split())[:300]}", answer.text.strip()]
    rows = rows_of(result)
    if rows and f"\n| **{say('total', language)}** |" not in answer.text:  # the words have their own table of it
        parts.append(_breakdown_markdown(rows, language))
    facts = result.get("facts") or {}
    if facts:
        zh = language == "zh"
        head = "| 条件 | 值 | 由来 |" if zh else "| fact | value | from |"
        lines = [
            f"| {_cell(label(name, language))} | {_cell(shown(name, fact, language))} | {_cell(origin(fact, language))} |"
            for name, fact in facts.items()
        ]
        parts.append("\n".join([head, "|---|---|---|", *lines]))
    warnings = result.get("warnings") or []
    if warnings:
        parts.append("\n".join(f"> {warning}" for warning in warnings))
    derivation = derivation_words(result, language)
    if derivation:
        parts.append(f"## {say('derivation', language)}\n\n{derivation}")
    sources = web_sources(result)
    if sources:
        listed = "\n".join(f"- [{_cell(title)}]({url})" for title, url in sources)
        parts.append(f"## {say('sources', language)}\n\n{listed}")
    return "\n\n".join(parts) + "\n"


def _breakdown_markdown(rows: list[dict[str, Any]], language: str) -> str:
    names = list(dict.fromkeys(t["name"] for row in rows for t in row.get("terms") or []))
    labels = [case_words(row.get("facts"), language) or "GiB" for row in rows]
    lines = [
        f"| {caption(rows, language)} | " + " | ".join(map(_cell, labels)) + " |",
        "|---" * (len(rows) + 1) + "|",
    ]
    for name in names:
        sizes = [{t["name"]: t["gib"] for t in row.get("terms") or []}.get(name) for row in rows]
        lines.append(f"| {term(name, language)} | " + " | ".join("–" if s is None else gib(s) for s in sizes) + " |")
    totals = [_best(row) for row in rows]
    lines.append(f"| **{say('total', language)}** | " + " | ".join(f"**{total}**" for total in totals) + " |")
    if any(row.get("capacity_gib") is not None for row in rows):
        room = ["–" if row.get("capacity_gib") is None else gib(row["capacity_gib"]) for row in rows]
        lines.append(f"| {say('capacity', language)} | " + " | ".join(room) + " |")
    if any(row.get("verdict") for row in rows):
        verdicts = [say(leans(row), language) if leans(row) else "–" for row in rows]
        lines.append("| | " + " | ".join(verdicts) + " |")
    return "\n".join(lines)


def _best(row: dict[str, Any]) -> str:
    best = (row.get("memory") or {}).get("best_gib")
    return "–" if best is None else gib(best)


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _spaced(blocks: str) -> str:
    """Display formulas one a paragraph: `$$…$$` that touch confuse some Markdown readers."""
    return re.sub(r"\$\$\s*\$\$", "$$\n\n$$", blocks.strip())


# ── LaTeX ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def latex(answer: Answer) -> str:
    """The answer as an English `article`."""
    result = answer.result
    question = tex_text(" ".join(answer.question.split())[:300])
    chinese = any("一" <= letter <= "鿿" for letter in answer.question)
    title = "GPU memory: an answer" if chinese or not question else answer.question[:300]
    parts = [r"\sloppy\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}"]
    if leans(result):
        parts.append(rf"\textbf{{Verdict: {say(leans(result), 'en').lower()}.}}")
    if answer.language == "en" and not chinese:
        parts.append(prose_latex(answer.text))
    rows = rows_of(result)
    if rows:
        parts += [rf"\subsection*{{{caption(rows, 'en')}}}", *(_case_latex(row) for row in rows)]
    if result.get("facts"):
        items = [
            rf"\item {tex_text(name)} = {tex_text(str(fact_value(fact)))} ({tex_text(origin(fact, 'en')) or 'given'})"
            for name, fact in result["facts"].items()
        ]
        parts += [r"\subsection*{Facts}", _list(items)]
    if result.get("derivation_latex"):
        steps = result.get("derivation_steps") or [
            {"latex": block.strip()} for block in re.findall(r"\$\$(.+?)\$\$", result["derivation_latex"], re.DOTALL)
        ]
        parts += [r"\subsection*{Derivation}", *(_step_latex(step) for step in steps)]
    sources = web_sources(result)
    if sources:
        items = [rf"\item {tex_text(title)}: {_url(url)}" for title, url in sources]
        parts += [r"\subsection*{Sources}", _list(items)]
    return latex_document(title, "\n\n".join(part for part in parts if part))


def _step_latex(step: dict[str, str]) -> str:
    reason = tex_text(f"{step['says']} [{step['title']}]") if step.get("says") else ""
    return f"{reason}\n\\[{step['latex']}\\]"


def _case_latex(row: dict[str, Any]) -> str:
    label = tex_text(case_words(row.get("facts"), "en"))
    lines = [
        rf"{tex_text(term(t['name'], 'en'))} & {gib(t['gib'])} \\"
        for t in row.get("terms") or []
        if t["gib"] is not None
    ]
    memory, capacity = row.get("memory") or {}, row.get("capacity_gib")
    between = ""
    if memory.get("low_gib") is not None and memory.get("high_gib") is not None:
        between = f" ({gib(memory['low_gib'])}--{gib(memory['high_gib'])})"
    lines.append(rf"\hline total{between} & {_best(row).replace('–', '--')} \\")
    if capacity is not None:
        lines.append(rf"card & {gib(capacity)} \\")
    body = "\n".join(lines)
    verdict = f": {say(leans(row), 'en').lower()}" if leans(row) else ""
    head = rf"\textbf{{{label}}}{verdict}" + "\n\n" if label else ""
    return head + rf"\begin{{tabular}}{{lr}}{chr(10)}per card & GiB \\ \hline{chr(10)}{body}{chr(10)}\end{{tabular}}"


def _list(items: list[str]) -> str:
    return "\\begin{itemize}\n" + "\n".join(items) + "\n\\end{itemize}"


def _url(url: str) -> str:
    return r"\texttt{" + tex_text(url).replace("/", r"/\allowbreak ") + "}"


_INLINE = re.compile(r"\$\$(?P<display>.+?)\$\$|\\\((?P<math>.+?)\\\)|\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`"
                     r"|\[(?P<words>[^\]]+)\]\((?P<url>[^)\s]+)\)", re.DOTALL)  # fmt: skip


def _inline(text: str) -> str:
    done, last = [], 0
    for found in _INLINE.finditer(text):
        done.append(_tex(text[last : found.start()]))
        last = found.end()
        if found["display"]:
            done.append(rf"\[{found['display']}\]")
        elif found["math"]:
            done.append(rf"${found['math']}$")
        elif found["bold"]:
            done.append(rf"\textbf{{{_tex(found['bold'])}}}")
        elif found["code"]:
            done.append(rf"\texttt{{{_tex(found['code'])}}}")
        else:
            done.append(_tex(found["words"]))
    return "".join([*done, _tex(text[last:])])


def _tex(text: str) -> str:
    """tex_text trims; the spaces around a piece of a sentence are kept."""
    if not text.strip():
        return " " if text else ""
    lead = " " if text[0].isspace() else ""
    tail = " " if text[-1].isspace() else ""
    return lead + tex_text(text) + tail


def prose_latex(text: str) -> str:
    """Simple Markdown (paragraphs, headings, lists, tables, bold, code, links, formulas) as LaTeX."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.strip().splitlines()
        if len(lines) > 1 and re.fullmatch(r"[\s|:-]+", lines[1]) and "|" in lines[1]:
            parts.append(_table(lines))
        elif lines and all(re.match(r"\s*(?:[-*]|\d+\.)\s", line) for line in lines):
            parts.append(_list([r"\item " + _inline(re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", line)) for line in lines]))
        elif lines and lines[0].startswith("#"):
            parts.append(rf"\subsection*{{{_inline(lines[0].lstrip('# '))}}}" + "\n" + _inline("\n".join(lines[1:])))
        else:
            parts.append(_inline("\n".join(line.removeprefix("> ") for line in lines)))
    return "\n\n".join(parts)


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.strip()]
    body = [row for number, row in enumerate(rows) if number != 1]
    wide = max(map(len, body))
    share = f"p{{{0.9 / wide:.2f}\\linewidth}}" * wide
    set_rows = [" & ".join(map(_inline, [*row, *[""] * (wide - len(row))])) + r" \\" for row in body]
    return "\n".join([rf"\begin{{tabular}}{{{share}}}", set_rows[0] + r" \hline", *set_rows[1:], r"\end{tabular}"])


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def save(answer: Answer, folder: Path, name: str) -> dict[str, Path]:
    """Writes `name.md`, `name.tex` and `name.json`; returns them by the word on their link."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"Markdown": folder / f"{name}.md", "LaTeX": folder / f"{name}.tex", "JSON": folder / f"{name}.json"}
    files["Markdown"].write_text(markdown(answer), encoding="utf-8")
    files["LaTeX"].write_text(latex(answer), encoding="utf-8")
    whole = json.dumps(answer.json(), ensure_ascii=False, indent=2, default=float)
    files["JSON"].write_text(whole + "\n", encoding="utf-8")
    return files


# no more of Markdown than the export writes; raw blocks of other languages would be run
_DIALECT = "markdown-yaml_metadata_block-raw_tex-raw_html-raw_attribute"
# Latin letters in Typst's own face; for Chinese the first that is installed
_PAPER = """#set page(paper: "a4", margin: 22mm, numbering: "1")
#set text(size: 10pt, font: ("Libertinus Serif", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun", "Noto Sans CJK SC"))
#show link: underline
#show math.equation: set text(size: 9pt)
#show table: set text(size: 8.5pt)
#show figure: set block(breakable: true)
#set table(stroke: (x: none, y: 0.4pt + gray))
#let horizontalrule = line(length: 100%, stroke: 0.4pt)

"""


def as_pdf(markdown: Path) -> Path:
    """The PDF beside an exported Markdown file, made when it is asked for. ImportError without the extra `pdf`."""
    import pypandoc
    import typst

    made = markdown.with_suffix(".pdf")
    if not made.exists():
        body = pypandoc.convert_text(markdown.read_text(encoding="utf-8"), "typst", format=_DIALECT)
        made.write_bytes(typst.compile((_PAPER + body).encode()))
    return made
