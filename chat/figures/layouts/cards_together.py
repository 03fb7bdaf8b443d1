"""Whether several cards count for the sum of their memory, asked of cards that are named and of no model."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.cards import GIB, Card, plain_card, rigs_meant
from kb.overheads import CONTEXT_GIB

# amounts no further apart than this share are one
_SAME = 0.02


def _cards_together(figures: Figures) -> Words:
    """What they hold together, by which programs, and what each keeps for itself; Missing of one card, or of another sum."""
    rig = _each_named(figures) or rig_told(figures)
    if len(rig) < 2:
        raise Missing("cards")
    whole, least = sum(one.marketed_gb for one in rig), min(one.marketed_gb for one in rig)
    asked = figures.logged_all("sum_of_cards")
    if not {"cards_added", "pooled_asked"} & figures.about and not any(abs(one / whole - 1) <= _SAME for one in asked):
        raise Missing("sum")
    unequal = len({one.marketed_gb for one in rig}) > 1
    trains = figures.given.get("task") == "train" or "of_training" in figures.about
    serves = not trains or figures.given.get("task") == "inference" or "use_named" in figures.about
    told = f"{' + '.join(f'{one.marketed_gb:g}' for one in rig)}" if unequal else f"{len(rig)} × {least:g}"
    sum_ = f"{told} = {whole:g} GB"
    even = _even(len(rig), least) if unequal else SILENT
    if unequal and serves and not trains and _divides_evenly(figures):
        head = _smallest_decides(rig, least, sum_)
        return Words(f"{head.en} {_own().en}.", f"{head.zh}{_own().zh}。")
    parts = [
        _no_card(sum_) if "pooled_asked" in figures.about else _head(sum_, serves, trains),
        _served(even) if serves else SILENT,
        _speed() if serves and "pooled_asked" in figures.about else SILENT,
        _trained(least, even) if trains or "use_named" not in figures.about else SILENT,
        _kept(rig),
    ]
    return Words(" ".join(one.en for one in parts if one.en), "".join(one.zh for one in parts))


def _divides_evenly(figures: Figures) -> bool:
    """Is tensor parallel told, or a server that divides so by default?"""
    return int(figures.given.get("tp") or 1) > 1 or figures.given.get("engine") in ("vllm", "sglang")


def _smallest_decides(rig: tuple[Card, ...], least: float, sum_: str) -> Words:
    """What tensor parallel uses of unequal cards, and what uses all of them."""
    used, split = f"{len(rig)} × {least:g} = {len(rig) * least:g} GB", ",".join(f"{one.marketed_gb:g}" for one in rig)
    return Words(
        f"**No: tensor parallel gives each card the same share, so the smallest decides: {used} of {sum_}.** All of it is used where each card holds whole layers by its memory: llama.cpp (--tensor-split {split}) and ExLlama, or in vLLM stages of unequal length (--pipeline-parallel-size {len(rig)} with VLLM_PP_LAYER_PARTITION).",
        f"**不能:张量并行让每张卡分得一样多,由最小的卡决定,只用上 {used},而合计 {sum_}。** 要全部用上,得按各卡显存放整层:llama.cpp(--tensor-split {split})、ExLlama,或 vLLM 用长度不等的流水线(--pipeline-parallel-size {len(rig)} 加 VLLM_PP_LAYER_PARTITION)。",
    )


def _each_named(figures: Figures) -> tuple[Card, ...]:
    """One of each of the cards that are named side by side; empty where these are one, or alternatives of several meanings."""
    named = [str(one) for one in figures.told.get("gpus", ())]
    try:
        meant = [rigs_meant(one) for one in named]
    except BadInput:
        return ()
    single = len(meant) > 1 and all(len(rigs) == 1 and len(rigs[0]) == 1 for rigs in meant)
    return tuple(rigs[0][0] for rigs in meant) if single else ()


def rig_told(figures: Figures) -> tuple[Card, ...]:
    """Each of the cards that are named; Missing where none is, or where the name has several meanings."""
    count, memory = int(figures.given.get("n_gpus") or 1), figures.given.get("gpu_memory_gb")
    named = figures.given.get("gpu")
    if not (named or memory):
        raise Missing("card")
    try:
        rigs = rigs_meant(str(named), memory and float(memory)) if named else [(plain_card(float(memory or 0)),)]
    except BadInput as error:
        raise Missing("card") from error
    if len(rigs) > 1:
        raise Missing("cards")
    return rigs[0] * (count if len(rigs[0]) == 1 else 1)


def _no_card(sum_: str) -> Words:
    return Words(
        f"**No, they never become one card, with NVLink or without it; but a program that divides a model over them uses the memory of all: {sum_}.**",
        f"**不能,有没有 NVLink 都不会变成一张卡;但把模型切分到各卡的程序能用上全部显存:合计 {sum_}。**",
    )


def _head(sum_: str, serves: bool, trains: bool) -> Words:
    if not serves:
        return Words(
            f"**Only with ZeRO-3, FSDP or a pipeline, which divide the model: then {sum_} hold it together. With plain data parallel (DDP) no.**",
            f"**只有用 ZeRO-3、FSDP 或流水线把模型切分到各卡才行,这时合计 {sum_};普通数据并行(DDP)不行。**",
        )
    also = Words(" To train, only with ZeRO-3, FSDP or a pipeline.", "训练则只有 ZeRO-3、FSDP 或流水线才行。")
    told = also if trains else SILENT
    return Words(
        f"**Yes, to run a model that the program divides over the cards: {sum_}; they never become one card.{told.en}**",
        f"**推理可以,前提是程序把模型切分到各卡:合计 {sum_},但不会变成一张大卡。{told.zh}**",
    )


def _even(count: int, least: float) -> Words:
    return Words(
        f", where the smallest card decides ({count} × {least:g} = {count * least:g} GB)",
        f",此时按最小的卡算({count} × {least:g} = {count * least:g} GB)",
    )


def _served(even: Words) -> Words:
    return Words(
        f"llama.cpp, Ollama and ExLlama put whole layers on each card by its memory; vLLM and SGLang divide every layer (tensor parallel){even.en}.",
        f"llama.cpp、Ollama、ExLlama 按各卡显存分整层;vLLM、SGLang 把每一层都切开(张量并行){even.zh}。",
    )


def _speed() -> Words:
    return Words(
        "Nor is their speed that of one larger card: with whole layers on each they take turns at a request, at the bandwidth of one; tensor parallel lets all read at once and pays for an exchange in each layer.",
        "速度也不同于一张大卡:按层切分时各卡轮流算,单个请求只有一张卡的带宽;张量并行才让各卡同时读,代价是每层都要通信。",
    )


def _trained(least: float, even: Words) -> Words:
    return Words(
        f"In training ZeRO-3 and FSDP divide weights, gradients and optimizer states{even.en}, while each card keeps the activations of its own samples; plain DDP has a whole copy on each, which must fit in {least:g} GB.",
        f"训练时 ZeRO-3、FSDP 切分权重、梯度和优化器状态{even.zh},各卡样本的激活仍留在各自的卡上;普通 DDP 每张卡放完整的一份,仍要放进 {least:g} GB。",
    )


def _own() -> Words:
    low, high = CONTEXT_GIB
    return Words(
        f"Each card also holds a CUDA context ({low:g} to {high:g} GiB) and buffers of its own",
        f"每张卡还各有自己的 CUDA 上下文({low:g} 到 {high:g} GiB)和缓冲",
    )


def _kept(rig: tuple[Card, ...]) -> Words:
    room, low, high = sum(one.capacity for one in rig) / GIB, *CONTEXT_GIB
    left = [f"{room - len(rig) * one:.1f}" for one in (high, low)]
    return Words(
        f"{_own().en}: of {room:.1f} GiB at most {left[0]} to {left[1]} GiB are for the model. NVLink adds speed, no memory.",
        f"{_own().zh}:{room:.1f} GiB 中最多 {left[0]} 到 {left[1]} GiB 给模型。NVLink 只加快速度,不增加显存。",
    )


CARDS_TOGETHER: dict[str, Callable[[Figures], Words]] = {"cards_together": _cards_together}
