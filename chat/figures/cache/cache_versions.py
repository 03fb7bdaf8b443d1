"""A later version of a model that caches less: of the same maker, family and size, with fewer KV heads."""

from functools import cache
from itertools import takewhile
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.named import Figures, Missing
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.database import rows

_NEAR = 0.2  # of the parameters: a 7B and an 8B are of one size
_LEAST_TIMES = 2  # what is no half is no reason to change the model
_LEAST_SHARED = 6  # characters of a name: `Llama-2`, `c4ai-command-r`
_PLAIN = "kv_lora_rank IS NULL AND attention_pattern IS NULL AND layer_pattern IS NULL AND sliding_window IS NULL"


def _shared(these: str, those: str) -> str:
    """How two names begin alike."""
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(these, those, strict=False)))


@cache
def _version(name: str, family: str, params: float, width: int) -> dict[str, Any] | None:
    """The model of the table that is called most alike; `width`: layers × KV heads × head size, what a token keeps of K."""
    found = rows(
        f"SELECT name, n_kv_heads, n_layers * n_kv_heads * head_dim AS width FROM models WHERE {_PLAIN} AND family = ? "
        "AND name LIKE ? AND unique_params BETWEEN ? AND ? AND n_layers * n_kv_heads * head_dim * ? <= ? "
        "AND n_experts IS NULL AND hf_created_date > (SELECT hf_created_date FROM models WHERE name = ?) ORDER BY hf_created_date DESC NULLS LAST, length(name), name",
        [family, f"{name.partition('/')[0]}/%", (1 - _NEAR) * params, (1 + _NEAR) * params, _LEAST_TIMES, width, name],
    )
    alike = max(found, key=lambda one: len(_shared(name, str(one["name"]))), default=None)
    shared = _shared(name, str(alike["name"])).partition("/")[2] if alike else ""
    return alike if len(shared) >= _LEAST_SHARED else None


def version_that_caches_less(figures: Figures) -> Words:
    """That model and what a token takes there in 16 bit; silent where the table has none, or the model is no row of it."""
    try:
        row = figures.row()
    except Missing:
        return SILENT
    told: list[Any] = [row.get(name) for name in ("family", "unique_params", "n_layers", "n_kv_heads", "head_dim")]
    if not all(told) or row.get("kv_lora_rank"):
        return SILENT
    family, params, layers, heads, dim = told
    other = _version(str(row["name"]), str(family), float(params), int(layers) * int(heads) * int(dim))
    if other is None:
        return SILENT
    called, token = str(other["name"]).rsplit("/", 1)[-1], kib(2 * 2 * float(other["width"]))
    return Words(
        f" {called}, of the same family and about this size, has {figure(float(other['n_kv_heads']))} KV heads: {token} a token.",
        f"同系列、大小相近的 {called} 只有 {figure(float(other['n_kv_heads']))} 个 KV 头,每 token {token}。",
    )
