"""Words of what is no step of training: merging adapters, an evaluation, memory that grows; and of servers on one card."""

from collections.abc import Callable
from contextlib import suppress
from math import floor

from chat.figures.accounts import total_claimed
from chat.figures.at_work import AT_WORK, AT_WORK_WORDS
from chat.figures.cause_figures import logged
from chat.figures.event_words import EVENT_WORDS
from chat.figures.gaps import GAP_WORDS
from chat.figures.jumps import JUMP_WORDS, JUMPS
from chat.figures.loaded_words import LOADED_WORDS
from chat.figures.named import GIB, Figures, Missing, both_words, default_of, gib_words
from chat.figures.offload_words import HOST_FIGURES, HOST_WORDS
from chat.figures.own_line_words import OWN_LINE_WORDS
from chat.phrases import in_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.pools import ALL_SERVERS, share_of
from kb.recipe import host_reserve

# what a process holds of a card beside tensors, until it is measured
_CONTEXT = GIB


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
    """Yes or no, where a card is named and it is asked whether that can."""
    fits = _on_the_card(figures)
    if fits is None:
        return Words("Merging", "合并")
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
    if figures.need("w16") <= figures.need("capacity_whole"):
        return Words(f", all but the whole of the card's {card}", f",几乎占满卡上的 {card}")
    if figures.knob("method") == "qlora":
        stored = figures["w_here"]
        return Words(
            f", more than the card's {card}; training got along because the base lay there quantised, {stored}",
            f",超过卡上的 {card};训练放得下,是因为那时基座是量化的,只占 {stored}",
        )
    return Words(f", more than the card's {card}", f",超过卡上的 {card}")


def _merge_ram(figures: Figures) -> Words:
    """What of it the machine's memory holds, where that is told."""
    if "host_memory_gb" not in figures.given:
        return SILENT
    ram = float(figures.given["host_memory_gb"])
    enough = figures.need("w16") / GIB <= ram - host_reserve()
    if enough:
        return Words(f"; the {ram:g} GB of RAM hold it", f";{ram:g} GB 内存放得下")
    return Words(f", more than the {ram:g} GB of RAM that the machine has", f",超过机器的 {ram:g} GB 内存")


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
    named = bool({"model", "params", "config"} & set(figures.given)) and "any_model" not in figures.about
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


# ── servers that share a card ──────────────────────────────────────────────────────────────────────────────────────


def _servers(figures: Figures) -> int:
    return int(_optional(figures, "servers")) or 2


def _share_of_each(figures: Figures) -> float:
    """Hundredths of the card for each of the servers."""
    return floor(100 * ALL_SERVERS / _servers(figures)) / 100


def _one_or_several(figures: Figures) -> Words:
    """One server that batches more beside several copies on its card: whose weights are kept how often, and what cache that leaves."""
    count, each = _servers(figures), _share_of_each(figures)
    engine = figures.given.get("engine") or "vllm"
    pools = []
    for share in (None, each):
        there = figures.at(
            gpu_memory_utilization=share,
            engine=engine,
            bits=None if figures.given.get("bits") == 16 else figures.given.get("bits"),
        )
        pools.append(next((one["value"] for one in there.answers_json() if one["quantity"] == "kv_tokens"), 0))
    whole, apiece = pools
    if not whole or not apiece:
        raise Missing("kv_tokens")
    weights = gib_words(figures.base.terms["weights"])
    return Words(
        f"**One server that batches more: it keeps the weights, {weights}, once and has one pool for about {whole:,.0f} tokens of cache; {count} copies keep {count} times that and have {apiece:,.0f} tokens each, {count * apiece:,.0f} in all.** A step reads the weights once for every sequence in its batch, and on one card the copies take turns at computing, so they do not add throughput; raise the sequences at once (--max-num-seqs). Several are for different models or settings, or so that one may fail or restart alone.",
        f"**起一个、加大并发更划算:权重 {weights} 只存一份,一个缓存池约 {whole:,.0f} 个 token;{count} 个实例要存 {count} 份权重,每个 {apiece:,.0f} 个 token,合计 {count * apiece:,.0f}。** 一步读一次权重就服务整批序列,同一张卡上的几个实例只是轮流计算,不增加总吞吐;调大 --max-num-seqs 即可。多个实例适合不同的模型或设置,或要互相隔离、单独重启。",
    )


def _shared_card(figures: Figures) -> Words:
    """What the first server takes, what each may have, and what that leaves for its cache."""
    count, each, knob = _servers(figures), _share_of_each(figures), share_of(figures.given.get("engine")).setting
    card, taken = figures.need("capacity_whole"), figures.need("taken")
    first, left, whole = gib_words(taken), gib_words(card - taken), gib_words(card)
    usual = figures["usual_share"]
    there = figures.at(gpu_memory_utilization=each, engine=figures.given.get("engine") or "vllm")
    apiece, need = gib_words(each * card), gib_words(figures.base.best)
    opens = Words(
        f"each server takes its share of the whole card at its start, {usual} by default, {first} of {whole}, so {left} are left for the next.** ",
        f"每个服务启动时都按整张卡的比例占用,默认 {usual},即 {whole} 里的 {first},留给下一个的只有 {left}。** ",
    )
    if there.verdict == "no":
        return Words(
            f"{opens.en} {count} of them need {need} each and do not go on one card.",
            f"{opens.zh}每个要 {need},{count} 个放不进一张卡。",
        )
    tokens = next((one["value"] for one in there.answers_json() if one["quantity"] == "kv_tokens"), 0)
    weights = figures["w_here"]
    pool, pool_zh = (
        (f", of which about {tokens:,.0f} tokens of cache", f",缓存约 {tokens:,.0f} 个 token") if tokens else ("", "")
    )
    return Words(
        f"{opens.en}Give each an explicit one, {knob} {each:g}: {apiece} apiece{pool}; one needs {need} ({weights} of weights, the runtime and a cache). Start them one after the other, as each measures what is free; a smaller maximum length alone does not shrink what the first holds.",
        f"{opens.zh}给每个都写明一份,{knob} {each:g}:各 {apiece}{pool_zh};一个真正需要 {need}(权重 {weights},加运行时和缓存)。先后启动,因为各自会测量空闲显存;只减小最大长度,先启动的那个占的不会变小。",
    )


def _shared_verdict(figures: Figures) -> Words:
    """Yes or no, where it is asked whether the card holds all of the servers."""
    count, each = _servers(figures), _share_of_each(figures)
    there = figures.at(gpu_memory_utilization=each, engine=figures.given.get("engine") or "vllm")
    if there.verdict == "no":
        return Words("**No: ", "**不行:")
    return Words(f"**Yes, {count} of them, each with its own share: ", f"**可以放 {count} 个,但要各自设好比例:")


MOMENT_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "eval_batch": (eval_batch, "{:,.0f}".format),
    **HOST_FIGURES,
    **AT_WORK,
    **JUMPS,
}
MOMENT_WORDS: dict[str, Callable[[Figures], Words]] = {
    "merge_verdict": _merge_verdict, "merge_room": _merge_room, "merge_ram": _merge_ram, **HOST_WORDS,
    "standing": _standing, "seen_is": _seen_is, "adapters_all": _adapters_all, "printed_adapters": _printed, "growth": _growth, **EVENT_WORDS, "one_or_several": _one_or_several, "shared_card": _shared_card, "shared_verdict": _shared_verdict, **AT_WORK_WORDS, **LOADED_WORDS, **OWN_LINE_WORDS, **GAP_WORDS, **JUMP_WORDS,
}  # fmt: skip
