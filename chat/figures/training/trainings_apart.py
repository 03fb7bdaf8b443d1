"""Two ways of one training, or a training and a run of the same model, worked out beside each other: what makes the difference."""

from collections.abc import Callable

from chat.figures.named import EXAMPLE_PARAMS, Figures, Missing, both_words, gib_words, most_of
from chat.figures.settings.lever_words import Both
from chat.phrases import in_words
from chat.words import term
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.recipe import ADAPTERS

# what is shown of no model, and how a training grows in practice: sequences of a card and their length
_PRETRAINED = {"batch_size": 8, "seq_len": 4096}
_SUBJECT = ("model", "params", "config")
# parts that come of training what trains, and what a step leaves beside
_OF_TRAINED = ("gradients", "optimizer", "adapter")
_LEAST = 0.02  # of the whole: a part that is told


def _with_a_model(figures: Figures) -> Figures:
    """The case, of an example where no model is named."""
    if set(_SUBJECT) & set(figures.given):
        return figures
    shown = Figures({**figures.given, "params": EXAMPLE_PARAMS}, figures.told)
    shown.about = figures.about
    return shown


def _subject(figures: Figures) -> Words:
    """The model as it was named."""
    if "model" in figures.given:
        return Words(*(str(in_words("model", figures.given["model"], language)) for language in ("en", "zh")))
    return Words(*(figures["params_said"],) * 2) if "params" in figures.given else Words("the model", "该模型")


def _at_peak(where: Outcome, name: str) -> float:
    """A part at the peak, or where it is none then, at the moment when it is largest."""
    return where.terms.get(name, 0.0) or most_of(where, name)


# ── tuning against running ────────────────────────────────────────────────────────────────────────


def _over_inference(figures: Figures) -> Words:
    """Both needs, then what tuning keeps that a run does not."""
    figures = _with_a_model(figures)
    method = str(figures.knob("method"))
    if figures.knob("task") != "train" or method not in (*ADAPTERS, "full"):
        raise Missing("method")
    run = _run(figures)
    on, off = (figures.at(gradient_checkpointing=one) for one in ("on", "off"))
    if on.best <= run.best and off.best <= run.best:
        raise Missing("more")
    model, seq = _subject(figures), figures["seq"]
    name = in_words("method", method, "en")
    needs = Words(
        f"running {model.en} on {seq} tokens takes {gib_words(run.best)} (weights {gib_words(run.terms['weights'])}, KV cache {gib_words(most_of(run, 'kv_cache'))})",
        f"{model.zh} 推理({seq} token)要 {gib_words(run.best)}(权重 {gib_words(run.terms['weights'])}、KV 缓存 {gib_words(most_of(run, 'kv_cache'))})",
    )
    name_zh = in_words("method", method, "zh")
    without = gib_words(off.best) != gib_words(on.best)
    both = Words(
        f"{name} takes {gib_words(on.best)}"
        + (f" with gradient checkpointing, {gib_words(off.best)} without" if without else ""),
        f"{name_zh}{' ' if name_zh[-1].isascii() else ''}要 {gib_words(on.best)}"
        + (f",不开重计算要 {gib_words(off.best)}" if without else ""),
    )
    if method == "full":
        trained = most_of(on, "gradients", "optimizer")
        return Words(
            f"**Because all that trains has gradients and optimizer states, and the backward pass needs what the forward pass computed: {needs.en}; {both.en}.** Gradients and Adam's states are {gib_words(trained)} of that, 14 of 16 B per parameter; {_kept(on, off, run).en}",
            f"**因为被训练的参数都有梯度和优化器状态,反向传播还要用前向的中间结果:{needs.zh};{both.zh}。** 其中梯度与 Adam 状态 {gib_words(trained)},占每参数 16 字节中的 14;{_kept(on, off, run).zh}",
        )
    few, few_zh = _adapters(figures, on)
    return Words(
        f"**Because of what the backward pass needs, not of what trains: {needs.en}; {both.en}.** The gradient has to pass through every frozen layer to reach the adapters of the earlier ones, so {_kept(on, off, run).en} {few} So batch, length and checkpointing decide, and a fused loss (Liger) for the logits; fewer trained parameters change next to nothing.",
        f"**差别来自反向传播要用的中间结果,而不是训练了多少参数:{needs.zh};{both.zh}。** 梯度要穿过每一个冻结层才能到达更前面的适配器,所以{_kept(on, off, run).zh}{few_zh}起作用的是批大小、长度、重计算,以及消除 logits 的融合损失(Liger);再减少可训练参数几乎没有用。",
    )


