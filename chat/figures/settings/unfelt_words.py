"""What a change that made no difference changes of the need; other models that were told to run, by their vocabularies."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import case_words, value
from formulas.quantity import SILENT, Words
from kb.names import model_row

_NAMES = ("lora_rank", "batch_size", "seq_len")
_LITTLE = 0.1  # of the need: what a change of so much decides only at the very edge of a card


def _unfelt(figures: Figures) -> Words:
    """That the change is not the cause, with the need before and after; Missing where it should have been felt."""
    for name in _NAMES:
        with suppress(Missing):
            before = int(logged(figures, f"unfelt_{name}"))
            was, now = figures.at(**{name: before}).best, figures.base.best
            if abs(was / now - 1) > _LITTLE:
                raise Missing("felt")
            settings = [case_words({name: int(one)}, "en") for one in (before, figures.knob(name))]
            settings_zh = [case_words({name: int(one)}, "zh") for one in (before, figures.knob(name))]
            return Words(
                f"**It is not that setting: from {settings[0]} to {settings[1]} the whole goes from {gib_words(was)} to {gib_words(now)} only.**",
                f"**与这项设置无关:{settings_zh[0]} → {settings_zh[1]},总量只从 {gib_words(was)} 变为 {gib_words(now)}。**",
            )
    raise Missing("change")


def _beside_models(figures: Figures) -> Words:
    """The copies of the logits of the other models that are named, of the same step."""
    others = [str(one) for one in figures.log.get("other_model", ())]
    ours = figures.fact("vocab_size")
    told: list[tuple[str, float]] = []
    for name in others:
        with suppress(LookupError):
            vocabulary = model_row(name)["vocab_size"]
            told += [(value("model", name, "en"), float(vocabulary))] if vocabulary else []
    if not told or all(size >= ours for _, size in told):
        return SILENT
    each = [(name, f"{size:,.0f}", gib_words(figures.tokens * size * 4)) for name, size in told]
    return Words(
        " By the same step " + ", ".join(f"{name} (vocabulary {size}) makes {copy} a copy" for name, size, copy in each) + ": the vocabulary decides, not the parameters.",
        "同样一步," + "、".join(f"{name}(词表 {size})一份是 {copy}" for name, size, copy in each) + ":差别在词表,不在参数量。",
    )  # fmt: skip


_SHORT = 256  # tokens: what samples of chat mostly are, whatever length is set


def of_short_samples(figures: Figures) -> Words:
    """What recomputation saves of samples much shorter than the length that is set; silent of other settings."""
    asked = "lever:checkpointing" in figures.about and figures.knob("task") == "train"
    if not asked or figures.tokens / float(figures.knob("batch_size") or 1) <= 2 * _SHORT:
        return SILENT
    kept, dropped = (figures.at(seq_len=_SHORT, gradient_checkpointing=one).best for one in ("off", "on"))
    saved = gib_words(max(kept - dropped, 0.0))
    return Words(
        f", or the samples are shorter than the length that is set (at {_SHORT} tokens it saves {saved})",
        f",或者样本比设的长度短得多({_SHORT} token 时只省 {saved})",
    )


UNFELT_WORDS: dict[str, Callable[[Figures], Words]] = {"unfelt": _unfelt, "beside_models": _beside_models}
