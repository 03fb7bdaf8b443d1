"""What a schedule, a second model, a cache elsewhere or a slice of a card does to memory, asked about by name and of no model.

Each is what it is about beside what is asked of it, in either order: "1F1B ... in flight", "KV 缓存 ... 放到内存".
"""


def beside(*patterns: str, without: str = "") -> str:
    """All of them stand in the text, and what is not meant does not."""
    wanted = "".join(rf"(?=[\s\S]*(?:{one}))" for one in patterns)
    return rf"^(?![\s\S]*(?:{without})){wanted}" if without else f"^{wanted}"


_MEMORY = r"\bv?ram\b|\bmemory\b|显存|内存|占用"
_AMOUNT = r"\b(?:more|less|extra|additional\w*|sav\w+|reduc\w+|cost\w*|takes?|need\w*|add\w*|us(?:e|es|age)|doubl\w+|free|how much|why)\b|占|省|多|少|翻倍|增加|减|为什么|为啥|要"
_PIPELINE = r"\bpipelin\w+|(?<![a-z])pp(?![a-z])|(?<![a-z0-9])(?:1f1b|gpipe)(?![a-z0-9])|流水线"
_STAGE = (
    r"\bactivations?\b|激活|\bin[- ]flight\b|\bmicro[- ]?batch\w*|微批|"
    r"\b(?:first|last|early|earlier|each|every)\b[^?]{0,8}\b(?:stages?|ranks?|cards?|gpus?)\b|"
    r"(?:第一|首|第1|末|最后一?|各|每)(?:个|张|块|级)?\s?(?:stage|级|卡|阶段|gpu|段)"
)
_CACHE = r"\bkv\b|\bkv[ _-]?cache|\bcache\b|缓存"
_NARROW_CACHE = (
    r"(?:fp8|int8|q8_0|q8|q4_0|q5_1|(?<!\d)[48][- ]?bit|8 ?位|4 ?位|\bquanti[sz]\w+|量化)(?: (?:the |of )?)?[^?,.;]{0,12}(?:\bkv\b|\bcache\b|缓存)"
    r"|(?:\bkv\b|\bcache\b|缓存)[^?,.;]{0,20}(?:\bquanti[sz]\w+|\bfp8|\bint8|\bq8_0|\bq4_0|(?<!\d)[48][- ]?bit|量化|8 ?位)"
)
_PACE = r"\b(?:slow\w*|fast\w*|quick\w*|speed\w*|latency|throughput|tok(?:ens)?/s)\b|慢|快|速度|吞吐|延迟"
_DRAFTING = r"\bspeculative (?:decoding|sampling)\b|\bdraft(?:er)? models?\b|(?:投机|推测)(?:解码|采样|推理)|草稿模型"
# whether a card has what a format of few bits needs; "支持 50 并发" and "support 20 users" ask no such thing
_KERNELS = (
    r"\bkernels?\b|\bnatively\b|\b(?:it|that|this|they|there) native\b|\bnative (?:\w+ )?(?:support|kernels?|units?)\b|\bhardware support|\b(?:compute|tensor|fp[48]) (?:units?|cores?|capability)\b|\bany (?:good|use|point|benefit)\b|\bwork(?:s|ing)? at all\b|\bupcast\w*"
    r"|\bsupport(?:s|ed)?\b(?! ?(?:up to|about|around|at least|roughly|over|more|many|all|multiple|bot|chat\w*|agents?|tickets?|desk|team|~|\d))"
    r"|\b(?:need|needs|requires?|have to (?:buy|get)|only (?:on|for|works? on)) (?:an? )?(?:ada|hopper|blackwell|ampere)\b"
    r"|原生(?!\s?(?:的|(?:nv|mx)?fp))|内核|硬件|支持(?!\s?(?:到|最多|大概|约|同时|多少|几|\d|并发|[^,;?]{0,4}(?:用户|人|路)))|用得?了|有(?:没有)?用|跑得?(?:了|起来)"
)
_RUNS = rf"\b(?:work\w*|runs?|can|use|units?)\b|{_KERNELS}|能|可以"

