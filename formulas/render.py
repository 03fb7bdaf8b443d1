"""A formula or a derivation as text, Markdown, LaTeX or JSON. LaTeX compiles in a plain `article` with amsmath."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sympy import Add

from formulas.derivation import Derivation, Fact, Step
from formulas.formula import Formula, Source
from formulas.notation import amount, latex, latex_amount, ordered_terms, plain, short, with_unit
from formulas.numeric import Number
from formulas.quantity import Quantity

_ORIGINS = {
    "asked": "给定", "assumed": "假设", "computed": "由模型结构得出", "measured here": "本机实测", "model": "模型表", "given": "给定",
}  # fmt: skip


def origin_of(fact: Fact, language: str = "en") -> str:
    """Where a fact is from, in words."""
    if isinstance(fact.origin, Source):
        return str(fact.origin)
    return _ORIGINS.get(fact.origin, fact.origin) if language == "zh" else fact.origin


# ── text ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def step_text(step: Step, values: dict[Quantity, Number], language: str = "en") -> str:
    """One line: `M_w = θ·β = 7e9·4 B = 26.08 GiB`."""
    quantity = step.quantity
    known = quantity in values
    value = with_unit(values[quantity], quantity) if known else "?"
    if step.expr is None:
        return f"{short(quantity)} = {value}"
    worked = [plain(step.expr), plain(step.expr, values)] if step.expr.free_symbols else []
    parts = [short(quantity), *worked, *([value] if known else [])]
    return " = ".join(dict.fromkeys(parts))


def derivation_text(derivation: Derivation, language: str = "en") -> str:
    """The derivation as a tree, the result first; each quantity is worked out once, and facts carry their origin."""
    seen: set[Quantity] = set()
    lines: list[str] = []

    def visit(quantity: Quantity, depth: int) -> None:
        step = derivation.by_quantity.get(quantity)
        indent = "  " * depth
        if step is None or step.expr is None or quantity in seen:
            return
        seen.add(quantity)
        assert step.formula is not None
        lines.append(f"{indent}{step_text(step, derivation.values, language)}")
        lines.append(f"{indent}    {step.formula.words.in_(language)} [{step.formula.source}]")
        for symbol in sorted(step.expr.free_symbols, key=lambda q: q.rank):
            visit(symbol, depth + 1)

    visit(derivation.target, 0)
    lines += ["", "其中:" if language == "zh" else "where"]
    lines += [_fact_line(step, derivation, language) for step in derivation.steps if step.expr is None]
    return "\n".join([*lines, *_closing(derivation, language)])


def _fact_line(step: Step, derivation: Derivation, language: str) -> str:
    quantity = step.quantity
    meaning = quantity.says.in_(language)
    if step.fact is None:
        return f"  {short(quantity)} = ?  {meaning} ({'未知' if language == 'zh' else 'unknown'})"
    value = with_unit(derivation.values[quantity], quantity)
    return f"  {short(quantity)} = {value}  {meaning} ({origin_of(step.fact, language)})"


def _closing(derivation: Derivation, language: str) -> list[str]:
    lines = []
    if derivation.assumes:
        lines += ["", "前提:" if language == "zh" else "assumes"]
        lines += [f"  {words.in_(language)}" for words in derivation.assumes]
    lines += [f"warning: {warning}" for warning in derivation.warnings]
    if derivation.value is None and derivation.unknown:
        names = ", ".join(quantity.name for quantity in derivation.unknown)
        partial = f"{short(derivation.target)} = {plain(derivation.expr)}"
        lines += ["", f"{'尚缺' if language == 'zh' else 'still unknown'}: {names}; {partial}"]
    return lines


def formula_text(formula: Formula, language: str = "en") -> str:
    """A formula with its meaning, symbols, source and worked example."""
    zh = language == "zh"
    lines = [
        f"{formula.name}",
        f"  {short(formula.target)} = {plain(formula.expr)}",
        f"  {formula.words.in_(language)}",
    ]
    lines += [f"  {short(q)}  {q.says.in_(language)} [{q.name}]" for q in (formula.target, *formula.inputs)]
    for choice, answer in formula.when.items():
        named = answer if isinstance(answer, str) else (" 或 " if zh else " or ").join(answer)
        lines.append(f"  当 {choice.name} 为 {named}" if zh else f"  when {choice.name} is {named}")
    lines += [f"  {'成立条件' if zh else 'holds where'} {relation}" for relation in formula.valid]
    lines += [f"  {'前提' if zh else 'assumes'} {words.in_(language)}" for words in formula.assumes]
    if formula.rule:
        lines.append(f"  {rival_words(language)}")
    lines.append(f"  {'算例' if zh else 'example'}: {example_text(formula)}")
    lines.append(f"  {'来源' if zh else 'source'}: {formula.source} <{formula.source.url}>")
    return "\n".join(lines)


def rival_words(language: str) -> str:
    """What `rule=True` means to a reader."""
    return (
        "经验法则或另一种算法,指名时才采用"
        if language == "zh"
        else "a rule of thumb or rival account: used when asked for by name"
    )


def example_text(formula: Formula) -> str:
    """`θ = 7,000,000,000, β = 4 B → 26.08 GiB`."""
    inputs, result = formula.example
    given = ", ".join(f"{short(q)} = {with_unit(v, q)}" for q, v in inputs.items())
    return f"{given} → {with_unit(result, formula.target)}".removeprefix(" ")


# ── LaTeX ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def step_latex(step: Step, values: dict[Quantity, Number]) -> str:
    """One `aligned` block: symbols, numbers, result, one under the other."""
    assert step.expr is not None
    # a constant needs no working: its value with the unit says it all
    rows = [_broken(step.expr, None), _broken(step.expr, values)] if step.symbols else []
    if step.quantity in values:
        rows.append(latex_amount(values[step.quantity], step.quantity))
    rows = list(dict.fromkeys(rows))
    body = r" \\ &= ".join(rows)
    return rf"\begin{{aligned}} {step.quantity.latex} &= {body} \end{{aligned}}"


def _broken(expr: Any, values: dict[Quantity, Number] | None, terms_a_line: int = 4) -> str:
    """An expression; a long sum is broken into lines at its terms."""
    if not isinstance(expr, Add) or len(expr.args) <= terms_a_line:
        return latex(expr, values)
    terms = ordered_terms(expr)
    lines = [
        latex(Add(*terms[i : i + terms_a_line], evaluate=False), values) for i in range(0, len(terms), terms_a_line)
    ]
    return r" \\ &\quad + ".join(lines)


def derivation_latex(derivation: Derivation) -> str:
    """The steps as display formulas for KaTeX or a paper, inputs before results."""
    return displayed(steps_json(derivation))


def displayed(steps: list[dict[str, str]]) -> str:
    """What `steps_json` gives as display formulas, inputs before results."""
    return "\n".join(f"$${step['latex']}$$" for step in reversed(steps))


def steps_json(derivation: Derivation) -> list[dict[str, str]]:
    """Each step with its reason, the result first: LaTeX, words in both languages, source."""
    return [
        {
            "latex": step_latex(step, derivation.values),
            "says": step.formula.says,
            "zh": step.formula.words.zh,
            "title": str(step.formula.source),
            "url": step.formula.source.url,
        }
        for step in reversed(derivation.steps)
        if step.formula is not None
    ]


_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", "·": r"$\cdot$", "≤": r"$\le$",
    "≥": r"$\ge$", "→": r"$\to$", "θ": r"$\theta$", "β": r"$\beta$", "–": "--", "—": "---", "§": r"\S{}",
    "≈": r"$\approx$", "…": r"\dots{}", "’": "'", "“": "``", "”": "''", "Δ": r"$\Delta$", "√": r"$\surd$", "Ψ": r"$\Psi$", "∇": r"$\nabla$", "σ": r"$\sigma$", "−": "$-$",
}  # fmt: skip


@lru_cache(maxsize=4096)  # derivations repeat their sentences and sources
def tex_text(text: str) -> str:
    """Words made safe for LaTeX; what a plain engine cannot set (Chinese) is left out, never guessed."""
    shown = "".join(_TEX.get(letter, letter if ord(letter) < 0x250 else "") for letter in text)
    return re.sub(r"\(\s*\)", "", shown).strip()


def latex_document(title: str, body: str) -> str:
    """A whole `article`."""
    return "\n".join(
        [
            r"\documentclass{article}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{amsmath}",
            r"\usepackage[margin=2.2cm]{geometry}",
            r"\allowdisplaybreaks",
            r"\begin{document}",
            rf"\section*{{{tex_text(title)}}}",
            body,
            r"\end{document}",
            "",
        ]
    )


def derivation_document(derivation: Derivation) -> str:
    """The derivation as an article in English: each step with its reason and source, then the facts."""
    parts = []
    for step in derivation.steps:
        if step.formula is None:
            continue
        reason = tex_text(f"{step.formula.says} [{step.formula.source}]")
        parts.append(f"{reason}\n\\[{step_latex(step, derivation.values)}\\]")
    rows = []
    for step in derivation.steps:
        if step.expr is None:
            quantity = step.quantity
            value = latex_amount(derivation.values[quantity], quantity) if quantity in derivation.values else "?"
            origin = origin_of(step.fact) if step.fact else "unknown"
            rows.append(rf"\item ${quantity.latex} = {value}$: {tex_text(quantity.says.en)} ({tex_text(origin)})")
    facts = "\\begin{itemize}\n" + "\n".join(rows) + "\n\\end{itemize}" if rows else ""
    title = f"{derivation.target.says.en}: derivation"
    return latex_document(title[0].upper() + title[1:], "\n\n".join([*parts, facts]))


def formula_latex(formula: Formula) -> str:
    """The formula and its worked example as display formulas."""
    inputs, result = formula.example
    rows = [_broken(formula.expr, None)]
    if inputs:
        rows += [_broken(formula.expr, dict(inputs))]
    rows.append(latex_amount(result, formula.target))
    body = r" \\ &= ".join(dict.fromkeys(rows))
    return rf"\[\begin{{aligned}} {formula.target.latex} &= {body} \end{{aligned}}\]"


def formula_article(formula: Formula) -> str:
    """One formula as a paragraph of an `article`, in English."""
    cited = tex_text(f"{formula.says} [{formula.source}]")
    return rf"\paragraph{{{tex_text(formula.name)}}} {cited}" + "\n" + formula_latex(formula)


# ── Markdown ───────────────────────────────────────────────────────────────────────────────────────────────────────


def derivation_markdown(derivation: Derivation, language: str = "en") -> str:
    """Steps with display formulas, reasons and linked sources; then the facts with their origin."""
    parts = []
    for step in reversed(derivation.steps):
        if step.formula is None:
            continue
        source = step.formula.source
        parts.append(
            f"{step.formula.words.in_(language)} ([{source}]({source.url}))\n\n$${step_latex(step, derivation.values)}$$"
        )
    zh = language == "zh"
    head = "| 符号 | 含义 | 值 | 来源 |" if zh else "| symbol | meaning | value | from |"
    rows = [head, "|---|---|---|---|"]
    for step in derivation.steps:
        if step.expr is None:
            quantity = step.quantity
            value = with_unit(derivation.values[quantity], quantity) if quantity in derivation.values else "?"
            origin = origin_of(step.fact, language) if step.fact else ("未知" if zh else "unknown")
            rows.append(f"| ${quantity.latex}$ | {quantity.says.in_(language)} | {value} | {origin} |")
    return "\n\n".join([*parts, "\n".join(rows)])


def formula_markdown(formula: Formula, language: str = "en") -> str:
    """A formula as a section with a display formula, its symbols and its linked source."""
    zh = language == "zh"
    parts = [f"### {formula.name}", formula.words.in_(language), f"$${formula.target.latex} = {latex(formula.expr)}$$"]
    head = "| 符号 | 含义 | 名称 |" if zh else "| symbol | meaning | name |"
    quantities = (formula.target, *formula.inputs)
    rows = [f"| ${q.latex}$ | {q.says.in_(language)} | `{q.name}` |" for q in quantities]
    parts.append("\n".join([head, "|---|---|---|", *rows]))
    notes = [words.in_(language) for words in formula.assumes] + ([rival_words(language)] if formula.rule else [])
    parts += [f"*{note}*" for note in notes]
    parts.append(f"{'算例' if zh else 'example'}: {example_text(formula)}")
    parts.append(f"[{formula.source}]({formula.source.url})")
    return "\n\n".join(parts)


# ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def derivation_json(derivation: Derivation) -> dict[str, Any]:
    """The derivation as plain data: target, value, steps, unknown, sources."""
    steps = []
    for step in derivation.steps:
        value = derivation.values.get(step.quantity)
        entry: dict[str, Any] = {
            "quantity": step.quantity.name,
            "value": float(value) if value is not None and not isinstance(value, int) else value,
            "unit": str(step.quantity.unit),
            "latex": step.quantity.latex,
        }
        if step.formula is not None and step.expr is not None:
            entry |= {"formula": step.formula.name, "expression": plain(step.expr), "says": step.formula.says,
                      "source": source_json(step.formula.source)}  # fmt: skip
        elif step.fact is not None:
            entry["origin"] = origin_of(step.fact)
        steps.append(entry)
    value = derivation.value
    text, unit = amount(value, derivation.target) if value is not None else (None, "")
    return {
        "target": derivation.target.name,
        "value": float(value) if value is not None and not isinstance(value, int) else value,
        "shown": f"{text} {unit}".strip() if text else None,
        "unknown": [quantity.name for quantity in derivation.unknown],
        "steps": steps,
        "sources": [source_json(source) for source in derivation.sources],
        "warnings": list(derivation.warnings),
    }


def formula_json(formula: Formula) -> dict[str, Any]:
    """A formula as plain data."""
    inputs, result = formula.example
    return {
        "name": formula.name,
        "target": formula.target.name,
        "unit": str(formula.target.unit),
        "formula": f"{short(formula.target)} = {plain(formula.expr)}",
        "latex": f"{formula.target.latex} = {latex(formula.expr)}",
        "says": formula.says,
        "zh": formula.zh,
        "inputs": {quantity.name: quantity.says.en for quantity in formula.inputs},
        "when": {
            choice.name: [answer] if isinstance(answer, str) else list(answer)
            for choice, answer in formula.when.items()
        },
        "holds_where": [str(relation) for relation in formula.valid],
        "assumes": [words.en for words in formula.assumes],
        "rule": formula.rule,
        "example": {"given": {q.name: _number(v) for q, v in inputs.items()}, "result": _number(result)},
        "source": source_json(formula.source),
    }


def _number(value: Any) -> int | float:
    return value if isinstance(value, int) else float(value)


def source_json(source: Source) -> dict[str, str]:
    return {"title": str(source), "url": source.url}


def works_json(sources: Iterable[Source]) -> list[dict[str, str]]:
    """Each work once, with all the places of it that were used."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for source in sources:
        cited = places.setdefault((source.title, source.url), {})
        if source.place:
            cited[source.place] = None
    return [
        {"title": f"{title}, {'; '.join(cited)}" if cited else title, "work": title, "url": url}
        for (title, url), cited in places.items()
    ]
