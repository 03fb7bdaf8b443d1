"""Figures beside what was seen and is not understood: a model's weights in fewer bits, the moment at which a step is fullest."""

from collections.abc import Callable, Mapping

from chat.figures.concepts.meaning_words import seven
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.recipe import assumed
from kb.worked import AFTERWARDS

_BITS = (("16", "bf16"), ("8", "int8"), ("4", "awq-int4-g128"))
_FILE_BITS = (("16", "gguf:F16"), ("8", "gguf:Q8_0"), ("4", "gguf:Q4_K_M"))


def _narrow_sizes(figures: Figures) -> Words:
    """The weights of the model, or of a 7B where none is named, in 16, 8 and 4 bits."""
    of = figures if figures.names_model else seven(method="inference")
    pairs = _FILE_BITS if str(figures.given.get("weight_format")).startswith("gguf:") else _BITS
    each = [(bits, gib_words(of.stored(weight_format=one))) for bits, one in pairs]
    en, zh = (
        ", ".join(f"{size} in {bits} bit" for bits, size in each),
        "、".join(f"{bits} 位 {size}" for bits, size in each),
    )
    here, here_zh = ("they are", "这个模型") if figures.names_model else ("a 7B's are", "7B 的权重")
    return Words(f"{here} {en}", f"{here_zh} {zh}")


def _peak_moments(_: Figures) -> Words:
    """What a usual model holds at the two moments that may be the fullest, trained with LoRA and in full."""
    model = str(assumed("model", "grouped heads"))
    lora, full = (Figures({"model": model, "method": one}).base for one in ("lora", "full"))
    when = [one.phase.says if one.phase else SILENT for one in (lora, full)]
    length, step = f"{int(lora.situation.knob('seq_len')):,}", gib_words(lora.held("activations", "logits"))
    states = gib_words(full.held("weights", "gradients", "optimizer"))
    freed = gib_words(full.fullest.before[1] if full.fullest.before else 0)
    return Words(
        f"{model} at {length} tokens is fullest with LoRA {when[0].en} ({step} of its {gib_words(lora.best)} are activations and logits), trained in full {when[1].en} ({states} of weights, gradients and states, while the {freed} of activations and logits before are freed)",
        f"{model},{length} token:LoRA 的峰值在{when[0].zh}({gib_words(lora.best)} 里激活和 logits 占 {step}),全参在{when[1].zh}(权重、梯度和状态共 {states},此前 {freed} 的激活和 logits 已经释放)",
    )


def _peak_here(figures: Figures) -> Words:
    """The moment at which this training is fullest, and what it holds then."""
    base = figures.base
    if base.phase is None:
        raise Missing("phase")
    after = base.phase in AFTERWARDS
    names = ("weights", "gradients", "optimizer") if after else ("activations", "logits")
    size, whole, before = gib_words(base.held(*names)), gib_words(base.best), base.fullest.before
    says, card = base.phase.says, ("", "") if figures.n < 2 else (" per card", "每卡 ")
    if after:
        freed = gib_words(before[1]) if before else gib_words(0)
        return Words(
            f"**It is fullest {says.en}, not in the forward pass: {whole}{card[0]}, of which {size} are weights, gradients and optimizer states; the {freed} of activations and logits before it are freed by then.**",
            f"**峰值在{says.zh},不在前向:{card[1]}{whole},其中权重、梯度和优化器状态 {size};此前 {freed} 的激活和 logits 到这时已经释放。**",
        )
    return Words(
        f"**It is fullest {says.en}: {whole}{card[0]}, of which {size} are activations and logits; what stands still beside them (weights, states) is there all along.**",
        f"**峰值在{says.zh}:{card[1]}{whole},其中激活和 logits {size};其余(权重、优化器状态等)一直都在。**",
    )


def _pass_activations(_: Figures) -> Words:
    """What activations are of a 7B that runs, beside its weights and the cache of the same tokens."""
    base = seven(method="inference").base
    sizes = [gib_words(base.terms.get(one, 0.0)) for one in ("activations", "weights", "kv_cache")]
    length = f"{int(base.situation.knob('seq_len')):,}"
    return Words(
        f"a 7B that reads {length} tokens in one step: {sizes[0]}, beside {sizes[1]} of weights and {sizes[2]} of KV cache",
        f"7B 一步读入 {length} token:{sizes[0]},而权重 {sizes[1]},KV 缓存 {sizes[2]}",
    )


OBSERVED_WORDS: Mapping[str, Callable[[Figures], Words]] = {
    "narrow_sizes": _narrow_sizes, "peak_moments": _peak_moments, "peak_here": _peak_here, "pass_activations": _pass_activations,
}  # fmt: skip
