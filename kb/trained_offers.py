"""What may be changed of a training: how a step is computed, where its states live, the teacher, and the method itself."""

from collections.abc import Container, Iterator
from typing import Any

from formulas.quantity import Words
from kb.attention import lacks_bf16
from kb.cards import shares_memory
from kb.cases import LAYOUTS, stays_whole
from kb.change import HARDLY_ANY_QUALITY, Change, Price, costing
from kb.hosting import MACHINE
from kb.knobs import PLAIN_TYPES
from kb.layout import of_unequal_size
from kb.methods import PROJECTED, keeps_masters
from kb.outcome import Outcome, outcome
from kb.programs import divides_sequences
from kb.recipe import ADAPTERS
from kb.served_offers import refuses_offload
from kb.solver import highest
from kb.stated import ASSUMED
from kb.stored import stored_bits

_ROUNDING = costing("no loss of speed or quality", "不损速度与质量")
_SLOWER = costing("about a third more computing", "计算量约增加三分之一")
_TRAFFIC = costing("traffic between the cards", "卡间通信")
# ZeRO (arXiv 1910.02054), 7: stages 1 and 2 send what data parallel sends, stage 3 half as much again
_AS_DDP = costing("no more traffic than plain data parallel", "通信量与普通数据并行相同")
_ONE_BATCH = costing(
    "traffic between the cards, one batch over all of them instead of one each", "卡间通信,所有卡共算一批而不是各算一批"
)
_WAKING = costing("a little time to wake it", "唤醒要一点时间")
_STEPS = costing("slower steps", "步速变慢")
_ROUNDED = costing("quality may suffer: small updates are rounded away", "质量可能下降:小的更新会被舍入掉")
_NOT_ACCUMULATED = costing("no gradient accumulation, one card", "不能梯度累积,只限单卡")
_QUANTISED = costing("a quantised base, slower steps", "基座量化,步速较慢")
_FEW = 6  # bits of a base from which on it is none of four
_LONG = 8192  # tokens from which on the activations of one sequence are divided, or brought to host memory
STORED = ("bits", "bpw", "weight_format", "precision")


def of_training(where: Outcome) -> Iterator[Change]:
    """What a training may be told, each change only where it changes something."""
    yield from _of_computing(where)
    yield from _of_states(where)
    yield from _of_teacher(where)
    yield from _of_methods(where)


def _of_computing(where: Outcome) -> Iterator[Change]:
    """How a step is computed: the result stays what it is, or nearly."""
    knob = where.situation.knob
    by = str(where.situation.facts["rollouts_by"].value)
    if by == "beside":
        said = Words(
            "a rollout engine that sleeps while the model trains (sleep mode)", "训练时让 rollout 引擎休眠(sleep 模式)"
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
        or not divides_sequences(knob("engine"))
        or {"tp", "pp", "cp", "activation_offload"} & set(where.case.facts)
    ):
        return
    if where.n_gpus > 1 and where.n_gpus <= MACHINE:
        said = Words(
            f"each sequence divided over the {where.n_gpus} cards (sequence parallel)",
            f"每条序列切分到 {where.n_gpus} 张卡(序列并行)",
        )
        yield Change({"cp": where.n_gpus}, Price.SPEED, said, _ONE_BATCH)
    if _offloads(where):
        said = Words("checkpoints in host memory (activation offload)", "检查点放在内存(activation offload)")
        yield Change({"activation_offload": True}, Price.SPEED, said, _STEPS)


