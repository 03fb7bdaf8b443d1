"""How each term of a card comes about, as the product that an expert writes beside it: `8.03B × 12 B = 96.4 GB, ÷ 4`.

A product is told where it gives the term; a term that is the sum of several things names them with their amounts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formulas.derivation import Fact
from formulas.notation import figure, size_words
from formulas.numeric import Number
from formulas.quantity import SILENT, Quantity, Words
from kb.cards import GB, GIB
from kb.worked import STATES, TERM_ORDER, Worked, derived, term_of

# a part of a term below this is not worth its words
_LEAST = 0.05 * GIB
# how near to a whole number a quotient has to be to be a number of cards, and to one a product to be the term
_NEAR = 0.02
# by so much a whole file's bits of a weight may differ from those of its format
_OF_A_FILE = 0.05
# how near to all of the parameters what trains has to be, biases, ties and scales included
_ALL_BUT = 0.03
_LOGITS = ("logits_at_backward", "logits_at_forward")
_STATES = {
    "gradients": "gradient_shards", "standing_gradients": "gradient_shards", "gradients_so_far": "gradient_shards",
    "optimizer": "optimizer_shards",
}  # fmt: skip


@dataclass(frozen=True)
class Of:
    """A card, the parameters of its whole model (None if not known), and the facts of the whole model."""

    card: Worked
    n_params: float | None
    facts: Mapping[str, Fact]

    @property
    def n_cards(self) -> int:
        return int(self.facts["n_gpus"].value) if "n_gpus" in self.facts else 1

    def value(self, name: str) -> float:
        """A quantity of the card by its name; 0 where it has none."""
        return float(self._named.get(name, 0.0))

    def at_the_end(self, name: str) -> float:
        """Bytes of a term at the end of a step."""
        return (self.card.at_any_phase(name) or [0.0])[-1]

    @cached_property
    def _named(self) -> dict[str, Number]:
        return {quantity.name: value for quantity, value in self.card.values.items()}


def sums(of: Of, parts: Sequence[Quantity] = ()) -> dict[str, Words]:
    """By term, how the card's amount comes about; a term of which nothing is to be said is left out.

    parts       those of another moment than the one that decides
    """
    found: dict[str, list[tuple[Words, float]]] = {}
    for part in parts or of.card.parts:
        size, name = float(of.card.values[part]), term_of(part)
        if size < _LEAST:
            continue
        told = next((words for maker in _MAKERS for words in maker(of, part, size)), part.says)
        found.setdefault(name, []).append((told, size))
        if told is part.says and part.name in TERM_ORDER:  # the name of the term again
            found[name].pop()
    return {name: _joined(parts) for name, parts in found.items() if parts}


_BESIDE = 0.02  # of the states of the model that trains, from which on others have some, too


def states(of: Of, apart: bool = False) -> dict[str, Any] | None:
    """Weights, gradients and optimizer states of a training of all weights as one product, and what a card has of it; None
    where not all of them are trained, or they are not divided alike.

    apart       the bytes of each of the three are told too
    beside_gib  of the result: what models beside the one that trains, a reference or a critic, have of them
    """
    trained, shards = of.value("trained_params"), of.value("weight_shards")
    others = {of.value(name) for name in ("gradient_shards", "optimizer_shards")}
    if not {"weights", "optimizer"} <= set(of.card.terms) or others != {shards} or not of.n_params or not trained:
        return None
    if abs(trained / of.n_params - 1) > _ALL_BUT:  # adapters, or layers that are frozen
        return None
    # at the end of the step all are there that ever are, wherever in it the peak is
    bytes_each = [of.at_the_end(name) * shards / trained for name in STATES]
    each = sum(bytes_each)
    whole = of.n_params * each
    digits = 2 if apart else 1  # a sum is checked by its parts
    parts = f" ({' + '.join(figure(round(one, digits)) for one in bytes_each)})" if apart else ""
    divided, divided_zh = (f", ÷ {figure(shards)} cards", f"\uff0c÷ {figure(shards)} 张卡") if shards > 1 else ("", "")
    product = f"{size_words(of.n_params)} × {figure(round(each, digits))} B{parts} = {decimal(whole)}"
    here = whole / shards
    beside = sum(of.card.terms.get(name, 0.0) for name in STATES) - here
    further = any(of.value(name) for name in ("other_models", "reference_weights"))
    apart_from = {"beside_gib": beside / GIB} if further and beside > _BESIDE * here else {}
    return {"gib": here / GIB, "says": f"{product}{divided}", "zh": f"{product}{divided_zh}", **apart_from}


def _joined(parts: list[tuple[Words, float]]) -> Words:
    if len(parts) == 1:
        return parts[0][0]
    said = [(words, f"{size / GIB:.2f} GiB") for words, size in parts]
    return Words(
        "; ".join(f"{words.en}: {amount}" for words, amount in said),
        ";".join(f"{words.zh}:{amount}" for words, amount in said),
    )


def decimal(size: float) -> str:
    """Bytes in decimal units, as products are told: `138 GB`, `3.09 GB`."""
    amount = size / GB
    return f"{amount:,.0f} GB" if amount >= 100 else f"{amount:.3g} GB"


def _divided(whole: float, here: float, cards: int) -> tuple[str, str] | None:
    """The words for a division among cards, none at all for a whole; None where it is no even one, or of more than there are."""
    parts = whole / here
    if abs(parts - round(parts)) > _NEAR * parts or round(parts) > cards or cards % round(parts):
        return None  # a stage with an end of the model holds no even part of it
    return ("", "") if round(parts) == 1 else (f", ÷ {round(parts)} cards", f"\uff0c÷ {round(parts)} 张卡")


def _weights(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    if part.name != "weights" or not of.n_params or not of.value("bits_per_weight"):
        return
    whole = _stored(of)
    shares = _divided(whole[1], size, of.n_cards) if whole else None
    if whole and shares:
        said, product = whole[0], decimal(whole[1])
        yield Words(f"{said.en} = {product}{shares[0]}", f"{said.zh} = {product}{shares[1]}")
        return
    if whole and whole[1] > size and _apart(of):  # bytes: what is in two files has no one width
        yield _of_which(of, whole, decimal(size))
        return
    bits = of.value("bits_per_weight")
    # a file of several formats takes more of each than its name says, or a little less
    if size * 8 / bits > (1 - _OF_A_FILE) * of.n_params:
        mean = figure(round(size * 8 / of.n_params, 2))
        yield Words(*(f"{size_words(of.n_params)} × {mean} {one} = {decimal(size)}" for one in ("bits", "位")))
        return
    here, every = size_words(size * 8 / bits), size_words(of.n_params)
    if whole and whole[1] > size:
        yield _of_which(of, whole, here)
        return
    yield Words(f"{here} of the {every} × {_each(bits).en}", f"{every} 中的 {here} × {_each(bits).zh}")


def _of_which(of: Of, whole: tuple[Words, float], here: str) -> Words:
    said, product = whole[0], decimal(whole[1])
    card = ("the fullest card", "最满的卡") if of.n_cards > 1 else ("the card", "卡")
    return Words(
        f"{said.en} = {product}, of which {here} on {card[0]}", f"{said.zh} = {product}\uff0c其中{card[1]}上 {here}"
    )


def _each(bits: float) -> Words:
    """What one number takes: whole bytes, or bits."""
    return Words(*(f"{bits / 8:.3g} B",) * 2) if not bits % 8 else Words(f"{bits:.3g} bits", f"{bits:.3g} 位")


def _stored(of: Of) -> tuple[Words, float] | None:
    """The whole model's weights as a product with its value [byte]: what is quantised in few bits, the rest in whole bytes."""
    bits, few, rest, each = (
        of.value(name) for name in ("bits_per_weight", "linear_params", "unquantised_params", "unquantised_bytes")
    )
    if not of.n_params or not bits:
        return None
    if _apart(of):
        return _with_tower(of, bits, of.value("tower_params"))
    if not each or bits == 8 * each:
        return Words(
            *(f"{size_words(of.n_params)} × {one}" for one in (_each(bits).en, _each(bits).zh))
        ), of.n_params * bits / 8
    if of.facts["quantised"].value == "experts":
        few, rest = of.value("routed_params"), few + rest - of.value("routed_params")
    share = of.n_params / (few + rest)  # a card that holds part of each matrix
    few, rest, kept = few * share, rest * share, of.value("kept_head")
    words = [
        f"{size_words(few)} × {one} + {size_words(rest)} × {figure(each)} B" for one in (_each(bits).en, _each(bits).zh)
    ]
    if kept:  # a head that the file stores and the card holds, though the embedding is tied to it
        words[0] += f" + {decimal(kept)} for a head of its own"
        words[1] += f" + 另存的输出头 {decimal(kept)}"
    return Words(*words), few * bits / 8 + rest * each + kept


