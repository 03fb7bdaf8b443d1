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
