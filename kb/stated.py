"""What a case states: the value of a knob where it has one; and the words for where a fact is from."""

from collections.abc import Callable, Mapping
from typing import Any

from formulas.derivation import Fact

ASKED, ASSUMED = "asked", "assumed"
Value = Callable[..., Any]


def stated(knobs: Mapping[str, Fact], name: str, default: Any = None) -> Any:
    """The value of a knob; `default` where nothing is said of it."""
    fact = knobs.get(name)
    return default if fact is None or fact.value is None else fact.value


def reader(knobs: Mapping[str, Fact]) -> Value:
    """`value(name, default)` of these knobs, for rules that need no more of them."""
    return lambda name, default=None: stated(knobs, name, default)


def origin_of(knobs: Mapping[str, Fact], *names: str) -> Any:
    """Where the first of these that is said is from; assumed where none is."""
    return next((knobs[name].origin for name in names if name in knobs), ASSUMED)
