"""The document's claims, recomputed: each verdict comes from a formula, another table or the claim's own two sides.

No verdict is stored. A claim says which formula and facts, or which query, give its number; what comes out is compared at
the precision that the document prints.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

from formulas.derivation import Derivation, Fact, derive
from formulas.formula import Formula
from formulas.library import library
from formulas.notation import figure, plain, short, with_unit
from formulas.numeric import Number
from formulas.quantity import Quantity, Words, quantities
from formulas.render import step_text
from formulas.solve import solve_for, solved_for
from kb.database import rows
from kb.equations import Side, sides
from kb.units import BINARY, WIDER, measures, scale

SLIP, DIFFERS, CORRECTED, RULE, HOLDS = "slip", "differs", "corrected", "rule", "holds"

# in the order in which a reader wants them: what is wrong first
VERDICTS = {
    SLIP: Words("slip", "笔误"),
    DIFFERS: Words("differs from the primary source", "与原始出处不符"),
    CORRECTED: Words("holds with a unit corrected", "更正单位后成立"),
    RULE: Words("rule of thumb", "经验法则"),
    HOLDS: Words("holds", "成立"),
}


@dataclass(frozen=True)
class Claim:
    """A row of the table `claims`, whose comments say what the columns are."""

    id: str
    topic: str
    sentence: str
    says_en: str
    quote: str
    kind: str
    number: float | None = None
    number_high: float | None = None
    unit: str = ""
    formula: str | None = None
    target: str | None = None
    facts: str | None = None
    query: str | None = None
    also: str | None = None
    primary_source: str | None = None
    primary_number: float | None = None
    primary_says: str | None = None
    primary_says_zh: str | None = None

    @property
    def words(self) -> Words:
        return Words(self.says_en, self.sentence)

    @property
    def stated(self) -> str:
        """What is claimed; of an equation its sides as written."""
        if self.kind == "dependence":
            return self.quote
        if self.number is None:
            return " = ".join(side.written for side in sides(self.quote))
        high = f"–{figure(self.number_high)}" if self.number_high is not None else ""
        return f"{figure(self.number, 6)}{high} {self.unit}"


@dataclass(frozen=True)
class Computed:
    """What a formula gives for some facts, with the line that shows how."""

    formula: Formula
    quantity: Quantity
    value: Number
    how: str
    given: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""

    def shown(self, unit: str = "") -> str:
        """The value in `unit` where that measures it, else as the quantity is usually read."""
        unit = unit or self.unit
        if measures(self.quantity, unit):
            return f"{figure(float(self.value) / scale(self.quantity, unit), 5)} {unit}"
        return with_unit(self.value, self.quantity)


@dataclass(frozen=True)
class Verdict:
    """A claim, what came of its recomputation, and why it is judged so."""

    claim: Claim
    verdict: str
    recomputed: str
    because: Words
    how: str = ""
    assumes: tuple[Words, ...] = ()
    also: tuple[Computed, ...] = ()
    primary: Mapping[str, Any] | None = None

    @property
    def words(self) -> Words:
        """The verdict's name."""
        return VERDICTS[self.verdict]

    def json(self) -> dict[str, Any]:
        """The verdict as plain data."""
        claim = self.claim
        beside = [
            {"formula": one.formula.name, "quantity": one.quantity.name, "facts": dict(one.given), "shown": one.shown()}
            for one in self.also
        ]
        return {
            "id": claim.id, "sentence": claim.sentence, "says": claim.says_en, "quote": claim.quote,
            "kind": claim.kind, "number": claim.number, "unit": claim.unit, "verdict": self.words.en,
            "verdict_zh": self.words.zh, "because_zh": self.because.zh, "primary_says_zh": claim.primary_says_zh,
            "topic": claim.topic, "stated": claim.stated,
            "recomputed": self.recomputed, "because": self.because.en, "how": self.how,
            "assumes": [words.en for words in self.assumes], "assumes_zh": [words.zh for words in self.assumes], "formula": claim.formula,
            "query": claim.query, "also": beside, "primary_says": claim.primary_says,
            "primary_source": dict(self.primary) if self.primary else None,
        }  # fmt: skip


def claims() -> list[Claim]:
    """The table, in the document's order."""
    found = rows(f"SELECT {', '.join(one.name for one in fields(Claim))} FROM claims ORDER BY rowid")
    return [Claim(**row | {"unit": row["unit"] or ""}) for row in found]


def audit(which: Iterable[Claim] | None = None) -> list[Verdict]:
    """A verdict on every claim, or on those given."""
    return [judge(claim) for claim in (claims() if which is None else which)]


