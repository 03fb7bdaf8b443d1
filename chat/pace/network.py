"""Lines on a training whose machines are joined by a network: what crosses it for a step, how long that takes, and what takes less."""

from dataclasses import replace

from chat.pace.on_cards import MOST_OF_A_CARD
from chat.pace.run import Asked
from chat.pace.words import Line, amount, between, gigabytes, line
from chat.works import LORA, ZERO
from kb.bytes_each import TRAINED
from kb.cards import GIB
from kb.hosting import MACHINE
from kb.names import gpu_row
from kb.recipe import ADAPTERS
from kb.timing import EXAMPLE_TOKENS, GATHERS, RECOMPUTED, REDUCES, times_sent

_SHARDED = 3
_GATHERS_FROZEN = 2  # of weights without gradients: gathered for either pass
# of a step that the network takes: below the first the rest of the step is told to be elsewhere, from the second on the
# little that is left may be what the cards do meanwhile
_DECIDES = 0.4
_ALL_BUT = 0.8
_FASTER = (25.0, 100.0, 400.0)  # Gbit/s that one buys


def network_lines(asked: Asked) -> list[Line]:
    """What crosses the network for a step of a training that all weights take part in, or of adapters; and what takes less."""
    t, gbit = asked.training, asked.said("network_gbit")
    params = asked.said("stored_params") or t.params
    if not (params and gbit):
        return []
    weights = 2 * params
    if asked.method in ADAPTERS and asked.said("zero_stage") == _SHARDED:
        return [_of_base(asked, params, gbit)]
    if asked.method in ADAPTERS:
        return [_of_adapters(asked, weights, gbit)]
    times = times_sent(asked.said("zero_stage"))
    return [_sent(asked, times, weights, gbit), *_computing(asked), _less(asked, times, params, gbit)]


def _of_base(asked: Asked, params: float, gbit: float) -> Line:
    """A frozen base that is sharded: gathered forwards and backwards, as it is stored, and no gradients of it."""
    bits = 4 if asked.method == "qlora" else 16
    whole = params * bits / 8
    sent = _GATHERS_FROZEN * whole
    seconds = amount(sent / (gbit / 8 * 1e9), 2)
    return line(
        f"**Sharding the frozen base over the network sends it twice for every micro-step: {_GATHERS_FROZEN} × {gigabytes(whole)} ({bits} bit) = {gigabytes(sent)} at {gbit:g} Gbit/s, about {seconds} s.** A copy of the base on every machine, sharded only inside it (HYBRID_SHARD), sends the adapters' gradients alone.",
        f"**跨网络切分冻结的基座,每个微步要传两遍:{_GATHERS_FROZEN} × {gigabytes(whole)}({bits} 位)= {gigabytes(sent)},{gbit:g} Gbit/s 下约 {seconds} 秒。** 每台机器各放一份基座、只在机内切分(HYBRID_SHARD),就只传适配器的梯度。", ZERO)  # fmt: skip


def _of_adapters(asked: Asked, weights: float, gbit: float) -> Line:
    names = asked.computes
    return line(
        f"**With adapters {gbit:g} Gbit/s is enough**: only the adapters' gradients cross, a small part of the {gigabytes(weights)} of {names}'s weights. That is with a copy of the base on every machine; sharding the base over the network (ZeRO-3) sends all of it for every micro-step.",
        f"**用适配器时 {gbit:g} Gbit/s 够用**:只同步适配器的梯度,是 {names} 权重 {gigabytes(weights)} 的一小部分。前提是每台机器各有一份基座;跨网络切分基座(ZeRO-3)则每个微步都要传全部权重。", LORA)  # fmt: skip


