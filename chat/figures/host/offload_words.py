"""Words of host memory that a training offloads to: what it holds, what a machine wants for it, and what takes less."""

from collections.abc import Callable

from chat.figures.failures.cause_words import cheapest
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, held_in_ram, missing
from chat.figures.settings.cures import against_size
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import GRADIENT, TRAINED, WEIGHT
from kb.host_memory import BEYOND, FULL, roomy

# bytes of a parameter in host memory: gradients with AdamW's states in mixed precision, and the weights with them
_EACH: tuple[tuple[int, Words], ...] = (
    (16, Words("offloaded weights, gradients and Adam states", "offload 的权重、梯度与 Adam 状态")),
    (14, Words("offloaded gradients and Adam states", "offload 的梯度与 Adam 状态")),
)


def host_takes(figures: Figures) -> float:
    """What is offloaded takes in host memory, whether or not the machine's is told."""
    held = held_in_ram(figures.base)
    if not held:
        raise Missing("host memory")
    return held


def host_sum(figures: Figures) -> Words:
    """What host memory holds, as a sum where it is one."""
    held, whole = figures.need("host_takes"), figures["host_takes"]
    for each, of in _EACH:
        if abs(held / (each * figures.params) - 1) < 0.01:
            sum_ = f"{figures['params']} × {each}"
            return Words(f"{of.en} take {sum_} B = {whole} there", f"{of.zh}要占内存 {sum_} 字节 = {whole}")
    return Words(f"what is offloaded takes {whole} there", f"offload 的部分要占内存 {whole}")


def _moved_off(figures: Figures) -> Words:
    """Of a training that offloads: what alone has left the card, and what stays; silent of any other."""
    if figures.knob("offload") not in _OFF_THE_CARD or figures.knob("method") != "full":
        return SILENT
    moved = host_sum(figures)
    weights, weights_zh = ("", "") if figures.knob("offload") == "params" else (", weights", "、权重")
    return Words(
        f" Only states have gone to host memory ({moved.en}); activations, logits{weights} and the layer that is in work stay on the card.",
        f"搬到内存的只有模型状态({moved.zh}),激活、logits{weights_zh}和正在计算的那层仍在卡上。",
    )


def _held_beside(figures: Figures) -> Words:
    """What is offloaded holds of the machine's memory already as the weights are gathered there; silent where nothing is."""
    if figures.knob("offload") not in _OFF_THE_CARD:
        return SILENT
    moved, whole = host_sum(figures), both_words(figures.need("host_takes") + 2 * figures.params)
    has, has_zh = SILENT.en, SILENT.zh
    if "host_memory_gb" in figures.given:
        ram = float(figures.given["host_memory_gb"])
        has, has_zh = f" of the machine's {ram:g} GB", f",机器有 {ram:g} GB"
    wants = figures["host_deepspeed"]
    return Words(
        f" Beside them {moved.en}; with the gathered weights {whole}{has}, before pinned buffers, the system and what else the processes hold (for the offload alone DeepSpeed's own estimator wants 18 B × 1.5: {wants}).",
        f"已经在内存里的:{moved.zh};加上聚合的权重共 {whole}{has_zh},锁页缓冲、系统和各进程自身还没算(仅 offload,DeepSpeed 自己的估算器就要 18 字节 × 1.5:{wants})。",
    )


def _resumed_from(figures: Figures) -> Words:
    """What a checkpoint to resume from holds beside the 16-bit weights; silent where no whole model trains with Adam's states."""
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw" or figures.pure:
        return SILENT
    each = TRAINED - WEIGHT - GRADIENT
    whole = both_words(each * figures.params)
    return Words(
        f" A checkpoint to resume from also holds the fp32 copy and Adam's two moments, {each} B × {figures['params']} = {whole}: with ZeRO each process writes its own shard of them, so that is room on the disk.",
        f"用来续训的完整检查点还有 fp32 主权重和 Adam 的两个动量,{each} 字节 × {figures['params']} = {whole}:ZeRO 下各进程写自己的分片,占的是磁盘。",
    )


_OFF_THE_CARD = ("params", "optimizer")
# DeepSpeed's own estimate of what is offloaded counts 18 B a parameter where 16 are held, and half as much again
_ESTIMATED = 1.5 * 18 / 16


def _ram_seen(figures: Figures) -> float:
    """Bytes of RAM that were seen in use; of an amount that is not said to be RAM where that is more than the states take. 0 where
    nothing such is told."""
    if told := figures.logged_all("ram_seen"):
        return max(told) * GB
    seen = max((float(one) * GB for one in figures.told.get("claims_gb", ()) if one), default=0.0)
    return seen if seen > figures.need("host_takes") else 0.0


def _ram_wanted(figures: Figures) -> float:
    """RAM with room for the system and pinned buffers, and for what a run was seen to take of it."""
    held, seen = figures.need("host_takes"), _ram_seen(figures)
    return roomy(seen if seen <= _ESTIMATED * held else held) if seen else roomy(held)


