"""What a cache in fewer bits saves where no model is named: the part that is left, and the cache of well-known models."""

from collections.abc import Callable

from chat.figures.cache.kv_kinds import served
from chat.figures.cache.narrow_caches import SCALED
from chat.figures.named import Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.recipe import assumed

_WIDE = 16
_KINDS = (("multi-head", "MHA"), ("grouped heads", "GQA"), ("latent attention", "MLA"))


def _narrow(figures: Figures) -> Words:
    """Bits against bits, then both caches of a model of each kind of attention at the length that was told."""
    kind = str(figures.given.get("kv_format") or "")
    bits = float(bits_of(kind)) if kind else _WIDE
    if bits >= _WIDE:
        raise Missing("a cache in fewer bits")
    left = bits / _WIDE
    scale = Words(", scales included,", "(含缩放系数)") if kind in SCALED else SILENT
    length, en, zh = float(figures.given.get("seq_len") or 0), [], []
    for attention, name in _KINDS if length > 1 else ():
        model = str(assumed("model", attention))
        whole = served(Figures({"model": model, "seq_len": int(length)})).part_of_all("kv")
        both = f"{gib_words(whole)} → {gib_words(whole * left)}"
        en.append(f"{model} ({name}) {both}")
        zh.append(f"{model}({name}){both}")
    shown = (
        Words(f" At {figure(length)} tokens: {'; '.join(en)}.", f"{figure(length)} token 时:{';'.join(zh)}。")
        if en
        else SILENT
    )
    more = 1 / left
    if figures.about & {"pool_grows", "served_users"} and length <= 1:
        return Words(
            f"**Yes, about {more:.3g} times as many at once: the pool stays and a token takes {bits:g} bits a value{scale.en} instead of {_WIDE}, {left:.2f} of the cache.** That is where the cache limits them, and not the computing or a cap on sequences (max_num_seqs).",
            f"**能,同时服务的约为 {more:.3g} 倍:缓存池不变,每个数占 {bits:g} 位{scale.zh},而不是 {_WIDE} 位,每 token 的缓存剩 {left:.2f} 倍。** 前提是并发受缓存限制,而不是受算力或并发上限(max_num_seqs)限制。",
        )
    return Words(
        f"**A cache in {kind} takes {bits:g} bits a value{scale.en} instead of {_WIDE}: {100 * (1 - left):.0f} % less of the cache, {left:.2f} of it is left.**{shown.en}",
        f"**{kind} 缓存每个数占 {bits:g} 位{scale.zh},而不是 {_WIDE} 位:缓存少 {100 * (1 - left):.0f}%,剩 {left:.2f} 倍。** {shown.zh}",
    )


# Ollama's default below 24 GiB, and a length that is often set instead
_DEFAULT, _OFTEN = 4096, 32768


def _grown(figures: Figures) -> Words:
    """What a longer context than Ollama's default adds, of the model that is named or of well-known ones."""
    length = int(figures.given.get("seq_len") or _OFTEN)
    if length <= _DEFAULT:
        return SILENT
    named = [figures.given["model"]] if figures.names_model and "model" in figures.given else []
    found = []
    for model in named or [assumed("model", attention) for attention, _ in _KINDS[:2]]:
        short, long = (
            served(Figures({"model": str(model), "seq_len": one, "engine": "llama.cpp"})).part_of_all("kv")
            for one in (_DEFAULT, length)
        )
        found.append((str(model).rpartition("/")[2], gib_words(long - short), gib_words(short), gib_words(long)))
    told = "; ".join(f"{name} {more} ({was} → {now})" for name, more, was, now in found)
    told_zh = ";".join(f"{name} 多 {more}({was} → {now})" for name, more, was, now in found)
    return Words(
        f" From {_DEFAULT:,} to {length:,} tokens the cache grows by {told}; with OLLAMA_KV_CACHE_TYPE=q8_0 and flash attention by about half of that.",
        f"从 {_DEFAULT:,} 开到 {length:,} token,缓存:{told_zh};设 OLLAMA_KV_CACHE_TYPE=q8_0 并开 flash attention 约为一半。",
    )


CACHE_OF_EXAMPLES: dict[str, Callable[[Figures], Words]] = {"cache_narrowed": _narrow, "ollama_grown": _grown}
