"""How to take less, asked of no failure: what each setting would save in figures, how a server's share is limited, and how many
of so many people ask at once."""

from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import ANATOMY, BIG, DEEPSPEED_CONFIG, VLLM, ZERO_INFERENCE


def _from_host(c: Asked) -> bool:
    """Are weights that wait in host memory computed on the card?"""
    runs = c.serving and c.modelled and not c.failed and not c.any("any_model") and not c.reads_gguf
    return runs and c.given("offload", "params") and not c.said("cpu_offload_gb")


def _by_map(c: Asked) -> bool:
    """Does device_map lay them out, which keeps on the cards what goes there?"""
    return c.given("layer_split", True) or c.given("engine", "transformers")


def _shares(c: Asked) -> bool:
    """Is it a server that takes a part of the card whatever the model needs?"""
    return (c.any("engine_named") and c.by_server) or c.any("share_meaning")


# stage3_max_live_parameters, stage3_prefetch_bucket_size and stage3_param_persistence_threshold bound what stays on the card
_ROOM_USED = (
    "**Yes, the free memory can buy speed, in this order: a larger micro-batch (fewer accumulation steps), as parameters cross PCIe for every micro-step and the optimizer's step is shared by more samples; then keep the parameters on the card and offload the optimizer alone (offload_param: none), or ZeRO-2 where the 16-bit weights fit whole; then no gradient checkpointing, which saves a quarter of the computing.** Where parameters stay offloaded, larger stage3_max_live_parameters and stage3_prefetch_bucket_size keep more of them on the card. Without any offload it is fastest: that takes 16 B per parameter ÷ cards on the GPU, 6 B in pure bf16 with 8-bit Adam.",
    "**可以用空着的显存换速度,依次:加大 micro-batch(减少梯度累积),因为参数每个 micro-step 都要过一遍 PCIe,优化器那一步也由更多样本分摊;然后参数留在卡上,只 offload 优化器(offload_param: none),16 位权重整份放得下就用 ZeRO-2;再关掉梯度检查点,少算四分之一。** 参数仍要 offload 时,调大 stage3_max_live_parameters 和 stage3_prefetch_bucket_size,让更多参数留在卡上。完全不 offload 最快,那要显存放得下每参数 16 字节 ÷ 卡数(纯 bf16 加 8 位 Adam 是 6 字节)。",
)

