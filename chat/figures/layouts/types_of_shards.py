"""FSDP and ZeRO-3 that take different amounts of the same cards: what they divide is the same, the types of it are not."""

from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT

_PURE = 8  # bytes of a parameter where all is in bf16: weights, gradients and two moments
_PAIR = 2
# of what was seen, the most that activations, logits and buffers may be beside the states; below them it may be by GB and GiB
_REST, _BELOW = 0.45, 0.08


def shards_apart(figures: Figures) -> Words:
    """Why DeepSpeed's run takes more than FSDP's; Missing where nothing says that it does, or not all weights are trained."""
    if figures.knob("method") not in (None, "full") or figures.knob("optimizer") != "adamw" or figures.n < _PAIR:
        raise Missing("states")
    seen = _readings(figures)
    if seen and seen[0] > seen[1]:
        return _fsdp_above(figures, seen)
    if not seen and "zero_above_fsdp" not in figures.about:
        raise Missing("readings")
    n, size = figures.n, size_words(figures.params)
    wide, narrow = (each * figures.params / n for each in (TRAINED, _PURE))
    match, less = _match(seen, narrow, wide), _less(figures)
    return Words(
        f"**It is the type of the states and not how they are divided: both divide all of them by {n}. DeepSpeed's bf16 keeps fp32 master weights and fp32 moments beside 16-bit weights and gradients, 2 + 2 + 12 = {TRAINED} B × {size} ÷ {n} = {both_words(wide)} a card; FSDP keeps the type that the model was loaded in, and loaded in bf16 all of it is bf16, without masters: 2 + 2 + 4 = {_PURE} B, {both_words(narrow)}: half{match.en}.** Activations, logits and buffers come on top of both. The half has its price: small updates are rounded away without fp32 masters, so it may converge worse (stochastic rounding or Kahan summation help). For the same in both load the model in fp32 under FSDP (mixed precision then computes in bf16; 4 + 4 + 8 = {TRAINED} B, {gib_words(wide)}), or set bf16_master_weights_and_grads and bf16_optimizer_states in newer DeepSpeed.{less.en}",
        f"**差在状态的精度,不在切分:两边都把全部状态除以 {n}。DeepSpeed 的 bf16 在 16 位权重和梯度之外还保留 fp32 主权重和 fp32 动量,2 + 2 + 12 = {TRAINED} 字节 × {size} ÷ {n} = 每卡 {both_words(wide)};FSDP 保持加载时的类型,用 bf16 加载就全是 bf16,没有主权重:2 + 2 + 4 = {_PURE} 字节,{both_words(narrow)},正好一半{match.zh}。** 激活、logits 和缓冲两边都另算。省这一半的代价:没有 fp32 主权重,小的更新会被舍入掉,收敛可能变差(随机舍入或 Kahan 求和有帮助)。要两边一致:FSDP 按 fp32 加载模型(混合精度再以 bf16 计算;4 + 4 + 8 = {TRAINED} 字节,{gib_words(wide)}),或在新版 DeepSpeed 里设 bf16_master_weights_and_grads 和 bf16_optimizer_states。{less.zh}",
    )


def _readings(figures: Figures) -> tuple[float, float] | None:
    """What was seen of FSDP and of DeepSpeed [GB]; None where it is not told of which is which."""
    first, second = (next(iter(figures.logged_all(name)), 0.0) for name in ("fsdp_read", "zero_read"))
    return (first, second) if first and second else None


def _fsdp_above(figures: Figures, seen: tuple[float, float]) -> Words:
    """The other way round: what FSDP may keep whole that DeepSpeed divides."""
    n, copy = figures.n, WEIGHT * figures.params
    states = f"{TRAINED} B × {size_words(figures.params)} ÷ {n} = {both_words(TRAINED * figures.params / n)}"
    more = f"{seen[0] - seen[1]:.3g} GB"
    return Words(
        f"**Not by the states: divided by {n} they are the same in both, {states} a card, so the {more} more under FSDP are what it gathers or leaves whole.** First see auto_wrap_policy: without it the whole model is one unit, and its weights, {both_words(copy)}, are gathered at once, with as much of gradients before they are divided; wrapped layer by layer (transformer_auto_wrap_policy, fully_shard on each block) it is one layer. SHARD_GRAD_OP keeps the weights whole for good, {both_words(copy)}; a model loaded in fp32 and run without MixedPrecision gathers them in 4 B. Then that batch, length, checkpointing and offload are the same in both.",
        f"**不是状态的差别:两边都除以 {n},每卡都是 {states.replace(' B ×', ' 字节 ×')};FSDP 多出的 {more} 是它聚合或没有切分的部分。** 先看 auto_wrap_policy:没设时整个模型是一个单元,权重 {both_words(copy)} 会一次全部聚合,切分前的梯度还要同样多;按层包装(transformer_auto_wrap_policy,或对每个 block 调 fully_shard)就只有一层。SHARD_GRAD_OP 会一直保留完整权重 {both_words(copy)};用 fp32 加载又没开 MixedPrecision,聚合时每参数 4 字节。再确认两边的批大小、长度、重计算和 offload 一样。",
    )


def _match(seen: tuple[float, float] | None, narrow: float, wide: float) -> Words:
    """That the two readings are these states with a little beside them; silent where they are not."""
    if seen is None:
        return SILENT
    beside = [one - size / GB for one, size in zip(seen, (narrow, wide), strict=True)]
    if any(not -_BELOW * one <= rest <= _REST * one for one, rest in zip(seen, beside, strict=True)):
        return SILENT
    shown = " and ".join(f"{one:g}" for one in seen)
    if any(rest < 0 for rest in beside):
        return Words(f", as you see ({shown} GB)", f",和您看到的一致({shown.replace(' and ', ' 和 ')} GB)")
    rests = [f"{figure(rest, 2)}" for rest in beside]
    return Words(
        f": your {shown} GB are these and {' and '.join(rests)} GB beside them",
        f":您看到的 {shown.replace(' and ', ' 和 ')} GB 就是它们,再加 {' 和 '.join(rests)} GB 别的",
    )


def _less(figures: Figures) -> Words:
    """What lowers DeepSpeed's with masters kept: more cards, states in host memory."""
    more = both_words(TRAINED * figures.params / (2 * figures.n))
    hosted = figures.at(zero_stage=3, precision="amp-bf16", weight_format=None, offload="optimizer", engine="deepspeed")
    return Words(
        f" Less with the masters kept: the states of {2 * figures.n} cards are {more} each; offload_optimizer brings a card to {gib_words(hosted.best)} in all, at slower steps.",
        f"保留主权重又想省:{2 * figures.n} 张卡每卡状态 {more};offload_optimizer 把状态放到内存,每卡共 {gib_words(hosted.best)},但更新变慢。",
    )
