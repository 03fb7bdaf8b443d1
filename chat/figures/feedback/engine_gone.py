"""What the share of an engine that answers means for the update, by when it must have been given back."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, value_of
from formulas.quantity import SILENT, Words


def _engine_gone(figures: Figures) -> Words:
    """What the engine's share makes of the update, if it does not give it back; nothing without an engine here."""
    try:
        taken, both = figures["rollout_takes"], figures["with_update"]
    except Missing:
        return SILENT
    share = value_of(figures.base, "rollout_share")
    over = figures.need("with_update") > figures.need("capacity_whole")
    more, more_zh = (", more than the card has", ",超过整张卡") if over else ("", "")
    if "share_in_vain" in figures.about:
        copy = figures["rollout_copy"]
        return Words(
            f" Whether it sleeps (free_cache_engine in verl, vllm_enable_sleep_mode in TRL) nvidia-smi shows before the update: awake, its {share:g} of the card, {taken}, would make it {both}{more}; with only its cache freed its own 16-bit weights, {copy}, stay. Asleep, leave the share at what the rollouts need.",
            f"它是否真的休眠(verl 的 free_cache_engine,TRL 的 vllm_enable_sleep_mode),在更新之前看 nvidia-smi:没休眠时它的 {share:g},即 {taken},会使总量到 {both}{more_zh};只释放了缓存时,它自己的一份 16 位权重 {copy} 仍在。已休眠的话,份额按 rollout 的需要设即可。",
        )
    if figures.need("update_alone") > figures.need("capacity"):  # asleep or not, the update does not go in
        return Words(
            f" The rollout engine's share, {share:g} of the card or {taken}, must be given back by then as well (free_cache_engine in verl, vllm_enable_sleep_mode in TRL), but that alone mends nothing here.",
            f"rollout 引擎的份额(整张卡的 {share:g},即 {taken})到这时也必须让出来(verl 的 free_cache_engine,TRL 的 vllm_enable_sleep_mode),但这里只靠它不够。",
        )
    return Words(
        f" The rollout engine's share, {share:g} of the card or {taken}, must be given back by then: if it is not, it is {both}{more}. So see in nvidia-smi first that it really sleeps before the update (free_cache_engine in verl, vllm_enable_sleep_mode in TRL), and lower gpu_memory_utilization.",
        f"rollout 引擎的份额(整张卡的 {share:g},即 {taken})到这时必须已经让出来:没让就是 {both}{more_zh}。所以先用 nvidia-smi 确认更新之前它真的休眠了(verl 的 free_cache_engine,TRL 的 vllm_enable_sleep_mode),并调低 gpu_memory_utilization。",
    )


def _not_the_share(figures: Figures) -> Words:
    """Said first where a lower share is told to have changed nothing."""
    if "share_in_vain" not in figures.about:
        return SILENT
    return Words(
        ", not the rollout engine's share (rollouts and updates take turns, and an engine that sleeps has given its cache back by then, so a lower gpu_memory_utilization changes nothing)",
        ",不是 rollout 引擎的份额(rollout 与更新交替进行,休眠的引擎这时已释放 KV 缓存,所以调低 gpu_memory_utilization 没有用)",
    )


ENGINE_GONE: dict[str, Callable[[Figures], Words]] = {"engine_gone": _engine_gone, "not_the_share": _not_the_share}
