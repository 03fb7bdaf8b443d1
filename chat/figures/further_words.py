"""What a second question asks beside the case: bytes per parameter, checkpointing off, tensor parallelism, attention."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chat.figures.cache.cache_of_examples import CACHE_OF_EXAMPLES
from chat.figures.cache.narrow_caches import SCALED
from chat.figures.feedback.rollout_parts import ROLLOUT_PARTS
from chat.figures.named import GIB, KIB, Figures, Missing, both_words, gib_words, how_far
from chat.figures.serving.both_at_once import BOTH_AT_ONCE
from chat.figures.sums.both_right import OF_ADAM, STATES, WEIGHTS, WHY_A_COPY
from chat.figures.sums.identified import product
from chat.figures.sums.score_sums import worked_out
from chat.figures.tables.cells_compared import CELLS_COMPARED
from chat.figures.training.times_inference import TIMES_WORDS
from chat.phrases import value
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM
from kb.database import rows
from kb.outcome import Outcome
from kb.stated import ASKED
from kb.stored import listed_quality
from kb.worked import ALL_STATES

# counts that the remark on 16, 18 and 20 bytes tells apart by itself
_TOLD_ELSEWHERE = {16, 18, 20}
_MOST = 4
_USUAL_LENGTH = 32768  # tokens, at which caches are told where no length is
_BESIDE_ADAM = Words(
    f"{WHY_A_COPY.en.strip()} With 16-bit weights 2 and gradients 2 that makes the 16 B of mixed precision; without the copy Adam itself is 8 B. ",
    f"{WHY_A_COPY.zh}再加 16 位权重 2 和梯度 2,就是混合精度的 16 字节;不算主权重,Adam 本身是 8 字节。",
)

_OF_ADAPTERS = Words(
    "LoRA keeps the frozen base alone, 2 B of a parameter (QLoRA about 0.5 B); gradients, moments and fp32 copy are kept of the adapter's few parameters alone, with their weights 16 B.",
    "LoRA 只存冻结的基座,每参数 2 字节(QLoRA 约 0.5 字节);只有适配器那一点参数才有梯度、动量和 fp32 副本,连权重 16 字节。",
)


def _each(figures: Figures) -> Words:
    """What each count of bytes per parameter is the sum of; Missing where none is asked about."""
    of_adam = "adam_state" in figures.about and "check_arithmetic" not in figures.about
    known = {**WEIGHTS, **STATES, **(OF_ADAM if of_adam else {})}
    found = [one for one in sorted(set(figures.logged_all("bytes_each"))) if one in known][:_MOST]
    adapters = figures.given.get("method") in ("lora", "qlora") or "lora" in figures.about
    if not found or not set(found) & set(STATES) or (set(found) <= _TOLD_ELSEWHERE and not adapters):
        raise Missing("bytes per parameter")
    sized = figures.names_model
    told = [(_sized(figures, one) if sized else Words(f"{one:g} B", f"{one:g} 字节"), known[one]) for one in found]
    why = _BESIDE_ADAM if of_adam and ADAM in found else SILENT
    several = len(told) > 1
    sums = Words(
        f"{'Each counts what is kept for a parameter: ' if several else 'Per parameter '}{'; '.join(f'{size.en}: {words.en}' for size, words in told)}.",
        f"{'数的是每个参数要存的东西:' if several else '每参数 '}{';'.join(f'{size.zh}:{words.zh}' for size, words in told)}。",
    )
    first, then = (_OF_ADAPTERS, sums) if adapters else (sums, SILENT)
    return Words(
        f"**{first.en}** {then.en}{' ' if then.en else ''}{why.en}Activations and logits come on top.",
        f"**{first.zh}**{then.zh}{why.zh}激活和 logits 另算。",
    )


def _sized(figures: Figures, each: float) -> Words:
    size = product(figures, each)
    return Words(f"{each:g} B ({size.en})", f"{each:g} 字节({size.zh})")


def _there(figures: Figures, **changed: Any) -> Outcome:
    try:
        return figures.at(**changed)
    except BadInput as error:
        raise Missing("case") from error


def _of_room(there: Outcome) -> Words:
    """`36.7 GiB of 24.0 GiB`."""
    peak = gib_words(there.best)
    if there.capacity is None:
        return Words(peak, peak)
    return Words(f"{peak} of {gib_words(there.capacity)}", f"{peak} / {gib_words(there.capacity)}")


def _unless_checked(figures: Figures) -> Words:
    """What it would be without checkpointing, where a failed step was counted with it and nobody said that it is on."""
    told = figures.base.situation.knobs.get("gradient_checkpointing")
    if figures.knob("task") != "train" or told is None or told.value != "on" or told.origin == ASKED:
        return SILENT
    peak = gib_words(_there(figures, attention="flash", gradient_checkpointing="off").best)
    return Words(
        f". That counts gradient checkpointing as on: without it it is {peak}, so turn it on first (gradient_checkpointing=True)",
        f"。这里按已开梯度检查点(重计算)计算:没开要 {peak},先打开它(gradient_checkpointing=True)",
    )


def _no_checkpointing(figures: Figures) -> Words:
    """Whether checkpointing can be left off."""
    off, on = _there(figures, gradient_checkpointing="off"), _there(figures, gradient_checkpointing="on")
    room, kept = _of_room(off), gib_words(on.best)
    if off.capacity is None:
        return Words(
            f"**Without checkpointing it takes {room.en}, with it {kept}**; it costs about a third more computing.",
            f"**不开重计算要 {room.zh},开了是 {kept}**;代价是计算量约多三分之一。",
        )
    if off.verdict_of_cards == "yes":
        return Words(
            f"**Checkpointing can stay off: {room.en}** (with it {kept}), which saves about a quarter of the computing.",
            f"**可以不开重计算:{room.zh}**(开了是 {kept}),计算量约少四分之一。",
        )
    if off.verdict_of_cards == "borderline":
        return Words(
            f"**Without checkpointing it is borderline, {room.en}**; with it {kept}.",
            f"**不开重计算是临界:{room.zh}**;开了是 {kept}。",
        )
    return Words(
        f"**Checkpointing cannot be switched off: without it {room.en}**, with it {kept}.",
        f"**重计算不能关:不开要 {room.zh}**,开了是 {kept}。",
    )


def _ranks(figures: Figures) -> Words:
    """Whether tensor parallelism is needed."""
    n = figures.n
    if figures.knob("task") == "train":
        if n < 2:
            raise Missing("cards")
        there = _there(figures, zero_stage=3, tp=1)
        own = there.held("activations", "logits")
        held = there.held(*ALL_STATES)
        tight = there.capacity is not None and own > 0.5 * there.capacity
        opening = (
            Words("It helps here", "这里有帮助")
            if tight
            else Words("Tensor or pipeline parallelism is not needed", "不需要张量并行或流水线并行")
        )
        return Words(
            f"**{opening.en}: ZeRO-3 or FSDP already divides weights, gradients and optimizer states by the {n} cards, {gib_words(held)} on each.** It is for activations and logits of one sequence, {gib_words(own)} here, and wants NVLink within a machine.",
            f"**{opening.zh}:ZeRO-3/FSDP 已把权重、梯度和优化器状态除以 {n} 张卡,每卡 {gib_words(held)}。** 张量并行切的是单条序列的激活和 logits(这里 {gib_words(own)}),需要机内 NVLink。",
        )
    one = _there(figures, n_gpus=1, tp=1, pp=1)
    room = _of_room(one)
    if one.verdict_of_cards == "yes":
        return Words(
            f"**Tensor parallelism is not needed to fit: one card holds it, {room.en}**; over more cards it is faster and leaves more for the cache.",
            f"**放得下不靠张量并行:一张卡就够({room.zh})**;多卡张量并行更快,也给缓存留得更多。",
        )
    flag = f", -tp {n}" if n > 1 else ""
    return Words(
        f"**The model has to be divided, for one card does not hold it ({room.en}): by tensor parallelism (vLLM{flag}) or by layers (llama.cpp, pipeline).** Layers need hardly any link; tensor parallelism is faster.",
        f"**一张卡放不下({room.zh}),必须切分:张量并行(vLLM{flag})或按层(llama.cpp、流水线)。** 按层几乎不用链路,张量并行更快。",
    )


def _attention(figures: Figures) -> Words:
    """Whether flash attention is needed: PyTorch's own kernel leaves the scores out as well."""
    try:
        heads, length = figures.fact("n_heads"), float(figures.knob("seq_len") or 1)
    except BadInput as error:
        raise Missing("heads") from error
    size = 2 * heads * length * length
    shown = f"{figure(heads)} × {figure(length)}² × 2 B = {gib_words(size)}"
    if size < GIB / 4:
        return Words(
            f"**FlashAttention is not needed for memory at this length:** eager attention's scores are {shown} a layer.",
            f"**这个长度不靠 FlashAttention 省显存:**eager 注意力的分数每层只有 {shown}。",
        )
    return Words(
        f"**FlashAttention itself is not needed, but eager attention is out:** PyTorch's SDPA, the default, keeps no scores either; eager would make {shown} a layer. Servers (vLLM) bring their own kernels; llama.cpp has -fa, which a quantised V cache needs.",
        f"**不一定要 FlashAttention,但不能用 eager:**PyTorch 默认的 SDPA 同样不存分数矩阵,eager 每层要 {shown}。vLLM 自带内核;llama.cpp 用 -fa(量化 V 缓存时必须开)。",
    )


