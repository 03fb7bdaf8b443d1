"""Ways of tuning without a formula of their own beside adapters: the same frozen base under both, few parameters on top, and
what takes less of either.

A prefix (P-Tuning v2) trains keys and values of virtual tokens in every layer, a soft prompt their embeddings alone. PEFT gives
the prefix as a cache, and so refuses checkpointing with it (https://github.com/huggingface/peft/pull/2191).
"""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing, gib_words, value_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.recipe import ADAPTERS

# of what is asked about, the way that is held against adapters
WAY = "frozen_way:"
# by the words of a text: how it is called, and what of a virtual token it trains
_PREFIX, _PROMPT = "prefix", "prompt"
_KINDS = {
    "p-tuning v2": ("P-Tuning v2", _PREFIX), "prefix tuning": ("prefix tuning", _PREFIX), "prompt tuning": ("prompt tuning", _PROMPT),
    "p-tuning": ("P-Tuning", ""), "ia3": ("IA3", ""), "adapter tuning": ("adapter tuning", ""),
}  # fmt: skip
TOPICS = tuple(f"{WAY}{one}" for one in _KINDS)
# virtual tokens in ChatGLM3's own settings of P-Tuning v2 (finetune_demo/configs/ptuning_v2.yaml)
_TOKENS = 128
MB = 1e6
# of the need: less apart is nothing to choose by
_ALIKE = 0.1


def way_named(text: str) -> str:
    """The subject of a way as a text writes it: `PTuning-v2`, `prefix-tuning`."""
    plain = text.lower().replace("-", " ").replace("ptuning", "p tuning").replace("  ", " ")
    if plain.startswith("p tuning"):
        return f"{WAY}p-tuning v2" if plain.rstrip().endswith("2") else f"{WAY}p-tuning"
    return f"{WAY}{plain}"


def _beside(figures: Figures) -> Words:
    """How far apart the two are, of what they have in common, and what takes less."""
    said = next((one.removeprefix(WAY) for one in figures.about if one.startswith(WAY)), "")
    method, base = figures.knob("method"), figures.base
    if said not in _KINDS or method not in ADAPTERS or figures.n > 1 or figures.knob("optimizer") != "adamw":
        raise Missing("method")
    name, kind = _KINDS[said]
    adapters = {"lora": "LoRA", "qlora": "QLoRA"}.get(str(method), "DoRA")
    own, count = _trained(figures, kind), value_of(base, "trained_params")
    apart = abs((own or 0) - count) * TRAINED
    weights, whole = base.terms["weights"], base.best
    least = apart < _ALIKE * whole
    wide = abs(weights - WEIGHT * figures.params) < _ALIKE * weights
    held = f"{size_words(figures.params)} × {WEIGHT} B = {weights / GB:.1f} GB" if wide else gib_words(weights)
    less = name if own is None or own < count else adapters
    en = "About the same" if least else f"{less} takes less, by {apart / GIB:.2f} GiB of {gib_words(whole)}"
    zh = "差不多" if least else f"{less} 少 {apart / GIB:.2f} GiB(共 {gib_words(whole)})"
    counts, saves, kept = (
        _counts(own, count, kind, name, adapters),
        _quantised(figures),
        _unchecked(figures, kind, name),
    )
    choose = Words(" So memory is no reason to choose:", "所以不必按显存来选:") if least and not kept.en else SILENT
    return Words(
        f"**{en} with the same settings: both keep the whole base frozen ({held}) and train few parameters beside it{counts.en}.** Activations and logits go with length and batch and are the same in both.{kept.en}{saves.en}{choose.en} LoRA can be merged into the weights and then costs nothing when served{_SERVED[kind].en}.",
        f"**设置相同时{zh}:两者都冻结整个基座({held}),只在旁边训练很少的参数{counts.zh}。** 激活和 logits 随长度和批大小变化,两者相同。{kept.zh}{saves.zh}{choose.zh}LoRA 可以合并进权重,推理时没有额外开销{_SERVED[kind].zh}。",
    )


def _unchecked(figures: Figures, kind: str, name: str) -> Words:
    """What the activations come to of a way that its program runs without checkpointing alone."""
    if kind != _PREFIX or figures.knob("gradient_checkpointing") != "on":
        return SILENT
    on, off = (gib_words(figures.at(gradient_checkpointing=one).best) for one in ("on", "off"))
    return Words(
        f" But PEFT refuses gradient checkpointing for prefixes ({name} there): without it {off} instead of {on} at this length.",
        f"但 PEFT 里前缀类方法({name})不能开梯度检查点:不开时同样长度要 {off},而不是 {on}。",
    )


_SERVED = {
    _PREFIX: Words(", while virtual tokens stay in the cache of every request", ";虚拟 token 则一直占着每个请求的缓存"),
    _PROMPT: Words(", while virtual tokens lengthen every request", ";虚拟 token 则让每个请求都变长"),
    "": SILENT,
}


def _trained(figures: Figures, kind: str) -> float | None:
    """What a prefix or a prompt of the usual length has of parameters; None for what is counted otherwise."""
    if kind == _PROMPT:
        return _TOKENS * figures.need("hidden")
    if kind == _PREFIX and "kv_lora_rank" not in figures.base.situation.facts:
        return _TOKENS * figures.need("kv_token") / WEIGHT
    return None


def _counts(own: float | None, count: float, kind: str, name: str, adapters: str) -> Words:
    told = f"{adapters} {_kept(count)}"
    if own is None:
        return Words(f": {told} with gradients and Adam", f"({told},含梯度和 Adam)")
    mine = f"{name} {_kept(own)}"
    of_each = (
        Words("keys and values of every layer", "每层的 K、V") if kind == _PREFIX else Words("embeddings", "的嵌入")
    )
    return Words(
        f": {mine} with {_TOKENS} virtual tokens ({of_each.en}), {told}, with gradients and Adam",
        f":{mine}({_TOKENS} 个虚拟 token,{of_each.zh}),{told}(都含梯度和 Adam)",
    )


def _kept(count: float) -> str:
    size = count * TRAINED
    return f"{size_words(count)} × {TRAINED} B = " + (
        f"{size / GB:.2g} GB" if size > GB / 10 else f"{size / MB:.0f} MB"
    )


def _quantised(figures: Figures) -> Words:
    """That what saves is a base in few bits, where it is not one already."""
    if figures.knob("method") == "qlora":
        return SILENT
    few = figures.at(method="qlora", bits=4, weight_format=None)
    sizes = gib_words(few.terms["weights"]), gib_words(few.best), gib_words(figures.base.best)
    return Words(
        f" What does save is a quantised base: in 4 bits (QLoRA) it takes {sizes[0]}, in all {sizes[1]} instead of {sizes[2]}.",
        f"真正省的是量化基座:4 位(QLoRA)权重 {sizes[0]},共 {sizes[1]},16 位时共 {sizes[2]}。",
    )


FROZEN_WAYS: dict[str, Callable[[Figures], Words]] = {"frozen_ways": _beside}
