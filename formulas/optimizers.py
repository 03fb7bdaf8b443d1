"""What optimizers keep for every parameter that trains."""

from formulas.anatomy import (
    ADAPTER,
    FULL,
    KIND,
    embedding_params,
    fp32_bytes,
    mask_bytes,
    mixer_matrices,
    mlp_matrices,
    regime,
    trained_params,
    vocab_size,
)
from formulas.formula import Formula
from formulas.quantity import Choice, Words, greatest, largest, total
from formulas.sources import (
    ADAM,
    ADAM_4BIT,
    ADAM_8BIT,
    BADAM,
    LION,
    LISA,
    LOMO,
    LORA_FA,
    MIXED_PRECISION,
    MUON,
    PYTORCH_OPTIM,
    ZERO,
)
from formulas.tuning import FREEZE, PAGED, adapter_magnitudes, block_params, lora_rank, n_trained_of, updated
from formulas.vocabulary import (
    bytes_of_gradient,
    bytes_of_state,
    hidden_size,
    master_bytes,
    model_gradients,
    model_optimizer,
    n_trainable_layers,
)

optimizer_kind = Choice(
    "optimizer_kind",
    (
        "adamw", "paged-adamw", "adamw-8bit", "paged-adamw-8bit", "adamw-4bit", "adafactor", "adafactor-momentum", "sgd",
        "sgd-momentum", "muon", "lion", "lora-fa", "galore-adamw", "galore-adamw-8bit", "apollo", "badam", "lisa", "lomo",
    ),
    Words("the optimizer", "优化器"),
)  # fmt: skip
master = Choice(
    "master_weights_kept",
    ("no", "yes"),
    Words("whether the optimizer keeps float32 copies of 16-bit weights", "优化器是否保留 float32 主权重"),
)
_N = {trained_params: 6738415616}
_PAGES = Words(
    "Paged states count on the card; the driver may move them to host memory when the card is full.",
    "分页状态计入显存;显存不足时驱动可将其移至主机内存。",
)

