"""What is asked to be explained, of no model or card: "what is ZeRO offload?", "什么是量化", "can cards be added up?".

What is read becomes subjects of the remarks, `meaning:quantisation`; a term of the breakdown is `meaning:term:logits`.
"""

from collections.abc import Collection

from chat.reads.cards.card_units import two_totals
from chat.reads.concepts import (
    cache_asked,
    concepts_asked,
    derivations,
    effects,
    flags_asked,
    observed,
    operating,
    shortly_asked,
    simply_asked,
    trainings,
    workings,
)
from chat.reads.concepts.features import FEATURES, RANKS_DIVIDE
from chat.reads.concepts.home_machines import OF_HOME
from chat.reads.concepts.speeds import OF_SPEEDS
from chat.reads.concepts.split_over_cards import OF_SPLITS
from chat.reads.concepts.trained_shortly import OF_TRAININGS_SHORTLY
from chat.reads.concepts.unified_share import UNIFIED_SHARE
from chat.reads.lexicon import compiled
from chat.reads.seen.symptoms import ONE_USED
from chat.reads.sums.rules_quoted import rule_asked
from chat.reads.sums.state_terms import OF_TERMS
from chat.reads.sums.supposed import ADAPTERS_AND_ACTIVATIONS, ADAPTERS_BY_SHARE, SAID_BY_OTHERS
from chat.reads.sums.times_inference import times_inference

