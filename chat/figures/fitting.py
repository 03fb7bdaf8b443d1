"""Figures of whether a training fits: what so many cards hold, and the largest model at a card's edge."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS, in_words
from formulas.notation import size_words
from formulas.quantity import Words
from kb.database import rows
from kb.outcome import Outcome
from kb.solver import solve

# cards that one machine has
_COUNTS = (2, 4, 8)
_ONE_CARD: dict[str, Any] = {"n_gpus": 1, "zero_stage": None, "tp": None, "pp": None, "layer_split": None}
_QUANTISED: dict[str, Any] = {
    "method": "qlora", "bits": 4, "weight_format": None, "precision": None, "adapter_dtype": None, "offload": None,
}  # fmt: skip
# a row of the table is of this size if it is no further off
_LIKE = 0.12


def _edge(figures: Figures) -> Outcome:
    """The largest model whose 4-bit QLoRA one card holds by the middle of the estimate."""
    left = {
        name: value for name, value in figures.given.items() if name not in ("model", "params", "offload", "precision")
    }
    facts = {**left, **_ONE_CARD, **_QUANTISED}
    found = solve("params", **{name: value for name, value in facts.items() if value is not None}).answers[0]
    if found.at is None:
        raise Missing("size")
    return found.at


def _edge_size(figures: Figures) -> float:
    name = str(_edge(figures).situation.knob("model"))
    found = rows("SELECT params_b FROM representatives WHERE model = ?", [name])
    if not found:
        raise Missing("size")
    return float(found[0]["params_b"]) * 1e9


def _over(figures: Figures) -> Words:
    """What each of two, four or eight such cards holds, up to the first count that is enough."""
    en, zh = [], []
    for count in _COUNTS:
        there = figures.at(**{**_QUANTISED, "n_gpus": count, "zero_stage": 3})
        each, verdict = gib_words(there.best), VERDICTS[str(there.leaning or "no")]
        en.append(f"{in_words('n_gpus', count, 'en')} {each} each ({verdict[0]})")
        zh.append(f"{in_words('n_gpus', count, 'zh')}每卡 {each}({verdict[1]})")
        if there.verdict == "yes":
            break
    return Words(", ".join(en), "、".join(zh))


def _eight(figures: Figures) -> Words:
    there = figures.at(**{**_QUANTISED, **_ONE_CARD, "bits": 8})
    return Words(*VERDICTS[str(there.leaning)]) if there.leaning else _missing()


def _missing() -> Words:
    raise Missing("card")


def _table(figures: Figures) -> Words:
    """The cell of LLaMA-Factory's table for QLoRA in 4 bit of about this size; nothing where it has none."""
    size = figures.need("params_said") / 1e9
    found = rows("SELECT model_size, memory_gb, params_b FROM finetune WHERE method = 'QLoRA' AND bits = 4")
    near = [row for row in found if abs(row["params_b"] - size) <= _LIKE * row["params_b"]]
    if not near:
        return Words("", "")
    row = min(near, key=lambda one: abs(float(one["params_b"]) - size))
    amount = f"{row['memory_gb']:g} GB"
    return Words(
        f" (LLaMA-Factory's table: {row['model_size']} {amount})", f"(LLaMA-Factory 的表:{row['model_size']} {amount})"
    )


def _longest_quantised(figures: Figures) -> float:
    """The longest sequence of 4-bit QLoRA on one card, no longer than the model declares."""
    there = figures.at(**{**_QUANTISED, **_ONE_CARD})
    longest = there.largest("seq_len")
    if longest is None:
        raise Missing("length")
    return float(min(longest, there.declared) if there.declared else longest)


FITTING: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "copy_qlora_least": (
        lambda f: f.at(**{**_QUANTISED, **_ONE_CARD, "kbit_prep": False, "loss": "fused"}).best,
        gib_words,
    ),
    "edge": (_edge_size, size_words),
    "edge_qlora": (lambda f: _edge(f).best, gib_words),
    "qlora_length": (_longest_quantised, lambda tokens: f"{tokens:,.0f}"),
    "master_said": (lambda f: 4 * f.need("params_said"), both_words),
}
FITTING_WORDS: dict[str, Callable[[Figures], Words]] = {
    "qlora_over": _over,
    "eight_fits": _eight,
    "table_qlora": _table,
}