def _ram_is_normal(figures: Figures) -> Words:
    """Whether so much RAM is normal, where that is asked."""
    leak = "leak_asked" in figures.about
    if not leak and "normal_asked" not in figures.about:
        return SILENT
    if _ram_seen(figures) > _ESTIMATED * figures.need("host_takes"):
        return Words("No, that is more than it should take. ", "不正常,偏多。")
    return Words("No leak. ", "不是泄漏。") if leak else Words("Yes, that is normal. ", "正常。")


def _against_ram(figures: Figures) -> Words:
    if "host_memory_gb" not in figures.given:
        return SILENT
    ram = float(figures.given["host_memory_gb"])
    has = ",而机器只有" if ram * 1e9 < figures.need("host_takes") else ",机器有"
    if machines := _machines(figures):
        return Words(
            f", and the {machines} machines have {ram:g} GB",
            f"{has.replace('机器', f'{machines} 台机器共')} {ram:g} GB",
        )
    return Words(f", and the machine has {ram:g} GB", f"{has} {ram:g} GB")


def _machines(figures: Figures) -> int:
    """How many machines the cards are in, where these are several; else 0."""
    inside = int(next(iter(figures.logged_all("in_machine")), 0))
    return figures.n // inside if 1 < inside < figures.n else 0


def _of_each_machine(figures: Figures) -> Words:
    """What each of several machines holds of what is offloaded, and of how much; a process updates only its own part."""
    machines = int(_machines(figures) or missing("machines"))
    held, ram = figures.need("host_needed") / machines, float(figures.given["host_memory_gb"]) / machines
    en, zh = against_size(held, ram)
    return Words(
        f"Each rank keeps and updates its own part of what is offloaded, so it is divided over the machines: {both_words(held)} on each of {machines}, of {ram:g} GB{en}.",
        f"卸载的部分由各进程各自保存和更新自己的一份,因此分摊到各台机器:{machines} 台每台 {both_words(held)},每台内存 {ram:g} GB{zh}。",
    )


def _whole_in_ram(figures: Figures) -> Words:
    """Parameters and optimizer off the cards against the host memory that is told, all that training keeps; silent without one."""
    told = figures.given.get("host_memory_gb")
    if not told:
        return SILENT
    held, ram = float(TRAINED * figures.params), float(told)
    en, zh = against_size(held, ram)
    return Words(
        f" Parameters and optimizer together are {both_words(held)} of the {ram:g} GB of RAM{en}.",
        f"参数和优化器一起要 {both_words(held)},内存 {ram:g} GB{zh}。",
    )


def _weights_divided(figures: Figures) -> Words:
    """What stage 3 makes of the weights that stage 2 leaves whole, and what a card takes then; silent of one card."""
    if figures.n < 2:
        return SILENT
    there = figures.at(zero_stage=3)
    whole, each, peak = (
        both_words(2 * figures.params),
        both_words(2 * figures.params / figures.n),
        gib_words(there.best),
    )
    return Words(
        f" ZeRO-3 divides them as well: {whole} ÷ {figures.n} = {each} on each card, {peak} in all with the optimizer in host memory.",
        f"ZeRO-3 连权重也切分:{whole} ÷ {figures.n} = 每卡 {each},优化器仍放内存时每卡共 {peak}。",
    )


def _kept_on_cards(figures: Figures) -> Words:
    """Of a training whose parameters are offloaded too: what DeepSpeed counts, and what the optimizer alone would take there."""
    if figures.knob("offload") != "params" or figures.knob("method") != "full":
        return SILENT
    there = figures.at(offload="optimizer", zero_stage=3)
    held = held_in_ram(there)
    estimated, whole, each = figures["host_deepspeed"], gib_words(held), gib_words(there.best)
    alone = _ALONE if "n_gpus" not in figures.given else SILENT
    ram = float(figures.given.get("host_memory_gb") or 0.0) * GIB
    en, zh = _STILL[0 if not ram else 1 if held > BEYOND * ram else 2 if held > FULL * ram else 3]
    of, of_zh = (
        (f" of {gib_words(there.capacity)}", f",可用 {gib_words(there.capacity)}") if there.capacity else ("", "")
    )
    return Words(
        f" DeepSpeed's estimator asks for more, 18 B × 1.5: {estimated}; loading adds to it without zero.Init. Parameters left on the cards and only the optimizer offloaded: {whole} of RAM{en}, {each} per card{of}{alone.en}.",
        f"DeepSpeed 的估算器要得更多(18 字节 × 1.5):{estimated};不开 zero.Init 时加载还会更高。参数留在卡上、只 offload 优化器:内存 {whole}{zh},每卡 {each}{of_zh}{alone.zh}。",
    )


# what is offloaded against the RAM there is: not told, more than it, at its edge, well within
_STILL = (("", ""), (", still too much", ",仍然不够"), (", still tight", ",仍然很紧"), (", which fits", ",放得下"))