# a thing, by whatever name
_THINGS: tuple[tuple[str, str], ...] = (
    ("tp_pp", r"(?:tensor|pipeline) parallel\w*|张量并行|流水线并行"),
    ("qlora", r"qlora"),
    ("lora", r"lora"),
    ("double_quant", r"double[- ]quanti\w+|双重量化"),
    ("kv_format", r"(?:quanti[sz]ed|fp8|int8|8[- ]?bit) (?:kv[- ]?)?cache|kv ?(?:cache )?quanti\w+|kv ?(?:cache|缓存)? ?的?量化"),
    ("optimizer_8bit", r"8[- ]?bit (?:adam\w*|optimi[sz]ers?)|8 ?位 ?(?:adam\w*|优化器)"),
    ("format", r"(?:i?q\d(?:_[01k](?:_[smlx]{1,3})?|_xxs|_xs|_s|_nl)?)(?![\w.])"),
    ("type:bf16", r"bf16|bfloat16"),
    ("type:fp16", r"fp16|float16|half precision|半精度"),
    ("type:fp8", r"fp8"),
    ("type:int8", r"(?:llm\.)?int8(?:\(\))?"),
    ("type:nf4", r"nf4"),
    ("type:mxfp4", r"mxfp4|nvfp4|fp4"),
    ("type:gptq", r"gptq"),
    ("type:awq", r"awq"),
    ("type:gguf", r"gguf"),
    ("moe", r"moe(?: models?)?|mixture[- ]of[- ]experts|混合专家(?:模型)?"),
    ("quantisation", r"quanti[sz](?:ation|ing|ed(?: models?)?)|量化"),
    ("checkpointing", r"(?:gradient |activation )?checkpointing|activation recomput\w+|(?:梯度|激活)检查点|(?:激活|梯度)?重计算"),
    ("fused_loss", r"(?:fused|chunked|liger)[ -](?:cross[- ]entropy|loss|kernels?)|cut cross[- ]entropy|liger|融合(?:的)?损失"),
    ("flash", r"flash[ -]?attention(?:[ -]?[23])?"),
    ("offload_optimizer", r"(?:zero|optimi[sz]er|cpu)[ -]offload(?:ing)?|优化器(?:状态)?(?:的)?(?:offload|卸载)"),
    ("zero", r"(?:deepspeed )?zero(?:[ -]?(?:stage[ -]?)?[123])?|zero ?redundancy optimi[sz]er|\bfsdp"),
    ("term:activations", r"activations?|激活值?"),
    ("term:logits", r"logits"),
    ("term:gradients", r"gradients?|梯度"),
    ("term:optimizer", r"optimi[sz]er states?|adam states?|优化器状态"),
    ("term:runtime", r"(?:cuda|driver) (?:context|overhead)|runtime|cuda ?上下文|运行时(?:开销)?"),
    ("term:slack", r"allocator slack|memory fragmentation|fragmentation|reserved (?:by pytorch )?but (?:un|not )allocated(?: memory)?|分配器余量|显存碎片|碎片"),
    ("term:buffers", r"(?:compute |temporary )?buffers?|缓冲区?"),
    ("term:adapter", r"adapters?|适配器"),
    ("term:weights", r"(?:model )?weights|权重"),
)  # fmt: skip
_ARTICLES = r"(?:an? |the |exactly |actually |meant by |['\"“]){0,3}"
_BEFORE = rf"\b(?:what(?:'s| is| are| does| do)|define|explain|describe|the meaning of|how (?:does|do)) {_ARTICLES}"
_BEHIND = r"['\"”]?(?: (?:in (?:(?:the|this|an?) )?\w+|memory)){0,2}(?: (?:mean|means|do|does|work|works|for|exactly|good for|about))?(?:,? (?:exactly|btw|by the way|again|anyway|actually|then|really|even|pls|please|though))*\s*(?:[?,.;]|$|and (?:how|why|what|do|does|is|are|can|should)|in (?:llm|deep|the|this))"
_BEFORE_ZH = r"(?:(?:什么|啥)(?:是|叫)|何[为谓]|解释(?:一下|下)?|讲讲|介绍(?:一下|下)?|说说)\s?"
_BEHIND_ZH = r"\s?(?:到底|究竟)?(?:是什么|是啥|是干(?:什么|嘛|啥)|什么意思|啥意思|(?:的)?(?:原理|含义|作用|意思)|怎么(?:理解|工作)|是怎么(?:回事|工作))"
_PARALLEL = r"(?:(?:tensor|pipeline) parallel\w*|\b[tp]p\b|张量并行|流水线并行)"
_BETWEEN = r"(?:\b(?:vs\.?|versus|or|and)\b|和|与|跟|还是)"
# the size of a file taken for the memory that it needs: one amount told of both, or the two said to be one
_SIZED = r"(?:gguf|\b(?:files?|downloads?|checkpoints?|safetensors|models?)\b|文件|模型)"
_MEMORY = r"(?:\bv?ram\b|\b(?:gpu|video|graphics) memory\b|显存)"
_AS_MUCH = r"(?:=+|\b(?:equals?|same as|equal to)\b|等于|就是)"
_FILE_WORD = r"(?:gguf|\b(?:files?|downloads?)\b|文件)"
# what stands beside a file once it is loaded: "15 GB on disk but 17 GB in use, where is the rest from"
_SOME_GB = r"\d ?gi?b?(?![a-z])"
_LOADED = r"(?:\bload\w*|\bus(?:es|ing|ed)\b|\btakes?\b|\bshows?\b|\brunning\b|\boccup\w+|\beats?\b|加载|载入|跑|运行|占|用了|显示)"
_WHENCE = r"(?:\bwhere\b|\bwhy\b|\bextra\b|\brest\b|\bcomes? from\b|哪(?:里|儿)?来|多(?:的|出)|怎么(?:回事|多)|为(?:什么|啥)|差在)"
_FILE_AS_NEED = (
    rf"{_MEMORY}[^.;?]{{0,24}}{_AS_MUCH}[^.;?]{{0,16}}{_SIZED} ?(?:size|大小)"
    rf"|{_SIZED}(?:'s)? ?(?:size|大小)[^.;?]{{0,16}}{_AS_MUCH}[^.;?]{{0,16}}{_MEMORY}"
    rf"|(?:\bon disk\b|{_FILE_WORD})[^.;?]{{0,32}}\d ?gi?b?\b[^.;?]{{0,24}}\b(?:why|but|yet)\b[^.;?]{{0,40}}{_MEMORY}"
    rf"|{_FILE_WORD}[^,;?]{{0,10}}\d ?gi?b?(?![a-z])[^;?]{{0,12}}(?:为什么|为啥|怎么|却|但)[^;?]{{0,12}}(?:要|占|用|需要)[^;?]{{0,12}}\d ?gi?b?(?![a-z])"
    rf"|\bwhy\b[^.;?]{{0,24}}\b(?:inference|vram|memory)\b[^.;?]{{0,24}}\b(?:higher|more|larger|bigger|greater)\b[^.;?]{{0,12}}\bthan\b[^.;?]{{0,12}}(?:{_SIZED}|\bweights?\b)(?:'s)? ?(?:size|on disk|\?|$)"
    r"|为(?:什么|啥|何)[^?,;]{0,10}(?:推理|运行)?[^?,;]{0,6}(?:显存|占用)[^?,;]{0,6}比(?:模型|权重)?(?:文件|大小|本身)[^?,;]{0,6}(?:大|多|高)"
    rf"|{_SOME_GB}[^;?]{{0,12}}(?:\bon (?:the )?disk\b|硬盘|磁盘)[^;?]{{0,24}}{_SOME_GB}[^;?]{{0,12}}(?:\bin (?:v?ram|memory|(?:the )?gpu)|\bloaded\b|显存)[^;]{{0,24}}{_WHENCE}"
    rf"|(?:加载|载入|跑|运行)(?:了|一个)?\s?[\d.]{{0,4}}{_SOME_GB}\s?的?(?:模型|文件|gguf)[^;?]{{0,8}}(?:为(?:什么|啥)|怎么|却)[^;?]{{0,8}}(?:用|占|要)[^;?]{{0,6}}{_SOME_GB}"
    rf"|(?:{_SIZED}[^;?]{{0,24}}{_SOME_GB}|{_SOME_GB}\s?的?{_SIZED})[^;?]{{0,32}}{_LOADED}[^;?]{{0,16}}{_SOME_GB}[^;]{{0,32}}{_WHENCE}"
    r"|(?:文件|模型|gguf)(?:有)?多大,?(?:就|是不是|是否)+(?:需)?[要占用得]+多[大少]的?显存"
)
_GB = r"(?<![\d.])(\d+(?:\.\d+)?) ?gi?b?(?![a-z])"
_FILE = r"(?:gguf|\b(?:files?|downloads?|checkpoints?|safetensors)\b|文件)"
_OF_A_FILE = (
    rf"{_FILE}[^.;?\d]{{0,16}}{_GB}|{_GB} ?的?(?:\w+ )?{_FILE}"
    rf"|(?:\bmodel (?:size )?(?:is|of)|模型(?:大小)?(?:是|有|为))(?: only| about)? ?{_GB}"  # as it lies on a disk or hub
)
# makers of cards, in either order
_ONE_MAKER = r"(?:\bamd\b|\bradeon\b|\bintel(?: arc)?\b|a卡|\bnvidia\b|\bgeforce\b|n卡)"
_OTHER_MAKER = r"(?:\bnvidia\b|\bgeforce\b|n卡|\bamd\b|\bradeon\b|\bintel(?: arc)?\b|a卡)"
# as llama.cpp prints it: "offloaded 20/49 layers to GPU"
_SO_MANY = r"\b\d{1,3}\s?(?:/|of)\s?\d{1,3}\s?(?:layers?|层)"
# asked in words of their own
_ASKED: tuple[tuple[str, str], ...] = (
    *OF_TRAININGS_SHORTLY,
    *derivations.OF_DERIVATIONS,
    *shortly_asked.OF_NONE,
    *simply_asked.OF_NONE,
    *workings.OF_WORKINGS,
    *trainings.OF_TRAININGS,
    *observed.OF_OBSERVED,
    *effects.OF_EFFECTS,
    ("term:gradients", r"\bgradients?\b[^?;]{0,24}\b(?:as much|as large|as big|the same (?:size|memory|amount)|more|less)\b[^?;]{0,24}\bweights?\b|梯度[^?,;]{0,8}(?:和|跟|与)(?:模型)?(?:权重|参数)[^?,;]{0,6}(?:一样|同样|差不多)(?:大|多)"),
    ("cuda_context", r"\b(?:overhead|memory|size|cost)\b[^?;]{0,16}\bcuda context\b|\bcuda context\b[^?;]{0,16}\b(?:takes?|uses?|needs?|overhead|size|cost)\b|cuda\s?(?:context|上下文)[^?,;]{0,8}(?:占|多大|多少|开销)"),
    ("term:slack", r"(?:碎片|fragmentation)[^?]{0,10}(?:怎么|如何|咋)(?:解决|办|减少|避免|处理|消除)|(?:解决|减少|避免)[^?]{0,8}碎片|\bhow (?:do|can|to|should)\b[^?]{0,16}\b(?:fix|avoid|reduce|solve|prevent|deal with|get rid of)\b[^?]{0,16}\bfragmentation\b"),
    ("train_infer", r"\b(?:why|normal|how come|expected|usual)\b[^.;?]{0,20}\b(?:train\w*|fine-?tun\w*)\b[^.;?]{0,24}\d+(?:\.\d+)?\s?(?:x|times|fold)\b[^.;?]{0,24}\b(?:inference|serving|running)\b|\bwhy\b[^.;?]{0,16}\btrain\w*\b[^.;?]{0,40}\bmore\b[^.;?]{0,40}\b(?:than|inference|running|serving)\b|\b(?:train\w*|fine-?tun\w*) (?:vs\.?|versus|and|or) (?:inference|serving)\b[^?]{0,40}\b(?:memory|vram)|(?:训练|微调)(?:为什么|为啥|为何)?[^,;?]{0,6}比推理[^,;?]{0,12}(?:显存|多|大)|训练[^,;?]{0,8}(?:显存|内存)[^,;?]{0,6}(?:是|比)推理|推理(?:和|与|跟)训练[^,;?]{0,8}(?:显存|区别|差)|训练(?:和|与|跟)推理[^,;?]{0,8}(?:显存|区别|差)"),
    ("ram", r"\bdoes\b[^?;]{0,24}\bram\b[^?;]{0,12}\bmatter\b[^?]{0,40}\b(?:gpu|card|llms?|models?)\b|内存(?:大小)?[^?,;]{0,6}(?:重要|有影响|有关系)[^?,;]{0,4}(?:吗|么)|\b(?:v?ram|gpu memory) (?:vs\.?|versus|and|or) (?:system |cpu |normal )?(?:v?ram|memory)\b[^?]{0,24}\b(?:for|in|differ\w*|llm|model)|\bdifference\b[^?;]{0,12}\b(?:v?ram|gpu memory) (?:and|vs\.?) (?:system |cpu )?v?ram\b|\bwhy\b[^?;]{0,24}\bv?ram\b[^?;]{0,12}\b(?:not|instead of|rather than)\b[^?;]{0,8}\bram\b|显存(?:和|与|跟)内存[^,;?]{0,8}(?:区别|不同|差)|为什么(?:要|需要|必须)?(?:用)?显存(?:而)?不(?:是|用)内存"),
    ("per_billion", r"\bper (?:1 ?)?(?:b\b|billion|bn)(?: ?(?:param\w*|weights))?|\beach billion|每\s?(?:10|十)\s?亿(?:个)?参数|每\s?(?:1\s?)?b(?:illion)? ?(?:的)?(?:参数)?[^,;?]{0,4}(?:要|需要|占)?(?:多少|几个?g)|一个?\s?b\s?(?:要|需要|占|等于)?多少\s?(?:显存|g)"),
    ("per_user", r"\b(?:each|every|per|one more|another|additional|extra) (?:additional |extra |concurrent |more )?(?:user|request|session|client|sequence)\b[^.;?]{0,24}\b(?:adds?|costs?|takes?|needs?|uses?|require\w*|memory|vram)|\b(?:memory|vram)\b[^.;?]{0,16}\b(?:per|each|every) (?:additional |concurrent |extra )?(?:user|request|session|client|sequence)|(?:每|多)(?:增加|加|来|一|多)?(?:一)?(?:个|路|位)?(?:用户|并发|请求|会话)[^,;?]{0,8}(?:显存|多少|占|加)"),
    ("bandwidth", r"\b(?:what|why|how)\b[^.;?]{0,32}\b(?:memory )?bandwidth\b[^.;?]{0,24}\b(?:matter\w*|affect\w*|influence\w*|do|for|mean|important|impact)|\bdoes (?:memory )?bandwidth\b|带宽(?:影响|决定|有什么(?:用|影响)|重要|的(?:作用|影响))|带宽[^,;?]{0,6}(?:为什么|有多)重要"),
    ("larger", r"\b(?:models?|one|something)\b[^.;?]{0,16}\b(?:larger|bigger|that (?:is|are|won'?t|does(?:n'?t| not)|do(?:n'?t| not)) (?:larger|bigger|fit)\w*)\b[^.;?]{0,16}(?:\bthan (?:my |the |your )?(?:v?ram|gpu|card)|\bin (?:my |the )?(?:v?ram|gpu|card))|(?:比|超过|大于)(?:我的)?显存(?:更?大|还大)?的模型|模型(?:比|大于|超过)(?:我的)?(?:显存|显卡)[^,;?]{0,6}(?:怎么|如何|能|可以)"),
    ("offload_speed", r"\bhow (?:much )?(?:slow\w*|fast|bad)\b[^.;?]{0,24}\b(?:cpu |ram |layer )?offload\w*|\boffload\w*\b[^.;?]{0,24}\b(?:how (?:much )?slow\w*|slower|speed)|(?:cpu|内存)?\s?(?:offload|卸载)[^,;?]{0,8}(?:慢多少|会(?:很|多)?慢|有多慢|速度)"),
    ("cards", r"\b(?:add up|combine|pool|sum|merge|stack)\b[^.;?]{0,24}\b(?:v?rams?|memory|gpus?|cards?)\b|\b(?:v?rams?|memory)\b[^.;?]{0,20}\b(?:adds? up|combined?|pooled?|stack\w*|shared?)\b[^.;?]{0,20}(?:\b(?:gpus?|cards?)\b|\?|$)|\b(?:two|2|multiple|several|different|mixed) (?:\w+ )?(?:gpus?|cards?)\b[^.;?]{0,16}\b(?:together|combined?|as one|at once)|多(?:张|块)?卡[^,;?]{0,12}显存[^,;?]{0,8}(?:加|合并|叠加|相加|共享|一起用)|(?:不同|两张不同|不一样)的?(?:显卡|卡)[^,;?]{0,6}(?:一起|混用|混插|同时)"),
    ("streaming", r"\b(?:do|does|will|would) (?:longer|long) (?:outputs?|answers?|responses?|generations?)\b[^.;?]{0,24}\b(?:v?ram|memory)|(?:输出|回答|生成)(?:得)?(?:越长|更长|变长)[^,;?]{0,12}显存"),
    ("spills", r"\bwhat happens\b[^.;?]{0,16}\b(?:exceed\w*|runs? out of|overflow\w*|fill\w* up|go(?:es)? over)\b[^.;?]{0,12}\b(?:v?ram|(?:gpu )?memory)\b|\b(?:what happens|what if)\b[^.;?]{0,24}\b(?:v?ram|gpu memory|memory)\b[^.;?]{0,16}\b(?:exceed\w*|runs? out|full|overflow\w*|spill\w*|not enough)|\b(?:exceed\w*|run(?:ning)? out of|overflow\w*) (?:the |my )?(?:v?ram|gpu memory)\b[^.;?]{0,24}\b(?:happens|slow|crash)|(?:显存)(?:满|不够|超|爆|用完)[^,;?]{0,4}(?:会怎样|会怎么样|会发生什么|会如何|怎么样)|共享(?:gpu|显卡)?(?:显存|内存)[^,;?]{0,6}(?:是什么|怎么回事|能用|有用)"),
    ("layers_moved", rf"(?:\boffload\w*[^.;?]{{0,12}}{_SO_MANY}|{_SO_MANY}[^.;?]{{0,12}}(?:\boffload|\bto (?:the )?gpu|\bon (?:the )?gpu|卸载))[^?]{{0,60}}(?:\bmean|什么意思|啥意思|是什么|怎么理解|\?)|\b(?:what|mean)\b[^?]{{0,40}}{_SO_MANY}[^?]{{0,12}}offload"),
    ("active_in_training", r"^(?=[\s\S]*(?:\bmoe\b|\bmixture\b|\bexperts?\b|专家))(?=[\s\S]*(?:\btrain\w*|\b(?:fine-?)?tun(?:e|ing)\b|训练|微调))[\s\S]*(?:\bactive(?: param\w*)?\b[^?]{0,12}\b(?:or|vs\.?|versus)\b[^?]{0,8}\btotal\b|\btotal\b[^?]{0,16}\b(?:or|vs\.?|versus)\b[^?]{0,8}\bactive\b|激活参数?[^?]{0,6}(?:还是|而不是|而非|不是)[^?]{0,4}(?:总|全部)|(?:总|全部)参数?[^?]{0,6}(?:还是|而不是|而非|不是)[^?]{0,4}激活|\btotal\b[^?]{0,24}\b(?:and not|not|rather than|instead of)\b[^?]{0,12}\bactive\b)"),
    ("precision_saves", r"^(?![\s\S]*(?:\binference\b|\bserv(?:e|ing)\b|推理))[\s\S]*?(?:(?:\bbf16|\bfp16|mixed[ -]precision|\bamp\b)[^?]{0,40}(?:\bas much\b|\bsame\b|\bno less\b|\bnot (?:save|less|lower)|n't (?:save|reduce|lower))[^?]{0,32}(?:\bfp32|\bfull precision|\bfloat32)|(?:\bfp32|单精度)[^?]{0,10}(?:和|与|跟)[^?]{0,6}(?:混合精度|bf16|fp16)[^?]{0,8}(?:显存|内存)?[^?]{0,4}(?:一样|差不多|区别|差)|(?:混合精度|bf16|fp16)(?:训练)?[^?]{0,10}(?:为什么|怎么)?[^?]{0,6}(?:没省|不省|没有省|和|跟)[^?]{0,6}(?:fp32|单精度)[^?]{0,8}(?:一样|差不多))"),
    ("layers_scale", r"\b(?:memory|v?ram)\b[^?]{0,24}\b(?:scale|grow|depend|change)\w*\b[^?]{0,16}\b(?:number of |more |the )?(?:layers|depth)\b|层数(?:翻倍|增加|越多|多)[^?]{0,10}(?:显存|内存)|显存[^?]{0,8}(?:和|与|跟|随)层数"),
    ("peak_steady", r"\bpeak\b[^?]{0,24}\b(?:vs\.?|versus|and|or|than|different from)\b[^?]{0,12}\b(?:steady|average|static|idle|resident|current)\b|\bwhat(?:'s| is)? (?:the )?peak (?:gpu )?(?:memory|v?ram)\b|峰值(?:显存)?(?:和|与|跟)(?:平均|稳定|常驻|当前)|(?:什么是|解释一?下?)峰值显存|峰值显存(?:是什么|什么意思)"),
    ("sqrt_n", r"(?:checkpoint\w*|recomput\w*|重计算|检查点)[^?]{0,40}(?:\bsqrt\b|√|square root|根号)|(?:\bsqrt\b|√|square root|根号)[^?]{0,40}(?:checkpoint\w*|recomput\w*|重计算|检查点)"),
    ("scores_term", r"(?![^?]*\b34\b[^?]{0,40}(?:\bfrom\b|\bmean|\bcome|怎么|哪|什么))\bwhat\b[^?]{0,16}\b5 ?·? ?\*? ?as\b|(?<!\b34\+)(?<!\b34 \+ )\b5 ?as\b(?![^?]*\b34\b)[^?]{0,16}(?:mean|是什么|什么意思|怎么来|哪来)"),
    ("one_used", ONE_USED),
    ("split_a_layer", r"\b(?:one|a|each) (?:single )?layer\b[^?]{0,8}\b(?:split|divided|cut|sharded)\b[^?]{0,16}\b(?:gpus?|cards?)|\b(?:split|divide|cut|shard)\w*\b[^?]{0,12}\b(?:one|a|single|each|the same) layer\b[^?]{0,16}\b(?:gpus?|cards?)|(?:一|同一|单)(?:个)?层[^?]{0,8}(?:切|拆|分)(?:到|成|开)?[^?]{0,6}(?:卡|gpu)"),
    ("same_cards", r"\b(?:do|must|should|does|need)\b[^?]{0,24}\b(?:both|all|the|my|two) (?:gpus|cards)\b[^?]{0,16}\b(?:same|identical|equal|matching)\b[^?]{0,8}\b(?:v?ram|memory|size|model)|(?:两|2|几|多)[张块](?:显?卡|gpu)?[^?,;]{0,6}显存[^?,;]{0,6}(?:必须|一定要|需要|要)[^?,;]{0,4}(?:一样|相同)|\b(?:does|do|must|should|have)\b[^?]{0,32}\b(?:need|require|be|have)\b[^?]{0,12}\b(?:same|identical|equal)\b[^?]{0,12}\b(?:gpus?|cards?)|(?:必须|一定要|需要)(?:用)?(?:一样|相同|同型号)的?(?:卡|显卡|gpu)|(?:显卡|卡)(?:必须|一定要|要)(?:一样|相同|同型号)"),
    ("load_peak", r"\b(?:need|take|require|use)\w*\b[^?]{0,12}\b(?:twice|double|2x|two times)\b[^?]{0,16}\b(?:memory|v?ram|ram)?\b[^?]{0,16}\b(?:load\w*|start\w*)|\bload\w*\b[^?]{0,24}\b(?:twice|double|2x)\b[^?]{0,12}\b(?:memory|v?ram|ram)|\bsafetensors\b[^?]{0,24}\b(?:reduc|sav|less|lower)\w*|(?:加载|载入)[^?]{0,10}(?:两倍|翻倍|2倍|double)|(?:加载|载入)[^?]{0,6}内存(?:要|需要)?(?:多大|多少)|safetensors[^?]{0,8}(?:省|减少)"),
    ("links", r"^(?![\s\S]*(?:\bspeed|\bfast|\bslow|\btok|throughput|\bpool|\bcombin|速度|快|慢|吞吐|合并|合成))[\s\S]*?(?:\bnvlink\b[^?]{0,24}\b(?:need\w*|required?|necessary|matters?|important|must|helps?|useful|worth|any use)\b|\b(?:does|do|will|would|is) (?:an? |the )?nvlink (?:bridge )?(?:help|do anything|worth|useful)|nvlink[^,;?]{0,6}(?:有(?:没有)?用|有必要|用处|值得|作用|意义)|\b(?:need|require|without)\b[^?]{0,12}\bnvlink\b|\b(?:pci-?e|nvlink)\b[^?]{0,24}\b(?:vs\.?|versus|or|and|over)\b[^?]{0,16}\b(?:pci-?e|nvlink)\b|nvlink[^,;?]{0,6}(?:必须|必要|需要|重要)|(?:必须|必要|需要|一定要|要不要|没有)[^,;?]{0,4}nvlink)"),
    ("tensor_split", r"(?:kv|缓存|\bmla\b)[^;?]{0,16}(?:(?<![a-z])tp(?=\s?\d|[^a-z=])|张量并行)[^;?]{0,12}(?:每|各)(?:张|块|个)?(?:卡|rank|gpu)[^;?]{0,4}(?:一|1|完整|整)[^;?]{0,3}份|\b(?:mla|kv|latent|cache)\b[^?]{0,32}\b(?:whole|full copy|a copy|replicated|duplicated)\b[^?]{0,24}\b(?:rank|card|gpu)s?\b[^?]{0,16}(?<![a-z])tp"),
    ("ranks_divide", RANKS_DIVIDE),
    ("padding", r"\bdynamic(?:ally)? pad\w*\b[^?]{0,40}(?:\bmemory\b|\bv?ram\b|\bworth\b|\bhelps?\b|\bsav\w*)|动态\s?(?:填充|补齐|padding)[^?]{0,12}(?:显存|有用|省|值得)|\bpad(?:ding|ded|s)?\b[^.;?]{0,32}\b(?:memory|v?ram|waste\w*|costs?)\b|\b(?:waste\w*|memory|v?ram)\b[^?]{0,24}\bpadding\b|(?:padding|填充|补齐)[^,;?]{0,10}(?:浪费|占|影响|费)[^,;?]{0,4}显存|长短不一[^?]{0,16}(?:显存|浪费)"),
    *effects.OF_TRAINERS,
    ("eager_mode", r"enforce[-_ ]eager[^?]{0,40}(?:\bsav|\bmemory\b|\bv?ram\b|\bfree[sd]?\b|\bless\b|\d ?gi?b?\b|省|显存|少|多出|空出|释放|作用|干)|\b(?:what|does|how much)\b[^?]{0,24}enforce[-_ ]eager|(?:关(?:掉|闭)?|不用|禁用)\s?cuda ?graphs?[^?]{0,10}(?:省|显存)|\b(?:without|disabl\w+) cuda ?graphs?\b[^?]{0,32}\b(?:sav\w*|memory|v?ram)"),
    ("declared_length", r"(?:\bmax[_ ]position[_ ]embeddings\b|\b(?:declared|native|supported|maximum|max) (?:context|length)\b|\bsupports? \d+k\b|\b\d+k[- ]?(?:context )?models?\b)[^?]{0,60}\b(?:use|take|cost|need|allocate|reserve|eat|waste)s?\b[^?]{0,16}\b(?:memory|v?ram)\b[^?]{0,60}\b(?:only|just|short|never|less|unused)\b|(?:最大(?:长度|上下文)|支持(?:的)?\s?\d+k|声明(?:的)?长度|max_position_embeddings)[^?]{0,40}(?:占|用掉|吃)[^?]{0,8}显存|(?:只|才)(?:用|发|输入)[^?]{0,12}[,;][^?]{0,16}(?:最大(?:长度|上下文)|支持\s?\d+k|max_position_embeddings)[^?]{0,16}(?:占|吃)[^?]{0,4}显存"),
    ("swap_space", r"swap[-_ ]space[^?]{0,40}(?:\?|\bv?ram\b|\bmemory\b|显存|内存|占)|\bwhat\b[^?]{0,16}swap[-_ ]space|swap[-_ ]space\s?(?:是|有)?(?:什么|啥|干嘛|干什么|用来)"),
    ("high_share", r"\bwhy not\b[^?]{0,32}(?:utili[sz]ation|fraction)[^?]{0,12}\b1(?:\.0)?\b|(?:(?<![\d.])0?\.\d|utili[sz]ation|mem[-_ ]fraction|利用率)[^;]{0,60}(?:\bwhy not\b[^?]{0,12}(?:\b1(?:\.0)?\b(?! ?(?:cards?|gpus?|x|[ah]\d))|\b100 ?%|\ball\b|\bthe whole\b)|(?:为(?:什么|啥)|干嘛)?不(?:能|直接)?(?:用满|占满|设(?:成|为)?\s?1(?:\.0)?(?![\d.])|开满|全用))|为(?:什么|啥)[^?]{0,16}(?:vllm|sglang|利用率)[^?]{0,16}(?:0?\.[89]\d?|9\d\s?%)[^?]{0,10}不(?:是\s?1|用满|占满|设\s?1|全用)"),
    ("high_share", r"(?:memory[-_ ]utili[sz]ation|mem[-_ ]fraction\w*|显存(?:利用率|比例))[^?]{0,24}(?:\brisk\w*|\bsafe\b|\bdanger\w*|风险|安全|危险|稳)|(?:\brisk\w*|\bsafe\b|\bdanger\w*|风险)[^?]{0,32}(?:memory[-_ ]utili[sz]ation|mem[-_ ]fraction)"),
    ("tune_quantised", r"(?:load_in_[48]bit|(?<![\d.])[48][- ]?bit|\bquanti[sz]ed\b|量化)[^?]{0,16}(?:\bfull(?:y)?[- ](?:param\w*|fine-?tun\w*|ft\b)|全参|全量)[^?]{0,16}(?:\?|可以|能|行)|\b(?:full(?:y)?[- ](?:param\w* )?(?:fine-?)?tun\w*|train all (?:the )?(?:weights|parameters))\b[^?]{0,24}(?:(?<![\d.])[48][- ]?bit|\bquanti[sz]ed)"),
    ("twice_params", r"\b(?:twice|double|doubling|2x)\b[^?]{0,12}\b(?:param\w*|(?<!batch )(?<!batch_)(?<!context )(?<!window )(?:model )?size|model)\b[^?]{0,24}\b(?:memory|v?ram)|参数(?:量)?(?:翻倍|加倍|大一倍|翻一倍)[^?]{0,8}显存|模型大一倍[^?]{0,8}显存"),
    ("same_bits", r"\b(?:same|both)\b[^?]{0,16}4[- ]?bits?\b[^?]{0,40}\b(?:awq|gptq)\b[^?]{0,32}(?:gguf|q4)|(?:\bwhy\b|为(?:什么|啥|何))[^?]{0,24}(?:\bawq|\bgptq)[^?]{0,12}(?:\bmore\b|比)[^?]{0,24}(?:gguf|q4)|(?:\bwhy\b|为(?:什么|啥|何))[^?]{0,24}(?:gguf|q4\w*)[^?]{0,12}(?:\bless\b|\bsmaller\b|比)[^?]{0,24}(?:awq|gptq)"),
    ("vendors", rf"\b(?:mix\w*|combin\w*|together|both)\b[^.;?]{{0,32}}{_ONE_MAKER}[^.;?]{{0,24}}{_OTHER_MAKER}|{_ONE_MAKER}[^.;?]{{0,16}}(?:\b(?:and|with|plus)\b|和|与|跟|加)[^.;?]{{0,16}}{_OTHER_MAKER}[^.;?]{{0,40}}(?:\b(?:together|mix\w*|combin\w*|same (?:machine|pc|box))\b|混|一起|同时)"),
    ("file_size", _FILE_AS_NEED),
    ("at_work", r"^(?![\s\S]*\bhow many layers\b)[\s\S]*?(?:\bhow (?:do|can|could|would|to) (?:i|we|one|you)? ?(?:know|tell|check|verify|see|confirm|make sure)\b[^.;?]{0,24}\b(?:zero|fsdp|shard\w*|deepspeed|offload\w*)|(?:怎么|如何|怎样)(?:知道|确认|判断|验证|检查|看)[^,;?]{0,12}(?:zero|fsdp|切分|deepspeed|offload)[^,;?]{0,12}(?:生效|起作用|开启|成功|用上))"),
    ("sources", r"\bhow (?:accurate|reliable|precise|exact|good) (?:are|is) (?:you|this|it|these|the|your)\b|\bwhere (?:do|does|did) (?:you|your|the|these|this)\b[^.;?\d]{0,24}\b(?:data|numbers?|figures?)\b|\bwhere do(?:es)? (?:you|your \w+)\b[^.;?\d]{0,24}\bfrom\b|\bcan i trust\b|\bhow do you (?:know|calculate|compute|work)\b|(?:数据|数字|结果|估算)(?:是)?(?:从)?(?:哪里?|哪儿)(?:来|得)|(?:准不准|准确吗|有多准|靠谱吗|可信吗|准确度|精度如何)|你(?:是)?怎么(?:算|知道|得出)|你(?:的)?(?:估?算|计算|数字|数据|结果)[^,;?]{0,6}准[吗么不]"),
)  # fmt: skip
# two ways that are one question
# copies of what is served, by name
_OF_MEMORY = r"\bmemory\b|\bv?ram\b|显存|内存"
_COPIES = r"(?<![a-z])d?dp(?![a-z])|\bdata[- ]parallel\w*|数据并行"
_TP_AND_PP = rf"{_PARALLEL}\s?{_BETWEEN}\s?{_PARALLEL}"


