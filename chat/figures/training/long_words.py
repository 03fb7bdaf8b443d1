"""The words of a long step: what its tokens keep beside the logits, and how many of them a card holds."""

from collections.abc import Callable

from chat.figures.cache.cache_versions import version_that_caches_less
from chat.figures.cards.kernel_words import slow_in_half
from chat.figures.named import GIB, Figures, both_words, gib_words, missing, value_of
from chat.figures.settings.batch_split import steps_of_one
from chat.phrases import VERDICTS, value
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.engines import PAIRS
from kb.kernels import BEFORE_AMPERE
from kb.knobs import PLAIN_TYPES
from kb.names import gpu_row, model_row
from kb.offers import accumulated
from kb.outcome import Outcome
from kb.programs import serves
from kb.recipe import ADAPTERS, shapes_of
from kb.standin import stands_for

# of the model that stands for a size and the other usual one, vocabularies that are told apart
_TIMES_THE_VOCABULARY = 1.5
# what a fused loss must win to be told
_WINS = 1.1
# by how much scores raise the need, to be told
_RAISED = 1.01
# tokens of a sample of which scores are told beside logits
_LONG = 4096
# of a card: one matrix of scores that is worth a word, as there are several
_OF_A_CARD = 0.04


def inputs_bytes(figures: Figures) -> float:
    """Bytes of a number of a layer's input: 4 where hidden states are float32, as k-bit preparation makes them."""
    return value_of(figures.base, "residual_bytes")


def layer_inputs(figures: Figures) -> float:
    """What checkpointing keeps: the input of each layer for each token."""
    return figures.fact("n_layers") * figures.tokens * figures.fact("hidden_size") * inputs_bytes(figures)


def _inputs_too(figures: Figures) -> Words:
    """The layers' inputs beside the logits, where they count."""
    if figures.knob("gradient_checkpointing") != "on" or figures.need("checkpoints") < GIB:
        return SILENT
    product = f"{figures['layers']} × {figures['tokens']} × {figures['hidden']} × {figures['input_bytes']} B"
    size = figures["checkpoints"]
    return Words(
        f" Next come the layers' inputs, which checkpointing keeps: {product} = {size}.",
        f"其次是重计算要保存的各层输入:{product} = {size}。",
    )


def _eager_raises(figures: Figures) -> Words:
    """Of a training whose attention kernel is not told: the scores that eager attention would write, where the need rises by them."""
    if figures.knob("task") != "train" or "attention" in figures.given:
        return SILENT
    whole = figures.at(attention="eager").best
    if whole <= _RAISED * figures.base.best or figures.need("scores") < _least_scores(figures):
        return SILENT
    return _of_eager(figures, Words(f": {gib_words(whole)} in all", f":共 {gib_words(whole)}"))


def _eager_too(figures: Figures) -> Words:
    """The same beside logits, at whose moment there are none: of long samples."""
    raises = _eager_raises(figures)
    long = int(figures.knob("seq_len") or 0) >= _LONG
    if raises.en or not long or "attention" in figures.given or figures.need("scores") < _least_scores(figures):
        return raises
    return _of_eager(figures, Words(", at another moment than the logits", ",与 logits 不在同一时刻"))


def _least_scores(figures: Figures) -> float:
    return _OF_A_CARD * (figures.base.capacity or float("inf"))


def _of_eager(figures: Figures, then: Words) -> Words:
    batch = int(figures.knob("batch_size") or 1)
    of_batch = f"{batch} × " if batch > 1 else ""
    product = f"{of_batch}{figures['heads']} × {figures['seq']}² × 2 B = {both_words(figures.need('scores'))}"
    kernel = Words("FlashAttention or SDPA", "FlashAttention 或 SDPA")
    if _is_old(figures):
        kernel = Words(
            'attn_implementation="sdpa", for a card before Ampere has no FlashAttention-2 (nor bf16: train with fp16: true)',
            'attn_implementation="sdpa" 算(Ampere 之前的卡用不了 FlashAttention-2,也没有 bf16,要用 fp16: true)',
        )
    return Words(
        f" This is with {kernel.en}; eager attention writes {product} for each matrix of the scores, several at once in the layer at work{then.en}.",
        f"以上按 {kernel.zh};eager 注意力每个分数矩阵要 {product},正在计算的那一层同时有好几份{then.zh}。",
    )


def _is_old(figures: Figures) -> bool:
    """Is it a card without bf16 and FlashAttention-2, which computes fp16 at a usable rate?"""
    card = figures.base.case.card
    old = card is not None and gpu_row(card.name).get("architecture") in BEFORE_AMPERE
    return old and slow_in_half(figures) is None


