"""`kb formulas`: the listing and one formula, in every form, and letters to who misspelt."""

import json

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from formulas.library import CHAPTERS, library
from kb.commands.formulas import formulas

NAMES = list(library().by_name)


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(formulas, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_every_formula_is_listed_under_its_chapter() -> None:
    text = printed()
    for name in NAMES:
        assert f"  {name}\n" in text or f"  {name} (rule)\n" in text
    assert [line.split(":")[0] for line in text.splitlines() if line and line[0] != " "] == list(CHAPTERS)


@pytest.mark.parametrize("style", ["latex", "markdown", "json"])
def test_the_listing_has_every_formula_in_every_form(style: str) -> None:
    text = printed("--format", style)
    for name in NAMES:
        assert name in text.replace(r"\_", "_")


def test_one_formula_in_full_in_two_languages() -> None:
    english = printed("adam_keeps_a_copy_and_two_moments")
    assert "M_adam = M_master + M_m + M_v" in english
    assert "https://arxiv.org/abs/1910.02054" in english
    assert "混合精度 Adam" in printed("adam_keeps_a_copy_and_two_moments", "--language", "zh")
    data = json.loads(printed("adam_keeps_a_copy_and_two_moments", "--format", "json"))
    assert data["target"] == "adam_states"
    assert data["source"]["title"].endswith("§3.1")


def test_a_quantity_shows_its_rivals() -> None:
    text = printed("activations")
    for rival in ("every_activation_is_kept", "recomputation_keeps_a_square_root"):
        assert f"{rival}\n" in text


def test_solved_for_an_input() -> None:
    assert printed("parameters_times_bytes", "--solve-for", "n_params").strip() == "θ = P / β"
    latex = printed("recomputation_keeps_a_square_root", "--solve-for", "n_layers", "--format", "latex")
    assert latex.startswith(r"\[L = \frac{")


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["sixten_bytes_per_parameter"], "near: sixteen_bytes_per_parameter"),
        (["peek"], "near: peak"),
        (["x" * 100_000], "no formula or quantity"),
        (["__import__('os').system('true')"], "no formula or quantity"),
        (["parameters_times_bytes", "--solve-for", "n_parms"], "near: n_params"),
        (["activations", "--solve-for", "n_layers"], "name one: "),
        (["fewest_cards_for_the_time", "--solve-for", "card_time"], "no closed form"),
        (["--solve-for", "n_params"], "needs the name of a formula"),
    ],
)
def test_a_wrong_name_gets_one_line_with_what_is_near(arguments: list[str], answer: str) -> None:
    with pytest.raises(BadInput, match=answer) as caught:
        CliRunner().invoke(formulas, arguments, catch_exceptions=False)
    assert len(str(caught.value)) < 1500
