"""What a report of a failure shows beside the facts: the moment at which it fails, and the message that is printed."""

from chat.reads.asides import BF16_REFUSED
from chat.reads.cards.memory_told import MEMORY_CLAIMED
from chat.reads.concepts.shortly_asked import EVAL_RISES, WEIGHTS_COPIED
from chat.reads.concepts.split_over_cards import FULL_BESIDE_EMPTY, SLOW_ON_MAP, SPLIT_VALUES
from chat.reads.concepts.trained_shortly import NEARLY_FULL
from chat.reads.contrasts import IN_FORCE
from chat.reads.lexicon import compiled
from chat.reads.seen.failures import OF_FAILURES
from chat.reads.seen.messages import BLOCKS_CUT
from chat.reads.seen.share_in_vain import LOWERED_IN_VAIN, SHARE_IN_VAIN
from chat.reads.seen.tried import NOT_THERE

# the whole model on one card: `device_map={'': 0}`, `device_map="cuda:0"`
# a program that leaves cards alone
ONE_USED = r"\b(?:only|just) (?:one|1|the first|gpu 0)\b[^?]{0,24}\b(?:gpus?|cards?)?\b[^?]{0,12}\b(?:used|busy|working|loaded|filled|utili[sz]ed)|\b(?:uses?|using|loads? on|sees?) (?:only|just) (?:one|1|gpu 0|the first)\b|(?<!\bi )(?<!\bwe )\b(?:only|just) (?:uses?|using|loads? (?:on|onto)|runs? on) (?:one|1|gpu 0|the first)\b(?: of (?:my|the|both|our))?(?= (?:two|2|gpu|card)|[,.;?]|$)|\b(?:other|second) (?:gpu|card)\b[^.;?]{0,16}\b(?:idle|empty|unused|at 0|does nothing|sits)\b|\b(?:does|do|will|can|is)\b[^?]{0,16}\b(?:ollama|llama\.cpp|transformers|lm studio|pytorch|vllm)\b[^?]{0,16}\b(?:use|split|spread)\w*\b[^?]{0,16}\b(?:both|all|multiple|several|two|2)\b[^?]{0,8}\b(?:gpus?|cards?)|^(?=[\s\S]*(?:为什么|为啥|为何|怎么|咋|明明))[\s\S]*(?:只|就)(?:用|占|跑|吃)(?:了|在|到)?(?:其中)?(?:一|1|第一|0号)(?:张|块|个)?(?:卡|显卡|gpu|(?=\s?[?,.;!]|\s*$))|(?:会)?自动(?:用|使用|分到|分配到)(?:两|多|所有)(?:张|块)?(?:卡|显卡)|另(?:外)?(?:一|1)(?:张|块)(?:卡|显卡|gpu)?(?:一直|完全|都|还|是)?(?:空着|空的|闲着|闲置|没用上?|不动|没动静)"
ALL_ON_ONE = r"\bdevice[ _-]?map[\"']?\s?[:=]?\s?(?:\{\s?[\"']{2}\s?:\s?(?:torch\.device\()?[\"']?(?:cuda:?)?(?P<n>\d?)[\"']?\)?\s?\}|[\"']?cuda(?::\d)?(?![a-z_])[\"']?)"

# something was released, or has ended, and a meter shows no less
_GIVEN_UP = r"\bdel\b|(?<![a-z])del(?=[了掉])|\bdelet(?:e|ed|ing)\b|empty_cache|gc\.collect|\bunload\w*|\bfinish(?:es|ed)?\b|\bended\b|\bafter (?:the |each |every |a |it |i |my |an? )*(?:generat\w*|answer\w*|inference|requests?|runs?|calls?|batch\w*|repl\w+|stop\w*)\b|\bidle\b|\bdone\b|\breleas\w+|\bafter (?:the |my )?(?:training|fine-?tuning|crash|i close\w*|closing)\b|\bclos(?:e|ed|ing) (?:the |my )?(?:notebook|kernel|app|program|cell|window)|释放|清(?:空|理|了|掉)|删(?:了|除|掉|完)|卸载|(?:生成|回答|推理|跑|训练|请求|对话|处理|说)(?:结束|完)|(?:程序|脚本|进程|任务|服务)(?:已经|都|早就)?(?:结束|退出|关|停|跑完)|空闲(?:时|的时候|状态|下来|了|之?后)"
_NOT_LESS = r"\b(?:still|stays?|stayed|remains?|remained|stuck|keeps? (?:showing|holding|using))\b|\b(?:does|do|did|is|are|wo|was|has|ca)(?:n'?t|n not| not| never)\b[^.?;!]{0,24}\b(?:drop\w*|go(?:es|ing)?|fall\w*|free[ds]?|releas\w+|shrink\w*|com(?:e|ing) (?:back )?down|decreas\w+|give\w*|return\w*)\b|\bnot (?:go(?:es|ing)? down|drop|fall|decrease|shrink)\b|\bnot (?:being |getting )?(?:freed|released|returned|given back|dropping|going down)\b|\bnever (?:drop\w*|goes|falls?|comes?|shrinks?|releas\w+|freed)\b|不(?:降|掉|释放|下降|回落|归还|减|往下|下来)|没(?:有)?(?:降|释放|下降|变|掉|少|归还)|降不下|下不来|(?:释放|清|掉|退)不(?:了|掉|干净|下)|(?:还是|仍然?|依然|一直)[^,;?]{0,10}\d|还(?:占|剩|有|是)"

# memory that rises; a leak that is only feared is none
_GROWS = r"(?:刚?开始|起初|一开始|最初)[^。?!;]{0,12}\d[^。?!;]{0,24}(?:涨|升|增|爬)(?:到|至|了)|\b(?:starts?|started|begins?|began|initially)\b[^.?!;]{0,24}\d[^.?!;]{0,40}\b(?:climb\w*|rises?|rose|gr[eo]ws?|goes up|went up|creep\w*|increas\w*)\b[^.?!;]{0,12}\d|\b(?:response|completion|answer|output|rollout)s?(?: length\w*)?\b[^.;?]{0,12}\b(?:grew|grows?|growing|(?:get|got|gets|getting|become|became) longer|increas\w*)|(?:回答|回复|生成|输出)(?:的)?(?:长度)?(?:越来越长|变长|涨|增长)|(?:memory|vram) (?:usage )?(?:keeps |slowly |gradually |steadily |just )?(?:grow\w*|climb\w*|creep\w*|increas\w*|rises?|rising)|\bgrows? (?:every|each|with (?:every|each)|over)|(?:each|every) (?:next |new )?(?:step|iteration|message|turn|request|epoch)\b[^.;?]{0,24}\bmore|keeps? (?:growing|climbing|increasing|rising)|(?:显存|内存)(?:占用)?(?:会|都|就|也)?(?:随着?|跟着)[^,;?]{1,10}?(?:慢慢|逐渐|逐步|不断|一直|缓慢|越来越|一点点)*(?:涨|增|上升|升高|爬|变[大多高])|显存从[^,;?]{1,6}(?:慢慢|逐渐|逐步|不断|一直|一点点|一路)(?:涨|增|升|爬)|(?:显存|内存)(?:占用)?(?:会|都|就|也)?(?:每天|每小时|每次(?:请求)?)?(?:都|就|也)?(?:会)?(?:越来越|越(?:到后面|跑|训)[^,;?]{0,6}越|一直|不断|慢慢|逐渐|持续|缓慢|逐步)[^,;?]{0,4}(?:大|高|涨|增|上升|多|满)|越(?:到后面?|往后|跑|训|来)[^,;?]{0,4}(?:显存|内存)[^,;?]{0,4}(?:越|高|大|多)|每(?:个|一|1)?\s?(?:step|步|轮|个?epoch)[^,;?]{0,6}(?:涨|增|多)"
# what is tuned of a training and changes no memory, asked in a text that has no word of memory or cards
_HYPER = r"(?:\blearning[ _-]?rates?\b|(?<![a-z])lr(?![a-z])|\bweight[ _-]decay\b|\bwarm-?up\b|\bepochs?\b|\bschedulers?\b|\blora[ _-]?alpha\b|\b(?:lora[ _-])?dropout\b|学习率|权重衰减|轮数|预热)"
_MEMORY_TOO = r"\bv?ram\b|\bmemory\b|\boom\b|out of memory|\bgpus?\b|\bcards?\b|\bfits?\b|\benough\b|\bhours?\b|\bdays?\b|how long|\b[345]0[6-9]0\b|[ahl]\d{2,3}\b|\d ?gb?\b|显存|内存|爆|卡|够|多久|小时|几天"
# a checkpoint is written: said of it, or as the moment; what saves memory writes none, and what is read was saved before
_WHAT_IS_SAVED = (
    r"(?:check ?-?points?|ckpts?|model|weights|adapters?|states?|state[_ ]dicts?|optimi[sz]er states?|fsdp|shards?)"
)
_OF_MEMORY = r"(?! (?:\w+ ){0,3}(?:v?ram|memory|gb|gib|space)\b| [~\d])"
SAVING = (
    rf"\bsav(?:e|es|ing)\b{_OF_MEMORY} (?:[\w./-]+ ){{0,3}}?{_WHAT_IS_SAVED}\b|\b{_WHAT_IS_SAVED} (?:\w+ ){{0,2}}?(?:sav(?:ed?|es|ing)\b|(?:is|was|gets?|being|are) (?:being )?(?:written|dumped))"
    rf"|\b(?:at|on|in|when|while|whenever|during|after|as|once|until|then) (?:\w+ ){{0,4}}?sav(?:e|es|ing)\b{_OF_MEMORY}|\bsave (?:time|step|point)\b"
    rf"|\b(?:writ(?:e|es|ing)|dump(?:s|ing)?)(?: out)? (?:\w+ ){{0,2}}?(?:check ?-?points?|ckpts?|state[_ ]dicts?|shards?|weights)\b"
    r"|save_(?:checkpoint|pretrained|model|16bit)|full[_ ]?state[_ ]?dict|consolidated_16bit|\bsav(?:e|ing)\s?(?:的时候|的?时|那|就|一下)"
    r"|保存(?:的)?\s?(?:(?:完整)?(?:模型|权重|参数)|checkpoint|ckpt|检查点|的?时|那|一下|就|阶段|过程|到|失败|oom|爆|会|直接)|(?:一|到|在|每次)保存|(?<![显内缓主留库])存\s?(?:了)?(?:个|一下)?\s?(?:模型|权重|ckpt|checkpoint|检查点|盘|档)|落盘|写(?:出|入)?\s?(?:checkpoint|ckpt|检查点)"
)

