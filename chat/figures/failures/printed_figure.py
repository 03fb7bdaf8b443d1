"""What an amount is that a program printed: each tensor and each part of the case is held against it, those of the phase at
hand alone; and what DeepSpeed's estimators print, which is model states and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chat.figures.failures.not_estimated import lowered
from chat.figures.failures.tried import WIDTHS, in_training, matrices
from chat.figures.formats.file_on_card import file_on_card
from chat.figures.formats.format_bits import file_product, format_bits
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, how_far
from chat.figures.sums.identified import in_fp32
from chat.figures.sums.total_claimed import ruled_weights
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import GRADIENT, TRAINED, WEIGHT
from kb.facts import bits_of
from kb.stored import stored_bits

# by so much a printed amount may be off beside half of its last digit; and one of fewer digits tells nothing
_OFF, _FEWEST_DIGITS = 0.004, 2
_A_RUN = 1.12
_WIDE, _AS_STORED = 15, 0.02  # bits; how near an amount is to the weights
_BUFFER = 1.5  # DeepSpeed's additional_buffer_factor


@dataclass(frozen=True)
class Part:
    """A tensor or a part of the case, how many numbers or bytes it is, and the product that it is worked out by."""

    says: Words
    size: float
    shown: str
    more: Words = SILENT


def _layer(figures: Figures) -> tuple[float, str]:
    """The parameters of a layer, where all are alike."""
    row, outside = figures.row(), figures.fact("vocab_size") * figures.fact("hidden_size")
    outside *= 1 if row["tie_word_embeddings"] else 2
    if row["n_experts"] or row["vision_params"]:
        raise Missing("layer")
    layers = figures.fact("n_layers")
    return (figures.params - outside) / layers, f"({size_words(figures.params)} − {size_words(outside)}) ÷ {layers:g}"


def _of_a_step(figures: Figures) -> Iterator[Part]:
    """What one step computes."""
    tokens, vocabulary = figures.tokens, figures.fact("vocab_size")
    product = f"{tokens:,.0f} × {vocabulary:,.0f}"
    yield Part(
        Words("the logits of the step in fp32", "这一步的 fp32 logits"), 4 * tokens * vocabulary, f"{product} × 4 B"
    )
    yield Part(
        Words("the logits of the step in 16 bit", "这一步的 16 位 logits"), 2 * tokens * vocabulary, f"{product} × 2 B"
    )
    heads, length = figures.fact("n_heads"), float(figures.knob("seq_len") or 1)
    yield Part(
        Words("one layer's attention scores, which flash attention does not store", "一层的注意力分数(flash attention 不存它)"),
        2 * heads * length * tokens, f"{heads:g} × {length:,.0f} × {tokens:,.0f} × 2 B", _no_scores(figures),
    )  # fmt: skip


def _no_scores(figures: Figures) -> Words:
    """What they are not, and how none are written, where a prompt is read."""
    cache = figures.amount("kv_all")
    if figures.knob("task") == "train" or not cache:
        return SILENT
    return Words(
        f' They go with the square of the length; the KV cache of {figures["tokens"]} tokens is {both_words(cache)}. attn_implementation="sdpa" or "flash_attention_2" writes none, nor does a server that reads a prompt in steps (vLLM, llama.cpp).',
        f'它随长度的平方增长;{figures["tokens"]} token 的 KV 缓存只有 {both_words(cache)}。用 attn_implementation="sdpa" 或 "flash_attention_2",或分步读提示的推理引擎(vLLM、llama.cpp),就不写出这个矩阵。',
    )


def _of_training(figures: Figures) -> Iterator[Part]:
    """The states, whole and a card's part of them."""
    params, shown, n = figures.params, size_words(figures.params), figures.n
    states = ((2, "16-bit gradients", "16 位梯度"), (4, "one of Adam's moments, or fp32 gradients", "Adam 的一个动量,或 fp32 梯度"), (8, "Adam's two moments", "Adam 的两个动量"), (12, "the optimizer's part of mixed precision", "混合精度下优化器的部分"))  # fmt: skip
    for each, en, zh in states:
        yield Part(Words(en, zh), each * params, f"{shown} × {each} B")
        if n > 1:
            yield Part(
                Words(f"a card's share of {en}", f"每张卡分到的{zh}"), each * params / n, f"{shown} × {each} B ÷ {n}"
            )
    inputs = 2 * figures.tokens * figures.fact("hidden_size") * figures.fact("n_layers")
    yield Part(
        Words("the inputs of all layers, which checkpointing keeps", "开重计算时保留的各层输入"), inputs,
        f"{figures.fact('n_layers'):g} × {figures.tokens:,.0f} × {figures.fact('hidden_size'):,.0f} × 2 B",
    )  # fmt: skip