def _quantised_little(figures: Figures) -> Words:
    """What a quantised base saves of one copy, where it is less than what the logits take."""
    if figures.knob("method") != "qlora" or figures.n > 1:
        return SILENT
    whole, stored = 2 * figures.params, figures.base.terms["weights"]
    if not 0 < whole - stored < figures.need("logits_peak"):
        return SILENT
    saved, before, after = (gib_words(size) for size in (whole - stored, whole, stored))
    return Words(
        f" Of the weights the quantised base saves {saved} ({before} in 16 bit → {after}), of the logits nothing.",
        f"量化基座只在权重上省 {saved}(16 位 {before} → {after}),logits 一点不少。",
    )


def _chat_told(figures: Figures) -> Words:
    """What the length at which a chat failed takes, and where the rest is if that would fit; then a sibling that keeps less."""
    less = version_that_caches_less(figures)
    if figures.base.capacity is None or "seq_len" not in figures.given:
        return less
    length, cache, peak, room = (figures[one] for one in ("seq", "kv_all", "peak", "capacity"))
    rest = _rest_of_a_chat(figures) if figures.base.verdict == "yes" else SILENT
    wide = _cache_stays_wide(figures)
    return Words(
        f" {length} tokens are {cache} of cache, {peak} of {room} in all{rest.en}.{wide.en}{less.en}",
        f"{length} token 的缓存是 {cache},共 {peak} / {room}{rest.zh}。{wide.zh}{less.zh}",
    )


def _rest_of_a_chat(figures: Figures) -> Words:
    """What else fills a card on which the sum would fit: the scores that eager attention writes out, and other programs."""
    if figures.given.get("attention") not in (None, "eager"):
        return Words(
            "; that would still go in, so a desktop or another program (nvidia-smi) takes the rest",
            ";按此还放得下,所以其余是被桌面或别的程序(看 nvidia-smi)占去的",
        )
    scores, wide = figures["scores"], gib_words(2 * figures.need("scores"))
    return Words(
        f"; that would still go in, so something else takes the rest: eager attention, which while a prompt is read writes out a layer's scores, heads × length² × 2 B = {scores} and {wide} more for a softmax in fp32 (use SDPA or FlashAttention), or a desktop or another program (nvidia-smi)",
        f";按此还放得下,所以其余是别的东西占去的:eager 注意力读入提示时要写出一层的分数矩阵,头数 × 长度² × 2 字节 = {scores},softmax 按 fp32 再加 {wide}(改用 SDPA 或 FlashAttention),或者桌面、别的程序(看 nvidia-smi)",
    )


def _cache_stays_wide(figures: Figures) -> Words:
    """Weights in few bits leave the cache as it is."""
    narrow = str(figures.given.get("bits")) in ("4", "8") or "int" in str(figures.given.get("weight_format"))
    if not narrow or value_of(figures.base, "kv_bytes") != WEIGHT:
        return SILENT
    return Words(
        " The cache stays in 16 bit, however few the weights have.",
        "权重量化到几位,缓存都还是 16 位。",
    )


def _longest_either(figures: Figures) -> Words:
    """How many tokens a sequence may have as it is and with a fused loss; nothing where no card is named."""
    if figures.base.capacity is None:
        return SILENT
    plain, fused = figures.amount("longest_full"), figures.amount("longest_fused")
    if not plain or fused < _WINS * plain:
        return SILENT
    plainly, fusedly = figures["longest_full"], figures["longest_fused"]
    return Words(
        f" The card holds about {plainly} tokens a sequence as it is, {fusedly} with a fused loss.",
        f"这张卡每条最长约 {plainly} token,用融合损失约 {fusedly} token。",
    )


def _longest_single(figures: Figures) -> Words:
    """The same, where no remark on pairs tells it."""
    return SILENT if figures.knob("algo") in PAIRS else _longest_either(figures)


def other_vocabulary(figures: Figures) -> Words:
    """Of a size alone: the same logits with the other usual vocabulary of that size, which decides more than the size."""
    if "model" in figures.given or "params" not in figures.given:
        return SILENT
    size, ours = figures.need("params_said"), figures.fact("vocab_size")
    for name in shapes_of(stands_for(size))[1:]:
        theirs = float(model_row(name)["vocab_size"])
        if max(ours, theirs) >= _TIMES_THE_VOCABULARY * min(ours, theirs):
            copy, called = both_words(figures.tokens * theirs * 4), value("model", name, "en")
            return Words(
                f" With the vocabulary of {called}, {theirs:,.0f}, a copy would be {copy}.",
                f"若是 {called} 的词表 {theirs:,.0f},一份就是 {copy}。",
            )
    return SILENT


