"""Models that embed, rank or translate: encoders, decoders that embed, encoder-decoders, by any spelling of their names."""

import re
from dataclasses import dataclass
from functools import cache

from kb.database import rows
from kb.recipe import assumed_number

# a size that is said is rounded by so much at most
_LIKE = 0.1


@dataclass(frozen=True)
class Encoder:
    """One row; bytes are of 16-bit numbers unless told otherwise."""

    model: str
    kind: str
    params: int
    n_layers: int
    hidden: int
    n_heads: int
    head_dim: int
    ffn: int
    max_positions: int
    title: str
    url: str

    @property
    def generates(self) -> bool:
        return self.kind == "encoder-decoder"

    def weights(self, size: float) -> float:
        return self.params * size

    def inner(self, tokens: float, size: float) -> float:
        """Bytes of the feed-forward part's inner numbers, of one layer."""
        return tokens * self.ffn * size

    def scores(self, batch: float, length: float, size: float) -> float:
        """Bytes of the attention scores of one layer, where a kernel keeps them."""
        return batch * self.n_heads * length**2 * size

    def passing(self, length: float, size: float) -> float:
        """Bytes of one sequence in a forward pass without gradients: a layer's input, output and inner numbers twice."""
        return length * (2 * self.ffn + 2 * self.hidden) * size

    def cached(self, size: float) -> float:
        """Bytes of keys and values for each token, of an encoder-decoder: its own or those that it crosses to."""
        return 2 * self.n_layers * self.n_heads * self.head_dim * size


def states(optimizer: str) -> float:
    """Bytes of a parameter with its gradient and the optimizer's states: `adamw`, `adafactor`, `adafactor_bf16`."""
    return assumed_number(f"bytes_{optimizer}", "states of a parameter")


@cache
def encoders() -> dict[str, Encoder]:
    """Every spelling, in lower case."""
    found = {}
    for row in rows("SELECT e.*, s.title, s.url FROM encoders e JOIN sources s ON s.key = e.source"):
        one = Encoder(*(row[name] for name in Encoder.__dataclass_fields__))
        for name in (row["model"], *filter(None, (row["aliases"] or "").split(";"))):
            found[name.lower()] = one
    return found


@cache
def pattern() -> str:
    """What finds any of the names in a text in lower case, the longest first."""
    names = sorted(encoders(), key=len, reverse=True)
    said = "|".join(re.escape(name).replace(r"\-", r"[-_ ]?").replace(r"\ ", r"[-_ ]") for name in names)
    return rf"(?<![a-z0-9/-])(?:[a-z-]+/)?(?P<name>{said})(?![a-z0-9])(?!-[a-z0-9])"


def named(text: str) -> Encoder | None:
    """The model of a spelling that `pattern` found."""
    bare = re.sub(r"[-_ ]", "", text.lower())
    return next((one for name, one in encoders().items() if re.sub(r"[-_ ]", "", name) == bare), None)


def of_size(does: str, billions: float) -> str | None:
    """The model that does so, `embedding` or `reranker`, and is nearest to a size; None where none is about as large."""
    near = [
        (abs(one.params / 1e9 - billions), one.model if does in one.model.lower() else name)
        for name, one in encoders().items()
        if does in name
    ]
    off, called = min(near, default=(billions, ""))
    return called if off <= _LIKE * billions else None
