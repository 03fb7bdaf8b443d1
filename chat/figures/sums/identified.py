"""What a figure of the asker's is: so many bytes for each parameter, of the size as it is named or of the real count, in
GB (10^9 bytes) or in GiB (2^30), which people write as GB."""

from dataclasses import dataclass

from chat.figures.named import GB, GIB, Figures, Missing
from chat.figures.sums.quoted import SEEN, claim_of, claim_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.name_parts import size_value, tokens
from kb.overheads import CONTEXT_GIB

# a figure as people round it, or programs cut it, is off by one of its last digit; no more than this
_MOST_OFF = 0.015
_LEAST_OFF = 0.004
_ROUND = 5  # a multiple of it is a round figure
_WHAT = {
    0.5: Words("4 bits", "4 位"), 1: Words("8 bits", "8 位"), 2: Words("16 bits", "16 位"), 4: Words("fp32", "fp32"),
    8: Words("pure bf16 with Adam", "纯 bf16 加 Adam"), 12: Words("Adam's part in mixed precision", "混合精度下 Adam 的部分"),
    16: Words("mixed precision with Adam", "混合精度加 Adam"), 18: Words("with fp32 gradients", "梯度用 fp32"),
    20: Words("with 16-bit and fp32 gradients", "16 位与 fp32 梯度都留"),
}  # fmt: skip


@dataclass(frozen=True)
class Sum:
    """A figure, and the sum that it is nearest to."""

    claim: float
    each: float
    real: bool  # of the real count, not of the size as it is named
    binary: bool
    size: float
    off: float


def sums(figures: Figures, *eaches: float, rounded: float = 0.0, named: float = 0.0) -> list[Sum]:
    """Of each figure that was stated the nearest sum of these bytes for each parameter; those near none are left out.

    rounded   by so much round figures may be off where the sums lie far apart
    named     the parameters that a model's name tells, where they are to be counted, too
    """
    found = []
    count = figures.params / 1e9  # a number without a unit that is the count of parameters is no amount
    bare = [float(one) for one in figures.told.get("bare_gb", ()) if one and abs(float(one) / count - 1) > _LEAST_OFF]
    told = (*figures.told.get("claims_gb", ()), *bare)
    stated = dict.fromkeys(float(one) for one in told if one)
    bases = [(False, figures.need("params_said")), (True, figures.params), *([(False, named)] if named else [])]
    written = {float(one) for one in figures.told.get("claims_gib", ())}
    for claim in stated:
        near = [
            Sum(claim, each, real, unit == GIB, each * params, abs(claim * unit / (each * params) - 1))
            for each in eaches
            for real, params in bases
            for unit in ((GIB,) if claim in written else (GB, GIB))
        ]
        best = min(near, key=lambda one: (round(one.off, 4), one.real, one.binary))
        rounded_up = claim in figures.logged_all("du") and 0 <= claim * GIB - best.size < GIB  # as du prints it
        if rounded_up or best.off <= max(_allowed(claim), 0.0 if claim % _ROUND else rounded):
            found.append(best)
    return found


def _allowed(claim: float) -> float:
    decimals = len(f"{claim:g}".partition(".")[2])
    return min(_MOST_OFF, max(_LEAST_OFF, 10.0**-decimals / claim))


def product(figures: Figures, each: float, real: bool = False) -> Words:
    """`7B × 4 B = 28.0 GB = 26.08 GiB`."""
    params = figures.params if real else figures.need("params_said")
    size = each * params
    whose = Words("the real " if real else "", "实际 " if real else "")
    shown = f"{size_words(params)} × {each:g}"
    decimal = f"{size / GB:.1f}" if size < 100 * GB else f"{size / GB:,.0f}"
    return Words(
        f"{whose.en}{shown} B = {decimal} GB = {size / GIB:.2f} GiB",
        f"{whose.zh}{shown} 字节 = {decimal} GB = {size / GIB:.2f} GiB",
    )


def told_as(figures: Figures, each: float) -> Words:
    """The figure that is so many bytes for each parameter, with its sum and its unit; Missing where none is."""
    found = sums(figures, each)
    if not found:  # as people round it
        claim = claim_of(figures, each * figures.params, each * figures.need("params_said"))
        plain = product(figures, each)
        return Words(f"{claim_words(claim)} is about {plain.en}", f"{claim_words(claim)} 约为 {plain.zh}")
    one = min(found, key=lambda candidate: candidate.off)
    first, other = product(figures, each, one.real), product(figures, each, not one.real)
    more = SILENT
    if abs(figures.params / figures.need("params_said") - 1) > _LEAST_OFF:
        more = Words(f"; {other.en}", f";{other.zh}")
    slip = SILENT
    if one.claim in map(float, figures.told.get("claims_gib", ())):
        return Words(f"{one.claim:g} GiB is {first.en}{more.en}", f"{one.claim:g} GiB 就是 {first.zh}{more.zh}")
    if one.binary and abs(one.claim * GB / one.size - 1) > _LEAST_OFF:
        slip = Words(", that is GiB written as GB", ",即 GiB,只是写成了 GB")
    return Words(
        f"{one.claim:g} GB is {first.en}{slip.en}{more.en}", f"{one.claim:g} GB 就是 {first.zh}{slip.zh}{more.zh}"
    )


