"""What of a model is on one card: a stage's layers, a rank's heads and columns, experts, tokens; and what pipelines keep."""

from sympy import ceiling

from formulas.activations import loss
from formulas.anatomy import (
    KIND,
    RECURRENT,
    UNCHECKPOINTED,
    checkpointing,
    fp32_bytes,
    half_bytes,
    kv_width,
    mixer,
    n_experts,
    q_width,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import (
    DEEPSPEED_MOE,
    GPIPE,
    MEGATRON,
    MEGATRON_PIPELINE,
    RING,
    ULYSSES,
    context_exchange,
    cp,
    embeddings_here,
    ep,
    exchanged,
    exchanged_width,
    experts_held,
    heads_here,
    in_flight,
    kept_tokens,
    n_microbatches,
    rank_kv_heads,
    rank_width,
    returned_logits,
    schedule,
    sequence_parallel,
    stage,
    standing_gradients,
    stream_shards,
    virtual_stages,
    waiting,
    whole_kv_heads,
    whole_width,
)
from formulas.programs import split_by_layer
from formulas.quantity import Words, greatest, largest, least
from formulas.sources import ACCELERATE, GQA, KORTHIKANTI, MAMBA2, TRAINER
from formulas.vocabulary import checkpoints, gradients, kv_shards, logit_tokens, pp, saved_activations, tokens, tp

_PIPELINES = ("1f1b", "interleaved", "gpipe")

# ── a rank's share of the matrices ─────────────────────────────────────────────────────────────────────────────────
a_rank_has_its_columns = Formula(
    rank_width,
    ceiling(whole_width / tp),
    says="Tensor parallelism divides heads, the MLP's columns and the rows of the embedding; norms stay whole.",
    zh="张量并行切分注意力头、MLP 的列与词嵌入的行;归一化不切分。",
    source=MEGATRON.at("§3, Figure 3"),
    example=({whole_width: 32, tp: 8}, 4),
)
a_rank_has_its_heads_of_keys = Formula(
    rank_kv_heads,
    greatest(1, ceiling(whole_kv_heads / tp)),
    says="A rank has at least one key-value head: with more ranks than heads they are copied.",
    zh="每张卡至少有一个键值头;卡数多于头数时复制。",
    source=GQA.at("§2.2"),
    example=({whole_kv_heads: 8, tp: 16}, 1),
)
residual_stream_is_whole = Formula(
    stream_shards,
    1,
    says="Tensor parallelism alone keeps norms, their inputs and the residual stream whole on every rank (1 part).",
    zh="仅张量并行时,归一化及残差流在每张卡上都是完整的(1 份)。",
    source=KORTHIKANTI.at("§4.2.1, equation 2"),
    when={sequence_parallel: "no"},
    example=({}, 1),
)
residual_stream_is_divided = Formula(
    stream_shards,
    tp,
    says="Sequence parallelism divides between the ranks the tokens of what tensor parallelism leaves whole.",
    zh="序列并行把张量并行未切分的部分按 token 切分。",
    source=KORTHIKANTI.at("§4.2.2, equation 4"),
    when={sequence_parallel: "yes"},
    example=({tp: 8}, 8),
)
experts_are_divided = Formula(
    experts_held,
    n_experts / ep,
    says="Expert parallelism gives each rank other experts; attention, router and shared experts are not divided.",
    zh="专家并行使各卡持有不同专家;注意力、路由器与共享专家不切分。",
    source=DEEPSPEED_MOE.at("§5.1"),
    example=({n_experts: 256, ep: 32}, 8),
)

# ── a sequence over several cards ──────────────────────────────────────────────────────────────────────────────────
a_cache_is_whole = Formula(
    kv_shards,
    1,
    says="A card keeps all tokens (1 part) of its own layers and heads.",
    zh="每张卡保留其层与头的全部 token(1 份)。",
    source=GQA.at("§2.2"),
    when={context_exchange: "none"},
    example=({}, 1),
)
tokens_of_a_cache_are_divided = Formula(
    kv_shards,
    cp,
    says="Context parallelism divides the tokens of a cache; a rank's heads and layers are its own already.",
    zh="上下文并行按 token 切分缓存;头与层在此之前已按卡划分。",
    source=RING.at("§3"),
    when={context_exchange: ("ring", "all-to-all")},
    example=({cp: 4}, 4),
)
nothing_is_exchanged = Formula(
    exchanged,
    0 * half_bytes,
    says="Every sequence is whole on its card.",
    zh="每个序列完整地位于一张卡上。",
    source=RING.at("§3"),
    when={context_exchange: "none"},
    example=({}, 0),
)
blocks_come_in_a_ring = Formula(
    exchanged_width,
    2 * kv_width,
    says="While attention works on one block of keys and values, the next one (2 tensors) is received from the neighbour.",
    zh="注意力计算当前键值块的同时,从相邻卡接收下一块(2 个张量)。",
    source=RING.at("§3, memory requirement: two blocks for receiving"),
    when={context_exchange: "ring", mixer: ("grouped", "latent")},
    example=({kv_width: 1024}, 2048),
)
heads_are_exchanged_for_tokens = Formula(
    exchanged_width,
    q_width + 2 * kv_width,
    says="Queries, keys and values (2) of all heads for some tokens become those of some heads for all tokens: a copy.",
    zh="将部分 token 的全部头的查询、键与值(2)换成全部 token 的部分头:一份副本。",
    source=ULYSSES.at("§3.1"),
    when={context_exchange: "all-to-all", mixer: ("grouped", "latent")},
    example=({q_width: 4096, kv_width: 1024}, 6144),
)
a_scan_passes_its_state_only = Formula(
    exchanged_width,
    0 * tokens,
    says="A recurrent layer passes on a state, whatever the number of tokens.",
    zh="循环层只传递状态,与 token 数无关。",
    source=MAMBA2.at("§8.2, sequence parallelism"),
    when={context_exchange: ("ring", "all-to-all"), mixer: (*RECURRENT, "none")},
    example=({}, 0),
)
one_layer_exchanges_at_a_time = Formula(
    exchanged,
    tokens * largest(exchanged_width, KIND) * half_bytes,
    says="One layer works at a time, on the card's part of the tokens.",
    zh="每次一层工作,处理该卡上的那部分 token。",
    source=RING.at("§3"),
    when={context_exchange: ("ring", "all-to-all")},
    example=({tokens: 4096, exchanged_width: 2048, half_bytes: 2}, 16777216),
)

# ── outputs of a model spread over cards by one process ────────────────────────────────────────────────────────────
_BACK = ACCELERATE.at("AlignDevicesHook: io_same_device")
_WHOLE_LOGITS = ("full-logits", "last-logits")
outputs_stay = Formula(
    returned_logits,
    0 * fp32_bytes,
    says="Outputs are used on the card that makes them.",
    zh="输出在产生它的卡上使用。",
    source=_BACK,
    when={split_by_layer: "no"},
    example=({}, 0),
)
outputs_return_to_the_first_card = Formula(
    returned_logits,
    tokens * vocab_size * fp32_bytes * embeddings_here * (1 - heads_here),
    says="Outputs return to the card of the inputs: a float32 copy, unless that card made them (1 less 1).",
    zh="输出传回输入所在的卡:一份 float32 副本,除非正由该卡产生(1 减 1)。",
    source=_BACK,
    when={split_by_layer: "yes"},
    example=({tokens: 2048, vocab_size: 32000, fp32_bytes: 4, embeddings_here: 1, heads_here: 0}, 262144000),
)
outputs_are_held_where_they_are_made = Formula(
    kept_tokens,
    logit_tokens,
    says="The caller holds the outputs on the card of the head.",
    zh="调用方在输出头所在的卡上持有输出。",
    source=TRAINER.at("Trainer.compute_loss: outputs"),
    when={split_by_layer: "no"},
    example=({logit_tokens: 2048}, 2048),
)
outputs_are_held_on_both_ends = Formula(
    kept_tokens,
    tokens * greatest(embeddings_here, heads_here),
    says="Outputs return to the card of the inputs, and the caller holds them there; those of the head stand as well.",
    zh="输出传回输入所在的卡并由调用方持有;输出头所在卡上的一份也仍在。",
    source=_BACK,
    when={split_by_layer: "yes", loss: _WHOLE_LOGITS},
    example=({tokens: 2048, embeddings_here: 1, heads_here: 0}, 2048),
)
parts_of_outputs_stay = Formula(
    kept_tokens,
    logit_tokens,
    says="A loss that never makes all logits gives none back.",
    zh="从不生成全部 logits 的损失没有可传回的 logits。",
    source=_BACK,
    when={split_by_layer: "yes", loss: ("fused", "chunked", "scores")},
    example=({logit_tokens: 256}, 256),
)

# ── micro-batches of a pipeline ────────────────────────────────────────────────────────────────────────────────────
one_micro_batch_at_a_time = Formula(
    in_flight,
    1,
    says="Without a pipeline one micro-batch goes forward and back before the next (1).",
    zh="无流水线时每次只有一个微批次(1)。",
    source=TRAINER.at("Trainer.training_step"),
    when={schedule: "none"},
    example=({}, 1),
)
first_stage_keeps_most = Formula(
    in_flight,
    least(n_microbatches, pp - stage),
    says="One forward, one backward: a stage has as many micro-batches on their way as there are stages from it to the end.",
    zh="1F1B:某级在途的微批次数等于从该级到末级的级数。",
    source=MEGATRON_PIPELINE.at("§2.2.1"),
    when={schedule: "1f1b"},
    example=({n_microbatches: 8, pp: 4, stage: 0}, 4),
)
interleaving_keeps_more = Formula(
    in_flight,
    least(n_microbatches, ((virtual_stages - 1) * pp + 2 * (pp - stage - 1) + 1) / virtual_stages),
    says="Interleaved, the warm-up lets (v − 1)·p chunks of layers in, two (2) for each stage after this one, and one more (1); a "
    "chunk is a v-th of the stage. On the first stage this is p·(1 + (p − 1)/(p·v)).",
    zh="交错调度的预热放入 (v−1)·p 个块,其后每级两个(2),再加一个(1);每块为该级的 1/v。首级即 p·(1+(p−1)/(p·v))。",
    source=KORTHIKANTI.at("§4.2.3; Megatron-LM, forward_backward_pipelining_with_interleaving"),
    when={schedule: "interleaved"},
    example=({n_microbatches: 64, pp: 4, stage: 0, virtual_stages: 2}, 5.5),
)
all_go_forward_first = Formula(
    in_flight,
    n_microbatches,
    says="GPipe sends all micro-batches forward before any comes back.",
    zh="GPipe 先完成全部微批次的前向。",
    source=GPIPE.at("§2.2"),
    when={schedule: "gpipe"},
    assumes=(
        Words("the last stage computes each micro-batch's loss as it comes back", "末级在各微批次返回时才计算其损失"),
    ),
    example=({n_microbatches: 8}, 8),
)
_OTHERS_SAYS = "What is kept of the micro-batches but the one (1) that comes back."
_OTHERS_ZH = "除正在反向的一个(1)以外,各微批次所保存的内容。"
others_wait = Formula(
    waiting,
    saved_activations * (1 - 1 / in_flight),
    says=_OTHERS_SAYS,
    zh=_OTHERS_ZH,
    source=MEGATRON_PIPELINE.at("§2.2.1"),
    when={checkpointing: UNCHECKPOINTED},
    example=({saved_activations: 8 * 10**9, in_flight: 4}, 6 * 10**9),
)
others_wait_at_their_checkpoints = Formula(
    waiting,
    checkpoints * (1 - 1 / in_flight),
    says=_OTHERS_SAYS,
    zh=_OTHERS_ZH,
    source=MEGATRON_PIPELINE.at("§3.5"),
    when={checkpointing: "on"},
    example=({checkpoints: 8 * 10**9, in_flight: 4}, 6 * 10**9),
)
gradients_stand_through_the_step = Formula(
    standing_gradients,
    gradients,
    says="A pipeline adds up the gradients of its micro-batches: they stand while the later ones come.",
    zh="流水线累加各微批次的梯度,后续微批次期间一直存在。",
    source=GPIPE.at("§2.2"),
    when={schedule: _PIPELINES},
    example=({gradients: 10**9}, 10**9),
)
