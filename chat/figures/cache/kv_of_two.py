"""The caches of two models set against each other: by how much a token of one takes more, and why; and what the card has for each."""

from collections.abc import Collection

from chat.figures.amount_words import kib
from chat.figures.cache.cache_versions import version_that_caches_less
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.cache.kv_words import of_a_layer
from chat.figures.cache.windows import amounts_seen, layers_with_a_window
from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.knobs import PLAIN_TYPES
from kb.outcome import Outcome
from kb.programs import serves

Named = tuple[str, Figures]
# what is suspected, and the plain no to it
_DENIED = {
    "leak_asked": Words("No leak: ", "不是泄漏:"),
    "bug_suspected": Words("No bug: ", "不是 bug:"),
    "fault_asked": Words("Nothing is set wrong: ", "没有配错:"),
    "normal_asked": Words("Yes, that is normal: ", "正常:"),
}


def _kept_how(figures: Figures, name: str) -> Words:
    """How a model keeps its heads, and with which numbers."""
    where = served(figures)
    found = kinds(where)
    layers = sum(kind.layers for kind in found)
    each = of_a_layer(where, found[0])
    way = _way(figures)
    if way == "MLA":
        kind = Words("MLA, one compressed vector for all heads", "MLA,所有头共用一个压缩向量")
    else:
        heads, kept = (float(where.situation.facts[one].value) for one in ("n_heads", "n_kv_heads"))
        kind = (
            Words("MHA, every head has its own keys and values", "MHA,每个头各存一份 K、V") if way == "MHA"
            else Words(f"MQA, {figure(heads)} query heads share one", f"MQA,{figure(heads)} 个查询头共用一份") if way == "MQA"
            else Words(f"GQA, {figure(heads)} query heads share {figure(kept)}", f"GQA,{figure(heads)} 个查询头共用 {figure(kept)} 份")
        )  # fmt: skip
    return Words(f"{name} {layers} layers × {each.en} ({kind.en})", f"{name} 为 {layers} 层 × {each.zh}({kind.zh})")


def of_two(these: Named, those: Named, about: Collection[str] = ()) -> Words:
    """By how much a token of one model takes more than one of another, and why; first the no, where a fault is suspected."""
    token = {name: token_bytes(figures) for name, figures in (these, those)}
    more, less = sorted((these, those), key=lambda one: -token[one[0]])
    times = figure(token[more[0]] / token[less[0]], 3)
    how = [_kept_how(figures, name) for name, figures in (more, less)]
    shown = [kib(token[name]) for name, _ in (more, less)]
    if token[more[0]] == token[less[0]]:
        return Words(
            f"**A token's cache takes the same in both, {shown[0]}**: {how[0].en}; {how[1].en}.",
            f"**两者每 token 的 KV 缓存一样大,都是 {shown[0]}**:{how[0].zh};{how[1].zh}。",
        )
    if (whole := _kept_whole(more, less)).en:
        return Words(f"{whole.en} {how[0].en}; {how[1].en}.", f"{whole.zh}{how[0].zh};{how[1].zh}。")
    opens = next((words for cue, words in _DENIED.items() if cue in about), SILENT)
    apart, on_card = "models_apart" in about, more[1].base.capacity
    over = _over_cards(more, less) if apart else SILENT
    rest = [_same_weights(more, less), _room(more[1], less[1])] if apart else []
    whole, way = _of_the_length(more[1], less[1]), _without_groups(more[1], less[1])
    cured = "bug_suspected" in about or (apart and on_card) or (way and whole.en)
    rest += [_smaller(more[1])] if not over.en and cured else []
    rest.append(version_that_caches_less(more[1]))
    head = (
        Words(
            f"{more[0]} has no GQA, so a token's cache takes {times} times as much as in {less[0]} ({way}): {shown[0]} against {shown[1]}{whole.en}.",
            f"{more[0]} 没有 GQA,每 token 的 KV 缓存是 {less[0]}({way})的 {times} 倍:{shown[0]} 对 {shown[1]}{whole.zh}。",
        )
        if way
        else Words(
            f"{'a' if opens.en and not over.en else 'A'} token's cache takes {times} times as much in {more[0]} as in {less[0]}: {shown[0]} against {shown[1]}{whole.en}.",
            f"{more[0]} 每 token 的 KV 缓存是 {less[0]} 的 {times} 倍:{shown[0]} 对 {shown[1]}{whole.zh}。",
        )
    )
    first = (
        Words(f"**{opens.en}{over.en}** {head.en}", f"**{opens.zh}{over.zh}**{head.zh}")
        if over.en
        else Words(f"**{opens.en}{head.en}**", f"**{opens.zh}{head.zh}**")
    )
    return Words(
        f"{first.en} {how[0].en}; {how[1].en}.{''.join(one.en for one in rest)}",
        f"{first.zh}{how[0].zh};{how[1].zh}。{''.join(one.zh for one in rest)}",
    )


