"""The words of a cause that are no figures: what a need consists of, what makes it fit, what else may be otherwise."""

import re
from collections.abc import Callable
from math import floor
from typing import Any

from chat.figures.cards.card_choice import CARD_CHOICE
from chat.figures.cards.cards_differ import CARDS_DIFFER
from chat.figures.cards.kernel_words import KERNEL_WORDS
from chat.figures.failures.cause_figures import logged, room
from chat.figures.failures.tried import MATRIX_WORDS
from chat.figures.failures.tried_words import TRIED_WORDS
from chat.figures.feedback.critics import CRITIC_WORDS
from chat.figures.formats.file_units import FILE_UNITS
from chat.figures.formats.quantising_words import QUANTISING_WORDS
from chat.figures.formats.rule_words import RULE_WORDS
from chat.figures.layouts.cards_together import CARDS_TOGETHER
from chat.figures.layouts.networks import NETWORK_WORDS
from chat.figures.layouts.one_more import ONE_MORE_WORDS
from chat.figures.layouts.parallel_words import PARALLEL_WORDS
from chat.figures.layouts.stages_asked import STAGES_ASKED
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.figures.serving.engine_words import flags_of_length, graphs_fewer, pool_left, server_words, share_knob
from chat.figures.serving.serving_layouts import SERVING_LAYOUTS
from chat.figures.settings.lever_words import LEVER_WORDS
from chat.figures.size_words import SIZE_WORDS
from chat.figures.sums.counts_told import COUNTS_TOLD
from chat.figures.sums.factor_slips import SLIP_WORDS
from chat.figures.sums.quoted import claim_words
from chat.figures.training.long_words import LONG_WORDS
from chat.figures.training.trainings_apart import TRAININGS_APART
from chat.phrases import case_words
from chat.words import term
from formulas.chinese import spaced
from formulas.quantity import SILENT, Words
from kb.programs import PROGRAMS, written
from kb.stated import ASKED

# of what a case consists of, the terms that are told first
_MOST_TERMS = 3
# of a machine's memory, what is left beside the system; files that are offered of most models, the largest first
_OF_RAM = 0.9
_FILES = ("Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K")
# cards of a usual machine
_MACHINE = 8


def _largest_terms(figures: Figures) -> Words:
    """What the need consists of, the largest terms first."""
    terms = sorted(figures.base.terms.items(), key=lambda term: -term[1])[:_MOST_TERMS]
    told = [(name, gib_words(size)) for name, size in terms if size > 0.05 * figures.base.best]
    return Words(
        ", ".join(f"{term(name, 'en')} {size}" for name, size in told),
        "、".join(f"{term(name, 'zh')} {size}" for name, size in told),
    )


def _price(change: dict[str, Any]) -> int:
    """One change before several, those before layers in host memory, weights of so few bits that quality goes, other runs."""
    facts = change["facts"]
    if facts.get("offload") and change["price"] == "less":
        return 4
    named = re.search(r"q(\d)", str(facts.get("weight_format")).lower())
    if int(facts.get("bits") or (named[1] if named else 4)) < 4:
        return 3
    if {"gpu_layers", "n_cpu_moe", "cpu_offload_gb"} & set(facts):
        return 2
    return int(" + " in change["says"])


def cheapest_sharded(figures: Figures) -> Words:
    return cheapest(Figures({**figures.given, "zero_stage": 3}, figures.told))