def _apart(of: Of) -> bool:
    """Is what reads pictures in no one file with the language model?"""
    return bool(of.facts["towers"].value != "within")


def _with_tower(of: Of, bits: float, tower: float) -> tuple[Words, float]:
    """A file of the language model, and what reads pictures where it is loaded."""
    language, each = (of.n_params or 0) - tower, _each(bits)
    said = [f"{size_words(language)} × {one}" for one in (each.en, each.zh)]
    if of.facts["towers"].value == "left":
        return Words(*said), language * bits / 8
    beside = f"{size_words(tower)} × 2 B"
    return Words(f"{said[0]} + {beside} (mmproj)", f"{said[1]} + {beside}(mmproj)"), language * bits / 8 + 2 * tower


def _states(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    trained, shards = of.value("trained_params"), of.value(_STATES.get(part.name, ""))
    if not trained or not shards:
        return
    each = size * shards / trained
    if part.name != "optimizer" and abs(each - of.value("bytes_of_gradient")) > _NEAR * each:
        return
    shares = _divided(size * shards, size, of.n_cards) or ("", "")
    product = decimal(size * shards)
    master = of.value("master_bytes") if part.name == "optimizer" else 0.0
    of_it = (
        (f" (of which {figure(master)} B a master copy)", f"(其中 {figure(master)} B 是主权重)") if master else ("", "")
    )
    head = f"{size_words(trained)} × {each:.3g} B"
    yield Words(f"{head}{of_it[0]} = {product}{shares[0]}", f"{head}{of_it[1]} = {product}{shares[1]}")


def _logits(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    tokens, vocabulary, each = (of.value(name) for name in ("logit_tokens", "vocab_size", "loss_bytes"))
    copy = tokens * vocabulary * each
    if part.name not in _LOGITS or not copy or size < copy * (1 - _NEAR):
        return
    head = f"{tokens:,.0f} × {vocabulary:,.0f} × {figure(each)} B = {copy / GIB:.2f} GiB"
    times = figure(round(size / copy, 1))
    yield Words(f"{head} a copy, {times} at once", f"{head} 一份,同时 {times} 份")


def _cache(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    if part.name not in ("kv_cache", "prefill_cache"):
        return
    kept = {float(value) for quantity, value in of.card.values.items() if quantity.name.startswith("tokens_kept")}
    many = of.value("batch_size") or 1.0
    whole = float(derived(part, dict(of.facts)).values[part])
    shares = _divided(whole, size, of.n_cards)
    # by layers the cards need not hold the same; of all of them it is told what they hold together
    cards, cards_zh = shares or (", of which this card's layers", "\uff0c这张卡存其中自己那些层的")
    if cards:
        cards, cards_zh = (f" = {whole / GIB:.2f} GiB{words}" for words in (cards, cards_zh))
    sequences = (f" × {figure(many)} sequences", f" × {figure(many)} 条") if many > 1 else ("", "")
    if len(kept) == 1:
        tokens = kept.pop()
        each = whole / many / tokens / 1024
        layers = _of_a_token(of, each * 1024)
        head, head_zh = (
            f"{layers.en}{each:,.4g} KiB a token × {figure(tokens)}",
            f"{layers.zh}每 token {each:,.4g} KiB × {figure(tokens)}",
        )
    else:
        head, head_zh = f"{whole / many / GIB:.2f} GiB a sequence", f"每条序列 {whole / many / GIB:.2f} GiB"
        if len(kept) == 2 and min(kept) > 0:  # windows
            told, told_zh = _with_windows(of, whole / many)
            head, head_zh = (f"{head}: {told}", f"{head_zh}:{told_zh}") if many > 1 or cards else (told, told_zh)
        elif many == 1 and not cards:
            return
    yield Words(f"{head}{sequences[0]}{cards}", f"{head_zh}{sequences[1]}{cards_zh}")


def _with_windows(of: Of, sequence: float) -> tuple[str, str]:
    """Of the layers that keep all tokens of a sequence and of those with a window how many there are and what they keep."""
    held: dict[float, tuple[float, float]] = {}  # by tokens kept: layers of the whole model, and a part of the cache
    for quantity, kept in of.card.values.items():
        name, _, kind = quantity.name.partition("[")
        counted = of.facts.get(f"n_layers_of[{kind}")
        if name == "tokens_kept" and counted is not None:
            layers, part = held.get(float(kept), (0.0, 0.0))
            many = float(counted.value)
            held[float(kept)] = (layers + many, part + many * of.value(f"layer_kv[{kind}"))
    few, all_ = min(held), max(held)
    each = sequence * held[all_][1] / sum(part for _, part in held.values()) / all_ / 1024
    window = min(float(one.value) for name, one in of.facts.items() if name.startswith("sliding_window"))
    beside = few > window  # what a step computes stands beside the window
    told = f"with a window of {window:,.0f} keep {few:,.0f}" if beside else f"with a window {few:,.0f}"
    told_zh = f"层带 {window:,.0f} 的窗口,存 {few:,.0f} 个" if beside else f"层带窗口,只存 {few:,.0f} 个"
    return (
        f"{held[all_][0]:.0f} layers keep {all_:,.0f} tokens × {each:,.4g} KiB, {held[few][0]:.0f} {told}",
        f"{held[all_][0]:.0f} 层存 {all_:,.0f} 个 token × {each:,.4g} KiB,{held[few][0]:.0f} {told_zh}",
    )


def _of_a_token(of: Of, each: float) -> Words:
    """What the layers that keep a cache keep of a token, as a product; empty where it is none."""
    # those of the whole model: a card of several has a share of the heads
    named = ("n_kv_heads", "head_dim", "kv_bytes", "kv_lora_rank", "qk_rope_head_dim")
    heads, width, wide, latent, rope = (
        float(of.facts[name].value or 0) if name in of.facts else of.value(name) for name in named
    )
    layer = (latent + rope) * wide if latent else 2 * heads * width * wide
    if latent and of.facts["latent_cache"].value == "expanded":
        return _of_expanded(of, each, wide)
    many = each / layer if layer else 0.0
    if not many or abs(many - round(many)) > 1e-6 * many:
        return SILENT
    layers, shown = round(many), f"{figure(wide)} B"
    if latent:
        return Words(
            f"{layers} layers × ({latent:.0f} + {rope:.0f}) × {shown} = ",
            f"{layers} 层 × ({latent:.0f} + {rope:.0f}) × {shown} = ",
        )
    whole, queries = (float(of.facts[name].value or 0) if name in of.facts else 0.0 for name in ("n_layers", "n_heads"))
    if (
        layers > whole > 0 and layers * heads == whole * queries
    ):  # repeated before they are cached, one for each query head
        return Words(
            f"2 × {whole:.0f} layers × {queries:.0f} heads (KV heads repeated) × {width:.0f} × {shown} = ",
            f"2 × {whole:.0f} 层 × {queries:.0f} 个头(KV 头重复后缓存)× {width:.0f} × {shown} = ",
        )
    return Words(
        f"2 × {layers} layers × {heads:.0f} KV heads × {width:.0f} × {shown} = ",
        f"2 × {layers} 层 × {heads:.0f} 个 KV 头 × {width:.0f} × {shown} = ",
    )


def _of_expanded(of: Of, each: float, wide: float) -> Words:
    """The same of latent attention whose heads are all cached, each with its own key and value."""
    named = ("n_heads", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
    heads, nope, rope, value = (float(of.facts[name].value or 0) for name in named)
    layer = heads * (nope + rope + value) * wide
    many = each / layer if layer else 0.0
    if not many or abs(many - round(many)) > 1e-6 * many:
        return SILENT
    product = f"× ({nope + rope:.0f} + {value:.0f}) × {figure(wide)} B = "
    return Words(f"{many:.0f} layers × {heads:.0f} heads {product}", f"{many:.0f} 层 × {heads:.0f} 个头 {product}")


def inputs_kept(of: Of) -> str:
    """What checkpointing keeps, the input of each layer, as a product; empty where it is none."""
    layers, tokens, width = (of.value(name) for name in ("checkpointed_layers", "tokens", "hidden_size"))
    each, size = of.value("residual_bytes"), of.value("checkpoints")
    if abs(layers * tokens * width * each - size) > _NEAR * size:
        return ""
    return f"{figure(layers)} × {tokens:,.0f} × {width:,.0f} × {figure(each)} B"


def kept_by_layers(of: Of) -> str:
    """What every layer keeps of every token until the backward pass, as a product; empty where it is none."""
    layers, tokens, each = (of.value(name) for name in ("n_layers", "tokens", "saved_layer"))
    size = of.value("saved_activations")
    if abs(layers * tokens * each - size) > _NEAR * size:
        return ""
    return f"{figure(layers)} × {tokens:,.0f} × {each / 1024:,.0f} KiB"


def _inputs(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    if part.name == "checkpoints" and (product := inputs_kept(of)):
        yield Words(f"the input of each layer: {product}", f"每层的输入:{product}")


def _kept(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    if part.name == "saved_activations" and (product := kept_by_layers(of)):
        yield Words(f"kept by each layer of each token: {product}", f"每层为每个 token 保存的:{product}")


def _adapter(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    trained, each = of.value("adapter_params"), of.value("adapter_bytes")
    if part.name != "adapter" or abs(trained * each - size) > _NEAR * size:
        return
    copies, whole = of.value("copied_matrices"), of.value("vocab_size") * of.value("hidden_size")
    if not copies:
        yield Words(*(f"{size_words(trained)} × {figure(each)} B",) * 2)
        return
    thin, many = size_words(max(trained - copies * whole, 0)), f"{figure(copies)} × " if copies > 1 else ""
    product = f"{many}{of.value('vocab_size'):,.0f} × {of.value('hidden_size'):,.0f}"
    yield Words(
        f"({thin} + {product} trained whole) × {figure(each)} B", f"({thin} + 完整训练的 {product}) × {figure(each)} B"
    )


def _process(of: Of, part: Quantity, size: float) -> Iterator[Words]:
    if part.name == "slack":
        yield Words("blocks kept by the allocator that fit no request", "分配器留着、放不下新请求的块")
    share, card = of.value("rollout_share"), of.value("card_memory")
    if part.name == "rollout_engine" and card:
        taken = f"{figure(share)} × {card / GIB:.1f} GiB"
        yield Words(f"its share of the card: {taken}", f"占显卡的份额:{taken}")
    context, links = of.value("context"), of.value("communication")
    if part.name == "runtime" and context:
        talk = (f", communication {links / GIB:.2f}", f",通信缓冲 {links / GIB:.2f}") if links else ("", "")
        yield Words(
            f"CUDA context and kernels {context / GIB:.2f}{talk[0]}", f"CUDA 上下文与算子 {context / GIB:.2f}{talk[1]}"
        )


_MAKERS: tuple[Callable[[Of, Quantity, float], Iterator[Any]], ...] = (
    _weights,
    _states,
    _logits,
    _cache,
    _inputs,
    _kept,
    _adapter,
    _process,
)
