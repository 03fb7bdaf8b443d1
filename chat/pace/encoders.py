"""Lines on models that embed, rank or translate: weights, what a pass holds, no cache or that of cross-attention, training, and
whether they fit beside a language model on one card."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from chat.figures.named import default_of
from chat.pace.encoders_trained import FITS, both_units, first_of, fits_on, of_pairs, trained
from chat.pace.words import Line, between, gigabytes, line, shares_words, tokens
from chat.phrases import value
from chat.works import POPE, VLLM
from formulas.errors import BadInput, near
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant
from kb.cases import parse_given, spread
from kb.encoders import Encoder, encoders, named
from kb.names import gpu_row
from kb.outcome import outcome
from kb.pools import MOST_SHARE
from kb.rates import PROMPTS, shares
from kb.stored import FILES

_SIZES = {"bf16": 2.0, "fp16": 2.0, "fp32": 4.0}
_TIGHT = 0.2  # of the card: less than this left for all requests is little
_GIB = 2**30


def encoder_lines(names: Sequence[str], **given: Any) -> list[Line]:
    """What is known of them, the figure that was asked for first. BadInput for a name that is not in the table."""
    found = {name: named(name) for name in names}
    for name, one in found.items():
        if one is None:
            raise BadInput(f"no encoder `{name[:60]}`{near(name, encoders())}")
    known = {name: one for name, one in found.items() if one}
    card = _card(given)
    if given.get("model") or given.get("params"):
        return _beside(known, card, given)
    lines: list[Line] = []
    tell = {"inference": _run, "training": trained, "pairs": of_pairs}
    about = given.get("about") or ["inference"]
    for name, one in known.items():
        for what in [about] if isinstance(about, str) else about:
            lines += tell.get(what, _run)(name, one, card, given)
    return lines


def _card(given: dict[str, Any]) -> Card | None:
    gpu, memory = given.get("gpu"), given.get("gpu_memory_gb")
    if gpu:
        size = first_of(memory)
        return cards_meant(str(first_of(gpu)), float(size) if size else None)[0]
    return spread({"method": "inference", "params": 1e9, "gpu_memory_gb": memory})[0].card if memory else None


def _size(given: dict[str, Any]) -> tuple[float, str]:
    stored = given.get("weight_format")
    said = str(stored[0] if isinstance(stored, (list, tuple)) else stored or "fp16")
    return _SIZES.get(said, 2.0), said if said in _SIZES else "fp16"


_SOLD = (4, 6, 8, 12, 16, 24, 32, 48, 80)  # GB of cards as people have them


def _least_card(one: Encoder, weights: float) -> Words:
    """The smallest usual card with room for batches, where none is named; of a large embedder in 8 bit as well."""
    sizes = [next((f"{gb} GB" for gb in _SOLD if need <= FITS * gb * _GIB), "") for need in (weights, one.weights(1.0))]
    if not sizes[0]:
        return SILENT
    less = sizes[1] if one.kind == "embedder" and sizes[1] != sizes[0] else ""
    return Words(
        f": a card of {sizes[0]}{f', in 8 bit of {less}' if less else ''}",
        f",{sizes[0]} 的卡{f'(8 位 {less})' if less else ''}",
    )


# ── running ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _run(name: str, one: Encoder, card: Card | None, given: dict[str, Any]) -> list[Line]:
    size, stored = _size(given)
    weights = one.weights(size)
    fits = fits_on(weights, card) if card else _least_card(one, weights)
    if one.generates:
        return [
            line(f"**{name}, inference: {size_words(one.params)} × {size:g} B = {both_units(weights)} of weights{fits.en}**; in 8 bit about {gigabytes(weights / size)}.",
                 f"**{name} 推理:权重 {size_words(one.params)} × {size:g} 字节 = {both_units(weights)}{fits.zh}**;8 位约 {gigabytes(weights / size)}。", (one.title, one.url)),
            line(f"An encoder-decoder keeps keys and values of the decoder twice, of its own tokens and of the input that it crosses to: {gigabytes(one.cached(size))} for each token of either ({one.n_layers} layers × {one.n_heads} heads × {one.head_dim}).",
                 f"编码器-解码器保存两份键值:解码器自己的 token 和交叉注意力所看的输入,各为每 token {gigabytes(one.cached(size))}({one.n_layers} 层 × {one.n_heads} 头 × {one.head_dim})。", (one.title, one.url)),
        ]  # fmt: skip
    batch, length = (int(first_of(given.get(key)) or 0) for key in ("batch_size", "seq_len"))
    wide = seen_in_fp32(name, one, float(given.get("taken_gb") or 0))
    none = (
        Words("a decoder that embeds makes one pass and need not keep a KV cache", "用来做向量的解码器只做一次前向,不必保留 KV 缓存") if one.kind == "embedder"
        else Words("an encoder makes one pass over its input and keeps no KV cache", "编码器对输入只做一次前向,没有 KV 缓存")
    )  # fmt: skip
    fewer = _quantised(one)
    found = [
        line(f"**{name}: {size_words(one.params)} × {size:g} B = {both_units(weights)} of weights in {stored}{fits.en}; {none.en}.**{fewer.en} What grows are the activations, with batch × the longest text of the batch.",
             f"**{name}:权重 {size_words(one.params)} × {size:g} 字节 = {both_units(weights)}({stored}){fits.zh};{none.zh}。**{fewer.zh}会增长的是激活,取决于批大小 × 该批最长文本。", (one.title, one.url))
    ]  # fmt: skip
    longest = length or one.max_positions
    found[:0] = wide
    if batch and length:
        found.insert(0, _pass(name, one, batch, length, size, card))
    found.append(_holds(one, longest, size, card))
    return [*found, *_rate(one, card)]


_NEAR_FP32 = 0.12  # of the weights, which a context and what a pass holds stand beside


def seen_in_fp32(name: str, one: Encoder, taken_gb: float) -> list[Line]:
    """That what was seen is the weights in fp32, which a program loads that is told no type; nothing of another amount."""
    wide, less = one.weights(4.0), one.weights(2.0)
    if not any(-0.02 <= taken_gb * unit / wide - 1 <= _NEAR_FP32 for unit in (1e9, _GIB)):
        return []
    return [line(f"**{taken_gb:g} GB are its weights in fp32: {size_words(one.params)} × 4 B = {both_units(wide)}. Without a dtype they are loaded so (transformers before version 5, and sentence-transformers on it): loaded in fp16 or bf16 they take half, {both_units(less)}** (torch_dtype in model_kwargs).",
                 f"**{taken_gb:g} GB 是 fp32 的权重:{size_words(one.params)} × 4 字节 = {both_units(wide)}。不指定类型就这样加载(transformers 5 之前,以及基于它的 sentence-transformers);用 fp16 或 bf16 加载减半,为 {both_units(less)}**(写在 model_kwargs 的 torch_dtype 里)。", (one.title, one.url))]  # fmt: skip


def _quantised(one: Encoder) -> Words:
    """The weights of a model that is large enough to be loaded so in fewer bits."""
    if one.kind != "embedder":
        return Words("", " ")
    eight, four = one.weights(1.0), one.weights(0.5)
    return Words(
        f" In 8 bit the weights are about {gigabytes(eight)}, in 4 bit {gigabytes(four)}.",
        f" 8 位权重约 {gigabytes(eight)},4 位约 {gigabytes(four)}。",
    )


def _rate(one: Encoder, card: Card | None) -> list[Line]:
    """How fast texts are read: a pass over them is bound by arithmetic."""
    peak = 1e12 * float((gpu_row(card.name) if card else {}).get("fp16_bf16_dense_tflops") or 0)
    if not peak:
        return []
    low, high = (share * peak / (2 * one.params) for share in shares(PROMPTS))
    at = shares_words(*shares(PROMPTS))
    return [line(f"Speed: about {between(low, high)} tokens/s, {at} of {peak / 1e12:g} TFLOP/s over 2 × {size_words(one.params)} operations a token; attention over long texts and padding come on top.",
                 f"速度:约 {between(low, high)} token/秒,即 {peak / 1e12:g} TFLOP/s 的 {at} 除以每 token 2 × {size_words(one.params)} 次运算;长文本的注意力和填充另算。", POPE)]  # fmt: skip


def _pass(name: str, one: Encoder, batch: int, length: int, size: float, card: Card | None) -> Line:
    """What a batch holds at once."""
    need = one.weights(size) + batch * one.passing(length, size)
    all_of_it, inner = batch * length, one.inner(batch * length, size)
    over = card is not None and need > card.capacity
    lead = (
        ("It is the activations, not the weights and no KV cache", "撑爆的是激活,不是权重,也没有 KV 缓存")
        if over
        else ("A pass holds activations beside the weights", "一次前向除权重外还有激活")
    )
    return line(f"**{lead[0]}: {batch:,} texts padded to {length:,} tokens are {tokens(all_of_it)} tokens at once, and the feed-forward part alone takes {tokens(all_of_it)} × {one.ffn:,} × {size:g} B = {gigabytes(inner)}, about {gigabytes(need)} in all{fits_on(need, card).en}**; eager attention adds {batch:,} × {one.n_heads} heads × {length:,}² × {size:g} B = {gigabytes(one.scores(batch, length, size))} of scores for a layer.",
                f"**{lead[1]}:{batch:,} 条都填充到 {length:,} token,一次就是 {tokens(all_of_it)} 个 token,仅前馈层就要 {tokens(all_of_it)} × {one.ffn:,} × {size:g} 字节 = {gigabytes(inner)},合计约 {gigabytes(need)}{fits_on(need, card).zh}**;eager 注意力每层还要 {batch:,} × {one.n_heads} 头 × {length:,}² × {size:g} 字节 = {gigabytes(one.scores(batch, length, size))} 的分数矩阵。", (one.title, one.url))  # fmt: skip


def _holds(one: Encoder, length: int, size: float, card: Card | None) -> Line:
    """How many texts of that length go in at once, and what to do about it."""
    advice = ("Sort texts by length so that short ones are not padded, lower max_seq_length, take a small batch for long texts, load in fp16 (without a dtype it is fp32, twice as much), no gradients (torch.no_grad).",
              "把文本按长度排序以免短文本被填充,调低 max_seq_length,长文本用小批,用 fp16 加载(不指定类型就是 fp32,大一倍),并关闭梯度(torch.no_grad)。")  # fmt: skip
    if card is None:
        return line(advice[0], advice[1])
    room = 0.9 * card.capacity - one.weights(size)
    fused = int(room // one.passing(length, size))
    eager = int(room // (one.passing(length, size) + 2 * one.scores(1, length, size)))
    if fused < 1:
        return line(advice[0], advice[1])
    return line(f"Of {length:,} tokens each about {fused:,} texts fit at once with fused attention (SDPA, flash), about {eager:,} with eager attention. {advice[0]}",
                f"每条 {length:,} token 时,融合注意力(SDPA、flash)一次约放得下 {fused:,} 条,eager 约 {eager:,} 条。{advice[1]}")  # fmt: skip


# ── beside a language model ────────────────────────────────────────────────────────────────────────────────────────

# of a card's memory the least that is a server's share, and how often the weights it is then
_LEAST_SHARE, _MUCH_MORE = 0.55, 2.0
_ENOUGH = 3 * _GIB  # bytes that hold some sequences
_ONE_LONG = 32_768  # tokens of a sequence for which a share is shown


def _share_taken(taken: float, weights: float, has: float, least: float, listed: str, name: str) -> list[Line]:
    """What a language model was seen to take is a server's share and no need: why nothing is left, and what to set instead."""
    share = ceil(20 * least) / 20
    return [
        line(f"**{taken / _GIB:g} GB is not what {name} needs but the share of the card that the server takes as it starts (vLLM's gpu_memory_utilization, 0.9 or more by default, {taken / has:.2f} of it here): weights of {both_units(weights)}, the rest set aside as KV cache.** So nothing is left for the other, though both would fit: {listed}.",
             f"**{taken / _GIB:g} GB 不是 {name} 的实际需要,而是推理服务启动时按比例预留的显存(vLLM 的 gpu_memory_utilization,默认 0.9 以上,这里约占卡的 {taken / has:.2f}):权重只有 {both_units(weights)},其余都预留作 KV 缓存。** 所以别的模型起不来,其实都放得下:{listed}。", VLLM),
        line(f"Lower it for the language model: {share:g} ({share * has / _GIB:.1f} GiB) holds its weights, its activations and the cache of a sequence of {_ONE_LONG:,} tokens; more only holds more sequences at once. Start the small model first or give it a share of its own, the shares together below 1.",
             f"把语言模型的 gpu_memory_utilization 调低:{share:g}({share * has / _GIB:.1f} GiB)就放得下权重、激活和一条 {_ONE_LONG:,} token 的缓存;再多只是能同时放更多序列。小模型先启动,或也给它一份,各份之和小于 1。", VLLM),
    ]  # fmt: skip


