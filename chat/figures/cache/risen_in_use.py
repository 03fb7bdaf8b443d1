"""Memory of a plain script that rose from one amount to another as it answered: how little of that the cache is, and what else."""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing, both_words
from chat.figures.sums.quoted import SEEN
from formulas.quantity import SILENT, Words

# by how much it rose at the least; and how much of that a cache must be that explains it
_RISEN, _EXPLAINS = 1.12, 0.7
_SCORE = 2  # bytes of a score in 16 bit
_NARROWER = 0.8  # of the weights as they are: what is less is worth loading
_LEAST, _MOST = 0.95, 8  # times the weights: what was there before is not less, nor afterwards so much more


def rise_of(figures: Figures) -> tuple[float, float]:
    """GB before and after; Missing where two amounts were not seen of a model that runs, the first about its weights."""
    seen = [float(one) for one in figures.told.get(SEEN, ())]
    if len(seen) < 2:  # what was loaded is no reading of a meter
        seen = [*figures.logged_all("from")[:1], *figures.logged_all("to")[:1]]
    weights = figures.base.terms.get("weights", 0.0)
    if len(seen) != 2 or figures.knob("task") == "train" or figures.n > 1 or not weights:
        raise Missing("a rise")
    before, after = seen
    if after < _RISEN * before or max(before * GB, before * GIB) < _LEAST * weights or after * GB > _MOST * weights:
        raise Missing("a rise")
    return before, after


def _lead(figures: Figures, cached: bool) -> Words:
    """How it opens, by what is asked: whether it is a leak, whether it is the cache, or only why it rose."""
    if "leak_asked" in figures.about:
        return (
            Words("No leak; most", "不是泄漏,")
            if cached
            else Words("No leak, and hardly the KV cache", "不是泄漏,也基本不是 KV 缓存")
        )
    if "kv_cache" in figures.about:
        return Words("Yes, most", "是,") if cached else Words("No, hardly the KV cache", "基本不是 KV 缓存")
    return Words("Most", "") if cached else Words("Hardly the KV cache", "基本不是 KV 缓存")


def _smaller(figures: Figures) -> Words:
    """What makes that cache smaller, and that fewer bits of the weights do not."""
    stored = str(figures.knob("weight_format"))
    wide, alone = stored in ("bf16", "fp16", "fp32"), figures.fact("n_kv_heads") == figures.fact("n_heads")
    kept = Words(" It stays 16 bit however few bits the weights have.", "权重量化到几位,缓存都还是 16 位。")
    shared = Words(", or a model whose heads share keys and values (GQA)", ",或换多个头共用 K、V(GQA)的模型")
    few = (
        Words("fewer prompts at once, ", "减少一起生成的条数、") if figures.given.get("batch_size", 1) != 1 else SILENT
    )
    way = Words(
        f' Less of it take {few.en}a shorter context, a cache in 8 or 4 bits (cache_implementation="quantized")',
        f'要少占:{few.zh}缩短上下文、把缓存量化到 8 或 4 位(cache_implementation="quantized")',
    )
    return Words(
        f"{'' if wide else kept.en}{way.en}{shared.en if alone else ''}.",
        f"{'' if wide else kept.zh}{way.zh}{shared.zh if alone else ''}。",
    )


def _risen(figures: Figures) -> Words:
    before, after = rise_of(figures)
    rise = (after - before) * GIB
    cache, each = figures.need("kv_all"), figures.need("kv_token")
    told = "seq_len" in figures.given
    here = Words(f"{figures.tokens:,.0f} tokens", f"{figures.tokens:,.0f} token")
    lead = _lead(figures, told and cache > _EXPLAINS * rise)
    if told and cache > _EXPLAINS * rise:
        less = _smaller(figures)
        return Words(
            f"**{lead.en} of the {after - before:g} GB is the KV cache: {figures['kv_token']} a token, {both_words(cache)} for {here.en}.** It is freed when nothing refers to past_key_values any more; PyTorch keeps the blocks reserved for the next prompt, so nvidia-smi does not fall.{less.en}",
            f"**{lead.zh}涨的 {after - before:g} GB 大部分是 KV 缓存:每 token {figures['kv_token']},{here.zh} 共 {both_words(cache)}。** 没有变量再引用 past_key_values 就会释放;PyTorch 留着这些块给下一个提示用,所以 nvidia-smi 不降。{less.zh}",
        )
    tokens, leak = rise / each, "leak_asked" in figures.about
    product = f"{int(figures.fact('n_heads'))} × {figures.tokens:,.0f}² × {_SCORE} B = {figures['prompt_scores']}"
    share = Words(f"for {here.en} it is {both_words(cache)}", f"{here.zh} 只有 {both_words(cache)}") if told else SILENT
    cut = (
        Words("; and a history that is cut to the last turns keeps prompts short", ";把历史截断到最近几轮,提示就短")
        if "chat_turns" in figures.about
        else SILENT
    )
    only = Words(f"{share.en}, and " if told else "", f"{share.zh};" if told else "")
    return Words(
        f'**{lead.en}: {only.en}at {figures["kv_token"]} a token the {after - before:g} GB would be {tokens:,.0f} tokens of it. What rises is what reading a prompt takes for a moment, and nvidia-smi does not fall since PyTorch keeps those blocks reserved{": no leak" * (not leak)}.** With eager attention each layer writes out its scores, {product} at {here.en}, twice that for the softmax in fp32; before 4.45 transformers made the logits of the whole prompt, {figures["prompt_logits"]} in fp32; with SDPA or FlashAttention and the last token\'s logits alone it stays at {figures["peak"]}. So attn_implementation="sdpa" or "flash_attention_2", a current transformers, or a server (vLLM, llama.cpp), which reads a prompt in steps{cut.en}. torch.cuda.max_memory_allocated() shows the peak, memory_allocated() what is in use now; torch.cuda.empty_cache() gives the blocks back.',
        f'**{lead.zh}:{only.zh}每 token {figures["kv_token"]},涨的 {after - before:g} GB 要 {tokens:,.0f} 个 token 才攒得出来。涨的是读提示(prefill)时的临时显存;之后不降,是 PyTorch 把这些块留着复用(reserved){",不是泄漏" * (not leak)}。** eager 注意力每层要写出分数矩阵,{here.zh} 时 {product.replace(" B =", " 字节 =")},softmax 转 fp32 再翻倍;transformers 4.45 之前还会算整段提示的 logits,fp32 {figures["prompt_logits"]};用 SDPA 或 FlashAttention、只算最后一个 token 的 logits,就只有 {figures["peak"]}。所以:attn_implementation="sdpa" 或 "flash_attention_2",升级 transformers,或改用分步读提示的推理引擎(vLLM、llama.cpp){cut.zh}。torch.cuda.max_memory_allocated() 看峰值,memory_allocated() 看此刻在用的;torch.cuda.empty_cache() 可归还这些块。',
    )


def _fewer_bits(figures: Figures) -> Words:
    """That the weights could be loaded in fewer bits, and what they are then; nothing of those that are."""
    if figures.stored(bits=8) > _NARROWER * figures.need("w_all"):
        return SILENT
    return Words(
        f", load the weights in 8 or 4 bits ({figures['w8']}, {figures['w4']})",
        f"、把权重按 8 位或 4 位加载({figures['w8']}、{figures['w4']})",
    )


RISEN_IN_USE: dict[str, Callable[[Figures], Words]] = {"risen_in_use": _risen, "fewer_bits_loaded": _fewer_bits}
