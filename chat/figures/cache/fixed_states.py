"""A model whose layers all keep a state of fixed size and no keys and values: what that is, and what a longer context adds."""

from collections.abc import Callable

from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.named import Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_MIB = 2**20
_LONGER = 8  # times the length of the case, at which nothing but the prompt's own step has grown


def _keeps_a_cache(where: Outcome) -> bool:
    try:
        return bool(kinds(where))
    except Missing:
        return False


def _fixed_state(figures: Figures) -> Words:
    """Missing where any layer keeps keys and values."""
    where = served(figures, batch_size=1)
    state = next((float(value) for quantity, value in where.values.items() if quantity.name == "state"), 0.0)
    if not state or _keeps_a_cache(where):
        raise Missing("state")
    layers, each = int(where.situation.facts["n_layers"].value), figure(state / _MIB, 3)
    many, length = int(figures.knob("batch_size") or 1), int(figures.knob("seq_len") or 0)
    together = SILENT
    if many > 1:
        all_ = gib_words(many * state)
        together = Words(f"; of {many} sequences {all_}", f";{many} 条序列共 {all_}")
    here, there = (gib_words(served(figures, seq_len=one).best) for one in (length, _LONGER * length))
    longer = Words(
        f"A longer context adds nothing that stays: {here} in all at {length:,} tokens, {there} at {_LONGER * length:,}.",
        f"上下文再长也不会多留任何东西:{length:,} token 时共 {here},{_LONGER * length:,} token 时共 {there}。",
    )
    return Words(
        f"**No KV cache at all: in place of keys and values each of its {layers} layers keeps a state of fixed size, {each} MiB per sequence in all, however long that is{together.en}.** {longer.en} More sequences at once take a state each; in training activations and logits go with the tokens all the same.",
        f"**完全没有 KV 缓存:{layers} 层各自保留的是固定大小的状态,每条序列合计 {each} MiB,与长度无关{together.zh}。** {longer.zh}并发每多一条只多一份状态;训练时激活和 logits 照样随 token 数增长。",
    )


FIXED_STATES: dict[str, Callable[[Figures], Words]] = {"fixed_state": _fixed_state}
