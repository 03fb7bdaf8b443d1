"""What short questions of no model are told in figures: kinds of attention, a share, a pass over a prompt, tokens over cards, experts on ranks."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.mixtures.experts_stored import routed_of
from chat.figures.named import EXAMPLE_MODEL, GB, GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.facts import bits_of
from kb.hosting import MACHINE
from kb.names import model_row
from kb.pools import share_by_default, share_of
from kb.recipe import assumed

_BF16, _FP32 = 2, 4  # bytes
_USUAL_CARD, _HALF, _GROUPS = 24, 0.5, 8  # GB; of a card; groups of query heads
_STEP, _LONG = 8192, 32768  # tokens
_MIXTURE, _AS_DENSE = "mistralai/Mixtral-8x7B-v0.1", "mistralai/Mistral-7B-v0.1"
_FEW_HEADS, _MORE_HEADS = "Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-32B"
_HOLDS_ONE = ("vllm", "xinference", None)  # a sequence of the whole length, or they do not start
_RANKS = (8, 16, 32, 64)


def _least_of_kinds(_: Figures) -> Words:
    """Numbers of a token in a layer by each kind, with the heads of a model that has one vector for all."""
    row = model_row(str(assumed("model", "latent attention")))
    heads, latent, rotary = (int(row[name]) for name in ("n_heads", "kv_lora_rank", "qk_rope_head_dim"))
    each = int(row["head_dim"]) - rotary
    whole, grouped, one = (f"{2 * count * each:,}" for count in (heads, _GROUPS, 1))
    return Words(
        f"With {heads} query heads of {each} a layer keeps of each token: MHA 2 × {heads} × {each} = {whole} numbers, GQA with {_GROUPS} groups 2 × {_GROUPS} × {each} = {grouped}, MLA {latent} + {rotary} = {latent + rotary}, MQA 2 × {each} = {one}.",
        f"以 {heads} 个查询头、每头 {each} 维为例,每层每个 token 存:MHA 2 × {heads} × {each} = {whole} 个数,GQA({_GROUPS} 组)2 × {_GROUPS} × {each} = {grouped},MLA {latent} + {rotary} = {latent + rotary},MQA 2 × {each} = {one}。",
    )


def _share_halved(figures: Figures) -> Words:
    """What half of a card is, of a program whose setting is a share of the card."""
    if share_of(figures.given.get("engine")).rule == "share-of-rest":
        return SILENT
    memory = float(figures.given.get("gpu_memory_gb") or _USUAL_CARD)
    return Words(
        f"At {_HALF:g} a {memory:g} GB card has {memory * _HALF:g} GB of it taken.",
        f"{memory:g} GB 的卡设 {_HALF:g} 就只占约 {memory * _HALF:g} GB。",
    )


def _entry_count_shown(_: Figures) -> Words:
    """The cache that the default share leaves of a usual card beside a 7B in 16 bit, and a small one."""
    base = Figures({"params": assumed("params", "an example"), "task": "inference"}).base
    weights, beside = base.terms["weights"], base.terms.get("runtime", 0.0)
    room, share = _USUAL_CARD * GIB - weights - beside, share_by_default("lmdeploy") or 0.0
    few = share / 4
    return Words(
        f"On a {_USUAL_CARD} GB card with a 7B in 16 bit: {gib_words(_USUAL_CARD * GIB)} − {gib_words(weights)} of weights − {gib_words(beside)} of runtime, × {share:g} = {gib_words(room * share)} of cache; at {few:g} it is {gib_words(room * few)}.",
        f"例如 {_USUAL_CARD} GB 的卡放 16 位的 7B:({gib_words(_USUAL_CARD * GIB)} − 权重 {gib_words(weights)} − 运行时 {gib_words(beside)})× {share:g} = {gib_words(room * share)} 缓存;设 {few:g} 则是 {gib_words(room * few)}。",
    )


def gate_and_up(tokens: int) -> float:
    """Bytes of the two widest matrices of one MLP for so many tokens, of a model that all know."""
    return float(tokens * 2 * int(model_row(EXAMPLE_MODEL)["intermediate_size"]) * _BF16)


def _pass_over_prompt(_: Figures) -> Words:
    """What a pass over a prompt holds beside weights and cache, of a model that all know."""
    row = model_row(EXAMPLE_MODEL)
    width, heads = int(row["intermediate_size"]), int(row["n_heads"])
    step, long = (gib_words(gate_and_up(tokens)) for tokens in (_STEP, _LONG))
    scores = gib_words(heads * _LONG**2 * _BF16)
    return Words(
        f"In Llama-3-8B gate and up of one MLP are tokens × 2 × {width:,} × {_BF16} B: {step} at {_STEP:,} tokens, {long} at {_LONG:,}; eager attention adds one layer's scores, {heads} × tokens² × {_BF16} B, {scores} at {_LONG:,}.",
        f"以 Llama-3-8B 为例,一层 MLP 的 gate 和 up 是 token 数 × 2 × {width:,} × {_BF16} 字节:{_STEP:,} token 为 {step},{_LONG:,} 为 {long};eager 注意力再加一层的分数矩阵 {heads} × token 数² × {_BF16} 字节,{_LONG:,} 时 {scores}。",
    )


def _caches_of_mixtures(_: Figures) -> Words:
    """A token's cache of mixtures beside dense models, where it is the same and where it is not."""
    cache = {}
    for model in (_MIXTURE, _AS_DENSE, _FEW_HEADS, _MORE_HEADS):
        found = kinds(served(Figures({"model": model})))
        row = model_row(model)
        cache[model] = (kib(sum(one.layers * one.token for one in found)), int(row["n_layers"]), int(row["n_kv_heads"]))
    same, dense, few, more = cache.values()
    return Words(
        f"Mixtral-8x7B keeps as much of a token as Mistral-7B, {same[0]} and {dense[0]}; where a mixture keeps less, it has fewer layers or KV heads: Qwen3-30B-A3B ({few[1]} layers × {few[2]}) {few[0]}, Qwen3-32B ({more[1]} × {more[2]}) {more[0]}.",
        f"Mixtral-8x7B 每 token {same[0]},和 Mistral-7B 的 {dense[0]} 一样;有差别也是因为层数或 KV 头数不同:Qwen3-30B-A3B({few[1]} 层 × {few[2]} 个 KV 头){few[0]},Qwen3-32B({more[1]} × {more[2]}){more[0]}。",
    )


