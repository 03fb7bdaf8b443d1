"""Bytes of the weights by format, with what stays unquantised; gradients and adapters of the whole model."""

from sympy import Rational

from formulas.anatomy import (
    fp32_bytes,
    half_bytes,
    index_bytes,
    linear_params,
    mask_bytes,
    routed_params,
    tower_params,
    unquantised_bytes,
    unquantised_params,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import embeddings_here, heads_here
from formulas.quantity import Choice, Words, byte
from formulas.residence import LLAMA_CPP_PICTURES, QWEN3_SPEED, head_kept, kept_head
from formulas.sources import AUTOCAST, GPT_OSS, IEEE754, QLORA
from formulas.vocabulary import bits_per_weight, bytes_per_weight, hidden_size, model_weights, n_params

quantised = Choice(
    "quantised",
    ("nothing", "experts", "linears", "everything"),
    Words(
        "which weights are stored in few bits: none, the routed experts, the linears in the blocks, or all tensors",
        "量化范围",
    ),
)
towers = Choice(
    "towers",
    ("within", "beside", "left"),
    Words(
        "where a file has the towers that read pictures or sound: within it, in a file of 16 bits beside it, or not loaded",
        "视觉或音频塔在文件中的位置",
    ),
)
kbit_preparation = Choice(
    "kbit_preparation", ("off", "on"), Words("whether what is not quantised is made float32", "是否做 k-bit 训练准备")
)

bytes_of_half_precision = Formula(
    half_bytes,
    2,
    says="16 bits are 2 bytes (bfloat16 and float16).",
    zh="16 位即 2 字节(bfloat16 与 float16)。",
    source=IEEE754.at("§3.6, binary16"),
    example=({}, 2),
    coefficients_in=byte,
)
bytes_of_single_precision = Formula(
    fp32_bytes,
    4,
    says="float32 has 4 bytes.",
    zh="float32 为 4 字节。",
    source=IEEE754.at("§3.6, binary32"),
    example=({}, 4),
    coefficients_in=byte,
)
bytes_of_an_index = Formula(
    index_bytes,
    8,
    says="PyTorch's indices are 64-bit integers: 8 bytes.",
    zh="PyTorch 的索引是 64 位整数:8 字节。",
    source=AUTOCAST.at("tensor dtypes"),
    example=({}, 8),
    coefficients_in=byte,
)
bytes_of_a_mask = Formula(
    mask_bytes,
    1,
    says="An entry of a boolean mask takes 1 byte.",
    zh="布尔掩码每个元素占 1 字节。",
    source=AUTOCAST.at("tensor dtypes"),
    example=({}, 1),
    coefficients_in=byte,
)

unquantised_model = Formula(
    model_weights,
    n_params * bytes_per_weight,
    says="Every parameter is stored once, in the bytes of its data type.",
    zh="每个参数按数据类型的字节数存储一次。",
    source=IEEE754.at("§3.6"),
    when={quantised: "nothing"},
    example=({n_params: 6738415616, bytes_per_weight: 2}, 13476831232),
)
quantised_linears = Formula(
    model_weights,
    linear_params * bits_per_weight * half_bytes / 16 + unquantised_params * unquantised_bytes + kept_head,
    says="The linears in the blocks take their bits (2 bytes are 16 bits); embedding, head, norms and routers keep 16 bits, or 32 where they are prepared for training; a head kept beside a tied embedding comes on top.",
    zh="块内线性层按量化位数存储(2 字节为 16 位);词嵌入、输出头、归一化与路由器保持 16 位,按 PEFT 准备训练时转为 32 位;与共享词嵌入并存的输出头另计。",
    source=QLORA.at("§2, §3"),
    when={quantised: "linears"},
    example=(
        {
            linear_params: 6476005376, bits_per_weight: Rational(9, 2), half_bytes: 2,
            unquantised_params: 262410240, unquantised_bytes: 2, kept_head: 0,
        },
        4167573504,
    ),
)  # fmt: skip
quantised_experts = Formula(
    model_weights,
    routed_params * bits_per_weight * half_bytes / 16 + (n_params - routed_params) * unquantised_bytes,
    says="The routed experts take their bits (2 bytes are 16 bits); attention, routers, embedding and head keep 16 bits, as the files of models that were published in MXFP4 have them.",
    zh="路由专家按量化位数存储(2 字节为 16 位);注意力、路由器、词嵌入与输出头保持 16 位,以 MXFP4 发布的模型文件即如此。",
    source=GPT_OSS.at("§2.1, Quantization"),
    when={quantised: "experts"},
    example=(
        {
            routed_params: 19110297600, n_params: 20914757184, bits_per_weight: Rational(17, 4), half_bytes: 2,
            unquantised_bytes: 2,
        },
        13761264768,
    ),
)  # fmt: skip
no_head_is_kept = Formula(
    kept_head,
    0 * half_bytes,
    says="A tied head is the embedding: the card holds that matrix once.",
    zh="共享的输出头就是词嵌入,卡上只有一份。",
    source=QLORA.at("§3"),
    when={head_kept: "no"},
    example=({}, 0),
)
a_tied_head_is_kept = Formula(
    kept_head,
    half_bytes * vocab_size * hidden_size * embeddings_here * heads_here,
    says="transformers holds the head that an FP8 file stores beside the embedding to which it is tied; cards that divide the layers hold one of the two each already.",
    zh="transformers 把 FP8 文件另存的输出头与共享的词嵌入同时留在卡上;按层分到多卡时,两者本已各在一张卡上。",
    source=QWEN3_SPEED.at("Qwen3-0.6B, 1.7B and 4B in FP8 (Transformers)"),
    when={head_kept: "yes"},
    assumes=(
        Words(
            "one family's own FP8 files, read from its measurements: the code that keeps the head is not known",
            "仅据一个系列官方 FP8 文件的实测,保留输出头的代码未查明",
        ),
    ),
    example=({half_bytes: 2, vocab_size: 151936, hidden_size: 1024, embeddings_here: 1, heads_here: 1}, 311164928),
)
quantised_file = Formula(
    model_weights,
    n_params * bits_per_weight * half_bytes / 16,
    says="All tensors share one average of bits per weight, embedding and head among them.",
    zh="全部张量(含词嵌入与输出头)按平均位数存储。",
    source=QLORA.at("§2"),
    when={quantised: "everything", towers: "within"},
    example=({n_params: 8 * 10**9, bits_per_weight: Rational(17, 2), half_bytes: 2}, 8500000000),
)
quantised_file_and_projector = Formula(
    model_weights,
    ((n_params - tower_params) * bits_per_weight / 16 + tower_params) * half_bytes,
    says="The file holds the language model; the towers that read pictures are in one of their own (mmproj), in 16 bits.",
    zh="文件只含语言模型;读图的塔在单独的 mmproj 文件中,按 16 位存储。",
    source=LLAMA_CPP_PICTURES.at("mmproj"),
    when={quantised: "everything", towers: "beside"},
    example=(
        {n_params: 43 * 10**8, tower_params: 4 * 10**8, bits_per_weight: Rational(17, 2), half_bytes: 2},
        4943750000,
    ),
)
quantised_file_without_its_towers = Formula(
    model_weights,
    (n_params - tower_params) * bits_per_weight * half_bytes / 16,
    says="The file holds the language model alone; what reads pictures is not loaded.",
    zh="文件只含语言模型;读图的部分未加载。",
    source=LLAMA_CPP_PICTURES.at("--no-mmproj"),
    when={quantised: "everything", towers: "left"},
    example=(
        {n_params: 43 * 10**8, tower_params: 4 * 10**8, bits_per_weight: Rational(17, 2), half_bytes: 2},
        4143750000,
    ),
)
unquantised_part_in_its_own_type = Formula(
    unquantised_bytes,
    half_bytes,
    says="What is not quantised stays in 16 bits.",
    zh="未量化部分保持 16 位。",
    source=QLORA.at("§3"),
    when={kbit_preparation: "off"},
    example=({half_bytes: 2}, 2),
)
unquantised_part_prepared_for_training = Formula(
    unquantised_bytes,
    fp32_bytes,
    says="Preparation for k-bit training makes every parameter that is not quantised float32.",
    zh="k-bit 训练准备把所有未量化参数转为 float32。",
    source=QLORA.at("§3, as peft's prepare_model_for_kbit_training does it"),
    when={kbit_preparation: "on"},
    example=({fp32_bytes: 4}, 4),
)
