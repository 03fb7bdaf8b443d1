"""Figures that an explanation needs beside the estimate, by name, each worked out when a sentence asks for it.

Every figure comes from the same formulas and rows as the estimate: the case at hand, or the case with one fact changed.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from chat.figures.kept_ways import allowed
from formulas.errors import BadInput
from kb.cases import Case, parse_given, spread
from kb.database import rows
from kb.engines import PAIRS
from kb.names import Row, model_row
from kb.outcome import Outcome, outcome

if TYPE_CHECKING:
    from chat.figures.failures.turns import Cause

GB, GIB, KIB = 1e9, 2.0**30, 2.0**10
# where no model is told, a sum is shown for one that all know: grouped heads, a gated MLP and a head of its own, so every
# term of a count is there; or for a round size
EXAMPLE_MODEL, EXAMPLE_PARAMS = "meta-llama/Meta-Llama-3-8B", 7e9


def how_far(gb: float, size: float) -> float:
    """By what share a figure in GB, which people write for GiB too, is off from so many bytes, in the unit that is nearer."""
    return min(abs(gb * unit / size - 1) for unit in (GB, GIB))


class Missing(LookupError):
    """This figure does not exist for this case."""


def missing(name: str) -> float:
    """As the last of several alternatives: `found or missing("card")`."""
    raise Missing(name)


@cache
def default_of(tool: str, setting: str, applies_to: str) -> float:
    """A program's default that is a number; Missing where the table has none."""
    found = rows(
        "SELECT value FROM recipes WHERE tool = ? AND setting = ? AND applies_to = ?", [tool, setting, applies_to]
    )
    if not found:
        raise Missing(setting)
    return float(found[0]["value"])


def gib_words(size: float) -> str:
    """`44.1 GiB`, `0.16 GiB`."""
    amount = size / GIB
    return f"{amount:,.0f} GiB" if amount >= 1000 else f"{amount:.1f} GiB" if amount >= 10 else f"{amount:.2f} GiB"


def both_words(size: float) -> str:
    """Decimal and binary, for figures that people quote in GB: `141 GB (131.4 GiB)`."""
    amount = size / GB
    decimal = f"{amount:,.0f}" if amount >= 100 else f"{amount:.1f}" if amount >= 10 else f"{amount:.2f}"
    return f"{decimal} GB ({gib_words(size)})"


