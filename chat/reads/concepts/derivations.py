"""Formulas that are asked for of no model: how a number of parameters comes about, bits with their scales, what ranks divide."""

from chat.reads.concepts.effects import beside
from chat.reads.sums.supposed import SUPPOSED_FORM

_DERIVED = (
    r"\bderiv\w+|\bformulas?\b|\bequations?\b|\bhow (?:is|are|do|does|did|to|can)\b|\bhow many\b|\bcalculat\w+|\bcomput(?:e|ed|ing)\b|\bcome(?:s)? (?:about|from)\b|\bget(?:s)? to\b|\bwhat is divided\b"
    r"|推导|公式|怎么(?:算|来|得|计算|推)|如何(?:算|计算|得|推)|怎样(?:算|计算)|为什么是|哪来"
)
_NAMED_COUNT = r"\b(?:number|count) of (?:the )?param\w*|\bparam(?:eter)?s? (?:count|number)|\bparam(?:eter)?s?\b[^?]{0,24}\bconfig|参数(?:量|数|总量)"
_LAYERED = r"\btransformers?\b|\bllama[- ](?:style|like)\b|\bdecoder\b|\b(?:its |the |a )?config(?:\.json)?\b|\bllms?\b|\bhidden|大模型|模型|配置|层数|隐藏"
_SCALED = r"(?<![a-z])nf4(?![a-z])|\bdouble[- _]quant\w*|双重?量化|\b4[- ]?bit (?:nf4|bitsandbytes|bnb)\b"
_BITS = r"\bbits?\b|\b4\.(?:5|1\d*)\b|\bsav(?:e|es|ing|ings|ed)\b|\bper (?:param\w*|weight)\b|\bhow much\b|位|每参数|省|节省"
# formats whose weights are stored in blocks, and what is asked of their bits; where they come from, or whether they are right
_BLOCKS = r"(?<![a-z0-9])(?:i?q\d(?:_[01k](?:_[smlx]{1,3})?|_xxs|_xs|_nl|_[sm])|mxfp4|nvfp4|fp8|(?:gptq|awq|hqq)(?:[- ]?int\d)?|(?:int4|w4a16)(?= ?(?:g\d|group)))(?![a-z0-9_])"
_EACH_WEIGHT = (
    r"\bbpw\b|\bbits?[- ](?:per|a|each)[- ](?:weight|param\w*)|\bbits\b[^?]{0,12}\b(?:each|does)\b|(?:每|一)个?(?:权重|参数)[^?]{0,12}(?:几|多少|\d)|(?:几|多少)\s?(?:个)?(?:位|bits?)(?:每|/)|\d\.\d+ ?(?:bits?\b|位|bpw)|\bbits?\s?(?:每|/)\s?(?:权重|参数|weight)"
    r"|\bblocks?\b|\bscales?\b|缩放|分块|一块"
)
_WHY_BITS = (
    r"\bwhy\b|\breally\b|\bhow (?:many|much|come|does|do|is|are)\b|\bexactly\b|\bcomes? from\b|\bcalculat\w+|\bderiv\w+|\bexplain|\bwhat (?:does|is)\b|\bactual(?:ly)?\b"
    r"|为(?:什么|啥|何)|真的|到底|究竟|怎么(?:算|来|得)|多少|几\s?(?:位|bit)|哪来|各(?:是|多少|几)"
)
_ACTIVATIONS = r"\bactivations?\b|激活"
_RANKS = r"\btensor[ -]?parallel\w*|\bsequence[ -]?parallel\w*|(?<![a-z])(?:tp|sp)(?![a-z])|张量并行|序列并行"
_STAGES = r"\bzero[- ]?(?:stage[- ]?)?[123]?\b|\bfsdp2?\b|\bdeepspeed\b"
_DIVIDED = rf"\bdivid\w+|\bsplit\w*|\bshard\w*|\breduc\w+|切|分摊|减少|{_DERIVED}"
_LOGITS = r"\blogits?\b|\bcross[- ]?entropy\b|交叉熵"
_VOCABULARY = r"\bvocab\w*\b[^?]{0,48}\b(?:memory|v?ram|activations?|take|cost)|\b(?:memory|v?ram)\b[^?]{0,48}\bvocab|词表[^?]{0,16}(?:显存|内存|占|oom|爆)|(?:显存|内存)[^?]{0,16}词表"
_OF_LOGITS = (
    r"\bwhy\b|\bhow (?:is|are|do|does|did|come|big|large|much)\b|\bformula\b|\bderiv\w+|\bcalculat\w+|\bcomput\w+|\bcop(?:y|ies)\b|\bmatters?\b|\bwhat (?:do|does)\b|\b\d ?x\b|\bexplain|\bsize of\b[^?;]{0,12}\blogits?\b|\blogits?(?: tensor)? size\b|\blogits?\b[^?;]{0,24}\d\s?k?\s?vocab\w*|\blogits?\b[^?;]{0,24}\bvocab\w*(?: size)?(?: of| is|[=:])? ?\d"
    r"|(?<![a-z])logits[^?;]{0,16}词表[^?;,]{0,4}\d|词表[^?;,]{0,4}\d[^?;]{0,16}logits|为(?:什么|啥|何)|公式|怎么(?:算|来|得|回事|计算|推)|如何(?:算|计算)|推导|几份|多少|多大|解释|影响"
)
# of a run, and no matter of how logits come about
_GROWN = r"\b(?:extend|expand|resiz|enlarg)(?:ed|ing|e)?\b[^.;?]{0,32}\b(?:vocab|token|embed)|扩(?:充|展|大)?[^,;?]{0,6}词表|词表[^,;?]{0,6}扩"
_OF_A_RUN = (
    r"(?<!容易)(?<!容易 )\boom\b|\bout of memory\b|\btried to allocate\b|\berror\b|\bcrash\w*|\bfail\w*|\beval\w*|\bcompute_metrics\b|\bfits?\b|\bsamples?\b|\bteacher\b|\bdistil\w*|\bq?lora (?:on|of|with|for|fine)|\bthan\b(?! (?:in )?(?:bf16|fp16|fp32|16|32)\b)|\btokens? to\b|\badd\w* (?:\d+ )?(?:new )?tokens|\bparam(?:eter)?s? (?:count|in)\b|\bembedding\b"
    r"|报错|炸|崩|评估|验证|蒸馏|教师|(?:q?lora|全参|全量)\s?(?:微调|训练)|新增|扩(?:充|展)?词表|词表(?:由|从)|放得下|够|(?<!logits)(?<!logits显存)(?<!logits的显存)(?<!什么)(?<!啥)比|嵌入"
)

