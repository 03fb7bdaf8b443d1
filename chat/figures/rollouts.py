"""Figures of an engine that generates answers on the cards that train: its share, its copy of the weights, its pool."""

from collections.abc import Callable

from chat.figures.cause_figures import logged
from chat.figures.kv_words import served
from chat.figures.named import Figures, Missing, gib_words, value_of
from formulas.quantity import Words

_COUNT = "{:,.0f}"
# of its share what an engine can fill with weights and still generate
_FILLED = 0.8
_MOST_RANKS = 8  # of tensor parallelism within a machine


def _layout(figures: Figures) -> Figures:
    """The case as its cards divide it: sharded where there are several and no stage is said."""
    sharded = figures.n > 1 and "zero_stage" not in figures.given
    return Figures({**figures.given, "zero_stage": 3}, figures.told) if sharded else figures


def _counted(figures: Figures) -> bool:
    """Whether a number of cards is told: what one card holds depends on it."""
    return "n_gpus" in figures.given


def _takes(figures: Figures) -> float:
    """The engine's share of one card; Missing without an engine on the training's cards."""
    return value_of(figures.base, "rollout_engine")


def _by(figures: Figures) -> str:
    return str(figures.base.situation.facts["rollouts_by"].value)


def _ranks(figures: Figures) -> float:
    """Tensor parallel ranks of the engine: those that were told, else the fewest that leave room for a cache."""
    try:
        return logged(figures, "rollout_tp")
    except Missing:
        ranks = 1
        most = min(figures.n, _MOST_RANKS) if _counted(figures) else _MOST_RANKS
        while ranks * 2 <= most and _weights(figures) / ranks > _FILLED * _takes(figures):
            ranks *= 2
        return float(ranks)


def _weights(figures: Figures) -> float:
    return served(figures, n_gpus=1, gpu=None, gpu_memory_gb=None).part("weights")


def _copy(figures: Figures) -> float:
    return _weights(figures) / _ranks(figures)


def _pool(figures: Figures) -> float:
    return max(0.0, _takes(figures) - _copy(figures))


def _awake(figures: Figures) -> float:
    """What a card holds as the engine generates, where it sleeps otherwise."""
    there = _layout(figures).base
    return value_of(there, "phase_awake") + there.terms.get("runtime", 0.0)


def _update(figures: Figures) -> float:
    """What the update takes by itself."""
    return _layout(figures).at(rollouts_by="none", gpu_memory_utilization=None).best


ROLLED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "rollout_takes": (_takes, gib_words),
    "rollout_ranks": (_ranks, lambda ranks: f"{ranks:g}"),
    "rollout_copy": (_copy, gib_words),
    "rollout_pool": (_pool, gib_words),
    "rollout_tokens": (lambda f: _pool(f) * _ranks(f) / f.need("kv_token"), _COUNT.format),
    "rollout_awake": (_awake, gib_words),
    "update_alone": (_update, gib_words),
    "peak_rolled": (lambda f: _layout(f).base.best, gib_words),
}


def _held(figures: Figures) -> Words:
    """When the share is held, and what the card then holds in all."""
    if not _counted(figures):
        return Words("", "")
    sharded = _layout(figures) is not figures
    how, how_zh = (", sharded", "(切分后)") if sharded else ("", "")
    if _by(figures) == "asleep":
        return Words(
            f" It sleeps through the update, which takes {figures['update_alone']} per card{how}; while it generates, weights and states stay unless they are offloaded (param_offload, optimizer_offload): {figures['rollout_awake']}.",
            f"更新时引擎休眠,更新本身每卡 {figures['update_alone']}{how_zh};生成时权重和优化器状态仍在,除非卸载到内存(param_offload、optimizer_offload):每卡 {figures['rollout_awake']}。",
        )
    return Words(
        f" It keeps that through the update, which by itself takes {figures['update_alone']} per card{how}, unless it sleeps (vllm_enable_sleep_mode, free_cache_engine) or gets a smaller share.",
        f"更新时它也占住这一份,而更新本身每卡要 {figures['update_alone']}{how_zh};除非让它休眠(vllm_enable_sleep_mode、free_cache_engine)或调小份额。",
    )


def rollout_engine(figures: Figures) -> Words:
    """The engine's share and what fills it, in one sentence; where the copy does not fit the share, that it does not."""
    takes, share = figures["rollout_takes"], value_of(figures.base, "rollout_share")
    ranks = "" if _ranks(figures) == 1 else f" ÷ TP {figures['rollout_ranks']}"
    copy = f"{gib_words(_weights(figures))}{ranks}" + (f" = {figures['rollout_copy']}" if ranks else "")
    held = _held(figures)
    if _pool(figures) <= 0:
        return Words(
            f"The rollout engine on the same cards gets {share:g} of each, {takes}, and its own 16-bit copy of the policy ({copy}) does not fit that: a larger share (gpu_memory_utilization) or more TP.{held.en}",
            f"同卡的 rollout 引擎占每张卡的 {share:g},即 {takes},而它自己的一份 16 位权重({copy})就放不下:要调大份额(gpu_memory_utilization)或加大 TP。{held.zh}",
        )
    return Words(
        f"The rollout engine on the same cards takes {share:g} of each, {takes}: its own 16-bit copy of the policy, {copy}, and {figures['rollout_pool']} of KV pool (some {figures['rollout_tokens']} tokens).{held.en}",
        f"同卡的 rollout 引擎占每张卡的 {share:g},即 {takes}:它自己的一份 16 位权重 {copy},其余 {figures['rollout_pool']} 是 KV 池(约 {figures['rollout_tokens']} 个 token)。{held.zh}",
    )


def lora_here(figures: Figures) -> Words:
    """What LoRA takes on the cards that are told: of several, sharded and as a whole copy."""
    whole = figures["peak_lora"]
    if figures.n == 1:
        return Words(whole, whole)
    plain = {**dict.fromkeys(("precision", "optimizer", "offload")), "method": "lora", "weight_format": "bf16"}
    sharded = gib_words(figures.at(**plain, zero_stage=3).best)
    return Words(
        f"{sharded} per card sharded, {figures['copy_lora']} with a whole copy on each",
        f"切分后每卡 {sharded},每卡放完整一份时 {figures['copy_lora']}",
    )


ROLLED_WORDS: dict[str, Callable[[Figures], Words]] = {"rollout_engine": rollout_engine, "lora_here": lora_here}
