"""Words for what a parameter takes: what of a quantised model stays wide, and whether 8-bit states do what is claimed of them."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.host.offload_words import host_takes
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, how_far, value_of
from chat.figures.sums.quoted import claim_words, sixteen_claimed
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM, MOMENTS, TRAINED, WEIGHT
from kb.recipe import ADAPTERS

# what 8-bit moments change, per parameter: a moment, both, with the fp32 copy, with weights and gradients too
_MOMENTS_IN_8_BITS: frozenset[tuple[float, float]] = frozenset({(4, 1), (8, 2), (12, 6), (16, 10)})
# what only training without the fp32 copy comes to
_WITHOUT_MASTERS: frozenset[tuple[float, float]] = frozenset({(12, 2), (16, 6)})
# how near to the sum a figure is that it explains
_NEAR = 0.06
# of the weights, what is worth an account; bits from which nothing is quantised
_WORTH, _WIDE = 0.02, 16
# of a whole card, the part that weights take at least where no share leaves room for a cache
_ALL_BUT = 0.95


def _eight_verdict(figures: Figures) -> Words:
    """Yes or no to what is said to become of so many bytes, where that is said."""
    try:
        pair = logged(figures, "each_from"), logged(figures, "each_to")
    except Missing:
        return SILENT
    told = f"{pair[0]:g} → {pair[1]:g}"
    if pair in _MOMENTS_IN_8_BITS:
        return Words(f"Yes, {told} B. ", f"对,{told} 字节。")
    if pair in _WITHOUT_MASTERS:
        return Words(f"Only without an fp32 master copy is it {told} B. ", f"只有不留 fp32 主权重时才是 {told} 字节。")
    return Words(f"No, not {told} B. ", f"不对,不是 {told} 字节。")


def _states_in_room(figures: Figures) -> Words:
    """Which of the three sums one card holds, before activations and logits; nothing where no card is named."""
    if figures.n > 1 or not (size := figures.amount("room")):
        return SILENT
    held = sum(figures.need(name) <= size for name in ("sixteen_said", "ten_said", "six_said"))
    en, zh = (("none of these", "都放不下"), ("only the last", "只放得下最后一种"), ("the last two, not the first", "放得下后两种,放不下第一种"), ("each of these", "三种都放得下"))[held]  # fmt: skip
    return Words(
        f": before activations and logits the card's {gib_words(size)} hold {en}",
        f":不计激活和 logits,卡上 {gib_words(size)} {zh}",
    )


def _unquantised(figures: Figures) -> Words:
    """Which parts keep their width, their sum with the rest, and the figure that this explains; Missing in one width."""
    prepared = "kbit_prepared" in figures.about
    base = figures.at(kbit_prep=False) if prepared else figures.base
    wide, narrow = value_of(base, "unquantised_params"), value_of(base, "linear_params")
    width, bits = value_of(base, "unquantised_bytes"), value_of(base, "bits_per_weight")
    quantised, kept = narrow * bits / 8, value_of(base, "kept_head")
    whole = wide * width + quantised + kept
    if bits >= _WIDE or wide * width < _WORTH * whole:
        raise Missing("parts that stay wide")
    vocabulary, hidden = figures.fact("vocab_size"), figures.fact("hidden_size")
    tied = figures.plain.situation.facts["tied"].value == "yes"
    shape = f"{vocabulary:,.0f} × {hidden:,.0f}"
    en = f"the embedding, which is the head too, {shape}" if tied else f"embedding and output head, 2 × {shape}"
    zh = f"embedding(与输出头共享,{shape})" if tied else f"embedding 和输出头(2 × {shape})"
    if kept:
        en += f" (its file's own head, {both_words(kept)}, stays beside it)"
        zh += f"(文件另存的输出头 {both_words(kept)} 也留在卡上)"
    stays, rest = both_words(wide * width), both_words(quantised)
    seen = _without_scales(figures, whole, wide * width + kept, narrow) or _explained(figures, whole)
    later = _prepared(figures, wide, whole - wide * width) if prepared else SILENT
    return Words(
        f"**What is not quantised: {en}, and the norms: {size_words(wide)} parameters × {width:g} B = {stays}. The other {size_words(narrow)} at {bits:.2f} bits, scales counted, take {rest}; together {both_words(whole)}{seen.en}.**{later.en}",
        f"**没有量化的是 {zh}以及归一化层:{size_words(wide)} 参数 × {width:g} 字节 = {stays}。其余 {size_words(narrow)} 按 {bits:.2f} 位(含缩放系数)占 {rest},合计 {both_words(whole)}{seen.zh}。**{later.zh}",
    )


# formats of bitsandbytes, whose scales are neither parameters nor buffers, which are all that Transformers' meter adds up
_SCALES_APART = ("nf4", "fp4")
_HALF_BYTE = 0.5


def _without_scales(figures: Figures, whole: float, wide: float, narrow: float) -> Words | None:
    """The figure that was stated, where it is of `get_memory_footprint()`: nearer to the sum without the scales.

    https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_utils.py (get_memory_footprint)
    """
    bare = wide + narrow * _HALF_BYTE
    stated = [float(one) for name in ("observed_gb", "claims_gb") for one in figures.told.get(name, ()) if one]
    nearest = [min((how_far(one, size) for one in stated), default=1.0) for size in (bare, whole)]
    if not str(figures.knob("weight_format")).startswith(_SCALES_APART) or nearest[0] >= nearest[1]:
        return None
    seen = _explained(figures, bare)
    return Words(
        f". get_memory_footprint() leaves the scales out and shows {both_words(bare)}{seen.en}",
        f"。get_memory_footprint() 不计缩放系数,显示 {both_words(bare)}{seen.zh}",
    )


_FLOAT32 = 4


def _prepared(figures: Figures, wide: float, rest: float) -> Words:
    """What PEFT's preparation makes of the parts that are not quantised, and the later reading that this explains."""
    whole = rest + wide * _FLOAT32
    seen = _explained(figures, whole)
    return Words(
        f" prepare_model_for_kbit_training then makes these {size_words(wide)} parameters float32, × {_FLOAT32} B = {both_words(wide * _FLOAT32)}: {both_words(whole)} in all{seen.en}. Nothing failed to be quantised. Programs that leave the upcast out (Unsloth, LLaMA-Factory, newer TRL) stay at the first figure.",
        f" prepare_model_for_kbit_training 再把这 {size_words(wide)} 参数转成 float32,× {_FLOAT32} 字节 = {both_words(wide * _FLOAT32)},合计 {both_words(whole)}{seen.zh}。并不是量化失败;不做这次转换的程序(Unsloth、LLaMA-Factory、较新的 TRL)停在前一个数。",
    )


