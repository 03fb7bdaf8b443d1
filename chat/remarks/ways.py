"""How to take less, asked of no failure: what each setting would save in figures, how a server's share is limited, and how many
of so many people ask at once."""

from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import ANATOMY, VLLM


def _shares(c: Asked) -> bool:
    """Is it a server that takes a part of the card whatever the model needs?"""
    return (c.any("engine_named") and c.by_server) or c.any("share_meaning")


WAYS = (
    Remark("share-to-limit", 1, lambda c: c.any("ways_asked", "share_meaning") and _shares(c) and not c.training and not c.failed,
        "**The server takes its share of the card at its start ({its_share}), whatever the model needs: what the weights leave of it is set aside for the KV cache. To take less, lower {knob_of_share}.** A smaller maximum length or fewer sequences do not shrink what is taken; they say how small the share may be. Too small a share leaves no room for the cache of one sequence, and the server does not start.",
        "**服务启动时就按份额占用显存({its_share}),与模型实际需要无关:放完权重后剩下的都预留给 KV 缓存。想少占就调低 {knob_of_share}。** 只减小最大长度或并发数,占用不会变小,它们决定的是份额最低可以到多少。份额太小,放不下一条序列的缓存,服务就启动不了。", VLLM),
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
    Remark("share-too-small", 1, lambda c: c.serving and c.said("gpu_memory_utilization") and not c.any("several_servers", "another_service") and not c.failed and not c.reads_gguf and c.figures.base.verdict == "no",
        "{share_too_small}", "{share_too_small}", VLLM, FIRST),
    Remark("also-another-service", 20, lambda c: c.serving and not c.failed and not c.reads_gguf and c.over("capacity", 1) and c.any("another_service") and not c.any("several_servers") and not c.said("gpu_memory_utilization") and not c.over("pool_seen", 1) and not c.keeps_free,
        "{room_beside}", "{room_beside}", VLLM),
    Remark("users-in-all", 0, lambda c: c.serving and c.modelled and "users_in_all" in c.figures.log and not c.failed and not c.any("max_batch_ctx"),
        "{users_in_all}", "{users_in_all}", VLLM, FIRST),
    Remark("people-at-once", 2, lambda c: c.serving and c.any("people_counted") and c.over("batch", 12) and not c.failed,
        "{people_at_once}", "{people_at_once}", VLLM),
    Remark("ways-in-figures", 2, lambda c: c.any("ways_asked") and not c.any("kv_cache") and not c.failed and c.modelled and (c.fits or c.n > 1 or not {"gpu", "gpu_memory_gb"} & set(c.figures.given)),
        "{what_saves}",
        "{what_saves}", ANATOMY),
)  # fmt: skip
# those that are the answer; how many ask at once stands behind it
WAY_KEYS = frozenset(one.key for one in WAYS) - {"people-at-once", "also-another-service"}
