"""Of two lengths what each takes, where the shorter is seen to take more, and what else sets the two runs apart."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words
from kb.programs import serves

_OTHERS = {
    "llama.cpp": Words(
        "older versions of Ollama served fewer requests at once with a longer num_ctx (OLLAMA_NUM_PARALLEL=1 for both); the longer context pushed layers off the card, which then shows less while RAM takes more (`ollama ps`, or the offloaded layers in llama.cpp's log); flash attention or the type of the cache was another (OLLAMA_KV_CACHE_TYPE, -ctk/-ctv); another model was still loaded",
        "旧版 Ollama 在 num_ctx 变大时会自动减少并行(两次都设 OLLAMA_NUM_PARALLEL=1);上下文变长后部分层被挤出显卡,显卡显示得少、内存变多(看 ollama ps 或 llama.cpp 日志里卸载的层数);flash attention 或缓存类型不同(OLLAMA_KV_CACHE_TYPE、-ctk/-ctv);另一次还有别的模型没卸载",
    ),
    "server": Words(
        "such a server takes its share of the card whatever the length is, and the cache has what is left of it: its log tells the size of the cache; another share, another number of sequences at once, or a version with other defaults sets two runs apart",
        "这类服务不管长度都按比例占满显卡,剩下的给缓存:看日志里缓存的大小;两次的显存比例、并发数或版本默认值不同",
    ),
    "": Words(
        "PyTorch keeps the blocks of its fullest moment, so compare the peak of each in a fresh process (torch.cuda.max_memory_allocated()); shorter real samples, another batch, another attention kernel or another cache",
        "PyTorch 会留着峰值时的块,应各用新进程比较峰值(torch.cuda.max_memory_allocated());实际样本更短、批大小、注意力实现或缓存不同",
    ),
}  # fmt: skip


def _reversed(figures: Figures) -> Words:
    lengths = sorted({int(one) for one in figures.logged_all("length")})
    if len(lengths) != 2 or "order_reversed" not in figures.log:
        raise Missing("two lengths")
    short, long = (figures.at(seq_len=one) for one in lengths)
    more = long.best - short.best
    if more <= 0:
        raise Missing("a cache that grows")
    engine = figures.knob("engine")
    others = _OTHERS["llama.cpp" if engine == "llama.cpp" else "server" if serves(engine) else ""]
    each = [gib_words(one.best) for one in (short, long)]
    token = kib(figures.need("kv_token"))
    return Words(
        f"**The length cannot turn the order round: {lengths[0]:,} tokens take {each[0]} and {lengths[1]:,} take {each[1]}, {gib_words(more)} more, for the cache grows by {token} a token and the weights stay the same.** Where the shorter shows more, the two runs differ in something else: {others.en}. Set all of that alike and compare again.",
        f"**长度本身不会让大小反过来:{lengths[0]:,} token 占 {each[0]},{lengths[1]:,} token 占 {each[1]},多 {gib_words(more)},因为缓存每 token 增加 {token},权重不变。** 短的反而显示更多,说明两次还有别的不同:{others.zh}。把这些设成一样再比。",
    )


ORDER_REVERSED: dict[str, Callable[[Figures], Words]] = {"order_reversed": _reversed}
