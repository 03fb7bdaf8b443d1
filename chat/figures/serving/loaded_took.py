"""What a server prints that loading the weights took, beside the size of the files: the same bytes, the one in GiB called GB."""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing
from formulas.quantity import SILENT, Words
from kb.pools import share_by_default, share_of
from kb.programs import serves
from kb.recommender import usual_cards

# vLLM divides by 2**30 and prints GB (GiB in newer versions): vllm/v1/worker/gpu_model_runner.py, load_model
# by what the ranks together may be off from the weights: what is rounded, what each keeps whole
_LESS, _MORE = 0.005, 0.03
_FILES = 0.02
_REPLICATED = 0.002
_MOST = 0.8  # of a card: one that the weights leave room on


def _loaded_took(figures: Figures) -> Words:
    """That nothing is missing, what the ranks hold in both units, and what is left of a card in the same one."""
    took, weights = figures.logged_all("took"), figures.base.part_of_all("weights")
    if not took or not weights:
        raise Missing("took")
    ways = next((n for n in dict.fromkeys((figures.n, 1)) if -_LESS < took[0] * n * GIB / weights - 1 < _MORE), 0)
    claims = [float(one) for one in figures.told.get("claims_gb", ()) if float(one) != took[0]]
    file = next((one for one in claims if abs(one * GB / weights - 1) < _FILES), None)
    if not ways or file is None:
        raise Missing("files")
    whole = took[0] * ways
    each = f"{ways} × {took[0]:g} GiB = {whole:.1f} GiB" if ways > 1 else f"{took[0]:g} GiB"
    in_gib = took[0] in map(float, figures.told.get("claims_gib", ()))
    prints = SILENT if in_gib else Words(" as GB", "的 GB 其实")
    lost = "lost_bytes" in figures.about
    opens = (
        Words("Nothing is missing or compressed", "什么都没少")
        if lost
        else Words("All of them are right, and nothing is missing or compressed", "都对,什么都没少,也没有压缩")
    )
    more, card = _replicated(whole * GIB - weights, weights, ways), _of_a_card(figures, took[0])
    return Words(
        f"**{opens.en}: what the server prints{prints.en} is GiB (2^30 B), files and the hub count GB of 10^9 B: {each} = {whole * GIB / GB:.1f} GB, and the files' {file:g} GB are {file * GB / GIB:.1f} GiB.**{more.en}{card.en}{_by_smi(figures).en}",
        f"**{opens.zh}:服务日志里{prints.zh}是 GiB(2^30 字节),文件和 hub 按 10^9 字节的 GB 计:{each} = {whole * GIB / GB:.1f} GB,而文件的 {file:g} GB = {file * GB / GIB:.1f} GiB。**{more.zh}{card.zh}{_by_smi(figures).zh}",
    )


def _by_smi(figures: Figures) -> Words:
    """What the driver shows beside both."""
    pool = not figures.given.get("engine") or serves(figures.given.get("engine"))
    beside, beside_zh = (
        (" and the KV pool that the server sets aside at its start", "和服务启动时预留的 KV 池") if pool else ("", "")
    )
    return Words(
        f" nvidia-smi counts in MiB and shows more than either: the CUDA context{beside} come on top.",
        f"nvidia-smi 以 MiB 计,显示的比两者都多:还有 CUDA 上下文{beside_zh}。",
    )


def _replicated(more: float, weights: float, ways: int) -> Words:
    """What the ranks hold beyond the file: what each has whole."""
    if more <= 0 or (ways == 1 and more < _REPLICATED * weights):
        return SILENT
    over = Words(f" The {more / GIB:.2f} GiB beyond are", f"多出的 {more / GIB:.2f} GiB 是")
    if ways > 1:
        return Words(
            f"{over.en} what each rank keeps whole (norms, padded rows of the vocabulary, buffers).",
            f"{over.zh}每个 rank 各存一份的部分(归一化、词表补齐的行、缓冲)。",
        )
    return Words(f"{over.en} buffers and padding.", f"{over.zh}缓冲和对齐补齐。")


def _of_a_card(figures: Figures, took: float) -> Words:
    """What the weights leave of a card in the same unit: of the one that is told, else of a usual one."""
    told = figures.base.case.card
    card = told or next((one for one in usual_cards() if took <= _MOST * one.capacity / GIB), None)
    if card is None:
        return SILENT
    room = card.capacity / GIB
    engine = figures.given.get("engine")
    share = figures.knob("gpu_memory_utilization") or share_by_default(engine)
    within = (
        Words(
            f", {share * room - took:.1f} within a share of {share:g},",
            f",按 {share:g} 的份额算是 {share * room - took:.1f} GiB",
        )
        if share and share_of(engine).rule != "share-of-rest"  # which is of what the weights leave
        else SILENT
    )
    return Words(
        f" Hold it against the card in GiB, too: one of {card.marketed_gb:g} GB has {room:.1f} GiB ({card.capacity / GB:.1f} GB by the files' measure), so these weights leave {room - took:.1f} of it{within.en} for cache and activations.",
        f"与显卡比较也用 GiB:{card.marketed_gb:g} GB 的卡有 {room:.1f} GiB(按文件的算法是 {card.capacity / GB:.1f} GB),放下这些权重还剩 {room - took:.1f} GiB{within.zh},给缓存和激活。",
    )


LOADED_TOOK: dict[str, Callable[[Figures], Words]] = {"loaded_took": _loaded_took}
