"""The terms of an answer: the first part of the glossary (`quantity.GLOSSARY`), in which every quantity and choice stands
once, in reading order. Products print in this order.

Symbols follow the field: θ parameters, L layers, h hidden width, a heads, d head width, f MLP width, V vocabulary,
b batch, s sequence, r LoRA rank, β bytes of one number, M memory.
"""

from formulas.quantity import Choice, Quantity, Words, byte, one

# ── choices ────────────────────────────────────────────────────────────────────────────────────────────────────────
task = Choice("task", ("inference", "train"), Words("run the model or train it", "推理还是训练"))

# ── the model as a number ──────────────────────────────────────────────────────────────────────────────────────────
n_params = Quantity("n_params", one, r"\theta", "number of parameters", "参数量", whole=True)
bits_per_weight = Quantity(
    "bits_per_weight", one, r"\mathrm{bpw}", "bits that store one weight, scales included", "每个权重的位数(含量化尺度)"
)
bytes_per_weight = Quantity("bytes_per_weight", byte, r"\beta", "bytes that store one weight", "每个权重的字节数")
n_layers = Quantity("n_layers", one, "L", "layers (blocks)", "层数", whole=True)
n_trainable_layers = Quantity(
    "n_trainable_layers", one, r"L_t", "layers that train at a time", "同时训练的层数", whole=True
)
hidden_size = Quantity("hidden_size", one, "h", "width of the residual stream", "隐藏维度", whole=True)
batch_size = Quantity("batch_size", one, "b", "sequences per card and step", "每卡批大小", whole=True)
seq_len = Quantity("seq_len", one, "s", "tokens of one sequence", "序列长度", whole=True)
output_len = Quantity("output_len", one, r"s_{\mathrm{out}}", "tokens generated", "生成长度", whole=True, zero=True)
context_len = Quantity("context_len", one, r"s_{\mathrm{ctx}}", "prompt and generated tokens", "上下文长度", whole=True)
page_size = Quantity("page_size", one, "p", "tokens of a page of the cache", "缓存每页 token 数", whole=True)
tokens_allocated = Quantity(
    "tokens_allocated",
    one,
    r"s_{\mathrm{alloc}}",
    "tokens that the cache has room for",
    "缓存分配的 token 数",
    whole=True,
)
logit_tokens = Quantity("logit_tokens", one, r"T_V", "tokens whose logits exist at once", "同时存在 logits 的 token 数")
loss_chunk = Quantity("loss_chunk", one, r"T_c", "tokens of a chunk of the loss", "损失分块的 token 数", whole=True)
tokens = Quantity("tokens", one, "T", "tokens of a micro-batch", "一个微批次的 token 数", whole=True)
n_gpus = Quantity("n_gpus", one, r"N_{\mathrm{gpu}}", "cards", "显卡数量", whole=True)

# ── the whole model, before anything is divided over cards ─────────────────────────────────────────────────────────
model_weights = Quantity("model_weights", byte, r"W", "weights of the whole model", "整个模型的权重", zero=True)
model_gradients = Quantity(
    "model_gradients", byte, r"G", "gradients of everything that trains", "全部可训练参数的梯度", zero=True
)
model_optimizer = Quantity(
    "model_optimizer", byte, r"O", "optimizer states of everything that trains", "全部可训练参数的优化器状态", zero=True
)
model_adapter = Quantity("model_adapter", byte, r"A_{\mathrm{lora}}", "adapter weights", "适配器权重", zero=True)

