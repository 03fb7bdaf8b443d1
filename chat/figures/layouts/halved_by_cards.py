"""Whether twice the cards leave each half of a training: what a stage of ZeRO divides, what it keeps on every card, and what is each
card's own."""

from collections.abc import Callable

from chat.figures.layouts.zero_bytes import KEPT_WHOLE, OF_STAGE, on_each_card
from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.recipe import ADAPTERS
from kb.worked import ALL_STATES

_ALL = 3  # the stage that divides all
_NAMES = (
    Words("plain data parallel", "普通数据并行"), Words("ZeRO-1", "ZeRO-1"), Words("ZeRO-2", "ZeRO-2"), Words("ZeRO-3 or FSDP", "ZeRO-3/FSDP"),
)  # fmt: skip
# what counts as half, and as nothing
_HALF, _NOTHING = (0.45, 0.55), 0.02
_AS_EXPECTED = 1.5  # times: what is seen is rounded, and in GB or GiB


def _halved(figures: Figures) -> Words:
    counts = [int(one) for one in figures.logged_all("counts_raised")]
    if len(counts) != 2 or "zero_stage" not in figures.given:
        raise Missing("two counts and a stage")
    stage = int(figures.knob("zero_stage"))
    now, then = (figures.at(n_gpus=count) for count in counts)
    share = 1 - then.best / now.best
    told = (
        Words("Yes, about half", "是,约省一半") if _HALF[0] <= share <= _HALF[1]
        else Words("No, nothing of it", "不能,一点也不省") if abs(share) < _NOTHING
        else Words("No, not half", "不能,省不到一半") if share < _HALF[0]
        else Words("More than half", "不止一半")
    )  # fmt: skip
    seen = figures.told_one("less_seen")
    if seen is not None:
        told = _as_seen(seen, (now.best - then.best) / GIB)
    saved = SILENT
    if abs(share) >= _NOTHING:
        less, percent = gib_words(now.best - then.best), f"{share:.0%}"
        saved = Words(f", {less} less ({percent[:-1]} %)", f",少 {less}({percent})")
    room = "" if figures.base.capacity is None else gib_words(figures.base.capacity)
    of = Words(f"; each has {room}", f";每张卡可用 {room}") if room else SILENT
    example = Words(" for example", ",例如") if figures.logged_all("counts_exampled") else SILENT
    name, states = _NAMES[stage], _states(figures, stage, counts)
    first, second = counts
    return Words(
        f"**{told.en}: with {name.en} it is{example.en} {gib_words(now.best)} per card on {first} cards and {gib_words(then.best)} on {second}{saved.en}{of.en}.** {states.en}",
        f"**{told.zh}:{name.zh} 下{example.zh} {first} 张卡时每张 {gib_words(now.best)},{second} 张卡时 {gib_words(then.best)}{saved.zh}{of.zh}。** {states.zh}",
    )


def _as_seen(seen: float, less: float) -> Words:
    """Whether as much was saved as what is divided takes."""
    if seen < less / _AS_EXPECTED:
        return Words(
            f"Half is not to be expected, but more than {figure(seen)} GB",
            f"本来就不会减半,但应该不止省 {figure(seen)} GB",
        )
    if seen > less * _AS_EXPECTED:
        return Words(f"{figure(seen)} GB less is more than the cards divide", f"省 {figure(seen)} GB 比加卡能省的还多")
    return Words(
        f"Yes, {figure(seen)} GB less per card is normal, and half is not to be expected",
        f"正常:每卡少 {figure(seen)} GB 大致就是加卡能省的,不会减半",
    )


def _states(figures: Figures, stage: int, counts: list[int]) -> Words:
    """What the cards divide of weights, gradients and optimizer states, and by which stage they would divide more."""
    own = Words(
        "Activations, logits, buffers and the runtime are each card's own and do not shrink with the cards: a smaller micro-batch or length, checkpointing and a fused loss lower them.",
        "激活、logits、缓冲和运行时是每张卡自己的,加卡不减;要再降就减小 micro-batch 或长度、开重计算、用融合损失。",
    )
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw" or figures.pure:
        return _held(figures, stage, counts, own)
    weights = both_words(WEIGHT * figures.params)
    each = [both_words(figures.params * on_each_card(stage, count)) for count in counts]
    whole, divided = OF_STAGE[stage]
    bytes_ = f"{figure(divided)}/N" if not whole else f"{figure(whole)} + {figure(divided)}/N" if divided else figure(whole)  # fmt: skip
    if stage == _ALL:
        return Words(
            f"The states do halve, {bytes_} B a parameter: {each[0]} → {each[1]}. {own.en}",
            f"状态确实按卡数减少,每参数 {bytes_} 字节:{each[0]} → {each[1]}。{own.zh}",
        )
    most = [both_words(figures.params * on_each_card(_ALL, count)) for count in counts]
    with_all = [gib_words(figures.at(n_gpus=count, zero_stage=_ALL).best) for count in counts]
    kept = KEPT_WHOLE.get(stage)
    floor = Words("All of them stay", "全部") if kept is None else Words(f"The {kept.en} stay", kept.zh)
    least = both_words(whole * figures.params)
    alone = Words(f" (the weights alone {weights})", f"(仅权重 {weights})") if whole > WEIGHT else SILENT
    return Words(
        f"The states are {bytes_} B a parameter on each card, {each[0]} → {each[1]}. {floor.en} whole on every card, {least}, however many there are{alone.en}. {own.en} ZeRO-3 or FSDP divides all, 16/N B: {most[0]} → {most[1]} of states, {with_all[0]} → {with_all[1]} in all.",
        f"状态每卡每参数 {bytes_} 字节,{each[0]} → {each[1]};其中{floor.zh}每张卡都放整份,{least},卡再多也不减{alone.zh}。{own.zh}ZeRO-3/FSDP 全部切分(16/N 字节):状态 {most[0]} → {most[1]},共 {with_all[0]} → {with_all[1]}。",
    )


def _held(figures: Figures, stage: int, counts: list[int], own: Words) -> Words:
    """The same of adapters or another optimizer, whose states are as the estimate has them."""
    now, then = (gib_words(figures.at(n_gpus=count).held(*ALL_STATES)) for count in counts)
    frozen = figures.knob("method") in ADAPTERS and stage < _ALL
    why = (
        Words(" The frozen weights stay whole on every card.", "冻结的权重每张卡都放整份。") if frozen
        else SILENT
    )  # fmt: skip
    more = SILENT
    if stage < _ALL:
        whole = [gib_words(figures.at(n_gpus=count, zero_stage=_ALL).best) for count in counts]
        more = Words(f" ZeRO-3 or FSDP divides them: {whole[0]} → {whole[1]} in all.", f"ZeRO-3/FSDP 才切分:共 {whole[0]} → {whole[1]}。")  # fmt: skip
    return Words(
        f"Weights and states are {now} → {then} on each card.{why.en} {own.en}{more.en}",
        f"权重与状态每卡 {now} → {then}。{why.zh}{own.zh}{more.zh}",
    )


HALVED_BY_CARDS: dict[str, Callable[[Figures], Words]] = {"halved_by_cards": _halved}
