"""What somebody says or expects of a setting, judged: by how much it lowers memory, and what lowers the part that it leaves alone."""

from collections.abc import Mapping
from typing import Any

from chat.figures.named import GB, GIB, Figures, gib_words
from chat.words import term
from formulas.quantity import SILENT, Words

_NEAR = 0.04  # of the whole by which a claim may be off
_AS_SEEN = 0.04
_FELT = 0.05 * GIB
_A_PART = 0.3  # what is claimed to be left is told as a part, and not as what is saved
# what lowers a part, the usual first
_LOWERS: Mapping[str, Words] = {
    "kv_cache": Words("an 8-bit cache (fp8, int8 or q8_0, half of it), a shorter context, fewer sequences at once, or a model with GQA or MLA", "8 位 KV 缓存(fp8、int8、q8_0,减半)、更短的上下文、更少的并发,或用 GQA / MLA 的模型"),
    "optimizer": Words("8-bit Adam, LoRA (few trained parameters), ZeRO sharding, or offload to host memory", "8 位 Adam、LoRA(只训少量参数)、ZeRO 切分,或卸载到内存"),
    "gradients": Words("LoRA, ZeRO-2 or -3, or an update fused into the backward pass", "LoRA、ZeRO-2/3,或与反向融合的逐层更新"),
    "activations": Words("gradient checkpointing, a smaller micro-batch (with accumulation), or shorter samples", "梯度检查点、更小的 micro-batch(配合梯度累积),或更短的样本"),
    "logits": Words("a fused or chunked loss (Liger), a smaller micro-batch, or shorter samples", "融合或分块损失(Liger)、更小的 micro-batch,或更短的样本"),
    "weights": Words("fewer bits (8 or 4), ZeRO-3 or tensor parallel over more cards, or a smaller model", "更少的位数(8 位、4 位)、ZeRO-3 或张量并行分到多卡,或更小的模型"),
}  # fmt: skip


def lowers(name: str) -> Words:
    """What lowers a part of memory that a setting leaves alone."""
    said = _LOWERS.get(name, SILENT)
    if not said.en:
        return SILENT
    return Words(
        f"What lowers the {term(name, 'en')}: {said.en}.", f"能减少{_spaced(term(name, 'zh'))}的是:{said.zh}。"
    )


def _spaced(words: str) -> str:
    return f" {words} " if words[:1].isascii() else words


def as_seen(figures: Figures, size: float) -> Words:
    """Whether the amount that the asker saw is this one."""
    seen = [float(one) for one in figures.told.get("claims_gb", ())]
    found = next((one for one in seen for unit in (GIB, GB) if size and abs(one * unit / size - 1) <= _AS_SEEN), None)
    return Words(f", just the {found:g} GB that you saw", f",正是您看到的 {found:g} GB") if found else SILENT


def claim_of(figures: Figures) -> float | None:
    """What is left of memory by what somebody says; None where nobody does."""
    told = next((one.partition(":")[2] for one in figures.about if one.startswith("lever_claim:")), "")
    return float(told) if told else None


def judged(before: float, after: float, claimed: float, of: Words) -> Words:
    """The verdict on a claim: by how much it is lower in truth."""
    left = after / before if before else 1.0
    less, less_zh = f"{1 - left:.0%}".replace("%", " %"), f"{1 - left:.0%}"
    part = round(1 / claimed) if claimed and claimed < _A_PART else 0
    said = f"to 1/{part}" if part else f"by {1 - claimed:.0%}".replace("%", " %")
    said_zh = f"降不到 1/{part}" if part else f"没有 {1 - claimed:.0%}"
    pair = f"{gib_words(before)} → {gib_words(after)}"
    if abs(left - claimed) <= _NEAR:
        return Words(f"**Yes, about: {of.en} {pair}, {less} less.**", f"**基本对:{of.zh} {pair},少 {less_zh}。**")
    if left > claimed:
        return Words(
            f"**No, not {said}: {of.en} {pair}, {less} less.**", f"**不对,{said_zh}:{of.zh} {pair},只少 {less_zh}。**"
        )
    return Words(f"**Even more: {of.en} {pair}, {less} less.**", f"**还不止:{of.zh} {pair},少 {less_zh}。**")


def stays(before_after: Mapping[str, tuple[float, float]], changed: Mapping[str, object]) -> Words:
    """The large parts that a setting leaves as they are: why it lowers no more."""
    left = sorted(
        ((now, name) for name, (was, now) in before_after.items() if name not in changed and now >= GIB / 2),
        reverse=True,
    )[:3]
    if not left:
        return SILENT
    told = ", ".join(f"{term(name, 'en')} {gib_words(size)}" for size, name in left)
    told_zh = "、".join(f"{term(name, 'zh')} {gib_words(size)}" for size, name in left)
    return Words(f"As they were stay {told}.", f"不变的有{told_zh if ord(told_zh[0]) > 127 else ' ' + told_zh}。")


# tokens that are few, and times them at which a saving is shown once more
_SHORT, _LONG_FOR_SHORT = 1024, 8


def with_tokens(figures: Figures, off: Mapping[str, Any], on: Mapping[str, Any]) -> Words:
    """What a setting that acts on activations saves of samples several times as long, where short ones were told."""
    length = int(figures.knob("seq_len"))
    longer = _LONG_FOR_SHORT * length
    if "seq_len" not in figures.given or length > _SHORT:
        return SILENT
    saved = figures.at(**{**off, "seq_len": longer}).best - figures.at(**{**on, "seq_len": longer}).best
    shown, tokens = gib_words(saved), f"{longer:,}"
    return Words(
        f"What it saves grows with the tokens: {shown} at {tokens}.",
        f"省下的随 token 数增长:{tokens} token 时是 {shown}。",
    )


def accumulated(buffer: float) -> Words:
    """Accumulation keeps no activations; what it may add is the buffer that gradients are summed in."""
    en = f"; only the buffer of gradients stands between micro-steps ({gib_words(buffer)} more)"
    zh = f";只有梯度缓冲在微步之间一直存在(多 {gib_words(buffer)})"
    more = Words(en, zh) if buffer >= _FELT else SILENT
    return Words(
        f"**No: accumulation keeps no activations, and more of its steps take no more memory{more.en}.**",
        f"**不会:梯度累积不会攒下激活,累积多少步本身都不增加显存{more.zh}。**",
    )
