"""What a mixture of experts keeps for its backward pass: router, gathered tokens, the experts' insides, shared experts."""

from formulas.anatomy import (
    expert_bytes,
    expert_gate,
    experts_per_token,
    fp32_bytes,
    half_bytes,
    index_bytes,
    linear_bytes,
    mlp,
    moe_intermediate_size,
    n_experts,
    read_bytes,
    regime,
    router,
    saved_mlp,
    saved_mlp_input,
    shared_gated,
    shared_width,
)
from formulas.blocks import AUTOCAST_REGIMES, SHARED
from formulas.formula import Formula
from formulas.quantity import greatest
from formulas.sources import modelling
from formulas.tuning import on_experts, on_router, on_shared
from formulas.vocabulary import hidden_size

h, E, k, m, S = hidden_size, n_experts, experts_per_token, moe_intermediate_size, shared_width
_QWEN = modelling("qwen3_moe", "Qwen3MoeSparseMoeBlock, grouped matrix products")
_DEEPSEEK = modelling("deepseek_v2", "DeepseekV2Moe, router in float32")

router_and_shared_experts_share_their_input = Formula(
    saved_mlp_input,
    read_bytes * h * greatest(on_router, on_shared),
    says="Router and shared experts read one input, kept once; gathering tokens for the experts keeps indices only.",
    zh="路由器与共享专家共享一份输入;为专家收集 token 只保存索引。",
    source=_QWEN,
    when={mlp: "experts", router: "half", regime: SHARED},
    example=({read_bytes: 2, h: 2048, on_router: 1, on_shared: 0}, 4096),
)
single_router_reads_its_own_copy = Formula(
    saved_mlp_input,
    fp32_bytes * h * on_router + read_bytes * h * on_shared,
    says="A float32 router keeps a float32 copy; the shared experts keep the input once.",
    zh="float32 路由器保存 float32 副本;共享专家保存一份输入。",
    source=_DEEPSEEK,
    when={mlp: "experts", router: "single", regime: SHARED},
    example=({fp32_bytes: 4, h: 2048, on_router: 1, read_bytes: 2, on_shared: 1}, 12288),
)
all_copy_their_input_under_autocast = Formula(
    saved_mlp_input,
    half_bytes * h * (on_router + 2 * on_shared),
    says="Under autocast the router and the shared experts' gate and up (2) keep a 16-bit copy each.",
    zh="autocast 下路由器与共享专家的门控、上投影(2)各保存一份 16 位副本。",
    source=_DEEPSEEK,
    when={mlp: "experts", regime: AUTOCAST_REGIMES},
    example=({half_bytes: 2, h: 2048, on_router: 1, on_shared: 1}, 12288),
)
adapted_router_reads_half = Formula(
    saved_mlp_input,
    half_bytes * h * on_router + 2 * read_bytes * h * on_shared,
    says="An adapted router merges its adapter and keeps the input as it is; the shared experts' adapters (2) copy it.",
    zh="带适配器的路由器先合并权重并保存原输入;共享专家的适配器(2)各存副本。",
    source=_QWEN,
    when={mlp: "experts", router: "half", regime: "adapter-single"},
    example=({half_bytes: 2, h: 2048, on_router: 1, read_bytes: 4, on_shared: 0}, 4096),
)
adapted_router_reads_single = Formula(
    saved_mlp_input,
    fp32_bytes * h * on_router + 2 * read_bytes * h * on_shared,
    says="A float32 router keeps a float32 copy; the shared experts' adapters (2) copy the input.",
    zh="float32 路由器保存 float32 副本;共享专家的适配器(2)各存副本。",
    source=_DEEPSEEK,
    when={mlp: "experts", router: "single", regime: "adapter-single"},
    example=({fp32_bytes: 4, h: 2048, on_router: 1, read_bytes: 4, on_shared: 0}, 8192),
)