def _run(figures: Figures) -> Outcome:
    """The same model as it is stored, that runs on one sequence as long as those that it trains on."""
    subject = {name: figures.given[name] for name in _SUBJECT if name in figures.given}
    stored = {"weight_format": figures.knob("weight_format"), "seq_len": figures.knob("seq_len")}
    return Figures({**subject, **stored, "method": "inference", "batch_size": 1}).base


def _kept(on: Outcome, off: Outcome, run: Outcome) -> Words:
    """What a step keeps of all layers and of the logits, against what a run does."""
    part = _at_peak if "logits" in on.terms else most_of  # where the peak comes after they are freed
    layers, less, passing = (gib_words(part(one, "activations")) for one in (off, on, run))
    logits = gib_words(part(on, "logits"))
    return Words(
        f"activations of all layers are kept for the backward pass: {layers}, {less} with checkpointing, where a run has only those of the layer at hand ({passing}); logits of every token with their gradient come on top, {logits}, where a run needs those of the last.",
        f"所有层的激活都要留到反向传播:{layers},开重计算 {less},而推理只有正在算的那一层({passing});还有每个 token 的 logits 及其梯度 {logits},推理只要最后一个 token 的。",
    )


def _adapters(figures: Figures, on: Outcome) -> tuple[str, str]:
    """How little the adapters are with all that trains them."""
    count = float(figures.need("adapter_params"))
    share = f"{100 * count / figures.params:.2g} %"
    size = gib_words(most_of(on, *_OF_TRAINED))
    return (
        f"What trains is little: {size_words(count)} parameters ({share}) with gradients and Adam's states {size}.",
        f"真正训练的很少:{size_words(count)} 参数({share}),连同梯度和 Adam 状态 {size}。",
    )


# ── from scratch against tuning ───────────────────────────────────────────────────────────────────


def _trained_or_tuned(figures: Figures) -> Words:
    """That both take the same, and what differs in practice."""
    figures = _with_a_model(figures)
    full = Figures({**figures.given, "task": None, "method": "full"}, figures.told)
    base, model = full.base, _subject(figures)
    if full.knob("optimizer") != "adamw" or full.pure:
        raise Missing("states")
    states = f"{size_words(full.params)} × 16 B = {both_words(16 * full.params)}"
    each = Words(" per card", "(每卡)") if full.n > 1 else SILENT
    larger = full.at(**_PRETRAINED)
    tuned = [full.at(method=name, **stored) for name, stored in (("lora", {}), ("qlora", {"bits": 4}))]
    less = [gib_words(one.best) for one in tuned]
    return Words(
        f"**The same memory: at equal precision, optimizer, batch and length training from scratch takes what full fine-tuning does, for {model.en} about {gib_words(base.best)}{each.en} either way: {states} of weights, gradients and Adam (2 + 2 + 12), and the same activations and logits.** Whether the weights start at random or from a file changes none of it."
        f"\n\nWhat differs in practice:\n\n- Fine-tuning can do with adapters: LoRA takes {less[0]}, QLoRA {less[1]}. From scratch there is no such way, for the base itself has to be learnt."
        f"\n- Training from scratch runs longer sequences and larger batches, all tokens used: at {_PRETRAINED['batch_size']} × {_PRETRAINED['seq_len']:,} tokens a card it is {gib_words(larger.best)} instead of {gib_words(base.best)}."
        f"\n- It takes billions to trillions of tokens, so many cards are there for the time; states are sharded over them (ZeRO, FSDP) and each holds less.",
        f"**显存一样:精度、优化器、批大小和长度相同时,从头预训练和全量微调要的一样多,{model.zh} 都约 {gib_words(base.best)}{each.zh}:权重、梯度与 Adam(2 + 2 + 12)共 {states},激活和 logits 也一样。** 权重是随机初始化还是从文件加载,对显存没有影响。"
        f"\n\n实际的差别在于:\n\n- 微调可以用适配器:LoRA 约 {less[0]},QLoRA 约 {less[1]};预训练要学基座本身,没有这条路。"
        f"\n- 预训练的序列更长、批更大:每卡 {_PRETRAINED['batch_size']} × {_PRETRAINED['seq_len']:,} token 时是 {gib_words(larger.best)},而不是 {gib_words(base.best)}。"
        f"\n- 预训练要几十亿到上万亿 token,卡多是为了时间;状态切分到各卡(ZeRO、FSDP)后,每卡反而放得更少。",
    )