def _nothing_left(weights: float, run: float, others: float, has: float, listed: str, name: str) -> list[Line]:
    """Why a server found no memory for its cache although all weights fit, and what gives it some. Sizes in bytes."""
    share = default_of("vLLM", "gpu_memory_utilization", "first engine")
    taken = share * has
    left = max(0.0, taken - weights - run - others)
    room, sizes = f"{has / _GIB:.1f}", f"{share:g} × {has / _GIB:.1f} = {taken / _GIB:.1f} GiB"
    if left > _ENOUGH:
        why = line(f"**By their weights all fit ({listed}, of {room} GiB), and of the server's share, {sizes}, {left / _GIB:.1f} GiB would be left beside {name}: so the other holds more than its weights. Most likely it is a vLLM server too, which takes a share of 0.9 by itself, or it was not the only one on the card.**",
                   f"**只看权重都放得下({listed},卡上 {room} GiB),按服务的份额 {sizes},放下 {name} 后还应剩 {left / _GIB:.1f} GiB:说明另一个占的不止权重。多半它也是用 vLLM 起的,自己默认就占 0.9,或卡上还有别的进程。**", VLLM)  # fmt: skip
    else:
        why = line(f"**By their weights all fit ({listed}, of {room} GiB), but the server's share does not hold a cache: from {sizes} it subtracts the weights of {name}, {both_units(weights)}, what its profile run takes, some {run / _GIB:.1f} GiB and more with long steps or CUDA graphs, and what other processes hold already, {both_units(others)} of weights and a CUDA context: {left / _GIB:.1f} GiB at most are left.**",
                   f"**只看权重都放得下({listed},卡上 {room} GiB),但服务的份额里放不下缓存:{sizes},要减去 {name} 的权重 {both_units(weights)}、测量运行约 {run / _GIB:.1f} GiB(步长大或有 CUDA graph 时更多),还有别的进程已占的 {both_units(others)} 权重和一份 CUDA 上下文:最多只剩 {left / _GIB:.1f} GiB。**", VLLM)  # fmt: skip
    return [
        why,
        line("What helps, in this order: a larger share for the language model (gpu_memory_utilization, what the small one holds counted against it), a smaller --max-model-len and --max-num-batched-tokens, --enforce-eager; or the small model on the CPU or another card. Where both are vLLM servers the small one takes a share of 0.9 too unless it is told less: give it its own, the shares together below 1, and start one after the other.",
             "依次可做:调大语言模型的 gpu_memory_utilization(小模型占的也算在里面)、调小 --max-model-len 和 --max-num-batched-tokens、加 --enforce-eager;或把小模型放到 CPU 或另一张卡。两个都用 vLLM 时,小模型默认也占 0.9:要给它单独设一份,各份之和小于 1,并先后启动。", VLLM),
    ]  # fmt: skip


