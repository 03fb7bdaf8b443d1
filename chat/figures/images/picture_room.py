"""Whether the card that is told holds a training with pictures, and what overflows it where those that are told do not."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.images.pictures import SEVERAL, picture_scores, scores_product, with_pictures
from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.quantity import SILENT, Words

# of the card, what is left to the tower and to larger pictures and is little
_LITTLE = 0.25
_COPY = 4  # bytes of a logit in fp32
_PAIR = 2


def _fits(figures: Figures) -> Words:
    """Asked whether a card is enough: the verdict with what is left for what is not counted, before the sum; and a narrower base
    where that is little."""
    room = figures.base.capacity
    if room is None or not {"fits", "how_much"} & figures.about:
        return SILENT
    left, card = room - figures.need("peak_pictures"), gib_words(room)
    if left < 0:
        return Words(f"**{card} is not enough as it is.** ", f"**{card} 照这样不够。** ")
    spare = gib_words(left)
    if left > _LITTLE * room:
        return SILENT  # the verdict says so
    narrow = SILENT
    if figures.knob("method") == "lora":
        size = gib_words(figures.at(method="qlora", bits=4, weight_format=None).best)
        narrow = Words(f", or take the base in 4 bits (QLoRA, {size})", f",或改用 4 位基座(QLoRA,{size})")
    return Words(
        f"**{card} holds it, but tightly: {spare} are left, and the vision tower's own activations, larger pictures and longer texts come out of them.** To be safe bound max_pixels, freeze the tower{narrow.en}. ",
        f"**{card} 放得下但偏紧:只余 {spare},视觉塔自己的激活、更大的图和更长的文字都要从里面出。** 稳妥的做法是限制 max_pixels、冻结视觉塔{narrow.zh}。",
    )


def _further(figures: Figures, room: float) -> Words | None:
    """Several pictures in a sample, where they are named and not counted: what each adds, and how many overflow the card."""
    if SEVERAL not in figures.about or int(figures.need("pictures_tokens")) != int(figures.need("picture_tokens")):
        return None
    each = figures.need("picture_tokens")
    two = with_pictures(figures, _PAIR * each)
    copy = both_words(_COPY * each * float(figures.fact("vocab_size")))
    over, over_zh = (", more than the card", ",超过这张卡") if two > room else ("", "")
    return Words(
        f"several pictures in one sample add up, {each:,.0f} tokens and {copy} for a copy of the logits each: two of them take {gib_words(two)}{over}",
        f"一条样本里多张图是相加的,每张再加 {each:,.0f} 个 token、每份 logits {copy}:两张就要 {gib_words(two)}{over_zh}",
    )


def _though_it_fits(figures: Figures) -> Words:
    """Where it fits with the pictures and yet failed: what alone would overflow the card, as set otherwise than is counted."""
    room, found = figures.base.capacity, []
    several = _further(figures, room) if room is not None else None
    found += [several] if several else []
    if room is None or figures.need("peak_pictures") > room:
        return SILENT
    if (
        "gradient_checkpointing" not in figures.given
        and (unkept := figures.at(gradient_checkpointing="off").best) > room
    ):
        size = gib_words(unkept)
        found.append(Words(f"without checkpointing it is {size}", f"不开重计算是 {size}"))
    with suppress(Missing):
        if "attention" not in figures.given and picture_scores(
            figures, figures.need("picture_tokens")
        ) > room - figures.need("peak_pictures"):
            scores = scores_product(figures)
            found.append(
                Words(
                    f"a tower without flash attention writes out {scores.en} in a layer",
                    f"视觉塔不用 flash attention 时一层就要写出 {scores.zh}",
                )
            )
    if not found:
        return SILENT
    alone = Words("One of them fits; what overflows the card:", "单张放得下,撑爆的是:") if several else Words("That alone fits, so look at what was not told:", "仅这些放得下,所以要看没说到的:")  # fmt: skip
    return Words(
        f" {alone.en} {'; '.join(one.en for one in found)}.", f"{alone.zh}{';'.join(one.zh for one in found)}。"
    )


PICTURE_ROOM: dict[str, Callable[[Figures], Words]] = {"picture_fits": _fits, "though_it_fits": _though_it_fits}
