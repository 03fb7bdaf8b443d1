"""What host memory holds of a model that runs: layers, experts or the cache of llama.cpp, blocks of a device map, a share
of vLLM's weights; and what is left on the card.

Layers in host memory are whole layers, counted by kind; experts may be there without their layers. What is computed on
the host (llama.cpp) takes its cache along; what is only stored there (Accelerate, vLLM) leaves the cache on the card.
"""

from formulas.anatomy import (
    KIND,
    expert_matrices,
    half_bytes,
    intermediate_size,
    layer_kv,
    layer_state,
    mixer_matrices,
    mlp,
    mlp_matrices,
    moe_intermediate_size,
    n_layers_of,
    tied,
    unquantised_bytes,
    vocab_size,
)
from formulas.formula import Formula
from formulas.programs import offloaded
from formulas.quantity import greatest, largest, least, total
from formulas.residence import (
    BIG_MODELS,
    BNB_LOADING,
    GGML_SCHEDULER,
    LLAMA_CPP_CACHE,
    LLAMA_CPP_FLAGS,
    LLAMA_CPP_MODEL,
    VLLM_OFFLOAD,
    block_bytes,
    embedding_hosted,
    embedding_twice,
    head_hosted,
    host_cache,
    host_embeddings,
    host_weights,
    hosted_experts,
    hosted_layers,
    largest_matrix,
    offload_budget,
    outer_bytes,
)
from formulas.sources import ACCELERATE, IEEE754, QLORA, TYING
from formulas.tuning import block_params
from formulas.vocabulary import (
    batch_size,
    bits_per_weight,
    bytes_per_weight,
    gathered,
    hidden_size,
    host_memory,
    kv_cache,
    kv_shards,
    model_weights,
    n_gpus,
    state,
    weight_shards,
    weights,
)
from formulas.weights import quantised

h, V = hidden_size, vocab_size
COMPUTED = ("layers", "layers-and-cache")  # llama.cpp: the host computes what it holds
STORED = "blocks"  # Accelerate: the card computes what the host holds
_PLACES = (*COMPUTED, STORED)

