"""What a program that runs files allocates as it loads: whether that is a leak or a wider format, and whether it is what was seen."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words

_NARROW = "q8_0"  # a cache of half the bytes
_EXACTLY = 0.05  # what is further off is only near the amount
_WIDE_TYPES, _FEW_BITS = ("bf16", "fp16", "fp32"), (8, 4)
AS_SEEN = 0.15  # of the need; a meter counts other programs too


def _no_leak(figures: Figures) -> Words:
    """The plain no, where a leak, a bug or a wider format is suspected."""
    if "suspected_format" in figures.about:
        return _of_a_format(figures)
    if (file := file_and_run(figures)) and figures.about & {"claim_checked", "who_is_right"}:
        return _of_the_rest(figures, file) or Words(f"Both: {file:g} GB is the file. ", f"都对:{file:g} GB 是文件。")
    if "layers_now" in figures.log:
        return Words("As it must be, for more than the file goes on the card. ", "这是正常的:要上卡的不只是文件。")
    return (
        Words("No leak, no bug. ", "不是泄漏,也不是 bug。") if figures.about & {"growing", "bug_suspected"} else SILENT
    )


def _of_the_rest(figures: Figures, file: float) -> Words | None:
    """Whether what is beyond the file is the cache, where that amount is told and asked about; None where it is not."""
    told = [float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ())]
    rest = next((one for one in told if abs(one - (max(told) - file)) < _REST_OFF), 0.0)
    cache = figures.base.terms.get("kv_cache", 0.0) / GB
    if not rest or not cache:
        return None
    if abs(cache / rest - 1) < AS_SEEN:
        return Words(f"Yes, nearly all of the {rest:g} GB is the cache. ", f"对,这 {rest:g} GB 基本就是缓存。")
    if cache < rest:
        return Words(f"Only in part: {cache:.2f} of the {rest:g} GB are the cache. ", f"只有一部分:{rest:g} GB 里缓存占 {cache:.2f} GB。")  # fmt: skip
    return None


_REST_OFF = 0.35  # GB
_OF_THE_FILE, _BEYOND_IT = 0.06, 1.12


def file_and_run(figures: Figures) -> float:
    """The amount [GB] that is told of the file, where a larger one is told of the run; 0 where it is not so."""
    stored = figures.knob("weight_format")
    files = [figures.stored(weight_format=stored, mmproj=tower) / GB for tower in (False, True)]  # as libraries list it
    told = [float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ())]
    own = next((one for one in told if any(abs(one / file - 1) <= _OF_THE_FILE for file in files)), 0.0)
    asked = bool(figures.about & {"why_more", "claim_checked", "who_is_right", "method_diff"})
    return own if own and asked and max(told) > _BEYOND_IT * own else 0.0


def _of_a_format(figures: Figures) -> Words:
    """Whether the weights are in the 16 bits that were suspected: by what was seen, not where the file explains it as well."""
    wide, kind = figures.at(weight_format="fp16"), str(figures.knob("weight_format")).removeprefix("gguf:")
    of_16 = f"{gib_words(wide.total)} ({gib_words(wide.terms['weights'])})"
    if _may_be_wide(figures):
        seen = figures.amount("seen_most")
        return Words(
            f"It may be: with weights in fp16 it takes {gib_words(wide.total)}, about the {seen / GB:g} GB that you see (ollama show tells the quantisation), or the context is longer than counted here. ",
            f"有可能:fp16 权重共需 {gib_words(wide.total)},接近您看到的 {seen / GB:g} GB(用 ollama show 看量化格式);也可能上下文比这里算的长。",
        )
    return Words(
        f"No, the weights are still {kind}; in fp16 it would be {of_16.replace(')', ' of weights)')}. ",
        f"没有,权重仍是 {kind};fp16 要 {of_16.replace('(', '(其中权重 ')}。",
    )


def _may_be_wide(figures: Figures) -> bool:
    """Is what was seen the need in the 16 bits that were suspected, and not that of the file?"""
    if "suspected_format" not in figures.about:
        return False
    wide, seen = figures.at(weight_format="fp16").total, figures.amount("seen_most")
    near = min(abs(seen * unit / wide - 1) for unit in (1, GIB / GB)) < AS_SEEN
    return near and seen / figures.base.total - 1 > AS_SEEN


def _unpacked(figures: Figures) -> Words:
    """The plain no of what a server's share is taken for: a leak, or weights in 16 bits; or the yes that it is normal."""
    if "suspected_format" in figures.about:
        return Words("No, the weights are not unpacked to 16 bit", "没有,权重并没有变回 16 位")
    if "normal_asked" in figures.about and "leak_asked" not in figures.about:
        return Words("Yes, that is normal, and no leak", "正常,不是泄漏")
    return Words("No leak", "不是泄漏")


