"""How a program that runs models is kept within a card, asked of it by name and of no model: what stays loaded, what share it takes, what it logs.

Each is the program or its setting beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_ASKS = r"\?|吗|么|怎|如何|咋|为(?:什么|啥|何)|多少|几|合适|好|会不会|\bhow\b|\bwhat\b|\bwhy\b|\bwill\b|\bdo(?:es)?\b|\bcan\b|\bshould\b|\bis\b|\bwhere\b"
_OLLAMA = r"\bollama(?:_\w+)?\b"
# a case of sizes is worked out, and no setting explained; a message is diagnosed
_OF_A_CASE = r"\d ?gi?b?(?![a-z])|\btrain\w*|训练|微调|\btok(?:ens?)?/s\b|\btraceback\b"
_FAILS = r"\boom\b|out of memory|\berror\b|报错|爆了|崩"
_SLOW = r"\bslow\w*|\bfast\w*|\bspeed\b|速度|[快慢]"

# several that stand there at a time
_SEVERAL = r"\b(?:several|multiple|two|three|2|3|many|different|more than one)\b[^?;.]{0,12}\bmodels?\b|(?:多|两|几|2|3|三|不同的?)\s?个?[^,;?]{0,4}模型"
_AT_ONCE = r"\b(?:at once|at the same time|simultaneous\w*|together|in parallel|concurrent\w*|loaded|load|run)\b|同时|一起|并存|都加载"
_HARM = r"\bv?ram\b|\bmemory\b|\boom\b|\bcrash\w*|\bgpu\b|显存|爆|放得下|放不下|够"

# one that is not unloaded
_HELD = r"\b(?:doesn'?t|does not|don'?t|not|never|won'?t|isn'?t)\b[^?;.]{0,12}\b(?:releas\w*|free\w*|unload\w*|let(?:ting)? go)|\bstill\b[^?;.]{0,16}\b(?:us(?:es|ing|ed)|hold\w*|occup\w*|in|tak\w+|loaded|full)\b|\bkeeps?\b[^?;.]{0,24}\b(?:v?ram|memory|gpu)\b|\b(?:releas|free|clear|unload)(?:e|es|ing)?\b[^?;.]{0,16}\b(?:v?ram|memory|gpu|models?)\b|(?:一直|还|仍)[^,;?]{0,4}(?:占|在显存)|(?:不|没|没有|怎么|如何)(?:自动)?(?:释放|卸载)|(?:释放|清空?|卸载)[^,;?]{0,6}(?:显存|模型)"
_ALIVE = r"keep[_ -]?alive"
_ALIVE_ZERO = (
    rf"{_ALIVE}[\"'\s:=]{{0,4}}(?:is |to |set to |of |设(?:成|为|到)?|改(?:成|为)?|=|为)?\s?[\"']?0s?(?![\d.])"
)

_WAY = r"\bhow\b|\bforce\b|怎么|如何|怎样|咋|让|强制"

# a share that is to be smaller
_SERVERS = r"\bvllm\b|\bsglang\b|\blmdeploy\b|\bxinference\b"
_LIMITS = r"\b(?:limit\w*|restrict\w*|cap|reduc\w*|lower|less|stop|prevent)\b|限制|控制|少占|别占|不(?:要)?占(?:满|那么多)|降低|降下来|减少"
_TAKEN = r"\b(?:gpu|memory|v?ram)\b|显存|占用"
_OTHER_WAYS = r"\bkv\b|\bcache\b|缓存|\bquanti[sz]\w*|量化|\bram\b|\bcpu\b|内存|\blog\w*|\bwhich\b|\bcontext\b|上下文|\bmax[-_]\w+|\brate limit"

# a cache that grows as it generates, and one that is there from the start
_LIBRARY = r"\btransformers\b|\bgenerate(?:\(\))?|\bhugging ?face\b|(?<![a-z])hf(?![a-z])"
_GROWS = r"\bgrow\w*|\brais\w*|\bris(?:es|ing|e)\b|\bincreas\w*|\bclimb\w*|涨|增|变多|变大|越来越"
_AT_ONCE_TAKEN = r"\b(?:at|from) (?:the |its )?(?:start|startup|launch|beginning)\b|\bat once\b|\beverything\b|\ball of it\b|\b(?:fixed|constant|pre-?allocat\w*|reserv\w*)\b|一开始|一上来|启动|占满|预留|预分配|固定"

# what a server logs of its cache
_LOG = r"\blogs?\b|\blogged\b|\bstartup (?:output|message)|\bprints?\b|日志|打印|启动信息"
_CACHE = r"\bkv\b|\bkv[-_ ]?cache\b|\bcache\b|缓存"
_READ = r"\bhow\b|\bwhere\b|\bwhich\b|\bwhat\b|\bleft\b|\bread\b|怎么|如何|哪|看|剩|还有多少"

_ENTRIES = r"\bcache[-_ ]max[-_ ]entry[-_ ]count\b"
_LLAMA = r"\bllama\.?cpp\b|\bllama-(?:server|cli)\b|\bkobold\w*\b|\blm studio\b"
_CONTEXT = r"(?<![\w-])-c\b|\bctx[-_ ]?size\b|\bn_ctx\b|\bnum_ctx\b|\bcontext\b|\bctx\b|上下文"
_AT_START = r"\b(?:load(?:s|ing)?|start(?:s|up|ing)?|launch\w*|before)\b|启动|加载|还没(?:推理|开始|问|聊|用)|一?开始就"

OF_ENGINES: tuple[tuple[str, str], ...] = (
    ("kept_not_at_all", beside(_ALIVE_ZERO, _ASKS, without=_OF_A_CASE)),
    ("kept_loaded", beside(rf"{_OLLAMA}|\blm studio\b", _HELD, without=rf"{_OF_A_CASE}|{_FAILS}|\bcontext\b|上下文|\bkv\b|\bleak\w*|泄漏|\bcpu\b|{_SLOW}")),
    ("several_loaded", beside(_OLLAMA, _SEVERAL, _AT_ONCE, _HARM, _ASKS, without=rf"{_OF_A_CASE}|\bgpus\b|\bcards\b|张卡|多卡|{_SLOW}|\bwhich\b|哪")),
    ("cache_as_it_goes", beside(_LIBRARY, _SERVERS, _GROWS, _AT_ONCE_TAKEN, _ASKS, without=rf"{_OF_A_CASE}|{_FAILS}")),
    ("share_limited", beside(_SERVERS, _LIMITS, _TAKEN, _WAY, without=rf"{_OF_A_CASE}|{_FAILS}|{_OTHER_WAYS}|{_SLOW}")),
    ("cache_logged", beside(rf"{_SERVERS}", _LOG, _CACHE, _READ, without=rf"{_OF_A_CASE}|{_FAILS}|\d{{4,}}|\d,\d{{3}}|\bdisable\b|关(?:掉|闭)|\bprefix\b|前缀|\bhit\b|命中")),
    ("entry_count", beside(_ENTRIES, rf"{_ASKS}|\bmean\w*|意思|作用|默认|\bdefault\b", without=rf"{_OF_A_CASE}|\btraceback\b")),
    ("context_high", beside(_LLAMA, _CONTEXT, _AT_START, rf"{_FAILS}|爆|失败|\bfails?\b", without=rf"{_OF_A_CASE}|\d{{4,}}|\d ?k\b|\bcuda error\b|\bdriver\b|驱动|{_SLOW}|\btp\b")),
)  # fmt: skip
