"""What the estimator warns of, as an answer tells it in either language."""

import re
from typing import Any

from chat.phrases import value


def warnings(result: dict[str, Any], language: str) -> list[str]:
    """Warnings of the result, one paragraph."""
    say = _in_chinese if language == "zh" else _in_english
    found = list(dict.fromkeys(say(one).rstrip(".。") for one in result.get("warnings") or []))
    if not found:
        return []
    return ["注意:" + ";".join(found) + "。" if language == "zh" else "Note: " + "; ".join(found) + "."]


_KERNELS = "FlashAttention-2 has no kernels"


def of_kernels(result: dict[str, Any], language: str) -> tuple[list[str], dict[str, Any]]:
    """That the kernels which were named do not run on this card, as a sentence, and the result without the warning."""
    found = [one for one in result.get("warnings") or [] if one.startswith(_KERNELS)]
    if not found:
        return [], result
    told = _in_chinese(found[0]) if language == "zh" else f"{_in_english(found[0])}."
    return [told], {**result, "warnings": [one for one in result["warnings"] if one not in found]}


# what the estimator warns of, in Chinese
_WARNINGS = (
    (r"distillation: not checked against measurements.*", "没有蒸馏的实测可以核对。"),
    (r"(?:algorithm|recomputation) (\S+): not checked against measurements.*", r"没有 \1 的实测可以核对。"),
    (r"not checked against measurements: no published run has weights or cache in host memory; the interval is twice as wide",
     r"没有把权重或缓存放在内存的已发表实测可以对照,区间已加宽一倍。"),
    (r"not checked against measurements: no published run has (.+), weights or cache in host memory; the interval is twice as wide",
     r"已发表的实测里没有 \1,也没有把权重或缓存放在内存的,区间已加宽一倍。"),
    (r"not checked against measurements: no published run has (.+); the interval is twice as wide", r"已发表的实测里没有 \1,区间已加宽一倍。"),
    (r"no formula counts the parameters of (\S+): its (\S+B) are as published.*", r"\1 的各层没有精确公式:总参数 \2 取发布值,按层分摊。"),
    (r"(\S+B) of the (\S+B) parameters of (\S+) lie outside of the blocks of its language model.*",
     r"\3 的 \2 参数中有 \1 在语言模型各层之外(如视觉或音频塔):计入显存,其计算时的激活未计。"),
    (r"the fields of (\S+) give (\S+B) parameters and (\S+B) are published.*",
     r"按表中字段算得 \1 有 \2 参数,与发布的 \3 不符,此估算不可靠。"),
    (r"of (\S+) this is estimated, not counted: .*\((.+)\)", r"\1 的以下部分为估算,不是逐项计数:\2。"),
    (r"activations of (.+) layers are counted on the plain PyTorch path.*",
     r"\1 层的激活值按普通 PyTorch 路径计(未安装 mamba-ssm 与 causal-conv1d 时 transformers 走该路径);使用这些融合算子时要少数倍"),
    (r"config field `(.+)` is not used, and could matter", r"config 的字段 `\1` 没有用到,可能有影响。"),
    (r"only the language model of a larger one is counted: its other towers are left out", r"只计其中的语言模型,不含其他模态的部分。"),
    (r"what the runtime of (.+) cards holds is not known: CUDA's is counted", r"\1 卡的运行时占用没有数据,按 CUDA 的计入。"),
    (r"a card is one chip of the board here: .*", r"一张双芯片的板卡(如 Atlas 300I Duo)按两张卡计:两颗芯片是两个设备,各有一半显存。"),
    (r"PPO with adapters is counted on one base: .*",
     r"用适配器的 PPO 按同一个基座计算:critic 是 value head,reward 模型是另一个适配器;若它们各用独立模型,未计入。"),
    (r"parameters are updated as their gradients appear: gradients are not accumulated", r"参数随梯度产生即更新,无法累积梯度。"),
    (r"full sharding does not divide bitsandbytes' 8-bit weights: each card keeps all of them",
     r"完全切分不会切分 bitsandbytes 的 8 位权重:每张卡都保留完整的一份。"),
    (r"4-bit weights are divided only where bnb_4bit_quant_storage is a floating type.*",
     r"4 位权重只有在 bnb_4bit_quant_storage 设为浮点类型时才会被切分(QLoRA + FSDP;ZeRO-3 需 peft 0.13、bitsandbytes 0.43.3 以上);默认按字节存储,每张卡都保留完整的一份。"),
    (r"FlashAttention-2 has no kernels for (\S+) cards: .*", r"FlashAttention-2 不支持 \1 架构的卡:改用 PyTorch 的内存高效注意力。"),
    (r"adapters of experts are counted as peft makes them.*",
     r"专家的适配器按 peft 0.20 起在 transformers 5 上的做法计:专家存成一个张量,gate 与 up 合用一个适配器,秩加倍;专家是独立线性层时(transformers 4)适配器更少;0.20 之前的 all-linear 不会作用于这样的张量,除非用 target_parameters 指定或由程序处理(Unsloth)。"),
    (r"all-linear is taken to leave out the experts here.*",
     r"all-linear 不作用于这里的专家(存成一个张量),要用 target_parameters 指定。"),
    (r"bitsandbytes quantises linears alone.*",
     r"bitsandbytes 只量化线性层:专家若存成一个张量(Llama 4、gpt-oss,以及 transformers 5 起多数 MoE),除非程序另行转换,仍是 16 位;请核对加载后权重的实际占用。"),
    (r"a size with another vocabulary: (.+)'s shapes are taken, with (\d+) layers and a vocabulary of ([\d,]+)",
     r"只给了参数量和词表:取 \1 的结构,改为 \2 层、词表 \3。"),
    (r"no usual model has (\S+B) parameters: (.+)'s shapes are taken, with (\d+) layers",
     r"没有 \1 的常用模型:取 \2 的结构,改为 \3 层。"),
    (r"(.+) is computed as (\S+)", r"\1 按 \2 计算。"),
    (r"the family (\S+) is not declared.*", r"\1 系列没有登记,按 Llama 结构近似,激活为近似值。"),
)  # fmt: skip


_UNMEASURED = re.compile(r"(?<=no published run has )[^;]+")
_OTHERS = ("adapters on a float32 base", "weights or cache in host memory")


def _called(missing: str, language: str) -> str:
    """What no published run has, by the names that people use: a method, an optimizer, a program, the cards of a maker."""
    if missing in _OTHERS:
        return missing
    if maker := re.fullmatch(r"(\S+) cards", missing):
        return f"{maker[1]} 显卡" if language == "zh" else missing
    return next(
        (said for name in ("engine", "optimizer", "method") if (said := value(name, missing, language)) != missing),
        missing,
    )


def _renamed(warning: str, language: str) -> str:
    return _UNMEASURED.sub(lambda found: ", ".join(_called(one, language) for one in found[0].split(", ")), warning)


def _in_english(warning: str) -> str:
    warning = _renamed(warning, "en")
    return re.sub(r"\s*\([^()]*[\u4e00-\u9fff][^()]*\)", "", warning)


def _in_chinese(warning: str) -> str:
    warning = _renamed(warning, "zh")
    for pattern, chinese in _WARNINGS:
        if re.fullmatch(pattern, warning):
            return re.sub(pattern, chinese, warning)
    return warning