# ── division over cards ────────────────────────────────────────────────────────────────────────────────────────────
sharding = Choice(
    "sharding",
    ("none", "zero-1", "zero-2", "zero-3"),
    Words("what data parallel ranks divide", "数据并行各卡切分的内容"),
)
dp = Quantity("dp", one, r"N_{\mathrm{dp}}", "data-parallel ranks", "数据并行数", whole=True)
tp = Quantity("tp", one, r"N_{\mathrm{tp}}", "tensor-parallel ranks", "张量并行数", whole=True)
pp = Quantity(
    "pp",
    one,
    r"N_{\mathrm{pp}}",
    "pipeline stages, or cards that layers are spread over",
    "流水线级数(或按层切分的卡数)",
    whole=True,
)
weight_shards = Quantity(
    "weight_shards", one, r"N_{\mathrm{w}}", "parts that the weights are divided into", "权重切分份数"
)
gradient_shards = Quantity(
    "gradient_shards", one, r"N_{\mathrm{g}}", "parts that the gradients are divided into", "梯度切分份数"
)
optimizer_shards = Quantity(
    "optimizer_shards", one, r"N_{\mathrm{o}}", "parts that the optimizer states are divided into", "优化器状态切分份数"
)
kv_shards = Quantity(
    "kv_shards",
    one,
    r"N_{\mathrm{kv}}",
    "parts that a layer's cache is divided into",
    "缓存切分份数",
    axis="layer_kind",
)
host_memory = Quantity(
    "host_memory", byte, r"M_{\mathrm{host}}", "host memory of what is offloaded", "卸载到内存的占用", zero=True
)
layer_unit = Quantity("layer_unit", byte, r"U", "the largest layer, as it is gathered", "被聚合的最大一层", zero=True)
gathered = Quantity(
    "gathered", byte, r"M_{\mathrm{gather}}", "layers gathered for computing", "计算时聚合的层", zero=True
)

# ── terms of memory, per card ──────────────────────────────────────────────────────────────────────────────────────
weights = Quantity("weights", byte, r"M_{\mathrm{w}}", "memory of the weights", "权重占用", zero=True)
gradients = Quantity("gradients", byte, r"M_{\mathrm{g}}", "memory of the gradients", "梯度占用", zero=True)
optimizer = Quantity(
    "optimizer", byte, r"M_{\mathrm{opt}}", "memory of the optimizer states", "优化器状态占用", zero=True
)
activations = Quantity(
    "activations", byte, r"M_{\mathrm{act}}", "activations kept for the backward pass", "激活值占用", zero=True
)
logits = Quantity(
    "logits", byte, r"M_{\mathrm{logits}}", "logits and loss at their peak", "logits 与损失占用", zero=True
)
kv_cache = Quantity("kv_cache", byte, r"M_{\mathrm{kv}}", "keys and values of past tokens", "KV 缓存占用", zero=True)
state = Quantity(
    "state", byte, r"M_{\mathrm{state}}", "constant state of recurrent layers", "循环层的常量状态占用", zero=True
)
adapter = Quantity("adapter", byte, r"M_{\mathrm{lora}}", "memory of the adapters", "适配器占用", zero=True)
buffers = Quantity("buffers", byte, r"M_{\mathrm{buf}}", "temporary buffers", "临时缓冲区占用", zero=True)
workspace = Quantity("workspace", byte, r"M_{\mathrm{ws}}", "workspaces of kernels", "算子工作区占用", zero=True)
runtime = Quantity("runtime", byte, r"M_{\mathrm{rt}}", "runtime context of the process", "运行时上下文占用", zero=True)
slack = Quantity(
    "slack", byte, r"M_{\mathrm{slack}}", "reserved by the allocator, not used", "分配器预留未用", zero=True
)
meter = Choice(
    "meter",
    ("tensors", "allocated", "reserved", "device"),
    Words("which figure is meant: live tensors, the allocator's, or the driver's", "显存口径:张量、分配器或驱动"),
)
slack_share = Quantity(
    "slack_share",
    one,
    r"\sigma",
    "share of the varying memory that the allocator reserves unused",
    "分配器额外预留的比例",
    zero=True,
)
varying = Quantity(
    "varying",
    byte,
    r"M_{\mathrm{var}}",
    "memory that comes and goes within a step",
    "一步之内反复申请释放的显存",
    zero=True,
)
logit_slack_share = Quantity(
    "logit_slack_share",
    one,
    r"\sigma_V",
    "share of the logits that the allocator reserves beside them",
    "分配器为 logits 额外预留的比例",
    zero=True,
)
context = Quantity(
    "context", byte, r"M_{\mathrm{ctx}}", "runtime context of one process", "单进程运行时上下文", zero=True
)
communication = Quantity(
    "communication", byte, r"M_{\mathrm{comm}}", "communication buffers between cards", "卡间通信缓冲", zero=True
)
cards_at_work = Choice("cards_at_work", ("one", "several"), Words("one card or several", "单卡还是多卡"))
peak = Quantity("peak", byte, r"M_{\mathrm{peak}}", "peak memory per card", "每卡峰值显存")

