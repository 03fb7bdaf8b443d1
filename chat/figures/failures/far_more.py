"""Far more was seen of a model in few bits than is counted: by how much, and what would take the rest, the likeliest first."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from chat.figures.training.length_that_takes import length_that_takes
from formulas.quantity import SILENT, Words

# times the need that is far more than it; how near 16-bit weights, alone or with all the rest, what was seen is
_FAR, _LEAST, _MOST = 1.3, 0.9, 1.12


def _seen(figures: Figures) -> float:
    """What was seen [GB]; of several models, in their order, of the first."""
    told = [float(one) for name in ("observed_gb", "claims_gb") for one in figures.told.get(name, ())]
    if not told:
        raise Missing("seen")
    return told[0]


def _unquantised(figures: Figures, size: float) -> Words | None:
    """The 16-bit weights, where they or the whole with them come to what was seen."""
    wide, whole = 2 * figures.params, figures.at(weight_format="bf16", bits=None).best
    if not _LEAST * wide <= size <= _MOST * whole:
        return None
    return Words(
        f"the 16-bit weights, {both_words(wide)}: put on the card first and quantised there, or never quantised (model.get_memory_footprint() tells); load and quantise them on the CPU, then move with .cuda()",
        f"16 位权重 {both_words(wide)}:先整个放到显卡上再量化,或者根本没有量化成功(用 model.get_memory_footprint() 看);应在 CPU 上加载并量化,再 .cuda()",
    )


def _longer(figures: Figures, size: float) -> Words | None:
    """The tokens at which cache and prefill would make it; that a whole length does not, where none would."""
    if "seq_len" in figures.given:
        return None
    here, positions = int(figures.knob("seq_len")), int(figures.base.declared or 0)
    try:
        tokens = length_that_takes(figures, size)
    except Missing:
        tokens = 0
    if tokens and (not positions or tokens <= positions):
        return Words(
            f"a longer input or history: at about {tokens:,} tokens (counted: {here:,}) cache and prefill make it that much",
            f"输入或对话历史更长:约 {tokens:,} token 时(这里按 {here:,})缓存和预填充就到这个数",
        )
    return None


def _whole_length(figures: Figures, size: float) -> Words:
    """That even the model's whole length does not take it, where nobody told a length."""
    positions = int(figures.base.declared or 0)
    if "seq_len" in figures.given or positions <= int(figures.knob("seq_len")):
        return SILENT
    most = figures.at(seq_len=positions).best
    if most >= size:
        return SILENT
    return Words(
        f" Length alone does not: with the model's whole {positions:,} tokens it is {gib_words(most)}.",
        f"光靠长度到不了:模型全长 {positions:,} token 也只要 {gib_words(most)}。",
    )


def _far_more(figures: Figures) -> Words:
    """The amount, the gap and what would fill it."""
    seen, best, base = _seen(figures), figures.base.best, figures.base
    if seen * GB < _FAR * best:
        raise Missing("far more")
    size, gap = seen * GB, f"{seen - best / GB:.3g} GB"
    found = [one for one in (_unquantised(figures, size), _longer(figures, size)) if one]
    found.append(
        Words(
            "what nvidia-smi counts besides: blocks that PyTorch keeps from an earlier peak (torch.cuda.max_memory_allocated counts tensors alone), and other programs",
            "nvidia-smi 还计入 PyTorch 从此前峰值留下的块(torch.cuda.max_memory_allocated 只算张量),以及别的程序",
        )
    )
    weights, cache = gib_words(base.terms.get("weights", 0.0)), gib_words(base.terms.get("kv_cache", 0.0))
    length, beyond = int(figures.knob("seq_len")), _whole_length(figures, size)
    listed = "; ".join(f"({at}) {one.en}" for at, one in enumerate(found, 1))
    listed_zh = "\uff1b".join(f"({at}){one.zh}" for at, one in enumerate(found, 1))
    return Words(
        f"**{seen:g} GB is {gap} more than the {both_words(best)} that is counted: weights {weights}, cache of {length:,} tokens {cache}, the rest runtime and activations.** What would take it: {listed}.{beyond.en}",
        f"**{seen:g} GB 比计算的 {both_words(best)} 多 {gap}:权重 {weights},{length:,} token 的缓存 {cache},其余是运行时和激活。** 多出的可能是:{listed_zh}。{beyond.zh}",
    )


FAR_MORE: dict[str, Callable[[Figures], Words]] = {"far_more": _far_more}
