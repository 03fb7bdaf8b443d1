"""What rollouts take by themselves: of an engine on the training's cards its share, else the cache of the answers in flight."""

from chat.figures.feedback.group_raised import answers_each, cache_of_answers
from chat.figures.feedback.rollouts import engine_copy, engine_ranks
from chat.figures.named import Figures, Missing, gib_words, value_of
from chat.phrases import gib
from formulas.quantity import Words
from kb.bytes_each import WEIGHT


def rollouts_take(figures: Figures) -> Words:
    """With an engine on the same cards its copy and pool, and how many answers that is; without one what answers take."""
    try:
        takes, pool = figures.need("rollout_takes"), figures.need("rollout_pool")
    except Missing:
        return _answers_alone(figures)
    share, ranks = value_of(figures.base, "rollout_share"), engine_ranks(figures)
    each, copy, token, length = (
        cache_of_answers(figures, 1) / ranks,
        gib_words(engine_copy(figures)),
        figures["kv_token"],
        figures["seq"],
    )
    by, by_zh = (f" (tensor parallel {ranks:g})", f"(张量并行 {ranks:g})") if ranks > 1 else ("", "")
    told = "gpu_memory_utilization" in figures.given
    taken, taken_zh = (
        ("", "") if told else (" (gpu_memory_utilization as assumed here)", "(gpu_memory_utilization 按假设)")
    )
    if pool <= 0:
        return Words(
            f"**The rollout engine takes {share:g} of each card, {gib_words(takes)}, and that does not hold its own 16-bit copy of the weights, {copy}{by}: a larger share or more ranks.**",
            f"**rollout 引擎占每张卡的 {share:g},即 {gib_words(takes)},而自己那份 16 位权重就要 {copy}{by_zh},放不下:要调大份额或加大 TP。**",
        )
    at_once = int(pool // each)
    return Words(
        f"**The rollout engine takes {share:g} of each card{taken}, {gib_words(takes)}, whatever it generates: {copy} of 16-bit weights of its own{by}, the other {gib_words(pool)} for its cache and buffers.** An answer of {length} tokens takes {gib_words(each)} of that ({token} a token), so at most {at_once:,} at once; further answers wait.",
        f"**rollout 引擎占每张卡的 {share:g}{taken_zh},即 {gib_words(takes)},与生成多少无关:自己的一份 16 位权重 {copy}{by_zh},其余 {gib_words(pool)} 给缓存和缓冲。** {length} token 的一条回答占其中 {gib_words(each)}(每 token {token}),所以最多同时 {at_once:,} 条,多出来的排队。",
    )


def _answers_alone(figures: Figures) -> Words:
    """Nobody said what generates: the cache of a prompt's answers, and what an engine has besides."""
    count, token, length = answers_each(figures), figures["kv_token"], figures["seq"]
    cached, one = gib_words(cache_of_answers(figures, count)), gib_words(cache_of_answers(figures, 1))
    copy = gib(WEIGHT * figures.params / 2**30)
    return Words(
        f"**Rollouts take KV cache, {token} a token: {one} for an answer of {length} tokens, {cached} for the {count} to a prompt; an engine on the same cards (vLLM, SGLang) holds its own 16-bit weights too, {copy} ÷ its tensor parallel ranks.** Such an engine takes the share of each card that it is given (gpu_memory_utilization) whatever it generates; the trainer's own generate() adds the cache alone.",
        f"**rollout 占的是 KV 缓存,每 token {token}:{length} token 的一条回答 {one},一个提示的 {count} 条 {cached};同卡的引擎(vLLM、SGLang)另有自己的一份 16 位权重,{copy} ÷ TP。** 这样的引擎按给它的份额(gpu_memory_utilization)占卡,与生成多少无关;由训练器自己 generate() 则只多出缓存。",
    )


ROLLOUTS_TAKE = {"rollouts_take": rollouts_take}
