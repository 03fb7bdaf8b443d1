"""Whether an answer agrees with what a reader worked out by hand: a verdict, and a wide band of what it is a figure of.

A band's basis says of what it is (`per_gpu`, `GB_total`, `GB_states_per_gpu`), and in which unit; a figure that is told of
something else does not count. A band of tokens, sequences, hours or FLOP is one of counts.
"""

import re
from collections.abc import Iterator
from typing import Any

_BYTES = {
    "byte": 1, "bytes": 1, "字节": 1, "B": 1, "KB": 10**3, "kB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "G": 10**9,
    "GB": 10**9, "GiB": 2**30, "TB": 10**12, "TiB": 2**40,
}  # fmt: skip
_NUMBER = r"(?<![\w.])(\d[\d,]*(?:\.\d+)?(?:e\+?\d+)?)"
_AMOUNT = re.compile(
    rf"{_NUMBER}\s?(?:[–-]\s?\d[\d.,]*\s?)?({'|'.join(sorted(_BYTES, key=len, reverse=True))})(?![A-Za-z])"
)
# what a basis counts: the word of it in a text, and the names that answers have for it
_COUNTED = {
    r"token": (r"tokens?", ("seq_len", "kv_tokens")),
    r"sequence|request|concurren|batch": (r"(?:full )?(?:sequences?|requests?)|条(?:满长)?序列|路", ("batch_size", "concurrent_sequences")),
    r"hour|GPUh": (r"(?:GPU-)?hours?|(?:GPU )?小时", ("training_time", "gpu_hours", "hours")),
    r"flop": (r"FLOPs?", ("training_flops", "flop")),
}  # fmt: skip


def counted(basis: str) -> tuple[str, tuple[str, ...]] | None:
    """The words and the answers of what a basis counts; None where it is an amount of memory."""
    if re.search(r"bytes|[KMGT]i?B|per_token", basis):
        return None
    return next((how for named, how in _COUNTED.items() if re.search(named, basis, re.IGNORECASE)), None)


def units(basis: str) -> tuple[int, ...]:
    """The bytes of one unit of a reference: the one that its basis names, else GB as well as GiB."""
    if "bytes" in basis or counted(basis):
        return (1,)
    if "per_token" in basis:
        return (2**10, 10**3)
    if "GiB_or_GB" in basis:
        return (10**9, 2**30)
    named = re.search(r"[MG]iB|[MG]B", basis)
    return (_BYTES[named[0]],) if named else (10**9, 2**30)


def figures(result: dict[str, Any], basis: str) -> dict[str, float]:
    """The figures of an answer that have the scope of the reference, in bytes, or as counts."""
    if how := counted(basis):
        return _counts(result, how[1])
    cases = [result, *result.get("cases", [])]
    found: dict[str, float] = {}
    whole = re.search(r"total|fp16|bf16|lora16|qlora_7b|^qlora$|gb_weights|4bit_weights|_kv", basis.lower())
    for place, case in enumerate(cases):
        memory, cards = case.get("memory"), _cards(case, result)
        if memory and ("per_" in basis or not whole or cards == 1):
            found[f"case {place} per card"] = memory["best_gib"] * 2**30
        if whole and case.get("total_gib"):
            found[f"case {place} over all cards"] = case["total_gib"] * 2**30
        terms = {one["name"]: one["gib"] * 2**30 for one in case.get("terms", [])}
        found |= {f"case {place} {name}": value for name, value in terms.items()}
        if whole and cards > 1:  # what the cards divide between them
            found |= {f"case {place} {name} over all cards": value * cards for name, value in terms.items()}
        if (whole or "states" in basis) and terms:
            found[f"case {place} states"] = sum(terms.get(name, 0) for name in ("weights", "gradients", "optimizer"))
    for one in result.get("tables", []):
        if isinstance(one.get("says_gb"), (int, float)):
            found[f"table {one['table']}"] = one["says_gb"] * 10**9
    found |= _looked_up(result)
    for one in result.get("answers", []):
        if isinstance(one.get("value"), (int, float)) and one["unit"] in _BYTES:
            found[f"{one['quantity']} ({one['unit']})"] = one["value"] * _BYTES[one["unit"]]
    return found


def _cards(case: dict[str, Any], result: dict[str, Any]) -> int:
    fact = (result.get("facts") or {}).get("n_gpus", 1)
    return _value(case.get("facts", {}).get("n_gpus", fact))


def _value(fact: Any) -> int:
    return int(fact["value"] if isinstance(fact, dict) else fact or 1)