# ── bytes of what may be moved ─────────────────────────────────────────────────────────────────────────────────────
matrices_in_the_models_type = Formula(
    block_bytes,
    bytes_per_weight,
    says="Matrices that are not quantised take the bytes of the model's data type.",
    zh="未量化的矩阵按模型数据类型存储。",
    source=IEEE754.at("§3.6"),
    when={quantised: "nothing"},
    example=({bytes_per_weight: 2}, 2),
)
matrices_in_their_bits = Formula(
    block_bytes,
    bits_per_weight * half_bytes / 16,
    says="Quantised matrices take their bits (2 bytes are 16 bits).",
    zh="量化矩阵按其位数存储(2 字节为 16 位)。",
    source=QLORA.at("§2"),
    when={quantised: ("experts", "linears", "everything")},
    example=({bits_per_weight: 4.5, half_bytes: 2}, 0.5625),
)
the_rest_in_the_models_type = Formula(
    outer_bytes,
    bytes_per_weight,
    says="Embedding, head and norms take the bytes of the model's data type.",
    zh="词嵌入、输出头与归一化按模型数据类型存储。",
    source=IEEE754.at("§3.6"),
    when={quantised: "nothing"},
    example=({bytes_per_weight: 2}, 2),
)
the_rest_unquantised = Formula(
    outer_bytes,
    unquantised_bytes,
    says="Where only the linears or the experts are quantised, the rest is not: embedding, head and norms, of the latter attention too.",
    zh="只量化线性层或专家时,其余不量化:词嵌入、输出头与归一化,只量化专家时还有注意力。",
    source=QLORA.at("§3"),
    when={quantised: ("experts", "linears")},
    example=({unquantised_bytes: 2}, 2),
)
the_rest_in_the_files_bits = Formula(
    outer_bytes,
    bits_per_weight * half_bytes / 16,
    says="Where all tensors are quantised, the average of the file stands for embedding and head too.",
    zh="全部张量都量化时,词嵌入与输出头也按文件平均位数计。",
    source=QLORA.at("§2"),
    when={quantised: "everything"},
    example=({bits_per_weight: 4.5, half_bytes: 2}, 0.5625),
)
embedding_and_head_in_host_memory = Formula(
    host_embeddings,
    outer_bytes * V * h * (embedding_hosted + head_hosted),
    says="Embedding and head are placed one by one.",
    zh="词嵌入与输出头分别放置。",
    source=LLAMA_CPP_MODEL.at("load_tensors: dev_input, dev_output"),
    when={tied: "no", offloaded: _PLACES},
    example=({outer_bytes: 2, V: 32000, h: 4096, embedding_hosted: 1, head_hosted: 0}, 262144000),
)
tied_embedding_in_host_memory = Formula(
    host_embeddings,
    outer_bytes * V * h * embedding_hosted,
    says="A tied head is the embedding: host memory holds the matrix once.",
    zh="共享的输出头即词嵌入:内存只存一份。",
    source=TYING.at("§3"),
    when={tied: "yes", offloaded: _PLACES},
    example=({outer_bytes: 2, V: 128256, h: 3072, embedding_hosted: 1}, 788004864),
)
nothing_is_held_twice = Formula(
    embedding_twice,
    0 * outer_bytes,
    says="Embedding and head are two matrices, each in one place.",
    zh="词嵌入与输出头是两个矩阵,各在一处。",
    source=LLAMA_CPP_MODEL.at("load_tensors: dev_input, dev_output"),
    when={tied: "no", offloaded: _PLACES},
    example=({}, 0),
)
a_tied_embedding_is_held_twice = Formula(
    embedding_twice,
    outer_bytes * V * h * embedding_hosted * (1 - head_hosted),
    says="A head on the card that is tied to an embedding in host memory is a second copy of it.",
    zh="输出头在卡上而共享的词嵌入在内存时,卡上是第二份。",
    source=LLAMA_CPP_MODEL.at("load_tensors: output duplicated from token_embd"),
    when={tied: "yes", offloaded: _PLACES},
    example=({outer_bytes: 2, V: 128256, h: 3072, embedding_hosted: 1, head_hosted: 0}, 788004864),
)
_MATRICES = mixer_matrices + mlp_matrices
weights_held_by_the_host = Formula(
    host_weights,
    host_embeddings
    + block_bytes * total(hosted_layers * _MATRICES + hosted_experts * expert_matrices, KIND)
    + outer_bytes * total(hosted_layers * (block_params - _MATRICES), KIND),
    says="In host memory lie whole layers, the experts of further layers, and embedding or head.",
    zh="放在内存的有整层、其余若干层的专家,以及词嵌入或输出头。",
    source=LLAMA_CPP_FLAGS.at("--n-gpu-layers, --n-cpu-moe, --override-tensor"),
    when={offloaded: _PLACES, quantised: ("nothing", "linears", "everything")},
    example=(
        {
            host_embeddings: 262144000, block_bytes: 2, hosted_layers: 10, mixer_matrices: 67108864,
            mlp_matrices: 135266304, hosted_experts: 0, expert_matrices: 0, outer_bytes: 2, block_params: 202383360,
        },
        262144000 + 20 * 202383360,
    ),
)  # fmt: skip
few_bit_experts_held_by_the_host = Formula(
    host_weights,
    host_embeddings
    + block_bytes * total((hosted_layers + hosted_experts) * expert_matrices, KIND)
    + outer_bytes * total(hosted_layers * (block_params - expert_matrices), KIND),
    says="In host memory lie the experts of whole and of further layers, in few bits; the rest of whole layers takes 16, as embedding and head do.",
    zh="放在内存的有整层和其余若干层的专家,按低位存储;整层的其余部分与词嵌入、输出头一样按 16 位。",
    source=LLAMA_CPP_FLAGS.at("--n-gpu-layers, --n-cpu-moe, --override-tensor"),
    when={offloaded: _PLACES, quantised: "experts"},
    example=(
        {
            host_embeddings: 262144000, block_bytes: 0.5, hosted_layers: 10, hosted_experts: 10, expert_matrices: 135266304,
            outer_bytes: 2, block_params: 202383360,
        },
        262144000 + 10 * 135266304 + 20 * 67117056,
    ),
)  # fmt: skip