WAYS = (
    Remark("room-beside-offload", 0, lambda c: c.any("room_beside_offload") and c.modelled and not c.serving and not c.failed, *_ROOM_USED, DEEPSPEED_CONFIG, FIRST),
    Remark("room-beside-offload-alone", 0, lambda c: c.any("room_beside_offload") and not c.modelled and not c.serving and not c.failed, *_ROOM_USED, DEEPSPEED_CONFIG, ELSEWHERE),
    Remark("share-to-limit", 1, lambda c: c.any("ways_asked", "share_meaning") and _shares(c) and not c.training and not c.failed,
        "**The server takes its share at its start{share_of_whole} ({its_share}), whatever the model needs; so much must be free then. What the weights leave of it is set aside for the KV cache. To take less, lower {knob_of_share}.** A smaller maximum length or fewer sequences do not shrink what is taken; they say how small the share may be. Too small a share leaves no room for the cache of one sequence, and the server does not start.",
        "**服务启动时就按份额占用显存{share_of_whole}({its_share}),与模型实际需要无关,启动时必须空着这么多;放完权重后剩下的都预留给 KV 缓存。想少占就调低 {knob_of_share}。** 只减小最大长度或并发数,占用不会变小,它们决定的是份额最低可以到多少。份额太小,放不下一条序列的缓存,服务就启动不了。", VLLM),
    Remark("share-to-target", 0, lambda c: c.serving and c.preallocates and "target" in c.figures.log and c.over("capacity", 1) and not c.reads_gguf,
        "{to_reach}", "{to_reach}", VLLM, FIRST),
    Remark("settings-compared", 0, lambda c: bool(c.figures.told.get("settings")) and c.modelled and not c.training and not c.failed,
        "{settings_differ}", "{settings_differ}", VLLM),
    Remark("settings-compared-alone", 0, lambda c: bool(c.figures.told.get("settings")) and not c.modelled and not c.failed,
        "{settings_differ}", "{settings_differ}", VLLM, ELSEWHERE),
    Remark("limit-moved", 0, lambda c: c.any("limit_moved") and c.modelled and c.preallocates and not c.failed,
        "{limit_moved}", "{limit_moved}", VLLM, FIRST),
    Remark("limit-moved-alone", 0, lambda c: c.any("limit_moved") and not c.modelled and not c.failed,
        "{limit_moved}", "{limit_moved}", VLLM, ELSEWHERE),
    Remark("share-beside-kept", 1, lambda c: c.serving and not c.failed and c.n == 1 and c.over("capacity", 1) and not c.reads_gguf and c.keeps_free,
        "{share_beside_kept}", "{share_beside_kept}", VLLM),
    Remark("counts-claimed", 0, lambda c: c.serving and c.modelled and c.any("claim_checked") and not c.failed and c.over("capacity", 1) and not c.reads_gguf,
        "{counts_claimed}", "{counts_claimed}", VLLM, FIRST),
    Remark("share-needed", 2, lambda c: c.serving and (c.any("share_value") or (c.any("share_asked") and not c.any("max_batch_ctx"))) and not c.any("share_meaning", "several_servers") and not c.failed and not c.said("gpu_memory_utilization") and not c.reads_gguf,
        "{share_needed}", "{share_needed}", VLLM),
    Remark("weights-over-the-link", 3, lambda c: c.serving and c.said("cpu_offload_gb") and not c.failed and c.fits and not c.any("meaning:cpu_offload"),
        "{weights_over_link}", "{weights_over_link}", VLLM, FIRST),
    Remark("weights-streamed", 0, lambda c: _from_host(c) and not _by_map(c),
        "{weights_streamed}", "{weights_streamed}", ZERO_INFERENCE, FIRST),
    Remark("weights-spilled-by-map", 0, lambda c: _from_host(c) and _by_map(c),
        "{spilled_by_map}", "{spilled_by_map}", BIG, FIRST),
    Remark("share-too-small", 1, lambda c: c.serving and c.said("gpu_memory_utilization") and not c.any("several_servers", "another_service") and not c.failed and not c.reads_gguf and c.figures.base.verdict == "no",
        "{share_too_small}", "{share_too_small}", VLLM, FIRST),
    Remark("also-another-service", 20, lambda c: c.serving and not c.failed and not c.reads_gguf and c.over("capacity", 1) and c.any("another_service") and not c.any("several_servers") and not c.said("gpu_memory_utilization") and not c.over("pool_seen", 1) and not c.keeps_free,
        "{room_beside}", "{room_beside}", VLLM),
    Remark("users-in-all", 0, lambda c: c.serving and c.modelled and "users_in_all" in c.figures.log and not c.failed and not c.any("max_batch_ctx"),
        "{users_in_all}", "{users_in_all}", VLLM, FIRST),
    Remark("people-at-once", 2, lambda c: c.serving and c.any("people_counted") and c.over("batch", 12) and not c.failed,
        "{people_at_once}", "{people_at_once}", VLLM),
    Remark("all-savings-on", 0, lambda c: c.training and c.modelled and c.any("all_savings") and c.method == "full" and not c.failed and not c.any("how_long"),
        "{all_savings}", "{all_savings}", ZERO_INFERENCE, FIRST),
    Remark("ways-in-figures", 2, lambda c: c.any("ways_asked") and not c.any("kv_cache") and not c.failed and c.modelled and (c.fits or c.n > 1 or not {"gpu", "gpu_memory_gb"} & set(c.figures.given)),
        "{what_saves}",
        "{what_saves}", ANATOMY),
)  # fmt: skip
# those that are the answer; how many ask at once stands behind it
WAY_KEYS = frozenset(one.key for one in WAYS) - {"people-at-once", "also-another-service"}
