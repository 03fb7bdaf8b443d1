"""Servers and copies of one model on one card: whether it holds them, how many it holds, and the share that each is given."""

from collections.abc import Callable
from math import ceil, floor

from chat.figures.named import Figures, Missing, gib_words, pool_tokens
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.pools import ALL_SERVERS, share_of

_FINE = 100
_FEWER_BITS = (8, 4)


def _servers(figures: Figures) -> int:
    """As many as are told; "several" are two."""
    return int(next(iter(figures.logged_all("servers")), 2))


def _by_files(figures: Figures) -> bool:
    """Is it a program that takes what it needs, and no share of the card?"""
    return figures.knob("engine") == "llama.cpp" or str(figures.knob("weight_format")).startswith("gguf")


def _share_of_each(count: int) -> float:
    """Hundredths of the card for each of the servers."""
    return floor(_FINE * ALL_SERVERS / count) / _FINE


def _most(there: Outcome, card: float, shares: bool) -> int:
    """How many go on the card for sure: servers by the least share of each in hundredths."""
    high = there.bounds[1]
    return floor(ALL_SERVERS / (ceil(_FINE * high / card) / _FINE)) if shares else floor(card / high)


def _copies_held(figures: Figures) -> Words:
    """Whether the card holds so many, or how many it holds: each with weights, a runtime and a cache of its own."""
    card, shares = figures.need("capacity_whole"), not _by_files(figures)
    most, need = _most(figures.base, card, shares), figures.base.best
    if "servers" not in figures.log and ("copies_asked" in figures.about or most < _servers(figures)):
        if not most:
            raise Missing("copies")
        own = _own(figures)
        opens = Words(
            f"**{most} for sure: {_product(most, need)} of {gib_words(card)}.** {own.en}",
            f"**稳妥能放 {most} 个:{_product(most, need)},卡上 {gib_words(card)}。** {own.zh}",
        )
        return _with_shares(opens, figures, most) if shares and most > 1 else opens
    count = _servers(figures)
    whole, on = _product(count, need), gib_words(card)
    if count > most and count * need > card * (ALL_SERVERS if shares else 1):
        fewer, fewer_zh = _in_fewer_bits(figures, count, card, shares)
        goes = "goes" if most == 1 else "go"
        sure = Words(f"; {most} {goes} on it for sure" if most else "", f",稳妥能放 {most} 个" if most else "")
        by_share = count * need <= card
        of = Words(f" ({ALL_SERVERS:g} of it for servers)" if by_share else "", f"(服务最多用其 {ALL_SERVERS:g})" if by_share else "")  # fmt: skip
        return Words(
            f"**No: {whole}, and the card has {on}{of.en}{sure.en}.**{fewer}",
            f"**不行:{whole},而卡上只有 {on}{of.zh}{sure.zh}。**{fewer_zh}",
        )
    sure, own = Words("Yes", "可以") if count <= most else Words("Tightly", "很勉强"), _own(figures)
    opens = Words(f"**{sure.en}: {whole} of {on}.** {own.en}", f"**{sure.zh}:{whole},卡上 {on}。** {own.zh}")
    return _with_shares(opens, figures, count) if shares else opens


def _own(figures: Figures) -> Words:
    weights = gib_words(figures.base.terms["weights"])
    return Words(
        f"Each has weights of its own ({weights}), a runtime and a cache.",
        f"每个都有自己的权重({weights})、运行时和缓存。",
    )


def _product(count: int, need: float) -> str:
    return f"{count} × {gib_words(need)} = {gib_words(count * need)}"


def _in_fewer_bits(figures: Figures, count: int, card: float, shares: bool) -> tuple[str, str]:
    """The most bits in which so many go on the card."""
    if int(figures.knob("bits") or 0) not in (0, 16):
        return "", ""
    for bits in _FEWER_BITS:
        there = figures.at(bits=bits, weight_format=None)
        if _most(there, card, shares) >= count:
            whole = _product(count, there.best)
            return f" In {bits}-bit they fit: {whole}.", f"{bits} 位时放得下:{whole}。"
    return "", ""


