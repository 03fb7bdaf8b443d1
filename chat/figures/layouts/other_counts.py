"""What each card will take with another number of cards, from what was seen with the present one."""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.recipe import ADAPTERS
from kb.worked import ALL_STATES

# of a card: beyond it fragments and a longer sample decide
_ROOMY = 0.92
_ALIKE = 0.005  # of what was seen, less than it is told to


def _at_other_count(figures: Figures) -> Words:
    """Missing where not one reading and one other count are told, or less was seen than the states take."""
    told = [one.partition(" ") for one in figures.log.get("seen_at", ())]
    asked = [int(one) for one in figures.logged_all("asked_at")]
    if len(told) != 1 or len(asked) != 1:
        raise Missing("one reading and another count")
    here, there, seen = int(told[0][0]), asked[0], float(told[0][2])
    offload = {"offload": figures.knob("offload")} if figures.knob("offload") else {}
    now, then = (figures.at(n_gpus=count, **offload) for count in (here, there))
    states = [where.held(*ALL_STATES) / GB for where in (now, then)]
    rest = seen - states[0]
    if rest < 0:
        raise Missing("more than the states")
    if abs(states[0] - states[1]) < _ALIKE * seen:
        gives = _what_they_give(here, there, figures)
        return Words(
            f"**About {seen:.3g} GB as before: nothing of it is divided, each card holds a whole copy of weights and states ({states[0]:.3g} GB) and its own activations, on {there} cards as on {here}.** {gives.en}",
            f"**还是约 {seen:.3g} GB:没有切分,每张卡都放完整的权重和状态({states[0]:.3g} GB)和自己的激活,{here} 张和 {there} 张都一样。** {gives.zh}",
        )
    will = rest + states[1]
    held = _against(then, will)
    return Words(
        f"**About {will:.3g} GB on each of {there} cards{held.en}: of your {seen:.3g} GB what the cards divide goes from {states[0]:.3g} to {states[1]:.3g} GB, and the other {rest:.3g} GB stay.** These are activations and logits of each card's own micro-batch, what is not sharded, gathered layers, communication buffers and the CUDA context; a smaller micro-batch, checkpointing or a fused loss makes them less.",
        f"**{there} 张卡时每张约 {will:.3g} GB{held.zh}:您看到的 {seen:.3g} GB 里,按卡数切分的部分从 {states[0]:.3g} GB 变为 {states[1]:.3g} GB,其余 {rest:.3g} GB 不变。** 不变的是每张卡自己 micro-batch 的激活和 logits、不切分的部分、临时聚合的层、通信缓冲和 CUDA 上下文;减小 micro-batch、重计算、融合损失能降它。",
    )


def _what_they_give(here: int, there: int, figures: Figures) -> Words:
    """What whole copies on other cards are for, and what would divide the copy."""
    small = _frozen_whole(figures)
    more, more_zh = (
        (f"What {there} cards give is throughput, not room: {there} micro-batches a step instead of {here}. ", f"{there} 张卡换来的是吞吐而不是显存:每步 {there} 个 micro-batch(原来 {here} 个)。")
        if there > here
        else ("", "")
    )  # fmt: skip
    return Words(
        f"{more}ZeRO-3 or FSDP divides the copy{', or device_map puts its layers on the cards, which then take turns' if small.en else ''}.{small.en}",
        f"{more_zh}要切分用 ZeRO-3 或 FSDP{',或用 device_map 按层放到各卡(轮流算)' if small.zh else ''}。{small.zh}",
    )


def _frozen_whole(figures: Figures) -> Words:
    """Of adapters, that the first stages would not help; silent else."""
    if figures.knob("method") not in ADAPTERS:
        return SILENT
    return Words(
        " ZeRO-1 and 2 would not help: they divide no frozen weights, and an adapter's own states are small.",
        "ZeRO-1/2 帮不上:它们切不了冻结的权重,而适配器自己的状态本来就小。",
    )


def _against(where: Outcome, will: float) -> Words:
    """Whether that goes into the card, where one is told."""
    if where.capacity is None:
        return SILENT
    if will > where.capacity / GB:
        return Words(
            f", more than the {gib_words(where.capacity)} there are", f",超过可用的 {gib_words(where.capacity)}"
        )
    if will > _ROOMY * where.capacity / GIB:  # what a tool calls GB may be GiB
        return Words(f", nearly all of {gib_words(where.capacity)}", f",几乎占满 {gib_words(where.capacity)}")
    return Words(f", within {gib_words(where.capacity)}", f",可用 {gib_words(where.capacity)},放得下")


OTHER_COUNTS_WORDS: dict[str, Callable[[Figures], Words]] = {
    "at_other_count": _at_other_count,
    "frozen_whole": _frozen_whole,
}
