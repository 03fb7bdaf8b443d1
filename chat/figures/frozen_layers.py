"""Training the last layers alone beside training adapters in all of them: what each saves, and where the one turns into the other."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words, value_of
from chat.phrases import value
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
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


FROZEN_LAYERS: dict[str, Callable[[Figures], Words]] = {"freeze_beside_adapters": _beside_adapters}
