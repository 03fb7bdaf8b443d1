"""What a bound on the pixels of pictures changes: their tokens, with the cache, the tower's patches and the logits of each."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.images.pictures import PICTURED, kind_setting, picture_of_size, picture_scores
from chat.figures.named import Figures, Missing, both_words, default_of, gib_words
from formulas.quantity import SILENT, Words
from kb.programs import reads_files, written

# of which figures are told where no model is named: its family has this setting
_EXAMPLE = "Qwen/Qwen2.5-VL-7B-Instruct"
_COUNT = "{:,.0f}".format


def _most(figures: Figures) -> tuple[float, Words]:
    """The tokens of the largest picture, as the processor bounds it, else of a screen of 3,840 × 2,160."""
    try:
        return kind_setting(figures, "most_tokens_per_picture"), Words("by default up to", "默认每张最多")
    except Missing:
        return PICTURED["picture_4k"][0](figures), Words("3,840 × 2,160 are", "3,840 × 2,160 的图是")


def _limit(told: Figures) -> Words:
    figures = told if told.names_model else Figures({"model": _EXAMPLE}, told.told)
    patch, merge = (kind_setting(figures, one) for one in ("patch_size", "merge_size"))
    side, (most, how) = figures["picture_side"], _most(figures)
    least = default_of("Qwen2-VL", "max_pixels_in_tokens", "pictures")
    token, name = figures.need("kv_token"), str(figures.knob("model")).rpartition("/")[2]
    kept = [gib_words(tokens * token) for tokens in (most, least)]
    patches = [_COUNT(tokens * merge**2) for tokens in (most, least)]
    less = f"{100 * (1 - least / most):.0f}"
    scores, scores_zh = _scores(figures, most, least)
    return Words(
        f"**max_pixels bounds the tokens of a picture, and with them all that a picture adds: tokens = pixels ÷ ({side} × {side}), patches of {patch:g} × {patch:g} of which {merge:g} × {merge:g} become one token; the weights stay as they are.** "
        f"Of {name}{_example(told).en} {how.en} {_COUNT(most)} tokens a picture, {kept[0]} of KV cache at {figures['kv_token']} a token; with max_pixels = {_COUNT(least)} × {side} × {side} at most {_COUNT(least)}, {kept[1]}, {less} % less. "
        f"The vision tower computes on {patches[1]} patches instead of {patches[0]}, and its activations go with them{scores}. "
        f"In training each token has activations and logits besides (vocabulary {figures['vocab']} × 4 B for one fp32 copy, several at once), so there it saves the most. Half of each side is a quarter of the tokens; pictures that are smaller already stay as they are; several pictures or frames multiply it. A server measures the largest picture that it admits as it starts, so the bound also leaves more to its KV pool (vLLM: mm_processor_kwargs, limit_mm_per_prompt).{_one_size(told).en}",
        f"**max_pixels 限制的是每张图的 token 数,图片多占的显存都随它变:token 数 = 像素 ÷({side} × {side}),即 {patch:g} × {patch:g} 的图块每 {merge:g} × {merge:g} 个合成一个 token;权重不变。** "
        f"{name}{_example(told).zh}:{how.zh} {_COUNT(most)} 个 token,KV 缓存 {kept[0]}(每 token {figures['kv_token']});max_pixels = {_COUNT(least)} × {side} × {side} 时最多 {_COUNT(least)} 个,{kept[1]},少 {less}%。"
        f"视觉塔要算的图块由 {patches[0]} 个降到 {patches[1]} 个,它的激活随之减少{scores_zh}。"
        f"训练时每个 token 还有激活和 logits(词表 {figures['vocab']} × 4 字节一份 fp32,同时几份),所以训练省得最多。边长减半,token 数是四分之一;本来就更小的图不受影响;多张图或多帧按倍数算。服务启动时会按允许的最大图片做测量,所以限制后留给 KV 池的也更多(vLLM 的 mm_processor_kwargs、limit_mm_per_prompt)。{_one_size(told).zh}",
    )


def _example(told: Figures) -> Words:
    return SILENT if told.names_model else Words(", for example,", "为例")


def _one_size(told: Figures) -> Words:
    """That some models have no such setting, where none is named."""
    if told.names_model:
        return SILENT
    fixed = _COUNT(default_of("gemma3", "tokens_per_picture", "pictures"))
    return Words(
        f" Models that scale every picture to one size have no such bound (Gemma 3: always {fixed} tokens).",
        f"把每张图都缩放到同一尺寸的模型没有这个设置(Gemma 3 每张固定 {fixed} 个 token)。",
    )


def _scores(figures: Figures, most: float, least: float) -> tuple[str, str]:
    """What eager attention of the tower would write out of pictures of so many tokens, where its heads are known."""
    try:
        heads = kind_setting(figures, "vision_heads")
    except Missing:
        return "", ""
    now, then = (gib_words(picture_scores(figures, tokens)) for tokens in (most, least))
    return (
        f"; eager attention's scores with their square, {heads:g} heads × patches² × 2 B in a layer that attends to the whole picture, {then} instead of {now}; flash attention has none",
        f";eager 注意力的分数按平方减少({heads:g} 头 × 图块数² × 2 字节,看全图的每层一份,{now} 降到 {then}),flash attention 没有这一项",
    )


# screens, as pictures of them are sent
_USUAL = ((1920, 1080), (3840, 2160))


def _each(figures: Figures) -> Words:
    """How many tokens a picture is by its pixels, with two usual sizes; silent of a model whose pictures are none."""
    with suppress(Missing):
        side = f"{PICTURED['picture_side'][0](figures):g}"
        full, most = (picture_of_size(figures, *size) for size in _USUAL)
        one, kept = _COUNT(full), gib_words(full * figures.amount("kv_token"))
        return Words(
            f" (pixels ÷ ({side} × {side}): 1,920 × 1,080 about {one} tokens, {kept} of cache, 3,840 × 2,160 about {_COUNT(most)})",
            f"(像素 ÷({side} × {side}):1,920 × 1,080 约 {one} 个,KV 缓存 {kept};3,840 × 2,160 约 {_COUNT(most)} 个)",
        )
    return SILENT


def _measured(figures: Figures) -> Words:
    """That vLLM fails by images before there are any; silent of other programs, whose settings these are not."""
    if written(figures.given.get("engine")) not in ("", "vllm") or reads_files(figures.knob("engine")):
        return SILENT
    return Words(
        " vLLM measures the largest input that it admits as it starts, so it can fail before any image is sent: --limit-mm-per-prompt and --mm-processor-kwargs cap that too.",
        "vLLM 启动时会按允许的最大输入做测量,所以一张图还没传也会失败:用 --limit-mm-per-prompt、--mm-processor-kwargs 一并限制。",
    )


def _beside_the_weights(figures: Figures) -> Words:
    """What the weights leave of a card for all that grows with a picture."""
    weights, room = figures.need("w_here"), figures.base.capacity or 0.0
    if figures.n > 1 or weights >= room or figures.need("peak_pictures") <= room:
        return SILENT
    return Words(
        f" The weights are {both_words(weights)} of the card, so {gib_words(room - weights)} are left for activations, logits and the runtime.",
        f"权重占 {both_words(weights)},卡上只剩 {gib_words(room - weights)} 给激活、logits 和运行时。",
    )


PIXEL_LIMITS: dict[str, Callable[[Figures], Words]] = {
    "pixels_limit": _limit,
    "images_each": _each,
    "images_measured": _measured,
    "beside_the_weights": _beside_the_weights,
}
