"""What short questions of no model are told in figures: types of a file's ends, a slot's share, a step's tokens, a cache over ranks."""

from collections.abc import Callable
from math import gcd
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.concepts.concepts_asked import gate_and_up
from chat.figures.formats.format_bits import called_and_stored, formats_apart
from chat.figures.named import EXAMPLE_MODEL, GB, GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.architecture import architecture
from kb.facts import bits_of
from kb.gguf_bits import file_bits, tensors
from kb.names import model_row
from kb.pools import MOST_SHARE, share_by_default
from kb.recipe import assumed, format_for

_BF16, _FP32 = 2, 4  # bytes
# of shares those from which on they are called high, and those that leave a context no room
_LEAST_HIGH, _HIGHEST = 0.85, 0.975
# an example where none is told
_USUAL_CARD = 24  # GB
_SLOTS, _WHOLE, _TOKENS, _THOUSAND, _SEQUENCES, _STEP = 4, 32768, 65536, 1024, 1024, 512


def _example() -> Any:
    return architecture(model_row(EXAMPLE_MODEL))


def _usual_file(figures: Figures) -> str:
    """The format of files that is told, or the one that is usual."""
    told = str(figures.given.get("weight_format") or "")
    return (told if told.startswith("gguf:") else str(format_for("inference", 4, "llama.cpp"))).removeprefix("gguf:")


def _ends() -> tuple[int, str]:
    """Numbers of an embedding that all know, and their product."""
    row = model_row(EXAMPLE_MODEL)
    vocabulary, width = int(row["vocab_size"]), int(row["hidden_size"])
    return vocabulary * width, f"{vocabulary:,} × {width:,}"


def _file_ends(figures: Figures) -> Words:
    """In which types a file of a format stores embedding and head, and what that takes of a model that all know."""
    named = _usual_file(figures)
    kind = {one.role: one.kind for one in tensors(named, _example()) if one.role in ("embedding", "head")}
    if len(kind) != 2:
        raise Missing("ends")
    numbers, product = _ends()
    bits = {role: figure(float(bits_of(f"ggml:{one}")), 5) for role, one in kind.items()}
    size = {role: both_words(float(bits_of(f"ggml:{one}")) / 8 * numbers) for role, one in kind.items()}
    wide = both_words(_BF16 * numbers)
    return Words(
        f"**Yes: a GGUF file quantises every matrix, the embedding too; in {named} the embedding (token_embd) is in {kind['embedding']}, {bits['embedding']} bits a weight, and the output head in {kind['head']}, {bits['head']} bits.** Where the head is the embedding (tied), that one matrix is stored as a head. Norms and biases stay in fp32: they are next to nothing. Of Llama-3-8B ({product}) that is {size['embedding']} and {size['head']}, where AWQ, GPTQ and bitsandbytes keep both in 16 bit, {wide} each.",
        f"**会:GGUF 里每个矩阵都量化,词嵌入也在内;{named} 的词嵌入(token_embd)是 {kind['embedding']},每个权重 {bits['embedding']} 位,输出头是 {kind['head']},{bits['head']} 位。** 两者共用一个矩阵(tied)时,按输出头的类型存。归一化和偏置仍是 fp32,几乎不占。Llama-3-8B({product})分别是 {size['embedding']} 和 {size['head']};AWQ、GPTQ、bitsandbytes 则两者都留 16 位,各 {wide}。",
    )


