"""What programs do beyond the tensors of a model: the choices and quantities of `engines.py`, and the terms of an answer.

A part of the glossary (`vocabulary.py` has the terms, `anatomy.py` the insides of a model).
"""

from formulas.layouts import gradient_bucket, prefetched, standing_gradients, waiting, whole_gradients
from formulas.quantity import Choice, Quantity, Words, byte, one
from formulas.residence import loaded_beside, phase_load
from formulas.serving import draft_buffer, draft_cache, draft_weights, pool, profile_run, step_run
from formulas.tuning import (
    critic_activations,
    critic_gradients,
    critic_optimizer,
    critic_weights,
    phase_awake,
    phase_rollout,
    reward_weights,
    rollout_logits,
)
from formulas.vocabulary import (
    attention_at_backward,
    checkpoints,
    decode_logits,
    decode_working_set,
    final_norm,
    first_gradients,
    forward_casts,
    gathered,
    gradients_so_far,
    hidden_states,
    logits_at_backward,
    logits_at_forward,
    merged_experts,
    optimizer_temporaries,
    own_input,
    phase_backward_of_attention,
    phase_backward_of_first_layer,
    phase_backward_of_last_layer,
    phase_end_of_backward,
    phase_end_of_forward,
    phase_end_of_prefill,
    phase_optimizer_step,
    phase_prefill,
    phase_start_of_backward,
    prefill_cache,
    prefill_logits,
    prefill_working_set,
    prompt_tables,
    recomputed_layer,
    residual_gradient,
    saved_activations,
    tied_gradient,
    token_ids,
    weight_casts,
)

# ── what engines do differently: each a fact of a program and its version ───────────────────────────────────────────
loss_kernel = Choice(
    "loss_kernel",
    ("copying", "in-place"),
    Words("whether the loss writes its gradient over the logits", "损失是否原地计算梯度"),
)
loss_precision = Choice(
    "loss_precision",
    ("single", "half"),
    Words("whether the loss is computed in float32 or in the model's 16 bits", "损失的精度"),
)
outputs_kept = Choice(
    "outputs_kept",
    ("nothing", "half", "single", "reference"),
    Words(
        "logits that the caller holds while the backward pass runs: none, in 16 bits, in float32, also the reference's",
        "反向期间仍被持有的 logits",
    ),
)
cache_growth = Choice(
    "cache_growth",
    ("in-place", "copied"),
    Words("whether a new token's cache is a new tensor beside the old one", "每步是否新建缓存副本"),
)
position_tables = Choice(
    "position_tables",
    ("shared", "per-layer"),
    Words(
        "cosines and sines: one pair for the model, or one of all positions kept by each layer", "旋转表是否每层常驻"
    ),
)
dequantising = Choice(
    "dequantising",
    ("in-kernel", "matrix"),
    Words("whether weights are unpacked inside the kernel or one matrix at a time into a buffer", "反量化方式"),
)
reading = Choice(
    "reading",
    ("peak", "generating", "reserved-at-start", "paged", "pool", "in-steps"),
    Words(
        "the highest figure, that of generating, what the program sets aside at its start, what a server of pages needs to "
        "start, the pool that it takes, or what it holds as it reads prompts in steps",
        "读数时刻",
    ),
)
latent_cache = Choice(
    "latent_cache",
    ("compressed", "transposed", "expanded"),
    Words("what latent attention caches: the compressed vector, also its transpose, or all heads", "MLA 缓存方式"),
)
offloaded = Choice(
    "offloaded",
    ("none", "optimizer", "params", "layers", "layers-and-cache", "blocks", "bytes"),
    Words(
        "what lives in host memory: optimizer, parameters; layers that the host computes, also the whole cache; blocks that "
        "come to the card; a share of the weights",
        "卸载到主机内存的部分",
    ),
)
reference_model = Choice(
    "reference_model", ("no", "yes"), Words("whether a frozen copy of the model stands beside it", "是否有参考模型")
)
split_by_layer = Choice(
    "split_by_layer", ("no", "yes"), Words("whether cards hold different layers, one after another", "是否按层切分")
)
adapters_sharded = Choice(
    "adapters_sharded",
    ("no", "yes"),
    Words("whether adapters are units of full sharding beside frozen weights", "适配器是否各自分片"),
)
copied_matrices = Quantity(
    "copied_matrices",
    one,
    r"n_V",
    "embedding and head that train as copies",
    "以副本训练的词嵌入与输出头个数",
    whole=True,
    zero=True,
)
loss_bytes = Quantity("loss_bytes", byte, r"\beta_{\ell V}", "bytes of a number in the loss", "损失中每个数的字节数")
micro_batch = Quantity(
    "micro_batch", one, r"n_{\mathrm{ub}}", "tokens that a graph computes at once", "一次计算的 token 数", whole=True
)
compute_buffer = Quantity(
    "compute_buffer", byte, r"M_{\mathrm{graph}}", "buffer of the compute graph", "计算图缓冲区", zero=True
)
kept_logits = Quantity(
    "kept_logits", byte, r"M_{V,o}", "logits that the caller still holds", "仍被持有的 logits", zero=True
)
second_layer = Quantity(
    "second_layer", byte, r"M_{R,2}", "a second layer that is not yet given back", "尚未释放的另一层", zero=True
)
old_cache = Quantity(
    "old_cache", byte, r"M_{\mathrm{kv},-}", "the cache before the new token", "追加前的缓存", zero=True
)
max_positions = Quantity(
    "max_positions", one, r"s_{\max}", "positions that rotary tables cover", "旋转表覆盖的位置数", whole=True, zero=True
)
layer_tables = Quantity(
    "layer_tables", byte, r"M_{\mathrm{rot}}", "rotary tables that layers keep", "各层常驻的旋转表", zero=True
)
dequantised = Quantity(
    "dequantised", byte, r"M_{\mathrm{deq}}", "a matrix unpacked to 16 bits", "反量化的矩阵", zero=True
)
reference_weights = Quantity(
    "reference_weights", byte, r"M_{\mathrm{ref}}", "weights of the reference model", "参考模型权重", zero=True
)
teacher = Choice(
    "teacher",
    ("none", "frozen"),
    Words("whether a frozen teacher stands beside the model that trains", "是否有冻结的教师模型"),
)
teacher_size = Quantity(
    "teacher_size", byte, r"M_{\mathrm{T}}", "weights of the whole teacher", "整个教师模型的权重", zero=True
)
teacher_shards = Quantity(
    "teacher_shards", one, r"N_{\mathrm{T}}", "cards that divide the teacher", "切分教师的卡数", whole=True
)
teacher_weights = Quantity(
    "teacher_weights",
    byte,
    r"M_{\mathrm{T},1}",
    "weights of the teacher, which only runs forward",
    "只做前向的教师权重",
    zero=True,
)
value_bytes = Quantity(
    "value_bytes", byte, r"\beta_{\mathrm{val}}", "bytes of a cached value, scales included", "缓存值的字节数"
)

