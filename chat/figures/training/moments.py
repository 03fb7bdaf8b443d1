"""Words of what is no step of training: merging adapters, an evaluation, memory that grows."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.event_words import EVENT_WORDS
from chat.figures.failures.gaps import GAP_WORDS
from chat.figures.failures.loaded_words import LOADED_WORDS
from chat.figures.host.offload_words import HOST_FIGURES, HOST_WORDS
from chat.figures.layouts.masters_beside import MASTERS_WORDS
from chat.figures.layouts.other_counts import OTHER_COUNTS_WORDS
from chat.figures.named import GIB, Figures, Missing, both_words, default_of, gib_words
from chat.figures.serving.copies import COPIES
from chat.figures.sums.total_claimed import total_claimed
from chat.figures.training.at_work import AT_WORK, AT_WORK_WORDS
from chat.figures.training.jumps import JUMP_WORDS, JUMPS
from chat.figures.training.own_line_words import OWN_LINE_WORDS
from chat.phrases import in_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.recipe import host_reserve

# what a process holds of a card beside tensors, until it is measured
_CONTEXT = GIB
_OF_A_CARD = 0.95  # which weights fill where nothing else has room


def _optional(figures: Figures, name: str) -> float:
    """A figure of the text, 0 where there is none."""
    try:
        return logged(figures, name)
    except Missing:
        return 0.0


# ── merging ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _on_the_card(figures: Figures) -> bool | None:
    """Whether the 16-bit weights go on the card; None where none is named."""
    card = figures.amount("capacity_whole")
    return figures.need("w16") + _CONTEXT <= card if card else None


def _merge_verdict(figures: Figures) -> Words:
    """Yes or no, where a card is named and it is asked whether that can, and not how much it takes."""
    fits = _on_the_card(figures)
    if fits is None or ("how_much" in figures.about and "fits" not in figures.about):
        return Words("Merging", "合并")
    if not fits and figures.n > 1 and figures.need("w16") <= figures.n * (figures.need("capacity_whole") - _CONTEXT):
        return Words("Not on one card: merging", "单张卡不行:合并")
    return Words("Yes: merging", "可以:合并") if fits else Words("No: merging", "不行:合并")


def _merge_room(figures: Figures) -> Words:
    """What the card has against the 16-bit weights, and why training got along with it."""
    fits, card = _on_the_card(figures), figures["capacity_whole"] if figures.amount("capacity_whole") else ""
    if fits is None:
        return SILENT
    if fits:
        whole = figures["w32"]
        return Words(
            f", and the card's {card} hold that if nothing else is there: end the training process first, and see that nothing is loaded in fp32 ({whole})",
            f",卡上 {card} 放得下,前提是没有别的占用:先结束训练进程,并确认没有按 fp32 加载({whole})",
        )
    if figures.n > 1:
        return _room_of_several(figures)
    if figures.need("w16") <= figures.need("capacity_whole"):
        return Words(f", all but the whole of the card's {card}", f",几乎占满卡上的 {card}")
    if figures.knob("method") == "qlora":
        stored = figures["w_here"]
        return Words(
            f", more than the card's {card}; training got along because the base lay there quantised, {stored}",
            f",超过卡上的 {card};训练放得下,是因为那时基座是量化的,只占 {stored}",
        )
    return Words(f", more than the card's {card}", f",超过卡上的 {card}")


def _room_of_several(figures: Figures) -> Words:
    """What several cards have against weights that are more than one of them has."""
    card, cards = figures["capacity_whole"], figures.n
    room = figures.need("capacity_whole") * cards
    every, over = gib_words(room), figures.need("w16") > room
    told, told_zh = (
        (f"and more than the {every} of all {cards}", f"也超过 {cards} 张卡合计的 {every}")
        if over
        else (
            f'though device_map="auto" divides them over all {cards}, {every}',
            f'不过 device_map="auto" 可以分到 {cards} 张卡上,共 {every}',
        )
    )
    return Words(f", more than the {card} of one card, {told}", f",超过一张卡的 {card},{told_zh}")


def _merge_ram(figures: Figures) -> Words:
    """What of it the machine's memory holds, where that is told."""
    if "host_memory_gb" not in figures.given:
        return SILENT
    ram = float(figures.given["host_memory_gb"])
    enough = figures.need("w16") / GIB <= ram - host_reserve()
    if enough:
        return Words(f"; the {ram:g} GB of RAM hold it", f";{ram:g} GB 内存放得下")
    return Words(f", more than the {ram:g} GB of RAM that the machine has", f",超过机器的 {ram:g} GB 内存")


