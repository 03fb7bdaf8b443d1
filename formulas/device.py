"""What tensors do not show: gathered layers, workspaces, the allocator's slack, the runtime. Three meters, never mixed."""

from formulas.anatomy import (
    ADAPTER,
    KIND,
    embedding_params,
    fp32_bytes,
    half_bytes,
    mixer_matrices,
    mlp_matrices,
    regime,
    unquantised_bytes,
)
from formulas.formula import Formula
from formulas.layouts import frozen_weights
from formulas.programs import (
    engine_peak,
    offloaded,
    reading,
)
from formulas.quantity import greatest, largest
from formulas.residence import at_work, held_peak, phase_load
from formulas.sources import BNB_FSDP, CUDA_CACHING, FSDP, ZERO, ZERO_OFFLOAD
from formulas.tuning import COLOCATED, other_models, phase_awake, rollout_engine, rollouts_by
from formulas.vocabulary import (
    adapter,
    bits_per_weight,
    buffers,
    cards_at_work,
    communication,
    context,
    gathered,
    layer_unit,
    meter,
    optimizer,
    peak,
    runtime,
    sharding,
    slack,
    task,
    varying,
    weights,
    workspace,
)
from formulas.weights import quantised

nothing_is_gathered = Formula(
    gathered,
    0 * half_bytes,
    says="Weights that are whole on every card need no gathering.",
    zh="权重在每张卡上都是完整的,无需聚合。",
    source=ZERO.at("§5"),
    when={sharding: ("none", "zero-1", "zero-2"), offloaded: ("none", "optimizer", "bytes")},
    example=({}, 0),
)
nothing_undivided_is_gathered = Formula(
    gathered,
    0 * half_bytes,
    says="Weights that full sharding leaves whole need no gathering.",
    zh="完全切分未能切分的权重无需聚合。",
    source=BNB_FSDP.at("Quantized data storage"),
    when={sharding: "zero-3", frozen_weights: "whole", offloaded: ("none", "optimizer", "bytes")},
    example=({}, 0),
)
layers_are_gathered_to_compute = Formula(
    gathered,
    layer_unit + embedding_params * unquantised_bytes,
    says="The layer at work is whole; embedding and head, in the outermost unit, stay gathered through the step.",
    zh="正在计算的一层为完整权重;词嵌入与输出头属于最外层单元,在一步之内保持聚合。",
    source=FSDP.at("§4.1, §4.3"),
    when={sharding: "zero-3", frozen_weights: "divided", offloaded: ("none", "optimizer", "bytes")},
    example=({layer_unit: 400_000_000, embedding_params: 262144000, unquantised_bytes: 2}, 924288000),
)
layers_come_from_the_host = Formula(
    gathered,
    layer_unit + embedding_params * unquantised_bytes,
    says="The layer at work is brought to the card, and embedding and head for the ends of the step.",
    zh="正在计算的一层送到卡上,步首尾还有词嵌入与输出头。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: "params"},
    example=({layer_unit: 400_000_000, embedding_params: 262144000, unquantised_bytes: 2}, 924288000),
)
a_layer_in_half_precision = Formula(
    layer_unit,
    half_bytes * largest(mixer_matrices + mlp_matrices, KIND),
    says="The largest layer, in the 16 bits in which it computes.",
    zh="最大的一层,按计算所用的 16 位。",
    source=FSDP.at("§4.3"),
    when={quantised: "nothing", regime: ("half", "mixed", *ADAPTER)},
    example=({half_bytes: 2, mixer_matrices: 67108864, mlp_matrices: 135266304}, 404750336),
)
a_layer_in_single_precision = Formula(
    layer_unit,
    fp32_bytes * largest(mixer_matrices + mlp_matrices, KIND),
    says="The largest layer, in the float32 in which it computes.",
    zh="最大的一层,按计算所用的 float32。",
    source=FSDP.at("§4.3"),
    when={quantised: "nothing", regime: "single"},
    example=({fp32_bytes: 4, mixer_matrices: 67108864, mlp_matrices: 135266304}, 809500672),
)
a_layer_in_its_bits = Formula(
    layer_unit,
    bits_per_weight * half_bytes / 16 * largest(mixer_matrices + mlp_matrices, KIND),
    says="The largest layer, in the bits in which it is stored (2 bytes are 16 bits).",
    zh="最大的一层,按存储位数(2 字节为 16 位)。",
    source=FSDP.at("§4.3"),
    when={quantised: ("linears", "everything")},
    example=({bits_per_weight: 4, half_bytes: 2, mixer_matrices: 67108864, mlp_matrices: 135266304}, 101187584),
)
a_layer_of_experts_in_their_bits = Formula(
    layer_unit,
    half_bytes * largest(mixer_matrices + bits_per_weight * mlp_matrices / 16, KIND),
    says="The largest layer: its experts in the bits in which they are stored (2 bytes are 16 bits), its mixer in 16.",
    zh="最大的一层:专家按存储位数(2 字节为 16 位),注意力按 16 位。",
    source=FSDP.at("§4.3"),
    when={quantised: "experts"},
    example=({bits_per_weight: 4, half_bytes: 2, mixer_matrices: 67108864, mlp_matrices: 135266304}, 201850880),
)

