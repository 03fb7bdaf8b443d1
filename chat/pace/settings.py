"""Lines on what a setting does to the speed of a training: accumulation, recomputation, adapters, batch, stages, offload."""

from chat.pace.cards import pcie_rate
from chat.pace.generic import scaling
from chat.pace.network import network_lines
from chat.pace.run import Asked
from chat.pace.words import Line, amount, between, gigabytes, line
from chat.works import KORTHIKANTI, LORA, NO_SYNC, QLORA, SCALING_LAWS, ZERO, ZERO_OFFLOAD
from kb.names import gpu_row
from kb.rates import HostMemory
from kb.recipe import ADAPTERS
from kb.timing import GATHERS, REDUCES, offload_step


def setting_lines(asked: Asked, host: HostMemory) -> list[Line]:
    """What is said of the settings asked about; empty where none is."""
    found: list[Line] = _offload(asked, host) if "offload" in asked.kinds else []
    found += network_lines(asked) if "link" in asked.kinds else []
    for kind, say in (
        ("accumulation", _accumulation), ("checkpointing", _checkpointing), ("adapters", _adapters), ("stages", _stages),
        ("batch", _batch),
        ("scaling", _scaling),
    ):  # fmt: skip
        if kind in asked.kinds:
            found += say(asked)
    return found


def _accumulation(asked: Asked) -> list[Line]:
    return [line("**Accumulation does not change the time per sample**: k micro-batches take k times as long as one, and an optimizer step covers k times the samples, so an epoch takes the same. It saves k − 1 of k optimizer steps and gradient exchanges, a few per cent; a larger micro-batch in its place is faster only while the card is not busy yet, and takes memory.",
                 "**梯度累积不改变每个样本的耗时**:k 个微批就是一个的 k 倍时间,每个优化器步覆盖 k 倍样本,所以一轮的时间不变。它省去 k 次中的 k − 1 次优化器更新和梯度同步,只有几个百分点;换成更大的微批只有在显卡没跑满时才更快,而且占显存。", NO_SYNC)]  # fmt: skip


def _checkpointing(asked: Asked) -> list[Line]:
    part, part_zh, sums, sums_zh = (
        "a third",
        "三分之一",
        "8 operations for each parameter and token instead of 6",
        "8 次运算而不是 6 次",
    )
    if asked.method in ADAPTERS:  # frozen weights have no gradients of their own
        part, part_zh, sums, sums_zh = ("half", "一半", "6 operations for each frozen parameter and token instead of 4", "6 次运算而不是 4 次(冻结权重不算自己的梯度)")  # fmt: skip
    return [line(f"**Full checkpointing costs about {part} more computing**: the forward pass runs twice, {sums}. Selective checkpointing recomputes attention alone and costs a few per cent. The memory that it frees can go into a larger batch.",
                 f"**完全重计算多约{part_zh}的计算**:前向跑两次,每参数每 token {sums_zh}。选择性重计算只重算注意力,代价只有几个百分点。省下的显存可以换更大的批。", KORTHIKANTI)]  # fmt: skip


def _adapters(asked: Asked) -> list[Line]:
    if asked.method == "qlora":
        return [
            line("**Fewer bits are not faster in training: LoRA on a 16-bit base is the fastest of them, where it fits.** QLoRA multiplies in 16 bit as LoRA does, and unpacks the 4-bit base in every forward and backward pass as well; bitsandbytes' 8 bit is slower than 16 bit too, since it quantises the activations and takes the outliers apart in 16 bit. A smaller base saves memory; it gains time only by what that memory allows: a larger batch, no recomputation, no offload.",
                 "**训练时位数少并不更快:放得下的话,16 位基座的 LoRA 最快。** QLoRA 与 LoRA 一样用 16 位做乘法,还要在每次前向和反向时解包 4 位基座;bitsandbytes 的 8 位也比 16 位慢,因为要量化激活、并把离群值拆出来用 16 位计算。基座变小省的是显存;只有用省下的显存换更大的批、不开重计算、不做 offload,时间才会变短。", QLORA),
        ]  # fmt: skip
    return [
        line("**LoRA computes about a third less than full fine-tuning, no more**: frozen weights need no gradient, so a token takes 4 operations for each parameter instead of 6 (with checkpointing 6 instead of 8). The forward pass is the same; beyond that LoRA saves the optimizer step and the exchange of gradients between cards.",
             "**LoRA 比全参微调大约少算三分之一,不会更多**:冻结权重不算梯度,每参数每 token 4 次运算而不是 6 次(开重计算为 6 对 8)。前向一样;此外还省去优化器更新和卡间梯度同步。", LORA),
        line("QLoRA computes what LoRA does and unpacks the 4-bit weights in every pass as well, so it is slower than LoRA where both fit: its gain is memory, or the larger batch that the memory allows.",
             "QLoRA 的运算与 LoRA 相同,但每次都要解包 4 位权重,两者都放得下时比 LoRA 慢:它省的是显存,或用省下的显存换更大的批。"),
    ]  # fmt: skip


def _batch(asked: Asked) -> list[Line]:
    return [line("**A larger batch speeds training up only until the card is busy**: the operations of a token stay the same, 6 for each parameter. With a few thousand tokens of a micro-batch (batch × length) the matrix products are at their rate; beyond that tokens per second stay, and a step takes longer in proportion.",
                 "**增大批只在显卡没跑满之前加速**:每个 token 的运算量不变,仍是每参数 6 次。一个微批(批 × 长度)有几千 token 时矩阵乘已达到其速率;再大则每秒 token 数不变,每步按比例变长。", SCALING_LAWS)]  # fmt: skip