_AS_MEASURED = 0.1  # a figure that was read off a run


def _unlike_gpt(figures: Figures) -> bool:
    """Is a model named whose layers are not those that the formula counts?"""
    return "model" in figures.given and figures.fact("n_kv_heads") < figures.fact("n_heads")


def _scores_own(figures: Figures) -> Words:
    """What the model's own layers keep with FlashAttention and without recomputation, and whether that was measured."""
    whole = dict.fromkeys(("n_gpus", "zero_stage", "tp", "pp", "dp", "cp", "sequence_parallel"))
    own = figures.at(method="full", attention="flash", gradient_checkpointing="off", **whole)
    kept, loss = (max(own.fullest.at_any_phase(name) or [0.0]) for name in ("activations", "logits"))
    if not kept:
        return SILENT
    each = kept / figures.tokens / figures.fact("n_layers")
    seen = [one for one in map(float, figures.told.get("observed_gb", ())) if one]
    if not _unlike_gpt(figures) and (not seen or worked_out(figures) or "model" not in figures.given):
        return SILENT  # the formula is of such layers: another figure of theirs beside its own would contradict it
    right = next((one for one in seen if how_far(one, kept) <= _AS_MEASURED), None)
    opens = Words(
        f"**Your {right:g} GB are measured rightly: " if right else "**", f"**{right:g} GB 没有测错:" if right else "**"
    )
    if not seen and not worked_out(figures):
        opens = Words(
            "**Not as it stands, for it is of a GPT block with stored scores and neither gated MLP nor grouped heads. ",
            "**不能直接套:它算的是存下注意力分数的 GPT 结构,没有门控前馈和分组头。",
        )
    return Words(
        f"{opens.en}{'this' if right else 'This'} model's own layers keep {each / KIB:.0f} KiB a token in each layer with FlashAttention and without recomputation, {both_words(kept)} in all.** Logits come on top, {both_words(loss)} at the worst moment.\n\n",
        f"{opens.zh}按这个模型自己的结构,用 FlashAttention、不开重计算,每层每 token 存 {each / KIB:.0f} KiB,共 {both_words(kept)}。** logits 另算,最多同时 {both_words(loss)}。\n\n",
    )