# ── in steps against at once ──────────────────────────────────────────────────────────────────────


def _accumulated(figures: Figures) -> Words:
    """The batch at once and in steps beside each other, and the parts that make the difference."""
    if not figures.log.get("in_steps"):
        raise Missing("in_steps")
    figures = _with_a_model(figures)
    micro, steps = map(int, figures.log["in_steps"][0].split())
    whole = micro * steps
    both = Both(figures.at(batch_size=whole, grad_accum=1), figures.at(batch_size=micro, grad_accum=steps))
    at_once, in_steps = gib_words(both.off.best), gib_words(both.on.best)
    terms = {name: (_at_peak(both.off, name), _at_peak(both.on, name)) for name in both.terms}
    told = [(name, was, now) for name, (was, now) in terms.items() if was - now > _LEAST * both.off.best]
    told.sort(key=lambda one: one[2] - one[1])
    grown = {name for name, *_ in told}
    kept = [(name, was) for name, (was, _) in terms.items() if name not in grown and was > _LEAST * both.off.best]
    parts, parts_zh = (", ".join(f"{term(name, 'en')} {gib_words(was)} → {gib_words(now)}" for name, was, now in told),
                       "、".join(f"{term(name, 'zh')} {gib_words(was)} → {gib_words(now)}" for name, was, now in told))  # fmt: skip
    same, same_zh = (", ".join(f"{term(name, 'en')} {gib_words(size)}" for name, size in kept),
                     "、".join(f"{term(name, 'zh')} {gib_words(size)}" for name, size in kept))  # fmt: skip
    moved, moved_zh = _other_peak(sum(was - now for _, was, now in told), both.off.best - both.on.best)
    model, seq, method = _subject(figures), figures["seq"], figures.knob("method")
    case = Words(
        f"{model.en}, {in_words('method', method, 'en')}, {seq} tokens",
        f"{model.zh}、{in_words('method', method, 'zh')}、{seq} token",
    )
    each = Words(" per card", "(每卡)") if figures.n > 1 else SILENT
    equal, equal_zh = "", ""
    if "steps_equal" in figures.about:
        equal = "**Equivalent: the gradient is that of the whole batch (where the loss is averaged over all tokens), only slower; and the number of steps changes no memory.** "
        equal_zh = "**等价:梯度和整个批次一次算的一样(损失按全部 token 平均时),只是慢一些;累积几步不影响显存。** "
    ratio = both.off.best / both.on.best
    times, times_zh = (f" ({ratio:.1f} times as much)", f"({ratio:.1f} 倍)") if ratio >= 1.1 else ("", "")
    return Words(
        f"{equal}**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch {micro} × {steps} steps about {in_steps}{each.en}, batch {whole} at once {at_once}{times}, for the same effective batch of {whole}** ({case.en}). What differs goes with the tokens that are in flight at once: {parts}.{moved} The same either way: {same}; gradients are summed in one buffer of the trained parameters' size, whatever the number of steps (2 B each, 4 in fp32), which then stays allocated between the steps. The gradient comes out alike (where the loss is averaged over all tokens), for about the same number of operations; small micro-batches only use the card less well, so it is slower.",
        f"{equal_zh}**梯度累积只占它那个 micro-batch 的显存,而不是整个批次的:micro-batch {micro} × 累积 {steps} 步约 {in_steps}{each.zh},批大小 {whole} 一次算完约 {at_once}{times_zh},有效批大小都是 {whole}**({case.zh})。差别在随同时处理的 token 数增长的部分:{parts_zh}。{moved_zh}两者相同的:{same_zh};梯度都加在同一块缓冲里,大小只随训练的参数量(每个 2 字节,fp32 则 4),与步数无关,累积期间一直占着。得到的梯度一样(损失按全部 token 平均时),计算量也差不多,只是 micro-batch 太小时算力利用率低,会慢一些。",
    )


