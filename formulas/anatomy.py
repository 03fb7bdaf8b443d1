"""Quantities and choices inside a model: its shapes, the linears that train, what each operator of a block keeps.

The second part of the glossary (`vocabulary.py` has the terms of an answer). Whatever may differ from layer to layer
varies along the axis `layer_kind`: a uniform model has one kind and no members; Gemma-3 has `sliding` and `global`,
DeepSeek `dense` and `moe`. A per-token amount is in bytes per token of the micro-batch.
"""

from typing import Any

from formulas.quantity import Choice, Quantity, Words, byte, one

KIND = "layer_kind"


def _width(name: str, latex: str, says: str, zh: str, **how: Any) -> Quantity:
    return Quantity(name, one, latex, says, zh, whole=True, **how)


def _each(name: str, latex: str, says: str, zh: str, **how: Any) -> Quantity:
    return Quantity(name, one, latex, says, zh, axis=KIND, **how)


def _bytes(name: str, latex: str, says: str, zh: str, **how: Any) -> Quantity:
    return Quantity(name, byte, latex, says, zh, zero=True, **how)


def _kept(name: str, latex: str, says: str, zh: str) -> Quantity:
    return Quantity(name, byte, latex, says, zh, zero=True, axis=KIND)


# ── choices: how a block is built ──────────────────────────────────────────────────────────────────────────────────
mixer = Choice(
    "mixer",
    ("grouped", "latent", "mamba", "mamba2", "delta", "kda", "lightning", "conv", "none"),
    Words(
        "how tokens are mixed: attention with grouped or latent keys, a recurrent state (Mamba, gated delta rule, Lightning "
        "Attention), or a short convolution",
        "序列混合方式",
    ),
    axis=KIND,
)
# layers that hold a state of constant size instead of keys and values
RECURRENT = ("mamba", "mamba2", "delta", "kda", "lightning", "conv")
# of these, the ones whose projections all read the layer's input
PROJECTED = ("delta", "kda", "lightning", "conv")
mlp = Choice(
    "mlp",
    ("gated", "plain", "experts", "none"),
    Words("the feed-forward part: gated, plain, or a mixture of experts", "前馈层类型"),
    axis=KIND,
)
window = Choice(
    "window", ("none", "sliding"), Words("whether attention looks back over a window only", "是否滑动窗口"), axis=KIND
)
latent_query = Choice(
    "latent_query", ("compressed", "direct"), Words("whether queries pass through a low rank", "查询是否低秩压缩")
)
norm = Choice(
    "norm",
    ("rms", "rms-late", "layernorm", "layernorm-single", "layernorm-late"),
    Words(
        "RMSNorm; RMSNorm with its weight applied in float32; LayerNorm; LayerNorm in float32; LayerNorm written out",
        "归一化类型",
    ),
)
qk_norm = Choice("qk_norm", ("none", "per-head", "full"), Words("normalisation of queries and keys", "QK 归一化"))
qkv = Choice("qkv", ("separate", "fused"), Words("three projections or one for q, k and v", "QKV 投影是否合并"))
cut_into_heads = Choice(
    "cut_into_heads",
    ("views", "copies", "repeated"),
    Words(
        "queries, keys and values as views of a fused projection, as copies of it, or as copies repeated for each query head",
        "合并投影如何切分为各头",
    ),
)
gate_up = Choice("gate_up", ("separate", "fused"), Words("two projections or one for gate and up", "门控投影是否合并"))
rotary = Choice(
    "rotary",
    ("none", "whole", "concatenated", "by-token"),
    Words(
        "rotary positions: none, elementwise, or a part that is concatenated back, head by head or token by token",
        "旋转位置编码",
    ),
)
rotary_tables = Choice(
    "rotary_tables",
    ("model", "layer"),
    Words("cosines and sines made once or by every layer", "旋转表是每模型还是每层生成"),
)
rotation = Choice(
    "rotation",
    ("as-stored", "single", "single-copies"),
    Words("queries and keys are turned in their own type, in float32, or as float32 copies of both", "旋转的精度"),
)
causal_mask = Choice(
    "causal_mask", ("skipped", "made"), Words("whether a mask is made where none is needed", "无需掩码时是否仍生成掩码")
)
activation = Choice(
    "activation",
    ("fused", "relu", "relu2", "gelu-new", "xielu"),
    Words("one kernel (SiLU, GELU), ReLU, squared ReLU, or GELU or xIELU written out in Python", "激活函数"),
)
block = Choice(
    "block",
    ("sequential", "parallel", "forked"),
    Words(
        "attention and MLP one after the other, or side by side on one input, behind one norm or one each",
        "注意力与 MLP 串行或并行",
    ),
)
residual = Choice(
    "residual",
    ("as-embedding", "single"),
    Words("residual stream in the embedding's type, or in float32", "残差流精度"),
)
router = Choice("router", ("half", "single"), Words("router in 16 or 32 bits", "路由器精度"))
routing_weights = Choice(
    "routing_weights", ("half", "single"), Words("weights of the chosen experts in 16 or 32 bits", "专家权重的精度")
)
expert_gate = Choice(
    "expert_gate",
    ("plain", "clamped", "every"),
    Words(
        "gate of the experts: plain, clamped as in gpt-oss, or every expert for every token as in Llama-4", "专家门控"
    ),
)
softmax = Choice(
    "softmax",
    ("upcast", "native"),
    Words("eager attention's softmax in float32, or in the type of the scores", "eager 注意力的 softmax 精度"),
)
tied = Choice("tied", ("yes", "no"), Words("whether embedding and head are one tensor", "词嵌入与输出头是否共享"))
soft_cap = Choice("soft_cap", ("none", "attention", "both"), Words("tanh caps on scores and logits", "软上限"))