engine_peak = Quantity(
    "engine_peak",
    byte,
    r"M_{\mathrm{engine}}",
    "peak of tensors as the program runs",
    "程序运行时的张量峰值",
    zero=True,
)
phase_generating = Quantity(
    "phase_generating", byte, r"\Phi_{9'}", "as a token joins the cache", "新 token 加入缓存时", zero=True
)

# the term of an answer that each part of a phase belongs to; terms not named here are terms themselves
PHASES: tuple[Quantity, ...] = (
    phase_load, phase_awake, phase_rollout,
    phase_end_of_forward, phase_start_of_backward, phase_backward_of_attention, phase_backward_of_last_layer,
    phase_backward_of_first_layer, phase_end_of_backward, phase_optimizer_step, phase_prefill, phase_end_of_prefill,
    phase_generating,
)  # fmt: skip
TERM_OF: dict[Quantity, str] = {
    waiting: "activations", standing_gradients: "gradients",
    saved_activations: "activations", checkpoints: "activations", recomputed_layer: "activations",
    attention_at_backward: "activations", residual_gradient: "activations", own_input: "activations", final_norm: "activations",
    token_ids: "activations", hidden_states: "activations", prompt_tables: "activations", prefill_working_set: "activations", decode_working_set: "activations",
    compute_buffer: "buffers", profile_run: "activations", step_run: "activations", pool: "kv_cache", kept_logits: "logits", second_layer: "activations", old_cache: "kv_cache", reference_weights: "weights",
    teacher_weights: "weights",
    logits_at_backward: "logits", logits_at_forward: "logits", prefill_logits: "logits", decode_logits: "logits",
    loaded_beside: "buffers", weight_casts: "buffers", forward_casts: "buffers", merged_experts: "buffers",
    gradients_so_far: "gradients", tied_gradient: "gradients", first_gradients: "gradients",
    reward_weights: "weights", critic_weights: "weights", critic_gradients: "gradients", critic_optimizer: "optimizer",
    critic_activations: "activations", rollout_logits: "logits", optimizer_temporaries: "buffers", prefill_cache: "kv_cache", gathered: "buffers",
    prefetched: "buffers", draft_weights: "weights", draft_cache: "kv_cache", draft_buffer: "buffers", gradient_bucket: "buffers", whole_gradients: "gradients",
}  # fmt: skip