def cheapest(figures: Figures) -> Words:
    """The cheapest change with which the case fits on what there is, and the cheapest of another kind."""
    offered = sorted((one for one in figures.changes if one["price"] != "cards"), key=_price)
    chosen = offered[:1] + [one for one in offered[1:] if one["price"] != offered[0]["price"]][:1]
    if not chosen:
        none = Words("nothing on these cards", "这些卡上没有")
        try:
            other = _other_cards(figures)
        except Missing:
            return none
        return Words(f"{none.en}, but {other.en}", f"{none.zh},只能{other.zh}")
    english, chinese = [], []
    ram = figures.given.get("host_memory_gb")
    have, have_zh = (f", {ram:g} GB of which there are", f"(现有 {ram:g} GB)") if ram else ("", "")
    for one in chosen:
        shown, host = gib_words(one["gib"] * GIB), one["host_gib"]
        moved = gib_words(host * GIB) if host else ""
        english.append(f"{one['says']} ({shown}" + (f", with {moved} of host memory{have})" if host else ")"))
        chinese.append(f"{one['zh']}({shown}" + (f",另需内存 {moved}{have_zh})" if host else ")"))
    return Words(", or ".join(english), ",或".join([chinese[0], *map(spaced, chinese[1:])]))


def _largest_with_ram(figures: Figures) -> Words:
    """The most bits of the usual files with which weights and cache go into the card and the machine's memory together."""
    room_here = figures.need("all_room") + _OF_RAM * figures.need("ram")
    beside = figures.need("kv_all") + figures.n * figures.base.terms["runtime"]
    for name in _FILES:
        size = figures.stored(weight_format=f"gguf:{name}")
        if size + beside <= room_here:
            return Words(f"{name} ({gib_words(size)})", f"{name}({gib_words(size)})")
    none = f"{_FILES[-1]}({gib_words(figures.stored(weight_format=f'gguf:{_FILES[-1]}'))})"
    return Words(f"none, not even {none.replace('(', ' (')}: a smaller model", f"没有,连 {none}也不行,要换更小的模型")


def _other_cards(figures: Figures) -> Words:
    """The cards that hold the case as it is."""
    found = [one for one in figures.changes if one["price"] == "cards"]
    if not found:
        raise Missing("cards")
    shown = [gib_words(one["gib"] * GIB) for one in found]
    return Words(
        " or ".join(f"{one['says']} ({size})" for one, size in zip(found, shown, strict=True)),
        "或".join(spaced(f"{one['zh']}({size})") for one, size in zip(found, shown, strict=True)).lstrip(),
    )


def _or_cards(figures: Figures) -> Words:
    """The other cards as one more way, where there are such."""
    try:
        other = _other_cards(figures)
    except Missing:
        return SILENT
    if all(one["price"] == "cards" for one in figures.changes):
        return SILENT  # they were told
    return Words(f"; or {other.en}", f";或{other.zh}")


def _lower_share(figures: Figures) -> Words:
    """What a share is lowered to: the usual one, or some hundredths below one that is not above it."""
    told, usual = float(figures.given.get("gpu_memory_utilization") or 0.0), figures.need("usual_share")
    if not told or told > usual + 0.005:
        return Words(f" ({figures['usual_share']} is usual)", f"(通常 {figures['usual_share']})")
    lower = f"{floor(20 * told - 0.5) / 20:g}"
    return Words(f" (to {lower}, say)", f"(比如 {lower})")


def _of_capacity(figures: Figures) -> Words:
    """What the card has, where one is named."""
    if figures.base.capacity is None:
        return SILENT
    return Words(f" of {figures['capacity']}", f",卡上 {figures['capacity']}")


def _of_fullest(figures: Figures) -> Words:
    """What the card has that decides: the only one, each of several alike, or of unequal ones the fullest by its name."""
    room, base = figures["capacity"], figures.base
    card = base.fullest.place.card
    if card and len({one.capacity for one in base.case.rig}) > 1:
        return Words(f"of {room} on the fullest card, {card.called.en},", f"最满的卡({card.called.zh})的 {room} 里")
    return Words(f"of {room} per card", f"每卡 {room} 里") if figures.n > 1 else Words(f"of {room}", f"卡上 {room} 里")


def _card_has(figures: Figures) -> Words:
    """What the card has, in a clause of its own behind a need."""
    if figures.base.capacity is None:
        return SILENT
    return Words(f", which has {figures['capacity']}", f",卡上只有 {figures['capacity']}")


