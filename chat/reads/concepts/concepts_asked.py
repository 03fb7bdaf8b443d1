"""How a part of a model or a way to divide it takes memory, asked in a few words and of no model.

Each is what it is about beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_ASKS = r"\?|吗|么|怎|如何|咋|为(?:什么|啥|何)|多少|哪|啥|能不能|会不会|是不是|要不要|行不行|区别|对比|比较|一样|\bhow\b|\bwhat\b|\bwhy\b|\bwhich\b|\bwill\b|\bdo(?:es)?\b|\bcan\b|\bcould\b|\bshould\b|\bis\b|\bare\b|\bvs\.?\b|\bversus\b|\bcompar\w*|\bdiffer\w*"
_MEMORY = r"\bv?ram\b|\bmemory\b|\bgpu\b|显存|内存|占用|\bcache\b|\bkv\b|缓存"
_OF_A_CASE = r"\d ?gi?b?(?![a-z])|\boom\b|out of memory|\berror\b|报错|爆|\btok(?:ens?)?/s\b|\bfits?\b|放得下|够不够"
_SLOW = r"\bslow\w*|\bfast\w*|\bspeed\w*|\bthroughput\b|速度|[快慢]|吞吐"

# kinds of attention against each other: two of them at least
_KIND = r"(?<![a-z])(?:mha|gqa|mqa|mla)(?![a-z])"
_KINDS = rf"{_KIND}[\s\S]{{0,60}}?{_KIND}"
_LEAST = r"\bleast\b|\bsmallest\b|\bmost (?:efficient|compact|economical)\b|\bbest\b|\bwhich (?:one )?(?:of [^?]{0,24})?(?:is|has|saves|uses|takes|needs)\b|\bwins?\b|最(?:省|小|少|低)|哪(?:个|种)[^,;?]{0,6}(?:省|小|少|好)"

_ATTENTION_BY_REQUESTS = (
    r"(?<![a-z])dp[- _]?attention\b|\bdata[- _]?parallel attention\b|\bdp_attention\b|数据并行注意力"
)
_NO_CACHE = r"\b(?:without|no|disabl\w+|turn(?:ing|ed)? off)\b[^?;.]{0,16}\bkv[- _]?cach(?:e|ing)\b|\buse_cache ?= ?false\b|\bkv[- _]?cache\b[^?;.]{0,12}\b(?:off|disabled)\b|(?:没有?|不用|不开|关(?:掉|闭|了)?|去掉|取消)\s?(?:了)?\s?(?:kv[- _]?cache|kv\s?缓存)|(?:kv[- _]?cache|kv\s?缓存)\s?(?:关(?:掉|闭|了)|不(?:用|开))"
_OF_NO_CACHE = r"\bprefix\b|前缀|\bquanti[sz]\w*|量化|\btrain\w*|训练|微调|\bcheckpoint\w*|\boffload\w*|卸载|\bgrpo\b|\bppo\b|\bmamba\b|\blog\b"

_MIXTURE = r"(?<![a-z])moes?(?![a-z])|\bmixtures?(?:[- ]of[- ]experts)?\b|混合专家|专家模型"
_DENSE = r"\bdense\b|稠密|普通模型|\bsmaller\b|\bless\b|\bmore\b|\bactive\b|激活参数|更?[小少大省]"
_KV = r"\bkv\b|\bkv[-_ ]?cache\b|kv\s?缓存"

_PREFILL = r"\bprefill\w*|\bprompt (?:processing|phase|stage)\b|预填充"
_ACTIVATIONS = r"\bactivations?\b|激活"

_SEQUENCE = r"\b(?:sequence|context)[- ]?parallel(?:ism)?\b|\bulysses\b|\bring attention\b|序列并行|上下文并行"
_SAVES = r"\bsav\w+|\breduc\w*|\bless\b|\bhow much\b|省|减|降|少"

_TENSOR = r"(?<![a-z])tp ?=? ?\d{0,3}(?![a-z\d])|\btensor[- ]parallel\w*|张量并行"
_PIPELINE = r"(?<![a-z])pp ?=? ?\d{0,3}(?![a-z\d])|\bpipeline[- ]parallel\w*|流水线并行"
_EACH = r"\b(?:each|per|every)\b[^?;.]{0,8}\b(?:card|gpu|rank|device)\b|每(?:张|块|个)?\s?(?:卡|gpu|显卡)|各卡|单卡"
_SAME = r"\bsame\b|\bequal\b|\bdiffer\w*|\bmore\b|\bless\b|一样|相同|区别|差别|差多少|哪个(?:更)?(?:省|少|小)"
_HALF = r"\b(?:not|isn'?t|more than|less than|over|above|exactly|just)\b[^?;.]{0,16}\bhalf\b|\bhalf\b[^?;.]{0,24}\b(?:not|isn'?t|more|less|why)\b|\b(?:not|isn'?t|aren'?t|doesn'?t|didn'?t)\b[^?;.]{0,12}\bhalv\w+|(?:没|不)有?[^,;?]{0,4}(?:减|少|降)[^,;?]{0,3}半|(?:不(?:是|到|等于|止)|超过|大于|多于|比)[^,;?]{0,8}一半|一半(?:多|还多|以上)"
_WHY = r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么(?:会|不|比)|咋"
_ACROSS = rf"{_TENSOR}|\b(?:two|2|both) (?:gpus|cards)\b|(?:两|2|双)\s?(?:张|块)?(?:显)?卡"

_HYBRID = r"\bhybrid[ _-]?(?:full[ _-]?)?shard\w*|\bhsdp\b|混合(?:切分|分片)"

_EIGHT_LOADED = r"\bload_in_8bit\b|\bllm\.int8\b|\bbitsandbytes\b[^?;.]{0,16}\b8[- ]?bit\b|\b8[- ]?bit\b[^?;.]{0,24}\bload\w*|\bload\w*\b[^?;.]{0,24}\b(?:8[- ]?bit|int8)\b|(?:8\s?(?:位|比特|bit)|int8)[^,;?]{0,6}加载|加载[^,;?]{0,6}(?:8\s?(?:位|bit)|int8)"
_PEAK = r"\bpeaks?\b|\bspikes?\b|\bwhile loading\b|\bduring loading\b|\bload(?:s|ing)? (?:time|phase)\b|峰值|加载(?:时|过程|的时候|中)"
_HIGHER = r"\b(?:higher|more|larger|above|exceeds?|twice|over)\b|更?高|更?大|多|超过|比"

_VARIANTS = r"\brs-?lora\b|\bpissa\b|\bolora\b|\blora[-_ ]?(?:plus|\+)"
_MORE = r"\bmore\b|\bextra\b|\bsame\b|\bless\b|\bcosts?\b|\baffect\w*|\bchange\w*|\boverhead\b|多(?:占|用|吃|要)?|一样|增加|省|影响|额外|区别"

_REFERENCE = r"\bref(?:erence)?[ _-]?(?:model|policy)s?\b|参考模型|ref\s?模型"
_LEFT_OUT = r"\b(?:without|skip|drop|omit|avoid|not|no need|don'?t|doesn'?t)\b|能不能|可不可以|可以(?:不|省)|不(?:加载|要|用|放|留)|去掉|省掉"
_LEARNS = r"\bdpo\b|\bkto\b|偏好"

OF_CONCEPTS: tuple[tuple[str, str], ...] = (
    ("least_of_kinds", beside(_KINDS, _MEMORY, _LEAST, without=rf"{_OF_A_CASE}|{_TENSOR}|\btrain\w*|训练|{_SLOW}|\bcards?\b|\bgpus\b|卡")),
    ("attention_by_requests", beside(_ATTENTION_BY_REQUESTS, rf"{_ASKS}|{_MEMORY}", without=rf"{_OF_A_CASE}|{_SLOW}|(?<![a-z])(?:tp|dp|ep) ?=? ?\d")),
    ("no_cache_at_all", beside(_NO_CACHE, rf"{_ASKS}|{_MEMORY}", without=rf"{_OF_A_CASE}|{_OF_NO_CACHE}")),
    ("cache_of_mixtures", beside(_MIXTURE, _KV, _DENSE, _ASKS, without=rf"{_OF_A_CASE}|\btrain\w*|训练|{_SLOW}|\boffload\w*|卸载|{_TENSOR}|\bformula|公式")),
    ("prefill_activations", beside(_PREFILL, _ACTIVATIONS, _ASKS, without=rf"{_OF_A_CASE}|\btrain\w*|训练|微调|\bdecod\w*|解码|\bdisaggreg\w*|分离|\bchunked\b|分块")),
    ("sequence_parted", beside(_SEQUENCE, _SAVES, r"\d ?k\b|\d{4,}", without=rf"{_OF_A_CASE}|(?<![a-z])zero(?![a-z])|\bfsdp\b|\bdeepspeed\b|{_TENSOR}|\bserv\w+|推理|\bvllm\b|\bkv\b|{_SLOW}")),
    ("ranks_or_stages", beside(_TENSOR, _PIPELINE, _EACH, rf"{_MEMORY}", _SAME, without=rf"{_OF_A_CASE}|\btrain\w*|训练|\bmicro|微批|\b1f1b\b|\bgpipe\b|{_SLOW}|\bkv\b|缓存|\bcache\b|\bstages?\b")),
    ("ranks_not_half", beside(_ACROSS, _HALF, rf"{_EACH}|{_MEMORY}|每(?:张|块)", _WHY, without=rf"{_OF_A_CASE}|\btrain\w*|训练|微调|(?<![a-z])zero|\bfsdp|\bdeepspeed\b|\bddp\b|\bquanti[sz]\w*|量化|{_SLOW}")),
    ("hybrid_shards", beside(_HYBRID, rf"{_ASKS}|{_MEMORY}", without=rf"{_OF_A_CASE}|\bshard_grad_op\b|\bno_shard\b|(?<![a-z])zero(?![a-z])|\bnetwork\b|网络|{_SLOW}|\bnum_replicas\b")),
    ("eight_bit_load", beside(_EIGHT_LOADED, _PEAK, _HIGHER, rf"{_WHY}|\?|吗|正常", without=rf"{_OF_A_CASE}|\btrain\w*|训练|微调|\bram\b|内存")),
    ("adapter_variants", beside(_VARIANTS, _MORE, _ASKS, without=rf"{_OF_A_CASE}|\bdora\b|{_SLOW}|效果|\bquality\b|\bbetter\b|收敛|\bfull[- ]|全(?:参|量)|\bqlora\b")),
    ("reference_omitted", beside(_LEARNS, _REFERENCE, _LEFT_OUT, _ASKS, without=rf"{_OF_A_CASE}|\bq?lora\b|\bppo\b|\bgrpo\b|\bhow (?:much|many)\b|多少|{_SLOW}|\bdeepspeed\b|(?<![a-z])zero(?![a-z])")),
)  # fmt: skip

# asked beside a model: experts of a card, and what a lower limit of the length frees
_EXPERTS = r"\bexperts?\b|专家"
_BY_EXPERTS = r"\bexpert[- _]?parallel\w*|(?<![a-z])ep ?=? ?\d{0,3}(?![a-z\d])|专家并行"
_LIMIT = r"\bmax[-_ ]model[-_ ]len(?:gth)?\b|\bcontext[-_ ]length (?:limit|flag)\b"
_LOWERED = r"\bfrom\b[^?;]{0,16}\bto\b|\b(?:lower\w*|reduc\w*|cut\w*|set\w*|drop\w*|chang\w*|decreas\w*)\b[^?;]{0,32}\bto\b|从[^,;?]{0,12}(?:降|改|减|调)|(?:降|改|减|调)(?:到|成|为|低|小)"
_FREES = r"\bsav\w*|\bfree\w*|\bless\b|\breduc\w*[^?;]{0,16}\b(?:memory|v?ram)\b|省|少(?:占|用|多少)|降多少|释放|空出"
_STARTS = r"\b(?:start(?:s|ed|ing|up)?|launch\w*|load(?:s|ed|ing)?)\b|启动|起服务|拉起|部署时|加载"
_FAILS = r"\boom\b|out of memory|(?:显存|内存)(?:不足|不够)|爆(?:了|显存)|放不下"
_LATER = r"\b(?:hours?|minutes|days?|requests?|users?|concurren\w*|while|during|after|long|prompts?|restart\w*|another|second|both|graph|blocks?|util\w*|fraction|log|fine|still|but|adapters?|lora|image|video)\b|小时|分钟|请求|并发|用户|之后|跑着|长文本|重启|另一个|第二个|利用率|还是|但|可是|图片|内存占|\b\d+ ?gi?b?(?![a-z])"
EXPERTS_EACH = beside(
    _BY_EXPERTS,
    _EACH,
    rf"{_EXPERTS}|{_MEMORY}|\bweights?\b|权重",
    without=rf"{_SLOW}|\btrain\w*|训练|{_TENSOR}|\boom\b|爆|\bfits?\b|放得下",
)
BESIDE_MODELS: tuple[tuple[str, str], ...] = (
    ("experts_each_asked", EXPERTS_EACH),
    ("start_fails", beside(_STARTS, _FAILS, without=_LATER)),
    ("limit_lowered", beside(_LIMIT, _LOWERED, _FREES, without=r"\boom\b|out of memory|\berror\b|报错|爆|\bllama\.?cpp\b|\bollama\b|\bconcurren\w*|并发|\bmax[-_]num\w+|\bkv[-_ ]cache[-_]dtype")),
)  # fmt: skip
