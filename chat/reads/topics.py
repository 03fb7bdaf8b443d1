"""The topics of the document that a text touches, and the quantities that it wants solved."""

import re
from functools import lru_cache

from chat.reads.lexicon import compiled
from chat.reads.requests.limits_determined import MANY_DETERMINED
from chat.reads.seen.symptoms import PRINTED
from chat.reads.sums.times_params import BYTES_OF_EACH

_CARDS_TOLD = r"(?:\bgpus?|\bcards?|\b[abhlptv]\d{1,4}s?|\b[2345]0[6-9]0s?|\ba6000s?|\bmi\d{2,3}x?s?)\b"
_OF_OTHERS = r"users?|people|requests?|tokens?|streams?|sessions?|sequences?|samples?|layers?"
# more of the cards that are there; a count that is asked for without the word for its things
MORE_CARDS = (
    rf"\bhow many (?:more|additional|extra|further|other)\b(?: (?:of (?:them|those|these)|{_CARDS_TOLD}))?(?! (?:\w+ )?(?:{_OF_OTHERS})\b)(?=\s*(?:[?,]|$|until|till|before|to\b|do\b|would\b|will\b|for\b|are\b|beside|on top|must\b|should\b))"
    r"|(?:还|再)(?:差|缺|要|得|需要|需|加|买|添|插|补|租|上|配)(?:加|买|添|插|补|租|上|配)?(?:几|多少)\s?(?:张|块)"
)
# whether more of them would help: "would adding GPUs fix it", "do I need more cards", "加卡能解决吗"
_MORE = r"(?:more|additional|another|extra|further|a (?:second|third)|adding|buying|renting)"
CARDS_AS_CURE = (
    rf"\b(?:do|does|would|will|can|could|should|shall|is|are)\b[^.?!;]{{0,24}}\b{_MORE}\b[^.?!;,]{{0,16}}\b(?:gpus?|cards?)\b(?![^.?!]{{0,40}}\b(?:not|n't)\b)"
    rf"|\b{_MORE} (?:\w+ )?(?:gpus?|cards?)\b[^.?!;]{{0,12}}\b(?:help\w*|fix\w*|solve\w*|enough|the (?:answer|solution|cure))\b"
    r"|(?:加|添|上|买|插)(?:上|了|个|几|多少|一|两|二|\d)*\s?(?:张|块|个)?\s?(?:显)?(?:卡|gpu)(?:上去|的话)?[^;?!。]{0,6}(?:(?:能|可以|会|就|有|管|顶)(?:不能|不会|没有)?(?:解决|行|好|有?用|用|搞定|跑|够)|行不行|行吗|成不成|顶事)"
    r"|(?:得|要|需要|该|应该|必须)(?:再|多)?(?:加|添|买|上|多)(?:几|一|两|多少|\d)*\s?(?:张|块|个)?\s?(?:显)?(?:卡|gpu)(?:吗|么|了|吧|\s?[?,。]|$)"
)
_NEEDED = r"(?: (?:(?:do|would|should|will|must) (?:i|we|you) (?:need|want|rent|buy|take|order|book)|would (?:it|that|this) (?:need|take)|does (?:it|that|this) (?:need|take)|are (?:needed|required|necessary)|of (?:them|those|these)|then|at least|minimum))"
# "I can rent H200s. How many, with ZeRO-3?": a sentence that counts nothing but cards, named before it and not counted there
_COUNTED_BEFORE = (
    rf"(?<!\d )(?<!\dx )(?<!\dx)(?<!\bone )(?<!\bmy )(?<!\ba )(?<!\btwo )(?<!rtx ){_CARDS_TOLD}(?:(?!\b(?:{_OF_OTHERS})\b)[^?]){{0,120}}[.!;,:)-]\s*(?:(?:so|and|then|but|ok|now),? )*how many"
    rf"(?:{_NEEDED}*(?:\s*[?,]|\s*$|\s(?:with|using|under|via|for|when|if)\b[^?]{{0,80}}(?:\?|$))|{_NEEDED}+\s(?:at|in|to)\b[^?]{{0,80}}(?:\?|$))"
)
_TO_NEED = r"(?: (?:of (?:them|those|these)|do (?:i|we|you) need|would (?:i|we|you|it|that) (?:need|take)|does (?:it|that) take|are needed|cards?|gpus?|nodes?))*"
_ELSE_ZH = r"(?:张|块|卡|gpu)[^;!]{0,80}?(?:要?不然|否则|(?:不够|不行)(?:的话)?),?(?:那|就|至少|最少)*(?:得|要|需要?)(?:多少|几)\s*(?:[?。]|$)"
COUNT_LEFT_OPEN = (
    rf"{MORE_CARDS}|{_COUNTED_BEFORE}|\b(?:at|to|with) (?:which|what) (?:card |gpu )?(?:count|number)\b|\b(?:minimum|min|smallest|lowest|least) (?:card |gpu )?count\b"
    rf"|{_CARDS_TOLD}(?:(?!\b(?:{_OF_OTHERS})\b)[^?;!]){{0,80}}\b(?:if so|or|and|then|so),? how many(?: (?:of (?:them|those|these)|do (?:i|we|you) need|would (?:i|we|it) (?:need|take)|are needed|cards|gpus))*\s*(?:\?|$)"
    # "would 16 H100 be enough? How many otherwise", "enough? If not, how many?"
    rf"|{_ELSE_ZH}|{_CARDS_TOLD}(?:(?!\b(?:{_OF_OTHERS})\b)[^;!]){{0,160}}?\b(?:how many{_TO_NEED},? (?:otherwise|instead|if not|in that case|at (?:the )?least|at minimum|then)|(?:otherwise|if not|else|in that case),? (?:then |and )?how many{_TO_NEED})\s*(?:[?.]|$)"
)
# how long it can be is asked by what a cache or bits change: "how much longer can the context be", "change for the max len"
_OF_A_LENGTH = r"(?:context|ctx|seq\w*|length|max[ _-]?(?:model[ _-])?len\w*)"
LONGER_ASKED = (
    rf"\bhow (?:much|many)(?: times)? (?:longer|more)\b[^.;?!]{{0,24}}\b{_OF_A_LENGTH}\b|\b(?:change|do|mean|bring|buy|gain|help)s?\b[^.;?!]{{0,16}}\b(?:max\w*|longest|largest|possible) (?:possible )?(?:model )?(?:len\w*|context|ctx|seq\w*)|\b(?:change|do|bring|buy|gain)s?\b[^.;?!]{{0,12}}\bmax[ _-](?:model[ _-])?len\w*"
    r"|(?:能|可以)(?:开|训|跑|上|撑)?到多长|(?:上下文|长度)(?![^,;?。]{0,8}(?:每|显存|内存|缓存))[^,;?。]{0,8}(?:能|可以)?(?:多|增加?|涨|提升?|变|翻)(?:到|成|长|开|出|加)?(?:多少|几)(?!\s?(?:个|路|条|人)?\s?(?:并发|用户|请求|会话))"
)
# cards that were named before: "we only get L40S cards, how many of those do we need for it?"
OF_THEM = r"\bhow many of (?:them|those|these) (?:do|would|will|does|should) (?:i|we|you|it|that|this) (?:need|take|want|buy|rent|get)\b"
# The document's own statements and the words of an explanation.
TOPICS: tuple[tuple[str, str], ...] = (
    ("weights_7b_fp32", r"26\.0\d+|26 ?gi?b\b.{0,40}(?:7b|fp32|float32)|28 ?gb.{0,30}26"),
    ("sixteen_bytes", rf"\b16\s?(?:θ|x(?!\s*[a-z]*\d)|倍|bytes?|字节)|{BYTES_OF_EACH.format(16)}|\b16 ?\* ?(?:θ|params?)|\b(?:sixteen|16) (?:times|bytes)|(?:or|vs|and|还是|和) 16 bytes|2\+2\+(?:12|4)|\b12\s?θ|\b4\s?θ"),
    ("twenty_times", r"\b20\s?(?:θ|x(?!\s*[a-z]*\d)|倍|bytes?|字节)|\b20 times|\b20 (?:or|vs|and) 16|140 ?g(?:b)?\b.{0,30}7b|7b.{0,30}\b140 ?g"),
    ("activation_recomputation", r"60 ?gb?\b.{0,24}\b8 ?gb?\b|recomput|重计算|checkpoint\w*|检查点"),
    ("activations", r"\bactivations?\b|激活(?!了?\s?(?:的?参数|专家|\d))"),
    ("fragmentation", r"fragment\w*|碎片|\b30 ?%"),
    ("temporary_buffers", r"(?:temporary|temp|scratch) (?:buffers?|storage|space)|\b6 ?gb\b.{0,20}buffer|临时缓存|临时缓冲|缓存区|缓冲区"),
    ("llama_training_time", r"\b83\b.{0,10}(?:a100|gpus?|块|张)|1000 ?(?:hours|小时)|\b42 ?(?:days|天)"),
    ("karpathy", r"karpathy|卡帕西|6000 ?(?:gpus?|块)|10 ?tb\b|12 ?(?:days|天)"),
    ("inference_overhead", r"\b1\.2\s?(?:x|倍|times)?(?![\d.bg])|20 ?% (?:overhead|extra|more)|(?:overhead|开销).{0,16}20 ?%|额外开销|inference overhead"),
    ("llama_factory", r"llama[ -]?factory"),
    ("kv_cache", r"\bkv[ _-]?cache|kv缓存|键值缓存|\bkv\b"),
    ("optimizer", r"optimi[sz]er|\badamw?\b|优化器|动量|\bsgd\b"),
    ("gradients", r"\bgradients?\b(?![ _-]?(?:checkpoint|acc))|梯度(?!检查|累)"),
    ("logits", r"\blogits?\b|vocab\w*|词表"),
    ("mixed_precision", r"\bamp\b|mixed[ -]precision|混合精度"),
    ("weights", r"\bweights?\b|权重|参数(?:量)?占"),
    ("data_types", r"(?:fp32|float32|fp16|float16|bf16|int8|int4).{0,30}(?:bytes?|字节|bits?\b|位)|data ?types?|数据类型"),
    ("training_drivers", r"(?:what|which)\b.{0,30}(?:factors?|drives?|determines?|affects?|influences?|depends?).{0,30}(?:memory|vram)|(?:影响|决定).{0,10}(?:显存|因素)|显存.{0,10}(?:取决|因素|组成|由)"),
    ("lora_table", r"galore|badam|\bfreeze\b|冻结"),
)  # fmt: skip