def _wide_ends(figures: Figures) -> Words:
    """The same of formats that leave both in 16 bit."""
    numbers, product = _ends()
    wide, named = both_words(_BF16 * numbers), _usual_file(figures)
    return Words(
        f"**No: AWQ, GPTQ and bitsandbytes (NF4, LLM.int8) quantise the linear layers inside the blocks, and leave embedding, output head and norms in 16 bit.** Of Llama-3-8B that is {product} × {_BF16} B = {wide} for each of the two, once where they are tied; so a 4-bit model takes clearly more than parameters ÷ 2, most of all a small one with a large vocabulary. A GGUF file quantises both ({named}: {_types_of(named)}).",
        f"**不量化:AWQ、GPTQ、bitsandbytes(NF4、LLM.int8)只量化各层内部的线性层,词嵌入、输出头和归一化仍是 16 位。** Llama-3-8B 的词嵌入和输出头各 {product} × {_BF16} 字节 = {wide},共用时只算一份;所以 4 位模型明显大于 参数量 ÷ 2,词表大的小模型尤其如此。GGUF 则两者都量化({named}:{_types_of(named)})。",
    )


def _types_of(named: str) -> str:
    kind = {one.role: one.kind for one in tensors(named, _example())}
    return f"token_embd {kind['embedding']}, output {kind['head']}"


def _slots_divided(figures: Figures) -> Words:
    """The context of each slot, of what was told; else of an example. Flags that set both were read as the length of each."""
    slots, told = (int(figures.given.get(name) or 0) for name in ("batch_size", "seq_len"))
    count = slots if slots > 1 else _SLOTS
    length = told * (count if "meaning:slots_told" in figures.about else 1) or _WHOLE
    each = length // count
    named = Words(f"-c {length:,} and -np {count}", f"-c {length:,}、-np {count}")
    example = SILENT if told and slots > 1 else Words(f" with {named.en}, for example", f"例如 {named.zh} 时,")
    if "meaning:slots_cache" in figures.about:
        return Words(
            f"**No: llama-server allocates the KV cache for the tokens of -c, which all its slots share; -np only divides them: {length:,} ÷ {count} = {each:,} tokens for each of {count} slots{example.en}.** So with a fixed -c more slots take no more cache, and each request has less context; to keep the context of each, raise -c with -np, and then the cache grows by as much. Ollama does that by itself: its num_ctx is of each of OLLAMA_NUM_PARALLEL requests.",
            f"**不会:llama-server 按 -c 的 token 数分配 KV 缓存,所有 slot 共用;-np 只是把它平分:{example.zh}{count} 个 slot 各分到 {length:,} ÷ {count} = {each:,} token。** 所以 -c 不变时,slot 多了缓存并不变大,只是每个请求的上下文变短;想让每个请求的上下文不变,就把 -c 按 -np 的倍数调大,缓存也随之变大。Ollama 会自动这样做:num_ctx 是 OLLAMA_NUM_PARALLEL 个请求里每个的。",
        )
    return Words(
        f"**Split evenly: llama-server's -c is the context of all its slots together, so {length:,} ÷ {count} = {each:,} tokens for each of {count} slots{example.en}.** The KV cache is allocated for the {length:,} tokens of -c, not for {count} times that; for {length:,} each set -c {length * count:,}, and the cache is {count} times as large. With --kv-unified (on by itself where -np is left out) all slots share one pool of {length:,}, and one may fill it while the others are short.",
        f"**会平分:llama-server 的 -c 是所有 slot 合计的上下文,{example.zh}{count} 个 slot 各分到 {length:,} ÷ {count} = {each:,} token。** KV 缓存按 -c 的 {length:,} token 分配,不会再乘 {count};想让每个 slot 都有 {length:,},就设 -c {length * count:,},缓存也变成 {count} 倍。开 --kv-unified(不写 -np 时默认开)则所有 slot 共用这 {length:,} token,一个请求可以用满,别的就不够。",
    )