def _scores_left(figures: Figures) -> Words:
    """Asked what FlashAttention with full recomputation leaves: the layers' inputs, one layer in work, and the logits."""
    if not {"checkpointing", "flash"} <= figures.about or "model" not in figures.given:
        return SILENT
    whole = dict.fromkeys(("n_gpus", "zero_stage", "tp", "pp", "dp", "cp", "sequence_parallel"))
    own = figures.at(method="full", attention="flash", gradient_checkpointing="off", **whole)
    layers, hidden = (figures.fact(name) for name in ("n_layers", "hidden_size"))
    inputs, each = 2 * figures.tokens * hidden * layers, max(own.fullest.at_any_phase("activations") or [0.0]) / layers
    copy = figures.tokens * figures.fact("vocab_size") * 4
    sum_ = f"{layers:g} × {figures.tokens:,.0f} × {hidden:,.0f} × 2 B = {both_words(inputs)}"
    return Words(
        f"**With FlashAttention and full recomputation the layers' inputs are left, {sum_}, and one layer at a time while it is computed again, {both_words(each)} in this model; logits come on top, {both_words(copy)} for one fp32 copy.**\n\n",
        f"**FlashAttention 加全量重计算之后只剩各层输入 {sum_},以及正在重算的那一层(这个模型 {both_words(each)});logits 另算,一份 fp32 就是 {both_words(copy)}。**\n\n",
    )


