"""Where a model's layers, heads, experts and tokens are: the choices and quantities of `placement.py` and `parallel.py`.

Part of the glossary, as `programs.py` is; the works that only these chapters cite stand at the end. A card that holds a
stage, or a tensor-parallel rank's share, is described as a smaller model: fewer layers, fewer heads, narrower MLPs.
"""

from formulas.formula import Source
from formulas.quantity import Choice, Quantity, Words, byte, one

# ── stages: which layers, and the ends ─────────────────────────────────────────────────────────────────────────────
schedule = Choice(
    "schedule",
    ("none", "1f1b", "interleaved", "gpipe"),
    Words(
        "in which order a pipeline works: no pipeline, one forward one backward, the same with several chunks of layers "
        "on each stage, or all micro-batches forward first",
        "流水线调度方式",
    ),
)
embeddings_here = Quantity(
    "embeddings_here", one, r"n_{\mathrm{emb}}", "1 where the card holds the embedding", "该卡是否持有词嵌入", zero=True
)
heads_here = Quantity(
    "heads_here", one, r"n_{\mathrm{head}}", "1 where the card holds the head", "该卡是否持有输出头", zero=True
)
stage = Quantity(
    "stage", one, r"i_{\mathrm{st}}", "stage of the pipeline, from 0", "流水线级的序号(从 0 起)", whole=True, zero=True
)
n_microbatches = Quantity(
    "n_microbatches", one, r"n_{\mathrm{mb}}", "micro-batches of a step", "每步的微批次数", whole=True
)
virtual_stages = Quantity(
    "virtual_stages", one, r"v_{\mathrm{st}}", "chunks of layers on each stage", "每级的虚拟级数", whole=True
)
in_flight = Quantity(
    "in_flight",
    one,
    r"n_{\mathrm{fly}}",
    "micro-batches whose activations are kept at once",
    "同时保留激活值的微批次数",
)
waiting = Quantity(
    "waiting",
    byte,
    r"M_{\mathrm{wait}}",
    "activations of the micro-batches that still wait for their backward pass",
    "等待反向的微批次激活值",
    zero=True,
)
standing_gradients = Quantity(
    "standing_gradients",
    byte,
    r"M_{g,\Sigma}",
    "gradients summed up by the micro-batches before",
    "此前微批次累积的梯度",
    zero=True,
)
accumulation = Choice(
    "accumulation",
    ("no", "divided", "whole"),
    Words(
        "what stays of the gradients between micro-steps: none, what a card holds of them, or whole gradients on every card",
        "微步之间保留的梯度:无、本卡所持部分、或每张卡的完整梯度",
    ),
)
reduction = Choice(
    "reduction",
    ("none", "copies", "bucket", "units"),
    Words(
        "how cards add up gradients: not at all or in place, in buckets that hold all of them again, in one bucket at a "
        "time, or a unit at a time, which is then divided",
        "各卡归约梯度的方式:无、全部梯度的桶副本、逐桶、或逐单元归约并切分",
    ),
)
gathered_ahead = Choice(
    "gathered_ahead",
    ("nothing", "layer", "bucket"),
    Words("what is gathered ahead of the layer at work", "在当前层之前预先聚合的内容"),
)
bucket_sizes = Choice(
    "bucket_sizes",
    ("fixed", "by-width"),
    Words("whether buckets have a fixed number, or one that follows the model's width", "桶的大小固定还是随模型宽度"),
)
ahead_numbers = Quantity("ahead_numbers", one, r"n_{+}", "parameters gathered ahead", "预先聚合的参数数", zero=True)
sub_group_size = Quantity(
    "sub_group_size",
    one,
    r"n_{\mathrm{sub}}",
    "parameters that full sharding updates at once",
    "完全切分一次更新的参数数",
)
bucket_numbers = Quantity(
    "bucket_numbers", one, r"n_{\mathrm{bkt}}", "gradients of one bucket", "一个归约桶的梯度数", zero=True
)
prefetched = Quantity("prefetched", byte, r"U_{+}", "the layer that is gathered ahead", "预先聚合的下一层", zero=True)
whole_gradients = Quantity(
    "whole_gradients", byte, r"M_{g,U}", "gradients of the units at work that are not yet divided", "尚未切分的单元梯度",
    zero=True,
)  # fmt: skip
gradient_bucket = Quantity(
    "gradient_bucket", byte, r"M_{\mathrm{bkt}}", "bucket in which gradients are reduced", "归约梯度的桶", zero=True
)
gradient_buckets = Quantity(
    "gradient_buckets", byte, r"M_{g,2}", "buckets that hold all gradients again", "另存全部梯度的桶", zero=True
)
kept_tokens = Quantity(
    "kept_tokens", one, r"T_{V,o}", "tokens whose logits the caller holds on this card", "调用方在该卡上持有 logits 的 token 数",
    zero=True,
)  # fmt: skip
returned_logits = Quantity(
    "returned_logits", byte, r"M_{V,\leftarrow}", "logits that go back to the card of the inputs", "传回输入所在卡的 logits",
    zero=True,
)  # fmt: skip

