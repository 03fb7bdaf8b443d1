"""Speculative decoding: a small model, or layers of the model itself, propose tokens that the model then checks."""

from formulas.anatomy import fp32_bytes, half_bytes
from formulas.formula import Formula, Source
from formulas.programs import reading, reference_weights, teacher_weights
from formulas.serving import (
    VLLM_WORKER,
    draft_buffer,
    draft_cache,
    draft_token,
    draft_weights,
    mtp_layers,
    mtp_params,
    speculation,
)
from formulas.sources import DPO
from formulas.tuning import companions, other_models
from formulas.vocabulary import (
    batch_size,
    bytes_per_weight,
    kv_cache,
    n_layers,
    task,
    tokens_allocated,
    tp,
)

DRAFTS = Source(
    "speculative-decoding",
    "Fast Inference from Transformers via Speculative Decoding",
    "https://arxiv.org/abs/2211.17192",
)
MTP = Source("deepseek-v3", "DeepSeek-V3 Technical Report", "https://arxiv.org/abs/2412.19437")

_NOTHING = DRAFTS.at("§2.1: proposals of any kind are checked by the target")
nothing_drafts = Formula(
    draft_weights,
    0 * half_bytes,
    says="Proposals that are looked up in the text so far need no model.",
    zh="从已有文本中查找候选(n-gram)不需要模型。",
    source=_NOTHING,
    when={speculation: "none"},
    example=({}, 0),
)
nothing_drafts_from_a_cache = Formula(
    draft_cache,
    0 * half_bytes,
    says="Proposals that are looked up in the text so far keep no keys and values.",
    zh="从已有文本中查找候选(n-gram)不保存键与值。",
    source=_NOTHING,
    when={speculation: "none"},
    example=({}, 0),
)
no_buffer_of_a_draft = Formula(
    draft_buffer,
    0 * half_bytes,
    says="Without a draft model there is no graph of it.",
    zh="没有草稿模型就没有它的计算图。",
    source=_NOTHING,
    when={speculation: ("none", "own-layers")},
    example=({}, 0),
)
draft_model_keeps_a_cache = Formula(
    draft_cache,
    batch_size * tokens_allocated * draft_token,
    says="The draft model reads the same text: it keeps its own keys and values for every token.",
    zh="草稿模型读取同样的文本:为每个 token 保存自己的键与值。",
    source=DRAFTS.at("§2.1, Algorithm 1"),
    when={speculation: "draft-model"},
    example=({batch_size: 1, tokens_allocated: 8192, draft_token: 12288}, 100663296),
)
own_layers_are_loaded = Formula(
    draft_weights,
    mtp_params * bytes_per_weight / tp,
    says="The layers that predict further tokens are loaded beside the model; embedding and head are the model's own.",
    zh="多 token 预测层随模型一起载入;词嵌入与输出头与主模型共用。",
    source=MTP.at("§2.2, Figure 3"),
    when={speculation: "own-layers"},
    example=({mtp_params: 11 * 10**9, bytes_per_weight: 1, tp: 8}, 1375000000),
)
own_layers_keep_a_cache = Formula(
    draft_cache,
    kv_cache * mtp_layers / n_layers,
    says="Each such layer attends, and keeps a cache as the model's layers do.",
    zh="每个这样的层都有注意力,与主模型的层一样保存缓存。",
    source=MTP.at("§2.2: a transformer block for each depth"),
    when={speculation: "own-layers"},
    example=({kv_cache: 61 * 2**20, mtp_layers: 1, n_layers: 61}, 2**20),
)
reference_at_most = Formula(
    other_models,
    reference_weights + teacher_weights,
    says="No model beside the one that trains but the reference or the teacher, if there is one.",
    zh="除可能的参考模型或教师模型外没有其他模型。",
    source=DPO.at("§4"),
    when={companions: "none", task: "train"},
    example=({reference_weights: 13476831232, teacher_weights: 0}, 13476831232),
)
what_drafts_stands_beside = Formula(
    other_models,
    draft_weights + draft_cache + draft_buffer,
    says="What drafts stands beside the model, in the same process: its weights, its cache, and a buffer where a program sets one aside.",
    zh="起草部分与模型在同一进程中并存:权重、缓存,以及程序为其预留的缓冲区。",
    source=DRAFTS.at("§2.1, Algorithm 1"),
    when={
        companions: "none",
        task: "inference",
        reading: ("peak", "generating", "reserved-at-start", "paged", "in-steps"),
    },
    example=({draft_weights: 10**9, draft_cache: 10**8, draft_buffer: 0}, 11 * 10**8),
)
a_pool_holds_what_drafts = Formula(
    other_models,
    0 * fp32_bytes,
    says="What drafts is within the server's pool.",
    zh="起草部分包含在服务的池中。",
    source=VLLM_WORKER.at("Worker.init_device: requested_memory"),
    when={companions: "none", task: "inference", reading: "pool"},
    example=({}, 0),
)
