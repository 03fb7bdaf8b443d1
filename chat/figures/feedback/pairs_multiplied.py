"""DPO that was seen to take about twice what supervised tuning takes: when that is so, and what brings it down."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import WEIGHT
from kb.hosting import MACHINE
from kb.recipe import ADAPTERS

_SHARDED = 3
_LONGER = 4  # times the answers
_ALIKE = 0.02  # of a copy of the weights


def _times(pair: tuple[float, float]) -> str:
    return figure(pair[0] / pair[1], 3)


def _multiplied(figures: Figures) -> Words:
    """The copy and the pair, with how many times they make in the cases that differ in what stands beside them."""
    if not figures.logged_all("times_seen"):
        raise Missing("times")
    return _of_adapters(figures) if figures.knob("method") in ADAPTERS else _of_all(figures)


def _pair(figures: Figures, whole: bool = False, **facts: object) -> tuple[float, float]:
    """What DPO and plain tuning take with some facts otherwise; `whole`: a copy of the reference stands on each card."""
    pairs, plain = (figures.at(algo=one, **facts) for one in ("dpo", "sft"))
    copy = WEIGHT * figures.params
    held = pairs.held("weights") - plain.held("weights")
    return pairs.best + (copy - held if whole else 0.0), plain.best


def _against(pair: tuple[float, float]) -> Words:
    return Words(
        f"{gib_words(pair[0])} against {gib_words(pair[1])}, {_times(pair)} times",
        f"{gib_words(pair[0])} 对 {gib_words(pair[1])},{_times(pair)} 倍",
    )


def _copy(figures: Figures) -> str:
    return f"{size_words(figures.params)} × {WEIGHT} B = {both_words(WEIGHT * figures.params)}"


def _of_all(figures: Figures) -> Words:
    """All weights trained: the fewer states a card holds, the more the copy and the pair weigh."""
    n = figures.n if figures.n > 1 else MACHINE
    here, seq = _pair(figures), int(figures.need("seq"))
    shared = _pair(figures, whole=True, n_gpus=n, zero_stage=_SHARDED)
    longer = _pair(figures, whole=True, n_gpus=n, zero_stage=_SHARDED, seq_len=_LONGER * seq)
    lora = figures.at(algo="dpo", method="lora", weight_format=None, precision=None).best
    copy = _copy(figures)
    card = Words("one card that holds all states" if figures.n == 1 else "these cards", "一张卡放下全部状态时" if figures.n == 1 else "按这里的设置")  # fmt: skip
    return Words(
        f"**Expected in kind: DPO adds a frozen reference, {copy} in bf16 without gradients and optimizer, and each pair is two sequences, so activations and logits double. How many times that makes depends on what else a card holds:** on {card.en} {_against(here).en}, since the states of both are the same; sharded over {n} cards (ZeRO-3) with a whole reference on each {_against(shared).en}; the same with {_LONGER * seq:,} tokens an answer {_against(longer).en}. What brings it down: the reference's log-probabilities computed beforehand (precompute_ref_log_probs), which spares the copy; LoRA, whose base with the adapter off is the reference ({gib_words(lora)} in all); ORPO or SimPO, which have no reference; half the micro-batch with twice the accumulation; shorter answers, a fused loss.",
        f"**性质上是正常的:DPO 多一份冻结的参考模型,bf16 下 {copy.replace(' B =', ' 字节 =')}(没有梯度和优化器),而且每对是两条序列,激活和 logits 翻倍。合计是几倍取决于卡上还有什么:** {card.zh} {_against(here).zh},因为两者的训练状态相同;{n} 张卡 ZeRO-3 切分、每卡放完整参考时 {_against(shared).zh};同样设置、回答长 {_LONGER * seq:,} token 时 {_against(longer).zh}。要降:预先算好参考的 log 概率(precompute_ref_log_probs),省掉这一份;改用 LoRA,关掉适配器的基座就是参考(共 {gib_words(lora)});用没有参考模型的 ORPO 或 SimPO;micro-batch 减半、梯度累积加倍;缩短回答、融合损失。",
    )


def _of_adapters(figures: Figures) -> Words:
    """Adapters need no copy: about twice is a reference that is loaded by itself, or activations that are most of it."""
    here, loose = _pair(figures), _pair(figures, gradient_checkpointing="off")
    copied = here[0] + WEIGHT * figures.params, here[1]
    copy = _copy(figures)
    return Words(
        f"**About twice comes of a reference that is loaded by itself, or of activations: with ref_model passed to the trainer a second copy of the weights stands beside the base, {copy}: {_against(copied).en}. Under adapters leave ref_model=None: the base with its adapters off is the reference, and then it is {_against(here).en}, as chosen and rejected go through together.** Without checkpointing {_against(loose).en}; longer answers and a larger batch bring it nearer to twice. What brings it down: ref_model=None, checkpointing, half the micro-batch with twice the accumulation, shorter answers, a fused loss; ORPO or SimPO have no reference pass at all.",
        f"**接近或超过两倍,要么是另外加载了参考模型,要么是激活占大头:传了 ref_model 就在基座旁多放一份权重,{copy.replace(' B =', ' 字节 =')}:{_against(copied).zh}。用适配器时应让 ref_model=None:关掉适配器的基座就是参考模型,这时是 {_against(here).zh},多在 chosen 和 rejected 一起前向。** 不开重计算是 {_against(loose).zh};回答更长、batch 更大时更接近两倍。要降:ref_model=None、开重计算、micro-batch 减半梯度累积加倍、缩短回答、融合损失;ORPO、SimPO 没有参考模型的前向。",
    )


PAIRS_MULTIPLIED: dict[str, Callable[[Figures], Words]] = {"pairs_multiplied": _multiplied}