# `why does a 27B use more than a 32B`: the first that is named is said to take more
FIRST_TAKES_MORE = "first_takes_more"


def weights_of_two(these: Named, those: Named, about: Collection[str] = ()) -> Words:
    """That weights are most of what sets two models apart, and which of them takes more where the other is said to; silent where
    the cache of what was told is as much of it, or more."""
    cases = {name: _alone(figures) for name, figures in (these, those)}
    (more, most), (less, least) = sorted(cases.items(), key=lambda one: -one[1].terms.get("weights", 0.0))
    weights, caches = ([one.terms.get(term, 0.0) for one in (most, least)] for term in ("weights", "kv_cache"))
    if weights[0] - weights[1] <= abs(caches[0] - caches[1]):
        return SILENT
    each, length = (
        (Words(" on each card", "每张卡") if these[1].n > 1 else SILENT),
        figure(float(these[1].knob("seq_len"))),
    )
    shown, kept = ([gib_words(one) for one in pair] for pair in (weights, caches))
    if FIRST_TAKES_MORE in about and more == those[0]:
        return Words(
            f"**By these figures it is the other way round: {more} takes more, {shown[0]}{each.en} of weights against {shown[1]} in {less}; the caches of {length} tokens are {kept[0]} and {kept[1]}.** Where {less} is seen to take more, its weights are in more bits, its context is longer, or more sequences are served. ",
            f"**按这些数字正好相反:占得多的是 {more},{each.zh}权重 {shown[0]},{less} 是 {shown[1]};{length} token 的缓存是 {kept[0]} 和 {kept[1]}。**若看到 {less} 更多,就是它的权重位数更高、上下文更长,或同时服务的序列更多。",
        )
    return Words(
        f"**It is mostly the weights: {shown[0]}{each.en} in {more}, {shown[1]} in {less}; the caches of {length} tokens are {kept[0]} and {kept[1]}.** ",
        f"**主要是权重:{each.zh}{more} 为 {shown[0]},{less} 为 {shown[1]};{length} token 的缓存是 {kept[0]} 和 {kept[1]}。**",
    )


_AS_SEEN = 0.08  # of a need: what is told round is as near


