"""Which ZeRO stage to take, on each of several numbers of cards: the lowest that fits, by what it sends and what it leaves."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.figures.zero_bytes import on_each_card
from formulas.quantity import Words
from kb.interval import FITS
from kb.outcome import Outcome

_FEWEST = 2  # stages to choose between


def _to_take(figures: Figures) -> Words:
    """The lowest stage that fits on each number of cards, and what the highest would send for what it saves."""
    stages = sorted({int(one) for one in figures.logged_all("zero_asked")} - {0})
    counts = [int(one) for one in figures.logged_all("count_asked")]
    if len(stages) < _FEWEST or len(counts) < _FEWEST or figures.knob("method") != "full":
        raise Missing("stages")
    told = [_on(figures, stages, count) for count in counts]
    taken = {stage for stage, _ in told}
    stage = taken.pop() if len(taken) == 1 else 0
    weights = both_words(2 * figures.params)
    again = Words("whichever number of cards it is", "卡数不同结论不变") if stage else Words("it depends on the number of cards", "结论随卡数而变")  # fmt: skip
    sent = Words(
        f"ZeRO-1 and ZeRO-2 send what plain data parallel sends, 2 × {weights} for an optimizer step; ZeRO-3 gathers the weights forwards and backwards, 3 × {weights}, half as much again, and for every micro-step of an accumulation.",
        f"ZeRO-1、ZeRO-2 的通信量与普通数据并行相同,每个优化器步 2 × {weights};ZeRO-3 前向、反向各聚合一次权重,是 3 × {weights},多一半,而且梯度累积的每个微步都要传。",
    )
    if not stage and all(not one for one, _ in told):
        return Words(
            f"**None of these stages fits: {'; '.join(one.en for _, one in told)}.** {sent.en}",
            f"**这些阶段都放不下\uff1a{';'.join(one.zh for _, one in told)}。** {sent.zh}",
        )
    name, name_zh = (f"ZeRO-{stage}", f"ZeRO-{stage}") if stage else ("the lowest stage that fits", "放得下的最低阶段")  # fmt: skip
    return Words(
        f"**Take {name}: {'; '.join(one.en for _, one in told)}; {again.en}.** {sent.en}",
        f"**选 {name_zh}\uff1a{';'.join(one.zh for _, one in told)};{again.zh}。** {sent.zh}",
    )


def _on(figures: Figures, stages: list[int], count: int) -> tuple[int, Words]:
    """On so many cards the lowest stage that fits (0 where none does), with the states and the whole need of each."""
    there: dict[int, Outcome] = {one: figures.at(n_gpus=count, zero_stage=one) for one in stages}
    fitting = [one for one, where in there.items() if where.verdict == "yes" or where.leaning in FITS]
    states = {one: figures.params * on_each_card(one, count) for one in stages}
    each = ", ".join(f"ZeRO-{one} {gib_words(states[one])} of states ({gib_words(there[one].best)} in all)" for one in stages)  # fmt: skip
    each_zh = "、".join(
        f"ZeRO-{one} 状态 {gib_words(states[one])}(合计 {gib_words(there[one].best)})" for one in stages
    )
    room = there[stages[0]].capacity
    has, has_zh = (f" of {gib_words(room)}", f",可用 {gib_words(room)}") if room else ("", "")
    return (min(fitting) if fitting else 0), Words(
        f"on {count} cards {each}{has}", f"{count} 张卡每卡 {each_zh}{has_zh}"
    )


STAGES_ASKED: dict[str, Callable[[Figures], Words]] = {"stage_to_take": _to_take}
