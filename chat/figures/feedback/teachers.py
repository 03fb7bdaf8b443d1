"""A teacher beside its student, in one account: what each holds, how cards share it, what is cheaper."""

from typing import Any

from chat.figures.named import Figures, Missing, both_words, gib_words, value_of
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import TRAINED
from kb.knobs import PLAIN_TYPES

# of AdamW's mixed precision and of plain float32 alike
_SIXTEEN = ("bf16-params-fp32-states", "amp-bf16", "amp-fp16", "fp32")


def teacher_beside(figures: Figures) -> Words:
    """What teacher and student take, together and by card; Missing where no teacher is named."""
    named = figures.given.get("teacher_model")
    if not named:
        raise Missing("teacher_model")
    whole = value_of(figures.base, "teacher_size")
    name = value("model", named, "en")
    held = both_words(whole)
    student, student_zh = _student(figures, whole)
    copy = float(figures.fact("vocab_size")) * figures.tokens * 4
    product = f"{figures.tokens:,.0f} × {figure(figures.fact('vocab_size'))} × 4 B = {gib_words(copy)}"
    cheaper, cheaper_zh = _cheaper(figures)
    cards, cards_zh = _by_card(figures, whole)
    return Words(
        f"**The teacher {name} only runs forward: {held} of weights, without gradients and optimizer{student}.**{cards} "
        f"Logits of both: {product} a copy, several at once. Cheaper: {cheaper}.",
        f"**教师 {name} 只做前向:权重 {held},没有梯度和优化器{student_zh}。**{cards_zh}"
        f"两边都有 logits:{product} 一份,同时好几份。更省的办法:{cheaper_zh}。",
    )


def _student(figures: Figures, teacher: float) -> tuple[str, str]:
    sixteen = figures.knob("precision") in _SIXTEEN and figures.knob("optimizer") == "adamw"
    if figures.knob("method") != "full" or not sixteen:
        return "", ""
    states = TRAINED * figures.params
    product = f"{size_words(figures.params)} × {TRAINED} B = {both_words(states)}"
    both = both_words(states + teacher)
    return (
        f"; the student's states are {product}: together {both} before activations and logits",
        f";学生的状态 {product}:合计 {both},激活和 logits 另算",
    )


def _by_card(figures: Figures, teacher: float) -> tuple[str, str]:
    if figures.n < 2:
        return "", ""
    each = gib_words(teacher / figures.n)
    alone = gib_words(figures.at(zero_stage=0, teacher_split=True).best)
    shared = gib_words(figures.at(zero_stage=3, teacher_split=True).best)
    copies = gib_words(figures.at(zero_stage=0, teacher_split=None).best)
    return (
        (
            f" Divided over the {figures.n} cards (ZeRO-3/FSDP, TP or device_map) the teacher is {each} a card: {alone} in all "
            f"beside a whole student, {shared} with the student sharded too; with a whole teacher on each card {copies}."
        ),
        (
            f"教师切分到 {figures.n} 张卡(ZeRO-3/FSDP、TP 或 device_map)时每卡 {each}:学生每卡一整份时共 {alone},"
            f"学生也切分时 {shared};教师每卡一整份则是 {copies}。"
        ),
    )


def _cheaper(figures: Figures) -> tuple[str, str]:
    dropped = dict.fromkeys(("teacher_model", "teacher_format", "teacher_split"))
    sharded: dict[str, Any] = {"zero_stage": 3} if figures.n > 1 else {}
    each, each_zh = (" a card, all sharded", "每卡,全部切分") if sharded else ("", "")
    offline = gib_words(figures.at(**dropped, **sharded).best)
    said = [
        (
            f"its top-k logits stored beforehand ({offline}{each})",
            f"预先离线存好教师的 top-k logits({each_zh}{offline})",
        )
    ]
    if figures.given.get("teacher_format") in (None, *PLAIN_TYPES):
        four = gib_words(figures.at(teacher_format="nf4", **sharded).best)
        said.insert(0, (f"the teacher in 4 bits ({four}{each})", f"教师用 4 位({each_zh}{four})"))
    return " or ".join(one for one, _ in said), ",或".join(one for _, one in said)