# of a model as well: whether stages divide what they compute, and what PPO's models share
STAGES_SAVE = beside(
    _PIPELINE,
    r"\bactivations?\b|激活",
    r"\b(?:reduc\w+|sav(?:e|es|ing)|lower\w*|less|divid\w+|shrink\w*|cut\w*|split\w*|help\w*)\b|省|减|降|切|分摊|均分",
    r"\?|吗|么|能不能|会不会|是否|多少|$",
    without=r"\btensor[- ]parallel|张量并行|\bcheckpoint|重计算",
)
# where a server keeps what waits, named for what it does
_STORES = r"\blmcache\b|\bhi-?cache\b|\bhierarchical[- ](?:kv[- ])?cach\w+|\bmooncake\b|\bkv[- _](?:cache[- _])?(?:offload\w*|connector)"
CACHE_IN_RAM = beside(
    rf"{_STORES}|\bswap[-_ ]space\b|\bkv(?:[- ]?cache)? (?:cache )?(?:in|to|into|onto) (?:the |my )?(?:host|cpu|system|main)\b|(?:kv\s?(?:cache)?|缓存)\s?(?:也)?(?:放|卸载|存|换|挪|搬|offload)(?:到|在|进|去)?\s?(?:主机|cpu|系统)?\s?(?:的)?(?:内存|cpu)",
    r"\?|吗|么|多少|能|可以",
    without=r"llama\.?cpp|ollama|\blm studio|kobold|\btransformers\b|\bno-kv-offload|-nkvo|(?<![a-z])mac(?![a-z])|\boom\b|\berror\b|报错|爆显存",
)
ROLES_SHARE = beside(
    r"\breward\b|奖励|(?<![a-z])rm(?![a-z])|\breference\b|参考模型",
    r"\bcritic\b|\bvalue (?:model|network|head)\b|评论家|价值(?:模型|网络|头)",
    r"\bshar\w+|\bseparate\w*|\b(?:own|extra|full|whole) cop(?:y|ies)\b|\bon top\b|\bsame\b|共享|共用|同一|单独|独立|另外|各自|各占|各是|分别|都要",
)
# of a model or of a size that a card could hold it is no question of the card's kernels
_NO_KERNELS = r"\btrain|训练|微调|\bhow (?:large|big)\b|\b(?:which|what|any|largest|biggest|best) (?:\w+ ){0,2}models?\b|多大|哪些模型|什么模型|最大"
# asked of the format in which a model is served, whatever else is
KERNELS_ASKED = beside(r"(?<![a-z])(?:(?:nv|mx)?fp[48]|e[45]m[32])(?![a-z0-9])", _KERNELS, without=_NO_KERNELS)
# what bounds the size of pictures, no size told and nothing that failed
_PIXELS = (
    r"\b(?:max|min)[_ -]?pixels\b|\b(?:image|picture|photo|screenshot)s?[ -](?:resolution|size)s?\b"
    r"|(?:图片|图像|输入图?|截图)(?:的)?(?:分辨率|像素)|最大像素"
)
_CHANGES = rf"(?:{_MEMORY})[\s\S]*(?:\b(?:affect|impact|influence|chang|reduc|sav|lower|increas|matter|help|depend)\w*|\busage\b|影响|关系|省|降|减|涨|增)|(?:\b(?:affect|impact|influence|chang|reduc|sav|lower|increas|matter|help|depend)\w*|影响|关系|省|降|减|涨|增)[\s\S]*(?:{_MEMORY})"
_PIXELS_TOLD = (
    r"\bmax_?pixels[\"'\s=:]*\d|\d{3,4}\s?[x×*]\s?\d{3,4}|\b\d{3,4}p\b|\b[248]k\b|\boom\b|out of memory|爆|溢出"
    # the need of a case is asked beside it
    r"|\bfits?\b|\benough\b|\bhow much (?:gpu )?(?:v?ram|memory)\b(?:\s?[,;?]| and\b)|够[吗不么]|放得下|(?:要|需要)多[少大]的?显存[,;?]"
)

