"""All formulas, found in their chapters and named by the variable that holds them."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from formulas.errors import BadInput, near
from formulas.formula import Formula
from formulas.quantity import Quantity

# in reading order; a new chapter is a new name here
CHAPTERS = (
    "document",
    "rules",
    "parameters",
    "weights",
    "kv_cache",
    "regimes",
    "blocks",
    "feedforward",
    "mixing",
    "masks",
    "experts",
    "recurrent",
    "selective_scan",
    "state_space",
    "delta",
    "kimi_delta",
    "lightning",
    "short_conv",
    "adapters",
    "expert_adapters",
    "activations",
    "fused_adapters",
    "backward",
    "partial",
    "variants",
    "optimizers",
    "projected",
    "training",
    "autocast",
    "phases",
    "gathering",
    "preference",
    "distillation",
    "forward",
    "inference",
    "speculative",
    "loading",
    "host",
    "parallel",
    "placement",
    "engines",
    "llama_cpp",
    "vllm",
    "pools",
    "steps",
    "served_scans",
    "allocator",
    "device",
    "time",
    "speed",
)


@dataclass(frozen=True)
class Library:
    """Formulas by name and by target; two of one name are refused."""

    by_name: dict[str, Formula]
    by_target: dict[Quantity, tuple[Formula, ...]]

    def of(self, target: Quantity) -> tuple[Formula, ...]:
        return self.by_target.get(target, ())

    def named(self, name: str) -> Formula:
        if name not in self.by_name:
            raise BadInput(f"no formula `{name[:60]}`{near(name, self.by_name)}; `kb formulas` lists them all")
        return self.by_name[name]


def shelve(named: dict[str, Formula]) -> Library:
    """A library of formulas under their names."""
    by_target: dict[Quantity, tuple[Formula, ...]] = {}
    for name, formula in named.items():
        object.__setattr__(formula, "name", name)
        by_target[formula.target] = (*by_target.get(formula.target, ()), formula)
    return Library(dict(named), by_target)


@cache
def library() -> Library:
    """Every formula of every chapter."""
    named: dict[str, Formula] = {}
    for chapter in CHAPTERS:
        for name, value in vars(import_module(f"formulas.{chapter}")).items():
            if isinstance(value, Formula):
                if named.get(name, value) is not value:
                    raise ValueError(f"two formulas are called {name}")
                named[name] = value
    return shelve(named)


@cache
def chapter_of(name: str) -> str:
    """The chapter in which a formula stands."""
    return next(c for c in CHAPTERS if isinstance(vars(import_module(f"formulas.{c}")).get(name), Formula))
