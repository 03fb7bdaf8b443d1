"""What somebody says or expects of a setting, judged: by how much it lowers memory, and what lowers the part that it leaves alone."""

from collections.abc import Mapping
from typing import Any

from chat.figures.amount_words import small_words
from chat.figures.named import GB, GIB, Figures, gib_words, most_of, value_of
from chat.words import term
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_NEAR = 0.04  # of the whole by which a claim may be off
_AS_SEEN = 0.04
_FELT = 0.05 * GIB
_LONG = 8192  # tokens at which scores are large
_STEPS = 16  # of accumulation, where none are told
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


def short_scores(heads: float, length: float) -> Words:
    """What the scores of a layer are of samples so short that they are next to nothing, and of long ones."""
    longer = length
    while longer < _LONG:
        longer *= 2
    here, there = (f"{figure(heads)} × {figure(one)}² × 2 B = " for one in (length, longer))
    size, large = (2 * heads * one * one for one in (length, longer))
    return Words(
        f" At {length:,.0f} tokens they are next to nothing, {here}{small_words(size)} a layer (with checkpointing of one layer at a time), and grow with the square of the length: {there}{gib_words(large)} at {longer:,.0f}, where it is felt against eager attention.",
        f"{length:,.0f} token 时这个矩阵本来就可忽略,每层 {here}{small_words(size)}(开重计算时只有一层);它随长度的平方增长,{longer:,.0f} token 时每层 {there}{gib_words(large)},长序列才明显(相对 eager)。",
    )


def accumulated(figures: Figures, at_once: float, in_steps: float) -> Words:
    """Accumulation keeps no activations, and one buffer of gradients however many steps there are; what the whole is in
    one step and in several."""
    steps, batch = int(figures.knob("grad_accum") or _STEPS), int(figures.knob("batch_size") or 1)
    steps = steps if steps > 1 else _STEPS
    there = figures.at(grad_accum=steps)
    size = most_of(there, "gradients")
    each = f"{size * value_of(there, 'gradient_shards') / value_of(there, 'trained_params'):.0f}"
    shared = value_of(there, "gradient_shards") > 1
    buffer = Words(
        f"{each} B for each trained parameter{', divided over the cards' if shared else ''}, {gib_words(size)} here",
        f"每个可训练参数 {each} 字节{',切分到各卡' if shared else ''},这里 {gib_words(size)}",
    )
    counted = f"{batch} × {steps}" + (f" × {figures.n}" if figures.n > 1 else "")
    cards, cards_zh = (" × cards", " × 卡数") if figures.n > 1 else ("", "")
    more = in_steps - at_once
    stands, stands_zh = "", ""
    if more >= _FELT:
        stands = f" The whole rises by {gib_words(more)} alone, because the buffer is then whole beside each further micro-batch's activations."
        stands_zh = f"总量只多 {gib_words(more)}:这块缓冲从第二个 micro-batch 起完整地与激活并存。"
    rest = Words(
        f"The effective batch is micro-batch × steps{cards} ({counted} = {batch * steps * figures.n:,} here), so it is the way to a large batch without its memory; the price is time, as the micro-batches run one after another.",
        f"有效批大小 = micro-batch × 累积步数{cards_zh}(这里 {counted} = {batch * steps * figures.n:,}),所以它能放大批次,又不占大批次的显存;代价是时间,micro-batch 要逐个算。",
    )
    if "by_fsdp" in figures.about:
        whole, part = gib_words(size * value_of(there, "gradient_shards")), gib_words(size)
        divided = Words(part, part) if shared else Words("that divided by the cards", "除以卡数后的一份")
        return Words(
            f"**Activations take no more, for memory follows the micro-batch; but with accelerate, which the HF Trainer uses, FSDP leaves the gradients whole on every card until the last micro-step (no_sync): {whole} instead of {divided.en}.** That comes once, for 2 steps as for {steps}; its sync_each_batch divides them after every micro-step, for more communication. {rest.en}",
            f"**激活不会增加:显存由 micro-batch 决定;但用 accelerate 时(HF Trainer 也是),FSDP 在最后一个微步之前让每张卡保留完整的梯度(no_sync):{whole},而不是{'' if not shared else ' '}{divided.zh}。** 只多这一次,累积 2 步和 {steps} 步一样;它的 sync_each_batch 让每个微步之后都切分,代价是通信更多。{rest.zh}",
        )
    return Words(
        f"**No: memory follows the micro-batch, whose activations and logits are freed before the next one; more steps of accumulation take no more.** Gradients are summed into one buffer ({buffer.en}), as large for 2 steps as for {steps}.{stands} {rest.en}",
        f"**不会:显存由 micro-batch 决定,累积不增加显存,激活和 logits 在下一个开始前就释放。** 梯度累加在同一块缓冲里({buffer.zh}),累积 2 步和 {steps} 步一样大。{stands_zh}{rest.zh}",
    )


# what a saving is called that the bits promise, and what a run of the whole can be of it
_PROMISED = {"cells_ratio:0.25": Words("a quarter", "四分之一"), "cells_ratio:0.5": Words("half", "一半")}


def less_than_the_bits(figures: Figures, off: Outcome, on: Outcome) -> Words | None:
    """Why weights in few bits make the whole smaller by less than their bits do; None where no such part is named, or they train."""
    promised = next((words for cue, words in _PROMISED.items() if cue in figures.about), None)
    before, after = (one.terms.get("weights", 0.0) for one in (off, on))
    if promised is None or figures.knob("task") == "train" or after >= before:
        return None
    rest = sorted(((size, name) for name, size in on.terms.items() if name != "weights"), reverse=True)[:2]
    stays_en = ", ".join(f"{term(name, 'en')} {gib_words(size)}" for size, name in rest)
    stays_zh = "、".join(f"{term(name, 'zh')} {gib_words(size)}" for size, name in rest)
    whole = f"{gib_words(off.best)} → {gib_words(on.best)}"
    shrink = Words(f"only the weights of the linear layers go to {promised.en}", f"只有线性层的权重缩到{promised.zh}")
    wide = Words(
        "the embedding and the output head stay in 16 bit, and each group has its scale",
        "词嵌入和输出头仍是 16 位,每组还有缩放系数",
    )
    if str(on.situation.knob("weight_format")).startswith("gguf:"):
        shrink = Words(
            f"only the weights shrink, and those of a file not quite to {promised.en}",
            f"变小的只有权重,而且文件里的权重不会正好缩到{promised.zh}",
        )
        wide = Words(
            "some matrices are in more bits, and each block has its scale", "有的矩阵位数更高,每块还有缩放系数"
        )
    return Words(
        f"**That is to be expected: {shrink.en}, so the whole goes {whole}, {on.best / off.best:.0%} of what it was.** The weights go {gib_words(before)} → {gib_words(after)} ({after / before:.0%}): {wide.en}; what the bits of the weights do not touch stays: {stays_en}.",
        f"**这是正常的:{shrink.zh},所以总量 {whole},是原来的 {on.best / off.best:.0%}。**权重 {gib_words(before)} → {gib_words(after)}({after / before:.0%}):{wide.zh};与权重位数无关的不变:{stays_zh}。",
    )
