"""What a question wants: a table of patterns with weights.

Weights add up per intent (each pattern once); the heaviest intent opens the answer. 3 says it outright, 2 is its usual
wording, 1 or less only leans that way. Patterns run over the regular text (see `chat.reads.normal`).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from chat.reads import asking
from chat.reads.asked import wants
from chat.reads.cues import CONFIRMS, CUES, WHICH_MODELS
from chat.reads.elsewhere import COST, elsewhere, of_other_matters
from chat.reads.lexicon import compiled
from chat.reads.ran_though import ran_though, refused_by_setting
from chat.reads.symptoms import PRINTED
from chat.reads.topics import OF_THEM, joined, says

# what people set against each other
_WAY = r"(?:q?lora|galore|full|freeze|zero ?-?[123]|fsdp|ddp|dora|badam|adamw?(?:[_ -]?8[- ]?bit)?|adafactor|8bit|4bit|gptq|awq|nf4|tp|pp|fp16|bf16|fp32|int8|int4|全参|全量|冻结|张量并行|流水线并行)"
_AMOUNT = r"\d+(?:\.\d+)?\s?gi?b?(?![a-z])"
_WHO = r"(?:\b(?:litgpt|lit-gpt|torchtune|peft|hf|hugging ?face|transformers|trl|unsloth|axolotl|llama[ -]?factory|xtuner|swift|ms-swift|deepspeed|megatron|fsdp|ddp|vllm|sglang|tgi|lmdeploy|ollama|llama\.?cpp|exllama(?:v2)?|q?lora|galore|dora|full|awq|gptq|bnb|bitsandbytes)(?![a-z])|全参|全量)"
_HELD = r"(?:\bweights\b|\bparam\w*|\bmodel file\b|\bon disk\b|\bdownload\w*\b|\bcheckpoint\b|\bestimate[ds]?\b|\bcalculat\w+|权重|参数|模型文件|硬盘上|磁盘上|下载(?:下来)?|理论|预计|算出来)"
_USED = r"(?:\bused\b|\busage\b|\busing\b|\btakes?\b|\bshows?\b|\breports?\b|\bnvidia-smi\b|\btask manager\b|\bdedicated\b|显示|占用|占了|跑起来|实际|用了)"
# "max length 4096" states a length and asks for none
_NO_VALUE = r"(?![ _-]?(?:size|len(?:gth)?|window|大小)?\s*(?:of|is|为|是|设为|[=:])*\s*\d)"

# how a thing can be done at all: a question of method, unless the method is named
HOW_TO = (
    r"\bhow (?:to|can i|can we|could i|do i|do you|do we|should i|would i|would you)\s(?:even |actually |possibly |best |then )?(?:train|fine-?tune|finetune|run|fit|serve|deploy|load|squeeze|get [^?]{1,40} (?:to|running|working))\b"
    r"|(?:怎么|怎样|如何|咋)(?:才)?(?:能|可以)?(?:在[^,;?]{1,24}(?:上|里)?)?(?:训练|微调|跑|部署|运行|加载|推理|塞)"
)

INTENTS: tuple[tuple[str, float, str], ...] = (
    ("injection", 9, r"ignore (?:everything|anything|whatever)\b[^.;?]{0,24}\b(?:above|before|said|told|so far)|ignore (?:all |any |the )*(?:previous|prior|above|earlier|your|my)?\s*(?:instructions?|rules|prompts?|tables?|formulas?|data)|forget (?:about )?(?:all |any |the |your )*(?:previous |prior |earlier )?(?:instructions?|rules|formulas?|tables?)\b|disregard (?:all|any|the|your|previous)|(?:print|reveal|show|repeat|output|tell me|what(?:'s| is)) (?:me )?(?:the |your )(?:system |hidden |initial )?prompt\b|your (?:instructions|(?:hidden|system) prompt)|reveal your|api[ _-]?key|jailbreak|developer mode|\bdan mode\b|drop table|delete from|insert into|update \w+ set|;\s*--|<\|im_start\|>|</?system>|\[/?inst\]"),
    ("injection", 9, r"^\s*(?:system|assistant|developer)\s*[:>]|(?:the )?table now (?:says|contains|reads)|from now on,? (?:you|the|all|always|assume|answer)|you are now (?:a|an|my|in|the|dan|free|un\w+)\b|pretend (?:that )?(?:you|the table)|(?:^|[.!?;:]\s*|\b(?:please|now|you|you must|you will)\s)act as (?:an?|if|the)\b|\byou(?:'re| are) (?:now )?(?:the |an? )?(?:admin\w*|root|dan|system|developer)\b|\badmin (?:mode|override)|\b(?:(?:just|only|always) (?:answer|reply|say|respond|output)|(?:answer|reply|respond|output|say) (?:only|just|always|nothing but))(?: with)? (?:['\"][^'\"]{1,24}['\"]|yes|ok)(?!\s?(?:or|/|\w))|rm -rf|__import__|os\.system|eval\("),
    ("injection", 9, r"只(?:准|许|能|要|需)?(?:回答?|回复|答|说)\s?[\"'“”‘’「]?(?:够|能|可以|是|行|yes|放得下|没问题)[\"'“”‘’」]?(?=\s*(?:$|[,.;!?]|就行|就好|即可))|你(?:现在)?(?:是|处于|进入)了?(?:系统)?管理员|(?:进入|开启|切换到?)管理员模式|忘(?:记|掉|了)(?:你的?|之前|以上|前面|所有)[^,;?]{0,6}(?:规则|指令|公式|表|设定)|忽略(?:之前|以上|前面|上面|所有|一切|你)|无视(?:之前|以上|前面|上面|所有)|提示词是什么|(?:打印|输出|泄露|显示|告诉我)你?的?(?:系统)?(?:提示词|指令|密钥)|你的(?:系统)?(?:提示|指令|密钥)|你现在是|从现在(?:起|开始)|(?:请|你|^\s*|[,.;!?]\s*)(?:现在|来|要|必须)?(?:假装|扮演)|删除(?:数据库|表)|表(?:格)?(?:现在|已)(?:改|写|说|更新)(?:成|为|着)?"),

    ("greeting", 2, r"^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings|thanks?(?: you)?|thx|bye)\b[\s\w,!.]{0,12}$|^\s*(?:你好|您好|嗨|哈喽|早上好|晚上好|下午好|谢谢|多谢|再见|在吗)[\s!,.~啊呀吗?]*$"),
    ("help", 3, r"^\s*(?:help|\?+|usage)\s*[?!.]*$|what can (?:you do|i ask)|^\s*what can i do\s*\?*$|how (?:do|can|should) i (?:use|ask) (?:you|this)|who are you\s*\?*$|what are you\b|你能(?:做|干|回答)(?:些)?什么|你是谁|怎么用(?:你|这个)?\s*\??$|^\s*帮助|有(?:什么|哪些)功能|能问(?:你)?(?:些)?什么|使用(?:说明|方法)\??$"),

    ("units", 4, r"(?<![a-z])gib\b.{0,48}(?<![a-z])gb\b|(?<![a-z])gb\b.{0,48}(?<![a-z])gib\b|(?<![a-z])mib\b.{0,60}(?<![a-z])gb\b|(?<![a-z])gb\b.{0,60}(?<![a-z])mib\b|(?<![\d.])(?![1-9]0[5-9]0)\d{4,6}\s?(?:还是|or|vs\.?)\s?(?![1-9]0[5-9]0)\d{4,6}(?!\s?(?:samples|steps|条))|\bdecimal (?:gb|gigabytes?|units?)\b|(?:gib|gb|mib|kib) (?:or|vs\.?|versus|和|与|还是)\s*(?:gib|gb|mib|1000|1024)|1000\s?m?i?b?\s?(?:or|vs|还是|和)\s?1024|1024\s?m?i?b?\s?(?:or|vs|还是|和)\s?1000"),
    ("units", 4.8, r"\d\s?(?:mib|gb|gib)\b[^?]{0,40}(?:多少|几个?)\s?gib\b"),
    ("units", 4, r"how many (?:bytes|bits|gib|mib) (?:is|are|in) |how many gi?b (?:is|are|in) \d|\bwhat(?:'s| is| does)? (?:an? )?gib\b(?: mean| stand for)?\s*\?*$|什么是\s?gib|gib\s?是什么|difference between (?:a )?(?:gib|gb|mib)|marketed|decimal or binary|二进制.{0,6}十进制|(?:gb|gib)(?:和|与|跟)(?:gb|gib)的?(?:区别|差别|换算)|单位(?:换算|怎么|是)|显示(?:只有|为).{0,12}(?:mib|gb).{0,12}标称|等于多少(?:gb|gib|mb|mib|字节|g\b)|bits? (?:or|vs) bytes?"),

    ("units", 4, r"\bbytes or billions?\b|\bbillions? or bytes\b|\d\s?(?:亿|万)\s?还是\s?\d|b(?:是|代表|表示|指)(?:什么|啥|十亿|字节)|\bwhat does (?:the )?['\"]?b['\"]? (?:mean|stand)|\bhow many bytes (?:is|are|does|per) (?:a |an |one )?\d+[- ]?bit|\d\s?k[^.;?]{0,16}(?<!\d)(?![1-9]0[5-9]0)\d{4,6}\s?(?:还是|或者?|\bor\b|\bvs\b)\s?(?![1-9]0[5-9]0)\d{4,6}"),
    ("check_arithmetic", 3, r"(?:is|are) (?:this|that|my|it|these|the) (?:\w+ )?(?:calculation|math|maths|arithmetic|estimate|formula|computation|numbers?|figure|reasoning) (?:right|correct|ok|wrong)|(?:check|verify) (?:my|this|the|these|each|every|it)\b|did i (?:compute|calculate|get)|am i (?:right|wrong|correct|computing|calculating)|which part is wrong|where (?:did|do|am) i (?:go )?wrong|my (?:calculation|math|arithmetic|estimate)\b|(?<!do )(?<!can )(?<!should )\bi (?:calculate|compute|estimate)d?\b|(?:is|are) (?:this|that) (?:right|correct|true)\b|\bsanity[ -]check|\bplease verify\b"),
    ("check_arithmetic", 4, r"\bi (?:figured?|reckon(?:ed)?)\b[^?]{0,80}=[^?]{0,80}\?|=\s?~?\d[^?]{0,80}[.?!;,]\s*(?:did i (?:miss|forget)|am i (?:missing|forgetting))\b|(?:是不是)?(?:漏|少算)(?:了|算)?(?:什么|啥|哪)"),
    ("explain_derive", 3, r"\bwhy (?:is there |is it )?(?:the |a |exactly )*(?:factor|ratio|gap|twice|double|half)\b|为什么(?:正好|刚好)?(?:是|差)?(?:一倍|两倍|2 ?倍|一半)"),
    ("explain_derive", 3.4, r"\bwhy (?:only |just |is it )?\d[\d.,]*\s?(?:gi?b|g|bytes?|b)?\s?(?:and not|instead of|rather than|,? not)\b|为什么(?:只|才)?是?\s?\d[\d.,]*[^,?!\d]{0,6}(?:而不是|不是)"),
    ("check_arithmetic", 3, r"(?:是|等于|=)\s?\d+\.\d+\s?(?:gib|gb|g)\s?(?:吗|对吗|没错吧|对不对)"),
    ("check_arithmetic", 3, r"\bis it (?:right|correct|true) that|\bwho(?:'s| is) (?:off|wrong|right)\b[^.;?]{0,16}\?"),
    ("check_arithmetic", 1.8, r"对吧|(?<!这)对吗\s*\??\s*$|对嘛|没错吧|(?:right|correct|no)\s*\?\s*$"),
    ("check_arithmetic", 3, r"算(?:得|的)?(?:对|错)(?:吗|不对|没|了)?|(?:计算|算法|估算|公式|结果)(?:是)?(?:对|正确|有误|不对|有错|错)(?:吗|的吗|不对)?|帮我[^,;?!]{0,6}(?:检查|验算|核对|看看|对一下)|核对|哪里不对|对不对|这(?:样)?(?:算)?对(?:吗|么)|哪里(?:算)?错|我算(?:的|出|了|下来|得)?|是不是算错|有误吗"),

    ("training_time", 3, r"(?:pre-?train|train|训练|预训练).{0,40}\d\s?(?:b|t|亿|万亿)\s*(?:个)?tokens?.{0,40}(?:how long|多久|几天|多少天|days|hours)"),
    ("training_time", 4, r"how long (?:does|did|will|would|do|to|it)\b.{0,50}\b(?:train|pre-?train|fine-?tun|finetun|take|epochs?)|training (?:time|duration|days|hours)|gpu[ -]?hours?|how many (?:days|hours|gpu-hours)|time to (?:train|pretrain|fine-?tune)|(?:训练|微调|预训练|跑完)(?:.{0,16})(?:多久|多长时间|多少(?:天|小时|时间)|几天|几(?:个)?小时)|训练时(?:间|长)|耗时|(?<![多单双几])(?<!\d)卡时(?!候|出|就|没|正|会|爆|是|都|也)|gpu小时|多少(?:天|小时)|\bmfu\b|需要几天"),
    ("training_time", 4, COST),
    ("training_time", 5, r"(?:通信(?:量|开销|代价|成本)|\bcommunication (?:volume|cost|overhead|traffic)|\b(?:network |gradient )?traffic\b|\bcommunicates?\b)(?=[\s\S]*(?:\bzero|\bfsdp|\bddp|数据并行|\bdp\b))"),
    ("decoding_rate", 4, r"\b(?:beats?|outpaces?|outruns?)\b[^.;?]{0,40}\b(?:offload\w*|ram|cpu)\b|\btok(?:en)?s?\s?(?:/|per|an?|each|every) ?s(?:ec(?:ond)?)?\b|\bt/s\b|\btps\b|\bhow fast\b(?![^?]{0,30}\btrain)|\b(?:inference|generation|decod\w+|output|token) (?:speed|rate|throughput)|(?:每|[一1]\s?)秒(?!内)[^,;?]{0,8}(?:token|字|词)|token(?:/|每)(?:秒|s)|(?:生成|推理|解码|输出|出字)(?:的)?速度|(?:跑|生成|推理|出字)(?:起来)?(?:有|能)?多快"),
    ("training_time", 4, r"\b(?:a|an|one|\d+) (?:hour|day|week|month)s?\s*\?|epoch[^?;]{0,12}(?:多久|多长时间|几(?:个)?小时)|(?:训|训练|微调|训完|跑完)[^?;,]{0,10}(?:多久|多长时间)|(?:^|[,.;!]\s*)(?:how many )?(?:hours|days|weeks)\s*\?|\b(?:minutes|hours|days|weeks|months) or (?:minutes|hours|days|weeks|months|years)\b|(?:几|多少)(?:个)?(?:小时|天|周)"),
    ("training_time", 3, r"tokens?.{0,20}(?:要|需要|得|花|用)(?:多久|多长时间|几天|多少天)"),
    ("adam_state", 3.2, r"\b\d+\s?(?:bytes?|字节)\b.{0,24}\b(?:adamw?|optimi[sz]er)\b|\badamw?\b.{0,24}\d+\s?(?:bytes?|字节)|\badamw?\b(?!\s?\([^)]*\) (?:runs?|fits?|works?|trains?|on|in)\b)(?:(?!model states?\b).){0,60}(?:states?|moments?|momentum|variance|copy|copies|include|contain|store|keep|bytes per|per param|8 bytes|12 bytes|master)|optimi[sz]er states?.{0,40}(?:how|what|why|bytes|include|contain|size|much|take)|master (?:weights|copy)|(?:how|what|why).{0,30}optimi[sz]er (?:states?|memory)|(?:\badamw?|优化器)(?:(?!模型状态).){0,30}(?:状态|动量|方差|包不?包含|副本|主权重|二阶|一阶|存(?:了|储)?(?:什么|哪些|几)|占(?:多少|几))|优化器(?:状态)?(?:占|要|需要)(?:多少|几)"),
    ("adam_state", 4, r"(?:\badamw?|优化器)(?:(?!模型状态)[^?;]){0,40}占(?:了)?(?:多少|几)"),
    ("kv_cache", 4.2, r"\bhow much (?:more |extra |additional )?(?:gpu )?(?:v?ram|memory)\b[^?.;]{0,8}\b(?:does|do|will|would)\b[^?.;]{0,28}\b(?:context|ctx|tokens|window)\b(?: length)?(?: of \w+)? (?:add|cost|take|need|eat)\w*|(?:上下文|ctx|token)(?:长度)?(?:会|要|得)?(?:给|让|使)[^,;?]{0,24}(?:增加|多占|多用|多吃|额外占)(?:用)?(?:多少|几)|(?:上下文|ctx)(?:会|要|得)?(?:额外|另外|多)(?:占|吃|用|要)(?:多少|几)"),
    ("kv_cache", 3.8, r"\bkv[ _-]?cache|\bkv\b.{0,12}(?:memory|size|per token|bytes)|key[ -/]*value cache|kv缓存|键值缓存|\bkv(?:就)?(?:占|要|得|需要|吃|大小|的显存|显存)|\bkvcache|past[ _-]key[ _-]values?|\bk\s?(?:/|、|,|and|和)\s?v\b|\bkeys? and values?\b|\b(?:gqa|mqa|mla|kv heads|attention)\b.{0,30}\bcache\b|\bcache\b.{0,30}\b(?:gqa|mqa|mla|kv heads)\b|(?:gqa|mqa|mla|注意力).{0,12}缓存"),
    ("kv_cache", 2.6, r"(?<!fp8 )(?<!int8 )(?<!with )(?<!bit )\bkv[ _-]?cache (?:size |memory )?(?:for|of|at)\b[^.?!;,]{0,32},?\s?how (?:many|much|big|large)\b"),
    ("kv_cache", 2.8, r"(?<![a-z_-])(?<!fp16 )(?<!bf16 )(?<!fp8 )(?<!int8 )(?<!bit )kv(?![ _-]?(?:cache|heads?|quant|offload|fp8|int8|q\d)|[a-z_]|缓存)|\bper[ -]token kv\b"),
    ("kv_cache", 2.2, r"(?<!kv)(?<!kv[ _-])(?<!value )(?<![a-z]_)\bcache\b(?! (?:dir|folder|path))|(?<!kv)(?<!kv )(?<!键值)(?<!临时)缓存(?!区|目录|文件|路径)"),
    ("kv_cache", 3.8, r"\b(?:mla|gqa|mqa|mha|latents?|layers?|models?)\b[^.?!;]{0,16}\bcach(?:es|ed|ing)\b[^.?!;]{0,24}\b(?:values?|numbers?|elements?|floats?|dims?|latents?|per token)\b|\d\s?[km]i?b\s?(?:/|per |a |每个?)\s?tok(?:en)?s?\b|每(?:个)?\s?token\s?(?:只?(?:要|占|存|是|约|大概|差不多)){0,2}\s?\d+(?:\.\d+)?\s?[km]i?b|\b(?:each|every|per|one|an?|extra|additional|more)\b.{0,12}\btokens?\b.{0,8}\bcontext\b|(?:上下文)?每(?:多|增加|加)(?:一|1)?(?:个)?(?:\d*k|token)|(?:一|1)个token.{0,12}(?:多大|多少|几)"),
    ("kv_cache", 1, r"per token\b|每(?:个)?token(?:占|要|多少)|\bpaged ?attention"),

    ("table_lookup", 4, r"llama[ -]?factory.{0,40}(?:say|list|table|readme|report|give|claim|quote|figure|estimat|revision|stat(?:es|ed)? (?:that|it|for)\b)|(?:what|which|how).{0,30}llama[ -]?factory(?:'s)?\b.{0,40}(?:for|of|table|say|list)|(?:(?<!on )the|your|official|readme|hardware|this|that|published) (?:\w+ )?table\b|table (?:says|lists|gives|shows|claims)|according to (?:the )?(?:table|llama-?factory|readme)|look ?up|llama[ -]?factory.{0,20}(?:表|写|列|给|说)|(?<![请报图列填申代发])表(?:格)?(?:里|中|上|说|写|给|列)|官方(?:表|给的|写的|文档里)|查(?:一?下)?[^,;?!.]{0,8}(?<!词)表|llama[ -]?factory[^,;?]{0,4}文档|(?:文档|文中|文章)(?:的|里的?)?表"),
    ("table_lookup", 4.6, r"(?:readme|官方|文档|官网)[^,;?]{0,12}(?<![请报图列填申代发])表"),
    ("table_lookup", 1.6, r"readme(?:里|中|上)?(?:写|说|给|列)|who is right|谁(?:是)?对|以谁为准|哪个(?:是)?准|revision|which version of the table"),

    ("explain_derive", 3, r"\b(?:derive|derivation|prove|proof)\b|\bexplain\b|where (?:does|do|did) (?!.{0,12}\b(?:extra|rest|remain\w*|other)\b).{0,60} come(?:s)? from|how (?:is|are|was|were)\b.{1,32}\b(?:computed|calculated|derived|obtained|estimated)\b|(?:what|which) (?:makes up|goes into|contributes to|terms?\b|parts\b|components\b)|\bconsists? of\b|\bbreak(?:s|ing)? ?down\b|\bwalk me through\b|\bby hand\b|why (?:is|are) (?:it|there)? ?(?:16|20|12|18|26\.0\d*)|what(?:'s| is) the formula|step by step|formula (?:for|of|behind)|why (?:\d+) (?:bytes|times|x)|show (?:me )?(?:the )?(?:formula|derivation|steps|working)"),
    ("explain_derive", 4.6, r"(?:请|帮我|麻烦|求)(?:你|您)?(?:一步一?步)?(?:地)?推导|\bplease derive\b|^\W*derive\b"),
    ("explain_derive", 3, r"推导|怎么(?:来|得|算|计算|推|估算?)(?:的|出来|到|得)?|如何(?:计算|得出|推|估算)|计算(?:公式|过程|方法)|公式(?:是|怎么|如何|$)|的公式|手算|一步(?:一)?步算|(?:如何|怎么|怎样)[^,;?]{1,12}(?:计算|估计|估算)|(?:包括|包含)(?:什么|哪些)|有哪些项|(?:哪些|哪几|什么)(?:部分|项)?(?:组成|构成)|\bwhat(?:'s| is) in (?:the|those|these)\b|(?:的)?(?:构成|组成)$|(?:详细)?(?:讲讲|讲一下|拆解)|(?:为什么|为啥).{0,10}\d+\s?(?:个)?字节|(?:为什么|为啥|为何)(?:是|约|等于|大约)?\s*(?:要)?(?:乘)?(?:16|20|12|18|26|1\.2)|(?:解释|说明)(?:一下|下)?(?=[\u4e00-\u9fffa-z0-9])|哪来的|由来|什么意思|\b(?:16|20|12|18)\s?(?:θ|倍|x)(?:是)?(?:怎么|为什么|哪)|原理(?!是)"),
    ("explain_derive", 2.2, r"解释(?:一下|下)?\s*(?:[,.!?;]|$)|原理是|讲讲(?:原理|为什么)"),
    ("explain_derive", 3.3, r"\bhow (?:did|do|does) (?:\w+ ){1,3}(?:get|arrive|come)\b(?![^?]{0,24}\b(?:under|below|within|down)\b)[^?]{0,40}\d|how (?:does one|do you|do i|do we|to|can i|would you|should i) (?:compute|calculate|derive|obtain|estimate|work out|get \d)"),
    ("explain_derive", 3, r"\b(?:don't|do not|didn't|can't|cannot) (?:really |quite |fully )?(?:understand|get|see|follow) (?:how\b(?! to\b)|why|where|the|this|that|what)|\b(?:right|correct|actual|general|exact) (?:formula|equation|way to (?:compute|calculate|estimate))|(?:没|不)(?:太|大)?(?:看懂|看明白|理解|明白|懂)|看不(?:太)?(?:懂|明白)"),
    ("explain_derive", 1.2, r"\bderiv(?:e|ation)\b|\bprove\b|推导"),
    ("explain_derive", 2.4, r"\b[a-z]\s?\*\s?[a-z]\s?\*\s?[a-z]\b|\b(?:16|20|18|12) (?:or|vs\.?|and) (?:16|20|18|12) bytes|bytes (?:per|/) param\w*.{0,40}(?:\?|disagree|why|or)|why .{0,40}\b(?:16|20|18|12)\s?(?:θ|x|bytes|times)"),

    ("method_diff", 2.4, r"(?<![a-z0-9])(?:int[48]|fp(?:8|16|32)|bf16|nf4|awq|gptq)\s?(?:和|与|跟|、|/|and|vs\.?|the same (?:size|memory) as|(?:as )?(?:large|big) as)\s?(?:int[48]|fp(?:8|16|32)|bf16|nf4|awq|gptq)(?![a-z0-9])[^?]{0,12}(?:一样|相同|差不多|区别|\bsame\b|\bequal\b|\?)"),
    ("method_diff", 3.7, rf"(?:difference|differences|differ|trade-?offs?) (?:between|of|in)|\b{_WAY}\b[^?;]{{0,40}}\b(?:less|more|fewer|same)\b (?:memory|v?ram)|(?:how|what) (?:does|do|is|are) .{{0,40}}\b(?:differ|different|compared?)|\b{_WAY}\b.{{0,20}}\b(?:vs\.?|versus|against|compared (?:to|with))\b.{{0,20}}\b{_WAY}\b|pros and cons|\b{_WAY}\b.{{0,24}}\b(?:smaller|less|cheaper|lighter|leaner|more) .{{0,24}}\bthan\b.{{0,16}}\b{_WAY}\b|\bsav(?:e|es|ed|ing)\b.{{0,16}}\b(?:over|against|compared)\b|\bhow (?:much|many) (?:(?:gi?b|gigabytes|gigs|memory|v?ram) )?(?:less|more|fewer|apart)\b|\bswitch\w* from\b|\b(?:gain|save|lose)\b[^.;?]{{0,12}}\b(?:by|if|when)\b|\bgoing from\b[^.;?]{{0,24}}\bto\b|\b(?:effect|impact|influence) of\b.{{0,40}}\b(?:memory|v?ram)|\b{_WAY}\b.{{0,16}}\bsame (?:memory|v?ram)"),
    ("method_diff", 3.7, rf"{_WHO}[^.?;]{{0,40}}{_AMOUNT}[^.?;]{{0,24}}(?:\b(?:while|whereas|when|versus|vs|but|and|yet)\b|而|却|但|,)[^.?;]{{0,24}}{_WHO}[^.?;]{{0,24}}{_AMOUNT}"),
    ("method_diff", 3.7, r"\bvs\.?\b[^?]{0,60}:\s*(?:peak )?(?:memory|vram)\s*\?"),
    ("method_diff", 3.4, r"\b(?:more|less) (?:memory|v?ram)?[- ]?efficient\b|更(?:省显存|高效)"),
    ("method_diff", 3.7, r"\bhow (?:much|many)\b[^?;.]{0,30}\b(?:does|do|did|would|will|can|could)\b[^?;.]{0,24}\bsave\b|(?:能|可以|会)?(?:省|节省|节约)(?:下|出|掉)?(?:多少|几个?g)"),
    ("method_diff", 3.7, r"各(?:自)?(?:能|都)?省(?:的|了|在|下)*(?:都)?(?:是|哪|什么|啥)|省(?:的|在|了)+(?:都)?(?:是)?(?:哪|什么|啥)|\bwhat (?:exactly )?(?:do|does|did) (?:each|they|it|these|both|\w+) (?:of (?:them|these|those) )?(?:actually |really )?save\b|\bwhich part (?:do|does) (?:each|they|it)\b[^?;]{0,16}\bsave"),
    ("method_diff", 3.4, r"(?:会|要|就|得)?(?:多|少|高|低)(?:占|用|出|掉|吃)?多少(?!张|块|卡|个?人)|(?:激活|显存|占用)(?:会|要|得|也)*(?:多|大|涨|高|省|少)(?:很多|不少|好多)(?:吗|么|嘛|不)|\bhow much (?:more|less|extra)\b"),
    ("method_diff", 3.2, r"能省多少|\bwhat do (?:i|we) (?:save|gain)\b"),
    ("method_diff", 2.6, r"(?<!\?)(?<!\? )(?<!吗)(?<!吗,)差多少|差多大|差(?:几|多少)倍|相差|省多少|(?:saves?|difference in|differ in) (?:how much |any )?memory|does .{0,60}(?:save|reduce|change|affect|increase|add|(?:need|take|use) (?:more|less)).{0,20}memory|会(?:不会)?(?:增加|减少|降低|影响|省|多占|少占|多用|少用).{0,8}显存|(?:能|可以)(?:节)?省.{0,4}显存|换成.{0,16}(?:会|能|可以)?(?:变|省|少|多)|(?:对|影响)显存"),
    ("method_diff", 3.7, rf"{_WAY}.{{0,12}}(?:相?比|与|和|跟).{{0,4}}{_WAY}.{{0,12}}(?:省|少|小|一样|哪个(?:更|比较)?省|对比)|(?:区别|差别|差异|不同之处|优缺点|差在哪|(?:谁|哪个|哪种)(?:最|更)省|\d ?% less (?:v?ram|memory)|\bwhat(?:'s| is)? (?:differs|different)\b|\bwhat exactly (?:is|are|gets?) (?:smaller|different|saved|cheaper)|{_WHO}[^.?;]{{0,24}}\bvs\b[^.?;]{{0,12}}{_WHO}|\bwho wins\b|\bwhich (?:one )?(?:wins|saves (?:the )?most)\b|有(?:什么|啥|何)不(?:同|一样))|(?:zero|ddp|fsdp|offload|lora|全参)[^.;?]{{0,30}}(?:,|和|与|还是)[^?]{{0,30}}(?:怎么选|哪个好)|(?:相比|对比|比较).{{0,20}}(?:lora|全参|全量|freeze|galore|zero)"),
    ("which_method", 3.4, r"(?<!in )which (?:method|shard\w*|stage|parallel\w*|optimi[sz]er|precision|quant\w*|bits?|technique|approach|fine-?tuning|format|option|one should|setup|strategy|configuration|gguf)|what (?:method|precision|quant\w*|bits?|technique|approach|setting|fine-?tuning method|configuration|setup) (?:should|can|do|would|to|is|fits|for)|should i (?:use|choose|pick|go (?:for|with))|best (?:method|way|quant\w*|option|approach|setup) (?:to|for|on)|(?:q?lora|full|freeze|4bit|8bit|int4|int8|fp16|galore) or (?:q?lora|full|freeze|4bit|8bit|int4|int8|fp16|galore).{0,30}\?|how (?:low|much) (?:do|should) i quantize|how (?:can|could|do|would) i (?:fit|squeeze|fine-?tune|finetune|train)"),
    ("which_method", 3.8, rf"\b{_WAY}\b[^?;]{{0,60}}(?:\bor\b|还是)\s?(?:do (?:i|we) (?:need|have) (?:to )?(?:do )?|just |only |a |用)?(?:\d+[- ]?bit )?{_WAY}(?![a-z])[^?;]{{0,16}}\?|(?<![a-z0-9])(?:fp8|gptq|awq|int[48]|bf16|fp16|nf4|q\d\w*|q?lora|full|freeze|galore|zero-?\d)(?: int[48]| \d-?bit)?\s?\?\s*(?:or )?(?:fp8|gptq|awq|int[48]|bf16|fp16|nf4|q\d\w*|q?lora|full|galore|zero-?\d)|要不要(?:上|用|开|做)?\s?(?:\d+\s?bit|q?lora|zero|offload)"),
    ("which_method", 4.6, rf"\brecommendations?\s*\?|\b{_WAY}\b[^?;]{{0,40}}\bor\b[^?;]{{0,24}}\b{_WAY}\b[^?;]{{0,40}}\bwhich (?:one|is better)\b|\b{_WAY}\b[^?;]{{0,40}}\bor (?:do|would|should) (?:i|we) (?:need|have to|go)\b[^?;]{{0,20}}\b{_WAY}\b"),
    ("which_method", 3.0, r"\b(?:proper|right|best|recommended|good|suitable|optimal|correct) (?:settings?|config\w*|set-?up|hyper-?param\w*|combination|recipe)"),
    ("which_method", 3.4, r"\b(?:what|which) would you (?:go (?:with|for)|use|pick|choose|recommend|suggest)|\b(?:best|cheapest|easiest|simplest|least \w+|smartest|cleanest) way to\b|\bwhich (?:(?:ones?|option|setup|method|of (?:them|these|those)) )?(?:is|are) (?:even |actually |still )?(?:possible|feasible|realistic|viable|doable)\b|\brank\b[^.;?]{0,30}\boptions?\b|\b(?:realistic|best|viable|feasible) options?\b|(?:(?<![a-z0-9])(?:awq|gptq|fp8|nf4|bnb|int[48]|gguf|bf16|fp16|[48]-?bit|i?q\d(?:_\w+)?)(?![a-z0-9])[^?;!]{0,12}(?:还是|,? or )[^?;!]{0,12}(?<![a-z0-9])(?:awq|gptq|fp8|nf4|bnb|int[48]|gguf|bf16|fp16|[48]-?bit|i?q\d(?:_\w+)?)(?![a-z0-9]))"),
    ("which_method", 3.4, r"\brecipes?\b|\bhow (?:to|do i|do you|should i|can i) (?:best |properly |correctly )?(?:set|configure|tune) (?:up |the )?(?:configs?|settings?|it|this|deepspeed|training|\w+ config)|(?<!机器)(?<!硬件)(?<!服务器)(?<!显卡)(?:怎么|怎样|如何|咋)(?:配置?|设置?|搭)|(?<!硬件)(?<!机器)(?:配置|设置|参数)(?:应该|该)?(?:怎么|怎样|如何)|(?:合适|推荐|最佳|合理)的?(?:配置|方案|设置|参数设)"),
    ("which_method", 3.4, HOW_TO),
    ("which_method", 3.4, r"\bwhat (?:actually |really |even )?works\s?\?|\b(?:which|what) (?:knobs?|levers?|tricks?|settings?|switches|options?)\b[^.;?]{0,24}\b(?:give|save|free|help|cut|reduce|should|do|can|to)\b|(?:哪些|什么)(?:参数|设置|手段|选项|开关)[^,;?]{0,8}(?:省|降|减|救)|\bwhat can i (?:realistically |actually |even )?(?:fine-?tune|finetune|train)\b|\band how\s?\?"),
    ("which_method", 3.8, r"\brecommendations?\b|\bwhat (?:do|would) you (?:recommend|suggest|advise)\b|\bany (?:recommendation|advice|suggestion)s?\b|\bhow would (?:you|i|one) go about\b|求推荐|有(?:什么|啥|没有)?[^,;?]{0,6}(?:推荐|建议|方案)"),
    ("which_method", 3.4, r"(?:有|用)(?:什么|啥|哪些)[^,;?]{0,4}(?:办法|方法|招)(?!解决)|先[^,;?]{1,16}还是先"),
    ("which_method", 3.5, r"\bor (?:should|would|do) (?:i|we|you) (?:rather |better |just )?(?:drop|go|switch|move|fall back|step|settle|stick|take)\b|(?:还是|或者)(?:得|该|要)?(?:降|换|退|改)(?:到|成|用)"),
    ("which_method", 3.8, r"\bwhat(?:'s| is| would be)? the (?:only |best |most |one )*(?:realistic|feasible|practical|sane|viable|possible|sensible)?\s?way\b|(?:唯一|可行|现实|靠谱)的?(?:办法|方法|方案|路子)(?:是|有)?(?:什么|啥|哪)"),
    ("which_method", 1, r"should i (?:use|choose|pick|go)"),
    ("which_method", 3.4, r"\b(?:what|which) (?:quant\w*|precision|format|method) (?:of|do you|should)\b"),
    ("which_method", 3.4, r"(?:用|要|选|上)几(?:bit|位|比特)"),
    ("which_method", 3.4, r"(?:zero[ -]?\d(?:[ -]?offload)?|fsdp|ddp|q?lora|全参|全量|freeze)[^,.;?]{0,6}还是[^,.;?]{0,6}(?:zero|fsdp|ddp|q?lora|全参|全量|freeze)|\b(?:zero[ -]?\d|fsdp|ddp)\b,? or (?:zero[ -]?\d|fsdp|ddp)\b"),
    ("which_method", 3.4, r"(?:选|用|上|挑)(?:哪个|哪种|哪一种|什么|啥)|(?:哪个|哪种|什么|哪些)(?:方法|方式|精度|量化|微调|方案|格式|策略|位数|配置)|怎么选(?!卡)|几(?:bit|位)(?:量化)?(?:合适|比较好|好|能|才)|该(?:用|选)|应该(?:用|选)|推荐(?:用|哪|什么)|(?:lora|qlora|全参|全量|freeze)(?:还是|或者?|或)(?:lora|qlora|全参|全量|freeze)"),

    ("max_batch_ctx", 3.6, r"(?:上下文|长度|ctx|context)(?:都|也|再)?(?:开|拉|跑|用|撑|上)满|(?:开|拉|跑|用|撑|上)满(?:得了|到)?(?:上下文|长度|ctx|context|全长)|\b(?:the |its |at )?(?:full|whole|entire|native) (?:context|ctx)\b(?: length| window)?\s?\?"),
    ("max_batch_ctx", 3.6, r"\b(?:how (?:much|many|high|large)|what|which) (?:of )?concurren(?:cy|t)\b|\bhow (?:much|many tokens of) (?:of an? )?(?:context|ctx)\b(?! (?:memory|v?ram|costs?|takes?|uses?))"),
    ("max_batch_ctx", 3.6, rf"(?:max(?:imum|imal)?|largest|biggest|longest|highest|greatest)\s*(?:possible |feasible |usable )?(?:per[ -](?:device|gpu|card) )?(?:train(?:ing)? )?(?:micro[ -]?)?(?:batch|context|ctx|seq|sequence|length|number of (?:concurrent|users|sequences|requests)|concurren|prompt|model|rank|size|parameters?){_NO_VALUE}|how (?:long|large|big|many) (?:a |an |of a )?(?:batch|context|ctx|sequence|seq|prompt|concurrent|parallel|tokens(?! ?(?:/|per\b|a\b|each\b))|users|requests|sequences|model)|how (?:long|large|big|far) can (?:i push |the |my |a |an )*(?:context|ctx|batch|sequence|prompt|input)|what (?:max\w* )?(?:batch|context|ctx|seq\w*|length|size model|model size|concurrency)(?: size| length| window)? (?:can|could|fits?|will|would|(?:is|are|would be) (?:possible|realistic|feasible|achievable|reasonable|safe|the (?:max|limit)))|\bhow (?:far|high|long|large|big)\b[^.;?]{{0,24}}\b(?:batch|context|ctx|seq\w*|length)\b[^.;?]{{0,12}}\b(?:go|be|get|grow)\b|\bhow far can i (?:go|push)|\b(?:upper )?limit (?:of|on|for) (?:the )?(?:batch|context|ctx|seq\w*|length|concurren)"),
    ("max_batch_ctx", 3.8, r"(?:max(?:imum)?|largest|biggest|highest) (?:possible |usable )?(?:per[ -](?:device|gpu|card)[ -]|local |train(?:ing)? )(?:micro[ -]?)?batch|\b(?:what|which|how (?:large|big|high|long))(?: an?)? (?:-{2})?(?:max[ _-]?model[ _-]?len\w*|max[ _-]?seq\w*(?: len\w*)?|max[ _-]len\w*|num[ _]ctx|n[ _]ctx|ctx[ _-]size|cutoff[ _]len|max[ _-]?num[ _-]?seqs)\b|(?:max[ _-]?model[ _-]?len|max[ _-](?:seq[ _-])?len(?:gth)?|num[ _]ctx|n[ _]ctx|cutoff[ _]len|max[ _]num[ _]seqs)\s?(?:最(?:大|多|高))?(?:能|可以|该|应该)?(?:设置?|开|填|给|写|拉)(?:成|为|到)?(?:多(?:少|大|长)|几)"),
    ("max_batch_ctx", 3.6, r"\bmodel size (?:tops? out|maxes out|is the (?:max|limit))|\b(?:which|what) \S*batch\S*(?: size)? (?:would|should|could|can|do|to|is|are)\b|(?:batch\S*|并发|上下文|长度)[^,;?]{0,6}(?:从多少|多少起)"),
    ("max_batch_ctx", 3.6, rf"最(?:大|长|多|高)(?:的)?(?:能|可以?|支持|可)?(?:[^,;]{{0,14}})(?:batch|bs|批|上下文|长度|序列|并发|多大|多长|多少(?:token|k|长|并发)|参数|模型|context|ctx){_NO_VALUE}|(?:batch|上下文|序列|长度|并发|context)(?:.{{0,6}})(?:最(?:大|多|长|高)|能(?:开|到|设|跑|拉)(?:到)?(?:多|几)|(?:开|设|调|拉)(?:到|成)?(?:多(?:大|长|少)|几)|上限|极限)|(?:多长|多大)(?:的)?(?:上下文|序列|文本|batch|批|模型|参数)|多大(?:的)?参数(?:量)?的?模型|能跑多大|能训多大|(?:多少|几(?:十|百|\d+)?)(?:个|路)?[^,;?!]{{0,10}}(?:并发|用户)|最(?:长|多|大|高)(?:能|可以|可)?(?:设|开|到|用|支持|放|跑|拉)(?:到|成)?多少|(?:能|可以)[^,;?!]{{0,8}}(?:开到|跑满|跑到|拉到|拉满|撑到|上到|设到|开满)\s?\d+(?:\.\d+)?\s?[kw万]|最多能?(?:几|多少)个|同时(?:处理|服务|跑|支持|接|来)[^,;?!]{{0,8}}(?:多少|几)|(?:多少|几(?:十|\d+)?)路(?!由)|(?:\d+k|长度).{{0,6}}训不(?:起来|了|动)"),

    ("how_many_gpus", 3.6, r"how many (?:(?!(?:can|could|do|does|will|would|on|per|an?|of|for)\b)\S+ ){0,4}?(?:gpus?|cards?|nodes?|[abhlptv]\d{1,3}s?(?![a-z0-9])|[2345]0[6-9]0s?|rtx|graphics|a6000s?|mi\d{2,3}x?s?|910b|7900|(?=do i need|are needed|would))|(?:number|count) of (?:\d{1,3} ?gb? )?(?:gpus|cards|nodes|[abhlptv]\d{1,3}s?(?![a-z0-9])|(?:rtx )?[2345]0[6-9]0s?|mi\d{2,3}x?s?)|number of (?:\S+ ){1,3}needed|(?:minimum|min|fewest|least|smallest) (?:number|count|amount) of|(?:minimum|min|fewest|least|smallest)\s*(?:gpus|cards|gpu count|(?:rtx )?[345]0[6-9]0s|[ahlv]\d{2,3}s)|\bhow many(?: (?:do (?:i|we|you) need|then|are needed|would (?:it|that) take|does (?:it|that) take))?\s*\?|gpus? (?:count )?(?:do i need|are needed|needed|required)"),
    ("how_many_gpus", 3.6, OF_THEM + r"|\bfewest(?: possible| number of)? (?:\d+ ?gb? )?(?:gpus?\b|cards?\b|a100|h100|a800|h800|l40s?|a6000|[345]0[6-9]0)|\bas few\b[^.?;]{0,32}\bas (?:possible|i can)|(?:尽量|尽可能)少(?:的|几张)?[^,;?]{0,8}(?:卡|gpu|[ahlv]\d{2,3}|[345]0[6-9]0)"),
    ("how_many_gpus", 3.6, r"(?:几|多少)(?:张|块|个|片|枚)?(?:卡|显卡|gpu|(?:\d+g(?:的)?)?(?:nvidia|英伟达)?(?:[abhlptv]\d{1,3}s?(?![a-z0-9])|[2345]0[6-9]0|mi\d{2,3}x?|910b))|(?<!某)(?<!前)(?:几|多少)(?:张|块|片|台)(?!图|照片|截图|表|样本)|卡数|最少(?:要|需要)?(?:几|多少)(?:张|块|卡|个)|(?:需要|要)(?:几|多少)(?:张|块|卡|个卡)"),
    ("zero_offload", 4.2, r"(?:zero|fsdp|deepspeed|shard\w*|offload\w*|切分|分片|卸载|stage ?[123])[\s\S]{0,120}(?:没(?:有)?|未|不|有没有|是否|真的|到底)[^,;?!]{0,4}(?:生效|起作用|起效|启用|用上)|\b(?:zero|fsdp|deepspeed|shard\w*|offload\w*)\b[^.;?!]{0,24}\b(?:not |really |actually |even )*(?:working|in (?:effect|force)|active|enabled|engaged|taking effect|kicking in|on)\s*(?:\?|at all)|\b(?:actually|really|even) (?:shard|offload)ing\b"),
    ("zero_offload", 2.6, r"(?:zero|deepspeed|fsdp).{0,40}(?:each (?:gpu|card)|copy|full model|memory required|save|reduce|effect|why|same)|offload\w*.{0,40}(?:how|initiali[sz]ation|slow|save|help)|\bhow (?:does|do|is)\b.{0,24}(?:zero|fsdp|deepspeed|offload)|cpu (?:memory|ram) (?:required|needed|usage)|how much (?:cpu|host|system) (?:ram|memory)|what (?:do|does) (?:zero|fsdp|deepspeed).{0,30}(?:split|shard|partition|divide)|does (?:zero|fsdp|ddp|deepspeed|offload)\S*(?: stage)?(?: [0-3])? help|does (?:each|every) (?:gpu|card|rank)|内存(?:要|需要|占用|不够|爆|多少)|(?:zero|offload).{0,30}(?:为什么|一致|一样|没(?:有)?(?:降|省|变)|省|降低|区别|作用)"),
    ("zero_offload", 3.4, r"(?:offload|zero|deepspeed|oom-killer).{0,300}\bhow much (?:\w+ )?ram\b|(?:zero|offload).{0,80}内存(?:要|需要|得)?[^,;?]{0,4}(?:多少|多大)|(?:offload|on (?:the )?cpu|zero|deepspeed).{0,300}\bram\s*\?|\bzero[ -]?[0-3](?:\s?(?:/|,|、|和|vs\.?)\s?(?:zero[ -]?)?[0-3](?!\d)){1,3}[^?;]{0,40}(?:多少|分别|each|per (?:gpu|card))"),
    ("zero_offload", 3.7, r"(?:offload|zero[ -]?[0-3]|deepspeed|\bz[1-3]\b).{0,400}(?:内存\s?\d*\s?[gt]?b?\s?(?:够|足|行不|装)|\b(?:will|would|is|does|do)\b[^.;?]{0,16}\b(?:cpu |host |system )?ram\b[^.;?]{0,16}\b(?:suffice|enough|hold|ok|do|sufficient)\b)"),
    ("zero_offload", 3.6, r"\b(?:zero|z[123]\b|deepspeed|fsdp).{0,60}(?:没(?:有|怎么|啥|什么)?(?:降|省|变|少|小|下来|减)|一样|一致|相同|same (?:memory|vram|amount)|no (?:difference|change|saving|benefit|effect)|(?:doesn't|does not|didn't|isn't|not) (?:\w+ )?(?:reduc\w+|budge|move|shrink|drop\w*|help\w*|sav\w+|go(?:ing)? down|lower\w*|chang\w+))"),
    ("zero_offload", 2.6, r"(?:\bzero[ -]?[0-3].{1,40}){3}|\bz(?:ero)?[ -]?[123]\b.{0,30}(?:一模一样|一样|没变|没降|切)"),
    ("zero_offload", 1.3, r"does (?:each|every|all) (?:gpu|card|rank)|copy per (?:gpu|card)|every (?:gpu|card|rank) (?:load|hold|keep)|cpu (?:ram|memory)|(?:zero|deepspeed)[^?]{0,30}(?:一致|一样)|每(?:张|块)?卡(?:都)?(?:存|加载|有)(?:一份|完整)"),
    ("zero_offload", 0.9, r"\bzero[ -]?(?:stage[ -]?)?[0-3]|\bzero3|\boffload|\bfsdp\b|deepspeed"),
    ("multi_gpu_split", 2.8, r"\b(?:halv\w+|split\w*|divid\w+|replicat\w+|duplicat\w+|cop(?:y|ies)|keeps?)\b[^.;?]{0,40}\b(?:each|both|every|per|all) (?:gpus?|cards?)\b|(?:each|both|every|all) (?:gpus?|cards?) (?:hold|keep|store|load|have)\b|(?:显存|内存|卡)[^,;?]{0,8}(?:加起来|合在一起|合起来|当(?:成|作)?一张|叠加)"),
    ("multi_gpu_split", 2.7, r"(?:doesn't|isn't|shouldn't|don't) \d+\s?gb|\bmemory (?:is )?(?:split|divided)|\b(?:tensor|tp)\b.{0,80}\b(?:pipeline|pp)\b|split (?:it |the model |a model |over |across |between |onto )|(?:across|over|between) (?:both|\d+|multiple|several|all|my) (?:gpus|cards)|on (?:both|multiple|several|all) (?:gpus|cards)|\b(?:divided|spread|distributed) (?:over|across|between)|(?<!full )(?<!full_)(?<!fully )(?<!hybrid )shard(?:ed|ing|s)?\b|more (?:gpus|cards)\b[^.;?]{0,24}\b(?:more|less|help|should|mean)|unequal|uneven|different (?:gpus|cards)|mixed (?:gpus|cards|rig)|(?:gpus?|cards?|v?ram|memory)[^.;?]{0,20}\badd up|\badd up (?:the |my |both )?(?:gpus?|cards?|v?ram|memory)|combine (?:the )?(?:vram|memory|gpus)|pool(?:ed|ing)? (?:the )?(?:vram|memory)|(?:切分|拆分|切到|分到|分布到|均摊|平摊|叠加|合并|合起来|相加)|多卡(?:推理|训练|并行|部署|加载|显存)|张量并行|流水线并行|模型并行|每张卡(?:都|各)?(?:怎么分|加载|存|放|有|占)|显存(?:能)?(?:叠加|合并|相加|共享)"),
    ("multi_gpu_split", 4.6, r"\b(?:tp|pp|dp|ep)\s?=?\s?\d+\b[^?;]{0,30}(?:\bvs\.?|\bor\b|还是|和|跟|与)[^?;]{0,30}(?:\b(?:tp|pp|dp|ep)\s?=?\s?\d|\breplica|\binstance|\bcopies|实例|单卡)"),
    ("multi_gpu_split", 3.8, r"\b(?:tp|tensor[-_ ](?:model[-_ ])?parallel(?:[-_ ]size)?)\s?=?\s?\d.{0,60}\b(?:pp|pipeline[-_ ](?:model[-_ ])?parallel(?:[-_ ]size)?)\s?=?\s?\d.{0,240}(?:per[- ]gpu|per[- ]card|每(?:张)?卡)"),
    ("multi_gpu_split", 4.0, r"(?:怎么|如何|怎样)(?:切|分|拆)(?:到|在|给|配|布)?[^,;?]{0,8}(?:卡|gpu)|\bhow (?:is|are|does|do)\b[^.;?]{0,40}\b(?:distributed|divided|spread|split|placed)\b"),
    ("multi_gpu_split", 1.6, r"\bnvlink\b|device[ _-]?map|tensor[ -]?parallel|pipeline[ -]?parallel|model parallel|\d+\s?gb (?:suffice|in total|total|combined|altogether)|\bin total\b|总(?:共|显存)\d+"),
    ("rl_memory", 3.5, r"\b(?:grpo|ppo|dpo|rlhf|kto|orpo|simpo|rloo|reinforce\+*)\b|reward model|reference model|\brollouts?\b|\bactor\b|\bcritic\b|奖励模型|参考模型|强化学习|偏好(?:训练|对齐|优化)"),
    ("moe", 3.0, r"\bexperts?\b[^.;?]{0,60}\b(?:per token|active|fire|routed|load\w*|stay|vram|memory|gpu|ram|idle)\b|专家[^,;?]{0,20}(?:加载|显存|激活|放|内存|用)|(?:只|仅)(?:需要|要|用)?(?:加载|准备)[^,;?]{0,10}激活|激活[^?;]{0,16}是不是只"),
    ("moe", 3.2, r"(?:专家|moe|mixtral)[^?;]{0,30}按\s?\d+(?:\.\d+)?b\s?算|总参数[^,;?]{0,8}激活|激活[^,;?]{0,8}总参数|\bonly (?:the )?\d+(?:\.\d+)? ?b\b[^.;?]{0,16}\bactive|\ball (?:\d+ ?b |the )*(?:parameters|params|weights|experts)\b[^.;?]{0,40}\bactive"),
    ("moe", 4, r"激活(?:参数|的)?(?:只有|才|仅|就)\s?\d|\ba\d+(?:\.\d+)?b = \d|\b\d+(?:\.\d+)? ?b active so\b|\bactive\b[^?;]{0,40}\b(?:just|only) (?:those|them|the active)\b|\bonly (?:activates )?\d+(?:\.\d+)? ?b (?:are |is )?active\b"),
    ("moe", 2.6, r"\d ?b (?:is |are )?active\b|\bonly \d+(?:\.\d+)? ?b\b[^.;?]{0,16}\bactive\b|激活(?:参数)?(?:只有|仅|才)?\s?\d"),
    ("moe", 2.2, r"\d+b\s?x\s?\d+e\b|\bmoe\b|mixture[ -]of[ -]experts|\bexperts?\b|active param|activated param|专家|激活参数|混合专家"),
    ("quant_gguf", 3.7, r"\b(?:biggest|largest|highest|best) quant\b|-?\bngl\b[^?,;]{0,8}(?:多少|几)|\b(?:what|which)\b[^?;.]{0,8}\bn?-?ngl\b|\bngl\b[^?;.]{0,12}\bshould\b|\bhow many layers\b|(?:几|多少)层[^?,;]{0,12}(?:gpu|显卡|显存)|\b(?:which|what|biggest|largest|best)\b[^.;?]{0,24}\b(?:gguf|i?q\d_\w+)|\bi?q[2-8]_\w+\s?(?:or|vs\.?|,|/|和|还是|与|跟)\s?i?q[2-8]_\w+\b[^?;]{0,16}(?:\?|哪|which|best)"),
    ("quant_gguf", 2.0, r"\bgguf\b|\bq[2-8]_(?:k|0|1)|\biq[2-4]_|llama\.?cpp|\bollama\b|lm[ -]?studio|\bnum_ctx\b|\bmac(?:book)?s?\b|\bgptq\b|\bawq\b|\bmxfp4\b|\bktransformers\b|\bggml\b|unified memory|(?:量化版|量化模型|量化后|统一内存)"),
    ("quant_gguf", 0.9, r"quanti[sz]\w+|\bint[48]\b|\b[48]-?bit\b.{0,16}(?:inference|model|run)|量化"),

    ("oom_diagnosis", 3, r"(?:爆|炸|崩)(?:在|于)\s?(?:loss|损失|交叉熵|logits|反向|前向|backward|forward|step|优化器|第|加载|评估|eval|保存|验证)|\bloss\.backward\(\)[^,;?]{0,8}(?:时|的时候)?(?:就|才)?(?:爆|炸|崩|挂)|(?:反向|反传|前向|优化器更新|step)(?:的时候|时|里|上)?(?:就|才)?(?:爆|炸|崩)的|\boom(?:s|ed|ing)?\b|out[ -]?of[ -]?memory|cuda error|(?:run|runs|ran|running) out of|crash\w*|insufficient memory|not enough memory|memory (?:keeps|grows|spikes?)|climbs?|\b(?:rank ?\d*|gpu ?\d*|it|run|training|everything) (?:\w+ )?(?:blows? up|blew up|explodes?|exploded)\b|\b(?:blows?|blew) up (?:rank|gpu|the card|my)\b|爆显存|先爆|会爆|[就又还直都]接?爆|爆(?=[,:;!]|$)|显存(?:不足|溢出|不够|爆|一直涨|越来越|暴涨)|爆了|溢出|内存不足|报错|炸(?:显存|掉?了|掉)?(?=[^\u4e00-\u9fff]|$)|炸了|崩了|挂了|[就直又][接]?崩|加载(?:时|就|会)?(?:崩|挂|失败)|\bdie[sd]\b|\b(?:processes|ranks|workers) die\b|\bkilled\b|被kill|被杀"),
    ("oom_diagnosis", 0.8, r"halfway|after \d+ steps|during (?:eval|evaluation|validation|loading|training)|always|still|even with|even though|at step|一半|一直|还是|都不行|突然|评估时|验证时|训练到|过程中|仍然|依然"),
    ("why_more", 2.4, r"\bwhy\b.{0,80}(?:more|so much|so (?:large|high|many|big)|higher|bigger|larger|exceed|extra|(?:double|twice|triple)(?![ -]?quant)|need|take|use|than|grow|increase|same|not (?:lower|less|smaller)|less)|more (?:memory|vram) than|uses? (?:way |far |much )?more|than (?:expected|i expected|the formula|calculated)|supposed to (?:be|take|use|need)"),
    ("why_more", 2.0, r"\bwhy\b.{0,120}\b(?:memory|v?ram|gpus?|\d+(?:\.\d+)? ?gi?b?)\b|(?:为什么|为啥|为何).{0,60}(?:显存|内存|\d+ ?gb?(?![a-z]))"),
    ("why_more", 2.2, r"为(?:什么|啥|何)\s*[?,.!;]|\bhow come\s*\?|(?:显示|占了?|用了|显存)[^;?]{0,12}?\d+(?:\.\d+)?\s?gi?b?(?![a-z])[^;?]{0,8},\s?(?:可|但|而)?(?:官方|文档|readme|网上|教程|别人)(?:都)?(?:说|写|标)[^;?]{0,12}?\d"),
    ("why_more", 2.0, r"[,.;]\s*(?:but |so |and )?why\b\s*(?:\?|,|$)|为(?:什么|啥)\s*\??\s*$|怎么回事"),
    ("why_more", 2.4, r"(?:is (?:that|this|it) )?(?:normal|expected)\b\s*\??|正常(?:吗|么)|却(?:能|要|需要|占|只)|是(?:因为)?.{0,12}(?:太大|的原因|导致|的问题)(?:吗|么)?|同样(?:的)?(?:数据|配置|参数|设置)"),
    ("why_more", 2.8, r"(?:为什么|为啥|为何|怎么(?:会|就|还|都|反而|却|变|更|占|用了?|显示|要|(?=这么|那么))|咋)(?:.{0,40})(?:这么|那么|多|高|大|以上|超|不止|翻倍|占用|需要|要|写|却|一样|比)|比(?!特|较).{0,20}(?:还)?(?:高|多(?!少|大)|大(?!概|约))(?:了|出|很多|这么多)?|是(?:因为)?.{0,12}(?:太大|的原因|导致)(?:吗|么)?|却(?:能|要|需要|占)|正常(?:吗|么)|远(?:高|大|超)于|这么(?:高|多|大|吃)"),
    ("why_more", 3, r"\b(?:isn't|is|seems?|looks?|sounds?|feels?)\b[^.;?]{0,24}\b(?:too|unusually|suspiciously|surprisingly|abnormally) (?:small|low|little|large|big|high|much|good)\b|\bshouldn't (?:it|that|this) be\b|\b(?:makes? no|doesn't make) sense\b|\b(?:weird|strange|odd)\b|奇怪|不合理|(?:是不是)?(?:太|偏)(?:大|小|高|低|少|多)了?(?:吧|点)?\s*(?:\?|$)"),
    ("why_more", 3.4, r"至于(?:吗|么|差)|\b(?:make|be|matter) (?:that|so|this) (?:much|big)(?: of)?(?: an?)? ?(?:difference)?|\bthat much (?:of a )?difference"),
    ("why_more", 3.3, rf"{_USED}.{{0,240}}\bwhere(?:'s| is| does| do)\b[^.;?]{{0,12}}\d(?:\.\d+)? ?gi?b?\b[^.;?]{{0,12}}\bfrom\b"),
    ("why_more", 2.6, r"(?:\b(?:says?|shows?|uses?|used|using|takes?|took|needs?|wants?|eats?|at|get|to)\b|[=~:]|显示|占了?|要|吃了?|才|用了?|到)\s?(?:about |around |~|约)?\d+(?:\.\d+)? ?gi?b?\s?(?:\?\s?\?|!\s?\?|\?\s?!)|居然|竟然|(?:都|全)(?:被)?(?:吃|占)了\s?\d|的锅|合理(?:吗|么|嘛|不)|(?:多|少|差|剩|缺|另外|其余)(?:出|下|余)?来?的?(?:这|那)?\s?\d+(?:\.\d+)?\s?g\w{0,2}\s?(?:是|去|从|哪|在)|\b(?:even )?\S+ (?:bits?|fp16|bf16|int8|int4) (?:would|should) (?:only )?(?:be|take|need) \d+|\bnothing changes\b|\d ?gi?b used\b(?! (?:nvidia |rtx |tesla |geforce )*[a-z]{0,2}\d{2,4}s?\b)"),
    ("why_more", 4.2, r"\bwhy (?:is (?:it|that|this) |are they )?(?:almost |nearly |about |more than )?(?:double|twice|triple|[23] ?x\b|(?:two|three|[23]) times)|(?:为什么|为啥|怎么|咋)(?:会|就|是|要|占)?(?:了)?(?:快|差不多|大约|将近)?(?:翻(?:了)?(?:一)?倍|(?:两|三|2|3)\s?倍)"),
    ("why_more", 3.6, r"\bwhere (?:does|did|is|has) (?:it|that|this|all (?:of )?(?:it|that|this|the \w+)|the (?:memory|vram|ram|rest))\b[^.;?]{0,12}\b(?:go|going|gone|come from)\b|(?:显存|内存|都)(?:花|用|跑|去|吃)(?:到|在)?哪(?:里|儿|去)?了?"),
    ("why_more", 3.2, r"(?:不是|明明)(?:说|写|讲|只要)[^;?]{0,16}\d+(?:\.\d+)?\s?g[^;?]{0,4}(?:吗|么|嘛|吧|\?)"),
    ("why_more", 3.2, r"哪里多出来|多在哪|多出来的?(?:吧|呢|啊)?\s*(?:\?|$)"),
    ("why_more", 2.5, r"\b(?:puzzl|confus|baffl|surpris)\w+|\bdoesn't add up\b|\bshouldn't (?!i\b|we\b)\w+|什么情况|搞不懂|想不通|不对劲"),
    ("why_more", 3.2, r"(?:[.,;!?]|\bis (?:this|that|it)) ?(?:some |it )?(?:a |an )?bugs?(?: (?:in|of|with) (?:the |my |this )?[\w.]+)?\s?\?|(?:是不是|算不算|有|是)?\s?bug\s?(?:吗|吧|么|啊)"),
    ("why_more", 2.4, r"\b(?:memory )?leak\w*\b|泄漏|\b(?:the hell|wtf|wth|seriously)\b|才对(?:啊|呀|吧)?|不应该(?:啊|呀|吧)|不至于|离谱|夸张|差了.{0,3}倍|是[^,;?]{0,12}(?:的问题|的原因|导致的?|的锅|的?bug)(?:吗|么)|\bwhat(?:'s| is)? (?:eat|us|tak|hogg)(?:s|ing|es)\b|\bwhat (?:eats|uses|takes|hogs)\b"),
    ("why_more", 3, r"\bwhere(?:'s| is| does| do)\b[^.;?]{0,12}\d(?:\.\d+)? ?gi?b?\b[^.;?]{0,12}\bfrom\b|\bwhere(?:'s| is| does| do| did)\b[^.;?]{0,16}\b(?:extra|rest|remaining|other)\b"),
    # what others say beside what the asker sees
    ("why_more", 4.2, rf"(?:官方|readme|文档|网上|别人|有人|博客|教程|论文)(?:都)?(?:说|写|标)[^?;!]{{0,24}}?{_AMOUNT}[^?;!]{{0,10}}[,而但可]\s?我(?!有|只有|手)[^?;!]{{0,10}}?{_AMOUNT}|\b(?:docs?|readme|blog|paper|people|everyone|they|card|table|llama-?factory)\b (?:says?|said|claims?|claimed)[^?;]{{0,40}}?{_AMOUNT}[^?;]{{0,24}}\b(?:i (?:get|see|need|measure)|mine (?:is|takes|uses))\b[^?;]{{0,24}}?\d"),
    ("why_more", 3.4, r"\b(?:mine|ours|my run|my setup)\b[^?]{0,12}\b(?:needs|takes|uses|eats)\b[^?]{0,16}\d|\bwhat (?:could|might|can) (?:be )?(?:the )?different\b|\breconcile\b|\b(?:don't|doesn't|do not) (?:match|agree)\b|对不上(?!吗|么)|怎么对(?:上|得上)"),
    ("why_more", 3.6, r"\b(?:explain|account for|justify|itemi[sz]e|break down)\b[^.;?]{0,16}\b(?:other|rest|remaining|missing|extra|gap)\b|(?:解释|说明|说说|算算)[^,;?]{0,6}(?:剩下|其余|多出|差)"),
    ("method_diff", 3.8, r"\bdoubl\w+ (?:the |my |its )?(?:micro[- ]?)?batch|\bbatch(?:[ _-]?size)?[^.;?]{0,16}\bdoubl\w+|(?:batch(?:[ _-]?size)?|bs|批(?:次|大小|量)?)[^;?]{0,8}翻(?:了)?(?:一)?倍"),
    ("why_more", 3, rf"{_AMOUNT} on disk\b[^?;]{{0,60}}{_AMOUNT}"),
    # what was worked out, or stands in a file, beside what is used: two amounts, in either order
    ("why_more", 3, rf"{_HELD}[^?;]{{0,24}}{_AMOUNT}[^?;]{{0,40}}{_USED}[^?;]{{0,16}}\d|{_AMOUNT} of (?:weights|parameters|params)\b[^?;]{{0,24}}\d[^?;]{{0,12}}{_USED}|{_USED}[^?;]{{0,16}}{_AMOUNT}[^?;]{{0,40}}{_HELD}[^?;]{{0,24}}\d"),
    # an amount against what it was held to be, and what lies between the two
    ("why_more", 3, r"\bwhat(?:'s| is| are)? (?:the )?(?:rest|remain\w+|remainder|else|(?:other|missing|extra|remaining) \d+(?:\.\d+)? ?gi?b?)\b|\bwhere (?:does|do|did|is) (?:the |all )?(?:rest|remain\w+|extra)\b|\b(?:besides|beyond|on top of|apart from|other than) (?:the |its )?(?:weights|parameters|params|model)\b|\bwhat am i missing\b|\bhow come\b|\bhow is (?:that|this|it) (?:even )?possible\b|\bwhat (?:accounts|explains) for\b|\bwhat accounts\b|\b(?:should|ought to|expected|supposed to|thought)\b.{0,24}\d ?gi?b?\b.{0,16}\b(?:but|yet|i see|instead|takes|uses|shows|says)\b|\d ?gi?b\b.{0,8}\b(?:but|yet|while|instead)\b.{0,24}\b(?:takes?|usage|uses?|shows?|needs?|is|see)\b.{0,6}\d|\b(?:exceeds?|above|higher than|larger than|bigger than)\b.{0,20}\b(?:params?|parameters|checkpoint|file|weights|model size)\b|\b(?:params?|parameters?) (?:x|\*|times) (?:\d |the )?(?:number of )?bytes?\b|\btakes (?:all|the whole)\b"),
    ("why_more", 3, r"(?:多|剩|差)(?:出来?|下|余)?的?那?(?:部分|几个?g|些)(?:是啥|是什么|去哪|哪来|用在)|(?:多出来?|剩下|其余|余下|额外)的?.{0,8}(?:被?谁|是什么|是啥|去哪|哪来|哪里|来自|用在)|除了(?:模型)?(?:权重|参数|模型).{0,6}(?:还有|外)|(?:理论|预计|应该|本来|按理|不是)[^;?]{0,8}\d+(?:\.\d+)?\s?g[^;?]{0,40}(?:实际|却|显示|结果|怎么|nvidia-smi)|(?:理论|预计|应该|本来|按理)[^;?]{0,8}\d+(?:\.\d+)?\s?g\s*[,;]|而不是\s?\d|占满|(?:超过|大于|高于|超出)了?(?:模型|权重|参数|文件)|比.{0,6}(?:计算|理论|模型|文件|参数|权重).{0,8}(?:大|多|高|出)|\d\s?g[^;?]{0,4}(?:跑起来|加载后|实际)|参数(?:量)?\s?(?:x|\*|乘以?)\s?\d?\s?(?:个)?字节"),
    ("why_more", 3.2, r"(?:有)?(?:文章|博客|人|帖子|网上|教程|视频|论文|知乎)(?:里|上)?(?:都)?(?:说|讲|写|称|提到).{0,60}(?:对吗|对么|真的(?!放|装|跑|能|够|不|塞|吃|会)|是真|靠谱|可信|准吗|准不准|属实)|(?:i )?(?:read|saw|heard|someone|people|blog|article|post|video|tutorial)\b.{0,20}(?:that|say|says|said|claims?|claimed|states?|online).{0,80}(?:true|right|correct|really|possible|\?)"),

    ("how_much", 3, r"how much (?:\S+ ){0,3}?(?:v?ram|memory|gpu|space|gb|do i need|does it|would|is needed|needed|for)|(?:minimum|min|required|total|peak|estimated?) (?:gpu |hardware |system )?(?:v?ram|memory)|(?:memory|vram|gpu memory|vram|gpu memory|system) (?:requirements?|needed|required|footprint|usage|consumption|cost|estimate|need)|what (?:gpu )?(?:memory|vram) (?:is|do|does|will|would)|what (?:gpu|card|hardware|vram|memory)(?: size)? (?:do i|is|would|will|does|should)|how many (?:gb|gib|gigs|gigabytes)|what (?:is|are|'s) the (?:\w+ ){0,3}(?:memory|vram)"),
    ("how_much", 3, r"(?:多少|多大|几个?)(?:g(?:b|ib)?)?(?:的)?(?:显存|内存|gpu|vram)|显存(?:要求|需求|占用|消耗|开销)?(?:是|有|要|需要|得|大概|大约|一般|到底|最少|至少|约)*(?:多少|多大|几g)(?![张块片台卡])|(?:需要|要|占|占用|吃|用|得)(?:多少|多大)(?![张块片台卡])(?!\s?(?:的\s?)?(?:batch|bs\b|批|上下文|长度|context|ctx|rank|秩|seq))(?:g\b|gb|显存|内存|空间|的)?|多少(?:g\b|gb|显存)|显存(?:占用|要求|需求|估算|估计|计算)|最低(?:配置|显存|要求|需要)|(?:什么|啥|怎样的)(?:配置|显卡|卡|硬件)|配置要求|硬件要求|多大显存|多少(?:硬件|计算|gpu|算力)?资源|总显存|(?:峰值|占用|开销|用量|显存)[^,;?!变省差少增降]{0,6}多少(?![张块片台卡路人个]|\s?tokens?)|\b(?:total|real|actual|memory|vram)\b[^.;?]{0,24}\bfootprint\b|\bfootprint (?:of|for)\b|\bhow much (?:should|would|can|could) i expect|\bwhat(?:'s| is) the (?:grand )?total\b|(?<!\d )(?<!\d)\b(?:gib|gb|gigs?) of (?:v?ram|memory)\s*\?|(?:吃|占|要|用|需要|显示|耗)(?:掉|到|了)?多少(?![张块片台卡路人个])"),
    ("how_much", 2.6, r"\bwhat do (?:i|we|you) need (?:to|for|in)\b|\b(?:vram|memory) and (?:system )?ram\b(?! ?\d)"),
    ("how_much", 2.6, r":\s*(?:per (?:card|gpu)|每(?:张)?卡)\s*\?"),
    ("how_much", 2.4, r"\b(?:memory|vram) per (?:gpu|card)\b[^.;?]{0,60}\?|\bper[- ]gpu estimate\b|(?<!more )(?<!less )(?<!enough )(?<!same )(?<!\dgb )(?<!\dgb of )(?<!\d gb of )(?<!\d gb )(?:\bmemory|\bvram|显存|占用)\s*\?+\s*$|\bvram\s*(?:thanks?|thx|pls|please)?\s*!*$"),
    ("how_much", 3, r"\b(?:v?ram|gpu memory) (?:for|to|of)\b|\bhow much (?:does|do|will|would)\b.{0,60}\b(?:need|take|use|require|weigh|occupy)|\bwhat (?:will|would|does|do)\b.{0,50}\b(?:eat|take up|occupy|consume)\b|\b(?:know|tell me) (?:the )?(?:gpu )?memory\b|\bestimat\w+.{0,20}\b(?:v?ram|memory)\b|(?<![请要需追])求.{0,40}显存|(?:估算|估计|估一下|算一下|计算).{0,6}显存"),
    ("how_much", 2.2, r"(?:minimum|min|hardware|system|gpu|total) (?:gpu |hardware |system )?requirements?|minimum gpu"),
    ("fits", 2.4, r"(?:^|[.,!?:;-]\s+|\bso )\s*(?:can|could|will|would|does|is|do|may)\b[^?]{0,90}\b(?:fit|run|train|fine-?tune|finetune|qlora|lora|load|serve|deploy|handle|enough|work|possible|host|infer\w*|feasible|sufficient|hold|(?:live|sit|stay|squeeze|go) (?:on|in|into|onto)\b)|\b(?:can|could|would|will|may) (?:i|we|you|a|an|my|the|it|this|that|one)\b|\b(?:fit|fits|fitting)\b|\benough\b|sufficient|\bsuffices?\b|(?:is it )?(?:possible|feasible|doable)|be able to|\b(?:would|will|does|do)\b.{0,20}\bdo\s*\?|\bwhether\b.{0,60}\bcan\b|\bany chance\b|\b(?:am|are|is) \S+ able to\b|\byes\s?(?:or|/)\s?no\b|\b(?:1|one) (?:gpu|card) or (?:2|two)\b|一张还是两张|\bdoes (?:that|this|it) work\b|\bcan be (?:fine|tuned|trained|run|served|loaded)|\b(?:ok|okay)\s*(?:\?|$|thanks)|\b(?:is|are) (?:it|this|that|these|they) (?:really |still )?(?:ok|okay|fine|good|enough|safe|too much)\b|\b(?:has|have|did|does) (?:any(?:one|body)|someone) (?:\w+ )?(?:got|gotten|run|ran|tried|managed|trained|fit|fitted|made)\b|\b(?:gonna|going to) (?:work|fit|run|oom|be enough)\b|\bsqueeze in\b|\bwill it swap\b|\bphysically impossible\b|\bso (?:no|yes)\s*\?|\bsurvive\b|\bgo\s?(?:/|or)\s?no[- ]?go\b|\b(?:ok|okay|fits?|fine) or (?:oom|not)\b|有人(?:成功)?(?:跑|试|训|部署)(?:通|成功|起来)?过"),
    ("fits", 2.4, r"\b(?:must|need to|have to|should|whether) (?:(?:i|we|it|they|one|be) ){0,2}quanti[sz]\w*|(?:要不要|用不用|需不需要|是否(?:需要|要|必须)?|必须|只能)(?:先)?(?:做|用|上|靠)?量化|需要量化(?:吗|么|嘛|\?|$)"),
    ("fits", 2.1, r"\b(?:should|ought to|would) (?:easily |still |just )?(?:fit|work|run|do|suffice|be (?:ok|okay|fine|enough|plenty|sufficient))\b|\b(?:is|be) plenty\b|应该(?:就|也|都|是)?(?:够|能|可以|放得下|行|没问题)"),
    ("fits", 2.4, r"没(?:有)?问题(?:了)?(?:吧|吗|么|嘛|不)|\bwishful\b|\bgood to go\b|\b(?:would|will|can|could) (?:a|an|my|the|one|two|\d+)\b[^.;?]{0,40}\b(?:handle|manage|take|cope|pull)\b"),
    ("fits", 2.4, r"(?:放|装|跑|训|带|塞)不(?:下|动|了|起来|进)|起不来"),
    ("fits", 2.4, CONFIRMS),
    ("fits", 2.6, r"\brealistic\b(?! (?:options?|setup|config))|\bam i dreaming\b|\bpipe ?dream\b|\bout of reach\b|异想天开|做梦|痴心妄想|天方夜谭"),
    ("fits", 3.6, r"能(?:跑|训|装|用|放|上)?不能(?:跑|训|装|用|放|上)?|(?:[,;:]|\b(?:this|that|it|setup))\s*(?:will |does |would )?(?:it )?works?\s?\?|\b(?:enough|any) room\s?\?|\bdo (?:i|we) have (?:the |enough |any )?room\b|\b(?:is|are|will|would|could|becomes?)\b[^.;?]{0,14}\b(?:kv|cache|context|v?ram|memory|length)\b[^.;?]{0,24}\b(?:problem|issue|bottleneck)\b|(?:kv|缓存|上下文|显存)[^,;?。]{0,10}(?:瓶颈|问题)[^,;?。]{0,2}(?:吗|么|嘛|\?)"),
    ("fits", 3.4, r"\b(?:said|says|claims?|claimed)\b[^?;!]{0,60}\b(?:fits?|runs?) (?:on|in)\b"),
    ("fits", 1.5, r"会不会(?:爆|oom|溢出|炸|超|(?:显存)?不够)|会(?:爆|oom|溢出)(?:显存)?(?:吗|么|嘛|不|没|\?|$)|will (?:it|this|that) (?:oom|run out)|\bshould (?:easily )?(?:fit|be (?:plenty|enough|fine)|suffice|work)\b.{0,40}\bno\s*\?"),
    ("fits", 2.4, r"能(?:不能|否)?(?:.{0,40})(?:吗|(?<![什怎这那多要])么|嘛|不(?![\u4e00-\u9fff])|\?)|可以(?:.{0,40})(?:吗|(?<![什怎这那多要])么|嘛|\?)|能不能|能否|可不可以|是否(?:可以|能|够|足够)|够(?:不够|吗|用|么|了吗|吧|的吧)|能行|有没有可能|撑得住|扛得住|带得动|能带动|行(?:吗|不行|么|不)|放得下|装得下|跑得(?:动|起|了|起来)|带得(?:动|起)|训得(?:动|起|了)|跑不跑得|会不会(?:爆|oom|溢出|炸|超|(?:显存)?不够)|会(?:爆|oom|溢出)(?:显存)?(?:吗|么|嘛|不|没|\?|$)|(?:够|行|成|可以|能跑|能训|跑得动)(?:不|没)(?=$|[\s,.?!])|(?:还|都|也|还是)?不够(?:吗|么|嘛|\?|用)|有戏|hold得住|搞得定|吃得下|(?:不能|没法|无法).{0,20}(?:吗|么)"),
    ("comparison", 2.1, r"\bcompar(?:e|ed|ing|ison)\b|\bversus\b|\bvs\.?\b|which (?:is|one|uses|needs|takes|model|card|gpu) (?:\w+ )?(?:less|more|better|cheaper|smaller|bigger|enough|should)|(?:better|cheaper) than|对比|比较(?!好)|哪(?:个|张|款|种)(?:更|比较|省|划算|合适|好)|谁(?:更|的)|更省|(?:还是).{0,20}(?:好|省|划算|合适)"),
)  # fmt: skip

_DOMAIN = (
    r"memory[_ ]utili[sz]ation|mem[_-]fraction|\bv?ram\b|\bmemory\b|\bgpus?\b|\bllms?\b|\bmodels?\b|param|\bbits?\b|quant|token|context|batch|显存|模型|参数|微调|训练|推理|量化|显卡"
    r"|上下文|\bcuda\b|fine-?tun|\blora|训|卡|\badam|梯度|\bweights\b|\d ?gi?b?\b|\bcache\b|\bestimate|\bbytes\b|权重|字节|缓存|优化器|估算"
)


# what programs print, and nobody asks
_PRINTED = r"kv[-_]cache[-_]free[-_]gpu[-_]\w+|maximum concurrency for [\d,]+ tokens per request:? ?[\d.]*x?|# ?(?:gpu|cpu) blocks: \d+"

# "why?" and "explain, please" ask less than this, and of what is told before
_PLAINLY = 2.4
# What a question is about, beside what it wants to know of it: told of, it still is its subject.
_SUBJECTS = {
    "kv_cache": 0.75, "adam_state": 0.6, "moe": 0.7, "rl_memory": 0.75, "zero_offload": 0.75, "multi_gpu_split": 0.85,
}  # fmt: skip
# what a name or a format shows, whatever is asked
_CIRCUMSTANCES = frozenset({"moe", "quant_gguf", "zero_offload"})
_NAMED = {"moe": 3, "quant_gguf": 3, "zero_offload": 1}  # and below which weight it is only named
# Asked of a subject, these are how it is asked: "which part is wrong" after a KV cache's arithmetic is about the cache.
_MANNERS = frozenset({"explain_derive", "check_arithmetic", "why_more", "moe"})
_ASKED_OF_IT = 3.5  # a KV cache in the clause that asks: also of why, and of a mixture's


@dataclass
class _Evidence:
    """What a text says for each intent: in all, and with less weight on what is only told."""

    said: dict[str, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    plainly: bool = False  # a known phrase, and not only words of the field
    asks: bool = False  # some clause asks in a known way
    _found: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, intent: str, weight: float, share: float) -> None:
        """A pattern of the intent, with how much its place counts."""
        if share >= asking.TOLD:
            share = max(share, _SUBJECTS.get(intent, 0))
        self._found.setdefault(intent, []).append((weight, weight * share))
        said, asked = zip(*self._found[intent], strict=True)
        self.said[intent], self.asked[intent] = _together(said), _together(asked)

    def at_least(self, intent: str, weight: float, place: int) -> None:
        """What a question taken apart says, where no phrase says more."""
        self.said[intent] = max(weight, self.said.get(intent, 0.0))
        self.asked[intent] = max(weight, self.asked.get(intent, 0.0))
        self.places.setdefault(intent, place)


def _together(weights: Iterable[float]) -> float:
    """The heaviest pattern, and a third of the next: to say a thing in five ways is not to want it five times."""
    heaviest, *others = sorted(weights, reverse=True)
    return heaviest + (others[0] / 3 if others else 0)


def _evidence(text: str) -> _Evidence:
    found = _Evidence()
    forms = [(one, asking.parts(one)) for one in dict.fromkeys((text, joined(text)))]
    asks = False
    for intent, weight, pattern in INTENTS:
        share, place = _best(intent, pattern, forms)
        if share:
            found.add(intent, weight, share)
            found.places[intent] = min(found.places.get(intent, len(text)), place)
            found.plainly |= weight >= _PLAINLY
            asks |= share == 1 and weight >= _PLAINLY
    for intent, weight, place in wants(*forms[-1]):
        found.at_least(intent, weight, place)
        asks = True
    found.asks = asks
    if not asks:
        found.asked = dict(found.said)
    return found


def _best(intent: str, pattern: str, forms: list[tuple[str, list[asking.Part]]]) -> tuple[float, int]:
    """How much a pattern counts at its best place, and that place; 0 where it stands nowhere."""
    best, place = 0.0, 0
    for form, parts in forms:
        for hit in compiled(pattern).finditer(form):
            if intent == "fits" and asking.is_open(form, parts, hit.start(), hit.end()):
                continue
            share = asking.share(parts, *hit.span())
            if share > best:
                best, place = share, hit.start()
            if best == 1:
                return best, place
        if best:
            break
    return best, place


def read_intents(text: str, facts: Collection[str], lean: Callable[[str], float]) -> tuple[str, ...]:
    """The intents of a text, heaviest first; `lean` adds what the facts say (a mixture-of-experts model, an algorithm)."""
    text = compiled(_PRINTED).sub(" ", compiled(PRINTED).sub(" out of memory ", text))
    text = compiled(asking.SPEED_REFUSED).sub(" ", text)
    found = _evidence(text)
    weights = found.asked
    if "injection" in weights:
        return ("injection", *(one for one in _ordered(found) if one not in ("injection", "greeting", "help")))
    if elsewhere(text, facts):
        return ("out_of_scope",)
    _weigh_overflow(text, found)
    if {"model", "params", "gpu", "gpu_memory_gb"} & set(facts) and says(_SETTING_DOUBTED, text):
        found.at_least("fits", _DOUBTED, 0)
        weights["why_more"] = found.said["why_more"] = 0.0
    for intent in {name for name, _, _ in INTENTS}:
        extra = lean(intent)
        idle = not found.asks or any(weights.get(one, 0) >= _PLAINLY for one in _PLAIN)
        if extra < 0 and intent in weights and (idle or intent == "units"):
            weights[intent] += extra if any(part.asks for part in asking.parts(text)) else 2 * extra
        elif extra > 0:
            found.add(intent, extra, 0.0 if intent in _CIRCUMSTANCES else 1.0)
    for manner in _MANNERS & set(weights):
        for subject, least in (("kv_cache", 2), ("table_lookup", 2), ("zero_offload", 2.6)):
            if manner in ("why_more", "moe") and (subject != "kv_cache" or weights.get("kv_cache", 0) < _ASKED_OF_IT):
                continue
            if weights.get(subject, 0) >= least:
                weights[manner] = min(weights[manner], weights[subject] - 0.1)
    if not found.plainly and of_other_matters(text) and not _has_case(facts) and not _of_machine(text, facts):
        return ("out_of_scope",)
    wanted = tuple(name for name in _ordered(found) if max(weights[name], found.said[name]) >= 2)
    if wanted and wanted[0] in ("method_diff", "comparison", "which_method") and not facts and not says(_DOMAIN, text):
        return ("out_of_scope",)
    if wanted and weights[wanted[0]] < _NAMED.get(wanted[0], 0):  # named, and nothing of it asked
        others = tuple(one for one in wanted if one not in _NAMED)
        wanted = (*others, *(one for one in wanted if one in _NAMED)) if others else ("unclear", *wanted)
    if wanted:
        return wanted
    if of_other_matters(text) and not _has_case(facts) and not _of_machine(text, facts):
        return ("out_of_scope",)
    if set(facts) <= _NAMES_ALONE and says(_HOW_TO, text) and not says(_OF_MEMORY, text):
        return ("out_of_scope",)  # how something is done with a model, and nothing of what it takes
    if facts or says(_DOMAIN, text):
        return ("unclear",)
    return ("out_of_scope",) if len(text.strip()) > 1 else ("unclear",)


_NAMES_ALONE = frozenset({"model", "engine", "task"})
_HOW_TO = r"怎么(?!样)|如何|怎样|\bhow (?:do|does|to|can|could|should|would)\b"
_OF_MEMORY = (
    r"显存|内存|占用?|多大|多少|放|装得|跑|卡|爆|省|降|减|小|量化|部署|微调|训练(?!数据)|推理|估|算|选|配置|要求|"
    r"\b(?:v?ram|memory|fits?|gpus?|cards?|oom|run|serve|deploy|train|tune|fine-?tun\w+|quanti[sz]\w*|infer\w*|estimate|compute|calculate|choose|"
    r"small\w*|reduc\w*|lower|sav\w*|less|big|large|size|bits?|requirements?)\b"
)


def _has_case(facts: Collection[str]) -> bool:
    return bool({"model", "params"} & set(facts) and {"gpu", "gpu_memory_gb", "seq_len"} & set(facts))


def _of_machine(text: str, facts: Collection[str]) -> bool:
    """Which models a machine runs is asked of its memory, whatever they are to be good at."""
    return bool({"gpu", "gpu_memory_gb", "host_memory_gb"} & set(facts)) and says(WHICH_MODELS, text) is not None


def _weigh_overflow(text: str, found: _Evidence) -> None:
    """Is an overflow what is asked about, or what happened before something else is asked?"""
    weights = found.asked
    if "oom_diagnosis" not in weights:
        return
    if refused_by_setting(text) or ran_though(text):
        weights["oom_diagnosis"] = found.said["oom_diagnosis"] = 0.0
        return
    cure = says(_CURE, text) is not None
    plain = any(weights.get(one, 0) >= 2.3 for one in _PLAIN)
    if cure and not plain and found.said["oom_diagnosis"] >= 2:
        weights["oom_diagnosis"] = 0.1 + max(
            found.said["oom_diagnosis"], *(weights.get(one, 0) for one in ("why_more", "explain_derive"))
        )
    elif plain:
        weights["oom_diagnosis"] = min(weights["oom_diagnosis"], 2.0)
    # In a special regime that the words name, an overflow is explained by the regime.
    if any(weights.get(regime, 0) >= 2 for regime in ("rl_memory", "moe", "quant_gguf")):
        weights["oom_diagnosis"] -= 1


# is a setting doubted, and no amount that was seen: whether it fits
_DOUBTED = 4.5
_SETTING_DOUBTED = next(pattern for cue, pattern in CUES if cue == "setting_doubted")
# the cause of an overflow is asked for, or its cure
_CURE = (
    r"\bwhy\b|\bfix\w*|\bsolv\w+|\b(?:what|anything) (?:can|could|should|else can) (?:i|we) do\b|\bhelp\b|\bcauses?\b|\breason\b|\bexplain\s*\?|\bany ideas?\b|\bwtf\b|有没有(?:什么)?(?:办法|解决|方法)|原理|求解|\bavoid it\b|\bwhat(?:'s| is) wrong"
    r"|\bstill\b|\beven (?:with|though)\b|\bleak|为什么|为啥|为何|怎么办|怎么(?:调|改|弄|搞|排查)|咋(?:整|办|搞)|\bget rid of\b|怎么解决|如何解决|原因|怎么回事|还是(?:爆|oom)|仍然|依然|泄漏|什么问题|哪来|从哪(?:里|儿)?来|\bwhat(?:'s| is) (?:this |that |the )?\d+(?:\.\d+)? ?gi?b\b"
)
# Plain questions for a figure: of several in one text, the one asked first opens the answer.
_MUCH_LESS = 1.3  # beside a plain question that is put outright, one that is only hinted at is not the first
_PLAIN = frozenset({"fits", "how_much", "how_many_gpus", "max_batch_ctx", "which_method"})


def _ordered(found: _Evidence) -> list[str]:
    weights, places = found.asked, found.places
    order = list(dict.fromkeys(name for name, _, _ in INTENTS))
    ranked = sorted(weights, key=lambda name: (-weights[name], order.index(name)))
    least = max(2.3, max((weights[name] for name in _PLAIN & set(weights)), default=0) - _MUCH_LESS)
    slots = [place for place, name in enumerate(ranked) if name in _PLAIN and weights[name] >= least]
    asked = sorted((ranked[place] for place in slots), key=lambda name: places.get(name, 0))
    for place, name in zip(slots, asked, strict=True):
        ranked[place] = name
    return ranked