# of a count of cards that is not told one is counted
_ALONE = Words(
    " (of one card; ZeRO-3 divides what stays there over all)", "(按一张卡;多张卡时 ZeRO-3 把卡上的部分再分到各卡)"
)


def _less_ram(figures: Figures) -> Words:
    """What the machine holds, where its memory is told and too small by the figures; else what takes less."""
    if "host_memory_gb" in figures.given and figures.need("host_roomy") > figures.need("ram"):
        if not [one for one in figures.changes if one["price"] != "cards"] and _kept_on_cards(figures).en:
            return Words("Or states in 8 bit or bf16, or LoRA", "或用 8 位、bf16 的优化器状态,或 LoRA")
        return Words(f"What the machine holds: {cheapest(figures).en}", f"现有内存放得下的办法:{cheapest(figures).zh}")
    return Words(
        "What takes less: states in 8 bit or bf16, or LoRA, which has next to none",
        "占内存更少的:8 位或 bf16 的优化器状态,或几乎没有状态的 LoRA",
    )


HOST_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "host_takes": (host_takes, both_words),
    "host_roomy": (_ram_wanted, lambda size: f"{round(size / 1e9, -1):,.0f} GB"),
}


def _inputs_offloaded(figures: Figures) -> Words:
    """The layers' inputs of the case, which are what leaves the card with Unsloth's checkpointing; silent of no model."""
    if not figures.names_model:
        return SILENT
    return Words(
        f" Here {figures['layers']} layers × {figures['tokens']} tokens × {figures['hidden']} × {figures['input_bytes']} B = {figures['checkpoints']}.",
        f"这里是 {figures['layers']} 层 × {figures['tokens']} token × {figures['hidden']} × {figures['input_bytes']} 字节 = {figures['checkpoints']}。",
    )


def _offload_shared(figures: Figures) -> Words:
    """Of a machine with one memory: that what was to be offloaded stays in it, so that all of it is counted there."""
    card, told = figures.base.case.card, figures.log.get("offload_told", ())
    if card is None or not told:
        raise Missing("one memory")
    there = Figures({**figures.given, "offload": told[0]}, figures.told)
    moved = gib_words(host_takes(there))
    return Words(
        f"**Here host memory is the same memory: what would be offloaded, {moved}, stays in the machine's {card.marketed_gb:g} GB, so offloading frees nothing, and the figures count it where it is.** What takes less is fewer bytes of states (8-bit or bf16) or adapters.",
        f"**这里内存和显存是同一份:要卸载的 {moved} 仍在这台机器的 {card.marketed_gb:g} GB 里,offload 腾不出空间,所以下面照样计入。** 能省的是把状态存成更少的字节(8 位或 bf16),或改用适配器。",
    )


def _host_bounds(figures: Figures) -> Words:
    """The parameters whose states host memory of a told size holds, whatever the model: on paper, and beside the system."""
    ram = float(figures.given["host_memory_gb"])
    each = (TRAINED, TRAINED + GRADIENT)  # gradients in 16 bit, or in fp32
    paper = [size_words(ram * GIB / one) for one in each]
    usual = size_words(FULL * ram * GIB / each[1])
    return Words(
        f"**Host memory bounds it: {ram:g} GB ÷ {each[0]} B per parameter (weights 2, gradients 2, fp32 master and Adam 12; {each[1]} B with fp32 gradients) = {paper[0]} ({paper[1]}) on paper, about {usual} with {1 - FULL:.0%} left for the system and pinned buffers.** Beyond that: NVMe offload (ZeRO-Infinity), an 8-bit or pure bf16 optimizer, or LoRA.".replace("%", " %"),
        f"**上限由内存决定:{ram:g} GB ÷ 每参数 {each[0]} 字节(权重 2、梯度 2、fp32 主权重与 Adam 12;梯度用 fp32 则 {each[1]})= 纸面上 {paper[0]}({paper[1]}),给系统和锁页缓冲留 {1 - FULL:.0%} 后约 {usual}。** 再大就要 NVMe 卸载(ZeRO-Infinity)、8 位或纯 bf16 的优化器,或 LoRA。".replace("%", " %"),
    )  # fmt: skip


HOST_WORDS: dict[str, Callable[[Figures], Words]] = {
    "host_sum": host_sum,
    "host_bounds": _host_bounds,
    "moved_off": _moved_off,
    "held_beside": _held_beside,
    "resumed_from": _resumed_from,
    "kept_on_cards": _kept_on_cards,
    "against_ram": _against_ram,
    "weights_divided": _weights_divided,
    "host_against": _whole_in_ram,
    "of_each_machine": _of_each_machine,
    "less_ram": _less_ram,
    "ram_is_normal": _ram_is_normal,
    "ram_seen": lambda figures: Words(*(f"{_ram_seen(figures) / GB:g} GB",) * 2),
    "offload_shared": _offload_shared,
    "unsloth_inputs": _inputs_offloaded,
}
