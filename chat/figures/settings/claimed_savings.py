"""Whether a program saves the share of memory that is claimed of it: the same training by a plain script, at the length that is told and at longer ones."""

from collections.abc import Callable
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, gib_words
from chat.words import term
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.programs import PROGRAMS, method_by_default
from kb.worked import STATES

_NEAR = 0.05  # of the whole, by which a round figure may be off
_LONGEST, _TIMES = 131_072, 4  # tokens
_FELT = 0.01  # of the whole
_MOST_TERMS, _A_PART = 3, 0.05  # of the difference
_ADAPTED = ("lora", "qlora")
_NO_PART = ("slack", "workspace")  # what the allocator keeps, and what stands for a moment
_PLAIN: dict[str, Any] = {"engine": "transformers", "loss": "full-logits"}
# what a plain script leaves undone, and may do without the program
_BY_HAND: dict[str, Any] = {"engine": "transformers", "loss": "fused", "kbit_prep": False}


def _saving_claimed(figures: Figures) -> Words:
    """The verdict on the percentage first, then of what it is made and at which lengths it is reached."""
    claimed = logged(figures, "less_claimed") / 100
    settings = _settings(figures)
    ours, plain = figures.at(**settings), figures.at(**{**settings, **_PLAIN})
    share, length = 1 - ours.best / plain.best, int(settings["seq_len"])
    reached = _reached(figures, settings, claimed)
    told, here = _percent(claimed), _percent(share)
    if share < _FELT:  # at the peak it may take a little more
        here = Words("no", " 0%")
    pair = f"{gib_words(plain.best)} → {gib_words(ours.best)}"
    what, what_zh = _of_what(settings)
    turned, (peft, peft_zh) = (
        _turned_to(figures),
        (" and PEFT", " + PEFT") if settings["method"] in _ADAPTED else ("", ""),
    )
    if share >= claimed - _NEAR:
        opens, opens_zh = f"Yes, about: {here.en} less", f"基本属实:少{here.zh}"
    elif reached:
        opens, opens_zh = (
            f"Only with long steps: here {here.en} less, not {told.en}",
            f"只在每步 token 很多时才有:这里少{here.zh},不是 {told.zh}",
        )
    else:
        opens, opens_zh = f"No: {here.en} less, not {told.en}", f"不属实:少{here.zh},不是 {told.zh}"
    makes, by_hand, longer = (
        _makes(ours, plain),
        _by_hand(figures, settings, plain, ours),
        _longer(figures, settings, claimed, reached),
    )
    return Words(
        f"**{opens}, by the formulas: {what} at {length:,} tokens goes {pair} from a plain script of transformers{peft} to {turned.en}.** {makes.en}{longer.en}{by_hand.en}",
        f"**{opens_zh}(按公式):{what_zh}、{length:,} token,从 transformers{peft_zh} 的普通脚本到“{turned.zh}”是 {pair}。** {makes.zh}{longer.zh}{by_hand.zh}",
    )


def _claimed_of(figures: Figures) -> str | None:
    """The program that is said to save it; None where only the loss is."""
    return next((one for one in figures.log.get("claimed_of", ()) if one in PROGRAMS), None)


def _turned_to(figures: Figures) -> Words:
    """What the plain script is turned to."""
    if figures.given.get("loss") == "fused":
        return Words("the same with Liger's fused loss", "同一脚本加 Liger 融合损失")
    name = PROGRAMS[_claimed_of(figures) or ""].name
    return Words(name, name)


def _settings(figures: Figures) -> dict[str, Any]:
    """The method, length, batch and adapter of both sides: what is told, and where nothing is what the program does by itself."""
    engine = _claimed_of(figures)
    method = figures.given.get("method") or method_by_default(engine) or "lora"
    found: dict[str, Any] = {"method": method, "task": "train", **({"engine": engine} if engine else {})}
    if method == "qlora" and not {"bits", "weight_format"} & set(figures.given):
        found["bits"] = 4
    there = figures.at(**found).situation
    found |= {name: there.knob(name) for name in ("seq_len", "batch_size", "gradient_checkpointing")}
    if method in _ADAPTED:
        found |= {name: there.knob(name) for name in ("lora_rank", "lora_targets")}
    return {name: value for name, value in found.items() if value is not None}


def _of_what(settings: dict[str, Any]) -> tuple[str, str]:
    method = {
        "full": ("full fine-tuning", "全量微调"),
        "lora": ("LoRA", "LoRA"),
        "qlora": ("4-bit QLoRA", "4 位 QLoRA"),
    }
    name, name_zh = method.get(str(settings["method"]), (str(settings["method"]),) * 2)
    batch = int(settings.get("batch_size") or 1)
    return f"{name}, batch {batch},", f"{name_zh}、批大小 {batch}"


def _shares(figures: Figures, settings: dict[str, Any], length: int) -> float:
    there = {**settings, "seq_len": length}
    return 1 - figures.at(**there).best / figures.at(**{**there, **_PLAIN}).best


