"""Cards divided between training and the engine that generates: what each part holds, and what another division would."""

from collections.abc import Callable
from typing import Any, NamedTuple

from chat.figures.cache.kv_kinds import served
from chat.figures.failures.cause_figures import logged, whole_card
from chat.figures.feedback.group_raised import answers_each, cache_of_answers
from chat.figures.feedback.rollouts import MOST_RANKS, ROLLED_WORDS, layout_of
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.interval import FITS
from kb.outcome import Outcome
from kb.pools import VLLM, share_by_default
from kb.recipe import ADAPTERS

_NONE = {"rollouts_by": "none", "gpu_memory_utilization": None}
_FUSED = "fused"


def _told(figures: Figures) -> tuple[int, int]:
    """The cards that train, and those that generate."""
    return int(logged(figures, "trains_on")), int(logged(figures, "generates_on"))


def _copy(figures: Figures) -> float:
    return served(figures, n_gpus=1, gpu=None, gpu_memory_gb=None).part("weights")


def _pool(figures: Figures, cards: int) -> float:
    """What so many cards have for the cache, with a copy of the weights for each group of ranks."""
    ranks = min(cards, MOST_RANKS)
    share = share_by_default(VLLM) or 0.0
    return cards * (share * whole_card(figures) - _copy(figures) / ranks)


def _fewest(figures: Figures, most: int) -> int:
    """The fewest cards, doubled from one on, that hold the copy and the answers to one prompt; Missing where none do."""
    need = cache_of_answers(figures, answers_each(figures))
    cards = 1
    while cards <= most:
        if _pool(figures, cards) >= need:
            return cards
        cards *= 2
    raise Missing("cards")


def _trained(figures: Figures, cards: int, **how: Any) -> Outcome:
    sharded = {"zero_stage": 3} if cards > 1 else {}
    return figures.at(**{**_NONE, "n_gpus": cards, **sharded, **how})


class _Way(NamedTuple):
    """A division of the cards or a change, and what of the case it sets."""

    says: Words
    how: dict[str, Any]


# less than this part of a need is no way out
_LITTLE = 0.03


def _fits(where: Outcome) -> bool:
    return where.leaning in FITS


def _shown(figures: Figures, way: _Way) -> Words:
    """What a way takes, and what it takes without full logits where it does not fit with them."""
    there = figures.at(**way.how)
    shown = gib_words(there.best)
    if _fits(there) or _FUSED in str(way.how.get("loss", figures.knob("loss"))):
        return Words(f"{way.says.en} {shown}", f"{way.says.zh} {shown}")
    bare = figures.at(**{**way.how, "loss": _FUSED}).best
    if bare > (1 - _LITTLE) * there.best:
        return Words(f"{way.says.en} {shown}", f"{way.says.zh} {shown}")
    fused = gib_words(bare)
    return Words(
        f"{way.says.en} {shown}, {fused} with a fused loss",
        f"{way.says.zh} {shown},加融合损失 {fused}",
    )


def _divisions(figures: Figures, trains: int, generates: int) -> list[_Way]:
    """Other ways to use the same cards: without full logits, with fewer for the engine, with all of them for both in turn."""
    total, now = trains + generates, {**_NONE, "n_gpus": trains, **({"zero_stage": 3} if trains > 1 else {})}
    found, fused = [], {**now, "loss": _FUSED}
    if figures.at(**fused).best < (1 - _LITTLE) * figures.at(**now).best:
        found.append(_Way(Words("as they are with a fused loss (Liger)", "分法不变、用融合损失(Liger)"), fused))
    if fewer := _fewer(figures, generates):
        says = Words(
            f"{total - fewer} for training and {fewer} for the engine", f"训练 {total - fewer} 张、引擎 {fewer} 张"
        )
        found.append(_Way(says, {**now, "n_gpus": total - fewer, "zero_stage": 3}))
    says = Words(
        f"all {total} for both in turn, with an engine that sleeps through the update (vllm_enable_sleep_mode)",
        f"{total} 张轮流共用(colocate),更新时让引擎休眠(vllm_enable_sleep_mode)",
    )
    together = {"rollouts_by": "asleep", "gpu_memory_utilization": None, "n_gpus": total, "zero_stage": 3}
    return [*found, _Way(says, together)]


def _one_holds(figures: Figures, ways: list[_Way]) -> bool:
    """Whether one of them holds it, without full logits at the least."""
    return any(_fits(figures.at(**{**way.how, "loss": _FUSED})) for way in ways)


