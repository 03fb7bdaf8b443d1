"""Short words for facts, terms and verdicts in both languages, as answers use them."""

import re
from collections.abc import Mapping
from typing import Any

from chat.settings import named
from formulas.notation import figure, size_words

# fact: (English label, Chinese label)
LABELS: dict[str, tuple[str, str]] = {
    "model": ("model", "模型"),
    "params": ("size", "参数量"),
    "task": ("task", "任务"),
    "method": ("method", "方法"),
    "bits": ("bits", "位数"),
    "bpw": ("bits per weight", "每权重位数"),
    "weight_format": ("weights", "权重格式"),
    "double_quant": ("double quantisation", "双重量化"),
    "precision": ("precision", "精度"),
    "optimizer": ("optimizer", "优化器"),
    "batch_size": ("batch", "批大小"),
    "grad_accum": ("accumulation", "梯度累积"),
    "seq_len": ("tokens", "序列长度"),
    "output_len": ("generated tokens", "生成长度"),
    "gradient_checkpointing": ("checkpointing", "激活重计算"),
    "attention": ("attention", "注意力"),
    "loss": ("loss", "损失"),
    "lora_rank": ("LoRA rank", "LoRA 秩"),
    "lora_targets": ("LoRA on", "LoRA 作用于"),
    "adapter_dtype": ("adapter dtype", "适配器精度"),
    "modules_to_save": ("trained whole", "完整训练"),
    "kv_format": ("KV cache", "KV 缓存"),
    "v_format": ("cached values", "缓存的 V"),
    "draft_model": ("draft model", "草稿模型"),
    "draft_format": ("draft stored as", "草稿模型格式"),
    "ref_model": ("reference model", "参考模型"),
    "rollouts_by": ("rollout engine", "rollout 引擎"),
    "teacher_model": ("teacher", "教师"),
    "teacher_format": ("teacher stored as", "教师格式"),
    "teacher_split": ("teacher divided", "教师切分"),
    "gpu": ("card", "显卡"),
    "n_gpus": ("cards", "卡数"),
    "gpu_memory_gb": ("card memory", "单卡显存"),
    "host_memory_gb": ("host memory", "主机内存"),
    "zero_stage": ("layout", "并行方式"),
    "offload": ("offload", "卸载"),
    "tp": ("tensor parallel", "张量并行"),
    "pp": ("pipeline", "流水线并行"),
    "engine": ("engine", "框架"),
    "meter": ("meter", "口径"),
    "algo": ("training", "训练"),
    "cp": ("context parallel", "上下文并行"),
    "ep": ("expert parallel", "专家并行"),
    "dp": ("data parallel", "数据并行"),
    "sequence_parallel": ("sequence parallel", "序列并行"),
    "n_microbatches": ("micro-batches", "微批次数"),
    "virtual_stages": ("virtual stages", "虚拟级数"),
    "schedule": ("pipeline schedule", "流水线调度"),
    "shard_size": ("cards of a shard group", "每个切分组的卡数"),
    "tensor_split": ("layers by card", "各卡层数比"),
    "layer_split": ("layers split", "按层切分"),
    "gpu_layers": ("layers on the card", "卡上层数"),
    "n_cpu_moe": ("layers with experts in host memory", "专家留在内存的层数"),
    "n_ubatch": ("micro-batch in tokens (-ub)", "微批次 token 数(-ub)"),
    "optimizer_in_backward": ("optimizer step in the backward pass", "优化器更新并入反向"),
    "activation_offload": ("layers' inputs in host memory", "各层输入放到内存"),
    "cpu_offload_gb": ("GiB of weights in host memory", "放到内存的权重(GiB)"),
    "gpu_memory_utilization": ("share of the card", "显存利用率"),
    "block_size": ("tokens of a page", "每页 token 数"),
    "max_num_batched_tokens": ("tokens of a step", "每步 token 数"),
    "max_num_seqs": ("sequences of a step", "每步序列数"),
    "n_trainable_layers": ("trained layers", "训练层数"),
    "vocabulary": ("vocabulary", "词表"),
}
VERDICTS = {
    "yes": ("fits", "放得下"),
    # of what is borderline, three chances in four that it does
    "likely": ("most likely fits", "多半放得下"),
    "borderline": ("borderline", "临界"),
    "unlikely": ("most likely does not fit", "多半放不下"),
    "no": ("does not fit", "放不下"),
}
# as the verb of a sentence
HOLDS = {**VERDICTS, "borderline": ("is borderline", "临界")}
BUT_TIGHTLY = (", but tightly", ",但很紧")
_METHODS = {
    "inference": ("inference", "推理"), "full": ("full fine-tuning", "全量微调"), "freeze": ("freeze tuning", "冻结微调"),
    "lora": ("LoRA", "LoRA"), "qlora": ("QLoRA", "QLoRA"), "dora": ("DoRA", "DoRA"), "rslora": ("rsLoRA", "rsLoRA"),
    "galore": ("GaLore", "GaLore"), "badam": ("BAdam", "BAdam"), "lisa": ("LISA", "LISA"),
    "apollo": ("APOLLO", "APOLLO"), "lomo": ("LOMO", "LOMO"), "oft": ("OFT", "OFT"),
}  # fmt: skip
_ZERO = {
    0: ("a copy per card", "每卡一份完整副本"),
    1: ("ZeRO-1", "ZeRO-1"),
    2: ("ZeRO-2", "ZeRO-2"),
    3: ("sharded (ZeRO-3/FSDP)", "切分(ZeRO-3/FSDP)"),
}
# what stands beside ZeRO's stages where a question names both (kb/cases.py)
_BY_LAYERS = ("split by layers (device_map)", "按层切分(device_map)")
_TARGETS = {
    "q k v o": ("attention alone", "注意力层"),
    "all-linear": ("all linear layers", "所有线性层"),
}
_OFFLOAD = {
    "none": ("nothing offloaded", "不卸载"), "optimizer": ("the optimizer in host memory", "优化器放内存"),
    "params": ("parameters and optimizer in host memory", "参数和优化器放内存"), "experts": ("experts in host memory", "专家放内存"),
    "kv": ("the KV cache in host memory", "KV 缓存放内存"),
}  # fmt: skip
_ROLLOUTS = {
    "none": ("on no card of the training", "不在训练卡上"), "beside": ("keeps its share", "一直占住份额"),
    "asleep": ("sleeps while the model trains", "训练时休眠"),
}  # fmt: skip
# lengths stand beside others in one answer: all of them with their thousands set apart
_TOKENS = ("seq_len", "output_len", "max_num_batched_tokens", "max_num_seqs")
_SWITCH = {True: ("yes", "是"), False: ("no", "否"), "on": ("on", "开"), "off": ("off", "关")}