def _parts(figures: Figures) -> Iterator[Part]:
    """Every candidate of the case, the likelier first."""
    training = figures.knob("task") == "train"
    if not training and (cache := figures.amount("kv_all")):
        yield Part(Words("the KV cache", "KV 缓存"), cache, f"{figures['tokens']} × {figures['kv_mean']}")
        if figures.n > 1:
            yield Part(Words("a card's part of the KV cache", "每张卡分到的 KV 缓存"), cache / figures.n, f"{figures['tokens']} × {figures['kv_mean']} ÷ {figures.n}")  # fmt: skip
    yield from _of_a_step(figures)
    try:
        numbers, shown = _layer(figures)
        gathered = training and figures.knob("zero_stage") == 3
        one = Words("one layer's weights, gathered for its computing and freed again", "一层的权重,计算该层时聚合、算完释放") if gathered else Words("one layer's weights", "一层的权重")  # fmt: skip
        yield Part(one, 2 * numbers, f"{shown} × 2 B")
    except Missing:
        pass  # its layers are not alike
    if training:
        yield from _of_training(figures)
    more = in_training(figures) if training else SILENT
    for matrix in matrices(figures):
        for each, width in WIDTHS.items():
            yield Part(Words(f"{matrix.says.en} {width.en}", f"{width.zh}的{matrix.says.zh}"), each * matrix.numbers, f"{matrix.shown} × {each} B", more)  # fmt: skip
    if not training and figures.n > 1:
        weights = figures.stored(weight_format=figures.knob("weight_format"))
        yield Part(Words("a card's share of the weights", "每张卡分到的权重"), weights / figures.n, f"{both_words(weights)} ÷ {figures.n}")  # fmt: skip


def _near(told: float, size: float, binary: bool) -> bool:
    """Is it this amount, as it was printed?"""
    digits = f"{told:g}"
    step = 10.0 ** -len(digits.partition(".")[2])
    return any(abs(told * unit - size) <= step / 2 * unit + _OFF * size for unit in ((GIB,) if binary else (GIB, GB)))


def printed_is(figures: Figures) -> Words:
    """The one amount that was printed, and the part of the case that it is; Missing where it is none, or a known sum."""
    tried = figures.told.get("tried_gib")
    names = () if tried else ("observed_gb", "claims_gb")
    told = [float(one) for one in dict.fromkeys([*([tried] if tried else []), *(one for name in names for one in figures.told.get(name, ()))]) if one]  # fmt: skip
    if len(told) != 1:
        raise Missing("one amount")
    amount = told[0]
    written = bool(tried) or amount in map(float, figures.told.get("claims_gib", ()))
    if len(f"{amount:g}".replace(".", "").strip("0")) < _FEWEST_DIGITS:
        raise Missing("digits")
    found = next((one for one in _parts(figures) if _near(amount, one.size, written)), None)
    if found is None:
        raise Missing("part")
    unit = "GiB" if written else "GB"
    printed, size = figures["tried"] if tried else f"{amount:g} {unit}", both_words(found.size)
    less = _less_logits(figures) if "logits" in found.says.en else found.more
    return Words(
        f"**{printed} is {found.says.en}: {found.shown} = {size}.**{less.en}",
        f"**{printed} 是{found.says.zh}:{found.shown.replace(' B', ' 字节')} = {size}。**{less.zh}",
    )


