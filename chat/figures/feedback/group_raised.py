"""What a larger group of answers to a prompt takes: cache while they are generated, and nothing of the update by itself."""

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, both_words, default_of, gib_words
from formulas.quantity import SILENT, Words
from kb.programs import SHARED

_STANDS = ("weights", "gradients", "optimizer", "adapter")
# whose peak may be that of the engine beside the training, so no step of the update is told by it
_WITH_ENGINE = ("verl", "openrlhf")


def _group_raised(figures: Figures) -> Words:
    """What stays, what follows the group, and what a micro-batch costs that is raised along with it."""
    was, now = _two_groups(figures)
    beside = figures.given.get("engine") in _WITH_ENGINE
    failed = "oom_diagnosis" in figures.about
    if not beside and (failed or "cache_blamed" in figures.log) and _grows_by_rows(figures, was, now):
        return _cache_blamed(figures, was, now)
    step = SILENT if beside else _step(figures)
    rows = SILENT if beside else _rows(figures, was, now)
    stands, token, length = both_words(_stands(figures)), figures["kv_token"], figures["seq"]
    each, each_zh = (" on each card", "每卡") if figures.n > 1 else ("", "")
    cached = [gib_words(cache_of_answers(figures, count)) for count in (was, now)]
    return Words(
        f"**Memory does not go with num_generations: what stands still, {stands}{each}, is the same at {was} and at {now}, and so is a step of the update as long as its micro-batch stays{step.en}.** What holds all answers of a group at once is the generating: {token} of KV cache a token × {length} × {was} → {now} is {cached[0]} → {cached[1]} for a prompt; an engine with a pool of its own (vLLM) takes no more for it, further answers wait. If the micro-batch is raised along with the group, logits and activations follow the rows, {figures['logits_copy']} for each fp32 copy of the logits of {figures['tokens']} tokens{rows.en}. So leave it, and let gradient accumulation (or more cards) make up the multiple of {now}; a fused loss or one in chunks spares the logits.",
        f"**显存不随 num_generations 成倍变化:固定部分{each_zh} {stands} 在 {was} 和 {now} 时一样;只要更新的 micro-batch 不变,一步的峰值也不变{step.zh}。** 要同时放下整组回答的是生成阶段:KV 缓存每 token {token} × {length} × {was} → {now} 条,每个提示 {cached[0]} → {cached[1]};由 vLLM 这类自带缓存池的引擎生成时,池子不变,多出来的回答排队。micro-batch 若跟着调大,logits 和激活就随条数增长,{figures['tokens']} 个 token 的一份 fp32 logits 是 {figures['logits_copy']}{rows.zh}。所以 micro-batch 不动,用梯度累积(或加卡)凑成 {now} 的倍数;融合损失或分块算 logprob 可以省掉 logits。",
    )


def _grows_by_rows(figures: Figures, was: int, now: int) -> bool:
    """Whether a micro-batch of the whole group grows by more than the cache of the group does."""
    cached = cache_of_answers(figures, now) - cache_of_answers(figures, was)
    return 0 < cached < (figures.at(batch_size=now).best - figures.at(batch_size=was).best) / 2


def _cache_blamed(figures: Figures, was: int, now: int) -> Words:
    """What grows in the cache's place, where it is blamed: the logits of all answers, if they go through in one micro-batch."""
    caches = [gib_words(cache_of_answers(figures, count)) for count in (was, now)]
    one = figures.need("logits_copy") / int(figures.knob("batch_size") or 1)
    copies = [gib_words(count * one) for count in (was, now)]
    up = gib_words(figures.at(batch_size=now).best - figures.at(batch_size=was).best)
    product, rows, step = (
        f"{now} × {figures['seq']} × {figures['vocab']} × 4 B",
        _rows(figures, was, now),
        _step(figures),
    )
    blamed = "cache_blamed" in figures.log
    head = (
        "Hardly the KV cache"
        if blamed
        else "What grows with num_generations goes by the rows that a card holds at once, little of it KV cache"
    )
    head_zh = (
        "主要不是 KV 缓存" if blamed else "随 num_generations 涨的是每张卡同时处理的条数所占的那部分,KV 缓存只占小头"
    )
    return Words(
        f"**{head}: of {figures['kv_token']} a token, the answers to a prompt take {caches[0]} at {was} and {caches[1]} at {now}. What grows by more are the logits from which log-probabilities are taken, if all answers go through in one micro-batch: {product} = {copies[1]} for one fp32 copy ({copies[0]} with {was}), with the softmax and gradient beside it and the activations {up} more{rows.en}.** As long as the micro-batch stays, a step of the update stays{step.en}, and so do weights, gradients and optimizer. So set per_device_train_batch_size back and let gradient accumulation (or more cards) make up the multiple of {now}; a fused loss (Liger) or log-probabilities in chunks spare the logits. An engine with a pool of its own (vLLM) takes no more for a larger group, further answers wait.",
        f"**{head_zh}:每 token {figures['kv_token']},一个提示的回答 {was} 条时 {caches[0]},{now} 条时 {caches[1]}。涨得多的是算 logprob 的 logits,前提是整组回答放进了同一个 micro-batch:{product} = 一份 fp32 {copies[1]}({was} 条时 {copies[0]}),加上 softmax、梯度那几份和激活,共多 {up}{rows.zh}。** micro-batch 不变的话,更新一步的峰值不变{step.zh},权重、梯度和优化器也不变。所以把 per_device_train_batch_size 调回去,用梯度累积(或加卡)凑成 {now} 的倍数;融合损失(Liger)或分块算 logprob 可以省掉 logits。vLLM 这类自带缓存池的引擎不会因为组变大而多占,多出来的回答排队。",
    )


