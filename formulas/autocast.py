"""16-bit copies that autocast makes of float32 weights, and how long they stand."""

from formulas.anatomy import (
    UNCHECKPOINTED,
    adapter_params,
    checkpointing,
    expert_adapter_params,
    half_bytes,
    linear_params,
    regime,
    routed_params,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import (
    heads_here,
)
from formulas.sources import (
    AUTOCAST,
)
from formulas.vocabulary import (
    forward_casts,
    hidden_size,
    weight_casts,
)

h, V = hidden_size, vocab_size
_CAST = AUTOCAST.at("autocast op reference; the weight cache")

no_casts = Formula(
    weight_casts,
    0 * half_bytes,
    says="Weights compute in the type that they are stored in.",
    zh="权重以存储类型直接计算。",
    source=_CAST,
    when={regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({}, 0),
)
casts_for_the_backward_pass = Formula(
    weight_casts,
    half_bytes * (linear_params - routed_params + V * h * heads_here),
    says="Each linear's 16-bit copy is kept for its backward pass, the head's too; grouped experts are not cast.",
    zh="每个线性层(含输出头)的 16 位副本保留至反向;分组专家不转换。",
    source=_CAST,
    when={regime: "mixed", checkpointing: UNCHECKPOINTED},
    example=(
        {half_bytes: 2, linear_params: 6476005376, routed_params: 0, V: 32000, h: 4096, heads_here: 1},
        13214154752,
    ),
)
cast_of_the_head = Formula(
    weight_casts,
    half_bytes * V * h * heads_here,
    says="With checkpointing only the head's 16-bit copy is alive as the backward pass starts.",
    zh="重计算时反向开始只有输出头的 16 位副本存活。",
    source=_CAST,
    when={regime: "mixed", checkpointing: "on"},
    example=({half_bytes: 2, V: 32000, h: 4096, heads_here: 1}, 262144000),
)
casts_of_adapters = Formula(
    weight_casts,
    half_bytes * (adapter_params - expert_adapter_params),
    says="Each adapter's 16-bit copy is kept for its backward pass; experts' adapters are merged instead.",
    zh="每个适配器的 16 位副本保留至反向。",
    source=_CAST,
    when={regime: "adapter-mixed", checkpointing: UNCHECKPOINTED},
    example=({half_bytes: 2, adapter_params: 41943040, expert_adapter_params: 0}, 83886080),
)
no_casts_of_adapters = Formula(
    weight_casts,
    0 * half_bytes,
    says="With checkpointing the adapters' copies are gone when the forward pass is.",
    zh="重计算时适配器副本在前向结束后释放。",
    source=_CAST,
    when={regime: "adapter-mixed", checkpointing: "on"},
    example=({}, 0),
)
cast_of_a_single_head = Formula(
    weight_casts,
    half_bytes * V * h * heads_here,
    says="k-bit preparation made the head float32; autocast copies it to 16 bits.",
    zh="k-bit 准备使输出头为 float32,autocast 再转为 16 位副本。",
    source=_CAST,
    when={regime: "kbit", checkpointing: "on"},
    example=({half_bytes: 2, V: 32000, h: 4096, heads_here: 1}, 262144000),
)
casts_of_a_single_head_and_adapters = Formula(
    weight_casts,
    half_bytes * (V * h * heads_here + adapter_params - expert_adapter_params),
    says="The head's and the adapters' 16-bit copies are kept for the backward pass.",
    zh="输出头与适配器的 16 位副本保留至反向。",
    source=_CAST,
    when={regime: "kbit", checkpointing: UNCHECKPOINTED},
    example=(
        {half_bytes: 2, V: 32000, h: 4096, heads_here: 1, adapter_params: 41943040, expert_adapter_params: 0},
        346030080,
    ),
)
casts_while_autocast_lasts = Formula(
    forward_casts,
    half_bytes * (linear_params - routed_params + V * h * heads_here),
    says="Autocast caches a 16-bit copy of every weight that it meets until its block ends.",
    zh="autocast 将遇到的每个权重的 16 位副本缓存到其作用域结束。",
    source=_CAST,
    when={regime: "mixed"},
    example=(
        {half_bytes: 2, linear_params: 6476005376, routed_params: 0, V: 32000, h: 4096, heads_here: 1},
        13214154752,
    ),
)
adapter_casts_while_autocast_lasts = Formula(
    forward_casts,
    half_bytes * (adapter_params - expert_adapter_params),
    says="Autocast caches a 16-bit copy of every adapter until its block ends.",
    zh="autocast 将每个适配器的 16 位副本缓存到其作用域结束。",
    source=_CAST,
    when={regime: "adapter-mixed"},
    example=({half_bytes: 2, adapter_params: 41943040, expert_adapter_params: 0}, 83886080),
)
head_and_adapter_casts_while_autocast_lasts = Formula(
    forward_casts,
    half_bytes * (adapter_params - expert_adapter_params + V * h * heads_here),
    says="Autocast caches the float32 head's and the adapters' 16-bit copies until its block ends.",
    zh="autocast 缓存输出头与适配器的 16 位副本直到其作用域结束。",
    source=_CAST,
    when={regime: "kbit"},
    example=(
        {half_bytes: 2, adapter_params: 41943040, expert_adapter_params: 0, V: 32000, h: 4096, heads_here: 1},
        346030080,
    ),
)
no_casts_without_autocast = Formula(
    forward_casts,
    0 * half_bytes,
    says="Without autocast nothing is cast.",
    zh="无 autocast 则不转换。",
    source=_CAST,
    when={regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({}, 0),
)
