"""What attention keeps for its backward pass, by kernel, in bytes per token and layer; the input of its output."""

from formulas.anatomy import (
    RECURRENT,
    attention_kernel,
    cut_into_heads,
    fp32_bytes,
    gated_attention,
    half_bytes,
    kv_lora_rank,
    kv_width,
    latent_query,
    linear_bytes,
    mask_bytes,
    masked,
    mixer,
    n_heads,
    output_norm_value_bytes,
    q_lora_rank,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    qkv,
    read_bytes,
    regime,
    rotary,
    saved_output_input,
    saved_scores,
    soft_cap,
    softmax,
    v_head_dim,
)
from formulas.blocks import AUTOCAST_REGIMES, OWN_INPUT
from formulas.formula import Formula
from formulas.quantity import Choice, Words
from formulas.recurrence import saved_output_gate
from formulas.sources import DEEPSEEK_V2, FLASH, PEFT_LORA, SDPA, modelling
from formulas.tuning import block_dropout, on_kv_b, on_o, on_q
from formulas.vocabulary import batch_size, seq_len

q, kv, a, s = q_width, kv_width, n_heads, seq_len
FUSED_KERNELS = ("flash", "sdpa")
_PLAIN_LAYOUTS = ("none", "whole")
has_sinks = Choice("has_sinks", ("no", "yes"), Words("whether each head has a sink", "是否有注意力汇"))

