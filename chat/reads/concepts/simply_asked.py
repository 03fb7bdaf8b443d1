"""Short questions of no model about a file's types, a server's slots and share, a step's tokens, and a cache over ranks.

Each is what it is about beside what is asked of it, in either order; a question mark is often left out.
"""

from chat.reads.concepts.effects import beside

_OF_A_FAILURE = r"\boom\b|out of memory|\btraceback\b|\berror\b|报错|爆了|崩了|\btrain\w*|训练|微调"

_CACHE = r"\bkv\b|\bkv[-_ ]?cache\b|\bcache\b|缓存"
# a format by its own name, and a number of bits that it is doubted to have
_BLOCKS = r"(?<![a-z0-9])i?q\d(?:_[01k](?:_[smlx]{1,3})?|_xxs|_xs|_nl|_[sm])(?![a-z0-9_])"
_WHOLE_BITS = r"(?<![\d.])[2-8][- ]?(?:bits?(?![a-z])|位)"
_DOUBTED = r"^(?:is|are)\b|\b(?:really|actually|exactly|truly|only|just|true|right|correct)\b|真的?|到底|其实|究竟|是不是|(?:正好|刚好|就是|是)\s?\d[^?]{0,10}(?:吗|么|\?|$)"
_OF_QUALITY = r"\b(?:good|better|worse|enough|fits?|fast\w*|slow\w*|quality|worth|run|gb|kv|cache)\b|质量|够|放得下|缓存|快|慢|好用|能跑|效果"
_JUDGED = rf"\b(?:big\w*|larg\w+)\b|{_OF_QUALITY}"

# the matrices at both ends of a model, and whether they are stored in few bits
_ENDS = r"\bembed(?:ding)?s?\b|\btoken_embd\b|\blm_head\b|\boutput (?:head|layer|tensor|weight)|\boutput\.weight\b|词?嵌入|词表矩阵|输出(?:头|层)"
_IN_FEW_BITS = r"\bquanti[sz]\w+|\bprecision\b|精度|\b(?:4|8|16)[- ]?bits?\b|\b(?:fp|bf)16\b|\bfull precision|量化|(?<![\d.])(?:4|8|16) ?位|全精度"
_ASKED = r"^(?:is|are|do|does|did|what|which|how)\b|\?|吗|么|是不是|会不会|什么|也(?:会|要|被)?量化|$"
_OF_FILES = rf"\bgguf\b|\bllama\.?cpp\b|\bollama\b|{_BLOCKS}"
_OF_SERVERS = r"(?<![a-z])(?:awq|gptq|nf4|bnb|qlora|hqq)(?![a-z])|\bbitsandbytes\b|\bload_in_[48]bit\b"
_OTHER_ENDS = r"\bkv\b|\bcache\b|缓存|\bvector\b|\brag\b|\bretriev\w*|向量|检索|\btie\w*|\btying\b|共享|\bsiz(?:e|es)\b|\bhow (?:much|many|large|big)\b|多少|多大|\bmodels?\b[^?]{0,8}\bfor embedding|\bembedding models?\b"

# two files side by side, and what sets them apart
_TWO_BLOCKS = rf"{_BLOCKS}[^?;]{{0,24}}{_BLOCKS}"
_APART = r"\bhow much (?:bigger|larger|smaller)\b|比[^?;]{0,14}(?:大|小)(?:多少|几)|\bdiff(?:er\w*|s)?\b|\bdistinction\b|\bwhat changes\b|区别|差(?:别|异|在)|不同|哪里不一样"