# asked where no model, card or length is told
OF_EFFECTS: tuple[tuple[str, str], ...] = (
    ("pixels_limit", beside(_PIXELS, _CHANGES, without=_PIXELS_TOLD)),
    (
        "stages_keep",
        beside(_PIPELINE, _STAGE, rf"{_AMOUNT}|\bkeep\w*|\bh[oe]ld\w*|\bstor\w+|\bhow many\b|几个|留|存", without=r"\btensor[- ]parallel|张量并行|\bbubble|气泡|\d\s?gi?b?(?![a-z])"),  # amounts that were seen are compared
    ),
    ("roles_share", ROLES_SHARE),
    ("prefix", beside(r"\bprefix[- ]cach\w+|\bprompt[- ]cach\w+|\bradix ?attention\b|前缀缓存", rf"{_MEMORY}|{_CACHE}", _AMOUNT, without=r"\b(?:ram|cpu|host|disk)\b|内存|硬盘")),
    ("speculative", beside(_DRAFTING, rf"{_MEMORY}|\bkv\b", _AMOUNT)),
    ("mtp", beside(r"(?<![a-z])mtp(?![a-z])|\bmulti[- ]token[- ]predict\w+|多\s?token\s?预测", rf"{_MEMORY}|\bkv\b|\bweights?\b|权重", _AMOUNT)),
)  # fmt: skip
# asked of any card or server, whatever numbers stand beside, and of no model
OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    (
        "cache_in_ram",
        beside(
            rf"{_STORES}|"
            r"(?:\bkv\b|\bkv[- ]?cache)[^?;.]{0,40}\b(?:in|to|into|on|onto|from)\b(?: the| my)?(?: (?:host|cpu|system|main))* ?(?:\bd?ram\b|\bmemory\b|\bcpu\b)|"
            r"(?:kv|缓存)[^?,;.]{0,10}(?:放|卸载|存|换|挪|搬|offload)(?:到|在|进|去)?\s?(?:主机|cpu|系统)?\s?(?:的)?(?:内存|ram|cpu)",
            r"\?|吗|么|什么|多少|怎|如何|能|可以|$",
            without=r"llama\.?cpp|ollama|\blm studio|kobold|\btransformers\b|\bno-kv-offload|-nkvo|(?<![a-z])mac(?![a-z])",
        ),
    ),
    ("cpu_offload", beside(r"\bcpu[-_ ]offload[-_ ]gb\b", rf"{_CACHE}|\bwhat\b|\bhow\b|\bwhy\b|\bslow\w*|什么|怎|干嘛|作用|有用|慢|为(?:什么|啥|何)", without=r"\btrain|微调|训练")),
    ("rope_scaling", beside(r"\brope[-_ ]?scaling\b|(?<![a-z])yarn(?![a-z])", rf"{_MEMORY}", r"变(?!量)|增加|多占|影响|更多|\bchang\w*|\bcosts?\b|\bmore\b|\badds?\b|\bextra\b", without=r"够|放得下|几张|\bfits?\b|\benough\b|多少显存|多大显存|\bhow m(?:uch|any)\b|\boom\b|爆|微调|训练|\btrain")),
    ("disaggregated", beside(r"(?<![a-z])pd\s?分离|(?:预填充|prefill)[^?!]{0,24}(?:解码|decode)[^?!]{0,16}(?:分离|分开|disaggregat\w*|separate\w*)|\bdisaggregated? (?:prefill|serving)|(?:prefill|p)[-/ ]?(?:decode|d) disaggregat\w*", rf"{_MEMORY}|\bcards?\b|\bgpus?\b|卡", _AMOUNT, without=r"微调|训练|\btrain")),
    ("cache_pace", beside(_NARROW_CACHE, _PACE)),
    ("fp8_or_int8", beside(r"(?<![a-z])fp8(?![a-z0-9])", r"(?<![a-z])(?:int8|w8a8)(?![a-z0-9])", r"\b(?:vs\.?|versus|or|and|than|better|differ\w*)\b|和|还是|与|跟|比|区别|哪", without=rf"{_NARROW_CACHE}|\btrain|训练|微调")),
    ("chunked_prefill", beside(r"\bmax[-_ ]num[-_ ]batched[-_ ]tokens\b|\bchunked[-_ ]prefill[-_ ]size\b|\bmax[-_ ]batch[-_ ]prefill[-_ ]tokens\b", rf"{_MEMORY}|{_CACHE}|\b(?:gpu )?blocks\b", rf"{_AMOUNT}|\b(?:decreas|increas|affect|rais|lower|chang|drop)\w*|小|降|影响", without=r"max[-_ ]num[-_ ]seqs|max[-_ ]model[-_ ]len")),
    ("fp8_cache_on_card", beside(rf"{_NARROW_CACHE}", r"(?<![a-z])fp8(?![a-z0-9])|\be[45]m[32]\b", _KERNELS + r"|\bworks?\b|能用|可以用", without=rf"{_NO_KERNELS}|{_PACE}")),
    ("fp8_on_card", beside(r"(?<![a-z])fp8(?![a-z0-9])", _RUNS, without=rf"{_NARROW_CACHE}|{_NO_KERNELS}|\bint8\b|(?:nv|mx)?fp4|\b(?:bf|fp)16\b|\bdouble\b|\btwice\b|翻倍")),
    ("fp4_on_card", beside(r"(?<![a-z])(?:nv|mx)?fp4(?![a-z0-9])", _RUNS, without=rf"{_NARROW_CACHE}|{_NO_KERNELS}|\bqlora\b")),
    ("slices", beside(r"(?<![a-z])mig(?![a-z])|\bmulti-instance\b", r"\bwast\w*|\bfull\b|\ball (?:of )?(?:its|the)\b|\b(?:really|actual\w*|usable|lose|lost|overhead|shar\w+)\b|浪费|真的|实际|全部|可用|损失|白白|共享", without=r"\bwhich model|\bwhat model|什么模型|哪些模型")),
    ("shared_processes", beside(r"(?<![a-z])mps(?![a-z])|\bmulti-process service\b", r"\bprocess\w*|\bservers?\b|\bcop(?:y|ies)\b|\bwast\w*|\bshar\w+|\binstances?\b|进程|共享|浪费|各|实例", without=r"(?<![a-z])mac|\bapple\b|\bmetal\b|torch|苹果|(?<![a-z])m[1-5](?![a-z0-9])|\bfallback\b")),
)  # fmt: skip

