"""Words of a rollout engine whose share of a card does not hold its own copy of the weights: why it does not start, and what does."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil, floor

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.cause_words import cheapest, cheapest_sharded
from chat.figures.feedback.micro_batches import micro_batch
from chat.figures.feedback.rollouts import alone, fewest_ranks, rollout_engine
from chat.figures.feedback.share_raised import share_raised
from chat.figures.named import GIB, Figures, Missing, default_of, gib_words, value_of
from formulas.quantity import SILENT, Words
from kb.programs import PROGRAMS, rollout_ranks
from kb.recipe import ADAPTERS

# of its share so much at the least must be left for a cache
_LEAST_LEFT = 0.03
# of a card so much stays free beside an engine, for gradients and the copy that is handed over
_FREE = 0.05
_STEPS = 20  # shares that people set
# a figure of the asker's so near the engine's share is that share
_SEEN = 0.06


def _lacking(figures: Figures) -> float:
    """By how much the copy exceeds what the share has for it; Missing where it does not."""
    over = figures.need("rollout_copy") - (1 - _LEAST_LEFT) * figures.need("rollout_takes")
    if over <= 0:
        raise Missing("lacking")
    return over


def _by_ranks(figures: Figures) -> Words:
    """How many ranks share a copy, and who says so."""
    told, whole = False, figures["rollout_copy"]
    with suppress(Missing):
        told = bool(logged(figures, "rollout_tp"))
    ranks = figures["rollout_ranks"]
    default = rollout_ranks(figures.given.get("engine"))
    if told or default is None:
        return Words(f"{whole} at tensor parallel {ranks}", f"张量并行 {ranks} 时是 {whole}")
    name, setting, _ = default
    if figures.need("rollout_ranks") > 1:
        return Words(
            f"{whole}, divided over {ranks} cards by {name}'s default ({setting})",
            f"按 {name} 的默认({setting})由 {ranks} 张卡分摊,是 {whole}",
        )
    return Words(
        f"{whole}, a whole one on each card, as {name}'s {setting} is {ranks} unless it is set",
        f"{whole},每张卡各一整份,因为 {name} 的 {setting} 不设就是 {ranks}",
    )


def _twice(figures: Figures) -> Words:
    """The weights of training and of the engine on one card, where several share the training or each holds a copy."""
    capacity, own = figures.base.capacity, figures.at(zero_stage=0, rollouts_by="none", gpu_memory_utilization=None)
    weights = own.terms["weights"]
    both, whole, room = gib_words(weights + figures.need("rollout_copy")), gib_words(weights), figures["capacity"]
    beyond = capacity is not None and weights + figures.need("rollout_copy") > capacity
    over, over_zh = (f", more than the {room} of a card", f",超过卡上的 {room}") if beyond else ("", "")
    shared, shared_zh = "", ""
    frozen = value_of(own, "reference_weights") if figures.knob("method") == "full" else 0.0
    of, of_zh = (" and its frozen reference", "及冻结的参考模型") if frozen else ("", "")
    if figures.n > 1:
        part, cards = gib_words(weights / figures.n), figures.n
        shared, shared_zh = (
            f" ({part} if ZeRO-3 or FSDP divides it over {cards})",
            f"(ZeRO-3/FSDP 切分到 {cards} 张卡则 {part})",
        )
    return Words(
        f"Beside it each card holds the weights of the training{of}, {whole} under data parallel{shared}: {both} for weights alone{over}.",
        f"此外每张卡还有训练自己的权重{of_zh},数据并行时 {whole}{shared_zh}:仅权重就是 {both}{over_zh}。",
    )


def _in_all(figures: Figures) -> tuple[str, str]:
    """What a card then holds in all with the training sharded, and what makes that fit where it is too much."""
    if figures.n < 2:
        return "", ""
    there = Figures({**figures.given, "zero_stage": 3}, figures.told)
    best, room = there.base.best, there.base.capacity
    whole = gib_words(best)
    if room is None or best <= room:
        return f", {whole} per card in all with the training sharded", f",训练切分后每卡共 {whole}"
    ways = cheapest(there)
    return (
        f" (the training then is too much: {whole} per card sharded; what fits: {ways.en})",
        f"(但训练本身又放不下:切分后每卡 {whole};放得下的办法:{ways.zh})",
    )


def _start_ways(figures: Figures) -> Words:
    """What starts: more ranks to a copy, a larger share, sleep; what makes the training's own part smaller."""
    ranks, takes = fewest_ranks(figures), figures.need("rollout_takes")
    whole = figures.need("rollout_copy") * figures.need("rollout_ranks")
    found = []
    if ranks > figures.need("rollout_ranks") and whole / ranks < (1 - _LEAST_LEFT) * takes:
        copy, pool = gib_words(whole / ranks), gib_words(takes - whole / ranks)
        of, of_zh = _in_all(figures)
        found.append(
            Words(
                f"tensor parallel {ranks:g}, a copy of {copy} per card with {pool} of cache{of}",
                f"张量并行 {ranks:g}:每卡权重 {copy},缓存 {pool}{of_zh}",
            )
        )
    found.append(share_raised(figures, _generations(figures)[0]))
    if figures.knob("method") in ADAPTERS and figures.knob("method") != "qlora":
        less = gib_words(
            figures.at(
                method="qlora",
                bits=4,
                weight_format=None,
                precision=None,
                zero_stage=0,
                rollouts_by="none",
                gpu_memory_utilization=None,
            ).best
        )
        found.append(
            Words(
                f"QLoRA, with which the training's own part is {less} a card (the engine's copy stays 16-bit)",
                f"QLoRA,训练自己的部分每卡 {less}(引擎那份仍是 16 位)",
            )
        )
    return Words("; ".join(one.en for one in found), ";".join(one.zh for one in found))