_UP, _DOWN = r"raise|increase|up|higher|more|larger|bigger", r"lower|decrease|reduce|down|less|smaller"

# what goes on for long, whoever asks it
_OVER_DAYS = r"\b(?:service|api|endpoint|server|flask|fastapi|days?|weeks?|overnight|hours?)\b|服务|接口|每天|几天|一晚|一夜|小时"
# a server that will not start with a model which the card holds
_REFUSES = r"\b(?:not enough|insufficient|out of|no available|lacks?|runs? out of|too little) (?:gpu )?(?:v?ram|memory)\b|\boom\b|显存(?:不够|不足)|爆显存"
_FITS = r"(?:\b(?:though|although|but|even though|while|yet|despite)\b[^.;?]{0,32}\b(?:fits?|enough|smaller|plenty|room|fitting)\b|(?:但|可|却|明明|不是|然而)[^;?。]{0,12}(?:放得下|装得下|够|小于|比显存小|有余))"
# vLLM's message in its words, and as people retell it: "max seq len 1024000 is larger than the KV cache", "模型最大长度超过 KV 缓存能存的"
_LENGTH_TOLD = r"\bmax(?:imum)?[ _]?(?:seq(?:uence)?|model|context)[ _-]?len(?:gth)?\b|\bcontext (?:length|window)\b"
# what would happen if it were so is asked of no server that refused
_HAPPENED = r"^(?![\s\S]*(?:\bwhat (?:happens|would happen|will happen|if)\b|会(?:怎么?样|如何|怎么办|发生)))[\s\S]*?"
LONGER_THAN_POOL = (
    r"larger than the maximum number of tokens that can be stored|estimated maximum model length|to serve at least (?:1|one) request"
    rf"|{_HAPPENED}(?:(?:{_LENGTH_TOLD})[^.;?]{{0,24}} (?:(?:is|was|being) )?(?:larger|bigger|greater|longer|more|exceeds|exceeding)\b[^.;?]{{0,32}}\bkv[ -]?cache\b"
    # "max-model-len 40960 KV 不够", "at the default length: not enough KV cache to start"
    r"|(?:启动|默认|max[-_ ]?model[-_ ]?len\w*|上下文)[^;?。]{0,24}?(?:报|提示|说)?(?<![a-z])kv[ -]?(?:cache|缓存)?\s?(?:空间)?(?:不够|不足|放不下|装不下)"
    r"|(?:\bstart\w*|\bdefault\b|max[-_ ]?model[-_ ]?len\w*)[^;?]{0,40}?(?:\bnot enough (?:room in the |space in the )?kv[ -]?cache\b|\bkv[ -]?cache (?:is )?(?:too small|not enough|insufficient)\b)"
    rf"|(?:{_LENGTH_TOLD}|(?:最大|模型|上下文|序列)+长度)[^,;?。]{{0,24}}(?:大于|超过了?|超出了?|大过)[^,;?。]{{0,12}}(?:kv|缓存))"
)
_THOUGH_FITS = rf"^(?=[\s\S]*\b(?:vllm|sglang)\b)(?=[\s\S]*(?:{_REFUSES}))[\s\S]*{_FITS}"