def _shares(small: dict[str, float], name: str, has: float) -> Line:
    """What each server is given of the card: the small ones a little more than they take, the language model what is left."""
    given = {called: ceil(100 * size / has) for called, size in small.items()}
    told = [
        *(f"{called} {one / 100:g}" for called, one in given.items()),
        f"{name} {(round(100 * MOST_SHARE) - sum(given.values())) / 100:g}",
    ]
    return line(f"**Where each is a vLLM server, set gpu_memory_utilization so that the shares add up to less than 1: {', '.join(told)}.** Each takes its share of the whole card as it starts, 0.9 or more by default, so the second finds nothing left; start one after the other. What is served without vLLM takes only what it needs.",
                f"**若都用 vLLM 起,把各自的 gpu_memory_utilization 设成总和小于 1\uff1a{'、'.join(told)}。** 每个进程启动时就按整张卡的比例占显存,默认 0.9 以上,所以第二个就没地方了;要先后启动。不用 vLLM 的只占实际需要的量。", VLLM)  # fmt: skip


_OF_A_MODEL = ("model", "params", "weight_format", "bits", "kv_format", "engine", "seq_len", "batch_size")


_SWAPS = line("Ollama keeps all of them loaded where they fit (OLLAMA_MAX_LOADED_MODELS); where they do not it unloads one before it loads another, seconds each time, or leaves layers on the CPU. OLLAMA_KEEP_ALIVE says how long a model stays.",
              "Ollama 放得下就全部常驻(OLLAMA_MAX_LOADED_MODELS);放不下就先卸掉一个再加载另一个,每次要几秒,或把部分层留给 CPU。OLLAMA_KEEP_ALIVE 决定模型留多久。")  # fmt: skip