def _merge_wide(figures: Figures) -> Words:
    """What a base takes that is loaded without a dtype, and whether the machine's memory holds that."""
    whole = figures["w32"]
    ram = figures.given.get("host_memory_gb")
    if ram is None or figures.need("w16") / GIB > float(ram) - host_reserve():
        return Words(f" (in fp32 {whole})", f"(按 fp32 加载则要 {whole})")
    enough = figures.need("w32") / GIB <= float(ram) - host_reserve()
    return Words(
        f" (in fp32 it would be {whole}, which they {'hold too' if enough else 'do not'})",
        f"(按 fp32 加载则要 {whole},{'也放得下' if enough else '放不下'})",
    )


def _merge_narrow(figures: Figures) -> Words:
    """Where a card does not hold the base in 16 bits, in which it serves base and adapter side by side."""
    room, narrow = figures.base.capacity, figures.need("w_nf4")
    if not room or not narrow < room <= figures.need("w16") / _OF_A_CARD:
        return SILENT
    size = figures["w_nf4"]
    return Words(
        f", on this card with the base in 4 bits as it was trained, {size} (Transformers with load_in_4bit and PeftModel; vLLM with quantization bitsandbytes and enable_lora), since in 16 bit it does not fit",
        f";这张卡放不下 16 位基座,就用训练时的 4 位基座加适配器,{size}(Transformers 用 load_in_4bit 加 PeftModel,vLLM 用 quantization=bitsandbytes 加 enable_lora)",
    )


# ── evaluation ─────────────────────────────────────────────────────────────────────────────────────────────────────


def eval_batch(figures: Figures) -> float:
    """Sequences of an evaluation step on a card: those that were said, else the Trainer's own number."""
    return _optional(figures, "eval_batch") or default_of("transformers", "per_device_eval_batch_size", "train")


def eval_batch_told(figures: Figures) -> bool:
    """Was the batch of an evaluation said?"""
    return bool(_optional(figures, "eval_batch"))


def eval_setting(figures: Figures) -> Words:
    """The batch of an evaluation: what was said, or the default."""
    count = figures["eval_batch"]
    if eval_batch_told(figures):
        return Words(f"{count} {'sequence' if count == '1' else 'sequences'} here", f"这里是 {count} 条")
    return Words(f"{count} sequences per card by default", f"不设时每卡 {count} 条")


# ── more than the weights ──────────────────────────────────────────────────────────────────────────────────────────

# how near to what is counted a figure is that it explains
_EXPLAINED = 0.15


def seen_of(figures: Figures) -> float:
    """The one amount that a run was seen to take, in bytes, as tools print GiB; Missing where none, or several are told."""
    seen = figures.told.get("observed_gb", ())
    if len(seen) != 1:
        raise Missing("seen")
    return float(seen[0]) * GIB


def explains_what_is_seen(figures: Figures) -> bool:
    """Whether the need that is counted is about what was seen."""
    try:
        return abs(seen_of(figures) / figures.base.best - 1) <= _EXPLAINED
    except Missing:
        return False


def _seen_is(figures: Figures) -> Words:
    try:
        seen = seen_of(figures)
    except Missing:
        return SILENT
    shown, peak = f"{seen / GIB:g} GB", figures["peak"]
    if explains_what_is_seen(figures):
        return Words(f"{shown} is what it takes. ", f"{shown} 是正常的。")
    if seen < figures.base.best:
        return SILENT
    return Words(
        f"{shown} is more than the {peak} that is counted for what was told. ",
        f"{shown} 比按所说设置算出的 {peak} 还多。",
    )


def _adapters_all(figures: Figures) -> Words:
    """Weights, gradients and Adam states of the adapters: of so many as the trainer printed, or as are counted here."""
    counted = figures.amount("adapter_params")
    try:
        trained = logged(figures, "trained")
    except Missing:
        trained = counted
    told = f"{size_words(trained)} × {TRAINED} B = {gib_words(TRAINED * trained)}"
    if abs(trained - counted) <= _EXPLAINED * counted:
        return Words(told, told.replace(" B ", " 字节 "))
    zh = "、".join(in_words(name, figures.knob(name), "zh") for name in ("lora_rank", "lora_targets"))
    en = ", ".join(in_words(name, figures.knob(name), "en") for name in ("lora_rank", "lora_targets"))
    return Words(
        f"{told} (counted here with {size_words(counted)}: {en})",
        f"{told.replace(' B ', ' 字节 ')}(这里按{zh}计 {size_words(counted)})",
    )


def _rank_told(figures: Figures, trained: float) -> Words:
    """The rank that has so many parameters, on the matrices at hand."""
    adapters, rank = figures.amount("adapter_params"), figures.knob("lora_rank")
    if not rank or not adapters or abs(adapters / trained - 1) > _SAME_COUNT:
        return SILENT
    where = in_words("lora_targets", figures.knob("lora_targets") or "all-linear", "en")
    where_zh = in_words("lora_targets", figures.knob("lora_targets") or "all-linear", "zh")
    return Words(f" That is rank {rank:g} ({where}).", f"即秩 {rank:g}({where_zh})。")


