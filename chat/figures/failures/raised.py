"""What sets a run that failed apart from one that did not, worked out for both; shares of a card side by side."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.cause_words import cheapest
from chat.figures.failures.raised_tokens import by_rank, by_tokens
from chat.figures.named import GIB, Figures, Missing, both_words, gib_words, pool_of, value_of
from chat.phrases import case_words
from chat.words import term
from formulas.quantity import SILENT, Words
from kb.engines import PAIRS
from kb.outcome import Outcome
from kb.programs import ROLLS

# how a setting that was raised is told: `before_batch_size 4`
BEFORE = "before_"
_SHARE = "gpu_memory_utilization"
_IN_WORDS = ("algo", "gpu", "method", "optimizer")  # settings whose values are words
# a term that grew by so much of the need is told
WORTH = 0.01
_NONE = 0.005 * GIB
# from this part of the card on what is worked out explains the failure by itself
NEARLY = 0.9


def changed(figures: Figures) -> dict[str, Any]:
    """What was otherwise when it ran: the settings and their values then; Missing where none is told."""
    found: dict[str, Any] = {}
    for name in (called.removeprefix(BEFORE) for called in figures.log if called.startswith(BEFORE)):
        value = figures.log[f"{BEFORE}{name}"][-1]
        found[name] = value if name in _IN_WORDS else float(value) if name == _SHARE else int(float(value))
    if not found:
        raise Missing("change")
    return found


def was_then(figures: Figures) -> Outcome:
    before = changed(figures)
    how: dict[str, Any] = dict.fromkeys(("precision", "bits", "weight_format")) if "method" in before else {}
    if before.get("method") == "qlora":
        how["bits"] = 4
    if before.get("algo") == "sft":  # which answers nothing as it trains
        how |= {"rollouts_by": None, "gpu_memory_utilization": None}
    return figures.at(**{**how, **before})


def _step(figures: Figures) -> Words:
    """The settings with both their values."""
    before = changed(figures)
    after = {name: figures.knob(name) for name in before}
    return Words(
        f"from {case_words(before, 'en')} to {case_words(after, 'en')}",
        f"{case_words(before, 'zh')} → {case_words(after, 'zh')}",
    )


def _grew(figures: Figures) -> Words:
    """What each term was before, and what it is, the most first."""
    before, now = was_then(figures).terms, figures.base.terms
    more = {name: now[name] - before.get(name, 0.0) for name in now}
    told = sorted((name for name in more if more[name] > WORTH * figures.base.best), key=lambda name: -more[name])
    if not told:
        raise Missing("more")

    def each(language: str) -> list[str]:
        was = {name: before.get(name, 0.0) for name in told}
        return [
            f"{term(name, language)} {f'{gib_words(was[name])} → ' if was[name] > _NONE else ''}{gib_words(now[name])}"
            for name in told
        ]

    return Words(", ".join(each("en")), "、".join(each("zh")))


def _against(figures: Figures) -> Words:
    """What the card has."""
    room = figures.base.capacity
    return Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT


def learns_from_answers(figures: Figures) -> bool:
    return changed(figures).get("algo") == "sft" and figures.knob("algo") in ROLLS


def _back(figures: Figures) -> Words:
    """How to have what was wanted, as a further sentence."""
    told = _way_back(figures)
    return Words(f" {told.en}" if told.en else "", told.zh)


def _way_back(figures: Figures) -> Words:
    """How to have what was wanted without what it costs."""
    if learns_from_answers(figures) or _more_tokens(figures):
        return SILENT
    before, size = changed(figures), gib_words(was_then(figures).best)
    (name, value), count = next(iter(before.items())), len(before)
    if name == "batch_size" and figures.knob("task") == "train":
        steps = float(figures.knob(name)) / value
        if steps == int(steps):
            return Words(
                f"Keep {value:g} on each card and accumulate gradients over {steps:g} steps: the same global batch at {size}.",
                f"每卡保持 {value:g},梯度累积 {steps:g} 步:全局批大小不变,只要 {size}。",
            )
        return Words(
            f"Keep {value:g} on each card and accumulate gradients: {size}.",
            f"每卡保持 {value:g},其余用梯度累积:{size}。",
        )
    if name == "seq_len" and figures.base.longest:
        most = f"{int(figures.base.longest):,}"
        return Words(
            f"By the middle of the estimate about {most} tokens are the most here.",
            f"按区间中值,这里最长约 {most} token。",
        )
    if count > 1 or name in APART:
        if figures.base.verdict == "yes":
            return SILENT
        with suppress(Missing):
            ways = cheapest(figures)
            return Words(f"What makes it fit: {ways.en}.", f"放得下的办法:{ways.zh}。")
        return SILENT
    return Words(
        f"With {case_words({name: int(value)}, 'en')} it is {size}.",
        f"{case_words({name: int(value)}, 'zh')}时是 {size}。",
    )


# ── another set-up: other cards, another number of them, another method ────────────────────────────────────────────


APART = ("algo", "n_gpus", "gpu", "gpu_memory_gb", "zero_stage", "method", "optimizer")
_NEAR = 0.25  # of what is worked out for the set-up that ran, that it is what was seen there


def _divided(was: Outcome, now: Outcome, ways: float) -> tuple[float, float]:
    """What each card holds of what is divided by their number, in the one set-up and the other."""
    parts = [
        (was.terms[name], size)
        for name, size in now.terms.items()
        if was.terms.get(name) and abs(size / was.terms[name] / ways - 1) < 0.05
    ]
    return sum(one for one, _ in parts), sum(one for _, one in parts)


def ran_seen(figures: Figures) -> float:
    """What the set-up that ran was seen to take, 0 where that is not told."""
    try:
        return logged(figures, "ran_seen") * GIB
    except Missing:
        return 0.0


def _seen(figures: Figures) -> Words:
    """What the set-up that ran was seen to take, beside what is worked out for it."""
    seen = ran_seen(figures)
    if abs(seen / was_then(figures).best - 1) > _NEAR:
        return SILENT
    return Words(f" (you see {seen / GIB:g} GB)", f"(您看到 {seen / GIB:g} GB)")


def _fewer_cards(figures: Figures) -> Words:
    """That what is sharded is divided by the number of cards, and the rest is not."""
    before, now = int(changed(figures)["n_gpus"]), figures.n
    was = was_then(figures)
    less, more = _divided(was, figures.base, before / now)
    whole, each_was, each = both_words(more * now), gib_words(less), gib_words(more)
    rest_was, rest = gib_words(was.best - less), gib_words(figures.base.best - more)
    if more < figures.base.best * WORTH:
        raise Missing("divided")
    no = Words("No, not the same: w", "不会差不多:") if "same_memory" in figures.about else Words("W", "")
    seen = _seen(figures)
    states = figures.knob("method") == "full"
    of, of_zh = (
        ("weights, gradients and optimizer states", "权重、梯度和优化器状态") if states else ("the weights", "权重")
    )
    room = gib_words(figures.base.capacity) if figures.base.capacity else ""
    against, against_zh = (f" of {room}", f",卡上 {room}") if room else ("", "")
    return Words(
        f"**{no.en}hat is sharded, {of}, is divided by the number of cards: {whole} in all are {each_was} on each of {before} and {each} on each of {now}; activations, logits, buffers and the runtime are not ({rest_was} and {rest}). So a card needs {gib_words(was.best)} there{seen.en} and {gib_words(figures.base.best)} here{against}.**",
        f"**{no.zh}切分的部分({of_zh})按卡数平分:共 {whole},{before} 张卡每张 {each_was},{now} 张卡每张 {each};激活、logits、缓冲和运行时不随卡数减少({rest_was} 与 {rest})。所以每卡之前是 {gib_words(was.best)}{seen.zh},现在是 {gib_words(figures.base.best)}{against_zh}。**",
    )


def _if_sharded(figures: Figures) -> Words:
    """That the number of cards matters only where they share the model; what it took if they did."""
    before = int(changed(figures)["n_gpus"])
    if before <= figures.n or figures.knob("task") != "train" or "zero_stage" in figures.given:
        raise Missing("more cards")
    shared, here = figures.at(n_gpus=before, zero_stage=3).best, figures.base.best
    room = figures.base.capacity
    if room is None or here < NEARLY * room or shared > room:
        raise Missing("shared")
    each, whole, card = gib_words(shared), gib_words(here), gib_words(room)
    return Words(
        f"**The {before} cards must have shared the model (FSDP, ZeRO-3): then each holds {each}, while {figures.n} alone {whole} of {card}. Under plain data parallel each of the {before} takes as much as one alone, and would have failed too.**",
        f"**{before} 张卡时多半切分了模型(FSDP、ZeRO-3):那样每卡只有 {each};{figures.n} 张卡要 {whole},卡上 {card}。若只是数据并行,{before} 张卡里每张都和单卡一样多,同样会爆。**",
    )


def _other_card(figures: Figures) -> Words:
    """That each card counts by itself, where the one that it ran on has more memory than those that it fails on."""
    was, room = was_then(figures), figures.base.capacity
    if room is None or was.capacity is None or was.capacity <= room:
        raise Missing("card")
    before = changed(figures)
    there, here = case_words(before, "en"), case_words({name: figures.knob(name) for name in before}, "en")
    there_zh, here_zh = case_words(before, "zh"), case_words({name: figures.knob(name) for name in before}, "zh")
    whole = figures.n > 1 and not int(figures.knob("zero_stage") or 0) and figures.knob("task") == "train"
    alone, alone_zh = (
        (
            "; without sharding each holds a whole copy, so their memory does not add up",
            ";不切分时每张卡各放完整一份,显存不会相加",
        )
        if whole
        else ("", "")
    )
    return Words(
        f"**Each card counts by itself: with {there} it takes {gib_words(was.best)} of {gib_words(was.capacity)}, with {here} {gib_words(figures.base.best)} of only {gib_words(room)} per card{alone}.**",
        f"**看的是每一张卡:{there_zh}时占 {gib_words(was.best)},卡上 {gib_words(was.capacity)};{here_zh}时每卡 {gib_words(figures.base.best)},卡上只有 {gib_words(room)}{alone_zh}。**",
    )


def _with_answers(figures: Figures) -> Words:
    """What learning from generated answers adds to supervised tuning: a reference, and an engine on the same cards."""
    was, room = was_then(figures).best, figures.base.capacity
    if room is None or figures.knob("rollouts_by") not in (None, "none", "beside"):
        raise Missing("engine")
    there = figures.at(rollouts_by="beside")
    engine = gib_words(value_of(there, "rollout_engine"))
    reference = value_of(there, "reference_weights")
    lacks = Figures({**figures.given, "rollouts_by": "beside"}, figures.told)
    short, short_zh = "", ""
    if lacks.amount("rollout_lacks"):
        copy = lacks["rollout_copy"]
        short, short_zh = f" (which does not even hold that copy, {copy})", f"(连这份 {copy} 的权重都放不下)"
    frozen, frozen_zh = (
        (
            f"a frozen reference ({gib_words(reference)} of weights per card, none with a KL weight of 0), and ",
            f"冻结的参考模型(每卡权重 {gib_words(reference)},KL 系数为 0 时没有),以及",
        )
        if reference and figures.knob("method") == "full"
        else ("", "")
    )
    name = str(figures.knob("algo")).upper()
    before, now, card = gib_words(was), gib_words(there.best), gib_words(room)
    return Words(
        f"**What {name} adds to supervised tuning is {frozen}the answers that are generated: an engine on the same cards takes its share at the start, {engine} at a usual one, with its own 16-bit copy and cache{short}: {now} of {card}, where supervised tuning took {before}.** The share is the program's setting (gpu_memory_utilization): lower it, let the engine sleep through the update, or give the rollouts cards of their own; the micro-batch of the update counts answers, so 1 or 2, with a fused loss.",
        f"**{name} 比 SFT 多的是{frozen_zh}要生成的回答:同卡的引擎启动时就占一个份额,常见设置下 {engine},里面是它自己的一份 16 位权重和缓存{short_zh}:每卡共 {now},卡上 {card},而 SFT 是 {before}。** 份额由 gpu_memory_utilization 决定:调低它,更新时让引擎休眠,或让 rollout 用单独的卡;更新的 micro-batch 按回答条数算,设 1 到 2,并用融合损失。",
    )


def _more_tokens(figures: Figures) -> Words | None:
    """What more tokens a step add to states that must be lighter than counted; None of any other change."""
    alone = set(changed(figures)) <= {"seq_len", "batch_size"}
    return by_tokens(figures, was_then(figures), _step(figures)) if alone else None


def _plainly(figures: Figures) -> Words:
    """A need that grew by a setting: by how much, and which parts."""
    if (told := _more_tokens(figures)) is not None:
        return told
    before, now = was_then(figures), figures.base.best
    if (was := before.best) >= now or (changed(figures).get("algo") == "sft" and figures.knob("algo") in PAIRS):
        raise Missing("more")  # of pairs it is told with what their two sequences do
    step, grew, against, seen = _step(figures), _grew(figures), _against(figures), _seen(figures)
    ranks = by_rank(figures, before) if "lora_rank" in changed(figures) else SILENT
    return Words(
        f"**The change is the likeliest cause: {step.en} the need goes from {gib_words(was)}{seen.en} to {gib_words(now)}{against.en}, by {grew.en}.**{ranks.en}",
        f"**最可能的原因就是这次改动:{step.zh},需求从 {gib_words(was)}{seen.zh} 升到 {gib_words(now)}{against.zh},增加的是{grew.zh}。**{ranks.zh}",
    )


def _told_change(figures: Figures) -> Words:
    """Why the one set-up ran and the other does not."""
    before = changed(figures)
    if learns_from_answers(figures):
        return _with_answers(figures)
    if {"gpu", "gpu_memory_gb"} & set(before):
        return _other_card(figures)
    if set(before) == {"n_gpus"}:
        return (_fewer_cards if int(figures.knob("zero_stage") or 0) == 3 else _if_sharded)(figures)
    return _plainly(figures)


# ── a server's share and its sequences ─────────────────────────────────────────────────────────────────────────────


def _served(figures: Figures, share: float) -> dict[str, Any]:
    """The pool of a server with this share, by quantity."""
    there = figures.at(gpu_memory_utilization=share, engine=figures.given.get("engine") or "vllm")
    found = pool_of(there)
    if not found:
        raise Missing("pool")
    return found


def _pool_of(figures: Figures, share: float) -> Words:
    """What a share takes, what it leaves for the cache and how many tokens that is."""
    found = _served(figures, share)
    size = float(found["pool"]) * GIB
    taken, beside = gib_words(size), gib_words(figures.need("capacity_whole") - size)
    of_each = Words(" of each card", "每卡") if figures.n > 1 else Words(" of the card", "")
    tokens = int(float(found["kv_tokens"])) if "kv_tokens" in found else 0
    if tokens <= 0:
        return Words(
            f"{share:g} takes {taken}{of_each.en}, which weights and profile run fill: nothing is left for the cache, and it does not start",
            f"{share:g} {of_each.zh}占 {taken},放完权重和测量运行就没有缓存的空间,无法启动",
        )
    left = gib_words(float(found["kv_pool"]) * GIB)
    return Words(
        f"{share:g} takes {taken}{of_each.en}, leaves {left} for the cache, {tokens:,} tokens, and {beside} beside it",
        f"{share:g} {of_each.zh}占 {taken},留给缓存 {left},即 {tokens:,} 个 token,份额之外剩 {beside}",
    )


def shares(figures: Figures) -> list[float]:
    """The shares that were named side by side, the largest first."""
    return sorted({*figures.logged_all("share")}, reverse=True)


def _shares_beside(figures: Figures) -> Words:
    """Several shares, each with what it leaves."""
    each = [_pool_of(figures, share) for share in shares(figures)]
    if len(each) < 2:
        raise Missing("shares")
    return Words("; ".join(one.en for one in each), ";".join(one.zh for one in each))


def _before(name: str) -> Callable[[Figures], float]:
    """What the setting was, where it is this one that was raised."""

    def value(figures: Figures) -> float:
        before = changed(figures).get(name)
        if before is None or not before < float(figures.knob(name) or 0):
            raise Missing(name)
        return float(before)

    return value


def _of_share(share: Callable[[Figures], float], rest: bool = False) -> Callable[[Figures], float]:
    def size(figures: Figures) -> float:
        taken = float(_served(figures, share(figures))["pool"]) * GIB
        return figures.need("capacity_whole") - taken if rest else taken

    return size


def _at_once(figures: Figures) -> float:
    """Whole sequences of the told length that the pool holds."""
    count = int(pool_of(figures.base).get("concurrent_sequences") or 0)
    if not count:
        raise Missing("pool")
    return float(count)


_SHARE_WAS = _before(_SHARE)
_COUNT = "{:,.0f}".format
RAISED_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "share_was": (_SHARE_WAS, "{:g}".format),
    "share_took": (_of_share(_SHARE_WAS), gib_words),
    "share_takes": (_of_share(lambda f: float(f.knob(_SHARE))), gib_words),
    "beside_was": (_of_share(_SHARE_WAS, rest=True), gib_words),
    "sequences_were": (_before("batch_size"), _COUNT),
    "sampled_was": (lambda f: f.need("sequences_were") * f.fact("vocab_size") * 4, gib_words),
    "sampled_is": (lambda f: float(f.knob("batch_size")) * f.fact("vocab_size") * 4, gib_words),
    "pool_at_once": (_at_once, _COUNT),
}
RAISED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "told_change": _told_change, "raised_back": _back, "shares_beside": _shares_beside,
}  # fmt: skip
