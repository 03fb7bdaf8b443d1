"""The caches of two models set against each other: by how much a token of one takes more, and why."""

from chat.figures.amount_words import kib
from chat.figures.cache_versions import version_that_caches_less
from chat.figures.kv_words import kinds, of_a_layer, served
from chat.figures.named import Figures, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words


def _kept_how(figures: Figures, name: str) -> Words:
    """How a model keeps its heads, and with which numbers."""
    where = served(figures)
    found = kinds(where)
    layers = sum(kind.layers for kind in found)
    each = of_a_layer(where, found[0])
    if found[0].how == "latent":
        kind = Words("MLA, one compressed vector for all heads", "MLA,所有头共用一个压缩向量")
    else:
        heads, kept = (float(where.situation.facts[one].value) for one in ("n_heads", "n_kv_heads"))
        kind = (
            Words("MHA, every head has its own keys and values", "MHA,每个头各存一份 K、V") if heads == kept
            else Words(f"MQA, {figure(heads)} query heads share one", f"MQA,{figure(heads)} 个查询头共用一份") if kept == 1
            else Words(f"GQA, {figure(heads)} query heads share {figure(kept)}", f"GQA,{figure(heads)} 个查询头共用 {figure(kept)} 份")
        )  # fmt: skip
    return Words(f"{name} {layers} layers × {each.en} ({kind.en})", f"{name} 为 {layers} 层 × {each.zh}({kind.zh})")


def of_two(these: tuple[str, Figures], those: tuple[str, Figures], bug: bool = False) -> Words:
    """By how much a token of one model takes more than one of another, and why; that it is no bug, where one is suspected."""
    token = {name: sum(kind.layers * kind.token for kind in kinds(served(figures))) for name, figures in (these, those)}
    more, less = sorted((these, those), key=lambda one: -token[one[0]])
    times = figure(token[more[0]] / token[less[0]], 3)
    how = [_kept_how(figures, name) for name, figures in (more, less)]
    shown = [kib(token[name]) for name, _ in (more, less)]
    if token[more[0]] == token[less[0]]:
        return Words(
            f"**A token's cache takes the same in both, {shown[0]}**: {how[0].en}; {how[1].en}.",
            f"**两者每 token 的 KV 缓存一样大,都是 {shown[0]}**:{how[0].zh};{how[1].zh}。",
        )
    opens = Words("No bug: a", "不是 bug:") if bug else Words("A", "")
    whole, version = _of_the_length(more[1], less[1]), version_that_caches_less(more[1])
    bits = _smaller(more[1]) if bug else SILENT
    smaller = Words(bits.en + version.en, bits.zh + version.zh)
    return Words(
        f"**{opens.en} token's cache takes {times} times as much in {more[0]} as in {less[0]}: {shown[0]} against {shown[1]}{whole.en}.** {how[0].en}; {how[1].en}.{smaller.en}",
        f"**{opens.zh}{more[0]} 每 token 的 KV 缓存是 {less[0]} 的 {times} 倍:{shown[0]} 对 {shown[1]}{whole.zh}。**{how[0].zh};{how[1].zh}。{smaller.zh}",
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
    return Words(
        f", so {figure(float(length))} tokens are {shown[0]} against {shown[1]}",
        f",{figure(float(length))} token 就是 {shown[0]} 对 {shown[1]}",
    )


def _smaller(figures: Figures) -> Words:
    """What makes the cache of one model smaller."""
    eight = kib(sum(kind.layers * kind.token for kind in kinds(served(figures, kv_format="q8_0"))))
    return Words(
        f" A q8_0 cache takes {eight} a token; a shorter context, or a version of the model with fewer KV heads, takes less as well.",
        f"改用 q8_0 缓存则每 token {eight};缩短上下文、换 KV 头更少的版本也能减小。",
    )