def _less_logits(figures: Figures) -> Words:
    """What makes logits smaller in training, and what does not."""
    if figures.knob("task") != "train" or figures.knob("loss") != "full-logits":
        return SILENT
    most = figures["logits_peak"]
    return Words(
        f" Several such copies exist at once, {most} at the worst moment. A fused or chunked loss (Liger, Unsloth, cut cross-entropy) makes none of them; a shorter length or a smaller micro-batch makes them smaller in proportion. Rank, optimizer, checkpointing, flash attention and ZeRO leave them as they are.",
        f"这样的副本同时有好几份,最高 {most}。融合或分块损失(Liger、Unsloth、cut cross-entropy)完全不产生它;缩短长度或减小 micro-batch 则按比例变小。LoRA 秩、优化器、重计算、flash attention、ZeRO 都不影响它。",
    )


def as_stored_here(figures: Figures) -> Words:
    """What the weights take as they are stored, where that is not 16 bit."""
    if figures.knob("task") == "train" or stored_bits(figures.base) >= _WIDE:
        return SILENT
    whole = figures["w_whole"]
    return Words(f", {whole} as they are stored here", f",按这里的格式是 {whole}")


def stored_sum(figures: Figures) -> Words:
    """An amount that is the weights of a quantised model as they are stored, by what of them stays wide; Missing where it
    is no more than parameters × bits, or something else."""
    base = figures.base
    weights = base.terms.get("weights", 0.0)
    product = next((str(one.get("says") or "") for one in base.terms_json() if one["name"] == "weights"), "")
    told = [float(one) for name in ("observed_gb", "claims_gb", "bare_gb") for one in figures.told.get(name, ())]
    if str(figures.knob("weight_format")).startswith("gguf:"):
        return _of_the_file(figures, told)
    if figures.n > 1 or stored_bits(base) >= _WIDE or " + " not in product:
        raise Missing("stored")
    if "claim_checked" in figures.about and len(told) == 1 and ruled_weights(figures, told[0]):
        raise Missing("a figure that was seen")  # a rule's product, judged as one
    if apart := next((said for one in told if (said := _without_scales(figures, one, weights))), None):
        return apart
    seen = next((one for one in told if how_far(one, weights) <= _AS_STORED), 0.0)
    if not seen or max(told) > _A_RUN * seen:  # what more was seen is of a run, whose parts are told
        raise Missing("stored")
    product = product.replace(f"{weights / GB:.2f} GB", both_words(weights))  # what is seen may be GiB
    return Words(
        f"**{seen:g} GB is all of the weights as they are stored: {product}.** Each group of quantised weights has a scale beside it, and the embedding and the output head stay in 16 bit, so it is more than parameters × bits ÷ 8.",
        f"**{seen:g} GB 就是全部权重按存储格式的大小:{product.replace(' bits', ' 位')}。** 每组量化权重另有缩放系数,embedding 和输出头仍是 16 位,所以大于 参数量 × 位数 ÷ 8。",
    )


_SCALED = {
    "nf4": 4,
    "nf4-dq": 4,
}  # formats of bitsandbytes, whose scales stand beside the parameters, and their own bits
_AS_PRINTED = 0.01