# ── attention ──────────────────────────────────────────────────────────────────────────────────────────────────────
_FLASH = FLASH.at("§3.2: the backward pass needs q, k, v, the output and one float32 per row")
_MASKED = masked * (linear_bytes * (2 * q - 2 * kv) + linear_bytes * s / batch_size)
fused_kernel_keeps = Formula(
    saved_scores,
    linear_bytes * (2 * q + 2 * kv) + fp32_bytes * a + _MASKED,
    says="Queries and output (2), keys and values (2), one float32 per head; a mask repeats keys and values for each "
    "query head and is itself kept once per sequence position.",
    zh="查询与输出(2)、键与值(2)、每头一个 float32;有掩码时键值按查询头重复,且掩码本身也保存。",
    source=_FLASH,
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, qkv: "separate"},
    example=({linear_bytes: 2, q: 4096, kv: 1024, fp32_bytes: 4, a: 32, masked: 0, s: 2048, batch_size: 1}, 20608),
)
fused_kernel_keeps_rotated_and_fused = Formula(
    saved_scores,
    linear_bytes * (3 * q + 3 * kv) + fp32_bytes * a + _MASKED,
    says="Rotated queries and keys, the output, and the whole fused projection, of which the values are a view.",
    zh="旋转后的查询与键、输出,以及整个合并投影(值是其视图)。",
    source=modelling("phi3", "Phi3Attention"),
    when={
        mixer: "grouped",
        attention_kernel: FUSED_KERNELS,
        qkv: "fused",
        rotary: ("whole", "concatenated", "by-token"),
        cut_into_heads: "views",
    },
    example=({linear_bytes: 2, q: 5120, kv: 1280, fp32_bytes: 4, a: 40, masked: 0, s: 2048, batch_size: 1}, 38560),
)
fused_kernel_keeps_the_fused_projection = Formula(
    saved_scores,
    linear_bytes * (2 * q + 2 * kv) + fp32_bytes * a + _MASKED,
    says="The fused projection, of which queries, keys and values are views, and the output.",
    zh="合并投影(查询、键、值均为其视图)与输出。",
    source=modelling("gpt2", "GPT2Attention"),
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, qkv: "fused", rotary: "none", cut_into_heads: "views"},
    example=({linear_bytes: 2, q: 1600, kv: 1600, fp32_bytes: 4, a: 25, masked: 0, s: 1024, batch_size: 1}, 12900),
)
fused_kernel_keeps_copied_heads = Formula(
    saved_scores,
    linear_bytes * (2 * q + 2 * kv) + fp32_bytes * a + _MASKED,
    says="Queries, keys and values that are copied out of a fused projection are kept without it, as separate ones are.",
    zh="从合并投影复制出的查询、键与值:如同分开的投影,不再保留合并投影。",
    source=modelling("falcon", "FalconAttention._split_heads"),
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, qkv: "fused", cut_into_heads: "copies"},
    example=({linear_bytes: 2, q: 4544, kv: 64, fp32_bytes: 4, a: 71, masked: 0, s: 2048, batch_size: 1}, 18716),
)
fused_kernel_keeps_repeated_heads = Formula(
    saved_scores,
    4 * linear_bytes * q + fp32_bytes * a + masked * linear_bytes * s / batch_size,
    says="Queries, keys and values of every query head, and the output (4); one float32 per head; the mask.",
    zh="每个查询头的查询、键、值与输出(4);每头一个 float32;掩码。",
    source=modelling("falcon", "FalconAttention._split_heads"),
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, qkv: "fused", cut_into_heads: "repeated"},
    example=(
        {linear_bytes: 2, q: 8192, fp32_bytes: 4, a: 128, masked: 1, s: 2048, batch_size: 1},
        8 * 8192 + 512 + 4096,
    ),
)
math_kernel_keeps = Formula(
    saved_scores,
    3 * fp32_bytes * q + fp32_bytes * a * s + linear_bytes * q,
    says="The mathematical kernel keeps float32 queries, keys and values (3), repeated for each query head, and probabilities "
    "of every pair of tokens.",
    zh="数学实现以 float32 保存查询以及按查询头重复的键、值(3),以及每对 token 的概率。",
    source=SDPA.at("math backend"),
    when={mixer: "grouped", attention_kernel: "math"},
    example=({fp32_bytes: 4, q: 4096, a: 32, s: 2048, linear_bytes: 2}, 4 * 12288 + 262144 + 8192),
)
_CAP = {"none": 0, "cap": 1}
eager_keeps = Formula(
    saved_scores,
    3 * linear_bytes * q + a * s * (fp32_bytes + linear_bytes),
    says="Queries, and keys and values repeated for each query head (3); float32 probabilities and their cast.",
    zh="查询以及按查询头重复的键与值(3);float32 概率及其转换后的副本。",
    source=modelling("llama", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: "eager", softmax: "upcast", soft_cap: "none", has_sinks: "no"},
    example=({linear_bytes: 2, q: 4096, a: 32, s: 2048, fp32_bytes: 4}, 24576 + 32 * 2048 * 6),
)
eager_with_soft_cap_keeps = Formula(
    saved_scores,
    3 * linear_bytes * q + a * s * (fp32_bytes + 2 * linear_bytes),
    says="As eager attention, and the tanh of the scores.",
    zh="同 eager 注意力,另加分数的 tanh。",
    source=modelling("gemma2", "eager_attention_forward"),
    when={
        mixer: "grouped",
        attention_kernel: "eager",
        softmax: "upcast",
        soft_cap: ("attention", "both"),
        has_sinks: "no",
    },
    example=({linear_bytes: 2, q: 4096, a: 16, s: 2048, fp32_bytes: 4}, 24576 + 16 * 2048 * 8),
)
eager_with_sinks_keeps = Formula(
    saved_scores,
    3 * linear_bytes * q + linear_bytes * a * (s + 1) + 2 * fp32_bytes * a,
    says="Queries, repeated keys and values (3), probabilities with the sink's, and the index of each row's maximum.",
    zh="查询、重复的键与值(3)、含汇的概率与每行最大值的索引。",
    source=modelling("gpt_oss", "eager_attention_forward"),
    when={
        mixer: "grouped",
        attention_kernel: "eager",
        has_sinks: "yes",
        regime: ("half", "single", "adapter-single", "adapter-mixed", "adapter-half"),
    },
    example=({linear_bytes: 2, q: 4096, a: 64, s: 2048, fp32_bytes: 4}, 24576 + 2 * 64 * 2049 + 512),
)
eager_with_single_sinks_keeps = Formula(
    saved_scores,
    3 * linear_bytes * q + fp32_bytes * a * (s + 1) + linear_bytes * a * s + 2 * fp32_bytes * a,
    says="float32 sinks make the probabilities float32; their cast for the values is kept too.",
    zh="float32 的汇使概率为 float32,另存其转换副本。",
    source=modelling("gpt_oss", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: "eager", has_sinks: "yes", regime: ("mixed", "kbit")},
    example=({linear_bytes: 2, q: 4096, a: 64, s: 2048, fp32_bytes: 4}, 24576 + 4 * 64 * 2049 + 2 * 64 * 2048 + 512),
)
native_eager_keeps = Formula(
    saved_scores,
    linear_bytes * (q + 2 * kv) + a * s * (linear_bytes + block_dropout * (mask_bytes + linear_bytes)),
    says="The fused projection and probabilities in its type; dropout keeps its mask and its result.",
    zh="合并投影与同类型的概率;dropout 另存掩码与结果。",
    source=modelling("gpt2", "eager_attention_forward"),
    when={
        mixer: "grouped",
        attention_kernel: "eager",
        softmax: "native",
        has_sinks: "no",
        regime: ("half", "single", "adapter-single", "adapter-half"),
    },
    example=(
        {linear_bytes: 2, q: 1600, kv: 1600, a: 25, s: 1024, block_dropout: 1, mask_bytes: 1},
        9600 + 25 * 1024 * 5,
    ),
)
native_eager_keeps_under_autocast = Formula(
    saved_scores,
    linear_bytes * (q + 2 * kv) + a * s * (fp32_bytes + half_bytes + block_dropout * mask_bytes),
    says="Autocast makes the probabilities float32 and casts them for the values; dropout keeps its mask.",
    zh="autocast 使概率为 float32 并为值转换;dropout 保存掩码。",
    source=modelling("gpt2", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: "eager", softmax: "native", has_sinks: "no", regime: AUTOCAST_REGIMES},
    example=(
        {
            linear_bytes: 2,
            q: 1600,
            kv: 1600,
            a: 25,
            s: 1024,
            fp32_bytes: 4,
            half_bytes: 2,
            block_dropout: 1,
            mask_bytes: 1,
        },
        9600 + 25 * 1024 * 7,
    ),
)

