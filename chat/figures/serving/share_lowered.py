"""A lower share of the card for a server: what it takes, what its cache holds then and what is left; and what another program,
which takes only what it uses, was seen to hold."""

from collections.abc import Callable
from dataclasses import dataclass

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, gib_words, pool_tokens
from chat.figures.serving.share_named import named_engine
from chat.figures.serving.share_needed import in_twentieths
from formulas.quantity import SILENT, Words
from kb.pools import VLLM, share_of
from kb.stored import FILES, USUAL_FILE

_FEW = 2 * GIB  # a cache that serves a few people beside what the model needs at the least
_MOST_BESIDE = 0.85
# a length of which the cache is told beside that of one token
_LONG = 32_768
_NEAR = 0.15
_PLAIN = "transformers"
_FILE = {"engine": FILES, "weight_format": USUAL_FILE, "bits": None}
_OF_FILE = Words(" of a file in 4 bits", "4 位文件 ")


@dataclass(frozen=True)
class Lowered:
    """A share of the card in twentieths, what it takes and leaves in bytes, and the tokens of its cache."""

    share: float
    takes: float
    left: float
    cached: int


def lowered(figures: Figures) -> Lowered | None:
    """The least share with which a few people are served; None where that is nearly all of the card."""
    whole, rule = figures.need("capacity_whole"), share_of(figures.given.get("engine"))
    # LMDeploy's share is of what the weights leave
    aside = figures.base.terms["weights"] if rule.rule == "share-of-rest" else 0.0
    share = in_twentieths((figures.base.bounds[1] + _FEW - aside) / (whole - aside))
    takes = aside + share * (whole - aside)
    if takes > _MOST_BESIDE * whole:
        return None
    there = figures.at(gpu_memory_utilization=share, engine=figures.given.get("engine") or VLLM)
    return Lowered(share, takes, whole - takes, pool_tokens(there))


def _give_back(figures: Figures) -> Words:
    """How memory is given back, in the settings of the program that was named, with the share that does."""
    rule, name = share_of(figures.given.get("engine")), named_engine(figures)
    if not name:
        return Words(
            "To give memory back lower the share: gpu_memory_utilization in vLLM, mem_fraction_static in SGLang; a smaller maximum length or quantised weights alone do not (what they leave goes to the pool).",
            "想让出显存就调低这个比例:vLLM 是 gpu_memory_utilization,SGLang 是 mem_fraction_static;只减小最大长度或量化权重没有用(省下的都归缓存池)。",
        )
    to = SILENT if "another_service" in figures.about else _at_a_lower(figures)
    return Words(
        f"To give memory back lower {rule.setting}{to.en}; a smaller maximum length or quantised weights alone do not (what they leave goes to the pool).",
        f"想让出显存就调低 {rule.setting}{to.zh};只减小最大长度或量化权重没有用(省下的都归缓存池)。",
    )


def _at_a_lower(figures: Figures) -> Words:
    """The share that does for a few people, where a card is known."""
    if figures.base.case.card is None or (low := lowered(figures)) is None:
        return SILENT
    cache, cache_zh = (f" with a cache of about {low.cached:,} tokens", f"(缓存约 {low.cached:,} 个 token)") if low.cached else ("", "")  # fmt: skip
    too = _shorter_too(figures, low)
    return Words(
        f": at {low.share:g} it takes {gib_words(low.takes)}{cache} and leaves {gib_words(low.left)} of the card to others{too.en}",
        f":设为 {low.share:g} 时共 {gib_words(low.takes)}{cache_zh},给别的程序留 {gib_words(low.left)}{too.zh}",
    )


def _shorter_too(figures: Figures, low: Lowered) -> Words:
    """That the maximum length has to be lowered with the share: vLLM does not start where its cache does not hold one sequence of
    it, and unless it is set it is the model's own."""
    whole = figures.base.declared or 0
    if figures.given.get("engine") != VLLM or figures.given.get("seq_len") or not 0 < low.cached < whole:
        return SILENT
    return Words(
        f" (set the maximum length within that, too: unset it is the model's {whole:,}, and the start fails where the cache holds no sequence of it)",
        f"(最大长度也要设到这个数以内:不设就是模型的 {whole:,},缓存放不下一条这样的序列就启动不了)",
    )


def _of_a_long_one(figures: Figures) -> Words:
    """The cache of one long sequence beside that of a token, which alone is too little to be felt."""
    most = min(_LONG, figures.base.declared or _LONG)
    if figures.given.get("seq_len") or most <= figures.tokens:
        return SILENT
    size = gib_words(figures.at(seq_len=most, batch_size=1).part_of_all("kv"))
    return Words(f" ({size} for one of {most:,})", f"(一条 {most:,} token 的序列 {size})")


def _plain_seen(figures: Figures) -> Words:
    """What another program was seen to hold of the same model, which takes only what it uses."""
    try:
        seen = logged(figures, "plain_seen")
    except Missing:
        return SILENT
    as_counted, zh = "", ""
    for changed, of_file in ({"engine": _PLAIN}, SILENT), (_FILE, _OF_FILE):
        need = figures.at(**changed, gpu_memory_utilization=None).best
        if any(abs(seen * unit / need - 1) <= _NEAR for unit in (GB, GIB)):
            as_counted, zh = f", as counted{of_file.en} ({gib_words(need)})", f",与计算相符({of_file.zh}{gib_words(need)})"  # fmt: skip
            break
    return Words(
        f" The {seen:g} GB of the other program are what it loaded{as_counted}: the weights and a cache for the length it is set to, and no share of the card.",
        f"另一个程序的 {seen:g} GB 只是它加载的{zh}:权重加上按所设长度的一份缓存,不按份额占卡。",
    )


SHARE_LOWERED: dict[str, Callable[[Figures], Words]] = {
    "give_back": _give_back, "of_a_long_one": _of_a_long_one, "plain_seen": _plain_seen,
}  # fmt: skip