def _step_tokens(figures: Figures) -> Words:
    """What a step of so many tokens takes in the MLP of a model that all know."""
    told = figures.given.get("max_num_batched_tokens")
    tokens = int(told) if told else _TOKENS
    width = int(model_row(EXAMPLE_MODEL)["intermediate_size"])
    size = both_words(gate_and_up(tokens))
    usual = 8192
    small = gib_words(gate_and_up(usual))
    return Words(
        f"**max_num_batched_tokens bounds the tokens of one step, of all sequences together: a larger one makes the step that the server measures at its start larger, and that is taken from the KV pool.** In Llama-3-8B gate and up of one MLP alone are {tokens:,} × 2 × {width:,} × {_BF16} B = {size} at {tokens:,} tokens, {small} at {usual:,}. gpu_memory_utilization does not change, so there are as many fewer blocks, and where none are left the start fails. Prompts are read in fewer steps, so faster; requests that are answered wait longer between two tokens. No longer prompt fits because of it (that is max_model_len).",
        f"**max_num_batched_tokens 限制一步里所有序列合计的 token 数:调大后,启动时测量的那一步激活变大,缓存池相应变小。** 以 Llama-3-8B 为例,仅一层 MLP 的 gate 和 up 就要 {tokens:,} × 2 × {width:,} × {_BF16} 字节 = {size}({tokens:,} token),{usual:,} 时是 {small}。gpu_memory_utilization 不变,所以 KV 块就少这么多,一块都不剩时启动失败。好处是读长提示的步数少、更快;代价是正在生成的请求两个 token 之间等得更久。它并不能让更长的提示放得下(那是 max_model_len)。",
    )


def _bits_or_size(figures: Figures) -> Words:
    """How many more parameters the same bytes hold in 4 bits than in 8, by files of a model that all know."""
    few, many = (float(file_bits(one, _example(), bits_of) or 0) for one in ("Q4_K_M", "Q8_0"))
    least = float(file_bits("Q2_K", _example(), bits_of) or 0)
    if not few or not many:
        raise Missing("bits")
    return Words(
        f"**The larger model in about 4 bits, as a rule: at the same number of bytes more parameters in 4 bits do better than fewer in 8 or 16; at 3 bits and below, rounded in the usual ways, it turns.** The same memory holds {many / few:.3g} times the parameters in Q4_K_M ({few:.3g} bits a weight) as in Q8_0 ({many:.3g}): 32B in the one is about as large as {32 * few / many:.0f}B in the other. Below that it gains little: Q2_K is {least:.3g} bits, {1 - least / few:.0%} less. Leave room for the KV cache, which does not shrink with the weights' bits; across families of models a newer one may win at either.",
        f"**一般选约 4 位的大模型:字节数相同时,4 位的更多参数好于 8 位、16 位的更少参数;到 3 位及以下(用通常的量化方法)就反过来。** 同样的显存,Q4_K_M(每权重 {few:.3g} 位)能放的参数是 Q8_0({many:.3g} 位)的 {many / few:.3g} 倍:前者的 32B 约等于后者的 {32 * few / many:.0f}B。再往下省得不多:Q2_K 是 {least:.3g} 位,只小 {1 - least / few:.0%}。要给 KV 缓存留空间,它不随权重位数变小;不同系列之间,新模型可能两种情况都更好。",
    )


_MUST_DIVIDE = Words(
    "The query heads must be a multiple of the ranks in any case, and of KV heads and ranks one must be a multiple of the other. MLA has one vector for all heads, which each card keeps whole. Norms, the CUDA context and buffers stand on each card as well.",
    "查询头数必须能被卡数整除,KV 头数和卡数则要一方整除另一方。MLA 只有所有头共用的一个向量,每张卡都存完整一份。归一化、CUDA 上下文和缓冲也是每张卡各一份。",
)