# ── latent attention ───────────────────────────────────────────────────────────────────────────────────────────────
_DQK = qk_nope_head_dim + qk_rope_head_dim
_COMPRESSED = (fp32_bytes + output_norm_value_bytes) * kv_lora_rank + fp32_bytes + read_bytes * kv_lora_rank * on_kv_b
_HEADS = linear_bytes * a * (2 * _DQK + qk_nope_head_dim + v_head_dim)
_V3 = (fp32_bytes + output_norm_value_bytes) * q_lora_rank + fp32_bytes + read_bytes * q_lora_rank * on_q
_LITE = {a: 16, qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, kv_lora_rank: 512, linear_bytes: 2,
         fp32_bytes: 4, output_norm_value_bytes: 2, read_bytes: 2, on_kv_b: 1}  # fmt: skip
latent_kernel_keeps = Formula(
    saved_scores,
    _COMPRESSED + _HEADS + linear_bytes * a * v_head_dim + fp32_bytes * a,
    says="The compressed vector's norm and its expansion's input; queries and keys put together (2), the expansion "
    "with the values in it, the output, one float32 per head.",
    zh="压缩向量的归一化及展开投影的输入;拼接后的查询与键(2)、含值的展开结果、输出与每头一个 float32。",
    source=DEEPSEEK_V2.at("§2.1, as in modeling_deepseek_v2.py"),
    when={mixer: "latent", attention_kernel: ("flash", "sdpa", "math"), latent_query: "direct"},
    example=(_LITE, 8 * 512 + 4 + 2 * 16 * 640 + 4096 + 64),
)
latent_kernel_with_compressed_queries_keeps = Formula(
    saved_scores,
    _V3 + _COMPRESSED + _HEADS + linear_bytes * a * v_head_dim + fp32_bytes * a,
    says="As latent attention, and the compressed queries' norm and their expansion's input.",
    zh="同上,另加压缩查询的归一化及其展开投影的输入。",
    source=DEEPSEEK_V2.at("§2.1, as in modeling_deepseek_v3.py"),
    when={mixer: "latent", attention_kernel: ("flash", "sdpa", "math"), latent_query: "compressed"},
    example=({**_LITE, q_lora_rank: 1536, on_q: 1}, 8 * 512 + 4 + 2 * 16 * 640 + 4096 + 64 + 8 * 1536 + 4),
)
latent_eager_keeps = Formula(
    saved_scores,
    _COMPRESSED + _HEADS + a * s * (fp32_bytes + linear_bytes),
    says="As latent attention, with float32 probabilities and their cast instead of the output.",
    zh="同潜在注意力,以 float32 概率及其副本代替输出。",
    source=modelling("deepseek_v2", "eager_attention_forward"),
    when={mixer: "latent", attention_kernel: "eager", latent_query: "direct"},
    example=({**_LITE, s: 2048}, 8 * 512 + 4 + 2 * 16 * 640 + 16 * 2048 * 6),
)
latent_eager_with_compressed_queries_keeps = Formula(
    saved_scores,
    _V3 + _COMPRESSED + _HEADS + a * s * (fp32_bytes + linear_bytes),
    says="As eager latent attention, and the compressed queries.",
    zh="同上,另加压缩查询。",
    source=modelling("deepseek_v3", "eager_attention_forward"),
    when={mixer: "latent", attention_kernel: "eager", latent_query: "compressed"},
    example=({**_LITE, s: 2048, q_lora_rank: 1536, on_q: 1}, 8 * 512 + 4 + 2 * 16 * 640 + 16 * 2048 * 6 + 8 * 1536 + 4),
)