# ── what is left on the card ───────────────────────────────────────────────────────────────────────────────────────
weights_left_on_the_card = Formula(
    weights,
    (model_weights + embedding_twice - host_weights) / weight_shards,
    says="A card holds its part of what is not in host memory.",
    zh="卡上保存不在内存中的那部分权重。",
    source=LLAMA_CPP_MODEL.at("load_tensors: i_gpu_start = n_layer + 1 - n_gpu_layers"),
    when={offloaded: _PLACES},
    example=(
        {model_weights: 14 * 10**9, embedding_twice: 0, host_weights: 4 * 10**9, weight_shards: 2},
        5 * 10**9,
    ),
)  # fmt: skip
weights_beyond_a_budget = Formula(
    weights,
    greatest(0, model_weights / weight_shards - offload_budget),
    says="The first parameters, up to the budget, are pinned in host memory and read from there at each pass.",
    zh="在预算之内的前若干参数固定在内存中,每次前向从内存读取。",
    source=VLLM_OFFLOAD.at("UVAOffloadConfig.cpu_offload_gb"),
    when={offloaded: "bytes"},
    example=({model_weights: 16 * 10**9, weight_shards: 1, offload_budget: 4 * 10**9}, 12 * 10**9),
)
cache_of_the_layers_on_the_card = Formula(
    kv_cache,
    batch_size * total((n_layers_of - hosted_layers) * layer_kv / kv_shards, KIND),
    says="A layer's cache is where the layer is computed.",
    zh="缓存与计算该层的设备在一起。",
    source=LLAMA_CPP_CACHE.at("llama_kv_cache: dev_layer, offload_kqv"),
    when={offloaded: "layers"},
    example=({batch_size: 1, n_layers_of: 32, hosted_layers: 12, layer_kv: 33554432, kv_shards: 1}, 20 * 2**25),
)
cache_is_in_host_memory = Formula(
    kv_cache,
    0 * layer_kv,
    says="The whole cache is in host memory, where attention then runs.",
    zh="整个缓存在内存中,注意力也在那里计算。",
    source=LLAMA_CPP_CACHE.at("llama_kv_cache: offload_kqv"),
    when={offloaded: "layers-and-cache"},
    example=({}, 0),
)
states_of_the_layers_on_the_card = Formula(
    state,
    batch_size * total((n_layers_of - hosted_layers) * layer_state, KIND),
    says="A recurrent layer's state is where the layer is computed.",
    zh="循环层的状态与计算该层的设备在一起。",
    source=LLAMA_CPP_CACHE.at("dev_layer"),
    when={offloaded: "layers"},
    example=({batch_size: 1, n_layers_of: 64, hosted_layers: 32, layer_state: 2664448}, 32 * 2664448),
)
states_are_in_host_memory = Formula(
    state,
    0 * layer_state,
    says="With the cache, the states of recurrent layers are in host memory.",
    zh="循环层的状态与缓存一起在内存中。",
    source=LLAMA_CPP_CACHE.at("offload_kqv"),
    when={offloaded: "layers-and-cache"},
    example=({}, 0),
)

