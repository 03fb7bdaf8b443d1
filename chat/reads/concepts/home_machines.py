"""What is asked of one's own machine and of no model: whether RAM or the processor matter beside a card that holds all of it,
what happens beyond all memory there is, what graphics without memory of their own have."""

INTEGRATED = r"\bigpus?\b|\bapus?\b|\bintegrated (?:gpus?|graphics)\b|\biris xe\b|核显|集显"
_WHOLE = r"(?:\b(?:fits?|fully|entirely|completely|whole|all|everything|100 ?%)\b[^?]{0,32}\b(?:v?ram|gpu|card)\b|(?:全|都|整个)[^,;?]{0,8}(?:显存|显卡|卡))"
_BESIDE = r"\b(?:system )?(?:ram|ddr\d?|memory|cpu|processor)(?: (?:speed|bandwidth|frequency|channels?|clock|mhz|timings?))?\b"
_MATTERS = r"\b(?:matter|important|affect|bottleneck|make (?:a |any )?difference|slow)\w*\b"
# one library of a Mac against the files of the other
MLX_OR_GGUF = (
    r"^(?=[\s\S]*(?:\bmemory\b|\bv?ram\b|\bsmaller\b|\bgi?bs?\b|\bsize\b|内存|显存))(?:(?=[\s\S]*\bmlx\b[^.;?!]{0,48}?(?:\bvs\.?|\bversus|\bor\b|\bthan\b|\band\b|和|跟|与|比|还是)[^.;?!]{0,16}(?:gguf|llama\.?cpp))|(?=[\s\S]*(?:gguf|llama\.?cpp)[^.;?!]{0,48}?(?:\bvs\.?|\bversus|\bor\b|\bthan\b|\band\b|和|跟|与|比|还是)[^.;?!]{0,16}\bmlx\b))"
    r"[\s\S]*(?:\bless\b|\bmore\b|\bsmaller\b|\blighter\b|\bsame\b|\bdiffer\w*|\bcompar\w*|\bvs\b|少|多|省|区别|差)"
)
OF_HOME: tuple[tuple[str, str], ...] = (
    (
        "fits_whole",
        rf"^(?=[\s\S]*{_WHOLE})[\s\S]*(?:{_BESIDE}[^?]{{0,24}}{_MATTERS}|{_MATTERS}[^?]{{0,24}}{_BESIDE}|(?:内存|cpu)(?:的)?(?:频率|速度|带宽|性能)?[^,;?]{{0,6}}(?:影响|重要|有关|关系|区别|有用))",
    ),
    (
        "beyond_ram",
        r"\b(?:larger|bigger|more|exceeds?|not fit|doesn'?t fit|too (?:big|large))\b[^?]{0,24}\b(?:v?ram|gpu|memory)\b[^?]{0,12}(?:\+|\band\b|\bplus\b|&)[^?]{0,8}\b(?:ram|cpu|system memory)\b|(?<!no )(?<!no-)(?<!without )\bmmap\b(?![^?]*\b(?:double|twice)\b)[^?]{0,60}\b(?:ssd|nvme|disk|slow|work|happen\w*|ram)\b|\b(?:run|stream\w*|load)\b[^?]{0,24}\b(?:from|off|on) (?:an? |the |my )?(?:ssd|nvme|disk)\b|(?:显存|显卡)[^,;?]{0,6}(?:加|和|\+)[^,;?]{0,4}内存[^?]{0,8}(?:放不下|不够|装不下|还大)|(?:ssd|硬盘|固态)[^,;?]{0,6}(?:跑|推理)",
    ),
    (
        "processor_split",
        r"\bollama ps\b[^?]{0,40}\d{1,2} ?%\s?/\s?\d{1,2} ?%|\d{1,2} ?%\s?/\s?\d{1,2} ?% ?cpu\s?/\s?gpu[^?]{0,24}(?:\bmean|是什么|什么意思|啥意思)|\bollama ps\b[^?]{0,32}\bcpu\s?/\s?gpu\b[^?]{0,24}(?:\bmean|什么意思|啥意思)",
    ),
    (
        "mlock",
        r"\b(?:should|do|does|what|when|is|enable|use|using)\b[^?]{0,32}(?:--)?\bmlock\b|mlock[^?]{0,16}(?:有什么用|要不要|该不该|作用|开不开|需要|是什么|什么意思|干|\?)",
    ),
    (
        "kept_loaded",
        r"\bollama\b[^?]{0,32}\b(?:keeps? )?(?:unload\w*|drops?|evict\w*|kicks?)\b|\bunload\w*\b[^?]{0,32}\b(?:after )?5 ?min\w*|\bkeep[_ -]?alive\b[^?]{0,48}(?:\?|占|什么|多少|怎么|作用)|\bwhat (?:does|is)\b[^?]{0,24}\bkeep[_ -]?alive\b|ollama[^?]{0,24}(?:自动)?(?:卸载|释放)[^?]{0,12}(?:模型|显存)|(?:5|五)\s?分钟[^?]{0,12}(?:卸载|释放)",
    ),
    (
        "context_unused",
        r"\b(?:context|ctx|num_ctx)\b[^?]{0,48}\b(?:speed|slow\w*|fast\w*)\b[^?]{0,48}\b(?:not (?:us\w+|full|filled)|n't (?:us\w+|full|filled?)|unused|empty|only us\w+|short prompts?)\b|\b(?:unused|empty) (?:context|ctx)\b[^?]{0,32}\b(?:speed|slow\w*|fast\w*|cost\w*)|(?:上下文|ctx)[^?]{0,16}(?:没用满|不用满|没用完|没填满|空着)[^?]{0,12}(?:慢|速度|影响)|(?:上下文|ctx)(?:开|设)得?(?:很|太)?大[^?]{0,16}(?:变慢|影响速度)",
    ),
    ("integrated", rf"(?:{INTEGRATED})"),
)


