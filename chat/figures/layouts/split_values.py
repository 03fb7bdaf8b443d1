"""What to tell llama.cpp and ExLlama of how a model is split over cards, and what a split by device_map costs in speed."""

from collections.abc import Callable

from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.cards import Card
from kb.interval import FITS
from kb.overheads import CONTEXT_GIB
from kb.programs import written

# the parts of equal cards, and by how much the first is lowered where it fills first
_ALIKE, _LITTLE = 1.0, 0.1


def _split_values(figures: Figures) -> Words:
    """The numbers by the memory of the cards: proportions for llama.cpp, GB of weights for ExLlama; of no cards the rule."""
    try:
        rig = rig_told(figures)
    except Missing:
        rig = ()
    if len(rig) < 2:
        return _by_any_card()
    if written(figures.given.get("engine")) == "exllama":
        return _of_weights(figures, rig)
    sizes = [one.marketed_gb for one in rig]
    if len(set(sizes)) == 1:
        sizes = [_ALIKE] * len(sizes)
    told = ",".join(f"{one:g}" for one in sizes)
    what = (
        Words("these cards are alike", "这几张卡一样大")
        if sizes[0] == _ALIKE
        else Words("give it the memories", "直接填各卡显存")
    )
    less = ",".join([f"{sizes[0] - (1 if sizes[0] > _ALIKE else _LITTLE):g}", *(f"{one:g}" for one in sizes[1:])])
    return Words(
        f"**-ts takes proportions, and {what.en}: -ts {told}. Each card then holds so many of the whole layers, with the cache of its own.** Left out, llama.cpp divides by what is free on each as it loads, which comes to the same where nothing else lies there. The main GPU (-mg, the first unless told) has buffers of computing besides: where it fills first, lower its number a little (-ts {less}). Each card takes a CUDA context of its own.",
        f"**-ts 是比例,{what.zh}:-ts {told}。每张卡按比例放若干整层,连同这些层的 KV 缓存。** 不写时,llama.cpp 按加载时各卡的空闲显存分,卡上没有别的程序时结果一样。主卡(-mg,默认第一张)还要放计算缓冲:它先满就把它的数调小一点(-ts {less})。每张卡还各有一份 CUDA 上下文。",
    )


def _by_any_card() -> Words:
    return Words(
        "**They say how a model is split over cards by whole layers: llama.cpp's -ts (--tensor-split) takes proportions, as a rule the memories of the cards; ExLlama's --gpu-split takes GB of weights for each card, a little less than its memory.** Left out, both divide by themselves: by what is free on each card, or (autosplit) with the cache counted. The layers' KV cache goes with them; buffers of computing stand on the main GPU besides, so it is given a little less.",
        "**它们定的是整层怎么分到各卡:llama.cpp 的 -ts(--tensor-split)是比例,一般直接填各卡显存;ExLlama 的 --gpu-split 是每张卡放权重的 GB 数,比显存略小。** 不写就自动分:按各卡空闲显存,或(autosplit)连缓存一起算。层的 KV 缓存跟着层走;主卡还要放计算缓冲,所以让它少分一点。",
    )


def _of_weights(figures: Figures, rig: tuple[Card, ...]) -> Words:
    """What each card may hold of the weights: its memory without a context and its part of the cache."""
    whole = sum(one.marketed_gb for one in rig)
    cache = figures.amount("kv_all") / GIB
    parts = [int(one.marketed_gb - CONTEXT_GIB[-1] - cache * one.marketed_gb / whole) for one in rig]
    if min(parts) < 1:
        raise Missing("room")  # the cache alone fills a card
    each = ",".join(map(str, parts))
    own = _own_cache(figures) if cache else SILENT
    return Words(
        f"**--gpu-split takes GB of weights for each card, so a little less than its memory: --gpu-split {each}.** What is left on each is for its part of the cache{own.en}, the buffers and a CUDA context. Where the first one fills, lower its number; or leave the split out: the loader then divides by itself, with the cache counted (autosplit).",
        f"**--gpu-split 填每张卡放权重的 GB 数,要比显存略小:--gpu-split {each}。** 每张卡剩下的留给它那部分 KV 缓存{own.zh}、缓冲和 CUDA 上下文。第一张先满就把它的数调小;或者不写 split,让加载器连缓存一起自动切分(autosplit)。",
    )


def _own_cache(figures: Figures) -> Words:
    whole, seq = gib_words(figures.need("kv_all")), f"{figures.fact('seq_len'):,.0f}"
    return Words(f" ({whole} in all at {seq} tokens in 16 bit)", f"({seq} token、16 位时共 {whole})")


def _map_turns(figures: Figures) -> Words:
    """That cards which hold whole layers take turns; where the model does not go on them, what lies elsewhere and costs more."""
    count = int(figures.given.get("n_gpus") or 1)
    many, many_zh = (f"{count} cards", f"{count} 张卡") if count > 1 else ("several cards", "几张卡")
    busy = (
        Words(f", each busy about {100 / count:.0f} % of the time", f",每张约忙 {100 / count:.0f} % 的时间")
        if count > 1
        else SILENT
    )
    over = _left_over(figures)
    return Words(
        f'**device_map puts whole layers on each card, and they take turns at every token: {many} are no faster than one{busy.en}.{over.en}** So first see model.hf_device_map: layers on cpu or disk are copied over PCIe for every token, which is slower than all else; fewer bits (a 4-bit base) may bring them back. What fits on one card belongs on one. To have all cards read at once: tensor parallel (vLLM, SGLang, or tp_plan="auto" in transformers), or a server that batches requests.',
        f'**device_map 把整层整层地放到各卡上,每个 token 都是各卡轮流算:{many_zh}并不比一张快{busy.zh}。{over.zh}** 先看 model.hf_device_map:有层在 cpu 或 disk 上,每个 token 都要经 PCIe 拷一遍,比什么都慢;降低位数(4 位)也许就能全放回卡上。一张卡放得下就只用一张。要让各卡同时工作,用张量并行(vLLM、SGLang,或 transformers 的 tp_plan="auto"),或用能批处理请求的服务。',
    )


def _left_over(figures: Figures) -> Words:
    if "any_model" in figures.about or not {"model", "params"} & set(figures.given):
        return SILENT
    try:
        base, weights = figures.base, figures.need("w_all")
    except Missing:
        return SILENT
    if base.capacity is None or base.leaning in FITS:
        return SILENT
    room = base.capacity * figures.n
    lies = (" What does not go on them lies in RAM.", "放不下的层就留在内存里。") if weights > room else ("", "")
    return Words(
        f" Here it does not go on them as it is: {gib_words(weights)} of weights, {gib_words(room)} of cards.{lies[0]}",
        f"而且照这样放不下:权重 {gib_words(weights)},各卡共 {gib_words(room)}。{lies[1]}",
    )


SPLIT_OVER_CARDS: dict[str, Callable[[Figures], Words]] = {"split_values": _split_values, "map_turns": _map_turns}
