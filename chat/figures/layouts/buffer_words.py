"""A rise that somebody saw as accumulation was switched on, and that is the buffer of gradients."""

from collections.abc import Callable, Iterator

from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, how_far
from formulas.notation import size_words
from formulas.quantity import SILENT, Words

_OFF = 0.08  # a rise is told in round figures, and activations of the next pass stand beside it


def rises(figures: Figures) -> Iterator[float]:
    """The amounts [GB] by which memory is told to have risen, and those that are told without more."""
    yield from figures.logged_all("rise_gb")
    yield from (float(one) for one in figures.told.get("claims_gb", ()) if one)


def _the_buffer(figures: Figures) -> Words:
    """Which sum it is, in 16 bit or in float32, and why it stands beside the peak; Missing where nothing told is it."""
    whole = figures.knob("method") == "full" and not (figures.n > 1 and figures.knob("zero_stage"))
    if figures.knob("task") != "train" or not whole:
        raise Missing("a whole buffer")
    params, accumulated = figures.params, figures.at(grad_accum=8).best
    rise = accumulated - figures.at(grad_accum=1).best
    for each, kind in ((2, Words("16 bit", "16 位")), (4, Words("fp32", "fp32"))):
        for seen in rises(figures):
            size = each * params
            if how_far(seen, size) > _OFF or size > accumulated / 2:
                continue
            shown = f"{size_words(params)} × {each}"
            return Words(
                f"**The {seen:g} GB are the buffer of gradients: {shown} B = {both_words(size)} in {kind.en}. With one step they are freed before the next forward pass; with several they stay beside the activations and logits of each further micro-batch.** That comes once, however many the steps, and no activations are kept. The peak rises by as much as stands beside the buffer, at most all of it: by {gib_words(rise)} as counted here, more with longer samples. Less: ZeRO-2 or FSDP (divided by the cards), LoRA, or no accumulation with a smaller batch.",
                f"**这 {seen:g} GB 就是梯度缓冲:{shown} 字节 = {both_words(size)}({kind.zh})。只累积一步时,梯度在下一次前向之前就释放;累积多步时它一直留着,与后面每个 micro-batch 的激活和 logits 同时存在。** 只多这一次,与步数无关,激活不会攒下来。峰值增加多少取决于与它同时存在的部分,最多就是整个缓冲:按这里的设置是 {gib_words(rise)},样本越长越多。想减少:ZeRO-2 或 FSDP(按卡数切分)、LoRA,或减小批大小、不做累积。",
            )
    if 1 in figures.logged_all("steps_before"):
        for seen in figures.logged_all("rise_gb"):
            if _LEAST_SEEN <= seen < 4 * params / GB:
                return _part_of_it(figures, seen, rise)
    if not _failed_with_more(figures) or "by_fsdp" in figures.about or rise < _LEAST_HELD:
        raise Missing("rise")
    half, full = both_words(2 * params), both_words(4 * params)
    return Words(
        f"**Accumulation does cost memory once: from 1 step to several the gradients stand beside the activations and logits of each further micro-batch, {half} in 16 bit, {full} in fp32, where with one step they are freed before the next forward pass.** The peak rises by up to that, by {gib_words(rise)} as counted here, more with longer samples; 2 steps take as much as {_MANY}, and no activations are kept. Less: ZeRO-2 or FSDP (divided by the cards), LoRA, or a shorter length.",
        f"**累积确实要占一次显存:从 1 步变为多步,梯度要与后面每个 micro-batch 的激活和 logits 同时存在,16 位 {half},fp32 {full};只有 1 步时,梯度在下一次前向之前就释放。** 峰值最多增加这么多,按这里的设置是 {gib_words(rise)},样本越长越多;累积 2 步和 {_MANY} 步一样,激活不会攒下来。想减少:ZeRO-2 或 FSDP(按卡数切分)、LoRA,或缩短长度。",
    )


_LEAST_SEEN = 1.0  # GB: less is how blocks happen to lie


