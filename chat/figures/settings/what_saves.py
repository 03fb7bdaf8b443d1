"""What each usual setting would save of this run, by itself: a table, of what saves most first."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from chat.figures.named import Figures, Missing, gib_words
from chat.figures.settings.levers import LEVERS
from chat.phrases import in_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.change import HARDLY_ANY_QUALITY, SOME_QUALITY
from kb.outcome import Outcome

# of the whole, what is worth a row
_FELT = 0.01
_MUCH = 0.1
_ONE_OF_EACH = 1
# the price of each, in a few words
_PRICES: dict[str, Words] = {
    "checkpointing": Words("about a third more computing", "计算量约多三分之一"),
    "fused_loss": Words("next to nothing", "几乎没有"),
    "optimizer_8bit": HARDLY_ANY_QUALITY[0].says,
    "pure_bf16": Words("small updates are rounded away", "小的更新会被舍入掉"),
    "lora": Words("small adapters train, not all weights", "只训练小适配器,不是全部权重"),
    "qlora": Words("adapters on a quantised base, slower steps", "在量化的基座上训练适配器,步速较慢"),
    "offload_optimizer": Words("slower steps, host memory", "步速变慢,占内存"),
    "offload_params": Words("much slower steps, host memory", "步速慢得多,占内存"),
    "zero3": Words("traffic between the cards", "卡间通信"),
    "weights_8bit": HARDLY_ANY_QUALITY[0].says,
    "weight_format": SOME_QUALITY[0].says,
    "kv_format": HARDLY_ANY_QUALITY[0].says,
    "batch": Words("more accumulation steps, or fewer at once", "多几步累积,或减少并发"),
    "length": Words("long samples and prompts are cut", "长的样本和提示会被截断"),
}
_TRAINED = ("fused_loss", "batch", "length", "checkpointing", "optimizer_8bit", "pure_bf16", "offload_optimizer", "offload_params", "zero3", "lora", "qlora")  # fmt: skip
# from the cheapest to the dearest, and those that move memory to the host
_PRICED = ("fused_loss", "batch", "checkpointing", "length", "optimizer_8bit", "zero3", "pure_bf16", "lora", "qlora")
_TO_HOST = ("offload_optimizer", "offload_params")
_SERVED = ("batch", "length", "kv_format", "weights_8bit", "weight_format")
_SAVES = ("saves {}", "节省 {}")
_BITS_OF_A_FILE = {"weights_8bit": "gguf:Q8_0", "weight_format": "gguf:Q4_K_M"}


def _setting(figures: Figures, name: str) -> tuple[Words, dict[str, Any]] | None:
    """The setting in words with the facts that make it, where it is not in force yet."""
    knob = figures.knob
    if name == "batch":
        return None if int(knob("batch_size") or 1) <= _ONE_OF_EACH else _named({"batch_size": _ONE_OF_EACH})
    if name == "length":
        half = int(knob("seq_len") or 0) // 2
        return _named({"seq_len": half}) if half >= 1 else None
    if name == "pure_bf16":
        used = knob("method") == "full" and not str(knob("precision")).startswith("pure")
        return _named({"precision": "pure-bf16"}) if used else None
    on = dict(LEVERS[name].on)
    if name == "optimizer_8bit" and knob("method") != "full":
        on.pop("precision")
    if name in _BITS_OF_A_FILE and str(knob("weight_format")).startswith("gguf:"):
        on = {"weight_format": _BITS_OF_A_FILE[name]}
    if name in ("offload_optimizer", "offload_params") and knob("method") != "full":
        return None  # adapters have next to no states
    if (name == "zero3" and figures.n < 2) or (name == "kv_format" and "kv_format" in figures.given):
        return None
    if name == "lora" and knob("method") != "full":
        return None
    return None if all(knob(fact) == value for fact, value in on.items()) else (LEVERS[name].says, on)


def _named(facts: dict[str, Any]) -> tuple[Words, dict[str, Any]]:
    en, zh = ([in_words(name, value, language) for name, value in facts.items()] for language in ("en", "zh"))
    return Words(", ".join(en), "、".join(zh)), facts


def _tried(figures: Figures) -> Iterator[tuple[str, Words, Outcome]]:
    for name in _TRAINED if figures.knob("task") == "train" else _SERVED:
        setting = _setting(figures, name)
        if setting is None:
            continue
        try:
            yield name, setting[0], figures.at(**setting[1])
        except BadInput:
            continue


def _what_saves(figures: Figures) -> Words:
    """The table, with what changes next to nothing behind it; Missing where nothing saves."""
    base, rows, idle = figures.base.best, [], []
    saved: dict[str, tuple[float, Words]] = {}
    for name, says, there in _tried(figures):
        if base - there.best >= _FELT * base:
            rows.append((there.best, says, _PRICES[name]))
            saved[name] = there.best, says
        elif name in ("fused_loss", "checkpointing", "kv_format", "optimizer_8bit"):
            idle.append(says)
    if not rows:
        raise Missing("what_saves")
    moved = [saved[name][1] for name in _TO_HOST if name in saved and "host_memory_gb" not in figures.given]
    rows.sort(key=lambda one: (one[1] in moved, one[0]))
    several, (most, says, _) = figures.n > 1, rows[0]
    now, then = gib_words(base), gib_words(most)
    little = base - most < _MUCH * base
    lead = Words(
        f"**What saves most is {says.en}: {now} → {then}{' per card' if several else ''}{', little' if little else ''}.** Each setting by itself:",
        f"**省得最多的是{says.zh}:{'每卡 ' if several else ''}{now} → {then}{',很有限' if little else ''}。** 各项单独使用:",
    )
    if moved and len(saved) > len(moved):
        lead = _on_the_card(figures, rows[0]) if "saves_most" in figures.about else _by_price(figures, saved)
    whole = Words("per card", "每卡") if several else Words("in all", "合计")
    told = []
    for place, heads in enumerate((("setting", whole.en, "saves", "the price"), ("设置", whole.zh, "节省", "代价"))):
        body = [
            (_at(one, place), gib_words(size), _SAVES[place].format(gib_words(base - size)), _at(price, place))
            for size, one, price in rows
        ]
        told.append(_table(heads, (("as it is", "现在")[place], now, "–", "–"), body))
    spared = Words(
        f"\n\nHere {_listed([one.en for one in idle], ' and ')} would save next to nothing." if idle else "",
        f"\n\n在这里{_listed([one.zh for one in idle], '和')}几乎不省。" if idle else "",
    )
    return Words(f"{lead.en}\n\n{told[0]}{spared.en}", f"{lead.zh}\n\n{told[1]}{spared.zh}")


def _on_the_card(figures: Figures, row: tuple[float, Words, Words]) -> Words:
    """What saves most where nothing is told of a host's memory that offload would take."""
    (most, says, _), card = row, ("", "") if figures.n < 2 else (" per card", "每卡 ")
    now, then = gib_words(figures.base.best), gib_words(most)
    return Words(
        f"**What saves most without host memory is {says.en}: {now} → {then}{card[0]}; offload takes it, up to {figures['host']} in all, and is far slower.** Each setting by itself:",
        f"**不占内存的办法里省得最多的是{says.zh}:{card[1]}{now} → {then};offload 要占内存,共最多 {figures['host']},也慢得多。** 各项单独使用:",
    )