def _kept_whole(more: Named, less: Named) -> Words:
    """That the model with windows was run without them, where what is told to be seen is its need with every token in every layer."""
    (name, figures), (other, beside) = more, less
    if "seq_len" not in figures.given or figures.knob("engine") != "llama.cpp":
        return SILENT
    try:
        cache, whole = figures.need("kv_unwindowed"), figures.need("whole_unwindowed")
    except Missing:
        return SILENT
    if not any(abs(one / whole - 1) < _AS_SEEN for one in amounts_seen(figures)):
        return SILENT
    length, layers = figure(float(figures.knob("seq_len"))), layers_with_a_window(figures)
    found = kinds(served(figures))
    all_layers, windowed = figure(sum(kind.layers for kind in found)), gib_words(figures.need("kv_all"))
    kept, eight = gib_words(beside.need("kv_all")), gib_words(figures.at(kv_format="q8_0").part_of_all("kv"))
    return Words(
        f"**{name} was run without its windows: with all {length} tokens in each of its {all_layers} layers the cache is {gib_words(cache)} ({kib(token_bytes(figures))} a token), {both_words(whole)} in all, which is what you see; {other} takes {kept}.** With the windows it is {windowed} ({layers.en}): update llama.cpp and leave out --swa-full. A q8_0 cache with flash attention is {eight} then.",
        f"**这是没用上滑动窗口的结果:{name} 的 {all_layers} 层都存全部 {length} 个 token,缓存 {gib_words(cache)}(每 token {kib(token_bytes(figures))}),总共 {both_words(whole)},正是看到的数;{other} 是 {kept}。** 用上窗口只要 {windowed}({layers.zh}):升级 llama.cpp,不要加 --swa-full;再开 flash attention 用 q8_0 缓存是 {eight}。",
    )


_PLAIN_TYPES = {*PLAIN_TYPES, None}
_AS_LARGE = 0.1  # weights that are called as large as each other differ by no more


def _same_weights(more: Named, less: Named) -> Words:
    """That weights are not what sets two models apart, where they are about as large; silent else."""
    weights = [_alone(figures).terms.get("weights", 0.0) for _, figures in (more, less)]
    if min(weights) < (1 - _AS_LARGE) * max(weights):
        return SILENT
    shown, each = [both_words(one) for one in weights], Words(" on each card", "每张卡") if more[1].n > 1 else SILENT
    few = (
        Words(" Quantising divides the weights alone, the cache stays in 16 bit.", "量化只压权重,缓存仍是 16 位。")
        if not {one[1].knob("weight_format") for one in (more, less)} & _PLAIN_TYPES and not more[1].given.get("kv_format")
        else SILENT
    )  # fmt: skip
    return Words(
        f" It is not the weights: {shown[0]} in {more[0]} and {shown[1]} in {less[0]}{each.en}.{few.en}",
        f"差别不在权重:{each.zh}{more[0]} 为 {shown[0]},{less[0]} 为 {shown[1]}。{few.zh}",
    )


def _without_groups(more: Figures, less: Figures) -> str:
    """How the other keeps its heads, where the larger keeps every one and that sets them apart; empty else."""
    ways = [_way(one) for one in (more, less)]
    return ways[1] if ways[0] == "MHA" != ways[1] else ""


def _way(figures: Figures) -> str:
    """MHA, GQA, MQA or MLA."""
    where = served(figures)
    if kinds(where)[0].how == "latent":
        return "MLA"
    heads, kept = (float(where.situation.facts[one].value) for one in ("n_heads", "n_kv_heads"))
    return "MHA" if heads == kept else "MQA" if kept == 1 else "GQA"


def token_bytes(figures: Figures) -> float:
    """Bytes that a token keeps over all layers and cards, with no window."""
    return sum(kind.layers * kind.token for kind in kinds(served(figures)))


def _alone(figures: Figures) -> Outcome:
    """The case with one sequence."""
    return figures.at(batch_size=1)


def _over_cards(more: Named, less: Named) -> Words:
    """Of two models on several cards of which one keeps a vector that no card can hold a part of, that each card keeps it whole."""
    latent = [one for one in (more, less) if kinds(served(one[1]))[0].how == "latent"]
    ways = int(more[1].knob("tp") or 1)
    if len(latent) != 1 or ways < 2:
        return SILENT
    other = more if latent[0] is less else less
    whole, part = (
        kib(token_bytes(latent[0][1])),
        kib(_alone(other[1]).terms["kv_cache"] / float(other[1].knob("seq_len"))),
    )
    return Words(
        f"tensor parallelism divides KV heads, and {latent[0][0]} (MLA) has none to divide: each of the {ways} cards keeps the whole {whole} of a token, where {other[0]} keeps {part} on each. So its tokens do not multiply with the cards; attention data-parallel (SGLang --enable-dp-attention, vLLM --data-parallel-size) gives each card its own requests and their cache.",
        f"张量并行按 KV 头切分,{latent[0][0]} 没有头可切:{ways} 张卡每张都存完整的 {whole},而 {other[0]} 每张卡只存 {part}。所以它的 token 数不随卡数翻倍;注意力用数据并行(SGLang --enable-dp-attention、vLLM --data-parallel-size),每张卡各存自己的请求,容量才会成倍。",
    )