def _in_fewer_bits(known: dict[str, Encoder], card: Card, given: dict[str, Any]) -> list[Line]:
    """The same with the language model in 8 or in 4 bit, where its own 16 leave no room; empty where those do not either."""
    for bits in (8, 4):
        found = _beside(known, card, {**given, "bits": bits})
        if found[0].words.en.startswith("**Yes"):
            said = found[0].words
            lead = line(
                said.en.replace("**Yes", f"**In {bits} bit yes", 1), said.zh.replace("**可以", f"**{bits} 位可以", 1)
            )
            return [lead, *found[1:]]
    return []


def _too_wide(name: str, language: float, whole: float) -> list[Line]:
    """Behind what fits, that 16 bits do not. Sizes in bytes."""
    return [line(f"Not in 16 bit: {name} alone is {both_units(language)} there, with the others {both_units(whole)}.",
                 f"16 位不行:仅 {name} 就要 {both_units(language)},合计 {both_units(whole)}。")]  # fmt: skip


def _even_in_four(name: str, facts: dict[str, Any]) -> tuple[str, str]:
    least = both_units(outcome(spread(parse_given({**facts, "bits": 4}))[0]).terms["weights"])
    return f" In 4 bit {name} alone is {least}.", f"4 位时仅 {name} 也要 {least}。"


