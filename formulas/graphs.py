"""Graphs of derivations, each built once for all facts that lead to it.

A graph depends on which facts there are and on what the choices say, and of these only on what was looked at while it was
built: a server's case never asks for the optimizer. So the questions that building asked are kept as a tree, each node a
name and each branch an answer; the same answers end at the same graph, whatever else is given.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from formulas.derivation import Derivation, Fact, derive
from formulas.quantity import Quantity

MOST_GRAPHS = 4096
_A_VALUE = object()  # an answer: there is a number, whatever it is


class _Node:
    """One question on the way to a graph."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answers: dict[Any, _Node | Derivation] = {}


class _Watched(Mapping[str, Fact]):
    """Facts that note, in order, what was asked of them and what they answered."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.asked: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.setdefault(name, _answer(self.facts.get(name)))
        return self.facts.get(name, default)

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


_roots: dict[Quantity, "_Node | Derivation"] = {}
_grown: list[Derivation] = []


def filled(target: Quantity, facts: Mapping[str, Fact]) -> Derivation:
    """The derivation of a target from facts, on a graph that may have been built for others."""
    found = _roots.get(target)
    while isinstance(found, _Node):
        found = found.answers.get(_answer(facts.get(found.name)))
    if found is None:
        found = _build(target, facts)
    return found.with_facts(facts)


def _answer(fact: Fact | None) -> Any:
    """What a graph can depend on: what a choice says or an axis has; of a number, that it is there."""
    if fact is None:
        return None
    return fact.value if isinstance(fact.value, (str, tuple)) else _A_VALUE


def _build(target: Quantity, facts: Mapping[str, Fact]) -> Derivation:
    watched = _Watched(facts)
    built = derive(target, watched)
    if len(_grown) >= MOST_GRAPHS:
        _grown.clear()
        _roots.clear()
    _grown.append(built)
    _keep(target, [*watched.asked.items()], built)
    return built


def _keep(target: Quantity, asked: list[tuple[str, Any]], built: Derivation) -> None:
    """Adds the way to a graph; what is asked next follows from the answers so far, so ways part only at answers."""
    if not asked:
        _roots[target] = built
        return
    branch: dict[Any, Any] = _roots
    key: Any = target
    for name, answer in asked:
        node = branch.setdefault(key, _Node(name))
        branch, key = node.answers, answer
    branch[key] = built
