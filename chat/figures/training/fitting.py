"""Figures of whether a training fits: what so many cards hold, and the largest model at a card's edge."""

import re
from collections.abc import Callable
from typing import Any

from chat.figures.named import Figures, Missing, both_words, gib_words, value_of
from chat.figures.worked import UNQUANTISED, needed_card
from chat.phrases import VERDICTS, in_words
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.cards import GIB
from kb.cases import parse_given, spread
from kb.database import rows
from kb.held import FILLED
from kb.interval import FITS
from kb.outcome import Outcome, outcome
from kb.published import nearest, published
from kb.recommender import usual_cards
from kb.solver import solve

# cards that one machine has
_COUNTS = (2, 4, 8)
_ONE_CARD: dict[str, Any] = {"n_gpus": 1, "zero_stage": None, "tp": None, "pp": None, "layer_split": None}
_QUANTISED: dict[str, Any] = {
    "method": "qlora", "bits": 4, "bpw": None, "weight_format": None, "precision": None, "adapter_dtype": None, "offload": None,
}  # fmt: skip
_MOVED: dict[str, Any] = {"zero_stage": 3, "offload": "params"}
_THE_SAME = 0.99
# sizes as models are called; those that 4-bit QLoRA makes take so much of a card are told
_USUAL_SIZES = (3, 7, 8, 13, 14, 32, 70)
_LITTLE, _BEYOND = 0.25, 1.4
_BY_METHOD: tuple[dict[str, Any], ...] = (
    {"method": "qlora", "bits": 4},
    {"method": "lora", "bits": None},
    {"method": "full", "bits": None},
)
_OF_THE_CARD = ("model", "params", "config", "gpu", "gpu_memory_gb", "host_memory_gb")
# how a model's name tells its size
_SIZE = re.compile(r"(?<![A-Za-z0-9.])\d+(?:\.\d+)?[Bb](?![A-Za-z0-9])")


def _edge(figures: Figures) -> Outcome:
    """The largest model whose 4-bit QLoRA one card holds by the middle of the estimate."""
    left = {
        name: value for name, value in figures.given.items() if name not in ("model", "params", "offload", "precision")
    }
    facts = {**left, **_ONE_CARD, **_QUANTISED}
    found = solve("params", **{name: value for name, value in facts.items() if value is not None}).answers[0]
    if found.at is None:
        raise Missing("size")
    return found.at


def _edge_size(figures: Figures) -> float:
    name = str(_edge(figures).situation.knob("model"))
    found = rows("SELECT params_b FROM representatives WHERE model = ?", [name])
    if not found:
        raise Missing("size")
    return float(found[0]["params_b"]) * 1e9


def _over(figures: Figures) -> Words:
    """What each of two, four or eight such cards holds, up to the first count that is enough; where two are not, with the base in
    host memory."""
    en, zh = [], []
    for count in _COUNTS:
        there = figures.at(**{**_QUANTISED, "n_gpus": count, "zero_stage": 3})
        each, verdict = gib_words(there.best), VERDICTS[str(there.leaning or "no")]
        en.append(f"{in_words('n_gpus', count, 'en')} {each} each ({verdict[0]})")
        zh.append(f"{in_words('n_gpus', count, 'zh')}每卡 {each}({verdict[1]})")
        if there.verdict == "yes":
            break
        if (
            not en[1:]
            and there.leaning not in FITS
            and (moved := figures.at(**{**_QUANTISED, **_MOVED, "n_gpus": count})).leaning == "yes"
        ):
            en[0] += f", or with the base in host memory (FSDP's CPU offload) {gib_words(moved.best)} each (slower)"
            zh[0] += f",基座放到内存(FSDP 的 CPU offload)则每卡 {gib_words(moved.best)}(更慢)"
    return Words("; ".join(en), ";".join(zh))