def _cache_on_ranks(figures: Figures) -> Words:
    """What of the cache each rank keeps, by the ranks and the heads that were told."""
    ranks = int(figures.given.get("tp") or figures.given.get("n_gpus") or 0)
    heads = int(figures.told.get("kv_heads") or 0)
    if heads and ranks > heads:
        return _more_than_heads(ranks, heads)
    if heads and ranks > 1 and not heads % ranks:
        opens = Words(
            f"It is divided, by KV heads: at tensor parallel {ranks} each card keeps {heads // ranks} of the {heads} heads, and so 1/{ranks} of every token's cache",
            f"会切分,按 KV 头切:张量并行 {ranks} 时,{heads} 个 KV 头每卡 {heads // ranks} 个,每 token 的缓存每卡存 1/{ranks}",
        )
    elif "meaning:heads_on_ranks" in figures.about:
        opens = Words(
            "More ranks than KV heads is fine where they are a multiple of them, it just divides the cache no further: each head then stands on ranks ÷ KV heads of the cards, and a card keeps 1 ÷ KV heads of the cache, however many cards there are",
            "张量并行数可以超过 KV 头数(须是它的整数倍),只是缓存不再变小:每个头要在 卡数 ÷ KV 头数 张卡上各存一份,每卡始终存整个缓存的 1 ÷ KV 头数",
        )
    else:
        part = f"1/{ranks}" if ranks > 1 else "1/N"
        least = f"{ranks}" if ranks > 1 else "N"
        many = Words(f" at tensor parallel {ranks}" if ranks > 1 else " of N", f"张量并行 {least} 时")
        opens = Words(
            f"It is divided, by KV heads: each card{many.en} keeps {part} of every token's cache, where the model has {least} KV heads or more; beyond the number of KV heads they are copied instead",
            f"会切分,按 KV 头切:{many.zh}每卡存每 token 缓存的 {part},前提是模型至少有 {least} 个 KV 头;卡数超过 KV 头数就变成复制",
        )
    return Words(
        f"**{opens.en}.** Many models have 8 KV heads (query heads do not count), so up to 8 cards the cache of each shrinks with the weights; beyond that only the weights shrink, and what they leave is the room that the cache gains. {_MUST_DIVIDE.en}",
        f"**{opens.zh}。** 很多模型是 8 个 KV 头(不看查询头),所以 8 张卡以内,每卡的缓存和权重一起变小;再多就只有权重变小,缓存多出的空间就是它让出来的。{_MUST_DIVIDE.zh}",
    )


def _more_than_heads(ranks: int, heads: int) -> Words:
    if ranks % heads:
        even = gcd(ranks, heads)  # ranks of which stages fill the rest
        return Words(
            f"**It does not start: {heads} KV heads do not go over tensor parallel {ranks}, for one must divide the other.** Tensor parallel {even} with {ranks // even} pipeline stages takes all {ranks} cards, tensor parallel {heads} takes {heads} of them. {_MUST_DIVIDE.en}",
            f"**启动不了:{heads} 个 KV 头没法分到张量并行 {ranks},两者必须一方整除另一方。** {ranks} 张卡全用上是张量并行 {even} × {ranks // even} 级流水线,张量并行 {heads} 则只用 {heads} 张。{_MUST_DIVIDE.zh}",
        )
    times = ranks // heads
    return Words(
        f"**It works, but the cache is divided over {heads} cards at most: a head of keys and values is never cut, so at tensor parallel {ranks} each of the {heads} stands on {times} cards, and a card keeps 1/{heads} of the cache, as at tensor parallel {heads}.** All cards together keep {times} times the cache; only the weights go on shrinking (÷ {ranks}), and the room that they leave is what the cache gains. More of it: {times} replicas of tensor parallel {heads}, tensor parallel {heads} with {times} pipeline stages, or an fp8 cache. {_MUST_DIVIDE.en}",
        f"**可以跑,但缓存最多切成 {heads} 份:KV 头不会再切开,张量并行 {ranks} 时这 {heads} 个头各在 {times} 张卡上存一份,每卡仍是整个缓存的 1/{heads},和张量并行 {heads} 一样。** 所有卡合计存了 {times} 倍的缓存;继续变小的只有权重(÷ {ranks}),缓存多出的空间就是它让出来的。想放更多缓存:{times} 个张量并行 {heads} 的副本、张量并行 {heads} 加 {times} 级流水线,或 fp8 缓存。{_MUST_DIVIDE.zh}",
    )