class Figures:
    """The figures of the usual case of some facts; `figures["w16"]` is the text, `Missing` where there is none."""

    def __init__(self, given: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> None:
        self.told = dict(told or {})
        self.given = {name: value[0] if isinstance(value, (list, tuple)) else value for name, value in given.items()}
        self.known: dict[str, tuple[float, str]] = {}
        self.about: frozenset[str] = frozenset()  # what is asked and mentioned, where remarks are made
        self._base: Outcome | BadInput | None = None

    def __getitem__(self, name: str) -> str:
        if name not in self.known:
            from chat.figures.catalogue import MADE  # which works them out by this class

            made = MADE.get(name)
            if made is None:
                raise Missing(name)
            work, words = made
            try:
                amount = work(self)
            except (BadInput, LookupError, ZeroDivisionError) as error:
                raise Missing(name) from error
            self.known[name] = (amount, words(amount))
        return self.known[name][1]

    @cached_property
    def causes(self) -> "tuple[Cause, ...]":
        """What would overflow the card; Missing where nothing would."""
        from chat.figures.failures.turns import causes  # which works them out by this class

        return causes(self)

    @cached_property
    def raised(self) -> "tuple[Cause, ...]":
        """Unified memory with the GPU's share of it raised; Missing where that turns nothing."""
        from chat.figures.failures.turns import raised

        return raised(self)

    @cached_property
    def ways(self) -> "tuple[Cause, ...]":
        """What would make it fit on the same cards; Missing where it fits, or nothing does."""
        from chat.figures.failures.turns import ways

        return ways(self)

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
        """What would make the case fit, the cheapest first."""
        from kb.changes import changes

        return allowed(changes(self.base), self.about)

    @cached_property
    def log(self) -> dict[str, list[str]]:
        """What was told line by line, by the name before it: `seen_at 4 52`, `seen_at 8 37`."""
        found: dict[str, list[str]] = {}
        for line in self.told.get("log", ()):
            name, _, said = str(line).partition(" ")
            found.setdefault(name, []).append(said)
        return found

    def logged_all(self, name: str) -> list[float]:
        """Every figure that was told by this name."""
        return [float(one) for one in self.log.get(name, ())]

    def told_one(self, name: str) -> float | None:
        """The first figure that was told by this name; None where there is none."""
        return next(iter(self.logged_all(name)), None)

    def amount(self, name: str) -> float:
        """The figure as a number, 0 where there is none."""
        try:
            _ = self[name]
        except Missing:
            return 0.0
        return self.known[name][0]

    def need(self, name: str) -> float:
        """The figure as a number; Missing where there is none."""
        _ = self[name]
        return self.known[name][0]

    # ── cases ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def base(self) -> Outcome:
        """The case at hand; BadInput, remembered too, where it cannot be worked out."""
        if self._base is None:
            try:
                self._base = outcome(self._case(self.given))
            except BadInput as error:
                self._base = error
        if isinstance(self._base, BadInput):
            raise self._base
        return self._base

    def _case(self, facts: Mapping[str, Any]) -> Case:
        return spread(parse_given({name: value for name, value in facts.items() if value is not None}))[0]

    def at(self, **changed: Any) -> Outcome:
        """The case with some facts changed; None takes a fact away. Another program runs the same method."""
        method = {"method": self.knob("method")} if "engine" in changed else {}
        return outcome(self._case({**method, **self.given, **changed}))

    @property
    def names_model(self) -> bool:
        """Whether a model is told, by its name, its size or its config."""
        return bool(self._model_alone)

    @property
    def _model_alone(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.given.items() if name in ("model", "params", "vocabulary", "config")
        }

    @property
    def plain(self) -> Outcome:
        """The model alone, served by one card with one short sequence."""
        return outcome(self._case({**self._model_alone, "method": "inference", "weight_format": "bf16", "seq_len": 1}))

    def stored(self, **how: Any) -> float:
        """Bytes of the whole model's weights in a format: of a file those of the file."""
        alone = {**self._model_alone, "method": "inference", "seq_len": 1, "mmproj": False}
        return value_of(outcome(self._case({**alone, **how})), "model_weights")

    def knob(self, name: str) -> Any:
        """A fact of the case, asked or assumed; None when no model is named."""
        try:
            return self.base.situation.knob(name)
        except BadInput:
            return self.given.get(name)

    def fact(self, name: str) -> float:
        """A quantity of the model or case; Missing if it has none."""
        facts = self.base.situation.facts
        if name not in facts:
            raise Missing(name)
        return float(facts[name].value)

    @property
    def params(self) -> float:
        """What is counted: the model's own parameters."""
        return value_of(self.plain, "n_params")

    @property
    def pure(self) -> bool:
        """Whether it trains in 16 bit alone, with no float32 copy of the weights."""
        return str(self.knob("precision")).startswith("pure")

    @property
    def n(self) -> int:
        return int(self.knob("n_gpus") or 1)

    @property
    def tokens(self) -> float:
        """Tokens of a step on one card: both answers of a pair; of sequences that several cards share in training, a part."""
        shared = float(self.knob("cp") or 1) if self.knob("task") == "train" else 1.0
        return float(self.knob("seq_len") or 1) * self._sequences / shared

    @property
    def _sequences(self) -> float:
        """Sequences of a step; a pair of preferred and rejected answers is two."""
        return float(self.knob("batch_size") or 1) * (2 if self.knob("algo") in PAIRS else 1)

    def row(self) -> Row:
        """The model's row; Missing for a model that is only a size or a config."""
        name = self.knob("model")
        if not name:
            raise Missing("model")
        return model_row(str(name))


def most_of(where: Outcome, *names: str) -> float:
    """Bytes of these parts of a card, each at the moment of a step when it is largest."""
    return sum(max([where.terms.get(name, 0.0), *where.fullest.at_any_phase(name)]) for name in names)


def pool_of(where: Outcome) -> dict[str, Any]:
    """What a server sets aside at its start, by quantity; empty where nothing serves."""
    return {str(one["quantity"]): one["value"] for one in where.answers_json() if one.get("scope") == "pool"}


def pool_tokens(where: Outcome) -> int:
    """The tokens for which a server's pool has pages; 0 where nothing is served from one."""
    return int(pool_of(where).get("kv_tokens") or 0)


def held_in_ram(where: Outcome) -> float:
    """Bytes that a case keeps in host memory; 0 where nothing is offloaded."""
    return GIB * next((float(one["value"]) for one in where.answers_json() if one["quantity"] == "host_memory"), 0.0)


def value_of(where: Outcome, name: str) -> float:
    for quantity, value in where.values.items():
        if quantity.name == name:
            return float(value)
    raise Missing(name)


def masters_of(where: Outcome) -> float:
    """Copies of the weights in 32 bit on one card, made before any step; those that wait in host memory are none."""
    if not where.terms.get("optimizer"):
        return 0.0
    return value_of(where, "master_bytes") * value_of(where, "trained_params") / value_of(where, "optimizer_shards")