def _room(more: Figures, less: Figures) -> Words:
    """What weights and a run leave of a card for the cache, and how much goes in; silent where no card is told, or neither has any."""
    cases = [_alone(one) for one in (more, less)]
    kept = [one.terms.get("kv_cache", 0.0) for one in cases]
    left = [max(0.0, (one.capacity or 0.0) - one.best + cache) for one, cache in zip(cases, kept, strict=True)]
    if not (all(kept) and any(left)):
        return SILENT
    length = float(more.knob("seq_len"))
    shown, weights = [gib_words(one) for one in left], [gib_words(one.terms.get("weights", 0.0)) for one in cases]
    tokens = [f"{int(room / cache * length):,}" for room, cache in zip(left, kept, strict=True)]
    held = [f"{int(room // cache):,}" for room, cache in zip(left, kept, strict=True)]
    each = Words(" per card", "每张卡") if more.n > 1 else SILENT
    return Words(
        f" The weights are {weights[0]} and {weights[1]}{each.en}, which leaves {shown[0]} and {shown[1]} for the cache: about {tokens[0]} and {tokens[1]} tokens, {held[0]} and {held[1]} sequences of {figure(length)} at once.",
        f"{each.zh}权重分别是 {weights[0]} 和 {weights[1]},给缓存剩下 {shown[0]} 和 {shown[1]}:约 {tokens[0]} 和 {tokens[1]} 个 token,即同时 {held[0]} 条和 {held[1]} 条 {figure(length)} token 的序列。",
    )


def _of_the_length(more: Figures, less: Figures) -> Words:
    """What a sequence of the length that was told takes in each."""
    length = more.given.get("seq_len")
    if not length:
        return SILENT
    each = [sum(kind.layers * kind.token * kind.kept for kind in kinds(served(one))) for one in (more, less)]
    shown = [gib_words(size) for size in each]
    if each[0] < each[1]:  # what has windows, which a token of its own does not show
        found = kinds(served(more))
        layers, window = figure(sum(kind.layers for kind in found)), min(kind.kept for kind in found)
        short = figure(sum(kind.layers for kind in found if kind.kept == window))
        return Words(
            f"; but {figure(float(length))} tokens are {shown[0]} against {shown[1]}, since {short} of its {layers} layers keep only the last {figure(window)}",
            f";但 {figure(float(length))} token 时是 {shown[0]} 对 {shown[1]},因为它的 {layers} 层里有 {short} 层只存最近 {figure(window)} 个",
        )
    apart = gib_words(each[0] - each[1])
    return Words(
        f", so {figure(float(length))} tokens are {shown[0]} against {shown[1]}, {apart} more for each sequence",
        f",{figure(float(length))} token 就是 {shown[0]} 对 {shown[1]},每条序列多 {apart}",
    )


def _smaller(figures: Figures) -> Words:
    """What makes the cache of one model smaller."""
    kept = "fp8" if serves(figures.given.get("engine")) else "q8_0"
    eight = kib(sum(kind.layers * kind.token for kind in kinds(served(figures, kv_format=kept))))
    return Words(
        f" What helps: a {kept} cache ({eight} a token), a shorter context, or a model with fewer KV heads.",
        f"缓解:{kept} 缓存(每 token {eight})、缩短上下文,或换 KV 头更少的模型。",
    )
