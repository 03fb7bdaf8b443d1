"""What more cards bring to one request while they hold different layers, and what they bring where all read at once."""

from typing import Any

from chat.pace.served import Served
from chat.pace.words import Line, amount, line
from chat.works import LLAMACPP_CARDS
from formulas.errors import BadInput
from kb.rates import decoding

_HOW = ("engine", "layer_split", "tensor_split")


def at_once(asked: Served) -> list[Line]:
    """One line on several cards of one kind that take turns; empty where they do not."""
    facts, last = asked.cases[-1], asked.worked[-1] if asked.worked else None
    count = int(facts.get("n_gpus") or 1)
    if count < 2 or last is None or last.batch > 1 or last.host_bytes:
        return []
    if " + " in str(facts.get("gpu")) or len(last.there.cards) < 2:
        return []
    top = _most(facts, count, asked)
    most = most_zh = ""
    if top:
        most = f" With tensor parallel (vLLM, ExLlama, llama.cpp -sm tensor) {count} read at the same time, at most {top} tokens/s, less what their exchange costs."
        most_zh = f"张量并行(vLLM、ExLlama、llama.cpp -sm tensor)时 {count} 张卡同时读取,上限 {top} token/秒,另要扣除卡间通信。"
    ram, ram_zh = ("", "")
    if asked.worked[0].host_bytes:
        ram, ram_zh = " (what it gains here is that nothing is left in RAM)", "(这里的提速来自不再有层留在内存)"
    return [line(f"**By layers (llama.cpp, Ollama) the cards take turns: a further one adds memory, not speed{ram}.{most}**",
                 f"**按层切分(llama.cpp、Ollama)时各卡轮流工作:加卡只加显存,不加速度{ram_zh}。{most_zh}**", LLAMACPP_CARDS)]  # fmt: skip


def _most(facts: dict[str, Any], count: int, asked: Served) -> str:
    """The most tokens/s by tensor parallel; empty where heads do not divide so, or a card is not known."""
    try:
        most = decoding({**{name: one for name, one in facts.items() if name not in _HOW}, "tp": count}, asked.host)
    except BadInput:
        return ""
    return amount(most.bound) if most.known and not most.host_bytes else ""