# two of them of one size, which are worked out for it
_TWO = r"(?<![\d.])\d+(?:\.\d+)?\s?(?:k|万)\s?(?:vs\.?|versus|or|and|和|与|还是)\s?\d+(?:\.\d+)?\s?(?:k|万)"
_TWO_OF_A_SIZE = rf"\d ?b\b[\s\S]*{_TWO}|{_TWO}[\s\S]*\d ?b\b"
# what has so large a vocabulary is trained or run: of it the need is asked
_A_CASE = r"\bhow much (?:gpu |video )?(?:v?ram|memory)\b(?: (?:do|would|will|does|should) \w+ (?:need|take|use|want))?(?: (?:for|to|with|of)) (?:[^.;?]{0,24}\b)?(?:train\w*|pre-?train\w*|(?:fine-?)?tun(?:e|ing)|run\w*|\d+(?:\.\d+)?[bm])\b|\bpre-?train\w*\b[^.;?]{0,24}\d(?:\.\d+)?[bm]\b|\benough\b"

# a cache of fewer heads or bits, and whether that is speed; of no card
_SMALLER_CACHE = r"(?<![a-z])(?:gqa|mqa|mla)(?![a-z])|\bgrouped[- ]query|\b(?:smaller|fewer|less|shrink\w*|quanti[sz]\w+|halv\w+)\b[^?;]{0,12}\b(?:kv|cache)|\b(?:kv|cache)\b[^?;]{0,20}\b(?:smaller|shrink\w*|less|halv\w+)|(?:kv|缓存)[^?;]{0,8}(?:变小|更小|小了?|减半|少)"
_FASTER = r"\b(?:fast(?:er)?|speed\w*|quick\w*|throughput|tok(?:ens)?/s)\b|快|提速|加速|速度"
# full sharding, and whether a card has the whole model for a while
_SHARDED = r"\bfsdp2?\b|\bzero[- ]?(?:stage[- ]?)?3\b|\bstage[- ]3\b|完全切分"
_GATHERS = r"\ball[- ]?gather\w*|\b(?:un-?shard|gather|re-?construct|re-?assembl|materiali[sz])\w*|聚合|收集|拼回|拼成|all_?gather"
_WHOLE = r"\b(?:whole|full|entire|complete|all)\b[^?;]{0,16}(?:\b(?:model|weights?|param\w*|cop(?:y|ies))|\d ?b\b)|\b(?:2|two|double|twice)\s?x?\b[^?;]{0,16}\bmodel|\bpeak\b|\bspike\w*|\b(?:per|each|every) (?:gpu|card)\b|完整|整个|全部|峰值|每(?:张)?卡"

