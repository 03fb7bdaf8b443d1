"""What pictures take that are cut into tiles: tokens by tiles, and what fewer tiles at the most would leave."""

from collections.abc import Callable
from typing import NamedTuple

from chat.figures.images.pictures import kind_setting
from chat.figures.named import Figures, Missing, gib_words
from chat.reads.requests.picture_tiles import PER_TILE, SIDE, grid, tiles_of
from formulas.quantity import SILENT, Words
from kb.recipe import ADAPTERS
from kb.worked import AFTERWARDS


def _most(figures: Figures) -> int:
    most = figures.told_one("tiles")
    if most is None:
        raise Missing("tiles")
    return int(most)


def _tokens(figures: Figures, most: int) -> int:
    """Of one picture."""
    return PER_TILE * tiles_of(most, figures.told_one("aspect"), figures.told_one("area"))


def _fewer(figures: Figures, most: int) -> int:
    """The bound that is told for it, else half of it, or of that, until a picture has fewer tokens."""
    if then := figures.told_one("tiles_then"):
        return int(then)
    fewer = max(1, most // 2)
    while fewer > 1 and _tokens(figures, fewer) >= _tokens(figures, most):
        fewer //= 2
    return fewer


def _pictures(figures: Figures) -> int:
    return int(figures.told_one("pictures") or 1)


# less than this part of a need is no difference
_HARDLY = 0.01
_ADAPTED = {"method": "lora", **dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))}


class _Cut(NamedTuple):
    """How many tokens pictures become, and why."""

    tokens: Words
    says: Words


def _cut(figures: Figures) -> _Cut:
    """How a picture becomes tokens: its tiles by its aspect, a thumbnail, so many tokens each."""
    most, aspect, area = _most(figures), figures.told_one("aspect"), figures.told_one("area")
    tokens = _tokens(figures, most)
    tiles = tokens // PER_TILE
    if aspect:
        columns, rows = grid(most, aspect, area)
        shape = Words(f"{columns} × {rows} = {columns * rows} here", f"这里是 {columns} × {rows} = {columns * rows} 块")
    else:
        shape = Words(f"up to {most}", f"最多 {most} 块")
    thumb = Words(" and a thumbnail", "加一张缩略图") if tiles > 1 else SILENT
    count = _pictures(figures)
    several = (
        Words(f", {count} of them {count * tokens:,}", f",{count} 张共 {count * tokens:,} 个") if count > 1 else SILENT
    )
    up_to = SILENT if aspect else Words("up to ", "最多 ")
    return _Cut(
        Words(
            f"{tiles} tiles × {PER_TILE} = {up_to.en}{tokens:,} tokens a picture{several.en}",
            f"每张图 {tiles} 块 × {PER_TILE} = {up_to.zh}{tokens:,} 个 token{several.zh}",
        ),
        Words(
            f"A picture is cut into tiles of {SIDE} × {SIDE} pixels by its aspect ratio ({shape.en}, max_dynamic_patch {most}){thumb.en}, {PER_TILE} tokens each after the pixel shuffle; a small one is scaled up to that grid, so its aspect counts more than its pixels.",
            f"图片按长宽比切成 {SIDE} × {SIDE} 的块({shape.zh},max_dynamic_patch {most}){thumb.zh},pixel shuffle 后每块 {PER_TILE} 个 token;小图也会先放大到这个网格,所以主要看长宽比而不是像素。",
        ),
    )


def _text(figures: Figures) -> int:
    """Tokens of the length that was told beside its pictures."""
    return max(0, int(figures.knob("seq_len") or 0) - _pictures(figures) * _tokens(figures, _most(figures)))


def _with(figures: Figures, pictures: int, most: int) -> float:
    return figures.at(seq_len=max(1, _text(figures) + pictures * _tokens(figures, most))).best


def _vocabulary(figures: Figures) -> Words:
    """Whose vocabulary is counted, where a model only stands for a size."""
    if "params" not in figures.given:
        return SILENT
    return Words(", that of the model which stands for its size here", "(按同尺寸的代表模型)")


def _fewer_words(figures: Figures, fewer: int, now: float, then: float) -> Words:
    """What fewer tiles leave; where that is hardly less as the peak comes after the backward pass, that."""
    less = f"{_tokens(figures, fewer) * _pictures(figures):,}"
    if then > (1 - _HARDLY) * now and figures.base.phase in AFTERWARDS:
        lora = Figures({**figures.given, **_ADAPTED}, figures.told)
        count, most = _pictures(figures), _most(figures)
        were, are = (gib_words(_with(lora, count, one)) for one in (most, fewer))
        return Words(
            f"max_dynamic_patch {fewer} makes it {less} tokens, which hardly lowers this: the peak comes after the backward pass, when activations and logits are gone. With LoRA it would go from {were} to {are}.",
            f"max_dynamic_patch 设为 {fewer} 则是 {less} 个 token,但总量几乎不变:这里的峰值在反向传播之后,那时激活与 logits 已释放。用 LoRA 则从 {were} 降到 {are}。",
        )
    return Words(
        f"max_dynamic_patch {fewer} makes it {less} tokens, {gib_words(then)}, {gib_words(now - then)} less.",
        f"max_dynamic_patch 设为 {fewer} 则是 {less} 个 token,{gib_words(then)},省 {gib_words(now - then)}。",
    )


