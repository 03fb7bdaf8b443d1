"""The published number of parameters, where the formulas of the blocks do not arrive at it.

A model's total is counted from its stored tensors and published with it; the shapes of its blocks are known less well. So
the total holds. What a declared block leaves over lies outside of it: a vision tower, further embeddings. Where the
block itself is not known, the width of its MLP (or of its experts) is what the total leaves: most parameters are there,
and all else is taken from the fields.
"""

import re
from collections.abc import Mapping
from typing import Any

from formulas.derivation import Fact, derive
from formulas.vocabulary import n_params

# nearer than this is not another block: buffers, further heads, a row of padding
_SAME = 0.005
# what lies outside of the blocks of a language model that can also see or hear is at most about half of it
_MOST_OUTSIDE = 0.5
# kinds of config whose names tell that the model sees: what its blocks leave over is its tower
SEES = re.compile(r"vl|vision|4v|idefics|pixtral")


def held_to_total(
    facts: dict[str, Fact], row: Mapping[str, Any], declared: bool
) -> tuple[dict[str, Fact], tuple[str, ...]]:
    """The facts with which the published total comes out, and what to warn of; `declared`: whether the block is known."""
    published = row.get("unique_params") or row.get("total_params")
    if not published:
        return facts, ()
    over = int(published) - _counted(facts)
    towers = int(row.get("vision_params") or 0)
    if abs(over) <= _SAME * published:
        return facts, (_outside(towers, published, row),) if towers else ()
    model = str(row.get("model_type"))
    if declared and 0 < over <= _MOST_OUTSIDE * published:
        seen = Fact(over + towers, facts["extra_params"].origin) if SEES.search(model) else None
        with_extra = _with_extra(facts, over) | ({"tower_params": seen} if seen else {})
        return with_extra, (_outside(over + towers, published, row),)
    told = (
        f"no formula counts the parameters of {model}: its {published / 1e9:.2f}B are as published, and shared out over "
        "its layers"
    )
    width = "moe_intermediate_size" if "moe_intermediate_size" in facts else "intermediate_size"
    if width not in facts:  # nothing but state-space layers
        return (_with_extra(facts, over), (told,)) if over > 0 else (facts, (_unreliable(facts, row, published),))
    stated = int(facts[width].value)
    each = (_counted(facts | {width: Fact(stated + 1, "")}) - _counted(facts)) or 1
    fitting = stated + over // each
    if fitting < 1:
        return facts, (_unreliable(facts, row, published),)
    fitted = facts | {width: Fact(fitting, facts[width].origin)}
    return _with_extra(fitted, int(published) - _counted(fitted)), (told,)


def _outside(count: int, published: float, row: Mapping[str, Any]) -> str:
    return (
        f"{count / 1e9:.2f}B of the {published / 1e9:.2f}B parameters of {row.get('name')} lie outside of the blocks of its "
        "language model (a vision or audio tower, say): they take memory, what they compute is not counted"
    )


def _unreliable(facts: dict[str, Fact], row: Mapping[str, Any], published: float) -> str:
    return (
        f"the fields of {row.get('name')} give {_counted(facts) / 1e9:.2f}B parameters and {published / 1e9:.2f}B are "
        "published: the estimate is not reliable"
    )


def _counted(facts: dict[str, Fact]) -> int:
    return int(derive(n_params, facts).value or 0)


def _with_extra(facts: dict[str, Fact], more: int) -> dict[str, Fact]:
    there = facts["extra_params"]
    return facts | {"extra_params": Fact(int(there.value) + more, there.origin)}