# ── choices: how it is run ─────────────────────────────────────────────────────────────────────────────────────────
regime = Choice(
    "regime",
    ("half", "mixed", "single", "adapter-single", "adapter-mixed", "adapter-half", "kbit"),
    Words(
        "numbers of a training step: all 16 bit; float32 under autocast; all float32; adapters in float32 without or "
        "under autocast, in 16 bit; on a base prepared for k-bit training",
        "训练步的数值精度",
    ),
)
FULL = ("half", "mixed", "single")
ADAPTER = ("adapter-single", "adapter-mixed", "adapter-half", "kbit")
checkpointing = Choice(
    "checkpointing",
    ("off", "on", "selective", "alternate", "operators"),
    Words(
        "activations recomputed in the backward pass: none, every layer's, the core of attention, every second layer's, "
        "all but attention and every second product",
        "激活重计算",
    ),
)
# whole layers stay as they are when the backward pass starts
UNCHECKPOINTED = ("off", "selective", "alternate", "operators")
attention_kernel = Choice(
    "attention_kernel", ("flash", "sdpa", "math", "eager"), Words("how attention is computed", "注意力实现")
)

# ── shapes ─────────────────────────────────────────────────────────────────────────────────────────────────────────
n_layers_of = _each("n_layers_of", r"L_k", "layers of one kind", "某类层的层数")
n_heads = _each("n_heads", "a", "query heads", "查询头数")
n_kv_heads = _each("n_kv_heads", r"a_{\mathrm{kv}}", "key-value heads", "键值头数")
head_dim = _each("head_dim", "d", "width of a head", "头维度")
intermediate_size = _each("intermediate_size", "f", "width of the MLP", "MLP 宽度")
sliding_window = _each("sliding_window", "w", "tokens that a sliding window holds", "滑动窗口长度")
vocab_size = _width("vocab_size", "V", "rows of the embedding", "词表大小")
q_width = _each("q_width", "q", "width of all queries", "查询总宽度")
kv_width = _each("kv_width", r"\kappa", "width of all keys (and of all values)", "键(值)总宽度")
q_lora_rank = _width("q_lora_rank", "r_q", "rank of the compressed queries", "查询压缩秩")
kv_lora_rank = _width("kv_lora_rank", r"r_{\mathrm{kv}}", "rank of the compressed keys and values", "键值压缩秩")
qk_rope_head_dim = _width("qk_rope_head_dim", "d_r", "rotary part of a latent head", "旋转部分头维度")
qk_nope_head_dim = _width("qk_nope_head_dim", "d_n", "non-rotary part of a latent head", "非旋转部分头维度")
v_head_dim = _width("v_head_dim", "d_v", "width of a value head", "值头维度")
rotary_dim = _width("rotary_dim", r"d_{\mathrm{rot}}", "width that rotary positions turn", "旋转的维度")
n_experts = _each("n_experts", "E", "experts", "专家数")
experts_per_token = _each("experts_per_token", r"k_e", "experts that see a token", "每 token 激活专家数")
moe_intermediate_size = _each("moe_intermediate_size", "m", "width of an expert", "专家宽度")
shared_width = _each("shared_width", "S", "width of the shared experts", "共享专家宽度", zero=True)
dsa_heads = _width("dsa_heads", r"a_I", "heads of a sparse-attention indexer", "稀疏注意力索引头数", zero=True)
dsa_dim = _width("dsa_dim", r"d_I", "width of an indexer's head", "稀疏注意力索引头维度", zero=True)
ssm_normed = _width(
    "ssm_normed", r"\iota_{\Delta}", "1 where time step, B and C are normalised", "时间步与 B、C 是否归一化", zero=True
)
ssm_inner_size = _width("ssm_inner_size", r"D_m", "inner width of a state-space layer", "状态空间层内部宽度")
ssm_state_size = _width("ssm_state_size", "N", "state numbers per channel", "状态维度")
ssm_n_heads = _width("ssm_n_heads", "H", "heads of a state-space layer", "状态空间层头数")
ssm_n_groups = _width("ssm_n_groups", r"G_m", "groups that share B and C", "B、C 的组数")
ssm_conv_kernel = _width("ssm_conv_kernel", "K", "width of the convolution", "卷积核宽度")
ssm_chunk = _width("ssm_chunk", "c", "tokens of a chunk of the scan", "扫描分块长度")
ssm_dt_rank = _width("ssm_dt_rank", r"R_{\Delta}", "rank of the time step", "时间步的秩")
delta_key_width = _width("delta_key_width", r"\kappa_l", "keys of linear attention, all heads", "线性注意力键总宽度")
delta_value_width = _width("delta_value_width", r"\nu_l", "values of linear attention, all heads", "线性注意力值总宽度")
delta_value_heads = _width("delta_value_heads", r"a_l", "value heads of linear attention", "线性注意力值头数")
delta_key_dim = _width("delta_key_dim", r"d_l", "width of a key head of linear attention", "线性注意力键头维度")