def _other_peak(of_parts: float, of_whole: float) -> tuple[str, str]:
    """Why the whole falls by less than its parts, where it does: the moment at which most is held is another one."""
    if of_parts <= _FELL_BY_LESS * of_whole:
        return "", ""
    return (
        " The whole falls by less than these: with few tokens most is held when all gradients are there and the logits are gone.",
        "合计降得比这些少:token 少时占用最高的时刻是梯度已全部产生、logits 已释放的时候。",
    )


_FELL_BY_LESS = 1.1


# ── kinds of recomputation ────────────────────────────────────────────────────────────────────────


def _recomputed(figures: Figures) -> Words:
    """What is kept without recomputation, with that of attention's core alone, and with that of whole layers."""
    figures = _with_a_model(figures)
    off, core, full = (figures.at(task="train", gradient_checkpointing=one) for one in ("off", "selective", "on"))
    kept = [f"{gib_words(most_of(one, 'activations'))}" for one in (off, core, full)]
    whole = [gib_words(one.best) for one in (off, core, full)]
    each = Words(" per card", "每卡") if figures.n > 1 else SILENT
    eager = most_of(figures.at(task="train", gradient_checkpointing="off", attention="eager"), "activations")
    fused, fused_zh = "", ""
    if kept[0] == kept[1]:
        fused = f" FlashAttention never stores that core, so beside it selective saves nothing more; without FlashAttention it takes {gib_words(eager)} down to about {kept[1]}."
        fused_zh = f"FlashAttention 本来就不存这部分,所以同时用时 selective 不再多省;不用 FlashAttention 时它把 {gib_words(eager)} 降到约 {kept[1]}。"
    return Words(
        f"**Selective recomputation computes only the core of attention again (scores, softmax, dropout), full recomputation whole layers from their inputs: activations{each.en} {kept[0]} without, {kept[1]} selective, {kept[2]} full; in all {whole[0]}, {whole[1]}, {whole[2]}.**{fused} Selective costs a few per cent more computing, full about a third.",
        f"**selective 只重算注意力的核心(分数、softmax、dropout),full 从每层的输入重算整层:激活{each.zh}不重算 {kept[0]},selective {kept[1]},full {kept[2]};合计 {whole[0]}、{whole[1]}、{whole[2]}。**{fused_zh}selective 只多几个百分点的计算,full 约多三分之一。",
    )


TRAININGS_APART: dict[str, Callable[[Figures], Words]] = {
    "over_inference": _over_inference, "trained_or_tuned": _trained_or_tuned, "accumulated_or_at_once": _accumulated, "recomputed_apart": _recomputed,
}  # fmt: skip
