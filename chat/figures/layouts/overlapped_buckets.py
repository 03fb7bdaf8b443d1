"""What DeepSpeed's buckets add to a card beside the states where communication overlaps with computing."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words, default_of, gib_words
from formulas.notation import figure
from formulas.quantity import Words
from kb.bytes_each import WEIGHT

# "overlap_comm uses 4.5x the allgather_bucket_size and reduce_bucket_size values": Hugging Face's documentation of DeepSpeed
AT_ONCE = 4.5
_BUCKETS = ("allgather_bucket_size", "reduce_bucket_size")
_NEAR = 0.85  # of a card
SMALLER_BUCKET = 2e8  # the size that the same page proposes


def _sizes(figures: Figures) -> dict[str, float]:
    """Both buckets in elements: as told, else by default."""
    told = dict(line.rsplit(" ", 1) for line in figures.log.get("bucket", ()))
    usual = default_of("DeepSpeed", "reduce_bucket_size", "train")  # which is that of both
    return {name: float(told.get(name, usual)) for name in _BUCKETS}


def _more(figures: Figures) -> float:
    """Bytes that they take of each card; Missing where nothing overlaps."""
    if "overlaps" not in figures.log or figures.knob("zero_stage") not in (1, 2):
        raise Missing("overlap")
    return AT_ONCE * WEIGHT * sum(_sizes(figures).values())


def buckets_fill(figures: Figures) -> bool:
    """Do they, with what the formulas count, come near to what the card has, so that they can be why a run fails?"""
    try:
        return figures.base.best + _more(figures) > _NEAR * (figures.base.capacity or 0)
    except Missing:
        return False


def _overlapped(figures: Figures) -> Words:
    """Their sum, what the states and they take together, and what smaller ones would take."""
    more, sizes = _more(figures), _sizes(figures)
    elements = sum(sizes.values())
    told = " + ".join(figure(one, 3) for one in sizes.values())
    less = AT_ONCE * WEIGHT * len(sizes) * SMALLER_BUCKET
    smaller, smaller_zh = (
        (
            f"both at {SMALLER_BUCKET:,.0f} take {figure(less / GB, 3)} GB; ",
            f"两个都设为 {SMALLER_BUCKET:,.0f} 只占 {figure(less / GB, 3)} GB;",
        )
        if less < more
        else ("", "")
    )
    terms, room = figures.base.terms, figures.base.capacity
    states = sum(float(terms.get(one, 0)) for one in ("weights", "gradients", "optimizer"))
    whole = Words(
        f" With the states, {both_words(states)}, that is {both_words(states + more)}{f' of {gib_words(room)}' if room else ''}; activations, logits and the CUDA context come on top.",
        f"加上状态 {both_words(states)} 是 {both_words(states + more)}{f',卡上 {gib_words(room)}' if room else ''};激活、logits 和 CUDA 上下文还在此之外。",
    )
    return Words(
        f"**The communication buffers are missing: with overlap_comm DeepSpeed takes {AT_ONCE:g} × ({told}) elements × {WEIGHT} B = {both_words(more)} of every card, beside the states and divided by nothing.**{whole.en} Lower allgather_bucket_size and reduce_bucket_size ({smaller}more and smaller messages), or set overlap_comm to false, which drops the factor and leaves the buckets themselves, {figure(WEIGHT * elements / GB, 3)} GB, at some speed.",
        f"**漏了通信缓冲:开着 overlap_comm,DeepSpeed 每张卡另占 {AT_ONCE:g} ×({told})个元素 × {WEIGHT} 字节 = {both_words(more)},在状态之外,也不随卡数减小。**{whole.zh}调小 allgather_bucket_size 和 reduce_bucket_size({smaller_zh}通信次数变多),或设 overlap_comm 为 false:没有这个倍数,只剩桶本身 {figure(WEIGHT * elements / GB, 3)} GB,但会慢一些。",
    )


# which of them a stage has, and what they are in words
_OF_STAGE_3 = ("stage3_max_live_parameters", "reduce_bucket_size", "stage3_prefetch_bucket_size")
_SMALLER = 10  # times: below that messages are so many that steps get slow


def _lowered(figures: Figures) -> Words:
    """What smaller buffers can save of a card at the most, each by its default."""
    stage = int(figures.knob("zero_stage") or 0)
    if stage not in (2, 3):
        raise Missing("stage")
    usual = default_of("DeepSpeed", "reduce_bucket_size", "train")
    sizes = (
        {name: default_of("DeepSpeed", name, "train") for name in _OF_STAGE_3} if stage == 3
        else dict.fromkeys(_BUCKETS, usual)
    )  # fmt: skip
    each = [f"{name} {size:,.0f} × {WEIGHT} B = {figure(WEIGHT * size / GB, 3)} GB" for name, size in sizes.items()]
    most = WEIGHT * sum(sizes.values())
    less = most - most / _SMALLER
    states = both_words(sum(figures.base.terms.get(one, 0.0) for one in ("weights", "gradients", "optimizer")))
    first = (
        Words(" The first is a limit that a small model does not reach.", "第一个只是上限,小模型用不满;") if stage == 3
        else Words(f" With overlap_comm they take {AT_ONCE:g} times that.", f"开着 overlap_comm 时是它的 {AT_ONCE:g} 倍;")
    )  # fmt: skip
    return Words(
        f'**At the most about {figure(less / GB, 2)} GB a card, at a tenth of their defaults: {"; ".join(each)}, {figure(most / GB, 3)} GB in all.**{first.en} With "auto" Transformers sets the buckets to hidden_size², which is small already. Smaller ones send more and smaller messages, so steps slow down. The states, {states} a card, activations and logits stay as they are.',
        f'**每卡最多约 {figure(less / GB, 2)} GB(都调到默认的十分之一):{";".join(each)},合计 {figure(most / GB, 3)} GB。** {first.zh}Transformers 里写 "auto" 时桶是 hidden_size²,本来就小。调小后消息更多更碎,每步变慢。状态每卡 {states},以及激活和 logits 都不变。',
    )


OVERLAPPED_BUCKETS: dict[str, Callable[[Figures], Words]] = {
    "overlapped_buckets": _overlapped,
    "buckets_lowered": _lowered,
}
