"""The share that an engine needs which does not start with the one it has: what it holds, and what it comes to with the update."""

from chat.figures.feedback.rollouts import enough_share, of_update
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words

# of a card from which on a run that goes in has little room to vary
_TIGHT = 0.9
_SLEEP = Words(
    "an engine that sleeps through the update (vllm_enable_sleep_mode, free_cache_engine)",
    "更新时让引擎休眠(vllm_enable_sleep_mode、free_cache_engine)",
)


def share_raised(figures: Figures, count: int) -> Words:
    """That share, from the copy of the weights and so many answers at once; without a figure where no share holds them or no
    number of answers is known."""
    room = figures.base.capacity
    try:
        share, _, cache = enough_share(figures, count or 1)
    except Missing:
        share = 0.0
    if not share or room is None or share <= float(figures.knob("gpu_memory_utilization") or 0):
        return Words(f"a larger share (gpu_memory_utilization) with {_SLEEP.en}", f"调大份额(gpu_memory_utilization),{_SLEEP.zh}")  # fmt: skip
    takes, alone = share * figures.need("card_whole"), of_update(figures)
    whole, size, update, shown = alone + takes, gib_words(takes), gib_words(alone), gib_words(room)
    answers = "1 answer" if count < 2 else f"{count} answers"
    holds = f"a larger share: gpu_memory_utilization {share:g} ({size}), which holds the copy and {gib_words(cache)} of cache for {answers} at once"
    holds_zh = f"把份额(gpu_memory_utilization)调到 {share:g}({size}),放得下这份权重和同时生成 {count or 1} 条回答的缓存 {gib_words(cache)}"
    if whole <= room:
        tight, tight_zh = (", tight", ",很紧") if whole > _TIGHT * room else ("", "")
        return Words(
            f"{holds}, {gib_words(whole)} of {shown} with the update's {update}{tight}, less with {_SLEEP.en}",
            f"{holds_zh},加上更新的 {update} 共 {gib_words(whole)},可用 {shown}{tight_zh},{_SLEEP.zh}还能更省",
        )
    asleep = figures.at(rollouts_by="asleep", gpu_memory_utilization=share).best
    if asleep <= room:
        return Words(
            f"{holds}, but {gib_words(whole)} with the update's {update}, more than {shown}: so with {_SLEEP.en}, {gib_words(asleep)}",
            f"{holds_zh},但加上更新的 {update} 共 {gib_words(whole)},超过 {shown},所以要{_SLEEP.zh},那样是 {gib_words(asleep)}",
        )
    return Words(
        f"{holds}, but the training has to become smaller, too: the update takes {update} by itself, and with {_SLEEP.en} it is still {gib_words(asleep)} of {shown}",
        f"{holds_zh},但训练也要变小:更新自己要 {update},{_SLEEP.zh}也还要 {gib_words(asleep)},可用 {shown}",
    )