def in_fp32(figures: Figures) -> Words:
    """A figure that is the weights in fp32: of a model that was loaded with what mends it, else what the figure is."""
    is_, narrow = told_as(figures, 4), figures["w16"]
    if not figures.told.get(SEEN) or not figures.amount("seen_32"):
        return Words(
            f"{is_.en}: the weights in fp32, 4 B per parameter. Models are served in 16 bit, {narrow}.",
            f"{is_.zh}:这是 fp32(每参数 4 字节)的权重大小。实际推理用 16 位,{narrow}。",
        )
    return Words(
        f"**The weights are loaded in fp32, as from_pretrained does where no dtype is told (before transformers 5): {is_.en}. Pass torch_dtype=torch.bfloat16 (dtype from transformers 5): {narrow}.**",
        f"**权重是按 fp32(每参数 4 字节)加载的,transformers 5 之前 from_pretrained 不写 dtype 就是这样:{is_.zh}。加上 torch_dtype=torch.bfloat16(transformers 5 起写 dtype)就是 {narrow}。**",
    )


_CONTEXT = "–".join(f"{one:g}" for one in CONTEXT_GIB)
_MONITOR_SHOWS_MORE = Words(
    f" nvidia-smi shows more than memory_allocated all the same: the CUDA context, usually {_CONTEXT} GiB, and the blocks that PyTorch keeps reserved are in it.",
    f"不过 nvidia-smi 会比 memory_allocated 大:还含 CUDA 上下文(一般 {_CONTEXT} GiB)和 PyTorch 预留的块。",
)


def _by_name(figures: Figures) -> float:
    """The parameters that the name of the model tells, 7B of Llama-2-7b-hf; 0 where it tells none."""
    sizes = [size_value(one) for one in tokens(str(figures.given.get("model") or ""))]
    return next((one for one in sizes if one), 0.0)


def several(figures: Figures) -> Words:
    """Figures that are one need told in several ways; Missing where they are not."""
    trains = figures.knob("task") == "train"
    # fp32 gradients are counted by nobody where no training is told
    found = sums(figures, *(one for one in _WHAT if trains or one <= TRAINED), named=_by_name(figures))
    each = {one.each for one in found}
    exact = {_counts(one): one for one in sorted(found, key=lambda one: -one.off)}  # 13 is 13.04 told shortly
    same = _same_bytes(figures, {one.claim for one in found})
    left = {float(one) for one in figures.told.get("claims_gb", ()) if one} - {one.claim for one in found}
    # what runs take beside them are not weights at all, nor then the one or two that come near
    if len(each) != 1 or len(exact) + bool(same) < 2 or (left and trains) or len(left) > len(found):
        raise Missing("claims")
    said = [_one(figures, one) for one in found if exact[_counts(one)] is one]
    said += [same] if same else []
    what = _WHAT[each.pop()]
    more = _on_monitor(figures, found)
    ratio = SILENT
    if {one.binary for one in found} == {True, False}:
        metered = (
            "meter" in figures.given or "tensors" in figures.log or bool({"just_loaded", "part_on_cpu"} & figures.about)
        )
        beside = _MONITOR_SHOWS_MORE if metered and not more.en else SILENT
        card = _of_the_card(figures)
        ratio = Words(
            f" 1 GiB = 2^30 B = {GIB / GB:.4g} GB: what memory_allocated / 1024^3, nvidia-smi and the sizes of cards count in, so hold the GiB against a card; files are mostly told in GB.{card.en}{beside.en}",
            f"1 GiB = 2^30 字节 = {GIB / GB:.4g} GB:显存、memory_allocated/1024^3 和 nvidia-smi 都按 GiB 计,所以与显卡比较时用 GiB;文件大小多按 GB(10^9)计。{card.zh}{beside.zh}",
        )
    lost, on_cpu = "lost_bytes" in figures.about, "part_on_cpu" in figures.about
    seen = bool(more.en) or "meter" in figures.given or "tensors" in figures.log
    if figures.knob("task") != "train" and not lost and not seen:
        cache = _cache_beside(figures)
        ratio = Words(
            f"{ratio.en} KV cache{cache.en} and runtime come on top.", f"{ratio.zh}KV 缓存{cache.zh}和运行开销另算。"
        )
    opening = (
        "Nothing is lost or compressed: all of these"
        if lost
        else "All of them are right, and nothing is lost or compressed: they"
    )
    if on_cpu:
        opening = "No, no part of it went to the CPU: all of these"
    says = "没有放到 CPU,什么都没少" if on_cpu else "什么都没少,这些数都对" if lost else "都对,什么都没少"
    return Words(
        f"**{opening} are the same weights in other units or of another count ({what.en}).** "
        + "; ".join(one.en for one in said) + "." + more.en + ratio.en,
        f"**{says},只是单位或参数量口径不同({what.zh}):**" + ";".join(one.zh for one in said) + "。" + more.zh + ratio.zh,
    )  # fmt: skip


