"""The KV cache of a model in one line: the formula with its numbers in it, for a token, a sequence and all sequences.

Every kind of layer counts as it keeps: all tokens, a window of them, one compressed vector for all heads, or a state that
does not grow.
"""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.kv_grid import grid
from chat.figures.cache.kv_kinds import Kind, amount, fact_at, kinds, served
from chat.figures.cache.latent_words import expanded
from chat.figures.cache.narrow_caches import in_fewer_bits
from chat.figures.named import Figures, Missing, gib_words
from chat.figures.worked import by_program
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.recipe import assumed


def of_a_layer(where: Outcome, kind: Kind) -> Words:
    """What one token takes in one layer, as a product without its value."""
    per_number = figure(float(where.situation.facts["kv_bytes"].value), 5)
    if kind.how == "latent":
        rank, rotary = (figure(fact_at(where, name, "")) for name in ("kv_lora_rank", "qk_rope_head_dim"))
        return Words(f"({rank} + {rotary}) × {per_number} B", f"({rank} + {rotary})× {per_number} 字节")
    width = kind.token / (2 * float(where.situation.facts["kv_bytes"].value))
    dim = float(fact_at(where, "head_dim", ""))
    if width % dim:
        return Words(f"{figure(width)} × {per_number} B", f"{figure(width)} × {per_number} 字节")
    heads, sides = figure(width / dim), _of_sides(where)
    return Words(
        f"{heads} KV head{'s' if heads != '1' else ''} × {figure(dim)} (head size) × {per_number} B{sides.en}",
        f"{heads} 个 KV 头 × {figure(dim)}(每头维度)× {per_number} 字节{sides.zh}",
    )


def _of_sides(where: Outcome) -> Words:
    """That the bytes are a mean, where keys and values are stored otherwise."""
    keys, values = where.situation.knob("kv_format"), where.situation.knob("v_format")
    if not values or values == keys:
        return SILENT
    return Words(f" (the mean of K in {keys} and V in {values})", f"(K 用 {keys}、V 用 {values} 的平均)")


def in_one_line(figures: Figures) -> Words:
    """The cache of the case, its formula first."""
    where = served(figures, **by_program(figures))
    found = kinds(where)
    length = int(fact_at(where, "seq_len", ""))
    each = of_a_layer(where, found[0])
    two = "" if found[0].how == "latent" else "2 (keys and values) × "
    two_zh = "" if found[0].how == "latent" else "2(K 与 V)× "
    sequence = sum(kind.layers * kind.token * kind.kept for kind in found)
    token = 0.0
    if len({(kind.token, kind.kept) for kind in found}) > 1:
        line = _by_kinds(where, found, sequence, two, two_zh)
    else:
        layers = sum(kind.layers for kind in found)
        token = layers * found[0].token
        exact = f"{token:,.0f} B = {kib(token)}"
        window = SILENT
        if found[0].kept < length:
            window = Words(f" (the window, of {figure(length)})", f"(窗口,序列共 {figure(length)})")
        kept = figure(found[0].kept)
        line = Words(
            f"{two}{layers} layers × {each.en} = {exact} per token; × {kept} tokens{window.en} = {amount(sequence)} per sequence",
            f"{two_zh}{layers} 层 × {each.zh} = 每 token {exact};× {kept} token{window.zh} = 每条序列 {amount(sequence)}",
        )
    told = grid(
        figures, length, int(where.situation.knob("batch_size") or 1), lambda tokens: _sequence(figures, tokens)
    )
    together = _together(where, sequence)
    tails = [
        _recurrent(where, found), _repeated(where, found), _ungrouped(figures, where, found), _of_one_head(figures, where, found), _unwindowed(where, found), expanded(figures, where, found),
        _on_cards(figures), in_fewer_bits(figures, where, sequence, _bytes_in(figures), token),
    ]  # fmt: skip
    return Words(
        f"**KV cache: {line.en}{together.en}.**" + "".join(f" {tail.en}." for tail in tails if tail.en) + told.en,
        f"**KV 缓存:{line.zh}{together.zh}。**" + "".join(f"{tail.zh}。" for tail in tails if tail.zh) + told.zh,
    )


def _sequence(figures: Figures, tokens: int) -> float:
    """Bytes that one sequence of so many tokens keeps."""
    return sum(
        kind.layers * kind.token * kind.kept for kind in kinds(served(figures, seq_len=tokens, **by_program(figures)))
    )