def _sent(asked: Asked, times: int, weights: float, gbit: float) -> Line:
    """Bytes of a step over the rate of the network, against the seconds of a step where they were seen."""
    rate, seen = gbit / 8 * 1e9, asked.said("seconds_per_step")
    sent, needs = times * weights, times * weights / rate
    sharded = times == GATHERS
    each = ("for every micro-step", "每个微步") if sharded else ("for every optimizer step", "每个优化器步")
    what = ("ZeRO-3/FSDP gathers the weights twice and scatters the gradients once", "ZeRO-3/FSDP 聚合两次权重、分散一次梯度") if sharded else ("data parallel over machines reduces gradients and spreads them", "机器间数据并行要归约再分发梯度")  # fmt: skip
    part, head = (
        (f"is about {amount(needs, 2)} s", f"约 {amount(needs, 2)} 秒"),
        _head(needs, _computes(asked), _overfull(asked, weights / 2)),
    )
    if seen and needs <= seen:
        part = (f"is {amount(needs, 2)} s of the {seen:g} s of a step", f"要 {amount(needs, 2)} 秒,一步共 {seen:g} 秒")
    elif seen:
        part = (
            f"would take {amount(needs, 2)} s by itself, more than the {seen:g} s of a step, so a part of it stays inside the machines",
            f"单独就要约 {amount(needs, 2)} 秒,比一步的 {seen:g} 秒还长,说明有一部分没有跨机",
        )
    if seen and _DECIDES * seen <= needs < _ALL_BUT * seen:
        head = (f"The network takes at most {needs / seen:.0%} of the step", f"网络最多占一步的 {needs / seen:.0%}")
    elif seen and needs < _DECIDES * seen:
        head = ("One micro-step's traffic explains only a part of it", "一个微步的通信只能解释一部分")
    return line(
        f"**{head[0]}: {times} × {gigabytes(weights)} = {gigabytes(sent)} {each[0]} at {gbit:g} Gbit/s ({gbit / 8:.3g} GB/s) {part[0]}** ({what[0]}; {weights / 2e9:.3g}B × 2 B).",
        f"**{head[1]}:{each[1]}传 {times} × {gigabytes(weights)} = {gigabytes(sent)},{gbit:g} Gbit/s({gbit / 8:.3g} GB/s)下{part[1]}**({what[1]};{weights / 2e9:.3g}B × 2 字节)。", ZERO)  # fmt: skip


def _overfull(asked: Asked, params: float) -> bool:
    """Do the states of a full training outgrow the cards they are divided over? False where no card is told."""
    room = GIB * float(gpu_row(asked.training.card or "").get("memory_marketed_gb") or 0)
    return bool(room) and TRAINED * params / (asked.training.n_gpus or 1) > room


def _head(needs: float, computes: tuple[float, float] | None, overfull: bool) -> tuple[str, str]:
    """What decides how long a step takes, the network or the computing, where it is known how long the cards compute."""
    low, high = computes or (0.0, 0.0)
    if needs >= high and overfull:  # memory is in the way before any step is
        return "Once memory is found, the network is what you wait for", "显存问题解决后,瓶颈是网络"
    if needs >= high:
        return "The network is what you wait for, not memory", "瓶颈是网络,不是显存"
    if needs <= low:
        return "The network takes less than the computing, which can hide it", "网络比计算快,可以被计算掩盖"
    return "The network takes about as long as the computing", "网络与计算耗时相当"


def _computes(asked: Asked) -> tuple[float, float] | None:
    """Seconds for which the same cards compute for a micro-step, at the usual share of their rate."""
    t, cards = asked.training, asked.training.n_gpus or 1
    if not t.peak or not t.params or asked.said("seconds_per_step"):
        return None
    tokens = asked.said("seq_len") or EXAMPLE_TOKENS
    flop = replace(t, tokens=tokens * cards).flop(RECOMPUTED)
    high, low = (flop / (t.peak * cards * share) for share in t.share)
    return low, high