# scores and their softmax are [tokens, E]; order, its inverse, token and expert numbers are indices; so are weights
_ROUTING = fp32_bytes * E + k * (4 * index_bytes + fp32_bytes + half_bytes)
_SHARED_MLP = 3 * linear_bytes * S + read_bytes * S * on_shared + shared_gated * linear_bytes * h
experts_keep = Formula(
    saved_mlp,
    _ROUTING
    + expert_bytes * k * h * (1 + on_experts)
    + expert_bytes * k * m * (3 + on_experts)
    + _SHARED_MLP,
    says="Router probabilities, four indices and two weights of each chosen expert; the experts' output, and if they "
    "train the gathered input; gate, activation and up (3), and the product if they train; the shared experts, and their output where a gate weighs it.",
    zh="路由概率、每个被选专家的四个索引与两个权重;专家输出及(可训练时)收集的输入;门控、激活、上投影(3)及乘积;共享专家。",
    source=_QWEN,
    when={mlp: "experts", expert_gate: "plain"},
    example=(
        {
            fp32_bytes: 4, E: 128, k: 8, index_bytes: 8, half_bytes: 2, expert_bytes: 2, h: 2048, on_experts: 1,
            m: 768, linear_bytes: 2, S: 0, read_bytes: 2, on_shared: 0, shared_gated: 0,
        },
        38 * 8 + 4 * 128 + 4 * 8 * 2048 + 8 * 8 * 768,
    ),
)  # fmt: skip
clamped_experts_keep = Formula(
    saved_mlp,
    k * (4 * index_bytes + fp32_bytes + half_bytes)
    + expert_bytes * k * h * (1 + on_experts)
    + expert_bytes * k * m * (6 + on_experts),
    says="As plain experts (softmax over the chosen only), with gate and up (2), both clamped (2), the sigmoid, the "
    "gated value, up + 1 (6 in all, one shared), and the product if they train.",
    zh="同普通专家(仅对被选专家做 softmax);门控与上投影(2)、截断(2)、sigmoid、门控值等(共 6),可训练时另加乘积。",
    source=modelling("gpt_oss", "GptOssExperts"),
    when={mlp: "experts", expert_gate: "clamped"},
    example=(
        {k: 4, index_bytes: 8, fp32_bytes: 4, half_bytes: 2, expert_bytes: 2, h: 2880, on_experts: 1, m: 2880},
        38 * 4 + 4 * 4 * 2880 + 14 * 4 * 2880,
    ),
)

every_expert_keeps = Formula(
    saved_mlp,
    fp32_bytes * E
    + index_bytes * k
    + half_bytes * E
    + expert_bytes * E * h * (1 + on_experts)
    + expert_bytes * E * m * (3 + on_experts)
    + 3 * linear_bytes * S
    + read_bytes * S * on_shared,
    says="Every expert reads every token, weighed by its score or by zero: sigmoids, chosen indices, scores; the tokens repeated, "
    "and if experts train the weighed ones; gate and up, activation (3), and the product if they train; the shared expert.",
    zh="每个专家读取每个 token(按分数或零加权):sigmoid、所选索引与分数;重复的 token 及(可训练时)加权后的副本;"
    "门控与上投影、激活(3)及乘积;共享专家。",
    source=modelling("llama4", "Llama4TextMoe, Llama4TextExperts"),
    when={
        mlp: "experts", expert_gate: "every",
        regime: ("half", "single", "adapter-single", "adapter-half", "adapter-mixed", "kbit"),
    },
    example=(
        {
            fp32_bytes: 4, E: 16, index_bytes: 8, k: 1, half_bytes: 2, expert_bytes: 2, h: 5120, on_experts: 1, m: 8192,
            linear_bytes: 2, S: 8192, read_bytes: 2, on_shared: 1,
        },
        64 + 8 + 32 + 2 * 163840 + 524288 + 2 * 262144 + 4 * 16384,
    ),
)  # fmt: skip
every_expert_keeps_in_mixed_precision = Formula(
    saved_mlp,
    (fp32_bytes + half_bytes) * E
    + index_bytes * k
    + (fp32_bytes + half_bytes) * E * h
    + 4 * half_bytes * E * m
    + 4 * linear_bytes * S,
    says="As in 16 bits: the repeated tokens are float32 and the weighed ones cast; gate and up, activation and product (4) of the "
    "experts and of the shared expert.",
    zh="同 16 位:重复的 token 为 float32,加权后转换;专家与共享专家的门控与上投影、激活与乘积(4)。",
    source=modelling("llama4", "Llama4TextMoe, Llama4TextExperts"),
    when={mlp: "experts", expert_gate: "every", regime: "mixed"},
    example=(
        {fp32_bytes: 4, half_bytes: 2, E: 16, index_bytes: 8, k: 1, h: 5120, m: 8192, linear_bytes: 2, S: 8192},
        96 + 8 + 491520 + 1048576 + 65536,
    ),
)