def _before_cache(weights: float, beside: float, per_token: float, length: int) -> Line:
    """What all of it takes without any request, and what each adds."""
    whole, each = both_units(weights + beside), both_units(per_token * length)
    one = (f"; each request of {length:,} tokens adds {each} of cache ({per_token / 1024:.3g} KiB a token)",
           f";每个 {length:,} token 的请求再加 {each} 缓存(每 token {per_token / 1024:.3g} KiB)") if per_token else ("", "")  # fmt: skip
    return line(f"With a context for each process and its activations, {beside / _GIB:.1f} GiB, that is {whole} before any request{one[0]}.",
                f"加上各进程的上下文和激活 {beside / _GIB:.1f} GiB,没有请求时共约 {whole}{one[1]}。")  # fmt: skip


def _roomier(name: str, facts: dict[str, Any], language: float, room: float) -> Line:
    """What 4 bits of the language model leave instead, where little is left beside it."""
    least = outcome(spread(parse_given({**facts, "bits": 4}))[0]).terms["weights"]
    return line(f"Roomier with {name} in 4 bit (AWQ, GPTQ): {both_units(least)} of weights, and {(room + language - least) / _GIB:.1f} GiB left for the cache.",
                f"{name} 用 4 位(AWQ、GPTQ)就宽松:权重 {both_units(least)},缓存可用 {(room + language - least) / _GIB:.1f} GiB。")  # fmt: skip


