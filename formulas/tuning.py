"""What is tuned and who else sits on the card: the choices and quantities of `adapters.py`, `partial.py`, `variants.py`,
`preference.py`.

Part of the glossary, as `programs.py` is; the works that only these chapters cite stand at the end.
"""

from formulas.anatomy import KIND
from formulas.formula import Source
from formulas.quantity import Choice, Quantity, Words, byte, one


def _flag(name: str, latex: str, says: str, zh: str) -> Quantity:
    return Quantity(name, one, latex, says, zh, whole=True, zero=True)


# ── linears that train or carry an adapter: 1 or 0 ─────────────────────────────────────────────────────────────────
on_q = _flag("on_q", r"t_q", "1 where the query projection trains", "查询投影是否训练")
on_k = _flag("on_k", r"t_k", "1 where the key projection trains", "键投影是否训练")
on_v = _flag("on_v", r"t_v", "1 where the value projection trains", "值投影是否训练")
on_o = _flag("on_o", r"t_o", "1 where the output projection trains", "输出投影是否训练")
on_qkv = _flag("on_qkv", r"t_{qkv}", "1 where the fused qkv projection trains", "合并 QKV 投影是否训练")
on_q_a = _flag("on_q_a", r"t_{qa}", "1 where the query compression trains", "查询压缩投影是否训练")
on_kv_a = _flag("on_kv_a", r"t_{ka}", "1 where the key-value compression trains", "键值压缩投影是否训练")
on_kv_b = _flag("on_kv_b", r"t_{kb}", "1 where the key-value expansion trains", "键值展开投影是否训练")
on_in = _flag("on_in", r"t_{\mathrm{in}}", "1 where a recurrent layer's input projection trains", "输入投影是否训练")
on_out = _flag(
    "on_out",
    r"t_{\mathrm{out}}",
    "1 where a state-space layer's output projection trains",
    "状态空间层的输出投影是否训练",
)
on_x = _flag("on_x", r"t_x", "1 where a selective scan's x_proj trains", "选择性扫描的 x_proj 是否训练")
on_dt = _flag("on_dt", r"t_{\Delta}", "1 where a selective scan's dt_proj trains", "选择性扫描的 dt_proj 是否训练")
on_gate = _flag("on_gate", r"t_g", "1 where the gate projection trains", "门控投影是否训练")
on_up = _flag("on_up", r"t_u", "1 where the up projection trains", "上投影是否训练")
on_gate_up = _flag("on_gate_up", r"t_{gu}", "1 where the fused gate and up projection trains", "合并门控投影是否训练")
on_down = _flag("on_down", r"t_d", "1 where the down projection trains", "下投影是否训练")
on_router = _flag("on_router", r"t_E", "1 where the router trains", "路由器是否训练")
on_experts = _flag("on_experts", r"t_e", "1 where the experts train", "专家是否训练")
on_shared = _flag("on_shared", r"t_S", "1 where the shared experts train", "共享专家是否训练")
lora_rank = Quantity("lora_rank", one, "r", "rank of the adapters", "LoRA 秩", whole=True)
block_dropout = _flag("block_dropout", r"\delta_b", "1 where the blocks themselves drop out", "模型自身是否 dropout")
dropout_kept = _flag("dropout_kept", r"\delta", "1 where the adapters drop out", "适配器是否 dropout")
long_sides = Quantity(
    "long_sides",
    one,
    r"n_a",
    "longer sides of attention's matrices, summed",
    "注意力矩阵较长边之和",
    axis=KIND,
    zero=True,
)
short_sides = Quantity(
    "short_sides",
    one,
    r"m_a",
    "shorter sides of attention's matrices, summed",
    "注意力矩阵较短边之和",
    axis=KIND,
    zero=True,
)
mlp_long_sides = Quantity(
    "mlp_long_sides",
    one,
    r"n_f",
    "longer sides of the MLP's matrices, summed",
    "MLP 矩阵较长边之和",
    axis=KIND,
    zero=True,
)
mlp_short_sides = Quantity(
    "mlp_short_sides",
    one,
    r"m_f",
    "shorter sides of the MLP's matrices, summed",
    "MLP 矩阵较短边之和",
    axis=KIND,
    zero=True,
)

