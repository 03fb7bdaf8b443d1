"""Derivations: chaining backwards from a question to facts, on a small shelf of made-up formulas and on the real one."""

import copy
import json
import pickle
import time
from collections.abc import Callable

import pytest
from sympy import Max, Rational, ceiling

from formulas import quantity as quantity_module
from formulas.derivation import Ambiguous, Circular, Fact, derive
from formulas.errors import BadInput
from formulas.formula import Formula, Source
from formulas.library import library, shelve
from formulas.notation import plain
from formulas.quantity import Choice, Quantity, Words, byte, one, total
from formulas.render import derivation_json, derivation_latex, derivation_markdown, derivation_text, step_text
from formulas.solve import sensitivity, solve_for, solved_for
from formulas.vocabulary import bits_per_weight, n_params, parameter_bytes, peak

HERE = Source("here", "A made-up source", "tests/test_derivation.py", "here")
Declare = Callable[..., Quantity]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declares quantities that are forgotten after the test."""
    monkeypatch.setattr(quantity_module, "_declared", dict(quantity_module._declared))

    def declared(name: str, unit: object = one, **more: object) -> Quantity:
        return Quantity(name, unit, name, f"made-up {name}", f"虚构的{name}", **more)  # type: ignore[arg-type]

    return declared


def formula(target: Quantity, expr: object, **more: object) -> Formula:
    return Formula(target, expr, "Made up.", "虚构。", HERE, ({}, 0), **more)  # type: ignore[arg-type]


def given(**facts: object) -> dict[str, Fact]:
    return {name: Fact(value, "given") for name, value in facts.items()}


# ── quantities ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_declaring_a_name_twice_is_refused(declare: Declare) -> None:
    declare("tw_x")
    with pytest.raises(ValueError, match="declared twice"):
        declare("tw_x")


def test_products_print_in_the_order_of_declaration(declare: Declare) -> None:
    z, a, m = declare("pr_z"), declare("pr_a"), declare("pr_m")
    assert plain(m * a * z * 2) == "2·pr_z·pr_a·pr_m"


def test_quantities_survive_copying_and_pickling(declare: Declare) -> None:
    window = declare("pk_window", axis="layer_kind").at("sliding")
    for expr in (n_params, window, 2 * n_params + window**2):
        assert pickle.loads(pickle.dumps(expr)) == expr
        assert copy.deepcopy(expr) == expr
    assert pickle.loads(pickle.dumps(window)) is window
    assert copy.copy(n_params) is n_params


def test_a_choice_has_only_its_own_answers(declare: Declare) -> None:
    kind = Choice("kind", ("a", "b"), Words("which", "哪种"))
    with pytest.raises(ValueError, match="no answer 'c'"):
        formula(declare("ch_x"), 1 * n_params, when={kind: "c"})


def test_units_that_disagree_are_named(declare: Declare) -> None:
    memory = declare("un_m", byte)
    assert "byte" in (formula(memory, n_params * 2).unit_error() or "")
    assert "different units" in (formula(memory, memory + n_params).unit_error() or "")
    assert formula(memory, n_params * 2, coefficients_in=byte).unit_error() is None


# ── chaining ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fact_beats_a_formula() -> None:
    account = derive(parameter_bytes, given(n_params=10, bits_per_weight=16, bytes_per_weight=4))
    assert account.value == 40
    assert bits_per_weight not in account.by_quantity


def test_what_is_unknown_is_a_leaf_and_the_rest_an_answer() -> None:
    account = derive(parameter_bytes, given(bits_per_weight=Rational(9, 2)))
    assert account.value is None
    assert account.unknown == (n_params,)
    assert account.expr == Rational(9, 16) * n_params
    assert "still unknown: n_params" in derivation_text(account)
    assert "尚缺: n_params" in derivation_text(account, "zh")


def test_two_formulas_that_both_apply_are_an_error_with_both_names(declare: Declare) -> None:
    x = declare("am_x")
    shelf = shelve({"by_one": formula(x, n_params * 1), "by_two": formula(x, n_params * 2)})
    with pytest.raises(Ambiguous, match="by_one and by_two"):
        derive(x, {}, shelf=shelf)
    assert derive(x, given(n_params=3), {"am_x": "by_two"}, shelf).value == 6


def test_a_circle_is_an_error_with_its_path(declare: Declare) -> None:
    x, y, z = declare("ci_x"), declare("ci_y"), declare("ci_z")
    shelf = shelve({"a": formula(x, y + 1), "b": formula(y, z + 1), "c": formula(z, x + 1)})
    with pytest.raises(Circular, match="ci_x -> ci_y -> ci_z -> ci_x"):
        derive(x, {}, shelf=shelf)
    assert derive(x, given(ci_z=1), shelf=shelf).value == 3


def test_choices_select_and_an_undecided_one_is_asked(declare: Declare) -> None:
    x, kind = declare("se_x"), Choice("se_kind", ("a", "b", "c"), Words("which", "哪种"))
    shelf = shelve(
        {
            "for_a": formula(x, n_params * 2, when={kind: "a"}),
            "for_bc": formula(x, n_params * 3, when={kind: ("b", "c")}),
        }
    )
    assert derive(x, given(n_params=1, se_kind="a"), shelf=shelf).value == 2
    assert derive(x, given(n_params=1, se_kind="c"), shelf=shelf).value == 3
    open_question = derive(x, given(n_params=1), shelf=shelf)
    assert open_question.undecided == ("se_kind",)
    assert open_question.unknown == (x,)


def test_a_rule_is_taken_only_when_asked_for() -> None:
    assert derive(peak, given(n_params=7 * 10**9)).value is None
    by_rule = derive(peak, given(n_params=7 * 10**9), {"peak": "twenty_bytes_per_parameter"})
    assert by_rule.value == 140 * 10**9
    with pytest.raises(BadInput, match="sixteen_bytes_per_parameter"):
        derive(peak, {}, {"peak": "seventeen_bytes_per_parameter"})


def test_broken_conditions_warn_and_do_not_stop(declare: Declare) -> None:
    x = declare("wa_x")
    shelf = shelve({"small": formula(x, n_params * 2, valid=(n_params < 10,))})
    assert derive(x, given(n_params=3), shelf=shelf).warnings == ()
    warned = derive(x, given(n_params=30), shelf=shelf)
    assert warned.value == 60
    assert warned.warnings == ("small holds only where n_params < 10",)


# ── axes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_total_sums_over_the_members_of_its_axis(declare: Declare) -> None:
    count = declare("ax_count", axis="layer_kind")
    window = declare("ax_window", axis="layer_kind")
    per_token = declare("ax_per_token", byte)
    cache = declare("ax_cache", byte)
    shelf = shelve({"sum": formula(cache, total(count * window * per_token, "layer_kind"))})
    facts = given(
        ax_per_token=4,
        layer_kind=("sliding", "global"),
        **{"ax_count[sliding]": 5, "ax_count[global]": 1, "ax_window[sliding]": 512, "ax_window[global]": 8192},
    )
    account = derive(cache, facts, shelf=shelf)
    assert account.value == 4 * (5 * 512 + 8192)
    assert count.at("sliding") in account.by_quantity
    assert derive(cache, given(ax_per_token=4, ax_count=6, ax_window=512), shelf=shelf).value == 4 * 6 * 512


def test_a_formula_written_once_serves_each_member(declare: Declare) -> None:
    kind = Choice("ax2_attention", ("full", "window"), Words("which", "哪种"), axis="layer_kind")
    count, seen = declare("ax2_count", axis="layer_kind"), declare("ax2_seen", axis="layer_kind")
    length, window, whole = declare("ax2_length"), declare("ax2_window"), declare("ax2_whole")
    shelf = shelve(
        {
            "sum": formula(whole, total(count * seen, "layer_kind")),
            "all": formula(seen, length, when={kind: "full"}),
            "near": formula(seen, window, when={kind: "window"}),
        }
    )
    facts = given(
        layer_kind=("local", "global"),
        ax2_length=1000,
        ax2_window=10,
        **{"ax2_count[local]": 3, "ax2_count[global]": 2},
        **{"ax2_attention[local]": "window", "ax2_attention[global]": "full"},
    )
    account = derive(whole, facts, shelf=shelf)
    assert account.value == 3 * 10 + 2 * 1000
    assert solve_for(account, length, 5030).value == 2500


# ── size ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fifty_quantities_take_less_than_ten_milliseconds_and_print_once(declare: Declare) -> None:
    chain = [declare(f"ch_{i:02d}") for i in range(50)]
    shelf = shelve(
        {f"step_{i}": formula(chain[i], chain[i + 1] + 3 * chain[i + 2] * chain[-1]) for i in range(len(chain) - 2)}
    )
    account = derive(chain[0], given(ch_48=2, ch_49=1), shelf=shelf)
    assert len(account.steps) == 50
    durations = []
    for _ in range(5):
        begun = time.process_time()
        account.evaluate()
        durations.append(time.process_time() - begun)
    assert min(durations) < 0.010
    text = derivation_text(account)
    for quantity in chain:
        assert sum(line.strip().startswith(f"{quantity.name} = ") for line in text.splitlines()) == 1
    assert derivation_latex(account).count("aligned") == 2 * 48


# ── backwards ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_solving_through_a_maximum_and_a_ceiling(declare: Declare) -> None:
    x, whole, top = declare("so_x"), declare("so_n", whole=True), declare("so_top")
    shelf = shelve({"peak_of": formula(top, Max(100 + whole, 3 * whole) + 16 * ceiling(whole / 16))})
    account = derive(top, {}, shelf=shelf)
    found = solve_for(account, whole, 1000)
    assert not found.exact
    fits = [n for n in range(1, 400) if max(100 + n, 3 * n) + 16 * -(-n // 16) <= 1000]
    assert found.value == max(fits)
    with pytest.raises(BadInput, match="does not depend on so_x"):
        solve_for(account, x, 1)


def test_the_fewest_that_fit_are_rounded_up(declare: Declare) -> None:
    cards, each = declare("fe_cards", whole=True), declare("fe_each", byte)
    shelf = shelve({"divided": formula(each, n_params / cards, coefficients_in=byte)})
    assert solve_for(derive(each, given(n_params=1000), shelf=shelf), cards, 300).value == 4
    assert solve_for(derive(each, given(n_params=1000), shelf=shelf), cards, 250).value == 4


def test_solving_says_what_is_missing_or_out_of_reach() -> None:
    account = derive(parameter_bytes, given(bits_per_weight=16))
    assert solve_for(account, n_params, 80 * 2**30).value == 40 * 2**30
    with pytest.raises(BadInput, match="also give bytes_per_weight"):
        solve_for(derive(parameter_bytes, {}), n_params, 80)
    with pytest.raises(BadInput, match="has no input peak"):
        solved_for(library().named("parameters_times_bytes"), peak)


def test_a_formula_is_rearranged_for_each_input() -> None:
    times = library().named("parameters_times_bytes")
    assert [str(root) for root in solved_for(times, n_params)] == ["parameter_bytes/bytes_per_weight"]


def test_sensitivity_says_which_knob_moves_memory() -> None:
    facts = given(
        model_states=1, n_layers=48, hidden_size=1600, batch_size=32, seq_len=1024, n_params=1, bytes_of_activation=2
    )
    rules = {"activations": "every_activation_is_kept", "peak": "states_activations_and_buffers",
             "buffers": "gradients_are_fused_in_single_precision"}  # fmt: skip
    elastic = sensitivity(derive(peak, facts, rules))
    assert {q.name: round(x, 3) for q, x in elastic.items()}["seq_len"] == 1
    assert next(iter(elastic.values())) == pytest.approx(1)


# ── printing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_derivation_prints_in_every_form() -> None:
    account = derive(parameter_bytes, given(n_params=7 * 10**9, bits_per_weight=32))
    assert step_text(account.by_quantity[parameter_bytes], account.values) == "P = θ·β = 7,000,000,000·4 B = 26.08 GiB"
    assert "模型占用" in derivation_text(account, "zh")
    assert r"7 \times 10^{9}" in derivation_latex(account)
    assert r"| $\mathrm{bpw}$ |" in derivation_markdown(account)
    data = json.loads(json.dumps(derivation_json(account)))
    assert data["value"] == 28 * 10**9
    assert data["shown"] == "26.08 GiB"
    assert [step["quantity"] for step in data["steps"]][-1] == "parameter_bytes"


def test_sources_are_collected_by_use() -> None:
    account = derive(peak, given(n_params=1), {"peak": "sixteen_bytes_per_parameter"})
    assert {"zero", "mixed-precision", "adam", "document"} == {source.key for source in account.sources}
    assert account.subtree(parameter_bytes if parameter_bytes in account.by_quantity else peak).value == 16
