"""How a card's memory is divided between an engine that generates and the update, where both are on the same cards."""

from collections.abc import Callable

from chat.figures.failures.gaps import parts_beside
from chat.figures.feedback.rollouts import alone, layout_of
from chat.figures.named import Figures, gib_words
from chat.words import term
from formulas.quantity import SILENT, Words

_ENGINE = "rollout_engine"


def _card_parts(figures: Figures) -> Words:
    """The engine's share with what fills it, then the parts of the update, the largest first; of an engine that sleeps in turn."""
    asleep = str(figures.base.situation.facts["rollouts_by"].value) == "asleep"
    there = alone(figures) if asleep else layout_of(figures)
    rest = parts_beside(there, (_ENGINE,), ())
    whole, room = gib_words(there.base.best), there.base.capacity
    sharded = layout_of(figures) is not figures
    how = Words(", sharded (ZeRO-3/FSDP)", "(ZeRO-3/FSDP 切分)") if sharded else SILENT
    against = Words(f" of {gib_words(room)}", f",可用 {gib_words(room)}") if room else SILENT
    name = Words(*(str(term(_ENGINE, language)) for language in ("en", "zh")))
    fills = Words(
        f"{figures['rollout_takes']} (its 16-bit copy {figures['rollout_copy']}, KV pool {figures['rollout_pool']})",
        f"{figures['rollout_takes']}(自己的一份 16 位权重 {figures['rollout_copy']},KV 池 {figures['rollout_pool']})",
    )
    if not asleep:
        return Words(
            f"**Of each card: {name.en} {fills.en}; the update beside it{how.en}: {rest.en}; together {whole}{against.en}.**",
            f"**每张卡:{name.zh} {fills.zh};更新{how.zh}:{rest.zh};合计 {whole}{against.zh}。**",
        )
    awake = figures["rollout_awake"]
    return Words(
        f"**Each card in turn: while it generates, {name.en} {fills.en} beside the weights and states that stay, {awake}; in the update{how.en}: {rest.en}, {whole} together{against.en}.**",
        f"**每张卡轮流用:生成时{name.zh} {fills.zh},加上留着的权重和状态共 {awake};更新时{how.zh}:{rest.zh},共 {whole}{against.zh}。**",
    )


ROLLOUT_PARTS: dict[str, Callable[[Figures], Words]] = {"card_parts": _card_parts}
