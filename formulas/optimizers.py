"""What optimizers keep for every parameter that trains."""

from formulas.anatomy import (
    FULL,
    KIND,
    embedding_params,
    fp32_bytes,
    linear_params,
    mask_bytes,
    mlp_matrices,
    regime,
    trained_params,
    unquantised_params,
    vocab_size,
)
from formulas.formula import Formula
from formulas.quantity import Choice, Words, greatest, largest
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
from formulas.vocabulary import (
    bytes_of_gradient,
    bytes_of_state,
    hidden_size,
    master_bytes,
    model_gradients,
    model_optimizer,
    n_layers,
    n_trainable_layers,
)

optimizer_kind = Choice(
    "optimizer_kind",
    (
        "adamw", "paged-adamw", "adamw-8bit", "paged-adamw-8bit", "adamw-4bit", "adafactor", "sgd", "sgd-momentum", "muon",
        "lion", "lora-fa", "galore-adamw", "galore-adamw-8bit", "apollo", "badam", "lisa", "lomo",
    ),
    Words("the optimizer", "优化器"),
)  # fmt: skip
master = Choice(
    "master_weights_kept",
    ("no", "yes"),
    Words("whether the optimizer keeps float32 copies of 16-bit weights", "优化器是否保留 float32 主权重"),
)
_N = {trained_params: 6738415616}

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
    when={optimizer_kind: ("adamw", "paged-adamw")},
    example=({**_N, bytes_of_state: 2, master_bytes: 0}, 26953662464),
)
adam_in_8_bits = Formula(
    model_optimizer,
    trained_params * (2 * (mask_bytes + fp32_bytes / 256) + master_bytes),
    says="Two moments (2) of one byte each, and a float32 scale for each block of 256.",
    zh="两个动量(2)各 1 字节,每 256 个一块有一个 float32 尺度。",
    source=ADAM_8BIT.at("§2, block-wise quantization; blocks of 256 since bitsandbytes 0.43"),
    when={optimizer_kind: ("adamw-8bit", "paged-adamw-8bit")},
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
muon_keeps_one_for_matrices = Formula(
    model_optimizer,
    linear_params * bytes_of_state + unquantised_params * 2 * bytes_of_state + trained_params * master_bytes,
    says="One momentum of each matrix in the blocks; AdamW's two (2) of embedding, head and vectors.",
    zh="块内每个矩阵一个动量;词嵌入、输出头与向量用 AdamW 的两个(2)。",
    source=MUON.at("usage: embeddings, head and vectors by AdamW"),
    when={optimizer_kind: "muon"},
    example=(
        {linear_params: 6476005376, bytes_of_state: 2, unquantised_params: 262410240, **_N, master_bytes: 0},
        2 * 6476005376 + 4 * 262410240,
    ),
)
half_of_lora_trains = Formula(
    model_optimizer,
    trained_params * bytes_of_state,
    says="Only the second of the two thin matrices trains, with two moments: about one of each adapter parameter.",
    zh="仅训练两个薄矩阵中的第二个,各两个动量:约为每个适配器参数一个。",
    source=LORA_FA.at("§3.1"),
    when={optimizer_kind: "lora-fa"},
    example=({trained_params: 41943040, bytes_of_state: 4}, 167772160),
)

one_block_trains = Formula(
    trained_params,
    linear_params / n_layers,
    says="BAdam trains one block at a time.",
    zh="BAdam 每次只训练一个块。",
    source=BADAM.at("Algorithm 1"),
    when={regime: FULL, optimizer_kind: "badam"},
    example=({linear_params: 6476005376, n_layers: 32}, 202375168),
)
block_adam_keeps = Formula(
    model_optimizer,
    trained_params * 3 * fp32_bytes,
    says="Of the block at work a float32 copy and two float32 moments (3).",
    zh="当前块的 float32 副本与两个 float32 动量(3)。",
    source=BADAM.at("§2.2, memory consumption"),
    when={optimizer_kind: "badam"},
    example=({trained_params: 202375168, fp32_bytes: 4}, 2428502016),
)
some_layers_train = Formula(
    trained_params,
    embedding_params + n_trainable_layers * linear_params / n_layers,
    says="LISA trains embedding, head and a few layers, drawn anew from time to time.",
    zh="LISA 训练词嵌入、输出头与随机抽取的若干层。",
    source=LISA.at("Algorithm 1"),
    when={regime: FULL, optimizer_kind: "lisa"},
    example=({embedding_params: 262144000, n_trainable_layers: 2, linear_params: 6476005376, n_layers: 32}, 666894336),
)
sampled_layers_keep_two_moments = Formula(
    model_optimizer,
    trained_params * (2 * bytes_of_state + master_bytes),
    says="AdamW's two moments (2) of what trains at the time.",
    zh="对当前训练部分保留 AdamW 的两个动量(2)。",
    source=LISA.at("Algorithm 1"),
    when={optimizer_kind: "lisa"},
    example=({trained_params: 666894336, bytes_of_state: 2, master_bytes: 0}, 2667577344),
)
one_gradient_at_a_time = Formula(
    model_gradients,
    bytes_of_gradient * greatest(vocab_size * hidden_size, largest(mlp_matrices, KIND)),
    says="LOMO updates each matrix as its gradient appears: one gradient is alive, the embedding's or at most one MLP's.",
    zh="LOMO 在梯度产生时立即更新:同时只有一个梯度(词嵌入或至多一个 MLP)。",
    source=LOMO.at("§3.2"),
    when={optimizer_kind: "lomo"},
    example=({bytes_of_gradient: 2, vocab_size: 32000, hidden_size: 4096, mlp_matrices: 135266304}, 270532608),
)