def _by_kinds(where: Outcome, found: tuple[Kind, ...], sequence: float, two: str, two_zh: str) -> Words:
    """Layers that keep differently, each kind with its own tokens."""
    en, zh = [], []
    for kind in sorted(found, key=lambda one: -one.kept):
        each = of_a_layer(where, kind)
        en.append(
            f"{kind.layers} layers × {two}{each.en} × {figure(kind.kept)} tokens = {amount(kind.layers * kind.token * kind.kept)}"
        )
        zh.append(
            f"{kind.layers} 层 × {two_zh}{each.zh} × {figure(kind.kept)} token = {amount(kind.layers * kind.token * kind.kept)}"
        )
    growing = max(kind.kept for kind in found)
    token = sum(kind.layers * kind.token for kind in found if kind.kept == growing)
    return Words(
        f"{'; '.join(en)}: {amount(sequence)} per sequence, and each further token adds {kib(token)}",
        f"{';'.join(zh)}:每条序列共 {amount(sequence)},之后每多一个 token 只加 {kib(token)}",
    )


def _together(where: Outcome, sequence: float) -> Words:
    many = int(where.situation.knob("batch_size") or 1)
    if many < 2:
        return SILENT
    return Words(
        f"; × {many} sequences = {amount(many * sequence)} in all", f";× {many} 条序列 = 共 {amount(many * sequence)}"
    )


def _recurrent(where: Outcome, found: tuple[Kind, ...]) -> Words:
    """Of a hybrid, the layers that keep a state instead."""
    others = int(where.situation.facts["n_layers"].value) - sum(kind.layers for kind in found)
    state = next((float(value) for quantity, value in where.values.items() if quantity.name == "state"), 0.0)
    if others < 1 or not state:
        return SILENT
    each = state / int(where.situation.knob("batch_size") or 1)
    return Words(
        f"The other {others} layers keep a state of {each / 2**20:.3g} MiB per sequence, however long it is",
        f"其余 {others} 层只保留状态,每条序列 {each / 2**20:.3g} MiB,与长度无关",
    )


def _repeated(where: Outcome, found: tuple[Kind, ...]) -> Words:
    """Of code that repeats its heads before it keeps them, what an engine that does not takes."""
    grouped = float(where.situation.facts["n_kv_heads"].value) if "n_kv_heads" in where.situation.facts else 0.0
    wide = 2 * grouped * float(fact_at(where, "head_dim", "")) * float(where.situation.facts["kv_bytes"].value)
    if found[0].how == "latent" or not wide or found[0].token <= wide:
        return SILENT
    layers = sum(kind.layers for kind in found)
    return Words(
        f"The code of transformers repeats its {figure(grouped)} KV heads before it keeps them; an engine that keeps them grouped takes {kib(layers * wide)} per token",
        f"transformers 的代码会先把 {figure(grouped)} 个 KV 头复制再缓存;按分组缓存的引擎每 token 只需 {kib(layers * wide)}",
    )


def _on_cards(figures: Figures) -> Words:
    """What a card holds of it where several share the model; heads are not cut."""
    cards, each = figures.n, figures.base.terms.get("kv_cache", 0.0)
    if cards < 2 or not each or figures.knob("task") == "train":
        return SILENT
    heads, ways = figures.amount("kv_heads"), int(figures.knob("tp") or 1)
    why = SILENT
    if 0 < heads < ways:
        why = Words(
            f": {figure(heads)} KV heads on {ways} cards of tensor parallelism are not cut further, a head is kept more than once",
            f":{figure(heads)} 个 KV 头分给 {ways} 张张量并行的卡,头不能再切,只能重复存放",
        )
    return Words(f"On each of {cards} cards that is {amount(each)}{why.en}", f"{cards} 张卡每张 {amount(each)}{why.zh}")


def _bytes_in(figures: Figures) -> Callable[[str], float]:
    """Bytes of a number of the cache, by its format."""
    return lambda kept: float(served(figures, kv_format=kept).situation.facts["kv_bytes"].value)


def _unwindowed(where: Outcome, found: tuple[Kind, ...]) -> Words:
    """What it would be if layers with a window kept everything, as a program without windows does."""
    length = max(int(fact_at(where, "seq_len", "")), max(kind.kept for kind in found))
    if all(kind.kept >= length for kind in found):
        return SILENT
    token = sum(kind.layers * kind.token for kind in found)
    many = float(where.situation.knob("batch_size") or 1)
    whole = amount(token * length * many)
    return Words(
        f"A program that keeps all tokens in every layer (llama.cpp with --swa-full, to reuse the cache of earlier prompts; answering does not need it) takes {kib(token)} per token, {whole}",
        f"若程序在每一层都保留全部 token(如 llama.cpp 的 --swa-full,只为复用先前提示的缓存,正常回答用不着),则每 token {kib(token)},共 {whole}",
    )