# what holds of every model, asked with one or without
_BUCKET = r"\b(?:reduce|allgather|prefetch)[_ ]bucket[_ ]size|stage3_prefetch_bucket_size|(?:stage3_)?max_live_parameters|param_persistence_threshold|\bdeepspeed\b[^?]{0,24}\bbuckets?\b|\bbuckets?\b[^?]{0,24}\b(?:deepspeed|zero)\b|(?:deepspeed|zero)[^?]{0,12}桶"
OF_TRAINERS: tuple[tuple[str, str], ...] = (
    (
        "fused_adamw",
        beside(
            r"\badamw?_torch_fused\b|\bfused[ _-]adamw?\b|\badamw?\b[^.;?]{0,8}\bfused\b|fused\s?=\s?true",
            rf"(?:{_MEMORY})|\bgi?b\b|\blower\b",
            r"\b(?:less|lower|save\w*|more|reduc\w+|vs\.?|versus|differ\w*|same|than|need\w*|use\w*)\b|省|少|区别|一样|比",
            without=r"\boom\b|out of memory|爆|\bfits?\b|放得下",
        ),
    ),
    (
        "zero_buckets",
        beside(
            _BUCKET,
            rf"(?:{_MEMORY})|\bgi?b\b",
            _AMOUNT + r"|影响|\beffect\b|\bimpact\b",
            without=r"\boom\b|out of memory|爆|\bfits?\b|放得下",
        ),
    ),
    (
        "adapters_on_quantised",
        (
            r"\b(?:can|could|does|do|is|are|possible|support\w*|allow\w*|how)\b[^.;?]{0,48}\b(?:q?lora|adapters?|fine-?tun\w*|train\w*|peft)\b[^.;?]{0,40}(?<![a-z])(?:awq|gptq|gguf|aqlm|eetq|hqq)(?![a-z])"
            r"|(?:能|可以|支持|能否|能不能)[^,;?]{0,12}(?:awq|gptq|gguf)[^,;?]{0,12}(?:训|微调|lora)|(?:awq|gptq|gguf)[^,;?]{0,12}(?:能|可以|支持)[^,;?]{0,12}(?:训|微调|lora)"
        ),
    ),
    (
        "unsloth_checkpointing",
        r"\bunsloth\w*[\"']?(?:'s)? (?:smart |own |offloaded? |async )*(?:gradient[ _-]?)checkpoint\w*|gradient[ _-]?checkpoint\w*[\"']?\s?[=:]?\s?[\"']?unsloth\b[^?]*\?|\bunsloth\b[^.;?]{0,24}\bgradient checkpointing\b[^.;?]{0,40}\b(?:do|does|vs\.?|sav\w*|differ\w*|instead)\b|unsloth\s?的?\s?(?:梯度|激活)?(?:检查点|重计算|checkpoint\w*)",
    ),
)

# what the terms of `sbh(34 + 5as/h)` are, asked beside what it comes to
_TERM = r"(?:(?<!\d)34(?!\d)|(?<!\d)5 ?[*·]? ?a ?[*·]? ?s(?![a-z])|\bterms?\b|[两各几]项|系数)"
TERMS_ASKED = (
    rf"\bwhat\b[^.;?!]{{0,40}}{_TERM}[^.;?!]{{0,40}}\b(?:stand|mean|cover|come from|made of|represent|are|is)\b|\bwhat (?:is|are|do|does)\b[^.;?!]{{0,24}}{_TERM}|{_TERM}[^.;?!]{{0,32}}\b(?:stand for|mean|come from|made of|represent)"
    rf"|{_TERM}[^;?!]{{0,16}}(?:分别|各)?(?:是什么|是啥|什么意思|指什么|代表|怎么来|哪来|包括|对应)"
)