states_have_the_gradient_type = Formula(
    bytes_of_state,
    bytes_of_gradient,
    says="PyTorch makes a state in its parameter's type.",
    zh="PyTorch 的状态与参数同类型。",
    source=PYTORCH_OPTIM.at("AdamW: exp_avg = zeros_like(p)"),
    when={master: "no"},
    example=({bytes_of_gradient: 2}, 2),
)
states_beside_master_weights = Formula(
    bytes_of_state,
    fp32_bytes,
    says="Beside float32 master weights the states are float32.",
    zh="有 float32 主权重时状态也是 float32。",
    source=ZERO.at("§3.1"),
    when={master: "yes"},
    example=({fp32_bytes: 4}, 4),
)
no_master_weights = Formula(
    master_bytes,
    0 * fp32_bytes,
    says="The parameters themselves are updated.",
    zh="直接更新参数本身。",
    source=PYTORCH_OPTIM.at("AdamW"),
    when={master: "no"},
    example=({}, 0),
)
single_master_weights = Formula(
    master_bytes,
    fp32_bytes,
    says="A float32 copy of every parameter is updated.",
    zh="更新每个参数的 float32 副本。",
    source=MIXED_PRECISION.at("§3.1"),
    when={master: "yes"},
    example=({fp32_bytes: 4}, 4),
)
adam_keeps_two_moments = Formula(
    model_optimizer,
    trained_params * (2 * bytes_of_state + master_bytes),
    says="Two moments (2) of each parameter, and its master copy if there is one.",
    zh="每个参数两个动量(2),以及可能的主权重副本。",
    source=ADAM.at("Algorithm 1"),
    when={optimizer_kind: "adamw"},
    example=({**_N, bytes_of_state: 2, master_bytes: 0}, 26953662464),
)
paged_adam_keeps_two_moments_in_float32 = Formula(
    model_optimizer,
    trained_params * (2 * fp32_bytes + master_bytes),
    says="bitsandbytes keeps two float32 moments (2), whatever the parameter's type.",
    zh="bitsandbytes 保存两个 float32 动量(2),与参数类型无关。",
    source=PAGED.at("Optimizer2State.init_state, get_state_buffer"),
    when={optimizer_kind: "paged-adamw"},
    assumes=(_PAGES,),
    example=({**_N, fp32_bytes: 4, master_bytes: 0}, 53907324928),
)
adam_in_8_bits = Formula(
    model_optimizer,
    trained_params * (2 * (mask_bytes + fp32_bytes / 256) + master_bytes),
    says="Two moments (2) of one byte each, and a float32 scale for each block of 256.",
    zh="两个动量(2)各 1 字节,每 256 个一块有一个 float32 尺度。",
    source=ADAM_8BIT.at("§2, block-wise quantization; blocks of 256 since bitsandbytes 0.43"),
    when={optimizer_kind: "adamw-8bit"},
    example=({trained_params: 2**30, mask_bytes: 1, fp32_bytes: 4, master_bytes: 0}, 2**31 + 2**25),
)
paged_adam_in_8_bits = Formula(
    model_optimizer,
    adam_in_8_bits.expr,
    says="As 8-bit Adam: two moments (2) of one byte, a float32 scale for each block of 256.",
    zh="同 8 位 Adam:两个动量(2)各 1 字节,每 256 个一块有一个 float32 尺度。",
    source=PAGED.at("Optimizer2State.init_state, get_state_buffer"),
    when={optimizer_kind: "paged-adamw-8bit"},
    assumes=(_PAGES,),
    example=({trained_params: 2**30, mask_bytes: 1, fp32_bytes: 4, master_bytes: 0}, 2**31 + 2**25),
)
adam_in_4_bits = Formula(
    model_optimizer,
    trained_params * (2 * (mask_bytes / 2 + fp32_bytes / 128) + master_bytes),
    says="Two moments (2) of half a byte each, and a float32 scale for each block of 128.",
    zh="两个动量(2)各半字节,每 128 个一块有一个 float32 尺度。",
    source=ADAM_4BIT.at("§4, block size 128"),
    when={optimizer_kind: "adamw-4bit"},
    example=({trained_params: 2**30, mask_bytes: 1, fp32_bytes: 4, master_bytes: 0}, 2**30 + 2**26),
)
plain_descent_keeps_nothing = Formula(
    model_optimizer,
    trained_params * master_bytes,
    says="Plain gradient descent keeps no state.",
    zh="普通梯度下降没有状态。",
    source=PYTORCH_OPTIM.at("SGD, momentum=0"),
    when={optimizer_kind: ("sgd", "lomo")},
    example=({**_N, master_bytes: 0}, 0),
)
momentum_keeps_one = Formula(
    model_optimizer,
    trained_params * (bytes_of_state + master_bytes),
    says="One momentum of each parameter.",
    zh="每个参数一个动量。",
    source=LION.at("Algorithm 2"),
    when={optimizer_kind: ("lion", "sgd-momentum")},
    example=({**_N, bytes_of_state: 2, master_bytes: 0}, 13476831232),
)
_MATRICES = total(n_trained_of * (mixer_matrices + mlp_matrices), KIND)
muon_keeps_one_for_matrices = Formula(
    model_optimizer,
    _MATRICES * bytes_of_state + (trained_params - _MATRICES) * 2 * bytes_of_state + trained_params * master_bytes,
    says="One momentum of each matrix in the blocks; AdamW's two (2) of embedding, head and vectors.",
    zh="块内每个矩阵一个动量;词嵌入、输出头与向量用 AdamW 的两个(2)。",
    source=MUON.at("usage: embeddings, head and vectors by AdamW"),
    when={optimizer_kind: "muon", regime: FULL},
    example=(
        {
            n_trained_of: 32, mixer_matrices: 67108864, mlp_matrices: 135266304, bytes_of_state: 2, **_N,
            master_bytes: 0,
        },
        2 * 6476005376 + 4 * 262410240,
    ),
)  # fmt: skip
muon_keeps_one_for_adapters = Formula(
    model_optimizer,
    trained_params * (bytes_of_state + master_bytes),
    says="Both thin matrices of an adapter are matrices: one momentum each.",
    zh="适配器的两个薄矩阵均为矩阵,各一个动量。",
    source=MUON.at("usage"),
    when={optimizer_kind: "muon", regime: ADAPTER},
    example=({trained_params: 41943040, bytes_of_state: 4, master_bytes: 0}, 167772160),
)
outer_factors_train = Formula(
    trained_params,
    lora_rank * adapter_magnitudes,
    says="Only the outer of the two thin matrices trains: the rank by every output.",
    zh="只训练两个薄矩阵中的外侧矩阵:秩×每个输出。",
    source=LORA_FA.at("§3.1"),
    when={regime: ADAPTER, updated: "outer-factors"},
    example=({lora_rank: 32, adapter_magnitudes: 114688}, 3670016),
)
outer_factors_keep_two_moments = Formula(
    model_optimizer,
    trained_params * (2 * bytes_of_state + master_bytes),
    says="AdamW's two moments (2) of what trains.",
    zh="对训练的部分保留 AdamW 的两个动量(2)。",
    source=LORA_FA.at("§3.2"),
    when={optimizer_kind: "lora-fa"},
    example=({trained_params: 3670016, bytes_of_state: 4, master_bytes: 0}, 29360128),
)
layers_at_the_end_train = Formula(
    trained_params,
    total(n_trained_of * block_params, KIND),
    says="Freezing trains whole layers at the end; embedding, head and all below are frozen.",
    zh="冻结微调只训练末尾若干层;词嵌入、输出头与其余各层冻结。",
    source=FREEZE.at("FreezeArguments.freeze_trainable_layers"),
    when={regime: FULL, updated: "last-layers"},
    example=({n_trained_of: 2, block_params: 202383360}, 404766720),
)
one_block_trains = Formula(
    trained_params,
    n_trainable_layers * largest(block_params, KIND),
    says="BAdam trains one block of layers at a time, usually of one layer: the largest decides.",
    zh="BAdam 每次只训练一个块(通常为一层):以最大层为准。",
    source=BADAM.at("Algorithm 1"),
    when={regime: FULL, updated: "one-block"},
    example=({n_trainable_layers: 1, block_params: 202383360}, 202383360),
)
block_adam_keeps = Formula(
    model_optimizer,
    trained_params * 3 * fp32_bytes,
    says="Of the block at work a float32 copy and two float32 moments (3).",
    zh="当前块的 float32 副本与两个 float32 动量(3)。",
    source=BADAM.at("§2.2, memory consumption"),
    when={optimizer_kind: "badam"},
    example=({trained_params: 202383360, fp32_bytes: 4}, 2428600320),
)
some_layers_train = Formula(
    trained_params,
    embedding_params + n_trainable_layers * largest(block_params, KIND),
    says="LISA trains embedding, head and a few layers, drawn anew from time to time.",
    zh="LISA 训练词嵌入、输出头与随机抽取的若干层。",
    source=LISA.at("Algorithm 1"),
    when={regime: FULL, updated: "sampled-layers"},
    example=({embedding_params: 262144000, n_trainable_layers: 2, block_params: 202383360}, 666910720),
)
sampled_layers_keep_two_moments = Formula(
    model_optimizer,
    trained_params * (2 * bytes_of_state + master_bytes),
    says="AdamW's two moments (2) of what trains at the time.",
    zh="对当前训练部分保留 AdamW 的两个动量(2)。",
    source=LISA.at("Algorithm 1"),
    when={optimizer_kind: "lisa"},
    example=({trained_params: 666910720, bytes_of_state: 2, master_bytes: 0}, 2667642880),
)
one_gradient_at_a_time = Formula(
    model_gradients,
    bytes_of_gradient * greatest(vocab_size * hidden_size, largest(mlp_matrices, KIND)),
    says="Each matrix is updated as its gradient appears, within the backward pass: one gradient is alive, the embedding's or at most one MLP's.",
    zh="在反向过程中梯度一产生就更新参数:同时只有一个梯度(词嵌入或至多一个 MLP)。",
    source=LOMO.at("§3.2"),
    when={updated: "one-matrix"},
    example=({bytes_of_gradient: 2, vocab_size: 32000, hidden_size: 4096, mlp_matrices: 135266304}, 270532608),
)