def answers_by_default() -> int:
    """How many answers TRL generates to a prompt where nobody says."""
    return int(default_of("TRL", "num_generations", SHARED))


def answers_each(figures: Figures) -> int:
    """How many there are to a prompt: as told, else by default."""
    return int(figures.told_one("generations") or answers_by_default())


def cache_of_answers(figures: Figures, count: int) -> float:
    """Bytes of the cache of so many answers to a prompt, each as long as the case has it."""
    return count * float(figures.knob("seq_len")) * figures.need("kv_mean")


def _two_groups(figures: Figures) -> tuple[int, int]:
    """Both numbers of answers, else the default and twice it."""
    if "group_was" in figures.log:
        return int(logged(figures, "group_was")), int(logged(figures, "group_is"))
    count = answers_by_default()
    return count, 2 * count


def _group_told(figures: Figures) -> Words:
    """Of one number of answers to a prompt: that the update has no more for it, and the cache that generating has."""
    count, length, token = int(logged(figures, "generations")), figures["seq"], figures["kv_token"]
    cached = gib_words(cache_of_answers(figures, count))
    batch = int(figures.knob("batch_size") or 1)
    return Words(
        f"{count} answers to a prompt add nothing to the update as long as its micro-batch stays (per_device_train_batch_size, {batch} here; the effective batch must be a multiple of {count}). What they take is cache while they are generated: {count} × {length} tokens × {token} = {cached} for a prompt, in the pool of the engine (vLLM) or, without one, on the training's card.",
        f"每个提示 {count} 条回答不会让更新这一步变大,只要 micro-batch 不变(per_device_train_batch_size,这里是 {batch};总的批大小要是 {count} 的倍数)。它占的是生成时的缓存:{count} × {length} token × {token} = 每个提示 {cached},放在引擎(vLLM)的缓存池里;不用引擎时就在训练卡上。",
    )


def _step(figures: Figures) -> Words:
    """The peak of the case, at the rows of a step that it has."""
    here, count = figures.base, int(figures.knob("batch_size") or 1)
    need, room = gib_words(here.best), gib_words(here.capacity) if here.capacity else ""
    of, of_zh = (f" of {room}", f",可用 {room}") if room else ("", "")
    return Words(
        f" (per_device_train_batch_size {count}: {need}{of})",
        f"(per_device_train_batch_size 为 {count} 时 {need}{of_zh})",
    )


def _rows(figures: Figures, was: int, now: int) -> Words:
    """The peaks with the whole group in one micro-batch."""
    peaks = [gib_words(figures.at(batch_size=count).best) for count in (was, now)]
    return Words(
        f": {peaks[0]} with {was} rows, {peaks[1]} with {now}", f":一次 {was} 条 {peaks[0]},一次 {now} 条 {peaks[1]}"
    )


def _stands(figures: Figures) -> float:
    """Weights, gradients and optimizer states: all of them, also what is not there yet at the peak."""
    if figures.knob("method") == "full" and figures.knob("optimizer") == "adamw" and figures.n == 1:
        return figures.need("states")
    return sum(figures.base.terms.get(name, 0.0) for name in _STANDS)


GROUP_WORDS = {"group_raised": _group_raised, "group_told": _group_told}