# llama-server's slots, and what of its context each has
_SLOTS = r"(?<![\w-])(?:-np|--parallel|--n-parallel|n_parallel)\b|\bslots?\b|槽位?|插槽"
_CONTEXT = r"(?<![\w-])(?:-c|--ctx[-_]size)(?![\w-])|\bcontext\b|\bctx\b|上下文|\bn_ctx\b"
_OF_EACH = r"\b(?:per|each|every) (?:slot|user|request|client|session|sequence|one)s?\b|\bfor each\b|\beach (?:slot|user|get)|\bsplit\w*|\bdivid\w*|\bshar(?:e|es|ed|ing)\b|\btotal\b|平分|均分|分成|瓜分|(?:每|各)(?:个|路|人)?\s?(?:slot|槽位?|用户|请求|会话)|(?:每|各)(?:个|路|人)?\s?(?:能|可以|有|得|分|多少|是|占)|共享|分到|总(?:共|的|量)?"
_OF_LLAMA = r"\bllama[-. ]?(?:server|cpp)\b|(?<![\w-])-np(?![\w-])"
_SLOTS_SET = r"(?<![\w-])(?:-np|--parallel)(?![\w-])|\bslots?\b|槽位?"
_MULTIPLIED = r"\bmultipl\w*|\btimes\b|\bfor each\b|\bper slot\b|\b\d+ ?x\b|[*×]|倍|乘|每个"
_SET_SLOTS, _SET_CONTEXT = r"(?<!\S)(?:-np|--parallel)[\s=]\d", r"(?<!\S)(?:-c|--ctx[-_]size)[\s=]\d"
_NO_SLOTS = rf"\bollama|\bvllm\b|\bsglang\b|{_OF_A_FAILURE}|\bfits?\b|\bv?ram\b|显存|够|放得下|\bhow many slots\b|多少(?:个)?(?:slot|槽)"
# Ollama's requests at once, and whether they multiply what is reserved
_NUM_PARALLEL = r"\bollama_num_parallel\b|\bollama\b[^?;]{0,24}\b(?:num[_ ]parallel|parallel (?:requests|slots))\b|\bnum[_ ]parallel\b[^?;]{0,24}\bollama\b|\bollama[^?;]{0,8}(?:并行|并发)(?:数|请求)?"
_RESERVED = r"\breserv\w*|\ballocat\w*|\bmultipl\w*|\bv?ram\b|\bmemory\b|\bkv\b|\bcache\b|\bnum_ctx\b|\bcontext\b|显存|内存|缓存|上下文|预留|翻倍|倍"
_WHETHER = r"^(?:does|do|will|is|are|how|why|what)\b|\?|吗|么|嘛|会不会|是不是|怎么|如何|[*x×]|多少"

# the share of the card that a server takes, and a value of it that is feared
_SHARE = r"\b(?:gpu[-_ ])?memory[-_ ]utili[sz]ation\b|\bmem[-_ ]fraction[-_ ]static\b|显存(?:利用率|占用率|比例)"
_FEARED = r"\btoo (?:high|large|big|much)\b|\bwhat happens\b|\b(?:ok|okay|fine|safe|risky|dangerous)\s?\?|\bcan i (?:set|use|put|go)\b|行(?:吗|不行)|可以(?:吗|么)|(?:安全|稳)(?:吗|么)|\bcrash\w*|\b(?:is|be|run) (?:it )?(?:ok|okay|fine|safe|dangerous|risky|bad)\b|\bgo (?:up )?to\b|\braise\b[^?]{0,24}\bto\b|(?:会不会|会|容易)(?:爆|炸|崩|oom|出问题|有问题|挂)|(?:太|过)高|(?:设|调|开)(?:太|过|得)?(?:太|过)?(?:高|大|满)|有(?:什么|啥)?(?:风险|问题|坏处|影响)"
_TOO_LOW = r"\btoo (?:low|small)\b|(?:太|过)(?:低|小)|(?:设|调|开)(?:得)?(?:低|小)"
# how many tokens a step of a server may take
_STEP = (
    r"\bmax[-_ ]num[-_ ]batched[-_ ]tokens\b|\bchunked[-_ ]prefill[-_ ]size\b|\bmax[-_ ]batch[-_ ]prefill[-_ ]tokens\b"
)
_CHANGED = r"\bwhat (?:does|is|are)\b|什么意思|作用|干(?:嘛|什么)|是什么|\bwhat happens\b|\bwhat if\b|\btoo (?:high|large|big|low|small)\b|\bshould i\b|\b(?:raise|increase|lower|set)\w*\b[^?]{0,40}\b(?:effect|cost|do|good|bad|why|risk)\b|会(?:怎么?样|如何|发生什么)|有(?:什么|啥)?(?:影响|坏处|后果|问题)|(?:设|调|开)(?:太|得|成|到)?(?:太)?(?:大|高|小)"

