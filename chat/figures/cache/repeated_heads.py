"""Of code that repeats its KV heads before it caches them, what a token takes there and where they are cached as they are."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import amount
from chat.figures.named import Figures, Missing
from formulas.notation import figure
from formulas.quantity import Words


def _repeated(figures: Figures) -> Words:
    facts, length = figures.base.situation.facts, int(figures.knob("seq_len"))
    if "cut_into_heads" not in facts or facts["cut_into_heads"].value != "repeated":
        raise Missing("repeated heads")
    heads, grouped = (float(facts[name].value or 0) for name in ("n_heads", "n_kv_heads"))
    here = figures.need("kv_token")
    there = here * grouped / heads
    return Words(
        f"transformers' code of this model writes its {figure(grouped)} KV heads out for all {figure(heads)} query heads before it caches them: {kib(here)} a token. A server that caches the {figure(grouped)} as they are (vLLM) takes {kib(there)} a token, {amount(there * length)} for {length:,} tokens instead of {amount(here * length)}.",
        f"transformers 里这个模型的代码先把 {figure(grouped)} 个 KV 头复制到全部 {figure(heads)} 个查询头再缓存:每 token {kib(here)}。按 {figure(grouped)} 个 KV 头缓存的服务框架(vLLM)每 token 只要 {kib(there)},{length:,} token 共 {amount(there * length)},而不是 {amount(here * length)}。",
    )


REPEATED_HEADS: dict[str, Callable[[Figures], Words]] = {"heads_repeated": _repeated}
