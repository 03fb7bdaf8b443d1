"""What is stated of a cache, judged together with what it is said to be with keys and values for every query head."""

from chat.figures.cache.kv_claims import all_heads_told, verdict
from chat.figures.named import Figures, Missing, both_words, how_far
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_OFF = 0.06  # amounts are rounded


def judged(figures: Figures) -> Words:
    """The verdict; where the asker doubts what is stated, first that the doubt is right."""
    said, supposed = _verdict(figures), _of_all_heads(figures)
    words = Words(f"{said.en} {supposed.en}".strip(), f"{said.zh} {supposed.zh}".strip()) if supposed.en else said
    if "doubted" not in figures.log:
        return words
    right = " is right" in said.en or " are right" in said.en
    if right or not said.en:
        return words
    return Words(
        f"**You are right to doubt it: {words.en.removeprefix('**')}", f"**您的怀疑是对的:{words.zh.removeprefix('**')}"
    )


def _verdict(figures: Figures) -> Words:
    """Of all else that is stated; nothing where all of it is of every query head."""
    try:
        return verdict(figures)
    except Missing:
        if all_heads_told(figures):
            return SILENT
        raise


def _of_all_heads(figures: Figures) -> Words:
    """Whether such a cache is as large as it is said to be."""
    told = all_heads_told(figures)
    if not told:
        return SILENT
    heads, kept, whole = figures.fact("n_heads"), figures.fact("n_kv_heads"), figures.need("kv_multi_head_all")
    binary = {float(one) for one in figures.told.get("claims_gib", ())}
    shown = {one: f"{one:g} {'GiB' if one in binary else 'GB'}" for one in told}
    right = [shown[one] for one in told if how_far(one, whole) <= _OFF]
    wrong = [shown[one] for one in told if how_far(one, whole) > _OFF]
    judged_en = [f"**{one} is right for multi-head attention**" for one in right]
    judged_en += [f"**{one} is not right for multi-head attention**" for one in wrong]
    judged_zh = [*(f"**按 MHA 算,{one} 是对的**" for one in right), *(f"**按 MHA 算,{one} 不对**" for one in wrong)]
    times = figure(heads / kept, 3)
    return Words(
        f"{', '.join(judged_en)}: with a key and a value for each of {figure(heads)} query heads, in place of {figure(kept)} KV heads, the cache would take {times} times as much, {both_words(whole)}.",
        f"{','.join(judged_zh)}:{figure(heads)} 个查询头各存一份 K 和 V,而不是 {figure(kept)} 个 KV 头,缓存是 {times} 倍,{both_words(whole)}。",
    )