# more parameters in fewer bits, or fewer in more, where no size is named
_SMALLER_BITS = r"\b(?:small|low)(?:er)?[- ](?:bit |precision )?(?:quant\w*|bits?|precision)\b|\b(?:heav(?:y|ily|ier)|more|aggressive\w*|strong\w*)[- ]quanti[sz]\w*|\bfewer bits\b|低(?:位|比特|bit|精度|量化)|量化(?:得)?(?:更)?(?:狠|低)|低量化|(?<![\d.])[234][- ]?(?:bit|位)|(?<![a-z0-9])i?q[2-5](?:_\w+)?(?![a-z0-9])|(?<!un)\bquanti[sz]ed\b"
_LARGER_BITS = r"\b(?:big|large|high)(?:ger|r|er)?[- ](?:bit |precision )?(?:quant\w*|bits?|precision)\b|\b(?:light(?:ly|er)?|less)[- ]quanti[sz]\w*|\bmore bits\b|高(?:位|比特|bit|精度|量化)|(?<![\d.])(?:8|16)[- ]?(?:bit|位)|(?<![a-z0-9])(?:q[68](?:_\w+)?|fp16|bf16|f16)(?![a-z0-9])|\bunquanti[sz]ed\b|\bfull precision\b|不量化|未量化"
_OR_PARAMETERS = r"\b(?:higher|better|more|finer) (?:quant\w*|bits|precision)\b[^?]{0,12}\b(?:or|vs\.?|versus)\b[^?]{0,12}\bmore param\w*|\bmore param\w*[^?]{0,16}\b(?:or|vs\.?|versus)\b[^?]{0,16}\b(?:quant\w*|bits|precision)\b|参数(?:量)?(?:更)?(?:多|大)[^?]{0,8}还是[^?]{0,8}(?:量化|精度|位数)"
_LARGER_MODEL = r"\b(?:big|large)(?:ger|r)? (?:models?|one)\b|大(?:一点|些|参数)?(?:的)?模型"
_SMALLER_MODEL = r"\bsmall(?:er)? (?:models?|one)\b|小(?:一点|些|参数)?(?:的)?模型"

# a cache over tensor-parallel ranks
_RANKS = r"(?<![a-z0-9])(?:tp|tensor[-_ ]parallel(?:ism)?(?:[-_ ]size)?)(?![a-z])|张量并行"
_KV_HEADS = r"\bkv[-_ ]?heads?\b|\bkey[- /]?value heads?\b|\bheads? of keys\b|\bnum_key_value_heads\b|kv\s?头|键值头"
_DIVIDED = r"\bsplit\w*|\bshard\w*|\bdivid\w*|\breplicat\w*|\bduplicat\w*|\bcop(?:y|ied|ies)\b|\bpartition\w*|\bper (?:gpu|card|rank)\b|切|(?:怎么|如何)分|分(?:到|成|摊|片|开|割)|复制|重复|每(?:张|个)?(?:卡|rank|gpu)"
_BEYOND = r"\bwast\w*|浪费|\breplicat\w*|\b(?:bigger|larger|more|greater|higher|exceed\w*|beyond|above)\b|\bonly\b|>|\bwhat happens\b|\bok(?:ay)?\b|\bwith \d|\d ?(?:kv|heads)|比|大于|超过|多于|只有|少于|会怎么?样|怎么办|可以吗|行吗|\d\s?个"