def _part_of_it(figures: Figures, seen: float, rise: float) -> Words:
    """Of a rise that is less than the buffer: as much of it as stands beside activations and logits."""
    shown, half = size_words(figures.params), both_words(2 * figures.params)
    full = both_words(4 * figures.params)
    return Words(
        f"**The {seen:g} GB more are gradients: with one step they are freed before the next forward pass, with several their buffer, {shown} × 2 B = {half} in 16 bit ({full} in fp32), stays beside the activations and logits of each further micro-batch.** The peak rises by the smaller of the two, so by at most the buffer: as counted here {gib_words(rise)}, with longer samples more. It comes once: 2 steps take as much as {_MANY}, and no activations are kept. Less: ZeRO-2 or FSDP (divided by the cards), LoRA, or no accumulation with a smaller batch.",
        f"**多出的 {seen:g} GB 是梯度:只有 1 步时,梯度在下一次前向之前就释放;多步时梯度缓冲 {shown} × 2 字节 = {half}(16 位,fp32 是 {full})一直留着,与后面每个 micro-batch 的激活和 logits 同时存在。** 峰值只增加两者中较小的那个,所以最多增加整个缓冲:按这里的设置是 {gib_words(rise)},样本越长越多。只多这一次:累积 2 步和 {_MANY} 步一样,激活不会攒下来。想减少:ZeRO-2 或 FSDP(按卡数切分)、LoRA,或减小批大小、不做累积。",
    )


_MANY = 16  # steps, as an example of more than two


def _failed_with_more(figures: Figures) -> bool:
    """Is it told that one step of accumulation ran and several failed?"""
    return "oom_diagnosis" in figures.about and 1 in figures.logged_all("steps_before")


def _whole_and_failed(figures: Figures) -> Words:
    """What the gradients that stay whole under FSDP add to a run that went with one step of accumulation."""
    cards, params = figures.n, figures.params
    one = figures.at(grad_accum=1)
    part = one.terms["gradients"]
    half, full = both_words(2 * params), both_words(4 * params)
    then, at_most = (gib_words(one.best + each * params - part) for each in (2, 4))
    room = f" {gib_words(one.capacity)}" if one.capacity else ""
    more, more_zh = (
        (
            " That alone does not fill the card: the micro-batch or the length must be larger than assumed here as well.",
            "单凭这一项还装不满这张卡:micro-batch 或长度一定也比这里假设的大。",
        )
        if one.capacity and one.best + 4 * params - part < one.capacity
        else ("", "")
    )
    states = both_words(sum(one.terms[name] for name in ("weights", "gradients", "optimizer")))
    return Words(
        f"**Accumulation is not free under FSDP: until the last micro-step every card keeps the gradients whole (no_sync), {size_words(params)} × 2 B = {half} in 16 bit, {full} in fp32, where with one step they are divided at once, {both_words(part)} (÷ {cards} cards).** By that {gib_words(one.best)} a card with one step become {then} in 16 bit, {at_most} in fp32{f', against{room}' if room else ''}; weights, gradients and states are {states} a card with one step.{more} accelerate, and with it the HF Trainer, runs so; a loop of your own that calls backward without no_sync divides them each time. Set sync_each_batch (accelerate's GradientAccumulationPlugin): it divides them after every micro-step, for that many times the communication of gradients. It comes once, for 2 steps as for more, and activations do not grow with it; else fewer steps, down to one, with a larger micro-batch.",
        f"**FSDP 下累积要占显存:在最后一个微步之前,每张卡保留完整的梯度(no_sync),{size_words(params)} × 2 字节 = {half}(16 位),fp32 是 {full};只有 1 步时梯度马上切分,每卡只剩 {both_words(part)}(÷ {cards} 张卡)。** 于是每卡从 1 步时的 {gib_words(one.best)} 变成 {then}(16 位梯度)或 {at_most}(fp32){f',而卡上只有{room}' if room else ''};1 步时权重、梯度和优化器状态每卡共 {states}。{more_zh}accelerate(HF Trainer 也用它)就是这样运行的;自己写的循环不用 no_sync,则每次 backward 都切分。设 sync_each_batch(accelerate 的 GradientAccumulationPlugin):每个微步之后都切分,代价是梯度通信多这么多倍。只多这一次,累积 2 步和更多步一样,激活不随累积增加;或者加大 micro-batch、减少步数,直到一步。",
    )


