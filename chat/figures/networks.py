"""What machines that share a model send each other for a token, as a pipeline and as tensor parallel ranks."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cause_figures import logged
from chat.figures.named import Figures
from formulas.quantity import Words

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


NETWORK_WORDS: dict[str, Callable[[Figures], Words]] = {"over_a_network": _over_a_network}