def _slots(figures: Figures) -> Words:
    """That Ollama sets the context aside once for each request that it serves at once."""
    if "ollama" not in figures.told.get("programs", ()) or int(figures.knob("batch_size") or 1) > 1:
        return SILENT
    return Words(" OLLAMA_NUM_PARALLEL multiplies it.", "OLLAMA_NUM_PARALLEL 会成倍放大它。")


def _slots_raised(figures: Figures) -> Words:
    """What gives each slot of llama-server the length that is told of each, else all that is set now."""
    wanted, slots = float(figures.tokens), int(figures.knob("batch_size") or 1)
    with suppress(Missing):
        wanted = logged(figures, "slot_wanted")
    if wanted <= figures.tokens / slots:
        return SILENT
    cache, narrow = (
        gib_words(figures.at(seq_len=int(wanted), kv_format=kind).part_of_all("kv")) for kind in (None, "q8_0")
    )
    return Words(
        f" For {wanted:,.0f} of each set -c {wanted * slots:.0f}: {cache} of cache, or {narrow} with -fa on -ctk q8_0 -ctv q8_0; the weights stay as they are.",
        f"要每个 slot {wanted:,.0f} token,就设 -c {wanted * slots:.0f},KV 缓存 {cache},加 -fa on -ctk q8_0 -ctv q8_0 则 {narrow};权重不变。",
    )


def _as_seen(figures: Figures) -> Words:
    """That the need is what was seen, where it is; else what more there may be."""
    seen = figures.amount("seen_most")
    if abs(seen / (2 * figures.params) - 1) < _OF_THE_FILE:
        return SILENT  # the size in 16 bit, which is told of files and not of a run
    if AS_SEEN > seen / figures.base.total - 1 > _EXACTLY and (eager := _unfused(figures)).en:
        return eager
    if abs(seen / figures.base.total - 1) < AS_SEEN:
        exactly = abs(seen / figures.base.total - 1) < _EXACTLY
        return (
            Words(", which is what you see", ",正是看到的数")
            if exactly
            else Words(", near what you see", ",接近看到的数")
        )
    if seen > figures.base.total and "seq_len" not in figures.given and not _may_be_wide(figures):
        tokens = (seen - figures.base.total) / figures.need("kv_token") + float(figures.knob("seq_len") or 0)
        shown = f"{round(tokens, -3):,.0f}"
        return Words(
            f"; the {seen / GB:g} GB that you see are what about {shown} tokens take, one context or several in parallel",
            f";您看到的 {seen / GB:g} GB 相当于约 {shown} 个 token(一个更长的上下文,或几路并行)",
        )
    if seen > figures.base.total and not _may_be_wide(figures):
        return Words(
            f" with flash attention; without it the compute buffers grow with the context too, hence the {seen / GB:g} GB that you see",
            f"(开 flash attention 时);不开的话计算缓冲也随上下文增长,所以看到 {seen / GB:g} GB",
        )
    return SILENT


def _unfused(figures: Figures) -> Words:
    """What the compute buffers take without flash attention, where the text says nothing of it and they take more."""
    plain, buffers = figures.at(attention="eager"), figures.base.terms.get("buffers", 0.0)
    if (
        "attention" in figures.given
        or figures.knob("engine") != "llama.cpp"
        or plain.terms.get("buffers", 0.0) < 2 * buffers
    ):
        return SILENT
    told, more, less = (gib_words(size) for size in (figures.amount("seen_most"), plain.terms["buffers"], buffers))
    seen = f"{figures.amount('seen_most') / GB:g} GB ({told})"
    return Words(
        f", near the {seen} that you see; without flash attention the buffers are {more} instead of {less}",
        f",接近您看到的 {seen};不开 flash attention 时缓冲区是 {more} 而不是 {less}",
    )


def _spilled(figures: Figures) -> Words:
    """What a run uses on the card and beyond it, against the need: the context that makes the difference, or what else."""
    seen, need = float(next(iter(figures.log.get("spilled", ())), 0)) * GIB, figures.base.total
    if seen <= need * (1 + _EXACTLY):
        return SILENT
    context = SILENT
    if figures.knob("task") != "train" and "seq_len" not in figures.given:
        tokens = (seen - need) / figures.need("kv_token") + float(figures.knob("seq_len") or 0)
        shown = f"{round(tokens, -3):,.0f}"
        context = Words(f", as much as a context of about {shown} tokens takes", f",相当于约 {shown} token 的上下文")
    whole, more = gib_words(seen), gib_words(seen - need)
    return Words(
        f" Dedicated and shared memory together are {whole}, {more} above that{context.en}: the length set at load, another program or the desktop.",
        f"专用加共享共 {whole},比这多 {more}{context.zh}:看加载时设的长度,以及别的程序和桌面。",
    )