def _shared_lead(figures: Figures) -> Words:
    """What training and engine take of each card together, by the layout that fails where the other does not."""
    room, sharded = figures["capacity"], figures["peak_rolled"]
    whole = gib_words(figures.base.best)
    apart = figures.n > 1 and "zero_stage" not in figures.given
    if apart and figures.need("peak_rolled") <= figures.need("capacity") < figures.base.best:
        return Words(
            f"**With a whole copy of the training on each card (data parallel, the default) and the rollout engine beside it, it is {whole} of {room}; sharded with ZeRO-3 or FSDP {sharded}.**",
            f"**默认的数据并行让每张卡都放一整份训练,再加 rollout 引擎,共 {whole},卡上 {room};用 ZeRO-3/FSDP 切分则是 {sharded}。**",
        )
    if figures.base.verdict == "yes":
        return _crowded_lead(figures)
    share = share_beside(figures)
    if share and "gpu_memory_utilization" in figures.given:
        takes, left = gib_words(share * figures.need("card_whole")), figures["update_alone"]
        cache = gib_words(share * figures.need("card_whole") - figures.need("rollout_copy"))
        one = Words("; no further card is needed", ";不用加卡") if figures.n == 1 else SILENT
        return Words(
            f"**The engine's share is the cause: with the update it is {sharded} of {room}. Set it to {share:g} or less (gpu_memory_utilization): {takes} for the engine, {cache} of it cache, beside the {left} of the update{one.en}.**",
            f"**原因是引擎的份额太大:加上更新共 {sharded},卡上 {room}。把 gpu_memory_utilization 设到 {share:g} 或更低:引擎占 {takes}(其中缓存 {cache}),更新要的 {left} 才放得下{one.zh}。**",
        )
    return Words(
        f"**The rollout engine and the training share each card: {sharded} of {room}.**",
        f"**rollout 引擎与训练共用每张卡:共 {sharded},卡上 {room}。**",
    )


# from this part of a card on an engine that stands leaves a step no room to vary
_NEARLY = 0.9


def _micro_batch(figures: Figures) -> Figures:
    """The case with the sequences that a step takes at once: those that were told, else as many as the trainer takes by itself."""
    if "batch_size" in figures.given:
        return figures
    figures.need("peak_default")  # of a program whose default is known
    return Figures({**figures.given, "batch_size": int(figures.need("default_batch"))}, figures.told)


def _crowded(figures: Figures) -> float:
    """What a step takes beside an engine that is awake with a share that is told, where one short sequence fits and this hardly does."""
    beside = figures.knob("rollouts_by") == "beside" and "gpu_memory_utilization" in figures.given
    if not beside or figures.base.verdict != "yes":
        raise Missing("crowded")
    best = _micro_batch(figures).base.best
    if best < _NEARLY * figures.need("capacity"):
        raise Missing("crowded")
    return best


def _told_share(figures: Figures) -> Words:
    """The asker's figure, where it is the engine's share."""
    takes = figures.need("rollout_takes")
    seen = [float(one) for one in figures.told.get("observed_gb", ()) if abs(float(one) * GIB / takes - 1) < _SEEN]
    return Words(f" (your {seen[0]:g} GB)", f"(就是您看到的 {seen[0]:g} GB)") if seen else SILENT