def _fewer(figures: Figures, generates: int) -> int:
    """Half of the engine's cards, where they hold its copy and the answers to a prompt; 0 where they do not."""
    half = generates // 2
    try:
        return half if half and _fewest(figures, half) <= half else 0
    except Missing:
        return 0


def _engine_needs(figures: Figures, generates: int) -> Words:
    """What the engine's cards hold, and how few would do."""
    cards = _fewer(figures, generates) or generates
    copy, ranks = _copy(figures), min(cards, MOST_RANKS)
    one = cache_of_answers(figures, 1)
    many = max(0, int(_pool(figures, cards) // one))
    of, of_zh = (f" ÷ {ranks} = {gib_words(copy / ranks)} on each of {cards}", f"(张量并行 {ranks},每张 {gib_words(copy / ranks)})") if ranks > 1 else ("", "")  # fmt: skip
    lead, lead_zh = (f"The engine does not need {generates} cards", f"引擎用不着 {generates} 张") if cards < generates else ("The engine", "引擎")  # fmt: skip
    mark, mark_zh = (": it has", ":") if cards < generates else (" has", "有")
    return Words(
        f"{lead}{mark} a 16-bit copy of {gib_words(copy)}{of}, and each answer of {figures['seq']} tokens takes {gib_words(one)} of cache ({figures['kv_mean']} per token): {cards} {'hold' if cards > 1 else 'holds'} about {many:,} of them at once.",
        f"{lead_zh}{mark_zh}一份 16 位权重 {gib_words(copy)}{of_zh},每条 {figures['seq']} token 的回答要 {gib_words(one)} 缓存(每 token {figures['kv_mean']}):{cards} 张能同时放约 {many:,} 条。",
    )


def _elsewise(figures: Figures, trains: int) -> Words:
    """What else lowers the training's part: states in host memory, and adapters."""
    if figures.knob("method") in ADAPTERS:
        return SILENT
    found = []
    if figures.knob("offload") in (None, "none"):
        moved = _trained(figures, trains, offload="optimizer")
        found.append(Words(f"the optimizer in host memory (offload): {gib_words(moved.best)}", f"优化器放内存(offload) {gib_words(moved.best)}"))  # fmt: skip
    plain = dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))
    lora = _trained(figures, trains, **{**plain, "method": "lora"})
    found.append(Words(f"LoRA: {gib_words(lora.best)}", f"LoRA {gib_words(lora.best)}"))
    on = "On the one that trains" if trains == 1 else f"On the {trains} that train"
    return Words(
        f" {on}: " + "; ".join(one.en for one in found) + ".",
        f"仍用 {trains} 张训练的话:" + ",".join(one.zh for one in found) + "。",
    )


def _fails(figures: Figures) -> Words:
    """Why the part that trains is too small, what the same cards hold when they are divided otherwise, and what else helps."""
    trains, generates = _told(figures)
    now, total = layout_of(figures), trains + generates
    need, seq = now.base, figures["seq"]
    what = ROLLED_WORDS["what_trains"](now)
    computed = need.held("activations", "logits")  # none of it, where the optimizer's step takes the most
    of_it = f" ({gib_words(computed)} at {seq} tokens)" if computed else ""
    of_it_zh = f"({seq} token 时 {gib_words(computed)})" if computed else ""
    divided = _divisions(figures, trains, generates)
    ways, held = [_shown(figures, one) for one in divided], _one_holds(figures, divided)
    enough = (f"{total} cards are enough, but not divided so", f"{total} 张够用,问题在分法") if held else (f"however {total} cards are divided, all of it does not fit", f"{total} 张怎么分都放不下")  # fmt: skip
    return Words(
        f"**{enough[0].capitalize()}: the {trains} that train hold {what.en} each, and with activations and logits{of_it}, gathered layers and the runtime that is {gib_words(need.best)} of {figures['capacity']}.** Per card: {'; '.join(one.en for one in ways)}. {_engine_needs(figures, generates).en}{_elsewise(figures, trains).en}",
        f"**{enough[1]}:训练的 {trains} 张每张要放 {what.zh},加上激活与 logits{of_it_zh}、聚合的层和运行时共 {gib_words(need.best)},卡上 {figures['capacity']}。** 每卡:{';'.join(one.zh for one in ways)}。{_engine_needs(figures, generates).zh}{_elsewise(figures, trains).zh}",
    )