def _price_of(method: Any) -> Words | None:
    """What a way of training without fewer bits gives up; None of any other."""
    if method in (None, "inference", "full", "qlora"):
        return None
    en, zh = (value("method", method, language) for language in ("en", "zh"))
    price = _price("method", str(method), en, zh)
    return None if price == SILENT else price


def _price(setting: str, given: str, en: str, zh: str) -> Words:
    """What a setting gives up, under its name; nothing where the table has none."""
    found = rows("SELECT says, zh FROM prices WHERE setting = ? AND value = ?", [setting, given])
    return Words(f"**{en}: {found[0]['says']}.**", f"**{zh}\uff1a{found[0]['zh']}。**") if found else SILENT


def _cache_saved(figures: Figures) -> Words:
    """What the narrow cache saves, where that is asked in the same breath."""
    if not {"saving_asked", "how_much", "method_diff"} & figures.about:
        return SILENT
    with suppress(Missing, BadInput):
        length = figures.given.get("seq_len") or _USUAL_LENGTH
        narrow = CACHE_OF_EXAMPLES["cache_narrowed"](Figures({**figures.given, "seq_len": length}))
        flash = (
            Words(
                " In llama.cpp a quantised V needs flash attention (-fa on).",
                "llama.cpp 里量化 V 要开 flash attention(-fa on)。",
            )
            if figures.given.get("kv_format") in SCALED
            else SILENT
        )
        return Words(f" {narrow.en}{flash.en}", f" {narrow.zh}{flash.zh}")
    return SILENT


def _quality_listed(figures: Figures) -> Words:
    """What fewer bits cost, whatever model is asked about: of the cache where that is meant, else of the weights."""
    if "cache_loss" in figures.about or ({"kv", "kv_cache"} & figures.about and "weight_format" not in figures.given):
        saved = _cache_saved(figures)
        return Words(
            f"**A cache in 8 bits (q8_0, fp8) costs hardly any quality, one in 4 bits some, most with long contexts.**{saved.en}",
            f"**8 位缓存(q8_0、fp8)几乎无损,4 位缓存有损失,上下文越长越明显。**{saved.zh}",
        )
    if int(figures.given.get("grad_accum") or 1) > 1:
        return _price("grad_accum", "*", "Gradient accumulation", "梯度累积")
    if price := _price_of(figures.given.get("method")):
        return price
    listed = listed_quality()
    return Words(
        f"**8 bits cost hardly any quality, 4 bits a little, 3 and fewer clearly: {listed.en}.**",
        f"**8 位质量几乎不降,4 位略降,3 位及以下明显下降:{listed.zh}。**",
    )


FURTHER_WORDS: dict[str, Callable[[Figures], Words]] = {
    "bytes_each": _each, "unless_checked": _unless_checked, "no_checkpointing": _no_checkpointing, "ranks_needed": _ranks, "attention_needed": _attention, "scores_left": _scores_left, "scores_own": _scores_own, "quality_listed": _quality_listed, **CELLS_COMPARED, **ROLLOUT_PARTS, **BOTH_AT_ONCE, **TIMES_WORDS,
}  # fmt: skip
# a count of bytes for each parameter, and others in a row with it
_BYTES = re.compile(
    r"(?<![\d.])\d{1,2}(?:\s*(?:,|/|or|and|vs\.?|还是|和|或|、)\s*\d{1,2})*\s*(?:bytes?(?![a-z])|b\s?(?:/|per )\s?param|个?字节)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:another|other|others|else|says?|说|写|people|有人|别人)[^\d,.;?，。；？]{0,12}(?<![\d.])(1[268]|20|8)(?!\.?\d|\s?(?:gi?b|[a-z%张卡位层条倍]))",
    re.IGNORECASE,
)


# the ZeRO paper's multiplier of the optimizer's bytes: https://arxiv.org/abs/1910.02054 (§3.1)
_MULTIPLIER = re.compile(
    r"(?=[\s\S]*?(?:zero|adam|optimi[sz]er|优化器))[\s\S]*?(?<![a-z])k\s?(?:=|is|取|为)\s?(\d{1,2})(?!\d)",
    re.IGNORECASE,
)


def bytes_asked(text: str) -> list[int]:
    """The counts of bytes per parameter that a text names."""
    found = [int(one) for hit in _BYTES.finditer(text) for one in re.findall(r"\d+", hit[0])]
    found += [int(hit[1]) for hit in [_MULTIPLIER.match(text)] if hit]
    return [*found, *(int(hit[1]) for hit in _OTHERS.finditer(text) if found)]
