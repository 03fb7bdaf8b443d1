"""Figures of pictures: the tokens that one becomes, by its pixels and the model's patches, and what they take."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, Missing, default_of, gib_words
from chat.figures.worked import MADE as WORKED
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.lengths import reach

_COUNT = WORKED["tokens"][1]
# an area of pixels that people set as the most of a picture, in tokens
_LEAST = 64.0  # tokens of a picture below which little of it is left
_BYTES, _SAME = 2, 0.005  # of a score in 16 bit; by how much a figure that a message prints may be off
SEVERAL = "several_pictures"  # are named, and not how many
_CAPPED = ("max_pixels_in_tokens", "pictures")


def kind_setting(figures: Figures, setting: str) -> float:
    """A setting of the kind of model, or of its family; Missing where the table has none."""
    row = figures.row()
    for kind in (row.get("model_type"), row.get("family")):
        try:
            return default_of(str(kind), setting, "pictures")
        except Missing:
            continue
    raise Missing(setting)


def _side(figures: Figures) -> float:
    """Pixels of a token's side: of a patch, times the patches that are merged."""
    return kind_setting(figures, "patch_size") * kind_setting(figures, "merge_size")


def _tokens(figures: Figures) -> float:
    """Of the picture that is told, as its processor bounds it where nobody says otherwise."""
    return min(_unbounded(figures), _bound(figures))


def _unbounded(figures: Figures) -> float:
    return picture_of_size(figures, logged(figures, "width"), logged(figures, "height"))


def _bound(figures: Figures) -> float:
    try:
        return kind_setting(figures, "most_tokens_per_picture")
    except Missing:
        return inf


def picture_of_size(figures: Figures, width: float, height: float) -> float:
    """Height and width are rounded to whole tokens, and a token is side × side pixels."""
    side = _side(figures)
    return max(1, round(width / side)) * max(1, round(height / side))


def _count(figures: Figures) -> float:
    return logged(figures, "pictures")


def _video(figures: Figures) -> float:
    """Frames that become one; pictures by themselves are not merged."""
    try:
        logged(figures, "video")
    except Missing:
        return 1.0
    return kind_setting(figures, "temporal_patch_size")


def _all(figures: Figures) -> float:
    return _of_all(figures, _tokens(figures))


def with_pictures(figures: Figures, tokens: float) -> float:
    """The whole with pictures of so many tokens, where the length that was told holds them not already."""
    said = int(figures.given.get("seq_len") or 0)
    text = said - int(_all(figures))  # the length of a case without one is that of its pictures
    return figures.at(seq_len=int(tokens) + max(0, text)).best