def _explained(figures: Figures, whole: float) -> Words:
    """The figure that was stated and is about this sum."""
    stated = [float(one) for name in ("observed_gb", "claims_gb") for one in figures.told.get(name, ()) if one]
    off, nearest = min(((how_far(one, whole), one) for one in stated), default=(1.0, 0.0))
    if off > _NEAR:
        return SILENT
    unit = " GiB" if abs(nearest * GIB / whole - 1) == off else " GB"
    return Words(f": so {nearest:g}{unit} is right", f":所以 {nearest:g}{unit} 是正常的")


def _weights_are(figures: Figures) -> Words:
    """How the weights stand against the memory that a program may have."""
    if figures.need("weights_sum") > figures.need("room_of_all"):
        return Words("The weights alone are too much", "仅权重就太大")
    return Words("The weights alone take nearly all there is", "仅权重就几乎占满")


def _no_share(figures: Figures) -> Words:
    """No, where it is asked whether another share of the card will do."""
    card = figures.amount("capacity_whole")
    beyond = figures.need("weights_sum") >= _ALL_BUT * card * figures.n or figures.base.best > card
    if "share_lever" not in figures.about or not beyond:
        return SILENT
    return Words(
        "No, another share will not do: it says how much of the card the program may take and adds no memory. ",
        "不行,调比例没用:它只决定程序最多占卡的多少,不会增加显存。",
    )


def _adapter_moments(figures: Figures) -> Words:
    """What 8-bit states save of adapters, which alone have any."""
    count = value_of(figures.base, "adapter_params")
    whole, eight = 8 * count, 2 * count
    shown = f"{size_words(count)} × 8 B = {whole / GB:.2f} GB"
    kept, less = f"{eight / GB:.2f} GB", f"{(whole - eight) / GB:.2f} GB"
    return Words(
        f"{shown}; in 8 bits they take {kept}, so {less} less",
        f"{shown.replace(' B =', ' 字节 =')},8 位时 {kept},只少 {less}",
    )