def _looked_up(result: dict[str, Any]) -> dict[str, float]:
    """The cells of a table that was asked for: its column says that they are GB."""
    columns = result.get("columns") or []
    if "memory_gb" not in columns:
        return {}
    at = columns.index("memory_gb")
    return {f"row {place}": float(row[at]) * 10**9 for place, row in enumerate(result.get("rows", [])) if row[at]}


def _counts(result: dict[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    solved = [one.get("solved") for one in (result, *result.get("cases", []))]
    limits = [limit for one in (result, *result.get("cases", [])) for limit in one.get("limits") or []]
    told = [one for one in (*solved, *limits, *result.get("answers", [])) if one and one["quantity"] in names]
    return {f"{one['quantity']} {place}": float(one["value"]) for place, one in enumerate(told)}


def _said(text: str, basis: str) -> Iterator[float]:
    """The figures of a text, in bytes; those of a bare unit ("16x", "12θ") where the reference is bytes per parameter."""
    if how := counted(basis):
        for number in re.findall(rf"{_NUMBER}\s?(?:{how[0]})", text):
            yield float(number.replace(",", ""))
        return
    for number, spelled in _AMOUNT.findall(text):
        yield float(number.replace(",", "")) * _BYTES[spelled]
    if basis == "table":
        yield from (float(cell) * 10**9 for cell in re.findall(r"\|\s*(\d+(?:\.\d+)?)\s*(?=\|)", text))
    if "bytes" in basis:
        yield from (float(number) for number in re.findall(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(?:θ|x\b)", text))


def _verdicts(answer: dict[str, Any]) -> set[str | None]:
    """What an answer says: its verdict, and where it says that it depends, or names no card, that of each reading.

    Borderline is conditional, too: the interval crosses the card, so that it turns on what was assumed.
    """
    cases = answer.get("cases", [])
    several = {"conditional"} if len(cases) > 1 and answer.get("verdict") is None and cases[0].get("memory") else set()
    each = {case.get("verdict") for case in cases} if answer.get("verdict") == "conditional" else set()
    # the card alone does not hold it, with the host memory that was named the machine does: two readings, both told
    each |= {"no", "yes"} if answer.get("into_host") else set()
    crossed = {"conditional"} if answer.get("verdict") == "borderline" else set()
    return {answer.get("verdict"), *several, *each, *crossed}


def disagreement(one: dict[str, Any], answer: dict[str, Any], text: str) -> str | None:
    """A line that says where an answer and its reference part; None where they agree."""
    reference = one.get("reference") or {}
    verdict, band = reference.get("verdict"), reference.get("gb")
    lines = []
    if verdict not in (None, "n/a") and verdict not in _verdicts(answer):
        lines.append(f"verdict {answer.get('verdict')}, reference {verdict}")
    if band:
        low, high = band
        basis = reference.get("basis") or ""
        found = figures(answer, basis)
        amounts = [*found.values(), *_said(text, basis)]
        if not any(low <= amount / unit <= high for amount in amounts for unit in units(basis)):
            near = ", ".join(f"{name} {value / units(basis)[0]:.1f}" for name, value in list(found.items())[:6])
            lines.append(f"{low}–{high} ({basis}) is not among: {near or 'no figure'}")
    return f"{one['id']}: {'; '.join(lines)}" if lines else None


# ── what was reported of a run ─────────────────────────────────────────────────────────────────────────────────────

_FAILED = re.compile(r"\bOOMs?\b|out of memory|爆显存|cannot allocate", re.IGNORECASE)
_WORKED = re.compile(
    r"\bworks?\b|\bfits?\b|\btrained\b|\bstarts?\b|\buses? \d|用 ?\d+ ?G|可以|能到|没问题|正常|可训", re.IGNORECASE
)
# what a page or a document claims, or a tool estimates, is no outcome of a run
_CLAIMED = re.compile(r"^(?:页面|Page\b|Review\b|可比|相近|Related\b|README)", re.IGNORECASE)
_CARDS, _MODEL = {"gpu", "mem_gb"}, {"model", "params_b"}


def is_run(one: dict[str, Any]) -> bool:
    """Whether an outcome of a run is reported, with a model and the cards that it ran on."""
    outcome, slots = one.get("reported_outcome"), set(one.get("slots", {}))
    return bool(outcome and not _CLAIMED.search(outcome) and slots & _CARDS and slots & _MODEL)


def contradicted(outcome: str, verdict: str | None) -> bool:
    """Whether a plain yes stands against a run that only failed, or a plain no against one that only worked.

    An answer that fits by the formulas and names what overflows the card is conditional, and so no plain yes.
    """
    failed, worked = bool(_FAILED.search(outcome)), bool(_WORKED.search(outcome))
    return (failed and not worked and verdict == "yes") or (worked and not failed and verdict == "no")