def _of_case(figures: Figures) -> Words:
    """Which of several readings a figure is of; nothing where there is one."""
    apart = {name: given for name, given in figures.base.apart.items() if name != "gpu_memory_gb"}
    if not apart:
        return SILENT
    return Words(f" ({case_words(apart, 'en')})", f"({case_words(apart, 'zh')})")


def _likeliest(figures: Figures) -> Words:
    return figures.causes[0].says


def _kto_fits(figures: Figures) -> Words:
    """Where the policy's own pass fits: what the other passes add, and what overflows the card without being told."""
    base = figures.base
    if base.capacity is None or base.best > base.capacity:
        return SILENT
    unchecked = SILENT
    told = figures.base.situation.knobs["gradient_checkpointing"]
    if told.value == "on" and told.origin != ASKED:
        peak = gib_words(figures.need("peak_unchecked"))
        unchecked = Words(
            f"; without gradient checkpointing, which is assumed on, it is {peak}, so check that first",
            f";这里假设开了重计算,没开则是 {peak},先查这一项",
        )
    logits, room = gib_words(figures.need("logits_peak")), gib_words(base.capacity - base.best)
    return Words(
        f"That pass alone fits, with {room} left: what overflows the card comes beside it. The other passes make logits again, up to {logits} while the policy's still stand{unchecked.en}. ",
        f"单看这一遍放得下,还剩 {room},所以溢出的是它之外的部分:其余几遍还要再产生 logits,策略的 logits 尚在时最多再加 {logits}{unchecked.zh}。",
    )


def _further(figures: Figures) -> Words:
    rest = figures.causes[1:]
    if not rest:
        return SILENT
    english, chinese = "; ".join(one.says.en for one in rest), ";".join(one.says.zh for one in rest)
    return Words(f" So would, each alone: {english}.", f"以下任何一项单独也会:{chinese}。")


def _that_process(figures: Figures) -> Words:
    """The other process, with what the asker saw it hold."""
    seen = figures.told.get("observed_gb", ())
    if len(seen) != 1:
        return Words("what it holds", "它占的显存")
    held = claim_words(float(seen[0]) * GB)
    return Words(f"its {held}", f"它占的 {held} ")


def _all_ranks(figures: Figures) -> Words:
    """What all ranks on one card would take, at the size of those that the message shows."""
    shown = logged(figures, "processes")
    if figures.n <= shown + 1:
        return SILENT
    each = logged(figures, "others") * GIB / shown
    every, whole = gib_words(each), gib_words(each * figures.n)
    return Words(f"; at {every} each all {figures.n} are {whole}", f";每个 {every},{figures.n} 个进程合计 {whole}")


def _flash_too_little(figures: Figures) -> Words:
    """What else is needed where the whole is too much without any scores, too."""
    capacity = figures.base.capacity
    if capacity is None or figures.need("peak_flash") <= capacity:
        return SILENT
    try:
        ways = cheapest(figures)
    except Missing:
        return SILENT
    return Words(f", still too much: {ways.en}", f",仍然放不下:{ways.zh}")


def _no_cache(figures: Figures) -> Words:
    """That scores are none of what a server keeps, with the size of its cache where a length is told."""
    if figures.knob("task") == "train":
        return SILENT
    kept = figures["kv_all"] if "seq_len" in figures.given else ""
    left = _left_beside(figures) if kept else SILENT
    return Words(
        f" and are neither weights nor KV cache{f' ({kept})' if kept else ''}, so fewer bits do not help{left.en}",
        f",既不是权重也不是 KV 缓存{f'({kept})' if kept else ''},量化它们没有用{left.zh}",
    )