def _cache_beside(figures: Figures) -> Words:
    """What the cache of one sequence takes beside the weights of a model that is named."""
    if not figures.names_model or not figures.base.terms.get("kv_cache"):
        return SILENT
    each, whole = figures["kv_mean"], figures["kv_sequence"]
    return Words(
        f" ({each} a token, {whole} at {figures['seq']})", f"(每 token {each},{figures['seq']} token 时 {whole})"
    )


_USUAL = 24  # a card's memory, as an example


def _of_the_card(figures: Figures) -> Words:
    """The card that is named, by its own measure and by that of files; else a usual one."""
    fact = figures.base.situation.facts.get("card_memory")
    size = float(fact.value) if fact is not None else figures.base.capacity
    if not size or not {"gpu", "gpu_memory_gb"} & set(figures.given) or len(figures.told.get("gpus", ())) > 1:
        there = f"{_USUAL * GIB / GB:.3g} GB"
        return Words(
            f" A card sold as {_USUAL} GB has about {_USUAL} GiB, {there} by the files' measure.",
            f"标称 {_USUAL} GB 的卡约有 {_USUAL} GiB,按文件的算法是 {there}。",
        )
    return Words(
        f" The memory of the card, {size / GIB:.4g} GiB, is {size / GB:.4g} GB by the files' measure.",
        f"这张卡的显存是 {size / GIB:.4g} GiB,按文件的算法是 {size / GB:.4g} GB。",
    )


# what a process holds beside the tensors of a model that was only loaded [GiB]
_LEAST_BESIDE, _MOST_BESIDE = 0.1, 2.5


def _on_monitor(figures: Figures, found: list[Sum]) -> Words:
    """What a monitor shows beyond the weights."""
    weights = max(one.size for one in found) / GIB
    for shown in map(float, figures.told.get("monitor_gib", ())):
        if _LEAST_BESIDE <= shown - weights <= _MOST_BESIDE:
            beyond = f"{shown - weights:.2f} GiB"
            return Words(
                f" nvidia-smi's {shown:.1f} GiB ({shown * 1024:,.0f} MiB) is {beyond} more: the CUDA context and what PyTorch's allocator keeps beside the tensors.",
                f"nvidia-smi 的 {shown:.1f} GiB({shown * 1024:,.0f} MiB)多出 {beyond}:CUDA 上下文和 PyTorch 分配器缓存的部分。",
            )
    return SILENT


def _same_bytes(figures: Figures, without: set[float]) -> Words | None:
    """Of the other figures two that are the same bytes, one in GB and one in GiB: of some count that is not known."""
    others = [one for one in map(float, figures.told.get("claims_gb", ())) if one and one not in without]
    for decimal in others:
        for binary in others:
            if abs(decimal * GB / (binary * GIB) - 1) < _LEAST_OFF:
                shown = f"{decimal:g} GB = {decimal * GB / GIB:.1f} GiB"
                return Words(
                    f"{decimal:g} and {binary:g} are the same bytes of the file, {shown}",
                    f"{decimal:g} 和 {binary:g} 是同一个文件的字节数,{shown}",
                )
    return None


def _counts(one: Sum) -> tuple[float, bool]:
    """Of how many parameters it is, and whether in GiB."""
    return round(one.size / one.each, -6), one.binary


def _one(figures: Figures, one: Sum) -> Words:
    params = one.size / one.each
    whose = Words("the real " if one.real else "", "实际 " if one.real else "")
    unit, scale = ("GiB", GIB) if one.binary else ("GB", GB)
    over = Words("÷ 2^30" if one.binary else "÷ 10^9", "÷ 2^30" if one.binary else "÷ 10^9")
    shown = f"{one.size / scale:.2f} {unit}"
    said = f"{one.claim:g}" + (" GiB" if one.claim in map(float, figures.told.get("claims_gib", ())) else "")
    of_du = one.claim in figures.logged_all("du") and one.off > _LEAST_OFF
    up, up_zh = (", which du rounds up", "(du 向上取整)") if of_du else ("", "")
    return Words(
        f"{said} is {whose.en}{size_words(params)} × {one.each:g} B {over.en} = {shown}{up}",
        f"{said} 是 {whose.zh}{size_words(params)} × {one.each:g} 字节 {over.zh} = {shown}{up_zh}",
    )
