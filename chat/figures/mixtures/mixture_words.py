"""Mixtures of experts in words: what an amount that is told of one is, of a model that is known or of none; what one layer's experts are."""

from bisect import bisect_left
from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, both_words, gib_words, how_far
from chat.phrases import value
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.database import rows
from kb.host_memory import held_there
from kb.names import gpu_row
from kb.outcome import Outcome
from kb.recommender import usual_cards
from kb.stored import USUAL_FILE, stored_bits
from kb.unequal import unequal

# how near an amount and a count of active parameters have to be to those of a model, as people round them
_NEAR, _ACTIVE_NEAR = 0.1, 0.2
_HARDLY = 0.9  # of a card, from which weights leave next to nothing
_BITS = {2.0: Words("16 bit", "16 位"), 1.0: Words("8 bits", "8 位"), 0.5: Words("4 bits", "4 位")}


def _known(amount: float, active: float) -> tuple[str, float, float, float] | None:
    """The mixture whose weights in one of the usual formats come to so much: its name, parameters, active ones, bytes of each."""
    found = []
    for row in rows(
        "SELECT name, coalesce(unique_params, computed_params, total_params) AS stored, active_params FROM models "
        "WHERE active_params IS NOT NULL AND n_experts > 1 AND stored IS NOT NULL"
    ):
        count, used = float(row["stored"]), float(row["active_params"])
        if abs(used / active - 1) > _ACTIVE_NEAR:
            continue
        for each in _BITS:
            off = how_far(amount, count * each)
            if off <= _NEAR:
                found.append((each != 2, round(off, 3), str(row["name"]), count, used, each))
    if not found:
        return None
    _, _, name, count, used, each = min(found)
    return name, count, used, each


def _weights_on_each(figures: Figures) -> Words:
    """A card's part of the weights, where several divide them: what is set against one card is no sum of all."""
    part = gib_words(figures.base.terms["weights"])
    return Words(f", {part} on each of {figures.n} cards", f",{figures.n} 张卡每张 {part}") if figures.n > 1 else SILENT


def _experts_by_flag(figures: Figures) -> Words:
    """How the experts of a file are put into host memory, and why that costs less speed than layers; silent of other programs."""
    if not str(figures.knob("weight_format")).startswith("gguf"):
        return _in_the_usual_file(figures)
    active = figures["active"]
    return Words(
        f" Experts are put there by --n-cpu-moe N (or -ot exps=CPU), attention and cache stay on the card; a token then reads no more than its {active} parameters, so it slows down far less than a dense model of this size would.",
        f"用 --n-cpu-moe N(或 -ot exps=CPU)把专家放进内存,注意力和缓存留在卡上;每个 token 只读 {active} 参数,所以比同样大小的稠密模型慢得少得多。",
    )


def _in_the_usual_file(figures: Figures) -> Words:
    """In the usual 4-bit file, where no format was told: on which card it goes whole, and by which option on this one."""
    room = figures.base.capacity
    if "weight_format" in figures.given or "bits" in figures.given or figures.knob("task") == "train" or not room:
        return SILENT
    there = figures.at(weight_format=USUAL_FILE, engine="llama.cpp").best
    card = next((one for one in usual_cards() if there <= one.capacity), None)
    if card is None or figures.n > 1 or there <= room:
        return SILENT
    size, name = gib_words(there), value("weight_format", USUAL_FILE, "en")
    return Words(
        f" As a 4-bit file ({name}, {size}) it goes whole on a card of {card.marketed_gb:g} GB; on this one with experts in host memory by --n-cpu-moe N (or -ot exps=CPU) in llama.cpp.",
        f"4 位文件({name},{size})一张 {card.marketed_gb:g} GB 的卡能全放下;在这张卡上则用 llama.cpp 的 --n-cpu-moe N(或 -ot exps=CPU)把专家放进内存。",
    )


def _all_held(figures: Figures) -> Words:
    """Of a mixture, that all of it must be there; silent of others."""
    if not figures.row().get("n_experts"):
        return SILENT
    whole, active = figures["params"], figures["active"]
    return Words(
        f" All {whole} parameters must be in memory; that a token uses only {active} saves computing, not memory.",
        f"全部 {whole} 参数都要放进显存;每个 token 只用 {active},省的是计算,不是显存。",
    )


def _mixture_sum(figures: Figures) -> Words:
    """The sum that gives the amount that is told, and what lowers it; nothing where none is told."""
    told = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    lowers = Words(
        " What lowers it: fewer bits, or the experts in host memory with attention on the card (llama.cpp --n-cpu-moe, -ot exps=CPU), for slower tokens; fewer active parameters do not.",
        "要减少:用更少的位数,或把专家放在内存、注意力留在卡上(llama.cpp 的 --n-cpu-moe、-ot exps=CPU,会慢一些);激活参数少并不省。",
    )
    active = figures.logged_all("active_said")
    if not told:
        return lowers
    known = _known(told[0], active[0] * GB) if active else None
    if known is None:
        count = told[0] * GB / 2
        return Words(
            f" {told[0]:g} GB are {size_words(count)} parameters in 16 bit, at 2 B each; 4 bits take about half a byte each, {both_words(count / 2)}, and their scales.{lowers.en}",
            f"{told[0]:g} GB 相当于 16 位的 {size_words(count)} 参数(每个 2 字节);4 位每个约半个字节,即 {both_words(count / 2)},外加缩放系数。{lowers.zh}",
        )
    name, count, used, each = known
    shown, sum_, kind = value("model", name, "en"), f"{size_words(count)} × {each:g}", _BITS[each]
    narrow = SILENT
    if each > 0.5:
        quarter = Figures({"model": name})["w4"]
        narrow = Words(f" In 4 bits it is {quarter}.", f"4 位是 {quarter}。")
    return Words(
        f" {told[0]:g} GB is what {shown} takes in {kind.en}, all its experts: {sum_} B = {both_words(count * each)}, of which {size_words(used)} are active for a token.{narrow.en}{lowers.en}",
        f"以 {shown} 为例,{told[0]:g} GB 正是全部专家按 {kind.zh}的大小:{sum_} 字节 = {both_words(count * each)},其中每个 token 激活 {size_words(used)}。{narrow.zh}{lowers.zh}",
    )