def _trained(told: Figures) -> Words:
    """What a sample takes with its pictures, with one of them alone, and with fewer tiles; then what else lowers it."""
    figures = told if "method" in told.given else Figures({**told.given, "method": "lora"}, told.told)
    how = SILENT if figures is told else Words(" with LoRA", "(LoRA)")
    most, count = _most(figures), _pictures(figures)
    fewer = _fewer(figures, most)
    now, then, room = _with(figures, count, most), _with(figures, count, fewer), figures.base.capacity
    of, of_zh = (f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else ("", "")
    one = SILENT
    if count > 1:
        alone = _with(figures, 1, most)
        one = Words(f", with one picture {gib_words(alone)}", f",只有一张图时 {gib_words(alone)}")
    tokens = _tokens(figures, most) * count
    copy = gib_words(4 * tokens * figures.fact("vocab_size"))
    cut, smaller, whose = _cut(figures), _smaller(figures), _vocabulary(figures)
    less, weights = _fewer_words(figures, fewer, now, then), figures["w_here"]
    return Words(
        f"**{cut.tokens.en}: {gib_words(now)} a step{how.en}{of}{one.en}.** {cut.says.en} Of that {weights} are weights at any length; what grows with the tokens are logits ({tokens:,} × vocabulary {figures['vocab']} × 4 B = {copy} a copy, several at once{whose.en}) and activations, the tower's own on top. {less.en} {smaller.en}",
        f"**{cut.tokens.zh}:每步 {gib_words(now)}{how.zh}{of_zh}{one.zh}。** {cut.says.zh}其中权重 {weights},与长度无关;随 token 数增长的是 logits({tokens:,} × 词表 {figures['vocab']} × 4 字节 = 一份 {copy},同时几份{whose.zh})和激活,视觉塔自己的激活另算。{less.zh}{smaller.zh}",
    )


def _smaller(figures: Figures) -> Words:
    """What else lowers it, with its need where that is another case."""
    found = []
    if "fused" not in str(figures.knob("loss")):
        bare = gib_words(figures.at(loss="fused").best)
        found.append(Words(f"a fused loss ({bare})", f"融合损失({bare})"))
    if figures.knob("method") in ADAPTERS and figures.knob("method") != "qlora":
        four = gib_words(figures.at(method="qlora", bits=4, weight_format=None, precision=None).best)
        found.append(Words(f"QLoRA in 4 bits ({four})", f"4 位 QLoRA({four})"))
    found.append(Words("fewer pictures a sample, a cap on its length, checkpointing in the tower too", "每个样本少放几张图、限制总长度、视觉塔也开梯度检查点"))  # fmt: skip
    return Words(f"Then {', '.join(one.en for one in found)}.", f"其次:{'、'.join(one.zh for one in found)}。")


def _served(figures: Figures) -> Words:
    """The cache of pictures, and how many a context holds; without a model the tokens alone."""
    most, cut = _most(figures), _cut(figures)
    tokens, count = _tokens(figures, most), _pictures(figures)
    fewer = _fewer(figures, most)
    less = f"{_tokens(figures, fewer):,}"
    cache, cache_zh = "", ""
    if figures.names_model:
        size = gib_words(count * tokens * figures.need("kv_token"))
        cache, cache_zh = f": {size} of KV cache", f":占 KV 缓存 {size}"
    held, held_zh = "", ""
    length = int(figures.given.get("seq_len") or 0)
    if length > count * tokens:
        many = length // tokens
        held, held_zh = (
            f" A context of {length:,} tokens holds {many} such picture{'s' if many > 1 else ''} at the most, less with text.",
            f"{length:,} 的上下文最多放 {many} 张,还要给文字留位置。",
        )
    return Words(
        f"**{cut.tokens.en}{cache}.** {cut.says.en}{held} With max_dynamic_patch {fewer} a picture is at most {less} tokens.",
        f"**{cut.tokens.zh}{cache_zh}。** {cut.says.zh}{held_zh}max_dynamic_patch 设为 {fewer},每张最多 {less} 个 token。",
    )


def _fixed_in_all(figures: Figures) -> Words:
    """All pictures of a sample, where each is of so many tokens whatever its size."""
    count, each = _pictures(figures), figures.need("picture_fixed")
    if count < 2:
        return SILENT
    return Words(f": {count} of them are {count * each:,.0f}", f":{count} 张共 {count * each:,.0f} 个")


def _attended(figures: Figures) -> float:
    """Tokens of a tile that layers attend to: its patches and a class token."""
    return (kind_setting(figures, "tile_side") // kind_setting(figures, "tile_patch")) ** 2 + 1


TILE_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "attended_tiles": (lambda f: kind_setting(f, "most_tiles"), "{:,.0f}".format),
    "attended_of_a_tile": (_attended, "{:,.0f}".format),
    "attended_at_most": (lambda f: kind_setting(f, "most_tiles") * _attended(f), "{:,.0f}".format),
    "tiles_then": (lambda f: float(f.told_one("tiles_then") or 0), "{:,.0f}".format),
    "tiles": (lambda f: float(_most(f)), "{:,.0f}".format),
}
TILE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "fixed_in_all": _fixed_in_all,
    "tiles_trained": _trained,
    "tiles_served": _served,
}