def _with_shares(opens: Words, figures: Figures, count: int) -> Words:
    each, knob = _share_of_each(count), share_of(figures.given.get("engine")).setting
    taken, left = (gib_words(one) for one in (figures.need("taken"), figures.need("capacity_whole") - figures.need("taken")))  # fmt: skip
    pool = _pool(figures, each)
    apiece = gib_words(each * figures.need("capacity_whole"))
    return Words(
        f"{opens.en} A server like vLLM takes its share of the whole card at its start, {figures['usual_share']} by default, {taken}, and leaves {left} for the next: give each {knob} {each:g}, {apiece} apiece{pool.en}, and start them one after the other.",
        f"{opens.zh}vLLM 这类服务启动时就按整张卡的比例占用,默认 {figures['usual_share']},即 {taken},留给下一个的只有 {left}:给每个设 {knob} {each:g},各 {apiece}{pool.zh},并先后启动。",
    )


def _pool(figures: Figures, share: float) -> Words:
    """The tokens of cache of a server that is given that share."""
    there = figures.at(gpu_memory_utilization=share, engine=figures.given.get("engine") or "vllm")
    tokens = pool_tokens(there)
    return Words(f", of which about {tokens:,} tokens of cache", f",缓存约 {tokens:,} 个 token") if tokens else SILENT


def _one_or_several(figures: Figures) -> Words:
    """One server that batches more beside several copies on its card: whose weights are kept how often, and what cache that leaves."""
    count = _servers(figures)
    engine = figures.given.get("engine") or "vllm"
    pools = []
    for share in (None, _share_of_each(count)):
        there = figures.at(
            gpu_memory_utilization=share,
            engine=engine,
            bits=None if figures.given.get("bits") == 16 else figures.given.get("bits"),
        )
        pools.append(pool_tokens(there))
    whole, apiece = pools
    if not whole or not apiece:
        raise Missing("kv_tokens")
    weights = gib_words(figures.base.terms["weights"])
    return Words(
        f"**One server that batches more: it keeps the weights, {weights}, once and has one pool for about {whole:,} tokens of cache; {count} copies keep {count} times that and have {apiece:,} tokens each, {count * apiece:,} in all.** A step reads the weights once for every sequence in its batch, and on one card the copies take turns at computing, so they do not add throughput; raise the sequences at once (--max-num-seqs). Several are for different models or settings, or so that one may fail or restart alone.",
        f"**起一个、加大并发更划算:权重 {weights} 只存一份,一个缓存池约 {whole:,} 个 token;{count} 个实例要存 {count} 份权重,每个 {apiece:,} 个 token,合计 {count * apiece:,}。** 一步读一次权重就服务整批序列,同一张卡上的几个实例只是轮流计算,不增加总吞吐;调大 --max-num-seqs 即可。多个实例适合不同的模型或设置,或要互相隔离、单独重启。",
    )


def _shared_card(figures: Figures) -> Words:
    """Of a start that failed: what the first server took, what each may have, and what that leaves for its cache."""
    count, knob = _servers(figures), share_of(figures.given.get("engine")).setting
    each = _share_of_each(count)
    card, taken = figures.need("capacity_whole"), figures.need("taken")
    first, left, whole = gib_words(taken), gib_words(card - taken), gib_words(card)
    usual = figures["usual_share"]
    there = figures.at(gpu_memory_utilization=each, engine=figures.given.get("engine") or "vllm")
    apiece, need = gib_words(each * card), gib_words(figures.base.best)
    opens = Words(
        f"each server takes its share of the whole card at its start, {usual} by default, {first} of {whole}, so {left} are left for the next.**",
        f"每个服务启动时都按整张卡的比例占用,默认 {usual},即 {whole} 里的 {first},留给下一个的只有 {left}。**",
    )
    if there.verdict == "no":
        return Words(
            f"{opens.en} {count} of them need {need} each and do not go on one card.",
            f"{opens.zh}每个要 {need},{count} 个放不进一张卡。",
        )
    pool, weights = _pool(figures, each), figures["w_here"]
    return Words(
        f"{opens.en} Give each an explicit one, {knob} {each:g}: {apiece} apiece{pool.en}; one needs {need} ({weights} of weights, the runtime and a cache). Start them one after the other, as each measures what is free; a smaller maximum length alone does not shrink what the first holds.",
        f"{opens.zh}给每个都写明一份,{knob} {each:g}:各 {apiece}{pool.zh};一个真正需要 {need}(权重 {weights},加运行时和缓存)。先后启动,因为各自会测量空闲显存;只减小最大长度,先启动的那个占的不会变小。",
    )


COPIES: dict[str, Callable[[Figures], Words]] = {
    "one_or_several": _one_or_several, "shared_card": _shared_card, "copies_held": _copies_held,
}  # fmt: skip