def _held(figures: Figures) -> Words:
    """What the engine's own cards hold beside a training that is counted without them."""
    trains, generates = _told(figures)
    engine, others = _engine_needs(figures, generates), SILENT
    if figures.amount("split_short"):
        ways = [_shown(figures, one) for one in _divisions(figures, trains, generates)]
        others = Words(
            f" Divided otherwise, per card: {'; '.join(one.en for one in ways)}.",
            f"换个分法,每卡:{';'.join(one.zh for one in ways)}。",
        )
    return Words(
        f"Counted {'here are' if trains > 1 else 'here is'} the {trains} {'cards that train' if trains > 1 else 'card that trains'}; the rollouts have {generates} of their own. {engine.en}{others.en}",
        f"这里算的是训练的 {trains} 张卡,rollout 用另外 {generates} 张。{engine.zh}{others.zh}",
    )


def _to_divide(figures: Figures) -> Words:
    """How cards that are told only in all are best divided: as few for the engine as hold it, against all of them for both."""
    total = figures.n
    cards = _fewest(figures, total // 2)
    trains, together = _trained(figures, total - cards), figures.at(rollouts_by="asleep", gpu_memory_utilization=None, zero_stage=3)  # fmt: skip
    room, in_turn = figures["capacity"], gib_words(together.best)
    if not _fits(trains):
        return _not_divided(figures, trains, together)
    sharded, sharded_zh = (" on each that trains, sharded (ZeRO-3/FSDP)", "的卡 ZeRO-3/FSDP 切分后每张") if total - cards > 1 else (" on the one that trains", "的卡")  # fmt: skip
    return Words(
        f"**{_cards(total - cards)} for training and {cards} for the engine: {gib_words(trains.best)}{sharded}, of {room}.** {_engine_needs(figures, cards).en} More of them make it generate faster and leave the training less. All {total} for both in turn (colocate, an engine that sleeps through the update): {in_turn} per card.",
        f"**训练 {total - cards} 张、引擎 {cards} 张:训练{sharded_zh} {gib_words(trains.best)},卡上 {room}。** {_engine_needs(figures, cards).zh}引擎多给几张生成更快,训练的余量就更小。{total} 张轮流共用(colocate,更新时引擎休眠)则每卡 {in_turn}。",
    )


def _cards(count: int) -> str:
    return f"{count} card{'s' if count > 1 else ''}"


def _not_divided(figures: Figures, trains: Outcome, together: Outcome) -> Words:
    """Where the part that trains is too large beside cards of the engine's own: all of them for both in turn, or nothing as it is."""
    total, room = figures.n, figures["capacity"]
    apart, in_turn = gib_words(trains.best), gib_words(together.best)
    if _fits(together):
        return Words(
            f"**Do not divide them: all {total} for both in turn (colocate, an engine that sleeps through the update) take {in_turn} per card of {room}, while the training by itself needs {apart} per card even where the engine has the fewest cards that hold it.**",
            f"**不要分:{total} 张轮流共用(colocate,更新时引擎休眠)每卡 {in_turn},卡上 {room};而即使只给引擎最少的卡,训练的卡每张也要 {apart}。**",
        )
    less = _elsewise(figures, int(trains.situation.knob("n_gpus") or 1))
    return Words(
        f"**However {total} cards are divided, all of it does not fit: {apart} on each card that trains where the engine has the fewest that hold it, {in_turn} per card where all do both in turn and the engine sleeps through the update, of {room}.**{less.en}",
        f"**{total} 张怎么分都放不下:只给引擎最少的卡时,训练的卡每张 {apart};全部轮流共用、更新时引擎休眠,每卡 {in_turn};卡上 {room}。**{less.zh}",
    )


def _is_short(figures: Figures) -> float:
    """Bytes by which the part that trains is too small even when it is sharded, and 1 where it only hardly fits."""
    _told(figures)
    there = layout_of(figures).base
    if there.capacity is None or there.verdict == "yes":
        raise Missing("short")
    return max(1.0, there.best - there.capacity)


SPLIT_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "split_short": (_is_short, gib_words),
    "generates_on": (lambda f: logged(f, "generates_on"), "{:,.0f}".format),
}
SPLIT_WORDS: dict[str, Callable[[Figures], Words]] = {
    "split_fails": _fails,
    "split_held": _held,
    "split_to_set": _to_divide,
}