def _adapters_too(figures: Figures) -> Words:
    """That of adapters, where they are asked about beside full training, 8 bits save next to nothing."""
    if "lora" not in figures.about:
        return SILENT
    lora = figures.at(method="lora", optimizer="adamw", precision=None)
    count, whole = value_of(lora, "adapter_params"), gib_words(lora.best)
    sums = [f"{size_words(count)} × {each} B = {each * count / GB:.2g} GB" for each in (8, 2)]
    less = f"{(8 - 2) * count / GB:.2g} GB"
    return Words(
        f" With LoRA hardly any of it: only the adapters have states, {sums[0]}, in 8 bits {sums[1]}: {less} less of {whole} in all.",
        f"LoRA 几乎省不了:只有适配器有优化器状态,{sums[0]},8 位时 {sums[1]},只少 {less},而总共是 {whole}。",
    )


def _adapter_states_alone(figures: Figures) -> Words:
    """Both moments of the adapters, as a product."""
    count = value_of(figures.base, "adapter_params")
    shown = f"{size_words(count)} × 8 B = {8 * count / GB:.2f} GB"
    return Words(shown, shown.replace(" B =", " 字节 ="))


# of the need: states that are more than this are worth moving or storing in fewer bits
_FEW = 0.1


def _few_states(figures: Figures) -> Words:
    """Of adapters that fail though the optimizer is offloaded or keeps 8 bits: how little it has; silent where it has more."""
    optimizer, offload = str(figures.knob("optimizer")), figures.knob("offload")
    moved = offload == "optimizer"
    if figures.knob("method") not in ADAPTERS or not (moved or "8bit" in optimizer or optimizer.startswith("paged")):
        return SILENT
    count, n = value_of(figures.base, "adapter_params"), figures.n
    kept = round(host_takes(figures) / count) if moved else MOMENTS
    whole = kept * count
    if whole > _FEW * figures.base.best * n:
        return SILENT
    divided = int(figures.knob("zero_stage") or 0) > 0 and n > 1
    each, each_zh = (
        (f", {whole / n / GB:.2f} GB on each of {n} cards", f",{n} 张卡每卡 {whole / n / GB:.2f} GB")
        if divided
        else ("", "")
    )
    shown = f"{size_words(count)} × {kept} B = {whole / GB:.2f} GB"
    if moved:
        lead, lead_zh = "Offloading the optimizer can hardly be felt", "offload 优化器几乎省不了"
    elif "8bit" in optimizer:
        lead, lead_zh = "It is not the optimizer, in 8 bits or paged", "问题不在优化器,换 8 位或分页都省不了多少"
    else:
        lead, lead_zh = "It is not the optimizer, paged or not", "问题不在优化器,分页也省不了多少"
    fp32 = "" if moved else " in fp32"
    what = Words("gradients and states", "梯度和优化器状态") if kept > MOMENTS else Words("states", "优化器状态")
    return Words(
        f" {lead}: beside a frozen base only the adapters have {what.en}, {shown}{fp32}{each}.",
        f"{lead_zh}:基座冻结,只有适配器有{what.zh},{'' if moved else 'fp32 也只有 '}{shown.replace(' B =', ' 字节 =')}{each_zh}。",
    )


def _moments_here(figures: Figures) -> Words:
    """In pure bf16 the moments are as wide as the weights: that first."""
    if figures.knob("precision") != "pure-bf16" or "8bit" in str(figures.knob("optimizer")):
        return SILENT
    size = both_words(4 * figures.need("params_said"))
    return Words(
        f"In pure bf16, without autocast or an fp32 copy, Adam's moments are bf16 as the weights are: 2 + 2 B per parameter, {size}. ",
        f"纯 bf16(不开 autocast、没有 fp32 主权重)时 Adam 的两个动量随权重也是 bf16:每参数 2 + 2 字节,{size}。",
    )


def _moments_each(figures: Figures) -> Words:
    """Both moments in the precision of this run; the step over lists has a temporary as large as the gradients."""
    if not figures.pure:
        size = both_words(8 * figures.params)
        return Words(f"8 B per parameter in fp32: {size}", f"fp32 每参数 8 字节:{size}")
    size, listed = both_words(4 * figures.params), both_words(2 * figures.params)
    return Words(
        f"in bf16 as the weights are 4 B per parameter: {size}, and the usual step over lists (foreach) takes {listed} of temporaries more, a fused step none",
        f"随权重为 bf16,每参数 4 字节:{size};默认的 foreach 更新另要 {listed} 临时内存(fused 不要)",
    )