SYMPTOMS: tuple[tuple[str, str], ...] = (
    # ── messages that tell of no memory ──────────────────────────────────────────────────────────────────────────────
    ("device_assert", r"device-side assert|cudaerrorassert|indexselectlargeindex|srcindex ?< ?srcselectdimsize"),
    ("illegal_access", r"illegal memory access|misaligned address|illegal instruction was|非法(?:内存)?访问"),
    ("nccl_timeout", r"watchdog caught|collective operation timeout|\bnccl\b.{0,40}(?:time(?:d)?[ -]?out|超时)|(?:time(?:d)?[ -]?out|超时).{0,24}\bnccl\b|\bddp_timeout"),
    ("nccl_error", r"\bnccl ?error\b|ncclsystemerror|ncclunhandled|unhandled (?:system|cuda) error|ncclremoteerror"),
    ("nan_loss", r"\b(?:loss|grad\w*)\b[^.;?]{0,16}\bnans?\b|\bnans?\b[^.;?]{0,16}\bloss|loss[^,;?]{0,6}nan"),
    ("hyper_asked", rf"^(?![\s\S]*(?:{_MEMORY_TOO}))[\s\S]*?(?:\b(?:what|which|how (?:high|large|small|many(?! (?:\w+ ){{0,2}}steps\b)|big)|best|good|recommended|optimal|right)\b[^.?;]{{0,32}}{_HYPER}|{_HYPER}[^.?;]{{0,24}}\b(?:should i|do you (?:use|recommend))|{_HYPER}[^,;?]{{0,10}}(?:多少|多大|几|怎么(?:设|选|调)|什么(?:值|合适)|合适)|(?:训|跑)(?:几|多少)个?\s?(?:epoch|轮))"),
    ("library_missing", r"cannot open shared object|undefined symbol|\bno module named\b|\b(?:import|modulenotfound)error\b|dll load failed|\bnvcc\b[^.?!]{0,16}not found|找不到[^,。?]{0,8}(?:模块|动态库|\.so)"),
    ("python_error", r"\b(?:type|attribute|index|key|name|import|modulenotfound|assertion|notimplemented|syntax)error\b|\.to\b\W{0,3} is not supported for \W?[48]-bit|\bcannot (?:perform|fine-?tune)\b[^.;?]{0,24}\bpurely quantized"),
    # a matrix that is cut over the ranks, and no longer into whole blocks of the quantised format
    ("blocks_do_not_divide", BLOCKS_CUT),
    ("port_taken", r"address already in use|\beaddrinuse\b|errno:? ?98\b|端口(?:号)?(?:已经?)?(?:被)?占"),
    # a server's own message: its kernel for a format begins with later cards
    ("kernel_beyond_card", r"\bquantization method\b[^.?]{0,40}\bnot supported for the current gpu|\bminimum capability\b|\bmarlin\b[^.;?]{0,48}(?:\bnot supported|\bunsupported|\brequires?\b|\bneeds?\b|\berrors?\b)|(?:不支持|没有)[^,;?。]{0,8}marlin|marlin[^,;?。]{0,12}(?:不支持|报错|用不了)"),
    ("no_kernel", r"no kernel image is available|not compatible with the current pytorch|driver (?:version )?(?:is |on your system is )?(?:insufficient|too old)|驱动(?:版本)?(?:太|过)(?:低|旧)"),
    ("shared_segment", r"\bbus error\b|--shm-size|/dev/shm\b|insufficient shared memory|\bshm\b.{0,16}(?:full|small|limit|不够|不足|太小)"),
    ("disk_full", r"no space left on device|disk quota exceeded|磁盘(?:空间)?(?:不足|满|不够)"),
    # ── messages that tell which memory ran out ──────────────────────────────────────────────────────────────────────
    ("host_killed", r"exit(?:ed|s)?(?: with)?(?: (?:return ?)?(?:code|status))? ?[:=]? ?-?(?:9|137)\b|\breturn ?code\s?[:=]? ?-?(?:9|137)\b|\bexit[ _-]?code\s?[:=]? ?-?(?:9|137)\b|返回码 ?:? ?-?(?:9|137)\b|退出码 ?:? ?-?(?:9|137)\b|\bsigkill\b|\b(?:cpu|system|host|colab'?s?) ram\b[^.;?]{0,40}\bcrash\w*|\bcrash\w* (?:the |my )?(?:colab|kaggle|kernel|session|notebook)\b[^.;?]{0,24}\bram\b|\bafter using all available ram\b|\bsignal:? (?:9\b|killed)|\boom[-_ ]?kill\w*|\bkilled\b|defaultcpuallocator|(?:cannot|can't) allocate memory|被\s?(?:系统|内核|oom)?\s?(?:给)?\s?(?:kill|杀)|(?<!显存)(?<!gpu)(?<!gpu )(?<!显卡)内存\s?(?:只有\s?)?(?:\d+(?:\.\d+)?\s?[gt]b?\s?)?(?:直接|就|又|也|都|全|会|被|给|却|还是)*(?:爆|撑爆|不足|溢出|不够用?|oom|炸|[打占吃用]满|[用吃耗][光尽完])|\b(?:system |host |cpu )?ram (?:fills|runs out|goes to 100|explodes|blows? up|overflows|maxes out|is (?:full|exhausted))|\bkills?\b[^.?;]{0,12}\b(?:node|host|machine|system|cpu)?'?s? ?ram\b|(?:run|runs|ran|running) out of (?:system |host |cpu )?ram\b"),
    ("ollama_ram", r"requires more system memory"),
    ("less_than_share", r"less than desired gpu memory utili[sz]ation|free memory on device"),
    ("no_blocks", r"\bno (?:available |free )?(?:gpu )?memory (?:is )?(?:left |available )?for (?:the )?(?:kv[ -]?)?cache\b|没有?(?:可用|空闲|足够)?的?(?:显存|内存)(?:可以?)?(?:给|放|分配给?|留给)?[ ]?(?:kv[ ]?cache|kv[ ]?缓存|缓存块)|gpu blocks: 0\b|available kv cache memory:? ?\(?-"),
    ("refused_though_fits", _THOUGH_FITS),
    ("preempted", r"\bpreempt(?:ed|ions?|s|ing)\b(?![ _-]?mode)|被抢占|抢占(?:了|次数|日志|警告)|(?:频繁|一直|老是|总是|不断|大量)(?:地)?(?:的)?抢占"),
    ("longer_than_pool", LONGER_THAN_POOL),
    ("prefill_warmup", r"not enough memory to handle \d+ prefill tokens|method warmup encountered"),
    ("compute_not_allocated", r"failed to (?:allocate|reserve|measure)[^.;]{0,12}\bcompute\b|\bcompute (?:pp |tg )?buffers?\b[^.;]{0,24}\b(?:fail\w*|ooms?\b|out of memory)|计算缓冲(?:区)?[^,;。]{0,8}(?:分配失败|失败|爆|oom)"),
    ("allocation_failed", r"\bfail(?:s|ed|ing|ure)? to (?:allocate|reserve)\b|\b(?:can(?:'?t|not)|could(?: not|n'?t)|won'?t|unable to) allocate (?:the |its |any )?(?:kv|cache|context|buffers?)\b|cudamalloc failed|\ballocating \d[\d.]* ?mi?b\b[^.;?]{0,24}?(?:\bfail\w*|\berror|失败|报错)|ggml\w*[^.;]{0,16}out of memory|unable to allocate|allocation (?:of [^,.;]{0,24} )?failed|(?:无法|不能|没法|未能|没能)\s?分配|分配(?:显存|内存)?[^,.;?]{0,8}(?:失败|出错|报错|不了|不出|不到|不足|不够)"),
    ("cublas", r"cublas_status_(?:alloc_failed|not_initialized)|cudnn_status_(?:alloc_failed|not_initialized)|\bcu(?:blas|dnn)(?:create)?\b(?!\.so)[^.;?]{0,16}\b(?:alloc\w*|errors?|fail\w*|not[ _]initiali[sz]ed)\b(?![^.?;]{0,16}\bnot found)|\bcu(?:blas|dnn)\s?(?:报错|错误|分配失败|失败)"),
    ("shared_gpu", r"shared (?:gpu|video|graphics) memory|sysmem fallback|system memory fallback|(?<![a-z])(?<!context )(?:windows|win ?1[01]|wsl ?2?)(?![a-z])[\s\S]{0,160}(?:\b(?:[5-9]|\d\d+) ?(?:x|times) slower|s/it[^;?]{0,24}s/it|慢了?\s?(?:[5-9]|\d\d+)\s?倍)|(?:^|(?<=[,.;?!]))(?![^.;?!]*(?:critic|评论家|奖励模型|reward|策略模型|(?<![a-z])(?:actor|mps|mig)(?![a-z])))[^,.;?!]*?共享(?:的)?\s?(?:gpu|显卡|图形)?\s?(?:内存|显存)"),
    ("uneven_experts", r"^(?=[\s\S]*(?:(?<![a-z])moe(?![a-z])|\bexperts?\b|(?<![a-z])ep\s?=?\s?\d|专家))(?=[\s\S]*(?:(?<![a-z])oom|out of memory|爆|炸))(?=[\s\S]*(?:\b(?:only|just) (?:one |a (?:single |different )?)?rank(?! ?0)|\b(?:one|a single|a random|a different|another) rank\b|只有\s?(?:某|1|一)?个?\s?rank(?! ?0)|某(?:1|一)?个\s?rank|换(?:成|了|到)?(?:(?:1|一|另(?:外)?(?:1|一))?个)?\s?rank))"),
    ("one_rank", r"^(?![\s\S]*(?:device_?map|tensor[- _]split|(?<![a-z-])-ts\b|gguf|llama\.?cpp))(?=[\s\S]*(?:\boom|out of memory|爆|炸|溢出))[\s\S]*(?:\b(?:only|just) (?:one |a single )?(?:of (?:the|my) )?(?:rank|gpu|card)s? ?\d*\b|\b(?:rank|gpu) ?\d+ (?:only|alone)\b|\b(?:one|a single) (?:rank|gpu|card) (?:ooms?|runs? out|dies|goes|crash\w*|fails?)|\b(?:the )?(?:others?|other (?:\w+ )?(?:ranks|gpus|cards)|the rest(?! (?:is |are )?(?:split|divid|shard))) (?:are |is |have |has |still |sit )|只有\s?(?:某|1|一)?(?:个|张|块)?\s?(?:rank|卡|gpu)\s?\d*\s?(?:爆|oom|炸|满)|(?:其他|其它|别的|其余)(?:几|的)?(?:张|个|块)?(?:卡|rank|gpu)(?:都)?(?:还)?(?:有|剩|空|没事|正常))"),
    ("compiled", r"\btorch[._]?compile\b|\btorchdynamo\b|\binductor\b"),
    ("upgraded", r"\b(?:upgrad|downgrad)\w*\b|\bupdat(?:ed|ing) (?:to |from |my |the |our )*(?:transformers|trl|peft|py?torch|vllm|cuda|drivers?|unsloth|deepspeed|accelerate|axolotl|llama-?factory|v?\d+\.\d)|\b(?:new|newer|latest) (?:version|release)\b|\b(?:worked|works|fine|ok) (?:with|on|in|under) (?:v(?:ersion)? ?)?\d+\.\d+|升级|(?:transformers|trl|peft|torch|vllm|cuda|驱动|版本|库)[^,;?。]{0,8}更新|更新(?:了|到)?[^,;?。]{0,6}(?:transformers|trl|peft|torch|vllm|cuda|驱动|版本)|(?:新|换了)版本|换(?:了)?(?:个)?版本"),
    ("first_card_fills", r"^(?=[\s\S]*(?:(?<![a-z-])-ts\b|tensor[- _]split|--split-mode|llama\.?cpp|llama-server|\bggml|\bgguf))(?=[\s\S]*(?:(?:\bgpu ?0|\bcuda0|\bfirst (?:gpu|card)|\bmain gpu)[^.,;?]{0,16}(?:full|fills|ooms?\b|out of|runs? out)|(?:gpu ?0|第(?:1|一)(?:张|块)(?:卡|gpu|显卡)?|0 ?号?卡|主卡)[^,;?]{0,8}(?:满|爆|炸|oom)))(?=[\s\S]*(?:(?:other|second|gpu ?1|cuda1|2nd)\b[^.;?]{0,32}(?:free|empty|spare|unused|left)|(?:第(?:2|二)(?:张|块)|另(?:外)?(?:1|一)(?:张|块)|1 ?号?卡|gpu ?1)[^,;?]{0,8}(?:空|剩|没满|还有)))"),
    # a split set by hand (ExLlama): the first card is full while another has room
    ("gpu_split_fills", r"^(?=[\s\S]*(?:\bgpu[-_ ]?split|(?<![a-z])exl[23](?![a-z0-9])|exllama|\btabby))(?=[\s\S]*(?:(?:\bgpu ?0|\bcuda:?0|\bcard 0|\b(?:first|1st) (?:gpu|card|3090|4090))(?!\d)[^.,;?]{0,24}(?:full|fills|ooms?\b|out of|runs? out|overflows?|crash)|(?:\booms?\b|out of memory|overflows?)[^.;?]{0,24}(?:gpu ?0|cuda:?0|card 0|(?:first|1st) (?:gpu|card))(?!\d)|(?:gpu ?0|第(?:1|一)(?:张|块)(?:卡|gpu|显卡)?|0 ?号?卡|卡 ?0|主卡)[^,;?]{0,12}(?:满|爆|炸|oom|溢出)))(?=[\s\S]*(?:\b(?:other|second|gpu ?1|cuda:?1|card 1|2nd)\b[^.;?]{0,32}(?:free|empty|spare|unused|left|idle)|(?:第(?:2|二)(?:张|块)|另(?:外)?(?:1|一)(?:张|块)|1 ?号?卡|卡 ?1|gpu ?1)[^,;?]{0,12}(?:空|剩|没满|还有|没用)))"),
    # ZeRO-3 as a layout of serving, and slow
    ("shards_served", r"^(?![\s\S]*(?:训练|微调|\btrain|\btun(?:e|ing)|\bppo\b|\bgrpo\b|rollout|\bcheckpoint\w* (?:load|sav)))(?=[\s\S]*\bzero[- ]?(?:stage ?)?3(?!\d))(?=[\s\S]*(?:推理|部署|生成|\binference|\binfer\b|\bserv(?:e|ing)|\bgenerat\w+|\bdecod\w+))[\s\S]*(?:\bslow|慢|\bseconds?\b[^.;?]{0,12}\btokens?\b|\ds? ?(?:/|per|a|each) ?token|\btokens?\s?(?:/|per|a) ?s|(?:几|\d) ?秒[^;?]{0,8}(?:字|token|词)|(?:字|token|词)[^,;?]{0,4}(?:几|\d) ?(?:秒|s\b))"),
    # a training whose offload makes it slow: what of it may be switched off
    ("offload_taken_back", r"^(?=[\s\S]*(?:offload|卸载))(?![\s\S]*(?:how much (?:slow|faster)|慢多少|快多少|多慢|(?<![a-z])ngl\b|\bllama\.?cpp|\bgguf|\bollama|\bvllm|cpu_offload_gb|推理|\binference))(?=[\s\S]*(?:\bslow|\d ?s(?:ec(?:ond)?s?)?\s?(?:/|per|a|each|every) ?(?:step|it)|\bsteps? (?:takes?|took|needs?)|慢|(?:一|每)(?:个)?步[^,;?]{0,6}\d+ ?(?:秒|s|分)|\d+ ?(?:秒|s|分钟)[^,;?]{0,3}(?:一|每)(?:个)?步))[\s\S]*(?:\b(?:turn|switch)(?:ed|ing)?\b(?:(?! (?:gradient|checkpoint|batch)\w*) \w+){0,4} (?:off|back)\b(?! (?:gradient|checkpoint))|\b(?:disabl\w+|drop)\b(?! (?:the |my |gradient )?(?:batch|checkpoint|length|sequence)\w*)|\btake (?:\w+ ){0,2}back\b|\b(?:remove|get rid of)\b(?! (?:the |my |gradient )?(?:batch|checkpoint)\w*)|\bneed (?:both|either|any|the|to) (?:\w+ )?offload|能(?:不能)?(?:先)?(?:关|去|撤|省|停|不用?\s?(?:offload|卸载))|关掉|去掉|可以(?:不|关|去|撤)|先关|撤掉)(?!\s?(?:梯度|激活|重计算|重算|检查点|gradient|checkpoint|batch))"),
    # ── when it fails ────────────────────────────────────────────────────────────────────────────────────────────────
    ("graph_capture", r"captur\w+ (?:the |model |cuda )*graphs?\b|\bgraph captur\w+|\bcuda ?graphs?\b|capture_model"),
    ("building", r"\btrtllm-build\b|\bbuild(?:s|ing)?\b(?! (?:a|my) (?:pc|rig|machine))|构建|编译引擎"),
    ("profile_run", r"profile_run|profil\w+ run|determine_num_available_blocks|dummy run|memory profiling|启动(?:时)?(?:的)?(?:profil|测量|测试运行)"),
    ("tuned_before", r"\bsft\b|监督微调"),
    ("saving", SAVING),
    ("fails_loading", r"\b(?:while|when|during|at|as|on|before|in) (?:\w+ ){0,3}?load(?:s|ing)?\b(?! (?:fine|ok|well))|\bloading (?:check ?point )?shards?|\bmodel\.(?:to|cuda)\(|\.to\([\"']?cuda|\b(?:fails?|dies|crash\w*|ooms?) (?:to|in|on|at|while) load(?:ing)?\b|\bcan(?:'?t|not) (?:even )?load\b|\b(?:in|at|during|inside|on) from_pretrained\b|\bbefore (?:the )?training (?:even |actually )?(?:starts|begins)\b|(?<!\bused )(?<!\btaken )(?<!\bheld )(?<!\ballocated )(?<!\boccupied )(?<!\breserved )\bbefore (?:any|the first|a single|it starts) (?:train\w* )?(?:steps?|training)\b|加载(?:模型|权重|分片)?(?:时|的时候|到|阶段|过程|就|都|中)(?!没问题|正常)|还没(?:有)?(?:开始)?(?:训|跑)(?![^,;?。]{0,4}(?:占|吃|用了))"),
    # states are made before a step, too, where nothing says that it fails as it loads
    ("before_a_step", r"^(?![\s\S]*(?:\bload(?:s|ed|ing)?\b|from_pretrained|model\.(?:to|cuda)\(|加载|载入))[\s\S]*?(?:\bbefore (?:any|the (?:very )?first|a single|it starts) (?:train\w* )?(?:steps?|training)\b|\bbefore (?:the )?training (?:even |actually )?(?:starts|begins)\b|还没(?:有)?(?:开始)?(?:训|跑)|第(?:一|1) ?步(?:都|还)没)"),
    ("epoch_end", r"第\s?(?:2|二|两)\s?(?:个\s?epoch|轮|个轮次)[^,;?]{0,8}(?:就|才)?[^,;?]{0,4}(?:oom|爆|崩|显存不足|溢出)|\b(?:second|2nd) epoch\b[^.?]{0,24}(?:\boom|out of memory|\bfail|\bcrash)|(?:\boom\w*|out of memory|\bfail\w*|\bcrash\w*)[^.?]{0,32}\b(?:second|2nd) epoch\b|\b(?:at|after|near|on) (?:the )?(?:very )?end of (?:the |an |each |every |first |1st )*epoch\b|\bend of epoch\b|\bepoch (?:\d+ )?(?:ends?|finish\w*|is over|boundary)\b|\bafter (?:the )?(?:(?:first|1st|one|each|every) )+epoch\b|epoch\s?(?:\d+)?\s?(?:结束|跑完|训完|完(?:成|了)?)|(?:跑|训)完(?:了)?(?:第)?(?:1|一)?(?:个|轮)?\s?epoch|(?:1|一|每)(?:个)?轮(?:训练)?(?:结束|跑完|训完)"),
    ("generates_in_eval", r"predict_with_generate|\b(?:eval\w*|validat\w*)\b[^.;?]{0,40}\bgenerat\w+|\bgenerat\w+[^.;?]{0,24}\b(?:eval\w*|validat\w*)|(?:评估|验证|eval)[^,;?]{0,12}生成|生成[^,;?]{0,8}(?:评估|验证|eval)"),
    ("merging", r"^(?![\s\S]*mergekit)[\s\S]*?(?:\bmerg(?:e|es|ed|ing)\b(?:[^.;?]|(?<=\d)\.(?=\d)){0,40}(?:adapters?|lora|weights|model|base|\boom\b|out of memory)|\bmerg(?:e|ing) (?:it|them|back|fails?|step|dies|ooms?)\b|(?:adapters?|lora)\b(?:[^.;?]|(?<=\d)\.(?=\d)){0,32}\bmerg(?:e|es|ed|ing)\b|merge_and_unload|save_pretrained_merged|合并保存|\bexport(?:s|ed|ing)?\b(?! \w+=)[^.;?]{0,32}(?:\bmerged\b|adapters?|lora|(?<!in )\b(?:16|4)[- ]?bit|fp16|bf16|gguf|fine-?tuned|\bmodel\b)|合并[^,;?]{0,10}(?:权重|模型|lora|适配器|adapters?\b)|合并(?:时|的时候|到|进|后?导出)|(?:lora|权重|适配器|adapters?)[^,;?]{0,8}(?:合并|导出|merge)|merge[^,;?]{0,8}(?:权重|模型|lora|导出|时|的时候|爆|oom)|导出[^,;?]{0,24}(?:lora|适配器|合并|merge|模型|时|的时候)|(?:训完|训练完|之后|然后|再|一|就)\s?(?:合并|merge|导出)|lora[^?]{0,80}\??\s?(?:合并|merge)\s?(?:这一?步|能|要|需要|可以|得|会|吃|占))"),
    # whether the card can merge, where nothing has failed yet
    ("merge_asked", r"\b(?:can|could|will|would|does|do|how|enough|possible|fits?)\b[^.?]{0,60}\bmerg(?:e|ing)(?:\b|_and_unload)|\bmerg(?:e|ing)\b[^.?]{0,60}\b(?:need(?:s|ed)?|fits?|enough|how much|takes?|requires?|same (?:card|gpu))\b|\bmerg(?:e|ing)\b[^?]{0,90}\b(?:possible|doable|feasible|ok(?:ay)?|works?|enough|do)\b\W{0,3}(?:\?|$)|(?:合并|merge)[^;?]{0,48}(?:行不行|行吗|可不可以|可以吗|能不能|够吗|够不够|放得下吗|可行吗)|(?:合并|merge)[^,;?]{0,28}(?:需要|要多少|够|能不能|能|可以|行吗|吗|放得下)|(?:合并|merge)[^;?。]{0,28}(?:需要|要)(?:多少|多大|几|什么)|(?:能|可以|够)[^,;?]{0,10}(?:合并|merge)"),
    ("long_only", r"\b(?:ooms?|out of memory|crash\w*|fails?)\b[^.?;]{0,16}\bonly (?:with|on|for|when|if)\b[^.?;]{0,20}\blong|\b(?:ooms?|out of memory|crash\w*|fails?|dies|runs out)\b[^.?;]{0,24}\b(?:only |just )?(?:with|on|for|when|at|if)\b[^.?;]{0,20}\blong(?:er)? (?:prompts?|inputs?|contexts?|texts?|documents?|docs?|sequences?|conversations?|requests?)\b(?=[^?]{0,48}\bshort|[\s\S]*\bonly\b)|\bonly\b[^.?;]{0,16}\b(?:ooms?|runs? out|fails?|crash\w*)\b[^.?;]{0,24}\blong|\bshort(?:er)? (?:prompts?|inputs?|ones|texts?|requests?)\b[^.?;]{0,24}\b(?:fine|ok(?:ay)?|works?|no problem)\b[^?]{0,48}\blong|\blong(?:er)? (?:prompts?|inputs?|texts?|documents?|ones)\b[^.?;]{0,32}\b(?:oom\w*|out of memory|crash\w*|fail\w*|die\w*)\b[^.?;]{0,24}\bshort|短(?:的|文本|句|输入|prompt|上下文)*[^。?]{0,8}(?:正常|没问题|没事|可以|能跑|不爆)[^。?]{0,12}长[^。?]{0,10}(?:爆|oom|崩|挂|不够|报错|不行)|只有(?:输入)?(?:很)?长(?:的)?(?:文本|输入|prompt|上下文|文章)?[^。?]{0,10}(?:爆|oom|崩|挂|报错)|(?:输入|文本|prompt|上下文)(?:一|稍微?|太)?长(?:了|一点|一些)?就(?:会)?(?:爆|oom|崩|挂|报错|不够)"),
    ("eval_rises", EVAL_RISES),
    ("growing", rf"{_GROWS}|\bleak(?:s|ing|ed|age)?\b|泄漏|泄露|[内显]存泄"),
    ("growth_told", _GROWS),
    ("kept_graph", r"\w*loss\w*\s?\+=\s?\w*loss|loss\w*\.append\(|retain_graph"),
    ("over_days", _OVER_DAYS),
    ("chat_turns", r"\bchat ?bot\b|\bthe (?:longer|more) (?:i|we|you|one|they) (?:chat|talk)|聊天?[^,;?]{0,4}越(?:久|长|多)|\bgradio\b|\bturns?\b(?! (?:\w+ ){0,3}(?:down|off|on|up|out)\b)|\bconversations?\b|(?:next|each|every) message|\bchat history\b|\b(?:after|during|in|into) (?:a |an |the |my )?(?:long|longer|lengthy|while of|lot of|same) chat(?:s|ting)?\b(?![- ]?(?:model|template|format))|\b(?:the |my )?chats? (?:gets?|grows?|goes on|becomes?|is) (?:too )?(?:long|on)\b|\b(?:after|by) (?:about |around |some |roughly )?(?:\d+|a (?:few|dozen)|several|many|ten|twenty|more) (?:or (?:so|more|\d+) )?(?:messages|exchanges|replies|rounds)\b|\bfirst (?:few )?(?:repl(?:y|ies)|messages?|answers?|questions?)\b[^.;?]{0,24}\b(?:fine|ok(?:ay)?|works?|good|no problem)\b|聊着聊着|聊(?:得?久|得?长|多)了?|聊到|一直聊|多轮|聊(?:了|上|个)?(?:\d+|[一二两三四五六七八九十几多]+)[来多几]?[轮句次]|(?:对话|聊天)[^,;?]{0,4}轮数?|每一?轮(?:对话|聊天|问答)|(?:轮|次)(?:对话|聊天)|对话(?:几|多|\d+)轮|历史(?:记录|消息|对话)"),
    # the pool is set aside by then, and what it left is too little for one step's sampling
    ("sampler_warmup", r"warming up (?:the )?sampler|sampler[^.;?]{0,24}dummy|dummy (?:sampler|requests)"),
    ("one_or_several", r"\b(?:or|vs\.?|versus|than|instead of|smarter|better|worth)\b[^.?!]{0,32}\b(?:one|1|a single)\b(?! (?:gpu|card|a100|h100))[^.?!]{0,24}\b(?:with|bigger|more|larger|batch|engine|server|instance)\b|(?:还是|和|跟|不如|或者?)(?:只)?(?:起|跑|开|用|部署)?(?:一|1)个[^,;?]{0,16}(?:加大|大|并发|batch|更|好|划算|\?|$)|\b(?:run|use|start)\w* (?:just |only )?(?:one|1)\b(?! (?:gpu|card))[^.?!]{0,16}\b(?:with|bigger|more|larger)\b"),
    ("direction_asked", rf"\b(?:{_UP})\b[^.;?]{{0,16}}\bor\b[^.;?]{{0,16}}\b(?:{_DOWN})\b|\b(?:{_DOWN})\b[^.;?]{{0,16}}\bor\b[^.;?]{{0,16}}\b(?:{_UP})\b|(?:[大高]|往上)(?:点|些)?还是[^,;?]{{0,3}}(?:[小低]|往下)|(?:[小低]|往下)(?:点|些)?还是[^,;?]{{0,3}}(?:[大高]|往上)"),
    ("after_start", r"\b(?:start|starts|started|boots?|loads?) (?:up )?(?:fine|ok|okay|well|successfully)\b|\bstarts?,? (?:up )?but\b|\b(?:under|during|in|with) (?:a |the |heavy )?load(?: ?test\w*)?\b|\bload[ -]?tests?\b|\bbenchmark\w*\b|\bstress test|压测|(?:刚|一)?开始(?:的时候|时)?(?:还|都|是|也)?(?:没事|正常|好好的|没问题|能跑|不爆|没爆)|(?:跑|用|聊)着(?:跑|用|聊)着|\b(?:fine|ok|okay|works?|worked|working|good) at (?:first|the (?:start|beginning))|\bat first (?:it |everything |all )?(?:is|was|works?|worked|runs?|ran)\b(?! out)|启动(?:都|是)?(?:成功|正常|没问题|过了)|after (?:a while|some time|\d+ (?:minutes|hours|requests))|跑(?:了)?(?:一|1)?(?:会儿?|段时间)"),
    # of reinforcement training: as the policy learns, and not as it answers
    ("in_update", r"update_(?:actor|policy|critic)|\b(?:actor|policy|critic)(?:'s)? (?:update|training|backward)|(?:\bin|\bduring|\bat|\bon) (?:the )?(?:\w+ )?(?:update|backward|train(?:ing)? (?:phase|step))\b|\bbackward\b|compute_log_prob|(?:更新|训练)(?:阶段|actor|策略|critic|那步|那一步|的?时候|时)|(?:actor|策略)\s?(?:更新|训练)|反向|一更新"),
    ("optimizer_step", r"optimi[sz]er\.step|\boptim/adamw?\.py|\b_init_group\b|\bexp_avg(?:_sq)?\b|\boptimi[sz]er step|initialize_optimizer_states|优化器(?:更新|初始化|step)"),
    # ── what else is going on ────────────────────────────────────────────────────────────────────────────────────────
    ("other_process", r"\banother (?:process|user|job|kernel|program)|\b(?:somebody|someone) else'?s?\b|\bother (?:process(?:es)?|jobs?|users?)\b|\bjupyter\b|\bbrowser\b|\bchrome\b|\b(?:second|external|2nd) (?:monitor|screen|display)\b|浏览器|(?:外接|第2个?|双)(?:显示器|屏)|(?:别的|其他|别人的?|另(?:外)?(?:一|1)个)(?:进程|任务|程序|用户|人)"),
    # one card is full, and nothing is said of processes: of what is run by one program it is the split
    ("first_full", r"^(?![\s\S]*(?:\branks?\b|\bprocess|\bprocs\b|\bworkers?\b|进程|torchrun|accelerate|\bddp\b|nvidia-smi|\b(?:oom|out of memory)[^,;?]{0,8}(?:gpu|card|cuda:) ?[1-9]|(?:gpu|卡) ?[1-9][^,;?]{0,6}(?:爆|oom|炸)))[\s\S]*?(?:0 ?号?(?:gpu|卡)[^,;?]{0,6}(?:爆|满|oom|炸)|(?:gpu|卡|card|cuda:) ?0 ?[^,;?]{0,6}(?:爆|满|oom|full|runs out))"),
    ("first_card_more", r"(?:\bgpu ?#?0|\bcuda:?0|\bcard 0|\brank ?0|\b(?:the )?first (?:gpu|card)|\bmain (?:gpu|card))(?![\d.])(?:[^.;?]|\.(?=\d)){0,48}\b(?:more|higher|fuller|less)\b[^.;?]{0,24}\b(?:than|compared (?:to|with))\b[^.;?]{0,16}\b(?:others?|rest|remaining|second|gpu ?#?1|[1-9])\b|\b(?:less|more)\b(?:[^.;?]|\.(?=\d)){0,16}\bon (?:gpu ?#?0|card 0|the first (?:gpu|card)) than\b|(?:gpu ?0|0 ?号(?:卡|gpu)|第(?:1|一)[张块](?:卡|gpu|显卡)?|主卡|rank ?0)[^;?!]{0,8}比(?:其他|其它|别的|另外|其余|后面|剩下)[^;?!]{0,12}(?:多|少|高|大)|(?:gpu ?0|0 ?号(?:卡|gpu)|第(?:1|一)[张块](?:卡|gpu|显卡)?|主卡)[^;?!,]{0,8}(?:多占|多用|多吃|占得?多|高出)|\b(?:gpu|card|rank|device)[ :#]?0\b[^.?,;]{0,16}\b(?:us(?:es?|ing)|tak(?:es?|ing)|ha(?:s|ve)|shows?|holds?|is (?:at)?)\b[^.?,;]{0,16}\b(?:more|higher|extra|fuller)\b|\b(?:more|higher|extra)\b[^.?,;]{0,24}\bon (?:gpu|card|rank|device)[ :#]?0\b|(?<!\d)(?:0\s?号?|第一张|第1张|首张)\s?(?:卡|gpu)[^,;?]{0,4}(?:显存|占用|内存)[^,;?]{0,6}(?:高|多|大|满)|(?:显存|占用)[^,;?]{0,6}(?:都|全)?(?:集中|堆|压)在\s?(?:0\s?号?|第一张|第1张)\s?(?:卡|gpu)"),
    ("all_on_first", r"\bgpu ?0\b(?:[^.;?]|\.(?=\d)){0,60}\b(?:all|every one of) (?:the )?\d* ?(?:\w+ )?(?:processes|procs|ranks) (?:are |sit |run |stand )?on it\b|\b(?:processes|procs|ranks) (?:all|every one) (?:appear|show up|land|are|sit|run|stand)\w* on (?:gpu ?0|card 0|cuda:?0|the (?:first|same) (?:gpu|card))|\b(?:first|one|same) (?:gpu|card)\b[^.;?]{0,16}\b(?:has|have|with|holds?|shows?) (?:all )?\d* ?(?:processes|procs|ranks)|\b\d+ (?:\w+ )?(?:processes|procs|ranks) (?:are |all |now )*(?:on|share|sit on|use) (?:the )?(?:first|one|same|gpu ?0)|(?:gpu ?0|0 ?号卡|第(?:1|一)张卡)\s?上?(?:有|出现|挤了?|挂着?)\s?\d+\s?个(?:python\s?)?进程|(?:\d+|所有|全部)个?(?:进程|rank)都?(?:在|跑在|挤在)(?:同一|一|1|0|第1)(?:张|块|号)?|\b(?:all|every|each) (?:of the )?(?:\d+ )?(?:python3? )?(?:ranks?|process(?:es)?|workers?)\b[^.;?]{0,40}(?:gpu ?0|card 0|cuda:0|same (?:gpu|card)|first (?:gpu|card))|\b(?:all )?(?:the )?other (?:\d+ )?(?:gpus|cards) (?:are )?(?:nearly |almost |completely )?(?:empty|idle|unused)|each (?:rank|process) should take its own|0 ?号?(?:gpu|卡)[^,;?]{0,6}(?:爆|满|oom|炸)|(?:gpu|卡|cuda:) ?0 ?[^,;?]{0,6}(?:爆|满|oom)|(?:其他|别的|其余|剩下的?)\d*张?(?:卡|gpu)(?:都|却|几乎)*(?:是)?(?:空|没(?:有)?(?:用|占))"),
    # that fails there, which resuming explains by what all ranks read
    ("first_fails", r"\b(?:oom\w*|out of memory)\b[^.;?]{0,24}\b(?:only )?(?:on|of) (?:gpu|card|rank|cuda:) ?0\b|\b(?:gpu|card|rank) ?0 (?:\w+ ){0,2}(?:goes|runs|ooms|gets|is|dies)\b[^.;?]{0,16}(?:oom|out of memory|full)"),
    ("resuming", r"\bresum(?:e|es|ed|ing)(?![a-z])|\bfrom (?:a |the )?checkpoint\b|断点(?:续训|恢复)|续训|恢复训练|接着(?:上次|断点)?训"),
    ("quantising", r"\bquanti[sz](?:ing|ation of|e)\b(?! (?:kv|cache)|[ =:]{1,2}(?:eetq|awq|gptq|bitsandbytes|bnb|fp8|marlin|hqq|exl2|compressed)(?![a-z]))[^.;?]{0,40}|量化(?:[^,;?]{0,12})(?:时|的时候|过程)|(?:autoawq|auto_?gptq|gptqmodel|llm-?compressor|convert\.py)[^.;?]{0,24}quanti|\bquantize\("),
    ("device_map", r"device_?map|(?<![a-z])(?:naive )?(?:auto|model[ -]parallel)[^,;.?]{0,24}\b(?:ddp|zero)|(?<![a-z])auto\s?(?:、|,|和|vs\.?)\s?(?:ddp|zero)"),
    ("one_used", ONE_USED),
    ("split_uneven", r"^(?=[\s\S]*(?:llama\.?cpp|llama-server|\bgguf\b|kobold|lm studio))[\s\S]*(?:\b(?:split|spread|divid|distribut|balanc)\w* (?:it |them |the (?:model|layers) )?(?:more )?(?:even|equal)|\bunevenly\b|\buneven (?:split|distribution)|\bsplit (?:is )?uneven|不(?:平均|均匀|均衡)(?:地)?(?:分|放)?|分(?:得|配得?)不(?:均|平均))"),
    ("bf16_refused", BF16_REFUSED),
    ("all_on_one_card", ALL_ON_ONE.replace("(?P<n>", "(?:")),
    ("slow_on_map", SLOW_ON_MAP), ("split_values", SPLIT_VALUES), ("full_beside_empty", FULL_BESIDE_EMPTY),
    ("new_transformers", r"transformers\s?(?:==|>=|=|v)?\s?(?:4\.(?:4[5-9]|[5-9]\d)|5\.)"),
    # of GB and GiB it is asked which is to be held against a card
    ("unit_asked", r"^(?=[\s\S]*(?<![a-z])gib(?![a-z]))[\s\S]*?(?:\bwhich (?:one |unit |of (?:them|the two|these) |number |figure )?(?:really )?(?:counts?\b|do (?:i|we)\b|should (?:i|we)\b|is (?:right|correct|it)\b|applies|matters|to (?:use|compare))|(?<![a-z])gi?b or gi?b\b|按哪(?:个|一个|种)|gi?b ?还是(?:按)? ?gi?b|哪个(?:单位|算数|为准|才对)|以哪个)"),
    # a length that a switch sets, and not one that a program printed
    ("length_set", r"(?<!\S)-{1,2}(?:c|ctx[-_]size|max[-_]model[-_]len|context[-_]length)[ =]\d|\b(?:num_ctx|max_model_len)\s?=\s?\d"),
    # every layer of a model with windows keeps all tokens, by the flag
    ("swa_full", r"(?<![a-z-])" + IN_FORCE + r"-{0,2}swa[-_ ]full\b|\bllama_arg_swa_full\b"),
    # somebody is told to have said that it fits a single card
    ("said_to_fit", r"\b(?:says?|said|claims?|claimed|announc\w+|advertis\w+|supposed(?:ly)?|meant)\b[^.?!;]{0,60}\b(?:fits?|runs?|works?|goes)\b[^.?!;]{0,16}\b(?:an?|1|one|single)\b|(?:官方|都|人家|有人|网上|宣传|号称|据|博客|文档)(?:说|称|写|传)?[^,;?!。]{0,28}(?:单卡|单张|1张|\d+ ?g)[^,;?!。]{0,14}(?:能跑|就能|就够|可以跑|放得下|跑得[动起])"),
    # a program is told to make a card's memory more than it is
    ("memory_claimed", MEMORY_CLAIMED),
    ("fits_elsewhere", r"(?:\b(?:notebook|colab|blog|tutorial|unsloth|wiki|readme|reddit|youtube|video|thread|article|guide|model ?card|card(?= says?\b))\b|教程|博客|文档|网上|视频|帖子|论坛|知乎|模型卡|readme)(?:(?!\boom\b)[^.?;]){0,24}(?:\b(?:claims?|says?|said|states?|fits?|trains?|runs?)\b|说|称|写|标|能|可以|只要|只需)(?:(?!\boom\b)[^.?;]){0,24}\d+ ?g"),
    ("what_helps", r"\bwhat (?:should|can|could|do|else|to|would)\b[^.?;]{0,24}\b(?:change|try|do|tweak|reduce|lower|help\w*)|\b(?:how (?:do|can|to)|any) [^.?;]{0,16}\b(?:fix|avoid|solve|reduce|tips|ideas|advice|suggestions?)\b|\bhow (?:do i|can i|to|do we) (?:bring|get|keep|push) (?:it|this|that|memory|usage|the peak) (?:down|low\w*|under|below)|\b(?:fix|help|tips|ideas)\b|怎么(?:能|才能)?(?:降|省|减|压)|怎么(?:办|解决|改|调|弄|处理|破)|咋(?:办|整|解决)|改(?:什么|哪)|(?:有)?(?:什么|啥|哪些)(?:办法|建议|招|方法)|求(?:助|救|解)"),
    ("weights_copied", WEIGHTS_COPIED), (SHARE_IN_VAIN, LOWERED_IN_VAIN),
    ("peak_then_less", r"\b(?:peak|spik|jump|shoot|shot|rise|rose|go(?:es)? up)\w*\b[^.?!;]{0,40}\b(?:then|before|and|but)\b (?:\w+ ){0,4}?(?:drop|fall|fell|go(?:es)? (?:back )?down|settl|shr[iu]nk|come back|goes back)\w*|(?:峰值|冲到|飙到|涨到|先(?:涨|升|占|冲)|一度)[^。?!;]{0,24}(?:再|才|又|然后|之后|最后|后)(?:再|才|又)?(?:降|掉|回落|跌|变成)"),
    ("whether_quantised", r"(?:是不是|是否|难道|会不会)[^?;,]{0,6}(?:没(?:有)?(?:被)?量化|量化(?:没|未|失败|不成功))|没量化(?:成功)?(?:吗|么|吧)|\b(?:was|is|were|did|does|has|maybe|isn'?t|wasn'?t)\b[^.?;]{0,24}\b(?:not|n't|never|isn'?t|wasn'?t)\b[^.?;]{0,16}\bquanti[sz]\w*|\bdid(?:n'?t| not) (?:the )?quanti[sz]\w*|\bquanti[sz]ation (?:fail\w*|not work\w*|did(?:n'?t| not))\b"),
    ("ran_otherwise", NOT_THERE + r"|\b(?:works?|worked|working|runs?|ran|fits?|trains?|trained|is|was|were) (?:\w+ ){0,2}?(?:fine(?![- ]?tun)|ok|okay|well|good|stable)\b|\b(?:fine(?![- ]?tun)|stable)\b|\bworks?\b|\bworked\b|\b(?:starts|started)\b(?! (?:with|at|from|to|out|off)\b)|没事|正常|没问题|能跑|可以跑|能启动|能起来"),
    ("packing", r"(?<!no )(?<!without )(?<!not )(?<!w/o )\b(?:sample_)?packing\b(?! ?[=:]? ?(?:false|off|no\b))|(?<!not )\bpacked\b|(?<!没)(?<!没有)(?<!不)(?<!未)打包(?:训练|样本)|(?:样本|序列|数据)打包"),
    ("embedding_trained", r"modules_to_save|additional_target|embed_tokens|lm_head|(?:added|new|extra|special) tokens?\b.{0,40}embedd|训(?:练)?(?:了)?(?:词表|embedding|词嵌入)"),
    ("file_size", r"(?:gguf|\bfile|\bdownload|\bcheckpoint|\brepo(?:sitory)?)\b[^.;?]{0,24}\b\d+(?:\.\d+)? ?gi?b?\b|\d ?gi?b? (?:gguf |q\d\w* )?(?:file|download|checkpoint|repo)\b|(?:文件|仓库)[^,;?]{0,6}(?:\d+(?:\.\d+)?|[0-9六七一二三四五八九]+百多?)\s?g"),
    ("active_experts", r"激活(?!(?:值|显存|内存)?(?:还|占|剩|要|多少|有多|是多)|值|显存|检查|重计)|\bactive\b|\bactivat(?:ed|es)\b|experts? per token|a3b\b.{0,24}(?:only|just)"),
    ("flash_lacking", r"without flash[ -]?att\w*|no flash[ -]?att\w*|flash[ -]?att\w* (?:is )?(?:not (?:installed|supported|available)|missing|fails)|can(?:'t|not) (?:use|install) flash|flash[ -]?att\w* (?:is |was )?(?:turned |switched )?(?:off|disabled)|(?:turn|turned|switch|switched|disabl)\w* (?:off )?flash|(?:关(?:掉|闭|了)?|不(?:能|支持)?(?:用|开)?|没(?:有|法)?(?:装|用|开)?|无法(?:用|使用|装)?|用不了)\s?flash|flash[ -]?att\w*\s?(?:装不上|不支持|用不了|没装)"),
    # ── what is told without a model ─────────────────────────────────────────────────────────────────────────────────
    ("held_after_end", r"\b(?:still (?:full|used|in use|occupied|allocated|taken|there)|not (?:being )?(?:released|freed)|(?:isn'?t|never) (?:released|freed))\b[^.?]{0,24}\b(?:after|once|when|though)\b[^.?]{0,24}\b(?:script|process|program|job|server)\b[^.?]{0,16}\b(?:finish\w*|end\w*|exit\w*|complet\w*|over|kill\w*|stop\w*|di(?:es|ed)|crash\w*)\b|显存[^?;]{0,6}(?:没|不|还)[^?;]{0,8},?(?:程序|脚本|进程|任务|服务)(?:已经|都|早就)?(?:结束|退出|停|杀|关)|(?:ctrl[ +-]?c|\b(?:killed|stopped|ended|finished|exited|closed|crashed|died|interrupt\w*)\b)[^.?]{0,60}\b(?:still (?:shows?|uses?|holds?|used|in use|occupied|allocated|full|there|taken)|(?:isn'?t|not|never) (?:released|freed|free)|doesn'?t (?:release|free|go))|\bzombie\b|(?:ctrl[ +-]?c|杀(?:掉|死)?|kill(?:掉)?|结束|退出|停(?:掉|止)|中断|关(?:掉|了))[^?;]{0,16}(?:显存|gpu)[^?;]{0,8}(?:还|仍|没|不)[^?;]{0,6}(?:占|释放|在|满)"),
    ("cell_again", r"(?:jupyter|notebook|colab|kaggle|\bcells?\b)[^?]{0,60}(?:\bagain\b|\bre-?(?:run|ran|start)\w*|second time|2nd time|\btwice\b)|(?:\bre-?(?:run|ran|start)\w*|\bagain\b|second time)[^?]{0,60}(?:jupyter|notebook|colab|kaggle|\bcells?\b)|(?:jupyter|notebook|colab|kaggle)[^?;]{0,24}(?:重(?:新|跑|启)|再(?:跑|运行|次)|第2次|第二次)|(?:重(?:新|跑)|再(?:跑|运行|次)|第2次|第二次)[^?;]{0,16}(?:jupyter|notebook|colab|单元格|cell)"),
    ("loader_workers", r"\bnum_workers\b|\bdata ?loaders?\b|\bworkers?\s?="),
    ("long_running", r"\b(?:service|server|api|fastapi|flask|endpoints?|production|daemon|serving|requests?|inference)\b|\.generate\b|\bgenerate\(|服务|接口|线上|推理|部署|请求"),
    ("of_training", r"\b(?:steps?|epochs?|unsloth|trainer|dataset)\b|\btrain(?:s|ed|ing)?\b|\bfine-?tun\w+|(?<!预)训练|微调|数据集"),
    ("by_fsdp", r"\bfsdp\b"),
    ("nccl_buffers", r"\bnccl\b[^.?]{0,40}(?:\b(?:uses?|takes?|eats?|extra|memory|vram|buffers?|overhead)\b|\d ?gb)|\bnccl\b[^,;?]{0,12}(?:占|吃|多|缓冲|显存)|通信缓冲"),
    ("takes_all", r"\b(?:takes?|uses?|eats?|allocates?|grabs?|fills?|reserves?|hogs?|occup\w+)\b[^.?]{0,24}\b(?:all|whole|entire|9\d ?%|full|every)\b|占(?:满|光|了?(?:全部|整张|所有|9\d ?%))|吃(?:满|光)|占用?\s?9\d ?%"),
    ("under_load", r"\bunder (?:heavy |high |full |real |production )?load\b|\b(?:at|during|in) peak\b|\bpeak (?:traffic|hours?|times?|load)\b|\b(?:heavy|high) (?:traffic|concurrency|load)\b|\bin production\b|高并发|并发(?:数|量)?(?:太|很|比较|一|稍)?(?:高|大(?!小)|上来|上去|起来|多(?!少|大))|高峰|压测|(?:流量|请求)(?:太|很|比较|一|稍)?(?:大(?!小)|多(?!少|大))"),
    ("uneven_cards", r"\b(?:fills?|full)\b[^.?]{0,40}\b(?:half|empty|free|idle|unused)\b|(?:满|爆)[^?;]{0,16}(?:空|没满|闲|还有|没用)"),
    ("more_cards", r"\b(?:second|2nd|another|extra|additional|more|adding (?:a )?|added (?:a )?|two|2)[^.?;]{0,12}\b(?:gpus?|cards?)\b[^?;]{0,40}(?:\b(?:not|no|same|still|nothing|isn'?t|doesn'?t|didn'?t)\b)|\bwhy\b[^.?;]{0,40}\b(?:not|n't|same)\b[^.?;]{0,32}\b(?:more|another|additional|extra) (?:gpus?|cards?)\b|(?:加(?:了|到|一|1|卡|张)|多(?:加|了)|换成?多卡|两张|双卡)[^?;]{0,16}(?:卡|gpu)[^?]{0,16}(?:还是|仍|没|一样|不变|照样|也)"),
    ("meters_apart", r"^(?=[\s\S]*(?<![a-z])alloc(?:ated)?(?![a-z]))(?=[\s\S]*reserved)(?=[\s\S]*(?:\btorch\b|\bpytorch\b|\bcuda\b|memory_(?:allocated|reserved)|reserved\W{0,4}\d[^?]{0,24}alloc(?:ated)?\W{0,4}\d|alloc(?:ated)?\W{0,4}\d[^?]{0,24}reserved\W{0,4}\d|\bmemory (?:allocated|reserved)|\ballocated (?:and|or|vs\.?|versus) reserved|\breserved (?:and|or|vs\.?|versus) allocated|\d\s?gi?b? (?:reserved|allocated)\b))(?=[\s\S]*(?:\bvs\b|\bversus\b|\bdiff\w*|\bwhat (?:is|are|do|does)\b|\bwhich (?:one )?(?:matters|counts|is|should|of)|\bworr\w+|\bonly\b|会不会|\bmean\w*|\bwhy\b|\bgap\b|\bapart\b|\breal(?:ly)?\b|为什么|为啥|为何|差(?:这么|那么|了这么|得)?多|真实|区别|差别|不同|什么意思|是什么|哪个|看哪|差在|怎么看|\b(?:get|give|free|release|reclaim)\b[^.;?]{0,24}\b(?:back|rest)\b|(?:要|拿|收)(?:得)?回|怎么释放|能释放))(?![\s\S]*(?:tried to allocate|nvidia-?smi|unallocated))"),
    # a card that is nearly full and fails all the same not, of which it is asked whether that is bad
    ("nearly_full", r"^(?=[\s\S]*(?:\b(?:train|tun|run|step|epoch|lora|qlora|sft|batch|loss)\w*|训|微调))(?=[\s\S]*(?:\bmemory\b|\bv?ram\b|nvidia-smi|显存))(?=[\s\S]*(?:(?<![\d.])(?:9\d|100)(?:\.\d)? ?%|\b(?:nearly|almost|close to|completely) full\b|(?:快|几乎)(?:占|用)?满))(?=[\s\S]*(?:\b(?:is|are) (?:it|that|this|[\d.]+ ?% [\w ]{0,16}) ?(?:a |too |really )?(?:bad|problem|risk\w*|ok(?:ay)?|fine|normal|danger\w*|safe|concern\w*|unhealthy)|\bshould (?:i|we) (?:be )?(?:lower|reduce|decrease|worr\w+|concern\w*|change)|\bdangerous\b|有(?:没有)?问题|正常吗|要不要(?:调|减|降)|危险|没事吗|担心|会不会有事))(?![\s\S]*(?:\booms?\b|out of memory|\bslow|爆|溢出|慢|\bvllm\b|\bsglang\b|\bollama\b|llama\.cpp|gpu_memory_util))" + f"|{NEARLY_FULL}"),
    ("in_the_loss", r"(?:爆|溢出|oom|炸|崩)(?:在|于)[^,;?]{0,4}(?:loss|损失|交叉熵|logits)|\b(?:in|at|during|inside|when computing|computing|exactly at|right at|while computing|compute)\b[^.;?]{0,24}(?:\bcross[ -_]?entropy\b|\bthe loss\b|\bloss (?:computation|calculation|function|step|line)\b|\blogits\b)|logits\s?=?\s?\w*\.(?:float|to)\b|(?:loss|损失|交叉熵|logits)[^,;?。]{0,8}(?:那(?:一)?步|这(?:一)?步|的时候|时|处|计算)[^,;?。]{0,8}(?:oom|爆|溢出|显存)|(?:计算|算)\s?(?:loss|损失|交叉熵|logits)[^,;?。]{0,8}(?:oom|爆|溢出|显存|时|的时候)"),
    ("does_not_start", r"起不来|启动不(?:了|起来)|启动失败|\b(?:won'?t|does(?:n'?t| not)|can(?:'t|not)|refuses to|fails? to|failed to) (?:start|boot|launch|come up)\b"),
    ("smi_differs", r"^(?=[\s\S]*nvidia-?smi)(?=[\s\S]*(?:memory_allocated|memory_reserved|\bpytorch\b|\btorch\b|\ballocated\b|memory_summary))"),
    # the same on the meter with a setting and without it
    ("meter_same", r"^(?=[\s\S]*(?:nvidia-?smi|\bnvtop\b|\bv?ram\b|\bmemory\b|\busage\b|\d ?[gm]i?b\b|显存|占用|\d ?g(?![a-z])))[\s\S]*(?:\b(?:both )?before and after\b|\bin (?:both|either) cases?\b|\bboth times\b|\beither way\b|\bwith (?:or|and) without\b|\b(?:still |exactly |just )?(?:shows?|reads?|sits? at|stays? at|uses?|reports?|takes|occupies) (?:up )?(?:exactly |still |about |just |nearly |almost )*(?:the same\b(?! (?:time|cards?|number))|as much (?:v?ram|memory|as)\b)|(?<!do )(?<!does )(?<!will )(?<!would )\bboth (?:versions? |of them |models? )?(?:use|take|show|occupy|sit at|report|fill) (?:up )?(?:about |exactly |around |roughly |~)?(?:the same\b|\d[\d.,]* ?[gm]i?b)|\b(?:exactly |still )the same \d|\b(?:did|does|has)(?:n't| not) (?:\w+ )?(?:chang|drop|mov|budge|go down|shrink)\w*|\bunchanged\b|\bno (?:change|difference)\b|前后(?:都|一样|没)|(?:一点|完全|根本|都|也)?没(?:有)?(?:变化?|降|减少|区别)|不变|没见(?:降|少)|还是(?:一样|\s?\d+(?:\.\d+)?\s?g)|都(?:是|占|用|要|显示)了?\s?\d+(?:\.\d+)?\s?g|(?:显存|占用)(?:竟然|居然|也|都|跟[^,;?\d]{1,6})?(?:一样|相同|差不多)(?!大?[吗么吧嘛])|一模一样)"),
    # which of the two to lower
    ("batch_or_length", r"\b(?:lower|reduce|cut|decrease|drop|shrink)\b[^.;?]{0,16}\bbatch(?: size)?\b[^.;?]{0,16}\b(?:or|vs)\b[^.;?]{0,24}\b(?:seq\w*|length|context|max_length|cutoff_len)|\b(?:lower|reduce|cut|decrease|drop|shrink)\b[^.;?]{0,16}\b(?:seq\w*|length|context|max_length|cutoff_len)\b[^.;?]{0,16}\b(?:or|vs)\b[^.;?]{0,16}\bbatch|(?:降|减|调|缩|砍|改)[^,;?]{0,6}(?:batch\w*|批(?:大小|次)?)[^,;?]{0,6}还是[^,;?]{0,6}(?:长度|序列|上下文|seq\w*|max_length|cutoff)|(?:降|减|调|缩|砍|改)[^,;?]{0,6}(?:长度|序列|上下文|seq\w*|max_length|cutoff\w*)[^,;?]{0,6}还是[^,;?]{0,6}(?:batch|批)"),
    ("memory_kept", rf"^(?=[\s\S]*(?:{_GIVEN_UP}))(?=[\s\S]*(?:{_NOT_LESS}))(?=[\s\S]*(?:nvidia-?smi|\bnvtop\b|\bv?ram\b|\bmemory\b|\bgpu usage\b|显存|\btorch\b|pytorch))"),
    ("free_yet", r"\b(?:even though|although|though|but|while|despite|yet|and|still)\b[^.?;]{0,48}\b(?:free|available|unused|left)\b|\b(?:plenty|lots?|several|some|many|a few) (?:of )?(?:gi?b|gigs?|memory|vram)[^.?;]{0,16}\b(?:free|available|unused|left)\b|(?:显存|卡)[^,;?]{0,4}(?:明明|还(?:有|剩)|剩(?:着|了)?)[^,;?]{0,8}(?:空|没用|剩|几)|明明(?:还)?(?:有|剩|空|够)|还(?:剩|空|有)(?:着)?\s?\d+[^,;?]{0,6}(?:空闲|显存|没用|可用|剩余|就|却|怎么|$)|空闲(?:显存)?还有"),
    *OF_FAILURES,
)  # fmt: skip
# what programs print where memory runs out: their words are no words of the asker's
PRINTED = (
    r"no available memory for the cache blocks|(?:the )?model'?s max seq len \(?\d*\)? is larger than the maximum number of tokens that can be stored in (?:the )?kv cache[ (\d).]*"
    r"|(?:to serve at least one request|the estimated maximum model length)[^?]{0,160}kv cache[^?!]{0,60}|(?:try )?increas\w+ .?gpu_memory_utilization.?(?: or decreas\w+ .?max_model_len.?)?(?: when initiali[sz]ing the engine)?"
    r"|failed to allocate (?:the )?(?:buffer for )?kv cache|failed to allocate (?:\w+ )?buffer (?:of size \d+)?|cudamalloc failed|cublas_status_alloc_failed|\boom[- ]killer\b|exit code -?(?:9|137)|\bsigkill\b"
    r"|cuda error: device-side assert triggered|watchdog caught collective operation timeout(?::? \w+\([^)]*\))?|(?:model )?requires more system memory ?\([^)]*\) than is available ?(?:\([^)]*\))?|not enough memory to handle \d+ prefill tokens"
    r"|free memory on device \([^)]*\)(?: on startup)? is less than desired gpu memory utilization ?(?:\([^)]*\))?\.?|decrease gpu memory utilization or reduce gpu memory used by other processes\.?|(?:cuda out of memory )?occurred when warming up sampler with \d+ dummy requests\.?|please try lowering .?max_num_seqs.? or .?gpu_memory_utilization.? when initializing the engine\.?|torch\.(?:cuda\.)?outofmemoryerror:?|cuda out of memory\.?|tried to allocate \d+(?:\.\d+)? [gm]ib|allocating \d+(?:\.\d+)? ?mi?b (?:(?:on )?device \d+|buffer|of \w+)?:? ?(?:failed|fails|失败|报错)|runtimeerror:?|valueerror:?"
)
# what is no shortage of memory, whatever else is asked
NO_MEMORY = frozenset({"hyper_asked", "library_missing", "device_assert", "illegal_access", "nccl_timeout", "nccl_error", "nan_loss", "python_error", "port_taken", "no_kernel", "shared_segment", "disk_full"})  # fmt: skip
# a message that by itself tells of a failed run
MESSAGES = NO_MEMORY | {
    "host_killed", "unified_full", "ollama_ram", "less_than_share", "no_blocks", "longer_than_pool", "prefill_warmup", "cublas", "shared_gpu",
    "allocation_failed", "uneven_experts", "first_card_fills", "sampler_warmup",
}  # fmt: skip