# ── small parts, 0 or 1 unless said ────────────────────────────────────────────────────────────────────────────────
n_input_norms = _width("n_input_norms", r"n_{\mathrm{in}}", "norms in front of sublayers", "子层前归一化数", zero=True)
n_output_norms = _width("n_output_norms", r"n_{\mathrm{out}}", "norms behind sublayers", "子层后归一化数", zero=True)
extra_streams = _width(
    "extra_streams",
    r"n_x",
    "further copies of the residual stream that a block holds",
    "块内另存的残差流份数",
    zero=True,
)
extra_scores = _width(
    "extra_scores",
    r"n_{x'}",
    "further scores or probabilities of every pair of tokens that eager attention holds",
    "eager 注意力另存的分数或概率份数",
    zero=True,
)
norm_vectors = _width("norm_vectors", r"n_\gamma", "vectors of one norm: weight, bias", "每个归一化的向量数", zero=True)
qkv_biased = _width("qkv_biased", r"\iota_{qkv}", "1 where q, k and v have a bias", "QKV 是否有偏置", zero=True)
out_biased = _width(
    "out_biased", r"\iota_o", "1 where the output projection has a bias", "输出投影是否有偏置", zero=True
)
mlp_biased = _width("mlp_biased", r"\iota_f", "1 where the MLP has biases", "MLP 是否有偏置", zero=True)
router_biased = _width("router_biased", r"\iota_E", "1 where the router has a bias", "路由器是否有偏置", zero=True)
expert_biased = _width("expert_biased", r"\iota_m", "1 where the experts have biases", "专家是否有偏置", zero=True)
shared_gated = _width("shared_gated", r"\iota_S", "1 where a gate weighs the shared experts", "共享专家门控", zero=True)
gated_attention = _width(
    "gated_attention", r"\iota_g", "1 where attention's output is gated", "注意力输出门控", zero=True
)
sinks = _width("sinks", r"\iota_s", "1 where each head has a sink", "是否有注意力汇", zero=True)
head_biased = _width("head_biased", r"\iota_V", "1 where the head has a bias", "输出头是否有偏置", zero=True)
final_norms = _width("final_norms", r"n_{\mathrm{fin}}", "norms outside the blocks", "块外归一化数", zero=True)
learned_positions = _width("learned_positions", r"n_{\mathrm{pos}}", "learned positions", "可学习位置数", zero=True)
tower_params = _width(
    "tower_params",
    r"\theta_{\mathrm{see}}",
    "parameters of towers that read pictures or sound",
    "视觉或音频塔的参数",
    zero=True,
)
extra_params = _width("extra_params", r"\theta_+", "parameters of no block, as published", "其他参数", zero=True)

