"""A model that is served over ZeRO-3: why each token takes so long, and what divides it for serving."""

from collections.abc import Callable

from chat.figures.layouts.parallel_words import shares_heads
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.interval import FITS
from kb.names import gpu_row
from kb.rates import slot_rate

_SHARDED = 3


def _served_sharded(figures: Figures) -> Words:
    """The weights that each card lacks, fetched anew for a token, against ranks that keep theirs."""
    n = figures.n
    if n < 2 or figures.knob("zero_stage") != _SHARDED:
        raise Missing("shards")
    weights = figures.need("w_all")
    lacking = weights * (n - 1) / n
    card = figures.base.case.card
    row = gpu_row(card.name) if card else {}
    rate, slot = slot_rate(row)
    over, over_zh = f"over {slot} at least {lacking / rate:.2g} s", f"走 {slot} 至少 {lacking / rate:.2g} 秒"
    if own := float(row.get("nvlink_or_fabric_gb_s") or 0) / 2 * 1e9:  # GB/s of both directions
        over += f", over the cards' own link, where fitted, {lacking / own:.2g} s"
        over_zh += f",走卡间互联(装了的话){lacking / own:.2g} 秒"
    return Words(
        f"**That is to be expected: ZeRO-3 leaves 1/{n} of the weights on each card, so for every token each card fetches the other {gib_words(lacking)} anew, layer by layer: {over} a token, however fast it computes.** It is a layout of training; one gathering serves all sequences of a batch, so only many at once make it pay.{_by_ranks(figures).en}",
        f"**这是正常的:ZeRO-3 每张卡只存 1/{n} 的权重,每生成一个 token,每张卡都要逐层把另外的 {gib_words(lacking)} 重新取(all-gather)一遍:每个 token {over_zh},算得再快也没用。** 这是训练用的切分;取一遍可供一批里的所有序列用,所以只有批很大才划算。{_by_ranks(figures).zh}",
    )


def _by_ranks(figures: Figures) -> Words:
    """What tensor parallel takes on the same cards, and in 4 bits; silent where the heads do not divide."""
    n = figures.n
    if not shares_heads(figures, n) or figures.base.capacity is None:
        return SILENT
    ranks = figures.at(zero_stage=None, engine="vllm", tp=n)
    few = figures.at(zero_stage=None, engine="vllm", tp=n, weight_format="awq-int4-g128", bits=None)
    if ranks.capacity is None:
        return SILENT
    fits = ranks.leaning in FITS
    room, need, less = gib_words(ranks.capacity), gib_words(ranks.best), gib_words(few.best)
    ends, ends_zh = ("which fits", "放得下") if fits else ("which does not fit", "放不下")
    narrow = few.best < ranks.best and few.leaning in FITS
    also = f"; in 4 bits {less}, which reads less and leaves more to the cache" if narrow else ""
    also_zh = f";4 位权重 {less},读得少,给缓存留得多" if narrow else ""
    return Words(
        f" Serve with tensor parallel (vLLM --tensor-parallel-size {n}): the weights stay where they are and only sums are sent; {need} of {room} per card, {ends}{also}.",
        f"推理改用张量并行(vLLM --tensor-parallel-size {n}):权重留在原处,只传求和;每卡 {need},可用 {room},{ends_zh}{also_zh}。",
    )


SERVED_SHARDED: dict[str, Callable[[Figures], Words]] = {"served_sharded": _served_sharded}