def _takes(thing: str) -> str:
    """Whether it takes or saves memory: "does X use more memory", "X占显存吗"."""
    return (
        rf"\b(?:does|do|will|would|is|are|can|how (?:much )?(?:does|do|can)) {_ARTICLES}(?:a |an |using |enabling |keeping |having |running |turning on |adding )*(?:{thing})[^.;?]{{0,24}}\b(?:use|take|need|cost|reduc|sav|increas|affect|chang|consum|add|memory|vram|matter)\w*"
        rf"|\bhow much (?:\w+ ){{0,3}}(?:memory|vram|space) (?:does|do|would|will|is) {_ARTICLES}(?:[\w.]{{1,16}}(?: ?/ ?| and | or ))?(?:{thing})"
        rf"|(?:{thing})(?:\s?/\s?[\w ]{{1,24}})?[,;:]? (?:\w+ )?(?:adds?|uses?|takes?|needs?|costs?) (?:extra |more |any |much )*(?:memory|vram)\b"
        rf"|(?:{thing})[^.?!;]{{0,40}}[:,] (?:any |how much )?(?:extra|additional|more) (?:memory|vram)\b|(?:加上?|开|带)\s?(?:{thing})[^,;?]{{0,6}}(?:要|会)?(?:多|额外|增加)"
        rf"|{_effect_last(thing)}"
        rf"|^\W*(?:{thing})\s?(?:and |on |with )?(?:gpu )?(?:v?ram|memory|显存|内存)(?: (?:usage|use|overhead|cost|impact|effect))?\W*$"
        rf"|(?:{thing})[,;]? (?:does|do|will|would|is|are) (?:it|they|that)\b[^.;?]{{0,24}}\b(?:use|take|need|cost|reduc|sav|increas|affect|chang|consum|add)\w*"
        rf"|(?:{thing})(?:\s?在[^,;?]{{1,12}}?)?[^,;?]{{0,8}}(?:占|吃|费|省|增加|减少|影响|降低)(?:用|不占)?[^,;?]{{0,6}}(?:显存|内存|缓存|kv)"
        rf"|(?:{thing})[^,;?]{{0,4}}对(?:显存|内存)[^,;?]{{0,6}}(?:影响|关系)"
        rf"|(?:{thing})\s?(?:的)?(?:为什么|为啥|为何|凭什么|相比|比|和|跟|与)[^;?]{{0,16}}(?:小|省|少)"
        rf"|\bwhy\b[^.;?]{{0,24}}\b(?:{thing})[^.;?]{{0,24}}\b(?:sav|small|less|cheap|light|efficien)\w*"
    )