def _least_qlora(figures: Figures) -> Words:
    """What a program takes that is sparing with the same, where that is less."""
    if figures.need("copy_qlora_least") > _THE_SAME * figures.need("copy_qlora"):
        return SILENT
    least = figures["copy_qlora_least"]
    return Words(
        f" ({least} with a fused loss and embedding and head in 16 bit)", f"(融合损失、embedding 与 head 保持 16 位时 {least})"
    )  # fmt: skip


def _smaller_instead(figures: Figures) -> Words:
    """Of a base that is too large in 4 bits: that more bits are out, and the size that one such card trains; else nothing."""
    if figures.knob("method") != "qlora" or figures.need("copy_qlora") <= figures.need("room"):
        return SILENT
    base, size, need = figures["w16"], figures["common"], figures["common_qlora"]
    return Words(
        f" LoRA in 16 bit, whose base alone is {base}, and full fine-tuning take more still. What one such card trains with room to spare, longer samples too, is a {size}: {need} by 4-bit QLoRA{_at_the_edge(figures).en}.",
        f"16 位 LoRA 仅基座就要 {base},全参微调更多,都不用考虑。单张这样的卡有余量、还能加长样本的是 {size}:4 位 QLoRA 占 {need}{_at_the_edge(figures).zh}。",
    )


def _card_of_qlora(figures: Figures) -> float:
    return needed_card(figures, figures.at(**{**_QUANTISED, **_ONE_CARD}).bounds[1])


def _lora_on(figures: Figures) -> Words:
    """The card that holds the same with a base in 16 bit, where one does."""
    try:
        size = needed_card(figures, figures.at(**{**UNQUANTISED, **_ONE_CARD, "method": "lora"}).best)
    except Missing:
        return SILENT
    return Words(f": at least a card of {size:g} GB", f",至少要 {size:g} GB 的卡")


def _eight(figures: Figures) -> Words:
    there = figures.at(**{**_QUANTISED, **_ONE_CARD, "bits": 8})
    return Words(*VERDICTS[str(there.leaning)]) if there.leaning else _missing()


def _missing() -> Words:
    raise Missing("card")


def _table(figures: Figures) -> Words:
    """The cell of LLaMA-Factory's table for QLoRA in 4 bit of about this size; nothing where it has none."""
    cells = published([figures.at(**{**_QUANTISED, **_ONE_CARD})])
    if not cells:
        return SILENT
    told = f"{cells[0]['model_size']} {cells[0]['says_gb']:g} GB"
    return Words(f" (LLaMA-Factory's table: {told})", f"(LLaMA-Factory 的表:{told})")


def _longest_quantised(figures: Figures) -> float:
    """The longest sequence of 4-bit QLoRA on one card, no longer than the model declares."""
    there = figures.at(**{**_QUANTISED, **_ONE_CARD})
    longest = there.largest("seq_len")
    if longest is None:
        raise Missing("length")
    return float(min(longest, there.declared) if there.declared else longest)


def _card_for_claim(figures: Figures) -> float:
    """The smallest usual card that holds the largest figure that was told, and what the formulas give, with something left."""
    need = max(figures.need("claim"), figures.at(**_ONE_CARD).bounds[1]) / FILLED
    sizes = sorted({card.marketed_gb for card in usual_cards() if card.marketed_gb * GIB >= need})
    if not sizes:
        raise Missing("card")
    return float(sizes[0])


def _measured(figures: Figures) -> Words:
    """The published run of 4-bit QLoRA that is nearest, where one of such a size and length was measured."""
    found = nearest(figures.at(**{**_QUANTISED, **_ONE_CARD}))
    if not found or not found[0]["close"]:
        return SILENT
    run = found[0]
    amount = f"{run['gib']:.1f} GiB"
    return Words(
        f"; measured: {run['described']}, {amount} ({run['source']})",
        f";实测:{run['described_zh']},{amount}({run['source']})",
    )


