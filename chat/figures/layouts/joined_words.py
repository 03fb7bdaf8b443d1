"""Machines at home that run one model between them: what crosses the network for a token, and as it loads."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words

_BYTES = 4  # of a number that llama.cpp hands on: hidden states are float32
_GIGABIT = 1e9 / 8  # bytes a second


def _joined(figures: Figures) -> Words:
    """Missing where one card alone is named."""
    if figures.n < 2 and len(figures.base.case.rig) < 2:
        raise Missing("machines")
    token = _BYTES * int(figures.fact("hidden_size"))
    away = figures.base.terms["weights"]
    seconds = round(away / _GIGABIT)
    kib, shape = f"{token / 1024:g} KiB", f"{int(figures.fact('hidden_size')):,} × {_BYTES} B"
    return Words(
        f"**Over the network the layers are divided as over the cards of one machine: llama.cpp's rpc-server on the other, --rpc on the first (or exo, distributed-llama).** A token hands on {shape} = {kib} at each boundary, so gigabit Ethernet does and Wi-Fi adds its latency to every token; the machines take turns, so the speed is that of the cards one after the other, no sum. Loading sends the other's part first: {gib_words(away)} at 1 Gbit/s some {seconds} s. Ollama does not do it by itself.",
        f"**跨机器和同一台里的多张卡一样按层切分:另一台开 llama.cpp 的 rpc-server,这台加 --rpc(或用 exo、distributed-llama)。** 每个 token 在分界处只传 {shape} = {kib},千兆网线就够,Wi-Fi 的延迟会加到每个 token 上;两台轮流计算,速度不相加。加载时要先把另一台的那部分传过去:{gib_words(away)},1 Gbit/s 约 {seconds} 秒。Ollama 自己不支持。",
    )


JOINED_WORDS: dict[str, Callable[[Figures], Words]] = {"joined": _joined}