def _whole_under_fsdp(figures: Figures) -> Words:
    """What accumulation adds under FSDP, without a model; nothing where that is not spoken of."""
    if "by_fsdp" not in figures.about:
        return SILENT
    return Words(
        " Under FSDP the first of several steps does cost: with accelerate, and so the HF Trainer, every card keeps the gradients whole until the last micro-step (no_sync), 2 B per parameter in 16 bit or 4 B in fp32, where with one step they are divided by the cards; sync_each_batch divides them after every micro-step, for more communication.",
        "FSDP 下从 1 步变为多步则确实要占显存:用 accelerate(HF Trainer 也是)时,每张卡在最后一个微步之前保留完整的梯度(no_sync),16 位每参数 2 字节,fp32 每参数 4 字节,只有 1 步时则按卡数切分;sync_each_batch 让每个微步之后都切分,代价是通信更多。",
    )


def _until_the_last(figures: Figures) -> Words:
    """What accumulation was seen to add to a card under FSDP, or why it failed with it: gradients that are whole until the
    last micro-step; Missing where no rise is told and nothing failed, or another.
    """
    if "by_fsdp" not in figures.about or figures.n == 1 or figures.knob("method") != "full":
        raise Missing("gradients that are whole")
    cards, params = figures.n, figures.params
    for each, kind in ((2, Words("16 bit", "16 位")), (4, Words("fp32", "fp32"))):
        whole, part = each * params, each * params / cards
        seen = next(
            (one for one in (*_risen(figures), *rises(figures)) if how_far(one, whole - part) <= _WHOLE_OFF), 0.0
        )
        if not seen:
            continue
        shown = f"{size_words(params)} × {each}"
        return Words(
            f"**The {_unit(figures, seen)} more are the gradients, which FSDP leaves whole on every card while it accumulates under no_sync: {shown} B = {both_words(whole)} in {kind.en} instead of {both_words(part)} (÷ {cards} cards), {both_words(whole - part)} more.** accelerate, and with it the HF Trainer, does so in every micro-step but the last, whose reduce-scatter alone divides them; a loop of your own that calls backward without no_sync divides them each time. It comes once, however many the steps; activations are not kept. sync_each_batch (accelerate's GradientAccumulationPlugin) divides them after every micro-step, for that many times the communication of gradients; else a larger micro-batch with fewer steps, down to one.",
            f"**多出的 {_unit(figures, seen)} 就是梯度:FSDP 在 no_sync 下累积时,每张卡保留完整的梯度,{shown} 字节 = {both_words(whole)}({kind.zh}),而不是切分后的 {both_words(part)}(÷ {cards} 张卡),多 {both_words(whole - part)}。** accelerate(HF Trainer 也用它)让除最后一步以外的微步都这样运行,只有最后一步的 reduce-scatter 才切分;自己写的循环不用 no_sync,则每次 backward 都切分。只多这一次,与步数无关,激活不会攒下来。sync_each_batch(accelerate 的 GradientAccumulationPlugin)让每个微步之后都切分,代价是梯度通信多这么多倍;或者加大 micro-batch、减少步数,直到一步。",
        )
    if _failed_with_more(figures):
        return _whole_and_failed(figures)
    raise Missing("rise")


_WHOLE_OFF = 0.12  # two readings, each in round figures
_TWO = 2  # readings, on one card and on several


def _both_on_first(figures: Figures) -> Words:
    """What makes several processes fail where one ran: they all load onto the first card."""
    if "oom_diagnosis" not in figures.about:
        return SILENT
    return Words(
        'Where one card runs it and several fail, look at the loading first: each process must load onto its own card (device_map={"": local_rank}, torch.cuda.set_device), not all onto cuda:0 nor with device_map="auto". ',
        '单卡能跑、多卡就溢出时,先查加载:每个进程要加载到自己的卡上(device_map={"": local_rank}、torch.cuda.set_device),不能都落在第一张卡上,也不能用 device_map="auto"。',
    )


def _ddp_buckets(figures: Figures) -> Words:
    """What data parallel adds to a card by its buckets: the gradients of what trains once more; which of them a rise is."""
    adapters = figures.amount("adapter_params")
    if adapters:
        fp32 = both_words(4 * adapters)
        return Words(f"the adapters' gradients once more, {fp32} in fp32", f"适配器的梯度再来一份,fp32 共 {fp32}")
    half, full = both_words(2 * figures.params), both_words(4 * figures.params)
    more, each = next(
        ((one, width) for one in _risen(figures) for width in (4, 2) if how_far(one, width * figures.params) <= _OFF),
        (0.0, 0),
    )
    seen, seen_zh = (
        (f", which is your {_unit(figures, more)} more", f",正是您看到多出的 {_unit(figures, more)}")
        if more
        else ("", "")
    )
    if each == 2:
        return Words(
            f"all gradients once more, {half} in 16 bit{seen}, or {full} in fp32",
            f"全部梯度再来一份,16 位 {half}{seen_zh},fp32 {full}",
        )
    return Words(
        f"all gradients once more, {half} in 16 bit or {full} in fp32{seen}",
        f"全部梯度再来一份,16 位 {half},fp32 {full}{seen_zh}",
    )