def _own_part(figures: Figures) -> Words:
    """What the training takes by itself: with one sequence in a step, and with those that a trainer takes unless told."""
    real, seq, own = _micro_batch(figures), figures["seq"], figures["update_alone"]
    batch = int(real.knob("batch_size") or 1)
    if real is figures:
        count = "one sequence" if batch == 1 else f"{batch} sequences"
        return Words(f"{own} with {count} of {seq} tokens", f"{batch} 条 {seq} token 要 {own}")
    more = gib_words(alone(real).base.best)
    return Words(
        f"{own} with one sequence of {seq} tokens, {more} with {batch}, the default where no batch is set",
        f"1 条 {seq} token 要 {own},{batch} 条(不设批大小时的默认值)要 {more}",
    )


def _lower_share(figures: Figures) -> Words:
    """The share beside which the step goes in, where there is one."""
    room, share = figures.need("card_whole"), share_beside(_micro_batch(figures))
    if not share and (alone_beside := share_beside(figures)):
        return Words(
            f"With one sequence at a time (per_device_train_batch_size 1, more of gradient_accumulation_steps) both go in up to a share of {alone_beside:g}, with the default batch beside none",
            f"一次只训 1 条(per_device_train_batch_size 1,加大 gradient_accumulation_steps)时份额到 {alone_beside:g} 都放得下,按默认批大小则没有哪个份额放得下",
        )
    if not share:
        return Words("No share leaves room for both", "没有哪个份额能两边都放下")
    lower, cache = gib_words(share * room), gib_words(share * room - figures.need("rollout_copy"))
    return Words(
        f"Set it to {share:g} or less (gpu_memory_utilization), {lower}, of which {cache} stay for the cache",
        f"把它(gpu_memory_utilization)设到 {share:g} 或更低,即 {lower},其中 {cache} 留给缓存",
    )


def _crowded_lead(figures: Figures) -> Words:
    """That the engine's share leaves a step too little, where one short sequence would just go in beside it."""
    room, takes = figures.need("card_whole"), figures["rollout_takes"]
    left, copy, pool = gib_words(room - figures.need("rollout_takes")), figures["rollout_copy"], figures["rollout_pool"]
    whole, told, own, to = gib_words(room), _told_share(figures), _own_part(figures), _lower_share(figures)
    return Words(
        f"**The engine's share is the cause: it holds {takes} of {whole} from its start{told.en}, its own 16-bit copy of the weights, {copy}, and {pool} of KV pool; the whole training has the other {left}, and takes {own.en}.** {to.en} ({figures['kv_mean']} per token); or let the engine sleep through the update (vllm_enable_sleep_mode), or generate on another card (vllm_mode server).",
        f"**原因是引擎的份额:它一启动就占住 {takes}{told.zh},整张卡 {whole},里面是它自己的一份 16 位权重 {copy} 和 {pool} 的 KV 池;训练只剩 {left},而训练自己{own.zh}。** {to.zh}(每 token {figures['kv_mean']});或让引擎在更新时休眠(vllm_enable_sleep_mode),或放到另一张卡上生成(vllm_mode 设为 server)。",
    )


def _shared_engine(figures: Figures) -> Words:
    """The engine's share and what fills it; of one that has been told so, what of the update the micro-batch decides."""
    if figures.base.verdict != "yes":
        return rollout_engine(figures)
    decides = micro_batch(figures)
    return Words(decides.en.strip(), decides.zh)


def share_beside(figures: Figures) -> float:
    """The largest share of an engine that stands through the update beside it; 0 where none holds the engine's weights."""
    card = figures.need("card_whole")
    share = floor(_STEPS * ((1 - _FREE) * card - figures.need("update_alone")) / card) / _STEPS
    return share if share * card * (1 - _LEAST_LEFT) > figures.need("rollout_copy") else 0.0


def _shared_ways(figures: Figures) -> Words:
    """What helps beside a share that is told; without one what fits, then the share."""
    if figures.base.verdict == "yes":
        return SILENT  # its lead has told all
    if share_beside(figures) and "gpu_memory_utilization" in figures.given:
        return Words(
            "Then a smaller micro-batch of the update, or one counted in tokens.", "其次减小更新的 micro-batch,或按 token 数动态组批。"
        )  # fmt: skip
    ways = cheapest_sharded(figures)
    return Words(
        f"What helps: {ways.en}; then a smaller share for the engine, and a smaller micro-batch of the update, or one counted in tokens.",
        f"可行的办法:{ways.zh};还可以调小引擎的份额,减小更新的 micro-batch 或按 token 数动态组批。",
    )


def _generations(figures: Figures) -> tuple[int, bool]:
    """How many answers there are to a prompt, and whether that was told; 0 where no default is known."""
    with suppress(Missing):
        return int(logged(figures, "generations")), True
    program = PROGRAMS.get(str(figures.given.get("engine")))
    with suppress(Missing):
        return int(default_of(program.tool if program else "", "num_generations", "rollouts on the same cards")), False
    return 0, False