def _fewer_logits(figures: Figures) -> Words:
    """What makes logits fewer, each with what it comes to and whether that is enough: what does not fit is no way out."""
    batch = int(figures.knob("batch_size") or 1)
    fused = figures.at(loss="fused")
    en = [f"a fused or chunked loss (Liger, cut cross-entropy) makes none: {_judged(fused, 'en')}"]
    zh = [f"融合或分块损失(Liger、cut cross-entropy)不产生它:{_judged(fused, 'zh')}"]
    if batch > 1:
        once = accumulated(figures.base, 1).facts
        one, both = figures.at(**once), figures.at(**once, loss="fused")
        en.append(
            f"a micro-batch of 1 with accumulation over {steps_of_one(figures)} steps (the same effective batch): {_judged(one, 'en')}"
        )
        zh.append(f"micro-batch 1 加梯度累积 {steps_of_one(figures)} 步(等效批大小不变):{_judged(one, 'zh')}")
        if "yes" not in (one.verdict, fused.verdict) and both.verdict == "yes":
            en.append(f"both: {_judged(both, 'en')}")
            zh.append(f"两者一起:{_judged(both, 'zh')}")
    if figures.n > 1:
        en.append("sequence parallelism divides them")
        zh.append("序列并行切分它")
    length = int(figures.knob("seq_len")) // 2
    half = figures.at(seq_len=length)
    if batch == 1 or half.verdict == "yes":
        en.append(f"at {length:,} tokens it is {_judged(half, 'en')}")
        zh.append(f"缩短到 {length:,} token:{_judged(half, 'zh')}")
    said = "; ".join(en)
    return Words(f" {said[0].upper()}{said[1:]}.", f"{';'.join(zh)}。")


def _unfused_ways(figures: Figures) -> Words:
    """What else than the loss makes logits fewer, and what does not."""
    batch, length = int(figures.knob("batch_size") or 1), int(figures.knob("seq_len")) // 2
    if batch > 1:
        fewer = figures.at(**accumulated(figures.base, 1).facts, loss="full-logits")
        way = Words(
            f"a micro-batch of 1 with accumulation over {steps_of_one(figures)} steps: {_judged(fewer, 'en')}",
            f"micro-batch 1 加梯度累积 {steps_of_one(figures)} 步:{_judged(fewer, 'zh')}",
        )
    else:
        fewer = figures.at(seq_len=length, loss="full-logits")
        way = Words(
            f"samples of {length:,} tokens: {_judged(fewer, 'en')}", f"样本截到 {length:,} token:{_judged(fewer, 'zh')}"
        )
    lora = _nor_adapters(figures)
    return Words(
        f" Neither {lora.en}checkpointing nor flash attention makes logits smaller; without such a loss what does is {way.en}.",
        f"{lora.zh}重计算、flash attention 都不减少 logits;没有这种损失时能减少它的是{way.zh}。",
    )


def _nor_adapters(figures: Figures) -> Words:
    """Adapters among what leaves the logits as they are."""
    return Words("LoRA nor ", "LoRA、") if figures.knob("method") in ADAPTERS else SILENT


def _judged(there: Outcome, language: str) -> str:
    """What a case comes to, and whether it fits."""
    verdict = f", {VERDICTS[there.leaning][0]}" if there.leaning else ""
    if language == "zh":
        verdict = f",{VERDICTS[there.leaning][1]}" if there.leaning else ""
    return f"{gib_words(there.best)}{verdict}"


def _halved(figures: Figures) -> Words:
    """What halves a step of pairs: the micro-batch where there is one to halve, else the length."""
    if int(figures.knob("batch_size") or 1) > 1:
        return Words("Halve the micro-batch or the length", "把 micro-batch 或长度减半")
    if "batch_size" not in figures.given and int(figures.knob("seq_len") or 0) < _LONG:  # of long samples it is one
        return Words(
            "Halve the micro-batch, so that it has as many sequences as before (where it is 1 already, shorten the samples)",
            "把 micro-batch 减半,序列条数就和原来一样(已经是 1 就缩短样本)",
        )
    return Words("Shorten the samples", "缩短样本")


def _one_at_once(figures: Figures) -> Words:
    """A micro-batch of one, where it is told or open and may be more."""
    if figures.given.get("batch_size") == 1:
        return SILENT
    return Words("a micro-batch of 1 with accumulation; ", "micro-batch 设为 1 并用梯度累积;")


def _then_flash(figures: Figures) -> Words:
    """The attention kernel as the last thing to look at, where eager would take more."""
    if "attention" in figures.given or figures.need("peak_eager") < 1.01 * figures.base.best:
        return SILENT
    eager = figures["peak_eager"]
    return Words(
        f"; FlashAttention or SDPA, without which it is {eager}", f";用 FlashAttention 或 SDPA,没有它是 {eager}"
    )