def _masters_too(figures: Figures) -> Words:
    """Adam's part with the fp32 copy, where one is kept."""
    if figures.pure or figures.knob("weight_format") == "fp32":  # the weights are the masters
        return SILENT
    size = both_words(ADAM * figures.params)
    return Words(f" (an fp32 master copy counted too, 12 B: {size})", f"(连 fp32 主权重算,每参数 12 字节:{size})")


def _before_the_step(figures: Figures) -> Words:
    """The figure that was seen before the first update, where weights and gradients alone come to it."""
    weights, gradients = (figures.base.terms.get(name, 0.0) for name in ("weights", "gradients"))
    seen = _explained(figures, weights + gradients) if weights and gradients else SILENT
    if seen == SILENT:
        return SILENT
    parts = [both_words(one) for one in (weights, gradients, weights + gradients)]
    wide = Words(
        " (in fp32, as Transformers before version 5 loads where no dtype is told; bf16 halves both)",
        "(fp32\uff1aTransformers 5 之前不写 dtype 就按 fp32 加载;bf16 时各减半)",
    )
    wide = wide if "dtype_left" in figures.about else SILENT
    return Words(
        f": weights {parts[0]} and gradients {parts[1]}{wide.en} are {parts[2]}{seen.en}",
        f":权重 {parts[0]} + 梯度 {parts[1]}{wide.zh} = {parts[2]}{seen.zh}",
    )


def _converted(figures: Figures) -> Words:
    """What a model takes in 16 bit that was published in fewer, by the asker's own figure where one is it."""
    size = figures["w16"]
    try:
        claim = claim_words(sixteen_claimed(figures))
    except Missing:
        return Words(f"{size} is what a copy converted to 16 bit takes", f"{size} 是转成 16 位之后的大小")
    said = f"{figures['params_said']} × 2 B = {size}"
    return Words(
        f"{claim} is the 16-bit size, of a copy converted to it: {said}",
        f"{claim} 是转成 16 位之后的大小:{said.replace(' B =', ' 字节 =')}",
    )


# how far a difference of two totals, in which runs differ in more than their states, may be from what states differ by
_SEEN_OFF = 0.25
_FP32_EACH, _NARROW = 8, 2  # both moments of a parameter in fp32 and in 8 bit


def _states_as_seen(figures: Figures) -> Words:
    """Why 8-bit states saved less than fp32 moments, or than the whole, would have let expect; Missing where the figure is explained by neither."""
    seen, count = logged(figures, "states_saved") * GB, figures.params
    wide = 2 * WEIGHT  # both moments are as wide as the weights
    of_embedding = (_FP32_EACH - _NARROW) * figures.fact("vocab_size") * figures.fact("hidden_size")
    most = (wide - _NARROW) * count
    saved = [most, most - of_embedding]
    from_fp32 = (_FP32_EACH - _NARROW) * count
    off = [abs(seen / one - 1) for one in (*saved, from_fp32, from_fp32 - of_embedding) if one > 0]
    if min(off) > _SEEN_OFF:
        raise Missing("states")
    if off.index(min(off)) > 1:  # moments in fp32: the comparison tells whether what was seen agrees
        raise Missing("moments in bf16")
    held, small, least, left = both_words(wide * count), both_words(_NARROW * count), *map(both_words, saved)
    told = f"{seen / GB:g} GB"
    return Words(
        f"**It works, but there was less to save: with bf16 parameters torch's AdamW keeps both moments in bf16 as well, 2 + 2 = {wide} B per parameter, {held}, not {_FP32_EACH} B; in 8 bit they are about {_NARROW} B, {small}. That saves {least} at most, {left} with the embedding's moments left in 32 bit, and {told} were seen.** The {_FP32_EACH} → {_NARROW} B, {both_words(from_fp32)}, are saved only against fp32 moments, of fp32 weights or masters. Weights, {figures['w16']}, gradients, as much again, and activations stay.",
        f"**8 位状态生效了,只是能省的本来就少:参数是 bf16 时,torch 的 AdamW 两个动量也是 bf16,每参数 2 + 2 = {wide} 字节,共 {held},而不是 {_FP32_EACH} 字节;8 位时约 {_NARROW} 字节,共 {small}。最多省 {least},embedding 的动量若留在 32 位则省 {left};实际看到的是 {told}。** {_FP32_EACH} → {_NARROW} 字节、省 {both_words(from_fp32)},只对 fp32 动量成立(权重或主权重为 fp32)。权重 {figures['w16']}、同样大的梯度和激活都不变。",
    )