# ── tensor and sequence parallelism ────────────────────────────────────────────────────────────────────────────────
sequence_parallel = Choice(
    "sequence_parallel",
    ("no", "yes"),
    Words("whether tensor-parallel ranks also divide the tokens of the residual stream", "张量并行各卡是否切分残差流"),
)
whole_width = Quantity(
    "whole_width", one, r"\omega", "heads, or columns, of the whole model", "整个模型的头数或列数", whole=True
)
rank_width = Quantity(
    "rank_width",
    one,
    r"\omega_t",
    "heads, or columns, on one tensor-parallel rank",
    "一张张量并行卡上的头数或列数",
    whole=True,
)
whole_kv_heads = Quantity(
    "whole_kv_heads",
    one,
    r"a_{\mathrm{kv},\Sigma}",
    "key-value heads of the whole model",
    "整个模型的键值头数",
    whole=True,
)
rank_kv_heads = Quantity(
    "rank_kv_heads", one, r"a_{\mathrm{kv},t}", "key-value heads on one rank", "一张卡上的键值头数", whole=True
)
stream_shards = Quantity(
    "stream_shards", one, r"N_{\mathrm{sp}}", "parts that the residual stream is divided into", "残差流切分份数"
)

# ── context and expert parallelism, groups of sharding ─────────────────────────────────────────────────────────────
context_exchange = Choice(
    "context_exchange",
    ("none", "ring", "all-to-all"),
    Words(
        "how cards that share a sequence meet for attention: not at all, keys and values in a ring, or heads for tokens",
        "上下文并行的交换方式",
    ),
)
frozen_weights = Choice(
    "frozen_weights",
    ("divided", "whole"),
    Words("whether full sharding can divide the weights as they are stored", "完全切分能否切分按此格式存储的权重"),
)
cp = Quantity("cp", one, r"N_{\mathrm{cp}}", "context-parallel ranks", "上下文并行数", whole=True)
ep = Quantity("ep", one, r"N_{\mathrm{ep}}", "expert-parallel ranks", "专家并行数", whole=True)
experts_split = Choice(
    "experts_split", ("no", "yes"), Words("whether ranks hold different experts", "专家是否分布在各卡")
)
experts_held = Quantity("experts_held", one, r"E_c", "experts of a layer that one card holds", "每卡每层的专家数")
exchanged_width = Quantity(
    "exchanged_width", one, r"\omega_{\mathrm{xch}}", "numbers of a token that cards exchange for attention",
    "每个 token 为注意力在卡间交换的数", axis="layer_kind", zero=True,
)  # fmt: skip
exchanged = Quantity(
    "exchanged",
    byte,
    r"M_{\mathrm{xch}}",
    "keys and values that come from other cards",
    "来自其他卡的键与值",
    zero=True,
)
shard_group = Quantity(
    "shard_group", one, r"N_{\mathrm{s}}", "cards that divide the states among them", "切分状态的卡数", whole=True
)

# ── works that only these chapters cite ────────────────────────────────────────────────────────────────────────────
MEGATRON = Source(
    "megatron",
    "Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism",
    "https://arxiv.org/abs/1909.08053",
)
MEGATRON_PIPELINE = Source(
    "megatron-pipeline",
    "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM",
    "https://arxiv.org/abs/2104.04473",
)
GPIPE = Source(
    "gpipe",
    "GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism",
    "https://arxiv.org/abs/1811.06965",
)
RING = Source("ring-attention", "Ring Attention with Blockwise Transformers", "https://arxiv.org/abs/2310.01889")
ULYSSES = Source("ulysses", "DeepSpeed Ulysses", "https://arxiv.org/abs/2309.14509")
DEEPSPEED_MOE = Source("deepspeed-moe", "DeepSpeed-MoE", "https://arxiv.org/abs/2201.05596")
