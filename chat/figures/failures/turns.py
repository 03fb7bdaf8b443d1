"""What turns a verdict: settings that nobody stated and that overflow the card, or changes with which it fits after all.

Somebody whose run has failed knows that it does not fit: what they did not say must decide, and these are the usual ones.
Somebody who asks how it is done is not helped by a no where one change on the same cards makes it a yes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import value
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.lengths import reach
from kb.names import model_row
from kb.outcome import Outcome
from kb.programs import serves
from kb.recipe import ADAPTERS, shapes_of
from kb.solver import highest
from kb.stated import ASKED


@dataclass(frozen=True)
class Cause:
    """A change of the case that turns its verdict, in words, and the case so changed."""

    says: Words
    facts: Mapping[str, Any]
    there: Outcome
    verdict: str | None = None


# those that are so by default come first
_TRAINING: tuple[tuple[str, Any, Words], ...] = (
    ("gradient_checkpointing", "off", Words("without gradient checkpointing", "不开激活重计算")),
    ("weight_format", "fp32", Words("with the base weights loaded in fp32", "基座权重按 fp32 加载")),
    (
        "loss",
        "full-logits",
        Words("with full logits instead of a fused or chunked loss", "损失不融合、保存完整 logits"),
    ),
    ("attention", "eager", Words("with eager attention", "用 eager 注意力")),
    ("precision", "fp32", Words("with everything in fp32", "全部用 fp32")),
)
_SERVING: tuple[tuple[str, Any, Words], ...] = (
    ("weight_format", "fp32", Words("loaded in fp32", "按 fp32 加载")),
    ("attention", "eager", Words("with eager attention", "用 eager 注意力")),
)
_MORE = (
    ("batch_size", Words("with a batch of more than {}", "批大小超过 {}")),
    ("seq_len", Words("with samples of more than {} tokens", "样本超过 {} 个 token")),
)
# what is another run than the one that is asked about
_OTHERS = ("less", "method", "cards")
_MOST_WAYS = 4
# how far a length or a batch that was not stated may have been more than was assumed
_AT_MOST = 64


def causes(figures: Figures) -> tuple[Cause, ...]:
    """The settings, the usual ones first; Missing where none of them would overflow, or where no card is named."""
    capacity = figures.base.capacity
    if capacity is None:
        raise Missing("card")
    settings = _TRAINING if figures.knob("task") == "train" else _SERVING
    found = [
        _other_model(figures),
        _second_copy(figures),
        *(_changed(figures, name, given, words) for name, given, words in settings),
    ]
    if not serves(figures.given.get("engine")):  # a server queues what its pages do not hold
        found += [_more(figures, name, words) for name, words in _MORE]
    found.append(_unsharded(figures))
    kept = tuple(one for one in found if one and one.there.best > capacity)
    return kept or _together(figures, settings)


def _missing() -> tuple[Cause, ...]:
    raise Missing("cause")


def in_a_row(found: Sequence[Cause]) -> Words:
    """The causes as the end of a sentence that begins with "it would not fit"."""
    return Words("; ".join(one.says.en for one in found), ";".join(one.says.zh for one in found))


def as_cases(figures: Figures, found: Sequence[Cause]) -> list[dict[str, Any]]:
    """The case as it was told, then one for each cause, as cases of the contract, which has no facts without a value."""
    usual = {name: figures.knob(name) for one in found for name in one.facts}
    told = figures.base.case_json() | {"facts": _with_values(usual)}
    changed = [
        one.there.case_json() | {"facts": _with_values({**usual, **one.facts}), "default": False} for one in found
    ]
    return [
        told,
        *(case | {"verdict": one.verdict or case["verdict"]} for case, one in zip(changed, found, strict=True)),
    ]


def _with_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def ways(figures: Figures) -> tuple[Cause, ...]:
    """The cheapest changes on the same cards with which a case fits that does not; Missing where it does, or none helps."""
    if figures.base.verdict != "no":
        raise Missing("change")
    found: list[Cause] = []
    for one in figures.changes:
        if one["price"] not in _OTHERS and len(found) < _MOST_WAYS:
            shown, host = gib_words(one["gib"] * 2**30), one["host_gib"]
            moved = gib_words(host * 2**30) if host else ""
            says = Words(
                f"{one['says']} ({shown}" + (f", with {moved} of host memory)" if host else ")"),
                f"{one['zh']}({shown}" + (f",另需内存 {moved})" if host else ")"),
            )
            if says not in [way.says for way in found]:  # told in the same words, whatever they are settings of
                found.append(Cause(says, one["facts"], figures.at(**one["facts"])))
    return tuple(found) or _missing()


def raised(figures: Figures) -> tuple[Cause, ...]:
    """The share that the GPU has of unified memory, raised to all of it; Missing where the default does, or all does not.

    What the system itself takes of it is not known, and so the case is borderline.
    """
    base, whole = figures.base, figures.at(gpu_memory_utilization=1)
    if base.verdict == "yes" or whole.capacity is None or base.best > whole.capacity:
        raise Missing("change")
    says = Words("with the limit raised", "调高上限")
    return (Cause(says, {"gpu_memory_utilization": 1}, whole, "borderline"),)


def _open(figures: Figures, name: str) -> bool:
    fact = figures.base.situation.knobs.get(name)
    return fact is None or fact.origin != ASKED


def _changed(figures: Figures, name: str, given: Any, words: Words) -> Cause | None:
    if not _open(figures, name) or figures.knob(name) == given:
        return None
    if name == "weight_format" and (not _open(figures, "bits") or figures.knob("method") == "qlora"):
        return None
    try:
        there = figures.at(**{name: given})
    except BadInput:
        return None  # no such setting of this program or method
    shown = gib_words(there.best)
    return Cause(Words(f"{words.en} ({shown})", f"{words.zh}({shown})"), {name: given}, there)


def _other_model(figures: Figures) -> Cause | None:
    """Of a size alone: the other usual model of that size, whose vocabulary or cache may be several times as large."""
    if "model" in figures.given or "params" not in figures.given or figures.knob("task") != "train":
        return None
    for name in shapes_of(str(figures.knob("model")))[1:]:
        there = figures.at(params=None, model=name)
        called, shown = value("model", name, "en"), gib_words(there.best)
        vocabulary = f"{model_row(name)['vocab_size']:,}"
        words = Words(
            f"with {called} as the model of that size, vocabulary {vocabulary} ({shown})",
            f"这个尺寸用的是 {called}(词表 {vocabulary})这样的模型({shown})",
        )
        return Cause(words, {"model": name}, there)
    return None


def _second_copy(figures: Figures) -> Cause | None:
    """Beside adapters a reference model that is loaded by itself, which the base would have been."""
    trains = figures.knob("task") == "train" and figures.knob("method") in ADAPTERS
    if not trains or figures.knob("algo") not in ("dpo", "kto") or not _open(figures, "ref_model"):
        return None
    there = figures.at(ref_model=True)
    shown, copy = gib_words(there.best), gib_words(there.best - figures.base.best)
    words = Words(
        f"with a reference model loaded by itself, {copy} more ({shown}), where ref_model=None leaves the base to be it",
        f"另外加载了参考模型,多 {copy}({shown}),而 ref_model=None 时基座就是参考",
    )
    return Cause(words, {"ref_model": True}, there)


def _unsharded(figures: Figures) -> Cause | None:
    """Sharding that was asked for and does not take effect as the weights are loaded: a whole copy on every card."""
    if figures.knob("zero_stage") != 3 or figures.n < 2 or figures.knob("offload") not in (None, "none"):
        return None
    there = figures.at(zero_stage=0)
    words = Words(
        "where sharding does not take effect and each card holds a whole copy", "切分没有生效、每张卡放了完整的一份"
    )
    shown = gib_words(there.best)
    return Cause(Words(f"{words.en} ({shown})", f"{words.zh}({shown})"), {"zero_stage": 0}, there)


def _together(figures: Figures, settings: Sequence[tuple[str, Any, Words]]) -> tuple[Cause, ...]:
    """Where no setting overflows the card alone: all of them at once, as a script's own defaults may have it."""
    capacity = float(figures.base.capacity or 0)
    parts = [one for name, given, words in settings if (one := _changed(figures, name, given, words))]
    facts = {name: given for one in parts for name, given in one.facts.items()}
    try:
        there = figures.at(**facts)
    except BadInput:
        return _missing()
    en = ", ".join(words.en for name, given, words in settings if facts.get(name) == given) + ", all together"
    zh = "、".join(words.zh for name, given, words in settings if facts.get(name) == given) + ",这些同时出现"
    most = _most(figures, "batch_size", _AT_MOST, facts) if there.best <= capacity else None
    if most and most < _AT_MOST:
        there = figures.at(**facts, batch_size=most + 1)
        facts |= {"batch_size": most + 1}
        en, zh = f"{en} with a batch of more than {most}", f"{zh},且批大小超过 {most}"
    if not parts or there.best <= capacity:
        return _missing()
    shown = gib_words(there.best)
    return (Cause(Words(f"{en} ({shown})", f"{zh}({shown})"), facts, there),)


def _most(figures: Figures, name: str, upto: int, facts: Mapping[str, Any]) -> int | None:
    """The most that fits; None where it was stated. Of preferences a batch counts pairs, so that each is tried."""
    capacity = float(figures.base.capacity or 0)
    if not _open(figures, name):
        return None
    return highest(lambda value: figures.at(**facts, **{name: value}).best <= capacity, 1, upto)


def _more(figures: Figures, name: str, words: Words) -> Cause | None:
    """One more than fits, of a length or a batch that may well have been so much."""
    upto = _AT_MOST * int(figures.knob(name) or 1)
    most = _most(figures, name, upto, {})
    if not most or most >= upto:
        return None
    if name == "seq_len" and "model" in figures.given and most >= (reach(figures.given["model"]) or most + 1):
        return None  # longer than the model reads
    there = figures.at(**{name: most + 1})
    return Cause(Words(words.en.format(f"{most:,}"), words.zh.format(f"{most:,}")), {name: most + 1}, there)
