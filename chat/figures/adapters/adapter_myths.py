"""What is wrongly supposed of adapters: that their base takes what trained weights take, that memory goes with the share of
the parameters that train, or that activations go with it."""

from collections.abc import Callable
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, both_words, gib_words, most_of, value_of
from chat.figures.sums.identified import sums
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import PURE, TRAINED
from kb.recipe import ADAPTERS, assumed

# bytes of a parameter that trains: with 16-bit gradients, with fp32 ones, with both
_FULL = (16, 18, 20)
_OF_WHOLE = ("bits", "weight_format", "lora_rank", "lora_targets", "adapter_dtype", "modules_to_save", "precision")


def _claimed(figures: Figures) -> tuple[str, float]:
    """The amount that is every parameter's at so many bytes, and how many; Missing where none is."""
    if found := sums(figures, *_FULL):
        best = min(found, key=lambda one: one.off)
        return f"{best.claim:g} GB", best.each
    each = logged(figures, "sum_each")
    if each not in _FULL or logged(figures, "sum_over") != 1:
        raise Missing("claim")
    return both_words(each * figures.need("params_said")), each


def _states_not_theirs(figures: Figures) -> Words:
    """A need of adapters that is that of full training: what trains of it, and what the frozen base takes."""
    base = figures.base
    shown, each = _claimed(figures)
    name = {"qlora": "QLoRA", "dora": "DoRA"}.get(str(figures.knob("method")), "LoRA")
    count, weights = value_of(base, "adapter_params"), base.terms.get("weights", 0.0)
    own, low, high = both_words(TRAINED * count), *(gib_words(one) for one in base.bounds)
    many = figures.n > 1
    least = figures.at(method="qlora", **dict.fromkeys(_OF_WHOLE))
    narrow = SILENT
    if name != "QLoRA":
        narrow = Words(
            f" Over a base in 4 bits (QLoRA) it is {gib_words(least.best)}.",
            f"基座用 4 位(QLoRA)则是 {gib_words(least.best)}。",
        )
    return Words(
        f"**Wrong: {shown} is full fine-tuning, {size_words(figures.need('params_said'))} × {each:g} B. {name} keeps gradients and Adam's states of its own {size_words(count)} parameters alone, {own} with them; the frozen base takes {both_words(weights)}{' of each card' if many else ''}: about {gib_words(base.best)}{' per card' if many else ' in all'} (90 % interval {low} – {high}).**{narrow.en} Activations and logits are in it, and go with batch × length as in full training.",
        f"**不对:{shown} 是全参微调的算法,{size_words(figures.need('params_said'))} × {each:g} 字节。{name} 只为自己的 {size_words(count)} 个参数存梯度和 Adam 状态,连权重共 {own};冻结的基座{'每卡' if many else ''}占 {both_words(weights)}:{'每卡' if many else '总共'}约 {gib_words(base.best)}(90% 区间 {low} – {high})。**{narrow.zh}其中已含激活和 logits,它们和全参一样随 批大小 × 长度 增长。",
    )  # fmt: skip


def _example(figures: Figures, **facts: Any) -> Figures:
    """The case itself where a model is told, else the usual example."""
    if figures.names_model:
        return figures
    return Figures({"params": assumed("params", "an example"), **facts})


def _both(figures: Figures) -> tuple[Figures, Any, Any]:
    method = str(figures.given.get("method") or "lora")
    of_case = _example(figures, method=method if method in ADAPTERS else "lora")
    tuned = of_case.base if of_case.given.get("method") in ADAPTERS else of_case.at(method="lora")
    return of_case, tuned, of_case.at(method="full", **dict.fromkeys(_OF_WHOLE))


def _share_of_memory(figures: Figures) -> Words:
    """What share of full training's memory adapters take, and what share of the parameters they train."""
    of_case, tuned, full = _both(figures)
    if tuned.best >= full.best:
        raise Missing("share")
    trained = 100 * value_of(tuned, "adapter_params") / of_case.params
    share = 100 * tuned.best / full.best
    model = size_words(of_case.need("params_said"))
    weights, rest = (
        gib_words(tuned.terms.get("weights", 0.0)),
        tuned.terms.get("activations", 0.0) + tuned.terms.get("logits", 0.0),
    )
    return Words(
        f"of a {model} adapters of {trained:.2g} % of the parameters take {gib_words(tuned.best)} where full fine-tuning takes {gib_words(full.best)}, {share:.0f} %: {weights} of it are the base, {gib_words(rest)} activations and logits",
        f"以 {model} 为例,适配器占参数的 {trained:.2g} %,显存 {gib_words(tuned.best)},全参是 {gib_words(full.best)},即 {share:.0f} %:其中基座 {weights},激活和 logits {gib_words(rest)}",
    )  # fmt: skip


def _activations_beside(figures: Figures) -> Words:
    """The activations of adapters beside those of full training, at one batch and length, without what recomputing saves."""
    of_case, _, _ = _both(figures)
    kept = [
        of_case.at(method=one, gradient_checkpointing=kept, **(dict.fromkeys(_OF_WHOLE) if one == "full" else {}))
        for kept in ("on", "off")
        for one in ("lora", "full")
    ]
    on, on_full, off, off_full = (gib_words(most_of(one, "activations")) for one in kept)
    model, tokens = size_words(of_case.need("params_said")), of_case["tokens"]
    return Words(
        f"a {model} at {tokens} tokens keeps {on} with LoRA and {on_full} in full training with checkpointing, {off} and {off_full} without",
        f"{model} 在 {tokens} 个 token 时,开重计算 LoRA {on}、全参 {on_full},不开则 {off} 与 {off_full}",
    )


def _beside_whole(figures: Figures) -> Words:
    """What the low-rank adapters take beside matrices that train whole, and those in 16 bit throughout."""
    own = value_of(figures.at(modules_to_save=None), "adapter_params")
    each, copies = figures.need("whole_bytes"), figures.need("whole_params")
    narrow = narrow_zh = ""
    if each > PURE:
        narrow = f" Trained in bf16 throughout, {PURE} B each, the copies take {both_words(PURE * copies)}."
        narrow_zh = f"副本全程用 bf16 训练(每参数 {PURE} 字节)则为 {both_words(PURE * copies)}。"
    return Words(
        f" The low-rank adapters themselves are {size_words(own)} parameters, {both_words(each * own)} with gradients and states.{narrow}",
        f"低秩适配器本身只有 {size_words(own)} 参数,连梯度和状态共 {both_words(each * own)}。{narrow_zh}",
    )


ADAPTER_MYTHS: dict[str, Callable[[Figures], Words]] = {
    "states_not_theirs": _states_not_theirs, "share_of_memory": _share_of_memory, "activations_beside": _activations_beside, "adapters_beside_whole": _beside_whole,
}  # fmt: skip
