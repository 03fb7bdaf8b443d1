"""Settings that are asked about one by one: what each is called, how it works, and the facts without it and with it."""

from dataclasses import dataclass
from typing import Any

from formulas.quantity import SILENT, Words


@dataclass(frozen=True)
class Lever:
    """A setting: its name, how it works, the facts without it and with it, and where an effect may be hidden.

    trains      whether it is one of training, of running a model, or of both (None)
    """

    says: Words
    works: Words
    off: dict[str, Any]
    on: dict[str, Any]
    trains: bool | None
    hidden: Words


LEVERS: dict[str, Lever] = {
    "flash": Lever(
        Words("FlashAttention", "FlashAttention"),
        Words("it works in tiles and never stores the attention scores (length × length) that eager attention keeps: linear in the length in place of its square, the same result up to rounding, and faster; what is cached or trained stays as it is",
              "它分块计算,不存 eager 注意力要存的分数矩阵(长度 × 长度),随长度由平方变成线性,结果相同(仅舍入误差),而且更快;缓存和训练的状态不变"),
        {"attention": "eager"}, {"attention": "flash"}, None,
        Words("PyTorch's SDPA, which transformers takes by default, already leaves the scores out: FlashAttention is then only faster",
              "transformers 默认用的 PyTorch SDPA 已经不存分数矩阵,这时 FlashAttention 只是更快"),
    ),
    "checkpointing": Lever(
        Words("gradient checkpointing", "重计算(gradient checkpointing)"),
        Words("it keeps each layer's input alone and computes the rest again, about a third more computing",
              "它只保留每层输入,其余反向时重算,计算量约多三分之一"),
        {"gradient_checkpointing": "off"}, {"gradient_checkpointing": "on"}, True,
        Words("LLaMA-Factory and ms-swift turn it on by default, so does PEFT's prepare_model_for_kbit_training of a quantised base; with PEFT it wants enable_input_require_grads() and use_cache=False",
              "LLaMA-Factory、ms-swift 默认已开启,PEFT 的 prepare_model_for_kbit_training 也会给量化底座打开;PEFT 还要 enable_input_require_grads() 并设 use_cache=False"),
    ),
    "fused_loss": Lever(
        Words("a fused loss (Liger)", "融合损失(Liger)"),
        Words("it computes the loss in chunks, so that the logits of all tokens never stand at once", "它分块算损失,不会同时存下全部 token 的 logits"),
        {"loss": "full-logits"}, {"loss": "fused"}, True, SILENT,
    ),
    "optimizer_8bit": Lever(
        Words("8-bit AdamW", "8 位 AdamW"),
        Words("it stores both moments of each trained parameter in 2 B instead of 8 B", "它把每个可训练参数的两个动量从 8 字节存成 2 字节"),
        {"optimizer": "adamw", "precision": "amp-bf16"}, {"optimizer": "adamw-8bit", "precision": "amp-bf16"}, True, SILENT,
    ),
    "offload_optimizer": Lever(
        Words("optimizer offload", "优化器 offload"),
        Words("it moves the optimizer's states to host memory", "它把优化器状态移到主机内存"),
        {"offload": "none"}, {"offload": "optimizer"}, True, SILENT,
    ),
    "offload_params": Lever(
        Words("parameter offload", "参数 offload"),
        Words("it moves parameters and optimizer states to host memory and brings a layer back when it is computed", "它把参数和优化器状态移到主机内存,算到哪层取哪层"),
        {"offload": "none"}, {"offload": "params", "zero_stage": 3}, True, SILENT,
    ),
    "rank": Lever(
        Words("a larger LoRA rank", "更大的 LoRA 秩"),
        Words("adapter parameters, their gradients and Adam states go with the rank; the frozen base does not", "适配器参数、梯度和 Adam 状态随秩增长,冻结的基座不变"),
        {"method": "lora", "lora_rank": 8}, {"method": "lora", "lora_rank": 64}, True, SILENT,
    ),
    "kv_format": Lever(
        Words("an 8-bit KV cache", "8 位 KV 缓存"),
        Words("it stores every key and value in about half the bits", "它用大约一半的位数存每个 K、V"),
        {"kv_format": "bf16"}, {"kv_format": "q8_0"}, False, SILENT,
    ),
    "weight_format": Lever(
        Words("4-bit weights", "4 位权重"),
        Words("they shrink the weights alone: keys and values are cached in 16 bit all the same", "只缩小权重:K、V 仍按 16 位缓存"),
        {"weight_format": "bf16"}, {"weight_format": "gptq-int4"}, False, SILENT,
    ),
    "weights_8bit": Lever(
        Words("8-bit weights", "8 位权重"),
        Words("they halve the weights alone: keys and values are cached in 16 bit all the same", "只把权重减半:K、V 仍按 16 位缓存"),
        {"weight_format": "bf16"}, {"weight_format": "int8"}, False, SILENT,
    ),
    "lora": Lever(
        Words("LoRA", "LoRA"),
        Words("it trains small adapters, so that gradients and optimizer states of the frozen base are saved; the base stays loaded, and the backward pass runs through it", "它只训练小适配器,省的是冻结基座的梯度和优化器状态;基座仍要加载,反向也要穿过它"),
        {"method": "full"}, {"method": "lora"}, True, SILENT,
    ),
    "qlora": Lever(
        Words("QLoRA", "QLoRA"),
        Words("it stores the frozen base in 4 bits; what is computed with it, activations and logits, stays 16 or 32 bit", "它把冻结的基座存成 4 位;计算用的激活和 logits 仍是 16 或 32 位"),
        {"method": "lora", "bits": None}, {"method": "qlora", "bits": 4}, True, SILENT,
    ),
    "zero2": Lever(
        Words("ZeRO-2", "ZeRO-2"),
        Words("it divides gradients and optimizer states over the cards; each keeps whole weights, and activations are of its own samples", "它把梯度和优化器状态切分到各卡;每卡仍有完整权重,激活是各卡自己样本的"),
        {"zero_stage": 0}, {"zero_stage": 2}, True, SILENT,
    ),
    "zero3": Lever(
        Words("ZeRO-3", "ZeRO-3"),
        Words("it divides weights, gradients and optimizer states over the cards; activations are of each card's own samples and are divided by no stage", "它把权重、梯度和优化器状态切分到各卡;激活是各卡自己样本的,任何阶段都不切分"),
        {"zero_stage": 0}, {"zero_stage": 3}, True, SILENT,
    ),
    "double_quant": Lever(
        Words("double quantisation", "双重量化"),
        Words("it quantises the scales of the 4-bit blocks, about 0.37 bits of a parameter", "它再量化 4 位分块的缩放系数,每参数约省 0.37 位"),
        {"method": "qlora", "bits": 4, "double_quant": False}, {"method": "qlora", "bits": 4, "double_quant": True}, True, SILENT,
    ),
    "ubatch": Lever(
        Words("a larger -ub (llama.cpp's physical batch)", "更大的 -ub(llama.cpp 的物理批)"),
        Words("so many tokens of a prompt are computed at once, and the compute buffer goes with them (prompts are read faster); -b alone, the logical batch, is cut into such steps and takes next to nothing",
              "一次计算这么多提示 token,计算缓冲随之增长(读提示更快);只调 -b(逻辑批)会被切成这样的小步,几乎不占显存"),
        {"engine": "llama.cpp", "n_ubatch": 512}, {"engine": "llama.cpp", "n_ubatch": 2048}, False, SILENT,
    ),
    "batch": Lever(
        Words("a larger batch", "更大的批大小"),
        Words("activations, logits and caches go with the tokens of a micro-batch; weights and states do not", "激活、logits 和缓存随 micro-batch 的 token 数增长,权重和状态不变"),
        {"batch_size": 1}, {"batch_size": 4}, None, SILENT,
    ),
    "accumulation": Lever(
        Words("gradient accumulation", "梯度累积"),
        Words("each micro-batch runs forward and backward by itself, and its activations and logits are freed before the next; only gradients are summed, into one buffer. The micro-batch decides",
              "每个 micro-batch 各自前向、反向,激活和 logits 在下一个开始前已释放;累积的只是梯度,加在同一块缓冲里。起决定作用的是 micro-batch"),
        {"grad_accum": 1}, {"grad_accum": 16}, True, SILENT,
    ),
    "length": Lever(
        Words("a longer sequence", "更长的序列"),
        Words("activations, logits and caches go with the tokens; weights and states do not", "激活、logits 和缓存随 token 数增长,权重和状态不变"),
        {"seq_len": 2048}, {"seq_len": 8192}, None, SILENT,
    ),
}  # fmt: skip
# of the whole: what can be felt at all, and what is large