def _sequence_parted(figures: Figures) -> Words:
    """What a sequence of the length told leaves on each of the cards told, of a model that all know."""
    tokens, cards = int(figures.given.get("seq_len") or 0), figures.n
    if not tokens or cards < 2:
        raise Missing("cards and length")
    row = model_row(EXAMPLE_MODEL)
    layers, hidden, vocabulary = (int(row[name]) for name in ("n_layers", "hidden_size", "vocab_size"))
    inputs, logits = layers * tokens * hidden * _BF16, tokens * vocabulary * _FP32
    return Words(
        f"**Over {cards} cards activations and logits fall to 1/{cards} on each, and nothing else: weights, gradients and optimizer states stay as they are (ZeRO-3 or FSDP divides them).** Of Llama-3-8B at {tokens:,} tokens, with checkpointing: inputs of the layers {layers} × {tokens:,} × {hidden:,} × {_BF16} B = {gib_words(inputs)} → {gib_words(inputs / cards)}; one copy of the logits {tokens:,} × {vocabulary:,} × {_FP32} B = {gib_words(logits)} → {gib_words(logits / cards)}.",
        f"**{cards} 张卡时,激活和 logits 每卡降到 1/{cards},其余一点不省:权重、梯度、优化器状态不变(要靠 ZeRO-3/FSDP 切分)。** 以 Llama-3-8B、{tokens:,} token、开重计算为例:各层输入 {layers} × {tokens:,} × {hidden:,} × {_BF16} 字节 = {gib_words(inputs)} → {gib_words(inputs / cards)};一份 logits {tokens:,} × {vocabulary:,} × {_FP32} 字节 = {gib_words(logits)} → {gib_words(logits / cards)}。",
    )


def _hybrid_beside_full(figures: Figures) -> Words:
    """States of a 7B on a card of several machines, by a machine and by all of them."""
    cards = figures.n if figures.n > MACHINE else 2 * MACHINE
    params = float(figures.given.get("params") or assumed("params", "an example"))
    inside, whole = (both_words(params * TRAINED / count) for count in (MACHINE, cards))
    said = size_words(params)
    return Words(
        f"Of {said} parameters with Adam on {cards} cards in machines of {MACHINE}: {TRAINED}/{MACHINE} B, {inside} on each card, against {TRAINED}/{cards} B, {whole}.",
        f"{said} 参数、Adam、{cards} 张卡(每机 {MACHINE} 张):{TRAINED}/{MACHINE} 字节,每卡 {inside};全切分 {TRAINED}/{cards} 字节,每卡 {whole}。",
    )


def _copy_of_seven(_: Figures) -> Words:
    size = both_words(Figures({"params": assumed("params", "an example")}).need("params_said") * _BF16)
    return Words(size, size)