# ── parameters of a block ──────────────────────────────────────────────────────────────────────────────────────────
mixer_matrices = _each(
    "mixer_matrices", r"\theta_{\mathrm{mix}}", "matrices of attention or of the scan", "混合层矩阵参数", zero=True
)
mixer_vectors = _each(
    "mixer_vectors", r"\gamma_{\mathrm{mix}}", "biases and small weights of it", "混合层向量参数", zero=True
)
mlp_matrices = _each(
    "mlp_matrices", r"\theta_{\mathrm{mlp}}", "matrices of the MLP or the experts", "MLP 矩阵参数", zero=True
)
mlp_vectors = _each(
    "mlp_vectors", r"\gamma_{\mathrm{mlp}}", "router, biases and gates of it", "MLP 路由与偏置参数", zero=True
)
expert_matrices = _each(
    "expert_matrices", r"\theta_{\mathrm{exp}}", "matrices of the routed experts", "专家矩阵参数", zero=True
)
qk_norm_params = _each("qk_norm_params", r"\gamma_{qk}", "weights of the q and k norms", "QK 归一化参数", zero=True)
late_matrices = _each(
    "late_matrices", r"\theta_0", "matrices whose gradients a layer makes last", "单层最后产生梯度的矩阵", zero=True
)
linear_params = _width(
    "linear_params", r"\theta_q", "weights of the linears in the blocks", "块内线性层参数", zero=True
)
routed_params = _width("routed_params", r"\theta_E", "weights of all routed experts", "全部专家参数", zero=True)
unquantised_params = _width("unquantised_params", r"\theta_{16}", "embedding, head, norms", "不量化的参数", zero=True)
adapter_params = _width("adapter_params", r"\theta_r", "parameters of all adapters", "适配器参数量", zero=True)
expert_adapter_params = _width(
    "expert_adapter_params", r"\theta_{r,E}", "parameters of the experts' adapters", "专家适配器总参数", zero=True
)
trained_params = _width("trained_params", r"\theta_t", "parameters that train", "可训练参数量", zero=True)
expert_adapters = _each(
    "expert_adapters", r"\theta_{r,e}", "adapters of one layer's experts", "专家适配器参数", zero=True
)
embedding_params = _width("embedding_params", r"\theta_V", "embedding and untied head", "词嵌入与输出头参数")

