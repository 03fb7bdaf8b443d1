"""The LaTeX of every formula, and whole derivations, through a real engine: plain `article`, amsmath, nothing more."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from formulas.derivation import Derivation, Fact, derive
from formulas.library import library
from formulas.notation import latex, latex_amount, short
from formulas.quantity import quantities
from formulas.render import derivation_document, latex_document, tex_text
from formulas.time import training_time
from formulas.vocabulary import parameter_bytes, peak


@pytest.fixture(scope="module")
def pdflatex() -> str:
    engine = shutil.which("pdflatex")
    if engine is None and os.environ.get("CI"):
        pytest.fail("pdflatex is missing: install texlive-latex-base")
    if engine is None:
        pytest.skip("pdflatex is not installed (texlive-latex-base); no LaTeX was compiled")
    return engine


def compiled(engine: str, document: str, folder: Path) -> None:
    (folder / "page.tex").write_text(document, encoding="utf-8")
    run = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "page.tex"], cwd=folder, capture_output=True, timeout=120
    )
    log = run.stdout.decode("utf-8", "replace")
    assert run.returncode == 0, log[-3000:]
    assert (folder / "page.pdf").stat().st_size > 1000
    assert "Missing character" not in log


def given(**facts: object) -> dict[str, Fact]:
    return {name: Fact(value, "given") for name, value in facts.items()}


def sixteen() -> Derivation:
    return derive(peak, given(n_params=7 * 10**9), {"peak": "sixteen_bytes_per_parameter"})


@pytest.mark.slow
def test_every_formula_compiles(pdflatex: str, tmp_path: Path) -> None:
    parts = []
    for formula in library().by_name.values():
        inputs, result = formula.example
        parts.append(
            rf"\paragraph{{{tex_text(formula.name)}}} {tex_text(formula.says)} [{tex_text(str(formula.source))}]"
            rf"\[{formula.target.latex} = {latex(formula.expr)}\]"
            rf"\[{latex(formula.expr, dict(inputs))} = {latex_amount(result, formula.target)}\]"
        )
    parts += [rf"${quantity.latex}$ {tex_text(quantity.says.en)}\par" for quantity in quantities().values()]
    compiled(pdflatex, latex_document("Every formula", "\n".join(parts)), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "account",
    [
        sixteen(),
        derive(parameter_bytes, given(bits_per_weight=4.5)),
        derive(
            training_time, given(n_params=7e10, n_train_tokens=2e12, n_gpus=6000, card_flops=312e12, utilisation=0.43)
        ),
        derive(
            peak,
            given(n_params=1.5e9, n_layers=48, hidden_size=1600, batch_size=32, seq_len=1024),
            {
                "peak": "states_activations_and_buffers",
                "activations": "recomputation_keeps_a_square_root",
                "buffers": "gradients_are_fused_in_single_precision",
            },
        ),
    ],
    ids=["sixteen", "half known", "time", "training"],
)
def test_a_derivation_compiles(pdflatex: str, account: Derivation, tmp_path: Path) -> None:
    compiled(pdflatex, derivation_document(account), tmp_path)


def test_the_document_is_plain_article() -> None:
    document = derivation_document(sixteen())
    assert document.isascii()
    assert document.startswith(r"\documentclass{article}")
    assert {line for line in document.splitlines() if line.startswith(r"\usepackage")} <= {
        r"\usepackage[T1]{fontenc}", r"\usepackage{amsmath}", r"\usepackage[margin=2.2cm]{geometry}",
    }  # fmt: skip


def test_chinese_words_are_left_out_of_plain_latex_not_garbled() -> None:
    assert tex_text("Memory of training (训练占用), 100 % of 5_x") == r"Memory of training , 100 \% of 5\_x"


def test_no_sign_of_a_reason_gets_lost_in_latex() -> None:
    """Only Chinese may be left out: a √ that vanished would change what the sentence says."""
    for formula in library().by_name.values():
        texts = [formula.says, str(formula.source), *(words.en for words in formula.assumes)]
        signs = {sign for text in texts for sign in text if not "\u3400" <= sign <= "\u9fff"}
        lost = [sign for sign in signs if not sign.isspace() and not tex_text(f"a{sign}a").removeprefix("a")[:-1]]
        assert not lost, f"{formula.name}: {lost}"


def test_symbols_read_in_plain_text() -> None:
    shown = {name: short(quantity) for name, quantity in quantities().items()}
    assert shown["n_params"] == "θ"
    assert shown["weights"] == "M_w"
    assert not [text for text in shown.values() if "\\" in text or "{" in text]
