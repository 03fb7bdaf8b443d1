"""Training the last layers alone beside training adapters in all of them: what each saves, and where the one turns into the other."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words, how_far, value_of
from chat.phrases import value
from chat.words import term
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import GRADIENT, MASTER, MOMENTS, PURE, TRAINED, WEIGHT
from kb.outcome import Outcome
from kb.recipe import ADAPTERS

# of what is asked about, the method that freezing is held against
BESIDE = "freeze_beside:"
# with a base in as many bits as what is frozen
TOPICS = tuple(f"{BESIDE}{one}" for one in ADAPTERS if one != "qlora")
_FROZEN = {"method": "freeze", "bits": None, "weight_format": None, "lora_rank": None}
_OFF = {"gradient_checkpointing": "off"}


def _beside_adapters(figures: Figures) -> Words:
    """States in favour of adapters, activations in favour of the few layers; with and without recomputation."""
    other = next((one.removeprefix(BESIDE) for one in figures.about if one.startswith(BESIDE)), "")
    if not other or figures.knob("optimizer") != "adamw":  # of whose states the sums are
        raise Missing("methods")
    of_other = {"method": other, "n_trainable_layers": None}
    frozen, adapted = figures.at(**_FROZEN), figures.at(**of_other)
    last, layers = int(frozen.situation.facts["n_trainable_layers"].value), int(figures.need("layers"))
    name, name_zh = value("method", other, "en"), value("method", other, "zh")
    states, states_zh = zip(*(_states(one) for one in (frozen, adapted)), strict=True)
    kept = [gib_words(one.terms.get("activations", 0.0)) for one in (frozen, adapted)]
    loose = [figures.at(**_FROZEN, **_OFF), figures.at(**of_other, **_OFF)]
    kept_off, whole_off = ([gib_words(size) for size in sizes] for sizes in _of_both(loose))
    on, turns = figures.knob("gradient_checkpointing") == "on", _turns((frozen, adapted), (loose[0], loose[1]))
    with_on = f", {kept[0]} against {kept[1]} with gradient checkpointing and" if on else ","
    with_on_zh = f"开重计算时 {kept[0]} 对 {kept[1]}," if on else ""
    return Words(
        f"**Two things pull apart. What is kept of each parameter that trains: the last {last} layers {states[0]}, the adapters of {name} {states[1]}. Activations: no gradient passes below the first layer that trains, so freezing keeps those of {last} layers, while adapters lie in all {layers}:** at {figures['tokens']} tokens a step{with_on} {kept_off[0]} against {kept_off[1]} without; the whole is then {whole_off[0]} against {whole_off[1]}.{turns.en}{_same_cell(figures).en}",
        f"**两者各省一头。可训练参数连同梯度和 Adam:最后 {last} 层是 {states_zh[0]},{name_zh} 的适配器是 {states_zh[1]}。激活:最低的可训练层以下不回传梯度,冻结微调只留 {last} 层的激活,适配器则分布在全部 {layers} 层:** 一步 {figures['tokens']} token,{with_on_zh}不开重计算时 {kept_off[0]} 对 {kept_off[1]},总量为 {whole_off[0]} 对 {whole_off[1]}。{turns.zh}{_same_cell(figures).zh}",
    )


def _states(one: Outcome) -> tuple[str, str]:
    """Parameters that train, with all that is kept of each."""
    count = value_of(one, "trained_params")
    sum_, whole = f"{size_words(count)} × {TRAINED}", both_words(TRAINED * count).split(" (")[0]
    return f"{sum_} B = {whole}", f"{sum_} 字节 = {whole}"


def _of_both(loose: list[Outcome]) -> tuple[list[float], list[float]]:
    return [one.terms.get("activations", 0.0) for one in loose], [one.best for one in loose]


def _turns(kept: tuple[Outcome, Outcome], loose: tuple[Outcome, Outcome]) -> Words:
    """Where the order of the two turns round with what is kept."""
    now, then = kept[0].best - kept[1].best, loose[0].best - loose[1].best
    if now > 0 > then:
        return Words(
            " So short samples with checkpointing speak for adapters; long ones, large batches or no checkpointing for freezing.",
            "所以样本短、开重计算时适配器更省;样本长、批次大或不开重计算时,冻结微调反而更省。",
        )
    return SILENT


def _same_cell(figures: Figures) -> Words:
    """Why LLaMA-Factory's table has one figure for both."""
    if "llama_factory" not in figures.about:
        return SILENT
    weights = both_words(2 * figures.params)
    return Words(
        f" LLaMA-Factory's 2 GB per billion parameters counts what is alike in both, the weights in 16 bit, {weights}, and neither of these.",
        f"LLaMA-Factory 表里每十亿参数 2 GB 只算了两者相同的那部分,即 16 位权重 {weights},上面两头都没算。",
    )