what_comes_and_goes_in_a_step = Formula(
    varying,
    engine_peak - weights - adapter - optimizer,
    says="What is not resident is allocated and freed within every step.",
    zh="非常驻部分在每一步内申请并释放。",
    source=CUDA_CACHING.at("Memory management"),
    when={task: "train"},
    example=({engine_peak: 50, weights: 20, adapter: 2, optimizer: 8}, 20),
)
what_comes_and_goes_in_a_pass = Formula(
    varying,
    engine_peak - weights - adapter,
    says="What is not resident is allocated and freed as prompts and tokens come.",
    zh="非常驻部分随提示与 token 申请并释放。",
    source=CUDA_CACHING.at("Memory management"),
    when={task: "inference"},
    example=({engine_peak: 50, weights: 20, adapter: 2}, 28),
)

runtime_of_one_card = Formula(
    runtime,
    context,
    says="A process on one card has its context: the driver's, the loaded kernels', the libraries'.",
    zh="单卡进程只有自身上下文:驱动、已加载的内核与库。",
    source=CUDA_CACHING.at("Memory management"),
    when={cards_at_work: "one"},
    example=({context: 2**29}, 2**29),
)
runtime_of_several_cards = Formula(
    runtime,
    context + communication,
    says="Processes that talk to each other also hold communication buffers and the blocks that they gather into.",
    zh="多卡进程还持有通信缓冲与聚合所用的块。",
    source=FSDP.at("§3.4, §4.3"),
    when={cards_at_work: "several"},
    example=({context: 2**29, communication: 2**30}, 2**29 + 2**30),
)

_OWN = ("none", "asleep")  # no engine beside the step
_METERS = CUDA_CACHING.at("Memory management: memory_allocated, memory_reserved")
tensors_at_work = Formula(
    at_work,
    engine_peak + buffers + other_models,
    says="What the program holds in tensors as it runs.",
    zh="程序运行时张量所占。",
    source=_METERS,
    when={meter: "tensors", rollouts_by: _OWN},
    example=({engine_peak: 40, buffers: 2, other_models: 0}, 42),
)
tensors_and_workspaces_at_work = Formula(
    at_work,
    engine_peak + buffers + other_models + workspace,
    says="The allocator counts the workspaces of kernels too.",
    zh="分配器还计入算子的工作区。",
    source=_METERS,
    when={meter: ("allocated", "reserved", "device"), rollouts_by: _OWN},
    example=({engine_peak: 40, buffers: 2, other_models: 0, workspace: 1}, 43),
)
an_engine_beside_at_work = Formula(
    at_work,
    engine_peak + buffers + other_models + workspace + rollout_engine,
    says="A rollout engine that keeps its share of the card stands beside every step.",
    zh="不释放份额的 rollout 引擎在每一步都占着显存。",
    source=COLOCATED.at("vllm_gpu_memory_utilization, vllm_enable_sleep_mode"),
    when={rollouts_by: "beside"},
    example=({engine_peak: 40, buffers: 2, other_models: 0, workspace: 1, rollout_engine: 24}, 67),
)
loading_or_running = Formula(
    held_peak,
    greatest(at_work, phase_load),
    says="Loading, when nothing runs yet, or running: whichever holds more.",
    zh="加载(尚未运行)与运行中占用较大者。",
    source=_METERS,
    when={reading: "peak", rollouts_by: ("none", "beside")},
    example=({at_work: 43, phase_load: 41}, 43),
)
training_or_generating = Formula(
    held_peak,
    greatest(at_work, phase_load, phase_awake),
    says="An engine that sleeps through the update holds its share while it generates: whichever moment holds more.",
    zh="更新时休眠的引擎只在生成时占用份额:取占用更大的时刻。",
    source=COLOCATED.at("vllm_gpu_memory_utilization, vllm_enable_sleep_mode"),
    when={reading: "peak", rollouts_by: "asleep"},
    example=({at_work: 43, phase_load: 41, phase_awake: 50}, 50),
)
running_only = Formula(
    held_peak,
    at_work,
    says="A figure read while it runs knows nothing of loading.",
    zh="运行中读取的数值不含加载。",
    source=_METERS,
    when={reading: ("generating", "reserved-at-start", "paged", "pool", "in-steps")},
    example=({at_work: 43}, 43),
)
live_tensors = Formula(
    peak,
    held_peak,
    says="The bytes of live tensors at their highest.",
    zh="存活张量的最高字节数。",
    source=_METERS,
    when={meter: "tensors"},
    example=({held_peak: 42}, 42),
)
allocated_by_the_framework = Formula(
    peak,
    held_peak,
    says="The bytes that the framework has handed out, at their highest.",
    zh="框架已分配字节的最高值。",
    source=_METERS,
    when={meter: "allocated"},
    example=({held_peak: 43}, 43),
)
reserved_by_the_framework = Formula(
    peak,
    held_peak + slack,
    says="Reserved memory adds the blocks that are kept and not used.",
    zh="预留量再加上保留而未用的块。",
    source=_METERS,
    when={meter: "reserved"},
    example=({held_peak: 43, slack: 3}, 46),
)
seen_by_the_driver = Formula(
    peak,
    held_peak + slack + runtime,
    says="The driver's figure adds the runtime of the process: the context, loaded kernels, communication buffers.",
    zh="驱动看到的再加上进程的运行时:上下文、已加载的算子、通信缓冲。",
    source=_METERS,
    when={meter: "device"},
    example=({held_peak: 43, slack: 3, runtime: 1}, 47),
)
