"""Every quantity and choice, once, in reading order: the glossary. Products print in this order.

Symbols follow the field: θ parameters, L layers, h hidden width, a heads, d head width, f MLP width, V vocabulary,
b batch, s sequence, r LoRA rank, β bytes of one number, M memory.
"""

from formulas.quantity import Choice, Quantity, Words, byte, flop, one, second

# ── choices ────────────────────────────────────────────────────────────────────────────────────────────────────────
task = Choice("task", ("inference", "train"), Words("run the model or train it", "推理还是训练"))

# ── the model as a number ──────────────────────────────────────────────────────────────────────────────────────────
n_params = Quantity("n_params", one, r"\theta", "number of parameters", "参数量", whole=True)
bits_per_weight = Quantity(
    "bits_per_weight", one, r"w", "bits that store one weight, scales included", "每个权重的位数(含量化尺度)"
)
bytes_per_weight = Quantity("bytes_per_weight", byte, r"\beta", "bytes that store one weight", "每个权重的字节数")
n_layers = Quantity("n_layers", one, "L", "layers (blocks)", "层数", whole=True)
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
bytes_of_gradient = Quantity("bytes_of_gradient", byte, r"\beta_{g}", "bytes of a gradient", "梯度的字节数")
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

# ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────
bytes_per_token = Quantity("bytes_per_token", byte, r"\tau", "bytes of text in one token", "每个 token 的文本字节数")
n_train_tokens = Quantity("n_train_tokens", one, "D", "tokens trained on", "训练 token 数", whole=True)
training_text = Quantity(
    "training_text", byte, r"S_{\mathrm{text}}", "size of the training text", "训练文本大小", shown_in="TB"
)
training_flop = Quantity("training_flop", flop, "F", "operations of the whole training", "训练总运算量")
card_flops = Quantity("card_flops", flop / second, r"R", "peak rate of one card", "单卡峰值算力")
utilisation = Quantity("utilisation", one, r"\eta", "share of the peak rate that is reached", "算力利用率")
training_time = Quantity("training_time", second, r"t", "time that training takes", "训练耗时")
card_time = Quantity(
    "card_time", second, r"t_{\mathrm{gpu}}", "GPU-hours: cards times time", "GPU 时", shown_in="hours"
)
