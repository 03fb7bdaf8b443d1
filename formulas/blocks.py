"""What each kind of operator keeps for its backward pass, in bytes per token and layer.

A block is a list of operators, declared by choices (how it normalises, mixes, feeds forward) and by counts. The rules
count storages once: a view keeps its whole base, residual sums and reshapes keep nothing. A new architecture needs a
declaration, not a formula.
"""

from formulas.anatomy import (
    PROJECTED,
    RECURRENT,
    block,
    fp32_bytes,
    gate_up,
    intermediate_size,
    kv_width,
    latent_query,
    layernorm_bytes,
    mixer,
    mixer_reads,
    mlp,
    mlp_reads,
    n_heads,
    n_input_norms,
    n_kv_heads,
    n_output_norms,
    norm,
    norm_value_bytes,
    one_norm,
    one_output_norm,
    output_norm_value_bytes,
    q_width,
    qk_norm,
    qkv,
    read_bytes,
    regime,
    residual_bytes,
    rotary_dim,
    rotary_tables,
    saved_mixer_input,
    saved_mlp_input,
    saved_norms,
    saved_qk_norms,
    saved_rotary,
)
from formulas.formula import Formula
from formulas.quantity import greatest
from formulas.recurrence import input_projections
from formulas.sources import PEFT_LORA, modelling
from formulas.tuning import on_gate, on_gate_up, on_in, on_k, on_kv_a, on_q, on_q_a, on_qkv, on_up, on_v
from formulas.vocabulary import batch_size, hidden_size, seq_len

h, q, kv, a, f, s = hidden_size, q_width, kv_width, n_heads, intermediate_size, seq_len
NORMS_OF_KIND_RMS = ("rms", "rms-late")
# a linear's input is kept once for all that read it, or by each reader as a copy in its own type
SHARED = ("half", "single", "adapter-half")
COPIED = ("mixed", "adapter-single", "adapter-mixed", "kbit")
OWN_INPUT = ("half", "mixed", "single", "adapter-half")
AUTOCAST_REGIMES = ("mixed", "adapter-mixed", "kbit")

