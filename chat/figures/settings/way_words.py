"""What makes a training fit whose states are too much for a card, in the order of what it costs, and only what was not ruled out."""

from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.cause_words import CAUSE_WORDS
from chat.figures.kept_ways import allowed
from chat.figures.named import GIB, Figures, Missing, both_words, gib_words, held_in_ram
from chat.phrases import VERDICTS
from formulas.chinese import spaced
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.bytes_each import PURE
from kb.cards import shares_memory
from kb.changes import likely_changes
from kb.interval import FITS
from kb.outcome import Outcome
from kb.solver import layers_that_fit


def _not_fit(figures: Figures) -> Words:
    """How surely a case does not fit that failed."""
    if figures.base.leaning == "unlikely":
        return Words("It most likely does not fit", "多半放不下")
    return Words("It does not fit", "本来就放不下")


def _ways_of_states(figures: Figures) -> Words:
    """States divided over the cards, in host memory, in 8 bits, in 16 bits, or adapters: of each kind the first that fits, or most likely does."""
    every = [*figures.changes, *likely_changes(figures.base, figures.changes)]
    kinds = (
        [one for one in every if set(one["facts"]) == {"zero_stage"}],
        [one for one in every if one["host_gib"] and "method" not in one["facts"]],
        sorted(
            (one for one in every if set(one["facts"]) == {"optimizer"}),
            key=lambda one: one["facts"]["optimizer"] != "adamw-8bit",
        ),
        [one for one in every if set(one["facts"]) == {"precision"}],
        [one for one in every if " + " in one["says"]],
        [one for one in every if one["facts"].get("method") in ("lora", "qlora")],
    )
    chosen = allowed([kind[0] for kind in kinds if kind], figures.about)
    chosen.sort(key=lambda one: one.get("leaning") == "borderline")
    if not chosen:
        return CAUSE_WORDS["cheapest"](figures)
    english, chinese = [], []
    for one in chosen:
        shown = gib_words(one["gib"] * GIB)
        host = gib_words(one["host_gib"] * GIB) if one["host_gib"] else ""
        sure = VERDICTS[one["leaning"]] if one.get("leaning") else ("", "")
        english.append(
            f"{one['says']} ({', '.join(part for part in (shown, f'with {host} of host memory' if host else '', sure[0]) if part)})"
        )
        chinese.append(
            f"{one['zh']}({','.join(part for part in (shown, f'另需内存 {host}' if host else '', sure[1]) if part)})"
        )
    return Words("; or ".join(english), ";或".join([chinese[0], *map(spaced, chinese[1:])]))


# states that take so much of a card leave little for anything else, whatever the batch is
_MOST_OF_A_CARD = 0.6
_HELD = ("weights", "gradients", "optimizer")


def _states_beside(figures: Figures) -> Words:
    """What stands on a card before any sample where that is most of it, and what makes it less; silent where it is not."""
    base = figures.base
    held = sum(base.terms.get(name, 0.0) for name in _HELD)
    if base.capacity is None or figures.knob("method") != "full" or held < _MOST_OF_A_CARD * base.capacity:
        return SILENT
    ways = _ways_of_less(figures)
    if not ways:
        return SILENT
    shown, room = gib_words(held), gib_words(base.capacity)
    english, chinese = "; ".join(one.en for one in ways), ";".join(one.zh for one in ways)
    return Words(
        f" Weights, gradients and states take {shown} of each card's {room} before any sample, so little is left whatever the batch. What takes less of that: {english}.",
        f"权重、梯度和优化器状态不算样本就占每卡 {shown}(卡上 {room}),批大小再小余量也不多。能让这部分变小的:{chinese}。",
    )


def _ways_of_less(figures: Figures) -> list[Words]:
    """The optimizer in host memory, twice the cards where they divide the weights, adapters: what was not ruled out, with the need."""
    doubled = 2 * figures.n
    tried: list[tuple[Words, dict[str, Any]]] = [
        (Words("the optimizer in host memory", "优化器 offload 到内存"), {"offload": "optimizer"}),
        (Words(f"{doubled} cards", f"{doubled} 张卡"), {"n_gpus": doubled}),
        (Words("LoRA on the frozen base", "在冻结的基座上训练 LoRA"), {"method": "lora", "optimizer": None, "precision": None}),
    ]  # fmt: skip
    if figures.knob("zero_stage") != 3 or figures.n == 1:
        tried = [one for one in tried if "n_gpus" not in one[1]]
    if figures.knob("offload") not in (None, "none") or shares_memory(figures.base.case.card):
        tried = [one for one in tried if "offload" not in one[1]]
    told = []
    for says, facts in tried:
        more = {"price": "cards"} if "n_gpus" in facts else {}
        if not allowed([{"facts": facts, **more}], figures.about):
            continue
        try:
            there = figures.at(**facts)
        except BadInput:
            continue
        if there.best < figures.base.best:
            each, host = gib_words(there.best), _moved(there)
            told.append(
                Words(
                    f"{says.en} ({each}{f', with {host} of host memory' if host else ''})",
                    f"{says.zh}({each}{f',另需内存 {host}' if host else ''})",
                )
            )
    return told