def _experts_of_layer(figures: Figures) -> Words:
    """What one layer's experts move from the card into host memory, which is the step of --n-cpu-moe."""
    layers = int(figures.need("layers"))
    try:
        all_, less = (
            held_there(figures.at(offload=None, gpu_layers=None, n_cpu_moe=count).situation)
            for count in (layers, layers - 1)
        )
    except BadInput:
        return SILENT
    if all_ <= less:
        return SILENT
    each, longer = gib_words((all_ - less) * GIB), _longer_cache(figures)
    back = _back_on_the_card(figures, (all_ - less) * GIB)
    return Words(
        f" The experts of one layer are {each}: so much moves with each layer.{back.en}{longer.en}",
        f"一层的专家是 {each},每移一层就移这么多。{back.zh}{longer.zh}",
    )


def _back_on_the_card(figures: Figures, each: float) -> Words:
    """How many layers' experts the card is sure to have room for still, where more are told to lie in host memory than have to."""
    told = int(figures.given.get("n_cpu_moe") or 0)
    if figures.base.capacity is None or figures.base.verdict != "yes":
        return SILENT
    least = bisect_left(range(told), True, key=lambda count: figures.at(n_cpu_moe=count).verdict == "yes")
    more = told - least
    if more < 2:
        return SILENT
    moved = gib_words(more * each)
    return Words(
        f" **At {figures['tokens']} tokens the card has room for the experts of {more} layers more: --n-cpu-moe {least} in place of {told} takes {moved} off the RAM and is faster.**",
        f"**{figures['tokens']} token 时卡上还放得下 {more} 层的专家:--n-cpu-moe 从 {told} 改成 {least},内存少占 {moved},也更快。**",
    )


_LONGER = 2**15  # tokens


def _longer_cache(figures: Figures) -> Words:
    """What a longer context takes of the card, where no length is told."""
    if "seq_len" in figures.given or not (cache := figures.at(seq_len=_LONGER).part_of_all("kv")):
        return SILENT
    return Words(
        f" The cache of {_LONGER:,} tokens takes {gib_words(cache)} of GPU memory.",
        f"{_LONGER:,} token 的缓存占显存 {gib_words(cache)}。",
    )


_WIDE = 8  # bits


def _as_a_file(figures: Figures) -> Words:
    """Of what fits no card of people at home in 8 or more bits: the file in 4 bits that they put into host memory instead."""
    base = figures.base
    if figures.knob("task") != "inference" or base.verdict != "no" or not _at_home(base) or "fits" not in figures.about:
        return SILENT
    if stored_bits(base) < _WIDE or not base.capacity:
        return SILENT
    size = figures.stored(weight_format=USUAL_FILE)
    if size < figures.n * base.capacity:  # which the cards hold
        return SILENT
    return Words(
        f" As a Q4_K_M file they are {both_words(size)}: so much of host memory and card together llama.cpp takes with --cpu-moe.",
        f"Q4_K_M 文件是 {both_words(size)}:用 llama.cpp 加 --cpu-moe,内存和显存合计要这么多。",
    )


def _at_home(where: Outcome) -> bool:
    card = where.case.card
    return card is not None and gpu_row(card.name).get("class") == "consumer"


def _in_16_too(figures: Figures) -> Words:
    """What the weights would be on each card in 16 bit, where they are served in FP8 by several cards."""
    base = figures.base
    if figures.knob("task") != "inference" or figures.knob("weight_format") != "fp8" or figures.n < 2:
        return SILENT
    if not base.capacity or unequal(base) or int(figures.knob("dp") or 1) > 1:
        return SILENT
    whole = figures.need("w16")
    each, size = whole / figures.n, both_words(whole)
    left = Words("more than it has", "放不下") if each > base.capacity else None
    if left is None and each > _HARDLY * base.capacity:
        left = Words("next to nothing is left for cache and activations", "几乎不剩缓存和激活的位置")
    told, told_zh = (f": {left.en}", f":{left.zh}") if left else ("", "")
    return Words(
        f" In bf16 the weights are {size}, ÷ {figures.n} = {gib_words(each)} of each card's {gib_words(base.capacity)}{told}.",
        f"换成 bf16,权重是 {size},÷ {figures.n} = 每张卡 {gib_words(each)},卡上可用 {gib_words(base.capacity)}{told_zh}。",
    )


MIXTURE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "in_16_too": _in_16_too,
    "as_a_file": _as_a_file,
    "mixture_sum": _mixture_sum,
    "experts_by_flag": _experts_by_flag,
    "all_held": _all_held,
    "weights_on_each": _weights_on_each,
    "on_each": lambda figures: Words(" on each", "每张") if figures.n > 1 else SILENT,
    "experts_of_layer": _experts_of_layer,
}