# ── the source document's accounts and rules of thumb ──────────────────────────────────────────────────────────────
sign_bits = Quantity("sign_bits", one, r"w_{\mathrm{sign}}", "sign bits of a number", "符号位数", zero=True)
exponent_bits = Quantity("exponent_bits", one, r"w_{\mathrm{exp}}", "exponent bits of a number", "指数位数", zero=True)
fraction_bits = Quantity("fraction_bits", one, r"w_{\mathrm{frac}}", "fraction bits of a number", "尾数位数", zero=True)
format_bits = Quantity("format_bits", one, r"w_{\mathrm{fmt}}", "bits of a floating-point number", "浮点数的总位数")
integer_bits = Quantity("integer_bits", one, r"w_{\mathrm{int}}", "bits of an integer", "整数的位数")
n_values = Quantity("n_values", one, r"n_{\mathrm{val}}", "values that the integer can take", "整数可取值的个数")
parameter_bytes = Quantity(
    "parameter_bytes", byte, r"P", "all parameters in their data type", "全部参数按精度存储的大小"
)
inference_overhead = Quantity(
    "inference_overhead",
    one,
    "o",
    "what inference needs beside the weights, as a share of them",
    "推理的额外开销比例",
    zero=True,
)
inference_memory = Quantity(
    "inference_memory", byte, r"M_{\mathrm{inf}}", "memory of inference by rule", "按经验估算的推理占用"
)
bytes_of_working_weight = Quantity(
    "bytes_of_working_weight",
    byte,
    r"\beta_{\theta}",
    "bytes of a weight as the layers compute with it",
    "参与计算的权重字节数",
)
bytes_of_working_gradient = Quantity(
    "bytes_of_working_gradient",
    byte,
    r"\beta_{\nabla}",
    "bytes of a gradient in mixed precision",
    "混合精度下梯度的字节数",
)
bytes_of_gradient = Quantity("bytes_of_gradient", byte, r"\beta_{g}", "bytes of a gradient", "梯度的字节数")
bytes_of_state = Quantity("bytes_of_state", byte, r"\beta_{s}", "bytes of an optimizer's state", "优化器状态的字节数")
master_bytes = Quantity(
    "master_bytes",
    byte,
    r"\beta_{32}'",
    "bytes of a weight's copy that is updated, if any",
    "主权重副本的字节数",
    zero=True,
)
bytes_of_master_weight = Quantity(
    "bytes_of_master_weight",
    byte,
    r"\beta_{\mathrm{master}}",
    "bytes of a weight's float32 copy",
    "float32 主权重的字节数",
)
bytes_of_momentum = Quantity(
    "bytes_of_momentum", byte, r"\beta_{m}", "bytes of Adam's first moment", "Adam 一阶动量的字节数"
)
bytes_of_variance = Quantity(
    "bytes_of_variance", byte, r"\beta_{v}", "bytes of Adam's second moment", "Adam 二阶动量的字节数"
)
working_weights = Quantity("working_weights", byte, r"M_{\theta}", "weights that compute", "参与计算的权重")
working_gradients = Quantity("working_gradients", byte, r"M_{\nabla}", "gradients of all weights", "全部权重的梯度")
master_weights = Quantity(
    "master_weights", byte, r"M_{\mathrm{master}}", "float32 copy of the weights", "float32 主权重"
)
momentum = Quantity("momentum", byte, r"M_{m}", "Adam's first moments", "Adam 一阶动量")
variance = Quantity("variance", byte, r"M_{v}", "Adam's second moments", "Adam 二阶动量")
weights_and_gradients = Quantity(
    "weights_and_gradients", byte, r"M_{\theta+\nabla}", "weights and gradients", "权重与梯度合计"
)
adam_states = Quantity(
    "adam_states", byte, r"M_{\mathrm{adam}}", "everything that mixed-precision Adam keeps", "优化器合计"
)
model_states = Quantity(
    "model_states", byte, r"M_{\mathrm{states}}", "weights, gradients and optimizer together", "权重、梯度与优化器合计"
)
training_multiple = Quantity(
    "training_multiple", one, "k", "how many times the memory of inference training takes", "训练占用相对推理的倍数"
)
bytes_of_activation = Quantity(
    "bytes_of_activation", byte, r"\beta_{a}", "bytes of one activation", "每个激活值的字节数"
)
activation_numbers = Quantity(
    "activation_numbers", one, r"n_{\mathrm{act}}", "activations kept, counted as numbers", "保存的激活值个数"
)
fragmentation = Quantity(
    "fragmentation",
    one,
    r"\phi",
    "share of a card's memory that fragmentation makes useless",
    "显存碎片比例",
    zero=True,
)
card_memory = Quantity("card_memory", byte, "C", "memory of one card", "单卡显存")
usable_memory = Quantity(
    "usable_memory", byte, r"C_{\mathrm{use}}", "memory that can still be used", "可用显存", zero=True
)

