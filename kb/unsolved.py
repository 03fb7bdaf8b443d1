"""Why nothing solves a case, in both languages: with the least of what is asked for, or the most, it does not fit."""

from formulas.quantity import Words

_LEAST = {
    "seq_len": Words("a single token", "只有 1 个 token "),
    "output_len": Words("a single generated token", "只生成 1 个 token "),
    "batch_size": Words("a single sequence", "批大小为 1 "),
    "lora_rank": Words("rank 1", "秩为 1 "),
    "gpu_layers": Words("no layer on the card", "卡上不放任何一层"),
    "bits": Words("the format of fewest bits", "位数最少的格式"),
}
_TOO_MANY = {
    "n_gpus": Words("no number of cards is enough: what every card holds by itself", "再多的卡也不够:每张卡自身"),
    "n_cpu_moe": Words(
        "not even with all experts in host memory: what is left on the card", "即使全部专家都在内存也不够:卡上其余部分"
    ),
}


def none_fits(quantity: str, need: float, room: float) -> tuple[str, str]:
    """Even the least of it needs more than a card has [GiB]."""
    least = _LEAST[quantity]
    return (
        f"nothing fits: even {least.en} needs {need:.1f} GiB per card of {room:.1f} GiB",
        f"放不下:即使{least.zh}也需要每卡 {need:.1f} GiB,而卡上只有 {room:.1f} GiB",
    )


def none_is_enough(quantity: str, need: float, room: float) -> tuple[str, str]:
    """However many there are, each card holds by itself more than it has [GiB]."""
    why = _TOO_MANY[quantity]
    return (
        f"{why.en} takes {need:.1f} GiB of {room:.1f} GiB",
        f"{why.zh}就要 {need:.1f} GiB,而卡上只有 {room:.1f} GiB",
    )