def _spill_eased(figures: Figures) -> Words:
    """What makes room for what spills: a served model has no batch or loss to lower."""
    if figures.knob("task") == "train":
        return Words("less length or batch, a fused loss, fewer bits", "缩短长度或减小 batch、融合损失、更低位数")
    return Words(
        "a shorter context, a cache in 8 bits, fewer bits of the weights, fewer layers on the card",
        "缩短上下文、缓存用 8 位、权重用更低位数、少放几层到卡上",
    )


_IN_RAM = 0.03  # of a file: less is norms and rounding


def _of_the_file_in_ram(figures: Figures) -> Words:
    """That a file is larger than what of it is on the card: llama.cpp keeps the embedding in RAM."""
    file, here = figures.stored(weight_format=figures.knob("weight_format")), figures.need("w_all")
    if file - here <= _IN_RAM * file:
        return SILENT
    return Words(
        f" (of a file of about {file / GB:.1f} GB; its embedding stays in RAM)",
        f"(文件约 {file / GB:.1f} GB,其中 embedding 留在内存)",
    )


def _left_to_cpu(figures: Figures) -> Words:
    """That what the card lacks goes to the CPU."""
    room = None if figures.base.capacity is None else figures.need("room_of_all")
    if room is None or "target" in figures.log or figures.base.total <= room:  # what is wanted is no card
        return SILENT
    have = "The card has" if figures.n == 1 else "The cards have"
    return Words(
        f" {have} {gib_words(room)}, so the layers that do not go in are left to the CPU.",
        f"卡上只有 {gib_words(room)},放不下的层就交给 CPU。",
    )


def _at_usual(figures: Figures) -> Words:
    """What the cache of a usual context takes, where a longer one is set."""
    usual, cache = figures["usual_context"], figures["kv_usual"]
    if usual == figures["tokens"]:
        return SILENT
    return Words(f" At {usual} tokens of context the cache takes {cache}.", f"上下文设为 {usual} 时缓存是 {cache};")


def _said_in_few_bits(figures: Figures) -> Words:
    """Of whom it is said that it fits one card, what is counted there: the weights in the most bits in which it does."""
    wide = not figures.given.get("weight_format") or figures.knob("weight_format") in _WIDE_TYPES
    if "said_to_fit" not in figures.about or not wide or not figures.base.capacity:
        return SILENT
    for bits in _FEW_BITS:
        narrow = figures.at(weight_format=None, bits=bits, n_gpus=1, tp=None, pp=None, dp=None)
        if narrow.best <= figures.base.capacity:
            need, weights = gib_words(narrow.best), gib_words(narrow.terms["weights"])
            return Words(
                f" Who says that it fits one card counts {bits}-bit weights: {weights}, {need} in all.",
                f"说单卡放得下,指的是 {bits} 位权重:{weights},共 {need}。",
            )
    return SILENT


def _all_on_card(figures: Figures) -> Words:
    """What a card holds whole: up to which context, and up to which with a cache of half the bytes."""
    base, room = figures.base, figures.need("room_of_all")
    if base.verdict != "yes" or not base.longest:
        raise Missing("room")
    narrow = figures.at(kv_format=_NARROW).longest or base.longest
    whole, of_all, tokens = gib_words(base.total), gib_words(room), figures["tokens"]
    longer = (
        Words(f", {narrow:,} with an 8-bit cache (q8_0)", f",8 位缓存(q8_0)时约 {narrow:,} token")
        if narrow > base.longest
        else SILENT
    )
    return Words(
        f"**It goes in whole at {tokens} tokens of context, {whole} of {of_all}: where a part is on the CPU, the context that is set is longer, or others hold a part of the card.** Up to about {base.longest:,} tokens go in{longer.en}; Ollama reserves num_ctx × OLLAMA_NUM_PARALLEL.",
        f"**上下文 {tokens} token 时能全部放进去,{whole} / {of_all}:还有一部分在 CPU 上,说明设的上下文更长,或者卡被别的程序占了一部分。** 最长约 {base.longest:,} token 能全放{longer.zh};Ollama 预留的是 num_ctx × OLLAMA_NUM_PARALLEL。",
    )


LOADED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "no_leak": _no_leak, "as_seen": _as_seen, "spilled": _spilled, "spill_eased": _spill_eased, "left_to_cpu": _left_to_cpu, "at_usual": _at_usual, "of_the_file": _of_the_file_in_ram, "times_parallel": _slots, "slots_raised": _slots_raised, "no_unpacking": _unpacked, "said_in_few_bits": _said_in_few_bits, "all_on_card": _all_on_card,
}  # fmt: skip