def _left_beside(figures: Figures) -> Words:
    """What one card has left beside weights and cache, for scores that are written out more than once."""
    capacity, held = figures.base.capacity, figures.base.terms.get("weights", 0.0)
    if capacity is None or figures.n > 1 or not held:
        return SILENT
    rest = capacity - held - figures.need("kv_all")
    if rest <= 0:
        return SILENT
    weights, left = gib_words(held), gib_words(rest)
    return Words(
        f"; beside {weights} of weights and that cache {left} of the card are left, and scores are there more than once (the softmax in fp32)",
        f";除去权重 {weights} 和这份缓存,卡上还剩 {left},而分数同时不止一份(softmax 按 fp32)",
    )


def _if_not_over(figures: Figures) -> Words:
    """What more is needed where the default batch alone does not overflow the card."""
    if figures.need("peak_default") > room(figures):
        return SILENT
    return Words(
        ", nearly all of it, so that a longer sample or weights in fp32 overflow it",
        ",几乎占满,样本稍长或权重是 fp32 就会溢出",
    )


def _but_fits(figures: Figures) -> Words:
    """What is said where the sum that explains does not exceed the card: what else must be otherwise."""
    _, idle = (*figures.told.get("oom_gib", ()), 0, 0)[:2]
    if figures.base.capacity is None or figures.base.verdict == "no" or "spilled" in figures.log:
        return SILENT  # what a run was seen to use explains more than what it could use
    if idle > float(figures.told.get("tried_gib") or 0):
        return SILENT  # there was room enough, in pieces
    if figures.base.verdict == "borderline":
        return Words(" That alone is at the edge of the card.", "这本身就在卡的边缘。")
    try:
        likeliest = figures.causes[0].says
    except Missing:
        return Words(" That alone would fit.", "仅此还放得下。")
    return Words(
        f" That alone would fit; check first what would overflow the card by itself: {likeliest.en}.",
        f"仅此还放得下;先检查单独就会溢出的一项:{likeliest.zh}。",
    )


def _program(figures: Figures) -> Words:
    told = written(figures.given.get("engine"))
    called = next((str(one) for one in figures.told.get("programs", ()) if str(one) in PROGRAMS), told)
    name = PROGRAMS[called].name if called in PROGRAMS else {"vllm": "vLLM", "llama.cpp": "llama.cpp"}.get(called, "")
    return Words(name or "The engine", f"{name} " if name else "推理引擎")


def no_groups(figures: Figures) -> Words:
    """Why a token's cache is large: every head keeps its own keys and values."""
    row = figures.row()
    if row.get("kv_lora_rank") or not row.get("n_kv_heads") or row["n_kv_heads"] != row["n_heads"]:
        return SILENT
    heads = int(row["n_heads"])
    return Words(
        f", since without GQA all {heads} heads keep their own keys and values",
        f",没有 GQA,{heads} 个头各存一份 K 和 V",
    )


def _where_fused_lowers(figure: str, en: str, zh: str) -> Callable[[Figures], Words]:
    """What is said of a fused loss where it lowers the peak; `{}` is the peak then."""

    def told(figures: Figures) -> Words:
        if figures.need(figure) > 0.99 * figures.base.best:
            return SILENT
        return Words(en.format(figures[figure]), zh.format(figures[figure]))

    return told


_SHARDED = 3  # the stage of ZeRO that divides all states


def _states_too(figures: Figures) -> Words:
    """On one card what is too much even without logits: the states, or what is kept for the backward pass."""
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw" or figures.n > 1:
        return SILENT
    if figures.knob("zero_stage") == _SHARDED and "n_gpus" not in figures.given:
        return SILENT  # over cards that are yet to be counted
    if figures.base.capacity is None or figures.need("peak_fused_here") < figures.base.capacity:
        return SILENT
    kept, states = figures.at(loss="fused").terms.get("activations", 0.0), figures.need("states")
    if kept > states:
        shown = gib_words(kept)
        return Words(
            f" And without any logits the activations are too much for the card: {shown}.",
            f"而且不算 logits,激活本身就超过这张卡:{shown}。",
        )
    sum_ = f"{figures['params']} × 16"
    return Words(
        f" And without any logits the states are too much for the card: {sum_} B = {figures['states']}.",
        f"而且不算 logits,状态本身就超过这张卡:{sum_} 字节 = {figures['states']}。",
    )


