"""What generates the answers where a question on reinforcement training does not say: an engine on the same card, or the trainer."""

from collections.abc import Callable

from chat.figures.cache.kv_kinds import served
from chat.figures.failures.cause_figures import whole_card
from chat.figures.feedback.group_raised import answers_each, cache_of_answers
from chat.figures.named import Figures, Missing, gib_words
from chat.figures.serving.share_needed import in_twentieths
from formulas.quantity import SILENT, Words
from kb.pools import ALL_SERVERS

# what a card holds beside the cache while the trainer generates
_STAYS = ("weights", "adapter", "optimizer", "runtime")
_ALONE = "rollouts_alone"  # the topic: the trainer generates by itself
# a trainer whose engine reads the trainer's own weights
_ONE_COPY = "unsloth"


def _group(figures: Figures) -> tuple[int, Words]:
    """How many answers there are to a prompt, and whose number that is."""
    whose = SILENT if "generations" in figures.log else Words(" (TRL's default)", "(TRL 默认)")
    return answers_each(figures), whose


def _share(figures: Figures, copy: float, need: float) -> float:
    """The least share of the card that holds the engine's copy, the group's cache and what it computes in."""
    share = in_twentieths((copy + need) / whole_card(figures))
    if share > ALL_SERVERS:  # the training is beside it as another server would be
        raise Missing("share")
    return share


def _in_all(figures: Figures, copy: float, need: float) -> Words:
    """The card with an engine on it that stands through the update, and with one that sleeps through it."""
    if figures.base.capacity is None:
        return SILENT
    try:
        share = _share(figures, copy, need)
    except Missing:
        return Words("; this card has no room for both", ";这张卡放不下两者")
    beside, asleep = (figures.at(rollouts_by=by, gpu_memory_utilization=share) for by in ("beside", "asleep"))
    room, takes = figures["capacity"], gib_words(share * whole_card(figures))
    both, turns = gib_words(beside.best), gib_words(asleep.best)
    if beside.best <= figures.base.capacity:
        return Words(
            f"; gpu_memory_utilization {share:g}, {takes}, holds that: **{both} of {room} with the update** ({turns} if it sleeps meanwhile, vllm_enable_sleep_mode)",
            f";gpu_memory_utilization 设 {share:g}(即 {takes})就够:**连同更新共 {both},卡上 {room}**(更新时让它休眠 vllm_enable_sleep_mode 则 {turns})",
        )
    if asleep.best <= figures.base.capacity:
        return Words(
            f"; gpu_memory_utilization {share:g}, {takes}, holds that: **{both} with the update, more than {room}, so it must sleep meanwhile (vllm_enable_sleep_mode): then {turns}**",
            f";gpu_memory_utilization 设 {share:g}(即 {takes})就够:**连同更新共 {both},超过 {room},所以更新时要让它休眠(vllm_enable_sleep_mode),那样是 {turns}**",
        )
    return Words(
        f"; gpu_memory_utilization {share:g}, {takes}, holds that: **{both} with the update, {turns} where it sleeps meanwhile: neither fits {room}**",
        f";gpu_memory_utilization 设 {share:g}(即 {takes})就够:**连同更新共 {both},休眠时也要 {turns},{room} 都放不下**",
    )


def _beside(figures: Figures, count: int) -> Words:
    """The engine on the training's card: its copy, and the cache of one group."""
    if figures.given.get("engine") == _ONE_COPY:
        return Words(
            " Unsloth's vLLM reads the trainer's own weights, so that only its cache comes on top.",
            "Unsloth 的 vLLM 直接用训练器的那份权重,只多出它的缓存。",
        )
    if _ALONE in figures.about:
        return SILENT
    length = figures.knob("seq_len")
    there = served(figures, n_gpus=1, gpu=None, gpu_memory_gb=None, batch_size=count, seq_len=length, output_len=None)
    copy = there.terms["weights"]
    whole = _in_all(figures, copy, there.bounds[1] - copy)
    return Words(
        f" vLLM on the same card (colocate) loads a 16-bit copy of its own, {gib_words(copy)}, besides{whole.en}; on cards of its own it takes nothing here.",
        f"同卡的 vLLM(colocate)还要自己的一份 16 位权重 {gib_words(copy)}{whole.zh};放到另外的卡上则这里不用算。",
    )


def _all_at_once(figures: Figures, count: int, one_more: float) -> Words:
    """What the update takes with the whole group in one micro-batch, and how many go in where that is too many."""
    batch, room = int(figures.knob("batch_size") or 1), figures.base.capacity
    if count <= batch:
        return SILENT
    there = figures.at(batch_size=count)
    logits = there.terms.get("logits", 0.0)
    of_it, of_it_zh = (
        (f", {gib_words(logits)} of it logits", f",其中 logits {gib_words(logits)}") if logits > one_more else ("", "")
    )
    told = f"all {count} at once would be {gib_words(there.best)}{of_it}"
    told_zh = f"{count} 条一次算则共 {gib_words(there.best)}{of_it_zh}"
    if room is None or there.best <= room or figures.base.best > room:
        return Words(f"; {told}", f";{told_zh}")
    most = batch + int((room - figures.base.best) // one_more)
    return Words(
        f"; {told}, more than {gib_words(room)}: at most {most} in a micro-batch, accumulated to {count}, or a loss in chunks (fused), which never holds all logits",
        f";{told_zh},超过 {gib_words(room)}\uff1amicro-batch 最多 {most} 条,其余靠累积,或用分块(融合)的损失,不存全部 logits",
    )


def _untold(figures: Figures) -> Words:
    """What is counted of the rollouts, and what comes on top with an engine; then what a larger micro-batch takes."""
    count, whose = _group(figures)
    batch = int(figures.knob("batch_size") or 1)
    rows, rows_zh = ("one answer", "1 条回答") if batch == 1 else (f"{batch} answers", f"{batch} 条回答")
    length, held = figures["seq"], cache_of_answers(figures, count)
    cache, update = gib_words(held), gib_words(figures.base.best)
    there = gib_words(held + sum(figures.base.terms.get(one, 0.0) for one in _STAYS))
    by_engine = _beside(figures, count)
    one_more = figures.at(batch_size=batch + 1).best - figures.base.best
    more, all_ = gib_words(one_more), _all_at_once(figures, count, one_more)
    return Words(
        f"This is the update, {rows} of {length} tokens at once; generation comes beside it. {count} answers to a prompt{whose.en} need {cache} of KV cache at that length: generated by the trainer itself (without vLLM) that is {there} with the weights, states and runtime, at another time than the update's {update}, and the larger counts.{by_engine.en} Each further answer in a micro-batch of the update takes {more} (its logits and activations){all_.en}.",
        f"这里算的是更新,一次 {rows_zh}(共 {length} token);生成另算。每个提示 {count} 条回答{whose.zh}在这个长度要 {cache} 的 KV 缓存:由训练器自己生成(不用 vLLM)时,连同权重、状态和运行时是 {there},与更新的 {update} 不同时存在,取大者。{by_engine.zh}更新的 micro-batch 每多一条回答多 {more}(logits 与激活){all_.zh}。",
    )


ROLLOUTS_UNTOLD: dict[str, Callable[[Figures], Words]] = {"rollouts_untold": _untold}