def _group(figures: Figures) -> Words:
    """What the number of answers to a prompt does: to the cache, and not to a micro-batch."""
    count, told = _generations(figures)
    if not count:
        return SILENT
    cached, each = gib_words(count * float(figures.knob("seq_len")) * figures.need("kv_mean")), figures["seq"]
    default, default_zh = ("", "") if told else (" by default", "(默认)")
    logits = figures["logits_copy"]
    return Words(
        f" num_generations, {count:g}{default}, is that many answers of {each} tokens to a prompt, {cached} of cache in the engine; in the update each row of the micro-batch has its own logits ({logits} for one fp32 copy of it here), so keep that at 1 or 2.",
        f"num_generations {count:g}{default_zh} 即每个提示 {count:g} 条 {each} token 的回答,在引擎里占 {cached} 缓存;更新时 micro-batch 每一行都有自己的 logits(这里一份 fp32 {logits}),所以保持 1 到 2。",
    )


START_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "rollout_crowds": (_crowded, gib_words),
    "rollout_lacks": (_lacking, gib_words),
    "group": (lambda f: logged(f, "generations"), "{:,.0f}".format),
    "peak_of_group": (lambda f: f.at(batch_size=int(logged(f, "generations"))).best, gib_words),
    "group_cache": (lambda f: logged(f, "generations") * float(f.knob("seq_len")) * f.need("kv_mean"), gib_words),
}


def _wakes_within(figures: Figures) -> Words:
    """The largest share with which the engine wakes beside what the training keeps; that none does, where its copy is more."""
    card, stays = figures.need("card_whole"), figures.need("stays_after_update")
    share, copy = floor(_STEPS * ((1 - _FREE) * card - stays) / card) / _STEPS, figures.need("rollout_copy")
    takes = share * card
    by_two = _by_two_ranks(figures, copy, max(_LEAST_LEFT * copy, takes - copy))
    if takes <= copy / (1 - _LEAST_LEFT):
        return Words(
            f" No share holds both: the engine's own weights are {gib_words(copy)}, so offloading it is.{by_two.en}",
            f"没有哪个份额能两者都放下:引擎自己的权重就要 {gib_words(copy)},只能 offload。{by_two.zh}",
        )
    whole, left, ranks = gib_words(stays + takes), gib_words(takes - copy), round(figures.need("rollout_ranks"))
    of, of_zh = (f" (tensor parallel {ranks})", f"(张量并行 {ranks})") if ranks > 1 else ("", "")
    return Words(
        f" At {share:g} the engine takes {gib_words(takes)}, its own weights {gib_words(copy)}{of} among them, and {left} are left for its cache: {whole} in all; it gives both back while the update runs, if it sleeps (verl: free_cache_engine).{by_two.en}",
        f"设为 {share:g} 时引擎占 {gib_words(takes)},其中自己的权重 {gib_words(copy)}{of_zh},留给缓存 {left},合计 {whole};更新阶段要让它休眠(verl 的 free_cache_engine),权重和缓存才会释放。{by_two.zh}",
    )


def _by_two_ranks(figures: Figures, copy: float, cache: float) -> Words:
    """Of an engine on each card by itself, what its copy is over two of them, and the least share that leaves as much cache."""
    card, stays = figures.need("card_whole"), figures.need("stays_after_update")
    if round(figures.need("rollout_ranks")) > 1 or figures.n < 2:
        return SILENT
    share = ceil(_STEPS * (copy / 2 + cache) / card) / _STEPS
    takes = share * card
    if stays + takes > (1 - _FREE) * card:
        return SILENT
    left, whole = gib_words(takes - copy / 2), gib_words(stays + takes)
    return Words(
        f" With tensor parallel 2 for the rollout the copy is {gib_words(copy / 2)} a card, and {share:g} ({gib_words(takes)}) leaves {left} for the cache: {whole} in all.",
        f"rollout 的张量并行设为 2 时,每卡的副本是 {gib_words(copy / 2)},份额 {share:g}({gib_words(takes)})就给缓存留 {left},合计 {whole}。",
    )


def _kept_reference(figures: Figures) -> Words:
    """The frozen reference's part of what a card keeps; silent without one."""
    kept = value_of(figures.at(zero_stage=3), "reference_weights")
    if not kept:
        return SILENT
    return Words(f", the frozen reference's {gib_words(kept)} among it", f"(其中冻结的参考模型 {gib_words(kept)})")


START_WORDS: dict[str, Callable[[Figures], Words]] = {
    "by_ranks": _by_ranks, "weights_twice": _twice, "start_ways": _start_ways, "of_a_group": _group,
    "shared_lead": _shared_lead, "shared_engine": _shared_engine, "shared_ways": _shared_ways, "wakes_within": _wakes_within, "kept_reference": _kept_reference,
}  # fmt: skip
