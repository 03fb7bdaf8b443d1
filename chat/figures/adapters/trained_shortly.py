"""Figures of trainings that are asked about shortly: states in host memory, both bases of adapters, cards that differ."""

from collections.abc import Callable

from chat.figures.concepts.meaning_words import seven
from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import GB, GIB, KIB, Figures, Missing, gib_words
from formulas.quantity import Words
from kb.bytes_each import ADAM, MOMENTS, WEIGHT
from kb.recipe import assumed

# a card that many have, the part of it that is the cache, and a usual sequence
_CARD_GB, _FIFTH, _SEQUENCE = 24, 5, 4096


def _states_in_ram(_: Figures) -> Words:
    """What a round 7B's states take, without the masters and with them."""
    params = seven(method="full").need("params_said")
    moments, all_ = (f"{each * params / GB:.0f}" for each in (MOMENTS, ADAM))
    return Words(f"of a 7B {moments} or {all_} GB of RAM", f"7B 是 {moments} 或 {all_} GB 内存")


def _qlora_and_lora(_: Figures) -> Words:
    lora, qlora = (gib_words(seven(method=one).base.best) for one in ("lora", "qlora"))
    return Words(f"of a 7B {lora} → {qlora}", f"7B 从 {lora} 降到 {qlora}")


def _lora_bits(_: Figures) -> Words:
    """A 7B tuned with adapters on a base in 8, 4 and 16 bits."""
    eight, four, wide = (
        gib_words(one.base.best)
        for one in (*(seven(method="qlora", bits=bits) for bits in (8, 4)), seven(method="lora"))
    )
    return Words(
        f"A 7B takes {eight} with 8 bits, {four} with 4 and {wide} with 16.",
        f"7B 用 8 位是 {eight},4 位 {four},16 位 {wide}。",
    )


def _adapter_beside(_: Figures) -> Words:
    """An adapter of the usual rank beside the base that it was trained on, in 16 bit."""
    tuned = seven(method="lora")
    count, rank = float(tuned.need("adapter_params")), tuned.knob("lora_rank")
    return Words(
        f"of a 7B at rank {rank} {count / 1e6:.0f}M, {count * WEIGHT / 1e6:.0f} MB",
        f"7B、秩 {rank} 时 {count / 1e6:.0f}M 个,{count * WEIGHT / 1e6:.0f} MB",
    )


def _seven_fp32(_: Figures) -> Words:
    wide, half = (gib_words(seven(method="inference").stored(weight_format=one)) for one in ("fp32", "bf16"))
    return Words(f"The weights of a 7B: {wide} instead of {half}.", f"7B 的权重:{wide},16 位是 {half}。")


def _share_of_cache(_: Figures) -> Words:
    """How many tokens a fifth of a usual card holds, where heads share keys and values."""
    model = str(assumed("model", "grouped heads"))
    token, name = Figures({"model": model, "method": "inference"}).need("kv_token"), model.rpartition("/")[2]
    room = _CARD_GB * GIB / _FIFTH
    return Words(
        f"A fifth of a card of {_CARD_GB} GB is {gib_words(room)}: at {token / KIB:.0f} KiB a token ({name}, GQA) {room / token:,.0f} tokens, {room / token / _SEQUENCE:.0f} sequences of {_SEQUENCE:,}.",
        f"{_CARD_GB} GB 卡的五分之一是 {gib_words(room)}:每 token {token / KIB:.0f} KiB({name},GQA)能放 {room / token:,.0f} token,即 {room / token / _SEQUENCE:.0f} 条 {_SEQUENCE:,} token 的序列。",
    )


def _of_one_size(count: int, each: float) -> Words:
    """Cards of different names with as much memory."""
    even = f"{count} × {each:g} = {count * each:g} GB"
    return Words(
        f"**Yes: they have as much memory each, so nothing is left unused: ZeRO-3 and FSDP divide a training over {even}, DDP keeps a whole copy on each, within {each:g} GB; only every step waits for the slower card.** Take what both have: bf16 and FlashAttention from Ampere on, one driver; without NVLink the traffic goes over PCIe.",
        f"**能:显存一样大,没有浪费:ZeRO-3、FSDP 把训练切分到 {even},DDP 每张卡放完整的一份(各 {each:g} GB 以内);只是每步都等较慢的那张。** 用两张卡都支持的功能(Ampere 起有 bf16 和 FlashAttention),同一个驱动;没有 NVLink 就走 PCIe。",
    )


def _unequal_trained(figures: Figures) -> Words:
    """What cards of different memory are to a training: the smallest decides, but for layers in proportion."""
    rig = rig_told(figures)
    sizes = sorted((card.marketed_gb for card in rig), reverse=True)
    if len(sizes) < 2 or "+" not in str(figures.given.get("gpu")):
        raise Missing("unequal cards")
    if len(set(sizes)) < 2:
        return _of_one_size(len(sizes), sizes[0])
    least, whole = sizes[-1], sum(sizes)
    even = f"{len(sizes)} × {least:g} = {len(sizes) * least:g} GB"
    alone = Words(
        f" With ZeRO-3 or FSDP that is {'no more than' if len(sizes) * least <= sizes[0] else 'more than'} the largest card has alone ({sizes[0]:g} GB){', which is then the better choice where it holds the run' if len(sizes) * least <= sizes[0] else ''}.",
        f"这{'不比最大的那张' if len(sizes) * least <= sizes[0] else '多于最大的那张单独的'}({sizes[0]:g} GB){'多,放得下时单用它更好' if len(sizes) * least <= sizes[0] else ''}。",
    )
    return Words(
        f"**Yes, they train together, but the smallest decides: DDP keeps a whole copy on each, so the run must fit {least:g} GB; ZeRO-3 and FSDP give each an equal share, so they count as {even}, and every step waits for the slowest card.**{alone.en} Layers in proportion to the memory (device_map with max_memory, a pipeline with stages of unequal length) use all {whole:g} GB, but the cards take turns.",
        f"**能一起训练,但由最小的卡决定:DDP 每张卡放完整的一份,所以要放得进 {least:g} GB;ZeRO-3、FSDP 每张卡分得一样多,只算 {even},而且每步都等最慢的卡。** {alone.zh}按显存比例分层(device_map 配 max_memory,或长度不等的流水线)能用上全部 {whole:g} GB,但各卡轮流工作。",
    )


TRAINED_SHORTLY_WORDS: dict[str, Callable[[Figures], Words]] = {
    "states_in_ram": _states_in_ram, "qlora_and_lora": _qlora_and_lora, "lora_bits": _lora_bits, "fifth_of_card": _share_of_cache, "adapter_beside": _adapter_beside, "seven_fp32": _seven_fp32, "unequal_trained": _unequal_trained,
}  # fmt: skip