def _without_scales(figures: Figures, seen: float, weights: float) -> Words | None:
    """What transformers counts of weights that bitsandbytes quantised: their own bits, without the scales beside them.

    https://huggingface.co/docs/transformers/main_classes/model: get_memory_footprint sums parameters and buffers, and the scales
    are neither.
    """
    kind = str(figures.knob("weight_format"))
    if kind not in _SCALED:
        return None
    own, bits = _SCALED[kind] / 8, float(bits_of(kind)) / 8
    narrow = (2 * figures.params - weights) / (2 - bits)
    scales, twice = narrow * (bits - own), narrow * (float(bits_of("nf4-dq")) / 8 - own)
    more = max(float(one) for name in ("observed_gb", "claims_gb") for one in (seen, *figures.told.get(name, ())))
    if abs(seen * GB / (weights - scales) - 1) > _AS_PRINTED or more > _A_RUN * seen:
        return None
    parts = [figure(one / 1e9, 3) for one in (narrow, figures.params - narrow)]
    product, counted = f"{parts[0]}B × {own:g} B + {parts[1]}B × 2 B", f"{(weights - scales) / GB:.2f} GB"
    less, less_zh = (f", {twice / GB:.2f} GB with double quantisation", f",双重量化时 {twice / GB:.2f} GB") if twice < scales else ("", "")  # fmt: skip
    return Words(
        f"**{seen:g} GB is right: {product} = {counted}. The quantised weights take half a byte each; embedding, output head and norms stay in 16 bit.** get_memory_footprint counts parameters and buffers alone: the scales of the quantised weights stand beside them ({scales / GB:.2f} GB{less}), {both_words(weights)} in all, and the CUDA context and the cache come on top.",
        f"**{seen:g} GB 是对的:{product.replace(' B', ' 字节')} = {counted}。量化的权重每个半字节,embedding、输出头和归一化仍是 16 位。** get_memory_footprint 只统计参数和缓冲区:量化尺度另存({scales / GB:.2f} GB{less_zh}),合计 {both_words(weights)};CUDA 上下文和缓存还要另加。",
    )


def _of_the_file(figures: Figures, told: list[float]) -> Words:
    """An amount that is the size of a file, by the bits of its blocks; Missing where it is something else, or where a length
    is told and the cache is what comes on top."""
    if "seq_len" in figures.given:
        raise Missing("stored")
    whole = figures.stored(weight_format=str(figures.knob("weight_format")))
    seen = next((one for one in told if how_far(one, whole) <= _AS_STORED), 0.0)
    if not seen or max(told) > _A_RUN * seen:
        raise Missing("stored")
    # of all tensors: of the card's part the embedding is no part, which stays in host memory
    size, blocks, verdict = f"{whole / GB:.3g} GB", format_bits(figures), file_on_card(figures)
    params, bits = file_product(figures)
    return Words(
        f"{verdict.en}**{seen:g} GB is the whole file: {params} × {bits} bits = {size}.** {blocks.en.replace('**', '')}",
        f"{verdict.zh}**{seen:g} GB 就是整个文件:{params} × {bits} 位 = {size}。** {blocks.zh.replace('**', '')}",
    )


# ── DeepSpeed's estimators ─────────────────────────────────────────────────────────────────────────────────────────


def _largest(figures: Figures) -> tuple[float, str, Words]:
    """The largest tensor in fp32, which the estimator for ZeRO-3 adds to a card's share."""
    largest = max(matrices(figures), key=lambda one: one.numbers)
    return 4 * largest.numbers, f"{largest.shown} × 4 B = {gib_words(4 * largest.numbers)}", largest.says


def _of_the_card(figures: Figures) -> Words:
    """What the estimator counts on each card, as a sum."""
    params, n, offload = figures.params, figures.n, figures.knob("offload")
    shown, over = size_words(params), f" ÷ {n}" if n > 1 else ""
    if figures.knob("zero_stage") == 2:
        if offload in ("optimizer", "params"):
            return Words(f"{shown} × 2 B = {gib_words(2 * params)} of 16-bit weights, which ZeRO-2 does not divide", f"ZeRO-2 不切分的 16 位权重 {shown} × 2 B = {gib_words(2 * params)}")  # fmt: skip
        whole = (WEIGHT + GRADIENT) * params + TRAINED * params / n
        return Words(
            f"{shown} × (4 + 16{over}) B = {gib_words(whole)}", f"{shown} ×(4 + 16{over})B = {gib_words(whole)}"
        )
    size, product, says = _largest(figures)
    if offload == "params":
        return Words(f"the largest layer alone, {says.en}: {product}", f"只有最大的一层,即 {says.zh}:{product}")
    each = 2 if offload == "optimizer" else 18
    whole = size + each * params / n
    return Words(
        f"the largest layer ({says.en}, {product}) + {shown} × {each} B{over} = {gib_words(whole)}",
        f"最大的一层({says.zh},{product})+ {shown} × {each} B{over} = {gib_words(whole)}",
    )


