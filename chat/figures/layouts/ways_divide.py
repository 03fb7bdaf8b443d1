"""What each way of parallelism divides of a training or a served model, and what it copies."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import VERDICTS
from chat.reads.concepts.ways_divide import DIVIDES, DIVIDES_OF
from formulas.quantity import SILENT, Words
from kb.interval import FITS

_SAYS: dict[str, Words] = {
    "tp": Words(
        "**Tensor parallel over t divides the matrices of attention and MLP, embedding and head, and with them their gradients and optimizer states, by t**; norms are copied. Of activations it divides what is inside attention and MLP and leaves the rest whole (10 of the 34·s·b·h bytes a layer), which sequence parallel divides too; logits go by vocabulary, the KV cache by KV heads.",
        "**张量并行 t 把注意力和 MLP 的矩阵、词嵌入与输出头连同其梯度、优化器状态除以 t**;归一化层复制。激活只切分注意力和 MLP 内部的部分,其余(每层 34·s·b·h 字节中的 10)仍是完整的,要靠序列并行;logits 按词表切,KV 缓存按 KV 头切。",
    ),
    "sp": Words(
        "**Sequence parallel (Megatron's, beside tensor parallel) divides no weights and no states, only the activations that tensor parallel leaves whole: the inputs of norms and the masks of dropout, by t.**",
        "**序列并行(Megatron,与张量并行配合)不切分权重和状态,只把张量并行留下的完整激活(归一化的输入、dropout 掩码)除以 t。**",
    ),
    "cp": Words(
        "**Context parallel over c divides the tokens of a sequence, so activations, logits and KV cache of a rank are 1/c; weights, gradients and optimizer states are copied on each of its ranks, as in data parallel.** ZeRO or FSDP over the same ranks divides those. Keys and values pass around the ring: a block of a neighbour's stands beside the own.",
        "**上下文并行 c 切分的是序列的 token:每张卡的激活、logits 和 KV 缓存是 1/c;权重、梯度、优化器状态在各卡上都是完整的一份,和数据并行一样。** 要切分它们,得在同一组卡上再用 ZeRO 或 FSDP。K、V 沿环传递:自己那份旁边还有一块邻居的。",
    ),
    "pp": Words(
        "**Pipeline parallel over p puts 1/p of the layers on each stage, with their weights, gradients, optimizer states and cache; the embedding is on the first stage, head and logits on the last.** The activations of the fullest stage do not shrink: with 1F1B the first keeps p micro-batches of its 1/p of the layers.",
        "**流水线并行 p 让每级放 1/p 的层,连同这些层的权重、梯度、优化器状态和缓存;词嵌入在首级,输出头和 logits 在末级。** 最满那一级的激活并不减少:1F1B 下首级保留 p 个微批次、各 1/p 的层。",
    ),
    "ep": Words(
        "**Expert parallel over e divides the routed experts, with their gradients and optimizer states, by e; attention, router, embedding, head and shared experts are copied on each rank as in data parallel**, unless tensor parallel or ZeRO divides those. Each rank computes the tokens that are sent to its experts: buffers of the all-to-all come on top, and uneven routing fills one rank more than another.",
        "**专家并行 e 把路由专家连同其梯度、优化器状态除以 e;注意力、路由、词嵌入、输出头和共享专家在每张卡上都是完整的一份,和数据并行一样**,除非再用张量并行或 ZeRO 切分。每张卡计算送到自己专家的 token:另有 all-to-all 的缓冲,路由不均时有的卡更满。",
    ),
    "dp": Words(
        "**Data parallel divides nothing but the batch: each rank has all weights, gradients and optimizer states, and the activations of its own micro-batch.** ZeRO-1, 2 and 3 (FSDP) divide optimizer states, then gradients as well, then weights as well over the same ranks, never activations.",
        "**数据并行只切分批次:每张卡都有完整的权重、梯度和优化器状态,以及自己那个 micro-batch 的激活。** ZeRO-1、2、3(FSDP)在同一组卡上依次切分优化器状态、再加梯度、再加权重,从不切分激活。",
    ),
}
# the parts that each divides
_DIVIDES: dict[str, frozenset[str]] = {
    "tp": frozenset({"weights", "optimizer", "gradients", "attention"}), "sp": frozenset({"activations"}),
    "cp": frozenset({"activations", "cache"}), "pp": frozenset({"weights", "optimizer", "gradients", "attention"}), "ep": frozenset(), "dp": frozenset(),
}  # fmt: skip
# of these it is a part that is divided, and no yes or no
_IN_PART = frozenset({("tp", "activations"), ("pp", "activations"), ("ep", "weights"), ("ep", "optimizer"), ("ep", "gradients"), ("ep", "activations"), ("cp", "attention"), ("sp", "attention")})  # fmt: skip
_MOST = 4


def _ways_divide(figures: Figures) -> Words:
    """A paragraph for each way that is asked about; of one way and one part the yes or no before it."""
    ways, of = (
        [one.removeprefix(head) for one in sorted(figures.about) if one.startswith(head)] for head in (DIVIDES, DIVIDES_OF)
    )  # fmt: skip
    told = [_SAYS[one] for one in _SAYS if one in ways][:_MOST]
    if not told:
        raise Missing("ways")
    first = _plainly(ways[0], of) if len(ways) == 1 else SILENT
    en, zh = "\n\n".join(one.en for one in told), "\n\n".join(one.zh for one in told)
    return Words(f"**{first.en}{en.removeprefix('**')}", f"**{first.zh}{zh.removeprefix('**')}")


def _plainly(way: str, of: list[str]) -> Words:
    """Yes or no, where that is the answer for all the parts that are asked about."""
    if not of or any((way, one) in _IN_PART for one in of):
        return SILENT
    divided = {one in _DIVIDES[way] for one in of}
    if len(divided) > 1:
        return SILENT
    return Words("Yes. ", "会。") if divided == {True} else Words("No. ", "不会。")


def _frozen_on_each(figures: Figures) -> Words:
    """What QLoRA takes where each card holds the whole base, as with DDP and ZeRO-2, and how long a sample may be then."""
    plain = dict.fromkeys(("precision", "optimizer", "weight_format", "offload"))
    there = figures.at(**plain, method="qlora", bits=4, zero_stage=0)
    room = there.capacity
    if room is None:
        return SILENT
    need, verdict = gib_words(there.best), there.leaning or "no"
    until, until_zh = "", ""
    alone = figures.at(**plain, method="qlora", bits=4, zero_stage=None, n_gpus=1)
    if verdict not in FITS and alone.longest and alone.leaning not in FITS:
        until = f"; one card alone holds at most about {alone.longest:,} tokens by the middle of the estimate"
        until_zh = f";单卡按估算中值最长约 {alone.longest:,} token"
    word, word_zh = VERDICTS[verdict]
    return Words(
        f"{need} per card of {gib_words(room)} ({word}{until})",
        f"每卡要 {need},卡上 {gib_words(room)}({word_zh}{until_zh})",
    )


WAYS_DIVIDE: dict[str, Callable[[Figures], Words]] = {"ways_divide": _ways_divide, "frozen_on_each": _frozen_on_each}