def _reached(figures: Figures, settings: dict[str, Any], claimed: float) -> int:
    """The first length, doubling from the one here, at which the share is what is claimed; 0 where none is."""
    length = int(settings["seq_len"])
    while length <= _LONGEST:
        if _shares(figures, settings, length) >= claimed - _NEAR:
            return length
        length *= 2
    return 0


def _longer(figures: Figures, settings: dict[str, Any], claimed: float, reached: int) -> Words:
    """How the share goes with the length, and where it comes to what is claimed."""
    length = int(settings["seq_len"])
    if reached == length:
        return SILENT
    at = [one for one in (length * _TIMES, length * _TIMES**2) if one <= _LONGEST]
    each = [(one, _percent(_shares(figures, settings, one))) for one in at]
    grows = "; ".join(f"{share.en} at {one:,}" for one, share in each)
    grows_zh = "、".join(f"{one:,} token 时 {share.zh}" for one, share in each)
    told = _percent(claimed)
    found = (
        Words(f"; it comes to {told.en} at about {reached:,}", f";约 {reached:,} token 时达到 {told.zh}")
        if reached
        else SILENT
    )
    return Words(
        f" It goes with the tokens of a step (length × batch) and the vocabulary: {grows}{found.en}.",
        f"省多少随每步的 token 数(长度 × 批大小)和词表大小变:{grows_zh}{found.zh}。",
    )  # fmt: skip


def _makes(ours: Outcome, plain: Outcome) -> Words:
    """The parts that are smaller, the largest difference first; the weights of a base and what else stays."""
    gap = plain.best - ours.best
    if gap <= _FELT * plain.best:
        states = sum(ours.terms.get(one, 0.0) for one in STATES)
        rest = max((one for one in ours.terms if one not in STATES), key=lambda one: ours.terms[one], default="")
        if states >= ours.terms.get(rest, 0.0):
            what, what_zh, held = "weights, gradients and optimizer states", "权重、梯度和优化器状态", states
        else:
            what, what_zh, held = str(term(rest, "en")), str(term(rest, "zh")), ours.terms[rest]
        return Words(
            f"What decides is {what}, {gib_words(held)}, which it leaves as they are.",
            f"占大头的是{what_zh},共 {gib_words(held)},它不改变这些。",
        )
    names = {*plain.terms, *ours.terms, "logits", "activations"}
    before, after = _held(plain, names), _held(ours, names)
    less = {one: before[one] - after[one] for one in before if one not in _NO_PART}
    made = [one for one in sorted(less, key=lambda one: -less[one]) if less[one] > _A_PART * gap][:_MOST_TERMS]
    if not made:
        return SILENT
    each = [f"{{}} {gib_words(before[one])} → {gib_words(after[one])}" for one in made]
    en = ", ".join(words.format(term(one, "en")) for words, one in zip(each, made, strict=True))
    zh = "、".join(words.format(term(one, "zh")) for words, one in zip(each, made, strict=True))
    stays, stays_zh = SILENT.en, SILENT.zh
    if "weights" not in made and ours.terms.get("weights"):
        stays = f"; the weights, {gib_words(ours.terms['weights'])}, stay"
        stays_zh = f";权重 {gib_words(ours.terms['weights'])} 不变"
    return Words(f"It is made of: {en}{stays}.", f"由这些组成:{zh}{stays_zh}。")


def _held(there: Outcome, names: set[str]) -> dict[str, float]:
    """What each part takes at most, at the peak or at another moment of the step."""
    return {one: max(there.fullest.at_any_phase(one) or [0.0]) for one in names}


def _by_hand(figures: Figures, settings: dict[str, Any], plain: Outcome, ours: Outcome) -> Words:
    """What the plain script comes to with a fused loss and an unprepared base, which is most of it."""
    adapted = settings["method"] in _ADAPTED
    there = figures.at(**{**settings, **_BY_HAND, **({} if adapted else {"kbit_prep": None})})
    if figures.given.get("loss") == "fused" or there.best >= plain.best * (1 - _NEAR):
        return SILENT
    left = 1 - ours.best / there.best
    also = " and, of a 4-bit base, embedding, norms and head left in 16 bit" if settings["method"] == "qlora" else ""
    also_zh = ",4 位基座的 embedding、norm、head 留在 16 位" if settings["method"] == "qlora" else ""
    rest = f"{_percent(left).en} less than that" if left > _NEAR else "hardly less than that"
    rest_zh = f"比这再少 {_percent(left).zh}" if left > _NEAR else "与此相差无几"
    return Words(
        f" The same script with a fused loss (Liger){also} comes to {gib_words(there.best)}; the program takes {rest}. The claim is against a script without them.",
        f"同一个脚本加上融合损失(Liger){also_zh}后是 {gib_words(there.best)},这个程序{rest_zh}:宣称的百分比是和没做这些的脚本比。",
    )


def _percent(share: float) -> Words:
    shown = f"{share:.0%}"
    return Words(shown.replace("%", " %"), shown)


CLAIMED_SAVINGS: dict[str, Callable[[Figures], Words]] = {"saving_claimed": _saving_claimed}
