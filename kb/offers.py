"""What may be changed so that a model fits, each change with what it costs; whether it helps is tried in `kb.changes`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.attention import lacks_bf16
from kb.cards import Card
from kb.cases import LAYOUTS, stays_whole
from kb.flags import with_flag
from kb.fused_experts import adapts_experts
from kb.hosting import MACHINE, whole_machines
from kb.methods import keeps_masters
from kb.names import gpu_rows
from kb.outcome import Outcome, outcome
from kb.recipe import ADAPTERS, format_for, formats_by_bits
from kb.recommender import smallest_that_hold, steps
from kb.solver import NARROW_CACHE, highest, layers_that_fit
from kb.stated import ASKED, ASSUMED


class Price(IntEnum):
    """What a change costs, the cheapest first."""

    NOTHING = 0
    SPEED = 1
    HOST_MEMORY = 2
    QUALITY = 3
    LESS = 4  # of what was asked for: length, sequences at once
    METHOD = 5
    CARDS = 6


@dataclass(frozen=True)
class Change:
    """Facts to change (None takes one away), in words, with what the change costs. `card` is another card."""

    facts: dict[str, Any]
    price: Price
    says: Words
    cost: Words
    card: Card | None = None
    lossy: bool = False  # so few bits that nobody adds it to other changes


_NO_COST = Words("", "")  # what other cards cost is their price
_ROUNDING = Words("no loss of speed or quality", "不损速度与质量")
_SLOWER = Words("about a third more computing", "计算量约增加三分之一")
_TRAFFIC = Words("traffic between the cards", "卡间通信")
_WAKING = Words("a little time to wake it", "唤醒要一点时间")
_STEPS = Words("slower steps", "步速变慢")
_QUALITY = Words("some quality", "质量略降")
_HOSTED = Words("slower: that part is computed or read from host memory", "变慢:这部分在内存中计算或读取")
_ROUNDED = Words("quality may suffer: small updates are rounded away", "质量可能下降:小的更新会被舍入掉")
_NOT_ACCUMULATED = Words("no gradient accumulation, one card", "不能梯度累积,只限单卡")
_QUANTISED = Words("a quantised base, slower steps", "基座量化,步速较慢")
_FULL = ("fp32", "bf16", "fp16")
# what programs other than llama.cpp have kernels and checkpoints for
_USUAL_BITS = (8, 4)
_UNQUANTISED = 12  # bits of a weight from which on it is not quantised
_MUCH_MEMORY = 128e9  # bytes that few machines have for weights
_MOST_SHARE = 0.95  # of a card: the rest is the driver's, and what a server's graphs take beside its pool
_LONGER = 1.1  # a length of so many times another is worth a word beside it
_LARGER = 1.05  # a card of so many times the memory is a larger one
FILES = "llama.cpp"
# experts that were trained in so few bits: their files are hardly smaller in fewer
AS_PUBLISHED = ("mxfp4", "nvfp4")
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


def _of_states(where: Outcome) -> Iterator[Change]:
    """Where weights, gradients and optimizer states live, and in how many bytes."""
    knob, cards = where.situation.knob, where.n_gpus
    quantised = knob("method") in ADAPTERS and knob("weight_format") not in _FULL
    whole = stays_whole({name: knob(name) for name in ("method", "weight_format")})
    if cards > 1 and knob("zero_stage") != 3 and not whole:
        by = "FSDP" if quantised else "ZeRO-3/FSDP"
        said = Words(f"shard over the {cards} cards ({by})", f"切分到 {cards} 张卡({by})")
        yield Change({"zero_stage": 3}, Price.SPEED, said, _TRAFFIC)
    if not refuses_offload(where) and "offload" not in where.case.differs:
        yield from hosted_states(where)
    if knob("method") == "qlora" and where.situation.facts["kbit_preparation"].value == "on":
        said = Words(
            "embedding, norms and head left in 16 bit (no prepare_model_for_kbit_training)",
            "embedding、归一化和输出头保持 16 位(不用 prepare_model_for_kbit_training)",
        )
        yield Change({"kbit_prep": False}, Price.QUALITY, said, Words("little quality, if any", "几乎不损质量"))
    if knob("method") in ("galore", "apollo") and not knob("optimizer_in_backward") and cards == 1:
        said = Words(
            "layer-wise update (each gradient is used and dropped as it appears)", "逐层更新(梯度算出一个用掉一个)"
        )
        yield Change({"optimizer_in_backward": True}, Price.SPEED, said, _NOT_ACCUMULATED)
    if knob("precision") == "fp32":
        half = "fp16" if lacks_bf16(where.case.card) else "bf16"
        said = Words(f"mixed precision ({half})", f"混合精度({half})")
        yield Change({"precision": f"amp-{half}"}, Price.QUALITY, said, Words("little quality, if any", "几乎不损质量"))
    if knob("optimizer") == "adamw":
        for name, said, cost in (
            ("adamw-8bit", Words("8-bit AdamW", "8 位 AdamW"), Words("little quality, if any", "几乎不损质量")),
            ("adafactor", Words("Adafactor", "Adafactor"), Words("other learning rates; may converge worse", "需另调学习率,收敛可能变差")),
        ):  # fmt: skip
            held = where.situation.knobs["precision"]
            alone = not keeps_masters(where.situation.knobs, name)
            if (
                alone and held.value == "bf16-params-fp32-states" and held.origin == ASSUMED
            ):  # without AdamW none is assumed kept
                said = Words(f"{said.en} without fp32 master weights", f"{said.zh}(不保留 fp32 主权重)")
                cost = (
                    _ROUNDED if name == "adamw-8bit" else Words(f"{cost.en}; {_ROUNDED.en}", f"{cost.zh};{_ROUNDED.zh}")
                )
            yield Change({"optimizer": name}, Price.QUALITY, said, cost)
    pure = str(knob("precision")).startswith("pure") or lacks_bf16(where.case.card)
    if knob("method") not in ADAPTERS and not pure:
        said = Words("parameters and states in bf16", "参数和优化器状态都用 bf16")
        yield Change({"precision": "pure-bf16"}, Price.QUALITY, said, _ROUNDED)


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
            {"teacher_format": "nf4"}, Price.QUALITY, said, Words("slightly other targets", "目标分布略有偏差")
        )
    said = Words("the teacher's top-k logits stored beforehand (offline)", "教师的 top-k logits 预先离线存好")
    dropped = dict.fromkeys(("teacher_model", "teacher_format", "teacher_split"))
    yield Change(
        dropped, Price.SPEED, said, Words("a pass over the data before; not on-policy", "需先跑一遍数据;不能 on-policy")
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
        yield Change({"lora_rank": rank}, Price.QUALITY, said, Words("less capacity to learn", "可学习的容量变小"))
    if (
        method in ADAPTERS
        and where.situation.model is not None
        and where.situation.model.experts
        and adapts_experts(knob("lora_targets"))
    ):
        said = Words("adapters on attention alone", "适配器只加在注意力层")
        yield Change({"lora_targets": "q k v o"}, Price.QUALITY, said, Words("experts are not trained", "不训练专家"))
    if method in ADAPTERS and knob("modules_to_save") not in (None, "none"):
        said = Words(
            "embedding and head not trained whole (new rows alone: trainable_token_indices)",
            "不完整训练 embedding 和 head(只训新增的行:trainable_token_indices)",
        )
        yield Change({"modules_to_save": "none"}, Price.QUALITY, said, Words("the old rows stay", "旧的行不变"))
    open_stored, kept = dict.fromkeys(STORED), {} if method in ADAPTERS else on_card(where)
    if method not in ADAPTERS:
        said = Words("adapters instead of all weights", "只训练低秩矩阵,原模型不动")
        yield Change(
            {**open_stored, **kept, "method": "lora"}, Price.METHOD, _nothing_hosted("LoRA", "LoRA", kept), said
        )
    for bits in (8, 4):
        if method in ("full", "freeze", "lora") or (method == "qlora" and bits < stored_bits(where) - 1):
            said = _nothing_hosted(f"QLoRA, {bits}-bit", f"{bits} 位 QLoRA", kept)
            price = Price.QUALITY if method in ADAPTERS else Price.METHOD
            yield Change({**open_stored, **kept, "method": "qlora", "bits": bits}, price, said, _QUANTISED)


def of_serving(where: Outcome) -> Iterator[Change]:
    """What a server may be told: its share, the bits of cache and weights, what goes to host memory."""
    knob = where.situation.knob
    engine = str(knob("engine") or "")
    narrow = NARROW_CACHE.get(engine, "int8")
    if share := _larger_share(where):
        said = Words(f"a larger share of the card (gpu_memory_utilization {share:g})", f"更大的份额(gpu_memory_utilization {share:g})")  # fmt: skip
        yield Change({"gpu_memory_utilization": share}, Price.NOTHING, said, Words("nothing else on the card", "卡上不能有别的程序"))  # fmt: skip
    if knob("kv_format") in (None, "fp32", "bf16", "fp16"):
        said = Words(f"cache in 8 bits ({narrow})", f"缓存用 8 位({narrow})")
        cost = with_flag(Words("hardly any quality", "质量几乎不降"), engine, "kv_format", narrow)
        yield Change({"kv_format": narrow}, Price.QUALITY, said, cost)
    # where no program is named, files of fewer bits are left: those of llama.cpp
    fewer = _fewer_bits() if not engine else ()
    usual = formats_by_bits() if engine == FILES else (*_USUAL_BITS, *fewer)
    if knob("weight_format") in AS_PUBLISHED:
        usual = _USUAL_BITS
    for bits in sorted(usual, reverse=True):
        if bits < stored_bits(where) - 1:
            cost = _QUALITY if bits >= 4 else Words("noticeable quality", "质量明显下降")
            by = engine or (FILES if bits < min(_USUAL_BITS) else "")
            stored = {"weight_format": format_for("inference", bits, by), "bits": None}
            said = Words(f"{bits}-bit weights", f"{bits} 位权重")
            if by == FILES:
                kind = str(stored["weight_format"]).removeprefix("gguf:")
                said = Words(f"{said.en} ({kind})", f"{said.zh}({kind})")
            yield Change(stored, Price.QUALITY, said, cost, lossy=bits < min(_USUAL_BITS))
    yield from _hosted(where)


def _larger_share(where: Outcome) -> float | None:
    """The most that a server is usually given of a card, where its share was not told and is less."""
    share = where.situation.knobs.get("gpu_memory_utilization")
    open_share = share is not None and share.origin != ASKED and where.situation.knob("engine") in ("vllm", "sglang")
    return _MOST_SHARE if open_share and share is not None and float(share.value) < _MOST_SHARE else None


def _fewer_bits() -> list[int]:
    return [bits for bits in formats_by_bits() if bits < min(_USUAL_BITS)]


def _hosted(where: Outcome) -> Iterator[Change]:
    """Experts, then whole layers, in host memory: solved, so that as much as fits stays on the card."""
    knob = where.situation.knob
    if (
        refuses_offload(where)
        or knob("engine") in ("vllm", "sglang")
        or any(knob(name) is not None for name in ("gpu_layers", "n_cpu_moe"))
    ):
        return
    model = where.situation.model
    open_memory = knob("host_memory_gb") is None
    if model is not None and model.experts and knob("offload") in (None, "none"):
        many = (where.n_params or 0.0) * stored_bits(where) / 8 > _MUCH_MEMORY
        if (
            open_memory and many and stored_bits(where) > _UNQUANTISED
        ):  # nobody fills hundreds of GB with 16-bit experts
            said = Words("4-bit weights (Q4_K_M), experts in host memory", "4 位权重(Q4_K_M),专家放在内存")
            stored = {"weight_format": format_for("inference", min(_USUAL_BITS), FILES), "bits": None}
            yield Change({**stored, "offload": "experts"}, Price.HOST_MEMORY, said, _HOSTED)
            return
        said = Words("experts in host memory", "专家放在内存")
        yield Change({"offload": "experts"}, Price.HOST_MEMORY, said, with_flag(_HOSTED, FILES, "offload", ""))
    try:
        layers = layers_that_fit(where.case)
    except BadInput:  # no offer where the layout admits no such split
        return
    if layers and model is not None and layers <= len(model.layers):
        said = Words(
            f"{layers} layer{'s' if layers > 1 else ''} on the card, the rest in host memory",
            f"{layers} 层放在卡上,其余放在内存",
        )
        cost = with_flag(_HOSTED, FILES, "gpu_layers", layers)
        yield Change({"gpu_layers": layers}, Price.HOST_MEMORY, said, cost)


def solved(where: Outcome) -> Iterator[Change]:
    """Smaller batches and shorter sequences: the most that fits for sure, with all else as it is."""
    knob, cost = where.situation.knob, Words("less throughput", "吞吐降低")
    if fewer := _most(where, "batch_size", int(knob("batch_size") or 1) - 1):
        said = Words(f"batch {fewer} with gradient accumulation", f"批大小 {fewer} 加梯度累积")
        price = Price.SPEED
        if knob("task") != "train":
            said, price = (
                Words(f"{fewer} sequence{'s' if fewer > 1 else ''} at once", f"同时 {fewer} 条序列"),
                Price.LESS,
            )
            cost = with_flag(cost, knob("engine"), "batch_size", fewer)
        yield Change({"batch_size": fewer}, price, said, cost)
    if shorter := _most(where, "seq_len", int(knob("seq_len") or 1) - 1):
        said = Words(f"at most {shorter:,} tokens for sure", f"最多 {shorter:,} 个 token(稳妥)")
        cost = Words("shorter sequences", "序列变短")
        if knob("task") != "train":
            cost = with_flag(cost, knob("engine"), "seq_len", shorter)
        else:
            said = _lengths(shorter, where.largest("seq_len"))
        yield Change({"seq_len": shorter}, Price.LESS, said, cost)
        yield from _fused_and_shorter(where, shorter)


def _lengths(sure: int, middle: int | None) -> Words:
    """The longest samples that are sure to fit, and those with which the estimate fills the card."""
    if middle is None or middle <= _LONGER * sure:
        return Words(f"at most {sure:,} tokens for sure", f"最多 {sure:,} 个 token(稳妥)")
    return Words(
        f"at most {sure:,} tokens for sure, {middle:,} by the middle of the estimate",
        f"最多 {sure:,} 个 token(稳妥),按区间中值 {middle:,} 个",
    )


def _fused_and_shorter(where: Outcome, above: int) -> Iterator[Change]:
    """How much longer samples may be whose logits are never all there; nothing where that alone is enough."""
    if where.situation.knob("task") != "train" or where.situation.knob("loss") != "full-logits":
        return
    try:
        fused = outcome(replace(where.case, facts={**where.case.facts, "loss": "fused"}))
    except BadInput:
        return
    longer = _most(fused, "seq_len", int(fused.situation.knob("seq_len")) - 1) if fused.verdict != "yes" else None
    if longer is None or longer <= _LONGER * above:
        return
    reach = _lengths(longer, fused.largest("seq_len"))
    said = Words(f"a fused loss and {reach.en}", f"融合损失,{reach.zh}")
    yield Change({"loss": "fused", "seq_len": longer}, Price.LESS, said, Words("shorter sequences", "序列变短"))


def _of_cards(where: Outcome) -> Iterator[Change]:
    least = max(where.capacity or 0.0, _LARGER * where.case.card.capacity if where.case.card else 0.0)
    larger = smallest_that_hold(replace(where, case=replace(where.case, together=())), above=least)
    if where.situation.facts["rollouts_by"].value != "none":
        said = Words("rollouts on cards of their own", "rollout 放到另外的卡上")
        yield Change({"rollouts_by": "none", "gpu_memory_utilization": None}, Price.CARDS, said, _NO_COST)
    if larger:
        card, gb = larger[0], f"{larger[0].marketed_gb:g}"
        one = "a card" if where.n_gpus == 1 else "cards"
        said = Words(f"{one} of {gb} GB, such as {card.name}", f"换 {gb} GB 的卡,例如 {card.name}")
        own = gpu_rows().get(where.case.card.name if where.case.card else "")
        if own and own["vendor"] != gpu_rows()[card.name]["vendor"]:  # who has one maker's is not sent to another's
            said = Words(f"{one} of {gb} GB", f"换 {gb} GB 的卡")
        yield Change({"gpu": card.name, "gpu_memory_gb": None}, Price.CARDS, said, _NO_COST, card=card)
    training = where.situation.knob("task") == "train"
    layout: dict[str, Any] = dict.fromkeys((*LAYOUTS, "dp")) | ({"zero_stage": 3} if training else {})
    for more in steps(where):
        if more > where.n_gpus:
            said = Words(f"{more} such cards, sharded", f"{more} 张同样的卡,切分")
            if (boxes := whole_machines(more)) and not training:
                said = Words(f"{said.en} ({boxes} machines of {MACHINE})", f"{said.zh}({boxes} 台 {MACHINE} 卡机)")
            yield Change({"n_gpus": more, **layout}, Price.CARDS, said, _NO_COST)


def _most(where: Outcome, name: str, below: int) -> int | None:
    """The most of a knob, up to `below`, of which all the interval fits; None if there is none."""

    def sure(value: int) -> bool:
        return outcome(replace(where.case, facts={**where.case.facts, name: value})).verdict == "yes"

    return highest(sure, 1, below) if below >= 1 else None


def refuses_offload(where: Outcome) -> bool:
    """Whether it is stated that nothing goes to host memory: then no way there is an answer."""
    offload = where.situation.knobs.get("offload")
    return offload is not None and offload.value == "none" and offload.origin != ASSUMED


def stored_bits(where: Outcome) -> float:
    return next((float(v) for quantity, v in where.values.items() if quantity.name == "bits_per_weight"), 16.0)
