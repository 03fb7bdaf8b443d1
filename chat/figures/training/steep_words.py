"""Why each further sequence, or token, of a training takes what it was seen to take: logits or activations, and what lowers it."""

from typing import Any

from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words

_FEW, _MANY = 2, 6  # batches between which the growth is taken
_SHORT, _LONG, _EACH = 2048, 6144, 1024  # tokens, in the same way
_FP32 = 4
_MUCH = 0.3  # of the growth: worth a word
_LIKE, _FAR = 1.25, 1.6  # times the formulas' growth: as that, and beyond what they explain
_LESS = 0.85


def steep_words(figures: Figures, of_length: bool, each: float, stays: float, room: float) -> Words:
    """`each` are bytes of a sequence or a token; silent where no model is named, or what grows is not known."""
    told = "seq_len" in figures.given or of_length
    if figures.names_model and figures.knob("method") == "inference" and of_length:
        return _cache(figures, each)
    if not figures.names_model or figures.knob("task") != "train" or not told:
        return SILENT
    try:
        return _steep(figures, of_length, each, stays, room)
    except (BadInput, Missing):
        return SILENT


def _cache(figures: Figures, each: float) -> Words:
    """Of a model that is served, that the cache is what grows, and how much of it by the formulas, past a window's length."""
    wide, narrow = (
        gib_words((long - short) * _EACH / (_LONG - _SHORT))
        for short, long in (
            (figures.at(seq_len=one, kv_format=kind, kv_bytes=None).part_of_all("kv") for one in (_SHORT, _LONG))
            for kind in (None, "q8_0")
        )
    )
    return Words(
        f" What grows is the KV cache: {wide} per 1,024 tokens by the formulas in 16 bit ({gib_words(each * _EACH)} by your readings), {narrow} in q8_0.",
        f"涨的是 KV 缓存:公式给出 16 位时每 1,024 个 token {wide}(按您的读数 {gib_words(each * _EACH)}),q8_0 则 {narrow}。",
    )


def _rates(figures: Figures, of_length: bool, **changed: Any) -> tuple[float, float]:
    """Bytes that a sequence, or a token, adds by the formulas, and of them the logits'."""
    name, low, high = ("seq_len", _SHORT, _LONG) if of_length else ("batch_size", _FEW, _MANY)
    here, there = (figures.at(**{name: one}, **changed) for one in (low, high))
    logits = there.terms.get("logits", 0.0) - here.terms.get("logits", 0.0)
    return (there.best - here.best) / (high - low), logits / (high - low)


def _steep(figures: Figures, of_length: bool, each: float, stays: float, room: float) -> Words:
    whole, logits = _rates(figures, of_length)
    step = _EACH if of_length else 1
    if whole <= 0:
        return SILENT
    if each > whole * _FAR and figures.knob("gradient_checkpointing") != "off":
        return _without_checkpointing(figures, of_length, each, step)
    if logits < _MUCH * whole:
        return SILENT
    fused = _rates(figures, of_length, loss="fused")[0]
    left = each * fused / whole if each <= whole else each - (whole - fused)
    tokens = _EACH if of_length else int(figures.knob("seq_len"))
    vocabulary = figures.fact("vocab_size")
    copy = f"{tokens:,} × {vocabulary:,.0f} × {_FP32} B = {gib_words(tokens * vocabulary * _FP32)}"
    rest, less = gib_words((whole - logits) * step), _compared(each, whole, step)
    many, many_zh = _reach(of_length, stays, left, room)
    unit, unit_zh = ("1,024 tokens", "每 1,024 个 token") if of_length else ("a sequence", "每条序列")
    most = Words("Most", "涨的主要是") if 2 * logits > whole else Words("A large part", "涨的一大部分是")
    return Words(
        f" {most.en} of what grows is logits, which go with the vocabulary and not with the model's size: of {gib_words(whole * step)} that the formulas give for {unit}, {gib_words(logits * step)} are logits and loss ({copy} in fp32 a copy, several at once), {rest} what the layers keep{less.en}. A fused loss (Liger) leaves about {gib_words(left * step)} of it{many}.",
        f"{most.zh} logits(取决于词表,不取决于模型大小):公式给出{unit_zh} {gib_words(whole * step)},其中 logits 与损失 {gib_words(logits * step)}(fp32 一份 {copy.replace(' B =', ' 字节 =')},同时有好几份),各层保留的 {rest}{less.zh}。融合损失(Liger)后只剩约 {gib_words(left * step)}{many_zh}。",
    )


def _compared(each: float, whole: float, step: int) -> Words:
    """What was seen beside what the formulas give, where they differ."""
    if _LESS <= each / whole <= _LIKE:
        return Words("; yours agrees", ";与您的相符")
    seen = gib_words(each * step)
    if each < whole:
        return Words(
            f"; yours, {seen}, is less: shorter samples, or fewer copies at once",
            f";您的是 {seen},较少:实际样本较短,或同时存的份数较少",
        )
    return Words(f"; yours is {seen}", f";您的是 {seen}")


def _reach(of_length: bool, stays: float, left: float, room: float) -> tuple[str, str]:
    """How far the card reaches then; nothing where none is told, or it holds next to nothing."""
    if left <= 0 or (most := int((room - stays) / left)) < (_EACH if of_length else 1):
        return "", ""
    if of_length:
        shown = f"{most // _EACH * _EACH:,}"
        return f", and the card holds about {shown} tokens", f",这张卡约可到 {shown} token"
    return f", and the card holds about batch {most}", f",这张卡约可到 batch {most}"


def _without_checkpointing(figures: Figures, of_length: bool, each: float, step: int) -> Words:
    """A growth beyond what the formulas give with checkpointing: they give it without, or something else keeps more."""
    on, off = (_rates(figures, of_length, gradient_checkpointing=one)[0] * step for one in ("on", "off"))
    seen, whole = gib_words(each * step), (gib_words(on), gib_words(off))
    unit, unit_zh = ("1,024 tokens", "每 1,024 个 token") if of_length else ("a sequence", "每条序列")
    times = each * step / off
    why, why_zh = (
        ("which is about yours: it is off, or has no effect", "与您的接近:说明没开,或没有生效") if 1 / _FAR <= times <= _FAR
        else (f"yours is {seen}, in between: only some layers are checkpointed, or attention is eager", f"您的 {seen} 在两者之间:只有部分层开了,或用了 eager 注意力") if times < 1
        else (f"yours is {seen}: attention keeps its scores (eager), or the samples are longer", f"您的是 {seen}:eager 注意力存了分数,或样本更长")
    )  # fmt: skip
    return Words(
        f" That is steep: for {unit} the formulas give {whole[0]} with gradient checkpointing and {whole[1]} without, {why}.",
        f"涨得确实快:{unit_zh}公式给出开梯度检查点 {whole[0]}、不开 {whole[1]},{why_zh}。",
    )
