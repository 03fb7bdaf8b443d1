"""A full training that offloads and is slow: what of it the cards would hold themselves, and what a larger micro-batch does."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM
from kb.interval import FITS
from kb.outcome import Outcome

_SHARDED = 3
# why it is slow: of what is offloaded with the parameters left where they are, and of both
_SLOW = Words(
    "Slow is the offload itself: Adam steps on the CPU, gradients and weights cross PCIe, with ZeRO-3's parameters offloaded in both passes of every micro-step.",
    "慢在 offload 本身:Adam 在 CPU 上更新,梯度和权重走 PCIe;参数也 offload(ZeRO-3)时,每个微步的前向和反向都要传一遍权重。",
)


def _dropped(figures: Figures) -> Words:
    """What to take back to the cards first: all of it, or parameters alone."""
    if figures.base.capacity is None or figures.base.leaning is None:
        raise Missing("card")
    room, each, each_zh = gib_words(figures.base.capacity), " per card", "每张卡" if figures.n > 1 else ""
    each = each if figures.n > 1 else ""
    none = figures.at(offload="none")
    part = figures.at(offload="optimizer", zero_stage=_SHARDED) if figures.n > 1 else None
    whole = Words(
        f"nothing offloaded takes {gib_words(none.best)}{each} of {room}", f"不 offload {each_zh}要 {gib_words(none.best)},可用 {room}"
    )  # fmt: skip
    if none.leaning in FITS:
        sure = none.verdict == "yes"
        at_most = Words("", "") if sure else Words(", closely", ",但偏紧")
        return Words(
            f"**It need not offload: {whole.en}, which fits{at_most.en}.** {_SLOW.en}{_in_turn(none, each).en}{_alone(figures, part, each).en}{_batches(none, part).en}",
            f"**可以不 offload:{whole.zh},放得下{at_most.zh}。** {_SLOW.zh}{_in_turn(none, each_zh).zh}{_alone(figures, part, each_zh).zh}{_batches(none, part).zh}",
        )
    kept = figures.at(offload="optimizer", zero_stage=_SHARDED if figures.n > 1 else 2)
    if kept.leaning in FITS:
        return Words(
            f"**The optimizer must stay offloaded, the parameters need not: with them on the card it is {gib_words(kept.best)}{each} of {room}; nothing offloaded takes {gib_words(none.best)}, too much.** {_SLOW.en}{_batches(None, kept).en}",
            f"**优化器仍要 offload,参数不必:参数留在卡上{each_zh}是 {gib_words(kept.best)},可用 {room};都不 offload 要 {gib_words(none.best)},放不下。** {_SLOW.zh}{_batches(None, kept).zh}",
        )
    return SILENT


def _in_turn(none: Outcome, each: str) -> Words:
    """What each of the two takes where it is not offloaded: the parameters are the smaller part, and cost more time."""
    weights, states = none.terms.get("weights", 0.0), none.terms.get("optimizer", 0.0)
    if not 0 < weights < states:
        return SILENT
    return Words(
        f" Take back the parameters first, {gib_words(weights)} of 16-bit weights{each}, then the optimizer, {gib_words(states)}{each}.",
        f"先关参数 offload(16 位权重{each}只占 {gib_words(weights)}),再关优化器的({each}{gib_words(states)})。",
    )


def _alone(figures: Figures, part: Outcome | None, each: str) -> Words:
    if part is None:
        return SILENT
    size, states = gib_words(part.best), both_words(ADAM * figures.params)
    return Words(
        f" Where longer samples need the room, offload the optimizer alone, {size}{each} and {states} of host memory (12 B of each parameter): that step is once an update, not once a micro-step.",
        f"样本更长、显存不够时,先只 offload 优化器({each}{size},内存 {states},即每参数 12 字节):它每次更新才传一遍,而不是每个微步。",
    )


def _batches(none: Outcome | None, part: Outcome | None) -> Words:
    """How large a micro-batch the room left allows; a step's transfers stay the same."""
    found = [
        (says, int(one.largest("batch_size") or 0))
        for says, one in (
            (Words("nothing offloaded", "不 offload"), none),
            (Words("the optimizer alone offloaded", "只 offload 优化器"), part),
        )
        if one is not None
    ]
    told = [(says, count) for says, count in found if count > 1]
    if not told:
        return SILENT
    en, zh = (
        comma.join(f"{count} ({says.en if language == 'en' else says.zh})" for says, count in told)
        for language, comma in (("en", ", "), ("zh", "、"))
    )
    return Words(
        f" Spend the room that is left on the micro-batch, up to about {en} sequences of this length: where it still offloads, a step's transfers stay the same and each token pays less.",
        f"剩下的显存用来加大 micro batch,同样长度最多约 {zh} 条;仍有 offload 时每步传输量不变,摊到每个 token 就更少。",
    )


OFFLOAD_DROPPED: dict[str, Callable[[Figures], Words]] = {"offload_dropped": _dropped}