def _asked(thing: str) -> str:
    """What it is, in either language."""
    return rf"{_BEFORE}(?:{thing}){_BEHIND}|(?<!\w)(?:{thing}){_BEHIND_ZH}|{_BEFORE_ZH}(?:{thing})(?![\w一-鿿])"


def _effect_last(thing: str) -> str:
    """The same with the question word behind: "X saves memory how", "X reduces vram why?"."""
    saves = r"(?:sav|reduc|lower|cut|shrink)\w*"
    return rf"(?<!\w)(?:{thing}) {saves} (?:\w+ ){{0,2}}(?:v?ram|memory|cache),? (?:how|why)(?: (?:exactly|though|come))?\s*(?:\?|$)"


def _effect(thing: str) -> str:
    """Why or how far it makes memory less: "why does X save memory", "X为什么省显存", "does X double my VRAM"."""
    memory = r"(?:v?ram|memory)"
    less = r"(?:sav(?:e|es|ing)|reduc(?:e|es|ing)|lower(?:s|ing)?|cut(?:s|ting)?|shrinks?|affects?|influences?|changes?|doubles?|divides?|(?:use|need|take)s? (?:so much |much |a lot )?less)"
    return (
        rf"\b(?:why|how)(?: much)? (?:does|do|is|are|can|would|will) {_ARTICLES}(?:{thing})[^.;?]{{0,12}}\b{less}\b[^.;?]{{0,20}}(?:\b{memory}\b|\?|$)"
        rf"|\b(?:does|do|will|would|can) {_ARTICLES}(?:{thing})[^.;?\d]{{0,16}}\b(?:{less}|increases?|raises?)\b[^.;?]{{0,20}}\b{memory}\b"
        rf"|{_effect_last(thing)}"
        rf"|(?:{thing})\s?(?:到底)?(?:为什么|为啥|为何|凭什么|怎么|如何|是怎么|是如何)(?:就)?(?:能|会|可以)?(?:够)?(?:节?省|减少|降低|少占|影响)"
        rf"|(?:为什么|为啥|为何)(?:用)?\s?(?:{thing})\s?(?:就)?(?:能|会|可以|更)?(?:够)?(?:节?省|减少|降低|少占)(?!了?[这那]么)"
        rf"|(?<![\w一-鿿])(?:{thing})\s?(?:真的)?(?:能|会|可以)(?:够)?(?:不能|不会)?(?:节?省|减少|降低)(?:下|掉|出)?(?:显存|内存)"
    )