def _of_states(where: Outcome) -> Iterator[Change]:
    """Where weights, gradients and optimizer states live, and in how many bytes."""
    knob, cards = where.situation.knob, where.n_gpus
    quantised = knob("method") in ADAPTERS and knob("weight_format") not in PLAIN_TYPES
    whole = stays_whole({name: knob(name) for name in ("method", "weight_format")})
    if (
        cards > 1
        and not knob("zero_stage")
        and knob("method") not in ADAPTERS
        and "zero_stage" not in where.case.differs
    ):
        said = Words(
            f"gradients and optimizer states divided over the {cards} cards (ZeRO-2)",
            f"梯度和优化器状态切分到 {cards} 张卡(ZeRO-2)",
        )
        yield Change({"zero_stage": 2}, Price.SPEED, said, _AS_DDP)
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
    if _offloads(where) and "offload" not in where.case.differs:
        yield from hosted_states(where)
    if knob("method") == "qlora" and where.situation.facts["kbit_preparation"].value == "on":
        said = Words(
            "embedding, norms and head left in 16 bit (no prepare_model_for_kbit_training)",
            "embedding、归一化和输出头保持 16 位(不用 prepare_model_for_kbit_training)",
        )
        yield Change({"kbit_prep": False}, Price.QUALITY, said, HARDLY_ANY_QUALITY)
    # with nothing kept beside 16-bit weights the step may be made of one gradient after the other
    alone = knob("method") == "full" and str(knob("precision")).startswith("pure")
    if (knob("method") in PROJECTED or alone) and not knob("optimizer_in_backward") and cards == 1:
        said = Words(
            "layer-wise update (each gradient is used and dropped as it appears)", "逐层更新(梯度算出一个用掉一个)"
        )
        yield Change({"optimizer_in_backward": True}, Price.SPEED, said, _NOT_ACCUMULATED)
    if knob("precision") == "fp32":
        half = "fp16" if lacks_bf16(where.case.card) else "bf16"
        said = Words(f"mixed precision ({half})", f"混合精度({half})")
        yield Change({"precision": f"amp-{half}"}, Price.QUALITY, said, HARDLY_ANY_QUALITY)
    if knob("method") in ADAPTERS and knob("weight_format") == "fp32" and "weight_format" not in where.case.differs:
        half = "fp16" if lacks_bf16(where.case.card) else "bf16"
        said = Words(f"the base loaded in {half} (torch_dtype)", f"基座用 {half} 加载(torch_dtype)")
        yield Change({"weight_format": half}, Price.QUALITY, said, HARDLY_ANY_QUALITY)
    few = int(knob("n_trainable_layers") or 1) - 1
    if knob("method") == "freeze" and (layers := most(where, "n_trainable_layers", few, ("yes", "likely"))):
        said = Words(f"{layers} trained {'layer' if layers == 1 else 'layers'}", f"只训练 {layers} 层")
        yield Change({"n_trainable_layers": layers}, Price.QUALITY, said, costing("less is trained", "训练的部分变少"))
    if knob("optimizer") == "adamw":
        for name, said, cost in (
            ("adamw-8bit", Words("8-bit AdamW", "8 位 AdamW"), HARDLY_ANY_QUALITY),
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
        # what 8-bit states leave beside them by themselves: masters, or in mixed precision fp32 weights, which are these
        held = where.situation.knobs["precision"]
        told = held.value == "bf16-params-fp32-states" and held.origin != ASSUMED
        wide = told or keeps_masters(where.situation.knobs, "adamw-8bit") or str(knob("precision")).startswith("amp")
        if knob("optimizer") == "adamw" and wide:
            said = Words("8-bit AdamW on pure bf16 (6 B per parameter)", "纯 bf16 加 8 位 AdamW(每参数 6 字节)")
            yield Change({"precision": "pure-bf16", "optimizer": "adamw-8bit"}, Price.QUALITY, said, _ROUNDED)


def _offloads(where: Outcome) -> bool:
    """Whether host memory is a way out: it was not refused, and is not the memory that the card computes from."""
    return not refuses_offload(where) and not shares_memory(where.case.card)


def whole_on_one(where: Outcome) -> bool:
    """Whether adapters on a quantised base may as well be trained on one of several cards: what is divided is little."""
    knob, alike = where.situation.knob, not where.case.together and not of_unequal_size(where.case.rig)
    return alike and knob("method") in ADAPTERS and knob("weight_format") not in PLAIN_TYPES


def hosted_states(where: Outcome) -> Iterator[Change]:
    """States in host memory: those of the optimizer, and with them the parameters."""
    knob, cards = where.situation.knob, where.n_gpus
    quantised = knob("method") in ADAPTERS and knob("weight_format") not in PLAIN_TYPES
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
    if knob("teacher_format") in (None, *PLAIN_TYPES):
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


def _adapts_experts(where: Outcome) -> bool:
    model, facts = where.situation.model, where.situation.facts
    return model is not None and model.experts and bool(facts["on_experts"].value or facts["on_shared"].value)


def _of_methods(where: Outcome) -> Iterator[Change]:
    """Fewer numbers that train, and fewer bits of those that do not."""
    knob = where.situation.knob
    method = str(knob("method"))
    if method in ADAPTERS and (largest := most(where, "lora_rank", int(knob("lora_rank") or 1) - 1)):
        rank = 1 << (int(largest).bit_length() - 1)  # as ranks are set: 16, and no 19
        said = Words(f"rank {rank}", f"秩 {rank}")
        yield Change({"lora_rank": rank}, Price.QUALITY, said, costing("less capacity to learn", "可学习的容量变小"))
    if method in ADAPTERS and _adapts_experts(where):
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


def most(where: Outcome, name: str, below: int, held: Container[str | None] = ("yes",)) -> int | None:
    """The most of a knob, up to `below`, of which all the interval fits, or that leans as told; None if there is none."""

    def sure(value: int) -> bool:
        return outcome(where.case.with_facts(**{name: value})).leaning in held

    return highest(sure, 1, below) if below >= 1 else None