# ── parts of a phase: each is one term of an answer (TERM_OF) ──────────────────────────────────────────────────────
saved_activations = Quantity(
    "saved_activations", byte, r"M_A", "activations kept until the backward pass", "为反向传播保存的激活值", zero=True
)
checkpoints = Quantity("checkpoints", byte, r"M_C", "inputs kept of every checkpointed layer", "检查点输入", zero=True)
recomputed_layer = Quantity(
    "recomputed_layer",
    byte,
    r"M_R",
    "one layer recomputed, at the height of its backward pass",
    "重计算的一层",
    zero=True,
)
attention_at_backward = Quantity(
    "attention_at_backward",
    byte,
    r"M_{\nabla a}",
    "attention of the last layer, at its backward pass",
    "注意力反向峰值",
    zero=True,
)
own_input = Quantity(
    "own_input", byte, r"M_{x,0}", "input of the layer that is recomputed", "重计算层自身的输入", zero=True
)
residual_gradient = Quantity(
    "residual_gradient", byte, r"M_{\nabla x}", "gradient of the residual stream", "残差流梯度", zero=True
)
final_norm = Quantity("final_norm", byte, r"M_N", "kept by final norm and head", "末层归一化与输出头保存", zero=True)
token_ids = Quantity(
    "token_ids", byte, r"M_{\mathrm{id}}", "token numbers and rotary tables", "token 编号与旋转表", zero=True
)
logits_at_backward = Quantity(
    "logits_at_backward",
    byte,
    r"M_{\nabla V}",
    "logits, their log-probabilities and gradient",
    "logits 及其梯度",
    zero=True,
)
logits_at_forward = Quantity(
    "logits_at_forward",
    byte,
    r"M_V",
    "logits and log-probabilities as the forward pass ends",
    "前向结束时的 logits",
    zero=True,
)
weight_casts = Quantity(
    "weight_casts",
    byte,
    r"M_{\mathrm{cast}}",
    "16-bit copies of weights that autocast keeps",
    "autocast 的权重副本",
    zero=True,
)
forward_casts = Quantity(
    "forward_casts", byte, r"M_{\mathrm{cast}'}", "the same while autocast lasts", "前向期间的权重副本", zero=True
)
recomputed_casts = Quantity(
    "recomputed_casts",
    byte,
    r"M_{\mathrm{cast},R}",
    "the same of a layer that is recomputed",
    "重计算层的权重副本",
    zero=True,
)
merged_experts = Quantity(
    "merged_experts", byte, r"M_X", "adapted experts, merged and kept", "合并后的专家权重", zero=True
)
gradients_so_far = Quantity(
    "gradients_so_far",
    byte,
    r"M_{g'}",
    "gradients made before the first layer's end",
    "首层完成前已有的梯度",
    zero=True,
)
gradients_not_yet_made = Quantity(
    "gradients_not_yet_made", byte, r"M_{g,0}", "gradients that come last", "最后才产生的梯度", zero=True
)
tied_gradient = Quantity(
    "tied_gradient", byte, r"M_{g,V}", "second gradient of a tied embedding", "共享词嵌入的第二份梯度", zero=True
)
first_gradients = Quantity(
    "first_gradients", byte, r"M_{g,1}", "gradients of the head and of one MLP", "输出头与一个 MLP 的梯度", zero=True
)
optimizer_temporaries = Quantity(
    "optimizer_temporaries",
    byte,
    r"M_{\mathrm{step}}",
    "temporaries of the optimizer's step",
    "优化器更新的临时内存",
    zero=True,
)
prefill_working_set = Quantity(
    "prefill_working_set", byte, r"M_P", "working set of one layer over the prompt", "单层预填充工作集", zero=True
)
decode_working_set = Quantity(
    "decode_working_set", byte, r"M_D", "working set of one layer over one token", "单层解码工作集", zero=True
)
hidden_states = Quantity(
    "hidden_states", byte, r"M_x", "hidden states of all tokens", "全部 token 的隐藏状态", zero=True
)
prompt_tables = Quantity(
    "prompt_tables", byte, r"M_{\mathrm{id},P}", "token numbers and rotary tables", "编号与旋转表", zero=True
)
prefill_logits = Quantity("prefill_logits", byte, r"M_{V,P}", "logits that prefill keeps", "预填充的 logits", zero=True)
decode_logits = Quantity("decode_logits", byte, r"M_{V,D}", "logits of one token", "解码的 logits", zero=True)
prefill_cache = Quantity(
    "prefill_cache", byte, r"M_{\mathrm{kv},P}", "keys and values of the prompt", "提示的 KV 缓存", zero=True
)