# ── norms ──────────────────────────────────────────────────────────────────────────────────────────────────────────
_ROWS = modelling("llama", "LlamaRMSNorm")
rms_norm_keeps = Formula(
    one_norm,
    (fp32_bytes + norm_value_bytes) * h + fp32_bytes,
    says="RMSNorm keeps a float32 copy of its input, one float32 per row, and the normalised value if its weight trains.",
    zh="RMSNorm 保存输入的 float32 副本、每行一个 float32,若权重可训练还保存归一化值。",
    source=_ROWS,
    when={norm: NORMS_OF_KIND_RMS},
    example=({fp32_bytes: 4, norm_value_bytes: 2, h: 4096}, 6 * 4096 + 4),
)
layer_norm_keeps = Formula(
    one_norm,
    layernorm_bytes * h + 2 * fp32_bytes,
    says="Fused LayerNorm keeps its input, and mean and deviation of each row (2).",
    zh="融合 LayerNorm 保存输入以及每行的均值与标准差(2)。",
    source=modelling("starcoder2", "Starcoder2DecoderLayer"),
    when={norm: ("layernorm", "layernorm-single")},
    example=({layernorm_bytes: 2, h: 4608, fp32_bytes: 4}, 2 * 4608 + 8),
)
written_out_layer_norm_keeps = Formula(
    one_norm,
    (2 * fp32_bytes + norm_value_bytes) * h + fp32_bytes,
    says="LayerNorm written out computes its input less the mean twice (2), and keeps the normalised value if it trains.",
    zh="逐步计算的 LayerNorm 两次求去均值的输入(2),若可训练还保存归一化值。",
    source=modelling("cohere", "CohereLayerNorm"),
    when={norm: "layernorm-late"},
    example=({fp32_bytes: 4, norm_value_bytes: 4, h: 8192}, 12 * 8192 + 4),
)
rms_norm_of_an_output_keeps = Formula(
    one_output_norm,
    (fp32_bytes + output_norm_value_bytes) * h + fp32_bytes,
    says="Behind a sublayer RMSNorm keeps the same of what a linear gave.",
    zh="子层之后的 RMSNorm 对线性层输出同样保存。",
    source=_ROWS,
    when={norm: NORMS_OF_KIND_RMS},
    example=({fp32_bytes: 4, output_norm_value_bytes: 2, h: 4096}, 6 * 4096 + 4),
)
layer_norm_of_an_output_keeps = Formula(
    one_output_norm,
    one_norm,
    says="LayerNorm keeps the same wherever it stands.",
    zh="LayerNorm 在任何位置保存内容相同。",
    source=modelling("starcoder2", "Starcoder2DecoderLayer"),
    when={norm: ("layernorm", "layernorm-single", "layernorm-late")},
    example=({one_norm: 9224}, 9224),
)
norms_of_a_block_keep = Formula(
    saved_norms,
    n_input_norms * one_norm + n_output_norms * one_output_norm,
    says="The norms in front of sublayers and those behind them.",
    zh="子层前与子层后的归一化之和。",
    source=_ROWS,
    when={block: ("sequential", "parallel")},
    example=({n_input_norms: 2, one_norm: 24580, n_output_norms: 0, one_output_norm: 24580}, 49160),
)
_FORK = modelling("gpt_neox", "GPTNeoXLayer, use_parallel_residual")
forked_layer_norms_share_their_input = Formula(
    saved_norms,
    n_input_norms * one_norm - (n_input_norms - 1) * layernorm_bytes * h,
    says="Two norms that read one input keep it once.",
    zh="两个归一化读取同一输入时只保存一份。",
    source=_FORK,
    when={
        block: "forked",
        norm: "layernorm",
        regime: ("half", "mixed", "single", "adapter-single", "adapter-half", "kbit"),
    },
    example=({n_input_norms: 2, one_norm: 8200, layernorm_bytes: 2, h: 4096}, 8208),
)
forked_layer_norms_cast_their_input = Formula(
    saved_norms,
    n_input_norms * one_norm,
    says="Autocast makes each norm a float32 copy of its own.",
    zh="autocast 为每个归一化各生成一份 float32 副本。",
    source=_FORK,
    when={block: "forked", norm: "layernorm", regime: "adapter-mixed"},
    example=({n_input_norms: 2, one_norm: 16392}, 32784),
)
forked_norms_copy_their_input = Formula(
    saved_norms,
    n_input_norms * one_norm + n_output_norms * one_output_norm,
    says="Norms that cast their input each keep a copy, whether they read one input or two.",
    zh="自行转换输入的归一化各保存一份副本。",
    source=_ROWS,
    when={block: "forked", norm: ("rms", "rms-late", "layernorm-single", "layernorm-late")},
    example=({n_input_norms: 2, one_norm: 24580, n_output_norms: 0, one_output_norm: 24580}, 49160),
)
no_qk_norms_keep = Formula(
    saved_qk_norms,
    0 * fp32_bytes,
    says="Queries and keys are not normalised.",
    zh="查询与键不归一化。",
    source=modelling("llama", "LlamaAttention"),
    when={qk_norm: "none"},
    example=({}, 0),
)
no_queries_to_norm = Formula(
    saved_qk_norms,
    0 * fp32_bytes,
    says="Such a layer has no queries and keys to normalise.",
    zh="这类层没有可归一化的查询与键。",
    source=modelling("qwen3_next", "Qwen3NextDecoderLayer"),
    when={qk_norm: ("per-head", "full"), mixer: ("latent", *RECURRENT, "none")},
    example=({}, 0),
)
head_norms_keep = Formula(
    saved_qk_norms,
    (fp32_bytes + output_norm_value_bytes) * (q + kv) + fp32_bytes * (a + n_kv_heads),
    says="A norm of each head keeps float32 copies of queries and keys, and one float32 per head.",
    zh="逐头归一化保存查询与键的 float32 副本以及每头一个 float32。",
    source=modelling("qwen3", "Qwen3Attention"),
    when={qk_norm: "per-head", norm: NORMS_OF_KIND_RMS, mixer: "grouped"},
    example=({fp32_bytes: 4, output_norm_value_bytes: 2, q: 4096, kv: 1024, a: 32, n_kv_heads: 8}, 30880),
)
full_width_norms_keep = Formula(
    saved_qk_norms,
    (fp32_bytes + output_norm_value_bytes) * (q + kv) + 2 * fp32_bytes,
    says="A norm over all heads keeps float32 copies of queries and keys, and one float32 for each (2).",
    zh="全宽归一化保存查询与键的 float32 副本,各一个 float32(2)。",
    source=modelling("olmo2", "Olmo2Attention"),
    when={qk_norm: "full", norm: NORMS_OF_KIND_RMS, mixer: "grouped"},
    example=({fp32_bytes: 4, output_norm_value_bytes: 4, q: 4096, kv: 4096}, 65544),
)
qk_layer_norms_keep = Formula(
    saved_qk_norms,
    layernorm_bytes * (q + kv) + 2 * fp32_bytes * (a + n_kv_heads),
    says="LayerNorm of each head keeps queries and keys, and mean and deviation of each head (2).",
    zh="逐头 LayerNorm 保存查询与键以及每头均值与标准差(2)。",
    source=modelling("stablelm", "StableLmLayerNormPerHead"),
    when={qk_norm: ("per-head", "full"), norm: ("layernorm", "layernorm-single"), mixer: "grouped"},
    example=({layernorm_bytes: 2, q: 4096, kv: 4096, fp32_bytes: 4, a: 32, n_kv_heads: 32}, 16896),
)
written_out_qk_layer_norms_keep = Formula(
    saved_qk_norms,
    (2 * fp32_bytes + output_norm_value_bytes) * (q + kv) + fp32_bytes * (a + n_kv_heads),
    says="LayerNorm written out keeps queries and keys less their mean twice (2), and one float32 per head.",
    zh="逐步计算的 LayerNorm 两次保存去均值的查询与键(2),每头一个 float32。",
    source=modelling("cohere", "CohereAttention"),
    when={qk_norm: ("per-head", "full"), norm: "layernorm-late", mixer: "grouped"},
    example=({fp32_bytes: 4, output_norm_value_bytes: 4, q: 4096, kv: 4096, a: 32, n_kv_heads: 32}, 98560),
)