# ── what is updated at a time ──────────────────────────────────────────────────────────────────────────────────────
updated = Choice(
    "updated",
    ("everything", "last-layers", "one-block", "sampled-layers", "one-matrix", "outer-factors"),
    Words(
        "what is updated at a time: all that trains, the last layers, one block, embedding, head and some layers, each "
        "matrix as its gradient appears, or of adapters the outer factors only",
        "同时更新的部分",
    ),
)
EVERYWHERE = ("everything", "sampled-layers", "one-matrix")
adapter_kind = Choice(
    "adapter_kind",
    ("low-rank", "stabilised", "magnitude", "rotation"),
    Words("adapters: LoRA, rsLoRA, DoRA (with magnitudes) or OFT (rotations)", "适配器类型"),
)
adapter_path = Choice(
    "adapter_path",
    ("autograd", "fused"),
    Words(
        "the backward pass of adapters: as PyTorch derives it, or kernels written for it (Unsloth)",
        "适配器的反向:由 PyTorch 自动求导,或专门的融合内核(Unsloth)",
    ),
)
experts_adapted = Choice(
    "experts_adapted",
    ("joined", "separate", "named"),
    Words(
        "adapters of experts: on one tensor of all, gate and up with twice the rank (peft from 0.20 on with transformers 5), "
        "on linears of their own (transformers 4), or on the tensor at the rank itself (target_parameters)",
        "专家适配器:合并张量(gate 与 up 秩加倍)、独立线性层,或按参数名指定",
    ),
)
companions = Choice(
    "companions",
    ("none", "reward-and-critic"),
    Words("models that judge the one that trains: none, or a reward model and a critic", "评判模型"),
)
rollouts = Choice(
    "rollouts", ("no", "yes"), Words("whether answers are generated between training steps", "训练步之间是否生成回答")
)
rollouts_by = Choice(
    "rollouts_by",
    ("none", "beside", "asleep"),
    Words(
        "an engine on the same cards that generates the answers: none, one that keeps its share, or one that sleeps while "
        "the model trains",
        "同卡生成回答的引擎:无、一直占住份额,或训练时休眠",
    ),
)
n_trained_of = Quantity(
    "n_trained_of", one, r"L_{t,k}", "layers of one kind that train", "某类中训练的层数", axis=KIND, zero=True
)
block_params = Quantity(
    "block_params", one, r"\theta_\ell", "parameters of one layer", "单层参数量", axis=KIND, zero=True
)
recomputed_pairs = Quantity(
    "recomputed_pairs",
    byte,
    r"A_{ss}",
    "kept by attention for pairs of tokens, one layer",
    "单层注意力为 token 对保存的内容",
    axis=KIND,
    zero=True,
)
kept_layer = Quantity(
    "kept_layer", byte, r"A_{-}", "kept by one layer, less what it recomputes", "单层实际保存", axis=KIND, zero=True
)
norm_values = Quantity(
    "norm_values", byte, r"A_{\gamma}", "normalised values kept for norms that train", "归一化值", zero=True
)
down_input = Quantity(
    "down_input",
    byte,
    r"A_{\downarrow}",
    "the down projection's input, kept for its weight",
    "下投影输入",
    axis=KIND,
    zero=True,
)
frozen_layer = Quantity(
    "frozen_layer",
    byte,
    r"A_{\ast}",
    "kept by a frozen layer that gradients pass through",
    "梯度穿过的冻结层所保存",
    axis=KIND,
    zero=True,
)
kept_by_layers = Quantity(
    "kept_by_layers", byte, r"\Sigma A", "kept by all layers, per token", "所有层每个 token 保存", zero=True
)
states_counted = Choice(
    "states_counted",
    ("yes", "no"),
    Words(
        "whether the meter sees the optimizer's states: a framework's counter does not see what others allocate",
        "所用口径是否计入优化器状态:框架计数器看不到其他库申请的内存",
    ),
)
activations_hosted = Choice(
    "activations_hosted",
    ("no", "yes"),
    Words("whether what checkpointing keeps goes to host memory", "重计算所保存的内容是否移至内存"),
)
stashed_layers = Quantity(
    "stashed_layers", one, r"L_{\mathrm{stash}}", "layers whose input is still on its way to the host", "输入仍在移往内存途中的层数",
    whole=True,
)  # fmt: skip
checkpointed_layers = Quantity(
    "checkpointed_layers", one, r"L_C", "layers whose input is kept", "保存输入的层数", zero=True
)
adapter_magnitudes = Quantity(
    "adapter_magnitudes",
    one,
    r"\omega_{\mathrm{out}}",
    "outputs of all adapted linears",
    "适配层输出宽度之和",
    zero=True,
)
rotation_block = Quantity("rotation_block", one, r"B_R", "width of a block of a rotation", "旋转块的宽度", whole=True)
weight_norm_workspace = Quantity(
    "weight_norm_workspace",
    byte,
    r"M_{\|W\|}",
    "copies made to find a weight's norm",
    "计算权重范数的副本",
    axis=KIND,
    zero=True,
)
scoring_params = Quantity(
    "scoring_params", one, r"\theta_{\mathrm{rm}}", "parameters of a model that ends in one score", "打分模型参数量"
)
reward_weights = Quantity(
    "reward_weights", byte, r"M_{\mathrm{rm}}", "weights of the reward model", "奖励模型权重", zero=True
)
critic_weights = Quantity(
    "critic_weights", byte, r"M_{\mathrm{vf}}", "weights of the critic", "评论家模型权重", zero=True
)
critic_gradients = Quantity(
    "critic_gradients", byte, r"M_{\mathrm{vf},g}", "gradients of the critic", "评论家模型梯度", zero=True
)
critic_optimizer = Quantity(
    "critic_optimizer", byte, r"M_{\mathrm{vf},o}", "optimizer states of the critic", "评论家模型优化器状态", zero=True
)
other_models = Quantity(
    "other_models", byte, r"M_{+}", "models beside the one that trains", "训练模型以外的模型", zero=True
)
critic_activations = Quantity(
    "critic_activations", byte, r"M_{\mathrm{vf},A}", "activations of the critic", "评论家模型激活值", zero=True
)
rollout_logits = Quantity(
    "rollout_logits", byte, r"M_{V,+}", "logits of the tokens being generated", "生成 token 的 logits", zero=True
)
rollout_share = Quantity(
    "rollout_share", one, r"u_{+}", "share of the card that the rollout engine takes", "rollout 引擎占用显卡的比例"
)
rollout_engine = Quantity(
    "rollout_engine", byte, r"M_{\mathrm{gen}}", "share of the rollout engine: its copy of the weights and its KV pool",
    "rollout 引擎的份额:它那份权重与 KV 池", zero=True,
)  # fmt: skip
resident_models = Quantity(
    "resident_models", byte, r"M_{\mathrm{res}}", "other models that stay as answers are generated", "生成回答时仍驻留的其他模型",
    zero=True,
)  # fmt: skip
phase_awake = Quantity(
    "phase_awake", byte, r"\Phi_{0'}", "as the rollout engine is awake", "rollout 引擎醒着时", zero=True
)
phase_rollout = Quantity("phase_rollout", byte, r"\Phi_{0}", "as answers are generated", "生成回答时", zero=True)