# "12GB -> 22GB": what was seen of memory, of which a fall is no growth
_ARROW = r"(?<![=≈~])(?<![=≈~] )(?<![\d.])(?P<first>\d+(?:\.\d+)?) ?gi?b?\s?(?:->|→|=>)\s?(?P<then>\d+(?:\.\d+)?)"

# "报内存不足", "NPU 内存溢出": what a card's message is in Chinese, as long as nothing is said of the host
_RUNS_OUT_OF = (
    r"(?:报错?|提示|显示|抛出?|出现|cuda|npu|hbm|设备|[张块]卡|显卡)(?:了|的是|的|:)?\s?内存\s?(?:不足|溢出|不够)"
)
_HOST_TOLD = r"\d\s?[gt]b?\s?(?:的)?\s?(?:ddr\d\s?)?内存|内存(?:是|有|只有|共)?\s?\d|(?:主机|系统|物理|cpu|机器|服务器)的?\s?内存|\bram\b|offload|卸载"


# "15.6/16", "23.7 of 24 GB", "7.8G ... 8G": all but a little of a card, and steps that crawl
_OF_A_WHOLE = r"(?<![\d.])(?P<used>\d{1,3}(?:\.\d+)?)\s?(?:gi?b?)?\s?(?:/|of|out of)\s?(?P<whole>\d{1,3})(?:\.0)?\s?(?:gi?b?)?(?![\d.])"
_CRAWLS = r"\b(?:slow\w*|crawl\w*|forever|\d+(?:\.\d+)?\s?s(?:ec)?/it)\b|慢"
_IN_TRAINING = r"\b(?:q?-?lora|train\w*|fine-?tun\w*|tun(?:e|ing)|sft|s/it)\b|训|微调"
_ALL_BUT = 0.95