# ── phases: the peak of tensors is the greatest ────────────────────────────────────────────────────────────────────
phase_end_of_forward = Quantity(
    "phase_end_of_forward", byte, r"\Phi_1", "as the forward pass ends", "前向结束时", zero=True
)
phase_start_of_backward = Quantity(
    "phase_start_of_backward", byte, r"\Phi_2", "as the backward pass starts", "反向开始时", zero=True
)
phase_backward_of_attention = Quantity(
    "phase_backward_of_attention",
    byte,
    r"\Phi_3",
    "in attention of the last layer, backwards",
    "末层注意力反向时",
    zero=True,
)
phase_backward_of_last_layer = Quantity(
    "phase_backward_of_last_layer", byte, r"\Phi_4", "in the last layer, recomputed", "重计算末层时", zero=True
)
phase_backward_of_first_layer = Quantity(
    "phase_backward_of_first_layer", byte, r"\Phi_5", "in the first layer, recomputed last", "重计算首层时", zero=True
)
phase_end_of_backward = Quantity(
    "phase_end_of_backward", byte, r"\Phi_6", "as the backward pass ends", "反向结束时", zero=True
)
phase_optimizer_step = Quantity(
    "phase_optimizer_step", byte, r"\Phi_7", "in the optimizer's step", "优化器更新时", zero=True
)
phase_prefill = Quantity("phase_prefill", byte, r"\Phi_8", "as the prompt is read", "预填充时", zero=True)
phase_end_of_prefill = Quantity(
    "phase_end_of_prefill", byte, r"\Phi_{8'}", "as the prompt's logits are made", "产生提示 logits 时", zero=True
)
phase_decode = Quantity("phase_decode", byte, r"\Phi_9", "as a token is generated", "解码时", zero=True)
tensors_peak = Quantity(
    "tensors_peak", byte, r"M_{\mathrm{tensors}}", "peak of live tensors per card", "每卡张量峰值", zero=True
)
