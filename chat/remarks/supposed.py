"""What somebody supposes, judged in its first word: true or false, whichever way it is put."""

from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import GALORE, LORA, RLHF


def _of_full_training(c: Asked) -> bool:
    """Is the amount that is told of adapters to be judged, and no full training beside them asked about?"""
    judged = c.any("check_arithmetic", "claim_checked", "supposed", "confirms")
    beside = c.any("method_diff", "comparison", "adapters_like_full", "which_method")
    beside |= c.any("mistake_sought")  # where it is, is told of the sum itself
    return c.training and c.modelled and c.adapters and judged and not beside and not c.failed and not c.quoted


def counts_bytes(c: Asked) -> bool:
    """Is it asked what 16, 18 or 20 bytes of a parameter are, or whether so many are right?"""
    if c.serving or c.all("sixteen_bytes", "twenty_times") or c.any("eighteen_bytes"):
        return not c.serving
    asked = c.any(
        "explain_derive",
        "adam_state",
        "why_more",
        "check_arithmetic",
        "unclear",
        "underspecified",
        "claim_checked",
        "supposed",
    )
    general = not c.modelled or c.any("any_model")
    return c.any("sixteen_bytes", "twenty_times") and asked and general and not c.adapters


def _both_seen(c: Asked) -> bool:
    """Is told what full fine-tuning took and what adapters take? Their difference is judged, by what stays."""
    return len(c.figures.told.get("claims_gb", ())) > 1


_ACTIVATIONS = (
    "**{denies}LoRA and its like leave activations and logits about as they are: {activations_beside}.** The backward pass runs through every frozen layer to reach the adapters below it, so attention, norms and activation functions keep what they need, and a matrix that carries an adapter keeps its input too; only the input of a frozen matrix without one can be dropped. What LoRA saves are gradients and optimizer states of the frozen weights (2 + 4 + 8 B of each), QLoRA also three quarters of the base. Activations come down by checkpointing, a smaller micro-batch or shorter samples, logits by a fused loss.",
    "**{denies}适配器基本不改变激活和 logits:{activations_beside}。** 反向传播要穿过每个冻结层才能到下面的适配器,所以注意力、归一化和激活函数的中间结果都要留,带适配器的矩阵的输入也要留;只有不带适配器的冻结矩阵才不必保留输入。LoRA 省的是冻结权重的梯度和优化器状态(每参数 2 + 4 + 8 字节),QLoRA 再省四分之三的基座。要降激活,靠重计算(检查点)、减小 micro-batch 或长度;logits 用融合损失。",
)
_SHARE = (
    "**The mistake: the share of the parameters that train is the share of gradients and optimizer states alone, not of the memory. The frozen base stays loaded whole (2 B of each parameter in 16 bit), and activations and logits stay as they are.** For example, {share_of_memory}. Less of the base takes 4 bits (QLoRA); less of the rest a smaller micro-batch, shorter samples, a fused loss.",
    "**错在:训练参数的比例只对应梯度和优化器状态,不对应全部显存。冻结的基座要完整加载(16 位每参数 2 字节),激活和 logits 也照旧。** {share_of_memory}。想再省基座用 4 位(QLoRA);想省其余部分,减小 micro-batch、缩短样本、用融合损失。",
)

SUPPOSED = (
    Remark("states-not-of-adapters", 0, _of_full_training, "{states_not_theirs}", "{states_not_theirs}", LORA, FIRST),
    Remark("meaning-of-adapters-activations", 1, lambda c: not c.modelled and means("adapters_activations")(c), *_ACTIVATIONS, LORA, ELSEWHERE),
    Remark("adapters-keep-activations", 0, lambda c: c.modelled and means("adapters_activations")(c) and not c.failed and not c.any("lever_expected"), *_ACTIVATIONS, LORA, FIRST),
    Remark("base-is-loaded", 1, lambda c: c.modelled and c.adapters and c.any("base_unloaded") and not c.failed,
        "**Frozen does not mean left out: every forward and backward pass goes through the base, so it is loaded, in 16 bit {w16} here; in 4 bits (QLoRA) the whole takes about {copy_qlora}.** What is small is the adapter: {adapter_states} with its gradients and states, which is no total.",
        "**冻结不等于不加载:每次前向和反向都要经过底座,所以必须加载,16 位是 {w16};4 位(QLoRA)整个约 {copy_qlora}。** 小的只是适配器:连同梯度和状态 {adapter_states},并不是总量。", LORA),
    Remark("models-of-ppo", 0, lambda c: "models_said" in c.figures.log and c.any("claim_checked", "supposed", "confirms") and not c.failed, "{models_said}", "{models_said}", RLHF, FIRST),
    Remark("whole-in-little", 2, lambda c: c.training and c.modelled and c.method == "full" and c.n == 1 and not c.failed and not c.figures.pure and c.k("optimizer") == "adamw" and not c.said("offload") and c.any("others_run", "existence", "fits_elsewhere", "how_to", "ways_asked", "how_done") and c.over("capacity", 1),
        "{whole_in_little}", "{whole_in_little}", GALORE),
    Remark("meaning-of-adapters-share", 1, lambda c: not c.modelled and means("adapters_share")(c), *_SHARE, LORA, ELSEWHERE),
    Remark("adapters-share-of-memory", 0, lambda c: c.modelled and means("adapters_share")(c) and not c.failed and not _both_seen(c), *_SHARE, LORA, FIRST),
)  # fmt: skip
# what answers whether and how it is done
SUPPOSED_KEYS = frozenset({"whole-in-little"})
