"""Remarks on a setting that was raised until the run failed, and on shares of a card side by side."""

from chat.figures.failures.raised import shares
from chat.remarks.remark import CAUSE, FIRST, Asked, Remark
from chat.works import ANATOMY, TRL_GRPO, VLLM


def _paged(c: Asked) -> bool:
    """Is it served from a pool that a share of the card sets?"""
    return c.serving and not c.reads_gguf and not c.hosted and (c.preallocates or c.said("gpu_memory_utilization"))


RAISED = (
    Remark("share-was-raised", 1, lambda c: c.failed and _paged(c) and c.over("share_was", 0.01),
        "**The larger share is the likeliest cause: at {share_was} the engine took {share_took} of the card and {beside_was} stayed free beside it, at {knob_of_share} {share} it takes {share_takes} and {beside_share} are left.** In that rest lie the CUDA context, CUDA graphs, the sampler, communication, and whatever else is on the card (a desktop, another process). More share only makes the cache larger: {shares_beside}. So go back to {share_was}, or first free the card (nvidia-smi) and spare the graphs (--enforce-eager).",
        "**最可能的原因就是调高了份额:{share_was} 时引擎占 {share_took},卡上另有 {beside_was} 空着;{knob_of_share} 设为 {share} 后占 {share_takes},只剩 {beside_share}。** CUDA 上下文、CUDA graph、采样器、通信缓冲以及卡上的其他程序(桌面、别的进程)都要放在这部分里。份额调高只是让缓存更大:{shares_beside}。所以调回 {share_was};要更大的份额,先用 nvidia-smi 清空这张卡,并省去 CUDA graph(--enforce-eager)。", VLLM, CAUSE),
    Remark("sequences-were-raised", 1, lambda c: c.failed and _paged(c) and c.over("sequences_were", 1),
        "**The raise is the likeliest cause, and not by the KV cache: the pool is set by the share of the card, further sequences only wait for it.** What grows with the sequences of a step stands beside the pool: logits to sample from, {sequences_were} → {batch} × {vocab} × 4 B = {sampled_was} → {sampled_is} for one fp32 copy, several at once, and a CUDA graph for each larger batch size. Here the pool holds {pool_tokens} tokens, {pool_at_once} sequences of {seq} tokens at once, so more than that gains nothing for such requests. Go back to {sequences_were}, or lower the share of the card or set --enforce-eager.",
        "**最可能就是这次调大,但不是 KV 缓存的缘故:缓存池由显存份额决定,多出来的序列只是排队。** 随每步序列数增长的在池子之外:采样用的 logits,{sequences_were} → {batch} × 词表 {vocab} × 4 字节 = 一份 fp32 从 {sampled_was} 到 {sampled_is},同时好几份,还有为更大的批次捕获的 CUDA graph。这里的池共 {pool_tokens} 个 token,能同时放 {pool_at_once} 条 {seq} token 的序列,再多对这样的请求没有好处。调回 {sequences_were},或调低显存份额、加 --enforce-eager。", VLLM, CAUSE),
    Remark("setting-was-raised", 2, lambda c: c.failed and c.modelled and not _paged(c) and not c.said("gpu_memory_utilization"),
        "{told_change}{raised_back}{raised_doubt}",
        "{told_change}{raised_back}{raised_doubt}", ANATOMY, CAUSE),
    Remark("batch-from-seen", 1, lambda c: c.training and c.modelled and not c.failed and c.any("batch_may_grow") and c.said("batch_size"),
        "{batch_from_seen}", "{batch_from_seen}", ANATOMY, FIRST),
    Remark("group-raised", 1, lambda c: c.training and c.modelled and c.k("algo") == "grpo" and bool({"group_was", *(() if c.failed else ("group_asked",))} & set(c.figures.log)),
        "{group_raised}", "{group_raised}", TRL_GRPO, FIRST),
    Remark("batch-doubled", 0, lambda c: c.training and c.modelled and not c.failed and c.any("batch_doubled") and c.any("any_model") and len(c.figures.log.get("batch", ())) == 2,
        "{batch_doubled}", "{batch_doubled}", ANATOMY, FIRST),
    Remark("group-told", 8, lambda c: c.training and c.modelled and not c.failed and c.k("algo") == "grpo" and c.method == "full" and "generations" in c.figures.log and not c.over("rollout_takes", 1),
        "{group_told}", "{group_told}", TRL_GRPO),
    Remark("shares-beside", 1, lambda c: _paged(c) and not c.failed and len(shares(c.figures)) > 1,
        "**{knob_of_share} changes no need, only how much the engine takes at its start, and with it the cache: {shares_beside}.** The weights take {w_here} of a card either way. A larger share serves more sequences at once or longer ones; a smaller one leaves room for other processes.",
        "**{knob_of_share} 不改变需求,只决定引擎启动时占多少,也就是缓存有多大:{shares_beside}。** 权重每卡都是 {w_here}。份额大,能同时放的序列更多、更长;份额小,给别的进程留出空间。", VLLM),
)  # fmt: skip
