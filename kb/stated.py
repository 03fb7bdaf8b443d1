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


_DOUBLY = "-dq"


def doubly_quantised(given: Mapping[str, Fact]) -> Fact:
    """The format with its scales quantised in their turn, or not, as it is told of bitsandbytes' 4 bits."""
    kind, told = given["weight_format"], given.get("double_quant")
    plain = str(kind.value).removesuffix(_DOUBLY)
    if told is None or told.origin == ASSUMED or plain not in ("nf4", "fp4"):
        return kind
    if kind.origin == ASKED and told.origin != ASKED:  # the format that is asked for comes before a program's default
        return kind
    return Fact(f"{plain}{_DOUBLY}" if told.value else plain, kind.origin)