def _or_quantised(figures: Figures) -> Words:
    """A 4-bit base as a further change, where it lowers the peak."""
    if figures.need("peak_qlora") > 0.95 * figures.base.best:
        return SILENT
    shown = figures["peak_qlora"]
    return Words(f", then a 4-bit base (QLoRA: {shown} in all)", f",再次是 4 位 QLoRA(共 {shown})")


def _reported_otherwise(figures: Figures) -> Words:
    """A run that lacked little, where the formulas say otherwise: what that means, and what does fit for sure."""
    base = figures.base
    if base.capacity is None or base.verdict == "borderline":
        return SILENT
    peak, room_here = figures["peak"], figures["capacity"]
    if base.best > base.capacity:
        return Words(
            f" But the amount in a message is that of the one allocation that failed, not of all that lacks: by the formulas the whole is {peak} of {room_here}. What fits for sure: {cheapest(figures).en}.",
            f"但报错里的数只是失败的那一次申请,不是总共的缺口:按公式共需 {peak},卡上 {room_here}。稳妥放得下的办法:{cheapest(figures).zh}。",
        )
    try:  # what lacks little is something that adds little: the least of what would overflow it
        likeliest = min(figures.causes, key=lambda one: one.there.best).says
    except Missing:
        return SILENT
    return Words(
        f" What was told would take only {peak} of {room_here}, so something takes more than is assumed here, such as a run {likeliest.en}, or fragments and other programs on the card: check that too.",
        f"所说的设置按公式只要 {peak},卡上 {room_here},可见还有某项比这里假设的多占,例如{likeliest.zh},或碎片、卡上别的程序,一并检查。",
    )


CAUSE_WORDS: dict[str, Callable[[Figures], Words]] = {
    **CARD_CHOICE, **CARDS_DIFFER, **TRAININGS_APART, **CARDS_TOGETHER, **FILE_UNITS,
    **LONG_WORDS, **TRIED_WORDS, **MATRIX_WORDS, **PARALLEL_WORDS, **SERVING_LAYOUTS, **ONE_MORE_WORDS, **NETWORK_WORDS, **CRITIC_WORDS, **COUNTS_TOLD, **STAGES_ASKED, **KERNEL_WORDS, **LEVER_WORDS, **QUANTISING_WORDS, **RULE_WORDS, **SLIP_WORDS, **SIZE_WORDS, "reported_otherwise": _reported_otherwise, "fused_less_to": _where_fused_lowers("peak_fused_here", " (to {})", "(降到 {})"),
    "or_fused": _where_fused_lowers("peak_fused_here", "; a fused loss (Liger) brings it to {}", ";融合损失(Liger)降到 {}"),
    "states_too": _states_too, "or_quantised": _or_quantised,
    "no_groups": no_groups, "fused_less": _where_fused_lowers("peak_fused", ", use a fused loss ({})", ",用融合损失({})"), "largest_terms": _largest_terms, "cheapest": cheapest, "cheapest_sharded": cheapest_sharded, "of_case": _of_case, "or_cards": _or_cards, "of_capacity": _of_capacity, "of_fullest": _of_fullest, "card_has": _card_has,
    "largest_with_ram": _largest_with_ram, "likeliest": _likeliest, "further": _further, "kto_fits": _kto_fits, "knob_of_share": share_knob, "lower_share": _lower_share, "fewer_graphs": graphs_fewer, "program": _program,
    "but_fits": _but_fits, "pool_words": pool_left, "no_cache": _no_cache, "flash_too_little": _flash_too_little, "that_process": _that_process, "all_ranks": _all_ranks, "if_not_over": _if_not_over, "a_server": server_words, "length_flags": flags_of_length,
}  # fmt: skip