def judge(claim: Claim) -> Verdict:
    """The verdict on one claim."""
    if claim.kind == "dependence":
        return _judge_dependence(claim)
    if claim.number is None:
        return _judge_equation(claim)
    if claim.query is not None:
        return _judge_copy(claim, claim.number)
    found = _recomputed(claim)
    return _judge_quotation(claim) if found is None else _judge_figure(claim, found)


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many claims have each verdict, in the order of VERDICTS."""
    tally = dict.fromkeys(VERDICTS, 0)
    for one in verdicts:
        tally[one.verdict] += 1
    return tally


# ── by a formula ───────────────────────────────────────────────────────────────────────────────────────────────────


def _recomputed(claim: Claim) -> Computed | None:
    return compute(claim.formula, json.loads(claim.facts or "{}"), claim.target) if claim.formula else None


def _judge_figure(claim: Claim, found: Computed) -> Verdict:
    stated = found.shown(claim.unit)
    unit = _unit_that_agrees(claim, found)
    if unit is None:
        because = Words(f"the formula gives {stated}", f"公式给出 {stated}")
        return _verdict(claim, DIFFERS if claim.primary_source else SLIP, stated, because, found.how)
    if unit == claim.unit:
        return _agreed(claim, stated, Words("the formula agrees", "与公式一致"), found.how)
    right = found.shown(unit)
    because = Words(
        f"{unit}, not {claim.unit}: {right} is {stated}", f"单位应为 {unit} 而非 {claim.unit}:{right} 即 {stated}"
    )
    if unit == BINARY.get(claim.unit):
        return _agreed(claim, right, because, found.how, CORRECTED)
    return _verdict(claim, SLIP, right, because, found.how)


def _unit_that_agrees(claim: Claim, found: Computed) -> str | None:
    """The claim's own unit if its number is right in it, else the one it is commonly written for, else None."""
    for unit in (claim.unit, BINARY.get(claim.unit, ""), WIDER.get(claim.unit, "")):
        if measures(found.quantity, unit) and agrees(claim, float(found.value) / scale(found.quantity, unit)):
            return unit
    return None


def compute(formula: str, given: Mapping[str, Any], target: str | None = None, unit: str = "") -> Computed:
    """What the formula gives for the facts; for one of its inputs when `target` names that and the result is given."""
    named, known = library().named(formula), quantities()
    facts = {name: amount_of(value, known[name]) for name, value in given.items()}
    wanted = known[target] if target else named.target
    goal = facts.pop(named.target.name) if wanted is not named.target else None
    derivation = derive(named.target, {n: Fact(v, "computed") for n, v in facts.items()}, {named.target.name: formula})
    if goal is not None:
        value = solve_for(derivation, wanted, goal).value
        return Computed(named, wanted, value, _working_back(derivation, wanted, goal, value), given, unit)
    assert derivation.value is not None, f"{formula} also needs {derivation.unknown}"
    return Computed(named, wanted, derivation.value, _working(derivation), given, unit)


def _working(derivation: Derivation) -> str:
    """The last step that works something out: a rule that only names another quantity shows that one's step."""
    step = derivation.by_quantity[derivation.target]
    while isinstance(step.expr, Quantity) and derivation.by_quantity[step.expr].expr is not None:
        step = derivation.by_quantity[step.expr]
    return step_text(step, derivation.values)


def _working_back(derivation: Derivation, wanted: Quantity, goal: Number, value: Number) -> str:
    formula = derivation.by_quantity[derivation.target].formula
    assert formula is not None
    parts = [short(wanted), with_unit(value, wanted)]
    rearranged = solved_for(formula, wanted) if wanted in formula.inputs else ()
    if len(rearranged) == 1:
        values = {**derivation.values, derivation.target: goal}
        parts[1:1] = [plain(rearranged[0]), plain(rearranged[0], values)]
    return " = ".join(dict.fromkeys(parts))


def amount_of(value: Any, quantity: Quantity) -> Number:
    """A number as given, or `"82432 hours"` in the quantity's inside unit."""
    if isinstance(value, str):
        number, unit = value.split()
        value = float(number) * scale(quantity, unit)
    return int(value) if float(value).is_integer() else float(value)


# ── by another table, by its source, by its own sides ──────────────────────────────────────────────────────────────


def _judge_copy(claim: Claim, number: float) -> Verdict:
    found = [value for row in rows(claim.query or "") for value in row.values()]
    if len(found) != 1:
        return _verdict(claim, SLIP, "?", Words(f"{len(found)} rows answer the query", f"查询返回 {len(found)} 行"))
    stated = f"{figure(float(found[0]))} {claim.unit}"
    # a copied cell is copied exactly; a name such as 7B rounds
    if float(found[0]) != number if claim.kind == "table" else not agrees(claim, float(found[0])):
        because = Words(f"the table says {stated}", f"数据表为 {stated}")
        return _verdict(claim, DIFFERS if claim.primary_source else SLIP, stated, because)
    if claim.kind == "table":
        return _agreed(claim, stated, Words("so says the table it is copied from", "与所摘录的表一致"))
    return _agreed(claim, stated, Words(f"the table says {stated}", f"数据表为 {stated}"))


