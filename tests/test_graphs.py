"""Graphs that are shared: by facts that lead to the same one, and by no others."""

from formulas.derivation import Fact, derive
from formulas.graphs import filled
from formulas.vocabulary import peak
from kb.cases import spread
from kb.facts import situation


def _facts(**given: object) -> dict[str, Fact]:
    """The facts of one case's first card."""
    where = situation(spread(given)[0])
    return where.facts | where.places[0].facts


SERVED = {"model": "meta-llama/Llama-3.1-8B", "gpu": "RTX 4090"}


def test_other_numbers_and_what_is_not_asked_share_a_graph() -> None:
    facts = _facts(**SERVED, seq_len=2048)
    longer = _facts(**SERVED, seq_len=8192) | {"nobody_asks_for_this": Fact("yes", "asked")}
    first, second = filled(peak, facts), filled(peak, longer)
    assert first.graph is second.graph
    assert second.value == derive(peak, longer).value > first.value


def test_another_answer_or_a_fact_more_is_another_graph() -> None:
    facts = _facts(**SERVED)
    assert facts["mlp"].value == "gated"
    plain = facts | {"mlp": Fact("plain", "asked")}
    measured = facts | {"n_params": Fact(8e9, "asked")}
    for other in (plain, measured):
        assert filled(peak, other).graph is not filled(peak, facts).graph
        assert filled(peak, other).value == derive(peak, other).value
    assert filled(peak, facts).value == derive(peak, facts).value


def test_the_values_in_the_steps_are_those_of_the_facts_given() -> None:
    facts = _facts(**SERVED, seq_len=2048)
    filled(peak, facts)
    longer = filled(peak, _facts(**SERVED, seq_len=8192))
    seq_len = next(step for step in longer.steps if step.quantity.name == "seq_len")
    assert seq_len.fact is not None
    assert seq_len.fact.value == 8192
