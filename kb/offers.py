"""What may be changed so that a model fits, each change with what it costs; whether it helps is tried in `kb.changes`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.attention import lacks_bf16
from kb.cases import LAYOUTS, stays_whole
from kb.change import Change, Costs, Price, costing
from kb.flags import with_flag
from kb.fused_experts import adapts_experts
from kb.hosting import MACHINE, whole_machines
from kb.layout import of_unequal_size
from kb.methods import keeps_masters
from kb.names import gpu_rows
from kb.outcome import Outcome, outcome
from kb.recipe import ADAPTERS
from kb.recommender import smallest_that_hold, steps
from kb.served_offers import cache_called, of_serving, program_of, refuses_offload
from kb.solver import highest
from kb.stated import ASSUMED
from kb.stored import stored_bits
from kb.wider import NARROW_CACHE

_NO_COST: Costs = ()  # what other cards cost is their price
_ROUNDING = costing("no loss of speed or quality", "不损速度与质量")
_SLOWER = costing("about a third more computing", "计算量约增加三分之一")
_TRAFFIC = costing("traffic between the cards", "卡间通信")
_WAKING = costing("a little time to wake it", "唤醒要一点时间")
_STEPS = costing("slower steps", "步速变慢")
_ROUNDED = costing("quality may suffer: small updates are rounded away", "质量可能下降:小的更新会被舍入掉")
_NOT_ACCUMULATED = costing("no gradient accumulation, one card", "不能梯度累积,只限单卡")
_QUANTISED = costing("a quantised base, slower steps", "基座量化,步速较慢")
_FULL = ("fp32", "bf16", "fp16")
_FEW = 6  # bits of a base from which on it is none of four
_LONG = 8192  # tokens from which on the activations of one sequence are divided, or brought to host memory
_LONGER = 1.1  # a length of so many times another is worth a word beside it
# of the likely length, a sure one: below, the estimate's margin takes more of the room than the cache has left
_WORTH_TAKING, _WORTH_TRAINING = 0.4, 0.1
_LARGER = 1.05  # a card of so many times the memory is a larger one
# who has a smaller card is sent to one of so many GB, or of so many times the memory, at most
_USUAL_GB, _TIMES = 96, 2.0
STORED = ("bits", "bpw", "weight_format", "precision")


def offers(where: Outcome) -> Iterator[Change]:
    """Every change that this configuration may admit; each only where it changes something."""
    if where.situation.knob("task") == "train":
        yield from _of_computing(where)
        yield from _of_states(where)
        yield from _of_teacher(where)
        yield from _of_methods(where)
    else:
        yield from of_serving(where)
    yield from solved(where)
    yield from _of_cards(where)


def _of_computing(where: Outcome) -> Iterator[Change]:
    """How a step is computed: the result stays what it is, or nearly."""
    knob = where.situation.knob
    by = str(where.situation.facts["rollouts_by"].value)
    if by == "beside":
        said = Words(
            "the rollout engine sleeps while the model trains (sleep mode)", "训练时让 rollout 引擎休眠(sleep 模式)"
        )
        yield Change({"rollouts_by": "asleep"}, Price.NOTHING, said, _WAKING)
    if knob("loss") == "full-logits":
        yield Change({"loss": "fused"}, Price.NOTHING, Words("fused loss (no full logits)", "融合损失(不存完整 logits)"), _ROUNDING)  # fmt: skip
    if knob("attention") == "eager":
        yield Change({"attention": "flash"}, Price.NOTHING, Words("flash attention", "flash 注意力"), _ROUNDING)
    if knob("gradient_checkpointing") != "on":
        yield Change({"gradient_checkpointing": "on"}, Price.SPEED, Words("gradient checkpointing", "激活重计算"), _SLOWER)  # fmt: skip
    if (
        int(knob("seq_len") or 0) < _LONG
        or knob("engine") == "unsloth"
        or {"tp", "pp", "cp", "activation_offload"} & set(where.case.facts)
    ):
        return
    if where.n_gpus > 1 and where.n_gpus <= MACHINE:
        said = Words(
            f"each sequence divided over the {where.n_gpus} cards (sequence parallel)",
            f"每条序列切分到 {where.n_gpus} 张卡(序列并行)",
        )
        yield Change({"cp": where.n_gpus}, Price.SPEED, said, _TRAFFIC)
    if not refuses_offload(where):
        said = Words("checkpoints in host memory (activation offload)", "检查点放在内存(activation offload)")
        yield Change({"activation_offload": True}, Price.SPEED, said, _STEPS)


def _of_states(where: Outcome) -> Iterator[Change]:
    """Where weights, gradients and optimizer states live, and in how many bytes."""
    knob, cards = where.situation.knob, where.n_gpus
    quantised = knob("method") in ADAPTERS and knob("weight_format") not in _FULL
    whole = stays_whole({name: knob(name) for name in ("method", "weight_format")})
    if cards > 1 and knob("zero_stage") != 3 and not whole:
        by = "FSDP" if quantised else "ZeRO-3/FSDP"
        said = Words(f"shard over the {cards} cards ({by})", f"切分到 {cards} 张卡({by})")
        yield Change({"zero_stage": 3}, Price.SPEED, said, _TRAFFIC)
    if 1 < cards <= MACHINE and whole_on_one(where):
        said = Words("on one of the cards alone", "只用其中一张卡")
        single: dict[str, Any] = dict.fromkeys((*LAYOUTS, "dp")) | {"n_gpus": 1}
        yield Change(
            single,
            Price.SPEED,
            said,
            costing("no buffers of communication, but the others stay idle", "没有通信缓冲,但其余的卡闲置"),
        )
    if not refuses_offload(where) and "offload" not in where.case.differs:
        yield from hosted_states(where)
    if knob("method") == "qlora" and where.situation.facts["kbit_preparation"].value == "on":
        said = Words(
            "embedding, norms and head left in 16 bit (no prepare_model_for_kbit_training)",
            "embedding、归一化和输出头保持 16 位(不用 prepare_model_for_kbit_training)",
        )
        yield Change({"kbit_prep": False}, Price.QUALITY, said, costing("little quality, if any", "几乎不损质量"))
    if knob("method") in ("galore", "apollo") and not knob("optimizer_in_backward") and cards == 1:
        said = Words(
            "layer-wise update (each gradient is used and dropped as it appears)", "逐层更新(梯度算出一个用掉一个)"
        )
        yield Change({"optimizer_in_backward": True}, Price.SPEED, said, _NOT_ACCUMULATED)
    if knob("precision") == "fp32":
        half = "fp16" if lacks_bf16(where.case.card) else "bf16"
        said = Words(f"mixed precision ({half})", f"混合精度({half})")
        yield Change(
            {"precision": f"amp-{half}"}, Price.QUALITY, said, costing("little quality, if any", "几乎不损质量")
        )
    if knob("optimizer") == "adamw":
        for name, said, cost in (
            ("adamw-8bit", Words("8-bit AdamW", "8 位 AdamW"), costing("little quality, if any", "几乎不损质量")),
            ("adafactor", Words("Adafactor", "Adafactor"), costing("other learning rates; may converge worse", "需另调学习率,收敛可能变差")),
        ):  # fmt: skip
            held = where.situation.knobs["precision"]
            alone = not keeps_masters(where.situation.knobs, name)
            if (
                alone and held.value == "bf16-params-fp32-states" and held.origin == ASSUMED
            ):  # without AdamW none is assumed kept
                said = Words(f"{said.en} without fp32 master weights", f"{said.zh}(不保留 fp32 主权重)")
                cost = _ROUNDED if name == "adamw-8bit" else (*cost, *_ROUNDED)
            yield Change({"optimizer": name}, Price.QUALITY, said, cost)
    pure = str(knob("precision")).startswith("pure") or lacks_bf16(where.case.card)
    if knob("method") not in ADAPTERS and not pure:
        said = Words("parameters and states in bf16", "参数和优化器状态都用 bf16")
        yield Change({"precision": "pure-bf16"}, Price.QUALITY, said, _ROUNDED)


def whole_on_one(where: Outcome) -> bool:
    """Whether adapters on a quantised base may as well be trained on one of several cards: what is divided is little."""
    knob, alike = where.situation.knob, not where.case.together and not of_unequal_size(where.case.rig)
    return alike and knob("method") in ADAPTERS and knob("weight_format") not in _FULL


def hosted_states(where: Outcome) -> Iterator[Change]:
    """States in host memory: those of the optimizer, and with them the parameters."""
    knob, cards = where.situation.knob, where.n_gpus
    quantised = knob("method") in ADAPTERS and knob("weight_format") not in _FULL
    whole = stays_whole({name: knob(name) for name in ("method", "weight_format")})
    # of adapters a quantised base is the usual way, and the faster one; of a base that is quantised no such way is left
    hosted = Price.LESS if knob("method") in ADAPTERS and not quantised else Price.HOST_MEMORY
    if knob("offload") in (None, "none"):
        said = Words("optimizer in host memory", "优化器放在内存")
        yield Change({"offload": "optimizer"}, hosted, said, _STEPS)
    # of a quantised base only FSDP's offload is documented, over two cards and more
    if knob("offload") != "params" and not whole and (cards > 1 or not quantised):
        by = "FSDP" if quantised else "ZeRO-3"
        said = Words(f"parameters and optimizer in host memory ({by})", f"参数和优化器都放在内存({by})")
        yield Change({"offload": "params", "zero_stage": 3}, hosted, said, _STEPS)


def _of_teacher(where: Outcome) -> Iterator[Change]:
    """A teacher that is divided, in fewer bits, or whose logits were stored beforehand."""
    knob, cards = where.situation.knob, where.n_gpus
    if not knob("teacher_model"):
        return
    if cards > 1 and knob("zero_stage") != 3 and not knob("teacher_split"):
        said = Words(f"the teacher divided over the {cards} cards", f"教师切分到 {cards} 张卡")
        yield Change({"teacher_split": True}, Price.SPEED, said, _TRAFFIC)
    if knob("teacher_format") in (None, *_FULL):
        said = Words("the teacher in 4 bits (NF4)", "教师用 4 位(NF4)")
        yield Change(
            {"teacher_format": "nf4"}, Price.QUALITY, said, costing("slightly other targets", "目标分布略有偏差")
        )
    said = Words("the teacher's top-k logits stored beforehand (offline)", "教师的 top-k logits 预先离线存好")
    dropped = dict.fromkeys(("teacher_model", "teacher_format", "teacher_split"))
    yield Change(
        dropped,
        Price.SPEED,
        said,
        costing("a pass over the data before; not on-policy", "需先跑一遍数据;不能 on-policy"),
    )


def on_card(where: Outcome) -> dict[str, Any]:
    """What to take away for adapters beside a training whose states are in host memory: they are for the card, as people run
    them, and what is offloaded would hide how much they take there."""
    if where.situation.knob("offload") not in ("optimizer", "params"):
        return {}
    return {"offload": None} | ({"zero_stage": None} if where.n_gpus == 1 else {})


def _nothing_hosted(en: str, zh: str, kept: dict[str, Any]) -> Words:
    return Words(f"{en}, nothing offloaded", f"{zh},不做 offload") if kept else Words(en, zh)


def _of_methods(where: Outcome) -> Iterator[Change]:
    """Fewer numbers that train, and fewer bits of those that do not."""
    knob = where.situation.knob
    method = str(knob("method"))
    if method in ADAPTERS and (rank := _most(where, "lora_rank", int(knob("lora_rank") or 1) - 1)):
        said = Words(f"rank {rank}", f"秩 {rank}")
        yield Change({"lora_rank": rank}, Price.QUALITY, said, costing("less capacity to learn", "可学习的容量变小"))
    if (
        method in ADAPTERS
        and where.situation.model is not None
        and where.situation.model.experts
        and adapts_experts(knob("lora_targets"))
    ):
        said = Words("adapters on attention alone", "适配器只加在注意力层")
        yield Change({"lora_targets": "q k v o"}, Price.QUALITY, said, costing("experts are not trained", "不训练专家"))
    if method in ADAPTERS and knob("modules_to_save") not in (None, "none"):
        said = Words(
            "embedding and head not trained whole (new rows alone: trainable_token_indices)",
            "不完整训练 embedding 和 head(只训新增的行:trainable_token_indices)",
        )
        yield Change({"modules_to_save": "none"}, Price.QUALITY, said, costing("the old rows stay", "旧的行不变"))
    open_stored, kept = dict.fromkeys(STORED), {} if method in ADAPTERS else on_card(where)
    if method not in ADAPTERS:
        said = _nothing_hosted("LoRA", "LoRA", kept)
        cost = costing("adapters instead of all weights", "只训练低秩矩阵,原模型不动")
        yield Change({**open_stored, **kept, "method": "lora"}, Price.METHOD, said, cost)
    for bits in (8, 4):
        if method in ("full", "freeze", "lora") or (method == "qlora" and bits < stored_bits(where) - 1):
            said = _nothing_hosted(f"QLoRA, {bits}-bit", f"{bits} 位 QLoRA", kept)
            price = Price.QUALITY if method in ADAPTERS else Price.METHOD
            yield Change({**open_stored, **kept, "method": "qlora", "bits": bits}, price, said, _QUANTISED)
    if method == "qlora" and stored_bits(where) > _FEW and where.n_gpus > 1 and where.situation.knob("zero_stage") != 3:
        # of a base in 8 bits each card keeps a copy, of one in 4 it need not
        said = Words(
            f"QLoRA, 4-bit, sharded over the {where.n_gpus} cards (FSDP)",
            f"4 位 QLoRA,切分到 {where.n_gpus} 张卡(FSDP)",
        )
        yield Change({**open_stored, "method": "qlora", "bits": 4, "zero_stage": 3}, Price.QUALITY, said, _QUANTISED)


def solved(where: Outcome) -> Iterator[Change]:
    """Smaller batches and shorter sequences: the most that fits for sure, with all else as it is."""
    knob, cost = where.situation.knob, costing("less throughput", "吞吐降低")
    if fewer := _most(where, "batch_size", int(knob("batch_size") or 1) - 1):
        said = Words(f"batch {fewer} with gradient accumulation", f"批大小 {fewer} 加梯度累积")
        price = Price.SPEED
        if knob("task") != "train":
            said, price = (
                Words(f"{fewer} sequence{'s' if fewer > 1 else ''} at once", f"同时 {fewer} 条序列"),
                Price.LESS,
            )
            cost = with_flag(cost, program_of(where) or knob("engine"), "batch_size", fewer)
        yield Change({"batch_size": fewer}, price, said, cost)
        yield from _fused_and_fewer(where, fewer)
    shorter = _most(where, "seq_len", int(knob("seq_len") or 1) - 1)
    if shorter and not _far_below(where, shorter, where.largest("seq_len")):
        said = _lengths(shorter, where.largest("seq_len"))
        yield Change({"seq_len": shorter}, Price.LESS, said, _shorter(where, shorter))
    if shorter:
        yield from _aided_and_shorter(where, shorter)


def _fused_and_fewer(where: Outcome, above: int) -> Iterator[Change]:
    """How much larger a batch may be without full logits; nothing where that alone is enough."""
    if where.situation.knob("task") != "train" or where.situation.knob("loss") != "full-logits":
        return
    fused = _with(where, {"loss": "fused"})
    fewer = _most(fused, "batch_size", int(fused.situation.knob("batch_size")) - 1) if fused.verdict != "yes" else None
    if fewer and fewer > above:
        said = Words(
            f"a fused loss and batch {fewer} with gradient accumulation", f"融合损失,批大小 {fewer} 加梯度累积"
        )
        cost = costing("less throughput", "吞吐降低")
        yield Change({"loss": "fused", "batch_size": fewer}, Price.SPEED, said, cost)


def nearly(where: Outcome) -> Iterator[Change]:
    """The length with which the middle of the estimate fills the card, where what is sure is far below it or nothing; with
    what costs little beside it."""
    below, plain = int(where.situation.knob("seq_len") or 1), _middle(where, {})
    aids = ({}, *(facts for facts, _ in _aids(where)))
    # what reaches the length that was asked for is no shorter one, and was offered alone
    lengths = [(length, facts) for facts in aids if (length := _middle(where, facts)) is not None and length < below]
    if not lengths:
        return
    length, facts = max(lengths, key=lambda one: one[0])
    if facts and plain and length <= _LONGER * plain:
        length, facts = plain, {}
    sure = _most(_with(where, facts), "seq_len", length)
    if sure is not None and not _far_below(where, sure, length):
        return
    aid = next((said for given, said in _aids(where) if given == facts), None)
    said = Words(f"{length:,} tokens, by the middle of the estimate", f"{length:,} 个 token(按区间中值)")
    if aid is not None:
        said = Words(f"{aid.en} and {said.en}", f"{aid.zh},{said.zh}")
    yield Change({**facts, "seq_len": length}, Price.LESS, said, _shorter(where, length))


def _far_below(where: Outcome, sure: int, middle: int | None) -> bool:
    """Whether the length that is sure is so short beside the likely one that nobody would serve it: a server tells at its
    start what it holds, a training only when the longest sample comes."""
    worth = _WORTH_TRAINING if where.situation.knob("task") == "train" else _WORTH_TAKING
    return middle is not None and sure < worth * middle


def _shorter(where: Outcome, length: int) -> Costs:
    """What a shorter length costs, and how a server is told of it."""
    cost = costing("shorter sequences", "序列变短")
    if where.situation.knob("task") == "train":
        return cost
    return with_flag(cost, program_of(where) or where.situation.knob("engine"), "seq_len", length)


def _middle(where: Outcome, facts: dict[str, Any]) -> int | None:
    """The length with which the middle of the estimate fills the card, with some facts changed."""
    try:
        return (_with(where, facts) if facts else where).largest("seq_len")
    except BadInput:
        return None


def _aids(where: Outcome) -> Iterator[tuple[dict[str, Any], Words]]:
    """What makes longer samples possible and costs next to nothing: no full logits, a cache in 8 bits."""
    knob = where.situation.knob
    if knob("task") == "train":
        if knob("loss") == "full-logits":
            yield {"loss": "fused"}, Words("a fused loss", "融合损失")
        return
    narrow = NARROW_CACHE.get(str(knob("engine")))
    if narrow and knob("kv_format") in (None, "fp32", "bf16", "fp16"):
        called = cache_called(where, narrow)
        yield {"kv_format": narrow}, Words(f"a cache in 8 bits ({called})", f"8 位缓存({called})")


def _with(where: Outcome, facts: dict[str, Any]) -> Outcome:
    return outcome(replace(where.case, facts={**where.case.facts, **facts}))


def _lengths(sure: int, middle: int | None) -> Words:
    """The longest sequences that are sure to fit, and those with which the estimate fills the card."""
    if middle is None or middle <= _LONGER * sure:
        return Words(f"at most {sure:,} tokens for sure", f"最多 {sure:,} 个 token(稳妥)")
    return Words(
        f"at most {sure:,} tokens for sure, {middle:,} by the middle of the estimate",
        f"最多 {sure:,} 个 token(稳妥),按区间中值 {middle:,} 个",
    )


def _aided_and_shorter(where: Outcome, above: int) -> Iterator[Change]:
    """How much longer sequences may be without full logits, or with a cache in 8 bits; nothing where that alone is enough."""
    for facts, aid in _aids(where):
        try:
            aided = _with(where, facts)
        except BadInput:
            continue
        if aided.verdict == "yes" or (aided.leaning == "likely" and where.situation.knob("task") != "train"):
            continue
        longer = _most(aided, "seq_len", int(aided.situation.knob("seq_len")) - 1)
        if longer is None or longer <= _LONGER * above:
            continue
        reach = _lengths(longer, aided.largest("seq_len"))
        said = Words(f"{aid.en} and {reach.en}", f"{aid.zh},{reach.zh}")
        yield Change({**facts, "seq_len": longer}, Price.LESS, said, _shorter(where, longer))


def _of_cards(where: Outcome) -> Iterator[Change]:
    least = max(where.capacity or 0.0, _LARGER * where.case.card.capacity if where.case.card else 0.0)
    larger = smallest_that_hold(replace(where, case=replace(where.case, together=())), above=least)
    if where.situation.facts["rollouts_by"].value != "none":
        said = Words("rollouts on cards of their own", "rollout 放到另外的卡上")
        yield Change({"rollouts_by": "none", "gpu_memory_utilization": None}, Price.CARDS, said, _NO_COST)
    own = where.case.card
    if own is not None and gpu_rows().get(own.name, {}).get("class") == "laptop":
        return  # which takes no other card, and no second one
    if larger and (own is None or larger[0].marketed_gb <= max(_USUAL_GB, _TIMES * own.marketed_gb)):
        card, gb = larger[0], f"{larger[0].marketed_gb:g}"
        one = "a card" if where.n_gpus == 1 else "cards"
        said = Words(f"{one} of {gb} GB, such as {card.name}", f"换 {gb} GB 的卡,例如 {card.name}")
        row = gpu_rows().get(own.name if own else "")
        if row and row["vendor"] != gpu_rows()[card.name]["vendor"]:  # who has one maker's is not sent to another's
            said = Words(f"{one} of {gb} GB", f"换 {gb} GB 的卡")
        yield Change({"gpu": card.name, "gpu_memory_gb": None}, Price.CARDS, said, _NO_COST, card=card)
    training = where.situation.knob("task") == "train"
    layout: dict[str, Any] = dict.fromkeys((*LAYOUTS, "dp")) | ({"zero_stage": 3} if training else {})
    desktop = own is not None and gpu_rows().get(own.name, {}).get("class") == "consumer"
    most = max(MACHINE, 2 * where.n_gpus) if desktop and where.n_gpus > 1 else max(steps(where))
    for more in () if of_unequal_size(where.case.rig) else steps(where):  # of which would there be more?
        if where.n_gpus < more <= most:
            said = Words(f"{more} such cards, sharded", f"{more} 张同样的卡,切分")
            if (boxes := whole_machines(more)) and not training:
                said = Words(f"{said.en} ({boxes} machines of {MACHINE})", f"{said.zh}({boxes} 台 {MACHINE} 卡机)")
            yield Change({"n_gpus": more, **layout}, Price.CARDS, said, _NO_COST)


def _most(where: Outcome, name: str, below: int) -> int | None:
    """The most of a knob, up to `below`, of which all the interval fits; None if there is none."""

    def sure(value: int) -> bool:
        return outcome(replace(where.case, facts={**where.case.facts, name: value})).verdict == "yes"

    return highest(sure, 1, below) if below >= 1 else None