def _moved(there: Outcome) -> str:
    """What waits in host memory, in words; nothing where nothing does."""
    held = held_in_ram(there)
    return gib_words(held) if held else ""


def _pure_beyond(figures: Figures) -> Words:
    """That states of 16 bits alone are too much as well; nothing where they fit or may, which is told among the ways."""
    there = figures.at(precision="pure-bf16")
    if there.leaning in FITS or there.leaning == "borderline":
        return SILENT
    states, whole = both_words(PURE * figures.params), gib_words(there.best)
    return Words(
        f" Pure bf16 (no fp32 weights, moments in bf16) is {PURE} B a parameter, {states}, and does not fit either ({whole} in all).",
        f"纯 bf16(不留 fp32 主权重,动量也是 bf16)是每参数 {PURE} 字节,{states},也放不下(共 {whole})。",
    )


# what others may have done who run it on the same card: fewer bits, adapters, a part in host memory
_OTHERS = ("weight_format", "bits", "method", "n_cpu_moe", "offload", "gpu_layers")
_MOST_OTHERS = 3
_USUAL_FILE = "gguf:Q4_K_M"


def _others_ways(figures: Figures) -> Words:
    """The first ways on the same cards that keep the model, of 4 bits and more first; Missing where there is none."""
    found = [one for one in figures.changes if set(one["facts"]) & set(_OTHERS) and one["price"] != "cards"]
    told = [(one["says"], one["zh"], one["gib"] * GIB) for one in found]
    if figures.knob("task") != "train" and all(
        one["price"] != "quality" or "gpu_layers" in one["facts"] for one in found
    ):
        told = [
            *_file_beside_ram(figures),
            *(one for one in told if "-ngl" not in one[0] and "layers on the card" not in one[0]),
        ]
    if not told:
        raise Missing("changes")
    english = [f"{en} ({gib_words(size)})" for en, _, size in told[:_MOST_OTHERS]]
    chinese = [f"{zh}({gib_words(size)})" for _, zh, size in told[:_MOST_OTHERS]]
    joined = "、".join(chinese[:-1]) + ("或" if len(chinese) > 1 else "") + chinese[-1]
    return Words(f"{', '.join(english[:-1])} or {english[-1]}" if len(english) > 1 else english[0], joined)


def _file_beside_ram(figures: Figures) -> list[tuple[str, str, float]]:
    """The usual file, as many layers of it on the card as fit."""
    try:
        plain = figures.at(weight_format=_USUAL_FILE, bits=None, engine="llama.cpp", tp=None)
        layers = layers_that_fit(plain.case)
        there = figures.at(weight_format=_USUAL_FILE, bits=None, engine="llama.cpp", tp=None, gpu_layers=layers)
    except BadInput:
        return []
    name = _USUAL_FILE.removeprefix("gguf:")
    return [(f"a 4-bit file ({name}) with {layers} layers on the card and the rest in host memory",
             f"4 位文件({name}),{layers} 层在卡上、其余在内存", there.best)] if layers else []  # fmt: skip


def _dora_rise(figures: Figures) -> Words:
    """What a rise that was seen is, and what takes less; nothing where none is told."""
    try:
        rise = logged(figures, "to") - logged(figures, "from")
    except Missing:
        return SILENT
    return Words(
        f" The {rise:g} GB more that you see are these temporaries, which PyTorch's allocator keeps and nvidia-smi goes on showing (torch.cuda.max_memory_allocated() tells what was needed), or activations where checkpointing is off. Less: checkpointing on, adapters on fewer modules, a fused loss, or plain LoRA at a higher rank.",
        f"您看到多出的 {rise:g} GB 就是这些临时内存(PyTorch 的分配器会留着,nvidia-smi 一直显示;真正所需看 torch.cuda.max_memory_allocated()),没开重计算时还有激活。想降下来:开重计算、适配器少加几个模块、用融合损失,或用秩更高的普通 LoRA。",
    )


def _dora_peak(figures: Figures) -> Words:
    """Whether what DoRA adds to a layer raises the peak, or another moment decides it."""
    if figures.need("dora_more") > 0.25 * (figures.need("dora_layer") - figures.need("lora_layer")):
        return SILENT
    return Words(", which here stays below the peak at the loss", ",这里仍低于损失处的峰值")


WAY_WORDS = {
    "dora_peak": _dora_peak,
    "dora_rise": _dora_rise,
    "not_fit": _not_fit,
    "others_ways": _others_ways,
    "pure_beyond": _pure_beyond,
    "states_beside": _states_beside,
    "ways_of_states": _ways_of_states,
}
