"""Masks: whether attention needs one, by window and kernel, and what dropout keeps."""

from sympy import Piecewise

from formulas.anatomy import (
    attention_kernel,
    causal_mask,
    mask_bytes,
    masked,
    n_heads,
    saved_dropout,
    sliding_window,
    window,
)
from formulas.formula import Formula
from formulas.quantity import Words
from formulas.sources import ACCOUNTING, MISTRAL, SDPA, modelling
from formulas.tuning import block_dropout
from formulas.vocabulary import hidden_size, seq_len

a, h, s = n_heads, hidden_size, seq_len

no_mask_without_a_window = Formula(
    masked,
    0 * a,
    says="Causal attention over the whole sequence needs no mask.",
    zh="全序列因果注意力无需掩码。",
    source=SDPA.at("is_causal"),
    when={window: "none", causal_mask: "skipped"},
    example=({}, 0),
)
mask_of_a_window = Formula(
    masked,
    Piecewise((1, s >= sliding_window), (0, True)),
    says="A sequence at least as long as the window needs a mask (1).",
    zh="序列不短于窗口时需要掩码(1)。",
    source=SDPA.at("attn_mask"),
    when={window: "sliding", attention_kernel: ("sdpa", "math", "eager")},
    example=({s: 4096, sliding_window: 4096}, 1),
)
mask_made_all_the_same = Formula(
    masked,
    0 * a + 1,
    says="Some models make a mask (1) whether it is needed or not.",
    zh="部分模型无论是否需要都生成掩码(1)。",
    source=modelling("falcon", "FalconModel.forward: allow_is_causal_skip=False"),
    when={window: "none", causal_mask: "made", attention_kernel: ("sdpa", "math", "eager")},
    example=({}, 1),
)
flash_takes_no_mask = Formula(
    masked,
    0 * a,
    says="FlashAttention is causal by a flag.",
    zh="FlashAttention 以标志表示因果。",
    source=MISTRAL.at("§2"),
    when={window: "none", causal_mask: "made", attention_kernel: "flash"},
    example=({}, 0),
)
flash_needs_no_mask = Formula(
    masked,
    0 * a,
    says="FlashAttention takes the window as a number.",
    zh="FlashAttention 直接接受窗口大小。",
    source=MISTRAL.at("§2"),
    when={window: "sliding", attention_kernel: "flash"},
    example=({}, 0),
)

# ── dropout ────────────────────────────────────────────────────────────────────────────────────────────────────────
dropout_of_a_block_keeps = Formula(
    saved_dropout,
    2 * block_dropout * mask_bytes * h,
    says="Dropout behind each sublayer (2) keeps a mask.",
    zh="每个子层之后(2)的 dropout 保存掩码。",
    source=modelling("gpt2", "GPT2Block, resid_pdrop"),
    when={attention_kernel: ("eager", "math")},
    example=({block_dropout: 1, mask_bytes: 1, h: 1600}, 3200),
)
no_dropout_beside_a_fused_kernel = Formula(
    saved_dropout,
    0 * mask_bytes,
    says="Runs with a fused attention kernel were counted without dropout.",
    zh="使用融合注意力核的运行按无 dropout 计。",
    source=ACCOUNTING.at("GPT-2 with a flash kernel"),
    when={attention_kernel: ("flash", "sdpa")},
    assumes=(Words("no dropout inside the blocks", "块内无 dropout"),),
    example=({}, 0),
)