def _each_in_ram(figures: Figures) -> int:
    """Bytes of a parameter there."""
    # of ZeRO-3 the model is made in parts (zero.Init, the default); of ZeRO-2 every process makes the whole in fp32 first
    in_parts = 18 if figures.knob("offload") == "params" else 16
    return in_parts if figures.knob("zero_stage") == 3 else max(16, 4 * figures.n)


def estimated_in_ram(figures: Figures) -> float:
    """Bytes of host memory that it asks for."""
    return _each_in_ram(figures) * _BUFFER * figures.params


def _of_the_host(figures: Figures) -> Words:
    """What it counts in host memory, where states are offloaded."""
    if figures.knob("offload") not in ("optimizer", "params"):
        return SILENT
    size = estimated_in_ram(figures)
    product = f"{size_words(figures.params)} × {_each_in_ram(figures)} B × {_BUFFER:g} = {both_words(size)}"
    return Words(f" In host memory it counts {product}.", f"内存按 {product} 计。")


def _seen_above(figures: Figures, told: list[float]) -> Words:
    """What may be the rest of what is seen beside the estimate, where it is far more than all that is counted here."""
    seen = max(told, default=0.0) * GIB
    if seen < _FAR_ABOVE * figures.base.best:
        return SILENT
    unchecked = figures.at(gradient_checkpointing="off")
    checked = figures.knob("gradient_checkpointing") == "on"
    without = Words(
        f"without gradient checkpointing it is {gib_words(unchecked.best)}, so turn that on; ",
        f"不开重计算(gradient checkpointing)是 {gib_words(unchecked.best)},请确认已开启;",
    )
    without = without if checked and unchecked.best > _FAR_ABOVE * figures.base.best else SILENT
    return Words(
        f" You see {gib_words(seen)}, more than that: {without.en}nvidia-smi counts blocks that PyTorch keeps (compare torch.cuda.max_memory_allocated).",
        f"您看到的 {gib_words(seen)} 比这还多:{without.zh}nvidia-smi 还计入 PyTorch 留着的块(比较 torch.cuda.max_memory_allocated)。",
    )


def _seen_near(figures: Figures, told: list[float]) -> Words:
    """That what is seen beside the estimate is what is counted here."""
    seen = max(told)
    if how_far(seen, figures.base.best) > _NEAR:
        return SILENT
    return Words(f", about the {figure(seen)} GB that you see", f",与您看到的 {figure(seen)} GB 相近")


_FAR_ABOVE, _NEAR, _PRINTED = 1.5, 0.15, 0.05