# of the whole: an amount that is told is this one, and a part is worth telling
_SEEN, _PART = 0.12, 0.03


def _of_what_trains(figures: Figures) -> Words:
    """Why a few layers take more than their share of full training: the sum of what is there, and what takes less."""
    base = figures.base
    if figures.knob("method") != "freeze" or figures.knob("optimizer") != "adamw" or figures.n > 1:
        raise Missing("methods")
    last, layers, count = (
        int(base.situation.facts["n_trainable_layers"].value),
        int(figures.need("layers")),
        value_of(base, "trained_params"),
    )
    per = (PURE if figures.pure else TRAINED) - WEIGHT
    weights, trained, full = (
        both_words(each).split(" (")[0]
        for each in (WEIGHT * figures.params, per * count, (WEIGHT + per) * figures.params)
    )
    rest = [(name, base.terms.get(name, 0.0)) for name in ("logits", "activations", "runtime")]
    told = [(name, size) for name, size in rest if size > _PART * base.best]
    parts, parts_zh = (
        comma.join(f"{term(name, language)} {gib_words(size)}" for name, size in told)
        for language, comma in (("en", ", "), ("zh", "、"))
    )
    beside = Words(f"with {parts} that", f"加上{parts_zh},") if told else Words("that", "")
    less = [gib_words(figures.at(method=name, n_trainable_layers=None).best) for name in ("qlora", "lora")]
    states = (
        Words("gradient and Adam in 16 bit", "16 位的梯度和 Adam")
        if figures.pure
        else Words(
            f"gradient {GRADIENT}, fp32 master {MASTER}, Adam {MOMENTS}",
            f"梯度 {GRADIENT}、fp32 主权重 {MASTER}、Adam {MOMENTS}",
        )
    )
    seen, share = _as_told(figures, base.best), SILENT
    if (WEIGHT + per) * last < WEIGHT * layers:
        share = Words(
            f" Training all takes {full} of weights and states, and 1/{layers / last:.3g} of that would not even hold the frozen weights.",
            f"全参训练的权重和状态是 {full},它的 1/{layers / last:.3g} 连冻结的权重都放不下。",
        )
    return Words(
        f"**Only {per} of the {WEIGHT + per} B of a parameter go with the layers that train; the weights of all of them stay, {figures['params']} × {WEIGHT} B = {weights}. The last {last} of {layers} layers are {size_words(count)} × {per} B = {trained} ({states.en}); {beside.en} is about {gib_words(base.best)}{seen.en}.**{share.en} Below the first layer that trains no gradient passes, so activations of the frozen layers are not kept. What takes less: fewer layers save only their states; QLoRA, whose frozen base is in 4 bits, {less[0]} (LoRA {less[1]}).",
        f"**随可训练层数变少的只有每参数 {WEIGHT + per} 字节中的 {per} 字节;所有层的权重都要放,{figures['params']} × {WEIGHT} 字节 = {weights}。最后 {last} 层(共 {layers} 层)是 {size_words(count)} × {per} 字节 = {trained}({states.zh});{beside.zh}合计约 {gib_words(base.best)}{seen.zh}。**{share.zh}最低的可训练层以下不做反向,冻结层的激活不用保存。想再低:减层只省它们的状态;QLoRA 把冻结的基座存成 4 位,{less[0]}(LoRA {less[1]})。",
    )


def _as_told(figures: Figures, size: float) -> Words:
    """The amount that the asker saw, where it is about this one."""
    told = [float(one) for name in ("observed_gb", "claims_gb") for one in figures.told.get(name, ())]
    found = next((one for one in told if how_far(one, size) <= _SEEN), None)
    return Words(f", about the {found:g} GB that you see", f",与您看到的 {found:g} GB 相符") if found else SILENT


FROZEN_LAYERS: dict[str, Callable[[Figures], Words]] = {
    "freeze_beside_adapters": _beside_adapters, "freeze_explained": _of_what_trains,
}  # fmt: skip
