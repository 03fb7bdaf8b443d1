"""What grows from one batch or length to another, and what does not: the parts, and the whole before and after."""

from chat.answers.case_tables import LEAST_GIB, Result
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.phrases import gib
from chat.words import term
from formulas.chinese import spaced
from kb.worked import TERM_ORDER

_OF_TOKENS = ("batch_size", "seq_len")
_LEAST = 0.03  # GiB


def grown(result: Result, names: list[str], language: str) -> str:
    """Of two set-ups that differ in the tokens of a step alone; empty of any others."""
    small, large = result["smallest"], result["largest"]
    if len(names) != 2 or len(result["differing"]) != 1 or result["differing"][0] not in _OF_TOKENS or small == large:
        return ""
    times = f"{result['setups'][large]['memory']['best_gib'] / result['setups'][small]['memory']['best_gib']:.2f}"
    zh, pair = language == "zh", (result["setups"][small], result["setups"][large])
    held = [{one["name"]: float(one["gib"]) for one in setup["terms"]} for setup in pair]
    rises = {name: (held[0].get(name, 0.0), held[1].get(name, 0.0)) for name in TERM_ORDER}
    more = {name: both for name, both in rises.items() if both[1] - both[0] > _LEAST}
    kept = [name for name, both in rises.items() if name not in more and both[1] >= LEAST_GIB]
    if not more or not kept:
        return ""
    order = sorted(more.items(), key=lambda one: one[1][0] - one[1][1])
    told = join(
        [f"{term(name, language)} {gib(both[0]) if both[0] else 0} → {gib(both[1])}" for name, both in order], language
    )
    whole = [gib(one["memory"]["best_gib"]) for one in pair]
    rest = join([f"{term(name, language)} {gib(held[1][name])}" for name in kept], language)
    each = result["differing"][0] == "batch_size"
    by, by_zh = ("the batch", "批大小") if each else ("the length", "长度")
    if zh:
        return f"**从{names[small]}{gap(names[small])}到{names[large]},随{by_zh}增长的只有{spaced(told)};{rest} 不变:合计 {whole[0]} → {whole[1]},多 {gib(result['difference_gib'])},是 {times} 倍。**"
    return f"**From {names[small]} to {names[large]} only these grow with {by}: {told}; {rest} stay as they are: {whole[0]} → {whole[1]} in all, {gib(result['difference_gib'])} more, {times} times.**"