def _computing(asked: Asked) -> list[Line]:
    """How long the same cards compute for a micro-step, which the network is to be held against."""
    if not (computes := _computes(asked)):
        return []
    told = asked.said("seq_len")
    tokens, (low, high) = told or EXAMPLE_TOKENS, computes
    return [line(f"Beside it the cards compute for about {between(low, high)} s: {tokens:,.0f} tokens on each{'' if told else ', for example'}, with checkpointing, at the usual share of their rate.",
                 f"相比之下,{'每卡' if told else '比如每卡'} {tokens:,.0f} 个 token 的计算(开重计算、按常见利用率)只要约 {between(low, high)} 秒。")]  # fmt: skip


def _less(asked: Asked, times: int, params: float, gbit: float) -> Line:
    """What takes less of the network: sharding inside machines, stages that send once, larger micro-batches, adapters, a faster one."""
    weights, sharded = 2 * params, times == GATHERS
    faster = next((one for one in _FASTER if one >= 4 * gbit), 4 * gbit)
    sent, there = times * weights, times * weights / (faster / 8 * 1e9)
    inside, inside_zh = _inside(asked, params)
    once = REDUCES * weights / (gbit / 8 * 1e9)
    stages = (
        (f"ZeRO-1/2 sends {REDUCES} × {gigabytes(weights)}, {amount(once, 2)} s, and with accumulation only once for many micro-steps (ZeRO-1, no_sync), where ZeRO-3 gathers every time; a larger micro-batch computes more for the same traffic",
         f"ZeRO-1/2 只传 {REDUCES} × {gigabytes(weights)},{amount(once, 2)} 秒,配合梯度累积(ZeRO-1、no_sync)每个优化器步只付一次,而 ZeRO-3 每个微步都要聚合;加大微批则同样的通信摊到更多计算上")
        if sharded
        else ("accumulate more, so that a step is paid for less often", "加大梯度累积,让每步分摊得更多")
    )  # fmt: skip
    return line(
        f"What helps: {inside}{stages[0]}; pipeline stages over the machines; LoRA, whose gradients are about a hundredth; or a faster network: {gigabytes(sent)} take {amount(there, 2)} s at {faster:g} Gbit/s (InfiniBand, RoCE).",
        f"办法:{inside_zh}{stages[1]};机器间做流水线并行;LoRA(梯度约为百分之一);或换更快的网络:{faster:g} Gbit/s(InfiniBand、RoCE)传 {gigabytes(sent)} 只要 {amount(there, 2)} 秒。", ZERO)  # fmt: skip


def _inside(asked: Asked, params: float) -> tuple[str, str]:
    """Sharding inside machines: what their cards then hold, and whether they can; nothing of machines of one card."""
    cards, nodes = asked.training.n_gpus or 0, asked.said("nodes") or 0
    each = cards / nodes if nodes else MACHINE
    room = GIB * float(gpu_row(asked.training.card or "").get("memory_marketed_gb") or 0)
    how = "shard inside a machine and only copy between machines (HYBRID_SHARD, ZeRO++ hpZ)"
    how_zh = "机内切分、机间只做副本(HYBRID_SHARD、ZeRO++ hpZ)"
    if each <= 1:
        return "", ""
    if cards <= each:
        return f"{how}; ", f"{how_zh};"
    states, copy = TRAINED * params / each, 2 * params / each
    said = f"states {gigabytes(TRAINED * params)} ÷ {each:g} = {gigabytes(states)} per card"
    said_zh = f"状态 {gigabytes(TRAINED * params)} ÷ {each:g} = {gigabytes(states)}/卡"
    if not room or states < MOST_OF_A_CARD * room:
        return f"{how} ({said}); ", f"{how_zh}({said_zh});"
    return (
        f"{how} ({said} are too much for {gigabytes(room)}: hpZ then, a second copy of the weights alone inside each machine, {gigabytes(copy)} per card more); ",
        f"{how_zh}({said_zh},超过卡的 {gigabytes(room)};这时用 hpZ,每台机内只多存一份权重,每卡多 {gigabytes(copy)});",
    )
