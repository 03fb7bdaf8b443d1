"""A KV cache asked about by itself, of no model, where its formula is no answer: where it lies, who shares it, how it gets larger."""

from chat.reads.concepts.effects import beside
from chat.reads.contrasts import not_behind

_CACHE = r"\bkv\b|\bkv[-_ ]?cache\b|\bcache\b|缓存"
_KV = r"\bkv\b|\bkv[-_ ]?cache\b|kv\s?缓存"
_ASKS = r"^(?:is|are|do|does|can|could|will|what|which|why|how|where)\b|\?|吗|么|还是|什么|为(?:什么|啥|何)|怎么|如何|多少|几位|能不能|会不会"
_OF_A_CASE = r"\boom\b|out of memory|\berror\b|报错|爆|\btrain\w*|训练|微调|\bfits?\b|放得下|\d ?gi?b?(?![a-z])|\bslow\w*|\bfast\w*|速度|[快慢]"
_RANKS = r"(?<![a-z0-9])(?:tp|tensor[-_ ]parallel(?:ism)?)(?![a-z])|张量并行"
_PLACE = r"\b(?:in|on) (?:the )?(?:v?ram|gpu|card|memory|cpu)\b[^?]{0,16}\bor\b|\bv?ram or (?:v?ram|system|cpu)|\bwhere (?:is|does|are)\b|(?:显存|显卡)(?:里|上)?(?:还是|或)[^?]{0,4}内存|内存(?:里)?(?:还是|或)[^?]{0,4}显存|(?:存|放)在哪"
_KV_HEADS = r"\bnum_key_value_heads\b|\b(?:fewer|less|few|only \d+) kv[- ]?heads?\b|\bwhat (?:is|are) (?:a |the )?kv[- ]?heads?\b|kv\s?头(?:是什么|数是什么|为什么)|键值头"
_WIDTH = r"\b(?:16|4|8)[- ]?bits?\b|\b(?:fp|bf)16\b|\bdtype\b|\bquanti[sz]e[sd]?\b|(?<![\d.])(?:16|4|8) ?位|几位|什么(?:类型|精度)|量化"
_OF_AUTO = (
    r"\bauto\b|\bdefault\b|默认|\bwhy\b|为(?:什么|啥|何)|(?<![a-z])(?:awq|gptq|nf4|gguf)(?![a-z])[^?]{0,16}\bquanti[sz]"
)
_WEIGHTS = r"\bweights?\b|\bthe model(?: itself)?\b|权重|模型本身"
_LARGER = r"\b(?:bigger|larger|more|greater|exceed\w*|outgrow\w*)\b|比[^?]{0,12}(?:大|多)|超过"
_SHARED = r"\bshar(?:e|ed|es|ing)\b|\breus\w*|共享|共用|复用"
_PEOPLE = r"\busers?\b|\brequests?\b|\bsessions?\b|\bsequences?\b|\bprompts?\b|用户|请求|会话|提示"
_SERVER = r"\bvllm\b|\bsglang\b|\bserver\b|\bpool\b|池"
_MORE = r"\b(?:increase|enlarge|raise|get more|grow|expand|bigger|larger)\b|\btoo (?:small|little|low)\b|\bnot enough\b|(?:增大|扩大|加大|调大|变大|提高|增加)|太小|不够|不足"
_FULL = r"\busage\b[^?]{0,12}\b(?:100|9\d)(?:\.\d+)? ?%|\b(?:100|9\d)(?:\.\d+)? ?%[^?]{0,16}\busage\b|(?:使用率|占用率|用量)[^?]{0,8}(?:100|9\d)|(?:is|gets|was) full\b|满了"
# "and no OOM" is none
_DENIED = not_behind("no", "not", "n't", "without", "never", "不", "没", "没有", "不报", "没报")
_OF_A_FAILURE = rf"\btrain\w*|训练|微调|\btraceback\b|\d ?gi?b?(?![a-z])|{_DENIED}\b(?:oom(?:s|ed)?|crash\w*)\b"
_LINE = r"\bkv self size\b|\bkv (?:cache |buffer )?size\b[^?]{0,16}\bllama|\bllama[^?]{0,24}\bkv (?:self |cache |buffer )?size\b|\bkv buffer size\b|\bllama_kv_cache\w*"
_LATENT = r"(?<![a-z])mla(?![a-z])|\bmulti-?head latent attention\b"
_YARN = r"\brope[-_ ]?scaling\b|(?<![a-z])yarn(?![a-z])"
_WINDOW = r"\bsliding[- ]?window\b|(?<![a-z])swa(?![a-z])|滑动窗口"
_PHASES = r"\bprefill\w*|预填充"
_DECODE = r"\bdecod(?:e|ing)\b|解码"
_PROMPT = r"\bprompts?\b|\binputs?\b|提示(?:词)?|输入"
_INCLUDES = r"\binclud\w*|\bcontain\w*|\bcover\w*|\bcount\w*|\bonly (?:the )?(?:output|answer|generated)|包括|包含|算不算|算进|也(?:存|占|算)"

_LESS = r"\b(?:reduc|lower|shrink|cut|sav|minimi[sz])\w*|\bmake [^?]{0,16}\bsmaller\b|减少|减小|降低|缩小|节?省"
_SO_LARGE = r"\bso (?:big|large|much|huge)\b|\btoo (?:big|large|much)\b|(?:这么|那么|太)(?:大|多|占)|占(?:用)?(?:这么|那么|太)多"