# "batch size per gpu at 1024?": the name alone is the question
BATCH_ALONE = r"(?:^|[.,;:?!\n] ?)(?:(?:max|micro|train)[ -]?)?batch(?:[ _]?size)?(?: per[ -](?:gpu|card|device))?(?: (?:at|for|with) \d[\w,]*)?\s*(?:\?|(?:,|and|&) ?(?:eta|time|how long|steps)\b[^.;?]{0,24}\?)"
# Which quantity is to be solved for, when the question asks for the largest or the fewest.
_LENGTH_FLAG = r"-{0,2}(?:max[ _-](?:model|seq|input|total)?[ _-]?(?:len(?:gth)?|tokens)|cutoff[ _-]len|context[ _-]length|num_ctx|n_ctx|ctx[ _-]size)(?![a-z])"
_LONE_C = r"(?<![\w-])-c(?![\w-])(?!\s?[=:]?\s?\d)"
# "what context and concurrency can we expect": both are asked for
_OF_LENGTH = (
    rf"(?:{_LENGTH_FLAG}|\b(?:context|ctx|seq\w*)(?: len(?:gth)?s?| window| size)?\b|上下文(?:长度)?|最大长度|序列长度)"
)
# "what batch size for LoRA on a 3090", "recommended per_device_train_batch_size", and no value beside it
BATCH_WANTED = r"\b(?:what|which|recommend(?:ed)?|suggest(?:ed)?|suitable|optimal|best|right|good|safe) (?:(?:value|setting) (?:of|for) )?(?:[a-z-]+ ){0,2}?(?:batch(?:[ _-]?size)?|bsz|per_device_(?:train_)?batch_size)\b(?!s? of \d| ?[=:]? ?\d)[^.;?\d]{0,12}(?:\b(?:for|on|with|when|in|should|can|would|works?)\b|\?|$)|(?:用|设|开|选)多大的?\s?(?:micro[ -]?)?batch"
_OF_MANY = r"(?:\bconcurren\w+|\bmax[_ -](?:num[_ -]seqs|running[_ -]requests)\b|\bbatch(?: ?size)?\b|\busers\b|并发(?:数)?|批大小)"
_JOINED = r"\s?(?:\band\b|\bor\b|[&/+、]|和|与|跟|及)\s?(?:\w+ )?"
_BOTH = rf"(?:{_OF_LENGTH}{_JOINED}{_OF_MANY}|{_OF_MANY}{_JOINED}{_OF_LENGTH})"
# the tokens of a server's whole pool are asked for, in TGI by the name of its setting
TGI_POOL = r"(?<![a-z])max[ _-]batch[ _-]total[ _-]tokens"
POOL_TOKENS = (
    r"\bmax_total_num_tokens?\b|\bhow (?:many|much)\b[^.?;]{0,12}\b(?:kv(?: cache)?|cache) tokens\b(?![^.?;]{0,24}\b(?:need|take|require|per|cost)|[^.?;]{0,8}\bare\b)"
    rf"|\b(?:how|what|which)\b[^?;]{{0,48}}{TGI_POOL}(?!\W{{0,4}}(?:mean|do\b|does\b|\d))|{TGI_POOL}\b(?!\W{{0,4}}\d)[^?;]{{0,24}}(?:\bhow\b|\bwhat\b|\bshould\b|\bcan i\b|多少|多大|怎么(?:算|设|填)|如何(?:算|计算|设))"
)
LENGTH_AND_MANY = (
    rf"\b(?:what|which|how (?:much|many|large|high))\b(?:'s)?(?: (?!(?:do|does|did|has|have|if|when|effects?|impact|role)\b)\w+){{0,3}}? {_BOTH}"
    r"(?! (?:do|does|affect|change|mean|have|has|add|contribute|scale|impact|matter|at|of|=)\b| ?=? ?\d)"
    rf"|{_BOTH}[^,;?]{{0,12}}(?:多少|多大|多长|几)"
)
# "上下文开满": how long it may be; where its length is told, "128k 上下文开满", what that takes
FILLED = r"(?<!\d[kmw万])(?<!\d[kmw万][的 ])(?<!\d{4})(?<!\d{4}[的 ])(?:上下文|长度|ctx|context)(?:都|也|再)?(?:开|拉|跑|用|撑|上)满(?!到?\s?\d)"
# "needs 几张", of cards and not of the pictures that are put into a prompt
PIECES = (
    r"(?<![某前放塞传发喂送带])(?:几|多少)(?:张|块|片)"
    r"(?!\s?(?:的|原|大|小|高清|\d{1,4}[kp]|\d{3,5}\s?[x×*]\s?\d{3,5}){0,3}(?:图|照片|截图|截屏|扫描|发票|页|帧|表|样本))"
)
ASKS: tuple[tuple[str, str], ...] = (
    ("n_cpu_moe", r"\b(?:what|which|how (?:many|much|high|large)|best|right|fewest)\b[^.?;]{0,32}\bn[ _-]?cpu[ _-]?moe\b|n[ _-]?cpu[ _-]?moe(?:参数)?(?:大概|大约|一般)?(?:应该|应|该|要|能)?(?:怎么|怎样|如何)?(?:设|开|填|给|写|取)(?:置)?(?:成|为|到)?(?:多少|几)?|\bhow many (?:layers(?:'s?)? (?:of )?)?experts?\b[^.?;]{0,32}\b(?:cpu|ram)\b|\bhow many (?:layers (?:of|with) (?:the )?experts|experts?(?:'s?)? layers?)\b|\bhow many\b[^.?;]{0,64}\bn[ _-]?cpu[ _-]?moe\b|(?:多少|几)层(?:的)?专家(?:层)?[^,;?]{0,12}(?:内存|cpu|显存|卡|gpu)|n[ _-]?cpu[ _-]?moe[^,;?]{0,6}(?:多少|几)(?:层)?"),
    ("gpu_layers", r"how many layers\b(?!'?s? (?:of )?experts)[^?;]{0,24}\bngl\b|how many layers\b(?!'?s? (?:of )?experts)[^?;]{0,60}?\b(?:put|offload|fit|load|keep|go|run)\b|how many layers\b(?!'?s? (?:of )?experts)[^?;]{0,60}?\b(?:on|to) (?:the |my )?(?:gpu|card|vram)|(?:what|which|best|right|max\w*) (?:value (?:of|for) )?-{0,2}(?:ngl|n[ _-]?gpu[ _-]?layers|num_gpu)\b|(?:-?ngl|n[ _-]gpu[ _-]layers|num_gpu)(?:参数)?(?:大概|大约|一般)?(?:应该|应|该|要|能)?(?:设|开|填|给|写|取)?(?:成|为|到)?(?:多少|几)|(?:放|加载|卸载|offload)(?:多少|几)层|(?:多少|几)层(?:能|可以|可)?(?:放|加载|卸载|offload)?(?:到|在|进)(?:gpu|显卡|显存|卡)"),
    ("n_gpus", PIECES + r"|\bfewest(?: possible| number of)? (?:\d+ ?gb? )?(?:gpus?\b|cards?\b|a100|h100|a800|h800|l40s?|a6000|[345]0[6-9]0)|\bas few\b[^.?;]{0,32}\bas (?:possible|i can)|(?:尽量|尽可能)少(?:的|几张)?[^,;?]{0,8}(?:卡|gpu|[ahlv]\d{2,3}|[345]0[6-9]0)|how many (?:(?!(?:can|could|do|does|will|would|on|per|an?|of|for)\b)\S+ ){0,4}?(?:(?:gpus?|cards?|nodes?|[ahlvpt]\d{1,3}s?\b|[2345]0[6-9]0s?)(?![ -]?(?:days?|hours?|hrs?|weeks?|months?|years?|time)\b)|a6000s?|mi\d{2,3}x?s?|rtx|gtx|radeon|tesla|instinct|ascend|910b)|(?:minimum|min|fewest|least|smallest) (?:number|count|amount) of|\bnumber of (?:\d{1,3} ?gb? )?(?:gpus|cards|[ahlv]\d{2,3}s?|[345]0[6-9]0s?)\b|(?:minimum|min|fewest|least|smallest) (?:gpus|cards|(?:rtx )?[2345]0[6-9]0s|[ahlv]\d{2,3}s)|(?<!设)(?<!设置)(?<!设为)(?<!填)(?<!写)(?:几|多少)(?:张|块|片|个)?(?:卡|显卡|gpu|(?:\d+g(?:的)?)?[ahlv]\d{2,3}(?!\d)|[345]0[6-9]0)(?!\s?(?:小时|天|时(?!候)|月|年))|(?:几|多少)\s?(?:台|个节点)\s?(?:的)?\d{1,2}\s?(?:[张块]?卡|[张块x*])|(?:要|需|得|用|买|配|上)\s?(?:要|用)?\s?(?:几|多少)\s?(?:台|个节点)(?!\s?\d)|\bhow many \d{1,2}\s?[-x*]?\s?\w*[ -](?:gpu )?(?:nodes|machines|servers|boxes)\b"),
    ("n_gpus", r"(?:\bgpus|\bcards|\b[ahlvpt]\d{1,3}s|\b[2345]0[6-9]0s|\ba6000s|\bmi\d{2,3}x?s)\b[^.?;!\d]{0,24}\bhow many(?: (?:of (?:them|those|these)|do (?:i|we|you) need|would (?:i|we|you) need|would (?:it|that) take|does (?:it|that) take|are needed|then|at least|minimum|for (?:it|that|this)))*\s*(?:\?|$)"),
    # "4x H100 80GB run out of memory. How many do I need?": by itself, of the cards that were counted
    ("n_gpus", r"\b\d{1,3}\s?(?:x|\*)?\s?(?:nvidia |rtx |gpus?\b|cards?\b|[ahlvpt]\d{1,3}s?\b|[2345]0[6-9]0s?\b|a6000s?\b|mi\d{2,3}x?s?\b)(?:(?!\b(?:users?|people|requests?|sequences|samples|tokens|examples|steps|epochs|layers|experts|streams|nodes|machines)\b)[^?]){0,120}[.!;,:-]\s*(?:so |and |then |but |ok )*how many(?: (?:more|in all|in total|of (?:them|those|these)|do (?:i|we|you) need|would (?:i|we|you) need|would (?:it|that) take|does (?:it|that) take|are needed|then|at least|minimum|for (?:it|that|this)))+\s*(?:\?|$)"),
    ("batch_size", MANY_DETERMINED),
    ("seq_len", rf"{LONGER_ASKED}|\bmax(?:imum)? len(?:gth)?\b(?!\s?[=:]?\s?\d)"),
    ("n_gpus", COUNT_LEFT_OPEN),
    ("n_gpus", r"\bwhat(?:'s| is| would be| would you (?:say|call|put)(?: is| as)?) the (?:bare |absolute |real |actual |true )?minimum(?: number| count| here| then| for this| for that| realistically)*\s*(?:\?|$)"),
    ("n_gpus", rf"(?:\bgpus|\bcards|\b[ahlvpt]\d{{1,3}}s|\b[2345]0[6-9]0s)\b[^.?;!\d]{{0,24}}{OF_THEM}"),
    ("n_gpus", r"\bhow many (?:of )?(?:those|these|such|them)(?: cards?| gpus?)?(?: then| instead)?\s*(?:\?|$)"),
    ("batch_size", r"(?:^|[?.!,;])\s*(?:and )?(?:at )?(?:what |which |max |the )?(?:micro[- ]?)?batch(?:[ -]?size)?\s?\?|(?:^|[?.!,;])\s*(?:那|最大)?(?:batch(?:[ _]?size)?|批大小)(?:呢)?\s?\?"),
    ("batch_size", r"(?:batch(?:[ _]?size)?|(?<![a-z])(?:m?bsz?)(?![a-z])|批(?:大小|次|量)?)\s?(?:应该|该|要|得)?(?:怎么|如何|咋)(?:设|选|定|取|配)|\b(?:what|which) (?:micro-?)?batch(?: ?size)? (?:should|to)\b"),
    ("batch_size", BATCH_ALONE),
    ("batch_size", BATCH_WANTED),
    ("batch_size", r"\bsolve for (?:the )?(?:max\w* |largest )?(?:micro[- ]?)?batch|求(?:解)?(?:最大)?(?:的)?(?:batch|批)|(?:\bwhat|\bwhich|\bhow (?:high|large|many|big)|\bsafe)\b[^?.;]{0,24}max[_ -](?:num[_ -]seqs|running[_ -]requests)|max[_ -](?:num[_ -]seqs|running[_ -]requests)[^?.;]{0,16}(?:should|safe|\?|多少|多大|设几|合适)|(?:max\w*|largest|biggest|highest) (?:possible )?(?:per[ -](?:device|gpu|card) )?(?:train(?:ing)? )?(?:micro[ -]?)?batch|how (?:large|big|many) (?:a |of a )?(?:batch|concurrent|users|requests|sequences|seqs\b|parallel)|how (?:large|big|high) (?:can|could|may|should|might) (?:the |my |a )?-{0,2}(?:per[ _-](?:device|gpu)[ _-])?(?:train[ _-])?(?:micro[ _-]?)?(?:batch|mbs|bsz?)|(?:what|which) (?:\w+ )?(?:micro[ -]?)?batch(?:[ -]?size)?s? (?:can|could|should|fits?|will|do|would|is)|wh?at batch|concurrency can|\b(?:how (?:much|many|high|large)|what|which) (?:of )?concurren(?:cy|t)\b|(?:^|[?.!]\s*)(?:per[_ -]device[_ -](?:train[_ -])?)?batch[_ -]?size for\b|并发(?:数|量)?(?:大概|大约|最多|最高|一般)*(?:能|可以)(?:做|开|跑|撑|达|扛|上)?(?:到|有)?多(?:少|大)|并发(?:数|量)?(?:上限)?(?:是|有|大概|约)?多少|最(?:大|多)(?:的)?(?:能|可以)?(?:开|用|支持|设)?(?:多(?:大|少)的?)?(?:batch|bs\b|批|并发)|(?:batch(?:[ _]?size)?|(?<![a-z])(?:m?bsz?)(?![a-z])|批(?:大小|次|量))\s?(?:设|开|取|用)?(?:多大|多少)(?:才|比较|最)?(?:合适|合理|好|稳)|(?:batch(?:[ _]?size)?|(?<![a-z])(?:m?bsz?)(?![a-z])|批(?:大小|次|量))(?:最大|能开|可以开|最多|开多大|上限|(?:最?高)?(?:能|可以)?(?:设|给|跑|加|调|拉|上|(?<=能)|(?<=可以))(?:到)?(?:多大|多少|几))|\bhow (?:large|big|high|far) (?:can|could|may|should) (?:the|my|our|a|i|we)\b[^?.;]{0,24}\b(?:micro[ -]?)?batch(?:[ -]?size)?\b|(?:多少|几)(?:个|路)?并发|多大(?:的)?(?:batch|批)|(?:how many|number of|max\w*)(?: of (?:these|those|them|such))?(?: \S+){0,3}? (?:(?:at a time|at once|at the same time|in parallel|concurrently|simultaneously|in flight)\b|(?:users|requests|streams|sessions|chats|conversations|clients|people|devs|developers|seats)\b(?! (?:do|did|would) (?:i|we) (?:have|need)))|(?:给|供|够|支持|撑|扛|承载|服务)[^,;?!。]{0,6}(?:几|多少)(?:十|百|\d+)?(?:个|位)?(?:人|用户)|(?:几|多少)(?:十|百|\d+)?(?:个|位)?(?:人|用户)[^,;?!。]{0,4}(?:同时|一起|并发)|(?:同时|一起|能|可以|能够|可)[^,;?!。\d]{0,6}(?:几|多少)(?:十|百|\d+)?(?:个|位|路|条|人)(?!专家|模型|节点|gpu|token|卡)|(?:几|多少)(?:十|百|\d+)?路(?!由)|(?:几|多少)(?:十|百|\d+)?(?:个|条)[^,;?!。]{0,8}(?:请求|会话|对话)|(?:几|多少)\s?(?:个|条|路)?\s?\d{1,3}k\s?(?:长度|上下文|个?token)?的?\s?(?:请求|会话|对话|序列|用户|并发)"),
    # "KV budget of 8 H100, users at 8k": how many is not said, and meant
    ("batch_size", r"^(?=[\s\S]*(?:\bbudget\b|\bcapacity\b|预算|容量))[\s\S]*?(?:(?<!\d )(?<!\d)\b(?:users|requests|sessions|clients) (?:at|with|of) \d{1,3} ?k\b|(?<!\d)(?<!\d个)(?:用户|并发|请求)(?:每人|每个|各|都|按)?(?:是|用|开)?\s?\d{1,3}\s?k)"),
    ("seq_len", LENGTH_AND_MANY),
    # asked shortly beside the verdict: "能跑吗 上下文多少", "what context?"
    ("seq_len", r"(?:上下文|(?<![a-z])ctx|(?<![a-z])context)(?:长度|窗口)?\s?(?:各自?|分别)?(?:大概|大约|能|可以|可|会)?(?:有|是|给|到)?(?:多少|多大|多长|几k)(?:k|\s?tokens?|个?token)?\s?(?=[,;?!。]|呢|啊|$)|多少(?:k\s?)?(?:的)?上下文\s?(?=[,;?!。]|呢|啊|$)|\b(?:and|with|at|or|,) (?:at )?(?:what|which|how much) (?:max(?:imum)? )?(?:context|ctx)(?: length| window| size)?\s?(?=[,;?!]|$)"),
    ("batch_size", LENGTH_AND_MANY),
    ("seq_len", r"\b(?:what(?:'s| is| would be)?|how about|give me|and) (?:then )?(?:the )?longest(?: one| it| that| i| we| which|\?| possible| then| still| does| can| could| will| would| fits?){1,4}\b|(?:那|这样)?最长(?:能|可以|可|到)(?:开|放|跑|用|设|拉|给|撑|上|塞)?(?:到|下|成)?(?:多少|多长|多大|几)"),
    ("seq_len", r"\b(?:the |its )?(?:full|whole|entire|native|max(?:imum)?)(?: native)? (?:context|ctx|context window|window|length)\b(?: length)?\s?\?|\b(?:get|use|run|reach|have)\b[^?.;]{0,16}\b(?:full|whole|entire|native) (?:context|ctx)\b|" + FILLED + r"|(?:开|拉|跑|用|撑|上)满(?:得了|到)?(?:上下文|长度|ctx|context|全长)|(?:全长|完整|满)(?:的)?(?:上下文|ctx|长度)[^,;?]{0,8}(?:吗|么|\?)|\bsolve for (?:the )?(?:max\w* |longest )?(?:seq\w*|context|ctx|length)|求(?:解)?(?:最[大长])?(?:的)?(?:上下文|序列|长度)|\bhow many tokens of (?:context|ctx)\b|(?:sequence|seq|context|ctx)[^?]{0,40}what(?:'s| is) the max\w*(?! *batch)|(?:max\w*|largest|longest|biggest|highest) (?:possible |usable )?(?:context|ctx|seq\w*|length|prompt|cutoff\w*|-{0,2}max[ _-](?:\w+[_-])?len\w*|num_ctx)(?! ?[=:] ?\d)|how (?:far|high|long|large|big|much) (?:can|could|may|should|might) (?:i|we|you|one) (?:even |really |safely )?(?:push|crank|stretch|extend|raise|increase|bump|take|set|turn|go)(?: up| with| on)? (?:the |my |its )?(?:context|ctx|seq\w*|num_ctx|prompt)|(?:上下文|序列|长度|ctx)(?:最多|最大|还)?(?:能|可以)?(?:再)?(?:拉|推|撑|加|提|调)(?:长|大|高)?到?(?:多|几)|(?:能|可以|可)(?:再)?(?:开|撑|拉|给|塞|放|用|跑|支持|设)(?:到|下|得下|得起)?(?:多大|多长|多少|多高|几k)(?:的)?\s?(?:k\s?)?(?:上下文|ctx|context|序列|长度|num_ctx)|how long can (?:the |my |a )?-{0,2}(?:context|ctx|sequence|prompt|input|cutoff\w*|max[_-]\w*len\w*|num_ctx)|how (?:long|large|big|much|many) (?:a |of an? )?(?:context(?! (?:memory|v?ram))|ctx|(?<!many )(?:sequence|seq)|prompt|tokens(?! ?(?:/|per\b|a\b|each\b)))|(?:what|which) (?:context|seq\w*|length)(?: len(?:gth)?| window)?(?: (?:can|fits?|will|is|(?:should|could|do|would) (?:i|we|it)|would you)\b|\s?(?:[?,.]|$))|(?:what|which|highest) (?:value (?:of|for) )?-{0,2}(?:max[-_ ]model[-_ ]len|num_ctx|n_ctx|ctx[-_]size|max[-_]seq[-_]len)\w*(?! ?(?:=|of|is)? ?\d)[^.;?]{0,24}(?:\b(?:can|could|should|fits?|works?|do|set|use|with|for)\b|\?)|(?:max[-_]model[-_]len|num_ctx|ctx[-_]size|max[-_]seq[-_]len\w*)(?:参数)?(?:最大|最多|应该|该|能|可以|要)*(?:设|开|调|填|给|写|取)?(?:成|为|到)?(?:多少|多大|多长|几)|最(?:大|长|多)(?:的)?(?:能|可以|支持)?(?:.{0,6})(?:上下文|长度|序列|多长|token|context|ctx)|(?:能|可以|可|最多)(?:开|跑|用|撑|设|支持|塞|放)(?:到|得下|得了)?多长(?!时间)|最长(?:还|只)?(?:能|可以|可)?(?:开|设|跑|训|拉|撑|到|用)*(?:到|成)?(?:多少|多大|几)(?!天|小时|年|个月|周)|(?:上下文|序列|长度|context)(?:各自?|分别)?(?:最(?:大|长|多)|能(?:开|到|跑|设)(?:到)?(?:多|几)|开多|上限)|(?:cutoff\w*|max[_-]?len\w*|上下文|长度|序列)[^,;?]{0,4}最(?:多|大|长)(?:还|只)?(?:能|可以)?(?:再)?(?:开|设|跑|调|拉|给|填)*(?:到|成|为)?(?:多少|多大|多长|几)|多长(?:的)?(?:上下文|序列|文本)|(?:\d+k|长度).{0,6}训不(?:起来|了|动)"),
    ("batch_size", r"\bhow many \d{1,3}k[ -](?:tok(?:en)? )?(?!tok)[a-z]+\b(?![^.?;]{0,48}\b(?:per|an?) (?:second|minute|hour|day)\b)"),
    ("seq_len", r"\bmax[ _-]?(?:seq\w*|model|context)[ _-]?len\w* (?:that )?(?:i|we|you|it) (?:can|could)\b"),
    ("seq_len", r"(?:\bwhat(?:'s| is|s| are| would be)? (?:the |my |a )?(?:\w+ ){0,2}|^\s*)(?:context|ctx)(?: length| window| size)? (?:limit|ceiling|cap)\b(?! (?:is|was|of \d|to \d|=|:)|\s?[=:]?\s?\d)|(?:上下文|ctx|context)(?:长度)?(?:的)?上限(?:是|能|可以|可)?(?:到)?(?:多少|多大|多长|几|\?)"),
    ("seq_len", r"\bwhere (?:does|do|will|would|should) (?:the |my )?(?:context|ctx|seq\w*|length)(?: len(?:gth)?)? (?:top|run|max|cap) out\b|(?:上下文|序列|长度|ctx|context)(?:长度)?(?:大概|大约|一般)?(?:到|开到|拉到|涨到)多少(?:k|的时候)?(?:就|才)?(?:会|要)?(?:爆|顶不住|撑不住|扛不住|oom|放不下|不够)"),
    # llama.cpp's -c, which says how much context is asked for where no number stands behind it
    ("seq_len", rf"\b(?:max(?:imum)?|largest|longest|biggest|highest|greatest|what|which|how (?:high|large|big|long|far|much))\b(?: (?:possible|usable|safe|sane|value|setting|of|for|can|could|may|should|is|do|i|we|you|set|push|use|take|go|with|to|the|my|a))*\s{_LONE_C}|{_LONE_C}(?:参数|的值|值)?\s?(?:最多|最大|最高|上限)?(?:能|可以|可|应该|该)?(?:开|设|填|给|拉|调|提|写)(?:置)?(?:到|成|为)?(?:多少|多大|多长|多高|几)"),
    # the length by the name of its flag
    ("seq_len", rf"(?:多大|多长|多少|多高)(?:的)?\s?{_LENGTH_FLAG}|\bhow (?:long|large|big|high) (?:an? |of an? )?{_LENGTH_FLAG}|\bhow (?:long|large|big|high|far) (?:can|could|may|should|might) (?:the |my |a )?{_LENGTH_FLAG}|{_LENGTH_FLAG}\s?(?:最多|最大|上限)?(?:能|可以|可|应该|该)?(?:开|设|填|给|拉|调|提)(?:到|成|为)?(?:多少|多大|多长|几)"),
    ("params", r"\b(?:max(?:imum)?|largest|biggest) (?:full |q?lora )?(?:fine-?tun(?:e|ing)|training) size\b|尽(?:可能|量)大的?(?:一个)?模型|\bas (?:large|big) (?:of )?a model as\b|\b(?:largest|biggest) possible model\b|\b(?:what|which)(?:'s| is| would be)? (?:then )?the (?:biggest|largest)(?: size| one)?(?: that| which| i| we)[^?.;]{0,16}\b(?:fits?|can|could|would|train|do|works?)\b|(?:不行|放不下|不够|不能|不可以|否则)[^;?]{0,6}最大(?:能|可以)?(?:用|上|到|搞|训|微调)?(?:多大|多少b|几b)|how large can i\b|\bhow many (?:billion )?(?:param\w*|b(?:illion)?) (?:can|could|will|would|does|do|fits?)\b|(?:能|可以)?(?:放|装|跑|容纳)(?:得)?(?:下)?多少(?:b\b|参数|亿)|\b(?:moe|dense)[^.?;]{0,16}(?:largest|biggest)\b|(?:max\w*|largest|biggest) (?:possible )?(?:\w+ )?(?:model|llm|moe|number of parameters|parameter)(?!'?s? (?:max\w* )?(?:seq\w* |context )?len)|how (?:large|big) (?:a |of a )?model|what size (?:of )?model|what model size|最大能(?:有|到|用|上)?多大(?![^?]{0,6}(?:batch|批|上下文|长度|并发))|多大(?:的)?(?:参数(?:量)?的?)?模型|多大参数|能(?:(?:q?lora|全参|全量)\s?(?:微调|训练?)?|跑|训练|训|微调|搞|整|弄|玩|上)\s?(?:得?[动了下])?(?:个|到)?(?:多大|几\s?b(?![a-z]))|最大(?:的)?(?:能|可以)?.{0,10}(?:模型|参数)"),
    ("lora_rank", r"\bsolve for (?:the )?(?:max\w* |largest )?(?:lora )?rank|(?:max\w*|largest|highest) (?:lora )?rank|\b(?:what|which|how (?:high|large|big)(?: an?)?) (?:lora |dora |qlora )?rank|最大(?:的)?(?:lora)?(?:rank|秩)|(?:rank|秩)(?:最大|能开)"),
    ("bits", r"(?:what|which|how many) (?:bits?|quant\w*|precision)|(?:几|多少)\s?(?:bit|比特|位(?!用户|同学|同事|老师))|(?:什么|哪种)(?:精度|量化)"),
    ("method", r"(?:which|what) (?:method|fine-?tuning|approach|technique)|选哪个|(?:哪种|什么|哪个)(?:方法|方式|微调|方案)|怎么选|should i use"),
    ("gpu", r"(?:什么|怎样|怎么样|多高)(?:样)?的?(?:配置|硬件|服务器|机器)|推荐(?:个|一个|一下|一套|下)?(?:配置|显卡|硬件|机器|卡)|(?:which|what)(?:'s| is| are)? (?:the )?(?:cheapest |smallest |best |minimum |least expensive |cheapest possible |most affordable )?(?:\w+ )?(?:gpus?|cards?|hardware)\b(?! (?:memory|v?ram|usage|mem)\b)|\bcheapest (?:\w+ )?(?:gpus?|cards?)\b|最(?:便宜|小|省钱|划算)的?(?:显卡|卡|gpu)|(?:什么|哪(?:个|张|款|种))(?:显卡|卡|gpu)"),
)  # fmt: skip


# people set a space between Chinese and Latin letters, or do not
_SEAM = r"(?<=[\u3400-\u9fff])[ \t]+(?=[a-z0-9])|(?<=[a-z0-9])[ \t]+(?=[\u3400-\u9fff])"


def says(pattern: str, text: str) -> re.Match[str] | None:
    """Where the text matches, with or without the spaces between Chinese and Latin letters."""
    return compiled(pattern).search(text) or compiled(pattern).search(joined(text))


@lru_cache(maxsize=64)
def joined(text: str) -> str:
    return compiled(_SEAM).sub("", text)


def read_topics(text: str) -> tuple[str, ...]:
    """The topics that a text touches, in the table's order."""
    return tuple(dict.fromkeys(topic for topic, pattern in TOPICS if says(pattern, text)))


def read_asks(text: str) -> tuple[str, ...]:
    """The quantities that the question wants solved."""
    text = compiled(PRINTED).sub(" ", text)
    return tuple(dict.fromkeys(name for name, pattern in ASKS if says(pattern, text)))