def estimator_counts(figures: Figures) -> Words:
    """That the estimator counts model states only: which, on the card and in host memory, and what comes on top here."""
    if figures.knob("method") != "full" or figures.knob("zero_stage") not in (2, 3):
        raise Missing("estimator")
    card, host, base = _of_the_card(figures), _of_the_host(figures), figures.base
    top = ("activations", "logits", "buffers", "runtime")
    beside = [(name, base.terms.get(name, 0.0)) for name in top if base.terms.get(name, 0.0) > 0]
    names = {"activations": ("activations", "激活"), "logits": ("logits", "logits"), "buffers": ("gathered layers and buckets", "聚合的层与通信桶"), "runtime": ("the CUDA context", "CUDA 上下文")}  # fmt: skip
    in_ram = estimated_in_ram(figures)  # which it prints beside that of the card
    told = [one for one in map(float, figures.told.get("claims_gb", ())) if how_far(one, in_ram) > _PRINTED]
    seen = bool(told) and max(told) > _FAR_ABOVE * min(told)  # beside it: then no yes or no is asked
    no = (
        Words("No: ", "不是:")
        if "bug_suspected" in figures.about
        or (base.capacity is None and told and not seen and min(told) * GIB < base.best)
        else SILENT
    )
    above, near = (_seen_above(figures, told), _seen_near(figures, told)) if seen else (SILENT, SILENT)
    lower = lowered(figures)
    en = ", ".join(f"{names[name][0]} {gib_words(size)}" for name, size in beside)
    zh = "、".join(f"{names[name][1]} {gib_words(size)}" for name, size in beside)
    return Words(
        f"**{no.en}DeepSpeed's estimator counts model states only: per card {card.en}.** On top come {en}: {gib_words(base.best)} in all{near.en}.{above.en}{lower.en}{host.en}",
        f"**{no.zh}DeepSpeed 的估算只算模型状态:每张卡{card.zh}。**此外还有{zh}:每张卡共 {gib_words(base.best)}{near.zh}。{above.zh}{lower.zh}{host.zh}",
    )


# ── accelerate's estimate ──────────────────────────────────────────────────────────────────────────────────────────

# its training figure: weights, gradients and Adam's two moments, each as large as the weights in the chosen type
_ADAM_OF_ACCELERATE = 4


def accelerate_counts(figures: Figures) -> Words:
    """What `accelerate estimate-memory` and the calculator built on it count, and what it leaves out of this case."""
    params, best = figures.params, figures.base.best
    shown = size_words(params)
    stored = str(figures.knob("weight_format"))
    if figures.knob("task") != "train":
        each = f"{int(bits_of(stored)) / 8:g}"  # without the scales
        beside = best - figures.base.terms["weights"]
        return Words(
            f"**Its “Total Size” is the weights alone, {shown} × {each} B = {both_words(float(each) * params)} in that type; cache, activations and the runtime come on top, {gib_words(beside)} here.**",
            f"**它的 “Total Size” 只是权重:{shown} × {each} 字节 = {both_words(float(each) * params)};缓存、激活和运行时另算,这里为 {gib_words(beside)}。**",
        )
    width = 4 if stored == "fp32" else WEIGHT  # of its 8- and 4-bit lines nothing is trained
    whole = _ADAM_OF_ACCELERATE * width * params
    states = TRAINED * params
    return Words(
        f"**Its “Training using Adam” is {_ADAM_OF_ACCELERATE} × the weights in one type: {shown} × {width} B × {_ADAM_OF_ACCELERATE} = {both_words(whole)}, for weights, gradients and Adam's two moments, all in that type, and no activations, logits or runtime.** Mixed precision (bf16 or fp16) keeps an fp32 copy and fp32 moments beside: {shown} × {TRAINED} B = {both_words(states)}, {gib_words(best)} with all that runs here. So its line for 16 bit is of pure 16-bit training; its line for float32 is about what mixed precision takes, activations apart.",
        f"**它的 “Training using Adam” 就是同一类型权重的 {_ADAM_OF_ACCELERATE} 倍:{shown} × {width} 字节 × {_ADAM_OF_ACCELERATE} = {both_words(whole)},即权重、梯度和 Adam 两个动量都按该类型存,不含激活、logits 和运行时。** 混合精度(bf16/fp16)还保留 fp32 主权重和 fp32 动量:{shown} × {TRAINED} 字节 = {both_words(states)},这里全部算上要 {gib_words(best)}。所以它 16 位那一行是纯 16 位训练,float32 那一行才约等于混合精度(激活另算)。",
    )


PRINTED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "in_fp32": in_fp32,
    "printed_is": printed_is,
    "as_stored_here": as_stored_here,
    "stored_sum": stored_sum,
    "estimator_counts": estimator_counts,
    "accelerate_counts": accelerate_counts,
}
