"""Which share of the card an engine that sleeps through the update of a training is to have."""

from chat.figures.feedback.rollouts import FILLED, engine_copy
from chat.figures.named import Figures, Missing, gib_words, value_of
from chat.figures.serving.share_needed import twentieths_within
from formulas.quantity import Words


def asleep(figures: Figures) -> Words:
    """Of an engine that sleeps through the update: the share that it has by default, and the most beside what stays as it generates."""
    room, share = figures.need("capacity_whole"), float(value_of(figures.base, "rollout_share"))
    stays = figures.need("rollout_awake") - share * room
    most = twentieths_within((room - stays) / room)
    if figures.n > 1 and "n_gpus" not in figures.given:
        raise Missing("cards")
    copy, kept, taken = gib_words(engine_copy(figures)), gib_words(stays), gib_words(share * room)
    if most * room * FILLED < engine_copy(figures):
        return Words(
            f"**No share of gpu_memory_utilization works while weights and optimizer states stay on the card: they take {kept} of {gib_words(room)}, and the engine's own 16-bit copy {copy}.** Offload them as it generates (param_offload, optimizer_offload), or take more TP or cards.",
            f"**权重和优化器状态留在卡上时,gpu_memory_utilization 设多少都不行:它们占 {gib_words(room)} 中的 {kept},而引擎自己的一份 16 位权重要 {copy}。** 生成时把它们卸载到内存(param_offload、optimizer_offload),或加大 TP、加卡。",
        )
    told = "gpu_memory_utilization" in figures.given
    whose, whose_zh = ("as told", "所说的") if told else ("the trainer's default", "训练框架的默认值")
    at, at_zh = (
        (f"{share:g} ({whose}, {taken} of each card) works, and so does up to about {most:g}", f"设 {share:g} 就行({whose_zh},每卡 {taken}),最多约 {most:g}")
        if most >= share
        else (f"at most about {most:g}, less than {share:g} ({whose})", f"最多设约 {most:g},低于 {share:g}({whose_zh})")
    )  # fmt: skip
    return Words(
        f"**gpu_memory_utilization: {at}: while the engine generates, {kept} of weights, states and runtime stay on the card.** Its own 16-bit copy takes {copy}, the rest is KV pool. For more of it offload what is idle then (param_offload, optimizer_offload); the update does not see the share, as the engine sleeps: there a smaller micro-batch helps.",
        f"**gpu_memory_utilization {at_zh}:引擎生成时,权重、状态和运行时 {kept} 仍留在卡上。** 引擎自己的一份 16 位权重 {copy},其余是 KV 池。想再大就在生成时卸载闲着的部分(param_offload、optimizer_offload);更新时引擎休眠,不受份额影响,那时不够要减小 micro-batch。",
    )