def _risen(figures: Figures) -> list[float]:
    """The amounts by which a card was seen to take more among several than alone."""
    found = [one for one in figures.logged_all("rise_gb") if one > 0]
    if (before := _alone(figures)) is not None:
        found += [float(one.split()[1]) - before for one in figures.log["seen_at"] if not one.startswith("1 ")]
    told = sorted(float(one) for one in figures.told.get("observed_gb", ()))
    return [one for one in (*found, *([told[1] - told[0]] if len(told) == _TWO else [])) if one > 0]


def _alone(figures: Figures) -> float | None:
    """What one card by itself was seen to take, beside what each of several took."""
    read = dict(one.split() for one in figures.log.get("seen_at", ()))
    return float(read["1"]) if "1" in read and len(read) == _TWO else None


def rose_with_cards(figures: Figures) -> bool:
    """Whether a card was seen to take more among several than alone."""
    before = _alone(figures)
    return before is not None and any(float(one.split()[1]) > before for one in figures.log["seen_at"])


def _unit(figures: Figures, amount: float) -> str:
    return f"{amount:g} {'GiB' if figures.told.get('claims_gib') else 'GB'}"


def _copy_or_seen(figures: Figures) -> Words:
    """What the whole copy takes: by the formulas, or where it was seen on one card."""
    before, counted = _alone(figures), figures["copy"]
    if before is None:
        return Words(f"{counted} here", f"这里每张 {counted}")
    seen = _unit(figures, before)
    return Words(f"the {seen} that you see (as counted here {counted})", f"就是您看到的 {seen}(按这里的公式 {counted})")


_LEAST_HELD = 0.05 * GIB  # less is what rounding leaves


def _idle_sum(figures: Figures) -> Words:
    """What tensors hold and what is kept idle, together, against the card, where a message or its reader tells both."""
    if not figures.logged_all("allocated"):
        return SILENT
    held, idle, both = (figures[one] for one in ("log_allocated", "oom_idle", "oom_reserved"))
    size = figures.amount("log_total") or figures.amount("room")
    if not size or size < figures.amount("oom_reserved"):
        return Words(f", together {held} + {idle} = {both}", f",合计 {held} + {idle} = {both}")
    rest, rest_zh = _beside_blocks(figures, size - figures.amount("oom_reserved"))
    asked = figures["oom_tried"]
    needs = gib_words(figures.amount("log_allocated") + figures.amount("oom_tried"))
    return Words(
        f", together {held} + {idle} = {both} of {gib_words(size)}, {rest}, while tensors need no more than about {held} + {asked} = {needs}",
        f",合计 {held} + {idle} = {both},卡上共 {gib_words(size)},{rest_zh},而张量真正需要的只有约 {held} + {asked} = {needs}",
    )


def _beside_blocks(figures: Figures, rest: float) -> tuple[str, str]:
    """What of a card PyTorch has not reserved: free, where the message says how much, and held by others."""
    free = figures.logged_all("free")
    held = rest - (free[0] * GIB if free else 0.0)
    if not free or held < _LEAST_HELD:
        return "the rest of which the CUDA context and other processes share", "余下的还要给 CUDA 上下文和别的进程"
    return (
        f"of the rest {gib_words(free[0] * GIB)} are free and {gib_words(held)} the CUDA context's or other processes'",
        f"余下的 {gib_words(free[0] * GIB)} 空闲、{gib_words(held)} 归 CUDA 上下文或别的进程",
    )


BUFFER_WORDS: dict[str, Callable[[Figures], Words]] = {
    "rise_buffer": _the_buffer,
    "until_the_last": _until_the_last,
    "whole_under_fsdp": _whole_under_fsdp,
    "ddp_buckets": _ddp_buckets,
    "both_on_first": _both_on_first,
    "copy_or_seen": _copy_or_seen,
    "idle_sum": _idle_sum,
}
