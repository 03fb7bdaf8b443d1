"""Figures that show how a way of training takes memory, on a usual model: frozen layers, buckets, what waits in host memory."""

from collections.abc import Callable, Mapping

from chat.figures.concepts.meaning_words import seven
from chat.figures.named import Figures, both_words, value_of
from chat.figures.settings.lever_words import both_shown
from chat.figures.settings.levers import LEVERS
from chat.phrases import in_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM, GRADIENT, TRAINED, WEIGHT

_STATES = GRADIENT + ADAM  # what a frozen parameter is without
_EIGHT = 8e9  # with a large vocabulary
_LONG = 32768
_SOME_LAYERS = 4
_LOGIT = 4  # bytes, in fp32


def _told_or_seven(figures: Figures, **facts: object) -> Figures:
    """The model that is named, else a 7B."""
    told = {name: given for name, given in figures.given.items() if name in ("model", "params", "config")}
    return Figures({**told, **facts}) if told else seven(**facts)


def _half_frozen(figures: Figures) -> Words:
    """States of the model, or of a 7B, that trains whole, in its upper half, and in its last layers."""
    full = _told_or_seven(figures, method="full")
    layers = int(full.need("layers"))
    few = [_told_or_seven(figures, method="freeze", n_trainable_layers=n) for n in (layers // 2, _SOME_LAYERS)]
    sizes = [both_words(one).split(" (")[0] for one in (TRAINED * full.params, *map(_states_of, few))]
    of_it = (
        Words("Here, with Adam", "这里配 Adam")
        if figures.names_model
        else Words("Of a 7B with Adam", "以 7B 配 Adam 为例")
    )
    return Words(
        f"{of_it.en}: {sizes[0]} of weights, gradients and states when all of it trains, {sizes[1]} with the upper half of its {layers} layers, {sizes[2]} with the last {_SOME_LAYERS}",
        f"{of_it.zh}:权重、梯度和状态全训练是 {sizes[0]},只训 {layers} 层中的后一半是 {sizes[1]},只训最后 {_SOME_LAYERS} 层是 {sizes[2]}",
    )


def _states_of(figures: Figures) -> float:
    """Weights of all, with gradients and Adam of what trains."""
    return WEIGHT * figures.params + _STATES * value_of(figures.base, "trained_params")


def _ends_frozen(figures: Figures) -> Words:
    """What a frozen embedding saves of the model, or of two usual ones, with a small vocabulary and with a large."""
    told = []
    usual = (seven(method="full"), Figures({"params": _EIGHT, "method": "full"}))
    for one in (_told_or_seven(figures, method="full"),) if figures.names_model else usual:
        matrix = one.need("vocab") * one.need("hidden")
        name = "" if figures.names_model else in_words("params", one.given["params"], "en")
        shape = f"{one['vocab']} × {one['hidden']}"
        told.append((name, f"{shape} = {size_words(matrix)}", both_words(_STATES * matrix).split(" (")[0]))
    if figures.names_model:
        _, made, saved = told[0]
        return Words(f"here {made}, {saved}", f"这里是 {made},省 {saved}")
    return Words(
        "; ".join(
            f"of {'an' if name.startswith('8') else 'a'} {name} with {made}, {saved}" for name, made, saved in told
        ),
        ";".join(f"{name}({made})省 {saved}" for name, made, saved in told),
    )


def _ends_trained(_: Figures) -> Words:
    """What copies of embedding and head that train take of an 8B, beside its adapters."""
    one = Figures({"params": _EIGHT, "method": "lora"})
    both = 2 * one.need("vocab") * one.need("hidden")
    made = f"2 × {one['vocab']} × {one['hidden']} = {size_words(both)}"
    whole, small = (
        both_words(TRAINED * count).split(" (")[0] for count in (both, value_of(one.base, "trained_params"))
    )
    return Words(
        f"of an 8B {made}, × {TRAINED} B = {whole}, where all its adapters take {small}",
        f"8B 是 {made},× {TRAINED} 字节 = {whole},而全部适配器只有 {small}",
    )


def _recomputed_adapters(figures: Figures) -> Words:
    return both_shown(_told_or_seven(figures, method="lora"), LEVERS["checkpointing"])


def _logits_here(figures: Figures) -> Words:
    """One copy of the logits of a training of the model that is named."""
    if not figures.names_model:
        return SILENT
    one = Figures(
        {
            **_told_or_seven(figures, method="lora").given,
            **{n: figures.given[n] for n in ("seq_len", "batch_size") if n in figures.given},
        }
    )
    tokens, vocab = one.tokens, one.need("vocab")
    sum_ = f"{tokens:,.0f} × {vocab:,.0f} × {_LOGIT}"
    size = both_words(tokens * vocab * _LOGIT)
    return Words(f", here {sum_} B = {size} each", f",这里每份 {sum_} 字节 = {size}")


def _bucket_sizes(_: Figures) -> Words:
    """One more copy of a 7B's gradients, in 16 bit and in fp32."""
    params = seven(method="full").params
    narrow, wide = (both_words(each * params).split(" (")[0] for each in (GRADIENT, 2 * GRADIENT))
    return Words(f"of a 7B {narrow} in 16 bit, {wide} in fp32", f"7B 的 16 位梯度是 {narrow},fp32 是 {wide}")


def _hosted_inputs(figures: Figures) -> Words:
    """What leaves the card of an 8B at the length that was told, and what stays of it all the same."""
    tokens = float(figures.given.get("seq_len") or _LONG)
    one = Figures({"params": _EIGHT, "method": "lora", "seq_len": int(tokens)})
    layers, hidden, vocab = (one.need(name) for name in ("layers", "hidden", "vocab"))
    kept = both_words(layers * tokens * hidden * WEIGHT)
    copy = both_words(tokens * vocab * _LOGIT)
    made = f"{layers:,.0f} × {tokens:,.0f} × {hidden:,.0f} × {WEIGHT}"
    scores = f"{tokens:,.0f} × {vocab:,.0f} × {_LOGIT}"
    return Words(
        f"an 8B at {tokens:,.0f} tokens {made} B = {kept} of them, and {scores} B = {copy} for one fp32 copy of its logits",
        f"8B、{tokens:,.0f} token 时这些输入是 {made} 字节 = {kept},而一份 fp32 logits 是 {scores} 字节 = {copy}",
    )


def _trained_seven(figures: Figures) -> Words:
    """The states of the model, or of a 7B, that trains whole."""
    params = _told_or_seven(figures, method="full").params
    told = f"{size_words(params)} × {TRAINED}{{}} = {both_words(TRAINED * params)}"
    of_it = Words("here", "这里是") if figures.names_model else Words("of a 7B", "7B 是")
    return Words(f"{of_it.en} {told.format(' B')}", f"{of_it.zh} {told.format(' 字节')}")


TRAINING_WORDS: Mapping[str, Callable[[Figures], Words]] = {
    "half_frozen": _half_frozen, "ends_frozen": _ends_frozen, "ends_trained": _ends_trained, "recomputed_adapters": _recomputed_adapters, "logits_here": _logits_here, "bucket_sizes": _bucket_sizes,
    "hosted_inputs": _hosted_inputs, "trained_seven": _trained_seven,
}  # fmt: skip
