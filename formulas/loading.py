"""Peaks of loading and saving: what a card holds for a moment beside the weights, and what host memory must hold."""

from formulas.anatomy import KIND, fp32_bytes, half_bytes, regime, vocab_size
from formulas.formula import Formula
from formulas.quantity import Words, largest
from formulas.residence import (
    AWQ_HEADS,
    BIG_LOADING,
    BNB_LOADING,
    DEEPSPEED_ENGINE,
    DEEPSPEED_INIT,
    KBIT_PREPARATION,
    at_loading,
    at_saving,
    host_load,
    host_save,
    largest_matrix,
    loaded_beside,
    loaded_bytes,
    outer_bytes,
    phase_load,
    phase_save,
    processes,
    saved_bytes,
    saved_precision,
)
from formulas.sources import FSDP, IEEE754
from formulas.vocabulary import adapter, hidden_size, n_params, optimizer, weights

h, V = hidden_size, vocab_size

# ── the card, as weights arrive ────────────────────────────────────────────────────────────────────────────────────
weights_arrive_as_they_are = Formula(
    loaded_beside,
    0 * half_bytes,
    says="A tensor is read from the file to its place on the card; nothing else is held.",
    zh="张量从文件直接读到卡上的位置,不占其他显存。",
    source=BIG_LOADING.at("Sharded checkpoints"),
    when={at_loading: "as-stored"},
    example=({}, 0),
)
a_matrix_is_quantised = Formula(
    loaded_beside,
    half_bytes * largest(largest_matrix, KIND),
    says="Quantising as it loads, the card holds one matrix in 16 bits beside all that is quantised already.",
    zh="加载时量化:卡上除已量化部分外还有一个 16 位矩阵。",
    source=BNB_LOADING.at("set_module_quantized_tensor_to_device: Params4bit(...).to(device)"),
    when={at_loading: "quantised"},
    example=({half_bytes: 2, largest_matrix: 58720256}, 117440512),
)
a_matrix_is_made_single = Formula(
    loaded_beside,
    half_bytes * V * h,
    says="Preparation for k-bit training makes one parameter float32 beside its 16 bits; the head is the largest.",
    zh="k-bit 训练准备逐个把参数转为 float32,此刻 16 位的原件仍在;输出头最大。",
    source=KBIT_PREPARATION.at("prepare_model_for_kbit_training: param.data.to(torch.float32)"),
    when={at_loading: "prepared"},
    example=({half_bytes: 2, V: 128256, h: 4096}, 1050673152),
)
a_tied_head_is_loaded_too = Formula(
    loaded_beside,
    outer_bytes * V * h,
    says="A file that stores the head beside a tied embedding has both loaded before they are tied.",
    zh="文件同时存有输出头与共享的词嵌入时,两者先都载入,再合并。",
    source=AWQ_HEADS.at("AWQ files of models with tied embeddings store both"),
    when={at_loading: "head-twice"},
    assumes=(Words("the file stores the head as Qwen's own do", "文件如 Qwen 官方那样存有输出头"),),
    example=({outer_bytes: 2, V: 151936, h: 896}, 272269312),
)
weights_are_loaded = Formula(
    phase_load,
    weights + loaded_beside,
    says="The last tensor arrives when all others are there.",
    zh="最后一个张量到达时其余都已在卡上。",
    source=BIG_LOADING.at("Sharded checkpoints"),
    example=({weights: 5700000000, loaded_beside: 117440512}, 5817440512),
)

# ── the card, as weights are saved ─────────────────────────────────────────────────────────────────────────────────
every_process_saves_its_part = Formula(
    phase_save,
    weights + optimizer + adapter,
    says="What a card holds is written as it is.",
    zh="卡上的内容原样写出。",
    source=FSDP.at("§3.2.2"),
    when={at_saving: "own-part"},
    example=({weights: 2 * 10**9, optimizer: 10**10, adapter: 0}, 12 * 10**9),
)
one_parameter_is_gathered = Formula(
    phase_save,
    weights + optimizer + adapter + half_bytes * V * h,
    says="Parameters are gathered one at a time and copied to host memory; embedding and head are the largest.",
    zh="参数逐个聚合后复制到内存;词嵌入与输出头最大。",
    source=DEEPSPEED_ENGINE.at("_zero3_consolidated_16bit_state_dict"),
    when={at_saving: "gathered"},
    example=({weights: 2 * 10**9, optimizer: 10**10, adapter: 0, half_bytes: 2, V: 32000, h: 4096}, 12262144000),
)

# ── host memory ────────────────────────────────────────────────────────────────────────────────────────────────────
loaded_in_half = Formula(
    loaded_bytes,
    half_bytes,
    says="Weights are loaded in the 16 bits of the file.",
    zh="权重按文件的 16 位载入。",
    source=IEEE754.at("§3.6, binary16"),
    when={regime: ("half", "adapter-single", "adapter-mixed", "adapter-half", "kbit")},
    example=({half_bytes: 2}, 2),
)
loaded_in_single = Formula(
    loaded_bytes,
    fp32_bytes,
    says="Parameters that train in float32 are loaded in it.",
    zh="以 float32 训练的参数按 float32 载入。",
    source=IEEE754.at("§3.6, binary32"),
    when={regime: ("mixed", "single")},
    example=({fp32_bytes: 4}, 4),
)
every_process_loads_the_model = Formula(
    host_load,
    processes * n_params * loaded_bytes,
    says="Each process of a machine builds the whole model in host memory before the cards take it or their parts of it.",
    zh="同一台机器的每个进程都先在内存中建立完整模型,再交给显卡或切分。",
    source=DEEPSPEED_INIT.at("Constructing Massive Models: deepspeed.zero.Init"),
    assumes=(
        Words(
            "neither zero.Init nor FSDP's cpu_ram_efficient_loading is on, and no device map sends tensors to the card",
            "未启用 zero.Init 或 FSDP 的 cpu_ram_efficient_loading,也没有 device_map 直接送到卡上",
        ),
    ),
    example=({processes: 8, n_params: 70 * 10**9, loaded_bytes: 2}, 1120 * 10**9),
)
saved_in_half = Formula(
    saved_bytes,
    half_bytes,
    says="A model of 16-bit parameters is saved in 16 bits.",
    zh="16 位参数的模型按 16 位保存。",
    source=DEEPSPEED_ENGINE.at("_zero3_consolidated_16bit_state_dict"),
    when={saved_precision: "half"},
    example=({half_bytes: 2}, 2),
)
saved_in_single = Formula(
    saved_bytes,
    fp32_bytes,
    says="A full state dict of float32 shards is float32.",
    zh="float32 分片聚合后的完整权重是 float32。",
    source=FSDP.at("§4.4"),
    when={saved_precision: "single"},
    example=({fp32_bytes: 4}, 4),
)
one_process_holds_the_model = Formula(
    host_save,
    n_params * saved_bytes,
    says="The first process holds the whole model in host memory as it is gathered.",
    zh="聚合时由首个进程在内存中保存整个模型。",
    source=DEEPSPEED_ENGINE.at("_zero3_consolidated_16bit_state_dict: rank 0"),
    when={at_saving: "gathered"},
    example=({n_params: 70 * 10**9, saved_bytes: 2}, 140 * 10**9),
)