_STAGES = r"(?<![a-z0-9])(?:pp|pipeline[-_ ]parallel(?:ism)?(?:[-_ ]size)?)(?![a-z])|流水线并行"

# a server that finds no room for one sequence of its longest, and what to do
_NO_ROOM = r"(?:大于|大过|超过了?|超出了?)\s?(?:kv|缓存)|(?:\bkv\b|\bcache\b|缓存)[^?;]{0,16}(?:不够|不足|\bis not enough\b|放不下|太小|\bnot enough\b|\btoo small\b|\binsufficient\b)|\b(?:not enough|insufficient|no room for|too little)\b[^?;]{0,16}(?:\bkv\b|\bcache\b)|\b(?:larger|longer|more|bigger) than (?:the )?(?:maximum number of tokens|available kv|kv)|\bexceeds?\b[^?;]{0,16}\b(?:kv|cache)\b"
_LONGEST = r"\bmax(?:imum)?[-_ ](?:model[-_ ]|seq\w*[-_ ])?len\w*|\bmax(?:imum)? context\b|最大(?:长度|上下文|序列)"
_CURE = r"\bvllm\b|\bwhat (?:do|can|should)\b|\bhow (?:do|can|to|should)\b|\bfix\b|\bsolve\b|怎么(?:办|解决|处理|调|弄)|如何(?:解决|处理)|咋(?:办|整)|解决"

# what one compressed vector takes of each token
_LATENT = r"(?<![a-z])mla(?![a-z])|\bmulti-?head latent attention\b|潜在注意力"
_EACH_TOKEN = r"\bper token\b|\b(?:a|one|each|every) token\b|\bbytes\b|\bformula\b|\bhow (?:big|large|much|many)\b|\bcalculat\w+|\bcomput\w+|(?:每|一)个?\s?token|字节|公式|怎么(?:算|计算)|如何计算|多大|多少"

# the number that stands twice in the formula of a cache
_FORMULA = r"\btimes\b|\bfactor\b|[*×]|乘|\bformulas?\b|\bequations?\b|\bcalculat\w+|公式|式子|计算|里(?:面)?的?"
_THE_TWO = r"\b(?:the|that|a|this|factor of|first|leading|times) (?:2|two)\b|\b2 ?[*x×]|(?:那个|这个|前面的|开头的|乘以?|为什么(?:要)?(?:乘|有)(?:个)?)\s?(?:2|二)|(?:2|二)\s?是(?:什么|啥|哪|怎么|指|代表)"
_FOR_WHAT = r"\bwhat\b|\bwhy\b|\bwhere\b|\bmean\w*|\bstand\w* for\b|\bexplain|是(?:什么|啥|指|哪)|为(?:什么|啥|何)|代表|怎么来|哪来|什么意思"