# what stays on the card once the optimizer has left it
LEFT_ON_GPU = r"\bwhat(?:'s| is| lies| sits) (?:then |still )?(?:on|in) (?:the |my )?(?:gpus?|cards?|v?ram|gpu memory)\b|\b(?:left|remains?|stays?|still|kept|remaining)\b[^?;]{0,16}\b(?:on|in) (?:the )?(?:gpus?|cards?|v?ram|gpu memory)\b|\bwhat\b[^?;]{0,12}\b(?:gpu|card|vram)\b[^?;]{0,8}\b(?:hold|keep|store)s?\b|(?:显存|显卡|gpu|卡)(?:上|里|中)?(?:还|仍|都)?(?:然)?(?:剩(?:下)?|留(?:下|着)?|有|要(?:放|存)|放|存)(?:着|的)?(?:是)?(?:什么|哪些|啥)"

OF_DERIVATIONS: tuple[tuple[str, str], ...] = (
    ("nf4_bits", beside(_SCALED, _BITS, rf"{_DERIVED}|\bhow much\b|多少|\?")),
    ("nf4_bits", r"(?<![\d.])0?\.(?:127|37\d?)(?!\d)[^?]{0,24}(?:\bbits?\b|位)"),
    ("left_on_gpu", beside(r"(?<![a-z])offload\w*|卸载", LEFT_ON_GPU, r"\?|吗|么|什么|啥|哪些|\bwhat\b", without=r"\blayers?\b|\bngl\b|\bexperts?\b|\bkv\b|\binference\b|\bllama|\boom\b|层|专家|推理|缓存|爆|炸")),
    ("share_includes", beside(r"memory[-_ ]utili[sz]ation|\b0?\.9\d? (?:gpu )?(?:memory )?utili[sz]ation|\bvllm\b[^?;]{0,24}utili[sz]ation|显存利用率", r"\binclud\w*|\bcontain\w*|\bcover\w*|\bcounts? (?:the|in)|包括|包含|算不算|算进|含不含", r"\bcontext\b|\bgraphs?\b|\bruntime\b|\bweights?\b|\bactivations?\b|\bother process\w*|上下文|权重|激活|其他进程", r"\?|吗|么|算不算|含不含")),
    ("dequantises", beside(r"\bdequant\w*|\bunpack\w*|反量化|解量化|解包", r"\bmemory\b|\bv?ram\b|\bcop(?:y|ies)\b|\bextra\b|显存|副本|额外|占", r"\?|吗|么|会不会", without=r"\boom\b|\bslow\w*|慢|速度")),
    ("dequantises", beside(r"\bqlora\b|\bnf4\b|\bbitsandbytes\b|\bbnb\b|\bawq\b|\bgptq\b|\b[48][- ]?bit\b|[48] ?位", r"\b(?:comput(?:es?|ed|ing|ations?)|matmuls?|multipl(?:y|ies|ied)|arithmetic)\b|计算|运算|矩阵乘", r"\b(?:in|at|with|also|still|really|actually|too)\b[^.?;]{0,12}\b(?:int)?[48][- ]?bits?\b|\b(?:int)?[48][- ]?bit (?:comput|matmul|arithm)\w*|(?:计算|运算|矩阵乘)[^,;?]{0,8}(?:也|都|还|就|用)?[^,;?]{0,4}(?:int)?[48] ?(?:bit|位)|(?:int)?[48] ?(?:bit|位)[^,;?]{0,4}(?:计算|运算)", rf"\?|吗|么|会不会|{SUPPOSED_FORM}", without=r"\boom\b|\bslow\w*|\bfast\w*|慢|快|速度|\bhow (?:much|many)\b|多少|\bcompute[-_ ]?(?:dtype|capability)|\bfits?\b|放得下|\d ?gi?b?(?![a-z])")),
    ("page_waste", beside(r"\bpaged[- ]?attention|\bblock[-_ ]size\b|分页|pagedattention|块大小", r"\bwast\w+|\bfragment\w*|\boverhead\b|浪费|碎片", r"\?|吗|么|多少|\bvs\b")),
    ("traffic", beside(r"\bcommunicat\w+|\btraffic\b|\ball[- ]?reduce\b|通信量|通信开销|传输量", r"\bddp\b|\bdata[- ]parallel\w*|\bfsdp\w*|\bzero[- ]?[0-3]|数据并行", r"\bhow (?:much|many)\b|\bgb\b|\bbytes\b|\bper step\b|\bvolume\b|\bcompar\w+|\bvs\b|\bdifference\b|多少|差多少|每步|几倍|对比|区别", without=r"\bnvlink|\bpci-?e|\bethernet|\binfiniband|\d ?gbps|\bgbit|以太网|万兆|\bfits?\b|放得下|够")),
    ("gathers", beside(_SHARDED, _GATHERS, _WHOLE, r"\?|吗|么|会不会|是不是|bullshit|\bright\b", without=r"\bsav(?:e|ing)\b|\bstate[_ ]dict|\bload\w*|\boom\b|out of memory|\bbandwidth|\bslow\w*|\bq?lora\b|保存|加载|报错|爆|带宽|慢|速度")),
    ("cache_speed", beside(_SMALLER_CACHE, _FASTER, r"\?|吗|么|\bright\b|对不对", without=r"\bprefill|\bdraft|\bspeculative|\bprefix|\boffload|(?<![a-z])(?:fp8|int8|q8_0)(?![a-z])|\bvllm|\bgpus?\b|\bcards?\b|显卡")),
    ("format_bits", beside(_BLOCKS, _EACH_WEIGHT, _WHY_BITS, without=r"\bkv\b|\bcache\b|缓存|\bgpus?\b|\bcards?\b|显卡|\bquality\b|质量|perplex\w*")),
    ("logits_derived", beside(_LOGITS, _OF_LOGITS, without=rf"{_OF_A_RUN}|{_GROWN}")),
    ("logits_derived", beside(_VOCABULARY, _OF_LOGITS, without=rf"{_OF_A_RUN}|{_GROWN}|{_A_CASE}|{_TWO_OF_A_SIZE}")),
    ("params_counted", beside(_NAMED_COUNT, _LAYERED, _DERIVED, without=r"\blora\b|\badapter|\bmemory\b|\bv?ram\b|显存|字节|可训练|激活参数|专家")),
    ("activations_divided", r"\b(?:sequence|context)[ -]parallel\w*\b[^?]{0,16}(?:\bvs\.?\b|\bversus\b|\bor\b|\band\b)[^?]{0,12}\btensor[ -]parallel\w*|\btensor[ -]parallel\w*\b[^?]{0,16}(?:\bvs\.?\b|\bversus\b|\bor\b|\band\b)[^?]{0,12}\bsequence[ -]parallel\w*|(?:序列并行[^?]{0,6}(?:和|与|跟|还是)[^?]{0,4}张量并行|张量并行[^?]{0,6}(?:和|与|跟|还是)[^?]{0,4}序列并行)"),
    ("activations_whole", beside(_ACTIVATIONS, _STAGES, r"\bwhy\b|\b(?:not|n't|help\w*|same|reduc\w+|sav\w+|shard\w*|divid\w+|split\w*)\b|为(?:什么|啥|何)|切|省|降|减|一样", rf"\?|吗|么|^explain|\bwhy\b|为(?:什么|啥|何)|解释|{SUPPOSED_FORM}", without=rf"{_RANKS}|\bpipelin|流水线|\boom\b|out of memory|爆|激活参数|\bright\s?\?|对[吗吧]|(?<!matter )\bhow (?:much|many)\b|多少|\bgradients?\b|梯度|\bcheckpoint|重计算|\boffload|卸载")),
    ("activations_divided", beside(_ACTIVATIONS, _RANKS, _DIVIDED, without=r"\bpipelin|流水线|激活参数")),
)  # fmt: skip