def _capped(figures: Figures) -> float:
    """The usual bound; of pictures that are within it, or do not fit with it, a quarter: half of each side."""
    usual, now, room = default_of("Qwen2-VL", *_CAPPED), _tokens(figures), figures.base.capacity
    first = bound = usual if now > usual else max(_LEAST, now // 4)
    while room and with_pictures(figures, _of_all(figures, bound)) > room:
        if bound // 4 < _LEAST:
            return first  # it is not the pictures that are too much
        bound //= 4
    return bound


def _of_all(figures: Figures, each: float) -> float:
    return float(-(-_count(figures) // _video(figures))) * each


def _capped_all(figures: Figures) -> float:
    return _of_all(figures, _capped(figures))


def tokens_of_pictures(model: str, told: Mapping[str, Any]) -> int | None:
    """The tokens of the pictures that are told of, where size and model are known."""
    try:
        return int(_all(Figures({"model": model}, told)))
    except (Missing, BadInput):
        return None


PICTURED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "picture_side": (_side, lambda side: f"{side:g}"),
    "picture_square": (lambda f: picture_of_size(f, 1024, 1024), _COUNT),
    "picture_4k": (lambda f: picture_of_size(f, 3840, 2160), _COUNT),
    "picture_width": (lambda f: logged(f, "width"), lambda pixels: f"{pixels:g}"),
    "picture_height": (lambda f: logged(f, "height"), lambda pixels: f"{pixels:g}"),
    "picture_tokens": (_tokens, _COUNT),
    "pictures_tokens": (_all, _COUNT),
    "pictures_kv": (lambda f: _all(f) * f.need("kv_token"), gib_words),
    "peak_pictures": (lambda f: with_pictures(f, _all(f)), gib_words),
    "picture_capped": (_capped, _COUNT),
    "pictures_capped": (_capped_all, _COUNT),
    "peak_capped": (lambda f: with_pictures(f, _capped_all(f)), gib_words),
    "picture_attended": (lambda f: kind_setting(f, "cross_attended"), _COUNT),
    "picture_fixed": (lambda f: kind_setting(f, "tokens_per_picture"), _COUNT),
    "picture_fixed_kv": (lambda f: kind_setting(f, "tokens_per_picture") * f.need("kv_token"), gib_words),
}


def _how_many(figures: Figures) -> Words:
    """All of the pictures together, where there are several; of frames, that two become one."""
    several, side = _several(figures), figures.logged_all("longer_side")
    if figures.logged_all("size_assumed"):
        large = _COUNT(min(PICTURED["picture_4k"][0](figures), _bound(figures)))
        return Words(
            f"{several.en} (no size is told: that of a screen is taken; one of 4K has {large})",
            f"{several.zh}(没说尺寸,按屏幕大小算;4K 的每张 {large} 个)",
        )
    if not side:
        return several
    return Words(
        f" (at most: of a longer side of {side[0]:g} the square is the largest, 4:3 takes three quarters of it){several.en}",
        f"(最多:长边 {side[0]:g} 时正方形最大,4:3 的图约为其四分之三){several.zh}",
    )


def _several(figures: Figures) -> Words:
    count, merged, tokens = _count(figures), _video(figures), figures["pictures_tokens"]
    if count <= 1 and _unbounded(figures) > _bound(figures):
        return Words(
            " (no more by its processor's default, which scales larger ones down)",
            "(处理器默认的上限,更大的图会先缩小)",
        )
    if count <= 1:
        return SILENT
    if merged > 1:
        return Words(
            f", and {merged:g} frames become one: {count:g} frames are {tokens}",
            f",每 {merged:g} 帧合成一帧:{count:g} 帧共 {tokens} 个",
        )
    return Words(f": {count:g} of them are {tokens}", f":{count:g} 张共 {tokens} 个")


def _beyond(figures: Figures) -> Words:
    """Whether that is more than the model reads at all."""
    most, told = reach(figures.knob("model")), int(figures.given.get("seq_len") or 0)
    if most and _all(figures) > float(most):
        return Words(
            f", more than the {int(most):,} tokens that the model reads at all", f",已超过模型能读的 {int(most):,} 个"
        )
    if figures.knob("task") == "train" and 0 < told < _all(figures):
        return _over_the_limit(told)
    return SILENT


def _over_the_limit(told: int) -> Words:
    """What trainers do with a sample whose pictures alone exceed the length that is set.

    ms-swift drops it (truncation_strategy delete); one that is cut loses placeholders of its pictures, and the model's code
    refuses it (LLaMA-Factory, issues 5964 and 7363).
    """
    return Words(
        f', more than the length of {told:,} that is set: ms-swift leaves such samples out, others cut them and fail ("image features and image tokens do not match"), so scale the pictures down or raise it',
        f",已超过设定的长度 {told:,}:ms-swift 会直接丢弃这样的样本,别的框架截断后会报错(image features and image tokens do not match),所以要先缩小图片或调大长度",
    )


def _held(figures: Figures) -> Words:
    """How many such pictures one request holds on the card that is told, by its cache and by what the model reads."""
    reach, each = figures.base.reach, _tokens(figures)
    if figures.base.capacity is None or reach is None or _count(figures) > 1 or reach < each:
        return SILENT
    many = f"{reach // each:,.0f}"
    if reach < figures.base.declared:
        return Words(
            f" By the cache a request holds about {many} of them.",
            f"按缓存算,一次请求最多约 {many} 张。",
        )
    return Words(
        f" A request holds about {many} of them: not the memory ends it but the {reach:,} tokens that the model reads.",
        f"一次请求最多约 {many} 张:先到上限的不是显存,而是模型能读的 {reach:,} 个 token。",
    )


def _of_each_card(figures: Figures) -> Words:
    return Words(" per card", "每卡") if figures.n > 1 else Words(" in all", "共")


def _cures(figures: Figures) -> Words:
    """What helps of a sample with pictures beside capped pixels: nothing that is so already."""
    en, zh = [], []
    if _count(figures) > 1 or SEVERAL in figures.about:
        en.append("fewer pictures a sample")
        zh.append("每个样本少放几张图")
    if int(figures.given.get("batch_size") or 2) > 1:
        en.append("a smaller micro-batch")
        zh.append("减小 micro-batch")
    if "fused" not in str(figures.knob("loss")):
        en.append("a fused loss")
        zh.append("融合损失")
    if figures.given.get("gradient_checkpointing") in (None, "off"):
        en.append("checkpointing, in the tower too")
        zh.append("开重计算(视觉塔也开)")
    if "tower_frozen" not in figures.about:
        en.append("the vision tower frozen")
        zh.append("冻结视觉塔")
    en.append("flash attention in the tower")
    zh.append("视觉塔用 flash attention")
    return Words(f"Then {', '.join(en)}", f"然后:{'、'.join(zh)}")


def _to_the_tower(figures: Figures) -> Words:
    """That the vision tower reads several patches where the language model reads one token; silent where that is not known."""
    with suppress(Missing):
        merged = kind_setting(figures, "merge_size") ** 2
        patches = f"{_all(figures) * merged:,.0f}"
        if merged > 1:
            return Words(
                f" on {patches} patches, {merged:g} to a token,",
                f"(算 {patches} 个图块,每 {merged:g} 个合成一个 token)",
            )
    return SILENT


def _rank_is_little(figures: Figures) -> Words:
    """What adapters of the rank that is told take, their states with them."""
    if not (rank := figures.given.get("lora_rank")):
        return SILENT
    size = gib_words(sum(figures.base.terms.get(one, 0.0) for one in ("adapter", "optimizer", "gradients")))
    return Words(
        f" The rank hardly matters: adapters of rank {rank} take {size} with their states.",
        f"秩几乎不影响:秩 {rank} 的适配器连同状态只占 {size}。",
    )


def _of_one_size(figures: Figures) -> Words:
    """What pictures take that are of so many tokens whatever their size, of all of them where it is told how many."""
    each, of_one, token = figures["picture_fixed"], figures["picture_fixed_kv"], figures["kv_token"]
    count = int((figures.logged_all("pictures") or (1,))[0])
    if count <= 1:
        return Words(
            f"A picture is always {each} tokens for this model, whatever its size: {of_one} of cache, which is little beside the weights.",
            f"这个模型的每张图固定是 {each} 个 token,与分辨率无关:占 {of_one} 的 KV 缓存,比起权重不大。",
        )
    tokens = count * figures.need("picture_fixed")
    whole, most = gib_words(tokens * figures.need("kv_token")), figures.row().get("max_position_embeddings")
    over, over_zh = "", ""
    if most and tokens > float(most):
        over = f" But {int(tokens):,} tokens are more than the {int(most):,} that the model reads at all: its context is the limit before the memory, {int(float(most) // figures.need('picture_fixed'))} pictures at most and less with text."
        over_zh = f"但 {int(tokens):,} 个 token 已超过模型能读的 {int(most):,} 个:先到上限的是上下文而不是显存,最多 {int(float(most) // figures.need('picture_fixed'))} 张,还要给文字留位置。"
    return Words(
        f"**{count} pictures cost {whole} of KV cache: each is always {each} tokens for this model, whatever its size, × {token} = {of_one}; {int(tokens):,} tokens in all.**{over} The weights stay as they are.",
        f"**{count} 张图要 {whole} 的 KV 缓存:这个模型每张图固定 {each} 个 token(与分辨率无关),× {token} = {of_one};共 {int(tokens):,} 个 token。** {over_zh}权重不变。",
    )


def _by_pixels(figures: Figures) -> Words:
    """How many tokens pictures of two usual sizes are; silent of a model whose patches are not known."""
    try:
        side, square, screen = (figures[f"picture_{name}"] for name in ("side", "square", "4k"))
    except Missing:
        return SILENT
    return Words(
        f" Tokens = pixels ÷ ({side} × {side}): 1,024 × 1,024 are {square}, 3,840 × 2,160 are {screen}.",
        f"token 数 = 像素 ÷({side} × {side}):1,024 × 1,024 约 {square} 个,3,840 × 2,160 约 {screen} 个。",
    )


def picture_scores(figures: Figures, tokens: float) -> float:
    """What attention of the vision tower writes out of one picture where it is eager: heads × patches², in 16 bit."""
    return kind_setting(figures, "vision_heads") * (tokens * kind_setting(figures, "merge_size") ** 2) ** 2 * _BYTES


def scores_product(figures: Figures) -> Words:
    """`42,196² patches × 16 heads × 2 B = 53.06 GiB`"""
    patches = f"{_tokens(figures) * kind_setting(figures, 'merge_size') ** 2:,.0f}"
    heads, size = (
        f"{kind_setting(figures, 'vision_heads'):g}",
        f"{picture_scores(figures, _tokens(figures)) / GIB:.2f} GiB",
    )
    return Words(
        f"{patches}² patches × {heads} heads × 2 B = {size}", f"{patches}² 个图块 × {heads} 头 × 2 字节 = {size}"
    )


def _tried_of_tower(figures: Figures) -> Words:
    """That an allocation which failed is the scores of the vision tower; silent where it is not, or a picture's size is bounded."""
    with suppress(Missing):
        if abs(figures.need("tried") / picture_scores(figures, _tokens(figures)) - 1) <= _SAME:
            tried, product = f"{figures.need('tried') / GIB:.2f} GiB", scores_product(figures)
            return Words(
                f'**The {tried} that could not be allocated are no weights and no cache: they are the attention scores of one layer of the vision tower, which eager attention writes out: {product.en}.** Flash attention (attn_implementation="flash_attention_2") has no such square. ',
                f'**没能分配的 {tried} 不是权重也不是 KV 缓存,而是视觉塔一层的注意力分数矩阵,eager 注意力会把它整个写出来:{product.zh}。** 换成 flash attention(attn_implementation="flash_attention_2")就没有这个方阵。',
            )
    return SILENT


def _tower_scores(figures: Figures) -> Words:
    """The patches that the tower reads and what eager attention would write out of them, before and after the pixels are capped."""
    with suppress(Missing):
        if figures.knob("engine") not in (None, "transformers"):
            return SILENT
        now, then = _tokens(figures), _capped(figures)
        merged, product = kind_setting(figures, "merge_size") ** 2, scores_product(figures)
        patches, capped = f"{now * merged:,.0f}", f"{picture_scores(figures, then) / GIB:.2f} GiB"
        whole = Words("", "")
        if now < _bound(figures) < inf:
            most = f"{_bound(figures):,.0f}"
            whole = Words(
                f" (by default nothing below {most} tokens is scaled down)",
                f"(默认不超过 {most} 个 token 的图都不缩小)",
            )
        if _tried_of_tower(figures) is not SILENT:
            return Words(
                f"{f' {whole.en[2:-1].capitalize()}.' if whole.en else ''} With the pixels capped as below that square is {capped}.",
                f"{whole.zh[1:-1]};" * bool(whole.zh) + f"按下面限制像素后,这个方阵只有 {capped}。",
            )
        return Words(
            f" The tower computes on all {patches} patches of it, {merged:g} to a token{whole.en}: eager attention writes out {product.en} in each layer that attends to all of them, with the pixels capped as below {capped}.",
            f"视觉塔要算它的全部 {patches} 个图块,{merged:g} 个合成一个 token{whole.zh}:eager 注意力在看全图的每层都要写出 {product.zh},按下面限制像素后是 {capped}。",
        )
    return SILENT


def _tower_flash(figures: Figures) -> Words:
    """That the tower wants attention which writes no scores; silent where they are not known, or a server never writes them."""
    told = _tower_scores(figures)
    if told is SILENT:
        return SILENT
    return Words(f"{told.en} So run it with flash attention or SDPA.", f"{told.zh}所以要开 flash attention 或 SDPA。")


PICTURE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "pictures_held": _held,
    "tried_of_tower": _tried_of_tower,
    "tower_scores": _tower_scores,
    "tower_flash": _tower_flash,
    "of_each_card": _of_each_card,
    "how_many_pictures": _how_many,
    "beyond_positions": _beyond,
    "to_the_tower": _to_the_tower,
    "rank_is_little": _rank_is_little,
    "picture_cures": _cures,
    "picture_by_pixels": _by_pixels,
    "pictures_of_one_size": _of_one_size,
}
