"""Which setting nobody told of takes just what was seen, where the set-up as it was told does not.

A figure that was seen says more of a run than what is told of it. The usual settings that people do not know of are tried in
turn; the first that comes to every reading is told, with what the run as told would take and what lowers it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.load_buffers import LOAD_BUFFERS
from chat.figures.feedback.reference_words import REFERENCE_WORDS
from chat.figures.layouts.buffer_words import BUFFER_WORDS
from chat.figures.layouts.processes import PROCESS_WORDS
from chat.figures.mixtures.mixture_words import MIXTURE_WORDS
from chat.figures.named import GB, Figures, Missing, gib_words, how_far
from chat.figures.settings.unfelt_words import UNFELT_WORDS
from chat.figures.sums.quoted import SEEN
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import PURE
from kb.outcome import Outcome
from kb.recipe import ADAPTERS

# how near a setting has to come to each reading, and how far off the run as told has to be
_NEAR, _OFF = 0.1, 0.14
# a run that failed needs about all that its card has
_FAILS = 0.97


@dataclass(frozen=True)
class Setting:
    """A setting that is tried: what it changes, what it is, and how to see or mend it."""

    changes: dict[str, Any]
    what: Words
    mend: Words


@dataclass(frozen=True)
class Seen:
    """An amount [GB] that was read off a run, and the facts that differed then."""

    gb: float
    where: dict[str, Any]

    def near(self, size: float, off: float = _NEAR) -> bool:
        """Are these bytes it, in GB or in GiB?"""
        return how_far(self.gb, size) <= off


_FLOAT32_REST = Words(
    "with embedding, head and norms turned into float32 (prepare_model_for_kbit_training, as plain transformers + PEFT scripts and TRL before 0.26 do) and all logits made at once",
    "embedding、输出头和归一化被转成 float32(prepare_model_for_kbit_training,普通 transformers + PEFT 脚本和 0.26 之前的 TRL 会这样做),并一次算出全部 logits",
)
_FLOAT32_MEND = Words(
    "leave them in 16 bit and use a fused loss (LLaMA-Factory, Unsloth, newer TRL with Liger)",
    "让它们保持 16 位并用融合损失(LLaMA-Factory、Unsloth、新版 TRL 加 Liger)",
)
_RECOMPUTE = Words("without gradient checkpointing at work", "激活重计算没有起作用")
_RECOMPUTE_MEND = Words(
    "it may be switched on without effect (with adapters the inputs must require gradients, enable_input_require_grads, and use_cache must be off)",
    "可能是开了却没生效(用适配器时要 enable_input_require_grads,并关掉 use_cache)",
)
_WIDE = Words("with the base loaded in {}", "基座以 {} 加载")


_PURE_MEND = Words(
    "see dtype and optimizer of the run; the price of that is precision: with no fp32 copy an update smaller than a step of bf16 (8 bits) is rounded away",
    "检查这次运行的 dtype 和优化器;代价是精度:没有 fp32 主权重,小于 bf16 一个刻度(8 位有效位)的更新会被舍掉",
)


def _settings(figures: Figures) -> Iterator[Setting]:
    """What may be otherwise than told or assumed, the most usual first."""
    method, stored = str(figures.knob("method")), str(figures.knob("weight_format"))
    rest = Setting({"kbit_prep": True, "loss": "full-logits"}, _FLOAT32_REST, _FLOAT32_MEND)
    by_script = figures.given.get("engine") in (None, "transformers", "trl")
    if method == "qlora" and "kbit_prep" not in figures.given and by_script:
        yield rest
    if figures.knob("gradient_checkpointing") == "on":
        yield Setting({"gradient_checkpointing": "off"}, _RECOMPUTE, _mend_recompute(figures))
    elif "gradient_checkpointing" not in figures.given:
        yield Setting(
            {"gradient_checkpointing": "on"},
            Words("with gradient checkpointing on", "开着激活重计算"),
            Words("see what the trainer switches on by itself", "看训练框架默认开了什么"),
        )
    if figures.knob("loss") != "full-logits":
        yield Setting(
            {"loss": "full-logits"},
            Words("with all logits made at once (no fused or chunked loss)", "一次算出全部 logits(没有融合或分块损失)"),
            Words("see that the fused loss is applied to this model", "确认融合损失对这个模型生效"),
        )
    if method in ADAPTERS:
        wider = ["bf16"] if method == "qlora" else []
        for kind, shown in ((one, {"bf16": "16 bit", "fp32": "float32"}[one]) for one in [*wider, "fp32"]):
            if kind != stored:
                yield Setting(
                    {"weight_format": kind, "bits": None, "kbit_prep": None, "method": "lora"},
                    Words(_WIDE.en.format(shown), _WIDE.zh.format(shown.replace(" bit", " 位"))),
                    Words("see its dtype and its quantization config", "检查 dtype 和量化配置"),
                )
    if method == "full" and "precision" not in figures.given:
        check = Words("see dtype and optimizer of the run", "检查这次运行的 dtype 和优化器")
        sum_ = f"{PURE} B × {size_words(figures.params)} = {PURE * figures.params / GB:.3g} GB"
        pure = Words(
            f"in pure bf16 (weights, gradients and both moments in 2 B each, {sum_}; no fp32 copy)",
            f"按纯 bf16 训练(权重、梯度、两个动量各 2 字节,{sum_.replace(' B ', ' 字节 ')};没有 fp32 主权重)",
        )
        yield Setting({"precision": "pure-bf16", "optimizer_impl": "fused"}, pure, _PURE_MEND)
        yield Setting({"precision": "pure-bf16"}, pure, _PURE_MEND)
        yield Setting({"precision": "fp32"}, Words("in fp32", "按 fp32 训练"), check)
        yield Setting({"precision": "bf16-params-fp32-states"}, Words("with an fp32 copy and fp32 moments", "另有 fp32 主权重和 fp32 动量"), check)  # fmt: skip
    if method == "lora" and figures.knob("gradient_checkpointing") == "on" and stored != "fp32":
        plain = Words(
            f"{_WIDE.en.format('float32')} and {_RECOMPUTE.en}", f"{_WIDE.zh.format('float32')},而且{_RECOMPUTE.zh}"
        )
        yield Setting({"weight_format": "fp32", "gradient_checkpointing": "off"}, plain, _mend_recompute(figures))
    if (
        method == "qlora"
        and "kbit_prep" not in figures.given
        and by_script
        and figures.knob("gradient_checkpointing") == "on"
    ):
        both = Words(f"{_FLOAT32_REST.en}, {_RECOMPUTE.en}", f"{_FLOAT32_REST.zh},而且{_RECOMPUTE.zh}")
        yield Setting({**rest.changes, "gradient_checkpointing": "off"}, both, _mend_recompute(figures))


def _mend_recompute(figures: Figures) -> Words:
    if "gradient_checkpointing" in figures.given or "checkpointing" in figures.about:
        return _RECOMPUTE_MEND
    return Words("is it on? It is assumed here", "它打开了吗?这里假设是开的")


def _readings(figures: Figures) -> list[Seen]:
    """What was seen: of the run at hand, and of one at another length."""
    found = [Seen(one, {}) for one in dict.fromkeys(map(float, figures.told.get(SEEN, ()))) if one]
    with suppress(Missing):
        other = Seen(logged(figures, "seen_gb"), {"seq_len": int(logged(figures, "seen_length"))})
        found = [one for one in found if one.gb != other.gb] + [other]
    if not found or len([one for one in found if not one.where]) > 1:
        raise Missing("one reading")
    return found


def _runs(figures: Figures, changes: dict[str, Any], seen: list[Seen]) -> list[Outcome]:
    return [figures.at(**changes, **one.where) for one in seen]


def _failed(figures: Figures) -> bool:
    return bool({"oom_diagnosis", "fell_back"} & figures.about) and "might_fail" not in figures.about


def _comes_to(figures: Figures, runs: list[Outcome], seen: list[Seen], here: Outcome) -> bool:
    """Do the figures come to every reading, and fail where the run failed?"""
    room = figures.base.capacity
    if _failed(figures) and room is not None and here.best < _FAILS * room:
        return False
    return all(one.near(run.best) for run, one in zip(runs, seen, strict=True))


def _as_told(figures: Figures, seen: list[Seen]) -> bool:
    """Does the run as it was told explain what was seen?"""
    room, runs = figures.base.capacity, _runs(figures, {}, seen)
    if _failed(figures) and room is not None and figures.base.best < _FAILS * room:
        return False
    return all(one.near(run.best, _OFF) for run, one in zip(runs, seen, strict=True))


def reproduced(figures: Figures) -> Words:
    """The setting that takes what was seen; Missing where the run as told does, or nothing usual does."""
    if figures.knob("task") != "train" or figures.n > 1:
        raise Missing("one card")
    seen = _readings(figures)
    if _as_told(figures, seen):
        raise Missing("explained as told")
    for setting in _settings(figures):
        with suppress(BadInput):
            runs, here = _runs(figures, setting.changes, seen), figures.at(**setting.changes)
            if _comes_to(figures, runs, seen, here):
                return _told(figures, setting, seen, runs, here)
    raise Missing("setting")


def _told(figures: Figures, setting: Setting, seen: list[Seen], runs: list[Outcome], here: Outcome) -> Words:
    room, length = figures.base.capacity, figures["seq"]
    each = [_reading(one, run) for one, run in zip(seen, runs, strict=True)]
    if all(one.where for one in seen):  # what was seen is of the other length alone
        over = Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT
        each.insert(0, Words(
            f"{gib_words(here.best)}{over.en} at {length} tokens",
            f"{length} token 时 {gib_words(here.best)}{over.zh}",
        ))  # fmt: skip
    fused = _with_fused(figures, setting)
    plain = gib_words(figures.base.best)
    return Words(
        f"**What you see is near what it takes {setting.what.en}: {', and '.join(one.en for one in each)}.** As the settings below stand it would be {plain}. {_sentence(setting.mend.en)}.{fused.en}",
        f"**与您看到的接近的是:{setting.what.zh}。这样算是{';'.join(one.zh for one in each)}。** 若按下面的设置是 {plain}。{setting.mend.zh}。{fused.zh}",
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _reading(one: Seen, run: Outcome) -> Words:
    need = gib_words(run.best)
    if not one.where:
        return Words(f"{need} (you see {one.gb:g} GB)", f"{need}(您看到的是 {one.gb:g} GB)")
    length = f"{one.where['seq_len']:,}"
    return Words(f"{need} at {length} (you see {one.gb:g} GB)", f"{length} token 时 {need}(您看到的是 {one.gb:g} GB)")


def _with_fused(figures: Figures, setting: Setting) -> Words:
    """What a fused loss brings the same run to, where logits are a part of it."""
    try:
        there, fused = figures.at(**setting.changes), figures.at(**{**setting.changes, "loss": "fused"})
    except BadInput:
        return SILENT
    if fused.best > 0.9 * there.best:
        return SILENT
    room, need = figures.base.capacity, gib_words(fused.best)
    fits = Words(", which fits", ",放得下") if room and fused.bounds[1] < room < there.bounds[1] else SILENT
    return Words(
        f" A fused loss (Liger) alone brings it to {need}{fits.en}.",
        f"即使不改它,只用融合损失(Liger)也降到 {need}{fits.zh}。",
    )


REPRODUCED: dict[str, Callable[[Figures], Words]] = {
    "reproduced": reproduced,
    **BUFFER_WORDS,
    **LOAD_BUFFERS,
    **PROCESS_WORDS,
    **UNFELT_WORDS,
    **MIXTURE_WORDS,
    **REFERENCE_WORDS,
}