# ── bytes of one number ────────────────────────────────────────────────────────────────────────────────────────────
half_bytes = _bytes("half_bytes", r"\beta_{16}", "bytes of a 16-bit number", "16 位数的字节数")
fp32_bytes = _bytes("fp32_bytes", r"\beta_{32}", "bytes of a float32 number", "float32 的字节数")
index_bytes = _bytes("index_bytes", r"\beta_{64}", "bytes of an index (int64)", "int64 索引的字节数")
mask_bytes = _bytes("mask_bytes", r"\beta_{8}", "bytes of a mask's entry", "掩码元素的字节数")
unquantised_bytes = _bytes(
    "unquantised_bytes", r"\beta_{\mathrm{rest}}", "bytes of a weight that is not quantised", "未量化权重的字节数"
)
kv_bytes = Quantity(
    "kv_bytes", byte, r"\beta_{\mathrm{kv}}", "bytes of a cached number, scales included", "KV 缓存每个数的字节数"
)
residual_bytes = _bytes(
    "residual_bytes", r"\beta_x", "bytes of a number of the residual stream", "残差流每个数的字节数"
)
linear_bytes = _bytes("linear_bytes", r"\beta_y", "bytes of a number that a linear gives", "线性层输出每个数的字节数")
read_bytes = _bytes(
    "read_bytes", r"\beta_r", "bytes of a number of a training linear's input", "可训练线性层输入每个数的字节数"
)
norm_value_bytes = _bytes(
    "norm_value_bytes", r"\beta_n", "bytes of a normalised value kept for a norm's weight", "归一化值的字节数"
)
output_norm_value_bytes = _bytes(
    "output_norm_value_bytes", r"\beta_{n'}", "the same behind a sublayer", "子层后归一化值的字节数"
)
layernorm_bytes = _bytes(
    "layernorm_bytes", r"\beta_{\ell}", "bytes of a number of a LayerNorm's input", "LayerNorm 输入每个数的字节数"
)
adapter_bytes = _bytes("adapter_bytes", r"\beta_a", "bytes of an adapter's weight", "适配器权重字节数")
expert_bytes = _bytes("expert_bytes", r"\beta_e", "bytes of a number inside the experts", "专家内每个数的字节数")