def _experts_each(figures: Figures) -> Words:
    """Experts of a layer and weights that each rank holds, for the ranks that are told or usual ones."""
    count = int(figures.row().get("n_experts") or 0)
    of_experts, stored = routed_of(figures), str(figures.base.situation.knob("weight_format"))
    size = of_experts * float(bits_of(stored)) / 8
    rest = figures.at(n_gpus=1, tp=None, pp=None, dp=None, ep=None).terms["weights"] - size
    told = int(figures.given.get("ep") or 0)
    ranks = [one for one in ((told,) if told > 1 else _RANKS) if not count % one]
    if not ranks or rest <= 0 or figures.n not in (1, told):
        raise Missing("ranks")
    en = "; ".join(f"EP {one}: {count // one} of a layer, {size / one / GB:.1f} + {rest / GB:.1f} = {(size / one + rest) / GB:.1f} GB" for one in ranks)  # fmt: skip
    zh = ";".join(f"EP {one}:每层 {count // one} 个,{size / one / GB:.1f} + {rest / GB:.1f} = {(size / one + rest) / GB:.1f} GB" for one in ranks)  # fmt: skip
    routed_said, kept = size_words(of_experts), size_words(figures.params - of_experts)
    return Words(
        f"**Each card of N holds 1/N of the {count} routed experts of a layer, whole, and all that is no routed expert besides; weights of a card: {en}.** {routed_said} parameters are routed experts, {both_words(size)} as they are stored; attention, shared experts, dense layers and embeddings, {kept} or {both_words(rest)}, stand on each card unless tensor parallel divides them. KV cache, activations and redundant copies of popular experts come on top.",
        f"**N 张卡时,每张完整地放每层 {count} 个路由专家的 1/N,专家以外的部分再各放一份:每卡权重 {zh}。** 路由专家共 {routed_said} 参数,按这里的格式 {both_words(size)};注意力、共享专家、稠密层和词嵌入共 {kept},{both_words(rest)},每卡一份,除非再用张量并行切分。KV 缓存、激活和热门专家的冗余副本另算。",
    )


def _length_of_limit(figures: Figures) -> Words:
    """One sequence's cache at both lengths of a limit that is changed."""
    lengths = sorted({int(float(one)) for one in figures.logged_all("length")})
    if len(lengths) != 2:
        raise Missing("lengths")
    short, long = (gib_words(_one_sequence(figures, one)) for one in lengths)
    return Words(
        f"**On the card nothing: vLLM takes its share at the start, whatever the limit. What changes is the least that it needs to start, one sequence of the whole length: {long} of cache at {lengths[1]:,} tokens, {short} at {lengths[0]:,}.** So it starts on less, and the same pool counts for {figure(lengths[1] / lengths[0], 3)} times as many sequences of full length; requests that are as short as before take the same. What gives memory back is a lower gpu_memory_utilization.",
        f"**显卡上看到的一点不变:vLLM 启动时按份额占满,与上限无关。变的是启动的最低需要,即一条全长序列的缓存:{lengths[1]:,} token 要 {long},{lengths[0]:,} token 要 {short}。** 所以更容易启动,同样的缓存池能放 {figure(lengths[1] / lengths[0], 3)} 倍的全长序列;请求本来就短的,占用和以前一样。要让出显存,得调低 gpu_memory_utilization。",
    )


def _one_sequence(figures: Figures, tokens: int) -> float:
    return float(figures.at(seq_len=tokens, batch_size=1).terms["kv_cache"])


def _server_without_card(figures: Figures) -> Words:
    """What makes a server start that found too little, where no card is told: what it needs, and each way down."""
    base, stored, engine = figures.base, str(figures.knob("weight_format")), figures.given.get("engine")
    knob = share_of(engine).setting
    whole = int(figures.row().get("max_position_embeddings") or 0)
    if base.capacity is not None or figures.n > 1 or stored not in ("bf16", "fp16") or not whole:
        raise Missing("a server of no card")
    few = gib_words(figures.at(weight_format="gptq-int4").best)
    halves = gib_words(figures.at(n_gpus=2).best)
    told = int(figures.given.get("seq_len") or 0)
    longest, short = gib_words(_one_sequence(figures, whole)), gib_words(_one_sequence(figures, _STEP))
    length = Words(f" Set max_model_len: without it vLLM must hold one sequence of the whole {whole:,} tokens, {longest} of cache; {_STEP:,} take {short}.", f"设 max_model_len:不设时 vLLM 至少要放得下一条全长 {whole:,} token 的序列,缓存 {longest};{_STEP:,} 只要 {short}。") if not told and whole > _STEP and engine in _HOLDS_ONE else SILENT  # fmt: skip
    return Words(
        f"**The weights alone are {gib_words(base.terms['weights'])} in 16 bit: where the card has less, no setting helps but fewer bits (AWQ or GPTQ in 4 bits: {few} in all) or more cards (two: {halves} on each).**{length.en} Where the card has room for that and it still fails, another process holds memory, or the share ({knob}) is too low for weights and cache, or too high for what stands beside it.",
        f"**仅 16 位权重就要 {gib_words(base.terms['weights'])}:卡比这小,调参数没有用,只能换 4 位(AWQ/GPTQ,共 {few})或加卡(两张,每张 {halves})。** {length.zh}卡放得下却仍报错,就是别的进程占着显存,或份额({knob})太低放不下权重加缓存,或太高挤掉了份额之外的部分。",
    )


CONCEPT_WORDS: dict[str, Callable[[Figures], Any]] = {
    "least_of_kinds": _least_of_kinds, "share_halved": _share_halved, "entry_count_shown": _entry_count_shown, "pass_over_prompt": _pass_over_prompt,
    "caches_of_mixtures": _caches_of_mixtures, "sequence_parted": _sequence_parted, "hybrid_beside_full": _hybrid_beside_full,
    "copy_of_seven": _copy_of_seven, "experts_each": _experts_each, "length_of_limit": _length_of_limit,
    "server_without_card": _server_without_card,
}  # fmt: skip