def _by_price(figures: Figures, saved: dict[str, tuple[float, Words]]) -> Words:
    """The settings from the cheapest to the dearest, with what each leaves; the host's memory, of which nothing is told, last."""
    first = [name for name in _PRICED if name in saved]
    told = [f"{saved[name][1].en} {gib_words(saved[name][0])}" for name in first]
    told_zh = [f"{saved[name][1].zh} {gib_words(saved[name][0])}" for name in first]
    least, _ = min((saved[name] for name in _TO_HOST if name in saved), key=lambda one: one[0])
    now, card = gib_words(figures.base.best), ("", " ") if figures.n < 2 else (" per card", "每卡 ")
    counted = _counted(figures)
    return Words(
        f"**In the order of their price, from {now}{card[0]}: {', '.join(told)}; offload last, for it takes host memory instead: down to {gib_words(least)} on the card, beside up to {figures['host']} of RAM in all and with far slower steps.** {counted.en}Each setting by itself:",
        f"**按代价从小到大,从{card[1]}{now} 起:{'、'.join(told_zh)};offload 放在最后,因为它换成了内存:显卡上最低 {gib_words(least)},内存共要最多 {figures['host']},步速也慢得多。** {counted.zh}各项单独使用:",
    )


def _counted(figures: Figures) -> Words:
    """What comes before all of them and is in force already."""
    found = []
    if int(figures.knob("batch_size") or 1) <= _ONE_OF_EACH:
        found.append(Words("micro-batch 1 with accumulation", "micro-batch 设为 1 加梯度累积"))
    if figures.knob("gradient_checkpointing") not in (None, "off", False):
        found.append(Words("gradient checkpointing", "重计算(gradient checkpointing)"))
    if not found:
        return SILENT
    en = _listed([one.en for one in found], " and ")
    return Words(
        f"{en[0].upper()}{en[1:]} come before all of these and are counted here already. ",
        f"{_listed([one.zh for one in found], '和')}要先做,这里已经算在内。",
    )


def _at(words: Words, place: int) -> str:
    return words.zh if place else words.en


def _table(heads: tuple[str, ...], now: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(one)} |" for one in (heads, ("---",) * len(heads), now, *rows))


def _listed(words: list[str], last: str) -> str:
    return last.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


SAVING_WORDS: dict[str, Callable[[Figures], Words]] = {"what_saves": _what_saves}
