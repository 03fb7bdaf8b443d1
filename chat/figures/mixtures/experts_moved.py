"""A mixture whose file no card holds, with all its layers on the cards and as many experts in RAM as must be: in words."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.cards import GIB
from kb.host_memory import held_there
from kb.hybrid import rate_known
from kb.outcome import Outcome
from kb.placed import beside, computes_on_host
from kb.rates import Decoding, HostMemory

_LONGER = 2**15  # tokens
# what says where parts of a model lie
_PLACES = ("gpu_layers", "n_cpu_moe", "offload", "cpu_offload_gb")


def _whole(figures: Figures, **changed: object) -> Outcome:
    return figures.at(**{**dict.fromkeys(_PLACES), **changed})


def _split(figures: Figures, **changed: object) -> Outcome:
    """With no more experts in RAM than must be; Missing where the cards hold it, or RAM not the rest."""
    there = _whole(figures, **changed)
    if not there.case.rig or there.verdict_of_cards == "yes" or not computes_on_host(there):
        raise Missing("split")
    found = beside(there)
    if found is None or not _moved(found):
        raise Missing("split")
    return found


def _moved(there: Outcome) -> int:
    """The layers whose experts are in RAM."""
    model, knob = there.situation.model, there.situation.knob
    if model is None:
        return 0
    return len(model.layers) if knob("offload") == "experts" else int(knob("n_cpu_moe") or 0)


def _rate(there: Outcome) -> str:
    """Tokens a second of programs, where the bandwidth of the cards is known."""
    step = Decoding(there, HostMemory.of())
    if not rate_known(step):
        return ""
    low, high = step.rate
    return f"{low:.2g}–{high:.2g}"


def _against_layers(figures: Figures, rate: str) -> Words:
    """How fast it is, beside the whole layers that are told to have run."""
    if not rate:
        return SILENT
    ran = figures.log.get("layers_run", [])
    layers = int(float(ran[-1])) if ran else int(figures.given.get("gpu_layers") or 0)
    slower = ""
    if 0 < layers < figures.need("layers"):
        with suppress(BadInput):
            slower = _rate(_whole(figures, gpu_layers=layers))
    if not slower or slower == rate:
        return Words(f", about {rate} tokens/s", f",约 {rate} token/秒")
    return Words(
        f", about {rate} tokens/s where {layers} whole layers on the card give {slower}",
        f",约 {rate} token/秒(只放 {layers} 个整层是 {slower})",
    )


def _longer(figures: Figures) -> Words:
    """What a longer context takes of the card, and how many experts more go to RAM for it, where no length is told."""
    if "seq_len" in figures.given:
        return SILENT
    try:
        there = _split(figures, seq_len=_LONGER)
    except (Missing, BadInput):
        return SILENT
    cache, tokens = gib_words(there.terms.get("kv_cache", 0.0)), f"{_LONGER:,}"
    return Words(
        f" The cache is {figures['kv_mean']} per token: at {tokens} tokens {cache}, with --n-cpu-moe {_moved(there)}.",
        f"缓存每 token {figures['kv_mean']}:{tokens} token 时是 {cache},这时 --n-cpu-moe {_moved(there)}。",
    )


def experts_moved(figures: Figures) -> Words:
    """The switches, what each place holds, the speed, and what the card holds with all experts in RAM."""
    found = _split(figures)
    model, moved = found.situation.model, _moved(found)
    if model is None:
        raise Missing("layers")
    every, count = model.with_experts(), model.with_experts(moved)
    rest = _whole(figures, offload="experts").terms["weights"]
    card, host = gib_words(found.best), gib_words(held_there(found.situation) * GIB)
    fast = _against_layers(figures, _rate(found))
    longer = _longer(figures)
    where, where_zh, each, each_zh = ("on the card", "卡上", "the card", "卡上")
    split = ""
    told = figures.given.get("host_memory_gb")
    have, have_zh = (f" (there are {told:g} GB)", f"(现有 {told:g} GB)") if told else ("", "")
    if found.n_gpus > 1:
        where, where_zh, each, each_zh = ("on the fullest card", "最满的卡上", "each card", "每张卡上")
        shares = found.situation.knob("tensor_split")
        split = f" --tensor-split {shares}" if shares else ""
    return Words(
        f"**Keep all layers on the card (-ngl 99) and put experts into RAM: --n-cpu-moe {moved}{split} takes {card} {where} and {host} of RAM{have}, the experts of {count} of {every} layers{fast.en}.** Attention and cache stay on the card: with all experts in RAM (-ot exps=CPU) {gib_words(rest)} of weights are left on {each}; what room is left takes experts back, layer by layer.{longer.en}",
        f"**所有层都留在卡上(-ngl 99),只把专家放进内存:--n-cpu-moe {moved}{split} 时{where_zh} {card},内存 {host}{have_zh},是 {every} 层中 {count} 层的专家{fast.zh}。** 注意力和缓存留在卡上:专家全放内存(-ot exps=CPU)时{each_zh}只剩 {gib_words(rest)} 权重,空出来的显存再一层层把专家放回去。{longer.zh}",
    )


def what_ram_holds(figures: Figures) -> Words:
    """What of a model is moved into RAM first: of a mixture its experts."""
    return Words("experts", "专家") if "n_experts" in figures.base.situation.facts else Words("layers", "部分层")


EXPERTS_MOVED: dict[str, Callable[[Figures], Words]] = {
    "experts_moved": experts_moved,
    "what_ram_holds": what_ram_holds,
}