def _latent_token(_: Figures) -> Words:
    """A token's bytes of a model with one vector for all heads, factor by factor."""
    model = str(assumed("model", "latent attention"))
    where = served(Figures({"model": model}))
    layers, token = sum(one.layers for one in kinds(where)), kinds(where)[0].token
    latent, rotary, number = (
        float(where.situation.facts[name].value) for name in ("kv_lora_rank", "qk_rope_head_dim", "kv_bytes")
    )
    whole = layers * token
    shown = f"({figure(latent)} + {figure(rotary)}) × {figure(number)}"
    return Words(
        f"**(latent width + rotary key) × bytes of a number, for each layer: in {model} {shown} B = {token:,.0f} B, × {layers} layers = {whole:,.0f} B = {kib(whole)} per token.** No 2 and no number of heads: one vector stands for keys and values of all heads. In fp8 it is half. {_THOUSAND:,} tokens take {kib(_THOUSAND * whole)}. Tensor parallel does not divide it: each card keeps it whole.",
        f"**每层 (压缩向量宽度 + 旋转键)× 每个数的字节数:{model} 是 {shown} 字节 = {token:,.0f} 字节,× {layers} 层 = {whole:,.0f} 字节 = 每 token {kib(whole)}。** 没有 2,也不乘头数:一个向量就代表所有头的 K 和 V。fp8 再减半。{_THOUSAND:,} token 是 {kib(_THOUSAND * whole)}。张量并行切不开它,每张卡都存完整一份。",
    )


def _share_feared(figures: Figures) -> Words:
    """Whether a high share stands, and what it leaves of a card: of those that are told, or of usual ones."""
    share = float(figures.given.get("gpu_memory_utilization") or MOST_SHARE)
    if share < _LEAST_HIGH:
        raise Missing("a high share")
    memory = float(figures.given.get("gpu_memory_gb") or _USUAL_CARD)
    left = gib_words((1 - share) * memory * GIB)
    usual = share_by_default("vllm") or share
    if share > _HIGHEST:
        opens = Words(f"Rather not {share:g}", f"最好不要设到 {share:g}")
    elif share > usual:
        opens = Words(
            f"On a card of its own without a screen {share:g} mostly stands",
            f"独占且不接显示器的卡设 {share:g} 多半没问题",
        )
    else:
        opens = Words(
            f"{share:g} is no more than the default of newer versions ({usual:g}) and stands on a card of its own",
            f"{share:g} 不高于新版本的默认值({usual:g}),独占的卡没问题",
        )
    return Words(
        f"**{opens.en}; the risk of a high gpu_memory_utilization is what stands beside the share: the CUDA context, communication buffers, in older versions the graphs, and every other program on the card have to do with the rest ({share:g} leaves {left} of a {memory:g} GB card).**",
        f"**{opens.zh};设得太高的风险在份额之外:CUDA 上下文、通信缓冲、旧版本的 CUDA graph 和卡上别的程序只能用剩下的({memory:g} GB 的卡设 {share:g} 时只剩 {left})。**",
    )