def _scaling(asked: Asked) -> list[Line]:
    return scaling()


def _stages_of_adapters(asked: Asked) -> list[Line]:
    """A frozen base has no gradients to send, and is gathered all the same."""
    t = asked.training
    sized, sized_zh = "", ""
    if t.params and t.card and asked.method == "lora":
        rate, slot = pcie_rate(asked.told, gpu_row(t.card))
        sent = (GATHERS - 1) * 2 * t.params
        sized = f" Of {asked.computes} in 16 bit that is {gigabytes(sent)}, {amount(sent / rate, 2)} s a micro-step over {slot}, unless computing hides it."
        sized_zh = (
            f"{asked.computes}、16 位即 {gigabytes(sent)},{slot} 下每微步 {amount(sent / rate, 2)} 秒,除非被计算掩盖。"
        )
    return [line(f"**With adapters ZeRO-2 (or plain DDP) is faster: the frozen base has no gradients, so only those of the adapters are sent; ZeRO-3/FSDP still gathers the whole base forwards and again backwards, 2 × the weights in every micro-step.**{sized} Take ZeRO-3 only where a card does not hold a whole copy, or quantise the base.",
                 f"**训练适配器时 ZeRO-2(或普通 DDP)更快:冻结的基座没有梯度,只同步适配器的;ZeRO-3/FSDP 仍要在前向和反向各聚合一遍整个基座,每个微步 2 倍权重。**{sized_zh}一张卡放不下完整一份时才用 ZeRO-3,或量化基座。", ZERO)]  # fmt: skip


def _stages(asked: Asked) -> list[Line]:
    if asked.method in ADAPTERS:
        return _stages_of_adapters(asked)
    t = asked.training
    found = [line("**ZeRO-3/FSDP sends half as much again as DDP or ZeRO-2**: an all-reduce of the gradients is a reduce-scatter and an all-gather, each once the weights, so DDP, ZeRO-1 and ZeRO-2 send 2 × the weights of each card; ZeRO-3 gathers the weights forwards, gathers them again backwards and scatters the gradients, 3 × the weights, in every micro-step. Over NVLink that hides behind the computing; over PCIe it can decide.",
                  "**ZeRO-3/FSDP 的通信量是 DDP、ZeRO-2 的 1.5 倍**:梯度的 all-reduce = reduce-scatter + all-gather,各传一份权重大小,所以 DDP、ZeRO-1、ZeRO-2 每卡是 2 倍权重;ZeRO-3 前向聚合一次权重,反向再聚合一次,最后 reduce-scatter 梯度,每个微步 3 倍权重。NVLink 下可被计算掩盖;PCIe 下可能成为瓶颈。", ZERO)]  # fmt: skip
    if t.params and t.card:
        rate, slot = pcie_rate(asked.told, gpu_row(t.card))
        sent = 2 * t.params
        found.append(line(f"For {asked.computes} in 16 bit: {gigabytes(GATHERS * sent)} against {gigabytes(REDUCES * sent)}, {amount(GATHERS * sent / rate, 2)} s against {amount(REDUCES * sent / rate, 2)} s a micro-step over {slot}. A longer micro-batch hides more of it; accumulation under ZeRO-3 gathers again each time.",
                          f"{asked.computes}、16 位:{gigabytes(GATHERS * sent)} 对 {gigabytes(REDUCES * sent)},{slot} 下每微步 {amount(GATHERS * sent / rate, 2)} 秒对 {amount(REDUCES * sent / rate, 2)} 秒。微批越大掩盖越多;ZeRO-3 下梯度累积每次都要重新聚合。"))  # fmt: skip
    return found


def _offload(asked: Asked, host: HostMemory) -> list[Line]:
    t = asked.training
    if not t.params:
        return []
    rate, slot = pcie_rate(asked.told, gpu_row(t.card or ""))
    step = offload_step(t.params, t.n_gpus or 1, rate, (host.low, host.high))
    told, told_zh = host.assumed.en, host.assumed.zh
    low, high = (step.link_seconds + one for one in step.adam_seconds)
    return [
        line(f"**Offloading the optimizer adds about {between(low, high)} s to each optimizer step** of {asked.computes}, whatever the batch: large batches or accumulation make it small beside the computing.",
             f"**优化器 offload 使 {asked.computes} 的每个优化器步多约 {between(low, high)} 秒**,与批大小无关:批越大或累积越多,占比越小。", ZERO_OFFLOAD),
        line(f"Gradients down and weights back: {gigabytes(step.link_bytes)} for each card, {amount(step.link_seconds, 2)} s over {slot}. Adam on the CPU reads and writes {gigabytes(step.adam_bytes)}: {between(*step.adam_seconds)} s at {between(host.low / 1e9, host.high / 1e9, 3)} GB/s{told}.",
             f"梯度送出、权重取回:每卡 {gigabytes(step.link_bytes)},{slot} 需 {amount(step.link_seconds, 2)} 秒。CPU 上的 Adam 读写 {gigabytes(step.adam_bytes)}:{between(host.low / 1e9, host.high / 1e9, 3)} GB/s 下 {between(*step.adam_seconds)} 秒{told_zh}。", ZERO_OFFLOAD),
        line("Parameters offloaded as well (ZeRO-3) cross the link for the forward and the backward pass of every micro-step, so accumulation does not hide them; NVMe is slower still.",
             "参数也 offload(ZeRO-3)时,每个微步的前向和反向都要经过链路,累积也掩盖不了;NVMe 更慢。"),
    ]  # fmt: skip
