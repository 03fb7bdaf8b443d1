"""What a step on pairs takes by what supervised tuning was seen to take: the states stay, what goes with the tokens is that of two
sequences, and a frozen reference stands beside them."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words, gib_words, how_far, most_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.engines import PAIRS
from kb.outcome import Outcome
from kb.recipe import ADAPTERS
from kb.worked import ALL_STATES

# of what was seen, the least that is no state: with less it is of other settings than are told
_LEAST = 0.05
_ALIKE = 0.01
# from how far off what was seen is of other settings than are assumed
_OFF = 0.1
# times the logits of supervised tuning, from which they are more than those of two sequences
_BOTH = 2.2


def _gb(size: float) -> str:
    return f"{size / GB:.1f} GB"


def _rest(figures: Figures) -> float:
    """What of it is no state; Missing where what was seen is not more than the states that are told."""
    took = figures.told_one("tuning_took")
    if took is None or figures.knob("algo") not in PAIRS or {"batch_size", "seq_len"} <= set(figures.given):
        raise Missing("tuning")  # where all is told that a step takes, it is counted
    rest = took * GB - figures.at(algo="sft").held(*ALL_STATES)
    if rest < _LEAST * took * GB:
        raise Missing("rest")
    return rest


def _as_seen(figures: Figures) -> Words:
    """The sum of both."""
    rest, took = figures.need("tuning_rest"), sum(figures.logged_all("tuning_took")[:1])
    plain = figures.at(algo="sft")
    states = plain.held(*ALL_STATES)
    held, sums = _of_states(figures, states), _sums(figures, states + 2 * rest)
    after = [_logits_of_both(figures, plain), _lowers(figures)]
    if how_far(took, plain.best) > _OFF:
        after.append(Words(
            f" What is counted below is of the settings assumed there, with which SFT takes {gib_words(plain.best)}.",
            f"下面按所列假设计算,那样 SFT 只要 {gib_words(plain.best)}。"
            if plain.best < took * GB
            else f"下面按所列假设计算,那样 SFT 要 {gib_words(plain.best)}。",
        ))  # fmt: skip
    return Words(
        f"**By the {took:g} GB that SFT took on a card: the states, {held.en}, stay; the other {_gb(rest)}, activations and logits above all, become some {_gb(2 * rest)}, for each pair is two sequences, chosen and rejected: {sums.en}.**{''.join(one.en for one in after)}",
        f"**按 SFT 时每卡 {took:g} GB 推算:状态 {held.zh} 不变;其余 {_gb(rest)} 主要是激活和 logits,每对是 chosen 和 rejected 两条序列,约变成 {_gb(2 * rest)}:{sums.zh}。**{''.join(one.zh for one in after)}",
    )


def _logits_of_both(figures: Figures, plain: Outcome) -> Words:
    """That logits more than double where those of the reference's pass stand beside the policy's."""
    if most_of(figures.base, "logits") < _BOTH * most_of(plain, "logits"):
        return SILENT
    return Words(
        " Logits take more than that: those of the reference's pass stand beside the policy's.",
        "logits 还不止翻倍:参考模型那一遍的也同时在卡上。",
    )


def _lowers(figures: Figures) -> Words:
    """What brings it down: of the reference, where there is one, and of the tokens."""
    spared, spared_zh = "", ""
    # with adapters it costs no weights, and its pass is saved
    ahead, ahead_zh = (
        ", and the reference's log-probabilities computed beforehand (precompute_ref_log_probs), so that no pass of it stands beside the policy's",
        ",预先算好参考模型的 log 概率(precompute_ref_log_probs),训练时就没有它那一遍",
    )
    if figures.knob("method") not in ADAPTERS:
        ahead, ahead_zh = "", ""
        spared = "the reference's log-probabilities computed beforehand (precompute_ref_log_probs), or LoRA, whose base is the reference; "
        spared_zh = "预先算好参考模型的 log 概率(precompute_ref_log_probs),或改用 LoRA(关掉适配器的基座就是参考模型);"
    return Words(
        f" What lowers it: {spared}a smaller micro-batch (accumulation makes up the rest), shorter samples, a fused loss{ahead}.",
        f"能降的:{spared_zh}减小 micro-batch(用梯度累积补足),缩短样本,融合损失{ahead_zh}。",
    )


def _of_states(figures: Figures, states: float) -> Words:
    """What is trained, as a product where it is one."""
    size, n = figures.params, figures.n
    whole = TRAINED * size
    for parts, en, zh in ((1, "", ""), (n, f" ÷ {n}", f" ÷ {n}")):
        if abs(states * parts / whole - 1) < _ALIKE:
            product = f"{size_words(size)} × {TRAINED} B"
            return Words(f"{product}{en} = {_gb(states)}", f"{product.replace(' B', ' 字节')}{zh} = {_gb(states)}")
    return Words(_gb(states), _gb(states))


def _sums(figures: Figures, both: float) -> Words:
    """The whole with the reference, sharded and as a copy on each card, against the card."""
    room = figures.base.capacity
    card = Words(f"; the card has {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT
    part = figures.base.held("weights") - figures.at(algo="sft").held("weights")
    copy = WEIGHT * figures.params
    if part < _ALIKE * copy:  # the base under adapters, or none
        return Words(
            f"{both_words(both)}, with no reference model of its own beside it (a ref_model that is loaded by itself makes it {both_words(both + copy)}){card.en}",
            f"没有另外一份参考模型,共 {both_words(both)}(若另外加载了 ref_model,则是 {both_words(both + copy)}){card.zh}",
        )
    if part > (1 - _ALIKE) * copy:
        return Words(
            f"with the frozen reference of {_gb(copy)} {both_words(both + copy)}{card.en}",
            f"加上冻结的参考模型 {_gb(copy)},共 {both_words(both + copy)}{card.zh}",
        )
    return Words(
        f"with the frozen reference {both_words(both + part)} where it is sharded as the policy is ({_gb(part)}), {both_words(both + copy)} with a whole copy of it on each card ({_gb(copy)}){card.en}",
        f"加上冻结的参考模型,与策略一样切分时({_gb(part)})共 {both_words(both + part)},每卡放完整一份时({_gb(copy)})共 {both_words(both + copy)}{card.zh}",
    )


TUNING_REST: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {"tuning_rest": (_rest, _gb)}
TUNING_SEEN: dict[str, Callable[[Figures], Words]] = {"pairs_as_seen": _as_seen}
