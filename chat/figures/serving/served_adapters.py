"""Adapters that are served beside a model: what one takes, all of them, and whether the card holds them too."""

from chat.figures.amount_words import small_words
from chat.figures.named import Figures, Missing, gib_words, value_of
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.recipe import recipe

# bytes of a served adapter's weight: engines hold them in the model's 16 bit
_BYTES = 2
# settings of a serving that a training has not
_OF_SERVING = ("engine", "kv_format", "draft_model", "output_len", "gpu_layers", "n_cpu_moe", "bits", "weight_format",
               "gpu_memory_utilization", "tp", "pp", "n_gpus", "layer_split")  # fmt: skip


def _params(figures: Figures, rank: float) -> float:
    """Parameters of one adapter on all linear layers."""
    plain: dict[str, None] = dict.fromkeys(_OF_SERVING)
    trained = figures.at(**plain, task=None, method="lora", lora_rank=int(rank), lora_targets="all-linear")
    return value_of(trained, "adapter_params")


_MB = 1e6


def _of_files(size: float, count: float) -> Words:
    """Adapters whose file is told, in MB: its bytes are those of the 16-bit weights."""
    told = Words(
        f"An adapter whose file has {size:g} MB takes as much in 16 bit", f"文件 {size:g} MB 的适配器按 16 位也占这么多"
    )
    if count <= 1:
        return told
    whole = small_words(_MB * size * count)
    return Words(f"{told.en}; {count:g} of them {whole}", f"{told.zh};{count:g} 个共 {whole}")


def served_adapters(figures: Figures) -> Words:
    """What the adapters take, and the verdict with them; Missing where none is served."""
    count = figures.told_one("adapters")
    if not count:
        raise Missing("adapters")
    if (of_file := figures.told_one("adapter_mb")) and not figures.told_one(
        "adapter_rank"
    ):  # slots are as wide as their rank
        return _judged(figures, _MB * of_file * count, _of_files(of_file, count))
    said = figures.told_one("adapter_rank")
    rank = said or float(recipe("lora")["lora_rank"])
    try:
        params = _params(figures, rank)
    except BadInput as error:
        raise Missing("adapters") from error
    one, whole = params * _BYTES, params * _BYTES * count
    million = f"{params / 1e6:,.0f}M" if params >= 1e7 else f"{params / 1e6:.1f}M"
    of_rank, of_rank_zh = (f"of rank {rank:g}", f"秩 {rank:g} 的")
    if not said:
        of_rank, of_rank_zh = f"of rank {rank:g} (assumed)", f"秩 {rank:g}(假设)的"
    each = "" if figures.n == 1 else " on each card at most"
    each_zh = "" if figures.n == 1 else ",每张卡最多"
    lead = (
        Words("No, one model serves them all: an", "不用,一个底座供所有适配器共用:")
        if count > 1 and figures.told_one("adapters_times")
        else Words("An", "")
    )
    told = Words(
        f"{lead.en} adapter {of_rank} on all linear layers has {million} parameters × {_BYTES} B = {small_words(one)}{each}",
        f"{lead.zh}{of_rank_zh}适配器(全部线性层){million} 参数 × {_BYTES} B = {small_words(one)}{each_zh}",
    )
    if count > 1:
        told = Words(
            f"{told.en}; {count:g} of them {small_words(whole)}", f"{told.zh};{count:g} 个共 {small_words(whole)}"
        )
    said_all, files = _judged(figures, whole, told), figures.told_one("adapter_files_rank")
    if not files or files >= rank:
        return said_all
    less = small_words(_params(figures, files) * _BYTES * count)
    return Words(
        f"{said_all.en} Slots are as wide as the largest rank allows, whatever the files hold: for files of rank {files:g} set --max-lora-rank {files:g}, {less} in all, and no more slots than are used at once.",
        f"{said_all.zh}槽位按允许的最大秩预留,与文件大小无关:文件是秩 {files:g} 的,就设 --max-lora-rank {files:g},合计只要 {less};槽位数也不要超过同时要用的。",
    )


def beyond(figures: Figures) -> float:
    """Bytes by which model and adapters together exceed the card; 0 where they fit, Missing where none is served."""
    count = figures.told_one("adapters")
    if not count or not figures.base.capacity:
        raise Missing("adapters")
    of_file = figures.told_one("adapter_mb")
    one = (
        _MB * of_file
        if of_file
        else _BYTES * _params(figures, figures.told_one("adapter_rank") or float(recipe("lora")["lora_rank"]))
    )
    return max(0.0, figures.base.best + one * count - figures.base.capacity)


def _judged(figures: Figures, whole: float, told: Words) -> Words:
    """With them against the card, where one is named."""
    base = figures.base
    need, room = base.best + whole, base.capacity
    model = _model_once(figures)
    if not room:
        return Words(
            f"**{told.en}; with {model.en} about {gib_words(need)}.**",
            f"**{told.zh};连同{model.zh}约 {gib_words(need)}。**",
        )
    fits = base.bounds[1] + whole <= room
    tight = need <= room
    verdict = Words(
        "it fits" if fits else "only just" if tight else "it does not fit",
        "放得下" if fits else "很紧" if tight else "放不下",
    )
    pool = _pool(figures, whole)
    return Words(
        f"**{told.en}; with {model.en} about {gib_words(need)} of {gib_words(room)}: {verdict.en}{pool.en}.**",
        f"**{told.zh};连同{model.zh}约 {gib_words(need)} / {gib_words(room)}:{verdict.zh}{pool.zh}。**",
    )


def _model_once(figures: Figures) -> Words:
    """The model that they share, which people fear is there as many times."""
    count, own = figures.told_one("adapters") or 1, gib_words(figures.n * figures.base.terms["weights"])
    if count <= 1:
        return Words("the model", "模型")
    return Words(f"the model, there once ({own}) and not {count:g} times,", f"模型(只有一份 {own},不是 {count:g} 份)")


def _pool(figures: Figures, whole: float) -> Words:
    """What they leave of the pages that a server on one card has for its cache."""
    without = figures.amount("pool_tokens")
    if not without or figures.n > 1:
        return SILENT
    left = max(0, int(without - whole / figures.need("kv_mean")))
    return Words(
        f", and the cache is left {left:,} tokens instead of {int(without):,}",
        f",留给缓存的从 {int(without):,} 个 token 降到 {left:,} 个",
    )
