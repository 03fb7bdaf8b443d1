"""What more cards or another layout cannot do: states beyond all cards together, a sum of the wrong ZeRO stage, adapters that no
stage divides; and machines that are proposed, each judged."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.layouts.zero_bytes import OF_STAGE
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM, MOMENTS, TRAINED
from kb.recipe import ADAPTERS, assumed_number

_OFF = 0.07  # how near a sum of the asker's is to be one of these


def _beyond(figures: Figures) -> Words:
    """The states alone against the memory of all cards: no way of dividing helps."""
    room = sum((card.capacity or 0.0) * card.place.count for card in figures.base.cards)
    whole = TRAINED * figures.params
    if figures.n < 2 or not room or whole <= room or figures.knob("method") != "full":
        raise Missing("states")
    if figures.pure or "adamw" != figures.knob("optimizer"):  # noqa: SIM300
        raise Missing("states")
    off = figures.at(zero_stage=3, offload="optimizer", tp=None, pp=None)
    return Words(
        f"**No way of dividing helps: tensor parallel, pipeline and ZeRO-3 divide the same {figures['params']} × {TRAINED} B = {both_words(whole)} of states, and the {figures.n} cards have {both_words(room)} in all.** Only fewer bytes per parameter or host memory do: the optimizer offloaded ({gib_words(off.best)} per card, {both_words(ADAM * figures.params)} and more of RAM), 8-bit states, pure bf16, or LoRA and QLoRA.",
        f"**换切法没有用:张量并行、流水线并行和 ZeRO-3 分的都是同样的 {figures['params']} × {TRAINED} B = {both_words(whole)} 状态,而 {figures.n} 张卡总共只有 {both_words(room)}。** 能降的只有每参数字节数或借内存:优化器 offload(每卡 {gib_words(off.best)},内存至少 {both_words(ADAM * figures.params)})、8 位优化器、纯 bf16,或 LoRA、QLoRA。",
    )


_KEEPS = {
    0: Words("plain data parallelism divides nothing", "普通数据并行什么都不切分"),
    1: Words("ZeRO-1 divides the optimizer states alone, not the weights and gradients", "ZeRO-1 只切分优化器状态,不切分权重和梯度"),
    2: Words("ZeRO-2 divides gradients and optimizer states, not the weights", "ZeRO-2 只切分梯度和优化器状态,不切分权重"),
}  # fmt: skip


def _slip(figures: Figures) -> Words:
    """A sum of full sharding, written out or by its result, where the stage at hand leaves weights (and gradients) whole."""
    stage, cards = int(figures.knob("zero_stage") or 0), figures.n
    ranks = {"tp", "pp", "cp", "ep"} & set(figures.given)  # which divide the weights as well
    if stage not in _KEEPS or cards < 2 or ranks or figures.knob("method") != "full":
        raise Missing("stage")
    size = figures.params
    share = TRAINED * size / cards
    if not _written_out(figures) and not (
        stage and any(abs(one * GB / share - 1) <= _OFF for one in _sums_told(figures))
    ):
        raise Missing("sum")
    kept, shared = OF_STAGE[stage]
    whole, part = kept * size, shared * size / cards
    logits = max(figures.base.fullest.at_any_phase("logits") or [0.0])
    seen = f"; logits add up to {gib_words(logits)} in a step" if logits > GIB else ""
    seen_zh = f";logits 在一步中最多再加 {gib_words(logits)}" if logits > GIB else ""
    room = figures.base.capacity
    against = f" against {gib_words(room)} on the card" if room else ""
    against_zh = f",卡上可用 {gib_words(room)}" if room else ""
    count, full = figures["params"], f"{figure(share / GB, 3)} GB"
    divided = f" + {shared:g} B × {count} ÷ {cards} = {figure(part / GB, 3)} GB, together" if shared else ","
    divided_zh = f"(完整)+ {shared:g} B × {count} ÷ {cards} = {figure(part / GB, 3)} GB,共" if shared else "(完整),即"
    return Words(
        f"**{TRAINED} B × {count} ÷ {cards} = {full} is ZeRO-3: {_KEEPS[stage].en}.** Per card it is {kept:g} B × {count} = {figure(whole / GB, 3)} GB whole{divided} {both_words(whole + part)}{against}, before activations and buffers{seen}. ZeRO-3 gives the {full}; the optimizer in host memory, 8-bit Adam or LoRA take less as well.",
        f"**{TRAINED} B × {count} ÷ {cards} = {full} 是 ZeRO-3 的算法:{_KEEPS[stage].zh}。** 每卡是 {kept:g} B × {count} = {figure(whole / GB, 3)} GB{divided_zh} {both_words(whole + part)}{against_zh},激活和缓冲另算{seen_zh}。ZeRO-3 才是 {full};优化器 offload、8 位 Adam 或 LoRA 也能降。",
    )


def _sums_told(figures: Figures) -> list[float]:
    """The results that the asker states, and those of sums that were written."""
    told = [float(one) for name in ("claims_gb", "bare_gb") for one in figures.told.get(name, ())]
    return told + figures.logged_all("sum")


def _written_out(figures: Figures) -> bool:
    """Is `16 × 7 / 8` written, with the cards that there are?"""
    try:
        return (logged(figures, "sum_each"), logged(figures, "sum_over")) == (TRAINED, figures.n)
    except Missing:
        return False


_WITH_GRADIENTS = 2  # the stage that divides gradients as well
_DIVIDES = {1: Words("optimizer states", "优化器状态"), 2: Words("gradients and optimizer states", "梯度和优化器状态")}


def _adapters_unfelt(figures: Figures) -> Words:
    """Adapters under ZeRO-1 or 2: what is divided is next to nothing."""
    cards = figures.n
    if figures.knob("method") not in ADAPTERS or int(figures.knob("zero_stage") or 0) not in (1, 2) or cards < 2:
        raise Missing("adapters")
    base, trained = figures.base, figures.need("adapter_params")
    weights = base.terms.get("weights", 0.0)
    stage = int(figures.knob("zero_stage"))
    states = base.terms.get("optimizer", 0.0) * cards or MOMENTS * trained
    if stage == _WITH_GRADIENTS:
        states += (4 if figures.knob("adapter_dtype") == "fp32" else 2) * trained
    saved, part = states * (1 - 1 / cards), _DIVIDES[stage]
    return Words(
        f"**That is as it must be: ZeRO-{stage} divides {part.en} alone, and of {figures['adapter_params']} trained parameters these are {gib_words(states)}, of which {cards} cards save {gib_words(saved)} each.** The frozen base, {both_words(weights)}, stays whole on every card, and activations are of each card's own batch: more cards do not lower them, they give {cards} times the samples of a step. For less: ZeRO-3 or FSDP divides the base ({gib_words(weights / cards)} a card, slower), QLoRA stores it in 4 bits, a shorter or smaller micro-batch lowers activations.",
        f"**这是正常的:ZeRO-{stage} 只切分{part.zh},{figures['adapter_params']} 个可训练参数的这部分总共 {gib_words(states)},{cards} 张卡每张只省 {gib_words(saved)}。** 冻结的基座 {both_words(weights)} 在每张卡上都是完整的一份;激活取决于各卡自己的批,加卡不减,换来的是每步 {cards} 倍样本的吞吐。想降:ZeRO-3/FSDP 把基座切成每卡 {gib_words(weights / cards)}(更慢),QLoRA 存成 4 位,或减小批大小、长度来降激活。",
    ) if trained else SILENT  # fmt: skip


def _at_more_nodes(figures: Figures) -> Words:
    """The same sharded over as many machines as are asked about."""
    nodes, cards = int(logged(figures, "nodes_asked")), figures.n
    if nodes < 2:
        raise Missing("nodes")
    there = figures.at(n_gpus=cards * nodes, zero_stage=3)
    room = f" of {gib_words(there.capacity)}" if there.capacity else ""
    (en, zh) = VERDICTS.get(str(there.leaning), ("", ""))
    return Words(
        f"On {nodes} such machines, sharded over {cards * nodes} cards, it {en}: {gib_words(there.best)}{room} per card.",
        f"{nodes} 台这样的机器、切分到 {cards * nodes} 张卡,{zh}:每卡 {gib_words(there.best)}{room.replace(' of ', ' / ')}。",
    )


def _machines(count: int) -> str:
    return f"{count} {'machine' if count == 1 else 'machines'}"


def _proposed(figures: Figures) -> Words:
    """Machines that are proposed, each judged; and how many hold it."""
    each = int(logged(figures, "node_cards"))
    told = [int(one) for one in figures.logged_all("nodes_proposed")]
    if not told or figures.knob("method") != "full":
        raise Missing("nodes")
    size = TRAINED * figures.params
    lines, lines_zh = [], []
    for nodes in sorted(set(told)):
        cards = nodes * each
        there = figures.at(n_gpus=cards, zero_stage=3)
        room = there.capacity or 0.0
        (en, zh), states = VERDICTS.get(str(there.leaning), ("", "")), size / cards
        why = f"the states alone are {gib_words(states)} a card" if states > room else f"{gib_words(there.best)} a card, {gib_words(states)} of it states"  # fmt: skip
        why_zh = f"仅状态每卡就要 {gib_words(states)}" if states > room else f"每卡 {gib_words(there.best)},其中状态 {gib_words(states)}"  # fmt: skip
        lines.append(f"{_machines(nodes)} ({cards} cards): {en}, {why}")
        lines_zh.append(f"{nodes} 台({cards} 张卡){zh},{why_zh}")
    base = figures.at(n_gpus=max(told) * each, zero_stage=3)
    room = base.capacity or 0.0
    floor = -(-size // (room * each))
    roomy = next((n for n in range(int(floor), int(8 * floor)) if figures.at(n_gpus=n * each, zero_stage=3).verdict == "yes"), 0)  # fmt: skip
    more = roomy > max(told)
    roomy = 0 if roomy in told else roomy  # judged among them
    best = f"; {'' if more else 'already '}{_machines(roomy)} ({roomy * each} cards) {'holds' if roomy == 1 else 'hold'} it with a margin, {gib_words(figures.at(n_gpus=roomy * each, zero_stage=3).best)} a card" if roomy else ""  # fmt: skip
    best_zh = f";{roomy} 台({roomy * each} 张卡){'才' if more else '就'}有余量,每卡 {gib_words(figures.at(n_gpus=roomy * each, zero_stage=3).best)}" if roomy else ""  # fmt: skip
    return Words(
        f"**{'; '.join(lines)}{best}.** The states are {figures['params']} × {TRAINED} B = {both_words(size)}: divided by a machine's {gib_words(room * each)} that is {_machines(int(floor))}, a floor that leaves nothing for activations, logits, gathered layers and the runtime.",
        f"**{';'.join(lines_zh)}{best_zh}。** 状态共 {figures['params']} × {TRAINED} B = {both_words(size)},除以每台 {gib_words(room * each)} 是 {int(floor)} 台,这只是下限:没有给激活、logits、临时聚合的层和运行时留任何空间。",
    )


def _link(figures: Figures) -> Words:
    """What goes between the cards of a training at every step."""
    if int(figures.knob("zero_stage") or 0) == 3:
        return Words(
            "the weights, gathered twice for every micro-step, and the gradients", "每个微步两次聚合的权重和梯度"
        )
    if "zero_stage" not in figures.given:
        return Words(
            "the gradients of every step, and where it is sharded (ZeRO-3/FSDP) the weights, gathered twice for every micro-step,",
            "每步的梯度,以及切分(ZeRO-3/FSDP)时每个微步两次聚合的权重",
        )
    return Words("the gradients of every step", "每步的梯度")


_HOLDS_ALL = Words("hold that", "放得下")
_HOLDS_STATES = Words("hold the optimizer, not all of it", "放得下优化器,放不下全部")
_HOLDS_NONE = Words("do not hold even the optimizer", "连优化器也放不下")


def _minutes(size: float) -> Words:
    """How long so many bytes pass a drive, of the faster link and the slower."""
    low, high = (figure(size / one / 60, 2) for one in _drives())
    return Words(f"{low}–{high} minutes", f"{low}–{high} 分钟")


def _drives() -> list[float]:
    """Bytes a second of a drive on four lanes of PCIe 4.0 and of 3.0."""
    return [1e9 * assumed_number("link_gb_s", f"PCIe {one}.0 x16") / 4 for one in (4, 3)]


def _in_practice(size: float) -> Words:
    """What a short run of such steps waits."""
    low, high = (_STEPS * size / one / 3600 for one in _drives())
    useful, useful_zh = ("but hardly practical", "但不实用") if low >= _PRACTICAL else ("but slow", "但很慢")
    hours = f"{figure(low, 2)}–{figure(high, 2)}"
    return Words(
        f"possible {useful}, as {_STEPS:,} steps wait {hours} hours for it",
        f"能跑{useful_zh},{_STEPS:,} 步光等盘就要 {hours} 小时",
    )


_PRACTICAL = 24  # hours
_STEPS = 1000


_DRIVES_TB = (0.5, 1, 2, 4, 8, 16)  # as they are sold
_ROOM_ON_A_DRIVE = 1.2  # over what is written, for its file system and the checkpoints


def _nvme(figures: Figures) -> Words:
    """Whether a disk holds what host memory does not, and what that costs."""
    disk = logged(figures, "nvme_tb") * 1e12
    size = figures.params
    states, whole = ADAM * size, TRAINED * size
    if figures.knob("method") != "full" or figures.knob("task") != "train":
        raise Missing("disk")
    card = figures.at(zero_stage=3, offload="params")
    ram = figures.amount("ram")
    (en, zh) = VERDICTS.get(str(card.verdict_of_cards), ("", ""))
    lead, lead_zh = (
        (f"On the cards it {en} with everything offloaded ({gib_words(card.best)} each); what", f"全部 offload 后显卡上{zh}(每卡 {gib_words(card.best)});")
        if en
        else (f"With everything offloaded a card holds {gib_words(card.best)}; what", f"全部 offload 后每卡占 {gib_words(card.best)};")
    )  # fmt: skip
    holds = next((said for least, said in ((whole, _HOLDS_ALL), (states, _HOLDS_STATES)) if disk >= least), _HOLDS_NONE)
    drive, drive_zh = f"{disk / 1e12:g} TB {holds.en}", f"{disk / 1e12:g} TB {holds.zh}"
    if not disk:
        sold = next((one for one in _DRIVES_TB if one * 1e12 >= _ROOM_ON_A_DRIVE * whole), None)
        take = Words(f", a drive of {sold:g} TB", f",准备 {sold:g} TB 的盘") if sold else SILENT
        drive, drive_zh = (
            f"{both_words(whole)} must be free there for all of it{take.en}",
            f"全部放上去要空出 {both_words(whole)}{take.zh}",
        )
    slow, slow_zh = "", ""
    if disk >= states or not disk:
        moved, waits = both_words(2 * states), _minutes(2 * states)
        useful = _in_practice(2 * states)
        slow = f" Every step reads and writes Adam's states, {moved}, at least {waits.en} on a drive of PCIe 4.0 to 3.0: {useful.en}."
        slow_zh = f"但每步要读写 Adam 状态约 {moved},PCIe 4.0 到 3.0 的盘至少 {waits.zh}:{useful.zh}。"
    beside = f" The machine's {figures['ram']} of RAM do not hold the {both_words(states)} of Adam's states" if ram and ram < states else ""  # fmt: skip
    beside_zh = f"机器内存 {figures['ram']} 放不下 Adam 状态的 {both_words(states)}" if ram and ram < states else ""
    return Words(
        f"**{lead} decides is where {both_words(whole)} of states go.**{beside}{':' if beside else ''} ZeRO-Infinity puts the optimizer ({both_words(states)}) or all of it on NVMe: {drive}; host RAM then holds pinned buffers only.{slow} {_adapters_instead(figures).en}",
        f"**{lead_zh}关键是 {both_words(whole)} 的状态放哪里。**{beside_zh}{',' if beside_zh else ''}ZeRO-Infinity 可把优化器({both_words(states)})或全部放到 NVMe:{drive_zh};内存只留 pinned 缓冲。{slow_zh}{_adapters_instead(figures).zh}",
    )


def _adapters_instead(figures: Figures) -> Words:
    """That adapters need no drive, with what 4-bit QLoRA takes of each card where the cards hold it."""
    plain = Words("LoRA or QLoRA need none of it.", "LoRA、QLoRA 不需要这些。")
    changed = dict.fromkeys(("offload", "host_memory_gb", "optimizer", "precision", "weight_format", "bits"))
    try:
        narrow = figures.at(**{**changed, "method": "qlora", "zero_stage": 3 if figures.n > 1 else None})
    except BadInput:
        return plain
    by, each = (Words(" sharded by FSDP", "用 FSDP 切分,"), Words(" on each card", "每卡 ")) if figures.n > 1 else (SILENT, SILENT)  # fmt: skip
    if narrow.verdict_of_cards != "yes":
        return Words(
            f"LoRA or QLoRA need none of it, but even 4-bit QLoRA takes {gib_words(narrow.best)}{each.en}, which these cards do not hold for sure.",
            f"LoRA、QLoRA 不需要这些,但 4 位 QLoRA {each.zh}也要 {gib_words(narrow.best)},这些卡不一定放得下。",
        )
    weights, whole = gib_words(narrow.terms["weights"]), gib_words(narrow.best)
    return Words(
        f"LoRA or QLoRA need none of it: 4-bit QLoRA{by.en} takes {whole}{each.en}, {weights} of it weights.",
        f"LoRA、QLoRA 不需要这些:4 位 QLoRA {by.zh}{each.zh or '共 '}{whole},其中权重 {weights}。",
    )


SCALE_LIMITS: dict[str, Callable[[Figures], Words]] = {
    "states_beyond": _beyond, "stage_slip": _slip, "adapters_unfelt": _adapters_unfelt, "at_more_nodes": _at_more_nodes,
    "nodes_proposed": _proposed, "on_nvme": _nvme, "link_of_training": _link,
}  # fmt: skip