# whose effect is told with what they are; that of a setting with figures of its own is its remark's
_OF_EFFECT = frozenset(
    {"tp_pp", "qlora", "lora", "double_quant", "quantisation", "zero", "optimizer_8bit", "checkpointing"}
)
_EFFECTS = tuple((name, _effect(thing)) for name, thing in _THINGS if name in _OF_EFFECT)
_FORMS = (
    *((name, _asked(thing)) for name, thing in _THINGS),
    *((name, f"{_asked(thing)}|{_takes(thing)}") for name, thing in FEATURES),
)
# claims of adapters that are judged, and not their effect in general told
_OF_ADAPTERS = (("adapters_activations", ADAPTERS_AND_ACTIVATIONS), ("adapters_share", ADAPTERS_BY_SHARE))
# asked of any card or server, whatever numbers stand beside: they are no batch and no memory of a case
_OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    ("unified_share", UNIFIED_SHARE),
    *operating.OF_ENGINES,
    *concepts_asked.OF_CONCEPTS,
    *OF_SPLITS,
    *OF_SPEEDS,
    *effects.OF_ANY_CARD,
    *shortly_asked.OF_ANY_CARD,
    *simply_asked.OF_ANY_CARD,
    *flags_asked.OF_FLAGS,
    *cache_asked.OF_CACHES,
    *workings.OF_ANY_CARD,
    *trainings.OF_TRAININGS,
    *observed.OF_ANY_CARD,
    *OF_HOME,
    (
        "usable",
        r"\d{1,3} ?gi?b?的?(?:显?卡|显存)[^?,;]{0,8}只(?:能|有|剩)?[^?,;]{0,6}(?:用|显示|识别|可用)[^?,;]{0,6}\d{1,3}(?:\.\d+)? ?g|\bwhy\b[^?]{0,24}\d{1,3} ?gb?\b[^?]{0,16}\bonly\b[^?]{0,16}\b(?:usable|available|shows?|has)\b[^?]{0,8}\d|\bwhy\b[^?]{0,24}\bonly\b[^?]{0,16}\d{1,3}(?:\.\d+)? ?gb?\b[^?]{0,16}\b(?:usable|available)\b|\b(?:how much|what)\b[^?]{0,24}\b(?:actually|really|in practice|effectively)\b[^?]{0,16}\b(?:usable|available|have|use|get)\b[^?]{0,24}(?:\bgb\b|\bcard\b|\bgpu\b|\d ?g)|\busable (?:v?ram|memory)\b|\bhow much\b[^?;]{0,40}\b(?:is|are|gets?|stays?) (?:actually |really )?(?:usable|available)\b(?! (?:for|to) (?:the )?(?:kv|cache|context))|(?:显卡|卡|显存|\d{4}(?: ?ti| ?super)?|[ahlv]\d{2,3})\s?(?:的)?\s?(?:\d+ ?gi?b?)?\s?(?:实际|真正|到底)(?:上)?(?:能|可)?(?:用|可用)(?:的)?(?:显存)?(?:有|是)?多少|(?:实际|真正)可用(?:的)?显存|nvidia-smi[^?]{0,12}\d{4,6}\s?mi?b?[^?]{0,12}(?:而不是|不是|instead of|not|rather than)[^?]{0,4}\d{4,6}",
    ),
    ("fewer_sequences", r"max[-_ ]num[-_ ]seqs[^?]{0,40}(?:\bsav\w*|\bmemory\b|\bv?ram\b|\bless\b|省|显存|少占|影响)"),
    (
        "desktop",
        r"\bhow much (?:v?ram|(?:gpu )?memory)\b[^?]{0,16}\b(?:windows|the os|(?:the |my )?desktop|operating system|display)\b[^?]{0,12}\b(?:us\w+|tak\w+|need\w*|reserv\w+|eat\w*|hold\w*)|\b(?:does|do|will|is)\b[^?]{0,12}\b(?:windows|wsl2?|the desktop|a (?:monitor|display|screen))\b[^?]{0,24}\b(?:us\w+|tak\w+|need\w*|reserv\w+|reduc\w*|cost\w*|eat\w*|different)\b[^?]{0,24}\b(?:v?ram|memory)|\b(?:v?ram|memory)\b[^?]{0,24}\b(?:on|under|in)\b windows\b[^?]{0,12}\b(?:vs\.?|versus|and|or|than)\b[^?]{0,6}linux|(?:windows|桌面|显示器|操作系统|wsl2?)[^,;?]{0,6}(?:会)?(?:占|吃|用)(?:用|掉|不占)?(?:多少|几)?[^,;?]{0,4}显存",
    ),
    ("ecc", r"\becc\b[^?]{0,12}(?:\b(?:us\w+|tak\w+|cost\w*|reduc\w*)\b[^?]{0,16}\b(?:v?ram|memory)|占|影响|减少|少)"),
)
# the subjects of the remarks
MEANT = (
    *dict.fromkeys(f"meaning:{name}" for name, _ in (*_THINGS, *FEATURES, *_OF_ADAPTERS, *_ASKED, *_OF_ANY_CARD)),
    OF_TERMS,
    "meaning:copies_served",
)
# what was expected of a setting is held against its figures
_UNEXPECTED = r"^(?![\s\S]*(?:\bexpect\w*|\bthought\b|\bhop(?:ed|ing)\b|以为|按理))"
# what holds of every model, and is asked beside one; with what it is asked by then
_OF_ANY_MODEL = {
    "declared_length": r"(?:\bonly|\bjust|\bshort|只|才|短)",
    "pixels_limit": "", "sources": r"\bhow (?:accurate|reliable|precise|exact|good) (?:are|is) you(?:rs?)?\b|\bcan i trust you(?:rs?)?\b|你[^,;?]{0,12}(?:准不准|准吗|准确吗|有多准|靠谱吗|可信吗)",
    "padding": r"\bdynamic(?:ally)? pad|动态\s?(?:填充|补齐|padding)", "eager_mode": "", "swap_space": "", "logits_derived": "", **{name: "" for name, _ in effects.OF_TRAINERS if name != "fused_adamw"},
    "activations_whole": _UNEXPECTED, **{name: _UNEXPECTED for name, _ in workings.OF_WORKINGS}, "gathers": "", "dequantises": "", **dict.fromkeys(trainings.OF_ANY_MODEL, _UNEXPECTED), "page_waste": "", "traffic": "",
    "format_bits": r"\bbpw\b|\bbits? (?:per|a|each) (?:weight|param)|\bblocks? of\b|每个?(?:权重|参数)|\d\.\d+ ?(?:bits?\b|位)",
    "nf4_bits": r"0\.37|\bper (?:param\w*|weight)|每(?:个)?(?:参数|权重)|怎么(?:算|来|得)|\bhow (?:do|does|is|did)\b[^?]{0,40}\b(?:get|come|deriv|calculat)",
}  # fmt: skip
# the same of what is beside any training, or beside what any server counts
_BESIDE_ANY = frozenset({"ema", "use_cache", "workers", "cuda_graph"})
# settings of a server, whatever card it runs on
_OF_ITS_SERVER = frozenset({"eager_mode", "swap_space"})
# what is asked of mixed precision is then what its copy of the weights is for
_MASTERS = r"\bmaster (?:weights?|cop|param)|\bfp32 (?:copy|copies|master)|主(?:权重|参数)|fp32\s?(?:权重|参数)?副本"
# with these words another remark answers it
_SERVED = r"\binferenc\w*|\bserv(?:e|es|ing)\b|\bvllm\b|\bsglang\b|推理|部署"  # where copies exchange no gradients
_ELSEWHERE = {"amp": _MASTERS, "grouped_heads": r"\bmla\b|latent attention", "ddp": _SERVED}
# with one of these named it is no question of how things are, but of a case
_OF_A_CASE = frozenset({"model", "params", "config", "gpu", "gpu_memory_gb", "seq_len", "batch_size", "lora_rank"})


