"""What programs and models have beside weights, by name, of which it is asked whether it takes or saves memory."""

FEATURES: tuple[tuple[str, str], ...] = (
    (
        "seq_parallel",
        r"(?:sequence|context|ring|ulysses)[ -]?(?:sequence |attention )?parallel(?:ism)?|ring attention|ulysses|序列并行|上下文并行",
    ),
    ("expert_parallel", r"expert parallel(?:ism)?|专家并行"),
    ("paged", r"paged[- ]?attention|paged kv(?:[- ]?cache)?|kv[- ]?cache paging|分页(?:式)?(?:注意力|attention)"),
    ("beams", r"beam search|num_beams|束搜索"),
    ("prefix", r"(?:automatic )?prefix cach(?:ing|e)|prompt cach(?:ing|e)|radix ?attention|前缀缓存"),
    ("cuda_graph", r"cuda ?graphs?"),
    ("speculative", r"speculative decoding|draft models?|投机(?:解码|采样)|推测解码|草稿模型"),
    ("batching", r"(?:continuous|dynamic|in-?flight) batching|连续批处理|动态批处理"),
    ("amp", r"(?:automatic )?mixed precision(?: training)?|\bamp\b|autocast|混合精度(?:训练)?"),
    ("compile", r"torch[._ ]?compile|inductor"),
    ("ema", r"\bema\b(?: of (?:the )?weights| weights| copy| model)?|exponential moving average|\bswa\b|指数滑动平均"),
    ("workers", r"num[_ ]workers|data ?loader(?: workers| processes)?|pin[_ ]memory"),
    ("use_cache", r"use_cache(?: ?= ?(?:true|false))?|past_key_values"),
    ("system_prompt", r"(?:longer |long |bigger )?system prompts?|系统提示(?:词)?"),
    ("thinking", r"(?:thinking|reasoning)(?: mode| models?| tokens?)?|思考模式|深度思考|思维链"),
    ("chunked_prefill", r"chunked[- ]prefill(?:ing)?|分块预填充|分块 ?prefill"),
    ("ecc", r"\becc\b"),
    ("window", r"sliding[- ]window(?: attention)?|attention sinks?|滑动窗口(?:注意力)?"),
    ("grouped_heads", r"\bgqa\b|grouped[- ]query attention|\bmqa\b|分组查询注意力"),
    ("latent_cache", r"\bmla\b|multi-?head latent attention"),
    ("ddp", r"\bddp\b|(?:distributed )?data[- ]parallel(?:ism)?|数据并行"),
    ("vocabulary", r"(?:the )?(?:tokenizer )?(?:vocab(?:ulary)?)(?: size)?|词表(?:大小)?"),
    ("cuda_context", r"(?:the )?cuda contexts?|cuda ?上下文"),
    ("tensor_split", r"tensor[- ]parallel(?:ism)?|张量并行"),
)

# which numbers of cards tensor parallel may have
_TP = r"(?:(?<![a-z])tp(?:[ _-]?size)?(?![a-z])|\btensor[ _-]parallel(?:ism)?(?:[ _-]size)?|张量并行(?:度|数)?)"
_NUMBERS = r"(?:\bpowers? of (?:2|two)\b|\b(?:odd|even) (?:number|count|value)|2\s?的(?:幂|次方|次幂|n次方|倍数)|奇数|偶数|单数|双数)"
RANKS_ASKED = rf"{_TP}[^?;]{{0,40}}{_NUMBERS}|{_NUMBERS}[^?;]{{0,32}}{_TP}"
RANKS_DIVIDE = (
    rf"{RANKS_ASKED}|{_TP}[^?;]{{0,40}}(?:\bdivisib\w*|\bdivid\w+[^?;]{{0,16}}\b(?:heads?|evenly|by)\b|整除)"
    rf"|(?:\b(?:three|five|six|seven|[3567])\b (?:gpus?|cards?)|(?<![\d.])[三五六七3567]\s?张卡)[^?;]{{0,32}}{_TP}"
    r"|\b(?:attention )?heads?\b[^?;]{0,32}\b(?:not|must be|isn't|n't) (?:be )?(?:evenly )?divisible|(?:注意力)?头(?:数)?[^?;]{0,12}(?:不能|无法|没法|必须)(?:被)?[^?;]{0,8}整除"
)
