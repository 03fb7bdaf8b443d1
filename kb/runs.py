"""Pre-training as it was published: tokens, cards and GPU-hours of a model, by any spelling of its name."""

import re
from dataclasses import dataclass
from functools import cache

from kb.database import rows

# words that tell a tuned or packed model from its base, or how it was published
_FURTHER = re.compile(
    r"(?:meta|instruct|chat|base|hf|it|pt|gguf|awq|gptq|int\d|fp8|bf16|bnb|4bit|v0\.\d|preview|\d{4})$"
)


_ABOUT = 1.6  # sizes that are called alike


@dataclass(frozen=True)
class PublishedRun:
    """One row: amounts in parameters, tokens, cards and hours; None where its authors do not tell."""

    model: str
    params: float
    active: float
    tokens: float | None
    gpu: str | None
    n_gpus: int | None
    card_hours: float | None
    days: float | None
    title: str
    url: str

    @property
    def hours(self) -> float | None:
        """GPU-hours, published or from cards and days."""
        if self.card_hours:
            return self.card_hours
        return self.n_gpus * self.days * 24 if self.n_gpus and self.days else None


def _key(name: str) -> str:
    """`meta-llama/Meta-Llama-3-8B-Instruct` and `llama 3 8b` are one model."""
    bare = name.rsplit("/", 1)[-1].lower().replace("_", "-").replace(" ", "-")
    words = [word for word in bare.split("-") if word]
    while len(words) > 1 and _FURTHER.fullmatch(words[-1]):
        words.pop()
    return re.sub(r"[^a-z0-9.]", "", "".join(word for word in words if word != "meta"))


@cache
def _runs() -> dict[str, PublishedRun]:
    found: dict[str, PublishedRun] = {}
    for row in rows("SELECT t.*, s.title, s.url FROM training_runs t JOIN sources s ON s.key = t.source"):
        one = PublishedRun(
            row["model"], row["params_b"] * 1e9, row["active_params_b"] * 1e9,
            row["tokens_b"] * 1e9 if row["tokens_b"] else None, row["gpu"], row["n_gpus"], row["gpu_hours"], row["days"],
            row["title"], row["url"],
        )  # fmt: skip
        for name in (row["model"], *filter(None, (row["aliases"] or "").split(";"))):
            found[_key(name)] = one
    return found


def published_run(name: str) -> PublishedRun | None:
    """The run of the model that this name means; None where none is in the table."""
    return _runs().get(_key(name))


def like(params: float) -> PublishedRun:
    """Of the models of about that size the one that was trained on most tokens; else the nearest in size."""
    told = [one for one in _runs().values() if one.tokens and one.active == one.params]
    near = [one for one in told if max(one.active / params, params / one.active) <= _ABOUT]
    if near:
        return max(near, key=lambda one: one.tokens or 0)
    return min(told, key=lambda one: max(one.active / params, params / one.active))
