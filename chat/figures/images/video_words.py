"""What a video takes beside its model, and what makes it less: frames, their size, the tower's attention."""

from collections.abc import Callable

from chat.figures.images.pictures import kind_setting
from chat.figures.named import Figures, gib_words
from formulas.quantity import Words

_FRAMES, _PIXELS = 256, 448  # of the example: frames, and of each its side


def _video_eased(figures: Figures) -> Words:
    """By the patches of the model's kind; Missing where these are not known."""
    patch, merge, joined = (kind_setting(figures, one) for one in ("patch_size", "merge_size", "temporal_patch_size"))
    side = patch * merge
    tokens = -(-_FRAMES // joined) * round(_PIXELS / side) ** 2
    cache, half = gib_words(tokens * figures.need("kv_token")), gib_words(tokens / 2 * figures.need("kv_token"))
    shown = f"{_FRAMES} ÷ {joined:g} × ({_PIXELS} ÷ {side:g})² = {tokens:,.0f}"
    return Words(
        f'**Give it fewer and smaller frames: a video becomes frames ÷ {joined:g} × (height ÷ {side:g}) × (width ÷ {side:g}) tokens, and the vision tower computes on {merge**2:g} patches for each of them, which is the peak.** {_FRAMES} frames of {_PIXELS} × {_PIXELS} are {shown} tokens, {cache} of KV cache; half the frames are half of it, {half}, half of each side a quarter. In this order: fps or nframes / max_frames down, max_pixels of a frame and total_pixels of the video down, flash attention for the tower too (attn_implementation="flash_attention_2"; eager writes scores of patches² out), one video at a time, then fewer bits for the weights.',
        f'**减少帧数、缩小每帧:视频的 token 数 = 帧数 ÷ {joined:g} ×(高 ÷ {side:g})×(宽 ÷ {side:g}),视觉塔还要对每个 token 的 {merge**2:g} 个图块做计算,峰值就在那里。** {_FRAMES} 帧 {_PIXELS} × {_PIXELS} 是 {shown} 个 token,KV 缓存 {cache};帧数减半就减半({half}),边长减半是四分之一。依次试:调低 fps 或 nframes/max_frames;调低每帧 max_pixels 和整段 total_pixels;视觉塔也用 flash attention(attn_implementation="flash_attention_2",eager 会写出 图块数² 的分数);一次只处理一段视频;再不够就降低权重位数。',
    )


VIDEO_WORDS: dict[str, Callable[[Figures], Words]] = {"video_eased": _video_eased}
