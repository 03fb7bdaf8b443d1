"""A set-up as the text that a tool takes: `method=lora; bits=16; stated_gb=21`, and back."""

from chat.plans.understood import Facts
from formulas.errors import BadInput
from kb.knobs import amount
from kb.likely import Stated

_STATED = ("stated_gb", "stated_gib", "saved_gb", "saved_gib")


def as_text(side: Facts, stated: Stated | None) -> str:
    """A side as the tool takes it: `method=lora; bits=16; stated_gb=21`, or `60+` for at least so much; `saved_gb` is a difference, `saved_share` a part of the whole."""
    told = dict(side)
    if stated and stated.share is not None:
        told["saved_share"] = f"{stated.share:g}"
    elif stated:
        told[("saved_" if stated.saved else "stated_") + stated.unit.lower()] = (
            f"{stated.gb:g}{'+' if stated.at_least else ''}"
        )
    return "; ".join(f"{name}={value}" for name, value in told.items())


def parsed(setups: list[str]) -> tuple[list[Facts], list[Stated | None]]:
    """The facts of each side and what was stated of it; BadInput where a text is no list of facts."""
    each: list[Facts] = []
    stated: list[Stated | None] = []
    for text in setups:
        pairs = [part.partition("=") for part in text.split(";") if part.strip()]
        if not pairs or any(not name.strip() or not value.strip() for name, _, value in pairs):
            raise BadInput(f"a set-up is facts such as `method=lora; bits=16`, not {text[:60]!r}")
        facts: Facts = {name.strip(): value.strip() for name, _, value in pairs}
        share = facts.pop("saved_share", None)
        figures = {name: facts.pop(name, None) for name in _STATED}
        name, number = next(((name, given) for name, given in figures.items() if given is not None), ("", None))
        stated.append(
            Stated(0.0, saved=True, share=float(amount(share, "saved_share")))
            if share
            else None
            if number is None
            else Stated(
                float(amount(number.rstrip("+"), name)),
                number.endswith("+"),
                saved=name.startswith("saved"),
                binary=name.endswith("gib"),
            )
        )
        each.append(facts)
    return each, stated