def pick(words: tuple[str, str], language: str) -> str:
    return words[1] if language == "zh" else words[0]


def leaning(case: Mapping[str, Any]) -> str:
    """The verdict of a case; of one that is borderline, the side on which it more likely is."""
    return str(case.get("leaning") or case["verdict"])


def verdict(case: Mapping[str, Any], language: str) -> str:
    """The verdict of a case in words; a dash where nothing is there to hold it."""
    return pick(VERDICTS[leaning(case)], language) if case["verdict"] else "–"


def label(name: str, language: str) -> str:
    """What a fact is called in an answer."""
    return pick(LABELS.get(name, (name.replace("_", " "), name)), language)


# objectives that are not written in capitals alone
_ALGOS = {"simpo": "SimPO"}


def value(name: str, given: Any, language: str) -> str:
    """A fact's value as a person says it: `70B`, `4 bit`, `a copy per card`, `8,192`."""
    if name == "params":
        return size_words(float(given))
    if name == "method":
        return pick(_METHODS.get(str(given), (str(given), str(given))), language)
    if name == "zero_stage":
        return pick(_BY_LAYERS if given is None else _ZERO[int(given)], language)
    if name == "lora_targets":
        return pick(_TARGETS.get(str(given), (str(given), str(given))), language)
    if name == "rollouts_by":
        return pick(_ROLLOUTS.get(str(given), (str(given), str(given))), language)
    if name == "offload":
        return pick(_OFFLOAD.get(str(given), (str(given), str(given))), language)
    if name == "algo":
        return _ALGOS.get(str(given), str(given).upper())
    if name in ("bits", "bpw"):
        return f"{given} 位" if language == "zh" else f"{given}-bit"
    if said := named(name, str(given), language):
        return said
    if name == "weight_format":
        return str(given).removeprefix("gguf:")
    if name == "gpu":
        if language == "zh":
            given = re.sub(r"\ban? (\S+) GB card\b", r"\1 GB 显卡", str(given)).replace(" limited to ", " 限用 ")
        return re.sub(r"\b(?:SXM\d?|PCIe|GeForce|Tesla)\s+", "", str(given))
    if name == "model":
        return str(given).rsplit("/", 1)[-1]
    if name in ("gpu_memory_gb", "host_memory_gb"):
        return f"{figure(given)} GB"
    if name in _TOKENS:
        return f"{int(given):,}"
    if isinstance(given, (bool, str)):
        return pick(_SWITCH.get(given, (str(given), str(given))), language)
    return figure(given)