def _sequences(room: float, per_token: float, length: int) -> tuple[str, str]:
    """What of a cache goes into so many bytes: tokens, and sequences of the length."""
    if not per_token:
        return "", ""
    held, many = tokens(room / per_token), int(room / per_token // length)
    return (
        f", some {held} tokens of cache: about {many:,} requests of {length:,} tokens at once",
        f",约 {held} 个 token 的 KV,即同时约 {many:,} 个 {length:,} token 的请求",
    )


def _stood_in(known: dict[str, Encoder]) -> Line:
    """That a usual one is counted where none is named."""
    names = ", ".join(known)
    return line(f"None is named for that: {names} is counted, a usual one; name yours and it is counted instead.",
                f"没有说是哪个:按常用的 {names} 计;说出名字就按它算。")  # fmt: skip


def _beside(known: dict[str, Encoder], card: Card | None, given: dict[str, Any]) -> list[Line]:
    """Several processes on one card: the sum of the weights, and the shares of a server that takes its part at start."""
    facts = {"method": "inference", **{name: first_of(given[name]) for name in _OF_A_MODEL if given.get(name)}}
    there = outcome(spread(parse_given(facts))[0])
    language = there.terms["weights"]
    name = value("model", there.situation.knob("model") or "", "en") or size_words(there.n_params or 0)
    parts = {name: language, **{called: one.weights(2.0) for called, one in known.items()}}
    whole = sum(parts.values())
    listed = " + ".join(f"{called} {gigabytes(size)}" for called, size in parts.items())
    if card is None:
        return [line(f"**Together the weights take {both_units(whole)}**: {listed} (embedding models in 16 bit); a KV cache only for the language model.",
                     f"**权重合计 {both_units(whole)}**:{listed}(向量模型按 16 位);只有语言模型需要 KV 缓存。")]  # fmt: skip
    per_token = there.terms.get("kv_cache", 0.0) / (
        int(there.situation.knob("seq_len") or 1) * int(there.situation.knob("batch_size") or 1)
    )
    runtime = there.terms.get("runtime", 0.0) * len(parts)
    has = card.capacity
    room = MOST_SHARE * has - whole - runtime - there.terms.get("activations", 0.0) * len(parts)
    if room <= 0 and not {"weight_format", "bits"} & set(given) and (fewer := _in_fewer_bits(known, card, given)):
        return [fewer[0], *_too_wide(name, language, whole), *fewer[1:]]
    tight = 0 < room < _TIGHT * has
    verdict = (
        ("No", "不行")
        if whole > has
        else ("Hardly", "很勉强")
        if room <= 0
        else ("Yes, but tightly", "可以,但偏紧")
        if tight
        else ("Yes", "可以")
    )
    taken = _GIB * float(given.get("taken_gb") or 0)  # as nvidia-smi counts
    if room > 0 and _LEAST_SHARE * has < taken <= has and taken > _MUCH_MORE * language:
        least = (
            language + per_token * _ONE_LONG + 2 * runtime / len(parts) + there.terms.get("activations", 0.0)
        ) / has
        return _share_taken(taken, language, has, least, listed, name)
    if room > 0 and "no_blocks" in (given.get("about") or ()):
        return _nothing_left(language, there.terms.get("activations", 0.0), whole - language, has, listed, name)
    narrow, narrow_zh = ("", "") if room > 0 or {"weight_format", "bits"} & set(given) else _even_in_four(name, facts)
    found = [line(f"**{verdict[0]}: the weights take {listed} = {both_units(whole)} together, and the card has {has / _GIB:.1f} GiB** (embedding models in 16 bit).{narrow}",
                  f"**{verdict[1]}:权重 {listed} = 合计 {both_units(whole)},而卡上可用 {has / _GIB:.1f} GiB**(向量模型按 16 位)。{narrow_zh}")]  # fmt: skip
    if room > 0:
        each = (runtime / len(parts)) + there.terms.get("activations", 0.0)
        own = {called: one.weights(2.0) + each for called, one in known.items()}
        beside, length = MOST_SHARE * has - room - whole, int(there.situation.knob("seq_len") or 1)
        found.append(_before_cache(whole, beside, per_token, length))
        found.append(_SWAPS if given.get("engine") == FILES else _shares(own, name, has))
        held, held_zh = _sequences(room, per_token, length)
        found.append(line(f"About {room / _GIB:.1f} GiB are left for the language model's KV cache{held}; the others make one pass and keep none, but need room for their batches.",
                          f"约剩 {room / _GIB:.1f} GiB 给语言模型的 KV 缓存{held_zh};其余模型只做一次前向,不留缓存,但批处理要留激活空间。"))  # fmt: skip
        found += [_roomier(name, facts, language, room)] if tight and not {"weight_format", "bits"} & set(given) else []
        found += [_stood_in(known)] if "encoder_unnamed" in (given.get("about") or ()) else []
    else:
        small = [
            one
            for one in dict.fromkeys(encoders().values())
            if one.kind != "encoder-decoder" and one.params < 1e9 and one.max_positions > 2048
        ]
        least = language + len(known) * max(one.weights(2.0) for one in small)
        names = ", ".join(one.model for one in small)
        if least < whole:
            found.append(line(f"With small ones ({names}) in their place the weights are about {both_units(least)}{fits_on(least, card).en}. Or load the large ones in 8 or 4 bit, or on the CPU.",
                              f"换成小的({names})则权重约 {both_units(least)}{fits_on(least, card).zh}。也可以把大的按 8 位或 4 位加载,或放到 CPU 上。"))  # fmt: skip
        else:
            found.append(line(f"Let the small ones run on the CPU: then the card holds {name} alone, {both_units(language)} of weights and its cache.",
                              f"把小的放到 CPU 上跑:卡上就只有 {name},权重 {both_units(language)} 加它的缓存。"))  # fmt: skip
        if given.get("engine") == FILES:
            found.append(_SWAPS)
            return found
        found.append(line("Several vLLM processes take their shares of the card as they start, 0.9 or more each by default: set gpu_memory_utilization so that they add up to less than 1.",
                          "多个 vLLM 进程启动时各占一份显存,默认都是 0.9 以上:要设置 gpu_memory_utilization,使总和小于 1。"))  # fmt: skip
    return found