def _judge_quotation(claim: Claim) -> Verdict:
    """A setting or an observation that nothing recomputes: only its source can confirm it."""
    if claim.primary_number is None:
        return _verdict(claim, SLIP, "?", Words("nothing gives this number", "没有依据给出此数"))
    return _agreed(claim, f"{figure(claim.primary_number)} {claim.unit}", Words("so says its source", "与出处一致"))


def _judge_dependence(claim: Claim) -> Verdict:
    """Whether what the sentence names stands in the account of the quantity."""
    assert claim.formula is not None
    given, named = json.loads(claim.facts or "{}"), library().named(claim.formula)
    using = {named.target.name: claim.formula, **given.get("using", {})}
    account = {quantity.name: quantity for quantity in derive(named.target, {}, using).by_quantity}
    missing = [name for name in given["on"] if name not in account]
    shown = f"{short(named.target)}({', '.join(short(account[name]) for name in given['on'] if name in account)})"
    how = f"{named.name}: {shown}"
    if missing:
        gone = ", ".join(missing)
        return _verdict(claim, SLIP, shown, Words(f"it does not depend on {gone}", f"与 {gone} 无关"), how)
    return _agreed(claim, shown, Words("all of them enter the account", "均在该量的推导之中"), how)


def _judge_equation(claim: Claim) -> Verdict:
    found = _recomputed(claim)
    stands = (
        Words(f"the formula gives {found.shown(claim.unit)}", f"公式给出 {found.shown(claim.unit)}") if found else None
    )
    how = found.how if found else ""
    for swapped, verdict in (((), HOLDS), ((BINARY,), CORRECTED), ((WIDER,), SLIP), ((WIDER, BINARY), SLIP)):
        parts = sides(claim.quote, swapped)
        if not all(left.equals(right) for left, right in pairwise(parts)):
            continue
        shown = " = ".join(side.shown for side in parts)
        if found is not None and abs(parts[-1].worth - float(found.value)) > 1e-9 * parts[-1].worth:
            assert stands is not None
            return _verdict(claim, SLIP, shown, stands, how)
        if verdict == HOLDS:
            return _agreed(claim, shown, Words("the sides are equal", "各边相等"), how)
        return _verdict(claim, verdict, shown, _swaps(parts, sides(claim.quote)), how)
    because = Words("the sides are not equal", "各边不相等")
    if stands is not None:
        because = Words(f"{because.en}; {stands.en}", f"{because.zh};{stands.zh}")
    return _verdict(claim, SLIP, " ≠ ".join(side.shown for side in sides(claim.quote)), because, how)


def _swaps(right: list[Side], wrong: list[Side]) -> Words:
    pairs = dict.fromkeys((new.unit, old.unit) for new, old in zip(right, wrong, strict=True) if new.unit != old.unit)
    english = ", ".join(f"{new} for {old}" for new, old in pairs)
    return Words(f"the sides agree with {english}", ",".join(f"{old} 应为 {new}" for new, old in pairs) + ",各边才相等")


# ── shared ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def agrees(claim: Claim, value: float) -> bool:
    """Whether a value is the claim's number at the precision printed, or lies in its range.

    A number stands for all that round to it: 26.077 within 0.0005, 12 within 0.5, 70 within 5; never more than a tenth.
    """
    assert claim.number is not None
    if claim.number_high is not None:
        return claim.number <= value <= claim.number_high
    printed = f"{claim.number:.12f}".rstrip("0").rstrip(".")
    decimals = len(printed.partition(".")[2])
    step = 10.0**-decimals if decimals else 10.0 ** (len(printed) - len(printed.rstrip("0")))
    return abs(value - claim.number) <= min(step / 2, abs(claim.number) / 10) * (1 + 1e-9)


def _agreed(claim: Claim, recomputed: str, because: Words, how: str = "", verdict: str = HOLDS) -> Verdict:
    """The verdict on a number that came out: it still differs if its first-hand source has another."""
    if claim.primary_number is not None and not agrees(claim, claim.primary_number):
        says = f"{figure(claim.primary_number)} {claim.unit}"
        return _verdict(claim, DIFFERS, recomputed, Words(f"the source says {says}", f"出处为 {says}"), how)
    return _verdict(claim, RULE if claim.kind == "rule" else verdict, recomputed, because, how)


def _verdict(claim: Claim, verdict: str, recomputed: str, because: Words, how: str = "") -> Verdict:
    beside = json.loads(claim.also or "[]")
    also = tuple(compute(a["formula"], a["facts"], a.get("target"), a.get("unit", "")) for a in beside)
    found = rows("SELECT key, title, url FROM sources WHERE key = ?", [claim.primary_source])
    own = library().by_name.get(claim.formula or "")
    assumes = own.assumes if own else ()
    return Verdict(claim, verdict, recomputed, because, how, assumes, also, found[0] if found else None)
