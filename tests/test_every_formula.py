"""What holds of any formula, whoever adds it: a new formula needs no new test."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from formulas.derivation import Derivation, Fact, derive
from formulas.errors import BadInput
from formulas.formula import Formula
from formulas.library import CHAPTERS, Library, chapter_of, library
from formulas.notation import latex, latex_figure, plain
from formulas.quantity import GLOSSARY, Quantity, quantities
from formulas.render import formula_text
from formulas.solve import solve_for

ROOT = Path(__file__).parent.parent
FORMULAS = list(library().by_name.values())


Check = Callable[[Formula], None]
CHECKS: dict[str, Check] = {}


def every_formula(check: Check) -> Check:
    """Marks what must hold of each formula; one test runs a check over all, since thousands of tests cost seconds."""
    CHECKS[check.__name__] = check
    return check


def alone(formula: Formula, without: Quantity | None = None) -> Derivation:
    """The derivation of a formula's example by that formula only; `without` is left unknown."""
    inputs = formula.example[0]
    facts = {q.name: Fact(value, "given") for q, value in inputs.items() if q is not without}
    for quantity in inputs:
        if quantity.member is not None:
            members = tuple(q.member for q in inputs if q.base is quantity.base)
            facts[str(quantity.axis)] = Fact(members, "given")
    shelf = Library({formula.name: formula}, {formula.target: (formula,)})
    return derive(formula.target, facts, {formula.target.name: formula.name}, shelf)


def test_there_are_formulas_in_every_chapter() -> None:
    assert {chapter_of(formula.name) for formula in FORMULAS} == set(CHAPTERS)


@every_formula
def both_sides_have_one_unit(formula: Formula) -> None:
    assert formula.unit_error() is None


@every_formula
def it_cites_a_place_that_a_reader_can_open(formula: Formula) -> None:
    source = formula.source
    assert source.title
    assert source.place, f"{formula.name} cites {source.title} as a whole; say where in it"
    assert source.url.startswith("https://") or (ROOT / source.url).is_file()


@every_formula
def it_says_why_in_two_languages(formula: Formula) -> None:
    assert formula.says.endswith(".")
    assert re.search(r"[\u4e00-\u9fff]", formula.zh)
    assert formula.zh.endswith("。")
    for sentence in formula.assumes:
        assert sentence.en
        assert re.search(r"[\u4e00-\u9fff]", sentence.zh)


@every_formula
def its_example_holds(formula: Formula) -> None:
    value = alone(formula).value
    assert value is not None, f"the example of {formula.name} leaves {alone(formula).unknown} open"
    assert float(value) == pytest.approx(float(formula.example[1]), rel=1e-9)


@every_formula
def its_example_inverts(formula: Formula) -> None:
    """Solved for each input in which it is strictly monotone at the example, the input comes back.

    Or another value that gives the same result, where there is one: 2x + c/x takes each value twice.
    """
    inputs, result = formula.example
    for wanted, value in inputs.items():
        if isinstance(value, (int, float)) and value > 0 and moves(formula, wanted, float(value)):
            found = solve_for(alone(formula, without=wanted), wanted, result)
            again = alone(formula).evaluate({wanted: found.value})[formula.target]
            assert float(again) == pytest.approx(float(result), rel=1e-6), wanted.name


def moves(formula: Formula, wanted: Quantity, value: float) -> bool:
    """Whether the result moves strictly one way with `wanted` around the example."""
    derivation = alone(formula)
    low, middle, high = (
        float(derivation.evaluate({wanted: x})[derivation.target]) for x in (value * 0.999, value, value * 1.001)
    )
    return low < middle < high or low > middle > high


@every_formula
def its_latex_renders(formula: Formula) -> None:
    for shown in (latex(formula.expr), latex(formula.expr, dict(formula.example[0])), formula.target.latex):
        balanced(shown)
    assert plain(formula.expr)


def balanced(shown: str) -> None:
    """LaTeX that plain amsmath and KaTeX take: braces close, \\left has its \\right, no letter beyond ASCII."""
    assert shown.isascii(), shown
    depth = 0
    for found in re.finditer(r"(?<!\\)[{}]", shown):
        depth += 1 if found[0] == "{" else -1
        assert depth >= 0, shown
    assert depth == 0, shown
    assert len(re.findall(r"\\left\b", shown)) == len(re.findall(r"\\right\b", shown)), shown


@every_formula
def it_prints_with_all_its_symbols(formula: Formula) -> None:
    for language in ("en", "zh"):
        text = formula_text(formula, language)
        for quantity in (formula.target, *formula.inputs):
            assert f"[{quantity.name}]" in text
            assert quantity.says.in_(language) in text


@every_formula
def its_name_finishes_a_sentence(formula: Formula) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", formula.name)
    assert formula.name not in quantities()


@pytest.mark.parametrize("check", CHECKS)
def test_of_every_formula(check: str) -> None:
    broken = {}
    for formula in FORMULAS:
        try:
            CHECKS[check](formula)
        except (AssertionError, BadInput) as error:
            broken[formula.name] = str(error).splitlines()[0] if str(error) else "does not hold"
    assert not broken


def test_every_quantity_is_said_and_set() -> None:
    for quantity in quantities().values():
        balanced(quantity.latex)
        assert quantity.says.en, quantity.name
        assert re.search(r"[\u4e00-\u9fffA-Z]", quantity.says.zh), quantity.name


def test_no_two_quantities_look_alike() -> None:
    symbols: dict[str, str] = {}
    for quantity in quantities().values():
        other = symbols.setdefault(quantity.latex, quantity.name)
        assert other == quantity.name, f"{quantity.name} and {other} both print as {quantity.latex}"


def test_every_quantity_stands_in_the_glossary() -> None:
    """Others are ranked in the order of import, which differs from program to program."""
    used = {quantity for formula in library().by_name.values() for quantity in (formula.target, *formula.inputs)}
    assert not [quantity.name for quantity in used if quantity.rank[0] == len(GLOSSARY)]


def test_only_one_exact_formula_is_unconditional() -> None:
    """A target with a formula that always applies has no other that applies without being asked for."""
    for target, rivals in library().by_target.items():
        exact = [formula for formula in rivals if not formula.rule]
        always = [formula.name for formula in exact if not formula.when]
        assert not always or len(exact) == 1, f"{target.name}: {always} always applies, beside {len(exact) - 1} others"


def test_figures_in_latex() -> None:
    assert latex_figure(7 * 10**9) == r"7 \times 10^{9}"
    assert latex_figure(12) == "12"
