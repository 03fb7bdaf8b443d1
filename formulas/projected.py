"""Optimizers that keep their moments in a low rank: GaLore and APOLLO. Embedding, head and vectors stay with AdamW."""

from sympy import Max, Min

from formulas.anatomy import (
    KIND,
    intermediate_size,
    kv_width,
    long_sides,
    lora_rank,
    mixer,
    mlp,
    mlp_long_sides,
    mlp_short_sides,
    n_layers_of,
    q_width,
    short_sides,
    unquantised_params,
)
from formulas.formula import Formula
from formulas.optimizers import optimizer_kind
from formulas.quantity import total
from formulas.sources import APOLLO, GALORE
from formulas.vocabulary import bytes_of_state, hidden_size, model_optimizer

h, q, kv, f, r = hidden_size, q_width, kv_width, intermediate_size, lora_rank
_SIDES = GALORE.at("§3, an m×n matrix with m ≤ n")
_LLAMA = {h: 4096, q: 4096, kv: 1024}

long_sides_of_attention = Formula(
    long_sides,
    2 * Max(h, q) + 2 * Max(h, kv),
    says="The longer sides of queries' and output's projections (2) and of keys' and values' (2).",
    zh="查询与输出投影(2)、键与值投影(2)的较长边。",
    source=_SIDES,
    when={mixer: "grouped"},
    example=(_LLAMA, 16384),
)
short_sides_of_attention = Formula(
    short_sides,
    2 * Min(h, q) + 2 * Min(h, kv),
    says="The shorter sides of queries' and output's projections (2) and of keys' and values' (2).",
    zh="查询与输出投影(2)、键与值投影(2)的较短边。",
    source=_SIDES,
    when={mixer: "grouped"},
    example=(_LLAMA, 10240),
)
long_sides_of_a_gated_mlp = Formula(
    mlp_long_sides,
    3 * Max(h, f),
    says="The longer sides of gate, up and down (3).",
    zh="门控、上、下投影(3)的较长边。",
    source=_SIDES,
    when={mlp: "gated"},
    example=({h: 4096, f: 14336}, 43008),
)
short_sides_of_a_gated_mlp = Formula(
    mlp_short_sides,
    3 * Min(h, f),
    says="The shorter sides of gate, up and down (3).",
    zh="门控、上、下投影(3)的较短边。",
    source=_SIDES,
    when={mlp: "gated"},
    example=({h: 4096, f: 14336}, 12288),
)
long_sides_of_a_plain_mlp = Formula(
    mlp_long_sides,
    2 * Max(h, f),
    says="The longer sides of up and down (2).",
    zh="上、下投影(2)的较长边。",
    source=_SIDES,
    when={mlp: "plain"},
    example=({h: 4608, f: 18432}, 36864),
)
short_sides_of_a_plain_mlp = Formula(
    mlp_short_sides,
    2 * Min(h, f),
    says="The shorter sides of up and down (2).",
    zh="上、下投影(2)的较短边。",
    source=_SIDES,
    when={mlp: "plain"},
    example=({h: 4608, f: 18432}, 9216),
)
galore_keeps_a_projector_and_two_moments = Formula(
    model_optimizer,
    bytes_of_state
    * (
        total(n_layers_of * r * (short_sides + mlp_short_sides + 2 * long_sides + 2 * mlp_long_sides), KIND)
        + 2 * unquantised_params
    ),
    says="Of each matrix a projector, the rank by the shorter side, and two moments (2), the rank by the longer side; "
    "AdamW's two moments (2) of all else.",
    zh="每个矩阵一个投影(秩×较短边)与两个动量(2,秩×较长边);其余参数用 AdamW 的两个动量(2)。",
    source=GALORE.at("Table 1"),
    when={optimizer_kind: "galore-adamw"},
    example=(
        {
            bytes_of_state: 2, n_layers_of: 32, r: 128, short_sides: 10240, mlp_short_sides: 12288, long_sides: 16384,
            mlp_long_sides: 43008, unquantised_params: 1050939392,
        },
        2 * (32 * 128 * 141312 + 2101878784),
    ),
)  # fmt: skip
apollo_keeps_two_moments = Formula(
    model_optimizer,
    bytes_of_state * (total(n_layers_of * 2 * r * (long_sides + mlp_long_sides), KIND) + 2 * unquantised_params),
    says="Of each matrix two moments (2), the rank by the longer side; the random projector is drawn anew from its seed; "
    "AdamW's two moments (2) of all else.",
    zh="每个矩阵两个动量(2,秩×较长边);随机投影由种子重新生成;其余参数用 AdamW 的两个动量(2)。",
    source=APOLLO.at("Table 1"),
    when={optimizer_kind: "apollo"},
    example=(
        {
            bytes_of_state: 2, n_layers_of: 32, r: 256, long_sides: 16384, mlp_long_sides: 43008,
            unquantised_params: 1050939392,
        },
        2 * (64 * 256 * 59392 + 2101878784),
    ),
)  # fmt: skip