def _ungrouped(figures: Figures, where: Outcome, found: tuple[Kind, ...]) -> Words:
    """Of heads that share keys and values, what it would be if each had its own, where it is asked what sharing saves."""
    heads, grouped = (float(fact_at(where, name, "0")) for name in ("n_heads", "n_kv_heads"))
    if not figures.about & {"heads_save", "kinds_of_attention"} or found[0].how == "latent" or not 0 < grouped < heads:
        return SILENT
    token = sum(kind.layers * kind.token for kind in found) * heads / grouped
    whole = sum(kind.layers * kind.token * kind.kept for kind in found) * heads / grouped
    whole *= float(where.situation.knob("batch_size") or 1)
    times = figure(heads / grouped, 3)
    return Words(
        f"With a key and a value for each of its {figure(heads)} query heads (MHA) instead of {figure(grouped)} that they share it would take {times} times as much: {kib(token)} per token and {amount(whole)}",
        f"若 {figure(heads)} 个查询头各存一份 K 和 V(MHA),而不是共用 {figure(grouped)} 份,就是 {times} 倍:每 token {kib(token)},共 {amount(whole)}",
    )


def _of_one_head(figures: Figures, where: Outcome, found: tuple[Kind, ...]) -> Words:
    """What one key and one value for all query heads would take, where that kind is named."""
    grouped = float(fact_at(where, "n_kv_heads", "0"))
    if "one_head" not in figures.about or found[0].how == "latent" or grouped <= 1:
        return SILENT
    token = sum(kind.layers * kind.token for kind in found) / grouped
    whole = sum(kind.layers * kind.token * kind.kept for kind in found) / grouped
    whole *= float(where.situation.knob("batch_size") or 1)
    return Words(
        f"With one key and one value for all query heads (MQA) it would be 1/{figure(grouped)} of that: {kib(token)} per token and {amount(whole)}",
        f"若所有查询头共用一份 K 和 V(MQA),就是 1/{figure(grouped)}:每 token {kib(token)},共 {amount(whole)}",
    )


def in_general(figures: Figures) -> Words:
    """The formula in words, for one who asks how it comes about."""
    found = kinds(served(figures))
    if len({kind.kept for kind in found}) > 1:
        return _with_windows(found)
    if found[0].how == "latent":
        return Words(
            "Each layer keeps for every token one compressed vector and one rotary key that all heads share: bytes = layers × (compressed width + rotary width) × bytes of a number × tokens × sequences.",
            "每层为每个 token 保留所有头共用的一个压缩向量和一个旋转键:字节数 = 层数 ×(压缩维度 + 旋转维度)× 每个数的字节数 × token 数 × 序列数。",
        )
    return Words(
        "Each layer keeps for every token a key and a value in each KV head, for later tokens attend to them: bytes = 2 (K and V) × layers × KV heads × head size × bytes of a number × tokens × sequences.",
        "后面的 token 要看前面所有 token 的 K 和 V,所以每层、每个 KV 头都要为每个 token 各存一份:字节数 = 2(K 与 V)× 层数 × KV 头数 × 每头维度 × 每个数的字节数 × token 数 × 序列数。",
    )


def _with_windows(found: tuple[Kind, ...]) -> Words:
    """The same of a model of whose layers some keep a window, which the product over all of its layers leaves out."""
    longest = max(kind.kept for kind in found)
    short = [kind for kind in found if kind.kept < longest]
    layers, few = sum(kind.layers for kind in found), sum(kind.layers for kind in short)
    window = figure(min(kind.kept for kind in short))
    sizes = [sum(kind.layers * kind.token * kind.kept for kind in group) for group in ([kind for kind in found if kind.kept == longest], short)]  # fmt: skip
    each, alike = (
        [gib_words(size) for size in sizes],
        gib_words(sum(kind.layers * kind.token * longest for kind in found)),
    )
    return Words(
        f"**Not every layer keeps every token: only {layers - few} of {layers} layers are global and keep all {figure(longest)}, the other {few} have a sliding window and keep the last {window}: {each[0]} + {each[1]} = {gib_words(sum(sizes))}.** The product over all {layers} layers, {alike}, counts the windows as if they kept everything.",
        f"**不是每层都存全部 token:{layers} 层中只有 {layers - few} 层是全局层,存全部 {figure(longest)} 个;其余 {few} 层是滑动窗口,只存最近 {window} 个:{each[0]} + {each[1]} = {gib_words(sum(sizes))}。** 按全部 {layers} 层相乘得到的 {alike},是把滑动窗口的层也当成全局层了。",
    )


