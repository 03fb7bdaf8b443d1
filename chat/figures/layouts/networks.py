"""What machines that share a model send each other for a token, as a pipeline and as tensor parallel ranks."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, Figures, Missing, gib_words
from formulas.quantity import Words
from kb.timing import EXAMPLE_TOKENS, RECOMPUTED, Training, times_sent

_HALF = 2  # bytes of an activation
_EXCHANGES = 2  # of a layer, tensor parallel: behind attention and behind the MLP
_BITS = 8


def _over_a_network(figures: Figures) -> Words:
    rate = logged(figures, "gbit") * 1e9 / _BITS
    width, layers = figures.fact("hidden_size"), figures.fact("n_layers")
    each, exchanges = width * _HALF, _EXCHANGES * int(layers)
    ranks = each * exchanges
    gbit = f"{logged(figures, 'gbit'):g}"
    return Words(
        f"**Over {gbit} Gbit/s as a pipeline, yes: a token then sends {kib(each)} from one machine to the next ({int(width):,} × 2 B), {1e3 * each / rate:.2g} ms.** Tensor parallel exchanges that {exchanges} times a token, {kib(ranks)} and {1e3 * ranks / rate:.2g} ms at least, and waits a round trip for each: over plain Ethernet it is these waits that decide against it, RDMA (InfiniBand) shortens them. So --pipeline-parallel-size (vLLM with Ray) or llama.cpp's RPC server; the machines take turns, and a prompt sends {kib(each)} for each of its tokens.",
        f"**{gbit} Gbit/s 的网络做流水线可以:每个 token 在机器之间只传 {kib(each)}({int(width):,} × 2 字节),{1e3 * each / rate:.2g} ms。** 张量并行每个 token 要交换 {exchanges} 次,共 {kib(ranks)},至少 {1e3 * ranks / rate:.2g} ms,每次还要等一个往返:普通以太网上正是这些等待使它不适合,RDMA(InfiniBand)才短。所以用 --pipeline-parallel-size(vLLM 加 Ray)或 llama.cpp 的 RPC;各台机器轮流计算,提示的每个 token 也各传 {kib(each)}。",
    )


# ── training over machines: memory first, then what crosses the network ─────────────────────────────────────────────

_SHOWN = (100.0, 400.0)  # Gbit/s of a machine that are common


def _network_or_memory(figures: Figures) -> Words:
    """Which of the two is in the way: the need of a card, and what a micro-step sends against the time of its computing."""
    base, room = figures.base, figures.base.capacity
    tokens = figures.tokens if "seq_len" in figures.given else EXAMPLE_TOKENS
    step = Training.of(figures.params, tokens, base.case.card.name if base.case.card else None, 1, None)
    if room is None or not step.peak or figures.knob("method") != "full":
        raise Missing("network")
    times = times_sent(figures.knob("zero_stage"))
    sent = times * 2 * figures.params
    low, high = sorted(step.flop(RECOMPUTED) / (step.peak * share) for share in step.share)
    enough = _BITS * sent / ((low + high) / 2) / 1e9
    told = figures.logged_all("gbit")
    rates = told[:1] or _SHOWN
    each = [f"{_BITS * sent / rate / 1e9:.2g} s at {rate:g} Gbit/s" for rate in rates]
    each_zh = [f"{rate:g} Gbit/s 下 {_BITS * sent / rate / 1e9:.2g} 秒" for rate in rates]
    shown = f"{times} × {2 * figures.params / GB:,.0f} GB = {sent / GB:,.0f} GB"
    memory = _memory_first(figures, room)
    decides = _decides(told, enough)
    return Words(
        f"**{memory.en} {decides.en}** Each micro-step sends {shown}: {', '.join(each)}; beside it a card computes for {low:.2g}–{high:.2g} s ({tokens:,.0f} tokens on each, with checkpointing). The network is hidden from about {_round(enough)} Gbit/s for each machine on, or with more tokens in a micro-step; sharding inside each machine (HYBRID_SHARD, hpZ) sends less over it.",
        f"**{memory.zh}{decides.zh}** 每个微步要传 {shown}:{'、'.join(each_zh)};而每卡计算约 {low:.2g}–{high:.2g} 秒(每卡 {tokens:,.0f} 个 token,开重计算)。每台机器约 {_round(enough)} Gbit/s 以上,或每个微步 token 更多,通信才能被计算掩盖;机内切分(HYBRID_SHARD、hpZ)可以少走网络。",
    )


def _round(rate: float) -> str:
    """Two digits: it rests on the usual share of a card's rate."""
    return f"{int(float(f'{rate:.2g}')):,}"


def _memory_first(figures: Figures, room: float) -> Words:
    """Whether the memory of a card is in the way."""
    need, has, verdict = gib_words(figures.base.best), gib_words(room), figures.base.verdict
    if verdict == "yes":
        return Words(f"Not the memory: {need} per card of {has} fit.", f"显存不是瓶颈:每卡 {need},可用 {has},放得下。")
    if verdict == "no":
        return Words(
            f"Memory first: {need} per card do not fit {has}.", f"先卡在显存:每卡要 {need},可用 {has},放不下。"
        )
    return Words(f"Memory is at its edge: {need} per card of {has}.", f"显存在边缘:每卡 {need},可用 {has}。")


def _decides(told: list[float], enough: float) -> Words:
    """Whether what crosses the network takes longer than the computing."""
    if not told:
        rate = _round(enough)
        return Words(
            f"The network is what you wait for below about {rate} Gbit/s.", f"网络低于约 {rate} Gbit/s 时就是瓶颈。"
        )
    if told[0] < enough:
        return Words("What you wait for is the network.", "要等的是网络。")
    return Words("The network is fast enough to be hidden by the computing.", "网络够快,可被计算掩盖。")


NETWORK_WORDS: dict[str, Callable[[Figures], Words]] = {
    "over_a_network": _over_a_network, "network_or_memory": _network_or_memory,
}  # fmt: skip
