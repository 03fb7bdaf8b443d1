"""Why a training with pictures takes more than one of text alone: their tokens, and not the weights of the tower."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.images.largest_picture import most_words
from chat.figures.images.pictures import PICTURED, kind_setting
from chat.figures.images.towers import bytes_trained, tower_params
from chat.figures.named import Figures, Missing, both_words, default_of, gib_words
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.recipe import ADAPTERS

_COUNT = "{:,.0f}".format
# tokens over which the price of one is taken, and what more of them no rise is taken for
_STEP, _MOST = 8192, 200_000
_PAIR = 2
_TOKENS = Words("what is more is the pictures' tokens", "多出来的是图像 token")


def _bytes_each(figures: Figures) -> float:
    """Bytes of a parameter of the tower: its weight, and its states where all weights train."""
    if figures.knob("method") in ADAPTERS or "tower_frozen" in figures.about:
        return WEIGHT
    return bytes_trained(figures) + WEIGHT


def _weights(figures: Figures) -> Words:
    """What the tower's weights are of it, with their product; of a model that is not taken apart that they are few."""
    try:
        count = tower_params(figures)
    except Missing:
        return Words(f"The tower's weights are not it: {_TOKENS.en}", f"视觉塔的权重不是主因:{_TOKENS.zh}")
    product, each = f"{size_words(count)} × {WEIGHT:g} B = {both_words(WEIGHT * count)}", _bytes_each(figures)
    if each > WEIGHT:
        whole = both_words(each * count)
        return Words(
            f"The tower takes {product} of weights where it is frozen, {whole} with gradients and states where it trains; beyond that it is the pictures' tokens",
            f"视觉塔冻结时只占权重 {product},一起训练时连同梯度和状态 {whole};再多出来的是图像 token",
        )
    return Words(
        f"The tower's weights are not it, {product}: {_TOKENS.en}", f"视觉塔权重只有 {product},不是主因:{_TOKENS.zh}"
    )


def _rise(figures: Figures) -> Words:
    """How many tokens of pictures the rise that was seen comes to; silent where none was seen, or a length is told."""
    told = [float(one) for one in (*figures.logged_all("rise_gb"), *figures.told.get("claims_gb", ()))]
    if len(set(told)) == _PAIR and not figures.logged_all("rise_gb"):  # what the one took and the other
        told = [max(told) - min(told)]
    if len(set(told)) != 1 or "seq_len" in figures.given or figures.n > 1:
        return SILENT
    with suppress(Missing, BadInput):
        first, second = (
            figures.at(seq_len=int(float(figures.knob("seq_len"))) + step * _STEP).best for step in (1, 2)
        )  # beyond where the text alone decides the peak
        weights = _bytes_each(figures) * tower_params(figures)
        each = (second - first) / _STEP
        more = _STEP + (figures.base.best + told[0] * 1e9 - weights - first) / each
        if 0 < more < _MOST:
            found, shown = _COUNT(round(more, -2)), f"{told[0]:g} GB"
            return Words(
                f" By the formulas the {shown} that you see more are about {found} such tokens a step, the tower's activations left out.",
                f"按公式,您看到多出的 {shown} 相当于每步约 {found} 个这样的 token(视觉塔的激活未计)。",
            )
    return SILENT


def _less(figures: Figures) -> Words:
    """What takes less, the pixels first; what is so already is left out."""
    side = PICTURED["picture_side"][0](figures)
    least = default_of("Qwen2-VL", "max_pixels_in_tokens", "pictures")
    bound = f"{_COUNT(least)} × {side:g} × {side:g} = {_COUNT(least * side**2)}"
    need = need_zh = ""
    with suppress(Missing, BadInput):
        if "seq_len" not in figures.given:
            size = gib_words(figures.at(seq_len=int(float(figures.knob("seq_len")) + least)).best)
            need, need_zh = f", {size} with one", f",带一张共 {size}"
    ways = [Words("fewer pictures a sample", "每个样本少放几张图"), Words("a fused loss (Liger)", "融合损失(Liger)")]
    if figures.given.get("gradient_checkpointing") in (None, "off"):
        ways.append(Words("checkpointing, in the tower too", "开重计算(视觉塔也开)"))
    ways += [Words("the tower frozen, with flash attention", "冻结视觉塔、视觉塔用 flash attention")]
    return Words(
        f" What takes less: max_pixels (MAX_PIXELS) = {bound} leaves at most {_COUNT(least)} tokens of each{need}; then {', '.join(one.en for one in ways)}.",
        f"要降下来:max_pixels(MAX_PIXELS)= {bound} 时每张最多 {_COUNT(least)} 个 token{need_zh};然后{'、'.join(one.zh for one in ways)}。",
    )


def _over_text(figures: Figures) -> Words:
    side, merged = PICTURED["picture_side"][0](figures), kind_setting(figures, "merge_size") ** 2
    weights, most, rise, less = _weights(figures), most_words(figures), _rise(figures), _less(figures)
    text = gib_words(figures.base.best)
    each = Words(" per card", "每卡") if figures.n > 1 else SILENT
    return Words(
        f"**{weights.en}.** Each picture has its pixels ÷ ({side:g} × {side:g}) of them{most.en}; text alone of {figures['tokens']} tokens takes {text}{each.en}. "
        f"Each of them has activations in every layer and logits over the vocabulary of {figures['vocab']} (4 B each, several copies at once) like one of text; the tower computes on {merged:g} patches for it, and its own activations come on top.{rise.en}{less.en}",
        f"**{weights.zh}。** 每张图的 token = 像素 ÷({side:g} × {side:g}){most.zh};纯文本 {figures['tokens']} token {each.zh}是 {text}。"
        f"每个图像 token 和文本一样有各层的激活和 logits(词表 {figures['vocab']} × 4 字节一份,同时几份);视觉塔为它算 {merged:g} 个图块,塔自己的激活另算。{rise.zh}{less.zh}",
    )


OVER_TEXT: dict[str, Callable[[Figures], Words]] = {"over_text": _over_text}