# ── what one layer keeps, per token ────────────────────────────────────────────────────────────────────────────────
mixer_reads = _each(
    "mixer_reads",
    r"n_{r}",
    "copies of a sublayer's input that attention's linears keep",
    "注意力输入的保存份数",
    zero=True,
)
mlp_reads = _each(
    "mlp_reads", r"n_{r'}", "copies of its input that the MLP's linears keep", "MLP 输入的保存份数", zero=True
)
masked = _each("masked", r"\mu", "1 where attention needs a mask", "是否需要掩码", zero=True)
repeated_heads = _each("repeated_heads", r"\nu", "1 where keys and values repeat", "键值是否重复", zero=True)
held_projections = _each(
    "held_projections",
    r"n_{qkv}",
    "numbers of a token that attention holds of its projections, the cache left out",
    "注意力为每个 token 持有的投影结果个数(不含缓存)",
)
one_norm = _bytes("one_norm", r"A_{n,1}", "kept by one norm in front of a sublayer", "单个子层前归一化保存")
one_output_norm = _bytes("one_output_norm", r"A_{n,2}", "kept by one norm behind a sublayer", "单个子层后归一化保存")
saved_norms = _kept("saved_norms", r"A_n", "kept by the norms", "归一化层保存")
saved_qk_norms = _kept("saved_qk_norms", r"A_{qk}", "kept by the q and k norms", "QK 归一化保存")
saved_mixer_input = _kept(
    "saved_mixer_input", r"A_{\mathrm{in}}", "kept as input of attention's linears", "注意力线性层输入保存"
)
saved_rotary = _kept("saved_rotary", r"A_{\mathrm{rot}}", "kept by rotary tables of the layer", "旋转编码保存")
saved_scores = _kept("saved_scores", r"A_a", "kept by attention or the scan itself", "注意力计算保存")
saved_output_input = _kept("saved_output_input", r"A_o", "kept as input of the output projection", "输出投影输入保存")
saved_mlp_input = _kept(
    "saved_mlp_input", r"A_{\mathrm{in}'}", "kept as input of the MLP's linears", "MLP 线性层输入保存"
)
saved_mlp = _kept("saved_mlp", r"A_f", "kept inside the MLP", "MLP 内部保存")
saved_dropout = _kept("saved_dropout", r"A_\delta", "masks of the blocks' own dropout", "模型自身 dropout 的掩码")
saved_adapters = _kept("saved_adapters", r"A_r", "kept inside the adapters", "适配器内部保存")
saved_layer = _kept("saved_layer", r"A", "kept by one layer", "单层保存")
first_layer = _bytes("first_layer", r"A_0", "what the first layer need not keep", "首层无需保存的部分")
saved_final = _bytes("saved_final", r"A_V", "kept by the final norm and the head's input", "末层归一化与输出头输入保存")
mixer_adapters = _each(
    "mixer_adapters", r"n_{t}^{a}", "adapted linears of attention or of the scan", "混合层带适配器的线性层数", zero=True
)
mlp_adapters = _each("mlp_adapters", r"n_{t}^{f}", "adapted linears of the MLP", "MLP 带适配器的线性层数", zero=True)
mixer_adapter_width = _each(
    "mixer_adapter_width",
    r"\omega_a",
    "input and output widths of attention's adapted linears",
    "混合层适配器输入输出宽度之和",
    zero=True,
)
mlp_adapter_width = _each(
    "mlp_adapter_width",
    r"\omega_f",
    "input and output widths of the MLP's adapted linears",
    "MLP 适配器输入输出宽度之和",
    zero=True,
)
mixer_adapter_inputs = _each(
    "mixer_adapter_inputs",
    r"\omega_{a,\mathrm{in}}",
    "input widths of attention's adapted linears",
    "混合层适配器输入宽度之和",
    zero=True,
)
mlp_adapter_inputs = _each(
    "mlp_adapter_inputs",
    r"\omega_{f,\mathrm{in}}",
    "input widths of the MLP's adapted linears",
    "MLP 适配器输入宽度之和",
    zero=True,
)
materialised_experts = _kept(
    "materialised_experts", r"X", "adapted experts of one layer, merged and kept", "合并后保存的专家权重"
)
mlp_backward = _kept("mlp_backward", r"B_f", "working set of the MLP's backward pass", "MLP 反向工作集")
norm_backward = _kept("norm_backward", r"B_n", "working set of a norm's backward pass", "归一化反向工作集")
mixer_backward = _kept("mixer_backward", r"B_a", "working set of attention's backward pass", "注意力反向工作集")
input_kept_already = _kept(
    "input_kept_already",
    r"B_x",
    "input of a checkpointed layer that an operator keeps anyway",
    "算子已保存的检查点输入",
)
layer_backward = _kept("layer_backward", r"B", "working set of one layer's backward pass", "单层反向工作集")
mlp_forward = _kept("mlp_forward", r"P_f", "working set of the MLP's forward pass", "MLP 前向工作集")
mixer_forward = _kept("mixer_forward", r"P_a", "working set of attention's forward pass", "注意力前向工作集")
layer_forward = _kept("layer_forward", r"P_\ell", "working set of one layer's forward pass", "单层前向工作集")
prompt_kv = _kept(
    "prompt_kv", r"\mathrm{kv}_0", "keys and values of the prompt, one layer, one sequence", "单层单序列提示 KV"
)
layer_kv = _kept("layer_kv", r"\mathrm{kv}", "keys and values of one layer, one sequence", "单层单序列 KV")
layer_state = _kept("layer_state", r"\sigma_\ell", "constant state of one layer, one sequence", "单层单序列状态")
tokens_kept = _each("tokens_kept", r"s_{\mathrm{kv}}", "tokens that a layer's cache holds", "缓存保留的 token 数")