# ── inputs of linears ──────────────────────────────────────────────────────────────────────────────────────────────
_READ = modelling("llama", "LlamaAttention, under torch.autograd")
qkv_share_their_input = Formula(
    mixer_reads,
    greatest(on_q, on_k, on_v),
    says="Linears that train keep their input once, whichever of them read it.",
    zh="可训练线性层共享同一份输入。",
    source=_READ,
    when={mixer: "grouped", qkv: "separate", regime: SHARED},
    example=({on_q: 1, on_k: 1, on_v: 1}, 1),
)
qkv_copy_their_input = Formula(
    mixer_reads,
    on_q + on_k + on_v,
    says="Where the input has another type than the linears, each keeps a copy of its own.",
    zh="若输入类型与线性层不同,则每个线性层各保存一份副本。",
    source=PEFT_LORA,
    when={mixer: "grouped", qkv: "separate", regime: COPIED},
    example=({on_q: 1, on_k: 0, on_v: 1}, 2),
)
fused_qkv_reads_once = Formula(
    mixer_reads,
    on_qkv,
    says="One fused projection reads the input once.",
    zh="合并投影只读取一次输入。",
    source=modelling("phi3", "Phi3Attention"),
    when={mixer: "grouped", qkv: "fused"},
    example=({on_qkv: 1}, 1),
)
latent_projections_share_their_input = Formula(
    mixer_reads,
    greatest(on_q, on_kv_a),
    says="Query and compression read one input, kept once.",
    zh="查询投影与压缩投影共享一份输入。",
    source=modelling("deepseek_v2", "DeepseekV2Attention"),
    when={mixer: "latent", latent_query: "direct", regime: SHARED},
    example=({on_q: 1, on_kv_a: 1}, 1),
)
latent_projections_copy_their_input = Formula(
    mixer_reads,
    on_q + on_kv_a,
    says="Where types differ, query and compression each keep a copy.",
    zh="类型不同时,查询投影与压缩投影各保存一份。",
    source=modelling("deepseek_v2", "DeepseekV2Attention"),
    when={mixer: "latent", latent_query: "direct", regime: COPIED},
    example=({on_q: 1, on_kv_a: 1}, 2),
)
compressions_share_their_input = Formula(
    mixer_reads,
    greatest(on_q_a, on_kv_a),
    says="Both compressions read one input, kept once.",
    zh="两个压缩投影共享一份输入。",
    source=modelling("deepseek_v3", "DeepseekV3Attention"),
    when={mixer: "latent", latent_query: "compressed", regime: SHARED},
    example=({on_q_a: 1, on_kv_a: 1}, 1),
)
compressions_copy_their_input = Formula(
    mixer_reads,
    on_q_a + on_kv_a,
    says="Where types differ, both compressions keep a copy.",
    zh="类型不同时,两个压缩投影各保存一份。",
    source=modelling("deepseek_v3", "DeepseekV3Attention"),
    when={mixer: "latent", latent_query: "compressed", regime: COPIED},
    example=({on_q_a: 1, on_kv_a: 1}, 2),
)
recurrent_projections_share_their_input = Formula(
    mixer_reads,
    on_in,
    says="However many projections read it, one input is kept.",
    zh="无论有几个投影读取,输入只保存一份。",
    source=modelling("qwen3_next", "Qwen3NextGatedDeltaNet"),
    when={mixer: PROJECTED, regime: SHARED},
    example=({on_in: 1}, 1),
)
recurrent_projections_copy_their_input = Formula(
    mixer_reads,
    on_in * input_projections,
    says="Where types differ, each projection keeps a copy.",
    zh="类型不同时,每个投影各保存一份。",
    source=modelling("qwen3_next", "Qwen3NextGatedDeltaNet"),
    when={mixer: PROJECTED, regime: COPIED},
    example=({on_in: 1, input_projections: 2}, 2),
)
mixer_input_is_kept = Formula(
    saved_mixer_input,
    read_bytes * h * mixer_reads,
    says="Each kept copy of a sublayer's input has the hidden width.",
    zh="每份保存的子层输入宽度为隐藏维度。",
    source=_READ,
    when={mixer: ("grouped", "latent", *PROJECTED)},
    example=({read_bytes: 2, h: 4096, mixer_reads: 3}, 24576),
)
gate_and_up_share_their_input = Formula(
    mlp_reads,
    greatest(on_gate, on_up),
    says="Gate and up read one input, kept once.",
    zh="门控与上投影共享一份输入。",
    source=modelling("llama", "LlamaMLP"),
    when={mlp: "gated", gate_up: "separate", regime: SHARED},
    example=({on_gate: 1, on_up: 1}, 1),
)
gate_and_up_copy_their_input = Formula(
    mlp_reads,
    on_gate + on_up,
    says="Where types differ, gate and up each keep a copy.",
    zh="类型不同时,门控与上投影各保存一份。",
    source=PEFT_LORA,
    when={mlp: "gated", gate_up: "separate", regime: COPIED},
    example=({on_gate: 1, on_up: 1}, 2),
)
fused_gate_up_reads_once = Formula(
    mlp_reads,
    on_gate_up,
    says="One fused projection reads the input once.",
    zh="合并投影只读取一次输入。",
    source=modelling("phi3", "Phi3MLP"),
    when={mlp: "gated", gate_up: "fused"},
    example=({on_gate_up: 1}, 1),
)
plain_mlp_reads_once = Formula(
    mlp_reads,
    on_up,
    says="One up projection reads the input.",
    zh="仅一个上投影读取输入。",
    source=modelling("starcoder2", "Starcoder2MLP"),
    when={mlp: "plain"},
    example=({on_up: 1}, 1),
)
mlp_input_is_kept = Formula(
    saved_mlp_input,
    read_bytes * h * mlp_reads,
    says="Each kept copy of the MLP's input has the hidden width.",
    zh="每份保存的 MLP 输入宽度为隐藏维度。",
    source=modelling("llama", "LlamaMLP"),
    when={mlp: ("gated", "plain"), block: ("sequential", "forked")},
    example=({read_bytes: 2, h: 4096, mlp_reads: 2}, 16384),
)
parallel_mlp_copies_its_input = Formula(
    saved_mlp_input,
    read_bytes * h * mlp_reads,
    says="In a parallel block too each linear keeps a copy where types differ.",
    zh="并行块中类型不同时同样各保存一份。",
    source=modelling("cohere", "CohereDecoderLayer"),
    when={mlp: ("gated", "plain"), block: "parallel", regime: COPIED},
    example=({read_bytes: 2, h: 8192, mlp_reads: 2}, 32768),
)
parallel_mlp_shares_its_input = Formula(
    saved_mlp_input,
    read_bytes * h * (greatest(mlp_reads, mixer_reads) - mixer_reads),
    says="In a parallel block attention and MLP read one input, kept once.",
    zh="并行块中注意力与 MLP 共享一份输入。",
    source=modelling("cohere", "CohereDecoderLayer"),
    when={mlp: ("gated", "plain"), block: "parallel", regime: SHARED},
    example=({read_bytes: 2, h: 8192, mlp_reads: 1, mixer_reads: 1}, 0),
)
no_mlp_input = Formula(
    saved_mlp_input,
    0 * read_bytes,
    says="The layer has no MLP.",
    zh="该层没有 MLP。",
    source=modelling("mamba2", "Mamba2Block"),
    when={mlp: "none"},
    example=({}, 0),
)

# ── rotary positions ───────────────────────────────────────────────────────────────────────────────────────────────
rotary_tables_of_the_model = Formula(
    saved_rotary,
    0 * residual_bytes,
    says="Cosines and sines are made once for all layers, not kept by each.",
    zh="余弦与正弦表全模型共用,各层不另存。",
    source=modelling("llama", "LlamaRotaryEmbedding"),
    when={rotary_tables: "model"},
    example=({}, 0),
)
rotary_tables_of_each_layer = Formula(
    saved_rotary,
    2 * rotary_dim * residual_bytes / batch_size,
    says="Layers that interleave cosines and sines (2) themselves keep them, one copy for the whole batch.",
    zh="各层自行交织余弦与正弦(2)时各存一份,整个批次共用。",
    source=modelling("glm4", "apply_rotary_pos_emb"),
    when={rotary_tables: "layer"},
    example=({rotary_dim: 64, residual_bytes: 2, batch_size: 1}, 256),
)