def in_words(name: str, given: Any, language: str) -> str:
    """A fact's value with the noun that it counts: `2 cards`, `2,048 tokens`, `batch 8`."""
    words = value(name, given, language)
    if name == "n_gpus":
        return f"{words} 张卡" if language == "zh" else f"{words} card" + ("" if int(given) == 1 else "s")
    if name == "seq_len":
        return f"{words} token" if language == "zh" else f"{words} tokens"
    if name == "max_num_batched_tokens":
        return f"每步 {words} token" if language == "zh" else f"steps of {words} tokens"
    if name == "batch_size":
        return f"批大小 {words}" if language == "zh" else f"batch {words}"
    if name == "lora_targets":
        return f"LoRA 作用于{words}" if language == "zh" else f"LoRA on {words}"
    if name == "modules_to_save":
        return f"完整训练 {words}" if language == "zh" else f"{words} trained whole"
    if name == "gradient_checkpointing":
        return f"重计算{words}" if language == "zh" else f"checkpointing {words}"
    if name == "attention":
        return f"{words} 注意力" if language == "zh" else f"{words} attention"
    if name == "kv_format":
        return f"{words} 缓存" if language == "zh" else f"{'an' if words[0] in 'fin' else 'a'} {words} cache"
    if name == "lora_rank":
        return f"秩 {words}" if language == "zh" else f"rank {words}"
    if name == "gpu_layers":
        return (
            f"{words} 层放在卡上"
            if language == "zh"
            else f"{words} layer" + ("" if int(given) == 1 else "s") + " on the card"
        )
    return words


def span(memory: Mapping[str, Any]) -> str:
    """Low and high of an interval, without their unit: `41.9–50.3`."""
    low, high = (gib(memory[name]).removesuffix(" GiB") for name in ("low_gib", "high_gib"))
    return f"{low}–{high}"


def gib(amount: float | None) -> str:
    """`44.1 GiB`."""
    if amount is None:
        return "–"
    return f"{amount:,.0f} GiB" if amount >= 1000 else f"{amount:.1f} GiB" if amount >= 10 else f"{amount:.2f} GiB"


def case_words(facts: Mapping[str, Any], language: str) -> str:
    """The facts that set a case apart, in a few words; where all weights train there is nothing that adapters are on."""
    if facts.get("method") == "full":
        facts = {name: one for name, one in facts.items() if name != "lora_targets"}
    said = ("、".join if language == "zh" else ", ".join)(in_words(name, one, language) for name, one in facts.items())
    return of_method(said, facts.get("method"))


def of_method(said: str, method: Any) -> str:
    """What divides the weights: of a quantised base FSDP, by the documentation of those who quantise it."""
    return said.replace("ZeRO-3/FSDP", "FSDP") if method == "qlora" else said
