"""What quantising itself takes, which is not what the quantised model takes: a layer at a time, beside the calibration samples."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.quantity import Words
from kb.stored import FILES

# as GPTQ's paper calibrates
_SAMPLES, _TOKENS = 128, 2048
_HESSIAN_BYTES = 4


def _quantising(figures: Figures) -> Words:
    """The card's and the machine's part; Missing where quantising itself is not asked about."""
    if "quantising_itself" not in figures.about:
        raise Missing("quantising")
    if str(figures.given.get("weight_format", "")).startswith("gguf") or figures.given.get("engine") == FILES:
        return _into_files(figures)
    facts = figures.plain.situation.facts
    layers, width = int(facts["n_layers"].value), int(facts["hidden_size"].value)
    widest = max(int(facts[name].value or 0) for name in ("intermediate_size", "hidden_size") if name in facts)
    whole = figures.stored(weight_format="bf16")
    layer, hessian = gib_words(whole / layers), gib_words(widest**2 * _HESSIAN_BYTES)
    states = gib_words(_SAMPLES * _TOKENS * width * 2)
    samples = f"{_SAMPLES} × {_TOKENS:,} × {width:,} × 2 B = {states}"
    ram = both_words(whole)
    card = gib_words(whole / layers + widest**2 * _HESSIAN_BYTES + 2 * _SAMPLES * _TOKENS * width * 2)
    return Words(
        f"**Quantising goes layer by layer, so one card is enough that holds a layer, about {card}, and not the model; {ram} of host memory or disk hold that.** On the card: about {layer} of weights in 16 bit, "
        f"GPTQ's Hessian of the widest matrix ({widest:,}² × 4 B = {hessian}), and the hidden states of the calibration samples "
        f"({samples}, before and after the layer) unless they are kept in host memory. Files for llama.cpp are converted and quantised on the CPU, tensor by tensor from a mapped file, "
        "without a card; bitsandbytes quantises as it loads, without samples.",
        f"**量化是逐层做的,一张放得下一层的卡就够(约 {card}),不用把整个模型放进显存;16 位的整个模型 {ram} 放在内存或硬盘。**卡上:16 位权重约 {layer},GPTQ 最宽矩阵的 Hessian({widest:,}² × 4 B = {hessian}),"
        f"以及校准样本的隐藏状态({samples},层前层后各一份),后者也可放在内存。"
        "llama.cpp 的文件在 CPU 上转换和量化,按张量从映射文件读取,不需要显卡;bitsandbytes 在加载时量化,不需要样本。",
    )


def _into_files(figures: Figures) -> Words:
    """What llama.cpp's own tools take, which quantise tensor by tensor and without samples."""
    whole, kind = both_words(figures.stored(weight_format="bf16")), figures.given.get("weight_format")
    told = str(kind).removeprefix("gguf:") if kind else ""
    result = both_words(figures.stored(weight_format=kind)) if kind else ""
    en, zh = (f", {told} {result} beside it", f",外加 {told} {result}") if kind else ("", "")
    return Words(
        "**No card, and RAM for the largest tensors only, not for the model: convert_hf_to_gguf.py and llama-quantize work on the CPU, "
        f"tensor by tensor from mapped files.** What it takes is disk: the 16-bit file {whole}{en}, and the original. "
        "Only an importance matrix (llama-imatrix), which files of two and three bits want, runs the model itself.",
        "**不需要显卡,内存也只要放得下最大的几个张量,不用放下整个模型:convert_hf_to_gguf.py 和 llama-quantize 在 CPU 上从映射文件逐个张量处理。**"
        f"要准备的是硬盘:16 位文件 {whole}{zh},再加原始文件。只有重要性矩阵(llama-imatrix,两三位的文件需要)才要真正运行模型。",
    )


QUANTISING_WORDS: dict[str, Callable[[Figures], Words]] = {"quantising": _quantising}