def _of_the_card(figures: Figures) -> Words:
    """That weights, gradients and Adam are more than the card has, where they are, whatever is freed at the peak."""
    capacity = figures.base.capacity
    if not capacity or TRAINED * figures.params <= capacity:
        return SILENT
    return Words(
        f", more than the card's {gib_words(capacity)} before any activation",
        f",还没算激活就超过卡上的 {gib_words(capacity)}",
    )


def _opens_with(figures: Figures, multiple: str) -> bool:
    return multiple in figures.about and _multiple_judged(figures) == _multiple_explained(figures)


def _of_eighteen(figures: Figures) -> Words:
    """Where 18 B come from; silent where the answer opens with it."""
    if _opens_with(figures, "eighteen_bytes"):
        return SILENT
    return Words(" 18 B: the gradients in fp32 instead, 2 + 4 + 4 + 8.", "18 字节:梯度改用 fp32,即 2 + 4 + 4 + 8。")


def _of_twenty(figures: Figures) -> Words:
    """Where 20 B come from; silent where the answer opens with it."""
    if _opens_with(figures, "twenty_times"):
        return SILENT
    return Words(
        " 20 B: 16-bit gradients and an fp32 copy of them, both kept, 2 + 2 + 4 + 4 + 8, as Megatron-Turing NLG counts.",
        "20 字节:16 位梯度和它的 fp32 副本都保留,即 2 + 2 + 4 + 4 + 8,Megatron-Turing NLG 这样计算。",
    )


def _multiple_explained(figures: Figures) -> Words:
    """What the multiple that is asked about counts, where it is not the usual one."""
    if "eighteen_bytes" in figures.about:
        return Words(
            "18 B are 2 (16-bit weights) + 4 (fp32 gradients) + 4 (fp32 copy) + 8 (Adam); the usual count: ",
            "18 字节 = 16 位权重 2 + fp32 梯度 4 + fp32 主权重 4 + Adam 8;常见的算法:",
        )
    if "twenty_times" in figures.about:
        return Words(
            "20 B keep 16-bit gradients and an fp32 copy of them, 2 + 2 + 4 + 4 + 8, as Megatron-Turing NLG counts; the usual count: ",
            "20 字节 = 2 + 2 + 4 + 4 + 8,16 位梯度之外还留一份 fp32 副本,Megatron-Turing NLG 这样计算;常见的算法:",
        )
    return SILENT


def _multiple_judged(figures: Figures) -> Words:
    """Of a multiple that is to be judged in what it is right; nothing where it is only to be explained."""
    if len({"twenty_times", "sixteen_bytes", "eighteen_bytes"} & figures.about) > 1:
        return SILENT  # of several which is right is told by the sums themselves
    if "claim_checked" not in figures.about:
        return _multiple_explained(figures)
    if "eighteen_bytes" in figures.about:
        return Words(
            "Right where gradients are kept in fp32; the usual count is less: ",
            "梯度存 fp32 时是对的,常见的算法少一些:",
        )
    if "twenty_times" in figures.about:
        return Words(
            "Right as a rule of thumb, or where an fp32 copy of the gradients is kept beside the 16-bit ones; the states alone are fewer: ",
            "作为经验法则可以,或者 16 位梯度之外还留一份 fp32 副本时成立;只算状态没有这么多:",
        )
    return Words(
        "Right for the states of Adam in mixed precision, before activations: ", "对,指混合精度 Adam 的状态,不含激活:"
    )


BYTES_SAID: dict[str, Callable[[Figures], Words]] = {
    "multiple_judged": _multiple_judged,
    "of_eighteen": _of_eighteen,
    "of_twenty": _of_twenty,
    "eight_verdict": _eight_verdict,
    "states_in_room": _states_in_room,
    "unquantised": _unquantised,
    "converted_16": _converted,
    "no_share": _no_share,
    "weights_are": _weights_are,
    "adapter_moments": _adapter_moments,
    "adapters_too": _adapters_too,
    "few_states": _few_states,
    "adapter_states_alone": _adapter_states_alone,
    "moments_here": _moments_here,
    "moments_here_each": _moments_each,
    "masters_too": _masters_too,
    "of_the_card": _of_the_card,
    "before_the_step": _before_the_step,
    "states_as_seen": _states_as_seen,
}