def _many_sequences(figures: Figures) -> Words:
    """What a high cap of sequences takes at the start: their logits, of a model that all know."""
    told = int(figures.given.get("batch_size") or 0)
    count = told if told > 1 else _SEQUENCES
    vocabulary = int(model_row(EXAMPLE_MODEL)["vocab_size"])
    size = both_words(count * vocabulary * _FP32)
    return Words(
        f"**It reserves no cache: the pool is what weights and the start's measurement leave of the share, however many sequences may run; a high --max-num-seqs only makes that measurement larger, by the logits of so many sequences and more captured graphs.** For Llama-3-8B one fp32 copy of {count:,} sequences' logits is {count:,} × {vocabulary:,} × {_FP32} B = {size}, and sampling keeps several; where that finds no room, the warm-up of the sampler ends in out of memory. With more requests let in than the pool holds, some are preempted and computed again, so throughput falls; set it to what the pool can hold, and the others wait.",
        f"**它不预留缓存:缓存池是份额减去权重和启动测量后剩下的,与最多跑几条序列无关;--max-num-seqs 设大只会让启动测量变大(这么多条序列的 logits、更多的 CUDA graph),池子略小。** Llama-3-8B {count:,} 条序列的 logits,一份 fp32 是 {count:,} × {vocabulary:,} × {_FP32} 字节 = {size},采样时有好几份;放不下时,启动时的采样预热就报 OOM。放进来的请求超过池子能装的,就有请求被抢占、之后重算,吞吐反而下降;设成池子装得下的条数,其余排队即可。",
    )


def _flash_scores(_: Figures) -> Words:
    """The scores of a step that are written out without it, of a model that all know."""
    heads = int(model_row(EXAMPLE_MODEL)["n_heads"])
    size = gib_words(heads * _STEP * _WHOLE * _FP32)
    return Words(
        f"Without it a step's scores are heads × -ub × context × {_FP32} B: of Llama-3-8B {heads} × {_STEP} × {_WHOLE:,} × {_FP32} B = {size}.",
        f"不开时一步的分数矩阵是 头数 × -ub × 上下文 × {_FP32} 字节:Llama-3-8B 为 {heads} × {_STEP} × {_WHOLE:,} × {_FP32} 字节 = {size}。",
    )


def _cache_outgrows(_: Figures) -> Words:
    """The tokens whose cache weighs as much as the weights, of a model that all know."""
    where = served(Figures({"model": EXAMPLE_MODEL}))
    token = sum(one.layers * one.token for one in kinds(where))
    weights = float(model_row(EXAMPLE_MODEL)["unique_params"]) * _BF16
    tokens = round(weights / token)
    return Words(
        f"Llama-3-8B in 16 bit: {both_words(weights)} ÷ {kib(token)} = {tokens:,} tokens, prompts and answers of all users together.",
        f"Llama-3-8B(16 位):{both_words(weights)} ÷ {kib(token)} = {tokens:,} token(所有用户的提示加回答合计)。",
    )


def _file_and_seen(figures: Figures) -> Words:
    """What stands beside a file by the two amounts that are told, in the unit of a file and in that of most programs."""
    told = (*figures.logged_all("file_gb"), *map(float, figures.told.get("claims_gb", ())))
    amounts = sorted(set(told))
    if len(amounts) != 2:
        return SILENT
    less, more = amounts
    binary = less * GB / GIB
    return Words(
        f"That is {more:g} − {less:g} = {more - less:.3g} GB here, or {more:g} − {binary:.1f} = {more - binary:.1f} GiB where what is shown is in GiB, as most programs count: a file of {less:g} GB is {binary:.1f} GiB. ",
        f"这里是 {more:g} − {less:g} = {more - less:.3g} GB;若显示的是 GiB(多数程序如此),{less:g} GB 的文件是 {binary:.1f} GiB,多出 {more:g} − {binary:.1f} = {more - binary:.1f} GiB。",
    )


SIMPLY_ASKED: dict[str, Callable[[Figures], Words]] = {
    "called_and_stored": called_and_stored,
    "formats_apart": formats_apart,
    "file_ends": _file_ends,
    "wide_ends": _wide_ends,
    "slots_divided": _slots_divided,
    "step_tokens": _step_tokens,
    "bits_or_size": _bits_or_size,
    "cache_on_ranks": _cache_on_ranks,
    "latent_token": _latent_token,
    "flash_scores": _flash_scores,
    "cache_outgrows": _cache_outgrows,
    "share_feared": _share_feared,
    "many_sequences": _many_sequences,
    "file_and_seen": _file_and_seen,
}