# what llama.cpp and the programs on top of it do with cards, backends and types of the cache, asked beside a case or of none
_SPLIT = r"(?<![\w-])-sm\b|--?split[-_ ]mode|\bsplit[-_ ]mode\b|\b(?:row|layer)[ -]split\b|\bsplit (?:by )?(?:rows?|layers?)\b"
_RUNTIMES = r"\b(?:rocm|hip|vulkan|sycl|ipex(?:-llm)?|openvino|metal|cuda)\b"
# how all of a model is got onto the card, where a part of it is in RAM
_ALL_ON_CARD = (
    r"\b(?:get|put|load|push|force|keep|run|fit|make|have)\b[^.?;]{0,24}\b(?:all|everything|the (?:whole|entire|full) (?:model|thing)|100 ?%|entirely|fully|completely)\b(?:[^.?;,]|\.(?=\d)){0,40}\b(?:on|in|into|onto|to)\b (?:the |my )?(?:gpu|card|v?ram)\b"
    r"|\b(?:us(?:e|es|ing)|runs? on) (?:the |my )?(?:gpu|card) (?:fully|only|entirely|completely)|\b(?:only|fully|100 ?%) (?:on|use|using) (?:the |my )?gpu\b"
    r"|(?:全|全部|都|完全|整个)(?:部)?(?:的)?(?:模型|层)?(?:都)?(?:在|放|跑|加载|塞|装|用)(?:到|在|进)?(?:了)?(?:显卡|gpu|显存|卡)(?:上|里)?"
)
_HOW_TO = r"\bhow (?:do|can|could|to|should|would)\b|\bhow (?:do )?i\b|怎么|如何|怎样|咋|怎么办|强制|^force\b"

