"""A rollout engine whose share holds its weights, and that finds no memory for a cache: which share does, beside the training."""

from collections.abc import Callable

from chat.figures.feedback.group_raised import answers_each, cache_of_answers
from chat.figures.feedback.rollout_start import share_beside
from chat.figures.feedback.rollouts import alone
from chat.figures.named import Figures, Missing, gib_words
from chat.figures.serving.share_needed import in_twentieths
from formulas.quantity import SILENT, Words

_STEP = 0.05  # in which shares are told
# by the trainer: its settings of the length, of the update's micro-batch, and of an engine that sleeps through the update
_VERL = "verl"
_SETTINGS = {_VERL: ("rollout.max_model_len", "ppo_micro_batch_size_per_gpu", "free_cache_engine")}
_OF_TRL = ("vllm_max_model_length", "per_device_train_batch_size", "vllm_enable_sleep_mode")


def _settings(figures: Figures) -> tuple[str, str, str]:
    return _SETTINGS.get(str(figures.given.get("engine")), _OF_TRL)


def _sleeps(figures: Figures) -> bool:
    return str(figures.knob("rollouts_by")) == "asleep"


def _shares(figures: Figures) -> tuple[float, float]:
    """The share to set, a step above the least that holds a group's cache beside what the start took; the most beside the update."""
    card, cache = figures.need("card_whole"), cache_of_answers(figures, answers_each(figures))
    least = in_twentieths((figures.need("rollout_takes") + cache) / card)
    most = share_beside(figures)
    return (min(least + _STEP, most) if most >= least else least), most


def _beside(figures: Figures) -> Words:
    """What the training has left beside that share, and takes."""
    share, most = _shares(figures)
    card, update, seq = figures.need("card_whole"), figures["update_alone"], figures["seq"]
    takes, left = gib_words(share * card), gib_words((1 - share) * card)
    rows = int(figures.knob("batch_size") or 1)
    of, of_zh = ("one sequence", "1 条") if rows == 1 else (f"{rows} sequences", f"{rows} 条")
    asleep = _settings(figures)[2]
    if _sleeps(figures):
        return Words(
            f"{share:g} ({takes}) does, and the update loses nothing by it: the engine gives its share back meanwhile ({asleep}), and with {of} of {seq} tokens it takes {update}",
            f"设为 {share:g}({takes})就够,更新也不受影响:那时引擎让出份额({asleep}),按 {of_zh} {seq} token 更新要 {update}",
        )
    if most < share:
        return Words(
            f"{share:g} ({takes}) leaves the training {left}, and it takes {update} with {of} of {seq} tokens: so the engine must sleep through the update ({asleep})",
            f"设为 {share:g}({takes})后训练只剩 {left},而它按 {of_zh} {seq} token 要 {update}:所以更新时要让引擎休眠({asleep})",
        )
    upto, upto_zh = (f"; both go in up to {most:g}", f";最多到 {most:g} 两边都放得下") if most > share else ("", "")
    return Words(
        f"{share:g} ({takes}) does, and the training does not overflow: {left} are left for it, and it takes {update} with {of} of {seq} tokens{upto}",
        f"设为 {share:g}({takes})就够,训练也不会爆:还剩 {left},它按 {of_zh} {seq} token 要 {update}{upto_zh}",
    )


def _in_a_batch(figures: Figures) -> Words:
    """What the batch that a trainer takes unless told makes of the training's part."""
    try:
        batch = int(figures.need("default_batch"))
    except Missing:
        return SILENT
    if "batch_size" in figures.given or batch < 2:
        return SILENT
    update, rows = alone(figures), _settings(figures)[1]
    each = gib_words(update.at(batch_size=2).best - update.at(batch_size=1).best)
    unset, unset_zh = ("", "") if rows != _OF_TRL[1] else (f" ({batch} unless set)", f"(不设是 {batch})")
    return Words(
        f" Set {rows} to 1 or 2{unset}: each further sequence takes {each}.",
        f"{rows} 设 1 到 2{unset_zh}:每多一条多 {each}。",
    )


def without_blocks(figures: Figures) -> Words:
    """Why no block is left, and the share that leaves some; what makes the start itself take less."""
    count, seq = answers_each(figures), figures["seq"]
    cache = gib_words(cache_of_answers(figures, count))
    copy, takes, pool = figures["rollout_copy"], figures["rollout_takes"], figures["rollout_pool"]
    beside, batch, (length, _, asleep) = _beside(figures), _in_a_batch(figures), _settings(figures)
    sleeps, sleeps_zh = (
        ("", "")
        if asleep in beside.en
        else (
            f" With {asleep} the engine gives its share back during the update.",
            f"开 {asleep},更新时引擎会把份额让出来。",
        )
    )
    return Words(
        f"**Raise it: the engine holds a 16-bit copy of its own, {copy} of its {takes}, and at its start it measures a step of the longest length and captures CUDA graphs, for which the other {pool} were not enough. The cache itself is small, {count} answers of {seq} tokens {cache} ({figures['kv_mean']} per token): gpu_memory_utilization {beside.en}.**{batch.en} At the present share it may start with {length} at prompt and answer together, fewer sequences at once, or without graphs (enforce_eager).{sleeps}",
        f"**要调大:引擎自己要一份 16 位权重,在它的 {takes} 里占 {copy},启动时还要按最大长度试跑一步、捕获 CUDA graph,剩下的 {pool} 不够。缓存本身很小,{count} 条 {seq} token 只要 {cache}(每 token {figures['kv_mean']}):gpu_memory_utilization {beside.zh}。** {batch.zh}不改份额的话,把 {length} 设成提示加回答的长度、减少同时的序列数或不捕获图(enforce_eager)也可能起得来。{sleeps_zh}",
    )


ROLLOUT_BLOCKS: dict[str, Callable[[Figures], Words]] = {"rollout_without_blocks": without_blocks}