def _one_amount(text: str) -> bool:
    """Is one amount told of a file and once more, where memory is spoken of?"""
    if not compiled(_MEMORY).search(text):
        return False
    sized = {one for found in compiled(_OF_A_FILE).findall(text) for one in found if one}
    amounts = compiled(_GB).findall(text)
    return any(amounts.count(one) > 1 for one in sized)


def read_meanings(text: str, facts: Collection[str]) -> tuple[str, ...]:
    """The subjects, the first that is asked; none where a case is told. `text` is normalised."""
    if "model" not in facts and two_totals(text):
        return ("meaning:ecc",)
    if not ((_OF_A_CASE | {"host_memory_gb"}) - {"gpu_memory_gb"}) & set(facts) and _one_amount(text):
        return ("meaning:file_size",)
    if not {"gpu", "gpu_memory_gb"} & set(facts):
        for name, pattern in _OF_ADAPTERS:
            if compiled(pattern).search(text):
                return (f"meaning:{name}",)
    if not _OF_A_CASE & set(facts):
        for name, pattern in _EFFECTS:
            if compiled(pattern).search(text):
                return (f"meaning:{name}",)
    if not {"model", "params", "config"} & set(facts):
        for name, pattern in _OF_ANY_CARD:
            if compiled(pattern).search(text):
                return (f"meaning:{name}",)
    if _OF_A_CASE & set(facts) and _OF_A_CASE & set(facts) <= {"gpu", "gpu_memory_gb"}:
        for name, pattern in _ASKED:
            if name in _OF_ITS_SERVER and compiled(pattern).search(text):
                return (f"meaning:{name}",)
    if _OF_A_CASE & set(facts):
        told = (
            name
            for name, pattern in _ASKED
            if name in _OF_ANY_MODEL and compiled(pattern).search(text) and compiled(_OF_ANY_MODEL[name]).search(text)
        )
        beside = (name for name, asked in _FORMS if name in _BESIDE_ANY and compiled(asked).search(text))
        found = tuple(f"meaning:{name}" for name in (*told, *beside))[:1]
        return found if not {"gpu", "gpu_memory_gb"} & set(facts) else ()
    times = times_inference(text)  # a model's size is then what a training is measured by
    left = {"file_size"} if times else set()
    left |= {"sources"} if times or compiled(SAID_BY_OTHERS).search(text) or rule_asked(text) else set()
    for name, pattern in _ASKED:
        if name not in left and compiled(pattern).search(text):
            return (f"meaning:{name}",)
    for name, asked in _FORMS:
        if compiled(asked).search(text) and not compiled(_ELSEWHERE.get(name, r"(?!)")).search(text):
            return (f"meaning:{name}",)
    if "n_gpus" not in facts and all(compiled(one).search(text) for one in (_SERVED, _COPIES, _OF_MEMORY)):
        return ("meaning:copies_served",)
    return ("meaning:tp_pp",) if compiled(_TP_AND_PP).search(text) else ()