# what one format saves, and no ways
_NARROW = r"(?<![a-z0-9])(?:q[458]_[01k]|int[48]|[48][- ]?bits?)(?![a-z0-9])|[48] ?位"

# that a server's share of the card is the cache's own
_SHARE = r"\bgpu[-_ ]memory[-_ ]utili[sz]ation\b|\bmem[-_ ]fraction\w*|显存利用率|(?<![\d.])0?\.[5-9]\d?(?!\d)|(?<!\d)[5-9]\d ?%"
_GIVEN = r"\b(?:gives?|means?|goes|reserves?|is|cover\w*|sets? aside|allocat\w+|only)\b|给|做|是|只|指|都|拿|用(?:于|来|作)|意思|留"
_CLAIMED = (
    r"\btrue or false\b|\b(?:right|correct)\s?\?|^(?:is|are|does|do)\b|\bmeans?\b|判断对错|对(?:吗|么|不对)|吗|是不是"
)
_NOT_OF_A_SHARE = rf"{_OF_A_CASE}|\benough\b|\broom\b|\bhow (?:much|many)\b|\bwhy\b|\bquanti[sz]|\busage\b|\bused\b|够|多少|为(?:什么|啥)|剩|使用率|占用率|量化|命中"

OF_CACHES: tuple[tuple[str, str], ...] = (
    ("share_of_all", beside(_KV, _SHARE, _GIVEN, _CLAIMED, rf"{_SERVER}|utili[sz]ation|mem[-_ ]fraction|显存利用率", without=_NOT_OF_A_SHARE)),
    ("cache_place", beside(_KV, _PLACE, _ASKS, without=rf"{_OF_A_CASE}|\boffload\w*|\bmove\w*|卸载|挪|搬")),
    ("latent_on_ranks", beside(_LATENT, _RANKS, _ASKS, without=rf"{_OF_A_CASE}|\bgqa\b|\bvs\b|\d{{1,3}} ?k\b")),
    ("prefill_decode", beside(_KV, _PHASES, _DECODE, without=rf"{_OF_A_CASE}|\bdisaggreg\w*|分离|\bchunked\b")),
    ("rope_scaling", beside(_YARN, _KV, _ASKS, without=rf"{_OF_A_CASE}|\d{{1,3}} ?k\b")),
    ("window", beside(_WINDOW, _CACHE, rf"\bhow\b|\bsav\w*|\bless\b|省|少|{_ASKS}", without=rf"{_OF_A_CASE}|\d{{1,3}} ?k\b")),
    ("cache_or_weights", beside(_KV, _WEIGHTS, _LARGER, _ASKS, without=rf"{_OF_A_CASE}|\bquanti[sz]|量化|\bwhy\b|为(?:什么|啥)|\b(?:seq\w*|model) len\b|\bmaximum number\b")),
    ("cache_stays_wide", beside(_KV, _WIDTH, _OF_AUTO, _ASKS, without=rf"{_OF_A_CASE}|(?<![a-z])(?:fp8|q8_0|q4_0)(?![a-z0-9])|\bmla\b|\bhow much\b|多少")),
    ("cache_shared", beside(_KV, _SHARED, _PEOPLE, _ASKS, without=rf"{_OF_A_CASE}|\blayers?\b|层|\bgpus?\b|\bcards?\b|卡|\bmemory\b|显存")),
    ("preempted", beside(_KV, _FULL, without=_OF_A_FAILURE)),
    ("pool_larger", beside(_KV, _SERVER, _MORE, _ASKS, without=rf"{_OF_A_CASE}|\bmax(?:imum)?[-_ ](?:model[-_ ]|seq\w*[-_ ])?len\w*|\bwhy\b|为(?:什么|啥)|最大(?:长度|上下文)")),
    ("cache_smaller", beside(_KV, _LESS, rf"{_ASKS}|\bways?\b|办法|方法", without=rf"{_OF_A_CASE}|\b(?:cut|split|divided?) (?:up )?(?:over|across|between|among)\b|{_RANKS}|{_LATENT}|\bgqa\b|\bwhy\b|\bdoes\b|为(?:什么|啥)|会(?:不会)?(?:减|省|降)|\bhow much\b|多少|\bquanti[sz]\w*|量化|\bfp8\b|{_NARROW}|\bpaged\b|分页")),
    ("cache_so_large", beside(_KV, _SO_LARGE, r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么(?:这么|会)", without=rf"{_OF_A_CASE}|\bthan\b|比|\bquanti[sz]\w*|量化")),
    ("llama_cache_line", beside(_LINE, rf"{_ASKS}|\bmean\w*|意思", without=r"\boom\b|out of memory|\berror\b|报错")),
    ("cache_of_prompt", beside(_KV, _PROMPT, _INCLUDES, _ASKS, without=rf"{_OF_A_CASE}|\bsystem prompts?\b|系统提示|\bshar\w*|\bcached\b|共")),
    ("grouped_heads", beside(_KV_HEADS, _ASKS, without=rf"{_OF_A_CASE}|{_RANKS}|\d ?kv|\bmla\b")),
)  # fmt: skip
