"""How a part of a model or of a run works, asked of none in particular: a gated MLP, prefill, a cache beside few bits, one matrix for both ends.

Each is what it is about beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_ASKS = r"\?|吗|么|为(?:什么|啥|何)|什么|哪|多少|区别|不同|解释|怎|\bwhy\b|\bvs\.?\b|\bversus\b|\bexplain|\bdiffer\w*|\bcompare\b|\bmean(?:s|ing)?\b|^define|^definition"
_BYTES = r"\bmemory\b|\bv?ram\b|\bactivations?\b|\bbytes\b|显存|内存|激活"
# which a case is asked for, and no working
_OF_A_CASE = r"\boom\b|out of memory|爆|报错|\berror\b|\bfits?\b|放得下|够不够|\bhow many (?:gpus?|cards?)\b|几张|\btok(?:ens?)?/s\b|\bslow\w*|\bfast\w*|速度|[快慢]"
_FEW_BITS = r"(?<![a-z])(?:i?q[2-8](?:_\w+)?|awq|gptq|nf4|int[48]|fp8|mxfp4)(?![a-z])|(?<![\d.])[48][- ]?(?:bits?|位)|\bquanti[sz]\w+|量化"
_OF_WEIGHTS = r"\bweights?\b|\bmodel\b|\bawq\b|\bgptq\b|(?<![a-z])q[2-8]_|权重|模型"
_CACHE = r"\bkv\b|\bkv[ _-]?cache|\bcache\b|缓存"
_STAYS = r"\b(?:fp16|bf16|f16|16[- ]?bits?|half precision|also|too|as well|still|stays?|same type)\b|16 ?位|也(?:是|会|被|跟)|还是|仍|一起"

# a model in few bits, of which a smaller cache is hoped for
_QUANTISED_MODEL = r"\bquanti[sz]\w+ (?:the )?(?:models?|weights?|llms?|versions?)\b|\b(?:models?|weights?) (?:is |are )?quanti[sz]ed\b|\b(?:awq|gptq|gguf|4[- ]?bit|int4|q4\w*)(?: models?| weights?)\b|(?:量化(?:后|过)?的?(?:模型|权重|版)|(?:模型|权重)量化(?:后|了|之后|过)?)"
# a cache that is seen and held to be too large, beside weights or of a model of so many parameters: its own size is asked about
_ODD = r"\b(?:more|larger|bigger) than (?:the |its |my )?(?:\S+ )?weights\b|比[^,;?。]{0,12}权重[^,;?。]{0,4}[大多]|^(?=[\s\S]*\db\b)[\s\S]*(?:\b(?:leak\w*|broken|weird|odd|normal)\b|bug|泄漏|正常|不对劲)"
_LESS_CACHE = r"\b(?:less|smaller|reduc\w*|shrink\w*|sav\w*|lower|halv\w*|affect\w*)\b|更?(?:小|少)|省|降|减|变|影响"

_GATED = r"\bswiglu\b|\bgeglu\b|\bgated (?:mlp|ffn|feed[- ]?forward|linear)|门控(?:mlp|ffn|前馈)?"
_PLAIN = r"\bgelu\b|\brelu\b|\b(?:plain|ungated|standard|ordinary|vanilla|normal) (?:mlp|ffn|feed[- ]?forward)|\bmlp\b|\bffn\b|普通|前馈"
_PREFILL = r"\bprefill\w*|\bprompt (?:processing|phase|stage)|预填充"
_DECODE = r"\bdecod(?:e|ing)\b|\bgeneration (?:phase|stage)|解码"
_SPIKES = r"\bspikes?\b|\bpeaks?\b|\bjumps?\b|\bmore memory\b|峰值|更(?:吃|占|耗)|飙|突然"

# whether it follows them is answered with its figures
_WHY = r"\bwhy\b|\bhow come\b|\bdoes (?:that|this|it) mean\b|\bis (?:the|my) (?:kv[ -]?)?cache\b|为(?:什么|啥|何)"

# what a meter counts, and whether it is to be trusted
_SMI = r"\bnvidia-smi\b|\bnvtop\b"
_TRUSTED = r"\b(?:accura\w+|reliab\w+|trust\w*|correct|true|real|precise|lie|lies|wrong|mislead\w*|right number)\b|(?:准确?|可信|可靠|真实|相信)(?:吗|么|不|\?|$)|\bwhat (?:does|do|is|exactly)\b[^?;]{0,32}\b(?:shows?|mean\w*|counts?|includes?|measures?|reports?|displays?)|(?:显示|统计|包括|包含|算)的?(?:是|到底|究竟)?(?:什么|哪些)"
# a quantised model beside half of its parameters: more than it should be
_MORE_THAN_HALF = r"\b(?:bigger|larger|more|heavier)\b[^?;]{0,24}(?:\bparam\w* ?/ ?2\b|\bhalf\b)|(?:比|超过|大于|多于)[^?;,]{0,12}一半[^?;,]{0,6}(?:大|多|还)|\bnot (?:exactly |just )?(?:half|params?/2)\b|不(?:止|是|等于)[^?;,]{0,8}一半"
_OF_FOUR = r"(?<![\d.])4[- ]?bits?\b|\bint4\b|(?<![\d.])4 ?位|(?<![a-z])q4(?:_\w+)?"
# why Adam takes what it takes
_ADAM = r"\badamw?\b|\boptimi[sz]ers?(?: states?)?\b|优化器"
_SO_MUCH = r"\b(?:so much|a lot of|that much|most of the|the most)\b|(?:那么|这么|如此)(?:多|大)|最(?:多|占|吃)|占(?:用)?(?:了)?(?:很多|大头|大部分)"

# one memory for both, and what it is beside a card's own
_UNIFIED = r"\bunified (?:memory|ram)\b|统一内存|\bshared memory (?:of|on) (?:the |a )?(?:mac|apple|m[1-4])"
_TOLD_APART = r"\bdiffer\w*|\bvs\.?\b|\bversus\b|\bsame\b|\bcounts?\b|\bas (?:good|fast) as\b|\binstead of\b|\bcompare\w*|区别|不同|一样|算(?:是)?显存|等于|相当于|当(?:成|作)?显存"
# how many layers go on the card, and what the switch does
_LAYER_SWITCH = (
    r"(?<![a-z])-?-?n?gl(?![a-z])|\bn[-_ ]gpu[-_ ]layers\b|\bnum_gpu\b|\bgpu[- ]?offload (?:slider|setting)\b"
)
_LAYERS_WANTED = r"\bhow many layers\b[^?]{0,24}\b(?:offload|gpu|card|vram|put)|(?:放|卸载|offload)[^?,;]{0,6}(?:多少|几)层|(?:多少|几)层[^?,;]{0,8}(?:放|卸载|offload)"
_DOES = r"一样(?:的)?(?:吗|么)|\bthe same\b|\b(?:what|how)\b[^?]{0,16}\b(?:does|do|is|mean|work|set|choose|pick|know|tell|find|decide)|怎么(?:设|算|选|定|知道|判断)|如何|什么(?:意思|用|作用)|干(?:嘛|什么|啥)|是什么|设(?:多少|几)|影响"
# what PyTorch has reserved
_RESERVED = r"\bmemory_reserved\b|\breserved(?: memory)?\b(?! but)|预留(?:的)?显存"
_IS_WHAT = (
    r"\bwhat(?:'s| is| are| does)\b|\bmean(?:s|ing)?\b|\bexplain|是什么|什么意思|啥意思|是啥|指(?:的是)?什么|怎么理解"
)
# cards that hold unlike parts of a model
_UNEVEN = r"\buneven\w*|\bunequal\w*|\bimbalanc\w+|\bunbalanced\b|\bnot (?:evenly|equally|balanced|the same)\b|\b(?:differ\w*|different) (?:memory|amounts?|usage)\b|不(?:均衡|均匀|平衡|一样|平均)|差(?:很多|得多)"
_OVER_CARDS = r"\b(?:multi[- ]?gpu|(?:two|2|several|multiple|all|my|the|across|both) (?:gpus|cards)|device_map|gpus)\b|多卡|各(?:张)?卡|每张卡|几张卡|两张卡"

# a server that takes requests out again, and a program that keeps to the CPU what the card seems to have room for
_PREEMPTED = r"\bpreempt\w*|抢占"
_OF_SERVER = r"\bvllm\b|\bsglang\b|\brequests?\b|\bsequences?\b|\bkv\b|请求|缓存"
_BY_CPU = r"\b(?:us\w+|runs?|running|puts?|split\w*|spill\w*|offload\w*|goes|on)\b[^?]{0,24}\bcpu\b|\d ?%[^?]{0,6}\bcpu\b|(?:用|跑|放|占)(?:了|到|在)?[^?,;]{0,4}\bcpu\b"
_OLLAMA = r"\bollama\b"

# the context that Ollama takes where nobody sets it
OLLAMA_DEFAULT = "ollama_context"
OLLAMA_DEFAULT_ASKED = beside(
    _OLLAMA,
    r"\bdefaults?\b[^.;?]{0,24}(?:\bnum_ctx\b|\bcontext\b|\bctx\b)|(?:\bnum_ctx\b|\bcontext(?: length| window| size)?|\bctx)\b[^.;?]{0,16}\b(?:by )?defaults?\b|默认[^,;?]{0,6}(?:上下文|num_ctx|ctx|context)|(?:上下文|num_ctx|ctx|context)(?:长度)?[^,;?]{0,4}默认",
    r"\?|\bwhat\b|\bhow\b|多少|多大|几|是什么|^\W*ollama\W+defaults?\W+\w+\W*$",
    without=r"\bslow\w*|慢|\boom\b|爆|\bchange\b|怎么改|如何改|\bfits?\b|\benough\b|放得下|够[吗不么]",
)
# asked of any card, whatever sizes stand beside, and of no model
OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    (OLLAMA_DEFAULT, OLLAMA_DEFAULT_ASKED),
    (
        "kept_on_cpu",
        beside(
            _OLLAMA,
            _BY_CPU,
            r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么",
            without=r"\boom\b|out of memory|爆|报错|\bslow\w*|慢|\b100 ?% cpu|\bdetect\w*|\bdriver\b|驱动",
        ),
    ),
)

OF_WORKINGS: tuple[tuple[str, str], ...] = (
    ("limit_high", beside(r"\bmax[-_ ]model[-_ ]len\b|\bcontext length\b|\bmax(?:imum)? context\b|最大长度|最大上下文", r"\btoo (?:high|large|big|long|much)\b|\bhigher than (?:needed|i need)\b|(?:设|开|调)(?:得)?(?:太|过)?(?:大|高|长)(?:了)?(?:会|有)", r"\bwhat (?:happens|if)\b|\bdoes it (?:matter|cost|hurt|waste)\b|\bwaste\w*|会(?:怎么样|怎样|浪费|多占|影响)|有(?:什么)?影响", without=rf"{_OF_A_CASE}|\btrain|训练|微调")),
    ("preempted", beside(_PREEMPTED, _OF_SERVER, without=r"\brecomput\w*|\bswap\b|重计算|交换|\bspot\b")),
    ("unified", beside(_UNIFIED, _TOLD_APART, without=rf"{_OF_A_CASE}|\d ?gb?\b")),
    ("gpu_layers", beside(rf"{_LAYER_SWITCH}|{_LAYERS_WANTED}", _DOES, without=rf"放不下|的话|\bif (?:it|not|that)\b|\botherwise\b|\d{{1,3}}\s?(?:/|of)\s?\d|(?:-?ngl|gpu[-_ ]layers|num_gpu)[ =:]{{1,2}}\d|{_OF_A_CASE}")),
    ("reserved", beside(_RESERVED, _IS_WHAT, without=rf"\ballocated\b|\d\s?(?:gi?b?|mi?b?)(?![a-z])|{_OF_A_CASE}|\bfor (?:the )?system")),
    ("uneven", beside(_UNEVEN, _OVER_CARDS, r"\bwhy\b|\bhow come\b|\bnormal\b|为(?:什么|啥|何)|正常|怎么", without=rf"\d\s?gi?b?(?![a-z])|{_OF_A_CASE}|\bexperts?\b|专家|\btrain|训练|微调")),
    ("device_meter", beside(_SMI, _TRUSTED, without=rf"\bmax[-_ ]?model[-_ ]?len|\d\s?(?:gi?b?|mi?b?)(?![a-z])|{_OF_A_CASE}")),
    ("four_bits_more", beside(_OF_FOUR, _MORE_THAN_HALF, r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么", without=rf"{_OF_A_CASE}|\bspeed\b|\bkv\b|缓存")),
    ("adam_so_much", beside(_ADAM, _SO_MUCH, r"\bv?ram\b|\bmemory\b|\bspace\b|显存|内存", r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)", without=rf"{_OF_A_CASE}|\blora\b|\b8[- ]?bit|\bpaged\b|[12]0? ?bytes\b")),
    ("cache_stays_wide", beside(_FEW_BITS, _OF_WEIGHTS, _CACHE, _STAYS, _WHY, without=rf"{_OF_A_CASE}|\bhow (?:much|many|large|big)\b|多少|多大|\d\s?mi?b\b|\bq[48]_0\s?(?:的)?\s?(?:kv|cache\b|缓存)|\d\s?[*x×]\s?\d|[-_](?:ctk|ctv|kv[-_]cache[-_]dtype)\b")),
    ("cache_as_large", beside(_QUANTISED_MODEL, _CACHE, _LESS_CACHE, r"\?|吗|么|^(?:does|do|is|are|will|would)\b", without=rf"\bactivations?\b|激活|{_OF_A_CASE}|{_ODD}|\bwhy\b|\bhow come\b|为(?:什么|啥|何)|\bhow (?:much|many|large|big)\b|多少|多大|\bquanti[sz]ed (?:kv|cache)|(?:kv|缓存)\s?(?:cache\s?)?量化|量化\s?(?:的)?\s?(?:kv|缓存)|\b(?:fp8|q[48]_0)\b")),
    ("gated_mlp", beside(_GATED, _PLAIN, _BYTES, _ASKS, without=_OF_A_CASE)),
    ("prefill_decode", beside(_PREFILL, rf"{_DECODE}|{_SPIKES}", _BYTES, _ASKS, without=rf"{_OF_A_CASE}|\bdisaggregat\w*|分离|分开|\bchunked\b")),
    ("no_grad", beside(r"\bno_grad\b|\binference_mode\b|\b(?:model\.)?eval\(\)|\beval mode\b|\brequires_grad\s?=\s?false\b", _BYTES, _ASKS, without=rf"{_OF_A_CASE}|\blora\b|\bfreez\w*|冻结")),
    ("dropout", beside(r"\bdropout\b", _BYTES, rf"{_ASKS}|\bhow much\b", without=rf"{_OF_A_CASE}|\blora[_ ]dropout\b")),
    ("residual_states", beside(r"\bresidual (?:states?|memory)|\b(?:model|模型)\s?(?:states?|状态)[^?]{0,24}(?:\bresidual|残差|剩余)|残差状态|剩余状态", rf"{_ASKS}|\bzero\b|\bdeepspeed\b")),
)  # fmt: skip
# whether embedding and head are one matrix, asked of a model or of none
TIED = beside(
    r"\b(?:un)?t(?:ied|ying|ie)\b[^.?;]{0,24}\b(?:embed\w*|weights?|head|lm_head)\b|\b(?:embed\w*|weight|head)s?[ -](?:are |is )?(?:un)?t(?:ied|ying)\b|\btie_word_embeddings\b|\bshar\w+\b[^.?;]{0,24}\b(?:embed\w*[^.?;]{0,16}\b(?:head|output)|head[^.?;]{0,16}\bembed\w*)|(?:共享|绑定|共用)[^,;?。]{0,6}(?:词?嵌入|embedding|输出头)|(?:词嵌入|embedding)[^,;?。]{0,10}(?:共享|绑定|共用)",
    r"\bmemory\b|\bv?ram\b|\bsav\w*|\bcosts?\b|\bparam\w*|\bhow much\b|\bgi?b\b|显存|省|多少|参数",
    without=rf"{_OF_A_CASE}|\blora\b|\bmodules_to_save\b",
)