def _narrower_cache(figures: Figures) -> Words:
    """A cache in 8 bits beside flash attention, where it is in 16 now."""
    if figures.knob("kv_format") not in (None, *PLAIN_TYPES):
        return SILENT
    less, now = figures["kv_q8_all"], figures["kv_all"]
    return Words(
        f" with a q8_0 cache ({less} over all cards instead of {now})",
        f"并用 q8_0 缓存(所有卡合计 {less},而不是 {now})",
    )


_BITS = 8


def _narrow_alone(figures: Figures) -> Words:
    """That a cache in fewer bits is all that is smaller, and how many bits a number of it is with its scales."""
    stored = figures.knob("kv_format")
    if stored in (None, *PLAIN_TYPES):
        return SILENT
    wide, now = (figures.at(kv_format=kind).part_of_all("kv") for kind in ("fp16", stored))
    bits = f"{_BITS * value_of(figures.base, 'kv_bytes'):.3g}"
    less, whole, kept = gib_words(now), gib_words(wide), figures["w_all"]
    share = f"{100 * now / wide:.0f} %"
    return Words(
        f" {stored} stores a number of the cache in {bits} bits, scales included: {less} instead of {whole} in 16 bit ({share}); that makes the cache alone smaller, the weights stay {kept}.",
        f" {stored} 的每个缓存数连同尺度占 {bits} 位:{less},16 位时 {whole}({share});变小的只有缓存,权重仍是 {kept}。",
    )


def _whole_by_width(figures: Figures) -> Words:
    """The whole need with the cache in fewer bits, as far as the program has such a cache."""
    widths = [(8, "fp8")] if serves(figures.given.get("engine")) else [(8, "q8_0"), (4, "q4_0")]
    told = [(bits, gib_words(figures.at(kv_format=kind).best)) for bits, kind in widths]
    return Words(
        " and ".join(f"{size} in {bits} bit" for bits, size in told),
        "、".join(f"{bits} 位 {size}" for bits, size in told),
    )


def _brings_back(figures: Figures) -> Words:
    """What brings a file's layers back onto the card beside its parallel requests, and how full the card is then."""
    batch, seq = int(figures.knob("batch_size") or 1), int(figures.need("seq"))
    ways = (
        ("one request at a time", "只留 1 路", {"batch_size": 1}),
        (f"num_ctx {seq // 2:,}", f"num_ctx {seq // 2:,}", {"seq_len": seq // 2}),
        (f"a q8_0 cache with flash attention ({figures['kv_q8_all']})", f"flash attention 加 q8_0 缓存({figures['kv_q8_all']})", {"kv_format": "q8_0"}),
        ("one request with a q8_0 cache", "1 路再加 q8_0 缓存", {"batch_size": 1, "kv_format": "q8_0"}),
    )  # fmt: skip
    tried = [(en, zh, figures.at(**change)) for en, zh, change in ways]
    room = figures.base.capacity or missing("card")
    enough = [(en, zh, gib_words(one.best)) for en, zh, one in tried if one.best <= room]
    each, each_zh = (" per card", "每卡 ") if figures.n > 1 else ("", "")
    if not enough:
        least = gib_words(min(one.best for _, _, one in tried))
        return Words(
            f"Fewer of the {batch} requests and a q8_0 cache alone do not bring all of it back: {least}{each} are left. A quantisation of fewer bits or a smaller model does.",
            f"只减少并行数、用 q8_0 缓存还回不到显卡上:{each_zh}仍要 {least}。要换更低位数的量化或小一号的模型。",
        )
    told = [" or ".join(f"{en} ({left}{each})" for en, _, left in enough[:3]), "或".join(f"{zh}({each_zh}{left})" for _, zh, left in enough[:3])]  # fmt: skip
    return Words(
        f"What brings all of it back onto the card: {told[0]}; where the desktop holds a part, take the smaller.",
        f"能全部回到显卡上的:{told[1]};桌面占了一部分时取更小的。",
    )


LONG_WORDS: dict[str, Callable[[Figures], Words]] = {
    "inputs_too": _inputs_too, "eager_too": _eager_too, "eager_raises": _eager_raises, "quantised_little": _quantised_little, "longest_either": _longest_either, "chat_told": _chat_told, "longest_single": _longest_single, "other_vocabulary": other_vocabulary,
    "unfused_ways": _unfused_ways, "nor_adapters": _nor_adapters, "fewer_logits": _fewer_logits,  "halved": _halved, "one_at_once": _one_at_once, "then_flash": _then_flash, "narrower_cache": _narrower_cache, "whole_by_width": _whole_by_width, "narrow_alone": _narrow_alone, "brings_back": _brings_back,
}  # fmt: skip