# ── what comes to the card to be computed with ─────────────────────────────────────────────────────────────────────
matrix_of_an_mlp = Formula(
    largest_matrix,
    h * intermediate_size,
    says="Each of an MLP's matrices joins the residual stream and the MLP's width.",
    zh="MLP 的每个矩阵连接残差流与 MLP 宽度。",
    source=ACCELERATE.at("AlignDevicesHook: a module with parameters of its own"),
    when={mlp: ("gated", "plain")},
    example=({h: 4096, intermediate_size: 11008}, 45088768),
)
matrix_of_a_mixer = Formula(
    largest_matrix,
    mixer_matrices,
    says="A layer without an MLP has no larger tensor than all its matrices together.",
    zh="没有 MLP 的层,其最大张量不超过全部矩阵之和。",
    source=ACCELERATE.at("AlignDevicesHook: a module with parameters of its own"),
    when={mlp: "none"},
    example=({mixer_matrices: 67108864}, 67108864),
)
all_experts_of_one_projection = Formula(
    largest_matrix,
    expert_matrices / 3,
    says="The experts' gates, ups and downs are a tensor each (3).",
    zh="全部专家的门控、上、下投影各为一个张量(共 3 个)。",
    source=LLAMA_CPP_FLAGS.at("--cpu-moe: ffn_(up|down|gate)_exps"),
    when={mlp: "experts", offloaded: COMPUTED},
    example=({expert_matrices: 1409286144}, 469762048),
)
all_experts_of_a_layer = Formula(
    largest_matrix,
    expert_matrices,
    says="The experts of a layer are the parameters of one module and come to the card together.",
    zh="一层的全部专家属于同一模块,一起送到卡上。",
    source=ACCELERATE.at("AlignDevicesHook: a module with parameters of its own"),
    when={mlp: "experts", offloaded: STORED},
    example=({expert_matrices: 1409286144}, 1409286144),
)
matrix_of_one_expert = Formula(
    largest_matrix,
    h * moe_intermediate_size,
    says="A matrix of one expert.",
    zh="单个专家的一个矩阵。",
    source=BNB_LOADING.at("_replace_with_bnb_linear"),
    when={mlp: "experts", offloaded: ("none", "optimizer", "params", "bytes")},
    example=({h: 4096, moe_intermediate_size: 14336}, 58720256),
)
_ANY = least(1, hosted_layers + hosted_experts)
a_tensor_is_copied_for_a_prompt = Formula(
    gathered,
    block_bytes * largest(_ANY * largest_matrix, KIND),
    says="For a long prompt the card multiplies by tensors of the host too, one at a time, each into the room of the last.",
    zh="处理长提示时,卡也用内存中的张量做乘法:逐个复制,复用同一块空间。",
    source=GGML_SCHEDULER.at("ggml_backend_sched_split_graph; op_offload"),
    when={offloaded: COMPUTED},
    example=({block_bytes: 0.5625, hosted_layers: 12, hosted_experts: 0, largest_matrix: 58720256}, 33030144),
)
a_module_comes_to_the_card = Formula(
    gathered,
    greatest(block_bytes * largest(_ANY * largest_matrix, KIND), outer_bytes * V * h * head_hosted),
    says="A module is brought to the card as it is reached, and leaves again: the largest matrix, or the head.",
    zh="模块在执行时送到卡上、用后移走:最大的矩阵或输出头。",
    source=ACCELERATE.at("AlignDevicesHook.pre_forward, post_forward"),
    when={offloaded: STORED},
    example=(
        {
            block_bytes: 2, hosted_layers: 12, hosted_experts: 0, largest_matrix: 58720256, outer_bytes: 2, V: 128256,
            h: 4096, head_hosted: 1,
        },
        1050673152,
    ),
)  # fmt: skip

# ── host memory ────────────────────────────────────────────────────────────────────────────────────────────────────
cache_of_hosted_layers = Formula(
    host_cache,
    batch_size * total(hosted_layers * (layer_kv + layer_state), KIND),
    says="The cache of the layers that the host computes.",
    zh="由主机计算的层的缓存。",
    source=LLAMA_CPP_CACHE.at("llama_kv_cache: dev_layer, offload_kqv"),
    when={offloaded: "layers"},
    example=({batch_size: 1, hosted_layers: 12, layer_kv: 33554432, layer_state: 0}, 12 * 2**25),
)
cache_of_all_layers_in_host_memory = Formula(
    host_cache,
    batch_size * total(n_layers_of * (layer_kv + layer_state), KIND),
    says="The cache of all layers.",
    zh="所有层的缓存。",
    source=LLAMA_CPP_CACHE.at("llama_kv_cache: offload_kqv"),
    when={offloaded: "layers-and-cache"},
    example=({batch_size: 1, n_layers_of: 32, layer_kv: 33554432, layer_state: 0}, 2**30),
)
host_holds_layers_and_cache = Formula(
    host_memory,
    host_weights + host_cache,
    says="Weights that are not on the card, mapped from the file, and the cache of their layers.",
    zh="不在卡上的权重(由文件映射)与这些层的缓存。",
    source=LLAMA_CPP_MODEL.at("load_tensors: CPU_Mapped model buffer"),
    when={offloaded: COMPUTED},
    example=({host_weights: 4 * 10**9, host_cache: 10**9}, 5 * 10**9),
)
host_holds_blocks = Formula(
    host_memory,
    host_weights,
    says="Weights of the blocks that a device map gives to the CPU.",
    zh="设备映射分给 CPU 的模块权重。",
    source=BIG_MODELS.at("infer_auto_device_map, load_checkpoint_in_model"),
    when={offloaded: STORED},
    example=({host_weights: 4 * 10**9}, 4 * 10**9),
)
host_holds_a_budget_of_each_card = Formula(
    host_memory,
    least(n_gpus * offload_budget, model_weights),
    says="Pinned memory for every card, up to its budget.",
    zh="每张卡按预算占用锁页内存。",
    source=VLLM_OFFLOAD.at("UVAOffloadConfig.cpu_offload_gb"),
    when={offloaded: "bytes"},
    example=({n_gpus: 2, offload_budget: 4 * 10**9, model_weights: 16 * 10**9}, 8 * 10**9),
)
