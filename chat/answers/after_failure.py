"""Where one of several ways has failed: whether the one that is asked about helps, or needs to be taken at all."""

from dataclasses import dataclass
from typing import Any

from chat.answers.case_tables import Result
from chat.answers.verdict_words import gap
from chat.phrases import BUT_TIGHTLY, VERDICTS, gib, pick
from chat.plans.by_layers import divides
from chat.plans.choices import Asked
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.sufficient import NEEDED_AT_ALL
from kb.eased import TIGHT
from kb.interval import FITS
from kb.names import model_row


@dataclass(frozen=True)
class Option:
    """One way of what stands side by side: its name, what else is set in it, its verdict, need and room."""

    key: Any
    name: str
    way: str
    leaning: str
    gib: float
    room: float | None
    each: bool = False  # of each of several cards
    plural: bool = False
    weights: float = 0.0
    length: int = 0  # tokens, where they are told
    longest: int = 0  # tokens of the longest sequence that fits

    @property
    def fits(self) -> bool:
        return self.leaning in FITS


def instead(own: list[Option], others: list[Option], language: str) -> str:
    """Whether the other one helps after one has failed."""
    zh = language == "zh"
    best = min(own, key=lambda one: (not one.fits, one.gib, one.room or 0))  # the smallest card that holds it
    alike = [one for one in others if one.way == best.way]  # of layouts that nobody named the same
    failed = max(alike or others, key=lambda one: one.gib)
    words, theirs = (pick(VERDICTS[one.leaning], language) for one in (best, failed))
    words += _tightly(best, language)
    counted = best.plural or failed.plural  # it is the model that fits, and not the cards
    takes, theirs_takes = (f"with {one.name} it takes" if counted else f"{one.name} takes" for one in (best, failed))
    each = ("每张卡" if zh else " per card") if best.each else ""
    a, b, room = gib(best.gib), gib(failed.gib), gib(best.room)
    loads = failed.room is None or failed.weights <= failed.room or failed.fits
    at = (f"在 {best.length:,} token 时" if zh else f" at {best.length:,} tokens") if best.length else ""
    less = best.gib < failed.gib
    if not less:
        return (
            f"没有用:{best.name}{gap(best.name)}{each}要 {a},并不比 {failed.name} 的 {b} 少。" if zh
            else f"No: {takes} {a}{each}, no less than the {b} of {failed.name}."
        )  # fmt: skip
    if best.fits and zh:
        rest = f"{failed.name}{gap(failed.name)}要 {b}{f'(其中权重 {gib(failed.weights)})' if failed.weights else ''},{theirs}"
        if failed.fits:
            rest = f"按公式 {failed.name} 的 {b} 也该放得下,所以有某项(批大小、长度、重计算)比假设的大"
        if not loads:
            rest = f"{failed.name}{gap(failed.name)}加载时就放不下,仅权重就要 {gib(failed.weights)},共需 {b}"
        return f"有用:{best.name}{gap(best.name)}{at}{each}要 {a},可用 {room},{words};{rest}。"
    if best.fits:
        heavy = f", {gib(failed.weights)} of it weights," if failed.weights else ""
        rest = f"{theirs_takes} {b}{heavy} and {'is ' if failed.leaning == 'borderline' else ''}{theirs}"
        if failed.fits:
            rest = f"by the formulas the {b} of {failed.name} should fit too, so something (batch, length, checkpointing) takes more than is assumed"
        if not loads:
            rest = f"{failed.name} cannot even be loaded: its weights alone take {gib(failed.weights)}, the whole {b}"
        return f"Yes: {takes} {a}{each} of {room}{at} and {words}; {rest}."
    if zh:
        return f"只是少一些:{best.name}{gap(best.name)}{each}要 {a}({failed.name} 是 {b}),可用 {room},仍{words}。"
    still = f"it {words}" if best.leaning != "borderline" else "it is borderline"
    return f"It takes less, but {still}: {takes} {a}{each} of {room}, {failed.name} {b}."


def _tightly(best: Option, language: str) -> str:
    """That what fits leaves little, and what leaves more."""
    if not best.fits or best.room is None or best.gib < TIGHT * best.room:
        return ""
    return pick(BUT_TIGHTLY, language)


def not_needed(fact: str, asked: Asked, options: list[Option], result: Result, reading: Reading) -> str:
    """Asked whether more cards are needed after a failure: that fewer hold it with a change that costs nothing."""
    failed = [one for one in options if one.key != asked.key]
    change: Any = next(iter(result.get("changes", ())), None)
    needed = compiled(NEEDED_AT_ALL).search(reading.lowered)
    if fact != "n_gpus" or asked.what != "instead" or len(failed) != 1 or not (needed and change):
        return ""
    if change["price"] != "nothing" or round(change["total_gib"] / change["gib"]) != failed[0].key:
        return ""
    name, need = failed[0].name, gib(change["gib"])
    holds = "hold" if failed[0].plural else "holds"
    if reading.language == "zh":
        return f"**不一定:{name}用{change['zh']}就放得下,每张卡 {need}。**"
    return f"**Not necessarily: {name} {holds} it with {change['says']}, {need} per card.**"


_LAID_OUT = ("tp", "pp", "layer_split")
_MOST_RANKS = 64


def by_whole_layers(fact: str, asked: Asked, options: list[Option], result: Result, language: str) -> str:
    """That the cards which are asked about hold it as a pipeline, where its heads do not divide over them and no layout is told."""
    facts = {name: one.get("value") for name, one in result["facts"].items()}
    row = model_row(str(facts["model"])) if facts.get("model") else None
    fits = any(one.fits and one.plural for one in options if one.key == asked.key)
    served = facts.get("task") == "inference" and facts.get("engine") != "llama.cpp"
    told = any((result["facts"].get(name) or {}).get("origin") == "asked" for name in _LAID_OUT)
    if fact != "n_gpus" or not (row and fits and served) or told or divides(row, int(asked.key)):
        return ""
    more = next((one for one in range(int(asked.key) + 1, _MOST_RANKS) if divides(row, one)), 0)
    if language == "zh":
        return f"注意力头不能按 {asked.key} 均分,不能只用张量并行,要加流水线并行(整层分到各卡){f';张量并行要 {more} 张' if more else ''}。"
    return f" Its heads do not divide by {asked.key}, so not as tensor parallel alone but with a pipeline (whole layers on each){f'; tensor parallel takes {more}' if more else ''}."