# ── works that only these chapters cite ────────────────────────────────────────────────────────────────────────────
COLOCATED = Source(
    "trl-grpo-config",
    "TRL, GRPOConfig: vLLM that shares the training GPUs, and its sleep mode",
    "https://github.com/huggingface/trl/blob/006d32c9bf5da698815726ebd0de78b404e8163d/trl/trainer/grpo_config.py",
)
FREEZE = Source(
    "llama-factory-args",
    "LLaMA-Factory, arguments of fine-tuning",
    "https://github.com/hiyouga/LLaMA-Factory/blob/main/src/llamafactory/hparams/finetuning_args.py",
)
GALORE_CODE = Source(
    "galore-torch",
    "GaLore, its optimizers",
    "https://github.com/jiaweizzhao/GaLore/blob/master/galore_torch/adamw8bit.py",
)
ADAFACTOR = Source(
    "adafactor", "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", "https://arxiv.org/abs/1804.04235"
)
ADAFACTOR_CODE = Source(
    "transformers-optimization",
    "transformers, Adafactor",
    "https://github.com/huggingface/transformers/blob/main/src/transformers/optimization.py",
)
DORA = Source("dora", "DoRA: Weight-Decomposed Low-Rank Adaptation", "https://arxiv.org/abs/2402.09353")
PEFT_DORA = Source(
    "peft-dora", "PEFT, DoRA", "https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/dora.py"
)
RSLORA = Source(
    "rslora", "A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA", "https://arxiv.org/abs/2312.03732"
)
OFT = Source("oft", "Orthogonal Finetuning Made Scalable", "https://arxiv.org/abs/2506.19847")
PEFT_OFT = Source("peft-oft", "PEFT, OFT", "https://github.com/huggingface/peft/blob/main/src/peft/tuners/oft/layer.py")
TORCHTUNE_OFFLOAD = Source(
    "torchtune-offloading",
    "torchtune, offloading of activations",
    "https://github.com/meta-pytorch/torchtune/blob/main/torchtune/training/_activation_offloading.py",
)
TORCHTUNE_AC = Source(
    "torchtune-activations",
    "torchtune, selective activation checkpointing",
    "https://github.com/meta-pytorch/torchtune/blob/main/torchtune/training/activations.py",
)
TORCHTITAN_AC = Source(
    "torchtitan-ac",
    "torchtitan, activation checkpointing",
    "https://github.com/pytorch/torchtitan/blob/v0.1.0/torchtitan/models/llama3/parallelize_llama.py",
)
PAGED = Source(
    "bitsandbytes-paged",
    "bitsandbytes, optimizers: paged states",
    "https://github.com/bitsandbytes-foundation/bitsandbytes/blob/main/bitsandbytes/optim/optimizer.py",
)
INSTRUCT = Source(
    "instructgpt",
    "Training language models to follow instructions with human feedback",
    "https://arxiv.org/abs/2203.02155",
)
TRL_PPO = Source(
    "trl-ppo", "TRL, PPO trainer", "https://github.com/huggingface/trl/blob/v0.19.0/trl/trainer/ppo_trainer.py"
)
TRL_REWARD = Source(
    "trl-reward",
    "TRL, reward modelling",
    "https://github.com/huggingface/trl/blob/v0.19.0/examples/scripts/reward_modeling.py",
)
GRPO = Source("grpo", "DeepSeekMath: Pushing the Limits of Mathematical Reasoning", "https://arxiv.org/abs/2402.03300")