def _base_cards(figures: Figures) -> Words:
    """How many cards the 16-bit weights alone fill."""
    capacity = figures.base.capacity
    if not capacity:
        return _missing()
    count = int(-(-figures.need("w16") // capacity))
    return Words(in_words("n_gpus", count, "en"), in_words("n_gpus", count, "zh"))


def _usual_sizes(figures: Figures) -> Words:
    """A table of the usual sizes that one card nearly fills by 4-bit QLoRA: what each takes by each method."""
    left = {name: value for name, value in figures.given.items() if name not in ("model", "params", "precision")}
    room = figures.need("room")
    lines: list[tuple[str, ...]] = []
    for size in _USUAL_SIZES:
        cells: list[tuple[str, str]] = []
        for method in _BY_METHOD:
            there = figures.at(**{**left, **_ONE_CARD, **_QUANTISED, **method, "model": None, "params": size * 1e9})
            words = VERDICTS[str(there.leaning or "no")]
            cells.append((f"{gib_words(there.best)} ({words[0]})", f"{gib_words(there.best)}({words[1]})"))
            if method["method"] == "qlora" and not _LITTLE * room <= there.best <= _BEYOND * room:
                break
        else:
            words_of = f"{there.situation.facts['vocab_size'].value:,.0f}"
            lines.append(tuple(
                f"| {size:g}B | {words_of} | " + " | ".join(cell[zh] for cell in cells) + " |" for zh in (0, 1)
            ))  # fmt: skip
    if not lines:
        return _missing()
    rule = "\n|---|---|---|---|---|\n"
    return Words(
        "| size | vocabulary | 4-bit QLoRA | LoRA | full fine-tuning |" + rule + "\n".join(line[0] for line in lines),
        "| 尺寸 | 词表 | 4 位 QLoRA | LoRA | 全量微调 |" + rule + "\n".join(line[1] for line in lines),
    )


def _tuned(figures: Figures) -> Outcome:
    """What is served, tuned by QLoRA instead on a base of as many bits, as people run it."""
    facts = {name: one for name, one in figures.given.items() if name in _OF_THE_CARD}
    stored = str(figures.given.get("weight_format"))
    bits = figures.given.get("bits") or (8 if "8" in stored else 4)
    return outcome(figures._case({**facts, "method": "qlora", "bits": bits}))


def _tuned_fits(figures: Figures) -> Words:
    there = _tuned(figures)
    return Words(*VERDICTS[str(there.leaning)]) if there.leaning else _missing()


def _family(figures: Figures) -> Words:
    """A table of the models that are called as this one but for their size; Missing where it stands alone."""
    name = str(figures.row()["name"])
    size = _SIZE.search(name)
    if size is None:
        return _missing()
    # what was taught by another model keeps its name up to there, on bases of several makers
    taught = name.lower().find("distill-")
    head, tail = (name[: taught + 8], "") if taught > 0 else (name[: size.start()], name[size.end() :])
    like = rows("SELECT name, unique_params FROM models WHERE starts_with(name, ?) AND unique_params > 0", [head])
    sizes = [row for row in like if taught > 0 or _SIZE.sub("", row["name"][len(head) :], count=1) == tail]
    lines, here = [], SILENT
    for row in sorted(sizes, key=lambda one: float(one["unique_params"])):
        stored = [value_of(_stored(row["name"], f"gguf:{kind}" if kind[0] == "Q" else kind), "model_weights") for kind in _STORED_AS]  # fmt: skip
        here = _on_the_card(figures, name, stored) if row["name"] == name else here
        lines.append(f"| {row['name'].rpartition('/')[2]} | " + " | ".join(gib_words(one) for one in stored) + " |")
    if len(lines) < 2:
        return _missing()
    rule = "\n|---|---|---|---|\n"
    return Words(
        "| model | fp16 | Q8_0 | Q4_K_M |" + rule + "\n".join(lines) + here.en,
        "| 模型 | fp16 | Q8_0 | Q4_K_M |" + rule + "\n".join(lines) + here.zh,
    )


_STORED_AS = ("fp16", "Q8_0", "Q4_K_M")


def _on_the_card(figures: Figures, name: str, stored: list[float]) -> Words:
    """Which of these files of the model that is asked about are larger than the card; nothing without one card."""
    room = figures.base.capacity
    if not room or figures.n > 1:
        return SILENT
    sized = [f"{kind} {gib_words(one)}" for kind, one in zip(_STORED_AS, stored, strict=True)]
    over = [said for said, one in zip(sized, stored, strict=True) if one > room]
    within = [said for said, one in zip(sized, stored, strict=True) if one <= room]
    called = name.rpartition("/")[2]
    told = (
        [Words(f"{', '.join(over)}: more than the card by the weights alone", f"{'、'.join(over)} 光权重就放不下")]
        if over
        else []
    )
    told += [Words(f"{', '.join(within)}: the file goes in", f"{'、'.join(within)} 的权重放得下")] if within else []
    return Words(
        f"\n\n{called} on {gib_words(room)}: {'; '.join(one.en for one in told)}.",
        f"\n\n{called},卡上 {gib_words(room)}\uff1a{';'.join(one.zh for one in told)}。",
    )


def _stored(model: str, kind: str) -> Outcome:
    facts = {"model": model, "method": "inference", "weight_format": kind, "seq_len": 1}
    return outcome(spread(parse_given(facts))[0])


def _each_cache(figures: Figures) -> Words:
    """What of the cache the fullest of several cards keeps; nothing where none is counted."""
    if figures.n < 2 or "kv_cache" not in figures.base.terms:
        return SILENT
    each, whole = gib_words(figures.base.terms["kv_cache"]), gib_words(figures.base.part_of_all("kv"))
    return Words(
        f": of {whole} each of {figures.n} cards has about {each}", f":共 {whole},{figures.n} 张卡每张约 {each}"
    )


def _heads_round(figures: Figures) -> Words:
    """How many KV heads there are to divide; nothing where no model is named."""
    try:
        heads = int(figures.fact("n_kv_heads"))
    except (Missing, BadInput):
        return SILENT
    return Words(f" (here {heads} KV heads)", f"(这里有 {heads} 个 KV 头)") if heads else SILENT


_PURE: dict[str, Any] = {"precision": "pure-bf16"}
_EIGHT_BIT: dict[str, Any] = {"method": "full", "optimizer": "adamw-8bit", "offload": None, "weight_format": None}
_EIGHT_MIXED: dict[str, Any] = {**_EIGHT_BIT, "precision": "amp-bf16"}
_EIGHT_PURE: dict[str, Any] = {**_EIGHT_BIT, **_PURE}


def _in_all(facts: dict[str, Any]) -> Callable[[Figures], Words]:
    """The whole need, and whether the card that is named holds it."""

    def words(figures: Figures) -> Words:
        there = figures.at(**facts)
        need = gib_words(there.best)
        if there.leaning is None or there.capacity is None:
            return Words(f"{need} in all", f"共 {need}")
        said, room = VERDICTS[there.leaning], gib_words(there.capacity)
        return Words(f"{need} of {room} in all: {said[0]}", f"共 {need},卡上 {room}:{said[1]}")

    return words


_GALORE: dict[str, Any] = {
    **_ONE_CARD, "method": "galore", "optimizer": None, "bits": None, "weight_format": None, "precision": None, "offload": None,
    "lora_rank": None, "adapter_dtype": None,
}  # fmt: skip
_LAYERWISE: dict[str, Any] = {"optimizer_in_backward": True}
_IN_8_BITS = {"optimizer": "galore-adamw-8bit"}


def _galore(figures: Figures, **how: Any) -> Outcome:
    """GaLore on one card, with the rank that was told of it."""
    told = figures.given.get("lora_rank") if figures.knob("method") == "galore" else None
    return figures.at(**{**_GALORE, "lora_rank": told, **how})


def _galore_fits(figures: Figures) -> Words:
    """Whether the variant that takes least fits the card; nothing where none is named."""
    there = _galore(figures, **_LAYERWISE, **_IN_8_BITS) if figures.base.capacity else None
    if there is None or there.leaning is None or there.capacity is None:
        return SILENT
    said, room = VERDICTS[there.leaning], gib_words(there.capacity)
    return Words(f", on a card of {room}: {said[0]}", f",{room} 的卡上{said[1]}")


FITTING: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "copy_qlora_least": (
        lambda f: f.at(**{**_QUANTISED, **_ONE_CARD, "kbit_prep": False, "loss": "fused"}).best,
        gib_words,
    ),
    "card_of_qlora": (_card_of_qlora, lambda size: f"{size:g} GB"),
    "edge": (_edge_size, size_words),
    "edge_qlora": (lambda f: _edge(f).best, gib_words),
    "qlora_length": (_longest_quantised, lambda tokens: f"{tokens:,.0f}"),
    "tuned": (lambda f: _tuned(f).best, gib_words),
    "tuned_seq": (lambda f: float(_tuned(f).situation.knob("seq_len")), lambda tokens: f"{tokens:,.0f}"),
    "card_for_claim": (_card_for_claim, lambda size: f"{size:g} GB"),
    "peak_pure": (lambda f: f.at(**_PURE).best, gib_words),
    "peak_pure_fused": (lambda f: f.at(**_PURE, optimizer_impl="fused").best, gib_words),
    "peak_fused_step": (lambda f: f.at(optimizer_impl="fused").best, gib_words),
    "six_said": (lambda f: 6 * f.need("params_said"), both_words),
    "ten_said": (lambda f: 10 * f.need("params_said"), both_words),
    "sixteen_said": (lambda f: TRAINED * f.need("params_said"), both_words),
    "galore_plain": (lambda f: _galore(f).best, gib_words),
    "galore_layerwise": (lambda f: _galore(f, **_LAYERWISE).best, gib_words),
    "galore_least": (lambda f: _galore(f, **_LAYERWISE, **_IN_8_BITS).best, gib_words),
    "galore_states": (lambda f: _galore(f).terms["optimizer"], gib_words),
    "galore_states8": (lambda f: _galore(f, **_IN_8_BITS).terms["optimizer"], gib_words),
    "fourteen": (lambda f: (TRAINED - WEIGHT) * f.params, both_words),
    "rank_here": (lambda f: float(f.knob("lora_rank") or 0), "{:,.0f}".format),
    "master_said": (lambda f: 4 * f.need("params_said"), both_words),
}


def _at_the_edge(figures: Figures) -> Words:
    """The largest that a card may train, where it is larger than the one that it trains with room to spare."""
    if _edge_size(figures) <= figures.need("common"):
        return SILENT
    size, need = figures["edge"], figures["edge_qlora"]
    return Words(f"; at its edge a {size}, {need}", f",{size} 在边缘({need})")


def _eight_on_each(figures: Figures) -> Words:
    """That of several cards each keeps an 8-bit base whole; silent where there is one."""
    if figures.n < 2:
        return SILENT
    return Words(
        " as a whole copy on each card (sharding leaves bitsandbytes' 8-bit weights whole),",
        "(每卡一份完整的,bitsandbytes 的 8 位权重不能切分)",
    )


FITTING_WORDS: dict[str, Callable[[Figures], Words]] = {
    "at_the_edge": _at_the_edge,
    "qlora_over": _over,
    "least_qlora": _least_qlora,
    "smaller_instead": _smaller_instead,
    "eight_fits": _eight,
    "lora_on": _lora_on,
    "eight_on_each": _eight_on_each,
    "galore_fits": _galore_fits,
    "eight_mixed": _in_all(_EIGHT_MIXED),
    "eight_pure": _in_all(_EIGHT_PURE),
    "table_qlora": _table,
    "measured_qlora": _measured,
    "base_cards": _base_cards,
    "usual_sizes": _usual_sizes,
    "tuned_fits": _tuned_fits,
    "family": _family,
    "cache_each": _each_cache,
    "heads_round": _heads_round,
}