PROGRAMS_AT_HOME: tuple[tuple[str, str], ...] = (
    ("all_on_card", rf"^(?=[\s\S]*(?:{_HOW_TO}))[\s\S]*?(?:{_ALL_ON_CARD})"),
    (
        "split_mode",
        (
            rf"(?:{_SPLIT})[^?]{{0,60}}(?:\bor\b|\bvs\.?|\bversus\b|\bbetter\b|\bfaster\b|\bslow\w*|\bhelp\b|\bworth\b|还是|快|慢|哪个|好|区别|有用)"
            rf"|(?:\b(?:which|what|should|better|faster|does)\b|用哪|哪个|要不要)[^?]{{0,40}}(?:{_SPLIT})"
        ),
    ),
    (
        "backends_apart",
        rf"^(?=[\s\S]*\b(?:rocm|hip|vulkan|sycl|metal)\b)(?=[\s\S]*(?:\bv?ram\b|\bmemory\b|显存|内存))[\s\S]*(?:{_RUNTIMES}[^?.;]{{0,48}}(?:\bmore\b|\bless\b|\bsame\b|\bextra\b|\boverhead\b|更多|更少|一样|更省|更费|多占|少占|差)[^?.;]{{0,32}}(?:\?|吗|么)|\b(?:does|do|is|will)\b[^?.;]{{0,24}}\b(?:rocm|hip|vulkan|sycl)\b[^?.;]{{0,16}}\b(?:use|need|take|eat)s?\b)",
    ),
    (
        "card_unseen",
        (
            r"\b(?:(?:does|do|did|is|are|can|will)(?:n'?t| not)|won'?t|never|cannot|refuses? to|ignor\w+|not)\s(?:even )?(?:see\w*|detect\w*|find\w*|recogni[sz]\w*|us(?:e|ing)|pick\w* up)\s(?:the |my |any |either )?(?:\w+ ){0,2}?(?:gpus?|cards?|arc|radeon)\b|\b(?:gpu|card) (?:is |was )?(?:not|isn'?t|never) (?:being )?(?:seen|detected|found|recogni[sz]ed|used|visible)\b|\bno (?:compatible )?gpus? (?:were |was )?(?:discovered|detected|found)\b"
            r"|(?:识别|检测|找|认)不(?:到|出)(?:我的?)?(?:显卡|gpu|卡)|(?:没有?|不)(?:用|调用|走|使用)(?:到|上)?(?:显卡|gpu)|(?:显卡|gpu)(?:没|不)(?:被)?(?:识别|用上|检测到|调用)|用不(?:了|上)(?:显卡|gpu)"
        ),
    ),
    (
        "sticks_added",
        r"\b(?:4|four) ?(?:[x*] ?\d{1,3} ?gi?b?(?: of)?(?: \w+)? (?:ram|ddr\d\S*|sticks|dimms|modules|memory)|(?:ram )?(?:sticks|dimms|modules))\b[^?]{0,80}(?:\bfaster\b|\bslower\b|\bspeed\b|\btok\w*|\bbandwidth\b|\bno change\b|\bdifference\b)|\bmore (?:ram )?(?:sticks|dimms|modules)\b|(?:四|4)\s?(?:根|条)[^?;]{0,24}(?:快|慢|速度|带宽|没变)|(?:插满|加内存条|多插)[^?;]{0,16}(?:快|速度|带宽)",
    ),
    (
        "iq_on_cpu",
        r"^(?=[\s\S]*(?:\bcpu\b|\bram\b|\boffload\w*|内存|卸载))[\s\S]*(?:\biq\d?\w* ?(?:quants?|files?|types?)?\b[^?.;]{0,40}\b(?:slow\w*|fast\w*|speed)\b|\b(?:slow\w*|fast\w*|speed)\b[^?.;]{0,24}\biq\d?_?\w{0,4}\b|iq\s?\d?\w{0,4}\s?(?:量化|格式)[^?;]{0,12}(?:慢|快|速度))",
    ),
    (
        "power_limited",
        r"\b(?:power[ -]?limit\w*|undervolt\w*|power[ -]?cap\w*|limit\w* (?:to|at) \d{2,3} ?w)\b[^?]{0,60}(?:\bspeed\b|\bslow\w*|\btok\w*|\bt/s\b|\bperformance\b|\blose\b|\bcosts?\b|\baffect\w*)|(?:限功耗|功耗(?:墙|限制)|降功耗|限(?:制)?到?\s?\d{2,3}\s?w|降压)[^?;]{0,24}(?:慢|速度|影响|损失|token)",
    ),
    (
        "context_unfilled",
        r"n_ctx(?:_per_seq|_seq)? ?\(\d+\) ?< ?n_ctx_train|full capacity of the model will not be utilized",
    ),
    (
        "prompt_batch",
        r"(?:\bblas[ _-]?batch(?:[ _-]?size)?|--?blasbatchsize|(?<![\w-])-ub|(?<!\w)(?:--?)?ubatch(?:[-_]size)?|\bn_ubatch)\b[^?]{0,60}(?:\bdo\b|\bdiffer\w*|\bmean\w*|区别|作用|什么|干嘛|\bshould\b|\bmemory\b|\bv?ram\b|\bspeed\b|\bfaster\b|\bslower\b|\blower\b|\bworth\b|\bbetter\b|\buses?\b|显存|快|慢|设多少|多大)|\bwhat(?:'s| is| does)\b[^?;]{0,12}(?:(?<![\w-])-ub\b|\bubatch\b)|(?:显存|快|慢|设多少)[^?;]{0,16}(?:-ub\b|ubatch|blas\s?batch)",
    ),
    (
        "mmap_asked",
        r"(?:\b(?:disabl\w+|turn(?:ing|ed)? off|switch(?:ing|ed)? off|enabl\w+|should|without)\b[^?;.]{0,24}|--?no-|\bno )\bmmap\b|\bmmap\b[^?;.]{0,24}\b(?:double|twice)\b|\bmmap\b[^?;.]{0,16}(?:\b(?:on|off|help\w*|worth|better|slower|faster)\b|有用|要不要|关|开|好)|(?:关|开|禁用|要不要用?|该不该)[^,;?]{0,4}mmap",
    ),
    (
        "loaded_twice",
        r"^(?=[\s\S]*\bollama\b)[\s\S]*(?:\b(?:2|two|second|another|duplicate|multiple) (?:copies|copy|instances?|runners?)\b|\b(?:loads?|loading|loaded|reload\w*)\b[^.;?]{0,32}\b(?:twice|again|every (?:time|request)|each (?:time|request))\b|(?:加载|载入|占)了?(?:两|2)(?:份|遍|次)|(?:重复|反复|每次[^,;?]{0,4}都?)(?:重新)?加载)",
    ),
    (
        "cache_kernels",
        (
            r"v[ -]cache (?:quanti[sz]ation )?(?:was requested, but this )?requires? flash|quanti[sz]ed v[ -]cache[^?]{0,32}requires? flash"
            r"|(?:-ctv|-ctk|--cache-type-[kv]|\bq[458]_[01] (?:kv|cache)|(?:kv|cache) (?:in |as |to )?q[458]_[01])[^?]{0,80}(?:\bslow\w*|\bcrawl\w*|\bcpu\b|\bdrop\w*|\btank\w*|变慢|很慢|慢了|好慢|掉到|降到)"
            r"|(?:\bslow\w*|变慢|很慢)[^?]{0,60}(?:-ctv|-ctk|--cache-type-[kv]|\bq[458]_[01] (?:kv|cache))"
        ),
    ),
)
PROGRAMS_ASKED = frozenset(name for name, _ in PROGRAMS_AT_HOME)

# what a processor alone runs, where the memory that is asked for is the machine's own
ON_A_CPU = (
    r"^(?![\s\S]*(?:\bgpus?\b|\bcards?\b|\boffload|\bvram\b|显卡|显存|卸载))(?=[\s\S]*(?:\bram\b|\bmemory\b|内存))"
    r"[\s\S]*?(?:\b(?:on|with|using|for|via) (?:an? |the |my |just )?cpus?\b|\bcpu[- ](?:run|runs|inference)\b|(?:用|靠|在)?\s?cpu\s?(?:上)?(?:来)?(?:跑|推理|运行))"
)
