"""What the largest picture that a model's processor admits makes of a training, where no size is told, and what bounds it."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.images.pictures import kind_setting
from chat.figures.images.towers import tower_params
from chat.figures.named import Figures, Missing, default_of, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT

_COUNT = "{:,.0f}".format


def _with_one(figures: Figures, tokens: float) -> str:
    """The whole with one picture of so many tokens beside the text of a sample; Missing where what a sample holds is told."""
    if "seq_len" in figures.given:
        raise Missing("length")
    return gib_words(figures.at(seq_len=int(tokens + float(figures.knob("seq_len")))).best)


def most_words(figures: Figures) -> Words:
    """How many tokens one becomes by default at most, and the need with it."""
    try:
        most, merged = kind_setting(figures, "most_tokens_per_picture"), kind_setting(figures, "merge_size") ** 2
    except Missing:
        return Words(": hundreds to many thousands each", ":每张几百到上万个")
    patches, whole, whole_zh = _COUNT(most * merged), "", ""
    with suppress(Missing, BadInput):
        need = _with_one(figures, most)
        room = gib_words(figures.base.capacity) if figures.base.capacity else ""
        whole = f", and a sample with one of these takes {need}{f' of {room}' if room else ''}"
        whole_zh = f",带这样一张图的样本要 {need}{f',卡上 {room}' if room else ''}"
    return Words(
        f": by this processor's default up to {_COUNT(most)} tokens each, of {patches} patches in the tower{whole}",
        f":处理器默认每张最多 {_COUNT(most)} 个 token,视觉塔里是 {patches} 个图块{whole_zh}",
    )


def _bounded(figures: Figures) -> Words:
    """The usual bound of the pixels, with the need that is left."""
    with suppress(Missing, BadInput):
        side = kind_setting(figures, "patch_size") * kind_setting(figures, "merge_size")
        least = default_of("Qwen2-VL", "max_pixels_in_tokens", "pictures")
        bound = f"{_COUNT(least)} × {side:g} × {side:g}"
        need = _with_one(figures, least)
        return Words(
            f": {bound} leaves at most {_COUNT(least)} tokens of each, {need}",
            f":{bound} 时每张最多 {_COUNT(least)} 个 token,共 {need}",
        )
    return SILENT


def _tower(figures: Figures) -> Words:
    """What the tower's weights take, which is not what overflows."""
    with suppress(Missing, BadInput):
        size = gib_words(WEIGHT * tower_params(figures))
        return Words(f" (of it the tower's weights {size})", f"(其中视觉塔权重 {size})")
    return SILENT


def _narrower(figures: Figures) -> Words:
    """A quantised base, where one is trained by adapters."""
    if figures.knob("method") != "lora":
        return SILENT
    with suppress(Missing, BadInput):
        text = gib_words(figures.at(method="qlora", bits=4, weight_format=None, precision=None).best)
        return Words(f"; QLoRA leaves room (the text alone {text})", f";用 QLoRA 腾出空间(仅文本 {text})")
    return SILENT


LARGEST_PICTURE: dict[str, Callable[[Figures], Words]] = {
    "picture_at_most": most_words,
    "picture_bounded": _bounded,
    "tower_within": _tower,
    "narrower_base": _narrower,
}
