"""Trainings asked about in a few words: states in host memory, a quantised base beside a 16-bit one, cards that differ."""

from chat.figures.adapters.frozen_ways import TOPICS as FROZEN_WAYS
from chat.figures.tables.published_runs import laid_out
from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import ANATOMY, DEEPSPEED, LLAMA3_HERD, PEFT_PREFIX, QLORA, V3, ZERO, ZERO_OFFLOAD


def _published(c: Asked, maker: str) -> bool:
    """Is it asked how the makers trained the model, where they have told it?"""
    return c.any("as_published") and not c.failed and laid_out(c.figures, maker)


TRAINED_SHORTLY = (
    Remark("mixed-no-less", 0, lambda c: c.training and c.modelled and not c.failed and c.any("mixed_no_less"), "{mixed_no_less}", "{mixed_no_less}", ANATOMY, FIRST),
    Remark("as-published-by-deepseek", 0, lambda c: _published(c, "deepseek"), "{as_published}", "{as_published}", V3, FIRST),
    Remark("as-published-by-meta", 0, lambda c: _published(c, "meta"), "{as_published}", "{as_published}", LLAMA3_HERD, FIRST),
    Remark("meaning-of-states-to-host", 1, means("states_to_host"),
        "**Yes: the optimizer's states are what offload takes off the card first: Adam's two fp32 moments, 8 B per parameter, with the fp32 copy of the weights 12 B ({states_in_ram}).** DeepSpeed ZeRO-Offload (offload_optimizer, any stage from 1), FSDP's CPU offload or paged AdamW of bitsandbytes, which moves pages only where the card is full, do it. What stays on the card are weights, gradients, activations and logits. The price is time: the step runs on the CPU and gradients and weights cross PCIe once a step, so accumulate gradients. 8-bit moments (2 B) often make it needless; with LoRA the states are too few to be worth it.",
        "**能:offload 首先搬走的就是优化器状态:Adam 两个 fp32 动量每参数 8 字节,连 fp32 主权重 12 字节({states_in_ram})。** 用 DeepSpeed ZeRO-Offload(offload_optimizer,阶段 1 起都行)、FSDP 的 CPU offload,或 bitsandbytes 的 paged AdamW(卡满了才换页)。留在卡上的是权重、梯度、激活和 logits。代价是时间:更新在 CPU 上做,梯度和权重每步过一次 PCIe,所以要配合梯度累积。8 位动量(2 字节)往往就不必 offload;LoRA 的状态太少,不值得。", ZERO_OFFLOAD, ELSEWHERE),
    Remark("meaning-of-qlora-beside-lora", 1, means("qlora_beside_lora"),
        "**Hardly any difference in quality: in the QLoRA paper adapters over NF4 with double quantisation match those over 16 bit on the benchmarks that it runs; memory falls by about 1.5 B per parameter, {qlora_and_lora}.** It is slower, as each layer is dequantised in both passes, and the adapters belong to the 4-bit base: merged into 16-bit weights they meet slightly other ones. FP4 and plain 4-bit integers do worse than NF4; adapters on all linear layers help more than 16 bit does, and the rank hardly matters then. Measure it on your own task.",
        "**效果几乎没有差别:QLoRA 论文里,NF4 加双重量化的基座上训练的适配器,在其各项基准上与 16 位基座持平;显存每参数少约 1.5 字节,{qlora_and_lora}。** 会慢一些,前向和反向都要逐层反量化;适配器是针对 4 位基座训练的,合并到 16 位权重时基座略有不同。FP4 和普通的 4 位整数不如 NF4;给所有线性层都加适配器比换成 16 位更有用,这时秩的大小影响很小。请在自己的任务上实测。", QLORA, ELSEWHERE),
    Remark("frozen-ways-alike", 1, lambda c: c.training and c.modelled and not c.failed and c.adapters and c.any(*FROZEN_WAYS), "{frozen_ways}", "{frozen_ways}", PEFT_PREFIX, FIRST),
    Remark("ram-and-card", 1, lambda c: c.training and c.modelled and not c.failed and c.method == "full" and c.any("ram_asked") and c.k("offload") in ("optimizer", "params") and c.k("optimizer") == "adamw" and c.k("algo") in (None, "sft") and not c.said("host_memory_gb") and not c.any("at_work", "loading", "merging", "saving", "estimator"), "{ram_and_card}", "{ram_and_card}", DEEPSPEED, FIRST),
    Remark("offloads-apart", 0, lambda c: c.training and c.modelled and not c.failed and c.method == "full" and c.any("offloads_apart") and c.k("optimizer") == "adamw" and c.k("algo") in (None, "sft") and not c.said("host_memory_gb"), "{offloads_apart}", "{offloads_apart}", ZERO_OFFLOAD, FIRST),
    Remark("offload-to-drop", 1, lambda c: c.training and c.modelled and not c.failed and c.method == "full" and c.any("runs_slowly", "offload_taken_back") and c.any("zero_offload", "offload_taken_back") and c.said("offload") and c.k("optimizer") == "adamw" and not c.said("host_memory_gb"), "{offload_dropped}", "{offload_dropped}", ZERO_OFFLOAD, FIRST),
    Remark("plain-run-beside", 4, lambda c: c.training and c.modelled and not c.failed and c.any("plain_beside"), "{plain_beside}", "{plain_beside}", ZERO),
    Remark("unequal-cards-train", 0, lambda c: c.training and (not c.modelled or c.any("any_model")) and c.any("mixed_cards", "multi_gpu_split", "fits", "by_fsdp", "unclear") and not c.failed and not c.any("cards_added", "pooled_asked", "sum_of_cards"), "{unequal_trained}", "{unequal_trained}", ZERO, FIRST),
)  # fmt: skip
