"""The share of each card that an engine beside the training is to have, and what shares that were tried leave to either."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.cause_figures import logged
from chat.figures.feedback.group_raised import answers_each
from chat.figures.feedback.rollouts import FILLED, as_trained, engine_copy, enough_share, of_update, rolled_by
from chat.figures.feedback.share_asleep import asleep
from chat.figures.named import GIB, Figures, Missing, gib_words
from chat.figures.serving.share_needed import twentieths_within
from formulas.quantity import SILENT, Words


def _share_to_set(figures: Figures) -> Words:
    """The share to set, from the least that suffices to the most that the update leaves an engine awake, by default only there."""
    sleeps = rolled_by(figures) == "asleep"
    if sleeps and not {"generations", "share_low"} & set(figures.log):
        return asleep(figures)
    by_default = figures.knob("algo") == "grpo" and "generations" not in figures.log
    group = answers_each(figures) if by_default else int(logged(figures, "generations"))
    share, count, cache = enough_share(figures, group)
    whose, whose_zh = (" (TRL's default)", "(TRL 默认)") if by_default else ("", "")
    copy, cached, length = gib_words(engine_copy(figures)), gib_words(cache), figures["seq"]
    room, update = figures.need("capacity_whole"), of_update(as_trained(figures))
    left = twentieths_within((room - update) / room)
    how, tried = _trained_how(figures), _tried(figures)
    limit = limit_zh = ""
    if left >= share and "gpu_memory_utilization" in figures.given and "oom_diagnosis" in figures.about:
        pass  # the cause beside it tells the most, from the share that failed
    elif left >= share and not sleeps:
        limit = f"; while it stays awake at most {left:g}, for the update takes {gib_words(update)}{how.en}"
        limit_zh = f";不休眠时最多 {left:g},因为更新要 {gib_words(update)}{how.zh}"
    elif not sleeps and left * room * FILLED > engine_copy(figures):
        limit = f"; awake through the update, which takes {gib_words(update)}{how.en}, it may have at most {left:g}, with fewer answers at once"
        limit_zh = f";更新要 {gib_words(update)}{how.zh},不休眠就最多设 {left:g},同时生成的条数更少"
    elif not sleeps:
        limit = f"; it must sleep through the update, which takes {gib_words(update)}{how.en}"
        limit_zh = f";更新时必须休眠,因为更新要 {gib_words(update)}{how.zh}"
    return Words(
        f"**gpu_memory_utilization: {share:g} is enough for the rollouts, {share * room / GIB:.1f} GiB of each card{limit}.** The engine's own 16-bit copy takes {copy}, and {count} answers{whose} of {length} tokens at once {cached} of cache ({figures['kv_mean']} per token); a larger share only lets more of them run at once.{tried.en}",
        f"**gpu_memory_utilization 设 {share:g} 就够 rollout 用,即每卡 {share * room / GIB:.1f} GiB{limit_zh}。** 引擎自己的一份 16 位权重 {copy},同时生成 {count} 条{whose_zh} {length} token 的回答要 {cached} 缓存(每 token {figures['kv_mean']});再大只是让更多条同时生成。{tried.zh}",
    )


def _trained_how(figures: Figures) -> Words:
    """That the update is counted with LoRA, where full fine-tuning by itself is more than the card."""
    if as_trained(figures) is figures:
        return SILENT
    whole = gib_words(of_update(figures))
    return Words(
        f" with LoRA (full fine-tuning takes {whole} by itself, more than the card: no share does)",
        f"(按 LoRA;全参更新自己就要 {whole},超过整张卡,设多少都不行)",
    )


def _tried(figures: Figures) -> Words:
    """Of two shares that were tried what the larger leaves to the update, and what the smaller leaves beside the engine's weights."""
    low = high = 0.0
    with suppress(Missing):
        low, high = logged(figures, "share_low"), logged(figures, "share_high")
    if not high:
        return SILENT
    room, copy, update = figures.need("capacity_whole"), engine_copy(figures), of_update(as_trained(figures))
    taken, left, little = gib_words(high * room), gib_words((1 - high) * room), gib_words(low * room)
    too_large = (1 - high) * room < update
    above = Words(
        f" At {high:g} the engine takes {taken} and leaves {left}{', too little for the update' if too_large else ''}.",
        f"设 {high:g} 时引擎占 {taken},只剩 {left}{',更新放不下' if too_large else ''}。",
    )
    if low * room <= copy:
        below = Words(
            f" At {low:g} it has {little}, less than its own copy of the weights, which is within the share: nothing is left for the cache.",
            f"设 {low:g} 时只有 {little},而份额里先要放它自己的权重,已经不够,没有缓存的位置。",
        )
    else:
        rest = gib_words(low * room - copy)
        below = Words(
            f" At {low:g} it has {little}, of which its own copy of the weights leaves {rest} for activations and cache.",
            f"设 {low:g} 时有 {little},放下自己的权重后剩 {rest} 给激活和缓存。",
        )
    return Words(f"{above.en}{below.en}", f"{above.zh}{below.zh}")


SHARE_TO_SET: dict[str, Callable[[Figures], Words]] = {"share_to_set": _share_to_set}
