"""What of a training by adapters ZeRO-3 can still divide, and what it may hold gathered instead."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.named import GB, Figures, Missing, both_words, default_of, value_of
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.recipe import ADAPTERS


def _little_divided(figures: Figures) -> Words:
    """Of adapters on several cards; nothing where all is trained, or where the frozen weights are no matter of ZeRO's."""
    if (
        figures.n < 2
        or figures.knob("method") not in ADAPTERS
        or figures.knob("method") == "qlora"
        or not figures.names_model
    ):
        return SILENT
    with suppress(Missing):
        states = (TRAINED - WEIGHT) * value_of(figures.base, "adapter_params")
        saved = WEIGHT * figures.params * (1 - 1 / figures.n)
        most = default_of("DeepSpeed", "stage3_max_live_parameters", "train")
        live = WEIGHT * min(most, figures.params)
        ahead = WEIGHT * default_of("DeepSpeed", "stage3_prefetch_bucket_size", "train")
        if live + ahead < saved / 2:
            return SILENT  # of a large base much is saved
        took = Words("all", "全部") if live + ahead >= saved else Words("much", "一大半")
        weights = f"{WEIGHT:g} B × {figures['params']} × (1 − 1/{figures.n}) = {both_words(saved)}"
        return Words(
            f" Here LoRA leaves little to divide: gradients and states of all adapters are {both_words(states)}, so against ZeRO-2 only the frozen weights' part is saved, at most {weights} a card. Parameters that may stay gathered, by default up to {most / 1e9:g}e9 (stage3_max_live_parameters), here {live / GB:.2g} GB, and {ahead / GB:.2g} GB fetched ahead take {took.en} of that back; where figures are set beside each other below, one gathered layer and what is fetched ahead are counted.",
            f"这里是 LoRA,可切的很少:适配器的梯度和状态一共才 {both_words(states)},相对 ZeRO-2 只多切冻结权重,每卡最多省 {weights}。而默认最多保留 {most / 1e9:g}e9 个已聚合的参数(stage3_max_live_parameters),这里是 {live / GB:.2g} GB,再加预取的 {ahead / GB:.2g} GB,就抵消{took.zh};下面并列的数字只计了一层聚合和预取。",
        )
    return SILENT


LITTLE_DIVIDED: dict[str, Callable[[Figures], Words]] = {"little_divided": _little_divided}