_SAME_COUNT = 0.005


def _printed(figures: Figures) -> Words:
    """What a printed count of adapter parameters takes, what comes beside it, and somebody's total for the whole."""
    trained = logged(figures, "trained")
    own = f"{size_words(trained)} × {TRAINED} B = {both_words(TRAINED * trained)}"
    named = figures.names_model and "any_model" not in figures.about
    if not named:
        claimed = [float(one) for one in figures.told.get("claims_gb", ())]
        beside = (
            Words(f" {claimed[0]:g} GB are then nearly all base and activations: tell model, method, length and batch, and it is judged.",
                  f"那 {claimed[0]:g} GB 几乎全是基座和激活:给出模型、方法、长度和批大小就能判断。") if len(claimed) == 1 else SILENT
        )  # fmt: skip
    else:
        base, peak = gib_words(figures.base.terms.get("weights", 0.0)), gib_words(figures.base.best)
        where = Words(f"{int(figures.knob('seq_len')):,} tokens, batch {int(figures.knob('batch_size') or 1)}",
                      f"{int(figures.knob('seq_len')):,} token、批大小 {int(figures.knob('batch_size') or 1)}")  # fmt: skip
        beside = Words(
            f" Here the base takes {base}, the whole {peak} ({where.en}).", f"这里基座 {base},总共 {peak}({where.zh})。"
        )
        with suppress(Missing):
            verdict = total_claimed(figures)
            beside = Words(f"{beside.en} {verdict.en}", f"{beside.zh}{verdict.zh}")
    rank = _rank_told(figures, trained) if named else SILENT
    return Words(
        f"**{own} for weights (4), gradients (4) and Adam's moments (8), all in fp32; the frozen base and the activations come on top.**{rank.en}{beside.en}",
        f"**{own.replace(' B ', ' 字节 ')}:fp32 的权重(4)、梯度(4)和 Adam 动量(8);冻结的基座和激活另算。**{rank.zh}{beside.zh}",
    )


# ── growing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def standing(figures: Figures) -> float:
    """What stays on the card between the steps of a training, gradients freed: weights, adapters and the optimizer's states."""
    return figures.base.held("weights", "adapter", "optimizer")


def _standing(figures: Figures) -> Words:
    """What stands still from the first optimizer step on."""
    plain = figures.knob("method") == "full" and figures.knob("optimizer") == "adamw" and figures.n == 1
    if plain and not figures.pure and figures.knob("offload") in (None, "none"):
        sum_, states = figures["params"], figures["states"]
        return Words(f" ({sum_} × 16 B = {states} here)", f"(这里 {sum_} × 16 字节 = {states})")
    if figures.knob("method") in ("lora", "qlora") and "n_gpus" not in figures.given:
        held = gib_words(standing(figures))
        return Words(f" (base, adapters and their states: {held} here)", f"(这里基座、适配器及其状态共 {held})")
    return SILENT


def _growth(figures: Figures) -> Words:
    """How many tokens more in one step the growth that was seen is worth."""
    start, end = _optional(figures, "from"), _optional(figures, "to")
    if not 0 < start < end:
        return SILENT
    kept = figures.need("kept_on" if figures.knob("gradient_checkpointing") == "on" else "kept_off")
    of_a_thousand = gib_words(1024 * kept / figures.tokens)
    more = (end - start) * GIB / (kept / figures.tokens)
    tokens = f"{round(more, -2):,.0f}"
    return Words(
        f" The {end - start:g} GB from {start:g} to {end:g} are what about {tokens} more tokens in the largest step take, {of_a_thousand} for each 1,024; PyTorch keeps that step's blocks, so the figure does not fall again.",
        f"从 {start:g} 到 {end:g} 涨的 {end - start:g} GB,相当于最大的一步多了约 {tokens} 个 token(每 1,024 个 {of_a_thousand});PyTorch 会留着那一步的块,所以只升不降。",
    )


MOMENT_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "eval_batch": (eval_batch, "{:,.0f}".format),
    **HOST_FIGURES,
    **AT_WORK,
    **JUMPS,
}
MOMENT_WORDS: dict[str, Callable[[Figures], Words]] = {
    "merge_verdict": _merge_verdict, "merge_room": _merge_room, "merge_ram": _merge_ram, "merge_wide": _merge_wide, "merge_narrow": _merge_narrow, **HOST_WORDS,
    "standing": _standing, "seen_is": _seen_is, "adapters_all": _adapters_all, "printed_adapters": _printed, "growth": _growth, **EVENT_WORDS, **COPIES, **AT_WORK_WORDS, **MASTERS_WORDS, **OTHER_COUNTS_WORDS, **LOADED_WORDS, **OWN_LINE_WORDS, **GAP_WORDS, **JUMP_WORDS,
}  # fmt: skip