def _spills(text: str) -> bool:
    """Does a training crawl on a card that is all but full? On Linux it would have failed."""
    if (
        not compiled(_CRAWLS).search(text)
        or not compiled(_IN_TRAINING).search(text)
        or compiled(r"\b(?:linux|ubuntu)\b").search(text)
    ):
        return False
    return any(
        _ALL_BUT <= float(one["used"]) / float(one["whole"]) <= 1
        for one in compiled(_OF_A_WHOLE).finditer(text)
        if float(one["whole"])
    )


def read_symptoms(text: str) -> tuple[str, ...]:
    """The symptoms that a text reports."""
    of_card = text if compiled(_HOST_TOLD).search(text) else compiled(_RUNS_OUT_OF).sub("显存不足", text)
    told = tuple(symptom for symptom, pattern in SYMPTOMS if compiled(pattern).search(of_card))
    if "shared_gpu" not in told and _spills(text):
        told = (*told, "shared_gpu")
    rose = any(float(found["first"]) < float(found["then"]) for found in compiled(_ARROW).finditer(text))
    return (*told, "growing") if rose and "growing" not in told else told


# by how much a run failed
SHORT = (
    r"(?:只差|还差|就差|差了?|缺|\bshort (?:by|of)|\bshy of|\black(?:s|ing)?|\bmissing|\bover by|\bfail(?:s|ed) by)\s?(?:about |just |only |a mere |约|大概)?\s?(?P<n>\d+(?:\.\d+)?)\s?(?P<u>mib|mb|m|gib|gb|g)(?![a-z])"
    r"|(?<![\d.])(?P<m>\d+(?:\.\d+)?)\s?(?P<v>mib|mb|m|gib|gb|g) (?:short|missing|too (?:much|little|few)|over)\b"
)