# asked of any card or server: the numbers beside are its settings, and no batch or length of a case
OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    ("bits_or_size", beside(_SMALLER_BITS, _LARGER_BITS, _LARGER_MODEL, _SMALLER_MODEL, without=rf"{_OF_A_FAILURE}|\bkv\b|缓存|\bdraft\b|草稿|\bdo i need\b")),
    ("bits_or_size", _OR_PARAMETERS),
    ("slots_cache", beside(_OF_LLAMA, _SLOTS_SET, rf"{_CACHE}|\bmemory\b", _MULTIPLIED, _WHETHER, without=_NO_SLOTS)),
    ("slots_told", beside(_SET_SLOTS, _SET_CONTEXT, _OF_EACH, without=_NO_SLOTS)),
    ("slots_divide", beside(_SLOTS, _CONTEXT, _OF_EACH, without=_NO_SLOTS)),
    ("ollama_default", beside(_NUM_PARALLEL, r"\bdefaults?\b|默认", without=_OF_A_FAILURE)),
    ("ollama_slots", beside(_NUM_PARALLEL, _RESERVED, _WHETHER, without=rf"{_OF_A_FAILURE}|\bfits?\b|\benough\b|放得下|够|\bcpu\b|\d\s?gi?b?(?![a-z])|\bhow many (?:users|requests)")),
    ("low_share", beside(_SHARE, _TOO_LOW, without=rf"{_OF_A_FAILURE}|\btwo\b|\bboth\b|两个|同时|\bhow (?:much|many)\b|多少|\d\s?gi?b?(?![a-z])")),
    ("high_share", beside(_SHARE, _FEARED, without=rf"{_TOO_LOW}|{_OF_A_FAILURE}|\btwo\b|\bboth\b|两个|同时|\bhow (?:much|many)\b|多少|\d\s?gi?b?(?![a-z]|\s?(?:card|gpu|v?ram\b|的?显?卡|显存))")),
    ("step_tokens", beside(_STEP, _CHANGED, without=rf"{_OF_A_FAILURE}|\bmax[-_ ]num[-_ ]seqs\b|\bmax[-_ ]model[-_ ]len\b")),
    ("many_sequences", beside(r"\bmax[-_ ]num[-_ ]seqs\b|\bmax[-_ ]running[-_ ]requests\b", _CHANGED, without=rf"{_OF_A_FAILURE}|\bmax[-_ ]num[-_ ]batched|\bmax[-_ ]model[-_ ]len\b|\blow\w*|\bsmall\w*|\bsav\w*|小|低|省|并发|用户|\busers\b|\d ?gi?b?(?![a-z])")),
    ("heads_on_ranks", beside(_RANKS, _KV_HEADS, _BEYOND, without=rf"{_OF_A_FAILURE}|\bmla\b|\bpipelin\w*|流水线")),
    ("cache_on_ranks", beside(_RANKS, _CACHE, _DIVIDED, without=rf"{_OF_A_FAILURE}|\bmla\b|\bpipelin\w*|(?<![a-z])pp\s?\d|流水线|\bdata[- ]parallel|数据并行|\d ?gi?b?(?![a-z])|第[一1]张|\bwhy\b|为(?:什么|啥|何)|\bquanti[sz]|\bfp8\b|量化")),
    ("cache_on_stages", beside(_STAGES, _CACHE, _DIVIDED, without=rf"{_OF_A_FAILURE}|{_RANKS}|\d ?gi?b?(?![a-z])")),
    ("no_room_for_longest", beside(_NO_ROOM, _LONGEST, _CURE, without=r"maximum number of tokens[^?]{0,40}\(\d|\d ?gi?b?(?![a-z])|\btrain|训练|微调")),
)  # fmt: skip
# asked where no model, card or length is told
OF_NONE: tuple[tuple[str, str], ...] = (
    ("format_bits", beside(_BLOCKS, r"\bhow many bits\b|\bwhat bits?\b|(?:几|多少)\s?(?:位|bits?(?![a-z]))", without=rf"{_JUDGED}|\d ?(?:bits?|位)")),
    ("called_bits", beside(_BLOCKS, _WHOLE_BITS, _DOUBTED, without=_JUDGED)),
    ("file_ends", beside(_ENDS, _IN_FEW_BITS, _OF_FILES, _ASKED, without=_OTHER_ENDS)),
    ("wide_ends", beside(_ENDS, _IN_FEW_BITS, _OF_SERVERS, _ASKED, without=_OTHER_ENDS)),
    ("formats_apart", beside(_TWO_BLOCKS, _APART, without=rf"{_OF_QUALITY}|{_OF_A_FAILURE}|\bspeed\b|速度")),
    ("latent_token", beside(_LATENT, rf"{_CACHE}", _EACH_TOKEN, without=r"\bgqa\b|\bmha\b|\bmqa\b|\bvs\b|\bversus\b|比|\btp\b|\bcards?\b|\bgpus?\b|卡")),
    ("two_of_the_cache", beside(_CACHE, _FORMULA, _THE_TWO, _FOR_WHAT, without=r"\d ?gi?b?(?![a-z])|\blayers?\b|层")),
)  # fmt: skip