# ── the output projection's input ──────────────────────────────────────────────────────────────────────────────────
_O = modelling("llama", "LlamaAttention, o_proj")
output_projection_reads_the_kernel_output = Formula(
    saved_output_input,
    0 * read_bytes,
    says="The kernel's output, kept already, is the output projection's input.",
    zh="注意力核的输出已保存,即输出投影的输入。",
    source=_O,
    when={
        mixer: "grouped", attention_kernel: FUSED_KERNELS, regime: OWN_INPUT, rotary: ("whole", "by-token"),
    },
    example=({}, 0),
)  # fmt: skip
output_projection_reads_separate_heads = Formula(
    saved_output_input,
    0 * read_bytes,
    says="The kernel's output, kept already, is the output projection's input.",
    zh="注意力核的输出已保存,即输出投影的输入。",
    source=_O,
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, regime: OWN_INPUT, rotary: "none", qkv: "separate"},
    example=({}, 0),
)
output_projection_copies_concatenated_heads = Formula(
    saved_output_input,
    linear_bytes * q * on_o * (1 - masked),
    says="Concatenated queries lie head by head, and so does the flash kernel's output: the projection reads a copy.",
    zh="拼接后的查询按头排列,flash 输出亦然:输出投影需读取重排后的副本。",
    source=modelling("phi3", "apply_rotary_pos_emb"),
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, regime: OWN_INPUT, rotary: "concatenated"},
    example=({linear_bytes: 2, q: 5120, on_o: 1, masked: 0}, 10240),
)
output_projection_copies_fused_heads = Formula(
    saved_output_input,
    linear_bytes * q * on_o * (1 - masked),
    says="Queries that are a view of a fused projection make the flash kernel give its output head by head: a copy.",
    zh="查询为合并投影的视图时,flash 输出按头排列:需要副本。",
    source=modelling("gpt2", "GPT2Attention"),
    when={mixer: "grouped", attention_kernel: FUSED_KERNELS, regime: OWN_INPUT, rotary: "none", qkv: "fused"},
    example=({linear_bytes: 2, q: 1600, on_o: 1, masked: 0}, 3200),
)
output_projection_keeps_eager_output = Formula(
    saved_output_input,
    linear_bytes * q * on_o,
    says="Only the output projection keeps what eager attention gives.",
    zh="eager 注意力的输出只由输出投影保存。",
    source=modelling("llama", "eager_attention_forward"),
    when={mixer: "grouped", attention_kernel: ("eager", "math"), regime: OWN_INPUT},
    example=({linear_bytes: 2, q: 4096, on_o: 1}, 8192),
)
output_adapter_copies = Formula(
    saved_output_input,
    read_bytes * q * on_o,
    says="The output projection's adapter keeps a copy in its own type.",
    zh="输出投影的适配器以自身类型保存一份副本。",
    source=PEFT_LORA,
    when={mixer: "grouped", regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({read_bytes: 4, q: 4096, on_o: 1}, 16384),
)
latent_output_is_kept_already = Formula(
    saved_output_input,
    0 * read_bytes,
    says="The kernel's output, kept already, is the output projection's input.",
    zh="注意力核的输出已保存,即输出投影的输入。",
    source=modelling("deepseek_v2", "DeepseekV2Attention"),
    when={mixer: "latent", attention_kernel: ("flash", "sdpa", "math"), regime: OWN_INPUT},
    example=({}, 0),
)
latent_output_of_eager = Formula(
    saved_output_input,
    linear_bytes * a * v_head_dim * on_o,
    says="Only the output projection keeps what eager attention gives.",
    zh="eager 注意力的输出只由输出投影保存。",
    source=modelling("deepseek_v2", "eager_attention_forward"),
    when={mixer: "latent", attention_kernel: "eager", regime: OWN_INPUT},
    example=({linear_bytes: 2, a: 16, v_head_dim: 128, on_o: 1}, 4096),
)
latent_output_adapter_copies = Formula(
    saved_output_input,
    read_bytes * a * v_head_dim * on_o,
    says="The output projection's adapter keeps a copy in its own type.",
    zh="输出投影的适配器以自身类型保存一份副本。",
    source=PEFT_LORA,
    when={mixer: "latent", regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({read_bytes: 4, a: 16, v_head_dim: 128, on_o: 1}, 8192),
)

# ── a gate on the output (Qwen3-Next) ──────────────────────────────────────────────────────────────────────────────
_GATE = modelling("qwen3_next", "Qwen3NextAttention, gate")
gate_keeps_beside_its_product = Formula(
    saved_output_gate,
    gated_attention * linear_bytes * q * (1 + on_o),
    says="The gate's sigmoid; the gated output is what the output projection reads.",
    zh="门控的 sigmoid;输出投影读取的是加门控后的输出。",
    source=_GATE,
    when={mixer: "grouped", rotary: ("none", "whole", "by-token"), regime: OWN_INPUT},
    example=({gated_attention: 1, linear_bytes: 2, q: 4096, on_o: 1}, 16384),
)
gate_keeps_beside_an_adapter = Formula(
    saved_output_gate,
    gated_attention * linear_bytes * q,
    says="The gate's sigmoid; the output projection's adapter has its own copy.",
    zh="门控的 sigmoid;输出投影的适配器另存副本。",
    source=_GATE,
    when={mixer: "grouped", rotary: ("none", "whole", "by-token"), regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({gated_attention: 1, linear_bytes: 2, q: 4096}, 8192),
)
gate_keeps_beside_a_copy = Formula(
    saved_output_gate,
    gated_attention * linear_bytes * q * (1 + on_o + (1 - masked) * (1 - on_o)),
    says="As without a copy; the kernel's output, which lies head by head, is copied for the gate if not for the output "
    "projection already.",
    zh="同上;按头排列的输出若未因输出投影而复制,则因门控而复制。",
    source=_GATE,
    when={mixer: "grouped", rotary: "concatenated", regime: OWN_INPUT},
    example=({gated_attention: 1, linear_bytes: 2, q: 4096, on_o: 1, masked: 0}, 16384),
)
gate_keeps_a_copy_beside_an_adapter = Formula(
    saved_output_gate,
    gated_attention * linear_bytes * q * (2 - masked),
    says="The gate's sigmoid, and a copy of the kernel's output, which lies head by head (2).",
    zh="门控的 sigmoid 与按头排列输出的副本(2)。",
    source=_GATE,
    when={mixer: "grouped", rotary: "concatenated", regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({gated_attention: 1, linear_bytes: 2, q: 4096, masked: 0}, 16384),
)
no_gate_on_such_a_mixer = Formula(
    saved_output_gate,
    0 * linear_bytes,
    says="Only grouped attention is gated so.",
    zh="仅分组注意力有此门控。",
    source=_GATE,
    when={mixer: ("latent", *RECURRENT, "none")},
    example=({}, 0),
)