def with_heads(figures: Figures) -> Words:
    """The cache of the same model with another number of KV heads, as imagined; Missing where that is its own."""
    where = served(figures)
    found = kinds(where)
    other, kept = float(figures.told.get("kv_heads") or 0), float(where.situation.facts["n_kv_heads"].value)
    if not other or other == kept or found[0].how == "latent":
        raise Missing("other heads")
    token = sum(kind.layers * kind.token for kind in found) * other / kept
    sequence = sum(kind.layers * kind.token * kind.kept for kind in found) * other / kept
    length = figure(float(fact_at(where, "seq_len", "")))
    times = figure(max(other, kept) / min(other, kept), 3)
    return Words(
        f"With {figure(other)} KV heads instead of {figure(kept)} it would be {times} times {'less' if other < kept else 'more'}: {kib(token)} per token, {amount(sequence)} for {length} tokens.",
        f"若改成 {figure(other)} 个 KV 头(现为 {figure(kept)} 个),就{'缩小' if other < kept else '增大'}到{'原来的 1/' + times if other < kept else ' ' + times + ' 倍'}:每 token {kib(token)},{length} token 共 {amount(sequence)}。",
    )


def k_of_tokens(figures: Figures) -> Words:
    """How many tokens a length in K is."""
    binary, thousands, decimal = _lengths(figures)
    return Words(
        f"**{thousands}K is {binary:,} tokens ({thousands} × 1,024), as models declare it**; {decimal:,} is the same name counted in thousands.",
        f"**{thousands}K 是 {binary:,} 个 token({thousands} × 1,024),模型声明的就是这个数**;{decimal:,} 是按千计数的写法。",
    )


def k_of_cached_tokens(figures: Figures) -> Words:
    """The same, and what the other way of counting changes in the cache of the model."""
    plain, (binary, _, decimal) = k_of_tokens(figures), _lengths(figures)
    more, less = (_sequence(figures, length) for length in (binary, decimal))
    return Words(
        f"{plain.en} The KV cache of a sequence is {gib_words(more)} for the one and {gib_words(less)} for the other: {gib_words(more - less)} apart.",
        f"{plain.zh}一条序列的 KV 缓存分别是 {gib_words(more)} 和 {gib_words(less)},相差 {gib_words(more - less)}。",
    )


def _lengths(figures: Figures) -> tuple[int, int, int]:
    """A length in binary, its number of K, and the same in thousands; Missing for one that is no whole K."""
    binary = int(float(figures.given.get("seq_len") or 0))
    if not binary or binary % 1024:
        raise Missing("a length in K")
    return binary, binary // 1024, binary // 1024 * 1000


def in_examples(figures: Figures) -> Words:
    """A token's cache in well-known models of each kind of attention; of a length that was told, the whole as well."""
    length = float(figures.given.get("seq_len") or 0)
    en, zh = [], []
    for kind, name in (("multi-head", "MHA"), ("grouped heads", "GQA"), ("latent attention", "MLA")):
        model = str(assumed("model", kind))
        where = served(Figures({"model": model}))
        found = kinds(where)
        layers = sum(kind.layers for kind in found)
        token = layers * found[0].token
        width, each = (
            found[0].token / float(where.situation.facts["kv_bytes"].value),
            float(fact_at(where, "head_dim", "")),
        )
        parts = ("kv_lora_rank", "qk_rope_head_dim")
        kept = (
            f"{layers} × ({' + '.join(figure(fact_at(where, one, '')) for one in parts)})"
            if found[0].how == "latent"
            else f"2 × {layers} × {figure(width / 2 / each)} × {figure(each)}"
        )
        numbers = figure(float(where.situation.facts["kv_bytes"].value))
        whole = f", {amount(token * length)}" if length > 1 else ""
        en.append(f"{model} ({name}) {kept} × {numbers} B = {kib(token)}{whole}")
        zh.append(f"{model}({name}){kept} × {numbers} 字节 = {kib(token)}{whole}")
    of = Words(f", and of {figure(length)} tokens", f"及 {figure(length)} token") if length > 1 else SILENT
    return Words(
        f"Per token{of.en}: {'; '.join(en)}.", f"例如每 token{' ' * bool(of.zh)}{of.zh}的缓存:{';'.join(zh)}。"
    )
